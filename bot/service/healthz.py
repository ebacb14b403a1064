"""`/healthz`: how the bot does, for a monitor that asks.

It answers from what the last look found, so that asking costs nothing, however often.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from http import HTTPStatus

from aiohttp import web

from bot import __version__
from bot.errors import TallydeskError
from bot.health.vitals import Vitals, ailment, report

PATH = "/healthz"


@asynccontextmanager
async def serving_health(
    host: str, port: int, last: Callable[[], Vitals | None], wall: Callable[[], datetime], post_waits: timedelta
) -> AsyncIterator[int]:
    """Answer on `port` (0: a free one) of `host` for the time of the block; give the port.

    Args:
        host: the address of this machine.
        port: the port.
        last: returns what the last look found, or None before the first.
        wall: the wall clock.
        post_waits: how long a post may wait for a channel that can be written to.

    Raises:
        TallydeskError: nobody can listen there.

    """

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path != PATH:
            return _reply(HTTPStatus.NOT_FOUND, {"error": f"there is only {PATH}"})
        if request.method not in ("GET", "HEAD"):
            return _reply(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "ask with GET or HEAD"})
        vitals, now = last(), wall()
        if vitals is None:
            starting = {"status": "ailing", "why": "it is starting", "version": __version__}
            return _reply(HTTPStatus.SERVICE_UNAVAILABLE, starting)
        why = ailment(vitals, now, post_waits)
        return _reply(
            HTTPStatus.OK if why is None else HTTPStatus.SERVICE_UNAVAILABLE, report(vitals, now, why, __version__)
        )

    runner = web.ServerRunner(web.Server(answer, access_log=None, keepalive_timeout=5.0), shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, backlog=16).start()
        except OSError as error:
            raise TallydeskError(
                f"TALLYDESK_HEALTH_PORT: nobody can listen on port {port} of {host} ({error.strerror or error}); "
                "choose another port, or stop what uses it"
            ) from None
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _reply(status: HTTPStatus, body: Mapping[str, object]) -> web.Response:
    response = web.Response(
        status=status, text=json.dumps(body, ensure_ascii=False) + "\n", content_type="application/json",
        headers={"Cache-Control": "no-store", "Server": "Tallydesk"},
    )  # fmt: skip
    response.force_close()
    return response
