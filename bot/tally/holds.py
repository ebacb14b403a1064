"""A desk answers a held reading with a button: post it, drop it, or be asked again later."""

from datetime import timedelta
from typing import Literal, get_args

from bot.clock import Clock
from bot.database.database import from_micros
from bot.desk.desk_file import Contest
from bot.outbox.rows import Wake, hold_key
from bot.tally.holds_store import HoldStore
from bot.tally.holds_words import hold_answer, settled_answer, wait_answer, wait_words
from bot.tally.intake import Ingest
from bot.wording.context import Setting

HoldPress = Literal["post", "wait", "drop"]


HOLD_PRESSES: tuple[HoldPress, ...] = get_args(HoldPress)

ASK_AGAIN = timedelta(minutes=15)
"""How long Wait waits, by the news clock: as long as a hold has before the desk is asked the first time."""


class Holds:
    """Answers holds; each is answered once, for every server that follows the contest."""

    def __init__(self, store: HoldStore, ingest: Ingest, setting: Setting, clock: Clock, wake: Wake) -> None:
        """Decide through `ingest`; `wake` is called with the channels whose notices are edited."""
        self._store = store
        self._ingest = ingest
        self._setting = setting
        self._clock = clock
        self._wake = wake

    async def settle(self, contest: Contest, server: int, who: str, *, post: bool) -> str:
        """Let all that is held of a contest through, or drop it; return the answer."""
        settled = await self._ingest.settle(contest.id, server, who, post=post)
        return settled_answer(contest, settled, self._setting, self._clock.now(), post=post)

    async def press(self, press: HoldPress, series: int, since: int, server: int, who: str) -> str:
        """Do what a button says and return the answer; late, or of another server, it changes nothing.

        `since` is when the hold began, in microseconds of the news clock: with the series that is the button's key.
        """
        began = from_micros(since)
        state = await self._store.state(series, began, server)
        contest = self._setting.desk.contest(state.contest) if state else None
        now = self._clock.now()
        if state is None or contest is None or state.settled_at is not None:
            return hold_answer(state, self._setting, now)
        if press == "wait":
            ask_at = now + ASK_AGAIN
            words = wait_words(who, ask_at, self._setting, now)
            waits, wake = await self._store.wait(series, began, server, who, now, ask_at, words)
            self._wake(wake)
            if waits:
                return wait_answer(ask_at, self._setting, now)
        else:
            post, only = press == "post", hold_key(series, began)
            if settled := await self._ingest.settle(contest.id, server, who, post=post, only=only):
                return settled_answer(contest, settled, self._setting, now, post=post)
        return hold_answer(await self._store.state(series, began, server), self._setting, now)
