"""Tests `tallydesk run`: what it refuses, how it starts, and how it stops."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook

from bot.desk.toml_file import shipped
from bot.rehearsal.standin.server import StandIn, pointing_at
from tests.cli.conftest import Cli
from tests.cli.running import SOON, Running
from tests.feeds.pushing import COUNTY

pytestmark = pytest.mark.usefixtures("environment")


def test_without_a_token_it_says_where_one_comes_from(cli: Cli) -> None:
    outcome = cli("run")
    assert outcome.status == 2
    assert [line[:7].split() for line in outcome.out] == [["done", "1"], ["next", "2"], ["3"], ["done", "4"]]
    (line,) = outcome.err
    assert line == "TALLYDESK_TOKEN is not set; next is step 2, application. `tallydesk rehearse` needs no token"


def test_in_an_empty_folder_the_step_that_it_names_is_the_one_marked_as_next(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DESK", "SERVERS"):
        monkeypatch.delenv(f"TALLYDESK_{name}")
    outcome = cli("run")
    assert [line[:7].split() for line in outcome.out] == [["next", "1"], ["2"], ["3"], ["4"]]
    assert outcome.err[0].startswith("TALLYDESK_TOKEN is not set; next is step 1, desk file. ")


@pytest.mark.usefixtures("token")
def test_without_a_list_of_servers_it_does_not_run(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALLYDESK_SERVERS")
    outcome = cli("run")
    assert outcome.status == 2
    assert [line[:7].split() for line in outcome.out] == [["done", "1"], ["done", "2"], ["next", "3"], ["4"]]
    assert "open https://discord.com/oauth2/authorize?client_id=11872&" in outcome.out[2]
    (line,) = outcome.err
    assert line.startswith("TALLYDESK_SERVERS is not set; next is step 3, invitation. ")


def test_a_bad_setting_is_one_line(cli: Cli, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYDESK_SERVERS", "newsroom")
    outcome = cli("run")
    assert outcome.status == 2
    (line,) = outcome.err
    assert line.startswith("the setting TALLYDESK_SERVERS: ")
    assert token not in line


@pytest.mark.parametrize(("text", "words"), [(None, "can't be read"), ("[desk", "not TOML"), ("[desk]\n", "desk.zone")])
def test_a_bad_desk_file_is_one_line_that_names_it(
    cli: Cli, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, words: str
) -> None:
    assert token
    path = tmp_path / "mine.toml"
    if text is not None:
        path.write_text(text)
    monkeypatch.setenv("TALLYDESK_DESK", str(path))
    outcome = cli("run")
    assert outcome.status == 2
    (line,) = outcome.err
    assert line.startswith(f"{path}: ")
    assert words in line
    assert not (tmp_path / "data").exists()


async def in_thread(cli: Cli, address: StandIn) -> tuple[int, list[str]]:
    with pointing_at(address):
        outcome = await asyncio.to_thread(cli, "run")
    assert outcome.out == []
    return outcome.status, outcome.err


async def test_a_refused_token_is_one_line_that_does_not_show_it(cli: Cli, token: str) -> None:
    async with StandIn(refused_token=token) as standin:
        status, (line,) = await in_thread(cli, standin)
    assert status == 2
    assert line.startswith("Discord refuses the token in TALLYDESK_TOKEN: copy it again")
    assert "secret" not in line


async def test_discord_out_of_reach_is_one_line(cli: Cli, token: str, standin: StandIn) -> None:
    await standin.stop()
    status, (line,) = await in_thread(cli, standin)
    assert status == 1
    assert line.startswith("Discord can't be reached (")
    assert token not in line


async def test_a_database_that_is_none_is_one_line(cli: Cli, token: str, tmp_path: Path, standin: StandIn) -> None:
    path = tmp_path / "data" / "desk.sqlite3"
    path.parent.mkdir()
    path.write_text("not a database, and long enough to be looked at as one" * 100)
    status, (line,) = await in_thread(cli, standin)
    assert status == 1
    assert line.startswith(f"{path}: the database can't be opened")
    assert token not in line


# There is no setting for Discord's address, and must not be one. A bot that can be pointed elsewhere can be
# made to hand over its token.
BOT = """
import sys
from types import SimpleNamespace
from bot.__main__ import main
from bot.rehearsal.standin.server import pointing_at
with pointing_at(SimpleNamespace(base=sys.argv[1], gateway_url=sys.argv[2])):
    sys.exit(main(["run"]))
