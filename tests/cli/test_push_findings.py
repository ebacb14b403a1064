"""Tests the report of `tallydesk check` on sources that push."""

import asyncio
import base64
import socket
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from bot.cli.check import push_findings
from bot.desk.settings import load_settings
from bot.http_server import SERVER
from tests.cli.conftest import Cli
from tests.conftest import small_desk
from tests.feeds.pushing import HOST, push_desk, pushing

GOOD = f"whsec_{base64.b64encode(b'g' * 32).decode()}"
OTHER = f"whsec_{base64.b64encode(b'o' * 24).decode()}"

pytestmark = pytest.mark.usefixtures("environment")


@pytest.fixture
def port() -> Iterator[int]:
    """Return a port that another program already uses."""
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        yield int(listening.getsockname()[1])


async def findings(monkeypatch: pytest.MonkeyPatch, **environment: object) -> list[tuple[str, str | None]]:
    for name, value in environment.items():
        monkeypatch.setenv(name, str(value))
    found = [finding async for finding in push_findings(push_desk(), load_settings())]
    assert not [
        said
        for said in map(str, found)
        if any(value in said for value in map(str, environment.values()) if "whsec_" in value)
    ]
    return found


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        return int(listening.getsockname()[1])


async def test_a_set_up_that_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    assert await findings(monkeypatch, COUNTY_SECRET=GOOD, PHONE_SECRET=OTHER, TALLYDESK_PUSH_PORT=port) == [
        ("source county: pushes, with its secret in COUNTY_SECRET", None),
        ("source phone: pushes, with its secret in PHONE_SECRET", None),
        (f"port {port} of 127.0.0.1, for pushes", None),
    ]


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("", "COUNTY_SECRET is not set: put its secret into the environment or into .env"),
        ("hunter2 hunter2", "COUNTY_SECRET in the environment should be a key, without spaces"),
        ("hunter2-hunter2-hunter2", "COUNTY_SECRET is no secret for pushes: it should be whsec_ and then 24 to 64"),
        ("whsec_%%%", "COUNTY_SECRET is no secret for pushes"),
        (f"whsec_{base64.b64encode(b'short').decode()}", "COUNTY_SECRET is no secret for pushes"),
        (f"whsec_{base64.b64encode(b'l' * 65).decode()}", "COUNTY_SECRET is no secret for pushes"),
    ],
)
async def test_a_secret_that_is_none_is_told_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, secret: str, words: str
) -> None:
    found = await findings(monkeypatch, COUNTY_SECRET=secret, PHONE_SECRET=OTHER, TALLYDESK_PUSH_PORT=free_port())
    assert found[0][1] is not None
    assert found[0][1].startswith(words)
    assert not secret or secret not in found[0][1]
    assert found[1][1] is None


async def test_two_sources_with_one_secret_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await findings(monkeypatch, COUNTY_SECRET=GOOD, PHONE_SECRET=GOOD, TALLYDESK_PUSH_PORT=free_port())
    assert [why for _, why in found] == [
        None,
        "it has the same secret as county, so nobody could tell them apart: make it another",
        None,
    ]


async def test_without_a_port_they_have_nowhere_to(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await findings(monkeypatch, COUNTY_SECRET=GOOD, PHONE_SECRET=OTHER)
    assert found[-1] == ("port for pushes", "TALLYDESK_PUSH_PORT is not set, so sources can't push")


async def test_a_port_that_another_program_has_is_told(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setattr("bot.cli.check._ANSWERS_WITHIN", aiohttp.ClientTimeout(total=0.1))
    found = await findings(monkeypatch, COUNTY_SECRET=GOOD, PHONE_SECRET=OTHER, TALLYDESK_PUSH_PORT=port)
    assert found[-1][1] is not None
    assert found[-1][1].startswith("nobody can listen there (")
    assert found[-1][1].endswith("choose another in TALLYDESK_PUSH_PORT, or stop what uses it")


async def test_a_port_that_the_running_bot_has_is_right(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with pushing(tmp_path) as sender:
        found = await findings(monkeypatch, COUNTY_SECRET=GOOD, PHONE_SECRET=OTHER, TALLYDESK_PUSH_PORT=sender.port)
    assert found[-1] == (f"port {sender.port} of 127.0.0.1, for pushes: {SERVER} listens there", None)


async def test_where_nothing_is_pushed_nothing_is_said() -> None:
    assert [finding async for finding in push_findings(small_desk(), load_settings())] == []


async def test_a_secret_may_be_in_the_file_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(f"COUNTY_SECRET={GOOD}\n")
    found = await findings(monkeypatch, PHONE_SECRET=OTHER, TALLYDESK_PUSH_PORT=free_port())
    assert [why for _, why in found] == [None, None, None]


async def test_the_whole_check_tells_of_pushes(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_text(
        '[desk]\nzone = "UTC"\n[[contests]]\nid = "ga"\nname = "President"\nleads = "county"\n'
        'candidates = [{id = "a", name = "A", last = "A"}]\n'
        '[[sources]]\nid = "county"\nname = "the county"\nformat = "push"\nsecret_env = "COUNTY_SECRET"\n'
    )
    monkeypatch.setenv("TALLYDESK_DESK", str(path))
    monkeypatch.setenv("COUNTY_SECRET", GOOD)
    outcome = await asyncio.to_thread(cli, "check")
    lines = outcome.out
    assert "ok     settings" in lines
    assert "ok     source county: pushes, with its secret in COUNTY_SECRET" in lines
    assert "wrong  port for pushes: TALLYDESK_PUSH_PORT is not set, so sources can't push" in lines
    assert not [line for line in lines if "it never posts" in line]
