"""The recount line and the majority: crossing one, either way, is a post in the transaction of what caused it.

What a channel knows is in `lines_told`; one that knows nothing goes by the reading before.
"""

from datetime import datetime

from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.recount_line import RecountLine, inside_recount
from bot.count.rules import has_majority, yes_of
from bot.count.worth import is_night
from bot.desk.desk_file import Contest, Source
from bot.outbox.kinds import Family, Kind
from bot.tally.intake_store import Follow, Ledger, Writes
from bot.tally.line_crossings_words import line_post
from bot.wording.context import Setting


class LinePosts(Family):
    """That a count crosses the recount line or the majority."""

    kinds = (Kind("recount_line", published_as="rest"),)


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
        if after.count != "election" or is_night(after, contest.night_until):
            return
        line = self._setting.recount_line(contest)
        earlier, rule = before, contest.contest_rule
        if earlier is not None and is_night(earlier, contest.night_until):
            earlier = None
        sides = {
            "recount": (
                line,
                inside_recount(line, rule, earlier) if earlier else None,
                inside_recount(line, rule, after),
            ),
            "majority": (None, _reached(contest, earlier) if earlier else None, _reached(contest, after)),
        }
        for name, (which, was, inside) in sides.items():
            if inside is not None:
                self._tell(follow, of, name, (which, was, inside), (after, change))

    def _tell(
        self,
        follow: Follow,
        of: tuple[Contest, Source],
        name: str,
        side: tuple[RecountLine | None, bool | None, bool],
        told: tuple[Reading, Change],
    ) -> None:
        line, was, inside = side
        known = self._ledger.lines.get((follow.id, name))
        if known != inside:
            self._ledger.lines[follow.id, name] = inside
            self._writes.channels.lines.append((follow.id, name, int(inside)))
        knew = was if known is None else known
        if knew is None or knew == inside:
            return
        contest, source = of
        draft = line_post(contest, source, *told, line, self._setting, self._now)
        row = self._ledger.numbers.worded(follow.server, follow.channel, draft, self._now, contest.id, source.id)
        self._writes.outbox.append(row)


def _reached(contest: Contest, reading: Reading) -> bool | None:
    return has_majority(contest.contest_rule, reading, yes_of(contest.candidates[0].id, reading))
