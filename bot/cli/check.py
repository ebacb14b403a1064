"""`tallydesk check`: checks the whole setup, and prints faults with their remedies."""

import asyncio
import errno
import json
import os
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import discord
from yarl import URL

from bot import __version__
from bot.answers.palette import LEAST_CONTRAST, PALETTES, contrast, is_seen
from bot.box.box import Box
from bot.cli.backup import contents_line, utc_label
from bot.cli.first_steps import PRIVATE, FirstStep, FirstSteps, first_steps
from bot.cli.invite import invitation
from bot.cli.read_aloud import read_aloud, wrong_zone
from bot.cli.run import log_in
from bot.cli.terminal import DONE, WRONG, progress, say, terminal_line
from bot.cli.upgrade import what_will_happen
from bot.client import NEEDED_PERMISSIONS, THREAD_PERMISSIONS, lacking_permissions, unmentionable
from bot.clock import SystemClock
from bot.database.backup import examine
from bot.database.database import Database, check_files, newest_version, refuse_newer, upgrade_copy_path, version_of
from bot.database.sqlite_errors import DAMAGED, EMPTY, NO_DATABASE, NOT_OURS
from bot.desk.desk_file import Desk, Source, load_desk
from bot.desk.mistakes import desk_mistakes
from bot.desk.settings import ENV_FILE, Settings, env_file_readable_by_others, load_settings, unknown_settings
from bot.errors import BadInputError, TallydeskError, closest_match
from bot.feeds.fetch import News
from bot.feeds.own_network import Sessions
from bot.feeds.signatures import secrets_of
from bot.feeds.source_feeds import feed_of
from bot.follows.follows_store import ServerStore
from bot.http_server import SERVER
from bot.logs import set_up_logs
from bot.newsroom.setup_words import LET_MENTION
from bot.newsroom.status_store import StatusStore
from bot.newsroom.status_words import ServerStatus
from bot.wording.escape import clean
from bot.wording.names import listed
from bot.wording.numbers import counted

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check, with lines to print."""

    what: str
    wrong: str | None = None
    """The fault and its remedy; None if all is well."""
    rows: Sequence[str] = ()
    """Lines to print below the result, such as the candidates of a contest."""


def check(database: Path | None = None, *, as_json: bool = False) -> int:
    """Print a line for each check. Returns the exit status: 1 if there is any fault, else 0.

    Args:
        database: check only this file, a database or a copy.
        as_json: print each result as a JSON object on a line.

    """
    set_up_logs("error")
    return asyncio.run(_check(_findings() if database is None else _file(database), as_json=as_json))


async def _check(findings: AsyncIterator[Finding], *, as_json: bool) -> int:
    wrong = 0
    async for finding in findings:
        wrong += finding.wrong is not None
        if as_json:
            fields = {
                "what": finding.what,
                "ok": finding.wrong is None,
                "wrong": finding.wrong,
                "rows": [*finding.rows],
            }
            say(json.dumps(fields, ensure_ascii=False))
            continue
        say(terminal_line(f"wrong  {finding.what}: {finding.wrong}" if finding.wrong else f"ok     {finding.what}"))
        for row in finding.rows:
            say(terminal_line(f"         {row}"))
    return WRONG if wrong else DONE


async def _findings() -> AsyncIterator[Finding]:
    try:
        settings = load_settings()
    except TallydeskError as error:
        yield Finding("settings", str(error))
        return
    yield Finding("settings", _wrong_settings())
    desk, steps = None, first_steps(settings)
    if not steps.desk_file.done:
        yield _not_done(steps.desk_file)
    elif mistakes := desk_mistakes(settings.desk):
        for mistake in mistakes:
            yield Finding("desk file", mistake)
    else:
        desk = load_desk(settings.desk)
        text = f"{counted(len(desk.contests), 'contest')}, {counted(len(desk.sources), 'source')}"
        yield Finding(f"desk file {settings.desk}, {text}", wrong_zone(desk.zone) or _shared_name(desk))
        for mistake in party_color_mistakes(desk):
            yield Finding("desk file", mistake)
    if desk is not None:
        async for finding in _sources(desk):
            yield finding
        async for what, wrong in push_findings(desk, settings):
            yield Finding(what, wrong)
    channels: list[tuple[int, int]] = []
    wants = _ChannelNeeds()
    async for finding in _database(settings, desk, channels, wants):
        yield finding
    async for finding in _discord(settings, steps, channels, wants):
        yield finding


def _shared_name(desk: Desk) -> str | None:
    """Return a complaint if two sources have the same name, because readers couldn't distinguish the two.

    Otherwise return None.
    """
    by_name: dict[str, str] = {}
    for source in desk.sources:
        if (other := by_name.setdefault(source.name, source.id)) != source.id:
            return f"the sources {other} and {source.id} are both called {source.name}: give each a name of its own"
    return None


def party_color_mistakes(desk: Desk) -> Iterator[str]:
    """Yield a complaint for each party color that charts can't use."""
    parties = {one.party for contest in desk.contests for one in contest.candidates if one.party}
    for party, color in desk.desk.party_colors.items():
        if party not in parties:
            near = closest_match(party, parties)
            known = ", ".join(sorted(parties)[:_MOST_NAMED]) or "none"
            hint = f"did you mean {near}?" if near else f"the file's parties: {known}"
            yield f"party_colors: no candidate's party is {party}; {hint}"
        for look, palette in PALETTES.items():
            if not is_seen(color, look):
                tone = "lighter" if look == "dark" else "darker"
                yield (
                    f"party_colors: {party} = {color} can hardly be seen on the {look} background (contrast "
                    f"{contrast(color, palette.paper):.1f}, needs {LEAST_CONTRAST:.0f}), and {look} charts go without "
                    f"colors; take a {tone} one"
                )


