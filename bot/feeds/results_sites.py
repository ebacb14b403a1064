"""Recognizes results sites by their addresses, and reads their lists of elections.

It also builds each election's addresses. A site is recognized by its path, since its host may be a mirror or loopback.
Paths and lists are those of the documents and recorded answers that `data/feeds.toml` names. Other formats have a
single address, and are recognized by its answer.

    Enhanced Voting  {site}/results/public/api/jurisdictions/{place}            elections[]
                     {site}/results/public/api/elections/{place}/{id}/data
    Clarity          {site}/{ST}[/{county}]/elections.json                      [{EID, ElectionName, Date, County}]; between
                     {site}/{ST}[/{county}]/{EID}                               elections empty; a county's own has its name there
    KNOWiNK          {site}/Election/GetElectionList?cId={place}                [{electionID, electionName, electionDate}]
                     {site}/Contest/GetContestResults?cId={place}&electionID={id}, with GetContestSearchList and GetElectionInfo
    AP               {site}/v3/elections                                        elections[{electionDate, liveResults, testResults}]
                     {site}/v3/elections/{day}
    Texas            {site}/enr/election/{id}, with {id}/countyInfo
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pydantic import Field, TypeAdapter
from pydantic.alias_generators import to_camel, to_pascal
from yarl import URL

from bot.box.box import Box, Job
from bot.errors import BadInputError
from bot.feeds.formats import AP, CLARITY_SUMMARY, ENHANCED_VOTING, KNOWINK, TEXAS
from bot.feeds.reader import plain
from bot.feeds.strict_json import TextOrNumber, VendorModel, parse, shaped
from bot.wording.states import STATES

_ENHANCED_VOTING_PATH = re.compile(
    r"(?P<site>https?://[^/?#]+(?:/[^/?#]+)*?/results/public)(?:/api)?(?:/(?:jurisdictions|elections))?"
    r"/(?P<place>[A-Za-z][\w-]*)(?:/elections)?(?:/(?P<id>[\w.-]+))?(?:[/?#].*)?"
)
_CLARITY_PATH = re.compile(
    r"(?P<place>https?://[^/?#]+/(?:[^/?#]+/)*?(?P<state>[A-Z]{2})(?:/(?!\w+\.[a-z]+(?:$|\?))[A-Za-z_.]+)?)"
    r"(?:/(?:elections\.json(?:\?.*)?|(?P<id>\d+)(?:[/#].*)?)?)?"
)
_KNOWINK_PATH = re.compile(r"/(Contest|Election)/Get\w+$")
_AP_PATH = re.compile(r"(?P<place>.*/v\d+/elections)(?:/(?P<day>\d{4}-\d{2}-\d{2}))?/?$")
_TEXAS_PATH = re.compile(r"/enr/election/\d+$")
_TEST = re.compile(r"demo|test|preview|mock", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b")
_PATIENT = "Mozilla/5.0 (compatible; newsroom count desk)"
"""A User-Agent that Clarity's and Enhanced Voting's sites accept. The operator should add an address for contact."""


@dataclass(frozen=True, slots=True)
class ListedElection:
    """An election in a site's list."""

    id: str
    name: str
    day: date | None
    """Election day; None if the list doesn't give it in a known form."""
    county: str | None = None
    """The county that holds the election, if a state's list includes its counties' elections. None if it is the
    state's own.
    """

    @property
    def is_test(self) -> bool:
        """True if the id or the name shows that the election is a test."""
        return bool(_TEST.search(self.id) or _TEST.search(self.name))

    @property
    def identity(self) -> tuple[date | None, str, str | None]:
        """(day, name, county). If an election is listed twice, both entries have the same identity."""
        return self.day, self.name.casefold(), self.county

    def __str__(self) -> str:
        """Return the election in one line: 2024NovGen, 2024-11-05, November General Election."""
        parts = dict.fromkeys(str(part) for part in (self.id, self.day, self.name, self.county) if part)
        return plain(", ".join(parts))


