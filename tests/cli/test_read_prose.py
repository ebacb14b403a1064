import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.desk.toml_file import shipped
from tests.cli.conftest import Cli

TEXT = "7:50 a.m. | Biden's lead in Georgia is 14,101 votes.\n\nRain is expected."


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    file = tmp_path / "blog.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_claims_are_printed_one_a_line(cli: Cli, blog: Path) -> None:
    outcome = cli("read", "--format", "prose", blog)
    assert (outcome.status, outcome.err) == (0, [])
    assert outcome.printed == [
        {
            "claim": "margin",
            "candidate": "biden",
            "votes": 14101,
            "approximate": False,
            "units": [],
            "time": None,
            "words": "Biden's lead in Georgia is 14,101 votes",
        }
    ]


def test_standard_input_is_read_too(cli: Cli, stdin: Callable[[str], None]) -> None:
    stdin(TEXT)
    assert len(cli("read", "--format", "prose", "-").out) == 1


def test_desk_file_says_who_is_known(cli: Cli, blog: Path, tmp_path: Path) -> None:
    desk = tmp_path / "desk.toml"
    desk.write_text(shipped("desks", "georgia-2020.toml").read_text(encoding="utf-8").replace("Biden", "Quill"))
    (claim,) = cli("read", "--format", "prose", blog, "--desk", desk).printed
    assert claim["candidate"] is None


@pytest.mark.parametrize(("pattern", "count"), [("*president*", 1), ("*SENATE*", 0), ("President", 1)])
def test_pattern_chooses_the_contest(cli: Cli, blog: Path, pattern: str, count: int) -> None:
    outcome = cli("read", "--format", "prose", blog, "--contest", pattern)
    assert (outcome.status, len(outcome.printed)) == (0, count)


def test_pattern_that_finds_nothing_says_so(cli: Cli, blog: Path) -> None:
    outcome = cli("read", "--format", "prose", blog, "--contest", "mayor")
    assert (outcome.status, outcome.err) == (0, [f"{blog}: no contest is called mayor"])


def test_pattern_of_several_contests_is_refused(cli: Cli, blog: Path) -> None:
    outcome = cli("read", "--format", "prose", blog, "--contest", "*")
    assert outcome.status == 2
    assert outcome.err == [f"{blog}: prose is read for one contest, and * is ga-2020-president, ga-2020-senate"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"\xff\xfe", "is not UTF-8 text (byte 0)"), (b"x" * 5_000_000, "is over 1048576 letters, which is no prose")],
)
def test_what_is_no_text_is_refused_in_one_line(cli: Cli, tmp_path: Path, content: bytes, complaint: str) -> None:
    file = tmp_path / "blog.txt"
    file.write_bytes(content)
    outcome = cli("read", "--format", "prose", file)
    assert (outcome.status, outcome.out, outcome.err) == (2, [], [f"{file}: {complaint}"])


def test_missing_file_and_bad_desk_file_are_one_line(cli: Cli, blog: Path, tmp_path: Path) -> None:
    for words in ([tmp_path / "none.txt"], [blog, "--desk", tmp_path / "none.toml"]):
        outcome = cli("read", "--format", "prose", *words)
        assert (outcome.status, len(outcome.err)) == (2, 1)


def test_empty_text_claims_nothing(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "blog.txt"
    file.write_text("\ufeff")
    assert cli("read", "--format", "prose", file).out == []


def test_changes_has_no_prose(cli: Cli, blog: Path) -> None:
    outcome = cli("changes", "--format", "prose", blog)
    assert outcome.status == 2
    assert outcome.err == [f"{blog}: prose gives claims, and no readings; tallydesk read prints them"]


def test_words_are_printed_as_they_are(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "blog.txt"
    file.write_text("Biden leads\nby 14,101", encoding="utf-8")
    (line,) = cli("read", "--format", "prose", file).out
    assert json.loads(line)["words"] == "Biden leads\nby 14,101"
