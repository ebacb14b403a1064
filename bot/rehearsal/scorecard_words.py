"""Renders the scorecard: what a desk missed in a rehearsal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.wording.card import AMBER, Block, Card, Section, lines
from bot.wording.context import Setting
from bot.wording.credit import credit_line
from bot.wording.escape import escape, stopped
from bot.wording.limits import FIELD_VALUE, joined
from bot.wording.numbers import commas, counted, spelled
from bot.wording.times import length, when

_DID = {"posted": "posted", "dropped": "discarded", "taken back": "undone"}

_RIGHT_ANSWER = {
    ("posted", True): "Wrong: the source went back to its earlier numbers, and Discard was right",
    ("posted", False): "Right: the source has not gone back to its earlier numbers",
    ("dropped", True): "Wrong: the source counted on from those numbers, and Post was right",
    ("dropped", False): "Right: the source has not counted on from those numbers",
    ("taken back", False): "The desk undid that itself",
    ("taken back", True): "The desk undid that itself",
}

_MOST_NAME = 80


@dataclass(frozen=True, slots=True)
class MissedPost:
    """A post that nobody read in time, or a reminder that nobody acknowledged."""

    number: int
    channel: str | None
    """The channel's name; None for a direct message."""
    kind: str
    headline: str
    posted_at: datetime
    read_at: datetime | None = None
    """When somebody first read the post; None if nobody did."""


@dataclass(frozen=True, slots=True)
class MissedHold:
    """A held reading on which the desk did not decide in time."""

    contest: str
    source: str
    """The ids of the contest and the source."""
    since: datetime
    answer_by: datetime
    answered_at: datetime | None
    """When the desk decided, too late; None if it never did."""
    waited_at: datetime | None = None
    """When the desk last pressed Wait; None if it never did."""


@dataclass(frozen=True, slots=True)
class HoldDecision:
    """A decision of the desk on a held reading, and whether the decision was right."""

    contest: str
    source: str
    """The ids of the contest and the source."""
    since: datetime
    decided_at: datetime
    did: Literal["posted", "dropped", "taken back"]
    wrong: bool
    """True if the source's later readings show that the decision was wrong."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The posts, holds and reminders that a desk missed, and the decisions that it made."""

    posts: int
    """The number of posts in the rehearsal."""
    limit: timedelta
    """How long a post may stay unread."""
    unread: tuple[MissedPost, ...] | None
    """The posts that nobody read in time; None if it isn't known who read what."""
    holds: tuple[MissedHold, ...]
    reminders: tuple[MissedPost, ...]
    decisions: tuple[HoldDecision, ...] = ()


def opening_lines(limit: timedelta, events: int, has_hold: bool, has_message: bool) -> list[str]:
    """Return the day's introduction, with a line for each task of the desk.

    Args:
        limit: how long a post may stay unread.
        events: the number of events about which the desk gets a reminder.
        has_hold: True if a reading will be held.
        has_message: True if colleagues write messages with figures to enter.
    """
    lines = [
        f"Read what is posted. What nobody has read after {length(limit)} counts as missed.",
        "Decide on what is held: Post, Wait or Discard under the question, by the time it names." if has_hold else "",
        f"Press a button under each reminder, at its time: {spelled(events, 'event')} today." if events else "",
        "Enter what people write: Read as tally, in the message's menu." if has_message else "",
        "At the end the scorecard shows what was missed, and for each decision the right answer.",
    ]
    return [line for line in lines if line]


def scorecard_post(card: Scorecard, setting: Setting, now: datetime) -> Card:
    """Return the scorecard as a post.

    The headline has the numbers of missed items. The lines below list the items.
    """
    zone = setting.desk.zone
    unread = unread_lines(card.unread or (), now, zone)
    holds = [hold_line(hold, setting, now) for hold in card.holds]
    decided = [_decision_line(one, setting, now) for one in card.decisions]
    reminders = [reminder_line(post.number, post.channel, post.posted_at, now, zone) for post in card.reminders]
    sections = tuple(
        Section(name, lines(joined(missed, FIELD_VALUE, "and {} more")))
        for name, missed in (
            ("Decided", decided),
            ("Not answered in time", holds),
            ("Not acknowledged", reminders),
            ("Unread", unread),
        )
        if missed
    )
    number = None if card.unread is None else len(card.unread)
    decisions = decided_words(card.decisions)
    return Card(
        lines(scorecard_headline(card.posts, number, len(holds), len(reminders), card.limit, decisions)),
        credit_line(setting, None, now, now),
        (Block(sections=sections, colour=AMBER),) if sections else (),
        "notice",
    )


