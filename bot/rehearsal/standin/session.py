"""One open websocket, and what one client is told on it: also what it was told while it was away."""

import asyncio
import secrets
import zlib
from collections import deque

from aiohttp import web

GUILDS, GUILD_MEMBERS, GUILD_MESSAGES, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 9, 1 << 15


DIRECT_MESSAGES, GUILD_SCHEDULED_EVENTS = 1 << 12, 1 << 16


# Which intent an event needs, by how its name begins; an interaction needs none.
_INTENTS = {
    "GUILD_MEMBER": GUILD_MEMBERS,
    "GUILD_SCHEDULED_EVENT": GUILD_SCHEDULED_EVENTS,
    "GUILD": GUILDS,
    "CHANNEL": GUILDS,
    "THREAD": GUILDS,
    "MESSAGE": GUILD_MESSAGES,
}

_KEPT_EVENTS = 2000  # a client that missed more than these has to start afresh


class Line:
    """One open websocket: what is sent on it goes out in order, as one zlib stream if the client asked for that."""

    def __init__(self, socket: web.WebSocketResponse, request: web.BaseRequest) -> None:
        self.socket = socket
        self.session: Session | None = None
        self._transport = request.transport
        # A client that asks for another compression gets plain text, which discord.py understands as well.
        self._stream = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._outbox: asyncio.Queue[str | int] = asyncio.Queue()

    def send(self, text: str) -> None:
        """Send a payload after those before it."""
        self._outbox.put_nowait(text)

    def hang_up(self, code: int) -> None:
        """Close with this code after all that was sent."""
        self._outbox.put_nowait(code)

    def cut(self) -> None:
        """Break the connection at once, without a goodbye."""
        if self._transport is not None:
            self._transport.abort()

    async def write(self) -> None:
        """Send what there is to send, until the line is closed."""
        while isinstance(item := await self._outbox.get(), str):
            if self._stream is None:
                await self.socket.send_str(item)
            else:
                packed = self._stream.compress(item.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)
                await self.socket.send_bytes(packed)
        await self.socket.close(code=item)


class Session:
    """What one client (or shard of it) is told, whether it is connected at the moment or not."""

    def __init__(self, shard: tuple[int, int], intents: int) -> None:
        """Start to tell shard `shard[0]` of `shard[1]` what these intents ask for."""
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.intents = intents
        self.line: Line | None = None
        self._sequence = 0
        self._log: deque[tuple[int, str]] = deque(maxlen=_KEPT_EVENTS)

    def concerns(self, guild_id: int) -> bool:
        """Whether the server is on this shard."""
        return (guild_id >> 22) % self.shard[1] == self.shard[0]

    def wants(self, name: str, guild_id: int | None = None) -> bool:
        """Whether the client asked for events of this name; guild 0 is direct messages."""
        if guild_id == 0:
            return bool(self.intents & DIRECT_MESSAGES)
        for start, intent in _INTENTS.items():
            if name.startswith(start):
                return bool(self.intents & intent)
        return True

    def tell(self, name: str, body: str) -> None:
        """Send an event with this JSON body, and keep it for a client that comes back."""
        self._sequence += 1
        text = f'{{"op":0,"s":{self._sequence},"t":"{name}","d":{body}}}'
        self._log.append((self._sequence, text))
        if self.line is not None:
            self.line.send(text)

    def missed_since(self, sequence: int) -> list[str] | None:
        """Return the payloads after that sequence number; None when they are not all there (any more)."""
        first = self._log[0][0] if self._log else self._sequence + 1
        if not first - 1 <= sequence <= self._sequence:
            return None
        return [text for number, text in self._log if number > sequence]
