"""Entries in the database: begun, changed, asked about, entered, undone; each step in one transaction, once."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.cards.draft import Draft, Link
from bot.count.entry import Entry
from bot.errors import BadInputError
from bot.store.corrections import CorrectionStore, Replaced
from bot.store.database import Database, Row, fetch, from_micros, moment, to_micros
from bot.store.intake import write_posts
from bot.store.ledger import next_numbers
from bot.store.outbox_state import Event, State, moved
from bot.store.post import Action
from bot.store.rows import INSERT_AUDIT, INSERT_OUTBOX, AuditRow, Numbers, OutboxRow, joined, to_wake
from bot.store.statements import Prepared, TakenIn, take_in

KEPT = timedelta(days=30)
"""Drafts that nobody went on with are deleted after so long."""


class EntryState(StrEnum):
    """How far an entry is."""

    DRAFT = "draft"
    """Only who enters it has seen it."""
    ASKED = "asked"
    """A second person is asked."""
    ENTERED = "entered"
    REJECTED = "rejected"
    """The second person said no."""
    UNDONE = "undone"
    """Taken back within two minutes."""
    DROPPED = "dropped"
    """Given up before it was entered."""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it is stored."""

    id: int
    server: int
    user: int
    entered_by: str
    begun_at: datetime
    state: EntryState
    decided_at: datetime | None
    decided_by: str | None
    question: int | None
    entry: Entry


@dataclass(frozen=True, slots=True)
class Evidence:
    """A picture that goes with an entry."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of an entry that was entered."""

    stored: StoredEntry
    taken: tuple[TakenIn, ...]
    wake: dict[int, bool]


Prepare = Callable[[StoredEntry], Sequence[Prepared]]
"""Makes the statements of an entry."""


class _SeenError(Exception):
    """Takes a transaction back that was only to be looked at."""

    def __init__(self, taken: tuple[TakenIn, ...]) -> None:
        super().__init__()
        self.taken = taken


