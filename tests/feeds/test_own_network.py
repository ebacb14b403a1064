"""Tests which addresses feeds may have: on the internet, and in the operator's own network only if the desk file
allows it.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.box.box import Box
from bot.desk.desk_file import Source
from bot.feeds.fetch import FeedError
from bot.feeds.own_network import AddressInfo, Sessions, is_own_network, outside_socket
from bot.feeds.source_feeds import feed_of

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NOW = datetime(2020, 11, 12, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.5",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.5",
        "::ffff:a9fe:a9fe",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
    ],
)
def test_addresses_that_are_not_on_the_internet(address: str) -> None:
    assert is_own_network(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "100.63.0.1",
        "100.128.0.1",
        "169.253.1.1",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)
def test_addresses_on_the_internet(address: str) -> None:
    assert not is_own_network(address)


def test_a_socket_is_made_for_the_internet_alone() -> None:
    outside_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))).close()
    with pytest.raises(OSError, match=r"169\.254\.169\.254 is in your own network; own_network = true"):
        outside_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80)))


class Names(AbstractResolver):
    """A resolver that returns the given addresses one after the other, whatever the name."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        address = self.addresses.pop(0) if len(self.addresses) > 1 else self.addresses[0]
        return [ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None: ...


@asynccontextmanager
async def listening(handle: Handler) -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def ok(_: web.Request) -> web.Response:
    return web.Response(text="")


def source(url: str, **more: object) -> Source:
    return Source.model_validate({"id": "times", "name": "the Times", "format": "readings", "url": url} | more)


async def refused(session: aiohttp.ClientSession, url: str) -> str:
    with pytest.raises(FeedError) as caught:
        await feed_of(source(url), session, Box()).news(NOW)
    return str(caught.value)


async def test_a_typed_address_inside_is_refused_without_a_connection() -> None:
    reached = asyncio.Event()

    async def handle(_: web.Request) -> web.Response:
        reached.set()
        return web.Response(text="")

    async with listening(handle) as port, Sessions("Tallydesk/0") as sessions:
        session = sessions.of(source("http://x/"))
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
            words = await refused(session, f"http://{host}:{port}/feed?apikey=hunter2")
            assert "in your own network; own_network = true in the desk file lets the source use it" in words
            assert "hunter2" not in words
        for host in ("127.1", "2130706433", "0x7f000001"):  # the other ways to write it
            assert await refused(session, f"http://{host}:{port}/feed")
        assert not reached.is_set()


async def test_a_source_that_may_is_asked_inside(box: Box) -> None:
    async with listening(ok) as port, Sessions("Tallydesk/0") as sessions:
        inside = source(f"http://127.0.0.1:{port}/feed", own_network=True)
        assert await feed_of(inside, sessions.of(inside), box).news(NOW) is not None
        # That a connection is open for one source lets no other use it.
        outside = source(f"http://127.0.0.1:{port}/feed")
        with pytest.raises(FeedError, match="in your own network"):
            await feed_of(outside, sessions.of(outside), box).news(NOW)


async def test_a_name_that_leads_inside_is_refused_also_when_it_meant_something_else_before() -> None:
    made: list[str] = []

    def factory(info: AddressInfo) -> socket.socket:
        made.append(info[4][0])
        if len(made) > 1:
            return outside_socket(info)
        raise OSError(111, "nobody is there")

    connector = aiohttp.TCPConnector(
        resolver=Names("8.8.8.8", "10.0.0.5"), use_dns_cache=False, socket_factory=factory, happy_eyeballs_delay=None
    )
    async with aiohttp.ClientSession(connector=connector) as session:
        assert "nobody is there" in await refused(session, "http://results.example/feed")
        words = await refused(session, "http://results.example/feed")
        assert "10.0.0.5 is in your own network" in words
        assert made == ["8.8.8.8", "10.0.0.5"]


async def test_a_redirect_into_the_own_network_is_refused() -> None:
    async def away(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"http://127.0.0.1:{inside}/latest/meta-data/"})

    reached = asyncio.Event()

    async def metadata(_: web.Request) -> web.Response:
        reached.set()
        return web.Response(text="")

    def factory(info: AddressInfo) -> socket.socket:
        if info[4][1] == site:  # in place of a site on the internet
            return socket.socket(*info[:3])
        return outside_socket(info)

    async with listening(away) as site, listening(metadata) as inside:
        connector = aiohttp.TCPConnector(socket_factory=factory)
        async with aiohttp.ClientSession(connector=connector) as session:
            words = await refused(session, f"http://127.0.0.1:{site}/feed")
        assert "127.0.0.1 is in your own network" in words
        assert not reached.is_set()
