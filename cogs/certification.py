"""`/certify`: enter how many or which counties have certified, whether the state has, and withdrawals."""

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot, bot_of
from bot.count.entry import MOST_TEXT
from bot.desk.desk_file import Contest
from bot.entries.certification_entry import typed_certified
from bot.errors import BadInputError, Refusals
from bot.follows.levels import Level
from bot.wording.limits import cut
from bot.wording.typed_times import past_time
from cogs.buttons import AnsweredForm, TextField
from cogs.callers import answer, contest_of
from cogs.entries import asker_of
from cogs.guards import guard
from cogs.options import CONTEST, THE_STATE, CertifiedOption, ContestOption, SourceOption, TypedAsOf, Why

AnnouncedBy = Literal["the source's list", "the counties themselves"]

_OWN: AnnouncedBy = "the counties themselves"


class CertificationCommands(commands.Cog):
    """The command to enter certification or its withdrawal."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @app_commands.command(description="Enter who certified: counties or the state")
    @app_commands.describe(
        what="92 of 159; or Cobb, Floyd, DeKalb; or the state. Leave it out for a form",
        source="The source; you can choose it afterwards",
        contest=CONTEST,
        withdrawn="If certification is withdrawn: why, as it will be posted",
        announced_by="Who announced it; by default the source's list",
        as_of="As of when: 9:40 a.m., yesterday 7 p.m.; by default now",
    )
    @app_commands.guild_only()
    @guard(Level.REPORTER)
    async def certify(
        self,
        interaction: discord.Interaction,
        what: CertifiedOption | None = None,
        source: SourceOption | None = None,
        contest: ContestOption | None = None,
        withdrawn: Why | None = None,
        announced_by: AnnouncedBy | None = None,
        as_of: TypedAsOf | None = None,
    ) -> None:
        """Preview an entry about certification, with a button that enters it. If nothing was typed, open the form."""
        rooms, own = self.bot.rooms, announced_by == _OWN
        which = await contest_of(interaction, contest)
        if what is None and withdrawn is not None:
            raise BadInputError("say whose certification is withdrawn: fill in what: with counties, or the state")
        if what is None:
            await interaction.response.send_modal(_ListForm(which, source, own=own))
            return
        at = past_time(as_of, rooms.clock.now(), rooms.setting.desk.zone) if as_of else None
        entering, asker = rooms.entries.certification, await asker_of(interaction)
        if what.strip().casefold() in THE_STATE:
            back = withdrawn is not None
            card = await entering.results(asker, which, taken_back=back, source=source, as_of=at, why=withdrawn)
        elif withdrawn is not None:
            card = await entering.back(asker, which, what, withdrawn, source=source, own=own, as_of=at)
        else:
            card = await entering.add(asker, which, what, source=source, own=own, as_of=at)
        await answer(interaction, card)


@guard(Level.REPORTER)
class _ListForm(AnsweredForm):
    """A form for the names of the counties that have certified, or for their number."""

    what = TextField(
        "By name, or a count",
        placeholder="their names, with commas or line by line; or 92 of 159",
        max_length=MOST_TEXT,
        long=True,
    )
    at = TextField("As of", placeholder="now; or 9:40 a.m., yesterday 7 p.m.", required=False, max_length=60)

    def __init__(self, contest: Contest, source: str | None, *, own: bool) -> None:
        super().__init__(title=cut(f"Certified: {contest.name}", 45))
        self.what.text = f"{contest.units.capitalize()} by name, or a count"
        self._contest = contest
        self._source = source
        self._own = own

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Preview the entry about certification, with a button that enters it."""
        rooms = bot_of(interaction).rooms
        now, zone = rooms.clock.now(), rooms.setting.desk.zone
        refused = Refusals()
        refused.of(lambda: typed_certified(self._contest, self.what.value, own=self._own), None)
        at = refused.last(lambda: self.at.read(lambda typed: past_time(typed, now, zone) if typed.strip() else None))
        asker = await asker_of(interaction)
        add = rooms.entries.certification.add
        card = await add(asker, self._contest, self.what.value, source=self._source, own=self._own, as_of=at)
        await answer(interaction, card)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(CertificationCommands(bot))
