"""The drill's election night, from the close of the polls to the last report.

A `Story` is a drill under construction. It contains what was drawn at random, and the counts, steps and notes so far.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from bot.count.margin import margin_of
from bot.count.reading import Reading, Reporting, Status, Unit, VoteType
from bot.count.reported_batch import REPORTED_WITHIN, CandidateVotes, ReportedBatch
from bot.count.statement import Outstanding, Statement
from bot.events.event import Event
from bot.rehearsal.day import (
    CheckStep,
    Happening,
    HappeningKind,
    MessageStep,
    ReadingStep,
    ScheduleStep,
    StatementStep,
    Step,
)
from bot.rehearsal.drill.contests import (
    GOVERNOR,
    MEASURE,
    OFFICE,
    REPORTER,
    SENATE,
    SURVEYOR,
    WIRE,
    ZONE,
    DrillBallot,
    VotesByPhase,
)
from bot.rehearsal.drill.counties import DrillCounty, DrillPhase, Parcel, Parcels, late_counties
from bot.wording.numbers import commas

ELECTION_DAY = datetime(2035, 11, 6, tzinfo=ZoneInfo(ZONE))
"""The drill's election day, a Tuesday like all federal election days."""

_EVERY = {GOVERNOR: 1, SENATE: 2, MEASURE: 3, SURVEYOR: 6}
"""How often each contest is updated: every round of reports, every second round, and so on."""

_SPANS = {DrillPhase.EARLY: (0, 20), DrillPhase.ELECTION_DAY: (20, 74), DrillPhase.LATE: (78, 100)}
"""When each phase's reports arrive, in percent of the night."""

_SLOT = timedelta(minutes=4, seconds=20)

_LATE_ROUNDS = 7

_LAG = timedelta(minutes=8)
"""How far the elections office's figures lag behind the wire service's."""

_OFFICE_EVERY = timedelta(minutes=20)


class DrillCount:
    """The running count of one contest, starting at zero."""

    def __init__(self, contest: str, candidates: Sequence[str], counties: Sequence[DrillCounty]) -> None:
        self._contest = contest
        self._candidates = candidates
        self._counties = counties
        self._votes = [[0] * len(candidates) for _ in counties]
        self._precincts = [0] * len(counties)
        self._by_type: dict[VoteType, list[int]] = {}
        self._units = {county.name: self._unit(place) for place, county in enumerate(counties)}

    def add(self, parcel: Parcel, votes: Sequence[int]) -> None:
        """Add a parcel's ballots to the count, with these votes."""
        self.correct(parcel.county, parcel.type, votes)
        self._precincts[parcel.county] += parcel.precincts
        self._units[self._counties[parcel.county].name] = self._unit(parcel.county)

    def correct(self, county: int, kind: VoteType, votes: Sequence[int]) -> None:
        """Add `votes` of one vote type in a county, or subtract them if negative.

        The number of precincts that have reported does not change.
        """
        by_type = self._by_type.setdefault(kind, [0] * len(self._candidates))
        for place, cast in enumerate(votes):
            self._votes[county][place] += cast
            by_type[place] += cast
        self._units[self._counties[county].name] = self._unit(county)

    def reading(
        self, source: str, as_of: datetime, *, status: Status = "unofficial-partial", count: str = "election"
    ) -> Reading:
        """Return the current count as a reading by `source`.

        `as_of` is the reading's time. `count` is the count's name, such as "audit".
        """
        votes = [sum(cast) for cast in zip(*self._votes, strict=True)]
        return Reading(
            source=source,
            contest=self._contest,
            count=count,
            as_of=as_of,
            status=status,
            votes=dict(zip(self._candidates, votes, strict=True)),
            total=sum(votes),
            reporting=Reporting(
                precincts=(sum(self._precincts), sum(county.precincts for county in self._counties)),
                units=(
                    sum(have == county.precincts for have, county in zip(self._precincts, self._counties, strict=True)),
                    len(self._counties),
                ),
            ),
            by_type={
                kind: dict(zip(self._candidates, cast, strict=True)) for kind, cast in sorted(self._by_type.items())
            },
            units=dict(self._units),
        )

    def _unit(self, place: int) -> Unit:
        votes = self._votes[place]
        return Unit(
            total=sum(votes),
            votes=dict(zip(self._candidates, votes, strict=True)),
            reported=(self._precincts[place], self._counties[place].precincts),
        )


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    """Return a local time on election day, or that many days after election day (`day`)."""
    return ELECTION_DAY + timedelta(days=day, hours=hour, minutes=minute)


