"""Hypothesis strategies for damaged files, as from a bad connection, a buggy program or an attacker."""

import io
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias, TypeVar

from hypothesis import strategies as st

Item = TypeVar("Item")


class Choices:
    """Random choices that Hypothesis drew in one go. Drawing each separately takes longer than reading the file."""

    _SHAPE = struct.Struct(">20H")
    DRAWN = st.binary(min_size=_SHAPE.size, max_size=_SHAPE.size)

    def __init__(self, drawn: bytes) -> None:
        self._numbers: Iterator[int] = iter(self._SHAPE.unpack(drawn))

    def up_to(self, most: int) -> int:
        """Return a number from 0 to `most`."""
        return next(self._numbers) % (most + 1)

    def one_of(self, items: Sequence[Item]) -> Item:
        """Return a random item."""
        return items[self.up_to(len(items) - 1)]


Edit: TypeAlias = Callable[[Choices, bytes, Sequence[bytes]], bytes]
"""A function that changes a file.

The last argument contains all small files of the same format, so that parts of them can be used.
"""

MOST = 1 << 15
"""The size at which a mutated file is cut, in bytes."""
_NUMBERS = [
    b"-1",
    b"0",
    b"-0",
    b"1e5",
    b"1E400",
    b"-1e999",
    b"1.5",
    b"5.0",
    b"NaN",
    b"-Infinity",
    b"00",
    b"0x10",
    b"9" * 19,
    b"9" * 60,
    b"9" * 5000,
    b"1_000",
    b"1,234",
    b"+5",
    b"10000000001",
    b"true",
    b"null",
    "\u0663".encode(),
    "\uff11\uff12".encode(),
]
_TEXTS = [
    one.encode("utf-8", "surrogatepass")
    for one in (
        "",
        " ",
        "\n",
        "a\nb",
        "\0",
        "\x7f",
        "\x85",
        "\u2028",
        "\u202e",
        "\ufeff",
        "\ufffe",
        "\u200b",
        "e\u0301" * 40,
        "x" * 5000,
        "💥" * 30,
        "../../etc/passwd",
        "@everyone",
        "<@1>",
        "**a**",
        "'",
        '"',
        "&",
        "<",
        "%s",
        "{0}",
        "null",
        "NaN",
        "1" * 400,
        "2020-11-11",
        "ẞ",
        "İ",
        "11/31/2020 25:61:00 PM EST",
        "11/20/2020 3:37:06 PM XYZ",
        "2020-11-11T12:00:00+99:99",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "\ud800",
    )
]
_CHARSETS = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "latin-1", "cp1252", "cp037", "utf-8-sig"]


def _span(choose: Choices, data: bytes) -> tuple[int, int]:
    start = choose.up_to(len(data))
    return start, min(len(data), start + choose.one_of([0, 1, 2, 7, 40, 400, MOST]))


def bytes_changed(choose: Choices, data: bytes, _: Sequence[bytes]) -> bytes:
    """Replace a span of the file with nothing, with a few bytes, or with the span repeated."""
    start, end = _span(choose, data)
    part = data[start:end]
    few = choose.up_to(0xFFFF).to_bytes(2) * choose.up_to(2)
    return data[:start] + choose.one_of([b"", b"\0", b"\xff", b" ", part * 2, part * 30, few]) + data[end:]


def spliced(choose: Choices, data: bytes, others: Sequence[bytes]) -> bytes:
    """Insert a part of another file, or replace the end of this file with the end of another."""
    other = choose.one_of(others)
    here, (start, end) = choose.up_to(len(data)), _span(choose, other)
    return data[:here] + other[start:end] + choose.one_of([b"", data[here:]])


def recoded(choose: Choices, data: bytes, _: Sequence[bytes]) -> bytes:
    """Encode the file in another charset, with or without a byte order mark."""
    text = data.decode("utf-8", "replace").replace("a", choose.one_of("aä"), 1)
    return text.encode(choose.one_of(_CHARSETS), "replace")


def _replacing(pattern: bytes, by: Sequence[bytes]) -> Edit:
    compiled = re.compile(pattern, re.DOTALL)

    def edit(choose: Choices, data: bytes, _: Sequence[bytes]) -> bytes:
        found = [match.span() for match in compiled.finditer(data[:MOST])]
        if not found:
            return data + choose.one_of(by)
        start, end = choose.one_of(found)
        part = data[start:end]
        return data[:start] + choose.one_of([*by, b"", part * 2, part * 40]) + data[end:]

    return edit


GENERAL: list[Edit] = [
    bytes_changed,
    spliced,
    recoded,
    _replacing(rb"\d+", _NUMBERS),
    _replacing(rb"[A-Za-z][\w .,-]*", _TEXTS),
]

