"""Each source of the desk file with the feed that knows how to ask it."""

import aiohttp

from bot.desk.desk_file import Source
from bot.feeds.ap import reader as ap
from bot.feeds.ap.feed import ApFeed
from bot.feeds.clarity import feed as clarity_feed
from bot.feeds.fetch import Feed
from bot.feeds.several import SeveralFeed


def feed_of(source: Source, session: aiohttp.ClientSession) -> Feed:
    """Return the feed that asks `source` through `session`."""
    if source.format == ap.FORMAT:
        return ApFeed(source, session)
    if source.also:
        return SeveralFeed(source, session)
    kind = clarity_feed.ClarityFeed if source.format in clarity_feed.FORMATS else Feed
    return kind(source, session)
