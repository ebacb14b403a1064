"""Tries harmful inputs, 100 for each format. A reader has to read or refuse each within its limits of time and memory.

The functions in `GROW` make the inputs from small complete files of the format. An input has up to 8 MB. The same seed
makes the same inputs. Refusals have to be plain text.
"""

import asyncio
import io
import random
import re
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.box.box import JOB_SECONDS, Job, Worker, WorkerEndedError
from bot.desk.results_formats import FORMATS
from bot.errors import BadInputError
from bot.feeds.answer_parts import ReadRequest, WholeAnswer
from bot.feeds.formats import OTHERS
from bot.feeds.reader import MOST_REFUSED
from tests.faults.compare import Tally
from tests.faults.fuzz import FUZZED, LAYOUT, MOST_SAID, NAME, NOW
from tests.faults.mutations import zipped
from tests.faults.outcome import Outcome

INPUTS = 100
"""The default number of inputs for each format."""
MOST = 8_000_000
"""The size of the largest input, in bytes. Larger inputs would meet the same limits, and only take longer."""
_LATE = 5.0
"""How long a worker process may take to end after its time limit, in seconds. A busy machine needs that much."""
_TOO_MUCH_MIB = 600
"""The most memory of a worker process, in MiB: its own, and what a job may use."""

Grow = Callable[[random.Random, bytes, int], bytes]
"""A function that makes a file of about the given number of bytes."""


def _at(draw: random.Random, data: bytes, pattern: bytes) -> tuple[int, int]:
    """Return the span of a random match of the pattern in the file, or an empty span at the end."""
    found = [match.span() for match in re.finditer(pattern, data)]
    return draw.choice(found) if found else (len(data), len(data))


