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
- Sums may differ from totals; nothing is corrected.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, BinaryIO

from bot.count.reading import Reading, Reporting, Unit
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.ballot import (
    MOST_CHARACTERS,
    Ballot,
    ballot_of,
    checked_label,
    count_named,
    is_residual,
    label,
    slug,
    spaced,
)
from bot.feeds.reader import ReaderContext, Refusal, quoted, shortened
from bot.feeds.strict_json import are_whole, object_of, objects, pair, text, whole_number
from bot.feeds.vote_table import TOTAL, Column, KnownUnit, Pair, Table, TableChoice, by_type, trusted, units_of

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


def read(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield a reading of each of the state's contests, then of each county's own, or why it is refused.

    A contest that repeats an earlier one word for word is dropped, as is a county; one that has an earlier one's
    key, or name, and differs from it is refused.
    """
    try:
        document = object_of(strict_json.parse(strict_json.read_document(stream)), "the export")
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
    listed: Sequence[dict[str, Any]], counties: dict[str, _County], state: str | None, context: ReaderContext
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
    name: str, items: Sequence[dict[str, Any]], own: dict[str, dict[str, Any] | None], context: ReaderContext
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
    key: str, item: dict[str, Any], election: object, counties: Sequence[_County], context: ReaderContext
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


def _read_own(key: str, item: dict[str, Any] | None, election: object, context: ReaderContext) -> Reading | Refusal:
    """Return the reading of a county's own contest."""
    try:
        contest = contest_of(item)
        ballot = ballot_of(contest.texts, contest.parties, contest.keys)
        return _reading(key, contest, election, context, ballot, any_table(contest, ()), {})
    except BadInputError as error:
        return _refusal(key, item or {}, context, str(error))


@dataclass(frozen=True, slots=True)
class ExportContest:
    """A contest as one place has it, its choices side by side, without what was not voted."""

    item: Mapping[str, Any]
    keys: tuple[str, ...]
    texts: tuple[str, ...]
    parties: tuple[str | None, ...]
    cells: Sequence[Mapping[str, int | None]]
    """Each choice's votes by type, all of them under `TOTAL`; None where the file does not say."""

    @property
    def types(self) -> tuple[str, ...]:
        """What types the choices have, and before them `TOTAL`."""
        return tuple(dict.fromkeys((TOTAL, *(kind for cells in self.cells for kind in cells))))


def _reading(
    key: str, contest: ExportContest, election: object, context: ReaderContext,
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


def _refusal(key: str, item: dict[str, Any], context: ReaderContext, what: str) -> Refusal:
    name = item.get("name")
    return Refusal(context.name, what, key, shortened(name) if isinstance(name, str) else None)


_ID, _NAME, _VOTES = itemgetter("id"), itemgetter("name"), itemgetter("voteCount")


_GROUPS, _GROUP_NAME = itemgetter("groupResults"), itemgetter("groupName")


TWICE = "is there twice, and the second differs from the first"


def contest_of(item: Mapping[str, Any] | None) -> ExportContest:
    """Return what a contest has in one place; `item` None: it is there twice.

    Raises:
        BadInputError: it is, or something of its choices can't be used, or there are none.

    """
    if item is None:
        raise BadInputError(TWICE)
    options = objects(item, "ballotOptions")
    keys = [text(option, "id") for option in options]
    if len(set(keys)) != len(keys):
        raise BadInputError("ballotOptions has an id twice")
    kept = [option for option in options if not is_residual(text(option, "name"))]
    if not kept:
        raise BadInputError("ballotOptions has no choices")
    for option in kept:
        if not isinstance(party := option.get("politicalParty"), str | None):
            raise BadInputError(f"politicalParty should be text, not {quoted(party)}")
    return ExportContest(
        item,
        tuple(text(option, "id") for option in kept),
        tuple(text(option, "name") for option in kept),
        tuple(option.get("politicalParty") for option in kept),
        [_cells(option) for option in kept],
    )


def _cells(option: Mapping[str, Any]) -> dict[str, int | None]:
    """Return a choice's votes by type; a group that comes twice, from precincts that are none too, is added up."""
    name = option["name"]
    total = option.get("voteCount")
    cells = {TOTAL: None if total is None else whole_number(total, f"votes of {name}")}
    for group in objects(option, "groupResults", needed=False):
        kind, votes = text(group, "groupName"), group.get("voteCount")
        if votes is not None:
            votes = whole_number(whole_number(votes, f"{kind} of {name}") + (cells.get(kind) or 0), f"{kind} of {name}")
        if kind != TOTAL:
            cells[kind] = votes if votes is not None else cells.get(kind)
    return cells


def regular_table(state: ExportContest, items: Sequence[Mapping[str, Any] | None]) -> Table | None:
    """Return the table where every county has the state's choices and types in the state's order, else None.

    All of it at once, in lists that run through the counties: by choice, and by type within it.
    """
    types = state.types[1:]
    try:
        listed = [item["ballotOptions"] for item in items]  # type: ignore[index]  # a None is an error here
        options = list(chain.from_iterable(listed))
        totals, groups = list(map(_VOTES, options)), list(map(_GROUPS, options))
        cells = list(chain.from_iterable(groups))
        counts = list(map(_VOTES, cells))
        regular = (
            set(map(len, listed)) <= {len(state.keys)}
            and set(map(len, groups)) <= {len(types)}
            and all(tuple(of) == (TOTAL, *types) for of in state.cells)
            and list(map(_ID, options)) == list(state.keys) * len(listed)
            and list(map(_NAME, options)) == list(state.texts) * len(listed)
            and list(map(_GROUP_NAME, cells)) == list(types) * len(options)
        )
    except (TypeError, KeyError):
        return None
    if not regular or not are_whole(totals) or not are_whole(counts):
        return None
    apart, wide = len(state.keys), len(state.keys) * len(types)
    return _table(
        state,
        [
            [totals[at::apart], *(counts[at * len(types) + of :: wide] for of in range(len(types)))]
            for at in range(apart)
        ],
        complete=True,
    )


def any_table(state: ExportContest, places: Iterable[tuple[str, Mapping[str, Any] | None]]) -> Table:
    """Return the table of any counties, (name, item), each choice of which is one of the state's.

    Raises:
        BadInputError: something of a county can't be used; the sentence names the county.

    """
    cells: list[Sequence[Mapping[str, int | None]]] = []
    for name, item in places:
        try:
            cells.append(_in_order(contest_of(item), state))
        except BadInputError as error:
            raise BadInputError(f"{name}: {error}") from None
    types = dict.fromkeys((*state.types, *(kind for line in cells for of in line for kind in of)))
    return _table(
        state, [[[line[at].get(kind) for line in cells] for kind in types] for at in range(len(state.keys))], types
    )


def _table(
    state: ExportContest,
    columns: Sequence[Sequence[Column]],
    types: Iterable[str] | None = None,
    *,
    complete: bool = False,
) -> Table:
    names = tuple(types or state.types)
    choices = []
    for at, name in enumerate(state.texts):
        if (votes := state.cells[at][TOTAL]) is None:
            raise BadInputError(f"votes of {shortened(name)} should be a whole number, not null")
        said = [state.cells[at].get(kind) for kind in names]
        choices.append(TableChoice(state.keys[at], name, state.parties[at], votes, names, said, columns[at]))
    return Table(choices, (), "county", complete)


def _in_order(county: ExportContest, state: ExportContest) -> Sequence[Mapping[str, int | None]]:
    """Return a county's votes in the order of the state's choices; empty for one that it does not have.

    Raises:
        BadInputError: one of its choices is none of the state's, or has another's id there.

    """
    names = dict(zip(state.keys, state.texts, strict=True))
    found = {}
    for key, name, cells in zip(county.keys, county.texts, county.cells, strict=True):
        if slug(name) != slug(names.get(key, "")):
            raise BadInputError(f"{quoted(name)} is no choice that the state's totals have with the id {quoted(key)}")
        found[key] = cells
    return [found.get(key, {}) for key in state.keys]
