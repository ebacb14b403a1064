"""The format `georgia-export`: the JSON that Georgia's results site has given since it left Clarity, by county and type.

    electionName, createdAt
    results       > ballotItems[]                       the state's contests, with the state's totals
    localResults[] name, ballotItems[]                  each county's share of them, and its own contests
    ballotItem    > id, name, precinctsReporting, precinctsParticipating
        > ballotOptions[] id, name, politicalParty, voteCount > groupResults[] groupName, voteCount

Seen in the state's files of elections from 2012 to 2024 (openelections/openelections-sources-ga). They show:

- createdAt is when the file was made, years later for old elections, and no time of the count: not read.
- Statuses and the state's precincts may be null, and files of old elections have 0 of 0 precincts: all unsaid. The one
  status ever seen, "Fully Reported", says too little of the others to make a results status of: not read.
- The groups' names drift: "Advanced Voting Votes", "Advance Voting Votes", "Advance Voting".
- A county's share may have votes by precinct (precinctResults): not read, nor are rankedChoiceResults, always null.
- A contest that is in a county's list alone is that county's own, and another county's may have the same id.
- Sums may differ from totals; nothing is mended.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, BinaryIO

from bot.count.reading import Reading, Reporting, Unit
from bot.counties import county
from bot.errors import BadInputError
from bot.sources import strict_json
from bot.sources.ballot import Ballot, ballot_of, checked_label
from bot.sources.ballot_names import count_named, label, spaced
from bot.sources.georgia_contest import TWICE, Contest, any_table, contest_of, regular_table
from bot.sources.json_values import object_of, objects, pair, text
from bot.sources.reader import Context, Refusal, quoted, shortened
from bot.sources.slug import MOST_CHARACTERS, slug
from bot.sources.trusted import trusted
from bot.sources.vote_table import KnownUnit, Pair, Table, by_type, units_of

FORMAT = "georgia-export"

_STATES = {"georgia": "GA"}
"""Whose export it is, by the name of its results; of others no county gets a FIPS code."""
_slug = lru_cache(maxsize=5000)(slug)


@dataclass(slots=True)
class _County:
    """A county's part of the file."""

    name: str
    fips: str | None
    items: dict[str, dict[str, Any] | None]
    """Its contests by their keys; None where two of one key differ."""


def read(stream: BinaryIO, context: Context) -> Iterator[Reading | Refusal]:
    """Yield a reading of each of the state's contests, then of each county's own, or why it is refused.

    A contest that repeats an earlier one word for word is dropped, as is a county; one that has an earlier one's
    key, or name, and differs from it is refused.
    """
    try:
        document = object_of(strict_json.read_document(stream), "the export")
        results = object_of(document.get("results"), "results")
        items, listed = objects(results, "ballotItems"), objects(document, "localResults", needed=False)
    except BadInputError as error:
        raise BadInputError(f"{context.name}: {error}") from None
    election = document.get("electionName")
    counties: dict[str, _County] = {}
    refusals = list(_take_counties(listed, counties, _STATES.get(str(results.get("name")).casefold()), context))
    seen: dict[str, dict[str, Any]] = {}
    for number, item in enumerate(items, start=1):
        key = _key(item)
        if not key:
            yield Refusal(
                context.name, f"contest {number} of the file: id should be its key, not {quoted(item.get('id'))}"
            )
        elif key not in seen:
            seen[key] = item
            yield _read(key, item, election, [one for one in counties.values() if key in one.items], context)
        elif seen[key] != item:
            yield _refusal(key, item, context, TWICE)
    yield from refusals
    for one in counties.values():
        for key, own in one.items.items():
            if key not in seen:
                yield _read_own(f"{_slug(one.name)}-{key}"[:MOST_CHARACTERS], own, election, context)


def _take_counties(
    listed: Sequence[dict[str, Any]], counties: dict[str, _County], state: str | None, context: Context
) -> Iterator[Refusal]:
    """Sort the file's counties into `counties`, and yield why something of one is refused."""
    taken: dict[str, dict[str, Any]] = {}
    for number, one in enumerate(listed, start=1):
        try:
            name, fips = _place(text(one, "name"), state)
            items = objects(one, "ballotItems", needed=False)
        except BadInputError as error:
            yield Refusal(context.name, f"county {number} of the file: {error}")
            continue
        if taken.setdefault(name, one) is not one:
            if taken[name] != one:
                yield Refusal(context.name, f"{name} {TWICE}")
            continue
        own: dict[str, dict[str, Any] | None] = {key: item for item in items if (key := _key(item))}
        counties[name] = _County(name, fips, own)
        if len(own) != len(items):
            yield from _odd(name, items, own, context)


