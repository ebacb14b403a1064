"""Tests the feeds of a recorded day."""

from datetime import timedelta

import aiohttp

from bot.box.box import Box
from bot.desk.desk_file import Source
from bot.feeds.fetch import Feed
from bot.rehearsal.stage import FeedServer
from tests.conftest import START, reading


async def test_a_source_shows_its_newest_reading_of_each_contest_and_nothing_new_after(box: Box) -> None:
    async with FeedServer() as server, aiohttp.ClientSession() as session:
        source = Source(id="times", name="the Times", format="readings", url=server.url("times"))
        feed = Feed(source, session, box)
        now = START + timedelta(hours=1)
        news = await feed.news(now)
        assert news is not None
        assert news.readings == ()
        first, second, senate = reading(1, 2), reading(3, 4, 5), reading(5, 6, contest="senate")
        for one in (first, senate, second, reading(7, 8, source="ga-sos")):
            server.show(one)
        news = await feed.news(now)
        assert news is not None
        assert news.readings == (second, senate)
        assert await feed.news(now) is None


async def test_a_source_s_own_answers_are_at_its_own_paths() -> None:
    async with FeedServer() as server, aiohttp.ClientSession() as session:
        governor, senate = "https://example.org/returns/governor", "https://example.org/returns/senate/all?x=1"
        own = [server.stand_for("ca-sos", address) for address in (governor, senate)]
        assert own == [f"{server.base}/ca-sos/returns/governor", f"{server.base}/ca-sos/returns/senate/all"]
        async with session.get(own[0]) as response:
            assert response.status == 404
        server.answer("ca-sos", governor, {"raceTitle": "Governor"})
        assert not server.answers_all("ca-sos")
        server.answer("ca-sos", senate, [])
        assert server.answers_all("ca-sos")
        async with session.get(own[0]) as response:
            assert await response.json() == {"raceTitle": "Governor"}
            etag = response.headers["ETag"]
        async with session.get(own[0], headers={"If-None-Match": etag}) as response:
            assert response.status == 304
