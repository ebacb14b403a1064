"""What is to be known of a results format, declared in its module."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from bot.count.reading import Reading
from bot.feeds.reader import ReaderContext, Refusal

if TYPE_CHECKING:
    from bot.feeds.clarity.settings import CountyUpload
    from bot.feeds.recognise import Beginning

LineReader: TypeAlias = Callable[[BinaryIO, ReaderContext], "Iterator[Reading | CountyUpload | Refusal]"]
"""Reads one file, as a Reader does, but what it holds may be no readings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A results format."""

    name: str
    """As the desk file and `--format` have it."""
    read: LineReader
    begins: "Callable[[Beginning], bool] | None"
    """Whether a file begins as those of the format do; None: as those of another, by which it is found."""
    every: str = "2m"
    """How often its sites may be asked without being a burden, as the desk file has it."""
    is_one_answer: bool = False
    """Several files of it are one answer: results and names, an election and its counties."""
