"""Turns a contest of a Clarity `detail.xml` into a table.

The table has a column for each choice and vote type, and a line for each unit.

    <VoteType name="Election Day Votes" votes="30"> <County name="Appling" votes="10" /> … </VoteType>

Nine tenths of a file are such cells. So they are read by columns, and not one by one.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, chain, pairwise
from typing import Literal, TypeAlias, cast

from lxml.etree import XPath, _Element

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.reader import quoted, shortened
from bot.feeds.vote_table import Table, TableChoice, VoteColumn, aligned

UnitKind: TypeAlias = Literal["County", "Precinct"]

_KINDS: tuple[UnitKind, ...] = ("County", "Precinct")

_KNOWN = frozenset({"VoteType", "ParticipatingCounties", "Choice"})

_MOST_DIGITS = len(str(MOST_VOTES))


def table_of(contest: _Element) -> Table:
    """Return a `Contest` element's votes as a table, which may have no choices.

    Raises:
        BadInputError: a value is wrong. The message names the value and its place.

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
    kind, units, columns, complete = _columns(contest, blocks)
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
    """Parse the values of attributes as whole numbers. `what` returns the name of the value at a position, for errors.

    Raises:
        BadInputError: a value is missing, not a whole number, or more than `MOST_VOTES`.

    """
    try:  # all at once, since nearly always all are valid
        digits = "".join(texts)  # type: ignore[arg-type]  # a None is an error here
        if digits.isascii() and digits.isdigit() and max(found := [*map(int, texts)]) <= MOST_VOTES:  # type: ignore[arg-type]
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


_CELLS = {
    kind: tuple(XPath(f"Choice/VoteType/{kind}/@{name}", smart_strings=False) for name in ("name", "votes"))
    for kind in _KINDS
}
"""XPaths that return all names and all votes in a contest's cells at once, without an object for each cell."""


def _columns(
    contest: _Element, blocks: Sequence[_Element]
) -> tuple[UnitKind | None, Sequence[str], Sequence[VoteColumn], bool]:
    """Return the table's columns: the kind of units, their names, and a column of votes for each block.

    The fourth value is True if every block has every unit.

    Raises:
        BadInputError: the blocks contain anything other than votes by county or by precinct.

    """
    if (first := next((cell for block in blocks for cell in block), None)) is None:
        return None, (), [()] * len(blocks), True
    kind = next((kind for kind in _KINDS if kind == first.tag), None)
    if kind is None:
        raise BadInputError(f"has votes by {quoted(first.tag)}, neither counties nor precincts")
    names, votes = (cast("list[str]", path(contest)) for path in _CELLS[kind])
    lengths = [len(block) for block in blocks]
    if not len(names) == len(votes) == sum(lengths):
        raise BadInputError(f"has votes by something else than a {kind} with its name and its votes")
    counted = numbers(votes, lambda at: f"votes of {names[at]}")
    units, (column,), complete = aligned(names, [counted], lengths, "the votes of one choice and type")
    size = len(units)
    return kind, units, [column[start : start + size] for start in range(0, len(column), size)], complete
