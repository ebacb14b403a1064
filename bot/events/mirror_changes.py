"""Works out the requests that make a server's Discord events match the newsroom's schedule. No I/O.

The mirror works one way: a change that somebody makes in Discord is undone. Discord's limits, read 2026-11-25 at
https://docs.discord.com/developers/resources/guild-scheduled-event: a server can have 100 scheduled or active events.
Names and places can have up to 100 characters. An event outside a voice channel needs a place and an end.
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
"""An event that begins sooner is not created, since Discord rejects events that have begun."""

_NO_PLACE = "Place not known"


@dataclass(frozen=True, slots=True)
class DiscordEvent:
    """The text and times of a scheduled event on Discord, as they are or should be."""

    name: str
    place: str
    words: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class GuildEvent:
    """A server's scheduled event on Discord."""

    id: int
    mine: bool
    """True if the bot created it."""
    shown: DiscordEvent


@dataclass(frozen=True, slots=True)
class MirrorStep:
    """A request to create, change or cancel a Discord event."""

    do: Literal["make", "change", "cancel"]
    there: int | None = None
    """The id of the Discord event; None to create a new one."""
    shown: DiscordEvent | None = None


def steps(entries: Iterable[ScheduleEntry], there: Sequence[GuildEvent], mark: str, now: datetime) -> list[MirrorStep]:
    """Return the requests that make the server's Discord events match the schedule; empty if they already match.

    The last line of an event's description has a mark and the entry's id, so that no event is created twice. Two
    events with the same mark can exist if Discord did not respond to a request; the second is then canceled. Events
    created by others are not changed, but they use up Discord's limit, too.

    Args:
        entries: the schedule's next entries, in order of time.
        there: all of the server's events that are not over.
        mark: the start of the last line; the entry's id follows.
        now: the current time. Events that begin within two minutes are not changed.
    """
    mine: dict[str, GuildEvent] = {}
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
