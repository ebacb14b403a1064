"""Tests reading sent posts from the outbox."""

import sqlite3
from contextlib import closing
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs

from bot.app import post_kinds
from bot.count.reading import Reading
from bot.database.database import to_micros
from bot.outbox.merging_store import to_merge
from bot.outbox.outbox_store import OutboxStore, SentPosts
from bot.outbox.rows import Action, Post
from bot.outbox.states import InvalidTransitionError, State, Transition
from bot.outbox.tx import Tx
from bot.tally import changes_store
from bot.tally.changes_store import ChangePost
from bot.tally.changes_words import Span, span_post
from bot.wording.card import Card
from bot.wording.context import Setting
from tests.conftest import AWAY, COUNT, LIVE, OTHER_SERVER, SERVER, START, Newsroom, reading, small_desk
from tests.outbox.rows import add


@pytest.fixture
async def outbox(newsroom: Newsroom) -> OutboxStore:
    for server in (SERVER, OTHER_SERVER):
        await newsroom.desk_store.join(server)
    return newsroom.outbox


async def claim(newsroom: Newsroom, channel: int = COUNT) -> Post:
    claimed = await newsroom.outbox.claim(channel)
    assert claimed.post is not None
    return claimed.post


# Taking up.


async def test_what_was_being_sent_when_the_bot_left_waits_for_it_to_come_back(
    newsroom: Newsroom, outbox: OutboxStore
) -> None:
    await add(newsroom, "one")
    post = await claim(newsroom)
    await newsroom.desk_store.leave(SERVER, START)
    assert await outbox.channels() == {}
    assert (await outbox.claim(COUNT)).post is None
    await newsroom.desk_store.join(SERVER)
    assert (await claim(newsroom)).id == post.id


async def test_the_desk_of_a_server_that_the_bot_left_is_told_nothing(newsroom: Newsroom, outbox: OutboxStore) -> None:
    await newsroom.control.set_desk_channel(LIVE, SERVER, "Olga")
    await add(newsroom, "one")
    post = await claim(newsroom)
    await newsroom.desk_store.leave(SERVER, START)
    await outbox.defer(post, 0, "it is gone", Transition.DECLINED, closed=True)
    assert await newsroom.posts(LIVE) == []


async def test_what_waits_is_taken_up_oldest_first_and_by_channel(newsroom: Newsroom, outbox: OutboxStore) -> None:
    await add(newsroom, "one", "two")
    await add(newsroom, "three", channel=LIVE)
    assert sorted(await outbox.channels()) == [COUNT, LIVE]
    for text in ("one", "two"):
        post = await claim(newsroom)
        assert post.content == f"{text}\n-# #{post.number} · the desk"
        await outbox.settle(post, Transition.ACCEPTED, message=post.id)
    assert (await outbox.claim(COUNT)).post is None
    assert await outbox.channels() == {LIVE: False}
    assert (await claim(newsroom, LIVE)).number == 52


async def test_a_post_is_returned_as_it_was_before_it_was_taken_up(newsroom: Newsroom, outbox: OutboxStore) -> None:
    await add(newsroom, "one")
    first = await claim(newsroom)
    assert (first.state, first.attempts, first.attempted, first.last) == (State.PENDING, 0, None, None)
    began = outbox.now()
    newsroom.wall.move(5)
    again = await claim(newsroom)
    assert (again.id, again.state, again.attempts, again.attempted) == (first.id, State.SENDING, 1, began)
    assert again.last == began
    (row,) = await newsroom.posts()
    assert (row.state, row.attempts) == ("sending", 2)
    third = await claim(newsroom)
    assert (third.attempted, third.last) == (began, began + 5_000_000)


async def test_a_post_put_off_is_not_overtaken_and_not_taken_up_before_its_time(
    newsroom: Newsroom, outbox: OutboxStore
) -> None:
    await add(newsroom, "one", "two")
    first = await claim(newsroom)
    until = outbox.now() + 30_000_000
    await outbox.defer(first, until, "slow down")
    early = await newsroom.outbox.claim(COUNT)
    assert (early.post, early.next) == (None, until)
    assert (await newsroom.posts())[0].attempts == 1
    newsroom.wall.move(30)
    late = await claim(newsroom)
    assert late.id == first.id
    row = (await newsroom.posts())[0]
    assert (row.attempts, row.why) == (2, "slow down")


