import json
from typing import Any

import pytest

from bot.count.change import CandidateVanishedError, Change, compare, net
from bot.count.reading import Reading
from tests.count.readings import reading


def changed(before: Reading, after: Reading, led_before: str | None = None) -> Change:
    change = compare(before, after, led_before)
    assert change is not None
    return change


@pytest.fixture
def floyd() -> tuple[Reading, Reading]:
    """Return the readings before and after Floyd County's batch of Nov. 11, 2020, from a public tracker."""
    before = {"biden": 2_471_882, "trump": 2_457_733, "jorgensen": 62_509}
    after = {"biden": 2_471_895, "trump": 2_457_794, "jorgensen": 62_509}
    time: dict[str, Any] = {"as_of": "2020-11-11T12:35:03Z", "unit_batch": {"Floyd": 74}}
    return reading(before, total=4_992_124), reading(after, total=4_992_198, **time)


def test_floyd_county_cuts_the_lead_by_48_as_the_contract_says(floyd: tuple[Reading, Reading]) -> None:
    assert json.loads(changed(*floyd).to_json()) == {
        "contest": "ga-2020-president",
        "source": "times",
        "count": "election",
        "as_of": "2020-11-11T12:35:03Z",
        "kind": "margin",
        "lead_changed": False,
        "leader": "biden",
        "runner_up": "trump",
        "margin": 14101,
        "margin_before": 14149,
        "margin_change": -48,
        "total": 4992198,
        "new_votes": 74,
        "batch": {"biden": 13, "trump": 61, "jorgensen": 0},
        "units": {"Floyd": 74},
        "unexplained": 0,
        "margin_percent": "0.2825",
    }


def test_the_first_reading_says_the_margin_and_no_change(floyd: tuple[Reading, Reading]) -> None:
    first = compare(None, floyd[1])
    assert first is not None
    assert (first.kind, first.leader, first.margin, first.total) == ("first", "biden", 14_101, 4_992_198)
    assert first.lead_changed is False
    unsaid = (first.margin_before, first.margin_change, first.new_votes, first.batch, first.units, first.unexplained)
    assert set(unsaid) == {None}


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"a": 10, "b": 5}, {"a": 12, "b": 5}, "margin"),
        ({"a": 10, "b": 5}, {"a": 12, "b": 7}, "no_margin_change"),
        ({"a": 10, "b": 5}, {"a": 12, "b": 13}, "lead_change"),
        ({"a": 10, "b": 5}, {"a": 9, "b": 15}, "revision"),  # a candidate falls though the sum rises
        ({"a": 10, "b": 5}, {"a": 9, "b": 5}, "revision"),
        ({"a": 10, "b": 5}, {"a": 5, "b": 6}, "revision"),  # the lead changes by a fall
        ({"a": 10, "b": 10}, {"a": 11, "b": 11}, "no_margin_change"),
        ({"a": 10}, {"a": 12}, "no_margin_change"),  # nobody to be ahead of
    ],
)
def test_a_change_is_the_first_kind_that_fits(before: dict[str, int], after: dict[str, int], kind: str) -> None:
    assert changed(reading(before), reading(after, 1)).kind == kind


@pytest.mark.parametrize(
    "moved",
    [
        {"expected_total": 100},
        {"reporting": {"precincts": [2, 3]}},
        {"status": "unofficial-complete"},
        {"names": {"a": "Ann"}},
        {"as_of_is": "received"},
    ],
)
def test_anything_but_votes_is_progress(moved: dict[str, Any]) -> None:
    change = changed(reading({"a": 10, "b": 5}), reading({"a": 10, "b": 5}, 1, **moved))
    assert (change.kind, change.new_votes, change.margin_change) == ("progress", 0, 0)


def test_a_later_time_alone_is_no_change() -> None:
    assert compare(reading({"a": 10, "b": 5}), reading({"b": 5, "a": 10}, 7)) is None


