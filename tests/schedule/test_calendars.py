"""Followed calendars, and lists of events that staff import."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.desk.desk_file import Calendar
from bot.errors import BadInputError, RunFailedError
from bot.events.deadlines_by_law import Law
from bot.events.event import Event
from bot.events.icalendar import CalendarContext, CalendarRead, ImportedEvent, read_ics
from bot.feeds.fetch import FeedError
from bot.follows.levels import can_see_all
from bot.schedule.calendars import Calendars
from bot.schedule.deadlines import Deadlines
from bot.schedule.schedule_files import ImportRequest
from bot.wording.message import render
from tests.conftest import COUNT, SERVER, WHO, Newsroom, small_desk

CALENDAR = Calendar(id="board", name="the board's calendar", url="https://example.org/a.ics", contest="ga")
ASKED = ImportRequest(SERVER, 5, WHO, COUNT)
TODAY = {"kind": "hearing", "title": "Hearing", "wall": "2020-11-11T10:00", "zone": "America/New_York", "contest": "ga"}


def imported(key: str = "a", sequence: int = 0, **fields: object) -> ImportedEvent:
    return ImportedEvent(key=key, uid=key, sequence=sequence, event=Event.model_validate(TODAY | fields))


@dataclass
class FakeFeed:
    """A calendar feed with answers set by the test."""

    calendar: Calendar = CALENDAR
    says: list[CalendarRead | Exception | None] = field(default_factory=list)
    forgotten: int = 0

    def forget(self) -> None:
        self.forgotten += 1

    async def events(self, now: datetime) -> CalendarRead | None:
        assert now.tzinfo is UTC
        said = self.says.pop(0)
        if isinstance(said, Exception):
            raise said
        return said


async def look(newsroom: Newsroom, feed: FakeFeed, *says: CalendarRead | Exception | None) -> Calendars:
    store, desk_store = newsroom.calendar_store, newsroom.desk_store
    deadlines = Deadlines(Law(deadlines=()), small_desk(), store, desk_store)
    calendars = Calendars([], store, desk_store, newsroom.clock, deadlines)
    feed.says += says
    for _ in says:
        await calendars.look(feed)  # type: ignore[arg-type]  # it asks nobody
    return calendars


def read(*events: ImportedEvent, refused: tuple[str, ...] = ()) -> CalendarRead:
    return CalendarRead(events=events, refused=refused)


async def shown(newsroom: Newsroom) -> list[tuple[str, str, str]]:
    entries = await newsroom.schedule_store.between(
        SERVER, datetime(2020, 11, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)
    )
    return [(entry.event.title, entry.event.wall.strftime("%d %H:%M"), entry.event.status) for entry in entries]


@pytest.fixture
async def room(newsroom: Newsroom) -> Newsroom:
    await newsroom.desk_store.join(SERVER)
    await newsroom.follow()
    return newsroom


async def test_what_a_calendar_says_is_in_the_schedule_once(room: Newsroom) -> None:
    feed = FakeFeed()
    await look(room, feed, read(imported()), None, read(imported()))
    await look(room, FakeFeed(), read(imported()))  # after a restart
    assert await shown(room) == [("Hearing", "11 10:00", "confirmed")]
    assert await room.count("calendar_entries") == 1


async def test_a_calendar_that_moves_an_event_moves_it_and_its_channels_are_told(room: Newsroom) -> None:
    await look(room, FakeFeed(), read(imported()), read(imported(sequence=1, wall="2020-11-11T11:00")))
    assert await shown(room) == [("Hearing", "11 11:00", "moved")]
    await room.publish()
    (post,) = room.contents(COUNT)
    assert "11 a.m." in post
    assert "Hearing" in post


async def test_what_a_calendar_cancels_is_canceled(room: Newsroom) -> None:
    await look(room, FakeFeed(), read(imported()), read(imported(sequence=1, status="canceled")))
    assert await shown(room) == [("Hearing", "11 10:00", "canceled")]


async def test_what_vanishes_is_expected_and_comes_back_as_it_was(room: Newsroom) -> None:
    feed = FakeFeed()
    await look(room, feed, read(imported()), read())
    assert await shown(room) == [("Hearing", "11 10:00", "expected")]
    history = await room.schedule_store.history(SERVER, 1)
    assert history[0].why == "no longer in the board's calendar"
    await look(room, feed, read(), read(imported()))
    assert await shown(room) == [("Hearing", "11 10:00", "confirmed")]


async def test_a_calendar_that_fails_changes_nothing_and_is_asked_again(room: Newsroom) -> None:
    feed = FakeFeed()
    await look(room, feed, read(imported()), FeedError("board: no answer"), RuntimeError("a fault of ours"), None)
    assert feed.forgotten == 2
    assert await shown(room) == [("Hearing", "11 10:00", "confirmed")]


async def test_a_calendar_is_polled_less_and_less_often_while_it_fails(room: Newsroom) -> None:
    calendars = await look(room, feed := FakeFeed(), *[FeedError("board: no answer")] * 2)
    feed.says += [FeedError("board: no answer"), RuntimeError("a fault of ours"), read(imported())]
    for problem, seconds in (("board: no answer", 3600.0), (r"RuntimeError\('a fault of ours'\)", 3600.0)):
        with pytest.raises(RunFailedError, match=problem) as failed:
            await calendars.poll(feed)  # type: ignore[arg-type]  # it asks nobody
        assert failed.value.seconds == pytest.approx(seconds, rel=0.051)
    assert await calendars.poll(feed) == pytest.approx(900, rel=0.051)  # type: ignore[arg-type]  # as above


async def test_pasted_lines_are_shown_then_saved_once_and_pasted_again_move(room: Newsroom) -> None:
    text = "10 a.m.: Hearing in Hall County\n3:30: Something\nNo time here"
    answer = await room.files.look_at_text(text, ASKED)
    assert await shown(room) == []
    assert render(answer).content.startswith("**Add this event?**")
    assert "Hearing in Hall County" in render(answer).embeds[0]["description"]
    asked, missed = (embed["description"] for embed in render(answer).embeds[1:])
    assert "**3:30 p.m. EST Wednesday, Nov. 11** or **3:30 a.m. EST Thursday, Nov. 12**?" in asked
    assert missed == "No time here (the line does not begin with a time)"
    key = int(answer.buttons[0].key.rsplit(":", 1)[1])
    assert await room.files.save(key, SERVER, WHO) == "**Saved:** 1 new event."
    with pytest.raises(BadInputError, match="nothing was saved twice"):
        await room.files.save(key, SERVER, WHO)
    again = await room.files.look_at_text("10 a.m.: Hearing in Hall County", ASKED)
    assert render(again).content.startswith("**Nothing to add.**")
    later = await room.files.look_at_text("11 a.m.: Hearing in Hall County", ASKED)
    assert render(later).content == "**Save this event?**"
    assert render(later).embeds[0]["description"] == "**Changed: 11 a.m.** Hearing in Hall County"
    await room.files.save(int(later.buttons[0].key.rsplit(":", 1)[1]), SERVER, WHO)
    assert await shown(room) == [("Hearing in Hall County", "11 11:00", "moved")]


async def test_an_export_reads_back_and_brought_in_again_doubles_nothing(room: Newsroom) -> None:
    await room.schedule.add(SERVER, [Event.model_validate(TODAY), Event.model_validate(TODAY | {"kind": "rally"})], WHO)
    body = await room.files.export(ASKED.caller, can_see_all)
    found = read_ics(body, CalendarContext(name="x", now=room.clock.now(), zone="America/New_York", by_staff=True))
    assert [each.event.kind for each in found.events] == ["hearing", "rally"]
    assert (await room.files.export(ASKED.caller, can_see_all)) == body
    answer = await room.files.look_at_file("schedule.ics", body, ASKED)
    assert render(answer).content.startswith("**Nothing to add.**")
    moved = body.replace(b"T100000", b"T113000").replace(b"SEQUENCE:0", b"SEQUENCE:3")
    answer = await room.files.look_at_file("schedule.ics", moved, ASKED)
    await room.files.save(int(answer.buttons[0].key.rsplit(":", 1)[1]), SERVER, WHO)
    assert await shown(room) == [("Hearing", "11 11:30", "moved"), ("Hearing", "11 11:30", "moved")]


async def test_an_empty_schedule_gives_no_file(room: Newsroom) -> None:
    with pytest.raises(BadInputError, match="the schedule has no events"):
        await room.files.export(ASKED.caller, can_see_all)


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("a.ics", b"<html>", "no calendar"),
        ("a.png", b"\xff\xd8\xff", "neither a calendar"),
        ("a.txt", b"x" * 20_001, "20,000 characters"),
        ("a.ics", b"x" * 50_000_000, "more than 5 MiB"),
        ("a.txt", b"", "no future events"),
    ],
)
async def test_a_file_that_is_none_changes_nothing(room: Newsroom, name: str, body: bytes, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        await room.files.look_at_file(name, body, ASKED)
    assert await room.count("proposals") == 0


async def test_a_large_calendar_belongs_into_the_desk_file(room: Newsroom) -> None:
    at = room.clock.now() + timedelta(days=1)
    lines = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:x\r\nDTSTART:{at:%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\n" for n in range(201)
    )
    body = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{lines}END:VCALENDAR\r\n".encode()
    with pytest.raises(BadInputError, match="201 events ahead, more than 200"):
        await room.files.look_at_file("a.ics", body, ASKED)
