"""Plays a recorded day through the real bot, by way of its feeds, commands and buttons."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Protocol

from bot.app import App, open_app
from bot.client import while_connected
from bot.clock import ManualClock
from bot.desk.desk_file import Desk
from bot.errors import TallydeskError
from bot.events.event import EVENT_KINDS
from bot.follows.follows_store import ServerStore
from bot.follows.preferences import FollowPreferences
from bot.outbox.servers_store import ensure_server
from bot.rehearsal.day import (
    AnswerStep,
    CheckStep,
    Day,
    HappeningKind,
    MessageStep,
    ReadingStep,
    ScheduleStep,
    Step,
)
from bot.rehearsal.desk_steps import DayServer, do_as_desk
from bot.rehearsal.pace import Pace
from bot.rehearsal.page.server import Page
from bot.rehearsal.posts import ArrivedPost, StableAddresses
from bot.rehearsal.stage import FeedServer, Stage, check_day, names_in, set_stage, with_feeds
from bot.rehearsal.standin.guild import Guild
from bot.rehearsal.standin.server import StandIn, pointing_at
from bot.rehearsal.standin.world import PostedMessage
from bot.tally.boards import Boards
from bot.tally.boards_store import BoardPost
from bot.wording.numbers import spelled

WHO = "rehearsal"

_REQUESTS_PER_SECOND = 1000
"""The bot's limit of requests per second. The simulated Discord accepts more requests than the real one."""

_MOST_LOOKS = 10
"""The maximum number of rounds of due work at one moment of the news clock. More rounds mean that something is
stuck.
"""

_LOOK_EVERY_SECONDS = 0.25
"""How often to check for a new reminder that is due before the next step."""

Show = Callable[[ArrivedPost], None]

Say = Callable[[MessageStep], None]

_HOLD_KINDS: frozenset[HappeningKind] = frozenset({"revision", "feed_moves"})
"""The kinds of noted events that cause the bot to hold a reading."""


@dataclass(frozen=True, slots=True)
class Backstage:
    """The bot and the simulated newsroom after the end of the day, for people who keep using them.

    The news clock is stopped.
    """

    app: App
    standin: StandIn
    guild: Guild


Then = Callable[[Backstage], Awaitable[None]]


async def stay(backstage: Backstage) -> None:
    """Keep the newsroom and its pinned boards up to date until cancelled, since somebody may still be watching."""
    while True:
        await _look_at_boards(backstage.app)
        await asyncio.sleep(Boards.REST)


async def _look_at_boards(app: App) -> None:
    await app.rooms.tally.boards.look(app.rooms.answers.board_chart)


async def end_with_day(_: Backstage) -> None:
    """Return at once, so that the rehearsal ends when its day ends."""


@dataclass(frozen=True, slots=True)
class Watching:
    """The settings of the web page on which people watch the rehearsal."""

    port: int
    """The page's port; 0 for any free port."""
    opened: Callable[[str], None]
    """Called with the page's URL when the page is ready."""
    over: Callable[[], None]
    """Called when the day is over."""
    then: Then
    """Awaited when the day is over. The bot and the page keep running until it returns."""
    holds: bool = True
    """True to stop the news clock while a browser shows the day's introduction, until somebody presses Begin."""


