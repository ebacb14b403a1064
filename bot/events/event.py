"""An event of a newsroom's schedule, at a wall time in a zone; and the entry that holds it, with its history.

`EventKind` names the kinds of event; all that differs by kind is in the one table `EVENT_KINDS`.
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
"""A year outside these is taken for a slip of the pen."""

END_OF_DAY = time(23, 59)
"""The wall time of an event without an hour. Sentences name only its day: `day_is_enough` of bot/wording/times.py."""

ADDRESS = r"^https?://[^\s/?#<>@]+(?:[/?#][^\s<>]*)?$"
"""The address of a page, without a user name and password: it is posted."""

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
"""The names of zones of the United States that hold all year, by those of a season."""


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
"""An address that a person can look at."""


class Later(Frozen):
    """A place with another hour for the same event: polls that a court keeps open longer."""

    place: Label
    wall: WallTime


class Event(Frozen):
    """Something that is to happen at a wall time in a zone.

    The wall time is what people agreed on, and does not change with a zone's rules; the moment in UTC is derived from it.
    """

    kind: EventKind
    title: Label
    """The title in a list: "Rally: Sens. Rubio, Loeffler and Perdue"."""
    wall: WallTime
    zone: Annotated[str, AfterValidator(_known_zone)]
    ends: WallTime | None = None
    """The end, as a wall time of the same zone; None: unknown."""
    who: Label | None = None
    """Who speaks, holds or orders it."""
    place: Label | None = None
    later: Annotated[tuple[Later, ...], BeforeValidator(as_tuple)] = ()
    """Places with another hour, by wall times of the same zone."""
    contest: Id | None = None
    source: Label | None = None
    """Who says so, or the law that sets a deadline."""
    link: EventLink | None = None
    """Where the source can be looked up."""
    verified: bool = True
    """False: a deadline by a rule that nobody has looked up yet, never stated as fact."""
    status: EventStatus = "confirmed"
    certifies: Literal["units", "state"] | None = None
    """For a deadline: who has to certify by then."""

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.ends is not None and self.ends <= self.wall:
            raise ValueError(f"ends at {self.ends.isoformat()}, which is not after its start, {self.wall.isoformat()}")
        if len(self.later) > MOST_LATER:
            raise ValueError(f"has {len(self.later)} places with another hour, more than {MOST_LATER}")
        return self

    @property
    def starts_at(self) -> datetime:
        """The moment in UTC.

        Of a wall time that comes twice it is the first. One that the clocks skip (2:30 a.m. on the night they go forward)
        is read by the clock before the skip, and so an hour later by the clock after it.
        """
        return self.moment(self.wall)

    @property
    def ends_at(self) -> datetime | None:
        """The end in UTC; None: unknown."""
        return None if self.ends is None else self.moment(self.ends)

    def moment(self, wall: datetime) -> datetime:
        """Return the moment, in UTC, of a wall time by the event's own clock, as `starts_at` reads it."""
        return wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


LeadTimes = tuple[timedelta, ...]
"""How long before an event its reminders come; there is always another at its time."""


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """An event in a newsroom's schedule."""

    id: int
    """Never used twice."""
    server: int
    channel: int | None
    """Where it is posted; None: in the channels that follow its contest; without a contest, in all that follow anything."""
    event: Event
    lead_times: LeadTimes | None
    """None: those of its kind."""
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """One change in an entry's history."""

    at: datetime
    who: str
    """As the audit names them."""
    what: str
    """As the audit has it: "schedule move"."""
    why: str | None
    before: Event | None
    after: Event | None


@dataclass(frozen=True, slots=True)
class KindOfEvent:
    """All that differs from one kind of event to another."""

    name: str
    """The name in lists: "News conference"."""
    lead_time: timedelta
    """When its reminder comes, if neither the desk file, the newsroom nor the event says otherwise."""
    words: str | None
    """A regular expression for the words by which live blogs name it; None: there are none."""
    has_speaker: bool = False
    """Its title names who speaks: "Rally: Sens. Rubio and Perdue"."""
    is_seen: bool = True
    """People see it begin, so its reminder asks whether it has."""


EVENT_KINDS: Final[Mapping[EventKind, KindOfEvent]] = {
    "debate": KindOfEvent("Debate", timedelta(minutes=60), "debates?", has_speaker=True),
    "polls_close": KindOfEvent(
        "Polls close",
        timedelta(minutes=60),
        "polls? (?:will |are to )?clos(?:e|es|ing)|poll closing|voting ends",
    ),
    "rally": KindOfEvent("Rally", timedelta(minutes=60), "rall(?:y|ies)", has_speaker=True),
    "press_conference": KindOfEvent(
        "News conference",
        timedelta(minutes=30),
        "(?:press|news) conferences?|pressers?|(?:press |media )?briefings?|(?:press|media) availability",
        has_speaker=True,
    ),
    "hearing": KindOfEvent(
        "Court hearing",
        timedelta(minutes=30),
        "hearings?|oral arguments?|(?:in|before) (?:the )?court",
        has_speaker=True,
    ),
    "deadline": KindOfEvent("Deadline", timedelta(days=1), "deadlines?|last day to|due by", is_seen=False),
    "recount": KindOfEvent("Recount", timedelta(minutes=60), "recounts?"),
    "certification": KindOfEvent("Certification", timedelta(days=1), "certif(?:y|ies|ied|ying|ication)", is_seen=False),
    "audit": KindOfEvent("Audit", timedelta(minutes=30), "audit(?:s|ed|ing)?|hand (?:tally|count)"),
    "results": KindOfEvent(
        "Results release",
        timedelta(minutes=15),
        "(?:new |more |further |updated )?results|new (?:totals|numbers|figures)|ballot drop",
    ),
    "other": KindOfEvent("Other", timedelta(minutes=30), None),
}
"""Every kind, in the order in which their words are looked for: a news conference about the recount is a news conference.

Lists for people have the order of `EventKind`.
"""

_WORDS = tuple((k, re.compile(rf"\b(?:{of.words})\b", re.IGNORECASE)) for k, of in EVENT_KINDS.items() if of.words)


def kind_said(what: str) -> tuple[EventKind, str]:
    """Return the kind of event that a text names, and the words that name it; `other` and "" if there are none."""
    for kind, words in _WORDS:
        if match := words.search(what):
            return kind, match[0]
    return "other", ""


def moments(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the moments, in UTC and in order, at which the clocks of `zone` show `wall`.

    One as a rule; none if the clocks skip it, and two if they show it twice.
    """
    return tuple(moment for moment in nearest(wall, zone) if moment.astimezone(zone).replace(tzinfo=None) == wall)


def nearest(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the moments that `wall` can mean, in UTC and in order: by the clock before a change, and by the one after it.

    A wall time that is skipped has two (PEP 495): 2:30 a.m. on the night in March can mean 1:30 or 3:30.
    """
    return tuple(sorted({wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}))


def zone_names(moment: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Return the names of `zone` at a moment: EST, ET."""
    name = moment.astimezone(zone).tzname() or zone.key
    return (name, GENERIC[name]) if name in GENERIC else (name,)
