"""What a desk decides on held readings: post, drop, or withdraw what was posted; each is a proposal, perhaps confirmed by a second."""

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
from bot.tally.intake import HoldDecided, Withdrawn, settle, take_back
from bot.wording.card import Button, Card


@dataclass(frozen=True, slots=True)
class HoldDecision:
    """What somebody of the desk wants with a held reading."""

    wants: HoldOutcome
    hold: str
    """`hold_key`."""
    key: str
    """`held_key`: of the reading that they were shown."""

    @property
    def series(self) -> int:
        """The series of the hold."""
        return int(self.hold.split(":")[0])

    @property
    def since(self) -> datetime:
        """When the hold began."""
        return from_micros(int(self.hold.split(":")[1]))


class NotHeldError(BadInputError):
    """Those figures are not held any more."""


class HoldRefusedError(BadInputError):
    """Nothing is undone or withdrawn; `undone` says why."""

    def __init__(self, undone: Undone) -> None:
        """Refuse it, as `undone.refused` says."""
        super().__init__(f"nothing was undone: {undone.refused}")
        self.undone = undone


_ASKED = "SELECT id FROM proposals WHERE kind = 'hold' AND body ->> 'hold' = ? AND server = ? AND state = 'asked'"

_DECIDED = """SELECT id FROM proposals WHERE kind = 'hold' AND body ->> 'hold' = ? AND server = ? AND state = 'done'
              AND (body ->> 'wants' = 'withdraw') = ? ORDER BY id DESC LIMIT 1"""

StoredDecision: TypeAlias = Proposal[HoldDecision]


class HoldDecisionStore(ProposalStore[HoldDecision, HoldDecided | Withdrawn, Undone]):
    """Keeps decisions on held readings; each method is one transaction or one query."""

    kinds = ("hold",)
    noun = "decision"
    done_verb, asked_verb = "decided", "asked for"
    audits = {ProposalState.ASKED: "ask", ProposalState.REJECTED: "reject"}
    body = TypeAdapter(HoldDecision)

    def apply(self, tx: Tx, proposal: StoredDecision, confirmed_by: str | None) -> HoldDecided | Withdrawn:
        """Post or drop a held reading, or withdraw it.

        Raises:
            NotHeldError: it is not what is held now.
            HoldRefusedError: there is nothing to withdraw.

        """
        what = proposal.what
        editor = self._editor(tx, proposal, proposal.asked_by, confirmed_by)
        if what.wants == "withdraw":
            withdrawn = take_back(tx, what.series, what.since, editor, "withdraw")
            if withdrawn.undone.refused:
                raise HoldRefusedError(withdrawn.undone)
            return withdrawn
        decided = settle(tx, what.key, editor, post=what.wants == "post")
        if decided is None:
            raise NotHeldError("those figures are not held any more")
        return decided

    def revert(self, tx: Tx, proposal: StoredDecision, who: str) -> Undone:
        """Withdraw what was posted; what was dropped or withdrawn waits again.

        Raises:
            HoldRefusedError: the series has gone on.

        """
        undone = self._reverted(tx, proposal, who)
        if undone.refused:
            raise HoldRefusedError(undone)
        return undone

    def refuse_late(self, tx: Tx, proposal: StoredDecision) -> NoReturn:
        """Raise the error that it is too late, unless there is nothing left to undo."""
        undone = self._reverted(tx, proposal, proposal.asked_by)
        if undone.refused in ("gone", "elsewhere"):
            raise HoldRefusedError(undone)
        raise HoldRefusedError(Undone("late", posted=undone.posted, reading=undone.reading))

    def audited(self, proposal: StoredDecision) -> tuple[str, None, dict[str, object]]:
        """Return how the audit names it, and what is wanted; of what is rejected also by whom."""
        about: dict[str, object] = {"hold": proposal.what.hold, "wants": proposal.what.wants}
        if proposal.state is ProposalState.REJECTED:
            about["by"] = proposal.asked_by
        return "hold", None, about

    def answer(self, tx: Tx, proposal: StoredDecision, buttons: tuple[Button, ...] = ()) -> None:
        """Edit the question where it is rejected; what is confirmed ends the hold, which every notice then says."""
        if proposal.state is ProposalState.REJECTED:
            posted = proposal.what.wants == "withdraw"
            text = rejected_words(proposal.decided_by or "", tx.now, tx.setting, posted=posted)
            _say_above(tx, proposal, text, buttons)

    async def close(self, hold: str, server: int, why: str) -> None:
        """Drop what a second person of a server is asked about a hold, and say why above the question."""

        def work(tx: Tx) -> None:
            for (key,) in tx.rows(_ASKED, (hold, server)):
                drop_asked(tx, [key])
                _say_above(tx, self.get(tx.connection, key, server), why, ())

        await self._outbox.write(work)

    async def ask_about(self, what: HoldDecision, hold: HeldReading, asker: Asker, question: Card) -> int:
        """Ask a second person in the desk's channel about a hold; return that channel.

        A later question about the same hold takes the place of an earlier one, which says so; the same is not asked twice.

        Raises:
            BadInputError: no channel is the desk's.

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
        """Return the id of what a second person of a server is asked about a hold; None: nobody asks."""
        row = await self._database.row(_ASKED, (hold, server))
        return row[0] if row else None

    async def decided(self, hold: str, server: int, *, withdrawn: bool) -> int | None:
        """Return the id of what a server's desk decided last on a hold; `withdrawn`: of its withdrawal."""
        row = await self._database.row(_DECIDED, (hold, server, withdrawn))
        return row[0] if row else None

    def _reverted(self, tx: Tx, proposal: StoredDecision, who: str) -> Undone:
        what, editor = proposal.what, self._editor(tx, proposal, who, None)
        return take_back(tx, what.series, what.since, editor, "again" if what.wants == "withdraw" else "undo").undone

    def _editor(self, tx: Tx, proposal: StoredDecision, who: str, confirmed_by: str | None) -> Editor:
        return Editor(proposal.server, who, confirmed_by, tx.setting.newsrooms.get(proposal.server))


def _say_above(tx: Tx, proposal: StoredDecision, text: str, buttons: tuple[Button, ...]) -> None:
    """Edit the question of a proposal: `text` above what it asked, with only `buttons`."""
    for notice in notices(tx.connection, proposal.what.series, proposal.what.since):
        if notice.post.id == proposal.question:
            edit_notice(tx, notice, replace(notice.card, notes=notice.so_far.notes, buttons=buttons).above(text))
