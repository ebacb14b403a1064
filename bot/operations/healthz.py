"""The pages `/healthz`, for a monitor, and `/metrics`, for Prometheus.

`/healthz` answers from the last health check, in memory, so a request costs nothing.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from http import HTTPStatus

from aiohttp.web import BaseRequest, Response, StreamResponse

from bot import __version__
from bot.errors import TallydeskError
from bot.http_server import SERVER, QuietServer, listening
from bot.operations.vitals import JobVitals, Vitals, presentable, report, unhealthy_reason

PATH = "/healthz"

METRICS = "/metrics"

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The content type of Prometheus's text format (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

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
    """Serve `/healthz` and `/metrics` while the block runs. Yields the port.

    Args:
        host: the address to listen on.
        port: the port; 0 for any free port.
        last: returns the last health check's result; None before the first.
        wall: returns this machine's time.
        post_waits: how long a post may wait for a writable channel before the bot counts as unhealthy.
        jobs: returns the state of the scheduled jobs, the next to run first.
        metrics: returns the body of `/metrics`.

    Raises:
        TallydeskError: the port can't be used.

    """

    async def answer(request: BaseRequest) -> StreamResponse:
        if request.path not in (PATH, METRICS):
            return _reply(HTTPStatus.NOT_FOUND, {"error": f"there is only {PATH}"})
        if request.method not in ("GET", "HEAD"):
            return _reply(HTTPStatus.METHOD_NOT_ALLOWED, {"error": "ask with GET or HEAD"})
        if request.path == METRICS:
            return await _metrics_response(metrics)
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
    async with listening(server, host, port, "TALLYDESK_HEALTH_PORT") as bound_port:
        yield bound_port


async def _metrics_response(metrics: Callable[[], Awaitable[bytes]]) -> Response:
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
