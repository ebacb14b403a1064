"""Tests polling the AP Elections API over real sockets, with a server that behaves like the real one."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.box.box import Box
from bot.desk.desk_file import Source
from bot.feeds.ap import feed as ap_feed
from bot.feeds.ap.feed import ApFeed
from bot.feeds.fetch import FeedError, News
from bot.feeds.polling import Polling
from bot.feeds.source_feeds import feed_of
from tests.conftest import Newsroom
from tests.feeds.ap_files import Json, race, unit

NOW = datetime(2026, 11, 4, 2, 30, tzinfo=UTC)
KEY = "hunter2"
PATH = "/v3/elections/2026-11-03"
ASKED = f"{PATH}?format=json&statePostal=GA&level=FIPScode"


class Ap:
    """The AP's server. It sends everything at first, and then the changes since the link in the request."""

    def __init__(self) -> None:
        self.races: dict[str, tuple[int, Json]] = {}
        """Race id → (number of the newest change, race)."""
        self.now = 0
        self.asked: list[str] = []
        """Path and query of each request, unchanged."""
        self.quota: int | None = None
        """The number of requests left in this minute, or None without a limit."""
        self.most: int | None = None
        """The most races in an answer to a link. Longer answers are truncated."""
        self.instead: tuple[int, bytes] | None = None
        """Status and body to send in place of the usual answer."""
        self.base = ""
        self.gives_links = True

    def change(self, *races: Json) -> None:
        for one in races:
            self.now += 1
            self.races[one["raceID"]] = (self.now, one)

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(request.raw_path)
        if request.headers.get("x-api-key") != KEY:
            return web.Response(status=401, text="No key")
        if self.quota is not None:
            if not self.quota:
                return web.json_response({"status": 403, "message": "Per-minute quota exceeded"}, status=403)
            self.quota -= 1
        if self.instead is not None:
            return web.Response(status=self.instead[0], body=self.instead[1])
        since = request.query.get("minDateTime")
        changed = sorted((at, one["raceID"]) for at, one in self.races.values() if at > int(since or 0))
        shown = changed[: self.most] if since else changed
        last = shown[-1][0] if shown and len(shown) < len(changed) else self.now
        body: Json = {"apiVersion": "3.1", "electionDate": "2026-11-03"}
        if since:
            body["isTruncated"] = len(shown) < len(changed)
        if self.gives_links:
            body["nextrequest"] = f"{self.base}{ASKED}&x=%2c&minDateTime={last}"
        if shown or not since:
            body["races"] = [self.races[number][1] for _, number in shown]
        response = web.json_response(body)
        response.enable_compression(web.ContentCoding.gzip)
        return response


