"""How long before each kind of event a newsroom is told of it: its own word over the desk file's."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.schedule.event import EventKind
from bot.store.database import fetch, to_micros
from bot.store.rows import INSERT_AUDIT, AuditRow, to_json
from bot.store.scheduled import ENTRY, LeadsOf, derive, entry_of

Minutes = tuple[int, ...]
"""Lead times in whole minutes; none: at its time only."""

_BEGUN = timedelta(days=2)
"""So long after its start an event can still be spoken of: where it comes later in some places."""


def reminders_in(connection: sqlite3.Connection, server: int) -> dict[EventKind, Minutes]:
    """Return what a server has set, by kind, in the transaction under way."""
    rows = fetch(connection, "SELECT kind, leads FROM reminder_leads WHERE server = ? ORDER BY kind", (server,))
    return {kind: tuple(json.loads(leads)) for kind, leads in rows}


def set_reminders_in(
    connection: sqlite3.Connection, server: int, who: str, now: datetime,
    before: Mapping[EventKind, Minutes], after: Mapping[EventKind, Minutes], leads_of: LeadsOf,
) -> None:  # fmt: skip
    """Make a server's lead times so, and derive what is pending anew; nothing is done where nothing changes.

    What was due already is still posted, what was posted is not posted again, and nothing is added whose time has come.
    """
    changed = sorted(kind for kind in before.keys() | after.keys() if before.get(kind) != after.get(kind))
    for kind in changed:
        leads = after.get(kind)
        if leads is None:
            connection.execute("DELETE FROM reminder_leads WHERE server = ? AND kind = ?", (server, kind))
        else:
            connection.execute("INSERT OR REPLACE INTO reminder_leads VALUES (?, ?, ?)", (server, kind, to_json(leads)))
        audit = AuditRow(
            now, server, who, "desk reminders", None, {kind: _listed(before.get(kind))}, {kind: _listed(leads)}
        )
        connection.execute(INSERT_AUDIT, audit.values())
        for row in fetch(
            connection,
            f"""SELECT {ENTRY} FROM schedule_entries INDEXED BY schedule_by_kind
                WHERE server = ? AND body ->> 'kind' = ? AND starts_at > ? AND leads IS NULL ORDER BY starts_at, id""",  # noqa: S608
            (server, kind, to_micros(now - _BEGUN)),
        ):
            derive(connection, entry_of(row), leads_of, now, keep_due=True)


def _listed(leads: Minutes | None) -> list[int] | None:
    return None if leads is None else list(leads)
