"""Decides which changes are worth a post at once, and which wait.

Small changes are not dropped. They wait until they are worth a post together or a roll-up is due, so every change is
covered by exactly one post.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

from bot.count.change import Change
from bot.count.reading import Reading, recount_under_way, reporting_share

LEAST_VOTES = 25

LEAST_ALONE = 10
"""Changes of fewer votes than this start no roll-up; the next post includes them."""

LEAST_SHARE = Fraction(3, 1000)
"""The least move of a margin, as a share of the lead. The least move in votes is `LEAST_VOTES`; the greater of the
two counts.
"""

ROLL_UP_AFTER = timedelta(hours=1)

DIGEST_AFTER = timedelta(minutes=15)
"""How often changes are posted together on election night, instead of one post for each batch."""

NIGHT_UNTIL = Fraction(9, 10)

REPORTING_SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))
"""Milestones: on election night, a change that crosses one of these reporting shares is posted at once."""

Worth = Literal["post", "wait", "never"]
"""`wait`: post it together with later changes. `never`: only store it (an unfinished recount, a count without votes)."""


@dataclass(frozen=True, slots=True)
class LastPosted:
    """The state of a channel's posts about one count of a contest by its leading source.

    `anything` is False before the first post. `margin` is (leader, votes) as last posted; None before the first post,
    or if there is no margin. `waiting_since` is the time, by the news clock, when the first unposted change with votes
    came in; None if no change waits.
    """

    anything: bool = False
    margin: tuple[str, int] | None = None
    waiting_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class MinimumChange:
    """The smallest move of a margin that gets its own post: the follow's setting (`votes`), or the default."""

    votes: int | None = None
    night_until: Fraction = NIGHT_UNTIL

    def of(self, margin: int) -> int:
        """Return the smallest move that gets its own post, in votes, for a lead of `margin` votes."""
        if self.votes is not None:
            return self.votes
        return max(LEAST_VOTES, -(-LEAST_SHARE.numerator * margin // LEAST_SHARE.denominator))


def worth(change: Change, before: Reading | None, after: Reading, posted: LastPosted, least: MinimumChange) -> Worth:
    """Return "post", "wait" or "never" for a change in a channel. The change is from `before` to `after`.

    `posted` is the last post in that channel. Its leader is compared as well, so that a lead change that waited
    through the night is not lost. `least` is the smallest move of the margin that gets its own post.
    """
    votes_before = before is not None and any(before.votes.values())
    if recount_under_way(after) or not (votes_before or any(after.votes.values())):
        return "never"
    if not (posted.anything and votes_before) or change.kind == "revision" or _status_moved(change, before, after):
        return "post"
    if before is not None and is_early_count(before, least.night_until) and _milestone_crossed(before, after):
        return "post"
    if is_early_count(after, least.night_until):
        return "wait"
    return "post" if change.lead_changed or _margin_moved(change, posted, least) else "wait"


def moved_by(told: tuple[str, int], change: Change) -> int:
    """Return by how many votes the margin has changed since it was last posted.

    If the lead changed, both margins are added.
    """
    leader, margin = told
    now = change.margin or 0
    return abs(now - margin) if leader == change.leader else now + margin


def waits_from(change: Change, posted: LastPosted, now: datetime) -> datetime | None:
    """Return since when changes have been waiting, including this one. None if only progress without votes waits."""
    return posted.waiting_since or (None if change.kind == "progress" else now)


def is_tiny_change(change: Change) -> bool:
    """Return True if the total and every candidate's votes changed by fewer than `LEAST_ALONE`."""
    if change.new_votes is None:
        return False
    moved = [change.new_votes, *((change.batch or {}).values())]
    return all(votes is not None and abs(votes) < LEAST_ALONE for votes in moved)


def roll_up_due(waiting_since: datetime, *, night: bool, minutes: int | None) -> datetime | None:
    """Return when to post the changes that have been waiting since `waiting_since`. None means with the next post.

    On election night the result is never None. Large changes wait as well on that night, so the next post may be hours
    away.

    Args:
        waiting_since: when the first of the changes came in.
        night: True on election night.
        minutes: the follow's setting. 0 waits for the next post, and None is the default (`ROLL_UP_AFTER`).
    """
    if minutes:
        return waiting_since + timedelta(minutes=minutes)
    if night:
        return waiting_since + DIGEST_AFTER
    return None if minutes == 0 else waiting_since + ROLL_UP_AFTER


def is_early_count(reading: Reading, until: Fraction) -> bool:
    """Return True while less than the share `until` of an election count has reported.

    False if the source does not give the share.
    """
    in_so_far = reporting_share(reading)
    return reading.count == "election" and in_so_far is not None and in_so_far < until


def _margin_moved(change: Change, posted: LastPosted, least: MinimumChange) -> bool:
    if posted.margin is None or change.margin is None:
        return (posted.margin is None) != (change.margin is None)
    moved = moved_by(posted.margin, change)
    return change.leader != posted.margin[0] or (moved > 0 and moved >= least.of(posted.margin[1]))


def _status_moved(change: Change, before: Reading | None, after: Reading) -> bool:
    """Return True if the results status changed, or if a source's first status is certified, correction or recount."""
    named = before is not None and before.status is None and after.status in ("certified", "correction", "recount")
    return change.status_before is not None or named


def _milestone_crossed(before: Reading, after: Reading) -> bool:
    was, now = reporting_share(before), reporting_share(after)
    if was is None or now is None:
        return False
    return any(was < milestone <= now for milestone in REPORTING_SHARES)
