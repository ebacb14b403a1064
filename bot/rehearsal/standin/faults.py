"""Faults that a test can request, until they are used up, ended or cleared.

A fault of requests applies to one route, and to one channel or all. `route` is the route's method and path with a star for
each variable part ("PATCH /channels/*/messages/*"), a method alone ("GET"), or `ANY`. The default is the route that posts
messages.

The table lists how discord.py 2.7.1 reacts to each fault (its modules http, gateway and shard). The bot must handle
the rest.

| fault | discord.py 2.7.1 |
|---|---|
| `lose_answer` | raises `aiohttp.ServerDisconnectedError`; never retries |
| `garble` | raises `ValueError`, like `json.loads`; never retries |
| `reset` | raises `aiohttp.ClientOSError` with errno 104; it retries on 54 and 10054 only, which Linux never returns |
| `hang` | waits for 300 s, as for `delay` |
| `answer_next(500)`, 502, 504, 524 | tries five times and sleeps 1, 3, 5, 7 and 9 s between; then `DiscordServerError` |
| `answer_next(503)` and other 5xx | raises `DiscordServerError` at once |
| `answer_next(429, {"retry_after": s})` | sleeps s and retries, five times in all; more than `max_ratelimit_timeout`: raises `RateLimited`; if the body has `global`, every other request waits too |
| `delay` | waits up to 300 s, aiohttp's own limit; then `asyncio.TimeoutError` |
| `forbid` | raises `Forbidden`; its cache still has the permission |
| `vanish` | raises `NotFound`; the channel stays in its cache |
| `slow_mode`, `throttle` | as for a 429 |
| `archive` | raises `HTTPException` with status 400 |
| `refuse_token` | raises `HTTPException` with status 401, `LoginFailure` from `login`; a shard that has to identify or resume ends the whole client with `ConnectionClosed` 4004 |
| `drop_gateway` | resumes at once, and gets the events that it missed |
| `close_gateway` | cannot resume; tries to identify again after 0 to 2 s, then up to 4, 8 ... s; missed events are lost |
| `invalid_session` | identifies again after 5 s (`before_identify_hook`); missed events are lost |
| `unavailable` | keeps the server, marks it `unavailable` and dispatches `guild_unavailable`; `guild_available` at its end |
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Any

from bot.errors import BadInputError
from bot.rehearsal.standin.gateway import GatewayServer
from bot.rehearsal.standin.refusal import (
    ApiRefusal,
    missing_access,
    missing_permissions,
    slow_mode,
    thread_archived,
    unknown_channel,
    write_limit,
)

ANY = "*"

POSTS = "POST /channels/*/messages"

FILES = "GET /attachments/*/*/*"
"""The route for downloads of files, which are not part of the API. Only the fault `delay` applies to this route."""

_WRITING = ("POST", "PUT", "PATCH", "DELETE")

_METHODS = ("GET", *_WRITING)


class Outcome(Enum):
    """The ways in which a request with a fault can end."""

    ANSWERED = auto()  # with the fault's answer; not acted on
    LOST = auto()  # acted on; the connection is closed without an answer
    GARBLED = auto()  # acted on; the answer is no JSON, though it says so
    RESET = auto()  # not acted on; the connection is reset
    RESET_LATE = auto()  # acted on; the connection is reset
    HUNG = auto()  # not acted on, and not answered for as long as the client waits


@dataclass(slots=True)
class Fault:
    """A fault that a test has requested for the next `left` requests that match `route` and `channel_id`.

    With None for the channel, requests in any channel match.
    """

    outcome: Outcome
    left: int
    route: str
    channel_id: int | None
    status: int = 0
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Delay:
    route: str
    channel_id: int | None
    before: bool


@dataclass(frozen=True, slots=True)
class _ClosedChannel:
    """The error with which requests in a channel are refused, and the methods or routes for which they are refused."""

    why: Callable[[], ApiRefusal]
    routes: Collection[str]


class Faults:
    """The faults that tests have requested. At first there are none.

    Faults for a number of requests are used up in the order in which they were added.

    Args:
        routes: the routes that exist.
        gateway: the gateway.
    """

    def __init__(self, routes: Collection[str], gateway: GatewayServer) -> None:
        self._routes = frozenset(routes)
        self._gateway = gateway
        self._waiting: list[Fault] = []
        self._delays: dict[_Delay, float] = {}
        self._closed: dict[int, _ClosedChannel] = {}
        self.token_refused = False

    def lose_answer(self, n: int = 1, *, channel_id: int | None = None, route: str = POSTS) -> None:
        """Process the next `n` requests, but close the connection without a response."""
        self._add(Fault(Outcome.LOST, n, route, channel_id))

    def garble(self, n: int = 1, *, channel_id: int | None = None, route: str = POSTS) -> None:
        """Process the next `n` requests, but respond with invalid JSON."""
        self._add(Fault(Outcome.GARBLED, n, route, channel_id))

    def reset(self, n: int = 1, *, acted_on: bool = False, channel_id: int | None = None, route: str = POSTS) -> None:
        """Reset the connections of the next `n` requests with a TCP reset.

        With `acted_on`, requests are processed first; otherwise they are not processed.
        """
        self._add(Fault(Outcome.RESET_LATE if acted_on else Outcome.RESET, n, route, channel_id))

    def hang(self, n: int = 1, *, channel_id: int | None = None, route: str = POSTS) -> None:
        """Don't process the next `n` requests, and send no response until the client gives up."""
        self._add(Fault(Outcome.HUNG, n, route, channel_id))

    def answer_next(
        self,
        status: int,
        body: Mapping[str, Any] | None = None,
        n: int = 1,
        *,
        channel_id: int | None = None,
        route: str = POSTS,
    ) -> None:
        """Respond to the next `n` requests with this status and body, without processing them.

        The body for status 429 must have `retry_after`.
        """
        body = body or {"message": f"{status}: stand-in", "code": 0}
        self._add(Fault(Outcome.ANSWERED, n, route, channel_id, status, body))

    def delay(self, seconds: float, *, before: bool = False, channel_id: int | None = None, route: str = POSTS) -> None:
        """Delay all responses by `seconds`, until called again with 0.

        With `before`, requests are processed at the end of the delay; otherwise at once.
        """
        self._check(route)
        self._delays[_Delay(route, channel_id, before)] = seconds

    def forbid(self, channel_id: int, *, seen: bool = True) -> None:
        """Refuse all requests except reads in a channel with error 50013 (missing permissions).

        With `seen` False, also refuse reads, with error 50001 (missing access).
        """
        if seen:
            self._closed[channel_id] = _ClosedChannel(missing_permissions, _WRITING)
        else:
            self._closed[channel_id] = _ClosedChannel(missing_access, (ANY,))

    def vanish(self, channel_id: int) -> None:
        """Respond to all requests in a channel with error 10003, as if it were deleted.

        Clients get no event, and the messages are not deleted.
        """
        self._closed[channel_id] = _ClosedChannel(unknown_channel, (ANY,))

    def slow_mode(self, channel_id: int, seconds: float = 10.0) -> None:
        """Refuse new messages in a channel with error 20016 and a wait of `seconds`.

        Discord's documentation exempts bots.
        """
        self._closed[channel_id] = _ClosedChannel(partial(slow_mode, seconds), (POSTS,))

    def throttle(self, channel_id: int, seconds: float = 10.0) -> None:
        """Refuse all writes in a channel with error 20028 (write rate limit).

        The wait in the response's body is `seconds`; in the header, it is one second (discord-api-docs#6109).
        """
        self._closed[channel_id] = _ClosedChannel(partial(write_limit, seconds), _WRITING)

    def archive(self, channel_id: int) -> None:
        """Refuse all writes in a channel with error 50083, as in an archived thread that nobody may reopen."""
        self._closed[channel_id] = _ClosedChannel(thread_archived, _WRITING)

    def allow(self, channel_id: int) -> None:
        """End the faults `forbid`, `vanish`, `slow_mode`, `throttle` and `archive` in a channel."""
        self._closed.pop(channel_id, None)

    def refuse_token(self) -> None:
        """Respond to every request with status 401, and close each new gateway session with code 4004.

        Open connections are not closed.
        """
        self.token_refused = True

    def accept_token(self) -> None:
        """End the fault `refuse_token`."""
        self.token_refused = False

    def drop_gateway(self, shard: int | None = None) -> int:
        """Break all gateway connections, or those of one shard. Sessions can be resumed without loss.

        Returns the number of connections.
        """
        return self._gateway.drop(shard)

    def close_gateway(self) -> None:
        """Break all gateway connections, and refuse new connections."""
        self._gateway.closed = True
        self._gateway.drop()

    def open_gateway(self) -> None:
        """End the fault `close_gateway`. Sessions can be resumed."""
        self._gateway.closed = False

    def invalid_session(self, shard: int | None = None) -> int:
        """End all gateway sessions, or those of one shard, and notify the clients. Returns the number of sessions."""
        return self._gateway.invalidate(shard)

    def unavailable(self, guild_id: int) -> None:
        """Start an outage of a server.

        Clients get an event about the outage, and no further events. Requests still work.
        """
        self._gateway.withhold(guild_id)

    def available(self, guild_id: int) -> None:
        """End the fault `unavailable`, and send the server's current state to clients."""
        self._gateway.restore(guild_id)

    def clear(self) -> None:
        """End all faults."""
        self._waiting.clear()
        self._delays.clear()
        self._closed.clear()
        self.accept_token()
        self.open_gateway()
        for guild_id in tuple(self._gateway.withheld):
            self.available(guild_id)

    def check_open(self, route: str, channel_id: int | None) -> None:
        """Raise the error that a test has set for a channel, if the error applies to this route.

        Such errors are set by `forbid`, `vanish`, `slow_mode`, `throttle` and `archive`.
        """
        closed = self._closed.get(channel_id) if channel_id is not None else None
        if closed is not None and any(_strikes(one, route) for one in closed.routes):
            raise closed.why()

    def take(self, route: str, channel_id: int | None) -> Fault | None:
        """Return the next fault that applies to a request, and use it up by one; None if no fault applies."""
        for fault in self._waiting:
            if fault.channel_id in (None, channel_id) and _strikes(fault.route, route):
                fault.left -= 1
                if fault.left <= 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def delay_of(self, route: str, channel_id: int | None, *, before: bool) -> float:
        """Return the delay in seconds that applies to a request.

        With `before`, this is the delay before the request is processed, otherwise the delay after. A delay for the
        channel takes precedence over a general delay.
        """
        general = 0.0
        for delay, seconds in self._delays.items():
            if delay.before == before and _strikes(delay.route, route):
                if delay.channel_id is not None and delay.channel_id == channel_id:
                    return seconds
                if delay.channel_id is None:
                    general = seconds
        return general

    def _add(self, fault: Fault) -> None:
        self._check(fault.route)
        self._waiting.append(fault)

    def _check(self, route: str) -> None:
        """Raise an error if the route does not exist.

        A fault for that route would never occur, so the test would be meaningless.
        """
        if route not in self._routes and route != ANY and route not in _METHODS:
            raise BadInputError(f"the stand-in has no route {route}; a route is like {POSTS}, GET or {ANY}")


def _strikes(wanted: str, route: str) -> bool:
    return wanted in (ANY, route) or route.startswith(wanted + " ")
