"""A margin that crosses the recount line, or a share that crosses a majority, is posted once, with the change that
caused it.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from bot.count.reading import Reading
from bot.count.recount_line import RecountLine
from bot.desk.desk_file import Desk
from tests.conftest import COUNT, LIVE, Newsroom, OpenNewsroom, reading, small_desk

LINE = RecountLine(
    "GA",
    True,
    Fraction(1, 200),
    "all_votes",
    "on_request",
    "a losing candidate",
    "within two business days of certification",
    "O.C.G.A. 21-2-495",
    "2026-11-25",
    True,
)


def with_lines(newsroom: Newsroom, desk: Desk | None = None, *lines: RecountLine) -> Newsroom:
    """Give the newsroom other recount lines and, unless `desk` is None, another desk file."""
    object.__setattr__(newsroom.setting, "recount_lines", lines or (LINE,))
    if desk is not None:
        object.__setattr__(newsroom.setting, "desk", desk)
    return newsroom


async def lines(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [row.headline for row in await newsroom.posts(channel) if row.kind == "recount_line"]


async def test_a_margin_that_comes_inside_the_line_and_leaves_it_is_told_once_each(newsroom: Newsroom) -> None:
    with_lines(newsroom)
    await newsroom.follow()
    await newsroom.take(reading(510_000, 490_000, 0), reading(510_000, 500_000, 1), reading(510_000, 504_000, 2))
    assert await lines(newsroom) == []
    await newsroom.take(reading(510_000, 505_500, 3), reading(510_000, 506_000, 4))
    (inside,) = await lines(newsroom)
    assert inside == (
        "**The margin in Georgia is now within recount range.** Biden leads by 4,500 votes, 0.44 percentage points (limit "
        "0.5), by the Times' count. A losing candidate may ask for a recount within two business days "
        "of certification, if it still is then."
    )
    await newsroom.take(reading(530_000, 506_000, 5), reading(531_000, 506_000, 6))
    assert [line.split(".**")[0] for line in await lines(newsroom)] == [
        "**The margin in Georgia is now within recount range",
        "**The margin in Georgia is now outside recount range",
    ]


async def test_the_crossing_comes_after_the_change_in_one_transaction(newsroom: Newsroom) -> None:
    with_lines(newsroom)
    await newsroom.follow()
    await newsroom.follow(LIVE)
    await newsroom.take(reading(510_000, 490_000, 0), reading(510_000, 509_000, 1))
    assert (await newsroom.kinds())[-2:] == ["margin", "recount_line"]
    here, there = await newsroom.posts(COUNT), await newsroom.posts(LIVE)
    assert here[-1].number == there[-1].number == here[-2].number + 1


async def test_a_crossing_that_is_too_small_for_a_margin_post_is_told(newsroom: Newsroom) -> None:
    with_lines(newsroom)
    await newsroom.follow(least=100_000)
    await newsroom.take(reading(510_000, 504_800, 0), reading(510_000, 505_000, 1))
    assert (await newsroom.kinds()) == ["first", "recount_line"]


async def test_a_channel_that_begins_to_follow_inside_the_line_is_told_when_it_is_left(newsroom: Newsroom) -> None:
    with_lines(newsroom)
    await newsroom.take(reading(510_000, 509_000, 0))
    await newsroom.follow()
    await newsroom.take(reading(510_100, 509_000, 1))
    assert await lines(newsroom) == []
    await newsroom.take(reading(540_100, 509_000, 2))
    assert len(await lines(newsroom)) == 1


async def test_on_election_night_nothing_is_told_of_lines(newsroom: Newsroom) -> None:
    with_lines(newsroom)
    await newsroom.follow()
    night = {"reporting": {"precincts": [50, 100]}}
    done = {"reporting": {"precincts": [100, 100]}}
    await newsroom.take(reading(510_000, 490_000, 0, **night), reading(510_000, 509_000, 1, **night))
    await newsroom.take(reading(510_001, 509_000, 2, **done))
    assert await lines(newsroom) == []
    await newsroom.take(reading(560_001, 509_000, 3, **done))
    assert len(await lines(newsroom)) == 1


@pytest.mark.parametrize("fields", [{"count": "recount"}, {"source": "ga-sos"}])
async def test_another_count_and_another_source_cross_nothing(newsroom: Newsroom, fields: dict[str, Any]) -> None:
    with_lines(newsroom)
    await newsroom.follow()
    await newsroom.take(reading(510_000, 490_000, 0))
    await newsroom.take(reading(510_000, 490_000, 1, **fields), reading(510_000, 509_000, 2, **fields))
    assert await lines(newsroom) == []


async def test_a_line_that_nobody_verified_is_never_told(newsroom: Newsroom) -> None:
    unverified = replace(LINE, verified=False)
    with_lines(newsroom, None, unverified)
    await newsroom.follow()
    await newsroom.take(reading(510_000, 490_000, 0), reading(510_000, 509_000, 1))
    assert await lines(newsroom) == []


async def test_a_majority_that_is_lost_and_won_back_is_told(open_newsroom: OpenNewsroom) -> None:
    desk = small_desk()
    runoff = desk.contests[0].model_copy(update={"rule": "majority-runoff"})
    desk = desk.model_copy(update={"contests": [runoff, *desk.contests[1:]]})
    newsroom = with_lines(await open_newsroom(desk), None, LINE)
    await newsroom.follow()
    await newsroom.take(reading(501_000, 400_000, 0, total=1_000_000), reading(501_000, 400_000, 1, total=1_003_000))
    await newsroom.take(reading(505_000, 400_000, 2, total=1_007_000))
    (short,) = await lines(newsroom)
    assert (
        short
        == "**Biden now has 49.95% of the vote so far in Georgia,** 501 votes short of a majority of those counted, by the Times' count."
    )
    reached = (await newsroom.posts())[-1]  # a margin post ends with it, and tells it alone
    assert reached.headline.startswith("**Biden's lead in Georgia has grown by 4,000 votes since 7 a.m., to 105,000,**")
    assert reached.headline.endswith("Biden has 50.15% of the vote so far, a majority.")


async def test_nothing_says_what_will_be(newsroom: Newsroom) -> None:
    with_lines(newsroom)
    await newsroom.follow()
    await newsroom.take(reading(510_000, 490_000, 0), reading(510_000, 509_000, 1), reading(590_000, 509_000, 2))
    for said in await lines(newsroom):
        assert "there will be" not in said
        assert "wins" not in said


async def test_a_line_in_votes_is_watched_and_shown(newsroom: Newsroom) -> None:
    line = RecountLine(
        "GA", True, None, "all_votes", "automatic", None, None, "law", "2026-11-25", verified=True, votes=2000
    )
    with_lines(newsroom, None, line)
    await newsroom.follow()
    await newsroom.take(reading(510_000, 507_000, 0), reading(510_000, 508_500, 1))
    (inside,) = await lines(newsroom)
    assert inside == (
        "**The margin in Georgia is now within recount range.** Biden leads by 1,500 votes, the limit is not more than "
        "2,000 votes, by the Times' count. If it still is when the count is certified, the law calls for a recount."
    )
    cards = await newsroom.database.rows("SELECT embeds FROM outbox WHERE kind = 'margin'")
    assert "Within recount range (not more than 2,000 votes): the margin is 1,500 votes." in cards[0][0]


async def test_of_two_places_the_margin_for_the_last_is_watched(newsroom: Newsroom) -> None:
    desk = small_desk()
    third = desk.contests[0].candidates[0].model_copy(update={"id": "jo", "name": "Jo Jorgensen", "last": "Jorgensen"})
    contest = desk.contests[0].model_copy(
        update={"rule": "top-n", "seats": 2, "candidates": [*desk.contests[0].candidates, third]}
    )
    with_lines(newsroom, desk.model_copy(update={"contests": [contest, *desk.contests[1:]]}))
    await newsroom.follow()

    def three(jo: int, minute: int) -> Reading:
        return reading(0, 0, minute, votes={"biden": 600_000, "trump": 300_000, "jo": jo})

    await newsroom.take(three(200_000, 0), three(299_000, 1))
    (inside,) = await lines(newsroom)
    assert (
        "Trump is ahead of Jorgensen by 1,000 votes for the last of two places, 0.08 percentage points (limit 0.5)"
        in inside
    )
