"""The requests that make a server's scheduled events show its newsroom's schedule. Pure.

One way: a change that somebody makes in Discord is set back. Discord's limits, read 2026-11-25 at
https://docs.discord.com/developers/resources/guild-scheduled-event: 100 events in a server that are not over; names and
places of up to 100 characters; an event that is not in a voice channel needs a place and an end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.events.event import Event, ScheduleEntry
from bot.events.reminder import over_at

MOST = 100

_MOST_NAME, _MOST_WORDS = 100, 1000

_SOONEST = timedelta(minutes=2)
"""An event that begins sooner is not created: Discord takes none that has begun."""

_NO_PLACE = "Place not known"


@dataclass(frozen=True, slots=True)
class DiscordEvent:
    """The text and times of one of Discord's scheduled events."""

    name: str
    place: str
    words: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class There:
    """One of the server's current scheduled events on Discord."""

    id: int
    mine: bool
    """True if the bot created it."""
    shown: DiscordEvent


@dataclass(frozen=True, slots=True)
class MirrorStep:
    """One request."""

    do: Literal["make", "change", "cancel"]
    there: int | None = None
    """The id of the event; None for a new one."""
    shown: DiscordEvent | None = None


def steps(entries: Iterable[ScheduleEntry], there: Sequence[There], mark: str, now: datetime) -> list[MirrorStep]:
    """Return the requests that make the server's events show the next entries of the schedule; empty if they already do.

    An event is recognised by the mark in its last line, so that none is made twice. Of two with the same mark, which a
    request without an answer can leave, the second is canceled. Events that others made stay, and count towards the limit.

    Args:
        entries: the schedule's next, in order of time.
        there: all of the server's events that are not over.
        mark: what the last line begins with; the entry's id follows.
        now: events that begin within two minutes from it are left as they are.

    """
    mine: dict[str, There] = {}
    found: list[MirrorStep] = []
    for one in sorted(there, key=lambda one: one.id):
        key = one.shown.words.rsplit("\n", 1)[-1]
        if not one.mine or not key.startswith(mark):
            continue
        if key in mine:
            found.append(MirrorStep("cancel", one.id))
        mine.setdefault(key, one)
    room = MOST - sum(not one.mine for one in there)
    wanted = {f"{mark}{entry.id}": _shown(entry.event, f"{mark}{entry.id}") for entry in _wanted(entries, now, room)}
    for key, one in mine.items():
        begun = one.shown.starts_at <= now
        if key not in wanted:
            if one.shown.starts_at > now + _SOONEST:  # else it has begun, and Discord ends it by itself
                found.append(MirrorStep("cancel", one.id))
        elif begun:  # Discord moves none that has begun; the next look makes another
            found.append(MirrorStep("cancel", one.id))
        elif wanted[key] != one.shown:
            found.append(MirrorStep("change", one.id, wanted[key]))
    return found + [MirrorStep("make", shown=shown) for key, shown in wanted.items() if key not in mine]


def _wanted(entries: Iterable[ScheduleEntry], now: datetime, room: int) -> list[ScheduleEntry]:
    ahead = [
        entry
        for entry in entries
        if entry.event.starts_at > now + _SOONEST and entry.event.status in ("expected", "confirmed", "moved")
    ]
    return ahead[: max(0, room)]


def _shown(event: Event, key: str) -> DiscordEvent:
    marks = [
        word
        for word, holds in (("expected", event.status == "expected"), ("not verified", not event.verified))
        if holds
    ]
    after = f" ({', '.join(marks)})" if marks else ""
    words = [event.who, event.source and f"Source: {event.source}", event.link]
    if event.ends is None:
        words.append("Nobody says when it ends; the end is Discord's.")
    lines = _cut("\n".join(word for word in words if word), _MOST_WORDS - len(key) - 1)
    return DiscordEvent(
        _cut(event.title, _MOST_NAME - len(after)) + after,
        _cut(event.place or _NO_PLACE, _MOST_NAME),
        f"{lines}\n{key}".lstrip(),
        event.starts_at,
        over_at(event),
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "\u2026"
