"""Signs of life for outside monitors: requests to an address while the bot is healthy, and systemd's watchdog.

Monitors such as healthchecks.io, Uptime Kuma's push monitors and Cronitor raise the alarm when the requests stop. Each
heartbeat follows a new health check, since a heartbeat without a check proves nothing. systemd gets messages as in
sd_notify(3), one datagram each, when the bot has started, when it stops, and while its event loop runs.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus

import aiohttp
import structlog
from pydantic import SecretStr

from bot.operations.vitals import GATEWAY_AWAY, Vitals, unhealthy_reason

TIMEOUT = aiohttp.ClientTimeout(total=10)

log = structlog.get_logger()


class Heartbeat:
    """A sender of heartbeats to an outside monitor, while the bot is healthy.

    Args:
        address: the monitor's address. It is never logged, since whoever knows it could send heartbeats.
        session: the HTTP client.
        look: makes a health check.
        ready: returns when the bot has reached Discord for the first time.
        post_waits: how long a post may wait for a writable channel before the bot counts as unhealthy.

    """

    def __init__(
        self,
        address: SecretStr,
        session: aiohttp.ClientSession,
        look: Callable[[], Awaitable[Vitals]],
        ready: Callable[[], Awaitable[None]],
        post_waits: timedelta,
    ) -> None:
        self._address = address
        self._session = session
        self._look = look
        self._ready = ready
        self._post_waits = post_waits
        self._started = False
        self._withheld: str | None = None
        self._fails = False

    async def run(self) -> None:
        """Send a heartbeat if the bot is healthy.

        The first call waits until the bot has connected to Discord, but at most for `GATEWAY_AWAY`.
        """
        if not self._started:
            with suppress(TimeoutError):
                async with asyncio.timeout(GATEWAY_AWAY.total_seconds()):
                    await self._ready()
            self._started = True
        await self.beat()

    async def beat(self) -> None:
        """Make a health check, and send a heartbeat if the bot is healthy.

        A series of failures is logged when it begins and when it ends.
        """
        vitals = await self._look()
        why = unhealthy_reason(vitals, vitals.at, self._post_waits)
        if why is None:
            await self._send()
        elif self._withheld is None:
            log.warning("heartbeats are withheld", why=why)
        if why is None and self._withheld is not None:
            log.info("heartbeats are sent again")
        self._withheld = why

    async def _send(self) -> None:
        why = await self._ask()
        if why is not None and not self._fails:
            log.warning("a heartbeat did not arrive; further ones are tried without a word", why=why)
        elif why is None and self._fails:
            log.info("heartbeats arrive again")
        self._fails = why is not None

    async def _ask(self) -> str | None:
        """Send a request to the monitor.

        Returns an error message without the monitor's address, or None if the request succeeded.
        """
        try:
            async with self._session.get(self._address.get_secret_value(), timeout=TIMEOUT) as response:
                if response.status < HTTPStatus.BAD_REQUEST:
                    return None
                return f"it was answered {response.status}"
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return type(error).__name__


def notify(state: str) -> None:
    """Send `READY=1`, `STOPPING=1` or `WATCHDOG=1` to systemd, if systemd started the bot and wants notifications."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address.startswith(("/", "@")):
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_systemd:
            to_systemd.setblocking(False)
            to_systemd.sendto(state.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)


def watchdog_every() -> float | None:
    """Return the seconds between two messages to systemd's watchdog, half its timeout. None if the watchdog is off."""
    time = os.environ.get("WATCHDOG_USEC", "")
    return int(time) / 2_000_000 if time.isdecimal() and int(time) else None


async def feed_watchdog() -> None:
    """Notify systemd's watchdog that the event loop runs."""
    notify("WATCHDOG=1")