async def play_day(
    day: Day,
    desk: Desk,
    database: Path,
    speed: float | None,
    show: Show,
    watching: Watching | None = None,
) -> None:
    """Play a day through the bot on a simulated Discord, and call `show` with each post when it arrives.

    Args:
        day: the recorded day.
        desk: the day's desk file.
        database: where to create the database; the file must not exist.
        speed: how many times as fast as the real day; None for as fast as possible.
        show: is called with each post, in order of arrival.
        watching: the settings of the page; None for no page.

    Raises:
        BadInputError: the desk file lacks a contest, source or candidate of the day, or the page's port is in use.

    """
    check_day(day, desk)
    clock = ManualClock(day.starts)
    async with AsyncExitStack() as stack:
        feeds = await stack.enter_async_context(FeedServer())
        token = secrets.token_urlsafe()
        standin = await stack.enter_async_context(StandIn(token=token))
        stack.enter_context(pointing_at(standin))
        standin.world.calendar = clock.now
        stage = set_stage(standin, day)
        pace = Pace(clock, speed)
        if watching is not None:
            opening = opening_lines(day)
            page = Page(standin, stage.guild, stage.people, pace, desk.zone, day.title, opening, holds=watching.holds)
            await page.start(watching.port)
            stack.push_async_callback(page.stop)
            watching.opened(page.url)
        app = await stack.enter_async_context(
            open_app(
                with_feeds(desk, day, feeds),
                database,
                clock,
                rehearsal=True,
                test_data=day.test_data,
                guild_ready_timeout=0.1,
                requests_per_second=_REQUESTS_PER_SECOND,
            )
        )
        arrivals = _SimulatedArrivals(app, standin, clock, show)
        await _follow(app, day, stage)
        await app.bot.login(token)
        await app.bot.sync_if_changed()
        server = DayServer(stage.guild.id, stage.channels, stage.home)
        play = Play(day, app, feeds, pace, arrivals, server, stage.say)
        backstage = Backstage(app, standin, stage.guild)
        await while_connected(app.bot, _played(play, pace, watching, backstage))


def opening_lines(day: Day) -> list[str]:
    """Return the day's introduction for the page, with a line for each task of the desk."""
    events = [event for step in day.steps if isinstance(step, ScheduleStep) for event in step.events]
    today = sum(day.starts <= event.starts_at <= day.ends and EVENT_KINDS[event.kind].is_seen for event in events)
    has_hold = any(happening.what in _HOLD_KINDS for happening in day.happenings)
    has_message = any(isinstance(step, MessageStep) for step in day.steps)
    lines = [
        "Read what is posted.",
        "Decide on what is held: Post, Wait or Discard under the question, by the time it names." if has_hold else "",
        f"Press a button under each reminder, at its time: {spelled(today, 'event')} today." if today else "",
        "Enter what people write: Read as tally, in the message's menu." if has_message else "",
    ]
    return [line for line in lines if line]


async def _played(play: "Play", pace: Pace, watching: Watching | None, backstage: Backstage) -> None:
    await play.run()
    pace.finish()
    if watching is not None:
        watching.over()
        await watching.then(backstage)


async def _follow(app: App, day: Day, stage: Stage) -> None:
    """Set up the server: the roles that may enter statements, and what each channel follows."""
    guild, follows = stage.guild.id, app.rooms.follows
    await app.database.write(lambda connection: ensure_server(connection, guild))
    await ServerStore(app.database).set_role(guild, "reporter", stage.reporters, WHO, app.rooms.clock.now())
    for channel in day.channels:
        key, preferences = stage.channels[channel.name], FollowPreferences(thread=channel.thread)
        for contest in channel.follows:
            await follows.follow(
                follows.contest(contest), guild, key, None, WHO, board=channel.board, preferences=preferences
            )


