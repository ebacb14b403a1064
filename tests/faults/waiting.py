"""Checks that posts which had to wait are up to date when they are sent, in random histories.

Each history picks a reason to wait: a mute, a pause, quiet hours, Publish, a closed channel, or an outage of Discord.
Meanwhile counts change, staff enter figures, the leading source changes, hours pass, or the bot restarts. Then the
wait ends.

`untrue` counts claims about the present that `/margin` did not confirm at that minute. `lost` and `doubled` count
changes that are in no post, or in two.
"""

import random
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Literal, get_args

from structlog.testing import capture_logs

from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.feeds.receivers import Delivery
from bot.follows.preferences import FollowPreferences
from bot.outbox.approval import ApprovalPress
from bot.outbox.approval_store import INTERNAL_SOURCE
from bot.outbox.discord import ClosedError, LaterError, OutgoingMessage, UnknownError
from tests.conftest import COUNT, LIVE, SERVER, WHO, Newsroom, delivery, lay_new, small_desk
from tests.faults.compare import Tally, against_database
from tests.faults.outcome import Outcome
from tests.faults.truth import hold_to_margin

HISTORIES = 5000
"""The default number of histories in a run."""
A_LIFE = 25
"""The number of histories that are played in one newsroom, one after the other."""

Reason = Literal[
    "nothing", "mute the leading", "mute another", "pause", "quiet", "publish", "closed", "unknown", "lost", "stopped"
]
"""Why a post waits.

`unknown`: Discord posts the message, but the answer is lost. `lost`: the message does not arrive, and the bot can't
know. `stopped`: the bot is not running.
"""

Event = Literal[
    "small",
    "large",
    "turn",
    "fall",
    "tie",
    "two",
    "behind",
    "agrees",
    "differs",
    "says",
    "reports",
    "switch",
    "later",
    "restart",
]
"""A change while a post waits, in the count of the leading source or of another.

`two`: an answer has two readings. `reports`: a reporter enters a batch from Cobb County.
"""

REASONS, EVENTS = get_args(Reason), get_args(Event)


async def run(seed: int, histories: int = HISTORIES) -> Outcome:
    """Play `histories` histories. The random seed of each newsroom is derived from `seed`."""
    tally, figures = Tally(), Counter[str]()
    for life in range(0, histories, A_LIFE):
        with tempfile.TemporaryDirectory() as folder, capture_logs():  # each problem is one line
            path = Path(folder) / "desk.sqlite3"
            await lay_new(path)
            async with Newsroom(path, small_desk()) as newsroom:
                waiting = Waiting(newsroom, random.Random(f"{seed}-{life}"), f"{seed}-{life}")
                await waiting.begin()
                for _ in range(min(A_LIFE, histories - life)):
                    figures[await waiting.history()] += 1
                tally += await waiting.end()
    return Outcome("waiting", tally, seed, {"histories": figures.total()}, tally.wrong)


