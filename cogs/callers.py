"""Functions that all commands share: who asks, about which contest, the bot's permissions, and the ephemeral reply."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar, cast
from urllib.parse import parse_qsl, urlencode

import aiohttp
import discord
import structlog
from discord import app_commands
from discord.utils import MISSING

from bot.answers.answers import Answers
from bot.answers.asking import NO_SERVER, NewsroomOnlyError
from bot.client import (
    NEEDED_PERMISSIONS,
    THREAD_PERMISSIONS,
    Bot,
    TypedCommand,
    bot_of,
    is_outside,
    lacking_permissions,
    unmentionable,
)
from bot.database.sqlite_errors import DatabaseError
from bot.desk.desk_file import Contest
from bot.errors import BadInputError
from bot.follows.levels import Level
from bot.newsroom.setup import SettingsEditor
from bot.newsroom.setup_words import Lacks
from bot.outbox.discord import file_of, view_of
from bot.wording.card import Button, Card, Choice, Select
from bot.wording.message import Message, pages, render
from bot.wording.names import listed
from bot.wording.question import Question
from bot.wording.typed_names import contest_label
from bot.wording.viewer import Viewer, seen_by
from cogs.buttons import LateForms, Pressable, chosen, is_sent_again
from cogs.guards import NotAllowedError, guard, level_here, sight
from cogs.options import MOST_CHOICES

log = structlog.get_logger()

T = TypeVar("T")

SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
"""The contexts of commands that can be used in servers only. Replaces Discord's deprecated `dm_permission`."""

_VIEWER = "viewer"
"""The key in `interaction.extras` under which `viewer_of` caches its result."""

_MOST_KEY = 100
"""The most characters that Discord allows in a `custom_id`."""


def usable_anywhere(question: T) -> T:
    """Allow a command everywhere for people who installed the bot for themselves, even in servers without the bot.

    This is for questions about figures that sources publish. All other commands work only in a newsroom's server.
    """
    contexts = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    return contexts(app_commands.allowed_installs(guilds=True, users=True)(question))


def server_of(interaction: discord.Interaction) -> int:
    """Return the id of the server, or `NO_SERVER` in a direct message or a server that the bot is not in."""
    return NO_SERVER if is_outside(interaction) else interaction.guild_id or NO_SERVER


def who_asks(interaction: discord.Interaction) -> str:
    """Return the person's name and id in the form for the audit: "olga (81)"."""
    return f"{interaction.user.name} ({interaction.user.id})"


def check_permissions(interaction: discord.Interaction, target: discord.TextChannel) -> None:
    """Check that the bot has the permissions to post reminders in a channel.

    Raises:
        NotAllowedError: the bot lacks permissions, which the message names.
    """
    here = target.id == interaction.channel_id
    may = interaction.app_permissions if here else target.permissions_for(target.guild.me)
    if lacking := lacking_permissions(may, NEEDED_PERMISSIONS):
        raise NotAllowedError(
            f"no reminder would arrive: in #{target.name} the bot lacks the permission to {listed(lacking)}"
        )


def editor_of(interaction: discord.Interaction) -> SettingsEditor:
    """Return the member who changes a setting, as a `SettingsEditor`.

    It has the member's name and server, the channels that the member can see, and the permissions that the bot lacks
    in each channel.
    """
    return SettingsEditor(
        server_of(interaction),
        who_asks(interaction),
        lacks_in(interaction),
        sight(interaction),
        partial(read_by_everybody, interaction),
    )


def read_by_everybody(interaction: discord.Interaction, channel: int) -> bool:
    """Return True if every member of the server can see a channel."""
    place = interaction.guild.get_channel(channel) if interaction.guild else None
    return place is not None and place.permissions_for(place.guild.default_role).view_channel


def lacks_in(interaction: discord.Interaction) -> Lacks:
    """Return a function that lists the permissions that the bot lacks in a channel.

    For an unknown channel, that function returns None.
    """
    guild = interaction.guild

    def lacks(
        channel: int, board: bool, threads: bool, mentions: Collection[int | None] = (), /
    ) -> tuple[str, ...] | None:
        place = guild.get_channel(channel) if guild else None
        if guild is None or not isinstance(place, discord.TextChannel | discord.ForumChannel):
            return None
        if isinstance(place, discord.ForumChannel):
            return ("post in a forum",)
        may = place.permissions_for(guild.me)
        needed = (*NEEDED_PERMISSIONS, *(("pin_messages",) if board else ()), *(THREAD_PERMISSIONS if threads else ()))
        silent = unmentionable(guild, may, mentions)
        return (*lacking_permissions(may, needed), *silent)

    return lacks


