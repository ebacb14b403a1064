"""Makes days for a rehearsal from the operator's own desk file.

A day is made from a recording, from the sources' current answers, or from a finished count that grows from zero.
"""

import asyncio
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot import __version__
from bot.box.box import Box
from bot.count.judgement import HOLD_AT_MOST
from bot.count.margin import margin_of
from bot.count.reading import Reading, Reporting, Unit
from bot.count.statement import Statement
from bot.desk.desk_file import Contest, Desk, Source, load_desk
from bot.desk.results_formats import FORMATS
from bot.errors import BadInputError, TallydeskError
from bot.feeds.boxed import format_here, read_here
from bot.feeds.own_network import Sessions
from bot.feeds.reader import ReaderContext
from bot.feeds.recording import open_recording
from bot.feeds.source_feeds import feed_of
from bot.rehearsal.day import Day, DayChannel, ReadingStep, StatementStep, Step

_MOST_CHANNELS = 8
"""The maximum number of contests with a channel each. More contests share one channel."""
_MOST_BATCHES = 40
"""The maximum number of steps in which a count grows."""
_BATCH_EVERY = timedelta(minutes=6)
_LEAST_STEPS = 4
"""The minimum number of a source's readings to insert an event between two of them."""
_HOLD_LENGTH = HOLD_AT_MOST + timedelta(minutes=4)
"""How long a candidate is missing from a source: long enough for the desk to be asked."""
_AFTER = timedelta(minutes=30)
"""The time from the last step to the end of the day."""
_LONGEST_SILENCE = timedelta(hours=6)
"""The longest silence of the sources that is inserted. A longer silence would fill the whole night."""
_POLLS_CLOSE = time(19)
_EARLY_SHARE = 0.3
"""The share of units that report first: those in which the runner-up does best."""


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day to rehearse, and its desk file."""

    day: Day
    desk: Desk


def recorded_day(desk_file: Path, folder: Path) -> OwnDay:
    """Make a day from the recording in a folder. The same recording always gives the same day.

    Raises:
        BadInputError: there is no recording, or it has none of the desk file's contests.

    """
    desk = load_desk(desk_file)
    recording = open_recording(folder)
    timeline: list[tuple[datetime, Reading]] = []
    tests: set[str] = set()

    async def ask() -> None:
        async with aiohttp.ClientSession() as session, Box() as box:
            feeds = {source.id: feed_of(source, session, box) for source in desk.sources if source.fetched}
            for feed in feeds.values():
                feed.recording, feed.tests = recording, tests
            for at in sorted({one.at for one in recording.answers}):
                recording.now = at
                for source in sorted({one.source for one in recording.answers if one.at == at} & feeds.keys()):
                    try:
                        news = await feeds[source].news(at)
                    except TallydeskError:
                        continue  # it failed that night too, or the rest of the answer came a moment later
                    timeline.extend((at, reading) for reading in (news.readings if news else ()))

    asyncio.run(ask())
    readings = _of_desk_contests(desk, timeline, tests)
    return _day_of(desk, desk_file, readings, f"the recording in {folder.name}", str(folder.name), tests)


def day_as_it_is(desk_file: Path, now: datetime) -> OwnDay:
    """Poll each source of the desk file once, and make a day whose only step shows the answers.

    Raises:
        BadInputError: no answer has any of the desk file's contests.
    """
    desk = load_desk(desk_file)
    answers: list[tuple[datetime, Reading]] = []
    wrong: list[str] = []
    tests: set[str] = set()

    async def ask() -> None:
        async with Sessions(f"Tallydesk/{__version__}") as sessions, Box() as box:
            for source in desk.sources:
                if source.fetched:
                    try:
                        feed = feed_of(source, sessions.of(source), box)
                        feed.tests = tests
                        news = await feed.news(now)
                    except TallydeskError as error:
                        wrong.append(str(error))
                        continue
                    answers.extend((now, reading) for reading in (news.readings if news else ()))

    asyncio.run(ask())
    readings = _of_desk_contests(desk, answers, tests)
    if not readings and wrong:
        raise BadInputError(wrong[0])
    return _day_of(desk, desk_file, readings, "the sources as they are now", "the sources of the desk file", tests)


def grown_day(desk_file: Path, finished: Path | None, now: datetime, seed: int = 1) -> OwnDay:
    """Make a day in which finished counts grow from zero, unit by unit.

    Args:
        desk_file: the operator's desk file.
        finished: a saved file of a source; with None, the sources are polled now.
        now: the time for files that have none.
        seed: determines the order of the units; the same seed gives the same day.

    Raises:
        BadInputError: the count has none of the desk file's contests.

    """
    desk = load_desk(desk_file)
    tests: set[str] = set()
    if finished is None:
        as_is = day_as_it_is(desk_file, now).day
        readings = [step.reading for step in as_is.steps if isinstance(step, ReadingStep)]
        tests |= {as_is.title} if as_is.test_data else set()
    else:
        read = [(now, one) for one in _read(desk, finished, now, tests)]
        readings = [reading for _, reading in _of_desk_contests(desk, read, tests)]
    timeline: list[tuple[datetime, Reading]] = []
    for reading in readings:
        contest = desk.contest(reading.contest)
        if contest is not None:
            chance = random.Random(f"{seed} {reading.contest}")  # noqa: S311 - the same seed gives the same day
            timeline += _grown(reading, _polls_close(contest, reading, desk), chance)
    where = finished.name if finished else "the sources as they are now"
    return _day_of(desk, desk_file, timeline, f"grown from {where}, in a made-up order (seed {seed})", where, tests)


def with_happenings(own: OwnDay) -> OwnDay:
    """Add steps and notes with events that the desk should notice, made from the day's own figures.

    - A count falls, for long enough to be posted as a revision, and is corrected.
    - A candidate is missing until the desk is asked.
    - A reporter has a margin before the source shows it. A reporter is added if the desk file has none.
    - All sources are silent for longer than is allowed for a leading source.
    - At the end, first some units certify, then all.
    """
    own = _with_silence(_with_hold(_with_reporter(own)))
    steps: list[Step] = list(own.day.steps)
    reporter = next(source for source in own.desk.sources if source.person)
    more: list[Step] = []
    ends = own.day.ends
    for contest in own.desk.contests:
        mine = _readings_of_leader(own.day, contest)
        if len(mine) < _LEAST_STEPS:
            continue
        more += _fall(mine[len(mine) // 2])
        more += _reporter_first(mine[len(mine) * 3 // 4], reporter)
        last = mine[-1].reading
        if last.units:
            number = len(last.units)
            more.append(_statement(ends, contest.leads, contest.id, certified=[number // 2, number]))
            more.append(_statement(ends + _AFTER / 2, contest.leads, contest.id, certified=[number, number]))
    steps = sorted([*steps, *more], key=lambda step: step.at)
    day = Day.model_validate(own.day.model_dump() | {"steps": steps, "ends": ends + _AFTER})
    return OwnDay(day, own.desk)


def _with_reporter(own: OwnDay) -> OwnDay:
    if any(source.person for source in own.desk.sources):
        return own
    taken = {source.id for source in own.desk.sources}
    key = next(key for key in ("reporter", "our-reporter", "reporter-of-the-drill") if key not in taken)
    reporter = Source(id=key, name="our reporter", person=True, public=False)
    return OwnDay(own.day, own.desk.model_copy(update={"sources": [*own.desk.sources, reporter]}))


def _with_silence(own: OwnDay) -> OwnDay:
    """Delay the last third of the day.

    The sources are then silent for longer than a leading source may be.
    """
    leading = [source for contest in own.desk.contests if (source := own.desk.source(contest.leads))]
    limits = [limit for one in leading if (limit := one.stale_after_night or one.stale_after)]
    if not limits or max(limits) > _LONGEST_SILENCE or len(own.day.steps) < _LEAST_STEPS:
        return own
    late = max(limits) + _AFTER
    from_then = own.day.steps[len(own.day.steps) * 2 // 3].at
    steps = [step.model_copy(update={"at": step.at + late}) if step.at >= from_then else step for step in own.day.steps]
    return OwnDay(own.day.model_copy(update={"steps": steps, "ends": own.day.ends + late}), own.desk)


def _with_hold(own: OwnDay) -> OwnDay:
    """Remove a candidate of one contest from the source's readings until the desk is asked about them."""
    for contest in own.desk.contests:
        mine = _readings_of_leader(own.day, contest)
        if len(mine) < _LEAST_STEPS or len(mine[0].reading.votes) < 3:  # with two candidates, neither can be missing
            continue
        step = mine[len(mine) // 3]
        votes = dict(step.reading.votes)
        votes.pop(min(votes, key=lambda key: votes[key]))
        incomplete = _counted(step.reading, votes, timedelta(seconds=20))
        steps = [
            one.model_copy(update={"at": one.at + _HOLD_LENGTH}) if one.at > step.at else one for one in own.day.steps
        ]
        steps = sorted([*steps, _step(step.at + timedelta(minutes=1), incomplete)], key=lambda one: one.at)
        day = own.day.model_copy(update={"steps": steps, "ends": own.day.ends + _HOLD_LENGTH})
        return OwnDay(day, own.desk)
    return own


def _readings_of_leader(day: Day, contest: Contest) -> list[ReadingStep]:
    """Return the steps with readings of a contest by its leading source."""
    series = (contest.id, contest.leads)
    readings = [step for step in day.steps if isinstance(step, ReadingStep)]
    return [step for step in readings if (step.reading.contest, step.reading.source) == series]


def _fall(step: ReadingStep) -> list[Step]:
    """Return two steps: a reading in which the leader has 1% fewer votes, and minutes later the correct reading."""
    leader = margin_of(step.reading.votes).leader
    lost = step.reading.votes[leader] // 100
    if not lost:
        return []
    fallen = dict(step.reading.votes) | {leader: step.reading.votes[leader] - lost}
    at = step.at + timedelta(minutes=1)
    wrong = _counted(step.reading, fallen, timedelta(seconds=20))
    right = step.reading.model_copy(update={"as_of": step.reading.as_of + timedelta(seconds=40)})
    return [_step(at, wrong), _step(at + timedelta(minutes=3), right)]


def _counted(reading: Reading, votes: Mapping[str, int], later: timedelta) -> Reading:
    """Return a copy of a reading with other votes, without the fields that would contradict them.

    Its time is later by `later`.
    """
    parts = {"total": None, "units": None, "by_type": None}
    return reading.model_copy(update={"votes": votes, "as_of": reading.as_of + later} | parts)


def _reporter_first(step: ReadingStep, reporter: Source) -> list[Step]:
    margin = margin_of(step.reading.votes)
    if not margin.votes:
        return []
    at = step.at - timedelta(minutes=2)
    return [_statement(at, reporter.id, step.reading.contest, leader=margin.leader, margin=margin.votes)]


def _statement(at: datetime, source: str, contest: str, **said: object) -> StatementStep:
    statement = Statement.model_validate({"source": source, "contest": contest, "as_of": at} | said)
    return StatementStep(at=at, does="statement", statement=statement)


def _step(at: datetime, reading: Reading) -> ReadingStep:
    return ReadingStep(at=at, does="reading", reading=reading)


def _read(desk: Desk, path: Path, now: datetime, tests: set[str]) -> list[Reading]:
    """Read a saved file in the format of the first source that has contests in the file.

    The ids of sources with test data are added to `tests`. `now` is the time for readings without one.
    """
    why = ""
    led = {contest.leads for contest in desk.contests}
    for source in sorted(desk.sources, key=lambda one: one.id not in led):
        try:
            body = path.read_bytes()
            format_name = source.format if source.format in FORMATS else format_here(body)
            context = ReaderContext(path.name, now, "received", source.id, source.layout, tests)
            items = list(read_here(format_name, body, context)) if format_name in FORMATS else []
        except OSError as error:
            raise BadInputError(f"{path}: can't be read ({error.strerror or error})") from None
        except BadInputError as error:
            why = why or str(error)
            continue
        readings = [item for item in items if isinstance(item, Reading)]
        if any(desk.contest_with_key(source.id, one.contest) for one in readings):
            return [one.model_copy(update={"source": source.id}) for one in readings]
    raise BadInputError(f"{path}: has none of the desk file's contests{f' ({why})' if why else ''}")


def _of_desk_contests(
    desk: Desk, timeline: Iterable[tuple[datetime, Reading]], tests: set[str]
) -> list[tuple[datetime, Reading]]:
    """Return the readings of contests in the desk file, with the ids of the desk file. Other readings are omitted.

    `tests` are the ids of sources with test data. If there are any, the status pre-election is removed, so that the
    figures are posted.
    """
    found = ((at, desk.translate(reading)) for at, reading in timeline)
    ours = [(at, reading) for at, reading in found if reading is not None]
    if not tests:
        return ours
    return [(at, one.model_copy(update={"status": None}) if one.status == "pre-election" else one) for at, one in ours]


def _polls_close(contest: Contest, reading: Reading, desk: Desk) -> datetime:
    day = contest.election_day or reading.as_of.astimezone(desk.zone).date()
    return datetime.combine(day, _POLLS_CLOSE, desk.zone)


def _grown(reading: Reading, starts: datetime, chance: random.Random) -> list[tuple[datetime, Reading]]:
    """Return readings that grow from zero to the given reading, each with its time."""
    stages = (
        _by_units(reading, chance) if reading.units and all(unit.votes for unit in reading.units.values()) else None
    )
    grown = stages or [_part(reading, share / _MOST_BATCHES) for share in range(_MOST_BATCHES)]
    timeline = []
    for number, stage in enumerate([*grown, {}]):
        at = (starts + number * _BATCH_EVERY).astimezone(UTC)
        # Always the election's count: a partial recount isn't posted.
        plain = {"as_of": at, "as_of_is": None, "says": None, "count": "election"}
        timeline.append((at, reading.model_copy(update=plain | stage)))
    return timeline


def _part(reading: Reading, share: float) -> dict[str, Any]:
    """Return the fields of a reading in which each candidate has only `share` of their votes, without units."""
    votes = {key: int(count * share) for key, count in reading.votes.items()}
    return {"votes": votes, "total": None, "units": None, "by_type": None, "reporting": None, "unit_batch": None}


def _by_units(reading: Reading, chance: random.Random) -> list[dict[str, Any]]:
    """Return the fields of successive readings in which more and more units have reported.

    Units in which the runner-up leads come first.
    """
    units = dict(reading.units or {})
    margin = margin_of(reading.votes)
    names = list(units)
    chance.shuffle(names)
    if (trails := margin.runner_up) is not None:
        ahead = sorted(names, key=lambda name: _lead(units[name], trails, margin.leader), reverse=True)
        early = ahead[: int(len(names) * _EARLY_SHARE)]
        names = early + [name for name in names if name not in set(early)]
    size = max(1, math.ceil(len(names) / _MOST_BATCHES))
    return [_of(reading, units, names[:end]) for end in range(0, len(names), size)]


def _lead(unit: Unit, one: str, other: str) -> int:
    votes = unit.votes or {}
    return votes.get(one, 0) - votes.get(other, 0)


def _of(reading: Reading, units: Mapping[str, Unit], names: Sequence[str]) -> dict[str, Any]:
    """Return the fields of a reading in which only the units in `names` have reported.

    The other units are listed with zero votes, as in real feeds.
    """
    votes = {key: sum((units[name].votes or {}).get(key, 0) for name in names) for key in reading.votes}
    total = sum(units[name].counted or 0 for name in names)
    nothing = {name: Unit(total=0, votes=dict.fromkeys(unit.votes or {}, 0)) for name, unit in units.items()}
    return {
        "votes": votes,
        "total": max(total, sum(votes.values())),
        "units": nothing | {name: units[name] for name in names},
        "reporting": Reporting(units=(len(names), len(units))),
        "by_type": None,
        "unit_batch": None,
        "expected_total": None,
        "status": None,
    }


def _day_of(
    desk: Desk, desk_file: Path, timeline: Sequence[tuple[datetime, Reading]], title: str, facts: str, tests: set[str]
) -> OwnDay:
    if not timeline:
        raise BadInputError(f"{desk_file}: nothing of its contests is in {facts}")
    steps = [_step(at, reading) for at, reading in sorted(timeline, key=lambda one: one[0])]
    covered = list(dict.fromkeys(step.reading.contest for step in steps))
    channels = (
        [DayChannel(name=contest[:100].replace("_", "-"), follows=[contest], board=True) for contest in covered]
        if len(covered) <= _MOST_CHANNELS
        else [DayChannel(name="count", follows=covered)]
    )
    day = Day(
        title=f"{'TEST DATA, ' if tests else ''}{desk_file.name}: {title}",
        facts_from=facts,
        test_data=bool(tests),
        desk=desk_file.name,
        channels=channels,
        starts=steps[0].at,
        ends=steps[-1].at + _AFTER,
        steps=list(steps),
    )
    return OwnDay(day, desk)
