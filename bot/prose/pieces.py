"""Turns claims into the pieces of an entry, for a person to confirm, edit or discard."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.count.call import Call
from bot.count.certification import UnitsCertified
from bot.count.entry import MOST_PIECES, MOST_WORDS, Piece
from bot.count.judgement import AHEAD_AT_MOST
from bot.count.margin import margin_of
from bot.count.reported_batch import CandidateVotes, ReportedBatch
from bot.count.statement import Outstanding
from bot.desk.desk_file import Contest
from bot.prose.claim import (
    BatchClaim,
    CallClaim,
    CertifiedClaim,
    Claim,
    LeadClaim,
    LeftClaim,
    NoChangeClaim,
    TotalClaim,
    UnitsClaim,
    WordClaim,
)
from bot.prose.county_list import how_many_counties


def pieces_of(
    claims: Sequence[Claim | WordClaim], contest: Contest, said_at: datetime, zone: ZoneInfo
) -> tuple[Piece, ...]:
    """Return claims as pieces, in order, without duplicates, and at most `MOST_PIECES`.

    Claims about the count are offered and not selected: `likely` is True and `kept` is False. A change of the lead is
    omitted if a batch in the same words has the same net.

    Args:
        claims: the claims in one text about `contest`.
        contest: the contest. Its number of counties completes texts such as "92 have certified".
        said_at: when the text was written. A time of day means the latest such time up to then, with some
            leeway for clocks that differ.
        zone: the time zone of times of day.
    """
    found: list[Piece] = []
    for claim in claims:
        piece = _piece(claim, contest, said_at, zone)
        if piece is not None and not any(_same(piece, other) for other in found):
            found.append(piece)
    nets = {(net, piece.words) for piece in found if piece.batch and (net := _net(piece.batch))}
    offered = (one for one in found if not one.likely or (abs(one.margin_change or 0), one.words) not in nets)
    return tuple(offered)[:MOST_PIECES]


def _piece(claim: Claim | WordClaim, contest: Contest, said_at: datetime, zone: ZoneInfo) -> Piece | None:
    """Return a claim as a piece, or None if it can't be a piece.

    Returns None for three kinds of claims: a kind that entries don't have, a batch whose split contradicts its net,
    and a count of certified units that is larger than the number of units, or whose number of units is unknown.
    """
    words = claim.words if len(claim.words) <= MOST_WORDS else f"{claim.words[: MOST_WORDS - 1]}…"
    said: dict[str, Any] = {}
    match claim:
        case UnitsClaim():
            said = {"units_certified": UnitsCertified(units=claim.units, of=how_many_counties(contest.state))}
        case CallClaim():
            whom = (claim.candidate,) if claim.candidate else ()
            since: Literal["at", "by"] = "at" if claim.time else "by"
            call = Call(says=claim.says, candidates=whom, verb=claim.verb, since=since)
            said = {"source": claim.caller, "call": call}
        case CertifiedClaim():
            of = claim.of or (how_many_counties(contest.state) if contest.unit == "county" else None)
            if of is None or claim.done > of:
                return None
            said = {"certified": (claim.done, of)}
        case LeftClaim():
            said = {"outstanding": Outstanding(ballots=claim.ballots, units=claim.units)}
        case LeadClaim():
            said = {"leader": claim.candidate, claim.claim: claim.votes, "units": claim.units}
        case TotalClaim():
            said = {"total": claim.votes}
        case NoChangeClaim():
            said = {"no_change": True}
        case BatchClaim():
            batch = _batch(claim)
            if batch is None:
                return None
            said = {"batch": batch}
        case _:
            return None
    clock = claim.time
    if isinstance(claim, Claim):
        about = (claim.claim,) if getattr(claim, "approximate", False) else ()
        said |= {"kept": False, "likely": True, "approximate": about}
        clock = clock or claim.stamp
    return Piece(words=words, as_of=_moment(clock, said_at, zone) if clock else None, **said)


def _batch(claim: BatchClaim) -> ReportedBatch | None:
    split = tuple(CandidateVotes(candidate=who, votes=votes) for who, votes in (claim.split or {}).items())
    net = claim.net if claim.net and claim.net.votes else None
    if len(split) > 1 and net is not None:
        ahead = margin_of({one.candidate: one.votes for one in split})
        if (ahead.leader, ahead.votes) != (net.candidate, net.votes):
            return None
    if len(split) == 1 and net is not None:
        split = ()
    units = claim.units
    return ReportedBatch(votes=claim.votes, units=units, split=split, net=None if split else net)


def _net(batch: ReportedBatch) -> int | None:
    """Return the margin within a batch, or None if it has neither a split nor a net."""
    if batch.net is not None:
        return batch.net.votes
    return margin_of({one.candidate: one.votes for one in batch.split}).votes if batch.split else None


def _moment(clock: str, said_at: datetime, zone: ZoneInfo) -> datetime:
    """Return the latest moment up to `said_at` at which clocks in `zone` showed the time `clock`.

    Since clocks differ, the moment may also be up to `AHEAD_AT_MOST` after `said_at`.
    """
    local = said_at.astimezone(zone)
    at = datetime.combine(local.date(), time.fromisoformat(clock), zone)
    if at > local + AHEAD_AT_MOST:
        at = datetime.combine(local.date() - timedelta(days=1), time.fromisoformat(clock), zone)
    return at.astimezone(said_at.tzinfo)


def _same(piece: Piece, other: Piece) -> bool:
    """Return True if two pieces have the same figures, leader, source and units for the same time."""
    return (piece.figures, piece.source, piece.leader, piece.as_of, piece.approximate, piece.units) == (
        other.figures,
        other.source,
        other.leader,
        other.as_of,
        other.approximate,
        other.units,
    )
