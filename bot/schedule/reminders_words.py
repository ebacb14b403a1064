"""Renders texts about events: reminders with their buttons, posts about changes, and an event's name in a sentence."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from bot.events.event import EVENT_KINDS, Event, EventKind
from bot.events.reminder import AT_ITS_TIME, LATE_AFTER
from bot.outbox.outbox_words import places
from bot.wording.card import Block, Button, Card, Link, Variant, lines
from bot.wording.context import Setting
from bot.wording.credit import credit_line
from bot.wording.escape import capitalised, escape, stopped
from bot.wording.limits import CONTENT, size
from bot.wording.message import render
from bot.wording.names import listed, name_of
from bot.wording.numbers import counted
from bot.wording.times import clock, length_between, when

MOST_ANNOUNCED = 3
"""If more events are added at once, none of them is announced. The desk can share the day's list instead."""

_MOST_SAID = 120

WALL_KEY = "%Y%m%d%H%M"
"""The format of a wall time in a button's key."""

_BEGUN = "begun"

CHANGED = "Changed"
"""The first word of a post about a change of an event."""

_MOST_TITLE = 120

_MOST_PLACE = 80

_MOST_WHY = 300

_DAY = timedelta(days=1)

_AT_ONCE = timedelta(seconds=30)
"""An event that begins within this time is described as starting now."""

_MOST_LATER = 5

_CLOSE = re.compile(r"\b(?:(?:the )?polls? (?:will |are to )?clos(?:e|es|ing)|voting ends)\b", re.IGNORECASE)
"""Matches the words in a title for the closing of polls."""

KINDS: dict[EventKind, str] = {kind: EVENT_KINDS[kind].name for kind in get_args(EventKind)}
"""The name of each kind of event."""

_HEADS = {*(name.casefold() for name in KINDS.values()), "press conference", "hearing", "results"}

_BEFORE_SPEAKER = {"rally": " with", "debate": " with", "news conference": " by", "press conference": " by"}
"""What comes before a speaker, for those whose title names who speaks after the colon."""

_COUNTY = re.compile(r"(?:[^\s,]+ ){1,4}(?:County|Parish)")
"""Places that an event is "in", of whatever kind; of another ("State Capitol", "online") the preposition is not known."""

_SMALL = re.compile(r"(?:The|An?|Counties'|Last) ")
"""Matches the beginning of a title that is written in lower case within a sentence."""

UNVERIFIED = "We have not verified the rule behind it; check before using it."


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    """The facts from which `reminder_post` writes a reminder."""

    entry: int
    """The id of the schedule entry, which is part of the buttons' keys."""
    event: Event
    lead_time: timedelta
    """How long before the event the reminder is due; zero for the reminder when the event begins."""
    wall: datetime
    """The wall time that the reminder announces: the event's own, or that of places where the event is later."""
    due_at: datetime
    now: datetime
    personal: bool = False
    """True if the reminder goes to one person by direct message."""
    public: bool = False
    """True if the public reads the channel. The reminder then does not ask whether the event has begun."""
    asked_for: tuple[int, ...] = ()
    """For a reminder in the desk's channel, the public channels for which it asks whether the event has begun."""


@dataclass(frozen=True, slots=True)
class MovedFacts:
    """The facts from which `moved_post` writes a post about a change of an event."""

    before: Event
    after: Event
    now: datetime
    why: str | None = None
    """The reason typed by the desk."""
    replaces: Link | None = None
    """A link to the last post about the event in the same channel."""
    remind_at: datetime | None = None
    """For a direct message, when the person will next be reminded."""


def reminder_post(facts: ReminderFacts, setting: Setting) -> Card:
    """Return the text of a reminder as a card.

    The reminder at the event's start has buttons to report whether the event has begun.
    """
    event, at = facts.event, (facts.wall, facts.due_at, facts.now, setting.desk.zone)
    question = f"Has it started? **Started** says so in {places(facts.asked_for)}, too."
    asked = (question,) if asks(facts) and facts.asked_for else ()
    return Card(
        lines(reminder_sentences(event, *at), *asked),
        schedule_credit(facts.now, setting),
        _blocks(event, setting, facts.now),
        "reminder",
        quiet=False,
        buttons=event_buttons(facts.entry, event) if asks(facts) else (),
        variants=(Variant(_BEGUN, lines(reminder_sentences(event, *at, certain=True))),)
        if event.status == "expected" or asked
        else (),
    )


def added_post(event: Event, now: datetime, setting: Setting) -> Card:
    """Return the post about an event added after the day's morning list was posted."""
    return Card(
        lines(added_sentences(event, now, setting.desk.zone)),
        schedule_credit(now, setting),
        _blocks(event, setting, now),
        "added",
        quiet=False,
    )


