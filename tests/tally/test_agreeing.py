"""If another source states a margin that is posted already, the post names the source once, until the entry is
retracted.
"""

from datetime import timedelta
from typing import Any

import pytest

from bot.count.statement import Statement
from bot.entries.drafts import TallyFields
from bot.outbox.proposals_store import Asker
from bot.wording.message import render
from tests.conftest import AWAY, COUNT, LIVE, OTHER_SERVER, SERVER, START, WHO, Newsroom, reading

OLGA = Asker(SERVER, 1, "olga (1)")
OTHER = Asker(OTHER_SERVER, 2, "otto (2)")


@pytest.fixture
async def told(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that has posted a lead of Biden by 14,101. Another server has posted it, too."""
    await newsroom.follow()
    await newsroom.follow(AWAY, server=OTHER_SERVER)
    await newsroom.post(reading(2_471_895, 2_457_794, total=4_992_198))
    return newsroom


async def enter(
    newsroom: Newsroom, minute: float, source: str = "reporter", margin: str = "Biden 14,101", by: Asker = OLGA
) -> int:
    newsroom.at(minute)
    contest = newsroom.following.contest("ga")
    card = await newsroom.entering.report(by, contest, TallyFields(margin=margin), source=source)
    await newsroom.enter(by, card)
    await newsroom.publish()
    return int(card.buttons[0].key.split(":")[1])


def card(newsroom: Newsroom, channel: int = COUNT) -> str:
    """Return the text of the embed in a channel's first post."""
    return str(newsroom.shown(channel)[0].embeds[0]["description"])


async def audited(newsroom: Newsroom) -> list[Any]:
    rows = await newsroom.database.rows("SELECT server, who, after FROM audit WHERE what = 'source added'")
    return list(rows)


async def why(newsroom: Newsroom, number: int = 1, server: int = SERVER, channel: int = COUNT) -> str:
    questions = newsroom.questions
    return render(await questions.provenance.why(await questions.asking.viewer(server, channel), number)).content


async def test_who_says_what_is_posted_is_named_at_the_post_and_makes_none(told: Newsroom) -> None:
    before = card(told)
    await enter(told, 40)
    assert len(told.shown(COUNT)) == 1
    assert card(told) == f"{before}\n\nOur reporter had the same margin at 7:40 a.m. Wednesday."
    assert told.contents(COUNT)[0].startswith("**Biden leads in Georgia by 14,101 votes,**")
    assert [row[:2] for row in await audited(told)] == [(SERVER, "olga (1)")]
    assert "Our reporter has the same margin, as of 7:40 a.m., entered by olga." in await why(told)


async def test_another_server_sees_nothing_of_it(told: Newsroom) -> None:
    await enter(told, 40)
    assert "Also" not in card(told, AWAY)
    assert "says so too" not in await why(told, 1, OTHER_SERVER, AWAY)
    await enter(told, 45, by=OTHER)
    assert card(told, AWAY).endswith("Our reporter had the same margin at 7:45 a.m. Wednesday.")
    assert card(told).endswith("Our reporter had the same margin at 7:40 a.m. Wednesday.")


async def test_a_source_is_named_once_and_the_leading_one_not_beside_itself(told: Newsroom) -> None:
    await enter(told, 40)
    await enter(told, 50)
    await enter(told, 55, source="times")
    assert card(told).endswith("Our reporter had the same margin at 7:40 a.m. Wednesday.")
    assert len(await audited(told)) == 1


async def test_undo_takes_it_off_again(told: Newsroom) -> None:
    before = card(told)
    key = await enter(told, 40)
    await told.decisions.undo(OLGA, key)
    await told.publish()
    assert card(told) == before
    assert len(told.shown(COUNT)) == 1
    assert "says so too" not in await why(told)


async def test_what_does_not_agree_or_was_true_before_the_post_is_not_named(told: Newsroom) -> None:
    await enter(told, 40, margin="Biden 14,102")
    said = {"source": "reporter", "contest": "ga", "leader": "biden", "margin": 14_101}
    early = Statement.model_validate(said | {"as_of": START - timedelta(hours=1)})
    await told.statements.take_in(early, SERVER, WHO)
    await told.publish()
    assert "Also" not in card(told)


async def test_a_post_that_the_public_reads_is_left_as_an_editor_published_it(told: Newsroom) -> None:
    await told.control.set_desk_channel(LIVE, SERVER, WHO)
    await told.control.set_public(COUNT, SERVER, WHO, public=True)
    await enter(told, 40)
    assert "Also" not in card(told)


async def test_it_says_beforehand_that_its_source_is_named_there(told: Newsroom) -> None:
    told.at(40)
    contest = told.following.contest("ga")
    shown = await told.entering.report(OLGA, contest, TallyFields(margin="Biden 14,101"), source="reporter")
    assert "#1 has this margin already** and will name this source, too. Answers will use it." in shown.headline
    assert "Also" not in card(told)
