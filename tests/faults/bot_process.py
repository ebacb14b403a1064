"""The bot in a process of its own, to be killed: it watches one feed and publishes until then."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.bootstrap import wired
from bot.clock import SystemClock
from bot.deskfile import Desk
from bot.logs import set_up_logs
from bot.rehearsal.standin import pointing_at


@dataclass(frozen=True)
class Addresses:
    base: str
    gateway_url: str


async def main(base: str, gateway_url: str, feed: str, database: str, server: int, channel: int) -> None:
    with pointing_at(Addresses(base, gateway_url)):
        async with wired(desk(feed), Path(database), SystemClock(), guild_ready_timeout=0.1) as app:
            await app.following.follow(app.following.contest("ga"), server, channel, None, "faults")
            await app.bot.login("a-token")
            connection = asyncio.create_task(app.bot.connect())
            await app.bot.wait_until_ready()
            await app.publisher.start()
            while not connection.done():
                await app.watch.ask_all()
                await asyncio.sleep(0.005)


def desk(feed: str) -> Desk:
    candidates = [{"id": key, "name": key.title(), "last": key.title()} for key in ("ames", "bell")]
    return Desk.model_validate(
        {
            "desk": {"zone": "America/New_York"},
            "contests": [
                {"id": "ga", "name": "President", "where": "Georgia", "leads": "wire", "candidates": candidates}
            ],
            "sources": [{"id": "wire", "name": "the wire", "format": "readings", "url": feed}],
        }
    )


if __name__ == "__main__":
    set_up_logs("error")
    base, gateway_url, feed, database, server, channel = sys.argv[1:]
    asyncio.run(main(base, gateway_url, feed, database, int(server), int(channel)))
