"""Tests the bot's connection to Discord over real sockets: its commands, servers and shards."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import discord
import pytest
from discord import app_commands
from structlog.testing import capture_logs

from bot.app import App, open_app
from bot.client import COGS, Bot, while_connected
from bot.clock import ManualClock
from bot.count.statement import Statement
from bot.database.database import to_micros
from bot.errors import RunFailedError, TallydeskError
from bot.rehearsal.standin import application_routes
from bot.rehearsal.standin.guild import Channel, Guild, Member
from bot.rehearsal.standin.server import StandIn, pointing_at
from tests.cogs.permissions import ASKED_ANYWHERE
from tests.conftest import START, delivery, reading, small_desk
from tests.threads import KINDS, Kind, open_thread

SOON = 5.0

Start = Callable[..., AbstractAsyncContextManager[App]]


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        with pointing_at(standin):
            yield standin


@pytest.fixture
def guild(standin: StandIn) -> Guild:
    guild = standin.world.add_guild("Newsroom")
    guild.add_member("Olga", owner=True)
    guild.add_member("Ed")
    return guild


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_channel("count")


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Return a function that starts the bot and logs it in, on the same database each time. The bot also connects
    by default.
    """

    async def at_once(*_: object, **__: object) -> None:
        """Skip the five seconds that discord.py waits between two shards."""

    monkeypatch.setattr(Bot, "before_identify_hook", at_once)

    @asynccontextmanager
    async def start(
        *,
        connect: bool = True,
        servers: tuple[int, ...] = (),
        only_channel: int | None = None,
        settles: tuple[int, ...] = (),
        synced: bool = True,
    ) -> AsyncIterator[App]:
        path = tmp_path / "desk.sqlite3"
        async with open_app(
            small_desk(settles=settles),
            path,
            ManualClock(START),
            servers=servers,
            guild_ready_timeout=0.02,
            only_channel=only_channel,
        ) as app:
            await app.bot.login("token")
            if synced:
                await app.bot.sync_commands()
            if not connect:
                yield app
                return
            over = asyncio.Event()
            connected = asyncio.create_task(while_connected(app.bot, over.wait()))
            async with asyncio.timeout(SOON):
                await app.bot.wait_until_ready()
            try:
                yield app
            finally:
                over.set()
                await connected

    return start


def test_each_cog_is_loaded_after_those_that_it_imports_from() -> None:
    for place, cog in enumerate(COGS):
        source = (Path(__file__).parents[1] / f"{cog.replace('.', '/')}.py").read_text(encoding="utf-8")
        imported = re.findall(r"^from (cogs\.\w+) import", source, re.MULTILINE)
        assert set(imported).isdisjoint(COGS[place:]), cog


def puts(standin: StandIn) -> int:
    return sum(request.method == "PUT" for request in standin.requests)


async def test_commands_are_given_to_discord_once(standin: StandIn, start: Start) -> None:
    async with start(connect=False) as app:
        assert puts(standin) == 1
        names = {command["name"] for command in standin.world.commands()}
        assert names == {command.name for command in app.bot.tree.get_commands()} >= {"margin", "help", "desk"}
    async with start(connect=False):
        assert puts(standin) == 1


