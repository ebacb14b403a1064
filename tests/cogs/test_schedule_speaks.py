"""Tests the schedule's automatic posts, and parts of the schedule that members share."""

from bot.rehearsal.standin.guild import Channel
from tests.cogs.conftest import Room, history, last

TITLE = "Press conference: the Secretary of State"


async def list_out(room: Room) -> None:
    """Follow a contest in the channel, and post the morning list."""
    await room.follow("ga")
    server = room.guild.id
    await room.newsroom.database.write(
        lambda connection: connection.execute("INSERT INTO rundowns VALUES (?, 0, '2020-11-11')", (server,))
    )


async def test_save_shows_the_announcement_and_posts_it(room: Room) -> None:
    await list_out(room)
    card = await room.card("schedule add", title=TITLE, at="10:30 a.m.", status="confirmed")
    said = "**Added: press conference by the Secretary of State,** 10:30 a.m."
    assert card.content.endswith(f"**This will go out in <#{room.count.id}>:**\n> {said}")
    saved = await room.editor.click(card, "Save and post")
    assert saved.content.endswith(f"The announcement goes out in <#{room.count.id}>.")
    await room.publish()
    assert last(room.count).content.split("\n")[0] == said
    off = await room.editor.click(saved, "Cancel event")
    assert off.content.startswith(
        "**Canceled: press conference by the Secretary of State.** It was scheduled for 10:30 a.m."
    )
    await room.publish()
    assert last(room.count).content.startswith("**Canceled: ")


async def test_an_event_of_another_day_is_saved_without_a_post(room: Room) -> None:
    await list_out(room)
    card = await room.card("schedule add", title=TITLE, at="tomorrow 10:30 a.m.")
    assert "Save" in card.buttons
    assert "goes out" not in (await room.editor.click(card, "Save")).content


async def test_the_days_list_is_shared_without_events_of_other_channels(room: Room) -> None:
    other = room.guild.add_channel("other")
    await room.follow("ga")
    for title, options in ((TITLE, {}), ("Rally: Sen. Doe", {"channel": str(other.id)})):
        card = await room.card("schedule add", title=title, at="10:30 a.m.", status="confirmed", **options)
        await room.editor.click(card, "Save")
    shown = await room.card("schedule show")
    assert shown.content.split("\n")[0] == "**Wednesday, Nov. 11:** two events."
    assert await room.press(shown, "Share here") == f"Shared in <#{room.count.id}> as #1."
    await room.publish()
    shared = last(room.count)
    assert shared.content.split("\n") == ["**Wednesday, Nov. 11:** one event.", "-# #1 · the schedule, 7 a.m."]
    assert shared.embeds[0].description == f"**10:30 a.m.** {TITLE}"


async def test_the_week_is_shared_where_the_public_reads_once_it_is_published(room: Room, desk: Channel) -> None:
    await room.follow("ga")
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    card = await room.card("schedule add", title=TITLE, at="tomorrow 10:30 a.m.", status="confirmed")
    await room.editor.click(card, "Save")
    week = await room.editor.click(await room.card("schedule show", days="week"), "Share here")
    assert "waits" in week.content
    await room.publish()
    assert history(room.count) == []
    await room.press(last(desk), "Publish")
    await room.publish()
    assert last(room.count).embeds[0].description == f"__Thursday, Nov. 12__\n**10:30 a.m.** {TITLE}"
