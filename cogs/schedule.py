"""`/schedule`, `/next` and `/remindme`: events, changes to them, calendar files and private reminders.

Also the buttons under reminders, under previews of events, and under the morning list.
"""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal, Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot, bot_of
from bot.errors import BadInputError
from bot.events.event import EventKind
from bot.events.icalendar import check_size
from bot.follows.levels import Level
from bot.schedule.events import PRESSES, Pressed, ReminderPress
from bot.schedule.planning import EventInput, Planning
from bot.schedule.reminders import read_lead_time
from bot.schedule.reminders_words import KINDS, WALL_KEY
from bot.schedule.rundown_words import COPY
from bot.schedule.schedule_files import ImportRequest
from bot.wording.card import Button, Card
from cogs.buttons import AnsweredForm, Pressable, TextField
from cogs.callers import (
    SERVERS,
    answer,
    answer_instead,
    answer_later,
    check_permissions,
    file_sent,
    server_of,
    viewer_of,
    who_asks,
)
from cogs.guards import caller_of, check_seen, guard, sight
from cogs.options import ContestOption, EventAheadOption, EventOption, Reason, TypedTime

EventStatusOption = Literal["expected", "confirmed", "started", "over"]

TypedWords = app_commands.Range[str, 1, 300]

_KINDS = [app_commands.Choice(name=name, value=kind) for kind, name in KINDS.items()]
"""The kinds of event, as Discord's picker shows them."""

_AT = "10:30 a.m., tomorrow 1 p.m., Friday 5 p.m., in 20 min; in newsroom time"

_OPTIONS = {
    "title": "The event, as it will be posted",
    "place": "Where",
    "who": "Who speaks or hosts",
    "ends": "When it ends",
    "later": "Places with a later time: Cobb County 9 p.m.; Macon 8:30 p.m.",
    "source": "Who announced it",
    "link": "A link to the announcement",
    "contest": "The contest it is about",
    "status": "Expected means not confirmed yet",
    "remind": "How long before: 60m; 1d, 30m for two reminders; none for only when it starts",
    "channel": "Where it is posted; by default where its contest is followed",
}
_REMOVABLE = {
    name: f"{_OPTIONS[name]}; none to remove it" for name in ("place", "who", "ends", "later", "source", "link")
}
"""Descriptions of the options of `/schedule edit` whose value can be removed."""


