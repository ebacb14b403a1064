"""**Read as tally**, and the lists and buttons under an entry."""

import re
from typing import Any, Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from bot.entries.drafts import Asker, Drafts
from bot.entries.drafts_words import EntryCard
from cogs.asker import check_role
from cogs.entry_forms import form_over
from cogs.entry_shown import asker_of, show, show_instead
from cogs.pressable import Pressable

READ_AS_TALLY = "Read as tally"


_BUTTON = re.compile(
    r"entry:(?P<entry>[0-9]{1,18}):(?P<press>enter|mend|own|drop|undo|confirm|reject|leader(?P<place>[0-9]{1,2}))"
)


_LIST = re.compile(r"entry:(?P<entry>[0-9]{1,18}):(?P<list>keep|source|contest|unit)")


class EntryButton(Pressable, template=_BUTTON):
    """A button under an entry."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Do what it says."""
        services, asker, key = bot.services, asker_of(interaction), int(self.match["entry"])
        match self.match["press"]:
            case "confirm":
                await interaction.response.send_message(await services.decisions.confirm(asker, key), ephemeral=True)
            case "reject":
                await interaction.response.send_message(await services.decisions.reject(asker, key), ephemeral=True)
            case "mend":
                opened = await services.drafts.filled(asker, key)
                await interaction.response.send_modal(form_over(key, opened, services.drafts))
            case "enter":
                await show_instead(interaction, await services.decisions.enter(asker, key))
            case "own":
                await show_instead(interaction, await services.drafts.own(asker, key))
            case "drop":
                await show_instead(interaction, await services.drafts.drop(asker, key))
            case "undo":
                await show_instead(interaction, await services.decisions.undo(asker, key))
            case _:
                await show_instead(interaction, await services.drafts.leader(asker, key, int(self.match["place"])))


class EntryList(discord.ui.DynamicItem[discord.ui.Select[Any]], template=_LIST):
    """A list under an entry."""

    def __init__(self, menu: discord.ui.Select[Any], match: re.Match[str]) -> None:
        """Take the list as the message has it."""
        super().__init__(menu)
        self._key, self._list = int(match["entry"]), match["list"]

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the list that was chosen from."""
        del interaction
        return cls(cast("discord.ui.Select[Any]", item), match)

    async def callback(self, interaction: discord.Interaction) -> None:
        """Change the entry, and show it as it is now."""
        bot = cast("Bot", interaction.client)
        try:
            if await bot.serves(interaction):
                await check_role(interaction)
                await show_instead(interaction, await self._change(bot.services.drafts, asker_of(interaction)))
        except Exception as error:  # noqa: BLE001 - as under a button
            await bot.answer_failure(interaction, error)

    async def _change(self, drafts: Drafts, asker: Asker) -> EntryCard:
        chosen = self.item.values
        if self._list == "keep":
            return await drafts.keep(asker, self._key, chosen)
        if self._list == "unit":
            return await drafts.unit(asker, self._key, chosen[0])
        if self._list == "source":
            return await drafts.source(asker, self._key, chosen[0])
        return await drafts.contest(asker, self._key, chosen[0])


@app_commands.guild_only()
async def read_as_tally(interaction: discord.Interaction, message: discord.Message) -> None:
    """Read a message, and show what it says of the count."""
    await check_role(interaction)
    text = "\n".join([message.content, *(embed.description or "" for embed in message.embeds)])
    entering = cast("Bot", interaction.client).services.entering
    card = await entering.read(asker_of(interaction), text, link=message.jump_url, said_at=message.created_at)
    await show(interaction, card)


async def setup(bot: Bot) -> None:
    """Add the command in a message's menu, and let the bot know what is under an entry."""
    bot.tree.add_command(app_commands.ContextMenu(name=READ_AS_TALLY, callback=read_as_tally))
    bot.add_dynamic_items(EntryButton, EntryList)


async def teardown(bot: commands.Bot) -> None:
    """Take them away again."""
    bot.tree.remove_command(READ_AS_TALLY, type=discord.AppCommandType.message)
    bot.remove_dynamic_items(EntryButton, EntryList)
