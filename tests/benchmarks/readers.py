"""Measures each reader against an operator's budget: 20 MB in three seconds.

The files are generated in the shapes and approximate sizes of real ones, with Georgia's 298 contests and 159 counties.
A file of 100 MB is read in a separate process whose memory is measured. Times are processor time of this process, so
that other programs on the machine don't count.
"""

import asyncio
import io
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.box.worker import MEMORY
from bot.count.reading import Reading
from bot.desk.counties import counties_of
from bot.desk.results_formats import FORMATS
from bot.desk.sheet_layout import preset
from bot.feeds import answer_parts, boxed
from bot.feeds.answer_parts import Part
from bot.feeds.boxed import read_here
from bot.feeds.formats import reader_of
from bot.feeds.reader import ReaderContext, Refusal
from tests.benchmarks.figures import Figure, sized
from tests.faults.fuzz import FUZZED
from tests.feeds import ap_files, clarity_files, nist_files, state_files
from tests.feeds.test_california import answer

ROUNDS = 15
MB = 1_000_000
MOST_EACH_MB = 150.0
LARGE = 100 * MB
CONTEXT = ReaderContext("bench", datetime(2026, 11, 4, 1, tzinfo=UTC), sheet=preset("florida"))
COUNTIES = [county.short for county in counties_of("GA")]
TYPES = ("Election Day Votes", "Absentee by Mail Votes", "Advance Voting Votes", "Provisional Votes")
NIST_TYPES = ("election-day", "absentee-mail", "early", "provisional")
AZ_TYPES = ("Polling Place", "Early Ballots", "Provisional Ballots")
NAMES = ("Ada B. Quill (I) (Rep)", "Bo Reed (Dem)", "Cy Moss (Lib)")


@dataclass(frozen=True, slots=True)
class Race:
    """A reader, and a function that makes a file of its format."""

    name: str
    format: str
    make: Callable[[float], bytes]


async def run(size: float = 1.0) -> list[Figure]:
    """Measure each reader, and then the memory for a file that is streamed."""
    figures = [figure for race in RACES for figure in await asyncio.to_thread(_measured, race, size)]
    figures += [await asyncio.to_thread(_in_the_box, *one, size) for one in ((2, 0.5), (20, 3.0))]
    return [*figures, await asyncio.to_thread(_memory, size)]


def _measured(race: Race, size: float) -> list[Figure]:
    data = race.make(size)
    seconds = []
    for _ in range(sized(ROUNDS, size)):
        start = time.process_time()
        readings = read(race.format, io.BytesIO(data))
        seconds.append(time.process_time() - start)
        assert readings
    megabytes, took = len(data) / MB, statistics.median(seconds) * 1000
    return [
        Figure(f"read-{race.name}-size", megabytes, "MB"),
        Figure(f"read-{race.name}", took, "ms"),
        Figure(f"read-{race.name}-each-MB", took / megabytes, "ms", MOST_EACH_MB),
    ]


