"""Renders the answers of the schedule's commands: lists of events, the outcome of a change, and an event's history."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.events.event import EntryChange, Event, ScheduleEntry
from bot.events.moving import misleads
from bot.events.time_meaning import TimeQuestion
from bot.outbox.outbox_words import Delivery, delivery_words
from bot.schedule.planning_words import were
from bot.schedule.reminders_words import event_phrase, moved_sentences, rule_words, schedule_credit, status_words, what
from bot.schedule.rundown_words import event_line
from bot.wording.card import Block, Button, Card, Line, Readers
from bot.wording.context import Setting
from bot.wording.escape import capitalised, clean, escape, stopped
from bot.wording.names import listed, name_of
from bot.wording.numbers import spelled
from bot.wording.question import SHARE_LABEL, share_key
from bot.wording.times import date_line, length_between, when
from bot.wording.typed_times import OPEN, moment_label

_MOST_SAID = 200

_MOST_WAS = 70

_DID = {
    "schedule add": "added",
    "schedule edit": "edited",
    "schedule move": "moved",
    "schedule cancel": "canceled",
    "schedule started": "marked as under way",
    "schedule import": "updated from a calendar",
    "schedule undo": "undone",
}


def today_answer(
    entries: Sequence[ScheduleEntry], now: datetime, setting: Setting, elsewhere: Sequence[int] = ()
) -> Card:
    """Return the list of today's events.

    `elsewhere` are the ids of entries that are omitted when the list is shared.
    """
    date = date_line(now, setting.desk.zone)
    if not entries:
        return Card.of(f"Nothing has been entered yet for {date}.")
    return _list(lambda shown: f"**{date}:** {_still_on(shown)}.", [("", entries)], now, setting, elsewhere)


def week_answer(
    entries: Sequence[ScheduleEntry], now: datetime, setting: Setting, elsewhere: Sequence[int] = ()
) -> Card:
    """Return the list of events of today and the next six days, grouped by day.

    `elsewhere` are the ids of entries that are omitted when the list is shared.
    """
    if not entries:
        return Card.of("Nothing has been entered yet for the next seven days.")
    zone = setting.desk.zone
    days = groupby(entries, lambda entry: date_line(entry.event.starts_at, zone))

    def head(shown: Sequence[ScheduleEntry]) -> str:
        return f"**From {date_line(now, zone)}:** {_still_on(shown)} in the next seven days."

    return _list(head, [(f"__{date}__", list(of_day)) for date, of_day in days], now, setting, elsewhere)


def _still_on(entries: Sequence[ScheduleEntry]) -> str:
    """Return the number of events, and of canceled events, in words: "three events", "two events and one canceled"."""
    canceled = sum(entry.event.status == "canceled" for entry in entries)
    if canceled == len(entries):
        return spelled(canceled, "canceled event")
    more = f" and {spelled(canceled, 'canceled', 'canceled')}" if canceled else ""
    return f"{spelled(len(entries) - canceled, 'event')}{more}"


def _list(
    head: Callable[[Sequence[ScheduleEntry]], str],
    days: Sequence[tuple[str, Sequence[ScheduleEntry]]],
    now: datetime,
    setting: Setting,
    elsewhere: Sequence[int],
) -> Card:
    """Return a list of events grouped by day, each day with a heading, and with a Share button.

    Entries in `elsewhere` are shown only to the desk member who asked, since other readers may not see those entries'
    channels.
    """
    every = [entry for _, of_day in days for entry in of_day]
    shared = [entry for entry in every if entry.id not in elsewhere]
    first = Line(head(every))
    if len(shared) < len(every):
        first = Line(head(every), readers="desk", otherwise=Line(head(shared)))
    listed: list[Line] = []
    for title, of_day in days:
        readers: list[Readers] = ["desk" if entry.id in elsewhere else "public" for entry in of_day]
        if title:
            listed.append(Line(title, readers="public" if "public" in readers else "desk"))
        listed += [
            Line(event_line(entry.event, setting.desk.zone), readers=may)
            for entry, may in zip(of_day, readers, strict=True)
        ]
    share = Button(SHARE_LABEL, share_key(None, replace(setting, public=True))) if shared else None
    return Card((first,), credit=schedule_credit(now, setting), blocks=(Block(tuple(listed)),), share=share)


def next_answer(
    ahead: Sequence[ScheduleEntry],
    under_way: Sequence[ScheduleEntry],
    now: datetime,
    setting: Setting,
    *,
    begun_today: bool,
) -> Card:
    """Return the answer with the next events (`ahead`), and the events that are `under_way`.

    `begun_today` is True if an event of today should have begun by now.
    """
    zone = setting.desk.zone
    sentences = [
        f"**Under way:** {what(entry.event)}, since {when(entry.event.starts_at, now, zone)}{rule_words(entry.event)}"
        for entry in under_way
    ]
    if not ahead:
        more = begun_today or under_way  # else today's events may not have been entered yet
        sentences.append("Nothing more is on the schedule." if more else "Nothing is on the schedule yet.")
    for place, entry in enumerate(ahead):
        event = entry.event
        opening = "Then:"
        if not place:
            is_ahead = event.starts_at > now
            opening = f"**In {length_between(now, event.starts_at)}:**" if is_ahead else "**Due now:**"
        sentences.append(f"{opening} {event_phrase(event)}, {when(event.starts_at, now, zone)}{status_words(event)}")
    return Card.of(*map(stopped, sentences))


def event_history_answer(entry: ScheduleEntry, history: Sequence[EntryChange], now: datetime, setting: Setting) -> Card:
    """Return the answer with an event's history, newest first."""
    zone = setting.desk.zone
    happened = [_happened(one, now, zone) for one in history]
    head = f"**{what(entry.event)},** {stopped(when(entry.event.starts_at, now, zone) + status_words(entry.event))}"
    return Card.of(head, *(happened or ["No changes are on record."]))


