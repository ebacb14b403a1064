"""Strict JSON (RFC 8259): bytes in, plain Python values out, and every surprise refused in one sentence.

Python's own reader keeps the last of two equal keys, takes NaN for a number and can be driven out of its
stack or its memory; a feed that does any of it is broken, and a broken feed is not guessed at. So jiter reads
(https://github.com/pydantic/jiter), which looks for equal keys in no more time than Python's reader takes without. It
says little of what is wrong; where it refuses, Python's reader goes through the text once more to say it.

Beside that, what a reader takes out of a document by name, each checked: numbers of votes, texts, lists, objects.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, NoReturn, cast

import orjson

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.reader import quoted, shortened

MIB = 1024 * 1024


MOST_DOCUMENT = 64 * MIB
"""Bytes of the largest JSON document that is read."""


MOST_LINE = 16 * MIB
"""Bytes of the longest JSON line that is read, its line end not counted."""


MOST_SKIPPED = 256 * MIB
"""Bytes of a line that is too long, of which the end is looked for."""


MOST_VALUES, MOST_VALUES_IN_LINE = 8_000_000, 1_000_000
"""Values in a document and in a line, guessed from its commas and brackets: each takes far more memory than its
bytes. Real feeds have one to every 14 bytes or more, so none below the limits of size comes near."""


MOST_LEVELS = 254
"""Arrays and objects within one another, as orjson writes them; real feeds have ten or so."""

_BOM = b"\xef\xbb\xbf"


def read_document(stream: BinaryIO) -> object:
    """Return the one JSON value that `stream` holds; no more than 64 MiB of it are ever in memory.

    Raises:
        BadInputError: it is too large, or `parse` refuses it.

    """
    parts, size = [], 0
    while part := stream.read(MIB):
        parts.append(part)
        size += len(part)
        if size > MOST_DOCUMENT:
            raise BadInputError(f"is over {MOST_DOCUMENT // MIB} MiB, too large for a JSON document")
    return parse(b"".join(parts))


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line with its number, counted from 1; None for a line over 16 MiB, which is skipped unread.

    Raises:
        BadInputError: a line is so long that it may never end, as that of /dev/zero.

    """
    number = 0
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


def parse(text: bytes | bytearray | str, most_values: int = MOST_VALUES) -> object:
    """Return the JSON value that `text` holds; a byte order mark before it is passed over.

    A number beyond a float comes back as infinity, a whole one beyond 64 bits as a float may be: they are no counts, and
    whoever reads the value refuses them by name.

    Raises:
        BadInputError: not UTF-8, empty, not JSON, cut short, followed by something else, a key given twice,
            NaN or a number of thousands of digits, more than `MOST_LEVELS` levels or `most_values` values,
            half a character (a lone surrogate, which could never be written out again).

    """
    plain = (_encode(text) if isinstance(text, str) else bytes(text)).removeprefix(_BOM)
    if len(plain) > most_values and sum(map(plain.count, (b",", b"[", b"{"))) > most_values:
        raise BadInputError(f"has more than {most_values} values")
    try:
        value = orjson.loads(plain)
        if orjson.dumps(value).count(b":") == plain.count(b":") and not (b"\\" in plain and _ESCAPED_COLON in plain):
            return value
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    return _slowly(plain)


def _encode(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadInputError(_HALF) from None


def _slowly(data: bytes) -> object:
    """Return the value, each key and number of which Python's reader has shown to us.

    Raises:
        BadInputError: something is wrong; this says what.

    """
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
        shallow = _is_shallow(value)
    except json.JSONDecodeError as error:
        raise BadInputError(_describe(error)) from None
    except UnicodeDecodeError as error:
        byte = f"byte 0x{data[error.start]:02x} at offset {error.start}"
        raise BadInputError(f"is not UTF-8 text: {byte}") from None
    except UnicodeEncodeError:
        raise BadInputError(_HALF) from None
    except RecursionError:
        shallow = False
    except ValueError:  # Python's own limit on the digits of a number
        raise BadInputError("has a number of more digits than any count can have") from None
    if not shallow:
        raise BadInputError(f"is nested more than {MOST_LEVELS} levels deep")
    return value


_HALF = "has half a character in a text (a lone surrogate)"


_ESCAPED_COLON = b"\\u003"
"""The beginning of a colon's, and of some others' of no account: there is no other way to write it but itself."""


def _describe(error: json.JSONDecodeError) -> str:
    if not error.doc.strip():
        return "is empty, not JSON"
    if error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated"):
        return "is cut short: the JSON ends too early"
    where = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno}, column {error.colno}"
    message = error.msg[0].lower() + error.msg[1:].removesuffix(" at")
    return f"is not JSON: {message} at {where}, near {quoted(error.doc[error.pos : error.pos + 20])}"


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise BadInputError(f"has the key {quoted(twice)} twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise BadInputError(f"has {word}, which is no number")


def _is_shallow(value: object) -> bool:
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return True
    return False


_WHOLE = {int}


def are_whole(values: Sequence[object]) -> bool:
    """Return True if all are whole numbers that votes can be: no booleans, no fractions, none below 0."""
    if not values:
        return True
    if set(map(type, values)) != _WHOLE:
        return False
    numbers = cast("Sequence[int]", values)
    return min(numbers) >= 0 and max(numbers) <= MOST_VOTES


def is_on(flag: object) -> bool:
    """Return True of a switch that is on: true or 1, or either as text; all else is off, and what is missing too."""
    return isinstance(flag, (int, str)) and str(flag).casefold() in {"1", "true"}


def whole_number(value: object, what: str) -> int:
    """Return a number of votes, precincts and the like.

    Raises:
        BadInputError: it is something else; `what` says what it was to be.

    """
    if type(value) is int and 0 <= value <= MOST_VOTES:
        return value
    raise BadInputError(f"{shortened(what)} should be a whole number, not {quoted(value)}")


def pair(reported: object, of: object, what: str) -> tuple[int, int] | None:
    """Return (reported, of); None where the feed does not say, and 0 of all says nothing.

    Raises:
        BadInputError: one is no whole number, or the first is more than the second.

    """
    if of is None or reported is None or of == reported == 0:
        return None
    done, total = whole_number(reported, f"{what} reported"), whole_number(of, what)
    if done > total:
        raise BadInputError(f"{shortened(what)}: {done} of {total} is more than all")
    return (done, total)


def text(holder: Mapping[str, Any], field: str) -> str:
    """Return a text of an object, without spaces around it.

    Raises:
        BadInputError: it is missing, empty or no text.

    """
    value = holder.get(field)
    if not isinstance(value, str) or not value.strip():
        raise BadInputError(f"{field} should be text, not {quoted(value)}")
    return value.strip()


def objects(holder: Mapping[str, Any], field: str, *, needed: bool = True) -> list[dict[str, Any]]:
    """Return a list of objects in an object; empty where it is missing or null and not `needed`.

    Raises:
        BadInputError: it is something else.

    """
    value = holder.get(field)
    if value is None and not needed:
        return []
    if not isinstance(value, list):
        raise BadInputError(f"{field} should be a list, not {quoted(value)}")
    for one in value:
        if not isinstance(one, dict):
            raise BadInputError(f"{field} should hold objects, not {quoted(one)}")
    return value


def object_of(value: object, what: str) -> dict[str, Any]:
    """Return an object.

    Raises:
        BadInputError: it is something else; `what` says what it was to be.

    """
    if isinstance(value, dict):
        return value
    raise BadInputError(f"{what} should be an object, not {quoted(value)}")
