"""Tests reading calendars. The lines are invented, in the shapes that common programs write."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.events.event import Event
from bot.events.icalendar import (
    MOST_BYTES,
    MOST_COMPONENTS,
    CalendarContext,
    CalendarRead,
    ExportedEvent,
    ImportedEvent,
    read_ics,
    write_ics,
)

NOW = datetime(2020, 11, 11, 14, tzinfo=UTC)
FRAME = CalendarContext(name="the county's calendar", now=NOW, zone="America/New_York")
BROUGHT = CalendarContext(name="schedule.ics", now=NOW, zone="America/New_York", by_staff=True)


def calendar(*events: str, head: str = "") -> bytes:
    body = "\n".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{head}{body}\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*events: str, head: str = "") -> CalendarRead:
    return read_ics(calendar(*events, head=head), FRAME)


def one(event: str, head: str = "") -> ImportedEvent:
    found = read(event, head=head)
    assert found.refused == ()
    (imported,) = found.events
    return imported


BASE = "UID:a@x\nSUMMARY:Board hearing\n"


def test_an_event_with_everything() -> None:
    imported = one(
        BASE + "DTSTART;TZID=America/Chicago:20201112T093000\nDTEND;TZID=America/Chicago:20201112T110000\n"
        "LOCATION:Room 5\\, City Hall\nURL:https://example.org/h\nORGANIZER;CN=Elections Board:mailto:b@example.org\n"
        "STATUS:TENTATIVE\nSEQUENCE:3"
    )
    event = imported.event
    assert (imported.key, imported.uid, imported.sequence) == ("a@x", "a@x", 3)
    assert (event.kind, event.title, event.status) == ("hearing", "Board hearing", "expected")
    assert (event.wall.isoformat(), event.zone) == ("2020-11-12T09:30:00", "America/Chicago")
    assert event.ends_at == datetime(2020, 11, 12, 17, tzinfo=UTC)
    assert (event.place, event.who) == ("Room 5, City Hall", "Elections Board")
    assert (event.source, event.link) == ("the county's calendar", "https://example.org/h")


@pytest.mark.parametrize(
    ("start", "wall", "zone", "head"),
    [
        ("DTSTART:20201112T150000Z", "2020-11-12T10:00:00", "America/New_York", ""),
        ("DTSTART:20201112T100000", "2020-11-12T10:00:00", "America/New_York", ""),  # floating
        ("DTSTART;TZID=Eastern Standard Time:20201112T100000", "2020-11-12T10:00:00", "America/New_York", ""),
        ("DTSTART;VALUE=DATE:20201112", "2020-11-12T23:59:00", "America/New_York", ""),
        ("DTSTART:20201112T150000Z", "2020-11-12T09:00:00", "America/Chicago", "X-WR-TIMEZONE:America/Chicago\n"),
        ("DTSTART:20201101T063000Z", "2020-11-01T06:30:00", "UTC", ""),  # the second 1:30 of that night
    ],
)
def test_zones(start: str, wall: str, zone: str, head: str) -> None:
    frame = FRAME.model_copy(update={"now": datetime(2020, 10, 31, tzinfo=UTC)})
    (imported,) = read_ics(calendar(BASE + start, head=head), frame).events
    assert (imported.event.wall.isoformat(), imported.event.zone) == (wall, zone)


def test_a_zone_that_the_calendar_makes_up_is_read_by_its_rules() -> None:
    made_up = """BEGIN:VTIMEZONE
