"""The gateway: websockets that send events to clients, which can resume after a lost connection."""

import asyncio
import json
import secrets
import time
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from bot.rehearsal.standin.guild import Guild
from bot.rehearsal.standin.wire import GatewayEvent, JsonObject
from bot.rehearsal.standin.world import World

GUILDS, GUILD_MEMBERS, GUILD_MESSAGES, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 9, 1 << 15

REACTIONS, TYPING, DIRECT_MESSAGES, GUILD_SCHEDULED_EVENTS = 1 << 10, 1 << 11, 1 << 12, 1 << 16

# The intent that an event needs, by the beginning of its name. Interactions need none.
_INTENTS = {
    "GUILD_MEMBER": GUILD_MEMBERS,
    "GUILD_SCHEDULED_EVENT": GUILD_SCHEDULED_EVENTS,
    "GUILD": GUILDS,
    "CHANNEL": GUILDS,
    "THREAD": GUILDS,
    "MESSAGE_REACTION": REACTIONS,
    "MESSAGE": GUILD_MESSAGES,
    "TYPING": TYPING,
}

_KEPT_EVENTS = 2000  # a client that missed more has to start a new session

HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME, MEMBERS = 1, 2, 3, 4, 6, 8

INVALID_SESSION, HELLO, HEARTBEAT_ACK = 9, 10, 11

GOING_AWAY, UNKNOWN_OPCODE, NOT_AUTHENTICATED, AUTHENTICATION_FAILED = 1001, 4001, 4003, 4004

_HEARTBEAT_MS = 41_250

ACK_AFTER_SECONDS = 0.02
"""How long the response to a heartbeat is delayed. discord.py records its heartbeat only after sending it. It would
take an earlier response for the previous heartbeat's, and log that it was 41 seconds late.
"""

_KEPT_SESSIONS = 8  # the most sessions without a connection


class GatewaySocket:
    """An open websocket. Payloads are sent in order, as a single zlib stream if the client requested compression."""

    def __init__(self, socket: web.WebSocketResponse, request: web.BaseRequest) -> None:
        self.socket = socket
        self.session: Session | None = None
        self._transport = request.transport
        # A client that asks for another compression gets plain text, which discord.py understands as well.
        self._stream = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._outbox: asyncio.Queue[str | int] = asyncio.Queue()

    def send(self, text: str) -> None:
        """Queue a payload to send."""
        self._outbox.put_nowait(text)

    def hang_up(self, code: int) -> None:
        """Close the websocket with a close code, after the queued payloads."""
        self._outbox.put_nowait(code)

    def cut(self) -> None:
        """Break the connection at once, without a close frame."""
        if self._transport is not None:
            self._transport.abort()

    async def write(self) -> None:
        """Send queued payloads until the connection is closed."""
        while isinstance(item := await self._outbox.get(), str):
            if self._stream is None:
                await self.socket.send_str(item)
            else:
                packed = self._stream.compress(item.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)
                await self.socket.send_bytes(packed)
        await self.socket.close(code=item)


