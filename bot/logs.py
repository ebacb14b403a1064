"""Logging: one line for each event on standard error, including the events that libraries log."""

import json
import logging
import sys
import time
from collections.abc import Callable

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import EventDict, Processor

FORGOTTEN_AFTER = 3600.0
"""Seconds after which a library's repeated line counts as a new line."""

_FIRST = ["timestamp", "level", "event"]

_OF_THE_NETWORK = ("aiohttp", "discord")
"""Libraries whose errors are logged without a traceback."""


def set_up_logs(level: str, style: str = "lines") -> None:
    """Set up logging on standard error; libraries' warnings and errors are included.

    Args:
        level: the lowest level to log: debug, info, warning or error.
        style: "lines", as `2020-11-11T12:35:03Z warning a post is put off channel=5`, or "json", one object per line. Both
            begin with timestamp, level and event.

    """
    lowest = logging.getLevelNamesMapping()[level.upper()]
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    render: list[Processor] = [
        shorten_errors,
        structlog.processors.format_exc_info,
        _as_json if style == "json" else _as_line,
    ]
    structlog.configure(
        processors=[structlog.processors.add_log_level, stamp, *render],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.processors.add_log_level, structlog.stdlib.add_logger_name, stamp],
            processors=[ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    handler.addFilter(RepeatFilter())
    logging.basicConfig(level=max(lowest, logging.WARNING), handlers=[handler])


def _as_line(_: object, __: str, event: EventDict) -> str:
    """Return an event as one line. Unprintable characters are escaped."""
    when, level, what = (str(event.pop(key, "")) for key in _FIRST)
    what = what if what.isprintable() else repr(what)[1:-1]
    values = (f"{key}={value!r}" for key, value in event.items())
    return " ".join((f"{when[:19]}Z", level, what, *values))


def _as_json(_: object, __: str, event: EventDict) -> str:
    """Return an event as one line of JSON. Unprintable characters are escaped."""
    first = {key: event.pop(key) for key in _FIRST if key in event}
    line = json.dumps({**first, **event}, ensure_ascii=False, default=str)
    return line if line.isprintable() else "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in line)


def worth_a_line(times: int) -> bool:
    """Return True if a failure that occurred `times` times in a row should be logged.

    The 1st, 2nd, 4th, 8th and so on are logged.
    """
    return times > 0 and times & (times - 1) == 0


def shorten_errors(_: object, __: str, event: EventDict) -> EventDict:
    """Replace the traceback of a network error with its message.

    The place in the library's code would not help anybody.
    """
    found = event.get("exc_info")
    error = found[1] if isinstance(found, tuple) else found
    if error is True:
        error = sys.exception()
    if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _OF_THE_NETWORK:
        del event["exc_info"]
        event["error"] = f"{type(error).__name__}: {error}"
    return event


class RepeatFilter(logging.Filter):
    """A log filter that passes the 1st, 2nd, 4th, 8th and so on of a library's repeated lines.

    The count starts again when the line has not occurred for an hour.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._seen: dict[tuple[str, str], tuple[int, float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True if the line should be logged. Lines that differ only in their values are treated as equal."""
        key, now = (record.name, str(record.msg)), self._clock()
        times, last = self._seen.get(key, (0, now))
        times = 1 if now - last > FORGOTTEN_AFTER else times + 1
        self._seen[key] = (times, now)
        return worth_a_line(times)
