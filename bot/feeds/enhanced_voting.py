"""The format `enhanced-voting`: Enhanced Voting's results sites (Georgia, Virginia, Washington, Utah, Idaho, Rhode Island, counties).

A file may be either of two documents:

    the media export  electionName, electionDate, createdAt
                      results       > name, ballotItems[]  the state's contests, with the state's totals
                      localResults[] name, reportingStatuses[], ballotItems[]  each county's share, and its own contests
                      ballotItem    > id, name, precinctsReporting, precinctsParticipating
                          > ballotOptions[] id, name, politicalParty, voteCount > groupResults[] groupName, voteCount
    /data             election > lastUpdated, electionDate, isProduction, isOfficialResults, name[], groupReportingStatus[]
                      ballotItems[] id, name[], voteTotal, reportingStatus
                          > summaryResults.ballotOptions[] id, nativeId, name[], party, voteCount > groupResults[]

Seen: Georgia's exports of elections from 2012 to 2024 (openelections/openelections-sources-ga), and answers of the sites of
Georgia, Virginia and Washington in 2024 and 2026 (CivicMirror/CivicMirror-API, kamoras/civitas). They show:

- `lastUpdated` is when the count changed, `asOf` when it was served. An export has only `createdAt`, which on election night
  is the time of the count, but years later in files of old elections. It is used up to 45 days after the election.
- /data has no votes by county, but the number of counties that have reported. An export has precincts, or null, or 0 of 0.
- Zeros mean nothing for a vote type that is "Not Reported", and in `voteTotal` and `totalVoters`.
- Names in /data are in several languages, and English is taken. Some have a trailing `*` or doubled inner quotes.
- The names of vote types vary: "Advanced Voting Votes", "Advance Voting Votes", "Advance Voting".
- A county's results may have votes by precinct (precinctResults), which are not read. Ranked choices were null in every
  contest that was seen; a contest that has any is refused.
- A contest that is only in a county's list is that county's own. Another county's contest may have the same id.
- Sums may differ from totals. Nothing is corrected.
- `isProduction` false means a test. Winners and turnout are not read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, TypeAlias

from pydantic import Field
from pydantic.alias_generators import to_camel

from bot.count.reading import Reading, Reporting, Unit, Votes
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.ballot import (
    Ballot,
    ballot_of,
    checked_label,
    count_named,
    key_of,
    slug,
    spaced,
)
from bot.feeds.choices import is_empty_place, is_residual
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal, quoted, shortened
from bot.feeds.skeleton import TWICE, FeedContest, day_of, json_contests, moment_of, reader, reading_of
from bot.feeds.strict_json import VendorModel, pair, parse, read_document, shaped
from bot.feeds.vote_types import ByType, by_kind, checked_sum, refuse_above
from bot.wording.escape import clean
from bot.wording.states import STATES

NAME, OTHER_NAME = "enhanced-voting", "georgia-export"

_COUNTED_FOR = timedelta(days=45)

_POSTAL = {name.casefold(): code for code, name in STATES.items()}


class _Group(VendorModel, alias_generator=to_camel):
    """The votes of a choice for one vote type."""

    group_name: str
    vote_count: Votes | None = None


class _Option(VendorModel, alias_generator=to_camel):
    id: str
    name: str
    vote_count: Votes | None = None
    political_party: str | None = None
    group_results: list[_Group] | None = None


class _Item(VendorModel, alias_generator=to_camel):
    """A contest in an export, with the results of the state or of one county."""

    id: str
    ballot_options: list[_Option]
    name: str | None = None
    precincts_reporting: Votes | None = None
    precincts_participating: Votes | None = None
    ranked: object = Field(None, alias="rankedChoiceResults")


class _Status(VendorModel, alias_generator=to_camel):
    """The reporting status of a place for one vote type."""

    group_name: str
    status: str | None = None


class _Heading(VendorModel, alias_generator=to_camel):
    """The fields of an export that describe the export itself."""

    election_name: str | None = None
    election_date: str | None = None
    created_at: str | None = None


class _Text(VendorModel, alias_generator=to_camel):
    text: str
    language_id: str | None = None


class _DataGroup(VendorModel, alias_generator=to_camel):
    group_name: list[_Text]
    vote_count: Votes | None = None


class _Party(VendorModel):
    abbreviation: str | None = None


class _DataOption(VendorModel, alias_generator=to_camel):
    name: list[_Text]
    id: str | None = None
    native_id: str | None = None
    vote_count: Votes | None = None
    party: _Party | None = None
    group_results: list[_DataGroup] | None = None


class _Summary(VendorModel, alias_generator=to_camel):
    ballot_options: list[_DataOption]


class _ReportingStatus(VendorModel, alias_generator=to_camel):
    reporting_units: Votes | None = None
    total_units: Votes | None = None


class _DataItem(VendorModel, alias_generator=to_camel):
    """A contest of a /data answer."""

    name: list[_Text]
    summary_results: _Summary
    id: str | None = None
    vote_total: Votes | None = None
    reporting_status: _ReportingStatus | None = None
    ranked: object = Field(None, alias="rankedChoiceSummaryResults")


class _DataStatus(VendorModel, alias_generator=to_camel):
    group_name: list[_Text]
    reporting_status_client_text_key: str | None = None


class _Election(VendorModel, alias_generator=to_camel):
    last_updated: str
    election_date: str | None = None
    is_production: bool | None = None
    is_official_results: bool | None = None
    name: list[_Text] = []
    group_reporting_status: list[_DataStatus] | None = None


class _ListedElection(VendorModel, alias_generator=to_camel):
    public_election_id: str
    election_date: str
    name: list[_Text] = []


@dataclass(frozen=True, slots=True)
class _Header:
    """The fields of a file that apply to all its contests."""

    election: str | None
    day: date | None
    as_of: datetime | None
    is_official: bool = False
    unreported: frozenset[str] = frozenset()
    """The file's names of vote types that have not been reported yet."""


