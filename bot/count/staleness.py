"""Staleness: a source that can't be reached is one thing, one that answers and does not change another.

A source is silent as a whole: it is not, while any contest of it moves. How long it has shown the same is measured up
to its last answer and not up to now, so that a time in which nobody asked is never taken for its silence.
Times are the news clock's, of receipt, unless something else is said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

UNREACHED_AT_MOST = timedelta(hours=1)
"""A source that can't be reached for this long is told, whatever limit it has for standing still."""

ENTERED_STANDS = timedelta(hours=12)
"""A figure that staff entered stands beside the margin for so long, by its own time."""

FAILED_AT_LEAST = 2
"""Failures in a row: a source that is asked once an hour is not away for having failed once."""


class Silence(StrEnum):
    """How a source is silent."""

    UNREACHED = "unreached"
    """It can't be reached, or does not answer what can be read."""
    UNCHANGED = "unchanged"
    """It answers, and shows the same."""


@dataclass(frozen=True, slots=True)
class Limits:
    """After how long a source's standing still is told; None: never."""

    usual: timedelta | None = None
    night: timedelta | None = None
    """On election night; None: as usual."""

    def at(self, nights: Iterable[bool]) -> timedelta | None:
        """Return the limit; `nights`: for each contest of the source whether it is in its election night."""
        if self.night is None or not any(nights):
            return self.usual
        return self.night if self.usual is None else min(self.usual, self.night)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a source: when it moved, was checked, answered and failed."""

    moved_at: datetime | None = None
    """When the newest numbers came in; None: no votes have come yet, and there is nothing that could stand still."""
    checked_at: datetime | None = None
    """When it last showed them, or said that there was nothing new."""
    reached_at: datetime | None = None
    """When it last answered anything."""
    failing_since: datetime | None = None
    """When the first of its failures in a row was; None: the last try worked, or there was none."""
    failures: int = 0
    """In a row."""
    listening_since: datetime | None = None
    """Since when a source that pushes could have been heard; None: the source is polled."""


@dataclass(frozen=True, slots=True)
class Silent:
    """A silence of a source."""

    kind: Silence
    since: datetime
    due: datetime
    """When it is to be told, if it lasts until then."""


def silences(seen: Seen, limit: timedelta | None) -> list[Silent]:
    """Return the silences of a source that have begun, whether they are due or not.

    Args:
        seen: what is known of it.
        limit: after how long its standing still is told; None: never.

    """
    found = []
    if seen.listening_since is not None:
        if limit is not None:
            last = seen.reached_at or seen.listening_since
            heard_until = max(last, seen.listening_since)  # while nobody listened it was not silent
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
        kind: which silence it was.
        since: since when it was.
        seen: what is known of the source now. Of one that has not been asked since a restart nothing is.

    """
    if kind is Silence.UNCHANGED:
        return seen.moved_at if seen.moved_at is not None and seen.moved_at > since else None
    answers = seen.failing_since is None and seen.reached_at is not None and seen.reached_at > since
    return seen.reached_at if answers else None


def silent_units(
    uploaded_at: Mapping[str, datetime], checked_at: datetime, limit: timedelta, complete: Iterable[str]
) -> dict[str, datetime]:
    """Return the units that have sent nothing for `limit` by `checked_at`, each with when it last did, longest first.

    Args:
        uploaded_at: by unit, when it last sent figures, as the feed says (a county's upload).
        checked_at: when the feed was asked.
        limit: how long a unit may be silent.
        complete: units that have nothing left to send.

    """
    done = set(complete)
    silent = [(at, unit) for unit, at in uploaded_at.items() if unit not in done and checked_at - at >= limit]
    return {unit: at for at, unit in sorted(silent)}