def test_a_lead_change_tells_by_how_much_the_leader_was_behind() -> None:
    change = changed(reading({"a": 463, "b": 0, "c": 7}), reading({"a": 463, "b": 1380, "c": 7}, 1))
    assert (change.kind, change.leader, change.runner_up) == ("lead_change", "b", "a")
    assert (change.margin, change.margin_before, change.margin_change) == (917, -463, 1380)


def test_a_revision_that_turns_the_lead_says_so() -> None:
    change = changed(reading({"a": 10, "b": 8}), reading({"a": 7, "b": 8}, 1))
    assert (change.kind, change.lead_changed, change.leader, change.margin) == ("revision", True, "b", 1)


def test_a_tie_keeps_the_earlier_leader_and_the_next_vote_decides() -> None:
    ahead, tied, turned = reading({"a": 9, "b": 10}), reading({"a": 10, "b": 10}, 1), reading({"a": 11, "b": 10}, 2)
    into_tie = changed(ahead, tied)
    assert (into_tie.kind, into_tie.leader, into_tie.margin, into_tie.lead_changed) == ("margin", "b", 0, False)
    out_of_tie = changed(tied, turned, led_before="b")
    assert (out_of_tie.kind, out_of_tie.leader, out_of_tie.margin_before) == ("lead_change", "a", 0)
    assert changed(tied, turned).lead_changed is False  # unknown who led: the lowest id


def test_who_led_before_matters_only_after_a_tie() -> None:
    change = changed(reading({"a": 10, "b": 5}), reading({"a": 11, "b": 5}, 1), led_before="b")
    assert (change.kind, change.lead_changed) == ("margin", False)


def test_one_candidate_has_no_margin() -> None:
    change = changed(reading({"a": 10}), reading({"a": 12}, 1))
    assert (change.runner_up, change.margin, change.margin_before, change.margin_change) == (None,) * 4
    assert (change.margin_percent, change.new_votes, change.batch) == (None, 2, {"a": 2})


def test_a_candidate_newly_listed_has_no_known_batch() -> None:
    change = changed(reading({"a": 10, "b": 5}), reading({"a": 10, "b": 5, "c": 3}, 1))
    assert change.batch == {"a": 0, "b": 0, "c": None}
    assert (change.kind, change.new_votes) == ("no_margin_change", 3)


def test_a_candidate_newly_listed_without_votes_is_progress() -> None:
    assert changed(reading({"a": 10, "b": 5}), reading({"a": 10, "b": 5, "c": 0}, 1)).kind == "progress"


def test_the_margin_of_a_leader_unlisted_before_is_unknown_before() -> None:
    change = changed(reading({"a": 10, "b": 5}), reading({"a": 10, "b": 5, "c": 30}, 1))
    assert (change.leader, change.margin, change.margin_before, change.margin_change) == ("c", 20, None, None)


def test_a_vanished_candidate_is_an_error_of_one_line_that_names_it() -> None:
    with pytest.raises(CandidateVanishedError) as caught:
        compare(reading({"a": 10, "b": 5}), reading({"a": 10}, 1))
    assert caught.value.vanished == ("b",)
    line = str(caught.value)
    assert line.startswith("times, ga-2020-president, 2020-11-11T12:01:00+00:00: b:")


def test_the_error_about_a_thousand_vanished_candidates_stays_short() -> None:
    many = {f"{number:0100}": number for number in range(1000)}
    with pytest.raises(CandidateVanishedError, match="and 995 more") as caught:
        compare(reading({"a": 10} | many), reading({"a": 10}, 1))
    assert len(str(caught.value)) < 700


def test_readings_of_two_series_are_never_compared() -> None:
    with pytest.raises(ValueError, match="not one series"):
        compare(reading({"a": 1}), reading({"a": 1}, count="audit"))


