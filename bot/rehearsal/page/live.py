"""Streams events in the simulated server to the page's browsers.

Events are numbered. The newest 5,000 are stored for browsers that were disconnected.
"""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.rehearsal.page.message_html import MessageViews
from bot.rehearsal.page.viewer import channels_and_threads
from bot.rehearsal.standin.destination import DirectChannel
from bot.rehearsal.standin.guild import Guild
from bot.rehearsal.standin.interactions import EphemeralChange
from bot.rehearsal.standin.message import Message, MessageKind
from bot.rehearsal.standin.server import StandIn
from bot.rehearsal.standin.wire import GatewayEvent, JsonObject

_MOST_RENDERED = 3000  # messages

_MOST_KEPT = 5000  # events


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """An event of the live stream, sent to all viewers or only to some."""

    number: int
    kind: str
    body: Callable[[], str]
    """Makes the event's JSON when it is sent."""
    channel: int | None = None
    """The channel that a member must see to get the event; None if everybody gets it."""
    member: int | None = None
    """The only member who gets the event; None if everybody does."""


class LiveStream:
    """A stream of numbered events for browsers. A place in the stream is written "RUN:NUMBER"."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._events: deque[StreamEvent] = deque(maxlen=_MOST_KEPT)
        self._last = 0
        self._news = asyncio.Event()
        self.ended = False

    def end(self) -> None:
        """End the stream, and wake everyone who waits for events.

        Nobody should wait again until `ended` is set to False.
        """
        self.ended = True
        self._news.set()

    @property
    def place(self) -> str:
        """The place after the newest event."""
        return self.place_of(self._last)

    def place_of(self, number: int) -> str:
        """Return the place after the event with this number."""
        return f"{self._run}:{number}"

    def tell(
        self, kind: str, body: Callable[[], str], *, channel: int | None = None, member: int | None = None
    ) -> None:
        """Add an event to the stream. `body` returns the event's JSON.

        The event is sent to everyone, to those who see `channel`, or only to `member`.
        """
        self._last += 1
        self._events.append(StreamEvent(self._last, kind, body, channel, member))
        self._news.set()
        self._news = asyncio.Event()

    def since(self, place: str) -> list[StreamEvent] | None:
        """Return the events after a place; None if some of them are no longer stored."""
        run, _, text = place.partition(":")
        number = int(text) if text.isascii() and text.isdigit() else -1
        if run != self._run or not 0 <= number <= self._last:
            return None
        missed = self._last - number
        if missed > len(self._events):
            return None
        return [self._events[place] for place in range(len(self._events) - missed, len(self._events))]

    async def wait(self, place: str, seconds: float) -> None:
        """Wait for an event after `place`, for at most `seconds`."""
        if place != self.place:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return


class Live:
    """A listener that adds the simulated server's changes to the live stream: messages, channels, roles and members.

    Args:
        standin: the simulated Discord.
        guild: the server to show.
        clock: the news clock, which dates messages.
        stream: the live stream.

    """

    def __init__(self, standin: StandIn, guild: Guild, clock: Clock, stream: LiveStream) -> None:
        self._standin = standin
        self._guild = guild
        self._clock = clock
        self._stream = stream
        self._arrived_at: dict[int, datetime] = {}
        self._answers: dict[int, Message] = {}
        self._rendered: dict[int, str] = {}
        self._views = MessageViews(guild, self._arrived_at.get)
        standin.world.wire.listen(self._hear)
        standin.interactions.on_ephemeral(self._hear_ephemeral)

    def render(self, message: Message) -> str:
        """Return a message as JSON for the page, cached until the message changes."""
        if message.id not in self._rendered:
            answered = self._answers.get(message.id) or message.referenced or self._source(message)
            self._rendered[message.id] = json.dumps(self._view(message, answered), ensure_ascii=False)
            if len(self._rendered) > _MOST_RENDERED:
                del self._rendered[next(iter(self._rendered))]
        return self._rendered[message.id]

    def _view(self, message: Message, answered: Message | None) -> JsonObject:
        view = self._views.message(message, answered)
        if message.kind is MessageKind.THREAD_STARTER and answered is not None:
            # A thread's first message shows the message that it was started from.
            return {**self._views.message(answered), "id": view["id"], "channel": view["channel"], "components": []}
        return view

    def record_person_message(self, message: Message, answered: Message | None) -> None:
        """Record to which message a person's message replies, and add it to the stream unless it was already added."""
        if answered is not None:
            self._answers[message.id] = answered
            self._rendered.pop(message.id, None)
        if message.id not in self._arrived_at:
            self._tell_message(message, new=True)

    def _hear(self, event: GatewayEvent) -> None:
        if not event.guild_id and event.name == "MESSAGE_CREATE":
            self._tell_direct(int(event.body["channel_id"]), int(event.body["id"]))
        if event.guild_id != self._guild.id:
            return
        if event.name in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            channel = channels_and_threads(self._guild).get(int(event.body["channel_id"]))
            message = channel.messages.get(int(event.body["id"])) if channel else None
            if message is not None:
                self._tell_message(message, new=event.name == "MESSAGE_CREATE")
            self._tell_source(int(event.body["channel_id"]))
        elif event.name.startswith("MESSAGE_REACTION"):
            channel = channels_and_threads(self._guild).get(int(event.body["channel_id"]))
            message = channel.messages.get(int(event.body["message_id"])) if channel else None
            if message is not None:
                self._tell_message(message, new=False)
        elif event.name == "MESSAGE_DELETE":
            self._tell_gone(int(event.body["id"]), int(event.body["channel_id"]))
            self._tell_source(int(event.body["channel_id"]))
        elif event.name.startswith(("CHANNEL_", "GUILD_", "THREAD_")):
            self._stream.tell("stage", lambda: "null")
            if event.name.startswith("THREAD_"):
                self._tell_source(int(event.body["id"]), event.body.get("parent_id"))

    def _hear_ephemeral(self, change: EphemeralChange) -> None:
        if change.channel.guild is not self._guild:
            return
        message = change.message
        if change.deleted:
            self._tell_gone(message.id, change.channel.id, change.member.id)
        else:
            self._tell_message(message, new=message.id not in self._arrived_at, member=change.member.id)

    def _tell_message(self, message: Message, *, new: bool, member: int | None = None) -> None:
        self._arrived_at.setdefault(message.id, self._clock.now())
        self._rendered.pop(message.id, None)
        kind = "message" if new else "change"
        self._stream.tell(kind, lambda: self.render(message), channel=message.channel_id, member=member)

    def _tell_direct(self, channel_id: int, message_id: int) -> None:
        """Stream a direct message by the bot to its recipient, whichever channel the recipient has open."""
        channel = self._standin.world.destinations.get(channel_id)
        message = channel.messages.get(message_id) if channel else None
        if isinstance(channel, DirectChannel) and message is not None and message.author.bot:
            self._arrived_at.setdefault(message.id, self._clock.now())
            view = json.dumps(self._views.message(message) | {"private": True, "direct": True}, ensure_ascii=False)
            self._stream.tell("direct", lambda: view, member=channel.person.id)

    def _tell_source(self, thread_id: int, parent_id: str | None = None) -> None:
        """Stream the message from which a thread was started.

        The page shows the thread's newest message below that message.
        """
        thread = self._guild.threads.get(thread_id)
        parent = thread.parent if thread else self._guild.channels.get(int(parent_id or 0))
        message = parent.messages.get(thread_id) if parent else None
        if message is not None and message.id in self._arrived_at:
            self._tell_message(message, new=False)

    def _tell_gone(self, message_id: int, channel_id: int, member: int | None = None) -> None:
        self._rendered.pop(message_id, None)
        body = json.dumps({"id": str(message_id), "channel": str(channel_id)})
        self._stream.tell("gone", lambda: body, channel=channel_id, member=member)

    def _source(self, message: Message) -> Message | None:
        """Return the message whose button was pressed, if `message` is the bot's response to that press, else None."""
        key = (message.interaction or {}).get("interacted_message_id")
        channel = channels_and_threads(self._guild).get(message.channel_id)
        return self._standin.interactions.message(channel, int(key)) if key and channel else None
