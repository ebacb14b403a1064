"""The drill's contests, how their ballots were marked, and the desk file, in which everything says that it is made up.

The ballots are marked at random, but so that the count tells the story that it should.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from bot.desk.desk_file import Desk
from bot.rehearsal.drill.counties import STATE, DrillCounty, DrillPhase, Parcel, Parcels, draw_people

WHOLE = 100_000
"""A goal of this is all votes."""

_LEAST_SHARE = 3
"""Percent of a parcel that each of the first two gets at least."""

Marked = dict[DrillPhase, list[tuple[int, ...]]]
"""Votes by candidate, in the script's order, of each parcel of a phase."""

ZONE = "America/New_York"

WIRE, OFFICE, REPORTER = "wire", "elections-office", "reporter"

GOVERNOR, SENATE, MEASURE, SURVEYOR = "governor", "senate", "measure-4", "surveyor"

_PARTIES = ("Harbor", "Meadow", "Lantern")


@dataclass(frozen=True, slots=True)
class Script:
    """What a contest's count is to look like."""

    candidates: tuple[str, ...]
    """Ids: the first two are in front, a third is far behind; one alone is uncontested."""
    of: Literal["two", "all"] = "two"
    """What `goals` are a share of: the votes of the first two, or all."""
    goals: Mapping[DrillPhase, tuple[int, int]] | None = None
    """The first candidate's share of what is counted by the end of a phase, from and to, in parts of 100,000."""
    third: tuple[int, int] = (0, 0)
    """The third candidate's share of each parcel, from and to, in parts of 1,000."""
    undervote: tuple[int, int] = (5, 30)
    """Ballots of each parcel without a vote in the contest, from and to, in parts of 1,000."""


def mark(chance: Random, script: Script, counties: Sequence[DrillCounty], parcels: Parcels) -> Marked:
    """Return how the ballots of all parcels were marked in one contest.

    At the end of each phase that has a goal, the first candidate has exactly the share that was drawn for it.
    """
    marked: Marked = {}
    first_so_far = base_so_far = 0
    for phase in DrillPhase:
        cast = [_cast(chance, script, parcel) for parcel in parcels[phase]]
        bases = [sum(votes) if script.of == "all" else votes[0] for votes in cast]
        goal = script.goals.get(phase) if script.goals else None
        first = [
            _leaning(chance, counties, parcel, votes[0]) for parcel, votes in zip(parcels[phase], cast, strict=True)
        ]
        if len(script.candidates) == 1:
            first = [votes[0] for votes in cast]
        elif goal is not None:
            share = chance.randint(*goal)
            target = (base_so_far + sum(bases)) * share // WHOLE - first_so_far
            first = _moved_to(target, first, [votes[0] for votes in cast])
        marked[phase] = [
            (one, both - one, third)[: len(script.candidates)] for one, (both, third) in zip(first, cast, strict=True)
        ]
        first_so_far += sum(first)
        base_so_far += sum(bases)
    return marked


def _cast(chance: Random, script: Script, parcel: Parcel) -> tuple[int, int]:
    """Return the votes of a parcel: (for the first two together, for the third)."""
    votes = parcel.ballots - parcel.ballots * chance.randint(*script.undervote) // 1000
    third = votes * chance.randint(*script.third) // 1000
    return votes - third, third


def _leaning(chance: Random, counties: Sequence[DrillCounty], parcel: Parcel, votes: int) -> int:
    """Return the first candidate's part of a parcel's `votes`, as its county leans."""
    return votes * (100 + counties[parcel.county].lean + chance.randint(-6, 6)) // 200


def _moved_to(target: int, first: list[int], votes: list[int]) -> list[int]:
    """Return the first candidate's votes by parcel, moved until they add up to `target`.

    Each parcel gives or takes by how much it can, so that counties go on leaning as they do.
    """
    least = [cast * _LEAST_SHARE // 100 for cast in votes]
    need = target - sum(first)
    room = [
        cast - bottom - one if need > 0 else one - bottom for one, cast, bottom in zip(first, votes, least, strict=True)
    ]
    if abs(need) > sum(room):
        raise ValueError(f"{target} of {sum(votes)} votes can't be reached")
    moved, given, seen = [], 0, 0
    for one, can in zip(first, room, strict=True):
        seen += can
        share = abs(need) * seen // sum(room) - given
        given += share
        moved.append(one + share if need > 0 else one - share)
    return moved


@dataclass(frozen=True, slots=True)
class DrillBallot:
    """The contests on the ballot: how each is to go, and the desk file that names them."""

    scripts: Mapping[str, Script]
    desk: Desk


def make_ballot(chance: Random) -> DrillBallot:
    """Return the contests, with candidates put together by chance."""
    names = draw_people(chance, 7)
    governor, senate, surveyor = names[:3], names[3:6], names[6:]
    scripts = {
        GOVERNOR: Script(
            _ids(governor),
            goals={
                # The first leads by the early votes, falls behind on election day, and comes back after midnight.
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
                # The first is in front in the end, and short of the majority that spares a runoff.
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
                # Needs 60%, and has it with the last of the night.
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
                _contest(MEASURE, "Measure 4", f"{STATE}'s Measure 4", choices, rule="measure", threshold="60%"),
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
