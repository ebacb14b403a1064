"""Builds the bot from its parts. No other module connects the packages with one another.

The subjects of the answers are built by `answers_of` in `bot/answers/answers.py`.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import structlog

from bot import __version__
from bot.answers.answers import answers_of
from bot.answers.kept_answers_store import forget_person_answers, forget_server_answers
from bot.answers.sharing import SharedPost
from bot.box.box import Box
from bot.client import COMMANDS_EVERY, Bot, Rooms
from bot.clock import Clock, SystemClock
from bot.database.database import Database
from bot.desk.desk_file import Desk
from bot.desk.recount_line_table import load_recount_lines
from bot.desk.rehearsal_note import rehearsed_at
from bot.desk.settings import Settings
from bot.desk.toml_file import load_toml, shipped
from bot.due import DueWork
from bot.entries.call_entry import CallEntry
from bot.entries.certification_entry import CertificationEntry
from bot.entries.corrections import Corrections
from bot.entries.corrections_store import CorrectionPost, CorrectionStore, RetractionPost
from bot.entries.drafts import Drafts, Entering, EntryCards
from bot.entries.drafts_store import EntryStore, forget_person_entries
from bot.entries.entries import Entries
from bot.entries.replacements_store import ReplacementStore
from bot.entries.review import EntryDecisions
from bot.entries.statements import Statements
from bot.entries.statements_store import StatementStore, copy_statement, was_entered
from bot.events.deadlines_by_law import Law
from bot.feeds.feeds import Feeds
from bot.feeds.own_network import Sessions
from bot.feeds.polling import Polling
from bot.feeds.push_server import serving_pushes
from bot.feeds.pushes import Pushes
from bot.feeds.pushes_store import PushStore
from bot.feeds.receivers import ReadingReceiver, StatementReceiver
from bot.feeds.recording import Recorder
from bot.feeds.signatures import Secrets
from bot.feeds.source_feeds import feed_of
from bot.follows.follows import Follows
from bot.follows.follows_store import ServerStore
from bot.newsroom.audit_store import AuditStore
from bot.newsroom.data_deletion import DataDeletion
from bot.newsroom.data_deletion_store import DataDeletionStore
from bot.newsroom.feed_contents import FeedComparison
from bot.newsroom.feed_contents_store import FeedContentsStore
from bot.newsroom.follow_card import FollowCard
from bot.newsroom.newsroom import Newsroom
from bot.newsroom.server_settings_store import ServerSettingsStore
from bot.newsroom.settings_file import NewsroomSettings
from bot.newsroom.setup import Setup
from bot.newsroom.status import NewsroomStatus
from bot.newsroom.status_store import StatusStore
from bot.newsroom.status_words import Jobs
from bot.newsroom.suspensions import Suspensions
from bot.operations.backups import Backups
from bot.operations.direct_channels import DirectChannels
from bot.operations.health_check import HealthCheck
from bot.operations.health_store import HealthStore, forget_server_links
from bot.operations.healthz import serving_health
from bot.operations.heartbeat import Heartbeat, feed_watchdog, watchdog_every
from bot.operations.metrics import Figures, exposition
from bot.operations.on_call import OnCallContact
from bot.operations.operations import Operations
from bot.operations.restored import Restore
from bot.operations.restored_store import RestoredStore
from bot.operations.vitals import Vitals
from bot.outbox.approval import Approval
from bot.outbox.approval_store import ApprovalStore
from bot.outbox.channels_store import ChannelStore
from bot.outbox.discord import DiscordChannels
from bot.outbox.dispatcher import Dispatcher
from bot.outbox.kinds import Kind, Kinds
from bot.outbox.notices_store import NoticePost
from bot.outbox.outbox import Outbox
from bot.outbox.outbox_store import OutboxStore, SentPosts
from bot.outbox.pacing import PER_SECOND, Pacing
from bot.outbox.proposals_store import forget_person_proposals
from bot.outbox.requests import Requests
from bot.outbox.room import OutboxRoom
from bot.outbox.servers_store import forget_person_posts, forget_server
from bot.outbox.suspensions_store import SuspensionStore
from bot.outbox.threads_store import ThreadPost
from bot.outbox.two_person_store import TwoPersonStore
from bot.outcomes.certification import CallPost, CertifiedPost
from bot.outcomes.certification_store import AddedCallers, RepeatedCallers
from bot.quotas import ALLOWANCE, Quotas
from bot.schedule.calendars import CalendarFeed, Calendars, source_of
from bot.schedule.calendars_store import CalendarStore
from bot.schedule.deadlines import Deadlines
from bot.schedule.event_posts_store import AddedPost, MovedPost, ReminderPost, forget_direct_messages
from bot.schedule.events import ScheduleEvents
from bot.schedule.mirror import DiscordEvents, Mirror
from bot.schedule.planning import Planning
from bot.schedule.planning_store import EventPreviewStore
from bot.schedule.reminders import Reminders
from bot.schedule.reminders_store import ReminderStore
from bot.schedule.rundown import Rundown, RundownPost
from bot.schedule.rundown_store import RundownStore
from bot.schedule.schedule import Schedule
from bot.schedule.schedule_files import ScheduleFiles
from bot.schedule.schedule_store import MirrorStore, ScheduleStore
from bot.scheduler import Scheduler
from bot.tally.boards import Boards
from bot.tally.boards_store import BoardPost, BoardStore
from bot.tally.changes_store import CHANGE_POSTS
from bot.tally.following_store import FollowingStore
from bot.tally.hold_decisions_store import HoldDecisionStore
from bot.tally.holds import Holds
from bot.tally.holds_store import HoldNotice, HoldStore
from bot.tally.intake import Intake
from bot.tally.intake_store import IntakeStore
from bot.tally.last_posts_store import forget_server_decisions
from bot.tally.leading_source import LeadingSources
from bot.tally.leading_source_store import LeadingSourceStore
from bot.tally.reported_batches_store import BatchPost
from bot.tally.silences import SilencePost, Silences, SourceWarnings
from bot.tally.silences_store import SilenceStore
from bot.tally.standing import Standings
from bot.tally.standing_store import StandingStore
from bot.tally.tally import Tally
from bot.wording.context import Setting

BOARDS = "boards"
"""The name of the job that updates boards, for `Scheduler.run_soon`."""

FORGET_SERVER = (
    forget_direct_messages,
    forget_server_decisions,
    forget_server_answers,
    forget_server,
    forget_server_links,
)
"""Functions that delete a server's data, each from the tables of its own package. `forget_server` deletes the
server's row and the rows that refer to it.
"""

KINDS: tuple[type[Kind], ...] = (
    *CHANGE_POSTS,
    BatchPost,
    CertifiedPost,
    CallPost,
    SharedPost,
    SilencePost,
    RundownPost,
    ReminderPost,
    AddedPost,
    MovedPost,
    BoardPost,
    CorrectionPost,
    RetractionPost,
    NoticePost,
    ThreadPost,
)
"""Every kind of post."""

FORGET_PERSON = (
    partial(forget_person_posts, [kind.name for kind in KINDS if kind.names_staff]),
    forget_person_entries,
    forget_person_proposals,
    forget_person_answers,
)
"""Functions that remove a person's data from the tables of each package, beyond what bot/database/anonymize.py
removes.
"""

COPIES = (HoldNotice.copy, copy_statement)
"""Functions that copy the rows a package stores about another package's post, when that post is queued again; see
`Kinds`.
"""

log = structlog.get_logger()

_USER_AGENT = f"Tallydesk/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The assembled bot: the database, the Discord client, the packages' public classes, and the scheduled jobs.

    Building an `App` starts nothing.
    """

    database: Database
    bot: Bot
    rooms: Rooms
    due: DueWork
    scheduler: Scheduler


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The objects that all packages share, such as the database, the clocks, the quotas and the worker processes."""

    database: Database
    setting: Setting
    clock: Clock
    """The news clock."""
    wall: Callable[[], float]
    """Returns seconds since 1970 by Discord's clock, which the outbox uses to search for messages; this machine's
    clock may be wrong.
    """
    sleep: Callable[[float], Coroutine[Any, Any, None]]
    """Waits for a number of seconds before a retry."""
    kinds: Kinds
    sessions: Sessions
    quotas: Quotas
    box: Box
    scheduler: Scheduler
    desk_file: Path | None
    """The path of the desk file. None if the desk was not read from a file, as in a test."""


def post_kinds(setting: Setting) -> Kinds:
    """Return the registry of all kinds of posts."""
    return Kinds(setting, (kind() for kind in KINDS), COPIES, was_entered)


@asynccontextmanager
async def open_app(
    desk: Desk,
    database_path: Path,
    clock: Clock,
    *,
    servers: Collection[int] = (),
    rehearsal: bool = False,
    test_data: bool = False,
    guild_ready_timeout: float = 2.0,
    requests_per_second: int = PER_SECOND,
    only_channel: int | None = None,
    desk_file: Path | None = None,
    wall: Callable[[], float] = time.time,
    sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep,
) -> AsyncIterator[App]:
    """Open the database and build the app. On exit, stop and close everything.

    Args:
        desk: the desk file.
        database_path: the database file, which is created if it does not exist.
        clock: the news clock.
        servers: the servers that may use the bot, and whose desks decide on held readings. If empty, every
            server may use the bot, and the desk file names the servers that decide.
        rehearsal: if True, every post states that it is a rehearsal.
        test_data: if True, in a rehearsal, every post states that its figures are test data.
        guild_ready_timeout: seconds that discord.py waits at the start for servers to appear.
        requests_per_second: the most requests that the dispatcher makes within a second.
        only_channel: in a rehearsal on a real server, the only channel in which commands are answered.
        desk_file: the desk file's path. The time of its last rehearsal is noted in a file next to it. None if
            `desk` was not read from a file.
        wall: returns this machine's time, in seconds since 1970.
        sleep: waits for a number of seconds before a retry.

    """
    setting = Setting(
        desk,
        load_recount_lines(shipped("recount_lines.toml")),
        rehearsal,
        test_data,
        settles=servers or desk.desk.settles,
    )
    async with AsyncExitStack() as stack:
        pacing = Pacing(requests_per_second)
        requests = Requests(pacing, wall)
        database = await Database.open(database_path, requests.now)
        stack.push_async_callback(database.close)
        sessions = await stack.enter_async_context(Sessions(_USER_AGENT))
        quotas = Quotas(math.inf if rehearsal else ALLOWANCE)  # a rehearsal may play a day in a minute
        box = await stack.enter_async_context(Box(quotas))
        trace = requests.trace()
        bot = Bot(servers, guild_ready_timeout=guild_ready_timeout, only_channel=only_channel, http_trace=trace)
        await stack.enter_async_context(bot)
        base = Base(
            database=database,
            setting=setting,
            clock=clock,
            wall=requests.now,
            sleep=sleep,
            kinds=post_kinds(setting),
            sessions=sessions,
            quotas=quotas,
            box=box,
            scheduler=Scheduler(),
            desk_file=desk_file,
        )
        outbox = _outbox(base, DiscordChannels(bot, requests), pacing)
        outbox.discord.direct.update(await HealthStore(outbox.outbox).direct_channels())
        stack.push_async_callback(outbox.dispatcher.stop)
        bot.rooms = rooms = rooms_of(base, outbox, bot.direct_channel)
        app = App(database=database, bot=bot, rooms=rooms, due=_due(rooms), scheduler=base.scheduler)
        _add_jobs(app)
        yield app


def _due(rooms: Rooms) -> DueWork:
    """Build the job that runs due work: roll-ups, reminders, the morning list, silences and ends of pauses."""
    return DueWork(
        intake=rooms.tally.intake,
        rundown=rooms.schedule.rundown,
        silences=rooms.tally.silences,
        remind=rooms.schedule.reminders,
        suspensions=rooms.newsroom.suspensions,
        clock=rooms.clock,
    )


def _add_jobs(app: App) -> None:
    """Add the bot's recurring jobs to the scheduler, which runs them once it is started."""
    add, due, polling, boards = app.scheduler.add, app.due, app.rooms.feeds.polling, app.rooms.tally.boards
    calendars, mirror = app.rooms.schedule.calendars, app.rooms.schedule.mirror
    add("slash commands", app.bot.sync_commands, COMMANDS_EVERY)
    add("look at what is due", due.run, due.EVERY, finish=due.FINISH)
    for feed in polling.feeds:
        add(f"poll {feed.source.id}", partial(polling.poll, feed), feed.source.every.total_seconds())
    for one in calendars.feeds:
        add(f"calendar {one.calendar.id}", partial(calendars.poll, one), one.calendar.every.total_seconds())
    add("deadlines", calendars.deadlines.look, calendars.deadlines.EVERY)
    add("mirror", partial(mirror.look, DiscordEvents(app.bot)), mirror.EVERY)
    comparison, forgetting = app.rooms.newsroom.comparison, app.rooms.newsroom.forgetting
    add("compare feeds with the desk file", comparison.run, comparison.EVERY)
    add("delete what is old", forgetting.delete_expired, forgetting.EVERY)
    add(BOARDS, partial(boards.look, app.rooms.answers.board_chart), boards.EVERY, rest=boards.REST)


