"""The buttons with which a desk settles a held reading: Post, Discard, or Wait to be asked again later.

- A button's key has the hold (its series and when it began) and a digest of the figures (`held_key`). The button therefore
  only decides about the figures it was posted with. Once newer figures are held, it changes nothing: the answer shows
  both readings, with buttons for the newer one.
- Post asks for a confirmation first (`sure`). If the server requires two people, Post and Discard ask a second one
  (`HoldDecisionStore`). Both can be undone for two minutes. After that, a posted reading can be withdrawn while the count
  still rests on it.
- Wait is for one server: its desk is asked again later (`hold_waits`), and other desks can still decide meanwhile.
- Only the servers that the operator names may settle a hold (`Setting.settled`).
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal, get_args

from bot.clock import Clock
from bot.count.judgement import DROPPED, POSTED
from bot.database.database import from_micros
from bot.desk.desk_file import Contest
from bot.errors import TallydeskError
from bot.outbox.proposals_store import Asker
from bot.outbox.room import OutboxRoom
from bot.tally.hold_decisions_store import HoldDecision, HoldDecisionStore, HoldRefusedError, NotHeldError
from bot.tally.holds_store import HoldStore, hold_key
from bot.tally.holds_words import (
    HeldReading,
    HoldOutcome,
    PostedHold,
    Undone,
    confirm_question,
    held_answer,
    hold_answer,
    newer_answer,
    not_settled,
    second_person_answer,
    settled_answer,
    sure_answer,
    undo_button,
    undone_answer,
    wait_answer,
    wait_words,
    withdraw_button,
    withdraw_question,
)
from bot.tally.intake import HoldDecided, Withdrawn
from bot.wording.card import Button, Card
from bot.wording.context import Setting
from bot.wording.escape import stopped
from bot.wording.undo import undo_time

HoldPress = Literal["post", "sure", "wait", "drop", "undo", "confirm", "reject", "withdraw", "withdrawn", "again"]
"""`withdraw` shows what withdrawing a posted reading would do, `withdrawn` does it, and `again` undoes the withdrawal."""

HOLD_PRESSES: tuple[HoldPress, ...] = get_args(HoldPress)

ASK_AGAIN = timedelta(minutes=15)
"""How long a desk that pressed Wait is not asked again, by the news clock. As long as `HOLD_AT_MOST`."""

_OF_POSTED = ("withdraw", "withdrawn", "confirm", "reject")
"""Buttons about a held reading that was posted. `confirm` and `reject` can also be about a reading that is still
held.
"""

_NOBODY_ASKS = "That question is closed."


class Holds:
    """The service that applies desks' decisions on held readings.

    The first decision applies to every server that follows the contest.
    """

    def __init__(
        self, store: HoldStore, decisions: HoldDecisionStore, outbox: OutboxRoom, setting: Setting, clock: Clock
    ) -> None:
        """Create the service that decides on holds.

        Holds are read from `store`, and decisions are stored in `decisions`. `outbox` is asked whether posts are
        paused, and whether a server requires two people.
        """
        self._store = store
        self._decisions = decisions
        self._outbox = outbox
        self._setting = setting
        self._clock = clock

    async def held(self, contest: Contest, server: int) -> Card:
        """Return a card with buttons for a contest's readings on hold, and for those that a desk posted from a hold.

        Raises:
            TallydeskError: this server's desk may not decide on readings on hold.
        """
        self._check(server)
        holds = [hold for hold in await self._store.held(server) if hold.contest == contest.id]
        posted = [one for one in await self._store.posted_holds(server) if one.held.contest == contest.id]
        return held_answer(contest, holds, posted, self._setting, self._clock.now())

    async def open(self, server: int) -> list[HeldReading]:
        """Return the readings that are now on hold in the contests that a server follows."""
        return await self._store.held(server)

    async def posted_holds(self, server: int) -> list[PostedHold]:
        """Return the held readings that a desk posted and that are still the basis of a count, newest first.

        Only contests that the server follows are included.
        """
        return await self._store.posted_holds(server)

    async def last_decided(self, contest: str) -> tuple[int, datetime] | None:
        """Return the hold that an editor decided last in a contest, as (series, when it began), or None."""
        return await self._store.last_decided(contest)

    async def decide(self, hold: HeldReading, wants: HoldOutcome, asker: Asker) -> HoldDecided | Withdrawn | None:
        """Post, drop or withdraw a held reading, as the editor `asker` wants, without asking a second person.

        Returns the decision's effects, or the result of the withdrawal if `wants` is "withdraw". None if the reading
        is no longer on hold.

        Raises:
            HoldRefusedError: the reading can't be withdrawn.
        """
        with suppress(NotHeldError):
            return (await self._decisions.decide(asker, _decision(hold, wants)))[1]
        return None

    async def undo(self, series: int, since: datetime, asker: Asker, *, withdrawn: bool = False) -> Undone:
        """Undo the last decision of the asker's desk on a hold.

        With `withdrawn`, undo that desk's withdrawal of a posted reading instead. If nothing can be undone, `refused`
        in the result has the reason.
        """
        key = await self._decisions.decided(hold_key(series, since), asker.server, withdrawn=withdrawn)
        if key is None:
            state = await self._store.state(series, since, asker.server)
            elsewhere = state and state.outcome in (POSTED, DROPPED) and state.settled_in != asker.server
            return Undone("elsewhere" if elsewhere and not withdrawn else "gone")
        try:
            return (await self._decisions.undo(key, asker))[1]
        except HoldRefusedError as refused:
            return refused.undone

    async def press(self, press: HoldPress, series: int, since: int, figures: str | None, asker: Asker) -> Card:
        """Handle a press of a hold's button, and return the answer. A press that comes too late changes nothing.

        Args:
            press: which button.
            series: the series of the hold.
            since: when the hold began, in microseconds of the news clock.
            figures: the digest of the figures that the button decides about; None if the button has none.
            asker: who pressed the button, and in which server.

        Raises:
            TallydeskError: this server's desk may not decide on readings on hold.
        """
        self._check(asker.server)
        began = from_micros(since)
        hold, now = hold_key(series, began), self._clock.now()
        key = f"{hold}:{figures}"
        if press in ("undo", "again"):
            return await self._undo(series, began, key, asker, again=press == "again")
        if press in _OF_POSTED and (posted := await self._posted_hold(key, asker.server)):
            return await self._decide_posted(press, posted, asker)
        held = await self._held(hold, asker.server)
        if held is not None and held.key == key:
            if answer := await self._decide(press, held, asker):
                return answer
            held = await self._held(hold, asker.server)  # somebody else, or the source, was quicker
        if held is not None:
            shown = await self._store.shown(key, series, began)
            if asked := newer_answer(held, shown, self._setting, now):
                return asked
        state = await self._store.state(series, began, asker.server)
        text = hold_answer(state, self._setting, now)
        if press in ("confirm", "reject") and (state is None or state.settled_at is not None):
            await self._decisions.close(hold, asker.server, text)
        return Card.of(text)

    def _check(self, server: int) -> None:
        if (settled := self._setting.settled(server)) != "here":
            raise TallydeskError(not_settled(settled))

    async def _held(self, hold: str, server: int) -> HeldReading | None:
        """Return the reading that is now on hold under the key `hold`.

        None if the hold has ended, or the server does not follow its contest.
        """
        return next((held for held in await self._store.held(server) if held.key.startswith(f"{hold}:")), None)

    async def _posted_hold(self, key: str, server: int) -> PostedHold | None:
        """Return the posted reading with this key.

        None if the reading is no longer the basis of the count, or was never posted.
        """
        return next((one for one in await self._store.posted_holds(server) if one.held.key == key), None)

    async def _decide_posted(self, press: HoldPress, posted: PostedHold, asker: Asker) -> Card:
        """Handle a press about a held reading that was posted, and return the answer.

        The buttons preview a withdrawal, carry it out, or confirm it.
        """
        now, hold = self._clock.now(), posted.held
        second = await self._outbox.two_person.is_two_person(asker.server, now)
        match press:
            case "withdraw":
                return await self._ask_to_withdraw(posted, asker, second=second)
            case "withdrawn" if second:
                return await self._ask("withdraw", hold, asker) or Card.of(_NOBODY_ASKS)
            case "withdrawn":
                try:
                    done = await self.decide(hold, "withdraw", asker)
                except HoldRefusedError as refused:
                    return Card.of(undone_answer(refused.undone, None, self._setting, now))
                return await self._answer(hold, "withdraw", done, asker.server) or Card.of(_NOBODY_ASKS)
            case _:
                return await self._answer_question(press, hold, asker, _NOBODY_ASKS, "It stays as posted.") or Card.of(
                    _NOBODY_ASKS
                )

    async def _ask_to_withdraw(self, posted: PostedHold, asker: Asker, *, second: bool) -> Card:
        """Return a preview of withdrawing a posted reading.

        With `second`, add that another person has to confirm it.
        """
        now, hold, store = self._clock.now(), posted.held, self._decisions
        try:
            would = await store.preview(store.unsaved_proposal(asker, _decision(hold, "withdraw"), now))
        except HoldRefusedError as refused:
            return Card.of(undone_answer(refused.undone, None, self._setting, now))
        assert isinstance(would, Withdrawn)  # noqa: S101 - a withdrawal returns nothing else
        goes = await self._outbox.suspensions.delivery(
            asker.server, [post.channel for post in would.posts], [hold.source]
        )
        texts = list(dict.fromkeys(post.card.headline for post in would.posts if post.card))
        words = withdraw_question(posted, would.undone, texts, goes, self._setting, now, second=second)
        return Card.of(words, buttons=(Button("Withdraw", f"hold:withdrawn:{hold.key}", "danger"),))

    async def _decide(self, press: HoldPress, hold: HeldReading, asker: Asker) -> Card | None:
        """Handle a press about a held reading, and return the answer. None if the reading is no longer held."""
        now = self._clock.now()
        match press:
            case "wait":
                return await self._wait(hold, asker, now)
            case "post":
                second = await self._outbox.two_person.is_two_person(asker.server, now)
                return sure_answer(hold, self._setting, now, second=second)
            case "confirm" | "reject":
                return await self._answer_question(
                    press, hold, asker, f"{_NOBODY_ASKS} It is still held.", "It stays held."
                )
            case _:
                wants: HoldOutcome = "post" if press == "sure" else "drop"
                if await self._outbox.two_person.is_two_person(asker.server, now):
                    return await self._ask(wants, hold, asker)
                return await self._answer(hold, wants, await self.decide(hold, wants, asker), asker.server)

    async def _wait(self, hold: HeldReading, asker: Asker, now: datetime) -> Card | None:
        ask_at = now + ASK_AGAIN
        words = wait_words(asker.name, ask_at, self._setting, now)
        series = int(hold.key.split(":")[0])
        waits = await self._store.wait(series, hold.since, asker.server, asker.name, ask_at, words)
        return Card.of(wait_answer(ask_at, self._setting, now)) if waits else None

    async def _ask(self, wants: HoldOutcome, hold: HeldReading, asker: Asker) -> Card | None:
        """Ask a second person to confirm the decision `wants`. Returns the answer to the asker.

        None if the desk file no longer has the contest or the source.
        """
        question = confirm_question(hold, wants, asker.name, self._setting, self._clock.now())
        if question is None:
            return None
        return Card.of(
            second_person_answer(await self._decisions.ask_about(_decision(hold, wants), hold, asker, question), wants)
        )

    async def _answer_question(
        self, press: HoldPress, hold: HeldReading, asker: Asker, nobody_asks: str, stays: str
    ) -> Card | None:
        """Handle a second person's Confirm or Reject, and return the answer. None if the reading is no longer on hold.

        `nobody_asks` is the answer if the question is closed already. `stays` is the last sentence of the answer to
        Reject.
        """
        key = await self._decisions.asked(hold.key.rpartition(":")[0], asker.server)
        if key is None:
            return Card.of(nobody_asks)
        if press == "reject":
            await self._decisions.reject(key, asker)
            return Card.of(f"**Rejected.** {stays}")
        try:
            asked, done = await self._decisions.confirm(key, asker)
        except NotHeldError:
            return None
        except HoldRefusedError as refused:
            return Card.of(undone_answer(refused.undone, None, self._setting, self._clock.now()))
        return await self._answer(hold, asked.what.wants, done, asker.server)

    async def _answer(
        self, hold: HeldReading, wants: HoldOutcome, done: HoldDecided | Withdrawn | None, server: int
    ) -> Card | None:
        """Return the answer after a decision on a hold, for the person who decided, with an Undo button.

        `done` has the effects of the decision `wants`, or is None if the reading was no longer on hold. In that case,
        or if the desk file no longer has the contest, the result is None.
        """
        contest, now = self._setting.desk.contest(hold.contest), self._clock.now()
        if isinstance(done, Withdrawn):
            words = undone_answer(done.undone, contest, self._setting, now)
            till = stopped(f"You can undo it {undo_time(self._setting, now)}")
            return Card.of(f"{words} {till}", buttons=(Button("Undo", f"hold:again:{hold.key}"),))
        if done is None or contest is None:
            return None
        goes = await self._outbox.suspensions.delivery(server, done.channels, [done.source])
        words = settled_answer(contest, done.reading, goes, self._setting, now, post=wants == "post")
        return Card.of(words, buttons=(undo_button(hold.key),))

    async def _undo(self, series: int, since: datetime, key: str, asker: Asker, *, again: bool) -> Card:
        done = await self.undo(series, since, asker, withdrawn=again)
        contest = self._setting.desk.contest(done.reading.contest) if done.reading else None
        words = undone_answer(done, contest, self._setting, self._clock.now(), again=again)
        late = await self._posted_hold(key, asker.server) if done.refused == "late" else None
        return Card.of(words, buttons=withdraw_button(late.held) if late else ())


def _decision(hold: HeldReading, wants: HoldOutcome) -> HoldDecision:
    return HoldDecision(wants, hold.key.rpartition(":")[0], hold.key)
