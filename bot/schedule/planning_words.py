"""Renders the preview of an event before it is saved, with the changes that saving would make."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.events.event import Event, LeadTimes, ScheduleEntry
from bot.events.moving import move_is_news
from bot.events.reminder import reminders
from bot.outbox.outbox_words import Delivery, delivery_words, places
from bot.schedule.reminders_words import (
    KINDS,
    UNVERIFIED,
    added_sentences,
    event_buttons,
    later_words,
    moved_sentences,
    rule_words,
    what,
)
from bot.wording.card import Button, Card
from bot.wording.context import Setting
from bot.wording.escape import escape, stopped
from bot.wording.times import Suffix, clock, date_line, length_between, when

_MOST_SAID = 600
"""The maximum length of each field in characters: twice a command's limit, since escaping lengthens the text."""

_MOST_CHANNELS = 5
"""The maximum number of channels named in a list."""

_SAID = {
    "title": "title",
    "ends": "end",
    "later": "later in",
    "kind": "kind",
    "place": "place",
    "who": "who",
    "contest": "contest",
    "source": "source",
    "link": "link",
    "status": "status",
}
"""The fields of an event other than its start, with their labels."""

_POST_SAYS_IT = ("schedule move", "schedule cancel")
"""Actions whose post already states what changes and why."""


@dataclass(frozen=True, slots=True)
class EventPlan:
    """A new or changed event that is not saved yet, with everything that its preview shows."""

    what: str
    """The action's name in the audit log: "schedule add"."""
    event: Event
    was: Event | None
    """The event currently in the schedule; None for a new event."""
    lead_times: LeadTimes
    channels: tuple[int, ...]
    """The channels in which the event is posted."""
    why: str | None = None
    delivery: Delivery = field(default_factory=Delivery)
    """The channels that the event's posts go to, and the reason for a delay: a pause or an approval."""
    announced: tuple[int, ...] = ()
    """For a new event, the channels in which it is announced."""


def plan_answer(key: int, plan: EventPlan, now: datetime, setting: Setting) -> Card:
    """Return the preview of an event, with buttons to save or discard it.

    `key` is the id of the stored preview. The Save button's label shows whether saving also posts something.
    """
    does = {"schedule move": "Move", "schedule cancel": "Cancel event"}.get(plan.what, "Save")
    label = f"{does} and post" if _posts(plan, now) else "Save"
    buttons = (Button(label, f"plan:save:{key}", "primary"), Button("Discard", f"plan:drop:{key}"))
    return Card.of(*filter(None, _preview_lines(plan, now, setting)), buttons=buttons)


def _posts(plan: EventPlan, now: datetime) -> bool:
    if plan.was is None:
        return bool(plan.announced)
    return bool(plan.channels) and move_is_news(plan.was, plan.event, now)


def _preview_lines(plan: EventPlan, now: datetime, setting: Setting) -> list[str]:
    """Return the lines of the preview; some may be empty.

    If the post to be sent on Save states the whole change, the lines quote that post and add only what it omits.
    Otherwise they list the event's fields or changes first, and quote the post, if any, at the end.
    """
    event, zone = plan.event, setting.desk.zone
    if plan.what in _POST_SAYS_IT and _posts(plan, now):
        return [_begun(plan, now), *_quoted(plan, now, setting), *_remaining_details(plan, now, zone)]
    question = {"schedule add": "Add this to the schedule?", "schedule cancel": "Cancel this event?"}
    return [
        f"**{question.get(plan.what, 'Confirm change:')}**",
        f"**{escape(event.title, _MOST_SAID)}**",
        _from_to(event, now, zone),
        _for_the_desk(event, now, zone),
        *_fields(plan, now, setting),
        "" if event.verified else UNVERIFIED,
        f"Before: {was}" if (was := _was(plan, now, zone)) else "",
        _known("Why", plan.why),
        _begun(plan, now),
        _reminders_sentence(plan, now, zone),
        *_quoted(plan, now, setting),
    ]


def _remaining_details(plan: EventPlan, now: datetime, zone: ZoneInfo) -> list[str]:
    """Return lines with the details of an event that its post omits: date, end, later places and reminders."""
    event = plan.event
    if event.status == "canceled":
        return []
    today = event.starts_at.astimezone(zone).date() == now.astimezone(zone).date()
    at = "" if today and not event.ends else _from_to(event, now, zone)
    return [at, *_later(event, now, zone), stopped(reminders_at(event, plan.lead_times, now, zone))]


