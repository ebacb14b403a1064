"""Feed proofs: when each source's feed was last read successfully, and when its votes were seen to change live."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

from bot.database.database import Database, from_micros, moment, to_micros
from bot.desk.desk_file import Desk, Source
from bot.outbox.tx import Tx
from bot.tally.feed_proofs_words import FeedProof

_AGAIN = timedelta(hours=12)
"""How long a stored proof is not updated, since only its day matters."""


def record_proof(tx: Tx, source: str, *, read: bool, moved: bool) -> None:
    """Record a proof that a source's feed works.

    `read`: an answer of the feed was read completely. `moved`: votes in the feed changed during the count.
    """
    if (known := tx.setting.desk.source(source)) is None:
        return
    tx.execute(
        """INSERT INTO feed_proofs (source, feed, read_at, moved_at)
           VALUES (:source, :feed, iif(:read, :at, NULL), iif(:moved, :at, NULL))
           ON CONFLICT (source) DO UPDATE SET feed = excluded.feed,
             read_at = coalesce(excluded.read_at, CASE WHEN feed = excluded.feed THEN read_at END),
             moved_at = coalesce(excluded.moved_at, CASE WHEN feed = excluded.feed THEN moved_at END)
           WHERE feed <> excluded.feed
             OR (:read AND (read_at IS NULL OR :at NOT BETWEEN read_at AND read_at + :again))
             OR (:moved AND (moved_at IS NULL OR :at NOT BETWEEN moved_at AND moved_at + :again))""",
        {
            "source": source,
            "feed": feed_of_source(known),
            "at": to_micros(tx.now),
            "read": read,
            "moved": moved,
            "again": _AGAIN // timedelta(microseconds=1),
        },
    )


async def read_proofs(database: Database, desk: Desk) -> Mapping[str, FeedProof]:
    """Return what is known about each source's feed (`FeedProof`), by source id.

    If the feed's address has changed, only the time when the former address was last read is known.
    """
    rows = await database.rows("SELECT source, feed, read_at, moved_at FROM feed_proofs")
    times = await database.rows(  # a contest's first figures are no change
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
    """Return a digest of a source's format and addresses, to notice when they change."""
    asked = [source.format, source.url, source.also, source.county]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]