@dataclass(slots=True)
class _County:
    """A county's results in an export, after validation."""

    name: str
    fips: str | None
    unreported: frozenset[str]
    items: "dict[str, _Item | BadInputError]"
    """The county's contests by key. A contest that can't be used is an error."""


_Contest: TypeAlias = tuple[_Item | _DataItem, Sequence[_County], _Header]
"""(contest, counties that have results of it, file)"""


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[FeedContest[_Contest] | Refusal]:
    document = shaped(parse(read_document(stream)), dict[str, Any], "the file")
    if "ballotItems" in document and "election" in document:
        yield from _find_in_data(document, context)
    elif "results" in document:
        yield from _find_in_export(document, context)
    elif "elections" in document:
        raise BadInputError(_no_count(document["elections"]))
    else:
        raise BadInputError("should be a media export or a /data answer of Enhanced Voting, and has no results")


def _no_count(elections: object) -> str:
    """Return the error for a file with a list of elections instead of results.

    The error names the newest elections.
    """
    listed = sorted(elections_of(elections), key=lambda one: one.election_date, reverse=True)
    newest = ", ".join(f"{one.public_election_id} ({one.election_date})" for one in listed[:3])
    return f"is a list of elections, no count; ask for /data of one of them: {clean(newest, 300) or 'it has none'}"


def elections_of(elections: object) -> Sequence[_ListedElection]:
    """Validate the list of a site's elections: `elections` in the answer for a jurisdiction.

    Raises:
        BadInputError: the value isn't such a list.

    """
    return shaped(elections, list[_ListedElection])


# The live answer, /data.


