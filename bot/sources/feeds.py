"""Each source of the desk file with the feed that knows how to ask it."""

import aiohttp

from bot.deskfile import Source
from bot.sources import ap, clarity_feed
from bot.sources.ap_feed import ApFeed
from bot.sources.fetch import Feed


def feed_of(source: Source, session: aiohttp.ClientSession) -> Feed:
    """Return the feed that asks `source` through `session`."""
    if source.format == ap.FORMAT:
        return ApFeed(source, session)
    kind = clarity_feed.ClarityFeed if source.format in clarity_feed.FORMATS else Feed
    return kind(source, session)
