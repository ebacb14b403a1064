"""Worth a post: which changes a channel is told of at once, which add up first.

Small changes are not dropped: they add up until they are worth a post together, or until a roll-up is due,
so that every change is covered by exactly one post.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

from bot.count.change import Change
from bot.count.reading import Reading, recount_under_way, reporting_share

LEAST_VOTES = 25

LEAST_ALONE = 10
"""Changes of fewer votes start no roll-up: they are told with the next post."""

LEAST_SHARE = Fraction(3, 1000)
"""A margin has to move by this share of the lead, or by `LEAST_VOTES`, whichever is more."""

ROLL_UP_AFTER = timedelta(hours=1)

DIGEST_AFTER = timedelta(minutes=15)
"""How often a digest is posted on election night until most is in, instead of a post a batch."""

NIGHT_UNTIL = Fraction(9, 10)

REPORTING_SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))
"""Shares of reporting whose crossing is told at once on election night."""

Worth = Literal["post", "wait", "never"]
"""`wait`: it adds up with what follows. `never`: it is stored only (a recount that is not complete)."""


@dataclass(frozen=True, slots=True)
class LastPosted:
    """What one channel has been told of one contest and count by the leading source.

    `margin` is (who leads, by how much) as last posted, None before the first post or where there is no
    margin. `waiting_since` is the news clock's time when the first change with votes came that has not been
    posted; None when nothing waits.
    """

    anything: bool = False
    margin: tuple[str, int] | None = None
    waiting_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeastMove:
    """How far a margin has to move to be worth a post of its own; what the follow says, else the default."""

    votes: int | None = None
    night_until: Fraction = NIGHT_UNTIL

    def of(self, margin: int) -> int:
        """Return the least move of a lead of `margin` votes, in whole votes."""
        if self.votes is not None:
            return self.votes
        return max(LEAST_VOTES, -(-LEAST_SHARE.numerator * margin // LEAST_SHARE.denominator))


def worth(change: Change, before: Reading | None, after: Reading, posted: LastPosted, least: LeastMove) -> Worth:
    """Return what to do about `change`, which led from `before` to `after`, in a channel that was `posted` so much.

    A lead change is told against what the channel knows: one that waited through the night is not lost.
    """
    if recount_under_way(after):
        return "never"
    if not posted.anything or change.kind in ("first", "revision") or _status_moved(change, before, after):
        return "post"
    if before is not None and is_early_count(before, least.night_until) and _milestone_crossed(before, after):
        return "post"
    if is_early_count(after, least.night_until):
        return "wait"
    return "post" if change.lead_changed or _margin_moved(change, posted, least) else "wait"


def moved_by(told: tuple[str, int], change: Change) -> int:
    """Return how far the margin has moved since it was last posted, in votes; over zero when the lead changed."""
    leader, margin = told
    now = change.margin or 0
    return abs(now - margin) if leader == change.leader else now + margin


def waits_from(change: Change, posted: LastPosted, now: datetime) -> datetime | None:
    """Return since when changes have been waiting if this one waits too; progress without votes starts no clock."""
    return posted.waiting_since or (None if change.kind == "progress" else now)


def is_handful(change: Change) -> bool:
    """Return True if no candidate's votes and not all of them together moved by `LEAST_ALONE`."""
    if change.new_votes is None:
        return False
    moved = [change.new_votes, *((change.batch or {}).values())]
    return all(votes is not None and abs(votes) < LEAST_ALONE for votes in moved)


def roll_up_due(waiting_since: datetime, *, night: bool, minutes: int | None) -> datetime | None:
    """Return when the changes that wait since `waiting_since` are posted together; None: with the next post.

    On election night they never wait for the next post, which may be hours away: large changes wait then as well.

    Args:
        waiting_since: when the first of them came.
        night: it is election night.
        minutes: how long they wait, as the follow has it; 0: until the next post; None: the default.

    """
    if minutes:
        return waiting_since + timedelta(minutes=minutes)
    if night:
        return waiting_since + DIGEST_AFTER
    return None if minutes == 0 else waiting_since + ROLL_UP_AFTER


def is_early_count(reading: Reading, until: Fraction) -> bool:
    """Return True while less than `until` of the count has reported; False where the source does not say."""
    in_so_far = reporting_share(reading)
    return reading.count == "election" and in_so_far is not None and in_so_far < until


def _margin_moved(change: Change, posted: LastPosted, least: LeastMove) -> bool:
    if posted.margin is None or change.margin is None:
        return (posted.margin is None) != (change.margin is None)
    moved = moved_by(posted.margin, change)
    return change.leader != posted.margin[0] or (moved > 0 and moved >= least.of(posted.margin[1]))


def _status_moved(change: Change, before: Reading | None, after: Reading) -> bool:
    """A status that is named for the first time is news too, where it says more than that the count goes on."""
    named = before is not None and before.status is None and after.status in ("certified", "correction", "recount")
    return change.status_before is not None or named


def _milestone_crossed(before: Reading, after: Reading) -> bool:
    was, now = reporting_share(before), reporting_share(after)
    if was is None or now is None:
        return False
    return any(was < milestone <= now for milestone in REPORTING_SHARES)
