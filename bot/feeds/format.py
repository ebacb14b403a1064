"""The declaration of a results format. Each format's module has one, called `FORMAT`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from bot.count.reading import Reading
from bot.feeds.reader import ReaderContext, Refusal

if TYPE_CHECKING:
    from bot.feeds.clarity.settings import CountyUpload
    from bot.feeds.recognise import Beginning

LineReader: TypeAlias = Callable[[BinaryIO, ReaderContext], "Iterator[Reading | CountyUpload | Refusal]"]
"""Reads one file as a `Reader` does, but may also yield items other than readings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A results format."""

    name: str
    """The name in the desk file and after `--format`."""
    read: LineReader
    begins: "Callable[[Beginning], bool] | None"
    """Returns True if a file looks like one of this format; None if another format's check finds its files."""
    every: str = "2m"
    """The shortest time between requests that does not burden its sites, as in the desk file: `2m`."""
    is_one_answer: bool = False
    """Whether several files make up one answer, such as one with votes and one with names."""
