"""The outbox in the database: what waits for each channel, and what becomes of it."""

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cards.draft import Draft
from bot.count.change import Change
from bot.count.reading import Reading
from bot.store.database import Database, Row, fetch
from bot.store.intake import load_gap
from bot.store.outbox_state import Event, State, moved
from bot.store.rows import to_json

MERGEABLE = ("margin", "no_margin_change", "progress", "roll_up")
"""Kinds of post that may be merged; a first reading, a lead change, a revision, a certification never are."""

_COLUMNS = """id, server, channel, number, kind, contest, series, from_reading, to_reading, content, embeds, quiet,
              state, wall_created, wall_attempted, wall_next, attempts"""
_NAMES = (
    "id", "server", "channel", "number", "kind", "contest", "series", "from_reading", "to_reading", "content",
    "embeds", "quiet", "state", "created", "attempted", "next", "attempts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Post:
    """A row of the outbox that is to be sent. Times are the wall clock's, in microseconds."""

    id: int
    server: int
    channel: int
    number: int
    kind: str
    contest: str | None
    series: int | None
    from_reading: int | None
    to_reading: int | None
    content: str
    embeds: tuple[dict[str, Any], ...]
    quiet: bool
    state: State
    created: int
    attempted: int | None
    """When it was first attempted; None: never."""
    next: int | None
    attempts: int

    @property
    def mergeable(self) -> bool:
        """True if it was never attempted and its kind may be merged."""
        return self.state is State.PENDING and self.kind in MERGEABLE


@dataclass(frozen=True, slots=True)
class Span:
    """What a merged post covers: from one reading of a series to another, and the changes between."""

    source: str
    contest: str
    start: Reading
    end: Reading
    changes: tuple[Change, ...]


class OutboxStore:
    """What waits, and what becomes of it; each method is one transaction."""

    def __init__(self, database: Database, wall: Callable[[], float] = time.time) -> None:
        """Use `database`; `wall` is the wall clock, in seconds."""
        self._database = database
        self._wall = wall

    def now(self) -> int:
        """Return the wall clock's time in microseconds."""
        return int(self._wall() * 1_000_000)

    async def installation(self) -> str:
        """Return the id of this installation, which every nonce carries."""
        row = await self._database.row("SELECT id FROM installation")
        return str(row[0]) if row else ""

    async def channels(self) -> list[int]:
        """Return the channels for which something waits."""
        rows = await self._database.rows(
            "SELECT DISTINCT channel FROM outbox INDEXED BY outbox_open WHERE state IN ('pending', 'sending')"
        )
        return [row[0] for row in rows]

    async def sent_as(self, message: int) -> tuple[str, int] | None:
        """Return (kind, number) of the post that became a message, or None."""
        row = await self._database.row("SELECT kind, number FROM outbox WHERE message = ?", (message,))
        return (row[0], row[1]) if row else None

    async def waiting(self, channel: int) -> list[Post]:
        """Return what waits for a channel, oldest first."""
        return await _waiting(self._database.rows, channel)

    async def claim(self, channel: int) -> Post | None:
        """Take up the oldest post that waits for a channel; return it as it was before, or None.

        A post whose time has not come yet is returned unclaimed, with `next` in the future: nothing behind
        it may overtake it.
        """

        def work(connection: sqlite3.Connection) -> Post | None:
            rows = fetch(connection, f"{_WAITING} LIMIT 1", (channel,))
            if not rows:
                return None
            post, now = _post(rows[0]), self.now()
            if post.next is None or post.next <= now:
                connection.execute(
                    """UPDATE outbox SET state = ?, attempts = attempts + 1, wall_next = NULL,
                       wall_attempted = coalesce(wall_attempted, ?) WHERE id = ?""",
                    (moved(post.state, Event.CLAIMED), now, post.id),
                )
            return post

        return await self._database.transact(work)

    async def settle(self, post: Post, event: Event, *, message: int | None = None, why: str | None = None) -> None:
        """Say what became of a claimed post: its message's id, or why there is none."""
        state = moved(State.SENDING, event)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE outbox SET state = ?, message = ?, why = ? WHERE id = ?", (state, message, why, post.id)
            )

        await self._database.transact(work)

    async def defer(self, post: Post, until: int, why: str) -> None:
        """Put a claimed post off until a time of the wall clock, in microseconds."""
        state = moved(State.SENDING, Event.DEFERRED)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE outbox SET state = ?, wall_next = ?, why = ? WHERE id = ?", (state, until, why, post.id)
            )

        await self._database.transact(work)

    async def merge(self, posts: Sequence[Post], compose: Callable[[Span], Draft | None]) -> bool:
        """Merge posts of one series in one channel into the newest of them; return whether it was done.

        `compose` makes the words of the whole span. Nothing is done if any of them was attempted meanwhile.
        """

        def work(connection: sqlite3.Connection) -> bool:
            ids = [post.id for post in posts]
            still = fetch(
                connection,
                "SELECT count(*) FROM outbox WHERE state = 'pending' AND id IN (SELECT value FROM json_each(?))",
                (to_json(ids),),
            )
            span = _span(connection, posts) if still[0][0] == len(ids) else None
            draft = compose(span) if span else None
            if draft is None:
                return False
            newest = posts[-1]
            connection.executemany(
                "UPDATE outbox SET state = ?, superseded_by = ? WHERE id = ?",
                [(moved(post.state, Event.MERGED), newest.id, post.id) for post in posts[:-1]],
            )
            connection.execute(
                "UPDATE outbox SET from_reading = ?, kind = ?, content = ?, embeds = ?, quiet = ? WHERE id = ?",
                (
                    posts[0].from_reading,
                    draft.kind,
                    draft.content(newest.number),
                    draft.embeds_json(),
                    int(draft.quiet),
                    newest.id,
                ),
            )
            return True

        return await self._database.transact(work)


_WAITING = f"""SELECT {_COLUMNS} FROM outbox INDEXED BY outbox_open
               WHERE channel = ? AND state IN ('pending', 'sending') ORDER BY id"""  # noqa: S608 - names of columns


async def _waiting(rows: Callable[[str, Sequence[Any]], Any], channel: int) -> list[Post]:
    return [_post(row) for row in await rows(_WAITING, (channel,))]


def _post(row: Row) -> Post:
    values = dict(zip(_NAMES, row, strict=True))
    values["embeds"] = tuple(json.loads(values["embeds"]))
    values["quiet"] = bool(values["quiet"])
    values["state"] = State(values["state"])
    return Post(**values)


def _span(connection: sqlite3.Connection, posts: Sequence[Post]) -> Span | None:
    first, last = posts[0], posts[-1]
    if first.series is None or first.from_reading is None or last.to_reading is None:
        return None
    ((source, contest),) = fetch(connection, "SELECT source, contest FROM series WHERE id = ?", (first.series,))
    gap = load_gap(connection, first.series, first.from_reading, last.to_reading)
    ((body,),) = fetch(connection, "SELECT body FROM readings WHERE id = ?", (last.to_reading,))
    return Span(source, contest, gap.start, Reading.model_validate_json(body), tuple(gap.changes))
