"""Feeds damaged files to each reader. A reader must not crash, hang or return invalid readings, and has to refuse a
file in one clear line.

Hypothesis damages small complete files, and shrinks the files that fail. The test suite tries a few hundred inputs for
each reader. `make faults` tries `INPUTS`, with the same strategy under another profile.
"""

import gc
import io
import json
import resource
import signal
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeAlias

import hypothesis
from hypothesis import HealthCheck, Phase, given

from bot.cli.read_prose import prose_text
from bot.count.reading import Reading
from bot.desk.desk_file import load_desk
from bot.desk.sheet_layout import ColumnName, SheetLayout
from bot.desk.toml_file import shipped
from bot.errors import BadInputError
from bot.feeds import csv_sheet
from bot.feeds.clarity.settings import CountyUpload
from bot.feeds.formats import line_reader_of
from bot.feeds.reader import ReaderContext, Refusal
from bot.prose.claim import Claim
from bot.prose.reader import understood
from tests.faults.compare import Tally
from tests.faults.mutations import GENERAL, JSON, TABLE, ZIP, Edit, mutated
from tests.faults.outcome import Outcome
from tests.feeds import georgia_files, nist_files
from tests.feeds.ap_files import AS_OF, answer, race, unit
from tests.feeds.clarity_files import choice, contest, detail, settings, zipped
from tests.feeds.state_files import ARIZONA, ETS, KNOWINK, LOS_ANGELES, NYT, TEXAS, packed, unpacked
from tests.feeds.test_california import answer as answer_of
from tests.feeds.test_california import questions
from tests.recorded import recorded_feeds

INPUTS = 10_000
"""The number of inputs for each reader under `make faults`."""
HANGS_AFTER = 1.0
"""The processor time after which a reader counts as hanging, in seconds."""
MOST_SAID = 1000
"""The longest message of a refusal, in characters."""
_AT_A_TIME = 500
PHASES = (Phase.generate, Phase.shrink)
_STUCK_AFTER = 300.0
"""The time limit for a batch of inputs, in seconds. A longer batch hangs where signals can't interrupt it."""
_MOST_MEMORY = 2 << 30
NAME = "the-feed"
NOW = datetime(2020, 11, 12, 15, 57, tzinfo=UTC)
_MOST_DETAILS = 20

Item: TypeAlias = Reading | CountyUpload | Refusal | Claim
Read: TypeAlias = Callable[[bytes], Iterable[Item]]


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """A reader to test, and the files from which its inputs are made."""

    seeds: Callable[[], list[bytes]]
    """Returns small complete files, invented for these tests."""
    edits: Sequence[Edit]
    read: Read | None = None
    """The function to test. None means the usual reader of the format."""
    pieces: Callable[[Path], list[bytes]] | None = None
    """Returns small pieces of real files from the folder of recorded feeds, if there is one."""


def _by_format(name: str, data: bytes) -> Iterator[Item]:
    yield from line_reader_of(name)(io.BytesIO(data), ReaderContext(NAME, NOW))


@lru_cache
def _desk() -> Any:
    return load_desk(shipped("desks", "georgia-2020.toml"))


def _prose(data: bytes) -> Iterator[Item]:
    found = understood(prose_text(data, NAME), _desk())
    yield from found.claims


def _readings() -> list[bytes]:
    votes = {"biden": 2471895, "trump": 2457794}
    one = {"source": "times", "contest": "ga", "as_of": "2020-11-11T12:35:03Z", "votes": votes}
    whole = one | {
        "contest_name": "President",
        "count": "recount-2",
        "as_of_is": "received",
        "status": "unofficial-partial",
        "names": {"biden": "Joseph R. Biden", "trump": "Donald J. Trump"},
        "parties": {"biden": "D"},
        "total": 4992198,
        "reporting": {"precincts": [2644, 2655], "units": [158, 159]},
        "expected_total": 4995492,
        "by_type": {"early": {"biden": 5, "trump": 4}},
        "unit_batch": {"Floyd": -74},
        "units": {
            "Floyd": {
                "fips": "13115",
                "total": 41234,
                "votes": {"biden": 11917},
                "reported": [25, 25],
                "by_type": {"other": {"biden": 1}},
            }
        },
    }
    lines = [json.dumps(one | {"contest": f"c{number}"}) for number in range(3)]
    return [json.dumps(value).encode() + b"\n" for value in (one, whole)] + ["\n".join(lines).encode()]


