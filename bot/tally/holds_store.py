"""Holds in the database: the held readings, the notices that ask about them, and how each hold ended.

When newer figures are held, they are added below a notice's own (`report_newer`). The notice's first figures and buttons do
not change, so that nobody presses a button about figures they have not read. When a hold is settled, all its notices are
edited in the same transaction.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Self

from pydantic_core import to_json as encode

from bot.count.judgement import DROPPED, POSTED, HoldReason, is_based_on_posted
from bot.count.reading import Reading
from bot.database.database import Database, Row, fetch, from_micros, moment, to_micros
from bot.outbox.approval_store import update_questions
from bot.outbox.approval_words import Decision
from bot.outbox.follow_up_store import latest_card
from bot.outbox.notices_store import NoticePost
from bot.outbox.outbox import PostingStore
from bot.outbox.proposals_store import drop_asked, expire_undo, undoable_proposals
from bot.outbox.rows import COLUMNS, OutboxRow, Post, TopicRow, post_of
from bot.outbox.rows_store import read_post
from bot.outbox.states import State
from bot.outbox.threads_store import is_public
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_edit, drop_row, replace_pending_edit
from bot.tally.holds_words import HELD_NOW_LABEL, HeldReading, HoldState, PostedHold
from bot.wording.card import Button, Card, Note, lines

_HELD = """
SELECT s.contest, s.source, s.count, h.reason, h.since, h.deadline, s.id, w.ask_at, r.body, a.body
FROM holds h JOIN series s ON s.id = h.series JOIN readings r ON r.id = h.reading JOIN readings a ON a.id = s.accepted
LEFT JOIN hold_waits w ON (w.server, w.series, w.since) = (?, h.series, h.since)
WHERE h.settled_at IS NULL AND EXISTS (SELECT 1 FROM follows f WHERE f.server = ? AND f.contest = s.contest)
ORDER BY h.since, h.id
"""

OTHERS = """
SELECT a.body FROM series s JOIN readings a ON a.id = s.accepted
WHERE s.contest = ? AND s.count = ? AND s.source <> ? ORDER BY a.as_of DESC LIMIT 3
"""
"""Other sources' accepted readings of the same count, the newest three."""

REVISIONS = """
SELECT r.body FROM readings r JOIN changes c ON c.reading = r.id AND c.kind = 'revision'
WHERE r.series = ? AND r.verdict = 'accepted' AND r.id > ? AND r.id <= ? ORDER BY r.id
"""
"""A series' revisions after one reading, up to another."""

_LET_THROUGH = """
SELECT s.id, s.contest, s.source, s.count, h.reason, h.since, h.deadline, h.settled_at, h.settled_by, h.settled_in,
  r.body, b.body, h.reading, s.accepted
FROM series s JOIN holds h ON h.series = s.id AND h.outcome = ?
JOIN changes c ON c.reading = h.reading JOIN readings r ON r.id = h.reading JOIN readings b ON b.id = c.before
WHERE s.contest IN (SELECT f.contest FROM follows f WHERE f.server = ?)
ORDER BY h.settled_at DESC LIMIT 100
"""


@dataclass(frozen=True, slots=True)
class EndedHold:
    """A hold that ends in this transaction, and the new text of its notices."""

    series: int
    since: datetime
    outcome: str
    said: Callable[[int, bool, bool], str]
    """Returns the headline of a notice. Takes its server, whether its channel is public, and whether it had buttons."""
    undo: tuple[int, Button] | None = None
    """(server, button): the server whose desk ended the hold, and the Undo button for that server's notices. None for no
    button.
    """


@dataclass(frozen=True, slots=True)
class HoldNotice(TopicRow):
    """The hold that a notice is about. It stays the same when a newer reading is held."""

    INSERT: ClassVar[str] = "INSERT INTO hold_notices (post, series, since) VALUES (?, ?, ?)"

    series: int
    since: datetime

    def values(self) -> tuple[object, ...]:
        """Return the values for `INSERT`, without the post's id."""
        return (self.series, to_micros(self.since))

    @classmethod
    def of(cls, connection: sqlite3.Connection, post: int) -> Self | None:
        """Return the hold that a post is about, or None."""
        rows = fetch(connection, "SELECT series, since FROM hold_notices WHERE post = ?", (post,))
        return cls(rows[0][0], from_micros(rows[0][1])) if rows else None


