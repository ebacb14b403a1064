"""A small invented day of the schedule, with a followed calendar that changes, Discord events, and a clock that jumps.

The calendar replaces a web site. Everything else is the bot's own code.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot.app import App
from bot.count.reading import Frozen, Moment
from bot.database.database import fetch, to_micros
from bot.desk.desk_file import Calendar
from bot.events.event import Event
from bot.events.icalendar import CalendarContext, CalendarRead, read_ics
from bot.outbox.kinds import NotPosted, PostText
from bot.outbox.rows import Post
from bot.outbox.tx import Tx
from bot.rehearsal.day import Day
from bot.rehearsal.standin.guild import ScheduledEvent
from bot.schedule.event_posts_store import EventPost, PostedEvent
from bot.schedule.mirror import DiscordEvents
from tests.faults.compare import Shown, Tally
from tests.faults.small_day import GOVERNOR, MAYOR, small_day

_ZONE = "America/New_York"
_SOONEST = timedelta(minutes=2)
"""Events that begin sooner than this are no longer shown as Discord events."""


class Says(Frozen):
    """The content of the calendar from a given time on."""

    since: Moment
    ics: str


class ScheduleDay(Day):
    """A day with a followed calendar, and with the schedule mirrored to the server's Discord events."""

    calendar: list[Says]
    undone: list[Moment] = []
    """When the desk undoes the last move of an event."""
    jumps: bool = True
    """True if the clock is wrong when a reminder is first claimed.

    It is alternately a day ahead and two hours behind.
    """


def schedule_day(*, jumps: bool = True) -> ScheduleDay:
    """Return a day on which the calendar's four events change four times. The desk moves two of them, one by
    mistake.
    """
    starts = small_day().starts
    one = _event("one", "Hearing on the recount", "20311104T081000")
    two = _event("two", "Rally in Toledo", "20311105T100000")
    three = _event("three", "Press conference: the clerk", "20311104T082500")
    four = _event("four", "Debate", "20311106T200000")
    moved = _event("one", "Hearing on the recount", "20311104T083500", 1)
    says = [
        (0, [one, two]),
        (5, [one, two, three, four]),
        (20, [moved, two, three]),  # one moves, one vanishes
        (40, [moved, two, _event("three", "Press conference: the clerk", "20311104T082500", 1, "CANCELLED"), four]),
        (60, [moved, _event("two", "Rally in Toledo", "20311105T120000", 1), four]),
    ]
    steps: list[dict[str, Any]] = [{"at": starts + timedelta(minutes=minute), "does": "check"} for minute, _ in says]
    desk = {"does": "move", "title": "Toledo", "to": "2031-11-05T11:00"}
    rally = {"kind": "rally", "title": "A rally", "wall": "2031-11-04T08:50", "zone": _ZONE, "contest": MAYOR}
    wrong = {"does": "move", "title": "A rally", "to": "2031-11-04T09:20"}
    late = {"kind": "press_conference", "title": "Briefing: the clerk", "wall": "2031-11-04T09:30", "zone": _ZONE}
    undone = starts + timedelta(minutes=54)  # its reminder would have been posted four minutes before
    steps += [
        {"at": starts + timedelta(minutes=30), **desk},
        {"at": starts + timedelta(minutes=10), "does": "schedule", "events": [rally]},
        {"at": starts + timedelta(minutes=48), **wrong},
        {"at": undone, "does": "check"},
        {"at": starts + timedelta(minutes=70), "does": "schedule", "events": [late]},  # after the morning list
        {"at": starts + timedelta(minutes=110), "does": "check"},
    ]
    said = [{"since": starts + timedelta(minutes=minute), "ics": _calendar(events)} for minute, events in says]
    fields = small_day().model_dump(exclude={"steps", "happenings"}) | {"title": "A small day of the schedule"}
    return ScheduleDay.model_validate(
        fields
        | {"steps": sorted(steps, key=lambda step: step["at"]), "calendar": said, "undone": [undone], "jumps": jumps}
    )


def _event(key: str, title: str, starts: str, sequence: int = 0, status: str = "CONFIRMED") -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:{key}\r\nDTSTAMP:20311101T000000Z\r\nSEQUENCE:{sequence}\r\nSUMMARY:{title}\r\n"
        f"STATUS:{status}\r\nDTSTART;TZID={_ZONE}:{starts}\r\nEND:VEVENT\r\n"
    )


def _calendar(events: Iterable[str]) -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a test//\r\n{''.join(events)}END:VCALENDAR\r\n"