async def test_a_post_does_not_wait_for_a_time_of_a_clock_that_was_set_back(
    newsroom: Newsroom, outbox: OutboxStore
) -> None:
    await add(newsroom, "one")
    newsroom.wall.move(86_400)
    first = await claim(newsroom)
    await outbox.defer(first, outbox.now() + 30_000_000, "no connection")
    newsroom.wall.move(-86_400)
    assert (await claim(newsroom)).id == first.id


async def test_a_post_that_was_surely_not_taken_is_as_if_never_attempted(
    newsroom: Newsroom, outbox: OutboxStore
) -> None:
    await add(newsroom, "one", "two")
    first = await claim(newsroom)
    until = outbox.now() + 30_000_000
    await outbox.defer(first, until, "slow down", Transition.DECLINED)
    row = (await newsroom.posts())[0]
    assert (row.state, row.attempts, row.why) == ("pending", 1, "slow down")
    early = await newsroom.outbox.claim(COUNT)
    assert (early.post, early.next) == (None, until)
    newsroom.wall.move(30)
    late = await claim(newsroom)
    assert (late.id, late.state, late.attempted, late.last) == (first.id, State.PENDING, None, None)
    assert (late.content, late.embeds, late.attempts) == (first.content, first.embeds, 1)
    again = await claim(newsroom)
    assert (again.state, again.attempted, again.last) == (State.SENDING, until, until)


@pytest.mark.parametrize("event", [Transition.DECLINED, Transition.DEFERRED])
async def test_what_waits_for_a_closed_channel_is_tried_at_once_when_it_may_be_open(
    newsroom: Newsroom, outbox: OutboxStore, event: Transition
) -> None:
    await add(newsroom, "one", "two")
    post = await claim(newsroom)
    await outbox.defer(post, outbox.now() + 3_600_000_000, "Missing Access", event, closed=True)
    assert (await outbox.claim(COUNT)).post is None
    assert await outbox.retry_closed(OTHER_SERVER, [COUNT]) == []
    assert await outbox.retry_closed(SERVER, [LIVE]) == []
    assert await outbox.retry_closed(SERVER, [COUNT, LIVE]) == [COUNT]
    assert (await claim(newsroom)).id == post.id


async def test_what_became_of_a_post_is_kept_and_its_end_is_an_end(newsroom: Newsroom, outbox: OutboxStore) -> None:
    await add(newsroom, "one", "two", "three", "four")
    for event, message, why in (
        (Transition.ACCEPTED, 901, None),
        (Transition.FOUND, 902, None),
        (Transition.REFUSED, None, "Missing Access"),
        (Transition.UNREADABLE, None, "no history"),
    ):
        await outbox.settle(await claim(newsroom), event, message=message, why=why)
    assert [(row.state, row.message, row.why) for row in await newsroom.posts()] == [
        ("sent", 901, None),
        ("sent", 902, None),
        ("failed", None, "Missing Access"),
        ("doubtful", None, "no history"),
    ]
    assert await outbox.channels() == {}


async def test_a_claimed_post_can_not_be_merged(newsroom: Newsroom, outbox: OutboxStore) -> None:
    await add(newsroom, "one")
    post = await claim(newsroom)
    with pytest.raises(InvalidTransitionError):
        await outbox.settle(post, Transition.MERGED)
    with pytest.raises(InvalidTransitionError):
        await outbox.defer(post, 0, "why", Transition.MERGED)


async def test_an_id_and_so_a_nonce_never_comes_twice(newsroom: Newsroom, outbox: OutboxStore) -> None:
    await add(newsroom, "one", "two")
    assert outbox
    await newsroom.database.write(lambda connection: connection.execute("DELETE FROM outbox"))
    await add(newsroom, "three")
    assert [row.id for row in await newsroom.posts()] == [3]


