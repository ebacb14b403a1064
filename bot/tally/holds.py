"""The desk answers a held reading with a button: post it, drop it, or be asked again later.

A button's key names the hold (series and when it began) and has a digest of votes and total (`held_key`), so it decides
only about the figures that it was posted with. Post asks once more before it does (`sure`); where the desk wants two
people, Post and Drop ask a second one (`hold_asks`); and for two minutes both can be undone. After newer ones came in it decides nothing, and answers with both and
with buttons about the newest. Wait is one server's: it asks that desk again (`hold_waits`) and keeps no other from
answering. Only the servers that the operator names settle (`Setting.settled`).
"""

from datetime import datetime, timedelta
from typing import Literal, get_args

from bot.clock import Clock
from bot.database.database import from_micros
from bot.desk.desk_file import Contest
from bot.errors import TallydeskError
from bot.outbox.rows import Wake
from bot.outbox.suspensions_store import SuspensionStore
from bot.tally.holds_store import HoldStore, hold_key
from bot.tally.holds_words import (
    Decided,
    Held,
    asked_answer,
    confirm_question,
    held_answer,
    hold_answer,
    newer_answer,
    not_settled,
    rejected_words,
    settled_answer,
    sure_answer,
    undo_button,
    undone_answer,
    wait_answer,
    wait_words,
)
from bot.tally.intake import Intake
from bot.tally.withdrawal_store import UNDO
from bot.wording.context import Setting
from bot.wording.draft import Answer

HoldPress = Literal["post", "sure", "wait", "drop", "undo", "confirm", "reject"]


HOLD_PRESSES: tuple[HoldPress, ...] = get_args(HoldPress)

ASK_AGAIN = timedelta(minutes=15)
"""How long Wait waits, by the news clock: as long as a hold has before the desk is asked the first time."""


class Holds:
    """Answers holds; each is answered once, for every server that follows the contest."""

    def __init__(
        self,
        store: HoldStore,
        intake: Intake,
        suspensions: SuspensionStore,
        setting: Setting,
        clock: Clock,
        wake: Wake,
    ) -> None:
        """Decide through `intake`; `suspensions` says what posts wait for; `wake` is called with channels of notices."""
        self._store = store
        self._suspensions = suspensions
        self._intake = intake
        self._setting = setting
        self._clock = clock
        self._wake = wake

    async def held(self, contest: Contest, server: int) -> Answer:
        """Return what is held of a contest, with the choices about it.

        Raises:
            TallydeskError: the server's desk does not settle what is held.

        """
        self._check(server)
        holds = [held for held in await self._store.held(server) if held.contest == contest.id]
        return held_answer(contest, holds, self._setting, self._clock.now())

    async def open(self, server: int) -> list[Held]:
        """Return what is held of the contests that a server follows."""
        return await self._store.held(server)

    async def last_decided(self, contest: str) -> tuple[int, datetime] | None:
        """Return (series, since when) of the hold of a contest on which an editor decided last; None: there is none."""
        return await self._store.last_decided(contest)

    async def press(
        self, press: HoldPress, series: int, since: int, figures: str | None, server: int, who: str
    ) -> Answer:
        """Do what a button says and return the answer; late, or of another server, it changes nothing.

        `since` is when the hold began, in microseconds of the news clock: with the series and the digest of the figures
        (None: a button that has none) that is the key of the reading that the button decides about, and of no other.

        Raises:
            TallydeskError: the server's desk does not settle what is held.

        """
        self._check(server)
        began = from_micros(since)
        if press == "undo":
            return await self._undo(series, began, server, who)
        hold, now = hold_key(series, began), self._clock.now()
        key = f"{hold}:{figures}"
        held = await self._held(hold, server)
        if held is not None and held.key == key:
            if answer := await self._decide(press, held, series, server, who):
                return answer
            held = await self._held(hold, server)  # somebody else, or the source, was quicker
        if held is not None:
            shown = await self._store.shown(key, series, began)
            if asked := newer_answer(held, shown, self._setting, now):
                return asked
        return Answer(hold_answer(await self._store.state(series, began, server), self._setting, now))

    def _check(self, server: int) -> None:
        if (settled := self._setting.settled(server)) != "here":
            raise TallydeskError(not_settled(settled))

    async def _held(self, hold: str, server: int) -> Held | None:
        """Return what waits in a hold; None: it has ended, or no channel of the server follows its contest."""
        return next((held for held in await self._store.held(server) if held.key.startswith(f"{hold}:")), None)

    async def _decide(self, press: HoldPress, held: Held, series: int, server: int, who: str) -> Answer | None:
        """Do with what is held what `press` says and return the answer; None: it is not held any more."""
        now = self._clock.now()
        match press:
            case "wait":
                return await self._wait(held, series, server, who, now)
            case "post":
                second = await self._suspensions.asks_two(server, now)
                return sure_answer(held, self._setting, now, second=second)
            case "confirm" | "reject":
                return await self._answer(press, held, series, server, who)
            case _:
                wants: Decided = "post" if press == "sure" else "drop"
                if await self._suspensions.asks_two(server, now):
                    return await self._ask(wants, held, series, server, who)
                return await self._settle(held, server, who, wants)

    async def _wait(self, held: Held, series: int, server: int, who: str, now: datetime) -> Answer | None:
        ask_at = now + ASK_AGAIN
        words = wait_words(who, ask_at, self._setting, now)
        waits, wake = await self._store.wait(series, held.since, server, who, now, ask_at, words)
        self._wake(wake)
        return Answer(wait_answer(ask_at, self._setting, now)) if waits else None

    async def _settle(
        self, held: Held, server: int, who: str, wants: Decided, confirmed_by: str | None = None
    ) -> Answer | None:
        contest, now, post = self._setting.desk.contest(held.contest), self._clock.now(), wants == "post"
        if contest is None:
            return None
        settled = await self._intake.settle(contest.id, held.key, server, who, post=post, confirmed_by=confirmed_by)
        if settled is None:
            return None
        goes = await self._suspensions.delivery(server, settled.channels, [settled.source])
        words = settled_answer(contest, settled.reading, goes, now + UNDO, self._setting, now, post=post)
        return Answer(words, (), (undo_button(held.key),))

    async def _ask(self, wants: Decided, held: Held, series: int, server: int, who: str) -> Answer | None:
        """Ask a second person, once a hold."""
        now = self._clock.now()
        question = confirm_question(held, wants, who, self._setting, now)
        if question is None:
            return None
        desk, wake = await self._store.ask(series, held, wants, server, who, question, now)
        self._wake(wake)
        return Answer(asked_answer(desk, wants))

    async def _answer(
        self, press: Literal["confirm", "reject"], held: Held, series: int, server: int, who: str
    ) -> Answer | None:
        """Take a second person's answer."""
        now = self._clock.now()
        rejected = rejected_words(who, now, self._setting)
        asked, wake = await self._store.answer(
            series, held.since, server, who, now, rejected, confirm=press == "confirm"
        )
        self._wake(wake)
        if asked is None:
            return Answer("Nobody asks that any more. It is still held.")
        if press == "reject":
            return Answer("**Rejected.** It stays held.")
        return await self._settle(held, server, asked[1], asked[0], confirmed_by=who)

    async def _undo(self, series: int, since: datetime, server: int, who: str) -> Answer:
        key = await self._intake.undo(series, since, server, who)
        contest = self._setting.desk.contest(key.reading.contest) if key.reading else None
        return Answer(undone_answer(key, contest, self._setting, self._clock.now()))
