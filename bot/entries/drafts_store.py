"""Entries in the database, with their state, pictures and posts.

One transaction stores an entry's statements and marks it as entered (`ProposalStore.do`).
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from pydantic import TypeAdapter, ValidationError

from bot.count.entry import Entry
from bot.count.statement import Statement
from bot.database.anonymize import Person
from bot.database.database import fetch, to_micros
from bot.entries.corrections_store import CorrectionStore
from bot.entries.drafts_words import EntryPostPreview, posts_hash, public_button
from bot.entries.pieces_words import StandingStatement, on_record_already
from bot.entries.statements import Statements
from bot.entries.statements_store import StoredStatement, take_in
from bot.errors import BadInputError
from bot.outbox.approval_words import decided_by
from bot.outbox.outbox import Outbox
from bot.outbox.proposals_store import (
    SELECT,
    Asker,
    ContentChangedError,
    Proposal,
    ProposalState,
    ProposalStore,
    answer_question,
)
from bot.outbox.rows import AuditRow, to_json
from bot.outbox.tx import Tx
from bot.wording.card import Button

MOST_PICTURES_BYTES = 256 * 1024 * 1024
"""The most bytes of all pictures in a server together."""

_MOST_SHOWN = 10
"""How many of a person's entries are listed."""

STALE = timedelta(hours=24)
"""A draft older than this can't be entered, since its figures may be out of date."""

_STAND = ("margin", "total", "certified", "results_certified", "call", "outstanding")
"""Figures that are valid until their source gives new ones. Counties by name add up instead."""

_FOR_PUBLIC = """FROM statements s
WHERE retracted_at IS NULL AND NOT for_public AND source IN (SELECT value FROM json_each(?))
  AND EXISTS (SELECT 1 FROM json_each(s.body) said WHERE said.key IN (
    'margin', 'total', 'certified', 'outstanding', 'batch', 'last_updated', 'units_certified', 'results_certified', 'call'))
  AND EXISTS (SELECT 1 FROM follows f JOIN channels c ON c.id = f.channel LEFT JOIN channels p ON p.id = c.parent
    WHERE f.server = s.server AND f.contest = s.contest AND (c.public OR p.public))
  AND NOT EXISTS (SELECT 1 FROM statement_posts m JOIN outbox o ON o.id = m.post JOIN channels c ON c.id = o.channel
    WHERE m.statement = s.id AND c.public)"""
"""SQL for statements that are neither posted in their contest's public channels nor used in public answers."""

