"""Rows that are told by new ones at the end of the outbox."""

from bot.database.database import Database
from bot.outbox import merging_store as requeue

ITS_OWN = {
    "id", "number", "content", "state", "wall_attempted", "wall_last", "attempts", "message", "why", "superseded_by", "thread",
    "cards_refused",
    "file_refused",
}  # fmt: skip
"""Columns that a new row does not take over: what it is called, what is made anew, what became of the old one."""


async def test_a_new_row_takes_over_all_that_the_old_one_was_to_tell(database: Database) -> None:
    columns = {row[1] for row in await database.rows("PRAGMA table_info(outbox)")}
    _, _, taken = requeue._COPY.partition("SELECT")
    missing = {column for column in columns - ITS_OWN if f" {column}," not in taken and f" {column}\n" not in taken}
    assert missing == set()
