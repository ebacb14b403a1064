"""Parses JSON from outside, and validates parts of it strictly against a vendor's typed models.

A document is parsed as a whole, and each contest in it is validated separately, so that a mistake costs only that
contest. Strict means that 1.0 and "1" are not whole numbers, and that an object with a duplicate key is not accepted.
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
"""The most bytes in a line of JSON Lines, without its newline."""


_LONGEST_TEXT = 10_000
"""The most characters of a text. Only with such a limit does pydantic also refuse lone surrogates."""


class VendorModel(BaseModel):
    """The base class of the formats' own models. Keys that a model does not declare are ignored."""

    model_config = ConfigDict(strict=True, defer_build=True, str_max_length=_LONGEST_TEXT)


def _as_text(value: object) -> object:
    return str(value) if type(value) in (int, float) else value


TextOrNumber = Annotated[str, BeforeValidator(_as_text)]
"""A text, such as an id or a code, that some files give as a number."""

Shape = TypeVar("Shape")

_BOM = b"\xef\xbb\xbf"


def read_document(stream: BinaryIO) -> bytes:
    """Return the bytes of a stream, without a byte order mark."""
    return stream.read().removeprefix(_BOM)


def read_lines(stream: BinaryIO, first: int = 1) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line with its number, counted from `first`. A line over 16 MiB is replaced with None."""
    for number, line in enumerate(stream, start=first):
        yield number, line if len(line) - line.endswith(b"\n") <= MOST_LINE else None


@dataclass(frozen=True, slots=True)
class _DuplicateKey:
    """A placeholder for an object with a duplicate key. No model accepts it."""

    key: str

    def __repr__(self) -> str:
        return f"one that has the key {quoted(self.key)} twice"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _DuplicateKey:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    keys = [key for key, _ in pairs]
    return _DuplicateKey(next(key for key in keys if keys.count(key) > 1))


def _constant(name: str) -> object:
    raise BadInputError(f"is not JSON: {name} is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def parse(text: bytes | str) -> Any:  # noqa: ANN401 - any JSON
    """Parse a JSON document.

    Some mistakes raise no error here, so that `shaped` can refuse the faulty part alone. These are duplicate keys,
    text that is not UTF-8, and numbers too large for a float, which become infinity.

    Raises:
        BadInputError: the document is empty, not JSON or cut short, or has NaN, a number with thousands of
            digits, or thousands of levels.
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
    """Validate a JSON value against a type.

    Args:
        value: the value, as `parse` returns it.
        shape: the type: a model, or a list or dict of models.
        what: the value's name in errors.

    Raises:
        BadInputError: the value is not valid. The message has the place, such as `ballotOptions[0].voteCount`,
            and the value there.

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
"""A description of the value that is expected, by pydantic's type of error."""


def _misshapen(error: ValidationError, what: str) -> str:
    """Return the first of pydantic's errors as a sentence, with the place and the value there.

    `what` is the name of the value as a whole.
    """
    first = error.errors(include_url=False)[0]
    kind, value = first["type"], first["input"]
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in first["loc"])
    place = shortened(path.removeprefix(".") or what, 100)
    if isinstance(value, _DuplicateKey):
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
    """Return True if a feed's switch is on: true or 1, as a value or as text.

    Any other value, including None, is off.
    """
    return isinstance(flag, (int, str)) and str(flag).casefold() in {"1", "true"}


def pair(reported: int | None, of: int | None, what: str = "precincts") -> tuple[int, int] | None:
    """Return (reported, of). None if the feed lacks one of the numbers, or has 0 of 0.

    Raises:
        BadInputError: `reported` is more than `of`. `what` is the numbers' name in the error.

    """
    if of is None or reported is None or of == reported == 0:
        return None
    if reported > of:
        raise BadInputError(f"{shortened(what)}: {reported} of {of} is more than all")
    return (reported, of)