class Waiting:
    """A newsroom in which random histories are played."""

    def __init__(self, newsroom: Newsroom, dice: random.Random, name: str) -> None:
        """Make all choices with `dice`. Problems are reported with the newsroom's `name`."""
        self._newsroom = newsroom
        self._dice = dice
        self._name = name
        self._tally = Tally()
        self._votes = {"times": [1000, 500], "ga-sos": [1000, 500]}
        self._in_cobb = 300
        self._down = False
        self._told = "before the first history"
        self._troubles: list[Event] = []
        self._trouble: Reason | None = None

    async def begin(self) -> None:
        """Set up two channels that follow the contest. One of them is the desk's channel."""
        newsroom = self._newsroom
        for channel in (COUNT, LIVE):
            newsroom.add_channel(channel)
        await newsroom.connect()
        await newsroom.follow(COUNT)
        await newsroom.control.set_desk_channel(LIVE, SERVER, WHO)
        self._watch()
        await newsroom.publisher.start()
        await self._read("times")
        await self._settle()

    async def history(self) -> str:
        """Play one history. Returns the reason to wait."""
        reason: Reason = self._dice.choice(REASONS)
        events: list[Event] = self._dice.choices(EVENTS, k=self._dice.randint(1, 6))
        self._told = f"{reason}: {', '.join(events)}"
        await self._wait_for(reason)
        for event in events:
            await self._happens(event)
        await self._end_of(reason)
        await self._pass(timedelta(minutes=self._dice.choice((1, 5, 70))))
        await self._settle()
        return reason

    async def end(self) -> Tally:
        """Stop the newsroom, and return all problems, including changes that are in no post or in two."""
        await self._newsroom.publisher.stop()
        channel = self._newsroom.world.guilds[SERVER].channels[COUNT]
        found = against_database(self._newsroom.path, [channel])
        # A reporter's figures are for the newsroom only: refused in public channels, and in no post.
        failed = await self._newsroom.database.rows(
            "SELECT number FROM outbox WHERE state = 'failed' AND why = ?", (INTERNAL_SOURCE,)
        )
        refused = [f"#{channel.name}: post #{number} is failed" for (number,) in failed]
        found.wrong = [wrong for wrong in found.wrong if wrong not in refused]
        self._tally += found
        return self._tally

    def _watch(self) -> None:
        """Check the bot's posts against `/margin`, and cause the planned faults."""
        hold_to_margin(self._newsroom.app, self._untrue)
        channels = self._newsroom.channels
        send = channels.send

        async def troubled(channel: int, message: OutgoingMessage) -> int:
            if self._trouble is None or channel != COUNT:
                return await send(channel, message)
            trouble, self._trouble = self._trouble, None
            if trouble == "unknown":
                await send(channel, message)
            for event in self._troubles:
                await self._happens(event, at_work=True)
            if trouble == "closed":
                raise ClosedError("missing access")
            if trouble == "lost" and self._dice.random() < 0.3:
                raise LaterError("slow down", 1)
            raise UnknownError("no answer")

        channels.send = troubled  # set before the check against /margin

    def _untrue(self, problem: str) -> None:
        self._tally.untrue += 1
        self._tally.wrong.append(f"{self._name}, {self._told}: {problem}")

    async def _wait_for(self, reason: Reason) -> None:
        newsroom = self._newsroom
        match reason:
            case "mute the leading" | "mute another":
                leads = await self._leads()
                source = leads if reason == "mute the leading" else self._other(leads)
                await newsroom.control_store.mute(SERVER, source, WHO)
            case "pause":
                await newsroom.control_store.pause(SERVER, WHO, None)
            case "quiet":
                await self._prefer(FollowPreferences(quiet=self._hours_from_now(), through=self._dice.random() < 0.5))
            case "publish":
                await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
            case "closed" | "unknown" | "lost":
                self._trouble, self._troubles = reason, self._dice.choices(EVENTS[:-1], k=self._dice.randint(0, 3))
            case "stopped":
                await newsroom.publisher.stop()
                self._down = True

    async def _end_of(self, reason: Reason) -> None:
        newsroom = self._newsroom
        self._trouble = None
        match reason:
            case "mute the leading" | "mute another":
                for source in await newsroom.control_store.muted(SERVER):
                    await newsroom.control_store.unmute(SERVER, source, WHO, None)
            case "pause":
                await newsroom.control_store.resume(SERVER, WHO, None)
            case "quiet":
                await self._pass(timedelta(hours=7))
                await self._prefer(FollowPreferences())
            case "publish":
                await self._decide()
                await newsroom.control.set_public(COUNT, SERVER, WHO, public=False)
            case "stopped":
                self._down = False
                await newsroom.publisher.start()
        await newsroom.publisher.wake_server(SERVER)

    async def _decide(self) -> None:
        """Publish or discard the waiting posts. Sometimes one more event comes first."""
        for _ in range(20):
            await self._settle()
            rows = await self._newsroom.database.rows("SELECT id FROM outbox WHERE state = 'awaiting' ORDER BY id")
            if not rows:
                return
            if self._dice.random() < 0.3:
                await self._happens(self._dice.choice(EVENTS[:11]))
            press: ApprovalPress = self._dice.choice(("publish", "publish", "drop"))
            await self._newsroom.rooms.outbox.approval.press(press, rows[0][0], SERVER, WHO)
        raise AssertionError("it is shown again and again")

    async def _happens(self, event: Event, *, at_work: bool = False) -> None:
        leads = await self._leads()
        other = self._other(leads)
        match event:
            case "behind" | "agrees" | "differs":
                await self._compares(event, other, self._votes[leads])
            case "says":
                await self._enter(self._votes[leads])
            case "reports":
                await self._report()
            case "switch":
                with suppress(BadInputError):
                    contest = self._newsroom.following.contest("ga")
                    await self._newsroom.leading.lead(contest, other, SERVER, WHO, None)
            case "later":
                minutes = self._dice.choice((1, 3, 20, 70, 200))
                await self._pass(timedelta(minutes=minutes), at_work=at_work)
            case "restart":
                await self._restart()
            case _:
                await self._moves(event, leads, at_work=at_work)
        if not at_work:
            await self._settle()

    async def _moves(self, event: Event, leads: str, *, at_work: bool) -> None:
        """Change the leading source's count."""
        count, dice = self._votes[leads], self._dice
        ahead = 0 if count[0] >= count[1] else 1
        before = []
        if event == "small":
            count[dice.randint(0, 1)] += dice.randint(1, 20)
        elif event == "turn":
            count[1 - ahead] = count[ahead] + dice.randint(1, 300)
        elif event == "tie":
            count[1 - ahead] = count[ahead]
        elif event == "fall":
            count[ahead] -= dice.randint(1, min(300, count[ahead] - 1))
        else:
            count[dice.randint(0, 1)] += dice.randint(100, 400)
        if event == "two":
            before = [self._reading(leads)]
            count[dice.randint(0, 1)] += dice.randint(1, 400)
        self._in_cobb += dice.choice((0, 0, 0, 40, 300))
        await self._read(leads, *before)
        if event == "fall" and dice.random() < 0.8:  # most falls are repeated, and so confirmed
            await self._pass(timedelta(seconds=61), at_work=at_work)
            await self._newsroom.ingest.accept(Delivery(leads, unchanged={("ga", "election")}))

    async def _compares(self, event: Event, other: str, count: list[int]) -> None:
        """Make another source publish the leading source's count, an earlier count, or a different one."""
        if event == "behind":
            self._votes[other] = [max(one - self._dice.randint(0, 200), 1) for one in count]
        elif event == "agrees":
            self._votes[other] = [*count]
        else:
            self._votes[other] = [one + self._dice.randint(1, 300) for one in count]
        await self._read(other)

    async def _restart(self) -> None:
        trouble, down = self._trouble, self._down
        await self._newsroom.restart()
        await self._newsroom.connect()
        self._trouble = trouble
        self._watch()
        if not down:
            await self._newsroom.publisher.start()

    async def _read(self, source: str, *before: Reading) -> None:
        await self._pass(timedelta(seconds=self._dice.choice((5, 40, 90))), at_work=True)
        await self._newsroom.ingest.accept(delivery([*before, self._reading(source)]))

    def _reading(self, source: str) -> Reading:
        biden, trump = self._votes[source]
        said = {"source": source, "contest": "ga", "as_of": self._newsroom.clock.now()}
        units = {"Cobb": {"total": self._in_cobb}}
        return Reading.model_validate(said | {"votes": {"biden": biden, "trump": trump}, "units": units})

    async def _enter(self, count: list[int]) -> None:
        margin = abs(count[0] - count[1]) + self._dice.choice((0, 0, 7, 400))
        statement = Statement.model_validate(
            {
                "contest": "ga",
                "source": "reporter",
                "as_of": self._newsroom.clock.now(),
                "leader": self._dice.choice(("biden", "trump")),
                "margin": margin,
            }
        )
        with suppress(BadInputError):
            await self._newsroom.statements.take_in(statement, SERVER, WHO)

    async def _report(self) -> None:
        votes, whose = self._dice.choice((40, 300)), self._dice.choice(("biden", "trump"))
        statement = Statement.model_validate(
            {
                "contest": "ga",
                "source": self._dice.choice(("reporter", "ap")),
                "as_of": self._newsroom.clock.now(),
                "batch": {"votes": votes, "units": ["Cobb"], "net": {"candidate": whose, "votes": votes // 2}},
            }
        )
        await self._newsroom.statements.take_in(statement, SERVER, WHO)

    async def _pass(self, time: timedelta, *, at_work: bool = False) -> None:
        """Move both clocks forward, and make the bot do what falls due.

        With `at_work`, the bot is already sending, and does nothing else.
        """
        self._newsroom.clock.set(self._newsroom.clock.now() + time)
        self._newsroom.wall.move(time.total_seconds())
        if not at_work:
            await self._newsroom.app.due.look()

    async def _settle(self) -> None:
        if not self._down:
            await self._newsroom.publisher.drained()

    async def _prefer(self, preferences: FollowPreferences) -> None:
        await self._newsroom.follow(COUNT, preferences=preferences)

    def _hours_from_now(self) -> tuple[int, int]:
        local = self._newsroom.clock.now().astimezone(self._newsroom.desk.desk.zone)
        minute = local.hour * 60 + local.minute
        return minute, (minute + 6 * 60) % (24 * 60)

    async def _leads(self) -> str:
        contest = await self._newsroom.query.with_leading_source(self._newsroom.following.contest("ga"), SERVER)
        return contest.leads

    @staticmethod
    def _other(leads: str) -> str:
        return "ga-sos" if leads == "times" else "times"
