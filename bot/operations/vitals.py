"""Vitals: the bot's state at one moment, and the rule that decides whether it is healthy.

All times are by the wall clock. This module uses no clock and no network.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.wording.times import length

GATEWAY_AWAY = timedelta(minutes=5)
"""The longest healthy time without a gateway connection. Discord closes a connection now and then, and discord.py
reconnects.
"""

MAX_AGE_OF_CHECK = timedelta(seconds=60)
"""The oldest health check that still counts."""

_ADDRESS = re.compile(
    r"(https?://)(?:[^\s/?#]*@)?(\[[^\]\s]{0,300}\](?::\d+)?|[^\s/?#'\")\]]+)[^\s'\")\]]*", re.IGNORECASE
)

_MAX_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Gateway:
    """The state of the connection to Discord."""

    connected: bool
    since: datetime
    """When the bot connected or disconnected; before the first connection, when the bot started."""


@dataclass(frozen=True, slots=True)
class WaitingPosts:
    """The posts that wait to be sent to one channel: how many, since when, and why."""

    server: int
    channel: int
    posts: int
    oldest: datetime
    """When the oldest of these posts was queued."""
    why: str | None
    """Discord's last refusal; None if no attempt was made."""
    closed: bool
    """True if the channel can't be written to, which is not the bot's fault."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A post that may or may not have arrived, in a channel whose history the bot can't read."""

    row: int
    server: int
    channel: int
    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class OutboxVitals:
    """The outbox's part of a health check: waiting posts, doubtful posts, and unlisted servers."""

    waiting: tuple[WaitingPosts, ...]
    doubtful: tuple[Doubtful, ...]
    """The oldest thousand."""
    doubtful_count: int
    """The number of all doubtful posts."""
    unlisted: tuple[tuple[int, datetime], ...] = ()
    """Servers that the operator no longer lists, each with the time when that began. Their posts wait."""

    @property
    def posts(self) -> int:
        """The number of waiting posts in all channels."""
        return sum(channel.posts for channel in self.waiting)

    @property
    def oldest(self) -> datetime | None:
        """When the oldest waiting post was queued; None if no post waits."""
        return min((channel.oldest for channel in self.waiting), default=None)


@dataclass(frozen=True, slots=True)
class SourceVitals:
    """The state of a source that is polled or pushes: when it last answered, and its failures."""

    id: str
    name: str
    every: timedelta
    reached_at: datetime | None
    """When the source last answered; None if it has not since the bot's start."""
    failing_since: datetime | None
    failures: int
    """Failures in a row."""
    problem: str | None


@dataclass(slots=True)
class JobVitals:
    """The state of a scheduled job: its next run, and how its last runs ended."""

    name: str
    next_at: datetime | None = None
    """When the job runs next. None while it is running, or before the scheduler starts."""
    ran_at: datetime | None = None
    """When the job's last run began. This and the times below are None if there was none."""
    worked_at: datetime | None = None
    """When a run last succeeded."""
    failed_at: datetime | None = None
    """When a run last failed."""
    problem: str | None = None
    """The error of that run."""
    failures: int = 0
    """Failures in a row."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """The result of one health check: the state of the gateway, the outbox and the sources."""

    at: datetime
    started: datetime
    gateway: Gateway
    database: str | None
    """What is wrong with the database; None if it just committed a transaction."""
    outbox: OutboxVitals | None
    """None if the database can't be read."""
    sources: tuple[SourceVitals, ...]


def unhealthy_reason(vitals: Vitals, now: datetime, post_waits: timedelta) -> str | None:
    """Return the reason why the bot is unhealthy, in a few words. None if the bot is healthy.

    Failing sources don't make the bot unhealthy, nor do channels to which it can't write.

    Args:
        vitals: the result of the last health check.
        now: the time.
        post_waits: how long a post may wait for a writable channel.

    """
    if now - vitals.at > MAX_AGE_OF_CHECK:
        return f"its last check of itself was {length(now - vitals.at)} ago"
    if vitals.database is not None:
        return f"the database: {vitals.database}"
    gateway = vitals.gateway
    if not gateway.connected and gateway.since == vitals.started:
        return "Discord's gateway has not been reached yet"
    if not gateway.connected and now - gateway.since > GATEWAY_AWAY:
        return f"Discord's gateway has been away for {length(now - gateway.since)}"
    # The wait of older posts counts from the bot's start.
    oldest = min((row.oldest for row in vitals.outbox.waiting if not row.closed), default=now) if vitals.outbox else now
    if now - max(oldest, vitals.started) > post_waits:
        return f"a post has waited for {length(now - oldest)}"
    return None


def report(
    vitals: Vitals, now: datetime, why: str | None, version: str, jobs: Sequence[JobVitals]
) -> dict[str, object]:
    """Return the response to /healthz as a dictionary to be sent as JSON.

    Args:
        vitals: the result of the last health check.
        now: the time.
        why: the reason why the bot is unhealthy, or None.
        version: Tallydesk's version.
        jobs: the scheduled jobs, in the order to show them.
    """
    outbox = vitals.outbox
    oldest = outbox.oldest if outbox else None
    return {
        "status": "ok" if why is None else "ailing",
        "why": why,
        "version": version,
        "uptime_seconds": _seconds(now - vitals.started),
        "looked_seconds_ago": _seconds(now - vitals.at),
        "gateway": {"connected": vitals.gateway.connected, "since": _time(vitals.gateway.since)},
        "database": {"ok": vitals.database is None, "problem": vitals.database},
        "outbox": {
            "waiting": outbox.posts if outbox else None,
            "oldest_waiting_seconds": None if oldest is None else _seconds(now - oldest),
            "doubtful": outbox.doubtful_count if outbox else None,
            "servers_no_longer_listed": len(outbox.unlisted) if outbox else None,
        },
        "sources": {
            source.id: {
                "reached": source.reached_at and _time(source.reached_at),
                "failures": source.failures,
                "problem": source.problem and presentable(source.problem),
            }
            for source in vitals.sources
        },
        "jobs": {
            job.name: {
                "next_run": job.next_at and _time(job.next_at),
                "last_run": job.ran_at and _time(job.ran_at),
                "last_success": job.worked_at and _time(job.worked_at),
                "last_failure": job.failed_at and _time(job.failed_at),
                "problem": job.problem and presentable(job.problem),
                "failures": job.failures,
            }
            for job in jobs
        },
    }


def presentable(problem: str) -> str:
    """Return the text `problem` in a form that is safe to publish: one line of at most 300 characters.

    Addresses are shortened to their hosts.
    """
    text = " ".join(_ADDRESS.sub(r"\1\2", problem).split())
    return text if len(text) <= _MAX_CHARACTERS else text[: _MAX_CHARACTERS - 1] + "…"


def _seconds(span: timedelta) -> int:
    return max(0, int(span.total_seconds()))


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
