"""The buttons under an answer: Share in this channel, and Newer and Older under /history."""

import re
from typing import Any

import discord
from discord.ext import commands

from bot.answers.sharing import Shown
from bot.client import Bot
from bot.errors import BadInputError
from bot.wording.draft import Picture
from bot.wording.question import tagged
from cogs.answering import turn_page
from cogs.asker import server_of, who_asks
from cogs.pressable import Pressable

_SHARE = re.compile(r"share:(?P<scope>open|inside):(?P<tag>[0-9a-f]{8}|none)")


_PAGE = re.compile(r"history:(?P<tag>[0-9a-f]{8}):(?P<key>[no]:-?[0-9]{1,20}:[0-9]{1,20})")


class Share(Pressable, template=_SHARE):
    """Puts the answer into the channel."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Share what the message shows, once."""
        message = interaction.message
        if message is None:
            raise BadInputError("that answer is gone; ask again")
        sharing, server = bot.services.questions.sharing, server_of(interaction)
        if said := await sharing.shared(message.id, server):
            await interaction.response.send_message(said, ephemeral=True)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)  # a picture has to be fetched first
        embeds = [_kept(embed) for embed in message.embeds if embed.type in (None, "rich")]
        shown = Shown(message.id, message.content, embeds, interaction.created_at - message.created_at)
        place, who = (server, interaction.channel_id or 0), who_asks(interaction)
        picture = await _picture(message)
        said = await sharing.share(shown, self.match["scope"], self.match["tag"], place, who, picture)
        await interaction.followup.send(said, ephemeral=True)


class Page(Pressable, template=_PAGE):
    """Turns a page of batches."""

    for_all = True

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Show the page instead."""
        contest = tagged(bot.services.setting.desk, self.match["tag"])
        if contest is None:
            raise BadInputError("the desk no longer covers that contest")
        questions = bot.services.questions
        question = await questions.asking.about(contest, server_of(interaction), interaction.channel_id or 0)
        await turn_page(interaction, await questions.moves.page(question, self.match["key"]))


def _kept(embed: discord.Embed) -> dict[str, Any]:
    """Return an embed as it was sent."""
    return {
        key: value
        for key, value in embed.to_dict().items()
        if key in ("title", "description", "color", "fields", "footer")
    }


async def _picture(message: discord.Message) -> Picture | None:
    """Return the picture that an answer shows, as Discord keeps it."""
    if not message.attachments:
        return None
    file = message.attachments[0]
    try:
        return Picture(await file.read(), file.description or "", file.filename)
    except (discord.HTTPException, discord.NotFound, OSError) as error:
        raise BadInputError("Discord no longer has the picture; ask for the chart again") from error


async def setup(bot: Bot) -> None:
    """Let the bot know the buttons."""
    bot.add_dynamic_items(Share, Page)


async def teardown(bot: commands.Bot) -> None:
    """Let the bot forget the buttons."""
    bot.remove_dynamic_items(Share, Page)
