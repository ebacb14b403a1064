"""What posts say of other sources' margins: the comparison in a post, and the relations that channels were told."""

import json
import sqlite3
from dataclasses import dataclass
from typing import ClassVar, Self

from bot.count.statement import Figure, Statement
from bot.database.database import fetch, to_micros
from bot.outbox.rows import TopicRow
from bot.wording.card import StatedMargin


@dataclass(frozen=True, slots=True)
class Comparison(TopicRow):
    """A post's comparison of another source's margin with the margin of the leading source.

    The other source's margin comes from its feed or from a statement.
    """

    INSERT: ClassVar[str] = "INSERT INTO comparisons (post, statement, confirms, figure) VALUES (?, ?, ?, ?)"

    statement: int | None = None
    """The statement's id; None if the margin comes from the source's feed."""
    confirms: int | None = None
    """The id of the desk's entry that the source now confirms, or None."""
    figure: Figure | None = None
    """Which figure of that entry is confirmed."""

    def values(self) -> tuple[object, ...]:
        """Return the values for `INSERT`, without the post's id."""
        return (self.statement, self.confirms, self.figure)

    @classmethod
    def of(cls, connection: sqlite3.Connection, post: int) -> Self | None:
        """Return the comparison in a post, by the post's outbox id. None if the post compares nothing."""
        rows = fetch(connection, "SELECT statement, confirms, figure FROM comparisons WHERE post = ?", (post,))
        return cls(*rows[0]) if rows else None


def valid_statement(connection: sqlite3.Connection, key: int | None) -> Statement | None:
    """Return the statement with the id `key`. None if it was retracted or is outdated.

    A statement is outdated if its source has stated another margin for the same count since.
    """
    rows = fetch(
        connection,
        """SELECT s.body FROM statements s WHERE s.id = ?1 AND s.retracted_at IS NULL AND NOT EXISTS (
             SELECT 1 FROM statements n WHERE n.server IS s.server AND n.contest = s.contest AND n.source = s.source
               AND n.retracted_at IS NULL AND json_extract(n.body, '$.margin') IS NOT NULL
               AND json_extract(n.body, '$.count') IS json_extract(s.body, '$.count')
               AND (n.body ->> 'leader', n.body ->> 'margin') IS NOT (s.body ->> 'leader', s.body ->> 'margin')
               AND (n.as_of, n.id) > (s.as_of, s.id))""",
        (key,),
    )
    return Statement.model_validate_json(rows[0][0]) if rows else None


def margin_stated_in(connection: sqlite3.Connection, post: int | None, source: str) -> tuple[int, int, str, int] | None:
    """Return the margin of a source that a post states, as (outbox id, number, leader, margin).

    None if the post states no margin from that source.
    """
    rows = fetch(connection, "SELECT id, number, states FROM outbox WHERE id = ? AND states IS NOT NULL", (post,))
    if not rows:
        return None
    key, number, states = rows[0]
    for stated in (StatedMargin(*one) for one in json.loads(states)):
        if stated.source == source and stated.leader is not None and stated.margin is not None:
            return key, number, stated.leader, stated.margin
    return None


def statement_of(connection: sqlite3.Connection, key: int | None) -> Statement | None:
    """Return a statement by its id, or None."""
    rows = fetch(connection, "SELECT body FROM statements WHERE id = ?", (key,))
    return Statement.model_validate_json(rows[0][0]) if rows else None


def strike_relations(connection: sqlite3.Connection, server: int, key: int, statement: Statement) -> None:
    """Strike the stored comparisons of a statement's source in a server's channels. `key` is the statement's id.

    Nothing is struck if the statement has no margin, or if its source has stated a newer margin.
    """
    if statement.margin is None:
        return
    connection.execute(
        """UPDATE relations SET struck = ?6 WHERE source = ?1 AND count = ?2 AND struck IS NULL
             AND follow IN (SELECT id FROM follows WHERE server = ?3 AND contest = ?4)
             AND NOT EXISTS (
               SELECT 1 FROM statements s WHERE s.server = ?3 AND s.contest = ?4 AND s.source = ?1 AND s.as_of > ?5
                 AND s.retracted_at IS NULL AND json_extract(s.body, '$.margin') IS NOT NULL)""",
        (statement.source, statement.count, server, statement.contest, to_micros(statement.as_of), key),
    )


def unstrike_relations(connection: sqlite3.Connection, key: int) -> None:
    """Restore what `strike_relations` struck because of the statement with the id `key`."""
    connection.execute("UPDATE relations SET struck = NULL WHERE struck = ?", (key,))
