"""A row of the outbox, and what it tells of."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.cards.draft import PostKind
from bot.count.change import Change
from bot.count.reading import Reading
from bot.store.database import Row
from bot.store.outbox_state import State

MERGEABLE = ("margin", "no_margin_change", "progress", "roll_up")
"""Kinds of post that may be merged; a first reading, a lead change, a revision, a certification never are."""

COLUMNS = """id, server, channel, number, kind, contest, series, from_reading, to_reading, content, embeds, quiet,
             news_at, checked_at, state, wall_created, wall_attempted, wall_last, wall_next, attempts"""


@dataclass(frozen=True, slots=True)
class Post:
    """A row of the outbox that is to be sent. `created`, `attempted` and `next` are the wall clock's microseconds."""

    id: int
    server: int
    channel: int
    number: int
    kind: PostKind
    contest: str | None
    series: int | None
    from_reading: int | None
    to_reading: int | None
    content: str | None
    """None: its words have not been made."""
    embeds: tuple[dict[str, Any], ...]
    quiet: bool
    news_at: int
    checked_at: int | None
    """When the source had last been asked by then."""
    state: State
    created: int
    attempted: int | None
    """When it was first attempted; None: never."""
    last: int | None
    """When it was last attempted."""
    next: int | None
    """Not again before then."""
    attempts: int

    @property
    def mergeable(self) -> bool:
        """True if it was never attempted and its kind may be merged."""
        return self.state is State.PENDING and self.kind in MERGEABLE


def post_of(row: Row) -> Post:
    """Return the post in a row of `COLUMNS`."""
    columns = list(row)
    columns[10] = tuple(json.loads(row[10])) if row[10] else ()
    columns[11] = bool(row[11])
    columns[14] = State(row[14])
    return Post(*columns)


@dataclass(frozen=True, slots=True)
class Span:
    """What a post tells of: a series from one reading to another, and the changes between."""

    kind: PostKind
    source: str
    contest: str
    news_at: datetime
    """The news clock's time when the post was caused."""
    checked_at: datetime
    """When the source was last asked by then."""
    start: Reading | None
    """None: the series begins with `end`."""
    led_before: str | None
    """Who led at `start`."""
    end: Reading
    changes: tuple[Change, ...]
    held_for: float | None = None
    """Seconds that a revision was held until the source had repeated it."""
