import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.database.backup import back_up
from bot.database.database import Database
from bot.errors import BadInputError
from bot.files import WholeFile, make_folder
from tests.conftest import Newsroom


@pytest.fixture(autouse=True)
def nobody_hides_anything() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_database_and_all_beside_it_is_its_owner_s_alone(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "above" / "new" / "desk.sqlite3")
    try:
        await database.write(lambda connection: connection.execute("INSERT INTO servers (id) VALUES (1)").close())
        assert mode(tmp_path / "above") == mode(tmp_path / "above" / "new") == 0o700
        assert {file.name: mode(file) for file in (tmp_path / "above" / "new").iterdir()} == dict.fromkeys(
            ["desk.sqlite3", "desk.sqlite3-wal", "desk.sqlite3-shm", "desk.sqlite3.lock"], 0o600
        )
    finally:
        await database.close()


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "copies" / "old")
    assert [mode(tmp_path), mode(tmp_path / "copies"), mode(tmp_path / "copies" / "old")] == [0o755, 0o700, 0o700]
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "file")


async def test_a_database_that_a_restore_left_open_to_all_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    await (await Database.open(path)).close()
    path.chmod(0o644)
    await (await Database.open(path)).close()
    assert mode(path) == 0o600


async def test_a_copy_is_its_owner_s_alone(newsroom: Newsroom, tmp_path: Path) -> None:
    back_up(newsroom.database.path, tmp_path / "copy.sqlite3")
    assert mode(tmp_path / "copy.sqlite3") == 0o600


async def test_a_copy_takes_no_device_s_place(newsroom: Newsroom, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadInputError, match="is no file"):
        back_up(newsroom.database.path, tmp_path / "pipe")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_text_takes_its_place_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")
    with closing(WholeFile(path)) as file:
        file.stream.write("new")
        assert path.read_text() == "old"
        file.put()
    assert path.read_text() == "new"
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_that_is_broken_off_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")
    with closing(WholeFile(path)) as file:
        file.stream.write("new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("old")
    (tmp_path / "link").symlink_to("a.json")
    with closing(WholeFile(tmp_path / "link")) as file:
        file.stream.write("new")
        file.put()
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a.json").read_text() == "new"


@pytest.mark.parametrize("by_link", [False, True])
def test_a_device_is_written_to_and_stays_one(tmp_path: Path, by_link: bool) -> None:
    reader, device = os.openpty()  # one that no mistake can take the place of
    path = Path(os.ttyname(device))
    if by_link:
        (tmp_path / "link").symlink_to(path)
        path = tmp_path / "link"
    with closing(WholeFile(path)) as file:
        file.stream.write("news")
        file.put()
    assert os.read(reader, 4) == b"news"
    assert path.is_char_device()
    os.close(reader)
    os.close(device)
