"""The recorded day's feeds."""

from datetime import timedelta

import aiohttp

from bot.desk.desk_file import Source
from bot.feeds.fetch import Feed
from bot.rehearsal.feed_server import FeedServer
from tests.conftest import START, reading


async def test_a_source_shows_its_newest_reading_of_each_contest_and_nothing_new_after() -> None:
    async with FeedServer() as server, aiohttp.ClientSession() as session:
        source = Source(id="times", name="the Times", format="readings", url=server.url("times"))
        feed = Feed(source, session)
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
