"""What one person sees in the simulated server: channels with their unread messages, people, roles and commands."""

from collections.abc import Iterable

from bot.errors import BadInputError
from bot.rehearsal.standin.guild import Channel, Guild, Member, ScheduledEventStatus
from bot.rehearsal.standin.member_input import GROUP, MESSAGE_COMMAND, SLASH_COMMAND, SUBCOMMAND, usable_commands
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.wire import JsonObject
from bot.rehearsal.standin.world import World

_MOST_COUNTED = 300  # the newest messages, in which unread mentions are counted


class ReadMarks:
    """A record of how far each person has read each channel."""

    def __init__(self) -> None:
        self._marks: dict[tuple[int, int], int] = {}

    def mark(self, member: Member, channel: Channel, message_id: int) -> None:
        """Record that a member has read up to a message. A mark never moves back."""
        if message_id > self.read_up_to(member, channel):
            self._marks[member.id, channel.id] = message_id

    def read_up_to(self, member: Member, channel: Channel) -> int:
        """Return the id of the last message that a member has read; 0 for none."""
        return self._marks.get((member.id, channel.id), 0)


def channels_and_threads(guild: Guild) -> dict[int, Channel]:
    """Return a server's channels and threads by id."""
    return {**guild.channels, **guild.threads}


def sees_channel(member: Member, channel: Channel) -> bool:
    """Return True if a member can see a channel."""
    return bool(channel.permissions(member) & Permission.VIEW_CHANNEL)


def visible_channel(member: Member, key: str) -> Channel:
    """Return the channel with this id.

    Raises:
        BadInputError: there is no such channel, or the member can't see it.

    """
    channel = channels_and_threads(member.guild).get(int(key))
    if channel is None or not sees_channel(member, channel):
        raise BadInputError(f"{member.name} sees no channel {key}")
    return channel


def may(member: Member, channel: Channel, permission: Permission) -> bool:
    """Return True if a member has a permission in a channel."""
    return channel.permissions(member) & permission == permission


def mentions(message: Message, member: Member) -> bool:
    """Return True if a message pings a member: directly, by a role or by @everyone."""
    if message.mention_everyone:
        return True
    roles = {role.id for role in member.roles}
    return any(role in roles for role in message.mention_roles) or (
        not message.author.bot and f"<@{member.id}>" in message.content
    )


def channels_json(member: Member, marks: ReadMarks) -> list[JsonObject]:
    """Return the channels that a member sees, in display order, each with how far the member has read."""
    channels = [channel for channel in channels_and_threads(member.guild).values() if sees_channel(member, channel)]
    return [_channel(channel, member, marks) for channel in sorted(channels, key=lambda one: (one.position, one.id))]


def _channel(channel: Channel, member: Member, marks: ReadMarks) -> JsonObject:
    raw = channel.json()
    read = marks.read_up_to(member, channel)
    newest = channel.messages.page(_MOST_COUNTED)
    return {
        "id": raw["id"],
        "name": channel.name,
        "topic": channel.topic or "",
        "type": raw["type"],
        "parent": raw.get("parent_id"),
        "private": any(not sees_channel(one, channel) for one in member.guild.members.values()),
        "last": raw["last_message_id"],
        "read": str(read),
        "mentions": sum(1 for message in newest if message.id > read and mentions(message, member)),
        "may": {
            "say": may(member, channel, Permission.SEND_MESSAGES),
            "command": may(member, channel, Permission.USE_APPLICATION_COMMANDS),
            "manage": may(member, channel, Permission.MANAGE_MESSAGES),
            "history": may(member, channel, Permission.READ_MESSAGE_HISTORY),
        },
        # The people who can be mentioned, and who appear in the list of members.
        "members": [str(one.id) for one in member.guild.members.values() if sees_channel(one, channel)],
    }


def commands_json(member: Member, world: World) -> JsonObject:
    """Return the commands that a member can use: slash commands and message commands.

    Each subcommand of a slash command has its own entry.
    """
    slash: list[JsonObject] = []
    about_messages: list[str] = []
    for command in usable_commands(world, member):
        if command["type"] == SLASH_COMMAND:
            slash += _leaves(command, command["name"])
        elif command["type"] == MESSAGE_COMMAND:
            about_messages.append(command["name"])
    return {
        "slash": sorted(slash, key=lambda one: str(one["words"])),
        "message": sorted(about_messages),
    }


def _leaves(command: JsonObject, words: str) -> Iterable[JsonObject]:
    options = command.get("options") or []
    inner = [option for option in options if option["type"] in (SUBCOMMAND, GROUP)]
    if inner:
        for option in inner:
            yield from _leaves(option, f"{words} {option['name']}")
        return
    # Discord shows required options first, and refuses commands that don't.
    order = sorted(options, key=lambda option: not option.get("required"))
    yield {"words": words, "description": command["description"], "options": [_option(option) for option in order]}


def _option(option: JsonObject) -> JsonObject:
    return {
        "name": option["name"],
        "description": option["description"],
        "type": option["type"],
        "required": bool(option.get("required")),
        "suggests": bool(option.get("autocomplete")),
        "choices": [str(choice["name"]) for choice in option.get("choices") or ()],
        "kinds": option.get("channel_types") or [],
    }


def people_json(guild: Guild) -> list[JsonObject]:
    """Return everybody in the server with their roles. The bot is last."""
    everyone = sorted(guild.members.values(), key=lambda one: (one.user.bot, one.name.lower()))
    return [
        {
            "id": str(member.id),
            "name": member.name,
            "bot": member.user.bot,
            "roles": [str(role.id) for role in member.roles],
        }
        for member in everyone
    ]


def events_json(guild: Guild) -> list[JsonObject]:
    """Return a server's scheduled events that are not over, in order of time."""
    upcoming = sorted((event for event in guild.events.values() if not event.status.over), key=lambda one: one.starts)
    return [
        {
            "id": str(event.id),
            "name": event.name,
            "starts": event.starts.isoformat(),
            "on": event.status is ScheduledEventStatus.ACTIVE,
            "where": event.location,
            "about": event.description or "",
        }
        for event in upcoming
    ]


def roles_json(guild: Guild) -> list[JsonObject]:
    """Return the server's roles, the highest first."""
    ranked = sorted(guild.roles.values(), key=lambda role: -role.position)
    return [{"id": str(role.id), "name": role.name.removeprefix("@")} for role in ranked]
