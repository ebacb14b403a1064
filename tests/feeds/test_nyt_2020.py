import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.count.reading import Reading, Reporting, Unit
from bot.errors import BadInputError
from bot.feeds import nyt_2020
from bot.feeds.reader import Refusal
from tests.feeds.conftest import items_of
from tests.feeds.state_files import NYT


def read_all(document: object) -> list[Any]:
    return items_of(nyt_2020.read, json.dumps(document).encode())


def test_a_race_becomes_a_reading() -> None:
    (reading,) = read_all(NYT)
    assert reading == Reading(
        source="nyt-2020",
        contest="xx-g-p-2020-11-03",
        contest_name="President, Winnemara",
        as_of=reading.as_of,
        votes={"ada-quill": 7, "bo-reed": 5, "write-ins": 0},
        names={"ada-quill": "Ada Quill", "bo-reed": "Bo Reed", "write-ins": "Write-ins"},
        parties={"ada-quill": "D", "bo-reed": "R"},
        total=13,
        reporting=Reporting(precincts=(3, 4)),
        expected_total=20,
        by_type={"other": {"ada-quill": 4, "bo-reed": 1}},
        units={
            "Appling": Unit(
                fips="13001",
                total=9,
                votes={"ada-quill": 5, "bo-reed": 3},
                reported=(2, 3),
                by_type={"other": {"ada-quill": 2, "bo-reed": 1}},
            ),
            "Atkinson": Unit(fips="13003", total=4, votes={"ada-quill": 2, "bo-reed": 2, "write-ins": 0}),
        },
    )
    assert reading.as_of.isoformat() == "2020-11-04T05:06:07+00:00"


def test_the_national_page_has_many_races() -> None:
    other = {"state_id": "YY", "candidates": [{"candidate_key": "a", "last_name": "Ash", "votes": 1}]}
    first, second, refused = read_all({"data": {"races": [NYT, other, 7]}, "meta": {}})
    assert (first.contest, second.contest, second.names) == ("xx-g-p-2020-11-03", "yy", {"ash": "Ash"})
    assert str(refused) == "feed: contest 3 of the file: should be an object, not 7"


def test_before_the_day_it_is_no_count() -> None:
    assert read_all(NYT | {"last_updated": "2020-11-02T12:00:00Z"})[0].status == "pre-election"


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"votes": 11}, "total 11 is below the sum of the votes, 12"),
        ({"counties": [{"name": "A", "results": {"x": 1}}]}, "A has votes of 'x', who is no candidate of the race"),
        (
            {"counties": [{"name": "A", "votes": 1, "results": {"quilla": 2}}]},
            "A: total 1 is below the sum of the votes, 2",
        ),
        ({"counties": [{"name": "A"}, {"name": "A"}]}, "A is there twice"),
        (
            {"counties": [{"name": "A", "results": {"quilla": 2}, "results_absentee": {"quilla": 3}}]},
            "A: ada-quill has 3 votes of the type other and 2 in all",
        ),
        ({"last_updated": "then"}, "should be a time such as 2024-11-06T03:00:00Z, not 'then'"),
    ],
)
def test_what_can_t_be_is_refused_with_its_contest(changed: dict[str, Any], what: str) -> None:
    (refused,) = read_all(NYT | changed)
    assert isinstance(refused, Refusal)
    assert str(refused) == f"feed: xx-g-p-2020-11-03 (President): {what}"


@pytest.mark.parametrize("document", [[], {"x": 1}, {"data": {}}])
def test_what_is_no_race_page_gives_nothing(document: object) -> None:
    with pytest.raises(BadInputError, match=r"^feed: "):
        read_all(document)


def test_the_page_s_own_answer(feeds: Path) -> None:
    data = (feeds / "nyt-race" / "georgia-president-2020.json").read_bytes()
    (reading,) = items_of(nyt_2020.read, data)
    assert isinstance(reading, Reading)
    race = json.loads(data)
    keys = {one["candidate_key"]: candidate for one, candidate in zip(race["candidates"], reading.votes, strict=True)}
    assert reading.votes == {keys[one["candidate_key"]]: one["votes"] for one in race["candidates"]}
    assert (reading.total, reading.reporting) == (4_998_566, Reporting(precincts=(2655, 2655)))
    sums: Counter[str] = Counter()
    assert len(reading.units or {}) == len(race["counties"]) == 159
    for county in race["counties"]:
        unit = (reading.units or {})[county["name"]]
        assert (unit.total, unit.fips, unit.reported) == (
            county["votes"],
            county["fips"],
            (county["reporting"], county["precincts"]),
        )
        assert unit.votes == {keys[key]: votes for key, votes in county["results"].items()}
        assert unit.by_type == {"other": {keys[key]: votes for key, votes in county["results_absentee"].items()}}
        sums.update(unit.votes)
    assert sums == Counter(reading.votes)


def test_the_page_s_points_in_time_and_the_tracker_s_rows_are_one_count(feeds: Path) -> None:
    """Two observers recorded the same count. The page's points in time confirm the tracker's rows."""
    race = json.loads((feeds / "nyt-race" / "georgia-president-2020.json").read_bytes())
    points = {one["votes"] for one in race["timeseries"]}
    with (feeds / "batches" / "georgia-2020.csv").open(encoding="utf-8", newline="") as file:
        totals = {int(row["total_votes_count"]) for row in csv.DictReader(file) if row["timestamp"] < "2020-11-20"}
    assert len(totals & points) > 0.9 * len(totals)
