"""Tells systemd that the bot runs, stops, and still turns: sd_notify(3), one datagram each."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress


def notify(state: str) -> None:
    """Tell systemd `READY=1`, `STOPPING=1` or `WATCHDOG=1`, where it started the bot and wants to know."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address.startswith(("/", "@")):
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_systemd:
            to_systemd.setblocking(False)
            to_systemd.sendto(state.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)


async def keep_awake(sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Tell the watchdog twice in its time that the event loop turns, until cancelled; where there is one."""
    time = os.environ.get("WATCHDOG_USEC", "")
    while time.isdecimal() and int(time):
        notify("WATCHDOG=1")
        await sleep(int(time) / 2_000_000)
