"""What each channel is told of a change: at once, together with what waited, or later."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.cards.draft import PostKind
from bot.cards.facts import Setting
from bot.cards.held import held_post
from bot.count.change import Change
from bot.count.judgement import Hold, Taken
from bot.count.margin import Margin, margin_of
from bot.count.posting import Least, Told, is_night, roll_up_due, waits_from, worth
from bot.count.reading import Reading
from bot.count.reporting import recount_under_way
from bot.deskfile import Contest, Source
from bot.service.line_watch import LineWatch
from bot.store.database import to_micros
from bot.store.intake import Writes
from bot.store.ledger import Follow, Ledger, Series
from bot.store.rows import OutboxRow

CaughtUp = Callable[[Follow, Change, Reading], int | None]
"""Returns the entry of the desk that a change confirms in a channel, or None."""


@dataclass(frozen=True, slots=True)
class _Channel:
    """One channel being told of one series."""

    contest: Contest
    source: Source
    series: Series
    follow: Follow


class Telling:
    """Turns what one transaction accepts into posts: which changes they cover; the words come when they are sent."""

    def __init__(self, ledger: Ledger, writes: Writes, setting: Setting, now: datetime) -> None:
        """Read from `ledger`, add to `writes`; `now` is the news clock's time."""
        self._ledger = ledger
        self._writes = writes
        self._setting = setting
        self._now = now
        self._lines = LineWatch(ledger, writes, setting, now)

    def tell(self, series: Series, taken: Taken, reading_id: int, caught_up: CaughtUp) -> None:
        """Tell every channel that follows the contest what `taken`, stored as `reading_id`, changed.

        `series` is as it was before. A source that does not lead posts here only when it revises itself. `caught_up`
        says whether the source has now what the desk had entered in a channel.
        """
        change = taken.change
        for channel in self._channels(series):
            if channel.follow.rests:
                continue
            if channel.contest.leads == channel.source.id:
                self._weigh(channel, change, taken.reading, reading_id, caught_up)
                before = (series.known.accepted, series.known.leader)
                self._lines.look(channel.follow, (channel.contest, channel.source), before, taken.reading, change)
            elif change.kind == "revision" and not recount_under_way(taken.reading):
                self._post(channel, "revision", series.accepted_id, reading_id)

    def roll_up(self, series: Series) -> None:
        """Post what waits in the channels that `series` has follows of, because its time has come.

        Where its source leads no more, or the desk file lost its contest, it is not posted, and not due again.
        """
        for channel in self._channels(series):
            if channel.contest.leads == channel.source.id and not channel.follow.rests:
                self._post_waiting(channel)
        for follow in self._ledger.follows.get(series.key, ()):
            self._writes.waiting.append((None, None, follow.id, series.id))

    def held(self, series: Series, hold: Hold | None = None) -> None:
        """Tell the channels that a reading is held until an editor speaks, or (`hold` None) that one still is."""
        if (held := hold or series.known.hold) is None:
            return
        self._writes.told_of_hold.append((series.id,))
        for channel in self._channels(series):
            draft = held_post(channel.contest, channel.source, held, self._setting, self._now, overdue=hold is None)
            follow = channel.follow
            number = self._ledger.numbers.number(follow.server, draft.words)
            self._writes.outbox.append(
                OutboxRow.worded(
                    follow.server, follow.channel, number, draft, self._now, channel.contest.id, channel.source.id
                )
            )

    def _channels(self, series: Series) -> list[_Channel]:
        contest, source = self._setting.desk.contest(series.key[1]), self._setting.desk.source(series.key[0])
        if contest is None or source is None:
            return []
        return [_Channel(contest, source, series, follow) for follow in self._ledger.follows.get(series.key, ())]

    def _weigh(self, channel: _Channel, change: Change, after: Reading, reading_id: int, caught_up: CaughtUp) -> None:
        follow, before = channel.follow, channel.series.known.accepted
        least = Least(follow.least, channel.contest.night_until)
        worthy = worth(change, before, after, follow.told, least)
        confirmed = None if worthy == "never" else caught_up(follow, change, after)
        if worthy == "post" and not follow.told.anything:
            self._post_and_remember(channel, "first", reading_id, change.leader, change.margin)
        elif worthy == "post" or confirmed is not None:
            own = change.kind in ("revision", "lead_change")
            if follow.told.waiting_since and (own or confirmed is not None):
                self._post_waiting(channel)  # these are told by themselves, after what waited
            kind = change.kind if own or confirmed is None else "statement"
            self._post_and_remember(channel, kind, reading_id, change.leader, change.margin, confirmed)
        elif worthy == "wait":
            self._wait(channel, change, after)

    def _wait(self, channel: _Channel, change: Change, after: Reading) -> None:
        follow = channel.follow
        since = waits_from(change, follow.told, self._now)
        if since is None or since == follow.told.waiting_since:
            return
        follow.told = Told(follow.told.anything, follow.told.margin, since)
        due = roll_up_due(since, night=is_night(after, channel.contest.night_until))
        self._writes.waiting.append((to_micros(since), to_micros(due), follow.id, channel.series.id))

    def _post_waiting(self, channel: _Channel) -> None:
        """Roll up what waits, up to the reading that the series stands at."""
        series = channel.series
        if series.known.accepted and series.accepted_id and channel.follow.told.waiting_since:
            margin: Margin = margin_of(series.known.accepted.votes, series.known.leader)
            self._post_and_remember(channel, "roll_up", series.accepted_id, margin.leader, margin.votes)

    def _post_and_remember(
        self,
        channel: _Channel,
        kind: PostKind,
        reading_id: int,
        leader: str,
        margin: int | None,
        confirms: int | None = None,
    ) -> None:
        follow = channel.follow
        number = self._post(channel, kind, follow.told_reading, reading_id, confirms)
        if follow.told.waiting_since:  # perhaps since this very transaction
            key = (follow.id, channel.series.id)
            self._writes.waiting = [row for row in self._writes.waiting if row[2:] != key]
        follow.told = Told(anything=True, margin=None if margin is None else (leader, margin))
        follow.told_reading = reading_id
        self._writes.told.append((follow.id, channel.series.id, reading_id, leader, margin, number, None, None))

    def _post(self, channel: _Channel, kind: PostKind, start: int | None, end: int, confirms: int | None = None) -> int:
        """Put a post that covers the changes after `start` up to `end` into the outbox; return its number."""
        follow, series = channel.follow, channel.series
        number = self._ledger.numbers.number(follow.server, (series.id, start, end, kind, confirms))
        self._writes.outbox.append(
            OutboxRow(
                follow.server,
                follow.channel,
                number,
                kind,
                self._now,
                channel.contest.id,
                channel.source.id,
                series.id,
                start,
                end,
                confirms=confirms,
                checked_at=series.checked_at,
            )
        )
        return number
