import errno
from collections.abc import Callable
from contextlib import nullcontext
from io import StringIO
from pathlib import Path
from typing import NoReturn

import pytest

from bot.cli import terminal
from bot.errors import BadInputError, CheckFailedError, TallydeskError


def raises(error: BaseException) -> Callable[[], NoReturn]:
    """Return a function that raises `error`."""

    def work() -> NoReturn:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (BadInputError("a.json: V is wrong"), 2, "a.json: V is wrong"),
        (CheckFailedError("#margins: may not post"), 1, "#margins: may not post"),
        (TallydeskError("the disk is full"), 1, "the disk is full"),
        (BadInputError("two\nlines \x1b[31mred\u202e"), 2, r"two\nlines \x1b[31mred\u202e"),
    ],
)
def test_each_failure_is_one_line_and_its_own_status(
    capsys: pytest.CaptureFixture[str], error: Exception, status: int, line: str
) -> None:
    assert terminal.run_command(raises(error)) == status
    assert capsys.readouterr() == ("", line + "\n")


@pytest.mark.parametrize(("typed", "kept"), [("y\n", False), ("\n", True), ("", True), ("no\n", True)])
def test_a_person_is_asked_before_a_file_is_replaced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, typed: str, *, kept: bool
) -> None:
    stdin = StringIO(typed)
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", stdin)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    there = tmp_path / "h.csv"
    there.write_text("what was there")
    with pytest.raises(BadInputError, match="left as it is") if kept else nullcontext():
        terminal.refuse_to_replace(there, force=False)
    assert capsys.readouterr().err == f"{there} is there already. Replace it? [y/N] "


def test_an_error_of_our_own_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.run_command(raises(KeyError("x"))) == 1
    err = capsys.readouterr().err
    assert err.startswith("tallydesk: an error of Tallydesk's own, please report it: KeyError: 'x' in test_terminal.py")
    assert err.count("\n") == 1


def test_interruption_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.run_command(raises(KeyboardInterrupt())) == 130
    assert capsys.readouterr() == ("", "")


def test_full_disk_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_kwargs: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("builtins.print", full)
        with pytest.raises(TallydeskError, match="standard output: can't be written"):
            terminal.say("{}")
    assert capsys.readouterr() == ("", "")


def test_long_sentence_loses_its_middle() -> None:
    line = terminal.terminal_line("start " + "x" * 5000 + " end")
    assert len(line) < 1010
    assert line.startswith("start ")
    assert line.endswith(" end")


def test_name_of_a_file_that_is_no_text_can_be_shown() -> None:
    assert terminal.terminal_line("no\udcff.json") == r"no\udcff.json"
