"""The format `enhanced-voting`: results sites of Enhanced Voting: Georgia, Virginia, Washington, Utah, Idaho, Rhode Island, counties.

Two documents of a site are read, whichever of them a file is:

    the media export  electionName, electionDate, createdAt
                      results       > name, ballotItems[]  the state's contests, with the state's totals
                      localResults[] name, reportingStatuses[], ballotItems[]  each county's share, and its own contests
                      ballotItem    > id, name, precinctsReporting, precinctsParticipating
                          > ballotOptions[] id, name, politicalParty, voteCount > groupResults[] groupName, voteCount
    /data             election > lastUpdated, electionDate, isProduction, isOfficialResults, name[], groupReportingStatus[]
                      ballotItems[] id, name[], voteTotal, reportingStatus
                          > summaryResults.ballotOptions[] id, nativeId, name[], party, voteCount > groupResults[]

Seen in Georgia's exports of elections from 2012 to 2024 (openelections/openelections-sources-ga) and in what its site, Virginia's
and Washington's gave in 2024 and 2026 (CivicMirror/CivicMirror-API, kamoras/civitas). They show:

- `lastUpdated` is when the count moved, `asOf` when it was served. An export has `createdAt` alone: on the night a time of
  the count, but years later in files of old elections, where it is none; it counts for 45 days from the election.
- /data has no votes by county, and says how many counties have reported; an export says precincts, or null, or 0 of 0.
- A vote type of which nothing is reported ("Not Reported") has zeros that say nothing. So have `voteTotal` and `totalVoters`.
- Names of a /data answer are in several languages: English is taken. Some have a trailing `*` or doubled inner quotes.
- The groups' names drift: "Advanced Voting Votes", "Advance Voting Votes", "Advance Voting".
- A county's share may have votes by precinct (precinctResults): not read. Ranked choices are null in every contest that was
  seen; one that has any is refused.
- A contest that is in a county's list alone is that county's own, and another county's may have the same id.
- Sums may differ from totals; nothing is corrected.
- `isProduction` false is a test. What is said of winners and turnout is not read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, BinaryIO, TypeAlias

from msgspec import Raw, field
from msgspec.structs import replace

from bot.count.reading import Reading, Reporting, Unit
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.ballot import Ballot, ballot_of, checked_label, count_named, is_residual, key_of, slug, spaced
from bot.feeds.reader import ReaderContext, Refusal, quoted, shortened
from bot.feeds.skeleton import TWICE, ContestModel, Found, day_of, json_contests, moment_of, reader, reading_of
from bot.feeds.strict_json import Count, Json, Model, decoded, pair, shaped
from bot.feeds.vote_types import ByType, by_kind, checked_sum, refuse_above
from bot.wording.states import STATES

FORMAT, OTHER_NAME = "enhanced-voting", "georgia-export"

_COUNTED_FOR = timedelta(days=45)

_POSTAL = {name.casefold(): code for code, name in STATES.items()}


class _Group(Model, rename="camel"):
    """A choice's votes of one type."""

    group_name: str
    vote_count: Count | None = None


class _Precinct(Model, rename="camel"):
    """A choice's votes in a precinct, which are not read."""

    group_results: list[Raw] | None = None


class _Option(Model, rename="camel"):
    """A choice."""

    id: str
    name: str
    vote_count: Count | None = None
    political_party: str | None = None
    group_results: list[_Group] | None = None
    precinct_results: list[_Precinct] | None = None


class _Item(ContestModel, rename="camel"):
    """A contest, in the state or in one county."""

    VOTES = b'"voteCount"'
    key: str = field(name="id")
    ballot_options: list[_Option]
    name: str | None = None
    precincts_reporting: Count | None = None
    precincts_participating: Count | None = None
    ranked: object = field(name="rankedChoiceResults", default=None)

    @property
    def times(self) -> int:
        """How often votes were read in it, and stand in what is not read: in precincts."""
        times = len(self.ballot_options)
        for one in self.ballot_options:
            times += len(one.group_results or ())
            for precinct in one.precinct_results or ():
                times += 1 + len(precinct.group_results or ())
        return times


class _Status(Model, rename="camel"):
    """How much of a vote type a place has reported."""

    group_name: str
    status: str | None = None


class _Heading(Model, rename="camel"):
    """What an export says of itself."""

    election_name: str | None = None
    election_date: str | None = None
    created_at: str | None = None


class _Text(Model, rename="camel"):
    """A text in one language."""

    text: str
    language_id: str | None = None


class _DataGroup(Model, rename="camel"):
    group_name: list[_Text]
    vote_count: Count | None = None


class _Party(Model):
    abbreviation: str | None = None


