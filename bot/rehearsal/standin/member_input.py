"""The data that Discord's client sends for a command, button, menu or form, with the client's own checks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import BadInputError
from bot.rehearsal.standin.guild import Channel, Guild, GuildRole, Member
from bot.rehearsal.standin.interactions import SERVER
from bot.rehearsal.standin.message import Attachment, Message, User
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.wire import JsonObject
from bot.rehearsal.standin.world import World

# People, roles and channels can be given as objects or ids; a file is one stored in the world.
OptionValue = str | int | float | Member | User | GuildRole | Channel | Attachment

SLASH_COMMAND, MESSAGE_COMMAND = 1, 3

SUBCOMMAND, GROUP = 1, 2

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 3, 4, 5, 6, 7, 8, 9, 10, 11

_TYPES: Mapping[int, tuple[type, ...]] = {STRING: (str,), INTEGER: (int,), BOOLEAN: (bool,), NUMBER: (int, float)}

_NAMES = {STRING: "text", INTEGER: "a whole number", BOOLEAN: "true or false", NUMBER: "a number"}

_ROW, _BUTTON, _TEXT_INPUT, _LABEL = 1, 2, 4, 18

FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 19, 21, 22, 23

FieldValue = str | bool | Sequence[str | Attachment]
"""The value of a form's field: a text, a choice, a checkbox, or several choices or uploaded files."""


@dataclass(frozen=True, slots=True)
class ResolvedCommand:
    """A registered command, with its group and subcommand if it has any."""

    words: str
    command: JsonObject
    steps: Sequence[JsonObject]  # the group and subcommand within it, if any

    @property
    def leaf(self) -> JsonObject:
        """The command or, if there is one, the subcommand. This is what has the options."""
        return self.steps[-1] if self.steps else self.command

    def option(self, name: str) -> JsonObject:
        """Return the registered option with this name."""
        for option in self.leaf["options"]:
            if option["name"] == name:
                return dict(option)
        known = ", ".join(option["name"] for option in self.leaf["options"]) or "none"
        raise BadInputError(f"/{self.words} has no option {name}; it has: {known}")

    def data(self, options: list[JsonObject], resolved: JsonObject) -> JsonObject:
        """Return the data that the client sends for the command.

        The options are placed under the innermost subcommand.
        """
        for step in reversed(self.steps):
            options = [{"name": step["name"], "type": step["type"], "options": options}]
        data = {"id": self.command["id"], "name": self.command["name"], "type": 1, "options": options}
        if resolved:
            data["resolved"] = resolved
        if "guild_id" in self.command:
            data["guild_id"] = self.command["guild_id"]
        return data


def find_command(world: World, member: Member, words: str, context: int = SERVER) -> ResolvedCommand:
    """Return the command with a name such as "margin" or "desk role".

    `context` is where the member uses the command, such as a server or direct messages.

    Raises:
        BadInputError: there is no such command, it is only a group's name, or the member isn't allowed to use it.
    """
    first, *rest = words.removeprefix("/").split()
    command = world.command(first, member.guild.id)
    installed = 0 if context == SERVER and member.guild.bot_id else 1
    if command is None or not _offered(command, context, installed):
        raise BadInputError(f"no command /{first} is registered in {member.guild.name}")
    steps: list[JsonObject] = []
    for word in rest:
        options = (steps[-1] if steps else command).get("options", [])
        step = next((one for one in options if one["name"] == word and one["type"] in (SUBCOMMAND, GROUP)), None)
        if step is None:
            raise BadInputError(f"/{words} is not registered: /{first} has no subcommand {word} there")
        steps.append(step)
    resolved = ResolvedCommand(" ".join((first, *rest)), command, [{"options": [], **step} for step in steps])
    if any(option["type"] in (SUBCOMMAND, GROUP) for option in resolved.leaf["options"]):
        raise BadInputError(f"/{words} is a group; name one of its subcommands")
    if not _allowed(command, member):
        raise BadInputError(f"{member.name} does not see /{resolved.words}: it asks for permissions they do not have")
    return resolved


def usable_commands(world: World, member: Member) -> list[JsonObject]:
    """Return the commands of all types that a member can see.

    A server's own command hides a global command with the same name.
    """
    seen: dict[tuple[str, int], JsonObject] = {}
    for command in (*world.commands(member.guild.id), *world.commands()):
        if _allowed(command, member) and _offered(command, SERVER, 0):
            seen.setdefault((command["name"], command["type"]), command)
    return list(seen.values())


def about_message(world: World, member: Member, name: str, message: Message) -> JsonObject:
    """Return the data that the client sends when a member uses the message command `name` on a message.

    Raises:
        BadInputError: the member can see no command with this name.

    """
    for command in usable_commands(world, member):
        if command["name"] == name and command["type"] == MESSAGE_COMMAND:
            resolved = {"messages": {str(message.id): message.json()}}
            scope = {"guild_id": command["guild_id"]} if "guild_id" in command else {}
            about = {"id": command["id"], "name": name, "type": MESSAGE_COMMAND, "options": []}
            return about | {"target_id": str(message.id), "resolved": resolved} | scope
    raise BadInputError(f"{member.name} sees no message command {name}")


