"""Tests which days can be rehearsed, and opening a day by its name."""

from pathlib import Path

import pytest

from bot.desk.toml_file import shipped
from bot.errors import BadInputError
from bot.rehearsal.drill.drill import drill
from bot.rehearsal.rehearsable_days import day_names, day_titles, open_day

GEORGIA = "2020-11-11-georgia"


def test_the_recorded_days_and_the_drill_can_be_played_by_name() -> None:
    assert day_names() == [
        "2020-11-05-georgia",
        "2020-11-05-georgia-paused",
        "2020-11-05-georgia-quiet",
        GEORGIA,
        f"{GEORGIA}-moved",
        "2020-11-19-georgia",
        "2022-11-california",
        "drill",
    ]
    titles = dict(day_titles())
    assert list(titles) == day_names()
    assert titles[GEORGIA] == "Georgia, Wednesday, Nov. 11, 2020"
    assert titles["2020-11-05-georgia-paused"].endswith(": posting is paused while the lead changes hands")
    assert "made up" in titles["drill"]


def test_a_recorded_day_comes_with_its_desk_file() -> None:
    day, desk = open_day(GEORGIA)
    assert day.title == "Georgia, Wednesday, Nov. 11, 2020"
    assert desk.contest("ga-2020-president")
    assert open_day(str(shipped("days", f"{GEORGIA}.toml"))) == (day, desk)


def test_the_drill_is_that_of_its_seed() -> None:
    assert open_day("drill", 7) == (drill(7).day, drill(7).desk)
    assert open_day("drill") == open_day("drill", 1)


@pytest.mark.parametrize("name", ["nothing", "", ".", "nothing.toml", "list"])
def test_a_day_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(BadInputError, match=f"no such day; there are .*{GEORGIA}.*, drill, or a file's path"):
        open_day(name)


def test_only_the_drill_has_a_seed() -> None:
    with pytest.raises(BadInputError, match=f"--seed goes with --day drill: {GEORGIA} is recorded"):
        open_day(GEORGIA, 7)


def test_a_file_of_ones_own_may_be_called_anything(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(shipped("days", f"{GEORGIA}.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert open_day(str(path)) == open_day(GEORGIA)