class _DataOption(Model, rename="camel"):
    name: list[_Text]
    id: str | None = None
    native_id: str | None = None
    vote_count: Count | None = None
    party: _Party | None = None
    group_results: list[_DataGroup] | None = None


class _Summary(Model, rename="camel"):
    ballot_options: list[_DataOption]


class _Reported(Model, rename="camel"):
    reporting_units: Count | None = None
    total_units: Count | None = None


class _DataItem(ContestModel, rename="camel"):
    """A contest of a /data answer."""

    VOTES = b'"voteCount"'
    names: list[_Text] = field(name="name")
    summary_results: _Summary
    id: str | None = None
    vote_total: Count | None = None
    reporting_status: _Reported | None = None
    ranked: object = field(name="rankedChoiceSummaryResults", default=None)

    @property
    def name(self) -> str:
        """What it is called, in English."""
        return _in_english(self.names)

    @property
    def key(self) -> str:
        """Its id; its name where it has none."""
        return self.name if self.id is None else self.id

    @property
    def times(self) -> int:
        """How often votes were read in it."""
        return sum([1 + len(one.group_results or ()) for one in self.summary_results.ballot_options])

    @classmethod
    def named(cls, value: Mapping[str, Any]) -> tuple[object, object]:
        """Return the key and the name of a contest that has not its shape."""
        name = _text_of(value.get("name"))
        return value.get("id", name), name


class _DataStatus(Model, rename="camel"):
    group_name: list[_Text]
    reporting_status_client_text_key: str | None = None


class _Election(Model, rename="camel"):
    """What a /data answer says of its election."""

    last_updated: str
    election_date: str | None = None
    is_production: bool | None = None
    is_official_results: bool | None = None
    name: list[_Text] = []
    group_reporting_status: list[_DataStatus] | None = None


class _Listed(Model, rename="camel"):
    """An election in the list of a site's elections."""

    public_election_id: str
    election_date: str
    name: list[_Text] = []


@dataclass(frozen=True, slots=True)
class _File:
    """What holds of every contest of a file."""

    election: str | None
    day: date | None
    as_of: datetime | None
    is_official: bool = False
    silent: frozenset[str] = frozenset()
    """The vote types of which nothing is reported, as the file calls them."""


@dataclass(slots=True)
class _County:
    """A county's part of an export."""

    name: str
    fips: str | None
    silent: frozenset[str]
    items: "dict[str, _Item | BadInputError]"
    """Its contests by their keys, or what is wrong with one."""


_Contest: TypeAlias = tuple[_Item | _DataItem, Sequence[_County], _File]
"""(the contest; the counties that have a share of it; its file)"""


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[Found[_Contest] | Refusal]:
    document = strict_json.members(strict_json.read_document(stream), "the file")
    if "ballotItems" in document and "election" in document:
        yield from _find_in_data(document, context)
    elif "results" in document:
        yield from _find_in_export(document, context)
    elif "elections" in document:
        raise BadInputError(_no_count(document["elections"]))
    else:
        raise BadInputError("should be a media export or a /data answer of Enhanced Voting, and has no results")


def _no_count(elections: Raw) -> str:
    """Return what a list of elections tells whoever takes it for a count."""
    listed = sorted(elections_of(elections), key=lambda one: one.election_date, reverse=True)
    newest = ", ".join(f"{one.public_election_id} ({one.election_date})" for one in listed[:3])
    return f"is a list of elections, no count; ask for /data of one of them: {shortened(newest, 300) or 'it has none'}"


def elections_of(elections: Raw | bytes) -> Sequence[_Listed]:
    """Return the elections of a site: of its jurisdiction's answer, `elections`.

    Raises:
        BadInputError: it is something else.

    """
    return decoded(elections, list[_Listed])


# The live answer, /data.


def _find_in_data(document: Mapping[str, Raw], context: ReaderContext) -> Iterator[Found[_Contest] | Refusal]:
    election = decoded(document["election"], _Election)
    if election.is_production is False and not context.takes_test():
        raise BadInputError("is a test (isProduction is false): its numbers are no results")
    statuses = {
        _in_english(one.group_name): one.reporting_status_client_text_key
        for one in election.group_reporting_status or ()
    }
    file = _File(
        _in_english(election.name),
        day_of(election.election_date, "electionDate"),
        moment_of(election.last_updated, "lastUpdated"),
        election.is_official_results is True,
        _silent(statuses),
    )
    yield from _with_counties(
        strict_json.elements(document["ballotItems"], "ballotItems"), _DataItem, {}, file, context
    )


