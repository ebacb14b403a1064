"""What the drill is made of while it is written: the parts that were drawn, each count, steps and happenings so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.count.reading import Reading, Reporting, Status, Unit, VoteType
from bot.count.statement import Statement
from bot.events.event import Event
from bot.rehearsal.day import CheckStep, Happening, MessageStep, ReadingStep, ScheduleStep, StatementStep, Step, What
from bot.rehearsal.drill.contests import ZONE, DrillBallot, Marked
from bot.rehearsal.drill.counties import DrillCounty, DrillPhase, Parcel, Parcels


class DrillCount:
    """The count of one contest so far."""

    def __init__(self, contest: str, candidates: Sequence[str], counties: Sequence[DrillCounty]) -> None:
        """Start with nothing counted."""
        self._contest = contest
        self._candidates = candidates
        self._counties = counties
        self._votes = [[0] * len(candidates) for _ in counties]
        self._precincts = [0] * len(counties)
        self._by_type: dict[VoteType, list[int]] = {}
        self._units = {county.name: self._unit(place) for place, county in enumerate(counties)}

    def add(self, parcel: Parcel, votes: Sequence[int]) -> None:
        """Count a parcel that was marked so."""
        self.correct(parcel.county, parcel.type, votes)
        self._precincts[parcel.county] += parcel.precincts
        self._units[self._counties[parcel.county].name] = self._unit(parcel.county)

    def correct(self, county: int, kind: VoteType, votes: Sequence[int]) -> None:
        """Add votes to a county's, or take them off where they are negative; precincts stay as they are."""
        by_type = self._by_type.setdefault(kind, [0] * len(self._candidates))
        for place, cast in enumerate(votes):
            self._votes[county][place] += cast
            by_type[place] += cast
        self._units[self._counties[county].name] = self._unit(county)

    def reading(
        self, source: str, as_of: datetime, *, status: Status = "unofficial-partial", count: str = "election"
    ) -> Reading:
        """Return what a source that has all this shows."""
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


ELECTION_DAY = datetime(2035, 11, 6, tzinfo=ZoneInfo(ZONE))
"""A Tuesday, as election days are."""


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    """Return a wall time so many days after election day."""
    return ELECTION_DAY + timedelta(days=day, hours=hour, minutes=minute)


@dataclass(slots=True)
class Story:
    """A drill being written."""

    chance: Random
    counties: Sequence[DrillCounty]
    parcels: Parcels
    ballot: DrillBallot
    marked: Mapping[str, Marked]
    """By contest."""
    counts: dict[str, DrillCount] = field(default_factory=dict)
    """Each contest's true count so far."""
    steps: list[Step] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start each contest's count."""
        for key, script in self.ballot.scripts.items():
            self.counts[key] = DrillCount(key, script.candidates, self.counties)

    def count(self, contest: str, phase: DrillPhase, place: int) -> Parcel:
        """Count a phase's parcel at `place` in one contest; return it."""
        parcel = self.parcels[phase][place]
        self.counts[contest].add(parcel, self.marked[contest][phase][place])
        return parcel

    def show(self, moment: datetime, reading: Reading) -> None:
        """Let a feed show a reading."""
        self.steps.append(ReadingStep(at=moment, does="reading", reading=reading))

    def say(self, moment: datetime, statement: Statement) -> None:
        """Let the desk enter a statement."""
        self.steps.append(StatementStep(at=moment, does="statement", statement=statement))

    def hear(self, moment: datetime, words: str) -> None:
        """Let the reporter write what they heard."""
        self.steps.append(MessageStep(at=moment, does="message", who="reporter", words=words))

    def plan(self, moment: datetime, *events: Event) -> None:
        """Let the desk put events into the schedule."""
        self.steps.append(ScheduleStep(at=moment, does="schedule", events=list(events)))

    def look(self, moment: datetime) -> None:
        """Let the sources be asked, with nothing new to say."""
        self.steps.append(CheckStep(at=moment, does="check"))

    def note(self, moment: datetime, what: What, words: str, contest: str | None = None) -> None:
        """Note what happens."""
        self.happenings.append(Happening(at=moment, what=what, words=words, contest=contest))

    def last(self, candidate: str) -> str:
        """Return a candidate's last name."""
        for contest in self.ballot.desk.contests:
            if (found := contest.candidate(candidate)) is not None:
                return found.last
        raise KeyError(candidate)
