"""Another source beside the one that leads: is it worth saying that it confirms or contradicts what was posted?"""

from dataclasses import dataclass
from datetime import datetime

from bot.cards.facts import RelationFacts, Setting
from bot.cards.post import relation_post
from bot.count.relation import Relation, relate, worth_saying
from bot.deskfile import Contest, Source
from bot.store.intake import Writes
from bot.store.ledger import Follow, Ledger, Posted, Related
from bot.store.rows import OutboxRow


@dataclass(frozen=True, slots=True)
class OtherMargin:
    """A margin that a source which does not lead has, by a reading or a statement."""

    contest: Contest
    source: Source
    count: str
    leader: str
    margin: int
    total: int | None
    as_of: datetime
    about: bool = False
    series: int | None = None
    statement: int | None = None
    server: int | None = None
    """Set for what one server's staff entered: only its channels are told."""


class Relating:
    """Holds other sources' margins against what each channel was told."""

    def __init__(self, ledger: Ledger, writes: Writes, setting: Setting, now: datetime) -> None:
        """Read from `ledger`, add to `writes`; `now` is the news clock's time."""
        self._ledger = ledger
        self._writes = writes
        self._setting = setting
        self._now = now

    def tell(self, other: OtherMargin, follows: list[Follow]) -> None:
        """Tell each channel where `other` confirms or contradicts for the first time what was posted there."""
        passed = self._ledger.passed.get((other.contest.id, other.count), [])
        for follow in follows:
            posted = self._ledger.posted.get((follow.id, other.count))
            if posted is None or follow.rests or (other.server is not None and other.server != follow.server):
                continue
            relation = relate(other.leader, other.margin, posted.margin_posted, passed, about=other.about)
            if relation is Relation.CONTRADICTS and other.as_of < posted.as_of:
                continue  # it is from before what was posted, and so behind
            if relation is not None:
                self._weigh(other, follow, posted, relation)

    def _weigh(self, other: OtherMargin, follow: Follow, posted: Posted, relation: Relation) -> None:
        related = self._ledger.related.get((follow.id, other.source.id, other.count))
        said = (related.relation, related.posted) if related else None
        standing_for = self._now - posted.as_of
        news = worth_saying(relation, said, posted.margin_posted, standing_for, person=other.source.person)
        if news or related is None or related.relation != relation:
            self._ledger.related[follow.id, other.source.id, other.count] = Related(relation, posted.margin_posted)
            self._writes.relations.append(
                (follow.id, other.source.id, other.count, relation.value, posted.leader, posted.margin)
            )
        if news:
            self._post(other, follow, posted, relation)

    def _post(self, other: OtherMargin, follow: Follow, posted: Posted, relation: Relation) -> None:
        leading = self._setting.desk.source(other.contest.leads)
        if leading is None:
            return
        facts = RelationFacts(
            other.contest, other.source, leading, relation, other.leader, other.margin, other.total,
            posted.leader, posted.margin, other.as_of, self._now, posted_number=posted.number,
            posted_as_of=posted.as_of,
            approximate=other.about,
        )  # fmt: skip
        draft = relation_post(facts, self._setting)
        number = self._ledger.numbers.number(follow.server, draft.words)
        self._writes.outbox.append(
            OutboxRow.worded(
                follow.server,
                follow.channel,
                number,
                draft,
                self._now,
                other.contest.id,
                other.source.id,
                statement=other.statement,
            )
        )
