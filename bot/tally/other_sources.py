"""Compares other sources with the leading one, and posts if they confirm or contradict the posted margin.

An agreeing margin is posted the first time, after a contradiction, or when the posted margin has been unconfirmed for an
hour. Otherwise two feeds in step would double every post. A source that shows a margin which the leading source had
earlier, also if it is still the posted one, is merely behind: that is never posted. Figures that arrive in quiet hours
are compared with the posted margin when quiet hours end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.count.relation import CAUGHT_UP_WITHIN, DIFFERS_AFTER, PostedMargin, Relation, agrees, relate, worth_saying
from bot.count.statement import Figure, Statement
from bot.database.database import from_micros
from bot.desk.desk_file import Contest, Source
from bot.outbox.merging_store import MERGES_AFTER
from bot.outbox.rows import OutboxRow, Post
from bot.outbox.tx import Tx
from bot.tally.intake_store import (
    AwaitedFigure,
    Follow,
    Ledger,
    Related,
    Series,
    count_of,
    leads_in,
    load,
    load_relations,
)
from bot.tally.other_sources_store import Comparison, margin_stated_in, statement_of, valid_statement
from bot.tally.other_sources_words import RelationFacts, SkipReason, relation_post
from bot.tally.writes_store import NewAwaitedFigure, PostedRelation, PostponedComparison, SettledAwaitedFigure, Writes
from bot.wording.card import Card
from bot.wording.context import Setting, may_be_named
from bot.wording.entered_before import EnteredBefore

FRESH = MERGES_AFTER
"""A post that is older than this, by the news clock, counts as having waited."""


@dataclass(frozen=True, slots=True)
class EarlierMargin:
    """A margin that a post in a channel stated, before the same source gave another margin for the same minute."""

    post: int
    """The post's outbox id."""
    number: int
    leader: str
    margin: int


@dataclass(frozen=True, slots=True)
class OtherMargin:
    """A margin from a reading or a statement, of a source that is not the leading one.

    It is compared with the leading source's margin posted in a channel.
    """

    contest: Contest
    source: Source
    count: str
    leader: str
    margin: int
    total: int | None
    as_of: datetime
    about: bool = False
    series: int | None = None
    reading: Reading | None = None
    """The reading, if the margin comes from a series."""
    statement: int | None = None
    server: int | None = None
    """The server whose staff entered it; None for all servers."""
    pushed: bool = False
    """True if the source itself sent the statement."""
    instead_of: Mapping[int, EarlierMargin] = field(default_factory=dict)
    """By channel: the margin posted before for the same minute, which this one corrects."""

    @classmethod
    def of_series(cls, series: Series, contest: Contest, source: Source) -> "OtherMargin | None":
        """Return the margin of a series' accepted reading. None without a reading, or with only one candidate."""
        reading = series.known.accepted
        if reading is None:
            return None
        margin = margin_of(reading.votes, series.known.leader)
        if margin.votes is None:
            return None
        return cls(
            contest,
            source,
            reading.count,
            margin.leader,
            margin.votes,
            reading.total,
            reading.as_of,
            series=series.id,
            reading=reading,
        )


@dataclass(frozen=True, slots=True)
class SkippedChannel:
    """A channel in which a margin is not posted, and why."""

    why: SkipReason
    follow: Follow
    posted: PostedMargin | None
    """The leading source's margin last posted in the channel, or None."""


