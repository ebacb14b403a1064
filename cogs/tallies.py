"""`/tally`: enter what no feed says, and take it back."""

import io
from datetime import datetime
from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers.asking import past_time
from bot.client import Bot
from bot.count.entry import MOST_TEXT
from bot.desk.desk_file import Contest
from bot.entries.corrections_words import retraction_answer
from bot.entries.drafts import LARGEST_PICTURE
from bot.entries.drafts_store import Evidence
from bot.errors import BadInputError
from cogs.asker import check_role, server_of, who_asks
from cogs.entry_forms import TallyForm
from cogs.entry_shown import asker_of, show
from cogs.options import ContestOption, EntryKey, EntryOption, Reason, SourceOption, When


class Tallies(commands.Cog):
    """What staff enter, and take back."""

    def __init__(self, bot: Bot) -> None:
        """Enter through the bot's services."""
        self._services = bot.services

    tally = app_commands.Group(name="tally", description="What the desk knows that no feed says", guild_only=True)

    @tally.command(description="Read a pasted text, and show what it says of the count before anything is entered")
    @app_commands.describe(
        text="The text: a reporter's post, a part of a live blog",
        contest="The contest; by default the followed one of which it says most",
        source="Whose word it is; it can be chosen afterwards",
        as_of="When it was true: now, 9:40, yesterday 7pm; by default now",
    )
    async def read(
        self,
        interaction: discord.Interaction,
        text: app_commands.Range[str, 1, MOST_TEXT],
        contest: ContestOption | None = None,
        source: SourceOption | None = None,
        as_of: When | None = None,
    ) -> None:
        """Show what a text says."""
        await check_role(interaction)
        asked = self._services.following.contest(contest) if contest else None
        entering, at = self._services.entering, self._moment(as_of)
        card = await entering.read(asker_of(interaction), text, contest=asked, source=source, said_at=at)
        await show(interaction, card)

    @tally.command(description="Enter what you know of the count: margin, votes, ballots left, counties certified")
    @app_commands.describe(
        contest="The contest",
        source="Whose word it is; it can be chosen afterwards",
        reason="Why it is entered, for whoever confirms it",
        photo="A picture of it: a printout, a screen",
    )
    async def report(
        self,
        interaction: discord.Interaction,
        contest: ContestOption,
        source: SourceOption | None = None,
        reason: Reason | None = None,
        photo: discord.Attachment | None = None,
    ) -> None:
        """Open the form."""
        await check_role(interaction)
        asked = self._services.following.contest(contest)
        if photo is not None and not (photo.content_type or "").startswith("image/"):
            raise BadInputError(f"{photo.filename[:60]} is no picture; send a photo or a screenshot")
        if photo is not None and photo.size > LARGEST_PICTURE:
            raise BadInputError(f"{photo.filename[:60]} is larger than 8 MiB; send a smaller picture")
        await interaction.response.send_modal(_ReportForm(asked, source, reason, photo))

    @tally.command(description="What you entered last, and what came of it")
    async def mine(self, interaction: discord.Interaction) -> None:
        """List the asker's last entries."""
        await check_role(interaction)
        answer = await self._services.entering.mine(asker_of(interaction))
        await interaction.response.send_message(answer, ephemeral=True)

    @tally.command(description="The picture that goes with an entry")
    @app_commands.describe(entry="The entry's own number, as /tally mine and the desk's question show it")
    async def photo(self, interaction: discord.Interaction, entry: app_commands.Range[int, 1]) -> None:
        """Hand over an entry's picture."""
        await check_role(interaction)
        picture = await self._services.entering.picture(asker_of(interaction), entry)
        file = discord.File(io.BytesIO(picture.body), picture.name, description=f"The picture of entry {entry}")
        await interaction.response.send_message(f"Entry {entry}:", file=file, ephemeral=True)

    def _moment(self, typed: str | None) -> datetime | None:
        """Return the time that was typed, or None for now."""
        services = self._services
        return past_time(typed, services.clock.now(), services.setting.desk.zone) if typed else None

    @tally.command(description="Take back an entry of the desk, in the open")
    @app_commands.describe(
        post="The entry's post, as #214; or an entry of which nothing was posted, as entry 12",
        why="Why it is taken back",
    )
    async def retract(
        self, interaction: discord.Interaction, post: EntryOption, why: app_commands.Range[str, 3, 600]
    ) -> None:
        """Let an entry count no more, and say so wherever it was posted."""
        await check_role(interaction)
        if isinstance(post, EntryKey):
            answer = await self._services.decisions.retract(asker_of(interaction), post.key, why)
            await interaction.response.send_message(answer, ephemeral=True)
            return
        done = await self._services.corrections.retract(server_of(interaction), post, why, who_asks(interaction))
        answer = retraction_answer(done.channels, done.dropped, done.unfound, done.late)
        await interaction.response.send_message(answer, ephemeral=True)


class _ReportForm(TallyForm):
    """The form for something new."""

    def __init__(
        self, contest: Contest, source: str | None, reason: str | None, photo: discord.Attachment | None
    ) -> None:
        super().__init__(title=f"{contest.name}"[:45])
        self._contest = contest
        self._source = source
        self._reason = reason
        self._photo = photo

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Show what was typed, as it will go out."""
        services = cast("Bot", interaction.client).services
        at = self.moment(services)
        picture = Evidence(self._photo.filename, await self._photo.read()) if self._photo else None
        card = await services.entering.report(
            asker_of(interaction), self._contest, self.form,
            source=self._source, as_of=at, reason=self._reason, evidence=picture,
        )  # fmt: skip
        await show(interaction, card)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Tallies(bot))
