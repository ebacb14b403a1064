"""The drill's contests, the marking of their ballots, and the desk file, which labels everything as made up.

Ballots are marked at random, but the running count follows a script.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from bot.desk.desk_file import Desk
from bot.rehearsal.drill.counties import STATE, DrillCounty, DrillPhase, Parcel, Parcels, draw_people

WHOLE = 100_000
"""The denominator of goals: 100,000 means all votes."""

_LEAST_SHARE = 3
"""The minimum share of a parcel's votes, in percent, for each of the first two candidates."""

VotesByPhase = dict[DrillPhase, list[tuple[int, ...]]]
"""The votes in each parcel of each phase. A parcel's votes are in the script's order of candidates."""

ZONE = "America/New_York"

WIRE, OFFICE, REPORTER = "wire", "elections-office", "reporter"

GOVERNOR, SENATE, MEASURE, SURVEYOR = "governor", "senate", "measure-4", "surveyor"

_PARTIES = ("Harbor", "Meadow", "Lantern")


@dataclass(frozen=True, slots=True)
class Script:
    """The plan for a contest's count: its candidates, and the shares of the votes that they should get."""

    candidates: tuple[str, ...]
    """Candidate ids: two close rivals, and possibly a third far behind. A single candidate is unopposed."""
    of: Literal["two", "all"] = "two"
    """The base of the shares in `goals`: the votes for the first two candidates, or for all."""
    goals: Mapping[DrillPhase, tuple[int, int]] | None = None
    """For each phase, a range for the first candidate's share of the votes counted by its end, in parts of 100,000."""
    third: tuple[int, int] = (0, 0)
    """A range for the third candidate's share of a parcel, in parts of 1,000."""
    undervote: tuple[int, int] = (5, 30)
    """A range for the share of a parcel's ballots without a vote in the contest, in parts of 1,000."""


def mark(chance: Random, script: Script, counties: Sequence[DrillCounty], parcels: Parcels) -> VotesByPhase:
    """Mark the ballots of all parcels in one contest. Returns the votes of each parcel, by phase.

    For each phase with a goal, a share is drawn at random. At the phase's end, the first candidate has exactly this
    share.
    """
    votes_by_phase: VotesByPhase = {}
    first_so_far = base_so_far = 0
    for phase in DrillPhase:
        cast = [_draw_votes(chance, script, parcel) for parcel in parcels[phase]]
        bases = [sum(votes) if script.of == "all" else votes[0] for votes in cast]
        goal = script.goals.get(phase) if script.goals else None
        first = [
            _votes_by_lean(chance, counties, parcel, votes[0])
            for parcel, votes in zip(parcels[phase], cast, strict=True)
        ]
        if len(script.candidates) == 1:
            first = [votes[0] for votes in cast]
        elif goal is not None:
            share = chance.randint(*goal)
            target = (base_so_far + sum(bases)) * share // WHOLE - first_so_far
            first = _shifted_to(target, first, [votes[0] for votes in cast])
        votes_by_phase[phase] = [
            (one, both - one, third)[: len(script.candidates)] for one, (both, third) in zip(first, cast, strict=True)
        ]
        first_so_far += sum(first)
        base_so_far += sum(bases)
    return votes_by_phase


def _draw_votes(chance: Random, script: Script, parcel: Parcel) -> tuple[int, int]:
    """Draw at random the votes in a parcel: those for the first two candidates together, and those for the third."""
    votes = parcel.ballots - parcel.ballots * chance.randint(*script.undervote) // 1000
    third = votes * chance.randint(*script.third) // 1000
    return votes - third, third


def _votes_by_lean(chance: Random, counties: Sequence[DrillCounty], parcel: Parcel, votes: int) -> int:
    """Return how many of the `votes` in a parcel are for the first candidate, by how the parcel's county leans."""
    return votes * (100 + counties[parcel.county].lean + chance.randint(-6, 6)) // 200


