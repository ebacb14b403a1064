"""A port of this machine, listened to for a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.errors import TallydeskError

SERVER = "Tallydesk"
"""What every answer calls itself in its `Server` header."""


class QuietServer(web.Server):
    """A server whose own error pages say nothing: aiohttp's name what it is made of and what it could not read."""

    def __call__(self) -> web.RequestHandler:
        """Return what speaks with one client."""
        return _Quiet(self, loop=asyncio.get_running_loop(), **self._kwargs)


class _Quiet(web.RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        del exc, message  # what a stranger sent that was no HTTP is not worth a line, and may be anything
        if request.writer.output_size > 0:
            raise ConnectionError
        response = web.Response(status=status, headers={"Server": SERVER, "Cache-Control": "no-store"})
        response.force_close()
        return response


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
