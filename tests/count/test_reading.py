import json
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from bot.count.reading import Reading, describe_refusal, recount_under_way, reporting_share
from tests.count.readings import reading

EXAMPLE = {
    "source": "times",
    "contest": "ga-2020-president",
    "contest_name": "President",
    "count": "election",
    "as_of": "2020-11-11T12:35:03Z",
    "status": "unofficial-partial",
    "votes": {"biden": 2471895, "trump": 2457794, "jorgensen": 62509},
    "names": {"biden": "Joseph R. Biden", "trump": "Donald J. Trump", "jorgensen": "Jo Jorgensen"},
    "parties": {"biden": "D", "trump": "R", "jorgensen": "L"},
    "total": 4992198,
    "reporting": {"precincts": [2644, 2655], "units": [158, 159]},
    "expected_total": 4995492,
    "units": {"Floyd": {"total": 41234, "votes": {"biden": 11917, "trump": 28906}, "reported": [25, 25]}},
}


def deep(levels: int) -> list[Any]:
    nest: list[Any] = []
    for _ in range(levels):
        nest = [nest]
    return nest


def test_the_contract_s_example_is_read_and_written_as_it_is() -> None:
    reading = Reading.model_validate_json(json.dumps(EXAMPLE))
    assert reading == Reading.model_validate(EXAMPLE)
    assert json.loads(reading.to_json()) == EXAMPLE


def test_a_time_of_any_zone_is_kept_in_utc() -> None:
    said = reading({"a": 1}, as_of="2020-11-11T07:35:03.5-05:00")
    assert said.as_of.isoformat() == "2020-11-11T12:35:03.500000+00:00"


def test_without_a_total_the_candidates_are_all_there_is() -> None:
    assert reading({"a": 1, "b": 2}).counted == 3
    assert reading({"a": 1, "b": 2}, total=7).counted == 7


@pytest.mark.parametrize(
    ("unit", "counted"), [({"total": 0}, 0), ({"votes": {"a": 3}}, 3), ({}, None), ({"votes": {}}, None)]
)
def test_a_unit_that_says_nothing_has_no_count_rather_than_none(unit: dict[str, Any], counted: int | None) -> None:
    units = reading({"a": 5}, units={"Floyd": unit}).units
    assert units is not None
    assert units["Floyd"].counted == counted


def test_readings_are_compared_within_source_contest_and_count() -> None:
    assert reading({"a": 1}, count="recount-2").series == ("times", "ga-2020-president", "recount-2")


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("votes", {"votes": {}}),
    ("votes", {"votes": None}),
    ("votes.a", {"votes": {"a": True}}),
    ("votes.a", {"votes": {"a": 1.0}}),
    ("votes.a", {"votes": {"a": "1"}}),
    ("votes.a", {"votes": {"a": -1}}),
    ("votes.a", {"votes": {"a": 10**40}}),
    ("votes.a", {"votes": {"a": None}}),
    ("votes.aaa", {"votes": {"a" * 5000: 1}}),
    ("votes.b c", {"votes": {"b\nc": 1}}),
    ("votes.", {"votes": {"\u202ea": 1}}),
    ("as_of", {"as_of": 1_605_000_000}),
    ("as_of", {"as_of": "2020-11-11"}),
    ("as_of", {"as_of": "2020-11-11T12:00:00"}),
    ("as_of", {"as_of": "2020-11-11T12:35:60Z"}),
    ("as_of", {"as_of": "0001-01-01T00:00:00+14:00"}),
    ("as_of", {"as_of": "x" * 5000}),
    ("as_of_is", {"as_of_is": "guessed"}),
    ("reading: total 0", {"total": 0}),
    ("total", {"total": 5.0}),
    ("reporting.units", {"reporting": {"units": [5, 4]}}),
    ("reporting.units", {"reporting": {"units": [1, 2, 3]}}),
    ("reporting.towns", {"reporting": {"towns": [1, 2]}}),
    ("units.F: total 1", {"units": {"F": {"total": 1, "votes": {"a": 2}}}}),
    ("units.F.reported", {"units": {"F": {"reported": [2, 1]}}}),
    ("units.F.by_type.mail", {"units": {"F": {"by_type": {"mail": {"a": 1}}}}}),
    ("unit_batch.F", {"unit_batch": {"F": 10**30}}),
    ("by_type.mail", {"by_type": {"mail": {"a": 1}}}),
    ("count", {"count": "recount-1"}),
    ("count", {"count": "election\n"}),
    ("status", {"status": "y" * 5000}),
    ("source", {"source": ""}),
    ("source", {"source": " times"}),
    ("source", {"source": deep(50)}),
    ("names.a", {"names": {"a": ""}}),
    ("nope", {"nope": 1}),
    ("x y", {"x\ny" * 2000: "z" * 5000}),
]


