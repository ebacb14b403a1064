"""Shared fixtures and helpers: a small desk file, short ways to make readings, and a newsroom on a simulated
Discord.
"""

import asyncio
import gc
import math
import os
import pickle
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import cache
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeAlias, cast

import pytest
import structlog
from aiohttp import web
from hypothesis import settings

from bot import app as app_module
from bot.answers.answers import Answers
from bot.app import open_app, post_kinds
from bot.box import box as box_module
from bot.box.box import Box, Worker
from bot.cli import terminal
from bot.client import while_connected
from bot.clock import Clock, ManualClock, SystemClock
from bot.count.reading import Reading
from bot.database import database as database_module
from bot.database.database import SYNCHRONOUS, Database
from bot.desk.desk_file import Desk
from bot.desk.toml_file import load_toml
from bot.entries.corrections_store import PostedNumber, ReplacementEffects
from bot.entries.corrections_words import Replacement
from bot.feeds.polling import SourceHealth
from bot.feeds.receivers import Delivery
from bot.follows.levels import Sees, can_see_all
from bot.follows.preferences import FollowPreferences
from bot.outbox.outbox import Outbox
from bot.outbox.post_text_store import word
from bot.outbox.proposals_store import Asker
from bot.outbox.rows import COLUMNS, post_of
from bot.outbox.tx import Tx
from bot.rehearsal.standin.destination import Destination, DirectChannel
from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.routes import Reply
from bot.rehearsal.standin.server import Api, Request, StandIn, pointing_at
from bot.rehearsal.standin.world import World
from bot.tally.holds_store import held_in
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.question import Question
from bot.wording.viewer import Viewer
from tests.discord_description import Deviation, deviations

START = datetime(2020, 11, 11, 12, 0, tzinfo=UTC)
SERVER, OTHER_SERVER = 1, 2
COUNT, LIVE, AWAY = 11, 12, 21
"""Two channels of `SERVER` and one of `OTHER_SERVER`."""
WHO = "Olga"
SOON = 20.0
"""The longest that a test waits for something immediate, in seconds. A busy machine needs that much."""
FAST = 100_000
"""A rate limit in requests a second, for tests that are not about rate limits."""

_IN_MEMORY, _ROOM = Path("/dev/shm"), 1 << 30
"""A folder in memory, and the bytes that have to be free in the folder."""