def _jobs(scheduler: Scheduler) -> Jobs:
    """Return the job that runs next and the last failure of a job, for `/status`."""
    jobs = scheduler.jobs()
    ahead = next(((job.name, job.next_at) for job in jobs if job.next_at), None)
    failed = [(job.failed_at, job.name, job.failures) for job in jobs if job.failed_at]
    if not failed:
        return Jobs(ahead)
    at, name, failures = max(failed)
    return Jobs(ahead, (name, at), works_again=not failures)


def rooms_of(base: Base, outbox: OutboxRoom, open_direct: Callable[[int], Awaitable[int]]) -> Rooms:
    """Build the public class of each package, in the order of their dependencies."""
    follows = _follows(base, outbox.outbox)
    intake = Intake(IntakeStore(base.database), outbox.outbox, base.setting, base.clock)
    statements = Statements(StatementStore(outbox.outbox), base.setting, base.clock)
    feeds = _feeds(base, intake, statements)
    tally = _tally(base, outbox, follows, intake, feeds)
    entries, schedule = _entries(base, outbox, follows, tally, statements), _schedule(base, outbox, follows, tally)
    return Rooms(
        setting=base.setting,
        clock=base.clock,
        quotas=base.quotas,
        feeds=feeds,
        outbox=outbox,
        follows=follows,
        tally=tally,
        entries=entries,
        schedule=schedule,
        newsroom=_newsroom(base, outbox, follows, feeds, entries, schedule),
        answers=answers_of(
            base.database, base.setting, base.clock, base.box, base.quotas, outbox, follows, tally, feeds
        ),
        operations=_operations(base, outbox, open_direct),
    )


