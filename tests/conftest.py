"""What tests of several parts share: a small desk file, readings in one line, channels in memory, the spine."""

import asyncio
import sqlite3
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

import pytest

from bot.answers.answers import Answers, Stores
from bot.answers.sharing_store import SharingStore
from bot.app import FORGETS
from bot.clock import ManualClock
from bot.count.reading import Reading
from bot.database.database import Database, fetch
from bot.desk.desk_file import Desk
from bot.entries.call_entry import Calling
from bot.entries.certification_entry import Certifying
from bot.entries.corrections import Corrections
from bot.entries.corrections_store import CorrectionStore
from bot.entries.entries import Entries
from bot.entries.statements import Statements
from bot.entries.statements_store import StatementStore
from bot.feeds.polling import Health
from bot.follows.follows import Following
from bot.follows.servers_store import ServerStore
from bot.newsroom.forgetting import Forgetting
from bot.newsroom.forgetting_store import ForgettingStore
from bot.newsroom.status_store import StatusStore
from bot.newsroom.status_words import Jobs
from bot.newsroom.suspensions import Suspensions
from bot.operations.restored import Restore
from bot.operations.restored_store import RestoredStore
from bot.outbox.approval import Queue
from bot.outbox.decisions_store import QueueStore
from bot.outbox.discord import ClosedError, LaterError, Message, RefusedError, UnknownError, number_of
from bot.outbox.dispatcher import Dispatcher
from bot.outbox.kinds import SettingWords
from bot.outbox.kinds_store import word
from bot.outbox.outbox_store import OutboxStore
from bot.outbox.pacing import Pacing
from bot.outbox.post import COLUMNS, post_of
from bot.outbox.sent_store import SentPosts
from bot.outbox.suspensions_store import SuspensionStore
from bot.outcomes.certification_store import CertifyingStore
from bot.schedule.calendars_store import CalendarStore
from bot.schedule.files import ScheduleFiles
from bot.schedule.mirror import Mirror
from bot.schedule.mirror_store import MirrorStore
from bot.schedule.planning import Planning
from bot.schedule.planning_store import ProposalStore
from bot.schedule.reminders import Remind
from bot.schedule.reminders_store import ReminderStore
from bot.schedule.rundown import Rundown
from bot.schedule.rundown_store import RundownStore
from bot.schedule.schedule import Schedule
from bot.schedule.schedule_store import ScheduleStore
from bot.tally.boards import Boards
from bot.tally.boards_store import BoardStore
from bot.tally.holds_store import held_in
from bot.tally.intake import Intake
from bot.tally.intake_store import IntakeStore
from bot.tally.lead_source import Leading, Releading
from bot.tally.lead_source_store import Leads, LeadStore
from bot.tally.silences import Silences
from bot.tally.silences_store import SilenceStore
from bot.tally.standing import Standings
from bot.tally.standing_store import StandingStore
from bot.tally.units_store import UnitStore
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
        setting = Setting(desk, settles=self.settles)
        self.words = SettingWords(setting, self.wall, self.clock)
        self.outbox = OutboxStore(database, self.words, self.wall)
        self.desk_store = ServerStore(database, self.wall)
        self.queries = StandingStore(database)
        self.publisher = self.new_publisher()
        self.intake = IntakeStore(database, self.wall)
        self.control_store = SuspensionStore(database, self.words, self.wall)
        self.control = Suspensions(
            self.control_store,
            StatusStore(database),
            self.desk_store,
            setting,
            self.clock,
            self.wake,
            self.wake_server,
            Jobs,
        )
        leads = Leads(desk.leading, Releading(setting))
        self.leading = Leading(
            LeadStore(database, leads, self.wall), self.desk_store, self.control_store, StatusStore(database), setting,
            self.clock, self.wake,
        )  # fmt: skip
        self.queue = Queue(QueueStore(database, self.words, self.wall), self.clock, self.wake)
        self.ingest = Intake(self.intake, setting, self.clock, self.wake)
        self.statements = Statements(StatementStore(database, self.wall), setting, self.clock, self.wake)
        self.following = Following(self.desk_store, desk, self.clock)
        self.forgetting = Forgetting(ForgettingStore(database, FORGETS), self.clock)
        query = Standings(self.queries, setting, self.clock)
        self.boards = Boards(BoardStore(database, self.wall), query, setting, self.clock, self.wake)
        correction_store = CorrectionStore(database, self.words, self.wall)
        self.corrections = Corrections(correction_store, setting, self.clock, self.wake)
        entries = Entries.of(
            database, correction_store, self.statements, self.desk_store, setting, self.clock, self.wake, self.wall
        )
        self.entering, self.drafts, self.decisions = entries.entering, entries.drafts, entries.decisions
        certifying_store = CertifyingStore(database)
        self.certifying = Certifying(
            self.entering, certifying_store, self.queries, UnitStore(database), setting, self.clock
        )
        self.calling = Calling(self.entering, certifying_store, query, setting, self.clock)
        self.health: dict[str, Health] = {}
        self.uploads: dict[str, dict[str, datetime]] = {}
        """When each unit last sent figures, by source."""
        silence_store = SilenceStore(database, self.wall)
        self.silences = Silences(silence_store, setting, self.clock, self.health, self.wake)
        leads_of = desk.desk.leads_of
        self.schedule_store = ScheduleStore(database, self.words, leads_of, self.wall)
        self.schedule = Schedule(self.schedule_store, setting, self.clock, self.wake)
        proposals = ProposalStore(database, self.schedule_store)
        self.planning = Planning(self.schedule_store, proposals, setting, self.clock, self.wake)
        self.calendar_store = CalendarStore(database, self.schedule_store)
        self.files = ScheduleFiles(self.calendar_store, self.schedule_store, setting, self.clock, self.wake)
        self.mirror = Mirror(MirrorStore(database), self.schedule_store, self.clock)
        self.remind = Remind(ReminderStore(database, leads_of, self.wall), setting, self.clock, self.wake)
        rundowns = RundownStore(database, self.wall)
        restored = RestoredStore(database, self.words, self.wall)
        self.restored = Restore(restored, self.channels, setting, self.clock, self.wake, self.wall.sleep)
        self.rundown = Rundown(
            rundowns,
            self.desk_store,
            self.schedule_store,
            self.queries,
            query,
            setting,
            self.clock,
            self.wake,
            SentPosts(database),
        )

    def questions(self, setting: Setting, following: Following) -> Answers:
        """Return what answers questions."""
        sharing = SharingStore(self.database, self.wall)
        stores = Stores(self.database, self.queries, self.desk_store, self.control_store, sharing)
        return Answers.of(
            stores,
            following,
            setting,
            self.clock,
            self.wake,
            lambda source: self.uploads.get(source, {}),
            lambda: self.health,
        )

    def new_publisher(self) -> Dispatcher:
        return Dispatcher(self.outbox, self.channels, Pacing(FAST), self.wall.sleep)

    def wake(self, channels: Mapping[int, bool]) -> None:
        self.woken += channels
        self.publisher.wake(channels)

    async def wake_server(self, server: int) -> None:
        await self.publisher.wake_server(server)

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
    ) -> None:
        await self.following.follow(self.following.contest(contest), server, channel, least, WHO, board=board)

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
            word(connection, post_of(row), self.words)

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
