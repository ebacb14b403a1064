"""What `/schedule import` shows before anything is saved, and says afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.events.calendar_changes import CalendarChange
from bot.events.event import Event, LeadTimes
from bot.events.meant_time import TimeQuestion
from bot.schedule.planning_words import reminders_at, time_and_date, told_in, zone_needed
from bot.schedule.reminders_words import status_words, what
from bot.wording.context import Setting
from bot.wording.draft import Answer, Button, colour_of
from bot.wording.escape import clean, escape, stopped
from bot.wording.numbers import counted, spelled
from bot.wording.typed_times import OPEN, moment_label

_MOST_WORDS, _MOST_WHY = 100, 200

_WHAT = {"new": "New", "changed": "Changed", "gone": "Not confirmed"}


@dataclass(frozen=True, slots=True)
class ToldOf:
    """How a new event is spoken of."""

    lead_times: LeadTimes
    channels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What somebody brings in."""

    key: int
    """Under which it waits for their Save."""
    changes: Sequence[CalendarChange]
    events: int
    """How many were read, those that change nothing too."""
    missed: Sequence[tuple[str, str]]
    """(words, why) of what was not understood; an empty why: the words say it."""
    open: Sequence["OpenLine"] = ()
    told: Mapping[str, ToldOf] = field(default_factory=dict)
    """By key: of each new event, how it is spoken of."""


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line whose time could be more than one, or not the one that was meant."""

    words: str
    question: TimeQuestion
    choices: Sequence[tuple[int, Event]]
    """The event at each of those times, with the id under which it waits."""


_MOST_ADDED = 8
"""Buttons of lines whose time is open."""


def preview_answer(looked: ImportPreview, now: datetime, setting: Setting) -> Answer:
    """Return what saving would change, line by line, and what was not understood."""
    zone = setting.desk.zone
    same = looked.events - len(looked.changes)
    embeds = []
    places = {one.channels for one in looked.told.values()}
    all_new = all(change.what == "new" for change in looked.changes)
    if looked.changes:
        lines = [
            _line(change, now, zone, mark=not all_new)
            + _reminders(change, looked.told, now, zone, apart=len(places) > 1)
            for change in looked.changes
        ]
        embeds.append({"description": "\n".join(lines), "color": colour_of("rundown")})
    if looked.open:
        lines = [_asked(one.words, one.question, zone) for one in looked.open]
        said = "Press the right time to add it; Save does not."
        embeds.append({"title": "Which time?", "description": "\n".join([*lines, said])})
    if looked.missed:
        lines = [
            f"{escape(words, _MOST_WORDS)}{f' ({escape(why, _MOST_WHY)})' if why else ''}"
            for words, why in looked.missed
        ]
        embeds.append({"title": "Not added", "description": "\n".join(lines)})
    already = f" {counted(same, 'event')} skipped: past, canceled or already there." if same else ""
    if not looked.changes:
        open_yet = " yet" if looked.open else ""
        return Answer(f"**Nothing to add{open_yet}.**{already}", tuple(embeds), _open_buttons(looked.open))
    buttons = (
        Button(f"Save {len(looked.changes)}", f"import:save:{looked.key}", "primary"),
        Button("Discard", f"import:drop:{looked.key}"),
    )
    number = len(looked.changes)
    named = f"these {spelled(number, 'event')}" if number > 1 else "this event"
    head = f"**{'Add' if all_new else 'Save'} {named}?**{already}"
    head += f" Reminders go out in {told_in(*places)}." if len(places) == 1 else ""
    return Answer(head, tuple(embeds), (*buttons, *_open_buttons(looked.open)))


def _open_buttons(lines: Sequence[OpenLine]) -> tuple[Button, ...]:
    """Return a button for each time of each line, which adds it; of many lines those of the first."""
    buttons = tuple(
        Button(
            clean(f"Add {moment_label(event.starts_at, ZoneInfo(event.zone))}: {event.title}", 80), f"plan:add:{key}"
        )
        for one in lines
        for key, event in one.choices
    )
    return buttons[:_MOST_ADDED]


def _reminders(
    change: CalendarChange, told: Mapping[str, ToldOf], now: datetime, zone: ZoneInfo, *, apart: bool
) -> str:
    """Return when a new event is spoken of; `apart`: and where, since not all are in the same channels."""
    if change.key not in told:
        return ""
    one = told[change.key]
    where = f", in {told_in(one.channels)}" if apart else ""
    return f". {stopped(reminders_at(change.says, one.lead_times, now, zone) + where)}"


def imported_answer(changes: Sequence[CalendarChange]) -> str:
    """Return what was done: "In the schedule: 3 new events, 1 changed."."""
    new = sum(change.what == "new" for change in changes)
    changed = len(changes) - new
    if not changes:
        return "No change: the schedule already has all of it."
    parts = [counted(new, "new event")] if new else []
    parts += [f"{changed} changed"] if changed else []
    return f"**Saved:** {', '.join(parts)}."


def _asked(words: str, question: TimeQuestion, zone: ZoneInfo) -> str:
    """Return a line with what its time can be, each choice in full."""
    choices = [f"**{moment_label(one.moment, zone)}**" for one in question.choices]
    why = " ".join(OPEN[one] for one in question.why)
    return f"{escape(words, _MOST_WORDS)}\n{why} {' or '.join(choices)}?"


def _line(change: CalendarChange, now: datetime, zone: ZoneInfo, *, mark: bool) -> str:
    """Return an event of the list, by the desk's clocks; `mark`: with what is new of it, since not all are new events."""
    event = change.says
    what_of = f"{_WHAT[change.what]}: " if mark else ""
    return f"**{what_of}{time_and_date(event.starts_at, now, zone, zone_needed(event.wall, event, zone))}** {what(event)}{status_words(event)}"
