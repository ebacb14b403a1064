"""Tests a pause with an end: what it stops, the messages to the desk, and its automatic end."""

import json
from datetime import datetime, timedelta
from random import Random
from typing import Any, cast

import pytest

from bot.outbox.suspensions_store import PauseLength
from bot.wording.message import render
from tests.conftest import COUNT, LIVE, SERVER, START, WHO, Newsroom, reading

OLGA, ED = "olga (81)", "ed (82)"

ENDS: dict[PauseLength | None, timedelta | None] = {
    None: None,
    "10 minutes": timedelta(minutes=10),
    "1 hour": timedelta(hours=1),
    "until resumed": None,
}


def said(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [content.rsplit("\n", 1)[0] for content in newsroom.contents(channel)]


@pytest.fixture
async def told(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a desk channel, in which a first reading has been posted."""
    await newsroom.follow(COUNT)
    await newsroom.control.set_desk_channel(LIVE, SERVER, WHO)
    await newsroom.take(reading(1000, 500))
    await newsroom.publish()
    return newsroom


async def audit(newsroom: Newsroom) -> list[tuple[Any, ...]]:
    """Return (who, what, why) of each action about a pause."""
    return await newsroom.database.rows(
        "SELECT who, what, why FROM audit WHERE what LIKE 'pause%' OR what LIKE 'resume%' ORDER BY id"
    )


async def test_a_pause_with_a_length_tells_the_desk_and_ends_by_itself_with_what_goes_out(told: Newsroom) -> None:
    await told.control.pause(SERVER, OLGA, "a wrong number", "10 minutes")
    await told.take(reading(1100, 500, 1))
    told.at(9)
    await told.control.resume_due()
    await told.publish()
    assert len(said(told)) == 1
    assert said(told, LIVE) == [
        "**Paused until 7:10 a.m. by olga:** a wrong number. Posts in this server wait until then, or until someone presses **Resume**."
    ]
    assert await told.control.next_due() == START + timedelta(minutes=10)
    told.at(10)
    await told.control.resume_due()
    await told.control.resume_due()
    await told.publish()
    assert len(said(told)) == 2
    head = "**Biden's lead in Georgia grows by 100 votes, to 600,** after 100 more votes were counted, all for Biden."
    assert said(told, LIVE) == [
        (
            "**Resumed at 7:10 a.m., as set.** Posts had been paused since 7 a.m. by olga, until 7:10 a.m.: a wrong "
            "number."
        ),
        (
            "**Posts resumed at 7:10 a.m.** olga had paused them until 7:10 a.m. One waiting post goes out now.\n"
            f"> {head}\n-# in <#{COUNT}>"
        ),
    ]
    assert await audit(told) == [(OLGA, "pause", "a wrong number"), ("Tallydesk", "resume", None)]
    assert await told.control.next_due() is None


async def test_another_length_ends_it_at_another_time_and_the_notice_says_who_set_it(told: Newsroom) -> None:
    await told.control.pause(SERVER, OLGA, None, "10 minutes")
    told.at(5)
    await told.control.pause(SERVER, ED, "they check", "1 hour")
    await told.publish()
    assert said(told, LIVE) == [
        (
            "**Paused until 8:05 a.m. by olga.** Posts in this server wait until then, or until someone presses **Resume**.\n"
            "ed changed how long at 7:05 a.m.: they check."
        )
    ]
    told.at(64)
    await told.control.resume_due()
    assert await told.control_store.paused(SERVER) is not None
    told.at(65)
    await told.control.resume_due()
    assert await told.control_store.paused(SERVER) is None
    rows = await told.database.rows("SELECT before, after FROM audit WHERE what = 'pause until'")
    assert [[json.loads(part)["until"] for part in row] for row in rows] == [
        ["2020-11-11T12:10:00Z", "2020-11-11T13:05:00Z"]
    ]


async def test_who_resumes_first_is_named_and_nothing_resumes_twice(told: Newsroom) -> None:
    await told.control.pause(SERVER, OLGA, None, "10 minutes")
    await told.publish()
    told.at(4)
    await told.control.resume(SERVER, ED, None)
    told.at(20)
    await told.control.resume_due()
    await told.publish()
    assert said(told, LIVE) == [
        "**Resumed at 7:04 a.m. by ed.** Posts had been paused since 7 a.m. by olga, until 7:10 a.m."
    ]
    assert [what for _, what, _ in await audit(told)] == ["pause", "resume"]


async def test_a_notice_that_was_not_sent_is_not_sent_once_posts_are_resumed(told: Newsroom) -> None:
    await told.control.pause(SERVER, OLGA, None)
    assert await told.control.resume(SERVER, OLGA, None) == "**Resumed.** No posts were held back."
    await told.publish()
    assert said(told, LIVE) == []


async def test_a_pause_that_was_over_while_the_bot_was_down_ends_when_it_is_back(told: Newsroom) -> None:
    await told.control.pause(SERVER, OLGA, None, "10 minutes")
    await told.take(reading(1100, 500, 1))
    await told.publish()
    await told.restart()
    told.at(45)
    await told.app.due.look()
    await told.publish()
    assert len(said(told)) == 2
    assert said(told, LIVE)[-1].startswith("**Posts resumed at 7:45 a.m.** olga had paused them until 7:10 a.m. One ")


async def test_no_length_ends_what_a_restore_paused(told: Newsroom) -> None:
    await told.database.write(
        lambda connection: connection.execute(
            "UPDATE servers SET paused_at = 1, paused_by = 'Tallydesk', restored_notice = 1"
        )
    )
    await told.control.pause(SERVER, OLGA, None, "10 minutes")
    told.at(20)
    await told.control.resume_due()
    assert await told.control_store.paused(SERVER) is not None
    assert await audit(told) == []


async def test_a_server_without_a_desk_channel_pauses_and_nobody_is_told(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.control.pause(SERVER, OLGA, None, "10 minutes")
    newsroom.at(10)
    await newsroom.control.resume_due()
    assert await newsroom.posts() == []
    assert await newsroom.control_store.paused(SERVER) is None


async def test_what_waits_is_counted_without_the_notice_itself(told: Newsroom) -> None:
    answer = await told.control.pause(SERVER, OLGA, None, "1 hour")
    assert render(answer).content == (
        "**Paused until 8 a.m.** Posts in this server wait until then, or until someone presses **Resume**."
    )


async def test_a_server_that_the_bot_left_is_not_due(told: Newsroom) -> None:
    await told.control.pause(SERVER, OLGA, None, "10 minutes")
    await told.desk_store.leave(SERVER, told.clock.now())
    told.at(20)
    await told.control.resume_due()
    assert await told.control.next_due() is None


@pytest.mark.parametrize("seed", range(8))
async def test_posts_are_paused_until_the_end_last_set_whatever_is_pressed(told: Newsroom, seed: int) -> None:
    """A pause without an end does not change one that has an end. Resume ends any pause. The clock ends a pause
    that has an end.
    """
    chance = Random(seed)
    paused, ends, minute = False, None, 0
    for _ in range(25):
        minute += chance.choice([0, 1, 9, 10, 30])
        told.at(minute)
        now = told.clock.now()
        press = chance.choice([*ENDS, "resume", "look"])
        if press == "look":
            await told.control.resume_due()
            paused = paused and not is_over(ends, now)
        elif press == "resume":
            await told.control.resume(SERVER, ED, None)
            paused = False
        else:
            await told.control.pause(SERVER, OLGA, None, cast("PauseLength | None", press))
            span = ENDS[cast("PauseLength | None", press)]
            if press is not None or not paused:
                ends = now + span if span else None
            paused = True
        found = await told.control_store.paused(SERVER)
        assert (found is not None) == paused
        assert found is None or found.until == ends


def is_over(ends: datetime | None, now: datetime) -> bool:
    return ends is not None and ends <= now
