"""The simulated Discord as a whole: its API and gateway on the loopback interface, and methods to act as a member.

Each request gets the same response as from Discord, or the fault that a test requested. discord.py itself is
unchanged; `pointing_at` replaces its URLs.
"""

import asyncio
import contextlib
import json
import secrets
import socket
import struct
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol, Self

import structlog
import yarl
from aiohttp import BodyPartReader, StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.errors import BadInputError
from bot.rehearsal.standin.application_routes import ApplicationRoutes, CallbackRoutes
from bot.rehearsal.standin.channel_routes import ChannelRoutes, DirectMessageRoutes, ThreadRoutes
from bot.rehearsal.standin.faults import FILES, Faults, Outcome
from bot.rehearsal.standin.gateway import GatewayServer
from bot.rehearsal.standin.guild import Channel, Member
from bot.rehearsal.standin.guild_routes import ScheduledEventRoutes, ServerRoutes
from bot.rehearsal.standin.interactions import (
    SERVER,
    Interaction,
    InteractionAnswer,
    InteractionKind,
    Interactions,
    Suggestion,
)
from bot.rehearsal.standin.member_input import (
    FieldValue,
    OptionValue,
    about_message,
    fill,
    find_command,
    pressed,
    submitted,
)
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.message_body import MAX_REQUEST_BYTES
from bot.rehearsal.standin.message_routes import CrosspostRoutes, MessageRoutes, PinRoutes, ReactionRoutes
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.rate_limits import RateLimits
from bot.rehearsal.standin.refusal import ApiRefusal, not_json, too_large, unauthorized
from bot.rehearsal.standin.routes import ApiCall, Handler, Reply, Routes, Upload
from bot.rehearsal.standin.wire import JsonObject
from bot.rehearsal.standin.world import PostedMessage, World

PREFIX = "/api/v10"

_KEPT_REQUESTS = 10_000

_LOOK_EVERY_SECONDS = 0.01
"""How often to check whether a client has closed its connection."""

# discord.py takes a 429 without `Via` for a ban, an answer of another content type for text, and an empty body with this
# content type for broken JSON.
_NO_BODY = {"Via": "1.1 stand-in"}

_WITH_BODY = {**_NO_BODY, "Content-Type": "application/json"}

_GARBLED = b'{"id": "12'
"""The body of a garbled response: the beginning of a JSON text, which is invalid."""

log = structlog.get_logger()

_HOST = "127.0.0.1"

_FILES = "/attachments"


@dataclass(eq=False, slots=True)
class Request:
    """A request that arrived, as recorded. `path` is without the API's prefix; `json` is the body, or None."""

    method: str
    path: str
    query: Mapping[str, str]
    json: Any
    arrived: float  # seconds, time.monotonic
    status: int | None = None  # the status of the answer; None: not yet, or never


