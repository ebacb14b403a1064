"""Incidents: what is wrong for long enough that the on-call contact is told, once when it begins and once when it is over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.operations.vitals import SourceVitals, Vitals

IncidentKind = Literal["down", "feed", "channel", "doubtful", "unlisted"]
"""The bot was down; a feed is; a channel's posts wait; a post is doubtful; the operator no longer lists a server."""

_TIMES_EVERY = 3
"""A feed that is asked once an hour is not down for having failed once."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What the on-call contact was told, or is to be told."""

    id: int
    kind: IncidentKind
    subject: str
    since: datetime
    ended: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Of what there is one open incident at a time."""
        return (self.kind, self.subject)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong now, and since when."""

    kind: IncidentKind
    subject: str
    since: datetime
    due: datetime
    """When it is told, if it lasts until then."""

    @property
    def key(self) -> tuple[str, str]:
        """As an incident's."""
        return (self.kind, self.subject)


@dataclass(frozen=True, slots=True)
class IncidentChanges:
    """The incidents that begin and those that end at one health check."""

    begun: tuple[Trouble, ...]
    ended: tuple[Incident, ...]


def incident_changes(known: Sequence[Incident], vitals: Vitals, tell_after: timedelta) -> IncidentChanges:
    """Return which incidents begin and which are over.

    Args:
        known: the incidents that are open, and those that are over and were not told.
        vitals: how the bot does.
        tell_after: how long something has to be wrong.

    """
    wrong = [*_feeds(vitals.sources, tell_after), *_posts(vitals, tell_after)]
    still = {trouble.key for trouble in wrong} | _unknown(known, vitals)
    told = {incident.key for incident in known if incident.ended is None}
    begun = [trouble for trouble in wrong if trouble.key not in told and trouble.due <= vitals.at]
    ended = [incident for incident in known if incident.ended is not None or incident.key not in still]
    return IncidentChanges(tuple(begun), tuple(ended))


def _feeds(sources: Iterable[SourceVitals], tell_after: timedelta) -> list[Trouble]:
    """Return the feeds that fail, however shortly: after a restart, one that was told of fails anew."""
    return [
        Trouble(
            "feed", source.id, source.failing_since, source.failing_since + max(tell_after, _TIMES_EVERY * source.every)
        )
        for source in sources
        if source.failing_since is not None
    ]


def _posts(vitals: Vitals, tell_after: timedelta) -> list[Trouble]:
    """Return the channels whose posts wait too long, doubtful posts (but for the on-call contact's own, server 0), servers.

    What the bot finds waiting when it starts has its time from then on.
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


def _unknown(known: Sequence[Incident], vitals: Vitals) -> set[tuple[str, str]]:
    """Return the incidents of which nobody knows now whether they are over."""
    untried = {
        ("feed", source.id) for source in vitals.sources if source.failing_since is None and source.reached_at is None
    }
    unread = {incident.key for incident in known if incident.kind != "feed"} if vitals.outbox is None else set()
    return untried | unread
