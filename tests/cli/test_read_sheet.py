"""Tests `tallydesk read` and `changes` on a spreadsheet whose columns are set in a desk file."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main

DESK = """
[desk]
zone = "America/New_York"

[[contests]]
id = "gov"
name = "Governor"
where = "Georgia"
leads = "runners"
candidates = [{id = "ada", name = "Ada Quill", last = "Quill"}, {id = "bo", name = "Bo Reed", last = "Reed"}]

[[sources]]
id = "runners"
name = "our runners"
columns = {contest = "Race", candidate = "Who", votes = "Votes"}
"""
OTHER = '\n[[sources]]\nid = "other"\nname = "the other"\ncolumns = {candidate = "Name", votes = "N"}\n'


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    file = tmp_path / "sheet.csv"
    file.write_bytes("Race;Who;Votes\r\nGovernor;Ada Quill;1 204\r\nGovernor;Bo Reed;7\r\n".encode("utf-8-sig"))
    return file


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    file = tmp_path / "desk.toml"
    file.write_text(DESK)
    return file


def test_sheet_is_read_by_the_columns_of_its_source(
    sheet: Path, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--desk", str(desk), "--source", "runners", "--as-of", "2026-11-04T01:00:00Z"]
    assert main(["read", "--format", "csv", str(sheet), *options]) == 0
    reading = json.loads(capsys.readouterr().out)
    assert (reading["source"], reading["contest"], reading["as_of"]) == ("runners", "governor", "2026-11-04T01:00:00Z")
    assert reading["votes"] == {"ada-quill": 1204, "bo-reed": 7}


def test_changes_are_read_from_sheets_too(
    sheet: Path, desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = tmp_path / "later.csv"
    later.write_bytes(sheet.read_bytes().replace(b";7", b";17"))
    assert main(["changes", "--format", "csv", str(sheet), str(later), "--desk", str(desk), "--source", "runners"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["kind"], second["kind"], second["margin_change"], second["source"]) == (
        "first",
        "margin",
        -10,
        "runners",
    )


def test_only_source_with_columns_need_not_be_named(
    sheet: Path, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", "--format", "csv", str(sheet), "--desk", str(desk)]) == 0
    desk.write_text(DESK + OTHER)
    assert main(["read", "--format", "csv", str(sheet), "--desk", str(desk)]) == 2
    assert capsys.readouterr().err == f"{desk}: has several sources with columns; say which with --source\n"


def test_what_is_missing_is_named(sheet: Path, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--format", "csv", str(sheet)]) == 2
    assert main(["read", "--format", "csv", str(sheet), "--desk", str(desk), "--source", "wire"]) == 2
    desk.write_text(DESK + OTHER)
    assert main(["read", "--format", "csv", str(sheet), "--desk", str(desk), "--source", "other"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        (
            f"{sheet}: a sheet is read by the columns that its source has in the desk file, or by a preset: "
            "give --desk and --source, or --preset"
        ),
        f"{desk}: has no source with columns called wire",
        f"{sheet}: has no column headed Name or N; it has Race, Who, Votes",
    ]


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ('columns = {who = "x"}', "columns.who"),
        (
            'format = "csv"\nurl = "https://a.example/x"\ncolumns = {votes = "x"}',
            "columns should say which heading is candidate",
        ),
        ('format = "nist"\nurl = "https://a.example/x"\ncolumns = {votes = "x"}', "columns is for the format csv only"),
    ],
)
def test_columns_that_cannot_be_are_refused(
    source: str, what: str, sheet: Path, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.write_text(DESK + f'\n[[sources]]\nid = "x"\nname = "x"\n{source}\n')
    assert main(["read", "--format", "csv", str(sheet), "--desk", str(desk)]) == 2
    assert what in capsys.readouterr().err


def test_columns_can_be_tried_without_a_desk_file(sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--format", "csv", str(sheet), "--columns", "contest=Race,candidate=Who,votes=Votes"]) == 0
    assert json.loads(capsys.readouterr().out)["votes"] == {"ada-quill": 1204, "bo-reed": 7}
    assert main(["read", "--format", "csv", str(sheet), "--columns", "contest=Race+Who"]) == 2
    assert main(["read", "--format", "csv", str(sheet), "--columns", "Race"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "--columns: columns should say which heading is candidate and votes",
        "--columns: Race should be as in contest=race+party,votes=Votes",
    ]
