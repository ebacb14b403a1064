"""Checks the requests that people send from the page, and carries them out in the simulated server.

Text typed into a command's options becomes the values that Discord's client would send, or the error that it would
show.
"""

import asyncio
import base64
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import BadInputError
from bot.rehearsal.pace import Pace, parse_speed
from bot.rehearsal.page.live import Live
from bot.rehearsal.page.viewer import ReadMarks, may, sees_channel, visible_channel
from bot.rehearsal.standin.guild import Channel, Guild, Member
from bot.rehearsal.standin.interactions import (
    FIRST_ANSWER_WITHIN,
    Interaction,
    InteractionAnswer,
    InteractionKind,
    Suggestion,
)
from bot.rehearsal.standin.member_input import (
    BOOLEAN,
    CHANNEL,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    USER,
    FieldValue,
    FilledOptions,
    OptionValue,
    ResolvedCommand,
    about_message,
    fill,
    find_command,
    pressed,
    submitted,
)
from bot.rehearsal.standin.message import Message, emoji_json
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.server import StandIn
from bot.rehearsal.standin.wire import JsonObject

_MOST_VALUES = 25

EMOJI = ("👍", "👀", "✅")
"""The reactions that the page offers."""

MOST_CHARACTERS = 2000

_TEXT_INPUT = 4  # a component's type, Discord's number

_MOST_FORMS = 200

_SUGGESTIONS_WITHIN_SECONDS = 3.0

NO_ANSWER = "The application did not respond"

NO_INTERACTION = "This interaction failed"

REQUIRED = "This option is required. Specify a value."

_WRONG_VALUE = {
    INTEGER: "Input a valid integer.",
    NUMBER: "Input a valid number.",
    BOOLEAN: "Input a valid boolean.",
    USER: "Input a valid user.",
    CHANNEL: "Input a valid channel.",
    ROLE: "Input a valid role.",
    MENTIONABLE: "Input a valid mentionable.",
}

_NO_CHOICE = "Input a valid choice."

_NO_OPTION = "This command has no such option."

_MOST_TEXT = 6000

_MOST_NUMBER = 2**53


class ActionRequests:
    """A dispatcher of the page's POST requests. The last part of the URL's path names the action.

    Args:
        actions: carries the requests out.
        live: the live stream.
        marks: how far each person has read.
        pace: controls the news clock.
        people: the people whose part a viewer can take, by their names in URLs.
    """

    def __init__(
        self, actions: "Actions", live: Live, marks: ReadMarks, pace: Pace, people: Mapping[str, Member]
    ) -> None:
        self._actions = actions
        self._live = live
        self._marks = marks
        self._pace = pace
        self._people = people

    async def act(self, name: str, body: JsonObject) -> object:
        """Carry out the action called `name`. Returns what the page shows at once.

        Raises:
            BadInputError, KeyError, TypeError, ValueError: the body is invalid.
        """
        if name == "pace":
            return self._set_pace(body)
        member = self._people[_text(body, "as")]
        if name == "submit":
            return await self._actions.submit(member, _text(body, "key"), dict(body["values"]))
        channel = visible_channel(member, _text(body, "channel"))
        match name:
            case "say":
                answered = channel.messages.get(int(body.get("reply") or 0))
                reply, message = self._actions.say(member, channel, _text(body, "text"))
                if message is not None:
                    self._live.record_person_message(message, answered)
                return reply
            case "delete":
                return self._actions.delete(member, channel, int(_text(body, "message")))
            case "read":
                self._marks.mark(member, channel, int(_text(body, "message")))
                return {}
            case "check":
                return self._actions.check(member, channel, _text(body, "command"), _texts(body["options"]))
            case "slash":
                return await self._actions.slash(member, channel, _text(body, "command"), _texts(body["options"]))
            case "suggest":
                command, option, typed = _text(body, "command"), _text(body, "option"), _texts(body["options"])
                found = await self._actions.suggest(member, channel, command, option, typed)
                return [{"name": choice.name, "value": str(choice.value)} for choice in found]
            case "press":
                values = [str(value) for value in body.get("values") or ()][:_MOST_VALUES]
                message_id, button = int(_text(body, "message")), _text(body, "button")
                return await self._actions.press(member, channel, message_id, button, values)
            case "about":
                message_id, command = int(_text(body, "message")), _text(body, "command")
                return await self._actions.about(member, channel, message_id, command)
            case "react":
                return self._actions.react(member, channel, int(_text(body, "message")), _text(body, "emoji"))
            case _:
                raise KeyError(name)

    def _set_pace(self, body: JsonObject) -> JsonObject:
        if "speed" in body:
            self._pace.set_speed(parse_speed(str(body["speed"])))
        if "paused" in body:
            self._pace.pause(paused=bool(body["paused"]))
        if "skips" in body:
            self._pace.skip_quiet(skips=bool(body["skips"]))
        if "holds" in body:
            (self._pace.hold if body["holds"] else self._pace.begin)()
        if body.get("jump"):
            self._pace.jump()
        return clock_of(self._pace)


