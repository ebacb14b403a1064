"""`/call` and `/calls`: race calls by others, such as the AP, each with the caller's own verb."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Literal, Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot, bot_of
from bot.count.call import CallSays, Verb
from bot.desk.desk_file import MOST_CALLER_NAME
from bot.follows.levels import Level
from bot.outcomes.calls_words import caller_added
from bot.wording.card import Card
from bot.wording.typed_times import past_time
from cogs.buttons import AnsweredForm, Pressable, TextField
from cogs.callers import answer, asked, contest_of, server_of, who_asks
from cogs.entries import asker_of
from cogs.guards import guard, level_here
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
    """Commands to enter and list race calls by others, such as the AP."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @app_commands.command(description="Enter a call of a race, or its withdrawal")
    @app_commands.describe(
        caller="Who made the call, such as the AP",
        candidate="Who it is called for; several with commas between",
        says="What it says; default: called it",
        contest=CONTEST,
        how="The caller's own word, if not its usual one",
        as_of="When: 7:40 p.m., yesterday 7 p.m.; by default now",
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
        """Preview a call or its withdrawal, with a button that enters it."""
        rooms, verb = self.bot.rooms, _VERBS[how] if how else None
        which, asker = await contest_of(interaction, contest), await asker_of(interaction)
        at = past_time(as_of, rooms.clock.now(), rooms.setting.desk.zone) if as_of else None
        calls, what = rooms.entries.calls, _SAYS[says]
        if await level_here(interaction) >= Level.DESK and await calls.is_unknown(asker.server, caller):
            form = CallerForm(caller, partial(calls.add, asker, which, says=what, candidate=candidate, as_of=at), verb)
            await interaction.response.send_modal(form)
            return
        await answer(interaction, await calls.add(asker, which, caller, what, candidate=candidate, verb=verb, as_of=at))

    @app_commands.command(description="Who has called it, for whom and when")
    @app_commands.describe(contest=CONTEST, at="An earlier time: 3:05 a.m., yesterday 7 p.m., Nov. 6 4:30 a.m.")
    @app_commands.guild_only()
    @guard(Level.ANYONE)
    async def calls(
        self, interaction: discord.Interaction, contest: ContestOption | None = None, at: TypedAsOf | None = None
    ) -> None:
        """Reply with the latest call by each caller, or its withdrawal."""
        question = await asked(interaction, self.bot.rooms.answers, contest, at)
        card = await self.bot.rooms.entries.calls.listed(question)
        viewer = question.viewer
        await answer(interaction, card if viewer.newsroom else replace(card, buttons=()), viewer)


@guard(Level.DESK)
class CallerForm(AnsweredForm, title="Add a caller"):
    """A form for the name and the usual verb of a new caller.

    Once it is sent, the caller's first call is previewed.
    """

    name = TextField("Name in a sentence: CNN, ABC News, the AP", name="Name", max_length=MOST_CALLER_NAME)

    def __init__(self, typed: str, go_on: Callable[..., Awaitable[Card]], verb: Verb | None) -> None:
        """Create a form with the name `typed` in its first field.

        `go_on` previews the call, with `verb` or else the caller's usual verb.
        """
        super().__init__()
        self._go_on, self._verb = go_on, verb
        self.name.input.default = typed[:MOST_CALLER_NAME]
        options = [
            discord.SelectOption(label=label, value=one, default=one == (verb or "projected"))
            for label, one in _VERBS.items()
        ]
        self.verb: discord.ui.Label[Self] = discord.ui.Label(
            text="The verb it uses", component=discord.ui.Select(options=options)
        )
        self.add_item(self.verb)

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Add the caller, and preview the caller's call."""
        calls, server = bot_of(interaction).rooms.entries.calls, server_of(interaction)
        usual = cast("Verb", cast("discord.ui.Select[Self]", self.verb.component).values[0])
        caller = await calls.add_caller(server, who_asks(interaction), self.name.value, usual)
        card = await self._go_on(caller=caller.id, verb=self._verb)
        await answer(interaction, card.above(caller_added(caller)))


@guard(Level.REPORTER, "**Enter a withdrawal by the AP** under a call that was entered, and under `/calls`")
class WithdrewCall(Pressable, template=re.compile(r"call:withdrew:(?P<contest>[0-9a-f]{8}):(?P<caller>[0-9a-f]{8})")):
    """A button to enter that a caller withdrew a call."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Preview the withdrawal in a new reply."""
        asker, withdrew = await asker_of(interaction), bot.rooms.entries.calls.withdrew
        await answer(interaction, await withdrew(asker, self.match["contest"], self.match["caller"]))


async def setup(bot: Bot) -> None:
    """Add the commands and the button to the bot."""
    bot.add_dynamic_items(WithdrewCall)
    await bot.add_cog(CallCommands(bot))
