"""Routing: decides for each channel whether a change is posted, and whether at once or later.

A change waits as a small change does (`last_posts.waiting_since`) if the channel wants no post of its kind, or is in its
quiet hours. Lead changes and revisions that waited for the end of quiet hours get a post of their own
(`Ledger.unmergeable_changes`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from bot.count.change import Change
from bot.count.judgement import AcceptedReading, Hold
from bot.count.margin import margin_of
from bot.count.post_threshold import (
    LEAST_ALONE,
    LEAST_VOTES,
    LastPosted,
    MinimumChange,
    is_early_count,
    is_tiny_change,
    moved_by,
    roll_up_due,
    waits_from,
    worth,
)
from bot.count.reading import Reading, recount_under_way
from bot.desk.desk_file import Contest, Source
from bot.outbox.rows import OutboxRow
from bot.tally.changes_store import SKIPPED_BY, ReadingSpan
from bot.tally.holds_store import HoldNotice, NewerHeld, held_key
from bot.tally.holds_words import held_post, newer_words
from bot.tally.intake_store import Follow, Ledger, Series, UnmergeableChange
from bot.tally.other_sources import OtherSources
from bot.tally.run_watchers import Watching
from bot.tally.watchers import WatchedCount
from bot.tally.writes_store import HoldAskedAgain, NotifiedHold, PostedReading, WaitingChanges, Writes
from bot.wording.context import Setting


@dataclass(frozen=True, slots=True)
class _Channel:
    """A channel and the series whose changes are routed to it."""

    contest: Contest
    """The contest, with `leads` set to the source that leads in the channel's server."""
    source: Source
    series: Series
    follow: Follow


