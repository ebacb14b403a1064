"""The format `clarity-settings`: `electionsettings.json` of a Clarity site, with the time of each county's last upload.

In `settings.electiondetails` it reads participatingcounties, a list of `Name|electionId|version|time|flag`, with underscores
for spaces in names; and the switches for test data, istestmode and showtestdatawatermark, which may be true, 1 or text. Seen:
Georgia's file of 20 November 2020 and Colorado's of 2026. The thresholds for runoffs, recounts and winners are the vendor's
defaults, not the law, and precincts were 2,656 of 2,656 while counties still uploaded. Neither is read.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from bot.errors import BadInputError
from bot.feeds.clarity.time import time_of
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal, quoted, shortened
from bot.feeds.strict_json import is_on, parse, read_document

NAME = "clarity-settings"

_FIELDS = 4
"""How many fields of a line are used: name, election, version, time."""

_TEST_SWITCHES = ("istestmode", "showtestdatawatermark")


@dataclass(frozen=True, slots=True)
class CountyUpload:
    """A county's last upload of results."""

    unit: str
    """The county's name, with spaces."""
    version: str
    """The version of the results on the county's own site."""
    uploaded_at: datetime
    """Aware, in UTC."""
    election: str
    """The election's number on the county's own site."""

    @property
    def folder(self) -> str:
        """The county's part of an address: `Ben_Hill/105379`."""
        return f"{self.unit.replace(' ', '_')}/{self.election}"

    def to_json(self) -> str:
        """Return the line that `tallydesk read` prints: unit, version and uploaded_at as JSON."""
        moment = self.uploaded_at.isoformat().replace("+00:00", "Z")
        return json.dumps({"unit": self.unit, "version": self.version, "uploaded_at": moment}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """The settings of a Clarity site."""

    uploads: tuple[CountyUpload, ...]
    refusals: tuple[Refusal, ...]
    is_test: bool
    """True if one of the vendor's switches for test data is on."""


def read(stream: BinaryIO, context: ReaderContext) -> Iterator[CountyUpload | Refusal]:
    """Yield each county's last upload, in the file's order, then the refusals.

    Raises:
        BadInputError: the file as a whole can't be parsed.

    """
    settings = settings_of(stream, context.name)
    yield from settings.uploads
    yield from settings.refusals


def settings_of(stream: BinaryIO, file: str) -> SiteSettings:
    """Read the settings of a Clarity site. `file` is the file's name for errors.

    Raises:
        BadInputError: the file as a whole can't be parsed.

    """
    try:
        details = _details(parse(read_document(stream)))
        listed = _listed(details)
    except BadInputError as error:
        raise BadInputError(f"{file}: {error}") from None
    uploads: dict[str, CountyUpload] = {}
    refusals = []
    for number, line in enumerate(listed, start=1):
        try:
            _add(uploads, _upload(line))
        except BadInputError as error:
            refusals.append(Refusal(file, f"county {number} of the list: {error}"))
    is_test = any(is_on(details.get(switch)) for switch in _TEST_SWITCHES)
    return SiteSettings(tuple(uploads.values()), tuple(refusals), is_test)


def _details(document: object) -> Mapping[str, Any]:
    settings = document.get("settings") if isinstance(document, dict) else None
    details = settings.get("electiondetails") if isinstance(settings, dict) else None
    if not isinstance(details, dict):
        raise BadInputError("should have settings.electiondetails, as a Clarity site's electionsettings.json has")
    return details


def _listed(details: Mapping[str, Any]) -> list[Any]:
    listed = details.get("participatingcounties")
    if listed is None:
        return []  # a county's own settings name no counties
    if not isinstance(listed, list):
        raise BadInputError(f"participatingcounties should be a list, not {quoted(listed)}")
    return listed


def _add(uploads: dict[str, CountyUpload], upload: CountyUpload) -> None:
    if uploads.setdefault(upload.unit, upload) != upload:
        raise BadInputError(f"{upload.unit} is there twice, and the second differs from the first")


def _upload(line: object) -> CountyUpload:
    if not isinstance(line, str):
        raise BadInputError(f"should be text, not {quoted(line)}")
    parts = [part.strip() for part in line.split("|")]
    if len(parts) < _FIELDS:
        raise BadInputError(f"should be name, election, version and time between bars, not {quoted(line)}")
    name, election, version, moment = parts[:_FIELDS]
    unit = " ".join(name.replace("_", " ").split())
    if not unit or not unit.isprintable() or shortened(unit) != unit:
        raise BadInputError(f"the name should be a county's, not {quoted(name)}")
    for what, number in (("election", election), ("version", version)):
        if not (number.isascii() and number.isdecimal() and len(number) <= 12):  # they have six
            raise BadInputError(f"{unit}: the {what} should be a number, not {quoted(number)}")
    try:
        return CountyUpload(unit, version, time_of(moment), election)
    except BadInputError as error:
        raise BadInputError(f"{unit}: {error}") from None


FORMAT = Format(name=NAME, read=read, begins=lambda it: it.has("settings") or it.has("websiteupdatedat"))
