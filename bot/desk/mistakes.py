"""Finds all mistakes in a desk file, and explains in plain words how to correct them."""

import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.count.reading import place_in
from bot.desk.desk_file import (
    Calendar,
    Candidate,
    Contest,
    Deadline,
    Desk,
    DeskSection,
    FeedKey,
    Source,
    Style,
    id_problems,
)
from bot.desk.toml_file import toml_text
from bot.errors import BadInputError, closest_match

_PARTS: dict[str, type[BaseModel]] = {
    "desk": DeskSection,
    "contests": Contest,
    "sources": Source,
    "calendars": Calendar,
    "candidates": Candidate,
    "deadlines": Deadline,
    "feeds": FeedKey,
    "style": Style,
}

_SHOULD = {
    "state": "should be a state's postal code, two capitals such as GA",
    "wall": "should be a day with a time, such as 2026-11-10T09:00:00",
}
"""Errors by field, where pydantic's own error would not help."""

_MOST_PASSES = 5

_STAND_INS: dict[str, Any] = {
    "desk": {"zone": "America/New_York"},
    "zone": "America/New_York",
    "leads": "a source",
    "url": "https://example.org",
    "key": "a key",
    "wall": "2026-11-10T09:00:00",
    "candidates": [{"id": "a candidate", "name": "a name", "last": "a name"}],
}
"""Valid values that replace wrong required ones, so that the rest of the table can be checked."""

_MOST_SHOWN = 60
"""The most characters of a value that an error shows."""

_SHORTEST_PART = 4
"""The fewest characters of a word for it to count as part of an allowed value."""

_WORDS_BY_ERROR = {
    "missing": "is missing",
    "dict_type": "should be a table, as {name} = {{…}}",
    "model_type": "should be a table, as {name} = {{…}}",
    "list_type": "should be a list, as {name} = […], or [[{name}]] where each has a heading",
    "too_short": "should not be empty",
    "string_too_short": "should not be empty",
    "string_too_long": "is too long",
    "tuple_type": "should be a list, in square brackets",
    "int_type": "should be a whole number, without quotes",
    "int_from_float": "should be a whole number",
    "string_type": "should be text, in quotes",
    "bool_type": "should be true or false, without quotes",
    "date_type": "should be a day without quotes, such as 2026-11-03",
    "date_from_datetime_inexact": "should be a day without a time, such as 2026-11-03",
    "date_parsing": "should be a day, such as 2026-11-03",
}

_TOML_HINTS = (
    (re.compile(r"[\u201c\u201d\u2018\u2019]"), 'quotes should be straight ones, "as here"'),
    (re.compile(r"=\s*(True|False)\b"), "true and false are written small"),
    (re.compile(r"=\s*\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b"), "a day has the year first, and no quotes, as 2026-11-03"),
)
"""Common slips in a line that is not TOML, each with a hint."""


def desk_mistakes(path: Path) -> list[str]:
    """Return a line for each mistake in the desk file at `path`, with its place; an empty list if there is none.

    If the file is not TOML, only the first mistake is found.
    """
    try:
        text = toml_text(path, "the desk file")
    except BadInputError as error:
        return [str(error)]
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return [f"{path}: {_toml_mistake(str(error), text)}"]
    lines = _all_lines(document)
    if lines or _is_wrong(document):
        lines += id_problems(document)
    return [f"{path}: {line}" for line in lines]


def _is_wrong(document: dict[str, Any]) -> bool:
    try:
        Desk.model_validate(document)
    except ValidationError:
        return True
    return False


def _all_lines(document: dict[str, Any]) -> list[str]:
    """Return a line for each wrong value, and then a line for each combination of values that is not allowed.

    Wrong combinations show only after wrong values are replaced with valid ones, so the document is checked several
    times.
    """
    lines: dict[str, None] = {}
    mended, rows = deepcopy(document), set[tuple[int | str, ...]]()
    for _ in range(_MOST_PASSES):
        try:
            Desk.model_validate(mended)
        except ValidationError as error:
            found = [one for one in error.errors(include_url=False) if one["loc"] and one["loc"] not in rows]
        else:
            break
        slips = {one["loc"][:-1]: _meant(one) for one in found if one["type"] == "extra_forbidden"}
        reported = [one for one in found if one["type"] != "missing" or slips.get(one["loc"][:-1]) != one["loc"][-1]]
        lines |= dict.fromkeys(line for one in reported for line in _lines(one, document))
        rows |= {row for one in found if (row := _mend(mended, one)) is not None}
        if all(_is_whole_row(one) for one in found):
            break
    return list(lines)


def _is_whole_row(found: ErrorDetails) -> bool:
    """Return True if an error concerns a contest, source or calendar as a whole.

    That is so if some of its values can't be combined.
    """
    return found["type"] == "value_error" and isinstance(found["loc"][-1], int)


