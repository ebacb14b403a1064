"""Measures the push port under attack from 127 sockets that stay idle, send a byte at a time, or reconnect again and
again.

The attackers run in a separate process, on loopback, for a few seconds. Each reconnects as soon as the bot closes its
connection. Meanwhile a county pushes from the same address, as behind a reverse proxy, where a limit for each client
doesn't help. Then the attackers send complete pushes of 4 MiB without a valid signature.
"""

import asyncio
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from tests.benchmarks.figures import Figure, percentile, sized
from tests.feeds.pushing import HOST, Sender, pushing, said

SOCKETS = 127
PUSHES = 100
PAUSE = 0.05
"""Seconds between two pushes."""

ATTACK = """
import asyncio, contextlib, sys, time
port, sockets, kind, head = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.stdin.buffer.read()
async def idle(reader, writer):
    await reader.read()
async def dripping(reader, writer):
    for letter in head + b" " * 100:
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(0.05)
async def reconnecting(reader, writer):
    writer.write(head[:20])
    writer.transport.abort()
async def unsigned(reader, writer):
    writer.write(head + b" " * int(sys.argv[4]))
    await writer.drain()
    await reader.read()
async def attacker(number):
    how = unsigned if kind == "unsigned" else (idle, dripping, reconnecting)[number % 3]
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.suppress(OSError):
                await how(reader, writer)
            writer.transport.abort()
        await asyncio.sleep(0)
async def main():
    asyncio.get_running_loop().call_later(0.3, lambda: print("attacking", flush=True))
    await asyncio.gather(*[attacker(number) for number in range(sockets)])
asyncio.run(main())
"""


async def run(size: float = 1.0) -> list[Figure]:
    """Push without an attack, and then under each attack."""
    figures = []
    for name, kind, length in (
        ("in-peace", "", 0),
        ("under-attack", "connections", 100),
        ("beside-unsigned", "unsigned", 4 << 20),
    ):
        with tempfile.TemporaryDirectory() as folder:
            async with pushing(Path(folder)) as sender:
                before = _resident()
                attackers = await attack(sender, kind, length, sized(SOCKETS, size, 3)) if kind else None
                try:
                    lost, times, most = await _push(sender, sized(PUSHES, size, 2))
                finally:
                    if attackers is not None:
                        attackers.kill()
                        await attackers.wait()
        figures.append(Figure(f"push-{name}-lost", lost, "pushes", 0))
        figures.append(Figure(f"push-{name}-memory", most - before, "MiB", 60))
        figures.append(Figure(f"push-{name}-median", statistics.median(times) * 1000, "ms"))
        figures.append(Figure(f"push-{name}-p95", percentile(times, 0.95) * 1000, "ms", 1000))
    return figures


async def attack(sender: Sender, kind: str, length: int, sockets: int) -> asyncio.subprocess.Process:
    headers = sender.signed(b"") | {"Content-Type": "application/json", "Host": HOST, "Content-Length": str(length)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST /v1/readings HTTP/1.1\r\n{lines}\r\n".encode()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        ATTACK,
        str(sender.port),
        str(sockets),
        kind,
        str(length),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(head)
    process.stdin.close()
    assert await process.stdout.readline()
    return process


async def _push(sender: Sender, pushes: int) -> tuple[int, list[float], float]:
    """Push again and again, without retries.

    Returns how many pushes failed, the seconds that each took, and the highest memory after a push, in MiB.
    """
    lost, times, most = 0, [], 0.0
    for number in range(pushes):
        began = time.perf_counter()
        try:
            async with asyncio.timeout(5):
                lost += (await sender.push(said(100 + number, 90, number / 100))).status != 200
        except (TimeoutError, OSError, ValueError, aiohttp.ClientError) as error:
            print(f"a push was lost: {error!r}", file=sys.stderr)
            lost += 1
        times.append(time.perf_counter() - began)
        most = max(most, _resident())
        await asyncio.sleep(PAUSE)
    return lost, times, most


def _resident() -> float:
    """Return this process's resident memory, in MiB."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / (1 << 20)
