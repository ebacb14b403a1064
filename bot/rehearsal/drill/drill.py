"""Creates a drill: a night of counting and the following days in a fictional state.

The same seed gives the same drill. The following days bring certification, an audit, and a feed that switches to the
audit's count and back.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.count.margin import margin_of
from bot.count.statement import Statement
from bot.desk.desk_file import Desk
from bot.events.event import Event
from bot.rehearsal.day import Day, DayChannel, HappeningKind, MuteStep, PauseStep, PreferStep
from bot.rehearsal.drill.contests import GOVERNOR, MEASURE, OFFICE, SENATE, WIRE, ZONE, make_ballot, mark
from bot.rehearsal.drill.counties import STATE, DrillCounty, DrillPhase, make_counties, make_parcels
from bot.rehearsal.drill.night import BEGINS, DrillCount, Story, add_night, at
from bot.wording.numbers import commas
from bot.wording.times import clock

COUNTIES = 159

HOURS = 8

ENDS = at(18, day=3)

_CERTIFIED = ((at(15, day=1), 40), (at(9, 30, day=2), 70), (at(13, day=2), 90), (at(16, 50, day=2), 100))
"""When counties certify: a time, and the percentage of counties that have certified by then."""

_BATCHES = ((at(14, 20, day=1), 2), (at(11, 30, day=2), 4), (at(12, day=3), 5))
"""When more ballots are found: the time of the report, and the number of counties that have reported such ballots
by then.
"""

MOVES = (at(20, 40, day=2), at(20, 48, day=2), at(20, 54, day=2))

RETURNS = at(21, 30, day=2)

_LEAST_TOUCHED = 10

QUIETED = DayChannel(name="senate-and-measures", follows=[SENATE, MEASURE])
"""The channel for which quiet hours are set."""

_HOURS_TO_WAIT = 4
"""The shortest night, in hours, with quiet hours, a mute and a pause. In a shorter night too few posts would wait."""


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill: a fictional election day to play, with its desk file and its counties."""

    seed: int
    day: Day = field(repr=False)
    desk: Desk = field(repr=False)
    counties: tuple[DrillCounty, ...] = field(repr=False)


def drill(seed: int, counties: int = COUNTIES, hours: int = HOURS) -> Drill:
    """Return the drill for a seed.

    Args:
        seed: any whole number.
        counties: the number of counties, at least twelve.
        hours: the length of the night's count, from two to eleven; fewer hours mean fewer readings.

    Raises:
        ValueError: there are too few counties, or the night is too short or too long.

    """
    if not 2 <= hours <= 11:  # any shorter is too crowded, any longer lasts until morning
        raise ValueError(f"a drill's night takes from 2 to 11 hours, not {hours}")
    chance = Random(seed)  # noqa: S311 - it is a story, and keeps no secret
    places = make_counties(chance, counties)
    parcels = make_parcels(chance, places)
    ballot = make_ballot(chance)
    marked = {contest: mark(chance, script, places, parcels) for contest, script in ballot.scripts.items()}
    story = Story(chance, places, parcels, ballot, marked)
    plan_evening(story)
    add_night(story, hours)
    # A separate generator, so that the rest of a drill is the same with and without waits.
    add_waits(story, hours, Random(f"{seed} waits"))  # noqa: S311 - as above
    add_days_after(story)
    return Drill(seed, _day(story, seed), ballot.desk, tuple(places))


def _day(story: Story, seed: int) -> Day:
    return Day(
        title=f"A drill in fictional {STATE}, seed {seed}: everything in it is made up",
        facts_from=f"nobody: every place, person and number is made up from the seed {seed}",
        desk="drill",
        newsroom="Newsroom (drill)",
        staff="desk editor",
        channels=[DayChannel(name="governor", follows=[GOVERNOR]), QUIETED],
        starts=at(18, 45),
        ends=ENDS,
        steps=sorted(story.steps, key=lambda step: step.at),
        happenings=sorted(story.happenings, key=lambda happening: happening.at),
    )


