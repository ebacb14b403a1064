"""The posts in a server's channels when another source becomes the leading one. Pure functions of the stored state.

If the new source's margin differs from the one last posted, a post of kind `statement` gives it. That post covers the
new series from its beginning up to the present reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.count.change import Change
from bot.count.margin import Margin, margin_of
from bot.count.reading import Reading, recount_under_way
from bot.count.relation import Relation, relate
from bot.desk.desk_file import Source
from bot.outbox.rows import OutboxRow
from bot.tally.changes_store import ReadingSpan
from bot.tally.intake_store import Follow, Ledger, Series
from bot.tally.leading_source_words import gone_notice
from bot.tally.other_sources import OtherSources
from bot.tally.run_watchers import Watching
from bot.tally.watchers import WatchedCount
from bot.tally.writes_store import PostedReading, PostedRelation, Writes
from bot.wording.context import Setting


@dataclass(frozen=True, slots=True)
class LeadingSourceChange:
    """A server's choice of the source that leads a contest."""

    server: int
    contest: str
    source: str | None
    """The chosen source's id; None for the desk file's source."""
    who: str
    why: str | None
    now: datetime
    forced: bool = False
    """True if the leading source is gone, so the other one leads even if it is muted or has no figures."""


@dataclass(frozen=True, slots=True)
class LeadingSourceSwitch:
    """The former and the new leading source of a contest in a server, with the data for the posts about the switch."""

    switch: LeadingSourceChange
    before: str
    after: str
    changes: Mapping[int, Change]
    """The last change of each series that has one."""


def decide_switch(ledger: Ledger, switching: LeadingSourceSwitch, setting: Setting) -> Writes:
    """Return the posts and rows of a switch. Each channel continues from the new source's figures.

    The record of what was posted from the old source is already deleted from `last_posts`. Only the ledger still has it.
    """
    deciding = _Deciding(ledger, switching, setting)
    for series in ledger.series.values():
        if series.key[0] == switching.after and series.known.accepted is not None:
            deciding.go_on(series)
    if switching.switch.forced:
        deciding.notify_gone()
    return deciding.writes


class _Deciding:
    """Posts the new leading source's figures in the channels of one server."""

    def __init__(self, ledger: Ledger, switching: LeadingSourceSwitch, setting: Setting) -> None:
        self._ledger = ledger
        self._switching = switching
        self._setting = setting
        self._now = switching.switch.now
        self.writes = Writes()
        self._relating = OtherSources(ledger, self.writes, setting, self._now)
        self._watching = Watching(ledger, self.writes)

    def go_on(self, series: Series) -> None:
        """Post the new source's margin in one series, in each channel whose last posted margin is different."""
        reading, reading_id = series.known.accepted, series.accepted_id
        if reading is None or reading_id is None or recount_under_way(reading):
            return  # a part of a recount is no margin; the whole is told when it is there
        before = (self._switching.before, *series.key[1:])
        told = {follow.id: follow for follow in self._ledger.follows.get(before, ())}
        margin = margin_of(reading.votes, series.known.leader)
        for follow in self._ledger.follows.get(series.key, ()):
            if follow.server == self._switching.switch.server:
                number = self._tell(follow, told.get(follow.id), series, margin)
                self.writes.told.append(
                    PostedReading(follow.id, series.id, reading_id, margin.leader, margin.votes, number)
                )
                self._watch(follow, series, reading, reading_id)

    def notify_gone(self) -> None:
        """Notify the desk that the source it had chosen is no longer in the desk file."""
        for follow in (one for follows in self._ledger.follows.values() for one in follows):
            if follow.server == self._switching.switch.server and follow.desk_channel is not None:
                contest, after = self._setting.desk.contest(follow.contest), self._source(self._switching.after)
                if contest is None:
                    return
                draft = gone_notice(contest, self._switching.before, after, self._setting)
                number = self._ledger.number(follow.server, draft.words)
                to = (follow.server, follow.desk_channel, number)
                self.writes.outbox.append(OutboxRow.worded(*to, draft, self._now, contest.id))
                return

    def _source(self, key: str) -> Source:
        return self._setting.desk.source(key) or Source(id=key, name=key)

    def _tell(self, follow: Follow, told: Follow | None, series: Series, margin: Margin) -> int | None:
        """Post the margin in a channel.

        `told` is the channel's follow under the former source, if any. Returns the post's number, or None if the
        channel already has a post with this margin.
        """
        now = None if margin.votes is None else (margin.leader, margin.votes)
        may_have_been_read = not follow.public or self._source(self._switching.before).public
        if told is None or not told.told.anything or not may_have_been_read:
            return self._post(follow, series, None, None)  # nothing was told there, so it is told as a first reading
        was = told.told.margin
        if now is None or was is None:
            return None if now == was else self._post(follow, series, None, None)
        relation = relate(*was, now) or Relation.CONTRADICTS  # never None: nothing passed is given
        self.writes.relations.append(PostedRelation(follow.id, self._switching.before, series.key[2], relation, *now))
        if relation is Relation.CONFIRMS:
            return None
        total = series.known.accepted.total if series.known.accepted else None
        desk_figure = self._relating.caught_up(follow, self._switching.after, series.key[2], now, total)
        return self._post(follow, series, told.posted_reading, desk_figure.statement_id if desk_figure else None)

    def _post(self, follow: Follow, series: Series, was: int | None, confirms: int | None) -> int:
        end = series.accepted_id
        assert end is not None  # noqa: S101 - nothing is told of a series without a reading
        number = self._ledger.number(follow.server, (series.id, was, end, "lead", confirms))
        self.writes.outbox.append(
            OutboxRow(
                follow.server,
                follow.channel,
                number,
                "first" if was is None else "statement",
                self._now,
                series.key[1],
                self._switching.after,
                chain=series.id,
                topic=ReadingSpan(None, end, series.checked_at, was, confirms),
            )
        )
        return number

    def _watch(self, follow: Follow, series: Series, reading: Reading, reading_id: int) -> None:
        contest, change = self._setting.desk.contest(series.key[1]), self._switching.changes.get(series.id)
        if contest is not None and change is not None:
            contest = self._setting.desk.with_leading_source(contest, self._switching.after)
            source = self._source(self._switching.after)
            count = WatchedCount(contest, source, reading, self._setting, self._now, follow.preferences)
            self._watching.look(follow, count, change, reading_id, None)
