"""Texts about standings: the answer of /margin, and sentences about the state of a contest's count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.count.change import Change, compare
from bot.count.judgement import HoldReason
from bot.count.post_threshold import is_early_count
from bot.count.reading import Reading, VoteType
from bot.count.statement import Outstanding, Statement
from bot.desk.desk_file import Contest, Source
from bot.outcomes.calls_words import CallFacts, status_section
from bot.outcomes.certification_words import ResultsFacts
from bot.wording.card import Block, Card, Line, Section, StatedMargin
from bot.wording.context import ContestContext, Setting, contest_context, may_be_named, source_name
from bot.wording.corrected import Corrected
from bot.wording.credit import answer_footer, credit_line, footer
from bot.wording.escape import capitalised, possessive, stopped
from bot.wording.lines import required_share, share_of_leader
from bot.wording.margin import ahead_by, signed_margin, top_candidates
from bot.wording.names import unit_list
from bot.wording.numbers import commas, counted, more_votes, spelled, votes
from bot.wording.times import length_between
from bot.wording.votes_table import count_notes, line_notes, votes_table, whole

MOST_OTHERS = 8

LONG_AGO = timedelta(hours=1)

_NO_FIGURE = "no figure of the margin"

HELD_WORDS: dict[str, str] = {
    HoldReason.FALL: "the count went down, and the source has not repeated it yet",
    HoldReason.MANY_UNITS: "votes changed in many places, late in the count",
    HoldReason.VANISHED: "a candidate is missing from it",
    HoldReason.FLAPPING: "the source keeps switching between figures",
    HoldReason.WENT_BACK: "the source moved off the figures the desk posted, and has not repeated that yet",
}
"""Why a reading is held, worded to follow "on hold:"."""

_TYPES: dict[VoteType, str] = {
    "election-day": "Election Day",
    "absentee-mail": "absentee",
    "early": "advance",
    "provisional": "provisional",
    "other": "other",
}
"""Types of ballots, worded to precede "ballots"."""

_MOST_LEFT = 6


@dataclass(frozen=True, slots=True)
class MarginFacts:
    """The facts for a text about a contest's standing: the leading source's figures, and those of other sources."""

    contest: Contest
    source: Source
    now: datetime
    reading: Reading | None
    """None if the source had no figures at the time asked about."""
    change: Change | None = None
    """The change that led to `reading`."""
    at: datetime | None = None
    """The time asked about; None for now."""
    changed_at: datetime | None = None
    """The time as of which votes last changed."""
    checked_at: datetime | None = None
    """When the source was last asked; None if never."""
    first_at: datetime | None = None
    """The time of the first reading on record, if `at` is before it; else None."""
    held: str | None = None
    """Why a later reading is held (a `HoldReason` value), or None."""
    others: tuple["OtherSource", ...] = ()
    calls: tuple[CallFacts, ...] = ()
    """Each caller's latest call, newest first."""
    results: ResultsFacts | None = None
    """The latest statement about the certification of the results."""
    corrected: Corrected | None = None
    """The correction of the post that reported these votes, or None."""

    @property
    def stated(self) -> StatedMargin | None:
        """The leading source's margin, for a post that states it. None if the source has no figures."""
        if self.reading is None:
            return None
        return margin_stated(self.contest, self.source, self.reading, change_to(self.reading, self.change))


@dataclass(frozen=True, slots=True)
class OtherSource:
    """The figures of a source that is not the leading one, from a reading or a statement."""

    source: Source
    as_of: datetime
    leader: str | None
    margin: int | None
    total: int | None
    approximate: bool = False
    entered: bool = False
    """True if staff entered the figures; False if they come from the source's feed or push."""
    corrected: Corrected | None = None
    waits: bool = False
    """True if the figures were entered and their post is not sent yet."""
    updated: datetime | None = None
    """About when the source last updated its figures, if there was no later update by `as_of`. None if unknown."""