@dataclass(slots=True)
class Story:
    """A drill under construction: the random ballots, the counts so far, and the steps and notes so far."""

    chance: Random
    counties: Sequence[DrillCounty]
    parcels: Parcels
    ballot: DrillBallot
    marked: Mapping[str, VotesByPhase]
    """The marked ballots, by contest id."""
    counts: dict[str, DrillCount] = field(default_factory=dict)
    """The true running count of each contest, by contest id."""
    steps: list[Step] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)

    def __post_init__(self) -> None:
        for key, script in self.ballot.scripts.items():
            self.counts[key] = DrillCount(key, script.candidates, self.counties)

    def count(self, contest: str, phase: DrillPhase, place: int) -> Parcel:
        """Add the parcel at index `place` of a phase to the count of one contest. Returns the parcel."""
        parcel = self.parcels[phase][place]
        self.counts[contest].add(parcel, self.marked[contest][phase][place])
        return parcel

    def show(self, moment: datetime, reading: Reading) -> None:
        """Add a step in which a source's feed shows a reading."""
        self.steps.append(ReadingStep(at=moment, does="reading", reading=reading))

    def say(self, moment: datetime, statement: Statement) -> None:
        """Add a step in which the desk enters a statement."""
        self.steps.append(StatementStep(at=moment, does="statement", statement=statement))

    def hear(self, moment: datetime, words: str) -> None:
        """Add a step in which the reporter writes in the channel what they heard."""
        self.steps.append(MessageStep(at=moment, does="message", who="reporter", words=words))

    def plan(self, moment: datetime, *events: Event) -> None:
        """Add a step in which the desk schedules events."""
        self.steps.append(ScheduleStep(at=moment, does="schedule", events=list(events)))

    def look(self, moment: datetime) -> None:
        """Add a step in which the sources are polled and have no new figures."""
        self.steps.append(CheckStep(at=moment, does="check"))

    def note(self, moment: datetime, what: HappeningKind, words: str, contest: str | None = None) -> None:
        """Add a note on an event in the count that the desk should notice.

        `what` is the kind of event, and `words` describes the event.
        """
        self.happenings.append(Happening(at=moment, what=what, words=words, contest=contest))

    def last(self, candidate: str) -> str:
        """Return a candidate's last name."""
        for contest in self.ballot.desk.contests:
            if (found := contest.candidate(candidate)) is not None:
                return found.last
        raise KeyError(candidate)


BEGINS = at(19, 20)


@dataclass(frozen=True, slots=True)
class Round:
    """A group of parcels whose votes are reported together."""

    at: datetime
    phase: DrillPhase
    parcels: range
    """The parcels' indexes in the list of the phase's parcels."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake in the drill: the wire service counts a parcel of the governor's race twice, and later corrects it."""

    first_round: int
    """The round in which the mistake is made."""
    last_round: int
    """The last round in which the mistake is still in the count."""
    county: int
    votes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShownReading:
    """A reading made for the night, and whether it contains the mistake.

    It is the wire service's, or in one case the elections office's.
    """

    reading: Reading
    clean: bool = True
    """False if the reading contains the mistake (see `Slip`)."""


def add_night(story: Story, hours: int) -> None:
    """Add the steps of election night, and notes on what the desk should notice."""
    rounds = _rounds(story, timedelta(hours=hours))
    slip = _slip(story, rounds)
    shown = {contest: [_zeros(story, contest, at(19, 2))] for contest in story.counts}
    for contest in shown:
        shown[contest] += _wire(story, contest, rounds, slip)
    last = rounds[-1].at
    late = [round_.at for round_ in rounds if round_.phase is DrillPhase.LATE]
    stopped = _office(story, shown, late[0] - _SLOT)
    story.note(
        stopped, "stale_source", "The Elections Office's site stops, until 9:10 a.m.: is it dead, or only quiet?"
    )
    noticed = last + timedelta(minutes=40)
    story.say(noticed, Statement(source=OFFICE, contest=GOVERNOR, as_of=noticed, last_updated=stopped))
    by_wire = {
        contest: [one.reading for one in history if one.reading.source == WIRE] for contest, history in shown.items()
    }
    _reporter(story, rounds, by_wire[GOVERNOR])
    _reported_batch(story, by_wire[GOVERNOR], late[0])
    note_what_shows(story, by_wire)
    story.note(late[0], "late_surge", "Absentee ballots of the largest counties come in, and go one way.", GOVERNOR)
    story.note(
        last + timedelta(minutes=2), "quiet", "Nothing comes in until the morning. A silent channel is not a dead one."
    )
    for hour in range(1, 4):
        story.look(last + timedelta(hours=hour))


