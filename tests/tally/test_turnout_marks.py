"""Turnout marks: each is posted once, in a margin post, in channels that want them."""

import pytest

from bot.follows.preferences import FollowPreferences
from bot.outbox.states import State
from tests.conftest import COUNT, LIVE, Newsroom, reading

MARKS = FollowPreferences(turnout_marks=500_000)


def marks(headlines: list[str]) -> list[str]:
    """Return the turnout mark that each headline names; "" for none."""
    return [said.partition("More than ")[2] for said in headlines]


async def test_a_margin_post_names_the_mark_that_the_count_has_passed(newsroom: Newsroom) -> None:
    await newsroom.follow(preferences=MARKS)
    await newsroom.follow(LIVE)
    await newsroom.post(
        reading(2_300_000, 2_190_000), reading(2_310_000, 2_195_000, 5), reading(2_320_000, 2_195_000, 9)
    )
    assert marks(await newsroom.headlines()) == ["", "4,500,000 votes are counted in Georgia.", ""]
    (row,) = [row for row in await newsroom.posts(COUNT) if "More than" in row.headline]
    assert row.content.endswith(f"\n-# #{row.number} · the Times, 7:05 a.m.")
    assert marks(await newsroom.headlines(LIVE)) == ["", "", ""]


@pytest.mark.parametrize(("counted", "said"), [(500_000, ""), (500_001, "500,000"), (1_700_000, "1,500,000")])
async def test_a_mark_is_passed_by_one_vote_and_of_several_the_highest_is_named(
    newsroom: Newsroom, counted: int, said: str
) -> None:
    await newsroom.follow(preferences=MARKS)
    await newsroom.post(reading(300_000, 190_000), reading(counted - 190_000, 190_000, 5))
    assert marks(await newsroom.headlines()) == ["", f"{said} votes are counted in Georgia." if said else ""]


async def test_what_waits_names_its_mark_once_it_is_told(newsroom: Newsroom) -> None:
    await newsroom.follow(least=50_000, preferences=MARKS)
    await newsroom.post(reading(300_000, 190_000), reading(306_000, 196_000, 5), reading(307_000, 196_000, 10))
    assert len(await newsroom.kinds()) == 1
    await newsroom.post(reading(400_000, 196_000, 15))
    assert marks(await newsroom.headlines()) == ["", "500,000 votes are counted in Georgia."]


async def test_posts_that_merge_name_the_mark_that_the_last_of_them_has_passed(newsroom: Newsroom) -> None:
    await newsroom.follow(preferences=MARKS)
    await newsroom.post(reading(400_000, 90_000))
    await newsroom.take(reading(420_000, 90_000, 5), reading(930_000, 90_000, 6))
    newsroom.wall.move(700)
    await newsroom.publish()
    sent = [row.headline for row in await newsroom.posts(COUNT) if row.state == State.SENT]
    assert marks(sent)[-1] == "1,000,000 votes are counted in Georgia."
    assert sum(bool(mark) for mark in marks(sent)) == 1


async def test_a_mark_is_named_once_though_the_count_falls_below_it_and_passes_it_again(newsroom: Newsroom) -> None:
    await newsroom.follow(preferences=MARKS)
    await newsroom.post(reading(300_000, 190_000), reading(320_000, 190_000, 5))
    await newsroom.post(reading(305_000, 190_000, 10), reading(305_000, 190_000, 12), reading(330_000, 190_000, 20))
    posts = [row.headline for row in await newsroom.posts(COUNT) if row.action == "post"]
    assert [bool(mark) for mark in marks(posts)] == [False, True, False, False]


async def test_a_recount_passes_no_mark(newsroom: Newsroom) -> None:
    await newsroom.follow(preferences=MARKS)
    await newsroom.post(*(reading(votes, 190_000, at, count="recount") for at, votes in enumerate((300_000, 400_000))))
    assert set(marks(await newsroom.headlines())) == {""}


async def test_words_that_are_made_again_name_the_mark_again(newsroom: Newsroom) -> None:
    await newsroom.follow(preferences=MARKS)
    await newsroom.post(reading(300_000, 190_000))
    await newsroom.take(reading(320_000, 190_000, 5))
    for _ in range(2):
        assert marks(await newsroom.headlines())[-1] == "500,000 votes are counted in Georgia."
    await newsroom.publish()
    assert marks(await newsroom.headlines())[-1] == "500,000 votes are counted in Georgia."
