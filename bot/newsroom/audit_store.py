"""Queries that read a server's audit, page by page: who did what, when and why."""

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
          AND e.id > audit.id ORDER BY e.id LIMIT 1)
FROM audit"""

_WHERE = """
WHERE server = ? AND NOT (what = 'entry entered' AND EXISTS (
  SELECT 1 FROM audit s WHERE s.server = audit.server AND s.at = audit.at AND s.what = 'statement' AND s.who = audit.who))"""
"""SQL that selects one row for each action.

Entering figures writes several rows, of which only the row with the figures is read.
"""


@dataclass(frozen=True, slots=True)
class Audited:
    """A row of the audit log, with the related facts that are needed to show it."""

    id: int
    at: datetime
    who: str
    what: str
    why: str | None
    before: str | None
    after: str | None
    """The values after the change as JSON, like `before`."""
    bound_to: int | None = None
    """For a row about an event, the channel that the event belongs to."""
    posted_in: tuple[int, ...] = ()
    """For a row about a post, the channels that the post is in."""
    entry: int | None = None
    """For entered figures, the id of their entry, if they have an entry."""

    def is_seen(self, sees: Sees) -> bool:
        """Return True if the person who asks for the audit may see the row.

        `sees` returns True for channels that this person sees. They have to see every channel that the row names. For
        a row about a post, they also have to see at least one channel that the post is in.
        """
        named = {*_channels(self.what, self.before), *_channels(self.what, self.after), self.bound_to} - {None}
        return all(sees(channel) for channel in named if channel) and (
            not self.posted_in or any(map(sees, self.posted_in))
        )


def _channels(what: str, value: str | None) -> Iterator[int]:
    """Yield the ids of the channels in the values before or after a change.

    `what` is the kind of change, and `value` the values as JSON, both from a row of the audit log.
    """
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
    """Queries that read the audit log of servers."""

    async def page(
        self, server: int, *, before: int | None = None, after: int | None = None
    ) -> tuple[list[Audited], bool, bool]:
        """Return a page of a server's audit log, newest row first.

        Args:
            server: the server.
            before: the id of a row, for the page that is older than this row.
            after: the id of a row, for the page that is newer than this row. Without both, the newest page is returned.

        Returns:
            The rows, True if there are newer rows, and True if there are older rows.
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
            )
            for key, at, who, what, why, was, is_now, bound_to, posted, entry in rows
        ]
        if not found:
            return [], False, False
        newer = await self._database.row(f"SELECT 1 FROM audit {_WHERE} AND id > ? LIMIT 1", (server, found[0].id))
        older = await self._database.row(f"SELECT 1 FROM audit {_WHERE} AND id < ? LIMIT 1", (server, found[-1].id))
        return found, newer is not None, older is not None
