"""Posts shared answers, each once, however often its button is pressed."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from bot.database.database import Store, fetch, to_micros
from bot.outbox.rows import AuditRow, Numbers, OutboxRow, to_wake
from bot.outbox.rows_store import INSERT_AUDIT, add_rows, forget_server_pictures, keep_picture, next_numbers
from bot.outbox.servers_store import know_server
from bot.wording.draft import Draft


@dataclass(frozen=True, slots=True)
class Shared:
    """The result of sharing an answer."""

    number: int
    """The post's number."""
    again: bool
    """True: it had been shared before, so nothing was written."""
    wake: dict[int, bool]


class SharingStore(Store):
    """Writes shared answers as posts, each once."""

    async def shared(self, message: int, server: int) -> int | None:
        """Return the number under which an answer was shared, or None."""
        row = await self._database.row(
            "SELECT number FROM shared_answers WHERE message = ? AND server = ?", (message, server)
        )
        return row[0] if row else None

    async def put_right_since(self, contest: str, server: int, at: datetime) -> bool:
        """Return True if an entry of a contest was retracted, or a post of the server corrected, since a time."""
        row = await self._database.row(
            """SELECT 1 FROM statements WHERE contest = ?1 AND server = ?2 AND retracted_at >= ?3
               UNION ALL SELECT 1 FROM replacements WHERE server = ?2 AND kind = 'correct' AND state = 'done' AND decided_at >= ?3
               LIMIT 1""",
            (contest, server, to_micros(at)),
        )
        return row is not None

    async def share(
        self, message: int, channel: int, draft: Draft, contest: str | None, source: str | None, audit: AuditRow
    ) -> Shared:
        """Post an answer in a channel, unless it was shared before.

        Args:
            message: the id of the answer's message.
            channel: where to post.
            draft: its text.
            contest: its contest's id, if it has one.
            source: its source's id, if it has one; the post waits while the source is muted.
            audit: who shares it; the post is added to the row.

        """

        def work(connection: sqlite3.Connection) -> Shared:
            server = audit.server or 0
            for (number,) in fetch(connection, "SELECT number FROM shared_answers WHERE message = ?", (message,)):
                return Shared(number, again=True, wake={})
            know_server(connection, server)
            numbers = Numbers(next_numbers(connection))
            number = numbers.number(server, message)
            row = OutboxRow.worded(server, channel, number, draft, audit.at, contest, source)
            if draft.picture is not None:
                row = replace(row, picture=keep_picture(connection, server, draft.picture))
            add_rows(connection, [row], self._database.micros(), numbers)
            connection.execute("INSERT INTO shared_answers VALUES (?, ?, ?)", (message, server, number))
            after = {"number": number, "channel": channel, "content": draft.headline}
            connection.execute(INSERT_AUDIT, replace(audit, after=after).values())
            return Shared(number, again=False, wake=to_wake([row]))

        return await self._database.transact(work)


def forget_server_answers(connection: sqlite3.Connection, server: int) -> None:
    """Delete a server's pictures and its list of shared answers."""
    forget_server_pictures(connection, server)
    connection.execute("DELETE FROM shared_answers WHERE server = ?", (server,))
