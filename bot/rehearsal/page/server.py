"""The page's web server: static files, what a person sees, their actions, and the live stream.

The server listens on the loopback interface, and answers only browsers on this machine that know the URL. A foreign
domain that resolves to 127.0.0.1 has another Host header, and a script of another website has another Origin header.
Both are refused, as is any path that does not begin with the run's secret.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.errors import BadInputError
from bot.rehearsal.pace import Pace
from bot.rehearsal.page.actions import ActionRequests, Actions, clock_of
from bot.rehearsal.page.live import Live, LiveStream, StreamEvent
from bot.rehearsal.page.message_html import PICTURES
from bot.rehearsal.page.viewer import (
    ReadMarks,
    channels_and_threads,
    channels_json,
    commands_json,
    events_json,
    people_json,
    roles_json,
    sees_channel,
    visible_channel,
)
from bot.rehearsal.standin.guild import Guild, Member
from bot.rehearsal.standin.server import StandIn
from bot.rehearsal.standin.wire import JsonObject

_HOST = "127.0.0.1"

_STATIC = Path(__file__).parent / "static"

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}

_MOST_BODY = 14 * 2**20  # a form with a file of 10 MiB, which is more than Discord takes

_PAGE, _MOST_PAGE = 50, 100  # messages

_KEEP_ALIVE_SECONDS = 15.0

_GATHER_SECONDS = 0.04  # events are gathered for so long before they are sent

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types rendered"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

_LOOPBACK = ("127.0.0.1", "localhost")


class Page:
    """A web server that shows one simulated server in browsers, for the length of an `async with` block.

    Args:
        standin: the simulated Discord.
        guild: the server to show.
        people: the people whose part a viewer can take.
        pace: controls the news clock.
        zone: the time zone in which the page shows the news clock.
        title: the day's title.
        opening: the day's introduction, as lines: what it requires of the desk.
        holds: True to stop the clock while a browser shows the introduction.
    """

    def __init__(
        self,
        standin: StandIn,
        guild: Guild,
        people: Sequence[Member],
        pace: Pace,
        zone: ZoneInfo,
        title: str,
        opening: Sequence[str] = (),
        *,
        holds: bool = True,
    ) -> None:
        self._holds = holds
        self._standin = standin
        self._guild = guild
        self._people = {_slug(member.name): member for member in people}
        self._pace = pace
        self._zone = zone
        self._title = title
        self._opening = list(opening)
        self._secret = secrets.token_urlsafe(16)
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._stream = LiveStream()
        self._marks = ReadMarks()
        self._looking = 0  # browsers
        self._live = Live(standin, guild, pace.clock, self._stream)
        self._requests = ActionRequests(Actions(standin), self._live, self._marks, pace, self._people)
        self._gets: Mapping[str, Callable[[Member, Mapping[str, str]], web.Response]] = {
            "state": self._state,
            "messages": self._messages,
            "pins": self._pins,
            "commands": self._commands,
        }
        pace.on_change(lambda: self._stream.tell("clock", lambda: json.dumps(clock_of(pace))))

    @property
    def url(self) -> str:
        """The URL to open in a browser. Anyone who has the URL can act as any person."""
        return f"http://{_HOST}:{self._port}/{self._secret}/"

    async def start(self, port: int = 0) -> None:
        """Listen on the loopback interface, on a free port if `port` is 0.

        Raises:
            BadInputError: the port is in use.

        """
        self._stream.ended = False
        app = web.Application(client_max_size=_MOST_BODY)
        app.router.add_route("*", "/{secret}/{path:.*}", self._answer)
        app.router.add_route("*", "/{rest:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, _HOST, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise BadInputError(f"--port {port}: the page can't be served there ({error.strerror})") from None
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close all connections and stop listening."""
        if self._runner is not None:
            self._stream.end()
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # What a browser asks for.

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        why = why_refused(request, self._port)
        if why is not None:
            return web.Response(status=403, text=f"{why}\n", headers=HEADERS)
        if not secrets.compare_digest(request.match_info.get("secret", "").encode(), self._secret.encode()):
            return web.Response(status=404, text="the page's whole address is in the terminal\n", headers=HEADERS)
        path = request.match_info["path"]
        try:
            return await self._route(request, path)
        except (BadInputError, KeyError, TypeError, ValueError) as error:
            return _json({"error": f"not understood: {type(error).__name__}"}, 400)

    async def _route(self, request: web.Request, path: str) -> web.StreamResponse:
        if request.method == "POST":
            return _json(await self._requests.act(path, await _body(request)))
        top, _, rest = path.partition("/")
        if top in ("", "static"):
            return _static(rest or "index.html")
        if top == "files":
            return self._file(rest.partition("/")[0])
        viewer = self._people.get(request.query.get("as", "")) or next(iter(self._people.values()))
        if top == "events":
            return await self._events(request, viewer)
        handler = self._gets.get(top)
        return handler(viewer, request.query) if handler else web.Response(status=404, headers=HEADERS)

    def _state(self, viewer: Member, _: Mapping[str, str]) -> web.Response:
        """Respond with everything that a viewer sees except messages, and with the current place in the stream."""
        slugs = {member.id: slug for slug, member in self._people.items()}
        state = {
            "place": self._stream.place,
            "title": self._title,
            "opening": self._opening,
            "holds": self._holds,
            "zone": self._zone.key,
            "me": {"id": str(viewer.id), "name": viewer.name, "slug": slugs[viewer.id]},
            "people": [
                {"id": str(one.id), "slug": slug, "name": one.name, "roles": [role.name for role in one.roles]}
                for slug, one in self._people.items()
            ],
            "guild": {"id": str(self._guild.id), "name": self._guild.name},
            "bot": str(self._standin.world.bot.id),
            "channels": channels_json(viewer, self._marks),
            "members": people_json(self._guild),
            "roles": roles_json(self._guild),
            "events": events_json(self._guild),
            "commands": commands_json(viewer, self._standin.world),
            "clock": clock_of(self._pace),
        }
        return _json(state)

    def _commands(self, viewer: Member, _: Mapping[str, str]) -> web.Response:
        return _json(commands_json(viewer, self._standin.world))

    def _messages(self, viewer: Member, query: Mapping[str, str]) -> web.Response:
        """Respond with some of a channel's messages, oldest first.

        The response also states whether the channel has earlier and later messages.
        """
        channel = visible_channel(viewer, query["channel"])
        limit = max(1, min(int(query.get("limit", _PAGE)), _MOST_PAGE))
        ends = {key: int(query[key]) for key in ("before", "after", "around") if key in query}
        messages = list(reversed(channel.messages.page(limit, **ends)))
        first, last = (messages[0].id, messages[-1].id) if messages else (0, 0)
        older = bool(messages) and bool(channel.messages.page(1, before=first))
        newer = bool(messages) and bool(channel.messages.page(1, after=last))
        texts = ",".join(self._live.render(message) for message in messages)
        text = f'{{"messages":[{texts}],"older":{json.dumps(older)},"newer":{json.dumps(newer)}}}'
        return web.Response(text=text, content_type="application/json", headers=HEADERS)

    def _pins(self, viewer: Member, query: Mapping[str, str]) -> web.Response:
        channel = visible_channel(viewer, query["channel"])
        pinned = [message for message in channel.messages if message.json().get("pinned")]
        return _json([json.loads(self._live.render(message)) for message in reversed(pinned)])

    def _file(self, key: str) -> web.Response:
        """Respond with an attachment: a picture inline, any other file as a download."""
        file = self._standin.world.files.get(int(key))
        if file is None:
            return web.Response(status=404, headers=HEADERS)
        if file.content_type in PICTURES:
            return web.Response(body=file.content, content_type=file.content_type, headers=HEADERS)
        headers = {**HEADERS, "Content-Disposition": "attachment"}
        return web.Response(body=file.content, content_type="application/octet-stream", headers=headers)

    # The live stream.

    async def _events(self, request: web.Request, viewer: Member) -> web.StreamResponse:
        """Stream events to a browser as server-sent events.

        A browser that was disconnected sends its last place in the stream, and gets the events since.
        """
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        place = request.headers.get("Last-Event-ID") or request.query.get("from", "")
        self._looking += 1
        try:
            await response.write(b"retry: 1000\n\n")
            while not self._stream.ended:
                events = self._stream.since(place)
                if events is None:
                    await response.write(b"event: afresh\ndata: {}\n\n")
                    return response
                if events:
                    place = self._stream.place_of(events[-1].number)
                batch = ",".join(self._for(viewer, events))
                await response.write(f"id: {place}\ndata: [{batch}]\n\n".encode())
                await self._stream.wait(place, _KEEP_ALIVE_SECONDS)
                await asyncio.sleep(_GATHER_SECONDS)
        except ConnectionError:
            pass
        finally:
            self._looking -= 1
            if not self._looking:
                self._pace.let_go()
        return response

    def _for(self, viewer: Member, events: Sequence[StreamEvent]) -> list[str]:
        """Return the events that a viewer may see, as JSON.

        Of several events of the kind "clock", only the last is included. The same applies to the kind "stage".
        """
        last = {one.kind: one.number for one in events}
        texts = []
        for one in events:
            channel = channels_and_threads(self._guild).get(one.channel) if one.channel is not None else None
            hidden = one.channel is not None and (channel is None or not sees_channel(viewer, channel))
            if hidden or one.member not in (None, viewer.id):
                continue
            if one.kind in ("clock", "stage") and last[one.kind] != one.number:
                continue
            texts.append(f'{{"kind":"{one.kind}","body":{one.body()}}}')
        return texts


