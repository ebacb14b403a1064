"""Discord's rate limits: for all requests, for each kind of request in a channel, and for crossposts and old edits.

Limits are off until `enforce` or `set` is called, so that tests are fast. They are then exact to the microsecond.

The global limit of 50 requests a second is documented, in topics/rate-limits. The simulation applies it to any span of
a second, which is stricter than applying it to each second of the clock. Limits in a channel are undocumented, but
Discord sends them in headers: a window starts with the first request, and ends at the time in the header. The numbers
are those that other people have measured: 5 messages or edits in 5 s (the wikis of javacord.org and others), 10
crossposts an hour (discord.js issue 4956) and 3 edits of crossposts (discord-api-docs issue 2258), 3 edits in 20 s of
messages over an hour old (starboard-4 issue 118), 2 new names or topics in 10 min.

The limit for pins is unknown; 5 in 5 s is a guess.
"""

import math
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.rehearsal.standin.refusal import rate_limited

_GENEROUS = 1_000_000  # a limit that no test reaches, so that a client never waits for it

# https://docs.discord.com/developers/topics/rate-limits: not bound to the global limit.
_EXEMPT = ("/interactions/", "/webhooks/")


@dataclass(frozen=True, slots=True)
class Rate:
    """A maximum number of requests within a number of seconds."""

    limit: int
    per: float


class Bucket(StrEnum):
    """The kinds of request whose number is limited in each channel. The values are the names in Discord's header."""

    MESSAGES = "d1b2c3a4e5f60718293a4b5c6d7e8f90"
    EDITS = "1d3c67957bcdccc6709861c232df8529"
    PINS = "5a1f0c7be2d94830b6c1e7f2a9d3b840"
    NAMES = "8e0b4d6f1c2a39587f6e5d4c3b2a1908"
    # These have no headers of their own: Discord reports them only when they are used up.
    OLD_EDITS = "old edits"
    CROSSPOSTS = "crossposts"
    CROSSPOST_EDITS = "edits of crossposts"


GLOBAL = Rate(50, 1.0)

DISCORDS: Mapping[Bucket, Rate] = {
    Bucket.MESSAGES: Rate(5, 5.0),
    Bucket.EDITS: Rate(5, 5.0),
    Bucket.PINS: Rate(5, 5.0),
    Bucket.NAMES: Rate(2, 600.0),
    Bucket.OLD_EDITS: Rate(3, 20.0),
    Bucket.CROSSPOSTS: Rate(10, 3600.0),
    Bucket.CROSSPOST_EDITS: Rate(3, 3600.0),
}

_BUCKETS: Mapping[str, Bucket] = {
    "POST /channels/*/messages": Bucket.MESSAGES,
    "PATCH /channels/*/messages/*": Bucket.EDITS,
    "PUT /channels/*/messages/pins/*": Bucket.PINS,
    "DELETE /channels/*/messages/pins/*": Bucket.PINS,
    "PUT /channels/*/pins/*": Bucket.PINS,
    "DELETE /channels/*/pins/*": Bucket.PINS,
    "PATCH /channels/*": Bucket.NAMES,
}


class RateLimits:
    """A counter of requests, which refuses requests over a limit. Without limits, all requests are allowed."""

    def __init__(self) -> None:
        self.overall: Rate | None = None
        self.rates: dict[Bucket, Rate] = {}
        self._recent: deque[float] = deque()  # arrival times of the latest allowed requests, oldest first
        self._windows: dict[tuple[Bucket, str], tuple[float, int]] = {}  # its end, and the requests in it

    def enforce(self) -> None:
        """Apply Discord's limits from now on."""
        self.overall = GLOBAL
        self.rates = dict(DISCORDS)
        self._forget()

    def relax(self) -> None:
        """Remove all limits."""
        self.overall = None
        self.rates = {}
        self._forget()

    def set(self, limit: int | None, per: float = 5.0, bucket: Bucket = Bucket.MESSAGES) -> None:
        """Allow `limit` requests of the kind `bucket` in each channel in `per` seconds; None for any number."""
        self.rates.pop(bucket, None)
        if limit is not None:
            self.rates[bucket] = Rate(limit, per)
        self._forget()

    def set_overall(self, limit: int | None, per: float = 1.0) -> None:
        """Allow `limit` requests of all kinds together in any `per` seconds; None for any number."""
        self.overall = None if limit is None else Rate(limit, per)
        self._forget()

    def _forget(self) -> None:
        self._recent.clear()
        self._windows.clear()

    def take(self, pattern: str, channel: str, now: float) -> Mapping[str, str]:
        """Count a request that arrived at the monotonic time `now`. Returns the headers for its response.

        Raises:
            ApiRefusal: the request is over the limit. It isn't counted.

        """
        path = pattern.partition(" ")[2]
        if self.overall is not None and not path.startswith(_EXEMPT):
            self._take_overall(self.overall, now)
        bucket = _BUCKETS.get(pattern)
        if bucket is None:
            return {}
        rate = self.rates.get(bucket)
        if rate is None:
            return _headers(bucket, _GENEROUS, _GENEROUS - 1, 5.0)
        ends, used = self._count(bucket, channel, rate, now)
        if used > rate.limit:
            raise rate_limited(ends - now, headers=_headers(bucket, rate.limit, 0, ends - now))
        return _headers(bucket, rate.limit, rate.limit - used, ends - now)

    def take_seldom(self, bucket: Bucket, channel: str) -> float | None:
        """Count a request of a kind whose limit is not sent in headers.

        Returns None if the request is within the limit; otherwise, the seconds to wait.
        """
        rate = self.rates.get(bucket)
        if rate is None:
            return None
        now = time.monotonic()
        ends, used = self._count(bucket, channel, rate, now)
        return ends - now if used > rate.limit else None

    def _take_overall(self, rate: Rate, now: float) -> None:
        if len(self._recent) < rate.limit:
            self._recent.append(now)
            return
        free = self._recent[0] + rate.per  # when the oldest request leaves the window
        if now < free:
            raise rate_limited(free - now, everywhere=True)
        self._recent.popleft()
        self._recent.append(now)

    def _count(self, bucket: Bucket, channel: str, rate: Rate, now: float) -> tuple[float, int]:
        """Return the end of the current window, and the request's number within the window.

        A request over the limit isn't counted.
        """
        ends, used = self._windows.get((bucket, channel), (0.0, 0))
        if now >= ends:
            ends, used = now + rate.per, 0
        self._windows[bucket, channel] = (ends, min(used + 1, rate.limit))
        return ends, used + 1


def _headers(bucket: Bucket, limit: int, remaining: int, reset_after: float) -> dict[str, str]:
    # Rounded up, so that a client that waits this long succeeds.
    reset_after = math.ceil(reset_after * 1000) / 1000
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{time.time() + reset_after:.3f}",
        "X-RateLimit-Reset-After": f"{reset_after:.3f}",
        "X-RateLimit-Bucket": bucket.value,
    }
