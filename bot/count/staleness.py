"""Staleness: when a source can't be reached, or answers without any change.

A source is silent as a whole: not while any of its contests changes. How long it has been unchanged is measured up to its
last answer and not up to now, so time in which nobody asked does not count. Times are when something was received, by
the news clock, unless stated otherwise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

UNREACHED_AT_MOST = timedelta(hours=1)
"""A source that can't be reached for this long is posted as silent, even if its own limit is longer."""

ENTERED_STANDS = timedelta(hours=12)
"""How long a figure that staff entered is shown beside the margin, counted from its `as_of`."""

FAILED_AT_LEAST = 2
"""How many fetches in a row must fail before a source counts as unreached."""


class Silence(StrEnum):
    """How a source is silent."""

    UNREACHED = "unreached"
    """It can't be reached, or its answers can't be parsed."""
    UNCHANGED = "unchanged"
    """It answers, but its figures don't change."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a source may be unchanged before that is posted; None for no limit."""

    usual: timedelta | None = None
    night: timedelta | None = None
    """On election night; None: as usual."""

    def at(self, nights: Iterable[bool]) -> timedelta | None:
        """Return the limit that applies now. `nights` has, for each contest of the source, if it is election night there."""
        if self.night is None or not any(nights):
            return self.usual
        return self.night if self.usual is None else min(self.usual, self.night)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known about a source: when it changed, was checked, answered and failed."""

    moved_at: datetime | None = None
    """When the newest numbers came in. None before the first votes: then it can't be unchanged."""
    checked_at: datetime | None = None
    """When it last repeated them, or answered that there was nothing new."""
    reached_at: datetime | None = None
    """When it last answered anything."""
    failing_since: datetime | None = None
    """When the present run of failures began. None if the last fetch worked, or there was none."""
    failures: int = 0
    """How many fetches have failed in a row."""
    listening_since: datetime | None = None
    """For a source that pushes: since when the bot has been listening. None for a polled source."""


@dataclass(frozen=True, slots=True)
class Silent:
    """A silence of a source."""

    kind: Silence
    since: datetime
    due: datetime
    """When to post it, if it lasts until then."""


def silences(seen: Seen, limit: timedelta | None) -> list[Silent]:
    """Return the silences of a source that have begun, due or not yet due.

    Args:
        seen: what is known about the source.
        limit: how long it may be unchanged; None for no limit.

    """
    found = []
    if seen.listening_since is not None:
        if limit is not None:
            last = seen.reached_at or seen.listening_since
            heard_until = max(last, seen.listening_since)  # time in which nobody listened does not count
            found.append(Silent(Silence.UNREACHED, last, heard_until + limit))
    elif seen.failing_since is not None and seen.failures >= FAILED_AT_LEAST:
        within = min(limit, UNREACHED_AT_MOST) if limit is not None else UNREACHED_AT_MOST
        found.append(Silent(Silence.UNREACHED, seen.failing_since, seen.failing_since + within))
    if seen.moved_at is not None and limit is not None:
        found.append(Silent(Silence.UNCHANGED, seen.moved_at, seen.moved_at + limit))
    return found


def lasts(silent: Silent, seen: Seen, now: datetime) -> bool:
    """Return True if a silence is due, and the source is known to have been silent until then."""
    if silent.kind is Silence.UNREACHED:
        return silent.due <= now
    return seen.checked_at is not None and silent.due <= seen.checked_at


def is_over(kind: Silence, since: datetime, seen: Seen) -> datetime | None:
    """Return when a silence that was posted ended, or None while it lasts or nobody can tell.

    Args:
        kind: the kind of silence.
        since: when it began.
        seen: what is known about the source now; empty if it has not been asked since a restart.

    """
    if kind is Silence.UNCHANGED:
        return seen.moved_at if seen.moved_at is not None and seen.moved_at > since else None
    answers = seen.failing_since is None and seen.reached_at is not None and seen.reached_at > since
    return seen.reached_at if answers else None


def silent_units(
    uploaded_at: Mapping[str, datetime], checked_at: datetime, limit: timedelta, complete: Iterable[str]
) -> dict[str, datetime]:
    """Return the units that sent nothing for `limit` until `checked_at`, with the time of the last upload, longest first.

    Args:
        uploaded_at: by unit, when it last sent figures, as the feed says (a county's upload).
        checked_at: when the feed was asked.
        limit: how long a unit may be silent.
        complete: units that have nothing left to send.

    """
    done = set(complete)
    silent = [(at, unit) for unit, at in uploaded_at.items() if unit not in done and checked_at - at >= limit]
    return {unit: at for at, unit in sorted(silent)}
