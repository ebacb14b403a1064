"""Tests pauses and mutes together with delivery: which posts wait, which are sent, in which order, with which
numbers.
"""

import json
from itertools import pairwise
from typing import Any

import pytest

from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.outbox.discord import number_of
from bot.wording.message import render
from tests.conftest import AWAY, COUNT, LIVE, OTHER_SERVER, SERVER, START, WHO, Newsroom, reading


async def audit(newsroom: Newsroom) -> list[tuple[Any, ...]]:
    """Return (server, who, what, why) of each pause and mute, oldest first."""
    return await newsroom.database.rows(
        "SELECT server, who, what, why FROM audit WHERE what NOT IN ('follow', 'statement') ORDER BY id"
    )


def said(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [content.split("\n")[0] for content in newsroom.contents(channel)]


def numbers(newsroom: Newsroom, channel: int = COUNT) -> list[int | None]:
    return [number_of(content) for content in newsroom.contents(channel)]


@pytest.fixture
async def told(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a first reading posted in two of its channels, and in another newsroom's channel."""
    await newsroom.follow(COUNT)
    await newsroom.follow(LIVE)
    await newsroom.follow(AWAY, server=OTHER_SERVER)
    await newsroom.take(reading(1000, 500))
    await newsroom.publish()
    return newsroom


async def state(newsroom: Newsroom, text: str, minute: float = 2) -> None:
    """Enter a different margin, with the secretary of state as its source."""
    statement = {"source": "ga-sos", "contest": "ga", "as_of": START, "leader": "biden", "margin": int(text)}
    newsroom.at(minute)
    await newsroom.statements.take_in(Statement.model_validate(statement), SERVER, WHO)


# Pause.


async def test_nothing_is_posted_while_paused_and_all_goes_out_merged_afterwards(told: Newsroom) -> None:
    await told.control.pause(SERVER, WHO, "drill")
    await told.take(reading(1100, 500, 1), reading(1300, 500, 2), reading(1300, 1400, 3))
    await told.publish()
    assert len(said(told)) == len(said(told, LIVE)) == 1
    told.wall.move(61)
    await told.publisher.start()
    assert "Two waiting posts" in await told.control.resume(SERVER, WHO, None)
    await told.publisher.drained()
    for channel in (COUNT, LIVE):
        assert numbers(told, channel) == [1, 4]
        assert said(told, channel)[1].startswith(
            "**Trump takes the lead in Georgia, by 100 votes,** after 900 more votes were counted, all for "
            "Trump. Biden had led by 800"
        )
    assert await audit(told) == [(SERVER, WHO, "pause", "drill"), (SERVER, WHO, "resume", None)]


async def test_another_newsroom_posts_on(told: Newsroom) -> None:
    await told.control.pause(SERVER, WHO, None)
    await told.take(reading(1100, 500, 1))
    await told.publish()
    assert (len(said(told)), len(said(told, AWAY))) == (1, 2)


async def test_pausing_twice_says_since_when_and_by_whom_and_changes_nothing(told: Newsroom) -> None:
    told.at(35)
    await told.control.pause(SERVER, "olga (81)", None)
    await told.take(reading(1100, 500, 36))
    told.at(60)
    again = render(await told.control.pause(SERVER, "ed (82)", None)).content
    assert "since 7:35 a.m. by olga. Two posts wait." in again
    assert [what for _, _, what, _ in await audit(told)] == ["pause"]


async def test_resuming_what_was_not_paused_writes_nothing(told: Newsroom) -> None:
    await told.control.resume(SERVER, WHO, None)
    assert await audit(told) == []


async def test_what_was_on_its_way_when_it_was_paused_is_said(told: Newsroom) -> None:
    await told.take(reading(1100, 500, 1))
    claimed = await told.outbox.claim(COUNT)
    assert claimed.post is not None
    answer = await told.control.pause(SERVER, WHO, None)
    assert "One post already on the way" in render(answer).content


async def test_a_pause_outlasts_a_restart(told: Newsroom) -> None:
    await told.control.pause(SERVER, WHO, None)
    await told.take(reading(1100, 500, 1))
    await told.publish()
    assert len(said(told)) == 1
    assert SERVER in [row[0] for row in await told.database.rows("SELECT id FROM servers WHERE paused_at IS NOT NULL")]


async def test_a_server_that_is_not_known_yet_can_pause(newsroom: Newsroom) -> None:
    await newsroom.control.pause(7, WHO, None)
    assert await newsroom.database.rows("SELECT id, paused_by FROM servers") == [(7, WHO)]


# Mute.


async def test_what_a_muted_source_says_waits_and_others_post_on(told: Newsroom) -> None:
    assert await told.control.mute("times", SERVER, WHO) == ""
    await told.control.set_mute_reason("times", SERVER, WHO, "they are down")
    await told.take(reading(1100, 500, 1))
    await told.publish()
    assert (len(said(told)), len(said(told, AWAY))) == (1, 2)
    assert await audit(told) == [
        (SERVER, WHO, "source mute", None),
        (SERVER, WHO, "source mute why", "they are down"),
    ]


async def test_what_waited_for_a_source_goes_out_last_with_new_numbers_and_merged(told: Newsroom) -> None:
    await told.follow(COUNT, contest="senate")
    await told.control.mute("times", SERVER, WHO)
    await told.take(reading(1100, 500, 1), reading(1200, 500, 2))
    other = {"source": "ga-sos", "contest": "senate", "as_of": START, "last_updated": START}
    await told.take(reading(10, 5, 3, contest="senate"))
    told.at(4)
    await told.statements.take_in(Statement.model_validate(other), SERVER, WHO)
    await told.publish()
    assert numbers(told) == [1, 5]
    told.wall.move(61)
    await told.publisher.start()
    assert "Three waiting posts" in await told.control.unmute("times", SERVER, WHO, None)
    await told.publisher.drained()
    assert numbers(told) == [1, 5, 7, 8]
    assert numbers(told, LIVE) == [1, 7]  # the same words, the same number
    assert "to 700" in said(told)[2]
    rows = {row.id: row for row in await told.posts()}
    for row in rows.values():
        assert row.superseded_by is None or row.superseded_by > row.id
    sent = sorted(row.message or 0 for row in rows.values() if row.channel == COUNT and row.state == "sent")
    ids = [next(row.id for row in rows.values() if row.message == message) for message in sent]
    assert all(before < after for before, after in pairwise(ids))


async def test_after_unmuting_other_sources_name_the_new_number(told: Newsroom) -> None:
    await told.control.mute("times", SERVER, WHO)
    await told.take(reading(1100, 500, 1))
    await told.control.unmute("times", SERVER, WHO, None)
    await state(told, "600")
    await told.publish()
    assert numbers(told) == [1, 3, 4]
    assert "(#3)" in said(told)[2]


async def test_what_confirms_the_desk_still_says_so_after_the_mute(told: Newsroom) -> None:
    await state(told, "600")
    await told.publish()
    await told.control.mute("times", SERVER, WHO)
    await told.take(reading(1100, 500, 1))
    await told.control.unmute("times", SERVER, WHO, None)
    await told.publish()
    assert "The Secretary of State had Biden ahead by 600 at 7 a.m. (#2)." in said(told)[-1]


async def test_nobody_confirms_a_margin_that_a_mute_keeps_from_the_channel(told: Newsroom) -> None:
    await told.control.mute("times", SERVER, WHO)
    await told.take(reading(1100, 500, 1))
    await state(told, "600")
    await told.publish()
    assert len(said(told)) == 1


async def test_what_was_attempted_keeps_its_row_and_number(told: Newsroom) -> None:
    await told.take(reading(1100, 500, 1))
    claimed = await told.outbox.claim(COUNT)
    assert claimed.post is not None
    answer = await told.control.mute("times", SERVER, WHO)
    assert "One post already on the way" in answer
    await told.control.unmute("times", SERVER, WHO, None)
    await told.publish()
    assert numbers(told) == [1, 2]
    assert numbers(told, LIVE) == [1, 3]


async def test_a_reason_is_kept_once_and_never_mutes(told: Newsroom) -> None:
    with pytest.raises(BadInputError, match="no longer muted, or someone gave a reason first"):
        await told.control.set_mute_reason("times", SERVER, WHO, "they are down")
    assert await audit(told) == []
    await told.control.mute("times", SERVER, "olga (81)")
    await told.control.set_mute_reason("times", SERVER, WHO, "they are down")
    with pytest.raises(BadInputError, match="someone gave a reason first"):
        await told.control.set_mute_reason("times", SERVER, WHO, "another")
    card = await told.control.source_card("times", SERVER, [], [])
    assert "by olga: they are down." in render(card).content


async def test_muting_twice_and_unmuting_what_is_not_muted_change_nothing(told: Newsroom) -> None:
    told.at(35)
    await told.control.mute("times", SERVER, "olga (81)")
    await told.control.mute("the Times", SERVER, WHO)
    assert "7:35 a.m. by olga" in render(await told.control.source_card("times", SERVER, [], [])).content
    await told.control.unmute("ga-sos", SERVER, WHO, None)
    assert len(await audit(told)) == 1


async def test_a_muted_source_that_left_the_desk_file_can_be_unmuted(told: Newsroom) -> None:
    await told.control_store.mute(SERVER, "gone", WHO)
    await told.control.unmute("gone", SERVER, WHO, None)
    assert await told.count("mutes") == 0
    with pytest.raises(BadInputError, match='no source is called "gone"'):
        await told.control.unmute("gone", SERVER, WHO, None)


@pytest.mark.parametrize("ends", ["the mute", "the pause"])
async def test_what_is_muted_while_paused_waits_until_both_are_over(told: Newsroom, ends: str) -> None:
    await told.control.mute("times", SERVER, WHO)
    await told.control.pause(SERVER, WHO, None)
    await told.take(reading(1100, 500, 1))
    if ends == "the mute":
        assert "(`/pause`)" in await told.control.unmute("times", SERVER, WHO, None)
    else:
        assert "(`/mute`)" in await told.control.resume(SERVER, WHO, None)
    await told.publish()
    assert len(said(told)) == 1


async def test_a_mute_and_why_it_ended_are_kept(told: Newsroom) -> None:
    await told.control.mute("times", SERVER, "olga (81)")
    await told.control.unmute("times", SERVER, "ed (82)", "back up")
    ((before,),) = await told.database.rows("SELECT before FROM audit WHERE what = 'source unmute'")
    assert json.loads(before) == {"source": "times", "at": "2020-11-11T12:00:00+00:00", "by": "olga (81)"}


async def test_a_server_that_muted_and_paused_can_be_forgotten(told: Newsroom) -> None:
    await told.control.mute("times", SERVER, WHO)
    await told.control.pause(SERVER, WHO, None)
    await told.desk_store.leave(SERVER, told.clock.now())
    told.at(31 * 24 * 60)
    await told.rooms.newsroom.forgetting.delete_expired()
    assert await told.count("mutes") == 0
    assert [row[0] for row in await told.database.rows("SELECT id FROM servers")] == [OTHER_SERVER]
