"""Tests posts in a contest's own thread. The thread is opened once, when first needed, and never blocks other
posts.
"""

import pytest

from bot.follows.preferences import FollowPreferences, FollowThread
from bot.outbox.outbox_words import thread_post
from bot.outbox.states import Transition
from bot.wording.context import Setting
from tests.conftest import COUNT, POSTS, SERVER, THREADS, WHO, Newsroom, reading, small_desk
from tests.outbox.rows import add
from tests.outbox.test_consequences_store import DESK, set_desk_channel

THREAD_SAYS = thread_post(small_desk().contests[0], Setting(small_desk())).headline


async def follow(newsroom: Newsroom, *, thread: bool = True, board: bool = False, channel: int = COUNT) -> None:
    await newsroom.follow(channel, board=board, preferences=FollowPreferences(thread=thread))


async def thread_of(newsroom: Newsroom) -> int:
    found = await newsroom.desk_store.thread(COUNT, "ga")
    assert found is not None
    return found.thread


def headlines(newsroom: Newsroom, channel: int) -> list[str]:
    return [content.split("\n")[0] for content in newsroom.contents(channel)]


async def begin(newsroom: Newsroom, *, board: bool = False) -> int:
    """Post the first reading, which opens the thread. Returns the thread's id."""
    await follow(newsroom, board=board)
    await newsroom.take(reading(1000, 500))
    await newsroom.boards.look()
    await newsroom.publish()
    return await thread_of(newsroom)


async def test_nothing_is_opened_before_there_is_something_to_post(newsroom: Newsroom) -> None:
    await follow(newsroom)
    await newsroom.publish()
    assert newsroom.sends == []
    assert await newsroom.desk_store.thread(COUNT, "ga") is None


async def test_the_first_post_opens_the_thread_from_a_message_and_all_go_into_it(newsroom: Newsroom) -> None:
    thread = await begin(newsroom)
    await newsroom.post(reading(1100, 500, 1))
    (message,) = newsroom.shown(COUNT)
    assert message.content == f"{THREAD_SAYS}\n-# #2 · Tallydesk"
    assert thread == message.id
    assert newsroom.threads == {thread: "President · Georgia"}
    assert [line.split(" ")[0] for line in headlines(newsroom, thread)] == ["**Biden", "**Biden's"]


async def test_other_contests_and_posts_of_none_stay_in_the_channel(newsroom: Newsroom) -> None:
    thread = await begin(newsroom)
    await add(newsroom, "of no contest")
    await newsroom.publish()
    assert headlines(newsroom, COUNT) == [THREAD_SAYS, "of no contest"]
    assert len(newsroom.shown(thread)) == 1


@pytest.mark.parametrize("route", [POSTS, THREADS], ids=["to the message", "to the opening"])
async def test_a_lost_answer_doubles_neither_a_thread_nor_its_message(newsroom: Newsroom, route: str) -> None:
    await follow(newsroom)
    await newsroom.take(reading(1000, 500))
    newsroom.forget_nonces()
    newsroom.will(COUNT, "lost answer", route=route)
    await newsroom.publish()
    assert headlines(newsroom, COUNT) == [THREAD_SAYS]
    assert list(newsroom.threads) == [newsroom.shown(COUNT)[0].id]
    assert len(newsroom.shown(await thread_of(newsroom))) == 1


async def test_where_no_thread_may_be_opened_posts_go_into_the_channel_and_the_desk_is_told_once(
    newsroom: Newsroom,
) -> None:
    await set_desk_channel(newsroom)
    await follow(newsroom)
    newsroom.will(COUNT, "closed", route=THREADS)
    await newsroom.post(reading(1000, 500), reading(1100, 500, 1))
    said = headlines(newsroom, COUNT)
    assert THREAD_SAYS not in said  # it was taken away again
    assert len(said) == 2
    (told,) = headlines(newsroom, DESK)
    assert told.startswith("**The thread of President")
    assert told.endswith("Missing Access")
    await follow(newsroom)  # asked for again, once it may be
    await newsroom.post(reading(1200, 500, 2))
    assert headlines(newsroom, COUNT)[-1] == THREAD_SAYS
    assert len(newsroom.shown(await thread_of(newsroom))) == 1


