"""What the command line prints: results on standard output, each failure as one line on standard error."""

import math
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread
from typing import TextIO

from bot.errors import BadInputError, TallydeskError
from bot.wording.numbers import counted

DONE, WRONG, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: as asked; a check failed; bad usage or bad input; stopped by Ctrl-C."""

MOST_COMPLAINTS = 100
"""Lines of errors of one file."""

_LONGEST = 1000

_PATIENCE = 2
"""Seconds after which one wants to know that it goes on."""


class OutputClosedError(Exception):
    """Whoever read our output has left (`| head`): there is nobody to say anything to."""


def run_command(work: Callable[[], int | None]) -> int:
    """Do what the command line asks for and return its exit status; whatever goes wrong is one line on standard error."""
    os.umask(0o077)  # all that Tallydesk writes is for its owner's eyes alone
    if current_thread() is main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # leave nothing half-made, as with Ctrl-C
    speak_utf8(sys.stdout)
    try:
        return work() or DONE
    except OutputClosedError:
        _turn_away(sys.stdout)
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except TallydeskError as error:
        complain(str(error))
        return BAD_INPUT if isinstance(error, BadInputError) else WRONG
    except Exception as error:  # noqa: BLE001 - the last line of defence: no reader is served by a traceback
        if isinstance(error, OSError):
            _turn_away(sys.stdout)
            complain(f"tallydesk: {error.filename or 'the output'} can't be used ({error.strerror or error})")
        else:
            complain(_bug(error))
        return WRONG


def refuse_copied() -> None:
    """Refuse to run in an environment that was copied with its folder.

    Raises:
        TallydeskError: it was; the program would run what is in the old one.

    """
    started, running = Path(sys.argv[0]).resolve().parent.parent, Path(sys.prefix).resolve()
    if started != running and (started / "pyvenv.cfg").is_file():
        raise TallydeskError(
            f"this environment was copied and would run what is in {running}: make it again, in a checkout with `make server`"
        )


def say(line: str) -> None:
    """Print one line of results at once, so that whoever reads a pipe has it.

    Raises:
        OutputClosedError: nobody reads any more.
        TallydeskError: it can't be written, as on a full disk.

    """
    try:
        print(line, flush=True)  # noqa: T201 - the command line's very purpose
        if sys.stdout.isatty():
            _seen.at = time.monotonic()
    except BrokenPipeError:
        raise OutputClosedError from None
    except OSError as error:
        _turn_away(sys.stdout)
        raise TallydeskError(f"standard output: can't be written ({error.strerror})") from None


def complain(sentence: str) -> None:
    """Print one line on standard error; control characters are escaped, and what is too long loses its middle."""
    try:
        print(terminal_line(sentence), file=sys.stderr, flush=True)  # noqa: T201 - the command line's very purpose
    except OSError:
        _turn_away(sys.stderr)


class _Seen:
    """When somebody at a terminal last saw a line of results."""

    at = -math.inf
    """On the monotonic clock."""


_seen = _Seen()


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Say on standard error that `what` is still under way, every two seconds: nobody wonders whether it hangs.

    While lines of results come up on the terminal nothing is said.
    """
    over = Event()

    def wait() -> None:
        waited = 0
        while not over.wait(_PATIENCE):
            waited += _PATIENCE
            if time.monotonic() - _seen.at >= _PATIENCE:
                complain(f"{what}: still at it, {waited} seconds by now")

    saying = Thread(target=wait, name="progress", daemon=True)
    saying.start()
    try:
        yield
    finally:
        over.set()
        saying.join()


def refuse_to_replace(path: Path, *, force: bool) -> None:
    """Raise a BadInputError for a file that is there, unless it may be replaced: a person at a terminal is asked."""
    if force or not path.is_file():
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInputError(f"{path}: is there already; name another file, or say --force to replace it")
    sys.stderr.write(f"{path} is there already. Replace it? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise BadInputError(f"{path}: is there already, and was left as it is")


class Complaints:
    """The errors of one file: the first hundred a line each, of the rest how many there are."""

    def __init__(self, name: str) -> None:
        """Complain of the file called `name`."""
        self._name = name
        self.lines = 0
        """How many there were."""

    def add(self, sentence: str) -> None:
        """Print one line on standard error, unless there were a hundred."""
        self.lines += 1
        if self.lines <= MOST_COMPLAINTS:
            complain(sentence)

    def close(self) -> None:
        """Say how many there were beside those that were printed."""
        if (more := self.lines - MOST_COMPLAINTS) > 0:
            complain(f"{self._name}: {counted(more, 'more line')} of errors like these")


def terminal_line(text: str) -> str:
    """Return `text` as a single line that no terminal can mistake for a command to itself."""
    joined = " ".join(text.split(" "))
    if len(joined) > _LONGEST:
        joined = f"{joined[: _LONGEST * 2 // 3]} … {joined[-_LONGEST // 3 :]}"
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in joined)


def speak_utf8(stream: TextIO) -> None:
    """Have `stream` write UTF-8 whatever the machine's locale, as JSON must be."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(encoding="utf-8", newline="\n")


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def _bug(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {os.path.basename(frames[-1].filename)}, line {frames[-1].lineno}" if frames else ""  # noqa: PTH119 - a path of any machine
    return f"tallydesk: an error of Tallydesk's own, please report it: {type(error).__name__}: {error}{where}"


def _turn_away(stream: TextIO) -> None:
    """Let what is left in the stream's buffer go nowhere, or Python would complain of it when it ends."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):
        return