def _find_in_data(document: Mapping[str, Any], context: ReaderContext) -> Iterator[FeedContest[_Contest] | Refusal]:
    election = shaped(document["election"], _Election)
    if election.is_production is False and not context.takes_test():
        raise BadInputError("is a test (isProduction is false): its numbers are no results")
    statuses = {
        _in_english(one.group_name): one.reporting_status_client_text_key
        for one in election.group_reporting_status or ()
    }
    header = _Header(
        _in_english(election.name),
        day_of(election.election_date, "electionDate"),
        moment_of(election.last_updated, "lastUpdated"),
        election.is_official_results is True,
        _unreported_types(statuses),
    )
    found = json_contests(document["ballotItems"], _DataItem, _data_key_and_name, header, context, "ballotItems")
    yield from _with_counties(found, {}, header)


def _with_counties(
    contests: Iterator[FeedContest[tuple[_Header, _Item]] | FeedContest[tuple[_Header, _DataItem]] | Refusal],
    counties: Mapping[str, _County],
    header: _Header,
) -> Iterator[FeedContest[_Contest] | Refusal]:
    """Yield each contest together with the counties that have results for it."""
    for found in contests:
        if isinstance(found, Refusal):
            yield found
            continue
        own, name, parts, words = found
        if isinstance(parts, BadInputError):
            yield own, name, parts, words
            continue
        key = key_of(own) if isinstance(own, str) else ""
        yield own, name, (parts[1], [each for each in counties.values() if key in each.items], header), words


def _data_key_and_name(contest: Mapping[str, Any]) -> tuple[object, object]:
    """Return a contest's key, which is its id or else its name, and the contest's name."""
    own, name = contest.get("id"), contest.get("name")
    try:
        name = _in_english(shaped(name, list[_Text]))
    except BadInputError:
        name = None
    return name if own is None else own, name


def _in_english(texts: Sequence[_Text]) -> str:
    """Return a text in English, or else in its first language. Empty if it has none."""
    found = [one.text for language in ("en", "1") for one in texts if one.language_id == language]
    return next(iter([*found, *(one.text for one in texts)]), "").strip()


def _item_of(item: _DataItem) -> tuple[_Item, int | None]:
    """Convert a contest of a /data answer to the model of an export. Returns the contest, and its total or None."""
    options = [
        _Option.model_construct(
            id=one.native_id or one.id or str(place),
            name=_in_english(one.name),
            vote_count=one.vote_count,
            political_party=one.party.abbreviation if one.party else None,
            group_results=[
                _Group.model_construct(group_name=_in_english(group.group_name), vote_count=group.vote_count)
                for group in one.group_results or ()
            ],
        )
        for place, one in enumerate(item.summary_results.ballot_options, start=1)
    ]
    return _Item.model_construct(id="", ballot_options=options, name=_in_english(item.name)), item.vote_total or None


# The media export.


def _find_in_export(document: Mapping[str, Any], context: ReaderContext) -> Iterator[FeedContest[_Contest] | Refusal]:
    results = shaped(document["results"], dict[str, Any], "results")
    header = _heading(shaped(document, _Heading), shaped(results, _Statuses).reporting_statuses or ())
    state = _POSTAL.get(str(results.get("name")).casefold().removeprefix("state of "))
    counties: dict[str, _County] = {}
    refusals: list[Refusal] = []
    local = shaped(document.get("localResults", []), list[Any], "localResults")
    for number, value in enumerate(local, start=1):
        try:
            refusals += _take_county(shaped(value, _Place), counties, state, context)
        except BadInputError as error:
            refusals.append(Refusal(context.name, f"county {number} of the file: {error}"))
    seen = set()
    listed = json_contests(results.get("ballotItems"), _Item, _export_key_and_name, header, context, "ballotItems")
    for found in _with_counties(listed, counties, header):
        if not isinstance(found, Refusal) and isinstance(found[0], str):
            seen.add(key_of(found[0]))
        yield found
    yield from refusals
    for each in counties.values():
        for key, item in each.items.items():
            if key not in seen:
                own = f"{slug(each.name)}-{key}"
                if isinstance(item, BadInputError):
                    yield own, None, item, None
                    continue
                name = (
                    f"{each.name}: {item.name}" if item.name else None
                )  # counties use the same names for their own contests
                alone = _Header(header.election, header.day, header.as_of, unreported=each.unreported)
                yield own, name, (item.model_copy(update={"name": name}), (), alone), None


