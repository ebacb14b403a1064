"""What the cards are made of: facts as they are stored, not yet words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cards.draft import Link, PostKind
from bot.count.call import Call
from bot.count.certification import CertificationCount
from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.recount import RecountLine, watched
from bot.count.relation import Relation
from bot.count.statement import Statement
from bot.deskfile import Contest, Desk, Source
from bot.schedule.event import Event
from bot.wording.confirmed_sentences import Had


@dataclass(frozen=True, slots=True)
class Setting:
    """What every card goes by."""

    desk: Desk
    recount_lines: tuple[RecountLine, ...] = ()
    rehearsal: bool = False
    """True: every post says that it is a rehearsal."""
    public: bool = False
    """True: the public reads the channel, so sources that are for the newsroom only are not named beside others."""

    def recount_line(self, contest: Contest) -> RecountLine | None:
        """Return the recount line of the contest's state that may be stated as fact, or None."""
        return watched(self.recount_lines, contest.state)


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """A change, for a post. `change` may be the net of several."""

    contest: Contest
    source: Source
    kind: PostKind
    """The change's own kind, or `roll_up`."""
    change: Change
    before: Reading | None
    after: Reading
    now: datetime
    """The news clock's time when the words are made; dates are told relative to it."""
    checked_at: datetime
    """When the source was last asked."""
    steps: int = 1
    """How many changes it covers."""
    held_for: float | None = None
    """Seconds that a revision was held until the source had repeated it."""
    replaces: Link | None = None
    """The post that a revision replaces."""
    confirms: Had | None = None
    """What the desk had entered, and this source has now."""


@dataclass(frozen=True, slots=True)
class LedBefore:
    """The margin told last by the source that led a contest before."""

    source: Source | None
    """None: the desk file no longer has it."""
    leader: str
    margin: int


@dataclass(frozen=True, slots=True)
class RelationFacts:
    """Another source's margin beside the margin posted, for a post."""

    contest: Contest
    source: Source
    """Whose margin it is."""
    leading: Source
    relation: Relation
    leader: str
    margin: int
    """By how much `leader` leads, by that source."""
    total: int | None
    """All votes in the tally, by that source."""
    posted_leader: str
    posted_margin: int
    as_of: datetime
    """When that source said it."""
    now: datetime
    posted_number: int | None = None
    """The number of the post that it confirms or contradicts."""
    posted_as_of: datetime | None = None
    """The leading source's time for the margin posted; None: not told."""
    approximate: bool = False
    """True: `margin` was said as about."""
    had: Had | None = None
    """What the desk had entered, and this source has now."""


@dataclass(frozen=True, slots=True)
class CertifiedFacts:
    """A new count of the units that have certified, for a post."""

    contest: Contest
    source: Source
    count: CertificationCount
    before: CertificationCount | None
    """The source's earlier count; they differ. None only where the count confirms what the desk `had`."""
    as_of: datetime
    now: datetime
    deadline: Event | None = None
    """By when the rest have to certify."""
    had: Had | None = None
    """Who had this count before: it is confirmed now."""
    units: tuple[str, ...] = ()
    """FIPS codes of those that the source lists and did not before."""
    named: int | None = None
    """How many the source has listed by name, where that is more than the count."""


@dataclass(frozen=True, slots=True)
class StaleFacts:
    """A source whose own figures have not moved for long, for a post."""

    contest: Contest
    source: Source
    last_updated: datetime
    approximate: bool
    said_by: Source | None
    """Who saw it; None: the bot itself."""
    as_of: datetime
    """When it was seen."""
    now: datetime
    leading: Source
    reading: Reading | None = None
    """What the leading source has meanwhile."""
    change: Change | None = None
    """Its last change: who leads and by how much."""
    changed_at: datetime | None = None
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What a caller says of the outcome."""

    source: Source
    call: Call
    as_of: datetime
    posted: bool = True
    """False: it is the caller's feed that says so, and the newsroom does not repeat that caller's calls in posts."""


@dataclass(frozen=True, slots=True)
class ResultsFacts:
    """Whether the results as a whole are certified, by a source's word."""

    source: Source
    taken_back: bool
    as_of: datetime


@dataclass(frozen=True, slots=True)
class MarginFacts:
    """Where a contest stands by its leading source, for an answer or the morning list."""

    contest: Contest
    source: Source
    now: datetime
    reading: Reading | None
    """None: nothing has come in (by the time asked about)."""
    change: Change | None = None
    """The change that led to `reading`."""
    at: datetime | None = None
    """The time asked about; None: now."""
    changed_at: datetime | None = None
    """As of when votes last changed."""
    checked_at: datetime | None = None
    """When the source was last asked; None: never."""
    held: str | None = None
    """Why a later reading is held, in a word of `HoldReason`."""
    others: tuple["OtherSource", ...] = ()
    calls: tuple[CallFacts, ...] = ()
    """The last word of each caller, newest first."""
    results: ResultsFacts | None = None
    """The last word on whether the results are certified."""


@dataclass(frozen=True, slots=True)
class OtherSource:
    """What another source says beside the leading one: a reading's or a statement's figures."""

    source: Source
    as_of: datetime
    leader: str | None
    margin: int | None
    total: int | None
    approximate: bool = False
    entered: bool = False
    """Staff entered it; False: its own feed, or it pushed it."""


@dataclass(frozen=True, slots=True)
class OvernightFacts:
    """How the leading source's margin went since last evening."""

    since: datetime
    """The evening from which on changes are told."""
    changes: int
    """How many changes with votes came since then."""
    earlier: Change | None
    """The standing before the last change with votes, if that came since the evening; else the standing."""
    earlier_from: datetime | None
    """Since when `earlier` stood."""
    earlier_until: datetime | None
    """Until when it stood: when the last change came; None: it still stands."""
    at_evening: Change | None
    """The standing at that evening."""


@dataclass(frozen=True, slots=True)
class RundownContest:
    """One followed contest's part of the morning list."""

    standing: MarginFacts
    overnight: OvernightFacts
    certified: CertificationCount | None = None
    certified_by: Source | None = None
    certified_at: datetime | None = None
    official: Statement | None = None
    """The official source's last total (and margin), where it is not the leading source."""
    official_source: Source | None = None
    official_updated: datetime | None = None
    """When the official figures last moved, as somebody saw it, if they have been silent for long."""


@dataclass(frozen=True, slots=True)
class RundownFacts:
    """The morning list of one channel."""

    now: datetime
    contests: Sequence[RundownContest]
    today: Sequence[Event]
    """Events later today, in order."""
    deadlines: Sequence[Event]
    """Deadlines and certifications after today, in order."""


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    """An event of which somebody is reminded."""

    entry: int
    """Its id in the schedule, which the buttons carry."""
    event: Event
    lead: timedelta
    """How long before it; zero: at its time."""
    wall: datetime
    """The wall time that it speaks of: the event's, or that of places where it comes later."""
    due_at: datetime
    now: datetime
    personal: bool = False
    """To one person, by direct message."""
    public: bool = False
    """The public reads the channel: there nobody is asked what came of the event."""


@dataclass(frozen=True, slots=True)
class MovedFacts:
    """What has changed about an event that a channel was told of, or is to be."""

    before: Event
    after: Event
    now: datetime
    why: str | None = None
    """In the desk's own words."""
    replaces: Link | None = None
    """The last post about it in the same channel."""
