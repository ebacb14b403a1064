"""What the schedule's commands answer: lists, one event played back in full, what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.cards.colours import colour_of
from bot.cards.control import name_of
from bot.cards.draft import Answer, Button
from bot.cards.facts import Setting
from bot.cards.limits import joined
from bot.schedule.entry import Entry, Happened, Leads
from bot.schedule.event import Event
from bot.schedule.moving import misleads
from bot.schedule.reminder import reminders
from bot.schedule.typed import Question, Why
from bot.wording.escape import clean, escape
from bot.wording.event_sentences import KINDS, UNVERIFIED, later_words, moved_sentences, rule_words, status_words, what
from bot.wording.numbers import counted
from bot.wording.punctuation import capitalised, stopped
from bot.wording.rundown_sentences import NOTHING_TODAY, event_line
from bot.wording.times import clock, date_line, length, when

_LIST = 3800
_HISTORY = 1700
_MOST_SAID = 200
_MOST_WAS = 80
_MOST_LATER = 300

_DID = {
    "schedule add": "put in", "schedule edit": "edited", "schedule move": "moved", "schedule cancel": "called off",
    "schedule started": "marked as under way", "schedule import": "brought up to date",
}  # fmt: skip


_SAID = {
    "title": "title", "ends": "end", "later": "later in", "kind": "kind", "place": "place", "who": "who",
    "contest": "contest", "source": "source", "link": "link", "status": "status",
}  # fmt: skip
"""What is said of an event beside its time, and what each is called."""
_NONE = {"who": "nobody named", "later": "nowhere later"}


OPEN: dict[Why, str] = {
    "half": "It can be before noon or after it.",
    "passed": "The earlier one has passed.",
    "today": "That weekday is today: it can be today or in a week.",
    "next": '"Next" can be this week\'s or the one after.',
    "order": "It can be month and day or day and month.",
    "midnight": "Midnight can be either end of the day.",
    "skipped": "The clocks go forward that night and skip that hour.",
    "twice": "The clocks go back that night, and that hour comes twice.",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """An event as somebody wants it in the schedule, before it is saved."""

    what: str
    """As the audit has it: "schedule add"."""
    event: Event
    was: Event | None
    """The event as it is in the schedule; None: it is a new one."""
    leads: Leads
    channels: tuple[int, ...]
    """Where it is told."""
    why: str | None = None


def today_answer(entries: Sequence[Entry], now: datetime, setting: Setting) -> Answer:
    """Return today's list."""
    zone = setting.desk.zone
    lines = [event_line(entry.event, zone) for entry in entries]
    head = f"**{date_line(now, zone)}:** {counted(len(entries), 'event')}." if lines else NOTHING_TODAY
    return _list(head, lines)


def week_answer(entries: Sequence[Entry], now: datetime, setting: Setting) -> Answer:
    """Return the list of today and the six days after it, by day."""
    zone = setting.desk.zone
    lines = []
    for day, of_day in groupby(entries, lambda entry: entry.event.starts_at.astimezone(zone).date()):
        lines.append(f"__{_date(day)}__")
        lines += [event_line(entry.event, zone) for entry in of_day]
    head = f"**From {date_line(now, zone)}:** {counted(len(entries), 'event')} in seven days."
    return _list(head, lines) if lines else Answer("Nothing is on the schedule for the next seven days.")


def next_answer(ahead: Sequence[Entry], under_way: Sequence[Entry], now: datetime, setting: Setting) -> Answer:
    """Return what is next, and what is under way."""
    zone = setting.desk.zone
    sentences = [
        f"**Under way:** {what(entry.event)}, since {when(entry.event.starts_at, now, zone)}{rule_words(entry.event)}"
        for entry in under_way
    ]
    if not ahead:
        sentences.append("Nothing is ahead on the schedule.")
    for place, entry in enumerate(ahead):
        event = entry.event
        opening = f"**Next, in {length(event.starts_at - now)}:**" if not place else "Then:"
        sentences.append(f"{opening} {what(event)}, {when(event.starts_at, now, zone)}{status_words(event)}")
    return Answer("\n".join(stopped(sentence) for sentence in sentences))


def history_answer(entry: Entry, history: Sequence[Happened], now: datetime, setting: Setting) -> Answer:
    """Return what happened to an event, the newest first."""
    zone = setting.desk.zone
    lines = [_happened(one, now, zone) for one in history]
    head = f"**{what(entry.event)},** {stopped(when(entry.event.starts_at, now, zone) + status_words(entry.event))}"
    if not lines:
        return Answer(f"{head}\nIt was entered before histories were kept.")
    return Answer(f"{head}\n{joined(lines, _HISTORY, 'and {} earlier')}")