def _export_key_and_name(contest: Mapping[str, Any]) -> tuple[object, object]:
    return contest.get("id"), contest.get("name")


def _heading(heading: _Heading, statuses: Sequence[_Status]) -> _Header:
    day = day_of(heading.election_date, "electionDate")
    return _Header(heading.election_name, day, _counted_at(heading.created_at, day), unreported=_unreported(statuses))


def _counted_at(created: str | None, day: date | None) -> datetime | None:
    """Return when an export was made; None if that is too long after the election to be the time of the count."""
    try:
        moment = moment_of(created or "", "createdAt")
    except BadInputError:
        return None
    return moment if day and moment.date() - day <= _COUNTED_FOR else None


def _unreported(statuses: Sequence[_Status]) -> frozenset[str]:
    return _unreported_types({one.group_name: one.status for one in statuses})


def _unreported_types(statuses: Mapping[str, str | None]) -> frozenset[str]:
    """Return the names of vote types that have not been reported."""
    return frozenset(group for group, status in statuses.items() if status and slug(status).endswith("not-reported"))


def _take_county(
    place: "_Place", counties: dict[str, _County], state: str | None, context: ReaderContext
) -> Iterator[Refusal]:
    """Add a county of the file to `counties`. Yields refusals."""
    name, fips = _name_and_fips(place.name, state)
    found = _County(name, fips, _unreported(place.reporting_statuses or ()), {})
    for number, value in enumerate(place.ballot_items or (), start=1):
        own = value.get("id") if isinstance(value, dict) else value
        try:
            item: _Item | BadInputError = shaped(value, _Item)
        except BadInputError as error:
            item = error
        if not (key := key_of(own) if isinstance(own, str) else ""):
            yield Refusal(context.name, f"{name}: contest {number}: id should be its key, not {quoted(own)}")
            continue
        if (known := found.items.setdefault(key, item)) is not item and known != item:
            found.items[key] = BadInputError(TWICE)
    if (same := counties.setdefault(name, found)) is not found and same != found:
        yield Refusal(context.name, f"{name} {TWICE}")


class _Statuses(VendorModel, alias_generator=to_camel):
    reporting_statuses: list[_Status] | None = None


class _Place(_Statuses, alias_generator=to_camel):
    """A county's results in an export, as in the file."""

    name: str
    ballot_items: list[Any] | None = None


def _name_and_fips(name: str, state: str | None) -> tuple[str, str | None]:
    """Return a county's name and its FIPS code. The code is None if the county is unknown."""
    called = spaced(name)
    if called.casefold().endswith(" county"):
        called = called[: -len(" county")]
    found = county(state, spaced(name)) if state else None
    return checked_label(called, "name of a county"), found.fips if found else None


# Contests of either document.


def _read(contest: _Contest, key: str, context: ReaderContext) -> Reading | None:
    item, counties, header = contest
    if item.ranked:
        raise BadInputError("has ranked choices, and no file that was seen shows which round's votes these are")
    total, reported = None, None
    if isinstance(item, _DataItem):
        units = item.reporting_status or _ReportingStatus()
        reported = pair(units.reporting_units, units.total_units, "counties")
        item, total = _item_of(item)
    ballot = _ballot(item)
    votes, by_type = _votes(item, ballot, header.unreported)
    for option in item.ballot_options:
        if option.vote_count is None and option.id in ballot.candidates:
            raise BadInputError(f"votes of {shortened(option.name)} should be a whole number, not null")
    precincts = pair(item.precincts_reporting, item.precincts_participating)
    return reading_of(
        context,
        key,
        ballot.of,
        list(votes.values()),
        name=item.name,
        as_of=header.as_of,
        day=header.day,
        total=total,
        count=count_named(header.election, item.name),
        status="certified" if header.is_official else None,
        reporting=Reporting(precincts=precincts, units=reported) if precincts or reported else None,
        by_type=by_type or None,
        units={one.name: _unit(one, one.items[key], ballot) for one in counties} or None,
    )


