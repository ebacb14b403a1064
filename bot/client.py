"""The bot as Discord sees it: the unmodified discord.py client with our cogs."""

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
from bot.outbox.dispatcher import Wait
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
"""The extensions, each after those that it imports from: to load one runs it, also where it was imported before."""

NEEDED = ("view_channel", "send_messages", "embed_links", "attach_files", "read_message_history")
"""What the bot needs in a channel; it attaches charts, and reading the history is how a post is never doubled."""

FOR_THREADS = ("create_public_threads", "send_messages_in_threads")
"""What it needs as well in a channel whose contests have threads."""

PERMISSIONS = (*NEEDED, "pin_messages", *FOR_THREADS)
"""What the invitation asks for: also to pin messages, for boards, and to use threads."""

_CALLED = {"view_channel": "view the channel", "read_message_history": "read the message history"}

_MOST_SAID = 900

COMMANDS_EVERY = 3600.0
"""Seconds between two checks that Discord has the commands; a check asks the database alone."""

_SYNC_EVERY_SECONDS = 600.0
"""The least time between two syncs because Discord had other commands; it allows 200 a day."""

_SYNC_WITHIN_SECONDS = 60.0
"""How long a sync may take; discord.py alone would wait for half an hour."""

_SYNC_AGAIN = Wait(60.0, most=3600.0, jitter=30.0)

_FEW_STARTS = 100

_SERVERS_A_SHARD = 1000
"""As many as Discord has on a shard, about: how many shards it asks for is known once they are launched."""

_DIRECT_WITHIN_SECONDS = 15.0

_TOO_LATE = {
    10062,  # unknown interaction: it had no answer within three seconds
    10015,  # unknown webhook
    50027,  # invalid webhook token: fifteen minutes are over
}
"""Codes of an interaction that can't be answered any more."""

_PRESSABLE_SECONDS = 24 * 3600.0
"""Whoever leaves a question open for longer has to ask again."""

FORM = "form:"

log = structlog.get_logger()

