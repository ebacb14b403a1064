"""Commands that ask about the count: /margin, /chart, /sources, /why and others.

Also the buttons under an answer: Share here, Previous and Next, Everything known under /margin, Newer and Older
under /history.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers.palette import PictureLook
from bot.answers.sharing import ShareRequest
from bot.client import Bot
from bot.errors import BadInputError
from bot.follows.levels import Level
from bot.wording.card import Picture, PictureShape
from bot.wording.escape import escape
from bot.wording.question import Question, contest_by_tag
from cogs.buttons import Pressable, chosen
from cogs.callers import (
    answer,
    answer_instead,
    asked,
    contest_of,
    server_of,
    turn_page,
    usable_anywhere,
    viewer_of,
    who_asks,
)
from cogs.guards import guard, sight
from cogs.options import CONTEST, ContestOption, CountyOption, PostOption, ReadSourceOption, TypedTime, post_number

_SHAPES = [
    app_commands.Choice(name="a post (square)", value="square"),
    app_commands.Choice(name="air (1920 by 1080)", value="wide"),
    app_commands.Choice(name="a phone (1080 by 1920)", value="tall"),
]


class AnswerCommands(commands.Cog):
    """Commands that ask about the count."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @app_commands.command(description="Who leads, and by how much")
    @app_commands.describe(
        contest=CONTEST,
        at="An earlier time: 3:05 a.m., 7:30 p.m., yesterday 7 p.m., Nov. 6 4:30 a.m.",
        figure="A margin, such as 9,400, to see when the lead was that",
    )
    @usable_anywhere
    @guard(Level.ANYONE)
    async def margin(
        self,
        interaction: discord.Interaction,
        contest: ContestOption | None = None,
        at: TypedTime | None = None,
        figure: app_commands.Range[str, 1, 20] | None = None,
    ) -> None:
        """Reply with the margin or, if `figure` is given, with the times at which the margin was that number."""
        answers, which, viewer = (
            self.bot.rooms.answers,
            await contest_of(interaction, contest),
            await viewer_of(interaction),
        )
        async with answers.snapshot():
            question = await answers.asking.about(which, viewer, at)
            card = await (answers.history.figure(question, figure) if figure else answers.standing.margin(question))
        await answer(interaction, card, question.viewer)

    @app_commands.command(description="Counties certified, due and late")
    @app_commands.describe(contest=CONTEST, at="An earlier time")
    @usable_anywhere
    @guard(Level.ANYONE)
    async def certified(
        self, interaction: discord.Interaction, contest: ContestOption | None = None, at: TypedTime | None = None
    ) -> None:
        """Reply with the number and names of the counties that have certified."""
        question = await asked(interaction, self.bot.rooms.answers, contest, at)
        await answer(interaction, await self.bot.rooms.answers.standing.certified(question), question.viewer)

    @app_commands.command(description="Recount range, and who may ask")
    @app_commands.describe(contest=CONTEST, at="An earlier time")
    @usable_anywhere
    @guard(Level.ANYONE)
    async def recount(
        self, interaction: discord.Interaction, contest: ContestOption | None = None, at: TypedTime | None = None
    ) -> None:
        """Reply with a comparison of the margin and the recount limit."""
        question = await asked(interaction, self.bot.rooms.answers, contest, at)
        await answer(interaction, await self.bot.rooms.answers.standing.recount(question), question.viewer)

    @app_commands.command(description="A headline and up to three sentences to copy")
    @app_commands.describe(contest=CONTEST, at="An earlier time")
    @usable_anywhere
    @guard(Level.ANYONE)
    async def draft(
        self, interaction: discord.Interaction, contest: ContestOption | None = None, at: TypedTime | None = None
    ) -> None:
        """Reply with news copy for print."""
        question = await asked(interaction, self.bot.rooms.answers, contest, at)
        await answer(interaction, await self.bot.rooms.answers.standing.draft(question), question.viewer)

    @app_commands.command(description="What changed since a time")
    @app_commands.describe(
        contest=CONTEST,
        since="Since when: 11 p.m., yesterday 7 p.m., Nov. 9 6 p.m., 20 min ago",
        at="Until when; by default now",
        county="What one county has reported since then",
    )
    @usable_anywhere
    @guard(Level.ANYONE)
    async def since(
        self,
        interaction: discord.Interaction,
        since: TypedTime,
        contest: ContestOption | None = None,
        at: TypedTime | None = None,
        county: CountyOption | None = None,
    ) -> None:
        """Reply with the net change since a time, in the contest or in one county."""
        question, answers = await asked(interaction, self.bot.rooms.answers, contest, at), self.bot.rooms.answers
        if county is not None:
            card = await answers.units.county(question, county, since)
        else:
            card = await answers.history.since(question, since)
        await answer(interaction, card, question.viewer)

    @app_commands.command(description="The latest updates, one by one")
    @app_commands.describe(
        contest=CONTEST,
        at="Until when; by default now",
        source="Only posts from this source",
        since="Only posts since then: 1 hour ago, 8 p.m.",
    )
    @usable_anywhere
    @guard(Level.ANYONE)
    async def history(
        self,
        interaction: discord.Interaction,
        contest: ContestOption | None = None,
        at: TypedTime | None = None,
        source: ReadSourceOption | None = None,
        since: TypedTime | None = None,
    ) -> None:
        """Reply with the latest updates or, if `source` or `since` is given, with posts."""
        question = await asked(interaction, self.bot.rooms.answers, contest, at)
        if source is not None or since is not None:
            card = await self.bot.rooms.answers.provenance.posts(question, source, since)
        else:
            card = await self.bot.rooms.answers.history.history(question)
        await answer(interaction, card, question.viewer)

    @app_commands.command(description="A chart or county map for air")
    @app_commands.describe(
        show="What to draw; by default the lead over time",
        since="Since when; by default from the start",
        contest=CONTEST,
        at="Until when; by default now",
        shape="What it is for; by default a post",
        look="Dark, by default, or light",
    )
    @app_commands.rename(shape="for")
    @app_commands.choices(shape=_SHAPES)
    @usable_anywhere
    @guard(Level.ANYONE)
    async def chart(
        self,
        interaction: discord.Interaction,
        show: Literal["lead", "votes", "map"] = "lead",
        since: TypedTime | None = None,
        contest: ContestOption | None = None,
        at: TypedTime | None = None,
        shape: PictureShape = "square",
        look: PictureLook = "dark",
    ) -> None:
        """Reply with a picture. Drawing may take a second or more, so the reply is deferred."""
        question = await asked(interaction, self.bot.rooms.answers, contest, at)
        if show == "map" and since is not None:
            raise BadInputError("a map shows one moment: leave out since:, or give an earlier time with at:")
        await interaction.response.defer(ephemeral=True)
        if show == "map":
            await answer(interaction, await self.bot.rooms.answers.maps.map(question, shape, look), question.viewer)
        else:
            await answer(
                interaction,
                await self.bot.rooms.answers.charts.chart(question, since, shape=shape, look=look, shown=show),
                question.viewer,
            )

    @app_commands.command(description="One county's count and latest update")
    @app_commands.describe(
        contest=CONTEST,
        county="The county, town or parish",
        at="An earlier time",
        since="What it has reported since then: 8:05 p.m., 1 hour ago",
    )
    @usable_anywhere
    @guard(Level.ANYONE)
    async def county(
        self,
        interaction: discord.Interaction,
        county: CountyOption,
        contest: ContestOption | None = None,
        at: TypedTime | None = None,
        since: TypedTime | None = None,
    ) -> None:
        """Reply with one county's count, its latest update, and its certification."""
        question = await asked(interaction, self.bot.rooms.answers, contest, at)
        await answer(interaction, await self.bot.rooms.answers.units.county(question, county, since), question.viewer)

    @app_commands.command(description="Ballots left to count")
    @app_commands.describe(contest=CONTEST, at="An earlier time")
    @usable_anywhere
    @guard(Level.ANYONE)
    async def outstanding(
        self, interaction: discord.Interaction, contest: ContestOption | None = None, at: TypedTime | None = None
    ) -> None:
        """Reply with how many ballots are left to count."""
        question = await asked(interaction, self.bot.rooms.answers, contest, at)
        await answer(interaction, await self.bot.rooms.answers.units.outstanding(question), question.viewer)

    @app_commands.command(description="Each source's figures, changes and checks")
    @app_commands.describe(contest=CONTEST, at="An earlier time")
    @usable_anywhere
    @guard(Level.ANYONE)
    async def sources(
        self, interaction: discord.Interaction, contest: ContestOption | None = None, at: TypedTime | None = None
    ) -> None:
        """Reply with each source's figures, when they changed, and whether the source works."""
        question = await asked(interaction, self.bot.rooms.answers, contest, at)
        await answer(interaction, await self.bot.rooms.answers.provenance.sources(question), question.viewer)

    @app_commands.command(description="Why a post went out, or didn't")
    @app_commands.describe(
        post="The post's number, from the small print under its sentence",
        contest="The contest, for what was not posted",
        at="What happened to the updates that came in at this time: 9:40 p.m.",
    )
    @app_commands.guild_only()
    @guard(Level.ANYONE)
    async def why(
        self,
        interaction: discord.Interaction,
        post: PostOption | None = None,
        contest: ContestOption | None = None,
        at: TypedTime | None = None,
    ) -> None:
        """Reply with the origin of a post, the updates at a time, or what was not posted."""
        questions = self.bot.rooms.answers
        if at is not None and post is not None:
            raise BadInputError("give post: or at:, not both")
        if post is not None and post.strip().lstrip("#").isdigit():
            number = await post_number(interaction, post)
            card = await questions.provenance.why(await viewer_of(interaction), number)
            return await answer(interaction, card)
        question = await asked(interaction, questions, contest, at)
        if question.at is not None:
            return await answer(interaction, await questions.provenance.why_at(question, question.at), question.viewer)
        card = await questions.provenance.why_not(question)
        if post is not None:
            card = card.above(f"“{escape(post, 60)}” is not a post number. What has no post:")
        return await answer(interaction, card, question.viewer)