def _happened(one: EntryChange, now: datetime, zone: ZoneInfo) -> str:
    done = _DID.get(one.what, one.what)
    detail = ""
    if one.before and one.after and misleads(one.before, one.after):
        # The sentence says itself what was done: moved, canceled, on again.
        done, detail = moved_sentences(one.before, one.after, now, zone, None), ""
    elif one.before and one.after:
        changed = were(one.before, one.after, now, zone, _MOST_WAS)
        detail = f"; before: {'; '.join(changed)}" if changed else ": reminders or channels" if done == "edited" else ""
    why = f" ({escape(one.why, _MOST_SAID)})" if one.why else ""
    return f"{capitalised(when(one.at, now, zone))}, {name_of(one.who)}: {done}{detail}{why}"


def began_answer(last: EntryChange, now: datetime, setting: Setting) -> str:
    """Return a sentence with the last change of an event: who made it, and when."""
    return f"By {name_of(last.who)}, {stopped(when(last.at, now, setting.desk.zone))}"


def event_changed_answer(
    before: Event,
    after: Event,
    delivery: Delivery,
    now: datetime,
    setting: Setting,
    *,
    saved: bool = False,
    undo: int | None = None,
) -> Card:
    """Return the answer to the person who changed an event from `before` to `after`.

    The answer states in which channels the change is posted, or what delays the post.

    Args:
        before: the event before the change.
        after: the event after the change.
        delivery: the channels of the post, and the pauses or approvals that delay it.
        now: the current time.
        setting: the desk file's zone and names.
        saved: True if the person pressed Save below a preview, so that the answer can be shorter.
        undo: the id of the change, for the Undo button; None for no button.
    """
    if before == after and not saved:
        return Card.of("No change: the schedule already says that.")
    zone = setting.desk.zone
    goes = delivery_words(delivery, setting, now, "The change")
    if misleads(before, after) and not (saved and goes):
        text = moved_sentences(before, after, now, zone, None)
    elif after.status == "started":
        text = f"**Under way:** {stopped(what(after) + rule_words(after))}"
    elif saved and goes:  # its post was shown before Save was pressed
        text = "**Canceled.**" if after.status == "canceled" else "**Saved.**"
    else:
        did = "Canceled" if after.status == "canceled" else "Saved"
        known = rule_words(after) if misleads(before, after) else status_words(after)
        text = f"**{did}:** {what(after)}, {stopped(when(after.starts_at, now, zone) + known)}"
    label = "Undo and post" if delivery.now else "Undo"
    stays = after.status == "started" != before.status  # its reminders say so by now, and ask no more
    buttons = () if undo is None or stays else (Button(label, f"event:undo:{undo}"),)
    return Card.of(f"{text} {goes}" if goes else text, buttons=buttons)


def event_undone_answer(event: Event, delivery: Delivery, now: datetime, setting: Setting) -> Card:
    """Return the answer after a change of an event was undone.

    The answer states in which channels this is posted, or what delays the post. People with a reminder may also get a
    direct message, which the answer does not mention.
    """
    at = stopped(when(event.starts_at, now, setting.desk.zone) + status_words(event))
    goes = delivery_words(delivery, setting, now, "The change") or "Nothing is posted."
    return Card.of(f"**Undone:** {what(event)}, {at} {goes}")


def reminded_answer(
    entry: ScheduleEntry, at: datetime, others: Sequence[datetime], now: datetime, setting: Setting, *, fresh: bool
) -> Card:
    """Return the answer to a person who set a reminder, with the reminder's time `at`.

    `others` are the times of the person's other reminders of the event. `fresh` is False if the reminder was already
    set.
    """
    zone = setting.desk.zone
    opening = "You'll get a DM" if fresh else "You already have a reminder: a DM"
    text = (
        f"{opening} at {when(at, now, zone)} for: {what(entry.event)}{rule_words(entry.event)}, "
        f"{stopped(when(entry.event.starts_at, now, zone) + status_words(entry.event))}"
    )
    if others:
        stay = "Your reminder at {} stays." if len(others) == 1 else "Your reminders at {} stay."
        text += f" {stay.format(listed([when(one, now, zone) for one in others]))}"
    return Card.of(text)


def question_answer(typed: str, question: TimeQuestion, choices: Sequence[tuple[int, Event]]) -> Card:
    """Return a question about an ambiguous time that somebody typed, with a button for each time that it can mean.

    Args:
        typed: the text that was typed.
        question: the reasons why the text is ambiguous.
        choices: the id of a stored preview and the event, for each possible time.
    """
    buttons = tuple(
        Button(moment_label(event.starts_at, ZoneInfo(event.zone))[:80], f"plan:show:{key}", "primary")
        for key, event in choices
    )
    why = " ".join(OPEN[one] for one in question.why)
    return Card.of(f'**Which time do you mean by "{escape(typed, 60)}"?** {why} Nothing is saved yet.', buttons=buttons)


def entry_label(event: Event, now: datetime, zone: ZoneInfo) -> str:
    """Return an event's label for a list of choices, without markdown."""
    off = "canceled: " if event.status == "canceled" else ""
    mark = rule_words(event)
    return clean(f"{when(event.starts_at, now, zone)} · {off}{event.title}", 100 - len(mark)) + mark
