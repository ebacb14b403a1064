"""The format `nist`: a whole report of NIST SP 1500-100, version 2, the Election Results Reporting Common Data Format, in JSON.

    ElectionReport: Status, GeneratedDate, IsTest, SequenceStart, SequenceEnd
        GpUnit[]     @id, Name, Type, ComposingGpUnitIds, SubUnitsReported, TotalSubUnits, CountStatus
        Party[]      @id, Abbreviation, Name
        Election[]   Name
            Candidate[] @id, BallotName, PartyId
            Contest[]   @id, Name, ElectionDistrictId, SubUnitsReported, TotalSubUnits, CountStatus, OtherCounts
                ContestSelection[] CandidateIds, IsWriteIn | PartyIds | Selection
                    VoteCounts[] GpUnitId, Type, Count, Round, IsSuppressedForPrivacy

As in the standard (https://doi.org/10.6028/NIST.SP.1500-100r2) and the JSON schema of usnistgov/ElectionResultsReporting;
drafts of it, which are in use, say ElectoralDistrictId, BallotSelection and SummaryCounts. No office's own file was seen;
the reader was tested with made-up files. The rules:

- GeneratedDate is the only time, and needs a zone.
- Status is the reading's status. A recount is a separate count. Tests, and reports in several parts, are refused.
- The contest's votes are those of its district. If only units below it have votes, their sum is taken; where units contain
  one another, only the topmost are read.
- Votes suppressed for privacy are unknown, not 0. So are the votes of a unit whose CountStatus is that nothing is processed.
- Only the first round of a ranked contest is read.
- PostElectionStatus, which says who has won, is not read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, BinaryIO, TypeAlias, get_args

from pydantic import BeforeValidator, Field
from pydantic.alias_generators import to_pascal

from bot.count.reading import MOST_VOTES, Reading, Reporting, Status, Unit, Votes
from bot.errors import BadInputError
from bot.feeds.ballot import Ballot, ballot_of, count_named
from bot.feeds.format import Format
from bot.feeds.nist.units import CountStatus, English, GpUnits, ReportingUnit, statuses
from bot.feeds.reader import ReaderContext, Refusal, quoted, shortened
from bot.feeds.skeleton import FeedContest, json_contests, moment_of, reader, reading_of
from bot.feeds.strict_json import Shape, VendorModel, pair, parse, read_document, shaped
from bot.feeds.vote_types import ByType, by_kind, checked_sum

_TOTAL = "total"

_ABSENTEE = "absentee"

_SUPPRESSED = -1
"""The value that replaces a count suppressed for the voters' privacy. The count is unknown, whatever number the
report has.
"""

_Table: TypeAlias = dict[str, dict[str, int]]
"""A selection's votes by unit and type."""


def _whole_number(value: object) -> object:
    """Accept 12.0 for 12, since the standard's schema requires only "number"."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class VoteCounts(VendorModel, alias_generator=to_pascal):
    """The votes for a selection in one unit and of one type."""

    count: Annotated[Votes | None, BeforeValidator(_whole_number)] = None
    gp_unit_id: str | None = None
    type: str = _TOTAL
    other_type: str | None = None
    round: int | None = None
    is_suppressed_for_privacy: bool | None = None
    device_class: object = None
    device: object = None


@dataclass(frozen=True, slots=True)
class Counts:
    """The votes for all of a contest's selections."""

    whole: Sequence[int]
    """All votes for each selection in the whole contest."""
    whole_by_type: Mapping[str, Mapping[int, int]]
    """Votes in the whole contest, by type, then by the selection's position."""
    units: Sequence[str]
    """The ids of those units below the contest's district that are read."""
    tables: Sequence[_Table]
    sums: frozenset[str]
    """Types that may be sums of other types."""

    def of_unit(self, unit: str, ids: Sequence[str]) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        """Return a unit's votes by candidate, and its votes by type and candidate. Unknown numbers are skipped.

        `ids` are the candidates' ids, in the order of the selections.
        """
        votes: dict[str, int] = {}
        columns: dict[str, dict[str, int]] = {_TOTAL: votes}
        sums = self.sums
        for candidate, table in zip(ids, self.tables, strict=True):
            if unit not in table:
                continue
            cells = table[unit]
            for kind, cast in cells.items():
                if cast < 0 or (sums and kind in sums):  # suppressed, or a sum of other types
                    continue
                if kind in columns:
                    columns[kind][candidate] = cast
                else:
                    columns[kind] = {candidate: cast}
            if _TOTAL not in cells and (total := _all(cells, "a selection")) not in (None, _SUPPRESSED):
                votes[candidate] = total
        return votes, columns


