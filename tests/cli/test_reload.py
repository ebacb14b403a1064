"""Tests `tallydesk reload`, which makes a running bot reload a changed desk file."""

import asyncio
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.reload import in_use
from bot.database.database import Database
from bot.desk.desk_change import desk_change
from bot.desk.desk_file import Desk
from bot.desk.toml_file import shipped
from bot.follows.follows_store import FollowRow, ServerStore
from bot.rehearsal.standin.server import StandIn
from bot.tally.following_store import FollowingStore
from tests.cli.conftest import Cli
from tests.cli.running import SOON, Running, signalled
from tests.conftest import START, outbox_on

pytestmark = pytest.mark.usefixtures("environment", "token")
EXAMPLE = shipped("desks", "georgia-2020.toml")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "desk.toml"
    path.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("TALLYDESK_DESK", str(path))
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "desk.sqlite3"


def change(path: Path, was: str, becomes: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, becomes), encoding="utf-8")


async def runs(database: Path) -> None:
    async with asyncio.timeout(SOON):
        while not in_use(database).exists():
            await asyncio.sleep(0.01)


async def test_what_changed_is_shown_and_taken_over_by_the_bot_that_runs(
    cli: Cli, standin: StandIn, desk: Path, database: Path
) -> None:
    guild = standin.world.add_guild("Newsroom")
    async with Running(standin) as running:
        await running.reaches(guild.id)
        await runs(database)
        change(desk, 'name = "the Times"', 'name = "the Daily"')
        outcome = await asyncio.to_thread(cli, "reload")
        assert (outcome.status, outcome.err) == (0, [])
        assert outcome.out == ["source times: name the Times → the Daily", "the bot has read it"]
        again = await asyncio.to_thread(cli, "reload")
        assert again.out == ["nothing has changed"]
        status, logged, _ = await running.stop(signal.SIGTERM)
        assert status == 0
        assert "the desk file was read" in logged
    assert not in_use(database).exists()


async def test_a_contest_that_is_followed_is_dropped_only_when_that_is_said(
    cli: Cli, standin: StandIn, desk: Path, database: Path
) -> None:
    guild = standin.world.add_guild("Newsroom")
    opened = await Database.open(database)
    await ServerStore(opened).join(guild.id)
    store = FollowingStore(outbox_on(opened), lambda _, chosen: chosen or "times")
    await store.follow(FollowRow(guild.id, guild.add_channel("count").id, "ga-2020-senate", None, "Olga", START))
    await opened.close()
    async with Running(standin) as running:
        await runs(database)
        change(desk, 'id = "ga-2020-senate"', 'id = "ga-2020-other"')
        refused = await asyncio.to_thread(cli, "reload")
        assert refused.status == 2
        assert refused.err == [
            f"{desk}: channels follow ga-2020-senate, which is no longer in it; put it back, or use --remove"
        ]
        dropped = await asyncio.to_thread(cli, "reload", "--remove")
        assert (dropped.status, dropped.out[-1]) == (0, "the bot has read it")
        status, _, _ = await running.stop(signal.SIGTERM)
        assert status == 0


async def test_a_mistake_is_named_and_the_bot_goes_on_by_the_old_one(
    cli: Cli, standin: StandIn, desk: Path, database: Path
) -> None:
    async with Running(standin) as running:
        await runs(database)
        change(desk, 'rule = "plurality"', 'rule = "pluralty"')
        outcome = await asyncio.to_thread(cli, "reload")
        assert outcome.status == 1
        assert outcome.err[0].endswith("did you mean plurality?")
        running.send_signal(signal.SIGHUP)
        await asyncio.sleep(0)
        status, _, _ = await running.stop(signal.SIGTERM)
        assert status == 0


async def test_a_signal_at_the_worst_moment_does_not_kill_it(standin: StandIn, desk: Path, database: Path) -> None:
    async with Running(standin, signalled) as running:
        await runs(database)
        change(desk, 'name = "the Times"', 'name = "the Daily"')
        running.send_signal(signal.SIGHUP)
        assert await running.ended() == 0
        logged = [line.split(maxsplit=2)[2] for line in running.logged.splitlines()]
        assert [line for line in logged if "stop" in line or "reload" in line] == [
            "reloading the desk file",
            "stopped",
            "stopping",
            "stopped",
        ]


def test_where_no_bot_runs_it_is_said(cli: Cli, desk: Path, database: Path) -> None:
    assert desk.exists()
    outcome = cli("reload")
    assert (outcome.status, outcome.err) == (
        2,
        [f"{database}: no bot runs on it; tallydesk run reads the desk file when it starts"],
    )


def test_each_thing_that_came_went_or_changed_is_a_line() -> None:
    before = Desk.model_validate(
        {
            "desk": {"zone": "America/New_York"},
            "contests": [{"id": "a", "name": "A", "leads": "s", "candidates": [{"id": "x", "name": "X", "last": "X"}]}],
            "sources": [{"id": "s", "name": "S"}, {"id": "old", "name": "O"}],
            "calendars": [{"id": "cal", "name": "C", "url": "https://cal.example.org/private-1"}],
        }
    )
    after = before.model_copy(
        update={
            "sources": [
                before.sources[0].model_copy(update={"public": False, "stale_after": timedelta(minutes=90)}),
                before.sources[1].model_copy(update={"id": "new"}),
            ],
            "calendars": [before.calendars[0].model_copy(update={"url": "https://cal.example.org/private-2"})],
        }
    )
    assert desk_change(before, before) == []
    assert desk_change(before, after) == [
        "source new: new",
        "source old: gone",
        "source s: public true → false",
        "source s: stale_after left out → 90m",
        "calendar cal: another url, of cal.example.org",
    ]


def test_a_candidate_an_address_and_a_list_are_said_as_what_they_were_and_are() -> None:
    desk = Desk.model_validate(
        {
            "desk": {"zone": "America/New_York"},
            "contests": [
                {
                    "id": "a",
                    "name": "A",
                    "leads": "s",
                    "feeds": {"s": {"key": "1"}},
                    "candidates": [{"id": x, "name": x.upper(), "last": x.upper()} for x in ("x", "y", "z")],
                }
            ],
            "sources": [
                {"id": "s", "name": "S", "format": "csv", "preset": "florida", "url": "https://a.example.org/key-1"},
                {"id": "t", "name": "T"},
            ],
        }
    )
    a, s, t = desk.contests[0], *desk.sources
    x, y, z = a.candidates
    feeds = {"s": a.feeds["s"].model_copy(update={"key": "2"})}
    after = desk.model_copy(
        update={
            "contests": [
                a.model_copy(update={"candidates": [z, x, y.model_copy(update={"last": "Why"})], "feeds": feeds})
            ],
            "sources": [
                t.model_copy(update={"url": "https://b.example.org/key-2", "also": ("https://b.example.org/key-3",)}),
                s.model_copy(update={"url": None}),
            ],
        }
    )
    assert desk_change(desk, after) == [
        "contest a: candidate y: last Y → Why",
        "contest a: candidates: in another order",
        "contest a: feeds changed",
        "source s: url of a.example.org → left out",
        "source t: also 0 entries → 1 entry",
        "source t: url left out → of b.example.org",
        "sources: in another order",
    ]
    fewer = after.model_copy(update={"contests": [a.model_copy(update={"candidates": [x, y]})]})
    assert desk_change(desk, fewer)[0] == "contest a: candidate z: gone"
