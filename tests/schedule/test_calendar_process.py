import asyncio
import sys
from datetime import UTC, datetime

import pytest

from bot.errors import BadInputError
from bot.events.icalendar import MOST_BYTES, Frame
from bot.schedule import calendar_process
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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold a process to it")
async def test_a_calendar_that_takes_too_much_memory_is_one_sentence() -> None:
    many = calendar("\nEND:VEVENT\nBEGIN:VEVENT\n".join(
        f"UID:{number}\nSUMMARY:{'x' * 400}\nDTSTART:20201112T150000Z" for number in range(2_500)
    ))  # fmt: skip
    with pytest.raises(BadInputError, match="the calendar takes more than 60 MiB to work out"):
        await read_apart(many, FRAME, memory=60 << 20)


async def test_processes_are_few_and_so_are_those_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_process, "_turns", asyncio.Semaphore(1))
    monkeypatch.setattr(calendar_process, "MOST_WAITING", 2)
    under_way: list[int] = []

    async def slowly(do: str, given: bytes, within: float, memory: int) -> bytes:
        del do, given, within, memory
        under_way.append(len(under_way))
        assert len(under_way) == 1
        await asyncio.sleep(0)
        under_way.pop()
        return b'{"read": {}}'

    monkeypatch.setattr(calendar_process, "_in_process", slowly)
    two = [asyncio.create_task(read_apart(b"", FRAME)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(BadInputError, match="2 calendars wait to be read or written already; try again in a minute"):
        await read_apart(b"", FRAME)
    await asyncio.gather(*two)
    await read_apart(b"", FRAME)
