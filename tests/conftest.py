"""What tests of several parts share: a small desk file, readings in one line, channels in memory, the spine."""

import asyncio
import sqlite3
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple, cast

import pytest
from aiohttp import ClientSession

from bot.app import Base, post_kinds, rooms_of
from bot.client import Rooms
from bot.clock import ManualClock
from bot.count.reading import Reading
from bot.database.database import Database, fetch
from bot.desk.desk_file import Desk, Source
from bot.errors import TallydeskError
from bot.feeds.own_network import Sessions
from bot.feeds.polling import Health
from bot.follows.preferences import FollowPreferences
from bot.outbox.approval import Queue
from bot.outbox.decisions_store import QueueStore
from bot.outbox.discord import ClosedError, DiscordChannels, LaterError, Message, RefusedError, UnknownError, number_of
from bot.outbox.dispatcher import Dispatcher
from bot.outbox.kinds_store import word
from bot.outbox.outbox import Outbox
from bot.outbox.outbox_store import OutboxStore
from bot.outbox.pacing import Pacing
from bot.outbox.post import COLUMNS, post_of
from bot.outbox.sent_store import SentPosts
from bot.outbox.suspensions_store import SuspensionStore
from bot.scheduler import Scheduler
from bot.tally.holds_store import held_in
from bot.tally.lead_source import Releading
from bot.tally.lead_source_store import Leads
from bot.tally.standing_store import StandingStore
from bot.wording.context import Setting
from bot.wording.draft import Button
from tests.kept_cogs import keep

START = datetime(2020, 11, 11, 12, 0, tzinfo=UTC)
SERVER, OTHER_SERVER = 1, 2
COUNT, LIVE, AWAY = 11, 12, 21
"""Two channels of `SERVER` and one of `OTHER_SERVER`."""
WHO = "Olga"
FAST = 100_000
"""Requests a second where pacing is not what is tested."""


def small_desk(**newsroom: object) -> Desk:
    """Return a desk file of two contests, both led by the Times; `newsroom` goes into its [desk]."""
    candidates = [
        {"id": "biden", "name": "Joseph R. Biden", "last": "Biden", "party": "D"},
        {"id": "trump", "name": "Donald J. Trump", "last": "Trump", "party": "R"},
    ]
    contest = {"state": "GA", "leads": "times", "candidates": candidates}
    return Desk.model_validate(
        {
            "desk": {"zone": "America/New_York", **newsroom},
            "contests": [
                {"id": "ga", "name": "President", "where": "Georgia", **contest},
                {"id": "senate", "name": "U.S. Senate", "where": "Georgia's Senate race", **contest},
            ],
            "sources": [
                {"id": "times", "name": "the Times"},
                {"id": "ga-sos", "name": "the Secretary of State", "short": "Sec. of State"},
                {"id": "reporter", "name": "our reporter", "person": True, "public": False},
                {"id": "ap", "name": "the AP", "calls": "called"},
                {"id": "nbc", "name": "NBC News", "calls": "projected"},
            ],
        }
    )


def reading(biden: int, trump: int, minute: float = 0, **fields: Any) -> Reading:  # noqa: ANN401 - any field
    """Return a reading of the Times' count in Georgia, so many minutes after the start."""
    said = {"source": "times", "contest": "ga", "as_of": START + timedelta(minutes=minute)}
    return Reading.model_validate(said | {"votes": {"biden": biden, "trump": trump}} | fields)


class Wall:
    """A wall clock that stands still until it is moved, or until somebody sleeps by it."""

    def __init__(self) -> None:
        self.now = START.timestamp()
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.move(seconds)


Fate = Literal["accept", "refuse", "closed", "later", "lost answer", "lost", "hang"]
"""`refuse`: the message itself can't be posted. `closed`: the channel may not be written to. `later`: a rate limit.
`lost answer`: it is posted and nobody knows. `lost`: it is not posted and nobody knows."""


