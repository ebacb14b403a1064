"""What the night's readings show by themselves: who moves ahead when, and what comes in first."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from bot.count.margin import margin_of
from bot.count.reading import Reading, VoteType
from bot.rehearsal.day import What
from bot.rehearsal.drill.contests import GOVERNOR, SENATE, SURVEYOR
from bot.rehearsal.drill.story import Story
from bot.wording.numbers import commas


def note_what_shows(story: Story, history: Mapping[str, Sequence[Reading]]) -> None:
    """Note what is in the wire's readings, by contest and in order of time, for whoever reads them closely."""
    governor, senate, surveyor = history[GOVERNOR], history[SENATE], history[SURVEYOR]
    _first(story, governor, "early", "early_votes", "The first early votes are in: they are not the state.")
    _first(story, governor, "absentee-mail", "absentee", "The first absentee ballots are in.")
    _lead_changes(story, governor)
    _majority_lost(story, senate)
    unopposed = next(reading for reading in surveyor if reading.counted)
    name = story.last(next(iter(unopposed.votes)))
    words = f"{name} is the only candidate: there are votes, and no margin to speak of."
    story.note(unopposed.as_of, "uncontested", words, SURVEYOR)


def _first(story: Story, history: Sequence[Reading], kind: VoteType, what: What, words: str) -> None:
    reading = next(reading for reading in history if reading.by_type and any(reading.by_type.get(kind, {}).values()))
    story.note(reading.as_of, what, words, GOVERNOR)


def _lead_changes(story: Story, history: Sequence[Reading]) -> None:
    counted = [reading for reading in history if reading.counted]
    for before, after in pairwise(counted):
        was, now = margin_of(before.votes), margin_of(after.votes)
        if now.leader != was.leader and now.votes:
            words = f"{story.last(now.leader)} moves ahead by {commas(now.votes)}; {story.last(was.leader)} led by {commas(was.votes or 0)}."
            story.note(after.as_of, "lead_change", words, GOVERNOR)


def _majority_lost(story: Story, history: Sequence[Reading]) -> None:
    """Note the last time that the leader of the majority race falls to half of the votes or below."""
    over = [2 * max(reading.votes.values()) > reading.counted for reading in history]
    place = max(place for place, (was, now) in enumerate(pairwise(over), start=1) if was and not now)
    name = story.last(margin_of(history[place].votes).leader)
    words = f"{name} no longer has more than half of the votes: as it stands, there is a runoff."
    story.note(history[place].as_of, "majority_line", words, SENATE)
