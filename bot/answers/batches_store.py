"""Queries that read batches for /since, /history and /chart, and no more rows than the answers show."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.count.change import Change
from bot.database.database import Store, from_micros, to_micros
from bot.tally.standing_store import SERIES_TO_SHOW

ALL_DRAWN = 1000
"""The most batches that a chart draws in full.

If there are more, the chart draws every second, third and so on, and each lead change.
"""

_CHANGES = f"""FROM series s JOIN readings r ON r.series = s.id AND r.verdict = 'accepted'
JOIN changes c ON c.reading = r.id WHERE s.id = {SERIES_TO_SHOW}"""


@dataclass(frozen=True, slots=True)
class BatchPosition:
    """The place of a batch in its series, at which another page of a list of batches starts."""

    as_of: int
    """The batch's time, in microseconds since 1970."""
    reading: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A change of votes, with its number among the batches of its series."""

    place: BatchPosition
    number: int
    """The batch's number in its series, from 1."""
    change: Change


@dataclass(frozen=True, slots=True)
class MarginPoint:
    """The margin and the votes in a series at one time, as a point of a chart."""

    as_of: datetime
    leader: str
    margin: int
    lead_changed: bool
    votes: Mapping[str, int]
    """The votes by candidate id."""


@dataclass(frozen=True, slots=True)
class UnitBatch:
    """The votes that a reporting unit added in one change, negative if its votes fell."""

    as_of: datetime
    votes: int


