"""`/follow`, `/unfollow`, `/following` and `/desk role`: what the newsroom sets."""

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.correction import correction_answer
from bot.cards.following import follow_answer, following_answer, role_answer, unfollow_answer
from bot.cards.held import settled_answer
from bot.client import NEEDED, Bot
from cogs.asking import NotAllowedError, check_role, server_of, who_of
from cogs.options import ContestOption, PostOption


class Desk(commands.Cog):
    """What the newsroom sets."""

    def __init__(self, bot: Bot) -> None:
        """Set through the bot's services."""
        self._services = bot.services

    desk = app_commands.Group(name="desk", description="The newsroom's own settings", guild_only=True)

    @app_commands.command(description="Post in this channel what each update does to a contest")
    @app_commands.describe(
        contest="The contest",
        channel="Where to post; by default here",
        at_least="Post when the margin has moved by so many votes; by default 25 votes or 0.3% of the lead",
        board="Keep a pinned board with where it stands now; by default where the bot may pin messages",
    )
    @app_commands.guild_only()
    async def follow(
        self,
        interaction: discord.Interaction,
        contest: ContestOption,
        channel: discord.TextChannel | None = None,
        at_least: app_commands.Range[int, 1, 1_000_000] | None = None,
        board: bool | None = None,
    ) -> None:
        """Let a channel follow a contest."""
        services = self._services
        target = await self._target(interaction, channel)
        asked = services.following.contest(contest)
        _check_permissions(interaction, target, (*NEEDED, "pin_messages") if board else NEEDED)
        pinned = _granted(interaction, target).pin_messages if board is None else board
        server, who = server_of(interaction), who_of(interaction)
        before = await services.following.follow(asked, server, target.id, at_least, who, board=pinned)
        facts = await services.query.margin(asked, server)
        again = before is not None
        answer = follow_answer(asked, target.id, at_least, facts, services.setting, again=again, board=pinned)
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
        did = await following.unfollow(asked, server_of(interaction), target.id, who_of(interaction))
        await interaction.response.send_message(unfollow_answer(asked, target.id, did=did), ephemeral=True)

    @app_commands.command(description="What the channels of this server follow")
    @app_commands.guild_only()
    async def following(self, interaction: discord.Interaction) -> None:
        """List the follows of the server."""
        rows = await self._services.following.following(server_of(interaction))
        contests = self._services.setting.desk.contest
        shown = [(row.channel, contests(row.contest), row.contest, row.least) for row in rows]
        await interaction.response.send_message(following_answer(shown), ephemeral=True)

    @desk.command(name="role", description="Say which role may set what this server's channels follow")
    @app_commands.describe(role="The role; leave it out for: only who may manage the server")
    async def role(self, interaction: discord.Interaction, role: discord.Role | None = None) -> None:
        """Set the role that may write."""
        if not interaction.permissions.manage_guild:
            raise NotAllowedError("only who may manage the server can set the desk's role")
        await self._services.following.set_desk_role(
            server_of(interaction), role.id if role else None, who_of(interaction)
        )
        await interaction.response.send_message(role_answer(role.id if role else None), ephemeral=True)

    @desk.command(name="hold", description="Post or drop a reading that is held")
    @app_commands.describe(contest="The contest", action="What becomes of the held reading")
    async def hold(
        self, interaction: discord.Interaction, contest: ContestOption, action: Literal["post", "drop"]
    ) -> None:
        """Let a held reading through, or drop it."""
        await check_role(interaction, self._services)
        asked = self._services.following.contest(contest)
        followed = await self._services.following.following(server_of(interaction))
        if all(row.contest != asked.id for row in followed):
            raise NotAllowedError(
                "no channel of this server follows that contest, so its readings are not yours to judge"
            )
        post = action == "post"
        settled = await self._services.ingest.settle(asked.id, server_of(interaction), who_of(interaction), post=post)
        await interaction.response.send_message(settled_answer(asked, settled, post=post), ephemeral=True)

    @desk.command(name="correct", description="Correct an error of ours in a post, in the open")
    @app_commands.describe(post="The post; its small last line has the number", text="What is right, in a sentence")
    async def correct(
        self, interaction: discord.Interaction, post: PostOption, text: app_commands.Range[str, 3, 600]
    ) -> None:
        """Post a correction wherever a post went, and edit that post."""
        await check_role(interaction, self._services)
        done = await self._services.corrections.correct(server_of(interaction), post, text, who_of(interaction))
        await interaction.response.send_message(correction_answer(post, done.channels), ephemeral=True)

    async def _target(
        self, interaction: discord.Interaction, channel: discord.TextChannel | None
    ) -> discord.TextChannel:
        """Return the channel that is meant, once it is clear that who asks may change what it follows."""
        await check_role(interaction, self._services)
        target = channel or interaction.channel
        if not isinstance(target, discord.TextChannel):
            raise NotAllowedError("only a text channel can follow a contest; name one with the option channel")
        return target


def _granted(interaction: discord.Interaction, target: discord.TextChannel) -> discord.Permissions:
    """Return what the bot may do in a channel."""
    here = target.id == interaction.channel_id
    return interaction.app_permissions if here else target.permissions_for(target.guild.me)


def _check_permissions(
    interaction: discord.Interaction, target: discord.TextChannel, needed: tuple[str, ...] = NEEDED
) -> None:
    """Refuse a channel that the bot could not do in what it has to, and say what it lacks."""
    granted = _granted(interaction, target)
    lacking = [name.replace("_", " ") for name in needed if not getattr(granted, name)]
    if lacking:
        raise NotAllowedError(
            f"the bot can't follow there yet: in #{target.name} it lacks the permission to {' and to '.join(lacking)}"
        )


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Desk(bot))
