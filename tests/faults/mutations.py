"""What a feed may be like that went through a bad pipe, a bad program or bad hands: mutations of small files."""

import io
import json
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, TypeAlias

Mutation: TypeAlias = Callable[[bytes, Random, Sequence[bytes]], bytes]
"""Makes another file of one; the third are all small files of that kind, to take pieces of."""

MOST = 1 << 15
"""Bytes: what was doubled again and again is cut there."""
_NUMBERS = [
    "-1", "0", "-0", "1e5", "1E400", "-1e999", "1.5", "5.0", "1e-9", "NaN", "Infinity", "-Infinity", "00", "0x10",
    "9" * 19, "9" * 60, "9" * 5000, "1_000", "1,234", "+5", "10000000001", "true", "null", "\u0663", "\uff11\uff12",
]  # fmt: skip
_TEXTS = [
    "", " ", "\n", "a\nb", "\0", "\x7f", "\x85", "\u2028", "\u202e", "\ufeff", "\ufffe", "\u200b", "e\u0301" * 40, "x" * 5000, "💥" * 30,
    "..", "../../etc/passwd", "@everyone", "<@1>", "**a**", "'", '"', "&", "<", "%s", "{0}", "null", "NaN", "1" * 400, "2020-11-11", "ẞ", "İ",
    "11/31/2020 25:61:00 PM EST", "11/20/2020 3:37:06 PM XYZ", "2020-11-11T12:00:00+99:99", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
]  # fmt: skip


