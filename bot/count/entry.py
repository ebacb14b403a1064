"""Entries: the figures and claims that a member of staff is about to enter, before they are stored as statements."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from bot.count.reading import Frozen, Id, Label, Moment, as_tuple
from bot.count.statement import Statement, StatementFigures

MOST_PIECES = 25
"""The most pieces in one entry. Discord's select menus have no room for more."""

MOST_WORDS = 300
"""The most characters of the text behind a piece."""

MOST_UNMATCHED = 25
"""The most unmatched county names in an entry. With more, the list is probably of another state."""

MOST_TEXT = 4000
"""The most characters of text that are parsed, as many as a Discord message can have."""

Words = Annotated[str, StringConstraints(max_length=MOST_WORDS)]

_FIGURES = (
    "margin",
    "margin_change",
    "total",
    "certified",
    "outstanding",
    "batch",
    "last_updated",
    "units_certified",
    "results_certified",
    "call",
)


class Piece(StatementFigures):
    """One figure or claim in an entry.

    If a piece has a margin but no leader, the person entering it is asked who leads.
    """

    words: Words = ""
    """The part of the text that it was read from, verbatim; empty if a form was filled in."""
    kept: bool = True
    """False if the person entering it has removed it."""
    likely: bool = False
    """True if the parser is unsure what the number means. A person has to check the piece before it is entered."""
    as_of: Moment | None = None
    """The piece's own time; None if the entry's time applies."""
    source: Id | None = None
    """The piece's own source, if the text names one; None if the entry's source applies. A call's source is always
    its caller.
    """
    units: Annotated[tuple[Label, ...], BeforeValidator(as_tuple)] = ()
    """Where the votes behind its `margin_change` came from; empty if unknown."""

    @property
    def figures(self) -> dict[str, Any]:
        """The piece's figures, by the names of the fields in `Statement`. `leader` is not included."""
        said = {name: getattr(self, name) for name in _FIGURES}
        found = {name: value for name, value in said.items() if value is not None}
        return found | ({"no_change": True} if self.no_change else {})

    def with_county(self, fips: str) -> "Piece":
        """Return a copy with one more certified county, or the same piece if it does not name counties."""
        if self.units_certified is None:
            return self
        units = tuple(dict.fromkeys((*self.units_certified.units, fips)))
        return self.model_copy(update={"units_certified": self.units_certified.model_copy(update={"units": units})})

    def turned_round(self) -> "Piece":
        """Return a copy with `own` flipped. `own` is True if the counties announced their certification themselves."""
        if self.units_certified is None:
            return self
        turned = self.units_certified.model_copy(update={"own": not self.units_certified.own})
        return self.model_copy(update={"units_certified": turned})

    @property
    def lacks_leader(self) -> bool:
        """True if the piece has a margin but no leader."""
        return self.leader is None and (self.margin is not None or self.margin_change is not None)


class Refused(Frozen):
    """A sentence of the text that can't be entered, with the reason."""

    words: Words
    why: Words
    """In a few words: "a forecast"."""


