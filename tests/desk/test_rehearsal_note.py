"""Tests when a desk file was last rehearsed."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.rehearsal_note import note_rehearsed, rehearsed_at
from tests.conftest import START


def test_a_rehearsal_counts_for_the_contests_that_were_played(tmp_path: Path) -> None:
    desk = tmp_path / "desk.toml"
    assert rehearsed_at(desk, ["lamp"]) is None
    note_rehearsed(desk, ["lamp", "oil"], START)
    assert rehearsed_at(desk, ["lamp"]) == START
    assert rehearsed_at(desk, ["lamp", "wick"]) is None  # added since
    note_rehearsed(desk, ["lamp", "wick"], START + timedelta(days=1))
    assert rehearsed_at(desk, ["lamp", "wick"]) == START + timedelta(days=1)
    (note,) = tmp_path.iterdir()
    assert note.read_text(encoding="utf-8").startswith("# Made by `tallydesk rehearse`: when the desk file beside this")


@pytest.mark.parametrize("text", ["", "# nothing more", "yesterday", "2026-11-03T12:00:00"])
def test_a_note_that_is_none_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "desk.toml.rehearsed").write_text(text, encoding="utf-8")
    assert rehearsed_at(tmp_path / "desk.toml", []) is None
