import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic.alias_generators import to_camel

from bot.count.reading import Votes
from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.strict_json import TextOrNumber, VendorModel, parse, read_lines, shaped

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
    """An endless file that repeats one piece, and counts the bytes that were read."""

    def __init__(self, piece: bytes) -> None:
        self._piece = piece
        self.taken = 0

    def read(self, size: int) -> bytes:
        self.taken += size
        return self._piece * (size // len(self._piece))


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
        (b"[NaN]", "is not JSON: NaN is no number"),
        (b"[-Infinity]", "is not JSON: -Infinity is no number"),
        (b"[1" + b"0" * 5000 + b"]", "has a number of more digits than any count can have"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"[1] [2]", "is not JSON: extra data at line 1, column 5, near '[2]'"),
        (b"[1,\n 2,,]", "is not JSON: expecting value at line 2, column 4, near ',]'"),
        (
            b"{'a': 1}",
            "is not JSON: expecting property name enclosed in double quotes at line 1, column 2, near \"'a': 1}\"",
        ),
        (b"[" * 100_000 + b"]" * 100_000, "is nested too deep for a feed"),
        (b'{"a":' * 100_000, "is nested too deep for a feed"),
    ],
)
def test_what_is_not_strict_json_is_refused_in_one_sentence(text: bytes, what: str) -> None:
    assert refusal(text) == what
    assert "\n" not in what


class Named(VendorModel):
    texts: list[str]


@pytest.mark.parametrize("text", [b'["ab\xff"]', b'["ab\\udcff"]', '["ab\udcff"]'])
def test_text_that_is_not_utf_8_or_half_a_character_is_refused_where_it_is_read(text: bytes | str) -> None:
    with pytest.raises(BadInputError) as caught:
        shaped({"texts": parse(text)}, Named)
    assert str(caught.value) == r"texts[0] should be text in UTF-8, not 'ab\udcff'"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b'{"a": 1, "b": 2, "a": 3}', "the file has the key 'a' twice"),
        (b'{"a": 1, "\\u0061": 2}', "the file has the key 'a' twice"),
        (b'{"inside": [{"voteCount": 1, "voteCount": 1}]}', "inside[0] has the key 'voteCount' twice"),
    ],
)
def test_a_key_that_is_there_twice_is_refused_where_it_is_read(text: bytes, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        shaped(parse(text), Option, "the file")
    assert str(caught.value) == what


def test_many_levels_are_read() -> None:
    assert parse(b"[" * 200 + b"]" * 200)
    assert parse(b'{"a":' * 200 + b"1" + b"}" * 200)


def test_number_beyond_a_float_is_no_count() -> None:
    assert parse(b"[1e999, -1e999]") == [math.inf, -math.inf]


def test_byte_order_mark_is_passed_over() -> None:
    assert parse(b"\xef\xbb\xbf[1]") == [1]


def test_whole_characters_written_as_two_escapes_are_read() -> None:
    assert parse(b'["\\ud83d\\uddf3"]') == ["\U0001f5f3"]


class Option(VendorModel, alias_generator=to_camel):
    vote_count: Votes | None = None
    inside: list["Option"] = []


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({"voteCount": "5"}, "voteCount should be a whole number, not '5'"),
        ({"voteCount": 5.0}, "voteCount should be a whole number, not 5.0"),
        ({"voteCount": True}, "voteCount should be a whole number, not true"),
        ({"voteCount": -1}, "voteCount is -1; votes are 0 or more"),
        ({"voteCount": 10**11}, "voteCount is 100000000000; votes are 10,000,000,000 at most"),
        (
            {"inside": [{}, {"inside": [{"voteCount": []}]}]},
            "inside[1].inside[0].voteCount should be a whole number, not a list",
        ),
        ({"inside": 5}, "inside should be a list, not 5"),
        ({"inside": [None]}, "inside[0] should be an object, not null"),
        ([], "it should be an object, not a list"),
    ],
)
def test_value_of_another_shape_is_refused_by_place_and_value(value: object, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        shaped(value, Option)
    assert str(caught.value) == what


def test_value_of_the_right_shape_becomes_the_model_and_what_it_has_not_is_skipped() -> None:
    found = shaped({"inside": [{"voteCount": 5}], "more": {"voteCount": "x"}}, Option)
    assert found.model_dump() == {"vote_count": None, "inside": [{"vote_count": 5, "inside": []}]}


@pytest.mark.parametrize(("value", "text"), [("7", "7"), (7, "7"), (98.5, "98.5")])
def test_what_is_text_or_a_number_is_read_as_it_is_written(value: object, text: str) -> None:
    assert shaped(value, TextOrNumber) == text
    with pytest.raises(BadInputError, match="it should be text, not true"):
        shaped(True, TextOrNumber)


class Choice(VendorModel):
    votes: Votes


@given(JSON_VALUES)
def test_json_comes_back_as_it_was_written(value: object) -> None:
    assert parse(json.dumps(value)) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@st.composite
def texts(draw: st.DrawFn, depth: int = 2) -> str:
    """Draw JSON texts. Objects may have a key twice, and keys may contain escapes."""
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
    value = parse(text)
    assert has_a_key_twice(text) == ("one that has the key" in repr(value))
    assert has_a_key_twice(text) or value == json.loads(text)


@given(st.binary() | st.text())
def test_anything_else_is_refused_and_never_crashes(data: bytes | str) -> None:
    try:
        parse(data)
    except BadInputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right


def test_lines_are_numbered_from_one() -> None:
    assert list(read_lines(io.BytesIO(b"a\n\nb"))) == [(1, b"a\n"), (2, b"\n"), (3, b"b")]


@pytest.mark.parametrize("ending", [b"\n", b""])
def test_line_too_long_is_skipped_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch, ending: bytes) -> None:
    monkeypatch.setattr(strict_json, "MOST_LINE", 8)
    lines = list(read_lines(io.BytesIO(b"12345678\n123456789\n" + b"x" * 30 + b"\nok\n12345678" + ending)))
    assert lines == [(1, b"12345678\n"), (2, None), (3, None), (4, b"ok\n"), (5, b"12345678" + ending)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b'[{"votes": -7}]', "[0].votes is -7; votes are 0 or more"),
        (b'[{"votes": 10000000001}]', "[0].votes is 10000000001; votes are 10,000,000,000 at most"),
        (b'[{"votes": 1.5}]', "[0].votes should be a whole number, not 1.5"),
        (b'[{"votes": true}]', "[0].votes should be a whole number, not true"),
        (b'[{"name": "x"}]', "[0].votes is missing"),
    ],
)
def test_a_number_out_of_range_is_no_wrong_type(text: bytes, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        shaped(parse(text), list[Choice])
    assert str(caught.value) == what


class Group(VendorModel):
    contests: object


def test_a_part_that_is_missing_is_refused_by_its_name() -> None:
    with pytest.raises(BadInputError, match=r"^\[1\]\.contests is missing$"):
        shaped([{"contests": [1]}, {"name": "x"}], list[Group])
