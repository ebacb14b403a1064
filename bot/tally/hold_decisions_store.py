"""Decisions on held readings: post, drop, or withdraw. Each is a proposal that a second person may have to confirm."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn, TypeAlias

from pydantic import TypeAdapter

from bot.database.database import from_micros
from bot.errors import BadInputError
from bot.outbox.proposals_store import Asker, Proposal, ProposalState, ProposalStore, desk_of, drop_asked
from bot.outbox.rows import OutboxRow
from bot.outbox.tx import Tx
from bot.tally.holds_store import HoldNotice, edit_notice, notices
from bot.tally.holds_words import Editor, HeldReading, HoldOutcome, Undone, rejected_words
from bot.tally.intake import HoldDecided, Withdrawn, settle, undo_decision
from bot.wording.card import Button, Card


@dataclass(frozen=True, slots=True)
class HoldDecision:
    """An editor's decision on a held reading, as a proposal."""

    wants: HoldOutcome
    hold: str
    """The hold's `hold_key`."""
    key: str
    """The `held_key` of the reading that the editor was shown."""

    @property
    def series(self) -> int:
        """The database id of the series that the hold belongs to."""
        return int(self.hold.split(":")[0])

    @property
    def since(self) -> datetime:
        """When the hold began."""
        return from_micros(int(self.hold.split(":")[1]))


class NotHeldError(BadInputError):
    """Raised if the figures that an editor decided about are no longer on hold."""


class HoldRefusedError(BadInputError):
    """Raised if a decision can't be undone or withdrawn; `undone.refused` has the reason."""

    def __init__(self, undone: Undone) -> None:
        """Create the error for `undone`, a result in which nothing was undone. Its message is `undone.refused`."""
        super().__init__(f"nothing was undone: {undone.refused}")
        self.undone = undone


_ASKED = "SELECT id FROM proposals WHERE kind = 'hold' AND body ->> 'hold' = ? AND server = ? AND state = 'asked'"

_DECIDED = """SELECT id FROM proposals WHERE kind = 'hold' AND body ->> 'hold' = ? AND server = ? AND state = 'done'
              AND (body ->> 'wants' = 'withdraw') = ? ORDER BY id DESC LIMIT 1"""

StoredDecision: TypeAlias = Proposal[HoldDecision]


