"""Scoring a rehearsal: what the desk missed, from the outbox, the holds, and the marks of reading.

Where nobody read anything, nobody was there to miss it, and no scorecard is posted: two runs at full speed give the
same posts.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic_core import to_json

from bot.app import App
from bot.count.judgement import CONFIRM_THEMSELVES, DROPPED, HOLD_AT_MOST, POSTED, UNDONE
from bot.errors import BadInputError
from bot.files import WholeFile
from bot.outbox.notices_store import NoticeStore
from bot.outbox.outbox_store import SentPost
from bot.rehearsal.day import Day
from bot.rehearsal.page.viewer import Read
from bot.rehearsal.scorecard_words import HoldDecision, MissedHold, MissedPost, Scorecard, scorecard_post
from bot.schedule.event_posts_store import ReminderPost, unanswered
from bot.tally.boards_store import BoardPost
from bot.tally.holds_store import HoldHistory, HoldRecord

UNREAD_AFTER = timedelta(minutes=10)
"""A post is missed if nobody has read it so long after it came, by the news clock."""

Reads = Callable[[], Awaitable[Sequence[Read]]]

Lived = Callable[[datetime, datetime], timedelta]

_DID: Mapping[str, Literal["posted", "dropped", "taken back"]] = {
    POSTED: "posted",
    DROPPED: "dropped",
    UNDONE: "taken back",
}


def _by_the_clock(start: datetime, end: datetime) -> timedelta:
    return end - start


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who may watch a rehearsal on its page."""

    reads: Reads
    """Returns who has read what; empty where nobody watched."""
    lived: Lived
    """Returns how much time between two moments a viewer had."""
    opened: Callable[[], datetime | None]
    """Returns when somebody could first watch; None: from the beginning."""

    async def read(self, began: datetime, ended: datetime) -> Sequence[Read]:
        """Return who has read what of a day; empty where the day ran as fast as it could, which nobody can follow."""
        reads = await self.reads()
        return reads if self.lived(began, ended) else ()


def score(
    posts: Sequence[SentPost],
    reads: Sequence[Read] | None,
    holds: Sequence[HoldRecord],
    ended: datetime,
    channels: Mapping[int, str],
    acknowledged: Collection[int] = (),
    lived: Lived = _by_the_clock,
    opened: datetime | None = None,
) -> Scorecard:
    """Return what the desk missed.

    Args:
        posts: what the bot posted.
        reads: who read what, in any order; None or empty: nobody knows.
        holds: what was held.
        ended: when the day was over.
        channels: their names by id.
        acknowledged: numbers of the reminders that somebody acknowledged.
        lived: returns how much time between two moments a viewer had.
        opened: when somebody could first watch; earlier posts can't be missed. None: from the beginning.

    """
    copies: dict[int, list[SentPost]] = {}  # a post in several channels counts once, as read in any of them
    for post in posts:
        if opened is None or post.news_at >= opened:
            copies.setdefault(post.number, []).append(post)
    unread = []
    for same in copies.values():
        read_at = _first_read(same, reads or ())
        if lived(same[0].news_at, read_at or ended) > UNREAD_AFTER:  # what came at the very end may still be read
            unread.append(_missed(same[0], channels, read_at))
    reminders = [
        same[0] for number, same in copies.items() if same[0].kind == ReminderPost.name and number not in acknowledged
    ]
    overdue = [missed for hold in holds if (missed := _missed_hold(hold, ended)) is not None]
    return Scorecard(
        posts=len(copies),
        limit=UNREAD_AFTER,
        unread=tuple(unread) if reads else None,
        holds=tuple(missed for missed in overdue if opened is None or missed.answer_by > opened),
        reminders=tuple(_missed(post, channels, None) for post in reminders),
        decisions=tuple(decided for hold in holds if (decided := _decided(hold)) is not None),
    )


def news(sent: Sequence[SentPost], came: Mapping[int, datetime]) -> list[SentPost]:
    """Return the posts that somebody has to read. `news_at` is when they came, which is later for one that was paused."""
    return [
        replace(post, news_at=came.get(post.message, post.news_at))
        for post in sent
        if not post.edited and post.kind != BoardPost.name  # those are news to nobody
    ]


def scorecard_json(card: Scorecard, day: Day) -> str:
    """Return the scorecard and the day's happenings as one JSON object; times are ISO 8601 in UTC."""
    found: dict[str, Any] = asdict(card)
    limit = found.pop("limit")
    happenings = [happening.model_dump() for happening in day.happenings]
    return to_json(
        {"day": day.title, "unread_after_seconds": int(limit.total_seconds()), **found, "happenings": happenings},
        indent=2,
    ).decode()


