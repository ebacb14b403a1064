from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.schedule.typed import Ahead, Question, time_ahead
from bot.wording.time_questions import played_back, time_choice, time_question

ATLANTA = ZoneInfo("America/New_York")
NOW = datetime(2020, 11, 11, 9, tzinfo=ATLANTA)


def told(typed: str, now: datetime = NOW) -> tuple[str, list[str]]:
    question = time_ahead(typed, now, ATLANTA)
    assert isinstance(question, Question)
    return time_question(question), [time_choice(choice, now, ATLANTA, question) for choice in question.choices]


@pytest.mark.parametrize(
    ("typed", "asked", "choices"),
    [
        ("10:30", "Please choose: before or after noon.", ["10:30 a.m. today", "10:30 p.m. today"]),
        ("8am", "That time is past. Is the next one meant?", ["8 a.m. Thursday, Nov. 12"]),
        (
            "next Friday 5pm",
            "Please choose: this coming one or the one a week later.",
            ["5 p.m. Friday, Nov. 13", "5 p.m. Friday, Nov. 20"],
        ),
        (
            "1/2 3pm",
            "Please choose: which number is the month.",
            ["3 p.m. Saturday, Jan. 2, 2021", "3 p.m. Monday, Feb. 1, 2021"],
        ),
    ],
)
def test_the_question_says_what_is_open_and_each_choice_its_day(typed: str, asked: str, choices: list[str]) -> None:
    assert told(typed) == (asked, choices)


def test_the_two_of_an_hour_that_comes_twice_differ_by_their_zone() -> None:
    _, choices = told("Nov. 1 1:30am", datetime(2020, 10, 31, 20, tzinfo=ATLANTA))
    assert choices == ["1:30 a.m. EDT Sunday, Nov. 1", "1:30 a.m. EST Sunday, Nov. 1"]


def test_a_time_is_played_back_in_full() -> None:
    friday = Ahead(datetime(2020, 11, 20, 17), "America/New_York")  # noqa: DTZ001 - a wall time
    assert played_back(friday, NOW, ATLANTA) == "Friday, Nov. 20, at 5 p.m. ET"
    second = Ahead(datetime(2021, 11, 7, 6, 30), "UTC")  # noqa: DTZ001 - as above
    assert played_back(second, NOW, ATLANTA) == "Sunday, Nov. 7, 2021, at 1:30 a.m. EST"
