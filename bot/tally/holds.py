"""The desk answers a held reading with a button: post it, drop it, or be asked again later.

A button's key names the hold (series and when it began) and has a digest of votes and total (`held_key`), so it decides
only about the figures that it was posted with. After newer ones came in it decides nothing, and answers with both and
with buttons about the newest. Wait is one server's: it asks that desk again (`hold_waits`) and keeps no other from
answering. Only the servers that the operator names settle (`Setting.settled`).
"""

from datetime import timedelta
from typing import Literal, get_args

from bot.clock import Clock
from bot.database.database import from_micros
from bot.desk.desk_file import Contest
from bot.errors import TallydeskError
from bot.outbox.rows import Wake
from bot.tally.holds_store import HoldStore, hold_key
from bot.tally.holds_words import (
    Held,
    held_answer,
    hold_answer,
    newer_answer,
    not_settled,
    settled_answer,
    wait_answer,
    wait_words,
)
from bot.tally.intake import Intake
from bot.wording.context import Setting
from bot.wording.draft import Answer

HoldPress = Literal["post", "wait", "drop"]


HOLD_PRESSES: tuple[HoldPress, ...] = get_args(HoldPress)

ASK_AGAIN = timedelta(minutes=15)
"""How long Wait waits, by the news clock: as long as a hold has before the desk is asked the first time."""


class Holds:
    """Answers holds; each is answered once, for every server that follows the contest."""

    def __init__(self, store: HoldStore, ingest: Intake, setting: Setting, clock: Clock, wake: Wake) -> None:
        """Decide through `ingest`; `wake` is called with the channels whose notices are edited."""
        self._store = store
        self._ingest = ingest
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
        hold, now = hold_key(series, began), self._clock.now()
        key = f"{hold}:{figures}"
        held = await self._held(hold, server)
        if held is not None and held.key == key:
            if answer := await self._decide(press, held, series, server, who):
                return Answer(answer)
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

    async def _decide(self, press: HoldPress, held: Held, series: int, server: int, who: str) -> str | None:
        """Do with what is held what `press` says and return the answer; None: it is not held any more."""
        contest, now = self._setting.desk.contest(held.contest), self._clock.now()
        if contest is None:
            return None
        if press != "wait":
            post = press == "post"
            settled = await self._ingest.settle(contest.id, held.key, server, who, post=post)
            return settled_answer(contest, settled, self._setting, now, post=post) if settled else None
        ask_at = now + ASK_AGAIN
        words = wait_words(who, ask_at, self._setting, now)
        waits, wake = await self._store.wait(series, held.since, server, who, now, ask_at, words)
        self._wake(wake)
        return wait_answer(ask_at, self._setting, now) if waits else None
