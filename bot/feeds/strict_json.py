"""Strict JSON (RFC 8259): bytes in, a vendor's own typed model out, and every surprise refused in one sentence.

Python's own reader keeps the last of two equal keys, takes NaN for a number and can be driven out of its stack or its
memory; a feed that does any of it is broken, and a broken feed is not guessed at. So jiter reads
(https://github.com/pydantic/jiter), which refuses a key given twice, and msgspec (https://jcristharif.com/msgspec) makes
what was read into the `Model` that a format declares: whole numbers are whole numbers, texts are texts. A document is
taken apart first (`members`, `elements`), so that what is wrong with one contest costs that contest alone.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from functools import cache
from typing import Annotated, Any, BinaryIO, ClassVar, TypeVar, cast

import jiter
import msgspec

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.reader import quoted, shortened

MIB = 1024 * 1024

MOST_LINE = 16 * MIB
"""Bytes of the longest JSON line that is read, its line end not counted."""


class Model(msgspec.Struct, gc=False):
    """What a format's own typed models derive from: `class _Contest(Model, rename="camel")`."""


Count = Annotated[int, msgspec.Meta(ge=0, le=MOST_VOTES)]
"""Votes, precincts and the like in a model: whole, never negative."""

Json = bytes | msgspec.Raw
"""The bytes of a JSON value."""

Shape = TypeVar("Shape")

_BOM = b"\xef\xbb\xbf"


def read_document(stream: BinaryIO) -> bytes:
    """Return the bytes of the one JSON document that `stream` holds, without a byte order mark; not yet parsed."""
    return stream.read().removeprefix(_BOM)


