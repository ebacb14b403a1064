"""Read and write calendars in a process of its own, which is ended if it takes too long.

A recurrence can be made so that working it out takes hours, and the libraries take 9 MB that the bot then does not.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import datetime

from bot.count.reading import Frozen, Moment
from bot.errors import BadInputError
from bot.events.icalendar_reader import CalendarRead, Frame, check_size, read_ics
from bot.events.icalendar_writer import Exported, write_ics

LONGEST = 30.0
"""Seconds."""


class _ToWrite(Frozen):
    """What is to be written."""

    events: list[Exported]
    now: Moment
    name: str


async def read_apart(body: bytes, frame: Frame, within: float = LONGEST) -> CalendarRead:
    """Return what a calendar says, as `read_ics`.

    Raises:
        BadInputError: as `read_ics`; or it takes longer than `within` seconds.

    """
    check_size(len(body))
    answer = await _apart("read", frame.model_dump_json().encode() + b"\n" + body, within)
    said = json.loads(answer)
    if "error" in said:
        raise BadInputError(said["error"])
    return CalendarRead.model_validate_json(json.dumps(said["read"]))


async def write_apart(events: Sequence[Exported], now: datetime, name: str, within: float = LONGEST) -> bytes:
    """Return a calendar of events, as `write_ics`.

    Raises:
        BadInputError: it takes longer than `within` seconds.

    """
    return await _apart("write", _ToWrite(events=list(events), now=now, name=name).model_dump_json().encode(), within)


async def _apart(do: str, given: bytes, within: float) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, do,
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


def main(do: str) -> None:
    """Read what `_apart` gives from standard input; write the answer to standard output."""
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
    else:
        sys.stdout.write(f'{{"read": {read.model_dump_json()}}}')


if __name__ == "__main__":
    main(sys.argv[1])
