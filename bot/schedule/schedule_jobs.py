"""Reads calendars and pasted lines in a sandboxed process.

A malicious recurrence in a calendar can take hours and all memory.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from bot.box.box import JOB_SECONDS, TEXT_SECONDS, Box, Job
from bot.count.reading import Frozen, Moment
from bot.events.icalendar import CalendarContext, CalendarRead, ExportedEvent, check_size, read_ics, write_ics
from bot.events.pasted import PasteResult, read_pasted
from bot.quotas import Caller


class _ToWrite(Frozen):
    """The input of `write`: the events, the file's date and the calendar's name."""

    events: list[ExportedEvent]
    now: Moment
    name: str


async def read_calendar(box: Box, caller: Caller | None, body: bytes, frame: CalendarContext) -> CalendarRead:
    """Read a calendar with `read_ics` in the sandbox.

    Raises:
        BadInputError: as for `read_ics`, or the calendar exceeds a limit of the sandbox.

    """
    check_size(len(body))
    job = Job("read calendar", "the calendar", (frame.model_dump_json().encode(), body), JOB_SECONDS)
    (read,) = await box.read(caller, job, CalendarRead.model_validate_json)
    return read


async def write_calendar(box: Box, caller: Caller, events: Sequence[ExportedEvent], now: datetime, name: str) -> bytes:
    """Write a calendar with `write_ics` in the sandbox.

    Raises:
        BadInputError: the calendar exceeds a limit of the sandbox.

    """
    wanted = _ToWrite(events=list(events), now=now, name=name)
    job = Job("write calendar", "the calendar", (wanted.model_dump_json().encode(),))
    (body,) = await box.read(caller, job, bytes)
    return body


async def read_lines(box: Box, caller: Caller, text: str, now: datetime, zone: ZoneInfo) -> PasteResult:
    """Read pasted lines with `read_pasted` in the sandbox.

    Raises:
        BadInputError: as for `read_pasted`, or the text exceeds a limit of the sandbox.

    """
    parts = (text.encode(), now.isoformat().encode(), zone.key.encode())
    (pasted,) = await box.read(caller, Job("lines", "the text", parts, TEXT_SECONDS), _PASTED.validate_json)
    return pasted


_PASTED = TypeAdapter(PasteResult)


def lines(text: bytes, now: bytes, zone: bytes) -> Iterator[bytes]:
    """Parse pasted lines in the sandboxed process, for `read_lines`. Yields the result as JSON, in one piece."""
    read = read_pasted(text.decode(), datetime.fromisoformat(now.decode()), ZoneInfo(zone.decode()))
    yield _PASTED.dump_json(read)


def read(frame: bytes, body: bytes) -> Iterator[bytes]:
    """Parse a calendar in the sandboxed process, for `read_calendar`. Yields the result as JSON, in one piece."""
    yield read_ics(body, CalendarContext.model_validate_json(frame)).model_dump_json().encode()


def write(wanted: bytes) -> Iterator[bytes]:
    """Write a calendar in the sandboxed process, for `write_calendar`. Yields the file in one piece."""
    said = _ToWrite.model_validate_json(wanted)
    yield write_ics(said.events, said.now, said.name)
