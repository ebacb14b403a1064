"""`tallydesk schema`: prints the JSON Schema of a reading, for authors of feeds."""

import json
from typing import Any

from bot.cli.terminal import DONE, say
from bot.count.reading import Reading

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_READING = {
    "": (
        "What one source said of one contest at one time. A field that is absent (or null) means that the source "
        "does not say, never 0; so does a unit or a candidate that is not listed. Beyond what this schema can say: "
        "no key is given twice, numbers have no fraction and no exponent, and a total is not below the sum of its "
        "votes."
    ),
    "source": "Who says so: the id of a source in the desk file.",
    "contest": "The contest's id, the same in every reading of it.",
    "contest_name": "The contest's name as the source spells it.",
    "count": "Which count of the contest; readings of different counts are never compared.",
    "as_of": "The source's own time for these numbers, ISO 8601 with its zone.",
    "as_of_is": "`received`: the source gave no time, and as_of is when the reading came in.",
    "status": "How far the count is, a results status of NIST SP 1500-100.",
    "votes": "Votes by candidate id; at least one.",
    "names": "Names by candidate id, as on the ballot.",
    "parties": "Parties by candidate id, a letter or a short name.",
    "total": "All votes in the contest, which may be more than the sum of `votes`; absent: the sum.",
    "reporting": "How much of the count has reported.",
    "expected_total": "How many votes the source expects in the end.",
    "by_type": "Votes by how the ballots came in, then by candidate id.",
    "units": "What the source says of each reporting unit (a county, a town), by the unit's name.",
    "part_of_units": "(its units, those of the contest), for a table that has only some: it is no margin of the contest.",
    "unit_batch": "New votes by unit as the source itself says, where it gives no unit totals.",
    "outstanding": "Ballots that are left to count, as the source says; absent: it does not say.",
    "says": "What the source says beside the numbers, in its own words; nobody else's.",
}

_SAYS = {
    "": "What the source says of the contest beside the numbers, in its own words; nobody else's.",
    "call": "Whether it has called the contest, as it puts it.",
    "winners": "Ids of the candidates whom it marks as winners; absent: it marks nobody.",
    "runoff": "Ids of the candidates whom it marks as going into a runoff.",
    "tabulation": "How far it says its own counting is.",
    "expected_percent": "How much of the vote that it expects is counted, in percent.",
    "measure": "True: it says that the contest is a ballot measure.",
    "threshold_percent": "How much of the vote it says a measure needs, in percent, perhaps rounded.",
}

_OUTSTANDING = {
    "": "Ballots that are left to count: all of them, or those of one kind or in some units.",
    "ballots": "How many.",
    "units": "Where, by the units' names; empty: in the whole contest.",
    "type": "How they came in, as in `by_type`; absent: of any kind.",
}

_REPORTING = {
    "": "How much of the count has reported, each as [reported, of]; the first is not above the second.",
    "precincts": "Precincts, [reported, of].",
    "units": "Reporting units such as counties, [reported, of].",
}

_UNIT = {
    "": "What the source says of one reporting unit.",
    "fips": "Of a county: its FIPS code, five digits.",
    "total": "All votes of the unit in the contest; absent: the sum of its `votes`.",
    "votes": "The unit's votes by candidate id.",
    "reported": "The unit's precincts, [reported, of].",
    "by_type": "The unit's votes by how the ballots came in, then by candidate id.",
}


def schema() -> int:
    """Print the schema. Returns the exit status."""
    say(json.dumps(reading_schema(), indent=2, ensure_ascii=False))
    return DONE


def reading_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a reading in a feed."""
    described = Reading.model_json_schema()
    _describe(described, _READING)
    _describe(described["$defs"]["OutstandingBallots"], _OUTSTANDING)
    _describe(described["$defs"]["Reporting"], _REPORTING)
    _describe(described["$defs"]["SourceSays"], _SAYS)
    _describe(described["$defs"]["Unit"], _UNIT)
    return {"$schema": _DIALECT} | described


def _describe(part: dict[str, Any], words: dict[str, str]) -> None:
    part["description"] = words[""]
    for name, field in part["properties"].items():
        field["description"] = words[name]
