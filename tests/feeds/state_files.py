"""Makes small answers in the shapes of several states' and vendors' own formats."""

import base64
import json
from typing import Any

# KNOWiNK: results, names and parties, days.


def choice(key: object, votes: object, party: object = "1") -> dict[str, Any]:
    return {"choiceID": key, "totalVotes": votes, "partyID": party, "votePercent": 50.0, "isWinner": False}


def results(**contests: Any) -> dict[str, Any]:
    return {
        "response": {"contests": contests},
        "versionID": "v1-1",
        "lastUpdated": "2024-11-06T03:04:05.1234567Z",
        "electionID": "18",
        "isOfficial": False,
    }


def votes_of(*choices: object, **more: object) -> dict[str, Any]:
    return {
        "totalVotes": 12,
        "precinctsReporting": 3,
        "totalPrecincts": 9,
        "choices": list(choices),
        "writeInChoices": [],
    } | more


LOCATIONS = {
    "05001": {
        "totalVotes": 7,
        "choices": [choice("a1", 4), choice("b2", 3)],
        "precinctsReporting": 1,
        "totalPrecincts": 2,
    },
    "hq": {"choices": [choice("a1", 3)]},
}
RESULTS = results(
    x7=votes_of(choice("a1", 7, "2096"), choice("b2", 5), locations=LOCATIONS), y8=votes_of(choice("9901", 12))
)
SEARCH = {
    "response": {
        "contests": {
            "x7": {
                "contestId": "x7",
                "contestName": "Keeper of the Lamp",
                "choices": {
                    "a1": {"name": "Senator Ada  Quill /Cy Moss"},
                    "b2": {"name": "Bo Reed", "partyID": "2101"},
                },
            },
            "z9": {"contestId": "z9", "contestName": "Without results", "choices": {}},
        }
    },
    "electionID": "18",
}
INFO = {
    "response": {
        "parties": {
            "2096": {"partyID": "2096", "abbreviation": None, "partyName": "Republican Party"},
            "2101": {"partyID": "2101", "abbreviation": None, "partyName": "Libertarian Party of Nevada"},
        }
    },
    "electionID": "18",
}
ELECTIONS = [{"electionID": "18", "electionName": "General", "electionDate": "2024-11-05T00:00:00", "isDefault": True}]
KNOWINK = [json.dumps(one).encode() for one in (RESULTS, SEARCH, INFO, ELECTIONS)]

# Texas: sections in base64.


def packed(**sections: object) -> bytes:
    document = {key: base64.b64encode(json.dumps(value).encode()).decode() for key, value in sections.items()}
    return json.dumps({"Version": "enr/1/2/"} | document).encode()


def unpacked(value: str) -> Any:
    return json.loads(base64.b64decode(value))


ADA = {"ID": 11, "N": "ADA QUILL (I)", "P": "DEM", "V": 70, "EV": 50}
BO = {"ID": 12, "N": "BO REED", "P": "REP", "V": 30, "EV": 30}
RACE = {"id": 501, "N": "STATE SENATOR, DISTRICT 4 ", "Candidates": [ADA, BO], "T": 100}
HOME = {
    "ElecDate": "05022026",
    "LastUpdatedTime": "May 15, 2026 17:21:41",
    "CountiesReporting": {"CR": 1, "CT": 2},
    "PrecinctsReporting": {"PR": 45, "PT": 122},
}
OFFICE = {
    "OID": 501,
    "ON": "STATE SENATOR, DISTRICT 4",
    "C": [{"N": "ADA QUILL", "P": "D", "T": 70}, {"N": "BO REED", "P": "R", "T": 30}],
}
JUDGE = {"OID": 777, "ON": "COUNTY JUDGE", "C": [{"N": "CY MOSS", "P": "R", "T": 9}]}
COUNTIES = {
    "84": {
        "N": "GALVESTON",
        "Races": {"501": {"T": 60, "C": {"11": {"V": 40, "EV": 30}, "12": {"V": 20, "EV": 20}}, "PR": 1, "TP": 2}},
    },
    "101": {
        "N": "HARRIS",
        "Races": {"501": {"T": 40, "C": {"11": {"V": 30, "EV": 20}, "12": {"V": 10, "EV": 10}}, "PR": 2, "TP": 2}},
    },
}
TEXAS = [
    packed(Home=HOME, Federal=None, StateWide=None, Districted={"Races": [RACE]}, OfficeSummary={"OS": [OFFICE]}),
    packed(upload=COUNTIES),
]

# Arizona.

