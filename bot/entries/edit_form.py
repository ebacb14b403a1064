"""The forms that edit an entry: choosing the form for the ticked pieces, filling it in, and applying it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.count.call import Call
from bot.count.certification import ResultsCertified, UnitsCertified
from bot.count.entry import MOST_WORDS, Entry, Piece
from bot.count.reported_batch import CandidateVotes, ReportedBatch
from bot.desk.counties import county_name
from bot.desk.desk_file import Contest, Source
from bot.errors import BadInputError
from bot.prose.form import SAYS, VERBS, piece_of, pieces_of_form, typed_batch, typed_call, typed_units, within_bounds

FormKind: TypeAlias = Literal["figures", "units", "results", "call", "batch", "change", "time"]
"""`results`: certification of the results as a whole. `change`: change of a margin. `time`: "no change", where only the time
can be edited.
"""

_CERTIFIED, _NOT_CERTIFIED = "certified", "certification withdrawn"

_WHY = "Why, where it is withdrawn"

_FIGURES = frozenset({"margin", "total", "outstanding", "certified"})

_CHANGE = re.compile(r"(?P<sign>up|down|[+-])? ?(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,11})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FormField:
    """A text field of an edit form. Every form also has a field for the time."""

    label: str
    value: str
    long: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class EditForm:
    """A form filled in with one piece that the form of `/tally` has no field for, such as a call."""

    kind: FormKind
    fields: tuple[FormField, ...]


def kind_of(entry: Entry) -> FormKind | None:
    """Return which form can edit the pieces of an entry that are ticked. None if no piece is ticked.

    The result is `figures` if any of these pieces has figures.
    """
    kinds = [_kind(piece) for piece in entry.kept]
    order: tuple[FormKind, ...] = ("figures", "units", "results", "call", "batch", "change", "time")
    return next((kind for kind in order if kind in kinds), None)


def typed_figures(entry: Entry, contest: Contest) -> dict[str, str]:
    """Return the ticked figures of an entry as texts, by the field of the form of `/tally` that they are typed into.

    Raises:
        BadInputError: two pieces have different figures or times for the same field.
    """
    said: dict[str, str] = {}
    pieces = _of_kind(entry, "figures")
    for piece in pieces:
        for name, text in _typed(piece, contest).items():
            if name == "left" and name in said and all(one.outstanding.units for one in pieces if one.outstanding):
                said[name] += f"; {text}"
            elif said.setdefault(name, text) != text:
                raise BadInputError("two figures of one kind are ticked; leave one out before you edit")
    if len({piece.as_of for piece in pieces}) > 1:
        raise BadInputError("figures of two times are ticked; leave one out before you edit")
    return said


def form_of(entry: Entry, contest: Contest) -> EditForm | None:
    """Return the form for editing an entry, filled in with the piece to enter.

    None if the form of `/tally` fits, or if no piece is chosen.

    Raises:
        BadInputError: two pieces of one kind are to be entered.
    """
    kind = kind_of(entry)
    if kind is None or kind == "figures":
        return None
    piece = _one(entry, kind)
    return EditForm(kind, tuple(_fields(piece, contest)))


def with_figures(entry: Entry, contest: Contest, typed: dict[str, str], as_of: datetime | None) -> Entry:
    """Return an entry with its figures to enter replaced by the form's. Other pieces do not change.

    `typed`: texts by field. `as_of`: the new time; None for the old one.
    """
    old = _of_kind(entry, "figures")
    made = pieces_of_form(contest, **{name: typed.get(name, "") for name in ("margin", "votes", "left", "certified")})
    words = " … ".join(piece.words for piece in old if piece.words)[:MOST_WORDS]
    kept_at = old[0].as_of if old else None
    new = [one.model_copy(update={"words": words or one.words, "as_of": as_of or kept_at}) for one in made]
    return _with_pieces(entry, old, new)


def with_words(
    entry: Entry, contest: Contest, source: Source | None, kind: FormKind, typed: Sequence[str], as_of: datetime | None
) -> Entry:
    """Return an entry with its piece of kind `kind` replaced by what was typed into the piece's form.

    `source`: the caller, for a call; else None. `typed`: the form's fields, in order. `as_of`: the new time; None for
    the old one.

    Raises:
        BadInputError: a field can't be read, or the entry no longer has a piece of this kind to enter.
    """
    old = _one(entry, kind)
    unmatched = entry.unmatched
    update: dict[str, object] = {"as_of": as_of or old.as_of}
    if kind == "units" and old.units_certified is not None:
        update["units_certified"], unmatched = _units(contest, old.units_certified, typed)
    elif kind == "results":
        update["results_certified"] = _results(typed)
    elif kind == "call":
        if source is None:
            raise BadInputError("its caller is no longer known; enter it with `/call`")
        since = "by" if as_of is None and old.call and old.call.since == "by" else "at"
        call = typed_call(contest, source, typed[0], typed[1], typed[2])
        update["call"] = call.model_copy(update={"since": since})
    elif kind == "batch":
        update["batch"], about = typed_batch(contest, *typed)
        update["approximate"] = ("batch",) if about else ()
    elif kind == "change":
        update |= _change(contest, typed)
    return _with_pieces(entry, [old], [old.model_copy(update=update)]).model_copy(update={"unmatched": unmatched})


def _with_pieces(entry: Entry, old: Sequence[Piece], new: Sequence[Piece]) -> Entry:
    place = entry.pieces.index(old[0]) if old else 0
    others = [piece for piece in entry.pieces if not any(piece is one for one in old)]
    return entry.model_copy(update={"pieces": within_bounds([*others[:place], *new, *others[place:]])})


def _kind(piece: Piece) -> FormKind:
    if piece.units_certified is not None:
        return "units"
    if piece.results_certified is not None:
        return "results"
    if piece.call is not None:
        return "call"
    if piece.batch is not None:
        return "batch"
    if piece.margin_change is not None and not _FIGURES & piece.figures.keys():
        return "change"
    return "figures" if _FIGURES & piece.figures.keys() else "time"


def _of_kind(entry: Entry, kind: FormKind) -> list[Piece]:
    return [piece for piece in entry.kept if _kind(piece) == kind]


def _one(entry: Entry, kind: FormKind) -> Piece:
    found = _of_kind(entry, kind)
    if len(found) != 1:
        how = "two of one kind are ticked; leave one out" if found else "that is no longer ticked; tick it"
        raise BadInputError(f"{how} before you edit")
    return found[0]


def _fields(piece: Piece, contest: Contest) -> list[FormField]:
    if piece.units_certified is not None:
        names = ", ".join(county_name(contest.state or "", fips) for fips in piece.units_certified.units)
        why = [FormField(_WHY, piece.units_certified.reason or "")] if piece.units_certified.taken_back else []
        return [FormField("Counties by name", names, long=True), *why]
    if piece.results_certified is not None:
        says = _NOT_CERTIFIED if piece.results_certified.taken_back else _CERTIFIED
        return [
            FormField("Certified, or certification withdrawn", says),
            FormField(_WHY, piece.results_certified.reason or "", required=False),
        ]
    if piece.call is not None:
        return _call_fields(piece.call, contest)
    if piece.batch is not None:
        return _batch_fields(piece.batch, contest, about="batch" in piece.approximate)
    if piece.margin_change is not None:
        leader = contest.candidate(piece.leader) if piece.leader else None
        return [
            FormField("Who leads", leader.last if leader else ""),
            FormField("The lead's change, as -48 or +10", f"{piece.margin_change:+,}"),
        ]
    return []


def _batch_fields(batch: ReportedBatch, contest: Contest, *, about: bool) -> list[FormField]:
    whom = [f"{_last(contest, one)} {one.votes:,}" for one in batch.split]
    whom += [f"{_last(contest, batch.net)} +{batch.net.votes:,}"] if batch.net else []
    return [
        FormField(f"Which {contest.unit}", ", ".join(batch.units), required=False),
        FormField("New votes", f"{'about ' if about else ''}{batch.votes:,}"),
        FormField("For whom; or the net, with its +", ", ".join(whom), required=False),
    ]


def _last(contest: Contest, one: CandidateVotes) -> str:
    candidate = contest.candidate(one.candidate)
    return candidate.last if candidate else one.candidate


def _call_fields(call: Call, contest: Contest) -> list[FormField]:
    says = next(word for word, said in SAYS.items() if said == call.says)
    verb = next(word for word, how in VERBS.items() if how == call.verb)
    last = [one.last for key in call.candidates if (one := contest.candidate(key))]
    return [
        FormField("Called, too close to call, withdrawn …", says),
        FormField("Called for", ", ".join(last), required=False),
        FormField("Verb: called, projected …", verb, required=False),
    ]


def _units(contest: Contest, old: UnitsCertified, typed: Sequence[str]) -> tuple[UnitsCertified, tuple[str, ...]]:
    """Return the certified counties as edited in the form, and the typed names that match no county.

    `typed` has the form's fields. Values for which the form has no field are copied from `old`.

    Raises:
        BadInputError: no county is typed.
    """
    said, unmatched = typed_units(contest, typed[0])
    if said is None:
        raise BadInputError(f"{typed[0][:80]}: no match for a {contest.unit}")
    why = {"reason": typed_line(typed[1])} if old.taken_back else {}
    return old.model_copy(update={"units": said.units, **why}), unmatched


def _results(typed: Sequence[str]) -> ResultsCertified:
    text, why = " ".join(typed[0].split()).casefold(), typed_line(typed[1])
    if text not in (_CERTIFIED, _NOT_CERTIFIED):
        raise BadInputError(f'results: "{typed[0].strip()[:60]}" can\'t be read; say {_CERTIFIED}, or {_NOT_CERTIFIED}')
    if why and text == _CERTIFIED:
        raise BadInputError("leave why empty, unless the certification was withdrawn")
    return ResultsCertified(taken_back=text == _NOT_CERTIFIED, reason=why)


def _change(contest: Contest, typed: Sequence[str]) -> dict[str, object]:
    match = _CHANGE.fullmatch(typed[1].strip())
    if match is None or match["sign"] is None:
        raise BadInputError(f'change: "{typed[1].strip()[:60]}" can\'t be read; try -48, or up 10')
    moved = int(match["number"].replace(",", ""))
    leader = piece_of(contest, margin=f"{typed[0].strip()} 1", votes="", left="", certified="").leader
    return {
        "leader": leader,
        "margin_change": -moved if match["sign"].casefold() in ("down", "-") else moved,
        "approximate": (),
    }


def _typed(piece: Piece, contest: Contest) -> dict[str, str]:
    """Return a piece's figures as they would be typed into the form of `/tally`, by field."""
    said: dict[str, str] = {}
    if piece.margin is not None:
        leader = contest.candidate(piece.leader) if piece.leader else None
        about = "about " if "margin" in piece.approximate else ""
        said["margin"] = f"{leader.last if leader else ''} {about}{piece.margin:,}".strip()
    if piece.total is not None:
        said["votes"] = f"{piece.total:,}"
    if piece.outstanding is not None:
        about = "about " if "outstanding" in piece.approximate else ""
        said["left"] = f"{', '.join(piece.outstanding.units)} {about}{piece.outstanding.ballots:,}".strip()
    if piece.certified is not None:
        said["certified"] = f"{piece.certified[0]} of {piece.certified[1]}"
    return said


def typed_line(text: str) -> str | None:
    """Return typed text as one printable line of at most 300 characters. None if it is empty."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:300].strip() or None
