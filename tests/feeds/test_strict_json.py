import io
import json
import math
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.strict_json import (
    Count,
    Counted,
    Model,
    decoded,
    each,
    elements,
    members,
    parse,
    read_lines,
    shaped,
)

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
    """Gives one thing over and over for as long as it is asked, and counts the bytes that were taken."""

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
        (b'{"a": 1, "b": 2, "a": 3}', "has the key 'a' twice"),
        (b'[{"deep": {"a": 1, "a": 1}}]', "has the key 'a' twice"),
        (b"[NaN]", "is not JSON: expected value at line 1, column 2, near 'NaN]'"),
        (b"[-Infinity]", "is not JSON: invalid number at line 1, column 3, near 'Infinity]'"),
        (b"[1" + b"0" * 5000 + b"]", "has a number of more digits than any count can have"),
        (b'["\\ud83d"]', "has half a character in a text (a lone surrogate)"),
        (b'{"\\udc00": 1}', "has half a character in a text (a lone surrogate)"),
        (b'["ab\xff"]', "is not UTF-8 text"),
        (b"[1] [2]", "is not JSON: trailing characters at line 1, column 5, near '[2]'"),
        (b"[1,\n 2,,]", "is not JSON: expected value at line 2, column 4, near ',]'"),
        (b"{'a': 1}", "is not JSON: key must be a string at line 1, column 2, near \"'a': 1}\""),
        (b'{"a": 1, "\\u0061": 2}', "has the key 'a' twice"),
        (b"[" * 300 + b"]" * 300, "is nested too deep for a feed"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "is nested too deep for a feed"),
        (b"[" * 100_000 + b"]" * 100_000, "is nested too deep for a feed"),
        (b'{"a":' * 100_000, "is nested too deep for a feed"),
    ],
)
def test_what_is_not_strict_json_is_refused_in_one_sentence(text: bytes, what: str) -> None:
    assert refusal(text) == what
    assert "\n" not in what


def test_text_with_a_lone_surrogate_is_refused_even_unescaped() -> None:
    assert refusal('["\ud800"]') == "has half a character in a text (a lone surrogate)"


def test_many_levels_are_read() -> None:
    assert parse(b"[" * 200 + b"]" * 200)
    assert parse(b'{"a":' * 200 + b"1" + b"}" * 200)


def test_number_beyond_a_float_is_no_count() -> None:
    assert parse(b"[1e999, -1e999]") == [math.inf, -math.inf]


def test_byte_order_mark_is_passed_over() -> None:
    assert parse(b"\xef\xbb\xbf[1]") == [1]


def test_whole_characters_written_as_two_escapes_are_read() -> None:
    assert parse(b'["\\ud83d\\uddf3"]') == ["\U0001f5f3"]


def test_document_is_taken_apart_unparsed() -> None:
    parts = members(b' {"a": [{"b": 1}, 2], "c": {"d": 1, "d": 2}} ', "it")
    assert {key: bytes(part) for key, part in parts.items()} == {"a": b'[{"b": 1}, 2]', "c": b'{"d": 1, "d": 2}'}
    assert [parse(part) for part in elements(parts["a"], "a")] == [{"b": 1}, 2]
    with pytest.raises(BadInputError, match="has the key 'd' twice"):
        parse(parts["c"])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b'{"a": 1, "a": 2}', "has the key 'a' twice"),
        (b'{"a": 1, "\\u0061": 2}', "has the key 'a' twice"),
        (b"[1]", "it should be an object, not a list"),
        (b" ", "is empty, not JSON"),
        (b'{"a": [1', "is cut short: the JSON ends too early"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b'{"a": NaN}', "is not JSON: invalid character at offset 6, near 'NaN}'"),
        (b'{"a": "\\ud800"}', "has half a character in a text (a lone surrogate)"),
        (b'{"a": 1} {}', "is not JSON: trailing characters at offset 10, near '}'"),
        (b'{"a":' * 100_000, "is nested too deep for a feed"),
    ],
)
def test_what_cannot_be_taken_apart_is_refused_in_one_sentence(text: bytes, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        members(text, "it")
    assert str(caught.value) == what


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(BadInputError, match="it should be a list, not an object"):
        elements(b"{}", "it")


class Option(Model, rename="camel"):
    vote_count: Count | None = None
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


def test_value_of_the_right_shape_becomes_the_model() -> None:
    assert shaped({"inside": [{"voteCount": 5}], "more": None}, Option) == Option(inside=[Option(vote_count=5)])


class Choice(Counted):
    VOTES = b'"votes"'
    votes: Count
    name: str = ""
    times = 1


def test_each_value_is_decoded_and_a_bad_one_costs_only_itself() -> None:
    texts = [b'{"votes": 1, "more": [2]}', b'{"votes": "2"}', b"7", b'{"name": "\xff", "votes": 3}', b'{"votes": 4}']
    found = list(each(texts, Choice))
    assert [words for words, _ in found] == texts
    assert [str(one) if isinstance(one, BadInputError) else one for _, one in found] == [
        Choice(1),
        "votes should be a whole number, not '2'",
        "it should be an object, not 7",
        "is not UTF-8 text",
        Choice(4),
    ]
    assert list(each([], Choice)) == []


@pytest.mark.parametrize("text", [b'{"votes": 1, "votes": 2}', b'{"votes": 1, "a": {"votes": 2}, "a": 3}'])
def test_votes_that_are_there_twice_are_refused(text: bytes) -> None:
    good, bad = (one for _, one in each([b'{"votes": 1}', text], Choice))
    assert good == Choice(1)
    assert re.fullmatch("has the key '(votes|a)' twice", str(bad))


def test_what_is_read_may_have_other_votes_beside_it() -> None:
    assert [one for _, one in each([b'{"votes": 1, "more": {"votes": 2}}'], Choice)] == [Choice(1)]


@given(JSON_VALUES)
def test_json_comes_back_as_it_was_written(value: object) -> None:
    assert parse(json.dumps(value)) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@st.composite
def texts(draw: st.DrawFn, depth: int = 2) -> str:
    """Return JSON whose objects may have a key twice, its keys written plainly or with escapes."""
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
        decoded(text, list[Choice])
    assert str(caught.value) == what


class Group(Model):
    contests: msgspec.Raw


def test_a_part_that_is_missing_is_refused_by_its_name() -> None:
    with pytest.raises(BadInputError, match=r"^\[1\]\.contests is missing$"):
        decoded(b'[{"contests": [1]}, {"name": "x"}]', list[Group])
