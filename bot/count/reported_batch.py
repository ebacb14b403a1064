"""A batch as somebody reports it, often before the leading source has it; and whether that source's count has it by now.

What a batch does to the margin is said only beside a count that does not have it. Nothing is compared with that sum, and no
change is made of it: a batch is somebody's word, and no reading.
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
"""A reporter passes on within this time what a county has reported; for so long before, a source may have had it first."""


class CandidateVotes(Frozen):
    """Votes of one candidate."""

    candidate: Id
    votes: Votes


class ReportedBatch(Frozen):
    """Votes that came in together, as somebody said."""

    votes: Votes
    """How many."""
    units: Annotated[tuple[Label, ...], BeforeValidator(as_tuple)] = ()
    """Where; empty: that is not said."""
    split: Annotated[tuple[CandidateVotes, ...], BeforeValidator(as_tuple)] = ()
    """For whom, as far as that is said."""
    net: CandidateVotes | None = None
    """By how many votes a candidate did better than the rival, where no split says so."""

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
        """The ids of those whom it names."""
        return tuple(one.candidate for one in (*self.split, *([self.net] if self.net else [])))

    def renamed(self, ids: Mapping[str, str]) -> Self:
        """Return it with other ids for some of its candidates."""

        def ours(one: CandidateVotes) -> CandidateVotes:
            return CandidateVotes(candidate=ids.get(one.candidate, one.candidate), votes=one.votes)

        net = ours(self.net) if self.net else None
        return self.model_copy(update={"split": tuple(map(ours, self.split)), "net": net})


class InCount(StrEnum):
    """Whether a source's count has a batch."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UnitsAround:
    """What a source's count had of a batch's places around the time of the batch."""

    before: int | None
    """All their votes `REPORTED_WITHIN` before the batch; None: unknown, or some of them are."""
    now: int | None
    """The same in its newest reading."""
    came_before: int
    """How many votes came in from there in the time between `before` and the batch, by what it says of single places."""
    came_since: int
    """How many have come in from there since the batch."""


def in_count(batch: ReportedBatch, around: UnitsAround, *, about: bool) -> InCount:
    """Return whether a source's count has a batch.

    It has it once as many votes have come in from its places since; and where just as many had come in from there in the hour
    before, since a reporter is often the second to see them. It does not have it where it gives the total of each of the
    places, and these have not moved from an hour before the batch until its newest reading. In all other cases nobody knows:
    a source without totals of places, one that first listed a place within that hour, or votes from there that may be some of these.

    Args:
        batch: the batch. One that names no places is never known to be in a count.
        around: what the count had of its places.
        about: the batch was not said exactly; 5% less or more is the same number then.

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
    """Return who is ahead by a count with the votes of a batch that it does not have, and by how much.

    None: the batch does not say what each of the first two got, or by how much more the one than the other; somebody else may
    come between them with it; or the count is of a part of the contest.

    Args:
        reading: the count.
        leader: who is remembered as leading, where the count is tied.
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