def plan_evening(story: Story) -> None:
    """Add steps in which the desk schedules the events that are known before the polls close."""
    story.plan(
        at(18, 50),
        _event("polls_close", "The polls close", at(19), place=STATE),
        _event(
            "deadline",
            "Counties' deadline to certify their results",
            at(17, day=2),
            contest=GOVERNOR,
            certifies="units",
        ),
        _event("certification", "The state's deadline to certify", at(17, day=3), contest=GOVERNOR, certifies="state"),
    )


def add_waits(story: Story, hours: int, chance: Random) -> None:
    """Add steps during the night that delay posts.

    A source is muted, a channel has quiet hours, and later all posting is paused. None of this overlaps with a held
    reading, so the desk is asked about the held reading as usual.
    """
    if hours < _HOURS_TO_WAIT:
        return
    muted, unmuted = _stretch(hours, chance.randint(20, 27), 10)
    quiet, over = _stretch(hours, chance.randint(36, 38), 10)
    paused, resumed = _stretch(hours, chance.randint(60, 65), 5)
    announced = quiet - timedelta(minutes=2)
    story.steps += [
        MuteStep(at=muted, does="mute", source=OFFICE),
        MuteStep(at=unmuted, does="unmute", source=OFFICE),
        *(
            PreferStep(
                at=announced, does="prefer", channel=QUIETED.name, contest=key, quiet=f"{quiet:%H:%M}-{over:%H:%M}"
            )
            for key in QUIETED.follows
        ),
        PauseStep(at=paused, does="pause"),
        PauseStep(at=resumed, does="resume"),
    ]
    back, begins, ends, goes_on = (clock(moment, ZoneInfo(ZONE)) for moment in (unmuted, quiet, over, resumed))
    notes: list[tuple[datetime, HappeningKind, str]] = [
        (
            muted,
            "muted",
            f"Until {back} the desk has the Elections Office muted. What it has left by then is not told.",
        ),
        (
            announced,
            "quiet_hours",
            f"From {begins} to {ends} #{QUIETED.name} is quiet. One post a contest then says where it stands.",
        ),
        (paused, "paused", f"Until {goes_on} the desk pauses all posts. One post a contest then says where it stands."),
    ]
    for moment, what, words in notes:
        story.note(moment, what, words)
        story.hear(moment, words)