def _summary() -> list[bytes]:
    one = {
        "K": "5000",
        "C": "President",
        "CAT": "Federal",
        "CH": ["Joe R. Biden (Dem)", "Donald J. Trump (I) (Rep)"],
        "P": ["NP", "NP"],
        "V": [5, 4],
        "TV": 7000,
        "T": 9,
        "TP": 159,
        "PR": 3,
    }
    plain = {"K": "5001", "C": "Measure (Recount)", "CH": ["Yes", "No"], "V": [1, 2]}
    empty = {"K": "9", "C": "Nobody", "CH": [], "V": [], "IsContestNoChoice": 1}
    return [json.dumps(value).encode() for value in ([one], [one, plain, empty], [one, one])]


def _detail() -> list[bytes]:
    counties = {"Floyd": (3, 4), "De Kalb": (1, 1)}
    types = {"Election Day Votes": {"Floyd": 3, "De Kalb": 4}, "Absentee by Mail Votes": {"Floyd": 5, "De Kalb": 6}}
    biden, trump = choice("Joe R. Biden (Dem)", 18, types), choice("Donald J. Trump (I) (Rep)", 18, types, key="2")
    state = detail(contest(biden, trump, counties=counties, precinctsReported=4, precinctsReporting=5))
    units = {"Total Votes": {"1A": 3, "2B": 4}}
    county = detail(
        contest(choice("Yes", 7, units, unit="Precinct"), choice("No", 7, units, unit="Precinct", key="2")),
        contest(choice("Solo", 0), key="7001"),
        region="Atkinson",
        timestamp="11/20/2020 3:37:06 PM EST",
    )
    return [state, county, zipped(("detail.xml", state)), detail(timestamp=None)]


def _settings() -> list[bytes]:
    floyd, ben = "Floyd|105415|271066|11/12/2020 3:37:06 PM EST|1", "Ben_Hill|105379|266222|11/6/2020 12:01:02 AM EST|0"
    return [settings(floyd, ben), settings(floyd, istestmode=True), settings()]


def _ap() -> list[bytes]:
    whole = race(unit(None, 30, 20), unit("Floyd", 10, 9, fipsCode="13115"), unit("DeKalb", 20, 11, fipsCode="13089"))
    called = race(
        unit(None, 3, 2), number="2", raceCallStatus="Called", tabulationStatus="Tabulation Paused", seatNum="1"
    )
    return [
        answer(whole),
        answer(whole, called, nextrequest="https://example.org/x", timestamp=AS_OF),
        answer(called, test=True),
    ]


def _ap_pieces(feeds: Path) -> list[bytes]:
    whole = json.loads((feeds / "ap" / "20121106_me_fl_senate.json").read_bytes())
    for found in whole["races"]:
        found["reportingUnits"] = found["reportingUnits"][:4]
    return [json.dumps(whole | {"races": [found]}).encode() for found in whole["races"]]


def _reports() -> list[bytes]:
    ada = nist_files.choice("ada", nist_files.count(10), nist_files.count(6, "app"), nist_files.count(4, "bac"))
    bo = nist_files.choice("bo", *(nist_files.count(votes, of, "early") for votes, of in ((5, "app"), (6, "bac"))))
    hidden = nist_files.count(3, "app", "provisional", IsSuppressedForPrivacy=True, Round=1)
    odd = nist_files.contest(ada, nist_files.choice(None, hidden, IsWriteIn=True), key="x", CountStatus=[])
    return [
        nist_files.report(nist_files.contest(ada)),
        nist_files.report(nist_files.contest(ada, bo), odd, Status="recount"),
        nist_files.report(nist_files.contest(bo, SubUnitsReported=1, TotalSubUnits=2)),
    ]


def _exports() -> list[bytes]:
    own = georgia_files.item(georgia_files.option("1", 3, 3), key="L10")
    return [
        georgia_files.GOOD,
        georgia_files.export([georgia_files.STATE], [georgia_files.county("Bacon County", own)], "Recount"),
    ]


