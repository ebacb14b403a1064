"""The port on which sources push: a request is checked from outside in, and its body is read last.

Address, method, encoding, content type, length; the signature's headers; the body, bounded in size and time; the
signature. Whatever is wrong before the signature was checked is answered in one sentence that says nothing of sources
or secrets; the log says more. The secret that fits says which source it is: nothing in an unsigned body is believed,
not even its sender. /metrics and /healthz are on another port, since this one may be open to others.

Who only connects, or sends slowly, takes nothing that a push needs: one of the few turns is taken by a push that is here
and signed. Where connections are too many, the one goes that has waited longest for its request (of the client that has
most), and where bodies are too large together, the largest that is not whole: so a push that comes at once has room. Large
bodies are read part by part, in turns that leave room for small ones. Each connection is for one request.
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
from bot.listening import SERVER, QuietServer, listening
from bot.logs import worth_a_line

READINGS, STATEMENTS = "/v1/readings", "/v1/statements"

LARGEST = 4 * 1024 * 1024
"""Bytes of a body. A state with 159 counties and all ways to vote takes 60 kB."""

BODY_WITHIN = 10.0
"""Seconds for the body to come."""

HEADERS_WITHIN = 5.0
"""Seconds for the head of a request to come."""

AT_ONCE = 8
"""Pushes that are signed and taken in at a time."""

WAIT_FOR_CHECK = 4
"""Large bodies that wait for their signature to be checked, one at a time: it takes all of a body, once for each secret."""

SMALL = 64 * 1024
"""Bytes of a body that need not wait for large ones to be checked."""

LARGE_A_SECOND = 16 * 1024 * 1024
"""Bytes of all large bodies that are read in a second, in turns: reading alone does not keep small pushes waiting."""

CONNECTIONS = 128
"""Connections whose request is not here yet."""

OF_ONE_CLIENT = 32
"""Of those, how many one client may have. One on this machine may have all: it is the web server in front."""

BODIES = 24 * 1024 * 1024
"""Bytes of all bodies that are here or on their way, with what the server has of them and nobody has read yet."""

UNREAD = 16 * 1024
"""Bytes that the server has of a body and nobody has read yet, before it lets the socket wait."""

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
    server = _Door(pushes, secrets, body_within)
    async with listening(server, host, port, "TALLYDESK_PUSH_PORT") as taken:
        yield taken


class _RefusedError(Exception):
    """A request that goes no further."""

    def __init__(self, status: HTTPStatus, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers


class _Door(QuietServer):
    """Answers requests, and knows the connections whose request is not here yet."""

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
        self._waiting: dict[asyncio.BaseProtocol, _Caller] = {}
        """Those whose request is not here yet, the oldest first."""
        self._bodies: list[_Caller] = []
        """Those whose body is here or on its way, the oldest first."""
        self._checking: Counter[str] = Counter()
        """How many large pushes of each client wait for their signature to be checked."""
        self._check = asyncio.Lock()
        self._large = asyncio.Lock()
        """Held for as long as a part of a large body takes; while it is not read, its socket waits."""
        self._under_way = 0
        self._unsigned = 0
        """How many came without a good signature, one after the other."""

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        client = str((transport.get_extra_info("peername") or [""])[0])
        self._waiting[handler] = _Caller(handler, client, transport)
        many = Counter(caller.client for caller in self._waiting.values())
        if many[client] > _most(OF_ONE_CLIENT, client):
            self._let_go(self._oldest(client))
        elif len(self._waiting) > CONNECTIONS:
            ((most, _),) = many.most_common(1)
            self._let_go(self._oldest(most))

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        self._waiting.pop(handler, None)
        super().connection_lost(handler, exc)

    def _oldest(self, client: str) -> "_Caller":
        """Return the connection of a client that has waited longest."""
        return next(caller for caller in self._waiting.values() if caller.client == client)

    def _let_go(self, caller: "_Caller") -> None:
        del self._waiting[caller.handler]
        caller.let_go()

    async def _answer(self, request: BaseRequest) -> StreamResponse:
        try:
            return _reply(await self._taken_in(request))
        except _RefusedError as refused:
            return _refusal(refused)
        except TallydeskError as error:
            log.error("a push could not be stored; its sender is told to send it again", why=str(error))  # noqa: TRY400 - the error is one plain line
            unable = "it could not be stored; send it again later"
            return _refusal(_RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, unable, **{"Retry-After": "30"}))
        except Exception:
            log.exception("a push could not be taken in")
            return _refusal(_RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, "it was not taken in; the log says why"))

    async def _taken_in(self, request: BaseRequest) -> PushAnswer:
        lines = _look_over(request)
        if why := self._secrets.presentable(request.headers):
            raise self._refused_unsigned(request, why)
        caller = self._waiting.get(request.protocol)
        if caller is None:  # it was let go
            raise _short()
        self._bodies.append(caller)
        try:
            body = await self._body(request, caller)
            self._waiting.pop(request.protocol, None)  # it keeps its place now
            source = await self._sender(request, caller.client, body)
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
            self._bodies.remove(caller)

    async def _sender(self, request: BaseRequest, client: str, body: bytes) -> str:
        """Return whose push it is."""
        if len(body) <= SMALL:
            source = self._secrets.sender(request.headers, body)
        else:
            source = await self._sender_of_much(request, client, body)
        if source is None:
            raise self._refused_unsigned(request, "no source's secret fits its signature")
        self._unsigned = 0
        return source

    async def _sender_of_much(self, request: BaseRequest, client: str, body: bytes) -> str | None:
        if self._checking.total() >= WAIT_FOR_CHECK or self._checking[client] >= _most(WAIT_FOR_CHECK // 2, client):
            raise _busy()
        self._checking[client] += 1
        try:
            async with self._check:
                return await asyncio.to_thread(self._secrets.sender, request.headers, body)
        finally:
            self._checking[client] -= 1
            self._checking += Counter()  # forgets whom nothing is left of

    async def _body(self, request: BaseRequest, caller: "_Caller") -> bytes:
        """Return the body: a small one as it comes, large ones part by part, in turns."""
        large, caller.content = (request.content_length or 0) > SMALL, request.content
        try:
            async with asyncio.timeout(self._body_within) as caller.time:
                if request.headers.get("Expect", "").lower() == "100-continue":
                    await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                    request.writer.output_size = 0
                while part := await request.content.readany():
                    caller.body += part
                    self._make_room()
                    if large:
                        async with self._large:
                            await asyncio.sleep(len(part) / LARGE_A_SECOND)
        except TimeoutError:
            raise _RefusedError(HTTPStatus.REQUEST_TIMEOUT, "the body did not come in time") from None
        except (OSError, PayloadAccessError):
            raise _short() from None
        finally:
            caller.time = None
        if len(caller.body) != request.content_length:
            raise _short()
        body = bytes(caller.body)
        caller.body.clear()
        return body

    def _make_room(self) -> None:
        """Let the largest bodies go that are not whole, until all that are held are not too much; never small ones."""
        while sum(one.bytes for one in self._bodies) > BODIES:
            coming = [one for one in self._bodies if one.handler in self._waiting and one.bytes > SMALL]
            if not coming:
                return
            self._let_go(max(coming, key=lambda one: one.bytes))

    def _refused_unsigned(self, request: BaseRequest, why: str) -> _RefusedError:
        self._unsigned += 1
        if worth_a_line(self._unsigned):
            log.warning("a push was refused", why=why, of=str(request.remote), times=self._unsigned)
        return _RefusedError(HTTPStatus.UNAUTHORIZED, _UNSIGNED)


@dataclass(slots=True, eq=False)
class _Caller:
    """Who is at the other end of a connection."""

    handler: asyncio.BaseProtocol
    client: str
    """The address."""
    transport: asyncio.Transport
    content: StreamReader | None = None
    """What of its body has come and was not read yet."""
    body: bytearray = field(default_factory=bytearray)
    """What was read of it."""
    time: asyncio.Timeout | None = None
    """How long its body may take, while it is read."""

    @property
    def bytes(self) -> int:
        """How many bytes are held of its body."""
        return self.content.total_bytes if self.content else 0

    def let_go(self) -> None:
        """End the connection, and hold nothing of its body any more, wherever the reading of it waits."""
        self.transport.abort()
        self.content = None
        self.body.clear()
        if self.time is not None:
            self.time.reschedule(0)


_HERE = ("127.0.0.1", "::1")


def _most(of_one: int, client: str) -> int:
    """Return how many of something a client may have: who comes from this machine is the web server in front of all."""
    return CONNECTIONS if client in _HERE else of_one


def _busy() -> _RefusedError:
    return _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "too much at once; send it again", **{"Retry-After": "1"})


def _short() -> _RefusedError:
    return _RefusedError(HTTPStatus.BAD_REQUEST, "the body is shorter than was said")


def _look_over(request: BaseRequest) -> bool:
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