ARIZONA = """<?xml version='1.0' encoding='utf-8'?>
<electionResult>
  <electionInformation>
    <resultsTimestamp>2026-08-05T14:22:24.35</resultsTimestamp><electionName>Primary</electionName>
    <electionDate>2026-07-21</electionDate><fileId>13065</fileId>
  </electionInformation>
  <voterTurnout><jurisdictions>
    <jurisdiction key="0" name="State" precinctsParticipating="9" earlyBallotsRemaining="70" provisionalBallotsRemaining="0" ballotsReadyToProcess="3" ballotsRemaining="73" />
    <jurisdiction key="8" name="Maricopa" precinctsParticipating="7" earlyBallotsRemaining="60" provisionalBallotsRemaining="0" />
  </jurisdictions></voterTurnout>
  <contests>
    <contest key="16" contestLongName="Keeper of the Lamp (DEM)" countiesParticipating="1" countiesReported="15" precinctsParticipating="9" precinctsReported="4">
      <participatingJurisdictions>
        <jurisdiction key="0" name="State" precinctsParticipating="9" precinctsReported="4" />
        <jurisdiction key="8" name="Maricopa" precinctsParticipating="7" precinctsReported="3" />
      </participatingJurisdictions>
      <choices>
        <choice key="1" choiceName="Quill, Ada 'Addie', IV" party="DEM" totalVotes="12">
          <jurisdictions>
            <jurisdiction key="0" name="State" votes="12"><voteTypes>
              <voteType voteTypeName="Polling Place" votes="2" /><voteType voteTypeName="Early Ballots" votes="9" /><voteType voteTypeName="Provisional Ballots" votes="1" />
            </voteTypes></jurisdiction>
            <jurisdiction key="8" name="Maricopa" votes="10"><voteTypes>
              <voteType voteTypeName="Polling Place" votes="1" /><voteType voteTypeName="Early Ballots" votes="9" />
            </voteTypes></jurisdiction>
          </jurisdictions>
        </choice>
        <choice key="2" choiceName="Reed, Bo (Write-In)" party="DEM" totalVotes="5">
          <jurisdictions>
            <jurisdiction key="0" name="State" votes="5"><voteTypes>
              <voteType voteTypeName="Polling Place" votes="0" /><voteType voteTypeName="Early Ballots" votes="0" />
            </voteTypes></jurisdiction>
            <jurisdiction key="8" name="Maricopa" votes="5"><voteTypes /></jurisdiction>
          </jurisdictions>
        </choice>
      </choices>
    </contest>
  </contests>
</electionResult>
"""

# Los Angeles: JSON, and the fixed width of the older system.


def group(*contests: object) -> dict[str, Any]:
    return {"Name": "x", "Contests": list(contests)}


def la_contest(title: object, *candidates: tuple[str, object]) -> dict[str, Any]:
    named = [{"Name": name, "Party": "Non Partisan", "Votes": votes} for name, votes in candidates]
    unsaid = dict.fromkeys(("AdditionalText", "MeasurePassRate", "MeasureText", "VoteFor"), "")
    return {"Title": title, "Type": "Candidate", **unsaid, "Candidates": named}


LONG = "FICTIONAL UNIFIED SCHOOL DISTRICT GENERAL MUNICIPAL ELECTION Member of the Governing Board, Trustee Area No. "


def los_angeles(
    *groups: object, stamp: object = "2022-11-09T03:35:19.817", day: object = "2022-11-08T00:00:00-08:00"
) -> bytes:
    election = {"ID": 1, "Title": "General", "Date": day, "ContestGroups": list(groups)}
    return json.dumps({"Timestamp": stamp, "Election": election}).encode()


LOS_ANGELES = los_angeles(
    group(la_contest("KEEPER OF THE LAMP", ("ADA QUILL", 7), ("BO REED", 5))),
    group(la_contest(f"{LONG}1", ("CY MOSS", 3)), la_contest(f"{LONG}2", ("DI ASH", 4))),
)

ETS = [
    "000ET0018      NOVEMBER 06, 2018 - 2018 STATEWIDE GENERAL ELECTION",
    "000TD0018      16:29 11/07/2018",
    "001MC32  00  5 LA CO FLOOD CONTROL DIST     MEASURE W",
    "001MT32  00  5       W - FLOOD CONTROL DISTRICT     - YES                   52,870    66.89",
    "001MT32  00  5           (2/3 OF VOTES CAST)        - NO                    26,176    33.11",
    "001PR32  00  5 TOTAL PRECINCTS      4,551            PRECINCTS REPORTING     1,846    40.56",
    "003CC00  03    KEEPER",
    "003CN00  03       ADA QUILL              REP                                 1,200    47.74",
    "003CN00  03       BO REED                                                      134    52.26",
    "063JC00  03    APPELLATE COURT JUSTICES",
    "063JN00  03       ASSOCIATE JUSTICE DIV 1 CY MOSS               - YES      157,059    66.77",
    "063JN00  03                                                     - NO        78,179    33.23",
    "309BCSTAT                                                   VOTE AT POLL   495,898",
    "999EF0018      14",
]

# The race page of 2020.

NYT: dict[str, Any] = {
    "race_id": "XX-G-P-2020-11-03",
    "race_name": "President",
    "state_name": "Winnemara",
    "election_date": "2020-11-03",
    "votes": 13,
    "precincts_reporting": 3,
    "precincts_total": 4,
    "tot_exp_vote": 20,
    "last_updated": "2020-11-04T05:06:07Z",
    "winner": None,
    "candidates": [
        {
            "candidate_key": "quilla",
            "name_display": "Ada Quill",
            "last_name": "Quill",
            "party_id": "democrat",
            "votes": 7,
            "absentee_votes": 4,
        },
        {
            "candidate_key": "reedb",
            "name_display": "Bo Reed",
            "last_name": "Reed",
            "party_id": "republican",
            "votes": 5,
            "absentee_votes": 1,
        },
        {"candidate_key": "write-ins", "name_display": "Write-ins", "party_id": "write-ins", "votes": 0},
    ],
    "counties": [
        {
            "fips": "13001",
            "name": "Appling",
            "votes": 9,
            "results": {"quilla": 5, "reedb": 3},
            "results_absentee": {"quilla": 2, "reedb": 1},
            "reporting": 2,
            "precincts": 3,
        },
        {"fips": "13003", "name": "Atkinson", "votes": 4, "results": {"quilla": 2, "reedb": 2, "write-ins": 0}},
    ],
    "timeseries": [{"vote_shares": {"quilla": 0.583}, "votes": 12, "timestamp": "2020-11-04T05:00:00Z"}],
}
