"""Tests the heartbeat with a real server: sent while the bot is healthy, withheld when it is not, and never
blocking.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.operations import heartbeat as heartbeat_module
from bot.operations.heartbeat import Heartbeat, feed_watchdog, notify, watchdog_every
from bot.operations.vitals import Gateway, OutboxVitals, Vitals
from tests.conftest import START

KEY = "secret-key"
WELL = Vitals(START, START, Gateway(connected=True, since=START), None, OutboxVitals((), (), 0), ())
ILL = Vitals(START, START, Gateway(connected=True, since=START), "it takes no transaction", None, ())


class Monitor:
    """A monitor that expects a regular request (a dead man's switch)."""

    def __init__(self) -> None:
        self.beats: list[str] = []
        self.answers: list[Any] = []
        self.address = ""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.beats.append(f"{request.method} {request.path_qs}")
        answer = self.answers.pop(0) if self.answers else 200
        if answer == "hang":
            await asyncio.Event().wait()
        if answer == "redirect":
            raise web.HTTPFound(f"/ping/{KEY}")
        return web.Response(status=answer, text="OK")


@pytest.fixture
async def monitor() -> AsyncIterator[Monitor]:
    monitor = Monitor()
    runner = web.ServerRunner(web.Server(monitor.answer), shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monitor.address = f"http://127.0.0.1:{runner.addresses[0][1]}/ping/{KEY}?status=up"
    yield monitor
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Looks:
    """A health check with prepared results, one after the other, and then a healthy bot."""

    def __init__(self, *found: Vitals | Exception) -> None:
        self.found = list(found)

    async def __call__(self) -> Vitals:
        found = self.found.pop(0) if self.found else WELL
        if isinstance(found, Exception):
            raise found
        return found


async def at_once() -> None: ...


def heartbeat(monitor: Monitor, session: aiohttp.ClientSession, looks: Looks) -> Heartbeat:
    return Heartbeat(SecretStr(monitor.address), session, looks, at_once, timedelta(minutes=10))


async def test_a_bot_that_is_alive_asks_the_address_and_says_nothing(
    monitor: Monitor, session: aiohttp.ClientSession
) -> None:
    beating = heartbeat(monitor, session, Looks())
    with capture_logs() as logged:
        await beating.beat()
        await beating.beat()
    assert monitor.beats == [f"GET /ping/{KEY}?status=up"] * 2
    assert logged == []


async def test_a_bot_that_is_ill_is_silent_and_logs_why_once(monitor: Monitor, session: aiohttp.ClientSession) -> None:
    beating = heartbeat(monitor, session, Looks(WELL, ILL, ILL, ILL))
    with capture_logs() as logged:
        for _ in range(6):
            await beating.beat()
    assert len(monitor.beats) == 3
    assert logged == [
        {"event": "heartbeats are withheld", "why": "the database: it takes no transaction", "log_level": "warning"},
        {"event": "heartbeats are sent again", "log_level": "info"},
    ]


@pytest.mark.parametrize("answer", [404, 500, "hang", "redirect"])
async def test_heartbeats_that_fail_disturb_nothing_and_are_logged_once(
    monitor: Monitor, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    monkeypatch.setattr(heartbeat_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    monitor.answers = [answer] * (33 if answer == "redirect" else 3)
    beating = heartbeat(monitor, session, Looks())
    with capture_logs() as logged:
        for _ in range(5):
            await beating.beat()
    assert [line["log_level"] for line in logged] == ["warning", "info"]
    assert KEY not in str(logged)


async def test_a_monitor_that_is_not_there_is_logged_without_its_address(session: aiohttp.ClientSession) -> None:
    monitor = Monitor()
    monitor.address = f"http://127.0.0.1:9/ping/{KEY}"
    beating = heartbeat(monitor, session, Looks())
    with capture_logs() as logged:
        await beating.beat()
        await beating.beat()
    (line,) = logged
    assert line["why"] == "ClientConnectorError"
    assert KEY not in str(logged)
    assert KEY not in repr(beating.__dict__)


async def test_it_waits_once_for_the_first_connection_but_not_for_ever(
    monitor: Monitor, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = []

    async def never() -> None:
        waited.append(len(monitor.beats))
        await asyncio.Event().wait()

    monkeypatch.setattr(heartbeat_module, "GATEWAY_AWAY", timedelta(seconds=0.02))
    beating = heartbeat(monitor, session, Looks(ILL))
    beating._ready = never
    with capture_logs() as logged:
        await beating.run()
        await beating.run()
    assert waited == [0]
    assert [line["event"] for line in logged] == ["heartbeats are withheld", "heartbeats are sent again"]
    assert len(monitor.beats) == 1


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Return the socket on which systemd receives the bot's notifications."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


def test_systemd_hears_of_it(systemd: socket.socket) -> None:
    notify("READY=1")
    assert systemd.recv(100) == b"READY=1"


def test_a_socket_without_a_file_is_heard_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0tallydesk@test")
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", "@tallydesk@test")
        notify("STOPPING=1")
        assert listening.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("address", ["", "/nowhere/at/all", "vsock:2:1", "@"])
def test_where_nobody_listens_nothing_happens(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")


async def test_the_watchdog_hears_twice_in_its_time(systemd: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    assert watchdog_every() == 30.0
    await feed_watchdog()
    assert systemd.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("time", ["", "0", "soon"])
def test_where_there_is_no_watchdog_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", time)
    assert watchdog_every() is None