def clock_of(pace: Pace) -> JsonObject:
    """Return the news clock's time and speed as JSON, from which the page computes the time that it displays."""
    timing = pace.timing
    return {
        "now": timing.now.isoformat(),
        "until": timing.until.isoformat(),
        "rate": timing.rate,
        "speed": timing.speed,
        "paused": timing.paused,
        "skips": timing.skips_quiet,
        "over": timing.over,
    }


def _text(body: JsonObject, key: str) -> str:
    value = body[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} should be text")
    return value


def _texts(thing: object) -> dict[str, str]:
    if not isinstance(thing, dict) or not all(isinstance(value, str) for value in thing.values()):
        raise BadInputError("options should be texts by name")
    return {str(key): value for key, value in thing.items()}


@dataclass(frozen=True, slots=True)
class _Form:
    content: JsonObject
    channel: Channel
    member: Member
    source: Message | None


class Actions:
    """The actions that people can take on the page.

    Each method returns what the page shows at once. Everything else arrives over the live stream.
    """

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin
        self._forms: dict[str, _Form] = {}

    def say(self, member: Member, channel: Channel, text: str) -> tuple[JsonObject, Message | None]:
        """Post a plain message by the member. Returns what the page shows, and the message if it was posted."""
        if not may(member, channel, Permission.SEND_MESSAGES):
            return _wrong("You do not have permission to send messages in this channel."), None
        if len(text) > MOST_CHARACTERS:
            return _wrong("Your message is too long."), None
        if not text.strip():
            return _wrong("Cannot send an empty message"), None
        return {}, channel.say(member, text.strip())

    def delete(self, member: Member, channel: Channel, message_id: int) -> JsonObject:
        """Delete the member's own message, or anyone's if the member has permission."""
        message = channel.messages.get(message_id)
        if message is None:
            return _wrong("Unknown Message")
        if message.author is not member.user and not may(member, channel, Permission.MANAGE_MESSAGES):
            return _wrong("Missing Permissions")
        channel.remove(message)
        return {}

    def react(self, member: Member, channel: Channel, message_id: int, emoji: str) -> JsonObject:
        """Add the member's reaction to a message, or remove it if it is already there."""
        message = channel.messages.get(message_id)
        if message is None or emoji not in EMOJI:
            return _wrong("Unknown Message" if message is None else "Unknown Emoji")
        if not may(member, channel, Permission.SEND_MESSAGES):
            return _wrong("Missing Permissions")
        users = list(message.reactions.get(emoji, []))
        taken_back = member.user in users
        if taken_back:
            users.remove(member.user)
        else:
            users.append(member.user)
        reactions = message.reactions | {emoji: users}
        message.reactions = {one: by for one, by in reactions.items() if by}
        about = {"user_id": str(member.id), "channel_id": str(channel.id), "message_id": str(message.id)}
        reaction = about | {"emoji": emoji_json(emoji), "type": 0, "burst": False} | channel.jsons_guild
        name = "MESSAGE_REACTION_REMOVE" if taken_back else "MESSAGE_REACTION_ADD"
        channel.wire.emit(name, channel.guild_id, reaction if taken_back else reaction | channel.membership(member.id))
        return {}

    def check(self, member: Member, channel: Channel, words: str, typed: Mapping[str, str]) -> JsonObject:
        """Check a typed slash command before it is sent.

        Returns `problems` by option, or an empty object if Discord's client would send the command.
        """
        filled = self._filled_command(member, channel, words, typed)
        return filled if isinstance(filled, dict) else {}

    async def slash(self, member: Member, channel: Channel, words: str, typed: Mapping[str, str]) -> JsonObject:
        """Use a slash command as the member, if Discord's client would send it.

        `words` is the command's name, and `typed` has the text of each option.
        """
        filled_or_reply = self._filled_command(member, channel, words, typed)
        if isinstance(filled_or_reply, dict):
            return filled_or_reply
        command, filled = filled_or_reply
        interaction = self._standin.interactions.begin(InteractionKind.COMMAND, channel, member, name=command.words)
        return await self._ask(interaction, command.data(filled.options, filled.resolved), NO_ANSWER)

    def _filled_command(
        self, member: Member, channel: Channel, words: str, typed: Mapping[str, str]
    ) -> tuple[ResolvedCommand, FilledOptions] | JsonObject:
        """Return a command with its options.

        If Discord's client would not send the command, return what the page shows instead.
        """
        if not may(member, channel, Permission.USE_APPLICATION_COMMANDS):
            return _wrong("You do not have permission to use application commands in this channel.")
        try:
            command = find_command(self._standin.world, member, words)
            values, problems = typed_values(command, typed, member)
            return {"problems": problems} if problems else (command, fill(command, values, channel, member))
        except BadInputError as error:
            return _wrong(str(error))

    async def suggest(
        self, member: Member, channel: Channel, words: str, focused: str, typed: Mapping[str, str]
    ) -> list[Suggestion]:
        """Return the bot's suggestions for the option `focused`, which the member is typing.

        The result is empty if the bot does not answer. `words` is the command's name, and `typed` has the text of each
        option.
        """
        try:
            command = find_command(self._standin.world, member, words)
            option = command.option(focused)
            others = {name: text for name, text in typed.items() if name != focused and text.strip()}
            values, _ = typed_values(command, others, member)
            filled = fill(command, values, channel, member, partly=True)
        except BadInputError:
            return []
        if not option.get("autocomplete") or not self._heard(member):
            return []
        value = {"name": focused, "type": option["type"], "value": typed.get(focused, "")[:100], "focused": True}
        interaction = self._standin.interactions.begin(
            InteractionKind.AUTOCOMPLETE, channel, member, name=command.words
        )
        self._standin.interactions.send(interaction, command.data([*filled.options, value], filled.resolved))
        try:
            async with asyncio.timeout(_SUGGESTIONS_WITHIN_SECONDS):
                outcome = await interaction.outcome
        except TimeoutError:
            return []
        return outcome if isinstance(outcome, list) else []

    async def press(
        self, member: Member, channel: Channel, message_id: int, custom_id: str, values: Sequence[str]
    ) -> JsonObject:
        """Press a button, or choose from a menu, below a message."""
        message = self._message(member, channel, message_id)
        if message is None:
            return _wrong(NO_INTERACTION)
        try:
            data = pressed(message, custom_id, values)
        except BadInputError:
            return _wrong(NO_INTERACTION)
        interaction = self._standin.interactions.begin(InteractionKind.COMPONENT, channel, member, message)
        return await self._ask(interaction, data | _resolved(data, member), NO_INTERACTION)

    async def about(self, member: Member, channel: Channel, message_id: int, name: str) -> JsonObject:
        """Use the message command called `name` on a message."""
        message = self._message(member, channel, message_id)
        if message is None:
            return _wrong(NO_INTERACTION)
        try:
            data = about_message(self._standin.world, member, name, message)
        except BadInputError as error:
            return _wrong(str(error))
        interaction = self._standin.interactions.begin(InteractionKind.COMMAND, channel, member, name=name)
        return await self._ask(interaction, data, NO_ANSWER)

    async def submit(self, member: Member, key: str, values: Mapping[str, str | Sequence[Any]]) -> JsonObject:
        """Send a form that the bot has opened for the member.

        Returns `problems` by field if Discord would refuse the form. A file is given as its name, media type and
        base64 content.
        """
        form = self._forms.get(key)
        if form is None or form.member is not member:
            return _wrong("Something went wrong. Try again.")
        problems = form_problems(form.content, values)
        if problems:
            return {"problems": problems}
        try:
            data = submitted(
                form.content, {field: self._field_value(form.channel, value) for field, value in values.items()}
            )
        except BadInputError as error:
            return _wrong(str(error))
        interaction = self._standin.interactions.begin(InteractionKind.FORM, form.channel, member, form.source)
        reply = await self._ask(interaction, data, "Something went wrong. Try again.")
        if "error" not in reply:
            self._forms.pop(key, None)
        return reply

    async def _ask(self, interaction: Interaction, data: JsonObject, failed: str) -> JsonObject:
        """Send an interaction, and wait for the bot's first answer. Returns what the page shows.

        `failed` is the text to show if the bot does not answer in time.
        """
        if not self._heard(interaction.member):
            return _wrong(failed)
        self._standin.interactions.send(interaction, data)
        try:
            async with asyncio.timeout(FIRST_ANSWER_WITHIN.total_seconds()):
                await interaction.answered.wait()
        except TimeoutError:
            return _wrong(failed)
        outcome = interaction.outcome.result() if interaction.outcome.done() else None
        if isinstance(outcome, InteractionAnswer) and outcome.form is not None:
            key = str(interaction.id)
            self._forms[key] = _Form(outcome.form, interaction.channel, interaction.member, interaction.source)
            while len(self._forms) > _MOST_FORMS:
                del self._forms[next(iter(self._forms))]
            return {"form": outcome.form | {"key": key}}
        return {}

    def _field_value(self, channel: Channel, value: str | Sequence[Any]) -> FieldValue:
        """Return the value to send for a form's field. Files are stored first, as on Discord."""
        if isinstance(value, str):
            return value
        keep = self._standin.world.keep_file
        return [
            one
            if isinstance(one, str)
            else keep(channel.id, one["name"], one["type"], base64.b64decode(one["content"]))
            for one in value
        ]

    def _heard(self, member: Member) -> bool:
        return self._standin.gateway.reaches(member.guild.id)

    def _message(self, member: Member, channel: Channel, message_id: int) -> Message | None:
        """Return the message with this id, if the member can see it."""
        message = self._standin.interactions.message(channel, message_id)
        if message is None or message.channel_id != channel.id or not sees_channel(member, channel):
            return None
        if message.ephemeral and (message.interaction or {}).get("user", {}).get("id") != str(member.id):
            return None
        return message