@pytest.mark.parametrize(
    ("total_before", "total_after", "new_votes", "total"),
    [(None, None, 3, 18), (20, None, 3, 18), (None, 20, 3, 20), (20, 24, 4, 24), (20, 20, 0, 20)],
)
def test_new_votes_are_of_the_totals_where_both_are_said_else_of_the_sums(
    total_before: int | None, total_after: int | None, new_votes: int, total: int
) -> None:
    before = reading({"a": 10, "b": 5}, total=total_before)
    change = changed(before, reading({"a": 12, "b": 6}, 1, total=total_after))
    assert (change.new_votes, change.total) == (new_votes, total)


def test_a_unit_in_one_reading_only_is_unsaid_not_zero() -> None:
    before = reading({"a": 10}, units={"Floyd": {"total": 4}, "Cobb": {"total": 5}})
    change = changed(before, reading({"a": 20}, 1, units={"Floyd": {"total": 7}, "Clayton": {"total": 9}}))
    assert (change.units, change.unexplained) == ({"Floyd": 3}, 7)


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        ({"total": 5}, {"total": 5}, {}),
        ({"total": 5, "votes": {"a": 4}}, {"votes": {"a": 6}}, {"Floyd": 2}),
        ({"votes": {"a": 4}}, {"votes": {"a": 3}}, {"Floyd": -1}),
        ({"total": 5}, {"votes": {"a": 6}}, {}),  # nothing alike to compare
        ({}, {"total": 5}, {}),
    ],
)
def test_a_unit_is_compared_with_like_values_only(
    before: dict[str, Any], after: dict[str, Any], units: dict[str, int]
) -> None:
    change = changed(reading({"a": 10}, units={"Floyd": before}), reading({"a": 12}, 1, units={"Floyd": after}))
    assert change.units == units


def test_without_units_nothing_is_said_of_them() -> None:
    change = changed(reading({"a": 10}, units={"Floyd": {"total": 4}}), reading({"a": 11}, 1))
    assert (change.units, change.unexplained) == (None, None)


def test_the_source_s_own_batch_by_unit_is_used_where_there_are_no_unit_totals() -> None:
    change = changed(reading({"a": 10}), reading({"a": 20}, 1, unit_batch={"Floyd": 7}))
    assert (change.units, change.unexplained) == ({"Floyd": 7}, 3)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("unofficial-partial", "unofficial-complete", "unofficial-partial"),
        ("certified", "certified", None),
        (None, "certified", None),  # a source that begins to publish it
        ("certified", None, None),  # and one that stops: unsaid is no move
    ],
)
def test_the_earlier_status_is_said_where_it_moved(before: str | None, after: str | None, said: str | None) -> None:
    change = changed(reading({"a": 1}, status=before), reading({"a": 2}, 1, status=after))
    assert change.status_before == said
    assert ("status_before" in json.loads(change.to_json())) is (said is not None)


def test_a_percentage_of_nothing_is_unsaid() -> None:
    first = compare(None, reading({"a": 0, "b": 0}))
    assert first is not None
    assert (first.margin, first.margin_percent, first.leader) == (0, None, "a")


def test_net_sums_the_units_of_the_steps() -> None:
    one = reading({"a": 10, "b": 5})
    two = reading({"a": 15, "b": 5}, 1, unit_batch={"Floyd": 3, "Cobb": 2})
    three = reading({"a": 15, "b": 9}, 2, unit_batch={"Floyd": 6, "Cobb": -2})
    total = net(one, three, [changed(one, two), changed(two, three)])
    assert (total.units, total.new_votes, total.unexplained) == ({"Floyd": 9}, 9, 0)
    assert (total.kind, total.margin_before, total.margin) == ("margin", 5, 6)


def test_net_of_steps_without_units_says_none() -> None:
    one, two = reading({"a": 10, "b": 5}), reading({"a": 15, "b": 5}, 1)
    assert net(one, two, [changed(one, two)]).units is None
