"""Measures the memory and time that `tallydesk read` needs for hostile files, each in a separate process.

The targets are 400 MiB for a document or a file of many lines, and 150 MiB for a single line or value. For endless
input (/dev/zero, by path and on standard input) the process has to give up. A case that ends in a traceback is over
its target.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.box.box import JOB_SECONDS, Box
from bot.desk.results_formats import FORMATS
from bot.errors import BadInputError
from bot.events.icalendar import CalendarContext
from bot.feeds.formats import OTHERS
from bot.schedule.schedule_jobs import read_calendar
from tests.benchmarks.figures import Figure, sized

MIB = 1 << 20
WITHIN = 120
"""The time limit for a process, in seconds. A case that takes longer is over its target."""
MUCH, LITTLE = 400, 150

MEASURED = """
try:  # Linux counts in ru_maxrss what the parent had when this process was made
    most = int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
except OSError:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[1], "w") as told:
    told.write(f"{status} {most / 1024}")
"""

READ = f"""
import re, resource, sys
from bot.__main__ import main
status = main(["read", *sys.argv[2:]])
{MEASURED}
"""

FETCH = f"""
import asyncio, gzip, re, resource, sys, zlib
from datetime import UTC, datetime
import aiohttp
from aiohttp import web
from bot.box.box import Box
from bot.desk.desk_file import Source
from bot.feeds.fetch import Feed, FeedError
lines = int(sys.argv[2])
async def answer(request):
    squeeze, response = zlib.compressobj(wbits=31), web.StreamResponse(headers={{"Content-Encoding": "gzip"}})
    await response.prepare(request)
    for _ in range(lines // 1000):
        await response.write(squeeze.compress(b"{{}}\\n" * 1000))
    await response.write(squeeze.flush())
    return response
async def main():
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = "http://127.0.0.1:%d/" % runner.addresses[0][1]
    source = Source(id="s", name="S", format="readings", url=url, own_network=True)
    async with aiohttp.ClientSession() as session, Box() as box:
        try:
            return bool((await Feed(source, session, box).news(datetime.now(UTC))).readings)
        except FeedError as error:
            print(error, file=sys.stderr)
            return 2
status = int(asyncio.run(main()))
{MEASURED}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile file to measure, and its target."""

    name: str
    format: str
    pieces: Callable[[float], Iterator[bytes]]
    target: int = MUCH
    """The target for the memory, in MiB."""


def repeated(piece: bytes, size: int, before: bytes = b"", after: bytes = b"") -> Callable[[float], Iterator[bytes]]:
    """Return a function that yields a hostile file, made of one repeated piece.

    At benchmark size 1.0 the file has about `size` bytes.
    """

    def pieces(share: float) -> Iterator[bytes]:
        times = sized(size // len(piece), share)
        yield before
        while times > 0:
            part = min(times, max(1, MIB // len(piece)))
            yield piece * part
            times -= part
        yield after

    return pieces


READING = b'{"source": "a", "contest": "c", "as_of": "2020-11-11T12:00:00Z", "votes": {"a": 1}, "names": {'
CASES = [
    Case("bad-lines", "readings", repeated(b"{}\n", 2 * MIB)),
    Case("a-long-line", "readings", repeated(b"x" * MIB, 200 * MIB), LITTLE),
    Case("a-line-of-many-values", "readings", repeated(b'"a":1,', 15 * MIB, READING, b'"b": 1}}\n'), LITTLE),
    Case("a-line-of-one-value", "readings", repeated(b"x", 15 * MIB, READING + b'"b": "', b'"}}\n'), LITTLE),
    Case("a-deep-line", "readings", repeated(b"[", 15 * MIB, READING), LITTLE),
    Case("numbers", "ap", repeated(b"1,", 120 * MIB, b'{"races": [', b"1]}")),
    Case("few-large-numbers", "ap", repeated(b"123456789012345678,", 90 * MIB, b'{"races": [', b"1]}")),
    Case("objects", "ap", repeated(b'{"a":1},', 20 * MIB, b'{"races": [', b"{}]}")),
    Case("lists", "nist", repeated(b"[],", 14 * MIB, b'{"Election": [', b"[]]}")),
    Case("one-text", "clarity-summary", repeated(b"x", 120 * MIB, b'["', b'"]')),
    Case("one-text-of-escapes", "georgia-export", repeated(b"\\u00e9", 120 * MIB, b'["', b'"]')),
    Case("texts", "georgia-export", repeated(b'"abcdefghijklmnop",', 80 * MIB, b'{"results": [', b'""]}')),
    Case("keys", "nist", repeated(b'"%08d":1,' % 7, 40 * MIB, b"{", b'"b":1}')),
    Case("too-large", "nist", repeated(b" " * 1000, 140 * MIB, b"{", b"}")),
    Case(
        "xml-contests", "clarity-detail", repeated(b"<Contest/>", 200 * MIB, b"<ElectionResult>", b"</ElectionResult>")
    ),
    Case(
        "xml-one-contest",
        "clarity-detail",
        repeated(b'<Choice key="1" text="a"/>', 200 * MIB, b"<ElectionResult><Contest>"),
    ),
    Case("xml-one-text", "clarity-detail", repeated(b"x" * 1000, 200 * MIB, b"<ElectionResult><Timestamp>")),
    Case("sheet-rows", "csv", repeated(b"a,b,x\n", 15 * MIB, b"contest,candidate,votes\n")),
    Case("sheet-cell", "csv", repeated(b"x", 15 * MIB, b'contest,candidate,votes\n"', b'",b,1\n')),
]

DESK = """
[desk]
zone = "America/New_York"
[[contests]]
id = "c"
name = "C"
leads = "s"
candidates = [{id = "a", name = "A", last = "A"}]
[[sources]]
id = "s"
name = "S"
format = "csv"
url = "https://localhost/"
columns = {contest = "contest", candidate = "candidate", votes = "votes"}
"""

ENDLESS = [*FORMATS, *OTHERS, "prose"]

EVENT = b"BEGIN:VEVENT\r\nUID:%d\r\nSUMMARY:Hearing\r\nDTSTART:20201112T150000Z\r\n%sEND:VEVENT\r\n"
CALENDARS = {
    "recurrence-without-a-day": EVENT % (1, b"RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\n"),
    "recurrences": b"".join(EVENT % (number, b"RRULE:FREQ=DAILY\r\n") for number in range(3000)),
    "events": b"".join(EVENT % (number, b"DESCRIPTION:" + b"x" * 400 + b"\r\n") for number in range(9000)),
    "dates": EVENT % (1, b"RDATE:" + b",".join(b"20201112T%06dZ" % number for number in range(250_000)) + b"\r\n"),
}
"""Name → a hostile iCalendar file, of up to 5 MiB."""


async def run(size: float = 1.0) -> list[Figure]:
    """Measure each file, and then each calendar. The operating system limits the memory of the calendars'
    processes.
    """
    figures = await asyncio.to_thread(_run, size)
    frame = CalendarContext(name="x", now=datetime(2020, 11, 11, tzinfo=UTC), zone="America/New_York")
    async with Box() as box:
        for name, event in CALENDARS.items() if size >= 1 else ():
            began = time.perf_counter()
            body = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + event + b"END:VCALENDAR\r\n"
            with suppress(BadInputError):
                await read_calendar(box, None, body, frame)
            figures.append(Figure(f"hostile-calendar-{name}-time", time.perf_counter() - began, "s", JOB_SECONDS + 5))
    return figures


def _run(size: float) -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "desk.toml").write_text(DESK)
        for case in CASES if size >= 1 else CASES[:1]:  # a start of Python each
            file = folder / "file"
            with file.open("wb") as stream:
                stream.writelines(case.pieces(size))
            figures += _read(case.name, case.format, str(file), folder, case.target)
        packed = folder / "packed.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped, zipped.open("detail.xml", "w") as member:
            for piece in repeated(b"<Contest/>", 250 * MIB, b"<ElectionResult>", b"</ElectionResult>")(size):
                member.write(piece)
        figures += _read("xml-packed", "clarity-detail", str(packed), folder, MUCH)
        if size >= 1:
            for form in ENDLESS:
                figures += _read(f"endless-{form}", form, "/dev/zero", folder, MUCH)
            figures += _read("endless-input", "clarity-detail", "-", folder, MUCH)
        figures += _measured("fetched", FETCH, [str(sized(22_000_000, size, 1000))], folder, MUCH)
    return figures


def _read(name: str, form: str, file: str, folder: Path, target: int) -> list[Figure]:
    desk = ["--desk", str(folder / "desk.toml")] if form == "csv" else []
    given = "/dev/zero" if file == "-" else os.devnull
    return _measured(name, READ, ["--format", form, *desk, file], folder, target, given)


def _measured(
    name: str, script: str, words: list[str], folder: Path, target: int, given: str = os.devnull
) -> list[Figure]:
    """Return the memory and the time that a case takes.

    The process has to refuse the file in a few lines of plain text.
    """
    told = folder / "told"
    told.unlink(missing_ok=True)
    began = time.perf_counter()
    memory: float = 1_000_000
    with Path(given).open("rb") as stdin, (folder / "errors").open("w+b") as errors:
        try:
            subprocess.run(
                [sys.executable, "-c", script, str(told), *words],
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                timeout=WITHIN,
                check=False,
            )
            status, used = told.read_text().split()
            errors.seek(0)
            lines = [line for line in errors.read().decode().splitlines() if "still working" not in line]
            if int(status) in (0, 2) and len(lines) <= 102 and not any("report it" in line for line in lines):
                memory = float(used)
        except (subprocess.TimeoutExpired, OSError):
            pass
    seconds = time.perf_counter() - began
    return [Figure(f"hostile-{name}-memory", memory, "MiB", target), Figure(f"hostile-{name}-time", seconds, "s")]
