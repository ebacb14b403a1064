"""An entry: what a member of staff is about to put on record, before it is a statement of anybody."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from bot.count.reading import Frozen, Id, Label, Moment, as_tuple
from bot.count.statement import Statement, StatementFigures

MOST_PIECES = 25
"""What one entry can hold; Discord's list of choices takes no more."""

MOST_WORDS = 300
"""Letters of the words that a piece was read in."""

MOST_UNMATCHED = 25
"""Names that are asked about one by one; with more, the list is another state's."""

MOST_TEXT = 4000
"""Letters of the longest text that is read: as long as a message can be."""

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
    """One thing that was said. It may have a margin without a leader: then whoever enters it is asked who leads."""

    words: Words = ""
    """The part of the text that says so, letter for letter; empty where a form was filled in."""
    kept: bool = True
    """False: it is not to be entered."""
    likely: bool = False
    """A number with the words near it, which may say something else: a person looks at it before it is kept."""
    as_of: Moment | None = None
    """When it was true, where it has a time of its own."""
    source: Id | None = None
    """Whose word it is, where it says so itself: a call is its caller's, whoever passes it on."""
    units: Annotated[tuple[Label, ...], BeforeValidator(as_tuple)] = ()
    """Where the votes of its `margin_change` came from; empty: that is not said."""

    @property
    def figures(self) -> dict[str, Any]:
        """What it says, by the statement's fields; "who leads" is no figure of its own."""
        said = {name: getattr(self, name) for name in _FIGURES}
        found = {name: value for name, value in said.items() if value is not None}
        return found | ({"no_change": True} if self.no_change else {})

    def with_county(self, fips: str) -> "Piece":
        """Return it with one more county that has certified, where it names counties at all."""
        if self.units_certified is None:
            return self
        units = tuple(dict.fromkeys((*self.units_certified.units, fips)))
        return self.model_copy(update={"units_certified": self.units_certified.model_copy(update={"units": units})})

    def turned_round(self) -> "Piece":
        """Return it with the counties' own word instead of a list's, or the other way round."""
        if self.units_certified is None:
            return self
        turned = self.units_certified.model_copy(update={"own": not self.units_certified.own})
        return self.model_copy(update={"units_certified": turned})

    @property
    def lacks_leader(self) -> bool:
        """True if it is not known who leads by it."""
        return self.leader is None and (self.margin is not None or self.margin_change is not None)


class Refused(Frozen):
    """A sentence of which nothing is offered."""

    words: Words
    why: Words
    """In a few words: "a forecast"."""


class Entry(Frozen):
    """What somebody is about to enter of one contest."""

    contest: Id
    source: Id | None = None
    """Whose word it is; None: not said yet, and then nothing can be entered."""
    as_of: Moment
    """When it was true, for pieces without a time of their own."""
    pieces: Annotated[tuple[Piece, ...], BeforeValidator(as_tuple), Field(max_length=MOST_PIECES)]
    text: Annotated[str, StringConstraints(max_length=MOST_TEXT)] = ""
    """What was read; empty where a form was filled in."""
    leftovers: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = ()
    """Sentences of it of which nothing was understood."""
    refused: Annotated[tuple[Refused, ...], BeforeValidator(as_tuple), Field(max_length=MOST_PIECES)] = ()
    """Sentences of it that are no claim, or none that can be entered."""
    unmatched: Annotated[tuple[Words, ...], BeforeValidator(as_tuple), Field(max_length=MOST_UNMATCHED)] = ()
    """Names that are no county's for certain: who enters them says which they are, or leaves them out."""
    strangers: Annotated[tuple[Words, ...], BeforeValidator(as_tuple), Field(max_length=MOST_PIECES)] = ()
    """Calls by somebody who makes none by the desk file: shown, and not to be entered."""
    link: Annotated[str, StringConstraints(max_length=300)] | None = None
    """Where it was said."""
    reason: Annotated[str, StringConstraints(max_length=MOST_WORDS)] | None = None

    @property
    def kept(self) -> tuple[Piece, ...]:
        """What is to be entered."""
        return tuple(piece for piece in self.pieces if piece.kept)

    @property
    def needs_source(self) -> bool:
        """True if something is kept of which it is not known whose word it is."""
        return self.source is None and any(piece.source is None for piece in self.kept)

    @property
    def is_consistent(self) -> bool:
        """True if no two pieces say a figure each, or who leads: all of them may be right at once."""
        figures = [name for piece in self.pieces for name in piece.figures]
        leaders = {piece.leader for piece in self.pieces if piece.leader}
        return len(figures) == len(set(figures)) and len(leaders) <= 1

    def with_county(self, fips: str | None) -> "Entry":
        """Return it with the first unmatched name settled: it means this county, or (None) it is left out."""
        pieces = self.pieces
        if fips is not None:
            pieces = tuple(piece.with_county(fips) for piece in pieces)
        return self.model_copy(update={"pieces": pieces, "unmatched": self.unmatched[1:]})

    def turned_round(self) -> "Entry":
        """Return it with the counties' own word instead of a list's, or the other way round."""
        return self.model_copy(update={"pieces": tuple(piece.turned_round() for piece in self.pieces)})

    def statements(self, entered_by: str, confirmed_by: str | None = None) -> list[Statement]:
        """Return what is kept as statements of the source, one for each post (see `Statement.apart`).

        Pieces of one time and source are put together, unless two say the same figure or differ on who leads.

        Raises:
            ValueError: the source is not said, nothing is kept, or it is not known who leads.

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
    """Return the words in which a statement's figures were said; words that stand within others only once."""
    words = [piece.words for piece in pieces if any(getattr(statement, name) for name in piece.figures)]
    each = list(dict.fromkeys(" ".join(one.split()) for one in words if one))
    return _label(" … ".join(one for one in each if not any(one in other for other in each if other != one)))


def _label(words: str) -> str | None:
    """Return words as a statement can keep them: one printable line of 300 characters at most, or None."""
    text = "".join(letter if letter.isprintable() else " " for letter in words)
    line = " ".join(text.split())
    return (line if len(line) <= MOST_WORDS else f"{line[: MOST_WORDS - 1].rstrip()}…") or None
