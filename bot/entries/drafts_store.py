"""Entries in the database: begun, changed, entered, undone; each step is one transaction and happens once.

One transaction makes an entry's statements and marks it as entered, so a second press, or a second person, changes nothing.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.count.entry import Entry
from bot.count.statement import Statement
from bot.database.database import Row, fetch, from_micros, moment, to_micros
from bot.database.forgotten import Person
from bot.entries.corrections_store import CorrectionStore, MakeRetraction, Replaced
from bot.entries.statements_store import Prepared, StatementTaken, take_in
from bot.errors import BadInputError
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.rows import AuditRow, to_json
from bot.outbox.servers_store import know_server
from bot.outbox.tx import Tx
from bot.wording.undo import UNDO_MICROS

MOST_PICTURES_BYTES = 256 * 1024 * 1024
"""The most that all pictures of a server's entries may have together."""

_MOST_SHOWN = 10
"""How many of a person's entries are listed."""

SELECT = "SELECT id, server, user, entered_by, begun_at, state, decided_at, decided_by, question, body FROM entries"

_STAND = ("margin", "total", "certified", "results_certified", "call", "outstanding")
"""Figures that hold until their source says others. Names of counties add up instead."""

_ALREADY = {
    "draft": "that is not entered yet",
    "shown": "that is not posted yet",
    "asked": "that is already waiting for a second person",
    "entered": "that is already entered",
    "done": "that is already posted",
    "rejected": "that was already rejected",
    "undone": "that was already undone",
    "dropped": "that was already discarded",
}
"""By state, the error about an entry, a correction or a retraction that is already in it."""

_FOR_PUBLIC = """FROM statements s
WHERE retracted_at IS NULL AND NOT for_public AND source IN (SELECT value FROM json_each(?))
  AND EXISTS (SELECT 1 FROM json_each(s.body) said WHERE said.key IN (
    'margin', 'total', 'certified', 'outstanding', 'last_updated', 'units_certified', 'results_certified', 'call'))
  AND EXISTS (SELECT 1 FROM follows f JOIN channels c ON c.id = f.channel LEFT JOIN channels p ON p.id = c.parent
    WHERE f.server = s.server AND f.contest = s.contest AND (c.public OR p.public))
  AND NOT EXISTS (SELECT 1 FROM statement_posts m JOIN outbox o ON o.id = m.post JOIN channels c ON c.id = o.channel
    WHERE m.statement = s.id AND c.public)"""
"""SQL of statements with no post in the public channels of their contest, which no public answer uses yet."""

_MAY_BE_PUBLIC = f"SELECT 1 {_FOR_PUBLIC} AND entry = ? LIMIT 1"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A picture that goes with an entry."""

    name: str
    body: bytes


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


Prepare = Callable[[StoredEntry], Sequence[Prepared]]
"""Makes the statements of an entry."""


class OthersGoOutError(Exception):
    """Rolls back a transaction that would post something else than the card showed."""


Look = Callable[[Sequence[StatementTaken]], None]
"""Checks what an entry would post before the transaction ends; raises OthersGoOutError."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of an entry that was entered."""

    stored: StoredEntry
    taken: tuple[StatementTaken, ...]
    public: bool
    """The desk may let public answers use something of it."""