def _offered(command: JsonObject, context: int, installed: int) -> bool:
    """Return True if Discord offers a command in this context.

    `installed` is 0 for an installation of the bot in a server, and 1 for a person's own installation.
    """
    return context in command.get("contexts", (0, 1, 2)) and installed in command.get("integration_types", (0,))


def _allowed(command: JsonObject, member: Member) -> bool:
    needed = command["default_member_permissions"]
    if needed is None or member.permissions & Permission.ADMINISTRATOR:
        return True
    # "0" asks for an administrator; any other number for all of its bits.
    return int(needed) != 0 and member.permissions & int(needed) == int(needed)


@dataclass(slots=True)
class FilledOptions:
    """A command's options with their values, and the people, roles and channels to which they refer."""

    options: list[JsonObject] = field(default_factory=list)
    resolved: JsonObject = field(default_factory=dict)


def fill(
    found: ResolvedCommand, given: Mapping[str, OptionValue], channel: Channel, member: Member, *, partly: bool = False
) -> FilledOptions:
    """Return the options in the format that the client sends. With `partly`, required options may be missing.

    `found` is the command, and `given` has the value of each option.

    Raises:
        BadInputError: an option is unknown, missing, or has a value that the client would refuse.
    """
    filled = FilledOptions()
    for name, value in given.items():
        option = found.option(name)
        wire_value = _checked(found, option, value, channel.guild)
        filled.options.append({"name": name, "type": option["type"], "value": wire_value})
        if option["type"] in (USER, CHANNEL, ROLE, MENTIONABLE):
            _resolve(filled.resolved, int(str(wire_value)), channel.guild, member)
        if isinstance(value, Attachment):
            filled.resolved.setdefault("attachments", {})[str(wire_value)] = value.json()
    missing = [
        option["name"] for option in found.leaf["options"] if option.get("required") and option["name"] not in given
    ]
    if missing and not partly:
        raise BadInputError(f"/{found.words} needs the option {missing[0]}")
    return filled


def _checked(found: ResolvedCommand, option: JsonObject, value: OptionValue, guild: Guild) -> str | int | float:
    kind, name = option["type"], f"the option {option['name']} of /{found.words}"
    if kind in (USER, CHANNEL, ROLE, MENTIONABLE):
        return _known_id(option, value, guild, name)
    if isinstance(value, Attachment):
        if kind != ATTACHMENT:
            raise BadInputError(f"{name} takes no file")
        return str(value.id)
    if kind not in _TYPES:
        raise BadInputError(f"{name} is of type {kind}, which the stand-in can't fill in")
    # In Python a bool is an int; in Discord it isn't.
    fits = isinstance(value, _TYPES[kind]) and isinstance(value, bool) == (kind == BOOLEAN)
    if not fits or not isinstance(value, str | int | float):
        raise BadInputError(f"{name} takes {_NAMES[kind]}, not {value!r}")
    if option.get("choices"):
        return _chosen(option["choices"], value, name)
    _check_range(option, len(value) if isinstance(value, str) else value, "length" if kind == STRING else "value", name)
    return value


def _known_id(option: JsonObject, value: OptionValue, guild: Guild, name: str) -> str:
    kind, key = option["type"], int(value if isinstance(value, str | int | float) else value.id)
    known: dict[int, Sequence[Mapping[int, object]]] = {
        USER: [guild.members],
        CHANNEL: [guild.channels],
        ROLE: [guild.roles],
    }
    if not any(key in things for things in known.get(kind, [guild.members, guild.roles])):
        raise BadInputError(f"{name} names {key}, which {guild.name} does not have")
    kinds = option.get("channel_types")
    if kinds and guild.channels[key].type not in kinds:
        raise BadInputError(f"{name} takes no channel of the kind that {guild.channels[key].name} is")
    return str(key)


def _chosen(choices: list[JsonObject], value: str | float, name: str) -> str | int | float:
    """Return the value of a choice. `value` may also be the choice's displayed name."""
    for choice in choices:
        if value in (choice["value"], choice["name"]):
            picked: str | int | float = choice["value"]
            return picked
    raise BadInputError(
        f"{name} has no choice {value!r}; it has: {', '.join(str(choice['name']) for choice in choices)}"
    )


def _check_range(option: JsonObject, size: float, what: str, name: str) -> None:
    low, high = option.get(f"min_{what}"), option.get(f"max_{what}")
    if (low is not None and size < low) or (high is not None and size > high):
        raise BadInputError(f"{name} has a {what} of {size}, outside {low} to {high}")


