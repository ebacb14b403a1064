"""However many posts were made, what is asked of the outbox again and again reads only the few rows it is about."""

import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta

from bot.count.statement import Statement
from bot.database.database import Database
from bot.outbox.discord import number_of
from tests.conftest import COUNT, SERVER, START, WHO, Newsroom, reading

SMALL = {"outbox_open", "outbox_awaiting", "outbox_doubtful", "outbox_asked"}
"""Indexes that hold the few rows that are not settled, or are questions: these may be read from end to end."""
DESK = 19


async def traced(database: Database) -> list[str]:
    """Return a list into which every query goes that is made from now on."""
    queries: list[str] = []
    add: Callable[[sqlite3.Connection], None] = lambda connection: connection.set_trace_callback(queries.append)  # noqa: E731
    await database._writer.run(add)
    await database._reader.run(add)
    return queries


def wide(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Return the steps of a query that read all rows of the outbox, or all of a server."""
    steps = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    found = []
    for step in steps:
        read = re.match(r"(SCAN|SEARCH) (\w+)(?: USING (?:COVERING )?INDEX (\w+))?(?: \(([^)]*)\))?", step)
        if read is None or not (read[2] == "outbox" or re.search(rf"\boutbox {read[2]}\b", sql)):
            continue
        by_server = read[4] == "server=?" and not re.search(r"\bLIMIT 100\b", sql)
        if read[3] not in SMALL and (read[1] == "SCAN" or by_server):
            found.append(f"{step}: {sql}")
    return found


async def state(newsroom: Newsroom, done: int, minute: int) -> None:
    said = {"source": "ga-sos", "contest": "ga", "as_of": START + timedelta(minutes=minute), "certified": (done, 159)}
    await newsroom.statements.take_in(Statement.model_validate(said), SERVER, WHO)


async def test_no_query_of_a_working_day_reads_the_whole_outbox(newsroom: Newsroom) -> None:
    queries = await traced(newsroom.database)
    await newsroom.follow(board=True)
    await newsroom.control.set_desk_channel(DESK, SERVER, WHO)
    await newsroom.take(reading(1000, 500), reading(1000, 1500, 1))
    await newsroom.boards.look()
    await newsroom.publish()
    await state(newsroom, 92, 2)
    await state(newsroom, 96, 3)
    await newsroom.publish()
    for entries in (False, True):
        await newsroom.corrections._store.recent(SERVER, entries=entries)
    await newsroom.corrections.correct(SERVER, 1, "The count is 1,001.", WHO)
    entry = number_of(newsroom.channels.contents(COUNT)[-1])
    assert entry is not None
    await newsroom.corrections.retract(SERVER, entry, "It was wrong.", WHO)
    await newsroom.publish()
    await newsroom.control.pause(SERVER, WHO, None)
    await newsroom.control.mute("times", SERVER, WHO, None)
    await newsroom.take(reading(2000, 1500, 4))
    await newsroom.control.unmute("times", SERVER, WHO, None)
    await newsroom.control.status(SERVER)
    await newsroom.control.resume(SERVER, WHO, None)
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    await newsroom.publish()
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=False)
    await newsroom.following.unfollow(newsroom.following.contest("ga"), SERVER, COUNT, WHO)
    await newsroom.desk_store.leave(SERVER, newsroom.clock.now())

    about = {re.sub(r"\s+", " ", sql) for sql in queries if re.match(r"\s*(SELECT|UPDATE|INSERT|DELETE)", sql)}
    about = {sql for sql in about if "outbox" in sql and "json" not in sql[:12]}
    assert len(about) > 30
    steps = await newsroom.database.transact(
        lambda connection: [step for sql in about for step in wide(connection, sql)]
    )
    assert not steps, "\n".join(steps)
