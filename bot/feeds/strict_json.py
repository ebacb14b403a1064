"""Strict JSON (RFC 8259): bytes in, a vendor's own typed model out, and every surprise refused in one sentence.

Python's own reader keeps the last of two equal keys, takes NaN for a number and can be driven out of its stack or its
memory; a feed that does any of it is broken, and a broken feed is not guessed at. So jiter reads
(https://github.com/pydantic/jiter), which refuses a key given twice, and msgspec (https://jcristharif.com/msgspec) makes
what was read into the `Model` that a format declares: whole numbers are whole numbers, texts are texts.

A document may have 128 MiB and five million values, which as Python's own values would take far more memory than a
small server has. So a large one is taken apart first (`members`, `elements`), each part read by itself.
"""

import io
import re
from bisect import bisect
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, cached_property
from itertools import accumulate, chain, count, repeat
from typing import Annotated, Any, BinaryIO, ClassVar, TypeAlias, TypeVar, cast

import jiter
import msgspec

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.reader import quoted, shortened

MIB = 1024 * 1024


MOST_DOCUMENT = 128 * MIB
"""Bytes of the largest JSON document that is read."""


MOST_LINE = 16 * MIB
"""Bytes of the longest JSON line that is read, its line end not counted."""


MOST_SKIPPED = 256 * MIB
"""Bytes of a line that is too long, of which the end is looked for."""


MOST_VALUES, MOST_VALUES_IN_PART = 5_000_000, 1_000_000
"""Values in a document, and in a line or a part that is read at once, guessed from commas and brackets: each takes far
more memory than its bytes. A real part, a county's contests by precinct, has some ten thousand."""


MOST_ELEMENTS = 20_000
"""Contests, counties and the like in one list or object: Georgia's longest ballot had 298, and AP has some 7,000 races."""


_OF_ANYTHING = 4 * MIB
"""Bytes of a list that may hold what it likes: a larger one may hold objects alone."""


class Model(msgspec.Struct, gc=False):
    """What a format's own typed models derive from: `class _Contest(Model, rename="camel")`."""


Count = Annotated[int, msgspec.Meta(ge=0, le=MOST_VOTES)]
"""Votes, precincts and the like in a model: whole, never negative."""


Json = bytes | msgspec.Raw
"""The bytes of a JSON value."""


class _Listed:
    """A JSON list, and its values once somebody wants to see them."""

    def __init__(self, text: Json) -> None:
        self._text = text

    @cached_property
    def values(self) -> list[msgspec.Raw]:
        return elements(self._text, "it")


Written: TypeAlias = Json | tuple[_Listed, int]
"""A JSON value as it is written: its bytes, or a list and the value's place in it."""


def as_written(value: Written) -> bytes:
    """Return a JSON value's bytes."""
    return bytes(value[0].values[value[1]] if isinstance(value, tuple) else value)


Shape = TypeVar("Shape")


_BOM = b"\xef\xbb\xbf"


_QUOTE = re.compile(rb'(?<!\\)"')
"""Where a text begins or ends."""


def read_document(stream: BinaryIO) -> bytes:
    """Return the bytes of the one JSON document that `stream` holds, without a byte order mark; not yet parsed.

    Raises:
        BadInputError: it is too large, has too many values, or one that is as large as a line may be.

    """
    buffer, run = io.BytesIO(), 0  # which hands its bytes over without a second copy
    while part := stream.read(MIB):
        run = 0 if _QUOTE.search(part) else run + len(part)
        if run > MOST_LINE:
            raise BadInputError(f"has over {MOST_LINE // MIB} MiB in which no text begins or ends: no feed has")
        buffer.write(part)
        if buffer.tell() > MOST_DOCUMENT:
            raise BadInputError(f"is over {MOST_DOCUMENT // MIB} MiB, too large for a JSON document")
    data = buffer.getvalue()
    _refuse_many(data, MOST_VALUES)
    return data.removeprefix(_BOM)


def read_lines(stream: BinaryIO, first: int = 1) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line with its number, counted from `first`; None for a line over 16 MiB, which is skipped unread.

    Raises:
        BadInputError: a line is so long that it may never end, as that of /dev/zero.

    """
    number = first - 1
    while line := stream.readline(MOST_LINE + 1):
        number += 1
        if len(line) <= MOST_LINE or line.endswith(b"\n"):
            yield number, line
            continue
        size = len(line)
        while line and not line.endswith(b"\n"):
            line = stream.readline(MIB)
            size += len(line)
            if size > MOST_SKIPPED:
                raise BadInputError(f"has a line of over {MOST_SKIPPED // MIB} MiB, line {number}: it may never end")
        yield number, None


class _Key(str):
    """A key of an object, unequal to every other: so a dict keeps both of two equal ones."""

    __slots__ = ()
    __hash__ = object.__hash__
    __eq__ = object.__eq__


_LIST, _OBJECTS = msgspec.json.Decoder(list[msgspec.Raw]), msgspec.json.Decoder(list[Model])


def members(document: Json, what: str) -> dict[str, msgspec.Raw]:
    """Return what an object has by its keys, each unparsed.

    Raises:
        BadInputError: it is no object (`what` says what it was to be), has a key twice or too many of them, or is no JSON.

    """
    number = count(1)

    def key_of(_: type, key: str) -> _Key:
        if next(number) > MOST_ELEMENTS:  # of which there may be more than memory holds
            raise BadInputError(f"{what} should be an object of at most {MOST_ELEMENTS} keys")
        return _Key(key)

    try:
        found_by = msgspec.json.Decoder(dict[_Key, msgspec.Raw], dec_hook=key_of).decode(document)
        pairs = [(str(key), value) for key, value in found_by.items()]
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
        BadInputError: it is no list (`what` says what it was to be), has too many elements, or is no JSON.

    """
    try:
        if len(memoryview(document)) > _OF_ANYTHING:
            _OBJECTS.decode(document)  # of anything smaller than objects there may be more than memory holds
        found = _LIST.decode(document)
    except msgspec.ValidationError:
        raise BadInputError(f"{what} should be a list, not {quoted(parse(document))}") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadInputError(_malformed(error, document)) from None
    if len(found) > MOST_ELEMENTS:
        raise BadInputError(f"{what} should be a list of at most {MOST_ELEMENTS}, not of {len(found)}")
    return found


