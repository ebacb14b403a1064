"""The sources that agree with a post (`agreements`), which are listed on its card.

An edit adds or removes a source. Each edit starts from the post's original card, so taking an entry back restores the
card. A post that is not sent yet is edited once it is sent.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Self, TypeAlias

from bot.count.statement import Figure, Statement
from bot.database.database import Row, fetch, from_micros, to_micros
from bot.outbox.follow_up_store import latest_card
from bot.outbox.rows import COLUMNS, OutboxRow, TopicRow, post_of
from bot.outbox.states import State
from bot.outbox.threads_store import is_public
from bot.outbox.tx import Tx
from bot.tally.other_sources_words import with_line_below
from bot.wording.card import StatedMargin

AgreeingLine: TypeAlias = Callable[[Sequence[tuple[str, datetime]]], str]
"""A function that returns a card's line about agreeing sources. Its argument has (source's id, as of when) in the
order in which the sources were added.
"""

_GOES_OUT = ("pending", "awaiting", "sending", "doubtful", "sent")
"""The states of a post that is in its channel, or may still arrive."""


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


def add_source_to_posts(
    tx: Tx,
    server: int,
    who: str,
    statement: Statement,
    key: int,
    posts: Mapping[int, int],
    agreeing_line_of: AgreeingLine,
) -> bool:
    """Add a statement's source to a server's posts (channel → number) with the same margin.

    `key` is the statement's id, `who` is the editor for the audit log, and `agreeing_line_of` returns the text of the
    line. Returns True if a sent post is edited. A source is added only once to a post, and never to a post about its
    own margin. Posts in public channels are not edited, since an editor publishes every text in them.
    """
    edited = False
    for channel, number in posts.items():
        rows = tx.rows(
            f"""SELECT id FROM outbox WHERE server = ? AND number = ? AND channel = ?
                AND action = 'post' AND state IN {_GOES_OUT} AND source <> ? ORDER BY id DESC LIMIT 1""",
            (server, number, channel, statement.source),
        )
        for (post,) in rows:
            fresh = tx.execute(
                "INSERT INTO agreements (post, source, server, statement, as_of) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (post, statement.source, server, key, to_micros(statement.as_of)),
            ).rowcount
            if fresh:
                after = {"number": number, "channel": channel, "source": statement.source}
                tx.audit(server, who, "source added", statement.contest, after=after)
                edited |= edit_agreeing_line(tx, post, agreeing_line_of)
    return edited


def copy_agreements(connection: sqlite3.Connection, old: int, new: int) -> None:
    """Move the list of agreeing sources from a post's old outbox row to its new one."""
    connection.execute("UPDATE agreements SET post = ? WHERE post = ?", (new, old))


def forget_relations(connection: sqlite3.Connection, server: int, statement: Statement) -> list[Row]:
    """Delete the stored comparisons of a statement's source in a server's channels. Returns the deleted rows.

    Nothing is deleted if the statement has no margin, or if its source has stated a newer margin.
    """
    if statement.margin is None:
        return []
    return fetch(
        connection,
        """DELETE FROM relations WHERE source = ?1 AND count = ?2
             AND follow IN (SELECT id FROM follows WHERE server = ?3 AND contest = ?4)
             AND NOT EXISTS (
               SELECT 1 FROM statements s WHERE s.server = ?3 AND s.contest = ?4 AND s.source = ?1 AND s.as_of > ?5
                 AND s.retracted_at IS NULL AND json_extract(s.body, '$.margin') IS NOT NULL)
           RETURNING follow, source, count, relation, posted_leader, posted_margin""",
        (statement.source, statement.count, server, statement.contest, to_micros(statement.as_of)),
    )


def remember_relations(connection: sqlite3.Connection, known: Iterable[Row]) -> None:
    """Restore the rows that `forget_relations` returned, except where there are newer rows."""
    connection.executemany(
        """INSERT INTO relations (follow, source, count, relation, posted_leader, posted_margin)
           SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM follows WHERE id = ?1) ON CONFLICT DO NOTHING""",
        known,
    )


def remove_source_from_posts(tx: Tx, statement: int, agreeing_line_of: AgreeingLine) -> bool:
    """Remove the source of a statement from the lists of agreeing sources on posts.

    Returns True if a sent post is edited.
    """
    posts = tx.rows("SELECT post FROM agreements WHERE statement = ?", (statement,))
    tx.execute("DELETE FROM agreements WHERE statement = ?", (statement,))
    edited = False
    for (post,) in posts:
        edited |= edit_agreeing_line(tx, post, agreeing_line_of, gone=True)
    return edited


def agreements_of(connection: sqlite3.Connection, statement: int) -> list[Row]:
    """Return the agreements that a statement added to posts, as rows for `restore_source_on_posts`."""
    return fetch(
        connection, "SELECT post, source, server, statement, as_of FROM agreements WHERE statement = ?", (statement,)
    )


def restore_source_on_posts(tx: Tx, rows: Iterable[Row], agreeing_line_of: AgreeingLine) -> None:
    """Restore sources that `remove_source_from_posts` had removed from posts, and edit the posts. `rows`: see `agreements_of`."""
    for row in rows:
        tx.execute("INSERT INTO agreements VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
        edit_agreeing_line(tx, row[0], agreeing_line_of)


def edit_agreeing_line(tx: Tx, post: int, agreeing_line_of: AgreeingLine, *, gone: bool = False) -> bool:
    """Edit a sent post to list the sources that agree. Returns True if the post is edited.

    With `gone`, the post is edited even if no agreeing source remains. An unsent post is edited once it is sent.
    Corrected and retracted posts are not edited.
    """
    agreeing = tx.rows("SELECT source, as_of FROM agreements WHERE post = ? ORDER BY statement", (post,))
    rows = tx.rows(
        f"""SELECT {COLUMNS} FROM outbox o WHERE o.id = ? AND o.state = ? AND o.message IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM outbox r WHERE r.about = o.id AND r.action = 'post'
                              AND r.kind IN {tx.kinds.own_words} AND r.state NOT IN ('failed', 'dropped'))""",
        (post, State.SENT),
    )
    told = post_of(rows[0]) if rows and (agreeing or gone) else None
    shown = latest_card(tx.connection, told) if told else None
    if told is None or told.card is None or shown is None or is_public(tx.connection, told.channel):
        return False
    line = agreeing_line_of([(key, from_micros(at)) for key, at in agreeing])
    card = replace(shown, blocks=with_line_below(told.card.blocks, line))
    tx.add([OutboxRow.edit(told, card, from_micros(told.news_at), "statement", blocks=True)])
    return True