def _fields(plan: EventPlan, now: datetime, setting: Setting) -> list[str]:
    """Return a line for each field of a new event, or for each changed field; empty if the event is canceled."""
    event, was = plan.event, plan.was
    if event.status == "canceled":
        return []
    lines: dict[tuple[str, ...], list[str]] = {
        ("later",): _later(event, now, setting.desk.zone),
        ("kind", "status"): [f"{KINDS[event.kind]}, {event.status}"],
        ("place",): [_known("Where", event.place)],
        ("who",): [_known("Who", event.who)],
        ("contest",): [_known("Contest", _contest(event, setting))],
        ("source",): [_known("Source", event.source)],
        ("link",): [_known("Link", event.link)],
    }
    changed = {key for key in _SAID if was is None or getattr(was, key) != getattr(event, key)}
    return [line for keys, parts in lines.items() if changed & {*keys} for line in parts]


def _begun(plan: EventPlan, now: datetime) -> str:
    """Return a warning if an event is about to be canceled after its scheduled start; else ""."""
    if plan.what != "schedule cancel" or plan.event.starts_at > now:
        return ""
    return f"It was scheduled to start {length_between(plan.event.starts_at, now)} ago."


def _quoted(plan: EventPlan, now: datetime, setting: Setting) -> tuple[str, ...]:
    """Return lines that quote the post to be sent on Save, with its channels and the reason for any delay.

    Empty if nothing is posted.
    """
    if not _posts(plan, now):
        return ()
    delivery, zone = plan.delivery, setting.desk.zone
    if plan.was is None:
        text = added_sentences(plan.event, now, zone)
    else:
        text = moved_sentences(plan.was, plan.event, now, zone, plan.why)
    if delivery.now and delivery.now == delivery.channels:
        return f"**This will go out in {places(delivery.now)}:**", f"> {text}"
    return "**This will go out:**", f"> {text}", delivery_words(delivery, setting, now)


def saved_answer(
    entry: ScheduleEntry,
    lead_times: LeadTimes,
    channels: Sequence[int],
    now: datetime,
    setting: Setting,
    delivery: Delivery | None = None,
) -> Card:
    """Return the answer after a new event was saved, with its reminders.

    `delivery` has the channels of the announcement and the reason for any delay; None if the event is not announced.
    """
    event, zone = entry.event, setting.desk.zone
    plan = EventPlan("schedule add", event, None, lead_times, tuple(channels))
    at = stopped(_at(event.wall, event, now, zone) + rule_words(event))
    goes = delivery_words(delivery, setting, now, "The announcement") if delivery else ""
    buttons = event_buttons(entry.id, event)[-1:] if goes else ()
    return Card.of(
        *filter(None, (f"**Added:** {what(event)}, {at}", _reminders_sentence(plan, now, zone), goes)), buttons=buttons
    )