class ScheduleCommands(commands.Cog):
    """Commands to show and change the schedule."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._schedule, self._planning = bot.rooms.schedule.events, bot.rooms.schedule.planning

    schedule = app_commands.Group(name="schedule", description="The newsroom's schedule", allowed_contexts=SERVERS)

    @app_commands.command(description="What is next on the schedule")
    @app_commands.guild_only()
    @guard(Level.ANYONE)
    async def next(self, interaction: discord.Interaction) -> None:
        """Reply with the next events on the schedule."""
        await answer(interaction, await self._schedule.next(server_of(interaction), sight(interaction)))

    @schedule.command(name="show", description="Today's and this week's events")
    @app_commands.describe(days="By default today", event="The changes to this event: who, what, when and why")
    @guard(Level.ANYONE)
    async def show(
        self,
        interaction: discord.Interaction,
        days: Literal["today", "week"] = "today",
        event: EventOption | None = None,
    ) -> None:
        """Reply with the events of today or this week, or with the changes to one event."""
        server = server_of(interaction)
        if event is not None:
            entry = await self._schedule.found(server, event, sight(interaction))
            await answer(interaction, await self._schedule.history(server, entry.id))
        else:
            await answer(interaction, await _days(self.bot, interaction, days))

    @schedule.command(name="add", description="Add an event, by its options or a form")
    @app_commands.describe(
        at=_AT,
        kind="What kind of event; by default as its title says",
        zone="The time zone, such as America/Chicago",
        **_OPTIONS,
    )
    @app_commands.choices(kind=_KINDS)
    @guard(Level.DESK)
    async def add(
        self,
        interaction: discord.Interaction,
        title: TypedWords | None = None,
        at: TypedTime | None = None,
        kind: EventKind | None = None,
        place: TypedWords | None = None,
        who: TypedWords | None = None,
        ends: TypedTime | None = None,
        later: TypedWords | None = None,
        source: TypedWords | None = None,
        link: TypedWords | None = None,
        contest: ContestOption | None = None,
        status: EventStatusOption | None = None,
        remind: TypedWords | None = None,
        channel: discord.TextChannel | None = None,
        zone: TypedWords | None = None,
    ) -> None:
        """Preview a new event, with a button that saves it."""
        given = await _event_input(
            interaction,
            channel,
            title=title,
            at=at,
            ends=ends,
            later=later,
            kind=kind,
            place=place,
            who=who,
            source=source,
            link=link,
            contest=contest,
            status=status,
            zone=zone,
            remind=remind,
        )
        if title is None or at is None:
            await interaction.response.send_modal(EventForm(self._planning, given))
            return
        here = interaction.channel_id
        await answer(interaction, await self._planning.add(server_of(interaction), interaction.user.id, given, here))

    @schedule.command(name="edit", description="Change an event, except its time")
    @app_commands.describe(
        event="The event", kind="What kind of event", reason="Reason (kept in the audit)", **{**_OPTIONS, **_REMOVABLE}
    )
    @app_commands.choices(kind=_KINDS)
    @guard(Level.DESK)
    async def edit(
        self,
        interaction: discord.Interaction,
        event: EventOption,
        title: TypedWords | None = None,
        kind: EventKind | None = None,
        place: TypedWords | None = None,
        who: TypedWords | None = None,
        ends: TypedTime | None = None,
        later: TypedWords | None = None,
        source: TypedWords | None = None,
        link: TypedWords | None = None,
        contest: ContestOption | None = None,
        status: EventStatusOption | None = None,
        remind: TypedWords | None = None,
        channel: discord.TextChannel | None = None,
        reason: Reason | None = None,
    ) -> None:
        """Preview the changed event, with a button that saves it."""
        given = await _event_input(
            interaction,
            channel,
            title=title,
            ends=ends,
            later=later,
            kind=kind,
            place=place,
            who=who,
            source=source,
            link=link,
            contest=contest,
            status=status,
            remind=remind,
        )
        server, person = server_of(interaction), interaction.user.id
        entry = await self._schedule.found(server, event, sight(interaction))
        await answer(interaction, await self._planning.edit(server, person, entry, given, reason))

    @schedule.command(name="move", description="Move an event, and post that")
    @app_commands.describe(event="The event", to=_AT, reason="Why; it will be posted")
    @guard(Level.DESK)
    async def move(
        self, interaction: discord.Interaction, event: EventOption, to: TypedTime, reason: Reason | None = None
    ) -> None:
        """Preview an event at its new time, with a button that saves it."""
        server, person = server_of(interaction), interaction.user.id
        entry = await self._schedule.found(server, event, sight(interaction))
        await answer(interaction, await self._planning.move(server, person, entry, to, reason))

    @schedule.command(name="cancel", description="Cancel an event, and post that")
    @app_commands.describe(event="The event", reason="Why; it will be posted")
    @guard(Level.DESK)
    async def cancel(self, interaction: discord.Interaction, event: EventOption, reason: Reason | None = None) -> None:
        """Preview the cancellation, with a button that saves it."""
        server, person = server_of(interaction), interaction.user.id
        entry = await self._schedule.found(server, event, sight(interaction))
        await answer(interaction, await self._planning.cancel(server, person, entry, reason))

    @schedule.command(name="import", description="Paste events, or add them from a calendar file")
    @app_commands.describe(file="A calendar (.ics) or a text file; leave it out to paste")
    @guard(Level.DESK)
    async def bring_in(self, interaction: discord.Interaction, file: discord.Attachment | None = None) -> None:
        """Open the form to paste events or, if a file is given, preview the file's events."""
        if file is None:
            await interaction.response.send_modal(PasteForm())
        else:
            await _look_at(interaction, file)


async def _days(bot: Bot, interaction: discord.Interaction, days: str) -> Card:
    """Return the card of today's or this week's events.

    Buttons lead to the other period and to a calendar file.
    """
    events, server = bot.rooms.schedule.events, server_of(interaction)
    week = days == "week"
    here = interaction.channel_id if (await viewer_of(interaction)).desk else None
    card = await (events.week if week else events.today)(server, sight(interaction), here)
    other = Button("Today", "schedule:today") if week else Button("This week", "schedule:week")
    return replace(card, buttons=(*card.buttons, other, Button("Calendar file", "schedule:file")))