def added_sentences(event: Event, now: datetime, zone: ZoneInfo) -> str:
    """Return the text of an announcement.

    For example: "**Added: news conference by the secretary of state's office,** 10:30 a.m. It is expected, not confirmed."
    """
    at = stopped(when(event.starts_at, now, zone) + local_hour(event, zone))
    sentences = [f"**Added: {event_phrase(event)},** {at}"]
    if event.status == "expected":
        sentences.append("It is expected, not confirmed.")
    if not event.verified:
        sentences.append(UNVERIFIED)
    return " ".join(sentences)


def asks(facts: ReminderFacts) -> bool:
    """Return True if a reminder asks whether its event has begun."""
    at_its_time = facts.lead_time == AT_ITS_TIME and facts.wall == facts.event.wall
    asked = at_its_time and not facts.personal and not facts.public and EVENT_KINDS[facts.event.kind].is_seen
    return asked and facts.event.status != "started"


def event_buttons(entry: int, event: Event) -> tuple[Button, ...]:
    """Return the buttons of a reminder at its event's start.

    Their keys contain the entry's id and the event's wall time.
    """
    key = f"{entry}:{event.wall.strftime(WALL_KEY)}"
    return (
        Button("Started", f"event:started:{key}", "primary"),
        Button("Delay 15 min", f"event:pushed:{key}"),
        Button("Cancel event", f"event:off:{key}", "danger"),
    )


def schedule_credit(now: datetime, setting: Setting) -> str:
    """Return the credit line for answers from the schedule: "the schedule, 8 a.m."."""
    return f"the schedule, {credit_line(setting, None, now, now)}"


def _blocks(event: Event, setting: Setting, now: datetime) -> tuple[Block, ...]:
    """Return a block with the speaker, the end, later places and the source; empty if all of these are unknown."""
    zone = setting.desk.zone
    source = escape(event.source, _MOST_SAID) if event.source else ""
    if event.link:
        address = event.link.replace("(", "%28").replace(")", "%29")  # a bracket would end the link
        source = f"[{source or 'the source'}]({address})"
    contest = setting.desk.contest(event.contest) if event.contest else None
    later = [f"{escape(one.place, _MOST_SAID)} {when(event.moment(one.wall), now, zone)}" for one in event.later[:10]]
    known = [
        f"Who: {escape(event.who, _MOST_SAID)}" if event.who else "",
        f"About: {escape(contest.name, _MOST_SAID)}" if contest else "",  # which is not what it is: "Race: President"
        f"Until {when(event.ends_at, now, zone)}" if event.ends_at else "",
        f"Later in {', '.join(later)}" if later else "",
        f"Source: {source}" if source else "",
    ]
    return (Block(lines(*filter(None, known))),) if any(known) else ()


def moved_post(facts: MovedFacts, setting: Setting) -> Card:
    """Return the post about a change of an event, with a link to the earlier post that it replaces."""
    at, zone = facts.remind_at, setting.desk.zone
    remind = f" {stopped(f'Your reminder now comes at {when(at, facts.now, zone)}')}" if at else ""
    return Card(
        lines(f"{moved_sentences(facts.before, facts.after, facts.now, zone, facts.why)}{remind}"),
        schedule_credit(facts.now, setting),
        (Block(lines(f"It replaces {facts.replaces}.")),) if facts.replaces else (),
        "moved",
        quiet=False,
    )


def changed_card(old: Card, before: Event, after: Event, now: datetime, setting: Setting) -> Card:
    """Return the published post `old`, marked as changed.

    The mark describes how the event changed from `before`, the version that the post describes, to `after`. It is used
    while the separate post about the change waits for Publish.
    """
    return old.marked_replaced(CHANGED, [moved_sentences(before, after, now, setting.desk.zone, None)])


def begun_card(
    old: Card, number: int, who: str | None, at: datetime, setting: Setting, kind: EventKind = "other"
) -> Card:
    """Return reminder number `number` (`old`), edited to report that its event has begun.

    The note "Expected, not confirmed" and the question whether the event has begun are removed. If the new text is too
    long, only the buttons are removed.

    Args:
        old: the reminder as posted.
        number: the reminder's post number.
        who: the person who reported the start; with None, nobody is named.
        at: the time of the report.
        setting: the desk file's zone and names.
        kind: the event's kind, on which the sentence depends.
    """
    first = begun_sentence(None if who is None else name_of(who), at, setting.desk.zone, kind)
    begun = replace(old.with_variant(_BEGUN), buttons=()).above(first)
    fits = size(render(begun, number).content) <= CONTENT
    return begun if fits else replace(old, buttons=())


