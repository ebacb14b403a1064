"""Tests `tallydesk leave`."""

import asyncio

import pytest

from bot.rehearsal.standin.server import StandIn, pointing_at
from tests.cli.conftest import Cli, Outcome

pytestmark = pytest.mark.usefixtures("environment")


async def leave(cli: Cli, standin: StandIn, server: int) -> Outcome:
    with pointing_at(standin):
        return await asyncio.to_thread(cli, "leave", str(server))


@pytest.mark.usefixtures("token")
async def test_the_bot_leaves_a_server_and_no_other(cli: Cli, standin: StandIn) -> None:
    guild, other = standin.world.add_guild("Herald"), standin.world.add_guild("Gazette")
    outcome = await leave(cli, standin, guild.id)
    assert (outcome.status, outcome.err) == (0, [])
    assert outcome.out == [
        f"left Herald ({guild.id}); its data will be deleted in 30 days, unless the bot is invited again"
    ]
    assert set(standin.world.guilds) == {other.id}


@pytest.mark.usefixtures("token")
async def test_a_server_that_the_bot_is_not_in_is_one_line(cli: Cli, standin: StandIn) -> None:
    outcome = await leave(cli, standin, 4242)
    assert (outcome.status, outcome.out) == (2, [])
    assert outcome.err == ["the bot is in no server 4242"]


def test_without_a_token_it_says_so(cli: Cli) -> None:
    outcome = cli("leave", "4242")
    assert (outcome.status, outcome.err) == (2, ["TALLYDESK_TOKEN is not set: the bot can't leave a server without it"])
