"""The morning list: overnight, the official tally, the day ahead, deadlines."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.count.change import Change
from bot.count.statement import Statement
from bot.schedule.event import Event
from bot.wording.escape import escape
from bot.wording.event_sentences import later_words, status_words, there, what
from bot.wording.numbers import commas, counted, votes
from bot.wording.punctuation import capitalised, stopped
from bot.wording.standing_sentences import ahead_by
from bot.wording.telling import Telling
from bot.wording.times import clock, day, day_is_enough, when

NOTHING_TODAY = "Nothing is on the schedule today."

_PLACES = 3
"""As many places at which an event comes later are named in a list."""
_MOST_SOURCE = 80
_STRETCH = timedelta(hours=3)
"""A margin that stood for less than this says nothing of the night."""


def overnight(
    telling: Telling, standing: Change, earlier: Change | None, span: tuple[datetime | None, datetime | None]
) -> str:
    """Return how long the margin stood, in one sentence; nothing where there is no margin, or no while, to speak of.

    Args:
        telling: the contest.
        standing: the latest change.
        earlier: the standing before it, or the standing itself if nothing came overnight.
        span: (from when, until when) `earlier` stood; None: unknown, or it still stands.

    """
    since, until = span
    if earlier is None or earlier.margin is None:
        return ""
    if until is None:
        began = f" since {telling.when(since)}" if since else ""
        return stopped(f"**Overnight:** no change; {_has_stood(telling, earlier)}{began}")
    if since is not None and until - since < _STRETCH and _goes_on(standing, earlier):
        return ""  # after a busy night; who led before, or that it was tied, is told however short it was
    began = f" from {telling.when(since)}" if since else ""
    return stopped(f"**Overnight:** {_stood(telling, standing, earlier)}{began} until {telling.when(until)}")


def since_evening(telling: Telling, changes: int, at_evening: Change | None, since: datetime) -> str:
    """Return how many changes came since the evening, and where it stood then; nothing for less than two."""
    if changes < 2:  # noqa: PLR2004 - one is told as what stood before it
        return ""
    sentence = f"{counted(changes, 'update')} since {telling.when(since)}"
    if at_evening is None or at_evening.margin is None:
        return stopped(sentence)
    stood = (
        f"{telling.who(at_evening.leader)} led by {commas(at_evening.margin)}" if at_evening.margin else "it was tied"
    )
    return f"{sentence}, when {stood}."


def quiet_line(unchanged_since: str | None, *, deadlines: bool) -> str:
    """Return that nothing is on the schedule today, in one line with all else that there is not.

    Args:
        unchanged_since: since when nothing has changed, in words ("6 p.m. Tuesday"); None: something has, or nobody looked.
        deadlines: True: there are some, which are listed.

    """
    ahead = "nothing is on the schedule today" + ("" if deadlines else ", and no deadline falls within two weeks")
    if unchanged_since is None:
        return f"{capitalised(ahead)}."
    return f"No change since {unchanged_since}; {ahead}."


def official_tally(telling: Telling, said: Statement | None, updated: datetime | None) -> str:
    """Return the official source's figures: "4,989,046 votes; last updated about 5:35 p.m. Tuesday"."""
    parts = []
    if said and said.total is not None:
        parts.append(f"{'' if said.exact('total') else 'about '}{votes(said.total)}")
    if said and said.margin is not None and said.leader is not None:
        parts.append(ahead_by(telling, said.leader, said.margin, about=not said.exact("margin")))
    if said and parts:
        parts[-1] += f", as of {telling.when(said.as_of)}"
    if updated:
        parts.append(f"last updated about {telling.when(updated)}")
    return stopped("; ".join(parts)) if parts else ""


def event_line(event: Event, zone: ZoneInfo) -> str:
    """Return an event of today: "**10:30 a.m.** Press conference: …, Atlanta (expected, not confirmed)"."""
    return _line(event, clock(event.starts_at, zone), zone)


def deadline_line(event: Event, now: datetime, zone: ZoneInfo) -> str:
    """Return a deadline: "**5 p.m. Friday** Counties certify (the law)", a day alone where no hour is set."""
    moment = event.starts_at
    source = f" ({escape(event.source, _MOST_SOURCE)})" if event.source else ""
    at = day(moment, now, zone) if day_is_enough(moment, zone) else when(moment, now, zone)
    return f"{_line(event, at, zone)}{source}"


def _has_stood(telling: Telling, standing: Change) -> str:
    if not standing.margin:
        return "the count has been tied"
    return f"{telling.lead_of(standing.leader)} has stood at {commas(standing.margin)}"


def _goes_on(standing: Change, earlier: Change) -> bool:
    return bool(earlier.margin) and earlier.leader == standing.leader


def _stood(telling: Telling, standing: Change, earlier: Change) -> str:
    if not earlier.margin:
        return "the count was tied"
    if _goes_on(standing, earlier):
        return f"unchanged at {commas(earlier.margin)}"
    return f"{telling.who(earlier.leader)} led by {commas(earlier.margin)}"


def _line(event: Event, at: str, zone: ZoneInfo) -> str:
    if event.status == "called_off":
        return f"**Called off:** {at}, {what(event)}"
    later = f"; {words}" if (words := later_words(event, zone, _PLACES)) else ""
    return f"**{capitalised(at)}**{there(event, zone)} {what(event)}{later}{status_words(event)}"
