"""What is kept how long: this is the only place that says it, and that deletes by age.

A server that the bot left is forgotten after 30 days (bot/newsroom/forgetting.py), with all that belongs to it. What is bounded
by number, not by age, is bounded where it is written: pictures, refusals, what waits for somebody's Save.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the rows of a table are kept that nobody needs afterwards."""

    table: str
    since: str
    """The column that says from when on; of the wall clock, if its name begins with `wall`, else of the news clock."""
    kept: timedelta
    only: str = "1"
    """SQL of which rows; the others stay with their server."""


A_DAY: Final = timedelta(days=1)

RETENTIONS: Final = (
    # Far longer than a push's time may differ from the clock, and about as long as a sender that follows the convention
    # goes on repeating it.
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
"""Tables that belong to no server and are kept as long as the database, and why."""


def delete_old(connection: sqlite3.Connection, now: int, wall: int) -> int:
    """Delete what is kept no longer; return how many rows that were.

    Args:
        connection: in the transaction under way.
        now: the news clock, in microseconds since 1970.
        wall: the wall clock, likewise.

    """
    deleted = 0
    for one in RETENTIONS:
        before = (wall if one.since.startswith("wall") else now) - one.kept // _MICROSECOND
        deleted += connection.execute(
            f"DELETE FROM {one.table} WHERE {one.since} < ? AND {one.only}", (before,)
        ).rowcount
    return deleted