async def test_each_command_says_where_and_takes_announcement_channels_wherever_it_takes_text_channels(
    standin: StandIn, start: Start
) -> None:
    async with start(connect=False):
        pass

    def options(parts: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        for part in parts:
            yield part
            yield from options(part.get("options", ()))

    asked_for = [option["channel_types"] for option in options(standin.world.commands()) if "channel_types" in option]
    assert asked_for
    assert all({0, 5} <= set(kinds) for kinds in asked_for)
    for command in standin.world.commands():
        anywhere = command["name"] in ASKED_ANYWHERE
        assert sorted(command["contexts"]) == ([0, 1, 2] if anywhere else [0]), command["name"]
        assert sorted(command["integration_types"]) == ([0, 1] if anywhere else [0]), command["name"]


async def test_commands_that_changed_are_given_to_discord_again(standin: StandIn, start: Start) -> None:
    async with start(connect=False) as app:

        @app.bot.tree.command(description="New")
        async def new(_: discord.Interaction) -> None: ...

        assert await app.bot.sync_if_changed()
        assert not await app.bot.sync_if_changed()
    assert puts(standin) == 2
    assert "new" in {command["name"] for command in standin.world.commands()}
    async with start(connect=False):
        assert puts(standin) == 3


async def test_a_bot_that_is_closed_leaves_discord_the_commands(standin: StandIn, start: Start) -> None:
    async with start(connect=False) as app:
        await app.bot.close()
        assert not app.bot.tree.get_commands()
        await app.bot.sync_commands(anyhow=True)
    assert puts(standin) == 1


@pytest.mark.usefixtures("standin")
async def test_commands_that_discord_refused_are_given_again(start: Start) -> None:
    async with start(connect=False) as app:
        app.bot.tree.add_command(app_commands.Command(name="bad", description="x" * 200, callback=_nothing))
        for _ in range(2):
            with pytest.raises(app_commands.CommandSyncFailure):
                await app.bot.sync_if_changed()


async def _nothing(_: discord.Interaction) -> None: ...


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (400, {"code": 50035, "message": "Invalid Form Body", "errors": {}}, "CommandSyncFailure"),
        (400, {"code": 30032, "message": "Maximum number of application commands reached"}, "error code: 30032"),
        (503, None, "DiscordServerError: 503"),
    ],
)
async def test_a_bot_whose_commands_discord_refuses_posts_and_gives_them_again_later(
    standin: StandIn, guild: Guild, channel: Channel, start: Start, status: int, body: dict[str, Any] | None, why: str
) -> None:
    standin.faults.answer_next(status, body, n=2, route=COMMANDS)
    async with start(synced=False) as app:
        await eventually(app, [(guild.id, False)])
        with capture_logs() as logs:
            waits = [await refused_commands(app, why) for _ in range(2)]
        assert 60 <= waits[0] <= 90
        assert 120 <= waits[1] <= 150
        assert [(line["log_level"], why in line["why"], line["failures"]) for line in logs] == [
            ("warning", True, 1),
            ("warning", True, 2),
        ]
        assert app.bot.command_ids == {}
        await app.rooms.outbox.dispatcher.start()
        await app.rooms.follows.follow(app.rooms.follows.contest("ga"), guild.id, channel.id, None, "Olga")
        await app.rooms.tally.intake.accept(delivery([reading(110, 100)]))
        await app.rooms.outbox.dispatcher.drained()
        assert of_the_bot(channel)
        await app.bot.sync_commands()
        assert puts(standin) == 3
        assert "margin" in app.bot.command_ids


COMMANDS = "PUT /applications/*/commands"


async def refused_commands(app: App, why: str) -> float:
    """Register the slash commands, and check that Discord refuses them for the reason `why`.

    Returns the seconds until the bot tries again.
    """
    with pytest.raises(RunFailedError, match="Discord did not take the slash commands: ") as refused:
        await app.bot.sync_commands()
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)
    return refused.value.seconds


async def test_the_ids_of_the_commands_are_kept_and_never_asked_for(standin: StandIn, start: Start) -> None:
    async with start(connect=False) as app:
        known = {command["name"]: int(command["id"]) for command in standin.world.commands() if command["type"] == 1}
        assert app.bot.command_ids == known
    async with start(connect=False) as app:
        assert app.bot.command_ids == known
    assert [one.path for one in standin.requests if one.method == "GET" and one.path.endswith("/commands")] == []
    assert puts(standin) == 1


@pytest.mark.usefixtures("standin")
async def test_another_application_gets_the_commands_too(start: Start) -> None:
    async with start(connect=False):
        pass
    async with StandIn() as other:
        with pointing_at(other):
            other.world.bot.id += 1
            async with start(connect=False):
                assert puts(other) == 1


