"""`/schedule` and `/next`: the day's events, and what staff change of them."""

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from bot.outbox.discord import view_of
from bot.schedule.planning import Wanted
from bot.wording.draft import Answer
from cogs.asker import check_permissions, check_role, server_of
from cogs.options import ContestOption, EventOption, Reason
from cogs.schedule_form import EventForm

Kind = Literal[
    "rally", "press_conference", "audit", "recount", "certification", "deadline", "polls_close", "hearing", "results",
    "debate", "other",
]  # fmt: skip


Status = Literal["expected", "confirmed", "started", "over"]


Words = app_commands.Range[str, 1, 300]


Time = app_commands.Range[str, 1, 60]

_AT = "10:30 a.m., tomorrow 1pm, Friday 5 p.m., in 20 min; by the desk's clock"


_OPTIONS = {
    "title": "What it is, as it is to be posted",
    "place": "Where; none: leave it out",
    "who": "Who speaks or holds it; none: leave it out",
    "ends": "When it ends; none: leave it out",
    "later": "Places where it comes later: Cobb County 9 p.m.; Macon 8:30 p.m.; none: leave it out",
    "source": "Who says so; none: leave it out",
    "link": "Where that can be looked up; none: leave it out",
    "contest": "The contest that it is about",
    "status": "expected: nobody has confirmed it",
    "remind": "How long before, as 60m or 1d, 30m; none: only at its time",
    "channel": "Where it is told; by default in the channels that follow its contest",
}


class Schedule(commands.Cog):
    """The day's events."""

    def __init__(self, bot: Bot) -> None:
        """Answer through the bot's services."""
        self._schedule, self._planning = bot.services.schedule, bot.services.planning

    schedule = app_commands.Group(name="schedule", description="What is ahead", guild_only=True)

    @app_commands.command(description="What is next on the schedule")
    @app_commands.guild_only()
    async def next(self, interaction: discord.Interaction) -> None:
        """Answer what is next."""
        await answer(interaction, await self._schedule.next(server_of(interaction)))

    @schedule.command(name="today", description="What is on today")
    async def today(self, interaction: discord.Interaction) -> None:
        """Answer what is on today."""
        await answer(interaction, await self._schedule.today(server_of(interaction)))

    @schedule.command(name="week", description="What is on today and in the six days after it")
    async def week(self, interaction: discord.Interaction) -> None:
        """Answer what is on this week."""
        await answer(interaction, await self._schedule.week(server_of(interaction)))

    @schedule.command(name="history", description="What happened to an event: who changed what, when and why")
    @app_commands.describe(event="The event")
    async def history(self, interaction: discord.Interaction, event: EventOption) -> None:
        """Answer what happened to an event."""
        entry = await self._schedule.found(server_of(interaction), event)
        await answer(interaction, await self._schedule.history(server_of(interaction), entry.id))

    @schedule.command(name="add", description="Put an event into the schedule; without a title or time a form asks")
    @app_commands.describe(at=_AT, kind="What kind of event", zone="Whose clock, as America/Chicago", **_OPTIONS)
    async def add(
        self,
        interaction: discord.Interaction,
        title: Words | None = None,
        at: Time | None = None,
        kind: Kind = "other",
        place: Words | None = None,
        who: Words | None = None,
        ends: Time | None = None,
        later: Words | None = None,
        source: Words | None = None,
        link: Words | None = None,
        contest: ContestOption | None = None,
        status: Status = "confirmed",
        remind: Words | None = None,
        channel: discord.TextChannel | None = None,
        zone: Words | None = None,
    ) -> None:
        """Play a new event back, with a button that saves it."""
        wanted = await _wanted(
            interaction, channel, title=title, at=at, ends=ends, later=later, kind=kind, place=place, who=who,
            source=source, link=link, contest=contest, status=status, zone=zone, remind=remind,
        )  # fmt: skip
        if title is None or at is None:
            await interaction.response.send_modal(EventForm(self._planning, wanted))
            return
        here = interaction.channel_id
        await answer(interaction, await self._planning.add(server_of(interaction), interaction.user.id, wanted, here))

    @schedule.command(name="edit", description="Change an event, but for its time")
    @app_commands.describe(event="The event", kind="What kind of event", reason="Why; kept with who did it", **_OPTIONS)
    async def edit(
        self,
        interaction: discord.Interaction,
        event: EventOption,
        title: Words | None = None,
        kind: Kind | None = None,
        place: Words | None = None,
        who: Words | None = None,
        ends: Time | None = None,
        later: Words | None = None,
        source: Words | None = None,
        link: Words | None = None,
        contest: ContestOption | None = None,
        status: Status | None = None,
        remind: Words | None = None,
        channel: discord.TextChannel | None = None,
        reason: Reason | None = None,
    ) -> None:
        """Play an event back as it would be."""
        wanted = await _wanted(
            interaction, channel, title=title, ends=ends, later=later, kind=kind, place=place, who=who, source=source,
            link=link, contest=contest, status=status, remind=remind,
        )  # fmt: skip
        server, person = server_of(interaction), interaction.user.id
        entry = await self._schedule.found(server, event)
        await answer(interaction, await self._planning.edit(server, person, entry, wanted, reason))

    @schedule.command(name="move", description="Move an event to another time, and tell its channels")
    @app_commands.describe(event="The event", to=_AT, reason="Why; it is posted")
    async def move(
        self, interaction: discord.Interaction, event: EventOption, to: Time, reason: Reason | None = None
    ) -> None:
        """Play an event back at another time."""
        await check_role(interaction)
        server, person = server_of(interaction), interaction.user.id
        entry = await self._schedule.found(server, event)
        await answer(interaction, await self._planning.move(server, person, entry, to, reason))

    @schedule.command(name="cancel", description="Call an event off, and tell its channels")
    @app_commands.describe(event="The event", reason="Why; it is posted")
    async def cancel(self, interaction: discord.Interaction, event: EventOption, reason: Reason | None = None) -> None:
        """Play back what is called off."""
        await check_role(interaction)
        server, person = server_of(interaction), interaction.user.id
        entry = await self._schedule.found(server, event)
        await answer(interaction, await self._planning.cancel(server, person, entry, reason))


async def _wanted(
    interaction: discord.Interaction, channel: discord.TextChannel | None, **options: str | None
) -> Wanted:
    """Return what the options of `add` and `edit` want, named as in `Wanted`, of somebody who may ask for it."""
    await check_role(interaction)
    if channel is not None:
        check_permissions(interaction, channel, "remind")
    return Wanted(**options, channel=channel.id if channel else None)


async def answer(interaction: discord.Interaction, said: Answer) -> None:
    """Answer who asks, and nobody else."""
    embeds = [discord.Embed.from_dict(dict(embed)) for embed in said.embeds]
    view = view_of(said.buttons) if said.buttons else discord.utils.MISSING
    await interaction.response.send_message(said.content, embeds=embeds, view=view, ephemeral=True)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Schedule(bot))
