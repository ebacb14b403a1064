"""What is voted on in the drill, and the desk file that goes with it, in which everything says that it is made up."""

from collections.abc import Mapping
from random import Random

from msgspec import Struct

from bot.desk.desk_file import Desk
from bot.rehearsal.drill.counties import DrillPhase
from bot.rehearsal.drill.made_up_names import STATE, draw_people
from bot.rehearsal.drill.votes import Script

ZONE = "America/New_York"


WIRE, OFFICE, REPORTER = "wire", "elections-office", "reporter"


GOVERNOR, SENATE, MEASURE, SURVEYOR = "governor", "senate", "measure-4", "surveyor"


PLACE = f"fictional {STATE}"
"""What every headline says after "in"."""

_PARTIES = ("Harbor", "Meadow", "Lantern")


class DrillBallot(Struct, frozen=True):
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
                _contest(GOVERNOR, "Governor", PLACE, _candidates(governor)),
                _contest(
                    SENATE, "U.S. Senate", f"{PLACE}'s Senate race", _candidates(senate), rule="majority-runoff"
                ),
                _contest(MEASURE, "Measure 4", f"{PLACE}'s Measure 4", choices, rule="measure", threshold="60%"),
                _contest(SURVEYOR, "State Surveyor", f"{PLACE}'s race for surveyor", _candidates(surveyor)),
            ],
            "sources": [
                {
                    "id": WIRE, "name": "the Make-Believe Wire", "short": "Make-Believe Wire", "stale_after": "24h",
                    "credit": "the Make-Believe Wire, which is made up",
                },
                {
                    "id": OFFICE, "name": "the make-believe Elections Office", "short": "Make-Believe Elections Office",
                    "stale_after": "24h", "stale_after_night": "4h",
                    "credit": f"the Elections Office of {PLACE}",
                },
                {"id": REPORTER, "name": "our reporter", "person": True, "public": False},
            ],
        }
    )  # fmt: skip


def _contest(key: str, name: str, where: str, candidates: list[dict[str, str]], **rule: str) -> dict[str, object]:
    return {"id": key, "name": f"{name} (drill)", "where": where, "leads": WIRE, "candidates": candidates, **rule}


def _candidates(names: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"id": last.lower(), "name": f"{first} {last}", "last": last, "party": party}
        for (first, last), party in zip(names, _PARTIES, strict=False)
    ]