def margin_answer(facts: MarginFacts, setting: Setting, *, full: bool = False) -> Card:
    """Return the answer of /margin: the leading source's figures, the times and the other sources.

    `full` adds the progress of the count and how each figure was received, as on a board.
    """
    reading = facts.reading
    context = contest_context(
        facts.contest, setting, facts.now, reading.names if reading else None, reading.count if reading else "election"
    )
    if reading is None:
        return _nothing_yet(context, facts, setting, full=full)
    change = change_to(reading, facts.change)
    if facts.at is None:
        sentence = standing(context, change, reading, facts.source)
    else:
        sentence = past_standing_sentence(context, change, reading, facts.source, facts.at)
    received = reading.as_of_is == "received"
    credit = credit_line(setting, facts.source, reading.as_of, facts.now, received=received)
    held = f" {held_note(facts.held)}" if facts.held else ""
    by = (facts.source.id,)
    corrected = (Line(facts.corrected.mark(), by, facts.corrected.posts),) if facts.corrected else ()
    block = _block(context, facts, setting, reading, change, full=full)
    return Card((Line(f"{sentence}{held}", by), *corrected), credit, (block,))


def with_age(card: Card, facts: MarginFacts) -> Card:
    """Add a line to an answer if the source was last asked long ago, stating how long ago.

    Without the line, readers would take the figures for current.
    """
    checked, now = facts.checked_at, facts.now
    if facts.reading is None or facts.at is not None or checked is None or now - checked < LONG_AGO:
        return card
    age = f"{capitalised(source_name(facts.source))} was last checked {length_between(checked, now)} ago."
    return card.below(Line(age, (facts.source.id,)))


def change_to(reading: Reading, change: Change | None) -> Change:
    """Return `change` or, if it is None, the change of a first reading."""
    if change is not None:
        return change
    first = compare(None, reading)
    assert first is not None  # noqa: S101 - a first reading always is a change
    return first


def margin_stated(contest: Contest, source: Source, reading: Reading, change: Change) -> StatedMargin:
    """Return the margin in a reading, for a post that states it. `change` is the change that led to the reading."""
    leader = change.leader if any(reading.votes.values()) else None
    return StatedMargin(contest.id, source.id, reading.count, leader, change.margin, reading.counted)


def _never_asked(source: Source) -> str:
    """Return why a source has no figures yet.

    For a source without a feed, the text explains how staff enter its figures.
    """
    if source.pushes:
        return "It has not sent any."
    return "It has not been checked yet." if source.format else "It has no feed: staff enter its figures with `/tally`."


def _nothing_yet(context: ContestContext, facts: MarginFacts, setting: Setting, *, full: bool) -> Card:
    checked = ""
    if facts.at is None:  # of an earlier time nothing is said that came later
        checked = (
            stopped(f" Last checked at {context.when(facts.checked_at)}")
            if facts.checked_at
            else f" {_never_asked(facts.source)}"
        )
    held = f" {held_note(facts.held)}" if facts.held else ""
    credit = credit_line(setting, None, facts.at or facts.now, facts.now)
    said = Line(
        f"{no_figures_headline(context, facts.source, facts.at, facts.first_at)}{checked}{held}", (facts.source.id,)
    )
    sections = _sections(context, facts, setting, full=full)
    return Card((said,), credit, (Block(sections=sections),) if sections else ())


def _block(
    context: ContestContext, facts: MarginFacts, setting: Setting, reading: Reading, change: Change, *, full: bool
) -> Block:
    checked_at = facts.checked_at if facts.at is None else None
    changed_at = None if facts.held else facts.changed_at  # what is held may have changed them since
    line = setting.recount_line(facts.contest)
    if full:
        notes = [whole(reading), *count_notes(context, change, reading, line)]
        small = footer(context, facts.source, reading, changed_at, checked_at)
    else:
        total = [whole(reading)] if facts.at is not None else []  # else the sentence has it
        counting = is_early_count(reading, facts.contest.night_until)  # later the last few precincts say little
        notes = [*total, *(count_notes if counting else line_notes)(context, change, reading, line)]
        small = answer_footer(context, facts.source, reading, setting, changed_at, checked_at)
    texts = [*votes_table(context, reading), *(["", *notes] if notes else [])]
    by = (facts.source.id,)
    return Block(tuple(Line(text, by) for text in texts), _sections(context, facts, setting, full=full), footer=small)


