"""Calendars read and written in the box: a recurrence can be made so that working it out takes hours and all memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.box.box import JOB_SECONDS, Box, Job, Lane
from bot.count.reading import Frozen, Moment
from bot.events.icalendar import CalendarRead, Exported, Frame, check_size, read_ics, write_ics


class _ToWrite(Frozen):
    """What is to be written."""

    events: list[Exported]
    now: Moment
    name: str


async def read_calendar(box: Box, lane: Lane, body: bytes, frame: Frame) -> CalendarRead:
    """Return what a calendar says, as `read_ics`.

    Raises:
        BadInputError: as `read_ics`; or it passes a limit of the box.

    """
    check_size(len(body))
    job = Job("read calendar", "the calendar", (frame.model_dump_json().encode(), body), JOB_SECONDS)
    (read,) = await box.read(lane, job, CalendarRead.model_validate_json)
    return read


async def write_calendar(box: Box, events: Sequence[Exported], now: datetime, name: str) -> bytes:
    """Return a calendar of events, as `write_ics`.

    Raises:
        BadInputError: it passes a limit of the box.

    """
    wanted = _ToWrite(events=list(events), now=now, name=name)
    job = Job("write calendar", "the calendar", (wanted.model_dump_json().encode(),))
    (body,) = await box.read("people", job, bytes)
    return body


def read(frame: bytes, body: bytes) -> Iterator[bytes]:
    """Yield a calendar, read, in one part: the worker's side of `read_calendar`."""
    yield read_ics(body, Frame.model_validate_json(frame)).model_dump_json().encode()


def write(wanted: bytes) -> Iterator[bytes]:
    """Yield a calendar, written, in one part: the worker's side of `write_calendar`."""
    said = _ToWrite.model_validate_json(wanted)
    yield write_ics(said.events, said.now, said.name)