def undelivered(since: int) -> str:
    """Return a notice for a person to whom the bot could not deliver a direct message.

    `since` is the time of the failure, in seconds since 1970.
    """
    return (
        f"**A direct message to you was not delivered** (<t:{since}:f>): Discord says that you don't take the bot's. To get "
        "your reminders, allow direct messages in this server's Privacy Settings; `/next` shows what is ahead."
    )


def what(event: Event) -> str:
    """Return an event's title and place, as shown in lists: "Rally: Sens. Rubio and Perdue in Cobb County"."""
    return _placed(event, event.title, event.place)


def event_phrase(event: Event, place: str | None = None) -> str:
    """Return an event's title and place, as a phrase for a sentence: "rally with Sens. Rubio and Perdue in Cobb County"."""
    head, colon, rest = event.title.partition(": ")
    kind = head.casefold() if colon else ""
    title = f"{kind}{_BEFORE_SPEAKER.get(kind, ',')} {rest}" if kind in _HEADS else event.title
    if _SMALL.match(title):
        title = title[0].lower() + title[1:]
    return _placed(event, title, place or event.place)


def _placed(event: Event, title: str, place: str | None) -> str:
    text = escape(title, _MOST_TITLE) or "an event without a title"
    where = escape(place, _MOST_PLACE) if place else ""
    told = not where or re.search(rf"(?:\b(?:in|at)|,) {re.escape(where)}$", text, re.IGNORECASE)
    return (
        text if told else f"{text}{' in' if event.kind == 'polls_close' or _COUNTY.fullmatch(where) else ','} {where}"
    )


def status_words(event: Event) -> str:
    """Return an event's status, as shown in lists: " (expected, not confirmed)"; empty if the event is confirmed."""
    words = {
        "expected": " (expected, not confirmed)",
        "moved": " (moved)",
        "started": " (under way)",
        "over": " (over)",
    }
    return words.get(event.status, "") + rule_words(event)


def rule_words(event: Event) -> str:
    """Return a note for a deadline whose rule is not verified; empty for other events."""
    return "" if event.verified else " (rule not verified)"


def later_words(event: Event, zone: ZoneInfo, most: int = 10) -> str:
    """Return the places where an event is later: "later in Cobb County 9 p.m., Macon 8:30 p.m."; may be empty.

    Args:
        event: the event.
        zone: the time zone for the hours.
        most: the maximum number of places named.

    """
    hours = [f"{escape(one.place, _MOST_PLACE)} {clock(event.moment(one.wall), zone)}" for one in event.later[:most]]
    more = len(event.later) - most
    left = f" and {counted(more, 'more place')}" if more > 0 else ""
    return f"later in {', '.join(hours)}{left}" if hours else ""


def local_hour(event: Event, zone: ZoneInfo) -> str:
    """Return the event's local hour if the event's zone differs from the desk's: " (7:30 a.m. there)"; else ""."""
    if event.starts_at.astimezone(zone).replace(tzinfo=None) == event.wall:
        return ""
    return f" ({clock(event.starts_at, ZoneInfo(event.zone))} there)"


def reminder_sentences(
    event: Event, wall: datetime, due_at: datetime, now: datetime, zone: ZoneInfo, *, certain: bool = False
) -> str:
    """Return the text of a reminder.

    For example: "**In 30 minutes: news conference by the secretary of state's office,** 10:30 a.m. It is expected…". The
    time left is counted from `now`, even if the reminder is late.

    Args:
        event: the event's current version.
        wall: the wall time to announce: the event's own, or that of places where the event is later.
        due_at: when the reminder was due.
        now: when the reminder is posted.
        zone: the desk's time zone.
        certain: True if the event is known to have begun.

    """
    begins = event.moment(wall)
    places = ", ".join(escape(one.place, _MOST_PLACE) for one in event.later if one.wall == wall)
    subject = event_phrase(event, places) if places and wall != event.wall else event_phrase(event)
    begun = event.status == "started" and wall == event.wall and event.kind != "polls_close"
    at = when(begins, now, zone) + (local_hour(event, zone) if wall == event.wall else "")
    known = event.verified and (certain or event.status != "expected")
    if event.kind == "polls_close" and known and begins - now <= _AT_ONCE:
        seen = certain or (event.status == "started" and wall == event.wall)
        first = stopped(f"**{polls_closed(subject, seen=seen)}** at {at}{_not_yet(event, wall, now, zone)}")
    else:
        opening = "Under way" if begun else _opening(event, begins, now)
        rule = "" if event.verified else ", under a rule not verified"
        first = f"**{opening}{rule}: {subject},** {'scheduled for ' if begun else ''}{stopped(at)}"
    sentences = [first]
    if wall != event.wall:
        sentences.append(f"Elsewhere it was {stopped(when(event.starts_at, now, zone))}")
    if event.status == "expected" and now < begins:
        sentences.append("It is expected, not confirmed.")
    elif event.status == "expected" and not certain:
        sentences.append("It has not been confirmed.")
    if not event.verified:
        sentences.append(UNVERIFIED)
    if now - due_at > LATE_AFTER and not begun:
        sentences.append(f"This reminder is late: it was due at {stopped(when(due_at, now, zone))}")
    return " ".join(sentences)


