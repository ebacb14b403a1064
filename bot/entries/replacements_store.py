"""Corrections and retractions as they are shown, confirmed, done and undone; each step is one transaction and happens once."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import TypeAdapter

from bot.count.statement import Statement
from bot.database.database import Row, fetch, from_micros, moment, to_micros
from bot.database.forgotten import Person
from bot.entries.corrections_store import (
    CorrectionStore,
    Forgotten,
    Make,
    MakeRetraction,
    Replaced,
    is_retracted,
    mark_withdrawn,
    retracted_with,
    said_before,
)
from bot.entries.corrections_words import Replacement
from bot.entries.drafts_store import in_state
from bot.entries.review_store import answer_question, ask_desk
from bot.errors import BadInputError
from bot.outbox.approval_store import tell_decided
from bot.outbox.approval_words import Decision
from bot.outbox.merging_store import read_post
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.rows import Action, AuditRow, OutboxRow, Post, to_json
from bot.outbox.servers_store import know_server
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row
from bot.outcomes.outcomes_store import write_outcomes
from bot.wording.draft import Draft, Link, address_of
from bot.wording.undo import UNDO_MICROS

STALE = timedelta(minutes=15)
"""A card that is older than this can't be pressed any more: more may have been posted since."""

_FORGOTTEN = TypeAdapter(Forgotten)

_SELECT = """SELECT id, server, user, asked_by, begun_at, kind, number, entry, text, state, decided_at, decided_by, question
             FROM replacements"""


class ReplacementState(StrEnum):
    """How far a correction or a retraction is."""

    SHOWN = "shown"
    """Only who asked for it has seen it."""
    ASKED = "asked"
    """A second person is asked."""
    DONE = "done"
    REJECTED = "rejected"
    UNDONE = "undone"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class StoredReplacement:
    """A row of `replacements`: a correction or a retraction."""

    id: int
    server: int
    user: int
    asked_by: str
    begun_at: datetime
    what: Replacement
    state: ReplacementState
    decided_at: datetime | None
    decided_by: str | None
    question: int | None


@dataclass(frozen=True, slots=True)
class Unreplaced:
    """What undoing a correction or a retraction did."""

    dropped: int = 0
    """How many of its posts were dropped before they were sent."""
    channels: tuple[int, ...] = ()
    """Where it may have been posted: there a new post withdraws it."""
    numbers: tuple[int, ...] = ()
    """Of the posts that it had retracted."""
    again: int = 0
    """How many posts it had dropped that go out after all."""
    overtaken: int = 0
    """How many of those stay unsent, because a later one of their source tells more."""


MakeOf = Callable[[Replacement], tuple[Make, MakeRetraction]]
"""Returns what makes the posts of a correction, and of a retraction."""

MakeBack = Callable[[StoredReplacement, Post, Sequence[int], Link | None], Draft]
"""Makes the post that withdraws a correction, or a retraction of the posts with these numbers."""