class _AskedBackError(app_commands.CheckFailure):
    """Raised to end a command that replied with a menu of contests to choose from."""


async def contest_of(interaction: discord.Interaction, typed: str | None) -> Contest:
    """Return the contest that was typed, or else the only contest that can be meant.

    If several contests can be meant, the function replies with a select menu and ends the command. A choice from the
    menu runs the command again.

    Raises:
        BadInputError: no such contest exists. Or several contests can be meant, but no menu can be offered: its custom id,
            which Discord limits to 100 characters, has no room for the command's other options.
    """
    rooms, server, person = bot_of(interaction).rooms, server_of(interaction), interaction.user.id
    asking = rooms.answers.asking
    if typed:
        meant = [rooms.follows.contest(typed)]
    else:
        meant = await asking.meant(server, interaction.channel_id or 0, person, sight(interaction))
    if len(meant) == 1:
        asking.keep_last(meant[0], server, person)
        return meant[0]
    command = interaction.command.qualified_name if interaction.command else ""
    options = {name: value for name, value in interaction.namespace}  # noqa: C416 - it has no keys() as dict() asks for
    key = f"which:{command}?{urlencode(options)}"
    if len(key) > _MOST_KEY or not all(isinstance(value, str) for value in options.values()):
        raise BadInputError(f"name the contest with contest:, such as {meant[0].name}")
    choices = tuple(Choice(contest_label(one, meant), one.id) for one in meant[:MOST_CHOICES])
    await answer(interaction, Card.of("Which contest?", selects=(Select(key, "Choose a contest", choices),)))
    raise _AskedBackError


@guard(Level.ANYONE, "the list of contests under a command that names none")
class WhichContest(Pressable, template=re.compile(r"which:(?P<command>[a-z-]{1,32})\?(?P<options>.*)")):
    """A select menu that asks which contest a command is about."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Run the command again with the same options and the chosen contest."""
        command = bot.tree.get_command(self.match["command"])
        if not isinstance(command, app_commands.Command):
            raise BadInputError("that command is gone; type / to see what there is")
        options = {**dict(parse_qsl(self.match["options"])), "contest": chosen(interaction)[0]}
        await bot.use(interaction, TypedCommand(command, options))


async def asked(
    interaction: discord.Interaction, questions: Answers, contest: str | None, at: str | None = None
) -> Question:
    """Return a question about a contest, asked in the channel of the interaction.

    `contest` is the contest as typed, or None (see `contest_of`). `at` is the past time as typed, or None for now.
    """
    which = await contest_of(interaction, contest)
    return await questions.asking.about(which, await viewer_of(interaction), at)


async def viewer_of(interaction: discord.Interaction) -> Viewer:
    """Return the person who asks, with the channel and the person's rights to read.

    The result is cached for the interaction.
    """
    if (known := interaction.extras.get(_VIEWER)) is None:
        level, asking = await level_here(interaction), bot_of(interaction).rooms.answers.asking
        known = interaction.extras[_VIEWER] = await asking.viewer(
            server_of(interaction),
            interaction.channel_id or 0,
            desk=level >= Level.DESK,
            newsroom=level >= Level.REPORTER,
            sees=sight(interaction),
            person=interaction.user.id,
        )
    return cast("Viewer", known)


async def answer_later(interaction: discord.Interaction) -> None:
    """Defer the reply, for work that may take longer than three seconds. The reply itself is sent with `answer`."""
    await interaction.response.defer(ephemeral=True, thinking=not is_sent_again(interaction))


async def file_sent(interaction: discord.Interaction, file: discord.Attachment) -> bytes:
    """Defer the reply, and download a file that was sent with a command or a form.

    Raises:
        BadInputError: the download failed.
    """
    await answer_later(interaction)
    try:
        return await file.read()
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        raise BadInputError("Discord did not deliver the file; try again") from None


async def answer(interaction: discord.Interaction, said: Card | str, viewer: Viewer | None = None) -> None:
    """Reply ephemerally with `said`, in pages if it is long.

    The desk gets a Share button if the answer can be shared. If a form was refused and is sent again, the reply
    replaces the refusal. For the answer to a question, pass the question's viewer as `viewer`.
    """
    if is_sent_again(interaction):
        await answer_instead(interaction, said, viewer)
        return
    page, view = await _first_page(interaction, said, viewer)
    embeds = [discord.Embed.from_dict(dict(embed)) for embed in page.embeds]
    file = file_of(said.picture) if isinstance(said, Card) and said.picture else MISSING
    if interaction.response.is_done():
        await interaction.followup.send(page.content, embeds=embeds, view=view or MISSING, file=file, ephemeral=True)
    else:
        await interaction.response.send_message(
            page.content, embeds=embeds, view=view or MISSING, file=file, ephemeral=True
        )


