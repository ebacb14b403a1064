"""Reads what staff type about an event, shows a preview, and saves the event when they press Save.

A preview is a row of `event_proposals`. Its buttons contain the row's id, so they work after a restart, and only once.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from bot.clock import Clock
from bot.count.reading import describe_refusal
from bot.desk.desk_file import Zone
from bot.errors import BadInputError, Refusals, naming
from bot.events.event import Event, LaterPlace, ScheduleEntry, kind_in_text
from bot.events.moving import moved_to
from bot.events.time_meaning import TimeAhead, TimeQuestion, choices, hour_after, later_places, time_ahead
from bot.follows.levels import Sees
from bot.outbox.outbox_words import Delivery
from bot.outbox.room import OutboxRoom
from bot.schedule.planning_store import EventPreviewStore, StoredEventPreview
from bot.schedule.planning_words import EventPlan, plan_answer, saved_answer
from bot.schedule.reminders import read_lead_times
from bot.schedule.schedule_store import NewEntry, ScheduleStore
from bot.schedule.schedule_words import event_changed_answer, question_answer
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.numbers import commas
from bot.wording.times import when
from bot.wording.typed_names import contest_named

_MOST_LETTERS = 300

_MENTION = re.compile(r"@(?:everyone|here)\b|<(?:@[!&]?|#)\d+>")

_WORDS = ("title", "place", "who", "source")

_NEAR = timedelta(hours=6)

NOTHING = "none"
"""The word that clears a field when typed: "place: none"."""


@dataclass(frozen=True, slots=True)
class EventInput:
    """The text that somebody typed for each field of an event; None for an empty field."""

    title: str | None = None
    at: str | None = None
    ends: str | None = None
    later: str | None = None
    """Places with a later hour: "Cobb County 9 p.m.; Macon 8:30 p.m."; "none" removes them all."""
    kind: str | None = None
    place: str | None = None
    who: str | None = None
    source: str | None = None
    link: str | None = None
    contest: str | None = None
    status: str | None = None
    zone: str | None = None
    remind: str | None = None
    """Lead times in the desk file's format: "60m, 1d"; "none" if only the reminder when the event begins is wanted."""
    channel: int | None = None

    def trimmed(self) -> "EventInput":
        """Return a copy without spaces around the fields. Empty fields become None."""
        said: dict[str, Any] = {
            one.name: value.strip() or None for one in fields(self) if isinstance(value := getattr(self, one.name), str)
        }
        return replace(self, **said)

    @property
    def words(self) -> dict[str, str]:
        """The text typed for each field of the event, by field name. Times, reminders and empty fields are missing."""
        names = ("title", "kind", "place", "who", "source", "link", "contest", "status")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class Planning:
    """A service that reads what staff type about an event, and shows a preview before saving it."""

    def __init__(
        self, store: ScheduleStore, proposals: EventPreviewStore, outbox: OutboxRoom, setting: Setting, clock: Clock
    ) -> None:
        """Create the service. It stores previews in `proposals`; `outbox` reports what delays a post."""
        self._store = store
        self._proposals = proposals
        self._outbox = outbox
        self._setting = setting
        self._clock = clock

    async def add(self, server: int, person: int, given: EventInput, here: int | None = None) -> Card:
        """Return a preview of a new event, or a question if the typed time is ambiguous.

        `given` is the typed text. `here` becomes the event's channel if it has none and no channel follows its
        contest.

        Raises:
            BadInputError: a field is invalid. The message is a sentence that suggests what to type instead.
        """
        given = given.trimmed()
        now, zone = self._clock.now(), self._zone(given.zone)
        if not given.title or not given.at:
            raise BadInputError("an event needs a title and a time")
        typed, refused = given.at, Refusals()
        said = refused.of(lambda: self._fields(given), dict[str, object]())
        lead_times = refused.of(lambda: None if given.remind is None else read_lead_times(given.remind), None)
        read = refused.last(lambda: _starts(typed, now, zone))
        channel = given.channel
        if channel is None and not await self._store.follows_anything(server, self._contest(given.contest)):
            channel = here
        news = []
        for one in choices(read):
            times: dict[str, object] = {"wall": one.wall, "zone": one.zone}
            if given.ends and given.ends.casefold() != NOTHING:
                times["ends"] = hour_after(given.ends, one, zone, "the end")
            if given.later:
                times["later"] = _later(given.later, one, zone)
            kinds = {"kind": kind_in_text(given.title)[0], "status": "confirmed" if given.source else "expected"}
            news.append(NewEntry(_event(kinds | said | times), channel, lead_times))
        return await self._show_preview(
            [StoredEventPreview(server, person, "schedule add", new) for new in news], given.at, read, now
        )

    async def edit(self, server: int, person: int, entry: ScheduleEntry, given: EventInput, why: str | None) -> Card:
        """Return a preview of changes to any field of an event except its time.

        `given` is the typed text, and `why` the reason for the change.

        Raises:
            BadInputError: a field is invalid, or nothing would change.
        """
        given = given.trimmed()
        said = self._fields(given)
        changed = {name: value for name, value in dict(entry.event).items() if value is not None} | said
        start, clock = TimeAhead(entry.event.wall, entry.event.zone), self._clock_of(entry.event)
        if given.ends:
            changed["ends"] = (
                None if given.ends.casefold() == NOTHING else hour_after(given.ends, start, clock, "the end")
            )
        if given.later:
            changed["later"] = _later(given.later, start, clock)
        lead_times = entry.lead_times if given.remind is None else read_lead_times(given.remind)
        channel = entry.channel if given.channel is None else given.channel
        new = NewEntry(_event({key: value for key, value in changed.items() if value is not None}), channel, lead_times)
        if (new.event, new.channel, new.lead_times) == (entry.event, entry.channel, entry.lead_times):
            raise BadInputError("nothing would change; fill in what should")
        return await self._one(StoredEventPreview(server, person, "schedule edit", new, entry.id, entry.event, why))

    async def move(self, server: int, person: int, entry: ScheduleEntry, to: str, why: str | None) -> Card:
        """Return a preview of a new time for an event, or a question if the typed time is ambiguous.

        `to` is the typed time; a time without a day means the event's day. `why` is the reason for the change.

        Raises:
            BadInputError: the text is not a future time, or the event already has that time.
        """
        now, event = self._clock.now(), entry.event
        zone = self._clock_of(event)
        day = event.starts_at.astimezone(zone).date() if event.starts_at > now else None
        read = _beside(time_ahead(to, now, zone, day), event.starts_at)
        proposals = []
        for one in choices(read):
            moved = moved_to(event.model_copy(update={"zone": one.zone}), one.wall)
            if moved.starts_at == event.starts_at and event.status != "canceled":
                at = when(event.starts_at, now, self._setting.desk.zone)
                raise BadInputError(f"it is at {at} already")
            new = NewEntry(moved, entry.channel, entry.lead_times)
            proposals.append(StoredEventPreview(server, person, "schedule move", new, entry.id, event, why))
        return await self._show_preview(proposals, to, read, now)

    async def cancel(self, server: int, person: int, entry: ScheduleEntry, why: str | None) -> Card:
        """Return a preview of the cancelation of an event. `why` is the reason that the person typed.

        Raises:
            BadInputError: the event is already canceled, or is over.
        """
        if entry.event.status in ("canceled", "over"):
            raise BadInputError("that event is canceled or over already")
        off = entry.event.model_copy(update={"status": "canceled"})
        new = NewEntry(off, entry.channel, entry.lead_times)
        return await self._one(StoredEventPreview(server, person, "schedule cancel", new, entry.id, entry.event, why))

    async def show(self, key: int, server: int, sees: Sees) -> Card:
        """Return the preview with the id `key` again, for example after its author chose one of several times.

        `sees` returns True for channels that the person sees.

        Raises:
            BadInputError: the preview was saved or discarded, or is too old, or the person can no longer see its channel.
        """
        waiting = await self._proposals.waiting(key, server, self._clock.now())
        _refuse_unseen(waiting, sees)
        return await self._plan(key, waiting)

    async def save(self, key: int, server: int, who: str, sees: Sees) -> Card:
        """Save the event in the preview with the id `key` to the schedule, once. Returns the answer.

        Raises:
            BadInputError: the preview was saved or discarded, or is too old; the event has changed in the meantime; or the
                person can no longer see its channel.
        """
        now = self._clock.now()
        _refuse_unseen(await self._proposals.waiting(key, server, now), sees)
        saved = await self._proposals.save(key, server, who)
        changed = saved.changed
        if changed is None:
            channels = await self._store.channels_of(saved.entry)
            lead_times = await self._store.lead_times_of(saved.entry)
            announced = await self._delivery(server, saved.announced) if saved.announced else None
            return saved_answer(saved.entry, lead_times, channels, now, self._setting, announced)
        delivery = await self._delivery(server, changed.channels)
        return event_changed_answer(
            changed.before.event, changed.after.event, delivery, now, self._setting, saved=True, undo=changed.change
        )

    async def drop(self, key: int, server: int, who: str) -> str:
        """Discard the preview with the id `key`. Returns the answer.

        Raises:
            BadInputError: the preview was saved or discarded, or is too old.
        """
        await self._proposals.drop(key, server, who, self._clock.now())
        return "Discarded: the schedule is unchanged."

    async def _one(self, proposal: StoredEventPreview) -> Card:
        (key,) = await self._proposals.keep([proposal], self._clock.now())
        return await self._plan(key, proposal)

    async def _show_preview(
        self, proposals: Sequence[StoredEventPreview], typed: str, read: TimeAhead | TimeQuestion, now: datetime
    ) -> Card:
        keys = await self._proposals.keep(list(proposals), now)
        if isinstance(read, TimeQuestion):
            events = [proposal.new.event for proposal in proposals]
            return question_answer(typed, read, list(zip(keys, events, strict=True)))
        return await self._plan(keys[0], proposals[0])

    async def _plan(self, key: int, one: StoredEventPreview) -> Card:
        now = self._clock.now()
        entry = ScheduleEntry(one.entry or 0, one.server, one.new.channel, one.new.event, one.new.lead_times, "", now)
        channels = tuple(await self._store.channels_of(entry))
        lead_times = await self._store.lead_times_of(entry)
        announced = () if one.entry else tuple(await self._store.announced_in(entry))
        delivery = await self._delivery(one.server, channels if one.entry else announced)
        plan = EventPlan(one.what, one.new.event, one.was, lead_times, channels, one.why, delivery, announced)
        return plan_answer(key, plan, now, self._setting)

    async def _delivery(self, server: int, channels: Sequence[int]) -> Delivery:
        return await self._outbox.suspensions.delivery(server, channels)

    def _fields(self, given: EventInput) -> dict[str, object]:
        found: dict[str, object] = dict(given.words)
        for name in _WORDS:
            said = found.get(name)
            if isinstance(said, str):
                _check_words(name, said)
        if given.contest is not None:
            found["contest"] = self._contest(given.contest)
        for name in ("place", "who", "source", "link"):
            if isinstance(said := found.get(name), str) and said.casefold() == NOTHING:
                found[name] = None
        return found

    def _contest(self, text: str | None) -> str | None:
        if text is None or text.casefold() == NOTHING:
            return None
        return (self._setting.desk.contest(text) or contest_named(text, self._setting.desk.contests)).id

    def _zone(self, text: str | None) -> ZoneInfo:
        if not text:
            return self._setting.desk.zone
        try:
            return TypeAdapter[ZoneInfo](Zone).validate_python(text)
        except ValidationError:
            raise BadInputError(f'"{text[:60]}" is no zone of the IANA list, such as America/New_York') from None

    def _clock_of(self, event: Event) -> ZoneInfo:
        """Return the zone for times that people type about an event.

        This is the event's zone, or the desk's zone if the event's is UTC. The reason is that `time_ahead` stores the
        second occurrence of a repeated wall time in UTC, whatever zone was typed.
        """
        return self._setting.desk.zone if event.zone == "UTC" else ZoneInfo(event.zone)


