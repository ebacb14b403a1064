"""Discord's limits that involve several fields. Limits of single fields are in `bodies.py`.

The limits are from discord/discord-api-docs: resources/message, components/reference and
interactions/application-commands, read 6 August 2026. The maximum of 4,000 characters for the texts of all components
together is from JDA's documentation. Lengths are in UTF-16 units, the strictest way to count.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.rehearsal.standin.bodies import COMMANDS, MessageBody, PostBody, wrong_shape
from bot.rehearsal.standin.message import Flag, Message
from bot.rehearsal.standin.refusal import (
    REQUIRED,
    Wrong,
    empty_message,
    refuse_if,
    too_many_attachments,
    wrong_length,
)
from bot.rehearsal.standin.wire import JsonObject
from bot.wording.limits import size

MAX_EMBED_TOTAL = 6000

MAX_ATTACHMENTS = 10

MAX_COMMAND_TOTAL = 8000

MAX_ROWS = 5

MAX_ROW_BUTTONS = 5

MAX_V2_COMPONENTS = 40

MAX_V2_TEXT = 4000

_GROUP = 2  # up to this type, options have options themselves

_ROW, _BUTTON, _TEXT_INPUT, _TEXT, _CHECKBOXES = 1, 2, 4, 10, 22

SELECTS = (3, 5, 6, 7, 8)

_LINK, _PREMIUM = 5, 6  # the button styles without a custom id

_Placed = tuple[tuple[str | int, ...], JsonObject]


def check_message(body: Mapping[str, Any], *within: str) -> None:
    """Refuse a message with invalid fields, or with fields that can't be combined.

    `within` is the path of the message in the request's body. An empty message is accepted; see `check_whole`.
    """
    refuse_if(wrong_shape(MessageBody if within else PostBody, body), *within)
    v2 = bool((body.get("flags") or 0) & Flag.IS_COMPONENTS_V2)
    embeds: list[JsonObject] = body.get("embeds") or []
    refuse_if(
        [
            *_too_much_in_embeds(embeds),
            *wrong_components(body.get("components") or [], v2=v2),
            *_wrong_mentions(body.get("allowed_mentions") or {}),
        ],
        *within,
    )


def check_whole(message: Message, *within: str) -> None:
    """Refuse a new or edited message that is empty, or that exceeds one of Discord's limits on whole messages."""
    refuse_if(_mixed_with_v2(message), *within)
    if len(message.attachments) > MAX_ATTACHMENTS:
        raise too_many_attachments()
    shows = message.content.strip() or message.components or message.attachments
    if not (shows or any(set(embed) - {"type", "color"} for embed in message.embeds)):
        raise empty_message()


def check_modal(data: Mapping[str, Any]) -> None:
    """Refuse a form whose fields are valid, but can't be combined."""
    everything = list(_each(data["components"], "components"))
    wrong = [
        ((*place, *inner), code, words)
        for place, component in everything
        for inner, code, words in (*_wrong_range_of(component), *_wrong_value(component))
    ]
    refuse_if([*wrong, *_doubled(everything)], "data")


def check_commands(commands: object) -> list[JsonObject]:
    """Refuse commands that can't be registered. Returns the commands."""
    listed: list[Any] = commands if isinstance(commands, list) else [None]
    refuse_if(wrong_shape(COMMANDS, [{"type": 1, **one} if isinstance(one, Mapping) else one for one in listed]))
    slash = [command for command in listed if command.get("type", 1) == 1]
    wrong = list(wrong_length({"commands": slash}, {"commands": (0, 100)}))
    for place, command in enumerate(listed):
        wrong += _wrong_options(command, place)
        if _command_total(command) > MAX_COMMAND_TOTAL:
            wrong.append(((place,), "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)"))
    refuse_if(wrong)
    return listed


