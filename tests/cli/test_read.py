import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.read import ReadOptions
from bot.cli.read import read_feed_files as run_read
from bot.clock import ManualClock
from tests.cli.conftest import Cli, ReadingLine
from tests.feeds import ap_files
from tests.feeds.clarity_files import choice, contest, detail, settings, zipped
from tests.feeds.state_files import KNOWINK

CONTEST = {
    "K": "7000",
    "C": "Keeper of the Lamp",
    "TP": 9,
    "PR": 4,
    "TV": 0,
    "CH": ["Ada B. Quill (I) (Rep)", "Bo Reed (Dem)"],
    "P": ["NP", "NP"],
    "V": [50, 40],
}


@pytest.fixture
def summary(tmp_path: Path) -> Path:
    file = tmp_path / "summary.json"
    file.write_text(json.dumps([CONTEST, CONTEST | {"K": "8000", "C": "State Senate 3", "V": [1, -2]}]))
    return file


def test_good_contests_are_printed_and_the_bad_one_is_named(cli: Cli, summary: Path) -> None:
    outcome = cli("read", "--format", "clarity-summary", summary)
    assert outcome.status == 2
    assert [reading["contest"] for reading in outcome.printed] == ["7000"]
    (line,) = outcome.err
    assert line.startswith(f"{summary}: 8000 (State Senate 3): V[1] is -2; votes are 0 or more")


@pytest.mark.parametrize("pattern", ["7000", "7*", "keeper*", "KEEPER OF THE LAMP", "*[l]amp"])
def test_pattern_is_matched_with_id_or_name_in_any_case(cli: Cli, summary: Path, pattern: str) -> None:
    outcome = cli("read", "--format", "clarity-summary", summary, "--contest", pattern)
    assert (outcome.status, outcome.err) == (0, [])
    assert [reading["contest"] for reading in outcome.printed] == ["7000"]


def test_pattern_that_finds_nothing_says_so(cli: Cli, summary: Path) -> None:
    outcome = cli("read", "--format", "clarity-summary", summary, "--contest", "mayor")
    assert (outcome.status, outcome.out) == (0, [])
    assert outcome.err == [f"{summary}: no contest is called mayor"]


def test_line_that_is_no_json_is_told_whatever_the_pattern(cli: Cli, tmp_path: Path, line: ReadingLine) -> None:
    file = tmp_path / "day.jsonl"
    file.write_text("oops\n" + line(contest="other", contest_name="Other", votes={"a": -1}) + line())
    outcome = cli("read", "--format", "readings", file, "--contest", "lamp")
    assert (outcome.status, len(outcome.out)) == (2, 1)
    assert [text.split(": ")[0] for text in outcome.err] == [f"{file}:1"]


def test_time_that_is_given_is_the_time(cli: Cli, summary: Path) -> None:
    outcome = cli("read", "--format", "clarity-summary", summary, "--as-of", "2020-11-12T10:57:00-05:00")
    assert outcome.printed[0]["as_of"] == "2020-11-12T15:57:00Z"
    assert "as_of_is" not in outcome.printed[0]


