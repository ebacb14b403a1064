"""Ask a source for what is new: conditional requests, bounded in time and size."""

import asyncio
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
import structlog
from pydantic import SecretStr
from yarl import URL

from bot.box.box import Box, WorkerEndedError
from bot.count.reading import Reading
from bot.desk.desk_file import Source
from bot.desk.settings import secret
from bot.errors import BadInputError, TallydeskError
from bot.feeds.boxed import read_answer
from bot.feeds.reader import ReaderContext, Refusal, shortened

if TYPE_CHECKING:
    from bot.feeds.recording import Recorder, Recording

LARGEST = 64 * 1024 * 1024
"""Bytes of an answer; a larger one is refused before it is in memory."""

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)

MOST_REDIRECTS = 5

MOST_TOLD = 64 * 1024
"""Bytes of a refusal's body that are looked at."""

_MOVED = frozenset({301, 302, 303, 307, 308})

_LATER = frozenset({403, 429, 503})
"""Refusals that may say after how many seconds to ask again."""

_QUOTA = b"quota exceeded"

_QUOTA_WAIT = 7.5
"""Seconds: AP asks for five to ten (developer.ap.org, Working_with_Query_Quotas)."""

_LONGEST_WHY = 300

_ADDRESS = re.compile(r"https?://[^\s'\"]+")

log = structlog.get_logger()


class FeedError(TallydeskError):
    """A source can't be reached or does not answer as it should; the sentence names the source."""

    def __init__(self, sentence: str, wait: float | None = None) -> None:
        """Say what is wrong, and after how many seconds the source wants to be asked again, where it says so."""
        super().__init__(sentence)
        self.wait = wait


class NoKeyError(FeedError):
    """A source asks for a key, and none is set."""


class NotFoundError(FeedError):
    """There is nothing at an address."""


class FeedRefusedError(FeedError):
    """A source answered, and nothing of its answer can be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What a source said of its last answer, to ask only for news the next time."""

    etag: str | None = None
    modified: str | None = None
    digest: bytes | None = None
    """SHA-256 of its body: many sites never answer that nothing was modified."""


@dataclass(frozen=True, slots=True)
class News:
    """What a source has that it did not have before."""

    readings: tuple[Reading, ...]
    refusals: tuple[Refusal, ...]
    standing: frozenset[tuple[str, str]] = frozenset()
    """(contest, count) of readings that are not said again because they have not changed: of feeds that tell only
    what has."""
    unvoted: tuple[str, ...] = ()
    """The keys of contests in which there is no vote yet."""

    @property
    def covered(self) -> frozenset[tuple[str, str]]:
        """(contest, count) of each reading that the source stands by, by its own keys."""
        return self.standing.union((reading.contest, reading.count) for reading in self.readings)


@dataclass(frozen=True, slots=True)
class FetchedAnswer:
    """What an address answered."""

    body: bytes
    marks: Marks
    modified: datetime | None