class HoldDecisionStore(ProposalStore[HoldDecision, HoldDecided | Withdrawn, Undone]):
    """Stores decisions on held readings, and applies them. Each method is one transaction or query."""

    kinds = ("hold",)
    noun = "decision"
    done_verb, asked_verb = "decided", "asked for"
    audits = {ProposalState.ASKED: "ask", ProposalState.REJECTED: "reject"}
    body = TypeAdapter(HoldDecision)

    def apply(self, tx: Tx, proposal: StoredDecision, confirmed_by: str | None) -> HoldDecided | Withdrawn:
        """Post or drop a held reading, or withdraw it.

        Raises:
            NotHeldError: the reading is no longer held.
            HoldRefusedError: the reading can't be withdrawn.

        """
        what = proposal.what
        editor = self._editor(tx, proposal, proposal.asked_by, confirmed_by)
        if what.wants == "withdraw":
            withdrawn = undo_decision(tx, what.series, what.since, editor, "withdraw")
            if withdrawn.undone.refused:
                raise HoldRefusedError(withdrawn.undone)
            return withdrawn
        decided = settle(tx, what.key, editor, post=what.wants == "post")
        if decided is None:
            raise NotHeldError("those figures are not held any more")
        return decided

    def revert(self, tx: Tx, proposal: StoredDecision, who: str) -> Undone:
        """Undo a decision: withdraw a posted reading, or hold a dropped or withdrawn reading again.

        Raises:
            HoldRefusedError: the decision can't be undone, for instance because newer readings were stored.
        """
        undone = self._reverted(tx, proposal, who)
        if undone.refused:
            raise HoldRefusedError(undone)
        return undone

    def refuse_late(self, tx: Tx, proposal: StoredDecision) -> NoReturn:
        """Raise HoldRefusedError, because it is too late to undo the decision, or because it is undone already."""
        undone = self._reverted(tx, proposal, proposal.asked_by)
        if undone.refused in ("gone", "elsewhere"):
            raise HoldRefusedError(undone)
        raise HoldRefusedError(Undone("late", posted=undone.posted, reading=undone.reading))

    def audited(self, proposal: StoredDecision) -> tuple[str, None, dict[str, object]]:
        """Return the audit log's name and details of a decision. The details of a rejected one include who asked."""
        about: dict[str, object] = {"hold": proposal.what.hold, "wants": proposal.what.wants}
        if proposal.state is ProposalState.REJECTED:
            about["by"] = proposal.asked_by
        return "hold", None, about

    def answer(self, tx: Tx, proposal: StoredDecision, buttons: tuple[Button, ...] = ()) -> None:
        """Edit the question to the second person if that person rejected the decision.

        If that person confirmed it, nothing is done, since the end of the hold has already edited all notices.
        """
        if proposal.state is ProposalState.REJECTED:
            posted = proposal.what.wants == "withdraw"
            text = rejected_words(proposal.decided_by or "", tx.now, tx.setting, posted=posted)
            _edit_question(tx, proposal, text, buttons)

    async def close(self, hold: str, server: int, why: str) -> None:
        """Close the question to a second person about a hold, and add the text `why` above the question."""

        def work(tx: Tx) -> None:
            for (key,) in tx.rows(_ASKED, (hold, server)):
                drop_asked(tx, [key])
                _edit_question(tx, self.get(tx.connection, key, server), why, ())

        await self._outbox.write(work)

    async def ask_about(self, what: HoldDecision, hold: HeldReading, asker: Asker, question: Card) -> int:
        """Post `question` in the desk's channel, for a second person to confirm the decision `what` about a hold.

        Returns the channel's id. A new question replaces an earlier one about the same hold, and the earlier one is
        marked as replaced. The same question from the same person is not posted twice.

        Raises:
            BadInputError: the server has no desk channel.
        """

        def work(tx: Tx) -> int:
            channel = desk_of(tx, asker.server)
            asked = [
                self.get(tx.connection, key, asker.server) for (key,) in tx.rows(_ASKED, (what.hold, asker.server))
            ]
            ours = {one.question: one for one in asked}
            earlier = [notice for notice in notices(tx.connection, what.series, what.since) if notice.post.id in ours]
            for notice in earlier:
                before = ours[notice.post.id]
                same = (before.what.wants, before.asked_by) == (what.wants, asker.name)
                if same and (notice.card.head, notice.card.blocks) == (question.head, question.blocks):
                    return channel
            drop_asked(tx, [one.id for one in asked])
            to = (asker.server, channel, tx.number(asker.server))
            row = OutboxRow.worded(
                *to, question, tx.now, hold.contest, hold.source, topic=HoldNotice(what.series, what.since)
            )
            self.put(tx, self.add(tx, asker, what), row)
            for notice in earlier:
                anew = f"**Asked anew in #{row.number}.**"
                edit_notice(tx, notice, replace(notice.card, notes=notice.so_far.notes, buttons=()).above(anew))
            return channel

        return await self._outbox.write(work)

    async def asked(self, hold: str, server: int) -> int | None:
        """Return the id of the open question to a second person about a hold, or None."""
        row = await self._database.row(_ASKED, (hold, server))
        return row[0] if row else None

    async def decided(self, hold: str, server: int, *, withdrawn: bool) -> int | None:
        """Return the id of a server's last decision on a hold or, with `withdrawn`, of its withdrawal. None if there is none."""
        row = await self._database.row(_DECIDED, (hold, server, withdrawn))
        return row[0] if row else None

    def _reverted(self, tx: Tx, proposal: StoredDecision, who: str) -> Undone:
        what, editor = proposal.what, self._editor(tx, proposal, who, None)
        return undo_decision(
            tx, what.series, what.since, editor, "again" if what.wants == "withdraw" else "undo"
        ).undone

    def _editor(self, tx: Tx, proposal: StoredDecision, who: str, confirmed_by: str | None) -> Editor:
        return Editor(proposal.server, who, confirmed_by, tx.setting.newsrooms.get(proposal.server))


def _edit_question(tx: Tx, proposal: StoredDecision, text: str, buttons: tuple[Button, ...]) -> None:
    """Edit a proposal's question: add `text` above it, and replace its buttons."""
    for notice in notices(tx.connection, proposal.what.series, proposal.what.since):
        if notice.post.id == proposal.question:
            edit_notice(tx, notice, replace(notice.card, notes=notice.so_far.notes, buttons=buttons).above(text))