settings.register_profile("tallydesk", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("many", deadline=None, max_examples=int(os.environ.get("EXAMPLES", "500")))
settings.load_profile(
    "tallydesk"
)  # the same examples each time; `make faults ARGS="--only examples"` draws others, and more


def share(of_all: float) -> settings:
    """Return Hypothesis settings for a slow test: `of_all` times the usual number of examples."""
    return settings(max_examples=round(examples() * of_all))


def examples() -> int:
    return settings.default.max_examples  # type: ignore[union-attr]  # a profile is loaded


def pytest_configure() -> None:
    """Put temporary files into memory if there is room. On a disk, each commit of a database would wait for the
    disk.
    """
    if _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Turn off garbage collection while pytest collects thousands of tests. It takes a third of the collecting
    time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def as_logged() -> Iterator[None]:
    """Reset logging after each test. A program run by a test sets a log level that would hide lines from the next
    test.
    """
    yield
    if structlog.is_configured():
        structlog.reset_defaults()


@pytest.fixture(autouse=True)
def as_described(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check each request to the simulated Discord, and the answer, against Discord's description of its API."""
    seen: set[Deviation] = set()
    respond = Api._respond

    def held(self: Api, request: Request, reply: Reply, headers: Mapping[str, str] | None = None) -> web.Response:
        if (found := self._find(request)) is not None:
            seen.update(deviations(found.pattern, request.json, reply.status, reply.body))
        return respond(self, request, reply, headers)

    monkeypatch.setattr(Api, "_respond", held)
    yield
    assert seen == set()


EDITOR = Viewer(SERVER, COUNT, can_see_all)
"""An editor in a channel that only the newsroom reads."""


async def question_in(
    questions: Answers, server: int = SERVER, channel: int = COUNT, at: str | None = None
) -> Question:
    """Return an editor's question about Georgia."""
    viewer = await questions.asking.viewer(server, channel)
    return await questions.asking.about(small_desk().contests[0], viewer, at)


def small_desk(**newsroom: object) -> Desk:
    """Return a desk file of two contests. The Times is the leading source of both.

    `newsroom` are settings for the [desk] table.
    """
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


def reading(biden: int, trump: int, minute: float = 0, **fields: Any) -> Reading:
    """Return a reading of the Times' count in Georgia, `minute` minutes after `START`."""
    said = {"source": "times", "contest": "ga", "as_of": START + timedelta(minutes=minute)}
    return Reading.model_validate(said | {"votes": {"biden": biden, "trump": trump}} | fields)


def delivery(readings: Sequence[Reading]) -> Delivery:
    """Return a delivery that contains these readings, as after one poll of their source."""
    return Delivery(readings[0].source, readings)


class Wall:
    """A wall clock that moves only when a test moves it or somebody sleeps."""

    def __init__(self) -> None:
        self.now = START.timestamp()
        self.slept: list[float] = []
        self.busy: Callable[[], Collection[asyncio.Task[None]]] = tuple
        """Returns the running tasks. No sleep ends before them, since a request would otherwise seem to last as long as another channel's sleep."""
        self._asleep: set[asyncio.Task[None] | None] = set()

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        task = asyncio.current_task()
        self._asleep.add(task)
        while set(self.busy()) - self._asleep:
            await asyncio.sleep(0)
        self._asleep.discard(task)
        self.move(seconds)


Fate = Literal["refuse", "closed", "later", "lost answer", "lost", "hang"]
"""What happens to a request.

`refuse`: Discord refuses it for good. `closed`: the bot may not write to the channel. `later`: a rate limit. `lost
answer`: Discord does it, but the answer is lost. `lost`: the connection is lost before Discord gets it. `hang`:
nothing is done, and no answer comes.
"""

POSTS, EDITS, LOOKS = "POST /channels/*/messages", "PATCH /channels/*/messages/*", "GET /channels/*/messages"
PINS, THREADS = "PUT /channels/*/messages/pins/*", "POST /channels/*/messages/*/threads"
"""Routes of requests that can be made to fail."""
_SENT = re.compile(r"/channels/(\d+)/messages")
_EDITED = re.compile(r"/channels/(\d+)/messages/(\d+)")


class Stored(NamedTuple):
    """A row of the outbox, as read from the database."""

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
    dropped_by: str | None
    superseded_by: int | None

    @property
    def headline(self) -> str:
        return self.content.rsplit("\n", 1)[0]


_STORED = """SELECT id, channel, action, number, kind, state, content, quiet, from_reading, to_reading, attempts, message,
                    why, dropped_by, superseded_by FROM outbox LEFT JOIN spans ON post = id ORDER BY id"""


def buttons(message: Message) -> dict[str, str]:
    """Return a dict of the buttons under a message: label → custom id."""
    return {button["label"]: button["custom_id"] for row in message.components for button in row["components"]}


def plain(message: Message) -> list[dict[str, Any]]:
    """Return the embeds of a message, as the bot sent them to Discord."""
    return [{name: part for name, part in embed.items() if name not in ("type", "flags")} for embed in message.embeds]


_CHANNELS = """SELECT server, channel FROM outbox UNION SELECT server, channel FROM follows
               UNION SELECT id, desk_channel FROM servers WHERE desk_channel IS NOT NULL"""

_GIVEN: list[tuple[str, bytes]] = []
"""The slash commands that the first bot of this process registered, with their digest.

Later bots find them already registered.
"""

_HANDLING = re.compile(r"discord\.py: on_|CommandTree-invoker|discord-ui-(modal-dispatch|view-dispatch|dynamic-item)-")
"""The names of discord.py's tasks in which a bot handles events and interactions."""


async def handled() -> None:
    """Wait until every bot has handled the events and interactions that it has received."""
    async with asyncio.timeout(SOON):
        while tasks := [task for task in asyncio.all_tasks() if _HANDLING.match(task.get_name())]:
            await asyncio.wait(tasks)


class Correcting:
    """The corrections and retractions of `/correct` and `/retract`, after their preview was confirmed."""

    def __init__(self, newsroom: "Newsroom") -> None:
        self._newsroom = newsroom

    async def correct(self, server: int, number: int, text: str, who: str) -> ReplacementEffects:
        return await self._do(server, Replacement("correct", text, number), who)

    async def retract(self, server: int, number: int, why: str, who: str) -> ReplacementEffects:
        return await self._do(server, Replacement("retract", why, number), who)

    async def matching(self, server: int, typed: str, sees: Sees = can_see_all, *, entries: bool) -> list[PostedNumber]:
        return await self._newsroom.rooms.entries.corrections.matching(server, typed, sees, entries=entries)

    async def _do(self, server: int, what: Replacement, who: str) -> ReplacementEffects:
        store, asker = self._newsroom.rooms.entries.corrections._store, Asker(server, 0, who)
        _, replaced = await store.do((await store.begin(asker, what)).id, asker)
        return replaced


class Newsroom:
    """The bot as `open_app` builds it, with a simulated Discord. Both use clocks that only the test moves."""

    def __init__(self, path: Path, desk: Desk, served: Collection[int] = ()) -> None:
        self.path = path
        self.desk = desk
        self.served = served
        self.clock = ManualClock(START)
        self.wall = Wall()
        self.wall.busy = lambda: self.publisher._tasks.values()  # noqa: PLW0108 - it is replaced in tests
        self.settles = {SERVER, OTHER_SERVER}
        """The ids of the servers in which the operator allows the desk to post or drop holds."""
        self.standin = StandIn(World(now=self.wall.moment), sleep=self._slow)
        self.world = self.standin.world
        self._discord = AsyncExitStack()
        self._listens = False
        self._life = AsyncExitStack()

    async def _slow(self, seconds: float) -> None:
        """Move the wall clock forward by the duration of a slow request."""
        self.wall.move(seconds)

    async def __aenter__(self) -> Self:
        await self.restart()
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self._discord:
            await self._life.aclose()

    async def restart(self, desk: Desk | None = None, path: Path | None = None) -> None:
        """Stop the bot and start it again, optionally with another desk file or database."""
        await self._life.aclose()
        self.desk, self.path = desk or self.desk, path or self.path
        self.app = await self._life.enter_async_context(
            open_app(
                self.desk,
                self.path,
                self.clock,
                servers=self.served,
                guild_ready_timeout=0.01,
                requests_per_second=FAST,
                wall=self.wall,
                sleep=self.wall.sleep,
            )
        )
        object.__setattr__(self.app.rooms.setting, "settles", self.settles)
        self._name()

    def _name(self) -> None:
        """Set attributes for the parts of the bot that tests use."""
        self.database, self.rooms = self.app.database, self.app.rooms
        rooms = self.rooms
        rooms.quotas._allowance = math.inf  # a test presses more buttons in a second than a person in minutes
        self.setting, self.post_kinds = rooms.setting, rooms.outbox.store.kinds
        self.outbox, self.publisher, self.channels = rooms.outbox.store, rooms.outbox.dispatcher, rooms.outbox.discord
        self.control_store, self.queue = rooms.outbox.suspensions, rooms.outbox.approval
        self.health = cast(dict[str, SourceHealth], rooms.feeds.health)
        self.following, self.desk_store = rooms.follows, rooms.follows.servers
        self.ingest, self.boards, self.silences = rooms.tally.intake, rooms.tally.boards, rooms.tally.silences
        self.leading, self.query = rooms.tally.leading_source, rooms.tally.standing
        self.intake, self.queries = self.ingest._store, self.query._queries
        self.statements, self.corrections = rooms.entries.statements, Correcting(self)
        self.entering, self.drafts, self.decisions = rooms.entries.entering, rooms.entries.drafts, rooms.entries.review
        self.certifying, self.calling = rooms.entries.certification, rooms.entries.calls
        self.schedule, self.schedule_store = rooms.schedule.events, rooms.schedule.events._store
        self.planning, self.files, self.mirror = rooms.schedule.planning, rooms.schedule.files, rooms.schedule.mirror
        self.calendar_store, self.remind = rooms.schedule.calendars._store, rooms.schedule.reminders
        self.rundown, self.control = rooms.schedule.rundown, rooms.newsroom.suspensions
        self.questions, self.restored = rooms.answers, rooms.operations.restore
        self.woken: list[int] = []
        wake = self.publisher.wake

        def noting(channels: Mapping[int, bool]) -> None:
            self.woken += channels
            wake(channels)

        self.wake = self.publisher.wake = noting

    async def log_in(self) -> None:
        """Log the bot in, unless it already is.

        The first time, the simulated Discord starts to listen. It gets the servers and channels that are in the
        database.
        """
        self._lay_out()
        if not self._listens:
            self._listens = True
            await self._discord.enter_async_context(self.standin)
            self._discord.enter_context(pointing_at(self.standin))
        if self.app.bot.user is None:
            servers, new = self.rooms.follows.servers, not self.world.commands()
            if new and _GIVEN:
                digest, commands = _GIVEN[0]
                known = pickle.loads(commands)  # ids are replaced: a channel of this world may have the same
                self.world._commands[None] = [command | {"id": str(self.world.wire.new_id())} for command in known]
                ids = {one["name"]: int(one["id"]) for one in self.world.commands() if one["type"] == 1}
                await servers.store_commands(digest, ids)
            await self.app.bot.login("token")
            await self.app.bot.sync_if_changed()
            given, _ = await servers.commands()
            if new and not _GIVEN and given:
                _GIVEN.append((given, pickle.dumps(self.world.commands())))

    async def connect(self) -> None:
        """Log the bot in, and wait until it is ready."""
        await self.log_in()
        bot = self.app.bot
        if bot.is_ready():
            return
        over = asyncio.Event()
        connected = asyncio.create_task(while_connected(bot, over.wait()))

        async def disconnect() -> None:
            await self.publisher.stop(within=0)
            over.set()
            await connected

        self._life.push_async_callback(disconnect)
        async with asyncio.timeout(SOON):
            await bot.wait_until_ready()
            while any(guild.unavailable for guild in bot.guilds):
                await asyncio.sleep(0.001)
        await handled()

    async def heard(self) -> None:
        """Wait until the bot has received and handled all events from Discord."""
        (session,) = self.standin.gateway._sessions.values()
        (shard,) = self.app.bot.shards.values()
        async with asyncio.timeout(SOON):
            while shard._parent.ws.sequence != session._sequence:
                await asyncio.sleep(0)
        await handled()

    def add_channel(self, channel: int = COUNT, server: int = SERVER) -> Destination:
        """Return a channel of a server. Creates both if needed.

        With server 0 it is a direct-message channel.
        """
        world = self.world
        if channel not in world.destinations:
            if server == 0:
                person = self.add_server(SERVER).add_member(f"person {channel}").user
                world.destinations[channel] = world._direct[person.id] = DirectChannel(channel, person, world.wire)
            else:
                guild = self.add_server(server)
                added = Channel(channel, guild, f"channel-{channel}", None, len(guild.channels))
                guild.channels[channel] = world.destinations[channel] = added
                world.wire.emit("CHANNEL_CREATE", server, added.json())
        return world.destinations[channel]

    def add_server(self, server: int = SERVER) -> Guild:
        """Return a server that the bot is in. Creates it if needed."""
        world = self.world
        if server not in world.guilds:
            guild = world.guilds[server] = Guild(
                server, f"Server {server}", world.wire, START, destinations=world.destinations
            )
            guild.admit_bot(world.bot)
            world.wire.emit("GUILD_CREATE", server, guild.json_whole([guild.me]))
        return world.guilds[server]

    def _lay_out(self) -> None:
        """Create the servers and channels that are in the database."""
        for (server,) in run_sql(self.path, "SELECT id FROM servers WHERE left_at IS NULL AND id > 0"):
            self.add_server(server)
        for server, channel in run_sql(self.path, _CHANNELS):
            self.add_channel(channel, server)

    def will(self, channel: int, *fates: Fate, route: str = POSTS, seconds: float | None = None) -> None:
        """Set the fates of the next requests to a channel's `route`.

        `seconds` is the wait that `later` asks for.
        """
        faults = self.standin.faults
        for fate in fates:
            match fate:
                case "refuse":
                    refusal = {"message": "Invalid Form Body", "code": 50035}
                    faults.answer_next(400, refusal, channel_id=channel, route=route)
                case "closed":
                    refusal = {"message": "Missing Access", "code": 50001}
                    faults.answer_next(403, refusal, channel_id=channel, route=route)
                case "later" if seconds is None:
                    refusal = {"message": "slow down", "code": 20016}
                    faults.answer_next(400, refusal, channel_id=channel, route=route)
                case "later":
                    limit = {"message": "slow down", "retry_after": seconds, "global": False}
                    faults.answer_next(429, limit, channel_id=channel, route=route)
                case "lost answer":
                    faults.lose_answer(channel_id=channel, route=route)
                case "lost":
                    faults.reset(channel_id=channel, route=route)
                case "hang":
                    faults.hang(channel_id=channel, route=route)

    def forget_nonces(self) -> None:
        """Make Discord forget nonces at once.

        The bot can then find a message only in the channel's history.
        """
        self.world.remember_nonce = lambda message: None  # noqa: ARG005 - as it is called

    async def forbid_history(self, channel: int = COUNT) -> None:
        """Take away the bot's permission to read a channel's history."""
        place = self.add_channel(channel)
        assert isinstance(place, Channel)
        place.forbid("READ_MESSAGE_HISTORY")
        if self.app.bot.is_ready():
            await self.heard()

    def shown(self, channel: int = COUNT) -> list[Message]:
        """Return the messages that a channel shows, oldest first, without system messages."""
        return [copy(message) for message in self._messages(channel)]

    def _messages(self, channel: int) -> list[Message]:
        place = self.world.destinations.get(channel)
        return [] if place is None else [message for message in place.messages if message.kind.by_somebody]

    def contents(self, channel: int = COUNT) -> list[str]:
        return [message.content for message in self.shown(channel)]

    def take_away(self, channel: int = COUNT, last: int = 99) -> None:
        """Remove the last messages of a channel, as if they had never arrived."""
        for message in self._messages(channel)[-last:]:
            self.world.destinations[channel].remove(message)
            self.world._nonces.pop((message.author.id, str(message.nonce)), None)

    def say(self, channel: int, content: str) -> int:
        """Add a message of the bot to a channel, as if the answer to its request was lost. Returns the message id."""
        return self.add_channel(channel).write(self.world.bot, content).id

    def pinned(self, channel: int = COUNT) -> list[int]:
        """Return the ids of a channel's pinned messages, in the order of pinning."""
        return list(self.world.destinations[channel].pins)

    @property
    def threads(self) -> dict[int, str]:
        """Return a dict of all threads: id → name."""
        return {key: thread.name for guild in self.world.guilds.values() for key, thread in guild.threads.items()}

    @property
    def sends(self) -> list[tuple[int, str]]:
        """Return (channel, nonce) for every request to send a message."""
        return [(int(found[1]), request.json["nonce"]) for found, request in self._asked("POST", _SENT)]

    @property
    def looks(self) -> list[int]:
        """Return the channel of every request for a channel's history."""
        return [int(found[1]) for found, _ in self._asked("GET", _SENT)]

    @property
    def edits(self) -> list[tuple[int, int]]:
        """Return (channel, message) for every edit that succeeded."""
        done = [found for found, request in self._asked("PATCH", _EDITED) if request.status == HTTPStatus.OK]
        return [(int(found[1]), int(found[2])) for found in done]

    def _asked(self, method: str, path: re.Pattern[str]) -> list[tuple[re.Match[str], Request]]:
        asked = [request for request in self.standin.requests if request.method == method]
        return [(found, request) for request in asked if (found := path.fullmatch(request.path))]

    async def retry_closed(self, server: int, writable: Collection[int]) -> None:
        await self.publisher.retry_closed(server, writable)

    def at(self, minute: float) -> None:
        """Set the news clock to `minute` minutes after `START`."""
        self.clock.set(START + timedelta(minutes=minute))

    async def follow(
        self,
        channel: int = COUNT,
        contest: str = "ga",
        least: int | None = None,
        server: int = SERVER,
        *,
        board: bool = False,
        preferences: FollowPreferences | None = None,
    ) -> None:
        await self.following.follow(
            self.following.contest(contest), server, channel, least, WHO, board=board, preferences=preferences
        )

    async def take(self, *readings: Reading) -> None:
        """Store readings, each in its own transaction and at its own time."""
        for one in readings:
            self.clock.set(max(one.as_of, self.clock.now()))
            await self.ingest.accept(delivery([one]))

    async def post(self, *readings: Reading) -> None:
        """Store readings, and send the posts about each before the next reading comes.

        Posts that wait at the same time would be merged.
        """
        for one in readings:
            await self.take(one)
            await self.publish()

    async def repeat(self, minute: float, source: str = "times") -> None:
        """Set the news clock to `minute`, and poll a source whose answer has not changed."""
        self.at(minute)
        await self.ingest.accept(Delivery(source, unchanged={("ga", "election")}))

    async def enter(self, by: Asker, card: Card) -> Card:
        """Press **Enter**, or **Ask the desk**, on the card of an entry. Returns the card that answers."""
        (key,) = [key for button in card.buttons if (key := re.fullmatch(r"entry:(\d+):enter(\d+)", button.key))]
        return await self.decisions.enter(by, int(key[1]), int(key[2]))

    async def settle(self, *, post: bool) -> int:
        """Post all holds in `SERVER`, or drop them. Returns how many there were."""
        held = await held_in(self.database, SERVER)
        holds, asker = self.rooms.tally.holds, Asker(SERVER, 0, WHO)
        settled = [await holds.decide(one, "post" if post else "drop", asker) for one in held]
        return len([reading for reading in settled if reading])

    async def publish(self) -> None:
        """Send all waiting posts, as after a restart."""
        await self.connect()
        await self.heard()
        await self.publisher.start()
        await self.publisher.drained()
        await self.publisher.stop()

    async def posts(self, channel: int | None = None) -> list[Stored]:
        """Return the rows of the outbox, oldest first, with the text that was sent or would be."""
        await self.rooms.outbox.outbox.write(_word)
        rows = [Stored(*row) for row in await self.database.rows(_STORED)]
        return [row for row in rows if channel in (None, row.channel)]

    async def kinds(self, channel: int = COUNT) -> list[str]:
        return [row.kind for row in await self.posts(channel)]

    async def spans(self, channel: int = COUNT) -> list[tuple[str, int | None, int | None]]:
        """Return (kind, first reading, last reading) of each post in a channel."""
        return [(row.kind, row.start, row.end) for row in await self.posts(channel)]

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


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write commits through to the disk, as outside the tests."""
    monkeypatch.setattr(database_module, "SYNCHRONOUS", SYNCHRONOUS)


@pytest.fixture(scope="session", autouse=True)
def _commits_are_not_flushed() -> Iterator[None]:
    """Don't wait for the disk on commits.

    Thousands of tests commit dozens of times, and none simulates a power failure.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database_module, "SYNCHRONOUS", "OFF")
        yield


@pytest.fixture(scope="session", autouse=True)
def _what_ships_is_read_once() -> Iterator[None]:
    """Load the table of deadlines once for all bots of this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_module, "load_toml", cache(load_toml))
        yield


class SharedWorker(Worker):
    """A worker process that later tests use again. Starting a new one takes longer than most tests."""

    left: ClassVar[list[Worker]] = []

    def end(self) -> None:
        """Return the worker to the pool for the next test, if it can still run jobs."""
        if self.is_ready:
            SharedWorker.left.append(self)
        else:
            super().end()


@pytest.fixture(scope="session", autouse=True)
def _workers_are_shared() -> Iterator[None]:
    """Share a few worker processes among all tests."""

    def worker() -> Worker:
        while SharedWorker.left:
            if (one := SharedWorker.left.pop()).is_ready:
                return one
            one.end()
        return SharedWorker()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(terminal, "_PATIENCE_SECONDS", 600)  # on a busy machine a worker may take long to start
        patch.setattr(box_module, "Worker", worker)
        yield
        for one in SharedWorker.left:
            Worker.end(one)


@pytest.fixture
async def box() -> AsyncIterator[Box]:
    """Return a `Box` of worker processes, which is closed after the test."""
    async with Box() as box:
        yield box


_EMPTY: list[bytes] = []
"""The bytes of a new database file, once it has been created."""


async def open_new(path: Path) -> Database:
    await lay_new(path)
    return await Database.open(path)


async def lay_new(path: Path) -> None:
    """Write a new database to `path`, as a copy of one made before. That takes a sixth of the time.

    All copies have the same installation id. Tests of the creation, or of the id, open a `Database` instead.
    """
    if not _EMPTY:
        with TemporaryDirectory() as folder:
            made = Path(folder) / "empty.sqlite3"
            await (await Database.open(made)).close()
            _EMPTY.append(made.read_bytes())
    path.write_bytes(_EMPTY[0])


OpenNewsroom: TypeAlias = Callable[..., Awaitable[Newsroom]]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """Return a new, empty database."""
    database = await open_new(tmp_path / "desk.sqlite3")
    yield database
    await database.close()


@pytest.fixture
async def open_newsroom(tmp_path: Path) -> AsyncIterator[OpenNewsroom]:
    """Return a function that opens a newsroom with a desk file, on a new database."""
    async with AsyncExitStack() as stack:

        async def open_newsroom(desk: Desk | None = None) -> Newsroom:
            await lay_new(tmp_path / "desk.sqlite3")
            return await stack.enter_async_context(Newsroom(tmp_path / "desk.sqlite3", desk or small_desk()))

        yield open_newsroom


@pytest.fixture
async def newsroom(open_newsroom: OpenNewsroom) -> Newsroom:
    """Return a newsroom with the small desk file. No channel follows a contest yet."""
    return await open_newsroom()


def run_sql(path: Path, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements on a database file, in a separate connection. Returns the rows of the last statement.

    For SELECTs alone, the file is opened read-only. Closing a writable connection would remove the write-ahead log of
    a bot that was killed.
    """
    rows: list[tuple[Any, ...]] = []
    mode = "ro" if all(sql.lstrip().startswith("SELECT") for sql in statements) else "rw"
    with closing(
        sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    ) as connection:
        for sql in statements:
            rows = connection.execute(sql).fetchall()
    return rows


def _word(tx: Tx) -> None:
    """Write the texts of the waiting posts. Normally that happens when they are sent."""
    for row in tx.rows(f"SELECT {COLUMNS} FROM outbox WHERE content IS NULL AND action = 'post'"):
        word(tx, post_of(row))


def outbox_on(database: Database, desk: Desk | None = None, clock: Clock | None = None) -> Outbox:
    """Return the outbox of a database without a running bot."""
    kinds = post_kinds(Setting(desk or small_desk()))
    return Outbox(database, kinds, clock or SystemClock(), lambda _: None)