def _sections(context: ContestContext, facts: MarginFacts, setting: Setting, *, full: bool) -> tuple[Section, ...]:
    """Return the sections of a card with the other sources that may be named, and with the calls."""
    others = [other_line(context, one, full=full) for one in facts.others if may_be_named(one.source, setting)]
    named = (Section("Other sources", tuple(others[:MOST_OTHERS])),) if others else ()
    return (*named, *status_section(context, facts.calls, facts.results, setting))


def other_figures(context: ContestContext, other: OtherSource) -> str:
    """Return another source's figures in a short form: "Biden +14,101, 4,991,741 votes"."""
    parts = []
    if other.leader is not None and other.margin is not None:
        parts.append(signed_margin(context, other.leader, other.margin, about=other.approximate))
    if other.total is not None:
        parts.append(votes(other.total))
    return ", ".join(parts) or _NO_FIGURE


def _figures_in_full(context: ContestContext, other: OtherSource) -> str:
    """Return another source's figures as a board shows them: "Biden ahead by 14,101, 4,991,741 votes counted"."""
    parts = []
    if other.leader is not None and other.margin is not None:
        parts.append(ahead_by(context, other.leader, other.margin, about=other.approximate))
    if other.total is not None:
        parts.append(f"{votes(other.total)} counted")
    return ", ".join(parts) or _NO_FIGURE


def other_line(context: ContestContext, other: OtherSource, *, full: bool = False) -> Line:
    """Return the line about another source: "The AP: Biden +14,101, 4,991,741 votes (7:35 a.m.)"."""
    text = _figures_in_full(context, other) if full else other_figures(context, other)
    entered = ", entered by staff" if other.entered and not other.source.person else ""
    updated = f"last updated about {context.when(other.updated)}; checked " if other.updated else ""
    corrected = f"; {other.corrected.phrase}" if other.corrected else ""
    waits = "; not posted yet" if other.waits else ""
    line = f"{capitalised(source_name(other.source))}: {text} ({updated}{context.when(other.as_of)}{entered}{waits}){corrected}"
    posts = other.corrected.posts if other.corrected else ()
    return Line(line, (other.source.id,), posts, "newsroom" if other.waits else "public")


def standing(context: ContestContext, change: Change, reading: Reading, source: Source) -> str:
    """Return the present standing: "**Biden leads in Georgia by 14,149 votes,** with 4,992,124 counted."."""
    total = f"{commas(change.total)} counted"
    if not any(reading.votes.values()):
        return f"**{capitalised(source_name(source))} has {_no_votes(reading)} yet in {context.place}.**"
    if change.margin is None:
        only = f"{capitalised(context.who(change.leader))} is the only candidate listed."
        return f"**{context.head}: {votes(change.total)} {'is' if change.total == 1 else 'are'} counted.** {only}"
    if not change.margin:
        each = f"with {votes(max(reading.votes.values()))} each for {top_candidates(context, reading.votes)}"
        return f"**The count is tied in {context.place},** {each}, and {total}."
    if share := required_share(context, reading):
        return f"**{share.head},** with {share.share} for {share.choice} and {votes(change.total)} counted."
    if leader_has := share_of_leader(context, reading):
        return f"**{capitalised(leader_has)},** and leads by {votes(change.margin)}, with {total}."
    return f"**{context.who(change.leader)} leads in {context.place} by {votes(change.margin)},** with {total}."


def has_total(context: ContestContext, change: Change, reading: Reading) -> bool:
    """Return True if the text of `standing` has the number of votes counted, besides the margin."""
    return any(reading.votes.values()) and change.margin is not None and required_share(context, reading) is None


def _no_votes(reading: Reading) -> str:
    """Return "no votes" or, if ballots are counted but not by candidate yet, "no candidate's votes"."""
    return "no candidate's votes" if reading.counted else "no votes"


def standing_phrase(context: ContestContext, change: Change, reading: Reading, *, placed: bool = True) -> str:
    """Return the standing for a list: "Biden leads in Georgia by 14,101".

    With `placed` False, the place is omitted.
    """
    place = f" in {context.place}" if placed else ""
    if not any(reading.votes.values()):
        return f"{_no_votes(reading)} have been counted yet{place}"
    if change.margin is None:
        return f"{votes(change.total)} {'is' if change.total == 1 else 'are'} counted{place}"
    if not change.margin:
        return f"the count is tied{place}"
    if share := required_share(context, reading):
        return share.sentence
    return f"{context.who(change.leader)} leads{place} by {commas(change.margin)}"


