from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, ReadingLine


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: str, name: str = "day.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(lines))
        return path

    return write


Write = Callable[..., Path]


def test_consecutive_readings_are_compared(cli: Cli, file: Write, line: ReadingLine) -> None:
    day = file(line(0), line(1, votes={"quill": 52, "reed": 47}), line(2, votes={"quill": 52, "reed": 47}))
    outcome = cli("changes", day)
    assert (outcome.status, outcome.err) == (0, [])
    first, moved = outcome.printed
    assert first["kind"] == "first"
    assert (moved["kind"], moved["margin"], moved["margin_change"], moved["new_votes"]) == ("margin", 5, -5, 9)
    assert moved["batch"] == {"quill": 2, "reed": 7}


def test_files_are_one_row_in_the_order_given(cli: Cli, file: Write, line: ReadingLine) -> None:
    a = file(line(0), name="a.jsonl")
    b = file(line(1, votes={"quill": 51, "reed": 40}), name="b.jsonl")
    assert [change["margin_change"] for change in cli("changes", a, b).printed] == [None, 1]
    assert [change["margin_change"] for change in cli("changes", b, a).printed] == [None, -1]


def test_sources_contests_and_counts_are_never_compared_with_each_other(
    cli: Cli, file: Write, line: ReadingLine
) -> None:
    day = file(line(0), line(1, source="sos"), line(2, contest="other"), line(3, count="recount"))
    assert [change["kind"] for change in cli("changes", day).printed] == ["first"] * 4


def test_leader_is_remembered_through_ties(cli: Cli, file: Write, line: ReadingLine) -> None:
    day = file(
        line(0, votes={"quill": 5, "reed": 6}),
        line(1, votes={"quill": 6, "reed": 6}),
        line(2, votes={"quill": 6, "reed": 6}, status="unofficial-partial"),
        line(3, votes={"quill": 7, "reed": 7}),
        line(4, votes={"quill": 8, "reed": 7}),
    )
    changes = cli("changes", day).printed
    assert [change["leader"] for change in changes] == ["reed", "reed", "reed", "reed", "quill"]
    assert [change["kind"] for change in changes] == ["first", "margin", "progress", "no_margin_change", "lead_change"]


def test_vanished_candidate_is_one_line_and_the_next_reading_meets_the_last_good_one(
    cli: Cli, file: Write, line: ReadingLine
) -> None:
    day = file(line(0), line(1, votes={"quill": 60}), line(2, votes={"quill": 51, "reed": 42}))
    outcome = cli("changes", day)
    assert outcome.status == 2
    assert [change["batch"] for change in outcome.printed] == [None, {"quill": 1, "reed": 2}]
    (error,) = outcome.err
    assert error.startswith(f"{day}: ")
    assert "lamp" in error
    assert "reed" in error


def test_bad_line_is_told_and_passed_over(cli: Cli, file: Write, line: ReadingLine) -> None:
    day = file(line(0), "oops\n", line(1, votes={"quill": -1}), line(2, votes={"quill": 51, "reed": 40}))
    outcome = cli("changes", day)
    assert outcome.status == 2
    assert [change["margin_change"] for change in outcome.printed] == [None, 1]
    assert [error[: len(str(day)) + 2] for error in outcome.err] == [f"{day}:2", f"{day}:3"]


def test_file_that_is_missing_does_not_cost_the_others(cli: Cli, file: Write, line: ReadingLine) -> None:
    a = file(line(0), name="a.jsonl")
    outcome = cli("changes", a, a.parent / "none.jsonl", a)
    assert (outcome.status, len(outcome.out)) == (2, 1)
    assert outcome.err == [f"{a.parent / 'none.jsonl'}: can't be read (No such file or directory)"]


def test_dash_is_standard_input_once(cli: Cli, file: Write, line: ReadingLine, stdin: Callable[[str], None]) -> None:
    stdin(line(1, votes={"quill": 55, "reed": 40}))
    assert [change["kind"] for change in cli("changes", file(line(0)), "-").printed] == ["first", "margin"]
    outcome = cli("changes", "-", "-")
    assert (outcome.status, outcome.out, len(outcome.err)) == (2, [], 1)


def test_other_formats_can_be_compared(cli: Cli, tmp_path: Path) -> None:
    block = '[{"K": "7", "C": "Lamp", "CH": ["Ada (Rep)", "Bo (Dem)"], "P": ["NP", "NP"], "V": [%d, 4]}]'
    files = [tmp_path / f"{version}.json" for version in (1, 2)]
    for votes, path in enumerate(files, start=5):
        path.write_text(block % votes)
    assert [change["margin"] for change in cli("changes", "--format", "clarity-summary", *files).printed] == [1, 2]


def test_unknown_format_is_one_line(cli: Cli) -> None:
    (line,) = cli("changes", "--format", "tally", "x").err
    assert line.startswith("x: there is no format 'tally'; readings, clarity-summary")


def test_format_without_readings_has_no_changes(cli: Cli) -> None:
    (line,) = cli("changes", "--format", "clarity-settings", "x").err
    assert line.startswith("x: the format clarity-settings holds no readings; ")
