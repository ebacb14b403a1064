"""Proposals: one person's requests, which that person or a second person confirms.

    draft ──ask──▶ asked ──confirm──▶ done ──undo──▶ undone
     │ └───────────────do────────────▲
     └──drop──▶ dropped  asked ──reject──▶ rejected

A proposal can be undone within two minutes after it was done, while none of its posts is out. Each kind is a subclass of `ProposalStore`, with its own
`apply` and `revert`. Each step is one transaction and happens once. A second press, or a second person, therefore
changes nothing.
"""

# ruff: noqa: ARG002 - the base class's methods use fewer arguments than those of the kinds

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Generic, NoReturn, TypeVar

from pydantic import TypeAdapter

from bot.database.anonymize import Person
from bot.database.database import Row, fetch, from_micros, moment, to_micros
from bot.errors import BadInputError
from bot.outbox.approval_words import decided_by
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import OutboxRow, TopicRow, to_json
from bot.outbox.rows_store import read_post
from bot.outbox.servers_store import ensure_server
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row
from bot.wording.card import Button, Card
from bot.wording.names import listed
from bot.wording.undo import UNDO_MICROS

SELECT = """SELECT id, server, user, asked_by, begun_at, state, decided_at, decided_by, question, done, kind, body
            FROM proposals"""

W = TypeVar("W")
"""The contents of a proposal, such as a draft entry."""

E = TypeVar("E")
"""The effect of applying a proposal."""

U = TypeVar("U")
"""The effect of undoing a proposal."""


class ProposalState(StrEnum):
    """The state of a proposal, from a draft to done or undone."""

    DRAFT = "draft"
    """Only the person who asks has seen the proposal."""
    ASKED = "asked"
    """The proposal waits for a second person's confirmation."""
    DONE = "done"
    REJECTED = "rejected"
    """A second person rejected the proposal."""
    UNDONE = "undone"
    """The proposal was done, and undone within two minutes."""
    DROPPED = "dropped"
    """The proposal was discarded or withdrawn before it was done."""


@dataclass(frozen=True, slots=True)
class Asker:
    """A person in a server who makes a proposal or decides on one."""

    server: int
    user: int
    """Discord's id of the person."""
    name: str
    """The person's name, as recorded in the audit."""
    reports: bool = False
    """True for a reporter, whose entries wait for the desk and who sees no pictures of other people's entries."""


@dataclass(frozen=True, slots=True)
class Proposal(Generic[W]):
    """A row of `proposals`: what one person asks for, and what was decided."""

    id: int
    server: int
    user: int
    asked_by: str
    begun_at: datetime
    state: ProposalState
    decided_at: datetime | None
    decided_by: str | None
    question: int | None
    """The id of the outbox row that asks a second person."""
    done: str | None
    """What `revert` needs to undo the proposal, as JSON, or None if the proposal was not done."""
    what: W


@dataclass(frozen=True, slots=True)
class PostProposal(TopicRow):
    """The link between a post and the proposal that made it."""

    INSERT: ClassVar[str] = "INSERT INTO proposal_posts (post, proposal) VALUES (?, ?)"

    proposal: int

    def values(self) -> tuple[object, ...]:
        """Return the columns for `INSERT` after the post's id."""
        return (self.proposal,)

    @classmethod
    def of(cls, connection: sqlite3.Connection, post: int) -> "PostProposal | None":
        """Return a post's link to its proposal, or None if no proposal made the post."""
        rows = fetch(connection, "SELECT proposal FROM proposal_posts WHERE post = ?", (post,))
        return cls(*rows[0]) if rows else None


class ContentChangedError(Exception):
    """Raised if a confirmed proposal would post something different from what was shown.

    The error rolls the transaction back.
    """


