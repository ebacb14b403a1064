"""The HTTP server to which sources push.

A request is checked in this order: path, method, encoding, content type, length; the signature's headers; the body,
with limits of size and time; the signature. Errors before the signature is verified are one sentence that reveals
nothing about sources or secrets; the log says more. The sender is the source whose secret fits the signature, whatever
the body says. /metrics and /healthz are on another port, since this one may be open to the internet.

Clients that only connect, or that send slowly, can't block others. Only pushes that have arrived and are signed take
one of the few turns (`AT_ONCE`). If there are too many connections, one is dropped: of the client with the most, the
connection that has waited longest for its request. If all bodies together are too large, the largest incomplete one is
dropped. Large bodies are read piece by piece, at a rate that leaves time for small ones. Each connection is for one
request.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog
from aiohttp import StreamReader
from aiohttp.web_protocol import PayloadAccessError, RequestHandler
from aiohttp.web_request import BaseRequest
from aiohttp.web_response import Response, StreamResponse

from bot.errors import TallydeskError
from bot.feeds.pushes import Pushes
from bot.feeds.pushes_store import PushAnswer
from bot.feeds.signatures import ID, Secrets
from bot.http_server import SERVER, QuietServer, listening
from bot.logs import worth_a_line

READINGS, STATEMENTS = "/v1/readings", "/v1/statements"

LARGEST = 4 * 1024 * 1024
"""The most bytes of a body. A state with 159 counties and all vote types takes 60 kB."""

BODY_WITHIN = 10.0
"""Seconds in which the body has to arrive."""

HEADERS_WITHIN = 5.0
"""Seconds in which a request's headers have to arrive."""

AT_ONCE = 8
"""The most signed pushes that are stored at the same time. Further pushes get 503."""

WAIT_FOR_CHECK = 4
"""The most large bodies that may wait for their signature check. They are checked one at a time, against each
secret.
"""

SMALL = 64 * 1024
"""The most bytes of a small body. Small bodies don't wait for the checks of large bodies."""

LARGE_A_SECOND = 16 * 1024 * 1024
"""The most bytes of all large bodies together that are read in a second, so that small pushes don't have to wait."""

CONNECTIONS = 128
"""The most connections whose request has not arrived yet."""

OF_ONE_CLIENT = 32
"""The most such connections from one client. Clients on this machine have no limit, since they are the web server
in front of the bot.
"""

BODIES = 24 * 1024 * 1024
"""The most bytes of all bodies together that have arrived, including those in aiohttp's buffers."""

UNREAD = 16 * 1024
"""The most bytes of a body in aiohttp's buffer before it stops reading from the socket."""

_LINES = ("application/x-ndjson", "application/jsonl")

_ONE = "application/json"

_UNSIGNED = "the push is not signed as it should be, or not of now"

log = structlog.get_logger()


@asynccontextmanager
async def serving_pushes(
    host: str, port: int, pushes: Pushes, secrets: Secrets, body_within: float = BODY_WITHIN
) -> AsyncIterator[int]:
    """Accept pushes while the block runs. Yields the port.

    Args:
        host: this machine's address on which to listen.
        port: the port; 0 means any free one.
        pushes: stores pushes.
        secrets: verifies signatures.
        body_within: seconds in which a body has to arrive.

    Raises:
        TallydeskError: the port can't be used.

    """
    server = _PushServer(pushes, secrets, body_within)
    async with listening(server, host, port, "TALLYDESK_PUSH_PORT") as taken:
        yield taken


