"""An event of a newsroom's schedule, the schedule entry that stores the event, and the entry's history.

`EventKind` names the kinds of event. The table `EVENT_KINDS` has everything that depends on the kind.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, StringConstraints, model_validator

from bot.count.reading import Frozen, Id, Label, as_tuple

EventKind = Literal[
    "rally",
    "press_conference",
    "audit",
    "recount",
    "certification",
    "deadline",
    "polls_close",
    "hearing",
    "results",
    "debate",
    "other",
]

EventStatus = Literal["expected", "confirmed", "moved", "canceled", "started", "over"]

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Years outside this range are refused as typing errors."""

END_OF_DAY = time(23, 59)
"""The wall time of an event without a time of day. Posts give only the event's day (`day_is_enough` in
bot/wording/times.py).
"""

ADDRESS = r"^https?://[^\s/?#<>@]+(?:[/?#][^\s<>]*)?$"
"""A pattern for URLs of pages. URLs are posted publicly, so user names and passwords are not allowed."""

LONGEST_LINK = 500

MOST_LATER = 50

GENERIC = {
    "EST": "ET",
    "EDT": "ET",
    "CST": "CT",
    "CDT": "CT",
    "MST": "MT",
    "MDT": "MT",
    "PST": "PT",
    "PDT": "PT",
    "AKST": "AKT",
    "AKDT": "AKT",
}
"""Season-independent names of U.S. time zones (ET), by the seasonal names (EST, EDT)."""


def _from_text(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("should be a wall time such as 2020-11-11T10:30") from None


def _without_zone(value: datetime) -> datetime:
    if value.tzinfo is not None:
        raise ValueError("should be a wall time without an offset; the zone has a field of its own")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"should be of the years {FIRST_YEAR} to {LAST_YEAR}")
    return value.replace(fold=0)


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("should be a zone of the IANA list such as America/New_York") from None
    return value


WallTime = Annotated[datetime, BeforeValidator(_from_text), AfterValidator(_without_zone)]


def _address(value: str) -> str:
    if not re.fullmatch(ADDRESS, value):
        raise ValueError("should be the address of a page, such as https://example.org/page")
    return value


EventLink = Annotated[str, StringConstraints(max_length=LONGEST_LINK), AfterValidator(_address)]
"""The URL of a web page."""


class LaterPlace(Frozen):
    """A place where an event takes place at another hour, for example where a court keeps the polls open longer."""

    place: Label
    wall: WallTime


class Event(Frozen):
    """A scheduled event of the campaign or the count, with a wall time in a time zone.

    The wall time is stored, since it is what people agreed on. The moment in UTC is computed from the zone's rules.
    """

    kind: EventKind
    title: Label
    """The title shown in lists: "Rally: Sens. Rubio, Loeffler and Perdue"."""
    wall: WallTime
    zone: Annotated[str, AfterValidator(_known_zone)]
    ends: WallTime | None = None
    """The end of the event, as a wall time in the same zone; None if unknown."""
    who: Label | None = None
    """The speaker, the host, or the court or office that ordered the event."""
    place: Label | None = None
    later: Annotated[tuple[LaterPlace, ...], BeforeValidator(as_tuple)] = ()
    """Places where the event is later, with their wall times in the same zone."""
    contest: Id | None = None
    source: Label | None = None
    """The person or office that announced the event, or the law that sets a deadline."""
    link: EventLink | None = None
    """A page where the source can be checked."""
    verified: bool = True
    """False for a deadline whose rule nobody has checked. Posts mark the deadline as not verified."""
    status: EventStatus = "confirmed"
    certifies: Literal["units", "state"] | None = None
    """For a certification deadline: `state`, or `units` if the counties must certify."""

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.ends is not None and self.ends <= self.wall:
            raise ValueError(f"ends at {self.ends.isoformat()}, which is not after its start, {self.wall.isoformat()}")
        if len(self.later) > MOST_LATER:
            raise ValueError(f"has {len(self.later)} places with another hour, more than {MOST_LATER}")
        return self

    @property
    def starts_at(self) -> datetime:
        """The start in UTC.

        If the wall time occurs twice because clocks go back, this is the first occurrence. A wall time skipped when
        clocks go forward is read by the clock before the change: 2:30 a.m. becomes 3:30 a.m.
        """
        return self.moment(self.wall)

    @property
    def ends_at(self) -> datetime | None:
        """The end in UTC; None if the event has no known end."""
        return None if self.ends is None else self.moment(self.ends)

    def moment(self, wall: datetime) -> datetime:
        """Return the moment in UTC of a wall time in the event's zone.

        Repeated and skipped times are handled as in `starts_at`.
        """
        return wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


