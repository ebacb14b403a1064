"""Helpers that insert rows into the outbox."""

from bot.outbox.rows import OutboxRow
from bot.outbox.rows_store import add_rows
from bot.wording.card import Card, lines
from tests.conftest import COUNT, SERVER, START, Newsroom


async def insert(newsroom: Newsroom, *rows: OutboxRow) -> None:
    """Insert rows for a server that the bot is in."""
    await newsroom.desk_store.join(SERVER)
    await newsroom.database.write(lambda connection: add_rows(connection, rows, newsroom.outbox.now()))


async def add(
    newsroom: Newsroom, *texts: str, channel: int = COUNT, kind: str = "notice", contest: str | None = None
) -> None:
    """Insert posts with these texts, numbered from 50."""
    first = await newsroom.count("outbox") + 50
    rows = [
        OutboxRow.worded(SERVER, channel, first + place, Card(lines(text), "the desk", kind=kind), START, contest)
        for place, text in enumerate(texts)
    ]
    await insert(newsroom, *rows)
