"""The outbox in the database: what waits for each channel, and what becomes of it."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.cards.draft import Draft
from bot.count.change import Change
from bot.count.reading import Reading
from bot.store.database import Database, fetch, from_micros
from bot.store.merging import WAITED, to_merge
from bot.store.outbox_state import Event, State, moved
from bot.store.post import COLUMNS, Post, Span, post_of

Compose = Callable[[Span], Draft | None]
"""Makes the words of a post; None where the desk file no longer has its contest."""


REPEATED = "the source repeated it"
"""How a hold ended whose reading the source has shown for long enough."""

log = structlog.get_logger()


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

    async def claim(self, channel: int, compose: Compose) -> Post | None:
        """Take up the oldest post that waits for a channel; return it as it was before but worded, or None.

        What has waited too long is merged first. The words are made now and kept, so that the post is sent
        unchanged however often it has to be tried. A post whose time has not come yet is returned unclaimed, with
        `next` in the future: nothing behind it may overtake it.
        """

        def work(connection: sqlite3.Connection) -> Post | None:
            now = self.now()
            while (post := _oldest(connection, channel, now)) is not None:
                if post.next is not None and post.next > now:
                    return post
                worded = post if post.content is not None else _word(connection, post, compose)
                if worded is not None:
                    _mark_claimed(connection, post, now)
                    return worded
            return None

        return await self._database.transact(work)

    async def settle(self, post: Post, event: Event, *, message: int | None = None, why: str | None = None) -> None:
        """Say what became of a claimed post: its message's id, or why there is none."""
        state = moved(State.SENDING, event)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE outbox SET state = ?, message = ?, why = ? WHERE id = ?", (state, message, why, post.id)
            )

        await self._database.transact(work)

    async def defer(self, post: Post, until: int, why: str, event: Event = Event.DEFERRED) -> None:
        """Put a claimed post off until a time of the wall clock, in microseconds.

        `event` DECLINED: it was surely not taken, and is as if it had never been attempted.
        """
        state = moved(State.SENDING, event)

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE outbox SET state = ?, wall_next = ?, why = ? WHERE id = ?", (state, until, why, post.id)
            )
            if event is Event.DECLINED:
                connection.execute("UPDATE outbox SET wall_attempted = NULL, wall_last = NULL WHERE id = ?", (post.id,))

        await self._database.transact(work)


_WAITING = f"""SELECT {COLUMNS} FROM outbox INDEXED BY outbox_open
               WHERE channel = ? AND state IN ('pending', 'sending') ORDER BY id"""  # noqa: S608 - names of columns


def _oldest(connection: sqlite3.Connection, channel: int, now: int) -> Post | None:
    """Return the oldest post that waits, after merging what has waited too long."""
    rows = fetch(connection, f"{_WAITING} LIMIT 1", (channel,))
    oldest = post_of(rows[0]) if rows else None
    if oldest is None or now - oldest.created <= WAITED:
        return oldest
    waiting = [post_of(row) for row in fetch(connection, _WAITING, (channel,))]
    for run in to_merge(waiting, now):
        _merge(connection, run)
    return post_of(fetch(connection, f"{_WAITING} LIMIT 1", (channel,))[0])


def _merge(connection: sqlite3.Connection, run: list[Post]) -> None:
    """Let the newest post of a run tell of all that the run tells of; it keeps its number."""
    newest = run[-1]
    connection.executemany(
        "UPDATE outbox SET state = ?, superseded_by = ? WHERE id = ?",
        [(moved(post.state, Event.MERGED), newest.id, post.id) for post in run[:-1]],
    )
    connection.execute(
        "UPDATE outbox SET from_reading = ?, kind = 'margin', content = NULL, wall_next = ? WHERE id = ?",
        (run[0].from_reading, max((post.next for post in run if post.next), default=None), newest.id),
    )


def _word(connection: sqlite3.Connection, post: Post, compose: Compose) -> Post | None:
    """Make a post's words and keep them; return None, and fail it, where there is nothing to say them about."""
    why, draft = "the desk file no longer has its contest or source", None
    try:
        span = _span(connection, post)
        draft = compose(span) if span else None
    except sqlite3.Error:
        raise  # the database's trouble, not the post's
    except Exception as error:
        log.exception("a post's words could not be made, and it is left out", number=post.number, channel=post.channel)
        why = f"its words could not be made: {error!r}"
    if draft is None:
        connection.execute(
            "UPDATE outbox SET state = ?, why = ? WHERE id = ?", (moved(post.state, Event.REFUSED), why, post.id)
        )
        return None
    content = draft.content(post.number)
    connection.execute(
        "UPDATE outbox SET kind = ?, content = ?, embeds = ?, quiet = ? WHERE id = ?",
        (draft.kind, content, draft.embeds_json(), int(draft.quiet), post.id),
    )
    embeds = tuple(dict(embed) for embed in draft.embeds)
    return replace(post, kind=draft.kind, content=content, embeds=embeds, quiet=draft.quiet)


def _mark_claimed(connection: sqlite3.Connection, post: Post, now: int) -> None:
    connection.execute(
        """UPDATE outbox SET state = ?, attempts = attempts + 1, wall_next = NULL,
           wall_attempted = coalesce(wall_attempted, ?), wall_last = ? WHERE id = ?""",
        (moved(post.state, Event.CLAIMED), now, now, post.id),
    )


def _span(connection: sqlite3.Connection, post: Post) -> Span | None:
    """Return what a post tells of."""
    if post.series is None or post.to_reading is None:
        return None
    ((source, contest),) = fetch(connection, "SELECT source, contest FROM series WHERE id = ?", (post.series,))
    ((end,),) = fetch(connection, "SELECT body FROM readings WHERE id = ?", (post.to_reading,))
    start = fetch(
        connection,
        "SELECT r.body, c.leader FROM readings r JOIN changes c ON c.reading = r.id WHERE r.id = ?",
        (post.from_reading,),
    )
    changes = fetch(
        connection,
        # By time, for which there is an index; accepted readings of a series come in order of both.
        """SELECT c.body FROM readings s, readings e
           JOIN readings r ON r.series = e.series AND r.verdict = 'accepted' AND r.as_of BETWEEN s.as_of AND e.as_of
           JOIN changes c ON c.reading = r.id
           WHERE s.id = ? AND e.id = ? AND r.id > s.id AND r.id <= e.id ORDER BY r.id""",
        (post.from_reading, post.to_reading),
    )
    return Span(
        post.kind,
        source,
        contest,
        from_micros(post.news_at),
        from_micros(post.news_at if post.checked_at is None else post.checked_at),
        Reading.model_validate_json(start[0][0]) if start else None,
        start[0][1] if start else None,
        Reading.model_validate_json(end),
        tuple(Change.model_validate_json(body) for (body,) in changes),
        _held_for(connection, post),
    )


def _held_for(connection: sqlite3.Connection, post: Post) -> float | None:
    """Return how long the hold lasted that ended when the post was caused, in seconds."""
    rows = fetch(
        connection,
        "SELECT settled_at - since FROM holds WHERE series = ? AND settled_at = ? AND outcome = ?",
        (post.series, post.news_at, REPEATED),
    )
    return rows[0][0] / 1_000_000 if rows and post.kind == "revision" else None
