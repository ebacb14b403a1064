"""A newsroom's own lead times override those of the desk file, but not an event's own. They apply to existing
events, too.
"""

from datetime import timedelta

import pytest

from bot.events.event import EventKind
from bot.newsroom.server_settings import ServerSettings
from bot.schedule.schedule_store import NewEntry
from tests.conftest import AWAY, OTHER_SERVER, SERVER, WHO, Newsroom
from tests.schedule.test_remind import add, ahead, at, event, look, openings

PRESS: EventKind = "press_conference"


@pytest.fixture
async def room(newsroom: Newsroom) -> Newsroom:
    await newsroom.follow()
    return newsroom


async def remind(
    room: Newsroom, minutes: tuple[int, ...] | None, kind: EventKind = PRESS, server: int = SERVER
) -> None:
    """Set a server's lead times for a kind of event. None removes them, so that those in the desk file apply."""
    store = room.rooms.newsroom.setup._store

    def edit(was: ServerSettings) -> ServerSettings:
        others = {one: leads for one, leads in was.reminders.items() if one != kind}
        return was.model_copy(update={"reminders": others if minutes is None else others | {kind: minutes}})

    await store.change(server, WHO, edit)


async def test_what_is_ahead_is_told_by_the_new_times_and_by_the_desk_file_s_again(room: Newsroom) -> None:
    await add(room, event(), event(kind="rally"))
    await remind(room, (120, 5))
    assert await ahead(room) == [120, 60, 5, 0, 0]
    await remind(room, ())
    assert await ahead(room) == [60, 0, 0]
    await remind(room, None)
    assert await ahead(room) == [60, 30, 0, 0]
    audited = await room.database.rows("SELECT before, after FROM audit WHERE what = 'desk reminders' ORDER BY id")
    assert audited == [
        ('{"press_conference":null}', '{"press_conference":[120,5]}'),
        ('{"press_conference":[120,5]}', '{"press_conference":[]}'),
        ('{"press_conference":[]}', '{"press_conference":null}'),
    ]


async def test_what_is_added_or_moved_later_goes_by_them(room: Newsroom) -> None:
    await remind(room, (45,))
    key = await add(room, event())
    assert await ahead(room) == [45, 0]
    await room.schedule.move(SERVER, key, event("12:00").wall, WHO)
    assert await room.remind.next_due() == at("11:15")


async def test_an_event_s_own_times_and_another_server_s_events_stay_as_they_are(room: Newsroom) -> None:
    await room.schedule_store.add(SERVER, [NewEntry(event(), lead_times=(timedelta(minutes=90),))], WHO)
    await room.follow(AWAY, server=OTHER_SERVER)
    await room.schedule_store.add(OTHER_SERVER, [NewEntry(event())], WHO)
    before = await ahead(room)
    await remind(room, (10,))
    assert await ahead(room) == before == [90, 30, 0, 0]


async def test_what_was_posted_is_not_posted_again_and_what_is_past_not_late(room: Newsroom) -> None:
    await add(room, event())
    await look(room, "10:00")
    for minutes in ((60,), (60, 30), None, (30,)):
        await remind(room, minutes)
        await look(room, "10:01")
    assert openings(room) == ["In 30 minutes"]
    await look(room, "10:30")
    assert openings(room) == ["In 30 minutes", "Due now"]


async def test_what_was_due_and_not_posted_yet_is_still_posted(room: Newsroom) -> None:
    await add(room, event())
    await look(room, "09:00")
    room.clock.set(at("10:00"))
    await remind(room, (5,))
    await look(room, "10:00")
    assert openings(room) == ["In 30 minutes"]
    assert await ahead(room) == [5, 0]


async def test_a_start_of_the_bot_with_another_desk_file_keeps_them(room: Newsroom) -> None:
    await remind(room, (45,))
    await add(room, event())
    await room.database.write(lambda connection: connection.execute("UPDATE installation SET zone_rules = 'old'"))
    await look(room, "08:00")
    assert await ahead(room) == [45, 0]


async def test_what_a_person_asked_for_stays(room: Newsroom) -> None:
    key = await add(room, event())
    await room.schedule.remind(SERVER, key, 77, 20)
    await remind(room, ())
    assert await ahead(room) == [20, 0]
