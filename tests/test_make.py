"""Tests the installation: pinned versions, and a virtual environment that detects that it was copied."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_the_constraints_that_ship_are_the_pins() -> None:
    pins = re.findall(r"^(\S+==.*?) *\\$", (ROOT / "requirements" / "run.txt").read_text(), re.MULTILINE)
    assert (ROOT / "data" / "service" / "constraints.txt").read_text().splitlines() == pins


def test_an_environment_that_was_copied_with_its_folder_is_made_anew(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".venv").mkdir()
    made_in = f"home = /usr/bin\ncommand = /usr/bin/python3 -m venv {tmp_path}/.venv\n"
    config = tmp_path / ".venv" / "pyvenv.cfg"
    config.write_text(made_in)
    at_home = subprocess.run(["make", "help"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "not at home" not in at_home.stdout
    assert config.exists()
    config.write_text(made_in.replace(str(tmp_path), str(ROOT)))
    moved = subprocess.run(["make", "help"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"This .venv was made in {ROOT} and is not at home here" in moved.stdout
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("word", ["--version", "run"])
def test_a_program_that_was_copied_says_so_and_runs_nothing(tmp_path: Path, word: str) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "pyvenv.cfg").touch()
    program = tmp_path / "bin" / "tallydesk"
    program.write_text("import sys\nfrom bot.__main__ import main\nsys.exit(main())\n")
    done = subprocess.run(
        [sys.executable, program, word],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"this environment was copied and would run what is in {sys.prefix}: "
        "make it again, in a checkout with `make server`\n"
    )
