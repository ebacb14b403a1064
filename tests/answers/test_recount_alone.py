"""A feed that has nothing but a recount: the recount is told, as one, wherever a count is."""

import json
from datetime import timedelta

import pytest

from bot.tally.standing_words import margin_answer
from bot.wording.message import render
from tests.conftest import SERVER, START, Newsroom, question_in, reading

UNITS = {"Floyd": {"total": 3, "votes": {"biden": 1, "trump": 2}}}


@pytest.fixture
async def recounted(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that follows Georgia, of whose count only a recount is known."""
    await newsroom.follow()
    await newsroom.take(
        reading(1000, 500, count="recount", units=UNITS), reading(1010, 500, 10, count="recount", units=UNITS)
    )
    return newsroom


async def test_no_answer_says_that_no_count_is_in(recounted: Newsroom) -> None:
    answers = recounted.questions
    asked = await question_in(answers)
    assert asked.count == "recount"
    standing = await recounted.query.margin(asked.contest, SERVER, reader="newsroom")
    said = {
        "margin": margin_answer(standing, asked.setting),
        "since": await answers.moves.since(asked, "6:50"),
        "history": await answers.moves.history(asked),
        "outstanding": await answers.units.outstanding(asked),
        "county": await answers.units.county(asked, "Floyd"),
        "draft": await answers.standing.draft(asked),
        "sources": await answers.provenance.sources(asked),
    }
    for name, answer in said.items():
        text = f"{render(answer).content} {json.dumps(render(answer).embeds)}"
        assert "No count is in" not in text, name
        assert "no count is in" not in text, name
        assert "recount" in text, (name, text)
    assert "leads in Georgia's recount by 510" in render(said["margin"]).content.replace(" votes", "")


async def test_the_morning_list_tells_the_recount(recounted: Newsroom) -> None:
    recounted.clock.set(START + timedelta(hours=1))
    await recounted.rundown.post_due()
    ((content,),) = await recounted.database.rows("SELECT content FROM outbox WHERE kind = 'rundown'")
    assert "leads in Georgia's recount by 510" in content


async def test_once_there_is_a_count_of_the_election_that_is_told(recounted: Newsroom) -> None:
    await recounted.take(reading(900, 700, 20))
    asked = await question_in(recounted.questions)
    assert asked.count == "election"
    standing = await recounted.query.margin(asked.contest, SERVER, reader="newsroom")
    assert standing.change is not None
    assert standing.change.margin == 200