class _RefusedError(Exception):
    """Raised to refuse a request, with an HTTP status and a reason."""

    def __init__(self, status: HTTPStatus, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers


class _PushServer(QuietServer):
    """The HTTP server for pushes, which limits connections and bodies."""

    def __init__(self, pushes: Pushes, secrets: Secrets, body_within: float) -> None:
        super().__init__(
            self._answer,
            access_log=None,
            keepalive_timeout=HEADERS_WITHIN,
            lingering_time=1.0,
            auto_decompress=False,
            read_bufsize=UNREAD,
        )
        self._pushes = pushes
        self._secrets = secrets
        self._body_within = body_within
        self._waiting: dict[asyncio.BaseProtocol, _Connection] = {}
        """Connections whose request has not arrived yet, the oldest first."""
        self._bodies: list[_Connection] = []
        """Connections whose body has arrived or is arriving, the oldest first."""
        self._checking: Counter[str] = Counter()
        """How many large pushes of each client wait for their signature check."""
        self._check = asyncio.Lock()
        self._large = asyncio.Lock()
        """Held while a piece of a large body is read. The sockets of the others wait meanwhile."""
        self._under_way = 0
        self._unsigned_in_a_row = 0
        """How many requests in a row had no valid signature."""

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        client = str((transport.get_extra_info("peername") or [""])[0])
        self._waiting[handler] = _Connection(handler, client, transport)
        many = Counter(connection.client for connection in self._waiting.values())
        if many[client] > _limit_for(OF_ONE_CLIENT, client):
            self._drop(self._oldest(client))
        elif len(self._waiting) > CONNECTIONS:
            ((most, _),) = many.most_common(1)
            self._drop(self._oldest(most))

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        self._waiting.pop(handler, None)
        super().connection_lost(handler, exc)

    def _oldest(self, client: str) -> "_Connection":
        """Return the client's connection that has waited longest for its request to arrive."""
        return next(connection for connection in self._waiting.values() if connection.client == client)

    def _drop(self, connection: "_Connection") -> None:
        del self._waiting[connection.handler]
        connection.drop()

    async def _answer(self, request: BaseRequest) -> StreamResponse:
        try:
            return _reply(await self._process(request))
        except _RefusedError as refused:
            return _refusal(refused)
        except TallydeskError as error:
            log.error("a push could not be stored; its sender is told to send it again", why=str(error))  # noqa: TRY400 - the error is one plain line
            unable = "it could not be stored; send it again later"
            return _refusal(_RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, unable, **{"Retry-After": "30"}))
        except Exception:
            log.exception("a push could not be taken in")
            return _refusal(_RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, "it was not taken in; the log says why"))

    async def _process(self, request: BaseRequest) -> PushAnswer:
        lines = _check_request(request)
        if why := self._secrets.header_problem(request.headers):
            raise self._refused_unsigned(request, why)
        connection = self._waiting.get(request.protocol)
        if connection is None:  # it was dropped to make room
            raise _cut_short()
        self._bodies.append(connection)
        try:
            body = await self._body(request, connection)
            self._waiting.pop(request.protocol, None)  # from now on it can't be dropped
            source = await self._sender(request, connection.client, body)
            if self._under_way >= AT_ONCE:
                raise _busy()
            self._under_way += 1
            try:
                key = request.headers[ID]
                if request.path == STATEMENTS:
                    return await self._pushes.statement(source, key, body)
                return await self._pushes.readings(source, key, body, lines=lines)
            finally:
                self._under_way -= 1
        finally:
            self._bodies.remove(connection)

    async def _sender(self, request: BaseRequest, client: str, body: bytes) -> str:
        """Return the id of the source that signed the push. Raises _RefusedError if no source did."""
        if len(body) <= SMALL:
            source = self._secrets.sender(request.headers, body)
        else:
            source = await self._sender_of_large(request, client, body)
        if source is None:
            raise self._refused_unsigned(request, "no source's secret fits its signature")
        self._unsigned_in_a_row = 0
        return source

    async def _sender_of_large(self, request: BaseRequest, client: str, body: bytes) -> str | None:
        if self._checking.total() >= WAIT_FOR_CHECK or self._checking[client] >= _limit_for(
            WAIT_FOR_CHECK // 2, client
        ):
            raise _busy()
        self._checking[client] += 1
        try:
            async with self._check:
                return await asyncio.to_thread(self._secrets.sender, request.headers, body)
        finally:
            self._checking[client] -= 1
            self._checking += Counter()  # removes clients with a count of 0

    async def _body(self, request: BaseRequest, connection: "_Connection") -> bytes:
        """Read the body. A small body is read as it arrives, and large bodies take turns, piece by piece."""
        large, connection.content = (request.content_length or 0) > SMALL, request.content
        try:
            async with asyncio.timeout(self._body_within) as connection.time:
                if request.headers.get("Expect", "").lower() == "100-continue":
                    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    request.writer.output_size = 0
                while part := await request.content.readany():
                    connection.body += part
                    self._make_room()
                    if large:
                        async with self._large:
                            await asyncio.sleep(len(part) / LARGE_A_SECOND)
        except TimeoutError:
            raise _RefusedError(HTTPStatus.REQUEST_TIMEOUT, "the body did not come in time") from None
        except (OSError, PayloadAccessError):
            raise _cut_short() from None
        finally:
            connection.time = None
        if len(connection.body) != request.content_length:
            raise _cut_short()
        body = bytes(connection.body)
        connection.body.clear()
        return body

    def _make_room(self) -> None:
        """Drop the largest incomplete bodies until all bodies together are within `BODIES`.

        Small bodies are never dropped.
        """
        while sum(one.bytes for one in self._bodies) > BODIES:
            coming = [one for one in self._bodies if one.handler in self._waiting and one.bytes > SMALL]
            if not coming:
                return
            self._drop(max(coming, key=lambda one: one.bytes))

    def _refused_unsigned(self, request: BaseRequest, why: str) -> _RefusedError:
        self._unsigned_in_a_row += 1
        if worth_a_line(self._unsigned_in_a_row):
            log.warning("a push was refused", why=why, of=str(request.remote), times=self._unsigned_in_a_row)
        return _RefusedError(HTTPStatus.UNAUTHORIZED, _UNSIGNED)


