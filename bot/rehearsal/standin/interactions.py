"""Interactions: a member's requests to the bot by commands, buttons, menus and forms, and the bot's responses."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

from bot.rehearsal.standin.guild import Channel, Member
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.refusal import (
    already_acknowledged,
    invalid_webhook_token,
    unknown_interaction,
    unknown_webhook,
)
from bot.rehearsal.standin.wire import JsonObject
from bot.rehearsal.standin.world import World

FIRST_ANSWER_WITHIN = timedelta(seconds=3)

TOKEN_LASTS = timedelta(minutes=15)

_KEPT = 1000

SERVER, WITH_BOT, PRIVATE = 0, 1, 2
"""Discord's contexts: in a server, in direct messages with the bot, in other direct messages."""


class InteractionKind(IntEnum):
    """The kinds of interaction between members and the bot, with Discord's numbers."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    FORM = 5


class Suggestion(NamedTuple):
    """A suggestion for a command's option, made by the bot while a member types."""

    name: str
    value: str | int | float


@dataclass(frozen=True, slots=True)
class InteractionAnswer:
    """The bot's response to an interaction, as the member sees it: a message, or a form to fill in.

    With a `form`, no other field is set.
    """

    content: str = ""
    embeds: list[JsonObject] = field(default_factory=list)
    ephemeral: bool = False
    deferred: bool = False
    components: list[JsonObject] = field(default_factory=list)
    message_id: int = 0
    attachments: list[JsonObject] = field(default_factory=list)
    form: JsonObject | None = None


@dataclass(eq=False, slots=True)
class Interaction:
    """A member's request to the bot, with the bot's responses so far."""

    id: int
    token: str
    kind: InteractionKind
    channel: Channel
    member: Member
    created: datetime
    outcome: asyncio.Future[InteractionAnswer | list[Suggestion]] = field(repr=False)
    source: Message | None = None  # the message whose button was pressed
    name: str = ""  # of the command, with its group; empty for anything else
    context: int = SERVER
    answered: asyncio.Event = field(default_factory=asyncio.Event, repr=False)  # set with the first answer
    deferred: bool = False
    original: Message | None = None  # the message that @original stands for
    later: dict[int, Message] = field(default_factory=dict)  # follow-ups, by id

    @property
    def acknowledged(self) -> bool:
        """True if the bot has sent or deferred its first response."""
        return self.answered.is_set()

    def settle(self, outcome: InteractionAnswer | list[Suggestion]) -> None:
        """Pass the bot's response to the member who waits for it. Only the first response is used."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def settle_with(self, message: Message) -> None:
        """Pass a message to the member who waits for a response, as the bot's response."""
        self.settle(
            InteractionAnswer(
                message.content,
                message.embeds,
                message.ephemeral,
                self.deferred,
                message.components,
                message.id,
                [attachment.json() for attachment in message.attachments],
            )
        )

    @property
    def owners(self) -> JsonObject:
        """The ids of those who installed the bot, in the format of Discord's API: the server or the person."""
        if self.context == SERVER and self.channel.guild.bot_id:
            return {"0": str(self.channel.guild.id)}
        return {"1": str(self.member.id)}

    def describe(self) -> JsonObject:
        """Return the interaction's metadata, for a message that responds to the interaction."""
        owners = self.owners
        kind = InteractionKind.COMMAND if self.kind is InteractionKind.AUTOCOMPLETE else self.kind
        about = {"id": str(self.id), "type": int(kind), "user": self.member.user.json()}
        if self.source is not None and kind is InteractionKind.COMPONENT:
            about["interacted_message_id"] = str(self.source.id)
        if kind is InteractionKind.FORM:
            # We don't store what opened the form; the client only needs something here.
            about["triggering_interaction_metadata"] = about | {"type": 2, "authorizing_integration_owners": owners}
        return about | {"authorizing_integration_owners": owners}


@dataclass(frozen=True, slots=True)
class EphemeralChange:
    """A new, changed or deleted message that only one member sees."""

    member: Member
    channel: Channel
    message: Message
    deleted: bool = False