"""


async def test_started_from_nothing_ctrl_c_stops_it_at_once_and_in_order(
    standin: StandIn, token: str, tmp_path: Path
) -> None:
    guild = standin.world.add_guild("Newsroom")
    channel, olga = guild.add_channel("count"), guild.add_member("Olga", owner=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BOT, standin.base, standin.gateway_url, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        async with asyncio.timeout(SOON):
            while not standin.gateway.reaches(guild.id):
                assert process.returncode is None, "it has ended"
                await asyncio.sleep(0.01)
            while not standin.world.commands():
                await asyncio.sleep(0.01)
        answer = await standin.slash(channel.id, olga.id, "margin", {"contest": "ga-2020-president"}, timeout=SOON)
        assert "No count is in yet" in answer.content
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(SOON):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (process.returncode, out) == (0, b"")
    assert time.monotonic() - began < 5
    logged = err.decode()
    events = [re.split(r" info |\s\w+=", line)[1] for line in logged.splitlines()]
    assert events == [
        "running",
        "slash commands synced",
        "stopping",
        "stopped",
    ]  # no traceback, and no warning from a library
    assert token not in logged
    names = {path.name for path in (tmp_path / "data").iterdir()}
    assert names == {"desk.sqlite3"}  # nothing is left in a log beside it
    assert standin.unknown == []


async def test_a_token_that_is_refused_later_ends_it_with_one_line(standin: StandIn, token: str) -> None:
    guild = standin.world.add_guild("Newsroom")
    async with Running(standin) as running:
        await running.reaches(guild.id)
        standin.refused_token = token
        standin.gateway.drop(forget=True)
        assert await running.ended() == 1
        assert running.logged.splitlines()[-1].startswith("the connection to Discord ended: ")
        assert token not in running.logged


async def test_a_health_port_that_is_taken_is_one_line(
    cli: Cli, standin: StandIn, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    port = standin.base.split(":")[2].split("/")[0]
    monkeypatch.setenv("TALLYDESK_HEALTH_PORT", port)
    status, (line,) = await in_thread(cli, standin)
    assert status == 1
    assert line.startswith(f"TALLYDESK_HEALTH_PORT: nobody can listen on port {port} of 127.0.0.1 (")
    assert token not in line


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("status", [400, 503])
async def test_a_list_of_commands_that_discord_refuses_does_not_keep_it_from_running(
    standin: StandIn, status: int
) -> None:
    guild = standin.world.add_guild("Newsroom")
    standin.faults.answer_next(status, route="PUT /applications/*/commands")
    async with Running(standin) as running:
        await running.reaches(guild.id)
        assert (await running.stop(signal.SIGTERM))[0] == 0
        (said,) = [line for line in running.logged.splitlines() if " warning " in line]
        assert "Discord did not take the slash commands; posts go out, and the commands are tried again" in said


@pytest.mark.usefixtures("token")
async def test_while_it_runs_it_beats_and_answers_how_it_does(
    cli: Cli, standin: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    guild = standin.world.add_guild("Newsroom")
    channel, olga = guild.add_channel("count"), guild.add_member("Olga", owner=True)
    beats: asyncio.Queue[str] = asyncio.Queue()

    async def beat(request: web.BaseRequest) -> web.Response:
        beats.put_nowait(request.path)
        return web.Response()

    runner, port = web.ServerRunner(web.Server(beat), shutdown_timeout=0.01), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setenv("TALLYDESK_HEARTBEAT_URL", f"http://127.0.0.1:{runner.addresses[0][1]}/secret-key")
    monkeypatch.setenv("TALLYDESK_HEALTH_PORT", str(port))
    systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    systemd.bind(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    async with Running(standin) as running, aiohttp.ClientSession() as session:
        await running.reaches(guild.id)
        async with asyncio.timeout(SOON):
            assert await beats.get() == "/secret-key"
        async with session.get(f"http://127.0.0.1:{port}/healthz") as response:
            assert response.status == 200
            said = await response.json()
        assert said["gateway"]["connected"] is True
        asked = await asyncio.to_thread(cli, "healthcheck")
        assert (asked.status, asked.err) == (0, [])
        assert asked.out[0].startswith("ok: version 0.1.0, up for ")
        assert set(said["jobs"]) == {
            "slash commands",
            "look at what is due",
            "deadlines",
            "mirror",
            "boards",
            "compare feeds with the desk file",
            "delete what is old",
            "health check",
            "systemd watchdog",
            "heartbeat",
        }
        assert {job["failures"] for job in said["jobs"].values()} == {0}
        assert said["jobs"]["boards"]["last_success"] < said["jobs"]["boards"]["next_run"]
        answer = await standin.slash(channel.id, olga.id, "status", timeout=SOON)
        assert "\nRuns next: " in answer.content
        status, logged, _ = await running.stop(signal.SIGTERM)
    await runner.cleanup()
    with systemd:
        heard = [systemd.recv(100) for _ in range(3)]
        assert (sorted(heard), heard[-1]) == ([b"READY=1", b"STOPPING=1", b"WATCHDOG=1"], b"STOPPING=1")
    assert status == 0
    assert len(logged.splitlines()) == 4
    assert "secret-key" not in logged


@pytest.mark.usefixtures("token")
async def test_a_source_can_push_while_it_runs_and_metrics_tell_of_it(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    guild = standin.world.add_guild("Newsroom")
    port, health = free_port(), free_port()
    desk = shipped("desks", "georgia-2020.toml").read_text(encoding="utf-8")
    desk += '[[sources]]\nid = "floyd"\nname = "Floyd County"\nformat = "push"\nsecret_env = "FLOYD_SECRET"\n'
    (tmp_path / "desk.toml").write_text(desk, encoding="utf-8")
    settings = {"DESK": tmp_path / "desk.toml", "PUSH_PORT": port, "HEALTH_PORT": health}
    monkeypatch.setenv("FLOYD_SECRET", COUNTY)
    for name, value in settings.items():
        monkeypatch.setenv(f"TALLYDESK_{name}", str(value))
    reading = {
        "source": "floyd",
        "contest": "ga-2020-president",
        "as_of": "2020-11-11T12:35:03Z",
        "votes": {"biden": 5},
    }
    body, now = json.dumps(reading), datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "Content-Type": "application/json",
        "webhook-signature": Webhook(COUNTY).sign("msg_1", now, body),
    }
    async with Running(standin) as running, aiohttp.ClientSession() as session:
        await running.reaches(guild.id)
        async with asyncio.timeout(SOON):
            while True:
                try:
                    async with session.post(
                        f"http://127.0.0.1:{port}/v1/readings", data=body, headers=headers
                    ) as response:
                        assert (response.status, (await response.json())["taken"]) == (200, 1)
                        break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.02)
        async with session.get(f"http://127.0.0.1:{health}/metrics") as response:
            assert 'tallydesk_readings_total{outcome="accepted",source="floyd"} 1.0' in await response.text()
        status, logged, _ = await running.stop(signal.SIGTERM)
    assert status == 0
    assert COUNTY not in logged


def test_reading_a_feed_loads_neither_discord_nor_a_database() -> None:
    heavy = ("discord", "dateparser", "aiosqlite", "aiohttp", "apscheduler", "rich.console", "structlog")
    script = f"import sys, bot.cli.read; sys.exit(' '.join(name for name in {heavy} if name in sys.modules) or 0)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=os.environ)
    assert (done.returncode, done.stderr) == (0, "")
