"""Events of the schedule in sentences: what is ahead, what begins now, what has moved."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.schedule.event import Event, EventKind
from bot.schedule.reminder import LATE_AFTER
from bot.wording.escape import escape
from bot.wording.numbers import counted
from bot.wording.punctuation import capitalised, stopped
from bot.wording.times import clock, time_left, when

_MOST_TITLE = 120
_MOST_PLACE = 80
_MOST_WHY = 300
_DAY = timedelta(days=1)

KINDS: dict[EventKind, str] = {
    "rally": "Rally", "press_conference": "Press conference", "audit": "Audit", "recount": "Recount",
    "certification": "Certification", "deadline": "Deadline", "polls_close": "Polls close", "hearing": "Court hearing",
    "results": "Results release", "debate": "Debate", "other": "Other",
}  # fmt: skip
"""What each kind of event is called."""

_HEADS = {*(name.casefold() for name in KINDS.values()), "news conference", "hearing", "results"}

UNVERIFIED = "The rule behind it has not been verified: check it before you use it."


def what(event: Event) -> str:
    """Return what an event is and where, as a list has it: "Rally: Sens. Rubio and Perdue, Cobb County"."""
    return _placed(escape(event.title, _MOST_TITLE) or "an event without a title", event.place)


def named(event: Event, place: str | None = None) -> str:
    """Return what an event is and where, within a sentence: "rally, Sens. Rubio and Perdue, Cobb County"."""
    head, colon, rest = event.title.partition(": ")
    title = f"{head.casefold()}, {rest}" if colon and head.casefold() in _HEADS else event.title
    return _placed(escape(title, _MOST_TITLE) or "an event without a title", place or event.place)


def status_words(event: Event) -> str:
    """Return what a list adds to an event: " (expected, not confirmed)"."""
    words = {
        "expected": " (expected, not confirmed)",
        "moved": " (moved)",
        "started": " (under way)",
        "over": " (over)",
    }
    return words.get(event.status, "") + rule_words(event)


def rule_words(event: Event) -> str:
    """Return what is added to an event whose rule nobody has verified, wherever it is named."""
    return "" if event.verified else " (rule not verified)"


def later_words(event: Event, zone: ZoneInfo, most: int = 10) -> str:
    """Say where it comes later: "later in Cobb County 9 p.m., Macon 8:30 p.m."; nothing where it does nowhere.

    Args:
        event: the event.
        zone: the one whose clocks are read.
        most: as many places are named.

    """
    hours = [f"{escape(one.place, _MOST_PLACE)} {clock(event.moment(one.wall), zone)}" for one in event.later[:most]]
    more = len(event.later) - most
    left = f" and {counted(more, 'more place')}" if more > 0 else ""
    return f"later in {', '.join(hours)}{left}" if hours else ""


def there(event: Event, zone: ZoneInfo) -> str:
    """Say the hour on the spot where its clocks differ from the desk's: " (7:30 a.m. there)"."""
    if event.starts_at.astimezone(zone).replace(tzinfo=None) == event.wall:
        return ""
    return f" ({clock(event.starts_at, ZoneInfo(event.zone))} there)"


def reminder_sentences(event: Event, wall: datetime, due_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return a reminder: "**In 30 minutes: press conference, Secretary of State's Office,** 10:30 a.m. It is expected…".

    How long it still is goes by `now`, whenever it was due.

    Args:
        event: as it is now.
        wall: the wall time that it speaks of: the event's, or that of places where it comes later.
        due_at: when it was due.
        now: when it is posted.
        zone: the desk's.

    """
    begins = event.moment(wall)
    places = ", ".join(escape(one.place, _MOST_PLACE) for one in event.later if one.wall == wall)
    subject = named(event, places) if places and wall != event.wall else named(event)
    opening = _opening(event, begins, now)
    if not event.verified:
        opening += ", by a rule that is not verified"
    at = when(begins, now, zone) + (there(event, zone) if wall == event.wall else "")
    sentences = [f"**{opening}: {subject},** {stopped(at)}"]
    if wall != event.wall:
        sentences.append(f"Elsewhere it was {stopped(when(event.starts_at, now, zone))}")
    if event.status == "expected":
        sentences.append("It is expected, not confirmed." if now < begins else "It is not confirmed.")
    if not event.verified:
        sentences.append(UNVERIFIED)
    if now - due_at > LATE_AFTER:
        sentences.append(f"This reminder is late: it was due at {stopped(when(due_at, now, zone))}")
    return " ".join(sentences)


def moved_sentences(before: Event, after: Event, now: datetime, zone: ZoneInfo, why: str | None) -> str:
    """Return what has changed: "**Moved: press conference, …,** from 10:30 a.m. to 11 a.m. It is still expected…"."""
    then, at = when(before.starts_at, now, zone), when(after.starts_at, now, zone) + there(after, zone)
    if after.status == "called_off":
        verb = "expected" if before.status == "expected" else "scheduled"
        sentences = [f"**Called off: {named(before)},** which was {verb} for {stopped(then)}"]
    else:
        sentences = _changed(before, after, then, at)
        if after.status == "expected":
            sentences.append("It is still expected, not confirmed.")
        if not after.verified:
            sentences.append(UNVERIFIED)
    if why:
        sentences.append(f"The desk says: {stopped(capitalised(escape(why, _MOST_WHY)))}")
    return " ".join(sentences)


def begun_sentence(who: str, at: datetime, zone: ZoneInfo) -> str:
    """Return that an event is under way, as somebody (escaped) says."""
    return f"**Under way,** says {who}, {stopped(when(at, at, zone))}"


def _changed(before: Event, after: Event, then: str, at: str) -> list[str]:
    elsewhere = before.place != after.place
    old_place = escape(before.place, _MOST_PLACE) if before.place else "without a place"
    place = f"It is {_at(after)} now; it was {old_place}." if elsewhere else ""
    if before.status == "called_off":
        sentences = [f"**Back on: {named(after)},** {stopped(at)}", place]
    elif before.starts_at != after.starts_at:
        sentences = [f"**Moved: {named(after)},** from {then} to {stopped(at)}", place]
    elif elsewhere:
        sentences = [f"**New place: {named(after)},** {at}; it was {stopped(old_place)}"]
    else:
        sentences = [f"**Hours have changed: {named(after)},** {at}", _hours(after)]
    return [sentence for sentence in sentences if sentence]


def _at(event: Event) -> str:
    return f"at {escape(event.place, _MOST_PLACE)}" if event.place else "without a place"


def _hours(event: Event) -> str:
    zone = ZoneInfo(event.zone)
    return stopped(capitalised(later_words(event, zone) or "no place is later any more"))


def _opening(event: Event, begins: datetime, now: datetime) -> str:
    ahead = begins - now
    if ahead > timedelta(seconds=30):
        days = (begins.astimezone(ZoneInfo(event.zone)).date() - now.astimezone(ZoneInfo(event.zone)).date()).days
        if ahead < _DAY / 2 or not days:
            return f"In {time_left(ahead)}"
        return "Tomorrow" if days == 1 else f"In {days} days"
    if -ahead > LATE_AFTER:
        return f"Due {time_left(-ahead)} ago"
    return "Expected now" if event.status == "expected" else "Now"


def _placed(title: str, place: str | None) -> str:
    return f"{title}, {escape(place, _MOST_PLACE)}" if place else title
