from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from bot.errors import TallydeskError
from bot.operations.healthz import serving_health
from bot.operations.vitals import Gateway, JobVitals, OutboxVitals, SourceVitals, Vitals
from tests.conftest import START

HOST = "127.0.0.1"
MINUTE = timedelta(minutes=1)
SOURCES = tuple(
    SourceVitals(f"source-{number}", "a source", MINUTE, START, None, 3, "x" * 1000) for number in range(100)
)
WELL = Vitals(START, START - MINUTE, Gateway(connected=True, since=START), None, OutboxVitals((), (), 0), SOURCES)


class Page:
    """The /healthz page, with the results of the last health check."""

    def __init__(self) -> None:
        self.last: Vitals | None = WELL
        self.now = START
        self.jobs: list[JobVitals] = []
        self.port = 0

    async def ask(
        self, method: str = "GET", path: str = "/healthz", body: bytes | None = None
    ) -> aiohttp.ClientResponse:
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"http://{HOST}:{self.port}{path}", data=body) as response,
        ):
            await response.read()
            return response


async def no_metrics() -> bytes:
    return b""


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    page = Page()
    async with serving_health(
        HOST, 0, lambda: page.last, lambda: page.now, 10 * MINUTE, lambda: page.jobs, no_metrics
    ) as page.port:
        yield page


async def test_a_bot_that_is_well_is_200(page: Page) -> None:
    response = await page.ask()
    assert (response.status, response.content_type) == (200, "application/json")
    said = await response.json()
    assert (said["status"], said["why"], said["uptime_seconds"]) == ("ok", None, 60)
    assert len(said["sources"]) == 100


async def test_a_bot_that_is_not_is_503_and_why(page: Page) -> None:
    page.now = START + 5 * MINUTE
    response = await page.ask()
    assert response.status == 503
    said = await response.json()
    assert (said["status"], said["why"]) == ("ailing", "its last check of itself was five minutes ago")


async def test_it_says_what_runs_next_and_what_failed_last(page: Page) -> None:
    page.jobs = [
        JobVitals("boards", START + MINUTE),
        JobVitals("poll times", failed_at=START, problem="down", failures=2),
    ]
    jobs = (await (await page.ask()).json())["jobs"]
    assert list(jobs) == ["boards", "poll times"]
    assert jobs["boards"]["next_run"] == "2020-11-11T12:01:00Z"
    failed = jobs["poll times"]
    assert (failed["last_failure"], failed["problem"], failed["failures"]) == ("2020-11-11T12:00:00Z", "down", 2)


async def test_before_the_first_look_it_is_starting(page: Page) -> None:
    page.last = None
    response = await page.ask()
    assert response.status == 503
    assert (await response.json())["why"] == "it is starting"


async def test_head_is_the_same_without_a_body(page: Page) -> None:
    head, get = await page.ask("HEAD"), await page.ask()
    assert (head.status, head.content.total_bytes, get.content.total_bytes > 0) == (200, 0, True)
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/healthz/", 404),
        ("GET", "//healthz", 404),
        ("POST", "/healthz", 405),
        ("PUT", "/x", 404),
    ],
)
async def test_there_is_no_other_way_in(page: Page, method: str, path: str, status: int) -> None:
    assert (await page.ask(method, path, b"x" * 10_000 if method != "GET" else None)).status == status


async def test_what_is_asked_for_with_a_query_is_the_same(page: Page) -> None:
    assert (await page.ask(path="/healthz?verbose=1")).status == 200


async def test_a_port_that_is_taken_is_one_sentence(page: Page) -> None:
    with pytest.raises(
        TallydeskError, match=rf"TALLYDESK_HEALTH_PORT: nobody can listen on port {page.port} of {HOST} \("
    ):
        async with serving_health(HOST, page.port, lambda: None, lambda: START, MINUTE, list, no_metrics):
            pass


async def test_a_host_that_is_none_of_this_machine_is_one_sentence() -> None:
    with pytest.raises(TallydeskError, match=r"nobody can listen on port 1 of 192\.0\.2\.1"):
        async with serving_health("192.0.2.1", 1, lambda: None, lambda: START, MINUTE, list, no_metrics):
            pass
