"""The contents of a chart or county map: points, ticks, labels, colors and alternative text.

`draw.py` draws the picture. A picture has no markdown, so names are cleaned, not escaped.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.answers.palette import PictureLook, is_seen
from bot.count.reading import Reading, Unit
from bot.desk.desk_file import Source
from bot.errors import BadInputError
from bot.wording.card import PictureShape
from bot.wording.context import ContestContext
from bot.wording.escape import capitalised, clean, possessive, stopped, without_markdown
from bot.wording.names import is_plain, where
from bot.wording.numbers import commas, spelled
from bot.wording.question import Question, SourceWarning
from bot.wording.times import clock, short_date

MOST_MARKED = 4
"""The most lead changes that get a label. Earlier lead changes get none."""

Shown = Literal["lead", "votes"]
"""The quantity in a chart over time: the margin, or the votes of the two candidates who are ahead."""

Fill = Literal["first", "second", "other", "tie", "none"]
"""The fill of a county. `first` is for the candidate who leads in the most counties."""

_MOST_TICKS = 5

_MOST_MARGINS: Final[Mapping[PictureShape, int]] = {"wide": 3, "square": 5, "tall": 6}
"""The most steps on the vertical axis."""

_MOST_NAME, _LONG_NAME = 36, 20

_STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 4320, 7 * 1440, 14 * 1440, 30 * 1440, 90 * 1440)
)

_HOUR = timedelta(hours=1)

_MOST_DOTS = 80
"""The most batches that are marked with a dot. More dots would hide the line."""

_MOST_SOURCE = 80

_MOST_PLACE = 80

_MOST_RACE = 80

_MOST_CHANGES = 5

_MOST_NAMED = 3
"""The most counties of the last batch that are named. If there are more, only their number is given."""

_MOST_WORDS = 1000

_TIE, _NO_VOTES = "", " "
"""In place of a leader's id: several have the most votes; nobody has any."""


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """The margin at one time, as a point of a chart."""

    as_of: datetime
    leader: str
    margin: int
    lead_changed: bool = False
    votes: Mapping[str, int] = field(default_factory=dict)
    """The votes by candidate id, which only a chart of votes needs."""


@dataclass(frozen=True, slots=True)
class ChartFacts:
    """The facts for a chart: the margin over time, according to one source."""

    source: Source
    points: Sequence[ChartPoint]
    """At least one point, oldest first. Very many batches are thinned out."""
    batches: int
    """How many batches the period has, before thinning out."""
    until: datetime
    """When the last margin was last known to be unchanged: at the source's last check, or at the time asked about."""
    names: dict[str, str] | None = None
    status: str = "Unofficial."
    """The results status in words."""
    since: datetime | None = None
    """The start that was asked for, or None for the first figures."""
    as_of: datetime | None = None
    """The time of the newest figures, or None if that is the last point's time."""
    begins: datetime | None = None
    """The time of the first figures, if they are later than `since`, else None."""

    @property
    def updates(self) -> int:
        """How many batches came after the first point, without the source's very first reading."""
        opens = self.since is None or self.points[0].as_of > self.since
        return max(0, self.batches - opens)


@dataclass(frozen=True, slots=True)
class Mark:
    """A labeled point of a chart."""

    x: float
    y: int
    words: str


@dataclass(frozen=True, slots=True)
class Axes:
    """A chart's range of time, with the ticks of both axes."""

    since: float
    until: float
    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[int, str]]
    """Pairs of value and label. The range of the ticks covers everything drawn."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart to draw, with its lines, labels and colors.

    `x` is in seconds since 1970. `y` is in votes, and negative while the other candidate leads.
    """

    shape: PictureShape
    look: PictureLook
    colors: tuple[str, str] | None
    """The party colors of the leader at the end and of the other candidate, or None for the look's own colors."""
    loud: str
    """The mark of a rehearsal, in capitals, or empty if the picture is real."""
    title: str
    subtitle: str
    small: str
    """The source, the time and the results status."""
    x: list[float]
    y: list[int]
    other: list[int] | None
    """The second candidate's votes, which are drawn dashed, or None if `y` is a margin."""
    axes: Axes
    above: str
    below: str
    """Labels of the sides above and below zero, naming who leads, or empty if the lead never changed."""
    marks: list[Mark]
    """The last lead changes, oldest first."""
    ends: list[Mark]
    """The ends of the solid line and, if the chart has one, of the dashed line."""
    begins: Mark | None
    """The first margin, or None if the chart shows votes."""
    dots: bool
    """True if each batch gets a dot, because they are few."""