class ProposalStore(PostingStore, ABC, Generic[W, E, U]):
    """The base class of stores for one kind of proposal.

    Each method is one transaction or one query.
    """

    kinds: ClassVar[tuple[str, ...]]
    """The values of the table's column `kind` that belong to this store."""
    noun: ClassVar[str]
    """The noun for a proposal of this kind in error messages."""
    done_verb: ClassVar[str]
    """The participle for a proposal that was done: "entered"."""
    asked_verb: ClassVar[str]
    """The verb for what the asker did, in the past tense: "you entered that yourself"."""
    not_own_error: ClassVar[str]
    """The error text for a proposal that belongs to somebody else."""
    put_right: ClassVar[str]
    """What to do once it can't be undone, for error messages: "use `/retract`, with a reason"."""
    only_asker_undoes: ClassVar[bool] = False
    asker_withdraws: ClassVar[bool] = False
    """True if Reject, pressed by the asker, drops the proposal instead of rejecting it."""
    audits: ClassVar[Mapping[ProposalState, str]]
    """The audit's name for each state that is audited."""
    body: TypeAdapter[W]

    def kind_of(self, what: W) -> str:
        """Return the value of the table's column `kind` for a proposal with the contents `what`."""
        return self.kinds[0]

    @abstractmethod
    def apply(self, tx: Tx, proposal: Proposal[W], confirmed_by: str | None) -> E:
        """Apply the proposal.

        `confirmed_by` is the second person, or None if no second person was asked.

        Raises:
            BadInputError: the proposal can no longer be applied.
        """

    @abstractmethod
    def revert(self, tx: Tx, proposal: Proposal[W], who: str) -> U:
        """Undo a proposal of which nothing is out: drop its posts, and restore the facts as they were.

        `proposal.done` has the JSON that the method `done` returned when the proposal was applied.

        Raises:
            BadInputError: later changes prevent undoing.
        """

    @abstractmethod
    def audited(self, proposal: Proposal[W]) -> tuple[str, str | None, Mapping[str, object]]:
        """Return the proposal's name in the audit, its reason, and its contents for the audit row."""

    def done(self, effect: E) -> Mapping[str, object]:
        """Return the data that `revert` will need, to be stored as JSON."""
        return {}

    def posts(self, effect: E) -> Sequence[int]:
        """Return the outbox ids of the posts that the proposal made, to be stored with it."""
        return ()

    def refuse_stale(self, proposal: Proposal[W], now: datetime) -> None:
        """Raise a BadInputError if the proposal is too old to be applied, or to be shown to a second person."""

    def refuse_unshown(self, effect: E, shown: int) -> None:
        """Check that `effect` is what the person was shown. Subclasses raise an error if it isn't.

        `shown` is the digest of the effect as shown, which is part of the pressed button's key.
        """

    def refuse_late(self, tx: Tx, proposal: Proposal[W]) -> NoReturn:
        """Raise a BadInputError, because more than two minutes have passed and the proposal can't be undone.

        The error rolls the transaction back.
        """
        raise BadInputError(f"that was {self.done_verb} over two minutes ago; {self.put_right}")

    def made(self, tx: Tx, proposal: Proposal[W]) -> Sequence[int]:
        """Return the outbox ids of all posts that came of a proposal."""
        rows = tx.rows("SELECT post FROM proposal_posts WHERE proposal = ? ORDER BY post", (proposal.id,))
        return [post for (post,) in rows]

    def question_buttons(self, proposal: Proposal[W], effect: E) -> tuple[Button, ...]:
        """Return the buttons below the question to a second person once the proposal is confirmed."""
        return ()

    async def read(self, key: int, server: int) -> Proposal[W]:
        """Return a proposal of a server.

        Raises:
            BadInputError: the server has no proposal with this id.
        """
        return self._one(await self._database.rows(f"{SELECT} WHERE id = ? AND server = ?", (key, server)))

    def unsaved_proposal(self, asker: Asker, what: W, now: datetime) -> Proposal[W]:
        """Return a proposal with the contents `what` for a preview. The proposal is not stored."""
        begun = (0, asker.server, asker.user, asker.name, now, ProposalState.DRAFT)
        return Proposal(*begun, decided_at=None, decided_by=None, question=None, done=None, what=what)

    async def preview(self, proposal: Proposal[W]) -> E:
        """Return the effect that a proposal would have now, by running `apply` and rolling it back.

        Raises:
            BadInputError: the proposal can't be applied.
        """
        return await self._outbox.rehearse(lambda tx: self.apply(tx, proposal, None))

    async def begin(self, asker: Asker, what: W) -> Proposal[W]:
        """Store a new draft with the contents `what`, and return it with its id."""
        return await self._outbox.write(lambda tx: self.add(tx, asker, what))

    def add(self, tx: Tx, asker: Asker, what: W) -> Proposal[W]:
        """Store a new draft with the contents `what` in the transaction under way, and return it with its id."""
        ensure_server(tx.connection, asker.server)
        key = tx.execute(
            "INSERT INTO proposals (server, kind, user, asked_by, begun_at, body) VALUES (?, ?, ?, ?, ?, ?)",
            (asker.server, self.kind_of(what), asker.user, asker.name, to_micros(tx.now), self._dumped(what)),
        ).lastrowid
        return self.get(tx.connection, key or 0, asker.server)

    async def change(self, key: int, asker: Asker, change: Callable[[W], W]) -> Proposal[W]:
        """Replace the contents of the asker's own draft with the contents that `change` returns.

        Raises:
            BadInputError: the asker no longer has such a draft, the draft is too old, or `change` raised the error.
        """

        def work(tx: Tx) -> Proposal[W]:
            proposal = self._own_draft(tx, key, asker)
            tx.execute("UPDATE proposals SET body = ? WHERE id = ?", (self._dumped(change(proposal.what)), key))
            return self.get(tx.connection, key, asker.server)

        return await self._outbox.write(work)

    async def do(self, key: int, asker: Asker, shown: int = 0) -> tuple[Proposal[W], E]:
        """Apply the asker's own draft. For `shown`, see `refuse_unshown`.

        Raises:
            BadInputError: the asker no longer has such a draft, or the draft is too old or can no longer be applied.
            ContentChangedError: the draft would post something different from what was shown.
        """

        def work(tx: Tx) -> tuple[Proposal[W], E]:
            return self._do(tx, self._own_draft(tx, key, asker), asker.name, None, shown)

        return await self._outbox.write(work)

    async def decide(self, asker: Asker, what: W) -> tuple[Proposal[W], E]:
        """Store a proposal with the contents `what` and apply it at once, without showing a draft.

        Raises:
            BadInputError: the proposal can't be applied.
        """
        return await self._outbox.write(lambda tx: self._do(tx, self.add(tx, asker, what), asker.name, None, 0))

    async def ask(self, key: int, asker: Asker, question: Callable[[Proposal[W]], Card]) -> int:
        """Ask a second person in the desk's channel to confirm the asker's own draft, and return that channel.

        Raises:
            BadInputError: the asker no longer has such a draft, the draft is too old, or the server has no desk channel.
        """

        def work(tx: Tx) -> int:
            proposal = self._own_draft(tx, key, asker)
            channel = desk_of(tx, proposal.server)
            draft, number = question(proposal), tx.number(proposal.server)
            self.put(tx, proposal, OutboxRow.worded(proposal.server, channel, number, draft, tx.now))
            return channel

        return await self._outbox.write(work)

    def put(self, tx: Tx, proposal: Proposal[W], question: OutboxRow) -> None:
        """Post the question to a second person, and mark the proposal as asked, in the transaction under way."""
        (row,) = tx.add([question])
        tx.execute("UPDATE proposals SET state = ?, question = ? WHERE id = ?", (ProposalState.ASKED, row, proposal.id))
        self._audit(tx, self.get(tx.connection, proposal.id, proposal.server), proposal.asked_by)

    async def confirm(self, key: int, asker: Asker, shown: int = 0) -> tuple[Proposal[W], E]:
        """Confirm and apply another person's proposal.

        Raises:
            BadInputError: the proposal is the asker's own, already decided, too old, or can no longer be applied.
            ContentChangedError: the proposal would post something different from what was shown.
        """

        def work(tx: Tx) -> tuple[Proposal[W], E]:
            proposal = self.get(tx.connection, key, asker.server)
            self.refuse_unless(proposal, ProposalState.ASKED)
            if proposal.user == asker.user:
                raise BadInputError(f"you {self.asked_verb} that yourself; someone else on the desk must confirm it")
            self.refuse_stale(proposal, tx.now)
            proposal, effect = self._do(tx, proposal, asker.name, asker.name, shown)
            self.answer(tx, proposal, self.question_buttons(proposal, effect))
            return proposal, effect

        return await self._outbox.write(work)

    async def reject(self, key: int, asker: Asker) -> Proposal[W]:
        """Reject another person's proposal, or withdraw the asker's own, and return it with its new state.

        Raises:
            BadInputError: the proposal is already decided, or still a draft.
        """

        def work(tx: Tx) -> Proposal[W]:
            proposal = self.get(tx.connection, key, asker.server)
            self.refuse_unless(proposal, ProposalState.ASKED)
            withdrawn = self.asker_withdraws and proposal.user == asker.user
            proposal = self._decide(
                tx, proposal, ProposalState.DROPPED if withdrawn else ProposalState.REJECTED, asker.name
            )
            self.answer(tx, proposal)
            return proposal

        return await self._outbox.write(work)

    async def drop(self, key: int, asker: Asker) -> None:
        """Discard the asker's own draft.

        Raises:
            BadInputError: the asker no longer has such a draft.
        """

        def work(tx: Tx) -> None:
            proposal = self.own(self.get(tx.connection, key, asker.server), asker, ProposalState.DRAFT)
            self._decide(tx, proposal, ProposalState.DROPPED, asker.name)

        await self._outbox.write(work)

    async def undo(self, key: int, asker: Asker) -> tuple[Proposal[W], U]:
        """Undo a proposal that was applied less than two minutes ago and of which no post was sent, or may have been.

        Raises:
            BadInputError: somebody else made the proposal, it is already undone or too old, one of its posts is out, or later
                changes prevent undoing.
        """

        def work(tx: Tx) -> tuple[Proposal[W], U]:
            proposal = self.get(tx.connection, key, asker.server)
            if self.only_asker_undoes:
                self.own(proposal, asker, ProposalState.DONE)
            self.refuse_unless(proposal, ProposalState.DONE)
            ((until,),) = tx.rows("SELECT undo_until FROM proposals WHERE id = ?", (key,))
            if until is None or until < tx.wall:
                self.refuse_late(tx, proposal)
            if out := _sent_of(tx, self.made(tx, proposal)):
                numbers = listed([f"#{number}" for number in out])
                raise BadInputError(f"that went out in {numbers}, so it is not undone; {self.put_right}")
            tx.execute("UPDATE proposals SET state = ? WHERE id = ?", (ProposalState.UNDONE, key))
            undone = self.revert(tx, proposal, asker.name)
            return self._decide(tx, proposal, ProposalState.UNDONE, asker.name), undone

        return await self._outbox.write(work)

    def get(self, connection: sqlite3.Connection, key: int, server: int) -> Proposal[W]:
        """Return a proposal of a server, in the transaction under way.

        Raises:
            BadInputError: the server has no proposal with this id.
        """
        return self._one(fetch(connection, f"{SELECT} WHERE id = ? AND server = ?", (key, server)))

    def of_row(self, row: Row) -> Proposal[W]:
        """Return the proposal stored in a row of the table."""
        key, server, user, asked_by, begun_at, state, decided_at, decided_by, question, done, _, body = row
        return Proposal(
            id=key,
            server=server,
            user=user,
            asked_by=asked_by,
            begun_at=from_micros(begun_at),
            state=ProposalState(state),
            decided_at=moment(decided_at),
            decided_by=decided_by,
            question=question,
            done=done,
            what=self.body.validate_json(body),
        )

    def own(self, proposal: Proposal[W], asker: Asker, state: ProposalState) -> Proposal[W]:
        """Return a proposal after checking that it belongs to this person and is in this state.

        Raises:
            BadInputError: the proposal belongs to somebody else, or is in another state.
        """
        if proposal.user != asker.user:
            raise BadInputError(self.not_own_error)
        self.refuse_unless(proposal, state)
        return proposal

    def refuse_unless(self, proposal: Proposal[W], state: ProposalState) -> None:
        """Raise a BadInputError if a proposal is not in this state.

        The error names the proposal's state, and who decided.
        """
        if proposal.state is state:
            return
        text = {
            ProposalState.DRAFT: f"that is not {self.done_verb} yet",
            ProposalState.ASKED: "that is already waiting for a second person",
            ProposalState.DONE: f"that is already {self.done_verb}",
            ProposalState.REJECTED: "that was already rejected",
            ProposalState.UNDONE: "that was already undone",
            ProposalState.DROPPED: "that was already discarded",
        }[proposal.state]
        by = f", by {proposal.decided_by.rsplit(' (', 1)[0]}" if proposal.decided_by else ""
        raise BadInputError(f"{text}{by}")

    def _one(self, rows: Sequence[Row]) -> Proposal[W]:
        if not rows or rows[0][-2] not in self.kinds:
            raise BadInputError(f"there is no such {self.noun} in this server now; start again")
        return self.of_row(rows[0])

    def _own_draft(self, tx: Tx, key: int, asker: Asker) -> Proposal[W]:
        proposal = self.own(self.get(tx.connection, key, asker.server), asker, ProposalState.DRAFT)
        self.refuse_stale(proposal, tx.now)
        return proposal

    def _do(
        self, tx: Tx, proposal: Proposal[W], who: str, confirmed_by: str | None, shown: int
    ) -> tuple[Proposal[W], E]:
        effect = self.apply(tx, proposal, confirmed_by)
        self.refuse_unshown(effect, shown)
        tx.execute(
            "UPDATE proposals SET done = ?, undo_until = ? WHERE id = ?",
            (to_json(self.done(effect)), tx.wall + UNDO_MICROS, proposal.id),
        )
        tx.executemany(PostProposal.INSERT, [(post, proposal.id) for post in self.posts(effect)])
        return self._decide(tx, proposal, ProposalState.DONE, who), effect

    def _decide(self, tx: Tx, proposal: Proposal[W], state: ProposalState, who: str) -> Proposal[W]:
        tx.execute(
            "UPDATE proposals SET state = ?, decided_at = ?, decided_by = ? WHERE id = ?",
            (state, to_micros(tx.now), who, proposal.id),
        )
        proposal = self.get(tx.connection, proposal.id, proposal.server)
        self._audit(tx, proposal, who)
        return proposal

    def _audit(self, tx: Tx, proposal: Proposal[W], who: str) -> None:
        if proposal.state in self.audits:
            name, why, about = self.audited(proposal)
            tx.audit(proposal.server, who, f"{name} {self.audits[proposal.state]}", why, after=about)

    def answer(self, tx: Tx, proposal: Proposal[W], buttons: tuple[Button, ...] = ()) -> None:
        """Edit the question to a second person to show what was decided, and by whom."""
        what = {ProposalState.DONE: "Confirmed", ProposalState.DROPPED: "Withdrawn"}.get(proposal.state, "Rejected")

        text = decided_by(what, proposal.decided_by or "", tx.now, tx.setting)
        answer_question(tx, proposal.question, text, buttons)

    def _dumped(self, what: W) -> str:
        return self.body.dump_json(what, exclude_defaults=True).decode()


