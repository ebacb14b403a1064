"""Makes reports in the shape of NIST SP 1500-100, version 2."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

GENERATED = "2026-11-03T21:14:00-05:00"
DISTRICT = "state"


def count(number: object, unit: object = DISTRICT, kind: object = "total", **more: object) -> dict[str, Any]:
    """Return a `VoteCounts` object."""
    said = {"@type": "ElectionResults.VoteCounts", "Count": number, "GpUnitId": unit, "Type": kind} | more
    return {field: value for field, value in said.items() if value is not None}


def choice(candidate: str | None, *counts: object, **more: object) -> dict[str, Any]:
    """Return a `CandidateSelection` object of one candidate, or of nobody."""
    kind = {"@type": "ElectionResults.CandidateSelection", "@id": f"sel-{candidate}"}
    return kind | ({"CandidateIds": [candidate]} if candidate else {}) | {"VoteCounts": list(counts)} | more


def contest(*selections: object, key: object = "gov", name: object = "Governor", **more: object) -> dict[str, Any]:
    """Return a `CandidateContest` object."""
    return {
        "@type": "ElectionResults.CandidateContest",
        "@id": key,
        "Name": name,
        "ElectionDistrictId": DISTRICT,
        "VotesAllowed": 1,
        "ContestSelection": list(selections),
    } | more


def unit(key: str, name: object, kind: object = "county", parts: object = (), **more: object) -> dict[str, Any]:
    """Return a `ReportingUnit` object."""
    made = {"@type": "ElectionResults.ReportingUnit", "@id": key, "Name": name, "Type": kind}
    return made | ({"ComposingGpUnitIds": parts} if parts else {}) | more


def in_english(text: str) -> dict[str, Any]:
    """Return an `InternationalizedText` object."""
    return {"Text": [{"Content": f"({text})", "Language": "es"}, {"Content": text, "Language": "en-US"}]}


CANDIDATES: dict[str, dict[str, object]] = {
    "ada": {"BallotName": in_english("Ada Quill"), "PartyId": "dem"},
    "bo": {"BallotName": in_english("Bo Reed"), "PartyId": "rep"},
    "cy": {"BallotName": in_english("Cy Moss")},
}
UNITS = [
    unit(DISTRICT, "Georgia", "state", ["app", "bac"]),
    unit("app", "Appling County", SubUnitsReported=3, TotalSubUnits=9),
    unit("bac", "Bacon County"),
]
PARTIES = [
    {"@id": "dem", "Name": in_english("Democratic"), "Abbreviation": "DEM"},
    {"@id": "rep", "Name": in_english("Republican")},
]


def report(
    *contests: object,
    units: Iterable[object] = UNITS,
    election: Mapping[str, object] | None = None,
    candidates: Mapping[str, Mapping[str, object]] = CANDIDATES,
    **more: object,
) -> bytes:
    """Return an `ElectionReport` with one election, as JSON. Fields that are None are omitted."""
    inside = {
        "@type": "ElectionResults.Election",
        "Name": in_english("General Election"),
        "Candidate": [{"@id": key} | dict(said) for key, said in candidates.items()],
        "Contest": list(contests),
    } | dict(election or {})
    made = {
        "@type": "ElectionResults.ElectionReport",
        "Format": "summary-contest",
        "GeneratedDate": GENERATED,
        "Issuer": "State of Georgia",
        "IssuerAbbreviation": "GA",
        "SequenceStart": 1,
        "SequenceEnd": 1,
        "Status": "unofficial-partial",
        "GpUnit": list(units),
        "Party": PARTIES,
        "Election": [inside],
    } | more
    return json.dumps({field: value for field, value in made.items() if value is not None}).encode()
