"""The pushes of the last day, by id, so that none is taken in twice."""

from dataclasses import dataclass

from bot.database.database import Store

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What a push was answered, for its repeats."""

    status: int
    """Of HTTP."""
    body: str
    """JSON."""


@dataclass(frozen=True, slots=True)
class Push:
    """One push, as it is remembered."""

    source: str
    id: str
    digest: bytes
    """Of where it went and of its body."""

    def row(self, answer: PushAnswer, wall: float) -> tuple[object, ...]:
        """Return the values of `INSERT_PUSH` (`Writes.pushes`); `wall` in seconds since 1970."""
        return (self.source, self.id, self.digest, answer.status, answer.body, int(wall * _MICROSECONDS))


INSERT_PUSH = "INSERT INTO pushes (source, id, digest, status, answer, wall_at) VALUES (?, ?, ?, ?, ?, ?)"
"""Remembers a push."""


class PushStore(Store):
    """Remembers pushes; what a push causes is written with its row by whoever takes it in."""

    async def answered(self, push: Push) -> tuple[bool, PushAnswer] | None:
        """Return what a push with this source and id was answered, and whether it was the same one; None: there was none."""
        row = await self._database.row(
            "SELECT digest, status, answer FROM pushes WHERE source = ? AND id = ?", (push.source, push.id)
        )
        return None if row is None else (row[0] == push.digest, PushAnswer(row[1], row[2]))