def _outbox(base: Base, discord: DiscordChannels, pacing: Pacing) -> OutboxRoom:
    """Build the outbox. A new row wakes the dispatcher, and the job that updates boards."""

    def dispatch(channels: Mapping[int, bool]) -> None:
        dispatcher.wake(channels)

    def wake(channels: Mapping[int, bool]) -> None:
        dispatch(channels)
        base.scheduler.run_soon(BOARDS)

    outbox = Outbox(base.database, base.kinds, base.clock, wake)
    # The outcome of a row does not change the boards.
    store = OutboxStore(Outbox(base.database, base.kinds, base.clock, dispatch))
    dispatcher = Dispatcher(store, discord, pacing, base.sleep)
    return OutboxRoom(
        outbox=outbox,
        store=store,
        sent=SentPosts(base.database),
        suspensions=SuspensionStore(outbox),
        two_person=TwoPersonStore(outbox),
        channels=ChannelStore(outbox),
        approval=Approval(ApprovalStore(outbox)),
        pacing=pacing,
        discord=discord,
        dispatcher=dispatcher,
    )


def _follows(base: Base, outbox: Outbox) -> Follows:
    desk = base.setting.desk
    return Follows(ServerStore(outbox.database), FollowingStore(outbox, desk.leading), desk, base.clock)


