"""Events added after their day's morning list: each is announced once, with its state at that time."""

import pytest

from bot.events.event import Event
from bot.follows.preferences import FollowPreferences
from bot.wording.message import render
from tests.conftest import COUNT, EDITOR, LIVE, SERVER, WHO, Newsroom
from tests.schedule.test_remind import add, at, changed_to, event, look, told

ADDED = "**Added: press conference by the Secretary of State,** 10:30 a.m."


@pytest.fixture
async def listed(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom at 8:15 a.m. whose channel already has the day's morning list."""
    await newsroom.follow()
    newsroom.clock.set(at("08:00"))
    await newsroom.rundown.post_due()
    await newsroom.publish()
    newsroom.clock.set(at("08:15"))
    return newsroom


async def added(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    await newsroom.publish()
    return [said for said in await told(newsroom, channel) if said.startswith("**Added")]


async def test_what_is_added_after_the_morning_list_is_announced_once(listed: Newsroom) -> None:
    await add(listed, event(status="expected", source="the office"))
    assert await added(listed) == [f"{ADDED} It is expected, not confirmed."]
    await look(listed, "10:00")
    await look(listed, "10:30")
    assert len(await added(listed)) == 1


@pytest.mark.parametrize(
    "new", [event(day=12), event(status="canceled"), event("07:30"), event(status="over")], ids=str
)
async def test_of_another_day_past_or_off_nothing_is_announced(listed: Newsroom, new: Event) -> None:
    await add(listed, new)
    assert await added(listed) == []


async def test_before_the_morning_list_nothing_is_announced(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await add(newsroom, event())
    assert await added(newsroom) == []


async def test_a_channel_may_leave_it_out(newsroom: Newsroom) -> None:
    await newsroom.follow(preferences=FollowPreferences(added_events=False))
    await newsroom.follow(LIVE)
    newsroom.clock.set(at("08:00"))
    await newsroom.rundown.post_due()
    await add(newsroom, event())
    assert (await added(newsroom), await added(newsroom, LIVE)) == ([], [ADDED])


async def test_more_than_three_at_once_are_left_to_a_shared_list(listed: Newsroom) -> None:
    await add(listed, *(event(f"1{hour}:30", title=f"Rally {hour}") for hour in range(4)))
    assert await added(listed) == []


async def test_what_changed_before_it_went_out_is_told_as_it_is(listed: Newsroom) -> None:
    await listed.control.pause(SERVER, WHO, None)
    key = await add(listed, event())
    await changed_to(listed, key, wall=event("11:00").wall)
    await listed.control.resume(SERVER, WHO, None)
    await listed.publish()
    said = (await told(listed))[1:]
    assert said == ["**Added: press conference by the Secretary of State,** 11 a.m."]


async def test_what_is_canceled_before_it_went_out_is_not_spoken_of(listed: Newsroom) -> None:
    await listed.control.pause(SERVER, WHO, None)
    key = await add(listed, event())
    await listed.schedule.cancel(SERVER, key, WHO)
    await listed.control.resume(SERVER, WHO, None)
    await listed.publish()
    assert len(await told(listed)) == 1


async def test_a_reminder_that_comes_first_takes_its_place(listed: Newsroom) -> None:
    await listed.control.pause(SERVER, WHO, None)
    await add(listed, event())
    await look(listed, "10:05", send=False)
    await listed.control.resume(SERVER, WHO, None)
    await listed.publish()
    said = (await told(listed))[1:]
    assert [one.split(":")[0] for one in said] == ["**In 25 minutes"]


async def test_once_it_is_announced_a_change_is_posted_and_marks_it(listed: Newsroom) -> None:
    key = await add(listed, event())
    await listed.publish()
    await changed_to(listed, key, wall=event("11:00").wall)
    await listed.publish()
    said = (await told(listed))[1:]
    assert said[0].startswith("**Changed")
    assert said[1] == "**Moved: press conference by the Secretary of State,** from 10:30 a.m. to 11 a.m."


async def test_what_is_added_can_be_asked_for_with_why(listed: Newsroom) -> None:
    await add(listed, event())
    await listed.publish()
    (number,) = [row.number for row in await listed.posts() if row.kind == "added"]
    card = await listed.questions.provenance.why(EDITOR, number)
    assert "announces an added event" in str(render(card))
