"""/schedule, /next and /remindme as staff type them, the form, and the buttons."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from discord import app_commands

from bot.errors import BadInputError
from bot.follows.levels import sees_everything
from bot.operations.alive_store import AliveStore
from bot.schedule.planning import EventInput
from bot.schedule.planning_store import LASTS
from bot.schedule.reminders_words import KINDS
from tests.cogs.conftest import Room, Seen, history, last
from tests.conftest import SOON, START

NO_ROLE = "You need the desk role, or permission to manage the server."
TITLE = "Press conference: the Secretary of State"


async def entries(room: Room) -> int:
    return await room.newsroom.count("schedule_entries")


async def add(room: Room, title: str = TITLE, at: str = "10:30 a.m.", **options: Any) -> str:
    """Add an event and save it; return what is answered then."""
    card = await room.card("schedule add", title=title, at=at, **options)
    return await save(room, card)


async def save(room: Room, card: Seen, label: str | None = None) -> str:
    """Press a button under what was played back, the first unless one is named; return what stands there afterwards."""
    await room.editor.click(card, label or next(iter(card.buttons)))
    return card.content


async def test_an_event_is_played_back_in_full_and_saved_by_a_button(room: Room) -> None:
    await room.follow("ga")
    card = await room.card(
        "schedule add",
        title=TITLE,
        at="10:30 a.m.",
        kind="press_conference",
        place="Atlanta",
        status="expected",
        source="the office",
        link="https://example.org/a",
        contest="ga",
    )
    assert card.content.split("\n") == [
        "**Add this to the schedule?**",
        f"**{TITLE}**",
        "10:30 a.m.",
        "Press conference, expected",
        "Where: Atlanta",
        "Contest: President",
        "Source: the office",
        "Link: https\\://example.org/a",
        f"Reminders at 10 a.m., 10:30 a.m., in <#{room.count.id}>.",
    ]
    assert await entries(room) == 0
    said = await save(room, card)
    assert said.startswith(f"**Added:** {TITLE}, Atlanta, 10:30 a.m.\nReminders at 10 a.m., 10:30 a.m., in ")
    assert await entries(room) == 1
    (row,) = [row for row in await room.audit() if row[1] == "schedule add"]
    assert row[0] == f"{room.editor.name} ({room.editor.id})"


async def test_save_pressed_twice_or_late_saves_nothing_twice(room: Room) -> None:
    card = await room.card("schedule add", title=TITLE, at="10:30 a.m.")
    second = await room.card("schedule add", title=TITLE, at="11:30 a.m.")
    key = card.buttons["Save"]
    await save(room, card)
    await room.editor.click(second, "Save")
    rooms = room.bot.rooms
    with pytest.raises(Exception, match="saved by olga already; nothing was saved twice"):
        await rooms.schedule.planning.save(int(key.rsplit(":", 1)[1]), room.guild.id, "ed", sees_everything)
    third = await room.card("schedule add", title=TITLE, at="5 p.m.")
    room.newsroom.clock.set(START + LASTS + timedelta(seconds=1))
    result = await room.editor.click(third, "Save")
    assert "too old to save" in result.content
    assert await entries(room) == 2


async def test_discard_saves_nothing(room: Room) -> None:
    card = await room.card("schedule add", title=TITLE, at="10:30 a.m.")
    assert await save(room, card, "Discard") == "Discarded: the schedule is unchanged."
    assert await entries(room) == 0


async def test_a_time_that_could_be_two_is_asked_not_guessed(room: Room) -> None:
    card = await room.card("schedule add", title=TITLE, at="8:30")
    assert card.content.startswith('**Which time do you mean by "8:30"?** It could be a.m. or p.m.')
    labels = list(card.buttons)
    assert labels == ["8:30 a.m. EST Wednesday, Nov. 11", "8:30 p.m. EST Wednesday, Nov. 11"]
    await room.editor.click(card, labels[1])
    assert "\n8:30 p.m.\n" in card.content
    await save(room, card)
    assert await entries(room) == 1


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"at": "yesterday 5pm"}, "past"),
        ({"at": "soon"}, '"soon" is not clearly a time'),
        ({"ends": "9 a.m."}, 'The end "9 a.m." is no time after its start'),
        ({"title": "@everyone come"}, "The title mentions somebody or a channel"),
        ({"title": "ask <@123456>"}, "The title mentions somebody or a channel"),
        ({"zone": "Atlanta"}, '"Atlanta" is no zone of the IANA list'),
        ({"zone": "localtime"}, '"localtime" is no zone of the IANA list'),
        ({"zone": "Factory"}, '"Factory" is no zone of the IANA list'),
        ({"contest": "mayor of nowhere"}, 'No contest is called "mayor of nowhere"'),
        (
            {"later": "Cobb County"},
            '"Cobb County" is not clearly a place and its hour; write each as Cobb County 9 p.m.',
        ),
        ({"later": "Cobb County 9 a.m."}, 'The hour of Cobb County "9 a.m." is no time after its start'),
        ({"later": "@everyone 9 p.m."}, "The list of places mentions somebody or a channel"),
        ({"link": "javascript:alert(1)"}, "Link: should be the address of a page, such as https"),
        ({"remind": "often"}, '"often" is not a reminder time'),
        ({"remind": "1m, 2m, 3m, 4m, 5m, 6m"}, "The event has 6 reminders, more than 5"),
    ],
)
async def test_bad_input_gets_a_clear_answer_and_changes_nothing(
    room: Room, options: dict[str, Any], refusal: str
) -> None:
    said = await room.refused("schedule add", **({"title": TITLE, "at": "10:30 a.m."} | options))
    assert refusal.casefold() in said.casefold()
    assert await entries(room) == 0
    assert await room.newsroom.count("event_proposals") == 0


async def test_spaces_that_a_phone_leaves_around_what_is_typed_are_nothing(room: Room) -> None:
    card = await room.card("schedule add", title="Rally ", at="10 a.m. ", place=" Macon ", zone="America/New_York ")
    assert card.content.split("\n")[1::3] == ["**Rally**", "Where: Macon"]
    await save(room, card)
    assert "Nothing would change" in await room.refused("schedule edit", event="rally", title="Rally ")
    card = await room.card("schedule edit", event="rally", place="none ")
    assert "Before: place: Macon" in card.content


async def test_polls_that_close_later_in_some_places(room: Room) -> None:
    await room.follow("ga")
    options: dict[str, Any] = {
        "later": "Cobb County until 9 p.m.; Ward 7: 7:20; Macon Thursday 12:30 a.m.",
        "kind": "polls_close",
    }
    card = await room.card("schedule add", title="Polls close", at="7 p.m.", **options)
    assert card.content.split("\n")[3:6] == [
        "Later in Cobb County: 9 p.m.",
        "Later in Ward 7: 7:20 p.m.",
        "Later in Macon: Thursday, Nov. 12, 12:30 a.m.",
    ]
    assert "Reminders at 6 p.m., 7 p.m., 7:20 p.m., 9 p.m., 12:30 a.m. Thursday" in card.content
    await save(room, card)
    today = await room.card("schedule show", room.reporter)
    hours = "Cobb County 9 p.m., Ward 7 7:20 p.m., Macon 12:30 a.m."
    assert today.embeds[0].description == f"**7 p.m.** Polls close; later in {hours} (expected, not confirmed)"
    card = await room.card("schedule edit", event="polls", later="Cobb County 9:30 p.m.", reason="a court's order")
    assert f"Before: later in: {hours}" in card.content
    assert "\n> **Hours have changed: Polls close,** 7 p.m. Later in Cobb County 9:30 p.m." in card.content
    assert (await save(room, card)).startswith("**Saved.** The change goes out in ")
    card = await room.card("schedule edit", event="polls", later="none")
    assert "Later in" not in card.content.replace("It was: later in Cobb County 9:30 p.m.", "")


async def test_the_history_says_what_each_thing_was(room: Room) -> None:
    await add(room, status="expected", place="Macon", link="https://example.org/a")
    changes: list[dict[str, Any]] = [
        {"status": "confirmed", "reason": "they say so"},
        {"title": "Briefing", "ends": "11:30 a.m."},
    ]
    for change in changes:
        await save(room, await room.card("schedule edit", event="1", **change))
    card = await room.card("schedule edit", event="1", link="none", kind="hearing", ends="none")
    assert "Before: end: 11:30 a.m.; kind: press conference; link: https\\://example.org/a" in card.content
    await save(room, card)
    await save(room, await room.card("schedule edit", event="1", remind="2h"))
    assert (await room.ask("schedule show", event="1")).split("\n")[1:] == [
        "7 a.m., olga: edited: reminders or channels",
        "7 a.m., olga: edited; before: end: 11:30 a.m.; kind: press conference; link: https\\://example.org/a",
        f"7 a.m., olga: edited; before: title: {TITLE}; end: none",
        "7 a.m., olga: edited; before: status: expected (they say so)",
        "7 a.m., olga: added",
    ]


async def test_a_title_of_5000_letters_is_refused(room: Room) -> None:
    rooms = room.bot.rooms
    with pytest.raises(BadInputError, match="the title has 5,000 letters; 300 go"):
        await rooms.schedule.planning.add(room.guild.id, 1, EventInput("x" * 5000, "10:30 a.m."))


async def test_without_title_or_time_a_form_asks(room: Room) -> None:
    shown = await room.editor.slash(room.count, "schedule add", title="Rally: Sen. Doe", kind="rally")
    title, _at, _ends, _place, _source = shown.fields
    assert title["value"] == "Rally: Sen. Doe"
    result = await room.editor.submit(shown, ["Rally: Sen. Doe", "10 a.m.", None, "Macon"])
    assert result.ephemeral
    assert "Rally: Sen. Doe" in result.content
    assert "Where: Macon" in result.content


async def test_lists_next_and_history(room: Room) -> None:
    assert await room.ask("schedule show", room.reporter) == "Nothing has been entered yet for Wednesday, Nov. 11."
    assert (
        await room.ask("schedule show", room.reporter, days="week")
        == "Nothing has been entered yet for the next seven days."
    )
    assert await room.ask("next", room.reporter) == "Nothing is on the schedule yet."
    await add(room, kind="press_conference", status="expected")
    await add(room, "Counties certify", "Friday 5 p.m.", kind="deadline")
    today = await room.card("schedule show", room.reporter)
    assert today.content == "**Wednesday, Nov. 11:** one event.\n-# the schedule, 7 a.m."
    assert today.embeds[0].description == f"**10:30 a.m.** {TITLE} (expected, not confirmed)"
    week = await room.card("schedule show", room.reporter, days="week")
    assert (week.embeds[0].description or "").split("\n") == [
        "__Wednesday, Nov. 11__",
        f"**10:30 a.m.** {TITLE} (expected, not confirmed)",
        "__Friday, Nov. 13__",
        "**5 p.m.** Counties certify (expected, not confirmed)",
    ]
    assert (await room.ask("next", room.reporter)).split("\n") == [
        f"**Next, in 3 hr 30 min:** {TITLE}, 10:30 a.m. (expected, not confirmed).",
        "Then: Counties certify, 5 p.m. Friday (expected, not confirmed).",
    ]
    history = await room.ask("schedule show", room.reporter, event="certify")
    assert history.endswith("7 a.m., olga: added")
    room.newsroom.at(2 * 24 * 60 + 9 * 60)  # Friday, 4 p.m.
    assert (await room.ask("next", room.reporter)).startswith("**Next, in 1 hour:** Counties certify")
    room.newsroom.at(2 * 24 * 60 + 10 * 60)
    assert (await room.ask("next", room.reporter)).startswith("**Scheduled for now:** Counties certify")
    room.newsroom.at(2 * 24 * 60 + 11 * 60)
    assert await room.ask("next", room.reporter) == "Nothing more is on the schedule."
    room.newsroom.at(3 * 24 * 60)
    assert await room.ask("next", room.reporter) == "Nothing is on the schedule yet."


async def test_the_day_counts_what_is_canceled_apart(room: Room) -> None:
    await add(room)
    await save(room, await room.card("schedule cancel", event="press"))
    assert (await room.card("schedule show")).content.startswith("**Wednesday, Nov. 11:** one canceled event.\n")
    await add(room, "Rally: Sen. Doe", "noon")
    assert "\n**Wednesday" not in (said := (await room.card("schedule show")).content)
    assert said.startswith("**Wednesday, Nov. 11:** one event and one canceled.\n")


async def test_move_edit_and_cancel_are_played_back_and_told(room: Room) -> None:
    await room.follow("ga")
    await add(room, kind="press_conference")
    card = await room.card("schedule move", event="press", to="11 a.m.", reason="the room")
    assert list(card.buttons) == ["Move and post", "Discard"]
    assert card.content == (
        f"**This goes out in <#{room.count.id}>:**\n> **Moved: press conference, the Secretary of State,** "
        "from 10:30 a.m. to 11 a.m. It is still expected, not confirmed. Reason: the room.\n"
        "Reminders at 10:30 a.m., 11 a.m."
    )
    said = await save(room, card)
    assert said == f"**Saved.** The change goes out in <#{room.count.id}>."
    card = await room.card("schedule edit", event="press", place="Atlanta", remind="none")
    assert card.content.split("\n")[:5] == [
        "**Confirm change:**",
        f"**{TITLE}**",
        "11 a.m.",
        "Where: Atlanta",
        "Before: place: none",
    ]
    assert list(card.buttons) == ["Save and post", "Discard"]
    assert (await save(room, card)).startswith("**Saved.** The change goes out")
    card = await room.card("schedule cancel", event="press", reason="no speaker")
    assert card.content == (
        f"**This goes out in <#{room.count.id}>:**\n> **Canceled: press conference, the Secretary of State, Atlanta,** "
        "which was expected for 11 a.m. Reason: no speaker."
    )
    assert list(card.buttons) == ["Cancel event and post", "Discard"]
    assert (await save(room, card)).startswith("**Canceled.** The change goes out")
    await room.publish()
    assert [message.content.split(":")[0] for message in history(room.count)][-1].startswith("**Canceled")
    assert "canceled or over already" in await room.refused("schedule cancel", event="press")


@pytest.mark.parametrize(
    ("command", "options", "posted"),
    [
        (
            "move",
            {"to": "11:30 a.m."},
            "**Moved: press conference, the Secretary of State, Atlanta,** from 11:30 a.m. to 10:30 a.m.",
        ),
        ("cancel", {}, "**Back on: press conference, the Secretary of State, Atlanta,** 10:30 a.m."),
        (
            "edit",
            {"place": "Macon", "remind": "none"},
            "**New place: press conference, the Secretary of State, Atlanta,** 10:30 a.m.",
        ),
    ],
)
async def test_a_wrong_event_that_was_changed_is_set_back_by_a_button_also_after_a_restart(
    room: Room, command: str, options: dict[str, str], posted: str
) -> None:
    await room.follow("ga")
    await add(room, kind="press_conference", place="Atlanta", remind="2h")
    card = await room.card(f"schedule {command}", event="press", **options)
    await save(room, card)
    assert list(card.buttons) == ["Undo and post"]
    await room.publish()
    await room.restart()
    assert await save(room, card) == (
        f"**Undone:** {TITLE}, Atlanta, 10:30 a.m. (expected, not confirmed). The change goes out in <#{room.count.id}>."
    )
    assert not card.buttons
    await room.publish()
    assert last(room.count).content.startswith(posted)
    assert f"\n7 a.m., olga: **undone**: {TITLE}" in await room.ask("audit")
    entry = await room.bot.rooms.schedule.events.entry(room.guild.id, 1)
    assert entry.lead_times == (timedelta(hours=2),)


async def test_undo_takes_the_desk_s_role_and_is_not_under_what_changed_nothing_or_is_new(room: Room) -> None:
    card = await room.card("schedule add", title=TITLE, at="10:30 a.m.")
    await save(room, card)
    assert not card.buttons
    moved = await room.card("schedule move", event="press", to="11 a.m.")
    await save(room, moved)
    assert list(moved.buttons) == ["Undo and post"]
    assert await room.press(moved, "Undo and post", room.reporter) == NO_ROLE
    assert (await save(room, moved)).endswith(" Nothing is posted.")
    begun = await room.card("schedule edit", event="press", status="started")  # which its reminders say by then
    await save(room, begun)
    assert not begun.buttons


async def test_an_hour_without_its_half_of_the_day_is_the_one_beside_what_is_moved(room: Room) -> None:
    await room.follow("ga")
    await add(room, kind="press_conference")
    card = await room.card("schedule move", event="press", to="11:30")
    assert "from 10:30 a.m. to 11:30 a.m." in card.content
    assert (await room.card("schedule move", event="press", to="4:30")).content.startswith("**Which time do you mean")


async def test_a_change_for_the_public_is_said_to_wait_and_one_of_what_has_begun_says_so(room: Room) -> None:
    desk = room.guild.add_channel("desk")
    await room.follow("ga")
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await add(room)
    room.newsroom.at(240)
    card = await room.card("schedule cancel", event="press", reason="no speaker")
    assert card.content.startswith("It was scheduled to start 30 minutes ago.\n**This goes out:**\n> **Canceled: press")
    assert card.content.endswith(f"\nIt waits in <#{desk.id}> for Publish.")
    assert (await save(room, card)).endswith(f" The change waits in <#{desk.id}> for Publish.")


async def test_what_changes_nothing_or_was_changed_meanwhile_is_refused(room: Room) -> None:
    await add(room)
    assert "Nothing would change" in await room.refused("schedule edit", event="press", title=TITLE)
    assert "It is at 10:30 a.m. already" in await room.refused("schedule move", event="press", to="10:30 a.m.")
    first = await room.card("schedule move", event="press", to="11 a.m.")
    second = await room.card("schedule move", event="press", to="noon")
    await save(room, first)
    result = await room.editor.click(second, next(iter(second.buttons)))
    assert "changed the event since" in result.content


async def test_events_come_up_as_one_types_and_an_unclear_one_is_refused(room: Room) -> None:
    await add(room)
    await add(room, "Rally: Sen. Doe", "noon")
    choices = await room.reporter.autocomplete(room.count, "schedule show", "event", "")
    assert [choice["name"] for choice in choices] == [f"10:30 a.m. · {TITLE}", "noon · Rally: Sen. Doe"]
    choices = await room.reporter.autocomplete(room.count, "schedule show", "event", "rally")
    assert len(choices) == 1
    assert '"e" could be 10:30 a.m. · ' in await room.refused("schedule show", event="e")
    assert 'no event is called "parade"' in (await room.refused("schedule show", event="parade")).casefold()
    assert "There is no event 99" in await room.refused("schedule show", event="99")


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("schedule add", {"title": "x", "at": "noon"}),
        ("schedule edit", {"event": "1", "title": "x"}),
        ("schedule move", {"event": "1", "to": "noon"}),
        ("schedule cancel", {"event": "1"}),
    ],
)
async def test_changes_take_the_desk_s_role(room: Room, words: str, options: dict[str, str]) -> None:
    assert await room.refused(words, room.reporter, **options) == NO_ROLE


async def test_the_buttons_under_a_reminder_are_the_desk_s_and_work_after_a_restart(room: Room) -> None:
    await room.follow("ga")
    await add(room)
    room.newsroom.clock.set(START + timedelta(hours=3, minutes=30))
    await room.newsroom.remind.post_due()
    await room.publish()
    message = last(room.count)
    assert await room.press(message, "Started", room.reporter) == NO_ROLE
    await room.restart()
    assert await room.press(message, "Started") == f"**Under way:** {TITLE}."
    await room.publish()
    (edited,) = [one for one in history(room.count) if one.id == message.id]
    assert edited.content.startswith("**Under way,** says olga")
    assert not edited.parts


async def test_remindme_opens_direct_messages_and_says_when(room: Room) -> None:
    await add(room)
    said = await room.ask("remindme", room.reporter, event="press", before="10")
    assert said.startswith("You'll get a DM at 10:20 a.m. for: Press conference")
    assert "already have a reminder" in await room.ask("remindme", room.reporter, event="press", before="10")
    opened = [request.json for request in room.requests if request.path == "/users/@me/channels"]
    assert opened == [{"recipient_id": room.reporter.id}]
    direct = room.newsroom.world.direct(room.reporter.member.user).id
    assert room.newsroom.channels.direct == {direct}
    store = AliveStore(room.newsroom.rooms.outbox.outbox)
    assert await store.direct_channel(room.reporter.id) == direct
    assert await room.ask("remindme > Don't remind me", room.reporter, event="press") == "You won't be reminded of it."


CLOSED = (
    "Discord does not deliver the bot's direct messages to you: allow direct messages in this server's Privacy Settings, "
    "then ask again."
)


async def test_who_takes_no_direct_messages_is_told_so_when_they_ask_for_a_reminder(room: Room) -> None:
    await add(room)
    room.reporter.member.user.takes_direct = False
    assert await room.refused("remindme", room.reporter, event="press", before="10") == CLOSED
    assert await room.newsroom.count("personal_lead_times") == 0
    room.reporter.member.user.takes_direct = True
    assert (await room.ask("remindme", room.reporter, event="press", before="10")).startswith("You'll get a DM")
    direct = room.newsroom.world.direct(room.reporter.member.user)
    assert list(direct.messages) == [], "Discord is asked by what it never delivers"


@pytest.mark.parametrize("status", [400, 429, 503])
async def test_where_discord_does_not_say_whether_it_delivers_the_reminder_is_kept(room: Room, status: int) -> None:
    await add(room)
    body = {"message": "later", "retry_after": 60.0, "global": False} if status == 429 else None
    room.newsroom.standin.faults.answer_next(status, body, route="POST /channels/*/messages")
    assert (await room.ask("remindme", room.reporter, event="press", before="10")).startswith("You'll get a DM")


async def close_direct_messages(room: Room) -> None:
    """Let a reminder of the editor's be refused, and wait for long until it is tried again."""
    await add(room)
    await add(room, "Rally: Sen. Doe", "noon")
    await room.ask("remindme", event="press", before="10")
    room.editor.member.user.takes_direct = False
    room.newsroom.at(200)  # 10:20 a.m.
    await room.newsroom.remind.post_due()
    publisher = room.newsroom.publisher
    awake = asyncio.Event()

    async def sleep(_: float) -> None:
        await awake.wait()

    publisher._sleep = sleep
    await publisher.start()
    async with asyncio.timeout(SOON):
        while not publisher._later:
            await asyncio.sleep(0.001)
    await publisher.stop()


