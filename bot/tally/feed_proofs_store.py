"""What each source's feed has been seen to do: an answer of it read, its votes moving while they are counted."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.database.database import Database, from_micros, moment, to_micros
from bot.desk.desk_file import Desk, Source
from bot.tally.feed_proofs_words import FeedProof

_AGAIN = timedelta(hours=12)
"""A proof is not written again for so long: which day it is of is enough."""


class FeedProofs:
    """Keeps and reads the proofs, at most a row twice a day and source."""

    def __init__(self, database: Database) -> None:
        """Keep them in `database`."""
        self._database = database
        self._written: dict[tuple[str, bool], datetime] = {}

    async def seen(self, source: Source, now: datetime, *, moved: bool) -> None:
        """Record that an answer of a source was read, or that its votes moved as they were counted."""
        last = self._written.get((source.id, moved))
        if last is not None and last <= now < last + _AGAIN:
            return
        stamp = to_micros(now)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                """INSERT INTO feed_proofs (source, feed, read_at, moved_at) VALUES (?, ?, ?, ?)
                   ON CONFLICT (source) DO UPDATE SET read_at = excluded.read_at, feed = excluded.feed,
                   moved_at = coalesce(excluded.moved_at, CASE WHEN feed = excluded.feed THEN moved_at END)""",
                (source.id, feed_of_source(source), stamp, stamp if moved else None),
            )

        await self._database.write(work)
        self._written[source.id, moved] = now


async def proofs_in(database: Database, desk: Desk) -> Mapping[str, FeedProof]:
    """Return what each source of a desk file has been seen to do at the addresses that it has now, by its id."""
    rows = await database.rows("SELECT source, feed, read_at, moved_at FROM feed_proofs")
    times = await database.rows(  # the first figures of a contest changed nothing
        """SELECT source, max(checked_at), max(CASE WHEN c.batches > 1 THEN changed_at END)
           FROM series LEFT JOIN changes c ON c.reading = accepted GROUP BY source"""
    )
    asked = {source: (checked, changed) for source, checked, changed in times}
    found = {source: (feed, read_at, moved_at) for source, feed, read_at, moved_at in rows}
    proofs = {}
    for source in desk.sources:
        if source.format is None:
            continue
        feed, read_at, moved_at = found.get(source.id, (None, None, None))
        if feed is None or read_at is None:
            proofs[source.id] = FeedProof()
        elif feed != feed_of_source(source):
            proofs[source.id] = FeedProof(elsewhere_at=from_micros(read_at))
        else:
            checked, changed = map(moment, asked.get(source.id, (None, None)))
            proofs[source.id] = FeedProof(
                from_micros(read_at), moment(moved_at), checked_at=checked, changed_at=changed
            )
    return proofs


def feed_of_source(source: Source) -> str:
    """Return a digest of what a source is asked for; it changes with the source's address."""
    asked = [source.format, source.url, source.also, source.county]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]
