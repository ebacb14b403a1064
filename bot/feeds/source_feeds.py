"""Chooses the `Feed` class for each source in the desk file, and polls sources that have several addresses."""

from collections.abc import Mapping
from datetime import datetime

import aiohttp

from bot.box.box import Box
from bot.desk.desk_file import Source
from bot.feeds.fetch import Feed, FeedError, FetchedAnswer, News, Validators
from bot.feeds.formats import AP, CLARITY_DETAIL, CLARITY_SUMMARY, is_one_answer
from bot.feeds.reader import Refusal


class MultiAddressFeed(Feed):
    """A poller of a source's `url` and the addresses in `also`, which returns their news together."""

    def __init__(self, source: Source, session: aiohttp.ClientSession, box: Box) -> None:
        """Create a poller of `source`.

        Requests go through `session`, and answers are read in a worker process of `box`.
        """
        super().__init__(source, session, box)
        self._answers: dict[str, FetchedAnswer] = {}
        """The latest answer of each address."""
        self._covered: dict[str, frozenset[tuple[str, str]]] = {}
        """(contest, count) of the readings at each address, for formats in which each address has its own contests."""

    def forget(self) -> None:
        """Treat the next answer of every address as new."""
        super().forget()
        self._answers.clear()
        self._covered.clear()

    async def _ask(self, now: datetime) -> News | None:
        new: dict[str, FetchedAnswer] = {}
        failed: dict[str, FeedError] = {}
        for address in self._addresses:
            try:
                if (answer := await self._new_answer(address)) is not None:
                    new[address] = answer
            except FeedError as error:
                if is_one_answer(self._format):
                    raise
                failed[address] = error
        if failed and len(failed) == len(self._addresses):
            raise failed[self._url]
        if not new and not failed:
            return None
        self._answers |= new
        if is_one_answer(self._format):
            main, *others = (self._answers[address] for address in self._addresses)
            return await self._read(main, self._url, now, tuple(other.body for other in others))
        return await self._read_each(new, failed, now)

    @property
    def _addresses(self) -> tuple[str, ...]:
        return (self._url, *self.source.also)

    async def _new_answer(self, address: str) -> FetchedAnswer | None:
        """Return the answer from an address; None if it is the same as last time."""
        before = self._answers.get(address)
        answer = await self._get(address, before.validators if before else Validators())
        return None if answer is None or (before is not None and answer.body == before.body) else answer

    async def _read_each(
        self, new: Mapping[str, FetchedAnswer], failed: Mapping[str, FeedError], now: datetime
    ) -> News:
        """Read each new answer.

        Readings from unchanged addresses stay valid, and a failing address causes only a refusal.
        """
        found = {address: await self._read(answer, address, now) for address, answer in new.items()}
        unchanged = frozenset[tuple[str, str]]().union(
            *(covered for address, covered in self._covered.items() if address not in found and address not in failed)
        )
        self._covered |= {address: news.covered for address, news in found.items()}
        return News(
            tuple(reading for news in found.values() for reading in news.readings),
            tuple(
                [refusal for news in found.values() for refusal in news.refusals]
                + [Refusal(str(error).removeprefix(f"{self.source.id}: "), "") for error in failed.values()]
            ),
            unchanged,
            tuple(key for news in found.values() for key in news.no_votes_yet),
        )


# Feeds for particular sites are imported only if the desk file has such a source.
# ruff: noqa: PLC0415


def feed_of(source: Source, session: aiohttp.ClientSession, box: Box) -> Feed:
    """Return the feed for `source`.

    Its requests go through `session`, and answers are read in a worker process of `box`.
    """
    if source.format == AP:
        from bot.feeds.ap.feed import ApFeed

        return ApFeed(source, session, box)
    if source.also:
        return MultiAddressFeed(source, session, box)
    if source.format in (CLARITY_SUMMARY, CLARITY_DETAIL):
        from bot.feeds.clarity.feed import ClarityFeed

        return ClarityFeed(source, session, box)
    return Feed(source, session, box)