def form_problems(form: JsonObject, values: Mapping[str, str | Sequence[Any]]) -> dict[str, str]:
    """Return the errors that Discord's client shows, by field: missing, too short or too long."""
    problems: dict[str, str] = {}
    for part in form["components"]:
        for field in part.get("components") or ([part["component"]] if "component" in part else []):
            if "custom_id" not in field:
                continue
            key, value = field["custom_id"], values.get(field["custom_id"]) or ""
            if not value:
                if field.get("required", True):
                    problems[key] = "This field is required" if field["type"] == _TEXT_INPUT else REQUIRED
                continue
            if field["type"] == _TEXT_INPUT:
                least, most = field.get("min_length") or 0, field.get("max_length") or 4000
                if len(value) < least or len(value) > most:
                    problems[key] = f"Must be between {least} and {most} in length."
    return problems


def _resolved(data: JsonObject, member: Member) -> JsonObject:
    """Return the chosen people, roles and channels as full objects, which Discord sends with their ids."""
    guild = member.guild
    resolved: JsonObject = {}
    for text in data.get("values") or ():
        key = int(text) if str(text).isdigit() else 0
        if key in guild.members:
            one = guild.members[key]
            resolved.setdefault("users", {})[text] = one.user.json()
            resolved.setdefault("members", {})[text] = one.json_beside_user() | {"permissions": str(one.permissions)}
        elif key in guild.roles:
            resolved.setdefault("roles", {})[text] = guild.roles[key].json()
        elif key in guild.channels:
            channel = guild.channels[key]
            bits = {"permissions": str(int(channel.permissions(member)))}
            resolved.setdefault("channels", {})[text] = channel.json() | bits
    return {"resolved": resolved} if resolved else {}


