"""Runs the bot in its own process on a restored backup, as `tallydesk run` does.

The desk discards the posts that wait after the restore.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bot.app import open_app
from bot.clock import SystemClock
from bot.desk.desk_file import Desk
from bot.rehearsal.standin.server import pointing_at
from tests.faults.playing import Address


@dataclass(frozen=True, slots=True)
class Order:
    """The addresses of the simulated Discord and of the feed, and the path of the database."""

    discord: Address
    feed: str
    database: Path


def live(order: Order) -> None:
    """Run the bot until the process is killed."""
    asyncio.run(_live(order))


async def _live(order: Order) -> None:
    with pointing_at(order.discord):
        async with open_app(desk(order.feed), order.database, SystemClock(), guild_ready_timeout=0.1) as app:
            await app.bot.login("a-token")
            await app.rooms.operations.restore.pause_newsrooms()
            connection = asyncio.create_task(app.bot.connect())
            await app.bot.wait_until_ready()
            await app.rooms.outbox.dispatcher.start()
            while not connection.done():
                asked = await app.database.rows(_ASKED)
                await app.rooms.feeds.polling.ask_all()
                await app.due.look()
                for server, key in asked:  # the desk decides after it was asked and the source was polled
                    await app.rooms.operations.restore.press("drop", key, server, "faults")
                await asyncio.sleep(0.005)


_ASKED = """SELECT s.id, o.news_at FROM servers s JOIN outbox o ON o.id = s.restored_notice AND o.state = 'sent'"""


def desk(feed: str) -> Desk:
    """Return a desk file with one contest. Its source is the feed at this address."""
    candidates = [{"id": key, "name": key.title(), "last": key.title()} for key in ("ames", "bell")]
    return Desk.model_validate(
        {
            "desk": {"zone": "America/New_York"},
            "contests": [
                {"id": "ga", "name": "President", "where": "Georgia", "leads": "wire", "candidates": candidates}
            ],
            "sources": [{"id": "wire", "name": "the wire", "format": "readings", "url": feed, "own_network": True}],
        }
    )
