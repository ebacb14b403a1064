"""Tests `tallydesk rehearse` as a new user runs it, and `tallydesk rehearse --channel`.

A simulated Discord replaces the real one.
"""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.cli import terminal
from bot.desk.toml_file import shipped
from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.server import StandIn, pointing_at
from tests.cli.conftest import Cli, Outcome

DAY = shipped("days", "2020-11-11-georgia.toml")
FIELDS = ["at", "channel", "kind", "number", "content", "embeds", "edit_of"]


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@contextmanager
def started(*words: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """Give a running `tallydesk` process. If the test fails, the process is killed, since it may wait for Ctrl-C."""
    # Child processes inherit ignored signals. A shell that starts the tests in the background makes them ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cwd,
            env=env,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


@pytest.fixture
def in_the_background() -> Iterator[None]:
    """Ignore Ctrl-C, as a process that a shell starts with `&`."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@dataclass(frozen=True)
class Played:
    """A day that was played in a separate process, with the messages on the page before Ctrl-C."""

    folder: Path
    """The home directory of the process, which was empty before. The posts are in posts.jsonl."""
    status: int
    out: str
    err: str
    state: dict[str, Any]
    messages: list[Any]
    """The messages in the first channel."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("played")
    (folder / "tmp").mkdir()
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder / "tmp")}
    words = ("rehearse", "--speed", "max", "--no-browser", "--transcript", "posts.jsonl")
    with started(*words, cwd=folder, env=env) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        out = ""
        while not out.endswith("The page stays up until Ctrl-C.\n"):
            line = process.stdout.readline()
            assert line, process.stderr.read()
            out += line
        found = re.search(r"http://127\.0\.0\.1:\d+/[\w-]+/", out)
        assert found is not None
        with urllib.request.urlopen(f"{found[0]}state") as reply:
            state = json.load(reply)
        with urllib.request.urlopen(f"{found[0]}messages?channel={state['channels'][0]['id']}") as reply:
            messages = json.load(reply)["messages"]
        process.send_signal(signal.SIGINT)
        err = process.stderr.read()
        out += process.stdout.read()
    return Played(folder, process.returncode, out, err, state, messages)


def test_the_day_is_played_without_a_token_and_leaves_nothing_behind(played: Played) -> None:
    assert (played.status, played.err) == (0, "")
    posts = [json.loads(line) for line in (played.folder / "posts.jsonl").read_text().splitlines()]
    assert played.out.startswith("Rehearsal: Georgia, Wednesday, Nov. 11, 2020. Facts from ")
    news = [post for post in posts if post["edit_of"] is None and post["kind"] != "board"]
    assert f"The day is over: {len(news)} posts." in played.out
    assert all(list(post) == FIELDS for post in posts)
    assert sorted(path.name for path in played.folder.iterdir()) == ["posts.jsonl", "tmp"]
    assert list((played.folder / "tmp").iterdir()) == []


def test_the_page_is_served_and_stays_up_after_the_day_until_ctrl_c(played: Played) -> None:
    assert (played.state["clock"]["over"], [one["slug"] for one in played.state["people"]]) == (
        True,
        ["desk-editor", "reporter", "guest"],
    )
    assert len(played.messages) == 13 + 2  # the board, and that it was pinned


def test_a_token_in_the_environment_is_ignored_and_two_runs_are_alike(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, played: Played
) -> None:
    first, second = played.folder / "posts.jsonl", tmp_path / "second.jsonl"
    second.write_bytes(first.read_bytes())  # it is appended to
    (tmp_path / ".env").write_text("TALLYDESK_SERVERS=nonsense\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TALLYDESK_TOKEN", "a-password")
    monkeypatch.setenv("TALLYDESK_DESK", "nowhere.toml")
    outcome = cli("rehearse", "--speed", "max", "--until-end", "--transcript", second)
    assert (outcome.status, outcome.err, outcome.out[-1][:17]) == (0, [], "The day is over: ")
    assert "a-password" not in " ".join(outcome.out)
    assert second.read_bytes() == first.read_bytes() * 2