class Feed:
    """One source that is fetched: asks its address, reads the answer, remembers what makes the next request conditional."""

    largest: int | None = None
    """Bytes of an answer; None: `LARGEST`."""

    def __init__(self, source: Source, session: aiohttp.ClientSession, box: Box) -> None:
        """Ask `source` through `session`, and read its answers in `box`."""
        if source.format is None or source.url is None:
            raise ValueError(f"{source.id} is not fetched")
        self.source = source
        self._format = source.format
        self._url = source.url
        self._session = session
        self._box = box
        self._marks = Marks()
        self._secret: SecretStr | None = None
        self.uploads: Mapping[str, datetime] = {}
        """When each unit last uploaded to the source, by the unit's name, where the source says so."""
        self.tests: set[str] | None = None
        """As in `ReaderContext`."""
        self.recorder: Recorder | None = None
        """Keeps every new answer."""
        self.recording: Recording | None = None
        """What was recorded, which is asked instead of the source."""
        self._now: datetime | None = None

    def forget(self) -> None:
        """Take the next answer for news, whatever it is: the last one was not taken in."""
        self._marks = Marks()

    def takes_test(self) -> bool:
        """Return True if test data is taken, and note that there is some."""
        if self.tests is None:
            return False
        self.tests.add(self.source.id)
        return True

    async def news(self, now: datetime) -> News | None:
        """Return what is new at the source, or None when nothing is.

        Args:
            now: the news clock's time: the readings' own time where the source gives none.

        Raises:
            RefusedError: its answer can't be used.
            FeedError: it can't be reached.

        """
        self._now = now
        try:
            return await self._ask(now)
        except BaseException:
            self.forget()
            raise

    async def body(self) -> bytes:
        """Return what is at the source's address, whatever format it is in.

        Raises:
            FeedError: it can't be reached.

        """
        answer = await self._get(self._url)
        return answer.body if answer else b""

    async def _ask(self, now: datetime) -> News | None:
        answer = await self._get(self._url, self._marks)
        return None if answer is None else await self._read(answer, self._url, now)

    @staticmethod
    def shown(address: str | URL) -> str:
        """Return an address as errors show it: without what may be a key."""
        return _shown(address)

    async def _read(self, answer: FetchedAnswer, address: str, now: datetime, beside: tuple[bytes, ...] = ()) -> News:
        """Read an answer, with those that stand beside it where several files are one."""
        context = ReaderContext(
            _shown(address),
            min(answer.modified, now) if answer.modified else now,
            None if answer.modified else "received",
            self.source.id,
            self.source.layout,
            self.tests,
            beside,
        )
        try:
            readings, refusals = await read_answer(self._box, self._format, answer.body, context)
        except WorkerEndedError as error:
            raise FeedError(f"{self.source.id}: {error}") from None
        except BadInputError as error:
            raise FeedRefusedError(f"{self.source.id}: {error}") from None
        self._marks = answer.marks
        return News(tuple(readings), tuple(refusals), unvoted=tuple(context.unvoted))

    async def _get(self, address: str | URL, marks: Marks | None = None) -> FetchedAnswer | None:
        """Return what is at an address, or None when it is what it was when it had these marks.

        Raises:
            FeedError: it can't be had; the sentence shows neither a key nor what may be one.

        """
        text = _shown(address)
        if self.recording is not None:
            return self._recorded(self.recording, address, marks or Marks())
        try:
            answer = await self._followed(URL(address), marks or Marks(), text)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise FeedError(f"{self.source.id}: {text} can't be read ({_why(error)})") from None
        if answer is not None and self.recorder is not None and self._now is not None:
            kept = (self.source.id, address, answer.body, self._now, answer.marks.etag, answer.marks.modified)
            try:
                await asyncio.to_thread(self.recorder.keep, *kept)
            except TallydeskError as error:  # what is recorded is for later; what is read is for now
                log.error("an answer was not recorded", source=self.source.id, why=str(error))  # noqa: TRY400 - the error is one plain line
        return answer

    def _recorded(self, recording: "Recording", address: str | URL, marks: Marks) -> FetchedAnswer | None:
        """Return what an address answered by the recording's time; None: the same as when it had these marks."""
        found = recording.newest(self.source.id, address)
        if found is None:
            raise NotFoundError(f"{self.source.id}: nothing of {_shown(address)} was recorded by then")
        now = Marks(found.etag or f'"{found.body}"', found.modified)
        return None if now == marks else FetchedAnswer(recording.body(found), now, found.modified_at)

    async def _followed(self, url: URL, marks: Marks, text: str) -> FetchedAnswer | None:
        """Ask, and go where the answer sends us."""
        for _ in range(MOST_REDIRECTS + 1):
            async with self._session.get(
                url, headers=self._headers(url, marks), allow_redirects=False, timeout=TIMEOUT
            ) as response:
                if response.status not in _MOVED:
                    return await self._answer(response, marks, text)
                url = self._moved(url, response.headers.get("Location"), text)
        raise FeedError(f"{self.source.id}: {text} can't be read (it sends us on more than {MOST_REDIRECTS} times)")

    def _moved(self, url: URL, location: str | None, text: str) -> URL:
        try:
            target = url.join(URL(location or ""))
        except ValueError:
            target = URL()
        if not location or target.scheme not in ("http", "https") or not target.host:
            raise FeedError(f"{self.source.id}: {text} sends us on to nowhere")
        if url.scheme == "https" and target.scheme != "https":
            raise FeedError(f"{self.source.id}: {text} sends us on to an address without https, {_shown(target)}")
        return target

    def _headers(self, url: URL, marks: Marks) -> dict[str, str]:
        headers = {
            "Accept-Encoding": "gzip, deflate",
            "If-None-Match": marks.etag,
            "If-Modified-Since": marks.modified,
            "User-Agent": self.source.user_agent,
            "x-api-key": self._key() if url.origin() == URL(self._url).origin() else None,
        }
        return {name: value for name, value in headers.items() if value}

    def _key(self) -> str | None:
        """Return the source's key, for its own address only; it is looked up once.

        Raises:
            FeedError: there is none, or it can't be one.

        """
        if (name := self.source.key_env) is None:
            return None
        try:
            self._secret = self._secret or secret(name)
        except BadInputError as error:
            raise FeedError(f"{self.source.id}: {error}") from None
        if self._secret is None:
            raise NoKeyError(f"{self.source.id}: its key is missing: set {name} in the environment or in .env")
        return self._secret.get_secret_value()

    async def _answer(self, response: aiohttp.ClientResponse, marks: Marks, text: str) -> FetchedAnswer | None:
        if response.status == HTTPStatus.NOT_MODIFIED:
            return None
        if response.status != HTTPStatus.OK:
            kind = NotFoundError if response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) else FeedError
            said = f"{self.source.id}: {text} answered {response.status} {response.reason or ''}".rstrip()
            raise kind(said, await _wait(response))
        body, digest = await self._body(response, text)
        found = Marks(response.headers.get("ETag"), response.headers.get("Last-Modified"), digest)
        if (digest, found.modified) == (marks.digest, marks.modified):
            return None
        return FetchedAnswer(body, found, _time_of(found.modified))

    async def _body(self, response: aiohttp.ClientResponse, text: str) -> tuple[bytes, bytes]:
        """Return the body and its SHA-256."""
        body, digest = bytearray(), hashlib.sha256()
        async for part in response.content.iter_chunked(1 << 16):  # unpacked: aiohttp hands on a little at a time
            body += part
            digest.update(part)
            if len(body) > (largest := self.largest or LARGEST):
                raise FeedRefusedError(f"{self.source.id}: {text} is larger than {largest >> 20} MiB")
        return bytes(body), digest.digest()