@dataclass(frozen=True, slots=True)
class NewerHeld:
    """A hold that gets newer figures in this transaction, and the line to add to its notices."""

    series: int
    since: datetime
    said: str
    """The line with the figures that are held now."""


def hold_key(series: int, since: datetime) -> str:
    """Return the key of a hold: its series and start. It stays the same when a newer reading is held."""
    return f"{series}:{to_micros(since)}"


def held_key(series: int, since: datetime, reading: Reading) -> str:
    """Return the key with which a button identifies a held reading: the key of its hold and a digest of its figures.

    The reading's id would not do: after a backup is restored, another reading can get the same id.
    """
    figures = encode([sorted(reading.votes.items()), reading.total])
    return f"{hold_key(series, since)}:{hashlib.sha256(figures).hexdigest()[:16]}"


def report_ended(tx: Tx, ended: EndedHold) -> None:
    """Edit the notices of a hold to report how it ended, and remove their buttons (see `EndedHold.undo` for Undo).

    Notices that are not sent yet, or await Publish, are dropped.
    """
    key = (ended.series, to_micros(ended.since))
    tx.execute("DELETE FROM hold_waits WHERE series = ? AND since = ?", key)
    asked = tx.rows(
        "SELECT id FROM proposals WHERE kind = 'hold' AND body ->> 'hold' = ? AND state = 'asked'",
        (hold_key(ended.series, ended.since),),
    )
    drop_asked(tx, [proposal for (proposal,) in asked])
    for notice in notices(tx.connection, ended.series, ended.since):
        post = notice.post
        if not notice.is_pending:
            own = ended.undo is not None and notice.asked and ended.undo[0] == post.server
            buttons = (ended.undo[1],) if ended.undo and own else ()
            said = lines(ended.said(post.server, notice.public, notice.asked))
            edit_notice(tx, notice, replace(notice.card, head=said, blocks=(), notes=(), buttons=buttons))
            continue
        drop_row(tx.connection, post.id, State.PENDING, ended.outcome)
        drop_edit(tx.connection, post.id, ended.outcome)
    _outdate(tx, ended)


def _outdate(tx: Tx, ended: EndedHold) -> None:
    """Drop the notices that await Publish, and note that in the approval questions about them."""
    waiting = tx.rows(
        """SELECT o.id FROM hold_notices n JOIN outbox o ON o.id = n.post
           WHERE n.series = ? AND n.since = ? AND o.action = 'post' AND o.state = 'awaiting'""",
        (ended.series, to_micros(ended.since)),
    )
    for (key,) in waiting:
        drop_row(tx.connection, key, State.AWAITING, ended.outcome)
        if (post := read_post(tx.connection, key)) is not None:
            update_questions(tx, post, Decision("outdated", why="those figures are no longer held"))


def report_newer(tx: Tx, newer: NewerHeld) -> None:
    """Add the newest figures to a hold's notices that show figures, without changing their buttons."""
    for notice in notices(tx.connection, newer.series, newer.since):
        if notice.card.blocks:  # it shows figures
            others = (note for note in notice.so_far.notes if note.name != HELD_NOW_LABEL)
            card = replace(notice.so_far, notes=(Note(HELD_NOW_LABEL, newer.said), *others))
            edit_notice(tx, notice, card, buttons=False)


def remove_expired_undo(tx: Tx) -> None:
    """Remove the Undo button from notices of holds that can no longer be undone."""
    over = dict.fromkeys(json.loads(body)["hold"] for kind, body in expire_undo(tx) if kind == "hold")
    again = {json.loads(body)["hold"] for body in undoable_proposals(tx, "hold")}  # decided anew since
    for series, since in (map(int, hold.split(":")) for hold in over if hold not in again):
        decided = "SELECT 1 FROM holds WHERE series = ? AND since = ? AND outcome IN (?, ?) LIMIT 1"
        for notice in notices(tx.connection, series, from_micros(since)):
            still = tx.rows(decided, (series, since, POSTED, DROPPED))
            if still and notice.asked and not notice.is_pending:
                edit_notice(tx, notice, replace(notice.so_far, buttons=()))


