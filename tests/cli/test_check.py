"""Tests `tallydesk check`: everything that it checks, and the message for each problem.

Also tests its report on newsrooms, from their database.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import structlog

from bot.cli.check import desk_findings, follow_findings, party_color_mistakes
from bot.clock import ManualClock
from bot.database.backup import APPLICATION, back_up
from bot.database.database import Database
from bot.desk.desk_file import Desk
from bot.desk.settings import Settings
from bot.follows.follows_store import FollowRow, ServerStore
from bot.follows.preferences import FollowPreferences
from bot.outbox.suspensions_store import SuspensionStore
from bot.rehearsal.stage import FeedServer
from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.server import StandIn, pointing_at
from bot.tally.following_store import FollowingStore
from tests.cli.conftest import Cli
from tests.conftest import (
    AWAY,
    COUNT,
    LIVE,
    OTHER_SERVER,
    SERVER,
    START,
    WHO,
    Newsroom,
    outbox_on,
    reading,
    run_sql,
    small_desk,
)

TOKEN = "MTE4NzI.secret-part.of_it"

DESK = """
[desk]
zone = "America/New_York"

[[contests]]
id = "ga"
name = "President"
leads = "times"
candidates = [{id = "biden", name = "Joseph R. Biden", last = "Biden"}, {id = "trump", name = "Donald J. Trump", last = "Trump"}]

[[sources]]
id = "times"
name = "the Times"
format = "readings"
url = "URL"
own_network = true

