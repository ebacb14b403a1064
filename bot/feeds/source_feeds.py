"""Each source of the desk file with the feed that knows how to ask it."""

import aiohttp

from bot.desk.desk_file import Source
from bot.feeds.fetch import Feed
from bot.feeds.formats import AP, CLARITY_DETAIL, CLARITY_SUMMARY
from bot.feeds.several import SeveralFeed

# What asks only some sites is loaded for a desk that has one.
# ruff: noqa: PLC0415


def feed_of(source: Source, session: aiohttp.ClientSession) -> Feed:
    """Return the feed that asks `source` through `session`."""
    if source.format == AP:
        from bot.feeds.ap.feed import ApFeed

        return ApFeed(source, session)
    if source.also:
        return SeveralFeed(source, session)
    if source.format in (CLARITY_SUMMARY, CLARITY_DETAIL):
        from bot.feeds.clarity.feed import ClarityFeed

        return ClarityFeed(source, session)
    return Feed(source, session)
