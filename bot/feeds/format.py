"""The class that declares a results format. Each format's module has an instance called `FORMAT`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from bot.count.reading import Reading
from bot.feeds.reader import ReaderContext, Refusal

if TYPE_CHECKING:
    from bot.feeds.clarity.settings import CountyUpload
    from bot.feeds.recognise import Beginning

LineReader: TypeAlias = Callable[[BinaryIO, ReaderContext], "Iterator[Reading | CountyUpload | Refusal]"]
"""Reads a file as a `Reader` does, but may also yield items other than readings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A results format: its name, its reader, and how to recognize its files."""

    name: str
    """The name in the desk file and after `--format`."""
    read: LineReader
    begins: "Callable[[Beginning], bool] | None"
    """Returns True if a file looks like this format. None if the check of another format finds such files."""
    every: str = "2m"
    """The shortest time between requests that does not burden the format's sites, as in the desk file: `2m`."""
    is_one_answer: bool = False
    """True if several files form one answer, such as a file with votes and one with names."""