TZID:Office time
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:-0700
TZOFFSETTO:-0700
END:STANDARD
END:VTIMEZONE
"""
    imported = one(BASE + "DTSTART;TZID=Office time:20201112T080000", head=made_up)
    assert imported.event.starts_at == datetime(2020, 11, 12, 15, tzinfo=UTC)
    assert imported.event.zone == "America/New_York"


def test_recurrences_have_keys_of_their_own_and_exceptions_are_theirs() -> None:
    found = read(
        "UID:w\nSUMMARY:Briefing\nDTSTART;TZID=America/New_York:20201104T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=5\n"
        "EXDATE;TZID=America/New_York:20201118T100000",
        "UID:w\nSUMMARY:Briefing\nRECURRENCE-ID;TZID=America/New_York:20201125T100000\n"
        "DTSTART;TZID=America/New_York:20201125T113000\nSEQUENCE:1",
        "UID:w\nSUMMARY:Briefing\nRECURRENCE-ID;TZID=America/New_York:20201202T100000\n"
        "DTSTART;TZID=America/New_York:20201202T100000\nSTATUS:CANCELLED\nSEQUENCE:1",
    )
    told = [(each.key, each.event.wall.isoformat(), each.event.status) for each in found.events]
    assert told == [
        ("w/20201111T150000Z", "2020-11-11T10:00:00", "confirmed"),
        ("w/20201125T150000Z", "2020-11-25T11:30:00", "confirmed"),
        ("w/20201202T150000Z", "2020-12-02T10:00:00", "canceled"),
    ]


def test_a_recurrence_without_an_end_is_read_as_far_as_a_year_ahead() -> None:
    found = read("UID:d\nSUMMARY:Count update\nDTSTART:20190101T150000Z\nRRULE:FREQ=DAILY")
    assert 395 <= len(found.events) <= 402
    assert found.events[-1].event.starts_at < NOW + timedelta(days=401)


def test_of_the_same_event_twice_the_later_sequence_counts() -> None:
    start = "DTSTART:20201112T150000Z\n"
    found = read("UID:a\nSUMMARY:New\nSEQUENCE:2\n" + start, "UID:a\nSUMMARY:Old\nSEQUENCE:1\n" + start)
    assert [each.event.title for each in found.events] == ["New"]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("SUMMARY:x\nDTSTART:20201112T150000Z", "x: it has no UID"),
        ("UID:a\nDTSTART:20201112T150000Z", "a: it has no title"),
        (BASE, "Board hearing: it has no start"),
        (BASE + "DTSTART:20209912T150000Z", "Board hearing: DTSTART can't be read"),
        (BASE + "DTSTART;TZID=Nowhere/Land:20201112T150000", "its zone Nowhere/Land is unknown"),
        (BASE + "DTSTART:20201112T150000Z\nDTEND:20201112T140000Z", "it ends before it starts"),
        (BASE + "DTSTART:20201112T150000Z\nDURATION:-PT1H", "its duration is below nothing"),
        (BASE + "DTSTART:20201112T150000Z\nDTEND;VALUE=DATE:20201113", "ends on a day"),
        (BASE + "DTSTART:20201112T150000Z\nRRULE:FREQ=WEEKLY;UNTIL=nonsense", "can't be"),
        (BASE + "DTSTART:20201112T150000Z\nRRULE:FREQ=SECONDLY", "it recurs SECONDLY"),
        (BASE + "DTSTART:20201112T150000Z\nRRULE:FREQ=DAILY;INTERVAL=0", "interval below 1"),
        (BASE + "DTSTART:20201112T150000Z\nRRULE:FREQ=DAILY;BYMINUTE=1,2,3", "several times a day"),
        ("UID:a\nSUMMARY:" + "x" * 5000 + "\nDTSTART:20201112T150000Z", "5,000 characters, more than 300"),
        (BASE + "DTSTART:00010101T150000Z", "its year is 1"),
    ],
)
def test_what_can_t_be_taken_is_refused_in_a_line_and_the_rest_is_taken(event: str, why: str) -> None:
    found = read(event, "UID:ok\nSUMMARY:Fine\nDTSTART:20201113T150000Z")
    assert [each.uid for each in found.events] == ["ok"]
    (line,) = found.refused
    assert why in line
    assert len(line) < 400
    assert line.isprintable()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no VCALENDAR|no calendar"),
        (b"<html>not found</html>", "no calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "no VCALENDAR|no calendar"),
        (b"BEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\n", "no VCALENDAR"),
        (b"x" * (MOST_BYTES + 1), "more than 5 MiB"),
        (b"BEGIN:VEVENT\r\n" * (MOST_COMPONENTS + 1), "10,001 events"),
        (b"BEGIN:VCALENDAR\r\n" * 20_000, "no calendar|no VCALENDAR"),
    ],
)
def test_what_is_no_calendar_is_refused_in_a_sentence(body: bytes, why: str) -> None:
    with pytest.raises(BadInputError, match=why) as caught:
        read_ics(body, FRAME)
    assert len(str(caught.value)) < 300


def test_too_many_events_are_refused_as_a_whole() -> None:
    events = [f"UID:{number}\nSUMMARY:x\nDTSTART:20201112T150000Z" for number in range(1001)]
    with pytest.raises(BadInputError, match="more than 1,000 events"):
        read(*events)


def test_mentions_and_line_breaks_in_a_title_are_only_text() -> None:
    assert one("UID:a\nSUMMARY:@everyone\\n# big\nDTSTART:20201112T150000Z").event.title == "@everyone # big"


FULL: dict[str, Any] = {
    "kind": "polls_close",
    "title": "Polls close, everywhere; almost",
    "wall": "2020-11-12T19:00",
    "zone": "America/Denver",
    "ends": "2020-11-12T20:00",
    "who": "Judge Roe",
    "place": "Hall County",
    "contest": "ga-2020-president",
    "later": [{"place": "Dade", "wall": "2020-11-12T21:00"}],
    "source": "O.C.G.A. 21-2",
    "link": "https://example.org/a?b=c",
    "verified": False,
    "status": "moved",
    "certifies": "units",
}


@pytest.mark.parametrize("status", ["expected", "confirmed", "moved", "canceled", "started", "over"])
@pytest.mark.parametrize("wall", ["2020-11-12T19:00", "2020-11-12T23:59"])
def test_what_is_written_reads_back_as_it_was(status: str, wall: str) -> None:
    fields = (
        FULL
        | {"status": status, "wall": wall}
        | ({"ends": None, "zone": "America/New_York"} if "23:59" in wall else {})
    )
    event = Event.model_validate(fields)
    body = write_ics([ExportedEvent(uid="tallydesk-1", event=event, sequence=4, changed_at=NOW)], NOW, "Schedule")
    (imported,) = read_ics(body, BROUGHT).events
    assert (imported.uid, imported.sequence) == ("tallydesk-1", 4)
    assert imported.event == event


@pytest.mark.parametrize("status", ["started", "over", "moved"])
def test_a_calendar_that_is_followed_speaks_for_itself_alone(status: str) -> None:
    """The bot's own export includes who announced an event. The bot reads that field only from a file that staff
    import.
    """
    event = Event.model_validate(FULL | {"status": status, "who": "Judge Roe"})
    body = write_ics([ExportedEvent(uid="u", event=event)], NOW, "Schedule")
    (imported,) = read_ics(body, FRAME).events
    said = imported.event
    assert (said.source, said.status, said.verified) == ("the county's calendar", "confirmed", True)
    assert (said.who, said.contest, said.certifies, said.later) == (None, None, None, ())
    assert said.kind == "polls_close"  # by its title, as for any calendar


def test_a_file_is_the_same_but_for_when_it_was_made_and_says_what_is_not_verified() -> None:
    event = Event.model_validate(FULL)
    first, again = (
        write_ics([ExportedEvent(uid="u", event=event)], at, "Schedule") for at in (NOW, NOW + timedelta(days=1))
    )
    assert first.replace(b"20201111T140000Z", b"20201112T140000Z") == again
    assert b"(not verified)" in first
    assert b"BEGIN:VTIMEZONE" in first
    assert b"\r\n" in first


def test_an_empty_file_is_a_calendar_too() -> None:
    assert read_ics(write_ics([], NOW, "Schedule"), FRAME) == CalendarRead()


LINES = st.sampled_from(
    [
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "UID:a",
        "UID:b",
        "SUMMARY:x",
        "DTSTART:20201112T150000Z",
        "DTSTART;VALUE=DATE:20201112",
        "DTSTART;TZID=X/Y:20201112T150000",
        "DTEND:20201112T150000Z",
        "DTEND;VALUE=DATE:20201112",
        "RRULE:FREQ=WEEKLY",
        "RRULE:FREQ=MONTHLY;BYDAY=5MO",
        "EXDATE:20201119T150000Z",
        "RDATE:20201119T150000Z",
        "RECURRENCE-ID:20201112T150000Z",
        "STATUS:CANCELLED",
        "SEQUENCE:x",
        "SEQUENCE:2",
        "DURATION:-PT1H",
        "DURATION:P1W",
        "X-WR-TIMEZONE:Nowhere",
        "X-TALLYDESK-LATER:[{",
        "X-TALLYDESK-KIND:party",
        "URL:javascript:x",
        "BEGIN:VTIMEZONE",
        "TZID:Q",
        "END:VTIMEZONE",
        "BEGIN:STANDARD",
        "TZOFFSETTO:-0500",
        "END:STANDARD",
        ":",
        ";;=",
        " folded",
        "DTSTART:20201112T150000",
        "RRULE:UNTIL=20201112;FREQ=DAILY",
        'ORGANIZER;CN="A":x',
    ]
)


@settings(deadline=timedelta(seconds=5))
@given(st.lists(LINES, max_size=25).map(lambda lines: calendar("\n".join(lines))) | st.binary(max_size=200))
def test_whatever_a_calendar_holds_it_is_read_or_refused_in_lines(body: bytes) -> None:
    try:
        found = read_ics(body, FRAME)
    except BadInputError as error:
        assert len(str(error)) < 300  # noqa: PT017 - a refusal is one of two good ends
        assert "\n" not in str(error)  # noqa: PT017 - a refusal is one of two good ends
        return
    assert all("\n" not in line and len(line) < 700 for line in found.refused)
    assert len({imported.key for imported in found.events}) == len(found.events)
