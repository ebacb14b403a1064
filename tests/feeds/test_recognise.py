import io
import json
import re
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.errors import BadInputError
from bot.feeds.formats import all_formats, line_reader_of
from bot.feeds.reader import ReaderContext
from bot.feeds.recognise import beginning_of, begins_with, format_of
from tests.feeds import ap_files, clarity_files, georgia_files, nist_files
from tests.feeds.conftest import RECEIVED

READING = b'{"source": "s", "contest": "c", "as_of": "2020-11-11T12:35:03Z", "votes": {"a": 1}}'
BEGINNINGS = [
    (READING + b"\n" + READING, "readings"),
    (json.dumps([{"K": "1", "C": "Governor", "CH": ["Ada"], "V": [1]}]).encode(), "clarity-summary"),
    (b'\xef\xbb\xbf {"Version": 5, "Contests": [{"K": "1"', "clarity-summary"),
    (clarity_files.detail(clarity_files.contest(clarity_files.choice("Ada", 1))), "clarity-detail"),
    (clarity_files.zipped(("detail.xml", clarity_files.detail())), "clarity-detail"),
    (clarity_files.settings(), "clarity-settings"),
    (georgia_files.GOOD, "enhanced-voting"),
    (b'{"ballotItemWithBreakdown": null, "ballotItems": [{"id"', "enhanced-voting"),
    (b'{"childLocalities": [], "elections": [', "enhanced-voting"),
    (ap_files.answer(ap_files.race(ap_files.unit(None, 1, 2))), "ap"),
    (b'{"nextrequest": "https://api.ap.org/v3/x"}', "ap"),
    (nist_files.report(), "nist"),
    (b'{"raceTitle": "Governor", "Reporting": "', "california"),
    (b'{"slug": "senate", "races": [{"raceTitle": "State Senate", "x', "california"),
    (b'[{"raceTitle": "State Senate", "x', "california"),
    (b'{"Timestamp": "x", "Election": {"ContestGroups": [', "los-angeles"),
    (b"000ET0018      County of Los Angeles \r\n000TD16:29", "los-angeles"),
    (b'{"response": {"contests": {"366"', "knowink"),
    (b'{"Version": "enr/56181/21/", "Home": "eyJ', "texas"),
    (b"<?xml version='1.0'?>\n<electionResult>\n  <electionInformation>", "arizona"),
    (b'{"race_id": "GA", "votes": 5, "candidates": [{"candidate_key"', "nyt-2020"),
    (b"Race,Candidate,Votes\nGovernor,Ada,5\n", "csv"),
    ("Race\tCandidate\tVotes\r\n".encode("utf-16"), "csv"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "csv"),
    (b"<!DOCTYPE html>\n<td>1,2,3</td>", None),
    (b"", None),
    (b"271066", None),
    (b'{"a": 1}', None),
    (b"[1, 2]", None),
    (b"{", None),
    (b"\x00\xff,,,", None),
]


def test_every_format_that_has_a_sign_has_a_beginning_here() -> None:
    signs = {one.name for one in all_formats() if one.begins}
    assert {name for _, name in BEGINNINGS if name is not None} == signs


@pytest.mark.parametrize(("data", "name"), BEGINNINGS)
def test_format_is_found_from_how_a_file_begins(data: bytes, name: str | None) -> None:
    assert format_of(data) == name


def test_no_file_begins_as_those_of_two_formats() -> None:
    for data, name in BEGINNINGS:
        beginning = beginning_of(data)
        assert [one.name for one in all_formats() if one.begins and one.begins(beginning)] == [name] * bool(name)


@pytest.mark.parametrize("seekable", [True, False])
def test_what_was_looked_at_is_still_there_to_be_read(seekable: bool) -> None:
    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return seekable

    data, stream = begins_with(Stream(georgia_files.GOOD))
    assert georgia_files.GOOD.startswith(data[:10])
    assert stream.read() == georgia_files.GOOD


def test_recognised_file_is_read_as_by_its_own_reader() -> None:
    for data, name in BEGINNINGS[:1] + BEGINNINGS[6:7]:
        assert name is not None
        both = [list(line_reader_of(one)(io.BytesIO(data), ReaderContext("feed", RECEIVED))) for one in ("auto", name)]
        assert both[0] == both[1] != []


def test_unknown_beginning_says_which_formats_there_are() -> None:
    with pytest.raises(
        BadInputError, match=r"^feed: begins as no format that is known here; say which it is: readings, "
    ):
        list(line_reader_of("auto")(io.BytesIO(b"271066"), ReaderContext("feed", RECEIVED)))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"<!DOCTYPE html><html><td>1,2,3</td>", "is a web page, and no results file"),
        (b"<html><title>Just a moment...</title>", "is a page that asks whether you are a person"),
        (b'<?xml version="1.0"?>\n<ElectionReport xmlns="x">', "is NIST XML, version 2, which isn't read"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "is Excel's XML of 2003",
        ),
    ],
)
def test_what_is_not_read_is_named(data: bytes, what: str) -> None:
    with pytest.raises(BadInputError, match=f"^feed: {re.escape(what)}"):
        list(line_reader_of("auto")(io.BytesIO(data), ReaderContext("feed", RECEIVED)))


def test_recorded_feeds_are_recognised(feeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        name: format_of((feeds / name).read_bytes()[:4096])
        for name in (
            "ap/20121106_me_fl_senate.json",
            "clarity-ga-2020-11-12/summary.json",
            "clarity-ga-2020-11-20/detail.xml",
            "clarity-ga-2020-11-20/electionsettings.json",
            "enhanced-voting/georgia-2026-06-16-data.json",
            "enhanced-voting/georgia-2026-06-16-media-export.json",
            "georgia-export/export-2020NovGenRec.json",
            "arizona/primary-2026-07-21-summary.xml",
            "california/supreme-court-2022-11-09T0831.json",
            "knowink/arkansas-2024-results.json",
            "los-angeles/0018nov18-end.ets",
            "los-angeles/2022-11-09T0831.json",
            "nyt-race/georgia-president-2020.json",
            "texas/56181-election.json",
            "tables/florida-2026-03-24.txt",
            "tables/alabama-2026-primary-runoff.xlsx",
        )
    }
    assert list(found.values()) == [
        "ap",
        "clarity-summary",
        "clarity-detail",
        "clarity-settings",
        "enhanced-voting",
        "enhanced-voting",
        "enhanced-voting",
        "arizona",
        "california",
        "knowink",
        "los-angeles",
        "los-angeles",
        "nyt-2020",
        "texas",
        "csv",
        "csv",
    ]
    assert main(["read", "--format", "auto", str(feeds / "georgia-export" / "export-2020NovGenRec.json")]) == 0
    assert json.loads(capsys.readouterr().out)["source"] == "enhanced-voting"
