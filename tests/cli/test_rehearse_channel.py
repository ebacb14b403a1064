"""`tallydesk rehearse --channel`, with the stand-in as the real Discord."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from bot.cli import terminal
from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.pointing import pointing_at
from bot.rehearsal.standin.server import StandIn
from tests.cli.conftest import Cli, Outcome


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
async def discord() -> AsyncIterator[StandIn]:
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


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(terminal, "_PATIENCE", 600)  # a busy machine takes longer than anybody likes to wait
    monkeypatch.setenv("TALLYDESK_TOKEN", "a.real.token")
    for name in ("SERVERS", "DESK", "DATABASE"):
        monkeypatch.delenv(f"TALLYDESK_{name}", raising=False)


async def rehearse(cli: Cli, *words: str | Path) -> Outcome:
    return await asyncio.to_thread(cli, "rehearse", "--speed", "max", *words)


@pytest.fixture(autouse=True)
def no_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs beside the stand-in in another thread, which may not set a signal's handler."""
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
