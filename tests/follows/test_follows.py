"""Tests which contest a command means, and who may set what a channel follows."""

from datetime import timedelta
from typing import cast

import pytest

from bot.errors import BadInputError
from bot.follows.follows import Follows
from bot.follows.follows_store import FollowRow
from bot.follows.levels import Role, Roles
from bot.follows.preferences import DEFAULT_PREFERENCES
from bot.tally.following_store import FollowingStore
from tests.conftest import AWAY, COUNT, OTHER_SERVER, SERVER, START, WHO, Newsroom, reading, small_desk


@pytest.mark.parametrize("typed", ["ga", "GA ", "President", "president", "pres", "presid"])
def test_a_contest_is_found_by_id_name_or_a_part_that_only_it_has(newsroom: Newsroom, typed: str) -> None:
    assert newsroom.following.contest(typed).id == "ga"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "there is President or U.S. Senate"),
        ("georgia", "could be President or U.S. Senate"),
        ("mayor", 'no contest is called "mayor"'),
    ],
)
def test_a_contest_that_is_none_or_several_is_refused(newsroom: Newsroom, typed: str, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        newsroom.following.contest(typed)


def test_two_contests_of_the_same_name_are_told_apart_by_id(newsroom: Newsroom) -> None:
    desk = small_desk()
    twins = [contest.model_copy(update={"name": "President"}) for contest in desk.contests]
    twins_desk = desk.model_validate(desk.model_dump() | {"contests": twins})
    changes = FollowingStore(newsroom.rooms.outbox.outbox, twins_desk.leading)
    following = Follows(newsroom.desk_store, changes, twins_desk, newsroom.clock)
    assert following.contest("senate").id == "senate"
    with pytest.raises(BadInputError, match=r'"President" could be President \(ga\) or President \(senate\)'):
        following.contest("President")


async def test_each_role_is_kept_for_its_server_with_who_set_it(newsroom: Newsroom) -> None:
    await newsroom.desk_store.join(SERVER)
    for may, role in (("reporter", 6), ("desk", 7), ("manager", 8)):
        await newsroom.desk_store.set_role(SERVER, cast("Role", may), role, WHO, newsroom.clock.now())
    assert await newsroom.desk_store.roles(SERVER) == Roles(6, 7, 8)
    assert await newsroom.desk_store.roles(OTHER_SERVER) == Roles()
    await newsroom.desk_store.set_role(SERVER, "desk", None, WHO, newsroom.clock.now())
    assert await newsroom.desk_store.roles(SERVER) == Roles(6, None, 8)
    rows = await newsroom.database.rows(
        "SELECT who, what, before, after FROM audit WHERE what LIKE '% role' ORDER BY id"
    )
    assert rows == [
        (WHO, "reporter role", None, "6"),
        (WHO, "desk role", None, "7"),
        (WHO, "manager role", None, "8"),
        (WHO, "desk role", "7", None),
    ]


async def test_what_is_followed_is_kept_with_who_and_when(newsroom: Newsroom) -> None:
    following, contest = newsroom.following, newsroom.following.contest("ga")
    assert await following.follow(contest, SERVER, COUNT, 500, WHO) is None
    row = FollowRow(SERVER, COUNT, "ga", 500, WHO, START, preferences=DEFAULT_PREFERENCES)
    assert await following.servers.following(SERVER) == [row]
    newsroom.at(5)
    assert await following.follow(contest, SERVER, COUNT, None, "Ed") == row
    assert await following.unfollow(contest.id, SERVER, COUNT, "Ed")
    assert not await following.unfollow(contest.id, SERVER, COUNT, "Ed")
    assert await following.servers.following(SERVER) == []


async def test_a_server_is_forgotten_thirty_days_after_the_bot_left_it(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.follow(AWAY, server=OTHER_SERVER)
    await newsroom.take(reading(110, 100))
    await newsroom.desk_store.leave(SERVER, newsroom.clock.now())
    newsroom.clock.set(START + timedelta(days=30))
    await newsroom.rooms.newsroom.forgetting.delete_expired()
    assert await newsroom.following.servers.following(SERVER) != []
    newsroom.clock.set(START + timedelta(days=30, seconds=1))
    await newsroom.rooms.newsroom.forgetting.delete_expired()
    assert await newsroom.following.servers.following(SERVER) == []
    assert {row.channel for row in await newsroom.posts()} == {AWAY}
    assert await newsroom.database.rows("SELECT id FROM servers") == [(OTHER_SERVER,)]
    assert await newsroom.database.rows("SELECT DISTINCT server FROM audit") == [(OTHER_SERVER,)]
