"""The bot as a discord.py client: its events, which servers it serves, its slash commands, and the answers to failures."""

import asyncio
import hashlib
import json
import logging
import secrets
import sys
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, TypeVar, cast

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.ext import commands
from discord.utils import MISSING, maybe_coroutine

from bot.answers.answers import Answers
from bot.clock import Clock
from bot.entries.entries import Entries
from bot.errors import BadInputError, ChooseError, RunFailedError, TallydeskError
from bot.feeds.feeds import Feeds
from bot.follows.follows import Follows
from bot.logs import worth_a_line
from bot.newsroom.newsroom import Newsroom
from bot.operations.operations import Operations
from bot.outbox.dispatcher import Backoff
from bot.outbox.room import OutboxRoom
from bot.quotas import Quotas
from bot.schedule.reminders_words import undelivered
from bot.schedule.schedule import Schedule
from bot.tally.tally import Tally
from bot.wording.context import Setting
from bot.wording.escape import capitalised, escape_sentence, stopped

T = TypeVar("T")

COGS = (
    "cogs.callers",
    "cogs.answers",
    "cogs.follows",
    "cogs.desk",
    "cogs.approval",
    "cogs.entries",
    "cogs.sources",
    "cogs.certification",
    "cogs.calls",
    "cogs.export",
    "cogs.schedule",
    "cogs.help",
)
"""The cogs to load. Each comes after the cogs from which it imports, because loading a cog runs its module again."""

NEEDED_PERMISSIONS = ("view_channel", "send_messages", "embed_links", "attach_files", "read_message_history")
"""The permissions that the bot needs in a channel: it attaches charts, and searches the history so as not to post twice."""

THREAD_PERMISSIONS = ("create_public_threads", "send_messages_in_threads")
"""The permissions that the bot also needs in a channel whose contests have threads."""

PERMISSIONS = (*NEEDED_PERMISSIONS, "pin_messages", *THREAD_PERMISSIONS)
"""The permissions that the invitation asks for; pinning is for boards."""

_CALLED = {"view_channel": "view the channel", "read_message_history": "read the message history"}

_MOST_SAID = 900

COMMANDS_EVERY = 3600.0
"""Seconds between two checks that Discord has the current commands. A check only reads the database."""

_SYNC_EVERY_SECONDS = 600.0
"""The least time between two syncs that a user's outdated command causes; Discord allows 200 a day."""

_SYNC_WITHIN_SECONDS = 60.0
"""How long a sync may take; discord.py alone would wait for half an hour."""

_SYNC_AGAIN = Backoff(60.0, most=3600.0, jitter=30.0)

_FEW_STARTS = 100

_SERVERS_A_SHARD = 1000
"""Roughly how many servers a shard has. The true number of shards is known only once they are launched."""

_DIRECT_WITHIN_SECONDS = 15.0

_TOO_LATE = {
    10062,  # unknown interaction: it had no answer within three seconds
    10015,  # unknown webhook
    50027,  # invalid webhook token: fifteen minutes are over
}
"""Discord's error codes for an interaction that can no longer be answered."""

_PRESSABLE_SECONDS = 24 * 3600.0
"""How long the buttons under a question to the user can be pressed."""

FORM = "form:"

log = structlog.get_logger()

