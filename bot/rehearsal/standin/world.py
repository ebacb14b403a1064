"""The state of the simulated Discord, in memory and without a network: one bot, its commands, and its servers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import BadInputError
from bot.rehearsal.standin.destination import Destination, DirectChannel
from bot.rehearsal.standin.guild import Channel, Guild, GuildRole
from bot.rehearsal.standin.message import Attachment, Message, User
from bot.rehearsal.standin.permissions import EVERYONE
from bot.rehearsal.standin.wire import JsonObject, Wire, snowflake, wall_clock

# Discord's documentation says "the past few minutes".
NONCE_LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A message that the bot posted or edited, with its channel."""

    channel: Channel
    message: Message
    edited: bool


class World:
    """The simulated servers, channels, people and files, by id. Changes are emitted on `wire`.

    Args:
        bot_name: the bot's name.
        now: returns the current time (see `Wire`).

    """

    def __init__(self, bot_name: str = "Tallydesk", now: Callable[[], datetime] = wall_clock) -> None:
        self.wire = Wire(now)
        self.calendar = now  # the time for scheduled events; in a rehearsal, the news clock's
        # The application and its bot share an id, as all do that were made since 2016.
        self.bot = User(snowflake(now() - timedelta(days=2)), bot_name, bot=True)
        self.bot_is_public = False  # whether anybody can invite it
        self.guilds: dict[int, Guild] = {}
        self.elsewhere: set[int] = set()  # servers without the bot: it hears only of interactions there
        self.destinations: dict[int, Destination] = {}  # every channel, thread and direct channel
        self._direct: dict[int, DirectChannel] = {}  # by person
        self.files: dict[int, Attachment] = {}
        self.files_url = "attachments"  # the address of the files, set by the server
        self._commands: dict[int | None, list[JsonObject]] = {}
        self._nonces: dict[tuple[int, str], Message] = {}
        self._on_posted: list[Callable[[PostedMessage], None]] = []

    def add_guild(self, name: str) -> Guild:
        """Add a server with the bot as a member.

        Returns the server. A connected client gets the event that the bot joined.
        """
        guild = Guild(self.wire.new_guild_id(), name, self.wire, self.wire.now(), destinations=self.destinations)
        guild.admit_bot(self.bot)
        self.guilds[guild.id] = guild
        self.wire.emit("GUILD_CREATE", guild.id, guild.json_whole([guild.me]))
        return guild

    def add_guild_without_bot(self, name: str) -> Guild:
        """Add a server without the bot, for somebody who installed the bot for themselves. Returns the server."""
        guild = Guild(self.wire.new_guild_id(), name, self.wire, self.wire.now(), destinations=self.destinations)
        guild.roles[guild.id] = GuildRole(guild.id, "@everyone", EVERYONE, 0)
        self.elsewhere.add(guild.id)
        return guild

    def remove_guild(self, guild: Guild) -> None:
        """Remove the bot from a server, as an administrator of the server might."""
        del self.guilds[guild.id]
        for key in (*guild.channels, *guild.threads):
            self.destinations.pop(key, None)
        self._commands.pop(guild.id, None)
        self.wire.emit("GUILD_DELETE", guild.id, {"id": str(guild.id)})

    def guild(self, name: str) -> Guild:
        """Return the server with this name.

        Raises:
            BadInputError: the bot is in no such server.

        """
        for guild in self.guilds.values():
            if guild.name == name:
                return guild
        raise BadInputError(f"the bot is in no server called {name}")

    def channel(self, name: str) -> Channel:
        """Return the channel with this name, in the first server that has such a channel."""
        for guild in self.guilds.values():
            for channel in guild.channels.values():
                if channel.name == name:
                    return channel
        raise BadInputError(f"no server of the bot has a channel called {name}")

    def channel_by_id(self, channel_id: int) -> Channel | None:
        """Return the channel or thread with this id; None if it does not exist or was deleted."""
        destination = self.destination(channel_id)
        return destination if isinstance(destination, Channel) else None

    def destination(self, destination_id: int) -> Destination | None:
        """Return the channel, thread or direct channel with this id; None if it does not exist or was deleted."""
        destination = self.destinations.get(destination_id)
        if destination is not None:
            destination.settle()
        return destination

    def user(self, user_id: int) -> User | None:
        """Return the person with this id; None if they are in no server and no direct channel."""
        if user_id == self.bot.id:
            return self.bot
        for guild in self.guilds.values():
            if user_id in guild.members:
                return guild.members[user_id].user
        return self._direct[user_id].person if user_id in self._direct else None

    def shares_server(self, user: User) -> bool:
        """Return True if the bot shares a server with the person."""
        return any(user.id in guild.members for guild in self.guilds.values())

    def direct(self, person: User) -> DirectChannel:
        """Return the bot's direct channel with a person, which is created on first use."""
        channel = self._direct.get(person.id)
        if channel is None:
            channel = self._direct[person.id] = DirectChannel(self.wire.new_id(), person, self.wire)
            self.destinations[channel.id] = channel
        return channel

    def register(self, commands: Sequence[JsonObject], guild_id: int | None = None) -> list[JsonObject]:
        """Replace the commands of a server, or the global commands if `guild_id` is None.

        Returns the registered commands.

        A command whose name and type are unchanged keeps its id.
        """
        before = {(known["name"], known["type"]): known["id"] for known in self.commands(guild_id)}
        self._commands[guild_id] = [self._registered(command, before, guild_id) for command in commands]
        return self._commands[guild_id]

    def _registered(self, command: JsonObject, before: dict[tuple[str, int], str], guild_id: int | None) -> JsonObject:
        kind = command.get("type", 1)
        known_id = before.get((command["name"], kind))
        needed = command.get("default_member_permissions")
        scope = {} if guild_id is None else {"guild_id": str(guild_id)}
        return {
            "nsfw": False,
            "description": "",
            "options": [],
            **{key: value for key, value in command.items() if value is not None},
            "default_member_permissions": None if needed is None else str(needed),
            "id": known_id or str(self.wire.new_id()),
            "type": kind,
            "application_id": str(self.bot.id),
            "version": str(self.wire.new_id()),
            **scope,
        }

    def commands(self, guild_id: int | None = None) -> list[JsonObject]:
        """Return a server's own commands, or the global commands if `guild_id` is None."""
        return self._commands.get(guild_id, [])

    def command(self, name: str, guild_id: int) -> JsonObject | None:
        """Return the slash command with this name for a server's members; None if there is none.

        A server's own command hides a global command with the same name.
        """
        for command in (*self.commands(guild_id), *self.commands()):
            if command["name"] == name and command["type"] == 1:
                return command
        return None

    def keep_file(
        self, channel_id: int, filename: str, content_type: str, content: bytes, description: str | None = None
    ) -> Attachment:
        """Store a file that somebody sends to a channel. Returns the attachment with its new URL."""
        key = self.wire.new_id()
        url = f"{self.files_url}/{channel_id}/{key}/{filename}"
        self.files[key] = Attachment(key, filename, content_type, content, url, description)
        return self.files[key]

    def posted_before(self, author: User, nonce: str | int) -> Message | None:
        """Return the author's message with this nonce from the last five minutes, in any channel; None if absent."""
        oldest = self.wire.now() - NONCE_LASTS
        while self._nonces and (first := next(iter(self._nonces.values()))).timestamp < oldest:
            del self._nonces[first.author.id, str(first.nonce)]
        return self._nonces.get((author.id, str(nonce)))

    def remember_nonce(self, message: Message) -> None:
        """Remember a message's nonce, if it has one, for `posted_before`."""
        if message.nonce is not None:
            key = (message.author.id, str(message.nonce))
            self._nonces.pop(key, None)  # keep the newest last
            self._nonces[key] = message

    def on_posted(self, listener: Callable[[PostedMessage], None]) -> None:
        """Call `listener` for each message that the bot posts or edits, before the request is answered."""
        self._on_posted.append(listener)

    def tell_posted(self, channel: Channel, message: Message, *, edited: bool) -> None:
        """Notify the listeners about a message by the bot, unless only one member sees the message."""
        if not message.ephemeral:
            posted = PostedMessage(channel, message, edited)
            for listener in self._on_posted:
                listener(posted)
