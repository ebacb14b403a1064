"""Tests `tallydesk export` and `tallydesk invite`."""

import csv
import json
import os
from pathlib import Path

import pytest

from bot.desk.desk_file import load_desk
from bot.desk.settings import Settings
from bot.desk.toml_file import shipped
from tests.cli.conftest import TOKEN, Cli
from tests.conftest import Newsroom, reading


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the path of the database in the settings. The desk file is the one that comes with the bot."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TALLYDESK_{name.upper()}", raising=False)
    monkeypatch.setenv("TALLYDESK_DATABASE", str(tmp_path / "desk.sqlite3"))
    monkeypatch.setenv("TALLYDESK_DESK", str(shipped("desks", "georgia-2020.toml")))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "desk.sqlite3"


@pytest.fixture
async def running(data: Path) -> None:
    """Create a database that has one reading of a contest in the default desk file."""
    async with Newsroom(data, load_desk(shipped("desks", "georgia-2020.toml"))) as newsroom:
        await newsroom.take(reading(1000, 500, contest="ga-2020-president"))


@pytest.mark.usefixtures("running")
def test_the_history_goes_to_standard_output_as_csv(cli: Cli) -> None:
    outcome = cli("export", "ga-2020-president")
    assert (outcome.status, outcome.err) == (0, [])
    (row,) = csv.DictReader(outcome.out)
    assert (row["what"], row["source"], row["votes.biden"]) == ("reading", "times", "1000")


@pytest.mark.usefixtures("running")
def test_or_to_a_file_as_json_whole(cli: Cli, tmp_path: Path) -> None:
    assert cli("export", "ga-2020-president", "--format", "json", "--output", "h.json").status == 0
    (event,) = json.loads((tmp_path / "h.json").read_text())["events"]
    assert event["reading"]["votes"] == {"biden": 1000, "trump": 500}
    assert not (tmp_path / "h.json.new").exists()


@pytest.mark.usefixtures("running")
def test_what_can_t_be_exported_is_one_line(cli: Cli, tmp_path: Path) -> None:
    unknown = cli("export", "ga-2020-mayor")
    assert unknown.status == 2
    assert unknown.err == ["ga-2020-mayor: the desk file has no such contest; it has ga-2020-president, ga-2020-senate"]
    assert cli("export", "ga-2020-president", "--format", "pdf").err == ["--format pdf: there are csv and json"]
    (tmp_path / "folder").mkdir()
    refused = cli("export", "ga-2020-president", "--output", "folder")
    assert (refused.status, refused.err) == (2, ["folder: can't be written (Is a directory)"])


def test_without_a_database_it_says_so(cli: Cli, data: Path) -> None:
    outcome = cli("export", "ga-2020-president")
    assert outcome.status == 1
    assert outcome.err == [f"{data}: there is no database yet; set TALLYDESK_DATABASE, or start the bot first"]


INVITATION = "https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands&permissions={}"
LEAST = 2252109051448320  # view and send, embed links, attach files, read the history, pin, create public threads and send there


def test_the_invitation_asks_for_no_more_than_is_needed(cli: Cli) -> None:
    assert cli("invite", "--application", "77").out == [INVITATION.format(77, LEAST)]


def test_the_invitation_knows_the_application_from_the_token_and_does_not_show_it(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLYDESK_TOKEN", TOKEN)
    assert cli("invite").out == [INVITATION.format(11872, LEAST)]


@pytest.mark.parametrize(
    ("token", "way_out"),
    [("", "put it there"), *((it, "copy it again") for it in ("not base64!.x.y", "bm8gaWQ.x.y", "/.x"))],
)
def test_without_an_application_it_says_what_to_do(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, token: str, way_out: str
) -> None:
    monkeypatch.setenv("TALLYDESK_TOKEN", token.replace(" ", ""))
    outcome = cli("invite")
    assert (outcome.status, outcome.out) == (2, [])
    (line,) = outcome.err
    assert line.startswith("the application's id is not known: use --application ID")
    assert line.endswith(f", but not in TALLYDESK_TOKEN: {way_out}")


@pytest.mark.usefixtures("running")
def test_a_file_that_is_there_is_replaced_only_when_asked_for(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("somebody's own")
    refused = cli("export", "ga-2020-president", "--output", "h.csv")
    assert (refused.status, refused.err) == (
        2,
        ["h.csv: is there already; name another file, or use --force to replace it"],
    )
    assert (tmp_path / "h.csv").read_text() == "somebody's own"
    assert cli("export", "ga-2020-president", "--output", "h.csv", "--force").status == 0
    assert (tmp_path / "h.csv").read_text().startswith("at,what,")
    assert (tmp_path / "h.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("running")
def test_a_device_is_written_to_and_stays_one(cli: Cli) -> None:
    reader, device = os.openpty()  # one that no mistake can take the place of
    try:
        assert cli("export", "ga-2020-president", "--output", os.ttyname(device)).status == 0
        assert os.read(reader, 8) == b"at,what,"
        assert Path(os.ttyname(device)).is_char_device()
    finally:
        os.close(reader)
        os.close(device)
