"""Which servers mirror their schedule."""

import sqlite3
from datetime import datetime

from bot.database.database import Store, fetch
from bot.outbox.rows import AuditRow
from bot.outbox.rows_store import INSERT_AUDIT
from bot.outbox.servers_store import know_server, set_mirrored


class MirrorStore(Store):
    """Keeps which newsrooms mirror their schedule."""

    async def servers(self) -> list[int]:
        """Return the servers that want it."""
        return [
            row[0]
            for row in await self._database.rows(
                "SELECT id FROM servers WHERE mirrored AND left_at IS NULL AND unlisted_at IS NULL"
            )
        ]

    async def set(self, server: int, who: str, now: datetime, *, on: bool) -> bool:
        """Set whether a server wants it; return False if that is how it was."""

        def work(connection: sqlite3.Connection) -> bool:
            know_server(connection, server)
            ((was,),) = fetch(connection, "SELECT mirrored FROM servers WHERE id = ?", (server,))
            if bool(was) == on:
                return False
            set_mirrored(connection, server, on=on)
            audit = AuditRow(now, server, who, "events shown", None, bool(was), on)
            connection.execute(INSERT_AUDIT, audit.values())
            return True

        return await self._database.transact(work)

    async def mark(self) -> str:
        """Return what begins the last line of each event that this installation makes."""
        row = await self._database.row("SELECT id FROM installation")
        return f"Tallydesk {row[0] if row else ''}-"
