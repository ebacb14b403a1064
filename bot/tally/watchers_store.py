"""The tables of watchers: the values that channels know (`watched`), and the news in posts (`watcher_news`)."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from bot.database.database import fetch
from bot.outbox.rows import TopicRow, to_json


@dataclass(frozen=True, slots=True)
class Watched:
    """A row of `watched`: the value of a watcher that a channel knows."""

    SQL: ClassVar[str] = """
    INSERT INTO watched (follow, watcher, series, reading, value) VALUES (:follow, :watcher, :series, :reading, :value)
    ON CONFLICT DO UPDATE SET series = excluded.series, reading = excluded.reading, value = excluded.value
    """

    follow: int
    watcher: str
    series: int
    reading: int
    """The first reading of the series that had the value."""
    value: int


@dataclass(frozen=True, slots=True)
class WatcherNews(TopicRow):
    """A row of `watcher_news`: the news of a watcher in a post."""

    INSERT: ClassVar[str] = "INSERT INTO watcher_news (post, watcher, value) VALUES (?, ?, ?)"

    watcher: str
    value: int

    def values(self) -> tuple[object, ...]:
        """Return the values for `INSERT`, without the post's id."""
        return (self.watcher, self.value)

    @classmethod
    def of(cls, connection: sqlite3.Connection, post: int) -> Self | None:
        """Return the watcher's news in a post, by its outbox id. None if the post has none."""
        rows = fetch(connection, "SELECT watcher, value FROM watcher_news WHERE post = ?", (post,))
        return cls(*rows[0]) if rows else None


def watched_in(connection: sqlite3.Connection, contests: str) -> dict[tuple[int, str], int]:
    """Return the watched values that channels know, by (follow, watcher).

    `contests` is a JSON list of contest ids; only follows of these are included.
    """
    rows = fetch(
        connection,
        """SELECT w.follow, w.watcher, w.value FROM follows f JOIN watched w ON w.follow = f.id
           WHERE f.contest IN (SELECT value FROM json_each(?))""",
        (contests,),
    )
    return {(follow, watcher): value for follow, watcher, value in rows}


def forget_watched(connection: sqlite3.Connection, series: int, gone: Sequence[int]) -> None:
    """Delete the values that channels know from withdrawn readings of a series."""
    connection.execute(
        "DELETE FROM watched WHERE series = ? AND reading IN (SELECT value FROM json_each(?))",
        (series, to_json(list(gone))),
    )
