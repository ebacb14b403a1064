"""The only place that wires the parts together."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot import __version__
from bot.cards.facts import Setting
from bot.client import Bot, Services
from bot.clock import Clock
from bot.delivery.discord_channels import DiscordChannels
from bot.delivery.pacing import PER_SECOND, Pacing
from bot.delivery.publisher import Publisher
from bot.delivery.requests import Requests
from bot.delivery.wording import SettingWords
from bot.deskfile import Desk
from bot.recount_lines import load_recount_lines
from bot.service.control import Control
from bot.service.following import Following
from bot.service.ingest import Ingest
from bot.service.query import Query
from bot.service.queue import Queue
from bot.service.rundown import Rundown
from bot.service.statements import Statements
from bot.service.ticker import Ticker
from bot.service.watch import Watch
from bot.sources.fetch import Feed
from bot.store.control import ControlStore
from bot.store.database import Database
from bot.store.desk import DeskStore
from bot.store.intake import IntakeStore
from bot.store.outbox import OutboxStore
from bot.store.queries import Queries
from bot.store.queue import QueueStore
from bot.store.rundowns import RundownStore
from bot.store.statements import StatementStore
from bot.store.status import StatusStore
from bot.toml_file import shipped


@dataclass(frozen=True, slots=True)
class App:
    """The parts, wired; nothing runs until it is started."""

    database: Database
    bot: Bot
    publisher: Publisher
    outbox: OutboxStore
    desk_store: DeskStore
    ingest: Ingest
    statements: Statements
    following: Following
    query: Query
    ticker: Ticker
    watch: Watch


@asynccontextmanager
async def wired(
    desk: Desk,
    database_path: Path,
    clock: Clock,
    *,
    servers: Collection[int] = (),
    rehearsal: bool = False,
    guild_ready_timeout: float = 2.0,
    requests_per_second: float = PER_SECOND,
) -> AsyncIterator[App]:
    """Open the database and wire everything to it; on the way out all is stopped and closed.

    Args:
        desk: the desk file.
        database_path: the database; made if it is not there.
        clock: the news clock.
        servers: the servers that may use the bot; empty: all.
        rehearsal: True: every post says that it is a rehearsal.
        guild_ready_timeout: seconds that discord.py waits at the start for servers to show up.
        requests_per_second: how many the publisher makes at most.

    """
    setting = Setting(desk, load_recount_lines(shipped("recount_lines.toml")), rehearsal)
    async with AsyncExitStack() as stack:
        database = await Database.open(database_path)
        stack.push_async_callback(database.close)
        session = aiohttp.ClientSession(headers={"User-Agent": f"Tallydesk/{__version__}"})
        stack.push_async_callback(session.close)
        desk_store, queries, words = DeskStore(database), Queries(database), SettingWords(setting)
        following, query = Following(desk_store, desk, clock), Query(queries, setting, clock)

        def wake(channels: Mapping[int, bool]) -> None:
            publisher.wake(channels)  # made below: it needs the client, which needs the services

        async def wake_server(server: int) -> None:
            await publisher.wake_server(server)

        async def channels_changed(server: int) -> None:
            await publisher.retry_closed(server)

        ingest = Ingest(IntakeStore(database), setting, clock, wake)
        control = Control(
            ControlStore(database, words), StatusStore(database), desk_store, setting, clock, wake, wake_server
        )
        queue = Queue(QueueStore(database, words), clock, wake)
        services = Services(setting, clock, following, ingest, query, desk_store, control, queue, channels_changed)
        pacing = Pacing(requests_per_second)
        requests = Requests(pacing.refused)
        bot = await stack.enter_async_context(
            Bot(services, servers, guild_ready_timeout=guild_ready_timeout, http_trace=requests.trace())
        )
        outbox = OutboxStore(database, words)
        publisher = Publisher(outbox, DiscordChannels(bot, requests), pacing)
        stack.push_async_callback(publisher.stop)
        statements = Statements(StatementStore(database), setting, clock, wake)
        rundown = Rundown(RundownStore(database), desk_store, queries, query, setting, clock, wake)
        watch = Watch([Feed(source, session) for source in desk.sources if source.format], ingest, clock)
        stack.push_async_callback(watch.stop)
        yield App(
            database, bot, publisher, outbox, desk_store, ingest, statements, following, query,
            Ticker(ingest, rundown, following), watch,
        )  # fmt: skip
