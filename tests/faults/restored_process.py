"""The bot in a process of its own, as `tallydesk run` starts it: it takes up a restored copy, watches and publishes."""

import asyncio
import sys
from pathlib import Path

from bot.app import wired
from bot.clock import SystemClock
from bot.desk.desk_file import Desk
from bot.logs import set_up_logs
from bot.rehearsal.standin.pointing import pointing_at
from tests.faults.playing import Address

ROOT = Path(__file__).parent.parent.parent


async def main(base: str, gateway_url: str, feed: str, database: str) -> None:
    with pointing_at(Address(base, gateway_url)):
        async with wired(desk(feed), Path(database), SystemClock(), guild_ready_timeout=0.1) as app:
            await app.bot.login("a-token")
            await app.rooms.operations.restore.take_up()
            connection = asyncio.create_task(app.bot.connect())
            await app.bot.wait_until_ready()
            await app.rooms.outbox.dispatcher.start()
            while not connection.done():
                await app.rooms.feeds.polling.ask_all()
                await app.ticker.look()
                await asyncio.sleep(0.005)


def desk(feed: str) -> Desk:
    """Return a desk file of one contest, whose source is a feed at this address."""
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


if __name__ == "__main__":
    set_up_logs("error")
    asyncio.run(main(*sys.argv[1:]))
