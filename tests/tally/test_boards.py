"""The board of a channel: one pinned message with a contest's current standing."""

import json
from collections.abc import Awaitable, Callable

import pytest

from bot.desk.desk_file import Contest
from bot.errors import TallydeskError
from bot.follows.preferences import FollowPreferences
from bot.outbox.states import Transition
from bot.tally.boards_store import MOST_OLD_EDITS
from bot.wording.card import Picture
from tests.conftest import COUNT, LIVE, SERVER, Newsroom, reading

OLD = 3700.0


@pytest.fixture
async def wanted(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that has turned on a board, and has posted the first reading as #1."""
    await newsroom.follow(board=True)
    await newsroom.post(reading(1000, 500))
    return newsroom


@pytest.fixture
async def boarded(wanted: Newsroom) -> Newsroom:
    """Return a newsroom whose board has been posted, as #2."""
    await look(wanted)
    return wanted


async def look(newsroom: Newsroom) -> None:
    await newsroom.boards.look()
    await newsroom.publish()


async def count(newsroom: Newsroom, biden: int, minute: float) -> None:
    """Store a new reading, and update the board."""
    await newsroom.take(reading(biden, 500, minute))
    await look(newsroom)


async def done(newsroom: Newsroom) -> list[tuple[str, int, str]]:
    """Return (action, number, state) of every board row in the outbox, oldest first."""
    rows = await newsroom.database.rows("SELECT action, number, state FROM outbox WHERE kind = 'board' ORDER BY id")
    return [(action, number, state) for action, number, state in rows]


def board(newsroom: Newsroom) -> str:
    (shown,) = [text for text in newsroom.contents(COUNT) if text.endswith("-# #2 · the Times, 7 a.m.")]
    return shown


async def test_a_board_is_posted_and_pinned(boarded: Newsroom) -> None:
    assert await done(boarded) == [("post", 2, "sent"), ("pin", 2, "sent")]
    assert "500" in board(boarded)
    assert boarded.pinned(COUNT) == [boarded.shown(COUNT)[1].id]
    (row,) = await boarded.database.rows("SELECT embeds, quiet FROM outbox WHERE kind = 'board' AND action = 'post'")
    assert json.loads(row[0])[0]["title"] == "President: where it stands now"
    assert row[1] == 1


async def test_a_board_says_that_its_source_is_muted_and_names_nobody(boarded: Newsroom) -> None:
    await boarded.control.mute("times", SERVER, "olga (81)")
    await look(boarded)
    mark = board(boarded).split("\n")[-2]
    assert "muted" in mark
    assert "olga" not in mark
    await boarded.control.unmute("times", SERVER, "olga (81)", None)
    await look(boarded)
    assert "muted" not in board(boarded)


async def test_before_the_first_reading_there_is_none(newsroom: Newsroom) -> None:
    await newsroom.follow(board=True)
    await look(newsroom)
    assert await done(newsroom) == []


async def test_who_did_not_ask_for_one_has_none(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    await look(newsroom)
    assert await done(newsroom) == []


async def test_a_channel_that_the_public_reads_has_none(newsroom: Newsroom) -> None:
    await newsroom.follow(board=True)
    await newsroom.database.write(
        lambda connection: connection.execute("INSERT INTO channels (id, server, public) VALUES (?, 1, 1)", (COUNT,))
    )
    await newsroom.take(reading(1000, 500))
    await look(newsroom)
    assert await done(newsroom) == []


async def test_it_is_edited_as_the_count_changes_also_by_what_is_not_worth_a_post(boarded: Newsroom) -> None:
    await count(boarded, 1003, 1)
    assert (await done(boarded))[2:] == [("edit", 2, "sent")]
    assert "by 503 votes" in boarded.contents(COUNT)[1]
    assert len(boarded.shown(COUNT)) == 2


async def test_looking_again_changes_nothing(boarded: Newsroom) -> None:
    await look(boarded)
    await look(boarded)
    assert len(await done(boarded)) == 2


async def test_the_time_of_the_last_check_alone_is_shown_every_ten_minutes(boarded: Newsroom) -> None:
    for minute in (3, 6, 9):
        await boarded.repeat(minute)
        await look(boarded)
    assert len(await done(boarded)) == 2
    await boarded.repeat(10)
    await look(boarded)
    ((embeds,),) = await boarded.database.rows("SELECT embeds FROM outbox WHERE action = 'edit'")
    assert "Last checked at 7:10 a.m." in json.loads(embeds)[0]["footer"]["text"]


async def test_a_held_reading_is_on_the_board_at_once(boarded: Newsroom) -> None:
    await count(boarded, 900, 1)
    assert "Later figures are on hold" in boarded.contents(COUNT)[1]


async def test_what_changes_while_an_edit_waits_is_one_edit(boarded: Newsroom) -> None:
    for votes in (1100, 1200, 1300):
        await boarded.take(reading(votes, 500, votes / 1000))
        await boarded.boards.look()
    await boarded.publish()
    assert (await done(boarded))[2:] == [("edit", 2, "sent")]
    assert "by 800 votes" in boarded.contents(COUNT)[1]


async def test_a_board_is_never_in_the_way_of_a_post(boarded: Newsroom) -> None:
    await boarded.take(reading(1100, 500, 1))
    await boarded.boards.look()
    await boarded.take(reading(1200, 500, 2))
    claimed = [await boarded.outbox.claim(COUNT) for _ in range(3)]
    assert [one.post.kind if one.post else None for one in claimed] == ["margin", "margin", "margin"]


async def test_a_board_that_must_wait_blocks_no_post(boarded: Newsroom) -> None:
    await boarded.take(reading(1003, 500, 1))
    await boarded.boards.look()
    claimed = await boarded.outbox.claim(COUNT)
    assert claimed.post is not None
    await boarded.outbox.defer(claimed.post, boarded.outbox.now() + 500_000_000, "slow down")
    await boarded.take(reading(1100, 500, 2))
    claimed = await boarded.outbox.claim(COUNT)
    assert claimed.post is not None
    assert claimed.post.kind == "margin"


# Old messages.


async def test_before_discord_takes_no_more_edits_of_an_old_message_the_board_is_posted_anew(
    boarded: Newsroom,
) -> None:
    boarded.wall.move(OLD)
    for step in range(MOST_OLD_EDITS + 1):
        await count(boarded, 1003 + step, step + 1)
    assert (await done(boarded))[2:] == [("edit", 2, "sent")] * MOST_OLD_EDITS + [
        ("post", 3, "sent"),
        ("pin", 3, "sent"),
        ("delete", 2, "sent"),
    ]
    (_, anew) = boarded.contents(COUNT)
    assert f"by {503 + MOST_OLD_EDITS} votes" in anew


async def test_a_new_board_may_be_edited_as_often_again(boarded: Newsroom) -> None:
    boarded.wall.move(OLD)
    for step in range(MOST_OLD_EDITS + 4):
        await count(boarded, 1003 + step, step + 1)
    assert [number for action, number, _ in await done(boarded) if action == "edit"] == [2] * MOST_OLD_EDITS + [3] * 3


async def test_when_discord_refuses_edits_for_long_the_board_is_posted_anew(boarded: Newsroom) -> None:
    await boarded.take(reading(1003, 500, 1))
    await boarded.boards.look()
    claimed = await boarded.outbox.claim(COUNT)
    assert claimed.post is not None
    why = "Discord answered 429, error 30046: Maximum number of edits to messages older than 1 hour reached."
    await boarded.outbox.defer(claimed.post, boarded.outbox.now() + 600_000_000, why, Transition.DECLINED)
    await count(boarded, 1006, 2)
    assert (await done(boarded))[2:] == [
        ("edit", 2, "superseded"),
        ("post", 3, "sent"),
        ("pin", 3, "sent"),
        ("delete", 2, "sent"),
    ]


async def test_on_an_old_message_the_last_check_alone_is_shown_once_an_hour(boarded: Newsroom) -> None:
    boarded.wall.move(OLD)
    for minute in range(5, 60, 5):
        await boarded.repeat(minute)
        await look(boarded)
    assert len(await done(boarded)) == 2
    await boarded.repeat(60)
    await look(boarded)
    assert (await done(boarded))[2:] == [("edit", 2, "sent")]


# When it is gone.


async def test_a_board_that_somebody_deleted_is_posted_anew(boarded: Newsroom) -> None:
    boarded.take_away(COUNT, last=1)
    await count(boarded, 1003, 1)
    await look(boarded)
    assert (await done(boarded))[2:] == [
        ("edit", 2, "failed"),
        ("post", 3, "sent"),
        ("pin", 3, "sent"),
    ]


@pytest.mark.parametrize("why", ["unfollowed", "followed without a board"])
async def test_who_wants_no_board_any_more_has_none(boarded: Newsroom, why: str) -> None:
    if why == "unfollowed":
        await boarded.following.unfollow("ga", SERVER, COUNT, "Olga")
    else:
        await boarded.follow(board=False)
    await look(boarded)
    assert (await done(boarded))[2:] == [("delete", 2, "sent")]
    assert len(boarded.shown(COUNT)) == 1
    assert await boarded.count("boards") == 0


async def test_what_waits_of_a_board_that_is_taken_down_is_not_posted(newsroom: Newsroom) -> None:
    await newsroom.follow(board=True)
    await newsroom.take(reading(1000, 500))
    await newsroom.boards.look()
    await newsroom.follow(board=False)
    await newsroom.publish()
    assert await done(newsroom) == [("post", 2, "superseded")]


async def test_a_board_that_is_taken_down_while_it_is_being_sent_is_deleted_once_it_is_there(
    wanted: Newsroom,
) -> None:
    await wanted.boards.look()
    await wanted.outbox.claim(COUNT)
    await wanted.following.unfollow("ga", SERVER, COUNT, "Olga")
    await wanted.publish()
    assert await done(wanted) == [("post", 2, "sent"), ("delete", 2, "sent")]
    assert len(wanted.shown(COUNT)) == 1
    assert not wanted.pinned(COUNT)


async def test_once_the_public_reads_a_channel_its_boards_are_taken_down(boarded: Newsroom) -> None:
    await boarded.control.set_desk_channel(19, SERVER, "Olga")
    boarded.woken.clear()
    await boarded.control.set_public(COUNT, SERVER, "Olga", public=True)
    assert COUNT in boarded.woken
    await look(boarded)
    assert (await done(boarded))[2:] == [("delete", 2, "sent")]
    assert len(boarded.shown(COUNT)) == 1


# In doubt.


async def doubted(newsroom: Newsroom) -> None:
    """Let the board's next post have no answer, in a channel whose history can't be read."""
    await newsroom.control.set_desk_channel(19, SERVER, "Olga")
    await newsroom.forbid_history(COUNT)
    newsroom.will(COUNT, "lost answer")


async def test_while_a_board_is_doubtful_none_is_posted_beside_it(wanted: Newsroom) -> None:
    await doubted(wanted)
    await look(wanted)
    await count(wanted, 1003, 1)
    assert await done(wanted) == [("post", 2, "doubtful")]
    assert len(wanted.shown(COUNT)) == 2


async def test_once_the_desk_has_said_that_it_is_not_there_it_is_posted_and_kept_up(wanted: Newsroom) -> None:
    await doubted(wanted)
    await look(wanted)
    wanted.take_away(COUNT, last=1)
    await wanted.queue.press("doubtful:absent", 2, SERVER, "Olga")
    await count(wanted, 1003, 1)
    assert await done(wanted) == [("post", 2, "sent"), ("pin", 2, "sent")]
    assert "by 503 votes" in wanted.contents(COUNT)[1]


async def test_while_a_board_that_was_to_replace_one_is_doubtful_the_old_one_is_kept_up(boarded: Newsroom) -> None:
    boarded.wall.move(OLD)
    for step in range(MOST_OLD_EDITS):
        await count(boarded, 1003 + step, step + 1)
    await doubted(boarded)
    await count(boarded, 1020, 20)
    assert (await done(boarded))[-1] == ("post", 3, "doubtful")
    await count(boarded, 1022, 21)
    assert (await done(boarded))[-1] == ("edit", 2, "sent")
    assert "by 522 votes" in boarded.contents(COUNT)[1]


async def test_each_channel_has_its_own(boarded: Newsroom) -> None:
    await boarded.follow(LIVE, board=True)
    await look(boarded)
    assert len(boarded.shown(LIVE)) == 1
    assert boarded.contents(LIVE)[0].endswith("-# #3 · the Times, 7 a.m.")


async def test_a_board_that_had_no_answer_is_looked_up_and_never_doubled(wanted: Newsroom) -> None:
    wanted.will(COUNT, "lost answer")
    wanted.forget_nonces()
    await look(wanted)
    assert len(wanted.shown(COUNT)) == 2
    assert wanted.looks == [COUNT]


WITH_CHART = FollowPreferences(board_chart=True)
Drawing = Callable[[Contest, int, int], Awaitable[Picture]]


async def charted(newsroom: Newsroom, draw: Drawing) -> None:
    """Post a board with its first chart."""
    await newsroom.follow(board=True, preferences=WITH_CHART)
    await newsroom.take(reading(1000, 500))
    await newsroom.boards.look(draw)
    await newsroom.publish()


def charts() -> Drawing:
    """Return a function that returns a different chart at each call."""
    drawn = iter(range(1, 100))

    async def draw(contest: Contest, server: int, channel: int) -> Picture:
        assert (contest.id, server, channel) == ("ga", SERVER, COUNT)
        number = next(drawn)
        return Picture(b"\x89PNG" + bytes([number]), f"Line chart {number}.")

    return draw


def pictures(newsroom: Newsroom) -> list[list[str | None]]:
    return [[file.description for file in message.attachments] for message in newsroom.shown(COUNT)]


async def test_a_board_carries_its_chart_and_each_edit_has_the_newest(newsroom: Newsroom) -> None:
    draw = charts()
    await newsroom.follow(board=True, preferences=WITH_CHART)
    await newsroom.post(reading(1000, 500))
    for minute in range(3):
        await newsroom.take(reading(1000 + minute, 500, minute + 1))
        await newsroom.boards.look(draw)
        await newsroom.publish()
        assert pictures(newsroom) == [[], [f"Line chart {minute + 1}."]]
        await newsroom.boards.look(draw)  # nothing new: nothing is drawn
        assert await newsroom.count("pictures") == 1


async def test_a_board_that_waits_is_sent_with_the_newest_chart(newsroom: Newsroom) -> None:
    draw = charts()
    await newsroom.follow(board=True, preferences=WITH_CHART)
    await newsroom.take(reading(1000, 500))
    await newsroom.boards.look(draw)
    await newsroom.take(reading(1001, 500, 1))
    await newsroom.boards.look(draw)
    await newsroom.publish()
    assert pictures(newsroom)[-1] == ["Line chart 2."]


async def test_a_board_whose_chart_is_not_wanted_any_more_is_posted_anew_without(newsroom: Newsroom) -> None:
    draw = charts()
    await charted(newsroom, draw)
    await newsroom.follow(board=True, preferences=FollowPreferences())
    await newsroom.boards.look(draw)
    await newsroom.publish()
    assert pictures(newsroom) == [[], []]
    assert await newsroom.count("pictures") == 0
    assert newsroom.pinned(COUNT) == [newsroom.shown(COUNT)[-1].id]


async def test_a_board_whose_chart_can_not_be_drawn_is_shown_in_words(newsroom: Newsroom) -> None:
    async def draw(*_: object) -> Picture:
        raise TallydeskError("too many charts are asked for at once")

    await charted(newsroom, draw)
    assert pictures(newsroom) == [[], []]


async def test_an_edit_whose_chart_is_refused_says_it_in_words(newsroom: Newsroom) -> None:
    draw = charts()
    await charted(newsroom, draw)
    lacking = {"message": "Missing Permissions", "code": 50013}
    newsroom.standin.faults.answer_next(403, lacking, route="PATCH /channels/*/messages/*")
    await newsroom.take(reading(1001, 500, 1))
    await newsroom.boards.look(draw)
    await newsroom.publish()
    board = newsroom.shown(COUNT)[-1]
    assert "by 501 votes" in board.content
    assert "In words: Line chart 2." in json.dumps(board.embeds)


async def test_a_board_has_nothing_of_a_muted_source_beside_the_one_that_leads(boarded: Newsroom) -> None:
    await boarded.take(reading(990, 500, 1, source="ga-sos"))
    await look(boarded)
    assert "Secretary of State" in str(await boarded.database.rows("SELECT embeds FROM outbox WHERE kind = 'board'"))
    await boarded.control.mute("ga-sos", SERVER, "olga (81)")
    await look(boarded)
    assert "Secretary of State" not in await newest(boarded)


async def newest(boarded: Newsroom) -> str:
    """Return the embeds of the newest board row, as JSON."""
    rows = await boarded.database.rows("SELECT embeds FROM outbox WHERE kind = 'board' ORDER BY id DESC LIMIT 1")
    return str(rows[0][0])