def _wrong(words: str) -> JsonObject:
    return {"error": words}


class WrongTypingError(ValueError):
    """Raised if Discord's client would not send the typed text. The message is the one that the client shows."""


def typed_values(
    found: ResolvedCommand, typed: Mapping[str, str], member: Member
) -> tuple[dict[str, OptionValue], dict[str, str]]:
    """Convert the typed options.

    Returns the values of valid options, and the errors of invalid options, by option name.
    """
    values: dict[str, OptionValue] = {}
    wrong: dict[str, str] = {}
    options = {option["name"]: option for option in found.leaf["options"]}
    for name in typed.keys() - options.keys():
        wrong[name] = _NO_OPTION
    for name, option in options.items():
        text = typed.get(name, "").strip()
        if name not in typed or (not text and option.get("required")):
            if option.get("required"):
                wrong[name] = REQUIRED
            continue
        try:
            values[name] = _value(option, text, member)
        except WrongTypingError as error:
            wrong[name] = str(error)
    return values, wrong


def _value(option: JsonObject, text: str, member: Member) -> OptionValue:
    kind = option["type"]
    if not text:
        raise WrongTypingError(_WRONG_VALUE.get(kind, REQUIRED))
    if option.get("choices"):
        for choice in option["choices"]:
            if text in (str(choice["name"]), str(choice["value"])):
                value: str | int | float = choice["value"]
                return value
        raise WrongTypingError(_NO_CHOICE)
    if kind == STRING:
        _check_length(option, text)
        return text
    if kind in (INTEGER, NUMBER):
        number = _number(kind, text)
        _check_range(option, number)
        return number
    if kind == BOOLEAN:
        if text.lower() not in ("true", "false"):
            raise WrongTypingError(_WRONG_VALUE[BOOLEAN])
        return text.lower() == "true"
    return _thing(option, text, member)


