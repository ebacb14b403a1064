"""JSON from outside: bytes to Python's values, and each of these to a vendor's own typed model, strictly.

A document is parsed as a whole. Each contest in it is made into its model by itself, so that what is wrong with one costs
that contest alone: whole numbers are whole numbers, texts are texts, and an object that has a key twice is none.
"""

import json
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, BinaryIO, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.reader import quoted, shortened

MIB = 1024 * 1024

MOST_LINE = 16 * MIB
"""Bytes of the longest JSON line that is read, its line end not counted."""


_LONGEST_TEXT = 10_000
"""Characters. pydantic looks at a text only where it has a limit, and only then refuses half a character."""


class VendorModel(BaseModel):
    """What a format's own typed models derive from; of an object it skips what the model does not have."""

    model_config = ConfigDict(strict=True, defer_build=True, str_max_length=_LONGEST_TEXT)


def _written(value: object) -> object:
    return str(value) if type(value) in (int, float) else value


Written = Annotated[str, BeforeValidator(_written)]
"""A text in a model, which some files have as a number: an id, a code."""

Shape = TypeVar("Shape")

_BOM = b"\xef\xbb\xbf"


def read_document(stream: BinaryIO) -> bytes:
    """Return the bytes of the one JSON document that `stream` holds, without a byte order mark; not yet parsed."""
    return stream.read().removeprefix(_BOM)


def read_lines(stream: BinaryIO, first: int = 1) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line with its number, counted from `first`; None for a line over 16 MiB, which is not read."""
    for number, line in enumerate(stream, start=first):
        yield number, line if len(line) - line.endswith(b"\n") <= MOST_LINE else None


@dataclass(frozen=True, slots=True)
class _Twice:
    """What stands for an object with a key that is there twice. It is no object: no model takes it, and no reader."""

    key: str

    def __repr__(self) -> str:
        return f"one that has the key {quoted(self.key)} twice"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Twice:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    keys = [key for key, _ in pairs]
    return _Twice(next(key for key in keys if keys.count(key) > 1))


def _constant(name: str) -> object:
    raise BadInputError(f"is not JSON: {name} is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def parse(text: bytes | str) -> Any:  # noqa: ANN401 - any JSON
    """Return the JSON value that `text` holds.

    What is wrong with a part of it is for `shaped` to refuse: a key that is there twice, text that is not UTF-8, a number
    beyond a float, which is infinity.

    Raises:
        BadInputError: empty, not JSON, cut short, followed by something else; NaN, a number of thousands of digits; some
            thousand levels.

    """
    words = text.removeprefix(_BOM).decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    try:
        return _DECODER.decode(words)
    except RecursionError:
        raise BadInputError("is nested too deep for a feed") from None
    except json.JSONDecodeError as error:
        raise BadInputError(_malformed(error)) from None
    except ValueError:  # of int(): Python limits the digits of a number
        raise BadInputError("has a number of more digits than any count can have") from None


def _malformed(error: json.JSONDecodeError) -> str:
    words = error.doc.rstrip()
    if not words:
        return "is empty, not JSON"
    if error.pos >= len(words) or error.msg.startswith("Unterminated string"):
        return "is cut short: the JSON ends too early"
    near = error.doc[error.pos : error.pos + 20]
    if "\udc80" <= near[0] <= "\udcff":
        return "is not UTF-8 text"
    what = error.msg[0].lower() + error.msg[1:]
    return f"is not JSON: {what} at line {error.lineno}, column {error.colno}, near {quoted(near)}"


def shaped(value: object, shape: type[Shape], what: str = "it") -> Shape:
    """Return a JSON value as a model, or anything made of models.

    Args:
        value: as `parse` returns it.
        shape: the model.
        what: what an error calls the value itself.

    Raises:
        BadInputError: it is something else; the sentence names the place, as `ballotOptions[0].voteCount`, and the value.

    """
    try:
        return cast("Shape", _adapter(cast("Hashable", shape)).validate_python(value, strict=True))
    except ValidationError as error:
        raise BadInputError(_misshapen(error, what)) from None


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any type
    return TypeAdapter(shape)


_WANTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text",
    "string_unicode": "text in UTF-8",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "bool_type": "true or false",
    "float_type": "a number",
}
"""What a value should be, by pydantic's type of error."""


def _misshapen(error: ValidationError, what: str) -> str:
    """Return the first thing that is wrong with a value, with its place and the value there."""
    first = error.errors(include_url=False)[0]
    kind, value = first["type"], first["input"]
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"])
    place = shortened(path.removeprefix(".") or what, 100)
    if isinstance(value, _Twice):
        return f"{place} has the key {quoted(value.key)} twice"
    if kind == "missing":
        return f"{place} is missing"
    if kind == "greater_than_equal":
        return f"{place} is {quoted(value)}; votes are 0 or more"
    if kind == "less_than_equal":
        return f"{place} is {quoted(value)}; votes are {MOST_VOTES:,} at most"
    wanted = _WANTED.get(kind)
    return (
        f"{place} should be {wanted}, not {quoted(value)}"
        if wanted
        else f"{place}: {first['msg']}, not {quoted(value)}"
    )


def is_on(flag: object) -> bool:
    """Return True of a switch that is on: true or 1, or either as text; all else is off, and what is missing too."""
    return isinstance(flag, (int, str)) and str(flag).casefold() in {"1", "true"}


def pair(reported: int | None, of: int | None, what: str = "precincts") -> tuple[int, int] | None:
    """Return (reported, of); None where the feed does not say, and 0 of all says nothing.

    Raises:
        BadInputError: the first is more than the second; `what` says of what.

    """
    if of is None or reported is None or of == reported == 0:
        return None
    if reported > of:
        raise BadInputError(f"{shortened(what)}: {reported} of {of} is more than all")
    return (reported, of)
