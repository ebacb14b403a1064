"""Scores a rehearsal: finds what the desk missed, from the outbox, the holds and the read marks.

If nobody read anything, nobody watched, and no scorecard is posted. Two runs at full speed thus give the same posts.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic_core import to_json

from bot.app import App
from bot.count.judgement import CONFIRMED_BY_SOURCE, DROPPED, HOLD_AT_MOST, POSTED, UNDONE
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
"""A post counts as missed if nobody read it within this time, by the news clock."""

Reads = Callable[[], Awaitable[Sequence[Read]]]

ViewingTime = Callable[[datetime, datetime], timedelta]

_DID: Mapping[str, Literal["posted", "dropped", "taken back"]] = {
    POSTED: "posted",
    DROPPED: "dropped",
    UNDONE: "taken back",
}


def _by_the_clock(start: datetime, end: datetime) -> timedelta:
    return end - start


@dataclass(frozen=True, slots=True)
class Watchers:
    """Functions that return what people read on the rehearsal's page, and how much of the day they could watch."""

    reads: Reads
    """Returns the read marks, which are empty if nobody watched."""
    viewing_time: ViewingTime
    """Returns how much of a span of news time a viewer could watch."""
    opened: Callable[[], datetime | None]
    """Returns when somebody could first watch; None if from the start."""

    async def read(self, began: datetime, ended: datetime) -> Sequence[Read]:
        """Return the read marks of everybody who watched the rehearsal's page, which show what each person has read.

        Empty if nobody could watch between `began` and `ended`, because the day ran as fast as possible.
        """
        reads = await self.reads()
        return reads if self.viewing_time(began, ended) else ()


def score(
    posts: Sequence[SentPost],
    reads: Sequence[Read] | None,
    holds: Sequence[HoldRecord],
    ended: datetime,
    channels: Mapping[int, str],
    acknowledged: Collection[int] = (),
    viewing_time: ViewingTime = _by_the_clock,
    opened: datetime | None = None,
) -> Scorecard:
    """Find what the desk missed, and return the scorecard.

    Args:
        posts: the bot's posts.
        reads: the read marks in any order; None or empty if nobody watched.
        holds: the held readings.
        ended: the end of the day.
        channels: channel names by id.
        acknowledged: the numbers of the reminders that somebody acknowledged.
        viewing_time: returns how much of a span of news time a viewer could watch.
        opened: when somebody could first watch, since earlier posts can't be missed; None if from the start.
    """
    copies: dict[int, list[SentPost]] = {}  # a post in several channels counts once, and is read if any copy is
    for post in posts:
        if opened is None or post.news_at >= opened:
            copies.setdefault(post.number, []).append(post)
    unread = []
    for same in copies.values():
        read_at = _first_read(same, reads or ())
        if viewing_time(same[0].news_at, read_at or ended) > UNREAD_AFTER:  # a post at the very end may still be read
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
        decisions=tuple(decided for hold in holds if (decided := _hold_decision(hold)) is not None),
    )


def posts_to_read(sent: Sequence[SentPost], arrived_at: Mapping[int, datetime]) -> list[SentPost]:
    """Return the posts that somebody has to read, with `news_at` set to the time of arrival.

    Posts that waited during a pause arrive later than they were written. Boards and edits are omitted, since nobody
    has to read them.
    """
    return [
        replace(post, news_at=arrived_at.get(post.message, post.news_at))
        for post in sent
        if not post.edited and post.kind != BoardPost.name  # boards and edits need no reading
    ]


def scorecard_json(card: Scorecard, day: Day) -> str:
    """Return the scorecard, and the events that the desk should have noticed, as JSON with times in UTC."""
    fields: dict[str, Any] = asdict(card)
    limit = fields.pop("limit")
    happenings = [happening.model_dump() for happening in day.happenings]
    return to_json(
        {"day": day.title, "unread_after_seconds": int(limit.total_seconds()), **fields, "happenings": happenings},
        indent=2,
    ).decode()


