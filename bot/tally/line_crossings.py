"""The recount line and the majority: crossing one, either way, is a post in the transaction of what caused it.

What a channel knows is in `lines_told`; one that knows nothing goes by the reading before.
"""

from datetime import datetime

from bot.count.change import Change
from bot.count.reading import Reading
from bot.desk.desk_file import Contest, Source
from bot.tally.intake_store import Follow, Ledger, Writes
from bot.tally.line_crossings_store import Crossing
from bot.tally.line_crossings_words import LineName, crossed_post, sides
from bot.wording.context import Setting


class LineWatch:
    """Tells channels when the leading source's count crosses a line."""

    def __init__(self, ledger: Ledger, writes: Writes, setting: Setting, now: datetime) -> None:
        """Read from `ledger`, add to `writes`; `now` is the news clock's time."""
        self._ledger = ledger
        self._writes = writes
        self._setting = setting
        self._now = now

    def look(
        self,
        follow: Follow,
        of: tuple[Contest, Source],
        before: Reading | None,
        after: Reading,
        change: Change,
    ) -> None:
        """Tell a channel of each line that it knew the count on the other side of.

        On election night, while the margin goes everywhere, nothing is told; what a channel has never known is not
        told either: the cards say on which side it is.

        Args:
            follow: the channel.
            of: the contest, and its leading source.
            before: the reading before; None where there was none.
            after: the reading now.
            change: what led to it.

        """
        contest, _ = of
        earlier = sides(contest, before, self._setting) if before is not None else {}
        for name, inside in sides(contest, after, self._setting).items():
            self._tell(follow, of, name, (earlier.get(name), inside), (after, change))

    def _tell(
        self,
        follow: Follow,
        of: tuple[Contest, Source],
        name: LineName,
        side: tuple[bool | None, bool],
        told: tuple[Reading, Change],
    ) -> None:
        was, inside = side
        known = self._ledger.lines.get((follow.id, name))
        if known != inside:
            self._ledger.lines[follow.id, name] = inside
            self._writes.lines.append((follow.id, name, int(inside)))
        knew = was if known is None else known
        if knew is None or knew == inside:
            return
        contest, source = of
        draft = crossed_post(contest, source, told, name, self._setting, self._now)
        reading, _ = told
        series = self._ledger.series[reading.series].id
        row = self._ledger.numbers.worded(
            follow.server,
            follow.channel,
            draft,
            self._now,
            contest.id,
            source.id,
            chain=series,
            topic=Crossing(name, inside),
        )
        self._writes.outbox.append(row)
