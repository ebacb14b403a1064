"""Which parts of an answer a reader may see. This is the only module that hides lines.

Each line records who may read it and whose figures it has (`Line.readers`, `Line.sources`). This module compares that with
the viewer.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from bot.wording.card import Block, Card, Line, Readers

_CHANNEL = re.compile(
    r"<#(?P<mention>\d+)>|\[[^\]\n]{0,300}\]\(<?https://discord\.com/channels/\d+/(?P<link>\d+)(?:/\d+)?>?\)"
)
"""A channel mention, or a link to a message in a channel."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who reads an answer: the person who asked or, for a shared answer, everybody who reads the channel."""

    server: int
    channel: int
    sees: Callable[[int], bool]
    """Returns True if the viewer can see the channel or thread with this id."""
    newsroom: bool = True
    """True if the viewer is on the newsroom's staff."""
    desk: bool = True
    """True if the viewer is on the desk, and may learn which staff did what, and why."""
    public: bool = False
    """True if the channel is public. Then nobody is shown lines for the newsroom only."""
    left_out: frozenset[str] = frozenset()
    """Ids of the sources hidden from the viewer."""
    person: int | None = None
    """Discord id of the person who asks; None if nobody does, as for a board."""
    leads: str | None = None
    """Id of the contest's leading source, which is never hidden; None without a contest."""

    def reads(self, readers: Readers) -> bool:
        """Return True if the viewer may read lines that are meant for `readers`."""
        if readers == "public":
            return True
        return not self.public and (self.desk if readers == "desk" else self.newsroom)


@dataclass(frozen=True, slots=True)
class VisibleCard:
    """A card reduced to what a viewer may see, and the sources that were hidden."""

    card: Card
    basis_sources: frozenset[str] = frozenset()
    """Ids of hidden sources that the head depends on. If there are any, the card may not be shown."""
    without: frozenset[str] = frozenset()
    """Ids of sources whose lines were removed from the blocks."""


def seen_by(card: Card, viewer: Viewer) -> VisibleCard:
    """Return a card without the parts that a viewer may not read.

    A line that the viewer may not read is replaced by its `otherwise`, or removed. Sections and blocks that end up empty are
    removed too. A channel that the viewer can't see becomes "a channel you can't see".
    """
    blocks = (_block(block, viewer) for block in card.blocks)
    below = (line for block in card.blocks for line in block.all_lines)
    return VisibleCard(
        replace(card, head=_lines(card.head, viewer), blocks=tuple(block for block in blocks if block is not None)),
        _lost(card.head, viewer),
        _lost(below, viewer),
    )


def _lost(lines: Iterable[Line], viewer: Viewer) -> frozenset[str]:
    """Return the sources whose lines are hidden from a viewer, except in notes and lines for the desk."""
    last = (_last(line, viewer) for line in lines)
    return frozenset(
        source
        for line in last
        if line.readers != "desk" and not line.note
        for source in line.sources
        if source in viewer.left_out
    )


def _last(line: Line, viewer: Viewer) -> Line:
    """Return the line or the first of its alternatives (`otherwise`) that a viewer may read.

    If the viewer may read none, return the last alternative.
    """
    while line.otherwise is not None and not _may_read(line, viewer):
        line = line.otherwise
    return line


def _may_read(line: Line, viewer: Viewer) -> bool:
    return viewer.reads(line.readers) and viewer.left_out.isdisjoint(line.sources)


def _block(block: Block, viewer: Viewer) -> Block | None:
    found = (replace(section, lines=_lines(section.lines, viewer)) for section in block.sections)
    shown = replace(block, lines=_lines(block.lines, viewer), sections=tuple(one for one in found if one.lines))
    return None if block.all_lines and not shown.all_lines else shown


def _lines(lines: Iterable[Line], viewer: Viewer) -> tuple[Line, ...]:
    return tuple(shown for line in lines for shown in _line(line, viewer))


def without_channels(text: str, viewer: Viewer) -> str:
    """Replace each channel that a viewer can't see by "a channel you can't see"."""

    def place(found: re.Match[str]) -> str:
        return found[0] if viewer.sees(int(found["mention"] or found["link"])) else "a channel you can't see"

    return _CHANNEL.sub(place, text)


def _line(line: Line, viewer: Viewer) -> Iterator[Line]:
    line = _last(line, viewer)
    if _may_read(line, viewer):
        yield replace(line, text=without_channels(line.text, viewer))
