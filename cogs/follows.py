"""`/follow`, `/unfollow` and `/following`, and the settings card of a follow."""

import re
from collections.abc import Collection
from typing import Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import NEEDED, Bot
from bot.errors import BadInputError
from bot.follows.follows_words import unfollow_answer
from bot.follows.levels import Level
from bot.newsroom.follow_card import FollowCard
from bot.newsroom.follow_card_words import PUBLISHED_AS, preferences_lines
from bot.newsroom.setup_words import lack_lines
from bot.outbox.kinds import Published
from bot.tally.standing_words import follow_answer
from bot.wording.draft import Answer
from cogs.asking import answer, check_permissions, granted, server_of, who_asks
from cogs.buttons import AnsweredForm, LeastForm, Pressable, chosen
from cogs.desk import lacks_in, show_step_instead
from cogs.guards import NotAllowedError, check_seen, guard, level_here, sees
from cogs.options import ContestOption


class FollowCommands(commands.Cog):
    """Which channel follows which contest."""

    def __init__(self, bot: Bot) -> None:
        """Set through the bot's rooms."""
        self._bot = bot
        self._rooms = bot.rooms

    @app_commands.command(description="Post a contest's updates in this channel")
    @app_commands.describe(
        contest="The contest",
        channel="Where to post; by default here",
        at_least="Minimum change in votes; by default 25 votes or 0.3% of the lead",
        board="Pin a board with the current count; by default where the bot may pin messages",
        roll_up="Minutes between roll-ups of small changes; by default 60",
        quiet_hours="When nothing is posted, in newsroom time: 11pm-6:30am, or none",
        election_night="On election night a digest instead of each batch; by default yes",
        mention="The role to mention on lead changes",
        thread="Post in a thread for the contest",
    )
    @app_commands.guild_only()
    @guard(Level.MANAGER)
    async def follow(
        self,
        interaction: discord.Interaction,
        contest: ContestOption,
        channel: discord.TextChannel | None = None,
        at_least: app_commands.Range[int, 1, 1_000_000] | None = None,
        board: bool | None = None,
        roll_up: app_commands.Range[int, 5, 1440] | None = None,
        quiet_hours: app_commands.Range[str, 1, 40] | None = None,
        election_night: bool | None = None,
        mention: discord.Role | None = None,
        thread: bool | None = None,
    ) -> None:
        """Let a channel follow a contest."""
        rooms = self._rooms
        target = _target(interaction, channel)
        asked = rooms.follows.contest(contest)
        check_permissions(interaction, target, needed=(*NEEDED, "pin_messages") if board else NEEDED)
        pinned = granted(interaction, target).pin_messages if board is None else board
        server, who = server_of(interaction), who_asks(interaction)
        preferences = await rooms.newsroom.preferences.asked(
            server, target.id, asked.id, quiet_hours, lacks_in(interaction),
            roll_up=roll_up, night=election_night, mention=mention and mention.id, thread=thread,
        )  # fmt: skip
        follows = rooms.follows.follow
        before = await follows(asked, server, target.id, at_least, who, board=pinned, preferences=preferences)
        facts = await rooms.tally.standing.margin(asked, server)
        again = before is not None
        wants = preferences_lines(preferences)
        told = follow_answer(asked, target.id, at_least, facts, rooms.setting, again=again, board=pinned, wants=wants)
        unheard = lacks_in(interaction)(target.id, False, False, [preferences.mention])
        said = "\n".join([told, *lack_lines(target.id, unheard)])
        await answer(interaction, said)

    @app_commands.command(description="Stop posting a contest's updates in this channel")
    @app_commands.describe(contest="The contest", channel="Where; by default here")
    @app_commands.guild_only()
    @guard(Level.MANAGER)
    async def unfollow(
        self, interaction: discord.Interaction, contest: ContestOption, channel: discord.TextChannel | None = None
    ) -> None:
        """Let a channel no longer follow a contest."""
        target = _target(interaction, channel)
        following = self._rooms.follows
        asked = following.contest(contest)
        did = await following.unfollow(asked, server_of(interaction), target.id, who_asks(interaction))
        await answer(interaction, unfollow_answer(asked, target.id, did=did))

    @app_commands.command(description="What the channels of this server follow")
    @app_commands.guild_only()
    @guard(Level.ANYONE)
    async def following(self, interaction: discord.Interaction) -> None:
        """List the follows of the server."""
        await answer(interaction, await following_page(self._bot, interaction, 0))


def _target(interaction: discord.Interaction, channel: discord.TextChannel | None) -> discord.TextChannel:
    """Return the channel that is meant."""
    target = channel or interaction.channel
    if isinstance(target, discord.Thread):
        raise NotAllowedError("a thread follows nothing itself; name its channel with the option channel")
    if not isinstance(target, discord.TextChannel):
        raise NotAllowedError("only a text channel can follow a contest; name one with the option channel")
    check_seen(interaction, target.id)
    return target


_BUTTON = re.compile(
    r"follow:(?P<press>form|through|night|board|board_chart|thread|publish):(?P<key>[0-9]{1,18})(?::(?P<word>on|off))?"
)


