"""Reminders are posted once, on time, and are correct when they are posted."""

import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.database.database import fetch, from_micros
from bot.errors import BadInputError
from bot.events.event import Event, ScheduleEntry
from bot.events.moving import moved_to
from bot.outbox import states as outbox_state
from bot.schedule.due_reminders_store import reminders_of
from bot.schedule.events import Pressed
from bot.schedule.schedule_entries_store import ENTRY, entry_of
from bot.schedule.schedule_store import Changed, NewEntry
from bot.wording.card import Card
from bot.wording.message import render
from tests.conftest import (
    AWAY,
    COUNT,
    EDITOR,
    LIVE,
    OTHER_SERVER,
    SERVER,
    START,
    WHO,
    Newsroom,
    Stored,
    buttons,
    run_sql,
    small_desk,
)

ROOM = 900
PERSON = 77
OPENING = re.compile(r"^\*\*([^:;.,?*]+)", re.MULTILINE)
"""The opening of a post or of a line in it: "In 30 minutes", "Moved", "Publish #2 in <#11>"."""


def event(wall: str = "10:30", kind: str = "press_conference", day: int = 11, **more: object) -> Event:
    said = {"kind": kind, "title": "Press conference: the Secretary of State", "wall": f"2020-11-{day}T{wall}"}
    return Event.model_validate(said | {"zone": "America/New_York"} | more)


def at(hour: str, day: int = 11) -> datetime:
    """Return a time in November 2020 by the desk's clock, in UTC."""
    return datetime.fromisoformat(f"2020-11-{day}T{hour}:00-05:00").astimezone(UTC)


async def look(newsroom: Newsroom, hour: str, *, send: bool = True) -> None:
    """Queue the reminders that are due at an hour of the desk's clock. Also sends them, unless `send` is False."""
    newsroom.clock.set(at(hour))
    await newsroom.remind.post_due()
    if send:
        await newsroom.publish()


