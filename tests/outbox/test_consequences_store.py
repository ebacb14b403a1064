"""Tests what follows when a row of the outbox is settled: edits of replaced posts, and notices to the desk."""

import pytest

from bot.outbox.states import Transition
from tests.conftest import COUNT, EDITS, LIVE, OTHER_SERVER, SERVER, START, WHO, Newsroom, reading
from tests.outbox.rows import add

DESK = 19


async def revise(newsroom: Newsroom) -> None:
    """Post a margin from the Times, and then take votes back."""
    await newsroom.follow()
    await newsroom.post(reading(1000, 500), reading(1100, 500, 1))
    await newsroom.take(reading(1050, 500, 2))
    await newsroom.repeat(4)
    await newsroom.publish()


async def set_desk_channel(newsroom: Newsroom, channel: int = DESK, server: int = SERVER) -> None:
    await newsroom.desk_store.join(server)
    await newsroom.database.write(
        lambda connection: connection.execute("UPDATE servers SET desk_channel = ? WHERE id = ?", (channel, server))
    )


# A revision edits the earlier post.


async def test_a_revision_edits_the_last_post_of_its_source_which_then_begins_with_the_word(newsroom: Newsroom) -> None:
    await revise(newsroom)
    first, second, revision = newsroom.contents(COUNT)
    link = f"[#3](https://discord.com/channels/{SERVER}/{COUNT}/{newsroom.shown(COUNT)[2].id})"
    mark, quoted, credit = second.split("\n")
    assert mark == f"**Revised; see {link}.** {revision.split(chr(10))[0]}"
    assert quoted.startswith("> **Biden's lead in Georgia grows by 100 votes, to 600,**")  # as it was, as of its time
    assert credit == "-# #2 · the Times, 7:01 a.m."
    assert first.startswith("**Biden leads")
    assert revision.startswith("**Count revised:**")
    assert [(row.action, row.number, row.state) for row in await newsroom.posts(COUNT)] == [
        ("post", 1, "sent"),
        ("post", 2, "sent"),
        ("post", 3, "sent"),
        ("edit", 2, "sent"),
    ]


async def test_a_revision_links_to_what_it_replaces(newsroom: Newsroom) -> None:
    await revise(newsroom)
    (row,) = await newsroom.database.rows(
        "SELECT embeds, about FROM outbox WHERE kind = 'revision' AND action = 'post'"
    )
    replaced = newsroom.shown(COUNT)[1].id
    assert f"Earlier figures: [#2](https://discord.com/channels/{SERVER}/{COUNT}/{replaced})." in row[0]
    assert row[1] == 2


async def test_a_post_stands_that_told_no_more_than_is_left_after_the_fall(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500), reading(1100, 500, 1))
    told = newsroom.contents(COUNT)
    await newsroom.take(reading(1120, 500, 2), reading(1110, 500, 3))  # 20 more that wait, and 10 of them taken back
    await newsroom.repeat(5)
    await newsroom.publish()
    *earlier, revision = newsroom.shown(COUNT)
    assert [message.content for message in earlier] == told
    assert revision.content.startswith("**Count revised:** the Times took 10 votes off its total;")
    assert "Earlier figures" not in str(revision.embeds)
    assert newsroom.edits == []


async def test_a_post_is_struck_that_told_more_of_one_candidate_within_a_larger_total(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500), reading(1100, 500, 1))
    await newsroom.take(reading(1120, 500, 2), reading(1090, 520, 3))
    await newsroom.repeat(5)
    await newsroom.publish()
    assert newsroom.contents(COUNT)[1].startswith("**Revised; see [#3]")


async def test_each_channel_has_its_own_last_post_edited(newsroom: Newsroom) -> None:
    await newsroom.follow(LIVE, least=1)
    await revise(newsroom)
    await newsroom.publish()
    assert [content.split(":")[0] for content in newsroom.contents(LIVE)][1].startswith("**Revised")
    assert sorted(channel for channel, _ in newsroom.edits) == [COUNT, LIVE]


async def test_a_revision_that_nothing_was_posted_before_reaches_nowhere(newsroom: Newsroom) -> None:
    await newsroom.follow(least=10_000)
    await newsroom.take(reading(1000, 500))
    await newsroom.database.write(lambda connection: connection.execute("DELETE FROM outbox"))
    await newsroom.take(reading(1050, 500, 1), reading(1020, 500, 2))
    await newsroom.repeat(4)
    await newsroom.publish()
    kinds = [(row.action, row.kind) for row in await newsroom.posts() if row.kind == "revision"]
    assert kinds == [("post", "revision")]  # it tells what waited, too
    assert newsroom.contents(COUNT)[0].startswith("**Count revised:**")