class ScoreFile:
    """A file to which the scorecard is written atomically. Until `write` is called, an existing file is not changed.

    Args:
        path: the file.
        day: the day, whose noted events are written too.

    Raises:
        BadInputError: the file can't be written to.
    """

    def __init__(self, path: Path, day: Day) -> None:
        self._path = path
        self._day = day
        self.written = False
        try:
            self._file = WholeFile(path)
        except OSError as error:
            raise self._cannot(error.strerror) from None

    def write(self, card: Scorecard) -> None:
        """Write the scorecard, and replace any existing file."""
        try:
            self._file.stream.write(scorecard_json(card, self._day) + "\n")
            self._file.put()
        except OSError as error:
            raise self._cannot(error.strerror) from None
        self.written = True

    def close(self) -> None:
        """Remove the temporary file."""
        self._file.close()

    def _cannot(self, why: str | None) -> BadInputError:
        return BadInputError(f"{self._path}: the scorecard can't be written ({why})")


class Scoring:
    """A service that scores a rehearsal at its end.

    Args:
        app: the bot.
        server: the server's id.
        channels: returns the names of channels and threads by id, at the end of the day.
        watchers: who may watch; None if it can't be known who read what.
        scored: is called with the scorecard.
        arrived_at: when each message arrived, by its id.
        home: where to post the scorecard if the server has no desk channel.

    """

    def __init__(
        self,
        app: App,
        server: int,
        channels: Callable[[], Mapping[int, str]],
        watchers: Watchers | None,
        scored: Callable[[Scorecard], None],
        arrived_at: Mapping[int, datetime],
        home: int,
    ) -> None:
        self._watchers = watchers
        self._arrived_at = arrived_at
        self._home = home
        self._began = app.rooms.clock.now()
        self._app = app
        self._server = server
        self._channels = channels
        self._scored = scored

    async def close(self) -> int | None:
        """Make the scorecard, pass it to `scored`, and post it if somebody watched.

        Returns the id of the channel in which the scorecard is posted, or None.
        """
        rooms, database = self._app.rooms, self._app.database
        now = rooms.clock.now()
        sent, holds = await rooms.outbox.sent.after(0), await HoldHistory(database).all()
        posts = posts_to_read(sent, self._arrived_at)
        watchers = self._watchers
        reads = None if watchers is None else await watchers.read(self._began, now)
        waiting = await unanswered(database, self._server)
        acknowledged = {post.number for post in posts if post.kind == ReminderPost.name} - waiting
        viewing_time, opened = (_by_the_clock, None) if watchers is None else (watchers.viewing_time, watchers.opened())
        card = score(posts, reads, holds, now, self._channels(), acknowledged, viewing_time, opened)
        self._scored(card)
        if reads is not None and not reads:
            return None
        notices = NoticeStore(rooms.outbox.outbox)
        # The scorecard is the desk's own: it needs no approval, and goes to no public channel.
        channel = await notices.desk_channel(self._server) or self._home
        draft = scorecard_post(card, rooms.setting, now)
        await notices.post(self._server, channel, draft)
        return channel


def _missed(post: SentPost, channels: Mapping[int, str], read_at: datetime | None) -> MissedPost:
    return MissedPost(post.number, channels.get(post.channel), post.kind, post.headline, post.news_at, read_at)


def _first_read(copies: Sequence[SentPost], reads: Sequence[Read]) -> datetime | None:
    """Return when somebody first read any copy of a post; None if nobody did."""
    return min(
        (read.at for one in copies for read in reads if read.channel == one.channel and read.up_to >= one.message),
        default=None,
    )


def _hold_decision(hold: HoldRecord) -> HoldDecision | None:
    """Return the desk's decision on a hold; None if the source ended the hold or nobody decided."""
    decision = _DID.get(hold.outcome or "")
    if decision is None or hold.settled_at is None:
        return None
    return HoldDecision(hold.contest, hold.source, hold.since, hold.settled_at, decision, hold.wrong)


def _missed_hold(hold: HoldRecord, ended: datetime) -> MissedHold | None:
    """Return a hold that the desk did not decide on in time, else None.

    A fall of the count is usually confirmed or corrected by the source. If it isn't, the desk is asked at the hold's
    deadline, and the desk's time starts at that point. If the desk presses Wait in time, it is asked again later, and
    its time starts again.
    """
    answer_by = hold.deadline + (HOLD_AT_MOST if hold.reason in CONFIRMED_BY_SOURCE else timedelta(0))
    for pressed_at, ask_at in hold.waits:
        if pressed_at <= answer_by:
            answer_by = max(answer_by, ask_at + HOLD_AT_MOST)
    answered = hold.settled_at if hold.outcome in _DID else None
    over = hold.settled_at or ended
    if over <= answer_by:
        return None
    waited_at = hold.waits[-1][0] if hold.waits else None
    return MissedHold(hold.contest, hold.source, hold.since, answer_by, answered, waited_at)
