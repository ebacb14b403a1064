"""A chart or a map, worked out before it is drawn: points, ticks and labels, counties, and both described for who can't see them.

A picture has no markdown: names come cleaned, not escaped.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.count.reading import Reading, Unit
from bot.desk.desk_file import Source
from bot.errors import BadInputError
from bot.wording.context import ContestContext
from bot.wording.draft import PictureShape
from bot.wording.escape import capitalised, clean, possessive, stopped, without_markdown
from bot.wording.names import is_plain, where
from bot.wording.numbers import commas, spelled
from bot.wording.question import Question, SourceMark
from bot.wording.times import clock, date_line

Shown = Literal["lead", "votes"]
"""What a chart shows over time: the margin, or the votes of the two who are ahead."""

MOST_MARKED = 4
"""Lead changes that get a label; the last ones."""

_MOST_TICKS = 5

_MOST_MARGINS: Final[Mapping[PictureShape, int]] = {"wide": 3, "square": 5, "tall": 6}
"""Steps between margins, at most."""

_MOST_NAME = 22

_STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 4320, 7 * 1440, 14 * 1440, 30 * 1440, 90 * 1440)
)

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class At:
    """A margin at a time."""

    as_of: datetime
    leader: str
    margin: int
    lead_changed: bool = False
    votes: Mapping[str, int] = field(default_factory=dict)
    """By candidate id, where they are drawn."""


@dataclass(frozen=True, slots=True)
class ChartFacts:
    """A margin over time, by one source."""

    source: Source
    points: Sequence[At]
    """At least one; oldest first. Where there were very many batches, some of them."""
    batches: int
    """How many there were."""
    until: datetime
    """Up to when the last margin is known to have stood: when the source was last checked, or the time asked about."""
    names: dict[str, str] | None = None
    status: str = "Unofficial."
    """The results status in words."""
    since: datetime | None = None
    """The time asked from; None: from the start."""
    as_of: datetime | None = None
    """As of when the newest figures are; None: the last point's."""
    begins: datetime | None = None
    """As of when the first figures on record are, where it was asked from a time before; else None."""

    @property
    def updates(self) -> int:
        """How many came after the first point: the first reading of all is none, it only opens the record."""
        opens = self.since is None or self.points[0].as_of > self.since
        return max(0, self.batches - opens)


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled point of a chart."""

    x: float
    y: int
    words: str


@dataclass(frozen=True, slots=True)
class Axes:
    """From where to where a chart goes, and what stands beside its axes."""

    since: float
    until: float
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[int, str]]
    """The lowest is at or below all that is drawn, the highest at or above it."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. `x` is in seconds since 1970, `y` in votes: below zero where the other one leads."""

    shape: PictureShape
    title: str
    subtitle: str
    small: str
    """The source and the time."""
    x: list[float]
    y: list[int]
    other: list[int] | None
    """With the leader's votes in `y`: those of the one who is second, drawn as a dashed line; None: `y` is a margin."""
    axes: Axes
    above: str
    below: str
    """Who leads on the side of zero that is drawn above and on the one below; empty where it is the same all along."""
    marks: list[Mark]
    """The last lead changes, oldest first."""
    ends: list[Mark]
    """Where the line ends, and the dashed one."""
    begins: Mark | None
    """The first margin; None: votes are shown."""
    dots: bool
    """True: few enough batches to mark each by a dot."""


_FEW = 300


