"""Claims as the pieces of an entry: what a text says, ready for a person to confirm, edit or discard."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.count.call import Call
from bot.count.certification import UnitsCertified
from bot.count.entry import MOST_PIECES, MOST_WORDS, Piece
from bot.count.statement import Outstanding
from bot.desk.desk_file import Contest
from bot.prose.claim import (
    CallClaim,
    CertifiedClaim,
    Claim,
    MarginChangeClaim,
    MarginClaim,
    NoChangeClaim,
    OutstandingClaim,
    Proposal,
    TotalClaim,
    UnitsClaim,
    WordClaim,
)
from bot.prose.places import how_many_counties


def pieces_of(
    claims: Sequence[Claim | WordClaim], contest: Contest, said_at: datetime, zone: ZoneInfo
) -> tuple[Piece, ...]:
    """Return what claims say, in the text's order, each thing once; the first 25.

    Args:
        claims: of one text about `contest`.
        contest: whose counties are counted where a count of certified ones does not say of how many.
        said_at: when the text was written: a time of day without a day is the latest one up to then.
        zone: by whose clock times of day are meant.

    """
    return _each_once([_piece(claim, contest, said_at, zone) for claim in claims])[:MOST_PIECES]


def likely_pieces(
    proposals: Sequence[Proposal], contest: Contest, said_at: datetime, zone: ZoneInfo
) -> tuple[Piece, ...]:
    """Return what proposals may say, none of it kept: whoever enters it ticks what is so; see `pieces_of`."""
    found = [_likely(one, contest, said_at, zone) for one in proposals]
    return _each_once(found)[:MOST_PIECES]


def _each_once(pieces: Sequence[Piece | None]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for piece in pieces:
        if piece is not None and not any(_same(piece, other) for other in found):
            found.append(piece)
    return tuple(found)


def _likely(one: Proposal, contest: Contest, said_at: datetime, zone: ZoneInfo) -> Piece | None:
    """Return what a proposal may say; None of what no statement can hold."""
    about = (one.claim,) if one.approximate and one.claim != "certified" else ()
    said: dict[str, Any] = {"leader": one.candidate, "approximate": about}
    if one.claim == "outstanding":
        said["outstanding"] = Outstanding(ballots=one.ballots or 0, units=one.units)
    elif one.claim == "certified":
        of = one.of or (how_many_counties(contest.state) if contest.unit == "county" else None)
        if one.done is None or of is None or one.done > of:
            return None
        said["certified"] = (one.done, of)
    else:
        said[one.claim] = one.votes
    at = _moment(one.time, said_at, zone) if one.time else None
    return Piece(words=one.words[:MOST_WORDS], as_of=at, kept=False, likely=True, **said)


def _piece(claim: Claim | WordClaim, contest: Contest, said_at: datetime, zone: ZoneInfo) -> Piece | None:
    """Return what a claim says; None of a count of certified units of which nobody knows how many there are."""
    words = claim.words if len(claim.words) <= MOST_WORDS else f"{claim.words[: MOST_WORDS - 1]}…"
    plain = Piece(words=words, as_of=_moment(claim.time, said_at, zone) if claim.time else None)
    match claim:
        case MarginClaim():
            said = {"leader": claim.candidate, "margin": claim.votes, "approximate": _about(claim, "margin")}
        case MarginChangeClaim():
            about = _about(claim, "margin_change")
            said = {"leader": claim.candidate, "margin_change": claim.votes, "approximate": about}
        case TotalClaim():
            said = {"total": claim.votes, "approximate": _about(claim, "total")}
        case CertifiedClaim():
            of = claim.of or (how_many_counties(contest.state) if contest.unit == "county" else None)
            if of is None or claim.done > of:
                return None
            said = {"certified": (claim.done, of)}
        case OutstandingClaim():
            left = Outstanding(ballots=claim.ballots, units=claim.units)
            said = {"outstanding": left, "approximate": _about(claim, "outstanding")}
        case NoChangeClaim():
            said = {"no_change": True}
        case UnitsClaim():
            said = {"units_certified": UnitsCertified(units=claim.units, of=how_many_counties(contest.state))}
        case CallClaim():
            whom = (claim.candidate,) if claim.candidate else ()
            since: Literal["at", "by"] = "at" if claim.time else "by"
            call = Call(says=claim.says, candidates=whom, verb=claim.verb, since=since)
            said = {"source": claim.caller, "call": call}
    return plain.model_copy(update=said)


def _about(claim: MarginClaim | MarginChangeClaim | TotalClaim | OutstandingClaim, figure: str) -> tuple[str, ...]:
    return (figure,) if claim.approximate else ()


def _moment(clock: str, said_at: datetime, zone: ZoneInfo) -> datetime:
    """Return the latest moment up to `said_at` at which clocks of `zone` showed that time of day."""
    local = said_at.astimezone(zone)
    at = datetime.combine(local.date(), time.fromisoformat(clock), zone)
    if at > local:
        at = datetime.combine(local.date() - timedelta(days=1), time.fromisoformat(clock), zone)
    return at.astimezone(said_at.tzinfo)


def _same(piece: Piece, other: Piece) -> bool:
    """Return True if two pieces say the same of the same time."""
    return (piece.figures, piece.source, piece.leader, piece.as_of, piece.approximate) == (
        other.figures, other.source, other.leader, other.as_of, other.approximate,
    )  # fmt: skip
