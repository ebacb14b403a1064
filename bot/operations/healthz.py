"""`/healthz`: how the bot does, for a monitor that asks; and `/metrics` beside it, for Prometheus.

The first answers from the last health check, and from memory, so that asking costs nothing, however often.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from http import HTTPStatus

from aiohttp.web import BaseRequest, Response, StreamResponse

from bot import __version__
from bot.errors import TallydeskError
from bot.listening import SERVER, QuietServer, listening
from bot.operations.vitals import JobVitals, Vitals, presentable, report, unhealthy_reason

PATH = "/healthz"

METRICS = "/metrics"

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Of the text that Prometheus reads (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

_HEADERS = {"Cache-Control": "no-store", "Server": SERVER}


@asynccontextmanager
async def serving_health(
    host: str,
    port: int,
    last: Callable[[], Vitals | None],
    wall: Callable[[], datetime],
    post_waits: timedelta,
    jobs: Callable[[], Sequence[JobVitals]],
    metrics: Callable[[], Awaitable[bytes]],
) -> AsyncIterator[int]:
    """Answer on `port` (0: a free one) of `host` for the time of the block; give the port.

    Args:
        host: the address of this machine.
        port: the port.
        last: returns what the last look found, or None before the first.
        wall: the wall clock.
        post_waits: how long a post may wait for a channel that can be written to.
        jobs: returns how the scheduler's jobs do, the next first.
        metrics: returns what `/metrics` answers.

    Raises:
        TallydeskError: nobody can listen there.

    """

    async def answer(request: BaseRequest) -> StreamResponse:
        if request.path not in (PATH, METRICS):
            return _reply(HTTPStatus.NOT_FOUND, {"error": f"there is only {PATH}"})
        if request.method not in ("GET", "HEAD"):
            return _reply(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "ask with GET or HEAD"})
        if request.path == METRICS:
            return await _measured(metrics)
        vitals, now = last(), wall()
        if vitals is None:
            starting = {"status": "ailing", "why": "it is starting", "version": __version__}
            return _reply(HTTPStatus.SERVICE_UNAVAILABLE, starting)
        why = unhealthy_reason(vitals, now, post_waits)
        return _reply(
            HTTPStatus.OK if why is None else HTTPStatus.SERVICE_UNAVAILABLE,
            report(vitals, now, why, __version__, jobs()),
        )

    server = QuietServer(answer, access_log=None, keepalive_timeout=5.0)
    async with listening(server, host, port, "TALLYDESK_HEALTH_PORT") as taken:
        yield taken


async def _measured(metrics: Callable[[], Awaitable[bytes]]) -> Response:
    try:
        body = await metrics()
    except TallydeskError as error:
        return _reply(HTTPStatus.SERVICE_UNAVAILABLE, {"error": presentable(str(error))})
    response = Response(body=body, headers=_HEADERS | {"Content-Type": METRICS_TYPE})
    response.force_close()
    return response


def _reply(status: HTTPStatus, body: Mapping[str, object]) -> Response:
    response = Response(
        status=status,
        text=json.dumps(body, ensure_ascii=False) + "\n",
        content_type="application/json",
        headers=_HEADERS,
    )
    response.force_close()
    return response