class OtherSources:
    """Compares other sources' margins with the margin posted in each channel."""

    def __init__(self, ledger: Ledger, writes: Writes, setting: Setting, now: datetime) -> None:
        """Create the comparison for one transaction.

        It reads the state from `ledger`, and adds rows to `writes`. `now` is the news clock's time.
        """
        self._ledger = ledger
        self._writes = writes
        self._setting = setting
        self._now = now

    def tell(self, other: OtherMargin, follows: list[Follow]) -> list[SkippedChannel]:
        """Post in each channel in which it is news that `other` confirms or contradicts the posted margin.

        Returns the channels without a post, each with the reason.
        """
        skipped_channels = []
        for follow in follows:
            if other.server not in (None, follow.server):
                continue
            posted = self._ledger.posted.get((follow.id, other.count))
            if why := self._tell(other, follow, posted):
                skipped_channels.append(SkippedChannel(why, follow, posted))
        return skipped_channels

    def _tell(self, other: OtherMargin, follow: Follow, posted: PostedMargin | None) -> SkipReason | None:
        """Post in one channel if the comparison is news. Returns the reason if nothing is posted, else None."""
        if follow.leads is None or follow.leads == other.source.id:  # where it leads, its changes are told
            same = posted and agrees(other.leader, other.margin, posted.margin_posted, about=other.about)
            return "posted" if same else "leads"
        if posted is None:
            return "first"
        if other.series is not None and self._skips(follow, other.series):
            return "skipped"
        passed = self._ledger.passed.get((follow.leads, other.contest.id, other.count), [])
        relation = relate(other.leader, other.margin, posted.margin_posted, passed, about=other.about)
        anew = follow.channel in other.instead_of
        if not anew and relation not in (None, Relation.CONFIRMS) and other.as_of < posted.as_of:
            return "older"  # than what was posted, and so behind
        if other.statement is not None:
            self._entered(other, follow, other.statement, relation)
            desk_figure = None
        else:
            desk_figure = self.caught_up(
                follow, other.source.id, other.count, (other.leader, other.margin), other.total
            )
        newer = posted.newer and posted.newer[:2]
        behind = relation is Relation.CONFIRMS and newer is not None and newer != posted.margin_posted
        if (relation is None or behind) and desk_figure is None and not anew:
            return "passed"
        return self._weigh(other, follow, posted, relation or Relation.CONTRADICTS, desk_figure)

    def _skips(self, follow: Follow, series: int) -> bool:
        """Return True if a channel wants no posts about other feeds, or is in its quiet hours.

        In quiet hours, the comparison is put off until they end.
        """
        if "other_sources" in follow.preferences.without:
            return True
        until = follow.preferences.quiet_until(self._now, self._setting.desk.zone)
        if until is None:
            return False
        self._writes.postponed.append(PostponedComparison(follow.id, series, until))
        return True

    def caught_up(
        self, follow: Follow, source: str, count: str, margin: tuple[str, int] | None, total: int | None
    ) -> AwaitedFigure | None:
        """Return the figure of the desk's that a feed has now reached, or None. Each figure is returned only once.

        Args:
            follow: the channel.
            source: the feed's source.
            count: the count of the feed's figures.
            margin: the leader and the margin in the feed; None if unknown.
            total: all votes in the feed; None if unknown.
        """
        found = None
        for ahead in self._ahead(follow, source, count):
            statement, entered = ahead.statement, ahead.statement.margin
            if ahead.figure == "total":
                fits = total is not None and statement.total == total
            else:
                about = "margin" in statement.approximate
                known = margin is not None and statement.leader is not None and entered is not None
                fits = known and agrees(statement.leader or "", entered or 0, margin or ("", 0), about=about)
            if fits:
                found = found or ahead
                self._settle(follow, ahead, margin)
        return found

    def _ahead(self, follow: Follow, source: str, count: str) -> list[AwaitedFigure]:
        return [
            ahead
            for ahead in self._ledger.ahead.get(follow.id, [])
            if ahead.statement.count == count
            and ahead.statement.source != source
            and self._now - ahead.statement.as_of <= CAUGHT_UP_WITHIN
        ]

    def _settle(self, follow: Follow, ahead: AwaitedFigure, margin: tuple[str, int] | None) -> None:
        """Record that the desk's figure `ahead` is no longer ahead of the feeds: a feed has reached it.

        `margin` is that feed's (leader, margin); None if unknown.
        """
        statement = ahead.statement
        self._ledger.ahead[follow.id].remove(ahead)
        self._writes.caught_up.append(SettledAwaitedFigure(follow.id, statement.source, statement.count, ahead.figure))
        if ahead.figure == "margin" and margin is not None:
            self._remember(follow, statement.source, statement.count, Relation.CONFIRMS, margin)

    def _entered(self, other: OtherMargin, follow: Follow, statement: int, relation: Relation | None) -> None:
        """Record whether the margin just entered is ahead of the feeds, in place of the one entered before.

        `statement` is the entered statement's id. `relation` is the relation of its margin to the posted one; None if
        it is not news.
        """
        key = (follow.id, other.source.id, other.count, "margin")
        self._writes.caught_up.append(SettledAwaitedFigure(*key))
        if relation not in (None, Relation.CONFIRMS):
            self._writes.ahead.append(NewAwaitedFigure(*key, statement))

    def _remember(self, follow: Follow, source: str, count: str, relation: Relation, posted: tuple[str, int]) -> None:
        self._ledger.related[follow.id, source, count] = Related(relation, posted)
        self._writes.relations.append(PostedRelation(follow.id, source, count, relation, *posted))

    def _weigh(
        self,
        other: OtherMargin,
        follow: Follow,
        posted: PostedMargin,
        relation: Relation,
        desk_figure: AwaitedFigure | None,
    ) -> SkipReason | None:
        related = self._ledger.related.get((follow.id, other.source.id, other.count))
        said = (related.relation, related.posted) if related else None
        standing_for = self._now - posted.as_of
        # Feeds are minutes apart on a busy night. That they differ is news once what was posted has stood for a while.
        if (
            relation is Relation.CONTRADICTS
            and other.series is not None
            and standing_for < DIFFERS_AFTER
            and desk_figure is None
        ):
            self._writes.postponed.append(PostponedComparison(follow.id, other.series, posted.as_of + DIFFERS_AFTER))
            return "moving"
        news = worth_saying(relation, said, posted.margin_posted, standing_for, person=other.source.person)
        if other.statement is not None and relation is not Relation.CONFIRMS:
            waits = self._ledger.unsent.get((follow.channel, other.source.id))
            news = news or (waits is not None and waits != (other.leader, other.margin))
        earlier = other.instead_of.get(follow.channel)
        if news or related is None or related.relation != relation:
            self._remember(follow, other.source.id, other.count, relation, posted.margin_posted)
        if news or desk_figure is not None or earlier is not None:
            self._post(other, follow, posted, relation, desk_figure)
            return None
        if relation is Relation.CONFIRMS:
            return "posted"
        return "differs"

    def _post(
        self,
        other: OtherMargin,
        follow: Follow,
        posted: PostedMargin,
        relation: Relation,
        ahead: AwaitedFigure | None,
    ) -> None:
        desk_figure = entered_before(ahead.statement, ahead.figure, self._setting) if ahead else None
        facts = self._facts(other, follow, posted, relation, desk_figure)
        if facts is None:
            return
        earlier = other.instead_of.get(follow.channel)
        draft = relation_post(facts, self._setting.in_channel(follow.server, public=follow.public))
        topic = Comparison(other.statement, ahead.statement_id if ahead else None, ahead.figure if ahead else None)
        row = OutboxRow.worded(
            follow.server,
            follow.channel,
            self._ledger.number(follow.server, draft.words),
            draft,
            self._now,
            other.contest.id,
            other.source.id,
            about=earlier.post if earlier else None,
            chain=other.series,
            topic=topic,
        )
        self._writes.outbox.append(row)

    def _facts(
        self,
        other: OtherMargin,
        follow: Follow,
        posted: PostedMargin,
        relation: Relation,
        desk_figure: EnteredBefore | None,
    ) -> RelationFacts | None:
        leading = self._setting.desk.source(follow.leads or other.contest.leads)
        if leading is None:
            return None
        earlier = other.instead_of.get(follow.channel)
        return RelationFacts(
            contest=other.contest,
            source=other.source,
            leading=leading,
            relation=relation,
            leader=other.leader,
            margin=other.margin,
            total=other.total,
            posted=posted,
            as_of=other.as_of,
            now=self._now,
            count=other.count,
            entered=other.statement is not None and not other.pushed,
            approximate=other.about,
            desk_figure=desk_figure,
            reading=other.reading,
            instead_of=(earlier.number, earlier.leader, earlier.margin) if earlier else None,
        )

    def as_of_now(
        self, other: OtherMargin, follow: Follow, desk_figure: EnteredBefore | None, *, waited: bool
    ) -> RelationFacts | str:
        """Return how a margin compares now with the one posted in a channel, or the reason why it is not worth a post.

        Args:
            other: the margin.
            follow: the channel.
            desk_figure: the desk's earlier figure, if the margin confirms it; else None.
            waited: True if the post has waited; it is then dropped if older than the leading source's count.
        """
        if follow.leads is None or follow.leads == other.source.id:
            return "its source leads now"
        posted = self._ledger.posted.get((follow.id, other.count))
        if posted is None:
            return "nothing of the leading source is posted there"
        leader, margin, newest = posted.newer or (*posted.margin_posted, posted.as_of)
        passed = self._ledger.passed.get((follow.leads, other.contest.id, other.count), [])
        relation = relate(other.leader, other.margin, posted.margin_posted, passed, about=other.about)
        differs = not agrees(other.leader, other.margin, (leader, margin), about=other.about)
        earlier = other.instead_of.get(follow.channel)
        entered = other.statement is not None and relation is not Relation.CONFIRMS
        if earlier is None and differs and other.as_of < newest and (waited or entered):
            return "it is older than the leading source's count"
        if relation is None and desk_figure is None and earlier is None:
            return "the leading source has left that margin behind"
        if relation is Relation.CONFIRMS and earlier is None and other.source.person:
            return "the leading source has that margin by now"
        facts = self._facts(other, follow, posted, relation or Relation.CONTRADICTS, desk_figure)
        return facts or "the desk file no longer has the leading source"