def decoded(data: Json, shape: type[Shape]) -> Shape:
    """Return the JSON value that `data` holds as a model, or anything made of models, in one step.

    What the model does not have is skipped, and of a key that is given twice the last counts.

    Raises:
        BadInputError: as `parse` and `shaped` do; they say what is wrong.

    """
    text = bytes(data)
    if len(text) > MOST_VALUES_IN_PART:
        _refuse_many(text, MOST_VALUES_IN_PART)
    try:
        found: Shape = _decoder(cast("Hashable", shape)).decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return shaped(parse(text), shape)
    return found


@cache
def _decoder(shape: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


def parse(text: Written | str) -> Any:  # noqa: ANN401 - any JSON
    """Return the JSON value that `text` holds: a document, a line or a part of a document.

    A number beyond a float comes back as infinity: it is no count, and whoever reads the value refuses it by name.

    Raises:
        BadInputError: not UTF-8, empty, not JSON, cut short, followed by something else, a key given twice,
            NaN or a number of thousands of digits, more than 200 levels or `MOST_VALUES_IN_PART` values,
            half a character (a lone surrogate, which could never be written out again).

    """
    data = (_encode(text) if isinstance(text, str) else as_written(text)).removeprefix(_BOM)
    _refuse_many(data, MOST_VALUES_IN_PART)
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
) -> Iterator[tuple[Written, Whole | BadInputError]]:
    """Yield each value of a JSON list, or each of some values, as it is written and as its model, or why it is refused.

    Many are decoded at a time, which takes half as long as one by one. To look at each key, whether it is there twice,
    takes longer than all else: so that is only done where votes come more often than they were read. Of another key that
    is given twice the last counts, as in every browser.

    Raises:
        BadInputError: it is no list (`what` says what it was to be), has too many elements, or is no JSON.

    """
    return chain.from_iterable(_batches(listed, shape, what))


_Batch: TypeAlias = Iterable[tuple[Written, Whole | BadInputError]]


def _batches(listed: Json | Sequence[Json], shape: type[Whole], what: str) -> Iterator[_Batch[Whole]]:
    if isinstance(listed, Json):
        found: list[Whole] = []
        if len(memoryview(listed)) <= _AT_ONCE:
            with suppress(BadInputError):
                found = _decoded_at_once(bytes(listed), shape)
        if 0 < len(found) <= MOST_ELEMENTS:
            yield zip(zip(repeat(_Listed(listed)), count()), _let_go(found))  # noqa: B905 - the first is endless
            return
        listed = elements(listed, what)
    ends = list(accumulate([memoryview(one).nbytes for one in listed]))
    start = 0
    while start < len(listed):
        end = bisect(ends, (ends[start - 1] if start else 0) + _AT_ONCE, start + 1)
        some = listed[start:end]
        try:
            yield zip(some, _let_go(_decoded_at_once(b"[%b]" % b",".join(some), shape)), strict=True)
        except BadInputError:
            yield [(one, _decoded_alone(bytes(one), shape)) for one in some]
        start = end


_AT_ONCE = MIB // 4
"""Bytes that are decoded in one go, and the rest of the last value."""


def _let_go(found: list[Whole]) -> Iterator[Whole]:
    """Return what is found one by one, and keep none of it: the memory of one is taken for the next, and still at hand."""
    found.reverse()
    ends: list[Whole | None] = [None, *found]
    found.clear()
    return iter(ends.pop, None)


def _decoded_at_once(text: bytes, shape: type[Whole]) -> list[Whole]:
    found: list[Whole] = decoded(text, list[shape])  # type: ignore[valid-type]  # a type known only when it runs
    _refuse_twice(text, shape.VOTES, sum([one.times for one in found]))
    return found


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


def _refuse_many(data: bytes, most: int) -> None:
    if len(data) > most and sum(map(data.count, (b",", b"[", b"{"))) > most:
        raise BadInputError(f"has more than {most} values")


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


_MSGSPEC = re.compile(r"(.*?)(?: - at `(key in )?\$?\.?(.*)`)?", re.DOTALL)


_STEP = re.compile(r"\[(\d+|\.\.\.)\]|\.?([^.\[]+)")


_WORDS = {
    "int": "a whole number", "str": "text", "array": "a list", "object": "an object", "bool": "true or false",
    "float": "a number",
}  # fmt: skip


def _misshapen(said: str, value: object) -> str:
    """Return what msgspec says of a value that has not its model's shape, with the value at fault."""
    what, _, path = cast("re.Match[str]", _MSGSPEC.fullmatch(said)).groups()
    for index, name in _STEP.findall(path or ""):
        value = _inside(value, name or index)
    place = shortened(path or "it", 100)
    if what.startswith("Object missing required field "):
        return f"{path + '.' if path else ''}{what.split('`')[1]} is missing"
    wanted = what.split("`")[1].split(" | ")[0] if "`" in what else ""
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