def _feeds(base: Base, readings: ReadingReceiver, statements: StatementReceiver) -> Feeds:
    """Build polling and pushes, which pass their deliveries to the two receivers."""
    setting, clock = base.setting, base.clock
    asked = [feed_of(source, base.sessions.of(source), base.box) for source in setting.desk.sources if source.fetched]
    polling = Polling(asked, readings, clock)
    pushes = Pushes(PushStore(base.database), readings, statements, setting, clock, base.box, base.wall)
    return Feeds(polling=polling, pushes=pushes, health={**polling.health, **pushes.health})


def _tally(base: Base, outbox: OutboxRoom, follows: Follows, intake: Intake, feeds: Feeds) -> Tally:
    database, setting, clock = base.database, base.setting, base.clock
    standing = Standings(StandingStore(database), setting, clock)
    leading_source_store = LeadingSourceStore(outbox.outbox)
    silences = SilenceStore(outbox.outbox)
    own = Outbox(database, base.kinds, clock, outbox.dispatcher.wake)  # a board's rows must not wake its job
    marks = SourceWarnings(outbox.suspensions, silences, feeds.health)
    return Tally(
        intake=intake,
        holds=Holds(HoldStore(outbox.outbox), HoldDecisionStore(outbox.outbox), outbox, setting, clock),
        leading_source=LeadingSources(leading_source_store, follows.servers, outbox.suspensions, setting, clock),
        silences=Silences(silences, setting, clock, feeds.health),
        marks=marks,
        standing=standing,
        boards=Boards(BoardStore(own), standing, marks, setting, clock),
    )