[[sources]]
id = "reporter"
name = "our reporter"
"""

Check = Callable[[], Awaitable[tuple[int, list[str]]]]


@pytest.fixture
async def feeds() -> AsyncIterator[FeedServer]:
    async with FeedServer() as feeds:
        feeds.show(reading(110, 100))
        yield feeds


@pytest.fixture
def desk(tmp_path: Path, feeds: FeedServer) -> Path:
    path = tmp_path / "desk.toml"
    path.write_text(DESK.replace("URL", feeds.url("times")))
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data.sqlite3"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, desk: Path, data: Path) -> Iterator[None]:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TALLYDESK_{name.upper()}", raising=False)
    monkeypatch.setenv("TALLYDESK_DESK", str(desk))
    monkeypatch.setenv("TALLYDESK_DATABASE", str(data))
    monkeypatch.setenv("TALLYDESK_TOKEN", TOKEN)
    monkeypatch.setenv("TALLYDESK_SERVERS", "all")
    monkeypatch.chdir(tmp_path)
    yield
    structlog.reset_defaults()


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        with pointing_at(standin):
            yield standin


@pytest.fixture
def guild(standin: StandIn) -> Guild:
    return standin.world.add_guild("Newsroom")


@pytest.fixture
async def channel(guild: Guild, data: Path) -> Channel:
    """Return a channel that follows a contest."""
    channel = guild.add_channel("count")
    await follow(data, guild.id, channel.id)
    return channel


async def follow(path: Path, server: int, channel: int, preferences: FollowPreferences | None = None) -> None:
    database = await Database.open(path)
    await ServerStore(database).join(server)
    store = FollowingStore(outbox_on(database), lambda _, chosen: chosen or "times")
    await store.follow(FollowRow(server, channel, "ga", None, "Olga", START, preferences=preferences))
    await database.close()


@pytest.fixture
def check(cli: Cli, standin: StandIn, guild: Guild, caplog: pytest.LogCaptureFixture) -> Check:
    """Return a function that runs `tallydesk check` for a bot in one server.

    The function returns the exit status and the lines of output. It checks that no line contains the token.
    """
    assert guild.id in standin.world.guilds

    async def check() -> tuple[int, list[str]]:
        outcome = await asyncio.to_thread(cli, "check")
        assert not caplog.records  # no user would understand a library's warning
        assert outcome.err == []
        assert not any("secret" in line for line in outcome.out)
        assert all(line.startswith(("ok     ", "wrong  ", "         ")) for line in outcome.out)
        assert standin.unknown == []
        return outcome.status, outcome.out

    return check


def wrong(lines: list[str]) -> list[str]:
    return [line.removeprefix("wrong  ") for line in lines if line.startswith("wrong")]


async def test_a_set_up_that_is_right(check: Check, channel: Channel, desk: Path, data: Path) -> None:
    assert channel.id
    assert await check() == (
        0,
        [
            "ok     settings",
            f"ok     desk file {desk}, 1 contest, 2 sources",
            "ok     source times: has 1 of the desk file's contests",
            "ok     times: ga (ga) = ga (President)",
            "         biden = Biden, 110",
            "         trump = Trump, 100",
            "         Biden leads by 10, with 210 counted",
            "ok     source reporter: people enter its figures",
            f"ok     database {data}, 1 channel that follows something",
            "ok     token, of the bot Tallydesk",
            f"ok     servers, Newsroom ({channel.guild.id})",
            "ok     channel #count of Newsroom",
        ],
    )


async def test_a_restored_copy_that_was_not_run_yet(check: Check, channel: Channel, data: Path) -> None:
    assert channel.id
    back_up(data, data.with_name("copy"))
    data.with_name("copy").rename(data)
    status, lines = await check()
    assert status == 0
    (line,) = [line for line in lines if "database" in line]
    assert "1 channel that follows something; a copy made at 20" in line
    assert line.endswith(" UTC: each desk is asked after the next start whether to post what changed since")


async def test_a_damaged_database_that_can_still_be_opened(check: Check, channel: Channel, data: Path) -> None:
    assert channel.id
    ((page,),) = run_sql(data, "SELECT rootpage FROM sqlite_schema WHERE name = 'audit'")
    with data.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert line.startswith(f"database: {data}: ")
    assert "damaged" in line


async def test_before_the_first_run_there_is_no_database_and_none_is_made(check: Check, data: Path) -> None:
    status, lines = await check()
    assert status == 0
    assert f"ok     database {data}: does not exist yet; the first run creates it" in lines
    assert not data.exists()


async def test_a_folder_that_the_first_run_can_make(
    check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TALLYDESK_DATABASE", str(tmp_path / "new" / "folder" / "data.sqlite3"))
    assert (await check())[0] == 0
    assert not (tmp_path / "new").exists()


async def test_a_folder_that_is_a_file(check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("x")
    data = tmp_path / "notes" / "folder" / "data.sqlite3"
    monkeypatch.setenv("TALLYDESK_DATABASE", str(data))
    assert wrong((await check())[1]) == [
        (
            f"database: {data}: {tmp_path / 'notes'} is no folder, so nothing can be put into it; "
            "name another in TALLYDESK_DATABASE"
        )
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [("data.sqlite3", "it can't be made in"), ("new/data.sqlite3", "there is no folder {}, and it can't be made in")],
)
async def test_a_folder_that_may_not_be_written(
    check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, words: str
) -> None:
    may = os.access
    locked = tmp_path / "locked"
    locked.mkdir()
    # Tests may run as root, who may write anywhere.
    monkeypatch.setattr(os, "access", lambda path, mode: path != locked and may(path, mode))
    data = locked / name
    monkeypatch.setenv("TALLYDESK_DATABASE", str(data))
    assert wrong((await check())[1]) == [
        (
            f"database: {data}: {words.format(data.parent)} {locked}, where whoever runs this may not write; "
            "name another in TALLYDESK_DATABASE"
        )
    ]


async def test_a_bad_setting_is_all_that_is_said(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYDESK_SERVERS", "newsroom")
    status, lines = await check()
    assert status == 1
    assert lines == ["wrong  settings: the setting TALLYDESK_SERVERS: should be ids of servers, as 1234,5678, or all"]


@pytest.mark.parametrize("value", [None, ""])
async def test_a_token_that_is_not_there(check: Check, monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is None:
        monkeypatch.delenv("TALLYDESK_TOKEN")
    else:
        monkeypatch.setenv("TALLYDESK_TOKEN", value)
    status, lines = await check()
    assert status == 1
    first, second = wrong(lines)
    assert first.startswith("step 2, application: open https://discord.com/developers/applications, New Application")
    assert second.startswith("step 3, invitation: open the address that `tallydesk invite` prints")


async def test_check_and_run_say_the_same_of_each_step(
    cli: Cli, check: Check, monkeypatch: pytest.MonkeyPatch, desk: Path
) -> None:
    monkeypatch.delenv("TALLYDESK_TOKEN")
    monkeypatch.delenv("TALLYDESK_SERVERS")
    desk.unlink()
    of_run = (await asyncio.to_thread(cli, "run")).out
    assert [line[:4].strip() for line in of_run] == ["next", "", "", ""]
    of_check = [line for line in wrong((await check())[1]) if line.startswith("step")]
    assert of_check == [f"step {line[6]}, {line[8:]}" for line in of_run]


async def test_a_token_that_discord_refuses(check: Check, standin: StandIn) -> None:
    standin.refused_token = TOKEN
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert line.startswith("step 2, application: Discord refuses the token in TALLYDESK_TOKEN")


async def test_a_desk_file_that_is_wrong_costs_nothing_else(check: Check, channel: Channel, desk: Path) -> None:
    assert channel.id
    desk.write_text("[desk]\n")
    status, lines = await check()
    assert status == 1
    assert wrong(lines) == [f"desk file: {desk}: {key}: is missing" for key in ("desk.zone", "contests", "sources")]
    assert lines[-1] == "ok     channel #count of Newsroom"


async def test_two_sources_of_one_name_are_wrong(check: Check, desk: Path) -> None:
    desk.write_text(desk.read_text().replace("our reporter", "the Times"))
    (line,) = wrong((await check())[1])
    assert line.endswith("the sources times and reporter are both called the Times: give each a name of its own")


async def test_a_source_that_is_down(check: Check, desk: Path) -> None:
    desk.write_text(DESK.replace("URL", "http://127.0.0.1:1/x"))
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert line.startswith("source times: 127.0.0.1:1 can't be read (")


async def test_a_source_whose_key_is_missing(check: Check, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DESK_KEY", raising=False)
    text = desk.read_text().replace("http://", "https://")
    desk.write_text(text.replace("own_network = true\n", 'own_network = true\nkey_env = "DESK_KEY"\n'))
    status, lines = await check()
    assert status == 1
    assert wrong(lines) == ["source times: its key is missing: set DESK_KEY in the environment or in .env"]
    monkeypatch.setenv("DESK_KEY", "hunter2")
    status, lines = await check()
    assert "source times: 127.0.0.1:" in wrong(lines)[0]  # it is asked now, and has no certificate
    assert "hunter2" not in " ".join(lines)


async def test_a_source_in_the_own_network(check: Check, desk: Path) -> None:
    desk.write_text(desk.read_text().replace("own_network = true\n", ""))
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert "127.0.0.1 is in your own network; own_network = true in the desk file lets the source use it" in line


async def test_a_source_without_any_contest_of_the_desk_file(check: Check, feeds: FeedServer, desk: Path) -> None:
    feeds.show(reading(110, 100, source="other", contest="lamp"))
    desk.write_text(DESK.replace("URL", feeds.url("other")))
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert line == "times: ga: its answer has no contest ga; correct feeds.times.key; it has lamp (lamp)"


async def test_a_source_that_no_contest_names(check: Check, feeds: FeedServer, desk: Path) -> None:
    feeds.show(reading(110, 100, source="other", contest="lamp"))
    spare = '\n[[sources]]\nid = "other"\nname = "the county"\nformat = "readings"\nown_network = true\nurl = "URL"\n'
    desk.write_text(desk.read_text() + spare.replace("URL", feeds.url("other")))
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert line.endswith('no contest uses it: add leads = "other" or feeds.other to one')


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (None, "file is not a database"),
        ("", "there is nothing in it: restore the last backup"),
        ("CREATE TABLE x (y)", "it is another program's database"),
        (f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = 9999", "of version 9999"),
    ],
)
async def test_a_database_that_can_not_be_used(check: Check, data: Path, sql: str | None, words: str) -> None:
    if sql is None:
        data.write_text("no database " * 500)
    else:
        data.touch()
        run_sql(data, *sql.split("; "))
    before = data.read_bytes()
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert line.startswith(f"database: {data}: ")
    assert words in line
    assert data.read_bytes() == before


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        (
            "SEND_MESSAGES",
            "the bot lacks the permission to send messages, embed links and attach files: give that to its role in the channel's settings",
        ),
        ("EMBED_LINKS", "the bot lacks the permission to embed links: give"),
        ("ATTACH_FILES", "the bot lacks the permission to attach files: give"),
        ("READ_MESSAGE_HISTORY", "the bot lacks the permission to read the message history: give"),
    ],
)
async def test_a_channel_in_which_the_bot_lacks_a_permission(
    check: Check, channel: Channel, lost: str, words: str
) -> None:
    channel.forbid(lost)
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert line.startswith(f"channel #count of Newsroom: {words}")


async def test_a_channel_that_the_bot_does_not_see(check: Check, guild: Guild, channel: Channel) -> None:
    channel.forbid("VIEW_CHANNEL")
    status, lines = await check()
    assert status == 1
    assert wrong(lines) == [f"channel {channel.id} of server {guild.id}: it can't be seen: Missing Access"]


async def test_a_thread_is_looked_at_by_the_permissions_of_its_channel(
    check: Check, standin: StandIn, guild: Guild, channel: Channel, data: Path
) -> None:
    thread = guild.start_thread(channel, "night", standin.world.bot)
    await follow(data, guild.id, thread.id)
    thread.archive()
    status, lines = await check()
    assert (status, lines[-1]) == (0, "ok     thread #night of Newsroom")
    channel.forbid("SEND_MESSAGES_IN_THREADS")
    _, lines = await check()
    (line,) = wrong(lines)
    assert line.startswith("thread #night of Newsroom: the bot lacks the permission to send messages in threads: give")
    thread.archive(locked=True)
    _, lines = await check()
    assert wrong(lines) == ["thread #night of Newsroom: it is locked: unlock it, or follow in another channel"]


async def test_a_channel_in_which_a_contest_has_a_thread_needs_the_permissions_for_it(
    check: Check, guild: Guild, channel: Channel, data: Path
) -> None:
    channel.forbid("CREATE_PUBLIC_THREADS")
    status, lines = await check()
    assert (status, lines[-1]) == (0, "ok     channel #count of Newsroom")
    await follow(data, guild.id, channel.id, FollowPreferences(thread=True))
    status, lines = await check()
    assert status == 1
    assert wrong(lines) == [
        "channel #count of Newsroom: the bot lacks the permission to create public threads: give that to its role in the channel's settings"
    ]


async def test_a_role_that_lead_changes_mention_is_let_be_mentioned(
    check: Check, guild: Guild, channel: Channel, data: Path
) -> None:
    night = guild.add_role("Night")
    await follow(data, guild.id, channel.id, FollowPreferences(mention=night.id))
    _, lines = await check()
    (line,) = wrong(lines)
    assert line.startswith(
        "channel #count of Newsroom: lead changes mention @Night, who is not told: To let the bot mention a role"
    )
    night.mentionable = True
    assert wrong((await check())[1]) == []
    night.mentionable = False
    guild.grant("MENTION_EVERYONE")
    assert wrong((await check())[1]) == []


async def test_a_channel_that_is_gone(check: Check, guild: Guild, channel: Channel) -> None:
    channel.delete()
    status, lines = await check()
    assert status == 1
    assert wrong(lines) == [f"channel {channel.id} of server {guild.id}: it can't be seen: Unknown Channel"]


async def test_a_server_that_the_bot_was_thrown_out_of(
    check: Check, standin: StandIn, guild: Guild, channel: Channel
) -> None:
    standin.world.remove_guild(guild)
    status, lines = await check()
    assert status == 1
    assert wrong(lines)[1:] == [f"channel {channel.id} of server {guild.id}: it can't be seen: Unknown Guild"]


async def test_every_channel_is_looked_at(check: Check, guild: Guild, channel: Channel, data: Path) -> None:
    live = guild.add_channel("live")
    await follow(data, guild.id, live.id)
    channel.forbid("SEND_MESSAGES")
    status, lines = await check()
    assert status == 1
    assert len(wrong(lines)) == 1
    assert lines[-1] == "ok     channel #live of Newsroom"


async def test_an_administrator_needs_no_more(check: Check, guild: Guild, channel: Channel) -> None:
    guild.me.roles[0].permissions |= 1 << 3
    channel.forbid("SEND_MESSAGES")
    assert (await check())[0] == 0


async def test_a_contest_whose_leading_source_is_not_fetched_never_posts(
    check: Check, desk: Path, channel: Channel
) -> None:
    assert channel.id
    desk.write_text(desk.read_text().replace('leads = "times"', 'leads = "reporter"'))
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert line.startswith("contest ga: its leading source reporter is not fetched, so it never posts")


async def test_candidates_that_the_desk_file_does_not_know_by_those_ids(
    check: Check, desk: Path, channel: Channel
) -> None:
    assert channel.id
    desk.write_text(desk.read_text().replace('id = "biden"', 'id = "jrb"'))
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert line == (
        "times: ga (ga) = ga (President): biden is nobody in the desk file; say who in feeds.times.candidates: "
        '"biden" = "jrb"'
    )


async def test_settings_that_others_can_read(check: Check, channel: Channel) -> None:
    assert channel.id
    env = Path(".env")
    env.write_text("", encoding="utf-8")
    env.chmod(0o644)
    _, lines = await check()
    said = "settings: .env has the token, and others on this machine can read it: chmod 600 .env"
    assert said in wrong(lines)
    env.chmod(0o600)
    _, lines = await check()
    assert said not in wrong(lines)


async def test_a_setting_that_does_not_exist(check: Check, monkeypatch: pytest.MonkeyPatch, channel: Channel) -> None:
    assert channel.id
    monkeypatch.setenv("TALLYDESK_TOKNE", "x")
    status, lines = await check()
    assert status == 1
    assert wrong(lines) == ["settings: there is no setting TALLYDESK_TOKNE; docs/settings.md lists them"]


async def test_settings_that_do_not_exist_are_named_wherever_they_are_set(
    check: Check, monkeypatch: pytest.MonkeyPatch, channel: Channel
) -> None:
    assert channel.id
    monkeypatch.setenv("TALLYDESK_SERVER", "1")
    Path(".env").write_text("TALLYDESK_COLOUR=x\nOTHER=1\n")
    status, lines = await check()
    assert status == 1
    assert wrong(lines) == [
        "settings: there is no setting TALLYDESK_COLOUR, TALLYDESK_SERVER; docs/settings.md lists them"
    ]


async def test_a_contest_that_left_the_desk_file_and_is_followed(check: Check, channel: Channel, desk: Path) -> None:
    desk.write_text(desk.read_text().replace('id = "ga"', 'id = "georgia"\nfeeds.times = {key = "ga"}'))
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert line.startswith(f"contest ga of server {channel.guild.id}: channel {channel.id} followed it, and the desk")


async def test_what_is_stopped_in_a_newsroom_is_said(check: Check, channel: Channel, data: Path) -> None:
    database = await Database.open(data)
    await SuspensionStore(outbox_on(database, clock=ManualClock(START))).pause(channel.guild.id, "olga (81)", None)
    await database.close()
    status, lines = await check()
    assert status == 0
    assert f"ok     server {channel.guild.id}: paused since 2020-11-11T12:00:00+00:00 by olga (81)" in lines


async def test_a_server_that_was_served_and_is_not_listed_is_named_with_the_way_out(
    check: Check, guild: Guild, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert channel
    monkeypatch.setenv("TALLYDESK_SERVERS", "4242")
    status, lines = await check()
    assert status == 1
    assert (
        f"wrong  server {guild.id}: TALLYDESK_SERVERS does not list it: list it, or `tallydesk leave {guild.id}`"
        in lines
    )


async def test_a_list_of_servers_that_is_not_there_is_given_as_the_line_to_paste(
    check: Check, guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TALLYDESK_SERVERS")
    status, lines = await check()
    assert status == 1
    (line,) = wrong(lines)
    assert line.startswith(f"step 4, server: the bot is in Newsroom ({guild.id}); put this line into .env if these are")
    assert line.endswith(f" yours: TALLYDESK_SERVERS={guild.id}")


async def test_a_list_of_servers_that_has_none_of_the_bots_is_wrong(
    check: Check, guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLYDESK_SERVERS", "4242")
    (line,) = wrong((await check())[1])
    assert line.startswith(f"step 4, server: the bot is in Newsroom ({guild.id}), and TALLYDESK_SERVERS lists none")


async def test_a_bot_that_is_nowhere_yet_is_told_with_its_invitation(
    check: Check, standin: StandIn, guild: Guild
) -> None:
    standin.world.remove_guild(guild)
    (line,) = wrong((await check())[1])
    assert line.startswith("step 3, invitation: the bot is in no server yet: open https://discord.com/")
    assert f"client_id={standin.world.bot.id}&" in line


@pytest.mark.parametrize("servers", ["all", "listed"])
async def test_a_bot_that_anybody_may_invite_is_wrong_where_only_some_may_use_it(
    check: Check, standin: StandIn, guild: Guild, monkeypatch: pytest.MonkeyPatch, servers: str
) -> None:
    standin.world.bot_is_public = True
    monkeypatch.setenv("TALLYDESK_SERVERS", "all" if servers == "all" else str(guild.id))
    found = wrong((await check())[1])
    assert [line.partition(":")[0] for line in found] == ([] if servers == "all" else ["step 2, application"])


async def test_for_machines_each_thing_is_an_object(cli: Cli, standin: StandIn, channel: Channel) -> None:
    assert channel.id
    assert standin.unknown == []
    outcome = await asyncio.to_thread(cli, "check", "--json")
    assert outcome.status == 0
    first, *_ = outcome.printed
    assert first == {"what": "settings", "ok": True, "wrong": None, "rows": []}
    assert any(one["rows"] for one in outcome.printed)


async def findings(newsroom: Newsroom) -> list[tuple[str, str | None]]:
    return [finding async for finding in desk_findings(newsroom.database)]


async def test_nothing_is_said_of_newsrooms_where_all_is_well(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    await newsroom.publish()
    assert await findings(newsroom) == []


async def test_what_is_stopped_and_waits_is_said_by_server_and_is_not_wrong(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.follow(AWAY, server=OTHER_SERVER)
    await newsroom.control.pause(SERVER, "olga\n(81)", None)
    await newsroom.control.mute("times", OTHER_SERVER, WHO)
    await newsroom.take(reading(1000, 500))
    waits = "1 post waits to be sent, the oldest since 2020-11-11T12:00:00+00:00"
    assert await findings(newsroom) == [
        (f"server {SERVER}: paused since 2020-11-11T12:00:00+00:00 by olga (81); {waits}", None),
        (f"server {OTHER_SERVER}: times muted since 2020-11-11T12:00:00+00:00 by {WHO}; {waits}", None),
    ]


async def test_a_closed_channel_is_wrong_and_says_how_to_mend_it(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    claimed = await newsroom.outbox.claim(COUNT)
    assert claimed.post is not None
    await newsroom.outbox.defer(claimed.post, newsroom.outbox.now(), "Missing Access", closed=True)
    (closed,) = [finding for finding in await findings(newsroom) if finding[1]]
    assert closed[0] == f"channel {COUNT} of server {SERVER}"
    assert closed[1] == (
        "it can't be written to since 2020-11-11T12:00:00+00:00 (Missing Access): let the bot's role see it, and send "
        "messages there"
    )


async def test_posts_that_may_not_have_arrived_are_wrong_and_those_for_publish_are_not(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.control.set_desk_channel(9, SERVER, WHO)
    await newsroom.take(reading(1000, 500))
    newsroom.will(COUNT, "lost")
    await newsroom.forbid_history(COUNT)
    await newsroom.publish()
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    await newsroom.take(reading(1100, 500, 1))
    await newsroom.publish()
    assert await findings(newsroom) == [
        (f"server {SERVER}: 1 post waits for Publish", None),
        (f"posts of server {SERVER}", "nobody has said whether #1 arrived: an editor answers with /status"),
    ]


async def test_servers_that_the_bot_left_are_not_spoken_of(newsroom: Newsroom) -> None:
    await newsroom.control.pause(SERVER, WHO, None)
    await newsroom.desk_store.leave(SERVER, START)
    assert await findings(newsroom) == []


async def test_a_followed_contest_that_left_the_desk_file_is_wrong(newsroom: Newsroom) -> None:
    await newsroom.desk_store.join(SERVER)
    for channel in (COUNT, LIVE):
        await newsroom.follow(channel)
        await newsroom.follow(channel, "senate")
    desk = small_desk()
    assert [finding async for finding in follow_findings(newsroom.database, desk)] == []
    left = Desk(desk=desk.desk, contests=desk.contests[:1], sources=desk.sources)
    assert [finding async for finding in follow_findings(newsroom.database, left)] == [
        (
            f"contest senate of server {SERVER}",
            (
                f"channels {COUNT} and {LIVE} followed it, and the desk file no longer has it: nothing of it is posted; put "
                "it back, or follow another"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("colors", "said"),
    [
        ({}, ""),
        ({"D": "#4a86d8", "R": "#d9483b"}, ""),
        (
            {"D": "#00205B"},
            (
                "D = #00205b can hardly be seen on the dark background (contrast 1.0, needs 3), and dark charts go without "
                "colors; take a lighter one"
            ),
        ),
        (
            {"R": "#ffff00"},
            (
                "R = #ffff00 can hardly be seen on the light background (contrast 1.0, needs 3), and light charts go without "
                "colors; take a darker one"
            ),
        ),
        ({"Green": "#4a86d8"}, "no candidate's party is Green; the file's parties: D, R"),
        ({"r": "#4a86d8"}, "no candidate's party is r; the file's parties: D, R"),
    ],
)
def test_a_partys_color_that_charts_will_not_have(colors: dict[str, str], said: str) -> None:
    found = list(party_color_mistakes(small_desk(party_colors=colors)))
    assert found == ([f"party_colors: {said}"] if said else [])
