"""Measures polls that find nothing new, compared with a bare conditional GET to the same server, and all polls of a
night.

A poll is the bot's own, with 51 followed contests. The bot sends the request, receives "304 Not Modified", and stores
the time of the check. The processor time includes all threads of this process. The server runs in a separate process.

A night is twelve hours with a poll every 30 seconds. In every tenth answer a contest has changed. The other answers
are "304 Not Modified". On a site without ETags they are the same 51 contests, and are read again. The night's
processor time is that of the bot since its start and of the worker process that reads.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Literal

import aiohttp

from bot.app import open_app
from bot.clock import ManualClock
from bot.desk.desk_file import Desk
from tests.benchmarks.figures import Figure, sized
from tests.benchmarks.flat_cost import CONTESTS, SERVER, START, desk, reading

POLLS = 600
NIGHT = 12 * 60 * 2
"""The number of polls in a night."""
CHANGES_EACH = 10
ROUNDS = 8
"""How often the bare requests and the polls take turns, so that a slow minute of the machine affects both."""

SERVE = """
import asyncio, sys, zlib
async def answer(reader, writer):
    while True:
        try:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
        except (EOFError, OSError):
            return writer.close()
        body, mark = bodies[0], b'"%d"' % zlib.crc32(bodies[0])
        del bodies[: len(bodies) > 1]
        if mark in head:
            writer.write(b'HTTP/1.1 304 Not Modified\\r\\nETag: %s\\r\\n\\r\\n' % mark)
        else:
            said = b"ETag: %s\\r\\n" % mark if sys.argv[1] == "etag" else b""
            writer.write(b'HTTP/1.1 200 OK\\r\\n%sContent-Length: %d\\r\\n\\r\\n' % (said, len(body)) + body)
async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
bodies = sys.stdin.buffer.read().split(b"\\0")
asyncio.run(main())
"""


async def run(size: float = 1.0) -> list[Figure]:
    """Measure single polls, and then a night's polls."""
    body = "".join(reading(contest, 0).to_json() + "\n" for contest in range(CONTESTS)).encode()
    async with _serving(body) as url:
        with tempfile.TemporaryDirectory() as folder:
            bare, whole = await _measured(url, Path(folder) / "bench.sqlite3", size)
    nights = [await _night(sized(NIGHT, size), kind) for kind in ("etag", "none")]
    return [
        Figure("poll-bare-cpu", bare * 1000, "ms"),
        Figure("poll-cpu", whole * 1000, "ms", 1.0),
        Figure("poll-over-bare-cpu", (whole - bare) * 1000, "ms"),
        Figure("poll-night-cpu", nights[0], "s"),
        Figure("poll-night-without-etags-cpu", nights[1], "s"),
    ]


async def _measured(url: str, database: Path, size: float) -> tuple[float, float]:
    """Return the processor time in seconds of a bare request and of a whole poll."""
    async with open_app(_desk(url), database, ManualClock(START + timedelta(days=30))) as app, _session() as session:
        for contest in range(CONTESTS):
            await app.rooms.follows.follow(app.rooms.follows.contest(f"contest-{contest}"), SERVER, 1, None, "bench")

        async with session.get(url) as answer:
            mark = answer.headers["ETag"]

        async def bare() -> None:
            async with session.get(url, headers={"If-None-Match": mark}) as answer:
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


async def _night(polls: int, marks: Literal["etag", "none"]) -> float:
    """Return the processor time in seconds of a night's polls, from a site with ETags or without."""
    steps = [0] * CONTESTS
    bodies = []
    for poll in range(polls):
        steps[poll // CHANGES_EACH % CONTESTS] += poll % CHANGES_EACH == 0
        bodies.append("".join(reading(contest, step).to_json() + "\n" for contest, step in enumerate(steps)).encode())
    async with _serving(b"\0".join(bodies), marks) as url:
        with tempfile.TemporaryDirectory() as folder:
            before, worked = time.process_time(), _of_workers()
            async with open_app(
                _desk(url), Path(folder) / "bench.sqlite3", ManualClock(START + timedelta(days=30))
            ) as app:
                for number in range(CONTESTS):
                    await app.rooms.follows.follow(
                        app.rooms.follows.contest(f"contest-{number}"), SERVER, 1, None, "bench"
                    )
                for _ in range(polls):
                    await app.rooms.feeds.polling.ask_all()
                assert app.rooms.feeds.polling.health["wire"].problem is None
            with suppress(TimeoutError):  # of a worker that goes on, as in tests, nothing is counted
                async with asyncio.timeout(2):
                    while _of_workers() == worked:
                        await asyncio.sleep(0.01)
            return time.process_time() - before + _of_workers() - worked


def _of_workers() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _cpu(do: Callable[[], Awaitable[None]], times: int) -> float:
    """Do something `times` times. Returns the processor time in seconds for each time."""
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
async def _serving(body: bytes, marks: Literal["etag", "none"] = "etag") -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, marks, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
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
