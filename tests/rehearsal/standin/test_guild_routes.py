from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import discord
import pytest

from bot.rehearsal.standin.guild import Guild, ScheduledEvent
from bot.rehearsal.standin.guild_routes import MAX_EVENTS
from bot.rehearsal.standin.server import StandIn
from tests.rehearsal.standin.refusals import refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.rehearsal.standin.conftest import Bot

STARTS = datetime.now(UTC) + timedelta(days=1)


def hearing(**changed: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": "Certification",
        "start_time": STARTS,
        "end_time": STARTS + timedelta(hours=1),
        "entity_type": discord.EntityType.external,
        "privacy_level": discord.PrivacyLevel.guild_only,
        "location": "Atlanta",
    }
    return fields | changed


@pytest.fixture
def guild(bot: "Bot", newsroom: Guild) -> discord.Guild:
    newsroom.grant("CREATE_EVENTS")
    return bot.guilds[0]


async def test_an_event_is_planned_changed_and_deleted(newsroom: Guild, guild: discord.Guild) -> None:
    event = await guild.create_scheduled_event(**hearing(description="The board meets"))
    (kept,) = newsroom.events.values()
    assert (kept.name, kept.location, kept.description, kept.starts) == (
        "Certification",
        "Atlanta",
        "The board meets",
        STARTS,
    )
    await event.edit(name="Certification, moved", start_time=STARTS + timedelta(minutes=5))
    assert (kept.name, kept.starts) == ("Certification, moved", STARTS + timedelta(minutes=5))
    assert [one.name for one in await guild.fetch_scheduled_events()] == ["Certification, moved"]
    assert (await guild.fetch_scheduled_event(event.id)).location == "Atlanta"
    await event.delete()
    with refused(404, 10070):
        await guild.fetch_scheduled_event(event.id)


async def test_a_client_hears_of_events_if_it_asked_for_them(
    newsroom: Guild, connect: "Callable[..., Awaitable[Bot]]"
) -> None:
    newsroom.grant("CREATE_EVENTS")
    bot = await connect(intents=discord.Intents(guilds=True, guild_scheduled_events=True))
    deaf = await connect()
    event = await bot.guilds[0].create_scheduled_event(**hearing())
    assert (await bot.hears("scheduled_event_create"))[0].id == event.id
    await event.edit(name="Moved")
    assert (await bot.hears("scheduled_event_update"))[1].name == "Moved"
    await event.delete()
    assert (await bot.hears("scheduled_event_delete"))[0].id == event.id
    newsroom.channel("count").say(newsroom.member("Ed"), "hello")
    while (name := (await deaf.events.get())[0]) != "message":
        assert not name.startswith("scheduled_event")


async def test_planning_takes_its_permission(bot: "Bot", newsroom: Guild) -> None:
    with refused(403, 50013):
        await bot.guilds[0].create_scheduled_event(**hearing())
    newsroom.grant("MANAGE_EVENTS")  # no longer enough to plan one
    with pytest.raises(discord.Forbidden):
        await bot.guilds[0].create_scheduled_event(**hearing())


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"name": "n" * 101}, "name"),
        ({"name": ""}, "name"),
        ({"description": "d" * 1001}, "description"),
        ({"location": "l" * 101}, "entity_metadata.location"),
        ({"start_time": STARTS - timedelta(days=2)}, "scheduled_start_time"),
        ({"end_time": STARTS - timedelta(minutes=1)}, "scheduled_end_time"),
    ],
)
async def test_an_event_that_can_not_be_is_refused(
    guild: discord.Guild, newsroom: Guild, changed: dict[str, Any], where: str
) -> None:
    with refused(400, 50035, where):
        await guild.create_scheduled_event(**hearing(**changed))
    assert newsroom.events == {}


async def test_an_event_elsewhere_needs_a_place_and_an_end(bot: "Bot", guild: discord.Guild) -> None:
    with pytest.raises(discord.HTTPException) as caught:
        await bot.http.create_guild_scheduled_event(guild.id, name="x", entity_type=3, privacy_level=2)
    text = str(caught.value)
    assert all(f"scheduled_{end}_time: This field is required" in text for end in ("start", "end"))
    assert "entity_metadata: This field is required" in text


async def test_an_event_goes_one_way(guild: discord.Guild) -> None:
    event = await guild.create_scheduled_event(**hearing())
    event = await event.start()
    with pytest.raises(discord.HTTPException, match="status"):
        await guild._state.http.edit_scheduled_event(guild.id, event.id, status=4)
    await event.end()
    with refused(400, 180000):
        await guild._state.http.edit_scheduled_event(guild.id, event.id, name="again")


async def test_anothers_event_takes_more(guild: discord.Guild, newsroom: Guild) -> None:
    ed = newsroom.member("Ed").user
    newsroom.events[1] = ScheduledEvent(1, newsroom.id, ed, "Ed's", STARTS, STARTS + timedelta(hours=1), "Atlanta")
    event = await guild.fetch_scheduled_event(1)
    with pytest.raises(discord.Forbidden):
        await event.delete()
    newsroom.grant("MANAGE_EVENTS")
    await event.delete()


async def test_a_server_is_full_at_a_hundred_events(guild: discord.Guild, newsroom: Guild) -> None:
    for key in range(MAX_EVENTS):
        newsroom.events[key] = ScheduledEvent(key, newsroom.id, newsroom.me.user, "x", STARTS, STARTS, "Atlanta")
    with refused(400, 30038):
        await guild.create_scheduled_event(**hearing())


async def test_in_a_rehearsal_the_past_is_what_the_news_has_behind_it(
    standin: StandIn, newsroom: Guild, guild: discord.Guild
) -> None:
    standin.world.calendar = lambda: STARTS - timedelta(days=1000)
    past = STARTS - timedelta(days=999)
    event = await guild.create_scheduled_event(**hearing(start_time=past, end_time=past + timedelta(hours=1)))
    assert newsroom.events[event.id].starts == past