@dataclass(frozen=True, slots=True)
class ResultsSite:
    """A vendor's results site, or a single election on a site."""

    format: str
    place: str
    """The part that all of the site's addresses have in common."""
    election: str | None = None
    """The election's id; None if none is chosen yet."""
    state: str | None = None
    """The state's postal code, if the address names the state."""

    @property
    def is_states_own(self) -> bool:
        """True if the site is the state's own and not a county's."""
        named = _value(URL(self.place), "cid") or URL(self.place).name
        return self.format == TEXAS or (self.state is not None and _state_code(named) == self.state)

    @property
    def catalogue(self) -> str | None:
        """The address of the site's list of elections, or None."""
        match self.format:
            case "enhanced-voting":
                return self.place.replace("/elections/", "/jurisdictions/")
            case "clarity-summary":
                return f"{self.place}/elections.json"
            case "knowink":
                return str(_knowink(self.place, "Election/GetElectionList"))
            case "ap":
                return str(URL(self.place).with_query(format="json"))
        return None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of the chosen election: the source's `url`, and then those for `also`."""
        match self.format:
            case "enhanced-voting":
                return (f"{self.place}/{self.election}/data",)
            case "clarity-summary":
                return (f"{self.place}/{self.election}",)
            case "knowink":
                return tuple(
                    str(_knowink(self.place, path, electionID=self.election or ""))
                    for path in (
                        "Contest/GetContestResults",
                        "Contest/GetContestSearchList",
                        "Election/GetElectionInfo",
                    )
                )
            case "texas":
                return (self.place, f"{self.place}/countyInfo")
            case "ap":
                return (str(_ap_address(URL(self.place), self.election or "", self.state)),)
        return (self.place,)

    @property
    def key_env(self) -> str | None:
        """The environment variable for the site's key; None if it needs none."""
        return "AP_KEY" if self.format == AP else None

    @property
    def user_agent(self) -> str | None:
        """The User-Agent for a site that rejects unknown programs, or None."""
        return _PATIENT if self.format in (ENHANCED_VOTING, CLARITY_SUMMARY) else None

    def of(self, election: ListedElection) -> "ResultsSite":
        """Return a copy of this site with an election chosen."""
        place = self.place
        if election.county and place.endswith(f"/{self.state}"):  # as in the links of the site's own page
            place = f"{place}/{election.county.replace(' ', '_')}"
        return replace(self, election=election.id, place=place)


def site_at(address: str) -> ResultsSite | None:
    """Return the results site at an address, recognized by the address's path; None if no vendor fits."""
    if found := _ENHANCED_VOTING_PATH.fullmatch(address):
        place = f"{found['site']}/api/elections/{found['place']}"
        return ResultsSite(ENHANCED_VOTING, place, found["id"], _state_of_place(found["place"]))
    if (found := _CLARITY_PATH.fullmatch(address)) and found["state"] in STATES:
        return ResultsSite(CLARITY_SUMMARY, found["place"], found["id"], found["state"])
    try:
        url = URL(address)
    except ValueError:
        return None
    return _site_by_query(address, url)


def _site_by_query(address: str, url: URL) -> ResultsSite | None:
    if _KNOWINK_PATH.search(url.path) and (at := _value(url, "cid")):
        return ResultsSite(KNOWINK, address, _value(url, "electionid"), _state_of_place(at))
    if found := _AP_PATH.fullmatch(url.path):
        state = (_value(url, "statepostal") or "").upper()
        place = str(url.with_path(found["place"], keep_query=True))
        return ResultsSite(AP, place, found["day"], state if state in STATES else None)
    if _TEXAS_PATH.search(url.path):
        return ResultsSite(TEXAS, address, url.name, "TX")
    return None


async def read_elections(box: Box, site: ResultsSite, answer: bytes) -> list[ListedElection]:
    """Read a site's list of elections in a worker process. The newest elections come first.

    Raises:
        BadInputError: the answer is not such a list.

    """
    job = Job("elections", "the list of elections", (site.format.encode(), answer))
    (found,) = await box.read(None, job, _LISTED.validate_json)
    return found


_LISTED = TypeAdapter(list[ListedElection])


def list_elections(format_name: bytes, answer: bytes) -> Iterator[bytes]:
    """Yield the elections in a site's list as JSON, in one part. This runs in a worker for `read_elections`."""
    yield _LISTED.dump_json(elections_listed(format_name.decode(), answer))


def elections_listed(format_name: str, answer: bytes) -> list[ListedElection]:
    """Return the elections in a site's list, the newest first.

    Raises:
        BadInputError: the answer is not such a list.

    """
    return sorted(
        _LISTS[format_name](answer), key=lambda one: (one.day or date.min, one.county is None, one.id), reverse=True
    )


