"""Corrections and retractions as they are shown, confirmed, done and undone; each step is one transaction and happens once."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import TypeAdapter

from bot.count.statement import Statement
from bot.database.database import Database, Row, fetch, from_micros, moment, to_micros
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
from bot.outbox.rows import Action, AuditRow, Numbers, OutboxRow, Post, joined_wakes, to_json, to_wake
from bot.outbox.rows_store import INSERT_AUDIT, add_rows, next_numbers
from bot.outbox.servers_store import know_server
from bot.outbox.states import State
from bot.outbox.unsent_store import drop_row
from bot.outcomes.outcomes_store import write_outcomes
from bot.wording.context import Setting
from bot.wording.draft import Draft, Link, address_of
from bot.wording.undo import UNDO_MICROS

STALE = timedelta(minutes=15)
"""A card that is older than this can't be pressed any more: more may have been posted since."""

KEPT = timedelta(days=30)
"""Cards that nobody pressed are deleted after so long."""

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

    wake: dict[int, bool]
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


class _SeenError(Exception):
    """Rolls back a transaction that was only to be looked at."""

    def __init__(self, replaced: Replaced) -> None:
        super().__init__()
        self.replaced = replaced


MakeOf = Callable[[Replacement], tuple[Make, MakeRetraction]]
"""Returns what makes the posts of a correction, and of a retraction."""

MakeBack = Callable[[StoredReplacement, Post, Sequence[int], Link | None], Draft]
"""Makes the post that withdraws a correction, or a retraction of the posts with these numbers."""


