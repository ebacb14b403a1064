"""The only place that wires the parts together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Self, cast

import aiohttp
import structlog

from bot import __version__
from bot.cards.facts import Setting
from bot.client import Bot, Services
from bot.clock import Clock, SystemClock
from bot.delivery.discord_channels import DiscordChannels
from bot.delivery.pacing import PER_SECOND, Pacing
from bot.delivery.publisher import Publisher
from bot.delivery.requests import Requests
from bot.delivery.wording import SettingWords
from bot.deskfile import Desk
from bot.health.vitals import Vitals
from bot.recount_lines import load_recount_lines
from bot.schedule.deadlines import Law
from bot.service.boards import Boards
from bot.service.calendars import Calendars
from bot.service.calling import Calling
from bot.service.certifying import Certifying
from bot.service.control import Control
from bot.service.corrections import Corrections
from bot.service.deadlines import Deadlines
from bot.service.entries import Entries
from bot.service.export import Export
from bot.service.following import Following
from bot.service.heartbeat import Heartbeat
from bot.service.holds import Holds
from bot.service.ingest import Ingest, Wake
from bot.service.leading import Leading, Releading
from bot.service.lookout import Lookout
from bot.service.mirror import Mirror
from bot.service.newsroom_settings import NewsroomSettings
from bot.service.person import DirectMessages, Person
from bot.service.planning import Planning
from bot.service.pushes import Pushes
from bot.service.query import Query
from bot.service.questions import Questions, Stores
from bot.service.queue import Queue
from bot.service.remind import Remind
from bot.service.restored import RestoredBooks
from bot.service.rundown import Rundown
from bot.service.schedule import Schedule
from bot.service.schedule_files import ScheduleFiles
from bot.service.setting_up import SettingUp
from bot.service.silences import Silences
from bot.service.statements import Statements
from bot.service.systemd import keep_awake
from bot.service.tastes import Tastes
from bot.service.ticker import Ticker
from bot.service.watch import Watch
from bot.settings import Settings
from bot.sources.calendar_feed import CalendarFeed, source_of
from bot.sources.feeds import feed_of
from bot.sources.own_network import Sessions
from bot.store.alive import AliveStore
from bot.store.audit import AuditStore
from bot.store.boards import BoardStore
from bot.store.calendars import CalendarStore
from bot.store.certifying import CertifyingStore
from bot.store.control import ControlStore
from bot.store.corrections import CorrectionStore
from bot.store.database import Database
from bot.store.desk import DeskStore
from bot.store.history import HistoryStore
from bot.store.holds import HoldStore
from bot.store.intake import IntakeStore
from bot.store.leads import Leads, LeadStore
from bot.store.mirrors import MirrorStore
from bot.store.outbox import OutboxStore
from bot.store.places import Places
from bot.store.proposals import ProposalStore
from bot.store.pushes import PushStore
from bot.store.queries import Queries
from bot.store.queue import QueueStore
from bot.store.reminders import ReminderStore
from bot.store.restored import RestoredStore
from bot.store.rundowns import RundownStore
from bot.store.schedule import ScheduleStore
from bot.store.sent import SentPosts
from bot.store.server_settings import ServerSettingsStore
from bot.store.sharing import SharingStore
from bot.store.silences import SilenceStore
from bot.store.statements import StatementStore
from bot.store.status import StatusStore
from bot.store.words import Words
from bot.toml_file import load_toml, shipped

log = structlog.get_logger()

_USER_AGENT = f"Tallydesk/{__version__}"


@dataclass(frozen=True, slots=True)
class App:
    """The parts, wired; nothing runs until it is started."""

    database: Database
    bot: Bot
    publisher: Publisher
    channels: DiscordChannels
    outbox: OutboxStore
    desk_store: DeskStore
    ingest: Ingest
    statements: Statements
    following: Following
    query: Query
    ticker: Ticker
    watch: Watch
    boards: Boards
    restored: RestoredBooks
    schedule: Schedule
    pushes: Pushes
    pacing: Pacing
    calendars: Calendars
    leading: Leading


@asynccontextmanager
async def wired(
    desk: Desk,
    database_path: Path,
    clock: Clock,
    *,
    servers: Collection[int] = (),
    rehearsal: bool = False,
    guild_ready_timeout: float = 2.0,
    requests_per_second: int = PER_SECOND,
    only_channel: int | None = None,
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
        only_channel: of a rehearsal on a real server: the channel in which commands are answered.

    """
    setting = Setting(desk, load_recount_lines(shipped("recount_lines.toml")), rehearsal)
    async with AsyncExitStack() as stack:
        database = await Database.open(database_path)
        stack.push_async_callback(database.close)
        sessions = await stack.enter_async_context(Sessions(_USER_AGENT))
        pacing = Pacing(requests_per_second)
        requests = Requests(pacing)
        wall = (
            requests.now
        )  # Discord's clock: this machine's may be wrong, and what is looked for bears Discord's times
        desk_store, queries, words = DeskStore(database, wall), Queries(database), SettingWords(setting, wall, clock)
        following, query = Following(desk_store, desk, clock), Query(queries, setting, clock)

        def wake(channels: Mapping[int, bool]) -> None:
            boards.news()
            publisher.wake(channels)  # made below: it needs the client, which needs the services

        async def wake_server(server: int) -> None:
            await publisher.wake_server(server)

        async def channels_changed(server: int, writable: Collection[int]) -> None:
            await publisher.retry_closed(server, writable)

        ingest = Ingest(IntakeStore(database, wall), setting, clock, wake)
        correction_store = CorrectionStore(database, words, wall)
        corrections = Corrections(correction_store, setting, clock, wake)
        statements = Statements(StatementStore(database, wall), setting, clock, wake)
        entries = Entries.of(database, correction_store, statements, desk_store, setting, clock, wake, wall)
        control_store = ControlStore(database, words, wall)
        control = Control(control_store, StatusStore(database), desk_store, setting, clock, wake, wake_server)
        leads = Leads(desk.leading, Releading(setting))
        leading = Leading(
            LeadStore(database, leads, wall), desk_store, control_store, StatusStore(database), setting, clock, wake
        )
        certifying_store = CertifyingStore(database)
        queue = Queue(QueueStore(database, words, wall), clock, wake)
        watch = Watch(
            [feed_of(source, sessions.of(source)) for source in desk.sources if source.fetched], ingest, clock
        )
        pushes = Pushes(PushStore(database), ingest, statements, setting, clock)
        stores = Stores(database, queries, desk_store, control_store, SharingStore(database, wall))
        questions = Questions.of(
            stores, following, setting, clock, wake, watch.uploads, lambda: {**watch.health, **pushes.health}
        )
        settings_store = ServerSettingsStore(database, words, leads, desk.desk.leads_of, wall)
        ahead = _Ahead.of(database, words, setting, clock, wake, wall)
        rundown = Rundown(
            RundownStore(database, wall),
            desk_store,
            ahead.store,
            queries,
            query,
            setting,
            clock,
            wake,
            SentPosts(database),
        )

        async def open_direct(user: int) -> int:
            return await bot.direct_channel(user)  # made below

        direct = set(await AliveStore(database).direct_channels())
        people = DirectMessages(AliveStore(database), open_direct, direct.add)
        services = Services(
            setting,
            clock,
            following,
            ingest,
            query,
            corrections,
            desk_store,
            control,
            leading,
            queue,
            ahead.schedule,
            ahead.planning,
            ahead.files,
            ahead.mirror,
            people,
            rundown,
            Export(HistoryStore(database)),
            entries.entering,
            entries.drafts,
            entries.decisions,
            questions,
            Holds(HoldStore(database, wall), ingest, setting, clock, wake),
            SettingUp(settings_store, setting, clock, wake),
            NewsroomSettings(settings_store, AuditStore(database), desk_store, setting, clock, wake, wall),
            Tastes(settings_store, desk_store, setting, clock, wake),
            Certifying(entries.entering, certifying_store, queries, Places(database), setting, clock),
            Calling(entries.entering, certifying_store, query, setting, clock),
            channels_changed,
        )
        bot = await stack.enter_async_context(
            Bot(
                services,
                servers,
                guild_ready_timeout=guild_ready_timeout,
                only_channel=only_channel,
                http_trace=requests.trace(),
            )
        )
        outbox = OutboxStore(database, words, wall)
        channels = DiscordChannels(bot, requests, direct)
        publisher = Publisher(outbox, channels, pacing)
        restored = RestoredBooks(RestoredStore(database, words, wall), channels, setting, clock, wake)
        boards = Boards(BoardStore(database, wall), query, setting, clock, publisher.wake)
        calendars = _calendars(desk, sessions, ahead.calendars, desk_store, clock, wake)
        for part in (publisher, boards, watch, calendars, ahead.mirror):
            stack.push_async_callback(part.stop)
        silences = Silences(SilenceStore(database), setting, clock, {**watch.health, **pushes.health}, wake)
        yield App(
            database, bot, publisher, channels, outbox, desk_store, ingest, statements, following, query,
            Ticker(ingest, rundown, following, restored, silences, ahead.remind), watch, boards, restored, ahead.schedule, pushes,
            pacing, calendars, leading,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What keeps a newsroom's schedule."""

    store: ScheduleStore
    calendars: CalendarStore
    schedule: Schedule
    planning: Planning
    files: ScheduleFiles
    mirror: Mirror
    remind: Remind

    @classmethod
    def of(
        cls, database: Database, words: Words, setting: Setting, clock: Clock, wake: Wake, wall: Callable[[], float]
    ) -> Self:
        """Wire it over `database`; `wall` is the wall clock, in seconds."""
        leads = setting.desk.desk.leads_of
        store = ScheduleStore(database, words, leads, wall)
        calendars = CalendarStore(database, store)
        return cls(
            store,
            calendars,
            Schedule(store, setting, clock, wake),
            Planning(store, ProposalStore(database, store), setting, clock, wake),
            ScheduleFiles(calendars, store, setting, clock, wake),
            Mirror(MirrorStore(database), store, clock),
            Remind(ReminderStore(database, leads, wall), setting, clock, wake),
        )


def _calendars(
    desk: Desk, sessions: Sessions, store: CalendarStore, desk_store: DeskStore, clock: Clock, wake: Wake
) -> Calendars:
    """Return what keeps the schedules by the calendars that are followed, and by the law."""
    law = load_toml(shipped("deadlines.toml"), Law, "the table of deadlines")
    feeds = [CalendarFeed(calendar, sessions.of(source_of(calendar)), desk.zone.key) for calendar in desk.calendars]
    return Calendars(feeds, store, desk_store, clock, wake, Deadlines(law, desk, store, desk_store, clock, wake))


@dataclass(frozen=True, slots=True)
class Care:
    """What looks after the bot while it runs."""

    lookout: Lookout
    person: Person | None
    heartbeat: Heartbeat | None

    async def recall(self) -> None:
        """Know where the person is told, before anything is sent there; the bot has to be logged in."""
        if self.person is not None:
            await self.person.channel(SystemClock().now())

    async def watch(self) -> None:
        """Look after the bot until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_awake())
            tasks.create_task(self.lookout.watch(self.person.tell if self.person else _nobody_is_told))
            if self.heartbeat is not None:
                tasks.create_task(self.heartbeat.beat_on())


async def _metrics(app: App, store: AliveStore, lookout: Lookout) -> bytes:
    # Prometheus's library takes memory and a moment to load, which a bot that nobody asks does not need.
    module = await asyncio.to_thread(import_module, "bot.service.metrics")
    figures = module.Figures(
        lookout.last, SystemClock().now(), app.ingest.taken_in, await store.open_rows(), app.publisher.outcomes,
        app.pacing.held_against_us, app.pacing.stops,
    )  # fmt: skip
    return cast("bytes", module.exposition(figures))


async def _nobody_is_told(_: Vitals) -> None: ...


@asynccontextmanager
async def cared_for(app: App, settings: Settings) -> AsyncIterator[Care]:
    """Wire what looks after a bot; /healthz answers at once, where it is wanted.

    Raises:
        TallydeskError: nobody can listen on the port for /healthz.

    """
    desk, wall, after = app.bot.services.setting.desk, SystemClock().now, settings.tell_after
    store = AliveStore(app.database)
    health = {**app.watch.health, **app.pushes.health}
    lookout = Lookout(store, desk.sources, health, lambda: app.bot.connected, wall, after if settings.person else None)
    person = heartbeat = None
    if settings.person is not None:
        person = Person(
            settings.person,
            store,
            app.bot.direct_channel,
            desk.zone,
            after,
            app.publisher.wake,
            app.channels.direct.add,
        )
    async with AsyncExitStack() as stack:
        if settings.heartbeat_url is not None:
            session = await stack.enter_async_context(aiohttp.ClientSession(headers={"User-Agent": _USER_AGENT}))
            heartbeat = Heartbeat(
                settings.heartbeat_url, settings.heartbeat_every, session, lookout.look, app.bot.wait_until_ready, after
            )
        if settings.health_port is not None:
            # aiohttp's server takes memory that a bot without the page does not need.
            from bot.service.healthz import serving_health  # noqa: PLC0415

            await stack.enter_async_context(
                serving_health(
                    settings.health_host, settings.health_port, lambda: lookout.last, wall, after,
                    lambda: _metrics(app, store, lookout),
                )
            )  # fmt: skip
        yield Care(lookout, person, heartbeat)


@asynccontextmanager
async def pushed_to(app: App, settings: Settings) -> AsyncIterator[int | None]:
    """Take in what sources push for the time of the block, if a port is set; give the port.

    Raises:
        TallydeskError: nobody can listen on the port.

    """
    sources = [source for source in app.bot.services.setting.desk.sources if source.pushes]
    if settings.push_port is None:
        if sources:
            log.warning("sources that push have nowhere to: TALLYDESK_PUSH_PORT is not set", sources=len(sources))
        yield None
        return
    # aiohttp's server takes memory that a bot without the port does not need.
    from bot.service.push_server import serving_pushes  # noqa: PLC0415
    from bot.service.signatures import Secrets, secrets_of  # noqa: PLC0415

    secrets, without = secrets_of(sources)
    for source, why in without.items():
        log.error("a source can't push", source=source, why=why)
    async with serving_pushes(settings.push_host, settings.push_port, app.pushes, Secrets(secrets)) as port:
        yield port