async def test_what_a_closed_thread_does_not_take_goes_into_the_channel_at_once_and_the_desk_is_told_once(
    newsroom: Newsroom,
) -> None:
    await set_desk_channel(newsroom)
    thread = await begin(newsroom)
    newsroom.will(thread, "closed")
    await newsroom.take(reading(1100, 500, 1))
    await add(newsroom, "of no contest")
    await newsroom.publish()
    await newsroom.post(reading(1200, 500, 2))
    assert newsroom.wall.slept == []
    first, other, second = headlines(newsroom, COUNT)[-3:]
    assert (first.startswith("**Biden's lead"), other, second.startswith("**Biden's lead")) == (
        True,
        "of no contest",
        True,
    )
    (told,) = headlines(newsroom, DESK)
    assert told.startswith(f"**<#{thread}>")
    assert len(newsroom.shown(thread)) == 1


async def test_a_thread_is_gone_back_to_when_the_server_says_that_it_may_be_written_to(newsroom: Newsroom) -> None:
    thread = await begin(newsroom)
    await newsroom.take(reading(1100, 500, 1))
    await close(newsroom, thread)
    assert await newsroom.desk_store.thread(COUNT, "ga") == FollowThread(thread, closed=True)
    await newsroom.publish()
    assert await newsroom.outbox.retry_closed(SERVER, [thread]) == [thread]
    await newsroom.post(reading(1200, 500, 2))
    assert (len(newsroom.shown(COUNT)), len(newsroom.shown(thread))) == (2, 2)


async def close(newsroom: Newsroom, thread: int) -> None:
    """Defer the next post because its thread is gone."""
    claimed = await newsroom.outbox.claim(COUNT)
    assert claimed.post is not None
    assert claimed.post.destination == thread
    await newsroom.outbox.defer(claimed.post, newsroom.outbox.now() + 10**9, "gone", Transition.DECLINED, closed=True)


async def test_another_thread_is_opened_for_one_that_is_gone_when_the_desk_says_so(newsroom: Newsroom) -> None:
    thread = await begin(newsroom)
    await newsroom.take(reading(1100, 500, 1))
    await close(newsroom, thread)
    assert await newsroom.following.changes.renew_thread(SERVER, COUNT, "ga", WHO)
    await newsroom.publish()
    another = await thread_of(newsroom)
    assert another != thread
    assert list(newsroom.threads) == [thread, another]
    assert len(newsroom.shown(another)) == 1
    assert not await newsroom.following.changes.renew_thread(SERVER, COUNT, "ga", WHO)
    assert not await newsroom.following.changes.renew_thread(9, COUNT, "ga", WHO)


async def test_switched_off_the_next_posts_go_into_the_channel_and_on_again_into_the_same_thread(
    newsroom: Newsroom,
) -> None:
    thread = await begin(newsroom)
    await follow(newsroom, thread=False)
    await newsroom.post(reading(1100, 500, 1))
    await follow(newsroom)
    await newsroom.post(reading(1200, 500, 2))
    assert len(newsroom.shown(COUNT)) == 2
    assert len(newsroom.shown(thread)) == 2
    assert list(newsroom.threads) == [thread]


async def test_a_revision_links_into_the_thread_and_edits_what_it_replaces_there(newsroom: Newsroom) -> None:
    thread = await begin(newsroom)
    await newsroom.post(reading(1100, 500, 1))
    await newsroom.take(reading(1050, 500, 2))
    await newsroom.repeat(4)
    await newsroom.publish()
    contents = newsroom.contents(thread)
    last = newsroom.shown(thread)[-1].id
    assert contents[1].startswith(f"**Revised; see [#4](https://discord.com/channels/{SERVER}/{thread}/{last}).**")
    assert (thread, newsroom.shown(thread)[1].id) in newsroom.edits


async def test_a_board_stands_in_the_thread_and_moves_when_threads_are_switched(newsroom: Newsroom) -> None:
    thread = await begin(newsroom, board=True)
    assert len(newsroom.pinned(thread)) == 1
    await follow(newsroom, board=True, thread=False)
    await newsroom.boards.look()
    await newsroom.publish()
    assert len(newsroom.shown(thread)) == 1  # the post; its board was taken down
    assert len(newsroom.pinned(COUNT)) == 1