_PLAIN = [
    b'""',
    b"0",
    b"-1",
    b"7",
    b"null",
    b"true",
    b"false",
    b"[]",
    b"{}",
    b'" "',
    b'[""]',
    b"[null]",
    b"[{}]",
    b"0.5",
    b'"0"',
    b"1e999",
    b"NaN",
    b"9" * 5000,
    rb'"\ud800"',
    rb'"a\udfffb"',
    rb'"\u0000"',
    rb'"\x"',
    b"'a'",
    b"[" * 3000,
    b"[" * 300 + b"]" * 300,
    b'{"a":' * 3000,
    *(b'"' + text.replace(b'"', b"").replace(b"\n", b"\\n") + b'"' for text in _TEXTS),
    *_NUMBERS,
]
JSON: list[Edit] = [
    _replacing(rb'"(?:[^"\\]|\\.)*"|-?[0-9.eE+-]+|true|false|null', _PLAIN),
    _replacing(
        rb'"(?:[^"\\]|\\.)*"\s*:\s*(?:"[^"]*"|[0-9.]+|null|true|false)\s*,?', [b'"id": 1,', b'"id": "2",']
    ),  # removed, or doubled
    _replacing(rb"\{[^{}]*\}|\[[^\[\]]*\]", _PLAIN),
    *GENERAL[:3],
]
_BITS = [
    b"&a;",
    b"&c;",
    b"&#0;",
    b"&#xD800;",
    b"&#55555555555;",
    b"&amp;",
    b"&lt;",
    b"<![CDATA[<Contest>]]>",
    b"<!-- -- -->",
    b"<!--x-->",
    b"<?xml version='1.0'?>",
    b"<?pi x?>",
    b"</Contest>",
    b"<Contest>",
    b"<Contest/>",
    b"<Choice/>",
    b"<VoteType/>",
    b"<County/>",
    b'<Contest key="1" key="2"/>',
    b"<a:b/>",
    b"\x00",
    b"<",
    b">",
    b"]]>",
    b'<x xmlns="y"/>',
    b"<a>" * 300,
    b"<a>" * 300 + b"</a>" * 300,
    b"<VoteType name='Election'/>",
    b"<Turnout/>",
    b"<Contest key='7000'/>",
    b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    b'<!DOCTYPE r SYSTEM "file:///etc/passwd">',
    b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
]
_HEADS = [
    b'<?xml version="1.0" encoding="utf-16"?>',
    b'<?xml version="1.0" encoding="latin-1"?>',
    b'<?xml version="1.0" encoding="x-none"?>',
    b'<?xml version="1.1"?>',
    b'<?xml version="1.0" encoding="UTF-7"?>',
    b'<?xml version="1.0" standalone="no"?>',
    b"<?xml?>",
]
XML: list[Edit] = [
    _replacing(rb"(?<=>)", _BITS),
    _replacing(rb'\s[\w:]+="[^"]*"', [b' key="x"', b" key", b' votes="-1"', b' name="\xc3\xa9"', b' name=""']),
    _replacing(rb'(?<=")[^"<>]*(?=")', [*_NUMBERS, *_TEXTS]),
    _replacing(rb"<\w+[^<>]*/>|<(\w+)[^<>]*>[^<]*</\1>", _BITS),
    _replacing(rb"^<\?xml[^>]*>", _HEADS),
    *GENERAL[:3],
]
TABLE: list[Edit] = [
    _replacing(rb"[^\n,;\t|]*[,;\t|]", [b",", b";", b"\t", b"|", b'"', b'"a', b'a"b",']),
    _replacing(rb"[^\n]*\n", [b"\n", b"\r", b"\r\n", b"\x00\n"]),
    *GENERAL,
]


def zip_made(choose: Choices, data: bytes, others: Sequence[bytes]) -> bytes:
    """Zip the file, and then damage the zip or falsify its headers.

    The file may be zipped twice, or together with others.
    """
    if not data.startswith(b"PK"):
        name = choose.one_of(["detail.xml", "DETAIL.XML", "../detail.xml", "/detail.xml", "detail.txt", "é.xml"])
        return zipped([(name, data)], choose.one_of(_PACKINGS))
    if choose.up_to(9) == 0:
        return zipped([(f"{number}.xml", choose.one_of(others)) for number in range(choose.up_to(3))])
    at = data.rfind(b"PK\x01\x02") if choose.up_to(1) else 0
    place = max(0, at) + 4 + choose.up_to(41)  # a size, a checksum, a flag (1: encrypted), a packing, an offset
    value = choose.one_of([0, 1, 8, 0x0801, 0xFFFF, 0xFFFFFFFF, 300 << 20])
    return data[:place] + value.to_bytes(4, "little") + data[place + 4 :]


_PACKINGS = [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2]
ZIP: list[Edit] = [*XML, zip_made, zip_made]


def zipped(members: Sequence[tuple[str, bytes]], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file with these members."""
    target = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(target, "w", packing) as archive:
            for name, inside in members:
                archive.writestr(name, inside)
    return target.getvalue()


@lru_cache(maxsize=1)
def bomb() -> bytes:
    """Return a small zip file that unpacks to 300 MiB of spaces inside a tag. That is more than the bot allows."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("detail.xml", "w") as member,
    ):
        member.write(b"<ElectionResult>")
        for _ in range(300):
            member.write(b" " * (1 << 20))
    return target.getvalue()


def mutated(seeds: Sequence[bytes], edits: Sequence[Edit]) -> st.SearchStrategy[bytes]:
    """Return a strategy that draws one of the files, damaged in one to three places."""

    def damage(drawn: bytes) -> bytes:
        choose = Choices(drawn)
        data = choose.one_of(seeds)
        for _ in range(1 + choose.up_to(2)):
            data = choose.one_of(edits)(choose, data, seeds)[:MOST]
        return data

    return Choices.DRAWN.map(damage)