class ChangeRouter:
    """A router that turns the changes of one transaction into posts.

    A queued post only refers to its changes. Its text is written when it is sent.
    """

    def __init__(self, ledger: Ledger, writes: Writes, setting: Setting, now: datetime) -> None:
        """Create a router for the changes of one transaction.

        State is read from `ledger`, and rows are added to `writes`. `now` is the news clock's time.
        """
        self._ledger = ledger
        self._writes = writes
        self._setting = setting
        self._now = now
        self._watching = Watching(ledger, writes)
        self._others = OtherSources(ledger, writes, setting, now)

    def tell(self, series: Series, taken: AcceptedReading, reading_id: int) -> None:
        """Route a change to every channel that follows the contest.

        In channels where another source leads, only revisions are posted.

        Args:
            series: the series as it was before the change.
            taken: the reading that was accepted, and what it changed.
            reading_id: the id under which the reading is stored.
        """
        change = taken.change
        for channel in self._channels(series):
            if channel.contest.leads == channel.source.id:
                self._weigh(channel, change, taken.reading, reading_id)
                self._watch(channel, taken, reading_id, series.known.accepted)
            elif change.kind == "revision" and not recount_under_way(taken.reading):
                self._post(channel, "revision", series.accepted_id, reading_id)

    def roll_up(self, series: Series) -> None:
        """Post the waiting changes of a series that are due, in each channel that follows the contest.

        Changes are discarded if the source no longer leads, or the desk file no longer has the contest.
        """
        postponed, hold = set(), series.known.hold
        # A fall is held: wait until it is confirmed or taken back, at most until its deadline, before posting a sum.
        settles = hold.deadline if hold is not None and not hold.for_desk and hold.deadline > self._now else None
        for channel in self._channels(series):
            follow = channel.follow
            if channel.contest.leads != channel.source.id:
                continue
            until = None if follow.preferences.through and self._unmergeable(channel) else self._quiet_until(follow)
            if until := until or settles:
                postponed.add(follow.id)
                self._postpone(channel, until)
            else:
                self._post_waiting(channel)
        for follow in self._ledger.follows.get(series.key, ()):
            if follow.id not in postponed:
                self._writes.waiting.append(WaitingChanges(follow.id, series.id, None, None))

    def held(self, series: Series, hold: Hold | None = None) -> None:
        """Post the notices that a reading is on hold until an editor decides.

        With `hold` None, post that the series' present hold still lasts. The desk is asked in its own channel or, if
        it has none, in the channels that follow the contest. Public channels get no notice of a hold.
        """
        if (held := hold or series.known.hold) is None:
            return
        self._writes.notified_holds.append(NotifiedHold(series.id))
        channels = self._channels(series)
        for channel in channels:
            follow = channel.follow
            if not follow.public:
                asked = follow.desk_channel in (None, follow.channel)
                self._post_hold_notice(channel, follow.channel, held, asked=asked, overdue=hold is None)
        self._ask_desks(channels, held, overdue=hold is None)

    def newer_held(self, series: Series, hold: Hold) -> None:
        """Add the newer figures of a hold to the notices already posted about it."""
        contest, accepted = self._setting.desk.contest(series.key[1]), series.known.accepted
        if contest is not None and accepted is not None:
            words = newer_words(contest, hold, accepted, self._setting, self._ledger.others(series.key))
            self._writes.newer_held.append(NewerHeld(series.id, hold.since, words))

    def ask_about_hold_again(self, series: Series, servers: Collection[int]) -> None:
        """Ask the desks of `servers` once more about a reading that is still held."""
        self._writes.asked_again += [HoldAskedAgain(series.id, server) for server in servers]
        if (held := series.known.hold) is None:
            return
        channels = [channel for channel in self._channels(series) if channel.follow.server in servers]
        for channel in channels:
            if channel.follow.desk_channel in (None, channel.follow.channel) and not channel.follow.public:
                self._post_hold_notice(channel, channel.follow.channel, held, asked=True, overdue=True)
        self._ask_desks(channels, held, overdue=True)

    def _watch(self, channel: _Channel, taken: AcceptedReading, reading_id: int, before: Reading | None) -> None:
        contest, source, wants = channel.contest, channel.source, channel.follow.preferences
        count = WatchedCount(contest, source, taken.reading, self._setting, self._now, wants)
        self._watching.look(channel.follow, count, taken.change, reading_id, before)

    def _ask_desks(self, channels: Collection[_Channel], hold: Hold, *, overdue: bool) -> None:
        """Post the question about a hold in each desk channel that does not follow the contest.

        `overdue`: the hold's deadline has passed.
        """
        told = {channel.follow.channel for channel in channels}
        for channel in channels:
            desk = channel.follow.desk_channel
            if desk is not None and desk not in told:
                told.add(desk)
                self._post_hold_notice(channel, desk, hold, asked=True, overdue=overdue)

    def _post_hold_notice(self, channel: _Channel, where: int, held: Hold, *, asked: bool, overdue: bool) -> None:
        server = channel.follow.server
        settled = self._setting.settled(server)
        asked = asked and settled == "here"
        shown = asked or where == channel.follow.desk_channel
        draft = held_post(
            channel.contest,
            channel.source,
            held,
            self._setting,
            self._now,
            instead_of=channel.series.known.accepted,
            shown=shown,
            settled=settled,
            overdue=overdue,
            asks=held_key(channel.series.id, held.since, held.reading) if asked else None,
            others=self._ledger.others(channel.series.key) if shown else (),
        )
        number, about = self._ledger.number(server, draft.words), (channel.contest.id, channel.source.id)
        hold = HoldNotice(channel.series.id, held.since)
        self._writes.outbox.append(OutboxRow.worded(server, where, number, draft, self._now, *about, topic=hold))

    def _channels(self, series: Series) -> list[_Channel]:
        contest, source = self._setting.desk.contest(series.key[1]), self._setting.desk.source(series.key[0])
        if contest is None or source is None:
            return []
        return [
            _Channel(self._setting.desk.with_leading_source(contest, follow.leads), source, series, follow)
            for follow in self._ledger.follows.get(series.key, ())
        ]

    def _weigh(self, channel: _Channel, change: Change, after: Reading, reading_id: int) -> None:
        follow, before = channel.follow, channel.series.known.accepted
        least = MinimumChange(follow.least, _night_until(channel))
        worthy, night = worth(change, before, after, follow.told, least), is_early_count(after, least.night_until)
        # Waits for the next post, also in quiet hours.
        left = worthy == "wait" and follow.preferences.roll_up == 0 and not night
        until = self._quiet_until(follow)
        if change.kind in ("lead_change", "revision") and follow.preferences.through:
            until = None
        if until is not None and not left and worthy != "never" and follow.told.anything:
            if change.kind in ("lead_change", "revision"):
                unmergeable_changes = self._ledger.unmergeable_changes.setdefault(channel.series.id, [])
                if reading_id not in [one.reading for one in unmergeable_changes]:
                    unmergeable_changes.append(
                        UnmergeableChange(reading_id, channel.series.accepted_id, change.kind, after)
                    )
            self._postpone(channel, until)
            return
        if worthy == "post" and follow.told.anything and SKIPPED_BY[change.kind] in follow.preferences.without:
            worthy = "wait"
        confirmed = None
        if worthy != "never":
            margin = None if change.margin is None else (change.leader, change.margin)
            confirmed = self._entered_before(channel, margin, after.total)
        if worthy == "post" and not follow.told.anything:
            self._post_and_remember(channel, "first", reading_id, change.leader, change.margin)
        elif worthy == "post" or confirmed is not None:
            own = change.kind in ("revision", "lead_change")
            kind = change.kind if own or confirmed is None else "statement"
            self._post_and_remember(channel, kind, reading_id, change.leader, change.margin, confirmed)
        elif worthy == "wait":
            self._wait(channel, change, night=night)

    def _wait(self, channel: _Channel, change: Change, *, night: bool) -> None:
        """Add a change to the changes that wait in a channel.

        If the roll-up of the waiting changes already has a time, the time can only become earlier. `night`: True on
        election night.
        """
        follow = channel.follow
        since = waits_from(change, follow.told, self._now)
        if since is None:
            return
        # Changes that only wait for the next post have no due time yet.
        begins = since if follow.due_at is not None else self._now
        told, margin = follow.told.margin, change.margin
        moved = moved_by(told, change) if told is not None and margin is not None else 0
        few = is_tiny_change(change) and moved < LEAST_ALONE and not (night or change.lead_changed)
        due = None if few else roll_up_due(begins, night=night, minutes=follow.preferences.roll_up)
        sooner = due is not None and (follow.due_at is None or due < follow.due_at)
        if sooner or since != follow.told.waiting_since:
            self._remember_waiting(channel, since, due)

    def _remember_waiting(self, channel: _Channel, since: datetime, due: datetime | None) -> None:
        """Store when the oldest waiting change in a channel began to wait, and when the roll-up of the changes is due.

        If `due` is None, there is no roll-up: the changes wait for the channel's next post.
        """
        follow = channel.follow
        follow.told = LastPosted(follow.told.anything, follow.told.margin, since)
        follow.due_at = due
        self._writes.waiting.append(WaitingChanges(follow.id, channel.series.id, since, due))

    def _postpone(self, channel: _Channel, until: datetime) -> None:
        """Make all changes that wait in a channel due at `until`: the end of quiet hours, or of a hold."""
        since = channel.follow.told.waiting_since or self._now
        if channel.follow.due_at != until:
            self._remember_waiting(channel, since, until)

    def _quiet_until(self, follow: Follow) -> datetime | None:
        return follow.preferences.quiet_until(self._now, self._setting.desk.zone)

    def _post_waiting(self, channel: _Channel) -> None:
        """Post a channel's waiting changes together, up to the accepted reading.

        If a lead change or revision is among them, the post is of that kind.
        """
        series = channel.series
        if series.known.accepted and series.accepted_id and channel.follow.told.waiting_since:
            margin = margin_of(series.known.accepted.votes, series.known.leader)
            leads = None if margin.votes is None else (margin.leader, margin.votes)
            desk_figure = self._entered_before(channel, leads, series.known.accepted.total)
            kinds = {one.kind for one in self._unmergeable(channel)}
            kind: str = "roll_up" if desk_figure is None else "statement"
            if kinds:
                kind = "revision" if "revision" in kinds else "lead_change"
            self._post_and_remember(channel, kind, series.accepted_id, margin.leader, margin.votes, desk_figure)

    def _entered_before(self, channel: _Channel, margin: tuple[str, int] | None, total: int | None) -> int | None:
        """Return the id of the staff entry that the channel's source now confirms, or None.

        `margin` is (leader, votes) and `total` all votes, as the source has them now.
        """
        source, _, count = channel.series.key
        ahead = self._others.caught_up(channel.follow, source, count, margin, total)
        return ahead.statement_id if ahead else None

    def _unmergeable(self, channel: _Channel) -> list[UnmergeableChange]:
        """Return the lead changes and revisions that waited in a channel's quiet hours and get separate posts now."""
        follow, accepted = channel.follow, channel.series.accepted_id or 0
        unmergeable_changes, told = (
            self._ledger.unmergeable_changes.get(channel.series.id, []),
            follow.posted_reading or 0,
        )
        return [one for one in unmergeable_changes if told < one.reading <= accepted and _has_own_post(one, channel)]

    def _post_and_remember(
        self,
        channel: _Channel,
        kind: str,
        reading_id: int,
        leader: str,
        margin: int | None,
        confirms: int | None = None,
    ) -> None:
        follow = channel.follow
        number = self._post(channel, kind, follow.posted_reading, reading_id, confirms)
        self._remember(channel, reading_id, leader, margin, number)

    def _remember(
        self, channel: _Channel, reading_id: int, leader: str, margin: int | None, number: int | None
    ) -> None:
        """Record the reading now posted in a channel, and clear the changes that waited in the channel.

        `leader` and `margin` are those in the post. `number` is the post's number, or None if nothing was posted.
        """
        follow = channel.follow
        if follow.told.waiting_since:  # perhaps since this very transaction
            self._writes.waiting = [
                one for one in self._writes.waiting if (one.follow, one.series) != (follow.id, channel.series.id)
            ]
        follow.told = LastPosted(anything=True, margin=None if margin is None else (leader, margin))
        follow.posted_reading, follow.due_at = reading_id, None
        self._writes.told.append(PostedReading(follow.id, channel.series.id, reading_id, leader, margin, number))

    def _post(self, channel: _Channel, kind: str, start: int | None, end: int, confirms: int | None = None) -> int:
        """Add a post of `kind` to the outbox about the changes after reading `start`, up to reading `end`.

        `confirms` is the id of the staff entry that the post confirms, or None. Returns the post's number.
        """
        follow, series = channel.follow, channel.series
        number = self._ledger.number(follow.server, (series.id, start, end, kind, confirms))
        least = MinimumChange(follow.least).of(follow.told.margin[1]) if follow.told.margin else None
        of_lead = follow.least is None and least is not None and least > LEAST_VOTES
        self._writes.outbox.append(
            OutboxRow(
                follow.server,
                follow.channel,
                number,
                kind,
                self._now,
                channel.contest.id,
                channel.source.id,
                chain=series.id,
                topic=ReadingSpan(start, end, series.checked_at, confirms=confirms, least=least, of_lead=of_lead),
            )
        )
        return number


def _night_until(channel: _Channel) -> Fraction:
    return channel.contest.night_until if channel.follow.preferences.night else Fraction(0)


def _has_own_post(change: UnmergeableChange, channel: _Channel) -> bool:
    """Return True if a lead change or revision that waited in quiet hours gets a separate post.

    Revisions always do. Lead changes do not on election night, or if the channel's preferences skip them.
    """
    if change.kind == "revision":
        return True
    return not (
        SKIPPED_BY[change.kind] in channel.follow.preferences.without
        or is_early_count(change.after, _night_until(channel))
    )