def _live_answers() -> list[bytes]:
    def text(words: str) -> list[dict[str, str]]:
        return [{"languageId": "es", "text": "no"}, {"languageId": "en", "text": words}]

    groups = [{"groupName": text(kind), "voteCount": votes} for kind, votes in (("Election Day", 3), ("Early", 4))]
    ada = {
        "id": "A",
        "nativeId": "2",
        "name": text('Ada ""A"" Quill (I) (Rep) *'),
        "voteCount": 7,
        "party": {"abbreviation": "REP"},
        "groupResults": groups,
    }
    bo = {"id": "B", "name": text("Bo"), "party": None, "voteCount": 5, "groupResults": []}
    contest = {
        "id": "C-1",
        "name": text("Lamp"),
        "voteTotal": 12,
        "reportingStatus": {"reportingUnits": 1, "totalUnits": 2},
        "summaryResults": {"ballotOptions": [ada, bo]},
    }
    election = {
        "lastUpdated": "2020-11-04T03:14:15.1234567Z",
        "electionDate": "2020-11-03",
        "isProduction": True,
        "isOfficialResults": False,
        "name": text("General"),
    }
    silent = [{"groupName": text("Early"), "reportingStatusClientTextKey": "reporting-status-not-reported"}]
    listed = {"elections": [{"publicElectionId": "x", "electionDate": "2020-11-03", "name": text("General")}]}
    one = {"election": election, "ballotItems": [contest]}
    two = {"election": election | {"groupReportingStatus": silent}, "ballotItems": [contest, contest | {"id": "C-2"}]}
    return [json.dumps(value).encode() for value in (one, two, listed)]


def _export_pieces(feeds: Path) -> list[bytes]:
    whole = json.loads((feeds / "georgia-export" / "export-2020NovGenRec.json").read_bytes())
    return [json.dumps(whole | {"localResults": whole["localResults"][at : at + 2]}).encode() for at in (0, 10, 20)]


_COLUMNS: dict[ColumnName, str] = {
    "contest": "Race",
    "candidate": "Who",
    "unit": "County",
    "votes": "Votes",
    "type": "Type",
    "party": "Party",
    "total": "All",
    "reported": "In",
    "of": "Of",
    "as_of": "Updated",
}

LAYOUT = SheetLayout(columns=_COLUMNS)  # type: ignore[arg-type]  # a heading alone is a column


def _sheets() -> list[bytes]:
    head = ",".join(_COLUMNS.values())
    rows = (
        "Governor,Ada Quill,,10,,Dem,,7,9,2026-11-03T21:14-05:00",
        'Governor,Bo Reed,Floyd,"4,355",Early,Rep,,,,',
        "Governor,Bo Reed,,20,,,,,,11/3/2026 9:00:00 PM EST",
        "Governor,Total,,31,,,,,,",
        "Senate,Cy,Floyd,3,Mail,,,1,2,",
    )
    text = "\r\n".join((head, *rows))
    texts = [text.encode("utf-8-sig"), text.replace(",", ";").encode(), text.replace(",", "\t").encode("utf-16")]
    return [*texts, zipped(("sheet.csv", text.encode())), _workbook([row.split(",") for row in (head, *rows)])]