def _in_the_box(megabytes: int, target: float, size: float) -> Figure:
    """Return the seconds to read a results file in a worker process, including the start of the process."""
    block = "".join(_contests(sized(2 * MB, size), random.Random(5)))
    blocks = (block.replace('<Contest key="', f'<Contest key="{number}-') for number in range(megabytes // 2))
    head, tail = clarity_files.detail("").decode().split("</ElectionResult>")
    data = "".join([head, *blocks, "</ElectionResult>", tail]).encode()
    start = time.perf_counter()
    items = list(read_here("clarity-detail", data, CONTEXT))
    seconds = time.perf_counter() - start
    assert items
    assert all(isinstance(item, Reading) for item in items)
    return Figure(f"read-clarity-detail-{megabytes}MB-in-the-box", seconds, "s", target)


def read(form: str, stream: io.BytesIO) -> int:
    """Return the number of readings in a file. Fails if any contest is refused."""
    items: list[Reading | Refusal] = list(reader_of(form)(stream, CONTEXT))
    assert all(isinstance(item, Reading) for item in items), next(item for item in items if isinstance(item, Refusal))
    return len(items)


def _votes(draw: random.Random) -> list[int]:
    return [draw.randrange(9000) for _ in TYPES]


def summary(contests: int) -> bytes:
    """Return a state's `summary.json`. Half of the contests have one choice, nearly all others two."""
    draw = random.Random(1)
    nothing = ("CHAggId", "IsCumulative", "CumulativeVotes", "CumulativeChoices", "CumulativePercentages")
    blocks: list[dict[str, Any]] = []
    for number in range(contests):
        choices = 3 if number % 40 == 0 else 1 + number % 2
        zeros, votes = [0] * choices, [draw.randrange(10**6) for _ in range(choices)]
        said = {
            "CATKEY": "C_0",
            "CAT": "Results",
            "C": f"State House District {number}",
            "K": str(50000 + number),
            "AggID": None,
            "regvoters": 0,
            "BCxContest": 0,
            "VF": 1,
            "TP": 2,
            "PR": 2,
            "TV": 10**7,
            "BC": 0,
            "RC": 0,
            "RO": 0,
            "CH": [f"Ada {number} Quill-{place} (I) (Dem)" for place in range(choices)],
            "P": ["NP"] * choices,
            "PCT": [100 * one / (sum(votes) or 1) for one in votes],
            "V": votes,
            "T": sum(votes),
            "W": zeros,
            "CRC": zeros,
            "CRO": zeros,
            "IsContestNoChoice": 0,
        }
        blocks.append(said | dict.fromkeys(nothing))
    return json.dumps(blocks, separators=(",", ":")).encode()


def export(contests: int) -> bytes:
    """Return a state's export file, with every contest in each of its counties."""
    draw = random.Random(2)
    results = {"id": "s", "name": "Georgia", "ballotItems": [_item(draw, key) for key in range(contests)]}
    local = [
        {"id": name, "name": f"{name} County", "ballotItems": [_item(draw, key) for key in range(contests)]}
        for name in COUNTIES
    ]
    document = {
        "electionName": "General Election",
        "createdAt": "2026-11-04",
        "results": results,
        "localResults": local,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _item(draw: random.Random, key: int) -> dict[str, Any]:
    options = []
    for place, name in enumerate(NAMES, start=1):
        groups = [
            {"groupName": kind, "voteCount": votes, "isFromVirtualPrecinct": False}
            for kind, votes in zip(TYPES, _votes(draw), strict=True)
        ]
        options.append(
            {
                "id": str(place),
                "name": name,
                "ballotOrder": place,
                "voteCount": sum(g["voteCount"] for g in groups),  # type: ignore[misc]  # JSON of any shape
                "politicalParty": "REP",
                "groupResults": groups,
                "precinctResults": [],
            }
        )
    return {
        "type": "Local",
        "id": str(5000 + key),
        "name": f"Contest {key}",
        "voteFor": 1,
        "ballotOrder": key,
        "precinctsParticipating": 9,
        "precinctsReporting": 7,
        "contestType": "Candidate",
        "ballotOptions": options,
        "rankedChoiceResults": None,
    }


def nist(contests: int) -> bytes:
    """Return an election report with votes by county and type."""
    draw = random.Random(3)
    units = [
        nist_files.unit(f"county-{name}", f"{name} County", SubUnitsReported=3, TotalSubUnits=9) for name in COUNTIES
    ]
    state = nist_files.unit(nist_files.DISTRICT, "Georgia", "state", [unit["@id"] for unit in units])
    made = []
    for key in range(contests):
        choices = []
        for candidate in nist_files.CANDIDATES:
            places = [nist_files.DISTRICT, *(unit["@id"] for unit in units)]
            counts = []
            for place in places:
                votes = _votes(draw)
                counts.append(nist_files.count(sum(votes), place))
                counts += [nist_files.count(one, place, kind) for kind, one in zip(NIST_TYPES, votes, strict=True)]
            choices.append(nist_files.choice(candidate, *counts))
        made.append(nist_files.contest(*choices, key=f"contest-{key}"))
    return nist_files.report(*made, units=[state, *units])


def ap(contests: int) -> bytes:
    """Return an answer of the AP's API, with every race in each county."""
    draw = random.Random(6)
    races = []
    for key in range(contests):
        below = [
            ap_files.unit(county.name, draw.randrange(9000), draw.randrange(9000), fipsCode=county.fips)
            for county in counties_of("GA")
        ]
        whole = ap_files.unit(None, draw.randrange(10**6), draw.randrange(10**6))
        races.append(ap_files.race(whole, *below, number=str(10000 + key)))
    return ap_files.answer(*races)


def florida(contests: int) -> bytes:
    """Return a state's table, with every contest in each county."""
    draw = random.Random(7)
    head = (
        "ElectionDate PartyCode PartyName RaceCode RaceName CountyCode CountyName Juris1num Juris2num Precincts "
        "PrecinctsReporting CanNameLast CanNameFirst CanNameMiddle CanVotes"
    )
    rows = [head.split()]
    rows += [
        [
            "11/03/2020",
            party,
            name,
            "STR",
            f"State Representative, District {key}",
            "XYZ",
            county.short,
            f"{key:03}",
            " ",
            "90",
            "40",
            last,
            first,
            "",
            str(draw.randrange(9000)),
        ]
        for key in range(contests)
        for county in counties_of("FL")
        for party, name, last, first in (
            ("REP", "Republican Party", "Quill", "Ada"),
            ("DEM", "Democratic Party", "Reed", "Bo"),
        )
    ]
    return "".join("\t".join(row) + "\r\n" for row in rows).encode()


def california(contests: int) -> bytes:
    """Return an answer with statewide contests, each with its counties."""
    draw = random.Random(8)
    return json.dumps(
        [
            answer(f"Office {key} - {place} Results", f"{draw.randrange(9000):,}", f"{draw.randrange(9000):,}")
            for key in range(contests)
            for place in ("Statewide", *(county.name for county in counties_of("CA")))
        ]
    ).encode()


def knowink(contests: int) -> bytes:
    """Return an answer with every contest in each county."""
    draw = random.Random(9)

    def two() -> list[dict[str, Any]]:
        return [state_files.choice(key, draw.randrange(9000)) for key in ("a1", "b2")]

    made = {}
    for key in range(contests):
        places = {county.fips: {"choices": two()} for county in counties_of("AR")}
        made[str(key)] = state_files.votes_of(*two(), totalVotes=20_000, locations=places)
    return json.dumps(state_files.results(**made), separators=(",", ":")).encode()


def los_angeles(contests: int) -> bytes:
    """Return an answer with the contests of one county."""
    draw = random.Random(10)
    made = [
        state_files.la_contest(
            f"FICTIONAL CITY GENERAL MUNICIPAL ELECTION Member of the City Council, District {key}",
            *((f"ADA {key} QUILL-{place}", draw.randrange(9000)) for place in range(3)),
        )
        for key in range(contests)
    ]
    return state_files.los_angeles(state_files.group(*made))


def arizona(contests: int) -> bytes:
    """Return a state's results file, with every contest in each county."""
    draw = random.Random(11)

    def place(key: int, name: str) -> str:
        kinds = "".join(f'<voteType voteTypeName="{kind}" votes="{draw.randrange(900)}" />' for kind in AZ_TYPES)
        return f'<jurisdiction key="{key}" name="{name}" votes="9000"><voteTypes>{kinds}</voteTypes></jurisdiction>'

    names = ["State", *(county.short for county in counties_of("AZ"))]
    made = []
    for key in range(contests):
        choices = "".join(
            f'<choice key="{one}" choiceName="Quill, Ada {one}" party="DEM" totalVotes="9000"><jurisdictions>'
            f"{''.join(place(at, name) for at, name in enumerate(names))}</jurisdictions></choice>"
            for one in range(3)
        )
        made.append(f'<contest key="{key}" contestLongName="Office {key}"><choices>{choices}</choices></contest>')
    head = "<electionInformation><resultsTimestamp>2026-08-05T14:22:24.35</resultsTimestamp></electionInformation>"
    return f"<electionResult>{head}<contests>{''.join(made)}</contests></electionResult>".encode()


def texas(contests: int) -> bytes:
    """Return an election's answer that is as complete as the state's own.

    Each contest is in its section, in the summary and in the list.
    """
    draw = random.Random(12)
    races, offices = [], []
    for key in range(1, contests + 1):
        named = [(f"ADA {place} QUILL", draw.randrange(9000)) for place in range(3)]
        said = {"N": f"STATE REPRESENTATIVE, DISTRICT {key}", "O": 50, "SO": key}
        told = [
            {
                "ID": key * 10 + place,
                "N": name,
                "P": "DEM",
                "V": 9000,
                "EV": early,
                "PE": 33,
                "C": "#007BBD",
                "O": place,
                "LN": "QUILL",
                "FN": "ADA",
            }
            for place, (name, early) in enumerate(named)
        ]
        races.append({"id": key, **said, "Candidates": told, "T": 27_000})
        summed = [
            {"N": name, "P": "D", "C": "#007BBD", "T": 9000, "O": 1, "LN": "QUILL", "FN": "ADA"} for name, _ in named
        ]
        offices.append({"OID": key, "ON": said["N"], "C": summed})
    return state_files.packed(Home=state_files.HOME, Districted={"Races": races}, OfficeSummary={"OS": offices})


def nyt(races: int) -> bytes:
    """Return a page of races, each in every county, with hundreds of points in time as on the real page."""
    draw = random.Random(13)
    made = []
    share = {"vote_shares": {"quilla": 0.495, "reedb": 0.493}, "eevp": 98, "eevp_source": "edison"}
    unread = {
        "absentee_votes": 6237,
        "absentee_method": "None",
        "eevp": 100,
        "tot_exp_vote": 8341,
        "eevp_value": ">98%",
        "eevp_display": ">98% reported",
        "eevp_source": "edison",
        "turnout_stage": 10,
        "absentee_outstanding": None,
        "leader_margin_value": 56.91164,
        "leader_margin_display": "R+57",
        "leader_margin_name_display": "Quill +57",
        "last_updated": "2020-11-24T13:25:17Z",
        "votes2016": 7012,
        "margin2016": 57.9,
        "votes2012": 7086,
        "margin2012": 49.04,
    }
    for key in range(races):
        counties = [
            {
                "fips": county.fips,
                "name": county.name,
                "votes": 30_000,
                "reporting": 2,
                "precincts": 3,
                **unread,
                "results": {"quilla": draw.randrange(9000), "reedb": draw.randrange(9000)},
                "results_absentee": {"quilla": 1, "reedb": 2},
            }
            for county in counties_of("GA")
        ]
        points = [share | {"votes": draw.randrange(10**6), "timestamp": "2020-11-04T00:19:55Z"} for _ in range(600)]
        made.append(state_files.NYT | {"race_id": f"XX-{key}", "counties": counties, "timeseries": points})
    return json.dumps({"data": {"races": made}}).encode()


def detail(size: int) -> bytes:
    """Return a state's `detail.xml` of about `size` bytes."""
    draw = random.Random(4)
    return clarity_files.detail(*_contests(size, draw))


def _contests(size: int, draw: random.Random) -> Iterable[str]:
    made = key = 0
    while made < size:
        key += 1
        choices = []
        for place, name in enumerate(NAMES, start=1):
            types = {kind: {county: draw.randrange(9000) for county in COUNTIES} for kind in TYPES}
            total = sum(sum(cells.values()) for cells in types.values())
            choices.append(clarity_files.choice(name, total, types, key=place))
        one = clarity_files.contest(*choices, key=key, text=f"Contest {key}", counties=dict.fromkeys(COUNTIES, (7, 9)))
        made += len(one)
        yield one


def _memory(size: float) -> Figure:
    """Return the most memory that a process needs to read a file of 100 MB as a worker does."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "detail.xml"
        block = "".join(_contests(sized(2 * MB, size), random.Random(5)))
        head, tail = clarity_files.detail("").decode().split("</ElectionResult>")
        with file.open("w") as stream:
            stream.write(head)
            for number in range(sized(LARGE, size) // len(block) + 1):
                stream.write(block.replace('<Contest key="', f'<Contest key="{number}-'))
            stream.write("</ElectionResult>" + tail)
        told = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.readers", str(file)], capture_output=True, text=True, check=True
        )
    return Figure("read-clarity-detail-100MB-memory", int(told.stdout) / 1024, "MiB", MEMORY >> 20)


def main(arguments: Sequence[str]) -> None:
    """Read a file, and print the most memory that this process has used, in KiB."""
    job = boxed._job("clarity-detail", Path(arguments[0]).read_bytes(), CONTEXT)
    for part in answer_parts.read(*job.parts):
        assert not Part.from_json(part).refusals
    print(_most_memory())


def _most_memory() -> int:
    """Return the most memory that this process has used since it began, in KiB, as counted by Linux."""
    status = Path("/proc/self/status")
    if not status.exists():  # elsewhere what the parent had taken may count too
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:")).split()[1])


RACES = [
    Race("clarity-detail-2MB", "clarity-detail", lambda size: detail(sized(2 * MB, size))),
    Race("clarity-detail-20MB", "clarity-detail", lambda size: detail(sized(19 * MB, size))),
    Race("clarity-summary", "clarity-summary", lambda size: summary(sized(298, size))),
    Race("enhanced-voting", "enhanced-voting", lambda size: export(sized(6, size))),
    Race("nist", "nist", lambda size: nist(sized(6, size))),
    Race("ap", "ap", lambda size: ap(sized(6, size))),
    Race("csv", "csv", lambda size: florida(sized(200, size))),
    Race("california", "california", lambda size: california(sized(10, size))),
    Race("knowink", "knowink", lambda size: knowink(sized(100, size))),
    Race("los-angeles", "los-angeles", lambda size: los_angeles(sized(430, size))),
    Race("arizona", "arizona", lambda size: arizona(sized(100, size))),
    Race("texas", "texas", lambda size: texas(sized(400, size))),
    Race("nyt-2020", "nyt-2020", lambda size: nyt(sized(6, size))),
]
RACES += [
    Race(name, name, lambda _, name=name: max(FUZZED[name].seeds(), key=len))  # type: ignore[misc]
    for name in FORMATS.keys() - {race.format for race in RACES}
]
"""Every format, with a generated file of realistic size, or else with the longest example of its fuzz tests."""

if __name__ == "__main__":
    main(sys.argv[1:])
