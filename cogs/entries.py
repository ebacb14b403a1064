"""Commands to enter figures from a text or a form (`/tally`, **Read as tally**), and to correct and retract them.

Also `/entries`, which lists a person's own entries.
"""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Self, cast

import discord
from discord import app_commands
from discord.ext import commands
from discord.utils import MISSING

from bot.client import Bot, Rooms, bot_of
from bot.count.entry import MOST_TEXT, Entry
from bot.desk.desk_file import Contest
from bot.entries.corrections import Corrections, ReplacePress
from bot.entries.corrections_words import Replacement
from bot.entries.drafts import LARGEST_PICTURE_BYTES, Drafts, OpenedForm, TallyFields
from bot.entries.drafts_store import Evidence
from bot.entries.drafts_words import public_button
from bot.entries.edit_form import EditForm
from bot.entries.review import EntryDecisions
from bot.errors import BadInputError, Refusals
from bot.follows.levels import Level
from bot.outbox.discord import view_of
from bot.outbox.proposals_store import Asker
from bot.wording.card import Button, Card
from bot.wording.limits import cut, size
from bot.wording.message import render
from bot.wording.typed_times import past_time
from bot.wording.viewer import without_channels
from cogs.buttons import AnsweredForm, Pressable, TextField, buttons_under, chosen
from cogs.callers import answer, answer_instead, answer_later, contest_of, file_sent, server_of, viewer_of, who_asks
from cogs.guards import guard, level_here
from cogs.options import (
    CONTEST,
    ContestOption,
    EntryOption,
    PostOption,
    Reason,
    SourceOption,
    TypedAsOf,
    entry_key,
    post_number,
)

READ_AS_TALLY = "Read as tally"

_SAME_DAYS_CLOCK = timedelta(minutes=5)
"""The largest difference between the news clock and Discord's outside of a rehearsal of another time."""