class EntryStore:
    """Keeps entries."""

    def __init__(self, database: Database, corrections: CorrectionStore, wall: Callable[[], float] = time.time) -> None:
        """Use `database`; entries are taken back as `corrections` does; `wall` is the wall clock, in seconds."""
        self._database = database
        self._corrections = corrections
        self._wall = wall

    async def begin(
        self, entry: Entry, server: int, user: int, who: str, now: datetime, evidence: Evidence | None = None
    ) -> StoredEntry:
        """Keep a new draft; return it."""

        def work(connection: sqlite3.Connection) -> StoredEntry:
            connection.execute("INSERT INTO servers (id) VALUES (?) ON CONFLICT DO NOTHING", (server,))
            _forget_drafts(connection, server, now - KEPT)
            key = connection.execute(
                "INSERT INTO entries (server, user, entered_by, begun_at, body) VALUES (?, ?, ?, ?, ?)",
                (server, user, who, to_micros(now), entry.model_dump_json(exclude_defaults=True)),
            ).lastrowid
            if evidence is not None:
                connection.execute(
                    "INSERT INTO evidence (entry, server, name, body) VALUES (?, ?, ?, ?)",
                    (key, server, evidence.name, evidence.body),
                )
            return _found(connection, key or 0, server)

        return await self._database.transact(work)

    async def read(self, key: int, server: int) -> StoredEntry:
        """Return an entry of a server.

        Raises:
            BadInputError: there is none of that id.

        """
        row = await self._database.row(f"{_SELECT} WHERE id = ? AND server = ?", (key, server))
        if row is None:
            raise _gone()
        return _stored(row)

    async def of_user(self, server: int, user: int, most: int = 10) -> list[tuple[StoredEntry, list[int]]]:
        """Return somebody's last entries that were more than drafts, newest first, each with its posts' numbers."""
        rows = await self._database.rows(
            f"""{_SELECT} WHERE server = ? AND user = ? AND state IN ('asked', 'entered', 'rejected', 'undone')
                ORDER BY id DESC LIMIT ?""",
            (server, user, most),
        )
        return [(stored, await self._numbers(stored.id)) for stored in map(_stored, rows)]

    async def _numbers(self, entry: int) -> list[int]:
        rows = await self._database.rows(
            """SELECT DISTINCT o.number FROM statements s JOIN outbox o INDEXED BY outbox_of_entry
               ON o.server = s.server AND o.statement = s.id
               WHERE s.entry = ? AND o.action = 'post' AND o.state NOT IN ('superseded', 'dropped', 'failed')
               ORDER BY 1""",
            (entry,),
        )
        return [number for (number,) in rows]

    async def evidence(self, key: int, server: int) -> Evidence | None:
        """Return the picture that goes with an entry, or None."""
        row = await self._database.row("SELECT name, body FROM evidence WHERE entry = ? AND server = ?", (key, server))
        return Evidence(*row) if row else None

    async def asks_two(self, server: int) -> bool:
        """Return whether what one person of a server enters is confirmed by another."""
        row = await self._database.row("SELECT two_person FROM servers WHERE id = ?", (server,))
        return bool(row and row[0])

    async def change(self, key: int, server: int, user: int, change: Callable[[Entry], Entry]) -> StoredEntry:
        """Change a draft of somebody's; return it.

        Raises:
            BadInputError: there is no such draft of theirs any more.

        """

        def work(connection: sqlite3.Connection) -> StoredEntry:
            stored = _own(connection, key, server, user, EntryState.DRAFT)
            body = change(stored.entry).model_dump_json(exclude_defaults=True)
            connection.execute("UPDATE entries SET body = ? WHERE id = ?", (body, key))
            return _found(connection, key, server)

        return await self._database.transact(work)

    async def drop(self, key: int, server: int, user: int, who: str, now: datetime) -> StoredEntry:
        """Give up a draft."""

        def work(connection: sqlite3.Connection) -> StoredEntry:
            _own(connection, key, server, user, EntryState.DRAFT)
            return _decide(connection, key, server, EntryState.DROPPED, who, now)

        return await self._database.transact(work)

    async def preview(self, prepared: Sequence[Prepared], server: int, now: datetime) -> tuple[TakenIn, ...]:
        """Return what would become of statements now: the very transaction that takes them in, taken back."""

        def work(connection: sqlite3.Connection) -> None:
            raise _SeenError(self._take_in(connection, prepared, server, now))

        try:
            await self._database.transact(work)
        except _SeenError as seen:
            return seen.taken
        raise AssertionError  # pragma: no cover - work always raises

    async def enter(self, key: int, server: int, user: int, now: datetime, prepare: Prepare) -> Entered:
        """Enter a draft of somebody's.

        Raises:
            BadInputError: there is no such draft of theirs any more, or it can't be entered as it is.

        """

        def work(connection: sqlite3.Connection) -> Entered:
            stored = _own(connection, key, server, user, EntryState.DRAFT)
            return self._enter(connection, stored, stored.entered_by, now, prepare)

        return await self._database.transact(work)

    async def ask(
        self, key: int, server: int, user: int, now: datetime, make: Callable[[StoredEntry], Draft]
    ) -> tuple[StoredEntry, dict[int, bool]]:
        """Put a draft before a second person, in the desk's channel; return it, and channels to wake.

        Raises:
            BadInputError: there is no such draft any more, or nobody has said which channel is the desk's.

        """

        def work(connection: sqlite3.Connection) -> tuple[StoredEntry, dict[int, bool]]:
            stored = _own(connection, key, server, user, EntryState.DRAFT)
            ((channel,),) = fetch(connection, "SELECT desk_channel FROM servers WHERE id = ?", (server,))
            if channel is None:
                raise BadInputError(
                    "a second person is asked in the desk's channel, and there is none: `/desk channel`"
                )
            numbers, draft = Numbers(next_numbers(connection)), make(stored)
            row = OutboxRow.worded(server, channel, numbers.number(server, draft.words), draft, now)
            write_posts(connection, [row], numbers, self._wall)
            ((question,),) = fetch(connection, "SELECT max(id) FROM outbox")
            connection.execute(
                "UPDATE entries SET state = ?, question = ? WHERE id = ?", (EntryState.ASKED, question, key)
            )
            audit = AuditRow(now, server, stored.entered_by, "entry ask", after={"entry": key})
            connection.execute(INSERT_AUDIT, audit.values())
            return _found(connection, key, server), to_wake([row])

        return await self._database.transact(work)

    async def confirm(
        self,
        key: int,
        server: int,
        user: int,
        who: str,
        now: datetime,
        prepare: Prepare,
        decided: Callable[[StoredEntry, str], str],
    ) -> Entered:
        """Enter what somebody else entered and this one confirms; `decided` makes the question's new words of its old.

        Raises:
            BadInputError: it is decided already, is one's own, or can't be entered as it is.

        """

        def work(connection: sqlite3.Connection) -> Entered:
            stored = _of_another(connection, key, server, user)
            entered = self._enter(connection, stored, who, now, prepare)
            said = self._answer(connection, entered.stored, now, decided)
            return Entered(entered.stored, entered.taken, joined(entered.wake, said))

        return await self._database.transact(work)

    async def reject(
        self, key: int, server: int, user: int, who: str, now: datetime, decided: Callable[[StoredEntry, str], str]
    ) -> tuple[StoredEntry, dict[int, bool]]:
        """Enter nothing of what somebody asked to be confirmed; who asked may take it back so, too.

        Raises:
            BadInputError: it is decided already.

        """

        def work(connection: sqlite3.Connection) -> tuple[StoredEntry, dict[int, bool]]:
            stored = _found(connection, key, server)
            _in_state(stored, EntryState.ASKED)
            state = EntryState.DROPPED if stored.user == user else EntryState.REJECTED
            stored = _decide(connection, key, server, state, who, now)
            return stored, self._answer(connection, stored, now, decided)

        return await self._database.transact(work)

    async def undo(
        self,
        key: int,
        server: int,
        user: int,
        who: str,
        since: datetime,
        now: datetime,
        make: Callable[[Link | None, list[int]], Draft],
    ) -> tuple[StoredEntry, list[Replaced]]:
        """Take back all that came of an entry that was entered at `since` or later.

        Raises:
            BadInputError: there is no such entry of theirs, it is undone already, or it is too late.

        """

        def work(connection: sqlite3.Connection) -> tuple[StoredEntry, list[Replaced]]:
            stored = _own(connection, key, server, user, EntryState.ENTERED)
            if stored.decided_at is None or stored.decided_at < since:
                raise BadInputError(
                    "that was entered over two minutes ago; `/tally retract` takes it back, with a reason"
                )
            audit = AuditRow(now, server, who, "entry undo", after={"entry": key})
            statements = fetch(
                connection, "SELECT id FROM statements WHERE entry = ? AND retracted_at IS NULL ORDER BY id", (key,)
            )
            replaced = [
                self._corrections.take_back(connection, server, statement, make, audit) for (statement,) in statements
            ]
            return _decide(connection, key, server, EntryState.UNDONE, who, now), replaced

        return await self._database.transact(work)

    async def retract(
        self, key: int, server: int, make: Callable[[Link | None, list[int]], Draft], audit: AuditRow
    ) -> list[Replaced]:
        """Take back all statements of an entry, for entries of which nothing was posted and that have no number.

        Raises:
            BadInputError: there is no such entry, or nothing of it counts any more.

        """

        def work(connection: sqlite3.Connection) -> list[Replaced]:
            stored = _found(connection, key, server)
            statements = fetch(
                connection, "SELECT id FROM statements WHERE entry = ? AND retracted_at IS NULL ORDER BY id", (key,)
            )
            if not statements:
                said = "has been taken back already" if stored.state is EntryState.ENTERED else f"is {stored.state}"
                raise BadInputError(f"entry {key} {said}")
            return [self._corrections.take_back(connection, server, one, make, audit) for (one,) in statements]

        return await self._database.transact(work)

    def _enter(
        self, connection: sqlite3.Connection, stored: StoredEntry, by: str, now: datetime, prepare: Prepare
    ) -> Entered:
        taken = self._take_in(connection, prepare(stored), stored.server, now)
        connection.executemany("UPDATE statements SET entry = ? WHERE id = ?", [(stored.id, one.id) for one in taken])
        decided = _decide(connection, stored.id, stored.server, EntryState.ENTERED, by, now)
        return Entered(decided, taken, joined(*(one.wake for one in taken)))

    def _take_in(
        self, connection: sqlite3.Connection, prepared: Sequence[Prepared], server: int, now: datetime
    ) -> tuple[TakenIn, ...]:
        return tuple(take_in(connection, one, server, now, self._wall) for one in prepared)

    def _answer(
        self,
        connection: sqlite3.Connection,
        stored: StoredEntry,
        now: datetime,
        decided: Callable[[StoredEntry, str], str],
    ) -> dict[int, bool]:
        """Let the question in the desk's channel say what was decided; return channels to wake."""
        rows = fetch(
            connection, "SELECT channel, number, state, content FROM outbox WHERE id = ?", (stored.question or 0,)
        )
        if not rows:
            return {}
        channel, number, state, content = rows[0]
        if state == State.PENDING:
            connection.execute(
                "UPDATE outbox SET state = ?, why = 'it was decided before it was asked' WHERE id = ?",
                (moved(State.PENDING, Event.REJECTED), stored.question),
            )
            return {}
        edit = OutboxRow(
            stored.server, channel, number, "notice", now, about=stored.question, action=Action.EDIT,
            content=decided(stored, content), buttons=(),
        )  # fmt: skip
        connection.execute(INSERT_OUTBOX, edit.values(int(self._wall() * 1_000_000)))
        return to_wake([edit])


