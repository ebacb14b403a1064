"""The format `clarity-detail`: `detail.xml` of a Clarity site, plain or in its zip: votes by unit and by vote type.

    ElectionResult > Timestamp, ElectionName, Region
                   > Contest @key @text @precinctsReported …
                       > ParticipatingCounties > County @name @precinctsReported @precinctsParticipating
                       > Choice @key @text @party @totalVotes > VoteType @name @votes > County | Precinct @name @votes

Seen in Georgia's state file and Atkinson County's of November 2020, and in files of West Virginia and Kentucky. They show:

- A state's file has votes by county, a county's by precinct, where precinctsReporting is how many precincts there are.
- Undervotes and overvotes are blocks beside the choices, and on some sites choices: never votes for somebody.
- Turnout gives ballots cast, of the whole unit and not of the contest: no contest's total. The total is the sum.
- percentReporting of a precinct is no percentage (4 where all four vote types are in): not read.
- A single block called Total Votes or Election is all votes, not a type of them.
- Sums may differ from totals; nothing is corrected.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from operator import le
from typing import BinaryIO, Literal, cast

from lxml.etree import XPath, _Element

from bot.count.reading import Reading, Reporting, Unit
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.ballot import ballot_of, checked_label, count_named, label, slug, spaced
from bot.feeds.clarity.cells import Cells, UnusualError, cells_of
from bot.feeds.clarity.table import numbers, table_of
from bot.feeds.clarity.time import time_of
from bot.feeds.clarity.xml import NotLightenedError, Part, XmlFile, light_parts, parts_of
from bot.feeds.reader import ReaderContext, Refusal, quoted, shortened
from bot.feeds.vote_table import KnownUnit, Pair, Table, by_type, trusted, units_of

FORMAT = "clarity-detail"

MOST_AT_ONCE = 20 * 1024 * 1024
"""Bytes of XML whose readings are held until the whole has been parsed; a larger file is gone through twice."""


MOST_CONTESTS = 20_000
"""More are a mistake: Georgia's longest ballot had 298."""


_ROOT, _CONTEST, _BLOCK = "ElectionResult", "Contest", "VoteType"


_REPORTED, _PARTICIPATING = "precinctsReported", "precinctsParticipating"


_PRECINCTS = tuple(XPath(f"County/@{name}", smart_strings=False) for name in ("name", _REPORTED, _PARTICIPATING))


