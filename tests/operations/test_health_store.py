import sqlite3
from datetime import timedelta
from functools import partial

import pytest

from bot.operations.health_store import OPERATOR, HealthStore
from bot.operations.incidents import Incident, Trouble
from bot.outbox.rows import OutboxRow
from bot.outbox.rows_store import add_rows
from bot.outbox.states import Transition
from bot.wording.card import Card, lines
from tests.conftest import COUNT, LIVE, SERVER, START, Newsroom

MINUTE = timedelta(minutes=1)
DM = 99
DRAFT = Card(lines("the times are down"), "Tallydesk, 7 a.m.", kind="notice")


@pytest.fixture
def store(newsroom: Newsroom) -> HealthStore:
    return HealthStore(newsroom.rooms.outbox.outbox)


async def downs(store: HealthStore) -> list[Incident]:
    return [one for one in await store.incidents() if one.kind == "down"]


async def add(newsroom: Newsroom, *posts: tuple[int, int]) -> None:
    """Add posts to the outbox: (channel, minutes after the start)."""
    await newsroom.desk_store.join(SERVER)
    for number, (channel, minute) in enumerate(posts, start=1):
        row = OutboxRow.worded(SERVER, channel, number, DRAFT, START)
        at = int((START + minute * MINUTE).timestamp() * 1_000_000)
        await newsroom.database.write(partial(add_rows, rows=[row], wall=at))


# Alive.


async def test_the_first_start_ever_was_not_down_before(store: HealthStore) -> None:
    await store.record_alive(START, MINUTE)
    assert await downs(store) == []


async def test_a_gap_between_two_lives_is_kept_until_it_is_told(store: HealthStore) -> None:
    await store.record_alive(START, MINUTE)
    await store.record_alive(START + MINUTE, MINUTE)
    await store.record_alive(START + 9 * MINUTE, MINUTE)
    await store.record_alive(START + 10 * MINUTE, MINUTE)
    (down,) = await downs(store)
    assert (down.since, down.ended) == (START + MINUTE, START + 9 * MINUTE)
    await store.tell([], [down], DRAFT, DM, START + 10 * MINUTE)
    assert await downs(store) == []


async def test_a_gap_that_nobody_is_to_be_told_of_is_none(store: HealthStore) -> None:
    await store.record_alive(START, None)
    await store.record_alive(START + timedelta(days=1), None)
    await store.record_alive(START + timedelta(days=1, minutes=1), MINUTE)
    assert await downs(store) == []


async def test_a_clock_that_was_set_back_is_no_gap(store: HealthStore) -> None:
    await store.record_alive(START, MINUTE)
    await store.record_alive(START - timedelta(days=1), MINUTE)
    assert await downs(store) == []


# The outbox.


async def test_what_waits_is_told_by_channel_the_longest_wait_first(newsroom: Newsroom, store: HealthStore) -> None:
    await add(newsroom, (LIVE, 5), (COUNT, 1), (COUNT, 2), (LIVE, 6), (LIVE, 7))
    outbox = await store.outbox()
    assert [(row.server, row.channel, row.posts, row.oldest) for row in outbox.waiting] == [
        (SERVER, COUNT, 2, START + MINUTE),
        (SERVER, LIVE, 3, START + 5 * MINUTE),
    ]
    assert (outbox.posts, outbox.oldest, outbox.doubtful_count) == (5, START + MINUTE, 0)
    assert [(row.why, row.closed) for row in outbox.waiting] == [(None, False)] * 2


async def test_a_channel_that_can_not_be_written_to_is_known_with_why(newsroom: Newsroom, store: HealthStore) -> None:
    await add(newsroom, (COUNT, 0), (LIVE, 0))
    for channel, closed in ((COUNT, True), (LIVE, False)):
        post = (await newsroom.outbox.claim(channel)).post
        assert post is not None
        await newsroom.outbox.defer(post, newsroom.outbox.now(), f"why {channel}", closed=closed)
    found = {row.channel: (row.why, row.closed) for row in (await store.outbox()).waiting}
    assert found == {COUNT: (f"why {COUNT}", True), LIVE: (f"why {LIVE}", False)}
    assert (await newsroom.outbox.claim(COUNT)).post is not None  # it is tried again just now
    assert {row.channel: row.closed for row in (await store.outbox()).waiting} == {COUNT: True, LIVE: False}


async def test_what_a_newsroom_has_paused_does_not_wait(newsroom: Newsroom, store: HealthStore) -> None:
    await add(newsroom, (COUNT, 0))
    await newsroom.database.write(lambda connection: connection.execute("UPDATE servers SET paused_at = 1"))
    assert (await store.outbox()).waiting == ()


async def test_doubtful_posts_are_told_with_their_numbers_and_wait_no_more(
    newsroom: Newsroom, store: HealthStore
) -> None:
    await add(newsroom, (COUNT, 0), (LIVE, 0))
    post = (await newsroom.outbox.claim(LIVE)).post
    assert post is not None
    await newsroom.outbox.settle(post, Transition.UNREADABLE, why="the bot may not read the channel's history")
    outbox = await store.outbox()
    assert [(one.server, one.channel, one.number, one.since) for one in outbox.doubtful] == [(SERVER, LIVE, 2, START)]
    assert (outbox.doubtful_count, outbox.posts) == (1, 1)


# The person.


async def test_a_direct_channel_is_kept_by_person(store: HealthStore) -> None:
    assert await store.direct_channel(5) is None
    await store.store_direct_channel(5, DM)
    await store.store_direct_channel(6, DM + 1)
    assert (await store.direct_channel(5), await store.direct_channel(6)) == (DM, DM + 1)


async def test_what_is_told_is_a_row_of_the_outbox_and_an_incident_in_one(
    newsroom: Newsroom, store: HealthStore
) -> None:
    await store.tell([Trouble("feed", "times", START, START)], [], DRAFT, DM, START + MINUTE)
    (post,) = await newsroom.posts()
    assert (post.channel, post.number, post.kind, post.state) == (DM, 1, "notice", "pending")
    assert post.content == "the times are down\n-# DM 1 · Tallydesk, 7 a.m."
    (incident,) = await store.incidents()
    assert (incident.kind, incident.subject, incident.since, incident.ended) == ("feed", "times", START, None)
    await store.tell([], [incident], DRAFT, DM, START + 2 * MINUTE)
    assert await store.incidents() == []
    assert [row.number for row in await newsroom.posts()] == [1, 2]


async def test_nothing_is_kept_of_what_could_not_be_written(store: HealthStore, newsroom: Newsroom) -> None:
    trouble = Trouble("feed", "times", START, START)
    await store.tell([trouble], [], DRAFT, DM, START)
    with pytest.raises(sqlite3.IntegrityError):  # it is open already
        await store.tell([trouble], [], DRAFT, DM, START)
    assert len(await newsroom.posts()) == 1


async def test_what_goes_without_saying_is_kept_without_a_message(store: HealthStore, newsroom: Newsroom) -> None:
    await store.tell([Trouble("doubtful", "7", START, START)], [], DRAFT, DM, START)
    await store.tell([], await store.incidents(), None, DM, START)
    assert await store.incidents() == []
    assert len(await newsroom.posts()) == 1


async def test_the_operator_s_own_server_is_none_that_the_bot_can_leave(store: HealthStore, newsroom: Newsroom) -> None:
    await store.tell([], [], DRAFT, DM, START)
    assert await newsroom.count("servers") == 1
    assert OPERATOR not in await newsroom.desk_store.servers()
    await newsroom.publish()
    assert newsroom.contents(DM) == ["the times are down\n-# DM 1 · Tallydesk, 7 a.m."]
