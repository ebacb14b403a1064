"""The format `nyt-2020`: the JSON behind a race page of The New York Times in November 2020.

A file has a single race, or `data.races[]`. Seen: Georgia as on 24 November 2020 (petercolella/nyt-election-data), and the
reader of the national page in alex/nyt-2020-election-scraper. They show:

- Counties have `results` by candidate, and `results_absentee`, which includes early votes and gets the type other.
  "write-ins" is missing in 16 counties. On election night the counties are ahead of the state's total.
- `timeseries` (599 points) has the total and shares with three decimals, too coarse to compute votes: a lead of some thousand
  votes does not show. Its first point is out of order, and totals fall 35 times. It is not read.
- `winner` and `result` are a call, and not read. Candidates are sorted by votes, so they are identified by their key.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from pydantic import Field

from bot.count.reading import Reading, Reporting, Unit, Votes
from bot.errors import BadInputError
from bot.feeds.as_text import day_of, utc
from bot.feeds.ballot import ballot_of, checked_label
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal, quoted
from bot.feeds.skeleton import FeedContest, json_contests, reader, reading_of
from bot.feeds.strict_json import VendorModel, pair, parse, read_document, shaped
from bot.feeds.vote_types import ByType, refuse_above

NAME = "nyt-2020"

_FIPS = re.compile(r"[0-9]{5}")


class _Candidate(VendorModel):
    candidate_key: str
    votes: Votes
    name_display: str | None = None
    last_name: str | None = None
    party_id: str | None = None
    absentee_votes: Votes | None = None


class _County(VendorModel):
    name: str
    fips: str | None = None
    votes: Votes | None = None
    results: dict[str, Votes] | None = None
    results_absentee: dict[str, Votes] | None = None
    reporting: Votes | None = None
    precincts: Votes | None = None


class _Race(VendorModel):
    candidates: list[_Candidate]
    race_id: str | None = None
    state_id: str | None = None
    votes: Votes | None = None
    name: str | None = Field(None, alias="race_name")
    state_name: str | None = None
    election_date: str | None = None
    last_updated: str | None = None
    precincts_reporting: Votes | None = None
    precincts_total: Votes | None = None
    tot_exp_vote: Votes | None = None
    counties: list[_County] = []


def _key_and_name(race: Mapping[str, Any]) -> tuple[object, object]:
    """Return a race's key, which is its id or else the state's id, and the race's name."""
    return race.get("race_id") or race.get("state_id"), race.get("race_name")


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[FeedContest[tuple[None, _Race]] | Refusal]:
    file = shaped(parse(read_document(stream)), dict[str, Any], "the file")
    if "data" not in file and "candidates" not in file:
        raise BadInputError("is none of a race page: data or candidates is missing")
    races = shaped(file["data"], dict[str, Any], "data").get("races") if "data" in file else [file]
    yield from json_contests(races, _Race, _key_and_name, None, context, "data.races")


def _read(parts: tuple[None, _Race], key: str, context: ReaderContext) -> Reading | None:
    _, race = parts
    if not race.candidates:
        return None
    keys, names, parties, votes, absentee = [], [], [], [], {}
    for one in race.candidates:
        keys.append(one.candidate_key)
        names.append(one.name_display or one.last_name or one.candidate_key)
        parties.append(_party(one))
        votes.append(one.votes)
    ballot = ballot_of(tuple(names), tuple(parties), tuple(keys))
    for candidate, one in zip(ballot.ids, race.candidates, strict=True):
        if one.absentee_votes is not None:
            absentee[candidate] = one.absentee_votes
    precincts = pair(race.precincts_reporting, race.precincts_total, "precincts")
    return reading_of(
        context,
        key,
        ballot,
        votes,
        name=", ".join(filter(None, (race.name, race.state_name))),
        as_of=utc(race.last_updated) if race.last_updated else None,
        day=day_of(race.election_date, "%Y-%m-%d") if race.election_date else None,
        total=race.votes,
        more={"expected_total": race.tot_exp_vote or None},
        reporting=Reporting(precincts=precincts) if precincts else None,
        by_type={"other": absentee} if absentee else None,
        units=_units(race.counties, dict(zip(keys, ballot.ids, strict=True))) or None,
    )


def _units(counties: Sequence[_County], ids: Mapping[str, str]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for one in counties:
        name = checked_label(one.name, "county")
        try:
            votes = {ids[key]: cast for key, cast in one.results.items()} if one.results else {}
        except KeyError as error:
            who = quoted(error.args[0])
            raise BadInputError(f"{name} has votes of {who}, who is no candidate of the race") from None
        if one.votes is not None and one.votes < (cast := sum(votes.values())):
            raise BadInputError(f"{name}: total {one.votes} is below the sum of the votes, {cast}")
        if name in units:
            raise BadInputError(f"{name} is there twice")
        absentee = (
            {ids[key]: cast for key, cast in one.results_absentee.items() if key in ids} if one.results_absentee else {}
        )
        by_type: ByType | None = {"other": absentee} if absentee else None
        if by_type:
            refuse_above(by_type, votes, name)
        units[name] = Unit(
            fips=one.fips if _FIPS.fullmatch(one.fips or "") else None,
            total=one.votes,
            votes=votes or None,
            reported=pair(one.reporting, one.precincts, name),
            by_type=by_type,
        )
    return units


def _party(candidate: _Candidate) -> str | None:
    """Return a candidate's party, or None. For write-ins the file repeats the candidate's key as the party."""
    return None if candidate.party_id in {"", candidate.candidate_key} else candidate.party_id


read = reader(NAME, _find, _read)

FORMAT = Format(
    name=NAME,
    read=read,
    begins=lambda it: it.has("candidates", "votes") or "races" in it.inside("data") or it.has("timeseries"),
)