def _entries(base: Base, outbox: OutboxRoom, follows: Follows, tally: Tally, statements: Statements) -> Entries:
    setting, clock = base.setting, base.clock
    corrections = CorrectionStore(outbox.outbox)
    store = EntryStore(outbox.outbox, statements, corrections)
    cards = EntryCards(store, follows.servers, outbox, setting, clock)
    entering = Entering(store, cards, tally.standing, setting, clock, base.box)
    return Entries(
        entering=entering,
        drafts=Drafts(store, cards, setting, clock, base.box),
        review=EntryDecisions(store, cards, setting, clock),
        statements=statements,
        corrections=Corrections(
            ReplacementStore(outbox.outbox, corrections),
            corrections,
            outbox,
            setting,
            clock,
        ),
        certification=CertificationEntry(entering, setting, clock),
        calls=CallEntry(
            entering,
            RepeatedCallers(outbox.outbox),
            AddedCallers(outbox.outbox),
            tally.standing,
            setting,
            clock,
        ),
    )


def _schedule(base: Base, outbox: OutboxRoom, follows: Follows, tally: Tally) -> Schedule:
    setting, clock, writes = base.setting, base.clock, outbox.outbox
    desk, lead_times, servers = setting.desk, setting.desk.desk.lead_times_of, follows.servers
    store = ScheduleStore(writes, lead_times)
    calendars, proposals = CalendarStore(writes, store), EventPreviewStore(writes, store)
    law = load_toml(shipped("deadlines.toml"), Law, "the table of deadlines")
    asked = [CalendarFeed(one, base.sessions.of(source_of(one)), base.box, desk.zone.key) for one in desk.calendars]
    deadlines = Deadlines(law, desk, calendars, servers)
    return Schedule(
        events=ScheduleEvents(store, outbox, setting, clock),
        planning=Planning(store, proposals, outbox, setting, clock),
        files=ScheduleFiles(calendars, store, proposals, setting, clock, base.box),
        calendars=Calendars(asked, calendars, servers, clock, deadlines),
        reminders=Reminders(ReminderStore(writes, lead_times), setting, clock),
        rundown=Rundown(
            store=RundownStore(writes),
            servers=servers,
            schedule=store,
            queries=StandingStore(base.database),
            tally=tally,
            setting=setting,
            clock=clock,
        ),
        mirror=Mirror(MirrorStore(writes), store, clock),
    )


def _newsroom(
    base: Base, outbox: OutboxRoom, follows: Follows, feeds: Feeds, entries: Entries, schedule: Schedule
) -> Newsroom:
    database, setting, clock, servers = base.database, base.setting, base.clock, follows.servers
    store = ServerSettingsStore(outbox.outbox)
    status_store = StatusStore(database, setting.desk)
    forgetting = DataDeletion(DataDeletionStore(outbox.outbox, FORGET_SERVER, FORGET_PERSON), clock)
    suspensions = Suspensions(outbox, servers, setting, clock, entries.review.count_unreleased)
    return Newsroom(
        forgetting=forgetting,
        comparison=FeedComparison(FeedContentsStore(outbox.outbox), base.sessions.of, base.box, setting, clock),
        setup=_setup(base, store, status_store, suspensions, feeds, entries, schedule),
        settings_file=NewsroomSettings(store, AuditStore(database), forgetting, setting, clock, base.wall, base.box),
        preferences=FollowCard(store, follows, setting),
        suspensions=suspensions,
        status=NewsroomStatus(status_store, setting, clock, lambda: _jobs(base.scheduler)),
    )


def _setup(
    base: Base,
    store: ServerSettingsStore,
    status: StatusStore,
    suspensions: Suspensions,
    feeds: Feeds,
    entries: Entries,
    schedule: Schedule,
) -> Setup:
    contests = [one.id for one in base.setting.desk.contests]
    return Setup(
        store=store,
        status=status,
        suspensions=suspensions,
        calls=entries.calls,
        mirror=schedule.mirror,
        health=feeds.health,
        jobs=lambda: {job.name for job in base.scheduler.jobs()},
        rehearsed=lambda: rehearsed_at(base.desk_file, contests) if base.desk_file else None,
        setting=base.setting,
        clock=base.clock,
    )


