"""What a person typed into a command's options, as the values that Discord would send, or Discord's words against it."""

import math
import re
from collections.abc import Mapping

from bot.rehearsal.standin.guild import Channel, Guild, Member
from bot.rehearsal.standin.member_input import (
    BOOLEAN,
    CHANNEL,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    USER,
    FoundCommand,
    OptionValue,
)
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.wire import Json

REQUIRED = "This option is required. Specify a value."


_WORDS = {
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


class WrongTypingError(ValueError):
    """Discord would not send this; the words are its own."""


def typed_values(
    found: FoundCommand, typed: Mapping[str, str], member: Member
) -> tuple[dict[str, OptionValue], dict[str, str]]:
    """Return the values of the options that are right, and by option's name what is wrong with the others."""
    values: dict[str, OptionValue] = {}
    wrong: dict[str, str] = {}
    known = {option["name"]: option for option in found.leaf["options"]}
    for name in typed.keys() - known.keys():
        wrong[name] = _NO_OPTION
    for name, option in known.items():
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


def _value(option: Json, text: str, member: Member) -> OptionValue:
    kind = option["type"]
    if not text:
        raise WrongTypingError(_WORDS.get(kind, REQUIRED))
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
            raise WrongTypingError(_WORDS[BOOLEAN])
        return text.lower() == "true"
    return _thing(option, text, member)


def _number(kind: int, text: str) -> int | float:
    plain = text.replace(",", "")
    if kind == INTEGER and re.fullmatch(r"[+-]?\d{1,17}", plain, re.ASCII) and abs(int(plain)) <= _MOST_NUMBER:
        return int(plain)
    if kind == NUMBER and re.fullmatch(r"[+-]?\d{1,17}(\.\d{1,17})?", plain, re.ASCII):
        return float(plain) if math.isfinite(float(plain)) else 0
    raise WrongTypingError(_WORDS[kind])


def _check_length(option: Json, text: str) -> None:
    least, most = option.get("min_length") or 0, option.get("max_length") or _MOST_TEXT
    if not least <= len(text) <= most:
        if option.get("min_length"):
            raise WrongTypingError(f"Must be between {least} and {most} in length.")
        raise WrongTypingError(f"Must be {most} or fewer in length.")


def _check_range(option: Json, number: float) -> None:
    least, most = option.get("min_value"), option.get("max_value")
    if least is not None and number < least:
        raise WrongTypingError(f"Value should be greater than or equal to {least}.")
    if most is not None and number > most:
        raise WrongTypingError(f"Value should be less than or equal to {most}.")


def _thing(option: Json, text: str, member: Member) -> int:
    """Return the id of the person, role or channel that is meant, by its id or its whole name."""
    guild, kind = member.guild, option["type"]
    named = text.lstrip("@#").lower()
    for key, name in _things(option, guild, member):
        if text in (str(key), f"<@{key}>", f"<@&{key}>", f"<#{key}>") or named == name.lstrip("@").lower():
            return key
    raise WrongTypingError(_WORDS.get(kind, _NO_CHOICE))


def _things(option: Json, guild: Guild, member: Member) -> list[tuple[int, str]]:
    kind = option["type"]
    things: list[tuple[int, str]] = []
    if kind == CHANNEL:
        things += [(one.id, one.name) for one in guild.channels.values() if _fits(option, one, member)]
    if kind in (USER, MENTIONABLE):
        things += [(one.id, one.name) for one in guild.members.values()]
    if kind in (ROLE, MENTIONABLE):
        things += [(one.id, one.name) for one in guild.roles.values()]
    return things


def _fits(option: Json, channel: Channel, member: Member) -> bool:
    kinds = option.get("channel_types")
    shown = channel.permissions(member) & Permission.VIEW_CHANNEL
    return bool(shown) and (not kinds or channel.json()["type"] in kinds)