def _mend(document: dict[str, Any], found: ErrorDetails) -> tuple[int | str, ...] | None:
    """Remove or replace a wrong value.

    Returns the value's row if further errors in that row would only follow from the wrong value, else None.
    """
    loc = [part for part in found["loc"] if part != "[key]"]
    if _is_whole_row(found):
        return None
    while loc and isinstance(loc[-1], int):  # an item of a list: the whole of it
        loc.pop()
    holder: Any = document
    for part in loc[:-1]:
        try:
            holder = holder[part]
        except (KeyError, IndexError, TypeError):
            return None
    if not loc or not isinstance(holder, dict) or loc[-1] in ("contests", "sources"):
        return None
    name, model = str(loc[-1]), _model_at(tuple(loc))
    field = model.model_fields.get(name) if model else None
    row = tuple(loc[:2])
    if field is None or not field.is_required():
        holder.pop(name, None)
        return row if {"format", "url", "feeds", "columns", "preset"} & {*loc} else None
    holder[name] = deepcopy(_STAND_INS.get(name, f"a value {len(row)}"))
    return row if name in ("id", "url", "candidates") else None


def _lines(found: ErrorDetails, document: dict[str, Any]) -> Iterator[str]:
    place = _place(found["loc"], document)
    if found["type"] == "value_error" and str(found["loc"][-1]) not in _SHOULD:
        for text in found["msg"].removeprefix("Value error, ").split("\n"):
            yield f"{place}: {_without_place(text, place)}{_not_value(found['input'])}"
        return
    yield f"{place}: {_words(found)}"


def _place(loc: tuple[int | str, ...], document: dict[str, Any]) -> str:
    """Return the place of a value, with positions counted from 1: `contests (the 2nd).id`."""
    place = place_in(tuple(part for part in loc if part != "[key]"), document)
    return re.sub(r"\.(\d{1,3})(?=\.|$)", lambda found: f" (the {_ordinal(int(found[1]) + 1)})", place)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _without_place(text: str, place: str) -> str:
    """Remove the row's name from the start of an error, because the place already contains it."""
    return re.sub(rf"^(source|calendar) {re.escape(place.rpartition('.')[2])}: ", "", text)


def _meant(found: ErrorDetails) -> str | None:
    """Return the known key that the user probably meant by an unknown key, or None."""
    return closest_match(str(found["loc"][-1]), _fields_at(found["loc"]))


def _words(found: ErrorDetails) -> str:
    kind, name, text = found["type"], str(found["loc"][-1]), _not_value(found["input"])
    if kind == "extra_forbidden":
        near = _meant(found)
        way = f"did you mean {near}?" if near else f"known are {', '.join(_fields_at(found['loc']))}"
        return f"is no key that is known here; {way}"
    if kind == "literal_error":
        return _one_of(found, text)
    if name in _SHOULD and kind not in ("missing", "string_type"):
        return _SHOULD[name] + text
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = next(iter(found.get("ctx", {}).values()), "")
        return f"should be {bound} or {'more' if kind[0] == 'g' else 'less'}{text}"
    words = _WORDS_BY_ERROR.get(kind, "can't be that")
    if name.isdecimal():  # an item of a list has no key
        words = words.replace("{name} = ", "")
    return words.format(name=name) + text


def _one_of(found: ErrorDetails, text: str) -> str:
    allowed = re.findall(r"'([^']*)'", str(found.get("ctx", {}).get("expected", "")))
    value = str(found["input"])
    near = [one for one in allowed if len(value) >= _SHORTEST_PART and value in one]
    if not near and (like := closest_match(value, allowed)):
        near = [like]
    meant = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"should be one of {', '.join(allowed)}{text}{meant}"


def _fields_at(loc: tuple[int | str, ...]) -> list[str]:
    """Return the known keys of the table that `loc` is in."""
    model = _model_at(loc)
    return list(model.model_fields) if model else []


def _model_at(loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the model of the table that `loc` is in; None for a table whose keys the operator chooses."""
    if len(loc) > 1 and loc[-2] in ("feeds", "reminders", "columns", "types"):
        return None
    return next((_PARTS[part] for part in reversed(loc[:-1]) if isinstance(part, str) and part in _PARTS), Desk)


def _not_value(value: object) -> str:
    if isinstance(value, dict | list | BaseModel):
        return ""
    if value == "":
        return ""
    text = "null" if value is None else repr(value) if isinstance(value, str) else str(value)
    return f", not {text[:_MOST_SHOWN]}"


def _toml_mistake(error: str, text: str) -> str:
    """Return a line with the place where the text is not TOML, and a hint.

    `error` is the message of `tomllib`.
    """
    found = re.search(r"\(at line (\d+), column (\d+)\)", error)
    if found is None:
        return f"is not TOML: {error[:200]}"
    number = int(found[1])
    line = text.splitlines()[number - 1].strip()[:_MOST_SHOWN] if number <= len(text.splitlines()) else ""
    why = error[: found.start()].strip()
    return f"line {number}: {line}: {_toml_hint(why, line)}"


def _toml_hint(why: str, line: str) -> str:
    """Return a hint for correcting a line that is not TOML. `why` is the error of `tomllib`."""
    if "overwrite" in why or "twice" in why or "Cannot declare" in why or "redefine" in why:
        return "the same key or heading is there twice: each contest begins with [[contests]], each source with [[sources]]"
    if meant := next((text for looks, text in _TOML_HINTS if looks.search(line)), None):
        return meant
    if "Invalid value" in why:
        return "the value can't be read; text goes in quotes, and a bracket further up may not be closed"
    if "'=' after" in why or "Invalid statement" in why:
        return 'a line should be a key and its value, as every = "60s"'
    return "a quote or a bracket is not closed, here or further up"