class EntryStore(PostingStore):
    """Keeps entries; each method is one transaction or one query."""

    def __init__(self, outbox: Outbox, corrections: CorrectionStore) -> None:
        """Write through `outbox`; `corrections` retracts what an undone entry posted."""
        super().__init__(outbox)
        self._corrections = corrections

    async def begin(
        self, entry: Entry, server: int, user: int, who: str, now: datetime, evidence: Evidence | None = None
    ) -> StoredEntry:
        """Keep a new draft; return it.

        Raises:
            BadInputError: the server's pictures are too many together; nothing was kept.

        """

        def work(connection: sqlite3.Connection) -> StoredEntry:
            know_server(connection, server)
            key = connection.execute(
                "INSERT INTO entries (server, user, entered_by, begun_at, body) VALUES (?, ?, ?, ?, ?)",
                (server, user, who, to_micros(now), entry.model_dump_json(exclude_defaults=True)),
            ).lastrowid
            if evidence is not None:
                _refuse_many(connection, server, len(evidence.body))
                connection.execute(
                    "INSERT INTO evidence (entry, server, kept_at, name, body) VALUES (?, ?, ?, ?, ?)",
                    (key, server, to_micros(now), evidence.name, evidence.body),
                )
            return found(connection, key or 0, server)

        return await self._database.write(work)

    async def read(self, key: int, server: int) -> StoredEntry:
        """Return an entry of a server.

        Raises:
            BadInputError: there is none of that id.

        """
        row = await self._database.row(f"{SELECT} WHERE id = ? AND server = ?", (key, server))
        if row is None:
            raise gone()
        return stored_of(row)

    async def of_user(self, server: int, user: int) -> list[tuple[StoredEntry, dict[int, bool], bool]]:
        """Return somebody's last entries that were more than drafts, newest first.

        Each with its posts (number → whether what it tells was retracted since), and whether all that it said was.
        """
        rows = await self._database.rows(
            f"""{SELECT} WHERE server = ? AND user = ? AND state IN ('asked', 'entered', 'rejected', 'undone')
                ORDER BY id DESC LIMIT ?""",
            (server, user, _MOST_SHOWN),
        )
        found = map(stored_of, rows)
        return [(one, await self._numbers(one.id), await self._retracted(one)) for one in found]

    async def post_of(self, statements: Sequence[int]) -> int | None:
        """Return the outbox row of the post that came of statements; None if there is none, or more than one."""
        rows = await self._database.rows(
            "SELECT post FROM statement_posts WHERE statement IN (SELECT value FROM json_each(?)) LIMIT 2",
            (to_json(statements),),
        )
        return rows[0][0] if len(rows) == 1 else None

    async def _numbers(self, entry: int) -> dict[int, bool]:
        rows = await self._database.rows(
            """SELECT DISTINCT p.number, s.retracted_at IS NOT NULL
               FROM statements s JOIN statement_posts p ON p.statement = s.id JOIN outbox o ON o.id = p.post
               WHERE s.entry = ? AND o.action = 'post' AND o.state NOT IN ('superseded', 'dropped', 'failed')
               ORDER BY 1""",
            (entry,),
        )
        return {number: bool(retracted) for number, retracted in rows}

    async def _retracted(self, stored: StoredEntry) -> bool:
        rows = await self._database.rows("SELECT retracted_at FROM statements WHERE entry = ?", (stored.id,))
        return stored.state is EntryState.ENTERED and all(at is not None for (at,) in rows)

    async def may_be_public(self, key: int, sources: Sequence[str]) -> bool:
        """Return whether an entry has something that the desk can release for public answers; `sources`: the public sources."""
        return await self._database.row(_MAY_BE_PUBLIC, (to_json(sources), key)) is not None

    async def left_out(self, channel: int, sources: Sequence[str]) -> int:
        """Return how many entries on the contests of a channel are neither posted nor answered where the public reads."""
        which = "entry IS NOT NULL AND (s.server, contest) IN (SELECT server, contest FROM follows WHERE channel = ?)"
        row = await self._database.row(
            f"SELECT count(DISTINCT entry) {_FOR_PUBLIC} AND {which}", (to_json(sources), channel)
        )
        return row[0] if row else 0

    async def evidence(self, key: int, server: int) -> Evidence | None:
        """Return the picture that goes with an entry, or None."""
        row = await self._database.row("SELECT name, body FROM evidence WHERE entry = ? AND server = ?", (key, server))
        return Evidence(*row) if row else None

    async def change(self, key: int, server: int, user: int, change: Callable[[StoredEntry], Entry]) -> StoredEntry:
        """Change a draft of somebody's to what `change` makes of it; return it.

        Raises:
            BadInputError: there is no such draft of theirs any more, or `change` raised it.

        """

        def work(connection: sqlite3.Connection) -> StoredEntry:
            stored = own(connection, key, server, user, EntryState.DRAFT)
            body = change(stored).model_dump_json(exclude_defaults=True)
            connection.execute("UPDATE entries SET body = ? WHERE id = ?", (body, key))
            return found(connection, key, server)

        return await self._database.write(work)

    async def drop(self, key: int, server: int, user: int, who: str) -> None:
        """Discard a draft."""

        def work(tx: Tx) -> None:
            own(tx.connection, key, server, user, EntryState.DRAFT)
            decide(tx, key, server, EntryState.DROPPED, who)

        await self._outbox.write(work)

    async def standing(self, said: Statement, server: int) -> Statement | None:
        """Return the newest statement of the same source that has all the figures of `said` and is no older.

        None, too, if `said` has neither a count, a call nor ballots left.
        """
        rows = await self._database.rows(
            """SELECT body FROM statements WHERE contest = ? AND as_of >= ? AND server = ? AND source = ? AND retracted_at IS NULL
               ORDER BY as_of DESC, id DESC LIMIT 50""",
            (said.contest, to_micros(said.as_of), server, said.source),
        )
        newest = (Statement.model_validate_json(body) for (body,) in rows)
        return next((one for one in newest if one.count == said.count and _has_figures_of(one, said)), None)

    async def preview(self, prepared: Sequence[Prepared], server: int) -> tuple[StatementTaken, ...]:
        """Return what statements would do now: runs the transaction that takes them in, and takes it back."""
        return await self._outbox.rehearse(lambda tx: take_in(tx, prepared, server))

    async def enter(
        self, key: int, server: int, user: int, prepare: Prepare, look: Look, sources: Sequence[str]
    ) -> Entered:
        """Enter a draft of somebody's; `sources`: the sources whose name the public may read.

        Raises:
            BadInputError: there is no such draft of theirs any more, or it can't be entered as it is.
            OthersGoOutError: `look` refused what would come of it.

        """

        def work(tx: Tx) -> Entered:
            stored = own(tx.connection, key, server, user, EntryState.DRAFT)
            return enter_in(tx, stored, stored.entered_by, prepare, look, sources)

        return await self._outbox.write(work)

    async def undo(self, key: int, server: int, user: int, who: str, make: MakeRetraction) -> Replaced:
        """Retract everything that came of an entry that was entered less than two minutes ago.

        Raises:
            BadInputError: there is no such entry of theirs, it is undone already, or it is too late.

        """

        def work(tx: Tx) -> Replaced:
            own(tx.connection, key, server, user, EntryState.ENTERED)
            ((until,),) = tx.rows("SELECT undo_until FROM entries WHERE id = ?", (key,))
            if until is None or until < tx.wall:
                raise BadInputError("that was entered over two minutes ago; use `/retract`, with a reason")
            audit = AuditRow(tx.now, server, who, "entry undo", after={"entry": key})
            statements = tx.rows(
                "SELECT id FROM statements WHERE entry = ? AND retracted_at IS NULL ORDER BY id", (key,)
            )
            if not statements:
                raise BadInputError("that has already been retracted")
            replaced = self._corrections.take_back(tx, server, [one for (one,) in statements], make, audit)
            decide(tx, key, server, EntryState.UNDONE, who)
            return replaced

        return await self._outbox.write(work)