class TallyCommands(commands.Cog):
    """Commands to enter, correct and retract figures."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @app_commands.command(description="Enter figures: paste a text or fill in a form")
    @app_commands.describe(
        text="Paste a reporter's post or part of a live blog; leave it out for a form",
        source="The source; you can choose it afterwards",
        contest=CONTEST,
        as_of="As of when: 9:40 a.m., yesterday 7 p.m.; by default now",
        photo="A photo of a printout or a screen",
        reason="Note to the colleague who confirms it",
    )
    @app_commands.guild_only()
    @guard(Level.REPORTER)
    async def tally(
        self,
        interaction: discord.Interaction,
        text: app_commands.Range[str, 1, MOST_TEXT] | None = None,
        source: SourceOption | None = None,
        contest: ContestOption | None = None,
        as_of: TypedAsOf | None = None,
        photo: discord.Attachment | None = None,
        reason: Reason | None = None,
    ) -> None:
        """Preview the figures that were read from the text. Without a text, open the form."""
        check_picture(photo)
        if text is None:
            await interaction.response.send_modal(
                _ReportForm(await contest_of(interaction, contest), source, reason, photo, as_of)
            )
            return
        rooms = self.bot.rooms
        at = past_time(as_of, rooms.clock.now(), rooms.setting.desk.zone) if as_of else None
        card = await rooms.entries.entering.read(
            await asker_of(interaction),
            text,
            contest=rooms.follows.contest(contest) if contest else None,
            here=await _followed_here(interaction),
            source=source,
            said_at=at,
            reason=reason,
            evidence=await _evidence(interaction, photo),
        )
        await answer(interaction, card)

    @app_commands.command(description="Your last entries, and what became of them")
    @app_commands.guild_only()
    @guard(Level.REPORTER)
    async def entries(self, interaction: discord.Interaction) -> None:
        """Reply with the last entries of the person who asks."""
        await answer(interaction, await self.bot.rooms.entries.entering.own_entries(await asker_of(interaction)))

    @app_commands.command(description="Correct our own error in a post")
    @app_commands.describe(post="The post, such as #3", text="What is right, in a full sentence")
    @app_commands.guild_only()
    @guard(Level.DESK)
    async def correct(
        self, interaction: discord.Interaction, post: PostOption, text: app_commands.Range[str, 3, 600]
    ) -> None:
        """Preview a correction and its channels, with a button that posts it."""
        number = await post_number(interaction, post)
        await show_replacement_preview(
            interaction, self.bot.rooms.entries.corrections, Replacement("correct", text, number)
        )

    @app_commands.command(description="Retract what staff entered")
    @app_commands.describe(
        post="The post, such as #3; or an entry that was not posted, such as entry 12",
        why="Why, as it will be posted",
    )
    @app_commands.guild_only()
    @guard(Level.DESK)
    async def retract(
        self, interaction: discord.Interaction, post: EntryOption, why: app_commands.Range[str, 3, 600]
    ) -> None:
        """Preview a retraction and its channels, with a button that posts it."""
        entry = entry_key(post)
        number = await post_number(interaction, post) if entry is None else None
        await show_replacement_preview(
            interaction, self.bot.rooms.entries.corrections, Replacement("retract", why, number, entry)
        )


async def _evidence(interaction: discord.Interaction, photo: discord.Attachment | None) -> Evidence | None:
    return Evidence(photo.filename, await file_sent(interaction, photo)) if photo else None


@guard(Level.REPORTER, "the list under `/entries`, **Picture** under an entry")
class EntryPicture(Pressable, template=re.compile(r"entries:(?:choose|picture:(?P<entry>[0-9]{1,18}))")):
    """The list under `/entries`, and the **Picture** button under an entry."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Reply with an entry's picture.

        A choice from the list also shows the entry, with **Retract** for the desk.
        """
        asker, entering = await asker_of(interaction), bot.rooms.entries.entering
        if self.match["entry"]:
            await _hand_over(
                interaction, f"Entry {self.match['entry']}:", await entering.picture(asker, int(self.match["entry"]))
            )
            return
        card, picture = await entering.one(asker, int(chosen(interaction)[0]))
        await _hand_over(interaction, render(card).content, picture, card.buttons)


async def _hand_over(
    interaction: discord.Interaction, content: str, picture: Evidence | None, buttons: Sequence[Button] = ()
) -> None:
    await answer_later(interaction)  # to upload 8 MiB takes a slow line longer than three seconds
    file = discord.File(io.BytesIO(picture.body), picture.name, description=content[:100]) if picture else MISSING
    view = view_of(buttons) if buttons else MISSING
    content = without_channels(content, await viewer_of(interaction))
    await interaction.followup.send(content, file=file, view=view, ephemeral=True)


@guard(Level.DESK, "**Retract** under one of `/entries`")
class RetractButton(Pressable, template=re.compile(r"entries:retract:(?P<entry>[0-9]{1,18})")):
    """The **Retract** button under an entry from `/entries`."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Open the form that asks for the reason."""
        await interaction.response.send_modal(_RetractForm(bot.rooms.entries.corrections, int(self.match["entry"])))


