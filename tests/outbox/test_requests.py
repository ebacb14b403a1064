"""Tests the observation of HTTP requests below discord.py, with the simulated Discord."""

import time
from types import SimpleNamespace
from typing import cast

import aiohttp
import pytest
from multidict import CIMultiDict
from yarl import URL

from bot.outbox import pacing as pacing_module
from bot.outbox.pacing import MOST_INVALID, Pacing
from bot.outbox.requests import Requests

NOW = 1_600_000_000.0
DATE = "Sun, 13 Sep 2020 12:26:40 GMT"


async def start(requests: Requests) -> None:
    (hook,) = requests.trace().on_request_start
    await hook(cast("aiohttp.ClientSession", None), SimpleNamespace(), cast("aiohttp.TraceRequestStartParams", None))


async def end(requests: Requests, status: int, route: str = "POST /users/@me", **headers: str) -> None:
    (hook,) = requests.trace().on_request_end
    named = CIMultiDict((name.replace("_", "-"), value) for name, value in headers.items())
    method, path = route.split(" ")
    response = SimpleNamespace(status=status, headers=named)
    params = SimpleNamespace(response=response, method=method, url=URL(f"https://discord.com/api/v10{path}"))
    await hook(cast("aiohttp.ClientSession", None), SimpleNamespace(), cast("aiohttp.TraceRequestEndParams", params))


@pytest.mark.parametrize("status", [200, 204, 400, 403, 404, 429])
async def test_a_clear_answer_leaves_nothing_unsure(status: int) -> None:
    requests = Requests(Pacing())
    with requests.counting_outcomes() as made:
        await start(requests)
        assert made.unclear == 1
        await end(requests, status)
    assert made.unclear == 0


@pytest.mark.parametrize("status", [408, 500, 502, 503])
async def test_an_answer_that_says_nothing_stays_unsure_whatever_comes_after(status: int) -> None:
    requests = Requests(Pacing())
    with requests.counting_outcomes() as made:
        await start(requests)
        await end(requests, status)
        await start(requests)
        await end(requests, 403)
    assert made.unclear == 1


async def test_requests_outside_are_not_counted() -> None:
    requests = Requests(Pacing())
    with requests.counting_outcomes() as made:
        pass
    await start(requests)
    await end(requests, 500)
    assert made.unclear == 0


@pytest.mark.parametrize(
    ("status", "scope", "counts"),
    [
        (401, "", 1),
        (403, "", 1),
        (429, "user", 1),
        (429, "global", 1),
        (429, "shared", 0),
        (404, "", 0),
        (200, "", 0),
    ],
)
async def test_what_discord_holds_against_us_is_counted(status: int, scope: str, counts: int) -> None:
    pacing = Pacing()
    for _ in range(MOST_INVALID - 1):
        pacing.refused()
    await end(Requests(pacing), status, X_RateLimit_Scope=scope)
    assert (pacing.stopped_for > 0) == bool(counts)


async def test_how_far_the_clock_is_ahead_is_learnt_from_answers() -> None:
    requests = Requests(Pacing(), wall=lambda: NOW + 90.0)
    assert requests.clock_ahead == 0
    await end(requests, 200, Date=DATE)
    assert requests.clock_ahead == 90


@pytest.mark.parametrize("ahead", [-1.5, 0.0, 1.5])
async def test_clocks_that_differ_by_less_than_two_seconds_are_the_same(ahead: float) -> None:
    requests = Requests(Pacing(), wall=lambda: NOW + ahead)
    await end(requests, 200, Date=DATE)
    assert requests.clock_ahead == 0


async def test_a_date_that_is_none_is_left_alone() -> None:
    requests = Requests(Pacing())
    await end(requests, 200, Date="yesterday")
    assert requests.clock_ahead == 0


@pytest.mark.parametrize(
    ("route", "remaining", "after", "said"),
    [
        ("POST /channels/42/messages", "0", "3.5", [(42, 3.5)]),
        ("POST /channels/42/messages", "0", "999999", [(42, 60.0)]),
        ("POST /channels/42/messages", "0", "soon", [(42, 0.0)]),
        ("POST /channels/42/messages", "1", "3.5", []),
        ("PATCH /channels/42/messages/1", "0", "3.5", []),
        ("GET /channels/42/messages", "0", "3.5", []),
    ],
)
async def test_a_channel_that_takes_no_more_posts_is_known_by_the_answer_s_headers(
    route: str, remaining: str, after: str, said: list[tuple[int, float]]
) -> None:
    full: list[tuple[int, float]] = []

    class Noting(Pacing):
        def full(self, channel: int, seconds: float) -> None:
            full.append((channel, seconds))

    await end(Requests(Noting()), 200, route, X_RateLimit_Remaining=remaining, X_RateLimit_Reset_After=after)
    assert full == said


async def test_an_answer_frees_its_request_s_place_though_discord_py_keeps_it_to_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pacing_module, "SURELY_ARRIVED_SECONDS", 60)
    pacing = Pacing(1)
    requests = Requests(pacing)
    with await pacing.permit():
        began = time.monotonic()
        await end(requests, 200)
        await pacing.permit()  # a second after the answer, and not as long as if none had come
    assert 0.9 <= time.monotonic() - began < 30


async def test_times_are_discord_s_however_wrong_this_machine_s_clock_is() -> None:
    requests = Requests(Pacing(), wall=lambda: NOW + 1000.0)
    await end(requests, 200, Date=DATE)
    assert requests.now() == NOW
