from datetime import timedelta

import pytest

from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.errors import BadInputError
from tests.conftest import AWAY, COUNT, OTHER_SERVER, SERVER, START, WHO, Newsroom, reading


@pytest.fixture
async def following(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that was told of a lead of 500."""
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    return newsroom


def official(biden: int, trump: int, minute: float) -> Reading:
    return reading(biden, trump, minute, source="ga-sos")


async def says(newsroom: Newsroom, margin: int, minute: float, *, source: str = "reporter", **more: object) -> None:
    """Let a source say by how much Biden leads."""
    said = {"source": source, "contest": "ga", "as_of": START + timedelta(minutes=minute), "leader": "biden"}
    newsroom.at(minute)
    await newsroom.statements.take_in(Statement.model_validate(said | {"margin": margin} | more), SERVER, WHO)


async def related(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    """Return of each post about another source whether it confirms or contradicts."""
    posts = [row for row in await newsroom.posts(channel) if row.kind == "statement"]
    return ["contradicts" if "Two margins" in row.headline else "confirms" for row in posts]


async def test_the_first_confirmation_is_posted_with_the_number_of_the_post_it_confirms(following: Newsroom) -> None:
    await following.take(official(900, 400, 1))
    assert await related(following) == ["confirms"]
    assert "(#1)" in (await following.headlines())[-1]


async def test_the_same_margin_is_not_confirmed_again(following: Newsroom) -> None:
    await following.take(official(900, 400, 1), official(950, 450, 2), official(990, 490, 90))
    assert await related(following) == ["confirms"]


async def test_two_feeds_that_go_hand_in_hand_do_not_double_every_post(following: Newsroom) -> None:
    await following.take(official(900, 400, 1), reading(1100, 500, 2), official(1000, 400, 3))
    assert await related(following) == ["confirms"]


async def test_a_new_margin_that_stood_unconfirmed_for_an_hour_is_confirmed_again(following: Newsroom) -> None:
    await following.take(official(900, 400, 1), reading(1100, 500, 2), official(1000, 400, 62))
    assert await related(following) == ["confirms", "confirms"]


async def test_a_contradiction_is_posted_once_until_the_source_agrees(following: Newsroom) -> None:
    await following.take(official(900, 390, 1), official(920, 390, 2), official(940, 390, 3))
    assert await related(following) == ["contradicts"]
    await following.take(official(940, 440, 4), official(990, 440, 5))
    assert await related(following) == ["contradicts", "confirms", "contradicts"]


async def test_a_source_that_is_behind_contradicts_nothing(following: Newsroom) -> None:
    await following.take(reading(1100, 500, 1), reading(1200, 500, 2), official(950, 450, 3), official(1050, 450, 4))
    assert await related(following) == []
    await following.take(official(1150, 450, 5))
    assert await related(following) == ["confirms"]


async def test_nothing_is_confirmed_before_anything_was_told(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(official(900, 400, 1))
    assert await newsroom.posts() == []


async def test_what_was_told_on_following_can_be_confirmed(newsroom: Newsroom) -> None:
    await newsroom.take(reading(1000, 500))
    await newsroom.follow()
    await newsroom.take(official(900, 400, 1))
    assert await related(newsroom) == ["confirms"]
    assert "#" not in (await newsroom.headlines())[-1]


async def test_who_is_named_first_in_a_tie_does_not_matter(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(500, 500), official(400, 300, 1), official(400, 400, 2))
    assert await related(newsroom) == ["contradicts", "confirms"]


async def test_a_feed_speaks_to_every_server_and_staff_to_their_own(following: Newsroom) -> None:
    await following.follow(AWAY, server=OTHER_SERVER)
    await says(following, 480, 1, source="ga-sos")
    assert (await related(following), await related(following, AWAY)) == (["contradicts"], [])
    await following.take(official(900, 400, 2))
    assert (await related(following), await related(following, AWAY)) == (["contradicts", "confirms"], ["confirms"])


# People.


async def test_a_persons_agreement_is_stored_and_not_posted(following: Newsroom) -> None:
    await says(following, 500, 1)
    assert await following.count("statements") == 1
    assert await related(following) == []


async def test_a_persons_contradiction_is_posted_once_until_they_agree(following: Newsroom) -> None:
    await says(following, 480, 1)
    await says(following, 470, 2)
    assert await related(following) == ["contradicts"]
    await says(following, 500, 3)
    await says(following, 460, 4)
    assert await related(following) == ["contradicts", "contradicts"]


async def test_a_person_who_agreed_and_then_contradicts_is_posted(following: Newsroom) -> None:
    await says(following, 500, 1)
    await says(following, 480, 2)
    assert await related(following) == ["contradicts"]


async def test_a_margin_said_as_about_agrees_when_it_is_near(following: Newsroom) -> None:
    await says(following, 490, 1, approximate=["margin"])
    assert await related(following) == []
    await says(following, 400, 2, approximate=["margin"])
    assert await related(following) == ["contradicts"]


async def test_a_statement_of_the_leading_source_is_not_held_against_itself(following: Newsroom) -> None:
    await says(following, 480, 1, source="times")
    assert await following.kinds() == ["first"]


async def test_what_was_said_before_the_margin_posted_contradicts_nothing(following: Newsroom) -> None:
    await following.take(reading(1100, 500, 30))
    following.at(31)
    await following.ingest.take_in([official(900, 395, 10)])
    assert await related(following) == []


async def test_each_count_is_confirmed_for_itself(following: Newsroom) -> None:
    await following.take(official(900, 400, 1), reading(1000, 500, 2, count="audit"))
    await following.take(reading(900, 400, 3, source="ga-sos", count="audit"))
    assert await related(following) == ["confirms", "confirms"]


async def test_a_statement_of_a_time_still_ahead_is_refused(following: Newsroom) -> None:
    said = {
        "source": "reporter",
        "contest": "ga",
        "as_of": START + timedelta(minutes=62),
        "leader": "biden",
        "margin": 5,
    }
    statement = Statement.model_validate(said)
    with pytest.raises(BadInputError, match="is still ahead"):
        await following.statements.take_in(statement, SERVER, WHO)


async def test_zeros_before_the_first_votes_confirm_and_contradict_nothing(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(0, 0), official(0, 0, 1), reading(10, 0, 2), official(0, 0, 3))
    assert await related(newsroom) == []