async def servers(app: App) -> list[tuple[int, bool]]:
    """Return (id, True if the bot has left) for each server in the database."""
    rows = await app.database.rows("SELECT id, left_at IS NOT NULL FROM servers ORDER BY id")
    return [(row[0], bool(row[1])) for row in rows]


async def eventually(app: App, expected: list[tuple[int, bool]]) -> None:
    async with asyncio.timeout(SOON):
        while await servers(app) != expected:
            await asyncio.sleep(0.001)


async def test_servers_are_known_when_they_come_and_go(standin: StandIn, guild: Guild, start: Start) -> None:
    async with start() as app:
        await eventually(app, [(guild.id, False)])
        second = standin.world.add_guild("Second")
        await eventually(app, [(guild.id, False), (second.id, False)])
        standin.world.remove_guild(second)
        await eventually(app, [(guild.id, False), (second.id, True)])
    async with start() as app:
        await eventually(app, [(guild.id, False), (second.id, True)])


async def test_a_server_that_the_operator_no_longer_lists_is_suspended_and_gets_all_once_it_is_listed_again(
    standin: StandIn, guild: Guild, channel: Channel, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    async with start() as app:
        await eventually(app, [(guild.id, False)])
        await app.rooms.follows.follow(app.rooms.follows.contest("ga"), guild.id, channel.id, None, "Olga")
    async with start(servers=(4242,)) as app:
        await suspended(app, [guild.id])
        await app.rooms.tally.intake.accept(delivery([reading(110, 100)]))
        assert await app.rooms.outbox.store.channels() == {}
        answer = await standin.slash(channel.id, guild.member("Olga").id, "following")
        assert (answer.content, answer.ephemeral) == ("This bot does not serve this server.", True)
        assert guild.id in standin.world.guilds, "a typo ends nobody's night"
    assert f"tallydesk leave {guild.id}" in capsys.readouterr().out
    async with start(servers=(guild.id,)) as app:
        await suspended(app, [])
        assert await servers(app) == [(guild.id, False)]
        await app.rooms.outbox.dispatcher.start()
        await app.rooms.outbox.dispatcher.drained()
        assert "**Biden leads in Georgia by 10 votes,**" in list(channel.messages)[-1].content
        answer = await standin.slash(channel.id, guild.member("Olga").id, "following")
        assert "President" in answer.content


async def test_a_server_that_is_not_listed_is_left_when_it_invites_the_bot(
    standin: StandIn, guild: Guild, start: Start
) -> None:
    async with start(servers=(guild.id,)) as app:
        stranger = standin.world.add_guild("Stranger")
        async with asyncio.timeout(SOON):
            while stranger.id in standin.world.guilds:
                await asyncio.sleep(0.001)
        assert await servers(app) == [(guild.id, False)]
    assert standin.unknown == []


async def test_no_server_is_left_at_the_start_and_none_in_a_rehearsal(
    standin: StandIn, guild: Guild, channel: Channel, start: Start
) -> None:
    async with start(servers=(4242,)):
        pass
    async with start(servers=(4242,), only_channel=channel.id) as app:
        second = standin.world.add_guild("Second")
        await app.bot.direct_channel(guild.member("Olga").id)  # a request later
    assert {guild.id, second.id} <= set(standin.world.guilds)


async def suspended(app: App, expected: list[int]) -> None:
    async with asyncio.timeout(SOON):
        while [row[0] for row in await app.database.rows(_UNLISTED)] != expected:
            await asyncio.sleep(0.001)


_UNLISTED = "SELECT id FROM servers WHERE unlisted_at IS NOT NULL"


async def test_a_command_works_over_the_gateway(standin: StandIn, guild: Guild, channel: Channel, start: Start) -> None:
    olga, ed = guild.member("Olga").id, guild.member("Ed").id
    async with start() as app:
        answer = await standin.slash(channel.id, olga, "margin", {"contest": "ga"})
        assert "No count is in yet" in answer.content
        follows = app.rooms.follows
        await follows.follow(follows.contest("ga"), guild.id, channel.id, 5, "Olga")
        assert (await standin.slash(channel.id, ed, "pause")).content.startswith("You need the desk role")
        choices = await standin.autocomplete(channel.id, ed, "margin", "contest", "pres")
        assert [choice.value for choice in choices] == ["ga"]
        await app.rooms.outbox.dispatcher.start()
        await app.rooms.tally.intake.accept(delivery([reading(110, 100)]))
        await app.rooms.outbox.dispatcher.drained()
        assert [message.content.split("\n")[0] for message in channel.messages] == [
            "**Biden leads in Georgia by 10 votes,** with 210 counted."
        ]
    assert standin.unknown == []


async def test_what_waits_for_an_archived_thread_is_posted_as_soon_as_it_is_opened(
    standin: StandIn, guild: Guild, channel: Channel, start: Start
) -> None:
    thread = guild.start_thread(channel, "count", standin.world.bot)
    thread.archive(locked=True)
    async with start() as app:
        await eventually(app, [(guild.id, False)])
        await app.rooms.follows.follow(app.rooms.follows.contest("ga"), guild.id, thread.id, None, "Olga")
        await app.rooms.outbox.dispatcher.start()
        await app.rooms.tally.intake.accept(delivery([reading(110, 100)]))
        await until_closed(app, [thread.id])
        assert not list(thread.messages)
        thread.locked = False
        thread.unarchive()
        await until_closed(app, [])
        assert len(list(thread.messages)) == 1


async def until_closed(app: App, channels: list[int]) -> None:
    """Wait until exactly these channels are closed to the bot."""
    async with asyncio.timeout(SOON):
        while channels != [
            row[0] for row in await app.database.rows("SELECT id FROM channels WHERE closed_since IS NOT NULL")
        ]:
            await asyncio.sleep(0.001)


async def test_a_rehearsal_answers_in_its_own_channel_alone(
    standin: StandIn, guild: Guild, channel: Channel, start: Start
) -> None:
    ed, elsewhere = guild.member("Ed").id, guild.add_channel("live")
    async with start():
        pass  # another run has given Discord the commands
    thread = guild.start_thread(channel, "Talk", guild.member("Ed").user)
    async with start(only_channel=channel.id):
        answer = await standin.slash(elsewhere.id, ed, "margin", {"contest": "ga"})
        assert (answer.content, answer.ephemeral) == (
            f"The bot is rehearsing, and answers only in <#{channel.id}>.",
            True,
        )
        for place in (channel, thread):
            assert "No count is in yet" in (await standin.slash(place.id, ed, "margin", {"contest": "ga"})).content
    assert puts(standin) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_thread_that_somebody_opened_is_as_public_as_its_channel(
    standin: StandIn, guild: Guild, start: Start, kind: Kind
) -> None:
    olga, ed, desk = guild.member("Olga"), guild.member("Ed"), guild.add_channel("desk")
    thread = open_thread(guild, ed, kind)
    thread.join(olga.id)
    async with start() as app:
        await eventually(app, [(guild.id, False)])
        await app.rooms.outbox.dispatcher.start()
        await app.rooms.tally.intake.accept(delivery([reading(110, 100)]))
        said = {"source": "reporter", "contest": "ga", "as_of": START, "leader": "biden", "margin": 77}
        await app.rooms.entries.statements.take_in(Statement.model_validate(said), guild.id, "Olga")
        answer = await standin.slash(thread.id, olga.id, "sources", {"contest": "ga"})
        assert "Our reporter" in answer.embeds[0]["description"]

        suspensions = app.rooms.newsroom.suspensions
        await suspensions.set_desk_channel(desk.id, guild.id, "Olga")
        await suspensions.set_public(thread.parent.id, guild.id, "Olga", public=True)
        thread.join(standin.world.bot.id)
        answer = await standin.slash(thread.id, ed.id, "sources", {"contest": "ga"})
        assert "Our reporter" not in answer.embeds[0]["description"]
        assert await press(standin, thread, olga, "Share") == f"Not posted yet. #1 waits in <#{desk.id}> for Publish."
        await app.rooms.outbox.dispatcher.drained()
        assert not of_the_bot(thread)
        assert await press(standin, desk, olga, "Publish") == f"**Published:** #1 in <#{thread.id}>."
        await app.rooms.outbox.dispatcher.drained()
        assert [content.split("\n")[0] for content in of_the_bot(thread)] == [
            "**Biden leads in Georgia by 10 votes,** with 210 counted."
        ]

        assert await press(standin, thread, olga, "Share") == f"Not posted yet. #3 waits in <#{desk.id}> for Publish."
        await app.rooms.outbox.dispatcher.drained()
        await suspensions.set_public(thread.parent.id, guild.id, "Olga", public=False)
        await app.rooms.outbox.dispatcher.drained()
        assert len(of_the_bot(thread)) == 2
    assert standin.unknown == []


async def press(standin: StandIn, where: Channel, who: Member, what: Literal["Share", "Publish"]) -> str:
    """Press Share under a member's margin answer, or Publish under the newest question to the desk. Returns the
    bot's answer.
    """
    if what == "Share":
        answer = await standin.slash(where.id, who.id, "margin", {"contest": "ga"})
        message, rows = answer.message_id, answer.components
    else:
        asked = list(where.messages)[-1]
        message, rows = asked.id, asked.components
    (key,) = [one["custom_id"] for row in rows for one in row["components"] if one["label"].startswith(what)]
    return (await standin.click(where.id, who.id, message, key)).content


def of_the_bot(channel: Channel) -> list[str]:
    return [message.content for message in channel.messages if message.author.bot and message.content]


async def test_where_nobody_knows_who_reads_nothing_is_answered(
    standin: StandIn, guild: Guild, channel: Channel, start: Start
) -> None:
    channel.type = 99  # an unknown type, as Discord may add one day
    async with start() as app:
        await eventually(app, [(guild.id, False)])
        answer = await standin.slash(channel.id, guild.member("Olga").id, "margin", {"contest": "ga"})
        assert (answer.content, answer.ephemeral) == (
            "The bot can't tell who reads this kind of channel; ask in another.",
            True,
        )


async def test_as_many_shards_as_discord_asks_for(start: Start) -> None:
    async with StandIn(shards=3) as standin:
        guilds = [standin.world.add_guild(name) for name in ("First", "Second", "Third")]
        members = [(guild.add_channel("count"), guild.add_member("Ed")) for guild in guilds]
        with pointing_at(standin):
            async with start() as app:
                assert app.bot.shard_count == 3
                await eventually(app, [(guild.id, False) for guild in guilds])
                for channel, member in members:
                    answer = await standin.slash(channel.id, member.id, "margin", {"contest": "ga"})
                    assert "No count is in yet" in answer.content


async def test_what_it_asks_of_discord_is_little(guild: Guild, start: Start) -> None:
    async with start() as app:
        assert guild.id
        assert app.bot.intents == discord.Intents(guilds=True)
        mentions = app.bot.allowed_mentions
        assert mentions is not None
        assert (mentions.everyone, mentions.users, mentions.roles) == (False, False, False)


async def test_a_connection_that_ends_ends_the_work(standin: StandIn, start: Start) -> None:
    async with start(connect=False) as app:
        standin.refused_token = "token"
        app.bot.shard_count = 1
        with pytest.raises(TallydeskError, match=r"the connection to Discord ended: .*4004"):
            await while_connected(app.bot, asyncio.Event().wait())
        assert app.bot.is_closed()


@pytest.mark.parametrize(("left", "waits"), [(100, []), (99, [99]), (0, [0])])
async def test_few_connections_are_spread_over_the_rest_of_the_day(
    guild: Guild, start: Start, monkeypatch: pytest.MonkeyPatch, left: int, waits: list[int]
) -> None:
    monkeypatch.setattr(application_routes, "IDENTIFIES_A_DAY", left)
    monkeypatch.setattr(application_routes, "_RESETS_AFTER_MS", 200 * max(left, 1))

    async def ready(bot: Bot) -> None:
        await bot.wait_until_ready()

    async with start(connect=False) as app:
        assert guild.id
        began = time.monotonic()
        with capture_logs() as logs:
            await while_connected(app.bot, ready(app.bot))
        assert not waits or time.monotonic() - began >= 0.2
    assert [entry["left"] for entry in logs if entry["event"].startswith("connects later")] == waits


async def test_work_that_fails_closes_the_connection(guild: Guild, start: Start) -> None:
    async def fail(bot: Bot) -> None:
        await bot.wait_until_ready()
        raise TallydeskError("no")

    async with start(connect=False) as app:
        with pytest.raises(TallydeskError, match=r"^no$"):
            await while_connected(app.bot, fail(app.bot))
        assert app.bot.is_closed()
        assert guild.id


async def test_work_that_ends_while_a_shard_is_launched_ends_it_all(guild: Guild, start: Start) -> None:
    async def done() -> int:
        return 7

    async with start(connect=False) as app, asyncio.timeout(SOON):
        assert await while_connected(app.bot, done()) == 7
        assert guild.id


def test_no_library_for_voice_is_missed(caplog: pytest.LogCaptureFixture) -> None:
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = True  # as in a new process
    Bot()
    assert [record.getMessage() for record in caplog.records] == []


async def test_a_server_stays_left_from_the_first_time_on(guild: Guild, start: Start) -> None:
    async with start(connect=False) as app:
        await app.rooms.follows.servers.join(guild.id)
        for hours in (0, 1):
            await app.rooms.follows.servers.leave(guild.id, START + timedelta(hours=hours))
        assert await app.database.rows("SELECT left_at FROM servers") == [(to_micros(START),)]


async def test_a_server_that_the_bot_was_removed_from_while_it_was_away_is_left(standin: StandIn, start: Start) -> None:
    standin.world.add_guild("Newsroom")
    async with start(connect=False) as app:
        await app.rooms.follows.servers.join(1)
    async with start() as app:
        await eventually(app, [(1, True), *((guild.id, False) for guild in app.bot.guilds)])


@pytest.mark.parametrize("closed", [False, True])
async def test_an_event_that_fails_is_logged_unless_the_stop_cut_it_off(
    start: Start, standin: StandIn, capsys: pytest.CaptureFixture[str], *, closed: bool
) -> None:
    assert standin
    async with start(connect=False) as app:
        if closed:
            await app.bot.close()
        await app.bot.on_error("on_ready")
    assert ("on_ready" in capsys.readouterr().out) is not closed


async def test_it_knows_whether_it_is_connected(standin: StandIn, start: Start, guild: Guild) -> None:
    assert guild
    async with start(connect=False) as app:
        assert not app.bot.connected
    async with start() as app:
        assert app.bot.connected
        standin.gateway.drop()
        async with asyncio.timeout(SOON):
            while app.bot.connected:
                await asyncio.sleep(0.001)


async def test_direct_messages_that_discord_does_not_open_are_one_sentence(standin: StandIn, start: Start) -> None:
    async with start(connect=False) as app:
        await standin.stop()
        with pytest.raises(TallydeskError, match="Discord opens no direct messages with the user 5"):
            await app.bot.direct_channel(5)


@pytest.mark.parametrize(
    ("servers", "settles", "settled"),
    [
        ((), (), ["nowhere", "nowhere", "nowhere"]),
        ((1, 2), (), ["here", "here", "elsewhere"]),
        ((), (3,), ["elsewhere", "elsewhere", "here"]),
        ((1, 2), (3,), ["here", "here", "elsewhere"]),
    ],
)
@pytest.mark.usefixtures("standin")
async def test_what_is_held_is_settled_where_the_setting_says_or_without_it_the_desk_file(
    start: Start, servers: tuple[int, ...], settles: tuple[int, ...], settled: list[str]
) -> None:
    async with start(connect=False, servers=servers, settles=settles) as app:
        assert [app.rooms.setting.settled(server) for server in (1, 2, 3)] == settled