@dataclass(frozen=True, slots=True)
class _Ballot:
    """The choices of a contest, and the candidates among them."""

    of: Ballot
    names: Mapping[str, str]
    """The names of all choices, including residual choices, by the file's id."""
    candidates: Mapping[str, str]
    """The candidates' ids in our form, by the file's id."""


def _ballot(item: _Item) -> _Ballot:
    kept = [option for option in item.ballot_options if not is_residual(option.name)]
    names = {option.id: option.name for option in item.ballot_options}
    if not kept and not any(map(is_empty_place, names.values())):
        raise BadInputError("ballotOptions has no choices")
    if len(names) != len(item.ballot_options):
        raise BadInputError("ballotOptions has an id twice")
    keys, texts = tuple(option.id for option in kept), tuple(_plain(option.name) for option in kept)
    ballot = ballot_of(texts, tuple(option.political_party for option in kept), keys)
    return _Ballot(ballot, names, dict(zip(keys, ballot.ids, strict=True)))


def _plain(name: str) -> str:
    """Return a choice's name without a trailing asterisk, which stands for an endorsement."""
    return name.strip().removesuffix("*").rstrip()


def _votes(item: _Item, ballot: _Ballot, unreported: frozenset[str]) -> tuple[dict[str, int], ByType]:
    """Return a place's votes by candidate, and its votes by type and candidate."""
    votes: dict[str, int] = {}
    columns: dict[str, dict[str, int]] = {}
    candidates = ballot.candidates
    for option in item.ballot_options:
        if option.id not in candidates:
            continue
        candidate = candidates[option.id]
        if option.vote_count is not None:
            votes[candidate] = option.vote_count
        for group in option.group_results or ():
            name, cast = group.group_name, group.vote_count
            if cast is None:
                continue
            if name not in columns:
                columns[name] = {candidate: cast}
                continue
            column = columns[name]
            column[candidate] = checked_sum(column[candidate] + cast) if candidate in column else cast
    if unreported:
        columns = {name: column for name, column in columns.items() if name not in unreported or any(column.values())}
    return votes, by_kind(columns)


def _unit(county: _County, item: "_Item | BadInputError", ballot: _Ballot) -> Unit:
    """Return a county's results in a statewide contest."""
    try:
        shared = _checked_county_item(item, ballot)
        votes, by_type = _votes(shared, ballot, county.unreported)
        refuse_above(by_type, votes)
        reported = pair(shared.precincts_reporting, shared.precincts_participating)
    except BadInputError as error:
        raise BadInputError(f"{county.name}: {error}") from None
    return Unit(fips=county.fips, votes=votes or None, reported=reported, by_type=by_type or None)


def _checked_county_item(item: "_Item | BadInputError", ballot: _Ballot) -> _Item:
    """Return a county's part of a statewide contest, after checking that it has the same choices."""
    if isinstance(item, BadInputError):
        raise item
    for option in item.ballot_options:
        name = ballot.names.get(option.id)
        if name != option.name and slug(name or "") != slug(option.name):
            raise BadInputError(
                f"{quoted(option.name)} is no choice that the state's totals have with the id {quoted(option.id)}"
            )
    return item


read = reader(NAME, _find, _read)

read_georgia_export = reader(OTHER_NAME, _find, _read)

FORMAT = Format(
    name=NAME,
    read=read,
    begins=lambda it: (
        it.has("ballotItems")
        or it.has("localResults")
        or it.has("results", "electionName")
        or it.has("childLocalities")
    ),
)

GEORGIA_EXPORT = Format(name=OTHER_NAME, read=read_georgia_export, begins=None)
