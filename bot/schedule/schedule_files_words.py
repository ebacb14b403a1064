"""Renders the preview of `/schedule import`, and the answer after saving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.events.calendar_changes import CalendarChange
from bot.events.event import Event, LeadTimes
from bot.events.time_meaning import TimeQuestion
from bot.schedule.planning_words import posting_channels, reminders_at, time_and_date, zone_needed
from bot.schedule.reminders_words import MOST_ANNOUNCED, status_words, what
from bot.wording.card import Block, Button, Card, lines
from bot.wording.context import Setting
from bot.wording.escape import clean, escape, stopped
from bot.wording.numbers import counted, spelled
from bot.wording.typed_times import OPEN, moment_label

_MOST_WORDS, _MOST_WHY = 100, 200

_WHAT = {"new": "New", "changed": "Changed", "gone": "Not confirmed"}

_MOST_ADDED = 8
"""The maximum number of buttons for lines with an ambiguous time."""


@dataclass(frozen=True, slots=True)
class EventPosting:
    """The reminders of a new event: its lead times, and the channels in which it is posted."""

    lead_times: LeadTimes
    channels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A pasted line with an ambiguous time."""

    words: str
    question: TimeQuestion
    choices: Sequence[tuple[int, Event]]
    """The event at each possible time, with the id of its stored proposal."""


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """The content of the preview of an import that waits for Save."""

    key: int
    """The import's id, for the buttons."""
    changes: Sequence[CalendarChange]
    events: int
    """The number of events read, including those that change nothing."""
    missed: Sequence[tuple[str, str]]
    """The text of each line or event that could not be parsed, and the reason, which may be empty."""
    open: Sequence[OpenLine] = ()
    told: Mapping[str, EventPosting] = field(default_factory=dict)
    """The reminders and channels of each new event, by the event's key."""
    announced: int = 0
    """The number of new events on a day whose morning list is already posted."""


def preview_answer(looked: ImportPreview, now: datetime, setting: Setting) -> Card:
    """Return the preview of an import.

    It lists the changes that saving would make, the possible times of ambiguous lines, and the lines that could not be
    parsed.
    """
    zone = setting.desk.zone
    same = looked.events - len(looked.changes)
    blocks: list[Block] = []
    places = {one.channels for one in looked.told.values()}
    all_new = all(change.what == "new" for change in looked.changes)
    if looked.changes:
        changes = (
            _line(change, now, zone, mark=not all_new)
            + _reminders(change, looked.told, now, zone, apart=len(places) > 1)
            for change in looked.changes
        )
        blocks.append(Block(lines(*changes)))
    if looked.open:
        asked = (_asked(one.words, one.question, zone) for one in looked.open)
        how = "Press the right time to add it; Save does not."
        blocks.append(Block(lines(*asked, how), title="Which time?", colour=None))
    if looked.missed:
        missed = (
            f"{escape(words, _MOST_WORDS)}{f' ({escape(why, _MOST_WHY)})' if why else ''}"
            for words, why in looked.missed
        )
        blocks.append(Block(lines(*missed), title="Not added", colour=None))
    already = f" {counted(same, 'event')} skipped: past, canceled or already there." if same else ""
    if not looked.changes:
        open_yet = " yet" if looked.open else ""
        head, buttons = f"**Nothing to add{open_yet}.**{already}", _open_buttons(looked.open)
        return Card(lines(head), blocks=tuple(blocks), buttons=buttons)
    buttons = (
        Button(f"Save {len(looked.changes)}", f"import:save:{looked.key}", "primary"),
        Button("Discard", f"import:drop:{looked.key}"),
        *_open_buttons(looked.open),
    )
    number = len(looked.changes)
    named = f"these {spelled(number, 'event')}" if number > 1 else "this event"
    head = f"**{'Add' if all_new else 'Save'} {named}?**{already}"
    head += f" Reminders go out in {posting_channels(*places)}." if len(places) == 1 else ""
    return Card(lines(f"{head}{_announced(looked.announced)}"), blocks=tuple(blocks), buttons=buttons)


def _announced(number: int) -> str:
    """Return a sentence on how `number` new events are announced on a day whose morning list is already posted.

    Too many events are not announced, which the sentence states. It is "" if `number` is 0.
    """
    if number > MOST_ANNOUNCED:
        return " The morning list is out, and these are too many to post: share the day with `/schedule show`."
    return (
        f" The morning list is out, so {spelled(number, 'post')} also {'says' if number == 1 else 'say'} what is added."
        if number
        else ""
    )


def _line(change: CalendarChange, now: datetime, zone: ZoneInfo, *, mark: bool) -> str:
    """Return the preview's line for an event that an import adds or changes.

    With `mark`, the line shows whether the event is new, changed or gone.
    """
    event = change.says
    what_of = f"{_WHAT[change.what]}: " if mark else ""
    return f"**{what_of}{time_and_date(event.starts_at, now, zone, zone_needed(event.wall, event, zone))}** {what(event)}{status_words(event)}"


def _reminders(
    change: CalendarChange, told: Mapping[str, EventPosting], now: datetime, zone: ZoneInfo, *, apart: bool
) -> str:
    """Return a new event's reminders as text.

    `told` has the lead times and channels by the event's key. With `apart`, the channels are included, since they
    differ between events.
    """
    if change.key not in told:
        return ""
    one = told[change.key]
    where = f", in {posting_channels(one.channels)}" if apart else ""
    return f". {stopped(reminders_at(change.says, one.lead_times, now, zone) + where)}"


def _asked(words: str, question: TimeQuestion, zone: ZoneInfo) -> str:
    """Return a pasted line, and a question with the times that it can mean."""
    choices = [f"**{moment_label(one.moment, zone)}**" for one in question.choices]
    why = " ".join(OPEN[one] for one in question.why)
    return f"{escape(words, _MOST_WORDS)}\n{why} {' or '.join(choices)}?"


def _open_buttons(open_lines: Sequence[OpenLine]) -> tuple[Button, ...]:
    """Return a button for each possible time of each ambiguous line, up to `_MOST_ADDED`."""
    buttons = tuple(
        Button(
            clean(f"Add {moment_label(event.starts_at, ZoneInfo(event.zone))}: {event.title}", 80), f"plan:add:{key}"
        )
        for one in open_lines
        for key, event in one.choices
    )
    return buttons[:_MOST_ADDED]


def imported_answer(changes: Sequence[CalendarChange]) -> str:
    """Return a summary of the saved changes: "Saved: 3 new events, 1 changed."."""
    new = sum(change.what == "new" for change in changes)
    changed = len(changes) - new
    if not changes:
        return "No change: the schedule already has all of it."
    parts = [counted(new, "new event")] if new else []
    parts += [f"{changed} changed"] if changed else []
    return f"**Saved:** {', '.join(parts)}."
