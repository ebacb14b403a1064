"""A port of this machine, listened to for a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import TallydeskError

SERVER = "Tallydesk"
"""What every answer calls itself in its `Server` header."""


@asynccontextmanager
async def listening(server: web.Server, host: str, port: int, setting: str) -> AsyncIterator[int]:
    """Let `server` answer on `port` (0: a free one) of `host` for the time of the block; give the port.

    Raises:
        TallydeskError: nobody can listen there; it names the setting that says so.

    """
    runner = web.ServerRunner(server, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, backlog=16).start()
        except OSError as error:
            raise TallydeskError(
                f"{setting}: nobody can listen on port {port} of {host} ({error.strerror or error}); "
                "choose another port, or stop what uses it"
            ) from None
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
