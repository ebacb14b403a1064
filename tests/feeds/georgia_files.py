"""Makes export files in the shape of Georgia's results site."""

import json
from typing import Any

TYPES = ("Election Day Votes", "Absentee by Mail Votes", "Advanced Voting Votes", "Provisional Votes")
NAMES = {"1": ("Ada Quill (I) (Rep)", "REP"), "2": ("Bo Reed (Dem)", "DEM")}


def option(key: str, total: object, *parts: object, types: tuple[str, ...] = TYPES, **more: object) -> dict[str, Any]:
    name, party = NAMES[key]
    groups = [{"groupName": kind, "voteCount": votes} for kind, votes in zip(types, parts, strict=False)]
    made = {"id": key, "name": name, "voteCount": total, "politicalParty": party, "groupResults": groups}
    return made | more


def item(*options: object, key: object = "5000", **more: object) -> dict[str, Any]:
    made = {"type": "State", "id": key, "name": "Keeper of the Lamp", "voteFor": 1, "contestType": "Candidate"}
    return made | {"precinctsParticipating": None, "precinctsReporting": None, "ballotOptions": list(options)} | more


def county(name: object, *items: object) -> dict[str, Any]:
    return {"id": "x", "name": name, "ballotItems": list(items), "reportingStatuses": None}


def export(state: list[Any], local: list[Any], election: object = "General Election", **more: object) -> bytes:
    results = {"id": "y", "name": "Georgia", "ballotItems": state, "reportingStatuses": None}
    made = {"electionName": election, "createdAt": "2025-01-08T14:59:38Z", "results": results, "localResults": local}
    return json.dumps(made | more).encode()


STATE = item(option("1", 10, 4, 3, 2, 1), option("2", 20, 8, 6, 4, 2))
APPLING = item(option("1", 6, 2, 2, 1, 1), option("2", 5, 2, 1, 1, 1), precinctsParticipating=0, precinctsReporting=0)
BACON = item(option("1", 4, 2, 1, 1, 0), option("2", 15, 6, 5, 3, 1), precinctsParticipating=9, precinctsReporting=7)
GOOD = export([STATE], [county("Appling County", APPLING), county("Bacon County", BACON)])
