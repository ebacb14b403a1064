"""Tests reported batches: valid ones, whether a count includes one, and the margin with it."""

from typing import Any

import pytest
from pydantic import ValidationError

from bot.count.reported_batch import InCount, ReportedBatch, UnitsAround, in_count, margin_with
from bot.count.statement import Statement
from tests.conftest import START, reading

BIDEN, TRUMP = {"candidate": "biden", "votes": 2100}, {"candidate": "trump", "votes": 750}
GWINNETT = ReportedBatch(votes=3600, units=("Gwinnett",))


def batch(votes: int = 3600, **said: Any) -> ReportedBatch:
    return ReportedBatch.model_validate({"votes": votes, "units": ["Gwinnett"]} | said)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"votes": 0}, "a vote at least"),
        ({"net": BIDEN, "split": [BIDEN, TRUMP]}, "a split or a net, not both"),
        ({"split": [BIDEN, BIDEN]}, "each candidate once"),
        ({"votes": 2800, "split": [BIDEN, TRUMP]}, "more than the 2,800 votes"),
        ({"votes": 2000, "net": BIDEN}, "more than the 2,000 votes"),
    ],
)
def test_what_does_not_add_up_is_refused(said: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        batch(**said)


def test_a_batch_is_a_post_of_its_own() -> None:
    said = {"source": "reporter", "contest": "ga", "as_of": START, "leader": "biden", "margin": 14101}
    both = Statement.model_validate(said | {"batch": {"votes": 3600, "net": BIDEN}, "approximate": ["batch"]})
    margin, of_batch = both.apart()
    assert (margin.margin, margin.batch, margin.approximate) == (14101, None, ())
    assert (of_batch.leader, of_batch.margin, of_batch.batch, of_batch.approximate) == (
        None,
        None,
        both.batch,
        ("batch",),
    )


@pytest.mark.parametrize(
    ("before", "now", "came_before", "came_since", "about", "known"),
    [
        (90_000, 90_000, 0, 0, False, InCount.NO),
        (90_000, 93_600, 0, 3600, False, InCount.YES),
        (90_000, 95_000, 0, 5000, False, InCount.YES),
        (90_000, 93_599, 0, 3599, False, InCount.UNKNOWN),  # some other votes, or some of these
        (90_000, 93_599, 0, 3599, True, InCount.YES),
        (90_000, 93_600, 3600, 0, False, InCount.YES),  # the source was first
        (90_000, 93_500, 3500, 0, True, InCount.YES),
        (90_000, 95_000, 5000, 0, False, InCount.UNKNOWN),  # these among others?
        (None, 90_000, 0, 0, False, InCount.UNKNOWN),  # it began within the hour
        (None, None, 0, 0, False, InCount.UNKNOWN),  # it gives no totals of counties
        (None, None, 0, 3600, False, InCount.YES),  # but whose votes come in
        (90_000, None, 0, 0, False, InCount.UNKNOWN),
    ],
)
def test_a_count_has_a_batch_or_not_or_nobody_knows(
    before: int | None, now: int | None, came_before: int, came_since: int, about: bool, known: InCount
) -> None:
    assert in_count(GWINNETT, UnitsAround(before, now, came_before, came_since), about=about) is known


def test_a_batch_of_no_place_is_never_known_to_be_in_a_count() -> None:
    assert in_count(ReportedBatch(votes=3600), UnitsAround(90, 90, 0, 0), about=False) is InCount.UNKNOWN


@pytest.mark.parametrize(
    ("said", "margin"),
    [
        ({"net": BIDEN}, ("biden", 2600)),
        ({"net": TRUMP}, ("trump", 250)),
        ({"net": {"candidate": "trump", "votes": 500}}, ("biden", 0)),
        ({"split": [BIDEN, TRUMP]}, ("biden", 1850)),
        ({"split": [BIDEN]}, None),
        ({"net": {"candidate": "jorgensen", "votes": 10}}, None),
        ({}, None),
    ],
)
def test_the_margin_with_a_batch_is_said_where_both_are_known(
    said: dict[str, Any], margin: tuple[str, int] | None
) -> None:
    assert margin_with(reading(101_000, 100_500), None, batch(**said)) == margin


def test_no_margin_is_said_where_somebody_else_may_come_between_the_two() -> None:
    votes = {"biden": 4000, "trump": 3000, "jorgensen": 100}
    assert margin_with(reading(0, 0, votes=votes), None, batch(2900, net=BIDEN)) is None
    assert margin_with(reading(0, 0, votes=votes), None, batch(2899, net=BIDEN)) == ("biden", 3100)


def test_no_margin_is_said_beside_a_part_of_a_recount() -> None:
    part = reading(4000, 3000, count="recount", reporting={"precincts": (1, 2)})
    assert margin_with(part, None, batch(net=BIDEN)) is None
