"""If another source states a margin that is posted already, no post is made or edited; `/why` has the entry."""

from datetime import timedelta

import pytest

from bot.count.statement import Statement
from bot.entries.drafts import TallyFields
from bot.outbox.proposals_store import Asker
from bot.wording.message import render
from tests.conftest import AWAY, COUNT, OTHER_SERVER, SERVER, START, WHO, Newsroom, reading

OLGA = Asker(SERVER, 1, "olga (1)")
LINE = "Our reporter has the same margin, as of 7:40 a.m., entered by olga."


@pytest.fixture
async def told(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that has posted a lead of Biden by 14,101. Another server has posted it, too."""
    await newsroom.follow()
    await newsroom.follow(AWAY, server=OTHER_SERVER)
    await newsroom.post(reading(2_471_895, 2_457_794, total=4_992_198))
    return newsroom


async def enter(newsroom: Newsroom, minute: float, source: str = "reporter", margin: str = "Biden 14,101") -> int:
    newsroom.at(minute)
    contest = newsroom.following.contest("ga")
    card = await newsroom.entering.report(OLGA, contest, TallyFields(margin=margin), source=source)
    assert "#1 has this margin already.** Answers will use it." in card.headline or margin != "Biden 14,101"
    await newsroom.enter(OLGA, card)
    await newsroom.publish()
    return int(card.buttons[0].key.split(":")[1])


async def why(newsroom: Newsroom, server: int = SERVER, channel: int = COUNT) -> str:
    questions = newsroom.questions
    return render(await questions.provenance.why(await questions.asking.viewer(server, channel), 1)).content


async def test_an_entry_that_agrees_is_in_why_and_leaves_the_channel_as_it_is(told: Newsroom) -> None:
    before = [message.embeds for message in told.shown(COUNT)]
    await enter(told, 40)
    assert [message.embeds for message in told.shown(COUNT)] == before
    assert LINE in await why(told)
    assert "has the same margin" not in await why(told, OTHER_SERVER, AWAY)


async def test_why_has_no_entry_that_was_undone(told: Newsroom) -> None:
    await told.decisions.undo(OLGA, await enter(told, 40))
    assert "has the same margin" not in await why(told)


async def test_why_has_no_entry_that_differs_or_is_older_than_the_post(told: Newsroom) -> None:
    await enter(told, 40, margin="Biden 14,102")
    said = {"source": "reporter", "contest": "ga", "leader": "biden", "margin": 14_101}
    early = Statement.model_validate(said | {"as_of": START - timedelta(hours=1)})
    await told.statements.take_in(early, SERVER, WHO)
    await told.publish()
    assert "has the same margin" not in await why(told)
