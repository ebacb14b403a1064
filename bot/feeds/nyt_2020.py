"""The format `nyt-2020`: the race page's JSON of a news site's count of November 2020, an independent tracker's word.

A race by itself, or `data.races[]`. Seen for Georgia as on 24 November 2020 (petercolella/nyt-election-data), and in the
scraper of alex/nyt-2020-election-scraper for the national page. What they show:

- Counties have `results` by candidate, and `results_absentee`, which holds early votes too: they are of the type other.
  "write-ins" is missing in 16 counties, and on the night the counties run ahead of the state's total.
- `timeseries` (599 points) has the total and shares of three decimals, from which no votes follow: a lead of some
  thousand votes does not show in it. Its first point is out of order, and totals fall 35 times. It is not read.
- `winner` and `result` are a call, and no count's business; candidates come by their votes, and go by their key.
"""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from msgspec import Raw

from bot.count.reading import Reading, Reporting, Unit, VoteType
from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.as_text import day_of, utc
from bot.feeds.ballot import ballot_of, checked_label
from bot.feeds.reader import ReaderContext, Refusal, quoted
from bot.feeds.skeleton import Found, reader, reading_of
from bot.feeds.strict_json import Count, Model, each, members, pair, read_document, shaped

FORMAT = "nyt-2020"


_FIPS = re.compile(r"[0-9]{5}")


class _Candidate(Model):
    candidate_key: str
    votes: Count
    name_display: str | None = None
    last_name: str | None = None
    party_id: str | None = None
    absentee_votes: Count | None = None


class _County(Model):
    name: str
    fips: str | None = None
    votes: Count | None = None
    results: dict[str, Count] | None = None
    results_absentee: dict[str, Count] | None = None
    reporting: Count | None = None
    precincts: Count | None = None


class _Race(Model):
    candidates: list[_Candidate]
    votes: Count | None = None
    race_name: str | None = None
    state_name: str | None = None
    election_date: str | None = None
    last_updated: str | None = None
    precincts_reporting: Count | None = None
    precincts_total: Count | None = None
    tot_exp_vote: Count | None = None
    counties: list[_County] = []


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[Found[object] | Refusal]:
    document: bytes | Raw = read_document(stream)
    file = members(document, "the file")
    if "data" in file:
        document = members(file["data"], "data").get("races", b"null")
    if "data" not in file and "candidates" not in file:
        raise BadInputError("is none of a race page: data or candidates is missing")
    races = each(document, "data.races") if "data" in file else [(document, strict_json.parse(document))]
    for number, (words, one) in enumerate(races, start=1):
        if isinstance(one, dict):
            yield one.get("race_id") or one.get("state_id"), one.get("race_name"), one, words
        else:
            problem = one if isinstance(one, BadInputError) else f"should be an object, not {quoted(one)}"
            yield Refusal(context.name, f"race {number} of the file: {problem}")


def _read(block: object, key: str, context: ReaderContext) -> Reading | None:
    race = shaped(block, _Race)
    if not race.candidates:
        return None
    keys = [one.candidate_key for one in race.candidates]
    names = tuple(one.name_display or one.last_name or one.candidate_key for one in race.candidates)
    ballot = ballot_of(names, tuple(map(_party, race.candidates)), tuple(keys))
    ids = dict(zip(keys, ballot.ids, strict=True))
    precincts = pair(race.precincts_reporting, race.precincts_total, "precincts")
    as_of = utc(race.last_updated) if race.last_updated else None
    absentee = {ids[one.candidate_key]: one.absentee_votes for one in race.candidates if one.absentee_votes is not None}
    return reading_of(
        context,
        key,
        ballot,
        [one.votes for one in race.candidates],
        name=", ".join(filter(None, (race.race_name, race.state_name))),
        as_of=as_of,
        day=day_of(race.election_date, "%Y-%m-%d") if race.election_date else None,
        total=race.votes,
        expected_total=race.tot_exp_vote or None,
        reporting=Reporting(precincts=precincts) if precincts else None,
        by_type=_typed(absentee),
        units=_units(race, ids) or None,
    )


def _units(race: _Race, ids: Mapping[str, str]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for one in race.counties:
        name = checked_label(one.name, "county")
        if strangers := (one.results or {}).keys() - ids.keys():
            raise BadInputError(f"{name} has votes of {quoted(min(strangers))}, who is no candidate of the race")
        votes = {ids[key]: cast for key, cast in (one.results or {}).items()}
        absentee = {ids[key]: cast for key, cast in (one.results_absentee or {}).items() if key in ids}
        if one.votes is not None and one.votes < sum(votes.values()):
            raise BadInputError(f"{name}: total {one.votes} is below the sum of the votes, {sum(votes.values())}")
        if name in units:
            raise BadInputError(f"{name} is there twice")
        units[name] = Unit(
            fips=one.fips if one.fips and _FIPS.fullmatch(one.fips) else None,
            total=one.votes,
            votes=votes or None,
            reported=pair(one.reporting, one.precincts, f"precincts of {name}"),
            by_type=_typed(absentee),
        )
    return units


def _party(candidate: _Candidate) -> str | None:
    """Return a candidate's party; write-ins have themselves for one."""
    return None if candidate.party_id in {"", candidate.candidate_key} else candidate.party_id


def _typed(absentee: dict[str, int]) -> dict[VoteType, dict[str, int]] | None:
    return {"other": absentee} if absentee else None


read = reader(FORMAT, _find, _read)