def _opening(event: Event, begins: datetime, now: datetime) -> str:
    ahead = begins - now
    if ahead > _AT_ONCE:
        today = begins.astimezone(ZoneInfo(event.zone)).date() == now.astimezone(ZoneInfo(event.zone)).date()
        # "Tomorrow" would be wrong by the time that many read it; its weekday is said.
        return f"In {length_between(now, begins)}" if ahead < _DAY / 2 or today else "Coming up"
    return f"Due {length_between(begins, now)} ago" if -ahead > LATE_AFTER else "Due now"


def polls_closed(subject: str, *, seen: bool) -> str:
    """Return an event's title in the past tense: "The polls close in Ohio" becomes "Polls closed in Ohio".

    Unless somebody has `seen` it, only the plan is known: "Polls were due to close in Ohio".
    """

    def closed(said: re.Match[str]) -> str:
        if said[0].casefold().startswith("voting"):
            return "voting ended" if seen else "voting was due to end"
        return "polls closed" if seen else "polls were due to close"

    now, known = _CLOSE.subn(closed, subject, count=1)
    return capitalised(now) if known else f"Polls {'closed' if seen else 'due to close'}: {subject}"


def _not_yet(event: Event, wall: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return a clause with the places where polls are still open: ", but not yet in Cobb County (9 p.m.)".

    Returns "" if there is no such place.
    """
    ahead = [one for one in event.later if one.wall > wall and event.moment(one.wall) > now]
    parts = [f"{escape(one.place, _MOST_PLACE)} ({when(event.moment(one.wall), now, zone)})" for one in ahead]
    more = len(parts) - _MOST_LATER
    left = f"{counted(more, 'more place')}" if more > 0 else ""
    return f", but not yet in {listed(parts[:_MOST_LATER], left)}" if parts else ""


def moved_sentences(before: Event, after: Event, now: datetime, zone: ZoneInfo, why: str | None) -> str:
    """Return the text about a change of an event: "**Moved: news conference, …,** from 10:30 a.m. to 11 a.m. …".

    `why` is the reason that the desk typed; None for no reason.
    """
    then, at = when(before.starts_at, now, zone), when(after.starts_at, now, zone) + local_hour(after, zone)
    if after.status == "canceled":
        verb = "expected" if before.status == "expected" else "scheduled"
        sentences = [f"**Canceled: {event_phrase(before)}.** It was {verb} for {stopped(then)}"]
    else:
        sentences = _changed(before, after, then, at)
        if after.status == "expected":
            sentences.append("It is still expected, not confirmed.")
        if not after.verified:
            sentences.append(UNVERIFIED)
    if why:
        sentences.append(f"Reason: {stopped(escape(why, _MOST_WHY))}")
    return " ".join(sentences)


def _changed(before: Event, after: Event, then: str, at: str) -> list[str]:
    elsewhere = before.place != after.place
    was = f" was {escape(before.place, _MOST_PLACE)}" if before.place else ""
    new_place = f"now {escape(after.place, _MOST_PLACE)}" if after.place else "no longer known"
    place = stopped(f"The place is {new_place}{f'; it{was}' if was else ''}") if elsewhere else ""
    if before.status == "canceled":
        sentences = [f"**Back on: {event_phrase(after)},** {stopped(at)}", place]
    elif before.starts_at != after.starts_at:
        sentences = [f"**Moved: {event_phrase(after)},** from {then} to {stopped(at)}", place]
    elif elsewhere:
        label = "New place" if after.place else "Place not known"
        sentences = [
            f"**{label}: {event_phrase(after)},** {stopped(at)}",
            stopped(f"The earlier place{was}") if was else "",
        ]
    else:
        hours = later_words(after, ZoneInfo(after.zone)) or "no later places remain"
        sentences = [f"**Hours have changed: {event_phrase(after)},** {at}", stopped(capitalised(hours))]
    return [sentence for sentence in sentences if sentence]


def begun_sentence(who: str | None, at: datetime, zone: ZoneInfo, kind: EventKind = "other") -> str:
    """Return a sentence that reports that an event is under way, or that polls have closed.

    `who` is the person who reported this, escaped for markdown; with None, nobody is named. `at` is the time of the
    report.
    """
    begun = "Polls closed" if kind == "polls_close" else "Under way"
    return f"**{begun},**{f' says {who},' if who else ''} {stopped(when(at, at, zone))}"