def _shifted_to(target: int, first: list[int], votes: list[int]) -> list[int]:
    """Change the first candidate's votes in each parcel so that they add up to `target`.

    Parcels with more votes to spare change more, so that counties keep their lean.
    """
    least = [cast * _LEAST_SHARE // 100 for cast in votes]
    need = target - sum(first)
    room = [
        cast - bottom - one if need > 0 else one - bottom for one, cast, bottom in zip(first, votes, least, strict=True)
    ]
    if abs(need) > sum(room):
        raise ValueError(f"{target} of {sum(votes)} votes can't be reached")
    shifted, given, seen = [], 0, 0
    for one, can in zip(first, room, strict=True):
        seen += can
        share = abs(need) * seen // sum(room) - given
        given += share
        shifted.append(one + share if need > 0 else one - share)
    return shifted


@dataclass(frozen=True, slots=True)
class DrillBallot:
    """The contests of the drill: the plan for the count of each, and a desk file with all of them."""

    scripts: Mapping[str, Script]
    desk: Desk


def make_ballot(chance: Random) -> DrillBallot:
    """Make the contests with the plans for their counts, and draw the candidates' names at random."""
    names = draw_people(chance, 7)
    governor, senate, surveyor = names[:3], names[3:6], names[6:]
    scripts = {
        GOVERNOR: Script(
            _ids(governor),
            goals={
                # The first candidate leads in early votes, falls behind on election day, and is ahead again after midnight.
                DrillPhase.EARLY: (51_500, 53_000),
                DrillPhase.ELECTION_DAY: (49_550, 49_850),
                DrillPhase.LATE: (50_050, 50_200),
            },
            third=(8, 20),
        ),
        SENATE: Script(
            _ids(senate),
            of="all",
            goals={
                # The first candidate finishes ahead, but short of the majority that avoids a runoff.
                DrillPhase.EARLY: (52_000, 53_000),
                DrillPhase.ELECTION_DAY: (50_200, 50_500),
                DrillPhase.LATE: (49_600, 49_850),
            },
            third=(18, 30),
            undervote=(10, 40),
        ),
        MEASURE: Script(
            ("yes", "no"),
            of="all",
            goals={
                # It needs 60%, and gets there with the last votes of the night.
                DrillPhase.EARLY: (57_000, 58_500),
                DrillPhase.ELECTION_DAY: (59_600, 59_850),
                DrillPhase.LATE: (60_050, 60_200),
            },
            undervote=(40, 120),
        ),
        SURVEYOR: Script(_ids(surveyor), undervote=(150, 300)),
    }
    return DrillBallot(scripts, _desk(governor, senate, surveyor))


def _ids(candidates: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(last.lower() for _, last in candidates)


def _desk(governor: list[tuple[str, str]], senate: list[tuple[str, str]], surveyor: list[tuple[str, str]]) -> Desk:
    choices = [{"id": choice, "name": choice.title(), "last": choice.title()} for choice in ("yes", "no")]
    return Desk.model_validate(
        {
            "desk": {"zone": ZONE, "rundown": "08:00", "evening": "18:00"},
            "contests": [
                _contest(GOVERNOR, "Governor", f"{STATE}'s race for governor", _candidates(governor)),
                _contest(SENATE, "U.S. Senate", f"{STATE}'s Senate race", _candidates(senate), rule="majority-runoff"),
                _contest(
                    MEASURE,
                    "Measure 4",
                    f"{STATE}'s vote on Measure 4 (drill)",
                    choices,
                    rule="measure",
                    threshold="60%",
                ),
                _contest(SURVEYOR, "State Surveyor", f"{STATE}'s race for surveyor", _candidates(surveyor)),
            ],
            "sources": [
                {
                    "id": WIRE,
                    "name": "the Make-Believe Wire",
                    "short": "Make-Believe Wire",
                    "stale_after": "24h",
                    "credit": "the Make-Believe Wire, which is made up",
                },
                {
                    "id": OFFICE,
                    "name": "the make-believe Elections Office",
                    "short": "Make-Believe Elections Office",
                    "stale_after": "24h",
                    "stale_after_night": "4h",
                    "credit": f"the Elections Office of {STATE}, which is made up",
                },
                {"id": REPORTER, "name": "our reporter", "person": True, "public": False},
            ],
        }
    )


def _contest(key: str, name: str, where: str, candidates: list[dict[str, str]], **rule: str) -> dict[str, object]:
    return {"id": key, "name": f"{name} (drill)", "where": where, "leads": WIRE, "candidates": candidates, **rule}


def _candidates(names: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"id": last.lower(), "name": f"{first} {last}", "last": last, "party": party}
        for (first, last), party in zip(names, _PARTIES, strict=False)
    ]
