"""How long rows are kept, and their deletion. No other module deletes rows by age.

One exception: a server that the bot left is deleted after 30 days, with everything that belongs to it
(bot/newsroom/data_deletion.py). Tables with a limited number of rows are shortened when they are written: pictures,
refusals, drafts of events.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Retention:
    """A rule for how long a table's rows are kept."""

    table: str
    since: str
    """The column with the time from which to count: by the wall clock if its name begins with `wall`, else the news clock."""
    kept: timedelta
    only: str = "1"
    """SQL for the rows that are deleted by age; the others are kept as long as their server."""


A_DAY: Final = timedelta(days=1)

RETENTIONS: Final = (
    # Far longer than a push's time may differ from the clock, and about as long as senders repeat a push.
    Retention("pushes", "wall_at", A_DAY),
    Retention("kept_answers", "wall_at", timedelta(minutes=15), "NOT paged"),  # as long as they may be shared
    Retention("kept_answers", "wall_at", A_DAY),
    Retention("event_proposals", "at", timedelta(days=2)),
    Retention("proposals", "begun_at", timedelta(days=30), "state IN ('draft', 'dropped')"),
    Retention("evidence", "kept_at", timedelta(days=180)),  # by then the count that a picture shows is certified
)

FOR_GOOD: Final[Mapping[str, str]] = {
    "installation": "one row",
    "alive": "one row",
    "series": "the record of the count, which posts, /why and exports name",
    "readings": "likewise, as a source said it",
    "changes": "likewise",
    "unit_changes": "likewise",
    "holds": "likewise: what was held, and how it ended",
    "refusals": "the newest 200 of a source",
    "feed_proofs": "a row a source",
    "feed_contents": "a row a source",
    "incidents": "when the bot was down",
    "direct_channels": "until its person is reminded of nothing any more",
}
"""Tables that belong to no server and are never deleted by age, with the reason."""


def delete_old(connection: sqlite3.Connection, now: int, wall: int) -> int:
    """Delete rows that are older than their retention. Returns the number of deleted rows.

    Args:
        connection: a connection with an open transaction.
        now: the news clock's time, in microseconds since 1970.
        wall: the wall clock's time, in microseconds since 1970.

    """
    deleted = 0
    for one in RETENTIONS:
        before = (wall if one.since.startswith("wall") else now) - one.kept // _MICROSECOND
        deleted += connection.execute(
            f"DELETE FROM {one.table} WHERE {one.since} < ? AND {one.only}", (before,)
        ).rowcount
    return deleted