def _sent_of(tx: Tx, posts: Sequence[int]) -> list[int]:
    """Return the numbers of those posts that were sent or may have been, also as part of a later post."""
    rows = tx.rows(
        """WITH RECURSIVE made (id, number, state, superseded_by) AS (
             SELECT o.id, o.number, o.state, o.superseded_by FROM json_each(?) j JOIN outbox o ON o.id = j.value
             UNION SELECT o.id, o.number, o.state, o.superseded_by FROM made m JOIN outbox o ON o.id = m.superseded_by)
           SELECT DISTINCT number FROM made WHERE state IN ('sending', 'doubtful', 'sent') ORDER BY number""",
        (to_json(list(posts)),),
    )
    return [number for (number,) in rows]


def desk_of(tx: Tx, server: int) -> int:
    """Return the channel in which a server's desk is asked to approve something.

    Raises:
        BadInputError: the server has no desk channel.
    """
    ((channel,),) = tx.rows("SELECT desk_channel FROM servers WHERE id = ?", (server,))
    if channel is None:
        raise BadInputError("no desk channel is set, so nobody can confirm it: a manager sets one with `/desk setup`")
    return int(channel)


def answer_question(tx: Tx, question: int | None, text: str, buttons: tuple[Button, ...] = ()) -> None:
    """Replace the first line of a question in the desk's channel with `text`, and replace the buttons.

    A question that was not sent yet is dropped.
    """
    post = read_post(tx.connection, question or 0)
    if post is None or post.card is None or post.state in (State.DROPPED, State.FAILED):
        return
    if post.state is State.PENDING:
        drop_row(tx.connection, post.id, State.PENDING, "it was decided before it was asked")
        return
    tx.add([OutboxRow.edit(post, post.card.answered(text, buttons), tx.now, buttons=True)])