async def test_words_are_made_once_and_then_kept(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    await newsroom.follow()
    await newsroom.take(reading(100, 50))
    assert await newsroom.database.rows("SELECT content FROM outbox") == [(None,)]
    first = await claim(newsroom)
    newsroom.wall.move(3600)
    monkeypatch.setattr(changes_store, "span_post", lambda *_: pytest.fail("worded twice"))
    again = (await newsroom.outbox.claim(COUNT)).post
    assert again is not None
    assert (again.content, again.embeds) == (first.content, first.embeds)


async def test_a_post_of_a_contest_that_the_desk_file_lost_fails_and_the_next_goes_on(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await newsroom.follow()
    await newsroom.take(reading(100, 50))
    await add(newsroom, "two")
    with monkeypatch.context() as patched:
        patched.setattr(changes_store, "span_post", lambda *_: None)
        post = (await newsroom.outbox.claim(COUNT)).post
    assert post is not None
    assert post.content is not None
    assert post.content.startswith("two")
    failed, _ = await newsroom.posts()
    assert failed.state == "failed"
    assert failed.why == "the desk file no longer has its contest or source"


async def test_a_post_whose_stored_reading_is_broken_fails_and_the_next_goes_on(
    newsroom: Newsroom,
) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    ((body,),) = await newsroom.database.rows("SELECT body FROM readings")

    async def store(body: str) -> None:
        await newsroom.database.write(
            lambda connection: connection.execute("UPDATE readings SET body = ? WHERE id = 1", (body,))
        )

    await store("{")
    with capture_logs() as logs:
        assert (await newsroom.outbox.claim(COUNT)).post is None
    await store(body)
    await newsroom.take(reading(1000, 1200, 1))
    post = await claim(newsroom)
    assert (post.number, post.kind) == (2, "lead_change")
    stored = await newsroom.database.rows("SELECT state, why FROM outbox ORDER BY id")
    assert [row[0] for row in stored] == ["failed", "sending"]
    assert stored[0][1].startswith("its words could not be made: 1 validation error")
    assert [(entry["log_level"], entry["number"], entry["channel"]) for entry in logs] == [
        ("error", 1, COUNT),
    ]


async def test_the_footer_has_when_the_source_had_been_asked_when_the_post_was_caused(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    caused = newsroom.clock.now()
    await newsroom.repeat(30)
    spans: list[Span] = []

    def note(span: Span, setting: Setting) -> Card | None:
        spans.append(span)
        return span_post(span, setting)

    monkeypatch.setattr(changes_store, "span_post", note)
    await newsroom.outbox.claim(COUNT)
    assert [span.checked_at for span in spans] == [caused]


# Numbers.


async def test_the_same_words_in_several_channels_have_one_number(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.follow(LIVE)
    await newsroom.follow(AWAY, server=OTHER_SERVER)
    await newsroom.take(reading(100, 50), reading(200, 50, 1))
    assert [(row.channel, row.number) for row in await newsroom.posts()] == [
        (COUNT, 1),
        (LIVE, 1),
        (AWAY, 1),
        (COUNT, 2),
        (LIVE, 2),
        (AWAY, 2),
    ]


async def test_words_that_differ_have_numbers_of_their_own(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.follow(LIVE, least=1)
    await newsroom.take(reading(1000, 500), reading(1010, 500, 1), reading(1100, 500, 2))
    await newsroom.publish()
    assert [(row.channel, row.number) for row in await newsroom.posts()] == [
        (COUNT, 1),
        (LIVE, 1),
        (LIVE, 2),
        (COUNT, 3),
        (LIVE, 4),
    ]
    texts: dict[int, set[str]] = {}
    for row in await newsroom.posts():
        texts.setdefault(row.number, set()).add(row.content)
    assert {len(same) for same in texts.values()} == {1}


async def test_two_servers_count_apart(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.take(reading(100, 50), reading(200, 50, 1))
    await newsroom.follow(AWAY, server=OTHER_SERVER)
    await newsroom.take(reading(300, 50, 2))
    assert [(row.channel, row.number) for row in await newsroom.posts()][2:] == [(COUNT, 3), (AWAY, 1)]


async def test_the_same_change_from_different_starts_has_numbers_of_its_own(newsroom: Newsroom) -> None:
    def reported(precincts: int, biden: int, minute: int) -> Reading:
        return reading(biden, 500, minute, reporting={"precincts": [precincts, 100]})

    await newsroom.follow(COUNT)
    await newsroom.take(reported(97, 1000, 0), reported(98, 1000, 1))
    await newsroom.follow(LIVE)
    await newsroom.take(reported(99, 1100, 2))
    (one, another) = [row for row in await newsroom.posts() if row.end == 3]
    assert {(row.channel, row.start) for row in (one, another)} == {(COUNT, 1), (LIVE, 2)}
    assert one.number != another.number


# Merging.

MINUTE = 60_000_000
NEWS = to_micros(START)


def waits(key: int, kind: str = "margin", contest: str | None = "ga", chain: int | None = 1, **more: object) -> Post:
    """Return a post that has waited since time 0."""
    fields = {
        "id": key,
        "server": 1,
        "channel": 11,
        "action": Action.POST,
        "number": key,
        "kind": kind,
        "contest": contest,
        "source": "times",
        "chain": chain,
        "about": None,
        "card": None,
        "content": None,
        "embeds": (),
        "buttons": (),
        "quiet": True,
        "news_at": NEWS,
        "state": State.PENDING,
        "approved_by": None,
        "created": 0,
        "attempted": None,
        "last": None,
        "next": None,
        "attempts": 0,
        **more,
    }
    return Post(**fields)  # type: ignore[arg-type]  # fields by name


KINDS = post_kinds(Setting(small_desk()))


def merged(*posts: Post, now: int = MINUTE + 1) -> list[list[int]]:
    """Return the ids of posts that would be merged, in groups. All changes belong to the same count."""
    with closing(sqlite3.connect(":memory:")) as connection, patch.object(ChangePost, "count", return_value=None):
        return [[post.id for post in run] for run in to_merge(Tx(connection, KINDS, START, now), posts)]


def test_posts_of_one_series_merge_at_once() -> None:
    assert merged(waits(1), waits(2), now=0) == [[1, 2]]
    assert merged() == []
    assert merged(waits(1)) == []


def test_posts_of_several_series_merge_once_the_oldest_has_waited_over_a_minute_by_either_clock() -> None:
    waiting = waits(1), waits(2, "statement", chain=2), waits(3), waits(4, chain=2)
    assert merged(*waiting, now=MINUTE) == [[1, 3], [2, 4]]
    assert merged(*waiting) == [[1, 2, 3, 4]]
    long_ago = waits(1, news_at=NEWS - MINUTE - 1)
    assert merged(long_ago, *waiting[1:], now=MINUTE) == [[1, 2, 3, 4]]
    assert merged(waits(1, news_at=NEWS - MINUTE), *waiting[1:], now=MINUTE) == [[1, 3], [2, 4]]


@pytest.mark.parametrize("kind", ["first", "lead_change", "revision", "statement", "recount_line", "progress"])
def test_whatever_says_where_a_count_stands_is_merged(kind: str) -> None:
    assert merged(waits(1), waits(2, kind), waits(3)) == [[1, 2, 3]]


@pytest.mark.parametrize("kind", ["certified", "call", "correction", "retraction", "notice"])
def test_what_does_not_say_where_a_count_stands_keeps_a_post_of_its_own_and_ends_no_run(kind: str) -> None:
    assert merged(waits(1), waits(2, kind), waits(3), waits(4, kind)) == [[1, 3]]


def test_what_tells_of_no_series_is_not_merged() -> None:
    assert merged(waits(1), waits(2, "statement", chain=None), waits(3)) == [[1, 3]]


def test_contests_merge_apart_and_posts_of_others_end_no_run() -> None:
    other, rundown = waits(2, "lead_change", "senate", 2), waits(4, "rundown", None, None)
    assert merged(waits(1), other, waits(3), rundown, waits(5)) == [[1, 3, 5]]
    assert merged(waits(1), waits(2, contest="senate", chain=2), waits(3), waits(4, contest="senate", chain=2)) == [
        [1, 3],
        [2, 4],
    ]


async def test_two_counts_of_a_contest_are_never_merged(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    await newsroom.take(
        reading(1100, 500, 1),
        reading(900, 480, 2, count="audit"),
        reading(1200, 500, 3),
        reading(950, 480, 4, count="audit"),
    )
    newsroom.wall.move(61)
    await newsroom.publish()
    told = [row for row in await newsroom.posts() if row.state == "sent"][1:]
    assert [(row.kind, row.start, row.end) for row in told] == [("margin", 1, 4), ("first", None, 5)]


async def test_two_counts_of_a_contest_are_shown_to_the_desk_apart(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    await newsroom.control.set_desk_channel(LIVE, SERVER, "Olga")
    await newsroom.control.set_public(COUNT, SERVER, "Olga", public=True)
    await newsroom.post(reading(1100, 500, 1), reading(900, 480, 2, count="audit"))
    assert [row.state for row in await newsroom.posts(COUNT)] == ["sent", "awaiting", "awaiting"]


def test_what_was_attempted_is_left_as_it_is() -> None:
    assert merged(waits(1, state=State.SENDING), waits(2), waits(3)) == [[2, 3]]


async def test_a_merged_post_waits_for_the_latest_time_of_what_it_tells(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    await newsroom.take(reading(1100, 500, 1), reading(1200, 500, 2))
    first = await claim(newsroom)
    until = newsroom.outbox.now() + 300_000_000
    await newsroom.outbox.defer(first, until, "Missing Access", Transition.DECLINED)
    newsroom.wall.move(61)
    waiting = await newsroom.outbox.claim(COUNT)
    assert (waiting.post, waiting.next) == (None, until)
    assert [row.state for row in await newsroom.posts()] == ["sent", "superseded", "pending"]
    newsroom.wall.move(239)
    post = await claim(newsroom)
    assert (post.id, post.number, post.attempted) == (3, 3, None)
    assert "to 700" in (post.content or "")


async def test_a_merged_post_keeps_the_newest_number_and_tells_the_net(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    await newsroom.take(reading(1100, 500, 1), reading(1300, 650, 2), reading(1300, 700, 3))
    newsroom.wall.move(61)
    await newsroom.publish()
    rows = await newsroom.posts()
    assert [(row.state, row.superseded_by) for row in rows] == [
        ("sent", None),
        ("superseded", 4),
        ("superseded", 4),
        ("sent", None),
    ]
    last = rows[-1]
    assert (last.number, last.start, last.end) == (4, 1, 4)
    assert "to 600" in last.headline
    assert "by 100 votes" in last.headline
    assert len(newsroom.shown(COUNT)) == 2


async def test_a_lead_that_was_kept_through_a_tie_is_not_told_as_taken_when_merged(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(500, 600), reading(700, 700, 1))
    await newsroom.publish()
    await newsroom.take(reading(700, 800, 2), reading(700, 900, 3))
    newsroom.wall.move(61)
    await newsroom.publish()
    last = (await newsroom.posts())[-1]
    assert last.kind == "margin"
    assert last.quiet


async def test_what_was_sent_is_told_once_and_in_order(newsroom: Newsroom) -> None:
    sent = SentPosts(newsroom.database)
    await newsroom.follow()
    await newsroom.take(reading(100, 50))
    assert await sent.after(0) == []  # nothing has been sent yet
    await newsroom.publish()
    await newsroom.post(reading(200, 50, 1))
    first, second = await sent.after(0)
    assert [first.number, second.number] == [1, 2]
    assert (first.kind, second.kind) == ("first", "margin")
    assert first.content == newsroom.contents(11)[0]
    assert first.embeds[0]["description"]
    assert await sent.after(first.row) == [second]
    assert await sent.after(second.row) == []
