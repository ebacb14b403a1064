"""What a poll costs that finds nothing new, beside a bare conditional GET of aiohttp to the same server.

The poll is the bot's own, of 51 contests that are followed: ask the source, hear "304 Not Modified", keep that it was
checked. CPU time is of all threads of this process; the server is a process of its own.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.app import wired
from bot.clock import ManualClock
from bot.desk.desk_file import Desk
from tests.benchmarks.figures import Figure, sized
from tests.benchmarks.flat_cost import CONTESTS, SERVER, START, desk, reading

POLLS = 600
ROUNDS = 8
"""In turn, so that a slow minute of the machine falls on both."""

SERVE = """
import asyncio, sys
async def answer(reader, writer):
    while True:
        try:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
        except (EOFError, OSError):
            return writer.close()
        if b"If-None-Match" in head:
            writer.write(b'HTTP/1.1 304 Not Modified\\r\\nETag: "1"\\r\\n\\r\\n')
        else:
            writer.write(b'HTTP/1.1 200 OK\\r\\nETag: "1"\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body)
async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
body = sys.stdin.buffer.read()
asyncio.run(main())
"""


async def run(size: float = 1.0) -> list[Figure]:
    """Measure both in turn."""
    body = "".join(reading(contest, 0).to_json() + "\n" for contest in range(CONTESTS)).encode()
    async with _serving(body) as url:
        with tempfile.TemporaryDirectory() as folder:
            bare, whole = await _measured(url, Path(folder) / "bench.sqlite3", size)
    return [
        Figure("poll-bare-cpu", bare * 1000, "ms"),
        Figure("poll-cpu", whole * 1000, "ms", 1.0),
        Figure("poll-over-bare-cpu", (whole - bare) * 1000, "ms"),
    ]


async def _measured(url: str, database: Path, size: float) -> tuple[float, float]:
    """Return the CPU seconds of a bare request and of a whole poll."""
    async with wired(_desk(url), database, ManualClock(START + timedelta(days=30))) as app, _session() as session:
        for contest in range(CONTESTS):
            await app.rooms.follows.follow(app.rooms.follows.contest(f"contest-{contest}"), SERVER, 1, None, "bench")

        async def bare() -> None:
            async with session.get(url, headers={"If-None-Match": '"1"'}) as answer:
                await answer.read()

        await app.rooms.feeds.polling.ask_all()
        assert app.rooms.feeds.polling.health["wire"].problem is None
        costs = []
        rounds = sized(ROUNDS, size)
        times = sized(POLLS, size, rounds) // rounds
        for part in range(rounds + 1):
            pair = [await _cpu(bare, times), await _cpu(app.rooms.feeds.polling.ask_all, times)]
            if part:  # the first warms up
                costs.append(pair)
        assert app.rooms.feeds.polling.health["wire"].problem is None
    return min(one[0] for one in costs), min(one[1] for one in costs)


async def _cpu(do: Callable[[], Awaitable[None]], times: int) -> float:
    """Return the CPU seconds that doing it once takes, of many times."""
    before = time.process_time()
    for _ in range(times):
        await do()
    return (time.process_time() - before) / times


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30, connect=10))


def _desk(url: str) -> Desk:
    told = desk()
    (source,) = told.sources
    fetched = source.model_copy(update={"format": "readings", "url": url, "own_network": True})
    return told.model_copy(update={"sources": [fetched]})


@asynccontextmanager
async def _serving(body: bytes) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(body)
    process.stdin.write_eof()
    try:
        port = int(await process.stdout.readline())
        yield f"http://127.0.0.1:{port}/feed.jsonl"
    finally:
        process.terminate()
        await process.wait()
