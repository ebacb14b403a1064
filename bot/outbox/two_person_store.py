"""Two-person confirmation: whether what one person enters, corrects or lets through waits for a second one."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.database.database import Database, fetch, from_micros, to_micros
from bot.outbox.approval_words import two_person_decided, two_person_notice
from bot.outbox.rows import Action, AuditRow, OutboxRow, to_wake
from bot.outbox.rows_store import INSERT_AUDIT, add_rows
from bot.outbox.servers_store import know_server, take_number
from bot.outbox.states import State
from bot.outbox.unsent_store import drop_row
from bot.wording.context import Setting
from bot.wording.names import id_of

ALONE_AFTER = timedelta(minutes=10)
"""So long after one person alone wanted it a second one is no longer needed, by the news clock."""

_ASKS_TWO = "SELECT two_person AND coalesce(two_person_ends > ?, 1) FROM servers WHERE id = ?"


@dataclass(frozen=True, slots=True)
class TwoPerson:
    """What became of saying whether a second person confirms what one does."""

    lacking: bool = False
    """It was not said: the server has no desk channel to ask in."""
    changed: bool = False
    ends: datetime | None = None
    """It ends only then, since who says so is alone."""
    wake: Mapping[int, bool] = field(default_factory=dict)


class TwoPersonStore:
    """Keeps whether what one person of a server does waits for a second one."""

    def __init__(self, database: Database, setting: Setting) -> None:
        """Use `database`; `setting` is how it is said."""
        self._database = database
        self._setting = setting

    async def asks_two(self, server: int, now: datetime) -> bool:
        """Return whether what one person of a server does is confirmed by another."""
        row = await self._database.row(_ASKS_TWO, (to_micros(now), server))
        return bool(row and row[0])

    async def set(self, server: int, who: str, now: datetime, *, on: bool) -> TwoPerson:
        """Say whether what one person does waits for a second one; see `two_person_in`."""
        return await self._database.transact(
            lambda connection: two_person_in(
                connection, server, who, now, self._setting, self._database.micros(), on=on
            )
        )


def asks_two_in(connection: sqlite3.Connection, server: int, now: datetime) -> bool:
    """Return whether what one person of a server does is confirmed by another, in the transaction under way."""
    rows = fetch(connection, _ASKS_TWO, (to_micros(now), server))
    return bool(rows and rows[0][0])


def two_person_in(
    connection: sqlite3.Connection, server: int, who: str, now: datetime, setting: Setting, wall: int, *, on: bool
) -> TwoPerson:
    """Say whether a second person confirms what one does, in the transaction under way.

    While it is on, one person alone ends it only after ten minutes, which the desk's channel is told of; a second one who
    says so ends it at once.
    """
    know_server(connection, server)
    ((was, ends, by, question, channel),) = fetch(
        connection,
        """SELECT two_person, two_person_ends, two_person_ended_by, two_person_question, desk_channel
           FROM servers WHERE id = ?""",
        (server,),
    )
    active = bool(was) and (ends is None or ends > to_micros(now))
    if on and channel is None:
        return TwoPerson(lacking=True)
    if on == active and (ends is None or not active):
        return TwoPerson()
    if not on and ends is not None and id_of(by) == id_of(who):
        return TwoPerson(ends=from_micros(ends))
    if on or ends is not None or channel is None:
        connection.execute(
            """UPDATE servers SET two_person = ?, two_person_ends = NULL, two_person_ended_by = NULL,
               two_person_question = NULL WHERE id = ?""",
            (on, server),
        )
        connection.execute(INSERT_AUDIT, AuditRow(now, server, who, "desk confirm", None, active, on).values())
        wake = _say_decided(connection, question, two_person_decided(who, now, setting, on=on), now, wall)
        return TwoPerson(changed=True, wake=wake)
    until = now + ALONE_AFTER
    number = take_number(connection, server)
    row = OutboxRow.worded(server, channel, number, two_person_notice(who, until, setting, now), now)
    (key,) = add_rows(connection, [row], wall)
    connection.execute(
        """UPDATE servers SET two_person_ends = ?, two_person_ended_by = ?, two_person_question = ? WHERE id = ?""",
        (to_micros(until), who, key, server),
    )
    connection.execute(
        INSERT_AUDIT, AuditRow(now, server, who, "desk confirm", None, True, {"ends": until.isoformat()}).values()
    )
    return TwoPerson(changed=True, ends=until, wake=to_wake([row]))


def _say_decided(
    connection: sqlite3.Connection, question: int | None, said: str, now: datetime, wall: int
) -> dict[int, bool]:
    """Let the notice that it ends say what was decided; one that was not sent is not sent any more."""
    rows = fetch(
        connection, "SELECT server, channel, number, state, content FROM outbox WHERE id = ?", (question or 0,)
    )
    if not rows or question is None:
        return {}
    server, channel, number, state, content = rows[0]
    if state == State.PENDING:
        drop_row(connection, question, State.PENDING, "it was decided before it was told")
        return {}
    words = f"{said}\n{content.rpartition(chr(10))[2]}"
    edit = OutboxRow(
        server, channel, number, "notice", now, about=question, action=Action.EDIT, content=words, buttons=()
    )
    add_rows(connection, [edit], wall)
    return to_wake([edit])
