"""The recount line and the majority: a count that crosses one, either way, is a post in the same transaction.

Nothing is told on election night, while the margin goes everywhere, nor of a line whose side the channel never knew: the
cards say on which side the count is.
"""

from typing import ClassVar

from bot.count.change import Change
from bot.tally.line_crossings_words import LineName, crossed_post, sides
from bot.tally.watchers import Poster, WatchedCount
from bot.wording.card import Card


class LineWatcher(Poster):
    """Watches on which side of a line a count is: 1 inside the recount line, or with a leader who has the majority; else 0."""

    name: ClassVar[LineName]
    gone = "the count is back on the other side of the line"

    def value(self, count: WatchedCount) -> int | None:
        """Return the side; None on election night, or where there is no such line."""
        return sides(count.contest, count.reading, count.setting).get(self.name)

    def post(self, count: WatchedCount, change: Change) -> Card:
        """Return the post that the count crossed the line."""
        return crossed_post(count.contest, count.source, count.reading, change, self.name, count.setting, count.now)


class RecountLineWatcher(LineWatcher):
    """Watches the recount line."""

    name = "recount"


class MajorityWatcher(LineWatcher):
    """Watches the share of the vote that the contest's rule asks for."""

    name = "majority"
    in_margin_posts = True
