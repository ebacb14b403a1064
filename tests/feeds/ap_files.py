"""Makes small answers in the shape of the AP's, with two invented races."""

import json
from typing import Any

Json = dict[str, Any]

PEOPLE = {"Ann Ames": ("Dem", "11"), "Bo Bell": ("GOP", "12")}
AS_OF = "2026-11-04T02:10:00Z"


def person(name: str, votes: object, **more: object) -> Json:
    first, last = name.split(" ", 1)
    party, number = PEOPLE.get(name, ("Ind", "13"))
    said = {"first": first, "last": last, "party": party, "polID": number, "polNum": f"9{number}"}
    return said | {"candidateID": f"7{number}", "ballotOrder": 1, "voteCount": votes} | more


def unit(name: str | None, ann: object, bo: object, **more: object) -> Json:
    """Return a reporting unit, or the whole state if `name` is None."""
    said: Json = {"statePostal": "GA", "lastUpdated": AS_OF, "precinctsReporting": 1, "precinctsTotal": 2}
    if name is None:
        said |= {"level": "state", "stateName": "Georgia"}
    else:
        said |= {"level": "FIPSCode", "reportingunitName": name, "reportingunitID": f"id-{name}"}
    return said | {"candidates": [person("Ann Ames", ann), person("Bo Bell", bo)]} | more


def race(*units: Json, number: str = "10005", **more: object) -> Json:
    said = {"statePostal": "GA", "raceID": number, "raceType": "General", "officeName": "Lamp Keeper"}
    return said | {"resultsType": "live", "reportingUnits": [*units]} | more


def answer(*races: object, **more: object) -> bytes:
    return json.dumps({"electionDate": "2026-11-03", "races": [*races]} | more).encode()
