"""Deadlines after an election: those set by each state's law, and those added in the desk file."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Literal, Self

from dateutil import relativedelta
from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from bot.count.reading import Frozen, Id, Label, as_tuple
from bot.events.event import END_OF_DAY, Event, EventKind

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

Certifies = Literal["units", "state"]

_WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_SATURDAY = 5

_NOVEMBER = 11

_LONGEST_CREDIT = 300
"""The maximum length of a credit in characters, which is the limit of a `Label`."""

ELECTION_DAY = "election_day"

StateCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]

_Year = Annotated[int, Field(ge=1900, le=2999)]

_Isodate = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


def _clock(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise ValueError("should be a time of day such as 17:00") from None


class _Years(Frozen):
    """The range of election years in which a rule applies: the first and the last year, or None for no limit."""

    first_year: _Year | None = None
    last_year: _Year | None = None

    def holds_in(self, year: int) -> bool:
        return (self.first_year or year) <= year <= (self.last_year or year)


class DeadlineRule(_Years):
    """A deadline set by law, counted in days from the election or another deadline: a row of `data/deadlines.toml`."""

    id: Id
    state: StateCode
    kind: EventKind
    title: Label
    certifies: Certifies | None = None
    after: Id
    """What the days are counted from: `election_day`, or the id of another rule of the same state."""
    days: Annotated[int, Field(ge=0, le=400)] | None = None
    business_days: Annotated[int, Field(ge=1, le=60)] | None = None
    weekday: Weekday | None = None
    nth: Annotated[int, Field(ge=1, le=10)] | None = None
    closed: Literal["next_business_day"] | None = None
    """Where the deadline moves if the state's offices are closed that day; None if it does not move."""
    hour: Annotated[time, BeforeValidator(_clock)] | None = None
    """The time of day of the deadline; None if the law sets none."""
    zone: str
    presidential: bool = False
    """True if the rule applies only to contests for president."""
    source: Label
    as_of: _Isodate
    """The day on which the source was read."""
    verified: bool
    conflict: Label | None = None
    """A source that contradicts the rule, if any."""

    @model_validator(mode="after")
    def _counts_in_one_way(self) -> Self:
        ways = [
            self.days is not None,
            self.business_days is not None,
            self.weekday is not None and self.nth is not None,
        ]
        if sum(ways) != 1 or (self.weekday is None) != (self.nth is None):
            raise ValueError(f"the deadline {self.id} needs one of days, business_days, or weekday with nth")
        return self

    def day(self, anchor: date, closed: "ClosedDays") -> date:
        """Return the day of the deadline, counted from the day `anchor`.

        `closed` are the days on which the state's offices are closed.
        """
        if self.business_days is not None:
            return closed.business_days_after(anchor, self.business_days)
        if self.weekday is not None and self.nth is not None:
            ahead = (_WEEKDAYS.index(self.weekday) - anchor.weekday() - 1) % 7 + 1
            day = anchor + timedelta(days=ahead + 7 * (self.nth - 1))
        else:
            day = anchor + timedelta(days=self.days or 0)
        return closed.business_days_after(day, 1) if self.closed and closed.on(day) else day

    @property
    def credit(self) -> str:
        """The credit line for the rule, in up to 300 characters.

        It has the source, when the source was read, and any contradicting source.
        """
        line = f"{self.source}; read {self.as_of}" + (f"; but {self.conflict}" if self.conflict else "")
        return line if len(line) <= _LONGEST_CREDIT else line[: _LONGEST_CREDIT - 1] + "\u2026"


class Holiday(_Years):
    """A yearly holiday on which a state's offices are closed: a date, or the nth weekday of a month."""

    state: StateCode
    name: Label
    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    weekday: Weekday | None = None
    nth: Annotated[int, Field(ge=-1, le=5)] | None = None
    """The weekday's number in the month, for example 4 for the fourth Thursday; -1 for the last."""
    days_later: Annotated[int, Field(ge=0, le=6)] = 0

    @model_validator(mode="after")
    def _is_a_day(self) -> Self:
        if (self.day is None) == (self.weekday is None) or (self.weekday is None) != (not self.nth):
            raise ValueError(f"the holiday {self.name} needs a day, or weekday and nth")
        return self

    def observed_on(self, year: int) -> date:
        """Return the day on which the holiday is observed.

        A date on a Saturday moves to Friday, a date on a Sunday to Monday.
        """
        if self.day is not None:
            day = date(year, self.month, self.day)
            return day + timedelta(days={_SATURDAY: -1, _SATURDAY + 1: 1}.get(day.weekday(), 0))
        weekday = relativedelta.weekday(_WEEKDAYS.index(self.weekday or "monday"), self.nth)
        last = 31 if self.nth == -1 else 1
        day = date(year, self.month, 1) + relativedelta.relativedelta(day=last, weekday=weekday)
        return day + timedelta(days=self.days_later)