def past_standing_sentence(
    context: ContestContext, change: Change, reading: Reading, source: Source, at: datetime
) -> str:
    """Return the standing at an earlier time: "**At 3:05 a.m., Biden led in Georgia by 14,149 votes,** by …"."""
    stood = stood_phrase(context, change, reading)
    return stopped(f"**At {context.when(at)}, {stood},** {_by_count(context, reading, source)}")


def past_standing_phrase(context: ContestContext, change: Change, reading: Reading, source: Source) -> str:
    """Return an earlier standing without time and place: "Biden led by 14,149 votes, by the Times' count …"."""
    return stopped(f"{stood_phrase(context, change, reading, placed=False)}, {_by_count(context, reading, source)}")


def _by_count(context: ContestContext, reading: Reading, source: Source) -> str:
    return f"by {possessive(source_name(source))} count as of {context.when(reading.as_of)}"


def stood_phrase(context: ContestContext, change: Change, reading: Reading, *, placed: bool = True) -> str:
    """Return `standing_phrase` in the past tense: "Biden led in Georgia by 14,101 votes"."""
    place = f" in {context.place}" if placed else ""
    if not any(reading.votes.values()):
        return f"{_no_votes(reading)} had been counted yet{place}"
    if change.margin is None:
        return f"{votes(change.total)} {'was' if change.total == 1 else 'were'} counted{place}"
    if not change.margin:
        return f"the count was tied{place}"
    if share := required_share(context, reading, "was"):
        return share.sentence
    return f"{context.who(change.leader)} led{place} by {votes(change.margin)}"


def no_count_sentence(context: ContestContext, source: Source) -> str:
    """Return the sentence stating that a source has no count of the contest yet."""
    return stopped(f"No count is in yet for {context.place} from {source_name(source)}")


def no_figures_headline(
    context: ContestContext, source: Source, at: datetime | None, first: datetime | None = None
) -> str:
    """Return the headline stating that a source has no figures, now or as of `at`.

    `first` is the time of the first figures on record. For an earlier time, the headline only states that nothing is
    on record, since the bot may not have asked the source by that time.
    """
    if at is None:
        return stopped(f"**No count is in yet for {context.place}** from {source_name(source)}")
    then = f"; the first are as of {context.when(first)}" if first else ""
    return stopped(
        f"**No figures on record for {context.place} by {context.when(at)}** from {source_name(source)}{then}"
    )


def held_note(reason: str) -> str:
    """Return the sentence stating that later figures are on hold, and why. `reason` is a `HoldReason` value."""
    return f"Later figures are on hold: {HELD_WORDS.get(reason, 'the desk has to decide')}."


def ballots_phrase(left: Outstanding, *, about: bool) -> str:
    """Return the number of ballots still to be counted, as reported: "about 4,355 absentee ballots".

    `about`: the number is approximate.
    """
    kind = f"{_TYPES[left.type]} " if left.type else ""
    return f"{'about ' if about else ''}{counted(left.ballots, f'{kind}ballot')}"


def ballots_left_text(context: ContestContext, statements: Sequence[tuple[Statement, int]], setting: Setting) -> str:
    """Return a text about ballots left, such as "Left to count when last reported: 444 ballots in Floyd County …".

    `statements` has pairs: a statement of ballots left in a place, and the number of votes counted in that place after
    the statement. These votes may or may not be the same ballots. Empty if no statement is from a source that may be
    named.
    """
    named = []
    for one, came in statements:
        source, left = setting.desk.source(one.source), one.outstanding
        if source is not None and left is not None and may_be_named(source, setting):
            ballots = ballots_phrase(left, about="outstanding" in one.approximate)
            where = unit_list(context.contest, left.units) if left.units else context.place
            since = f"; {more_votes(came)} counted there since" if came > 0 else ""
            named.append(f"{ballots} in {where} at {context.when(one.as_of)} ({source_name(source)}{since})")
    if (rest := len(named) - _MOST_LEFT) > 0:
        named[_MOST_LEFT:] = [f"and {spelled(rest, 'other report')}"]
    return stopped(f"Left to count when last reported: {'; '.join(named)}") if named else ""
