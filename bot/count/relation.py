"""Compares another source's margin with the margin that was posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from bot.count.post_threshold import ROLL_UP_AFTER

ABOUT = Fraction(5, 100)
"""An approximate margin agrees with an exact one if they differ by at most this share."""

CAUGHT_UP_WITHIN = timedelta(hours=24)
"""A feed that matches an entry older than this does so by chance."""


DIFFERS_AFTER = timedelta(minutes=15)
"""How long a posted margin must be unchanged before a post reports that another feed has a different margin."""


class Relation(StrEnum):
    """How another source's margin relates to the posted margin."""

    CONFIRMS = "confirms"
    CONTRADICTS = "contradicts"
    OTHER_LEADS = "other leads"
    """The source contradicts the posted margin, and has another candidate ahead."""


@dataclass(frozen=True, slots=True)
class PostedMargin:
    """The leading source's margin as last posted in a channel, or as shown when the channel began to follow."""

    number: int | None
    leader: str
    margin: int
    as_of: datetime
    total: int | None = None
    """All votes in that source's newest tally with this margin; None if unknown."""
    newer: tuple[str, int, datetime] | None = None
    """That source's newer (leader, margin, time); None if it has nothing newer than the post, as far as is known."""
    held: bool = False
    """True if newer figures of that source are on hold."""

    @property
    def margin_posted(self) -> tuple[str, int]:
        """The posted margin as (leader, votes)."""
        return (self.leader, self.margin)


def relate(
    leader: str, margin: int, posted: tuple[str, int], passed: Sequence[tuple[str, int]] = (), *, about: bool = False
) -> Relation | None:
    """Return the relation of another source's margin to the posted one.

    In a tie, it does not matter who is named as leader.

    Args:
        leader: the leader according to the other source.
        margin: that leader's margin.
        posted: the posted margin, as (leader, votes).
        passed: earlier margins of the leading source. If the other source shows one of these, it is merely
            behind, and the result is None.
        about: True if the other source's margin is approximate.

    """
    if agrees(leader, margin, posted, about=about):
        return Relation.CONFIRMS
    if any(agrees(leader, margin, earlier, about=about) for earlier in passed):
        return None
    return Relation.CONTRADICTS if leader == posted[0] or not margin else Relation.OTHER_LEADS


def agrees(leader: str, margin: int, other: tuple[str, int], *, about: bool) -> bool:
    """Return True if a margin equals `other`, a pair (leader, votes).

    An approximate margin (`about`) may differ a little.
    """
    if margin == other[1] == 0:
        return True
    return leader == other[0] and abs(margin - other[1]) <= (ABOUT * other[1] if about else 0)


def worth_saying(
    relation: Relation,
    said: tuple[str, tuple[str, int]] | None,
    posted: tuple[str, int],
    standing_for: timedelta,
    *,
    person: bool,
) -> bool:
    """Return True if a channel should get a post about a source's relation to the posted margin.

    A contradiction is news the first time, and when it begins or ceases to be about who leads; after an agreement it
    is news again. A confirmation is news the first time, after a contradiction, and when the posted margin has been
    unconfirmed for an hour. Otherwise two feeds that move together would double every post. A person's agreement is
    never news.

    Args:
        relation: the relation of the source's margin to the posted one.
        said: the relation that was last posted, and the margin it referred to; None if there was none.
        posted: the posted margin, as (leader, votes).
        standing_for: how long ago the leading source had the posted margin.
        person: True if the source is a person.
    """
    if relation is not Relation.CONFIRMS:
        return said is None or said[0] != relation
    if person:
        return False
    if said is None or said[0] != Relation.CONFIRMS:
        return True
    return said[1] != posted and standing_for >= ROLL_UP_AFTER
