"""Requests a source's address, conditionally (ETag, Last-Modified), with limits of time and size.

Redirects are followed here and not by aiohttp, so that a key goes only to its own site and https never leads to http.
"""

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
"""The most bytes of an answer, unpacked. Reading stops there, and the answer is refused."""

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)

MOST_REDIRECTS = 5

MOST_ERROR_BYTES = 64 * 1024
"""How many bytes of an error response are searched for its reason."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_MAY_WAIT = frozenset({403, 429, 503})
"""Statuses that may come with a time to wait."""

_QUOTA = b"quota exceeded"

_QUOTA_WAIT = 7.5
"""AP asks for five to ten seconds (developer.ap.org, Working_with_Query_Quotas)."""

_LONGEST_WHY = 300

_ADDRESS = re.compile(r"https?://[^\s'\"]+")

log = structlog.get_logger()


class FeedError(TallydeskError):
    """Raised if a source can't be reached, or its answer can't be used.

    The message names the source and shows no key.
    """

    def __init__(self, sentence: str, wait: float | None = None) -> None:
        """Create an error with a message and, if known, a time to wait.

        Args:
            sentence: the message.
            wait: after how many seconds the source may be requested again, if the source specifies that.
        """
        super().__init__(sentence)
        self.wait = wait


class NoKeyError(FeedError):
    """Raised if a source needs a key, and none is set."""


class NotFoundError(FeedError):
    """Raised if an address answered 404 or 410, or a recording has no answer for it."""


class FeedRefusedError(FeedError):
    """Raised if a source answered, but nothing in the answer can be used. The message gives the reason."""


@dataclass(frozen=True, slots=True)
class Validators:
    """HTTP validators of an answer, which make the next request conditional, and a digest of its body."""

    etag: str | None = None
    modified: str | None = None
    digest: bytes | None = None
    """SHA-256 of the body, since many sites never answer 304 Not Modified."""


@dataclass(frozen=True, slots=True)
class News:
    """The result of a poll: the readings and refusals, if the source's answer had changed."""

    readings: tuple[Reading, ...]
    refusals: tuple[Refusal, ...]
    unchanged: frozenset[tuple[str, str]] = frozenset()
    """(contest, count) of readings that are unchanged and not repeated in the news. For feeds that send only
    changes.
    """
    no_votes_yet: tuple[str, ...] = ()
    """Keys of contests that have no votes yet."""

    @property
    def covered(self) -> frozenset[tuple[str, str]]:
        """The (contest, count) of each reading that the source has now, whether it is new or unchanged.

        Contests are given by the source's keys.
        """
        return self.unchanged.union((reading.contest, reading.count) for reading in self.readings)


@dataclass(frozen=True, slots=True)
class FetchedAnswer:
    """The answer from an address. `modified` is its Last-Modified header as an aware time, or None."""

    body: bytes
    validators: Validators
    modified: datetime | None