def test_without_one_it_is_now_and_marked_as_received(summary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = ManualClock(datetime(2020, 11, 12, 16, 1, tzinfo=UTC))
    run_read([str(summary)], ReadOptions(format="clarity-summary"), clock)
    reading = json.loads(capsys.readouterr().out)
    assert (reading["as_of"], reading["as_of_is"]) == ("2020-11-12T16:01:00Z", "received")


def test_now_is_the_machines_own(cli: Cli, summary: Path) -> None:
    as_of = datetime.fromisoformat(cli("read", "--format", "clarity-summary", summary).printed[0]["as_of"])
    assert datetime.now(UTC) - as_of < timedelta(minutes=1)


@pytest.mark.parametrize("time", ["yesterday", "2020-11-12T10:57:00", "2020-11-12", "1605196620", ""])
def test_time_without_a_zone_is_refused(cli: Cli, summary: Path, time: str) -> None:
    outcome = cli("read", "--format", "clarity-summary", summary, "--as-of", time)
    assert (outcome.status, outcome.out, len(outcome.err)) == (2, [], 1)
    assert outcome.err[0].startswith("--as-of: ")


def test_source_can_be_named(cli: Cli, summary: Path) -> None:
    assert cli("read", "--format", "clarity-summary", summary, "--source", "ga-sos").printed[0]["source"] == "ga-sos"


@pytest.mark.parametrize("name", ["", "two\nlines", "x" * 101])
def test_source_that_is_no_id_is_refused(cli: Cli, summary: Path, name: str) -> None:
    outcome = cli("read", "--format", "clarity-summary", summary, "--source", name)
    assert (outcome.status, outcome.out, len(outcome.err)) == (2, [], 1)
    assert outcome.err[0].startswith("--source: ")


def test_desk_file_is_checked(cli: Cli, summary: Path, tmp_path: Path) -> None:
    bad = tmp_path / "desk.toml"
    bad.write_text("contests = 5")
    outcome = cli("read", "--format", "clarity-summary", summary, "--desk", bad)
    assert (outcome.status, outcome.out, len(outcome.err)) == (2, [], 1)
    assert outcome.err[0].startswith(f"{bad}: ")


@pytest.mark.parametrize("format_name", ["readings", "clarity-summary"])
def test_file_that_cannot_be_opened_is_one_line(cli: Cli, tmp_path: Path, format_name: str) -> None:
    for file in (tmp_path / "none.json", tmp_path):
        outcome = cli("read", "--format", format_name, file)
        assert (outcome.status, outcome.out, len(outcome.err)) == (2, [], 1)
        assert outcome.err[0].startswith(f"{file}: can't be read (")


def test_unknown_format_is_one_line(cli: Cli) -> None:
    outcome = cli("read", "--format", "tally", "x.json")
    assert outcome.status == 2
    (line,) = outcome.err
    assert line.startswith("x.json: there is no format 'tally'; readings, clarity-summary")


def test_dash_is_standard_input(cli: Cli, line: ReadingLine, stdin: Callable[[str], None]) -> None:
    stdin(line())
    assert cli("read", "--format", "readings", "-").printed == [json.loads(line()) | {"count": "election"}]


@pytest.mark.parametrize(
    "data",
    [
        b'[{"K": "7000", "C": "Keep',
        b"\xff\xfe[]",
        b"[" * 100_000,
        b'[{"K": "1", "K": "1"}]',
        b'[{"K": "1", "V": [NaN]}]',
        b'[{"K": "1", "V": [1' + b"0" * 5000 + b"]}]",
        b"",
        b"{}",
        b"<html>",
    ],
)
def test_document_that_cannot_be_parsed_gives_nothing_and_one_line(cli: Cli, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "summary.json"
    file.write_bytes(data)
    outcome = cli("read", "--format", "clarity-summary", file)
    assert (outcome.status, outcome.out, len(outcome.err)) == (2, [], 1)
    assert outcome.err[0].startswith(f"{file}: ")
    assert len(outcome.err[0]) < 300


def test_settings_are_printed_by_county_and_a_bad_line_is_told(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "electionsettings.json"
    file.write_bytes(settings("Ben_Hill|105379|270230|11/9/2020 8:24:49 AM EST|16", "Bibb|1"))
    outcome = cli("read", "--format", "clarity-settings", file, "--contest", "5000")
    assert outcome.status == 2
    assert outcome.printed == [{"unit": "Ben Hill", "version": "270230", "uploaded_at": "2020-11-09T13:24:49Z"}]
    assert outcome.err[0].startswith(f"{file}: county 2 of the list: ")


def test_detail_is_read_from_its_zip_and_from_standard_input(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = detail(contest(choice("Ada (Rep)", 3, {"Election Day Votes": {"Appling": 3}})))
    file = tmp_path / "detailxml.zip"
    file.write_bytes(zipped(("detail.xml", plain)))
    (reading,) = cli("read", "--format", "clarity-detail", file).printed
    assert reading["units"]["Appling"]["fips"] == "13001"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    assert cli("read", "--format", "clarity-detail", "-").printed == [reading]


def test_detail_that_breaks_off_gives_nothing(cli: Cli, tmp_path: Path) -> None:
    many = [contest(choice("Ada (Rep)", 3, {"Election Day Votes": {"Appling": 3}}), key=key) for key in range(3000)]
    file = tmp_path / "detail.xml"
    file.write_bytes(detail(*many)[:-100])
    outcome = cli("read", "--format", "clarity-detail", file)
    assert (outcome.status, outcome.out, len(outcome.err)) == (2, [], 1)


@pytest.mark.parametrize("command", [("read", "--format", "readings"), ("changes",)])
def test_after_ten_bad_lines_the_rest_is_a_count(
    cli: Cli, tmp_path: Path, command: tuple[str, ...], line: ReadingLine
) -> None:
    file = tmp_path / "day.jsonl"
    file.write_text('{}\n{"votes": 1}\n' * 65 + line())
    outcome = cli(*command, file)
    assert outcome.status == 2
    assert len(outcome.err) == 11
    assert outcome.err[-1] == f"{file}: 120 more lines of errors like these"
    assert len(outcome.out) == 1


@pytest.mark.parametrize("form", ["knowink", "auto"])
def test_several_files_of_one_answer_are_read_together(cli: Cli, form: str, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("info.json", "search.json", "results.json")]
    for file, data in zip(files, reversed(KNOWINK[:3]), strict=True):
        file.write_bytes(data)
    outcome = cli("read", "--format", form, *files, "--contest", "*lamp*")
    assert (outcome.status, outcome.err) == (0, [])
    (reading,) = outcome.printed
    assert reading["votes"] == {"senator-ada-quill-cy-moss": 7, "bo-reed": 5}


def test_before_any_vote_it_says_how_many_contests_have_none_yet(cli: Cli, tmp_path: Path) -> None:
    ap, clarity = tmp_path / "ap.json", tmp_path / "clarity.json"
    zeros = ap_files.unit(None, 0, 0, precinctsReporting=0)
    races = ap_files.race(zeros), ap_files.race(number="2"), ap_files.race(ap_files.unit(None, 5, 4), number="3")
    ap.write_bytes(ap_files.answer(*races))
    outcome = cli("read", "--format", "auto", ap)
    assert (outcome.status, len(outcome.out)) == (0, 1)
    assert outcome.err == [f"{ap}: 2 of 3 contests have no votes yet"]
    assert cli("read", "--format", "ap", ap, "--contest", "ga-2").err == [f"{ap}: 1 of 1 contest has no votes yet"]
    # Zeros beside votes are a contest in which nobody runs.
    for votes, said in (([0, 0], [f"{clarity}: 2 of 2 contests have no votes yet"]), ([5, 4], [])):
        contests = [
            {"K": key, "C": "Lamp", "CH": ["Ann Quill", "Bo Reed"], "V": has}
            for key, has in (("1", [0, 0]), ("2", votes))
        ]
        clarity.write_text(json.dumps(contests))
        outcome = cli("read", "--format", "auto", clarity)
        assert (len(outcome.out), outcome.err) == (2, said)


def test_other_files_are_read_one_by_one_and_one_that_fails_costs_no_other(
    cli: Cli, summary: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(b"{")
    outcome = cli("read", "--format", "clarity-summary", bad, summary)
    assert outcome.status == 2
    assert [reading["contest"] for reading in outcome.printed] == ["7000"]
    assert outcome.err[0].startswith(f"{bad}: ")
