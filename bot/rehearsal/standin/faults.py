"""The fault board: what goes wrong, as a test asks, until it is used up, ended or cleared.

A fault of requests is for one route and one channel or for all. `route` is a route's method and path with a star for
each variable part ("PATCH /channels/*/messages/*"), a method alone ("GET"), or `ANY`; unless it says otherwise, messages
that are posted.

What discord.py 2.7 does by itself on each (its modules http, gateway and shard); everything else is the bot's to do:

| fault | discord.py 2.7.1 |
|---|---|
| `lose_answer` | raises `aiohttp.ServerDisconnectedError`; never tries again |
| `garble` | raises `ValueError`, as `json.loads` does; never tries again |
| `reset` | raises `aiohttp.ClientOSError` with errno 104; it tries again on 54 and 10054 only, which Linux never says |
| `hang` | waits for 300 s, as `delay` |
| `answer_next(500)`, 502, 504, 524 | tries five times and sleeps 1, 3, 5, 7 and 9 s after them; then `DiscordServerError` |
| `answer_next(503)` and other 5xx | raises `DiscordServerError` at once |
| `answer_next(429, {"retry_after": s})` | sleeps s and tries again, five times in all; more than `max_ratelimit_timeout`: raises `RateLimited`; if the body says `global`, every other request waits too |
| `delay` | waits: 300 s is aiohttp's own limit; `asyncio.TimeoutError` then |
| `forbid` | raises `Forbidden`; its cache still says that the bot may |
| `vanish` | raises `NotFound`; the channel stays in its cache |
| `slow_mode`, `throttle` | as a 429 |
| `archive` | raises `HTTPException` with status 400 |
| `refuse_token` | raises `HTTPException` with status 401, `LoginFailure` from `login`; a shard that has to identify or resume ends the whole client with `ConnectionClosed` 4004 |
| `drop_gateway` | resumes at once, and hears what it missed |
| `close_gateway` | cannot resume; tries to identify anew after 0 to 2 s, then up to 4, 8 ... s; what it missed is lost |
| `invalid_session` | identifies anew after 5 s (`before_identify_hook`); what it missed is lost |
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
"""Downloads of files, which are outside of the API. Of the faults, only `delay` applies to them."""

_WRITING = ("POST", "PUT", "PATCH", "DELETE")

_METHODS = ("GET", *_WRITING)


class Outcome(Enum):
    """How a request with a fault ends."""

    ANSWERED = auto()  # with the fault's answer; not acted on
    LOST = auto()  # acted on; the connection is closed without an answer
    GARBLED = auto()  # acted on; the answer is no JSON, though it says so
    RESET = auto()  # not acted on; the connection is reset
    RESET_LATE = auto()  # acted on; the connection is reset
    HUNG = auto()  # not acted on, and not answered for as long as the client waits


@dataclass(slots=True)
class Fault:
    """A fault for the next `left` requests, on one route or all, in one channel or any (None)."""

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
    """The refusal of a closed channel, and the methods or routes it applies to."""

    why: Callable[[], ApiRefusal]
    routes: Collection[str]


class Faults:
    """The fault board; empty at first. Faults are used up in the order of the calls.

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
        """Act on the next `n` requests, then close the connection without an answer."""
        self._add(Fault(Outcome.LOST, n, route, channel_id))

    def garble(self, n: int = 1, *, channel_id: int | None = None, route: str = POSTS) -> None:
        """Act on the next `n` requests, and answer with invalid JSON."""
        self._add(Fault(Outcome.GARBLED, n, route, channel_id))

    def reset(self, n: int = 1, *, acted_on: bool = False, channel_id: int | None = None, route: str = POSTS) -> None:
        """Reset the connection of the next `n` requests, before or (`acted_on`) after they are acted on."""
        self._add(Fault(Outcome.RESET_LATE if acted_on else Outcome.RESET, n, route, channel_id))

    def hang(self, n: int = 1, *, channel_id: int | None = None, route: str = POSTS) -> None:
        """Neither act on nor answer the next `n` requests, until the client gives up."""
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
        """Answer the next `n` requests with this status and body, without acting on them. A 429 needs `retry_after` in its body."""
        body = body or {"message": f"{status}: stand-in", "code": 0}
        self._add(Fault(Outcome.ANSWERED, n, route, channel_id, status, body))

    def delay(self, seconds: float, *, before: bool = False, channel_id: int | None = None, route: str = POSTS) -> None:
        """Delay all answers by `seconds`; requests are acted on at once, or at the end with `before`. 0 ends it."""
        self._check(route)
        self._delays[_Delay(route, channel_id, before)] = seconds

    def forbid(self, channel_id: int, *, seen: bool = True) -> None:
        """Refuse everything but reading in a channel with 50013; unless it is `seen`, refuse everything with 50001."""
        if seen:
            self._closed[channel_id] = _ClosedChannel(missing_permissions, _WRITING)
        else:
            self._closed[channel_id] = _ClosedChannel(missing_access, (ANY,))

    def vanish(self, channel_id: int) -> None:
        """Answer everything in a channel with 10003, as if deleted. Clients hear nothing of it, and messages stay."""
        self._closed[channel_id] = _ClosedChannel(unknown_channel, (ANY,))

    def slow_mode(self, channel_id: int, seconds: float = 10.0) -> None:
        """Answer messages to a channel with 20016 and a wait of `seconds`. The docs exempt bots from it."""
        self._closed[channel_id] = _ClosedChannel(partial(slow_mode, seconds), (POSTS,))

    def throttle(self, channel_id: int, seconds: float = 10.0) -> None:
        """Answer every write in a channel with 20028; the body says `seconds`, the header 1 (discord-api-docs#6109)."""
        self._closed[channel_id] = _ClosedChannel(partial(write_limit, seconds), _WRITING)

    def archive(self, channel_id: int) -> None:
        """Answer every write in a channel with 50083, as in an archived thread that nobody may reopen."""
        self._closed[channel_id] = _ClosedChannel(thread_archived, _WRITING)

    def allow(self, channel_id: int) -> None:
        """End `forbid`, `vanish`, `slow_mode`, `throttle` or `archive` in a channel."""
        self._closed.pop(channel_id, None)

    def refuse_token(self) -> None:
        """Answer every request with 401, and every identify or resume with 4004. Open connections stay."""
        self.token_refused = True

    def accept_token(self) -> None:
        """End `refuse_token`."""
        self.token_refused = False

    def drop_gateway(self, shard: int | None = None) -> int:
        """Break all connections, or a shard's. They can be resumed without loss. Returns how many there were."""
        return self._gateway.drop(shard)

    def close_gateway(self) -> None:
        """Break all connections and refuse new ones."""
        self._gateway.closed = True
        self._gateway.drop()

    def open_gateway(self) -> None:
        """End `close_gateway`. Sessions can be resumed."""
        self._gateway.closed = False

    def invalid_session(self, shard: int | None = None) -> int:
        """End all sessions, or a shard's, and tell their clients. Returns how many there were."""
        return self._gateway.invalidate(shard)

    def unavailable(self, guild_id: int) -> None:
        """Start an outage of a server: clients hear of it, and then nothing from there. Requests still work."""
        self._gateway.withhold(guild_id)

    def available(self, guild_id: int) -> None:
        """End `unavailable`: send the server as it is now."""
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
        """Raise the refusal if the channel is closed for this route."""
        closed = self._closed.get(channel_id) if channel_id is not None else None
        if closed is not None and any(_strikes(one, route) for one in closed.routes):
            raise closed.why()

    def take(self, route: str, channel_id: int | None) -> Fault | None:
        """Return the fault of a request and count it; None if there is none."""
        for fault in self._waiting:
            if fault.channel_id in (None, channel_id) and _strikes(fault.route, route):
                fault.left -= 1
                if fault.left <= 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def delay_of(self, route: str, channel_id: int | None, *, before: bool) -> float:
        """Return the delay in seconds before or after a request is acted on. A channel's own delay comes first."""
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
        """Raise if the route doesn't exist: its fault would never happen, and the test would show nothing."""
        if route not in self._routes and route != ANY and route not in _METHODS:
            raise BadInputError(f"the stand-in has no route {route}; a route is like {POSTS}, GET or {ANY}")


def _strikes(wanted: str, route: str) -> bool:
    return wanted in (ANY, route) or route.startswith(wanted + " ")
