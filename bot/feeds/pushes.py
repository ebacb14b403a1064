"""Stores the readings and statements that sources push. A repeated push is stored only once.

A push's id, a digest of its body and its answer are a row of `pushes`, written in the last transaction of the push. If
the bot crashes before that, the sender repeats the push, and the readings already stored are then unchanged. After
that, a repeat gets the stored answer. A push is valid for five minutes, but rows are kept for a day, because senders
that follow the Standard Webhooks convention repeat a push with the same id and a new time.
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
from bot.feeds.receivers import Delivery, IntakeCounts, ReadingReceiver, StatementReceiver
from bot.wording.context import Setting

MOST_REASONS = 50
"""The most reasons in an answer: refusals, and readings that were held or ignored."""

log = structlog.get_logger()


class Pushes:
    """The receiver of pushes, after their signatures have been verified."""

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
        """Create a receiver of pushes.

        Args:
            store: looks up earlier pushes.
            readings: stores readings.
            statements: stores statements.
            setting: contains the desk file, which translates ids.
            clock: the news clock.
            box: the worker processes that read bodies.
            wall: returns this machine's time, in seconds since 1970.
        """
        self._box = box
        self._store = store
        self._receiver = readings
        self._statements = statements
        self._setting = setting
        self._clock = clock
        self._wall = wall
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        now = clock.now()
        self.health: Mapping[str, SourceHealth] = {
            source.id: SourceHealth(listening_since=now) for source in setting.desk.sources if source.pushes
        }
        """The health of each source that pushes, by its id."""

    async def readings(self, source: str, key: str, body: bytes, *, lines: bool) -> PushAnswer:
        """Store a push of readings, and return the answer to the sender. Bad readings are refused one by one.

        Args:
            source: the id of the source whose secret signed the push.
            key: the push's own id. A repeat with the same id gets the same answer and changes nothing.
            body: JSON Lines, or a single reading.
            lines: True if the body is JSON Lines.

        Raises:
            DatabaseError: the push could not be stored. The sender can repeat it.
            WorkerEndedError: no worker could read the push. The sender can repeat it.

        """
        push = Push(source, key, _digest("readings", body))
        async with self._locks[source]:
            if (before := await self._earlier_answer(push)) is not None:
                return before
            try:
                read = await read_pushed(self._box, body, lines=lines)
            except WorkerEndedError:
                raise
            except BadInputError as error:
                usable: list[Reading] = []
                refused = [str(error)]
            else:
                usable, refused = self._usable(source, read)
            await self._receiver.accept(
                Delivery(
                    source,
                    usable,
                    refused,
                    {reading.contest for reading in usable},
                    remember=lambda counted: push.row(_readings_answer(counted, refused), self._wall()),
                )
            )
            return await self._answer_stored(push, refused)

    async def statement(self, source: str, key: str, body: bytes) -> PushAnswer:
        """Store a push of one statement, and return the answer to the sender.

        Each server that follows the contest gets a copy, as if its staff had entered the statement. The server can
        retract its own copy.

        Args:
            source: as in `readings`.
            key: as in `readings`.
            body: one statement.

        Raises:
            DatabaseError: as in `readings`.
            WorkerEndedError: as in `readings`.

        """
        push = Push(source, key, _digest("statements", body))
        async with self._locks[source]:
            if (before := await self._earlier_answer(push)) is not None:
                return before
            try:
                statement = self._statement(source, await read_pushed_statement(self._box, body))
                await self._statements.take_in_pushed(
                    statement, lambda servers: push.row(_statement_answer(servers), self._wall())
                )
            except WorkerEndedError:
                raise
            except BadInputError as error:
                refused = [f"push: {str(error).removeprefix('push: ')}"]
                await self._receiver.accept(
                    Delivery(
                        source,
                        refusals=refused,
                        remember=lambda _: push.row(_refusal(refused), self._wall()),
                    )
                )
                return await self._answer_stored(push, refused)
            return await self._answer_stored(push, [])

    async def _earlier_answer(self, push: Push) -> PushAnswer | None:
        """Return the stored answer if a push is a repeat. None for a new push.

        If the id was used for another body, the answer is an error.
        """
        found = await self._store.earlier_answer(push)
        if found is None:
            return None
        same, answer = found
        if same:
            return answer
        log.warning("a push was refused: its id came before with another body", source=push.source)
        why = f"the id {shortened(push.id)} came before with another body; give each push an id of its own"
        return _json(HTTPStatus.CONFLICT, error=why)

    async def _answer_stored(self, push: Push, refused: Sequence[str]) -> PushAnswer:
        """Return the answer to a push that was just stored, and update its source's health."""
        health = self.health[push.source]
        health.reached_at = self._clock.now()
        health.problem = f"{len(refused)} parts of its last push were refused" if refused else None
        for why in refused[:5]:
            log.warning("a part of a push was refused", source=push.source, why=why)
        found = await self._store.earlier_answer(push)
        return found[1] if found else _json(HTTPStatus.INTERNAL_SERVER_ERROR, error="it was not kept")

    def _usable(self, source: str, push: WholeAnswer) -> tuple[list[Reading], list[str]]:
        """Return a push's readings that can be stored, and a line for each that can't."""
        usable: list[Reading] = []
        refused = [(one.place, str(one)) for one in push.refusals]
        for place, reading in zip(push.places, push.readings, strict=True):
            if why := self._why_not(source, reading):
                refused.append((place, f"{place}: {shortened(reading.contest)}: {why}"))
            else:
                usable.append(reading)
        refused.sort(key=lambda one: int(one[0].partition(":")[2] or 0))  # by line
        return usable, [why for _, why in refused] if usable or refused else ["push: there is no reading in it"]

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


def _readings_answer(counted: IntakeCounts, refused: Sequence[str]) -> PushAnswer:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return _json(
        status,
        taken=counted.accepted,
        unchanged=counted.unchanged,
        held=counted.held,
        ignored=counted.ignored,
        refused=len(refused),
        why=_first_reasons([*refused, *counted.notes]),
    )


def _statement_answer(servers: int) -> PushAnswer:
    return _json(HTTPStatus.OK, taken=1, servers=servers)


def _refusal(refused: Sequence[str]) -> PushAnswer:
    return _json(HTTPStatus.UNPROCESSABLE_ENTITY, taken=0, refused=len(refused), why=_first_reasons(refused))


def _first_reasons(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MOST_REASONS
    return [*lines[:MOST_REASONS], *([f"and {more} more"] if more > 0 else [])]


def _json(status: HTTPStatus, **fields: object) -> PushAnswer:
    return PushAnswer(status.value, json.dumps(fields, ensure_ascii=False) + "\n")