_SELECT = "SELECT id, server, user, entered_by, begun_at, state, decided_at, decided_by, question, body FROM entries"


def _stored(row: Row) -> StoredEntry:
    key, server, user, entered_by, begun_at, state, decided_at, decided_by, question, body = row
    return StoredEntry(
        key, server, user, entered_by, from_micros(begun_at), EntryState(state), moment(decided_at), decided_by,
        question, Entry.model_validate_json(body),
    )  # fmt: skip


def _found(connection: sqlite3.Connection, key: int, server: int) -> StoredEntry:
    rows = fetch(connection, f"{_SELECT} WHERE id = ? AND server = ?", (key, server))
    if not rows:
        raise _gone()
    return _stored(rows[0])


def _gone() -> BadInputError:
    return BadInputError("there is no such entry in this server any more; begin anew")


def _own(connection: sqlite3.Connection, key: int, server: int, user: int, state: EntryState) -> StoredEntry:
    stored = _found(connection, key, server)
    if stored.user != user:
        raise BadInputError("that entry is somebody else's")
    _in_state(stored, state)
    return stored


def _of_another(connection: sqlite3.Connection, key: int, server: int, user: int) -> StoredEntry:
    stored = _found(connection, key, server)
    _in_state(stored, EntryState.ASKED)
    if stored.user == user:
        raise BadInputError("you entered that yourself; another of the desk has to confirm it")
    return stored