class Law(Frozen):
    """The rules and holidays in `data/deadlines.toml`."""

    deadlines: Annotated[tuple[DeadlineRule, ...], BeforeValidator(as_tuple)]
    holidays: Annotated[tuple[Holiday, ...], BeforeValidator(as_tuple)] = ()

    @model_validator(mode="after")
    def _rules_follow_what_they_count_from(self) -> Self:
        known: set[tuple[str, str]] = set()
        if doubled := [
            key for key, times in Counter((rule.state, rule.id) for rule in self.deadlines).items() if times > 1
        ]:
            raise ValueError(f"the deadline {doubled[0][1]} of {doubled[0][0]} is there twice")
        for rule in self.deadlines:
            if rule.after != ELECTION_DAY and (rule.state, rule.after) not in known:
                raise ValueError(f"the deadline {rule.id} is counted from {rule.after}, which is not above it")
            known.add((rule.state, rule.id))
        return self

    @cached_property
    def states(self) -> frozenset[str]:
        """Postal codes of the states with deadlines in the table."""
        return frozenset(rule.state for rule in self.deadlines)


def deadlines(
    law: Law, state: str | None, election_day: date | None, *, presidential: bool = False, contest: str | None = None
) -> tuple[Event, ...]:
    """Return the deadlines that a state's law sets after an election, in order of time; empty if none are known.

    The rules were checked for general elections in November. For any other election day, all deadlines are marked
    unverified. A deadline counted from an unverified deadline is unverified, too.

    Args:
        law: the rules and holidays.
        state: the postal code; if None, there are no deadlines.
        election_day: the day of the election; if None, there are no deadlines.
        presidential: True if the contest is for president.
        contest: the contest's id, stored in each event.

    """
    if state is None or election_day is None:
        return ()
    closed = ClosedDays(holiday for holiday in law.holidays if holiday.state == state)
    days: dict[str, tuple[date, bool]] = {ELECTION_DAY: (election_day, election_day.month == _NOVEMBER)}
    events = []
    for rule in law.deadlines:
        if rule.state != state or not rule.holds_in(election_day.year) or rule.after not in days:
            continue
        anchor, certain = days[rule.after]
        day, verified = rule.day(anchor, closed), certain and rule.verified
        days[rule.id] = (day, verified)
        if presidential or not rule.presidential:
            events.append(_event(rule, day, verified, contest))
    return tuple(sorted(events, key=lambda event: event.starts_at))


def _event(rule: DeadlineRule, day: date, verified: bool, contest: str | None) -> Event:
    return Event(
        kind=rule.kind,
        title=rule.title,
        wall=datetime.combine(day, rule.hour or END_OF_DAY),
        zone=rule.zone,
        contest=contest,
        source=rule.credit,
        verified=verified,
        certifies=rule.certifies,
    )


def with_desk_file_deadlines(by_law: Iterable[Event], own: Iterable[Event]) -> tuple[Event, ...]:
    """Combine the desk file's deadlines for a contest with those set by law.

    A desk file's deadline replaces the law's deadline with the same `certifies`.
    """
    mine = tuple(own)
    replaced = {event.certifies for event in mine} - {None}
    kept = (event for event in by_law if event.certifies is None or event.certifies not in replaced)
    return tuple(sorted((*kept, *mine), key=lambda event: event.starts_at))


class ClosedDays:
    """The days on which a state's offices are closed: weekends and holidays."""

    def __init__(self, holidays: Iterable[Holiday]) -> None:
        """Create the days for one state. `holidays` are that state's holidays."""
        self._holidays = tuple(holidays)
        self._by_year: dict[int, frozenset[date]] = {}

    def on(self, day: date) -> bool:
        """Return True if the offices are closed on `day`."""
        return day.weekday() >= _SATURDAY or day in self._kept(day.year) or day in self._kept(day.year + 1)

    def business_days_after(self, day: date, number: int) -> date:
        """Return the day that is `number` business days after `day`."""
        while number:
            day += timedelta(days=1)
            number -= not self.on(day)
        return day

    def _kept(self, year: int) -> frozenset[date]:
        if year not in self._by_year:
            self._by_year[year] = frozenset(each.observed_on(year) for each in self._holidays if each.holds_in(year))
        return self._by_year[year]
