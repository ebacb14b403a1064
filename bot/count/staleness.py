"""Staleness: when a source can't be reached, or answers without any change.

A source counts as silent only if none of its contests changes. The time without a change ends with the source's last
answer, so time in which nobody asked does not count. Times are times of receipt, by the news clock, unless stated
otherwise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

UNREACHED_AT_MOST = timedelta(hours=1)
"""A source that can't be reached for this long is posted as silent, even if its own limit is longer."""

ENTERED_VALID_FOR = timedelta(hours=12)
"""How long a figure that staff entered is shown beside the margin, counted from its `as_of`."""

FAILED_AT_LEAST = 2
"""How many fetches in a row must fail before a source counts as unreached."""


class Silence(StrEnum):
    """The ways in which a source can be silent."""

    UNREACHED = "unreached"
    """The source can't be reached, or its answers can't be parsed."""
    UNCHANGED = "unchanged"
    """The source answers, but its figures don't change."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a source may be unchanged before a post reports it as silent; None for no limit."""

    usual: timedelta | None = None
    night: timedelta | None = None
    """The limit on election night; None if it is the usual one."""

    def at(self, nights: Iterable[bool]) -> timedelta | None:
        """Return the limit that applies now.

        `nights` has True for each of the source's contests for which it is election night.
        """
        if self.night is None or not any(nights):
            return self.usual
        return self.night if self.usual is None else min(self.usual, self.night)


@dataclass(frozen=True, slots=True)
class SourceActivity:
    """The last times at which a source changed, repeated its figures, answered and failed, as far as known."""

    moved_at: datetime | None = None
    """When the newest numbers came in. None before the first votes: until then the source can't count as unchanged."""
    checked_at: datetime | None = None
    """When the source last repeated these numbers, or answered that there was nothing new."""
    reached_at: datetime | None = None
    """When the source last answered at all."""
    failing_since: datetime | None = None
    """When the present run of failures began. None if the last fetch worked, or there was none."""
    failures: int = 0
    """How many fetches have failed in a row."""
    listening_since: datetime | None = None
    """For a source that pushes: since when the bot has been listening. None for a polled source."""


@dataclass(frozen=True, slots=True)
class OngoingSilence:
    """A silence of a source, with its kind, its start, and when it is due to be posted."""

    kind: Silence
    since: datetime
    due: datetime
    """When to post the silence, if it lasts until then."""


def silences(seen: SourceActivity, limit: timedelta | None) -> list[OngoingSilence]:
    """Return the silences of a source that have begun, including those that are not due yet.

    Args:
        seen: the known times of the source.
        limit: how long the source may be unchanged; None for no limit.

    """
    found = []
    if seen.listening_since is not None:
        if limit is not None:
            last = seen.reached_at or seen.listening_since
            heard_until = max(last, seen.listening_since)  # time in which nobody listened does not count
            found.append(OngoingSilence(Silence.UNREACHED, last, heard_until + limit))
    elif seen.failing_since is not None and seen.failures >= FAILED_AT_LEAST:
        within = min(limit, UNREACHED_AT_MOST) if limit is not None else UNREACHED_AT_MOST
        found.append(OngoingSilence(Silence.UNREACHED, seen.failing_since, seen.failing_since + within))
    if seen.moved_at is not None and limit is not None:
        found.append(OngoingSilence(Silence.UNCHANGED, seen.moved_at, seen.moved_at + limit))
    return found


def lasts(silent: OngoingSilence, seen: SourceActivity, now: datetime) -> bool:
    """Return True if a silence is due for a post, and the source is known to have been silent until it became due."""
    if silent.kind is Silence.UNREACHED:
        return silent.due <= now
    return seen.checked_at is not None and silent.due <= seen.checked_at


def is_over(kind: Silence, since: datetime, seen: SourceActivity) -> datetime | None:
    """Return when a silence that was posted ended. None while it lasts, or if its end is unknown.

    Args:
        kind: the kind of silence.
        since: when the silence began.
        seen: the known times of the source; empty if the source has not been polled since a restart.

    """
    if kind is Silence.UNCHANGED:
        return seen.moved_at if seen.moved_at is not None and seen.moved_at > since else None
    answers = seen.failing_since is None and seen.reached_at is not None and seen.reached_at > since
    return seen.reached_at if answers else None


def silent_units(
    uploaded_at: Mapping[str, datetime], checked_at: datetime, limit: timedelta, complete: Iterable[str]
) -> dict[str, datetime]:
    """Return the units that sent nothing for `limit` until `checked_at`, each with the time of its last upload.

    The unit that has been silent longest comes first.

    Args:
        uploaded_at: by unit, the time of its last upload, according to the feed.
        checked_at: when the feed was polled.
        limit: how long a unit may be silent.
        complete: units that have nothing left to send.

    """
    done = set(complete)
    silent = [(at, unit) for unit, at in uploaded_at.items() if unit not in done and checked_at - at >= limit]
    return {unit: at for at, unit in sorted(silent)}