async def test_who_takes_direct_messages_no_more_is_told_once_by_their_next_command(room: Room) -> None:
    await close_direct_messages(room)
    form = await room.editor.slash(room.count, "tally", contest="ga")
    assert form.form is not None  # no message comes on top of it
    for who, times in ((room.reporter, 0), (room.editor, 1), (room.editor, 0)):
        shown = await who.slash(room.count, "next")
        assert "".join(one.content for one in shown.later) == times * (
            f"**A direct message to you was not delivered** (<t:{int(room.newsroom.wall.now)}:f>): Discord says that you "
            "don't take the bot's. To get your reminders, allow direct messages in this server's Privacy Settings; "
            "`/next` shows what is ahead."
        )
        assert all(one.ephemeral for one in shown.later)


async def test_a_reminder_that_waits_is_sent_once_a_new_one_shows_that_it_can_be(room: Room) -> None:
    await close_direct_messages(room)
    room.editor.member.user.takes_direct = True
    assert (await room.ask("remindme", event="rally", before="10")).startswith("You'll get a DM")
    async with asyncio.timeout(SOON):
        await room.publish()
    direct = room.newsroom.world.direct(room.editor.member.user)
    assert len(list(direct.messages)) == 1
    assert (await room.editor.slash(room.count, "next")).later == ()


