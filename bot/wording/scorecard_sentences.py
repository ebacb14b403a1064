"""Sentences about what a desk missed in a rehearsal."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.wording.escape import escape
from bot.wording.numbers import commas, counted
from bot.wording.times import length, when

_MOST_NAME = 80


def scorecard_headline(posts: int, unread: int | None, holds: int, reminders: int, limit: timedelta) -> str:
    """Return what was missed in all; `unread` None: nobody knows who read what."""
    missed = [
        f"{counted(unread, 'post')} of {commas(posts)} {_was(unread)} unread for over {length(limit)}"
        if unread
        else "",
        f"{counted(holds, 'hold')} {_was(holds)} not answered in time" if holds else "",
        f"{counted(reminders, 'reminder')} {_was(reminders)} not acknowledged" if reminders else "",
    ]
    told = "; ".join(part for part in missed if part)
    if told:
        return f"**The rehearsal's scorecard:** {told}."
    if unread is None:
        return "**The rehearsal's scorecard:** nothing that waited for an answer was missed."
    return f"**The rehearsal's scorecard:** nothing was missed; {counted(posts, 'post')} read in time."


def unread_line(
    number: int, channel: str, posted_at: datetime, read_at: datetime | None, now: datetime, zone: ZoneInfo
) -> str:
    """Return which post was unread for too long: "**#42** 11:13 p.m. in #governor, read 11:38 p.m."."""
    read = f"read {when(read_at, now, zone)}" if read_at else "never read"
    return f"**#{number}** {when(posted_at, now, zone)} in #{escape(channel, _MOST_NAME)}, {read}"


def hold_line(
    contest: str, source: str, times: tuple[datetime, datetime, datetime | None], now: datetime, zone: ZoneInfo
) -> str:
    """Return which hold waited too long; `times` are since when, until when it was to be answered, and when it was."""
    since, answer_by, answered = times
    ended = f"answered {when(answered, now, zone)}" if answered else "not answered"
    what = f"**{escape(contest, _MOST_NAME)}**, {escape(source, _MOST_NAME)}"
    return f"{what}: held {when(since, now, zone)}, to be answered by {when(answer_by, now, zone)}, {ended}"


def reminder_line(number: int, channel: str, posted_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return which reminder nobody acknowledged."""
    return f"**#{number}** {when(posted_at, now, zone)} in #{escape(channel, _MOST_NAME)}"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
