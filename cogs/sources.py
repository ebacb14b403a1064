"""`/mute`, with which a source is muted or made to lead a contest, and the buttons under figures on hold."""

import re
from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot, bot_of
from bot.desk.desk_file import Contest
from bot.follows.levels import Level
from bot.tally.holds import HOLD_PRESSES, HoldPress
from bot.tally.leading_source import DESK_FILE
from bot.wording.card import Card
from bot.wording.limits import cut
from cogs.buttons import AnsweredForm, Pressable, TextField, chosen
from cogs.callers import answer, answer_instead, server_of, who_asks
from cogs.entries import asker_of
from cogs.guards import guard, sight
from cogs.options import SourceOption


class SourceCommands(commands.Cog):
    """The command that shows a source's card."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @app_commands.command(description="Mute a source, or have margin posts use it")
    @app_commands.describe(source="The source")
    @app_commands.guild_only()
    @guard(Level.DESK)
    async def mute(self, interaction: discord.Interaction, source: SourceOption) -> None:
        """Show a card about a source: the contests that it leads in this server, and whether it is muted."""
        await answer(interaction, await _card(self.bot, interaction, source))


async def _card(bot: Bot, interaction: discord.Interaction, key: str, note: str = "") -> Card:
    """Return the card of a source in its present state. `note` is a line on the action that was just taken."""
    suspensions, server = bot.rooms.newsroom.suspensions, server_of(interaction)
    leads, could = await bot.rooms.tally.leading_source.contests_of(server, suspensions.source(key).id)
    return await suspensions.source_card(key, server, leads, could, note)


@guard(Level.DESK, "**Mute**, **Unmute** and **Add a reason** under `/mute`, and its list of what it may lead")
class SourcePart(Pressable, template=re.compile(r"source:(?P<press>mute|unmute|why|lead):(?P<tag>[0-9a-f]{8})")):
    """A button or the list on a source's card."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Mute the source, preview the posts that unmuting would release, or open the form that asks for a reason."""
        suspensions = bot.rooms.newsroom.suspensions
        source, server, who = (
            suspensions.source_by_tag(self.match["tag"]),
            server_of(interaction),
            who_asks(interaction),
        )
        if self.match["press"] == "mute":
            load = await suspensions.mute(source.id, server, who)
            await answer_instead(interaction, await _card(bot, interaction, source.id, load))
        elif self.match["press"] == "unmute":
            said = await suspensions.ask_to_unmute(source.id, server, who, None, sight(interaction))
            card = said if isinstance(said, Card) else await _card(bot, interaction, source.id, said)
            await answer_instead(interaction, card)
        elif self.match["press"] == "why":
            await interaction.response.send_modal(WhyForm(f"Why {source.name} is muted", source.id, None))
        else:
            contest = bot.rooms.follows.contest(chosen(interaction)[0])
            await interaction.response.send_modal(WhyForm(f"Why follow {source.name}", source.id, contest))


@guard(Level.DESK)
class WhyForm(AnsweredForm):
    """A form for the reason to mute a source, or to make it lead a contest."""

    why = TextField("Reason (kept in the audit)", required=False, max_length=300)

    def __init__(self, title: str, source: str, contest: Contest | None) -> None:
        """Create a form that asks for the reason to change something about the source with the id `source`.

        `contest` is the contest that the source should lead, or None if the source is muted.
        """
        super().__init__(title=cut(title, 45))
        self._source, self._contest = source, contest

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Store the reason, make the source lead `contest` if it is given, and show the changed card."""
        bot, server, who = bot_of(interaction), server_of(interaction), who_asks(interaction)
        why, text = self.why.value.strip() or None, ""
        if self._contest is not None:
            key = DESK_FILE if self._contest.leads == self._source else self._source
            text = await bot.rooms.tally.leading_source.lead(self._contest, key, server, who, why)
        elif why:
            await bot.rooms.newsroom.suspensions.set_mute_reason(self._source, server, who, why)
        await answer_instead(interaction, await _card(bot, interaction, self._source, text))


@guard(
    Level.DESK,
    "**Post**, **Wait**, **Discard** under figures on hold, **Undo**, **Withdraw**, **Confirm** and **Reject** of it",
)
class AnswerHold(
    Pressable,
    template=re.compile(
        rf"hold:(?P<press>{'|'.join(HOLD_PRESSES)}):(?P<series>[0-9]{{1,18}}):(?P<since>[0-9]{{1,18}})"
        "(?::(?P<figures>[0-9a-f]{16}))?"
    ),
):
    """A button with which the desk decides on figures on hold.

    A button from an earlier version of the bot has a key without figures. Such a button changes nothing, and shows the
    figures on hold.
    """

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Apply the decision, and reply with the result."""
        press = cast("HoldPress", self.match["press"])
        key = (int(self.match["series"]), int(self.match["since"]), self.match["figures"])
        card = await bot.rooms.tally.holds.press(press, *key, await asker_of(interaction))
        await answer(interaction, card)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(SourceCommands(bot))
    bot.add_dynamic_items(AnswerHold, SourcePart)