def read_lines(stream: BinaryIO, first: int = 1) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line with its number, counted from `first`; None for a line over 16 MiB, which is not read."""
    for number, line in enumerate(stream, start=first):
        yield number, line if len(line) - line.endswith(b"\n") <= MOST_LINE else None


class _Key(str):
    """A key of an object, unequal to every other: so a dict keeps both of two equal ones."""

    __slots__ = ()
    __hash__ = object.__hash__
    __eq__ = object.__eq__


_LIST = msgspec.json.Decoder(list[msgspec.Raw])

_OBJECT = msgspec.json.Decoder(dict[_Key, msgspec.Raw], dec_hook=lambda _, key: _Key(key))


def members(document: Json, what: str) -> dict[str, msgspec.Raw]:
    """Return what an object has by its keys, each unparsed.

    Raises:
        BadInputError: it is no object (`what` says what it was to be), has a key twice, or is no JSON.

    """
    try:
        pairs = [(str(key), value) for key, value in _OBJECT.decode(document).items()]
    except msgspec.ValidationError:
        raise BadInputError(f"{what} should be an object, not {quoted(parse(document))}") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadInputError(_malformed(error, document)) from None
    if len(found := dict(pairs)) != len(pairs):
        raise BadInputError(_twice(Counter(key for key, _ in pairs).most_common(1)[0][0]))
    return found


def elements(document: Json, what: str) -> list[msgspec.Raw]:
    """Return what a list holds, each unparsed.

    Raises:
        BadInputError: it is no list (`what` says what it was to be), or is no JSON.

    """
    try:
        return _LIST.decode(document)
    except msgspec.ValidationError:
        raise BadInputError(f"{what} should be a list, not {quoted(parse(document))}") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadInputError(_malformed(error, document)) from None


def decoded(data: Json, shape: type[Shape]) -> Shape:
    """Return the JSON value that `data` holds as a model, or anything made of models, in one step.

    What the model does not have is skipped, and of a key that is given twice the last counts.

    Raises:
        BadInputError: as `parse` and `shaped` do; they say what is wrong.

    """
    text = bytes(data)
    try:
        found: Shape = _decoder(cast("Hashable", shape)).decode(text)
    except msgspec.ValidationError as error:
        raise BadInputError(_misshapen(str(error), parse(text))) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return shaped(parse(text), shape)
    return found


@cache
def _decoder(shape: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


def parse(text: Json | str) -> Any:  # noqa: ANN401 - any JSON
    """Return the JSON value that `text` holds: a document, a line or a part of a document.

    A number beyond a float comes back as infinity: it is no count, and whoever reads the value refuses it by name.

    Raises:
        BadInputError: not UTF-8, empty, not JSON, cut short, followed by something else, a key given twice,
            NaN or a number of thousands of digits, more than 200 levels,
            half a character (a lone surrogate, which could never be written out again).

    """
    data = (_encode(text) if isinstance(text, str) else bytes(text)).removeprefix(_BOM)
    try:
        return jiter.from_json(data, catch_duplicate_keys=True, allow_inf_nan=False)
    except ValueError as error:
        raise BadInputError(_described(str(error), data)) from None


def shaped(value: object, shape: type[Shape]) -> Shape:
    """Return a JSON value as a model, or anything made of models.

    Raises:
        BadInputError: it is something else; the sentence names the place, as `ballotOptions[0].voteCount`, and the value.

    """
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise BadInputError(_misshapen(str(error), value)) from None


class Counted(Model):
    """A model of what has votes in it."""

    VOTES: ClassVar[bytes]
    """The key under which they stand in the file, with its quotes."""

    @property
    def times(self) -> int:
        """How often votes were read in it."""
        raise NotImplementedError


Whole = TypeVar("Whole", bound=Counted)


def each(
    listed: Json | Sequence[Json], shape: type[Whole], what: str = "it"
) -> Iterator[tuple[Json, Whole | BadInputError]]:
    """Yield each value of a JSON list, or each of some values, as it is written and as its model, or why it is refused.

    All are decoded in one go, and one by one only where that fails. To look at each key, whether it is there twice, takes
    longer than all else: so that is only done where votes come more often than they were read. Of another key that is
    given twice the last counts, as in every browser.

    Raises:
        BadInputError: it is no list (`what` says what it was to be), or is no JSON.

    """
    texts = elements(listed, what) if isinstance(listed, Json) else listed
    try:
        whole = b"[%b]" % b",".join(texts)
        read: list[Whole] = decoded(whole, list[shape])  # type: ignore[valid-type]  # a type known only when it runs
        _refuse_twice(whole, shape.VOTES, sum([one.times for one in read]))
        found: Sequence[Whole | BadInputError] = read
    except BadInputError:
        found = [_decoded_alone(bytes(one), shape) for one in texts]
    yield from zip(texts, found, strict=True)


def _decoded_alone(text: bytes, shape: type[Whole]) -> Whole | BadInputError:
    try:
        one = decoded(text, shape)
        _refuse_twice(text, shape.VOTES, one.times)
    except BadInputError as error:
        return error
    return one


def _refuse_twice(text: bytes, votes: bytes, times: int) -> None:
    if text.count(votes) > times:
        parse(text)


def _encode(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadInputError(_HALF) from None


_HALF = "has half a character in a text (a lone surrogate)"

_DEEP = "is nested too deep for a feed"

_CUT_SHORT = "is cut short: the JSON ends too early"

_JITER = re.compile(r"(.*) at line (\d+) column (\d+)", re.DOTALL)

_KNOWN = {
    "EOF": _CUT_SHORT,
    "recursion limit": _DEEP,
    "number out of range": "has a number of more digits than any count can have",
    "lone leading surrogate": _HALF,
    "unexpected end of hex escape": _HALF,
    "invalid unicode code point": "is not UTF-8 text",
}
"""What jiter says, by how it begins, in our words."""


def _described(said: str, data: bytes) -> str:
    match = _JITER.fullmatch(said)
    what, line, column = match.groups() if match else (said, "1", "0")
    if not data.strip():
        return "is empty, not JSON"
    if what.startswith("Detected duplicate key "):
        return _twice(what.removeprefix("Detected duplicate key ")[1:-1])
    for begins, ours in _KNOWN.items():
        if what.startswith(begins):
            return ours
    near = data.split(b"\n", int(line))[int(line) - 1][max(0, int(column) - 1) :][:20].decode("utf-8", "replace")
    return f"is not JSON: {what} at line {line}, column {column}, near {quoted(near)}"


def _malformed(error: Exception, document: Json) -> str:
    """Return what is wrong with a document that could not be taken apart."""
    said, data = str(error), bytes(document)
    if not data.strip():
        return "is empty, not JSON"
    if isinstance(error, RecursionError):
        return _DEEP
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8 text"
    if "truncated" in said:
        return _HALF if _HALVED.search(data) else _CUT_SHORT
    what, _, place = said.removeprefix("JSON is malformed: ").partition(" (byte ")
    start = int(place.rstrip(")") or 0)
    if data[start : start + 1] > b"\x7f":
        return "is not UTF-8 text"
    near = quoted(data[start : start + 20].decode("utf-8", "replace"))
    return f"is not JSON: {what} at offset {start}, near {near}"


_HALVED = re.compile(rb"\\u[dD][89aAbB]..(?!\\u[dD][c-fC-F])")
"""Half a character, at which msgspec stops as if the text ended."""


def _twice(key: str) -> str:
    return f"has the key {quoted(key)} twice"


_STEP = re.compile(r"\[(\d+|\.\.\.)\]|\.?([^.\[]+)")

_WORDS = {
    "int": "a whole number",
    "str": "text",
    "array": "a list",
    "object": "an object",
    "bool": "true or false",
    "float": "a number",
}


def _misshapen(said: str, value: object) -> str:
    """Return what msgspec says of a value that has not its model's shape, with the value at fault."""
    what, _, path = said.partition(" - at `")
    if not path.endswith("`"):
        what, path = said, ""
    path = path.removesuffix("`").removeprefix("key in ").removeprefix("$").removeprefix(".")
    for index, name in _STEP.findall(path):
        value = _inside(value, name or index)
    place = shortened(path or "it", 100)
    if what.startswith("Object missing required field "):
        return f"{path + '.' if path else ''}{what.split('`')[1]} is missing"
    wanted = what.split("`")[1].split(" | ")[0] if "`" in what else ""
    if wanted == "int" and isinstance(value, int) and not isinstance(value, bool):
        return f"{place} is {quoted(value)}; votes are {'0 or more' if value < 0 else f'{MOST_VOTES:,} at most'}"
    if wanted in _WORDS:
        return f"{place} should be {_WORDS[wanted]}, not {quoted(value)}"
    return f"{place}: {shortened(what, 100)}, not {quoted(value)}"


def _inside(value: object, step: str) -> object:
    if isinstance(value, dict):
        return value.get(step)
    return value[int(step)] if isinstance(value, list) and step.isdecimal() and int(step) < len(value) else None


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
