"""Discord's rate limit on messages: so many a channel within so many seconds, told in headers."""

import time
from collections.abc import Mapping

_GENEROUS = 1_000_000  # a limit that no test reaches, so that a client never waits for it
_BUCKET = "d1b2c3a4e5f60718293a4b5c6d7e8f90"


class Pacing:
    """Generous until `limit` is set; then the fixed window of `per` seconds that starts with its first message."""

    def __init__(self) -> None:
        self.limit: int | None = None
        self.per = 5.0
        self._windows: dict[str, tuple[float, int]] = {}  # by channel: when it ends (monotonic), how many it took

    def set(self, limit: int | None, per: float = 5.0) -> None:
        """Take `limit` messages a channel in `per` seconds from now on (Discord's own are 5 in 5); None: any number."""
        self.limit, self.per = limit, per
        self._windows.clear()

    def take(self, channel: str) -> tuple[Mapping[str, str], float | None]:
        """Count a message; return the headers to answer with, and how many seconds to wait if it was one too many."""
        if self.limit is None:
            return _headers(_GENEROUS, _GENEROUS - 1, self.per), None
        now = time.monotonic()
        ends, used = self._windows.get(channel, (0.0, 0))
        if now >= ends:
            ends, used = now + self.per, 0
        if used >= self.limit:
            return _headers(self.limit, 0, ends - now) | {"Retry-After": str(int(ends - now) + 1)}, ends - now
        self._windows[channel] = (ends, used + 1)
        return _headers(self.limit, self.limit - used - 1, ends - now), None


def _headers(limit: int, remaining: int, reset_after: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": f"{time.time() + reset_after:.3f}",
        "X-RateLimit-Reset-After": f"{reset_after:.3f}",
        "X-RateLimit-Bucket": _BUCKET,
    }
