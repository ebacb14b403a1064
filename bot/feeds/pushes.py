"""Takes in what sources push, readings and statements of their own, each push once.

A push's id, a digest of its body and its answer are a row of `pushes`, written in the transaction of what it caused: a
crash before it leaves neither, after it both. A repeat is answered from there. Ids are kept for a day, though a push is
only believed for five minutes: a sender that follows the convention repeats one with the same id and a new time.
"""

import asyncio
import hashlib
import io
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

import structlog
from pydantic import ValidationError

from bot.clock import Clock
from bot.count.reading import Reading, describe_refusal
from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.feeds import readings, strict_json
from bot.feeds.polling import SourceHealth
from bot.feeds.pushes_store import KEPT, Push, PushAnswer, PushStore
from bot.feeds.reader import MOST_REFUSED, ReaderContext, Refusal, shortened
from bot.feeds.receivers import ReadingReceiver, StatementReceiver, TakenIn
from bot.wording.context import Setting

MOST_SAID = 50
"""Refusals, and readings that were held or ignored, that an answer names one by one."""


_STAFFS = ("entered_by", "confirmed_by")
"""Fields of a statement that say which of the staff stands behind it: nobody does, it is the source's own word."""


_FORGET_EVERY = KEPT.total_seconds() / 24

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
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Hand readings to `readings` and statements to `statements`; `wall` is the wall clock, in seconds."""
        self._store = store
        self._receiver = readings
        self._statements = statements
        self._setting = setting
        self._clock = clock
        self._wall = wall
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._forgot_at = 0.0
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

        """
        push = Push(source, key, _digest("readings", body))
        async with self._one_at_a_time[source]:
            if (before := await self._before(push)) is not None:
                return before
            taken, refused = self._sorted(source, await asyncio.to_thread(_parsed, body, lines=lines))
            await self._receiver.refused(source, refused)
            await self._receiver.take_in(taken, lambda counted: push.row(_of_readings(counted, refused), self._wall()))
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
                statement = self._statement(source, body)
                await self._statements.take_in_pushed(
                    statement, lambda servers: push.row(_of_statement(servers), self._wall())
                )
            except BadInputError as error:
                refused = [f"push: {error}"]
                await self._receiver.refused(source, refused)
                await self._receiver.take_in([], lambda _: push.row(_refusal(refused), self._wall()))
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
        if self._wall() - self._forgot_at > _FORGET_EVERY:
            self._forgot_at = self._wall()
            await self._store.forget()
        return found[1] if found else _json(HTTPStatus.INTERNAL_SERVER_ERROR, error="it was not kept")

    def _sorted(self, source: str, items: Sequence[tuple[str, Reading | Refusal]]) -> tuple[list[Reading], list[str]]:
        """Return the readings that can be taken in, and one line for each that can't."""
        taken: list[Reading] = []
        refused: list[str] = []
        for place, item in items:
            if isinstance(item, Refusal):
                refused.append(str(item))
            elif why := self._why_not(source, item):
                refused.append(f"{place}: {shortened(item.contest)}: {why}")
            else:
                taken.append(item)
        return taken, refused if items else ["push: there is no reading in it"]

    def _why_not(self, source: str, reading: Reading) -> str | None:
        if reading.source != source:
            return _not_its_own(reading.source, source)
        try:
            ours = self._setting.desk.translate(reading)
        except BadInputError as error:
            return str(error)
        return None if ours is not None else _no_contest(source)

    def _statement(self, source: str, body: bytes) -> Statement:
        value = strict_json.parse(body)
        if isinstance(value, dict):
            for field in _STAFFS:
                if field in value:
                    raise BadInputError(f"{field} is for what staff enter; a push is the source's own word")
        try:
            said = Statement.model_validate(value)
        except ValidationError as error:
            raise BadInputError(describe_refusal(error).replace("reading:", "statement:")) from None
        if said.source != source:
            raise BadInputError(f"{said.contest}: {_not_its_own(said.source, source)}")
        ours = self._setting.desk.translate_statement(said)
        if ours is None:
            raise BadInputError(f"{said.contest}: {_no_contest(source)}")
        return ours


def _parsed(body: bytes, *, lines: bool) -> list[tuple[str, Reading | Refusal]]:
    """Return the readings in a body and what can't be one, each with its place."""
    if lines:
        return _lines(body)
    try:
        value = strict_json.parse(body)
    except BadInputError as error:
        return [("push", Refusal("push", f"{error}; more than one reading is sent as application/x-ndjson"))]
    return [("push", readings.read_value(value, "push"))]


def _lines(body: bytes) -> list[tuple[str, Reading | Refusal]]:
    """Return what each line is; of a push that is nothing but refused only that."""
    found: list[tuple[str, Reading | Refusal]] = []
    refused = 0
    for place, item in readings.read_placed(io.BytesIO(body), ReaderContext("push", datetime.now(UTC))):
        refused += isinstance(item, Refusal)
        if refused > MOST_REFUSED:
            return [("push", Refusal("push", f"more than {MOST_REFUSED:,} lines of it can't be read"))]
        found.append((place, item))
    return found


def _digest(where: str, body: bytes) -> bytes:
    return hashlib.sha256(where.encode() + b"\n" + body).digest()


def _not_its_own(said: str, source: str) -> str:
    return f"its source is {shortened(said)}, and the secret that signed it is {source}'s: a source pushes only its own"


def _no_contest(source: str) -> str:
    return f"the desk file has no contest that {source} calls so"


def _of_readings(counted: TakenIn, refused: Sequence[str]) -> PushAnswer:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return _json(
        status, taken=counted.accepted, unchanged=counted.unchanged, held=counted.held, ignored=counted.ignored,
        refused=len(refused), why=_some([*refused, *counted.notes]),
    )  # fmt: skip


def _of_statement(servers: int) -> PushAnswer:
    return _json(HTTPStatus.OK, taken=1, servers=servers)


def _refusal(refused: Sequence[str]) -> PushAnswer:
    return _json(HTTPStatus.UNPROCESSABLE_ENTITY, taken=0, refused=len(refused), why=_some(refused))


def _some(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MOST_SAID
    return [*lines[:MOST_SAID], *([f"and {more} more"] if more > 0 else [])]


def _json(status: HTTPStatus, **said: object) -> PushAnswer:
    return PushAnswer(status.value, json.dumps(said, ensure_ascii=False) + "\n")
