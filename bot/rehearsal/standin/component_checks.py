"""Discord's limits on buttons, menus and the other components of a message.

From discord/discord-api-docs, components/reference, read 6 August 2026; that all text together has at most 4,000
characters is from JDA's documentation.
"""

from collections import Counter
from collections.abc import Iterator

from bot.rehearsal.standin.form import REQUIRED, Wrong, required, wrong_length
from bot.rehearsal.standin.wire import Json

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