def doubles(elections: Sequence[ListedElection]) -> list[list[ListedElection]]:
    """Return the groups of elections that have the same day, name and county."""
    times = Counter(one.identity for one in elections)
    return [[one for one in elections if one.identity == identity] for identity, count in times.items() if count > 1]


class _ClarityElection(VendorModel, alias_generator=to_pascal):
    eid: TextOrNumber = Field(alias="EID")
    election_name: str = ""
    date: str | None = None
    county: str | None = None


class _ApElection(VendorModel, alias_generator=to_camel):
    election_date: str
    live_results: bool | None = None
    test_results: bool | None = None


class _KnowinkElection(VendorModel, alias_generator=to_camel):
    id: TextOrNumber = Field(alias="electionID")
    election_name: str = ""
    election_date: str | None = None


def _enhanced_voting_elections(answer: bytes) -> list[ListedElection]:
    from bot.feeds.enhanced_voting import elections_of  # noqa: PLC0415 - a reader is loaded for a source of its format

    return [
        ListedElection(one.public_election_id, one.name[0].text.strip() if one.name else "", _day(one.election_date))
        for one in elections_of(_elections(answer))
    ]


def _elections(answer: bytes) -> object:
    document = shaped(parse(answer), dict[str, Any], "the list of elections")
    if "elections" not in document:
        raise BadInputError("is no list of elections: elections is missing")
    return document["elections"]


def _clarity_elections(answer: bytes) -> list[ListedElection]:
    return [
        ListedElection(one.eid, one.election_name.strip(), _day(one.date), one.county)
        for one in shaped(parse(answer), list[_ClarityElection])
    ]


def _ap_elections(answer: bytes) -> list[ListedElection]:
    return [
        ListedElection(
            one.election_date,
            "no live results yet" if one.test_results and not one.live_results else "",
            _day(one.election_date),
        )
        for one in shaped(_elections(answer), list[_ApElection])
    ]


def _knowink_elections(answer: bytes) -> list[ListedElection]:
    return [
        ListedElection(one.id, one.election_name.strip(), _day(one.election_date))
        for one in shaped(parse(answer), list[_KnowinkElection])
    ]


_LISTS: dict[str, Callable[[bytes], list[ListedElection]]] = {
    ENHANCED_VOTING: _enhanced_voting_elections,
    CLARITY_SUMMARY: _clarity_elections,
    KNOWINK: _knowink_elections,
    AP: _ap_elections,
}


def _day(stamp: str | None) -> date | None:
    """Parse a day written as 2026-11-03, 2026-11-03T00:00:00 or 11/3/2026. Anything else gives None."""
    text = (stamp or "").strip()
    try:
        if found := _DAY.match(text):
            return date(int(found[3]), int(found[1]), int(found[2]))
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _value(url: URL, name: str) -> str | None:
    """Return the query parameter with this name in any case, or None."""
    return next((text for key, text in url.query.items() if key.casefold() == name.casefold()), None)


def _ap_address(place: URL, day: str, state: str | None) -> URL:
    """Return AP's address for a day.

    If the state is known, the address selects only that state, as AP asks its customers to do.
    """
    asked = {"statePostal": state, "format": "json", "level": "FIPScode"}
    missing = {name: text for name, text in asked.items() if text and _value(place, name) is None}
    return place.joinpath(day).with_query(place.query).update_query(missing)


def _knowink(address: str, path: str, **more: str) -> URL:
    """Return the address of another of KNOWiNK's services for the same place."""
    url = URL(address)
    root = _KNOWINK_PATH.sub("", url.path)
    query = {"cId": _value(url, "cid") or ""} | more
    if path == "Contest/GetContestResults" and (kind := _value(url, "contesttype")):
        query["contestType"] = kind
    return url.with_path(f"{root}/{path}").with_query(query)


def _state_of_place(place: str) -> str | None:
    """Return the postal code of a state, given a state or county as sites spell it: RhodeIsland, king-county-wa.

    None if unknown.
    """
    return _state_code(place) or _state_code(place.rpartition("-")[2])


def _state_code(place: str) -> str | None:
    """Return the postal code of a state as sites spell it: Georgia, RhodeIsland, id, north-dakota. None if unknown."""
    letters = re.sub(r"[^a-z]", "", place.casefold())
    named = {re.sub(r"[^a-z]", "", name.casefold()): code for code, name in STATES.items()}
    return named.get(letters) or (place.upper() if place.upper() in STATES else None)
