"""Who reads an answer, and what of it: the only place that hides anything.

A line says who may read it and whose figures it has (`Line.readers`, `Line.sources`); here that is held against the viewer.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from bot.wording.card import Block, Card, Line, Readers

_CHANNEL = re.compile(
    r"<#(?P<mention>\d+)>|\[[^\]\n]{0,300}\]\(<?https://discord\.com/channels/\d+/(?P<link>\d+)(?:/\d+)?>?\)"
)
"""A channel as Discord's markdown names it: a mention of it, or a link to a message in it."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who reads an answer; or everybody who reads a channel, where it is shared."""

    server: int
    channel: int
    sees: Callable[[int], bool]
    """Returns True if they see a channel or thread of the server."""
    newsroom: bool = True
    """True: they are of the newsroom."""
    desk: bool = True
    """True: they are of its desk, and may know which staff did what, and why."""
    public: bool = False
    """True: the public reads the channel, so nothing there is for the newsroom alone, whoever asks."""
    left_out: frozenset[str] = frozenset()
    """Ids of the sources that they may not read of."""
    person: int | None = None
    """Discord's id of who asks; None: it is nobody's question, as of a board."""
    leads: str | None = None
    """Id of the source that leads the contest they ask about, of which they read in any case; None: they ask about none."""

    def reads(self, readers: Readers) -> bool:
        """Return True if they may read what is for those readers."""
        if readers == "public":
            return True
        return not self.public and (self.desk if readers == "desk" else self.newsroom)


@dataclass(frozen=True, slots=True)
class Seen:
    """A card as a viewer sees it, and what was left out of it."""

    card: Card
    rests_on: frozenset[str] = frozenset()
    """Ids of sources that the viewer may not read of and that its head rests on: without them it may not be shown."""
    without: frozenset[str] = frozenset()
    """Ids of sources whose lines were left out of its blocks."""


def seen_by(card: Card, viewer: Viewer) -> Seen:
    """Return a card without what a viewer may not read.

    A line that they may not read becomes its `otherwise`, or is left out; a section or a block of which nothing is left goes
    with its lines. A channel that they do not see becomes "a channel you can't see".
    """
    blocks = (_block(block, viewer) for block in card.blocks)
    below = (line for block in card.blocks for line in block.all_lines)
    return Seen(
        replace(card, head=_lines(card.head, viewer), blocks=tuple(block for block in blocks if block is not None)),
        _lost(card.head, viewer),
        _lost(below, viewer),
    )


def _lost(lines: Iterable[Line], viewer: Viewer) -> frozenset[str]:
    """Return the sources whose lines are lost; a note, or what is for the desk, is none of the answer's own lines."""
    last = (_last(line, viewer) for line in lines)
    return frozenset(
        source
        for line in last
        if line.readers != "desk" and not line.note
        for source in line.sources
        if source in viewer.left_out
    )


def _last(line: Line, viewer: Viewer) -> Line:
    """Return the line, or of those that are read in its place the first that a viewer may read; else the last."""
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
    """Return a text in which each channel that a viewer does not see is "a channel you can't see"."""

    def place(found: re.Match[str]) -> str:
        return found[0] if viewer.sees(int(found["mention"] or found["link"])) else "a channel you can't see"

    return _CHANNEL.sub(place, text)


def _line(line: Line, viewer: Viewer) -> Iterator[Line]:
    line = _last(line, viewer)
    if _may_read(line, viewer):
        yield replace(line, text=without_channels(line.text, viewer))