def chart_of(
    facts: ChartFacts, question: Question, shape: PictureShape, shown: Shown, look: PictureLook = "dark"
) -> Chart:
    """Return the chart of the margin or, if `shown` is "votes", of two candidates' votes.

    These are the two candidates with the most votes at the end of the chart.

    Raises:
        BadInputError: votes were asked for, and only one candidate has any.
    """
    context = question.context(facts.names)
    points = facts.points
    first, end = points[0].as_of, points[-1]
    others = [key for key in dict.fromkeys(point.leader for point in points if point.margin) if key != end.leader]
    signed = len(others) <= 1  # with more than two leaders, a side of zero belongs to nobody
    leader = name_in_picture(context, end.leader)
    opponent = others[0] if others and shown == "lead" else _runner_up(end)
    other: list[int] | None = None
    if shown == "votes":
        second = _second(end)
        values, other = _votes(points, end.leader), _votes(points, second)
        title, what = f"{leader} and {name_in_picture(context, second)}", "votes"
        parts = [f"{name_in_picture(context, key)}\n{commas(end.votes.get(key, 0))}" for key in (end.leader, second)]
    else:
        values = [-point.margin if signed and point.leader != end.leader else point.margin for point in points]
        title = "The lead" if others or not end.margin else _lead_of(context, leader)
        what = "margin in votes" if signed else "margin of whoever leads"
        named = (
            end.margin and others and (len(leader) <= _LONG_NAME or not signed)
        )  # else the title says who, or the side
        parts = [f"{leader}\n{commas(end.margin)}" if named else _margin(end.margin)]
    until = max(facts.until, end.as_of)
    last = [values[-1], *([other[-1]] if other else [])]
    margins = y_ticks(*scale_of([*values, *(other or [])]), shape)
    two_sides = shown == "lead" and signed and len(others) > 0
    up, down = "\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK DOWN-POINTING TRIANGLE}"
    return Chart(
        shape=shape,
        look=look,
        colors=_colors(question, (end.leader, opponent), look) if signed or other else None,
        loud=_loud(question),
        title=f"{title} in {_place(context.place)}, {dates(first, until, context.zone)}",
        subtitle=axis_title(context, what, first, from_zero=margins[0][0] <= 0),
        small=source_line(context, facts.source, facts.status, facts.as_of or end.as_of, question.mark),
        x=[point.as_of.timestamp() for point in points],
        y=values,
        other=other,
        axes=Axes(
            first.timestamp(),
            until.timestamp(),
            x_ticks(first, until, context.zone, shape),
            margins,
        ),
        above=f"{up} {leader} ahead" if two_sides else "",
        below=f"{down} {name_in_picture(context, others[0])} ahead" if two_sides else "",
        marks=_marks(context, points, values, two_sides=two_sides) if shown == "lead" else [],
        begins=Mark(first.timestamp(), values[0], _margin(points[0].margin)) if shown == "lead" else None,
        ends=[Mark(until.timestamp(), value, words) for value, words in zip(last, parts, strict=True)],
        dots=len(points) <= _MOST_DOTS,
    )


def _colors(question: Question, pair: tuple[str, str | None], look: PictureLook) -> tuple[str, str] | None:
    """Return two candidates' party colors, or None unless both have a color, the colors differ, and both are visible.

    A line in a party's color next to a neutral line would look like a statement.
    """
    known = [question.contest.candidate(key or "") for key in pair]
    colors = [question.setting.desk.desk.party_colors.get((one and one.party) or "") for one in known]
    match colors:
        case [str(one), str(other)] if one != other and is_seen(one, look) and is_seen(other, look):
            return one, other
    return None


def _loud(question: Question) -> str:
    return question.setting.loud_mark.removesuffix(". ")


def _margin(margin: int) -> str:
    return commas(margin) if margin else "Tied"


def _lead_of(context: ContestContext, leader: str) -> str:
    return f"The {leader} lead" if context.contest.rule == "measure" else f"{possessive(leader)} lead"


def _place(words: str) -> str:
    return clean(without_markdown(words), _MOST_PLACE)


