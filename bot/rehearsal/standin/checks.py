"""Discord's limits on what it is sent. Lengths are in characters.

From discord/discord-api-docs: resources/message, components/reference and
interactions/application-commands; read 6 August 2026.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.rehearsal.standin.form import REQUIRED, Wrong, refuse_if
from bot.rehearsal.standin.message import Flag, Message
from bot.rehearsal.standin.refusal import empty_message
from bot.rehearsal.standin.wire import Json

MAX_EMBED_TOTAL = 6000
MAX_ROW_BUTTONS = 5
MAX_V2_COMPONENTS = 40
MAX_COMMAND_TOTAL = 8000

_EMBED = {"title": 256, "description": 4096, "fields": 25, "footer.text": 2048, "author.name": 256}
_FIELD = {"name": 256, "value": 1024}
_COMPONENT = {"custom_id": 100, "label": 80, "options": 25, "placeholder": 150}
_BUTTON, _ROW = 2, 1


def check_message(body: Mapping[str, Any], *within: str) -> None:
    """Refuse a message whose fields are too long or too many; `within` is where in the body it stands.

    Whether there is anything in it is another question.
    """
    refuse_if(
        [
            *_too_long(body, {"content": 2000, "embeds": 10, "nonce": 25}),
            *_wrong_embeds(body.get("embeds") or []),
            *_wrong_components(body.get("components") or [], v2=bool((body.get("flags") or 0) & Flag.IS_COMPONENTS_V2)),
            *_mixed_with_v2(body),
        ],
        *within,
    )


def check_something_to_see(message: Message) -> None:
    """Refuse a message, or what an edit would make of it, that shows nothing."""
    if not (message.content.strip() or message.embeds or message.components or message.attachments):
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
        value: Any = thing
        steps = key.split(".")
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, str | list) and len(value) > limit:
            yield (*place, *steps), "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length."


def _wrong_embeds(embeds: list[Json]) -> Iterator[Wrong]:
    for place, embed in enumerate(embeds):
        yield from _too_long(embed, _EMBED, "embeds", place)
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


def _wrong_components(components: list[Json], *, v2: bool) -> Iterator[Wrong]:
    if v2:
        yield from _too_long({"components": list(_each(components))}, {"components": MAX_V2_COMPONENTS})
    else:
        yield from _too_long({"components": components}, {"components": 5})
    for place, component in enumerate(components):
        yield from _wrong_component(component, "components", place)


def _wrong_component(component: Json, *place: str | int) -> Iterator[Wrong]:
    yield from _too_long(component, _COMPONENT, *place)
    children = component.get("components") or []
    if component.get("type") == _ROW and sum(child.get("type") == _BUTTON for child in children) > MAX_ROW_BUTTONS:
        yield (*place, "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."
    for number, child in enumerate(children):
        yield from _wrong_component(child, *place, "components", number)


def _each(components: list[Json]) -> Iterator[Json]:
    for component in components:
        yield component
        yield from _each(component.get("components") or [])


def _mixed_with_v2(body: Mapping[str, Any]) -> Iterator[Wrong]:
    if (body.get("flags") or 0) & Flag.IS_COMPONENTS_V2:
        for key in ("content", "embeds"):
            if body.get(key):
                words = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                yield (key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", words


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