def _again(draw: random.Random, data: bytes, size: int) -> bytes:
    """Repeat a random part of the file many times: an object, an element, a line or a pair."""
    parts = (
        rb"\{[^{}]*\},?",
        rb"\[[^\[\]]*\],?",
        rb"<(\w+)[^<>]*/>",
        rb"[^\n]+\n",
        rb'"[^"]*":[^,{}\[\]]*,',
        rb".{1,60}",
    )
    start, end = _at(draw, data, draw.choice(parts))
    part = data[start:end] or data
    if part.endswith((b"}", b"]")):
        part += b","
    return data[:start] + part * (size // len(part)) + data[start:]


_FILLS = [
    *(
        b"x",
        b" ",
        b"a ",
        b"1",
        b"9",
        b"-",
        b"(",
        b"((a)",
        b",",
        b";",
        b"\t",
        b"\n",
        b"\0",
        b"\xff",
        b"'",
        b"<",
        b"&",
        b"\\",
    ),
    *(b"\\u00e9", b"\\ud83d", b"\\u0000", b"&#65;", b"&amp;"),
    *(text.encode() for text in ("é", "e\u0301", "\u202e", "💥", "İ", "ẞ", " - ", " of ", " County")),
]


def _filled(draw: random.Random, data: bytes, size: int) -> bytes:
    """Replace a random word or number with a long text that repeats one or a few characters."""
    start, end = _at(draw, data, draw.choice((rb"[A-Za-z][\w .]*", rb"\d+", rb'(?<=")[^"]*(?=")')))
    fill = draw.choice(_FILLS)
    return data[:start] + fill * (size // len(fill)) + data[draw.choice((start, end)) :]


def _nested(draw: random.Random, data: bytes, size: int) -> bytes:
    """Replace a value with nested levels: as many as fit, or about as many as Python can parse."""
    opens, closes = draw.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>"), (b"<VoteType>", b"</VoteType>")))
    levels = draw.choice((size // len(opens), draw.randrange(900, 1000), 200, 300))
    start, end = _at(draw, data, rb'"[^"]*"|\d+|<\w+[^<>]*/>')
    return (
        data[:start]
        + opens * levels
        + draw.choice((b"1", b"", b"x"))
        + draw.choice((closes, b"")) * levels
        + data[end:]
    )


def _named(draw: random.Random, data: bytes, size: int) -> bytes:
    """Insert many differently named members into an object, an element or a line."""
    pattern, name = draw.choice(
        ((rb"\{", b'"%08d":1,'), (rb"\{", b'"%08d":{"votes":1},'), (rb"<\w+", b' a%08d="1"'), (rb",", b"n%08d,"))
    )
    _, end = _at(draw, data, pattern)
    return data[:end] + b"".join(name % number for number in range(size // (len(name) + 5))) + data[end:]


def _whole_again(draw: random.Random, data: bytes, size: int) -> bytes:
    """Repeat the file, or add much white space before or after the file, and cut off the end."""
    space = draw.choice((b" ", b"\n", b"\0", b"\xef\xbb\xbf", b"\r"))
    whole = draw.choice((data * (size // len(data)), space * size + data, data + space * size))
    return whole[: draw.randrange(len(whole) // 2, len(whole) + 1)]


def _noise(draw: random.Random, data: bytes, size: int) -> bytes:
    """Insert random bytes, and sometimes drop the rest of the file."""
    start = draw.randrange(len(data))
    return data[:start] + draw.randbytes(size) + data[draw.choice((start, len(data))) :]


GROW: tuple[Grow, ...] = (_again, _again, _filled, _filled, _nested, _named, _whole_again, _noise)


def inputs(name: str, seed: int, times: int) -> Iterator[bytes]:
    """Yield harmful files of a format. The same seed yields the same files."""
    draw = random.Random(f"{name} {seed}")
    seeds = FUZZED[name].seeds()
    for _ in range(times):
        data, grow = draw.choice(seeds), draw.choice(GROW)
        size = int(10 ** draw.uniform(4, 6)) if draw.random() < 0.8 else draw.randrange(1_000_000, MOST)
        if not data.startswith(b"PK"):
            data = grow(draw, data, size)
            yield zipped([("detail.xml", data)]) if draw.random() < 0.1 else data
            continue
        with zipfile.ZipFile(io.BytesIO(data)) as whole:
            members = [(one.filename, whole.read(one)) for one in whole.infolist()]
        at = draw.randrange(len(members))
        members[at] = members[at][0], grow(draw, members[at][1], size)
        yield zipped(members)


async def run(seed: int, times: int = INPUTS, names: tuple[str, ...] = tuple(FUZZED)) -> Outcome:
    """Try `times` inputs of each format."""
    wrong: list[str] = []
    came: Counter[str] = Counter()
    with _workers() as ready:
        for name in names:
            if name not in {*FORMATS, *OTHERS}:
                continue  # a text that somebody wrote is no file
            for number, data in enumerate(inputs(name, seed, times)):
                what, problem = _tried(ready(), name, data)
                came[what] += 1
                wrong += [f"{name} {number}, seed {seed}: {problem}: {data[:100]!r}"] if problem else []
    await asyncio.sleep(1)  # until the system has counted the workers that ended
    # Linux counts in KiB, macOS in bytes
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> (20 if sys.platform == "darwin" else 10)
    if most > _TOO_MUCH_MIB:
        wrong.append(f"a worker held {most} MiB")
    tally = Tally(lost=len(wrong), wrong=wrong[:20], told=came.total())
    return Outcome("hostile", tally, seed, {**dict(sorted(came.items())), "most_mib": most}, tally.wrong)


@contextmanager
def _workers() -> Iterator[Callable[[], Worker]]:
    """Give a function that returns a worker process ready for a job."""
    kept: list[Worker] = []

    def ready() -> Worker:
        if not kept or not kept[-1].is_ready:
            for one in kept:
                one.end()
            kept[:] = [Worker()]
        return kept[-1]

    try:
        yield ready
    finally:
        for one in kept:
            one.end()


def _tried(worker: Worker, name: str, data: bytes) -> tuple[str, str | None]:
    """Return (result, problem) for a file.

    The result is read, refused or stopped. The problem is None if all went well.
    """
    asked = ReadRequest(
        format=name,
        name=NAME,
        as_of=NOW,
        as_of_is="received",
        source=None,
        sheet=LAYOUT if name == "csv" else None,
        takes_tests=False,
        first_line=None,
    )
    whole, began = WholeAnswer(), time.monotonic()
    try:
        for part in worker.do(Job("answer", NAME, (asked.model_dump_json().encode(), data))):
            whole.take(part)
        came, lines = "read", [str(one) for one in whole.refusals]
    except WorkerEndedError as error:
        came, lines = "died", [str(error)]
    except BadInputError as error:
        came, lines = "refused" if worker.is_ready else "stopped", [str(error)]
    if (seconds := time.monotonic() - began) > JOB_SECONDS + _LATE:
        return came, f"took {seconds:.0f} s"
    if len(lines) > MOST_REFUSED:
        return came, f"{len(lines)} lines"
    return came, next((f"says {line[:300]!r}" for line in lines if not _is_clear(line)), None)


def _is_clear(line: str) -> bool:
    return (
        line.isprintable() and len(line) <= MOST_SAID and line.startswith(NAME) and "mistake of the program" not in line
    )