def _resolve(resolved: JsonObject, key: int, guild: Guild, asker: Member) -> None:
    """Add the person, role or channel with the id `key` to `resolved`.

    Discord sends these objects to the bot along with a command's options.
    """

    def add(kind: str, shown: JsonObject) -> None:
        resolved.setdefault(kind, {})[str(key)] = shown

    if key in guild.members:
        member = guild.members[key]
        add("users", member.user.json())
        add("members", member.json_beside_user() | {"permissions": str(int(member.permissions))})
    elif key in guild.roles:
        add("roles", guild.roles[key].json())
    else:
        channel = guild.channels[key]
        bits = {"permissions": channel.permissions(asker), "app_permissions": channel.permissions(guild.me)}
        add("channels", channel.json() | {name: str(int(value)) for name, value in bits.items()})


def pressed(message: Message, custom_id: str, values: Sequence[str] = ()) -> JsonObject:
    """Return the data that the client sends when a button is pressed or `values` are chosen from a menu.

    Raises:
        BadInputError: the message has no such button or menu, or it is disabled.

    """
    for component in _inside(message.components):
        if component.get("custom_id") == custom_id:
            if component.get("disabled"):
                raise BadInputError(f"{custom_id} on message {message.id} is disabled")
            data: JsonObject = {
                "custom_id": custom_id,
                "component_type": component["type"],
                "id": component.get("id", 0),
            }
            return data if component["type"] == _BUTTON else data | {"values": list(values)}
    raise BadInputError(f"message {message.id} has no button or menu {custom_id}")


def submitted(form: JsonObject, values: Mapping[str, FieldValue]) -> JsonObject:
    """Return the data that the client sends for a form with these `values`, by custom id.

    Raises:
        BadInputError: the form has no such field, or a field doesn't accept its value.

    """
    fields = {field["custom_id"] for field in _inside(form["components"]) if "custom_id" in field}
    if unknown := set(values) - fields:
        raise BadInputError(
            f"the form {form['title']} has no field {', '.join(sorted(unknown))}; it has {sorted(fields)}"
        )
    sent = {"custom_id": form["custom_id"], "components": [_answered(part, values) for part in form["components"]]}
    files = [one for value in values.values() if not isinstance(value, str | bool) for one in value]
    files_by_id = {str(one.id): one.json() for one in files if isinstance(one, Attachment)}
    return sent | ({"resolved": {"attachments": files_by_id}} if files_by_id else {})


def _answered(part: JsonObject, values: Mapping[str, FieldValue]) -> JsonObject:
    shown: JsonObject = {"type": part["type"], "id": part.get("id", 0)}
    if part["type"] == _ROW:
        return shown | {"components": [_answered(child, values) for child in part["components"]]}
    if part["type"] == _LABEL:
        return shown | {"component": _answered(part["component"], values)}
    if "custom_id" not in part:
        return shown
    shown["custom_id"] = part["custom_id"]
    value = values.get(part["custom_id"])
    if part["type"] == CHECKBOX:
        shown["value"] = bool(part.get("default") if value is None else value)
    elif part["type"] == _TEXT_INPUT:
        shown["value"] = _written(part, value)
    elif part["type"] == RADIO_GROUP:
        shown["value"] = next(iter(_ticked(part, value)), None)
    else:
        shown["values"] = _ticked(part, value)
    return shown


def _written(part: JsonObject, value: FieldValue | None) -> str:
    # None leaves the initial text; an empty text means that the member deleted it.
    text = part.get("value") or "" if value is None else value
    if not isinstance(text, str):
        raise BadInputError(f"the field {part['custom_id']} takes words")
    if not text and part.get("required", True):
        raise BadInputError(f"the form needs the field {part['custom_id']}")
    if text and not (part.get("min_length") or 0) <= len(text) <= (part.get("max_length") or 4000):
        raise BadInputError(f"the field {part['custom_id']} takes no text of that length: {text[:40]}")
    return text


def _ticked(part: JsonObject, value: FieldValue | None) -> list[str]:
    """Return the values that were chosen in a form's field, or the ids of its files."""
    name, options = f"the field {part['custom_id']}", part.get("options") or []
    if value is None:  # keep the initial choices
        value = [one["value"] for one in options if one.get("default")]
    if isinstance(value, str | bool):
        raise BadInputError(f"{name} takes what is chosen, not {value!r}")
    if any(isinstance(one, Attachment) != (part["type"] == FILE_UPLOAD) for one in value):
        raise BadInputError(f"{name} takes {'files' if part['type'] == FILE_UPLOAD else 'no files'}")
    chosen = [str(one.id) if isinstance(one, Attachment) else one for one in value]
    if options and (unknown := set(chosen) - {one["value"] for one in options}):
        raise BadInputError(f"{name} has no choice {', '.join(sorted(unknown))}")
    required = part.get("required", True)
    most = part.get("max_values") or (len(options) if part["type"] == CHECKBOX_GROUP else 1)
    least = part.get("min_values")
    least = (1 if required else 0) if least is None else least
    if len(chosen) > most or (len(chosen) < least and (chosen or required)):
        raise BadInputError(f"{name} takes {least} to {most}, not {len(chosen)}")
    return chosen


def _inside(components: list[JsonObject]) -> Iterator[JsonObject]:
    for component in components:
        yield component
        yield from _inside(component.get("components") or [])
        for key in ("component", "accessory"):
            if key in component:
                yield from _inside([component[key]])
