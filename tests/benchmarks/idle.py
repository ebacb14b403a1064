"""Compares an idle bot with a bare discord.py bot on the same simulated Discord. Each bot runs in a separate process.

The bot runs everything that `tallydesk run` does. It follows 51 contests, polls three sources every 60 seconds, runs
its scheduled jobs, checks its own health, sends a heartbeat and answers /healthz. Both processes are measured from
outside. Memory is RSS, as shown by `ps`.

Both bots run as installed. Bytecode is already compiled, as after pip, because compiling takes 3 MiB that are never
returned. Packages that only the tests need are absent.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from compileall import compile_dir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bot
import cogs
from bot.app import open_app
from bot.clock import SystemClock
from bot.rehearsal.stage import FeedServer
from bot.rehearsal.standin.server import StandIn
from tests.benchmarks.figures import Figure
from tests.benchmarks.flat_cost import CONTESTS, desk, reading

STARTS_WITHIN = 30.0
SETTLES = 20.0
"""How long both bots run before the measurement, in seconds. By then every source has been read once."""
MEASURED = 60.0
"""The length of the measurement, in seconds. Each source is polled once in that time."""
SOURCES = ("wire", "state", "county")

_AS_INSTALLED = """
import sys
sys.modules["greenlet"] = sys.modules["orjson"] = None  # structlog and discord.py would take them along
"""
BOT = f"""{_AS_INSTALLED}
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = sys.argv[1], yarl.URL(sys.argv[2])
from bot.__main__ import main
sys.argv[1:] = ["run"]
sys.exit(main())
"""
BARE = f"""{_AS_INSTALLED}
import yarl
import discord
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = sys.argv[1], yarl.URL(sys.argv[2])
intents = discord.Intents.none()
intents.guilds = True
bot = commands.AutoShardedBot(command_prefix=(), help_command=None, intents=intents)

@bot.tree.command(description="Answer")
async def ping(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("pong")

bot.run("a-token", log_handler=None)
"""


@dataclass(frozen=True)
class Cost:
    """The processor time and the memory that a process has used."""

    cpu: float
    """Processor time since the process started, in seconds."""
    rss: float
    """Memory, in MiB."""


async def run(size: float = 1.0) -> list[Figure]:
    """Start both bots, wait until they have settled, and measure both at the start and the end of the period."""
    with tempfile.TemporaryDirectory() as folder:
        async with StandIn() as standin, FeedServer() as feeds:
            environment = await _newsroom(Path(folder), standin, feeds)
            first, last = await _watched(standin, environment, size)
    bare, whole = [
        (after.cpu - before.cpu) / (MEASURED * size) * 100 for before, after in zip(first, last, strict=True)
    ]
    return [
        Figure("idle-bare-cpu", bare, "%"),
        Figure("idle-cpu", whole, "%", 1.0),
        Figure("idle-bare-memory", last[0].rss, "MiB"),
        Figure("idle-memory", last[1].rss, "MiB", 150),
    ]


async def _newsroom(folder: Path, standin: StandIn, feeds: FeedServer) -> dict[str, str]:
    """Prepare the desk file, the database and the feeds. Returns the environment variables for `tallydesk run`."""
    guild = standin.world.add_guild("Newsroom")
    channel = guild.add_channel("count").id
    write_desk(folder / "desk.toml", feeds)
    async with open_app(desk(), folder / "idle.sqlite3", SystemClock()) as app:
        for number in range(CONTESTS):
            await app.rooms.follows.follow(
                app.rooms.follows.contest(f"contest-{number}"), guild.id, channel, None, "bench"
            )
    for source in SOURCES:
        for contest in range(CONTESTS):
            feeds.show(reading(contest, 0).model_copy(update={"source": source}))
    for package in (bot, cogs):
        compile_dir(package.__path__[0], quiet=1)
    return os.environ | {
        "TALLYDESK_TOKEN": "a-token",
        "TALLYDESK_SERVERS": "all",
        "TALLYDESK_DESK": str(folder / "desk.toml"),
        "TALLYDESK_DATABASE": str(folder / "idle.sqlite3"),
        "TALLYDESK_HEARTBEAT_URL": feeds.url("heartbeat"),
        "TALLYDESK_HEALTH_PORT": str(_free_port()),
    }


def write_desk(path: Path, feeds: FeedServer) -> None:
    """Write the benchmarks' desk file, with three sources that publish the contests."""
    sources = [
        {"id": source, "name": source, "format": "readings", "url": feeds.url(source), "own_network": True}
        for source in SOURCES
    ]
    file = desk().model_dump(mode="json", include={"contests": {"__all__": {"id", "name", "where", "leads"}}})
    candidates = [{"id": key, "name": f"Ann {key}", "last": key} for key in "abc"]
    file |= {"desk": {"zone": "America/New_York"}, "sources": sources}
    for contest in file["contests"]:
        contest["candidates"] = candidates
    path.write_text(_toml(file), encoding="utf-8")


def _toml(file: dict[str, Any]) -> str:
    """Return a desk file as TOML.

    JSON's strings, numbers and lists are valid TOML. Nested objects become inline tables.
    """
    lines = ["[desk]", *(f"{key} = {json.dumps(value)}" for key, value in file["desk"].items())]
    for table in ("sources", "contests"):
        for row in file[table]:
            lines += [f"[[{table}]]", *(f"{key} = {_inline(value)}" for key, value in row.items())]
    return "\n".join(lines) + "\n"


def _inline(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{key} = {_inline(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_inline, value)) + "]"
        case _:
            return json.dumps(value)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


async def _watched(standin: StandIn, environment: dict[str, str], size: float) -> tuple[list[Cost], list[Cost]]:
    """Return the costs of the bare bot and of the whole bot, each once settled and at the end."""
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, standin.base, standin.gateway_url, env=environment, stderr=subprocess.DEVNULL
        )
        for code in (BARE, BOT)
    ]
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            while sum(line.session is not None for line in standin.gateway._lines) < len(processes):
                assert all(process.returncode is None for process in processes), "one has ended"
                await asyncio.sleep(0.05)
        await asyncio.sleep(SETTLES * size)
        first = [_cost(process.pid) for process in processes]
        await asyncio.sleep(MEASURED * size)
        return first, [_cost(process.pid) for process in processes]
    finally:
        for process in processes:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _cost(pid: int) -> Cost:
    """Read a process's cost from Linux's /proc. See proc(5)."""
    # In nanoseconds, from one file for each thread. The ticks in /proc/PID/stat miss most work shorter than a tick.
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    on_cpu = sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
    rows = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]]
    kib = {row[0]: int(row[1]) for row in rows}
    return Cost(on_cpu, kib["Rss:"] / 1024)