# The bot has no voice, and discord.py would warn at each start that it lacks the libraries for it.
logging.getLogger("discord.client").addFilter(lambda line: "voice will NOT be supported" not in line.getMessage())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The public class of each room."""

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
    """One process that follows as many shards as Discord asks for, with no privileged intent."""

    rooms: Rooms
    """What it calls; set once, before it logs in: the rooms that send need the client themselves."""
    mark: ClassVar[str] = ""
    """Marks in keys the one bot of this process that runs: discord.py keeps its forms and their buttons in memory, so what
    has another mark is of a bot that is gone, also by a reload."""

    def __init__(
        self,
        servers: Collection[int] = (),
        *,
        guild_ready_timeout: float = 2.0,
        only_channel: int | None = None,
        http_trace: aiohttp.TraceConfig = MISSING,
    ) -> None:
        """Serve the servers with these ids, or all where none is named; wait so long for them at the start.

        `only_channel`, of a rehearsal: commands are answered there alone, and Discord's list of them stays as it is.
        """
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(
            command_prefix=commands.when_mentioned,  # no message arrives by our intents: there are slash commands alone
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
        """Load the cogs, each of which adds its commands, buttons and lists; forms from before are late from now on."""
        Bot.mark = secrets.token_hex(4)
        for cog in COGS:
            await self.load_extension(cog)

    async def sync_if_changed(self, *, anyhow: bool = False) -> bool:
        """Give Discord the slash commands unless it has just these; return whether it was needed.

        `anyhow`: what it has is known to be something else.
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
        await self.rooms.follows.servers.keep_commands(digest, self.command_ids)
        log.info("slash commands synced", commands=len(payload))
        return True

    async def sync_commands(self, *, anyhow: bool = False) -> None:
        """Give Discord the slash commands if it needs them; a job.

        Raises:
            RunFailedError: Discord did not take them. Posts go out meanwhile, and the commands that it has go on working.

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
        """Connect until it is closed; where few of the day's connections are left, they are spread over what is left of it.

        Discord takes 1,000 IDENTIFYs a day, one a shard, and resets the token of a bot that makes more: one that is started
        every ten seconds because something ends it would by the next morning. Posts go out meanwhile.
        """
        with suppress(discord.GatewayNotFound):  # as connecting then says
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
        """Log what an event of Discord's could not do; not what the stop cut off, which the next start does."""
        if not self.is_closed():
            log.error("an event could not be handled", name=event_method, exc_info=sys.exception())

    async def on_ready(self) -> None:
        """Know the servers from which the bot was removed while it was away."""
        here = {guild.id for guild in self.guilds}
        for server in await self.rooms.follows.servers.servers():
            if server not in here:
                await self.rooms.follows.servers.leave(server, self.rooms.clock.now())

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Know each server as Discord names it at the start; none is left then: its line may have been mistyped."""
        await self._serves_guild(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Know a server that the bot was invited to; leave it where the operator does not list it and never has."""
        if self._only_channel is not None:
            await self._serves_guild(guild)
        elif not await self._serves_guild(guild):
            log.warning("left a server that is not in TALLYDESK_SERVERS and invited the bot", server=guild.id)
            await guild.leave()
        elif self._may_use(guild.id) and (place := _greeted_in(guild)) is not None:
            await self.rooms.newsroom.setup.greet(guild.id, place.id)

    async def _serves_guild(self, guild: discord.Guild) -> bool:
        """Know a server that is listed, or suspend it; return False where it is neither listed nor known from before."""
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
        """Know the name that a server has now."""
        if self._may_use(after.id):
            self.rooms.setting.newsrooms[after.id] = after.name

    async def on_guild_channel_update(self, _: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Try again what could not be written to."""
        await self._channels_changed(after.guild)

    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        """Try again what could not be written to."""
        await self._channels_changed(after.guild)

    async def on_member_update(self, _: discord.Member, after: discord.Member) -> None:
        """Try again what could not be written to, if it is the bot that has other roles."""
        if self.user is not None and after.id == self.user.id:
            await self._channels_changed(after.guild)

    async def on_thread_update(self, _: discord.Thread, after: discord.Thread) -> None:
        """Try again what could not be written to."""
        await self._channels_changed(after.guild)

    async def on_thread_join(self, thread: discord.Thread) -> None:
        """Try again what could not be written to: so discord.py tells of a thread that is not archived any more."""
        await self._channels_changed(thread.guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Know that the bot was removed from a server: what waits there fails, and in 30 days all of it is forgotten (`bot/newsroom/forgetting.py`)."""
        await self.rooms.follows.servers.leave(guild.id, self.rooms.clock.now())

    async def on_app_command_completion(self, interaction: discord.Interaction, _: object) -> None:
        """Tell who used a command, once, that a reminder could not be delivered to them; not on top of a form."""
        direct, person = self.rooms.operations.direct_channels, interaction.user.id
        if interaction.response.type is discord.InteractionResponseType.modal:
            return
        if (since := await direct.undelivered_since(person)) is not None:
            await interaction.followup.send(undelivered(since // 1_000_000), ephemeral=True)
            await direct.record_failure_known_to(person, since)

    @property
    def connected(self) -> bool:
        """True while every shard has its connection to Discord's gateway."""
        shards = self.shards.values()
        return self.is_ready() and len(shards) == self.shard_count and not any(one.is_closed() for one in shards)

    async def direct_channel(self, user: int) -> int:
        """Return the channel of direct messages with a user.

        Raises:
            TallydeskError: Discord gives none, or can't be reached.

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
        """Tell the delivery where the bot may write now: elsewhere it would only be refused again."""
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
        """Refuse commands and buttons from servers that are not listed, and in a rehearsal from other channels.

        What comes from a thread is served once it is kept which channel the thread is in: what holds there holds in it.
        """
        if (refusal := self._refusal(interaction)) is None:
            return await self._keeps_parent(interaction)
        if interaction.type is not discord.InteractionType.autocomplete:
            await interaction.response.send_message(refusal, ephemeral=True)
        return False

    def _refusal(self, interaction: discord.Interaction) -> str | None:
        """Return why an interaction is not served, or None."""
        place = interaction.channel
        if is_outside(interaction):  # Discord offers the questions alone there
            return (
                None if self._only_channel is None else "The bot is in a rehearsal, and answers in its channel alone."
            )
        if interaction.guild_id is None or not self._may_use(interaction.guild_id):
            return "This bot does not serve this server."
        if place is None:  # discord.py leaves out what it does not know
            return "The bot can't tell who reads this kind of channel; ask in another."
        if self._only_channel not in (None, place.parent_id if isinstance(place, discord.Thread) else place.id):
            return f"The bot is rehearsing, and answers only in <#{self._only_channel}>."
        return None

    async def _keeps_parent(self, interaction: discord.Interaction) -> bool:
        """Keep which channel a thread is in; return False where that failed, once it is answered."""
        place, suggests = interaction.channel, interaction.type is discord.InteractionType.autocomplete
        # What is suggested does not depend on where; and of other servers' threads nothing is kept.
        if suggests or not isinstance(place, discord.Thread) or is_outside(interaction):
            return True
        try:
            await self.rooms.follows.servers.know_thread(interaction.guild_id or 0, place.id, place.parent_id)
        except TallydeskError as error:
            await self.answer_failure(interaction, error)
            return False
        return True

    async def use(self, interaction: discord.Interaction, typed: "Typed") -> None:
        """Use a command once more, as an answer to a press or a choice; where it fails that is answered."""
        try:
            await typed.run(interaction)
        except Exception as error:  # noqa: BLE001 - who pressed is answered, whatever it was; our own faults are logged
            await self.command_failed(interaction, error, typed)

    async def command_failed(self, interaction: discord.Interaction, error: Exception, typed: "Typed | None") -> None:
        """Answer a failed command; what could be more than one thing has a button each that asks the same again."""
        cause: BaseException = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(error, app_commands.TransformerError | app_commands.CheckFailure) and error.__cause__ is not None:
            cause = error.__cause__
        view = self._choices(cause, typed) if isinstance(cause, ChooseError) and typed else MISSING
        if not (isinstance(cause, app_commands.CheckFailure) and interaction.response.is_done()):
            await self.answer_failure(interaction, cause, view)

    def _choices(self, open_: ChooseError, typed: "Typed") -> discord.ui.View:
        """Return a button for each choice, which does what the command would have with that; a list where several may be."""

        async def press(interaction: discord.Interaction, instead: str) -> None:
            if await self.serves(interaction):
                await self.use(interaction, typed.with_choice(open_, instead))

        if open_.most > 1:
            return list_of_choices(open_.choices, open_.most, press)
        return view_of_choices([(label, partial(press, instead=instead)) for label, instead in open_.choices])

    async def answer_changed(self, interaction: discord.Interaction) -> None:
        """Answer a command that Discord has otherwise than the bot, and give Discord the bot's, but not all the time."""
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
        """Answer what failed with one line, with buttons to go on by; what is our own fault is logged in full.

        `instead`: in the place of the answer whose button opened a form.

        What Discord takes no answer to any more is not answered: it tells who asked "The application did not respond".
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
            answer = (  # what failed may be the answer alone, after something was changed
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


def _greeted_in(guild: discord.Guild) -> discord.TextChannel | None:
    """Return where a server is greeted: where Discord says who joined, else the first channel; None: it may write in none."""
    places = [guild.system_channel, *guild.text_channels]
    needed = discord.Permissions(view_channel=True, send_messages=True, read_message_history=True)
    return next((one for one in places if one is not None and one.permissions_for(guild.me) >= needed), None)


def _is_too_late(error: BaseException) -> bool:
    return isinstance(error, discord.HTTPException) and error.code in _TOO_LATE


class CommandTree(app_commands.CommandTree[Bot]):
    """The slash commands: where they are served, and what is answered where one fails."""

    async def interaction_check(self, interaction: discord.Interaction[Bot], /) -> bool:
        """Refuse commands from where the bot does not serve."""
        return await self.client.serves(interaction)

    async def on_error(self, interaction: discord.Interaction[Bot], error: app_commands.AppCommandError, /) -> None:
        """Answer a failed command with one line."""
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            await self.client.answer_changed(interaction)
            return
        command = interaction.command
        typed = Typed(command, dict(iter(interaction.namespace))) if isinstance(command, app_commands.Command) else None
        await self.client.command_failed(interaction, error, typed)


@dataclass(frozen=True, slots=True)
class Typed:
    """A command with its options, as they were typed."""

    command: app_commands.Command[Any, ..., Any]
    options: Mapping[str, Any]
    """As they are typed; of channels what Discord says of them."""

    def with_choice(self, open_: ChooseError, instead: str) -> "Typed":
        """Return it with a choice in the place of what was open."""
        if open_.option is not None:
            return Typed(self.command, {**self.options, open_.option: instead})
        texts = {name: value for name, value in self.options.items() if isinstance(value, str)}
        return Typed(self.command, {**self.options, **replaced(texts, open_.typed, instead)})

    async def run(self, interaction: discord.Interaction) -> None:
        """Do what the command does, as an answer to a press; its checks hold anew.

        Raises:
            BadInputError: a channel that was chosen is gone.
            Exception: whatever a check or the command raises.

        """
        for check in self.command.checks:
            if not await maybe_coroutine(check, interaction):
                raise app_commands.CheckFailure(f"the check of /{self.command.qualified_name} failed")
        options = {name: _resolved(value) for name, value in self.options.items()}
        callback: Any = self.command.callback
        await callback(self.command.binding, interaction, **options)


def _resolved(value: object) -> object:
    """Return an option as the command takes it: a channel as the client knows it; our own are taken as they are typed."""
    if not isinstance(value, app_commands.AppCommandChannel):
        return value
    if (channel := value.resolve()) is None:
        raise BadInputError(f"#{value.name} is gone, or hidden from the bot; choose another channel")
    return channel


def replaced(texts: Mapping[str, str], typed: str, instead: str) -> dict[str, str]:
    """Return texts with another word in the place of `typed`: those that are it, else those that have it in them."""
    whole = {name: instead for name, text in texts.items() if text.strip() == typed.strip()}
    return whole or {name: text.replace(typed, instead) for name, text in texts.items() if typed in text}


def view_of_choices(
    choices: Sequence[tuple[str, Callable[[discord.Interaction], Coroutine[Any, Any, None]]]],
) -> discord.ui.View:
    """Return a button for each label, up to the 25 that a message holds. They live with this process: only who asked has them."""
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
    """Return a list from which up to `most` are chosen, the first 25; `press` gets them with commas between."""
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
    """Return a key of a form, or of a button that opens one, that is answered for as long as this bot lives."""
    return f"{FORM}{Bot.mark}:{secrets.token_hex(8)}"


def is_late(key: str) -> bool:
    """Return True of a key of `form_key` that a bot made which is gone: another process, or this one before a reload."""
    return key.startswith(FORM) and not key.startswith(f"{FORM}{Bot.mark}:")


def lacked(may: discord.Permissions, needed: Collection[str]) -> list[str]:
    """Return which of these permissions the bot lacks, as what it can't do: "view the channel"."""
    return [_CALLED.get(name, name.replace("_", " ")) for name in needed if not getattr(may, name)]


def unmentionable(guild: discord.Guild, may: discord.Permissions, roles: Collection[int | None]) -> list[str]:
    """Return which of these roles the bot can't mention where it has these permissions, as "mention <@&1>".

    Discord posts the message all the same, and tells nobody.
    """
    known = (guild.get_role(key) for key in dict.fromkeys(roles) if key and not may.mention_everyone)
    return [f"mention <@&{role.id}>" for role in known if role is not None and not role.mentionable]


def bot_of(interaction: discord.Interaction) -> Bot:
    """Return the bot that got an interaction."""
    return cast("Bot", interaction.client)


def is_outside(interaction: discord.Interaction) -> bool:
    """Return whether somebody asks in direct messages, or where they have the bot for themselves and the server does not."""
    own = interaction.is_user_integration() and not interaction.is_guild_integration()
    return own or interaction.guild_id is None


async def while_connected(client: discord.Client, work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns, done while the client, which is logged in, stays connected; then it is closed.

    Raises:
        TallydeskError: the connection ended first.

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
    """Close a client whose `connect` runs as `connection`, and end that task and what else is named."""
    await client.close()
    # A client that is closed while it launches a shard would try to connect for ever.
    for task in (connection, *other):
        task.cancel()
    await asyncio.gather(connection, *other, return_exceptions=True)
