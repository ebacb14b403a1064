"""A contest's votes by unit in Clarity's `detail.xml`: nine tenths of the file are such cells.

    <VoteType name="Election Day Votes" votes="30"> <County name="Appling" votes="10" /> … </VoteType>

They can be had from elements (`cells_in`) or from the text of their blocks (`cells_of`), in a quarter of the time.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, compress, repeat
from typing import Literal, TypeAlias, cast

from lxml.etree import XPath, _Element

from bot.errors import BadInputError
from bot.feeds.reader import quoted

Kind: TypeAlias = Literal["County", "Precinct"]


_KINDS: tuple[Kind, ...] = ("County", "Precinct")


# All of a contest at once: a question to libxml2 for each block costs more than its answer.
_IN_ELEMENTS = {
    kind: tuple(XPath(f"Choice/VoteType/{kind}/@{name}", smart_strings=False) for name in ("name", "votes"))
    for kind in _KINDS
}


_SPACE = "[ \t\r\n]"


_BEFORE_NAME = {kind: re.compile(f"{_SPACE}*<{kind}{_SPACE}+name{_SPACE}*={_SPACE}*") for kind in _KINDS}


_BEFORE_VOTES = re.compile(f"{_SPACE}+votes{_SPACE}*={_SPACE}*")


_END = re.compile(f"{_SPACE}*/>{_SPACE}*")


_BETWEEN = {kind: re.compile(_END.pattern + before.pattern) for kind, before in _BEFORE_NAME.items()}


_MARKUP = ("<", ">", "&")


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of all blocks of a contest, in the file's order."""

    kind: Kind | None
    """What the units are; None where there are none."""
    lengths: Sequence[int]
    """How many cells each block has."""
    names: Sequence[str]
    votes: Sequence[str]
    """As the file has them; one for each name."""

    def of(self, wanted: Sequence[bool]) -> "Cells":
        """Return the cells of those blocks that are wanted."""
        chosen = [*chain.from_iterable(map(repeat, wanted, self.lengths))]
        kind = self.kind if any(chosen) else None
        kept = (list(compress(texts, chosen)) for texts in (self.names, self.votes))
        return Cells(kind, list(compress(self.lengths, wanted)), *kept)


def cells_in(contest: _Element, blocks: Sequence[_Element]) -> Cells:
    """Return the cells of a contest's blocks.

    Raises:
        BadInputError: they are something else than votes by county or by precinct.

    """
    lengths = [len(block) for block in blocks]
    if not (cells := sum(lengths)):
        return Cells(None, lengths, (), ())
    first = next(block for block in blocks if len(block))[0].tag
    kind = next((kind for kind in _KINDS if kind == first), None)
    if kind is None:
        raise BadInputError(f"has votes by {quoted(first)}, neither counties nor precincts")
    names, votes = (cast("list[str]", path(contest)) for path in _IN_ELEMENTS[kind])
    if not len(names) == len(votes) == cells:  # no element has two of a name: each has one of both
        raise BadInputError(f"has votes by something else than a {kind} with its name and its votes")
    return Cells(kind, lengths, names, votes)


class UnusualError(Exception):
    """The text is not written as such cells nearly always are: an XML parser has to say what it holds."""


def cells_of(blocks: Sequence[bytes]) -> Cells:
    """Return the cells in the text of a contest's blocks, in UTF-8.

    The text is cut at its quotation marks: name, votes, name, votes, with only a few ways of what stands between. Where
    each of them is one that XML allows, and the names are plain text without `<`, `>` or `&`, that is what a parser
    would say. No cell reaches from one block into the next, since each block ends with the `>` of a tag.

    Raises:
        UnusualError: it is written otherwise, which need not be wrong.

    """
    lengths = [block.count(b"<") for block in blocks]
    cells = sum(lengths)
    try:
        pieces = b"".join(blocks).decode().split('"')
    except UnicodeDecodeError:
        raise UnusualError from None
    if len(pieces) != 4 * cells + 1 or not all(map(_ends_with_a_tag, blocks)):
        raise UnusualError
    if not cells:
        if pieces[0].strip():
            raise UnusualError
        return Cells(None, lengths, (), ())
    kind = next((kind for kind in _KINDS if _BEFORE_NAME[kind].fullmatch(pieces[0])), None)
    if kind is None or not _END.fullmatch(pieces[-1]):
        raise UnusualError
    between = _BETWEEN[kind]
    if not all(map(between.fullmatch, set(pieces[4:-1:4]))) or not all(map(_BEFORE_VOTES.fullmatch, set(pieces[2::4]))):
        raise UnusualError
    names, votes = pieces[1::4], pieces[3::4]
    joined = "".join(names)
    if not joined.isprintable() or any(mark in joined for mark in _MARKUP) or not "".join(votes).isdecimal():
        raise UnusualError
    return Cells(kind, lengths, names, votes)


def _ends_with_a_tag(block: bytes) -> bool:
    end = block.rstrip()
    return not end or end.endswith(b">")
