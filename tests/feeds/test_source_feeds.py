"""Tests a source with several addresses, over a real socket."""

import json
from typing import Any

import pytest

from bot.feeds.fetch import FeedError
from bot.feeds.source_feeds import MultiAddressFeed, feed_of
from tests.feeds.test_california import answer
from tests.feeds.test_fetch import NOW, MakeFeed, Site, feed, session, site, votes

__all__ = ["feed", "session", "site"]


@pytest.fixture
def several(feed: MakeFeed) -> MultiAddressFeed:
    one = feed("/governor", "california")
    source = one.source.model_copy(update={"also": (f"{one.source.url}".replace("governor", "senate"),)})
    made = feed_of(source, one._session, one._box)
    assert isinstance(made, MultiAddressFeed)
    return made


def show(site: Site, path: str, document: Any, etag: str | None = None) -> None:
    site.show(path, json.dumps(document).encode(), etag=etag)


GOVERNOR, SENATE = answer(), answer("Senate - Statewide Results", "5", "6")


async def test_each_address_is_asked_only_for_news_and_what_the_others_had_stands(
    site: Site, several: MultiAddressFeed
) -> None:
    show(site, "/governor", GOVERNOR, etag='"1"')
    show(site, "/senate", SENATE)  # without anything that would make a request conditional
    first = await several.news(NOW)
    assert votes(first) == [{"ada-quill": 1200, "bo-reed": 900}, {"ada-quill": 5, "bo-reed": 6}]
    assert first is not None
    assert first.unchanged == frozenset()
    assert await several.news(NOW) is None
    assert site.asked[-2:] == [("/governor", '"1"', None), ("/senate", None, None)]
    show(site, "/senate", answer("Senate - Statewide Results", "7", "6"))
    second = await several.news(NOW)
    assert votes(second) == [{"ada-quill": 7, "bo-reed": 6}]
    assert second is not None
    assert second.unchanged == {("keeper-statewide-results", "election")}
    assert second.covered == first.covered


async def test_one_address_that_fails_costs_no_other(site: Site, several: MultiAddressFeed) -> None:
    with pytest.raises(FeedError, match="answered 404 Not Found"):
        await several.news(NOW)
    show(site, "/governor", GOVERNOR, etag='"1"')
    news = await several.news(NOW)
    assert len(votes(news)) == 1
    assert news is not None
    (refused,) = news.refusals
    assert str(refused).endswith("answered 404 Not Found")
    again = await several.news(NOW)
    assert again is not None
    assert (again.readings, again.unchanged) == ((), news.covered)
    show(site, "/senate", SENATE)
    whole = await several.news(NOW)
    assert whole is not None
    assert (len(whole.readings), whole.refusals) == (1, ())
