"""The only place that wires the parts together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Self, cast

import aiohttp
import structlog

from bot import __version__
from bot.answers.answers import Answers, Stores
from bot.answers.export import Export
from bot.answers.export_store import HistoryStore
from bot.answers.sharing_store import SharingStore
from bot.client import Bot, Services
from bot.clock import Clock, SystemClock
from bot.database.database import Database
from bot.desk.desk_file import Desk
from bot.desk.recount_lines import load_recount_lines
from bot.desk.settings import Settings
from bot.desk.toml_file import load_toml, shipped
from bot.due import WhatIsDue
from bot.entries.call_entry import Calling
from bot.entries.certification_entry import Certifying
from bot.entries.corrections import Corrections
from bot.entries.corrections_store import CorrectionStore
from bot.entries.entries import Entries
from bot.entries.statements import Statements
from bot.entries.statements_store import StatementStore
from bot.events.deadlines import Law
from bot.feeds.own_network import Sessions
from bot.feeds.polling import Polling
from bot.feeds.pushes import Pushes
from bot.feeds.pushes_store import PushStore
from bot.feeds.source_feeds import feed_of
from bot.follows.follows import Following
from bot.follows.servers_store import ServerStore
from bot.newsroom.audit_store import AuditStore
from bot.newsroom.preferences import Preferences
from bot.newsroom.server_settings_store import ServerSettingsStore
from bot.newsroom.settings_file import NewsroomSettings
from bot.newsroom.setup import SettingUp
from bot.newsroom.status_store import StatusStore
from bot.newsroom.status_words import Jobs
from bot.newsroom.suspensions import Suspensions
from bot.operations.alive_store import AliveStore
from bot.operations.health_check import HealthCheck
from bot.operations.heartbeat import Heartbeat
from bot.operations.on_call import DirectMessages, OnCallContact
from bot.operations.restored import Restore
from bot.operations.restored_store import RestoredStore
from bot.operations.systemd import keep_awake, watchdog_every
from bot.operations.vitals import Vitals
from bot.outbox.approval import Queue
from bot.outbox.decisions_store import QueueStore
from bot.outbox.discord import DiscordChannels, Requests
from bot.outbox.dispatcher import Dispatcher
from bot.outbox.kinds import SettingWords
from bot.outbox.kinds_store import Words
from bot.outbox.outbox_store import OutboxStore
from bot.outbox.pacing import PER_SECOND, Pacing
from bot.outbox.rows import Wake
from bot.outbox.sent_store import SentPosts
from bot.outbox.suspensions_store import SuspensionStore
from bot.outcomes.certification_store import CertifyingStore
from bot.schedule.calendars import CalendarFeed, Calendars, source_of
from bot.schedule.calendars_store import CalendarStore
from bot.schedule.deadlines import Deadlines
from bot.schedule.files import ScheduleFiles
from bot.schedule.mirror import DiscordEvents, Mirror
from bot.schedule.mirror_store import MirrorStore
from bot.schedule.planning import Planning
from bot.schedule.planning_store import ProposalStore
from bot.schedule.reminders import Remind
from bot.schedule.reminders_store import ReminderStore
from bot.schedule.rundown import Rundown
from bot.schedule.rundown_store import RundownStore
from bot.schedule.schedule import Schedule
from bot.schedule.schedule_store import ScheduleStore
from bot.scheduler import Scheduler
from bot.tally.boards import Boards
from bot.tally.boards_store import BoardStore
from bot.tally.holds import Holds
from bot.tally.holds_store import HoldStore
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

BOARDS = "boards"
"""The job that keeps them; the others are named where they are added."""

log = structlog.get_logger()

_USER_AGENT = f"Tallydesk/{__version__}"


@dataclass(frozen=True, slots=True)
class App:
    """The parts, wired; nothing runs until it is started."""

    database: Database
    bot: Bot
    publisher: Dispatcher
    channels: DiscordChannels
    outbox: OutboxStore
    desk_store: ServerStore
    ingest: Intake
    statements: Statements
    following: Following
    query: Standings
    ticker: WhatIsDue
    watch: Polling
    boards: Boards
    restored: Restore
    schedule: Schedule
    pushes: Pushes
    pacing: Pacing
    calendars: Calendars
    leading: Leading
    scheduler: Scheduler


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
        servers: the servers that may use the bot, and post or drop what is held; empty: all may use it, and those settle
            that the desk file names.
        rehearsal: True: every post says that it is a rehearsal.
        guild_ready_timeout: seconds that discord.py waits at the start for servers to show up.
        requests_per_second: how many the dispatcher makes at most.
        only_channel: of a rehearsal on a real server: the channel in which commands are answered.

    """
    setting = Setting(
        desk, load_recount_lines(shipped("recount_lines.toml")), rehearsal, settles=servers or desk.desk.settles
    )
    async with AsyncExitStack() as stack:
        database = await Database.open(database_path)
        stack.push_async_callback(database.close)
        sessions = await stack.enter_async_context(Sessions(_USER_AGENT))
        pacing = Pacing(requests_per_second)
        requests = Requests(pacing)
        wall = (
            requests.now
        )  # Discord's clock: this machine's may be wrong, and what is looked for bears Discord's times
        desk_store, queries, words = (
            ServerStore(database, wall),
            StandingStore(database),
            SettingWords(setting, wall, clock),
        )
        following, query = Following(desk_store, desk, clock), Standings(queries, setting, clock)
        scheduler = Scheduler()

        def wake(channels: Mapping[int, bool]) -> None:
            scheduler.soon(BOARDS)
            publisher.wake(channels)  # made below: it needs the client, which needs the services

        async def wake_server(server: int) -> None:
            await publisher.wake_server(server)

        async def channels_changed(server: int, writable: Collection[int]) -> None:
            await publisher.retry_closed(server, writable)

        ingest = Intake(IntakeStore(database, wall), setting, clock, wake)
        correction_store = CorrectionStore(database, words, wall)
        corrections = Corrections(correction_store, setting, clock, wake)
        statements = Statements(StatementStore(database, wall), setting, clock, wake)
        entries = Entries.of(database, correction_store, statements, desk_store, setting, clock, wake, wall)
        control_store = SuspensionStore(database, words, wall)
        control = Suspensions(
            control_store,
            StatusStore(database),
            desk_store,
            setting,
            clock,
            wake,
            wake_server,
            lambda: _jobs(scheduler),
        )
        leads = Leads(desk.leading, Releading(setting))
        leading = Leading(
            LeadStore(database, leads, wall), desk_store, control_store, StatusStore(database), setting, clock, wake
        )
        certifying_store = CertifyingStore(database)
        queue = Queue(QueueStore(database, words, wall), clock, wake)
        watch = Polling(
            [feed_of(source, sessions.of(source)) for source in desk.sources if source.fetched], ingest, clock
        )
        pushes = Pushes(PushStore(database), ingest, statements, setting, clock)
        stores = Stores(database, queries, desk_store, control_store, SharingStore(database, wall))
        questions = Answers.of(
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
            Preferences(settings_store, desk_store, setting, clock, wake),
            Certifying(entries.entering, certifying_store, queries, UnitStore(database), setting, clock),
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
        publisher = Dispatcher(outbox, channels, pacing)
        restored = Restore(RestoredStore(database, words, wall), channels, setting, clock, wake)
        stack.push_async_callback(publisher.stop)
        calendars = _calendars(desk, sessions, ahead.calendars, desk_store, clock, wake)
        silences = Silences(SilenceStore(database), setting, clock, {**watch.health, **pushes.health}, wake)
        yield _with_jobs(App(
            database, bot, publisher, channels, outbox, desk_store, ingest, statements, following, query,
            WhatIsDue(ingest, rundown, following, restored, silences, ahead.remind, clock), watch,
            Boards(BoardStore(database, wall), query, setting, clock, publisher.wake), restored, ahead.schedule, pushes,
            pacing, calendars, leading, scheduler,
        ))  # fmt: skip


def _with_jobs(app: App) -> App:
    """Have the scheduler know what the bot does again and again; nothing runs before its start."""
    add, ticker, mirror = app.scheduler.add, app.ticker, app.bot.services.mirror
    add("look at what is due", ticker.run, ticker.EVERY, finish=ticker.FINISH)
    for feed in app.watch.feeds:
        add(f"poll {feed.source.id}", partial(app.watch.poll, feed), feed.source.every.total_seconds())
    for one in app.calendars.feeds:
        add(f"calendar {one.calendar.id}", partial(app.calendars.poll, one), one.calendar.every.total_seconds())
    add("deadlines", app.calendars.deadlines.look, app.calendars.deadlines.EVERY)
    add("mirror", partial(mirror.look, DiscordEvents(app.bot)), mirror.EVERY)
    add(BOARDS, app.boards.look, app.boards.EVERY, rest=app.boards.REST)
    return app


def _jobs(scheduler: Scheduler) -> Jobs:
    """Return what `/desk status` says of the jobs."""
    jobs = scheduler.jobs()
    ahead = next(((job.name, job.next_at) for job in jobs if job.next_at), None)
    failed = [(job.failed_at, job.name, job.failures) for job in jobs if job.failed_at]
    if not failed:
        return Jobs(ahead)
    at, name, failures = max(failed)
    return Jobs(ahead, (name, at), works_again=not failures)


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
    desk: Desk, sessions: Sessions, store: CalendarStore, desk_store: ServerStore, clock: Clock, wake: Wake
) -> Calendars:
    """Return what keeps the schedules by the calendars that are followed, and by the law."""
    law = load_toml(shipped("deadlines.toml"), Law, "the table of deadlines")
    feeds = [CalendarFeed(calendar, sessions.of(source_of(calendar)), desk.zone.key) for calendar in desk.calendars]
    return Calendars(feeds, store, desk_store, clock, wake, Deadlines(law, desk, store, desk_store, clock, wake))