def _too_much_in_embeds(embeds: list[JsonObject]) -> Iterator[Wrong]:
    if sum(map(_embed_total, embeds)) > MAX_EMBED_TOTAL:
        yield ("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_EMBED_TOTAL}"


def _embed_total(embed: JsonObject) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or []:
        texts += [field["name"], field["value"]]
    return sum(size(text) for text in texts if text)


def _mixed_with_v2(message: Message) -> Iterator[Wrong]:
    if message.flags & Flag.IS_COMPONENTS_V2:
        for key, value in (("content", message.content), ("embeds", message.embeds)):
            if value:
                words = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                yield (key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", words


def _wrong_mentions(allowed: Mapping[str, Any]) -> Iterator[Wrong]:
    for kind in ("users", "roles"):
        if kind in (allowed.get("parse") or []) and allowed.get(kind):
            words = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            yield ("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words


def _wrong_options(command: JsonObject, *place: str | int) -> Iterator[Wrong]:
    """Yield the errors in the options of a command or subcommand."""
    options = command.get("options") or []
    for name, times in Counter(option["name"] for option in options).items():
        if times > 1:
            words = f"Option name {name} is used more than once."
            yield (*place, "options"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", words
    late = False
    for number, option in enumerate(options):
        here = (*place, "options", number)
        if option["type"] > _GROUP and option.get("required") and late:
            words = "Required options must be placed before non-required options"
            yield here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words
        late = late or not option.get("required")
        if option.get("autocomplete") and option.get("choices"):
            yield here, "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "Autocomplete options can't have choices"
        yield from _wrong_options(option, *here)


def _command_total(command: JsonObject) -> int:
    texts = [command.get("name"), command.get("description")]
    for choice in command.get("choices") or []:
        texts += [choice.get("name"), choice.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str)) + sum(
        _command_total(option) for option in command.get("options") or []
    )


def wrong_components(components: list[JsonObject], *, v2: bool) -> Iterator[Wrong]:
    """Yield the errors in a message's components. `v2` is True if the message has the flag IS_COMPONENTS_V2."""
    everything = list(_each(components, "components"))
    if v2:
        yield from _wrong_v2(everything)
    else:
        yield from wrong_length({"components": components}, {"components": (0, MAX_ROWS)})
    for number, component in enumerate(components):
        if not v2 and component["type"] != _ROW:
            words = f'Value of field "type" must be one of ({_ROW},).'
            yield ("components", number, "type"), "UNION_TYPE_CHOICES", words
    for place, component in everything:
        for inner, code, words in _wrong_component(component):
            yield (*place, *inner), code, words
    yield from _doubled(everything)


def _each(components: list[JsonObject], *place: str | int) -> Iterator[_Placed]:
    """Yield each component at any depth, with its path in the body."""
    for number, component in enumerate(components):
        here = (*place, number)
        yield here, component
        yield from _each(component.get("components") or [], *here, "components")
        for key in ("accessory", "component"):
            if component.get(key):
                yield (*here, key), component[key]


def _wrong_v2(everything: list[_Placed]) -> Iterator[Wrong]:
    if len(everything) > MAX_V2_COMPONENTS:
        yield ("components",), "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_V2_COMPONENTS} or fewer in length."
    texts = sum(size(component.get("content") or "") for _, component in everything if component.get("type") == _TEXT)
    if texts > MAX_V2_TEXT:
        words = f"The total text of all components exceeds the maximum of {MAX_V2_TEXT} characters"
        yield ("components",), "COMPONENT_MAX_TOTAL_TEXT_EXCEEDED", words


def _wrong_component(component: JsonObject) -> Iterator[Wrong]:
    if component["type"] == _ROW:
        yield from _wrong_row(component["components"])
    elif component["type"] == _BUTTON:
        yield from _wrong_button(component)
    elif component["type"] in SELECTS:
        yield from _wrong_range_of(component)


def _wrong_row(children: list[JsonObject]) -> Iterator[Wrong]:
    # A menu takes the space of five buttons.
    room = sum(MAX_ROW_BUTTONS if child.get("type") in SELECTS else 1 for child in children)
    if not 1 <= room <= MAX_ROW_BUTTONS:
        yield ("components",), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {MAX_ROW_BUTTONS} in length."


def _wrong_button(button: JsonObject) -> Iterator[Wrong]:
    style = button["style"]
    if style == _PREMIUM:
        return
    if not (button.get("label") or button.get("emoji")):
        yield ("label",), *REQUIRED
    needed, other = ("url", "custom_id") if style == _LINK else ("custom_id", "url")
    if not button.get(needed):
        yield (needed,), *REQUIRED
    if button.get("url") and button.get("custom_id"):
        yield (
            (other,),
            "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
            "A custom id and url cannot both be specified",
        )


def _wrong_range_of(component: JsonObject) -> Iterator[Wrong]:
    """Yield the errors in a component's options, and in the number of options that may be chosen."""
    options: list[JsonObject] = component.get("options") or []
    least, most = component.get("min_values"), component.get("max_values")
    if most is None:
        most = len(options) if component["type"] == _CHECKBOXES else 1
    if least is not None and least > most:
        yield ("min_values",), "COMPONENT_MIN_VALUES_TOO_LARGE", "min_values is more than max_values"
    if not options:
        return
    if component.get("max_values") is not None and most > len(options):
        yield ("max_values",), "COMPONENT_MAX_VALUES_TOO_LARGE", "max_values is more than there are options"
    if sum(bool(option.get("default")) for option in options) > most:
        yield ("options",), "COMPONENT_TOO_MANY_DEFAULTS", "More options are chosen than max_values"
    for value, times in Counter(option["value"] for option in options).items():
        if times > 1:
            words = f"The specified option value {value} is already used"
            yield ("options",), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", words


def _wrong_value(component: JsonObject) -> Iterator[Wrong]:
    """Yield the errors in the initial text of a form's field."""
    value = component.get("value")
    if component["type"] == _TEXT_INPUT and value:
        fewest, most = component.get("min_length") or 0, component.get("max_length") or 4000
        yield from wrong_length({"value": value}, {"value": (fewest, most)})


def _doubled(everything: list[_Placed]) -> Iterator[Wrong]:
    seen = set()
    for place, component in everything:
        key = component.get("custom_id")
        if key is not None and key in seen:
            yield (*place, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
        seen.add(key)
