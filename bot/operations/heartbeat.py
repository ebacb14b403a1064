"""Signs of life for who watches from outside: an address that is asked while all is well, and systemd's watchdog.

That is how healthchecks.io, Uptime Kuma's push monitors and Cronitor take it: a GET says "alive", and silence says the
rest. A bot that is dead can't say so itself. The health check runs anew for each, since a heartbeat that is sent
without a check proves nothing. systemd is told that the bot runs, stops, and still turns: sd_notify(3), one datagram each.
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

WITHIN = aiohttp.ClientTimeout(total=10)

log = structlog.get_logger()


class Heartbeat:
    """Says that the bot is alive, if it is."""

    def __init__(
        self,
        address: SecretStr,
        session: aiohttp.ClientSession,
        look: Callable[[], Awaitable[Vitals]],
        ready: Callable[[], Awaitable[None]],
        post_waits: timedelta,
    ) -> None:
        """Ask `address` through `session`.

        Args:
            address: never logged: who knows it can say that the bot is alive.
            session: the client.
            look: returns how the bot does now.
            ready: returns when the bot has reached Discord for the first time.
            post_waits: how long a post may wait for a channel that can be written to.

        """
        self._address = address
        self._session = session
        self._look = look
        self._ready = ready
        self._post_waits = post_waits
        self._begun = False
        self._withheld: str | None = None
        self._fails = False

    async def run(self) -> None:
        """Beat; for the first time when the bot has reached Discord, or should have."""
        if not self._begun:
            with suppress(TimeoutError):
                async with asyncio.timeout(GATEWAY_AWAY.total_seconds()):
                    await self._ready()
            self._begun = True
        await self.beat()

    async def beat(self) -> None:
        """Look, and send a heartbeat if the bot is alive. What goes wrong is logged when it begins and when it is over."""
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
        """Ask the address; return what went wrong, in words that do not hold it."""
        try:
            async with self._session.get(self._address.get_secret_value(), timeout=WITHIN) as response:
                if response.status < HTTPStatus.BAD_REQUEST:
                    return None
                return f"it was answered {response.status}"
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return type(error).__name__


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