@dataclass(frozen=True)
class Shown:
    """A message as a channel shows it."""

    id: int
    content: str
    nonce: str
    at: float
    embeds: tuple[Mapping[str, Any], ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass
class FakeChannels:
    """Channels in memory, which take what is sent unless they were told otherwise; the contract is `Channels`."""

    wall: Wall
    shown: dict[int, list[Shown]] = field(default_factory=lambda: defaultdict(list))
    sends: list[tuple[int, str]] = field(default_factory=list)
    """(channel, nonce) of every request to send."""
    looks: list[tuple[int, int]] = field(default_factory=list)
    """(channel, number) of every look into a history."""
    edits: list[tuple[int, int]] = field(default_factory=list)
    """(channel, message) of every edit."""
    pinned: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    direct: set[int] = field(default_factory=set)
    """Channels of direct messages."""
    unreadable: set[int] = field(default_factory=set)
    fates: dict[int, deque[Fate]] = field(default_factory=lambda: defaultdict(deque))
    threads: dict[int, str] = field(default_factory=dict)
    """The names of the threads that were opened; each is a channel in `shown` too."""
    open_fails: dict[int, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))
    look_fails: dict[int, deque[Exception]] = field(default_factory=lambda: defaultdict(deque))
    later: float | None = None
    """The seconds that `later` says."""
    nonce_lasts: float = 300.0
    _posted: int = 0

    def will(self, channel: int, *fates: Fate) -> None:
        """Say what becomes of the next posts to a channel."""
        self.fates[channel].extend(fates)

    def contents(self, channel: int) -> list[str]:
        return [message.content for message in self.shown[channel]]

    async def send(self, channel: int, message: Message) -> int:
        self.sends.append((channel, message.nonce))
        fate = self.fates[channel].popleft() if self.fates[channel] else "accept"
        match fate:
            case "refuse":
                raise RefusedError("Invalid Form Body")
            case "closed":
                raise ClosedError("Missing Access")
            case "later":
                raise LaterError("slow down", self.later)
            case "lost":
                raise UnknownError("no answer")
            case "hang":
                await asyncio.get_running_loop().create_future()
        sent = self._post(channel, message)
        if fate == "lost answer":
            raise UnknownError("no answer")
        return sent

    def post(self, channel: int, content: str) -> int:
        """Let a message be in a channel, as if it had been sent and the answer was lost; return its id."""
        return self._post(channel, Message(content, (), True, f"{channel} {content}"))

    def _post(self, channel: int, message: Message) -> int:
        for shown in self.shown[channel]:
            if shown.nonce == message.nonce and self.wall() - shown.at < self.nonce_lasts:
                return shown.id
        self._posted += 1
        key = 999 + self._posted
        shown = Shown(key, message.content, message.nonce, self.wall(), tuple(message.embeds), tuple(message.buttons))
        self.shown[channel].append(shown)
        return key

    def _index(self, channel: int, key: int) -> int:
        """Return where a message stands, after whatever was to go wrong has."""
        fate = self.fates[channel].popleft() if self.fates[channel] else "accept"
        if fate == "closed":
            raise ClosedError("Missing Access")
        if fate == "later":
            raise LaterError("slow down", self.later)
        if fate in ("lost", "lost answer"):
            raise UnknownError("no answer")
        for place, shown in enumerate(self.shown[channel]):
            if shown.id == key and fate == "accept":
                return place
        raise RefusedError("Unknown Message")

    async def edit(
        self,
        channel: int,
        key: int,
        content: str,
        embeds: Sequence[Mapping[str, Any]] | None,
        buttons: Sequence[Button] | None = None,
    ) -> None:
        place = self._index(channel, key)
        before = self.shown[channel][place]
        self.shown[channel][place] = replace(
            before,
            content=content,
            embeds=before.embeds if embeds is None else tuple(embeds),
            buttons=before.buttons if buttons is None else tuple(buttons),
        )
        self.edits.append((channel, key))

    async def pin(self, channel: int, key: int) -> None:
        self._index(channel, key)
        self.pinned[channel].append(key)

    async def delete(self, channel: int, key: int) -> None:
        if key in [shown.id for shown in self.shown[channel]]:
            self.shown[channel].pop(self._index(channel, key))

    async def open_thread(self, channel: int, key: int, name: str) -> None:
        self._index(channel, key)
        if self.open_fails[channel]:
            raise self.open_fails[channel].popleft()
        self.threads.setdefault(key, name)

    async def find(self, channel: int, number: int, since: float, until: float) -> int | None:
        self.looks.append((channel, number))
        if self.look_fails[channel]:
            raise self.look_fails[channel].popleft()
        if channel in self.unreadable:
            raise RefusedError("the bot may not read the channel's history")
        for shown in self.shown[channel]:
            if since <= shown.at <= until and number_of(shown.content) == number:
                return shown.id
        return None

    async def numbers(self, channel: int, since: float) -> list[tuple[int, int]]:
        if self.look_fails[channel]:
            raise self.look_fails[channel].popleft()
        if channel in self.unreadable:
            raise RefusedError("the bot may not read the channel's history")
        since_begun = [shown.id for shown in self.shown[channel] if shown.at >= since and shown.id in self.threads]
        return [
            (number, shown.id)
            for place in (channel, *since_begun)
            for shown in self.shown[place]
            if shown.at >= since and (number := number_of(shown.content)) is not None
        ]