def _number(kind: int, text: str) -> int | float:
    plain = text.replace(",", "")
    if kind == INTEGER and re.fullmatch(r"[+-]?\d{1,17}", plain, re.ASCII) and abs(int(plain)) <= _MOST_NUMBER:
        return int(plain)
    if kind == NUMBER and re.fullmatch(r"[+-]?\d{1,17}(\.\d{1,17})?", plain, re.ASCII):
        return float(plain) if math.isfinite(float(plain)) else 0
    raise WrongTypingError(_WRONG_VALUE[kind])


def _check_length(option: JsonObject, text: str) -> None:
    least, most = option.get("min_length") or 0, option.get("max_length") or _MOST_TEXT
    if not least <= len(text) <= most:
        if option.get("min_length"):
            raise WrongTypingError(f"Must be between {least} and {most} in length.")
        raise WrongTypingError(f"Must be {most} or fewer in length.")


def _check_range(option: JsonObject, number: float) -> None:
    least, most = option.get("min_value"), option.get("max_value")
    if least is not None and number < least:
        raise WrongTypingError(f"Value should be greater than or equal to {least}.")
    if most is not None and number > most:
        raise WrongTypingError(f"Value should be less than or equal to {most}.")


def _thing(option: JsonObject, text: str, member: Member) -> int:
    """Return the id of a person, role or channel that was typed as an id, a mention or a full name."""
    guild, kind = member.guild, option["type"]
    named = text.lstrip("@#").lower()
    for key, name in _things(option, guild, member):
        if text in (str(key), f"<@{key}>", f"<@&{key}>", f"<#{key}>") or named == name.lstrip("@").lower():
            return key
    raise WrongTypingError(_WRONG_VALUE.get(kind, _NO_CHOICE))


def _things(option: JsonObject, guild: Guild, member: Member) -> list[tuple[int, str]]:
    kind = option["type"]
    things: list[tuple[int, str]] = []
    if kind == CHANNEL:
        things += [(one.id, one.name) for one in guild.channels.values() if _fits(option, one, member)]
    if kind in (USER, MENTIONABLE):
        things += [(one.id, one.name) for one in guild.members.values()]
    if kind in (ROLE, MENTIONABLE):
        things += [(one.id, one.name) for one in guild.roles.values()]
    return things


def _fits(option: JsonObject, channel: Channel, member: Member) -> bool:
    kinds = option.get("channel_types")
    shown = channel.permissions(member) & Permission.VIEW_CHANNEL
    return bool(shown) and (not kinds or channel.json()["type"] in kinds)
