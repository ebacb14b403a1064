"""Runs a simulated Discord in a separate process, with Discord's rate limits. Times are taken from the clock of that
process.

The process prints one JSON line with its addresses. Then it answers each line on standard input with a JSON line: when
posts arrived in each channel, and for each IDENTIFY its shard and time. Times are seconds of the monotonic clock,
which all processes share.
"""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.rehearsal.standin.server import StandIn

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class StandInProcess:
    """A simulated Discord that runs in a separate process."""

    base: str
    gateway_url: str
    servers: list[int]
    channels: list[int]
    """The ids of the channels, in order of creation. The servers take turns."""
    process: asyncio.subprocess.Process

    async def report(self) -> dict[str, Any]:
        """Return {"rejected": number of 429 answers, "arrivals": {channel: seconds}, "identified": [[shard,
        seconds]]}.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"report\n")
        line = await self.process.stdout.readline()
        report: dict[str, Any] = json.loads(line)
        return report


@asynccontextmanager
async def limited_standin(channels: int, servers: int = 1, shards: int = 1) -> AsyncIterator[StandInProcess]:
    """Start a simulated Discord that enforces the rate limits, with `channels` channels. It ends when the context is
    left.

    With several servers, each also has a newsroom's other channels and roles. The bot learns about those too.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.standin_process",
        str(channels),
        str(servers),
        str(shards),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    assert process.stdout is not None
    try:
        yield StandInProcess(**json.loads(await process.stdout.readline()), process=process)
    finally:
        process.kill()
        await process.wait()


async def main(channels: int, servers: int, shards: int) -> None:
    """Serve until standard input is closed."""
    async with StandIn(limited=True, shards=shards) as standin:
        guilds = [standin.world.add_guild(f"Newsroom {number}") for number in range(servers)]
        for guild in guilds if servers > 1 else ():
            for number in range(20):
                guild.add_channel(f"other-{number}", topic="What this channel is for")
                guild.add_role(f"Role {number}")
        ids = [guilds[number % servers].add_channel(f"count-{number}").id for number in range(channels)]
        keys = [guild.id for guild in guilds]
        say({"base": standin.base, "gateway_url": standin.gateway_url, "servers": keys, "channels": ids})
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while await lines.readline():
            arrivals: defaultdict[str, list[float]] = defaultdict(list)
            for request in standin.requests:
                if request.method == "POST" and request.path.endswith("/messages"):
                    arrivals[request.path.split("/")[2]].append(request.arrived)
            say({"rejected": standin.rejected, "arrivals": arrivals, "identified": standin.gateway.identified})


def say(document: dict[str, object]) -> None:
    print(json.dumps(document), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:4])))
