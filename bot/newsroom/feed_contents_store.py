"""The contents of each feed as of its last comparison.

The contents and the notices about changes are stored in one transaction, so that each notice is sent once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from bot.database.database import from_micros, to_micros
from bot.desk.desk_file import Source
from bot.newsroom.feed_contents_words import FeedContents
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import OutboxRow
from bot.outbox.tx import Tx
from bot.tally.feed_proofs_store import feed_of_source
from bot.wording.card import Card

_CONTENTS = TypeAdapter(FeedContents)


class FeedContentsStore(PostingStore):
    """The storage of what each feed listed when it was last compared. Also queues the notices about changes."""

    async def read(self, source: Source) -> tuple[datetime, FeedContents] | None:
        """Return when a source's feed was last compared, and the contents that the feed had at that time.

        Returns None if the feed at the source's present address was never compared.
        """
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
        lines_of: Callable[[Sequence[str]], Sequence[str]] | None,
        draft_of: Callable[[Sequence[str]], Card],
    ) -> None:
        """Store a feed's contents, and queue a notice to the desk of each server that follows a changed contest.

        Args:
            source: the source.
            contents: the feed's present contents.
            lines_of: returns the lines of the notice to a server, given the contests that the server follows; empty for no
                notice. None if nobody is to be notified.
            draft_of: turns these lines into a notice.
        """

        def work(tx: Tx) -> None:
            tx.execute(
                """INSERT INTO feed_contents (source, feed, seen_at, body) VALUES (?, ?, ?, ?)
                   ON CONFLICT (source) DO UPDATE SET feed = excluded.feed, seen_at = excluded.seen_at, body = excluded.body""",
                (source.id, feed_of_source(source), to_micros(tx.now), _CONTENTS.dump_json(contents).decode()),
            )
            if lines_of is None:
                return
            rows: list[OutboxRow] = []
            servers = tx.rows(
                """SELECT s.id, s.desk_channel, group_concat(DISTINCT f.contest) FROM servers s
                   JOIN follows f ON f.server = s.id WHERE s.left_at IS NULL AND s.desk_channel IS NOT NULL GROUP BY s.id"""
            )
            for server, channel, contests in servers:
                if source.id in tx.setting.inside(server):
                    continue
                if lines := lines_of(contests.split(",")):
                    draft = draft_of(lines)
                    rows.append(OutboxRow.worded(server, channel, tx.number(server, draft.words), draft, tx.now))
            tx.add(rows)

        await self._outbox.write(work)
