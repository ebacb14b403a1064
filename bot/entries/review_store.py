"""The question to a second person whether an entry is right: asked in the desk's channel, and answered once."""

from collections.abc import Callable, Sequence

from bot.entries.drafts_store import (
    Entered,
    EntryState,
    Look,
    Prepare,
    StoredEntry,
    decide,
    enter_in,
    found,
    in_state,
    let_public,
    of_another,
    own,
)
from bot.entries.drafts_words import public_button
from bot.errors import BadInputError
from bot.outbox.notices_store import NoticePost
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import Action, OutboxRow
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row
from bot.wording.draft import Button, Draft


class EntryQuestionStore(PostingStore):
    """Asks a second person about entries, and stores the answers."""

    async def ask(self, key: int, server: int, user: int, make: Callable[[StoredEntry], Draft]) -> None:
        """Ask a second person about a draft, in the desk's channel.

        Raises:
            BadInputError: there is no such draft any more, or nobody has said which channel is the desk's.

        """

        def work(tx: Tx) -> None:
            stored = own(tx.connection, key, server, user, EntryState.DRAFT)
            question, _ = ask_desk(tx, server, make(stored))
            tx.execute("UPDATE entries SET state = ?, question = ? WHERE id = ?", (EntryState.ASKED, question, key))
            tx.audit(server, stored.entered_by, "entry ask", after={"entry": key})

        await self._outbox.write(work)

    async def confirm(
        self,
        key: int,
        server: int,
        user: int,
        who: str,
        prepare: Prepare,
        look: Look,
        decided: Callable[[StoredEntry, str], str],
        sources: Sequence[str],
    ) -> Entered:
        """Enter what somebody else drafted and this person confirms; `decided` turns the question's old words into its new ones.

        The question keeps a button that releases the entry for public answers; `sources`: the sources whose name the public
        may read.

        Raises:
            BadInputError: it is decided already, is one's own, or can't be entered as it is.
            OthersGoOutError: `look` refused what would come of it.

        """

        def work(tx: Tx) -> Entered:
            stored = of_another(tx.connection, key, server, user)
            entered = enter_in(tx, stored, who, prepare, look, sources)
            use = (public_button(key),) if entered.public else ()
            _answer(tx, entered.stored, decided, use)
            return entered

        return await self._outbox.write(work)

    async def let_public(
        self, key: int, server: int, who: str, sources: Sequence[str], decided: Callable[[StoredEntry, str], str]
    ) -> None:
        """Release what an entry has not posted for public answers.

        Raises:
            BadInputError: nothing is left to release.

        """

        def work(tx: Tx) -> None:
            stored = found(tx.connection, key, server)
            let_public(tx.connection, stored, sources)
            tx.audit(server, who, "entry public", after={"entry": key})
            _answer(tx, stored, decided)

        await self._outbox.write(work)

    async def reject(
        self, key: int, server: int, user: int, who: str, decided: Callable[[StoredEntry, str], str]
    ) -> StoredEntry:
        """Reject an entry that waits to be confirmed; return it. Who entered it withdraws it by the same call.

        Raises:
            BadInputError: it is decided already.

        """

        def work(tx: Tx) -> StoredEntry:
            stored = found(tx.connection, key, server)
            in_state(stored.state, EntryState.ASKED, stored.decided_by)
            state = EntryState.DROPPED if stored.user == user else EntryState.REJECTED
            stored = decide(tx, key, server, state, who)
            _answer(tx, stored, decided)
            return stored

        return await self._outbox.write(work)


def _answer(
    tx: Tx, stored: StoredEntry, decided: Callable[[StoredEntry, str], str], buttons: tuple[Button, ...] = ()
) -> None:
    answer_question(tx, stored.server, stored.question, lambda old: decided(stored, old), buttons)


def ask_desk(tx: Tx, server: int, question: Draft) -> tuple[int, int]:
    """Post a question in the desk's channel; return its row of the outbox, and that channel.

    Raises:
        BadInputError: nobody has said which channel is the desk's.

    """
    ((channel,),) = tx.rows("SELECT desk_channel FROM servers WHERE id = ?", (server,))
    if channel is None:
        raise BadInputError("no desk channel is set, so nobody can confirm it: a manager sets one with `/desk setup`")
    (key,) = tx.add([OutboxRow.worded(server, channel, tx.number(server), question, tx.now)])
    return key, channel


def answer_question(
    tx: Tx, server: int, question: int | None, decided: Callable[[str], str], buttons: tuple[Button, ...] = ()
) -> None:
    """Edit a question in the desk's channel to say what was decided, with only `buttons`.

    `decided` turns its old words into its new ones. A question that was not sent yet is dropped.
    """
    rows = tx.rows("SELECT channel, number, state, content FROM outbox WHERE id = ?", (question or 0,))
    if not rows or question is None or rows[0][2] in (State.DROPPED, State.FAILED):
        return
    channel, number, state, content = rows[0]
    if state == State.PENDING:
        drop_row(tx.connection, question, State.PENDING, "it was decided before it was asked")
        return
    edit = OutboxRow(
        server,
        channel,
        number,
        NoticePost.name,
        tx.now,
        about=question,
        action=Action.EDIT,
        content=decided(content),
        buttons=buttons,
    )
    tx.add([edit])
