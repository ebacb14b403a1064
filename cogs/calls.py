"""`/call`: what others say of an outcome, each in its own word; and whose calls the newsroom repeats."""

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from bot.count.call import CallSays, Verb
from bot.follows.levels import Level
from bot.wording.typed_times import past_time
from cogs.asking import SERVERS, answer, asked, server_of, who_asks
from cogs.entries import asker_of, show_entry
from cogs.guards import guard
from cogs.options import CallerOption, CandidateOption, ContestOption, Reason, When

_SAYS: dict[str, CallSays] = {
    "called it": "called",
    "too close to call": "too_close",
    "too early to call": "too_early",
    "goes to a runoff": "runoff",
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
        """Enter and answer through the bot's rooms."""
        self._rooms = bot.rooms

    call = app_commands.Group(name="call", description="Calls by others", allowed_contexts=SERVERS)

    @call.command(description="Enter a call by others; you see it before it is posted")
    @app_commands.describe(
        contest="The contest",
        caller="Who made the call",
        says="What the caller says",
        candidate="Called for whom; several with commas between",
        how="The caller's verb, where it differs from the usual",
        as_of="When it was said: now, 7:40pm; by default now",
        reason="Why, for whoever confirms it",
    )
    @guard(Level.REPORTER)
    async def add(
        self,
        interaction: discord.Interaction,
        contest: ContestOption,
        caller: CallerOption,
        says: Literal["called it", "too close to call", "too early to call", "goes to a runoff"],
        candidate: CandidateOption | None = None,
        how: Literal["called", "projected", "declared", "apparent winner"] | None = None,
        as_of: When | None = None,
        reason: Reason | None = None,
    ) -> None:
        """Show a call before it is entered."""
        rooms, verb = self._rooms, _VERBS[how] if how else None
        which, asker = rooms.follows.contest(contest), await asker_of(interaction)
        at = past_time(as_of, rooms.clock.now(), rooms.setting.desk.zone) if as_of else None
        add, what = rooms.entries.calls.add, _SAYS[says]
        card = await add(asker, which, caller, what, candidate=candidate, verb=verb, as_of=at, why=reason)
        await show_entry(interaction, card)

    @call.command(description="Enter that a caller withdrew its call; for our own mistake use /tally retract")
    @app_commands.describe(
        contest="The contest",
        caller="Who made the call",
        as_of="When it was withdrawn: now, 9:40; by default now",
        reason="Why, for whoever confirms it",
    )
    @guard(Level.REPORTER)
    async def retract(
        self,
        interaction: discord.Interaction,
        contest: ContestOption,
        caller: CallerOption,
        as_of: When | None = None,
        reason: Reason | None = None,
    ) -> None:
        """Show that a call is gone before it is entered."""
        rooms = self._rooms
        which, asker = rooms.follows.contest(contest), await asker_of(interaction)
        at = past_time(as_of, rooms.clock.now(), rooms.setting.desk.zone) if as_of else None
        await show_entry(interaction, await rooms.entries.calls.add(asker, which, caller, "none", as_of=at, why=reason))

    @call.command(name="list", description="Each caller's latest call on a contest, with its time")
    @app_commands.describe(
        contest="The contest", at="An earlier time: 3:05, 7:30 p.m., yesterday 7pm, Nov. 6 4:30 a.m."
    )
    @guard(Level.ANYONE)
    async def listing(self, interaction: discord.Interaction, contest: ContestOption, at: When | None = None) -> None:
        """Reply with each caller's last word."""
        question = await asked(interaction, self._rooms.answers, contest, at)
        await answer(interaction, await self._rooms.entries.calls.listed(question))

    @call.command(description="Whether a caller's calls are posted automatically from its feed")
    @app_commands.describe(caller="Whose calls", posted="Yes: posted automatically. No: shown in answers only")
    @guard(Level.MANAGER)
    async def repeat(
        self, interaction: discord.Interaction, caller: CallerOption, posted: Literal["yes", "no"]
    ) -> None:
        """Keep whose calls the newsroom repeats."""
        repeat = self._rooms.entries.calls.repeat
        await answer(
            interaction, await repeat(server_of(interaction), caller, who_asks(interaction), on=posted == "yes")
        )


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(CallCommands(bot))
