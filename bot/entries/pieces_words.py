"""Texts about entries: their source, and their pieces with figures and times."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.count.certification import ResultsCertified
from bot.count.entry import Entry, Piece
from bot.count.statement import Outstanding, Statement, StatementFigures
from bot.desk.desk_file import Contest, Desk, Source
from bot.outcomes.calls_words import call_words
from bot.outcomes.certification_words import units_phrase
from bot.tally.reported_batches_words import batch_phrase
from bot.wording.context import ContestContext, Setting, contest_context, source_name
from bot.wording.escape import capitalised, escape, possessive
from bot.wording.margin import ahead_by
from bot.wording.names import listed, unit_kind, unit_list
from bot.wording.numbers import commas, counted, more_votes, votes

MOST_QUOTED = 90

_MOST_NAMED = 6

_WORD = re.compile(r"\w(?:[\w.,:'\u2019/-]*\w)?")

_PLAIN = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "at",
        "been",
        "by",
        "counted",
        "for",
        "from",
        "has",
        "have",
        "in",
        "is",
        "it",
        "lead",
        "leads",
        "leading",
        "now",
        "of",
        "on",
        "the",
        "votes",
    }
)
"""Filler words. A quote is omitted if it adds only these to a piece's own text."""


@dataclass(frozen=True, slots=True)
class StandingStatement:
    """A valid statement: one that was not retracted."""

    said: Statement
    numbers: tuple[int, ...]
    """The numbers of the statement's posts; empty if it has none."""
    entry: int | None = None
    """The id of the statement's entry; None if a source pushed it."""

    @property
    def named(self) -> str:
        """The numbers of the statement's posts, else its entry: "#7", "entry 9". Empty if it has neither."""
        posts = listed([f"#{number}" for number in self.numbers])
        return posts or (f"entry {self.entry}" if self.entry else "")


def on_record_already(known: Sequence[StandingStatement]) -> str:
    """Return a phrase that names the posts or entries with known figures: "already on record, #7 and entry 9"."""
    named = listed(list(dict.fromkeys(one.named for one in known if one.named)))
    return f"already on record{f', {named}' if named else ''}"


def whose_word(entry: Entry, desk: Desk) -> Source | None:
    """Return an entry's source, or that of the first piece to enter. None if a piece to enter has no source."""
    if entry.needs_source:
        return None
    own = next((piece.source for piece in entry.kept if piece.source), None)
    return desk.source(entry.source or own or "")


def in_short(entry: Entry, contest: Contest, setting: Setting, now: datetime) -> str:
    """Return an entry in one line, with its first three pieces: "our reporter: Biden ahead by 14,101, as of 8:25 a.m."."""
    context = contest_context(contest, setting, now)
    source = whose_word(entry, setting.desk)
    times = {piece.as_of or entry.as_of for piece in entry.kept[:3]}
    each = len(times) > 1  # otherwise the time comes once, at the end
    text = "; ".join(
        figures_of(context, piece.model_copy(update={"as_of": (piece.as_of or entry.as_of) if each else None}))
        for piece in entry.kept[:3]
    )
    at = "" if each else f", as of {context.when(max(times, default=entry.as_of))}"
    named = any(piece.leader for piece in entry.kept[:3]) or len(setting.desk.contests) == 1
    of = "" if named else f", {escape(contest.name, 60)}"  # a count without a candidate does not tell which contest
    return f"{source_name(source) if source else 'nobody'}{of}: {text}{at}"


def piece_line(context: ContestContext, place: int | None, piece: Piece, desk: Desk, *, quotes: bool = True) -> str:
    """Return a piece as a line of a list.

    `place`: the piece's number in a numbered list, from 1. `quotes`: quote the words it was read from if they add
    something.
    """
    owner = desk.source(piece.source) if piece.source else None
    figures = figures_of(context, piece)
    text = capitalised(figures) + (f" · {source_name(owner)}" if owner else "")
    quotes = quotes and bool(piece.words) and (piece.likely or _says_more(piece.words, f"{text} {context.place}"))
    quoted = f" · “{escape(piece.words, MOST_QUOTED)}”" if quotes else ""
    number = f"{place}. " if place else ""
    if piece.kept:
        return f"{number}{text}{quoted}"
    return f"{number}Right? {text}{quoted}" if piece.likely else f"{number}Left out: {text}"


def _says_more(words: str, text: str) -> bool:
    """Return True if `words` have something that is not in `text`, other than filler words."""
    of_text, ours = (
        {word.removesuffix("'s") for word in _WORD.findall(one.casefold().replace("\u2019", "'"))}
        for one in (words, text)
    )
    return not of_text <= ours | _PLAIN


def whose_line(context: ContestContext, entry: Entry, desk: Desk) -> str:
    """Return an entry's source and time as a line: "Source: **our reporter** · as of …".

    Without a common source the line has only the time. It is empty if each piece also has a time.
    """
    source, as_of = desk.source(entry.source) if entry.source else None, true_as_of(context, entry)
    if source is None:
        return f"As of {context.when(entry.as_of)}" if as_of else ""
    return f"Source: **{source_name(source)}**{as_of}"


