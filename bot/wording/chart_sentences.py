"""The words in and beside a chart. A picture has no markdown: names come cleaned, not escaped."""

from collections.abc import Sequence
from datetime import datetime

from bot.deskfile import Source
from bot.wording.escape import clean, plain
from bot.wording.numbers import commas, counted
from bot.wording.punctuation import capitalised, possessive, stopped
from bot.wording.telling import Telling
from bot.wording.times import clock, date_line

_MOST_SOURCE = 40
_MOST_PLACE = 34
_MOST_CHANGES = 5


def chart_title(leader: str, margin: int) -> str:
    """Return "Biden leads by 14,101"; the place has a line of its own."""
    return f"{leader} leads by {commas(margin)}" if margin else "The count is tied"


def axis_title(telling: Telling, batches: int, start: datetime) -> str:
    """Return what is drawn: "Georgia: margin in votes, 226 batches"."""
    return f"{_place(telling)}: margin in votes,\n{counted(batches, 'batch', 'batches')} since {dated(telling, start)}"


def source_line(telling: Telling, source: Source, status: str, as_of: datetime, *, rehearsal: bool) -> str:
    """Return the source, the results status and the time, with its zone and date: a picture outlives the day."""
    said = clean(source.credit or source.name, _MOST_SOURCE)
    year = as_of.astimezone(telling.zone).year
    date = f"{clock(as_of, telling.zone, 'generic')} {date_line(as_of, telling.zone).split(', ')[1]}, {year}"
    short = "Certified, it says." if status.startswith("Certified") else status
    marked = " REHEARSAL" if rehearsal else ""
    return f"{stopped(f'Source: {said}')}\nAs of {date}. {short}{marked}"


def dated(telling: Telling, moment: datetime) -> str:
    """Return a time with its date, never "today": a picture outlives the day."""
    return f"{clock(moment, telling.zone)} {date_line(moment, telling.zone).split(', ')[1]}"


def moved_ahead(leader: str, when: str) -> str:
    """Return the label of a lead change."""
    return f"{leader} moves ahead\n{when}"


def alt_text(
    telling: Telling,
    source: Source,
    margins: Sequence[tuple[str, int, datetime]],
    changes: Sequence[tuple[str, datetime]],
    batches: int,
) -> str:
    """Return what a chart shows: from where to where, how high, and each lead change.

    Args:
        telling: the contest.
        source: whose count.
        margins: (leader, margin, when), oldest first.
        changes: (who moved ahead, when).
        batches: how many there were.

    """
    (first, start, since), (last, end, until) = margins[0], margins[-1]
    most = max(margins, key=lambda one: one[1])
    head = (
        f"Line chart of the margin in {clean(plain(telling.place), _MOST_PLACE)} by {possessive(clean(source.name, _MOST_SOURCE))} count, "
        f"{counted(batches, 'batch', 'batches')} from {telling.when(since)} to {telling.when(until)}."
    )
    parts = [
        head,
        f"It begins with {_ahead(first, start)} and ends with {_ahead(last, end)}.",
        f"The largest margin is {commas(most[1])}, for {most[0]}, at {telling.when(most[2])}.",
    ]
    shown = changes[-_MOST_CHANGES:]
    for who, when in shown:
        parts.append(f"{who} moves ahead at {telling.when(when)}.")
    if not changes:
        parts.append("The lead does not change.")
    return " ".join(capitalised(stopped(part.removesuffix("."))) for part in parts)


def _ahead(who: str, margin: int) -> str:
    return f"{who} ahead by {commas(margin)}" if margin else "a tie"


def _place(telling: Telling) -> str:
    return clean(plain(telling.head), _MOST_PLACE)
