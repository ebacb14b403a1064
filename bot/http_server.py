"""Serves HTTP on a port, for pushes and /healthz."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp.web import BaseRequest, RequestHandler, Response, Server, StreamResponse

from bot.errors import TallydeskError

SERVER = "Tallydesk"
"""The `Server` header of every answer."""


class QuietServer(Server):
    """An HTTP server with empty error pages.

    aiohttp's own pages show its version and the input that it could not read.
    """

    def __call__(self) -> RequestHandler:
        """Return the handler of a new connection."""
        return _Quiet(self, loop=asyncio.get_running_loop(), **self._kwargs)


class _Quiet(RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> StreamResponse:
        del exc, message  # bytes that are no HTTP are not logged: they may be anything
        if request.writer.output_size > 0:
            raise ConnectionError
        response = Response(status=status, headers={"Server": SERVER, "Cache-Control": "no-store"})
        response.force_close()
        return response


@asynccontextmanager
async def listening(server: Server, host: str, port: int, setting: str) -> AsyncIterator[int]:
    """Accept HTTP requests on a port while the block runs. Yields the port; if `port` is 0, a free one is chosen.

    Raises:
        TallydeskError: the port can't be used. The message begins with `setting`, the name of the setting to
            change.

    """
    loop = asyncio.get_running_loop()
    try:
        listener = await loop.create_server(server, host, port, backlog=128)
    except OSError as error:
        raise TallydeskError(
            f"{setting}: nobody can listen on port {port} of {host} ({error.strerror or error}); "
            "choose another port, or stop what uses it"
        ) from None
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        server.pre_shutdown()
        await server.shutdown(1.0)
