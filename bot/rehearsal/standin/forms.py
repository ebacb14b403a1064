"""Buttons, menus and forms as a member uses them."""

from collections.abc import Iterator, Mapping, Sequence

from bot.errors import BadInputError
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.wire import Json

_ROW, _BUTTON, _TEXT_INPUT, _LABEL = 1, 2, 4, 18


def pressed(message: Message, custom_id: str, values: Sequence[str] = ()) -> Json:
    """Return what the client sends when a button is pressed, or `values` are picked from a menu, on a message.

    Raises:
        BadInputError: the message has no such button or menu, or it is disabled.
    """
    for component in _inside(message.components):
        if component.get("custom_id") == custom_id:
            if component.get("disabled"):
                raise BadInputError(f"{custom_id} on message {message.id} is disabled")
            data: Json = {"custom_id": custom_id, "component_type": component["type"], "id": component.get("id", 0)}
            return data if component["type"] == _BUTTON else data | {"values": list(values)}
    raise BadInputError(f"message {message.id} has no button or menu {custom_id}")


def submitted(form: Json, values: Mapping[str, str | Sequence[str]]) -> Json:
    """Return what the client sends when a form is filled in with `values`, by custom id, and sent.

    Raises:
        BadInputError: the form has no such field, or a required text is missing.
    """
    fields = {field["custom_id"] for field in _inside(form["components"]) if "custom_id" in field}
    if unknown := set(values) - fields:
        raise BadInputError(
            f"the form {form['title']} has no field {', '.join(sorted(unknown))}; it has {sorted(fields)}"
        )
    return {"custom_id": form["custom_id"], "components": [_answered(part, values) for part in form["components"]]}


def _answered(part: Json, values: Mapping[str, str | Sequence[str]]) -> Json:
    shown: Json = {"type": part["type"], "id": part.get("id", 0)}
    if part["type"] == _ROW:
        return shown | {"components": [_answered(child, values) for child in part["components"]]}
    if part["type"] == _LABEL:
        return shown | {"component": _answered(part["component"], values)}
    if "custom_id" not in part:
        return shown
    shown["custom_id"] = part["custom_id"]
    value = values.get(part["custom_id"])
    if part["type"] != _TEXT_INPUT:
        return shown | {"values": list(value or ())}
    if not value and part.get("required", True):
        raise BadInputError(f"the form needs the field {part['custom_id']}")
    return shown | {"value": value or part.get("value") or ""}


def _inside(components: list[Json]) -> Iterator[Json]:
    for component in components:
        yield component
        yield from _inside(component.get("components") or [])
        for key in ("component", "accessory"):
            if key in component:
                yield from _inside([component[key]])
