"""Two-person confirmation: a second person confirms one person's entries, corrections and decisions."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.database.database import fetch, from_micros, to_micros
from bot.outbox.approval_words import two_person_decided, two_person_notice
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import OutboxRow
from bot.outbox.rows_store import read_post
from bot.outbox.servers_store import ensure_server
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row
from bot.wording.card import lines
from bot.wording.names import id_of

ONE_PERSON_DELAY = timedelta(minutes=10)
"""How long confirmation stays on, by the news clock, after one person alone turned it off."""

_IS_TWO_PERSON = "SELECT two_person AND coalesce(two_person_ends > ?, 1) FROM servers WHERE id = ?"


@dataclass(frozen=True, slots=True)
class TwoPerson:
    """The result of turning confirmation by a second person on or off: what changed, and when confirmation ends."""

    no_desk: bool = False
    """True if confirmation was not turned on because the server has no desk channel to ask in."""
    changed: bool = False
    ends: datetime | None = None
    """When confirmation ends because one person alone turned it off, or None if it has no such end."""


class TwoPersonStore(PostingStore):
    """The database's record of the servers with two-person confirmation.

    Each method is one transaction or one query.
    """

    async def is_two_person(self, server: int, now: datetime) -> bool:
        """Return True if confirmation by a second person is on in a server."""
        row = await self._database.row(_IS_TWO_PERSON, (to_micros(now), server))
        return bool(row and row[0])

    async def set(self, server: int, who: str, *, on: bool) -> TwoPerson:
        """Turn confirmation by a second person on or off (see `set_two_person`)."""
        return await self._outbox.write(lambda tx: set_two_person(tx, server, who, on=on))


def is_two_person_in(connection: sqlite3.Connection, server: int, now: datetime) -> bool:
    """Return True if confirmation by a second person is on in a server, in the transaction under way."""
    rows = fetch(connection, _IS_TWO_PERSON, (to_micros(now), server))
    return bool(rows and rows[0][0])


def set_two_person(tx: Tx, server: int, who: str, *, on: bool) -> TwoPerson:
    """Turn confirmation by a second person on or off, in the transaction under way.

    If one person alone turns confirmation off, it ends after ten minutes, and a notice in the desk's channel announces
    that. If a second person turns it off within that time, it ends at once.
    """
    ensure_server(tx.connection, server)
    ((was, ends, by, question, channel),) = tx.rows(
        """SELECT two_person, two_person_ends, two_person_ended_by, two_person_question, desk_channel
           FROM servers WHERE id = ?""",
        (server,),
    )
    active = bool(was) and (ends is None or ends > to_micros(tx.now))
    if on and channel is None:
        return TwoPerson(no_desk=True)
    if on == active and (ends is None or not active):
        return TwoPerson()
    if not on and ends is not None and id_of(by) == id_of(who):
        return TwoPerson(ends=from_micros(ends))
    if on or ends is not None or channel is None:
        tx.execute(
            """UPDATE servers SET two_person = ?, two_person_ends = NULL, two_person_ended_by = NULL,
               two_person_question = NULL WHERE id = ?""",
            (on, server),
        )
        tx.audit(server, who, "desk confirm", None, active, on)
        _edit_notice(tx, question, two_person_decided(who, tx.now, tx.setting, on=on))
        return TwoPerson(changed=True)
    until = tx.now + ONE_PERSON_DELAY
    notice = two_person_notice(who, until, tx.setting, tx.now)
    row = OutboxRow.worded(server, channel, tx.number(server), notice, tx.now)
    (key,) = tx.add([row])
    tx.execute(
        """UPDATE servers SET two_person_ends = ?, two_person_ended_by = ?, two_person_question = ? WHERE id = ?""",
        (to_micros(until), who, key, server),
    )
    tx.audit(server, who, "desk confirm", None, True, {"ends": until.isoformat()})
    return TwoPerson(changed=True, ends=until)


def _edit_notice(tx: Tx, question: int | None, text: str) -> None:
    """In the notice that confirmation ends, replace the first line with `text`, which states the decision.

    If the notice was not sent yet, it is dropped.
    """
    notice = read_post(tx.connection, question or 0)
    if notice is None or notice.card is None:
        return
    if notice.state is State.PENDING:
        drop_row(tx.connection, notice.id, State.PENDING, "it was decided before it was told")
        return
    tx.add([OutboxRow.edit(notice, replace(notice.card, head=lines(text), buttons=()), tx.now, buttons=True)])