_ALREADY = {
    EntryState.DRAFT: "that is not entered yet",
    EntryState.ASKED: "that waits for a second person already",
    EntryState.ENTERED: "that is entered already",
    EntryState.REJECTED: "that was rejected already",
    EntryState.UNDONE: "that was undone already",
    EntryState.DROPPED: "that was dropped already",
}


def _in_state(stored: StoredEntry, state: EntryState) -> None:
    if stored.state is not state:
        by = f", by {stored.decided_by.rsplit(' (', 1)[0]}" if stored.decided_by else ""
        raise BadInputError(f"{_ALREADY[stored.state]}{by}")


def _decide(
    connection: sqlite3.Connection, key: int, server: int, state: EntryState, who: str, now: datetime
) -> StoredEntry:
    connection.execute(
        "UPDATE entries SET state = ?, decided_at = ?, decided_by = ? WHERE id = ?", (state, to_micros(now), who, key)
    )
    audit = AuditRow(now, server, who, f"entry {state}", after={"entry": key})
    connection.execute(INSERT_AUDIT, audit.values())
    return _found(connection, key, server)


def _forget_drafts(connection: sqlite3.Connection, server: int, before: datetime) -> None:
    old = (server, to_micros(before))
    where = "server = ? AND begun_at < ? AND state IN ('draft', 'dropped')"
    connection.execute(f"DELETE FROM evidence WHERE entry IN (SELECT id FROM entries WHERE {where})", old)  # noqa: S608
    connection.execute(f"DELETE FROM entries WHERE {where}", old)  # noqa: S608 - our own words
