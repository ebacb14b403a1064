"""What an entry says, figure by figure, for whoever is about to enter it."""

from bot.count.entry import Piece
from bot.deskfile import Contest
from bot.wording.call_sentences import call_words
from bot.wording.certifying_sentences import units_phrase
from bot.wording.escape import escape
from bot.wording.names import listed
from bot.wording.numbers import commas, counted, votes
from bot.wording.standing_sentences import ahead_by
from bot.wording.telling import Telling

_MOST_NAMED = 6


def figures_of(telling: Telling, piece: Piece) -> str:
    """Return what a piece says: "Biden ahead by 14,101; 4,991,741 votes in the tally"."""
    said = [
        _margin(telling, piece),
        _change(telling, piece),
        f"{_about(piece, 'total')}{votes(piece.total)} in the tally" if piece.total is not None else "",
        _certified(telling.contest, piece),
        _left(telling.contest, piece),
        f"last updated {_about(piece, 'last_updated')}{telling.when(piece.last_updated)}" if piece.last_updated else "",
        "no change" if piece.no_change else "",
        units_phrase(telling, piece.units_certified) if piece.units_certified else "",
        _results(piece),
        call_words(telling, piece.call) if piece.call else "",
    ]
    at = f", at {telling.when(piece.as_of)}" if piece.as_of else ""
    return "; ".join(part for part in said if part) + at


def _margin(telling: Telling, piece: Piece) -> str:
    if piece.margin is None:
        return ""
    about = "margin" in piece.approximate
    if piece.leader is None:
        return f"a margin of {'about ' if about else ''}{commas(piece.margin)}; who leads is not said"
    return ahead_by(telling, piece.leader, piece.margin, about=about)


def _change(telling: Telling, piece: Piece) -> str:
    moved = piece.margin_change
    if moved is None:
        return ""
    lead = telling.lead_of(piece.leader) if piece.leader else "the lead"
    verb = (
        "unchanged"
        if not moved
        else f"{'up' if moved > 0 else 'down'} {_about(piece, 'margin_change')}{commas(abs(moved))}"
    )
    return f"{lead} {verb}"


def _certified(contest: Contest, piece: Piece) -> str:
    if piece.certified is None:
        return ""
    done, of = piece.certified
    return f"{commas(done)} of {commas(of)} {contest.units} certified"


def _results(piece: Piece) -> str:
    said = piece.results_certified
    if said is None:
        return ""
    why = f" ({escape(said.reason, 300)})" if said.reason else ""
    return f"results {'not certified after all' if said.taken_back else 'certified'}{why}"


def _left(contest: Contest, piece: Piece) -> str:
    left = piece.outstanding
    if left is None:
        return ""
    named = [escape(unit, 50) for unit in left.units[:_MOST_NAMED]]
    rest = len(left.units) - len(named)
    others = f"{rest} other {contest.unit if rest == 1 else contest.units}" if rest else ""
    where = f" in {listed(named, others)}" if named else ""
    return f"{_about(piece, 'outstanding')}{counted(left.ballots, 'ballot')} left{where}"


def _about(piece: Piece, figure: str) -> str:
    return "about " if figure in piece.approximate else ""
