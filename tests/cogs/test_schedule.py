"""Tests `/schedule`, `/next` and `/remindme` as staff type them, with the form and the buttons."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from discord import app_commands

from bot.follows.levels import can_see_all
from bot.operations.health_store import HealthStore
from bot.rehearsal.standin.guild import Channel
from bot.schedule.planning_store import LASTS
from bot.schedule.reminders_words import KINDS
from tests.cogs.conftest import Room, Seen, history, last
from tests.conftest import SOON, START

TITLE = "Press conference: the Secretary of State"


async def entries(room: Room) -> int:
    return await room.newsroom.count("schedule_entries")


async def add(room: Room, title: str = TITLE, at: str = "10:30 a.m.", **options: Any) -> str:
    """Add an event and save it. Returns the reply."""
    card = await room.card("schedule add", title=title, at=at, **options)
    return await save(room, card)


async def save(room: Room, card: Seen, label: str | None = None) -> str:
    """Press a button under a preview, by default the first. Returns the new text."""
    await room.editor.click(card, label or next(iter(card.buttons)))
    return card.content


async def test_an_event_is_played_back_in_full_and_saved_by_a_button(room: Room) -> None:
    await room.follow("ga")
    options = {"kind": "press_conference", "place": "Atlanta", "status": "expected", "source": "the office"}
    link = "https://example.org/a"
    card = await room.card("schedule add", title=TITLE, at="10:30 a.m.", contest="ga", link=link, **options)
    for said in ("News conference, expected", "Atlanta", "President", "the office", "example.org/a"):
        assert said in card.content
    assert await entries(room) == 0
    assert f"in <#{room.count.id}>" in await save(room, card)
    assert await entries(room) == 1
    (row,) = [row for row in await room.audit() if row[1] == "schedule add"]
    assert row[0] == str(room.editor)


async def test_save_pressed_twice_or_late_saves_nothing_twice(room: Room) -> None:
    card = await room.card("schedule add", title=TITLE, at="10:30 a.m.")
    second = await room.card("schedule add", title=TITLE, at="11:30 a.m.")
    key = card.buttons["Save"]
    await save(room, card)
    await room.editor.click(second, "Save")
    rooms = room.bot.rooms
    with pytest.raises(Exception, match="saved by olga already; nothing was saved twice"):
        await rooms.schedule.planning.save(int(key.rsplit(":", 1)[1]), room.guild.id, "ed", can_see_all)
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
    _, evening = card.buttons
    await room.editor.click(card, evening)
    assert "\n8:30 p.m.\n" in card.content
    await save(room, card)
    assert await entries(room) == 1


async def test_bad_input_is_answered_in_a_line_and_changes_nothing(room: Room) -> None:
    assert "\n" not in await room.refused("schedule add", title=TITLE, at="soon")
    assert await entries(room) == 0


async def test_without_title_or_time_a_form_asks(room: Room) -> None:
    shown = await room.editor.slash(room.count, "schedule add", title="Rally: Sen. Doe", kind="rally")
    title, _at, _ends, _place, _source = shown.fields
    assert title["value"] == "Rally: Sen. Doe"
    result = await room.editor.submit(shown, ["Rally: Sen. Doe", "10 a.m.", None, "Macon"])
    assert result.ephemeral
    assert "Rally: Sen. Doe" in result.content
    assert "Where: Macon" in result.content


async def test_lists_next_and_history(room: Room) -> None:
    await add(room, kind="press_conference", status="expected")
    await add(room, "Counties certify", "Friday 5 p.m.", kind="deadline")
    for days, listed in (("today", 1), ("week", 2)):
        shown = await room.card("schedule show", room.reporter, days=days)
        assert [line.startswith("**") for line in str(shown.embeds[0].description).split("\n")].count(True) == listed
    assert len((await room.ask("next", room.reporter)).split("\n")) == 2
    room.newsroom.at(2 * 24 * 60 + 9 * 60)  # Friday, 4 p.m.
    assert len((await room.ask("next", room.reporter)).split("\n")) == 1
    assert (await room.ask("schedule show", room.reporter, event="certify")).endswith(", olga: added")


async def test_the_history_says_who_changed_what(room: Room) -> None:
    await add(room, status="expected")
    await save(room, await room.card("schedule edit", event="1", status="confirmed", reason="they say so"))
    await save(room, await room.card("schedule edit", event="1", remind="2h"))
    said = (await room.ask("schedule show", event="1")).split("\n")[1:]
    assert [(line.startswith("7 a.m., olga: "), line.endswith("(they say so)")) for line in said] == [
        (True, False),
        (True, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("command", "options", "label", "undone"),
    [
        ("move", {"to": "11:30 a.m."}, "Move and post", "**Moved: "),
        ("cancel", {}, "Cancel event and post", "**Back on: "),
        ("edit", {"place": "Macon", "remind": "none"}, "Save and post", "**New place: "),
    ],
)
async def test_a_wrong_event_that_was_changed_is_set_back_by_a_button_also_after_a_restart(
    room: Room, command: str, options: dict[str, str], label: str, undone: str
) -> None:
    await room.follow("ga")
    await add(room, kind="press_conference", place="Atlanta", remind="2h")
    card = await room.card(f"schedule {command}", event="press", **options)
    assert list(card.buttons) == [label, "Discard"]
    (quoted,) = [line for line in card.content.split("\n") if line.startswith("> ")]
    await save(room, card)
    assert list(card.buttons) == ["Undo and post"]
    await room.publish()
    assert last(room.count).content.startswith(quoted.removeprefix("> "))
    await room.restart()
    await save(room, card)
    assert not card.buttons
    await room.publish()
    assert last(room.count).content.startswith(undone)
    assert f"\n7 a.m., olga: **undid a change to the schedule**: {TITLE}" in await room.ask("audit")
    entry = await room.bot.rooms.schedule.events.entry(room.guild.id, 1)
    assert entry.lead_times == (timedelta(hours=2),)


async def test_undo_is_not_under_what_is_new_or_has_begun(room: Room) -> None:
    card = await room.card("schedule add", title=TITLE, at="10:30 a.m.")
    await save(room, card)
    assert not card.buttons
    moved = await room.card("schedule move", event="press", to="11 a.m.")
    await save(room, moved)
    assert list(moved.buttons) == ["Undo and post"]
    await save(room, moved)
    begun = await room.card("schedule edit", event="press", status="started")  # which its reminders say by then
    await save(room, begun)
    assert not begun.buttons


async def test_a_change_for_the_public_is_said_to_wait(room: Room, desk: Channel) -> None:
    await room.follow("ga")
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    await add(room)
    card = await room.card("schedule cancel", event="press", reason="no speaker")
    waits = f" in <#{desk.id}> for Publish."
    assert card.content.endswith(waits)
    assert (await save(room, card)).endswith(waits)


async def test_what_was_changed_meanwhile_is_refused(room: Room) -> None:
    await add(room)
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


async def test_the_buttons_under_a_reminder_work_after_a_restart(room: Room) -> None:
    await room.follow("ga")
    await add(room)
    room.newsroom.clock.set(START + timedelta(hours=3, minutes=30))
    await room.newsroom.remind.post_due()
    await room.publish()
    message = last(room.count)
    await room.restart()
    assert TITLE in await room.press(message, "Started")
    await room.publish()
    (edited,) = [one for one in history(room.count) if one.id == message.id]
    assert edited.content.startswith("**Under way,** says olga")
    assert not edited.parts


async def test_remindme_opens_direct_messages_and_says_when(room: Room) -> None:
    await add(room)
    said = await room.ask("remindme", room.reporter, event="press", before="10")
    assert "10:20 a.m." in said
    assert await room.ask("remindme", room.reporter, event="press", before="10") != said  # there is one already
    opened = [request.json for request in room.requests if request.path == "/users/@me/channels"]
    assert opened == [{"recipient_id": room.reporter.id}]
    direct = room.newsroom.world.direct(room.reporter.member.user).id
    assert room.newsroom.channels.direct == {direct}
    store = HealthStore(room.newsroom.rooms.outbox.outbox)
    assert await store.direct_channel(room.reporter.id) == direct
    assert await room.ask("remindme > Don't remind me", room.reporter, event="press") == "You won't be reminded of it."


async def test_who_takes_no_direct_messages_is_told_so_when_they_ask_for_a_reminder(room: Room) -> None:
    await add(room)
    room.reporter.member.user.takes_direct = False
    assert await room.refused("remindme", room.reporter, event="press", before="10") == (
        "Discord does not deliver the bot's direct messages to you: allow direct messages in this server's Privacy Settings, "
        "then ask again."
    )
    assert await room.newsroom.count("personal_lead_times") == 0
    room.reporter.member.user.takes_direct = True
    await room.ask("remindme", room.reporter, event="press", before="10")
    assert await room.newsroom.count("personal_lead_times") == 1
    direct = room.newsroom.world.direct(room.reporter.member.user)
    assert list(direct.messages) == [], "Discord is asked by what it never delivers"


@pytest.mark.parametrize("status", [400, 429, 503])
async def test_where_discord_does_not_say_whether_it_delivers_the_reminder_is_kept(room: Room, status: int) -> None:
    await add(room)
    body = {"message": "later", "retry_after": 60.0, "global": False} if status == 429 else None
    room.newsroom.standin.faults.answer_next(status, body, route="POST /channels/*/messages")
    await room.ask("remindme", room.reporter, event="press", before="10")
    assert await room.newsroom.count("personal_lead_times") == 1


async def close_direct_messages(room: Room) -> None:
    """Make Discord refuse a reminder to the editor. The bot then waits for a long time before it tries again."""
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
    await room.ask("remindme", event="rally", before="10")
    async with asyncio.timeout(SOON):
        await room.publish()
    direct = room.newsroom.world.direct(room.editor.member.user)
    assert len(list(direct.messages)) == 1
    assert (await room.editor.slash(room.count, "next")).later == ()


async def test_a_second_reminder_says_that_the_first_stays(room: Room) -> None:
    await add(room)
    for before, more in (
        ("30", "(expected, not confirmed)."),
        ("10", "10 a.m. stays."),
        ("5", "10 a.m. and 10:20 a.m. stay."),
    ):
        card = await room.card("remindme", room.reporter, event="press", before=before)
        assert card.content.endswith(more)
    await room.press(card, "Don't remind me", room.reporter)
    assert await room.newsroom.count("personal_lead_times") == 0


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


async def test_the_picker_names_kinds_of_event_in_words(room: Room) -> None:
    command = room.bot.tree.get_command("schedule")
    assert isinstance(command, app_commands.Group)
    for name in ("add", "edit"):
        leaf = command.get_command(name)
        assert isinstance(leaf, app_commands.Command)
        (kind,) = [one for one in leaf.parameters if one.name == "kind"]
        assert {one.value: one.name for one in kind.choices} == KINDS
