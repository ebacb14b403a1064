"""The audit of a server, by pages: who did what, when and why."""

from dataclasses import dataclass
from datetime import datetime

from bot.database.database import Database, from_micros


@dataclass(frozen=True, slots=True)
class Audited:
    """A row of the audit: who did what, when and why."""

    id: int
    at: datetime
    who: str
    what: str
    why: str | None
    before: str | None
    after: str | None
    """JSON, as before."""


A_PAGE = 8


_COLUMNS = "SELECT id, at, who, what, why, before, after FROM audit WHERE server = ?"


class AuditStore:
    """Reads the audit."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def page(
        self, server: int, *, before: int | None = None, after: int | None = None
    ) -> tuple[list[Audited], bool, bool]:
        """Return a page of a server's audit, the newest first, and whether there are newer and older rows.

        `before`: the rows before this one. `after`: those after it. Neither: the newest.
        """
        if after is not None:
            rows = await self._database.rows(f"{_COLUMNS} AND id > ? ORDER BY id LIMIT {A_PAGE}", (server, after))
            rows.reverse()
        else:
            rows = await self._database.rows(
                f"{_COLUMNS} AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT {A_PAGE}", (server, before, before)
            )
        found = [Audited(row[0], from_micros(row[1]), *row[2:]) for row in rows]
        if not found:
            return [], False, False
        beside = "SELECT 1 FROM audit WHERE server = ? AND id"
        newer = await self._database.row(f"{beside} > ? LIMIT 1", (server, found[0].id))
        older = await self._database.row(f"{beside} < ? LIMIT 1", (server, found[-1].id))
        return found, newer is not None, older is not None
