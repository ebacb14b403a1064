"""Finds a format and its reader by name.

A format's module is imported when it is first needed, so that a bot loads only the formats of its own sources.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import cast

from bot.desk.results_formats import FORMATS
from bot.errors import BadInputError
from bot.feeds.format import Format, LineReader
from bot.feeds.reader import Reader, quoted

AP = "ap"
CLARITY_SUMMARY = "clarity-summary"
CLARITY_DETAIL = "clarity-detail"
ENHANCED_VOTING = "enhanced-voting"
KNOWINK = "knowink"
TEXAS = "texas"
SHEET = "csv"

AUTO = "auto"
"""The format name for `tallydesk read` that recognises a file's format by its first bytes (`recognise.py`)."""

OTHERS = {"clarity-settings": "clarity.settings"}
"""Formats without readings, for `tallydesk read` only: the module by the format's name."""


def format_called(name: str) -> Format:
    """Return the format called `name`.

    Raises:
        BadInputError: there is no such format.

    """
    refuse_unknown(name)
    module, _, declared = (FORMATS | OTHERS)[name].partition(":")
    return cast("Format", getattr(import_module(f"bot.feeds.{module}"), declared or "FORMAT"))


def all_formats() -> Iterator[Format]:
    """Yield each format, in the order in which files are checked against the formats."""
    yield from map(format_called, FORMATS | OTHERS)


def is_one_answer(name: str | None) -> bool:
    """Return True if several files in this format form one answer. False for None or an unknown name."""
    return name in FORMATS and format_called(name).is_one_answer


def line_reader_of(name: str) -> LineReader:
    """Return the reader of the format called `name`, which may be `auto` or a format without readings.

    Raises:
        BadInputError: there is no such format.

    """
    if name == AUTO:
        return cast("LineReader", import_module("bot.feeds.recognise").read)
    return format_called(name).read


def reader_of(name: str) -> Reader:
    """Return the reader of the format called `name`, which yields readings.

    Raises:
        BadInputError: there is no such format, or it has no readings.

    """
    refuse_without_readings(name)
    return cast("Reader", format_called(name).read)


def refuse_unknown(name: str) -> None:
    """Raise a BadInputError if no format has this name. The error lists the formats."""
    if name != AUTO and name not in OTHERS:
        refuse_without_readings(name)


def refuse_without_readings(name: str) -> None:
    """Raise a BadInputError if no format has this name, or if it has no readings.

    The error lists the formats with readings.
    """
    if name in FORMATS:
        return
    readable = ", ".join(FORMATS)
    if name == "prose":
        raise BadInputError("prose gives claims, and no readings; tallydesk read prints them")
    if name in OTHERS:
        raise BadInputError(f"the format {name} holds no readings; {readable} do")
    raise BadInputError(f"there is no format {quoted(name)}; {readable} can be read")
