"""What the drill is made of while it is written: the parts that were drawn, and the steps and happenings so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.events.event import Event
from bot.rehearsal.day import CheckStep, Happening, MessageStep, ReadingStep, ScheduleStep, StatementStep, Step, What
from bot.rehearsal.drill.contests import ZONE, Ballot
from bot.rehearsal.drill.counties import County, Parcel, Parcels, Phase
from bot.rehearsal.drill.tally import Tally
from bot.rehearsal.drill.votes import Marked

ELECTION_DAY = datetime(2035, 11, 6, tzinfo=ZoneInfo(ZONE))
"""A Tuesday, as election days are."""


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    """Return a wall time so many days after election day."""
    return ELECTION_DAY + timedelta(days=day, hours=hour, minutes=minute)


@dataclass(slots=True)
class Story:
    """A drill being written."""

    chance: Random
    counties: Sequence[County]
    parcels: Parcels
    ballot: Ballot
    marked: Mapping[str, Marked]
    """By contest."""
    tallies: dict[str, Tally] = field(default_factory=dict)
    """Each contest's true count so far."""
    steps: list[Step] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start each contest's count."""
        for key, script in self.ballot.scripts.items():
            self.tallies[key] = Tally(key, script.candidates, self.counties)

    def count(self, contest: str, phase: Phase, place: int) -> Parcel:
        """Count a phase's parcel at `place` in one contest; return it."""
        parcel = self.parcels[phase][place]
        self.tallies[contest].add(parcel, self.marked[contest][phase][place])
        return parcel

    def show(self, moment: datetime, reading: Reading) -> None:
        """Let a feed show a reading."""
        self.steps.append(ReadingStep(at=moment, does="reading", reading=reading))

    def say(self, moment: datetime, statement: Statement) -> None:
        """Let the desk enter a statement."""
        self.steps.append(StatementStep(at=moment, does="statement", statement=statement))

    def hear(self, moment: datetime, words: str, who: str = "reporter") -> None:
        """Let somebody of the newsroom write what they heard."""
        self.steps.append(MessageStep(at=moment, does="message", who=who, words=words))

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