@lru_cache(maxsize=5000)
def _place(name: str, state: str | None) -> KnownUnit:
    """Return what a county is called, and its FIPS code where it is certainly that county."""
    called = checked_label(spaced(name).removesuffix(" County"), "name of a county")
    found = county(state, called) if state else None
    return called, found.fips if found else None


def _odd(
    name: str, items: Sequence[dict[str, Any]], own: dict[str, dict[str, Any] | None], context: Context
) -> Iterator[Refusal]:
    """Yield a refusal of each contest of a county without a key, and mark in `own` those that differ from another."""
    for item in items:
        key = _key(item)
        if not key:
            yield Refusal(context.name, f"{name}: id should be a contest's key, not {quoted(item.get('id'))}")
        elif own[key] is not None and own[key] != item:
            own[key] = None


def _key(item: Mapping[str, Any]) -> str:
    key = item.get("id")
    return _slug(key) if isinstance(key, str) else ""


def _read(
    key: str, item: dict[str, Any], election: object, counties: Sequence[_County], context: Context
) -> Reading | Refusal:
    """Return the reading of one of the state's contests."""
    try:
        contest = contest_of(item)
        ballot = ballot_of(contest.texts, contest.parties, contest.keys)
        table = regular_table(contest, [one.items[key] for one in counties]) or any_table(
            contest, ((one.name, one.items[key]) for one in counties)
        )
        reported = _reported(key, counties)
        units = units_of(
            replace(table, units=[one.name for one in counties]),
            ballot.ids,
            [(one.name, one.fips) for one in counties],
            reported,
        )
        return _reading(key, contest, election, context, ballot, table, units)
    except BadInputError as error:
        return _refusal(key, item, context, str(error))


def _read_own(key: str, item: dict[str, Any] | None, election: object, context: Context) -> Reading | Refusal:
    """Return the reading of a county's own contest."""
    try:
        contest = contest_of(item)
        ballot = ballot_of(contest.texts, contest.parties, contest.keys)
        return _reading(key, contest, election, context, ballot, any_table(contest, ()), {})
    except BadInputError as error:
        return _refusal(key, item or {}, context, str(error))


def _reading(
    key: str, contest: Contest, election: object, context: Context,
    ballot: Ballot, table: Table, units: dict[str, Unit],
) -> Reading:  # fmt: skip
    name = contest.item.get("name")
    if name is not None and not isinstance(name, str):
        raise BadInputError(f"name should be text, not {quoted(name)}")
    called = label(name) if name else None
    precincts = _precincts(contest.item)
    return trusted(
        Reading,
        {
            "source": context.source or FORMAT,
            "contest": key,
            "contest_name": checked_label(called, "name") if called else None,
            "count": count_named(election, name),
            "as_of": context.as_of_utc,
            "as_of_is": context.as_of_is,
            "votes": {candidate: choice.votes for candidate, choice in zip(ballot.ids, table.choices, strict=True)},
            "names": dict(ballot.names),
            "parties": dict(ballot.parties) or None,
            "reporting": trusted(Reporting, {"precincts": precincts, "units": None}) if precincts else None,
            "by_type": by_type(table, ballot.ids),
            "units": units or None,
        },
    )


def _precincts(item: Mapping[str, Any]) -> Pair | None:
    return pair(item.get("precinctsReporting"), item.get("precinctsParticipating"), "precincts")


def _reported(key: str, counties: Sequence[_County]) -> dict[str, Pair]:
    reported = {}
    for one in counties:
        try:
            if said := _precincts(one.items[key] or {}):
                reported[one.name] = said
        except BadInputError as error:
            raise BadInputError(f"{one.name}: {error}") from None
    return reported


def _refusal(key: str, item: dict[str, Any], context: Context, what: str) -> Refusal:
    name = item.get("name")
    return Refusal(context.name, what, key, shortened(name) if isinstance(name, str) else None)
