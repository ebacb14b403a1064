"""Corrections and retractions in the database: previewed, confirmed, carried out and undone."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from pydantic import TypeAdapter

from bot.count.statement import Statement
from bot.database.database import fetch
from bot.entries.corrections_store import (
    CorrectionStore,
    DeletedRows,
    ReplacementEffects,
    is_retracted,
    mark_withdrawn,
    retracted_with,
    said_before,
)
from bot.entries.corrections_words import Replacement, unreplaced_post
from bot.errors import BadInputError
from bot.outbox.approval_store import update_questions
from bot.outbox.approval_words import Decision
from bot.outbox.outbox import Outbox
from bot.outbox.proposals_store import Proposal, ProposalState, ProposalStore
from bot.outbox.rows import AuditRow, OutboxRow
from bot.outbox.rows_store import read_post
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row
from bot.outcomes.outcomes_store import write_outcomes
from bot.wording.card import Link, address_of

STALE = timedelta(minutes=15)
"""Buttons of a preview older than this no longer work, since more may have been posted in the meantime."""

StoredReplacement: TypeAlias = Proposal[Replacement]


@dataclass(frozen=True, slots=True)
class Unreplaced:
    """The effects of undoing a correction or a retraction, for the answer to Undo."""

    dropped: int = 0
    """How many unsent correction or retraction posts were dropped."""
    channels: tuple[int, ...] = ()
    """The channels where the correction or retraction was or may have been posted. A new post withdraws it."""
    numbers: tuple[int, ...] = ()
    """The numbers of the posts that had been retracted."""
    again: int = 0
    """How many formerly dropped posts are sent after all."""
    overtaken: int = 0
    """How many formerly dropped posts are not sent, because a later post covers them."""


@dataclass(frozen=True, slots=True)
class ReplacementRecord:
    """The data for undoing a correction or a retraction, as stored with the proposal."""

    unsent: Sequence[int]
    """Outbox ids of the dropped posts."""
    statements: Sequence[int]
    """Ids of the retracted statements."""
    forgotten: DeletedRows
    """The rows deleted with those statements."""


_MADE = TypeAdapter(ReplacementRecord)


class ReplacementStore(ProposalStore[Replacement, ReplacementEffects, Unreplaced]):
    """Stores corrections and retractions, from their preview to their undo."""

    kinds = ("correct", "retract")
    noun = "correction or retraction"
    done_verb, asked_verb = "posted", "asked for"
    not_own_error = "that belongs to someone else, who can post or discard it"
    too_late_error = "that was posted over two minutes ago; use `/correct` on the post"
    audits = {ProposalState.ASKED: "ask", ProposalState.REJECTED: "reject", ProposalState.UNDONE: "undo"}
    body = TypeAdapter(Replacement)

    def __init__(self, outbox: Outbox, corrections: CorrectionStore) -> None:
        """Create a store that writes through `outbox`. `corrections` finds and replaces posts."""
        super().__init__(outbox)
        self._corrections = corrections

    def kind_of(self, what: Replacement) -> str:
        """Return "correct" or "retract"."""
        return what.kind

    def apply(self, tx: Tx, proposal: StoredReplacement, confirmed_by: str | None) -> ReplacementEffects:
        """Carry out a correction or retraction: queue its posts, and retract the statements.

        Raises:
            BadInputError: as `CorrectionStore.correct_in`, `retract_in` and `retract_entry`.
        """
        what, server = proposal.what, proposal.server
        confirmed = {"confirmed_by": confirmed_by} if confirmed_by else None
        audit = AuditRow(tx.now, server, proposal.asked_by, what.kind, what.text, after=confirmed)
        if what.kind == "correct":
            return self._corrections.correct_in(tx, server, what.number or 0, what.text, audit)
        if what.entry is None:
            return self._corrections.retract_in(tx, server, what.number or 0, what.text, audit)
        return self._corrections.retract_entry(tx, server, what.entry, what.text, audit)

    def done(self, effect: ReplacementEffects) -> dict[str, object]:
        """Return the record that undoing the replacement needs, a `ReplacementRecord`."""
        return asdict(ReplacementRecord(effect.unsent, effect.statements, effect.forgotten))

    def posts(self, effect: ReplacementEffects) -> Sequence[int]:
        """Return the outbox ids of the correction or retraction posts."""
        return effect.made

    def revert(self, tx: Tx, proposal: StoredReplacement, who: str) -> Unreplaced:
        """Undo a correction or retraction: drop its unsent posts, and post that its sent ones are withdrawn.

        The marks on earlier posts are removed, and a retracted entry is valid again. `who` is the editor who pressed
        Undo.

        Raises:
            BadInputError: the corrected post has been retracted since.
        """
        what = proposal.what
        if what.kind == "correct" and is_retracted(tx.connection, proposal.server, what.number or 0):
            raise BadInputError(f"{what.named} has been retracted since, and its corrections with it")
        made = _MADE.validate_json(proposal.done or "")
        numbers = _numbers(tx.connection, made.statements)
        dropped, channels = self._withdraw(tx, proposal, numbers, who)
        for statement in made.statements:  # what was retracted together is known until they count again
            _count_again(tx, proposal.server, statement)
        mark_withdrawn(tx, made.statements)
        self._corrections.remember(tx, made.forgotten)
        again, overtaken = self._corrections.requeue_unsent(tx, made.unsent)
        return Unreplaced(dropped, channels, tuple(numbers), again, overtaken)

    def audited(self, proposal: StoredReplacement) -> tuple[str, str, dict[str, object]]:
        """Return the action's name, the text, and the post's number or the entry's id, for the audit log."""
        what = proposal.what
        return what.kind, what.text, {"entry": what.entry} if what.number is None else {"number": what.number}

    def refuse_stale(self, proposal: StoredReplacement, now: datetime) -> None:
        """Raise a BadInputError if the preview of `proposal` is too old.

        Questions to a second person do not expire.
        """
        if proposal.state is ProposalState.DRAFT and now - proposal.begun_at > STALE:
            raise BadInputError(
                "that card is over 15 minutes old, and more may have been posted since; enter the command again"
            )

    async def last(self, server: int, number: int) -> int | None:
        """Return the id of the last correction or retraction begun for a server's post, or None."""
        row = await self._database.row(
            """SELECT id FROM proposals WHERE server = ? AND kind IN ('correct', 'retract')
                 AND body ->> 'number' = ? ORDER BY begun_at DESC, id DESC LIMIT 1""",
            (server, number),
        )
        return row[0] if row else None

    def _withdraw(
        self, tx: Tx, proposal: StoredReplacement, retracted: Sequence[int], by: str
    ) -> tuple[int, tuple[int, ...]]:
        """Drop the unsent posts of a correction or retraction, and withdraw its sent ones.

        `retracted` are the numbers of the posts that had been retracted, and `by` is who pressed Undo. Returns how
        many posts were dropped, and the channels of the others.
        """
        dropped = 0
        posts, edits = list[OutboxRow](), list[OutboxRow]()
        for (key,) in tx.rows("SELECT post FROM proposal_posts WHERE proposal = ? ORDER BY post", (proposal.id,)):
            post = read_post(tx.connection, key)
            if post is None or post.state in (State.FAILED, State.DROPPED, State.SUPERSEDED):
                continue
            if post.state in (State.PENDING, State.AWAITING):
                drop_row(tx.connection, post.id, post.state, None, by)
                update_questions(tx, post, Decision("taken back", by, tx.now))
                dropped += 1
                continue
            ((message,),) = tx.rows("SELECT message FROM outbox WHERE id = ?", (key,))
            there = Link(post.number, address_of(post.server, post.destination, message)) if message else None
            draft = unreplaced_post(
                proposal.what, post.number, retracted, there, tx.setting, tx.now, is_there=post.about is not None
            )
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
                if (card := said_before(tx.connection, old, post)) is not None:
                    edits.append(OutboxRow.edit(old, card, tx.now, draft.kind))
        tx.add(posts)
        tx.add(edits)
        return dropped, tuple(dict.fromkeys(post.channel for post in posts))


def _numbers(connection: sqlite3.Connection, statements: Sequence[int]) -> list[int]:
    """Return the numbers of posts of these statements that have been sent, or may have been."""
    rows = fetch(
        connection,
        """SELECT DISTINCT p.number FROM json_each(?) s JOIN statement_posts p ON p.statement = s.value
           JOIN outbox o ON o.id = p.post AND o.state IN ('sent', 'sending', 'doubtful') ORDER BY p.number""",
        (json.dumps(statements),),
    )
    return [number for (number,) in rows]


def _count_again(tx: Tx, server: int, statement: int) -> None:
    tx.execute("UPDATE statements SET retracted_at = NULL, retracted_by = NULL WHERE id = ?", (statement,))
    ((body,),) = tx.rows("SELECT body FROM statements WHERE id = ?", (statement,))
    said = Statement.model_validate_json(body)
    write_outcomes(tx.connection, said, server, statement, tx.now, pushed=said.entered_by is None)
