"""A feed whose count falls in two steps and then becomes another count, as Georgia's did in November 2020. The
figures are made up.
"""

from datetime import timedelta

import pytest

from bot.count.reading import Reading
from bot.feeds.receivers import Delivery
from tests.conftest import COUNT, START, Newsroom, reading

LATE = {"precincts": (995, 1000)}


def shown(biden: int, trump: int, minute: float, moved: int = 0) -> Reading:
    """Return a reading in which `moved` counties have one new vote each."""
    batch = {f"County {number}": 1 for number in range(moved)}
    return reading(biden, trump, minute, total=biden + trump + 60, reporting=LATE, unit_batch=batch)


FALLS = [shown(5040, 3980, 8), shown(5000, 3990, 15), shown(4999, 3990, 23)]
SLIDE = [
    shown(5100, 4200, 60, 22),
    shown(5130, 4290, 68, 27),
    shown(5129, 4300, 74, 12),
    shown(5140, 4310, 95, 1),
    shown(5200, 4330, 200, 40),
    shown(5190, 4330, 210),
    shown(5150, 4320, 220),
    shown(5040, 4150, 230),
]


@pytest.fixture
async def played(newsroom: Newsroom) -> Newsroom:
    await newsroom.follow()
    await newsroom.take(shown(4980, 3980, 0), *FALLS, *SLIDE)
    return newsroom


async def test_a_fall_in_two_steps_fetched_once_a_step_is_one_revision(played: Newsroom) -> None:
    posts = [row.kind for row in await played.posts() if row.action == "post"]
    assert posts == ["first", "margin", "revision", "notice"]
    (revision,) = [row for row in await played.posts(COUNT) if row.kind == "revision"]
    assert "down 31 votes" in revision.headline


async def test_a_fall_in_two_steps_asked_about_each_minute_is_two_revisions(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(shown(4980, 3980, 0))
    for step, one in enumerate(FALLS):
        await newsroom.post(one)
        until = FALLS[step + 1].as_of if step + 1 < len(FALLS) else one.as_of + timedelta(minutes=5)
        while newsroom.clock.now() + timedelta(minutes=1) < until:
            newsroom.clock.set(newsroom.clock.now() + timedelta(minutes=1))
            await newsroom.ingest.accept(Delivery("times", unchanged={("ga", "election")}))
    told = [row.headline for row in await newsroom.posts(COUNT) if (row.kind, row.action) == ("revision", "post")]
    assert ["down 30 votes" in told[0], "down 1 vote." in told[1]] == [True, True]
    assert len(told) == 2


async def test_a_feed_that_moves_is_held_whatever_follows_and_the_desk_s_post_is_the_newest_once(
    played: Newsroom,
) -> None:
    before = await played.posts(COUNT)
    assert before[-1].kind == "notice"
    played.at(300)
    assert await played.settle(post=True) == 1
    (released,) = (await played.posts(COUNT))[len(before) :]
    assert released.kind == "margin"
    assert "to 890,**" in released.headline
    changes = await played.queries.changes_between("ga", "times", START - timedelta(hours=1), START + timedelta(days=1))
    assert 4980 + sum((change.batch or {}).get("biden") or 0 for change in changes) == 5040
    await played.take(shown(5300, 4400, 400, 40))
    assert (await played.kinds())[-1] == "notice"