def read(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield a reading of each contest, in the file's order, or why it is refused.

    A contest that repeats an earlier one is dropped, as is one without any choice; one that has an earlier one's
    key and differs from it is refused.
    """
    try:
        with XmlFile(stream) as file:
            yield from _read(file, context)
    except BadInputError as error:
        raise BadInputError(f"{context.name}: {error}") from None


def _read(file: XmlFile, context: ReaderContext) -> Iterator[Reading | Refusal]:
    if file.size > MOST_AT_ONCE:
        times = Counter(_key(contest) for _, contest, _ in _contests(parts_of(file, _CONTEST), context))
        repeated = {key for key, number in times.items() if number > 1}
        return _items(parts_of(file, _CONTEST), context, repeated)
    try:
        return iter(list(_items(light_parts(file, _CONTEST, _BLOCK), context)))
    except (NotLightenedError, UnusualError, BadInputError):  # what is wrong is for the whole way to say
        return iter(list(_items(parts_of(file, _CONTEST), context)))


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands before the contests."""

    as_of: datetime
    as_of_is: Literal["received"] | None
    has_time: bool
    election: str
    region: str
    """A state's postal code in its own file, a county's name in a county's."""
    units: dict[tuple[str, ...], Sequence[KnownUnit]] = field(default_factory=dict)

    def known(self, names: tuple[str, ...], kind: str) -> Sequence[KnownUnit]:
        """Return what each unit is called, and its FIPS code where it is certainly that county."""
        if (found := self.units.get(names)) is None:
            found = self.units[names] = [self._unit(name, kind) for name in names]
        return found

    def _unit(self, name: str, kind: str) -> KnownUnit:
        if kind == "Precinct":
            return checked_label(spaced(name), kind), None
        found = county(self.region, name)
        return checked_label(spaced(name).removesuffix(" County"), kind), found.fips if found else None


def _items(
    parts: Iterator[Part], context: ReaderContext, repeated: Container[str] | None = None
) -> Iterator[Reading | Refusal]:
    """Yield what `read` does; `repeated` are the keys that come more than once, where that is known."""
    seen: dict[str, Reading | None] = {}
    for number, (header, contest, cells) in enumerate(_contests(parts, context), start=1):
        key, name = _key(contest), label(contest.get("text", ""))
        try:
            reading = _reading(key, contest, cells, header, context)
        except BadInputError as error:
            place = str(error) if key else f"contest {number} of the file: {error}"
            yield Refusal(context.name, place, key or None, name and shortened(name))
            seen.setdefault(key, None)
            continue
        if reading is None:
            continue
        if key not in seen:
            seen[key] = reading if repeated is None or key in repeated else None
            yield reading
        elif seen[key] != reading:
            what = "is there twice, and the second differs from the first"
            yield Refusal(context.name, what, key, name and shortened(name))


def _contests(parts: Iterator[Part], context: ReaderContext) -> Iterator[tuple[_Header, _Element, Cells | None]]:
    """Yield each contest with the file's header, and its cells where they were taken out of it.

    Raises:
        BadInputError: the file is not Clarity's, or can't be parsed, or its time can't be understood.
        UnusualError: what was taken out of a contest has to be read from elements.

    """
    header = None
    for number, (root, contest, blocks) in enumerate(parts):
        header = header or _header(root, context)
        if number > MOST_CONTESTS:
            raise BadInputError(f"has more than {MOST_CONTESTS} contests")
        if contest is not None:
            yield header, contest, None if blocks is None else cells_of(blocks)
        elif not header.has_time and root.find("Timestamp") is not None:
            raise BadInputError("has its Timestamp behind the contests")


def _header(root: _Element, context: ReaderContext) -> _Header:
    if root.tag != _ROOT:
        raise BadInputError(f"should be a Clarity {_ROOT}, not {quoted(root.tag)}")
    stamp = spaced(root.findtext("Timestamp", ""))
    try:
        as_of = time_of(stamp) if stamp else context.as_of.astimezone(UTC)
    except BadInputError as error:
        raise BadInputError(f"Timestamp: {error}") from None
    election, region = (spaced(root.findtext(tag, "")) for tag in ("ElectionName", "Region"))
    return _Header(as_of, None if stamp else context.as_of_is, bool(stamp), election, region)


def _key(contest: _Element) -> str:
    return _slug(contest.get("key", ""))


def _reading(
    key: str, contest: _Element, cells: Cells | None, header: _Header, context: ReaderContext
) -> Reading | None:
    """Return a contest's reading, or None where the file gives it no choices."""
    if not key:
        raise BadInputError("its key is missing")
    table = table_of(contest, cells)
    if not table.choices:
        return None
    text = contest.get("text", "")
    ballot = ballot_of(
        tuple(choice.text for choice in table.choices),
        tuple(choice.party for choice in table.choices),
        tuple(choice.key for choice in table.choices),
    )
    return trusted(
        Reading,
        {
            "source": context.source or FORMAT,
            "contest": key,
            "contest_name": checked_label(name, "text") if (name := label(text)) else None,
            "count": _count(header.election, text),
            "as_of": header.as_of,
            "as_of_is": header.as_of_is,
            "votes": {candidate: choice.votes for candidate, choice in zip(ballot.ids, table.choices, strict=True)},
            "names": dict(ballot.names),
            "parties": dict(ballot.parties) or None,
            "reporting": _reporting(contest),
            "by_type": by_type(table, ballot.ids),
            "units": _units(contest, table, ballot.ids, header),
        },
    )


def _units(contest: _Element, table: Table, ids: Sequence[str], header: _Header) -> dict[str, Unit] | None:
    if table.kind is None:
        return None
    known = header.known(tuple(table.units), table.kind)
    units = units_of(table, ids, known, _precincts(contest))
    if len(units) != len(known):
        raise BadInputError(f"has a {table.kind} twice, spelled in two ways")
    return units


def _reporting(contest: _Element) -> Reporting | None:
    participating = _PARTICIPATING if _PARTICIPATING in contest.attrib else "precinctsReporting"
    precincts = _pair(contest, _REPORTED, participating)
    units = _pair(contest, "countiesReported", "countiesParticipating")
    return trusted(Reporting, {"precincts": precincts, "units": units}) if precincts or units else None


def _pair(element: _Element, reported: str, of: str) -> Pair | None:
    """Return two attributes as (reported, of); None where the file does not say, and 0 of all says nothing."""
    if (total := element.get(of)) is None:
        return None
    pairs = _pairs([""], [element.get(reported)], [total], (reported, of))
    return pairs.get("")


def _precincts(contest: _Element) -> Mapping[str, Pair]:
    """Return how many precincts of each county have reported in this contest, by the file's name of it."""
    counties = next(contest.iterchildren("ParticipatingCounties"), None)
    if counties is None:
        return {}
    names, reported, of = (cast("list[str]", path(counties)) for path in _PRECINCTS)
    if not reported and not of:
        return {}
    if not len(names) == len(reported) == len(of):
        raise BadInputError("ParticipatingCounties has a county without its name or its precincts")
    return _pairs(names, reported, of, (_REPORTED, _PARTICIPATING))


def _pairs(
    names: Sequence[str], reported: Sequence[str | None], of: Sequence[str | None], called: tuple[str, str]
) -> dict[str, Pair]:
    done = numbers(reported, lambda at: f"{called[0]} {names[at]}".rstrip())
    total = numbers(of, lambda at: f"{called[1]} {names[at]}".rstrip())
    pairs = {name: pair for name, pair in zip(names, zip(done, total, strict=True), strict=True) if pair[1]}
    if not all(map(le, done, total)):
        for name, (one, all_) in pairs.items():
            if one > all_:
                of_whom = shortened(f"{called[0]} {name}".rstrip())
                raise BadInputError(f"{of_whom}: {one} of {all_} is more than all")
    return pairs


_slug, _count = lru_cache(maxsize=5000)(slug), lru_cache(maxsize=5000)(count_named)