def enter_in(tx: Tx, stored: StoredEntry, by: str, prepare: Prepare, look: Look, sources: Sequence[str]) -> Entered:
    """Store the statements of an entry and mark it as entered, in a transaction. `sources`: as for `EntryStore.enter`."""
    taken = take_in(tx, prepare(stored), stored.server)
    look(taken)
    new = [one.id for one in taken if one.on_record is None]
    tx.executemany("UPDATE statements SET entry = ? WHERE id = ?", [(stored.id, key) for key in new])
    decided = decide(tx, stored.id, stored.server, EntryState.ENTERED, by)
    tx.execute("UPDATE entries SET undo_until = ? WHERE id = ?", (tx.wall + UNDO_MICROS, stored.id))
    return Entered(decided, taken, public=bool(tx.rows(_MAY_BE_PUBLIC, (to_json(sources), stored.id))))


def let_public(connection: sqlite3.Connection, stored: StoredEntry, sources: Sequence[str]) -> None:
    """Release what an entry has not posted in public channels for public answers.

    Raises:
        BadInputError: there is nothing, or they do already.

    """
    in_state(stored.state, EntryState.ENTERED, stored.decided_by)
    let = connection.execute(
        f"UPDATE statements SET for_public = 1 WHERE id IN (SELECT id {_FOR_PUBLIC} AND entry = ?)",
        (to_json(sources), stored.id),
    )
    if not let.rowcount:
        raise BadInputError(f"nothing of entry {stored.id} is left to use in public answers")


