"""Tests commands in a thread that a member opened. The settings of the thread's channel apply."""

from copy import copy

import pytest

from bot.database.sqlite_errors import DatabaseError
from bot.follows.follows_store import ServerStore
from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.permissions import Permission
from tests.cogs.answering import morning, share
from tests.cogs.conftest import Room
from tests.cogs.entering import read
from tests.cogs.test_settings_file import APPLIED, exported, imported, settings
from tests.conftest import reading


def seen_from(room: Room, channel: Channel) -> Room:
    """Return the room with another channel in place of its own."""
    inside = copy(room)
    inside.count = channel
    return inside


def thread_of(room: Room, *, private: bool = False) -> Room:
    """Return the room with a thread in place of its channel. The editor opened the thread in that channel."""
    return seen_from(room, room.guild.start_thread(room.count, "Talk", room.editor.member.user, private=private))


async def test_in_a_thread_of_which_it_can_not_be_kept_where_it_is_nothing_is_answered(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(ServerStore, "record_thread", fail)
    assert await thread_of(room).ask("margin", contest="ga") == "The disk is full."


async def test_why_goes_by_what_the_channel_follows(room: Room) -> None:
    await room.follow("ga")
    inside = thread_of(room)
    assert "Georgia" in await inside.ask("why")
    await room.follow("senate")
    assert await inside.ask("why") == "Which contest?"


async def test_why_in_a_contests_thread_is_about_the_contest(room: Room) -> None:
    await room.follow("senate")
    await room.follow("ga", thread=True)
    await room.newsroom.take(reading(1000, 900, 1))
    await room.publish()
    opened = await room.newsroom.desk_store.thread(room.count.id, "ga")
    assert opened is not None
    (thread,) = room.guild.threads.values()
    assert (thread.id, thread.parent) == (opened.thread, room.count)
    assert "Georgia" in await seen_from(room, thread).ask("why")


async def test_what_is_shared_in_a_private_thread_is_seen_in_it_and_by_who_manages_threads(room: Room) -> None:
    moderator = room.person("mo", room.role("Moderators", Permission.MANAGE_THREADS))
    await morning(room)
    inside = thread_of(room, private=True)
    room.guild.threads[inside.count.id].join(room.guild.bot_id)
    assert await share(inside, await inside.card("recount", contest="ga")) == f"Shared in <#{inside.count.id}> as #1."
    await room.publish()
    assert "#1" in await inside.ask("why", post="1")
    assert "#1" in await room.ask("why", moderator, post="1")
    assert "or none that you can see" in await room.refused("why", room.reporter, post="1")


async def test_what_is_shared_in_a_public_thread_is_seen_by_who_sees_its_channel(room: Room) -> None:
    await morning(room)
    inside = thread_of(room)
    await share(inside, await inside.card("recount", contest="ga"))
    await room.publish()
    assert "#1" in await room.ask("why", room.reporter, post="1")


async def test_an_event_that_is_added_in_a_thread_is_told_there_as_in_its_channel(room: Room) -> None:
    inside = thread_of(room)
    card = await inside.card("schedule add", title="Press conference", at="7:30 a.m.")
    assert f"in <#{inside.count.id}>" in card.content
    await inside.editor.click(card, "Save")
    await room.set_desk(room.guild.add_channel("desk"))
    await room.set_public(room.count, public=True)
    room.newsroom.at(30)
    await room.newsroom.remind.post_due()
    await room.publish()
    (post,) = await room.newsroom.posts(inside.count.id)
    assert (post.kind, post.state) == ("reminder", "awaiting")


async def test_a_message_in_a_thread_is_read_as_tally(room: Room) -> None:
    await room.follow("ga")
    inside = thread_of(room)
    card = await read(inside, "Biden leads by 14,101, as of 6:40 a.m.")
    assert "14,101" in card.content


async def test_a_settings_file_names_no_thread(room: Room) -> None:
    thread = thread_of(room).count
    for body in (
        settings(channels=[{"channel": thread.id, "follows": [{"contest": "ga"}]}]),
        settings(desk_channel=thread.id),
    ):
        assert (await imported(room, body)).content == (
            f"The file names {thread.id}, which is no channel that the bot sees in this server; a thread is none."
        )


@pytest.fixture
def forum(room: Room) -> Channel:
    return room.guild.add_channel("questions", forum=True)


async def test_a_forum_is_marked_as_public_and_only_that(room: Room, forum: Channel) -> None:
    desk = room.guild.add_channel("desk")
    await room.set_desk(desk)
    await room.set_public(forum, public=True)
    setup = await room.editor.click(await room.card("desk setup"), "Overview")
    assert f"- <#{forum.id}>: nothing yet; public" in setup.content
    assert "⚠" not in setup.content
    body = await exported(room)
    await room.set_public(forum, public=False)
    card = await imported(room, body)
    assert await room.press(card, "Apply") == APPLIED
    assert await exported(room) == body
    following = {"channel": forum.id, "follows": [{"contest": "ga"}]}
    for refused in (settings(channels=[following]), settings(desk_channel=forum.id)):
        assert (await imported(room, refused)).content == (
            f"In the file's channel {forum.id} the bot lacks the permission to post in a forum."
        )