def _slug(name: str) -> str:
    return "-".join(name.lower().split())


def _static(name: str) -> web.Response:
    """Respond with one of the page's static files."""
    path = (_STATIC / name).resolve()
    if not path.is_relative_to(_STATIC) or not path.is_file() or path.suffix not in _TYPES:
        return web.Response(status=404, headers=HEADERS)
    kind = _TYPES[path.suffix]
    charset = None if path.suffix == ".woff2" else "utf-8"
    return web.Response(body=path.read_bytes(), content_type=kind, charset=charset, headers=HEADERS)


def _json(thing: object, status: int = 200) -> web.Response:
    text = json.dumps(thing, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/json", headers=HEADERS)


async def _body(request: web.Request) -> JsonObject:
    body = await request.json()
    if not isinstance(body, dict):
        raise TypeError("only objects are taken")
    return body


def why_refused(request: web.BaseRequest, port: int) -> str | None:
    """Return the reason to refuse a request to the page; None if the request is allowed.

    `port` is the port on which the page is served.
    """
    hosts = [f"{name}:{port}" for name in _LOOPBACK]
    origins = [f"http://{host}" for host in hosts]
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    from_elsewhere = origin not in (None, *origins) or site not in (None, "none", "same-origin")
    reasons = {
        "only this machine may look": request.remote != "127.0.0.1",
        "this is not a name of the page": request.headers.getall("Host", []) not in [[host] for host in hosts],
        "another site may not do this": from_elsewhere,
        "only GET and POST are taken": request.method not in ("GET", "POST"),
        "only JSON is taken": request.method == "POST" and request.content_type != "application/json",
    }
    return next((why for why, refused in reasons.items() if refused), None)