async def _database(
    settings: Settings, desk: Desk | None, channels: list[tuple[int, int]], wants: "_ChannelNeeds"
) -> AsyncIterator[Finding]:
    """Check the database.

    If the database is up to date, `channels` and `wants` are filled with the channels that follow contests.
    """
    path = settings.database
    try:
        if (older := await asyncio.to_thread(_older, path)) is not None:
            yield Finding(f"database {path}: {older}")
            return
        follows, needs, copied_at = await _follows(path)
    except TallydeskError as error:
        yield Finding("database", str(error))
        return
    wrong = _no_folder(path) if follows is None else None
    yield Finding("database" if wrong else _database_line(path, follows, copied_at), wrong)
    if follows is not None:
        channels += follows
        wants.threads |= needs.threads
        wants.mentions |= needs.mentions
        async for finding in _desks(settings, desk):
            yield finding


def _wrong_settings() -> str | None:
    strange = ", ".join(name[:60] for name in unknown_settings()[:_MOST_NAMED])
    if strange:
        return f"there is no setting {strange}; docs/settings.md lists them"
    others = env_file_readable_by_others()
    return f"{ENV_FILE} has the token, and others on this machine can read it: chmod 600 {ENV_FILE}" if others else None


async def _file(path: Path) -> AsyncIterator[Finding]:
    """Check every page of a database or a copy."""
    newest = newest_version()
    if no_file := _no_file(path):
        yield Finding("database", no_file)
        return
    try:
        check_files(path)
        with progress(f"database {path}"):
            contents = await asyncio.to_thread(examine, path)
        refuse_newer(path, contents.version, newest)
    except TallydeskError as error:
        yield Finding("database", _of_a_file(str(error)))
        return
    older = f"; {what_will_happen(contents.version, newest, upgrade_copy_path(path, newest).name)}"
    yield Finding(f"database {path}: {contents_line(contents)}{older if contents.version < newest else ''}")


