"""A feed that has only a recount: answers and posts give the recount, named as such, in place of the count."""

from datetime import timedelta

import pytest

from tests.answers.asked import ask
from tests.conftest import START, Newsroom, reading

UNITS = {"Floyd": {"total": 3, "votes": {"biden": 1, "trump": 2}}}


@pytest.fixture
async def recounted(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that follows Georgia, where only a recount is known."""
    await newsroom.follow()
    await newsroom.take(
        reading(1000, 500, count="recount", units=UNITS), reading(1010, 500, 10, count="recount", units=UNITS)
    )
    return newsroom


@pytest.mark.parametrize(
    "question", ["margin", "since 6:50", "history", "outstanding", "county Floyd", "draft", "sources"]
)
async def test_no_answer_says_that_no_count_is_in(recounted: Newsroom, question: str) -> None:
    said = await ask(recounted, question)
    assert "no count is in" not in said.lower()
    assert "recount" in said


async def test_the_morning_list_tells_the_recount(recounted: Newsroom) -> None:
    recounted.clock.set(START + timedelta(hours=1))
    await recounted.rundown.post_due()
    ((content,),) = await recounted.database.rows("SELECT content FROM outbox WHERE kind = 'rundown'")
    assert "leads in Georgia's recount by 510" in content


async def test_once_there_is_a_count_of_the_election_that_is_told(recounted: Newsroom) -> None:
    await recounted.take(reading(900, 700, 20))
    assert "by 200 votes,** with 1,600 counted" in await ask(recounted, "margin")
