from datetime import UTC, datetime

import pytest

from bot.errors import BadInputError
from bot.events.icalendar_reader import MOST_BYTES, Frame
from bot.schedule.calendar_process import read_apart

FRAME = Frame(name="the county", now=datetime(2020, 11, 11, 14, tzinfo=UTC), zone="America/New_York")


def calendar(event: str) -> bytes:
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


async def test_a_calendar_is_read_as_in_this_process() -> None:
    body = calendar("UID:a\nSUMMARY:Hearing\nDTSTART:20201112T150000Z\nDTEND:20201112T160000Z")
    read = await read_apart(body, FRAME)
    assert [imported.event.title for imported in read.events] == ["Hearing"]
    assert read.events[0].event.ends is not None


async def test_what_is_refused_is_one_sentence() -> None:
    with pytest.raises(BadInputError, match="no calendar"):
        await read_apart(b"<html>", FRAME)
    with pytest.raises(BadInputError, match="more than 5 MiB"):
        await read_apart(b"x" * (MOST_BYTES + 1), FRAME)


async def test_a_recurrence_that_takes_too_long_is_cut_off() -> None:
    endless = calendar("UID:a\nSUMMARY:x\nDTSTART:19000101T150000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    with pytest.raises(BadInputError, match=r"more than 0\.5 seconds"):
        await read_apart(endless, FRAME, within=0.5)
