"""Tests `/schedule import`, and the schedule as a file."""

from tests.cogs.conftest import Room, Seen
from tests.cogs.matrix import notice_with

LINES = "10 a.m.: Hearing in Hall County\nFriday 5 p.m.: Counties certify\nNothing to see"
ICS = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:@everyone come\r\n"
    b"DTSTART:20201112T150000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


async def entries(room: Room) -> int:
    return await room.newsroom.count("schedule_entries")


async def paste(room: Room, lines: str) -> Seen:
    """Paste lines into the import form. Returns the preview."""
    shown = await room.editor.slash(room.count, "schedule import")
    card = await room.editor.submit(shown, [lines])
    assert card.ephemeral
    return card


def lines(titles: list[str]) -> str:
    """Return lines of events with these titles, a minute apart, from 10 a.m."""
    return "\n".join(f"{10 + place // 60}:{place % 60:02} a.m.: {title}" for place, title in enumerate(titles))


async def test_pasted_lines_are_shown_and_saved_by_a_button(room: Room) -> None:
    card = await paste(room, LINES)
    assert card.content == f"**Add these two events?** Reminders go out in <#{room.count.id}>."
    assert (card.embeds[0].description or "").splitlines() == [
        "**10 a.m.** Hearing in Hall County. Reminders at 9:30 a.m., 10 a.m.",
        "**Friday, Nov. 13, 5 p.m.** Counties certify. Reminders at 5 p.m. Thursday, 5 p.m. Friday.",
    ]
    assert "Nothing to see (the line does not begin with a time)" in (card.embeds[1].description or "")
    assert await entries(room) == 0
    await room.editor.click(card, "Save 2")
    assert card.content == "**Saved:** 2 new events."
    assert await entries(room) == 2


async def test_what_is_longer_than_a_message_is_in_pages_with_its_buttons_also_after_a_restart(room: Room) -> None:
    titles = [f"Hearing of county {number}" for number in range(100)]
    card = await paste(room, lines(titles))
    pages = [card.embeds[0].description or ""]
    assert list(card.buttons) == ["Save 100", "Discard", "Next"]
    assert card.content.endswith("-# Page 1 of 2")
    await room.restart()
    await room.editor.click(card, "Next")
    pages.append(card.embeds[0].description or "")
    assert card.content.endswith("-# Page 2 of 2")
    assert [title in "\n".join(pages) for title in titles] == [True] * 100
    assert list(card.buttons) == ["Save 100", "Discard", "Previous"]
    await room.editor.click(card, "Previous")
    assert card.embeds[0].description == pages[0]
    await room.editor.click(card, "Save 100")
    assert card.content == "**Saved:** 100 new events."
    assert await entries(room) == 100


async def test_the_form_takes_a_file_too_and_something_it_needs(room: Room) -> None:
    form = await room.editor.slash(room.count, "schedule import")
    nothing = await room.editor.submit(form, {})
    assert nothing.content == "Paste lines, or send a file."
    calendar = room.newsroom.world.keep_file(room.count.id, "ahead.ics", "text/calendar", ICS)
    form = await room.editor.slash(room.count, "schedule import")
    card = await room.editor.submit(form, [None, [calendar]])
    assert card.content.startswith("**Add this event?**")


async def test_who_asked_turns_the_pages_and_for_a_day_alone(room: Room) -> None:
    card = await paste(room, lines(["Hearing of a county"] * 100))
    forged = await notice_with(room, room.count, card.buttons["Next"])
    refused = await room.reporter.choose(forged, card.buttons["Next"])
    assert refused.content == "That answer is more than a day old; ask again."
    assert (await room.editor.click(card, "Next")).content.endswith("-# Page 2 of 2")
    await room.newsroom.database.write(lambda connection: connection.execute("DELETE FROM kept_answers"))
    assert (await room.editor.click(card, "Previous")).content == refused.content


async def test_a_line_whose_time_is_open_is_asked_about_with_each_time_that_can_be_meant(room: Room) -> None:
    card = await paste(room, "10 a.m.: Hearing\n11:30: Officials brief reporters\nWednesday 9 a.m.: A rally")
    assert card.content.startswith("**Add this event?**")
    asked = card.embeds[1]
    assert asked.title == "Which time?"
    assert (asked.description or "").splitlines() == [
        "11\\:30: Officials brief reporters",
        ("It could be a.m. or p.m. **11:30 a.m. EST Wednesday, Nov. 11** or **11:30 p.m. EST Wednesday, Nov. 11**?"),
        "Wednesday 9 a.m.: A rally",
        (
            "That weekday is today: it could mean today, or a week off. "
            "**9 a.m. EST Wednesday, Nov. 11** or **9 a.m. EST Wednesday, Nov. 18**?"
        ),
        "Press the right time to add it; Save does not.",
    ]
    assert [label for label in card.buttons if label.startswith("Add")] == [
        "Add 11:30 a.m. EST Wednesday, Nov. 11: Officials brief reporters",
        "Add 11:30 p.m. EST Wednesday, Nov. 11: Officials brief reporters",
        "Add 9 a.m. EST Wednesday, Nov. 11: A rally",
        "Add 9 a.m. EST Wednesday, Nov. 18: A rally",
    ]
    added = await room.editor.click(card, "Add 11:30 a.m. EST Wednesday, Nov. 11: Officials brief reporters")
    assert added.content.startswith("**Added:** Officials brief reporters, 11:30 a.m.\n")
    await room.editor.click(card, "Save 1")
    assert await entries(room) == 2


async def test_where_every_time_is_open_there_is_nothing_to_save(room: Room) -> None:
    card = await paste(room, "11:30: Officials brief reporters")
    assert card.content == "**Nothing to add yet.**"
    assert card.embeds[0].title == "Which time?"
    assert len(card.buttons) == 2


async def test_discard_saves_nothing(room: Room) -> None:
    card = await paste(room, LINES)
    await room.editor.click(card, "Discard")
    assert card.buttons == {}
    assert await entries(room) == 0


async def test_a_calendar_file_is_shown_and_its_mentions_do_nothing(room: Room) -> None:
    card = await room.editor.slash(room.count, "schedule import", file=("board.ics", ICS))
    assert card.ephemeral
    assert "everyone come" in (card.embeds[0].description or "")
    assert "@everyone" not in (card.embeds[0].description or "")
    await room.editor.click(card, "Save 1")
    assert await entries(room) == 1


async def test_a_file_that_is_no_calendar_is_answered_in_a_sentence(room: Room) -> None:
    refused = await room.editor.slash(room.count, "schedule import", file=("board.ics", b"<html>"))
    assert refused.ephemeral
    assert refused.content.startswith("That is no calendar that can be read")
    assert await entries(room) == 0


async def test_the_schedule_comes_as_a_file(room: Room) -> None:
    await room.editor.click(await paste(room, LINES), "Save 2")
    answer = await room.reporter.click(await room.card("schedule show", room.reporter), "Calendar file")
    assert answer.ephemeral
    assert answer.content == "The schedule, for any calendar app:"
    assert [attachment.filename for attachment in answer.attachments] == ["schedule.ics"]