async def held_in(database: Database, server: int) -> list[HeldReading]:
    """Return the readings that are now on hold in the contests that a server follows, the oldest hold first."""
    found = []
    rows = await database.rows(_HELD, (server, server))
    for contest, source, count, reason, began, deadline, series, ask_at, body, accepted in rows:
        since, reading = from_micros(began), Reading.model_validate_json(body)
        found.append(
            HeldReading(
                contest=contest,
                source=source,
                count=count,
                reason=HoldReason(reason),
                since=since,
                deadline=from_micros(deadline),
                key=held_key(series, since, reading),
                ask_at=moment(ask_at),
                figures=(reading, Reading.model_validate_json(accepted)),
                others=tuple(stored_readings(await database.rows(OTHERS, (contest, count, source)))),
            )
        )
    return found


def stored_readings(rows: Iterable[Row]) -> list[Reading]:
    """Parse the readings that are in the first column of `rows`, as JSON."""
    return [Reading.model_validate_json(row[0]) for row in rows]


class HoldStore(PostingStore):
    """Reads holds, and stores that a desk pressed Wait. Each method is one transaction or query."""

    async def state(self, series: int, since: datetime, server: int) -> HoldState | None:
        """Return the state of a hold, as far as `server` may know it. None if there is no such hold.

        None also if the server does not follow the hold's contest.
        """
        row = await self._database.row(
            """SELECT s.contest, s.source, s.count, h.settled_at, h.outcome, h.settled_by, h.settled_in, w.ask_at
               FROM holds h JOIN series s ON s.id = h.series
               LEFT JOIN hold_waits w ON (w.server, w.series, w.since) = (?, h.series, h.since)
               WHERE h.series = ? AND h.since = ? AND EXISTS (
                 SELECT 1 FROM follows f WHERE f.server = ? AND f.contest = s.contest)
               ORDER BY h.id DESC LIMIT 1""",
            (server, series, to_micros(since), server),
        )
        if row is None:
            return None
        contest, source, count, settled, outcome, by, where, ask_at = row
        own = by if where == server else None
        return HoldState(
            contest=contest,
            source=source,
            count=count,
            since=since,
            settled_at=moment(settled),
            outcome=outcome,
            settled_by=own,
            settled_in=where,
            ask_at=moment(ask_at),
        )

    async def held(self, server: int) -> list[HeldReading]:
        """Return the readings that are now on hold in the contests that a server follows, the oldest hold first."""
        return await held_in(self._database, server)

    async def posted_holds(self, server: int) -> list[PostedHold]:
        """Return the held readings that a desk posted and that are still the basis of a count, newest first.

        Only contests that the server follows are included.
        """
        found = []
        rows = await self._database.rows(_LET_THROUGH, (POSTED, server))
        for series, contest, source, count, reason, began, deadline, at, by, where, body, was, key, accepted in rows:
            before = Reading.model_validate_json(was)
            revised = stored_readings(await self._database.rows(REVISIONS, (series, key, accepted)))
            if is_based_on_posted(before, revised):
                since, reading = from_micros(began), Reading.model_validate_json(body)
                hold = HeldReading(
                    contest,
                    source,
                    count,
                    HoldReason(reason),
                    since,
                    from_micros(deadline),
                    held_key(series, since, reading),
                    figures=(reading, before),
                )
                found.append(PostedHold(hold, from_micros(at), by if where == server else None, where))
        return found

    async def last_decided(self, contest: str) -> tuple[int, datetime] | None:
        """Return the hold that an editor decided last in a contest, as (series, when it began), or None."""
        row = await self._database.row(
            """SELECT h.series, h.since FROM series s JOIN holds h ON h.series = s.id AND h.settled_at IS NOT NULL
               WHERE s.contest = ? AND h.settled_by IS NOT NULL ORDER BY h.settled_at DESC, h.id DESC LIMIT 1""",
            (contest,),
        )
        return (row[0], from_micros(row[1])) if row else None

    async def shown(self, key: str, series: int, since: datetime) -> Reading | None:
        """Return the reading with this `held_key` in a hold. None if it is not among the hold's newest 100."""
        rows = await self._database.rows(
            """SELECT r.body FROM holds h JOIN readings r ON r.id = h.reading
               WHERE h.series = ? AND h.since = ? ORDER BY h.id DESC LIMIT 100""",
            (series, to_micros(since)),
        )
        readings = (Reading.model_validate_json(body) for (body,) in rows)
        return next((reading for reading in readings if held_key(series, since, reading) == key), None)

    async def wait(self, series: int, since: datetime, server: int, who: str, ask_at: datetime, words: str) -> bool:
        """Store that a server's desk is asked again about a hold at `ask_at`. Returns False if the hold has ended.

        Args:
            series: the series of the hold.
            since: when the hold began.
            server: the server whose desk waits.
            who: who pressed Wait, for the audit log.
            ask_at: when to ask again.
            words: the note to add to the hold's notices.
        """

        def work(tx: Tx) -> bool:
            key = (series, to_micros(since))
            if not tx.rows("SELECT 1 FROM holds WHERE series = ? AND since = ? AND settled_at IS NULL", key):
                return False
            before = tx.rows(
                "SELECT ask_at FROM hold_waits WHERE server = ? AND series = ? AND since = ?",
                (server, *key),
            )
            tx.execute(
                """INSERT INTO hold_waits (server, series, since, ask_at, waited_by) VALUES (?, ?, ?, ?, ?)
                   ON CONFLICT DO UPDATE SET ask_at = excluded.ask_at, waited_by = excluded.waited_by""",
                (server, *key, to_micros(ask_at), who),
            )
            was = from_micros(before[0][0]).isoformat() if before else None
            after = {"hold": hold_key(series, since), "ask_at": ask_at.isoformat()}
            tx.audit(server, who, "hold wait", None, was, after)
            for notice in notices(tx.connection, series, since):
                if notice.post.server == server and not notice.public and not notice.is_pending:
                    newer = tuple(note for note in notice.so_far.notes if note.name == HELD_NOW_LABEL)
                    card = replace(notice.card, notes=newer).with_note("waits", words)
                    edit_notice(tx, notice, card, buttons=False)
            return True

        return await self._outbox.write(work)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of a hold, sent or still in the outbox."""

    post: Post
    card: Card
    """The card with which the notice was posted."""
    so_far: Card
    """The card after the notice's last edit, whether sent or still in the outbox."""
    public: bool
    """True if the notice's channel is public."""

    @property
    def is_pending(self) -> bool:
        """True if no attempt to send the notice was made yet."""
        return self.post.state is State.PENDING

    @property
    def asked(self) -> bool:
        """True if the notice was posted with buttons."""
        return bool(self.post.buttons)


def notices(connection: sqlite3.Connection, series: int, since: datetime) -> list[Notice]:
    """Return the notices of a hold, oldest first."""
    rows = fetch(
        connection,
        f"""SELECT {COLUMNS} FROM outbox
           WHERE id IN (SELECT post FROM hold_notices WHERE series = ? AND since = ?)
             AND action = 'post' AND state IN ('pending', 'sending', 'sent') ORDER BY id""",
        (series, to_micros(since)),
    )
    found = []
    for post in map(post_of, rows):
        if post.card is not None:
            so_far = latest_card(connection, post) or post.card
            found.append(Notice(post, post.card, so_far, is_public(connection, post.channel)))
    return found


def edit_notice(tx: Tx, notice: Notice, card: Card, *, buttons: bool = True) -> None:
    """Edit a notice to show `card`. With `buttons` False its present buttons stay.

    An edit of the notice that is still in the outbox is changed in place.
    """
    edit = OutboxRow.edit(notice.post, card, from_micros(tx.wall), NoticePost.name, buttons=buttons)
    edit = replace(edit, contest=None, source=None)  # a mute of the source holds no word about it
    if replace_pending_edit(tx.connection, edit):
        tx.wake(notice.post.channel)
    else:
        tx.add([edit])