def bytes_flipped(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Change a few bytes."""
    changed = bytearray(data)
    for _each in range(random.choice((1, 1, 1, 2, 5, 20))):
        if changed:
            place = random.randrange(len(changed))
            changed[place] = random.choice((changed[place] ^ 1 << random.randrange(8), random.randrange(256), 0, 0xFF))
    return bytes(changed)


def cut(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Leave out the end, the beginning or a part."""
    start, end = sorted((random.randrange(len(data) + 1), random.randrange(len(data) + 1)))
    return random.choice((data[:start], data[start:], data[:start] + data[end:]))


def doubled(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Repeat a part, once or many times."""
    start, end = sorted((random.randrange(len(data) + 1), random.randrange(len(data) + 1)))
    return data[:end] + data[start:end] * random.choice((1, 1, 2, 30)) + data[end:]


def spliced(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Go on with the end of another file, or put a part of it in."""
    other = random.choice(others)
    here, start, end = random.randrange(len(data) + 1), *sorted(random.randrange(len(other) + 1) for _ in "ab")
    return data[:here] + (other[start:] if random.random() < 0.5 else other[start:end] + data[here:])


def recoded(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Write the file in another charset, with or without a byte order mark."""
    text = data.decode("utf-8", "replace")
    charset = random.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "latin-1", "cp1252", "cp037", "utf-8-sig")
    )
    if charset in ("latin-1", "cp1252", "cp037"):
        text = text.replace("a", "ä", 1)
    return text.encode(charset, "replace")


def number_put(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Put another number, or what looks like one, in a number's place."""
    return _replaced(data, rb"\d+", random, random.choice(_NUMBERS).encode())


def text_put(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Put other text in a word's place."""
    return _replaced(data, rb"[A-Za-z][\w .,-]*", random, random.choice(_TEXTS).encode("utf-8", "surrogatepass"))


def _replaced(data: bytes, pattern: bytes, random: Random, by: bytes) -> bytes:
    found = [match.span() for match in re.finditer(pattern, data[:MOST])]
    if not found:
        return data + by
    start, end = random.choice(found)
    return data[:start] + by + data[end:]


GENERAL: list[Mutation] = [bytes_flipped, cut, doubled, spliced, recoded, number_put, text_put]


# JSON: the value is taken apart, changed somewhere, and written with whatever no JSON library would write.


@dataclass(frozen=True, slots=True)
class _Raw:
    """Text that is written as it is."""

    text: str


class _Pairs(list[tuple[str, Any]]):
    """An object whose keys need not differ."""


def json_value(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Change values, keys and shapes of a JSON document, or of one line of JSON Lines."""
    lines = data.split(b"\n") if data.count(b"\n{") else [data]
    place = random.randrange(len(lines))
    try:
        value = json.loads(lines[place], object_pairs_hook=_Pairs)
        for _ in range(random.choice((1, 1, 2, 4))):
            value = _changed(value, random)
        lines[place] = _written(value).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):  # no JSON, or one that was made too deep before
        return bytes_flipped(data, random, others)
    return b"\n".join(lines)


_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9.eE+-]+|true|false|null')
_PLAIN = [b'""', b"0", b"-1", b"null", b"true", b"false", b"[]", b"{}", b'" "', b'[""]', b"[null]", b"0.5", b'"0"']


def json_token(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Put something plain in a text's or a number's place, wherever: deep ones are as likely as those on top."""
    for _each in range(random.choice((1, 1, 1, 2))):
        found = [match.span() for match in _TOKEN.finditer(data[:MOST])]
        if found:
            start, end = random.choice(found)
            data = data[:start] + random.choice(_PLAIN) + data[end:]
    return data


def _changed(value: Any, random: Random) -> Any:  # noqa: ANN401, PLR0911 - any JSON; one way a change
    """Return the value with something in it changed."""
    if isinstance(value, _Pairs) and value and random.random() < 0.85:
        place = random.randrange(len(value))
        key, inside = value[place]
        what = random.random()
        if what < 0.7:
            return _Pairs([*value[:place], (key, _changed(inside, random)), *value[place + 1 :]])
        if what < 0.8:
            return _Pairs(value[:place] + value[place + 1 :])
        if what < 0.9:
            return _Pairs([*value, (key, _changed(inside, random) if random.random() < 0.5 else inside)])
        return _Pairs([*value[:place], (random.choice(_TEXTS), inside), *value[place + 1 :]])
    if isinstance(value, list) and not isinstance(value, _Pairs) and value and random.random() < 0.85:
        place = random.randrange(len(value))
        what = random.random()
        if what < 0.7:
            return [*value[:place], _changed(value[place], random), *value[place + 1 :]]
        return value[:place] + value[place + 1 :] if what < 0.85 else [*value, value[place]]
    return _other(value, random)


_MOST_FLOAT = 10**300
"""A number may have been made far larger already, and no float is."""


def _other(value: Any, random: Random) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912 - any JSON; one way a change
    """Return something else in a value's place."""
    nested: Any = value
    match random.randrange(12):
        case 0:
            return _Raw(random.choice(_NUMBERS))
        case 1:
            return random.choice(_TEXTS)
        case 2:
            return _Raw(
                random.choice((r'"\ud800"', r'"a\udfffb"', r'"\ud83d\ude00"', r'"\u0000"', '"\\x"', "'a'", "undefined"))
            )
        case 3:
            for _ in range(random.choice((1, 5, 70))):
                nested = [nested]
            return nested
        case 4:
            for _ in range(random.choice((1, 5, 70))):
                nested = _Pairs([("a", nested)])
            return nested
        case 5:
            return _Raw(random.choice(("[" * 3000, "[" * 3000 + "]" * 3000, '{"a":' * 3000, "[1,", "{", "]")))
        case 6:
            return random.choice((None, True, False, [], _Pairs(), 0, 1, ""))
        case 7:
            return str(value) if isinstance(value, int) else [value]
        case 8:
            return value + random.choice((-1, 1, 10**9, 10**11, 10**20)) if type(value) is int else 7
        case 9:
            return float(value) if type(value) is int and abs(value) < _MOST_FLOAT else 0.5
        case 10:
            return value + random.choice(_TEXTS) if isinstance(value, str) else str(value)
        case _:
            return [value] * random.choice((2, 40))


def _written(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Write a value as JSON, but for what was put in to be none."""
    match value:
        case _Raw():
            return value.text
        case _Pairs():
            return "{" + ",".join(f"{json.dumps(key)}:{_written(inside)}" for key, inside in value) + "}"
        case list():
            return "[" + ",".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


# XML


_DTDS = [
    b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
    b'<!DOCTYPE r SYSTEM "file:///etc/passwd">',
    b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
    b"<!DOCTYPE ElectionResult>",
    b"<!DOCTYPE r [<!ATTLIST Choice key CDATA 'x'>]>",
]
_BITS = [
    b"&a;", b"&c;", b"&#0;", b"&#xD800;", b"&#55555555555;", b"&amp;", b"&lt;", b"<![CDATA[<Contest>]]>", b"<!-- -- -->", b"<!--x-->",
    b"<?xml version='1.0'?>", b"<?pi x?>", b"</Contest>", b"<Contest>", b"<Contest/>", b"<Choice/>", b"<VoteType/>", b"<County/>",
    b'<Contest key="1" key="2"/>', b"<a:b/>", b"\x00", b"<", b">", b"]]>", b'<x xmlns="y"/>', b"<a>" * 300, b"<a>" * 300 + b"</a>" * 300,
    b"<VoteType name='Election'/>", b"<Turnout/>", b"<Contest key='7000'/>",
]  # fmt: skip
_HEADS = [
    b'<?xml version="1.0" encoding="utf-16"?>', b'<?xml version="1.0" encoding="latin-1"?>', b'<?xml version="1.0" encoding="x-none"?>',
    b'<?xml version="1.1"?>', b'<?xml version="1.0" encoding="UTF-7"?>', b'<?xml version="1.0" standalone="no"?>', b"<?xml?>", b"",
]  # fmt: skip


def xml_document_type(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Declare a document type, with entities, and use them."""
    head = data.find(b"?>") + 2 if data.startswith(b"<?xml") else 0
    changed = data[:head] + random.choice(_DTDS) + data[head:]
    return _put(changed, random, random.choice((b"&a;", b"&c;", b""))) if random.random() < 0.8 else changed


def xml_bit_put(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Put a piece of XML between two tags, or into a text."""
    return _put(data, random, random.choice(_BITS))


def _put(data: bytes, random: Random, bit: bytes) -> bytes:
    ends = [match.end() for match in re.finditer(rb">", data)] or [0]
    place = random.choice(ends)
    return data[:place] + bit + data[place:]


def xml_attribute(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Give an attribute another value, say it twice, or leave it out."""
    found = [match.span() for match in re.finditer(rb'\s[\w:]+="[^"]*"', data)]
    if not found:
        return data
    start, end = random.choice(found)
    said = data[start:end]
    name = said[: said.index(b"=")]
    value = random.choice((random.choice(_NUMBERS), random.choice(_TEXTS))).encode("utf-8", "surrogatepass")
    raw = value if random.random() < 0.3 else re.sub(rb"[<&\"\x00-\x1f]", b"", value)
    return (
        data[:start]
        + random.choice((b"", said + said, name + b'="' + raw + b'"', name, name + b"=5", said.upper()))
        + data[end:]
    )


def xml_element(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Leave an element out, double it, or put one of another file in its place."""
    whole = [match.span() for match in re.finditer(rb"<(\w+)[^<>]*(?:/>|>.*?</\1>)", data, re.DOTALL)]
    inner = [match.span() for match in re.finditer(rb"<\w+[^<>]*/?>", data)]
    found = whole if random.random() < 0.5 else inner
    if not found:
        return data
    start, end = random.choice(found)
    other = random.choice([match[0] for match in re.finditer(rb"<\w+[^<>]*/?>", random.choice(others))] or [b"<x/>"])
    return data[:start] + random.choice((b"", data[start:end] * 2, data[start:end] * 50, other)) + data[end:]


def xml_head(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Say that it is in another charset or version, truly or not."""
    body = data[data.find(b"?>") + 2 :] if data.startswith(b"<?xml") else data
    changed = random.choice(_HEADS) + body
    return recoded(changed, random, others) if random.random() < 0.4 else changed


XML: list[Mutation] = [xml_document_type, xml_bit_put, xml_attribute, xml_attribute, xml_element, xml_element, xml_head]


# Zips


def zip_made(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Pack a changed file, and then damage the zip or let it lie about what is in it."""
    if not data.startswith(b"PK"):
        inside = random.choice((*XML, *GENERAL))(data, random, others)
        data = zipped([(random.choice(("detail.xml", "DETAIL.XML", "a/b/detail.xml", "../detail.xml", "/detail.xml", "detail.txt", "é.xml")), inside)], random)  # fmt: skip
    what = random.randrange(9)
    if what == 0:
        members = [(f"{number}.xml", b"<a/>") for number in range(random.choice((0, 2, 300)))]
        return zipped(members, random)
    if what == 1 and random.random() < 0.01:
        return bomb()
    if what == 2:
        return zipped([("detail.xml", data)], random)
    if what == 3:
        return b"".join((data, random.choice((b"", b"PK\x05\x06" + b"\0" * 18, b"x" * 100))))
    return _lying(data, random) if what < 8 else bytes_flipped(data, random, others)


def zipped(members: Sequence[tuple[str, bytes]], random: Random) -> bytes:
    """Return a zip of these files."""
    target = io.BytesIO()
    packing = random.choice((zipfile.ZIP_STORED, *[zipfile.ZIP_DEFLATED] * 5, zipfile.ZIP_BZIP2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(target, "w", packing) as archive:
            for name, inside in members:
                archive.writestr(name, inside)
    return target.getvalue()


def _lying(data: bytes, random: Random) -> bytes:
    """Change a field of the zip's directory: a size, a checksum, a flag (1: encrypted), a packing, an offset."""
    at = data.rfind(b"PK\x01\x02")
    if at < 0:
        return data
    changed = bytearray(data)
    field, form = random.choice(
        ((8, "<H"), (10, "<H"), (16, "<I"), (20, "<I"), (24, "<I"), (28, "<H"), (42, "<I"), (6, "<H"))
    )
    value = random.choice((0, 1, 8, 0x0801, 0xFFFF, 300 << 20, 0xFFFFFFFF, random.randrange(1 << 16)))
    struct.pack_into(form, changed, at + field, value & (0xFFFF if form == "<H" else 0xFFFFFFFF))
    if random.random() < 0.5 and len(changed) > 30:
        here = random.choice((6, 8, 14, 18, 22))
        struct.pack_into("<H", changed, here, value & 0xFFFF)
    return bytes(changed)


@lru_cache(maxsize=1)
def bomb() -> bytes:
    """Return a small zip that unpacks to 300 MiB of spaces in a tag: more than is read."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("detail.xml", "w") as member,
    ):
        member.write(b"<ElectionResult>")
        for _ in range(300):
            member.write(b" " * (1 << 20))
    return target.getvalue()


def text_shuffled(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Put words in another order, or words of another text between them."""
    words = data.split(b" ")
    if random.random() < 0.5:
        words = [*words, *random.choice(others).split(b" ")]
    start = random.randrange(len(words))
    part = words[start : start + random.choice((2, 5, 40))]
    random.shuffle(part)
    return b" ".join([*words[:start], *part, *words[start + len(part) :]])


def lines_shuffled(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Put lines in another order, in the wrong place of another file, or give them other ends."""
    lines = data.splitlines(keepends=True)
    if random.random() < 0.3:
        lines += random.choice(others).splitlines(keepends=True)
    random.shuffle(lines)
    ends = random.choice((b"\n", b"\r\n", b"\r", b"", b"\n\n", b"\x00\n"))
    return b"".join(line.rstrip(b"\r\n") + ends for line in lines)


JSON: list[Mutation] = [json_value] * 5 + [json_token] * 4 + GENERAL
JSON_LINES: list[Mutation] = [*JSON, lines_shuffled]
XML_OR_ZIP: list[Mutation] = [*XML, *XML, *GENERAL, zip_made, zip_made, zip_made, zip_made]
CSV: list[Mutation] = [*GENERAL, *GENERAL, lines_shuffled, lines_shuffled]
TEXT: list[Mutation] = [*GENERAL, text_shuffled, text_shuffled, text_shuffled]


def mutated(seeds: Sequence[bytes], mutations: Sequence[Mutation], random: Random) -> bytes:
    """Return one of the small files, mutated once or a few times."""
    data = random.choice(seeds)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        data = random.choice(mutations)(data, random, seeds)
        if len(data) > MOST:
            data = data[:MOST]
    return data
