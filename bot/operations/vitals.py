"""Vitals: how the bot does at one moment, and whether that is alive. All times are the wall clock's.

Decided here without clock or network, so that tests can say it for any state.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.wording.times import length

GATEWAY_AWAY = timedelta(minutes=5)
"""Discord closes a connection now and then, and discord.py makes a new one; longer than this it is news."""

LOOKED_AT_LEAST = timedelta(seconds=60)
"""What was found longer ago than this says nothing of now."""

_ADDRESS = re.compile(
    r"(https?://)(?:[^\s/?#]*@)?(\[[^\]\s]{0,300}\](?::\d+)?|[^\s/?#'\")\]]+)[^\s'\")\]]*", re.IGNORECASE
)

_MOST_SAID = 300


@dataclass(frozen=True, slots=True)
class Gateway:
    """The connection to Discord."""

    connected: bool
    since: datetime
    """Since when it is so; before the first connection, the bot's start."""


@dataclass(frozen=True, slots=True)
class WaitingPosts:
    """What waits for one channel."""

    server: int
    channel: int
    posts: int
    oldest: datetime
    """When the oldest of them came into the outbox."""
    why: str | None
    """What Discord said the last time; None: nothing was tried."""
    closed: bool
    """True: the channel can't be written to, which is not the bot's fault."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A post that may have arrived, and whose channel's history can't be read."""

    row: int
    server: int
    channel: int
    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class OutboxVitals:
    """The rows of the outbox that are not settled."""

    waiting: tuple[WaitingPosts, ...]
    doubtful: tuple[Doubtful, ...]
    """The oldest thousand."""
    doubts: int
    """How many there are."""
    unlisted: tuple[tuple[int, datetime], ...] = ()
    """The servers that the operator no longer lists, and since when: what is posted there waits."""

    @property
    def posts(self) -> int:
        """How many posts wait."""
        return sum(channel.posts for channel in self.waiting)

    @property
    def oldest(self) -> datetime | None:
        """When the oldest post that waits came into the outbox, or None."""
        return min((channel.oldest for channel in self.waiting), default=None)


@dataclass(frozen=True, slots=True)
class SourceVitals:
    """How a source does that is fetched."""

    id: str
    name: str
    every: timedelta
    reached_at: datetime | None
    """None: not since the bot was started."""
    failing_since: datetime | None
    failures: int
    """In a row."""
    problem: str | None


@dataclass(slots=True)
class JobVitals:
    """How a job does that the bot runs again and again."""

    name: str
    next_at: datetime | None = None
    """When it runs next; None: it is under way, or nothing has been started."""
    ran_at: datetime | None = None
    """When its last run began; this and the following: None if there was none."""
    worked_at: datetime | None = None
    """When a run last ended well."""
    failed_at: datetime | None = None
    """When a run last failed."""
    problem: str | None = None
    """What that one said."""
    failures: int = 0
    """In a row."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the bot did when it was looked at."""

    at: datetime
    started: datetime
    gateway: Gateway
    database: str | None
    """What is wrong with the database; None: it has just taken a transaction."""
    outbox: OutboxVitals | None
    """None: the database does not say."""
    sources: tuple[SourceVitals, ...]


def unhealthy_reason(vitals: Vitals, now: datetime, post_waits: timedelta) -> str | None:
    """Return in a few words why the bot is not alive, or None if it is.

    A source that fails, or a channel that can't be written to, is not the bot's death.

    Args:
        vitals: what was found.
        now: the time.
        post_waits: how long a post may wait for a channel that can be written to.

    """
    if now - vitals.at > LOOKED_AT_LEAST:
        return f"its last check of itself was {length(now - vitals.at)} ago"
    if vitals.database is not None:
        return f"the database: {vitals.database}"
    gateway = vitals.gateway
    if not gateway.connected and gateway.since == vitals.started:
        return "Discord's gateway has not been reached yet"
    if not gateway.connected and now - gateway.since > GATEWAY_AWAY:
        return f"Discord's gateway has been away for {length(now - gateway.since)}"
    # What was found waiting at the start has its time from then on.
    oldest = min((row.oldest for row in vitals.outbox.waiting if not row.closed), default=now) if vitals.outbox else now
    if now - max(oldest, vitals.started) > post_waits:
        return f"a post has waited for {length(now - oldest)}"
    return None


def report(
    vitals: Vitals, now: datetime, why: str | None, version: str, jobs: Sequence[JobVitals]
) -> dict[str, object]:
    """Return what /healthz says, in JSON's types; `why` it is not alive, or None; the jobs in the order given."""
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
            "doubtful": outbox.doubts if outbox else None,
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
    """Return a problem as it may leave the machine: of each address only the host, in one line of 300 characters."""
    text = " ".join(_ADDRESS.sub(r"\1\2", problem).split())
    return text if len(text) <= _MOST_SAID else text[: _MOST_SAID - 1] + "…"


def _seconds(span: timedelta) -> int:
    return max(0, int(span.total_seconds()))


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
