"""Imports files and pasted lines into the schedule, with a preview; exports the schedule as a file."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.box.box import Box
from bot.clock import Clock
from bot.desk.desk_file import IMPORT
from bot.errors import BadInputError
from bot.events.calendar_changes import CalendarChange
from bot.events.event import Event, ScheduleEntry
from bot.events.icalendar import CalendarContext, ImportedEvent, check_size
from bot.events.pasted import PastedEvent, PasteResult
from bot.events.time_meaning import TimeAhead, TimeQuestion
from bot.follows.levels import Sees
from bot.quotas import Caller
from bot.schedule.calendars_store import CalendarStore, Origin
from bot.schedule.planning_store import EventPreviewStore, StoredEventPreview
from bot.schedule.schedule_files_words import EventPosting, ImportPreview, OpenLine, imported_answer, preview_answer
from bot.schedule.schedule_jobs import read_calendar, read_lines, write_calendar
from bot.schedule.schedule_store import NewEntry, ScheduleStore
from bot.wording.card import Card
from bot.wording.context import Setting

MOST = 200
"""The maximum number of events in one import. A larger calendar belongs in the desk file."""

MOST_EXPORTED = 1000

BACK, AHEAD = timedelta(days=30), timedelta(days=400)


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A person's request to import events: who asked, in which server and channel."""

    server: int
    person: int
    who: str
    """The person's name, as written in the audit log."""
    channel: int | None
    """The channel of the command, in which the events are posted if no channel follows anything."""

    @property
    def caller(self) -> Caller:
        """The caller whose quota the import counts towards."""
        return Caller(self.server, self.person, staff=True)


