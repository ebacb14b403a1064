"""How a count moved: net changes and batches, for answers."""

from collections.abc import Sequence
from datetime import datetime

from bot.count.change import Change
from bot.count.reading import Reading
from bot.deskfile import Source
from bot.wording.batch_sentences import by_size, for_whom
from bot.wording.names import unit_list
from bot.wording.numbers import commas, counted, signed, votes
from bot.wording.punctuation import possessive, stopped
from bot.wording.standing_sentences import standing_phrase
from bot.wording.telling import Telling, source_name

_MOST_PLACES = 3


def nothing_since(telling: Telling, change: Change, reading: Reading, since: datetime, until: datetime | None) -> str:
    """Return that no votes came in from one time to another (None: now), and where it stands."""
    then = f"between {telling.when(since)} and {telling.when(until)}" if until else f"since {telling.when(since)}"
    phrase = standing_phrase(telling, change, reading, placed=False)
    return stopped(f"**No new votes in {telling.place} {then}:** {phrase}")


def no_batches(telling: Telling, since: datetime) -> str:
    """Return that nothing was in at a time."""
    return stopped(f"No count was in by {telling.when(since)}")


def batches_in(telling: Telling, batches: int, since: datetime) -> str:
    """Return how many batches a net change is of: "3 batches since 7:30 a.m."."""
    return stopped(f"{counted(batches, 'batch', 'batches')} since {telling.when(since)}")


def history_head(telling: Telling, source: Source, numbers: Sequence[int], at: datetime | None) -> str:
    """Return what a page of batches is of: "**Georgia: batches 219 to 226** by the Times' count, newest first.".

    Batches are numbered from a source's first reading on.
    """
    by = f"by {possessive(source_name(source))} count"
    if not numbers:
        then = f" by {telling.when(at)}" if at else ""
        return stopped(f"**{telling.head}: no batches{then},** {by}")
    first, last = min(numbers), max(numbers)
    which = f"batch {commas(last)}" if first == last else f"batches {commas(first)} to {commas(last)}"
    return f"**{telling.head}: {which},** {by}, newest first."


def batch_line(telling: Telling, change: Change) -> str:
    """Return one batch for a list: "**7:35 a.m.** +74 (Trump 61, Biden 13), Floyd County; Biden +14,101 (+13)"."""
    when = f"**{telling.when(change.as_of)}**"
    if change.kind == "first":
        lead = f"; {_lead(telling, change)}" if change.total and change.margin is not None else ""
        return f"{when} first figures: {votes(change.total)}{lead}"
    units = by_size(change.units or {})
    where = f", {unit_list(telling.contest, units, _MOST_PLACES)}" if units else ""
    new = "revised" if change.kind == "revision" else signed(change.new_votes or 0)
    whom = for_whom(telling, change.batch)
    return f"{when} {new}{whom}{where}; {_lead(telling, change)}"


def _lead(telling: Telling, change: Change) -> str:
    if change.margin is None:
        return f"{votes(change.total)} in all"
    if not change.margin:
        return "tied"
    first = change.new_votes == change.total  # zeros before: nobody was ahead
    ahead = " moves ahead," if change.lead_changed and not first else ""
    moved = f" ({signed(change.margin_change)})" if change.margin_change and not first else ""
    return f"{telling.who(change.leader)}{ahead} +{commas(change.margin)}{moved}"
