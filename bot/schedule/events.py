"""Answers questions about scheduled events, and makes the changes that staff ask for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from bot.clock import Clock
from bot.errors import BadInputError
from bot.events.event import EntryChange, Event, ScheduleEntry
from bot.events.moving import moved_to, pushed
from bot.events.reminder import due
from bot.follows.levels import Sees
from bot.outbox.room import OutboxRoom
from bot.schedule.reminders_words import what
from bot.schedule.schedule_store import UNDONE, Changed, NewEntry, ScheduleStore, day_start
from bot.schedule.schedule_words import (
    began_answer,
    entry_label,
    event_changed_answer,
    event_history_answer,
    event_undone_answer,
    next_answer,
    reminded_answer,
    today_answer,
    week_answer,
)
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.escape import stopped
from bot.wording.times import when
from bot.wording.typed_names import Nameable, named

ReminderPress = Literal["started", "pushed", "off"]
"""The action of a reminder's button, as part of the button's key."""

PRESSES: tuple[ReminderPress, ...] = get_args(ReminderPress)

PUSH = timedelta(minutes=15)

_UNDER_WAY = timedelta(hours=3)
"""How far back `/next` looks for events under way."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press of a button under a reminder."""

    press: ReminderPress
    entry: int
    wall: datetime
    """The wall time that the reminder announced."""