def entered_before(statement: Statement, figure: Figure, setting: Setting) -> EnteredBefore | None:
    """Return a statement's `figure`, for texts about a source that confirms the figure.

    Returns None if the desk file no longer has the statement's source.
    """
    source = setting.desk.source(statement.source)
    return EnteredBefore.of(statement, figure, source) if source is not None else None


def compared(tx: Tx, post: Post, comparison: Comparison, setting: Setting) -> Card | str:
    """Return the post that compares another source's margin with the posted one, or why there is none now.

    Args:
        tx: the transaction.
        post: the outbox row.
        comparison: the sources and figures to compare.
        setting: the setting of the channel.
    """
    contest, source = setting.desk.contest(post.contest or ""), setting.desk.source(post.source or "")
    if contest is None or source is None:
        return "the desk file no longer has its contest or source"
    statement = valid_statement(tx.connection, comparison.statement)
    if comparison.statement is not None and (statement is None or statement.margin is None or statement.leader is None):
        return "its source has said something newer"
    count = statement.count if statement else count_of(tx.connection, post.chain)
    leads = leads_in(tx.connection, post.server, contest.id, setting.desk.leading)
    key = (leads if statement else source.id, contest.id, count)
    ledger = load(tx, [key])
    load_relations(tx.connection, ledger, [key])
    follow = next((one for one in ledger.follows.get(key, ()) if one.channel == post.channel), None)
    if follow is None:
        return "its channel no longer follows the contest"
    if not may_be_named(setting.desk.source(follow.leads or ""), setting):
        return "the leading source is for the newsroom only"
    contest = setting.desk.with_leading_source(contest, follow.leads)
    desk_figure = None
    if statement is not None:
        assert statement.margin is not None and statement.leader is not None  # noqa: S101, PT018 - looked at above
        total = statement.total if statement.exact("total") else None
        earlier = margin_stated_in(tx.connection, post.about, source.id)
        other = OtherMargin(
            contest,
            source,
            count,
            statement.leader,
            statement.margin,
            total,
            statement.as_of,
            "margin" in statement.approximate,
            statement=comparison.statement,
            server=post.server,
            pushed=statement.entered_by is None,
            instead_of={post.channel: EarlierMargin(*earlier)} if earlier else {},
        )
    else:
        from_series = OtherMargin.of_series(ledger.series[key], contest, source)
        if from_series is None:
            return "its source has no margin"
        other = from_series
        entered = statement_of(tx.connection, comparison.confirms)
        if entered is not None and comparison.figure is not None and _has_figure(other, entered, comparison.figure):
            desk_figure = entered_before(entered, comparison.figure, setting)
    waited = tx.now - from_micros(post.news_at) > FRESH
    facts = OtherSources(ledger, Writes(), setting, tx.now).as_of_now(other, follow, desk_figure, waited=waited)
    return facts if isinstance(facts, str) else relation_post(facts, setting)


def _has_figure(other: OtherMargin, entered: Statement, figure: Figure) -> bool:
    """Return True if the source of `other` now has the figure that the desk had entered in the statement `entered`."""
    if figure == "total":
        return other.total is not None and other.total == entered.total
    about = "margin" in entered.approximate
    return agrees(entered.leader or "", entered.margin or 0, (other.leader, other.margin), about=about)
