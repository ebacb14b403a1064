"""Tells systemd that the bot runs, stops, and still turns: sd_notify(3), one datagram each."""

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Tell systemd `READY=1`, `STOPPING=1` or `WATCHDOG=1`, where it started the bot and wants to know."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address.startswith(("/", "@")):
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_systemd:
            to_systemd.setblocking(False)
            to_systemd.sendto(state.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)


def watchdog_every() -> float | None:
    """Return how often in seconds systemd's watchdog is told that the event loop turns: twice in its time; None: never."""
    time = os.environ.get("WATCHDOG_USEC", "")
    return int(time) / 2_000_000 if time.isdecimal() and int(time) else None


async def keep_awake() -> None:
    """Tell the watchdog that the event loop turns."""
    notify("WATCHDOG=1")