@guard(Level.DESK, "**Share here** under an answer")
class ShareButton(
    Pressable,
    template=re.compile(
        r"share:(?P<scope>open|inside):(?P<tag>[0-9a-f]{8}|none):(?P<key>[0-9]{1,18}):(?P<page>[0-9]{1,4})"
    ),
):
    """A button that posts an answer in its channel, for everybody to read."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Share the answer as the asker saw it, unless it was shared before."""
        message = interaction.message
        if message is None:
            raise BadInputError("that answer is gone; ask again")
        sharing, server = bot.rooms.answers.sharing, server_of(interaction)
        if text := await sharing.shared(message.id, server):
            await answer(interaction, text)
            return
        await interaction.response.defer(ephemeral=True, thinking=True)  # a picture has to be fetched first
        asked = ShareRequest(
            message=message.id,
            key=int(self.match["key"]),
            page=int(self.match["page"]),
            open=self.match["scope"] == "open",
            contest_tag=self.match["tag"],
            server=server,
            channel=interaction.channel_id or 0,
            person=interaction.user.id,
            who=who_asks(interaction),
        )
        text = await sharing.share(asked, await _picture(message))
        await answer(interaction, text)


@guard(Level.ANYONE, "**Previous** and **Next** under a long answer")
class TurnPage(Pressable, template=re.compile(r"page:(?P<key>[0-9]{1,18}):(?P<page>[0-9]{1,4})")):
    """The **Previous** and **Next** buttons under an answer that is too long for one message."""

    async def press(self, _: Bot, interaction: discord.Interaction) -> None:
        """Replace the page of the answer with the previous or next page."""
        await turn_page(interaction, int(self.match["key"]), int(self.match["page"]))