async def _wait(response: aiohttp.ClientResponse) -> float | None:
    """Return after how many seconds a refusal wants to be asked again, None where it does not say."""
    if response.status not in _LATER:
        return None
    after = response.headers.get("Retry-After", "")
    if after.isascii() and after.isdecimal():
        return float(after[:9])
    said = (response.reason or "").encode() + await response.content.read(MOST_TOLD)
    return _QUOTA_WAIT if _QUOTA in said.lower() else None


def _why(error: Exception) -> str:
    """Return what aiohttp says went wrong, short, and without the whole of an address."""
    text = str(error)
    if isinstance(error, aiohttp.ClientResponseError):
        text = error.message.partition("\n")[0]
    elif isinstance(error, aiohttp.ClientConnectorError) and not isinstance(error, aiohttp.ClientSSLError):
        cause = error.os_error  # which says it without aiohttp's own words
        failed = cause.errno if "Connect call failed" in str(cause) else None
        text = os.strerror(failed) if failed else cause.strerror or text
    plain = _ADDRESS.sub(lambda found: _shown(found[0]), " ".join(text.split())).rstrip(":")
    return shortened(plain, _LONGEST_WHY) or "no answer in time"


def _time_of(header: str | None) -> datetime | None:
    if header is None:
        return None
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else None


def _shown(address: str | URL) -> str:
    """Return an address as errors show it: its host alone, for a path or a query may be a key (a calendar's is)."""
    try:
        return URL(address).host_port_subcomponent or "an address without a host"
    except ValueError:
        return "an address that can't be one"
