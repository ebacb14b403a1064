"""Measures how long the bot's event loop is blocked while the bot reads hostile files, or large real ones.

Two beats are two milliseconds apart. Between them, the processor time of the loop's thread is measured, so that other
programs don't count. The files are read in worker processes, as in the bot. The last figure is how long another source
has to wait meanwhile.
"""

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.answers.chart import drawn
from bot.answers.chart_words import chart_of
from bot.box.box import JOB_SECONDS, Box
from bot.desk.sheet_layout import SheetLayout
from bot.entries.texts import TextToRead, read_text
from bot.errors import TallydeskError
from bot.events.icalendar import CalendarContext
from bot.feeds.boxed import read_answer
from bot.feeds.pushed import read_pushed
from bot.feeds.reader import ReaderContext
from bot.outbox.proposals_store import Asker
from bot.quotas import Quotas
from bot.schedule.schedule_jobs import read_calendar
from tests.answers.test_draw import facts_of
from tests.benchmarks import readers
from tests.benchmarks.figures import Figure, sized
from tests.conftest import small_desk

BEAT = 0.002
NOW = datetime(2026, 11, 4, 1, tzinfo=UTC)
READING = {"source": "a", "contest": "c", "as_of": "2026-11-04T01:00:00Z", "votes": {"a": 1, "b": 1}}
LAYOUT = SheetLayout.model_validate({"columns": {"contest": "Contest", "candidate": "Candidate", "votes": "Votes"}})


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _lines(size: float) -> bytes:
    return b"\n".join(_json(READING | {"contest": f"c{number}"}) for number in range(sized(40_000, size)))


def _units(size: float) -> bytes:
    units = {f"u{number}": {"votes": {"a": 1, "b": 1}} for number in range(sized(90_000, size))}
    return _json(READING | {"units": units})


def _candidates(size: float) -> bytes:
    return _json(READING | {"votes": {f"c{number}": 1 for number in range(sized(200_000, size))}})


def _same_names(size: float) -> bytes:
    times = sized(300_000, size)
    return _json([{"K": "1", "C": "P", "CH": ["n"] * times, "V": [1] * times}])


def _blocks(size: float) -> bytes:
    cell = b'<VoteType name="t" votes="1"><County name="%d" votes="1"/></VoteType>'
    blocks = b"".join(cell % number for number in range(sized(20_000, size)))
    return (
        b'<ElectionResult><Contest key="1" text="P"><Choice key="1" text="A" totalVotes="5">%b</Choice></Contest></ElectionResult>'
        % blocks
    )


def _counties(size: float) -> bytes:
    item = [{"id": "1", "name": "P", "ballotOptions": [{"id": "a", "name": "A", "voteCount": 1}]}]
    local = [{"name": f"C{number}", "ballotItems": item} for number in range(sized(20_000, size))]
    return _json({"electionName": "E", "results": {"name": "Georgia", "ballotItems": item}, "localResults": local})


def _rows(size: float) -> bytes:
    rows = (f"P{number},Ann,1\nP{number},Bo,2\n" for number in range(sized(20_000, size)))
    return ("Contest,Candidate,Votes\n" + "".join(rows)).encode()


ANSWERS: dict[str, tuple[str, Callable[[float], bytes]]] = {
    "lines": ("readings", _lines),
    "units": ("readings", _units),
    "candidates": ("readings", _candidates),
    "same-names": ("clarity-summary", _same_names),
    "blocks": ("clarity-detail", _blocks),
    "counties": ("georgia-export", _counties),
    "rows": ("csv", _rows),
    "real-summary": ("clarity-summary", lambda size: readers.summary(sized(298, size))),
    "real-export": ("georgia-export", lambda size: readers.export(sized(40, size))),
}


@dataclass(slots=True)
class Beats:
    """The longest time that the event loop's thread worked between two beats, in seconds."""

    longest: float = 0.0


async def run(size: float = 1.0) -> list[Figure]:
    """Read each file, and measure the event loop meanwhile."""
    figures = []
    async with Box(Quotas(math.inf)) as box:
        for name, read in _reads(box, size).items():
            async with _beating() as beats:
                with suppress(TallydeskError):
                    await read()
            figures.append(Figure(f"stall-{name}", beats.longest * 1000, "ms", 100))
        figures.append(Figure("stall-other-source", await _other(box, size), "s", 3))
    return figures


def _reads(box: Box, size: float) -> dict[str, Callable[[], Awaitable[object]]]:
    context = ReaderContext("bench", NOW, sheet=LAYOUT)
    desk = small_desk()
    event = b"BEGIN:VEVENT\r\nUID:%d\r\nSUMMARY:Hearing\r\nDTSTART:20261112T150000Z\r\nEND:VEVENT\r\n"
    events = b"".join(event % number for number in range(sized(900, size)))
    calendar = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + events + b"END:VCALENDAR\r\n"
    text = TextToRead(
        text=("alert " * 600 + "the AP called it")[: sized(4000, size)],
        contests=[desk.contests[0].id],
        at=NOW,
        source=None,
        link=None,
    )
    facts, asked = facts_of([(5, "biden")] * sized(400, size))
    bodies = {name: (form, make(size)) for name, (form, make) in ANSWERS.items()}
    return {
        **{
            name: lambda form=form, body=body: read_answer(box, form, body, context)  # type: ignore[misc]
            for name, (form, body) in bodies.items()
        },
        "push": lambda: read_pushed(box, bodies["lines"][1][: 4 << 20], lines=True),
        "calendar": lambda: read_calendar(
            box, None, calendar, CalendarContext(name="x", now=NOW, zone="America/New_York")
        ),
        "text": lambda: read_text(box, Asker(1, 2, "olga"), desk, text),
        "chart": lambda: drawn(box, asked.viewer, chart_of(facts, asked, "square", "lead")),
    }


@asynccontextmanager
async def _beating() -> AsyncIterator[Beats]:
    beats = Beats()

    async def beat() -> None:
        before = time.thread_time()
        while True:
            await asyncio.sleep(BEAT)
            now = time.thread_time()
            beats.longest, before = max(beats.longest, now - before), now

    task = asyncio.create_task(beat())
    try:
        yield beats
    finally:
        task.cancel()


async def _other(box: Box, size: float) -> float:
    """Return the seconds that a source waits while another source's answer uses all the time it is allowed."""
    context = ReaderContext("bench", NOW)
    slow = asyncio.create_task(read_answer(box, "clarity-summary", _same_names(size), context))
    await asyncio.sleep(0.1)
    began = time.perf_counter()
    await read_answer(box, "clarity-summary", readers.summary(sized(298, size)), context)
    took = time.perf_counter() - began
    async with asyncio.timeout(3 * JOB_SECONDS):
        await asyncio.gather(slow, return_exceptions=True)
    return took