def hold_line(hold: MissedHold, setting: Setting, now: datetime) -> str:
    """Return a line about a held reading that waited too long."""
    zone = setting.desk.zone
    if hold.answered_at is not None:
        answer = f"answered {when(hold.answered_at, now, zone)}"
    elif hold.waited_at is not None:
        answer = f"Wait pressed {when(hold.waited_at, now, zone)}, not decided since"
    else:
        answer = "not answered"
    span = f"held {when(hold.since, now, zone)}, to be answered by {when(hold.answer_by, now, zone)}"
    return f"{_series(hold, setting)}: {span}, {answer}"


def _decision_line(one: HoldDecision, setting: Setting, now: datetime) -> str:
    zone = setting.desk.zone
    times = f"held {when(one.since, now, zone)}, {_DID[one.did]} {when(one.decided_at, now, zone)}"
    return f"{_series(one, setting)}: {stopped(times)} {_RIGHT_ANSWER[one.did, one.wrong]}"


def _series(hold: MissedHold | HoldDecision, setting: Setting) -> str:
    """Return the names of a hold's contest and source, or their ids if the desk file no longer has the names."""
    contest, source = setting.desk.contest(hold.contest), setting.desk.source(hold.source)
    contest_name, source_name = contest.name if contest else hold.contest, source.name if source else hold.source
    return f"**{escape(contest_name, _MOST_NAME)}**, {escape(source_name, _MOST_NAME)}"


def decided_words(decisions: Sequence[HoldDecision]) -> str:
    """Return a sentence on how many of the desk's decisions on held readings were right.

    Returns "" if the desk made no decisions, or undid all of them.
    """
    stand = [one for one in decisions if one.did != "taken back"]
    wrong = sum(one.wrong for one in stand)
    if not stand:
        return ""
    if wrong:
        return f"{wrong} of {counted(len(stand), 'decision')} on what was held {_was_or_were(wrong)} wrong"
    return (
        "the decision on what was held was right"
        if len(stand) == 1
        else f"all {spelled(len(stand), 'decision')} on what was held were right"
    )


def scorecard_headline(
    posts: int, unread: int | None, holds: int, reminders: int, limit: timedelta, decided: str = ""
) -> str:
    """Return the scorecard's headline: the numbers of missed items, followed by the sentence `decided`.

    `unread` is None if it isn't known who read what. `limit` is how long a post may stay unread.
    """
    missed = [
        f"{spelled(unread, 'post')} of {commas(posts)} {_was_or_were(unread)} unread for over {length(limit)}"
        if unread
        else "",
        f"{spelled(holds, 'hold')} {_was_or_were(holds)} not answered in time" if holds else "",
        f"{spelled(reminders, 'reminder')} {_was_or_were(reminders)} not acknowledged" if reminders else "",
    ]
    sentence = "; ".join(part for part in missed if part)
    if not sentence:
        sentence = "nothing that waited for an answer was missed"
        if unread is not None:
            sentence = f"nothing was missed; {counted(posts, 'post')} read in time"
    return f"**The rehearsal's scorecard:** {'; '.join(part for part in (sentence, decided) if part)}."


def unread_lines(posts: Sequence[MissedPost], now: datetime, zone: ZoneInfo) -> list[str]:
    """Return a line for each channel with unread posts.

    For example: "#governor: 3 posts, #42 11:13 p.m. to #51 1 a.m.; 2 never read".
    """
    by_channel: dict[str | None, list[MissedPost]] = {}
    for post in posts:
        by_channel.setdefault(post.channel, []).append(post)
    return [f"{_place(channel)}: {_unread(missed, now, zone)}" for channel, missed in by_channel.items()]


def _unread(posts: Sequence[MissedPost], now: datetime, zone: ZoneInfo) -> str:
    ends = dict.fromkeys(
        f"{'DM ' if post.channel is None else '#'}{post.number} {when(post.posted_at, now, zone)}"
        for post in (posts[0], posts[-1])
    )
    never = sum(post.read_at is None for post in posts)
    how = "read late" if not never else "never read" if never == len(posts) else f"{commas(never)} never read"
    return f"{counted(len(posts), 'post')}, {' to '.join(ends)}; {how}"


def _place(channel: str | None) -> str:
    return "Direct messages" if channel is None else f"#{escape(channel, _MOST_NAME)}"


def reminder_line(number: int, channel: str | None, posted_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return a line about a reminder that nobody acknowledged: its number, time and channel.

    `channel` is None for a direct message.
    """
    where = f"in {_place(channel)}" if channel is not None else "in a direct message"
    return f"**#{number}** {when(posted_at, now, zone)} {where}"


def _was_or_were(number: int) -> str:
    return "was" if number == 1 else "were"
