"""The lists and buttons under an entry before it is entered."""

from collections.abc import Sequence

from bot.cards.draft import Button, Choice, Select
from bot.count.entry import Entry, Piece
from bot.counties import like
from bot.deskfile import Contest, Source
from bot.wording.escape import clean
from bot.wording.punctuation import capitalised

MOST_CHOICES = 25
_MOST_LABEL = 100
_MOST_ASKED = 80


def selects_of(
    key: int, entry: Entry, contest: Contest, sources: Sequence[Source], others: Sequence[Contest]
) -> list[Select]:
    """Return the lists under an entry: which county, what of it, whose word, which contest."""
    found = [_which(key, entry, contest)] if entry.unmatched else []
    if len(entry.pieces) > 1:
        pieces = tuple(
            Choice(f"{place}. {_label(piece)}", str(place - 1), chosen=piece.kept)
            for place, piece in enumerate(entry.pieces[:MOST_CHOICES], start=1)
        )
        found.append(Select(f"entry:{key}:keep", "What is to be entered", pieces, least=0, most=len(pieces)))
    words = tuple(
        Choice(clean(capitalised(source.name), _MOST_LABEL) or source.id, source.id, chosen=source.id == entry.source)
        for source in sources[:MOST_CHOICES]
    )
    if entry.source is not None or any(piece.source is None for piece in entry.pieces):
        found.append(Select(f"entry:{key}:source", "Whose word is it?", words))
    if others and not entry.unmatched:  # which county it is comes first: a message has five rows
        contests = tuple(
            Choice(clean(f"{one.name} · {where_of(one)}", _MOST_LABEL) or one.id, one.id, chosen=one.id == contest.id)
            for one in [contest, *others][:MOST_CHOICES]
        )
        found.append(Select(f"entry:{key}:contest", "Which contest is it?", contests))
    return found


def _which(key: int, entry: Entry, contest: Contest) -> Select:
    """Return the list from which the first name is chosen that is no county for certain."""
    likely = like(contest.state or "", entry.unmatched[0], MOST_CHOICES - 1)
    asked = asked_name(entry)
    choices = [Choice(clean(one.name, _MOST_LABEL), f"{one.fips}:{asked}") for one in likely]
    hint = clean(f"Which {contest.unit} is {entry.unmatched[0]}?", _MOST_LABEL) or f"Which {contest.unit} is it?"
    return Select(f"entry:{key}:unit", hint, (Choice("None of these: leave it out", f"none:{asked}"), *choices))


def asked_name(entry: Entry) -> str:
    """Return the name that is asked about, as each choice carries it: a second press is no answer about the next one."""
    return clean(entry.unmatched[0], _MOST_ASKED) if entry.unmatched else ""


def where_of(contest: Contest) -> str:
    """Return where a contest is, for a list without markdown."""
    return contest.where or contest.state or contest.id


def _label(piece: Piece) -> str:
    said = piece.words or ", ".join(piece.figures)
    return clean(said, _MOST_LABEL - 4) or ", ".join(piece.figures)


def leaders_of(key: int, entry: Entry, contest: Contest) -> list[Button]:
    """Return a button for each candidate who may lead, where that is not said."""
    if not any(piece.lacks_leader for piece in entry.kept):
        return []
    return [
        Button(clean(f"{candidate.last} leads", 80), f"entry:{key}:leader{place}", "primary")
        for place, candidate in enumerate(contest.candidates[:5])
    ]


def actions_of(key: int, entry: Entry, *, ready: bool, second: bool) -> list[Button]:
    """Return the buttons under an entry."""
    own = {piece.units_certified.own for piece in entry.kept if piece.units_certified}
    word = "It is the list" if True in own else "They say so themselves"
    whose = [Button(word, f"entry:{key}:own")] if own else []
    enter = [Button("Ask a second person" if second else "Enter", f"entry:{key}:enter", "primary")] if ready else []
    return [*enter, *whose, Button("Mend", f"entry:{key}:mend"), Button("Drop", f"entry:{key}:drop", "danger")]
