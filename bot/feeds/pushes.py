"""Takes in what sources push, readings and statements of their own, each push once.

A push's id, a digest of its body and its answer are a row of `pushes`, written in the last transaction of what it caused:
after a crash before that the push is taken in again when its sender repeats it, and what was stored of it is nothing new.
After it, a repeat is answered from there. Ids are kept for a day, though a push is
only believed for five minutes: a sender that follows the convention repeats one with the same id and a new time.
"""

import asyncio
import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

import structlog

from bot.box.box import Box, WorkerEndedError
from bot.clock import Clock
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.feeds.answer_parts import WholeAnswer
from bot.feeds.polling import SourceHealth
from bot.feeds.pushed import read_pushed, read_pushed_statement
from bot.feeds.pushes_store import Push, PushAnswer, PushStore
from bot.feeds.reader import shortened
from bot.feeds.receivers import Delivery, ReadingReceiver, StatementReceiver, TakenIn
from bot.wording.context import Setting

MOST_SAID = 50
"""Refusals, and readings that were held or ignored, that an answer names one by one."""

log = structlog.get_logger()


class Pushes:
    """Takes in pushes of sources that are known by their signatures."""

    def __init__(
        self,
        store: PushStore,
        readings: ReadingReceiver,
        statements: StatementReceiver,
        setting: Setting,
        clock: Clock,
        box: Box,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Read pushes in `box`, hand readings to `readings` and statements to `statements`; `wall` is the wall clock, in seconds."""
        self._box = box
        self._store = store
        self._receiver = readings
        self._statements = statements
        self._setting = setting
        self._clock = clock
        self._wall = wall
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        now = clock.now()
        self.health: Mapping[str, SourceHealth] = {
            source.id: SourceHealth(listening_since=now) for source in setting.desk.sources if source.pushes
        }
        """How those sources do that push."""

    async def readings(self, source: str, key: str, body: bytes, *, lines: bool) -> PushAnswer:
        """Take in a push of readings, and return what it is answered; a bad reading costs no other.

        Args:
            source: the source, known by its signature.
            key: the push's own id; the same again is answered the same and does nothing.
            body: JSON Lines, or one reading.
            lines: it is JSON Lines.

        Raises:
            DatabaseError: nothing of it was stored; it can be sent again.
            WorkerEndedError: as before.

        """
        push = Push(source, key, _digest("readings", body))
        async with self._one_at_a_time[source]:
            if (before := await self._before(push)) is not None:
                return before
            try:
                read = await read_pushed(self._box, body, lines=lines)
            except WorkerEndedError:
                raise
            except BadInputError as error:
                taken: list[Reading] = []
                refused = [str(error)]
            else:
                taken, refused = self._sorted(source, read)
            await self._receiver.accept(
                Delivery(
                    source,
                    taken,
                    refused,
                    {reading.contest for reading in taken},
                    remember=lambda counted: push.remembered(_of_readings(counted, refused), self._wall()),
                )
            )
            return await self._stored(push, refused)

    async def statement(self, source: str, key: str, body: bytes) -> PushAnswer:
        """Take in a push of one statement, and return what it is answered.

        It is the source's own word. Each server that follows the contest gets it, as if its staff had entered it: what a
        source says is shared, and a newsroom can retract its own copy.

        Args and raises: as `readings`.
        """
        push = Push(source, key, _digest("statements", body))
        async with self._one_at_a_time[source]:
            if (before := await self._before(push)) is not None:
                return before
            try:
                statement = self._statement(source, await read_pushed_statement(self._box, body))
                await self._statements.take_in_pushed(
                    statement, lambda servers: push.remembered(_of_statement(servers), self._wall())
                )
            except WorkerEndedError:
                raise
            except BadInputError as error:
                refused = [f"push: {str(error).removeprefix('push: ')}"]
                await self._receiver.accept(
                    Delivery(
                        source,
                        refusals=refused,
                        remember=lambda _: push.remembered(_refusal(refused), self._wall()),
                    )
                )
                return await self._stored(push, refused)
            return await self._stored(push, [])

    async def _before(self, push: Push) -> PushAnswer | None:
        """Return the answer to a push that has been here before; one whose id came with something else is a mistake."""
        found = await self._store.answered(push)
        if found is None:
            return None
        same, answer = found
        if same:
            return answer
        log.warning("a push was refused: its id came before with another body", source=push.source)
        why = f"the id {shortened(push.id)} came before with another body; give each push an id of its own"
        return _json(HTTPStatus.CONFLICT, error=why)

    async def _stored(self, push: Push, refused: Sequence[str]) -> PushAnswer:
        """Return the answer to a push that has just been stored; its source is heard from."""
        health = self.health[push.source]
        health.reached_at = self._clock.now()
        health.problem = f"{len(refused)} parts of its last push were refused" if refused else None
        for why in refused[:5]:
            log.warning("a part of a push was refused", source=push.source, why=why)
        found = await self._store.answered(push)
        return found[1] if found else _json(HTTPStatus.INTERNAL_SERVER_ERROR, error="it was not kept")

    def _sorted(self, source: str, push: WholeAnswer) -> tuple[list[Reading], list[str]]:
        """Return the readings that can be taken in, and one line for each that can't."""
        taken: list[Reading] = []
        refused = [(one.place, str(one)) for one in push.refusals]
        for place, reading in zip(push.places, push.readings, strict=True):
            if why := self._why_not(source, reading):
                refused.append((place, f"{place}: {shortened(reading.contest)}: {why}"))
            else:
                taken.append(reading)
        refused.sort(key=lambda one: int(one[0].partition(":")[2] or 0))  # by line
        return taken, [why for _, why in refused] if taken or refused else ["push: there is no reading in it"]

    def _why_not(self, source: str, reading: Reading) -> str | None:
        if reading.source != source:
            return _not_its_own(reading.source, source)
        try:
            ours = self._setting.desk.translate(reading)
        except BadInputError as error:
            return str(error)
        return None if ours is not None else _no_contest(source)

    def _statement(self, source: str, statement: Statement) -> Statement:
        if statement.source != source:
            raise BadInputError(f"{statement.contest}: {_not_its_own(statement.source, source)}")
        ours = self._setting.desk.translate_statement(statement)
        if ours is None:
            raise BadInputError(f"{statement.contest}: {_no_contest(source)}")
        return ours


def _digest(where: str, body: bytes) -> bytes:
    return hashlib.sha256(where.encode() + b"\n" + body).digest()


def _not_its_own(text: str, source: str) -> str:
    return f"its source is {shortened(text)}, and the secret that signed it is {source}'s: a source pushes only its own"


def _no_contest(source: str) -> str:
    return f"the desk file has no contest that {source} calls so"


def _of_readings(counted: TakenIn, refused: Sequence[str]) -> PushAnswer:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return _json(
        status,
        taken=counted.accepted,
        unchanged=counted.unchanged,
        held=counted.held,
        ignored=counted.ignored,
        refused=len(refused),
        why=_some([*refused, *counted.notes]),
    )


def _of_statement(servers: int) -> PushAnswer:
    return _json(HTTPStatus.OK, taken=1, servers=servers)


def _refusal(refused: Sequence[str]) -> PushAnswer:
    return _json(HTTPStatus.UNPROCESSABLE_ENTITY, taken=0, refused=len(refused), why=_some(refused))


def _some(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MOST_SAID
    return [*lines[:MOST_SAID], *([f"and {more} more"] if more > 0 else [])]


def _json(status: HTTPStatus, **said: object) -> PushAnswer:
    return PushAnswer(status.value, json.dumps(said, ensure_ascii=False) + "\n")
