"""Recognizes the format of a file by its first bytes, for `--format auto`.

Each format declares how its files begin (`Format.begins`). A vendor's program always writes the same things first, so
a few thousand bytes are enough.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from pydantic_core import from_json

from bot.count.reading import Reading
from bot.desk.results_formats import FORMATS
from bot.errors import BadInputError
from bot.feeds.formats import all_formats, format_called
from bot.feeds.reader import BEGINNING_BYTES, ReaderContext, Refusal

if TYPE_CHECKING:
    from bot.feeds.clarity.settings import CountyUpload

EXCEL_OF_2003 = (
    "is Excel's XML of 2003, which isn't read; a Clarity page has detailxml.zip beside it, which is (format clarity-detail); "
    "of any other save it as .xlsx"
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """The beginning of a file, as far as it can be parsed. Fields for other kinds of files are empty."""

    keys: Mapping[str, Any] = field(default_factory=dict)
    """The part of a JSON object that is in the beginning."""
    first: Mapping[str, Any] = field(default_factory=dict)
    """The part of the first object in a JSON list that is in the beginning."""
    root: str = ""
    """The first element of XML."""
    names: tuple[str, ...] = ()
    """The names of the files in a zip, lowercase."""
    line: str = ""
    """The first line of other text. For XML, all of the beginning."""
    is_old_excel: bool = False

    def has(self, *keys: str) -> bool:
        """Return True if the file is a JSON object with all of these keys in its beginning."""
        return all(key in self.keys for key in keys)

    def inside(self, key: str) -> Mapping[str, Any]:
        """Return the object under a key of the JSON object; empty if there is none."""
        value = self.keys.get(key)
        return value if isinstance(value, dict) else {}

    def first_in(self, key: str) -> Mapping[str, Any]:
        """Return the first object of the list under a key of the JSON object; empty if there is none."""
        value = self.keys.get(key)
        return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


_ROOT = re.compile(r"<([A-Za-z][\w.-]*)")


def read(stream: BinaryIO, context: ReaderContext) -> "Iterator[Reading | CountyUpload | Refusal]":
    """Recognize a file's format, and read the file.

    Raises:
        BadInputError: no format fits, or the file as a whole can't be parsed.

    """
    begins, stream = begins_with(stream)
    name = format_of(begins)
    if name is None:
        if what := refusal_of(begins):
            raise BadInputError(f"{context.name}: {what}")
        known = ", ".join(FORMATS)
        raise BadInputError(f"{context.name}: begins as no format that is known here; say which it is: {known}")
    yield from format_called(name).read(stream, context)


def format_of(data: bytes) -> str | None:
    """Return the name of the format of a file that begins with these bytes; None if no format fits."""
    beginning = beginning_of(data)
    return next((one.name for one in all_formats() if one.begins and one.begins(beginning)), None)


_CHALLENGE = re.compile(
    r"just a moment|challenge-platform|cf-chl|captcha|incapsula|are you a robot|enable javascript and cookies|access denied",
    re.IGNORECASE,
)

_NAMED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"urn:schemas-microsoft-com:office:spreadsheet"), EXCEL_OF_2003),
    (
        re.compile(r"<(\w+:)?ElectionReport\b"),
        "is NIST XML, version 2, which isn't read: the office may have it as JSON",
    ),
)

_WEB_PAGE = re.compile(r"<(!doctype html|html|head|body)\b", re.IGNORECASE)


def refusal_of(data: bytes) -> str | None:
    """Return an error message for a file that can't be read: the kind of file, and the remedy.

    None if the kind is unknown.
    """
    text = (
        data[:BEGINNING_BYTES]
        .decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "replace")
        .strip("\ufeff \r\n\t")
    )
    if not text:
        return "is empty"
    if not text.startswith("<"):
        return None
    if found := next((what for sign, what in _NAMED if sign.search(text)), None):
        return found
    if not _WEB_PAGE.search(text):
        return None
    if _CHALLENGE.search(text):
        return "is a page that asks whether you are a person, and no results: open it in a browser, save it and give the file"
    return "is a web page, and no results file"


def begins_with(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """Return the first bytes of a stream, and a stream that still has all bytes."""
    if stream.seekable():
        start = stream.tell()
        data = stream.read(BEGINNING_BYTES)
        stream.seek(start)
        return data, stream
    raw: Any = stream
    buffered: Any = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw, BEGINNING_BYTES)
    return buffered.peek(BEGINNING_BYTES), buffered


def beginning_of(data: bytes) -> Beginning:
    """Parse the first bytes of a file, as far as possible."""
    if data.startswith(b"PK\x03\x04"):
        return Beginning(names=_names(data))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return Beginning(is_old_excel=True)
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return _json(text)
    charset = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    words = text.decode(charset, "replace")
    line = words.partition("\n")[0]
    if not line.replace("\t", " ").rstrip("\r").isprintable():
        return Beginning()
    if not words.startswith("<"):
        return Beginning(line=line)
    root = _ROOT.search(words)
    return Beginning(root=root[1] if root else "", line=words)


def _json(text: bytes) -> Beginning:
    try:
        value = from_json(text, allow_partial=True)
    except ValueError:
        try:  # JSON Lines: the first line is enough
            value = from_json(text.partition(b"\n")[0])
        except ValueError:
            return Beginning()
    if isinstance(value, dict):
        return Beginning(keys=value)
    first = value[0] if isinstance(value, list) and value else None
    return Beginning(first=first if isinstance(first, dict) else {})


def _names(data: bytes) -> tuple[str, ...]:
    """Return the names of the files in a zip, from its directory.

    If the directory is missing, return only the first name.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as whole:
            return tuple(name.casefold() for name in whole.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        length = int.from_bytes(data[26:28], "little")
        return (data[30 : 30 + length].decode("utf-8", "replace").casefold(),)