async def answer_instead(interaction: discord.Interaction, said: Card | str, viewer: Viewer | None = None) -> None:
    """Replace the message whose button, list or form was used with the new answer `said`."""
    page, view = await _first_page(interaction, said, viewer)
    await _edit(interaction, page, view)


async def show_step_instead(interaction: discord.Interaction, card: Card) -> None:
    """Replace the message whose button, list or form was used with `card`, with four buttons in each row."""
    await answer_instead(interaction, replace(card, a_row=4))


async def turn_page(interaction: discord.Interaction, key: int, page: int) -> None:
    """Show another page of a stored answer.

    Raises:
        BadInputError: the answer is no longer stored, or is based on a source that the person may no longer read.
        NewsroomOnlyError: the channel is public by now, and the contest's leading source is for the newsroom only.
    """
    answers = bot_of(interaction).rooms.answers
    kept = await answers.kept.kept(key, server_of(interaction), interaction.user.id)
    if kept is None:
        raise BadInputError("that answer is more than a day old; ask again")
    viewer = await answers.asking.again(await viewer_of(interaction), kept.leads)
    seen = seen_by(kept.card, viewer)
    if seen.basis_sources:
        raise BadInputError("that answer rests on what you can't read any more; ask again")
    card = replace(seen.card, buttons=(), selects=()) if seen.without else seen.card  # they may name what was removed
    shown = pages(card)
    page = min(page, len(shown) - 1)
    view = _view(card, viewer, _page_buttons(key, page, len(shown)), f"{key}:{page}")
    await _edit(interaction, render(shown[page]), view)


async def _edit(interaction: discord.Interaction, page: Message, view: discord.ui.View | None) -> None:
    embeds = [discord.Embed.from_dict(dict(embed)) for embed in page.embeds]
    if interaction.response.is_done():
        await interaction.edit_original_response(content=page.content, embeds=embeds, view=view)
    else:
        await interaction.response.edit_message(content=page.content, embeds=embeds, view=view)


async def _first_page(
    interaction: discord.Interaction, said: Card | str, viewer: Viewer | None
) -> tuple[Message, discord.ui.View | None]:
    """Return the first page of the answer `said`, with its buttons.

    The answer is stored if it has more pages or can be shared.
    """
    viewer = viewer or await viewer_of(interaction)
    seen = seen_by(Card.of(said) if isinstance(said, str) else said, viewer)
    if seen.basis_sources:
        raise NewsroomOnlyError
    whole, shown = seen.card, pages(seen.card)
    key = 0
    if len(shown) > 1 or (whole.share is not None and viewer.desk):
        kept = bot_of(interaction).rooms.answers.kept
        try:
            key = await kept.keep(viewer, interaction.user.id, whole, paged=len(shown) > 1)
        except DatabaseError as error:
            if len(shown) > 1:
                raise
            log.error("an answer is not stored, and goes without its Share button", why=str(error))  # noqa: TRY400 - the error is one plain line
    ways = _page_buttons(key, 0, len(shown))
    first = render(shown[0])
    if isinstance(said, str):  # a confirmation already names its posts
        return first, view_of((), whole.a_row, (), ways) if ways else None
    return first, _view(whole, viewer, ways, f"{key}:0" if key else "")


def _page_buttons(key: int, page: int, pages: int) -> tuple[Button, ...]:
    before = (Button("Previous", f"page:{key}:{page - 1}"),) if page else ()
    after = (Button("Next", f"page:{key}:{page + 1}"),) if page + 1 < pages else ()
    return (*before, *after)


def _view(card: Card, viewer: Viewer, ways: Sequence[Button], kept: str) -> discord.ui.View | None:
    """Return the buttons and lists below an answer, or None if there are none.

    `ways` are the buttons to the previous and next page. `kept` is "KEY:PAGE" of the stored answer, or empty.
    """
    buttons, selects = list(card.buttons), card.selects
    if card.share is not None and viewer.desk and kept:
        buttons.append(replace(card.share, key=f"{card.share.key}:{kept}"))
    preview = card.share is None and bool(card.buttons)  # the posts that it names are those a button would change
    if not selects and not preview and viewer.server != NO_SERVER and (named := card.posts):
        choices = tuple(Choice(f"#{number}", str(number)) for number in named[:MOST_CHOICES])
        selects = (*selects, Select("why", "Why? Choose a post", choices))
    return view_of(buttons, card.a_row, selects, ways) if buttons or selects or ways else None


async def setup(bot: Bot) -> None:
    """Add the select menu of contests, and the replies to late forms, to the bot."""
    await bot.add_cog(LateForms())
    bot.add_dynamic_items(WhichContest)