LeadTimes = tuple[timedelta, ...]
"""How long before an event each reminder is sent. Another reminder is always sent when the event begins."""


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """An event in a newsroom's schedule, with its channel and lead times."""

    id: int
    """The entry's number. Numbers of deleted entries are not used again."""
    server: int
    channel: int | None
    """The channel in which the entry is posted, if it was set.

    With None, the entry is posted in every channel that follows its contest; without a contest, in every channel that
    follows any contest. If no channel does, the entry is posted in the desk's channel.
    """
    event: Event
    lead_times: LeadTimes | None
    """The reminders' lead times; None for the defaults of the event's kind."""
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class EntryChange:
    """A change of a schedule entry, as shown in the entry's history."""

    at: datetime
    who: str
    """The name of the person who made the change, as written in the audit log."""
    what: str
    """The audit log's name for the change: "schedule move"."""
    why: str | None
    before: Event | None
    after: Event | None


@dataclass(frozen=True, slots=True)
class EventKindInfo:
    """A kind of event, such as a rally: its name, its default lead time, and how events of this kind are handled."""

    name: str
    """The kind's name in lists: "News conference"."""
    lead_time: timedelta
    """How long before the event its reminder is sent, unless the event, the newsroom or the desk file sets another
    lead time.
    """
    words: str | None
    """A regular expression for the words that live blogs use for this kind; None if there are none."""
    has_speaker: bool = False
    """True if the event's title names the speaker: "Rally: Sens. Rubio and Perdue"."""
    is_seen: bool = True
    """True if people can see the event begin. The reminder then asks the desk whether it has begun."""


EVENT_KINDS: Final[Mapping[EventKind, EventKindInfo]] = {
    "debate": EventKindInfo("Debate", timedelta(minutes=60), "debates?", has_speaker=True),
    "polls_close": EventKindInfo(
        "Polls close",
        timedelta(minutes=60),
        "polls? (?:will |are to )?clos(?:e|es|ing)|poll closing|voting ends",
    ),
    "rally": EventKindInfo("Rally", timedelta(minutes=60), "rall(?:y|ies)", has_speaker=True),
    "press_conference": EventKindInfo(
        "News conference",
        timedelta(minutes=30),
        "(?:press|news) conferences?|pressers?|(?:press |media )?briefings?|(?:press|media) availability",
        has_speaker=True,
    ),
    "hearing": EventKindInfo(
        "Court hearing",
        timedelta(minutes=30),
        "hearings?|oral arguments?|(?:in|before) (?:the )?court",
        has_speaker=True,
    ),
    "deadline": EventKindInfo("Deadline", timedelta(days=1), "deadlines?|last day to|due by", is_seen=False),
    "recount": EventKindInfo("Recount", timedelta(minutes=60), "recounts?"),
    "certification": EventKindInfo(
        "Certification", timedelta(days=1), "certif(?:y|ies|ied|ying|ication)", is_seen=False
    ),
    "audit": EventKindInfo("Audit", timedelta(minutes=30), "audit(?:s|ed|ing)?|hand (?:tally|count)"),
    "results": EventKindInfo(
        "Results release",
        timedelta(minutes=15),
        "(?:new |more |further |updated )?results|new (?:totals|numbers|figures)|ballot drop",
    ),
    "other": EventKindInfo("Other", timedelta(minutes=30), None),
}
"""Every kind, in the order in which their words are searched for. A news conference about a recount is thus a news
conference.

Lists that users see have the order of `EventKind`.
"""

_WORDS = tuple((k, re.compile(rf"\b(?:{of.words})\b", re.IGNORECASE)) for k, of in EVENT_KINDS.items() if of.words)


def kind_in_text(what: str) -> tuple[EventKind, str]:
    """Return the kind of event that a text names, and the words in the text that name it.

    Returns `other` and "" if the text names no kind.
    """
    for kind, words in _WORDS:
        if match := words.search(what):
            return kind, match[0]
    return "other", ""


def moments(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the moments in UTC, in order, at which clocks in `zone` show `wall`.

    There is usually one moment. There are none if the clocks skip `wall`, and two if they show it twice.
    """
    return tuple(moment for moment in nearest(wall, zone) if moment.astimezone(zone).replace(tzinfo=None) == wall)


def nearest(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the moments in UTC, in order, that `wall` can mean.

    They differ by the UTC offset before and after a clock change. Unlike `moments`, this returns two moments for a
    skipped wall time (PEP 495): 2:30 a.m. in March can mean 1:30 or 3:30.
    """
    return tuple(sorted({wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}))


def zone_names(moment: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Return the names of `zone` at a moment: EST and ET."""
    name = moment.astimezone(zone).tzname() or zone.key
    return (name, GENERIC[name]) if name in GENERIC else (name,)
