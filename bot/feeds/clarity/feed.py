"""Requests a Clarity site: first its version, then the files of that version if it is new, since those never change.

    {site}/current_ver.txt                                   a number; Last-Modified is when it was published
    {site}/{version}/json/en/summary.json
    {site}/{version}/json/en/electionsettings.json           a state's has each county's last upload
    {site}/{version}/reports/detailxml.zip

A county's site is next to its state's, at {county}/{its own election number}, and has the same files. The versions that a
state's settings list for its counties may be outdated (12 of Georgia's answered 404 in May 2022). So the county's own version
is requested, and the listed one is used only if there is none. (Addresses, times and this from washingtonpost/elex-clarity,
client.py and pull requests 17 and 19.)
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.errors import BadInputError
from bot.feeds.boxed import read_settings
from bot.feeds.clarity.settings import CountyUpload, SiteSettings
from bot.feeds.fetch import Feed, FeedError, FeedRefusedError, FetchedAnswer, News, NotFoundError, Validators
from bot.feeds.formats import CLARITY_DETAIL, CLARITY_SUMMARY
from bot.feeds.reader import Refusal

_FILES = {CLARITY_SUMMARY: "json/en/summary.json", CLARITY_DETAIL: "reports/detailxml.zip"}

_SETTINGS = "json/en/electionsettings.json"

_LONGEST_VERSION = 12


class ClarityFeed(Feed):
    """A poller of the Clarity site of a state or a county."""

    _version: str | None = None
    _site: str | None = None
    """The address of the county's site, found in the state's settings."""
    _listed_version: str | None = None
    """The county's version in those settings."""

    def forget(self) -> None:
        """Treat the next answer as new, even if it is unchanged, because the last answer could not be stored."""
        super().forget()
        self._version = self._site = self._listed_version = None

    async def _ask(self, now: datetime) -> News | None:
        if self.source.county is None:
            return await self._ask_site(self._base, now)
        if self._site is None:
            await self._find_county(self.source.county)
        return await self._ask_site(self._site or "", now)

    async def _ask_site(self, site: str, now: datetime) -> News | None:
        """Request the site's version. If the version is new, read its results and its settings."""
        version = await self._new_version(site)
        if version is None:
            return None
        name, published = version
        if name == self._version:
            self._validators = published.validators
            return None
        news = await self._results(f"{site}/{name}", published, now)
        refusals = await self._read_uploads(f"{site}/{name}")
        self._validators, self._version = published.validators, name
        return replace(news, refusals=(*news.refusals, *refusals))

    async def _new_version(self, site: str) -> tuple[str, FetchedAnswer] | None:
        """Return the site's version and the answer that contains the version. None if nothing was modified."""
        address = f"{site}/current_ver.txt"
        try:
            answer = await self._get(address, self._validators)
        except NotFoundError:
            if self._listed_version is None:
                raise
            name, self._site = self._listed_version, None  # read the list again at the next poll
            return name, FetchedAnswer(b"", Validators(), None)
        if answer is None:
            return None
        return self._number(answer, address), answer

    def _number(self, answer: FetchedAnswer, address: str) -> str:
        name = answer.body.decode("ascii", "replace").strip()
        if not (name.isdecimal() and len(name) <= _LONGEST_VERSION):
            raise FeedRefusedError(
                f"{self.source.id}: {self.host_of(address)}: current_ver.txt should be a number, not {name[:40]!r}"
            )
        return name

    async def _results(self, version: str, published: FetchedAnswer, now: datetime) -> News:
        """Read a version's results. The readings get the time of publication, since a summary has no time."""
        address = f"{version}/{_FILES[self._format]}"
        answer = await self._file(address)
        return await self._read(replace(answer, modified=published.modified), address, now)

    async def _read_uploads(self, version: str) -> tuple[Refusal, ...]:
        """Read the times of the counties' uploads from a version's settings. Returns the refusals.

        Raises:
            FeedRefusedError: the site is in test mode.

        """
        try:
            settings = await self._settings(version)
        except NotFoundError:
            return ()  # not every site has them
        except FeedError as error:
            return (Refusal(self.source.id, str(error).removeprefix(f"{self.source.id}: ")),)
        if settings.is_test and not self.takes_test():
            raise FeedRefusedError(
                f"{self.source.id}: {self.host_of(version)} is in test mode: its numbers are no results"
            )
        self.uploads = _times(settings.uploads)
        return settings.refusals

    async def _settings(self, version: str) -> SiteSettings:
        address = f"{version}/{_SETTINGS}"
        answer = await self._file(address)
        try:
            return await read_settings(self._box, self.host_of(address), answer.body)
        except BadInputError as error:
            raise FeedRefusedError(f"{self.source.id}: {error}") from None

    async def _find_county(self, county: str) -> None:
        """Find the address and the listed version of a county's site in the state's settings."""
        address = f"{self._base}/current_ver.txt"
        version = self._number(await self._file(address), address)
        settings = await self._settings(f"{self._base}/{version}")
        found = next((one for one in settings.uploads if one.unit.casefold() == county.casefold()), None)
        if found is None:
            raise FeedError(f"{self.source.id}: {self.host_of(self._base)} lists no county {county}")
        self._site = f"{self._base.rpartition('/')[0]}/{found.folder}"
        self._listed_version = found.version

    async def _file(self, address: str) -> FetchedAnswer:
        answer = await self._get(address)
        if answer is None:
            raise FeedError(f"{self.source.id}: {self.host_of(address)} answered 304 without having been asked")
        return answer

    @property
    def _base(self) -> str:
        return self._url.rstrip("/")


def _times(uploads: tuple[CountyUpload, ...]) -> Mapping[str, datetime]:
    return MappingProxyType({upload.unit: upload.uploaded_at for upload in uploads})