async def test_a_second_reminder_says_that_the_first_stays(room: Room) -> None:
    await add(room)
    for before, more in (
        ("30", ""),
        ("10", " Your reminder at 10 a.m. stays."),
        ("5", " Your reminders at 10 a.m. and 10:20 a.m. stay."),
    ):
        card = await room.card("remindme", room.reporter, event="press", before=before)
        assert card.content.endswith(f", 10:30 a.m. (expected, not confirmed).{more}")
    assert await room.press(card, "Don't remind me", room.reporter) == "You won't be reminded of it."


async def test_remindme_offers_what_is_still_ahead_and_on(room: Room) -> None:
    await add(room)
    await add(room, "Rally: Sen. Doe", "noon")
    await add(room, "Rally: Sen. Roe", "1 p.m.")
    await save(room, await room.card("schedule cancel", event="doe"))
    room.newsroom.at(240)  # 11 a.m.
    choices = await room.reporter.autocomplete(room.count, "remindme", "event", "")
    assert [choice["name"] for choice in choices] == ["1 p.m. · Rally: Sen. Roe"]
    assert "for: Rally: Sen. Roe" in await room.ask("remindme", room.reporter, event="rally", before="10")
    for event in ("doe", "2"):
        assert await room.refused("remindme", room.reporter, event=event) == "That event is canceled or over."
    shown = await room.reporter.autocomplete(room.count, "schedule show", "event", "rally")
    assert [choice["name"] for choice in shown] == ["noon · canceled: Rally: Sen. Doe", "1 p.m. · Rally: Sen. Roe"]


async def test_a_new_event_without_a_source_is_expected(room: Room) -> None:
    for more, said in (({}, True), ({"source": "the governor's office"}, False), ({"status": "confirmed"}, False)):
        card = await room.card("schedule add", title="A rally", at="7 p.m.", **more)
        assert ("Rally, expected" in card.content) is said, card.content


async def test_the_picker_names_kinds_of_event_in_words(room: Room) -> None:
    command = room.bot.tree.get_command("schedule")
    assert isinstance(command, app_commands.Group)
    for name in ("add", "edit"):
        leaf = command.get_command(name)
        assert isinstance(leaf, app_commands.Command)
        (kind,) = [one for one in leaf.parameters if one.name == "kind"]
        assert {one.value: one.name for one in kind.choices} == KINDS


async def test_an_event_is_of_the_kind_that_its_title_says(room: Room) -> None:
    said = (await room.card("schedule add", title="Rally: Atlanta", at="3pm")).content
    assert "Rally, expected" in said
    said = (await room.card("schedule add", title="Rally: Atlanta", at="3pm", kind="debate")).content
    assert "Debate, expected" in said