class StandIn:
    """A simulated Discord: an HTTP API and a gateway on the loopback interface, for one bot.

    `world` has its servers, and `gateway` has the open connections. `faults` and `rate_limits` decide which requests
    fail. `requests` has the newest 10,000 requests. `unknown` has requested routes that the simulation lacks.

    Args:
        world: the simulated servers; None for a new world without servers.
        token: the only valid token; with None, any token is valid.
        refused_token: an invalid token.
        shards: the number of shards that the gateway recommends.
        limited: True to enforce Discord's rate limits from the start; `rate_limits` can change them later.
        sleep: waits when a fault delays a response.

    """

    def __init__(
        self,
        world: World | None = None,
        *,
        token: str | None = None,
        refused_token: str | None = None,
        shards: int = 1,
        limited: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.world = world or World()
        self._token = token
        self.refused_token = refused_token
        self.rate_limits = RateLimits()
        if limited:
            self.rate_limits.enforce()
        self.interactions = Interactions(self.world)
        self.gateway = GatewayServer(self.world, lambda: self.gateway_url, self._refuses)
        routes = {
            **ApplicationRoutes(
                self.world, lambda: self.gateway_url, shards, lambda: len(self.gateway.identified)
            ).routes(),
            **ServerRoutes(self.world).routes(),
            **ChannelRoutes(self.world).routes(),
            **PinRoutes(self.world).routes(),
            **MessageRoutes(self.world, self.rate_limits).routes(),
            **ReactionRoutes(self.world).routes(),
            **CrosspostRoutes(self.world, self.rate_limits).routes(),
            **ThreadRoutes(self.world).routes(),
            **DirectMessageRoutes(self.world).routes(),
            **ScheduledEventRoutes(self.world).routes(),
            **CallbackRoutes(self.world, self.interactions).routes(),
        }
        self.faults = Faults({*routes, FILES}, self.gateway)
        self._sleep = sleep
        self._api = Api(routes, self._refuses, self.faults, self.rate_limits, self.world.wire.date, sleep)
        self._runner: web.ServerRunner | None = None
        self._port = 0

    def _refuses(self, token: str) -> bool:
        if self._token is not None and not secrets.compare_digest(token.encode(), self._token.encode()):
            return True
        return token == self.refused_token or self.faults.token_refused

    @property
    def base(self) -> str:
        """The URL of the API, for `discord.http.Route.BASE`."""
        return f"http://{_HOST}:{self._port}{PREFIX}"

    @property
    def gateway_url(self) -> str:
        """The URL of the gateway, for `discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY`."""
        return f"ws://{_HOST}:{self._port}/gateway"

    @property
    def requests(self) -> deque[Request]:
        """The newest 10,000 requests, oldest first."""
        return self._api.requests

    @property
    def rejected(self) -> int:
        """The number of requests that got status 429, for any reason."""
        return self._api.rejected

    @property
    def unknown(self) -> list[str]:
        """The requested routes that the simulation lacks, as "GET /path", without duplicates."""
        return self._api.unknown

    async def start(self, port: int = 0) -> None:
        """Listen on the loopback interface, on a free port if `port` is 0."""
        # `stop` has said goodbye to all clients, so don't wait for them.
        self._runner = web.ServerRunner(web.Server(self._answer, request_factory=_request), shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, port).start()
        self._port = self._runner.addresses[0][1]
        self.world.files_url = f"http://{_HOST}:{self._port}{_FILES}"

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        if self._runner is not None:
            await self.gateway.close()
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        # A foreign domain that points at loopback has its own Host.
        if request.headers.getall("Host", []) != [f"{_HOST}:{self._port}"]:
            return web.Response(status=HTTPStatus.MISDIRECTED_REQUEST)
        if request.path.startswith(PREFIX + "/"):
            return await self._api.answer(request)
        if request.path == "/gateway":
            return await self.gateway.serve(request)
        if request.path.startswith(_FILES + "/"):
            return await self._file(request.path)
        return web.Response(status=404)

    async def _file(self, path: str) -> web.Response:
        if wait := self.faults.delay_of(FILES, None, before=True):
            await self._sleep(wait)
        number = path.split("/")[-2]
        file = self.world.files.get(int(number)) if number.isdigit() else None
        if file is None:
            return web.Response(status=404)
        dated = {"Date": self.world.wire.date()}
        return web.Response(body=file.content, content_type=file.content_type, headers=dated)

    def on_message(self, listener: Callable[[PostedMessage], None]) -> None:
        """Call `listener` for each message that the bot posts or edits in a channel."""
        self.world.on_posted(listener)

    async def slash(
        self,
        channel_id: int,
        member_id: int,
        command: str,
        options: Mapping[str, OptionValue] | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - how long the member waits is part of the question
        *,
        context: int = SERVER,
    ) -> InteractionAnswer:
        """Use a slash command ("margin", "desk role") as a member. Returns the bot's first response.

        If the response is deferred, this waits for the content. With a `context` other than `SERVER`, the command is
        used as if the channel were direct messages.

        Raises:
            BadInputError: the command or an option is not registered in this form, or the member may not use the command.
            TimeoutError: there was no response within `timeout` seconds.
        """
        channel, member = self._who(channel_id, member_id)
        resolved = find_command(self.world, member, command, context)
        filled = fill(resolved, options or {}, channel, member)
        interaction = self.interactions.begin(
            InteractionKind.COMMAND, channel, member, name=resolved.words, context=context
        )
        data = resolved.data(filled.options, filled.resolved)
        return await self._answer_to(interaction, data, f"/{resolved.words}", timeout)

    async def about(
        self,
        channel_id: int,
        member_id: int,
        message_id: int,
        name: str,
        timeout: float = 5.0,  # noqa: ASYNC109 - as above
    ) -> InteractionAnswer:
        """Use the message command `name` on a message as a member. Returns the bot's response.

        Raises:
            BadInputError: there is no such message or command.
            TimeoutError: there was no response within `timeout` seconds.

        """
        channel, member = self._who(channel_id, member_id)
        data = about_message(self.world, member, name, self._message(channel, message_id))
        interaction = self.interactions.begin(InteractionKind.COMMAND, channel, member, name=name)
        return await self._answer_to(interaction, data, name, timeout)

    async def autocomplete(
        self,
        channel_id: int,
        member_id: int,
        command: str,
        focused: str,
        value: str,
        options: Mapping[str, OptionValue] | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - as above
    ) -> list[Suggestion]:
        """Type `value` into the option `focused` as a member, with `options` filled in. Returns the suggestions.

        Raises:
            BadInputError: the command or an option is not registered in this form, or the option has no suggestions.
            TimeoutError: there was no response within `timeout` seconds.

        """
        channel, member = self._who(channel_id, member_id)
        resolved = find_command(self.world, member, command)
        option = resolved.option(focused)
        if not option.get("autocomplete"):
            raise BadInputError(f"the option {focused} of /{resolved.words} has no autocomplete")
        filled = fill(resolved, options or {}, channel, member, partly=True)
        typed = {"name": focused, "type": option["type"], "value": value, "focused": True}
        interaction = self.interactions.begin(InteractionKind.AUTOCOMPLETE, channel, member)
        outcome = await self._outcome(
            interaction, resolved.data([*filled.options, typed], {}), f"/{resolved.words}", timeout
        )
        return outcome if isinstance(outcome, list) else []

    async def click(
        self,
        channel_id: int,
        member_id: int,
        message_id: int,
        custom_id: str,
        values: Sequence[str] = (),
        timeout: float = 5.0,  # noqa: ASYNC109 - as above
        *,
        context: int = SERVER,
    ) -> InteractionAnswer:
        """Press a button, or choose `values` from a menu, as a member. Returns the bot's response.

        Raises:
            BadInputError: there is no such message, button or menu, or it is disabled.
            TimeoutError: there was no response within `timeout` seconds.

        """
        channel, member = self._who(channel_id, member_id)
        message = self._message(channel, message_id)
        data = pressed(message, custom_id, values)
        interaction = self.interactions.begin(InteractionKind.COMPONENT, channel, member, message, context=context)
        return await self._answer_to(interaction, data, f"the button {custom_id}", timeout)

    async def submit(
        self,
        channel_id: int,
        member_id: int,
        form: JsonObject,
        values: Mapping[str, FieldValue],
        message_id: int | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - as above
    ) -> InteractionAnswer:
        """Send the form of an earlier `InteractionAnswer` as a member. Returns the bot's response.

        `message_id` is the message whose button opened the form; None if a command opened the form.

        Raises:
            BadInputError: the form has no such field, a field doesn't accept its value, or there is no such message.
            TimeoutError: there was no response within `timeout` seconds.

        """
        channel, member = self._who(channel_id, member_id)
        data = submitted(form, values)
        source = None if message_id is None else self._message(channel, message_id)
        interaction = self.interactions.begin(InteractionKind.FORM, channel, member, source)
        return await self._answer_to(interaction, data, f"the form {form['title']}", timeout)

    def _who(self, channel_id: int, member_id: int) -> tuple[Channel, Member]:
        channel = self.world.channel_by_id(channel_id)
        if channel is None:
            raise BadInputError(f"there is no channel {channel_id}")
        member = channel.guild.members.get(member_id)
        if member is None:
            raise BadInputError(f"{channel.guild.name} has no member {member_id}")
        if not channel.permissions(member) & Permission.VIEW_CHANNEL:
            raise BadInputError(f"{member.name} does not see the channel {channel.name}")
        return channel, member

    def _message(self, channel: Channel, message_id: int) -> Message:
        message = self.interactions.message(channel, message_id)
        if message is None:
            raise BadInputError(f"there is no message {message_id} in {channel.name}")
        return message

    async def _answer_to(
        self, interaction: Interaction, data: JsonObject, what: str, seconds: float
    ) -> InteractionAnswer:
        outcome = await self._outcome(interaction, data, what, seconds)
        return outcome if isinstance(outcome, InteractionAnswer) else InteractionAnswer()

    async def _outcome(
        self, interaction: Interaction, data: JsonObject, what: str, seconds: float
    ) -> InteractionAnswer | list[Suggestion]:
        guild = interaction.channel.guild
        if not self.gateway.reaches(guild.id):
            raise BadInputError(f"the bot is not connected for {guild.name}: nobody would hear of {what}")
        self.interactions.send(interaction, data)
        try:
            async with asyncio.timeout(seconds):
                return await interaction.outcome
        except TimeoutError:
            raise TimeoutError(f"the bot did not answer {what} within {seconds:g} s") from None


class Address(Protocol):
    """The URLs of a simulated Discord, in this process or another."""

    @property
    def base(self) -> str:
        """The URL of the API."""

    @property
    def gateway_url(self) -> str:
        """The URL of the gateway."""


@contextmanager
def pointing_at(standin: Address) -> Iterator[None]:
    """Connect all Discord clients in this process to the simulated Discord, while the `with` block runs.

    A client reads the URLs for every request, so close the client before the block ends.
    """
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = standin.base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(standin.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


def _request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: web.RequestHandler,
    writer: AbstractStreamWriter,
    task: "asyncio.Task[None]",
) -> web.BaseRequest:
    """Create a request object with Discord's size limit, since aiohttp's default is 1 MiB."""
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_REQUEST_BYTES)


