"""Output of the command line: results on standard output, each failure as one line on standard error."""

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
"""Exit statuses: success; a failed check or another error; bad usage or input; Ctrl-C."""

MOST_COMPLAINTS = 100
"""The most errors to print for one file."""

_MOST_CHARACTERS = 1000
"""The longest line on standard error."""

_PATIENCE_SECONDS = 2
"""The seconds between two messages that a command is still at work."""


class OutputClosedError(Exception):
    """Raised if standard output was closed, as by `| head`."""


def run_command(work: Callable[[], int | None]) -> int:
    """Run a subcommand and return its exit status. Any failure is printed as one line on standard error."""
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
    """Refuse to run in a virtual environment that was copied along with its folder.

    Raises:
        TallydeskError: the environment was copied. Its program would run the code in the old folder.

    """
    started, running = Path(sys.argv[0]).resolve().parent.parent, Path(sys.prefix).resolve()
    if started != running and (started / "pyvenv.cfg").is_file():
        raise TallydeskError(
            f"this environment was copied and would run what is in {running}: make it again, in a checkout with `make server`"
        )


def say(line: str) -> None:
    """Print one line of results, and flush it for readers of a pipe.

    Raises:
        OutputClosedError: standard output was closed.
        TallydeskError: the line can't be written, as on a full disk.

    """
    try:
        print(line, flush=True)  # noqa: T201 - the command line's very purpose
        if sys.stdout.isatty():
            _terminal.at = time.monotonic()
    except BrokenPipeError:
        raise OutputClosedError from None
    except OSError as error:
        _turn_away(sys.stdout)
        raise TallydeskError(f"standard output: can't be written ({error.strerror})") from None


def complain(sentence: str) -> None:
    """Print a sentence on standard error. Unprintable characters are escaped."""
    try:
        print(terminal_line(sentence), file=sys.stderr, flush=True)  # noqa: T201 - the command line's very purpose
    except OSError:
        _turn_away(sys.stderr)


class _TerminalState:
    """The time when a result was last printed to the terminal, and whether a question waits there."""

    at = -math.inf
    """When the last line of results was printed, by the monotonic clock."""

    asking = False


_terminal = _TerminalState()


@contextmanager
def progress(what: str) -> Iterator[None]:
    """While the block runs, print on standard error every two seconds that `what` is still in progress.

    Nothing is printed soon after a result, or while `ask` waits for the person. The time in `ask` is not included.
    """
    over = Event()

    def wait() -> None:
        waited = 0
        while not over.wait(_PATIENCE_SECONDS):
            if _terminal.asking:
                continue
            waited += _PATIENCE_SECONDS
            if time.monotonic() - _terminal.at >= _PATIENCE_SECONDS:
                complain(f"{what}: still working, after {waited} seconds")

    saying = Thread(target=wait, name="progress", daemon=True)
    saying.start()
    try:
        yield
    finally:
        over.set()
        saying.join()


def ask(question: str, default: str | None = None) -> str:
    """Ask the person at the terminal a question. Returns the answer, stripped. Enter alone means `default`."""
    _terminal.asking = True
    try:
        return str(typer.prompt(question, default=default, show_default=False)).strip()
    finally:
        _terminal.asking = False


def refuse_to_replace(path: Path, *, force: bool) -> None:
    """Raise a BadInputError if the file exists.

    With `force`, or if the person agrees to replace the file, no error is raised.
    """
    if force or not path.is_file():
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInputError(f"{path}: is there already; name another file, or use --force to replace it")
    sys.stderr.write(f"{path} is there already. Replace it? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise BadInputError(f"{path}: is there already, and was left as it is")


class Complaints:
    """The errors in one file. The first errors are printed, the others counted.

    Args:
        name: the file's name.
        most: how many errors are printed.

    """

    def __init__(self, name: str, most: int = MOST_COMPLAINTS) -> None:
        self._name, self._most = name, most
        self.lines = 0
        """The number of errors so far."""

    def add(self, sentence: str, times: int = 1) -> None:
        """Print an error, unless there were too many already.

        `times` is how many lines of the file the error is about.
        """
        self.lines += times
        if self.lines <= self._most:
            complain(sentence)

    def close(self) -> None:
        """Print how many errors were counted but not printed."""
        if (more := self.lines - self._most) > 0:
            complain(f"{self._name}: {counted(more, 'more line')} of errors like these")


def terminal_line(text: str) -> str:
    """Return `text` as one line: control characters escaped, and a long text shortened in the middle."""
    joined = " ".join(text.split(" "))
    if len(joined) > _MOST_CHARACTERS:
        joined = f"{joined[: _MOST_CHARACTERS * 2 // 3]} … {joined[-_MOST_CHARACTERS // 3 :]}"
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in joined
    )


def speak_utf8(stream: TextIO) -> None:
    """Make `stream` write UTF-8 regardless of the locale, since JSON requires it."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(encoding="utf-8", newline="\n")


def _bug(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"tallydesk: an error of Tallydesk's own, please report it: {type(error).__name__}: {error}{where}"


def _turn_away(stream: TextIO) -> None:
    """Discard the rest of the stream's buffer. Otherwise Python would complain at exit."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):
        return