def counts_of(
    selections: Sequence[Sequence[VoteCounts]], names: Sequence[str], district: str, units: GpUnits
) -> Counts:
    """Return the votes for a contest's selections.

    The contest's votes are those of its district. If only smaller units have votes, their sum is used. If units
    contain one another, only the topmost are read.

    Args:
        selections: the counts of each selection.
        names: the name of each selection, for errors.
        district: the id of the unit that is the whole contest; empty if the report gives none.
        units: the report's units.

    Raises:
        BadInputError: a count is wrong, or a necessary count is missing or suppressed.

    """
    tables = [_table(counts, name, district) for counts, name in zip(selections, names, strict=True)]
    listed = list(dict.fromkeys(unit for table in tables for unit in table))
    for unit in listed:
        if unit not in units and unit != district:
            raise BadInputError(f"has votes of the unit {quoted(unit)}, which GpUnit does not have")
    below: Sequence[str] = [unit for unit in listed if unit != district]
    if district in listed:
        below, parts = _below(below, units), [district]
    else:
        below = units.topmost(below)
        parts = list(below)
    kinds = {kind for table in tables for cells in table.values() for kind in cells}
    types = _apart(kinds)
    whole = [_whole(table, name, parts) for table, name in zip(tables, names, strict=True)]
    by_type: dict[str, dict[int, int]] = {}
    for place, table in enumerate(tables):
        filled = [unit for unit in parts if unit in table]
        for kind in types:
            counts = [votes for unit in filled if (votes := table[unit].get(kind)) is not None and votes != _SUPPRESSED]
            if counts and len(counts) == len(filled):  # only types that no part of the contest lacks
                by_type.setdefault(kind, {})[place] = checked_sum(sum(counts))
    shown = [unit for unit in below if not _has_no_count(unit, tables, units)]
    return Counts(whole, by_type, shown, tables, frozenset(kinds - {_TOTAL, *types}))


def _below(listed: Sequence[str], units: GpUnits) -> Sequence[str]:
    """Return the listed units that are not part of another listed unit.

    The units are parts of a district that has votes itself. Empty if it is unclear which units contain others.
    """
    try:
        return units.topmost(listed)
    except BadInputError:
        return []


def _has_no_count(unit: str, tables: Sequence[_Table], units: GpUnits) -> bool:
    """Return True if no ballots of a unit have been processed, so that its zeros mean nothing."""
    return units[unit].has_no_count and not any(any(table.get(unit, {}).values()) for table in tables)


def _table(counts: Iterable[VoteCounts], name: str, whole: str) -> _Table:
    """Return the votes for a selection by unit and type. Counts that name no unit are for the unit `whole`.

    Only the first round of a ranked contest is read. First choices only grow as ballots are counted, while later
    rounds depend on who has been eliminated so far. Counts by device are added up if there is no other count.
    """
    found: _Table = {}
    by_device: _Table = {}
    is_empty = True
    for one in counts:
        is_empty = False
        if one.round is not None and one.round != 1:
            continue
        unit, kind = whole if one.gp_unit_id is None else one.gp_unit_id, one.type
        if kind == "other" and one.other_type is not None:
            kind = f"other {one.other_type}"
        votes = _SUPPRESSED if one.is_suppressed_for_privacy else one.count
        if votes is None:
            raise BadInputError(f"Count of {shortened(name)} should be a whole number, not null")
        if one.device_class is not None or one.device is not None:
            cells = by_device.setdefault(unit, {})
            before = cells.get(kind, 0)
            cells[kind] = _SUPPRESSED if _SUPPRESSED in (before, votes) else checked_sum(before + votes)
            continue
        if unit not in found:
            found[unit] = {kind: votes}
            continue
        cells = found[unit]
        if kind in cells:
            raise BadInputError(
                f"has two counts of {shortened(name)} for the unit {shortened(unit)} and the type {shortened(kind)}"
            )
        cells[kind] = votes
    for unit, cells in by_device.items():
        found[unit] = cells | found.get(unit, {})
    if not found and not is_empty:
        raise BadInputError(f"has no first round for {shortened(name)}")
    return found


