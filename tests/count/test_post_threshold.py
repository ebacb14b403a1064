"""Tests design rule 5, about changes that are worth a post, in all branches."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from bot.count.change import Change, compare
from bot.count.post_threshold import (
    NIGHT_UNTIL,
    LastPosted,
    MinimumChange,
    Worth,
    is_early_count,
    is_tiny_change,
    moved_by,
    roll_up_due,
    waits_from,
    worth,
)
from bot.count.reading import Reading
from tests.count.readings import NOON, reading

DEFAULT = MinimumChange()


def precincts(reported: int) -> dict[str, Any]:
    return {"reporting": {"precincts": [reported, 100]}}


def changed(before: Reading, after: Reading) -> Change:
    change = compare(before, after)
    assert change is not None
    return change


def weigh(before: Reading, after: Reading, told: LastPosted, least: MinimumChange = DEFAULT) -> Worth:
    return worth(changed(before, after), before, after, told, least)


@pytest.mark.parametrize(
    ("lead", "least", "expected"),
    [
        (0, DEFAULT, 25),
        (8_333, DEFAULT, 25),
        (14_149, DEFAULT, 43),  # 42.447 and no vote less
        (100_000, DEFAULT, 300),
        (100_000, MinimumChange(votes=10), 10),
        (100_000, MinimumChange(votes=0), 0),
    ],
)
def test_the_least_move_is_25_votes_or_three_thousandths_of_the_lead_or_what_the_follow_says(
    lead: int, least: MinimumChange, expected: int
) -> None:
    assert least.of(lead) == expected


@pytest.mark.parametrize(
    ("move", "least", "expected"),
    [
        (24, DEFAULT, "wait"),
        (25, DEFAULT, "post"),
        (-25, DEFAULT, "post"),
        (-24, DEFAULT, "wait"),
        (5, MinimumChange(votes=5), "post"),
        (4, MinimumChange(votes=5), "wait"),
        (1, MinimumChange(votes=0), "post"),
    ],
)
def test_a_margin_posts_when_it_has_moved_far_enough(move: int, least: MinimumChange, expected: Worth) -> None:
    before, after = reading({"a": 5000, "b": 4000}), reading({"a": 5100 + move, "b": 4100}, 1)
    assert weigh(before, after, LastPosted(anything=True, margin=("a", 1000)), least) == expected


def test_the_move_is_measured_from_the_margin_last_posted_so_small_ones_add_up() -> None:
    told = LastPosted(anything=True, margin=("a", 1000), waiting_since=NOON)
    before, after = reading({"a": 5020, "b": 4000}), reading({"a": 5026, "b": 4000}, 1)
    assert weigh(before, after, told) == "post"
    assert weigh(before, reading({"a": 5020, "b": 4010}, 1), told) == "wait"  # and back again


@pytest.mark.parametrize("least", [DEFAULT, MinimumChange(votes=0)])
def test_progress_without_votes_waits_whatever_the_follow_says(least: MinimumChange) -> None:
    before, after = reading({"a": 5000, "b": 4000}), reading({"a": 5000, "b": 4000}, 1, expected_total=9)
    assert weigh(before, after, LastPosted(anything=True, margin=("a", 1000)), least) == "wait"


def test_the_first_reading_posts() -> None:
    after = reading({"a": 5, "b": 4})
    first = compare(None, after)
    assert first is not None
    assert worth(first, None, after, LastPosted(), DEFAULT) == "post"


def test_a_channel_that_was_told_nothing_is_told_at_the_next_change() -> None:
    assert weigh(reading({"a": 5, "b": 4}), reading({"a": 6, "b": 4}, 1), LastPosted()) == "post"


@pytest.mark.parametrize("in_so_far", [50, 95])
def test_a_revision_posts_by_day_and_by_night(in_so_far: int) -> None:
    before, after = reading({"a": 5, "b": 4}), reading({"a": 4, "b": 3}, 1, **precincts(in_so_far))
    assert weigh(before, after, LastPosted(anything=True, margin=("a", 1))) == "post"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({}, "post"), (precincts(90), "post"), (precincts(89), "wait"), (precincts(89) | {"count": "audit"}, "post")],
)
def test_a_lead_change_posts_at_once_but_for_election_night(fields: dict[str, Any], expected: Worth) -> None:
    before, after = reading({"a": 5, "b": 4}, **fields), reading({"a": 5, "b": 6}, 1, **fields)
    assert weigh(before, after, LastPosted(anything=True, margin=("a", 1))) == expected


def test_a_lead_change_that_waited_through_the_night_posts_with_the_next_change() -> None:
    told = LastPosted(anything=True, margin=("a", 5), waiting_since=NOON)
    before, after = reading({"a": 50, "b": 52}, **precincts(91)), reading({"a": 50, "b": 53}, 1, **precincts(91))
    assert weigh(before, after, told) == "post"


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (24, 25, "post"),
        (25, 26, "wait"),
        (49, 51, "post"),
        (10, 60, "post"),
        (74, 75, "post"),
        (89, 90, "post"),
        (76, 89, "wait"),
    ],
)
def test_on_election_night_milestones_post(was: int, now: int, expected: Worth) -> None:
    before, after = reading({"a": 500, "b": 400}, **precincts(was)), reading({"a": 501, "b": 401}, 1, **precincts(now))
    assert weigh(before, after, LastPosted(anything=True, margin=("a", 100))) == expected


def test_the_night_ends_where_the_contest_says() -> None:
    before, after = reading({"a": 500, "b": 400}, **precincts(55)), reading({"a": 600, "b": 400}, 1, **precincts(56))
    told = LastPosted(anything=True, margin=("a", 100))
    assert weigh(before, after, told) == "wait"
    assert weigh(before, after, told, MinimumChange(night_until=Fraction(1, 2))) == "post"


@pytest.mark.parametrize(
    ("fields", "night"), [({}, False), (precincts(89), True), (precincts(90), False), ({"expected_total": 20}, True)]
)
def test_it_is_night_while_the_source_says_that_less_is_in(fields: dict[str, Any], night: bool) -> None:
    assert is_early_count(reading({"a": 5, "b": 4}, **fields), NIGHT_UNTIL) is night


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("unofficial-complete", "certified", "post"),
        (None, "unofficial-partial", "wait"),  # a source that begins to publish its status
        ("certified", None, "wait"),
    ],
)
def test_a_status_that_moves_posts(before: str | None, after: str | None, expected: Worth) -> None:
    one, two = reading({"a": 5, "b": 4}, status=before), reading({"a": 5, "b": 4}, 1, status=after)
    assert weigh(one, two, LastPosted(anything=True, margin=("a", 1))) == expected


@pytest.mark.parametrize(
    ("reporting", "expected"),
    [
        ({"units": [158, 159]}, "never"),
        ({"units": [159, 159]}, "post"),
        ({"precincts": [1, 2655]}, "never"),
        ({"units": [159, 159], "precincts": [2655, 2655]}, "post"),
        ({}, "post"),
    ],
)
@pytest.mark.parametrize("count", ["recount", "recount-2"])
def test_a_recount_posts_nothing_until_every_unit_is_in(count: str, reporting: dict[str, Any], expected: Worth) -> None:
    before = reading({"a": 5, "b": 4}, count=count)
    assert weigh(before, reading({"a": 4, "b": 9}, 1, count=count, reporting=reporting), LastPosted()) == expected


def test_where_there_is_no_margin_votes_wait_for_the_roll_up() -> None:
    assert weigh(reading({"a": 5}), reading({"a": 500}, 1), LastPosted(anything=True)) == "wait"


def test_a_margin_where_there_was_none_posts() -> None:
    assert weigh(reading({"a": 5}), reading({"a": 5, "b": 1}, 1), LastPosted(anything=True)) == "post"


@pytest.mark.parametrize(("now", "moved"), [({"a": 12, "b": 5}, 3), ({"a": 5, "b": 12}, 17), ({"a": 8, "b": 8}, 10)])
def test_how_far_the_margin_moved_goes_through_zero_when_the_lead_changed(now: dict[str, int], moved: int) -> None:
    change = compare(reading({"a": 1, "b": 0}), reading(now, 1), "a")
    assert change is not None
    assert moved_by(("a", 10), change) == moved


def test_the_clock_of_a_roll_up_starts_at_the_first_votes_that_wait() -> None:
    one = reading({"a": 5, "b": 4})
    votes, progress = (
        changed(one, reading({"a": 6, "b": 5}, 1)),
        changed(one, reading({"a": 5, "b": 4}, 1, total=9 + 0, status="certified")),
    )
    told = LastPosted(anything=True, margin=("a", 1))
    assert progress.kind == "progress"
    assert waits_from(progress, told, NOON) is None
    assert waits_from(votes, told, NOON) == NOON
    waiting = LastPosted(anything=True, margin=("a", 1), waiting_since=NOON - timedelta(minutes=9))
    assert waits_from(votes, waiting, NOON) == waits_from(progress, waiting, NOON) == waiting.waiting_since


@pytest.mark.parametrize(
    ("after", "handful"),
    [
        ({"a": 14, "b": 4}, True),  # nine votes
        ({"a": 15, "b": 4}, False),
        ({"a": 10, "b": 8}, True),
        ({"a": 11, "b": 8}, False),  # ten in all
        ({"a": 5, "b": 4, "c": 1}, False),  # nobody had listed c
    ],
)
def test_a_handful_is_fewer_than_ten_votes_together(after: dict[str, int], handful: bool) -> None:
    assert is_tiny_change(changed(reading({"a": 5, "b": 4}), reading(after, 1))) == handful


def test_a_roll_up_is_due_an_hour_later_and_at_night_a_digest_after_a_quarter() -> None:
    assert roll_up_due(NOON, night=False, minutes=None) == NOON + timedelta(hours=1)
    assert roll_up_due(NOON, night=True, minutes=None) == NOON + timedelta(minutes=15)


def test_a_roll_up_may_be_left_to_the_next_post_and_a_digest_may_not() -> None:
    assert roll_up_due(NOON, night=False, minutes=0) is None
    assert roll_up_due(NOON, night=True, minutes=0) == NOON + timedelta(minutes=15)
