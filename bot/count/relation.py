"""What one source's word says of another's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from bot.count.worth import ROLL_UP_AFTER

ABOUT = Fraction(5, 100)
"""A margin said as about agrees when it is within this share of the exact one."""

CAUGHT_UP_WITHIN = timedelta(hours=24)
"""A feed that shows what the desk entered longer ago than this shows it by chance."""


DIFFERS_AFTER = timedelta(minutes=15)
"""How long a posted margin has stood when it is told that another feed has another margin for the same leader."""


class Relation(StrEnum):
    """How one source's margin stands to the margin posted."""

    CONFIRMS = "confirms"
    CONTRADICTS = "contradicts"
    OTHER_LEADS = "other leads"
    """It contradicts it, and has another candidate ahead."""


@dataclass(frozen=True, slots=True)
class PostedMargin:
    """The leading source's margin as last posted in a channel, or as shown when the channel began to follow."""

    number: int | None
    leader: str
    margin: int
    as_of: datetime
    total: int | None = None
    """All votes in that source's newest tally with this margin; None: unsaid."""
    newer: tuple[str, int, datetime] | None = None
    """Who leads by that source since, by how much, as of when; None: as it was posted, as far as is known."""
    held: bool = False
    """Newer figures of that source are on hold."""

    @property
    def margin_posted(self) -> tuple[str, int]:
        """(who leads, by how much)."""
        return (self.leader, self.margin)


def relate(
    leader: str, margin: int, posted: tuple[str, int], passed: Sequence[tuple[str, int]] = (), *, about: bool = False
) -> Relation | None:
    """Return how a margin (who leads, by how much) of another source stands to the margin posted.

    In a tie it does not matter who is named as leading.

    Args:
        leader: who leads by that source.
        margin: by how much.
        posted: who leads, by how much, as posted.
        passed: margins that the leading source had earlier. A source that shows one of them is behind,
            which is no contradiction: None is returned.
        about: the margin was not said exactly.

    """
    if agrees(leader, margin, posted, about=about):
        return Relation.CONFIRMS
    if any(agrees(leader, margin, earlier, about=about) for earlier in passed):
        return None
    return Relation.CONTRADICTS if leader == posted[0] or not margin else Relation.OTHER_LEADS


def agrees(leader: str, margin: int, other: tuple[str, int], *, about: bool) -> bool:
    """Return True if a margin is the other one (who leads, by how much), or nearly, where it was said as about."""
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
    """Return True if a relation is news in a channel.

    A contradiction is news the first time until the source agrees again, and when it begins or ceases to be about who
    leads. A confirmation is news the first time, after a contradiction, and when what was posted has stood unconfirmed
    for an hour; two feeds that go hand in hand would otherwise double every post. A person's agreement is never news.

    Args:
        relation: how the source's margin stands to the margin posted.
        said: what was said of it last, and of which margin posted; None: nothing.
        posted: who leads, by how much, as posted.
        standing_for: how long ago that margin was true by its source.
        person: the source is a person.

    """
    if relation is not Relation.CONFIRMS:
        return said is None or said[0] != relation
    if person:
        return False
    if said is None or said[0] != Relation.CONFIRMS:
        return True
    return said[1] != posted and standing_for >= ROLL_UP_AFTER
