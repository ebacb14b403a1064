"""Recordings: every new answer from every source, stored with its time and headers for later rehearsals.

    FOLDER/answers.jsonl          a line for each answer: at, source, address (without keys), etag, modified, body
    FOLDER/bodies/{sha256}.gz     the bodies, each once

You may delete lines of `answers.jsonl`, and bodies that no line needs. Reading an answer whose body is missing is an
error.
"""

import gzip
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from yarl import URL

from bot.count.reading import describe_refusal
from bot.errors import BadInputError, TallydeskError
from bot.files import make_folder, make_private

ANSWERS, BODIES = "answers.jsonl", "bodies"
MOST_BYTES, MOST_DAYS = 4 << 30, 60
"""The most bytes and days of a recording. Beyond that, the oldest answers are deleted."""
_LARGEST_BODY = 256 << 20
_KEYS = ("key", "token", "secret", "auth", "sig", "pass")
"""A query parameter whose name contains one of these words may be a key, and is not recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAnswer:
    """One recorded answer of a source. Its body is in a separate file."""

    at: datetime
    """When the answer arrived, as an aware time."""
    source: str
    address: str
    etag: str | None = None
    modified: str | None = None
    """The header `Last-Modified`, unparsed."""
    body: str
    """SHA-256 of the body, in hex."""

    @property
    def modified_at(self) -> datetime | None:
        """The time in `Last-Modified`, aware, or None."""
        try:
            found = parsedate_to_datetime(self.modified) if self.modified else None
        except (ValueError, OverflowError):
            return None
        return found if found and found.tzinfo else None


_LINE = TypeAdapter(RecordedAnswer)


def address_without_keys(address: str | URL) -> str:
    """Return an address in the form that is recorded.

    User, password, fragment and anything that may be a key are removed.
    """
    url = URL(address).with_user(None).with_fragment(None)
    query = [(name, value) for name, value in url.query.items() if not any(key in name.casefold() for key in _KEYS)]
    return str(url.with_query(query))


class Recorder:
    """A recorder of answers in a folder, with limits on the days and bytes that it keeps."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES, most_days: int = MOST_DAYS) -> None:
        """Create a recorder that continues the recording in `folder`, or starts a new one.

        A missing folder is created.

        Raises:
            TallydeskError: the folder can't be written to, or its contents are not a recording.
        """
        self._folder, self._most_bytes, self._age = folder, most_bytes, timedelta(days=most_days)
        try:
            make_folder(folder / BODIES)
            if not (folder / ANSWERS).exists():
                make_private(folder / ANSWERS)
        except OSError as error:
            raise _write_error(folder, error) from None
        self._answers = answers_in(folder)
        self._sizes = {path.name: path.stat().st_size for path in (folder / BODIES).iterdir()}
        self._last = {(one.source, one.address): one.body for one in self._answers}
        self.kept = 0
        """How many answers this recorder has stored."""

    def keep(
        self, source: str, address: str | URL, body: bytes, at: datetime, etag: str | None, modified: str | None
    ) -> bool:
        """Store an answer, unless its body equals the body of the last answer. Returns True if the answer was stored.

        Raises:
            TallydeskError: the answer can't be written.

        """
        digest, text = hashlib.sha256(body).hexdigest(), address_without_keys(address)
        if self._last.get((source, text)) == digest:
            return False
        answer = RecordedAnswer(at=at, source=source, address=text, etag=etag, modified=modified, body=digest)
        try:
            self._write_body(digest, body)
            self._prune(at, digest)
            with (self._folder / ANSWERS).open("ab") as file:
                file.write(_LINE.dump_json(answer) + b"\n")
        except OSError as error:
            raise _write_error(self._folder, error) from None
        self._answers.append(answer)
        self._last[source, text] = digest
        self.kept += 1
        return True

    def _write_body(self, digest: str, body: bytes) -> None:
        path = self._folder / BODIES / f"{digest}.gz"
        if not path.exists():
            part = path.with_suffix(".part")
            part.unlink(missing_ok=True)
            make_private(part)
            part.write_bytes(gzip.compress(body, 6, mtime=0))
            part.replace(path)
            self._sizes[path.name] = path.stat().st_size

    def _prune(self, now: datetime, wanted: str) -> None:
        """Delete answers that are too old, and the oldest if the folder is too large.

        The body `wanted`, which belongs to the new answer, is not deleted.
        """
        sizes = dict(self._sizes)
        kept = [one for one in self._answers if now - one.at <= self._age]
        while kept and sum(sizes.values()) > self._most_bytes:
            gone = kept.pop(0)
            if gone.body != wanted and all(one.body != gone.body for one in kept):
                sizes.pop(f"{gone.body}.gz", None)
        if len(kept) == len(self._answers):
            return
        used = {f"{wanted}.gz"} | {f"{one.body}.gz" for one in kept}
        part = self._folder / f"{ANSWERS}.part"
        part.unlink(missing_ok=True)
        make_private(part)
        part.write_bytes(b"".join(_LINE.dump_json(one) + b"\n" for one in kept))
        part.replace(self._folder / ANSWERS)
        for one in self._answers:
            if f"{one.body}.gz" not in used:
                (self._folder / BODIES / f"{one.body}.gz").unlink(missing_ok=True)
                self._sizes.pop(f"{one.body}.gz", None)
        self._answers = kept