class Entry(Frozen):
    """A draft of the figures and claims that somebody is about to enter for one contest."""

    contest: Id
    source: Id | None = None
    """The source for pieces without their own; None until it is chosen."""
    as_of: Moment
    """The time of pieces that have none of their own."""
    pieces: Annotated[tuple[Piece, ...], BeforeValidator(as_tuple), Field(max_length=MOST_PIECES)]
    text: Annotated[str, StringConstraints(max_length=MOST_TEXT)] = ""
    """The text that was parsed; empty if a form was filled in."""
    leftovers: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = ()
    """Sentences in which the parser found nothing."""
    refused: Annotated[tuple[Refused, ...], BeforeValidator(as_tuple), Field(max_length=MOST_PIECES)] = ()
    """Sentences that make no claim, or none that can be entered, with the reason."""
    unmatched: Annotated[tuple[Words, ...], BeforeValidator(as_tuple), Field(max_length=MOST_UNMATCHED)] = ()
    """Names that match no county for certain. The person chooses the county for each, or skips it."""
    strangers: Annotated[tuple[Words, ...], BeforeValidator(as_tuple), Field(max_length=MOST_PIECES)] = ()
    """Calls by somebody who is not a caller in the desk file. They are shown, but can't be entered."""
    link: Annotated[str, StringConstraints(max_length=300)] | None = None
    """The address of the text's source."""
    reason: Annotated[str, StringConstraints(max_length=MOST_WORDS)] | None = None

    @property
    def kept(self) -> tuple[Piece, ...]:
        """The pieces to enter, without those that the person removed."""
        return tuple(piece for piece in self.pieces if piece.kept)

    @property
    def needs_source(self) -> bool:
        """True if a piece to enter has no source."""
        return self.source is None and any(piece.source is None for piece in self.kept)

    @property
    def is_consistent(self) -> bool:
        """True if no figure occurs twice for one place, and no two pieces name different leaders."""
        figures = [
            (name, piece.units, piece.outstanding and piece.outstanding.units)
            for piece in self.pieces
            for name in piece.figures
        ]
        leaders = {piece.leader for piece in self.pieces if piece.leader}
        return len(figures) == len(set(figures)) and len(leaders) <= 1

    def with_county(self, fips: str | None) -> "Entry":
        """Return a copy in which the first unmatched name stands for this county, or is skipped if `fips` is None."""
        pieces = self.pieces
        if fips is not None:
            pieces = tuple(piece.with_county(fips) for piece in pieces)
        return self.model_copy(update={"pieces": pieces, "unmatched": self.unmatched[1:]})

    def turned_round(self) -> "Entry":
        """Return a copy with `own` flipped in all pieces (see `Piece.turned_round`)."""
        return self.model_copy(update={"pieces": tuple(piece.turned_round() for piece in self.pieces)})

    def statements(self, entered_by: str, confirmed_by: str | None = None) -> list[Statement]:
        """Return the pieces to enter as statements, one for each post (see `Statement.apart`).

        Pieces with the same time and source are combined, unless they give the same figure twice or name different
        leaders.

        Raises:
            ValueError: the source or a leader is missing, a county name is unmatched, or there is no piece to
                enter.

        """
        if self.needs_source:
            raise ValueError("choose the source")
        if self.unmatched:
            raise ValueError(f"no match for “{self.unmatched[0][:100]}”; choose the county, or leave it out")
        groups = _grouped(self.kept)
        if not groups:
            raise ValueError("nothing is kept")
        return [one for group in groups for one in self._statements(group, entered_by, confirmed_by)]

    def _statements(self, pieces: Sequence[Piece], entered_by: str, confirmed_by: str | None) -> list[Statement]:
        fields: dict[str, Any] = {}
        for piece in pieces:
            fields |= piece.figures
        whole = Statement.model_validate(
            fields
            | {
                "source": pieces[0].source or self.source,
                "contest": self.contest,
                "as_of": pieces[0].as_of or self.as_of,
                "leader": next((piece.leader for piece in pieces if piece.leader), None),
                "approximate": tuple(figure for piece in pieces for figure in piece.approximate),
                "link": self.link,
                "entered_by": entered_by,
                "confirmed_by": confirmed_by,
            }
        )
        return [one.model_copy(update={"words": _words_of(one, pieces)}) for one in whole.apart()]


def _grouped(pieces: Iterable[Piece]) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    for piece in pieces:
        for group in groups:
            if _goes_with(piece, group):
                group.append(piece)
                break
        else:
            groups.append([piece])
    return groups


def _goes_with(piece: Piece, group: Sequence[Piece]) -> bool:
    said = {name for other in group for name in other.figures}
    leaders = {other.leader for other in group if other.leader}
    same_word = all((other.as_of, other.source) == (piece.as_of, piece.source) for other in group)
    certified = {"certified", "units_certified"} <= said | piece.figures.keys()  # two statements: see Statement
    no_contradiction = not certified and not ({"no_change", "margin_change"} <= said | piece.figures.keys())
    fits = said.isdisjoint(piece.figures) and (piece.leader is None or not leaders - {piece.leader})
    return same_word and fits and no_contradiction


def _words_of(statement: Statement, pieces: Sequence[Piece]) -> str | None:
    """Return the joined texts from which a statement's figures were read. A text contained in another is dropped."""
    words = [piece.words for piece in pieces if any(getattr(statement, name) for name in piece.figures)]
    each = list(dict.fromkeys(" ".join(one.split()) for one in words if one))
    return _label(" … ".join(one for one in each if not any(one in other for other in each if other != one)))


def _label(words: str) -> str | None:
    """Return a text in the form that a statement stores: one line of printable characters, or None if empty.

    The line has at most 300 characters.
    """
    text = "".join(letter if letter.isprintable() else " " for letter in words)
    line = " ".join(text.split())
    return (line if len(line) <= MOST_WORDS else f"{line[: MOST_WORDS - 1].rstrip()}…") or None