@pytest.mark.parametrize(("place", "wrong"), WRONG)
def test_one_invalid_field_is_refused_in_one_short_line_that_names_it(place: str, wrong: dict[str, Any]) -> None:
    said = {"source": "s", "contest": "c", "as_of": "2020-11-11T12:35:03Z", "votes": {"a": 1}} | wrong
    with pytest.raises(ValidationError) as as_objects:
        Reading.model_validate(said)
    with pytest.raises(ValidationError) as as_json:
        Reading.model_validate_json(json.dumps(said))
    for line in (describe_refusal(as_objects.value), describe_refusal(as_json.value)):
        assert line.startswith(place)
        assert line.isprintable()
        assert len(line) <= 600


@pytest.mark.parametrize("missing", ["source", "contest", "as_of", "votes"])
def test_a_required_field_that_is_missing_is_named(missing: str) -> None:
    said = {key: value for key, value in EXAMPLE.items() if key != missing}
    with pytest.raises(ValidationError) as caught:
        Reading.model_validate(said)
    assert describe_refusal(caught.value) == f"{missing}: is missing"


@pytest.mark.parametrize("text", ["[", "nul\n" * 2000, '{"source": ' + "9" * 5000 + "}", "[" * 5000])
def test_what_is_no_json_is_refused_in_one_short_line(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Reading.model_validate_json(text)
    line = describe_refusal(caught.value)
    assert line.startswith("reading: Invalid JSON")
    assert len(line) <= 600
    assert line.isprintable()


def test_a_number_of_thousands_of_digits_and_a_nest_of_hundreds_of_lists_are_named_all_the_same() -> None:
    for value in (10**5000, deep(900)):
        with pytest.raises(ValidationError) as caught:
            Reading.model_validate(EXAMPLE | {"total": value})
        assert describe_refusal(caught.value).startswith("total: ")


def test_an_item_of_a_list_is_named_by_its_id_where_the_document_is_at_hand() -> None:
    document = {"list": [{"id": "one"}, {"id": "two"}, 3]}
    with pytest.raises(ValidationError) as caught:
        Reading.model_validate(EXAMPLE | {"votes": document})
    assert describe_refusal(caught.value, {"votes": document}).startswith("votes.list: ")


def test_a_reading_can_t_be_changed() -> None:
    with pytest.raises(AttributeError):
        setattr(reading({"a": 1}), "total", 5)  # noqa: B010 - mypy knows it too


@pytest.mark.parametrize(
    ("fields", "share"),
    [
        ({}, None),
        ({"reporting": {"precincts": [1, 4], "units": [1, 2]}}, Fraction(1, 4)),
        ({"reporting": {"units": [1, 2]}}, Fraction(1, 2)),
        ({"reporting": {"precincts": [0, 0], "units": [1, 2]}}, Fraction(1, 2)),  # nothing of nothing is unsaid
        ({"reporting": {"precincts": [0, 4]}}, Fraction(0)),
        ({"expected_total": 400}, Fraction(1, 4)),
        ({"expected_total": 50}, Fraction(1)),  # an estimate that was too low
        ({"expected_total": 0}, None),
    ],
)
def test_how_much_is_in_goes_by_precincts_then_units_then_the_expected_total(
    fields: dict[str, Any], share: Fraction | None
) -> None:
    assert reporting_share(reading({"a": 60, "b": 40}, **fields)) == share


@pytest.mark.parametrize(
    ("count", "fields", "under_way"),
    [
        ("recount", {"reporting": {"units": [158, 159]}}, True),
        ("recount-2", {"reporting": {"units": [159, 159], "precincts": [2654, 2655]}}, True),
        ("recount", {"units": {"Floyd": {"total": 9, "reported": [24, 25]}, "Cobb": {"reported": [9, 9]}}}, True),
        ("recount", {"units": {"Floyd": {"total": 9, "reported": [25, 25]}, "Cobb": {"total": 9}}}, False),
        ("recount", {"reporting": {"units": [159, 159]}}, False),
        ("recount", {}, False),
        ("election", {"reporting": {"units": [158, 159]}}, False),
        ("audit", {"reporting": {"units": [158, 159]}}, False),
    ],
)
def test_a_recount_is_under_way_while_its_source_says_that_a_part_is_to_come(
    count: str, fields: dict[str, Any], under_way: bool
) -> None:
    assert recount_under_way(reading({"a": 60, "b": 40}, count=count, **fields)) is under_way
