"""Where a contest stands: who leads, by how much, by whose count; and where it stood."""

from datetime import datetime

from bot.count.change import Change
from bot.count.judgement import HoldReason
from bot.count.reading import Reading
from bot.deskfile import Source
from bot.wording.batch_sentences import voters_for
from bot.wording.numbers import commas, votes
from bot.wording.punctuation import capitalised, possessive, stopped
from bot.wording.telling import Telling, source_name

HELD_WORDS: dict[str, str] = {
    HoldReason.FALL: "the count went down, and the source has not repeated it yet",
    HoldReason.MANY_UNITS: "many places moved at once after nearly everything had reported",
    HoldReason.VANISHED: "a candidate is missing from it",
    HoldReason.FLAPPING: "the source goes to and fro between figures",
}
"""Why a reading is held, as a sentence goes on after "held:"."""


def standing(telling: Telling, change: Change, reading: Reading, source: Source) -> str:
    """Return "**Biden leads in Georgia by 14,149 votes,** with 4,992,124 counted." of a first or only reading."""
    total = f"{commas(change.total)} counted"
    if not any(reading.votes.values()):
        return f"**No votes are in yet in {telling.place},** by {possessive(source_name(source))} count."
    if change.margin is None:
        only = f"{capitalised(telling.who(change.leader))} is the only candidate listed."
        return f"**{telling.head}: {votes(change.total)} {'is' if change.total == 1 else 'are'} counted.** {only}"
    if not change.margin:
        each = f"with {votes(max(reading.votes.values()))} each for {voters_for(telling, reading.votes)}"
        return f"**The count is tied in {telling.place},** {each}, and {total}."
    return f"**{telling.who(change.leader)} leads in {telling.place} by {votes(change.margin)},** with {total}."


def standing_phrase(telling: Telling, change: Change, reading: Reading, *, placed: bool = True) -> str:
    """Return the standing for a list: "Biden leads in Georgia by 14,101"; without `placed`, below its own heading."""
    place = f" in {telling.place}" if placed else ""
    if not any(reading.votes.values()):
        return f"no votes are in yet{place}"
    if change.margin is None:
        return f"{votes(change.total)} {'is' if change.total == 1 else 'are'} counted{place}"
    if not change.margin:
        return f"the count is tied{place}"
    return f"{telling.who(change.leader)} leads{place} by {commas(change.margin)}"


def stood_at(telling: Telling, change: Change, reading: Reading, source: Source, at: datetime) -> str:
    """Return where the contest stood at an earlier time: "**At 3:05 a.m., Biden led in Georgia by 14,149 votes,** …"."""
    as_of = f"by {possessive(source_name(source))} count as of {telling.when(reading.as_of)}"
    then = f"At {telling.when(at)}"
    if not any(reading.votes.values()):
        return stopped(f"**{then}, no votes were in yet in {telling.place},** {as_of}")
    if change.margin is None:
        were = "was" if change.total == 1 else "were"
        return stopped(f"**{then}, {votes(change.total)} {were} counted in {telling.place},** {as_of}")
    if not change.margin:
        return stopped(f"**{then}, the count was tied in {telling.place},** {as_of}")
    return stopped(
        f"**{then}, {telling.who(change.leader)} led in {telling.place} by {votes(change.margin)},** {as_of}"
    )


def nothing_in(telling: Telling, source: Source, at: datetime | None) -> str:
    """Return that no count of the contest is known, now or by the time asked about."""
    if at is None:
        return stopped(f"**No count is in yet for {telling.place}** from {source_name(source)}")
    return stopped(f"**No count was in for {telling.place} by {telling.when(at)}** from {source_name(source)}")


def held_note(reason: str) -> str:
    """Return that a later reading waits, and why; `reason` is a word of `HoldReason`."""
    return f"A later reading is held: {HELD_WORDS.get(reason, 'the desk has to decide on it')}."


def ahead_by(telling: Telling, leader: str, margin: int, *, about: bool = False) -> str:
    """Return "Biden ahead by 14,101", to follow "has"; in a tie "the count tied"."""
    if not margin:
        return "the count nearly tied" if about else "the count tied"
    return f"{telling.who(leader)} ahead by {'about ' if about else ''}{commas(margin)}"


def changed_and_checked(telling: Telling, changed_at: datetime | None, checked_at: datetime | None) -> str:
    """Return "votes last changed 7:35 a.m., last checked 7:36 a.m."; what is not known is left out."""
    changed = f"votes last changed {telling.when(changed_at)}" if changed_at else ""
    checked = f"last checked {telling.when(checked_at)}" if checked_at else ""
    return ", ".join(part for part in (changed, checked) if part)