@guard(Level.ANYONE, "the buttons under `/schedule show`")
class SchedulePage(Pressable, template=re.compile(r"schedule:(?P<press>today|week|file)")):
    """A button to today's events, to this week's, or to the whole schedule as a calendar file."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Replace the events with those of the chosen period, or reply with the calendar file."""
        if self.match["press"] != "file":
            await answer_instead(interaction, await _days(bot, interaction, self.match["press"]))
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        body = await bot.rooms.schedule.files.export(caller_of(interaction), sight(interaction))
        file = discord.File(io.BytesIO(body), "schedule.ics")
        await interaction.followup.send("The schedule, for any calendar app:", file=file, ephemeral=True)


async def _event_input(
    interaction: discord.Interaction, channel: discord.TextChannel | None, **options: str | None
) -> EventInput:
    """Return the options of `/schedule add` or `/schedule edit`, which are named as in `EventInput`.

    Raises:
        NotAllowedError: the person does not see the channel, or the bot can't post in it.
    """
    if channel is not None:
        check_seen(interaction, channel.id)
        check_permissions(interaction, channel)
    return EventInput(**options, channel=channel.id if channel else None)


@guard(Level.DESK)
class EventForm(AnsweredForm, title="Add an event"):
    """A form for a new event, prefilled with the options that were given."""

    def __init__(self, planning: Planning, given: EventInput) -> None:
        """Create a form with the options in `given` as its first values."""
        super().__init__()
        self._planning, self._event_input = planning, given
        self.what = _input("Event, as it will be posted", given.title, 300)
        self.at = _input("When: 10:30 a.m., tomorrow noon, in 20 min", given.at, 60)
        self.ends = _input("When it ends", given.ends, 60, required=False)
        self.place = _input("Where", given.place, 300, required=False)
        self.source = _input("Source: who announced it", given.source, 300, required=False)
        for item in (self.what, self.at, self.ends, self.place, self.source):
            self.add_item(item)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Preview the event, with a button that saves it."""
        given = replace(
            self._event_input,
            title=self.what.value,
            at=self.at.value,
            ends=self.ends.value or None,
            place=self.place.value or None,
            source=self.source.value or None,
        )
        card = await self._planning.add(server_of(interaction), interaction.user.id, given, interaction.channel_id)
        await answer(interaction, card)


def _input(label: str, value: str | None, most: int, *, required: bool = True) -> TextField:
    return TextField(label, default=value, max_length=most, required=required)


@guard(Level.DESK)
class PasteForm(AnsweredForm, title="Paste events"):
    """A form for several events: a text with one event on each line, or a file."""

    def __init__(self) -> None:
        """Create an empty form."""
        super().__init__()
        self.lines = TextField(
            "One event per line, starting with the time",
            long=True,
            max_length=4000,
            required=False,
            placeholder="10:30 a.m.: News conference\nFriday 5 p.m.: Counties certify",
        )
        self.add_item(self.lines)
        self.file: discord.ui.FileUpload[Self] = discord.ui.FileUpload(required=False, max_values=1)
        self.add_item(discord.ui.Label(text="Or a file: .ics or text", component=self.file))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Preview the events in the form's lines or file."""
        if self.file.values:
            await _look_at(interaction, self.file.values[0])
            return
        if not self.lines.value.strip():
            raise BadInputError("paste lines, or send a file")
        files = bot_of(interaction).rooms.schedule.files
        await answer_later(interaction)
        await answer(interaction, await files.look_at_text(self.lines.value, import_request_of(interaction)))


@guard(Level.DESK, "**Save** and **Discard** under a calendar file")
class ImportButton(Pressable, template=re.compile(r"import:(?P<press>save|drop):(?P<key>[0-9]{1,18})")):
    """The **Save** and **Discard** buttons under the preview of imported events."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Save or discard the events, and replace the preview with the result."""
        key, server, who = int(self.match["key"]), server_of(interaction), who_asks(interaction)
        if self.match["press"] == "save":
            text = await bot.rooms.schedule.files.save(key, server, who)
        else:
            text = await bot.rooms.schedule.planning.drop(key, server, who)
        await answer_instead(interaction, text)


def import_request_of(interaction: discord.Interaction) -> ImportRequest:
    """Return the person who imports events, with their server and channel."""
    return ImportRequest(server_of(interaction), interaction.user.id, who_asks(interaction), interaction.channel_id)


async def _look_at(interaction: discord.Interaction, file: discord.Attachment) -> None:
    check_size(file.size)
    body = await file_sent(interaction, file)
    files = bot_of(interaction).rooms.schedule.files
    await answer(interaction, await files.look_at_file(file.filename, body, import_request_of(interaction)))