def _whole(table: _Table, name: str, parts: Sequence[str]) -> int:
    """Return the sum of a selection's votes in some units.

    Raises:
        BadInputError: a count is suppressed, or there are no counts.

    """
    known = [votes for unit in parts if unit in table and (votes := _all(table[unit], name)) is not None]
    if _SUPPRESSED in known:
        raise BadInputError(f"votes of {shortened(name)} are suppressed for privacy")
    if not known:
        raise BadInputError(f"has no votes of {shortened(name)}")
    return _summed(known, name)


def _apart(kinds: Iterable[str]) -> list[str]:
    """Return the vote types that are neither a total nor a sum of other types.

    "absentee" is a sum if its parts are listed.
    """
    apart = [kind for kind in kinds if kind != _TOTAL]
    has_parts = any(kind.startswith(f"{_ABSENTEE}-") for kind in apart)
    return [kind for kind in apart if kind != _ABSENTEE] if has_parts else apart


def _all(cells: Mapping[str, int], name: str) -> int | None:
    """Return all votes for a selection in a unit: the total if there is one, or else the sum of the types."""
    if (total := cells.get(_TOTAL)) is not None:
        return total
    if _ABSENTEE in cells and len(_apart(cells)) < len(cells):
        raise BadInputError(f"has absentee votes of {shortened(name)} beside a part of them, and no total")
    if not cells:
        return None
    return _SUPPRESSED if _SUPPRESSED in cells.values() else _summed(cells.values(), name)


def _summed(votes: Iterable[int], name: str) -> int:
    total = sum(one for one in votes if one != _SUPPRESSED)
    if total > MOST_VOTES:
        raise BadInputError(f"votes of {shortened(name)} add up to {total}, more than any contest can hold")
    return total


NAME = "nist"

_PRECINCT_KINDS = frozenset({"precinct", "combined-precinct", "split-precinct", "polling-place", "vote-center"})

_WRITE_IN = "Write-in"


class _Selection(VendorModel, alias_generator=to_pascal):
    """A choice: a candidate or a ticket, a party, a write-in, or a measure's answer."""

    id: str = Field("", alias="@id")
    candidate_ids: list[str] | None = None
    party_ids: list[str] | None = None
    selection: English = None
    is_write_in: bool | None = None
    vote_counts: list[VoteCounts] | None = None


class _OtherCounts(VendorModel, alias_generator=to_pascal):
    """A contest's counts that don't belong to a selection, such as write-ins."""

    gp_unit_id: str | None = None
    type: str | None = None
    write_ins: Votes | None = None
    is_suppressed_for_privacy: bool | None = None


class _Contest(VendorModel, alias_generator=to_pascal):
    """A contest. It has fields for the standard's names and for the names in the standard's drafts."""

    id: str = Field(alias="@id")
    name: English = None
    contest_selection: list[_Selection] | None = None
    ballot_selection: list[_Selection] | None = None
    election_district_id: str | None = None
    electoral_district_id: str | None = None
    other_counts: list[_OtherCounts] | None = None
    summary_counts: list[_OtherCounts] | None = None
    sub_units_reported: Votes | None = None
    total_sub_units: Votes | None = None
    count_status: list[CountStatus] | None = None

    @property
    def selections(self) -> Sequence[_Selection]:
        """The contest's selections, under the standard's or the drafts' name."""
        return self.contest_selection or self.ballot_selection or ()

    @property
    def district(self) -> str:
        """The id of the unit that is the whole contest; empty if it is missing."""
        return self.election_district_id or self.electoral_district_id or ""