class ScoreFile:
    """Writes the scorecard to a file, whole or not at all."""

    def __init__(self, path: Path, day: Day) -> None:
        """Write to `path`; a file that is there stays until then.

        Raises:
            BadInputError: it can't be written to.

        """
        self._path = path
        self._day = day
        self.written = False
        try:
            self._file = WholeFile(path)
        except OSError as error:
            raise self._cannot(error.strerror) from None

    def write(self, card: Scorecard) -> None:
        """Write the scorecard."""
        try:
            self._file.stream.write(scorecard_json(card, self._day) + "\n")
            self._file.put()
        except OSError as error:
            raise self._cannot(error.strerror) from None
        self.written = True

    def close(self) -> None:
        """Remove the temporary file beside it."""
        self._file.close()

    def _cannot(self, why: str | None) -> BadInputError:
        return BadInputError(f"{self._path}: the scorecard can't be written ({why})")


class Scoring:
    """Scores a rehearsal at its end."""

    def __init__(
        self,
        app: App,
        server: int,
        channels: Callable[[], Mapping[int, str]],
        watchers: Watchers | None,
        scored: Callable[[Scorecard], None],
        came: Mapping[int, datetime],
        home: int,
    ) -> None:
        """Score what `app` did in a server.

        Args:
            app: the bot.
            server: where.
            channels: returns the names of the channels and threads by id, when the day is over.
            watchers: who may watch; None: nobody can know.
            scored: gets the scorecard.
            came: when each message came, by its id.
            home: the channel in which the scorecard is posted, unless the server has a desk's channel.

        """
        self._watchers = watchers
        self._came = came
        self._home = home
        self._began = app.rooms.clock.now()
        self._app = app
        self._server = server
        self._channels = channels
        self._scored = scored

    async def close(self) -> int | None:
        """Make the scorecard, pass it to `scored`, and post it unless nobody watched; return the channel, or None."""
        rooms, database = self._app.rooms, self._app.database
        now = rooms.clock.now()
        sent, holds = await rooms.outbox.sent.after(0), await HoldHistory(database).all()
        posts = news(sent, self._came)
        watchers = self._watchers
        reads = None if watchers is None else await watchers.read(self._began, now)
        waiting = await unanswered(database, self._server)
        acknowledged = {post.number for post in posts if post.kind == ReminderPost.name} - waiting
        lived, opened = (_by_the_clock, None) if watchers is None else (watchers.lived, watchers.opened())
        card = score(posts, reads, holds, now, self._channels(), acknowledged, lived, opened)
        self._scored(card)
        if reads is not None and not reads:
            return None
        notices = NoticeStore(rooms.outbox.outbox)
        # What the desk missed is for the desk, and nobody has to publish it: the public reads no desk's channel.
        channel = await notices.desk_channel(self._server) or self._home
        draft = scorecard_post(card, rooms.setting, now)
        await notices.post(self._server, channel, draft)
        return channel


def _missed(post: SentPost, channels: Mapping[int, str], read_at: datetime | None) -> MissedPost:
    return MissedPost(post.number, channels.get(post.channel), post.kind, post.headline, post.news_at, read_at)


def _first_read(copies: Sequence[SentPost], reads: Sequence[Read]) -> datetime | None:
    """Return when somebody first read any copy of a post; None: nobody did."""
    return min(
        (read.at for one in copies for read in reads if read.channel == one.channel and read.up_to >= one.message),
        default=None,
    )


def _decided(hold: HoldRecord) -> HoldDecision | None:
    """Return what the desk decided on a hold; None: its source settled it, or nobody did."""
    did = _DID.get(hold.outcome or "")
    if did is None or hold.settled_at is None:
        return None
    return HoldDecision(hold.contest, hold.source, hold.since, hold.settled_at, did, hold.wrong)


def _missed_hold(hold: HoldRecord, ended: datetime) -> MissedHold | None:
    """Return the hold if it needed the desk's answer and had none in time.

    A fall settles itself, as a rule; one that does not is put before the desk at its deadline, and has as long again.
    Wait, pressed in time, is an answer until the desk is asked again, and then it has as long again, too.
    """
    answer_by = hold.deadline + (HOLD_AT_MOST if hold.reason in CONFIRM_THEMSELVES else timedelta(0))
    for pressed_at, ask_at in hold.waits:
        if pressed_at <= answer_by:
            answer_by = max(answer_by, ask_at + HOLD_AT_MOST)
    answered = hold.settled_at if hold.outcome in _DID else None
    over = hold.settled_at or ended
    if over <= answer_by:
        return None
    waited_at = hold.waits[-1][0] if hold.waits else None
    return MissedHold(hold.contest, hold.source, hold.since, answer_by, answered, waited_at)
