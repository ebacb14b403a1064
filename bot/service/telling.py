"""What each channel is told of a change: at once, together with what waited, or later."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards.draft import Draft, PostKind
from bot.cards.facts import ChangeFacts, Setting
from bot.cards.held import held_post
from bot.cards.post import change_post
from bot.count.change import Change, compare, net
from bot.count.judgement import Hold, Taken
from bot.count.posting import Least, Told, is_night, roll_up_due, waits_from, worth
from bot.count.reading import Reading
from bot.deskfile import Contest, Source
from bot.store.database import to_micros
from bot.store.intake import Desk, Follow, Gap, Series, Writes
from bot.store.rows import OutboxRow


@dataclass(frozen=True, slots=True)
class _Channel:
    """One channel being told of one series."""

    contest: Contest
    source: Source
    series: Series
    follow: Follow


@dataclass(frozen=True, slots=True)
class _Story:
    """A change, or the net of several, on its way to a post."""

    kind: PostKind
    change: Change
    before: Reading | None
    after: Reading
    reading_id: int
    steps: int = 1
    held_for: float | None = None


class Telling:
    """Turns what one transaction accepts into posts; drafts that several channels share are made once."""

    def __init__(self, desk: Desk, writes: Writes, setting: Setting, now: datetime) -> None:
        """Read from `desk`, add to `writes`; `now` is the news clock's time."""
        self._desk = desk
        self._writes = writes
        self._setting = setting
        self._now = now
        self._drafts: dict[tuple[int, int | None, int, PostKind], Draft] = {}

    def tell(self, series: Series, taken: Taken, reading_id: int, held_for: float | None) -> None:
        """Tell every channel that follows the contest what `taken`, stored as `reading_id`, changed.

        `series` is as it was before. A source that does not lead posts here only when it revises itself.
        """
        before, change = series.known.accepted, taken.change
        story = _Story(change.kind, change, before, taken.reading, reading_id, held_for=held_for)
        for channel in self._channels(series):
            if channel.contest.leads == channel.source.id:
                self._weigh(channel, story)
            elif change.kind == "revision":
                self._post(channel, story)

    def roll_up(self, series: Series) -> None:
        """Post what waits in the channels that `series` has follows of, because its time has come."""
        for channel in self._channels(series):
            self._post_waiting(channel)

    def held(self, series: Series, hold: Hold | None = None) -> None:
        """Tell the channels that a reading is held until an editor speaks, or (`hold` None) that one still is."""
        if (held := hold or series.known.hold) is None:
            return
        self._writes.told_of_hold.append((series.id,))
        for channel in self._channels(series):
            draft = held_post(channel.contest, channel.source, held, self._setting, self._now, overdue=hold is None)
            follow = channel.follow
            number = self._desk.numbers.number(follow.server, draft)
            self._writes.outbox.append(
                OutboxRow(follow.server, follow.channel, number, draft, self._now, channel.contest.id, series.id)
            )

    def _channels(self, series: Series) -> list[_Channel]:
        contest, source = self._setting.desk.contest(series.key[1]), self._setting.desk.source(series.key[0])
        if contest is None or source is None:
            return []
        return [_Channel(contest, source, series, follow) for follow in self._desk.follows.get(series.key, ())]

    def _weigh(self, channel: _Channel, story: _Story) -> None:
        follow = channel.follow
        least = Least(follow.least, channel.contest.night_until)
        match worth(story.change, story.before, story.after, follow.told, least):
            case "never":
                _remember(channel, story)
            case "wait":
                self._wait(channel, story)
            case "post" if not follow.told.anything:
                self._post_first(channel, story)
            case "post":
                self._post_now(channel, story)

    def _wait(self, channel: _Channel, story: _Story) -> None:
        _remember(channel, story)
        follow = channel.follow
        since = waits_from(story.change, follow.told, self._now)
        if since is None or since == follow.told.waiting_since:
            return
        follow.told = replace(follow.told, waiting_since=since)
        due = roll_up_due(since, night=is_night(story.after, channel.contest.night_until))
        self._writes.waiting.append((to_micros(since), to_micros(due), follow.id, channel.series.id))

    def _post_first(self, channel: _Channel, story: _Story) -> None:
        if first := compare(None, story.after):
            self._post_and_remember(channel, replace(story, kind="first", change=first, before=None))

    def _post_now(self, channel: _Channel, story: _Story) -> None:
        """Post a change together with what waited; a lead change and a revision are told by themselves, after it."""
        if channel.follow.told.waiting_since:
            if story.kind in ("revision", "lead_change"):
                self._post_waiting(channel)
            elif gap := self._gap(channel):
                story = _sum_up(channel, gap, [*gap.changes, story.change], story.after, story.reading_id)
        self._post_and_remember(channel, story)

    def _post_waiting(self, channel: _Channel) -> None:
        """Roll up what waits, up to the reading that the series stands at."""
        gap, series = self._gap(channel), channel.series
        if gap and series.known.accepted and series.accepted_id:
            story = _sum_up(channel, gap, gap.changes, series.known.accepted, series.accepted_id)
            self._post_and_remember(channel, replace(story, kind="roll_up"))

    def _gap(self, channel: _Channel) -> Gap | None:
        """Return what waits for a channel, or None; what the database would have to give first is noted as missing."""
        follow, key = channel.follow, (channel.follow.id, channel.series.id)
        if follow.behind is None or follow.told_reading is None:
            return follow.fresh
        if (stored := self._desk.gaps.get(key)) is None:
            self._desk.missing[key] = (follow.told_reading, follow.behind)
            return None
        return Gap(stored.start, [*stored.changes, *(follow.fresh.changes if follow.fresh else ())])

    def _post_and_remember(self, channel: _Channel, story: _Story) -> None:
        number = self._post(channel, story)
        follow, change = channel.follow, story.change
        margin = None if change.margin is None else (change.leader, change.margin)
        follow.told = Told(anything=True, margin=margin)
        follow.told_reading, follow.behind, follow.fresh = story.reading_id, None, None
        row = (follow.id, channel.series.id, story.reading_id, change.leader, change.margin, number, None, None)
        self._writes.told.append(row)

    def _post(self, channel: _Channel, story: _Story) -> int:
        """Put the post of a change into the outbox; return its number."""
        follow, series = channel.follow, channel.series
        draft = self._draft(channel, story)
        number = self._desk.numbers.number(follow.server, draft)
        start = follow.told_reading if channel.contest.leads == channel.source.id else series.accepted_id
        self._writes.outbox.append(
            OutboxRow(
                follow.server,
                follow.channel,
                number,
                draft,
                self._now,
                channel.contest.id,
                series.id,
                start,
                story.reading_id,
            )
        )
        return number

    def _draft(self, channel: _Channel, story: _Story) -> Draft:
        start = channel.follow.told_reading if story.steps > 1 else None
        key = (channel.series.id, start, story.reading_id, story.kind)
        if key not in self._drafts:
            facts = ChangeFacts(
                channel.contest, channel.source, story.kind, story.change, story.before, story.after,
                self._now, self._now, story.steps, story.held_for,
            )  # fmt: skip
            self._drafts[key] = change_post(facts, self._setting)
        return self._drafts[key]


def _remember(channel: _Channel, story: _Story) -> None:
    """Keep a change that is not posted yet with those that wait; the database knows it by what was told last."""
    if channel.follow.fresh:
        channel.follow.fresh.changes.append(story.change)
    elif channel.follow.told.anything and story.before is not None:
        channel.follow.fresh = Gap(story.before, [story.change])


def _sum_up(channel: _Channel, gap: Gap, changes: list[Change], after: Reading, reading_id: int) -> _Story:
    told = channel.follow.told.margin
    total = net(gap.start, after, changes, told[0] if told else None)
    return _Story(total.kind, total, gap.start, after, reading_id, steps=len(changes))