@pytest.fixture
async def ap(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ap]:
    monkeypatch.setenv("DESK_AP_KEY", KEY)
    ap = Ap()
    app = web.Application()
    app.router.add_get("/{path:.*}", ap.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ap.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield ap
    await runner.cleanup()


MakeFeed = Callable[..., ApFeed]


@pytest.fixture
async def feed(ap: Ap, box: Box) -> AsyncIterator[MakeFeed]:
    async with aiohttp.ClientSession() as session:

        def make(**more: object) -> ApFeed:
            said: Json = {"id": "ap", "name": "the AP", "format": "ap", "url": ap.base + ASKED}
            # A key is sent only over https, which the simulated AP does not have.
            source = Source.model_validate(said | {"own_network": True} | more)
            found = feed_of(source.model_copy(update={"key_env": "DESK_AP_KEY"}), session, box)
            assert isinstance(found, ApFeed)
            return found

        yield make


def lamp(ann: int, bo: int, number: str = "1", **more: object) -> Json:
    return race(unit(None, ann, bo), unit("Floyd", ann, bo, fipsCode="13115"), number=number, **more)


def votes(news: News | None) -> dict[str, int]:
    """Return the votes of the candidate Ann: contest → votes."""
    assert news is not None
    return {reading.contest: reading.votes["ann-ames"] for reading in news.readings}


async def test_everything_comes_first_and_then_what_has_changed_by_the_link_as_it_is(ap: Ap, feed: MakeFeed) -> None:
    asking = feed()
    ap.change(lamp(7, 5), lamp(3, 2, "2"))
    news = await asking.news(NOW)
    assert votes(news) == {"ga-1": 7, "ga-2": 3}
    assert news is not None
    assert (news.readings[0].source, news.refusals) == ("ap", ())
    ap.change(lamp(9, 5))
    news = await asking.news(NOW)
    assert votes(news) == {"ga-1": 9}
    assert news is not None
    assert news.unchanged == {("ga-2", "election")}
    assert news.covered == {("ga-1", "election"), ("ga-2", "election")}
    assert await asking.news(NOW) is None
    assert ap.asked == [ASKED, f"{ASKED}&x=%2c&minDateTime=2", f"{ASKED}&x=%2c&minDateTime=3"]


async def test_nothing_new_costs_one_request(ap: Ap, feed: MakeFeed) -> None:
    asking = feed()
    ap.change(lamp(7, 5))
    await asking.news(NOW)
    ap.asked.clear()
    for _ in range(3):
        assert await asking.news(NOW) is None
    assert len(ap.asked) == 3


async def test_a_restart_begins_with_everything(ap: Ap, feed: MakeFeed) -> None:
    ap.change(lamp(7, 5))
    for _ in range(2):
        assert votes(await feed().news(NOW)) == {"ga-1": 7}
    assert ap.asked == [ASKED, ASKED]


async def test_changed_units_are_merged_into_those_that_are_known(ap: Ap, feed: MakeFeed) -> None:
    asking = feed()
    cobb, bibb = unit("Cobb", 4, 3, fipsCode="13067"), unit("Bibb", 3, 2, fipsCode="13021")
    ap.change(race(unit(None, 7, 5), cobb, bibb, number="1", eevp=60))
    await asking.news(NOW)
    more = unit("Bibb", 5, 2, fipsCode="13021")
    ap.change(race(unit(None, 9, 5), more, number="1", eevp=70))
    news = await asking.news(NOW)
    assert news is not None
    (reading,) = news.readings
    assert {name: unit.votes for name, unit in (reading.units or {}).items()} == {
        "Cobb": {"ann-ames": 4, "bo-bell": 3},
        "Bibb": {"ann-ames": 5, "bo-bell": 2},
    }
    assert reading.votes == {"ann-ames": 9, "bo-bell": 5}
    assert reading.says is not None
    assert reading.says.expected_percent == "70"


async def test_a_call_that_is_taken_back_is_gone(ap: Ap, feed: MakeFeed) -> None:
    asking = feed()
    winner = unit(None, 7, 5)
    winner["candidates"][0]["winner"] = "X"
    said = []
    for state, status in ((winner, "Called"), (unit(None, 7, 5), "Uncalled")):
        ap.change(race(state, number="1", raceCallStatus=status))
        news = await asking.news(NOW)
        assert news is not None
        says = news.readings[0].says
        assert says is not None
        said.append((says.call, says.winners))
    assert said == [("Called", ("ann-ames",)), ("Uncalled", None)]


async def test_truncated_answers_are_followed_at_once_and_in_bounds(
    ap: Ap, feed: MakeFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ap_feed, "MOST_AT_ONCE", 3)
    asking = feed()
    ap.change(*(lamp(1, 0, str(number)) for number in range(1, 11)))
    await asking.news(NOW)
    ap.asked.clear()
    ap.change(*(lamp(2, 0, str(number)) for number in range(1, 11)))
    ap.most = 2
    assert len(votes(await asking.news(NOW))) == 6
    assert len(ap.asked) == 3
    assert len(votes(await asking.news(NOW))) == 4
    assert await asking.news(NOW) is None
    assert len(ap.asked) == 6


async def test_a_truncated_answer_without_a_link_is_no_answer(ap: Ap, feed: MakeFeed) -> None:
    ap.instead = (200, json.dumps({"races": [lamp(7, 5)], "isTruncated": True}).encode())
    with pytest.raises(FeedError, match=r"ap: 127\.0\.0\.1:\d+ is truncated, and gives no link"):
        await feed().news(NOW)
    assert len(ap.asked) == 1


async def test_a_quota_that_is_used_up_is_waited_for_and_costs_nothing(ap: Ap, feed: MakeFeed) -> None:
    asking = feed()
    ap.change(lamp(7, 5), lamp(3, 2, "2"))
    await asking.news(NOW)
    ap.change(lamp(8, 5), lamp(4, 2, "2"))
    ap.most, ap.quota = 1, 1
    for _ in range(5):  # more often than a link that does not work is tried
        with pytest.raises(FeedError, match=r"answered 403") as caught:
            await asking.news(NOW)
        assert 5 <= caught.value.wait <= 10  # type: ignore[operator]  # None would fail here as well
    ap.quota = None
    ap.asked.clear()
    assert votes(await asking.news(NOW)) == {"ga-1": 8, "ga-2": 4}
    assert ap.asked == [f"{ASKED}&x=%2c&minDateTime=3"]


async def test_a_failure_loses_nothing_and_a_link_that_does_not_work_is_given_up(ap: Ap, feed: MakeFeed) -> None:
    asking = feed()
    ap.change(lamp(7, 5))
    await asking.news(NOW)
    ap.change(lamp(8, 5))
    ap.asked.clear()
    ap.instead = (500, b"")
    for _ in range(3):
        with pytest.raises(FeedError, match="answered 500"):
            await asking.news(NOW)
    ap.instead = None
    assert votes(await asking.news(NOW)) == {"ga-1": 8}
    assert ap.asked == [f"{ASKED}&x=%2c&minDateTime=1"] * 3 + [ASKED]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"races": 5}', b'{"races": [', b'{"races": []} {}'])
async def test_garbage_is_refused_and_asked_for_again_by_the_same_link(ap: Ap, feed: MakeFeed, body: bytes) -> None:
    asking = feed()
    ap.change(lamp(7, 5))
    await asking.news(NOW)
    ap.change(lamp(8, 5))
    ap.instead = (200, body)
    with pytest.raises(FeedError, match=r"^ap: 127\.0\.0\.1:\d+: "):
        await asking.news(NOW)
    ap.instead = None
    assert votes(await asking.news(NOW)) == {"ga-1": 8}


async def test_what_could_not_be_taken_in_is_told_again(ap: Ap, feed: MakeFeed) -> None:
    asking = feed()
    ap.change(lamp(7, 5))
    await asking.news(NOW)
    asking.forget()
    assert votes(await asking.news(NOW)) == {"ga-1": 7}
    assert len(ap.asked) == 2
    assert ap.asked[1] != ASKED


@pytest.mark.parametrize("link", ["/v3/x", "", 5, "http://[", "file:///x"])
async def test_a_link_that_is_no_address_is_refused(ap: Ap, feed: MakeFeed, link: object) -> None:
    ap.instead = (200, json.dumps({"races": [lamp(7, 5)], "nextrequest": link}).encode())
    with pytest.raises(FeedError, match=r"ap: nextrequest is no address: ") as caught:
        await feed().news(NOW)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("link", ["https://evil.example/v3/x?apikey=hunter2", "http://127.0.0.1:1/x"])
async def test_a_link_to_another_site_is_not_followed_and_everything_is_asked_for_again(
    ap: Ap, feed: MakeFeed, link: str
) -> None:
    asking = feed()
    for votes_now in (7, 8):
        ap.instead = (200, json.dumps({"races": [lamp(votes_now, 5)], "nextrequest": link}).encode())
        assert votes(await asking.news(NOW)) == {"ga-1": votes_now}
    assert ap.asked == [ASKED, ASKED]
    ap.instead = (200, json.dumps({"races": [lamp(9, 5)], "nextrequest": link, "isTruncated": True}).encode())
    with pytest.raises(FeedError, match="is truncated, and gives no link on this site to the rest"):
        await asking.news(NOW)


async def test_an_answer_without_a_link_is_followed_by_asking_for_everything(ap: Ap, feed: MakeFeed) -> None:
    ap.gives_links = False
    asking = feed()
    ap.change(lamp(7, 5))
    assert votes(await asking.news(NOW)) == {"ga-1": 7}
    ap.change(lamp(8, 5))
    assert votes(await asking.news(NOW)) == {"ga-1": 8}
    assert ap.asked == [ASKED, ASKED]


async def test_zeros_of_the_morning_are_nothing_and_zeros_after_votes_are_refused(ap: Ap, feed: MakeFeed) -> None:
    asking = feed()
    zeros = race(unit(None, 0, 0, precinctsReporting=0), number="1")
    ap.change(zeros)
    news = await asking.news(NOW)
    assert news == News((), (), no_votes_yet=("ga-1",))
    ap.change(lamp(7, 5))
    assert votes(await asking.news(NOW)) == {"ga-1": 7}
    ap.change(zeros)
    news = await asking.news(NOW)
    assert news is not None
    assert (news.readings, news.covered) == ((), frozenset())
    assert "ga-1 (Lamp Keeper): shows no votes any more, where it had 12" in str(news.refusals[0])


async def test_a_race_that_cannot_be_read_costs_no_other(ap: Ap, feed: MakeFeed) -> None:
    ap.change(lamp(7, 5), race({"level": "state", "candidates": []}, number="2"), lamp(3, 2, "3", resultsType="test"))
    ap.races["x"] = (9, {"raceID": None})
    ap.now = 9
    asking = feed()
    ap.instead = (200, json.dumps({"races": [one for _, one in ap.races.values()]}).encode())
    news = await asking.news(NOW)
    assert votes(news) == {"ga-1": 7}
    assert news is not None
    told = " ".join(map(str, news.refusals))
    assert len(news.refusals) == 3
    assert all(words in told for words in ("race 4 of the file", "ga-2", "has 1 races of AP's test data"))


async def test_more_races_than_there_can_be_are_refused(
    ap: Ap, feed: MakeFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ap_feed, "MOST_RACES", 2)
    ap.change(*(lamp(1, 0, str(number)) for number in range(3)))
    with pytest.raises(FeedError, match="has more than 2 races"):
        await feed().news(NOW)


async def test_the_key_is_in_no_log_no_error_and_no_database(
    ap: Ap, feed: MakeFeed, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asking = feed()
    watching = Polling([asking], newsroom.ingest, newsroom.clock)
    ap.change(lamp(7, 5))
    with capture_logs() as logged:
        await watching.ask(asking)
        for ap.instead in ((401, b""), (200, b"{"), (500, KEY.encode())):
            await watching.ask(asking)
        monkeypatch.setenv("DESK_AP_KEY", "an other")
        await watching.ask(asking)
    assert len(logged) >= 3
    shown = json.dumps(logged) + str(watching.health["ap"].problem)
    assert "an other" not in shown
    assert KEY not in shown
    for file in tmp_path.rglob("*.sqlite3*"):
        assert KEY.encode() not in file.read_bytes()