class ReplacementStore:
    """Keeps corrections and retractions, from their preview on; each method is one transaction or one query."""

    def __init__(self, database: Database, corrections: CorrectionStore, setting: Setting) -> None:
        """Keep them in `database`; `corrections` carries them out."""
        self._database = database
        self._corrections = corrections
        self._setting = setting

    async def begin(
        self, what: Replacement, server: int, user: int, who: str, now: datetime, make: MakeOf
    ) -> tuple[int, Replaced]:
        """Keep what somebody is about to correct or retract; return its id, and what would come of it.

        Raises:
            BadInputError: it can't be done.

        """
        seen = await self._look(what, server, who, now, make)

        def keep(connection: sqlite3.Connection) -> int:
            know_server(connection, server)
            connection.execute(
                "DELETE FROM replacements WHERE server = ? AND begun_at < ? AND state IN ('shown', 'dropped')",
                (server, to_micros(now - KEPT)),
            )
            row = connection.execute(
                """INSERT INTO replacements (server, user, asked_by, begun_at, kind, number, entry, text)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                (server, user, who, to_micros(now), what.kind, what.number, what.entry, what.text),
            )
            return row.lastrowid or 0

        return await self._database.transact(keep), seen

    async def look(self, stored: StoredReplacement, now: datetime, make: MakeOf) -> Replaced:
        """Return what it would do now: runs the transaction that does it, and rolls it back."""
        return await self._look(stored.what, stored.server, stored.asked_by, now, make)

    async def _look(self, what: Replacement, server: int, who: str, now: datetime, make: MakeOf) -> Replaced:
        def look(connection: sqlite3.Connection) -> None:
            raise _SeenError(self._do(connection, what, AuditRow(now, server, who, what.kind, what.text), make))

        try:
            await self._database.transact(look)
        except _SeenError as seen:
            return seen.replaced
        raise AssertionError  # pragma: no cover - look always raises

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

    async def do(self, key: int, server: int, user: int, by: str, now: datetime, make: MakeOf) -> Replaced:
        """Do what was played back to somebody.

        Raises:
            BadInputError: it is somebody else's, decided already, too old, or can't be done any more.

        """

        def work(connection: sqlite3.Connection) -> Replaced:
            stored = _own(connection, key, server, user)
            in_state(stored.state, ReplacementState.SHOWN, stored.decided_by)
            _refuse_old(stored, now)
            return self._done(connection, stored, by, now, make)

        return await self._database.transact(work)

    async def ask(
        self, key: int, server: int, user: int, now: datetime, make: Callable[[StoredReplacement], Draft]
    ) -> dict[int, bool]:
        """Ask a second person in the desk's channel. Returns the channels to wake.

        Raises:
            BadInputError: as `do`, or nobody has said which channel is the desk's.

        """

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            stored = _own(connection, key, server, user)
            in_state(stored.state, ReplacementState.SHOWN, stored.decided_by)
            _refuse_old(stored, now)
            question, wake = ask_desk(connection, server, make(stored), now, self._database.micros())
            connection.execute(
                "UPDATE replacements SET state = ?, question = ? WHERE id = ?", (ReplacementState.ASKED, question, key)
            )
            audit = AuditRow(
                now, server, stored.asked_by, f"{stored.what.kind} ask", stored.what.text, None, _about(stored)
            )
            connection.execute(INSERT_AUDIT, audit.values())
            return wake

        return await self._database.transact(work)

    async def confirm(
        self, key: int, server: int, user: int, by: str, now: datetime, make: MakeOf, decided: Callable[[str], str]
    ) -> Replaced:
        """Do what somebody else asked for; `decided` turns the question's old words into its new ones.

        Raises:
            BadInputError: it is decided already, is one's own, or can't be done any more.

        """

        def work(connection: sqlite3.Connection) -> Replaced:
            stored = _found(connection, key, server)
            in_state(stored.state, ReplacementState.ASKED, stored.decided_by)
            if stored.user == user:
                raise BadInputError("you asked for that yourself; someone else on the desk must confirm it")
            done = self._done(connection, stored, by, now, make)
            said = answer_question(connection, server, stored.question, now, decided, self._database.micros())
            return replace(done, wake=joined_wakes(done.wake, said))

        return await self._database.transact(work)

    async def reject(
        self, key: int, server: int, user: int, by: str, now: datetime, decided: Callable[[str], str]
    ) -> dict[int, bool]:
        """Reject it, as a second person, or discard it, as who asked. Returns the channels to wake.

        Raises:
            BadInputError: it is decided already, or somebody else's that nobody was asked about.

        """

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            stored = _found(connection, key, server)
            if stored.state is ReplacementState.SHOWN:
                _own(connection, key, server, user)
                _decide(connection, stored, ReplacementState.DROPPED, by, now)
                return {}
            in_state(stored.state, ReplacementState.ASKED, stored.decided_by)
            _decide(connection, stored, ReplacementState.REJECTED, by, now)
            return answer_question(connection, server, stored.question, now, decided, self._database.micros())

        return await self._database.transact(work)

    async def undo(
        self,
        key: int,
        server: int,
        by: str,
        now: datetime,
        make: MakeBack,
    ) -> tuple[StoredReplacement, Unreplaced]:
        """Undo a correction or a retraction that was done less than two minutes ago.

        Its posts that were not sent are dropped. Where one may have been sent, a post made by `make` withdraws it, and the
        replaced post says again what it said. A retracted entry counts again.

        Raises:
            BadInputError: it is older, undone already, or of a post that has been retracted since.

        """

        def work(connection: sqlite3.Connection) -> tuple[StoredReplacement, Unreplaced]:
            stored = _found(connection, key, server)
            in_state(stored.state, ReplacementState.DONE, stored.decided_by)
            ((until, posts, retracted, unsent, forgotten),) = fetch(
                connection,
                "SELECT undo_until, posts, statements, unsent, forgotten FROM replacements WHERE id = ?",
                (key,),
            )
            if until is None or until < self._database.micros():
                raise BadInputError("that was posted over two minutes ago; use `/correct` on the post")
            if stored.what.kind == "correct" and is_retracted(connection, server, stored.what.number or 0):
                raise BadInputError(f"{stored.what.named} has been retracted since, and its corrections with it")
            _decide(connection, stored, ReplacementState.UNDONE, by, now)
            statements = json.loads(retracted)
            numbers = _numbers(connection, statements)
            undone = self._withdraw(connection, stored, json.loads(posts), numbers, by, now, make)
            for statement in statements:  # what was retracted together is known until they count again
                _count_again(connection, server, statement, now)
            marked = to_wake(mark_withdrawn(connection, statements, now, self._database.micros()))
            named = self._corrections.remember(connection, _FORGOTTEN.validate_json(forgotten), now)
            again, overtaken, wake = self._corrections.send_after_all(connection, json.loads(unsent))
            return stored, replace(
                undone, wake=joined_wakes(undone.wake, marked, named, wake), again=again, overtaken=overtaken
            )

        return await self._database.transact(work)

    def _do(self, connection: sqlite3.Connection, what: Replacement, audit: AuditRow, make: MakeOf) -> Replaced:
        server, (correction, retraction) = audit.server or 0, make(what)
        if what.kind == "correct":
            return self._corrections.correct_in(connection, server, what.number or 0, correction, audit)
        if what.entry is None:
            return self._corrections.retract_in(connection, server, what.number or 0, retraction, audit)
        return self._corrections.retract_entry(connection, server, what.entry, retraction, audit)

    def _done(
        self, connection: sqlite3.Connection, stored: StoredReplacement, by: str, now: datetime, make: MakeOf
    ) -> Replaced:
        confirmed = {"confirmed_by": by} if by != stored.asked_by else None
        audit = AuditRow(now, stored.server, stored.asked_by, stored.what.kind, stored.what.text, after=confirmed)
        done = self._do(connection, stored.what, audit, make)
        _decide(connection, stored, ReplacementState.DONE, by, now)
        connection.execute(
            """UPDATE replacements SET posts = ?, unsent = ?, statements = ?, forgotten = ?, undo_until = ?
               WHERE id = ?""",
            (
                to_json(list(done.made)),
                to_json(list(done.unsent)),
                to_json(list(done.statements)),
                _FORGOTTEN.dump_json(done.forgotten).decode(),
                self._database.micros() + UNDO_MICROS,
                stored.id,
            ),
        )
        return done

    def _withdraw(
        self,
        connection: sqlite3.Connection,
        stored: StoredReplacement,
        made: Sequence[int],
        retracted: Sequence[int],
        by: str,
        now: datetime,
        make: MakeBack,
    ) -> Unreplaced:
        wall, dropped, wake = self._database.micros(), 0, dict[int, bool]()
        numbers = Numbers(next_numbers(connection))
        posts, edits = list[OutboxRow](), list[OutboxRow]()
        for key in made:
            post = read_post(connection, key)
            if post is None or post.state in (State.FAILED, State.DROPPED, State.SUPERSEDED):
                continue
            if post.state in (State.PENDING, State.AWAITING):
                drop_row(connection, post.id, post.state, None, by)
                said = tell_decided(connection, post, self._setting, Decision("taken back", by, now), wall)
                wake, dropped = joined_wakes(wake, said), dropped + 1
                continue
            ((message,),) = fetch(connection, "SELECT message FROM outbox WHERE id = ?", (key,))
            there = Link(post.number, address_of(post.server, post.destination, message)) if message else None
            draft = make(stored, post, retracted, there)
            posts.append(
                OutboxRow.worded(
                    post.server,
                    post.channel,
                    numbers.number(post.server, draft.headline),
                    draft,
                    now,
                    post.contest,
                    post.source,
                    about=post.id,
                    urgent=True,
                )
            )
            marked = (
                [post.about, *(key for key, _, _ in retracted_with(connection, post))] if post.about and message else []
            )
            for old in filter(None, (read_post(connection, one) for one in marked)):
                content = said_before(connection, old, post)
                if content is not None:
                    edits.append(
                        OutboxRow(
                            old.server,
                            old.channel,
                            old.number,
                            draft.kind,
                            now,
                            old.contest,
                            old.source,
                            about=old.id,
                            action=Action.EDIT,
                            content=content,
                            urgent=True,
                        )
                    )
        add_rows(connection, posts, wall, numbers)
        add_rows(connection, edits, wall)
        channels = tuple(dict.fromkeys(post.channel for post in posts))
        return Unreplaced(joined_wakes(wake, to_wake([*posts, *edits])), dropped, channels, tuple(retracted))


def copy_replacement(connection: sqlite3.Connection, old: int, new: int) -> None:
    """Record the row of a post that is queued again, in the place of the old one."""
    connection.execute(
        """UPDATE replacements SET posts = (SELECT json_group_array(iif(value = ?1, ?2, value)) FROM json_each(posts))
           WHERE server = (SELECT server FROM outbox WHERE id = ?1) AND ?1 IN (SELECT value FROM json_each(posts))""",
        (old, new),
    )


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


def _decide(
    connection: sqlite3.Connection, stored: StoredReplacement, state: ReplacementState, who: str, now: datetime
) -> None:
    connection.execute(
        "UPDATE replacements SET state = ?, decided_at = ?, decided_by = ? WHERE id = ?",
        (state, to_micros(now), who, stored.id),
    )
    if state not in (ReplacementState.DONE, ReplacementState.DROPPED):  # what is done leaves the row of what it did
        what = f"{stored.what.kind} {'undo' if state is ReplacementState.UNDONE else 'reject'}"
        audit = AuditRow(now, stored.server, who, what, stored.what.text, None, _about(stored))
        connection.execute(INSERT_AUDIT, audit.values())


def _about(stored: StoredReplacement) -> dict[str, object]:
    what = stored.what
    return {"entry": what.entry} if what.number is None else {"number": what.number}


def _count_again(connection: sqlite3.Connection, server: int, statement: int, now: datetime) -> None:
    connection.execute("UPDATE statements SET retracted_at = NULL, retracted_by = NULL WHERE id = ?", (statement,))
    ((body,),) = fetch(connection, "SELECT body FROM statements WHERE id = ?", (statement,))
    said = Statement.model_validate_json(body)
    write_outcomes(connection, said, server, statement, now, pushed=said.entered_by is None)


def forget_server_replacements(connection: sqlite3.Connection, server: int) -> None:
    """Delete a server's corrections and retractions; their posts stay."""
    connection.execute("DELETE FROM replacements WHERE server = ?", (server,))


def forget_person_replacements(connection: sqlite3.Connection, person: Person) -> None:
    """Remove a person's name from corrections and retractions, and delete those that only they have seen."""
    connection.execute("DELETE FROM replacements WHERE user = ? AND state IN ('shown', 'dropped')", (person.id,))
    connection.execute("UPDATE replacements SET user = 0 WHERE user = ?", (person.id,))
    connection.execute(
        """UPDATE replacements SET asked_by = unname(asked_by), decided_by = unname(decided_by)
           WHERE asked_by LIKE ?1 OR decided_by LIKE ?1""",
        (person.like,),
    )