@guard(Level.DESK)
class _RetractForm(AnsweredForm, title="Retract this entry"):
    """A form for the reason why an entry is retracted."""

    why = TextField("Why, as it will be read", max_length=600)

    def __init__(self, corrections: Corrections, entry: int) -> None:
        super().__init__()
        self._corrections, self._entry = corrections, entry

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Preview a retraction and its channels, with a button that posts it."""
        await show_replacement_preview(
            interaction, self._corrections, Replacement("retract", self.why.value, None, self._entry)
        )


@guard(Level.DESK, "the buttons under a correction or a retraction")
class ReplaceButton(
    Pressable,
    template=re.compile(r"replace:(?P<key>[0-9]{1,18}):(?P<press>post|whole|discard|confirm|reject|undo)"),
):
    """A button under the preview of a correction or retraction, or under the result."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Post, discard, confirm, reject or undo a correction or retraction.

        The result replaces an ephemeral preview, or else is a new reply.
        """
        press = cast("ReplacePress", self.match["press"])
        asked = interaction.message is not None and not interaction.message.flags.ephemeral
        card = await bot.rooms.entries.corrections.press(press, await asker_of(interaction), int(self.match["key"]))
        await (answer if asked else answer_instead)(interaction, card)


async def show_replacement_preview(
    interaction: discord.Interaction, corrections: Corrections, what: Replacement
) -> None:
    """Reply with a preview of the correction or retraction `what`, with a button that posts it."""
    await answer(interaction, await corrections.begin(await asker_of(interaction), what))


class TallyForm(AnsweredForm, title="Figures, and as of when"):
    """A form with which figures are entered or edited."""

    margin = TextField("Margin", placeholder="who leads, and by how many votes", required=False, max_length=100)
    votes = TextField(
        "Votes: the total, each candidate's, a batch",
        placeholder="such as 4,991,741; or what counties added, such as Fulton 61-13, DeKalb 40-9",
        required=False,
        max_length=500,
        long=True,
    )
    left = TextField(
        "Ballots left", placeholder="such as 4,355; or each county with its number", required=False, max_length=200
    )
    certified = TextField("Certified", placeholder="such as 96 of 159", required=False, max_length=30)
    at = TextField("As of", placeholder="now; or 9:40 a.m., yesterday 7 p.m.", required=False, max_length=60)

    @property
    def form(self) -> TallyFields:
        """The values that were typed, without the time."""
        return TallyFields(self.margin.value, self.votes.value, self.left.value, self.certified.value)

    def moment(self, rooms: Rooms, contest: Contest) -> datetime | None:
        """Return the time that was typed, or None if the field is empty.

        Raises:
            BadInputError: a field can't be read, or the time is ambiguous or in the future. The message names each such field.
        """
        refused = Refusals()
        refused.of(lambda: self.form.pieces(contest), None)
        return refused.last(lambda: self.at.read(lambda typed: typed_moment(typed, rooms)))


@guard(Level.REPORTER)
class _ReportForm(TallyForm):
    """The form for a new entry."""

    def __init__(
        self,
        contest: Contest,
        source: str | None,
        reason: str | None,
        photo: discord.Attachment | None,
        as_of: str | None,
    ) -> None:
        super().__init__(title=cut(f"Enter figures: {contest.name}", 45))
        if contest.candidates:
            first = contest.candidates[0].last
            self.margin.input.placeholder = f"such as {first} 14,101"[:100]
            batch = f"a batch, Fulton 3,600: {first} +2,100"
            self.votes.input.placeholder = f"such as 4,991,741; Fulton 61-13, DeKalb 40-9; {batch}"[:100]
        self.left.input.placeholder = f"such as 4,355; or each {contest.unit} with its number"
        self.at.input.default = as_of
        self._contest = contest
        self._source = source
        self._reason = reason
        self._photo = photo
        # Discord's forms have five fields; `/certify` is for counts of counties.
        self.remove_item(self.certified)
        self._upload: discord.ui.FileUpload[Self] = discord.ui.FileUpload(required=False, max_values=1)
        if photo is None:
            self.add_item(discord.ui.Label(text="A photo of a printout or a screen", component=self._upload))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Preview the new entry, with a button that enters it."""
        rooms = bot_of(interaction).rooms
        self._photo = next(iter(self._upload.values), self._photo)  # kept where the form is refused and opened again
        at = self.moment(rooms, self._contest)
        check_picture(self._photo)
        picture = await _evidence(interaction, self._photo)
        card = await rooms.entries.entering.report(
            await asker_of(interaction),
            self._contest,
            self.form,
            source=self._source,
            as_of=at,
            reason=self._reason,
            evidence=picture,
        )
        await answer(interaction, card)


@guard(Level.REPORTER, "the buttons and lists under one's own entry")
class EntryButton(
    Pressable,
    template=re.compile(
        r"entry:(?P<entry>[0-9]{1,18}):(?P<press>enter(?P<shown>[0-9]{1,10})|tick(?P<seen>[0-9]{1,10})"
        r"|list|mend|own|drop|back|leader(?P<place>[0-9]{1,2})|at(?P<moment>[0-9]{1,11}))"
    ),
):
    """A button under the preview of an entry, for its author: enter, edit, discard and so on."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Carry out the button's action, and show the result."""
        entries, asker, key = bot.rooms.entries, await asker_of(interaction), int(self.match["entry"])
        match self.match["press"]:
            case "mend":
                opened = await entries.drafts.filled(asker, key)
                await interaction.response.send_modal(form_over(key, opened, entries.drafts))
            case "list":
                await answer_instead(interaction, await entries.drafts.listed(asker, key))
            case "back":
                await answer(interaction, await entries.review.take_back(asker, key))
            case "own":
                await answer_instead(interaction, await entries.drafts.own(asker, key))
            case "drop":
                await answer_instead(interaction, await entries.drafts.drop(asker, key))
            case _ if self.match["shown"]:
                shown = int(self.match["shown"])
                await answer_instead(interaction, await entries.review.enter(asker, key, shown))
            case _ if self.match["seen"]:
                await answer_instead(interaction, await entries.drafts.tick(asker, key, int(self.match["seen"])))
            case _ if self.match["moment"]:
                moment = datetime.fromtimestamp(int(self.match["moment"]), UTC)
                await answer_instead(interaction, await entries.drafts.as_of(asker, key, moment))
            case _:
                place = int(self.match["place"])
                await answer_instead(interaction, await entries.drafts.leader(asker, key, place))


