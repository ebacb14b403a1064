import io
import json
import math
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.strict_json import parse, read_document, read_lines

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Endless:
    """Gives zeros for as long as it is asked, and counts how many were taken."""

    taken = 0

    def read(self, size: int) -> bytes:
        self.taken += size
        return b"0" * size


def refusal(text: bytes | str) -> str:
    with pytest.raises(BadInputError) as caught:
        parse(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"", "is empty, not JSON"),
        (b" \n", "is empty, not JSON"),
        (b'{"a": [1, 2', "is cut short: the JSON ends too early"),
        (b'{"a": "bc', "is cut short: the JSON ends too early"),
        (b'{"a": 1, "b": 2, "a": 3}', "has the key 'a' twice"),
        (b'[{"deep": {"a": 1, "a": 1}}]', "has the key 'a' twice"),
        (b"[NaN]", "has NaN, which is no number"),
        (b"[-Infinity]", "has -Infinity, which is no number"),
        (b"[1" + b"0" * 5000 + b"]", "has a number of more digits than any count can have"),
        (b'["\\ud83d"]', "has half a character in a text (a lone surrogate)"),
        (b'{"\\udc00": 1}', "has half a character in a text (a lone surrogate)"),
        (b'["ab\xff"]', "is not UTF-8 text: byte 0xff at offset 4"),
        (b"[1] [2]", "is not JSON: extra data at column 5, near '[2]'"),
        (b"[1,\n 2,,]", "is not JSON: expecting value at line 2, column 4, near ',]'"),
        (b"{'a': 1}", "is not JSON: expecting property name enclosed in double quotes at column 2, near \"'a': 1}\""),
        (b'{"a": 1, "\\u0061": 2}', "has the key 'a' twice"),
        (b"[" * 255 + b"]" * 255, "is nested more than 254 levels deep"),
        (b'{"a":' * 255 + b"1" + b"}" * 255, "is nested more than 254 levels deep"),
        (b"[" * 100_000 + b"]" * 100_000, "is nested more than 254 levels deep"),
        (b'{"a":' * 100_000, "is nested more than 254 levels deep"),
        (b"[" * 250 + b"\xff", "is not UTF-8 text: byte 0xff at offset 250"),
    ],
)
def test_what_is_not_strict_json_is_refused_in_one_sentence(text: bytes, what: str) -> None:
    assert refusal(text) == what
    assert "\n" not in what


def test_text_with_a_lone_surrogate_is_refused_even_unescaped() -> None:
    assert refusal('["\ud800"]') == "has half a character in a text (a lone surrogate)"


def test_many_levels_are_read() -> None:
    assert parse(b"[" * 254 + b"]" * 254)
    assert parse(b'{"a":' * 254 + b"1" + b"}" * 254)


def test_number_beyond_a_float_is_no_count() -> None:
    assert parse(b"[1e999, -1e999]") == [math.inf, -math.inf]


def test_byte_order_mark_is_passed_over() -> None:
    assert parse(b"\xef\xbb\xbf[1]") == [1]


def test_whole_characters_written_as_two_escapes_are_read() -> None:
    assert parse(b'["\\ud83d\\uddf3"]') == ["\U0001f5f3"]


def test_more_values_than_memory_should_hold_are_refused_unparsed() -> None:
    with pytest.raises(BadInputError, match="has more than 10 values"):
        parse(b"[" + b"[]," * 10 + b"[]]", 10)


@given(JSON_VALUES)
def test_json_comes_back_as_it_was_written(value: object) -> None:
    assert parse(json.dumps(value)) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@st.composite
def texts(draw: st.DrawFn, depth: int = 2) -> str:
    """Return JSON whose objects may have a key twice, with colons as they are and escaped in keys and values."""
    if depth == 0 or draw(st.booleans()):
        return draw(
            st.sampled_from(["1", '"a"', '":"', r'"\u003a"', r'"\u003A\u003b"', r'"\\u003a"', r'"\":"', "[]", "{}"])
        )
    keys = draw(st.lists(st.sampled_from(['"a"', r'"\u0061"', '":"', r'"\u003a"', r'"\""', '"b"']), max_size=3))
    inside = [draw(texts(depth - 1)) for _ in keys]
    space = draw(st.sampled_from(["", " ", "\n"]))
    if draw(st.booleans()):
        return "[" + ",".join(inside) + "]"
    return "{" + ",".join(f"{key}{space}:{space}{one}" for key, one in zip(keys, inside, strict=True)) + "}"


def has_a_key_twice(text: str) -> bool:
    lengths: list[bool] = []
    json.loads(text, object_pairs_hook=lambda pairs: lengths.append(len(dict(pairs)) < len(pairs)))
    return any(lengths)


@given(texts())
def test_key_that_is_there_twice_is_always_seen_and_no_other(text: str) -> None:
    if has_a_key_twice(text):
        assert refusal(text).endswith(" twice")
    else:
        assert parse(text) == json.loads(text)


@given(st.binary() | st.text())
def test_anything_else_is_refused_and_never_crashes(data: bytes | str) -> None:
    try:
        parse(data)
    except BadInputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right


def test_document_too_large_is_refused_and_its_rest_is_left_unread() -> None:
    endless = Endless()
    with pytest.raises(BadInputError, match="is over 64 MiB, too large for a JSON document"):
        read_document(cast("BinaryIO", endless))
    assert endless.taken == strict_json.MOST_DOCUMENT + strict_json.MIB


def test_lines_are_numbered_from_one() -> None:
    assert list(read_lines(io.BytesIO(b"a\n\nb"))) == [(1, b"a\n"), (2, b"\n"), (3, b"b")]


@pytest.mark.parametrize("ending", [b"\n", b""])
def test_line_too_long_is_skipped_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch, ending: bytes) -> None:
    monkeypatch.setattr(strict_json, "MOST_LINE", 8)
    lines = list(read_lines(io.BytesIO(b"12345678\n123456789\n" + b"x" * 30 + b"\nok\n12345678" + ending)))
    assert lines == [(1, b"12345678\n"), (2, None), (3, None), (4, b"ok\n"), (5, b"12345678" + ending)]


def test_a_line_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "MOST_LINE", 8)
    monkeypatch.setattr(strict_json, "MOST_SKIPPED", 3 * strict_json.MIB)
    with (
        Path("/dev/zero").open("rb") as endless,
        pytest.raises(BadInputError, match="has a line of over 3 MiB, line 1: it may"),
    ):
        list(read_lines(endless))
