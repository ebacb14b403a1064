"""`/source`: mute a source, or let it lead a contest; and the buttons under a notice that a reading is held."""

import re
from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from bot.follows.levels import Level
from bot.tally.holds import HOLD_PRESSES, HoldPress
from cogs.asking import SERVERS, answer, server_of, who_asks
from cogs.buttons import Pressable
from cogs.guards import guard, sight
from cogs.options import ContestOption, LeadOption, Reason, SourceOption


class SourceCommands(commands.Cog):
    """Mutes sources, and lets them lead."""

    def __init__(self, bot: Bot) -> None:
        """Set through the bot's rooms."""
        self._rooms = bot.rooms

    source = app_commands.Group(name="source", description="The sources of the count", allowed_contexts=SERVERS)

    @source.command(name="mute", description="Stop posting a source in this server for now")
    @app_commands.describe(source="The source", reason="Why; saved in the audit")
    @guard(Level.DESK)
    async def mute(self, interaction: discord.Interaction, source: SourceOption, reason: Reason | None = None) -> None:
        """Hold what tells a source's word."""
        mute = self._rooms.newsroom.suspensions.mute
        await answer(interaction, await mute(source, server_of(interaction), who_asks(interaction), reason))

    @source.command(name="unmute", description="Post a source again, with what waited")
    @app_commands.describe(source="The source", reason="Why; saved in the audit")
    @guard(Level.DESK)
    async def unmute(
        self, interaction: discord.Interaction, source: SourceOption, reason: Reason | None = None
    ) -> None:
        """Show what would go out, with a button that lets it."""
        server, who = server_of(interaction), who_asks(interaction)
        unmute = self._rooms.newsroom.suspensions.ask_to_unmute
        await answer(interaction, await unmute(source, server, who, reason, sight(interaction)))

    @source.command(name="lead", description="Choose the source that posts on a contest follow")
    @app_commands.describe(
        contest="The contest", source="The source, or as in the desk file", reason="Why; saved in the audit"
    )
    @guard(Level.DESK)
    async def lead(
        self, interaction: discord.Interaction, contest: ContestOption, source: LeadOption, reason: Reason | None = None
    ) -> None:
        """Let a source lead a contest."""
        asked, server = self._rooms.follows.contest(contest), server_of(interaction)
        lead = self._rooms.tally.lead_source.lead
        await answer(interaction, await lead(asked, source, server, who_asks(interaction), reason))


_KEY = re.compile(
    rf"hold:(?P<press>{'|'.join(HOLD_PRESSES)}):(?P<series>[0-9]{{1,18}}):(?P<since>[0-9]{{1,18}})"
    "(?::(?P<figures>[0-9a-f]{16}))?"
)
"""A button without figures was posted by an earlier version: it decides about nothing, and shows what is held."""


@guard(
    Level.DESK,
    "**Post**, **Wait**, **Discard** under figures on hold, **Undo**, **Withdraw**, **Confirm** and **Reject** of it",
)
class AnswerHold(Pressable, template=_KEY):
    """A button that answers a hold; its key says all, so that it works after any restart."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Answer the hold, and who pressed."""
        press = cast("HoldPress", self.match["press"])
        key = (int(self.match["series"]), int(self.match["since"]), self.match["figures"])
        said = await bot.rooms.tally.holds.press(press, *key, server_of(interaction), who_asks(interaction))
        await answer(interaction, said)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(SourceCommands(bot))
    bot.add_dynamic_items(AnswerHold)


async def teardown(bot: commands.Bot) -> None:
    """Let the bot forget the buttons."""
    bot.remove_dynamic_items(AnswerHold)
