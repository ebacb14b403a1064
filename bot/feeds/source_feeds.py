"""Each source of the desk file with the feed that knows how to ask it.

One at several addresses is a `SeveralFeed`: each is asked only for news, and they are told together.
"""

from collections.abc import Mapping
from datetime import datetime

import aiohttp

from bot.box.box import Box
from bot.desk.desk_file import Source
from bot.feeds.fetch import Feed, FeedError, FetchedAnswer, Marks, News
from bot.feeds.formats import AP, CLARITY_DETAIL, CLARITY_SUMMARY, is_one_answer
from bot.feeds.reader import Refusal


class SeveralFeed(Feed):
    """Asks the source's `url` and those of `also`, one after the other."""

    def __init__(self, source: Source, session: aiohttp.ClientSession, box: Box) -> None:
        """Ask `source` through `session`, and read its answers in `box`."""
        super().__init__(source, session, box)
        self._answers: dict[str, FetchedAnswer] = {}
        """The newest of each address."""
        self._told: dict[str, frozenset[tuple[str, str]]] = {}
        """What readings each address has, where each has its own."""

    def forget(self) -> None:
        """Take the next answers for news."""
        super().forget()
        self._answers.clear()
        self._told.clear()

    async def _ask(self, now: datetime) -> News | None:
        new: dict[str, FetchedAnswer] = {}
        failed: dict[str, FeedError] = {}
        for address in self._addresses:
            try:
                if (answer := await self._newer(address)) is not None:
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
        return await self._each(new, failed, now)

    @property
    def _addresses(self) -> tuple[str, ...]:
        return (self._url, *self.source.also)

    async def _newer(self, address: str) -> FetchedAnswer | None:
        """Return what an address answers, None where it answers what it answered before."""
        before = self._answers.get(address)
        answer = await self._get(address, before.marks if before else Marks())
        return None if answer is None or (before is not None and answer.body == before.body) else answer

    async def _each(self, new: Mapping[str, FetchedAnswer], failed: Mapping[str, FeedError], now: datetime) -> News:
        """Read what is new by itself; what the other addresses had still stands, and one that fails costs no other."""
        found = {address: await self._read(answer, address, now) for address, answer in new.items()}
        standing = frozenset[tuple[str, str]]().union(
            *(told for address, told in self._told.items() if address not in found and address not in failed)
        )
        self._told |= {address: news.covered for address, news in found.items()}
        return News(
            tuple(reading for news in found.values() for reading in news.readings),
            tuple(
                [refusal for news in found.values() for refusal in news.refusals]
                + [Refusal(str(error).removeprefix(f"{self.source.id}: "), "") for error in failed.values()]
            ),
            standing,
            tuple(key for news in found.values() for key in news.unvoted),
        )


# What asks only some sites is loaded for a desk that has one.
# ruff: noqa: PLC0415


def feed_of(source: Source, session: aiohttp.ClientSession, box: Box) -> Feed:
    """Return the feed that asks `source` through `session` and reads its answers in `box`."""
    if source.format == AP:
        from bot.feeds.ap.feed import ApFeed

        return ApFeed(source, session, box)
    if source.also:
        return SeveralFeed(source, session, box)
    if source.format in (CLARITY_SUMMARY, CLARITY_DETAIL):
        from bot.feeds.clarity.feed import ClarityFeed

        return ClarityFeed(source, session, box)
    return Feed(source, session, box)