async def _metrics(app: App, store: AliveStore, lookout: HealthCheck) -> bytes:
    # Prometheus's library takes memory and a moment to load, which a bot that nobody asks does not need.
    module = await asyncio.to_thread(import_module, "bot.operations.metrics")
    figures = module.Figures(
        lookout.last, SystemClock().now(), app.ingest.taken_in, await store.open_rows(), app.publisher.outcomes,
        app.pacing.held_against_us, app.pacing.stops, app.scheduler.jobs(),
    )  # fmt: skip
    return cast("bytes", module.exposition(figures))


async def _nobody_is_told(_: Vitals) -> None: ...


@asynccontextmanager
async def cared_for(app: App, settings: Settings) -> AsyncIterator[OnCallContact | None]:
    """Wire what looks after a bot, as jobs too; /healthz answers at once, where it is wanted. Give who is told.

    Raises:
        TallydeskError: nobody can listen on the port for /healthz.

    """
    desk, wall, after = app.bot.services.setting.desk, SystemClock().now, settings.tell_after
    store = AliveStore(app.database)
    health = {**app.watch.health, **app.pushes.health}
    lookout = HealthCheck(
        store, desk.sources, health, lambda: app.bot.connected, wall, after if settings.person else None
    )
    person = None
    if settings.person is not None:
        person = OnCallContact(
            settings.person,
            store,
            app.bot.direct_channel,
            desk.zone,
            after,
            app.publisher.wake,
            app.channels.direct.add,
        )
    tell = person.tell if person else _nobody_is_told
    app.scheduler.add("health check", partial(lookout.run, tell), lookout.EVERY)
    if (every := watchdog_every()) is not None:
        app.scheduler.add("systemd watchdog", keep_awake, every)
    async with AsyncExitStack() as stack:
        if settings.heartbeat_url is not None:
            session = await stack.enter_async_context(aiohttp.ClientSession(headers={"User-Agent": _USER_AGENT}))
            heartbeat = Heartbeat(settings.heartbeat_url, session, lookout.look, app.bot.wait_until_ready, after)
            app.scheduler.add("heartbeat", heartbeat.run, settings.heartbeat_every.total_seconds())
        if settings.health_port is not None:
            # aiohttp's server takes memory that a bot without the page does not need.
            from bot.operations.healthz import serving_health  # noqa: PLC0415

            await stack.enter_async_context(
                serving_health(
                    settings.health_host, settings.health_port, lambda: lookout.last, wall, after, app.scheduler.jobs,
                    lambda: _metrics(app, store, lookout),
                )
            )  # fmt: skip
        yield person


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
    from bot.feeds.push_server import serving_pushes  # noqa: PLC0415
    from bot.feeds.signatures import Secrets, secrets_of  # noqa: PLC0415

    secrets, without = secrets_of(sources)
    for source, why in without.items():
        log.error("a source can't push", source=source, why=why)
    async with serving_pushes(settings.push_host, settings.push_port, app.pushes, Secrets(secrets)) as port:
        yield port