class Play:
    """A recorded day that is being played.

    Args:
        day: the day.
        app: the bot.
        feeds: serves the day's readings.
        pace: moves the news clock.
        arrivals: shows the posts.
        server: the server.
        say: writes as a colleague.

    """

    def __init__(
        self,
        day: Day,
        app: App,
        feeds: FeedServer,
        pace: Pace,
        arrivals: "Arrivals",
        server: DayServer,
        say: Say,
    ) -> None:
        self._day = day
        self._app = app
        self._feeds = feeds
        self._pace = pace
        self._arrivals = arrivals
        self._server = server
        self._say = say

    async def run(self) -> None:
        """Play each step at its time. Between steps, the bot does all work that is due."""
        await self._app.bot.wait_until_ready()
        await self._app.rooms.outbox.dispatcher.start()
        for step in self._day.steps:
            await self._until(step.at)
            await self._do(step)
            await self._settle()
        await self._until(self._day.ends)
        await self._settle()

    async def _until(self, moment: datetime) -> None:
        stood = 0
        while True:
            due = await self._next_due()
            first = moment if due is None else min(due, moment)
            # Overdue work may cause more work at the same moment, but not endlessly.
            stood = 0 if first > self._pace.clock.now() else stood + 1
            if stood > _MOST_LOOKS:
                raise TallydeskError(f"the rehearsal stands still: what was due at {first.isoformat()} is not done")
            if not await self._wait_until(first):
                continue
            if first == moment:
                return
            await self._ask()
            await self._app.due.look()
            await self._settle()

    async def _wait_until(self, moment: datetime) -> bool:
        """Wait until the news clock shows `moment`.

        Returns False if other work of the bot, such as a new reminder, is due earlier.
        """
        waiting = asyncio.create_task(self._pace.until(moment), name="news clock")
        try:
            while not (await asyncio.wait({waiting}, timeout=_LOOK_EVERY_SECONDS))[0]:
                due = await self._next_due()
                if due is not None and due < moment:
                    return False
                await _look_at_boards(self._app)
            waiting.result()
            return True
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    async def _next_due(self) -> datetime | None:
        """Return when the bot's next work is due, including the next poll of a source with a held reading."""
        moments = (await self._app.due.next_due(), await self._app.rooms.tally.intake.next_confirmation())
        return min((moment for moment in moments if moment), default=None)

    async def _do(self, step: Step) -> None:
        match step:
            case ReadingStep():
                self._feeds.show(step.reading)
                await self._ask()
            case AnswerStep():
                self._feeds.answer(step.source, step.url, step.answer)
                if self._feeds.answers_all(step.source):
                    await self._ask()
            case CheckStep():
                await self._ask()
            case MessageStep():
                self._say(step)
            case _:
                await self._ask()  # as the bot does every minute, so that no check is older than what the desk says
                await do_as_desk(self._app, self._server, step, self._day.staff)

    async def _ask(self) -> None:
        """Poll the feeds. Raises an error if a poll failed.

        The rehearsal itself serves the feeds, so a failed poll would mean that posts are missing.
        """
        await self._app.rooms.feeds.polling.ask_all()
        for source, health in self._app.rooms.feeds.polling.health.items():
            if health.problem is not None:
                raise TallydeskError(f"the rehearsal's feed of {source} failed: {health.problem}")

    async def _settle(self) -> None:
        """Wait until all queued posts have arrived in their channels, then update the pinned boards.

        The posts that arrived are shown. If there are any, a fast-forward to the next post ends.
        """
        await self._app.rooms.outbox.dispatcher.drained()
        await _look_at_boards(self._app)
        await self._app.rooms.outbox.dispatcher.drained()
        if await self._arrivals.show():
            self._pace.end_jump()


class Arrivals(Protocol):
    """An interface to show the user the posts that arrive in the channels."""

    async def show(self) -> bool:
        """Show the user the posts that arrived since the last call. Returns True if there were any."""


class _SimulatedArrivals:
    """The messages that arrive in the simulated channels, each with its outbox row."""

    def __init__(self, app: App, standin: StandIn, clock: ManualClock, show: Show) -> None:
        self._sent = app.rooms.outbox.sent
        self._show = show
        self._new: list[tuple[datetime, PostedMessage]] = []
        self._shown: set[int] = set()
        self._addresses = StableAddresses()
        self._clock = clock
        standin.on_message(self._hear)

    def _hear(self, posted: PostedMessage) -> None:
        self._new.append((self._clock.now(), posted))

    async def show(self) -> bool:
        """Show the user the posts and edits that arrived since the last call. Returns True if there was a new post.

        They are sorted by outbox row, since posts to several channels arrive in no fixed order.
        """
        new, self._new = self._new, []
        posts: list[tuple[int, ArrivedPost]] = []
        for at, posted in new:
            for post in await self._sent.of(posted.message.id):
                if post.row not in self._shown and post.edited == posted.edited:
                    self._shown.add(post.row)
                    one = ArrivedPost(
                        at,
                        posted.channel.name,
                        post.kind,
                        post.number,
                        post.content,
                        post.embeds,
                        edit_of=post.number if post.edited else None,
                        names=names_in(posted.channel.guild),
                    )
                    posts.append((post.row, one))
                    break
        for _, one in sorted(posts, key=itemgetter(0)):
            self._show(self._addresses.of(one))
        return any(one.edit_of is None and one.kind != BoardPost.name for _, one in posts)