class ScheduleFiles:
    """A service that imports files into newsrooms' schedules, and exports schedules to files."""

    def __init__(
        self,
        store: CalendarStore,
        schedule: ScheduleStore,
        proposals: EventPreviewStore,
        setting: Setting,
        clock: Clock,
        box: Box,
    ) -> None:
        """Create the service.

        `store` stores imports that wait for Save, `proposals` stores lines with an ambiguous time, and `box` parses
        files.
        """
        self._store = store
        self._schedule = schedule
        self._proposals = proposals
        self._setting = setting
        self._clock = clock
        self._box = box

    async def look_at_text(self, text: str, asked: ImportRequest) -> Card:
        """Return a preview of the events in pasted lines, with a button that saves them.

        `asked` is who pasted the lines, and where.

        Raises:
            BadInputError: the text is too long, or has no future events.
        """
        now = self._clock.now()
        pasted = await read_lines(self._box, asked.caller, text, now, self._setting.desk.zone)
        missed = [(one.words, one.why) for one in pasted.missed]
        unclear = [(one, one.at) for one in pasted.proposals if isinstance(one.at, TimeQuestion)]
        return await self._looked(_imported(pasted), missed, asked, now, unclear)

    async def look_at_file(self, name: str, body: bytes, asked: ImportRequest) -> Card:
        """Return a preview of the events in a file, which is a calendar or lines of text.

        `body` is the file's content. `asked` is who uploaded the file, and where.

        Raises:
            BadInputError: the file is too large, is neither a calendar nor text, or has no future events.
        """
        check_size(len(body))
        if not name.casefold().endswith((".ics", ".ical")) and b"BEGIN:VCALENDAR" not in body[:1000].upper():
            return await self.look_at_text(_text_of(name, body), asked)
        now = self._clock.now()
        frame = CalendarContext(
            name=name[:100] or "a calendar", now=now, zone=self._setting.desk.zone.key, by_staff=True
        )
        read = await read_calendar(self._box, asked.caller, body, frame)
        known = {contest.id for contest in self._setting.desk.contests}
        events = [_of_the_desk(imported, known) for imported in read.events]
        return await self._looked(events, [(why, "") for why in read.refused], asked, now)

    async def save(self, key: int, server: int, who: str) -> str:
        """Save the previewed import with the id `key`, once. Returns the answer.

        Raises:
            BadInputError: the import was already saved or discarded, or is too old.
        """
        return imported_answer(await self._store.save(key, server, who))

    async def export(self, caller: Caller, sees: Sees) -> bytes:
        """Return a server's schedule, starting 30 days ago, as an iCalendar file.

        `caller` is the person whose quota is used. Events with a channel that the person can't see are omitted.

        Raises:
            BadInputError: there are no events to export.
        """
        now = self._clock.now()
        found = await self._store.exported(caller.server, now - BACK, now + AHEAD, MOST_EXPORTED)
        events = [event for event, channel in found if channel is None or sees(channel)]
        if not events:
            raise BadInputError("the schedule has no events from the past 30 days on")
        return await write_calendar(self._box, caller, events, now, "Newsroom schedule")

    async def _looked(
        self,
        read: Sequence[ImportedEvent],
        missed: Sequence[tuple[str, str]],
        asked: ImportRequest,
        now: datetime,
        unclear: Sequence[tuple[PastedEvent, TimeQuestion]] = (),
    ) -> Card:
        if len(read) > MOST:
            raise BadInputError(f"it has {len(read)} events ahead, more than {MOST}; subscribe to it in the desk file")
        contests = {imported.event.contest for imported in read} or {None}
        follows = [await self._schedule.follows_anything(asked.server, contest) for contest in contests]
        channel = None if all(follows) else asked.channel
        origin = Origin(IMPORT, "a list", asked.who, whole=False, channel=channel)
        if not read and not missed and not unclear:
            raise BadInputError("it has no future events")
        key, changes = await self._store.keep(asked.server, asked.person, origin, read, now)
        open_ = [
            OpenLine(one.words, question, await self._choices(one, question, asked, channel, now))
            for one, question in unclear
        ]
        told = await self._postings(changes, asked.server, channel, now)
        announced = [
            change.key
            for change in changes
            if change.what == "new"
            and await self._schedule.announced_in(ScheduleEntry(0, asked.server, channel, change.says, None, "", now))
        ]
        looked = ImportPreview(key, changes, len(read), missed, open_, told, len(announced))
        return preview_answer(looked, now, self._setting)

    async def _postings(
        self, changes: Sequence[CalendarChange], server: int, channel: int | None, now: datetime
    ) -> dict[str, EventPosting]:
        """Return the lead times and channels for each new event among `changes`, by the event's key.

        Events with the same kind and contest share them.
        """
        alike: dict[tuple[str, str | None], EventPosting] = {}
        found = {}
        for change in changes:
            if change.what != "new":
                continue
            event = change.says
            if (event.kind, event.contest) not in alike:
                entry = ScheduleEntry(0, server, channel, event, None, "", now)
                channels = await self._schedule.channels_of(entry)
                alike[event.kind, event.contest] = EventPosting(
                    await self._schedule.lead_times_of(entry), tuple(channels)
                )
            found[change.key] = alike[event.kind, event.contest]
        return found

    async def _choices(
        self, one: PastedEvent, question: TimeQuestion, asked: ImportRequest, channel: int | None, now: datetime
    ) -> list[tuple[int, Event]]:
        """Store a preview for each time that a pasted line can mean.

        Returns the preview's id and the event for each time. `one` is the event from the line, and `question` has the
        possible times.
        """
        events = [one.event(at) for at in question.choices]
        new = [
            StoredEventPreview(asked.server, asked.person, "schedule add", NewEntry(event, channel)) for event in events
        ]
        return list(zip(await self._proposals.keep(new, now), events, strict=True))


def _imported(pasted: PasteResult) -> list[ImportedEvent]:
    """Return the events of the pasted lines whose time is unambiguous.

    A line gets the same key as an earlier import of the same text on the same day, even if the hour differs.
    """
    times: Counter[str] = Counter()
    found = []
    for one in pasted.proposals:
        if isinstance(one.at, TimeAhead):
            event = one.event(one.at)
            words = f"{event.kind} {event.title.casefold()} {event.wall.date()}"
            times[words] += 1
            uid = f"pasted-{hashlib.sha256(f'{words} {times[words]}'.encode()).hexdigest()[:20]}"
            found.append(ImportedEvent(key=uid, uid=uid, event=event))
    return found


def _of_the_desk(imported: ImportedEvent, known: set[str]) -> ImportedEvent:
    """Return an event without its contest if the desk file does not have that contest; otherwise unchanged.

    `known` are the ids of the desk file's contests.
    """
    if imported.event.contest is None or imported.event.contest in known:
        return imported
    return imported.model_copy(update={"event": imported.event.model_copy(update={"contest": None})})


def _text_of(name: str, body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInputError(f"{name[:60]} is neither a calendar (.ics) nor text") from None