class ReplacementStore(PostingStore):
    """Keeps corrections and retractions, from their preview on; each method is one transaction or one query."""

    def __init__(self, outbox: Outbox, corrections: CorrectionStore) -> None:
        """Write through `outbox`; `corrections` carries them out."""
        super().__init__(outbox)
        self._corrections = corrections

    async def begin(
        self, what: Replacement, server: int, user: int, who: str, now: datetime, make: MakeOf
    ) -> tuple[int, Replaced]:
        """Keep what somebody is about to correct or retract; return its id, and what would come of it.

        Raises:
            BadInputError: it can't be done.

        """
        seen = await self._look(what, server, who, make)

        def keep(connection: sqlite3.Connection) -> int:
            know_server(connection, server)
            row = connection.execute(
                """INSERT INTO replacements (server, user, asked_by, begun_at, kind, number, entry, text)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                (server, user, who, to_micros(now), what.kind, what.number, what.entry, what.text),
            )
            return row.lastrowid or 0

        return await self._database.write(keep), seen

    async def look(self, stored: StoredReplacement, make: MakeOf) -> Replaced:
        """Return what it would do now: runs the transaction that does it, and takes it back."""
        return await self._look(stored.what, stored.server, stored.asked_by, make)

    async def _look(self, what: Replacement, server: int, who: str, make: MakeOf) -> Replaced:
        def work(tx: Tx) -> Replaced:
            return self._do(tx, what, AuditRow(tx.now, server, who, what.kind, what.text), make)

        return await self._outbox.rehearse(work)

    async def last(self, server: int, number: int) -> int | None:
        """Return the id of the last one that was begun of a post of a server; None: none was."""
        row = await self._database.row(
            "SELECT id FROM replacements WHERE server = ? AND number = ? ORDER BY begun_at DESC, id DESC LIMIT 1",
            (server, number),
        )
        return row[0] if row else None

    async def read(self, key: int, server: int) -> StoredReplacement:
        """Return a correction or a retraction of a server.

        Raises:
            BadInputError: there is none of that id.

        """
        row = await self._database.row(f"{_SELECT} WHERE id = ? AND server = ?", (key, server))
        if row is None:
            raise _gone()
        return _stored(row)

    async def do(self, key: int, server: int, user: int, by: str, make: MakeOf) -> Replaced:
        """Do what was played back to somebody.

        Raises:
            BadInputError: it is somebody else's, decided already, too old, or can't be done any more.

        """

        def work(tx: Tx) -> Replaced:
            stored = _own(tx.connection, key, server, user)
            in_state(stored.state, ReplacementState.SHOWN, stored.decided_by)
            _refuse_old(stored, tx.now)
            return self._done(tx, stored, by, make)

        return await self._outbox.write(work)

    async def ask(self, key: int, server: int, user: int, make: Callable[[StoredReplacement], Draft]) -> int:
        """Ask a second person in the desk's channel; return that channel.

        Raises:
            BadInputError: as `do`, or nobody has said which channel is the desk's.

        """

        def work(tx: Tx) -> int:
            stored = _own(tx.connection, key, server, user)
            in_state(stored.state, ReplacementState.SHOWN, stored.decided_by)
            _refuse_old(stored, tx.now)
            question, channel = ask_desk(tx, server, make(stored))
            tx.execute(
                "UPDATE replacements SET state = ?, question = ? WHERE id = ?", (ReplacementState.ASKED, question, key)
            )
            tx.audit(server, stored.asked_by, f"{stored.what.kind} ask", stored.what.text, after=_about(stored))
            return channel

        return await self._outbox.write(work)

    async def confirm(
        self, key: int, server: int, user: int, by: str, make: MakeOf, decided: Callable[[str], str]
    ) -> Replaced:
        """Do what somebody else asked for; `decided` turns the question's old words into its new ones.

        Raises:
            BadInputError: it is decided already, is one's own, or can't be done any more.

        """

        def work(tx: Tx) -> Replaced:
            stored = _found(tx.connection, key, server)
            in_state(stored.state, ReplacementState.ASKED, stored.decided_by)
            if stored.user == user:
                raise BadInputError("you asked for that yourself; someone else on the desk must confirm it")
            done = self._done(tx, stored, by, make)
            answer_question(tx, server, stored.question, decided)
            return done

        return await self._outbox.write(work)

    async def reject(self, key: int, server: int, user: int, by: str, decided: Callable[[str], str]) -> None:
        """Reject it, as a second person, or discard it, as who asked.

        Raises:
            BadInputError: it is decided already, or somebody else's that nobody was asked about.

        """

        def work(tx: Tx) -> None:
            stored = _found(tx.connection, key, server)
            if stored.state is ReplacementState.SHOWN:
                _own(tx.connection, key, server, user)
                _decide(tx, stored, ReplacementState.DROPPED, by)
                return
            in_state(stored.state, ReplacementState.ASKED, stored.decided_by)
            _decide(tx, stored, ReplacementState.REJECTED, by)
            answer_question(tx, server, stored.question, decided)

        await self._outbox.write(work)

    async def undo(self, key: int, server: int, by: str, make: MakeBack) -> tuple[StoredReplacement, Unreplaced]:
        """Undo a correction or a retraction that was done less than two minutes ago.

        Its posts that were not sent are dropped. Where one may have been sent, a post made by `make` withdraws it, and the
        replaced post says again what it said. A retracted entry counts again.

        Raises:
            BadInputError: it is older, undone already, or of a post that has been retracted since.

        """

        def work(tx: Tx) -> tuple[StoredReplacement, Unreplaced]:
            stored = _found(tx.connection, key, server)
            in_state(stored.state, ReplacementState.DONE, stored.decided_by)
            ((until, posts, retracted, unsent, forgotten),) = tx.rows(
                "SELECT undo_until, posts, statements, unsent, forgotten FROM replacements WHERE id = ?", (key,)
            )
            if until is None or until < tx.wall:
                raise BadInputError("that was posted over two minutes ago; use `/correct` on the post")
            if stored.what.kind == "correct" and is_retracted(tx.connection, server, stored.what.number or 0):
                raise BadInputError(f"{stored.what.named} has been retracted since, and its corrections with it")
            _decide(tx, stored, ReplacementState.UNDONE, by)
            statements = json.loads(retracted)
            numbers = _numbers(tx.connection, statements)
            dropped, channels = self._withdraw(tx, stored, json.loads(posts), numbers, by, make)
            for statement in statements:  # what was retracted together is known until they count again
                _count_again(tx, server, statement)
            mark_withdrawn(tx, statements)
            self._corrections.remember(tx, _FORGOTTEN.validate_json(forgotten))
            again, overtaken = self._corrections.send_after_all(tx, json.loads(unsent))
            return stored, Unreplaced(dropped, channels, tuple(numbers), again, overtaken)

        return await self._outbox.write(work)

    def _do(self, tx: Tx, what: Replacement, audit: AuditRow, make: MakeOf) -> Replaced:
        server, (correction, retraction) = audit.server or 0, make(what)
        if what.kind == "correct":
            return self._corrections.correct_in(tx, server, what.number or 0, correction, audit)
        if what.entry is None:
            return self._corrections.retract_in(tx, server, what.number or 0, retraction, audit)
        return self._corrections.retract_entry(tx, server, what.entry, retraction, audit)

    def _done(self, tx: Tx, stored: StoredReplacement, by: str, make: MakeOf) -> Replaced:
        confirmed = {"confirmed_by": by} if by != stored.asked_by else None
        audit = AuditRow(tx.now, stored.server, stored.asked_by, stored.what.kind, stored.what.text, after=confirmed)
        done = self._do(tx, stored.what, audit, make)
        _decide(tx, stored, ReplacementState.DONE, by)
        tx.execute(
            """UPDATE replacements SET posts = ?, unsent = ?, statements = ?, forgotten = ?, undo_until = ?
               WHERE id = ?""",
            (
                to_json(list(done.made)),
                to_json(list(done.unsent)),
                to_json(list(done.statements)),
                _FORGOTTEN.dump_json(done.forgotten).decode(),
                tx.wall + UNDO_MICROS,
                stored.id,
            ),
        )
        return done

    def _withdraw(
        self, tx: Tx, stored: StoredReplacement, made: Sequence[int], retracted: Sequence[int], by: str, make: MakeBack
    ) -> tuple[int, tuple[int, ...]]:
        """Drop or withdraw the posts that were made; return how many were dropped, and where others are withdrawn."""
        dropped = 0
        posts, edits = list[OutboxRow](), list[OutboxRow]()
        for key in made:
            post = read_post(tx.connection, key)
            if post is None or post.state in (State.FAILED, State.DROPPED, State.SUPERSEDED):
                continue
            if post.state in (State.PENDING, State.AWAITING):
                drop_row(tx.connection, post.id, post.state, None, by)
                tell_decided(tx, post, Decision("taken back", by, tx.now))
                dropped += 1
                continue
            ((message,),) = tx.rows("SELECT message FROM outbox WHERE id = ?", (key,))
            there = Link(post.number, address_of(post.server, post.destination, message)) if message else None
            draft = make(stored, post, retracted, there)
            posts.append(
                OutboxRow.worded(
                    post.server,
                    post.channel,
                    tx.number(post.server, draft.headline),
                    draft,
                    tx.now,
                    post.contest,
                    post.source,
                    about=post.id,
                )
            )
            marked = (
                [post.about, *(key for key, _, _ in retracted_with(tx.connection, post))]
                if post.about and message
                else []
            )
            for old in filter(None, (read_post(tx.connection, one) for one in marked)):
                content = said_before(tx.connection, old, post)
                if content is not None:
                    edits.append(
                        OutboxRow(
                            old.server,
                            old.channel,
                            old.number,
                            draft.kind,
                            tx.now,
                            old.contest,
                            old.source,
                            about=old.id,
                            action=Action.EDIT,
                            content=content,
                        )
                    )
        tx.add(posts)
        tx.add(edits)
        return dropped, tuple(dict.fromkeys(post.channel for post in posts))


def _numbers(connection: sqlite3.Connection, statements: Sequence[int]) -> list[int]:
    """Return the numbers of the posts of statements that went out."""
    rows = fetch(
        connection,
        """SELECT DISTINCT p.number FROM json_each(?) s JOIN statement_posts p ON p.statement = s.value
           JOIN outbox o ON o.id = p.post AND o.state IN ('sent', 'sending', 'doubtful') ORDER BY p.number""",
        (json.dumps(statements),),
    )
    return [number for (number,) in rows]


def _stored(row: Row) -> StoredReplacement:
    key, server, user, asked_by, begun_at, kind, number, entry, text, state, decided_at, decided_by, question = row
    return StoredReplacement(
        key,
        server,
        user,
        asked_by,
        from_micros(begun_at),
        Replacement(kind, text, number, entry),
        ReplacementState(state),
        moment(decided_at),
        decided_by,
        question,
    )


def _found(connection: sqlite3.Connection, key: int, server: int) -> StoredReplacement:
    rows = fetch(connection, f"{_SELECT} WHERE id = ? AND server = ?", (key, server))
    if not rows:
        raise _gone()
    return _stored(rows[0])


def _gone() -> BadInputError:
    return BadInputError("there is no such correction or retraction in this server now; start again")


def _own(connection: sqlite3.Connection, key: int, server: int, user: int) -> StoredReplacement:
    stored = _found(connection, key, server)
    if stored.user != user:
        raise BadInputError("that belongs to someone else, who can post or discard it")
    return stored


def _refuse_old(stored: StoredReplacement, now: datetime) -> None:
    if now - stored.begun_at > STALE:
        raise BadInputError(
            "that card is over 15 minutes old, and more may have been posted since; enter the command again"
        )


def _decide(tx: Tx, stored: StoredReplacement, state: ReplacementState, who: str) -> None:
    tx.execute(
        "UPDATE replacements SET state = ?, decided_at = ?, decided_by = ? WHERE id = ?",
        (state, to_micros(tx.now), who, stored.id),
    )
    if state not in (ReplacementState.DONE, ReplacementState.DROPPED):  # what is done leaves the row of what it did
        what = f"{stored.what.kind} {'undo' if state is ReplacementState.UNDONE else 'reject'}"
        tx.audit(stored.server, who, what, stored.what.text, after=_about(stored))


def _about(stored: StoredReplacement) -> dict[str, object]:
    what = stored.what
    return {"entry": what.entry} if what.number is None else {"number": what.number}


def _count_again(tx: Tx, server: int, statement: int) -> None:
    tx.execute("UPDATE statements SET retracted_at = NULL, retracted_by = NULL WHERE id = ?", (statement,))
    ((body,),) = tx.rows("SELECT body FROM statements WHERE id = ?", (statement,))
    said = Statement.model_validate_json(body)
    write_outcomes(tx.connection, said, server, statement, tx.now, pushed=said.entered_by is None)


def forget_person_replacements(connection: sqlite3.Connection, person: Person) -> None:
    """Delete the corrections and retractions that only a person has seen, and who asked for the others."""
    connection.execute("DELETE FROM replacements WHERE user = ? AND state IN ('shown', 'dropped')", (person.id,))
    connection.execute("UPDATE replacements SET user = 0 WHERE user = ?", (person.id,))
