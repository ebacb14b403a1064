import errno
from collections.abc import Callable
from typing import NoReturn

import pytest

from bot.cli import terminal
from bot.errors import BadInputError, CheckFailedError, TallydeskError


def raises(error: BaseException) -> Callable[[], NoReturn]:
    """Return work that fails."""

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
    assert terminal.run(raises(error)) == status
    assert capsys.readouterr() == ("", line + "\n")


def test_an_error_of_our_own_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.run(raises(KeyError("x"))) == 1
    err = capsys.readouterr().err
    assert err.startswith("tallydesk: an error of Tallydesk's own, please report it: KeyError: 'x' in test_terminal.py")
    assert err.count("\n") == 1


def test_interruption_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert terminal.run(raises(KeyboardInterrupt())) == 130
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
    line = terminal.one_line("start " + "x" * 5000 + " end")
    assert len(line) < 1010
    assert line.startswith("start ")
    assert line.endswith(" end")


def test_name_of_a_file_that_is_no_text_can_be_shown() -> None:
    assert terminal.one_line("no\udcff.json") == r"no\udcff.json"
