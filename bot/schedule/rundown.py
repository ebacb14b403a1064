"""The morning list, posted daily at the desk's hour: the state of each contest, and the day's events and deadlines."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from bot.clock import Clock
from bot.count.change import Change
from bot.count.judgement import AHEAD_AT_MOST
from bot.count.reading import Reading
from bot.count.rules import has_majority, passing_choice
from bot.count.statement import changed_between
from bot.database.database import from_micros
from bot.desk.desk_file import Contest
from bot.errors import BadInputError
from bot.follows.follows_store import ServerStore
from bot.outbox.kinds import Kind, NotPosted
from bot.outbox.rows import Post
from bot.outbox.tx import Tx
from bot.schedule.rundown_store import RundownStore, list_again
from bot.schedule.rundown_words import OvernightFacts, RundownContest, RundownFacts, copy_answer, rundown_post
from bot.schedule.schedule_store import ScheduleStore, day_start
from bot.tally.standing_store import StandingStore
from bot.tally.standing_words import MarginFacts
from bot.tally.stated_margins_store import stands
from bot.tally.tally import Tally
from bot.wording.card import Card
from bot.wording.context import Setting, may_be_named
from bot.wording.question import muted_sources

LATE_AT_MOST = timedelta(hours=3)
"""A list that would be later than this is not posted, for example because the bot was down."""

DEADLINES_WITHIN = timedelta(days=14)
"""How far ahead deadlines are listed. A state's deadline is often a week after that of its counties."""


