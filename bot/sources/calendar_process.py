"""Read a calendar in a process of its own, which is ended if it takes too long.

A recurrence can be made so that working it out takes hours, and the libraries take 9 MB that the bot then does not.
"""

import asyncio
import json
import sys

from bot.errors import BadInputError
from bot.schedule.ics import CalendarRead, Frame, check_size, read_ics

LONGEST = 30.0
"""Seconds."""


async def read_apart(body: bytes, frame: Frame, within: float = LONGEST) -> CalendarRead:
    """Return what a calendar says, as `read_ics`.

    Raises:
        BadInputError: as `read_ics`; or it takes longer than `within` seconds.

    """
    check_size(len(body))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(within):
            answer, _ = await process.communicate(frame.model_dump_json().encode() + b"\n" + body)
    except TimeoutError:
        raise BadInputError(f"the calendar takes more than {within:g} seconds to work out") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not answer:
        raise BadInputError("the calendar could not be read")
    said = json.loads(answer)
    if "error" in said:
        raise BadInputError(said["error"])
    return CalendarRead.model_validate_json(json.dumps(said["read"]))


def main() -> None:
    """Read a frame in one line, then a calendar, from standard input; write what it says to standard output."""
    frame, _, body = sys.stdin.buffer.read().partition(b"\n")
    try:
        read = read_ics(body, Frame.model_validate_json(frame))
    except BadInputError as error:
        sys.stdout.write(json.dumps({"error": str(error)}))
    else:
        sys.stdout.write(f'{{"read": {read.model_dump_json()}}}')


if __name__ == "__main__":
    main()
