from datetime import UTC, datetime

import pytest

from bot.box.box import Box
from bot.errors import BadInputError
from bot.events.icalendar import MOST_BYTES, CalendarContext
from bot.schedule.schedule_jobs import read_calendar

FRAME = CalendarContext(name="the county", now=datetime(2020, 11, 11, 14, tzinfo=UTC), zone="America/New_York")


def calendar(event: str) -> bytes:
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


async def test_a_calendar_is_read_as_in_this_process(box: Box) -> None:
    body = calendar("UID:a\nSUMMARY:Hearing\nDTSTART:20201112T150000Z\nDTEND:20201112T160000Z")
    read = await read_calendar(box, None, body, FRAME)
    assert [imported.event.title for imported in read.events] == ["Hearing"]
    assert read.events[0].event.ends is not None


async def test_what_is_refused_is_one_sentence(box: Box) -> None:
    with pytest.raises(BadInputError, match="no calendar"):
        await read_calendar(box, None, b"<html>", FRAME)
    with pytest.raises(BadInputError, match="more than 5 MiB"):
        await read_calendar(box, None, b"x" * (MOST_BYTES + 1), FRAME)


async def test_a_recurrence_that_takes_too_long_is_cut_off(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.schedule.schedule_jobs.JOB_SECONDS", 0.5)
    endless = calendar("UID:a\nSUMMARY:x\nDTSTART:19000101T150000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    with pytest.raises(BadInputError, match=r"the calendar: takes more than 0\.5 seconds"):
        await read_calendar(box, None, endless, FRAME)
