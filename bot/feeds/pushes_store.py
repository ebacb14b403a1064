"""The table of the last day's pushes by id, which prevents that a push is stored twice."""

from dataclasses import dataclass
from typing import ClassVar

from bot.database.database import Store

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """The HTTP answer to a push. It is stored in case the push is repeated."""

    status: int
    """The HTTP status."""
    body: str
    """The body, JSON."""


@dataclass(frozen=True, slots=True)
class Push:
    """The identity of a push: its source, its id, and a digest of its body."""

    source: str
    id: str
    digest: bytes
    """SHA-256 of the push's kind (readings or statements) and body."""

    def row(self, answer: PushAnswer, wall: float) -> "PushRow":
        """Return the row to store for this push and its answer. `wall` is the time, in seconds since 1970."""
        return PushRow(self.source, self.id, self.digest, answer.status, answer.body, int(wall * _MICROSECONDS))


@dataclass(frozen=True, slots=True)
class PushRow:
    """A row to insert into `pushes`, in the transaction that stores the push. `wall_at` is in microseconds."""

    SQL: ClassVar[str] = """
    INSERT INTO pushes (source, id, digest, status, answer, wall_at)
    VALUES (:source, :id, :digest, :status, :answer, :wall_at)
    """

    source: str
    id: str
    digest: bytes
    status: int
    answer: str
    wall_at: int


class PushStore(Store):
    """Queries for earlier pushes. The rows are written by the packages that store the contents of pushes."""

    async def earlier_answer(self, push: Push) -> tuple[bool, PushAnswer] | None:
        """Return (same body, answer) for the stored push with this source and id, or None.

        The first value is False if the id was used for a different body.
        """
        row = await self._database.row(
            "SELECT digest, status, answer FROM pushes WHERE source = ? AND id = ?", (push.source, push.id)
        )
        return None if row is None else (row[0] == push.digest, PushAnswer(row[1], row[2]))
