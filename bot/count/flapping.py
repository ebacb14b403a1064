"""Flapping: a source that goes to and fro between numbers, as when one of its servers is behind the others.

Each of the numbers may be shown for long enough to be taken, and each turn would be a post. So the second time
within an hour that a source goes back to numbers which it had left is left to the desk.
"""

from datetime import datetime, timedelta
from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from bot.count.reading import Reading

WITHIN = timedelta(hours=1)
"""Numbers that were left longer ago than this may come again without being a return."""


MOST_LEFT = 8
"""So many numbers are remembered; a source has few servers."""


class LeftNumbers(Struct, frozen=True):
    """Numbers that a source has left."""

    numbers: str
    """Their `fingerprint`."""
    at: datetime
    """When it showed others in their place."""


class Trail(Struct, frozen=True):
    """The numbers that a source has left of late, the last ones first, and when it last went back to some."""

    left: tuple[LeftNumbers, ...] = ()
    returned_at: datetime | None = None

    def flaps(self, reading: Reading, now: datetime) -> bool:
        """Return True if showing `reading` at `now` is the second return within the hour."""
        lately = self.returned_at is not None and now - self.returned_at <= WITHIN
        return lately and self._returns(reading, now)

    def leave(self, reading: Reading, now: datetime) -> "Trail":
        """Return the trail after the source has shown something else than `reading`."""
        gone = fingerprint(reading)
        lately = [left for left in self.left if left.numbers != gone and now - left.at <= WITHIN]
        return replace(self, left=(LeftNumbers(gone, now), *lately[: MOST_LEFT - 1]))

    def left_for(self, before: Reading, after: Reading, now: datetime) -> "Trail":
        """Return the trail after `after` was taken in place of `before`."""
        returned_at = now if self._returns(after, now) else self.returned_at
        return replace(self.leave(before, now), returned_at=returned_at)

    def went_back_from(self, held: Reading, now: datetime) -> "Trail":
        """Return the trail after the source went back from what was held to what had been taken."""
        return replace(self.leave(held, now), returned_at=now)

    def _returns(self, reading: Reading, now: datetime) -> bool:
        if not self.left:
            return False
        shown = fingerprint(reading)
        return any(left.numbers == shown and now - left.at <= WITHIN for left in self.left)


def fingerprint(reading: Reading) -> str:
    """Return 16 characters that stand for a reading's votes and total, the same in every process."""
    numbers = repr((sorted(reading.votes.items()), reading.total))
    return blake2b(numbers.encode(), digest_size=8).hexdigest()
