"""The HTTP side: reads a request, finds its route, and answers as Discord would, or as the fault board says."""

import asyncio
import contextlib
import json
import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple

import structlog
from aiohttp import BodyPartReader, web

from bot.rehearsal.standin.faults import Faults, Outcome
from bot.rehearsal.standin.rate_limits import RateLimits
from bot.rehearsal.standin.refusal import ApiRefusal, not_json, too_large, unauthorized
from bot.rehearsal.standin.routes import ApiCall, Handler, Reply, Routes, Upload

PREFIX = "/api/v10"


_KEPT_REQUESTS = 10_000


_LOOK_EVERY = 0.01
"""Seconds between two looks at a connection whose client is to give up."""


# discord.py takes a 429 without `Via` for a ban, any other content type for text, and an empty body for broken JSON
# when this content type is said of it.
_NO_BODY = {"Via": "1.1 stand-in"}


_WITH_BODY = {**_NO_BODY, "Content-Type": "application/json"}

log = structlog.get_logger()


@dataclass(eq=False, slots=True)
class Request:
    """A request that came in; `path` is without the prefix, `json` is the body or None."""

    method: str
    path: str
    query: Mapping[str, str]
    json: Any
    arrived: float  # seconds, time.monotonic
    status: int | None = None  # what was answered; None: not yet, or never


class _Found(NamedTuple):
    """The route of a request, what answers it, and the variable parts of its path."""

    pattern: str
    handler: Handler
    args: tuple[str, ...]

    @property
    def channel(self) -> int | None:
        """The channel that the request is about, None for any other."""
        if " /channels/*" in self.pattern and self.args[0].isascii() and self.args[0].isdigit():
            return int(self.args[0])
        return None


