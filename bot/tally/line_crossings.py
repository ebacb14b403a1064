"""Line crossings: a post when a count crosses the recount line or the required majority, in either direction.

Nothing is posted on election night, when margins swing too much, or in a channel that has no recorded side yet.
Cards show which side the count is on.
"""

from typing import ClassVar

from bot.count.change import Change
from bot.tally.line_crossings_words import LineName, crossed_post, sides
from bot.tally.watchers import Poster, WatchedCount
from bot.wording.card import Card


class LineWatcher(Poster):
    """Base class of watchers for a line.

    The value is 1 inside the recount line or with the required majority, else 0.
    """

    name: ClassVar[LineName]
    gone = "the count is back on the other side of the line"

    def value(self, count: WatchedCount) -> int | None:
        """Return 1 if the count is inside the line, else 0.

        None on election night, or if the contest has no such line.
        """
        return sides(count.contest, count.reading, count.setting).get(self.name)

    def post(self, count: WatchedCount, change: Change) -> Card:
        """Return the post saying that the count crossed the watcher's line."""
        return crossed_post(count.contest, count.source, count.reading, change, self.name, count.setting, count.now)


class RecountLineWatcher(LineWatcher):
    """Watches whether the margin is inside the recount line."""

    name = "recount"


class MajorityWatcher(LineWatcher):
    """Watches the share of the vote that the contest's rule requires."""

    name = "majority"
    in_margin_posts = True