def _with_counties(
    listed: Sequence[Raw],
    shape: type[_Item] | type[_DataItem],
    counties: Mapping[str, _County],
    file: _File,
    context: ReaderContext,
) -> Iterator[Found[_Contest] | Refusal]:
    """Yield each contest with the counties that have a share of it."""
    for found in json_contests(listed, shape, file, context):
        if isinstance(found, Refusal):
            yield found
            continue
        own, name, told, words = found
        if isinstance(told, BadInputError):
            yield own, name, told, words
            continue
        key = key_of(own) if isinstance(own, str) else ""
        yield own, name, (told[1], [each for each in counties.values() if key in each.items], file), words


def _text_of(name: object) -> object:
    """Return a contest's name for a refusal, and for a key where it has no other."""
    try:
        return _in_english(shaped(name, list[_Text])) if isinstance(name, list) else name
    except BadInputError:
        return None


def _in_english(texts: Sequence[_Text]) -> str:
    """Return a text in English, else in the first language that it is in; empty where it is in none."""
    found = [one.text for language in ("en", "1") for one in texts if one.language_id == language]
    return next(iter([*found, *(one.text for one in texts)]), "").strip()


def _item_of(item: _DataItem) -> tuple[_Item, int | None]:
    """Return a contest of a /data answer as an export would have it, and all its votes."""
    options = [
        _Option(
            one.native_id or one.id or str(place),
            _in_english(one.name),
            one.vote_count,
            one.party.abbreviation if one.party else None,
            [_Group(_in_english(group.group_name), group.vote_count) for group in one.group_results or ()],
        )
        for place, one in enumerate(item.summary_results.ballot_options, start=1)
    ]
    return _Item(item.key, options, item.name), item.vote_total or None


# The media export.


def _find_in_export(document: Mapping[str, Raw], context: ReaderContext) -> Iterator[Found[_Contest] | Refusal]:
    head = {name: strict_json.parse(document[name]) for name in _HEAD if name in document}
    results = strict_json.members(document["results"], "results")
    file = _heading(shaped(head, _Heading), _statuses(results.get("reportingStatuses")))
    state = _POSTAL.get(str(strict_json.parse(results.get("name", b"null"))).casefold().removeprefix("state of "))
    counties: dict[str, _County] = {}
    refusals: list[Refusal] = []
    local = strict_json.elements(document.get("localResults", b"[]"), "localResults")
    for number, words in enumerate(local, start=1):
        try:
            refusals += _take_county(decoded(words, _Place), counties, state, context)
        except BadInputError as error:
            refusals.append(Refusal(context.name, f"county {number} of the file: {error}"))
    seen = set()
    listed = strict_json.elements(results.get("ballotItems", b"null"), "ballotItems")
    for found in _with_counties(listed, _Item, counties, file, context):
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
                name = f"{each.name}: {item.name}" if item.name else None  # counties name theirs alike
                alone = _File(file.election, file.day, file.as_of, silent=each.silent)
                yield own, name, (replace(item, name=name), (), alone), None


_HEAD = ("electionName", "electionDate", "createdAt")


def _heading(heading: _Heading, statuses: Sequence[_Status]) -> _File:
    day = day_of(heading.election_date, "electionDate")
    return _File(heading.election_name, day, _counted_at(heading.created_at, day), silent=_not_reported(statuses))


def _counted_at(created: str | None, day: date | None) -> datetime | None:
    """Return when an export was made, where that is a time of the count."""
    try:
        moment = moment_of(created or "", "createdAt")
    except BadInputError:
        return None
    return moment if day and moment.date() - day <= _COUNTED_FOR else None


def _statuses(statuses: Raw | None) -> Sequence[_Status]:
    return decoded(statuses or b"null", list[_Status] | None) or ()  # type: ignore[arg-type]  # msgspec knows it


def _not_reported(statuses: Sequence[_Status]) -> frozenset[str]:
    return _silent({one.group_name: one.status for one in statuses})


def _silent(statuses: Mapping[str, str | None]) -> frozenset[str]:
    """Return the vote types of which a place says that nothing is reported."""
    return frozenset(group for group, status in statuses.items() if status and slug(status).endswith("not-reported"))


def _take_county(
    place: "_Place", counties: dict[str, _County], state: str | None, context: ReaderContext
) -> Iterator[Refusal]:
    """Sort a county of the file into `counties`, and yield why something of it is refused."""
    name, fips = _named(place.name, state)
    found = _County(name, fips, _not_reported(place.reporting_statuses or ()), {})
    for number, (words, item) in enumerate(strict_json.each(place.ballot_items or (), _Item), start=1):
        own = _id_of(words) if isinstance(item, BadInputError) else item.key
        if not (key := key_of(own) if isinstance(own, str) else ""):
            yield Refusal(context.name, f"{name}: contest {number}: id should be its key, not {quoted(own)}")
            continue
        if (known := found.items.setdefault(key, item)) is not item and known != item:
            found.items[key] = BadInputError(TWICE)
    if (same := counties.setdefault(name, found)) is not found and same != found:
        yield Refusal(context.name, f"{name} {TWICE}")