class Stored(NamedTuple):
    """A row of the outbox, as it is stored."""

    id: int
    channel: int
    action: str
    number: int
    kind: str
    state: str
    content: str
    quiet: int
    start: int | None
    end: int | None
    attempts: int
    message: int | None
    why: str | None
    superseded_by: int | None

    @property
    def headline(self) -> str:
        return self.content.rsplit("\n", 1)[0]


_STORED = """SELECT id, channel, action, number, kind, state, content, quiet, from_reading, to_reading, attempts, message,
                    why, superseded_by FROM outbox ORDER BY id"""


async def nobody_s(user: int) -> int:
    """Open direct messages with nobody."""
    raise TallydeskError(f"nobody here opens direct messages with {user}")


class _NoSessions(Sessions):
    """Sessions of feeds that nobody asks."""

    def of(self, source: Source) -> ClientSession:
        del source
        return cast("ClientSession", None)


class Newsroom:
    """The spine of the bot, on a clock that stands still, with channels in memory instead of Discord."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self.database = database
        self.clock = ManualClock(START)
        self.wall = Wall()
        self.channels = FakeChannels(self.wall)
        self.woken: list[int] = []
        self.settles = {SERVER, OTHER_SERVER}
        """The servers whose desks post or drop what is held, as the operator lists them."""
        self.open(desk)

    def open(self, desk: Desk, open_direct: Callable[[int], Awaitable[int]] = nobody_s) -> None:
        """Build the rooms by a desk file, as the bot has them, with a publisher that tests may replace."""
        setting = Setting(desk, settles=self.settles)
        self.post_kinds = post_kinds(setting, self.clock)
        base = Base(
            database=self.database,
            setting=setting,
            clock=self.clock,
            wall=self.wall,
            sleep=self.wall.sleep,
            kinds=self.post_kinds,
            leads=Leads(desk.leading, Releading(setting)),
            sessions=_NoSessions("Tallydesk/tests"),
            scheduler=Scheduler(),
        )
        self.outbox = OutboxStore(self.database, self.post_kinds, self.wall)
        self.publisher = self.new_publisher()
        outbox = Outbox(
            store=self.outbox,
            sent=SentPosts(self.database),
            suspensions=SuspensionStore(self.database, self.post_kinds, self.wall),
            approval=Queue(QueueStore(self.database, self.post_kinds, self.wall), self.clock, self.wake),
            pacing=Pacing(FAST),
            discord=cast("DiscordChannels", self.channels),
            dispatcher=cast("Dispatcher", self),  # hands on to the publisher of the moment
            wake=self.wake,
        )
        self.rooms = rooms_of(base, outbox, open_direct)
        self._name(self.rooms)

    def _name(self, rooms: Rooms) -> None:
        """Let the parts that tests use be at hand."""
        self.health = cast("dict[str, Health]", rooms.feeds.health)
        self.control_store, self.queue = rooms.outbox.suspensions, rooms.outbox.approval
        self.following, self.desk_store = rooms.follows, rooms.follows.servers
        self.ingest, self.boards, self.silences = rooms.tally.intake, rooms.tally.boards, rooms.tally.silences
        self.leading, self.queries = rooms.tally.lead_source, StandingStore(self.database)
        self.intake = self.ingest._store
        self.statements, self.corrections = rooms.entries.statements, rooms.entries.corrections
        self.entering, self.drafts, self.decisions = rooms.entries.entering, rooms.entries.drafts, rooms.entries.review
        self.certifying, self.calling = rooms.entries.certification, rooms.entries.calls
        self.schedule, self.schedule_store = rooms.schedule.events, rooms.schedule.events._store
        self.planning, self.files, self.mirror = rooms.schedule.planning, rooms.schedule.files, rooms.schedule.mirror
        self.calendar_store, self.remind = rooms.schedule.calendars._store, rooms.schedule.reminders
        self.rundown, self.control = rooms.schedule.rundown, rooms.newsroom.suspensions
        self.questions, self.restored = rooms.answers, rooms.operations.restore

    def new_publisher(self) -> Dispatcher:
        return Dispatcher(self.outbox, self.channels, Pacing(FAST), self.wall.sleep)

    def wake(self, channels: Mapping[int, bool]) -> None:
        self.woken += channels
        self.publisher.wake(channels)

    async def wake_server(self, server: int) -> None:
        await self.publisher.wake_server(server)

    async def retry_closed(self, server: int, writable: Collection[int]) -> None:
        await self.publisher.retry_closed(server, writable)

    def at(self, minute: float) -> None:
        """Set the news clock so many minutes after the start."""
        self.clock.set(START + timedelta(minutes=minute))

    async def follow(
        self,
        channel: int = COUNT,
        contest: str = "ga",
        least: int | None = None,
        server: int = SERVER,
        *,
        board: bool = False,
        taste: FollowPreferences | None = None,
    ) -> None:
        await self.following.follow(
            self.following.contest(contest), server, channel, least, WHO, board=board, taste=taste
        )

    async def take(self, *readings: Reading) -> None:
        """Take in readings, each in a transaction of its own, at their own time."""
        for one in readings:
            self.clock.set(max(one.as_of, self.clock.now()))
            await self.ingest.take_in([one])

    async def settle(self, *, post: bool) -> int:
        """Post or drop all that is held in `SERVER`, as its desk is shown it; return how much that was."""
        held = await held_in(self.database, SERVER)
        settled = [await self.ingest.settle(one.contest, one.key, SERVER, WHO, post=post) for one in held]
        return len([reading for reading in settled if reading])

    async def publish(self) -> None:
        """Send all that waits, as after a restart."""
        await self.publisher.start()
        await self.publisher.drained()
        await self.publisher.stop()

    async def posts(self, channel: int | None = None) -> list[Stored]:
        """Return the rows of the outbox, oldest first, each with the words that it has or is going to have."""
        await self.database.transact(self._word)
        rows = [Stored(*row) for row in await self.database.rows(_STORED)]
        return [row for row in rows if channel in (None, row.channel)]

    def _word(self, connection: sqlite3.Connection) -> None:
        """Make the words of what waits, which otherwise are made when it is sent."""
        for row in fetch(connection, f"SELECT {COLUMNS} FROM outbox WHERE content IS NULL AND action = 'post'"):
            word(connection, post_of(row), self.post_kinds)

    async def kinds(self, channel: int = COUNT) -> list[str]:
        return [row.kind for row in await self.posts(channel)]

    async def headlines(self, channel: int = COUNT) -> list[str]:
        return [row.headline for row in await self.posts(channel)]

    async def verdicts(self) -> list[tuple[str, str | None]]:
        """Return (verdict, reason) of each stored reading."""
        return [
            (row[0], row[1]) for row in await self.database.rows("SELECT verdict, reason FROM readings ORDER BY id")
        ]

    async def count(self, table: str) -> int:
        row = await self.database.row(f"SELECT count(*) FROM {table}")
        return int(row[0]) if row else 0


@pytest.fixture(scope="session", autouse=True)
def _cogs_are_kept() -> None:
    """Load each cog's module once for all bots of this process."""
    keep()


_EMPTY: list[bytes] = []
"""A new database's file, once it is made."""


async def open_new(path: Path) -> Database:
    """Open a new database at `path`: a copy of one that was made before, which takes a sixth of the time.

    Every copy has the same installation's id; what tests the making itself, or the id, opens a `Database` instead.
    """
    if not _EMPTY:
        with TemporaryDirectory() as folder:
            made = Path(folder) / "empty.sqlite3"
            await (await Database.open(made)).close()
            _EMPTY.append(made.read_bytes())
    path.write_bytes(_EMPTY[0])
    return await Database.open(path)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Return a new, empty database."""
    database = await open_new(tmp_path / "desk.sqlite3")
    yield database
    await database.close()


@pytest.fixture
async def newsroom(database: Database) -> AsyncIterator[Newsroom]:
    """Return the spine on a new database, with nothing followed yet."""
    newsroom = Newsroom(database, small_desk())
    yield newsroom
    await newsroom.publisher.stop(within=0)


def run_sql(path: Path, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements on a database file, apart from the bot, and return the last one's rows."""
    rows: list[tuple[Any, ...]] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for sql in statements:
            rows = connection.execute(sql).fetchall()
    return rows