def _operations(base: Base, outbox: OutboxRoom, open_direct: Callable[[int], Awaitable[int]]) -> Operations:
    return Operations(
        restore=Restore(RestoredStore(outbox.outbox), outbox, base.setting, base.clock),
        direct_channels=DirectChannels(HealthStore(outbox.outbox), open_direct, outbox),
    )


async def _metrics(app: App, store: HealthStore, health_check: HealthCheck) -> bytes:
    tally, outbox = app.rooms.tally, app.rooms.outbox
    figures = Figures(
        health_check.last,
        SystemClock().now(),
        tally.intake.taken_in,
        await store.open_rows(),
        outbox.dispatcher.outcomes,
        outbox.pacing.invalid_requests,
        outbox.pacing.stops,
        app.scheduler.jobs(),
    )
    return exposition(figures)


def _on_call(app: App, settings: Settings, store: HealthStore) -> OnCallContact | None:
    """Return the on-call contact, who gets messages about incidents. None if the settings name nobody."""
    if settings.person is None:
        return None
    zone, outbox = app.rooms.setting.desk.zone, app.rooms.outbox
    return OnCallContact(
        settings.person,
        store,
        app.bot.direct_channel,
        zone,
        settings.tell_after,
        outbox.discord.direct.add,
    )


async def _no_alert(_: Vitals) -> None: ...


@asynccontextmanager
async def start_operations(app: App, settings: Settings) -> AsyncIterator[OnCallContact | None]:
    """Start the health check and, if the settings ask for them, /healthz, backups, the heartbeat and recording.

    Yields the on-call contact, or None if the settings name nobody.

    Raises:
        TallydeskError: the port for /healthz can't be used.

    """
    desk, wall, after = app.rooms.setting.desk, SystemClock().now, settings.tell_after
    store = HealthStore(app.rooms.outbox.outbox)
    health = app.rooms.feeds.health
    health_check = HealthCheck(
        store, desk.sources, health, lambda: app.bot.connected, wall, after if settings.person else None
    )
    person = _on_call(app, settings, store)
    tell = person.tell if person else _no_alert
    app.scheduler.add("health check", partial(health_check.run, tell), health_check.EVERY_SECONDS)
    if (every := watchdog_every()) is not None:
        app.scheduler.add("systemd watchdog", feed_watchdog, every)
    if settings.record is not None:
        recorder = Recorder(settings.record)
        for feed in app.rooms.feeds.polling.feeds:
            feed.recorder = recorder
    if settings.backups is not None:
        backups = Backups(settings.database, settings.backups, settings.backup_every, settings.backup_keep, wall)
        app.scheduler.add("backup", backups.run, settings.backup_every.total_seconds(), finish=5.0)
    async with AsyncExitStack() as stack:
        if settings.heartbeat_url is not None:
            session = await stack.enter_async_context(aiohttp.ClientSession(headers={"User-Agent": _USER_AGENT}))
            heartbeat = Heartbeat(settings.heartbeat_url, session, health_check.look, app.bot.wait_until_ready, after)
            app.scheduler.add("heartbeat", heartbeat.run, settings.heartbeat_every.total_seconds())
        if settings.health_port is not None:
            await stack.enter_async_context(
                serving_health(
                    settings.health_host,
                    settings.health_port,
                    lambda: health_check.last,
                    wall,
                    after,
                    app.scheduler.jobs,
                    lambda: _metrics(app, store, health_check),
                )
            )
        yield person


@asynccontextmanager
async def serve_pushes(app: App, settings: Settings) -> AsyncIterator[int | None]:
    """Accept pushes from sources while the block runs. Yields the port, or None if the settings name no port.

    Raises:
        TallydeskError: the port can't be used.

    """
    sources = [source for source in app.rooms.setting.desk.sources if source.pushes]
    if settings.push_port is None:
        if sources:
            log.warning("sources can't push: TALLYDESK_PUSH_PORT is not set", sources=len(sources))
        yield None
        return
    pushes, secrets = app.rooms.feeds.pushes, Secrets(sources)
    async with serving_pushes(settings.push_host, settings.push_port, pushes, secrets) as port:
        yield port
