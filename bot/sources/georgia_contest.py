"""A contest of Georgia's export as one place has it, and the table of its votes by county and type."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

from bot.errors import BadInputError
from bot.sources.ballot_names import is_residual
from bot.sources.json_values import are_whole, objects, text, whole
from bot.sources.reader import quoted, shortened
from bot.sources.slug import slug
from bot.sources.vote_table import Choice, Column, Table
from bot.sources.vote_types import TOTAL

_ID, _NAME, _VOTES = itemgetter("id"), itemgetter("name"), itemgetter("voteCount")
_GROUPS, _GROUP_NAME = itemgetter("groupResults"), itemgetter("groupName")
TWICE = "is there twice, and the second differs from the first"


@dataclass(frozen=True, slots=True)
class Contest:
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


def contest_of(item: Mapping[str, Any] | None) -> Contest:
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
    return Contest(
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
    cells = {TOTAL: None if total is None else whole(total, f"votes of {name}")}
    for group in objects(option, "groupResults", needed=False):
        kind, votes = text(group, "groupName"), group.get("voteCount")
        if votes is not None:
            votes = whole(whole(votes, f"{kind} of {name}") + (cells.get(kind) or 0), f"{kind} of {name}")
        if kind != TOTAL:
            cells[kind] = votes if votes is not None else cells.get(kind)
    return cells


def regular_table(state: Contest, items: Sequence[Mapping[str, Any] | None]) -> Table | None:
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


def any_table(state: Contest, places: Iterable[tuple[str, Mapping[str, Any] | None]]) -> Table:
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
    state: Contest, columns: Sequence[Sequence[Column]], types: Iterable[str] | None = None, *, complete: bool = False
) -> Table:
    names = tuple(types or state.types)
    choices = []
    for at, name in enumerate(state.texts):
        if (votes := state.cells[at][TOTAL]) is None:
            raise BadInputError(f"votes of {shortened(name)} should be a whole number, not null")
        said = [state.cells[at].get(kind) for kind in names]
        choices.append(Choice(state.keys[at], name, state.parties[at], votes, names, said, columns[at]))
    return Table(choices, (), "county", complete)


def _in_order(county: Contest, state: Contest) -> Sequence[Mapping[str, int | None]]:
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