_MAY_BE_PUBLIC = f"SELECT 1 {_FOR_PUBLIC} AND entry = ? LIMIT 1"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A picture stored with an entry: its file name and bytes."""

    name: str
    body: bytes


StoredEntry: TypeAlias = Proposal[Entry]


@dataclass(frozen=True, slots=True)
class Entered:
    """The stored statements of an entry with their posts."""

    taken: tuple[StoredStatement, ...]
    public: bool
    """True if the desk can release some of the entry for public answers."""


class EntryStore(ProposalStore[Entry, Entered, int]):
    """Stores entries, from draft to undo."""

    kinds = ("entry",)
    noun = "entry"
    done_verb = asked_verb = "entered"
    not_own_error = "that entry belongs to someone else"
    put_right = "use `/retract`, with a reason"
    only_asker_undoes = asker_withdraws = True
    audits = {state: state.value for state in ProposalState} | {
        ProposalState.ASKED: "ask",
        ProposalState.DONE: "entered",
    }
    body = TypeAdapter(Entry)

    def __init__(self, outbox: Outbox, statements: Statements, corrections: CorrectionStore) -> None:
        """Create a store that writes through `outbox`.

        `statements` checks the entered statements, and `corrections` retracts an undone entry.
        """
        super().__init__(outbox)
        self._statements = statements
        self._corrections = corrections

    def apply(self, tx: Tx, proposal: StoredEntry, confirmed_by: str | None) -> Entered:
        """Store the statements of an entry, with their posts.

        Raises:
            BadInputError: the entry is incomplete, contradicts itself, or does not fit the desk file.
        """
        try:
            statements = proposal.what.statements(proposal.asked_by, confirmed_by)
        except ValidationError as error:
            raise BadInputError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
        except ValueError as error:
            raise BadInputError(str(error)) from None
        prepared = [self._statements.prepared(one, proposal.server, proposal.asked_by) for one in statements]
        taken = take_in(tx, prepared, proposal.server)
        new = [one.id for one in taken if one.on_record is None]
        tx.executemany("UPDATE statements SET entry = ? WHERE id = ?", [(proposal.id, key) for key in new])
        sources = to_json(tx.setting.desk.public_sources)
        return Entered(taken, public=bool(tx.rows(_MAY_BE_PUBLIC, (sources, proposal.id))))

    def made(self, tx: Tx, proposal: StoredEntry) -> Sequence[int]:
        """Return the outbox ids of the posts of an entry's statements."""
        rows = tx.rows(
            "SELECT p.post FROM statements s JOIN statement_posts p ON p.statement = s.id WHERE s.entry = ?",
            (proposal.id,),
        )
        return [post for (post,) in rows]

    def revert(self, tx: Tx, proposal: StoredEntry, who: str) -> int:
        """Strike all statements of an entry, and drop their posts. Returns how many posts are dropped.

        `who` is the editor who pressed Undo.

        Raises:
            BadInputError: the entry has already been retracted.
        """
        audit = AuditRow(tx.now, proposal.server, who, "entry undo", after={"entry": proposal.id})
        rows = tx.rows("SELECT id FROM statements WHERE entry = ? AND retracted_at IS NULL ORDER BY id", (proposal.id,))
        if not rows:
            raise BadInputError("that has already been retracted")
        statements, why = [key for (key,) in rows], "it was entered by mistake"
        return self._corrections.take_back(tx, proposal.server, statements, why, audit).dropped

    def audited(self, proposal: StoredEntry) -> tuple[str, None, dict[str, object]]:
        """Return an entry's action, reason and details for the audit log.

        There is no reason, so the second item is None.
        """
        return "entry", None, {"entry": proposal.id}

    def refuse_stale(self, proposal: StoredEntry, now: datetime) -> None:
        """Raise a BadInputError if an entry is too old to be entered."""
        if now - proposal.begun_at > STALE:
            first = "reject it, and let it be read" if proposal.state is ProposalState.ASKED else "read it"
            raise BadInputError(f"that card is over a day old; {first} again, so nothing old is posted as new")

    def refuse_unshown(self, effect: Entered, shown: int) -> None:
        """Raise an error unless the posts of an entry are those that the card showed.

        `shown` is the card's `posts_hash`.

        Raises:
            BadInputError: all of the entry is already on record.
            ContentChangedError: other posts would be sent than the card showed.
        """
        known = [one.on_record for one in effect.taken if one.on_record]
        if len(known) == len(effect.taken):
            raise nothing_new(known)
        posts = [EntryPostPreview(row.card.headline, ()) for one in effect.taken for row in one.posts if row.card]
        if posts and posts_hash(posts) != shown:
            raise ContentChangedError

    def question_buttons(self, proposal: StoredEntry, effect: Entered) -> tuple[Button, ...]:
        """Return the button that releases the entry for public answers. Empty if nothing can be released."""
        return (public_button(proposal.id),) if effect.public else ()

    async def begin(self, asker: Asker, what: Entry, evidence: Evidence | None = None) -> StoredEntry:
        """Store a new draft, with a picture if there is one.

        Raises:
            BadInputError: the server's pictures would take too much space. Nothing is stored.

        """

        def work(tx: Tx) -> StoredEntry:
            proposal = self.add(tx, asker, what)
            if evidence is not None:
                _refuse_many(tx.connection, asker.server, len(evidence.body))
                tx.execute(
                    "INSERT INTO evidence (entry, server, kept_at, name, body) VALUES (?, ?, ?, ?, ?)",
                    (proposal.id, asker.server, to_micros(tx.now), evidence.name, evidence.body),
                )
            return proposal

        return await self._outbox.write(work)

    async def release_for_public(self, key: int, asker: Asker) -> bool:
        """Release an entry for answers in public channels, and note the release below the question about the entry.

        Only parts without a post in the contest's public channels are released. Returns True if the entry was made
        while posts are paused: public answers then use it only once posting resumes.

        Raises:
            BadInputError: the entry is not entered, or nothing remains to release.
        """

        def work(tx: Tx) -> bool:
            stored = self.get(tx.connection, key, asker.server)
            self.refuse_unless(stored, ProposalState.DONE)
            let = tx.execute(
                f"UPDATE statements SET for_public = 1 WHERE id IN (SELECT id {_FOR_PUBLIC} AND entry = ?)",
                (to_json(tx.setting.desk.public_sources), key),
            )
            if not let.rowcount:
                raise BadInputError(f"nothing of entry {key} is left to use in public answers")
            tx.audit(asker.server, asker.name, "entry public", after={"entry": key})

            confirmed = decided_by("Confirmed", stored.decided_by or "", stored.decided_at or tx.now, tx.setting)
            released = decided_by("In public answers", asker.name, tx.now, tx.setting)
            answer_question(tx, stored.question, f"{confirmed} {released}")
            return bool(
                tx.rows(
                    """SELECT 1 FROM servers v JOIN statements s ON s.server = v.id AND s.entered_at > v.paused_at
                       WHERE v.id = ? AND s.entry = ?""",
                    (asker.server, key),
                )
            )

        return await self._outbox.write(work)

    async def of_user(self, server: int, user: int) -> list[tuple[StoredEntry, dict[int, bool], bool]]:
        """Return a user's last 10 entries, without drafts, newest first: (entry, posts, retracted).

        `posts` maps post numbers to whether their statement was retracted; `retracted` is True if all statements were.
        """
        rows = await self._database.rows(
            f"""{SELECT} WHERE server = ? AND user = ? AND state IN ('asked', 'done', 'rejected', 'undone')
                AND kind = 'entry' ORDER BY id DESC LIMIT ?""",
            (server, user, _MOST_SHOWN),
        )
        found = map(self.of_row, rows)
        return [(one, await self._numbers(one.id), await self._retracted(one)) for one in found]

    async def post_of(self, statements: Sequence[int]) -> int | None:
        """Return the outbox id of the only post of some statements. None if they have no post, or more than one."""
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
        return stored.state is ProposalState.DONE and all(at is not None for (at,) in rows)

    async def may_be_public(self, key: int, sources: Sequence[str]) -> bool:
        """Return True if some of an entry can be released for answers in public channels.

        `sources`: ids of the sources that the public may see.
        """
        return await self._database.row(_MAY_BE_PUBLIC, (to_json(sources), key)) is not None

    async def count_unreleased(self, channel: int, sources: Sequence[str]) -> int:
        """Return how many entries about a channel's contests are neither posted publicly nor used in public answers.

        `sources`: ids of the sources that the public may see.
        """
        which = "entry IS NOT NULL AND (s.server, contest) IN (SELECT server, contest FROM follows WHERE channel = ?)"
        row = await self._database.row(
            f"SELECT count(DISTINCT entry) {_FOR_PUBLIC} AND {which}", (to_json(sources), channel)
        )
        return row[0] if row else 0

    async def evidence(self, key: int, server: int) -> Evidence | None:
        """Return the picture stored with an entry, or None."""
        row = await self._database.row("SELECT name, body FROM evidence WHERE entry = ? AND server = ?", (key, server))
        return Evidence(*row) if row else None

    async def standing(self, statement: Statement, server: int) -> Statement | None:
        """Return the newest statement of the same source that has all figures of `statement` and is no older.

        Only figures that stay valid until the source replaces them are compared. None if there is no such statement.
        """
        rows = await self._database.rows(
            """SELECT body FROM statements WHERE contest = ? AND as_of >= ? AND server = ? AND source = ? AND retracted_at IS NULL
               ORDER BY as_of DESC, id DESC LIMIT 50""",
            (statement.contest, to_micros(statement.as_of), server, statement.source),
        )
        newest = (Statement.model_validate_json(body) for (body,) in rows)
        return next((one for one in newest if one.count == statement.count and _has_figures_of(one, statement)), None)


