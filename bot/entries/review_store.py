"""The question to a second person whether an entry is right: asked in the desk's channel, and answered once."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.database.database import Store, fetch
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
from bot.outbox.rows import Action, AuditRow, Numbers, OutboxRow, joined_wakes, to_wake
from bot.outbox.rows_store import INSERT_AUDIT, add_rows, next_numbers
from bot.outbox.states import State
from bot.outbox.unsent_store import drop_row
from bot.wording.draft import Button, Draft


class EntryQuestionStore(Store):
    """Asks a second person about entries, and stores the answers."""

    async def ask(
        self, key: int, server: int, user: int, now: datetime, make: Callable[[StoredEntry], Draft]
    ) -> tuple[StoredEntry, dict[int, bool]]:
        """Ask a second person about a draft, in the desk's channel. Returns the entry, and the channels to wake.

        Raises:
            BadInputError: there is no such draft any more, or nobody has said which channel is the desk's.

        """

        def work(connection: sqlite3.Connection) -> tuple[StoredEntry, dict[int, bool]]:
            stored = own(connection, key, server, user, EntryState.DRAFT)
            question, wake = ask_desk(connection, server, make(stored), now, self._database.micros())
            connection.execute(
                "UPDATE entries SET state = ?, question = ? WHERE id = ?", (EntryState.ASKED, question, key)
            )
            audit = AuditRow(now, server, stored.entered_by, "entry ask", after={"entry": key})
            connection.execute(INSERT_AUDIT, audit.values())
            return found(connection, key, server), wake

        return await self._database.transact(work)

    async def confirm(
        self,
        key: int,
        server: int,
        user: int,
        who: str,
        now: datetime,
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

        def work(connection: sqlite3.Connection) -> Entered:
            stored = of_another(connection, key, server, user)
            entered = enter_in(connection, stored, who, now, prepare, look, sources, self._database.micros())
            use = (public_button(key),) if entered.public else ()
            said = self._answer(connection, entered.stored, now, decided, use)
            return replace(entered, wake=joined_wakes(entered.wake, said))

        return await self._database.transact(work)

    async def let_public(
        self,
        key: int,
        server: int,
        who: str,
        now: datetime,
        sources: Sequence[str],
        decided: Callable[[StoredEntry, str], str],
    ) -> dict[int, bool]:
        """Release what an entry has not posted for public answers. Returns the channels to wake.

        Raises:
            BadInputError: nothing is left to release.

        """

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            stored = found(connection, key, server)
            let_public(connection, stored, sources)
            connection.execute(INSERT_AUDIT, AuditRow(now, server, who, "entry public", after={"entry": key}).values())
            return self._answer(connection, stored, now, decided)

        return await self._database.transact(work)

    async def reject(
        self, key: int, server: int, user: int, who: str, now: datetime, decided: Callable[[StoredEntry, str], str]
    ) -> tuple[StoredEntry, dict[int, bool]]:
        """Reject an entry that waits to be confirmed; who entered it withdraws it by the same call.

        Raises:
            BadInputError: it is decided already.

        """

        def work(connection: sqlite3.Connection) -> tuple[StoredEntry, dict[int, bool]]:
            stored = found(connection, key, server)
            in_state(stored.state, EntryState.ASKED, stored.decided_by)
            state = EntryState.DROPPED if stored.user == user else EntryState.REJECTED
            stored = decide(connection, key, server, state, who, now)
            return stored, self._answer(connection, stored, now, decided)

        return await self._database.transact(work)

    def _answer(
        self,
        connection: sqlite3.Connection,
        stored: StoredEntry,
        now: datetime,
        decided: Callable[[StoredEntry, str], str],
        buttons: tuple[Button, ...] = (),
    ) -> dict[int, bool]:
        """Edit the question in the desk's channel to say what was decided. Returns the channels to wake."""
        wall = self._database.micros()
        return answer_question(
            connection, stored.server, stored.question, now, lambda old: decided(stored, old), wall, buttons
        )


def ask_desk(
    connection: sqlite3.Connection, server: int, question: Draft, now: datetime, wall: int
) -> tuple[int, dict[int, bool]]:
    """Post a question in the desk's channel. Returns its outbox row, and the channels to wake.

    Raises:
        BadInputError: nobody has said which channel is the desk's.

    """
    ((channel,),) = fetch(connection, "SELECT desk_channel FROM servers WHERE id = ?", (server,))
    if channel is None:
        raise BadInputError("no desk channel is set, so nobody can confirm it: a manager sets one with `/desk setup`")
    numbers = Numbers(next_numbers(connection))
    row = numbers.worded(server, channel, question, now)
    (key,) = add_rows(connection, [row], wall, numbers)
    return key, to_wake([row])


def answer_question(
    connection: sqlite3.Connection,
    server: int,
    question: int | None,
    now: datetime,
    decided: Callable[[str], str],
    wall: int,
    buttons: tuple[Button, ...] = (),
) -> dict[int, bool]:
    """Edit a question in the desk's channel to say what was decided, with only `buttons`. Returns the channels to wake.

    `decided` turns its old words into its new ones. A question that was not sent yet is dropped.
    """
    rows = fetch(connection, "SELECT channel, number, state, content FROM outbox WHERE id = ?", (question or 0,))
    if not rows or question is None or rows[0][2] in (State.DROPPED, State.FAILED):
        return {}
    channel, number, state, content = rows[0]
    if state == State.PENDING:
        drop_row(connection, question, State.PENDING, "it was decided before it was asked")
        return {}
    edit = OutboxRow(
        server,
        channel,
        number,
        "notice",
        now,
        about=question,
        action=Action.EDIT,
        content=decided(content),
        buttons=buttons,
    )
    add_rows(connection, [edit], wall)
    return to_wake([edit])