class Rundown:
    """A service that posts the morning list in every channel that follows a contest."""

    def __init__(
        self,
        store: RundownStore,
        servers: ServerStore,
        schedule: ScheduleStore,
        queries: StandingStore,
        tally: Tally,
        setting: Setting,
        clock: Clock,
    ) -> None:
        """Create the service.

        Args:
            store: stores the posted lists.
            servers: has the follows and leading sources.
            schedule: has the events of the day.
            queries: has the counts.
            tally: has the services for counts.
            setting: the desk file.
            clock: the news clock.
        """
        self._tally = tally
        self._store = store
        self._servers = servers
        self._schedule = schedule
        self._queries = queries
        self._setting = setting
        self._clock = clock

    async def next_due(self) -> datetime | None:
        """Return when the next morning list is due, or None if the desk file sets no hour for the list."""
        hour = self._setting.desk.desk.rundown
        if hour is None:
            return None
        now = self._clock.now()
        today = self._on(now, hour)
        done = await self._store.is_done(_day(now, self._setting), today)
        if not done and now < today + LATE_AT_MOST:
            return today
        return self._on(now, hour, days=1)

    async def post_due(self) -> None:
        """Post today's list if it is due and has not been posted."""
        due, now = await self.next_due(), self._clock.now()
        if due is None or due > now:
            return
        drafts: dict[tuple[int, int], Card] = {}
        for server, channel in await self._servers.channels(following_at=due):
            drafts[server, channel] = await self._draft(server, channel, now)
        await self._store.post(_day(now, self._setting), drafts, now)

    async def copy(self, message: int) -> Card:
        """Return the morning list that was posted as the Discord message `message`, as plain text to copy.

        Raises:
            BadInputError: the message is not a stored morning list.
        """
        sent = await self._store.sent(message)
        if not sent:
            raise BadInputError("that morning list is no longer on record")
        last, now = sent[-1], self._clock.now()
        return copy_answer(last.card, last.news_at, now, self._setting)

    def _on(self, moment: datetime, hour: time, *, days: int = 0) -> datetime:
        """Return a moment in UTC: `hour` in the desk's zone, on the day of `moment` or `days` after that day."""
        zone = self._setting.desk.zone
        date = moment.astimezone(zone).date() + timedelta(days=days)
        return datetime.combine(date, hour, zone).astimezone(UTC)

    async def _draft(self, server: int, channel: int, now: datetime) -> Card:
        follows = [row for row in await self._servers.following(server) if row.channel == channel]
        public = await self._servers.is_public(channel)
        setting = replace(self._setting.in_channel(server, public=public), names_staff=False)
        marks = await self._tally.marks.of(server, setting, now)
        known = [contest for row in follows if (contest := setting.desk.contest(row.contest))]
        led = [await self._tally.standing.with_leading_source(contest, server) for contest in known]
        contests = []
        for contest in led:
            if _may_be_listed(contest.leads, setting):
                without_muted = replace(setting, left_out=muted_sources(marks, contest.leads).union(setting.left_out))
                part = await self._contest(contest, server, now, without_muted)
                contests.append(replace(part, mark=marks.get(contest.leads)))
        zone = self._setting.desk.zone
        tomorrow = day_start(now.astimezone(zone).date() + timedelta(days=1), zone)
        today = await self._schedule.still_on(server, now, tomorrow)
        deadlines = await self._schedule.deadlines(server, tomorrow, now + DEADLINES_WITHIN)
        return rundown_post(
            RundownFacts(
                now,
                contests,
                # Omit events bound to another channel, which readers of this one may not see.
                [entry.event for entry in today if entry.channel in (None, channel)],
                [entry.event for entry in deadlines if entry.channel in (None, channel)],
            ),
            setting,
        )

    async def _contest(self, contest: Contest, server: int, now: datetime, setting: Setting) -> RundownContest:
        reader = setting.reader
        corrected = await self._queries.corrected(contest.id, server, reader=reader)
        margin = await self._tally.standing.margin(contest, server, reader=reader, corrected=corrected)
        facts = _without(margin, setting.left_out)
        persons = [source.id for source in self._setting.desk.sources if source.person]
        certified = await self._queries.certified(contest.id, server, now, persons, reader=reader)
        if certified and (certified.count.named or not _may_be_listed(certified.source, setting)):
            certified = None
        statements = [
            statement
            for statement in await self._queries.statements(contest.id, server, now, reader=reader)
            if _may_be_listed(statement.source, setting)
        ]
        official = next(
            (
                statement
                for statement in statements
                if statement.total is not None and self._official(contest, statement.source)
            ),
            None,
        )
        its_own = [statement for statement in statements if official and statement.source == official.source]
        updated = next((statement.last_updated for statement in its_own if statement.last_updated), None)
        between = changed_between(
            [statement for statement in its_own if official and statement.count == official.count]
        )
        if updated is not None and between is not None and updated < between[1]:
            updated = None  # other figures were entered since
        return RundownContest(
            facts,
            await self._overnight(contest, facts, now),
            certified.count if certified else None,
            self._setting.desk.source(certified.source) if certified else None,
            certified.as_of if certified else None,
            official,
            self._setting.desk.source(official.source) if official else None,
            updated,
            certified_corrected=(
                corrected.of_count(certified.source, certified.count, certified.as_of) if certified else None
            ),
            official_corrected=corrected.of_statement(official) if official else None,
        )

    def _official(self, contest: Contest, key: str) -> bool:
        source = self._setting.desk.source(key)
        return source is not None and not source.person and key != contest.leads

    async def _overnight(self, contest: Contest, facts: MarginFacts, now: datetime) -> OvernightFacts:
        """Return the changes of a contest's count since last evening. `facts` are the contest's current figures."""
        evening = self._on(now, self._setting.desk.desk.evening, days=-1)
        changes = await self._queries.changes_between(contest.id, contest.leads, evening, now + AHEAD_AT_MOST)
        at_evening = await self._queries.standing(contest.id, contest.leads, evening)
        before_last = None
        if changes:
            before_last = await self._queries.standing(
                contest.id, contest.leads, changes[-1].as_of - timedelta(microseconds=1)
            )
        earlier = before_last.change if before_last else facts.change if not changes else None
        return OvernightFacts(
            evening,
            len(changes),
            earlier,
            before_last.changed_at if before_last else facts.changed_at,
            changes[-1].as_of if changes else None,
            at_evening.change if at_evening else None,
            opened=bool(changes) and changes[0].kind == "first",
            lead_changes=_lead_changes(at_evening.change if at_evening else None, changes),
            share_passed=_share_passed(contest, facts.reading, changes),
        )