def nothing_new(known: Sequence[StandingStatement]) -> BadInputError:
    """Return the error for an entry whose figures are all on record already, in the statements `known`."""
    return BadInputError(f"{on_record_already(known)}: nothing was entered")


def _refuse_many(connection: sqlite3.Connection, server: int, size: int) -> None:
    """Raise a BadInputError if the server has no room for another picture of `size` bytes."""
    ((has,),) = fetch(connection, "SELECT coalesce(sum(length(body)), 0) FROM evidence WHERE server = ?", (server,))
    if has + size > MOST_PICTURES_BYTES:
        raise BadInputError(
            f"the pictures of this server's entries have {MOST_PICTURES_BYTES >> 20} MiB together, and no more are kept; "
            "send the form without one"
        )


def forget_person_entries(connection: sqlite3.Connection, person: Person) -> None:
    """Delete the pictures of a person's entries.

    Raises:
        BadInputError: an entry of theirs waits for a second person's answer. Their id is needed until then, because they
            may not confirm the entry themselves.
    """
    waits = fetch(
        connection,
        "SELECT id, kind FROM proposals WHERE user = ? AND state = 'asked' ORDER BY id LIMIT 1",
        (person.id,),
    )
    for key, kind in waits:
        asked = f"entry {key}" if kind == "entry" else "correction, retraction or decision on a held reading"
        raise BadInputError(f"your {asked} is waiting for a second person: withdraw it first, or wait for their answer")
    connection.execute("DELETE FROM evidence WHERE entry IN (SELECT id FROM proposals WHERE user = ?)", (person.id,))


def _has_figures_of(one: Statement, statement: Statement) -> bool:
    """Return True if `one` has all figures in `_STAND` that `statement` has.

    Statements about uncounted ballots must be about the same places and vote type.
    """
    wanted = [name for name in _STAND if getattr(statement, name) is not None]
    left, other = statement.outstanding, one.outstanding
    same = left is None or (other and (set(other.units), other.type) == (set(left.units), left.type))
    return bool(wanted and same) and all(getattr(one, name) is not None for name in wanted)
