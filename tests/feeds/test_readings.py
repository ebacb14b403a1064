import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.count.reading import Reading
from bot.feeds import readings, strict_json
from bot.feeds.reader import ReaderContext, Refusal
from tests.feeds.conftest import items_of

CONTEXT = ReaderContext("feed", datetime(2026, 11, 4, 3, tzinfo=UTC))
GOOD: dict[str, Any] = {
    "source": "times",
    "contest": "ga-2020-president",
    "as_of": "2020-11-11T12:35:03Z",
    "votes": {"biden": 5, "trump": 4},
}


def lines(*values: object) -> bytes:
    return "\n".join(json.dumps(value) for value in values).encode()


def test_each_line_is_a_reading_in_order() -> None:
    items = items_of(readings.read, lines(GOOD, GOOD | {"contest": "other"}))
    assert [item.contest for item in items] == ["ga-2020-president", "other"]
    assert all(isinstance(item, Reading) for item in items)


def test_bad_line_costs_only_itself() -> None:
    first, bad, last = items_of(readings.read, lines(GOOD) + b"\n{oops\n" + lines(GOOD))
    assert isinstance(first, Reading)
    assert isinstance(last, Reading)
    assert str(bad).startswith("feed:2: is not JSON")


def test_bad_lines_beyond_those_that_are_described_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    described: list[ValidationError] = []

    def describe(error: ValidationError) -> str:
        described.append(error)
        return "is wrong"

    monkeypatch.setattr(readings, "described", describe)
    body = lines(*[GOOD | {"votes": {"biden": -5}}] * 4, GOOD) + b"\n{}\n\n" + b"x" * 20 + b"\n"
    monkeypatch.setattr(strict_json, "MOST_LINE", 200)
    items = [*readings.read_placed(io.BytesIO(body + b"x" * 201), CONTEXT, first=7, most=2)]
    assert len(described) == 2
    assert [place for place, _ in items] == ["feed:7", "feed:8", "feed:11", "feed:15"]
    assert [item.times for _, item in items if isinstance(item, Refusal)] == [1, 1, 5]


def test_line_that_is_json_and_no_reading_names_its_contest_and_value() -> None:
    (item,) = items_of(readings.read, lines(GOOD | {"votes": {"biden": -5}, "contest_name": "President"}))
    assert isinstance(item, Refusal)
    assert str(item).startswith("feed:1: ga-2020-president (President): votes.biden: ")
    assert "-5" in item.what


@pytest.mark.parametrize(
    "wrong",
    [
        {"votes": {}},
        {"votes": {"biden": "5"}},
        {"votes": {"biden": 5.0}},
        {"votes": {"biden": True}},
        {"votes": [["biden", 5]]},
        {"as_of": "2020-11-11T12:35:03"},
        {"as_of": 1605098103},
        {"total": 8},
        {"reporting": {"precincts": [3, 2]}},
        {"reporting": {"precincts": [1, 2, 3]}},
        {"sum": 9},
        {"status": "final"},
        {"count": "second"},
        {"contest": ""},
        {"contest": 5000},
    ],
)
def test_what_the_contract_does_not_allow_is_refused(wrong: dict[str, Any]) -> None:
    (item,) = items_of(readings.read, lines(GOOD | wrong))
    assert isinstance(item, Refusal)
    assert next(iter(wrong)) in item.what


@pytest.mark.parametrize("value", [5, "text", None, [GOOD], [], {}])
def test_line_that_is_no_object_is_refused(value: object) -> None:
    assert isinstance(items_of(readings.read, lines(value))[0], Refusal)


def test_key_given_twice_is_refused_deep_inside() -> None:
    text = lines(GOOD).replace(b'"biden": 5', b'"biden": 5, "biden": 6')
    assert (
        str(items_of(readings.read, text)[0])
        == "feed:1: ga-2020-president: votes: should be an object, not one that has the key 'biden' twice"
    )


def test_source_overrides_the_lines_own_and_mends_its_absence() -> None:
    without = {key: value for key, value in GOOD.items() if key != "source"}
    items = items_of(readings.read, lines(GOOD, without), source="mine")
    assert [item.source for item in items if isinstance(item, Reading)] == ["mine", "mine"]


def test_blank_lines_carriage_returns_and_a_byte_order_mark_are_no_matter() -> None:
    data = b"\xef\xbb\xbf" + lines(GOOD) + b"\r\n\r\n  \n" + lines(GOOD) + b"\n"
    assert [type(item) for item in items_of(readings.read, data)] == [Reading, Reading]


def test_empty_file_is_no_reading_and_no_error() -> None:
    assert items_of(readings.read, b"") == []


def test_line_too_long_is_refused_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict_json, "MOST_LINE", len(lines(GOOD)))
    items = items_of(readings.read, lines(GOOD) + b"\n" + b" " * 500 + b"\n" + lines(GOOD))
    assert [type(item) for item in items] == [Reading, Refusal, Reading]
    assert str(items[1]).startswith("feed:2: is over")


def test_flood_of_errors_is_counted_and_not_listed() -> None:
    (item,) = items_of(readings.read, lines(GOOD | {"votes": {f"c{i}": "x" for i in range(2000)}}))
    assert str(item) == "feed:1: ga-2020-president: has 2000 values that can't be used"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(sorted(GOOD)), inner),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary())
def test_arbitrary_bytes_never_crash_the_reader(data: bytes) -> None:
    assert all(isinstance(item, Refusal) for item in items_of(readings.read, data))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries({}, optional={key: JSON_VALUES | st.just(value) for key, value in GOOD.items()}))
def test_arbitrary_json_is_read_or_refused(value: dict[str, Any]) -> None:
    for item in items_of(readings.read, lines(value)):
        assert isinstance(item, Refusal) or Reading.model_validate_json(item.to_json()) == item
