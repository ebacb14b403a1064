"""What is logged, and how: one line an event on standard error."""

import logging
import sys

import structlog


def set_up_logs(level: str) -> None:
    """Log from `level` on: debug, info, warning or error. discord.py's own log goes the same way, from warnings on."""
    lowest = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(
        level=max(lowest, logging.WARNING), stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


def worth_a_line(times: int) -> bool:
    """Return True if what has failed so many times in a row is logged: the 1st, 2nd, 4th, 8th time and so on."""
    return times > 0 and times & (times - 1) == 0