def _refuse_unseen(proposal: StoredEventPreview, sees: Sees) -> None:
    if proposal.new.channel is not None and not sees(proposal.new.channel):
        raise BadInputError("that is in a channel you can't see")


def _event(fields: Mapping[str, object]) -> Event:
    try:
        return Event.model_validate(dict(fields))
    except ValidationError as error:
        raise BadInputError(describe_refusal(error).removeprefix("Value error, ")) from None


def _beside(read: TimeAhead | TimeQuestion, was: datetime) -> TimeAhead | TimeQuestion:
    """Choose a.m. or p.m. for a typed time if only one of the two is within six hours of the event's old time `was`.

    Otherwise, return `read` unchanged.
    """
    near = [one for one in choices(read) if abs(one.moment - was) < _NEAR]
    return near[0] if isinstance(read, TimeQuestion) and read.why == ("half",) and len(near) == 1 else read


def _starts(typed: str, now: datetime, zone: ZoneInfo) -> TimeAhead | TimeQuestion:
    with naming("the time"):
        return time_ahead(typed, now, zone)


def _later(typed: str, start: TimeAhead, zone: ZoneInfo) -> tuple[LaterPlace, ...]:
    if typed.casefold() == NOTHING:
        return ()
    _check_words("list of places", typed)
    return later_places(typed, start, zone)


def _check_words(name: str, text: str) -> None:
    if len(text) > _MOST_LETTERS:
        raise BadInputError(f"the {name} has {commas(len(text))} letters; {_MOST_LETTERS} go")
    if _MENTION.search(text):
        raise BadInputError(f"the {name} mentions somebody or a channel; write the name without the @ or #")