class Api:
    """Every route there is, and a note of everything that was asked."""

    def __init__(
        self,
        routes: Routes,
        refuses: Callable[[str], bool],
        faults: Faults,
        rate_limits: RateLimits,
        date: Callable[[], str],
    ) -> None:
        """Answer these routes; `refuses` says which tokens are wrong, `date` is what answers are dated."""
        self.requests: deque[Request] = deque(maxlen=_KEPT_REQUESTS)
        self.unknown: list[str] = []
        self.rejected = 0
        self._refuses = refuses
        self._faults = faults
        self._rate_limits = rate_limits
        self._date = date
        self._routes: dict[tuple[str, str, int], list[tuple[str, list[str], Handler]]] = {}
        for pattern, handler in routes.items():
            method, path = pattern.split(" ")
            steps = path.split("/")
            self._routes.setdefault((method, steps[1], len(steps)), []).append((pattern, steps, handler))

    async def answer(self, http: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, or drop its connection."""
        request = Request(http.method, http.path.removeprefix(PREFIX), http.query, None, time.monotonic())
        self.requests.append(request)
        found = self._find(request)
        try:
            # Whether it is let in is decided by when it came, not by when its body was here.
            headers = {} if found is None else self._let_in(http, found, request.arrived)
        except ApiRefusal as refusal:
            with contextlib.suppress(ApiRefusal):
                request.json, _ = await _read(http)
            return self._refuse(request, refusal)
        try:
            request.json, uploads = await _read(http)
            if found is None:
                return self._respond(request, Reply(501, self._not_here(request)))
            call = ApiCall(found.args, http.query, request.json, uploads)
            return await self._act(http, request, found, call, headers)
        except ApiRefusal as refusal:
            return self._refuse(request, refusal, headers)

    def _let_in(self, http: web.BaseRequest, found: "_Found", now: float) -> Mapping[str, str]:
        self._check_token(http, found.pattern)
        return self._rate_limits.take(found.pattern, found.args[0] if found.args else "", now)

    def _find(self, request: Request) -> "_Found | None":
        steps = request.path.split("/")
        for pattern, wanted, handler in self._routes.get((request.method, steps[1], len(steps)), ()):
            if all(want in ("*", step) for want, step in zip(wanted, steps, strict=True)):
                args = tuple(step for want, step in zip(wanted, steps, strict=True) if want == "*")
                return _Found(pattern, handler, args)
        return None

    def _not_here(self, request: Request) -> Mapping[str, object]:
        name = f"{request.method} {request.path}"
        if name not in self.unknown:
            self.unknown.append(name)
            log.warning("asked for what is not in the stand-in", route=name)
        return {"message": f"501: not in the stand-in: {name}", "code": 0}

    def _check_token(self, http: web.BaseRequest, pattern: str) -> None:
        # The token of an interaction is in its path.
        if " /interactions/" in pattern or " /webhooks/" in pattern:
            return
        scheme, _, token = http.headers.get("Authorization", "").partition(" ")
        if scheme != "Bot" or not token or self._refuses(token):
            raise unauthorized()

    async def _act(
        self, http: web.BaseRequest, request: Request, found: "_Found", call: ApiCall, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        """Do what was asked for, as far as the fault board lets it be."""
        route, channel = found.pattern, found.channel
        self._faults.check_open(route, channel)
        fault = self._faults.take(route, channel)
        outcome = None if fault is None else fault.outcome
        if fault is not None and outcome is Outcome.ANSWERED:
            return self._respond(request, Reply(fault.status, fault.body), headers)
        if outcome is Outcome.RESET:
            return _hang_up(http, reset=True)
        if outcome is Outcome.HUNG:
            return await _given_up(http)
        if wait := self._faults.delay_of(route, channel, before=True):
            await asyncio.sleep(wait)
        try:
            reply = found.handler(call)
        except ApiRefusal as refusal:
            reply = Reply(refusal.status, refusal.body)
            headers = {**headers, **refusal.headers}
        if wait := self._faults.delay_of(route, channel, before=False):
            await asyncio.sleep(wait)
        if outcome is not None:
            return _hang_up(http, reset=outcome is Outcome.RESET_LATE)
        return self._respond(request, reply, headers)

    def _refuse(self, request: Request, refusal: ApiRefusal, headers: Mapping[str, str] | None = None) -> web.Response:
        return self._respond(request, Reply(refusal.status, refusal.body), {**(headers or {}), **refusal.headers})

    def _respond(self, request: Request, reply: Reply, headers: Mapping[str, str] | None = None) -> web.Response:
        request.status = reply.status
        self.rejected += reply.status == HTTPStatus.TOO_MANY_REQUESTS
        more = {"Date": self._date(), **(headers or {})}
        if reply.body is None:
            return web.Response(status=reply.status, headers={**_NO_BODY, **more})
        body = json.dumps(reply.body, ensure_ascii=False).encode()
        return web.Response(status=reply.status, body=body, headers={**_WITH_BODY, **more})


def _hang_up(http: web.BaseRequest, *, reset: bool) -> web.StreamResponse:
    """Break the connection: closed as by a proxy that goes down, or reset as by one that is gone."""
    if http.transport is not None:
        if reset:
            # Closing with something left to linger over for no time at all is what makes the kernel send a reset.
            connection: socket.socket = http.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            http.transport.abort()
        else:
            http.transport.close()
    return web.Response()  # goes nowhere


async def _given_up(http: web.BaseRequest) -> web.StreamResponse:
    """Wait until the client closes the connection."""
    while http.transport is not None and not http.transport.is_closing():  # noqa: ASYNC110 - aiohttp tells nobody
        await asyncio.sleep(_LOOK_EVERY)
    return web.Response()  # goes nowhere


async def _read(http: web.BaseRequest) -> tuple[Any, tuple[Upload, ...]]:
    """Return the body of a request, None when there is none, and the files that came with it."""
    try:
        if http.content_type.startswith("multipart/"):
            return await _read_parts(http)
        return (_parse(await http.read()) if http.can_read_body else None), ()
    except web.HTTPRequestEntityTooLarge:
        raise too_large() from None


async def _read_parts(http: web.BaseRequest) -> tuple[Any, tuple[Upload, ...]]:
    body, uploads = None, []
    async for part in await http.multipart():
        if not isinstance(part, BodyPartReader):
            raise not_json()
        content = bytes(await part.read(decode=True))
        if part.name == "payload_json":
            body = _parse(content)
        elif part.filename:
            number = (part.name or "").removeprefix("files[").removesuffix("]")
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads.append(Upload(int(number or 0), part.filename, kind, content))
    return body, tuple(uploads)


def _parse(text: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(text) if text else None
    except ValueError:
        raise not_json() from None