def _lead_changes(before: Change | None, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes in which another candidate took the lead.

    `before` is the count before all of them. The first leader has taken the lead from nobody. If a revision gives the
    lead back, the lead change before it is not included.
    """
    leader, found = before.leader if before and before.margin else None, list[tuple[str, Change]]()
    for change in changes:
        if not change.margin:
            continue
        if leader is not None and leader != change.leader:
            if change.kind == "revision" and found and found[-1][0] == change.leader:
                found.pop()
            else:
                found.append((leader, change))
        leader = change.leader
    return tuple(change for _, change in found)


def _share_passed(contest: Contest, reading: Reading | None, changes: Sequence[Change]) -> Reading | None:
    """Return the count when the share that the contest's rule requires was last reached or lost; None if it was not."""
    for change in reversed(changes):
        batch = change.batch or {}
        if reading is None or change.new_votes is None or None in batch.values():
            return None
        before = reading.model_copy(
            update={
                "votes": {key: votes - (batch.get(key) or 0) for key, votes in reading.votes.items()},
                "total": reading.counted - change.new_votes,
            }
        )
        yes = passing_choice(contest.candidates[0].id, reading)
        was, now = (has_majority(contest.contest_rule, one, yes) for one in (before, reading))
        if was is not None and was != now:  # a change of the lead is told, and has its own time
            return None if change.lead_changed else reading.model_copy(update={"as_of": change.as_of})
        reading = before
    return None


def _may_be_listed(source: str, setting: Setting) -> bool:
    """Return True if posts in the channel may name the source.

    `setting` has the sources to omit, and whether the channel is public.
    """
    if source in setting.left_out:
        return False
    return not setting.public or may_be_named(setting.desk.source(source), setting)


def _without(facts: MarginFacts, left_out: Collection[str]) -> MarginFacts:
    """Return the facts of a contest, without figures, calls and results from the sources in `left_out`.

    The leading source's own figures always remain.
    """
    return replace(
        facts,
        others=tuple(one for one in facts.others if one.source.id not in left_out),
        calls=tuple(one for one in facts.calls if one.source.id not in left_out),
        results=facts.results if facts.results and facts.results.source.id not in left_out else None,
    )


class RundownPost(Kind):
    """The kind of post for the morning list."""

    name = "rundown"
    does = "is the morning list"
    on_page = {
        "morning list": (
            "every morning: where things stand, what happened overnight, what is ahead today, and the deadlines of "
            'two weeks. Its button "Copy for live blog" gives you plain text'
        ),
    }
    perishable = True
    skips_thread = True
    repeats = "everything"

    def words(self, tx: Tx, post: Post) -> NotPosted | None:
        """Return the reason not to post a list that has waited, or None if it can still be posted.

        A list is not posted if a count in it has changed, or if its day is over.
        """
        if _day(tx.now, tx.setting) != _day(from_micros(post.news_at), tx.setting):
            return NotPosted("its day is over")
        if stands(tx.connection, post.states):
            return None
        again = tx.now < _due(tx.now, tx.setting) + LATE_AT_MOST
        return NotPosted(
            "the count has moved since, and " + ("it is made anew" if again else "it is too late for another")
        )

    def on_not_posted(self, tx: Tx, post: Post) -> None:
        """Request a new list from the current counts, for a list that was not posted.

        `Rundown.next_due` skips the new list if it is too late.
        """
        self.replace_outdated(tx, post)

    def replace_outdated(self, tx: Tx, post: Post) -> None:
        """Request a new list from the current counts, for a list whose figures are out of date."""
        list_again(tx.connection, post.server, post.channel, _day(from_micros(post.news_at), tx.setting))


def _due(now: datetime, setting: Setting) -> datetime:
    """Return when the day's list is due; `now` if the desk has set no hour."""
    local = now.astimezone(setting.desk.zone)
    return datetime.combine(local.date(), setting.desk.desk.rundown or local.timetz(), setting.desk.zone)


def _day(now: datetime, setting: Setting) -> str:
    return now.astimezone(setting.desk.zone).date().isoformat()
