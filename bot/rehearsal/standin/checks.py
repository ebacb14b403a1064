"""Discord's limits on what it is sent. Lengths are in characters.

From discord/discord-api-docs: resources/message, components/reference and
interactions/application-commands; read 6 August 2026; that all text of components together has at most 4,000
characters is from JDA's documentation.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.rehearsal.standin.message import Flag, Message
from bot.rehearsal.standin.refusal import (
    REQUIRED,
    Wrong,
    empty_message,
    refuse_if,
    required,
    too_many_attachments,
    wrong_length,
)
from bot.rehearsal.standin.wire import Json

MAX_EMBED_TOTAL = 6000


MAX_ATTACHMENTS = 10


MAX_COLOR = 0xFFFFFF


MAX_COMMAND_TOTAL = 8000

_EMBED = {"title": 256, "description": 4096, "fields": 25, "footer.text": 2048, "author.name": 256}


_FIELD = {"name": 256, "value": 1024}


_TYPES: Mapping[str, tuple[type, ...]] = {
    "content": (str,),
    "embeds": (list,),
    "components": (list,),
    "attachments": (list,),
    "flags": (int,),
    "nonce": (str, int),
    "allowed_mentions": (dict,),
    "message_reference": (dict,),
}


_EMBED_URLS = ("url", "image.url", "thumbnail.url", "footer.icon_url", "author.url", "author.icon_url")


_SCHEMES = ("http://", "https://", "attachment://")


def check_message(body: Mapping[str, Any], *within: str) -> None:
    """Refuse a message whose fields are too long or too many; `within` is where in the body it stands.

    Whether there is anything in it is another question.
    """
    refuse_if(_wrong_types(body), *within)
    v2 = bool((body.get("flags") or 0) & Flag.IS_COMPONENTS_V2)
    refuse_if(
        [
            *_too_long(body, {"content": 2000, "embeds": 10, "nonce": 25}),
            *_wrong_embeds(body.get("embeds") or []),
            *wrong_components(body.get("components") or [], v2=v2),
            *_wrong_mentions(body.get("allowed_mentions") or {}),
        ],
        *within,
    )


def check_whole(message: Message, *within: str) -> None:
    """Refuse a message, or what an edit would make of it, that shows nothing or too much at once."""
    refuse_if(_mixed_with_v2(message), *within)
    if len(message.attachments) > MAX_ATTACHMENTS:
        raise too_many_attachments()
    shows = message.content.strip() or message.components or message.attachments
    if not (shows or any(set(embed) - {"type", "color"} for embed in message.embeds)):
        raise empty_message()


def check_choices(choices: list[Json]) -> None:
    """Refuse suggestions for an option that are too many or too long."""
    wrong = list(_too_long({"choices": choices}, {"choices": 25}))
    for place, choice in enumerate(choices):
        wrong += _too_long(choice, {"name": 100, "value": 100}, "choices", place)
    refuse_if(wrong, "data")


def check_modal(data: Mapping[str, Any]) -> None:
    """Refuse a form without a title or fields, or with too much of either."""
    wrong = list(_too_long(data, {"title": 45, "custom_id": 100, "components": 5}))
    wrong += [((key,), *REQUIRED) for key in ("title", "custom_id", "components") if not data.get(key)]
    refuse_if(wrong, "data")


def check_commands(commands: list[Json]) -> None:
    """Refuse commands that can't be registered."""
    wrong = list(
        _too_long({"commands": [command for command in commands if command.get("type", 1) == 1]}, {"commands": 100})
    )
    for place, command in enumerate(commands):
        wrong += _wrong_command(command, place)
        if _command_total(command) > MAX_COMMAND_TOTAL:
            wrong.append(((place,), "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)"))
    refuse_if(wrong)


def _too_long(thing: Mapping[str, Any], limits: Mapping[str, int], *place: str | int) -> Iterator[Wrong]:
    for key, limit in limits.items():
        value = _at(thing, key)
        if isinstance(value, str | list) and len(value) > limit:
            yield (*place, *key.split(".")), "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length."