def chart_of(facts: ChartFacts, asked: Question, shape: PictureShape = "square", shown: Shown = "lead") -> Chart:
    """Return what the chart shows: the margin, or the votes of the two who are ahead at its end.

    Raises:
        BadInputError: there are no two whose votes could be shown.

    """
    told = asked.told(facts.names)
    points = facts.points
    first, end = points[0].as_of, points[-1]
    others = [key for key in dict.fromkeys(point.leader for point in points if point.margin) if key != end.leader]
    signed = len(others) < 2  # the leader and one other: two sides
    other: list[int] | None = None
    if shown == "votes":
        second = _second(end)
        values, other = _votes(points, end.leader), _votes(points, second)
        said = [f"{name_in_picture(told, key)}\n{commas(end.votes.get(key, 0))}" for key in (end.leader, second)]
    else:
        values = [-point.margin if signed and point.leader != end.leader else point.margin for point in points]
        said = [commas(end.margin)]
    until = max(facts.until, end.as_of)
    last = [values[-1], *([other[-1]] if other else [])]
    margins = y_ticks(*scale_of([*values, *(other or [])]), shape)
    two_sides = shown == "lead" and signed and len(others) > 0
    up, down = "\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK DOWN-POINTING TRIANGLE}"
    return Chart(
        shape=shape,
        title=chart_title(name_in_picture(told, end.leader), end.margin),
        subtitle=axis_title(told, _what(shown, signed=signed), first, from_zero=margins[0][0] <= 0),
        small=source_line(
            told,
            facts.source,
            facts.status,
            facts.as_of or end.as_of,
            loud_mark=asked.setting.loud_mark,
            mark=asked.mark,
        ),
        x=[point.as_of.timestamp() for point in points],
        y=values,
        other=other,
        axes=Axes(
            first.timestamp(),
            until.timestamp(),
            x_ticks(first, until, told.zone, shape),
            margins,
        ),
        above=f"{up} {name_in_picture(told, end.leader)} ahead" if two_sides else "",
        below=f"{down} {name_in_picture(told, others[0])} ahead" if two_sides else "",
        marks=_marks(told, points, values) if shown == "lead" else [],
        begins=Mark(first.timestamp(), values[0], commas(points[0].margin)) if shown == "lead" else None,
        ends=[Mark(until.timestamp(), value, words) for value, words in zip(last, said, strict=True)],
        dots=len(points) <= _FEW,
    )


def _what(shown: Shown, *, signed: bool) -> str:
    """Return what is drawn; with more than two leaders no side is anybody's."""
    if shown == "votes":
        return "votes"
    return "margin in votes" if signed else "margin of whoever leads"


def _second(end: At) -> str:
    """Return who is second at the end."""
    behind = [key for key in end.votes if key != end.leader]
    if not behind:
        raise BadInputError("there is nobody beside the leader whose votes could be shown")
    return max(behind, key=lambda key: end.votes[key])


def _votes(points: Sequence[At], key: str) -> list[int]:
    """Return somebody's votes at each point; who was not listed yet had none that anybody knew of."""
    return [point.votes.get(key, 0) for point in points]


def scale_of(values: Sequence[int]) -> tuple[int, int]:
    """Return the lowest and the highest of what is to be seen: from zero, unless what moves would be too small to see.

    A margin that moved by 48 of 14,101 is a flat line on a scale from zero.
    """
    low, high = min(values), max(values)
    if high == low or low <= high - low:
        return min(low, 0), max(high, 0)
    return low, high


def chart_words(facts: ChartFacts, asked: Question, shown: Shown = "lead") -> str:
    """Return what the chart shows, for who can't see it; at most 1,000 characters."""
    told, points = asked.told(facts.names), facts.points
    changes = [(name_in_picture(told, point.leader), point.as_of) for point in points if point.lead_changed]
    margins = [(name_in_picture(told, point.leader), point.margin, point.as_of) for point in points]
    end = points[-1]
    keys = [end.leader, _second(end)] if shown == "votes" else []
    votes = [(name_in_picture(told, key), end.votes[key]) for key in keys]
    drawn = alt_text(told, facts.source, margins, changes, facts.updates, votes)
    return clean(f"{asked.setting.loud_mark}{drawn}", 1000)


