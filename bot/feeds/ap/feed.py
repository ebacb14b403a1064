"""Ask the AP Elections API: once for everything, and from then on by the link that each answer gives for the next.

The link (`nextrequest`) leads to the races in which something has changed since; where nothing has, the answer is the
next link alone. Each is used as it is, never rebuilt, and only in memory: after a restart everything is asked for
again. What comes is merged into the state that is kept here. `isTruncated` means that more is to be had at once.
(developer.ap.org: Elections.htm, Optimizing_API_Requests, Elections_Response_Data_Elements, Working_with_Query_Quotas.)
"""

import asyncio
import io
from datetime import date, datetime
from typing import Any, TypeAlias

import aiohttp
from yarl import URL

from bot.count.reading import Reading
from bot.desk.desk_file import Source
from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.ap.reader import (
    ApAnswer,
    Race,
    answer_of,
    is_test,
    key_of,
    parsed_race,
    race_key_refusal,
    read_race,
    test_refusal,
)
from bot.feeds.fetch import Feed, FeedError, FeedRefusedError, FetchedAnswer, News
from bot.feeds.reader import ReaderContext, Refusal, quoted

MOST_AT_ONCE = 20
"""Requests in a row while answers are truncated; what is left is asked for at the next poll."""


MOST_RACES = 20_000


_Told: TypeAlias = tuple[ApAnswer, list[Any]]
"""(an answer; its races, as JSON has them, or the BadInputError in place of one that can't be parsed)"""


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

    def __init__(self, source: Source, session: aiohttp.ClientSession) -> None:
        """Ask `source` through `session`."""
        super().__init__(source, session)
        self._races: dict[str, Race] = {}
        """What AP has said of each race, by its key."""
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
                told, answer = await self._answer_of_ap()
                strangers += self._merge(told)
                self._marks = answer.marks
                if told[0].head.get("isTruncated") is not True:
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

    async def _answer_of_ap(self) -> tuple[_Told, FetchedAnswer]:
        """Return the next answer.

        Raises:
            _NothingNewError: AP says so to a request by its marks.
            FeedError: it can't be had, or is none.

        """
        address = self._next or URL(self._url)
        answer = await self._get(address, self._marks if self._next is None else None)
        if answer is None:
            raise _NothingNewError
        try:
            told = await asyncio.to_thread(_taken_apart, answer.body)
        except BadInputError as error:
            raise FeedRefusedError(f"{self.source.id}: {self.shown(address)}: {error}") from None
        return told, answer

    def _merge(self, answer: _Told) -> list[Refusal]:
        """Take an answer into the state; return refusals of what no race can be made of."""
        told, races = answer
        link = self._link(told.head.get("nextrequest"))
        if told.head.get("isTruncated") is True and link is None:
            raise FeedRefusedError(
                f"{self.source.id}: {self.shown(self._url)} is truncated, and gives no link on this site to the rest"
            )
        if self._next is None:
            self._races = {}
        strangers, tests = [], 0
        self._day = told.day or self._day
        for number, race in enumerate(races, start=1):
            key = key_of(race)
            if is_test(race, told.head) and not self.takes_test():
                tests += 1
                continue
            if key is None:
                strangers.append(race_key_refusal(number, race, self.shown(self._url)))
                continue
            self._races[key] = _merged(self._races.get(key), race)
            self._untold.add(key)
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
        context = ReaderContext(self.shown(self._url), now, "received", self.source.id)
        races = {key: self._races[key] for key in self._races if key in self._untold}
        items = await asyncio.to_thread(
            lambda: {key: read_race(key, race, self._day, context) for key, race in races.items()}
        )
        readings, refusals = [], strangers
        for key, item in items.items():
            before = self._shown.pop(key, None)
            if isinstance(item, Reading):
                self._shown[key] = item
                readings.append(item)
            elif item is None and before is not None:
                what = f"shows no votes any more, where it had {before.counted}"
                refusals.append(Refusal(context.name, what, key, before.contest_name))
            elif item is not None:
                refusals.append(item)
        self._untold = set()
        standing = frozenset((one.contest, one.count) for key, one in self._shown.items() if key not in items)
        return News(tuple(readings), tuple(refusals), standing)


def _taken_apart(body: bytes) -> _Told:
    """Return an answer and its races."""
    told = answer_of(strict_json.read_document(io.BytesIO(body)))
    return told, [parsed_race(words) for words in told.races]


class _NothingNewError(Exception):
    """AP has nothing new."""


def _merged(before: Race | None, race: Race) -> Race:
    """Return a race with what has changed in it: a unit that comes again replaces the one before as a whole.

    As a whole, since a winner's mark that is missing has been taken back.
    """
    units = race.get("reportingUnits")
    if before is None or not isinstance(units, list) or not isinstance(before.get("reportingUnits"), list):
        return race
    kept = {_unit_key(unit): unit for unit in before["reportingUnits"]}
    return before | race | {"reportingUnits": [*(kept | {_unit_key(unit): unit for unit in units}).values()]}


def _unit_key(unit: object) -> str:
    if not isinstance(unit, dict):
        return repr(unit)
    fields = ("level", "statePostal", "reportingunitID", "fipsCode", "reportingunitName")
    return repr([unit.get(field) for field in fields])