def _older(path: Path) -> str | None:
    """Return a sentence on the upgrade that the database needs; None if it needs none."""
    newest = newest_version()
    if not path.is_file():
        return None
    check_files(path)
    version = version_of(path)
    return what_will_happen(version, newest, upgrade_copy_path(path, newest).name) if version < newest else None


_OF_A_FILE = (
    (DAMAGED, "a part of it is damaged: take another copy"),
    ("restore the last backup that is whole", "take another copy"),
    (EMPTY, "there is nothing in it: take another copy"),
    (NO_DATABASE, "it is no database: name Tallydesk's own, or a copy of it"),
    (NOT_OURS, "it is another program's database: name Tallydesk's own, or a copy of it"),
)


def _no_file(path: Path) -> str | None:
    if path.is_file():
        return None
    return f"{path}: {'is a folder; name a file in it' if path.is_dir() else 'there is no such file'}"


def _of_a_file(error: str) -> str:
    """Return an error whose advice is changed to choosing another file.

    The file was given by path, so it need not be the bot's database.
    """
    for text, instead in _OF_A_FILE:
        error = error.replace(text, instead)
    return error


async def _sources(desk: Desk) -> AsyncIterator[Finding]:
    """Poll each source once, and yield what was found."""
    async with Sessions(f"Tallydesk/{__version__}") as sessions, Box() as box:
        for source in desk.sources:
            if source.pushes:
                continue  # checked together, with their port
            if source.format is None:
                yield Finding(f"source {source.id}: people enter its figures")
                continue
            try:
                with progress(f"source {source.id}"):
                    news = await feed_of(source, sessions.of(source), box).news(SystemClock().now())
            except TallydeskError as error:
                yield Finding(f"source {source.id}", str(error).removeprefix(f"{source.id}: "))
                continue
            yield _fetched(desk, source, news)
            found = (news.readings, news.refusals, news.no_votes_yet) if news else ((), (), ())
            for what, wrong, rows in read_aloud(desk, source, *found):
                yield Finding(what, wrong, rows)
    for contest in desk.contests:
        leading = desk.source(contest.leads)
        if leading and leading.format is None:
            yield Finding(
                f"contest {contest.id}",
                f"its leading source {leading.id} is not fetched, so it never posts: "
                "give that source a format and a url, or choose another in leads",
            )


def _fetched(desk: Desk, source: Source, news: News | None) -> Finding:
    """Compare a source's answer with the contests and candidates of the desk file.

    `news` is None if the source had nothing new.
    """
    readings = [ours for reading in (news.readings if news else ()) if (ours := desk.translate(reading)) is not None]
    contests = {reading.contest for reading in readings}
    what = f"source {source.id}: has {len(contests)} of the desk file's contests"
    if not contests and news and news.refusals:
        return Finding(what, str(news.refusals[0]))
    mapped = any(contest.leads == source.id or source.id in contest.feeds for contest in desk.contests)
    if not contests and not mapped:
        return Finding(what, f'no contest uses it: add leads = "{source.id}" or feeds.{source.id} to one')
    return Finding(what)


def _database_line(path: Path, channels: list[tuple[int, int]] | None, copied_at: int | None) -> str:
    if channels is None:
        return f"database {path}: does not exist yet; the first run creates it"
    copied = (
        f"; a copy made at {utc_label(copied_at)}: each desk is asked after the next start whether to post what changed since"
        if copied_at
        else ""
    )
    following = counted(len(channels), "channel that follows", "channels that follow")
    return f"database {path}, {following} something{copied}"


def _no_folder(path: Path) -> str | None:
    """Return the reason why a database can't be created at `path`; None if it can."""
    existing = next(folder for folder in path.absolute().parents if folder.exists())
    mend = "name another in TALLYDESK_DATABASE"
    if not existing.is_dir():
        return f"{path}: {existing} is no folder, so nothing can be put into it; {mend}"
    if os.access(existing, os.W_OK | os.X_OK):
        return None
    what = (
        f"there is no folder {path.parent}, and it can't be made in"
        if existing != path.absolute().parent
        else "it can't be made in"
    )
    return f"{path}: {what} {existing}, where whoever runs this may not write; {mend}"


