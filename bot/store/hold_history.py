"""What was held, since when, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Database, from_micros, moment


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """A hold from its first reading on: readings that took the place of one that waited are part of the same hold."""

    contest: str
    source: str
    reason: str
    since: datetime
    deadline: datetime
    settled_at: datetime | None
    """None: it is open."""
    outcome: str | None


class HoldHistory:
    """Reads holds, open and settled."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def all(self) -> list[HoldRecord]:
        """Return every hold, in order of when it began."""
        rows = await self._database.rows(
            """SELECT s.contest, s.source, h.reason, h.since, h.deadline, h.settled_at, h.outcome
               FROM holds h JOIN series s ON s.id = h.series
               WHERE h.id = (SELECT max(id) FROM holds x WHERE x.series = h.series AND x.since = h.since)
               ORDER BY h.since, h.id"""
        )
        return [
            HoldRecord(contest, source, reason, from_micros(since), from_micros(deadline), moment(settled), outcome)
            for contest, source, reason, since, deadline, settled, outcome in rows
        ]