class _Match(NamedTuple):
    """A request's route, its handler, and the variable parts of its path."""

    pattern: str
    handler: Handler
    args: tuple[str, ...]

    @property
    def channel(self) -> int | None:
        """The id of the channel that the request is about, or None."""
        if " /channels/*" in self.pattern and self.args[0].isascii() and self.args[0].isdigit():
            return int(self.args[0])
        return None


class Api:
    """A dispatcher that passes requests to their handlers, and records the requests.

    Args:
        routes: the handlers by method and path.
        refuses: returns True for an invalid token.
        faults: the faults to apply.
        rate_limits: the rate limits to apply.
        date: returns the `Date` header of a response.
        sleep: waits when a fault delays a response.

    """

    def __init__(
        self,
        routes: Routes,
        refuses: Callable[[str], bool],
        faults: Faults,
        rate_limits: RateLimits,
        date: Callable[[], str],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.requests: deque[Request] = deque(maxlen=_KEPT_REQUESTS)
        self.unknown: list[str] = []
        self.rejected = 0
        self._refuses = refuses
        self._faults = faults
        self._rate_limits = rate_limits
        self._date = date
        self._sleep = sleep
        self._routes: dict[tuple[str, str, int], list[tuple[str, list[str], Handler]]] = {}
        for pattern, handler in routes.items():
            method, path = pattern.split(" ")
            steps = path.split("/")
            self._routes.setdefault((method, steps[1], len(steps)), []).append((pattern, steps, handler))

    async def answer(self, http: web.BaseRequest) -> web.StreamResponse:
        """Respond to a request, or break its connection."""
        request = Request(http.method, http.path.removeprefix(PREFIX), http.query, None, time.monotonic())
        self.requests.append(request)
        match = self._find(request)
        headers: Mapping[str, str] = {}
        try:
            if match is not None:
                self._check_token(http, match.pattern)
                # The request's arrival counts, not its body's.
                headers = self._rate_limits.take(match.pattern, match.args[0] if match.args else "", request.arrived)
        except ApiRefusal as refusal:
            with contextlib.suppress(ApiRefusal):
                request.json, _ = await _read(http)
            return self._refuse(request, refusal)
        try:
            request.json, uploads = await _read(http)
            if match is None:
                return self._respond(request, Reply(501, self._not_here(request)))
            call = ApiCall(match.args, http.query, request.json, uploads)
            return await self._act(http, request, match, call, headers)
        except ApiRefusal as refusal:
            return self._refuse(request, refusal, headers)

    def _find(self, request: Request) -> _Match | None:
        steps = request.path.split("/")
        for pattern, wanted, handler in self._routes.get((request.method, steps[1], len(steps)), ()):
            if all(want in ("*", step) for want, step in zip(wanted, steps, strict=True)):
                args = tuple(step for want, step in zip(wanted, steps, strict=True) if want == "*")
                return _Match(pattern, handler, args)
        return None

    def _not_here(self, request: Request) -> Mapping[str, object]:
        name = f"{request.method} {request.path}"
        if name not in self.unknown:
            self.unknown.append(name)
            log.warning("asked for what is not in the stand-in", route=name)
        return {"message": f"501: not in the stand-in: {name}", "code": 0}

    def _check_token(self, http: web.BaseRequest, pattern: str) -> None:
        # An interaction's token is in its path.
        if " /interactions/" in pattern or " /webhooks/" in pattern:
            return
        scheme, _, token = http.headers.get("Authorization", "").partition(" ")
        if scheme != "Bot" or not token or self._refuses(token):
            raise unauthorized()

    async def _act(
        self, http: web.BaseRequest, request: Request, match: _Match, call: ApiCall, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        """Pass a request to its handler, and apply any faults."""
        route, channel = match.pattern, match.channel
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
            await self._sleep(wait)
        try:
            reply = match.handler(call)
        except ApiRefusal as refusal:
            reply = Reply(refusal.status, refusal.body)
            headers = {**headers, **refusal.headers}
        if wait := self._faults.delay_of(route, channel, before=False):
            await self._sleep(wait)
        if outcome is Outcome.GARBLED:
            request.status = reply.status
            return web.Response(status=reply.status, body=_GARBLED, headers={**_WITH_BODY, "Date": self._date()})
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
    """Break the connection: close it, or with `reset` send a TCP reset."""
    if http.transport is not None:
        if reset:
            # Closing with a linger time of zero makes the kernel send a reset.
            connection: socket.socket = http.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            http.transport.abort()
        else:
            http.transport.close()
    return web.Response()  # goes nowhere


async def _given_up(http: web.BaseRequest) -> web.StreamResponse:
    """Wait until the client closes the connection."""
    while http.transport is not None and not http.transport.is_closing():  # noqa: ASYNC110 - aiohttp tells nobody
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    return web.Response()  # goes nowhere


async def _read(http: web.BaseRequest) -> tuple[Any, tuple[Upload, ...]]:
    """Return a request's body, or None if it has none, and the uploaded files."""
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


def _parse(text: bytes) -> object:
    try:
        return json.loads(text) if text else None
    except ValueError:
        raise not_json() from None