@dataclass(slots=True)
class Recording:
    """A recording, as seen at a certain time."""

    folder: Path
    answers: Sequence[RecordedAnswer]
    """All answers, in order of time."""
    now: datetime
    """The news clock's time. Later answers are not visible yet."""

    def newest(self, source: str, address: str | URL) -> RecordedAnswer | None:
        """Return the latest answer from an address up to `self.now`, or None."""
        text = address_without_keys(address)
        found = [one for one in self.answers if (one.source, one.address) == (source, text) and one.at <= self.now]
        return found[-1] if found else None

    def body(self, answer: RecordedAnswer) -> bytes:
        """Return the body of an answer.

        Raises:
            BadInputError: the body is missing, damaged, or too large.

        """
        path = self.folder / BODIES / f"{answer.body}.gz"
        try:
            with gzip.open(path) as file:
                body = file.read(_LARGEST_BODY + 1)
        except (OSError, EOFError) as error:
            raise BadInputError(f"{path}: can't be read ({error}): take its lines out of {ANSWERS}") from None
        if len(body) > _LARGEST_BODY or hashlib.sha256(body).hexdigest() != answer.body:
            raise BadInputError(f"{path}: is not what was recorded: take its lines out of {ANSWERS}")
        return body


def open_recording(folder: Path) -> Recording:
    """Open the recording in a folder. Its time is set to that of its first answer.

    Raises:
        BadInputError: there is no recording, or the recording is empty.
    """
    answers = answers_in(folder)
    if not answers:
        raise BadInputError(f"{folder}: there is no recording in it; tallydesk record makes one")
    answers.sort(key=lambda one: one.at)
    return Recording(folder, answers, answers[0].at)


def answers_in(folder: Path) -> list[RecordedAnswer]:
    """Return the answers of the recording in a folder, without their bodies.

    Raises:
        BadInputError: there is no recording, or one of its lines is wrong. The error names the line.

    """
    path = folder / ANSWERS
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise BadInputError(f"{path}: can't be read ({error.strerror}): {os.fspath(folder)} is no recording") from None
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            one = _LINE.validate_json(line)
        except ValidationError as error:
            raise BadInputError(f"{path}:{number}: {describe_refusal(error, whole='it')}") from None
        if one.at.tzinfo is None:
            raise BadInputError(f"{path}:{number}: the time should have a zone")
        found.append(one)
    return found


def _write_error(folder: Path, error: OSError) -> TallydeskError:
    return TallydeskError(f"{folder}: the recording can't be written ({error.strerror or error})")