def _workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a spreadsheet file with these rows. The same rows always give the same bytes."""
    cells = [[f"<c t='inlineStr'><is><t>{cell}</t></is></c>" for cell in row] for row in rows]
    sheet = "".join(f"<row>{''.join(row)}</row>" for row in cells)
    main, kinds = "http://schemas.openxmlformats.org/", "application/vnd.openxmlformats-officedocument.spreadsheetml."
    files = {
        "[Content_Types].xml": f'<Types xmlns="{main}package/2006/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}worksheet+xml"/></Types>',
        "xl/workbook.xml": f'<workbook xmlns="{main}spreadsheetml/2006/main" xmlns:r="{main}officeDocument/2006/relationships">'
        '<sheets><sheet name="Votes" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{main}package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{main}officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}spreadsheetml/2006/main"><sheetData>{sheet}</sheetData></worksheet>',
    }
    return zipped(*((name, data.encode()) for name, data in files.items()))


def _sheet(data: bytes) -> Iterator[Item]:
    yield from csv_sheet.read(io.BytesIO(data), ReaderContext(NAME, NOW, sheet=LAYOUT))


def _returns() -> list[bytes]:
    return [json.dumps([answer_of(), answer_of("Keeper - Lake County Results", "2", "9"), questions("Fish")]).encode()]


def _with_others(name: str, beside: Sequence[bytes], data: bytes) -> Iterator[Item]:
    yield from line_reader_of(name)(io.BytesIO(data), ReaderContext(NAME, NOW, other_files=tuple(beside)))


def _elections() -> list[bytes]:
    """Return both files of the Texas format, with their base64 sections decoded. Mutated base64 would rarely decode
    to anything readable.
    """
    sections = [{key: unpacked(value) for key, value in json.loads(data).items() if key != "Version"} for data in TEXAS]
    return [json.dumps(sections).encode()]


def _unpacked(data: bytes) -> Iterator[Item]:
    """Read a mutated file of the Texas format, after encoding its sections again."""
    try:
        parts = json.loads(data)
    except (ValueError, RecursionError):
        parts = None
    files = [packed(**one) for one in parts if isinstance(one, dict)] if isinstance(parts, list) else [data]
    yield from _with_others("texas", files[1:], files[0] if files else b"")


def _sentences() -> list[bytes]:
    folder = Path(__file__).parents[1] / "prose" / "sentences"
    found = [
        row["text"] for file in sorted(folder.glob("*.toml")) for row in tomllib.loads(file.read_text())["sentence"]
    ]
    return [text.encode() for text in found] + [
        "\n".join(found[place : place + 5]).encode() for place in range(0, 100, 5)
    ]


def _summary_pieces(feeds: Path) -> list[bytes]:
    whole = json.loads((feeds / "clarity-ga-2020-11-12" / "summary.json").read_bytes())
    return [json.dumps(whole[place : place + 2]).encode() for place in range(0, 40, 4)]


def _detail_pieces(feeds: Path) -> list[bytes]:
    found = []
    for name in ("detail.xml", "atkinson-detail.xml"):
        data = (feeds / "clarity-ga-2020-11-20" / name).read_bytes()
        starts = (
            [place for place in range(len(data)) if data.startswith(b"<Contest ", place)] if len(data) < 1 << 21 else []
        )
        head = data[: data.find(b"<Contest ")]
        for start in starts[:8] or [len(head)]:
            part = data[start : data.find(b"</Contest>", start) + 10]
            found += [head[:4000] + part + b"</ElectionResult>"] if len(part) < 30_000 and len(head) < 4000 else []
    return found


def _settings_pieces(feeds: Path) -> list[bytes]:
    whole = json.loads((feeds / "clarity-ga-2020-11-20" / "electionsettings.json").read_bytes())
    details = whole["settings"]["electiondetails"]
    some = {"istestmode": details.get("istestmode"), "participatingcounties": details["participatingcounties"][:4]}
    return [json.dumps({"settings": {"electiondetails": some}}).encode()]


FUZZED: dict[str, Fuzzed] = {
    "readings": Fuzzed(_readings, [*JSON, TABLE[1]]),
    "clarity-summary": Fuzzed(_summary, JSON, pieces=_summary_pieces),
    "clarity-detail": Fuzzed(_detail, ZIP, pieces=_detail_pieces),
    "clarity-settings": Fuzzed(_settings, JSON, pieces=_settings_pieces),
    "georgia-export": Fuzzed(_exports, JSON, pieces=_export_pieces),
    "enhanced-voting": Fuzzed(_live_answers, JSON),
    "ap": Fuzzed(_ap, JSON, pieces=_ap_pieces),
    "nist": Fuzzed(_reports, JSON),
    "csv": Fuzzed(_sheets, TABLE, _sheet),
    "california": Fuzzed(_returns, JSON),
    "knowink": Fuzzed(lambda: KNOWINK[:1], JSON, partial(_with_others, "knowink", KNOWINK[1:])),
    "los-angeles": Fuzzed(lambda: [LOS_ANGELES, "\r\n".join(ETS).encode()], (*JSON, *TABLE)),
    "arizona": Fuzzed(lambda: [ARIZONA.encode(), zipped(("summary.xml", ARIZONA.encode()))], ZIP),
    "texas": Fuzzed(_elections, JSON, _unpacked),
    "nyt-2020": Fuzzed(lambda: [json.dumps(NYT).encode()], JSON),
    "prose": Fuzzed(_sentences, GENERAL, _prose),
}
"""Every format that the bot can read. A test checks that the table is complete."""


@lru_cache
def seeds_of(name: str) -> tuple[bytes, ...]:
    """Return the files from which a reader's inputs are made."""
    fuzzed, feeds = FUZZED[name], recorded_feeds()
    pieces = fuzzed.pieces(feeds) if fuzzed.pieces and feeds else []
    return (*fuzzed.seeds(), *pieces)


@dataclass(slots=True)
class Found:
    """The number of results read and the failures, for a series of inputs."""

    inputs: int = 0
    read: int = 0
    """The number of readings, claims or other results that were read."""
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    """The failures, with inputs that Hypothesis has shrunk."""


hypothesis.settings.register_profile(
    "faults",
    max_examples=_AT_A_TIME,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)


class _HangsError(BaseException):
    """A reader took too long.

    A `BaseException`, because the reader must not catch it.
    """