def drop_asked(tx: Tx, keys: Sequence[int]) -> None:
    """Drop the proposals with the ids `keys` that still wait for a second person.

    Their matter has already been decided in another way.
    """
    tx.executemany("UPDATE proposals SET state = 'dropped' WHERE id = ? AND state = 'asked'", [(key,) for key in keys])


def undoable_proposals(tx: Tx, kind: str) -> list[str]:
    """Return the contents, as JSON, of a kind's proposals that can still be undone.

    Proposals can be undone within two minutes.
    """
    sql = "SELECT body FROM proposals WHERE kind = ? AND state = 'done' AND undo_until >= ?"
    return [body for (body,) in tx.rows(sql, (kind, tx.wall))]


def expire_undo(tx: Tx) -> list[Row]:
    """Return the proposals that can no longer be undone, as pairs of kind and contents (JSON).

    Proposals can be undone within two minutes. Each is returned by the first call after that time, and only once.
    """
    over = tx.rows("SELECT kind, body FROM proposals WHERE undo_until < ? AND state = 'done'", (tx.wall,))
    tx.execute("UPDATE proposals SET undo_until = NULL WHERE undo_until < ?", (tx.wall,))
    return over


def forget_person_proposals(connection: sqlite3.Connection, person: Person) -> None:
    """Delete a person's drafts, and remove their id from their other proposals."""
    connection.execute("DELETE FROM proposals WHERE user = ? AND state IN ('draft', 'dropped')", (person.id,))
    connection.execute("UPDATE proposals SET user = 0 WHERE user = ?", (person.id,))
