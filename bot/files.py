"""Files that Tallydesk writes: for their owner's eyes alone, and whole or not there at all."""

import os
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TextIO

OURS_ALONE = 0o600


class WholeFile:
    """A text that takes a file's place in one step when it is whole.

    A link is followed to the file that it names. A device or a pipe is written to as it is: nothing can be put in its
    place, and nothing of it can be lost.
    """

    stream: TextIO
    """Where to write it, in UTF-8, line ends as given."""

    def __init__(self, path: Path) -> None:
        """Begin a text for `path`; what is there stays as it is until `put`.

        Raises:
            OSError: nothing can be written there.

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
        """Let it take the file's place.

        Raises:
            OSError: it can't be written; the file is as it was.

        """
        self.stream.close()
        if self._beside is not None:
            put(self._beside, self._target)

    def close(self) -> None:
        """Leave nothing behind of what was not put."""
        try:
            self.stream.close()
        finally:
            if self._beside is not None:
                self._beside.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text to a file, whole or not at all.

    Raises:
        OSError: it can't be written; the file is as it was.

    """
    with closing(WholeFile(path)) as file:
        file.stream.write(text)
        file.put()


def make_folder(path: Path) -> None:
    """Make a folder that nobody but its owner can look into, and those above it that are missing; one that is there stays.

    Raises:
        OSError: it can't be made, or is no folder.

    """
    for folder in reversed((path, *path.parents)):
        folder.mkdir(mode=0o700, exist_ok=True)


def make_private(path: Path) -> None:
    """Make an empty file that nobody but its owner can read.

    Raises:
        OSError: it is there already, or can't be made.

    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OURS_ALONE))


def keep_private(path: Path) -> None:
    """Take from everybody but its owner what they may do with a file; one of another owner is left as it is."""
    found = path.stat()
    if os.name == "posix" and found.st_uid == os.geteuid() and found.st_mode & 0o077:
        path.chmod(OURS_ALONE)


def put(part: Path, target: Path) -> None:
    """Give a whole file its name, in one step that survives a loss of power; it replaces what has the name."""
    _flush(part)
    part.replace(target)
    if os.name == "posix":
        _flush(target.parent)  # or a loss of power could take the new name back


def _flush(path: Path) -> None:
    """Have the disk keep what was written to a file or folder."""
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