class Feed:
    """A source that is polled.

    It requests an address, reads the answer, and remembers the validators for the next request.
    """

    largest: int | None = None
    """The most bytes of an answer; None means `LARGEST`."""

    def __init__(self, source: Source, session: aiohttp.ClientSession, box: Box) -> None:
        """Create a poller of `source`.

        Requests go through `session`, and answers are read in a worker process of `box`.
        """
        if source.format is None or source.url is None:
            raise ValueError(f"{source.id} is not fetched")
        self.source = source
        self._format = source.format
        self._url = source.url
        self._session = session
        self._box = box
        self._validators = Validators()
        self._secret: SecretStr | None = None
        self.uploads: Mapping[str, datetime] = {}
        """When each unit last uploaded its results to the source, by the unit's name; empty if the source doesn't say."""
        self.tests: set[str] | None = None
        """As in `ReaderContext`."""
        self.recorder: Recorder | None = None
        """Records every new answer, if set."""
        self.recording: Recording | None = None
        """A recording that is read in place of the source, if set."""
        self._now: datetime | None = None

    def forget(self) -> None:
        """Treat the next answer as new, even if it is unchanged, because the last answer could not be stored."""
        self._validators = Validators()

    def takes_test(self) -> bool:
        """Return True if test data is accepted, and record that this source has test data."""
        if self.tests is None:
            return False
        self.tests.add(self.source.id)
        return True

    async def news(self, now: datetime) -> News | None:
        """Poll the source. Returns its news, or None if nothing has changed.

        Args:
            now: the news clock's time, which is used for readings without a time.


        Raises:
            FeedRefusedError: the answer can't be used.
            FeedError: the source can't be reached.
        """
        self._now = now
        try:
            return await self._ask(now)
        except BaseException:
            self.forget()
            raise

    async def body(self) -> bytes:
        """Return the bytes at the source's address.

        Raises:
            FeedError: the source can't be reached.

        """
        answer = await self._get(self._url)
        return answer.body if answer else b""

    async def _ask(self, now: datetime) -> News | None:
        answer = await self._get(self._url, self._validators)
        return None if answer is None else await self._read(answer, self._url, now)

    @staticmethod
    def host_of(address: str | URL) -> str:
        """Return an address's host for use in errors, since the rest of the address may contain a key."""
        return _host_of(address)

    async def _read(
        self, answer: FetchedAnswer, address: str, now: datetime, other_files: tuple[bytes, ...] = ()
    ) -> News:
        """Read an answer. If the answer consists of several files, `other_files` are the rest."""
        context = ReaderContext(
            _host_of(address),
            min(answer.modified, now) if answer.modified else now,
            None if answer.modified else "received",
            self.source.id,
            self.source.layout,
            self.tests,
            other_files,
        )
        try:
            readings, refusals = await read_answer(self._box, self._format, answer.body, context)
        except WorkerEndedError as error:
            raise FeedError(f"{self.source.id}: {error}") from None
        except BadInputError as error:
            raise FeedRefusedError(f"{self.source.id}: {error}") from None
        self._validators = answer.validators
        return News(tuple(readings), tuple(refusals), no_votes_yet=tuple(context.no_votes_yet))

    async def _get(self, address: str | URL, validators: Validators | None = None) -> FetchedAnswer | None:
        """Return the answer from an address; None if it is unchanged since these validators.

        Raises:
            FeedError: there is no answer. The message shows no key.

        """
        text = _host_of(address)
        if self.recording is not None:
            return self._from_recording(self.recording, address, validators or Validators())
        try:
            answer = await self._request(URL(address), validators or Validators(), text)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise FeedError(f"{self.source.id}: {text} can't be read ({_why(error)})") from None
        if answer is not None and self.recorder is not None and self._now is not None:
            answer_to_record = (
                self.source.id,
                address,
                answer.body,
                self._now,
                answer.validators.etag,
                answer.validators.modified,
            )
            try:
                await asyncio.to_thread(self.recorder.keep, *answer_to_record)
            except TallydeskError as error:  # a recording is for later, and must not stop the poll
                log.error("an answer was not recorded", source=self.source.id, why=str(error))  # noqa: TRY400 - the error is one plain line
        return answer

    def _from_recording(
        self, recording: "Recording", address: str | URL, validators: Validators
    ) -> FetchedAnswer | None:
        """Return the recorded answer from an address; None if it is unchanged since these validators.

        The answer is the newest at the recording's time.
        """
        found = recording.newest(self.source.id, address)
        if found is None:
            raise NotFoundError(f"{self.source.id}: nothing of {_host_of(address)} was recorded by then")
        now = Validators(found.etag or f'"{found.body}"', found.modified)
        return None if now == validators else FetchedAnswer(recording.body(found), now, found.modified_at)

    async def _request(self, url: URL, validators: Validators, text: str) -> FetchedAnswer | None:
        """Send the request and follow redirects. `text` is the address's name in errors."""
        for _ in range(MOST_REDIRECTS + 1):
            async with self._session.get(
                url, headers=self._headers(url, validators), allow_redirects=False, timeout=TIMEOUT
            ) as response:
                if response.status not in _REDIRECTS:
                    return await self._answer(response, validators, text)
                url = self._redirect_target(url, response.headers.get("Location"), text)
        raise FeedError(f"{self.source.id}: {text} can't be read (it sends us on more than {MOST_REDIRECTS} times)")

    def _redirect_target(self, url: URL, location: str | None, text: str) -> URL:
        try:
            target = url.join(URL(location or ""))
        except ValueError:
            target = URL()
        if not location or target.scheme not in ("http", "https") or not target.host:
            raise FeedError(f"{self.source.id}: {text} sends us on to nowhere")
        if url.scheme == "https" and target.scheme != "https":
            raise FeedError(f"{self.source.id}: {text} sends us on to an address without https, {_host_of(target)}")
        return target

    def _headers(self, url: URL, validators: Validators) -> dict[str, str]:
        headers = {
            "Accept-Encoding": "gzip, deflate",
            "If-None-Match": validators.etag,
            "If-Modified-Since": validators.modified,
            "User-Agent": self.source.user_agent,
            "x-api-key": self._key() if url.origin() == URL(self._url).origin() else None,
        }
        return {name: value for name, value in headers.items() if value}

    def _key(self) -> str | None:
        """Return the source's key; None if the source needs none. The key is looked up once.

        Raises:
            FeedError: the key is not set, or is not valid.

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

    async def _answer(
        self, response: aiohttp.ClientResponse, validators: Validators, text: str
    ) -> FetchedAnswer | None:
        if response.status == HTTPStatus.NOT_MODIFIED:
            return None
        if response.status != HTTPStatus.OK:
            kind = NotFoundError if response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) else FeedError
            sentence = f"{self.source.id}: {text} answered {response.status} {response.reason or ''}".rstrip()
            raise kind(sentence, await _wait(response))
        body, digest = await self._body(response, text)
        found = Validators(response.headers.get("ETag"), response.headers.get("Last-Modified"), digest)
        if (digest, found.modified) == (validators.digest, validators.modified):
            return None
        return FetchedAnswer(body, found, _time_of(found.modified))

    async def _body(self, response: aiohttp.ClientResponse, text: str) -> tuple[bytes, bytes]:
        """Return the unpacked body and its SHA-256. `text` is the address's name in errors."""
        body, digest = bytearray(), hashlib.sha256()
        async for part in response.content.iter_chunked(
            1 << 16
        ):  # aiohttp unpacks it piece by piece, so the limit below holds for the unpacked size
            body += part
            digest.update(part)
            if len(body) > (largest := self.largest or LARGEST):
                raise FeedRefusedError(f"{self.source.id}: {text} is larger than {largest >> 20} MiB")
        return bytes(body), digest.digest()