@dataclass(slots=True)
class _ChannelNeeds:
    """The channels that need more than the permission to post: for threads, or to mention roles."""

    threads: set[int] = field(default_factory=set)
    mentions: dict[int, set[int]] = field(default_factory=dict)
    """The roles that lead changes mention, by channel."""


async def _follows(path: Path) -> tuple[list[tuple[int, int]] | None, _ChannelNeeds, int | None]:
    """Return the (server, channel) pairs that follow contests, the channels' needs, and the time of the copy.

    The pairs are None if there is no database yet. The time is when the database was copied, in microseconds since
    1970; None if the database is not a copy.

    Raises:
        DatabaseError: the database is damaged or can't be used.

    """
    if not await asyncio.to_thread(path.exists):
        await asyncio.to_thread(check_files, path)
        return None, _ChannelNeeds(), None
    database = await Database.open(path, read_only=True)
    try:
        with progress(f"database {path}"):
            contents = await asyncio.to_thread(examine, path)
        desk = ServerStore(database)
        following = await desk.channels(following_at=SystemClock().now())
        return following, _ChannelNeeds(await desk.thread_channels(), await desk.mention_roles()), contents.copied_at
    finally:
        await database.close()


async def _desks(settings: Settings, desk: Desk | None) -> AsyncIterator[Finding]:
    """Check each newsroom's state.

    Faults are a server that is not listed, or that follows contests missing from the desk file. Pauses, mutes and
    doubtful posts are reported as well.
    """
    database = await Database.open(settings.database, read_only=True)
    try:
        for server in await ServerStore(database).servers():
            if settings.servers and server not in settings.servers:
                yield Finding(
                    f"server {server}", f"TALLYDESK_SERVERS does not list it: list it, or `tallydesk leave {server}`"
                )
        if desk is not None:
            async for what, wrong in follow_findings(database, desk):
                yield Finding(what, wrong)
        async for name, trouble in desk_findings(database):
            yield Finding(name, trouble)
    finally:
        await database.close()


def _not_done(step: FirstStep) -> Finding:
    return Finding(step.title, step.what)


async def _discord(
    settings: Settings, steps: FirstSteps, channels: list[tuple[int, int]], wants: _ChannelNeeds
) -> AsyncIterator[Finding]:
    if settings.token is None:
        for step in (steps.application, steps.invitation, steps.server):
            if not step.done:
                yield _not_done(step)
        return
    with progress("Discord"):
        async for finding in _discord_findings(settings, settings.token.get_secret_value(), steps, channels, wants):
            yield finding


async def _discord_findings(
    settings: Settings, token: str, steps: FirstSteps, channels: list[tuple[int, int]], wants: _ChannelNeeds
) -> AsyncIterator[Finding]:
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        try:
            await log_in(client, token)
        except BadInputError as error:
            yield _not_done(steps.application.with_instructions(str(error)))
            return
        except TallydeskError as error:
            yield Finding("token", str(error))
            return
        yield Finding(f"token, of the bot {client.user}")
        async for finding in _application(client, settings, steps):
            yield finding
        for server, channel in channels:
            mentions = wants.mentions.get(channel, ())
            yield await _channel(client, server, channel, threads=channel in wants.threads, mentions=mentions)