def dates(first: datetime, last: datetime, zone: ZoneInfo) -> str:
    """Return the days that a chart covers, such as "Nov. 11", "Nov. 4-11" or "Nov. 30-Dec. 2"."""
    since, until = short_date(first, zone), short_date(last, zone)
    if since == until:
        return since
    same_month = since.rpartition(" ")[0] == until.rpartition(" ")[0]
    return f"{since}-{until.rpartition(' ')[2] if same_month else until}"


def _runner_up(end: ChartPoint) -> str | None:
    """Return the id of the candidate with the most votes after the leader, or None if nobody else has votes."""
    behind = [key for key in end.votes if key != end.leader]
    return max(behind, key=lambda key: end.votes[key], default=None)


def _second(end: ChartPoint) -> str:
    if (second := _runner_up(end)) is None:
        raise BadInputError("there is nobody beside the leader whose votes could be shown")
    return second


def _votes(points: Sequence[ChartPoint], key: str) -> list[int]:
    """Return a candidate's votes at each point, with 0 before the source listed the candidate."""
    return [point.votes.get(key, 0) for point in points]


def scale_of(values: Sequence[int]) -> tuple[int, int]:
    """Return the lowest and highest value of a chart's scale.

    The scale begins at zero unless changes would then be too small to see. On a scale from zero, a margin that moved
    by 48 of 14,101 is a flat line.
    """
    low, high = min(values), max(values)
    if high == low or low <= high - low:
        return min(low, 0), max(high, 0)
    return low, high


def chart_words(facts: ChartFacts, question: Question, shown: Shown) -> str:
    """Return the chart's alternative text: the first, last and largest margin, and lead changes.

    The text has at most 1,000 characters.
    """
    context, points = question.context(facts.names), facts.points
    first, end = points[0], points[-1]
    most = max(points, key=lambda point: point.margin)
    keys = [end.leader, _second(end)] if shown == "votes" else []
    names = [name_in_picture(context, key) for key in keys]
    drawn = f"the votes of {' and '.join(names)}" if names else "the margin"
    place = _place(context.place)
    by = possessive(clean(facts.source.name, _MOST_SOURCE))
    since = context.when(first.as_of)
    span = f"{spelled(facts.updates, 'update')} after {since}, until {context.when(end.as_of)}"
    parts = [
        f"Line chart of {drawn} in {place} by {by} count, {span if facts.updates else f'no update since {since}'}.",
        f"It begins with {_ahead(context, first)} and ends with {_ahead(context, end)}.",
        f"The largest margin is {commas(most.margin)}, for {name_in_picture(context, most.leader)}, at {context.when(most.as_of)}.",
    ]
    if names:
        votes = (f"{name} has {commas(end.votes[key])}" for name, key in zip(names, keys, strict=True))
        parts.append(f"At the end {' and '.join(votes)}.")
    changes = [point for point in points if point.lead_changed]
    parts += [
        f"{name_in_picture(context, point.leader)} moves ahead at {context.when(point.as_of)}."
        for point in changes[-_MOST_CHANGES:]
    ]
    if not changes:
        parts.append("The lead does not change hands.")
    words = " ".join(capitalised(stopped(part.removesuffix("."))) for part in parts)
    return clean(f"{question.setting.loud_mark}{words}", _MOST_WORDS)


