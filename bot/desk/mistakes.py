"""All that is wrong with a desk file, each mistake in words that a person can act on without the source code."""

import re
import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
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
    FeedKey,
    Newsroom,
    Source,
    Style,
    what_is_not_known,
)
from bot.desk.toml_file import text_of
from bot.errors import BadInputError

_PARTS: dict[str, type[BaseModel]] = {
    "desk": Newsroom, "contests": Contest, "sources": Source, "calendars": Calendar, "candidates": Candidate,
    "deadlines": Deadline, "feeds": FeedKey, "style": Style,
}  # fmt: skip
_SHOULD = {
    "state": "should be a state's postal code, two capitals such as GA",
    "key_env": "should be the name of an environment variable, such as AP_KEY",
}
"""What a field whose text has a pattern should be."""
_MOST_SHOWN = 60
_PLAIN = {
    "missing": "is missing",
    "dict_type": "should be a table",
    "model_type": "should be a table",
    "list_type": "should be a list, in square brackets",
    "too_short": "should not be empty",
    "int_type": "should be a whole number, without quotes",
    "int_from_float": "should be a whole number",
    "string_type": "should be text, in quotes",
    "bool_type": "should be true or false, without quotes",
    "date_type": "should be a day without quotes, such as 2026-11-03",
    "date_from_datetime_inexact": "should be a day without a time, such as 2026-11-03",
    "date_parsing": "should be a day, such as 2026-11-03",
}


def desk_mistakes(path: Path) -> list[str]:
    """Return every mistake in the desk file at `path`, each in one line that names its place; none: it is right.

    Where the file is no TOML, only the first can be named.
    """
    try:
        text = text_of(path, "the desk file")
    except BadInputError as error:
        return [str(error)]
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return [f"{path}: {_of_toml(str(error), text)}"]
    try:
        Desk.model_validate(document)
    except ValidationError as error:
        lines = [line for found in error.errors(include_url=False) if found["loc"] for line in _lines(found, document)]
        return [f"{path}: {line}" for line in [*lines, *what_is_not_known(document)]]
    return []


def _lines(found: ErrorDetails, document: dict[str, Any]) -> Iterator[str]:
    place = place_in(found["loc"], document)
    if found["type"] == "value_error":
        yield f"{place}: {found['msg'].removeprefix('Value error, ')}{_shown(found['input'])}"
        return
    yield f"{place}: {_words(found)}"


def _words(found: ErrorDetails) -> str:
    kind, name = found["type"], str(found["loc"][-1])
    if kind == "extra_forbidden":
        near = get_close_matches(name, _fields_at(found["loc"]), 1, 0.6)
        return "is no key that is known here" + (f"; did you mean {near[0]}?" if near else "")
    if kind == "missing":
        return "is missing"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(found.get("ctx", {}).get("expected", "")))
        near = get_close_matches(str(found["input"]), allowed, 1, 0.6)
        return f"should be one of {', '.join(allowed)}{_shown(found['input'])}" + (
            f"; did you mean {near[0]}?" if near else ""
        )
    if kind == "string_pattern_mismatch" and name in _SHOULD:
        return _SHOULD[name] + _shown(found["input"])
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = next(iter(found.get("ctx", {}).values()), "")
        return f"should be {bound} or {'more' if kind[0] == 'g' else 'less'}{_shown(found['input'])}"
    return _PLAIN.get(kind, "can't be that") + _shown(found["input"])


def _fields_at(loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that could stand where a key that is not known stands."""
    model = next((_PARTS[part] for part in reversed(loc[:-1]) if isinstance(part, str) and part in _PARTS), Desk)
    return list(model.model_fields)


def _shown(value: object) -> str:
    if isinstance(value, dict | list | BaseModel):
        return ""
    said = "null" if value is None else repr(value) if isinstance(value, str) else str(value)
    return f", not {said[:_MOST_SHOWN]}"


def _of_toml(said: str, text: str) -> str:
    """Return why a text is no TOML, with the line and what is often meant."""
    found = re.search(r"\(at line (\d+), column (\d+)\)", said)
    if found is None:
        return f"is not TOML: {said[:200]}"
    number = int(found[1])
    line = text.splitlines()[number - 1].strip()[:_MOST_SHOWN] if number <= len(text.splitlines()) else ""
    why = said[: found.start()].strip()
    hint = ""
    if "Invalid value" in why:
        hint = "; text goes in quotes" if "=" in line else ""
    elif "overwrite" in why or "twice" in why or "Cannot declare" in why:
        hint = "; the same key is there twice: each contest begins with [[contests]], each source with [[sources]]"
    elif "Unclosed" in why or "Unescaped" in why or "Illegal character" in why:
        hint = "; a quote or a bracket is not closed"
    return f"line {number}: {line}: {why[0].lower()}{why[1:]}{hint}"