class Session:
    """The session of a client, or of one of its shards, whether or not it is connected at the moment.

    Args:
        shard: the shard's number, and the number of shards.
        intents: the client's intents, as bits.
    """

    def __init__(self, shard: tuple[int, int], intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.intents = intents
        self.line: GatewaySocket | None = None
        self._sequence = 0
        self._log: deque[tuple[int, str]] = deque(maxlen=_KEPT_EVENTS)

    def concerns(self, guild_id: int) -> bool:
        """Return True if the server is on the session's shard."""
        return (guild_id >> 22) % self.shard[1] == self.shard[0]

    def wants(self, name: str, guild_id: int | None = None) -> bool:
        """Return True if the client subscribed to events with this name. Server 0 means direct messages."""
        if guild_id == 0:
            return bool(self.intents & DIRECT_MESSAGES)
        for start, intent in _INTENTS.items():
            if name.startswith(start):
                return bool(self.intents & intent)
        return True

    def tell(self, name: str, body: str) -> None:
        """Send an event with this JSON body, and store it in case the client resumes."""
        self._sequence += 1
        text = f'{{"op":0,"s":{self._sequence},"t":"{name}","d":{body}}}'
        self._log.append((self._sequence, text))
        if self.line is not None:
            self.line.send(text)

    def missed_since(self, sequence: int) -> list[str] | None:
        """Return the payloads after a sequence number; None if some of them are no longer stored."""
        first = self._log[0][0] if self._log else self._sequence + 1
        if not first - 1 <= sequence <= self._sequence:
            return None
        return [text for number, text in self._log if number > sequence]


class GatewayServer:
    """The server for gateway connections, with all connections and sessions.

    Args:
        world: the simulated Discord whose events are sent.
        url: returns the URL for resuming.
        refuses: returns True for a wrong token.
    """

    def __init__(self, world: World, url: Callable[[], str], refuses: Callable[[str], bool]) -> None:
        self._world = world
        self._url = url
        self._refuses = refuses
        self._sessions: dict[str, Session] = {}
        self._lines: set[GatewaySocket] = set()
        self.closed = False  # to new connections
        self.withheld: set[int] = set()  # servers with an outage
        self.identified: list[tuple[int, float]] = []  # each IDENTIFY: its shard, and when (monotonic)
        world.wire.listen(self._hear)

    def reaches(self, guild_id: int) -> bool:
        """Return True if a client gets the server's events, now or when it resumes."""
        return any(session.concerns(guild_id) for session in self._sessions.values())

    def drop(self, shard: int | None = None, *, forget: bool = False) -> int:
        """Break all connections, or those of one shard. Returns the number of connections.

        With `forget`, the sessions can't be resumed.
        """
        lines = [line for line in self._lines if line.session and shard in (None, line.session.shard[0])]
        for line in lines:
            if forget and line.session:
                self._sessions.pop(line.session.id, None)
            self._release(line)
            line.cut()
        return len(lines)

    def invalidate(self, shard: int | None = None) -> int:
        """End all sessions, or those of one shard, and notify the clients. Returns the number of sessions."""
        count = 0
        for line in self._lines:
            session = line.session
            if session is not None and shard in (None, session.shard[0]):
                self._sessions.pop(session.id, None)
                session.line = line.session = None
                line.send(_payload(INVALID_SESSION, data=False))
                count += 1
        return count

    def withhold(self, guild_id: int) -> None:
        """Start an outage of a server.

        Clients get an event about the outage, and no further events until `restore`.
        """
        for session in self._sessions.values():
            if session.concerns(guild_id) and session.wants("GUILD_DELETE"):
                session.tell("GUILD_DELETE", _dumps({"id": str(guild_id), "unavailable": True}))
        self.withheld.add(guild_id)

    def restore(self, guild_id: int) -> None:
        """End a server's outage, and send the server's current state."""
        self.withheld.discard(guild_id)
        guild = self._world.guilds.get(guild_id)
        for session in self._sessions.values():
            if guild is not None and session.concerns(guild_id) and session.wants("GUILD_CREATE"):
                session.tell("GUILD_CREATE", _whole(guild, session))

    async def close(self) -> None:
        """Close every connection."""
        lines = list(self._lines)
        await asyncio.gather(*(line.socket.close(code=GOING_AWAY) for line in lines))

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one client until it disconnects."""
        if self.closed:
            return web.Response(status=503)
        # A client that is gone doesn't close properly: don't wait long for it.
        socket = web.WebSocketResponse(timeout=0.5)
        socket.headers["Date"] = self._world.wire.date()
        await socket.prepare(request)
        line = GatewaySocket(socket, request)
        self._lines.add(line)
        line.send(_payload(HELLO, {"heartbeat_interval": _HEARTBEAT_MS}))
        writer = asyncio.create_task(line.write())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._take(line, json.loads(message.data))
        finally:
            writer.cancel()
            # How it ends doesn't matter.
            await asyncio.gather(writer, return_exceptions=True)
            self._lines.discard(line)
            self._release(line, ended=socket.close_code in (1000, GOING_AWAY))
        return socket

    def _take(self, line: GatewaySocket, payload: JsonObject) -> None:
        op: int = payload["op"]
        data: Any = payload.get("d")
        if op == HEARTBEAT:
            asyncio.get_running_loop().call_later(ACK_AFTER_SECONDS, line.send, _payload(HEARTBEAT_ACK, None))
        elif op in (IDENTIFY, RESUME) and self._refuses(data["token"]):
            line.hang_up(AUTHENTICATION_FAILED)
        elif op == IDENTIFY:
            self._identify(line, data)
        elif op == RESUME:
            self._resume(line, data)
        elif line.session is None:
            line.hang_up(NOT_AUTHENTICATED)
        elif op == MEMBERS:
            self._members(line.session, data)
        elif op not in (PRESENCE, VOICE_STATE):  # both change nothing here
            line.hang_up(UNKNOWN_OPCODE)

    def _identify(self, line: GatewaySocket, data: JsonObject) -> None:
        number, count = data.get("shard", (0, 1))
        self.identified.append((number, time.monotonic()))
        session = Session((number, count), data.get("intents", 0))
        self._sessions[session.id] = session
        self._attach(line, session)
        guilds = [guild for guild in self._world.guilds.values() if session.concerns(guild.id)]
        bot = self._world.bot
        ready = {
            "v": 10,
            "user": bot.json() | {"mfa_enabled": False, "verified": True, "email": None},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self._url(),
            "session_type": "normal",
            "private_channels": [],
            "shard": [number, count],
            "application": {"id": str(bot.id), "flags": 0},
        }
        session.tell("READY", _dumps(ready))
        for guild in guilds if session.wants("GUILD_CREATE") else ():
            if guild.id not in self.withheld:
                session.tell("GUILD_CREATE", _whole(guild, session))

    def _resume(self, line: GatewaySocket, data: JsonObject) -> None:
        session = self._sessions.get(data["session_id"])
        missed = None if session is None else session.missed_since(data["seq"] or 0)
        if session is None or missed is None:
            self._sessions.pop(data["session_id"], None)
            line.send(_payload(INVALID_SESSION, data=False))
            return
        if session.line is not None:  # the client reconnected before we noticed the broken connection
            session.line.cut()
        for text in missed:
            line.send(text)
        self._attach(line, session)
        session.tell("RESUMED", "{}")

    def _attach(self, line: GatewaySocket, session: Session) -> None:
        line.session = session
        session.line = line

    def _release(self, line: GatewaySocket, *, ended: bool = False) -> None:
        """Detach a connection from its session.

        The session is deleted if the client `ended` it. If too many sessions are unconnected, the oldest are deleted.
        """
        session = line.session
        if session is None or session.line is not line:
            return
        session.line = None
        if ended:
            self._sessions.pop(session.id, None)
        waiting = [one.id for one in self._sessions.values() if one.line is None]
        for key in waiting[:-_KEPT_SESSIONS]:
            del self._sessions[key]

    def _members(self, session: Session, data: JsonObject) -> None:
        guild = self._world.guilds[int(data["guild_id"])]
        ids = {str(key) for key in data.get("user_ids") or []}
        start, limit = (data.get("query") or "").lower(), data.get("limit") or None
        members = [
            member.json()
            for member in guild.members.values()
            if (str(member.id) in ids if ids else member.name.lower().startswith(start))
        ][:limit]
        chunk = {"guild_id": str(guild.id), "members": members, "chunk_index": 0, "chunk_count": 1, "not_found": []}
        session.tell("GUILD_MEMBERS_CHUNK", _dumps(chunk | {"nonce": data.get("nonce")}))

    def _hear(self, event: GatewayEvent) -> None:
        if event.hidden or event.guild_id in self.withheld:
            return
        if event.guild_id in self._world.elsewhere and event.name != "INTERACTION_CREATE":
            return
        whole = ""
        for session in self._sessions.values():
            wanted = session.wants(event.name, event.guild_id) or self._is_own(event)
            if not (session.concerns(event.guild_id) and wanted):
                continue
            if self._hides_content(session, event):
                hidden = {"content": "", "embeds": [], "components": [], "attachments": []}
                session.tell(event.name, _dumps(event.body | hidden))
                continue
            whole = whole or _dumps(event.body)
            session.tell(event.name, whole)

    def _is_own(self, event: GatewayEvent) -> bool:
        """Return True if the event is about the bot's own membership, which needs no intent."""
        return event.name == "GUILD_MEMBER_UPDATE" and event.body["user"]["id"] == str(self._world.bot.id)

    def _hides_content(self, session: Session, event: GatewayEvent) -> bool:
        """Return True if the client lacks the intent to read other people's messages."""
        if not event.guild_id:  # the bot may read what people write to it directly
            return False
        if session.intents & MESSAGE_CONTENT or event.name not in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return False
        return bool(event.body["author"]["id"] != str(self._world.bot.id))


def _whole(guild: Guild, session: Session) -> str:
    # Without the intent, a client gets the bot's membership only.
    members = guild.members.values() if session.intents & GUILD_MEMBERS else [guild.me]
    return _dumps(guild.json_whole(members) | {"unavailable": False})


def _payload(op: int, data: object) -> str:
    return _dumps({"op": op, "d": data})


def _dumps(thing: object) -> str:
    return json.dumps(thing, separators=(",", ":"), ensure_ascii=False)