_LIST = re.compile(r"follow:(?P<list>choose|kinds|rolls|mention)(?::(?P<key>[0-9]{1,18}))?")


async def following_page(bot: Bot, interaction: discord.Interaction, page: int) -> Answer:
    """Return a page of what the channels of a server follow; the desk has a list to change one of them."""
    rows = await bot.rooms.follows.servers.following(server_of(interaction))
    seen = {row.channel for row in rows if sees(interaction, row.channel)}
    names = {channel: _name_of(interaction.guild, channel) for channel in seen}
    may = await level_here(interaction) >= Level.MANAGER
    return await bot.rooms.newsroom.preferences.listed(server_of(interaction), names, page, may_change=may)


def _name_of(guild: discord.Guild | None, channel: int) -> str:
    found = guild.get_channel(channel) if guild else None
    return found.name if found else "unknown"


@guard(Level.MANAGER)
class _FollowForm(LeastForm):
    """Least votes and quiet hours of a follow."""

    def __init__(self, key: int, least: str, hours: str) -> None:
        super().__init__(least, hours)
        self._key = key

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Set both, and show the card."""
        follow_card = cast("Bot", interaction.client).rooms.newsroom.preferences
        server, who = server_of(interaction), who_asks(interaction)
        check_seen(interaction, await follow_card.channel(server, self._key))
        await show_step_instead(interaction, await follow_card.fill(server, self._key, who, *self.typed()))


@guard(Level.MANAGER)
class _PublishForm(AnsweredForm, title="Published to followers"):
    """What an announcement channel publishes of a contest."""

    def __init__(self, key: int, now: Collection[Published]) -> None:
        super().__init__()
        self._key = key
        self._classes: discord.ui.CheckboxGroup[Self] = discord.ui.CheckboxGroup(
            options=[
                discord.CheckboxGroupOption(label=label, value=value, default=value in now)
                for value, label in PUBLISHED_AS.items()
            ],
            min_values=0,
            required=False,
        )
        self.add_item(
            discord.ui.Label(
                text="Published to servers that follow the channel",
                description="Discord publishes ten posts an hour, and about three edits. Choose none to publish nothing.",
                component=self._classes,
            )
        )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Set them, and show the card."""
        follow_card = cast("Bot", interaction.client).rooms.newsroom.preferences
        server, who = server_of(interaction), who_asks(interaction)
        await show_step_instead(interaction, await follow_card.publish(server, self._key, who, self._classes.values))


@guard(Level.MANAGER, "the buttons and lists under `/following`")
class FollowButton(Pressable, template=_BUTTON):
    """A button of the card."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Do what it says, and show the card as it is now."""
        follow_card, server, who = bot.rooms.newsroom.preferences, server_of(interaction), who_asks(interaction)
        press, key, on = self.match["press"], int(self.match["key"]), self.match["word"] == "on"
        check_seen(interaction, await follow_card.channel(server, key))
        if press == "form":
            await interaction.response.send_modal(_FollowForm(key, *await follow_card.form(server, key)))
        elif press == "publish":
            channel, classes = await follow_card.published(server, key)
            place = interaction.guild.get_channel(channel) if interaction.guild else None
            if not isinstance(place, discord.TextChannel) or not place.is_news():
                raise BadInputError(
                    "that is not an announcement channel, and only those have followers: in the channel's settings, "
                    "turn on "
                    "“Announcement Channel”"
                )
            await interaction.response.send_modal(_PublishForm(key, classes))
        else:
            card = await follow_card.switch(server, key, who, press, on=on, lacks=lacks_in(interaction))
            await show_step_instead(interaction, card)


@guard(Level.ANYONE, "the pages of `/following`")
class FollowingPage(Pressable, template=re.compile(r"following:page:(?P<page>[0-9]{1,4})")):
    """A button to another page of `/following`."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Show that page, as things stand now."""
        await show_step_instead(interaction, await following_page(bot, interaction, int(self.match["page"])))


@guard(Level.MANAGER, "the buttons and lists under `/following`")
class FollowList(Pressable, template=_LIST):
    """A list of the card, and the one under `/following`."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Set what was chosen, and show the card as it is now."""
        await show_step_instead(interaction, await self._choose(interaction, bot.rooms.newsroom.preferences))

    async def _choose(self, interaction: discord.Interaction, follow_card: FollowCard) -> Answer:
        values, key = chosen(interaction), int(self.match["key"] or 0)
        server, who = server_of(interaction), who_asks(interaction)
        check_seen(interaction, await follow_card.channel(server, key or int(values[0])))
        match self.match["list"]:
            case "choose":
                return await follow_card.card(server, int(values[0]))
            case "kinds":
                return await follow_card.kinds(server, key, who, values)
            case "rolls":
                return await follow_card.roll_up(server, key, who, int(values[0]))
            case _:
                return await follow_card.mention(server, key, who, int(values[0]) if values else None)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(FollowCommands(bot))
    bot.add_dynamic_items(FollowButton, FollowingPage, FollowList)


async def teardown(bot: commands.Bot) -> None:
    """Let the bot forget it."""
    bot.remove_dynamic_items(FollowButton, FollowingPage, FollowList)