def x_ticks(start: datetime, until: datetime, zone: ZoneInfo, shape: PictureShape) -> list[tuple[float, str]]:
    """Return a few round times in the zone with their labels, as many as the shape has room for.

    The label of midnight is the date.
    """
    most = _MOST_TICKS if shape == "wide" else _MOST_TICKS - 1
    span = max(until - start, timedelta(minutes=10))
    # "10:30 p.m." is longer than "10 p.m." and "Nov. 11".
    step = next((step for step in _STEPS if span // step <= most - (step < _HOUR)), _STEPS[-1])
    wall = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    found: list[tuple[float, str]] = []
    while len(found) <= _MOST_TICKS:  # step in wall time, so that noon stays noon when the clocks change
        moment = wall.replace(tzinfo=zone)
        if moment > until:
            break
        if moment >= start:
            found.append((moment.timestamp(), _tick(moment, zone)))
        wall += step
    return found or [(start.timestamp(), _tick(start, zone))]


def _tick(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return clock(moment, zone) if local.hour or local.minute else short_date(moment, zone)


def y_ticks(low: int, high: int, shape: PictureShape) -> list[tuple[int, str]]:
    """Return a few round numbers with their labels.

    The first number is at most `low`, and the last is at least `high`.
    """
    step = next(
        factor * 10**power
        for power in range(12)
        for factor in (1, 2, 5)
        if -(-high // (factor * 10**power)) - low // (factor * 10**power) <= _MOST_MARGINS[shape]
    )
    first, last = low // step, max(-(-high // step), low // step + 1)
    return [(value * step, commas(abs(value * step))) for value in range(first, last + 1)]


def _marks(
    context: ContestContext, points: Sequence[ChartPoint], values: Sequence[int], *, two_sides: bool
) -> list[Mark]:
    found = [
        Mark(
            point.as_of.timestamp(),
            value,
            f"{_moves_ahead(name_in_picture(context, point.leader), two_sides=two_sides)}\n{dated(context, point.as_of)}",
        )
        for point, value in zip(points, values, strict=True)
        if point.lead_changed
    ]
    return found[-MOST_MARKED:]


def _moves_ahead(name: str, *, two_sides: bool) -> str:
    """Return a label for a lead change, such as "Biden moves ahead".

    The label has no name if the name is long and the labels above and below zero already show who leads.
    """
    return "Lead changes hands" if two_sides and len(name) > _LONG_NAME else f"{name} moves ahead"


def name_in_picture(context: ContestContext, key: str) -> str:
    """Return a candidate's last name for a picture, or the full name if two candidates share the last name."""
    known = context.contest.candidate(key)
    if known is None:
        text = (context.names or {}).get(key, key)
    else:
        text = known.name if context.contest.shares_last_name(known) else known.last
    return clean(text, _MOST_NAME) or "a candidate without a name"


def axis_title(context: ContestContext, what: str, start: datetime, *, from_zero: bool) -> str:
    """Return an axis title such as "President: margin in votes, from 9:04 p.m. Nov. 3".

    `what` is what the axis shows ("margin in votes"). A note follows if the scale does not begin at zero.
    """
    scale = ", " if from_zero else " (scale not from 0), "
    return _under_title(context, f"{what}{scale}from {dated(context, start)}")


def _under_title(context: ContestContext, words: str) -> str:
    """Return the subtitle `words`, with the contest's name in front unless the title already names the race.

    Posts may leave the race unnamed, but on air a picture is shown among pictures of other races.
    """
    names_place_alone = is_plain(without_markdown(where(context.contest, context.style)))
    return f"{clean(context.contest.name, _MOST_RACE)}: {words}" if names_place_alone else capitalised(words)


def source_line(
    context: ContestContext, source: Source, status: str, as_of: datetime, mark: SourceWarning | None
) -> str:
    """Return the line with the source, the results status and the time with zone and date.

    The date matters because a picture is also seen on later days. `mark` is a warning that the source is muted or
    silent.
    """
    text = clean(source.credit or source.name, _MOST_SOURCE)
    year = as_of.astimezone(context.zone).year
    date = f"{clock(as_of, context.zone, 'generic')} {short_date(as_of, context.zone)}, {year}"
    short = "Certified, it says." if status.startswith("Certified") else status
    marked = f" {mark.brief}" if mark else ""
    return f"{stopped(f'Source: {text}')}\nAs of {date}. {short}{marked}"


def dated(context: ContestContext, moment: datetime) -> str:
    """Return a time with its date, because a picture is also seen on later days."""
    return f"{clock(moment, context.zone)} {short_date(moment, context.zone)}"


def _ahead(context: ContestContext, point: ChartPoint) -> str:
    return f"{name_in_picture(context, point.leader)} ahead by {commas(point.margin)}" if point.margin else "a tie"


@dataclass(frozen=True, slots=True)
class LastBatch:
    """The last update of a source: the counties by name, with their new votes."""

    votes: Mapping[str, int]
    fips: Sequence[str]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class MapFacts:
    """The facts for a county map: who leads in each county, according to one source."""

    source: Source
    reading: Reading
    leader: str
    margin: int
    counties: Mapping[str, Unit]
    """The counties by FIPS code. Counties without candidates' votes are not included."""
    of: int
    """How many counties the state has."""
    last: LastBatch | None
    status: str
    """The results status in words."""


@dataclass(frozen=True, slots=True)
class CountyMap:
    """A county map to draw, with the fill of each county."""

    shape: PictureShape
    look: PictureLook
    colors: tuple[str, str] | None
    """The party colors of `first` and `second`, or None for the look's own colors."""
    loud: str
    """The mark of a rehearsal, in capitals, or empty if the picture is real."""
    title: str
    subtitle: str
    small: str
    """The source, the time and the results status."""
    atlas: str
    """The path of the file with the counties' shapes."""
    state: str
    """The two digits of the state in a FIPS code."""
    counties: Mapping[str, Fill]
    """The fill of each county, by FIPS code."""
    last: Sequence[str]
    """The FIPS codes of the counties in the last batch."""
    legend: Sequence[tuple[Fill | Literal["last"], str]]


def map_of(
    facts: MapFacts, question: Question, atlas: str, state: str, shape: PictureShape, look: PictureLook = "dark"
) -> CountyMap:
    """Return the county map to draw. `state` is the two digits of the state in a FIPS code."""
    context = question.context(facts.reading.names)
    ahead = {fips: _leads(unit) for fips, unit in facts.counties.items()}
    most = [key for key, _ in _by_counties(ahead)]
    place: dict[str, Fill] = {_TIE: "tie", _NO_VOTES: "none"}
    place |= dict.fromkeys(most, "other")
    place |= dict(zip(most, ("first", "second"), strict=False))
    return CountyMap(
        shape=shape,
        look=look,
        colors=_colors(question, (most[0], most[1]), look) if len(most) > 1 else None,
        loud=_loud(question),
        title=f"{_place(context.head)} by county, {short_date(facts.reading.as_of, context.zone)}",
        subtitle=_under_title(context, leads_by(name_in_picture(context, facts.leader), facts.margin)),
        small=source_line(
            context, facts.source, facts.status, facts.reading.as_of, question.marks.get(facts.source.id)
        ),
        atlas=atlas,
        state=state,
        counties={fips: place[key] for fips, key in ahead.items()},
        last=facts.last.fips if facts.last else (),
        legend=_legend(facts, question, ahead, place),
    )


def leads_by(leader: str, margin: int) -> str:
    """Return a label with the leader and the margin, such as "Biden leads by 14,101"."""
    return f"{leader} leads by {commas(margin)}" if margin else "the count is tied"


def map_words(facts: MapFacts, question: Question) -> str:
    """Return the map's alternative text: who leads in how many counties, and the last update.

    The text has at most 1,000 characters.
    """
    context = question.context(facts.reading.names)
    ahead = {fips: _leads(unit) for fips, unit in facts.counties.items()}
    parts = [words for _, words in _legend(facts, question, ahead, {})]
    by = possessive(clean(facts.source.name, 40))
    return clean(
        f"{question.setting.loud_mark}County map of {_place(context.head)} by {by} count. {'. '.join(parts)}.",
        _MOST_WORDS,
    )


def _leads(unit: Unit) -> str:
    """Return the id of the candidate with the most votes in a county, or `_TIE` or `_NO_VOTES`."""
    votes = unit.votes or {}
    most = max(votes.values(), default=0)
    if not most:
        return _NO_VOTES
    first = [key for key, has in votes.items() if has == most]
    return first[0] if len(first) == 1 else _TIE


def _by_counties(ahead: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return each leader with the number of counties that they lead in, the highest number first."""
    return Counter(key for key in ahead.values() if key not in (_TIE, _NO_VOTES)).most_common()


def _legend(
    facts: MapFacts, question: Question, ahead: Mapping[str, str], place: Mapping[str, Fill]
) -> list[tuple[Fill | Literal["last"], str]]:
    context = question.context(facts.reading.names)
    found: list[tuple[Fill | Literal["last"], str]] = []
    others = 0
    for key, number in _by_counties(ahead):
        if place.get(key, "first") == "other":
            others += number
        else:
            found.append((place.get(key, "first"), f"{name_in_picture(context, key)} leads in {_counties(number)}"))
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
    """Return a label with the counties of the last update, such as "Last in: Floyd (74 votes)"."""
    if len(last.votes) > _MOST_NAMED:
        return f"Last in: {_counties(len(last.votes))}, {commas(sum(last.votes.values()))} votes"
    named = (f"{clean(name, 24)} ({commas(votes)})" for name, votes in last.votes.items())
    return f"Last in: {', '.join(named)}"
