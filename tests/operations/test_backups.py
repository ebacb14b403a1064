"""Tests the bot's own backups: when and where they are made, and which are kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.database.backup import examine
from bot.errors import RunFailedError
from bot.operations.backups import RETRY_AFTER, Backups, expired
from tests.conftest import START, Newsroom

EVERY, KEEP = timedelta(hours=6), timedelta(days=14)


def backups(newsroom: Newsroom, folder: Path) -> Backups:
    return Backups(newsroom.path, folder, EVERY, KEEP, newsroom.wall.moment)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("*-*.sqlite3"))


async def test_a_copy_is_made_at_once_and_every_so_often_also_across_restarts(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    folder = tmp_path / "backups" / "desk"
    with capture_logs() as lines:
        assert await backups(newsroom, folder).run() == EVERY.total_seconds()
    stem = newsroom.path.stem
    (name,) = names(folder)
    assert name == f"{stem}-{START:%Y%m%dT%H%M%SZ}.sqlite3"
    assert examine(folder / name).copied_at is not None
    assert [line["event"] for line in lines] == ["backed up"]
    newsroom.wall.move(3600)
    assert await backups(newsroom, folder).run() == (EVERY - timedelta(hours=1)).total_seconds()
    assert len(names(folder)) == 1
    newsroom.wall.move(5 * 3600)
    await backups(newsroom, folder).run()
    assert len(names(folder)) == 2


async def test_old_copies_go_and_files_of_others_stay(newsroom: Newsroom, tmp_path: Path) -> None:
    stem = newsroom.path.stem
    for name in (f"{stem}-20200101T000000Z.sqlite3", f"{stem}-mine.sqlite3", "other-20200101T000000Z.sqlite3"):
        (tmp_path / name).touch()
    await backups(newsroom, tmp_path).run()
    assert names(tmp_path) == sorted(
        [f"{stem}-{START:%Y%m%dT%H%M%SZ}.sqlite3", f"{stem}-mine.sqlite3", "other-20200101T000000Z.sqlite3"]
    )


async def test_a_clock_that_was_ahead_keeps_no_copy_from_being_made(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.wall.move(86_400 * 30)
    await backups(newsroom, tmp_path).run()
    newsroom.wall.move(-86_400 * 30)
    await backups(newsroom, tmp_path).run()
    assert len(names(tmp_path)) == 2


async def test_a_copy_that_can_not_be_made_is_said_in_a_line_and_tried_again(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with capture_logs() as lines, pytest.raises(RunFailedError) as failed:
        await backups(newsroom, tmp_path / "file" / "backups").run()
    assert failed.value.seconds == RETRY_AFTER.total_seconds()
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("no backup was made", "error")
    assert "Not a directory" in line["why"] or "File exists" in line["why"]


@given(st.lists(st.integers(0, 60 * 24 * 40), max_size=80, unique=True))
def test_every_copy_of_the_last_day_and_the_last_of_each_day_of_two_weeks_is_kept(ages: list[int]) -> None:
    now = datetime(2026, 11, 27, 11, 30, tzinfo=UTC)
    made = [now - timedelta(minutes=age) for age in ages]
    kept = set(made) - set(expired(made, now, KEEP))
    assert kept >= {moment for moment in made if now - moment < timedelta(days=1)}
    by_day: dict[object, datetime] = {}
    for moment in sorted(made):
        by_day[moment.date()] = moment
    assert kept >= {last for last in by_day.values() if now - last < KEEP}
    assert len(kept) <= 15 + sum(now - moment < timedelta(days=1) for moment in made)
    assert not made or max(made) in kept
