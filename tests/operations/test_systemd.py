import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.operations.systemd import keep_awake, notify, watchdog_every


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Return what systemd hears."""
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
    await keep_awake()
    assert systemd.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize("time", ["", "0", "soon"])
def test_where_there_is_no_watchdog_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", time)
    assert watchdog_every() is None
