"""Charts and maps of the count, and the text above them. Drawing is replaced by recording what would be drawn."""

from typing import Any

import pytest

from bot.answers.chart_words import CountyMap
from bot.errors import BadInputError
from bot.wording.message import render
from tests.conftest import Newsroom, question_in, reading


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that receives the pictures to draw. Nothing is drawn, since that takes a second."""
    pictures: list[Any] = []

    async def png(_: object, __: object, picture: object) -> bytes:
        pictures.append(picture)
        return b"\x89PNG"

    monkeypatch.setattr("bot.answers.chart.drawn", png)
    return pictures


async def chart(newsroom: Newsroom, since: str | None = None) -> str:
    """Return the text above a chart."""
    charts = newsroom.questions.charts
    return render(await charts.chart(await question_in(newsroom.questions), since)).content


async def test_a_chart_says_where_the_record_begins_and_is_as_of_what_the_picture_says(
    newsroom: Newsroom, drawn: list[Any]
) -> None:
    await newsroom.take(reading(120, 100), reading(120, 100, 60, reporting={"precincts": (90, 100)}))
    said = await chart(newsroom, "Monday")
    assert said.endswith("\nNo figures on record before 7 a.m.\n-# the Times, 8 a.m.")
    assert "\nAs of 8 a.m. ET Nov. 11, 2020." in drawn[-1].small
    assert drawn[-1].subtitle.endswith("from 7 a.m. Nov. 11")
    await newsroom.take(reading(130, 100, 70))
    assert "on record" not in await chart(newsroom, "7 a.m.")
    assert drawn[-1].subtitle.endswith("from 7 a.m. Nov. 11")


async def test_with_the_first_votes_nobody_moves_ahead_in_a_chart(newsroom: Newsroom, drawn: list[Any]) -> None:
    await newsroom.take(reading(0, 0, 1), reading(100, 200, 2), reading(300, 200, 3))
    await chart(newsroom)
    assert drawn[0].y == [-100, 100]
    assert [mark.words for mark in drawn[0].marks] == ["Biden moves ahead\n7:03 a.m. Nov. 11"]


async def test_a_map_shows_the_counties_of_a_source_that_has_their_votes(newsroom: Newsroom, drawn: list[Any]) -> None:
    maps = newsroom.questions.maps
    await newsroom.take(reading(1000, 990))
    with pytest.raises(BadInputError, match=r"^there is no map: no county votes from the Times$"):
        await maps.map(await question_in(newsroom.questions), "wide")
    await newsroom.take(reading(1000, 990, 1, units={"Floyd": {"votes": {"biden": 10, "trump": 50}}}))
    await newsroom.take(reading(1013, 1051, 2, units={"Floyd": {"votes": {"biden": 13, "trump": 61}}}))
    answer = await maps.map(await question_in(newsroom.questions), "wide")
    assert answer.picture is not None
    assert answer.picture.words.endswith("No figures for 158 counties. Last in: Floyd (14).")
    assert render(answer).content.startswith("**Trump leads in Georgia by 38 votes,**")
    assert isinstance(drawn[0], CountyMap)
    assert (drawn[0].shape, dict(drawn[0].counties)) == ("wide", {"13115": "first"})
