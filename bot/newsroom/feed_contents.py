"""A daily comparison of each feed with the day before. The desk gets a notice if contests or candidates changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp
import structlog

from bot.box.box import Box
from bot.clock import Clock
from bot.count.reading import Reading
from bot.desk.desk_file import Desk, Source
from bot.errors import TallydeskError
from bot.feeds.fetch import Feed
from bot.feeds.results_sites import read_elections, site_at
from bot.feeds.source_feeds import feed_of
from bot.newsroom.feed_contents_store import FeedContentsStore
from bot.newsroom.feed_contents_words import FeedContents, ListedContest, changes_between, feed_changed
from bot.wording.context import Setting

_DAILY = timedelta(hours=23)

log = structlog.get_logger()


class FeedComparison:
    """A job that fetches each feed once a day, and compares its contests and candidates with the day before's."""

    EVERY = 3600.0
    """Seconds between two runs. Each run compares only the sources whose last comparison is a day old."""

    def __init__(
        self,
        store: FeedContentsStore,
        session_of: Callable[[Source], aiohttp.ClientSession],
        box: Box,
        setting: Setting,
        clock: Clock,
    ) -> None:
        """Create the job. It stores feed contents in `store`, and parses feeds in `box`.

        `session_of` returns the HTTP session for a source.
        """
        self._box = box
        self._store = store
        self._session_of = session_of
        self._setting = setting
        self._clock = clock

    async def run(self) -> None:
        """Fetch and compare the feed of each source whose last comparison is a day old.

        A source that can't be fetched is tried again in the next run.
        """
        for source in self._setting.desk.sources:
            if not source.fetched:
                continue
            now = self._clock.now()
            seen = await self._store.read(source)
            if seen is not None and now < seen[0] + _DAILY and now >= seen[0]:
                continue
            try:
                await self._compare(source, seen[1] if seen else None, now)
            except TallydeskError as error:
                log.debug("a feed is compared later", source=source.id, why=str(error))

    async def _compare(self, source: Source, before: FeedContents | None, now: datetime) -> None:
        feed = feed_of(source, self._session_of(source), self._box)
        news = await feed.news(now)
        if news is None or not news.readings:
            return
        desk = self._setting.desk
        after = FeedContents(contests=contents_of(desk, source, news.readings), elections=await self._elections(source))
        refused = frozenset(
            contest.id
            for one in news.refusals
            if one.contest and (contest := desk.contest_with_key(source.id, one.contest)) is not None
        )
        if before is not None:
            kept = {key: one for key, one in before.contests.items() if key in refused and key not in after.contests}
            after = replace(after, contests=kept | dict(after.contests), elections=after.elections or before.elections)
        changes = changes_between(before, after, refused, self._setting) if before is not None else {}

        def draft_of(contests: Sequence[str]) -> list[str]:
            told = [key for key in changes if key is None or key in contests]
            return [line for key in told for line in changes[key]]

        await self._store.keep(
            source, after, draft_of if changes else None, lambda lines: feed_changed(source, lines, self._setting)
        )

    async def _elections(self, source: Source) -> dict[str, str]:
        """Return the elections that a source's site lists, as a mapping from id to name.

        The result is empty if the site has no list, or the list can't be read.
        """
        site = site_at(source.url or "")
        if site is None or site.catalogue is None:
            return {}
        catalogue = source.model_copy(update={"format": "readings", "url": site.catalogue, "also": ()})
        try:
            answer = await Feed(catalogue, self._session_of(source), self._box).body()
            listed = await read_elections(self._box, site, answer)
        except TallydeskError:
            return {}
        return {one.id: str(one) for one in listed if not one.is_test}


def contents_of(desk: Desk, source: Source, readings: Iterable[Reading]) -> dict[str, ListedContest]:
    """Return the names that a source's readings give to contests and candidates, by contest id.

    Only contests in the desk file are included.
    """
    found: dict[str, ListedContest] = {}
    for reading in readings:
        if (contest := desk.contest_with_key(source.id, reading.contest)) is not None:
            names = {key: (reading.names or {}).get(key, key) for key in reading.votes}
            found[contest.id] = ListedContest(name=reading.contest_name or reading.contest, candidates=names)
    return found
