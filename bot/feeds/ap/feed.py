"""Requests the AP Elections API: everything once, then the link that each answer gives for the next request.

The link (`nextrequest`) returns the races that have changed since, or only another link if none has. It is used unchanged and
kept in memory only: after a restart, or three failures in a row, everything is requested again. Changes are merged into the
races kept here. `isTruncated` means that the next request has more right now.
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
from bot.feeds.ap.races import ApHead, ApPart, ApRace, RacesRequest
from bot.feeds.ap.reader import test_refusal
from bot.feeds.fetch import Feed, FeedError, FeedRefusedError, FetchedAnswer, News
from bot.feeds.reader import Refusal, quoted

MOST_AT_ONCE = 20
"""The most requests in a row while answers are truncated. The rest is left for the next poll."""

MOST_RACES = 20_000

TRIES = 3
"""After this many failures in a row, the link is given up and everything is requested again."""


class ApFeed(Feed):
    """A poller of the AP Elections API, for the races that the source's address selects."""

    _next: URL | None = None
    """The link for the next request, unchanged; None to request everything."""
    _day: date | None = None
    """Election day."""
    _failures = 0
    """Failures in a row."""

    def __init__(self, source: Source, session: aiohttp.ClientSession, box: Box) -> None:
        """Create a poller of `source`.

        Requests go through `session`, and answers are read in a worker process of `box`.
        """
        super().__init__(source, session, box)
        self._races: dict[str, tuple[str, ...]] = {}
        """AP's JSON of each race by its key: the race, then its changes, in order."""
        self._changed: set[str] = set()
        """Keys of races with changes that have not been returned as news yet."""
        self._last_readings: dict[str, Reading] = {}
        """The last reading of each race that has one."""

    def forget(self) -> None:
        """Make the next poll return all races, because the last changes could not be stored.

        The link for the next request does not change, since the races themselves are still in memory.
        """
        super().forget()
        self._changed = set(self._races)

    async def _ask(self, now: datetime) -> News | None:
        bad_races: list[Refusal] = []
        try:
            for _ in range(MOST_AT_ONCE):
                head, races, answer = await self._answer_of_ap()
                bad_races += self._merge(head, races)
                self._validators = answer.validators
                if not head.is_truncated:
                    break
        except FeedError as error:
            self._count_failure(error)
            raise
        except _NothingNewError:
            pass
        self._failures = 0
        if not self._changed and not bad_races:
            return None
        return await self._news(now, bad_races)

    async def _answer_of_ap(self) -> tuple[ApHead, Sequence[ApRace], FetchedAnswer]:
        """Request the next answer. Returns its head, its races, and the answer itself.

        Raises:
            _NothingNewError: AP answered that nothing was modified.
            FeedError: there is no answer, or the answer isn't AP's.

        """
        address = self._next or URL(self._url)
        answer = await self._get(address, self._validators if self._next is None else None)
        if answer is None:
            raise _NothingNewError
        text = self.host_of(address)
        job = Job("ap answer", text, (text.encode(), answer.body))
        try:
            parts = await self._box.read(None, job, ApPart.model_validate_json)
        except BadInputError as error:
            raise FeedRefusedError(f"{self.source.id}: {error}") from None
        head = next(part.head for part in parts if part.head)
        return head, [race for part in parts for race in part.races], answer

    def _merge(self, head: ApHead, races: Sequence[ApRace]) -> list[Refusal]:
        """Merge an answer's races into the stored races. Returns refusals of races that can't be used."""
        link = self._link(head.link)
        if head.is_truncated and link is None:
            raise FeedRefusedError(
                f"{self.source.id}: {self.host_of(self._url)} is truncated, and gives no link on this site to the rest"
            )
        if self._next is None:
            self._races = {}
        bad_races, tests = [], 0
        self._day = head.day or self._day
        for race in races:
            if race.is_test and not self.takes_test():
                tests += 1
            elif race.refusal is not None:
                bad_races.append(race.refusal)
            elif race.key is not None:
                self._races[race.key] = (*self._races.get(race.key, ()), race.words)
                self._changed.add(race.key)
        if len(self._races) > MOST_RACES:
            self._next = None
            raise FeedRefusedError(f"{self.source.id}: {self.host_of(self._url)} has more than {MOST_RACES} races")
        self._changed &= self._races.keys()
        self._last_readings = {key: reading for key, reading in self._last_readings.items() if key in self._races}
        self._next = link
        return [*bad_races, test_refusal(tests, self.host_of(self._url))] if tests else bad_races

    def _link(self, value: object) -> URL | None:
        """Return the link for the next request; None to request everything again.

        The result is None if the answer has no link, or a link to another site (as from a mirror), which is not
        followed.

        Raises:
            FeedError: the link is not an address.

        """
        if value is None:
            return None
        try:
            link = URL(value, encoded=True) if isinstance(value, str) else URL()
            whole = link.absolute and link.scheme in ("http", "https") and bool(link.host)
            ours = whole and link.origin() == URL(self._url).origin()
        except ValueError:
            whole = ours = False
        if not whole:
            where = self.host_of(value) if isinstance(value, str) else quoted(value)
            raise FeedError(f"{self.source.id}: nextrequest is no address: {where}")
        return link if ours else None

    def _count_failure(self, error: FeedError) -> None:
        """Count a failed request, and request all races again after `TRIES` failures.

        A used-up quota is not counted as a failure.
        """
        self._failures += error.wait is None
        if self._failures >= TRIES:
            self._failures, self._next = 0, None

    async def _news(self, now: datetime, bad_races: list[Refusal]) -> News:
        name = self.host_of(self._url)
        changed = [key for key in self._races if key in self._changed]
        read = await self._read_races(changed, name, now)
        self._races |= {key: (words,) for key, words in read.races.items()}
        readings = {one.contest: one for one in read.readings}
        refused = {one.contest for one in read.refusals}
        refusals = [*bad_races, *read.refusals]
        for key in changed:
            before = self._last_readings.pop(key, None)
            if (reading := readings.get(key)) is not None:
                self._last_readings[key] = reading
            elif before is not None and key not in refused:
                what = f"shows no votes any more, where it had {before.counted}"
                refusals.append(Refusal(name, what, key, before.contest_name))
        self._changed = set()
        unchanged = frozenset(
            (one.contest, one.count) for key, one in self._last_readings.items() if key not in changed
        )
        no_votes_yet = tuple(key for key in changed if key not in readings and key not in refused)
        return News(tuple(read.readings), tuple(refusals), unchanged, no_votes_yet)

    async def _read_races(self, keys: Sequence[str], name: str, now: datetime) -> WholeAnswer:
        """Merge each of the races `keys` with its changes, and read the merged races.

        `name` is the name of the answer in error messages. `now` is the time for readings that have no time of their
        own.
        """
        request = RacesRequest(name=name, as_of=now, source=self.source.id, day=self._day)
        races = (json.dumps([key, *self._races[key]]).encode() for key in keys)
        job = Job("ap races", name, (request.model_dump_json().encode(), *races))
        whole = WholeAnswer()
        try:
            await self._box.read(None, job, whole.take)
        except BadInputError as error:
            raise FeedRefusedError(f"{self.source.id}: {error}") from None
        return whole


class _NothingNewError(Exception):
    """Raised if AP answered that nothing was modified."""
