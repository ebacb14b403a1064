"""Tests the schedule shown as the server's own Discord events."""

from datetime import timedelta

from bot.events.event import Event
from bot.schedule.mirror import DiscordEvents, Mirror
from tests.cogs.conftest import Room
from tests.conftest import WHO

TODAY = {"kind": "rally", "title": "Rally", "zone": "America/New_York", "place": "Macon"}


def mirror(room: Room) -> Mirror:
    return room.bot.rooms.schedule.mirror


async def shown(room: Room) -> list[tuple[str, str | None]]:
    guild = room.bot.get_guild(room.guild.id)
    assert guild is not None
    return [(event.name, event.location) for event in await guild.fetch_scheduled_events()]


async def test_the_schedule_is_shown_as_the_servers_events_and_follows_it(room: Room) -> None:
    room.guild.grant("CREATE_EVENTS", "MANAGE_EVENTS")
    events = DiscordEvents(room.bot)
    server = room.guild.id
    (key,) = await room.newsroom.schedule.add(server, [Event.model_validate(TODAY | {"wall": "2020-11-12T10:00"})], WHO)
    await mirror(room).look(events)
    assert await shown(room) == []
    step = await room.editor.click(await room.overview(), "5 Calls and events")
    shows = await room.editor.click(step, "Show events")
    assert shows.content.startswith("The next 100 events")
    assert "Don't show events" in shows.buttons
    for _ in range(3):  # looked at again, as after a crash: none is made twice
        await mirror(room).look(events)
    assert await shown(room) == [("Rally", "Macon")]
    entry = await room.newsroom.schedule.entry(server, key)
    await room.newsroom.schedule.move(server, key, entry.event.wall + timedelta(hours=1), WHO)
    await mirror(room).look(events)
    (there,) = await events.there(server)
    assert there.mine
    assert there.shown.starts_at == entry.event.starts_at + timedelta(hours=1)
    await room.newsroom.schedule.cancel(server, key, WHO)
    await mirror(room).look(events)
    assert await shown(room) == []


async def test_without_the_permission_to_make_events_it_is_refused(room: Room) -> None:
    step = await room.editor.click(await room.overview(), "5 Calls and events")
    refused = await room.editor.click(step, "Show events")
    assert refused.content.endswith("it lacks the permission to create events in this server.")