class Interactions:
    """A record of all recent interactions, and of the messages that only one member sees."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._open: dict[str, Interaction] = {}
        self._on_whispered: list[Callable[[EphemeralChange], None]] = []
        self.private: dict[int, Message] = {}

    def on_ephemeral(self, listener: Callable[[EphemeralChange], None]) -> None:
        """Call `listener` whenever a message that only one member sees is created, changed or deleted."""
        self._on_whispered.append(listener)

    def emit_ephemeral(self, interaction: Interaction, message: Message, *, deleted: bool = False) -> None:
        """Notify the listeners about a message that only one member sees."""
        if deleted:
            self.private.pop(message.id, None)
        else:
            self.private[message.id] = message
        for listener in self._on_whispered:
            listener(EphemeralChange(interaction.member, interaction.channel, message, deleted))

    def begin(
        self,
        kind: InteractionKind,
        channel: Channel,
        member: Member,
        source: Message | None = None,
        name: str = "",
        context: int = SERVER,
    ) -> Interaction:
        """Create an interaction without sending it.

        Args:
            kind: the kind of interaction.
            channel: the channel in which the member is.
            member: the member.
            source: the message with the button or menu; None for a slash command.
            name: the command's name, including its group.
            context: where the member uses the bot, such as a server or direct messages.
        """
        wire = self._world.wire
        outcome = asyncio.get_running_loop().create_future()
        interaction = Interaction(
            id=wire.new_id(),
            token=secrets.token_urlsafe(48),
            kind=kind,
            channel=channel,
            member=member,
            created=wire.now(),
            outcome=outcome,
            source=source,
            name=name,
            context=context,
        )
        self._open[interaction.token] = interaction
        while len(self._open) > _KEPT:
            del self._open[next(iter(self._open))]
        return interaction

    def send(self, interaction: Interaction, data: JsonObject) -> None:
        """Send an interaction to the bot. `data` depends on the interaction's kind."""
        guild = interaction.channel.guild
        body: JsonObject = {
            "id": str(interaction.id),
            "application_id": str(self._world.bot.id),
            "type": int(interaction.kind),
            "token": interaction.token,
            "version": 1,
            "channel_id": str(interaction.channel.id),
            **_where(interaction),
            "app_permissions": str(int(interaction.channel.bot_permissions)),
            "locale": "en-US",
            "authorizing_integration_owners": interaction.owners,
            "context": interaction.context,
            "entitlements": [],
            "attachment_size_limit": 10 * 2**20,
            "data": data,
        }
        if interaction.source is not None:
            body["message"] = interaction.source.json()
        self._world.wire.emit("INTERACTION_CREATE", guild.id, body)

    def message(self, channel: Channel, message_id: int) -> Message | None:
        """Return the message with this id; None if there is none.

        The message may be in the channel, or one that only one member sees.
        """
        return channel.messages.get(message_id) or self.private.get(message_id)

    def unanswered(self, interaction_id: int, token: str) -> Interaction:
        """Return the interaction with this id and token, if the bot may still send its first response.

        Raises:
            ApiRefusal: the interaction is unknown, over three seconds old, or already acknowledged.

        """
        interaction = self._open.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise unknown_interaction()
        if interaction.acknowledged:
            raise already_acknowledged()
        if self._world.wire.now() - interaction.created > FIRST_ANSWER_WITHIN:
            raise unknown_interaction()
        return interaction

    def acknowledged(self, token: str) -> Interaction:
        """Return the interaction with this token, if the bot may still send follow-ups.

        Raises:
            ApiRefusal: the interaction is unknown, not acknowledged, or over fifteen minutes old.

        """
        interaction = self._open.get(token)
        if interaction is None or not interaction.acknowledged:
            raise unknown_webhook()
        if self._world.wire.now() - interaction.created > TOKEN_LASTS:
            raise invalid_webhook_token()
        return interaction


def _where(interaction: Interaction) -> JsonObject:
    """Return an interaction's user and place, in the format of Discord's API.

    In direct messages, there is no server.
    """
    channel, member = interaction.channel, interaction.member
    if interaction.context != SERVER:
        people = [] if interaction.context == PRIVATE else [member.user.json()]
        shown = {"id": str(channel.id), "type": 1, "flags": 0, "last_message_id": None, "recipients": people}
        return {"channel": shown, "user": member.user.json()}
    guild, permissions = channel.guild, {"permissions": str(int(channel.permissions(member)))}
    return {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
        "channel": channel.json() | permissions,
        "member": member.json() | permissions,
        "guild_locale": "en-US",
    }