def test_the_days_that_there_are_can_be_listed(cli: Cli) -> None:
    outcome = cli("rehearse", "--day", "list")
    assert (outcome.status, outcome.err) == (0, [])
    assert [line.split()[0] for line in outcome.out] == [
        "2020-11-05-georgia",
        "2020-11-05-georgia-paused",
        "2020-11-05-georgia-quiet",
        "2020-11-11-georgia",
        "2020-11-11-georgia-moved",
        "2020-11-19-georgia",
        "2022-11-california",
        "drill",
    ]
    assert outcome.out[3].endswith("  Georgia, Wednesday, Nov. 11, 2020")
    assert ", seed 1:" in outcome.out[-1]
    assert ", seed 3:" in cli("rehearse", "--day", "list", "--seed", 3).out[-1]


def test_a_day_of_ones_own_by_its_path(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(DAY.read_text(encoding="utf-8").replace("georgia-count", "mine"), encoding="utf-8")
    outcome = cli("rehearse", "--day", path, "--speed", "max", "--until-end")
    assert outcome.status == 0
    assert any(line.endswith("#mine") for line in outcome.out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--day", "nothing"),
            "nothing: no such day; there are 2020-11-05-georgia, 2020-11-05-georgia-paused, 2020-11-05-georgia-quiet, 2020-11-11-georgia, 2020-11-11-georgia-moved, 2020-11-19-georgia, 2022-11-california, drill, or a file",
        ),
        (("--seed", "7"), "--seed goes with --day drill: 2020-11-11-georgia is recorded and always the same"),
        (("--day", "drill", "--seed", "seven"), "tallydesk: Invalid value for '--seed': it should be a whole number"),
        (("--channel", "abc"), "tallydesk: Invalid value for '--channel': it should be a whole number"),
        (("--port", "70000"), "tallydesk: Invalid value for '--port': it should be 65535 or less"),
        (("--speed", "fast"), "--speed should be max, or a number from 0.1 to 100000, not 'fast'"),
        (("--port", "-1"), "tallydesk: Invalid value for '--port': it should be 0 or more"),
        (("--transcript", "/nowhere/posts.jsonl"), "/nowhere/posts.jsonl: the transcript can't be written"),
    ],
)
def test_a_bad_option_is_one_line(cli: Cli, words: tuple[str, ...], said: str) -> None:
    outcome = cli("rehearse", *words)
    assert (outcome.status, outcome.out) == (2, [])
    (line,) = outcome.err
    assert line.startswith(said)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("title =", "titel =", "title"),
        ('follows = ["ga-2020-president"]', 'follows = ["lamp"]', "#georgia-count follows lamp, which the desk file"),
        ('source = "reporter"', 'source = "herald"', "the desk file has no source herald"),
        ('desk = "georgia-2020"', 'desk = "atlantis"', "atlantis.toml: the desk file can't be read"),
    ],
)
def test_a_day_that_can_not_be_played_is_one_line(cli: Cli, tmp_path: Path, before: str, after: str, said: str) -> None:
    text = DAY.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    outcome = cli("rehearse", "--day", path, "--speed", "max", "--until-end")
    assert outcome.status == 2
    (line,) = outcome.err
    assert said in line
    assert str(path) in line or "atlantis.toml" in line


