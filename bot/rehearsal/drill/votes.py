"""How the ballots of the drill were marked: by chance, but so that the count tells the story that it should."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Literal

from msgspec import Struct

from bot.rehearsal.drill.counties import DrillCounty, DrillPhase, Parcel, Parcels

WHOLE = 100_000
"""Goals are in parts of this."""

_LEAST_SHARE = 3
"""Percent of a parcel that each of the first two gets at least."""


class Script(Struct, frozen=True):
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


Marked = dict[DrillPhase, list[tuple[int, ...]]]
"""Votes by candidate, in the script's order, of each parcel of a phase."""


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
        marked[phase] = [_split(script, one, votes) for one, votes in zip(first, cast, strict=True)]
        first_so_far += sum(first)
        base_so_far += sum(bases)
    return marked


def _cast(chance: Random, script: Script, parcel: Parcel) -> tuple[int, int]:
    """Return the votes of a parcel: (for the first two together, for the third)."""
    votes = parcel.ballots - parcel.ballots * chance.randint(*script.undervote) // 1000
    third = votes * chance.randint(*script.third) // 1000
    return votes - third, third


def _leaning(chance: Random, counties: Sequence[DrillCounty], parcel: Parcel, votes: int) -> int:
    """Return the first candidate's part of so many votes, as the county leans."""
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


def _split(script: Script, first: int, votes: tuple[int, int]) -> tuple[int, ...]:
    return (first, votes[0] - first, votes[1])[: len(script.candidates)]
