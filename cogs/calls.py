"""`/call` and `/calls`: what others say of an outcome, each in its own word."""

import re
from dataclasses import replace
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from bot.count.call import CallSays, Verb
from bot.follows.levels import Level
from bot.wording.typed_times import past_time
from cogs.buttons import Pressable
from cogs.callers import answer, asked, contest_of
from cogs.entries import asker_of
from cogs.guards import guard
from cogs.options import CONTEST, CallerOption, CandidateOption, ContestOption, TypedAsOf

_SAYS: dict[str, CallSays] = {
    "called it": "called",
    "too close to call": "too_close",
    "too early to call": "too_early",
    "goes to a runoff": "runoff",
    "withdrew its call": "none",
}

_VERBS: dict[str, Verb] = {
    "called": "called",
    "projected": "projected",
    "declared": "declared",
    "apparent winner": "apparent_winner",
}


class CallCommands(commands.Cog):
    """What others say of an outcome."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @app_commands.command(description="Enter a call of a race, or its withdrawal")
    @app_commands.describe(
        caller="Who made the call, such as the AP",
        candidate="Who it is called for; several with commas between",
        says="What it says; default: called it",
        contest=CONTEST,
        how="The caller's own word, where it is not its usual one",
        as_of="When: 7:40 p.m., yesterday 7pm; by default now",
    )
    @app_commands.guild_only()
    @guard(Level.REPORTER)
    async def call(
        self,
        interaction: discord.Interaction,
        caller: CallerOption,
        candidate: CandidateOption | None = None,
        says: Literal[
            "called it", "too close to call", "too early to call", "goes to a runoff", "withdrew its call"
        ] = "called it",
        contest: ContestOption | None = None,
        how: Literal["called", "projected", "declared", "apparent winner"] | None = None,
        as_of: TypedAsOf | None = None,
    ) -> None:
        """Show a call, or that it is gone, before it is entered."""
        rooms, verb = self.bot.rooms, _VERBS[how] if how else None
        which, asker = await contest_of(interaction, contest), await asker_of(interaction)
        at = past_time(as_of, rooms.clock.now(), rooms.setting.desk.zone) if as_of else None
        add, what = rooms.entries.calls.add, _SAYS[says]
        await answer(interaction, await add(asker, which, caller, what, candidate=candidate, verb=verb, as_of=at))

    @app_commands.command(description="Who has called it, for whom and when")
    @app_commands.describe(contest=CONTEST, at="An earlier time: 3:05 a.m., 7:30 p.m., yesterday 7pm, Nov. 6 4:30 a.m.")
    @app_commands.guild_only()
    @guard(Level.ANYONE)
    async def calls(
        self, interaction: discord.Interaction, contest: ContestOption | None = None, at: TypedAsOf | None = None
    ) -> None:
        """Reply with each caller's last word."""
        question = await asked(interaction, self.bot.rooms.answers, contest, at)
        said = await self.bot.rooms.entries.calls.listed(question)
        viewer = question.viewer
        await answer(interaction, said if viewer.newsroom else replace(said, buttons=()), viewer)


@guard(Level.REPORTER, "**The AP withdrew its call** under a call that was entered, and under `/calls`")
class WithdrewCall(Pressable, template=re.compile(r"call:withdrew:(?P<contest>[0-9a-f]{8}):(?P<caller>[0-9a-f]{8})")):
    """The button that says that a caller took its call back."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Show what goes out before it is entered, below what was pressed."""
        asker, withdrew = await asker_of(interaction), bot.rooms.entries.calls.withdrew
        await answer(interaction, await withdrew(asker, self.match["contest"], self.match["caller"]))


async def setup(bot: Bot) -> None:
    """Add the commands to the bot, and let it know the button."""
    bot.add_dynamic_items(WithdrewCall)
    await bot.add_cog(CallCommands(bot))