class BatchStore(Store):
    """Queries for batches: between two times, page by page, and for a chart."""

    async def batches(self, contest: str, source: str, at: datetime) -> int:
        """Return how many batches a series had up to a time."""
        row = await self._database.row(
            f"SELECT c.batches {_CHANGES} AND r.as_of <= ? ORDER BY r.as_of DESC, r.id DESC LIMIT 1",
            (contest, source, to_micros(at)),
        )
        return int(row[0]) if row else 0

    async def last(
        self, contest: str, source: str, at: datetime, most: int, *, after: datetime | None = None
    ) -> list[Batch]:
        """Return the last `most` batches of a series up to `at`, newest first.

        If `after` is given, only later batches are returned.
        """
        since = -1 if after is None else to_micros(after)
        return await self._batches(
            "AND r.as_of <= ? AND r.as_of > ? ORDER BY r.as_of DESC, r.id DESC",
            (contest, source, to_micros(at), since, most),
        )

    async def lead_change(self, contest: str, source: str, at: datetime, after: datetime) -> Batch | None:
        """Return the last lead change after `after` and up to `at`, or None.

        The first votes of a series are no lead change.
        """
        found = await self._batches(
            """AND r.as_of <= ? AND r.as_of > ? AND c.kind IN ('lead_change', 'revision')
               AND json_extract(c.body, '$.lead_changed')
               AND json_extract(c.body, '$.new_votes') IS NOT json_extract(c.body, '$.total')
               ORDER BY r.as_of DESC, r.id DESC""",
            (contest, source, to_micros(at), to_micros(after), 1),
        )
        return found[0] if found else None

    async def older(self, contest: str, source: str, than: BatchPosition, most: int) -> list[Batch]:
        """Return the last batches of a series before the batch at `than`, at most `most` of them, newest first."""
        where = "AND r.as_of <= ? AND (r.as_of, r.id) < (?, ?) ORDER BY r.as_of DESC, r.id DESC"
        return await self._batches(where, (contest, source, than.as_of, than.as_of, than.reading, most))

    async def newer(self, contest: str, source: str, than: BatchPosition, most: int) -> list[Batch]:
        """Return the next batches of a series after the batch at `than`, at most `most` of them, newest first."""
        where = "AND r.as_of >= ? AND (r.as_of, r.id) > (?, ?) ORDER BY r.as_of, r.id"
        found = await self._batches(where, (contest, source, than.as_of, than.as_of, than.reading, most))
        return found[::-1]

    async def nearest(self, contest: str, source: str, margin: int, at: datetime) -> Batch | None:
        """Return the batch with the margin nearest to `margin`, or None if no batch has a margin.

        Only batches up to `at` are searched. If several are equally near, the newest is returned.
        """
        found = await self._batches(
            """AND r.as_of <= ? AND c.margin IS NOT NULL AND json_extract(c.body, '$.total') > 0
               ORDER BY abs(c.margin - ?), r.as_of DESC, r.id DESC""",
            (contest, source, to_micros(at), margin, 1),
        )
        return found[0] if found else None

    async def points(self, contest: str, source: str, at: datetime, after: datetime | None) -> list[MarginPoint]:
        """Return the margins of a series up to `at`, oldest first.

        If `after` is given, only later margins are returned. More than `ALL_DRAWN` margins are thinned out evenly.
        Readings without votes have no margin, and the first votes are no lead change.
        """
        since = to_micros(after) if after else -1
        number = await self.batches(contest, source, at) - (await self.batches(contest, source, after) if after else 0)
        every = max(1, -(-number // ALL_DRAWN))
        rows = await self._database.rows(
            f"""SELECT r.as_of, c.leader, c.margin, json_extract(c.body, '$.lead_changed')
                  AND json_extract(c.body, '$.new_votes') IS NOT json_extract(c.body, '$.total'),
                  json_extract(r.body, '$.votes') {_CHANGES} AND c.moved
                AND r.as_of <= ? AND r.as_of > ? AND c.margin IS NOT NULL
                AND (c.margin > 0 OR json_extract(c.body, '$.total') > 0)
                AND (c.batches % ? = 0 OR c.kind IN ('lead_change', 'first', 'revision') OR r.id = s.accepted)
                ORDER BY r.as_of, r.id LIMIT 20000""",
            (contest, source, to_micros(at), since, every),
        )
        return [
            MarginPoint(from_micros(as_of), leader, margin, bool(changed), json.loads(votes))
            for as_of, leader, margin, changed, votes in rows
        ]

    async def unit_batch(self, contest: str, source: str, unit: str, at: datetime) -> UnitBatch | None:
        """Return the votes that a unit last added up to a time, or None. `unit` is the source's name for the unit."""
        row = await self._database.row(
            f"""SELECT r.as_of, u.votes FROM series s JOIN unit_changes u ON u.series = s.id AND u.unit = ?3
               JOIN readings r ON r.id = u.reading AND r.as_of <= ?4
               WHERE s.id = {SERIES_TO_SHOW} ORDER BY u.reading DESC LIMIT 1""",
            (contest, source, unit, to_micros(at)),
        )
        return UnitBatch(from_micros(row[0]), row[1]) if row else None

    async def unit_moved(self, contest: str, source: str, unit: str, after: datetime, at: datetime) -> tuple[int, int]:
        """Return the votes that a reporting unit added after `after` and up to `at`, and in how many updates."""
        row = await self._database.row(
            f"""SELECT coalesce(sum(u.votes), 0), count(*) FROM series s
               JOIN unit_changes u ON u.series = s.id AND u.unit = ?3
               JOIN readings r ON r.id = u.reading AND r.verdict = 'accepted' AND r.as_of > ?4 AND r.as_of <= ?5
               WHERE s.id = {SERIES_TO_SHOW}""",
            (contest, source, unit, to_micros(after), to_micros(at)),
        )
        return (row[0], row[1]) if row else (0, 0)

    async def units(self, contest: str, source: str) -> list[str]:
        """Return the reporting units that ever changed in a series, by the source's names for them."""
        rows = await self._database.rows(
            f"""WITH RECURSIVE one (unit) AS (
                 SELECT (SELECT min(unit) FROM unit_changes WHERE series = {SERIES_TO_SHOW})
                 UNION ALL
                 SELECT (SELECT min(u.unit) FROM unit_changes u WHERE u.unit > one.unit AND u.series = {SERIES_TO_SHOW})
                 FROM one WHERE one.unit IS NOT NULL)
               SELECT unit FROM one WHERE unit IS NOT NULL""",
            (contest, source),
        )
        return [unit for (unit,) in rows]

    async def _batches(self, where: str, values: tuple[object, ...]) -> list[Batch]:
        rows = await self._database.rows(
            f"SELECT r.as_of, r.id, c.batches, c.body {_CHANGES} AND c.moved {where} LIMIT ?", values
        )
        return [
            Batch(BatchPosition(as_of, reading), number, Change.model_validate_json(body))
            for as_of, reading, number, body in rows
        ]
