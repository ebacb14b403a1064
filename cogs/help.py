"""`/help`: what a person can do in this channel with their role, and which data the bot stores about them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from bot.errors import BadInputError
from bot.follows.levels import Level
from bot.newsroom.help_words import HelpLine, Topics, data_card, forget_me_card, help_card, topic_card, topic_slug
from bot.wording.card import Card
from cogs.buttons import Pressable
from cogs.callers import answer, answer_instead, server_of, viewer_of
from cogs.guards import guard, level_here, level_of

TOPICS: Mapping[str, Sequence[str]] = {
    "Ask": ("margin", "since", "county", "history", "outstanding", "recount", "certified", "calls"),
    "Sources": ("sources", "why"),
    "Copy": ("draft", "chart", "export"),
    "Schedule": (
        "next",
        "remindme",
        "schedule show",
        "schedule add",
        "schedule import",
        "schedule edit",
        "schedule move",
        "schedule cancel",
    ),
    "Enter": ("tally", "certify", "call", "entries", "Read as tally"),
    "Control": ("correct", "pause", "retract", "status", "held", "mute", "audit"),
    "Set up": ("following", "desk setup", "help"),
}
"""Every command by topic, the most used command first."""

MENUS = {
    "Read as tally": "Press and hold a message, then choose Apps: you see what is read in it before anything is entered"
}
"""Descriptions of commands in a message's menu, because Discord has no descriptions for them."""


class HelpCommands(commands.Cog):
    """The `/help` command."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @app_commands.command(description="What you can do here")
    @app_commands.guild_only()
    @guard(Level.ANYONE)
    async def help(self, interaction: discord.Interaction) -> None:
        """Reply with everything that the person can do in this channel."""
        await _show(interaction, await _help(self.bot, interaction))


@guard(Level.ANYONE, "the buttons under `/help` and under the greeting")
class HelpButton(Pressable, template=re.compile(r"help:(?P<press>[a-z-]+)")):
    """A button to a topic, to the person's own data, or to delete that data."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Show the topic or the data, or delete the data."""
        press = self.match["press"]
        if press == "sure":
            await interaction.response.defer(ephemeral=True, thinking=True)  # it searches all tables
            text = await bot.rooms.newsroom.forgetting.forget_person(interaction.user.id, server_of(interaction))
            await interaction.followup.send(text, ephemeral=True)
        elif press == "all":
            await _show(interaction, await _help(bot, interaction))
        elif press == "data":
            await _show(interaction, data_card(await _topics(bot, interaction)))
        elif press == "forget":
            await _show(interaction, forget_me_card())
        else:
            topics = await _topics(bot, interaction)
            by_key = {topic_slug(topic): topic for topic in topics}
            if press not in by_key:
                raise BadInputError("that topic is gone; `/help` shows what there is")
            await _show(interaction, topic_card(topics, by_key[press]))


async def _help(bot: Bot, interaction: discord.Interaction) -> Card:
    """Return the card that lists all topics."""
    viewer = await viewer_of(interaction)
    here = await bot.rooms.answers.asking.followed(viewer.server, viewer.channel)
    return help_card(await _topics(bot, interaction), await level_here(interaction), here, public=viewer.public)


async def _topics(bot: Bot, interaction: discord.Interaction) -> Topics:
    """Return the commands that the person may use, by topic."""
    level, lines = await level_here(interaction), _lines(bot)
    topics = {
        topic: [line for needed, line in (lines[name] for name in names) if level >= needed]
        for topic, names in TOPICS.items()
    }
    return {topic: found for topic, found in topics.items() if found}


def _lines(bot: Bot) -> dict[str, tuple[Level, HelpLine]]:
    """Return each command's required level and help line, by the command's name."""
    slash = [one for one in bot.tree.walk_commands() if isinstance(one, app_commands.Command)]
    menus = bot.tree.walk_commands(type=discord.AppCommandType.message)
    described = [(one, one.description) for one in slash] + [(one, MENUS[one.qualified_name]) for one in menus]
    return {
        one.qualified_name: (
            level_of(one),
            HelpLine(one.qualified_name, does, bot.command_ids.get(one.qualified_name.split(" ")[0])),
        )
        for one, does in described
    }


async def _show(interaction: discord.Interaction, card: Card) -> None:
    """Show an ephemeral card, in place of the card with the pressed button or else as a new reply."""
    has_one = interaction.message is not None and interaction.message.flags.ephemeral
    await (answer_instead if has_one else answer)(interaction, replace(card, a_row=4))


async def setup(bot: Bot) -> None:
    """Add the command to the bot."""
    await bot.add_cog(HelpCommands(bot))
    bot.add_dynamic_items(HelpButton)
