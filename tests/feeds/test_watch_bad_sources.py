"""Tests sources that hang, trickle, lie or break off, over real sockets. None of them disturbs another."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from bot.box.box import Box
from bot.desk.desk_file import Source
from bot.feeds import fetch
from bot.feeds.polling import Polling
from bot.feeds.source_feeds import feed_of
from bot.rehearsal.stage import FeedServer
from tests.conftest import Newsroom, reading

BODY = (reading(110, 100, source="ga-sos").to_json() + "\n").encode()
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def hangs(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def hangs_in_the_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + BODY[:10])
    await hangs(writer)


async def trickles(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.005)


async def is_garbage(writer: asyncio.StreamWriter) -> None:
    writer.write(bytes(range(256)) * 100)


async def is_garbage_in_the_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n" + bytes(range(256)))


async def closes_early(_: asyncio.StreamWriter) -> None: ...


async def is_cut_short(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY[:-20])


async def says_less_than_it_sends(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(BODY) - 20) + BODY)


async def says_no_number(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + BODY)


async def breaks_off_in_a_chunk(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n" + BODY)


async def has_endless_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n")


BAD = [
    hangs,
    hangs_in_the_body,
    trickles,
    is_garbage,
    is_garbage_in_the_body,
    closes_early,
    is_cut_short,
    says_less_than_it_sends,
    says_no_number,
    breaks_off_in_a_chunk,
    has_endless_headers,
]


@pytest.fixture
async def bad(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    answer: Answer = request.param
    tasks = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks)


def source(name: str, url: str) -> Source:
    said = {"id": name, "name": name, "format": "readings", "url": url, "every": "1s", "own_network": True}
    return Source.model_validate(said)


@pytest.mark.parametrize("bad", BAD, indirect=True, ids=[answer.__name__ for answer in BAD])
async def test_a_source_that_is_broken_gives_nothing_and_disturbs_no_other(
    newsroom: Newsroom, box: Box, bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", aiohttp.ClientTimeout(total=0.3))
    async with FeedServer() as feeds, aiohttp.ClientSession() as session:
        feeds.show(reading(110, 100))
        both = [
            feed_of(source("ga-sos", bad), session, box),
            feed_of(source("times", feeds.url("times")), session, box),
        ]
        watching = Polling(both, newsroom.ingest, newsroom.clock)
        async with asyncio.timeout(5):
            await asyncio.gather(*map(watching.poll, both), return_exceptions=True)
    assert await newsroom.verdicts() == [("accepted", None)]  # of the source that works
    health = watching.health["ga-sos"]
    assert health.problem
    assert "\n" not in health.problem
    assert len(health.problem) < 600
    assert watching.health["times"].failures == 0


async def test_a_source_that_hangs_holds_no_other_up(newsroom: Newsroom, box: Box) -> None:
    never = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    app = web.Application()
    app.router.add_get("/feed", hang)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with FeedServer() as feeds, aiohttp.ClientSession() as session:
        feeds.show(reading(110, 100))
        hanging = source("ga-sos", f"http://127.0.0.1:{runner.addresses[0][1]}/feed")
        both = [feed_of(hanging, session, box), feed_of(source("times", feeds.url("times")), session, box)]
        watching = Polling(both, newsroom.ingest, newsroom.clock)
        polling = asyncio.create_task(watching.poll(both[0]))
        async with asyncio.timeout(10):
            for _ in range(20):
                await watching.poll(both[1])
        polling.cancel()
    never.set()
    await runner.cleanup()
    assert watching.health["ga-sos"].reached_at is None
    assert watching.health["times"].failures == 0
