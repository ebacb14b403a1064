"""`/certify`: who has certified, by count or by name, and who has not."""

from typing import Literal, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from bot.count.entry import MOST_TEXT
from bot.desk.desk_file import Contest
from bot.follows.levels import Level
from bot.wording.limits import cut
from bot.wording.typed_times import past_time
from cogs.asking import SERVERS, answer, asked
from cogs.buttons import AnsweredForm, TextField
from cogs.entries import asker_of, show_entry
from cogs.guards import guard
from cogs.options import ContestOption, Names, SourceOption, When, Why

Word = Literal["listed by the source", "counties' own announcement"]


_OWN: Word = "counties' own announcement"


class CertificationCommands(commands.Cog):
    """Commands to enter, take back and list certification."""

    def __init__(self, bot: Bot) -> None:
        """Enter and answer through the bot's rooms."""
        self._rooms = bot.rooms

    certify = app_commands.Group(name="certify", description="Who has certified its results", allowed_contexts=SERVERS)

    @certify.command(description="Enter who has certified: a count such as 92 of 159, or counties by name")
    @app_commands.describe(
        contest="The contest",
        what="92 of 159, or Cobb, Floyd, DeKalb; left out, a form opens for a long list",
        source="The source; you can choose it afterwards",
        word="From the source's list, or the counties' own announcement",
        as_of="As of when: now, 9:40, yesterday 7pm; by default now",
    )
    @guard(Level.REPORTER)
    async def add(
        self,
        interaction: discord.Interaction,
        contest: ContestOption,
        what: Names | None = None,
        source: SourceOption | None = None,
        word: Word | None = None,
        as_of: When | None = None,
    ) -> None:
        """Show what was typed before it is entered, or open the form."""
        rooms, own = self._rooms, word == _OWN
        which = rooms.follows.contest(contest)
        if what is None:
            await interaction.response.send_modal(_ListForm(which, source, own=own))
            return
        at = past_time(as_of, rooms.clock.now(), rooms.setting.desk.zone) if as_of else None
        card = await rooms.entries.certification.add(
            await asker_of(interaction), which, what, source=source, own=own, as_of=at
        )
        await show_entry(interaction, card)

    @certify.command(description="Enter that counties withdrew their certification, and why")
    @app_commands.describe(
        contest="The contest",
        counties="The counties: Cobb, Floyd",
        why="Why, as it will be posted",
        source="The source; you can choose it afterwards",
        word="From the source's list, or the counties' own announcement",
        as_of="As of when; by default now",
    )
    @guard(Level.REPORTER)
    async def back(
        self,
        interaction: discord.Interaction,
        contest: ContestOption,
        counties: Names,
        why: Why,
        source: SourceOption | None = None,
        word: Word | None = None,
        as_of: When | None = None,
    ) -> None:
        """Show whose certification is taken back before it is entered."""
        rooms = self._rooms
        which, asker = rooms.follows.contest(contest), await asker_of(interaction)
        at = past_time(as_of, rooms.clock.now(), rooms.setting.desk.zone) if as_of else None
        back = rooms.entries.certification.back
        card = await back(asker, which, counties, why, source=source, own=word == _OWN, as_of=at)
        await show_entry(interaction, card)

    @certify.command(description="Enter that the state certified the results, or withdrew that")
    @app_commands.describe(
        contest="The contest",
        status="What the source says",
        source="The source; you can choose it afterwards",
        as_of="When it was said; by default now",
        why="Why it is withdrawn, as it will be posted",
    )
    @guard(Level.REPORTER)
    async def state(
        self,
        interaction: discord.Interaction,
        contest: ContestOption,
        status: Literal["certified", "not certified after all"],
        source: SourceOption | None = None,
        as_of: When | None = None,
        why: Why | None = None,
    ) -> None:
        """Show that results are certified before it is entered."""
        rooms = self._rooms
        which, asker = rooms.follows.contest(contest), await asker_of(interaction)
        at = past_time(as_of, rooms.clock.now(), rooms.setting.desk.zone) if as_of else None
        results = rooms.entries.certification.results
        card = await results(asker, which, taken_back=status != "certified", source=source, as_of=at, why=why)
        await show_entry(interaction, card)

    @certify.command(name="list", description="Who has certified, who is due, and where counties and lists differ")
    @app_commands.describe(
        contest="The contest", at="An earlier time: 3:05, 7:30 p.m., yesterday 7pm, Nov. 6 4:30 a.m."
    )
    @guard(Level.ANYONE)
    async def listing(self, interaction: discord.Interaction, contest: ContestOption, at: When | None = None) -> None:
        """Reply with who has certified, and who has not."""
        question = await asked(interaction, self._rooms.answers, contest, at)
        await answer(interaction, await self._rooms.entries.certification.listed(question))


@guard(Level.REPORTER)
class _ListForm(AnsweredForm):
    """The form for a long list, which keeps its lines."""

    what = TextField(
        "By name, or a count", placeholder="their names, with commas or line by line; or 92 of 159", max_length=MOST_TEXT,
        long=True,
    )  # fmt: skip
    at = TextField("As of", placeholder="now; or 9:40, yesterday 7pm", required=False, max_length=60)

    def __init__(self, contest: Contest, source: str | None, *, own: bool) -> None:
        super().__init__(title=cut(f"Certified: {contest.name}", 45))
        self.what.text = f"{contest.units.capitalize()} by name, or a count"
        self._contest = contest
        self._source = source
        self._own = own

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Show what was typed before it is entered."""
        rooms = cast("Bot", interaction.client).rooms
        now, zone = rooms.clock.now(), rooms.setting.desk.zone
        at = self.at.read(lambda typed: past_time(typed, now, zone) if typed.strip() else None)
        asker = await asker_of(interaction)
        add = rooms.entries.certification.add
        card = await add(asker, self._contest, self.what.value, source=self._source, own=self._own, as_of=at)
        await show_entry(interaction, card)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(CertificationCommands(bot))