# The bot has no voice, and discord.py would warn at each start that it lacks the libraries for it.
logging.getLogger("discord.client").addFilter(lambda line: "voice will NOT be supported" not in line.getMessage())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The public classes of all packages, one instance each.

    The packages share the setting, the clock and the quotas.
    """

    setting: Setting
    clock: Clock
    quotas: Quotas
    feeds: Feeds
    outbox: OutboxRoom
    follows: Follows
    tally: Tally
    entries: Entries
    schedule: Schedule
    newsroom: Newsroom
    answers: Answers
    operations: Operations


class Bot(commands.AutoShardedBot):
    """The discord.py client: one process with as many shards as Discord asks for, and no privileged intents."""

    rooms: Rooms
    """The packages' public classes. They are set after `__init__`, because the outbox needs the client, and before
    the login.
    """
    mark: ClassVar[str] = ""
    """A random mark in the keys of this bot's forms, which discord.py keeps in memory only. A form with another
    mark dates from before a restart or a reload.
    """

    def __init__(
        self,
        servers: Collection[int] = (),
        *,
        guild_ready_timeout: float = 2.0,
        only_channel: int | None = None,
        http_trace: aiohttp.TraceConfig = MISSING,
    ) -> None:
        """Create the client. The attribute `rooms` has to be set before the client logs in.

        Args:
            servers: the ids of the servers to serve. If empty, all servers are served.
            guild_ready_timeout: seconds that discord.py waits at the start for servers to appear.
            only_channel: in a rehearsal, the only channel in which commands are answered. Commands are then not
                synced.
            http_trace: watches the requests, see `Requests.trace`.
        """
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(
            command_prefix=commands.when_mentioned,  # unused: without the intent no messages arrive
            help_command=None,
            tree_cls=CommandTree,
            intents=intents,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=30.0,
            guild_ready_timeout=guild_ready_timeout,
            http_trace=http_trace,
        )
        self._servers = frozenset(servers)
        self._only_channel = only_channel
        self._synced = -_SYNC_EVERY_SECONDS
        self._sync_failures = 0
        self.command_ids: Mapping[str, int] = {}
        """Discord's ids of the slash commands by their first words; empty until it has them."""

    async def setup_hook(self) -> None:
        """Load the cogs, which add their commands, buttons and select menus.

        Forms from before a restart are stale from now on.
        """
        Bot.mark = secrets.token_hex(4)
        for cog in COGS:
            await self.load_extension(cog)

    async def sync_if_changed(self, *, anyhow: bool = False) -> bool:
        """Sync the slash commands, unless Discord has the same commands already. Returns True if they were synced.

        With `anyhow`, sync them in any case.
        """
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        whole = json.dumps([self.application_id, payload], sort_keys=True, default=str)
        digest = hashlib.sha256(whole.encode()).hexdigest()
        known, ids = await self.rooms.follows.servers.commands()
        if known == digest and not anyhow:
            self.command_ids = ids
            return False
        async with asyncio.timeout(_SYNC_WITHIN_SECONDS):
            given = await self.tree.sync()
        self.command_ids = {one.name: one.id for one in given if one.type is discord.AppCommandType.chat_input}
        await self.rooms.follows.servers.store_commands(digest, self.command_ids)
        log.info("slash commands synced", commands=len(payload))
        return True

    async def sync_commands(self, *, anyhow: bool = False) -> None:
        """Sync the slash commands if they have changed, or in any case with `anyhow`.

        The scheduler runs this as a job.

        Raises:
            RunFailedError: Discord did not accept the commands. Posts are still sent, and the old commands still
                work.

        """
        if self._only_channel is not None or self.is_closed():  # closing takes the commands off the tree first
            return
        try:
            await self.sync_if_changed(anyhow=anyhow)
        except (discord.DiscordException, aiohttp.ClientError, OSError, ValueError) as error:
            why = " ".join(f"{type(error).__name__}: {error}".split())[:_MOST_SAID]
            self._sync_failures += 1
            seconds = _SYNC_AGAIN.seconds_after(self._sync_failures)
            if worth_a_line(self._sync_failures):
                log.warning(
                    "Discord did not take the slash commands; posts go out, and the commands are tried again",
                    why=why,
                    failures=self._sync_failures,
                    seconds=round(seconds),
                )
            raise RunFailedError(f"Discord did not take the slash commands: {why}", seconds) from error
        self._sync_failures = 0

    async def connect(self, *, reconnect: bool = True) -> None:
        """Connect to the gateway, and stay connected until the client is closed.

        Discord allows 1,000 IDENTIFYs a day, one for each shard. It resets the token of a bot that makes more, such as
        a bot that crashes and restarts every ten seconds. So if few are left today, this method waits before it
        connects. Posts are sent meanwhile.
        """
        with suppress(discord.GatewayNotFound):  # connecting then raises it again
            limits = await self.fetch_session_start_limits()
            shards = self.shard_count or 1 + len(await self.rooms.follows.servers.servers()) // _SERVERS_A_SHARD
            if (starts := limits.remaining // shards) < _FEW_STARTS:
                seconds = limits.reset_after / 1000 / max(starts, 1)
                log.error(
                    "connects later: it was started so often today that Discord would soon reset its token",
                    left=starts,
                    seconds=round(seconds),
                )
                await asyncio.sleep(seconds)
        await super().connect(reconnect=reconnect)

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:  # noqa: ANN401 - as discord.py has it
        """Log an error in an event handler.

        Errors while the bot is stopping are not logged: the next start repeats the work that was interrupted.
        """
        if not self.is_closed():
            log.error("an event could not be handled", name=event_method, exc_info=sys.exception())

    async def on_ready(self) -> None:
        """Record the servers from which the bot was removed while it was offline."""
        here = {guild.id for guild in self.guilds}
        for server in await self.rooms.follows.servers.servers():
            if server not in here:
                await self.rooms.follows.servers.leave(server, self.rooms.clock.now())

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Record a server when the bot starts.

        The bot does not leave a server that is missing from TALLYDESK_SERVERS, since the setting may be mistyped.
        """
        await self._serves_guild(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Record and greet a server to which the bot was invited.

        The bot leaves a server that the operator never listed.
        """
        if self._only_channel is not None:
            await self._serves_guild(guild)
        elif not await self._serves_guild(guild):
            log.warning("left a server that is not in TALLYDESK_SERVERS and invited the bot", server=guild.id)
            await guild.leave()
        elif self._may_use(guild.id) and (place := _greeting_channel(guild)) is not None:
            await self.rooms.newsroom.setup.greet(guild.id, place.id)

    async def _serves_guild(self, guild: discord.Guild) -> bool:
        """Record a server if the operator lists it, else suspend it.

        Returns False if the server is neither listed nor stored.
        """
        servers = self.rooms.follows.servers
        if self._may_use(guild.id):
            self.rooms.setting.newsrooms[guild.id] = guild.name
            await servers.join(guild.id)
            await self._channels_changed(guild)
            return True
        known = await servers.suspend(guild.id)
        log.error(
            "a server that is not in TALLYDESK_SERVERS has the bot: nothing is posted or answered there",
            server=guild.id,
            suspended=known,
            instead=f"list it, or tallydesk leave {guild.id}",
        )
        return known

    async def on_guild_update(self, _: discord.Guild, after: discord.Guild) -> None:
        """Record a server's new name."""
        if self._may_use(after.id):
            self.rooms.setting.newsrooms[after.id] = after.name

    async def on_guild_channel_update(self, _: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Retry the server's channels to which the bot couldn't write: their permissions may have changed."""
        await self._channels_changed(after.guild)

    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        """Retry the server's channels to which the bot couldn't write: the role's permissions may have changed."""
        await self._channels_changed(after.guild)

    async def on_member_update(self, _: discord.Member, after: discord.Member) -> None:
        """Retry the server's channels to which the bot couldn't write, if the bot's own roles have changed."""
        if self.user is not None and after.id == self.user.id:
            await self._channels_changed(after.guild)

    async def on_thread_update(self, _: discord.Thread, after: discord.Thread) -> None:
        """Retry the server's channels to which the bot couldn't write: the thread may have been unlocked."""
        await self._channels_changed(after.guild)

    async def on_thread_join(self, thread: discord.Thread) -> None:
        """Retry the server's channels to which the bot couldn't write.

        discord.py calls this method when a thread is no longer archived.
        """
        await self._channels_changed(thread.guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Record that the bot was removed from a server.

        The server's waiting posts fail, and its data is deleted after 30 days.
        """
        await self.rooms.follows.servers.leave(guild.id, self.rooms.clock.now())

    async def on_app_command_completion(self, interaction: discord.Interaction, _: object) -> None:
        """After a command, notify its user once if a direct message with a reminder could not be delivered to them.

        Nothing is sent if the command opened a form.
        """
        direct, person = self.rooms.operations.direct_channels, interaction.user.id
        if interaction.response.type is discord.InteractionResponseType.modal:
            return
        if (since := await direct.undelivered_since(person)) is not None:
            await interaction.followup.send(undelivered(since // 1_000_000), ephemeral=True)
            await direct.record_failure_known_to(person, since)

    @property
    def connected(self) -> bool:
        """True while every shard is connected to Discord's gateway."""
        shards = self.shards.values()
        return self.is_ready() and len(shards) == self.shard_count and not any(one.is_closed() for one in shards)

    async def direct_channel(self, user: int) -> int:
        """Return the id of the channel of direct messages with a user, which Discord opens if necessary.

        Raises:
            TallydeskError: Discord refuses to open the channel, or can't be reached.

        """
        try:
            async with asyncio.timeout(_DIRECT_WITHIN_SECONDS):
                return (await self.create_dm(discord.Object(user))).id
        except discord.HTTPException as error:
            why = f"Discord answered {error.status}, error {error.code}: {error.text}"
        except (discord.RateLimited, aiohttp.ClientError, OSError, ValueError) as error:
            why = str(error) or "no answer in time"
        raise TallydeskError(f"Discord opens no direct messages with the user {user} ({why})")

    async def _channels_changed(self, guild: discord.Guild) -> None:
        """Have the dispatcher retry those of the server's channels and threads in which the bot may now post."""
        writable = [
            place.id
            for place in (*guild.channels, *guild.threads)
            if (may := place.permissions_for(guild.me)).view_channel
            and (may.send_messages_in_threads if isinstance(place, discord.Thread) else may.send_messages)
        ]
        await self.rooms.outbox.dispatcher.retry_closed(guild.id, writable)

    def _may_use(self, server: int) -> bool:
        return not self._servers or server in self._servers

    async def serves(self, interaction: discord.Interaction) -> bool:
        """Return True if the bot serves an interaction. Otherwise answer the user with the reason.

        Before a command in a thread, the thread's channel is recorded, because the channel's settings apply in its
        threads.
        """
        if (refusal := self._refusal(interaction)) is None:
            return await self._keeps_parent(interaction)
        if interaction.type is not discord.InteractionType.autocomplete:
            await interaction.response.send_message(refusal, ephemeral=True)
        return False

    def _refusal(self, interaction: discord.Interaction) -> str | None:
        """Return the sentence that refuses an interaction, or None if the bot serves it."""
        place = interaction.channel
        if is_outside(interaction):  # Discord offers only the public questions there
            return (
                None if self._only_channel is None else "The bot is in a rehearsal, and answers in its channel alone."
            )
        if interaction.guild_id is None or not self._may_use(interaction.guild_id):
            return "This bot does not serve this server."
        if place is None:  # a kind of channel that discord.py does not know
            return "The bot can't tell who reads this kind of channel; ask in another."
        if self._only_channel not in (None, place.parent_id if isinstance(place, discord.Thread) else place.id):
            return f"The bot is rehearsing, and answers only in <#{self._only_channel}>."
        return None

    async def _keeps_parent(self, interaction: discord.Interaction) -> bool:
        """Record to which channel a thread belongs. If that fails, answer with the error and return False."""
        place, suggests = interaction.channel, interaction.type is discord.InteractionType.autocomplete
        # Autocompletion does not depend on the channel; and nothing is recorded about other servers' threads.
        if suggests or not isinstance(place, discord.Thread) or is_outside(interaction):
            return True
        try:
            await self.rooms.follows.servers.record_thread(interaction.guild_id or 0, place.id, place.parent_id)
        except TallydeskError as error:
            await self.answer_failure(interaction, error)
            return False
        return True

    async def use(self, interaction: discord.Interaction, typed: "TypedCommand") -> None:
        """Run a command again after its user pressed a button or made a choice. If it fails, answer with the error."""
        try:
            await typed.run(interaction)
        except Exception as error:  # noqa: BLE001 - every failure is answered; our own faults are logged
            await self.command_failed(interaction, error, typed)

    async def command_failed(
        self, interaction: discord.Interaction, error: Exception, typed: "TypedCommand | None"
    ) -> None:
        """Answer a failed command with the error. If an option was ambiguous, offer a button for each choice."""
        cause: BaseException = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(error, app_commands.TransformerError | app_commands.CheckFailure) and error.__cause__ is not None:
            cause = error.__cause__
        view = self._choices(cause, typed) if isinstance(cause, ChooseError) and typed else MISSING
        if not (isinstance(cause, app_commands.CheckFailure) and interaction.response.is_done()):
            await self.answer_failure(interaction, cause, view)

    def _choices(self, open_: ChooseError, typed: "TypedCommand") -> discord.ui.View:
        """Return a view with a button for each choice, or with a select menu if several choices are allowed.

        A choice runs the command again.
        """

        async def press(interaction: discord.Interaction, instead: str) -> None:
            if await self.serves(interaction):
                await self.use(interaction, typed.with_choice(open_, instead))

        if open_.most > 1:
            return list_of_choices(open_.choices, open_.most, press)
        return view_of_choices([(label, partial(press, instead=instead)) for label, instead in open_.choices])

    async def answer_changed(self, interaction: discord.Interaction) -> None:
        """Answer a command whose definition on Discord is out of date, and sync the commands.

        Syncs for this reason are at least ten minutes apart.
        """
        if interaction.type is not discord.InteractionType.autocomplete:
            await interaction.response.send_message("That command was changed. Try again in a minute.", ephemeral=True)
        now = asyncio.get_running_loop().time()
        if now - self._synced >= _SYNC_EVERY_SECONDS:
            self._synced = now
            with suppress(RunFailedError):  # it is logged
                await self.sync_commands(anyhow=True)

    async def answer_failure(
        self,
        interaction: discord.Interaction,
        cause: BaseException,
        view: discord.ui.View = MISSING,
        *,
        instead: bool = False,
    ) -> None:
        """Answer a failed interaction with one line. If the bot itself is at fault, log the traceback.

        If Discord no longer accepts an answer, none is sent. The user then sees "The application did not respond".

        Args:
            interaction: the failed interaction.
            cause: the error that made it fail.
            view: buttons to add to the answer.
            instead: if True, replace the answer whose button opened the form.

        """
        what: Mapping[str, Any] = interaction.data or {}
        asked = what.get("name") or what.get("custom_id")
        if _is_too_late(cause):
            log.warning("an answer came too late for Discord; what was asked may be done", command=asked)
            return
        if isinstance(cause, TallydeskError):
            text = capitalised(escape_sentence(str(cause), _MOST_SAID))
            answer = text if text.endswith("?") else stopped(text)
        elif isinstance(cause, app_commands.CheckFailure):
            answer = str(cause)
        else:
            log.error("a command failed", command=asked, exc_info=cause)
            answer = (  # perhaps only the answer failed, and the change was made
                "That failed, and it is the bot's fault; its operator can read the reason in the log. Check what was "
                "done before you try again."
            )
        try:
            if instead and interaction.response.is_done():
                await interaction.edit_original_response(content=answer, view=view)
            elif interaction.response.is_done():
                await interaction.followup.send(answer, ephemeral=True, view=view)
            elif instead:
                await interaction.response.edit_message(content=answer, view=view)
            else:
                await interaction.response.send_message(answer, ephemeral=True, view=view)
        except discord.HTTPException as error:
            if not _is_too_late(error):
                raise
            log.warning("an answer came too late for Discord", command=asked, answer=answer)


def _greeting_channel(guild: discord.Guild) -> discord.TextChannel | None:
    """Return the channel in which to greet a server, or None if the bot can't post in any channel.

    The system channel is preferred to the first text channel in which the bot can post.
    """
    places = [guild.system_channel, *guild.text_channels]
    needed = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
    return next((one for one in places if one is not None and one.permissions_for(guild.me) >= needed), None)


def _is_too_late(error: BaseException) -> bool:
    return isinstance(error, discord.HTTPException) and error.code in _TOO_LATE


class CommandTree(app_commands.CommandTree[Bot]):
    """The slash commands. Each runs only in a server that the bot serves, and each failure gets an answer."""

    async def interaction_check(self, interaction: discord.Interaction[Bot], /) -> bool:
        """Return True if the bot serves the command. Otherwise answer the user with the reason."""
        return await self.client.serves(interaction)

    async def on_error(self, interaction: discord.Interaction[Bot], error: app_commands.AppCommandError, /) -> None:
        """Answer a failed command with one line about the error."""
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            await self.client.answer_changed(interaction)
            return
        command = interaction.command
        typed = (
            TypedCommand(command, dict(iter(interaction.namespace)))
            if isinstance(command, app_commands.Command)
            else None
        )
        await self.client.command_failed(interaction, error, typed)


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """A command with its options as they were typed, so that it can be run again."""

    command: app_commands.Command[Any, ..., Any]
    options: Mapping[str, Any]
    """The typed values by option; a channel as an AppCommandChannel."""

    def with_choice(self, open_: ChooseError, instead: str) -> "TypedCommand":
        """Return a copy in which the choice `instead` replaces the ambiguous text."""
        if open_.option is not None:
            return TypedCommand(self.command, {**self.options, open_.option: instead})
        texts = {name: value for name, value in self.options.items() if isinstance(value, str)}
        return TypedCommand(self.command, {**self.options, **replace_text(texts, open_.typed, instead)})

    async def run(self, interaction: discord.Interaction) -> None:
        """Run the command, including its checks, as the answer to another interaction.

        Raises:
            BadInputError: a channel among the options no longer exists.
            Exception: any error that a check or the command raises.

        """
        for check in self.command.checks:
            if not await maybe_coroutine(check, interaction):
                raise app_commands.CheckFailure(f"the check of /{self.command.qualified_name} failed")
        options = {name: _resolved(value) for name, value in self.options.items()}
        callback: Any = self.command.callback
        await callback(self.command.binding, interaction, **options)


def _resolved(value: object) -> object:
    """Return an option's value in the form that the command expects.

    A channel is looked up; other values are unchanged.
    """
    if not isinstance(value, app_commands.AppCommandChannel):
        return value
    if (channel := value.resolve()) is None:
        raise BadInputError(f"#{value.name} is gone, or hidden from the bot; choose another channel")
    return channel


def replace_text(texts: Mapping[str, str], typed: str, instead: str) -> dict[str, str]:
    """Return the changed texts, by option: each text that equals `typed` is replaced with `instead`.

    If no text equals `typed`, it is replaced inside each text that contains it.
    """
    whole = {name: instead for name, text in texts.items() if text.strip() == typed.strip()}
    return whole or {name: text.replace(typed, instead) for name, text in texts.items() if typed in text}


def view_of_choices(
    choices: Sequence[tuple[str, Callable[[discord.Interaction], Coroutine[Any, Any, None]]]],
) -> discord.ui.View:
    """Return a view with a button for each (label, callback) pair, at most 25.

    The buttons stop working after a restart.
    """
    view = discord.ui.View(timeout=_PRESSABLE_SECONDS)
    for label, press in choices[:25]:
        button = discord.ui.Button[discord.ui.View](
            label=label[:80], style=discord.ButtonStyle.primary, custom_id=form_key()
        )
        button.callback = press  # type: ignore[method-assign, assignment]  # as discord.py's own docs do it
        view.add_item(button)
    return view


def list_of_choices(
    choices: Sequence[tuple[str, str]],
    most: int,
    press: Callable[[discord.Interaction, str], Coroutine[Any, Any, None]],
) -> discord.ui.View:
    """Return a select menu of (label, value) pairs, at most 25, from which the user may choose up to `most`.

    `press` gets the chosen values as one text, separated by commas.
    """
    options = [discord.SelectOption(label=label[:100], value=value[:100]) for label, value in choices[:25]]
    most = min(most, len(options))
    chosen = discord.ui.Select[discord.ui.View](
        placeholder=f"Choose one, or up to {most}", max_values=most, options=options, custom_id=form_key()
    )

    async def callback(interaction: discord.Interaction) -> None:
        await press(interaction, ", ".join(chosen.values))

    chosen.callback = callback  # type: ignore[method-assign]  # as discord.py's own docs do it
    view = discord.ui.View(timeout=_PRESSABLE_SECONDS)
    view.add_item(chosen)
    return view


def form_key() -> str:
    """Return a new key for a form, or for a button that opens one. The key is stale after a restart or a reload."""
    return f"{FORM}{Bot.mark}:{secrets.token_hex(8)}"


def is_stale_form(key: str) -> bool:
    """Return True if `form_key` made the key before a restart or a reload."""
    return key.startswith(FORM) and not key.startswith(f"{FORM}{Bot.mark}:")


def lacking_permissions(may: discord.Permissions, needed: Collection[str]) -> list[str]:
    """Return the permissions that the bot lacks, as verbs: "view the channel"."""
    return [_CALLED.get(name, name.replace("_", " ")) for name in needed if not getattr(may, name)]


def unmentionable(guild: discord.Guild, may: discord.Permissions, roles: Collection[int | None]) -> list[str]:
    """Return the roles that the bot can't notify, as "mention <@&1>".

    `may` has the bot's permissions in the channel, and `roles` the ids of the roles to check. Discord posts a message
    that mentions such a role, but notifies nobody.
    """
    known = (guild.get_role(key) for key in dict.fromkeys(roles) if key and not may.mention_everyone)
    return [f"mention <@&{role.id}>" for role in known if role is not None and not role.mentionable]


def bot_of(interaction: discord.Interaction) -> Bot:
    """Return the bot that received an interaction."""
    return cast("Bot", interaction.client)


def is_outside(interaction: discord.Interaction) -> bool:
    """Return True if an interaction comes from direct messages, or from a server that has not installed the bot."""
    own = interaction.is_user_integration() and not interaction.is_guild_integration()
    return own or interaction.guild_id is None


async def while_connected(client: discord.Client, work: Coroutine[Any, Any, T]) -> T:
    """Connect a logged-in client, run `work`, and close the client. Returns the result of `work`.

    Raises:
        TallydeskError: the connection ended before `work` did.

    """
    connection = asyncio.create_task(client.connect(), name="gateway")
    working = asyncio.create_task(work, name="work")
    try:
        await asyncio.wait({connection, working}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            why = connection.exception()
            raise TallydeskError(f"the connection to Discord ended: {why or 'it was closed'}") from why
        return working.result()
    finally:
        await close_client(client, connection, working)


async def close_client(client: discord.Client, connection: asyncio.Task[None], *other: asyncio.Task[Any]) -> None:
    """Close a client, and cancel its tasks. `connection` is the task that runs the client's `connect`."""
    await client.close()
    # A client that is closed while it launches a shard would otherwise try to connect for ever.
    for task in (connection, *other):
        task.cancel()
    await asyncio.gather(connection, *other, return_exceptions=True)
