"""The desk answers a held reading with a button: post it, discard it, or be asked again later.

- A button's key names the hold (series and when it began) and has a digest of votes and total (`held_key`), so it decides
  only about the figures that it was posted with. Once newer ones have come in it decides nothing, and answers with both
  and with buttons about the newest.
- Post asks once more before it does (`sure`). Where the desk wants two people, Post and Discard ask a second one
  (`hold_asks`). Both can be undone for two minutes; what was posted can be withdrawn as long as the count rests on it.
- Wait is one server's: that desk is asked again (`hold_waits`), and any other may answer meanwhile.
- Only the servers that the operator names may settle a hold (`Setting.settled`).
"""

from datetime import datetime, timedelta
from typing import Literal, get_args

from bot.clock import Clock
from bot.database.database import from_micros
from bot.desk.desk_file import Contest
from bot.errors import TallydeskError
from bot.outbox.room import OutboxRoom
from bot.tally.holds_store import HoldStore, hold_key
from bot.tally.holds_words import (
    Held,
    HoldOutcome,
    LetThrough,
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
    withdraw_button,
    withdraw_question,
)
from bot.tally.intake import Intake
from bot.tally.withdrawal_store import Undoing
from bot.wording.context import Setting
from bot.wording.draft import Answer, Button
from bot.wording.escape import stopped
from bot.wording.undo import undo_time

HoldPress = Literal["post", "sure", "wait", "drop", "undo", "confirm", "reject", "withdraw", "withdrawn", "again"]
"""`withdraw`: asks what becomes of a held reading that was posted; `withdrawn`: does it; `again`: undoes that."""

HOLD_PRESSES: tuple[HoldPress, ...] = get_args(HoldPress)

ASK_AGAIN = timedelta(minutes=15)
"""How long Wait waits, by the news clock: as long as a hold has before the desk is asked the first time."""

_OF_POSTED = ("withdraw", "withdrawn", "confirm", "reject")
"""Presses about what was held and posted; `confirm` and `reject` also about what is held."""

_NOBODY_ASKS = "That question is closed."


