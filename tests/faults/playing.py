"""Plays a day in the bot's process, one step after the other, until the day is over or the bot dies.

A moment is a step of the day, or something that the bot itself has to do between two steps. A bot may start in the
middle of a moment. It then repeats what people and feeds would repeat. Feeds still show the same. Somebody whose
command got no answer checks whether it worked, and enters it again if not.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.app import App, open_app
from bot.client import while_connected
from bot.clock import ManualClock
from bot.count.statement import Statement
from bot.desk.desk_file import Desk
from bot.events.event import Event
from bot.rehearsal.day import (
    CallOffStep,
    CheckStep,
    Day,
    DecideStep,
    HoldStep,
    LeadingSourceStep,
    MoveStep,
    MuteStep,
    PauseStep,
    PreferStep,
    PublicStep,
    ReadingStep,
    ReplaceStep,
    ScheduleStep,
    StatementStep,
    Step,
)
from bot.rehearsal.desk_steps import DayServer, do_as_desk
from bot.rehearsal.stage import FeedServer, with_feeds
from bot.rehearsal.standin.server import pointing_at
from tests.faults import broken
from tests.faults.broken import Flaw
from tests.faults.proposal_day import Desk as ProposalDesk
from tests.faults.proposal_day import ProposalDay
from tests.faults.schedule_day import Ahead, ScheduleDay
from tests.faults.steps import Death, Record, Steps, watch
from tests.faults.truth import hold_to_margin

PER_SECOND = 100_000
"""A rate limit in requests a second that is never reached."""
DESK = "desk"
"""The channel that becomes the desk's channel when the day makes another channel public."""
_MOST_LOOKS = 10
"""The most polls of a source, or looks at what is due, before the news clock has to move."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of the day: its number, its time on the news clock, and the number of steps reached by then."""

    number: int
    at: datetime
    steps: int
    is_step: bool
    """True if the last reached step happens at this moment. False if the bot has something to do between two steps."""

    def write(self, record: Record) -> None:
        """Record that the moment has begun."""
        record.write("moment", self.number, self.at.isoformat(), self.steps, self.is_step)


@dataclass(frozen=True, slots=True)
class Address:
    """The addresses of the simulated Discord."""

    base: str
    gateway_url: str


@dataclass(frozen=True, slots=True)
class Order:
    """An instruction for a new bot: the day to play, the moment to begin at, and the step to die at."""

    day: Day
    desk: Desk
    address: Address
    database: Path
    record: Path
    server: int
    lanes: Mapping[int, str]
    """Channel id → name of the channel's lane."""
    begin: Moment
    death: Death | None = None
    flaw: Flaw | None = None


def play(order: Order) -> None:
    """Play the day, beginning at the order's moment."""
    record = Record(order.record)
    steps = Steps(record, order.lanes, None if order.flaw == "lives on" else order.death)
    order.begin.write(record)
    steps.begin(order.begin.number)
    watch(steps)
    broken.break_bot(order.flaw, record)
    asyncio.run(_play(order, record, steps))


async def _play(order: Order, record: Record, steps: Steps) -> None:
    clock = ManualClock(order.begin.at)
    with pointing_at(order.address):
        async with FeedServer() as feeds:
            fed = with_feeds(order.desk, order.day, feeds)
            async with open_app(
                fed, order.database, clock, rehearsal=True, guild_ready_timeout=0.01, requests_per_second=PER_SECOND
            ) as app:
                hold_to_margin(app, partial(record.write, "untrue"))
                await app.bot.login("a-token")
                await app.bot.sync_if_changed()
                await while_connected(app.bot, _Playing(order, app, clock, feeds, record, steps).run())


