"""What feeds had when they were last compared, and the notices of what changed: one transaction, so each is told once."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from bot.database.database import Store, fetch, from_micros, to_micros
from bot.desk.desk_file import Source
from bot.newsroom.feed_contents_words import FeedContents
from bot.outbox.rows import Numbers, OutboxRow
from bot.outbox.rows_store import add_rows, next_numbers
from bot.tally.feed_proofs_store import feed_of_source
from bot.wording.draft import Draft

_CONTENTS = TypeAdapter(FeedContents)


class FeedContentsStore(Store):
    """Keeps what feeds had, and puts notices into the outbox."""

    async def read(self, source: Source) -> tuple[datetime, FeedContents] | None:
        """Return what a source's feed had at the address that it has now, and when; None: nothing is known."""
        row = await self._database.row(
            "SELECT seen_at, body FROM feed_contents WHERE source = ? AND feed = ?", (source.id, feed_of_source(source))
        )
        if row is None:
            return None
        try:
            return from_micros(row[0]), _CONTENTS.validate_json(row[1])
        except ValidationError:
            return None

    async def keep(
        self,
        source: Source,
        contents: FeedContents,
        now: datetime,
        lines_of: Callable[[Sequence[str]], Sequence[str]] | None,
        draft_of: Callable[[Sequence[str]], Draft],
    ) -> dict[int, bool]:
        """Keep what a feed has now, and tell each desk; return the channels that are to be woken.

        Args:
            source: the source.
            contents: what its feed has.
            now: the news clock's time.
            lines_of: what to tell a server that follows these contests; None: nobody is told anything.
            draft_of: the notice of such lines.

        """

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            connection.execute(
                """INSERT INTO feed_contents (source, feed, seen_at, body) VALUES (?, ?, ?, ?)
                   ON CONFLICT (source) DO UPDATE SET feed = excluded.feed, seen_at = excluded.seen_at, body = excluded.body""",
                (source.id, feed_of_source(source), to_micros(now), _CONTENTS.dump_json(contents).decode()),
            )
            if lines_of is None:
                return {}
            numbers = Numbers(next_numbers(connection))
            rows: list[OutboxRow] = []
            servers = fetch(
                connection,
                """SELECT s.id, s.desk_channel, group_concat(DISTINCT f.contest) FROM servers s
                   JOIN follows f ON f.server = s.id WHERE s.left_at IS NULL AND s.desk_channel IS NOT NULL GROUP BY s.id""",
                (),
            )
            for server, channel, contests in servers:
                if lines := lines_of(contests.split(",")):
                    rows.append(numbers.worded(server, channel, draft_of(lines), now))
            add_rows(connection, rows, self._database.micros(), numbers)
            return {row.channel: False for row in rows}

        return await self._database.transact(work)
