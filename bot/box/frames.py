"""Frames: what the bot and its workers write to each other, each with its length before it."""

import struct
from enum import Enum
from typing import BinaryIO

_LENGTH = struct.Struct(">I")


class Mark(Enum):
    """What a frame of an answer is, by its first byte."""

    BEGUN = b">"
    """What the job needs is loaded: its time begins."""
    PART = b"="
    """A part of the answer."""
    END = b"."
    """The answer is complete, and the worker can take another job."""
    SPENT = b","
    """The answer is complete, and the worker holds too much memory for another job."""
    REFUSED = b"!"
    """The job refuses what it was given; the rest is its sentence."""
    MEMORY = b"m"
    """The job ran out of memory."""
    FAILED = b"?"
    """The job has a mistake; the rest is its traceback."""


def write_frame(stream: BinaryIO, *parts: bytes) -> None:
    """Write a frame that consists of these parts."""
    stream.write(_LENGTH.pack(sum(map(len, parts))))
    stream.writelines(parts)


def read_frame(stream: BinaryIO, most: int = 1 << 31) -> bytes:
    """Return the next frame.

    Raises:
        EOFError: the other side has ended.
        OverflowError: it is longer than `most` bytes.

    """
    (length,) = _LENGTH.unpack(_read(stream, _LENGTH.size))
    if length > most:
        raise OverflowError
    return _read(stream, length)


def _read(stream: BinaryIO, length: int) -> bytes:
    found = stream.read(length)
    if len(found) < length:
        raise EOFError
    return found
