"""The formats of feed files by name, and who reads each.

A format's module is loaded when its first file comes: a bot needs those of its own sources, and no other's memory.
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
"""For `tallydesk read`: of whichever format a file is, by how it begins (`recognise.py`)."""

OTHERS = {"clarity-settings": "clarity.settings"}
"""For `tallydesk read` alone: what holds something else than readings."""


def format_called(name: str) -> Format:
    """Return the format called `name`, whatever its files hold; raises as `refuse_unknown`."""
    refuse_unknown(name)
    module, _, declared = (FORMATS | OTHERS)[name].partition(":")
    return cast("Format", getattr(import_module(f"bot.feeds.{module}"), declared or "FORMAT"))


def all_formats() -> Iterator[Format]:
    """Yield each format, in the order in which a file's beginning is held against them."""
    yield from map(format_called, FORMATS | OTHERS)


def is_one_answer(name: str | None) -> bool:
    """Return True of a format of which several files are one answer."""
    return name in FORMATS and format_called(name).is_one_answer


def line_reader_of(name: str) -> LineReader:
    """Return the reader of the format called `name`, whatever it holds; raises as `refuse_unknown`."""
    if name == AUTO:
        return cast("LineReader", import_module("bot.feeds.recognise").read)
    return format_called(name).read


def reader_of(name: str) -> Reader:
    """Return the reader of the format called `name`; raises as `refuse_unread`."""
    refuse_unread(name)
    return cast("Reader", format_called(name).read)


def refuse_unknown(name: str) -> None:
    """Raise a BadInputError for a format that there is not; it says which there are."""
    if name != AUTO and name not in OTHERS:
        refuse_unread(name)


def refuse_unread(name: str) -> None:
    """Raise a BadInputError for a format that holds no readings, or that there is not; it says which there are."""
    if name in FORMATS:
        return
    readable = ", ".join(FORMATS)
    if name == "prose":
        raise BadInputError("prose gives claims, and no readings; tallydesk read prints them")
    if name in OTHERS:
        raise BadInputError(f"the format {name} holds no readings; {readable} do")
    raise BadInputError(f"there is no format {quoted(name)}; {readable} can be read")