def try_inputs(name: str, seed: int, inputs: int) -> Found:
    """Give a reader mutated inputs, and check everything that it returns."""
    found = Found()
    read = FUZZED[name].read or partial(_by_format, name)

    @hypothesis.seed(seed)
    @hypothesis.settings(hypothesis.settings.get_profile("faults"), max_examples=inputs, phases=PHASES)
    @given(mutated(seeds_of(name), FUZZED[name].edits))
    def look(data: bytes) -> None:
        found.inputs += 1
        if (what := _try(read, data, found)) is not None:
            raise WrongError(f"{name}, seed {seed}: {what}: {data[:300]!r}")

    try:
        look()
    except WrongError as error:
        found.wrong.append(str(error))
    return found


class WrongError(Exception):
    """A reader crashed, hung, or returned something invalid."""


def _try(read: Read, data: bytes, found: Found) -> str | None:
    """Return the problem with how a reader handled an input, or None."""
    items: list[Item] = []
    before = signal.signal(signal.SIGPROF, _too_long)
    # What the signal raises inside a callback of the garbage collector is lost: none runs meanwhile, and it comes again.
    collects = gc.isenabled()
    gc.disable()
    signal.setitimer(signal.ITIMER_PROF, HANGS_AFTER, HANGS_AFTER)
    try:
        for item in read(data):
            items.append(item)  # noqa: PERF402 - one at a time: a signal is heard between two
    except BadInputError as error:
        found.refused += 1
        return _unclear(str(error))  # of such an answer the worker gives nothing
    except _HangsError:
        return f"takes over {HANGS_AFTER:g} s"
    except (Exception, RecursionError) as error:  # noqa: BLE001 - whatever it is, it is a crash
        return f"crashes with {type(error).__name__}: {error}"[:300]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if collects:
            gc.enable()
    for item in items:
        if (what := _look(item)) is not None:
            return what
        found.refused += isinstance(item, Refusal)
        found.read += not isinstance(item, Refusal)
    return None


def _too_long(*_: object) -> None:
    raise _HangsError


def _look(item: Item) -> str | None:
    """Return the problem with one result of a reader, or None."""
    if isinstance(item, Refusal):
        return _unclear(str(item))
    try:
        line = item.to_json()
        line.encode()
        if isinstance(item, CountyUpload):
            good = bool(item.unit) and item.uploaded_at.tzinfo is not None
            return None if good else f"an upload that can't be: {line}"[:300]
        if isinstance(item, Reading):
            again: Item = Reading.model_validate_json(line)
        else:
            again = type(item).model_validate(json.loads(line) | {"stamp": item.stamp})
    except ValueError as error:
        return f"a reading that the model refuses: {error}"[:300]
    return None if again == item else f"a reading that is another when it is read again: {line}"[:300]


def _unclear(line: str) -> str | None:
    """Return the problem with the message of a refusal, or None if the message is clear."""
    if NAME not in line:
        return f"a refusal that does not name the file: {line[:200]!r}"
    if len(line) > MOST_SAID:
        return f"a refusal of {len(line)} characters: {line[:100]!r}"
    if not line.isprintable():
        return f"a refusal that is not one line of plain text: {line[:200]!r}"
    return None


def run(name: str, seed: int, inputs: int = INPUTS, processes: int = 2) -> Outcome:
    """Give a reader `inputs` mutated inputs, in separate processes."""
    batches = [min(_AT_A_TIME, inputs - start) for start in range(0, inputs, _AT_A_TIME)]
    total = Found()
    with ProcessPoolExecutor(processes, get_context("fork"), _bounded) as pool:
        waiting = [pool.submit(try_inputs, name, seed + number, batch) for number, batch in enumerate(batches)]
        for number, future in enumerate(waiting):
            try:
                found = future.result(_STUCK_AFTER)
            except (TimeoutError, BrokenProcessPool, MemoryError) as error:
                total.wrong.append(f"{name}, seed {seed + number}: the process hangs or died ({type(error).__name__})")
                for process in list((pool._processes or {}).values()):
                    process.kill()
                break
            total.inputs, total.read = total.inputs + found.inputs, total.read + found.read
            total.refused, total.wrong = total.refused + found.refused, total.wrong + found.wrong
    tally = Tally(lost=len(total.wrong), wrong=total.wrong[:_MOST_DETAILS], told=total.read + total.refused)
    figures = {"inputs": total.inputs, "read": total.read, "refused": total.refused}
    return Outcome(f"fuzz-{name}", tally, seed, figures, tally.wrong)


def _bounded() -> None:
    """Limit this process to the memory of a small server."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
