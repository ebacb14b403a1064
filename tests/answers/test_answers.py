"""Properties of all answers."""

import pytest

from tests.answers.asked import ask, entered, missing, take
from tests.conftest import OTHER_SERVER, Newsroom, delivery, reading


@pytest.mark.parametrize("command", ["outstanding", "certified", "known", "sources", "draft"])
async def test_what_another_server_entered_is_in_no_answer(newsroom: Newsroom, command: str) -> None:
    await newsroom.take(reading(1100, 1000, 5))
    await newsroom.desk_store.join(OTHER_SERVER)
    for fields in ({"outstanding": {"ballots": 5}}, {"certified": (5, 9)}, {"leader": "trump", "margin": 77}):
        await newsroom.statements.take_in(entered(**fields), OTHER_SERVER, "Eve")
    said = await ask(newsroom, command)
    assert [one for one in ("77", "5 ballots", "5 of 9") if one in said] == []


@pytest.mark.parametrize("command", ["outstanding", "sources", "history", "margin", "known"])
async def test_before_any_vote_is_in_nobody_is_tied(newsroom: Newsroom, command: str) -> None:
    await newsroom.take(reading(0, 0, 5))
    await newsroom.ingest.accept(delivery([reading(0, 0, 5, source="ga-sos")]))
    await take(newsroom, entered(outstanding={"ballots": 300}))
    assert "tied" not in await ask(newsroom, command)


async def test_ballots_without_a_candidates_votes_are_no_tie(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(0, 0, total=100))
    assert await newsroom.posts() == []
    assert "margin" not in (await ask(newsroom, "draft")).split("\n")[0]


async def test_a_time_ahead_of_the_check_that_saw_it_is_said_to_be_the_sources(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(2_471_895, 2_457_794, total=4_992_198))
    newsroom.at(5)
    ahead = delivery([reading(2_471_995, 2_457_794, 9, total=4_992_298)])
    await newsroom.ingest.accept(ahead)
    await newsroom.publish()
    changed = "7:09 a.m. by the source's clock"
    (footer,) = [embed["footer"]["text"] for embed in newsroom.shown()[-1].embeds]
    assert footer == f"Unofficial. Votes last changed at {changed}, last checked at 7:05 a.m."
    says = {
        "margin": f"\nUnofficial. Changed {changed}, checked 7:05 a.m.",
        "sources": f"Changed {changed}. Checked 7:05 a.m.",
        "draft": f"Votes changed {changed}, checked 7:05 a.m.",
    }
    assert await missing(newsroom, says) == {}
    newsroom.at(10)
    await newsroom.ingest.accept(ahead)
    assert "\nUnofficial. Changed 7:09 a.m., checked 7:10 a.m." in await ask(newsroom, "margin")
