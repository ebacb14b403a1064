"""Ask a source for what is new: conditional requests, bounded in time and size."""

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp
from yarl import URL

from bot.count.reading import Reading
from bot.deskfile import Source
from bot.errors import BadInputError, TallydeskError
from bot.sources.formats import reader_of
from bot.sources.reader import Context, Refusal

LARGEST = 64 * 1024 * 1024
"""Bytes of an answer; a larger one is refused before it is in memory."""
TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)


class FeedError(TallydeskError):
    """A source can't be reached or does not answer as it should; the sentence names the source."""


class NotFoundError(FeedError):
    """There is nothing at an address."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What a source said of its last answer, to ask only for news the next time."""

    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What a source has that it did not have before."""

    readings: tuple[Reading, ...]
    refusals: tuple[Refusal, ...]

    @property
    def covered(self) -> frozenset[tuple[str, str]]:
        """(contest, count) of each reading, by the source's own keys."""
        return frozenset((reading.contest, reading.count) for reading in self.readings)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered."""

    body: bytes
    marks: Marks
    modified: datetime | None


class Feed:
    """One source that is fetched."""

    def __init__(self, source: Source, session: aiohttp.ClientSession) -> None:
        """Ask `source` through `session`."""
        if source.format is None or source.url is None:
            raise ValueError(f"{source.id} is not fetched")
        self.source = source
        self._format = source.format
        self._url = source.url
        self._session = session
        self._marks = Marks()
        self.uploads: Mapping[str, datetime] = {}
        """When each unit last uploaded to the source, by the unit's name, where the source says so."""

    def forget(self) -> None:
        """Take the next answer for news, whatever it is: the last one was not taken in."""
        self._marks = Marks()

    async def news(self, now: datetime) -> News | None:
        """Return what is new at the source, or None when nothing is.

        Args:
            now: the news clock's time: the readings' own time where the source gives none.

        Raises:
            FeedError: it can't be reached, or its answer can't be parsed.

        """
        try:
            return await self._ask(now)
        except BaseException:
            self.forget()
            raise

    async def _ask(self, now: datetime) -> News | None:
        answer = await self._get(self._url, self._marks)
        return None if answer is None else await self._read(answer, self._url, now)

    @staticmethod
    def shown(address: str) -> str:
        """Return an address as errors show it: without what may be a key."""
        return _shown(address)

    async def _read(self, answer: Answer, address: str, now: datetime) -> News:
        read = reader_of(self._format)
        context = Context(
            _shown(address), min(answer.modified, now) if answer.modified else now,
            None if answer.modified else "received", self.source.id,
        )  # fmt: skip
        try:
            # In a thread of its own: a large answer would keep everybody else waiting for seconds.
            items = await asyncio.to_thread(lambda: list(read(io.BytesIO(answer.body), context)))
        except BadInputError as error:
            raise FeedError(f"{self.source.id}: {error}") from None
        self._marks = answer.marks
        return News(
            tuple(item for item in items if isinstance(item, Reading)),
            tuple(item for item in items if isinstance(item, Refusal)),
        )

    async def _get(self, address: str, marks: Marks | None = None) -> Answer | None:
        """Return what is at an address, or None when it is what it was when it had these marks."""
        marks = marks or Marks()
        shown = _shown(address)
        headers = {
            "If-None-Match": marks.etag,
            "If-Modified-Since": marks.modified,
            "User-Agent": self.source.user_agent,
        }
        try:
            async with self._session.get(
                address, headers={name: value for name, value in headers.items() if value}, timeout=TIMEOUT
            ) as response:
                if response.status == HTTPStatus.NOT_MODIFIED:
                    return None
                if response.status != HTTPStatus.OK:
                    kind = NotFoundError if response.status == HTTPStatus.NOT_FOUND else FeedError
                    raise kind(f"{self.source.id}: {shown} answered {response.status} {response.reason or ''}".rstrip())
                body = await self._body(response, shown)
                found = Marks(response.headers.get("ETag"), response.headers.get("Last-Modified"))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            why = " ".join(str(error).split()).replace(address, shown) or "no answer in time"
            raise FeedError(f"{self.source.id}: {shown} can't be read ({why})") from None
        return Answer(body, found, _time_of(found.modified))

    async def _body(self, response: aiohttp.ClientResponse, shown: str) -> bytes:
        parts, size = [], 0
        async for part in response.content.iter_chunked(1 << 16):
            size += len(part)
            if size > LARGEST:
                raise FeedError(f"{self.source.id}: {shown} is larger than {LARGEST >> 20} MiB")
            parts.append(part)
        return b"".join(parts)


def _time_of(header: str | None) -> datetime | None:
    if header is None:
        return None
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else None


def _shown(address: str) -> str:
    """Return an address as errors show it: without what may be a key."""
    url = URL(address)
    return str(url.with_user(None).with_query(None).with_fragment(None))