@guard(
    Level.DESK,
    "**Confirm** and **Reject** under an entry, **Undo** and **Use in public answers** under what was entered",
)
class EntryDecision(
    Pressable,
    template=re.compile(r"entry:(?P<entry>[0-9]{1,18}):(?P<press>undo|public|confirm(?P<shown>[0-9]{1,10})|reject)"),
):
    """A button with which the desk decides on an entry: Confirm, Reject, Undo, or Use in public answers."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Apply the decision, and reply with the result."""
        review, asker, key = bot.rooms.entries.review, await asker_of(interaction), int(self.match["entry"])
        match self.match["press"]:
            case _ if self.match["shown"]:
                await answer(interaction, await review.confirm(asker, key, int(self.match["shown"])))
            case "reject":
                await answer(interaction, await review.reject(asker, key))
            case "public":
                await self._release_for_public(interaction, review, asker, key)
            case _:
                await answer_instead(interaction, await review.undo(asker, key))

    async def _release_for_public(
        self, interaction: discord.Interaction, review: EntryDecisions, asker: Asker, key: int
    ) -> None:
        """Allow public answers to use an entry.

        The result is a note on an ephemeral card, or else a new reply.
        """
        message = interaction.message
        if message is None or not message.flags.ephemeral:
            await answer(interaction, await review.release_for_public(asker, key, undo=False))
            return
        rest = [button for button in buttons_under(message) if button != public_button(key)]
        undo = any(button.key == f"entry:{key}:undo" for button in rest)
        text = await review.release_for_public(asker, key, undo=undo)
        await answer_instead(interaction, Card.of(message.content, text, buttons=tuple(rest)))


@guard(Level.REPORTER, "the buttons and lists under one's own entry")
class EntryList(Pressable, template=re.compile(r"entry:(?P<entry>[0-9]{1,18}):(?P<list>keep|source|contest|unit)")):
    """A list under the preview of an entry, for its author.

    It offers parts of the text, sources, contests or units.
    """

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Change the entry, and show the new preview."""
        drafts, key, values = bot.rooms.entries.drafts, int(self.match["entry"]), chosen(interaction)
        asker = await asker_of(interaction)
        match self.match["list"]:
            case "keep":
                card = await drafts.keep(asker, key, values)
            case "unit":
                card = await drafts.unit(asker, key, values[0])
            case "source":
                card = await drafts.source(asker, key, values[0])
            case _:
                card = await drafts.contest(asker, key, values[0])
        await answer_instead(interaction, card)


@app_commands.guild_only()
@guard(Level.REPORTER)
async def read_as_tally(interaction: discord.Interaction, message: discord.Message) -> None:
    """Read figures from a message, and preview the entry."""
    text = "\n".join([message.content, *(embed.description or "" for embed in message.embeds)])
    rooms = bot_of(interaction).rooms
    said_at = news_time(message.created_at, interaction.created_at, rooms.clock.now())
    card = await rooms.entries.entering.read(
        await asker_of(interaction),
        text,
        here=await _followed_here(interaction),
        link=message.jump_url,
        said_at=said_at,
    )
    await answer(interaction, card)


async def _followed_here(interaction: discord.Interaction) -> list[Contest]:
    asking = bot_of(interaction).rooms.answers.asking
    return await asking.followed(server_of(interaction), interaction.channel_id or 0)


def news_time(written: datetime, asked: datetime, now: datetime) -> datetime:
    """Return when a message was written, by the news clock.

    Usually that is Discord's own time. In a rehearsal of another day, the news clock differs from Discord's. The
    result is then as long before `now` as the message was written before `asked`.
    """
    return written if abs(now - asked) <= _SAME_DAYS_CLOCK else now - (asked - written)


def check_picture(photo: discord.Attachment | None) -> None:
    """Check that a file is a picture of at most 8 MiB. None is accepted.

    Raises:
        BadInputError: the file is too large, or is no picture.
    """
    if photo is not None and not (photo.content_type or "").startswith("image/"):
        raise BadInputError(f"{photo.filename[:60]} is not a picture; send a photo or a screenshot")
    if photo is not None and photo.size > LARGEST_PICTURE_BYTES:
        raise BadInputError(f"{photo.filename[:60]} is larger than 8 MiB; send a smaller picture")


def typed_moment(typed: str, rooms: Rooms) -> datetime | None:
    """Return a time that was typed into a form, or None if the field is empty.

    Raises:
        BadInputError: the text is no time, is ambiguous, or is in the future.
    """
    typed, now = typed.strip(), rooms.clock.now()
    if typed.casefold() == "now":
        return now
    return past_time(typed, now, rooms.setting.desk.zone) if typed else None


def form_over(key: int, opened: OpenedForm, drafts: Drafts) -> AnsweredForm:
    """Return the form that edits the draft with the id `key`. `opened` has the form's values and hints."""
    if isinstance(opened.form, TallyFields):
        form: _FigureForm | _WordForm = _FigureForm(drafts, key, opened.form, opened.seen)
    else:
        form = _WordForm(drafts, key, opened.form, opened.seen)
    if opened.times:
        form.at.input.placeholder = cut(f"{opened.times[0]}, as the text says; or now, yesterday 7 p.m.", 100)
    elif opened.as_of:
        form.at.input.placeholder = f"left empty: {opened.as_of}; or now, yesterday 7 p.m."
    return form