def began_answer(last: Happened, now: datetime, setting: Setting) -> str:
    """Return who last changed an event, and when."""
    return f"By {name_of(last.who)}, {stopped(when(last.at, now, setting.desk.zone))}"


def changed_answer(
    before: Event, after: Event, channels: int, now: datetime, setting: Setting, *, saved: bool = False
) -> str:
    """Return what was done with an event, and where it is told."""
    if before == after and not saved:
        return "That is how it is in the schedule already; nothing was changed."
    zone = setting.desk.zone
    if misleads(before, after):
        said = moved_sentences(before, after, now, zone, None)
    elif after.status == "started":
        said = f"**Under way:** {stopped(what(after) + rule_words(after))}"
    else:
        said = f"**Saved:** {what(after)}, {stopped(when(after.starts_at, now, zone) + status_words(after))}"
    told = f" {counted(channels, 'channel')} {'is' if channels == 1 else 'are'} told." if channels else ""
    return said + told


def reminded_answer(entry: Entry, at: datetime, now: datetime, setting: Setting, *, fresh: bool) -> Answer:
    """Return when somebody is reminded of an event by direct message."""
    zone = setting.desk.zone
    already = "" if fresh else " already"
    return Answer(
        f"You are{already} reminded by direct message at {when(at, now, zone)} of: {what(entry.event)}{rule_words(entry.event)}, "
        f"{stopped(when(entry.event.starts_at, now, zone))} If it moves, so does the reminder."
    )


def plan_answer(key: int, plan: Plan, now: datetime, setting: Setting) -> Answer:
    """Return an event played back in full, with what its Save would do."""
    event, zone = plan.event, setting.desk.zone
    question = {"schedule add": "Put this into the schedule?", "schedule cancel": "Call this off?"}
    lines = [
        f"**{question.get(plan.what, 'Change it to this?')}**",
        f"**{escape(event.title, _MOST_SAID)}**",
        f"{in_full(event.wall, event)}{f' to {_hour(event.ends, event)}' if event.ends else ''}",
        _later(event),
        _for_the_desk(event, zone),
        f"{KINDS[event.kind]}, {event.status.replace('_', ' ')}",
        _known("Where", event.place),
        _known("Who", event.who),
        _known("Contest", _contest(event, setting)),
        _known("Source", event.source),
        _known("Link", event.link),
        "" if event.verified else UNVERIFIED,
        f"It was: {was}" if (was := _was(plan)) else "",
        _known("Why", plan.why),
        _spoken_of(plan, now, zone),
    ]
    buttons = (Button("Save", f"plan:save:{key}", "primary"), Button("Discard", f"plan:drop:{key}"))
    return Answer("\n".join(line for line in lines if line), buttons=buttons)


def question_answer(typed: str, question: Question, choices: Sequence[tuple[int, Event]]) -> Answer:
    """Return what has to be asked about a time that was typed, with a button for each time that can be meant."""
    buttons = tuple(Button(choice_label(event), f"plan:show:{key}", "primary") for key, event in choices)
    why = " ".join(OPEN[one] for one in question.why)
    return Answer(f'**Which time is "{escape(typed, 60)}"?** {why} Nothing is saved yet.', buttons=buttons)


def in_full(wall: datetime, event: Event) -> str:
    """Return a wall time of an event with its weekday, date, time and zone: "Wednesday, Nov. 11, 2020, 10:30 a.m. EST"."""
    zone = ZoneInfo(event.zone)
    moment = event.moment(wall)
    return f"{date_line(moment, zone)}, {moment.astimezone(zone).year}, {clock(moment, zone, 'exact')} ({escape(event.zone)})"


def choice_label(event: Event) -> str:
    """Return a time that could be meant, for a button: "10:30 a.m. EST Wednesday, Nov. 11"."""
    return moment_label(event.starts_at, ZoneInfo(event.zone))[:80]