def _at(thing: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return what is there under "a.b", which is b in a; None when there is nothing."""
    value: Any = thing
    for step in key.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _wrong_types(body: Mapping[str, Any]) -> Iterator[Wrong]:
    for key, kinds in _TYPES.items():
        if body.get(key) is not None and not isinstance(body[key], kinds):
            yield (key,), "BASE_TYPE_CONVERT", f"Could not interpret it as {kinds[0].__name__}."
    for key in ("embeds", "components", "attachments"):
        for place, thing in enumerate(body[key] if isinstance(body.get(key), list) else ()):
            if not isinstance(thing, dict):
                yield (key, place), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"


def _wrong_embeds(embeds: list[Json]) -> Iterator[Wrong]:
    for place, embed in enumerate(embeds):
        yield from _too_long(embed, _EMBED, "embeds", place)
        for key in _EMBED_URLS:
            url = _at(embed, key)
            if url and not str(url).startswith(_SCHEMES):
                words = f"Scheme \"{str(url).partition(':')[0]}\" is not supported. Scheme must be one of ('http', 'https')."
                yield ("embeds", place, *key.split(".")), "URL_TYPE_INVALID_SCHEME", words
        if not 0 <= (embed.get("color") or 0) <= MAX_COLOR:
            yield ("embeds", place, "color"), "NUMBER_TYPE_RANGE", f"int value should be between 0 and {MAX_COLOR}."
        for number, field in enumerate(embed.get("fields") or []):
            yield from _too_long(field, _FIELD, "embeds", place, "fields", number)
            for key in _FIELD:
                if not str(field.get(key, "")).strip():
                    yield ("embeds", place, "fields", number, key), *REQUIRED
    if sum(map(_embed_total, embeds)) > MAX_EMBED_TOTAL:
        yield ("embeds",), "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_EMBED_TOTAL}"


def _embed_total(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or []:
        texts += [field.get("name"), field.get("value")]
    return sum(len(text) for text in texts if text)


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
        for place, code, what in _too_long(allowed, {kind: 100}):
            yield ("allowed_mentions", *place), code, what


def _wrong_command(command: Json, *place: str | int) -> Iterator[Wrong]:
    yield from _too_long(command, {"name": 32, "description": 100, "options": 25, "choices": 25}, *place)
    needed = ("name", "description") if command.get("type", 1) == 1 or len(place) > 1 else ("name",)
    for key in needed:
        if not command.get(key):
            yield (*place, key), *REQUIRED
    for number, choice in enumerate(command.get("choices") or []):
        yield from _too_long(choice, {"name": 100, "value": 100}, *place, "choices", number)
    for number, option in enumerate(command.get("options") or []):
        yield from _wrong_command(option, *place, "options", number)


def _command_total(command: Json) -> int:
    texts = [command.get("name"), command.get("description")]
    for choice in command.get("choices") or []:
        texts += [choice.get("name"), choice.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str)) + sum(
        _command_total(option) for option in command.get("options") or []
    )


MAX_ROWS = 5


MAX_ROW_BUTTONS = 5


MAX_V2_COMPONENTS = 40


MAX_V2_TEXT = 4000

_ROW, _BUTTON, _STRING_SELECT, _TEXT, _GALLERY = 1, 2, 3, 10, 12


_SELECTS = (3, 5, 6, 7, 8)


_V2_TOP = (1, 9, 10, 12, 13, 14, 17)


_LINK, _PREMIUM = 5, 6  # the styles of button without a custom id


_LENGTHS = {"custom_id": (1, 100), "label": (0, 80), "placeholder": (0, 150), "url": (1, 512)}


_OPTION = {"label": (1, 100), "value": (1, 100), "description": (0, 100)}


def wrong_components(components: list[Json], *, v2: bool) -> Iterator[Wrong]:
    """Yield what is wrong with the components of a message; `v2` is whether it is made of nothing else."""
    everything = list(_each(components, "components"))
    if v2:
        yield from _wrong_v2(everything)
    else:
        yield from wrong_length({"components": components}, {"components": (0, MAX_ROWS)})
    for number, component in enumerate(components):
        allowed = _V2_TOP if v2 else (_ROW,)
        if component.get("type") not in allowed:
            words = f'Value of field "type" must be one of {allowed}.'
            yield ("components", number, "type"), "UNION_TYPE_CHOICES", words
    for place, component in everything:
        for inner, code, words in _wrong_component(component):
            yield (*place, *inner), code, words
    yield from _doubled(everything)


_Placed = tuple[tuple[str | int, ...], Json]


def _each(components: list[Json], *place: str | int) -> Iterator[_Placed]:
    """Yield each component, however deep it is, with where in the body it stands."""
    for number, component in enumerate(components):
        here = (*place, number)
        yield here, component
        yield from _each(component.get("components") or [], *here, "components")
        if component.get("accessory"):
            accessory = component["accessory"]
            yield (*here, "accessory"), accessory


def _wrong_v2(everything: list[_Placed]) -> Iterator[Wrong]:
    if len(everything) > MAX_V2_COMPONENTS:
        yield ("components",), "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_V2_COMPONENTS} or fewer in length."
    texts = sum(len(component.get("content") or "") for _, component in everything if component.get("type") == _TEXT)
    if texts > MAX_V2_TEXT:
        words = f"The total text of all components exceeds the maximum of {MAX_V2_TEXT} characters"
        yield ("components",), "COMPONENT_MAX_TOTAL_TEXT_EXCEEDED", words


def _wrong_component(component: Json) -> Iterator[Wrong]:
    yield from wrong_length(component, _LENGTHS)
    kind = component.get("type")
    if kind == _ROW:
        yield from _wrong_row(component.get("components") or [])
    elif kind == _BUTTON:
        yield from _wrong_button(component)
    elif kind in _SELECTS:
        yield from _wrong_select(component)
    elif kind == _TEXT and not component.get("content"):
        yield ("content",), *REQUIRED
    elif kind == _GALLERY:
        yield from wrong_length({"items": component.get("items") or []}, {"items": (1, 10)})


def _wrong_row(children: list[Json]) -> Iterator[Wrong]:
    # A menu takes the room of five buttons.
    room = sum(MAX_ROW_BUTTONS if child.get("type") in _SELECTS else 1 for child in children)
    if not 1 <= room <= MAX_ROW_BUTTONS:
        yield ("components",), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {MAX_ROW_BUTTONS} in length."


def _wrong_button(button: Json) -> Iterator[Wrong]:
    style = button.get("style")
    if style not in range(1, 7):
        yield ("style",), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6)."
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


def _wrong_select(select: Json) -> Iterator[Wrong]:
    if not select.get("custom_id"):
        yield ("custom_id",), *REQUIRED
    if select["type"] != _STRING_SELECT:
        return
    options: list[Json] = select.get("options") or []
    yield from wrong_length({"options": options}, {"options": (1, 25)})
    for number, option in enumerate(options):
        for place, code, words in (*required(option, "label", "value"), *wrong_length(option, _OPTION)):
            yield ("options", number, *place), code, words
    for value, times in Counter(option.get("value") for option in options).items():
        if times > 1:
            yield (
                ("options",),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                f"The specified option value {value} is already used",
            )


def _doubled(everything: list[_Placed]) -> Iterator[Wrong]:
    seen = set()
    for place, component in everything:
        key = component.get("custom_id")
        if key is not None and key in seen:
            yield (*place, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
        seen.add(key)
