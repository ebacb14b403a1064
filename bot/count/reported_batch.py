"""Reported batches: votes that came in according to somebody, often before the leading source's count includes them.

The margin with a batch added is shown only next to a count that does not include the batch yet. That margin is not
compared with any other, and makes no change, because a reported batch is a statement and not a reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator

from bot.count.margin import margin_of
from bot.count.reading import Frozen, Id, Label, Reading, Votes, as_tuple, recount_under_way
from bot.count.relation import ABOUT

REPORTED_WITHIN = timedelta(hours=1)
"""The most time between a county's report of a batch and the entry of that batch. A source's count may include the
batch up to this much earlier.
"""


class CandidateVotes(Frozen):
    """A candidate, and a number of votes."""

    candidate: Id
    votes: Votes


class ReportedBatch(Frozen):
    """A number of votes that came in together, according to somebody."""

    votes: Votes
    """How many."""
    units: Annotated[tuple[Label, ...], BeforeValidator(as_tuple)] = ()
    """Where; empty if unknown."""
    split: Annotated[tuple[CandidateVotes, ...], BeforeValidator(as_tuple)] = ()
    """Votes by candidate, as far as given."""
    net: CandidateVotes | None = None
    """Which candidate gained on the rival, and by how many votes; only if there is no `split`."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        named = [one.candidate for one in self.split]
        if not self.votes:
            raise ValueError("a batch has a vote at least")
        if self.split and self.net is not None:
            raise ValueError("a batch has a split or a net, not both")
        if len(set(named)) < len(named):
            raise ValueError("a batch has each candidate once")
        if sum(one.votes for one in self.split) > self.votes or (self.net and self.net.votes > self.votes):
            raise ValueError(f"more than the {self.votes:,} votes of the batch")
        return self

    @property
    def candidates(self) -> tuple[str, ...]:
        """The ids of the candidates that the batch names."""
        return tuple(one.candidate for one in (*self.split, *([self.net] if self.net else [])))

    def renamed(self, ids: Mapping[str, str]) -> Self:
        """Return a copy with candidate ids replaced according to `ids`."""

        def ours(one: CandidateVotes) -> CandidateVotes:
            return CandidateVotes(candidate=ids.get(one.candidate, one.candidate), votes=one.votes)

        net = ours(self.net) if self.net else None
        return self.model_copy(update={"split": tuple(map(ours, self.split)), "net": net})


class InCount(StrEnum):
    """Whether a source's count includes a batch."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UnitsAround:
    """A source's votes in the units of a batch, shortly before and after the batch."""

    before: int | None
    """All votes in these units `REPORTED_WITHIN` before the batch; None if unknown for any of them."""
    now: int | None
    """The same in its newest reading."""
    came_before: int
    """Votes that came in from these units between `before` and the batch, by the source's figures for units."""
    came_since: int
    """Votes that came in from these units since the batch."""


def in_count(batch: ReportedBatch, around: UnitsAround, *, about: bool) -> InCount:
    """Return YES, NO or UNKNOWN: the answer to whether a source's count includes a batch.

    YES if at least as many votes came in from the batch's units since the batch, or exactly as many in the hour before
    the batch: reporters are often later than the source. NO if the source gives totals for all these units, and the
    totals have not changed from an hour before the batch until the newest reading. Otherwise UNKNOWN. For instance,
    the source gives no totals by unit, or the votes that came in may be a part of the batch.

    Args:
        batch: the batch. UNKNOWN if it names no units.
        around: the source's votes in the batch's units.
        about: True if the batch's number is approximate. A difference of up to 5% then passes as the same number.
    """
    if not batch.units:
        return InCount.UNKNOWN
    off = ABOUT * batch.votes if about else 0
    if abs(around.came_before - batch.votes) <= off:
        return InCount.YES
    if around.came_since >= batch.votes - off and around.came_before < batch.votes:  # else it may have been among those
        return InCount.YES
    return InCount.NO if around.before is not None and around.before == around.now else InCount.UNKNOWN


def margin_with(reading: Reading, leader: str | None, batch: ReportedBatch) -> tuple[str, int] | None:
    """Return the (leader, margin) of a count after adding a batch that the count does not include yet.

    Returns None if the batch gives neither the votes of both the leader and the runner-up nor the difference between
    them. Returns None also if a third candidate might pass one of them, or if the count covers only a part of the
    contest.

    Args:
        reading: the count.
        leader: who led before, in case the count is tied.
        batch: the batch.

    """
    margin = margin_of(reading.votes, leader)
    if margin.runner_up is None or recount_under_way(reading):
        return None
    gained = {one.candidate: one.votes for one in batch.split}
    if batch.net is not None:
        gained = {margin.leader: 0, margin.runner_up: 0} | {batch.net.candidate: batch.net.votes}
    two = {margin.leader, margin.runner_up}
    others = max((votes for key, votes in reading.votes.items() if key not in two), default=0)
    if (
        not two <= gained.keys()
        or (batch.net is not None and batch.net.candidate not in two)
        or (others + batch.votes >= reading.votes[margin.runner_up] and len(reading.votes) > len(two))
    ):
        return None
    ahead = {key: reading.votes[key] + gained[key] for key in two}
    by = ahead[margin.leader] - ahead[margin.runner_up]
    return (margin.leader, by) if by >= 0 else (margin.runner_up, -by)