class _Candidate(VendorModel, alias_generator=to_pascal):
    id: str = Field(alias="@id")
    ballot_name: English = None
    party_id: str | None = None
    is_top_ticket: bool | None = None


class _Party(VendorModel, alias_generator=to_pascal):
    id: str = Field(alias="@id")
    abbreviation: English = None
    name: English = None


class _Election(VendorModel, alias_generator=to_pascal):
    name: English = None


class _Heading(VendorModel, alias_generator=to_pascal):
    """The fields of a report that describe the report itself."""

    status: str | None = None
    generated_date: str | None = None
    is_test: bool | None = None
    sequence_start: Votes = 1
    sequence_end: Votes = 1
    issuer_abbreviation: str | None = None


@dataclass(frozen=True, slots=True)
class _Report:
    """The fields of a report that apply to all contests of one of its elections."""

    as_of: datetime | None
    status: Status | None
    units: GpUnits
    parties: Mapping[str, str | None]
    """Parties' labels by id."""
    people: Mapping[str, _Candidate]
    """Candidates by id."""
    election: str | None


_ReportContest: TypeAlias = tuple[_Report, _Contest]


def _key_and_name(contest: Mapping[str, Any]) -> tuple[object, object]:
    return contest.get("@id"), contest.get("Name")


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[FeedContest[_ReportContest] | Refusal]:
    document = shaped(parse(read_document(stream)), dict[str, Any], "the report")
    if not {"Election", "GeneratedDate", "GpUnit"} & document.keys():
        raise BadInputError("should be an ElectionReport of NIST SP 1500-100")
    heading = shaped(document, _Heading)
    status = _status_of(heading, context)
    units = GpUnits(_models(document, "GpUnit", ReportingUnit), heading.issuer_abbreviation)
    as_of = None if heading.generated_date is None else moment_of(heading.generated_date, "GeneratedDate")
    parties = {one.id: one.abbreviation or one.name for one in _models(document, "Party", _Party)}
    elections = shaped(document.get("Election"), list[dict[str, Any]], "Election")
    reports = []
    for election in elections:
        people = {one.id: one for one in _models(election, "Candidate", _Candidate)}
        name = shaped(election, _Election).name
        reports.append(_Report(as_of, status, units, parties, people, name))
    for election, report in zip(elections, reports, strict=True):
        yield from json_contests(election.get("Contest", []), _Contest, _key_and_name, report, context, "Contest")


def _models(holder: Mapping[str, Any], name: str, shape: type[Shape]) -> list[Shape]:
    try:
        return shaped(holder.get(name, []), list[shape])  # type: ignore[valid-type]  # a type known only when it runs
    except BadInputError as error:
        raise BadInputError(f"{name}: {error}") from None


def _status_of(heading: _Heading, context: ReaderContext) -> Status | None:
    """Return the report's status.

    Raises:
        BadInputError: the status is not in the standard, or the report is a test or one part of several.

    """
    if heading.is_test and not context.takes_test():
        raise BadInputError("is a test (IsTest): its numbers are no results")
    if max(heading.sequence_start, heading.sequence_end) > 1:
        raise BadInputError(
            f"is part {heading.sequence_start} of a report in {heading.sequence_end} (SequenceStart, SequenceEnd); "
            "only whole reports are read"
        )
    for status in get_args(Status):
        if status == heading.status:
            return status  # type: ignore[no-any-return]  # get_args is untyped
    if heading.status is None:
        return None
    raise BadInputError(f"Status should be one of {', '.join(get_args(Status))}, not {quoted(heading.status)}")


