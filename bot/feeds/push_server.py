"""The port on which sources push: a request is checked from outside in, and its body is read last.

Address, method, encoding, content type, length; the signature's headers; the body, bounded in size and time; the
signature. Whatever is wrong before the signature was checked is answered in one sentence that says nothing of sources
or secrets; the log says more. The secret that fits says which source it is: nothing in an unsigned body is believed,
not even its sender. Eight requests are under way at once, 64 connections at most, each for one request. /metrics and
/healthz are on another port, since this one may be open to others.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from aiohttp import web

from bot.errors import TallydeskError
from bot.feeds.pushes import Pushes
from bot.feeds.pushes_store import PushAnswer
from bot.feeds.signatures import ID, Secrets
from bot.listening import SERVER, listening
from bot.logs import worth_a_line

READINGS, STATEMENTS = "/v1/readings", "/v1/statements"


LARGEST = 4 * 1024 * 1024
"""Bytes of a body. A state with 159 counties and all ways to vote takes 60 kB."""


BODY_WITHIN = 10.0
"""Seconds for the body to come."""


HEADERS_WITHIN = 5.0
"""Seconds for the head of a request to come."""


AT_ONCE = 8
"""Requests that are read or taken in at a time."""


CONNECTIONS = 64

_LINES = ("application/x-ndjson", "application/jsonl")


_ONE = "application/json"


_UNSIGNED = "the push is not signed as it should be, or not of now"

log = structlog.get_logger()


@asynccontextmanager
async def serving_pushes(
    host: str, port: int, pushes: Pushes, secrets: Secrets, body_within: float = BODY_WITHIN
) -> AsyncIterator[int]:
    """Take in pushes on `port` (0: a free one) of `host` for the time of the block; give the port.

    Args:
        host: the address of this machine.
        port: the port.
        pushes: takes them in.
        secrets: know whose they are.
        body_within: seconds for a body to come.

    Raises:
        TallydeskError: nobody can listen there.

    """
    desk = _Door(pushes, secrets, body_within)
    server = _FewConnections(
        desk.answer, access_log=None, keepalive_timeout=HEADERS_WITHIN, lingering_time=1.0, auto_decompress=False
    )
    async with listening(server, host, port, "TALLYDESK_PUSH_PORT") as taken:
        yield taken


class _FewConnections(web.Server):
    """Closes a connection at once when there are too many."""

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()


class _RefusedError(Exception):
    """A request that goes no further."""

    def __init__(self, status: HTTPStatus, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers


@dataclass(slots=True)
class _Door:
    """Answers requests."""

    pushes: Pushes
    secrets: Secrets
    body_within: float
    under_way: int = 0
    unsigned: int = 0
    """How many came without a good signature, one after the other."""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if self.under_way >= AT_ONCE:
            busy = _RefusedError(
                HTTPStatus.SERVICE_UNAVAILABLE, "too much at once; send it again", **{"Retry-After": "1"}
            )
            return _refusal(busy)
        self.under_way += 1
        try:
            return _reply(await self._taken_in(request))
        except _RefusedError as refused:
            return _refusal(refused)
        except TallydeskError as error:
            log.error("a push could not be stored; its sender is told to send it again", why=str(error))  # noqa: TRY400
            unable = "it could not be stored; send it again later"
            return _refusal(_RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, unable, **{"Retry-After": "30"}))
        except Exception:
            log.exception("a push could not be taken in")
            return _refusal(_RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, "it was not taken in; the log says why"))
        finally:
            self.under_way -= 1

    async def _taken_in(self, request: web.BaseRequest) -> PushAnswer:
        lines = _look_over(request)
        if why := self.secrets.presentable(request.headers):
            raise self._unsigned(request, why)
        body = await self._body(request)
        # In a thread of its own: each secret is tried on all of the body.
        source = await asyncio.to_thread(self.secrets.sender, request.headers, body)
        if source is None:
            raise self._unsigned(request, "no source's secret fits its signature")
        self.unsigned = 0
        key = request.headers[ID]
        if request.path == STATEMENTS:
            return await self.pushes.statement(source, key, body)
        return await self.pushes.readings(source, key, body, lines=lines)

    async def _body(self, request: web.BaseRequest) -> bytes:
        try:
            async with asyncio.timeout(self.body_within):
                if request.headers.get("Expect", "").lower() == "100-continue":
                    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    request.writer.output_size = 0
                return await request.content.readexactly(request.content_length or 0)
        except TimeoutError:
            raise _RefusedError(HTTPStatus.REQUEST_TIMEOUT, "the body did not come in time") from None
        except (asyncio.IncompleteReadError, OSError, web.PayloadAccessError):
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "the body is shorter than was said") from None

    def _unsigned(self, request: web.BaseRequest, why: str) -> _RefusedError:
        self.unsigned += 1
        if worth_a_line(self.unsigned):
            log.warning("a push was refused", why=why, of=str(request.remote), times=self.unsigned)
        return _RefusedError(HTTPStatus.UNAUTHORIZED, _UNSIGNED)


def _look_over(request: web.BaseRequest) -> bool:
    """Return whether a push is of JSON Lines; one that can't be is refused, before anything of its body was read."""
    if request.path not in (READINGS, STATEMENTS):
        raise _RefusedError(HTTPStatus.NOT_FOUND, f"there are only {READINGS} and {STATEMENTS}")
    if request.method != "POST":
        raise _RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, "send it with POST", Allow="POST")
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body as it is, without a Content-Encoding")
    kind, charset = request.content_type, (request.charset or "utf-8").lower()
    kinds = (_ONE,) if request.path == STATEMENTS else (_ONE, *_LINES)
    if "Content-Type" not in request.headers or kind not in kinds or charset != "utf-8":
        raise _RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"the Content-Type should be {' or '.join(kinds)}, in UTF-8"
        )
    if request.content_length is None or "Transfer-Encoding" in request.headers:
        raise _RefusedError(
            HTTPStatus.LENGTH_REQUIRED, "say how long the body is (Content-Length), and do not send it in chunks"
        )
    if request.content_length > LARGEST:
        raise _RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is over {LARGEST >> 20} MiB; send fewer readings at a time"
        )
    return kind in _LINES


def _refusal(refused: _RefusedError) -> web.Response:
    body = json.dumps({"error": str(refused)}, ensure_ascii=False) + "\n"
    return _reply(PushAnswer(refused.status, body), refused.headers)


def _reply(answer: PushAnswer, headers: dict[str, str] | None = None) -> web.Response:
    response = web.Response(
        status=answer.status, text=answer.body, content_type="application/json",
        headers={"Cache-Control": "no-store", "Server": SERVER} | (headers or {}),
    )  # fmt: skip
    response.force_close()
    return response
