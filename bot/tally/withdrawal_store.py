"""Undoing an editor's decision on a held reading, within a transaction.

A posted reading is withdrawn together with all later ones, as if the desk had dropped it. `intake.undo_decision` then judges
the later ones again. A reading that was dropped or withdrawn is held again.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from bot.count.judgement import DROPPED, POSTED, UNDONE, Hold, HoldReason, is_based_on_posted
from bot.count.reading import Reading
from bot.database.database import fetch, from_micros, to_micros
from bot.outbox.approval_store import update_questions
from bot.outbox.approval_words import Decision
from bot.outbox.follow_up_store import marked_card
from bot.outbox.rows import Post, to_json
from bot.outbox.rows_store import read_post
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row
from bot.tally.changes_store import ReadingSpan
from bot.tally.holds_store import REVISIONS, EndedHold, report_ended, stored_readings
from bot.tally.holds_words import HELD_AGAIN, JUDGED_AGAIN, Editor, HoldRefusal, Undone, settled_words
from bot.tally.intake_store import SeriesKey
from bot.tally.reported_batches_store import forget_counted
from bot.tally.watchers_store import forget_watched

Undoing = Literal["undo", "withdraw", "again"]
"""`undo`: undo a decision within two minutes. `withdraw`: withdraw a posted reading. `again`: undo a withdrawal, within
two minutes.
"""

_UNDOES: Mapping[Undoing, tuple[str, ...]] = {"undo": (POSTED, DROPPED), "withdraw": (POSTED,), "again": (UNDONE,)}
"""The outcomes of holds that each kind of undoing applies to."""

PostWithMessage = tuple[Post, int | None]
"""A post about a withdrawn reading, and the id of its Discord message, or None if unknown."""


def undo(
    tx: Tx, series: int, since: datetime, server: int, who: str, how: Undoing
) -> tuple[Undone, list[PostWithMessage]]:
    """Undo an editor's decision on the hold of a series that began at `since`. `how`: see `Undoing`.

    A posted reading can be withdrawn from any server whose desk may decide on holds. Only the server that decided can
    undo the decision.

    Returns:
        What was done, and the posts to retract.
    """
    rows = tx.rows(
        """SELECT h.id, h.reading, h.settled_at, h.outcome, h.settled_in, h.reason, h.deadline, r.body,
             s.contest, s.source, s.count
           FROM holds h JOIN readings r ON r.id = h.reading JOIN series s ON s.id = h.series
           WHERE h.series = ? AND h.since = ? ORDER BY h.id DESC LIMIT 1""",
        (series, to_micros(since)),
    )
    if not rows or rows[0][3] not in _UNDOES[how]:
        return Undone("gone"), []
    hold, reading, settled_at, outcome, settled_in, reason, deadline, body, contest, source, count = rows[0]
    held = Reading.model_validate_json(body)
    refused: HoldRefusal = ""
    if how == "withdraw":
        refused = "" if _is_based_on_posted(tx.connection, series, reading) else "left"
    elif settled_in != server:
        refused = "elsewhere"
    if refused:
        return Undone(refused, posted=outcome == POSTED, reading=held), []
    if outcome != POSTED:
        done = _wait_again(tx.connection, series, hold, reading, reason, held)
        if done.refused:
            return done, []
        again = Hold(held, HoldReason(reason), since, from_micros(deadline))
        by = Editor(server, who, newsroom=tx.setting.newsrooms.get(server))
        said = settled_words((source, contest, count), again, HELD_AGAIN, by, tx.setting, tx.now)
        report_ended(tx, EndedHold(series, since, HELD_AGAIN, said))
        return done, []
    later = _withdraw(tx, series, hold, reading, who, server)
    gone, times = [reading, *(key for key, _, _ in later)], [settled_at, *(at for _, at, _ in later)]
    posts = _posts(tx.connection, series, contest, source, gone, times)
    _reset_last_posted(tx.connection, series, gone, posts)
    forget_counted(tx, series, gone)
    _decided_since(tx, series, (source, contest, count), hold, gone)
    for post, _ in posts:
        if post.state in (State.PENDING, State.AWAITING):
            drop_row(tx.connection, post.id, post.state, None, who)
            update_questions(tx, post, Decision("taken back", who, tx.now))
    told = [(post, message) for post, message in posts if post.state not in (State.PENDING, State.AWAITING)]
    done = Undone(
        posted=True,
        reading=held,
        later=tuple(one for _, _, one in later),
        dropped=len(posts) - len(told),
        channels=len({post.channel for post, _ in told}),
    )
    return done, told


def _is_based_on_posted(connection: sqlite3.Connection, series: int, key: int) -> bool:
    """Return True if a series is still based on a reading that a desk posted (see `is_based_on_posted`)."""
    rows = fetch(
        connection,
        """SELECT b.body, s.accepted FROM changes c JOIN readings b ON b.id = c.before JOIN series s ON s.id = ?
           WHERE c.reading = ?""",
        (series, key),
    )
    return any(
        is_based_on_posted(
            Reading.model_validate_json(before), stored_readings(fetch(connection, REVISIONS, (series, key, accepted)))
        )
        for before, accepted in rows
    )


def _wait_again(
    connection: sqlite3.Connection, series: int, hold: int, key: int, reason: str, reading: Reading
) -> Undone:
    newer = fetch(
        connection,
        """SELECT 1 FROM series WHERE id = ? AND accepted > ?
           UNION ALL SELECT 1 FROM holds WHERE series = ? AND id > ?""",
        (series, key, series, hold),
    )
    if newer:
        return Undone("moved on")
    connection.execute(
        "UPDATE holds SET settled_at = NULL, outcome = NULL, settled_by = NULL, settled_in = NULL WHERE id = ?", (hold,)
    )
    connection.execute("UPDATE readings SET verdict = 'held', reason = ? WHERE id = ?", (reason, key))
    return Undone(reading=reading)


def _withdraw(tx: Tx, series: int, hold: int, key: int, who: str, server: int) -> list[tuple[int, int, Reading]]:
    """Reset a series to its state before a posted reading. Returns the later readings as (id, when received, reading).

    `hold` is the id of the hold and `key` that of the posted reading.
    """
    ((before,),) = tx.rows("SELECT before FROM changes WHERE reading = ?", (key,))
    later = [
        (one, at, Reading.model_validate_json(body))
        for one, at, body in tx.rows(
            """SELECT r.id, r.received_at, r.body FROM readings x JOIN readings r
                 ON r.series = x.series AND r.verdict = 'accepted' AND r.as_of >= x.as_of AND r.id > x.id
               WHERE x.id = ?
               UNION ALL
               SELECT r.id, r.received_at, r.body FROM holds h JOIN readings r ON r.id = h.reading
               WHERE h.series = ? AND h.settled_at IS NULL
               ORDER BY 1""",
            (key, series),
        )
    ]
    gone = to_json([key, *(one for one, _, _ in later)])
    tx.execute(
        "UPDATE holds SET outcome = ?, settled_by = ?, settled_in = ?, settled_at = ? WHERE id = ?",
        (UNDONE, who, server, to_micros(tx.now), hold),
    )
    tx.execute(
        "UPDATE holds SET settled_at = ?, outcome = ? WHERE series = ? AND settled_at IS NULL",
        (to_micros(tx.now), JUDGED_AGAIN, series),
    )
    tx.execute(
        """UPDATE readings SET verdict = 'dropped', reason = iif(id = ?, ?, ?)
           WHERE id IN (SELECT value FROM json_each(?))""",
        (key, UNDONE, JUDGED_AGAIN, gone),
    )
    tx.execute("DELETE FROM changes WHERE reading IN (SELECT value FROM json_each(?))", (gone,))
    tx.execute(
        "DELETE FROM unit_changes WHERE series = ? AND reading IN (SELECT value FROM json_each(?))", (series, gone)
    )
    tx.execute(
        """UPDATE series SET accepted = ?1, stood = nullif(stood, ?1),
             leader = (SELECT leader FROM changes WHERE reading = ?1),
             changed_at = (SELECT r.as_of FROM readings r JOIN changes c ON c.reading = r.id AND c.moved
                           WHERE r.series = ?2 AND r.verdict = 'accepted' ORDER BY r.as_of DESC LIMIT 1)
           WHERE id = ?2""",
        (before, series),
    )
    return later


def _posts(
    connection: sqlite3.Connection,
    series: int,
    contest: str,
    source: str,
    gone: Sequence[int],
    times: Sequence[int],
) -> list[PostWithMessage]:
    """Return the posts about withdrawn readings, each with the id of its message.

    `gone` are the ids of the readings. Posts of the series without a span are included if caused at one of the
    `times`.
    """
    of_them = """(o.chain = :series AND (
        s.to_reading IN (SELECT value FROM json_each(:gone))
        OR (s.post IS NULL AND o.news_at IN (SELECT value FROM json_each(:times)))))"""
    values = {
        "series": series,
        "gone": to_json(list(gone)),
        "contest": contest,
        "source": source,
        "times": to_json(list(times)),
    }
    rows = connection.execute(
        f"""SELECT o.id, o.message FROM follows f JOIN outbox o INDEXED BY outbox_told
              ON o.channel = f.channel AND o.contest = f.contest AND o.source = :source AND o.state = 'sent' AND o.action = 'post'
            LEFT JOIN spans s ON s.post = o.id
            WHERE f.contest = :contest AND {of_them}
            UNION
            SELECT o.id, o.message FROM follows f JOIN outbox o INDEXED BY outbox_open
              ON o.channel = f.channel AND o.state IN ('pending', 'sending') AND o.action = 'post'
            LEFT JOIN spans s ON s.post = o.id
            WHERE f.contest = :contest AND {of_them}
            UNION
            SELECT o.id, o.message FROM follows f JOIN outbox o INDEXED BY outbox_awaiting
              ON o.server = f.server AND o.channel = f.channel AND o.state IN ('awaiting', 'doubtful') AND o.action = 'post'
            LEFT JOIN spans s ON s.post = o.id
            WHERE f.contest = :contest AND {of_them}
            ORDER BY 1""",
        values,
    ).fetchall()
    found = ((read_post(connection, key), message) for key, message in rows)
    return [(replace(post, card=marked_card(connection, post)), message) for post, message in found if post is not None]


def _reset_last_posted(
    connection: sqlite3.Connection, series: int, gone: Sequence[int], posts: Sequence[PostWithMessage]
) -> None:
    """Reset each channel's record, and delete the watched values that came from withdrawn readings.

    The record of a channel then has the last reading posted in it that is not withdrawn. `gone` are the ids of the
    withdrawn readings, and `posts` the posts about them.
    """
    first: dict[int, int | None] = {}
    for post, _ in posts:
        if post.chain == series and (span := ReadingSpan.of(connection, post.id)):
            first.setdefault(post.channel, span.from_reading)
    ((accepted, contest),) = fetch(connection, "SELECT accepted, contest FROM series WHERE id = ?", (series,))
    told = fetch(
        connection,
        """SELECT t.follow, f.channel FROM last_posts t JOIN follows f ON f.id = t.follow
           WHERE t.series = ? AND t.reading IN (SELECT value FROM json_each(?))""",
        (series, to_json(list(gone))),
    )
    for follow, channel in told:
        start = first.get(channel, accepted)
        if start is None:
            connection.execute("DELETE FROM last_posts WHERE follow = ? AND series = ?", (follow, series))
            continue
        connection.execute(
            """UPDATE last_posts SET reading = ?1, waiting_since = NULL, due_at = NULL,
                 (leader, margin) = (SELECT leader, margin FROM changes WHERE reading = ?1),
                 number = (SELECT max(o.number) FROM outbox o JOIN spans s ON s.post = o.id AND s.to_reading = ?1
                           WHERE o.channel = ?4 AND o.contest = ?5 AND o.source = (SELECT source FROM series WHERE id = ?3)
                             AND o.state = 'sent' AND o.action = 'post')
               WHERE follow = ?2 AND series = ?3""",
            (start, follow, series, channel, contest),
        )
    connection.execute(
        "UPDATE last_posts SET waiting_since = NULL, due_at = NULL WHERE series = ? AND reading = ?", (series, accepted)
    )
    forget_watched(connection, series, gone)


def _decided_since(tx: Tx, series: int, key: SeriesKey, hold: int, gone: Sequence[int]) -> None:
    """End the holds, open or decided, of readings that came after the withdrawn one.

    `hold` is the id of the withdrawn reading's hold, and `gone` are the ids of all readings that are no longer
    accepted.
    """
    rows = tx.rows(
        """SELECT h.id, h.since, h.deadline, h.reason, r.body FROM holds h JOIN readings r ON r.id = h.reading
           WHERE h.series = ? AND h.outcome IN (?, ?) AND h.id > ? AND h.reading IN (SELECT value FROM json_each(?))""",
        (series, POSTED, JUDGED_AGAIN, hold, to_json(list(gone))),
    )
    for one, began, deadline, reason, body in rows:
        since = from_micros(began)
        tx.execute("UPDATE holds SET outcome = ? WHERE id = ?", (JUDGED_AGAIN, one))
        held = Hold(Reading.model_validate_json(body), HoldReason(reason), since, from_micros(deadline))
        said = settled_words(key, held, JUDGED_AGAIN, None, tx.setting, tx.now)
        report_ended(tx, EndedHold(series, since, JUDGED_AGAIN, said))
