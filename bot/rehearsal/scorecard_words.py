"""The scorecard in words: what a desk missed in a rehearsal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.wording.context import Setting
from bot.wording.credit import credit_line
from bot.wording.draft import Draft, colour_of
from bot.wording.escape import escape
from bot.wording.limits import FIELD_VALUE, joined
from bot.wording.numbers import commas, counted
from bot.wording.times import length, when


@dataclass(frozen=True, slots=True)
class MissedPost:
    """A post that nobody read, or acknowledged, in time."""

    number: int
    channel: str
    """Its name."""
    kind: str
    headline: str
    posted_at: datetime
    read_at: datetime | None = None
    """When somebody first read it; None: nobody did."""


@dataclass(frozen=True, slots=True)
class MissedHold:
    """A reading that waited for the desk's decision, and had none in time."""

    contest: str
    source: str
    """Their ids."""
    since: datetime
    answer_by: datetime
    answered_at: datetime | None
    """When the desk decided all the same; None: it did not."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The posts, holds and reminders that a desk missed."""

    posts: int
    """How many there were."""
    limit: timedelta
    """How long a post may be unread."""
    unread: tuple[MissedPost, ...] | None
    """None: nobody knows who read what."""
    holds: tuple[MissedHold, ...]
    reminders: tuple[MissedPost, ...]


def scorecard_post(card: Scorecard, setting: Setting, now: datetime) -> Draft:
    """Return the scorecard as a post: how much was missed in its headline, what in its card."""
    zone = setting.desk.zone
    unread = [
        unread_line(post.number, post.channel, post.posted_at, post.read_at, now, zone) for post in card.unread or ()
    ]
    holds = [_hold_line(hold, setting, now) for hold in card.holds]
    reminders = [reminder_line(post.number, post.channel, post.posted_at, now, zone) for post in card.reminders]
    fields = [
        {"name": name, "value": joined(lines, FIELD_VALUE, "and {} more")}
        for name, lines in (("Unread", unread), ("Not answered in time", holds), ("Not acknowledged", reminders))
        if lines
    ]
    number = None if card.unread is None else len(unread)
    return Draft(
        kind="notice",
        headline=scorecard_headline(card.posts, number, len(holds), len(reminders), card.limit),
        credit=credit_line(setting, None, now, now),
        embeds=({"color": colour_of("notice"), "fields": fields},) if fields else (),
    )


def _hold_line(hold: MissedHold, setting: Setting, now: datetime) -> str:
    contest, source = setting.desk.contest(hold.contest), setting.desk.source(hold.source)
    return hold_line(
        contest.name if contest else hold.contest,
        source.name if source else hold.source,
        (hold.since, hold.answer_by, hold.answered_at),
        now,
        setting.desk.zone,
    )


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
