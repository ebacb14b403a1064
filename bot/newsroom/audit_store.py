"""The audit of a server, by pages: who did what, when and why."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.database.database import Store, from_micros
from bot.follows.levels import Sees

A_PAGE = 8

_COLUMNS = """
SELECT id, at, who, what, why, before, after,
       (SELECT e.channel FROM schedule_entries e WHERE e.id = audit.entry),
       (SELECT json_group_array(DISTINCT o.channel) FROM outbox o
        WHERE o.server = audit.server AND o.action = 'post'
          AND o.number = CASE WHEN json_valid(audit.after) THEN audit.after ->> '$.number' END),
       (SELECT e.after ->> '$.entry' FROM audit e
        WHERE audit.what = 'statement' AND e.server = audit.server AND e.at = audit.at AND e.what = 'entry entered'
          AND e.id > audit.id ORDER BY e.id LIMIT 1),
       (SELECT json_group_array(json_array(n.after ->> '$.number', n.after ->> '$.channel')) FROM audit n
        WHERE audit.what = 'statement' AND n.server = audit.server AND n.at = audit.at AND n.what = 'source added'
          AND n.id > audit.id AND NOT EXISTS (
            SELECT 1 FROM audit m WHERE m.server = n.server AND m.at = n.at AND m.what = 'statement'
              AND m.id > audit.id AND m.id < n.id))
FROM audit"""

_WHERE = """
WHERE server = ? AND what <> 'source added' AND NOT (what = 'entry entered' AND EXISTS (
  SELECT 1 FROM audit s WHERE s.server = audit.server AND s.at = audit.at AND s.what = 'statement' AND s.who = audit.who))"""
"""SQL of a row an act: of figures that somebody entered, of which there are several, that of the figures."""


@dataclass(frozen=True, slots=True)
class Audited:
    """A row of the audit: who did what, when and why."""

    id: int
    at: datetime
    who: str
    what: str
    why: str | None
    before: str | None
    after: str | None
    """JSON, as before."""
    bound_to: int | None = None
    """The channel to which the event is bound that it is about."""
    posted_in: tuple[int, ...] = ()
    """The channels of the post that it is about."""
    entry: int | None = None
    """Of figures: the entry that they are of; None: they came without one."""
    added_to: tuple[tuple[int, int], ...] = ()
    """Of figures: the posts (number, channel) to which their source was added."""

    def is_seen(self, sees: Sees) -> bool:
        """Return whether who asks may know of it: they see each channel that it names, and one of those of its post."""
        named = {*_channels(self.what, self.before), *_channels(self.what, self.after), self.bound_to} - {None}
        return all(sees(channel) for channel in named if channel) and (
            not self.posted_in or any(map(sees, self.posted_in))
        )


def _channels(what: str, value: str | None) -> Iterator[int]:
    """Yield the channels that a value of the audit names."""
    kept = json.loads(value) if value is not None else None
    yield from _in(kept) if what != "desk channel" else ([kept] if isinstance(kept, int) else [])


def _in(kept: object) -> Iterator[int]:
    if isinstance(kept, list):
        for one in kept:
            yield from _in(one)
    elif isinstance(kept, dict):
        for key, one in kept.items():
            if key in ("channel", "desk_channel") and isinstance(one, int):
                yield one
            else:
                yield from _in(one)


class AuditStore(Store):
    """Reads the audit."""

    async def page(
        self, server: int, *, before: int | None = None, after: int | None = None
    ) -> tuple[list[Audited], bool, bool]:
        """Return a page of a server's audit, the newest first, and whether there are newer and older rows.

        `before`: the rows before this one. `after`: those after it. Neither: the newest.
        """
        if after is not None:
            rows = await self._database.rows(
                f"{_COLUMNS} {_WHERE} AND id > ? ORDER BY id LIMIT {A_PAGE}", (server, after)
            )
            rows.reverse()
        else:
            rows = await self._database.rows(
                f"{_COLUMNS} {_WHERE} AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT {A_PAGE}",
                (server, before, before),
            )
        found = [
            Audited(
                key,
                from_micros(at),
                who,
                what,
                why,
                was,
                is_now,
                bound_to,
                tuple(json.loads(posted)),
                entry,
                tuple((number, channel) for number, channel in json.loads(added)),
            )
            for key, at, who, what, why, was, is_now, bound_to, posted, entry, added in rows
        ]
        if not found:
            return [], False, False
        newer = await self._database.row(f"SELECT 1 FROM audit {_WHERE} AND id > ? LIMIT 1", (server, found[0].id))
        older = await self._database.row(f"SELECT 1 FROM audit {_WHERE} AND id < ? LIMIT 1", (server, found[-1].id))
        return found, newer is not None, older is not None