async def told(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    """Return the texts of a channel's messages, without the small last lines."""
    return [content.rsplit("\n", 1)[0] for content in newsroom.contents(channel)]


def asked(newsroom: Newsroom) -> list[tuple[str, ...]]:
    """Return, for each message to the desk, the opening and the post that the message is about."""
    return [tuple(OPENING.findall(content)[:2]) for content in newsroom.contents(ROOM)]


def openings(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    """Return the opening of each post in a channel."""
    return [OPENING.findall(content)[0] for content in newsroom.contents(channel)]


async def dropped(newsroom: Newsroom) -> list[str]:
    """Return the reasons why reminders were dropped."""
    rows = await newsroom.database.rows("SELECT why FROM outbox WHERE kind = 'reminder' AND state = 'dropped'")
    return [why for (why,) in rows]


async def awaiting(newsroom: Newsroom, channel: int = COUNT) -> Stored:
    """Return the only post of a channel that waits for Publish."""
    (row,) = [row for row in await newsroom.posts(channel) if row.state == "awaiting"]
    return row


async def approve(newsroom: Newsroom, row: Stored) -> str:
    """Press Publish under the question about a post, and send the posts that wait. Returns the answer to the press."""
    answer = await newsroom.queue.press("publish", row.id, SERVER, WHO)
    await newsroom.publish()
    return answer


async def ahead(newsroom: Newsroom) -> list[int]:
    """Return the lead times of the reminders that are not due yet, in minutes, the earliest reminder first."""
    now = newsroom.clock.now()

    def work(connection: sqlite3.Connection) -> list[int]:
        entries = [entry_of(row) for row in fetch(connection, f"SELECT {ENTRY} FROM schedule_entries")]
        found = [one for entry in entries for one in reminders_of(connection, entry, newsroom.desk.desk.lead_times_of)]
        return [one.lead_time for one in sorted(found) if one.due_at > max(now, from_micros(one.since))]

    return await newsroom.database.write(work)


@pytest.fixture
async def room(newsroom: Newsroom) -> Newsroom:
    await newsroom.follow()
    return newsroom


@pytest.fixture
async def public(room: Newsroom) -> Newsroom:
    """Return a newsroom with a desk channel and a public channel."""
    await room.control.set_desk_channel(ROOM, SERVER, WHO)
    await room.control.set_public(COUNT, SERVER, WHO, public=True)
    return room


async def add(room: Newsroom, *events: Event) -> int:
    return (await room.schedule.add(SERVER, list(events), WHO))[0]


async def changed_to(room: Newsroom, key: int, **fields: object) -> Changed:

    def make(entry: ScheduleEntry) -> ScheduleEntry:
        return replace(entry, event=entry.event.model_copy(update=fields))

    return await room.schedule_store.change(SERVER, key, make, "schedule edit", WHO)


# At their time.


async def test_one_before_and_one_at_its_time_each_once(room: Newsroom) -> None:
    await add(room, event())
    assert await room.remind.next_due() == at("10:00")
    for hour in ("09:59", "10:00", "10:00", "10:01", "10:30", "10:31"):
        await look(room, hour)
    assert openings(room) == ["In 30 minutes", "Due now"]
    assert await room.remind.next_due() is None
    first, second = room.shown(COUNT)
    assert not buttons(first)
    assert list(buttons(second)) == ["Started", "Delay 15 min", "Cancel event"]


async def test_a_deadline_is_spoken_of_a_day_before_and_has_no_buttons(room: Newsroom) -> None:
    await add(room, event("17:00", "deadline", 13, title="Counties certify"))
    for day in (12, 13):
        room.clock.set(at("17:00", day))
        await room.remind.post_due()
        await room.publish()
    assert openings(room) == ["Coming up", "Due now"]
    assert not buttons(room.shown(COUNT)[1])


async def test_places_where_it_comes_later_are_spoken_of_at_their_hour(room: Newsroom) -> None:
    later = [{"place": "all of Spalding County", "wall": "2020-11-11T21:00"}]
    await add(room, event("19:00", "polls_close", title="Polls close", later=later))
    for hour in ("18:00", "19:00", "21:00"):
        await look(room, hour)
    assert "all of Spalding County" in (await told(room))[-1]
    assert not buttons(room.shown(COUNT)[-1])


async def test_what_is_due_and_not_posted_yet_is_what_is_next_due(room: Newsroom) -> None:
    await add(room, event())
    room.clock.set(at("10:05"))
    assert await room.remind.next_due() == at("10:00")
    await look(room, "10:05")
    assert await room.remind.next_due() == at("10:30")


async def test_an_event_s_own_leads_and_the_desk_file_s_decide(room: Newsroom) -> None:
    await room.schedule_store.add(
        SERVER, [NewEntry(event("12:00"), lead_times=(timedelta(minutes=90), timedelta(minutes=5)))], WHO
    )
    await room.schedule_store.add(SERVER, [NewEntry(event("13:00"), lead_times=())], WHO)
    assert await ahead(room) == [90, 5, 0, 0]


async def test_what_would_have_been_due_already_is_not_added(room: Newsroom) -> None:
    room.clock.set(at("10:15"))
    await add(room, event())
    assert await ahead(room) == [0]


# Where.


async def test_it_goes_where_its_contest_is_followed_or_to_its_own_channel(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT, "ga")
    await newsroom.follow(LIVE, "senate")
    await newsroom.follow(AWAY, "ga", server=OTHER_SERVER)
    await add(newsroom, event("10:00", contest="senate"), event("10:01"))
    await newsroom.schedule_store.add(SERVER, [NewEntry(event("10:02"), channel=ROOM)], WHO)
    for hour in ("10:00", "10:01", "10:02"):
        await look(newsroom, hour)
    assert [openings(newsroom, channel).count("Due now") for channel in (COUNT, LIVE, AWAY, ROOM)] == [
        1,
        2,
        0,
        1,
    ]
    numbers = {
        row.number for row in await newsroom.posts() if row.content.startswith("**Due now") and row.channel != ROOM
    }
    assert len(numbers) == 2  # the same text in two channels has one number


async def test_where_nothing_is_followed_the_desk_is_told_and_else_nobody(newsroom: Newsroom) -> None:
    await newsroom.desk_store.join(SERVER)
    await add(newsroom, event("10:00"))
    await look(newsroom, "09:30")
    assert await ahead(newsroom) == [0]
    await newsroom.control.set_desk_channel(ROOM, SERVER, WHO)
    await look(newsroom, "10:00")
    assert openings(newsroom, ROOM) == ["Due now"]


async def test_a_desk_channel_gets_nothing_that_was_due_before_it_was_set(newsroom: Newsroom) -> None:
    await newsroom.desk_store.join(SERVER)
    await add(newsroom, event("10:00"))
    await look(newsroom, "09:40")
    await newsroom.control.set_desk_channel(ROOM, SERVER, WHO)
    await look(newsroom, "09:41")
    assert await told(newsroom, ROOM) == []


async def test_what_is_due_when_the_desk_moves_is_posted_where_it_is_then(newsroom: Newsroom) -> None:
    await newsroom.control.set_desk_channel(ROOM, SERVER, WHO)
    await add(newsroom, event("10:00"))
    newsroom.clock.set(at("09:31"))  # due a minute ago, and nobody has looked
    await newsroom.control.set_desk_channel(COUNT, SERVER, WHO)
    await look(newsroom, "09:32")
    assert [len(await told(newsroom, channel)) for channel in (ROOM, COUNT)] == [0, 1]


async def test_a_server_that_the_bot_left_is_told_nothing(room: Newsroom) -> None:
    await add(room, event())
    await room.desk_store.leave(SERVER, START)
    assert await room.remind.next_due() is None
    await look(room, "10:30")
    assert await told(room) == []


async def test_a_person_is_reminded_by_direct_message_and_told_when_it_moves(room: Newsroom) -> None:
    await room.rooms.operations.direct_channels._store.store_direct_channel(PERSON, ROOM)
    key = await add(room, event())
    first = await room.schedule.remind(SERVER, key, PERSON, 10)
    await room.schedule.move(SERVER, key, event("11:00").wall, WHO)
    assert await room.schedule.remind(SERVER, key, PERSON, 10) != first
    await look(room, "10:20")
    await look(room, "10:50")
    assert openings(room, ROOM) == ["Moved", "In 10 minutes"]
    assert (await told(room, ROOM))[0].endswith(" 10:50 a.m.")
    assert [content.rpartition("\n")[2] for content in room.contents(ROOM)] == [
        "-# DM 1 · the schedule, 10:20 a.m.",
        "-# DM 2 · the schedule, 10:50 a.m.",
    ]
    assert await room.schedule.stop_reminding(SERVER, key, PERSON)
    assert not await room.schedule.stop_reminding(SERVER, key, PERSON)


async def test_a_private_reminder_of_what_is_past_is_refused(room: Newsroom) -> None:
    key = await add(room, event())
    with pytest.raises(BadInputError, match=r"5:30 a\.m\., which has passed"):
        await room.schedule.remind(SERVER, key, PERSON, 300)


# Late, or not at all.


@pytest.mark.parametrize(
    ("hours", "posted"),
    [
        (["10:12", "10:41"], ["In 18 minutes", "Due 11 minutes ago"]),
        (["10:41"], ["Due 11 minutes ago"]),
        (
            ["10:00", "19:10", "10:01", "10:30", "19:30", "20:00"],
            ["In 30 minutes", "Due now", "In 30 minutes", "Due now"],
        ),
    ],
    ids=["each comes late", "of two that were missed the later", "a clock that jumps ahead and back"],
)
async def test_what_was_missed_comes_late_and_nothing_twice(
    room: Newsroom, hours: list[str], posted: list[str]
) -> None:
    await add(room, event(), event("20:00"))
    for hour in hours:
        await look(room, hour)
    assert openings(room) == posted


@pytest.mark.parametrize(("ends", "posted"), [(None, False), ("2020-11-11T11:00", False), ("2020-11-11T14:00", True)])
async def test_of_what_is_over_nothing_is_posted(room: Newsroom, ends: str | None, posted: bool) -> None:
    await add(room, event(ends=ends))
    await look(room, "11:31")
    assert bool(await told(room)) == posted


@pytest.mark.parametrize(
    ("until", "posted", "why"),
    [
        ("10:10", ["In 20 minutes"], []),
        ("11:31", [], ["posts were paused until 11:31 a.m.; the event was due at 10:30 a.m."]),
    ],
)
async def test_a_reminder_that_waits_says_how_long_it_still_is_or_is_not_posted(
    room: Newsroom, until: str, posted: list[str], why: list[str]
) -> None:
    await add(room, event())
    await room.control.pause(SERVER, WHO, None)
    await look(room, "10:00")
    room.clock.set(at(until))
    await room.control.resume(SERVER, WHO, None)
    await room.publish()
    assert (openings(room), await dropped(room)) == (posted, why)


async def test_a_reminder_that_could_not_be_sent_in_time_says_that(room: Newsroom) -> None:
    await add(room, event())
    await look(room, "10:00", send=False)
    await room.control.pause(SERVER, WHO, None)
    room.clock.set(at("10:05"))
    await room.control.resume(SERVER, WHO, None)
    room.clock.set(at("10:31"))
    await room.publish()
    await room.control.pause(SERVER, WHO, None)
    await room.control.resume(SERVER, WHO, None)
    assert await dropped(room) == ["it could not be sent before 10:30 a.m."]


async def test_a_clock_that_is_ahead_just_when_a_reminder_is_taken_up_loses_none(room: Newsroom) -> None:
    await add(room, event())
    await look(room, "10:00", send=False)
    room.clock.set(at("19:10"))  # by mistake: it looks too late for it
    await room.publish()
    assert await told(room) == []
    for hour in ("10:05", "10:06", "10:30"):
        await look(room, hour)
    assert openings(room) == ["In 25 minutes", "Due now"]


async def test_a_reminder_queued_by_a_clock_that_was_ahead_waits_for_its_time(room: Newsroom) -> None:
    await add(room, event())
    await look(room, "10:30", send=False)  # by mistake: it is 9:15
    await look(room, "09:15")
    assert await told(room) == []
    for hour in ("10:00", "10:30"):
        await look(room, hour)
    assert openings(room) == ["In 30 minutes", "Due now"]


async def test_a_channel_that_has_a_reminder_does_not_get_it_again_when_another_was_left_out(room: Newsroom) -> None:
    await room.follow(LIVE)
    await add(room, event())
    await look(room, "10:00", send=False)
    await _take_up(room, COUNT)
    room.clock.set(at("19:10"))
    await _take_up(room, LIVE)
    await look(room, "10:05")
    assert [len(await told(room, channel)) for channel in (COUNT, LIVE)] == [1, 1]


async def test_a_reminder_that_an_editor_dropped_does_not_come_again(room: Newsroom) -> None:
    await room.follow(LIVE)
    await add(room, event())
    await look(room, "10:00", send=False)
    await room.database.write(
        lambda connection: connection.execute(
            "UPDATE outbox SET state = 'dropped', dropped_by = 'olga (5)' WHERE channel = ?", (COUNT,)
        )
    )
    room.clock.set(at("19:10"))
    await room.publish()
    await look(room, "10:05")
    assert [len(await told(room, channel)) for channel in (COUNT, LIVE)] == [0, 1]


async def test_an_approved_reminder_that_a_wrong_clock_left_out_is_asked_about_again(public: Newsroom) -> None:
    await add(public, event())
    await look(public, "10:00")
    await public.database.write(
        lambda connection: connection.execute(
            "UPDATE outbox SET state = 'pending', approved_by = 'olga (5)' WHERE state = 'awaiting'"
        )
    )
    public.clock.set(at("19:10"))
    await public.publish()
    assert await told(public) == []
    await look(public, "10:05")
    rows = await public.database.rows("SELECT state FROM outbox WHERE kind = 'reminder' AND channel = ?", (COUNT,))
    assert [state for (state,) in rows] == ["dropped", "awaiting"]


async def _take_up(room: Newsroom, channel: int) -> None:
    """Send the next row of one channel only."""
    claimed = await room.outbox.claim(channel)
    if claimed.post is not None:
        message = room.say(channel, claimed.post.content or "")
        await room.outbox.settle(claimed.post, outbox_state.Transition.ACCEPTED, message=message)


# When it moves.


async def test_a_move_is_told_the_reminders_follow_and_the_old_post_is_edited(room: Newsroom) -> None:
    key = await add(room, event(status="expected"))
    await look(room, "10:00")
    room.clock.set(at("10:10"))
    await room.schedule.move(SERVER, key, event("11:00").wall, WHO, "the room is not ready")
    await room.publish()
    old, new = room.shown(COUNT)
    assert new.content.startswith("**Moved: ")
    assert " Reason: the room is not ready." in new.content
    assert f"It replaces [#1](https://discord.com/channels/1/11/{old.id})." in new.embeds[0]["description"]
    assert old.content.startswith(f"**Changed; see [#2](https://discord.com/channels/1/11/{new.id}).**")
    assert "> ~~**In 30 minutes: press conference" in old.content
    assert old.content.endswith("-# #1 · the schedule, 10 a.m.")
    for hour in ("10:30", "11:00"):
        await look(room, hour)
    assert openings(room)[2:] == ["In 30 minutes", "Due now"]


async def test_what_is_canceled_is_told_and_nobody_is_reminded(room: Newsroom) -> None:
    key = await add(room, event(status="expected"))
    await room.schedule.cancel(SERVER, key, WHO)
    for hour in ("10:00", "10:30"):
        await look(room, hour)
    assert openings(room) == ["Canceled"]
    assert await room.remind.next_due() is None


async def test_moves_that_were_not_told_yet_are_one_post_and_one_that_came_to_nothing_none(room: Newsroom) -> None:
    key = await add(room, event())
    await room.control.pause(SERVER, WHO, None)
    for hour in ("11:00", "11:30"):
        await room.schedule.move(SERVER, key, event(hour).wall, WHO)
    await room.control.resume(SERVER, WHO, None)
    await room.publish()
    (said,) = await told(room)
    assert said.endswith(" from 10:30 a.m. to 11:30 a.m.")
    await room.control.pause(SERVER, WHO, None)
    for hour in ("12:00", "11:30"):
        await room.schedule.move(SERVER, key, event(hour).wall, WHO)
    await room.control.resume(SERVER, WHO, None)
    await room.publish()
    assert len(await told(room)) == 1


async def test_the_reason_that_is_told_is_that_of_what_is_told(room: Newsroom) -> None:
    off = await add(room, event(place="the Capitol", title="One"))
    moved = await add(room, event(place="the Capitol", title="Two"))
    await room.control.pause(SERVER, WHO, None)
    await room.schedule.cancel(SERVER, off, WHO, "rain")
    await room.schedule.move(SERVER, off, event("12:00").wall, WHO)
    await room.schedule.move(SERVER, moved, event("11:00").wall, WHO, "the room is not ready")
    await changed_to(room, moved, place="City Hall")
    await room.control.resume(SERVER, WHO, None)
    await room.publish()
    one, two = sorted(await told(room))
    assert one.endswith(" from 10:30 a.m. to noon.")
    assert two.endswith(" The place is now City Hall; it was the Capitol. Reason: the room is not ready.")
    await room.control.pause(SERVER, WHO, None)
    await room.schedule.move(SERVER, moved, event("11:30").wall, WHO, "the speaker is late")
    await room.schedule.cancel(SERVER, moved, WHO)
    await room.control.resume(SERVER, WHO, None)
    await room.publish()
    assert (await told(room))[-1].endswith(" It was scheduled for 11 a.m.")


async def test_a_move_before_an_unsent_reminder_goes_out_takes_its_place(room: Newsroom) -> None:
    key = await add(room, event())
    await look(room, "10:00", send=False)
    await room.schedule.move(SERVER, key, event("12:00").wall, WHO)
    await room.publish()
    assert openings(room) == ["Moved"]


async def test_a_new_title_or_a_past_event_is_told_nobody(room: Newsroom) -> None:
    key = await add(room, event())
    await changed_to(room, key, title="Another title")
    room.clock.set(at("13:00"))
    await room.schedule.cancel(SERVER, key, WHO)
    await room.publish()
    assert await told(room) == []


async def test_a_new_place_is_told_and_so_is_one_that_is_taken_away(room: Newsroom) -> None:
    key = await add(room, event())
    for place, opening in (("the Capitol", "New place"), (None, "Place not known")):
        await changed_to(room, key, place=place)
        await room.publish()
        assert openings(room)[-1] == opening


# When it is undone.


def key_of(said: Card) -> int:
    """Return the id of the change that an answer's Undo button undoes."""
    (button,) = said.buttons
    assert button.key.startswith("event:undo:")
    return int(button.key.rsplit(":", 1)[1])


async def undo(room: Newsroom, changed: Changed) -> str:
    assert changed.change is not None
    return render(await room.schedule.undo(changed.change, SERVER, "olga (5)")).content


async def test_undo_of_a_move_that_was_posted_moves_it_back_as_it_was_with_its_reminders(room: Newsroom) -> None:
    key = await add(room, event())
    await look(room, "09:50")
    changed = await room.schedule.move(SERVER, key, event("11:30").wall, "ed (6)", "the room")
    await room.publish()
    room.clock.set(at("09:52"))
    assert f"<#{COUNT}>" in await undo(room, changed)
    await room.publish()
    (entry,) = [await room.schedule.entry(SERVER, key)]
    assert (entry.event, entry.channel, entry.lead_times) == (event(), None, None)
    for hour in ("10:00", "10:30"):
        await look(room, hour)
    assert openings(room) == ["Changed", "Moved", "In 30 minutes", "Due now"]
    assert (await told(room))[1].endswith("from 11:30 a.m. to 10:30 a.m.")
    assert "see [#2](" in (await told(room))[0]
    (last, *_) = await room.schedule_store.history(SERVER, key)
    assert (last.who, last.what) == ("olga (5)", "schedule undo")


async def test_undo_of_a_cancellation_says_that_it_is_back_on(room: Newsroom) -> None:
    key = await add(room, event())
    changed = await room.schedule.cancel(SERVER, key, WHO)
    await room.publish()
    await undo(room, changed)
    await room.publish()
    assert openings(room)[-1] == "Back on"


@pytest.mark.parametrize("waits", ["paused", "public"])
async def test_undo_of_what_was_not_posted_yet_posts_nothing_and_the_unsent_reminder_still_comes(
    room: Newsroom, waits: str
) -> None:
    await room.control.set_desk_channel(ROOM, SERVER, WHO)
    if waits == "public":
        await room.control.set_public(COUNT, SERVER, WHO, public=True)
    else:
        await room.control.pause(SERVER, WHO, None)
    key = await add(room, event(), event(title="Another"))
    await look(room, "10:00")
    changed = await room.schedule.move(SERVER, key, event("11:30").wall, WHO)
    await room.publish()
    room.clock.set(at("10:02"))
    assert (await undo(room, changed)).endswith(" Nothing is posted.")
    await look(room, "10:02")
    if waits == "paused":
        await room.control.resume(SERVER, WHO, None)
        await room.publish()
        assert openings(room) == ["In 28 minutes"] * 2
        return
    assert asked(room) == [
        ("#1 not posted in <#11>", "In 30 minutes"),
        ("Publish #2 in <#11>", "In 30 minutes"),
        ("#5 not posted in <#11>", "Moved"),
        ("Publish #7 in <#11>", "In 28 minutes"),
    ]
    assert "the event is again as its channel knows it." in (await told(room, ROOM))[2]


@pytest.mark.parametrize("status", ["started", "over"])
async def test_a_reminder_that_waits_for_publish_comes_again_where_a_wrong_status_is_undone(
    public: Newsroom, status: str
) -> None:
    key = await add(public, event())
    await look(public, "10:00")
    changed = await changed_to(public, key, status=status)
    await public.publish()
    await undo(public, changed)
    await look(public, "10:02")
    assert asked(public) == [("#1 not posted in <#11>", "In 30 minutes"), ("Publish #3 in <#11>", "In 28 minutes")]


async def test_a_reminder_that_waits_for_publish_comes_again_where_a_move_is_undone_by_hand(public: Newsroom) -> None:
    await public.follow(LIVE)
    key = await add(public, event())
    await look(public, "10:00")
    for wall in ("11:30", "11:00", "10:30"):
        await public.schedule.move(SERVER, key, event(wall).wall, WHO)
    for hour in ("10:02", "10:03"):
        await look(public, hour)
    assert [one for one in asked(public) if one[0].startswith("Publish")] == [("Publish #4 in <#11>", "In 28 minutes")]
    assert sum("In 30 minutes" in said or "In 28 minutes" in said for said in await told(public, LIVE)) == 1


async def test_undo_tells_where_the_change_was_told_and_withdraws_it_where_it_waits_for_publish(room: Newsroom) -> None:
    await room.control.set_desk_channel(ROOM, SERVER, WHO)
    await room.follow(LIVE)
    await room.control.set_public(COUNT, SERVER, WHO, public=True)
    key = await add(room, event())
    changed = await room.schedule.cancel(SERVER, key, WHO)
    await room.publish()
    assert (await undo(room, changed)).endswith(f" in <#{LIVE}>.")
    await room.publish()
    assert openings(room, LIVE)[1:] == ["Back on"]
    assert await told(room) == []
    assert not any(map(buttons, room.shown(ROOM)))


async def test_a_reminder_that_would_have_come_between_a_move_and_its_undo_comes(room: Newsroom) -> None:
    key = await add(room, event())
    room.clock.set(at("09:59"))
    changed = await room.schedule.move(SERVER, key, event("11:30").wall, WHO)
    await look(room, "10:01")
    await undo(room, changed)
    await look(room, "10:01")
    assert openings(room)[1:] == ["Moved", "In 29 minutes"]


async def test_undo_of_what_was_changed_while_the_clock_was_ahead_loses_no_reminder(room: Newsroom) -> None:
    key = await add(room, event())
    room.clock.set(at("10:20"))
    changed = await room.schedule.move(SERVER, key, event("11:30").wall, WHO)
    room.clock.set(at("09:00"))
    await undo(room, changed)
    await look(room, "10:00")
    assert openings(room) == ["In 30 minutes"]


async def test_undo_is_pressed_once_and_undoes_nothing_that_came_after(room: Newsroom) -> None:
    key = await add(room, event())
    first = await room.schedule.move(SERVER, key, event("11:00").wall, WHO)
    second = await room.schedule.move(SERVER, key, event("11:30").wall, "ed (6)")
    refused = "**Not undone:** the event was changed after that. By ed, 7 a.m."
    assert await undo(room, first) == refused
    await undo(room, second)
    assert await undo(room, first) == refused
    assert await undo(room, second) == "**Undone already.** By olga, 7 a.m."
    assert (await room.schedule.entry(SERVER, key)).event.wall == event("11:00").wall
    assert len(await room.schedule_store.history(SERVER, key)) == 4
    with pytest.raises(BadInputError, match="no longer on record"):
        await room.schedule.undo(second.change or 0, OTHER_SERVER, WHO)


async def test_the_buttons_under_a_reminder_can_be_undone_but_for_started(room: Newsroom) -> None:
    key = await at_its_time(room)
    said = await room.schedule.press(pressed("off", key), SERVER, WHO)
    await room.publish()
    await room.schedule.undo(key_of(said), SERVER, WHO)
    assert render(await room.schedule.press(pressed("off", key), SERVER, WHO)).content.startswith("**Canceled:")
    again = await room.schedule.press(pressed("off", key), SERVER, WHO)
    assert not again.buttons
    other = await add(room, event("10:45"))
    room.clock.set(at("10:45"))
    assert not (await room.schedule.press(pressed("started", other), SERVER, WHO)).buttons


def test_an_end_and_later_places_move_along() -> None:
    whole = event(ends="2020-11-11T11:30", later=[{"place": "Macon", "wall": "2020-11-11T12:00"}])
    moved = moved_to(whole, event("14:00").wall)
    assert (moved.ends, moved.later[0].wall) == (event("15:00").wall, event("15:30").wall)


# Buttons.


def pressed(press: str, key: int, wall: str = "10:30") -> Pressed:
    return Pressed(press, key, event(wall).wall)  # type: ignore[arg-type]  # any of the buttons


async def at_its_time(room: Newsroom) -> int:
    key = await add(room, event())
    await look(room, "10:00")
    await look(room, "10:30")
    room.clock.set(at("10:31"))
    return key


async def test_started_edits_the_reminder_and_takes_its_buttons_away(room: Newsroom) -> None:
    key = await at_its_time(room)
    await room.schedule.press(pressed("started", key), SERVER, "olga (5)")
    await room.publish()
    message = room.shown(COUNT)[1]
    assert OPENING.findall(message.content)[:2] == ["Under way", "Due now"]
    assert "olga" in message.content
    assert not buttons(message)
    again = await room.schedule.press(pressed("off", key), SERVER, "ed (6)")
    assert render(again).content == "It has been marked as under way already. By olga, 10:31 a.m."


async def published(public: Newsroom, hour: str) -> int:
    """Add an event, and publish its reminder at an hour in the public channel. Returns the event's id."""
    key = await add(public, event(status="expected"))
    await look(public, hour)
    await approve(public, await awaiting(public))
    return key


async def test_started_changes_the_reminder_that_was_published_and_names_nobody_there(public: Newsroom) -> None:
    key = await published(public, "10:30")
    public.clock.set(at("10:31"))
    await public.schedule.press(pressed("started", key), SERVER, "olga (5)")
    await public.publish()
    assert openings(public) == ["Under way"]
    assert "olga" not in public.contents(COUNT)[0]


@pytest.mark.parametrize("change", ["move", "cancel"])
async def test_a_change_is_in_the_reminder_that_was_published_before_its_own_post_is(
    public: Newsroom, change: str
) -> None:
    key = await published(public, "10:00")
    before = await told(public)
    if change == "move":
        await public.schedule.move(SERVER, key, event("11:00").wall, WHO)
    else:
        await public.schedule.cancel(SERVER, key, WHO)
    await public.publish()
    (shown,) = await told(public)
    changed, _, marked_replaced = shown.partition("\n> ")
    assert marked_replaced == f"~~{before[0]}~~"
    row = await awaiting(public)
    await approve(public, row)
    shown, post = await told(public)
    assert shown.startswith(f"**Changed; see [#{row.number}](")
    assert changed == f"**Changed.** {post}"


async def test_a_change_that_is_undone_before_its_post_is_published_leaves_the_reminder_as_it_was(
    public: Newsroom,
) -> None:
    key = await published(public, "10:00")
    before = await told(public)
    for wall in ("11:00", "11:30", "10:30"):
        await public.schedule.move(SERVER, key, event(wall).wall, WHO)
        await public.publish()
        (shown,) = await told(public)
        assert (shown == before[0]) == (wall == "10:30")
        assert shown.startswith("**Changed.**") == (wall != "10:30")
    assert "to 11:30 a.m." not in shown


async def test_started_leaves_what_the_public_was_not_told_yet_to_publish_and_that_says_it_is_under_way(
    public: Newsroom,
) -> None:
    key = await add(public, event(status="expected"))
    await look(public, "10:30")
    row = await awaiting(public)
    public.clock.set(at("10:40"))
    await public.schedule.press(pressed("started", key), SERVER, "olga (5)")
    await look(public, "10:40")
    assert await public.remind.next_due() == at("11:30")
    assert openings(public, ROOM) == ["Under way", f"Publish #{row.number} in <#11>"]
    await approve(public, row)
    assert openings(public) == ["Under way"]
    assert not buttons(public.shown(COUNT)[0])


async def test_what_somebody_published_is_not_said_to_be_late(public: Newsroom) -> None:
    await add(public, event())
    await look(public, "10:00")
    public.clock.set(at("10:20"))
    await approve(public, await awaiting(public))
    assert openings(public) == ["In 10 minutes"]
    assert "late" not in public.contents(COUNT)[0]


async def test_a_reminder_that_is_sent_once_its_event_has_begun_says_so_and_asks_nothing(room: Newsroom) -> None:
    await room.follow(channel=AWAY)
    key = await add(room, event())
    await look(room, "10:30", send=False)
    await room.schedule.press(pressed("started", key), SERVER, "olga (5)")
    await room.publish()
    assert openings(room)[-1] == "Under way"
    assert not any(map(buttons, room.shown(COUNT)))


async def test_pushed_moves_it_a_quarter_of_an_hour_once(room: Newsroom) -> None:
    key = await at_its_time(room)
    said = await room.schedule.press(pressed("pushed", key), SERVER, "olga (5)")
    assert render(said).content.endswith(f"<#{COUNT}>.")
    again = await room.schedule.press(pressed("pushed", key), SERVER, "ed (6)")
    assert render(again).content == "It has been moved already, to 10:45 a.m. By olga, 10:31 a.m."
    await room.publish()
    assert openings(room) == ["Changed", "Changed", "Moved"]
    await look(room, "10:45")
    assert len(await told(room)) == 4


async def test_pushed_too_late_is_refused_and_nothing_changes(room: Newsroom) -> None:
    key = await at_its_time(room)
    room.clock.set(at("10:50"))
    with pytest.raises(BadInputError, match=r"15 minutes later was 10:45 a\.m\., which has passed"):
        await room.schedule.press(pressed("pushed", key), SERVER, WHO)
    assert len(await room.schedule_store.history(SERVER, key)) == 1


async def test_canceled_tells_its_channels_once(room: Newsroom) -> None:
    key = await at_its_time(room)
    await room.schedule.press(pressed("off", key), SERVER, WHO)
    assert "canceled already" in render(await room.schedule.press(pressed("off", key), SERVER, WHO)).content
    await room.publish()
    assert openings(room) == ["Changed", "Changed", "Canceled"]


async def test_a_button_of_another_server_does_nothing(room: Newsroom) -> None:
    key = await at_its_time(room)
    with pytest.raises(BadInputError, match="no event"):
        await room.schedule.press(pressed("off", key), OTHER_SERVER, WHO)


async def test_every_change_is_kept_with_who_and_why(room: Newsroom) -> None:
    key = await at_its_time(room)
    await room.schedule.press(pressed("pushed", key), SERVER, "olga (5)")
    await room.schedule.cancel(SERVER, key, "ed (6)", "no speaker")
    answer = await room.schedule.history(SERVER, key)
    _, canceled, moved, added = render(answer).content.split("\n")
    assert canceled.startswith("10:31 a.m., ed: **Canceled: ")
    assert canceled.endswith(" (no speaker)")
    assert moved.startswith("10:31 a.m., olga: **Moved: ")
    assert added == "7 a.m., Olga: added"


# Public channels.


@pytest.mark.parametrize("place", ["the channel", "a thread of it"])
async def test_where_the_public_reads_a_reminder_waits_for_publish_and_has_no_buttons(
    public: Newsroom, place: str
) -> None:
    channel = COUNT if place == "the channel" else 77
    await public.desk_store.record_thread(SERVER, 77, COUNT)
    await public.schedule_store.add(SERVER, [NewEntry(event(), channel=channel)], WHO)
    await look(public, "10:30")
    assert await told(public, channel) == []
    await approve(public, await awaiting(public, channel))
    assert openings(public, channel) == ["Due now"]
    assert not buttons(public.shown(channel)[0])


async def test_a_reminder_that_is_published_late_says_how_long_it_is_by_then(public: Newsroom) -> None:
    await add(public, event())
    await look(public, "10:00")
    assert asked(public) == [("Publish #1 in <#11>", "In 30 minutes")]
    public.clock.set(at("10:26"))
    await approve(public, await awaiting(public))
    (published,) = await told(public)
    assert openings(public) == ["In four minutes"]
    _, shown, small = public.contents(ROOM)[0].split("\n")
    assert (shown, small) == (published, "-# the schedule, 10:26 a.m. · question 2")


async def test_the_desk_reads_what_went_out_also_where_that_was_held_up_or_freed_of_publish(public: Newsroom) -> None:
    await add(public, event(), event(title="Rally"))
    await look(public, "10:00")
    first, second = [row for row in await public.posts(COUNT) if row.state == "awaiting"]
    await public.control.pause(SERVER, WHO, None)
    await public.queue.press("publish", first.id, SERVER, WHO)
    public.clock.set(at("10:20"))
    await public.control.resume(SERVER, WHO, None)
    await public.publish()
    public.clock.set(at("10:26"))
    await public.control.set_public(COUNT, SERVER, WHO, public=False)
    await public.publish()
    assert openings(public) == ["In 10 minutes", "In four minutes"]
    assert openings(public, ROOM) == [f"#{first.number} published in <#11>", f"#{second.number} released in <#11>"]
    assert [question.split("\n")[1] for question in await told(public, ROOM)] == await told(public)


@pytest.mark.parametrize("late", [False, True])
async def test_a_move_while_a_reminder_waits_for_publish_takes_its_place(public: Newsroom, late: bool) -> None:
    key = await add(public, event())
    await look(public, "10:00")
    row = await awaiting(public)
    if late:  # approved, and over before it could be sent
        await public.control.pause(SERVER, WHO, None)
        await public.queue.press("publish", row.id, SERVER, WHO)
        public.clock.set(at("11:31"))
        await public.control.resume(SERVER, WHO, None)
        await public.publish()
        assert await told(public) == []
        (late_by,) = await dropped(public)
        assert await public.queue.press("publish", row.id, SERVER, WHO) == f"#1 will not be posted: {late_by}"
        why = await public.app.rooms.answers.provenance.why(replace(EDITOR, channel=ROOM), row.number)
        assert f"Published by Olga, but not posted in <#{COUNT}>: {late_by}" in str(why)
        assert (await told(public, ROOM))[0].startswith(f"**#1 not posted in <#{COUNT}>:** {late_by}")
        return
    await public.schedule.move(SERVER, key, event("12:00").wall, WHO)
    await public.publish()
    assert any(f" not posted in <#{COUNT}>:** the event has changed" in content for content in await told(public, ROOM))
    assert "will not be posted" in await public.queue.press("publish", row.id, SERVER, WHO)


async def test_publish_that_comes_too_late_for_a_reminder_says_so_and_so_does_all_that_tells_of_it(
    public: Newsroom,
) -> None:
    await add(public, event())
    await look(public, "10:00")
    row = await awaiting(public)
    public.clock.set(at("10:31"))
    late_by = "nobody published it before 10:30 a.m."
    assert await approve(public, row) == f"#1 will not be posted: {late_by}"
    assert await told(public) == []
    assert (await told(public, ROOM))[0].startswith(f"**#1 not posted in <#{COUNT}>:** {late_by}")
    assert not buttons(public.shown(ROOM)[0])
    assert await public.database.rows("SELECT what FROM audit WHERE what LIKE 'post %'") == []
    why = await public.app.rooms.answers.provenance.why(replace(EDITOR, channel=ROOM), row.number)
    assert f"\nNot posted in <#{COUNT}>: {late_by}\n" in render(why).content


async def test_a_reminder_that_nobody_published_in_time_says_that_by_itself(public: Newsroom) -> None:
    await add(public, event())
    await look(public, "10:00")
    assert await public.remind.next_due() == at("10:30")
    await look(public, "10:30")
    assert asked(public) == [
        ("#1 not posted in <#11>", "In 30 minutes"),
        ("Due now",),
        ("Publish #3 in <#11>", "Due now"),
    ]
    assert await public.remind.next_due() == at("11:30")
    await look(public, "11:30")
    assert openings(public, ROOM) == ["#1 not posted in <#11>", "Due now", "#3 not posted in <#11>"]
    assert [bool(buttons(message)) for message in public.shown(ROOM)] == [False, True, False]
    assert await public.remind.next_due() is None


async def test_a_change_that_waits_for_publish_and_is_true_no_more_says_so(public: Newsroom) -> None:
    key = await add(public, event())
    await public.schedule.move(SERVER, key, event("11:00").wall, WHO)
    await public.publish()
    row = await awaiting(public)
    await public.database.write(lambda one: one.execute("DELETE FROM schedule_entries").rowcount)
    await look(public, "10:00")
    gone = f"**#{row.number} not posted in <#{COUNT}>:** the schedule no longer has its event"
    assert (await told(public, ROOM))[0].startswith(gone)


async def test_what_is_freed_of_publish_too_late_is_not_said_to_be_posted(public: Newsroom) -> None:
    await add(public, event())
    await look(public, "10:00")
    public.clock.set(at("10:31"))
    await public.control.set_public(COUNT, SERVER, WHO, public=False)
    await public.publish()
    assert await told(public) == []
    assert openings(public, ROOM) == ["#1 not posted in <#11>"]


# Starts.


async def test_another_lead_time_of_the_desk_file_holds_from_the_start_on_and_brings_none_of_before(
    room: Newsroom,
) -> None:
    await add(room, event(), event("12:00"))
    await look(room, "08:20")
    await room.restart(small_desk(reminders={"press_conference": ["130m"]}))
    await look(room, "08:30")
    assert await ahead(room) == [130, 0, 0]
    assert await told(room) == []
    await look(room, "09:50")
    assert (await told(room))[0].startswith("**In 2 hours, 10 minutes: ")


async def test_other_rules_of_the_zones_move_what_is_ahead(room: Newsroom) -> None:
    await add(room, event())
    await look(room, "08:00")
    run_sql(
        room.path,
        "UPDATE schedule_entries SET starts_at = 9000000000000000",
        "UPDATE installation SET zone_rules = 'x'",
    )
    await room.restart()
    await look(room, "10:00")
    assert len(await told(room)) == 1


async def test_an_event_that_is_put_into_another_zone_is_reminded_of_at_its_hour_there(room: Newsroom) -> None:
    key = await add(room, event("10:00"))
    await look(room, "09:30")
    assert openings(room) == ["In 30 minutes"]
    await changed_to(room, key, zone="America/Los_Angeles")
    await look(room, "12:30")
    assert openings(room)[-1] == "In 30 minutes"


async def test_what_is_due_and_not_posted_yet_is_not_lost_when_its_event_turns_out_to_be_of_another_kind(
    room: Newsroom,
) -> None:
    key = await add(room, event("10:00", kind="rally"))
    room.clock.set(at("09:31"))  # due a minute ago, and nobody has looked
    await changed_to(room, key, kind="press_conference")
    await look(room, "09:32")
    assert [one for one in await told(room) if "minutes" in one]


@pytest.mark.parametrize(
    "changed", [{"channel": ROOM}, {"contest": "other"}, {"status": "expected"}], ids=["channel", "contest", "status"]
)
async def test_what_is_due_and_not_posted_yet_is_posted_once_where_its_event_changes(
    room: Newsroom, changed: dict[str, Any]
) -> None:
    key = await add(room, event("10:00"))
    room.clock.set(at("09:31"))  # due a minute ago, and nobody has looked

    def make(entry: ScheduleEntry) -> ScheduleEntry:
        if "channel" in changed:
            return replace(entry, **changed)
        return replace(entry, event=entry.event.model_copy(update=changed))

    await room.schedule_store.change(SERVER, key, make, "schedule edit", WHO)
    await look(room, "09:32")
    assert [len(await told(room, channel)) for channel in (COUNT, ROOM)] == [1, 0]


async def test_what_is_due_and_not_posted_yet_is_dropped_for_its_reason_where_its_event_moves(room: Newsroom) -> None:
    key = await add(room, event("10:00"))
    room.clock.set(at("09:31"))
    await changed_to(room, key, status="canceled")
    await look(room, "09:32")
    assert await dropped(room) == ["the event has changed since"]
    assert openings(room) == ["Canceled"]


async def correct_and_publish(public: Newsroom) -> None:
    (number,) = {row.number for row in await public.posts(COUNT) if row.kind == "reminder" and row.action == "post"}
    await public.corrections.correct(SERVER, number, "It is at the other office", WHO)
    await public.publish()
    (row,) = [row for row in await public.posts(COUNT) if row.state == "awaiting" and row.kind == "correction"]
    await approve(public, row)


@pytest.mark.parametrize("corrected", ["before the move", "while the move waits"])
async def test_a_reminder_stays_marked_as_corrected_where_its_event_is_moved_and_moved_back(
    public: Newsroom, corrected: str
) -> None:
    key = await published(public, "10:00")
    if corrected == "before the move":
        await correct_and_publish(public)
    await public.schedule.move(SERVER, key, event("11:00").wall, WHO)
    await public.publish()
    if corrected == "before the move":
        first, second, *_ = public.contents(COUNT)[0].split("\n")
        assert [OPENING.findall(line)[0] for line in (first, second)] == ["Changed", "Corrected"]
    else:
        await correct_and_publish(public)
    await public.schedule.move(SERVER, key, event("10:30").wall, WHO)
    await public.publish()
    assert openings(public)[0] == "Corrected"
