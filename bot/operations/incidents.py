"""Incidents: troubles that last.

The on-call contact gets one message when an incident begins, and one when it ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.operations.vitals import SourceVitals, Vitals

IncidentKind = Literal["down", "feed", "channel", "doubtful", "unlisted"]
"""What is wrong: the bot was down, a feed fails, a channel's posts wait, a post is doubtful, a server is no longer listed."""

_TIMES_EVERY = 3
"""A feed has to fail for this many polls: one that is polled once an hour isn't down after one failure."""


@dataclass(frozen=True, slots=True)
class Incident:
    """A fault that lasted long enough to be stored and reported."""

    id: int
    kind: IncidentKind
    subject: str
    since: datetime
    ended: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The kind and subject of the incident. No two open incidents have the same key."""
        return (self.kind, self.subject)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault that a health check found. If it lasts, it becomes an incident."""

    kind: IncidentKind
    subject: str
    since: datetime
    due: datetime
    """When the trouble becomes an incident, if it lasts until then."""

    @property
    def key(self) -> tuple[str, str]:
        """The fault's kind and subject, as in `Incident.key`."""
        return (self.kind, self.subject)


@dataclass(frozen=True, slots=True)
class IncidentChanges:
    """The incidents that begin with a health check, and those that end with it."""

    begun: tuple[Trouble, ...]
    ended: tuple[Incident, ...]


def incident_changes(stored: Sequence[Incident], vitals: Vitals, tell_after: timedelta) -> IncidentChanges:
    """Return the incidents that begin with a health check, and those that end with it.

    Args:
        stored: the incidents that are open, or that are over but not yet reported.
        vitals: the result of the health check.
        tell_after: how long a fault has to last to become an incident.
    """
    wrong = [*_feeds(vitals.sources, tell_after), *_posts(vitals, tell_after)]
    ongoing = {trouble.key for trouble in wrong} | _undecided(stored, vitals)
    reported = {incident.key for incident in stored if incident.ended is None}
    begun = [trouble for trouble in wrong if trouble.key not in reported and trouble.due <= vitals.at]
    ended = [incident for incident in stored if incident.ended is not None or incident.key not in ongoing]
    return IncidentChanges(tuple(begun), tuple(ended))


def _feeds(sources: Iterable[SourceVitals], tell_after: timedelta) -> list[Trouble]:
    """Return a fault for each feed that fails.

    This includes feeds that have only just begun to fail. Otherwise a restart would end an open incident.
    """
    return [
        Trouble(
            "feed", source.id, source.failing_since, source.failing_since + max(tell_after, _TIMES_EVERY * source.every)
        )
        for source in sources
        if source.failing_since is not None
    ]


def _posts(vitals: Vitals, tell_after: timedelta) -> list[Trouble]:
    """Return faults of posting: channels whose posts wait too long, doubtful posts, and unlisted servers.

    Messages to the operator (server 0) are ignored. For posts that were waiting when the bot started, the waiting time
    begins with the start.
    """
    if vitals.outbox is None:
        return []
    waiting = [
        Trouble("channel", str(row.channel), row.oldest, max(row.oldest, vitals.started) + tell_after)
        for row in vitals.outbox.waiting
        if row.server and vitals.at - row.oldest >= tell_after
    ]
    doubtful = [
        Trouble("doubtful", str(post.row), post.since, post.since) for post in vitals.outbox.doubtful if post.server
    ]
    unlisted = [Trouble("unlisted", str(server), since, since) for server, since in vitals.outbox.unlisted]
    return waiting + doubtful + unlisted


def _undecided(stored: Sequence[Incident], vitals: Vitals) -> set[tuple[str, str]]:
    """Return the keys of incidents about which this health check knows nothing, so that they stay open.

    These are incidents about feeds that were not polled yet and, if the outbox can't be read, all incidents about
    posts.
    """
    untried = {
        ("feed", source.id) for source in vitals.sources if source.failing_since is None and source.reached_at is None
    }
    unread = {incident.key for incident in stored if incident.kind != "feed"} if vitals.outbox is None else set()
    return untried | unread