def time_and_date(moment: datetime, now: datetime, zone: ZoneInfo, suffix: Suffix | None = None) -> str:
    """Return a time, with its date unless the date is today: "10:30 a.m.", "Thursday, Nov. 12, 10:30 a.m."."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return clock(moment, zone, suffix)
    year = "" if local.year == today.year else f", {local.year}"
    return f"{date_line(moment, zone)}{year}, {clock(moment, zone, suffix)}"


def were(before: Event, after: Event, now: datetime, zone: ZoneInfo, most: int) -> list[str]:
    """Return the old values of an event's changed fields, except its start: "title: Rally: Sen. Doe", "place: none".

    Each value is cut to `most` characters. `zone` is the desk's time zone.
    """
    changed = [key for key in _SAID if getattr(before, key) != getattr(after, key)]
    return [f"{_SAID[key]}: {_said(before, key, now, zone, most) or 'none'}" for key in changed]


def zone_needed(wall: datetime, event: Event, zone: ZoneInfo) -> Suffix | None:
    """Return "exact" if a wall time must be shown with its zone, else None.

    The zone is needed if the desk's clocks show another time at that moment, or if they show the same time twice
    because they go back.
    """
    local = event.moment(wall).astimezone(zone).replace(tzinfo=None)
    once = local.replace(tzinfo=zone).utcoffset() == local.replace(tzinfo=zone, fold=1).utcoffset()
    return None if once and local == wall else "exact"


def reminders_at(event: Event, lead_times: LeadTimes, now: datetime, zone: ZoneInfo) -> str:
    """Return the times of an event's future reminders as text: "Reminders at 10 a.m., 10:30 a.m.".

    The days are included if any reminder is on another day than the event.
    """
    due = [one.due_at for one in reminders(event, lead_times) if one.due_at > now]
    if not due:
        return "No reminders: their times have passed"
    alike = {at.astimezone(zone).date() for at in (event.starts_at, *due)}
    times = [clock(at, zone) if len(alike) == 1 else when(at, now, zone) for at in due[:8]]
    return f"{'Reminder' if len(times) == 1 else 'Reminders'} at {', '.join(times)}"


def posting_channels(channels: Sequence[int]) -> str:
    """Return a list of channels as text: "#desk, #georgia and 3 more".

    If there are no channels, the text explains why.
    """
    where = (
        ", ".join(f"<#{channel}>" for channel in channels[:_MOST_CHANNELS])
        or "no channel, since none follows a contest yet"
    )
    more = len(channels) - _MOST_CHANNELS
    return f"{where} and {more} more" if more > 0 else where


def _known(name: str, value: str | None) -> str:
    return f"{name}: {escape(value, _MOST_SAID)}" if value else ""


def _contest(event: Event, setting: Setting) -> str | None:
    contest = setting.desk.contest(event.contest) if event.contest else None
    return contest.name if contest else event.contest


def _from_to(event: Event, now: datetime, zone: ZoneInfo) -> str:
    ends = f" to {_hour(event.ends, event, now, zone)}" if event.ends else ""
    return _at(event.wall, event, now, zone) + ends


def _later(event: Event, now: datetime, zone: ZoneInfo) -> list[str]:
    """Return a line for each place where the event happens later, with the time of the event in that place."""
    return [f"Later in {escape(one.place, _MOST_SAID)}: {_hour(one.wall, event, now, zone)}" for one in event.later]


def _for_the_desk(event: Event, now: datetime, zone: ZoneInfo) -> str:
    if event.starts_at.astimezone(zone).replace(tzinfo=None) == event.wall:
        return ""
    return f"In newsroom time: {stopped(time_and_date(event.starts_at, now, zone, 'exact'))}"


def _was(plan: EventPlan, now: datetime, zone: ZoneInfo) -> str:
    if plan.was is None or plan.what == "schedule cancel":
        return ""
    was, event = plan.was, plan.event
    parts = [_at(was.wall, was, now, zone)] if (was.wall, was.zone) != (event.wall, event.zone) else []
    return "; ".join([*parts, *were(was, event, now, zone, _MOST_SAID)])


def _said(event: Event, key: str, now: datetime, zone: ZoneInfo, most: int) -> str:
    value = getattr(event, key)
    if key == "ends":
        return _hour(event.ends, event, now, zone) if event.ends else ""
    if key == "later":
        return later_words(event, ZoneInfo(event.zone), max(1, most // 30)).removeprefix("later in ")
    return escape(KINDS[event.kind].casefold() if key == "kind" else str(value), most) if value else ""


def _at(wall: datetime, event: Event, now: datetime, zone: ZoneInfo) -> str:
    """Return a wall time of an event as text, in the event's own zone."""
    return time_and_date(event.moment(wall), now, ZoneInfo(event.zone), zone_needed(wall, event, zone))


def _hour(wall: datetime, event: Event, now: datetime, zone: ZoneInfo) -> str:
    """Return a wall time of an event, such as its end, as text.

    The date is omitted if it is the date of the event's start.
    """
    return _at(wall, event, event.starts_at if wall.date() == event.wall.date() else now, zone)


def _reminders_sentence(plan: EventPlan, now: datetime, zone: ZoneInfo) -> str:
    """Return a sentence on when and where the event's reminders are posted.

    For a canceled event, return "Nothing is posted." or, if the cancelation itself is posted, "".
    """
    if plan.event.status == "canceled":
        return "" if _posts(plan, now) else "Nothing is posted."
    return f"{reminders_at(plan.event, plan.lead_times, now, zone)}, in {posting_channels(plan.channels)}."
