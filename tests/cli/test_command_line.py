import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __main__ as command_line
from tests.cli.conftest import Cli, ReadingLine

TALLYDESK = [sys.executable, "-m", "bot"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["count"], "tallydesk: No such command 'count'."),
        (["read"], "tallydesk: Missing argument 'FILE'."),
        (["read", "x.json"], "tallydesk: Missing option '--format'."),
        (["read", "--format"], "tallydesk: Option '--format' requires an argument."),
        (["read", "--q", "x"], "tallydesk: No such option: --q"),
        (["changes"], "tallydesk: Missing argument 'FILE'."),
        (["schema", "x"], "tallydesk: Got unexpected extra argument(s) (x)"),
    ],
)
def test_bad_usage_is_one_line_and_no_box(cli: Cli, words: list[str], line: str) -> None:
    outcome = cli(*words)
    assert (outcome.status, outcome.out, len(outcome.err)) == (2, [], 1)
    assert outcome.err == [line]


def test_bare_command_names_its_subcommands(cli: Cli) -> None:
    outcome = cli()
    (line,) = outcome.err
    assert (outcome.status, outcome.out) == (2, [])
    assert line.startswith("tallydesk: say what to do: ")
    assert all(word in line for word in ("changes", "read", "schema"))


def test_version_is_printed(cli: Cli) -> None:
    outcome = cli("--version")
    assert outcome.status == 0
    assert outcome.out[0].startswith("tallydesk ")


@pytest.mark.parametrize("words", [["--help"], ["read", "--help"], ["changes", "-h"], ["schema", "--help"]])
def test_help_is_help(cli: Cli, words: list[str]) -> None:
    outcome = cli(*words)
    assert (outcome.status, outcome.err) == (0, [])
    assert outcome.out[0].startswith("Usage: tallydesk")


def test_every_subcommand_and_option_has_its_help() -> None:
    for command in command_line.app.registered_commands:
        assert command.callback
        assert command.callback.__doc__


@pytest.mark.parametrize(
    ("words", "absent"),
    [(["--help"], {"pydantic", "discord"}), (["read", "--format", "readings", os.devnull], {"discord", "rich"})],
)
def test_nothing_heavy_is_loaded_that_is_not_needed(words: list[str], absent: set[str]) -> None:
    code = (
        f"import sys; from bot.__main__ import main; main({words!r}); sys.exit(repr({absent!r} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "set()"


def test_as_a_process_it_reads_standard_input_and_exits_with_its_status(line: ReadingLine) -> None:
    data = (line() + "oops\n").encode()
    done = subprocess.run(
        [*TALLYDESK, "read", "--format", "readings", "-"], input=data, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout.count(b"\n") == 1
    assert done.stderr.startswith(b"standard input:2: is not JSON")
    assert done.stderr.count(b"\n") == 1


def test_closed_pipe_ends_quietly(tmp_path: Path, line: ReadingLine) -> None:
    file = tmp_path / "day.jsonl"
    file.write_text(line() * 3000)
    done = subprocess.run(
        [
            "bash",
            "-c",
            '"$@" | head -n 1; exit ${PIPESTATUS[0]}',
            "-",
            *TALLYDESK,
            "read",
            "--format",
            "readings",
            file,
        ],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout.count(b"\n"), done.stderr) == (0, 1, b"")


def test_json_is_utf8_whatever_the_locale(tmp_path: Path, line: ReadingLine) -> None:
    file = tmp_path / "day.jsonl"
    file.write_text(line(contest_name="Alcalde de Núñez"), encoding="utf-8")
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [*TALLYDESK, "read", "--format", "readings", file], capture_output=True, check=True, env=environment
    )
    assert "Alcalde de Núñez" in done.stdout.decode("utf-8")


HUGE = 200 * 1024 * 1024


@pytest.mark.parametrize(
    ("format_name", "what"),
    [
        ("readings", ":1: is over 16 MiB, too long for a line"),
        ("clarity-summary", ": is over 128 MiB, too large for a feed"),
    ],
)
def test_two_hundred_megabytes_are_refused_in_little_memory(tmp_path: Path, format_name: str, what: str) -> None:
    file = tmp_path / "huge.json"
    with file.open("wb") as stream:
        stream.write(b'[{"K": "')
        stream.truncate(HUGE)
    code = (
        "import re, sys; from pathlib import Path; from bot.__main__ import main; "
        f"status = main(['read', '--format', {format_name!r}, {str(file)!r}]); "
        # its own peak: what getrusage tells begins with that of the process that started it
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert what in done.stderr
    assert int(done.stdout) < 400  # MiB


def test_one_command_alone_asks_and_it_can_be_told_by_options() -> None:
    """`test_new.py` tests that every question of `tallydesk new` has an option."""
    root = Path(__file__).parents[2] / "bot"
    texts = {path.name: path.read_text() for path in root.rglob("*.py")}
    asking = {name for name, text in texts.items() if re.search(r"typer\.(prompt|confirm)|\binput\(", text)}
    assert asking == {"terminal.py", "new.py"}
    assert {name for name, text in texts.items() if re.search(r"terminal import .*\bask\b", text)} == {"new.py"}