def _stretch(hours: int, start: int, length: int) -> tuple[datetime, datetime]:
    """Return the start and end of a part of the night.

    `start` and `length` are in percent of the night, which has `hours` hours.
    """
    begin, end = (BEGINS + timedelta(hours=hours) * percent // 100 for percent in (start, start + length))
    return begin.replace(second=0), end.replace(second=0)


def add_days_after(story: Story) -> None:
    """Add the steps of the days after election day, and notes on what the desk should notice."""
    story.plan(
        at(7, 45, day=1),
        _event("press_conference", "News conference: the Elections Office", at(10, day=1), status="expected"),
        _event("audit", "The Elections Office's announcement of the race to be audited", at(13, day=1)),
    )
    _office_is_back(story, at(9, 10, day=1))
    certified = [(moment, len(story.counties) * percent // 100) for moment, percent in _CERTIFIED]
    for moment, done in certified:
        pair = (done, len(story.counties))
        story.say(moment, Statement(source=OFFICE, contest=GOVERNOR, as_of=moment, certified=pair))
        story.note(moment, "certified", f"{done} of {len(story.counties)} counties have certified.", GOVERNOR)
    counted = 0
    for moment, until in _BATCHES:
        if moment > RETURNS:
            _feed_moves(story)
        _batch(story, moment, range(counted, until))
        counted = until
    _state_certifies(story, at(16, day=3))


def _event(kind: str, title: str, moment: datetime, **fields: str) -> Event:
    event = {
        "kind": kind,
        "title": title,
        "wall": moment.replace(tzinfo=None),
        "zone": ZONE,
        # Every reminder shows these, so that none passes for a real one.
        "source": "made up for the drill",
    }
    return Event.model_validate(event | fields)


def _office_is_back(story: Story, moment: datetime) -> None:
    for place, tally in enumerate(story.counts.values()):
        later = moment + timedelta(seconds=10 * place)
        story.show(later, tally.reading(OFFICE, later))


def _batch(story: Story, moment: datetime, places: range) -> None:
    """Count a few more ballots in every contest, and add the steps that show them.

    `places` are the indexes of the parcels to count.
    """
    parcels = [story.parcels[DrillPhase.AFTER][place] for place in places]
    names = " and ".join(story.counties[parcel.county].name for parcel in parcels)
    ballots = sum(parcel.ballots for parcel in parcels)
    story.note(moment, "batch", f"{commas(ballots)} more ballots, in {names}.", GOVERNOR)
    story.hear(moment - timedelta(minutes=10), f"{names}: provisional ballots are counted, {commas(ballots)} of them.")
    for number, contest in enumerate(story.counts):
        for place in places:
            story.count(contest, DrillPhase.AFTER, place)
        later = moment + timedelta(seconds=30 * number)
        story.show(later, story.counts[contest].reading(WIRE, later))
        office = later + timedelta(minutes=12)
        story.show(office, story.counts[contest].reading(OFFICE, office))


def _feed_moves(story: Story) -> None:
    """Switch the wire service's feed to the audit's count in steps of ten or more counties, and finally back.

    No total and no candidate's votes decrease. The only sign of the switch is the number of counties that change at
    once.
    """
    true = story.counts[GOVERNOR]
    audit = deepcopy(true)
    margin = margin_of(true.reading(WIRE, MOVES[0]).votes).votes or 0
    slides = []
    for moment in MOVES:
        _audit_some(story, audit, margin)
        slides.append(audit.reading(WIRE, moment))
    announced = at(20, day=2)
    result = slides[-1].model_copy(
        update={"source": OFFICE, "count": "audit", "as_of": announced, "status": "unofficial-complete"}
    )
    story.show(announced, result)
    story.hear(
        announced + timedelta(minutes=1),
        "The audit's result is out. It is a count by hand, and not the one that is certified.",
    )
    for reading in slides:
        story.show(reading.as_of, reading)
    words = "The wire's feed moves to the audit's count, and calls it the election's. Held for the desk: drop it."
    story.note(MOVES[0], "feed_moves", words, GOVERNOR)
    story.show(RETURNS, true.reading(WIRE, RETURNS))
    story.note(RETURNS, "feed_returns", "The wire's feed is back at the election's count.", GOVERNOR)
    story.hear(
        RETURNS + timedelta(minutes=2), "The wire says that its feed showed the audit's numbers, and no longer does."
    )


def _audit_some(story: Story, audit: DrillCount, margin: int) -> None:
    """Add a few votes to the audit's count in some counties, and more votes in two of them.

    The added votes are fewer than the margin, so the lead does not change.
    """
    touched = story.chance.sample(range(len(story.counties)), max(_LEAST_TOUCHED, len(story.counties) // 12))
    candidates = len(story.ballot.scripts[GOVERNOR].candidates)
    for place, county in enumerate(touched):
        most = min(400, margin // 14) if place < 2 else 9
        votes = [story.chance.randint(1, most if candidate == 1 else most // 3) for candidate in range(candidates)]
        audit.correct(county, "other", votes)


def _state_certifies(story: Story, moment: datetime) -> None:
    for number, tally in enumerate(story.counts.values()):
        later = moment + timedelta(seconds=10 * number)
        story.show(later, tally.reading(OFFICE, later, status="certified"))
        wire = later + timedelta(minutes=5)
        story.show(wire, tally.reading(WIRE, wire, status="certified"))
    story.note(moment, "state_certified", "The state has certified its results.", GOVERNOR)