async def _application(client: discord.Client, settings: Settings, steps: FirstSteps) -> AsyncIterator[Finding]:
    """Check whether strangers can invite the bot, and which servers have invited it."""
    if client.application is not None and client.application.bot_public and settings.servers != ():
        text = f"Public Bot is on, so anybody can invite the bot: {PRIVATE}"
        yield _not_done(steps.application.with_instructions(text))
    try:
        guilds = [guild async for guild in client.fetch_guilds()]
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        yield Finding("servers", f"Discord does not say which servers the bot is in ({error}); try again when it does")
        return
    named = ", ".join(f"{guild.name} ({guild.id})" for guild in guilds[:_MOST_NAMED])
    line = f"TALLYDESK_SERVERS={','.join(str(guild.id) for guild in guilds)}"
    if not guilds:
        address = invitation(client.application_id) or "the address that tallydesk invite prints"
        text = f"the bot is in no server yet: open {address}, choose your server, Authorize"
        yield _not_done(steps.invitation.with_instructions(text))
        if not steps.server.done:
            yield _not_done(steps.server)
    elif settings.servers is None:
        text = f"the bot is in {named}; put this line into {ENV_FILE} if these are yours: {line}"
        yield _not_done(steps.server.with_instructions(text))
    elif settings.servers and not any(guild.id in settings.servers for guild in guilds):
        text = f"the bot is in {named}, and TALLYDESK_SERVERS lists none of these: if they are yours, make it {line}"
        yield _not_done(steps.server.with_instructions(text))
    else:
        yield Finding(f"servers, {named}")


async def _channel(
    client: discord.Client, server: int, channel: int, *, threads: bool, mentions: Collection[int] = ()
) -> Finding:
    """Check the bot's permissions in a channel that follows a contest.

    Args:
        client: a logged-in client.
        server: the server's id.
        channel: the channel's id.
        threads: True if the channel has threads for its contests.
        mentions: the roles that the bot has to mention.

    """
    try:
        guild = await client.fetch_guild(server)
        found = await guild.fetch_channel(channel)
        is_thread = isinstance(found, discord.Thread)
        # A thread has its parent channel's permissions, except the one to write.
        place = await guild.fetch_channel(found.parent_id) if isinstance(found, discord.Thread) else found
        me = await guild.fetch_member(client.user.id if client.user else 0)
    except discord.HTTPException as error:
        return Finding(f"channel {channel} of server {server}", f"it can't be seen: {error.text or error.status}")
    except (discord.ClientException, aiohttp.ClientError, OSError) as error:
        return Finding(f"channel {channel} of server {server}", f"it can't be looked at: {error}")
    allowed = place.permissions_for(me)
    needed = [f"{name}_in_threads" if is_thread and name == "send_messages" else name for name in NEEDED_PERMISSIONS]
    needed += THREAD_PERMISSIONS if threads else ()
    lacking = lacking_permissions(allowed, needed)
    if isinstance(found, discord.Thread) and found.locked and not allowed.manage_threads:
        return Finding(f"thread #{found.name} of {guild.name}", "it is locked: unlock it, or follow in another channel")
    mend = None
    if lacking:
        mend = f"the bot lacks the permission to {listed(lacking)}: give that to its role in the channel's settings"
    elif unmentionable(guild, allowed, mentions):
        names = ", ".join(f"@{role.name}" for role in guild.roles if role.id in mentions and not role.mentionable)
        mend = f"lead changes mention {names}, who is not told: {LET_MENTION}"
    return Finding(f"{'thread' if is_thread else 'channel'} #{found.name} of {guild.name}", mend)


_ANSWERS_WITHIN = aiohttp.ClientTimeout(total=3)


async def push_findings(desk: Desk, settings: Settings) -> AsyncIterator[tuple[str, str | None]]:
    """Yield a (check, fault) pair for each check of the sources that push. The fault is None if all is well."""
    sources = [source for source in desk.sources if source.pushes]
    _, without = secrets_of(sources)
    for source in sources:
        yield f"source {source.id}: pushes, with its secret in {source.secret_env}", without.get(source.id)
    if settings.push_port is not None:
        yield await _port(settings.push_host, settings.push_port)
    elif sources:
        yield "port for pushes", "TALLYDESK_PUSH_PORT is not set, so sources can't push"