@guard(Level.DESK, "the buttons under a reminder, **Cancel event** under one that was added")
class ReminderAnswerButton(
    Pressable,
    template=re.compile(rf"event:(?P<press>{'|'.join(PRESSES)}):(?P<entry>[0-9]{{1,18}}):(?P<wall>[0-9]{{12}})"),
):
    """A button under a reminder, to report what became of the event."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Record whether the event began, was pushed back or was called off."""
        match = self.match
        wall = datetime.strptime(match["wall"], WALL_KEY).replace(tzinfo=UTC).replace(tzinfo=None)
        pressed = Pressed(cast("ReminderPress", match["press"]), int(match["entry"]), wall)
        events = bot.rooms.schedule.events
        await answer(interaction, await events.press(pressed, server_of(interaction), who_asks(interaction)))


@guard(Level.DESK, "**Undo** under a changed event")
class UndoChange(Pressable, template=re.compile(r"event:undo:(?P<change>[0-9]{1,18})")):
    """The **Undo** button under a changed event."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Undo the change, and replace the message about it with the result."""
        server, change = server_of(interaction), int(self.match["change"])
        await answer_instead(interaction, await bot.rooms.schedule.events.undo(change, server, who_asks(interaction)))


@guard(Level.DESK, "the buttons under a planned entry")
class PreviewButton(Pressable, template=re.compile(r"plan:(?P<press>show|save|add|drop):(?P<key>[0-9]{1,18})")):
    """A button under the preview of an event."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Show, save or discard the event, and replace the preview with the result.

        `add` also saves the event, but replies in a new message, because other events in the list may still be saved.
        """
        planning, key, server = bot.rooms.schedule.planning, int(self.match["key"]), server_of(interaction)
        if self.match["press"] == "add":
            await answer(interaction, await planning.save(key, server, who_asks(interaction), sight(interaction)))
            return
        if self.match["press"] == "show":
            card = await planning.show(key, server, sight(interaction))
        elif self.match["press"] == "save":
            card = await planning.save(key, server, who_asks(interaction), sight(interaction))
        else:
            card = Card.of(await planning.drop(key, server, who_asks(interaction)))
        await answer_instead(interaction, card)


@guard(Level.ANYONE, "the copy button under the morning list")
class CopySchedule(Pressable, template=re.compile(re.escape(COPY))):
    """The button under the morning list that copies the list as plain text."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Reply with the list as plain text."""
        if interaction.message is not None:
            await answer(interaction, await bot.rooms.schedule.rundown.copy(interaction.message.id))


class ReminderCommands(commands.Cog):
    """The command that sets private reminders."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @app_commands.command(description="Get a DM before an event")
    @app_commands.describe(
        event="The event",
        before="10 min or 1 hour before; none: when it begins; by default the same as the channel's reminders",
    )
    @app_commands.guild_only()
    @guard(Level.ANYONE)
    async def remindme(
        self,
        interaction: discord.Interaction,
        event: EventAheadOption,
        before: TypedTime | None = None,
    ) -> None:
        """Set a reminder by direct message, and reply with a button that cancels it."""
        rooms, server, person = self.bot.rooms, server_of(interaction), interaction.user.id
        entry = await rooms.schedule.events.found(server, event, sight(interaction), ahead=True)
        lead = read_lead_time(before) if before else None
        await answer_later(interaction)
        await rooms.operations.direct_channels.channel(person)
        card = await rooms.schedule.events.remind(server, entry.id, person, lead)
        await answer(interaction, replace(card, buttons=(Button("Don't remind me", f"remindme:stop:{entry.id}"),)))


@guard(Level.ANYONE, "**Don't remind me** under `/remindme`")
class NoReminder(Pressable, template=re.compile(r"remindme:stop:(?P<entry>[0-9]{1,18})")):
    """The **Don't remind me** button under the reply to `/remindme`."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Cancel the person's reminder."""
        events, person = bot.rooms.schedule.events, interaction.user.id
        did = await events.stop_reminding(server_of(interaction), int(self.match["entry"]), person)
        text = "You won't be reminded of it." if did else "You had no reminder for it."
        await answer_instead(interaction, text)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(ScheduleCommands(bot))
    bot.add_dynamic_items(
        ImportButton, ReminderAnswerButton, UndoChange, PreviewButton, CopySchedule, SchedulePage, NoReminder
    )
    await bot.add_cog(ReminderCommands(bot))