def moment_label(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment by the clocks of a zone: "10:30 a.m. EST Wednesday, Nov. 11"."""
    return f"{clock(moment, zone, 'exact')} {date_line(moment, zone)}"


def entry_label(event: Event, now: datetime, zone: ZoneInfo) -> str:
    """Return an event as a list of choices shows it, without markdown."""
    off = "called off: " if event.status == "called_off" else ""
    mark = rule_words(event)
    return clean(f"{when(event.starts_at, now, zone)} · {off}{event.title}", 100 - len(mark)) + mark


def saved_answer(event: Event, leads: Leads, channels: Sequence[int], now: datetime, setting: Setting) -> str:
    """Return that a new event is in the schedule, and when it is spoken of."""
    plan = Plan("schedule add", event, None, leads, tuple(channels))
    return f"**In the schedule:** {what(event)}, {in_full(event.wall, event)}{rule_words(event)}.\n{_spoken_of(plan, now, setting.desk.zone)}"


def _list(head: str, lines: list[str]) -> Answer:
    if not lines:
        return Answer(head)
    return Answer(head, ({"description": joined(lines, _LIST, "and {} more"), "color": colour_of("rundown")},))


def _date(day: date) -> str:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("UTC"))
    return date_line(noon, ZoneInfo("UTC"))


def _happened(one: Happened, now: datetime, zone: ZoneInfo) -> str:
    done = _DID.get(one.what, one.what)
    detail = ""
    if one.before and one.after and misleads(one.before, one.after):
        # The sentence says itself what was done: moved, called off, on again.
        done, detail = moved_sentences(one.before, one.after, now, zone, None), ""
    elif one.before and one.after:
        were = _were(one.before, one.after)
        detail = f"; it was: {'; '.join(were)}" if were else ": when or where it is told" if done == "edited" else ""
    why = f" ({escape(one.why, _MOST_SAID)})" if one.why else ""
    return f"{capitalised(when(one.at, now, zone))}, {name_of(one.who)}: {done}{detail}{why}"


def _hour(wall: datetime, event: Event) -> str:
    """Return another wall time of an event: an hour where it is of the same day, else in full."""
    same = wall.date() == event.wall.date()
    return clock(event.moment(wall), ZoneInfo(event.zone), "exact") if same else in_full(wall, event)


def _later(event: Event) -> str:
    """Return each place at which it comes later, with its hour in full."""
    lines = [f"Later in {escape(one.place, _MOST_WAS)}: {_hour(one.wall, event)}" for one in event.later]
    return joined(lines, _MOST_LATER, "and {} more places")


def _for_the_desk(event: Event, zone: ZoneInfo) -> str:
    if event.starts_at.astimezone(zone).replace(tzinfo=None) == event.wall:
        return ""
    return f"By the desk's clock {date_line(event.starts_at, zone)}, {stopped(clock(event.starts_at, zone, 'exact'))}"


def _known(name: str, value: str | None) -> str:
    return f"{name}: {escape(value, _MOST_SAID)}" if value else ""


def _contest(event: Event, setting: Setting) -> str | None:
    contest = setting.desk.contest(event.contest) if event.contest else None
    return contest.name if contest else event.contest


def _was(plan: Plan) -> str:
    if plan.was is None or plan.what == "schedule cancel":
        return ""
    was, event = plan.was, plan.event
    parts = [in_full(was.wall, was)] if (was.wall, was.zone) != (event.wall, event.zone) else []
    return "; ".join([*parts, *_were(was, event)])


def _were(before: Event, after: Event) -> list[str]:
    """Return what an event was that it is not any more, but for its time: "title Rally: Sen. Doe", "no place"."""
    changed = [key for key in _SAID if getattr(before, key) != getattr(after, key)]
    return [
        f"{_SAID[key]} {old}" if (old := _said(before, key)) else _NONE.get(key, f"no {_SAID[key]}") for key in changed
    ]


def _said(event: Event, key: str) -> str:
    value = getattr(event, key)
    if key == "ends":
        return _hour(event.ends, event) if event.ends else ""
    if key == "later":
        return later_words(event, ZoneInfo(event.zone), 3).removeprefix("later in ")
    return escape(str(value).replace("_", " ") if key in ("kind", "status") else str(value), _MOST_WAS) if value else ""


def _spoken_of(plan: Plan, now: datetime, zone: ZoneInfo) -> str:
    """Say when and where it is spoken of."""
    where = ", ".join(f"<#{channel}>" for channel in plan.channels[:5]) or "no channel yet: none follows anything"
    if len(plan.channels) > 5:  # noqa: PLR2004 - as many as are named
        where += f" and {len(plan.channels) - 5} more"
    times = [when(one.due_at, now, zone) for one in reminders(plan.event, plan.leads) if one.due_at > now]
    if plan.event.status == "called_off":
        return f"Told in {where}."
    said = f"Reminders at {', '.join(times[:8])}" if times else "No reminder: its times are past"
    return f"{said}, in {where}."
