"""What `/desk status` answers: what is stopped, closed, held, waiting or in doubt in a server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.count.judgement import HoldReason
from bot.count.reading import Reading
from bot.outbox.undelivered_words import doubtful_buttons
from bot.tally.holds_words import choice, held_since, hold_buttons
from bot.wording.context import Setting, source_name, telling
from bot.wording.credit import Since
from bot.wording.draft import Answer, Button, Link
from bot.wording.escape import escape, stopped
from bot.wording.limits import CONTENT, joined
from bot.wording.numbers import counted
from bot.wording.times import when

_MOST_WHY = 200


_MOST_QUOTED = 150


_MOST_DECIDED = 5
"""Doubtful posts and held readings with buttons: a message takes five rows of them."""


_MOST_LABEL = 40
"""Characters of a contest's name on a button."""


@dataclass(frozen=True, slots=True)
class Open:
    """A post that an editor has to decide on."""

    row: int
    number: int
    channel: int
    headline: str
    """The first line of its content, as Discord shows it."""
    question: Link | None
    """Where the desk is asked about it; None: that has not been posted."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A channel that can't be written to."""

    channel: int
    since: int
    """In seconds since 1970."""
    why: str


@dataclass(frozen=True, slots=True)
class Held:
    """A reading that waits to be confirmed, of a contest that a channel follows."""

    contest: str
    source: str
    count: str
    reason: HoldReason
    since: datetime
    deadline: datetime
    """When the desk is asked, unless the source has settled it by then."""
    key: str = ""
    """The hold's, in the keys of its buttons."""
    ask_at: datetime | None = None
    """When the desk is asked again, because somebody pressed Wait."""
    figures: tuple[Reading, Reading] | None = None
    """What is held, and what is accepted till now."""


@dataclass(frozen=True, slots=True)
class Status:
    """What is stopped, closed, held, waiting or in doubt in a server."""

    paused: Since | None = None
    muted: Mapping[str, Since] = field(default_factory=dict)
    closed: Sequence[Closed] = ()
    awaiting: Sequence[Open] = ()
    doubtful: Sequence[Open] = ()
    waiting: int = 0
    """Posts that wait to be sent."""
    oldest: datetime | None = None
    """Since when the oldest waits, by the news clock."""
    desk_channel: int | None = None
    public: Sequence[int] = ()
    """Channels that the public reads."""
    held: Sequence[Held] = ()


def status_answer(status: Status, lacking: Sequence[str], setting: Setting, now: datetime) -> Answer:
    """Return what is stopped, closed, held, waiting or in doubt, with buttons for held readings and doubtful posts.

    `lacking`: what the bot lacks where, a line a channel.
    """
    settings = _settings(status)
    lines = [*_stopped(status, setting, now), *lacking]
    lines += [line for held in status.held if (line := _held(held, setting, now))]
    lines += [_asked(post, "may or may not be in") for post in status.doubtful]
    lines += [_asked(post, "waits for Publish in") for post in status.awaiting]
    if not lines:
        return Answer(f"Nothing is paused, muted, closed, held or waiting. {settings}")
    return Answer(joined([settings, *lines], CONTENT, "and {} more"), (), _buttons(status, setting))


def _stopped(status: Status, setting: Setting, now: datetime) -> list[str]:
    lines = []
    if status.paused:
        lines.append(f"**Paused since {status.paused.words(setting, now)}:** nothing is posted until `/desk resume`.")
    for key, since in status.muted.items():
        source = setting.desk.source(key)
        lines.append(f"Muted: {source_name(source) if source else escape(key)}, since {since.words(setting, now)}.")
    if status.waiting and status.oldest:
        wait = f"{counted(status.waiting, 'post')} {'waits' if status.waiting == 1 else 'wait'}"
        oldest = when(status.oldest, now, setting.desk.zone)
        lines.append(stopped(f"{wait} to be sent, the oldest since {oldest}"))
    for closed in status.closed:
        # It is the machine's clock that says since when, which in a rehearsal is not the day's.
        since_when = "" if setting.rehearsal else f" since <t:{closed.since}:f>"
        why = escape(closed.why, _MOST_WHY)
        lines.append(f"<#{closed.channel}> can't be written to{since_when}. Discord's reason: {why}")
    return lines


def _held(held: Held, setting: Setting, now: datetime) -> str | None:
    """Return what is held and how to answer, or None where the desk file no longer has the contest or the source."""
    contest, source = setting.desk.contest(held.contest), setting.desk.source(held.source)
    if contest is None or source is None:
        return None
    names = held.figures[0].names if held.figures else None
    told = telling(contest, setting, now, names, held.count)
    said = held_since(told, source, held.reason, held.since, held.deadline)
    if held.figures:
        said = f"{said} {choice(told, *held.figures)}"
    if held.ask_at is None:
        return said
    return f"{said} {stopped(f'The desk is asked again at {when(held.ask_at, now, setting.desk.zone)}')}"


def _settings(status: Status) -> str:
    desk = (
        f"The desk is asked in <#{status.desk_channel}>."
        if status.desk_channel
        else "No channel is the desk's (`/desk channel`)."
    )
    read = ", ".join(f"<#{channel}>" for channel in status.public)
    return f"{desk} Posts to {read} wait for Publish." if read else desk


def _asked(post: Open, how: str) -> str:
    where = f" Decide on {post.question}." if post.question else ""
    return f"#{post.number} {how} <#{post.channel}>: {_quoted(post.headline)}{where}"


def _quoted(headline: str) -> str:
    """Return a first line without its bold marks, cut where it is long."""
    plain = headline.replace("**", "")
    return plain if len(plain) <= _MOST_QUOTED else plain[: _MOST_QUOTED - 1].rstrip("\\ ") + "…"


def _buttons(status: Status, setting: Setting) -> tuple[Button, ...]:
    """Return three buttons a row: for posts that may have arrived, then for what is held."""
    alone = [post for post in status.doubtful if post.question is None]
    rows = [doubtful_buttons(post.row, f"#{post.number}: ") for post in alone]
    for held in status.held:
        contest = setting.desk.contest(held.contest)
        if held.key and contest is not None:
            rows.append(hold_buttons(held.key, f"{contest.name[:_MOST_LABEL]}: "))
    return tuple(button for row in rows[:_MOST_DECIDED] for button in row)