def _read(parts: _ReportContest, key: str, context: ReaderContext) -> Reading | None:
    report, contest = parts
    if not contest.selections:
        raise BadInputError("ContestSelection has no selections")
    named = [_name_and_party(one, report) for one in contest.selections]
    texts = tuple(name for name, _ in named)
    ballot = ballot_of(texts, tuple(party for _, party in named), tuple(one.id for one in contest.selections))
    counts = counts_of([one.vote_counts or () for one in contest.selections], texts, contest.district, report.units)
    return reading_of(
        context,
        key,
        ballot,
        counts.whole,
        name=contest.name,
        as_of=report.as_of,
        total=_total(contest, sum(counts.whole)),
        count="recount" if report.status == "recount" else count_named(report.election, contest.name),
        status=_status(contest, report.status),
        reporting=_reporting(contest, counts, report.units),
        by_type=_by_type(counts.whole_by_type, ballot),
        units=_units(counts, ballot, report.units),
    )


def _name_and_party(selection: _Selection, report: _Report) -> tuple[str, str | None]:
    """Return a selection's name and party. For a ticket, this is the name at its top, or else its first name."""
    if (measure := selection.selection) is not None:
        return measure, None
    if ids := selection.candidate_ids:
        for one in ids:
            if one not in report.people:
                raise BadInputError(f"has the candidate {quoted(one)}, whom Candidate does not have")
        people = [report.people[one] for one in ids]
        whom = next((one for one in people if one.is_top_ticket), people[0])
        return whom.ballot_name or "", report.parties.get(whom.party_id or "")
    if selection.is_write_in:
        return _WRITE_IN, None
    if selection.party_ids and (party := report.parties.get(selection.party_ids[0])):
        return party, party
    raise BadInputError("has a selection that is no candidate, party, write-in or answer")


def _by_type(columns: Mapping[str, Mapping[int, int]], ballot: Ballot) -> ByType | None:
    ids = ballot.ids
    named = {kind: {ids[at]: votes for at, votes in column.items()} for kind, column in columns.items()}
    return by_kind({"total": {}, **named}) or None  # with a total, a single type isn't taken for all votes


def _units(counts: Counts, ballot: Ballot, units: GpUnits) -> dict[str, Unit] | None:
    found: dict[str, Unit] = {}
    for unit, (name, fips) in zip(counts.units, units.labels(counts.units), strict=True):
        votes, columns = counts.of_unit(unit, ballot.ids)
        found[name] = Unit(
            fips=fips, votes=votes or None, reported=units[unit].reported, by_type=by_kind(columns) or None
        )
    return found or None


def _status(contest: _Contest, status: Status | None) -> Status | None:
    """Return a contest's status: the report's, or partial if the contest itself is not complete."""
    if status == "unofficial-complete" and statuses(contest.count_status) & {"in-process", "not-processed"}:
        return "unofficial-partial"
    return status


def _total(contest: _Contest, cast: int) -> int | None:
    """Return the contest's total: `cast`, the selections' votes, and the write-ins that are not among the selections.

    None if the selections' sum is the total.
    """
    if any(selection.is_write_in for selection in contest.selections):
        return None
    for counts in contest.other_counts or contest.summary_counts or ():
        here = counts.gp_unit_id in (None, contest.district) and counts.type in (None, "total")
        if here and counts.write_ins is not None and not counts.is_suppressed_for_privacy:
            return checked_sum(cast + counts.write_ins)
    return None


def _reporting(contest: _Contest, counts: Counts, units: GpUnits) -> Reporting | None:
    reported = pair(contest.sub_units_reported, contest.total_sub_units, "SubUnits")
    if reported is None:
        return None
    kinds = {units[unit].kind for unit in counts.units}
    return Reporting(precincts=reported) if kinds and kinds <= _PRECINCT_KINDS else Reporting(units=reported)


read = reader(NAME, _find, _read)

FORMAT = Format(
    name=NAME,
    read=read,
    begins=lambda it: "ElectionReport" in str(it.keys.get("@type")) or it.has("GpUnit") or it.has("GeneratedDate"),
)