class _Playing:
    def __init__(
        self, order: Order, app: App, clock: ManualClock, feeds: FeedServer, record: Record, steps: Steps
    ) -> None:
        self._day = day = order.day
        self._order = order
        self._app = app
        self._clock = clock
        self._feeds = feeds
        self._record = record
        self._steps = steps
        self._moment = order.begin
        self._ahead = Ahead(day, app) if isinstance(day, ScheduleDay) else None

    async def run(self) -> None:
        task = asyncio.current_task()
        if task:
            task.set_name("day")
        await self._app.bot.wait_until_ready()
        await self._start()
        for number, step in enumerate(self._day.steps[self._order.begin.steps :], self._order.begin.steps + 1):
            await self._until(step.at)
            self._begin(step.at, number, is_step=True)
            await self._do(step)
            await self._settle()
        await self._until(self._day.ends)
        self._record.write("over")

    async def _start(self) -> None:
        """Start as the bot does: resume the outbox, poll every source, and then do the scheduled work that is due.

        Work may be due at the time of a step. As in a day without a death, it is done after the step.
        """
        moment = self._moment
        for step in self._day.steps[: moment.steps]:
            if isinstance(step, ReadingStep):
                self._feeds.show(step.reading)
        await self._app.rooms.outbox.dispatcher.start()
        await self._app.rooms.outbox.dispatcher.drained()
        if moment.is_step:
            await self._do(self._day.steps[moment.steps - 1])
            await self._settle()
        else:
            await self._look()

    def _begin(self, at: datetime, steps: int, *, is_step: bool) -> None:
        self._moment = Moment(self._moment.number + 1, at, steps, is_step)
        self._moment.write(self._record)
        self._steps.begin(self._moment.number)
        self._clock.set(at)

    async def _until(self, at: datetime) -> None:
        """Do all scheduled work that is due before `at`."""
        stood = 0
        while (due := await self._next_due()) is not None and due < at:
            stood = 0 if due > self._clock.now() else stood + 1
            if stood > _MOST_LOOKS:
                raise RuntimeError(f"the day stands still: what was due at {due.isoformat()} is not done")
            self._begin(max(due, self._clock.now()), self._moment.steps, is_step=False)
            await self._look()

    async def _next_due(self) -> datetime | None:
        moments = (await self._app.due.next_due(), await self._app.rooms.tally.intake.next_confirmation())
        return min((moment for moment in moments if moment), default=None)

    async def _look(self) -> None:
        """Poll the sources, and do the scheduled work that is due."""
        await self._ask()
        await self._app.due.look()
        await self._settle()
        if self._ahead and self._ahead.jumps:  # the clock was wrong: half a minute later it checks again
            await self._app.due.look()
            await self._settle()

    async def _do(self, step: Step) -> None:
        """Poll the sources, and then do a step of the day.

        A bot also polls the sources when it starts. Without the poll before each step, a restarted bot would know more
        than one that did not die.
        """
        if isinstance(step, ReadingStep):
            self._feeds.show(step.reading)
        await self._ask()
        channels = {name.removeprefix("#"): key for key, name in self._order.lanes.items()}
        server = DayServer(self._order.server, channels, channels.get(DESK))
        match step:
            case StatementStep():
                if not await self._has_statement(step.statement):
                    await self._app.rooms.entries.statements.take_in(
                        step.statement, self._order.server, self._day.staff
                    )
            case (
                LeadingSourceStep()
                | HoldStep()
                | ReplaceStep()
                | MoveStep()
                | CallOffStep()
                | PauseStep()
                | MuteStep()
                | PreferStep()
                | PublicStep()
            ):  # doing it again changes nothing
                await do_as_desk(self._app, server, step, self._day.staff)
            case DecideStep():
                if not await self._has_decided(step):
                    await do_as_desk(self._app, server, step, self._day.staff)
            case CheckStep() if self._ahead:
                await self._ahead.check(step.at, self._order.server, self._day.staff)
            case CheckStep() if isinstance(self._day, ProposalDay):
                await ProposalDesk(self._day, self._app, self._order.server, channels[DESK]).act(step.at)
            case ScheduleStep():
                if not await self._has_events(step.events):
                    await self._app.rooms.schedule.events.add(self._order.server, step.events, self._day.staff)

    async def _ask(self) -> None:
        """Poll the sources one by one. The posts caused by a poll are sent before the next poll, so that every run
        is the same.
        """
        watch = self._app.rooms.feeds.polling
        for feed in watch.feeds:
            for _ in range(_MOST_LOOKS):
                await watch.ask(feed)
                if "the process that worked on it ended" not in (watch.health[feed.source.id].problem or ""):
                    break
            if problem := watch.health[feed.source.id].problem:
                raise RuntimeError(f"the feed of {feed.source.id} failed: {problem}")
            await self._app.rooms.outbox.dispatcher.drained()
        if self._ahead:
            await self._ahead.ask()
            await self._app.rooms.outbox.dispatcher.drained()

    async def _has_statement(self, statement: Statement) -> bool:
        rows = await self._app.database.rows(
            "SELECT body FROM statements WHERE server = ? AND contest = ? AND source = ?",
            (self._order.server, statement.contest, statement.source),
        )
        stored = [Statement.model_validate_json(body) for (body,) in rows]
        anonymous = [one.model_copy(update={"entered_by": statement.entered_by}) for one in stored]
        return all(one in anonymous for one in statement.apart())

    async def _has_decided(self, step: DecideStep) -> bool:
        row = await self._app.database.row(
            "SELECT 1 FROM outbox WHERE number = ? AND action = 'post' AND (approved_by IS NOT NULL OR state = 'dropped')",
            (step.number,),
        )
        return row is not None

    async def _has_events(self, events: list[Event]) -> bool:
        rows = await self._app.database.rows(
            "SELECT body FROM schedule_entries WHERE server = ?", (self._order.server,)
        )
        stored = [Event.model_validate_json(body) for (body,) in rows]
        return all(event in stored for event in events)

    async def _settle(self) -> None:
        """Wait until all posts are sent, then the boards, and until the server's Discord events show the schedule."""
        await self._app.rooms.outbox.dispatcher.drained()
        await self._app.rooms.tally.boards.look()
        await self._app.rooms.outbox.dispatcher.drained()
        if self._ahead:
            await self._ahead.mirror()
