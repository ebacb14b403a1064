"""Tests the polling of sources: each on its own, with a memory of its state, and less often while it fails."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.box.box import Box
from bot.count.phase import Phase
from bot.count.reading import Reading
from bot.desk.desk_file import Source
from bot.errors import RunFailedError
from bot.feeds.fetch import Feed, FeedError, FeedRefusedError, News
from bot.feeds.polling import SLOWEST, SOONEST, Polling
from bot.feeds.reader import Refusal
from tests.conftest import START, Newsroom, reading

Said = News | Exception | None


class ScriptedFeed(Feed):
    """A feed that gives prepared results one after the other, and then no news."""

    def __init__(self, session: aiohttp.ClientSession, name: str, *says: Said, every: str = "60s", **more: str) -> None:
        source = {"id": name, "name": name, "format": "readings", "url": "http://localhost/", "every": every}
        super().__init__(Source.model_validate(source | more), session, Box())
        self.says = deque(says)
        self.asked_at: list[datetime] = []
        self.forgot = 0

    def forget(self) -> None:
        self.forgot += 1

    async def news(self, now: datetime) -> News | None:
        self.asked_at.append(now)
        said = self.says.popleft() if self.says else None
        if isinstance(said, Exception):
            raise said
        return said


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def news(*readings: Reading, refusals: Sequence[Refusal] = ()) -> News:
    return News(readings, tuple(refusals))


def watch(newsroom: Newsroom, *feeds: Feed) -> Polling:
    return Polling(feeds, newsroom.ingest, newsroom.clock)


async def test_a_source_that_fails_disturbs_no_other(newsroom: Newsroom, session: aiohttp.ClientSession) -> None:
    feeds = [
        ScriptedFeed(session, "ga-sos", FeedError("ga-sos: down")),
        ScriptedFeed(session, "broken", RuntimeError("a bug")),
        ScriptedFeed(session, "times", news(reading(110, 100))),
    ]
    watching = watch(newsroom, *feeds)
    await watching.ask_all()
    assert await newsroom.verdicts() == [("accepted", None)]
    assert {name: (health.failures, health.problem) for name, health in watching.health.items()} == {
        "ga-sos": (1, "ga-sos: down"),
        "broken": (1, "RuntimeError('a bug')"),
        "times": (0, None),
    }
    assert watching.health["times"].reached_at == START
    assert watching.health["ga-sos"].reached_at is None


async def test_what_is_of_before_election_day_is_not_taken_in(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    staged = reading(0, 0).model_copy(update={"status": "pre-election"})
    feed = ScriptedFeed(session, "times", news(staged), news(reading(110, 100)))
    watching = watch(newsroom, feed)
    await watching.ask(feed)
    assert await newsroom.verdicts() == []
    assert watching.health["times"].problem == "one part of its answer was refused"
    await watching.ask(feed)
    assert await newsroom.verdicts() == [("accepted", None)]


async def test_when_units_uploaded_is_known_by_source(newsroom: Newsroom, session: aiohttp.ClientSession) -> None:
    state, paper = ScriptedFeed(session, "ga-sos"), ScriptedFeed(session, "times")
    watching = watch(newsroom, state, paper)
    state.uploads = {"Bibb": START}
    assert watching.uploads("ga-sos") == {"Bibb": START}
    assert watching.uploads("times") == watching.uploads("nobody") == {}


async def test_health_is_forgotten_with_the_next_success(newsroom: Newsroom, session: aiohttp.ClientSession) -> None:
    failing = ScriptedFeed(session, "times", FeedError("times: down"), FeedError("times: still down"), None)
    watching = watch(newsroom, failing)
    health = watching.health["times"]
    await watching.ask(failing)
    await watching.ask(failing)
    assert (health.failures, health.problem, health.reached_at) == (2, "times: still down", None)
    newsroom.at(5)
    await watching.ask(failing)
    assert (health.failures, health.problem, health.reached_at) == (0, None, START + timedelta(minutes=5))


async def test_it_is_known_since_when_a_source_fails(newsroom: Newsroom, session: aiohttp.ClientSession) -> None:
    failing = ScriptedFeed(session, "times", None, FeedError("times: down"), FeedError("times: down"), None)
    watching = watch(newsroom, failing)
    since = []
    for minute in range(4):
        newsroom.at(minute)
        await watching.ask(failing)
        since.append(watching.health["times"].failing_since)
    first = START + timedelta(minutes=1)
    assert since == [None, first, first, None]


@pytest.mark.parametrize("error", [FeedError("times: down"), RuntimeError("a bug")])
async def test_failures_are_logged_once_then_at_each_doubling_and_when_it_works_again(
    newsroom: Newsroom, session: aiohttp.ClientSession, error: Exception
) -> None:
    feed = ScriptedFeed(session, "times", *[error] * 9, None, None, error)
    watching = watch(newsroom, feed)
    with capture_logs() as logged:
        for _ in range(12):
            await watching.ask(feed)
    assert [line["failures"] for line in logged] == [1, 2, 4, 8, 9, 1]
    assert [line["log_level"] for line in logged[3:5]] == [logged[0]["log_level"], "info"]


async def test_what_a_feed_shows_wrong_at_every_fetch_is_logged_once(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    wrong = [Refusal(f"feed:{line}", "is no reading") for line in range(9)]
    says = [
        news(refusals=wrong[:1]),
        None,
        news(refusals=wrong[:1]),
        news(refusals=wrong),
        news(),
        news(refusals=wrong[:1]),
    ]
    feed = ScriptedFeed(session, "times", *says)
    watching = watch(newsroom, feed)
    with capture_logs() as logged:
        for _ in says:
            await watching.ask(feed)
    shown = [line.get("why", line.get("parts")) for line in logged]
    told = [f"feed:{line}: is no reading" for line in range(6)]
    assert shown == [told[0], *told[1:6], 3, told[0]]


async def test_nothing_new_still_counts_as_checked(newsroom: Newsroom, session: aiohttp.ClientSession) -> None:
    feed = ScriptedFeed(session, "times", news(reading(110, 100)))
    watching = watch(newsroom, feed)
    await watching.ask(feed)
    newsroom.at(5)
    await watching.ask(feed)
    assert await newsroom.queries.checked("ga", "times") == START + timedelta(minutes=5)


async def test_a_part_that_is_refused_does_not_cost_the_rest(
    newsroom: Newsroom, session: aiohttp.ClientSession, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = ScriptedFeed(session, "times", news(reading(110, 100), refusals=[Refusal("feed:2", "is no reading")]))
    watching = watch(newsroom, feed)
    await watching.ask(feed)
    assert await newsroom.verdicts() == [("accepted", None)]
    assert watching.health["times"].failures == 0
    assert "feed:2: is no reading" in capsys.readouterr().out
    await watching.ask(feed)  # it has nothing new, and what was refused still is
    assert watching.health["times"].problem == "one part of its answer was refused"
    assert [why for why, _, _ in await newsroom.queries.refusals("times")] == ["feed:2: is no reading"]


async def test_a_whole_answer_that_is_refused_is_kept_with_its_reason_and_a_source_that_is_down_is_not(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    page = "http://localhost/feed: is not JSON: expecting value at column 1, near '<html>'"
    feed = ScriptedFeed(session, "times", FeedRefusedError(f"times: {page}"), FeedError("times: down"))
    watching = watch(newsroom, feed)
    await watching.ask(feed)
    await watching.ask(feed)
    assert [why for why, _, _ in await newsroom.queries.refusals("times")] == [page]
    assert (watching.health["times"].failures, watching.health["times"].problem) == (2, "times: down")


async def test_a_refusal_that_cannot_be_kept_stops_no_loop(
    newsroom: Newsroom, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(newsroom.ingest, "accept", full)
    feed = ScriptedFeed(session, "times", FeedRefusedError("times: a page of HTML"))
    watching = watch(newsroom, feed)
    await watching.ask(feed)
    assert watching.health["times"].failures == 1


async def test_news_that_could_not_be_taken_in_is_asked_for_again(
    newsroom: Newsroom, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = ScriptedFeed(session, "times", news(reading(110, 100)))
    watching = watch(newsroom, feed)

    async def full_disk(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(newsroom.ingest, "accept", full_disk)
    await watching.ask(feed)
    assert feed.forgot == 1
    assert watching.health["times"].problem == "OSError('disk full')"
    assert await newsroom.verdicts() == []


async def waits(newsroom: Newsroom, feed: Feed, times: int) -> list[float]:
    """Poll a source `times` times. Returns the seconds that the bot would wait after each poll."""
    watching, seconds = watch(newsroom, feed), []
    for _ in range(times):
        try:
            seconds.append(await watching.poll(feed))
        except RunFailedError as error:
            seconds.append(error.seconds)
    return seconds


async def test_a_poll_that_fails_says_what_the_source_said(newsroom: Newsroom, session: aiohttp.ClientSession) -> None:
    feed = ScriptedFeed(session, "times", FeedError("times: down"))
    with pytest.raises(RunFailedError, match=r"^times: down$"):
        await watch(newsroom, feed).poll(feed)


async def test_a_source_is_asked_less_and_less_often_while_it_fails(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    down = [FeedError("times: down")] * 6
    slept = await waits(newsroom, ScriptedFeed(session, "times", *down, None), 7)
    expected = [120, 240, 480, SLOWEST, SLOWEST, SLOWEST, 60]
    assert slept == [pytest.approx(seconds, rel=0.051) for seconds in expected]


async def test_a_source_that_says_when_to_come_back_is_believed_within_bounds(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    says = [
        FeedError("times: quota", 7.5),
        FeedError("times: quota", 7.5),
        None,
        FeedError("times: busy", 0),
        FeedError("times: down"),
        FeedError("times: gone for long", 1e9),
        None,
    ]
    slept = await waits(newsroom, ScriptedFeed(session, "times", *says), 7)
    expected = [7.5, 15, 60, SOONEST, 240, SLOWEST, 60]
    assert slept == [pytest.approx(seconds, rel=0.051) for seconds in expected]


PHASED = {"every_night": "10s", "every_quiet": "30m"}


def counted(precincts: int, minute: int = 0, **fields: Any) -> Reading:
    return reading(110 + precincts, 100, minute, reporting={"precincts": [precincts, 10]}, **fields)


async def test_a_source_is_asked_as_often_as_the_phase_of_its_count_asks_for(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    says = [None, news(counted(1)), None, news(counted(9, 1)), news(counted(10, 2, status="certified")), None]
    slept = await waits(newsroom, ScriptedFeed(session, "times", *says, **PHASED), 6)
    assert slept == [pytest.approx(seconds, rel=0.051) for seconds in [60, 10, 10, 60, 1800, 1800]]


async def test_one_contest_in_its_night_is_enough_and_what_the_desk_does_not_cover_is_none(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    strangers = counted(1, contest="somewhere-else")
    says = [news(strangers), news(counted(10), counted(1, contest="senate")), news(counted(10, 1))]
    slept = await waits(newsroom, ScriptedFeed(session, "times", *says, **PHASED), 3)
    assert slept == [pytest.approx(seconds, rel=0.051) for seconds in [60, 10, 10]]


async def test_a_contest_that_anybody_has_certified_is_quiet_for_all(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    paper = ScriptedFeed(session, "times", news(counted(9)), **PHASED)
    state = ScriptedFeed(session, "ga-sos", news(counted(10, source="ga-sos", status="certified")))
    watching = watch(newsroom, paper, state)
    await watching.ask(paper)
    assert watching.phase("times") is Phase.COUNT
    await watching.ask(state)
    assert watching.phase("times") is Phase.CERTIFIED
    assert watching.phase("nobody") is Phase.COUNT


async def test_what_a_source_stands_by_was_checked_too(newsroom: Newsroom, session: aiohttp.ClientSession) -> None:
    both = news(reading(110, 100), reading(5, 4, contest="senate"))
    more = News((reading(120, 100, 1),), (), frozenset({("senate", "election")}))
    feed = ScriptedFeed(session, "times", both, more, None)
    watching = watch(newsroom, feed)
    for minute in (0, 5, 10):
        newsroom.at(minute)
        await watching.ask(feed)
        assert await newsroom.queries.checked("senate", "times") == START + timedelta(minutes=minute)


async def test_a_slow_source_is_never_asked_more_often_for_failing(
    newsroom: Newsroom, session: aiohttp.ClientSession
) -> None:
    feed = ScriptedFeed(session, "times", FeedError("times: down"), every="1h")
    assert await waits(newsroom, feed, 2) == [pytest.approx(3600, rel=0.051)] * 2


async def test_many_failures_do_not_overflow(newsroom: Newsroom, session: aiohttp.ClientSession) -> None:
    feed = ScriptedFeed(session, "times", *[FeedError("times: down")] * 2000, every="1s")
    slept = await waits(newsroom, feed, 2000)
    assert slept[-1] == pytest.approx(64, rel=0.051)