def true_as_of(context: ContestContext, entry: Entry) -> str:
    """Return " · as of …" with the entry's time, for pieces without another time.

    Empty if all pieces to enter (or all likely ones, if none is chosen) have a time.
    """
    pieces = entry.kept or [piece for piece in entry.pieces if piece.likely]
    timed = sum(piece.as_of is not None for piece in pieces)
    if timed and timed == len(pieces):
        return ""
    return f" · {'the rest ' if timed else ''}as of {context.when(entry.as_of)}"


def taken_for(piece: Piece, contest: Contest) -> str:
    """Return a piece's first figure without markdown, for labels: "Biden ahead by 14,101".

    Empty if the figure has no short form.
    """
    leader = contest.candidate(piece.leader) if piece.leader else None
    if piece.margin is not None:
        return f"{leader.last} ahead by {commas(piece.margin)}" if leader else f"a margin of {commas(piece.margin)}"
    if piece.margin_change is not None:
        return f"{possessive(leader.last) + ' ' if leader else ''}lead {_moved(piece.margin_change)}"
    if piece.total is not None:
        return f"{commas(piece.total)} votes in all"
    if piece.certified is not None:
        return f"{piece.certified[0]} certified"
    if piece.batch is not None:
        where = f" from {listed(piece.batch.units[:2])}" if piece.batch.units else ""
        return f"{more_votes(piece.batch.votes)}{where}"
    return f"{commas(piece.outstanding.ballots)} ballots left" if piece.outstanding else ""


def statement_figures(context: ContestContext, statement: Statement) -> str:
    """Return a statement's figures and time: "97 of 159 counties certified, as of 7:20 a.m."."""
    figures = {name: getattr(statement, name) for name in StatementFigures.model_fields}
    return figures_of(context, Piece(**figures, as_of=statement.as_of))


def figures_of(context: ContestContext, piece: Piece) -> str:
    """Return a piece's figures, and its time if there is one: "Biden ahead by 14,101; 4,991,741 votes counted"."""
    parts = [
        _margin(context, piece),
        _change(context, piece),
        f"{_about(piece, 'total')}{votes(piece.total)} counted" if piece.total is not None else "",
        _certified(context.contest, piece),
        f"{_about(piece, 'outstanding')}{left_phrase(context.contest, piece.outstanding)}" if piece.outstanding else "",
        batch_phrase(context, piece.batch, about="batch" in piece.approximate) if piece.batch else "",
        f"last updated {_about(piece, 'last_updated')}{context.when(piece.last_updated)}" if piece.last_updated else "",
        "no change" if piece.no_change else "",
        units_phrase(context, piece.units_certified) if piece.units_certified else "",
        _results(piece.results_certified) if piece.results_certified else "",
        call_words(context, piece.call) if piece.call else "",
    ]
    at = f", as of {context.when(piece.as_of)}" if piece.as_of else ""
    return "; ".join(part for part in parts if part) + at


def _margin(context: ContestContext, piece: Piece) -> str:
    if piece.margin is None:
        return ""
    about = "margin" in piece.approximate
    if piece.leader is None:
        return f"a margin of {'about ' if about else ''}{commas(piece.margin)}; leader not given"
    return ahead_by(context, piece.leader, piece.margin, about=about)


def _change(context: ContestContext, piece: Piece) -> str:
    moved = piece.margin_change
    if moved is None:
        return ""
    lead = context.lead_of(piece.leader) if piece.leader else "the lead"
    of = f" from {unit_list(context.contest, piece.units)}" if piece.units else ""
    return f"{lead} {_moved(moved, _about(piece, 'margin_change'))}{of}"


def _moved(by: int, about: str = "") -> str:
    return f"{'up' if by > 0 else 'down'} {about}{commas(abs(by))}" if by else "unchanged"


def _certified(contest: Contest, piece: Piece) -> str:
    if piece.certified is None:
        return ""
    done, of = piece.certified
    return f"{commas(done)} of {commas(of)} {contest.units} certified"


def _results(certified: ResultsCertified) -> str:
    return f"{results_words(certified)}{f' ({escape(certified.reason, 300)})' if certified.reason else ''}"


def results_words(certified: ResultsCertified) -> str:
    """Return a text saying that the results as a whole are certified, or no longer are. The reason is not included."""
    return "certification of the results withdrawn" if certified.taken_back else "results certified"


def left_phrase(contest: Contest, left: Outstanding) -> str:
    """Return how many ballots are still to be counted, with the place: "118 ballots left in Floyd"."""
    named = [escape(unit, 50) for unit in left.units[:_MOST_NAMED]]
    rest = len(left.units) - len(named)
    kind, kinds = unit_kind(contest, left.units)
    others = f"{rest} other {kind if rest == 1 else kinds}" if rest else ""
    where = f" in {listed(named, others)}" if named else ""
    return f"{counted(left.ballots, 'ballot')} left{where}"


def _about(piece: Piece, figure: str) -> str:
    return "about " if figure in piece.approximate else ""
