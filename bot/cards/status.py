"""What `/desk status` answers: what is stopped, closed, waiting or in doubt in a server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.cards.control import Since
from bot.cards.draft import Answer, Button, Link
from bot.cards.facts import Setting
from bot.cards.limits import CONTENT, joined
from bot.cards.lost import doubtful_buttons
from bot.wording.escape import escape
from bot.wording.numbers import counted
from bot.wording.telling import source_name

_MOST_WHY = 200
_MOST_QUOTED = 150
_MOST_DECIDED = 5
"""Doubtful posts with buttons: a message takes five rows of them."""


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
class Status:
    """What is stopped, closed, waiting or in doubt in a server."""

    paused: Since | None = None
    muted: Mapping[str, Since] = field(default_factory=dict)
    closed: Sequence[Closed] = ()
    awaiting: Sequence[Open] = ()
    doubtful: Sequence[Open] = ()
    waiting: int = 0
    """Posts that wait to be sent."""
    oldest: int | None = None
    """Since when the oldest waits, in seconds since 1970."""
    desk_channel: int | None = None
    public: Sequence[int] = ()
    """Channels that the public reads."""

    @property
    def all_is_well(self) -> bool:
        """True if there is nothing to say."""
        return not (self.paused or self.muted or self.closed or self.awaiting or self.doubtful or self.waiting)


def status_answer(status: Status, setting: Setting, now: datetime) -> Answer:
    """Return what is stopped, closed, waiting or in doubt, with buttons for doubtful posts nobody was asked about."""
    settings = _settings(status)
    if status.all_is_well:
        return Answer(f"Nothing is paused, muted, closed or waiting. {settings}")
    lines = []
    if status.paused:
        lines.append(f"**Paused since {status.paused.words(setting, now)}:** nothing is posted until `/desk resume`.")
    for key, since in status.muted.items():
        source = setting.desk.source(key)
        lines.append(f"Muted: {source_name(source) if source else escape(key)}, since {since.words(setting, now)}.")
    if status.waiting:
        lines.append(
            f"{counted(status.waiting, 'post')} {'waits' if status.waiting == 1 else 'wait'} to be sent, the oldest "
            f"since <t:{status.oldest}:f>."
        )
    lines += [
        f"<#{closed.channel}> can't be written to since <t:{closed.since}:f>. Discord's reason: "
        f"{escape(closed.why, _MOST_WHY)}"
        for closed in status.closed
    ]
    lines += [_asked(post, "may or may not be in") for post in status.doubtful]
    lines += [_asked(post, "waits for Publish in") for post in status.awaiting]
    return Answer(joined([settings, *lines], CONTENT, "and {} more"), (), _buttons(status))


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


def _buttons(status: Status) -> tuple[Button, ...]:
    alone = [post for post in status.doubtful if post.question is None][:_MOST_DECIDED]
    return tuple(button for post in alone for button in doubtful_buttons(post.row, f"#{post.number}: "))
