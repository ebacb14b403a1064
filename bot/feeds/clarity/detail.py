"""The format `clarity-detail`: `detail.xml` of a Clarity site, plain or in its zip: votes by unit and by vote type.

    ElectionResult > Timestamp, ElectionName, Region
                   > Contest @key @text @precinctsReported …
                       > ParticipatingCounties > County @name @precinctsReported @precinctsParticipating
                       > Choice @key @text @party @totalVotes > VoteType @name @votes > County | Precinct @name @votes

Seen: Georgia's state file and Atkinson County's of November 2020, and files of West Virginia and Kentucky. They show:

- A state's file has votes by county, a county's file by precinct. There precinctsReporting is the number of all precincts.
- Undervotes and overvotes have blocks of their own, and on some sites are choices. They are never votes for a candidate.
- Turnout gives the ballots cast in the whole unit, which is no contest's total. The total is the sum of the votes.
- percentReporting of a precinct isn't a percentage (it is 4 if all four vote types are in), and is not read.
- A single block called Total Votes or Election is all votes, not a vote type.
- A row called Total among the counties or precincts is their sum, and is left out.
- Sums may differ from totals. Nothing is corrected.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import le
from typing import cast

from lxml.etree import XPath, _Element

from bot.count.reading import Pair, Reading, Reporting, Unit
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.ballot import ballot_of, checked_label, count_named, spaced
from bot.feeds.clarity.table import numbers, table_of
from bot.feeds.clarity.time import time_of
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, quoted, shortened
from bot.feeds.skeleton import reading_of
from bot.feeds.vote_table import Table, UnitLabel, by_type, units_of
from bot.feeds.vote_types import is_total
from bot.feeds.xml_file import XmlLayout, xml_reader

NAME = "clarity-detail"

_ROOT = "ElectionResult"

_ZIPPED = re.compile(r"[^;\[]*\.xml")
"""Matches the names of the files in a zip, joined with semicolons, if the only one is an XML file."""

_REPORTED, _PARTICIPATING = "precinctsReported", "precinctsParticipating"

_PRECINCTS = tuple(XPath(f"County/@{name}", smart_strings=False) for name in ("name", _REPORTED, _PARTICIPATING))


@dataclass(frozen=True, slots=True)
class _Header:
    """The elements of a file that come before its contests."""

    as_of: datetime | None
    """The file's time, or None."""
    election: str
    region: str
    """The postal code in a state's file, the county's name in a county's."""
    units: dict[tuple[str, ...], tuple[Sequence[UnitLabel], Sequence[str]]] = field(default_factory=dict, compare=False)

    def labels(self, names: tuple[str, ...], kind: str) -> tuple[Sequence[UnitLabel], Sequence[str]]:
        """Return (name, FIPS code) of each unit, and those of the names that stand for a total.

        `kind` is the kind of the units, such as county.
        """
        if (found := self.units.get(names)) is None:
            labels = [self._unit(name, kind) for name in names]
            found = self.units[names] = labels, [name for name, _ in labels if is_total(name)]
        return found

    def _unit(self, name: str, kind: str) -> UnitLabel:
        if kind == "Precinct":
            return checked_label(spaced(name), kind), None
        found = county(self.region, name)
        return checked_label(spaced(name).removesuffix(" County"), kind), found.fips if found else None


def _header(root: _Element) -> _Header:
    if root.tag != _ROOT:
        raise BadInputError(f"should be a Clarity {_ROOT}, not {quoted(root.tag)}")
    stamp = spaced(root.findtext("Timestamp", ""))
    try:
        as_of = time_of(stamp) if stamp else None
    except BadInputError as error:
        raise BadInputError(f"Timestamp: {error}") from None
    election, region = (spaced(root.findtext(tag, "")) for tag in ("ElectionName", "Region"))
    return _Header(as_of, election, region)


def _read(contest: _Element, key: str, header: _Header, context: ReaderContext) -> Reading | None:
    """Return a contest's reading; None if it has no choices."""
    table = table_of(contest)
    if not table.choices:
        return None
    text = contest.get("text", "")
    ballot = ballot_of(
        tuple(choice.text for choice in table.choices),
        tuple(choice.party for choice in table.choices),
        tuple(choice.key for choice in table.choices),
    )
    return reading_of(
        context,
        key,
        ballot,
        [choice.votes for choice in table.choices],
        name=text,
        as_of=header.as_of,
        count=count_named(header.election, text),
        reporting=_reporting(contest),
        by_type=by_type(table, ballot.ids),
        units=_units(contest, table, ballot.ids, header),
    )


def _units(contest: _Element, table: Table, ids: Sequence[str], header: _Header) -> dict[str, Unit] | None:
    if table.kind is None:
        return None
    labels, totals = header.labels(tuple(table.units), table.kind)
    units = units_of(table, ids, labels, _precincts(contest))
    if len(units) != len(labels):
        raise BadInputError(f"has a {table.kind} twice, spelled in two ways")
    for name in totals:
        del units[name]
    return units or None


def _reporting(contest: _Element) -> Reporting | None:
    participating = _PARTICIPATING if _PARTICIPATING in contest.attrib else "precinctsReporting"
    precincts = _pair(contest, _REPORTED, participating)
    units = _pair(contest, "countiesReported", "countiesParticipating")
    return Reporting(precincts=precincts, units=units) if precincts or units else None


def _pair(element: _Element, reported: str, of: str) -> Pair | None:
    """Return two attributes as (reported, of). None if they are missing or `of` is 0."""
    if (total := element.get(of)) is None:
        return None
    pairs = _pairs([""], [element.get(reported)], [total], (reported, of))
    return pairs.get("")


def _precincts(contest: _Element) -> Mapping[str, Pair]:
    """Return (precincts reported, all precincts) of each county in this contest, by the county's name in the file."""
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


read = xml_reader(NAME, XmlLayout("Contest", "key", "text", _header, _read))

FORMAT = Format(name=NAME, read=read, begins=lambda it: it.root == _ROOT or bool(_ZIPPED.fullmatch(";".join(it.names))))
