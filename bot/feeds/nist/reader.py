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
drafts of it, which are in use, say ElectoralDistrictId, BallotSelection and SummaryCounts. Read so:

- GeneratedDate is the only time, and needs its zone.
- Status is the reading's own. A recount is a count of its own. A test, and one part of a report in several, are refused.
- The votes of the contest's district are the whole contest's. Where only units below it have any, their sum is, and of
  units within one another the topmost are read.
- What is suppressed for privacy is unknown, not 0; so is a unit of which its CountStatus says that nothing is processed.
- Of a ranked contest only the first round is read.
- PostElectionStatus, who has won, is not a count's business: not read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, BinaryIO, Literal, cast, get_args

from bot.count.reading import Reading, Reporting, Status
from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.ballot import ballot_of, checked_label, count_named, label, slug
from bot.feeds.nist.counts import Counts, counts_of
from bot.feeds.nist.units import GpUnits, english, statuses
from bot.feeds.reader import ReaderContext, Refusal, plain, quoted, shortened
from bot.feeds.strict_json import object_of, objects, pair, whole_number
from bot.feeds.vote_table import Table, TableChoice, by_type, trusted, units_of

FORMAT = "nist"

_PRECINCT_KINDS = frozenset({"precinct", "combined-precinct", "split-precinct", "polling-place", "vote-center"})


_WRITE_IN = "Write-in"


_slug = lru_cache(maxsize=5000)(slug)


@dataclass(frozen=True, slots=True)
class _Report:
    """What holds of a whole report."""

    as_of: datetime
    as_of_is: Literal["received"] | None
    status: Status | None
    units: GpUnits
    parties: Mapping[str, str]
    """Their labels by id."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    party: str | None
    """The party's id."""
    is_top: bool