class Holds:
    """Takes a desk's answers to holds; the first answer counts for every server that follows the contest."""

    def __init__(self, store: HoldStore, intake: Intake, outbox: OutboxRoom, setting: Setting, clock: Clock) -> None:
        """Decide through `intake`; `outbox` says what posts wait for."""
        self._store = store
        self._outbox = outbox
        self._intake = intake
        self._setting = setting
        self._clock = clock

    async def held(self, contest: Contest, server: int) -> Answer:
        """Return what is held of a contest, with the choices about it.

        Raises:
            TallydeskError: the server's desk does not settle what is held.

        """
        self._check(server)
        holds = [held for held in await self._store.held(server) if held.contest == contest.id]
        posted = [one for one in await self._store.let_through(server) if one.held.contest == contest.id]
        return held_answer(contest, holds, posted, self._setting, self._clock.now())

    async def open(self, server: int) -> list[Held]:
        """Return what is held of the contests that a server follows."""
        return await self._store.held(server)

    async def let_through(self, server: int) -> list[LetThrough]:
        """Return the held readings that desks posted and counts still rest on, of a server's contests, newest first."""
        return await self._store.let_through(server)

    async def last_decided(self, contest: str) -> tuple[int, datetime] | None:
        """Return (series, since when) of the hold of a contest on which an editor decided last; None: there is none."""
        return await self._store.last_decided(contest)

    async def press(
        self, press: HoldPress, series: int, since: int, figures: str | None, server: int, who: str
    ) -> Answer:
        """Do what a button says and return the answer. A late press, or one in another server, changes nothing.

        `since` is when the hold began, in microseconds of the news clock. With the series and the digest of the figures
        (None: the button has none) it makes the key of the one reading that the button decides about.

        Raises:
            TallydeskError: the server's desk does not settle what is held.

        """
        self._check(server)
        began = from_micros(since)
        hold, now = hold_key(series, began), self._clock.now()
        key = f"{hold}:{figures}"
        if press in ("undo", "again"):
            return await self._undo(series, began, key, server, who, "undo" if press == "undo" else "again")
        if press in _OF_POSTED and (posted := await self._let_through(key, server)):
            return await self._decide_posted(press, posted, series, server, who)
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

    async def _let_through(self, key: str, server: int) -> LetThrough | None:
        """Return the held reading with a key that was posted; None: its count rests on it no more, or never did."""
        return next((one for one in await self._store.let_through(server) if one.held.key == key), None)

    async def _decide_posted(self, press: HoldPress, posted: LetThrough, series: int, server: int, who: str) -> Answer:
        """Withdraw a held reading that was posted: what would come of it is shown first."""
        now, held = self._clock.now(), posted.held
        second = await self._outbox.two_person.asks_two(server, now)
        match press:
            case "withdraw":
                would = await self._intake.undo(series, held.since, server, who, "withdraw", look=True)
                if would.undone.refused:
                    return Answer(undone_answer(would.undone, None, self._setting, now))
                goes = await self._outbox.suspensions.delivery(
                    server, [post.channel for post in would.posts], [held.source]
                )
                texts = list(dict.fromkeys(post.draft.headline for post in would.posts if post.draft))
                words = withdraw_question(posted, would.undone, texts, goes, self._setting, now, second=second)
                return Answer(words, (), (Button("Withdraw", f"hold:withdrawn:{held.key}", "danger"),))
            case "withdrawn" if second:
                return await self._ask("withdraw", held, series, server, who) or Answer(_NOBODY_ASKS)
            case "withdrawn":
                return await self._withdraw(posted, series, server, who)
            case _:
                return await self._answer_withdrawal(posted, series, server, who, confirm=press == "confirm")

    async def _answer_withdrawal(
        self, posted: LetThrough, series: int, server: int, who: str, *, confirm: bool
    ) -> Answer:
        """Take a second person's answer to whether a reading is withdrawn."""
        since, said = posted.held.since, rejected_words(who, self._clock.now(), self._setting, posted=True)
        asked = await self._store.answer(series, since, server, who, said, confirm=confirm)
        if asked is None:
            return Answer(_NOBODY_ASKS)
        if not confirm:
            return Answer("**Rejected.** It stays as posted.")
        return await self._withdraw(posted, series, server, asked[1], who)

    async def _withdraw(
        self, posted: LetThrough, series: int, server: int, who: str, confirmed_by: str | None = None
    ) -> Answer:
        done = (await self._intake.undo(series, posted.held.since, server, who, "withdraw", confirmed_by)).undone
        contest, now = self._setting.desk.contest(posted.held.contest), self._clock.now()
        words = undone_answer(done, contest, self._setting, now)
        if done.refused:
            return Answer(words)
        till = stopped(f"You can undo it {undo_time(self._setting, now)}")
        return Answer(f"{words} {till}", (), (Button("Undo", f"hold:again:{posted.held.key}"),))

    async def _decide(self, press: HoldPress, held: Held, series: int, server: int, who: str) -> Answer | None:
        """Do what `press` says with a held reading and return the answer; None: it is not held any more."""
        now = self._clock.now()
        match press:
            case "wait":
                return await self._wait(held, series, server, who, now)
            case "post":
                second = await self._outbox.two_person.asks_two(server, now)
                return sure_answer(held, self._setting, now, second=second)
            case "confirm" | "reject":
                return await self._answer(press, held, series, server, who)
            case _:
                wants: HoldOutcome = "post" if press == "sure" else "drop"
                if await self._outbox.two_person.asks_two(server, now):
                    return await self._ask(wants, held, series, server, who)
                return await self._settle(held, server, who, wants)

    async def _wait(self, held: Held, series: int, server: int, who: str, now: datetime) -> Answer | None:
        ask_at = now + ASK_AGAIN
        words = wait_words(who, ask_at, self._setting, now)
        waits = await self._store.wait(series, held.since, server, who, ask_at, words)
        return Answer(wait_answer(ask_at, self._setting, now)) if waits else None

    async def _settle(
        self, held: Held, server: int, who: str, wants: HoldOutcome, confirmed_by: str | None = None
    ) -> Answer | None:
        contest, now, post = self._setting.desk.contest(held.contest), self._clock.now(), wants == "post"
        if contest is None:
            return None
        settled = await self._intake.settle(contest.id, held.key, server, who, post=post, confirmed_by=confirmed_by)
        if settled is None:
            return None
        goes = await self._outbox.suspensions.delivery(server, settled.channels, [settled.source])
        words = settled_answer(contest, settled.reading, goes, self._setting, now, post=post)
        return Answer(words, (), (undo_button(held.key),))

    async def _ask(self, wants: HoldOutcome, held: Held, series: int, server: int, who: str) -> Answer | None:
        """Ask a second person; None: the desk file no longer has the contest or the source."""
        question = confirm_question(held, wants, who, self._setting, self._clock.now())
        if question is None:
            return None
        desk = await self._store.ask(series, held, wants, server, who, question)
        return Answer(asked_answer(desk, wants))

    async def _answer(
        self, press: Literal["confirm", "reject"], held: Held, series: int, server: int, who: str
    ) -> Answer | None:
        """Take a second person's answer."""
        rejected = rejected_words(who, self._clock.now(), self._setting, posted=False)
        asked = await self._store.answer(series, held.since, server, who, rejected, confirm=press == "confirm")
        if asked is None:
            return Answer(f"{_NOBODY_ASKS} It is still held.")
        if press == "reject":
            return Answer("**Rejected.** It stays held.")
        return await self._settle(held, server, asked[1], asked[0], confirmed_by=who)

    async def _undo(self, series: int, since: datetime, key: str, server: int, who: str, how: Undoing) -> Answer:
        done = (await self._intake.undo(series, since, server, who, how)).undone
        contest = self._setting.desk.contest(done.reading.contest) if done.reading else None
        words = undone_answer(done, contest, self._setting, self._clock.now(), again=how == "again")
        late = await self._let_through(key, server) if done.refused == "late" else None
        return Answer(words, (), withdraw_button(late.held) if late else ())
