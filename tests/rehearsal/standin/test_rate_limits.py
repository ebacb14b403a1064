import asyncio
import time
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.rate_limits import GLOBAL, Bucket, RateLimits
from bot.rehearsal.standin.refusal import ApiRefusal
from bot.rehearsal.standin.server import StandIn

if TYPE_CHECKING:
    from tests.rehearsal.standin.conftest import Bot

POST, EDIT, READ = "POST /channels/*/messages", "PATCH /channels/*/messages/*", "GET /channels/*"
CALLBACK = "POST /interactions/*/*/callback"


def refused(limits: RateLimits, route: str, now: float, channel: str = "1") -> float | None:
    """Return the seconds that a request has to wait, or None if it was allowed."""
    try:
        limits.take(route, channel, now)
    except ApiRefusal as refusal:
        wait: float = refusal.body["retry_after"]
        return wait
    return None


def test_fifty_requests_fit_into_any_second_and_no_more() -> None:
    limits = RateLimits()
    limits.set_overall(GLOBAL.limit, GLOBAL.per)
    # The last 10 of one second and the first 41 of the next are one too many, wherever the clock's seconds begin.
    times = [100.9 + number * 0.01 for number in range(50)]
    assert [refused(limits, READ, now) for now in times] == [None] * 50
    assert refused(limits, READ, 101.85) == pytest.approx(0.05, abs=0.001)
    assert refused(limits, READ, 101.9) is None  # a second after the first of them
    assert refused(limits, READ, 101.905) == pytest.approx(0.005, abs=0.001)


def test_refused_requests_and_those_of_interactions_do_not_count() -> None:
    limits = RateLimits()
    limits.set_overall(2)
    assert [refused(limits, READ, 1.0) for _ in range(4)] == [None, None, 1.0, 1.0]
    assert [refused(limits, CALLBACK, 1.0) for _ in range(100)] == [None] * 100
    assert [refused(limits, READ, 2.0) for _ in range(2)] == [None, None]


def test_each_channel_and_kind_of_request_has_its_own_window() -> None:
    limits = RateLimits()
    limits.set(2, per=5)
    limits.set(1, per=5, bucket=Bucket.EDITS)
    assert [refused(limits, POST, now) for now in (10.0, 11.0, 12.0, 14.999)] == [None, None, 3.0, 0.001]
    assert refused(limits, POST, 12.0, channel="2") is None
    assert [refused(limits, EDIT, now) for now in (12.0, 12.0)] == [None, 5.0]
    assert refused(limits, POST, 15.0) is None  # the window started with the first of them


def test_the_headers_count_down() -> None:
    limits = RateLimits()
    limits.enforce()
    told = [limits.take(POST, "1", now) for now in (10.0, 10.5)]
    assert [headers["X-RateLimit-Remaining"] for headers in told] == ["4", "3"]
    assert [headers["X-RateLimit-Reset-After"] for headers in told] == ["5.000", "4.500"]
    assert told[0]["X-RateLimit-Bucket"] != limits.take(EDIT, "1", 10.0)["X-RateLimit-Bucket"]
    limits.relax()
    assert [refused(limits, POST, 11.0) for _ in range(100)] == [None] * 100


def test_nothing_is_limited_unless_asked_for() -> None:
    assert StandIn().rate_limits.overall is None
    assert StandIn(limited=True).rate_limits.overall == GLOBAL


async def test_one_too_many_is_told_as_discord_tells_it(
    channel: Channel, standin: StandIn, session: aiohttp.ClientSession
) -> None:
    standin.rate_limits.set_overall(1, per=60)
    await session.get(f"{standin.base}/channels/{channel.id}")
    async with session.get(f"{standin.base}/channels/{channel.id}") as second:
        body = await second.json()
    callback = await session.post(f"{standin.base}/interactions/1/x/callback", json={})
    assert (second.status, standin.rejected) == (429, 1)
    assert body["global"] is True
    assert 59 < body["retry_after"] <= 60
    assert {name: second.headers[name] for name in ("X-RateLimit-Global", "X-RateLimit-Scope", "Retry-After")} == {
        "X-RateLimit-Global": "true",
        "X-RateLimit-Scope": "global",
        "Retry-After": "60",
    }
    assert "Via" in second.headers
    assert callback.status == 404  # an unknown interaction, and no 429


async def test_a_client_waits_out_the_limit_over_everything(bot: "Bot", newsroom: Guild, standin: StandIn) -> None:
    channels = [newsroom.add_channel(f"count-{number}") for number in range(12)]
    async with asyncio.timeout(5):
        while bot.get_channel(channels[-1].id) is None:
            await asyncio.sleep(0.001)
    standin.rate_limits.set_overall(5, per=0.2)
    start = time.monotonic()
    await asyncio.gather(*(bot.text_channel(channel).send("14,101") for channel in channels))
    assert time.monotonic() - start >= 0.4  # five, five and two
    assert standin.rejected > 0
    assert [len(channel.messages) for channel in channels] == [1] * 12
    times = sorted(
        request.arrived for request in standin.requests if request.status == 200 and request.method == "POST"
    )
    assert all(later - earlier >= 0.2 for earlier, later in zip(times, times[5:], strict=False))