def read(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield a reading of each contest, in the report's order, or why it is refused.

    A contest that repeats an earlier one word for word is dropped; one that has an earlier one's id and differs from
    it is refused.
    """
    try:
        document = object_of(strict_json.parse(strict_json.read_document(stream)), "the report")
        report, elections = _report(document, context), objects(document, "Election")
        people = [_candidates(election) for election in elections]
        contests = [objects(election, "Contest", needed=False) for election in elections]
    except BadInputError as error:
        raise BadInputError(f"{context.name}: {plain(str(error))}") from None
    seen: dict[str, dict[str, Any]] = {}
    for election, listed, found in zip(elections, contests, people, strict=True):
        for number, contest in enumerate(listed, start=1):
            key = contest.get("@id")
            key = _slug(key) if isinstance(key, str) else ""
            if not key:
                what = f"contest {number} of the election: @id should be its key, not {quoted(contest.get('@id'))}"
                yield Refusal(context.name, what)
            elif key not in seen:
                seen[key] = contest
                yield _read(key, contest, election, found, report, context)
            elif seen[key] != contest:
                yield _refusal(key, contest, context, "is there twice, and the second differs from the first")


def _report(document: Mapping[str, Any], context: ReaderContext) -> _Report:
    if not {"Election", "GeneratedDate", "GpUnit"} & document.keys():
        raise BadInputError("should be an ElectionReport of NIST SP 1500-100")
    if document.get("IsTest") not in (None, False):
        raise BadInputError("is a test (IsTest): its numbers are no results")
    start, end = (whole_number(document.get(f"Sequence{which}", 1), f"Sequence{which}") for which in ("Start", "End"))
    if max(start, end) > 1:
        raise BadInputError(
            f"is part {start} of a report in {end} (SequenceStart, SequenceEnd); only whole reports are read"
        )
    status = document.get("Status")
    if status is not None and status not in get_args(Status):
        raise BadInputError(f"Status should be one of {', '.join(get_args(Status))}, not {quoted(status)}")
    said = _generated(document.get("GeneratedDate"))
    return _Report(
        said or context.as_of_utc, None if said else context.as_of_is, status, GpUnits(document),
        {key: named for key, one in _by_id(document, "Party").items() if (named := _party(one))},
    )  # fmt: skip


def _generated(stamp: object) -> datetime | None:
    if stamp is None:
        return None
    try:
        moment = datetime.fromisoformat(stamp) if isinstance(stamp, str) else None
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    if moment is not None:
        raise BadInputError(f"GeneratedDate has no zone: {quoted(stamp)}; should be such as 2026-11-03T21:14:00-05:00")
    raise BadInputError(f"GeneratedDate should be a time such as 2026-11-03T21:14:00-05:00, not {quoted(stamp)}")


def _by_id(holder: Mapping[str, Any], field: str) -> dict[str, dict[str, Any]]:
    found = {}
    for number, one in enumerate(objects(holder, field, needed=False), start=1):
        key = one.get("@id")
        if not isinstance(key, str) or key in found:
            raise BadInputError(f"object {number} of {field} should have an @id of its own")
        found[key] = one
    return found


def _party(party: Mapping[str, Any]) -> str | None:
    return english(party.get("Abbreviation"), "Abbreviation of a party") or english(
        party.get("Name"), "Name of a party"
    )


def _candidates(election: Mapping[str, Any]) -> dict[str, _Candidate]:
    found = {}
    for key, one in _by_id(election, "Candidate").items():
        name, party = english(one.get("BallotName"), f"BallotName of {key}"), one.get("PartyId")
        found[key] = _Candidate(name or "", party if isinstance(party, str) else None, one.get("IsTopTicket") is True)
    return found


def _read(
    key: str, contest: dict[str, Any], election: Mapping[str, Any], people: Mapping[str, _Candidate],
    report: _Report, context: ReaderContext,
) -> Reading | Refusal:  # fmt: skip
    try:
        return _reading(key, contest, election, people, report, context)
    except BadInputError as error:
        return _refusal(key, contest, context, str(error))


def _reading(
    key: str, contest: dict[str, Any], election: Mapping[str, Any], people: Mapping[str, _Candidate],
    report: _Report, context: ReaderContext,
) -> Reading:  # fmt: skip
    selections = objects(contest, _named(contest, "ContestSelection", "BallotSelection"))
    if not selections:
        raise BadInputError("ContestSelection has no selections")
    named = [_selection(one, people, report.parties) for one in selections]
    texts, parties = tuple(name for name, _ in named), tuple(party for _, party in named)
    ballot = ballot_of(texts, parties, tuple(_slug(str(one.get("@id", ""))) for one in selections))
    district = contest.get("ElectionDistrictId", contest.get("ElectoralDistrictId"))
    counts = counts_of(selections, texts, district, report.units)
    table = _table(counts, texts)
    known = report.units.known(counts.units)
    reported = {unit: said for unit in counts.units if (said := report.units[unit].reported)}
    name, of = english(contest.get("Name"), "Name"), english(election.get("Name"), "Name of the election")
    votes = {one: choice.votes for one, choice in zip(ballot.ids, table.choices, strict=True)}
    called = label(name) if name else None
    return trusted(
        Reading,
        {
            "source": context.source or FORMAT,
            "contest": key,
            "contest_name": checked_label(called, "Name") if called else None,
            "count": "recount" if report.status == "recount" else count_named(of, name),
            "as_of": report.as_of,
            "as_of_is": report.as_of_is,
            "status": _status(contest, report.status),
            "votes": votes,
            "names": dict(ballot.names),
            "parties": dict(ballot.parties) or None,
            "total": _total(contest, selections, sum(votes.values()), district),
            "reporting": _reporting(contest, counts, report.units),
            "by_type": by_type(table, ballot.ids),
            "units": units_of(table, ballot.ids, known, reported) or None,
        },
    )


def _named(contest: Mapping[str, Any], name: str, of_drafts: str) -> str:
    return of_drafts if of_drafts in contest and name not in contest else name


def _selection(
    selection: Mapping[str, Any], people: Mapping[str, _Candidate], parties: Mapping[str, str]
) -> tuple[str, str | None]:
    """Return what a selection is called, and its party; of a ticket its first or top name."""
    if (measure := english(selection.get("Selection"), "Selection")) is not None:
        return measure, None
    ids = selection.get("CandidateIds") or []
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise BadInputError(f"CandidateIds should hold ids, not {quoted(ids)}")
    if ids:
        for one in ids:
            if one not in people:
                raise BadInputError(f"has the candidate {quoted(one)}, whom Candidate does not have")
        whom = next((people[one] for one in ids if people[one].is_top), people[ids[0]])
        return whom.name, parties.get(whom.party or "")
    if selection.get("IsWriteIn") is True:
        return _WRITE_IN, None
    lists = selection.get("PartyIds")
    if isinstance(lists, list) and lists and isinstance(lists[0], str) and lists[0] in parties:
        return parties[lists[0]], parties[lists[0]]
    raise BadInputError("has a selection that is no candidate, party, write-in or answer")


def _table(counts: Counts, names: Sequence[str]) -> Table:
    choices = [
        TableChoice("", name, None, said["total"], counts.types, [said.get(kind) for kind in counts.types], columns)
        for name, said, columns in zip(names, counts.whole, counts.columns, strict=True)
    ]
    return Table(choices, counts.units, None, counts.complete)


def _status(contest: Mapping[str, Any], status: Status | None) -> Status | None:
    """Return the report's status, but for a contest of which a complete report says that it is not."""
    if status == "unofficial-complete" and statuses(contest) & {"in-process", "not-processed"}:
        return "unofficial-partial"
    return status


def _total(
    contest: Mapping[str, Any], selections: Sequence[Mapping[str, Any]], cast_: int, district: object
) -> int | None:
    """Return all votes of the contest where write-ins are counted beside the selections, else None: their sum."""
    if any(selection.get("IsWriteIn") is True for selection in selections):
        return None
    for counts in objects(contest, _named(contest, "OtherCounts", "SummaryCounts"), needed=False):
        here = counts.get("GpUnitId", district) == district and counts.get("Type", "total") == "total"
        if here and "WriteIns" in counts and counts.get("IsSuppressedForPrivacy") in (None, False):
            return whole_number(cast_ + whole_number(counts["WriteIns"], "WriteIns"), "all votes")
    return None


def _reporting(contest: Mapping[str, Any], counts: Counts, units: GpUnits) -> Reporting | None:
    said = pair(contest.get("SubUnitsReported"), contest.get("TotalSubUnits"), "SubUnits")
    if said is None:
        return None
    kinds = {units[unit].kind for unit in counts.units}
    fields = ("precincts", "units") if kinds and kinds <= _PRECINCT_KINDS else ("units", "precincts")
    return trusted(Reporting, cast("dict[str, Any]", dict(zip(fields, (said, None), strict=True))))


def _refusal(key: str, contest: Mapping[str, Any], context: ReaderContext, what: str) -> Refusal:
    name = contest.get("Name")
    return Refusal(context.name, what, key, shortened(name) if isinstance(name, str) else None)