def _rounds(story: Story, length: timedelta) -> list[Round]:
    rounds = []
    for phase, (start, end) in _SPANS.items():
        parcels = len(story.parcels[phase])
        wanted = _LATE_ROUNDS if phase is DrillPhase.LATE else max(6, length * (end - start) // 100 // _SLOT)
        number = min(wanted, parcels)  # every round has a parcel
        slot = length * (end - start) / 100 / number
        for place in range(number):
            moment = BEGINS + length * start / 100 + slot * place + slot * story.chance.randint(0, 30) / 100
            own = range(parcels * place // number, parcels * (place + 1) // number)
            rounds.append(Round(moment.replace(microsecond=0), phase, own))
    return rounds


def _slip(story: Story, rounds: Sequence[Round]) -> Slip:
    """Choose the parcel that the wire service counts twice by mistake.

    It is in a round a little after the middle of election day's votes, and moves the margin most.
    """
    of_the_day = [place for place, round_ in enumerate(rounds) if round_.phase is DrillPhase.ELECTION_DAY]
    later_rounds = of_the_day[len(of_the_day) * 55 // 100 :]
    lasts = max(3, len(of_the_day) // 10)
    return next(
        slip for place in later_rounds if (slip := _slip_in(story, rounds[place], place, place + lasts)) is not None
    )


def _slip_in(story: Story, round_: Round, first_round: int, last_round: int) -> Slip | None:
    """Return the mistake that moves the margin most in a round; None if no mistake would move the margin.

    A mistake counts a parcel twice, as far as the county has voters for the additional votes.

    Args:
        story: the drill.
        round_: the round whose parcels are tried.
        first_round: the first round that contains the mistake.
        last_round: the last round that contains the mistake.
    """
    best: tuple[int, int, tuple[int, ...]] = (0, 0, ())
    for place in round_.parcels:
        parcel = story.parcels[DrillPhase.ELECTION_DAY][place]
        county = story.counties[parcel.county]
        room = (county.registered - county.ballots) * 3 // 4
        votes = story.marked[GOVERNOR][DrillPhase.ELECTION_DAY][place]
        twice = tuple(cast * min(room, parcel.ballots) // parcel.ballots for cast in votes)
        best = max(best, (abs(twice[0] - twice[1]), parcel.county, twice))
    return Slip(first_round, last_round, best[1], best[2]) if best[0] else None


def _zeros(story: Story, contest: str, moment: datetime) -> ShownReading:
    reading = story.counts[contest].reading(WIRE, moment)
    story.show(moment, reading)
    if contest == GOVERNOR:
        story.note(moment, "zeros", "The feeds show zeros before anything is counted: that is no news.")
    later = moment + timedelta(minutes=2)
    story.show(later, reading.model_copy(update={"source": OFFICE, "as_of": later}))
    return ShownReading(reading)


def _wire(story: Story, contest: str, rounds: Sequence[Round], slip: Slip) -> list[ShownReading]:
    """Add a step for each reading of a contest by the wire service. Returns all readings made for the contest."""
    shown: list[ShownReading] = []
    seconds = timedelta(seconds=25 * list(_EVERY).index(contest))
    for number, round_ in enumerate(rounds):
        for place in round_.parcels:
            story.count(contest, round_.phase, place)
        if contest == GOVERNOR and number == slip.first_round:
            story.counts[contest].correct(slip.county, "election-day", slip.votes)
        slipped = contest == GOVERNOR and slip.first_round <= number <= slip.last_round
        if number % _EVERY[contest] == 0 or round_ is rounds[-1]:
            shown.append(ShownReading(story.counts[contest].reading(WIRE, round_.at + seconds), not slipped))
        if slipped:
            _without_slip(
                story, slip, shown, _between(round_.at, rounds[number + 1].at), last_round=number == slip.last_round
            )
    for one in shown:
        if one.reading.source == WIRE:
            story.show(one.reading.as_of, one.reading)
    return shown


def _without_slip(story: Story, slip: Slip, shown: list[ShownReading], moment: datetime, *, last_round: bool) -> None:
    """Add a reading from which the desk can notice the mistake in the wire service's count (see `Slip`).

    It follows a round that contains the mistake. After the last such round, the wire service shows a corrected count.
    After an earlier round, the elections office shows the true margin, once, so that the two sources disagree.

    Args:
        story: the drill.
        slip: the mistake.
        shown: the readings so far, to which the new reading is added.
        moment: the time of the new reading.
        last_round: True if this is the last round that contains the mistake.
    """
    tally, name = story.counts[GOVERNOR], story.counties[slip.county].name
    tally.correct(slip.county, "election-day", [-cast for cast in slip.votes])
    if last_round:
        fall = commas(sum(slip.votes))
        story.note(moment, "revision", f"The wire's total falls by {fall}: it had a part of {name} in twice.", GOVERNOR)
        story.hear(moment + timedelta(minutes=3), f"The wire says that it had a part of {name} County in twice.")
        shown.append(ShownReading(tally.reading(WIRE, moment)))
        return
    clean = tally.reading(OFFICE, moment)
    tally.correct(slip.county, "election-day", slip.votes)
    office_shown = any(one.reading.source == OFFICE for one in shown)
    if not office_shown and all(margin_of(one.reading.votes) != margin_of(clean.votes) for one in shown):
        words = f"The Elections Office does not have what the wire has in {name}: two margins, one of them wrong."
        story.note(moment, "disagreement", words, GOVERNOR)
        shown.append(ShownReading(clean))


def _office(story: Story, shown: dict[str, list[ShownReading]], until: datetime) -> datetime:
    """Add a step for each reading by the elections office until its website stops.

    Returns the time of the last reading. The office shows the wire service's earlier figures without the mistake. In
    one reading it shows a margin that the wire service never had.
    """
    newest = at(19, 4)
    for contest, history in shown.items():
        own = {one.reading.as_of: place for place, one in enumerate(history) if one.reading.source == OFFICE}
        moments = {*own, *_regular(BEGINS + timedelta(minutes=16 + list(_EVERY).index(contest)), until)}
        last = 0  # the zeros
        for moment in sorted(moments):
            behind = max(place for place, one in enumerate(history) if one.reading.as_of <= moment - _LAG)
            place = own.get(moment, behind)
            if place > last and history[place].clean:
                story.show(moment, history[place].reading.model_copy(update={"source": OFFICE, "as_of": moment}))
                last, newest = place, max(newest, moment)
    return newest


def _regular(start: datetime, until: datetime) -> list[datetime]:
    """Return the times, in UTC, at which the elections office updates its website."""
    number = max(0, (until - start) // _OFFICE_EVERY)
    return [(start + place * _OFFICE_EVERY).astimezone(UTC) for place in range(number + 1)]


def _reporter(story: Story, rounds: Sequence[Round], history: Sequence[Reading]) -> None:
    """Add steps in which a reporter's facts are entered before the feed shows them.

    The facts are the ballots still to be counted in some counties, and a lead change.
    """
    polls_end = max(round_.at for round_ in rounds if round_.phase is DrillPhase.ELECTION_DAY)
    for place, (county, ballots) in enumerate(late_counties(story.parcels).items()):
        outstanding = Outstanding(ballots=ballots, units=(story.counties[county].name,), type="absentee-mail")
        entered = polls_end + timedelta(minutes=5 + 2 * place)
        story.say(entered, Statement(source=REPORTER, contest=GOVERNOR, as_of=entered, outstanding=outstanding))
    before, after = _last_lead_change(history)
    entered = _between(before.as_of, after.as_of)
    margin = margin_of(after.votes)
    statement = Statement(source=REPORTER, contest=GOVERNOR, as_of=entered, leader=margin.leader, margin=margin.votes)
    story.say(entered, statement)
    words = f"A reporter has {story.last(margin.leader)} ahead by {commas(margin.votes or 0)} before the wire does."
    story.note(entered, "desk_ahead", words, GOVERNOR)


def _reported_batch(story: Story, history: Sequence[Reading], late: datetime) -> None:
    """Add a step in which a reporter's figures for one county are entered before the feed shows them.

    The votes are the largest late report that does not change the leader. If possible, the county has not reported for
    an hour, so that the feed certainly lacks these votes.
    """
    batches = []
    for before, after in pairwise(history):
        entered = _between(before.as_of, after.as_of)
        if before.as_of < late or margin_of(before.votes).leader != margin_of(after.votes).leader:
            continue
        earlier = [one for one in history if one.as_of <= entered - REPORTED_WITHIN][-1]
        for name, unit in (after.units or {}).items():
            was, now = (before.units or {})[name], unit.votes or {}
            split = {candidate: votes - (was.votes or {})[candidate] for candidate, votes in now.items()}
            if not any(split.values()):
                continue
            batches.append(((earlier.units or {})[name] == was, sum(split.values()), entered, name, split))
    _, votes, entered, county, split = max(batches, key=lambda one: one[:2])
    shares = tuple(CandidateVotes(candidate=candidate, votes=more) for candidate, more in split.items() if more)
    batch = ReportedBatch(votes=votes, units=(county,), split=shares)
    story.say(entered, Statement(source=REPORTER, contest=GOVERNOR, as_of=entered, batch=batch))
    words = f"A reporter has {commas(votes)} votes from {county} County before the wire does."
    story.note(entered, "batch", words, GOVERNOR)


def _last_lead_change(history: Sequence[Reading]) -> tuple[Reading, Reading]:
    """Return the readings before and after the last lead change."""
    changes = [
        (one, other) for one, other in pairwise(history) if margin_of(one.votes).leader != margin_of(other.votes).leader
    ]
    return changes[-1]


def _between(one: datetime, other: datetime) -> datetime:
    return (one + (other - one) / 2).replace(microsecond=0).astimezone(UTC)


def note_what_shows(story: Story, history: Mapping[str, Sequence[Reading]]) -> None:
    """Add notes on facts in the wire service's readings that an attentive editor should notice.

    `history` has the readings by contest, in order of time.
    """
    governor, senate, surveyor = history[GOVERNOR], history[SENATE], history[SURVEYOR]
    _first(story, governor, "early", "early_votes", "The first early votes are in: they are not the state.")
    _first(story, governor, "absentee-mail", "absentee", "The first absentee ballots are in.")
    _lead_changes(story, governor)
    _majority_lost(story, senate)
    unopposed = next(reading for reading in surveyor if reading.counted)
    name = story.last(next(iter(unopposed.votes)))
    words = f"{name} is the only candidate: there are votes, and no margin to speak of."
    story.note(unopposed.as_of, "uncontested", words, SURVEYOR)


def _first(story: Story, history: Sequence[Reading], kind: VoteType, what: HappeningKind, words: str) -> None:
    reading = next(reading for reading in history if reading.by_type and any(reading.by_type.get(kind, {}).values()))
    story.note(reading.as_of, what, words, GOVERNOR)


def _lead_changes(story: Story, history: Sequence[Reading]) -> None:
    counted = [reading for reading in history if reading.counted]
    for before, after in pairwise(counted):
        was, now = margin_of(before.votes), margin_of(after.votes)
        if now.leader != was.leader and now.votes:
            words = f"{story.last(now.leader)} moves ahead by {commas(now.votes)}; {story.last(was.leader)} led by {commas(was.votes or 0)}."
            story.note(after.as_of, "lead_change", words, GOVERNOR)


def _majority_lost(story: Story, history: Sequence[Reading]) -> None:
    """Add a note on the last time that the Senate race's leader falls to half of the votes or less."""
    over = [2 * max(reading.votes.values()) > reading.counted for reading in history]
    place = max(place for place, (was, now) in enumerate(pairwise(over), start=1) if was and not now)
    name = story.last(margin_of(history[place].votes).leader)
    words = f"{name} no longer has more than half of the votes: as it stands, there is a runoff."
    story.note(history[place].as_of, "majority_line", words, SENATE)
