"""If only public channels have an event's posts, the desk is asked once whether the event has begun."""

import pytest

from bot.schedule.events import Pressed
from tests.conftest import COUNT, LIVE, SERVER, WHO, Newsroom, buttons
from tests.schedule.test_remind import add, event, look, told

DESK = 905

NOW = "**Due now: press conference by the Secretary of State,** 10:30 a.m."


@pytest.fixture
async def public(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom whose only channel with posts is public."""
    await newsroom.follow(COUNT)
    await newsroom.control.set_desk_channel(DESK, SERVER, WHO)
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    return newsroom


async def test_the_desk_is_asked_once_and_the_public_copy_says_that_it_began(public: Newsroom) -> None:
    key = await add(public, event())
    await look(public, "10:30")
    await look(public, "10:31")
    (question,) = [row for row in await public.posts() if row.kind == "reminder" and row.channel == DESK]
    assert question.content.startswith(f"{NOW}\nHas it started? **Started** says so in <#{COUNT}>, too.")
    assert {*buttons(public.shown(DESK)[0])} == {"Started", "Delay 15 min", "Cancel event"}
    (waiting,) = [
        row
        for row in await public.posts()
        if row.kind == "reminder" and row.channel == COUNT and row.state == "awaiting"
    ]
    await public.queue.decide("publish", waiting.id, SERVER, WHO)
    await public.publish()
    await public.schedule.press(Pressed("started", key, event().wall), SERVER, "olga (81)")
    await public.publish()
    assert (await told(public))[-1].startswith("**Under way,** 10:31 a.m.\n")
    assert (await told(public, DESK))[0] == f"**Under way,** says olga, 10:31 a.m.\n{NOW}"


@pytest.mark.parametrize("kind", ["deadline", "certification"])
async def test_of_what_nobody_sees_begin_it_is_not_asked(public: Newsroom, kind: str) -> None:
    await add(public, event(kind=kind, title="Counties certify"))
    await look(public, "10:30")
    assert [row for row in await public.posts() if row.kind == "reminder" and row.channel == DESK] == []


async def test_before_its_time_it_is_not_asked(public: Newsroom) -> None:
    await add(public, event())
    await look(public, "10:00")
    assert [row for row in await public.posts() if row.kind == "reminder" and row.channel == DESK] == []


async def test_where_staff_are_asked_in_a_channel_of_theirs_the_desk_is_not_asked_again(public: Newsroom) -> None:
    await public.follow(LIVE)
    await add(public, event())
    await look(public, "10:30")
    reminders = [row for row in await public.posts() if row.kind == "reminder"]
    assert sorted(row.channel for row in reminders) == [COUNT, LIVE]


async def test_a_delay_asks_again_at_the_new_time(public: Newsroom) -> None:
    key = await add(public, event())
    await look(public, "10:30")
    await public.schedule.press(Pressed("pushed", key, event().wall), SERVER, WHO)
    await public.publish()
    await look(public, "10:45")
    assert len([row for row in await public.posts() if row.kind == "reminder" and row.channel == DESK]) == 2
    shown = await told(public, DESK)
    assert [said.startswith("**Changed") for said in shown if "Has it started?" in said] == [True, False]