async def test_the_edit_of_a_deleted_post_fails_and_what_comes_next_goes_on(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500), reading(1100, 500, 1))
    newsroom.take_away(COUNT, last=1)
    await newsroom.take(reading(1050, 500, 2))
    await newsroom.repeat(4)
    await newsroom.publish()
    await newsroom.post(reading(1200, 500, 5))
    assert [(row.action, row.state) for row in await newsroom.posts()][2:] == [
        ("post", "sent"),
        ("edit", "failed"),
        ("post", "sent"),
    ]


async def test_an_edit_that_is_put_off_is_overtaken_and_made_later(newsroom: Newsroom) -> None:
    newsroom.will(COUNT, "later", route=EDITS, seconds=100.0)
    await revise(newsroom)
    assert newsroom.wall.slept == pytest.approx([100.0])
    assert newsroom.contents(COUNT)[1].startswith("**Revised; see")
    assert newsroom.looks == []


async def test_a_message_that_is_edited_twice_shows_the_newer_edit_in_the_end(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    await newsroom.corrections.correct(SERVER, 1, "It is 1,001.", WHO)
    correction = (await newsroom.outbox.claim(COUNT)).post
    assert correction is not None
    await newsroom.outbox.settle(correction, Transition.ACCEPTED, message=newsroom.say(COUNT, "a correction"))
    edit = (await newsroom.outbox.claim(COUNT)).post
    assert edit is not None
    await newsroom.outbox.defer(edit, newsroom.outbox.now() + 100_000_000, "slow down")
    await newsroom.corrections.correct(SERVER, 1, "It is 1,002.", WHO)
    await newsroom.publish()
    first, _, newer = newsroom.shown(COUNT)
    assert f"/{COUNT}/{newer.id}).** It is 1,002." in first.content
    assert [row.state for row in await newsroom.posts()] == ["sent"] * 5


# The desk is told.


async def test_the_desk_is_told_once_of_a_channel_that_is_closed_and_once_that_it_is_open(newsroom: Newsroom) -> None:
    await set_desk_channel(newsroom)
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    newsroom.will(COUNT, "closed", "closed", "closed")
    await newsroom.publish()
    closed, opened = newsroom.contents(DESK)
    assert closed.endswith("Discord answered 403, error 50001: Missing Access\n-# #2 · Tallydesk")
    assert opened.endswith(f"<t:{int(START.timestamp())}:f>.\n-# #3 · Tallydesk")
    assert len(newsroom.contents(COUNT)) == 1
    assert await newsroom.database.rows("SELECT closed_since, closed_why FROM channels") == [(None, None)]


async def test_while_a_channel_is_closed_it_is_known_since_when_and_why(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    newsroom.will(COUNT, "closed")
    claimed = await newsroom.outbox.claim(COUNT)
    assert claimed.post is not None
    await newsroom.outbox.defer(claimed.post, newsroom.outbox.now() + 1, "Missing Access", closed=True)
    rows = await newsroom.database.rows("SELECT id, server, closed_since, closed_why FROM channels")
    assert rows == [(COUNT, SERVER, newsroom.outbox.now(), "Missing Access")]


async def test_without_a_desk_channel_nobody_is_told(newsroom: Newsroom) -> None:
    await set_desk_channel(newsroom, server=OTHER_SERVER)
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    newsroom.will(COUNT, "closed")
    await newsroom.publish()
    assert newsroom.contents(DESK) == []
    assert len(newsroom.contents(COUNT)) == 1


async def test_a_desk_channel_that_is_itself_closed_is_not_told_of_that(newsroom: Newsroom) -> None:
    await set_desk_channel(newsroom, COUNT)
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    newsroom.will(COUNT, "closed")
    await newsroom.publish()
    assert [row.kind for row in await newsroom.posts()] == ["first", "notice"]
    assert "again" in newsroom.contents(COUNT)[1]


async def test_the_desk_is_asked_about_a_doubtful_post_with_what_it_says(newsroom: Newsroom) -> None:
    await set_desk_channel(newsroom)
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    newsroom.will(COUNT, "lost answer")
    await newsroom.forbid_history(COUNT)
    await newsroom.publish()
    (question,) = newsroom.contents(DESK)
    assert question.startswith("**Is #1 in <#11>?**")
    assert "> **Biden leads" in question
    (buttons,) = await newsroom.database.row("SELECT components FROM outbox WHERE channel = ?", (DESK,)) or ()
    assert buttons == (
        '[["It is there","doubtful:there:1","primary"],["Not there: post it","doubtful:absent:1","secondary"],'
        '["Discard it","doubtful:drop:1","danger"]]'
    )


# What stands in a newsroom's way.


async def test_a_paused_newsroom_sends_nothing_until_it_goes_on(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.follow(server=OTHER_SERVER, channel=LIVE)
    await newsroom.database.write(
        lambda connection: connection.execute("UPDATE servers SET paused_at = 1 WHERE id = ?", (SERVER,))
    )
    await newsroom.post(reading(1000, 500))
    assert (newsroom.contents(COUNT), len(newsroom.contents(LIVE))) == ([], 1)
    await newsroom.database.write(lambda connection: connection.execute("UPDATE servers SET paused_at = NULL"))
    await newsroom.publisher.start()
    await newsroom.publisher.wake_server(SERVER)
    await newsroom.publisher.drained()
    assert len(newsroom.contents(COUNT)) == 1


async def test_a_muted_source_sends_nothing_and_others_do(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.database.write(
        lambda connection: connection.execute("INSERT INTO mutes VALUES (?, 'times', 'Olga', 0, NULL)", (SERVER,))
    )
    await newsroom.take(reading(1000, 500))
    await add(newsroom, "two")
    await newsroom.publish()
    assert [content.split("\n")[0] for content in newsroom.contents(COUNT)] == ["two"]


async def test_what_waits_for_a_closed_channel_goes_at_once_when_anything_gets_through(newsroom: Newsroom) -> None:
    await revise(newsroom)  # leaves an edit that is made below, while the next post is put off
    await newsroom.take(reading(1200, 500, 5))
    claimed = await newsroom.outbox.claim(COUNT)
    assert claimed.post is not None
    postponed = newsroom.outbox.now() + 300_000_000
    await newsroom.outbox.defer(claimed.post, postponed, "Missing Access", Transition.DECLINED, closed=True)
    await newsroom.corrections.correct(SERVER, 1, "the lead was 501", WHO)
    (correction,) = await newsroom.database.rows("SELECT id FROM outbox WHERE kind = 'correction'")
    await newsroom.database.write(
        lambda connection: connection.execute("UPDATE outbox SET action = 'edit', about = 1 WHERE id = ?", correction)
    )
    edit = await newsroom.outbox.claim(COUNT)
    assert edit.post is not None
    assert edit.post.kind == "correction"
    await newsroom.outbox.settle(edit.post, Transition.ACCEPTED, message=1000)
    again = await newsroom.outbox.claim(COUNT)
    assert again.post is not None
    assert again.post.id == claimed.post.id


# What Discord never takes.


async def test_what_a_refused_post_was_to_tell_comes_with_the_next_and_the_desk_is_told(newsroom: Newsroom) -> None:
    await set_desk_channel(newsroom)
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    newsroom.will(COUNT, "refuse")
    await newsroom.post(reading(1000, 1600, 1))
    (notice,) = newsroom.contents(DESK)
    assert "#2" in notice
    assert "Discord answered 400, error 50035: Invalid Form Body" in notice
    assert "> **Trump takes the lead" in notice
    await newsroom.post(reading(1000, 1700, 2))
    last = (await newsroom.posts(COUNT))[-1]
    assert (last.start, last.end, last.state) == (1, 3, "sent")
    assert "Trump leads in Georgia by 700 votes" in last.content


async def test_what_waits_behind_a_refused_post_tells_what_that_was_to_tell(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    await newsroom.take(reading(1000, 1600, 1))
    refused = (await newsroom.outbox.claim(COUNT)).post
    assert refused is not None
    await newsroom.take(reading(1000, 1700, 2))
    await newsroom.outbox.settle(refused, Transition.REFUSED, why="Invalid Form Body")
    await newsroom.publish()
    told = [row for row in await newsroom.posts(COUNT) if row.state == "sent"]
    assert [(row.start, row.end) for row in told] == [(None, 1), (1, 3)]