@guard(Level.ANYONE, "the list of posts under an answer that names some")
class WhyButton(Pressable, template=re.compile(r"why")):
    """A list of the posts that an answer names. Choosing a post shows where it came from."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Reply with the answer of `/why` about the chosen post, in a new message."""
        number, server = int(chosen(interaction)[0]), server_of(interaction)
        await bot.rooms.entries.corrections.refuse_unseen(server, number, sight(interaction))
        await answer(interaction, await bot.rooms.answers.provenance.why(await viewer_of(interaction), number))


@guard(Level.ANYONE, "the pages of `/history`")
class HistoryPage(
    Pressable, template=re.compile(r"history:(?P<tag>[0-9a-f]{8}):(?P<key>[no]:-?[0-9]{1,20}:[0-9]{1,20})")
):
    """The **Newer** and **Older** buttons under `/history`."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Replace the page with newer or older updates."""
        question = await _of_button(bot, interaction, self.match["tag"], "now")
        await answer_instead(
            interaction, await bot.rooms.answers.history.page(question, self.match["key"]), question.viewer
        )


@guard(Level.ANYONE, "**Everything known** under `/margin`")
class EverythingKnown(Pressable, template=re.compile(r"known:(?P<tag>[0-9a-f]{8}):(?P<at>now|[0-9]{1,11})")):
    """The **Everything known** button under `/margin`."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Replace the answer with everything known, as of the same time."""
        question = await _of_button(bot, interaction, self.match["tag"], self.match["at"])
        await answer_instead(interaction, await bot.rooms.answers.standing.standing(question), question.viewer)


async def _of_button(bot: Bot, interaction: discord.Interaction, tag: str, at: str) -> Question:
    """Return the question of an answer, rebuilt from the key of a button under the answer.

    `tag` identifies the contest. `at` is the time asked about in seconds since 1970, or "now".

    Raises:
        BadInputError: the desk file no longer has the contest.
    """
    contest = contest_by_tag(bot.rooms.setting.desk, tag)
    if contest is None:
        raise BadInputError("the desk no longer covers that contest")
    question = await bot.rooms.answers.asking.about(contest, await viewer_of(interaction))
    return question if at == "now" else replace(question, at=datetime.fromtimestamp(int(at), UTC))


async def _picture(message: discord.Message) -> Picture | None:
    """Download the picture of an answer from Discord, or return None if the answer has none.

    Raises:
        BadInputError: Discord no longer has the picture.
    """
    if not message.attachments:
        return None
    file = message.attachments[0]
    try:
        return Picture(await file.read(), file.description or "", file.filename)
    except (discord.HTTPException, discord.NotFound, OSError) as error:
        raise BadInputError("Discord no longer has the picture; ask for the chart again") from error


async def setup(bot: Bot) -> None:
    """Add the commands and their buttons to the bot."""
    bot.add_dynamic_items(ShareButton, TurnPage, WhyButton, HistoryPage, EverythingKnown)
    await bot.add_cog(AnswerCommands(bot))
