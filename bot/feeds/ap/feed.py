"""Ask the AP Elections API: once for everything, and from then on by the link that each answer gives for the next.

The link (`nextrequest`) leads to the races in which something has changed since; where nothing has, the answer is the
next link alone. Each is used as it is, never rebuilt, and only in memory: after a restart everything is asked for
again. What comes is merged into the state that is kept here. `isTruncated` means that more is to be had at once.
(developer.ap.org: Elections.htm, Optimizing_API_Requests, Elections_Response_Data_Elements, Working_with_Query_Quotas.)
"""

import json
from collections.abc import Sequence
from datetime import date, datetime

import aiohttp
from yarl import URL

from bot.box.box import Box, Job
from bot.count.reading import Reading
from bot.desk.desk_file import Source
from bot.errors import BadInputError
from bot.feeds.answer_parts import WholeAnswer
from bot.feeds.ap.races import ApHead, ApPart, ApRace, AskedRaces
from bot.feeds.ap.reader import test_refusal
from bot.feeds.fetch import Feed, FeedError, FeedRefusedError, FetchedAnswer, News
from bot.feeds.reader import Refusal, quoted

MOST_AT_ONCE = 20
"""Requests in a row while answers are truncated; what is left is asked for at the next poll."""

MOST_RACES = 20_000

TRIES = 3
"""Failures in a row after which a link is given up and everything is asked for again."""


class ApFeed(Feed):
    """The AP Elections API, for the races that the source's address asks for."""

    _next: URL | None = None
    """The link for the next request, as it came; None: ask for everything."""
    _day: date | None = None
    """The election's."""
    _failures = 0
    """In a row, since the last answer."""

    def __init__(self, source: Source, session: aiohttp.ClientSession, box: Box) -> None:
        """Ask `source` through `session`, and read its answers in `box`."""
        super().__init__(source, session, box)
        self._races: dict[str, tuple[str, ...]] = {}
        """What AP has said of each race, by its key: texts of JSON, in order."""
        self._untold: set[str] = set()
        """Races of which something came that nobody has taken in."""
        self._shown: dict[str, Reading] = {}
        """Each race's last reading; of those that have one."""

    def forget(self) -> None:
        """Tell all of it again with the next answer: the last one was not taken in. The link still holds."""
        super().forget()
        self._untold = set(self._races)

    async def _ask(self, now: datetime) -> News | None:
        strangers: list[Refusal] = []
        try:
            for _ in range(MOST_AT_ONCE):
                head, races, answer = await self._answer_of_ap()
                strangers += self._merge(head, races)
                self._marks = answer.marks
                if not head.is_truncated:
                    break
        except FeedError as error:
            self._count_failure(error)
            raise
        except _NothingNewError:
            pass
        self._failures = 0
        if not self._untold and not strangers:
            return None
        return await self._news(now, strangers)

    async def _answer_of_ap(self) -> tuple[ApHead, Sequence[ApRace], FetchedAnswer]:
        """Return the next answer, taken apart.

        Raises:
            _NothingNewError: AP says so to a request by its marks.
            FeedError: it can't be had, or is none.

        """
        address = self._next or URL(self._url)
        answer = await self._get(address, self._marks if self._next is None else None)
        if answer is None:
            raise _NothingNewError
        text = self.shown(address)
        job = Job("ap answer", text, (text.encode(), answer.body))
        try:
            parts = await self._box.read(None, job, ApPart.model_validate_json)
        except BadInputError as error:
            raise FeedRefusedError(f"{self.source.id}: {error}") from None
        head = next(part.head for part in parts if part.head)
        return head, [race for part in parts for race in part.races], answer

    def _merge(self, head: ApHead, races: Sequence[ApRace]) -> list[Refusal]:
        """Take an answer into the state; return refusals of what no race can be made of."""
        link = self._link(head.link)
        if head.is_truncated and link is None:
            raise FeedRefusedError(
                f"{self.source.id}: {self.shown(self._url)} is truncated, and gives no link on this site to the rest"
            )
        if self._next is None:
            self._races = {}
        strangers, tests = [], 0
        self._day = head.day or self._day
        for race in races:
            if race.is_test and not self.takes_test():
                tests += 1
            elif race.refusal is not None:
                strangers.append(race.refusal)
            elif race.key is not None:
                self._races[race.key] = (*self._races.get(race.key, ()), race.words)
                self._untold.add(race.key)
        if len(self._races) > MOST_RACES:
            self._next = None
            raise FeedRefusedError(f"{self.source.id}: {self.shown(self._url)} has more than {MOST_RACES} races")
        self._untold &= self._races.keys()
        self._shown = {key: reading for key, reading in self._shown.items() if key in self._races}
        self._next = link
        return [*strangers, test_refusal(tests, self.shown(self._url))] if tests else strangers

    def _link(self, said: object) -> URL | None:
        """Return the link for the next request; None where everything is asked for again.

        That is where there is none, or where it leads to another site, as from a mirror: it is not followed there.

        Raises:
            FeedError: it is no address.

        """
        if said is None:
            return None
        try:
            link = URL(said, encoded=True) if isinstance(said, str) else URL()
            whole = link.absolute and link.scheme in ("http", "https") and bool(link.host)
            ours = whole and link.origin() == URL(self._url).origin()
        except ValueError:
            whole = ours = False
        if not whole:
            where = self.shown(said) if isinstance(said, str) else quoted(said)
            raise FeedError(f"{self.source.id}: nextrequest is no address: {where}")
        return link if ours else None

    def _count_failure(self, error: FeedError) -> None:
        """Give a link up that does not work; a quota that is used up says nothing against it."""
        self._failures += error.wait is None
        if self._failures >= TRIES:
            self._failures, self._next = 0, None

    async def _news(self, now: datetime, strangers: list[Refusal]) -> News:
        name = self.shown(self._url)
        told = [key for key in self._races if key in self._untold]
        read = await self._read_races(told, name, now)
        self._races |= {key: (words,) for key, words in read.races.items()}
        readings = {one.contest: one for one in read.readings}
        refused = {one.contest for one in read.refusals}
        refusals = [*strangers, *read.refusals]
        for key in told:
            before = self._shown.pop(key, None)
            if (reading := readings.get(key)) is not None:
                self._shown[key] = reading
            elif before is not None and key not in refused:
                what = f"shows no votes any more, where it had {before.counted}"
                refusals.append(Refusal(name, what, key, before.contest_name))
        self._untold = set()
        standing = frozenset((one.contest, one.count) for key, one in self._shown.items() if key not in told)
        unvoted = tuple(key for key in told if key not in readings and key not in refused)
        return News(tuple(read.readings), tuple(refusals), standing, unvoted)

    async def _read_races(self, keys: Sequence[str], name: str, now: datetime) -> WholeAnswer:
        """Return what AP has said of some races, put together and read."""
        asked = AskedRaces(name=name, as_of=now, source=self.source.id, day=self._day)
        races = (json.dumps([key, *self._races[key]]).encode() for key in keys)
        job = Job("ap races", name, (asked.model_dump_json().encode(), *races))
        whole = WholeAnswer()
        try:
            await self._box.read(None, job, whole.take)
        except BadInputError as error:
            raise FeedRefusedError(f"{self.source.id}: {error}") from None
        return whole


class _NothingNewError(Exception):
    """AP has nothing new."""
