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

import typer

from bot.errors import BadInputError, TallydeskError
from bot.wording.numbers import counted

DONE, WRONG, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: as asked; a check failed; bad usage or bad input; stopped by Ctrl-C."""

MOST_COMPLAINTS = 100
"""How many errors of one file are printed."""

_MOST_CHARACTERS = 1000
"""The longest line on standard error."""

_PATIENCE_SECONDS = 2
"""How often to say that a command is still at work."""


class OutputClosedError(Exception):
    """Nobody reads our output any more, as after `| head`."""


def run_command(work: Callable[[], int | None]) -> int:
    """Do the work of a subcommand and return its exit status; any failure is one line on standard error."""
    os.umask(0o077)  # only the owner may read what Tallydesk writes
    if current_thread() is main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean up, as after Ctrl-C
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
    """Print one line of results, and flush it for whoever reads a pipe.

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
    """Print one line on standard error, as `terminal_line` has it."""
    try:
        print(terminal_line(sentence), file=sys.stderr, flush=True)  # noqa: T201 - the command line's very purpose
    except OSError:
        _turn_away(sys.stderr)


class _Seen:
    """What somebody at a terminal sees: when a line of results came last, and whether a question waits."""

    at = -math.inf
    """On the monotonic clock."""

    asked = False


_seen = _Seen()


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Print on standard error every two seconds that `what` is still at work.

    Not while results are being printed, nor while a person is asked (`ask`), whose time does not count.
    """
    over = Event()

    def wait() -> None:
        waited = 0
        while not over.wait(_PATIENCE_SECONDS):
            if _seen.asked:
                continue
            waited += _PATIENCE_SECONDS
            if time.monotonic() - _seen.at >= _PATIENCE_SECONDS:
                complain(f"{what}: still working, after {waited} seconds")

    saying = Thread(target=wait, name="progress", daemon=True)
    saying.start()
    try:
        yield
    finally:
        over.set()
        saying.join()


def ask(question: str, default: str | None = None) -> str:
    """Return what the person at the terminal types, without spaces around it; `default`: what Enter alone means."""
    _seen.asked = True
    try:
        return str(typer.prompt(question, default=default, show_default=False)).strip()
    finally:
        _seen.asked = False


def refuse_to_replace(path: Path, *, force: bool) -> None:
    """Raise a BadInputError for a file that is there, unless `force` or the person at the terminal allows to replace it."""
    if force or not path.is_file():
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInputError(f"{path}: is there already; name another file, or use --force to replace it")
    sys.stderr.write(f"{path} is there already. Replace it? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise BadInputError(f"{path}: is there already, and was left as it is")


class Complaints:
    """The errors of one file: the first are printed, the rest only counted."""

    def __init__(self, name: str, most: int = MOST_COMPLAINTS) -> None:
        """Complain of the file called `name`; `most` errors are printed."""
        self._name, self._most = name, most
        self.lines = 0
        """How many there were."""

    def add(self, sentence: str, times: int = 1) -> None:
        """Print one line on standard error, unless there were too many; `times`: how many lines of the file it is of."""
        self.lines += times
        if self.lines <= self._most:
            complain(sentence)

    def close(self) -> None:
        """Print how many more there were than those printed."""
        if (more := self.lines - self._most) > 0:
            complain(f"{self._name}: {counted(more, 'more line')} of errors like these")


def terminal_line(text: str) -> str:
    """Return `text` as one line, with its control characters escaped and the middle of a long one left out."""
    joined = " ".join(text.split(" "))
    if len(joined) > _MOST_CHARACTERS:
        joined = f"{joined[: _MOST_CHARACTERS * 2 // 3]} … {joined[-_MOST_CHARACTERS // 3 :]}"
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in joined
    )


def speak_utf8(stream: TextIO) -> None:
    """Have `stream` write UTF-8 whatever the machine's locale, as JSON must be."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(encoding="utf-8", newline="\n")


def _bug(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"tallydesk: an error of Tallydesk's own, please report it: {type(error).__name__}: {error}{where}"


def _turn_away(stream: TextIO) -> None:
    """Send what is left in the stream's buffer nowhere, or Python would complain of it when it exits."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):
        return