async def _wait(response: aiohttp.ClientResponse) -> float | None:
    """Return how many seconds an error response asks us to wait; None if it doesn't specify that."""
    if response.status not in _MAY_WAIT:
        return None
    after = response.headers.get("Retry-After", "")
    if after.isascii() and after.isdecimal():
        return float(after[:9])
    reason = (response.reason or "").encode() + await response.content.read(MOST_ERROR_BYTES)
    return _QUOTA_WAIT if _QUOTA in reason.lower() else None


def _why(error: Exception) -> str:
    """Return a short form of aiohttp's error, in which addresses are reduced to their hosts."""
    text = str(error)
    if isinstance(error, aiohttp.ClientResponseError):
        text = error.message.partition("\n")[0]
    elif isinstance(error, aiohttp.ClientConnectorError) and not isinstance(error, aiohttp.ClientSSLError):
        cause = error.os_error  # its text is plainer than aiohttp's
        failed = cause.errno if "Connect call failed" in str(cause) else None
        text = os.strerror(failed) if failed else cause.strerror or text
    plain = _ADDRESS.sub(lambda found: _host_of(found[0]), " ".join(text.split())).rstrip(":")
    return shortened(plain, _LONGEST_WHY) or "no answer in time"


def _time_of(header: str | None) -> datetime | None:
    if header is None:
        return None
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else None


def _host_of(address: str | URL) -> str:
    """Return an address's host, for errors. The path or the query may contain a key, as in a calendar's address."""
    try:
        return URL(address).host_port_subcomponent or "an address without a host"
    except ValueError:
        return "an address that can't be one"
