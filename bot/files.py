"""Writes files that only their owner can read, whole or not at all."""

import os
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TextIO

OURS_ALONE = 0o600


class WholeFile:
    """A text file that is written under another name and replaces the old file in one step.

    A symbolic link is followed. A device or a pipe is written to directly, since it can't be replaced.
    """

    stream: TextIO
    """The stream to write to, in UTF-8; line ends are not translated."""

    def __init__(self, path: Path) -> None:
        """Create a new file that will replace the file at `path`. The old file stays unchanged until `put` is called.

        Raises:
            OSError: no file can be written in that folder.
        """
        self._target = path.resolve()
        self._beside: Path | None = None
        if self._target.exists() and not self._target.is_file():
            self.stream = self._target.open("w", encoding="utf-8", newline="")
            return
        handle, beside = tempfile.mkstemp(".part", f".{self._target.name}.", self._target.parent)
        self._beside = Path(beside)
        self.stream = os.fdopen(handle, "w", encoding="utf-8", newline="")

    def put(self) -> None:
        """Replace the existing file with the new one.

        Raises:
            OSError: the new file can't be written. The existing file is unchanged.

        """
        self.stream.close()
        if self._beside is not None:
            put(self._beside, self._target)

    def close(self) -> None:
        """Close the stream. Unless `put` was called, the new file is deleted."""
        try:
            self.stream.close()
        finally:
            if self._beside is not None:
                self._beside.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text to a file, whole or not at all.

    Raises:
        OSError: the text can't be written. An existing file is unchanged.

    """
    with closing(WholeFile(path)) as file:
        file.stream.write(text)
        file.put()


def make_folder(path: Path) -> None:
    """Create a folder that only its owner can open, and its missing parents. An existing folder is not changed.

    Raises:
        OSError: the folder can't be created, or the path is not a folder.

    """
    for folder in reversed((path, *path.parents)):
        folder.mkdir(mode=0o700, exist_ok=True)


def make_private(path: Path) -> None:
    """Create an empty file that only its owner can read.

    Raises:
        OSError: the file exists already, or can't be created.

    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OURS_ALONE))


def keep_private(path: Path) -> None:
    """Remove all permissions on a file except its owner's. Another user's file is not changed."""
    found = path.stat()
    if os.name == "posix" and found.st_uid == os.geteuid() and found.st_mode & 0o077:
        path.chmod(OURS_ALONE)


def put(part: Path, target: Path) -> None:
    """Rename a finished file to `target`, in one step that survives a power failure.

    An existing target is replaced.
    """
    _flush(part)
    part.replace(target)
    if os.name == "posix":
        _flush(target.parent)  # else a power failure could undo the renaming


def _flush(path: Path) -> None:
    """Flush a file or folder to the disk (fsync)."""
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