def _refuse_many(connection: sqlite3.Connection, server: int, size: int) -> None:
    """Raise a BadInputError if a new picture of `size` bytes would be too much."""
    ((has,),) = fetch(connection, "SELECT coalesce(sum(length(body)), 0) FROM evidence WHERE server = ?", (server,))
    if has + size > MOST_PICTURES_BYTES:
        raise BadInputError(
            f"the pictures of this server's entries have {MOST_PICTURES_BYTES >> 20} MiB together, and no more are kept; "
            "send the form without one"
        )


def stored_of(row: Row) -> StoredEntry:
    """Return the entry of a row of `SELECT`."""
    key, server, user, entered_by, begun_at, state, decided_at, decided_by, question, body = row
    return StoredEntry(
        id=key,
        server=server,
        user=user,
        entered_by=entered_by,
        begun_at=from_micros(begun_at),
        state=EntryState(state),
        decided_at=moment(decided_at),
        decided_by=decided_by,
        question=question,
        entry=Entry.model_validate_json(body),
    )


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
    """Return the error that a server has no such entry."""
    return BadInputError("there is no such entry in this server now; start again")


def own(connection: sqlite3.Connection, key: int, server: int, user: int, state: EntryState) -> StoredEntry:
    """Return an entry of this person's that is in this state.

    Raises:
        BadInputError: there is none, it is somebody else's, or it is in another state.

    """
    return owned(found(connection, key, server), user, state)


def owned(stored: StoredEntry, user: int, state: EntryState) -> StoredEntry:
    """Return an entry if it is this person's and in this state.

    Raises:
        BadInputError: it is somebody else's, or in another state.

    """
    if stored.user != user:
        raise BadInputError("that entry belongs to someone else")
    in_state(stored.state, state, stored.decided_by)
    return stored


def of_another(connection: sqlite3.Connection, key: int, server: int, user: int) -> StoredEntry:
    """Return an entry that waits for a second person; `user` must not be who entered it.

    Raises:
        BadInputError: there is none, it no longer waits, or `user` entered it.

    """
    stored = found(connection, key, server)
    in_state(stored.state, EntryState.ASKED, stored.decided_by)
    if stored.user == user:
        raise BadInputError("you entered that yourself; someone else on the desk must confirm it")
    return stored


def in_state(now: StrEnum, state: StrEnum, decided_by: str | None) -> None:
    """Raise a BadInputError if something is in another state than `state`; it says which, and who decided."""
    if now is not state:
        by = f", by {decided_by.rsplit(' (', 1)[0]}" if decided_by else ""
        raise BadInputError(f"{_ALREADY[now]}{by}")


def decide(tx: Tx, key: int, server: int, state: EntryState, who: str) -> StoredEntry:
    """Put an entry into a state, with an audit row; return it as it is then."""
    tx.execute(
        "UPDATE entries SET state = ?, decided_at = ?, decided_by = ? WHERE id = ?",
        (state, to_micros(tx.now), who, key),
    )
    tx.audit(server, who, f"entry {state}", after={"entry": key})
    return found(tx.connection, key, server)


def forget_person_entries(connection: sqlite3.Connection, person: Person) -> None:
    """Delete what a person began to enter, and the pictures of what they entered.

    Raises:
        BadInputError: something that they entered waits for a second person, who is not to be the same.

    """
    waits = fetch(connection, "SELECT id FROM entries WHERE user = ? AND state = 'asked' LIMIT 1", (person.id,))
    if waits:
        raise BadInputError(
            f"your entry {waits[0][0]} is waiting for a second person: withdraw it first, or wait for their answer"
        )
    for sql in (
        "DELETE FROM evidence WHERE entry IN (SELECT id FROM entries WHERE user = ?)",
        "DELETE FROM entries WHERE user = ? AND state IN ('draft', 'dropped')",
        "UPDATE entries SET user = 0 WHERE user = ?",
    ):
        connection.execute(sql, (person.id,))


def _has_figures_of(one: Statement, said: Statement) -> bool:
    """Return True if `one` has all the figures of `said` that hold; ballots left must be of the same places and kind."""
    wanted = [name for name in _STAND if getattr(said, name) is not None]
    left, other = said.outstanding, one.outstanding
    same = left is None or (other and (set(other.units), other.type) == (set(left.units), left.type))
    return bool(wanted and same) and all(getattr(one, name) is not None for name in wanted)
