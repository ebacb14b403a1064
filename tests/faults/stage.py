"""Plays a day with bots that die. Each bot starts with the database and the simulated Discord as its predecessor
left them.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.clock import ManualClock
from bot.database.database import Database
from bot.desk.desk_file import Desk
from bot.follows.follows import Follows
from bot.follows.follows_store import ServerStore
from bot.follows.preferences import FollowPreferences
from bot.outbox.kinds import Published
from bot.rehearsal.day import Day
from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.server import StandIn
from bot.schedule.schedule_store import MirrorStore
from bot.tally.following_store import FollowingStore
from tests.conftest import outbox_on
from tests.faults.broken import Flaw
from tests.faults.compare import Shown, Tally, against_database, places_of, shown
from tests.faults.playing import Address, Moment, Order, play
from tests.faults.schedule_day import ScheduleDay, against_schedule, events_shown, schedule_shown
from tests.faults.steps import DIED, Death, Step
from tests.faults.zygote import LONGEST, Zygote


@dataclass(frozen=True, slots=True)
class Cut:
    """A death, and optionally deaths of the next bots while they recover."""

    deaths: tuple[Death, ...]

    @property
    def moment(self) -> int:
        """The number of the moment of the day at which all these deaths happen."""
        return self.deaths[0].step.moment

    def __str__(self) -> str:
        return ", then ".join(map(str, self.deaths))


@dataclass(slots=True)
class Life:
    """A record of what one bot did from its start to its end."""

    moments: list[Moment] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    died: bool = False
    """True if the bot died at the planned step."""
    over: bool = False
    """True if the bot reached the end of the day."""
    killed: int = 0
    """The number of the bot's worker processes that were killed."""
    untrue: list[str] = field(default_factory=list)
    """Claims about the present in the bot's posts that `/margin` did not confirm."""


@dataclass(slots=True)
class Played:
    """The result of a day played to its end."""

    lives: list[Life]
    tally: Tally
    shown: Mapping[str, Shown]
    missed: Sequence[Death] = ()
    """Deaths that did not happen because the bot never reached the first step. Later deaths in the same cut could
    not be tried.
    """

    def after_cuts(self, cuts: Iterable[Cut]) -> Iterator[Life]:
        """For each death, yield the `Life` of the bot that was started next."""
        place = 0
        for cut in cuts:
            place += len(cut.deaths)
            if place < len(self.lives):
                yield self.lives[place]


class Stage:
    """The setting in which one day is played again and again: a desk file, forked bots and a folder."""

    def __init__(self, day: Day, desk: Desk, zygote: Zygote, folder: Path) -> None:
        """Play `day` with bots forked from `zygote`. Their files are in `folder`."""
        self._day = day
        self._desk = desk
        self._zygote = zygote
        self._folder = folder

    async def play(self, cuts: Sequence[Cut] = (), flaw: Flaw | None = None) -> Played:
        """Play the day to its end with these deaths.

        `cuts` are in order of time, at most one at a moment.
        """
        deaths = [death for cut in cuts for death in cut.deaths]
        async with AsyncExitStack() as stack:
            folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(dir=self._folder, ignore_cleanup_errors=True))
            )
            standin = await stack.enter_async_context(StandIn())
            guild = standin.world.add_guild(self._day.newsroom)
            guild.grant("CREATE_EVENTS")
            guild.add_member(self._day.staff, owner=True)
            # The first is an announcement channel, followed by a channel in another server.
            channels = [
                guild.add_channel(channel.name, announcement=place == 0)
                for place, channel in enumerate(self._day.channels)
            ]
            follower = Guild(2, "Elsewhere", standin.world.wire, guild.joined_at)
            follower.admit_bot(standin.world.bot)
            channels[0].follow(follower.add_channel("followers"))
            database = folder / "desk.sqlite3"
            await self._follow(database, channels)
            order = Order(
                self._day,
                self._desk,
                Address(standin.base, standin.gateway_url),
                database,
                folder / "record",
                guild.id,
                {channel.id: f"#{channel.name}" for channel in channels},
                Moment(0, self._day.starts, 0, is_step=False),
                flaw=flaw,
            )
            tally = Tally()
            lives = await self._live(order, deaths, tally)
            tally += against_database(database, channels)
            seen = {name: shown(place) for name, place in places_of([*channels, *channels[0].followers])}
            if isinstance(self._day, ScheduleDay):
                events = list(guild.events.values())
                tally += against_schedule(database, events, self._day.ends)
                seen |= {"the schedule": schedule_shown(database), "the server's events": events_shown(events)}
            return Played(lives, tally, seen, deaths[len(lives) - 1 :])

    async def _follow(self, path: Path, channels: Sequence[Channel]) -> None:
        database = await Database.open(path)
        try:
            following = Follows(
                ServerStore(database),
                FollowingStore(outbox_on(database, self._desk), self._desk.leading),
                self._desk,
                ManualClock(self._day.starts),
            )
            for planned, channel in zip(self._day.channels, channels, strict=True):
                publishes: tuple[Published, ...] = ("lead_change", "revision", "certified") if channel.followers else ()
                for contest in planned.follows:
                    await following.follow(
                        following.contest(contest),
                        channel.guild.id,
                        channel.id,
                        None,
                        "faults",
                        board=planned.board,
                        preferences=FollowPreferences(thread=planned.thread, publish=publishes),
                    )
            if isinstance(self._day, ScheduleDay):
                await MirrorStore(outbox_on(database, self._desk)).set(channels[0].guild.id, "faults", on=True)
        finally:
            await database.close()

    async def _live(self, order: Order, deaths: Sequence[Death], tally: Tally) -> list[Life]:
        """Run one bot after the other until the day is over."""
        lives: list[Life] = []
        for number, death in enumerate([*deaths, None]):
            record = order.record.with_name(f"record-{number}")
            life = await self._live_once(replace(order, record=record, death=death), tally)
            lives.append(life)
            if not life.died:
                break
            order = replace(order, begin=life.moments[-1])
        if not lives[-1].over:
            tally.wrong.append("the day was not played to its end")
        return lives

    async def _live_once(self, order: Order, tally: Tally) -> Life:
        await self._zygote.start(play, order)
        try:
            status = await self._zygote.ended(LONGEST)
        except TimeoutError:
            tally.wrong.append(f"a bot was stuck for {LONGEST:.0f} seconds")
            self._zygote.kill()
            status = await self._zygote.ended(LONGEST)
        life = read(order.record)
        tally.add_untrue(life.untrue)
        if status != (DIED if life.died else 0):
            tally.wrong.append(f"a bot ended with the status {status}")
        return life


def read(record: Path) -> Life:
    """Parse the record of a bot into a `Life`."""
    life = Life()
    for line in record.read_text().splitlines() if record.exists() else ():
        match json.loads(line):
            case ["moment", number, at, steps, is_step]:
                life.moments.append(Moment(number, datetime.fromisoformat(at), steps, is_step))
            case ["step", *step]:
                life.steps.append(Step(*step))
            case ["died"]:
                life.died = True
            case ["over"]:
                life.over = True
            case ["killed"]:
                life.killed += 1
            case ["untrue", problem]:
                life.untrue.append(problem)
    return life
