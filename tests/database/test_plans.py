"""Tests that frequent queries read only the few rows they need, however large the database is."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

from bot.count.statement import Statement
from bot.database.database import Database, migrations
from bot.follows.levels import can_see_all
from bot.outbox.discord import number_of
from tests import product_sql
from tests.conftest import COUNT, SERVER, START, WHO, Newsroom, reading
from tests.product_sql import statements

GROWING = (
    "outbox",
    "spans",
    "hold_notices",
    "statement_posts",
    "told_events",
    "readings",
    "changes",
    "unit_changes",
    "audit",
    "statements",
    "calls",
    "unit_certifications",
    "results_certifications",
    "proposals",
)
"""Tables that get a row for each reading, post or action, for years."""
BROAD = {"server=?", "channel=?", "rowid>?", "rowid<?"}
"""Conditions that alone select too many rows of a growing table."""
A_PAGE = re.compile(r"ORDER BY (?:id|number)(?: DESC)? LIMIT (?:8|100)\b")
"""Matches the end of a query that reads a few rows in the order of an index."""
SMALL = {"outbox_open", "outbox_awaiting", "outbox_doubtful", "proposals_asked"}
"""Indexes with few rows: open posts, questions and proposals. A query may read all of them."""
MAY_READ_ALL = (
    "SELECT count(*) FROM readings",  # of a backup, all of which is read anyway
    "SELECT count(*) FROM outbox WHERE state = 'sent'",
    "UPDATE outbox SET state = ?, why = ? WHERE state IN ('pending', 'awaiting', 'sending') AND (server = 0",  # a restore
    "SELECT id, channel, number, kind, chain, state, EXISTS (",
    "SELECT r.received_at, r.id, r.verdict, r.reason, r.body, c.body FROM readings",  # an export
    "SELECT news_at, id, o.server, channel, o.number, kind,",
)
"""Beginnings of statements that run only rarely, and may take their time."""
FORGETS_A_PERSON = re.compile(
    r"kind IN \(SELECT value FROM json_each\(\?\)\) AND card IS NOT NULL|LIKE \?$|FROM direct_channels WHERE person = |WHERE user = \?"
)
"""Matches statements that delete a person's data. They run rarely, and the person may be named in any row."""
NOT_SEEN = {
    "schedule_entries_certifying": "Places.certifying, which fills in an operator",
    "calendar_entries_by_entry": "SQLite's own, where an entry is deleted",
    "incidents_untold": "nothing; incidents are few",
}
"""Indexes that no complete statement in the source uses → what they are for."""
DESK = 19


def whole() -> list[product_sql.Statement]:
    """Return the statements in the bot's code that don't depend on run time.

    Finding the statements takes half a second.
    """
    return [one for one in statements() if one.is_whole]


async def traced(database: Database) -> list[str]:
    """Return a list to which every query is added from now on."""
    queries: list[str] = []
    add: Callable[[sqlite3.Connection], None] = lambda connection: connection.set_trace_callback(queries.append)  # noqa: E731 - compared as an object
    await database._writer.run(add)
    await database._reader.run(add)
    return queries


def wide(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Return the steps of a statement that read all rows of a growing table, or all rows of a server or channel."""
    found = []
    for step in plan(connection, sql):
        read = re.match(
            r"(SCAN|SEARCH) (\w+)(?: USING (?:(?:COVERING )?INDEX (\w+)|[A-Z ]+KEY))?(?: \(([^)]*)\))?", step
        )
        if read is None or not (read[2] in GROWING or re.search(rf"\b({'|'.join(GROWING)}) {read[2]}\b", sql)):
            continue
        broadly = read[1] == "SCAN" or (read[4] in BROAD and not A_PAGE.search(sql))
        if read[3] not in SMALL and broadly:
            found.append(f"{step}: {sql}")
    return found


def plan(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Return the steps with which SQLite runs a statement, whatever its values."""
    sql = re.sub(r"('[^']*')|\?\d*|:\w+", lambda found: found[1] or "?", sql)
    values = [None] * re.sub(r"'[^']*'", "", sql).count("?")
    return [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


def schema() -> sqlite3.Connection:
    """Return an empty database.

    Like the bot's database, it has no table statistics, so that the query plans are the same.
    """
    connection = sqlite3.connect(":memory:")
    for _, sql in migrations():
        connection.executescript(sql)
    connection.create_function("unsaid", 1, lambda text: text)  # as the deletion of a person's data defines it
    return connection


async def state(newsroom: Newsroom, done: int, minute: int) -> None:
    said = {"source": "ga-sos", "contest": "ga", "as_of": START + timedelta(minutes=minute), "certified": (done, 159)}
    await newsroom.statements.take_in(Statement.model_validate(said), SERVER, WHO)


async def test_no_query_of_a_working_day_reads_the_whole_outbox(newsroom: Newsroom) -> None:
    queries = await traced(newsroom.database)
    await newsroom.follow(board=True)
    await newsroom.control.set_desk_channel(DESK, SERVER, WHO)
    await newsroom.post(reading(1000, 500), reading(1000, 1500, 1))
    await newsroom.boards.look()
    await newsroom.publish()
    await state(newsroom, 92, 2)
    await state(newsroom, 96, 3)
    await newsroom.publish()
    for entries in (False, True):
        await newsroom.corrections.matching(SERVER, "", entries=entries)
    await newsroom.corrections.correct(SERVER, 1, "The count is 1,001.", WHO)
    entry = number_of(newsroom.contents(COUNT)[-1])
    assert entry is not None
    await newsroom.corrections.retract(SERVER, entry, "It was wrong.", WHO)
    await newsroom.publish()
    await newsroom.control.pause(SERVER, WHO, None)
    await newsroom.control.mute("times", SERVER, WHO)
    await newsroom.take(reading(2000, 1500, 4))
    await newsroom.control.unmute("times", SERVER, WHO, None)
    await newsroom.rooms.newsroom.status.of(SERVER, can_see_all)
    await newsroom.control.resume(SERVER, WHO, None)
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    await newsroom.publish()
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=False)
    await newsroom.following.unfollow("ga", SERVER, COUNT, WHO)
    await newsroom.desk_store.leave(SERVER, newsroom.clock.now())

    about = {re.sub(r"\s+", " ", sql) for sql in queries if re.match(r"\s*(SELECT|UPDATE|INSERT|DELETE)", sql)}
    assert len([sql for sql in about if "outbox" in sql]) > 30
    steps = await newsroom.database.write(lambda connection: [step for sql in about for step in wide(connection, sql)])
    assert not steps, "\n".join(steps)


def test_no_statement_of_the_product_reads_a_whole_table_that_grows_for_years() -> None:
    with closing(schema()) as connection:
        steps = [
            f"{one.place}: {step}"
            for one in whole()
            if not " ".join(one.sql.split()).startswith(MAY_READ_ALL) and not FORGETS_A_PERSON.search(one.sql)
            for step in wide(connection, one.sql)
        ]
    assert not steps, "\n".join(steps)


def test_each_index_is_used() -> None:
    """An unused index shows that a statement uses another index than the one made for the statement."""
    with closing(schema()) as connection:
        plans = "\n".join(step for one in whole() for step in plan(connection, one.sql))
        made = {
            name
            for name, unique in connection.execute(
                """SELECT i.name, i."unique" FROM sqlite_schema t JOIN pragma_index_list(t.name) i WHERE i.origin = 'c'"""
            )
            if not unique
        }
    assert made - set(re.findall(r"INDEX (\w+)", plans)) == set(NOT_SEEN)