@pytest.mark.parametrize("by", ["the button", "a new follow"])
async def test_a_board_in_a_thread_that_was_given_up_is_posted_anew_in_the_next(newsroom: Newsroom, by: str) -> None:
    thread = await begin(newsroom, board=True)
    assert len(newsroom.pinned(thread)) == 1
    await newsroom.take(reading(1100, 500, 1))
    await close(newsroom, thread)
    if by == "the button":
        await newsroom.following.changes.renew_thread(SERVER, COUNT, "ga", WHO)
    else:
        await follow(newsroom, board=True)
    await newsroom.boards.look()
    await newsroom.publish()
    another = await thread_of(newsroom)
    assert another != thread
    assert len(newsroom.pinned(another)) == 1
    assert len(newsroom.shown(thread)) == 2  # nothing is taken down where nothing can be written
    assert await newsroom.database.rows("SELECT 1 FROM outbox WHERE action = 'delete'") == []


async def test_an_edit_of_a_post_in_a_thread_that_was_given_up_is_left_undone(newsroom: Newsroom) -> None:
    thread = await begin(newsroom)
    await newsroom.take(reading(1100, 500, 1))
    await close(newsroom, thread)
    await newsroom.following.changes.renew_thread(SERVER, COUNT, "ga", WHO)
    await newsroom.publish()
    await newsroom.database.write(
        lambda connection: connection.execute(
            """INSERT INTO outbox (server, channel, action, number, kind, contest, about, content, news_at, wall_created)
               SELECT server, channel, 'edit', number, kind, contest, id, 'new words', news_at, 0 FROM outbox
               WHERE thread = ? AND action = 'post' LIMIT 1""",
            (thread,),
        )
    )
    claimed = await newsroom.outbox.claim(COUNT)
    assert claimed.post is not None
    assert claimed.post.destination == thread
    await newsroom.outbox.defer(claimed.post, newsroom.outbox.now() + 10**9, "gone", closed=True)
    assert (await newsroom.posts(COUNT))[-1].state == "failed"


async def test_the_public_reads_a_thread_of_a_channel_that_it_reads(newsroom: Newsroom) -> None:
    thread = await begin(newsroom)
    await newsroom.desk_store.record_thread(SERVER, thread, COUNT)
    assert not await newsroom.desk_store.is_public(thread)
    await newsroom.database.write(
        lambda connection: connection.execute(
            "INSERT INTO channels (id, server, public) VALUES (?, ?, 1)", (COUNT, SERVER)
        )
    )
    assert await newsroom.desk_store.is_public(thread)
    await newsroom.post(reading(1100, 500, 1))
    assert (await newsroom.posts(COUNT))[-1].state == "awaiting"
    assert len(newsroom.shown(thread)) == 1


async def test_the_public_goes_on_reading_a_thread_for_which_another_was_opened(newsroom: Newsroom) -> None:
    await set_desk_channel(newsroom)
    thread = await begin(newsroom)
    await newsroom.desk_store.record_thread(SERVER, thread, COUNT)
    await newsroom.take(reading(1100, 500, 1))
    await close(newsroom, thread)
    await newsroom.following.changes.renew_thread(SERVER, COUNT, "ga", WHO)
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    assert await newsroom.desk_store.is_public(thread)


async def test_what_was_shared_in_a_thread_that_was_closed_is_tried_when_the_thread_may_be_written_to(
    newsroom: Newsroom,
) -> None:
    thread = await begin(newsroom)
    await add(newsroom, "shared", channel=thread)
    claimed = await newsroom.outbox.claim(thread)
    assert claimed.post is not None
    await newsroom.outbox.defer(claimed.post, newsroom.outbox.now() + 10**9, "locked", Transition.DECLINED, closed=True)
    assert (await newsroom.outbox.claim(thread)).post is None
    await newsroom.outbox.retry_closed(SERVER, [thread])
    await newsroom.publish()
    assert headlines(newsroom, thread)[-1] == "shared"


async def test_unfollowed_and_followed_again_the_same_thread_is_taken_up(newsroom: Newsroom) -> None:
    thread = await begin(newsroom)
    await newsroom.following.unfollow("ga", SERVER, COUNT, WHO)
    await follow(newsroom)
    await newsroom.post(reading(1100, 500, 1))
    assert len(newsroom.shown(thread)) == 2


async def test_a_server_that_is_forgotten_leaves_no_thread_in_the_books(newsroom: Newsroom) -> None:
    await begin(newsroom)
    await newsroom.rooms.newsroom.forgetting.forget(SERVER, WHO)
    assert await newsroom.count("threads") == 0