async def _port(host: str, port: int) -> tuple[str, str | None]:
    what = f"port {port} of {host}, for pushes"
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and await _is_ours(host, port):
            return f"{what}: Tallydesk listens there", None
        mend = "choose another in TALLYDESK_PUSH_PORT, or stop what uses it"
        return what, f"nobody can listen there ({error.strerror or error}); {mend}"
    server.close()
    return what, None


async def _is_ours(host: str, port: int) -> bool:
    """Return True if a Tallydesk answers on the port. The bot is then running, and the port is rightly in use."""
    try:
        address = URL.build(scheme="http", host=host, port=port, path="/")
        async with aiohttp.ClientSession(timeout=_ANSWERS_WITHIN) as session, session.get(address) as response:
            return response.headers.get("Server") == SERVER
    except (aiohttp.ClientError, OSError, ValueError, TimeoutError):
        return False


_MOST_SHOWN = 100

_MOST_CHANNELS = 3


async def desk_findings(database: Database) -> AsyncIterator[tuple[str, str | None]]:
    """Yield a (subject, fault) pair for each newsroom or channel worth a line.

    The fault includes its remedy, or is None.
    """
    store = StatusStore(database, None)
    for server in await ServerStore(database).servers():
        status = await store.status(server)
        if parts := _stopped(status):
            yield f"server {server}: {'; '.join(parts)}", None
        for closed in status.closed:
            since = closed.since.isoformat(timespec="seconds")
            why = clean(closed.why, _MOST_SHOWN)
            yield (
                f"channel {closed.channel} of server {server}",
                f"it can't be written to since {since} ({why}): let the bot's role see it, and send messages there",
            )
        if status.doubtful:
            named = ", ".join(f"#{post.number}" for post in status.doubtful)[:_MOST_SHOWN]
            yield (
                f"posts of server {server}",
                f"nobody has said whether {named} arrived: an editor answers with /status",
            )


async def follow_findings(database: Database, desk: Desk) -> AsyncIterator[tuple[str, str]]:
    """Yield a (contest, remedy) pair for each followed contest that the desk file lacks."""
    store = ServerStore(database)
    for server in await store.servers():
        channels_of: dict[str, list[int]] = {}
        for row in await store.following(server):
            if desk.contest(row.contest) is None:
                channels_of.setdefault(row.contest, []).append(row.channel)
        for contest, channels in channels_of.items():
            named = " and ".join(str(channel) for channel in channels[:_MOST_CHANNELS])
            more = f" and {len(channels) - _MOST_CHANNELS} more" if len(channels) > _MOST_CHANNELS else ""
            yield (
                f"contest {clean(contest, _MOST_SHOWN)} of server {server}",
                (
                    f"{'channel' if len(channels) == 1 else 'channels'} {named}{more} followed it, and the desk file no longer "
                    "has it: nothing of it is posted; put it back, or follow another"
                ),
            )


def _stopped(status: ServerStatus) -> list[str]:
    sentences = []
    if status.paused:
        until = f" until {status.paused.until.isoformat()}" if status.paused.until else ""
        sentences.append(
            f"paused since {status.paused.at.isoformat()}{until} by {clean(status.paused.who, _MOST_SHOWN)}"
        )
    sentences += [
        f"{source} muted since {since.at.isoformat()} by {clean(since.who, _MOST_SHOWN)}"
        for source, since in status.muted.items()
    ]
    if status.awaiting:
        sentences.append(f"{_waiting_sentence(len(status.awaiting))} for Publish")
    if status.waiting and status.oldest is not None:
        sentences.append(
            f"{_waiting_sentence(status.waiting)} to be sent, the oldest since {status.oldest.isoformat()}"
        )
    return sentences


def _waiting_sentence(number: int) -> str:
    return f"{counted(number, 'post')} {'waits' if number == 1 else 'wait'}"