def x_ticks(start: datetime, until: datetime, zone: ZoneInfo, shape: PictureShape = "wide") -> list[tuple[float, str]]:
    """Return a few round times between two, by the clocks of the zone, with their labels: as many as a shape has room for.

    At midnight it is the date.
    """
    most = _MOST_TICKS if shape == "wide" else _MOST_TICKS - 1
    span = max(until - start, timedelta(minutes=10))
    # "10:30 p.m." is longer than "10 p.m." and "Nov. 11".
    step = next((step for step in _STEPS if span // step <= most - (step < _HOUR)), _STEPS[-1])
    wall = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    found: list[tuple[float, str]] = []
    while len(found) <= _MOST_TICKS:  # by wall time: a tick at noon is at noon on the day the clocks change too
        moment = wall.replace(tzinfo=zone)
        if moment > until:
            break
        if moment >= start:
            found.append((moment.timestamp(), _tick(moment, zone)))
        wall += step
    return found or [(start.timestamp(), _tick(start, zone))]


def _tick(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return clock(moment, zone) if local.hour or local.minute else date_line(moment, zone).split(", ")[1]


def y_ticks(low: int, high: int, shape: PictureShape = "square") -> list[tuple[int, str]]:
    """Return a few round numbers, with their labels; the first is at or below the lowest, the last at or above the highest."""
    step = next(
        factor * 10**power
        for power in range(12)
        for factor in (1, 2, 5)
        if -(-high // (factor * 10**power)) - low // (factor * 10**power) <= _MOST_MARGINS[shape]
    )
    first, last = low // step, max(-(-high // step), low // step + 1)
    return [(value * step, commas(abs(value * step))) for value in range(first, last + 1)]


def _marks(told: ContestContext, points: Sequence[At], values: Sequence[int]) -> list[Mark]:
    found = [
        Mark(point.as_of.timestamp(), value, moved_ahead(name_in_picture(told, point.leader), dated(told, point.as_of)))
        for point, value in zip(points, values, strict=True)
        if point.lead_changed
    ]
    return found[-MOST_MARKED:]


def name_in_picture(told: ContestContext, key: str) -> str:
    """Return a candidate's last name for a picture, which has no markdown."""
    known = told.contest.candidate(key)
    said = known.last if known else (told.names or {}).get(key, key)
    return clean(said, _MOST_NAME) or "a candidate without a name"


_MOST_SOURCE = 40

_MOST_PLACE = 34

_MOST_RACE = 40

_MOST_CHANGES = 5


def chart_title(leader: str, margin: int) -> str:
    """Return "Biden leads by 14,101"; the place has a line of its own."""
    return f"{leader} leads by {commas(margin)}" if margin else "The count is tied"


def axis_title(context: ContestContext, what: str, start: datetime, *, from_zero: bool) -> str:
    """Return what is drawn: "President, Georgia: margin in votes, from 9:04 p.m. Nov. 3"; that a scale does not begin at zero is said."""
    scale = ", " if from_zero else " (scale not from 0),\n"
    return f"{place_in_picture(context)}: {what}{scale}from {dated(context, start)}"


def source_line(
    context: ContestContext,
    source: Source,
    status: str,
    as_of: datetime,
    *,
    loud_mark: str = "",
    mark: SourceMark | None = None,
) -> str:
    """Return the source, the results status and the time, with its zone and date: a picture outlives the day.

    `loud_mark`: the setting's, which says what is not in earnest. `mark`: what sets the source apart for now.
    """
    said = clean(source.credit or source.name, _MOST_SOURCE)
    year = as_of.astimezone(context.zone).year
    date = f"{clock(as_of, context.zone, 'generic')} {date_line(as_of, context.zone).split(', ')[1]}, {year}"
    short = "Certified, it says." if status.startswith("Certified") else status
    marked = f" {mark.brief}" if mark else ""
    return f"{loud_mark}{stopped(f'Source: {said}')}\nAs of {date}. {short}{marked}"


def dated(context: ContestContext, moment: datetime) -> str:
    """Return a time with its date, never "today": a picture outlives the day."""
    return f"{clock(moment, context.zone)} {date_line(moment, context.zone).split(', ')[1]}"


def moved_ahead(leader: str, when: str) -> str:
    """Return the label of a lead change."""
    return f"{leader} moves ahead\n{when}"


def alt_text(
    context: ContestContext,
    source: Source,
    margins: Sequence[tuple[str, int, datetime]],
    changes: Sequence[tuple[str, datetime]],
    updates: int,
    votes: Sequence[tuple[str, int]] = (),
) -> str:
    """Return what a chart shows: from where to where, how high, and each lead change.

    Args:
        context: the contest.
        source: whose count.
        margins: (leader, margin, when), oldest first.
        changes: (who moved ahead, when).
        updates: how many there were.
        votes: (candidate, votes at the end) of those whose votes are drawn; empty: the margin is.

    """
    (first, start, since), (last, end, until) = margins[0], margins[-1]
    most = max(margins, key=lambda one: one[1])
    drawn = f"the votes of {' and '.join(name for name, _ in votes)}" if votes else "the margin"
    head = (
        f"Line chart of {drawn} in {clean(without_markdown(context.place), _MOST_PLACE)} by {possessive(clean(source.name, _MOST_SOURCE))} count, "
        + (
            f"{spelled(updates, 'update')} from {context.when(since)} to {context.when(until)}."
            if updates
            else f"no update since {context.when(since)}."
        )
    )
    parts = [
        head,
        f"It begins with {_ahead(first, start)} and ends with {_ahead(last, end)}.",
        f"The largest margin is {commas(most[1])}, for {most[0]}, at {context.when(most[2])}.",
    ]
    if votes:
        parts.append(f"At the end {' and '.join(f'{name} has {commas(has)}' for name, has in votes)}.")
    shown = changes[-_MOST_CHANGES:]
    for who, when in shown:
        parts.append(f"{who} moves ahead at {context.when(when)}.")
    if not changes:
        parts.append("The lead does not change hands.")
    return " ".join(capitalised(stopped(part.removesuffix("."))) for part in parts)


def _ahead(who: str, margin: int) -> str:
    return f"{who} ahead by {commas(margin)}" if margin else "a tie"


def place_in_picture(context: ContestContext) -> str:
    """Return what a contest's picture is of, without markdown: "President, Georgia", "The Georgia race for governor".

    A post of Biden's lead in Georgia need not name the race; a picture on air goes by beside those of others.
    """
    place = clean(without_markdown(context.head), _MOST_PLACE)
    names_place_alone = is_plain(without_markdown(where(context.contest, context.style)))
    return f"{clean(context.contest.name, _MOST_RACE)}, {place}" if names_place_alone else place


Fill = Literal["first", "second", "other", "tie", "none"]
"""How a county is drawn: the one who leads in the most is first."""

_NAMED = 3
"""Counties of the last batch that are named; of more, how many they were."""

_MOST_WORDS = 1000


@dataclass(frozen=True, slots=True)
class LastBatch:
    """The counties that came in last, by name, each with its new votes."""

    votes: Mapping[str, int]
    fips: Sequence[str]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class MapFacts:
    """Where a count stands in each county, by one source."""

    source: Source
    reading: Reading
    leader: str
    margin: int
    counties: Mapping[str, Unit]
    """By FIPS code: those of which the source gives candidates' votes."""
    of: int
    """How many counties the state has."""
    last: LastBatch | None
    status: str
    """The results status in words."""


@dataclass(frozen=True, slots=True)
class CountyMap:
    """What is drawn."""

    shape: PictureShape
    title: str
    subtitle: str
    small: str
    """The source and the time."""
    atlas: str
    """The path of the file that has the counties' shapes."""
    state: str
    """The state's two digits in a FIPS code."""
    counties: Mapping[str, Fill]
    """By FIPS code."""
    last: Sequence[str]
    """The FIPS codes of those that came in last."""
    legend: Sequence[tuple[Fill | Literal["last"], str]]


def map_of(facts: MapFacts, asked: Question, atlas: str, state: str, shape: PictureShape = "square") -> CountyMap:
    """Return what the map shows."""
    told = asked.told(facts.reading.names)
    ahead = {fips: _leads(unit) for fips, unit in facts.counties.items()}
    most = [key for key, _ in _by_counties(ahead)]
    place: dict[str, Fill] = dict.fromkeys(most, "other")
    place |= dict(zip(most, ("first", "second"), strict=False))
    return CountyMap(
        shape=shape,
        title=chart_title(name_in_picture(told, facts.leader), facts.margin),
        subtitle=f"{place_in_picture(told)}: who leads in each county, {dated(told, facts.reading.as_of)}",
        small=source_line(
            told,
            facts.source,
            facts.status,
            facts.reading.as_of,
            loud_mark=asked.setting.loud_mark,
            mark=asked.marks.get(facts.source.id),
        ),
        atlas=atlas,
        state=state,
        counties={fips: place[key] if key in place else _without_leader(key) for fips, key in ahead.items()},
        last=facts.last.fips if facts.last else (),
        legend=_legend(facts, asked, ahead, place),
    )


def map_words(facts: MapFacts, asked: Question) -> str:
    """Return what the map shows, for who can't see it; at most 1,000 characters."""
    told = asked.told(facts.reading.names)
    ahead = {fips: _leads(unit) for fips, unit in facts.counties.items()}
    said = [words for _, words in _legend(facts, asked, ahead, {})]
    by = possessive(clean(facts.source.name, 40))
    return clean(
        f"{asked.setting.loud_mark}County map of {clean(without_markdown(told.head), _MOST_PLACE)} by {by} count. {'. '.join(said)}.",
        _MOST_WORDS,
    )


_TIE, _NO_VOTES = "", " "
"""Instead of who leads: several have the same, nobody has any."""


def _leads(unit: Unit) -> str:
    """Return who has the most of a county's votes."""
    votes = unit.votes or {}
    most = max(votes.values(), default=0)
    if not most:
        return _NO_VOTES
    first = [key for key, has in votes.items() if has == most]
    return first[0] if len(first) == 1 else _TIE


def _without_leader(key: str) -> Fill:
    return "tie" if key == _TIE else "none"


def _by_counties(ahead: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return who leads in how many counties, the most first."""
    return Counter(key for key in ahead.values() if key not in (_TIE, _NO_VOTES)).most_common()


def _legend(
    facts: MapFacts, asked: Question, ahead: Mapping[str, str], place: Mapping[str, Fill]
) -> list[tuple[Fill | Literal["last"], str]]:
    told = asked.told(facts.reading.names)
    found: list[tuple[Fill | Literal["last"], str]] = []
    others = 0
    for key, number in _by_counties(ahead):
        if place.get(key, "first") == "other":
            others += number
        else:
            found.append((place.get(key, "first"), f"{name_in_picture(told, key)} leads in {_counties(number)}"))
    if others:
        found.append(("other", f"Others lead in {_counties(others)}"))
    ties = sum(key == _TIE for key in ahead.values())
    if ties:
        found.append(("tie", f"Tied in {_counties(ties)}"))
    empty = sum(key == _NO_VOTES for key in ahead.values())
    if empty:
        found.append(("none", f"No votes yet in {_counties(empty)}"))
    if missing := facts.of - len(ahead):
        found.append(("none", f"No figures for {_counties(missing)}"))
    if facts.last and facts.last.votes:
        found.append(("last", _last_words(facts.last)))
    return found


def _counties(number: int) -> str:
    return spelled(number, "county", "counties")


def _last_words(last: LastBatch) -> str:
    """Return what came in last: "Last in: Floyd (74 votes)"."""
    if len(last.votes) > _NAMED:
        return f"Last in: {_counties(len(last.votes))}, {commas(sum(last.votes.values()))} votes"
    named = (f"{clean(name, 24)} ({commas(votes)})" for name, votes in last.votes.items())
    return f"Last in: {', '.join(named)}"
