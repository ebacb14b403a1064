"""Corrections and retractions in the database: previewed, confirmed, carried out and undone."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from pydantic import TypeAdapter

from bot.entries.corrections_store import (
    CorrectionStore,
    ReplacementEffects,
    unstrike,
)
from bot.entries.corrections_words import Replacement
from bot.errors import BadInputError
from bot.outbox.approval_store import drop_unsent
from bot.outbox.approval_words import Decision
from bot.outbox.outbox import Outbox
from bot.outbox.proposals_store import Proposal, ProposalState, ProposalStore
from bot.outbox.rows import AuditRow
from bot.outbox.tx import Tx

STALE = timedelta(minutes=15)
"""Buttons of a preview older than this no longer work, since more may have been posted in the meantime."""

StoredReplacement: TypeAlias = Proposal[Replacement]


@dataclass(frozen=True, slots=True)
class ReplacementRecord:
    """The data for undoing a correction or a retraction, as stored with the proposal."""

    unsent: Sequence[int]
    """Outbox ids of the dropped posts."""
    statements: Sequence[int]
    """Ids of the retracted statements."""


_MADE = TypeAdapter(ReplacementRecord)


class ReplacementStore(ProposalStore[Replacement, ReplacementEffects, int]):
    """Stores corrections and retractions, from their preview to their undo."""

    kinds = ("correct", "retract")
    noun = "correction or retraction"
    done_verb, asked_verb = "posted", "asked for"
    not_own_error = "that belongs to someone else, who can post or discard it"
    put_right = "use `/correct` on the post"
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
        return asdict(ReplacementRecord(effect.unsent, effect.statements))

    def posts(self, effect: ReplacementEffects) -> Sequence[int]:
        """Return the outbox ids of the correction or retraction posts."""
        return effect.made

    def revert(self, tx: Tx, proposal: StoredReplacement, who: str) -> int:
        """Undo a correction or retraction that was not sent. Returns how many posts are dropped.

        A retracted entry is valid again. `who` is the editor who pressed Undo.

        Raises:
            BadInputError: posts that were not sent yet were dropped for it.
        """
        made = _MADE.validate_json(proposal.done or "")
        if made.unsent:
            again = "correct it again" if proposal.what.kind == "correct" else "enter it again"
            raise BadInputError(f"posts that had not gone out were dropped for that, so it is not undone; {again}")
        for statement in made.statements:
            unstrike(tx, proposal.server, statement)
        return drop_unsent(tx, self.made(tx, proposal), Decision("taken back", who, tx.now))

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
