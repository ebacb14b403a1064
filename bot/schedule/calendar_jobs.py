"""Read and write calendars in a process of its own, which is ended if it takes too long or too much.

A recurrence can be made so that working it out takes hours and all memory, and the libraries take 9 MB that the bot then
does not. Two such processes run at a time, whoever asks: calendars that are followed, files that staff bring in, exports.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import datetime

from bot.count.reading import Frozen, Moment
from bot.errors import BadInputError
from bot.events.icalendar import CalendarRead, Exported, Frame, check_size, read_ics, write_ics

LONGEST = 30.0
"""Seconds."""


MOST_MEMORY = 256 * 1024 * 1024
"""Bytes of addresses of such a process (RLIMIT_AS); the largest calendar that is read takes half of it."""


AT_ONCE, MOST_WAITING = 2, 20
"""Processes at a time, and calendars that wait for one."""

_turns = asyncio.Semaphore(AT_ONCE)


_waiting = 0


class _ToWrite(Frozen):
    """What is to be written."""

    events: list[Exported]
    now: Moment
    name: str


async def read_apart(body: bytes, frame: Frame, within: float = LONGEST, memory: int = MOST_MEMORY) -> CalendarRead:
    """Return what a calendar says, as `read_ics`.

    Raises:
        BadInputError: as `read_ics`; or it takes longer than `within` seconds or more than `memory`, or too many wait.

    """
    check_size(len(body))
    answer = await _apart("read", frame.model_dump_json().encode() + b"\n" + body, within, memory)
    said = json.loads(answer)
    if "error" in said:
        raise BadInputError(said["error"])
    return CalendarRead.model_validate_json(json.dumps(said["read"]))


async def write_apart(events: Sequence[Exported], now: datetime, name: str) -> bytes:
    """Return a calendar of events, as `write_ics`.

    Raises:
        BadInputError: it takes longer than `LONGEST` seconds, or too many wait.

    """
    return await _apart(
        "write", _ToWrite(events=list(events), now=now, name=name).model_dump_json().encode(), LONGEST, MOST_MEMORY
    )


async def _apart(do: str, given: bytes, within: float, memory: int) -> bytes:
    global _waiting  # noqa: PLW0603 - of this process, as its processes are
    if _waiting >= MOST_WAITING:
        raise BadInputError(f"{_waiting} calendars wait to be read or written already; try again in a minute")
    _waiting += 1
    try:
        async with _turns:
            return await _in_process(do, given, within, memory)
    finally:
        _waiting -= 1


async def _in_process(do: str, given: bytes, within: float, memory: int) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, do, str(memory),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(within):
            answer, _ = await process.communicate(given)
    except TimeoutError:
        raise BadInputError(f"the calendar takes more than {within:g} seconds to work out") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not answer:
        raise BadInputError(f"the calendar could not be {'read' if do == 'read' else 'written'}")
    return answer


def _bound(memory: int) -> None:
    """Let this process take no more memory than so many bytes, where the system can hold it to that."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not everywhere

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main(do: str, memory: int) -> None:
    """Read what `_apart` gives from standard input; write the answer to standard output."""
    _bound(memory)
    given = sys.stdin.buffer.read()
    if do == "write":
        wanted = _ToWrite.model_validate_json(given)
        sys.stdout.buffer.write(write_ics(wanted.events, wanted.now, wanted.name))
        return
    frame, _, body = given.partition(b"\n")
    try:
        read = read_ics(body, Frame.model_validate_json(frame))
    except BadInputError as error:
        sys.stdout.write(json.dumps({"error": str(error)}))
    except MemoryError:
        sys.stdout.write(json.dumps({"error": f"the calendar takes more than {memory >> 20} MiB to work out"}))
    else:
        sys.stdout.write(f'{{"read": {read.model_dump_json()}}}')


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
