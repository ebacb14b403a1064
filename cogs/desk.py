"""`/follow`, `/unfollow` and `/following`: which channel follows which contest."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NEEDED, Bot
from bot.follows.follows_words import unfollow_answer
from bot.newsroom.preferences_words import taste_lines
from bot.outbox.discord import view_of
from bot.tally.standing_words import follow_answer
from cogs.asker import NotAllowedError, check_permissions, check_role, granted, server_of, who_asks
from cogs.options import ContestOption
from cogs.setup_editor import lacks_in
from cogs.tastes import following_page


class Desk(commands.Cog):
    """Which channel follows which contest."""

    def __init__(self, bot: Bot) -> None:
        """Set through the bot's services."""
        self._bot = bot
        self._services = bot.services

    @app_commands.command(description="Post in this channel what each update does to a contest")
    @app_commands.describe(
        contest="The contest",
        channel="Where to post; by default here",
        at_least="Post when the margin has moved by so many votes; by default 25 votes or 0.3% of the lead",
        board="Keep a pinned board with where it stands now; by default where the bot may pin messages",
        roll_up="After how many minutes small changes are told together; by default an hour",
        quiet_hours="When nothing is posted, by the desk's clock: 23:00-6:30, or none",
        election_night="On election night a digest instead of each batch; by default yes",
        mention="The role that a lead change mentions",
        thread="Post in a thread of the contest",
    )
    @app_commands.guild_only()
    async def follow(
        self,
        interaction: discord.Interaction,
        contest: ContestOption,
        channel: discord.TextChannel | None = None,
        at_least: app_commands.Range[int, 1, 1_000_000] | None = None,
        board: bool | None = None,
        roll_up: app_commands.Range[int, 5, 1440] | None = None,
        quiet_hours: app_commands.Range[str, 1, 20] | None = None,
        election_night: bool | None = None,
        mention: discord.Role | None = None,
        thread: bool | None = None,
    ) -> None:
        """Let a channel follow a contest."""
        services = self._services
        target = await self._target(interaction, channel)
        asked = services.following.contest(contest)
        check_permissions(interaction, target, needed=(*NEEDED, "pin_messages") if board else NEEDED)
        pinned = granted(interaction, target).pin_messages if board is None else board
        server, who = server_of(interaction), who_asks(interaction)
        taste = await services.tastes.asked(
            server, target.id, asked.id, quiet_hours, lacks_in(interaction),
            roll_up=roll_up, night=election_night, mention=mention and mention.id, thread=thread,
        )  # fmt: skip
        follows = services.following.follow
        before = await follows(asked, server, target.id, at_least, who, board=pinned, taste=taste)
        facts = await services.query.margin(asked, server)
        again = before is not None
        wants = taste_lines(taste)
        answer = follow_answer(
            asked, target.id, at_least, facts, services.setting, again=again, board=pinned, wants=wants
        )
        await interaction.response.send_message(answer, ephemeral=True)

    @app_commands.command(description="Stop posting a contest's updates in this channel")
    @app_commands.describe(contest="The contest", channel="Where; by default here")
    @app_commands.guild_only()
    async def unfollow(
        self, interaction: discord.Interaction, contest: ContestOption, channel: discord.TextChannel | None = None
    ) -> None:
        """Let a channel no longer follow a contest."""
        target = await self._target(interaction, channel)
        following = self._services.following
        asked = following.contest(contest)
        did = await following.unfollow(asked, server_of(interaction), target.id, who_asks(interaction))
        await interaction.response.send_message(unfollow_answer(asked, target.id, did=did), ephemeral=True)

    @app_commands.command(description="What the channels of this server follow")
    @app_commands.guild_only()
    async def following(self, interaction: discord.Interaction) -> None:
        """List the follows of the server."""
        card = await following_page(self._bot, interaction, 0)
        view = view_of(card.buttons, selects=card.selects)
        await interaction.response.send_message(card.content, view=view, ephemeral=True)

    async def _target(
        self, interaction: discord.Interaction, channel: discord.TextChannel | None
    ) -> discord.TextChannel:
        """Return the channel that is meant, once it is clear that who asks may change what it follows."""
        await check_role(interaction)
        target = channel or interaction.channel
        if isinstance(target, discord.Thread):
            raise NotAllowedError("a thread follows nothing itself; name its channel with the option channel")
        if not isinstance(target, discord.TextChannel):
            raise NotAllowedError("only a text channel can follow a contest; name one with the option channel")
        return target


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Desk(bot))