class ScheduleEvents:
    """A service that answers questions about newsrooms' schedules, and changes them."""

    def __init__(self, store: ScheduleStore, outbox: OutboxRoom, setting: Setting, clock: Clock) -> None:
        """Create the service. It reads and writes through `store`; `outbox` reports what delays a post."""
        self._store = store
        self._outbox = outbox
        self._setting = setting
        self._clock = clock

    # Changes by staff.

    async def add(self, server: int, events: Sequence[Event], who: str) -> list[int]:
        """Add events to a server's schedule. Returns their ids."""
        return await self._store.add(server, [NewEntry(event) for event in events], who)

    async def move(self, server: int, key: int, wall: datetime, who: str, why: str | None = None) -> Changed:
        """Move an event to another wall time in its zone, and post the change.

        `key` is the id of the event's entry, and `why` the reason that the person typed.
        """
        return await self._store.change(
            server, key, lambda entry: replace(entry, event=moved_to(entry.event, wall)), "schedule move", who, why
        )

    async def cancel(self, server: int, key: int, who: str, why: str | None = None) -> Changed:
        """Cancel an event, and post the change.

        `key` is the id of the event's entry, and `why` the reason that the person typed.
        """
        return await self._store.change(server, key, _canceled, "schedule cancel", who, why)

    async def press(self, pressed: Pressed, server: int, who: str) -> Card:
        """Carry out the press of a button under a reminder, once.

        Returns the answer for the person who pressed the button.
        """
        now = self._clock.now()
        already: list[str] = []

        def make(entry: ScheduleEntry) -> ScheduleEntry:
            if text := self._already(entry.event, pressed, now):
                already.append(text)
                return entry
            if pressed.press == "started":
                return replace(entry, event=entry.event.model_copy(update={"status": "started"}))
            if pressed.press == "off":
                return _canceled(entry)
            return replace(entry, event=self._pushed(entry.event, now))

        names = {"started": "schedule started", "pushed": "schedule move", "off": "schedule cancel"}
        changed = await self._store.change(server, pressed.entry, make, names[pressed.press], who)
        if already:
            last = await self._store.history(server, pressed.entry, 1)
            return Card.of(f"{already[0]} {began_answer(last[0], now, self._setting)}" if last else already[0])
        delivery = await self._outbox.suspensions.delivery(server, changed.channels)
        before, after = changed.before.event, changed.after.event
        return event_changed_answer(before, after, delivery, now, self._setting, undo=changed.change)

    async def undo(self, change: int, server: int, who: str) -> Card:
        """Undo an event's last change, once, and post that the change was undone. Returns the answer.

        `change` is the id of the change's audit row.

        Raises:
            BadInputError: there is no such change.
        """
        now = self._clock.now()
        done = await self._store.undo(server, change, who)
        if isinstance(done, EntryChange):
            undone = done.what == UNDONE
            text = "**Undone already.**" if undone else "**Not undone:** the event was changed after that."
            return Card.of(f"{text} {began_answer(done, now, self._setting)}")
        delivery = await self._outbox.suspensions.delivery(server, done.channels)
        return event_undone_answer(done.after.event, delivery, now, self._setting)

    def _already(self, event: Event, pressed: Pressed, now: datetime) -> str | None:
        """Return a sentence on why pressing the button no longer has an effect, or None if it still has one.

        For example, the event has been canceled since the reminder was posted.
        """
        if event.status in ("canceled", "over", "started"):
            said = {"canceled": "It has been canceled already.", "over": "It is over."}
            return said.get(event.status, "It has been marked as under way already.")
        if event.wall != pressed.wall:
            return stopped(f"It has been moved already, to {when(event.starts_at, now, self._setting.desk.zone)}")
        return None

    def _pushed(self, event: Event, now: datetime) -> Event:
        later = pushed(event, PUSH)
        if later is None:
            raise BadInputError(
                "the clocks change just then and that hour comes twice: set a time with `/schedule move`"
            )
        if later.starts_at <= now:
            at = when(later.starts_at, now, self._setting.desk.zone)
            raise BadInputError(f"15 minutes later was {at}, which has passed: set a time with `/schedule move`")
        return later

    # Questions.

    async def today(self, server: int, sees: Sees, here: int | None = None) -> Card:
        """Return the answer with today's events, by the desk's time zone.

        `sees` returns True for channels that the asker sees. `here` is the channel of the command, if the desk uses it
        and may share the answer.
        """
        return await self._days_answer(today_answer, 1, server, sees, here)

    async def week(self, server: int, sees: Sees, here: int | None = None) -> Card:
        """Return the answer with the events of today and the next six days.

        `sees` returns True for channels that the asker sees. `here` is the channel of the command, if the desk uses it
        and may share the answer.
        """
        return await self._days_answer(week_answer, 7, server, sees, here)

    async def _days_answer(
        self, answer: Callable[..., Card], days: int, server: int, sees: Sees, here: int | None
    ) -> Card:
        now = self._clock.now()
        entries = _seen(await self._store.between(server, *self._days(now, days)), sees)
        elsewhere = [one.id for one in entries if here is not None and one.channel not in (None, here)]
        return answer(entries, now, self._setting, elsewhere)

    async def next(self, server: int, sees: Sees) -> Card:
        """Return the answer with the next events, and the events that are under way.

        `sees` returns True for channels that the asker sees.
        """
        now = self._clock.now()
        begun = _seen(await self._store.between(server, now - _UNDER_WAY, now, 50), sees)
        under_way = [entry for entry in begun if entry.event.status == "started"]
        today = _seen(await self._store.still_on(server, self._days(now, 1)[0], now), sees)
        ahead = _seen(await self._store.ahead(server, now), sees)[:3]
        return next_answer(ahead, under_way, now, self._setting, begun_today=bool(today))

    async def history(self, server: int, key: int) -> Card:
        """Return an event's history, newest first."""
        entry = await self.entry(server, key)
        return event_history_answer(entry, await self._store.history(server, key), self._clock.now(), self._setting)

    async def entry(self, server: int, key: int) -> ScheduleEntry:
        """Return an entry of a server's schedule.

        Raises:
            BadInputError: the schedule has no entry with that id.

        """
        entry = await self._store.entry(server, key)
        if entry is None:
            raise _no_event(key)
        return entry

    async def matching(self, server: int, typed: str, sees: Sees, *, ahead: bool = False) -> list[ScheduleEntry]:
        """Return the entries whose title or place contains the typed words, for autocompletion.

        Future entries come first, the next one at the top. Past entries follow, newest first. With `ahead`, only
        entries for which a reminder can still be set are returned. `sees` returns True for channels that the asker
        sees.
        """
        words, now = typed.casefold().split(), self._clock.now()
        around = _seen(await self._store.around(server, now), sees)
        return [
            entry
            for entry in around
            if all(word in what(entry.event).casefold() for word in words)
            and not (ahead and (entry.event.starts_at <= now or entry.event.status in ("canceled", "over")))
        ]

    async def found(self, server: int, typed: str, sees: Sees, *, ahead: bool = False) -> ScheduleEntry:
        """Return the entry that a person means with the text `typed`: the entry's id, or words of its title.

        `sees` returns True for channels that the person sees. With `ahead`, entries for which a reminder can still be
        set are preferred.

        Raises:
            BadInputError: no entry fits, or several do.
        """
        if typed.strip().isascii() and typed.strip().isdigit():
            entry = await self.entry(server, int(typed.strip()[:18]))
            if not _seen([entry], sees):
                raise _no_event(entry.id)
            return entry
        matching = await self.matching(server, typed, sees, ahead=ahead) or await self.matching(server, typed, sees)
        matching = [entry for entry in matching if entry.event.starts_at > self._clock.now()] or matching
        if len(matching) == 1:
            return matching[0]
        others = matching or await self.matching(server, "", sees)
        if not others:
            raise BadInputError("nothing is on the schedule yet; the desk can add an event with `/schedule add`")
        now, zone = self._clock.now(), self._setting.desk.zone
        return named(
            typed,
            [Nameable(one, str(one.id), entry_label(one.event, now, zone), (one.event.title,)) for one in others],
            "event",
        )

    async def remind(self, server: int, key: int, person: int, before: int | None) -> Card:
        """Set a personal reminder by direct message, `before` minutes ahead of the event. Returns the answer.

        `key` is the id of the event's entry. If `before` is None, the default lead time of the event's kind is used.
        """
        entry, now = await self.entry(server, key), self._clock.now()
        lead_times = await self._store.lead_times_of(entry)
        lead_time = timedelta(minutes=before) if before is not None else max(lead_times, default=timedelta(0))
        at = due(entry.event, lead_time)
        if entry.event.status in ("canceled", "over"):
            raise BadInputError("that event is canceled or over")
        if at <= now:
            past = when(at, now, self._setting.desk.zone)
            raise BadInputError(f"that would be at {past}, which has passed; choose fewer minutes before")
        fresh, all_at = await self._store.remind(server, key, person, lead_time // timedelta(minutes=1), now)
        return reminded_answer(entry, at, [one for one in all_at if one != at], now, self._setting, fresh=fresh)

    async def stop_reminding(self, server: int, key: int, person: int) -> bool:
        """Remove a person's reminders of an event. Returns False if they had none."""
        return await self._store.forget_reminder(server, key, person)

    def _days(self, now: datetime, days: int) -> tuple[datetime, datetime]:
        """Return when today begins, and when the day `days` later begins, in the desk's time zone."""
        zone = self._setting.desk.zone
        today = now.astimezone(zone).date()
        return day_start(today, zone), day_start(today + timedelta(days=days), zone)


def _seen(entries: Sequence[ScheduleEntry], sees: Sees) -> list[ScheduleEntry]:
    """Return the entries that the person who asks may see. `sees` returns True for channels that this person sees.

    These are the entries without a channel, and those with a channel that the person sees.
    """
    return [entry for entry in entries if entry.channel is None or sees(entry.channel)]


def _no_event(key: int) -> BadInputError:
    return BadInputError(f"there is no event {key} in this newsroom's schedule; choose one from the list")


def _canceled(entry: ScheduleEntry) -> ScheduleEntry:
    return replace(entry, event=entry.event.model_copy(update={"status": "canceled"}))