def test_a_reader_who_leaves_ends_it_quietly(tmp_path: Path) -> None:
    with started("rehearse", "--speed", "max", "--until-end", cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("Rehearsal: ")
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.usefixtures("in_the_background")
def test_ctrl_c_before_the_day_is_over_ends_it_with_130(tmp_path: Path) -> None:
    with started("rehearse", "--speed", "1", "--no-browser", cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = iter(process.stdout.readline, "")
        assert any("http://127.0.0.1:" in line for line in lines)
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == ""
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_one_line(cli: Cli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        outcome = cli("rehearse", "--speed", "max", "--until-end", "--port", port)
    assert outcome.status == 2
    (line,) = outcome.err
    assert f"--port {port}: the page can't be served there" in line


def test_a_browser_comes_up_only_for_somebody_who_looks(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    words = ("rehearse", "--speed", "max", "--until-end")
    cli(*words)
    assert opened == []  # no terminal
    monkeypatch.setattr("bot.cli.rehearse.somebody_looks", lambda: True)
    cli(*words, "--no-browser")
    assert opened == []
    cli(*words)
    (url,) = opened
    assert url.startswith("http://127.0.0.1:")


@pytest.fixture
async def discord(settings: None, no_signals: None) -> AsyncIterator[StandIn]:  # noqa: ARG001 - before it
    async with StandIn(refused_token="a.stale.token") as standin:
        with pointing_at(standin):
            yield standin


@pytest.fixture
def guild(discord: StandIn) -> Guild:
    guild = discord.world.add_guild("Herald")
    guild.add_member("Olga", owner=True)
    return guild


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_channel("training", topic="tallydesk test channel")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(terminal, "_PATIENCE_SECONDS", 600)  # a busy machine takes longer than anybody likes to wait
    monkeypatch.setenv("TALLYDESK_TOKEN", "a.real.token")
    for name in ("SERVERS", "DESK", "DATABASE"):
        monkeypatch.delenv(f"TALLYDESK_{name}", raising=False)


async def rehearse(cli: Cli, *words: str | Path) -> Outcome:
    return await asyncio.to_thread(cli, "rehearse", "--speed", "max", *words)


@pytest.fixture
def no_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Don't set signal handlers. The command runs in a thread, where Python can't set any."""
    monkeypatch.setattr("signal.signal", lambda *_: None)


async def test_it_says_where_its_posts_are_and_leaves_them_there(cli: Cli, channel: Channel, tmp_path: Path) -> None:
    outcome = await rehearse(cli, "--channel", str(channel.id), "--transcript", tmp_path / "posts.jsonl")
    assert (outcome.status, outcome.err) == (0, [])
    contents = [message.content for message in channel.messages]
    landed = [json.loads(line) for line in (tmp_path / "posts.jsonl").read_text().splitlines()]
    assert [one["content"] for one in landed if one["edit_of"] is None] == contents
    address = f"#training of Herald, https://discord.com/channels/{channel.guild.id}/{channel.id}"
    assert f"In {address}" in outcome.out
    assert outcome.out[-2:] == [f"What was posted stays in {address}", f"The day is over: {len(contents)} posts."]
    assert [path.name for path in tmp_path.iterdir()] == ["posts.jsonl"]


async def test_a_channel_that_is_none_to_rehearse_in_is_one_line(
    cli: Cli, guild: Guild, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = guild.add_channel("count")
    outcome = await rehearse(cli, "--channel", str(plain.id))
    assert outcome.status == 2
    (line,) = outcome.err
    assert line.startswith("#count of Herald is not marked as a test channel")
    monkeypatch.setenv("TALLYDESK_SERVERS", "1234")
    outcome = await rehearse(cli, "--channel", str(channel.id))
    assert outcome.status == 2
    assert "a server that is not in TALLYDESK_SERVERS has the bot" in outcome.err[0]  # as the log has it
    assert outcome.err[1:] == [f"#training of Herald: the server {guild.id} is not in TALLYDESK_SERVERS"]
    assert [len(list(one.messages)) for one in (plain, channel)] == [0, 0]


async def test_it_needs_the_token(cli: Cli, channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYDESK_TOKEN", "a.stale.token")
    outcome = await rehearse(cli, "--channel", str(channel.id))
    assert (outcome.status, len(outcome.err)) == (2, 1)
    assert outcome.err[0].startswith("Discord refuses the token in TALLYDESK_TOKEN")
    assert "stale" not in outcome.err[0]
    monkeypatch.delenv("TALLYDESK_TOKEN")
    outcome = await rehearse(cli, "--channel", str(channel.id))
    assert outcome.status == 2
    assert outcome.err == ["TALLYDESK_TOKEN is not set: a rehearsal on a real server needs the bot's token"]
