"""A contest of a Clarity `detail.xml` as a table: a column for each choice and vote type, a line for each unit.

    <VoteType name="Election Day Votes" votes="30"> <County name="Appling" votes="10" /> … </VoteType>

Nine tenths of a file are such cells.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, chain, pairwise
from typing import Literal, TypeAlias, cast

from lxml.etree import _Element
from msgspec import Struct

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.reader import quoted, shortened
from bot.feeds.vote_table import Table, TableChoice, VoteColumn

UnitKind: TypeAlias = Literal["County", "Precinct"]


_KINDS: tuple[UnitKind, ...] = ("County", "Precinct")


_KNOWN = frozenset({"VoteType", "ParticipatingCounties", "Choice"})


_MOST_DIGITS = len(str(MOST_VOTES))


def table_of(contest: _Element) -> Table:
    """Return the table of a `Contest` element; it is without choices only where the file gives none.

    Raises:
        BadInputError: something in it can't be used; the sentence says what and where.

    """
    choices = list(contest.iterchildren("Choice"))
    if not choices and (strange := next((child for child in contest if child.tag not in _KNOWN), None)) is not None:
        raise BadInputError(f"has {quoted(strange.tag)} where choices should be")
    rows = [list(choice.iterchildren("VoteType")) for choice in choices]
    blocks = list(chain.from_iterable(rows))
    texts = [choice.get("text", "") for choice in choices]
    totals = numbers([choice.get("totalVotes") for choice in choices], lambda at: f"totalVotes of {texts[at]}")
    types = [block.get("name", "") for block in blocks]
    sums = numbers([block.get("votes") for block in blocks], lambda at: f"votes of the type {quoted(types[at])}")
    kind, units, columns, complete = _columns(_cells_in(blocks))
    cuts = [slice(*cut) for cut in pairwise(accumulate(map(len, rows), initial=0))]
    return Table(
        [
            TableChoice(
                choice.get("key", ""), text, choice.get("party"), votes, tuple(types[cut]), sums[cut], columns[cut]
            )
            for choice, text, votes, cut in zip(choices, texts, totals, cuts, strict=True)
        ],
        units,
        kind,
        complete,
    )


def numbers(texts: Sequence[str | None], what: Callable[[int], str]) -> list[int]:
    """Return the whole numbers that attributes hold; `what` says what the one at a place is.

    Raises:
        BadInputError: one is missing, no whole number, or more than any contest can hold.

    """
    try:  # all at once, since nearly always all are good
        joined = "".join(texts)  # type: ignore[arg-type]  # a None is an error here
        if joined.isdigit() and joined.isascii():
            found = list(map(int, texts))  # type: ignore[arg-type]  # as above
            if max(found) <= MOST_VOTES:
                return found
    except (TypeError, ValueError):
        pass
    return [_whole(text, what, place) for place, text in enumerate(texts)]


def _whole(text: str | None, what: Callable[[int], str], place: int) -> int:
    if text is None:
        raise BadInputError(f"{shortened(what(place))} is missing")
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and (number := int(text)) <= MOST_VOTES:
        return number
    raise BadInputError(f"{shortened(what(place))} should be a whole number, not {quoted(text)}")


class _Cells(Struct, frozen=True):
    """The cells of all blocks of a contest, in the file's order."""

    kind: UnitKind | None
    """What the units are; None where there are none."""
    lengths: Sequence[int]
    """How many cells each block has."""
    names: Sequence[str]
    votes: Sequence[str]
    """As the file has them; one for each name."""


def _cells_in(blocks: Sequence[_Element]) -> _Cells:
    """Return the cells of a contest's blocks.

    Raises:
        BadInputError: they are something else than votes by county or by precinct.

    """
    if (first := next((cell for block in blocks for cell in block), None)) is None:
        return _Cells(None, [0] * len(blocks), (), ())
    kind = next((kind for kind in _KINDS if kind == first.tag), None)
    if kind is None:
        raise BadInputError(f"has votes by {quoted(first.tag)}, neither counties nor precincts")
    names: list[str | None] = []
    votes: list[str | None] = []
    ends = [0]
    for block in blocks:
        for cell in block.iterchildren(kind):  # once: nine tenths of a file are these, and no cache holds them
            names.append(cell.get("name"))
            votes.append(cell.get("votes"))
        ends.append(len(names))
    if None in names or None in votes or len(names) != sum(map(len, blocks)):
        raise BadInputError(f"has votes by something else than a {kind} with its name and its votes")
    lengths = [end - start for start, end in pairwise(ends)]
    return _Cells(kind, lengths, cast("list[str]", names), cast("list[str]", votes))


def _columns(cells: _Cells) -> tuple[UnitKind | None, Sequence[str], list[VoteColumn], bool]:
    """Return what the units are, how they are called, the column of each block, and whether those are complete."""
    if cells.kind is None:
        return None, (), [()] * len(cells.lengths), True
    names = cells.names
    cast = numbers(cells.votes, lambda at: f"votes of {names[at]}")
    cuts = [slice(*cut) for cut in pairwise(accumulate(cells.lengths, initial=0))]
    units = names[cuts[0]]
    if len(set(units)) == len(units) and all(names[cut] == units for cut in cuts):
        return cells.kind, units, [cast[cut] for cut in cuts], True
    units = list(dict.fromkeys(names))
    return cells.kind, units, [_spread(names[cut], cast[cut], units) for cut in cuts], False


def _spread(names: Sequence[str], votes: Sequence[int], units: Sequence[str]) -> VoteColumn:
    by_name = dict(zip(names, votes, strict=True))
    if len(by_name) != len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise BadInputError(f"{shortened(twice)} is there twice among the votes of one choice and type")
    return [by_name.get(unit) for unit in units]
