"""The recount line and the majority: a count that crosses one, either way, is a post in the same transaction.

On which side each channel knows the count to be is in `lines_told`; where it has nothing, the reading before decides.
"""

from datetime import datetime

from bot.count.change import Change
from bot.count.reading import Reading
from bot.desk.desk_file import Contest, Source
from bot.outbox.rows import OutboxRow
from bot.tally.intake_store import Follow, Ledger, Writes
from bot.tally.line_crossings_store import Crossing
from bot.tally.line_crossings_words import crossed_post, sides
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
        contest: Contest,
        source: Source,
        before: Reading | None,
        after: Reading,
        change: Change,
    ) -> None:
        """Tell a channel of each line that the count has crossed since the channel last knew its side.

        Nothing is told on election night, while the margin goes everywhere, nor of a line whose side the channel never
        knew: the cards say on which side the count is.

        Args:
            follow: the channel.
            contest: the contest.
            source: its leading source.
            before: the reading before; None where there was none.
            after: the reading now.
            change: what led to it.

        """
        earlier = sides(contest, before, self._setting) if before is not None else {}
        for line, inside in sides(contest, after, self._setting).items():
            known = self._ledger.lines.get((follow.id, line))
            if known != inside:
                self._ledger.lines[follow.id, line] = inside
                self._writes.lines.append((follow.id, line, int(inside)))
            knew = earlier.get(line) if known is None else known
            if knew is not None and knew != inside:
                draft = crossed_post(contest, source, after, change, line, self._setting, self._now)
                row = OutboxRow.worded(
                    follow.server,
                    follow.channel,
                    self._ledger.number(follow.server, draft.words),
                    draft,
                    self._now,
                    contest.id,
                    source.id,
                    chain=self._ledger.series[after.series].id,
                    topic=Crossing(line, inside),
                )
                self._writes.outbox.append(row)