@guard(Level.REPORTER)
class _FigureForm(TallyForm):
    """The form to edit the figures of an entry."""

    def __init__(self, drafts: Drafts, key: int, form: TallyFields, seen: Entry) -> None:
        super().__init__()
        self._drafts = drafts
        self._key, self._seen = key, seen
        filled = ((self.margin, form.margin), (self.votes, form.votes), (self.left, form.left))
        for item, text in (*filled, (self.certified, form.certified)):
            item.input.default = text
            # Discord refuses a default longer than its field, and our names of places may be longer than those typed.
            item.input.max_length = max(item.input.max_length or 0, size(text))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Save the changes, and show the new preview."""
        rooms = bot_of(interaction).rooms
        asker, at = await asker_of(interaction), self.moment(rooms, rooms.follows.contest(self._seen.contest))
        await answer_instead(interaction, await self._drafts.mend(asker, self._key, self.form, at, self._seen))


@guard(Level.REPORTER)
class _WordForm(AnsweredForm, title="Edit the entry"):
    """The form to edit an entry other than totals: counties by name, a call, a batch, or a lead change."""

    def __init__(self, drafts: Drafts, key: int, form: EditForm, seen: Entry) -> None:
        super().__init__()
        self._drafts, self._key, self._kind, self._seen = drafts, key, form.kind, seen
        self._typed = [
            TextField(
                field.label,
                default=field.value[:MOST_TEXT],
                required=field.required,
                max_length=MOST_TEXT,
                long=field.long,
            )
            for field in form.fields
        ]
        self.at = TextField("As of", placeholder="now; or 9:40 a.m., yesterday 7 p.m.", required=False, max_length=60)
        for field in (*self._typed, self.at):
            self.add_item(field)

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Save the changes, and show the new preview."""
        rooms = bot_of(interaction).rooms
        typed, refused = [field.value for field in self._typed], Refusals()
        refused.of(lambda: self._drafts.with_typed(self._seen, self._kind, typed, None), None)
        at = refused.last(lambda: self.at.read(lambda typed: typed_moment(typed, rooms)))
        card = await self._drafts.mend_words(await asker_of(interaction), self._key, self._kind, typed, at, self._seen)
        await answer_instead(interaction, card)


async def asker_of(interaction: discord.Interaction) -> Asker:
    """Return the person who makes an entry, with their server and role."""
    reports = await level_here(interaction) < Level.DESK
    return Asker(server_of(interaction), interaction.user.id, who_asks(interaction), reports)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(TallyCommands(bot))
    bot.tree.add_command(app_commands.ContextMenu(name=READ_AS_TALLY, callback=read_as_tally))
    bot.add_dynamic_items(EntryButton, EntryDecision, EntryList, ReplaceButton, EntryPicture, RetractButton)
