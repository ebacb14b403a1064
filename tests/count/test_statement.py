import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bot.count.reading import describe_refusal
from bot.count.statement import Statement

SAID = {"source": "reporter", "contest": "ga-2020-president", "as_of": datetime(2020, 11, 11, 8, 5, tzinfo=UTC)}


@pytest.mark.parametrize(
    "figures",
    [
        {"leader": "biden", "margin": 14_149},
        {"leader": "biden", "margin_change": -50, "approximate": ["margin_change"]},
        {"total": 4_989_046},
        {"certified": [92, 159]},
        {"outstanding": {"ballots": 4355, "units": ["Clayton"], "type": "absentee-mail"}},
        {"last_updated": "2020-11-10T22:35:00Z"},
        {"no_change": True},
    ],
)
def test_a_statement_holds_what_was_said_and_no_more(figures: dict[str, Any]) -> None:
    statement = Statement.model_validate(SAID | figures)
    assert Statement.model_validate_json(statement.model_dump_json()) == statement
    assert Statement.model_validate(json.loads(statement.model_dump_json())) == statement


def test_what_can_be_taken_back_alone_is_apart_with_what_is_said_of_it() -> None:
    figures = {
        "leader": "biden",
        "margin": 14_101,
        "total": 4_991_741,
        "certified": [96, 159],
        "no_change": True,
        "outstanding": {"ballots": 118},
        "last_updated": "2020-11-10T22:35:00Z",
        "approximate": ["margin", "certified", "last_updated"],
    }
    parts = Statement.model_validate(SAID | figures).apart()
    assert [one.model_dump(exclude_defaults=True, exclude={*SAID}) for one in parts] == [
        {"certified": (96, 159), "approximate": ("certified",)},
        {"leader": "biden", "margin": 14_101, "total": 4_991_741, "no_change": True, "approximate": ("margin",)},
        {"outstanding": {"ballots": 118}},
        {"last_updated": datetime(2020, 11, 10, 22, 35, tzinfo=UTC), "approximate": ("last_updated",)},
    ]
    assert [one.apart() for one in parts] == [[one] for one in parts]


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({}, "at least one figure"),
        ({"leader": "biden"}, "at least one figure"),
        ({"margin": 14_149}, "needs the candidate who leads"),
        ({"margin_change": -50}, "needs the candidate who leads"),
        ({"total": 5, "approximate": ["margin"]}, "margin: approximate, but not said"),
        ({"total": 5, "approximate": ["leader"]}, "approximate"),
        ({"certified": [160, 159]}, "160 of 159"),
        ({"leader": "biden", "margin_change": -50, "no_change": True}, "can't both be"),
        ({"total": True}, "total"),
        ({"leader": "biden", "margin": -1}, "margin"),
        ({"leader": "biden", "margin_change": 10**40}, "margin_change"),
    ],
)
def test_what_can_t_have_been_said_is_refused(figures: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Statement.model_validate(SAID | figures)
    assert words in describe_refusal(caught.value)


def test_a_figure_said_as_about_is_not_exact() -> None:
    said = Statement.model_validate(SAID | {"leader": "biden", "margin": 14_000, "total": 5, "approximate": ["margin"]})
    assert (said.exact("total"), said.exact("margin"), said.exact("certified")) == (True, False, False)


def test_a_figure_is_the_same_only_with_its_leader_its_place_and_how_exactly_it_was_said() -> None:
    margin = {"leader": "biden", "margin": 14_000}
    left = {"outstanding": {"ballots": 118, "units": ["Floyd"]}}
    for one, other in (
        (margin, margin | {"leader": "trump"}),
        (margin, margin | {"approximate": ["margin"]}),
        (left, {"outstanding": {"ballots": 118, "units": ["Cobb"]}}),
    ):
        said, again, another = (Statement.model_validate(SAID | figures) for figures in (one, one, other))
        assert said.figures == again.figures
        assert said.figures != another.figures
