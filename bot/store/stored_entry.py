"""An entry as it is stored: how far it is, whose it is, and what may still become of it."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.count.entry import Entry
from bot.errors import BadInputError
from bot.store.database import Row, fetch, from_micros, moment, to_micros
from bot.store.rows import INSERT_AUDIT, AuditRow
from bot.store.statements import Prepared, TakenIn


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


SELECT = "SELECT id, server, user, entered_by, begun_at, state, decided_at, decided_by, question, body FROM entries"


def stored_of(row: Row) -> StoredEntry:
    """Return an entry of the columns of `SELECT`."""
    key, server, user, entered_by, begun_at, state, decided_at, decided_by, question, body = row
    return StoredEntry(
        key, server, user, entered_by, from_micros(begun_at), EntryState(state), moment(decided_at), decided_by,
        question, Entry.model_validate_json(body),
    )  # fmt: skip


def found(connection: sqlite3.Connection, key: int, server: int) -> StoredEntry:
    """Return an entry of a server.

    Raises:
        BadInputError: there is none of that id.

    """
    rows = fetch(connection, f"{SELECT} WHERE id = ? AND server = ?", (key, server))
    if not rows:
        raise gone()
    return stored_of(rows[0])


def gone() -> BadInputError:
    """Return what is said where a server has no entry of an id."""
    return BadInputError("there is no such entry in this server any more; begin anew")


def own(connection: sqlite3.Connection, key: int, server: int, user: int, state: EntryState) -> StoredEntry:
    """Return an entry of somebody's that is in a state.

    Raises:
        BadInputError: there is none, it is somebody else's, or it is in another state.

    """
    return owned(found(connection, key, server), user, state)


def owned(stored: StoredEntry, user: int, state: EntryState) -> StoredEntry:
    """Return an entry that is somebody's, and in a state.

    Raises:
        BadInputError: it is somebody else's, or in another state.

    """
    if stored.user != user:
        raise BadInputError("that entry is somebody else's")
    in_state(stored, state)
    return stored


def of_another(connection: sqlite3.Connection, key: int, server: int, user: int) -> StoredEntry:
    """Return an entry that waits for a second person, who is this one.

    Raises:
        BadInputError: there is none, it waits no more, or it is this one's own.

    """
    stored = found(connection, key, server)
    in_state(stored, EntryState.ASKED)
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


def in_state(stored: StoredEntry, state: EntryState) -> None:
    """Refuse an entry that is in another state, and say in which, and by whom."""
    if stored.state is not state:
        by = f", by {stored.decided_by.rsplit(' (', 1)[0]}" if stored.decided_by else ""
        raise BadInputError(f"{_ALREADY[stored.state]}{by}")


def decide(
    connection: sqlite3.Connection, key: int, server: int, state: EntryState, who: str, now: datetime
) -> StoredEntry:
    """Put an entry into a state, with an audit row; return it as it is then."""
    connection.execute(
        "UPDATE entries SET state = ?, decided_at = ?, decided_by = ? WHERE id = ?", (state, to_micros(now), who, key)
    )
    audit = AuditRow(now, server, who, f"entry {state}", after={"entry": key})
    connection.execute(INSERT_AUDIT, audit.values())
    return found(connection, key, server)
