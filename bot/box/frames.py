"""Frames: the messages between the bot and its workers, each preceded by its length."""

import struct
from enum import Enum
from typing import BinaryIO

_LENGTH = struct.Struct(">I")


class Mark(Enum):
    """The first byte of a frame in an answer, which identifies the kind of frame."""

    BEGUN = b">"
    """The job has loaded what it needs; its time starts now."""
    PART = b"="
    """A part of the answer."""
    END = b"."
    """The answer is complete, and the worker can take another job."""
    SPENT = b","
    """The answer is complete, but the worker uses too much memory for another job."""
    REFUSED = b"!"
    """The job refuses its input; the rest is the error message."""
    MEMORY = b"m"
    """The job ran out of memory."""
    FAILED = b"?"
    """The job has a bug; the rest is the traceback."""


def write_frame(stream: BinaryIO, *parts: bytes) -> None:
    """Write one frame that consists of these parts."""
    stream.write(_LENGTH.pack(sum(map(len, parts))))
    stream.writelines(parts)


def read_frame(stream: BinaryIO, most: int = 1 << 31) -> bytes:
    """Read the next frame.

    Raises:
        EOFError: the other process has ended.
        OverflowError: the frame is longer than `most` bytes.

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