@dataclass(slots=True, eq=False)
class _Connection:
    """A client's connection, with the part of the body that has arrived."""

    handler: asyncio.BaseProtocol
    client: str
    """The client's IP address."""
    transport: asyncio.Transport
    content: StreamReader | None = None
    """aiohttp's stream of the body."""
    body: bytearray = field(default_factory=bytearray)
    """The part of the body that has been read."""
    time: asyncio.Timeout | None = None
    """The timeout of the body, while it is being read."""

    @property
    def bytes(self) -> int:
        """The number of bytes of the body that have arrived."""
        return self.content.total_bytes if self.content else 0

    def drop(self) -> None:
        """Close the connection and free the memory of its body, even while the body is being read."""
        self.transport.abort()
        self.content = None
        self.body.clear()
        if self.time is not None:
            self.time.reschedule(0)


_HERE = ("127.0.0.1", "::1")


def _limit_for(of_one: int, client: str) -> int:
    """Return how many connections, or bodies that wait for their check, the server accepts from a client.

    That number is `of_one`. For a client on this machine, it is `CONNECTIONS`, the limit for all clients together,
    because such a client is the web server in front of the bot.
    """
    return CONNECTIONS if client in _HERE else of_one


def _busy() -> _RefusedError:
    return _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "too much at once; send it again", **{"Retry-After": "1"})


def _cut_short() -> _RefusedError:
    return _RefusedError(HTTPStatus.BAD_REQUEST, "the body is shorter than was said")


def _check_request(request: BaseRequest) -> bool:
    """Check everything about a request except its body and signature. Returns True if the body is JSON Lines.

    Raises:
        _RefusedError: the request fails a check.

    """
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


def _refusal(refused: _RefusedError) -> Response:
    body = json.dumps({"error": str(refused)}, ensure_ascii=False) + "\n"
    return _reply(PushAnswer(refused.status, body), refused.headers)


def _reply(answer: PushAnswer, headers: dict[str, str] | None = None) -> Response:
    response = Response(
        status=answer.status,
        text=answer.body,
        content_type="application/json",
        headers={"Cache-Control": "no-store", "Server": SERVER} | (headers or {}),
    )
    response.force_close()
    return response