class CalendarSays:
    """A `CalendarFeed` without a network. It returns the calendar as of the news clock, or None if nothing changed."""

    def __init__(self, day: ScheduleDay) -> None:
        self.calendar = Calendar(
            id="clerk", name="the clerk's calendar", url="https://example.org/clerk.ics", contest=GOVERNOR
        )
        self._says = day.calendar
        self._last: str | None = None

    def forget(self) -> None:
        """Forget the last answer. The next read then returns the calendar even if nothing changed."""
        self._last = None

    async def events(self, now: datetime) -> CalendarRead | None:
        """Return the calendar at `now`, or None if nothing changed since the last read."""
        said = [one.ics for one in self._says if one.since <= now][-1]
        if said == self._last:
            return None
        self._last = said
        return read_ics(said.encode(), CalendarContext(name=self.calendar.name, now=now, zone=_ZONE, contest=GOVERNOR))


class Ahead:
    """The bot's work on the schedule during such a day: calendars and Discord events."""

    def __init__(self, day: ScheduleDay, app: App) -> None:
        self._app = app
        self._feed = CalendarSays(day)
        self._undone = day.undone
        self.jumps = day.jumps
        if day.jumps:
            _jump()

    async def ask(self) -> None:
        """Read the calendar."""
        await self._app.rooms.schedule.calendars.look(self._feed)  # type: ignore[arg-type]  # it sends no request
        if self._app.rooms.schedule.calendars._failures:
            raise RuntimeError("the calendar could not be taken in")

    async def check(self, at: datetime, server: int, who: str) -> None:
        """Press Undo under the last move, if that is planned for `at`. A second press has no effect."""
        if at in self._undone:
            rows = await self._app.database.rows("SELECT MAX(id) FROM audit WHERE what = 'schedule move'")
            await self._app.rooms.schedule.events.undo(rows[0][0], server, who)

    async def mirror(self) -> None:
        """Update the server's Discord events to match the schedule."""
        mirror = self._app.bot.rooms.schedule.mirror
        await mirror.look(DiscordEvents(self._app.bot))
        if mirror._failures:
            raise RuntimeError("the server's events could not be kept")


def _jump() -> None:
    """Patch the clock to be wrong the first time that a reminder is claimed for a channel."""
    words = EventPost.words

    def worded(self: EventPost, tx: Tx, post: Post) -> PostText | NotPosted:
        told = PostedEvent.of(tx.connection, post.id)
        if told is None or told.lead_time is None:
            return words(self, tx, post)
        others = tx.rows(
            """SELECT 1 FROM told_events JOIN outbox ON id = post
               WHERE event = ? AND lead_time = ? AND wall = ? AND channel = ? AND action = 'post' AND id <> ?""",
            (told.event, told.lead_time, told.wall, post.channel, post.id),
        )
        if others:
            return words(self, tx, post)
        by = timedelta(days=1) if (told.event + bool(told.lead_time)) % 2 else timedelta(hours=-2)
        return words(self, Tx(tx.connection, tx.kinds, tx.now + by, tx.wall), post)

    patch.object(EventPost, "words", worded).start()


def schedule_shown(database: Path) -> Shown:
    """Return the schedule as text, one line for each event, with the event's history."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as reader:
        rows = fetch(
            reader,
            """SELECT body, (SELECT group_concat(what || ' ' || who || ' ' || coalesce(why, ''), '; ')
                             FROM (SELECT * FROM audit WHERE entry = e.id ORDER BY id))
               FROM schedule_entries e ORDER BY starts_at, id""",
        )
    return [f"{body}: {happened}" for body, happened in rows]


def events_shown(events: Iterable[ScheduledEvent]) -> Shown:
    """Return the server's Discord events, one line each, without the id of the installation."""
    open_ones = sorted((event for event in events if not event.status.over), key=lambda event: (event.starts, event.id))
    return [
        f"{event.name}, {event.location}, {event.starts} to {event.ends}: {(event.description or '').rpartition('-')[2]}"
        for event in open_ones
    ]


def against_schedule(database: Path, events: Iterable[ScheduledEvent], now: datetime) -> Tally:
    """Compare the server's Discord events with the schedule. Each future event has to have exactly one."""
    soonest = now + _SOONEST  # what has begun is left to Discord
    keys = [
        int((event.description or "").rpartition("-")[2])
        for event in events
        if not event.status.over and event.starts > soonest
    ]
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as reader:
        rows = fetch(reader, "SELECT id, body FROM schedule_entries WHERE starts_at > ?", (to_micros(soonest),))
    wanted = {key for key, body in rows if Event.model_validate_json(body).status in ("expected", "confirmed", "moved")}
    tally = Tally(lost=len(wanted - set(keys)), doubled=len(keys) - len(set(keys)), told=len(keys))
    tally.wrong += [f"the server's events show {key}, which is not ahead" for key in set(keys) - wanted]
    return tally