def _id_of(words: Json) -> object:
    """Return the id of a contest that can't be used otherwise."""
    try:
        value = strict_json.parse(words)
    except BadInputError:
        return None
    return value.get("id") if isinstance(value, dict) else value


class _Place(Model, rename="camel"):
    """A county of an export."""

    name: str
    reporting_statuses: list[_Status] | None = None
    ballot_items: list[Raw] | None = None


@lru_cache(maxsize=5000)
def _named(name: str, state: str | None) -> tuple[str, str | None]:
    """Return what a county is called, and its FIPS code where it is certainly that county."""
    called = spaced(name)
    if called.casefold().endswith(" county"):
        called = called[: -len(" county")]
    found = county(state, spaced(name)) if state else None
    return checked_label(called, "name of a county"), found.fips if found else None


# Either's contests.


def _read(contest: _Contest, key: str, context: ReaderContext) -> Reading:
    item, counties, file = contest
    if item.ranked:
        raise BadInputError("has ranked choices, and no file that was seen shows which round's votes these are")
    total, reported = None, None
    if isinstance(item, _DataItem):
        said = item.reporting_status or _Reported()
        reported = pair(said.reporting_units, said.total_units, "counties")
        item, total = _item_of(item)
    ballot = _ballot(item)
    votes, by_type = _votes(item, ballot, file.silent)
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
        as_of=file.as_of,
        day=file.day,
        total=total,
        count=count_named(file.election, item.name),
        status="certified" if file.is_official else None,
        reporting=Reporting(precincts=precincts, units=reported) if precincts or reported else None,
        by_type=by_type or None,
        units={one.name: _unit(one, one.items[key], ballot) for one in counties} or None,
    )


@dataclass(frozen=True, slots=True)
class _Ballot:
    """Who stands in a contest."""

    of: Ballot
    names: Mapping[str, str]
    """What is on the ballot, also what is nobody, by the choice's id."""
    candidates: Mapping[str, str]
    """Candidates' ids by the choice's."""


def _ballot(item: _Item) -> _Ballot:
    kept = [option for option in item.ballot_options if not is_residual(option.name)]
    names = {option.id: option.name for option in item.ballot_options}
    if not kept:
        raise BadInputError("ballotOptions has no choices")
    if len(names) != len(item.ballot_options):
        raise BadInputError("ballotOptions has an id twice")
    keys, texts = tuple(option.id for option in kept), tuple(_plain(option.name) for option in kept)
    ballot = ballot_of(texts, tuple(option.political_party for option in kept), keys)
    return _Ballot(ballot, names, dict(zip(keys, ballot.ids, strict=True)))


@lru_cache(maxsize=10_000)
def _plain(name: str) -> str:
    """Return a choice's name without the mark of an endorsement."""
    return name.strip().removesuffix("*").rstrip()


def _votes(item: _Item, ballot: _Ballot, silent: frozenset[str]) -> tuple[dict[str, int], ByType]:
    """Return a place's votes by candidate, and by type and candidate."""
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
    if silent:
        columns = {name: column for name, column in columns.items() if name not in silent or any(column.values())}
    return votes, by_kind(columns)


def _unit(county: _County, item: "_Item | BadInputError", ballot: _Ballot) -> Unit:
    """Return a county's share of one of the state's contests."""
    try:
        shared = _shared(item, ballot)
        votes, by_type = _votes(shared, ballot, county.silent)
        refuse_above(by_type, votes)
        reported = pair(shared.precincts_reporting, shared.precincts_participating)
    except BadInputError as error:
        raise BadInputError(f"{county.name}: {error}") from None
    return Unit(fips=county.fips, votes=votes or None, reported=reported, by_type=by_type or None)


def _shared(item: "_Item | BadInputError", ballot: _Ballot) -> _Item:
    """Return a county's contest whose choices are the state's."""
    if isinstance(item, BadInputError):
        raise item
    for option in item.ballot_options:
        name = ballot.names.get(option.id)
        if name != option.name and slug(name or "") != slug(option.name):
            raise BadInputError(
                f"{quoted(option.name)} is no choice that the state's totals have with the id {quoted(option.id)}"
            )
    return item


read = reader(FORMAT, _find, _read)

read_georgia_export = reader(OTHER_NAME, _find, _read)
