"""Removes the names of people who asked to be forgotten. Lists the columns that contain names."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

FORGOTTEN = "somebody who asked to be forgotten"

NAME_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "servers": ("paused_by", "two_person_ended_by"),
    "mutes": ("muted_by",),
    "added_callers": ("added_by",),
    "outbox": ("approved_by", "dropped_by", "why"),
    "audit": ("who", "before", "after"),
    "follows": ("followed_by",),
    "leading_sources": ("set_by",),
    "holds": ("settled_by",),
    "hold_waits": ("waited_by",),
    "proposals": ("asked_by", "decided_by", "body"),
    "statements": ("body", "retracted_by"),
    "schedule_entries": ("entered_by",),
    "imports": ("begun_by", "decided_by"),
}
"""The columns of each table that name people, as text or in JSON; no other column may."""

PERSONAL_TABLES: Final = ("personal_lead_times", "event_proposals", "direct_channels")
"""Tables whose rows each belong to one person, by column `person`."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as named in the records: "olga (81384788765712384)". A name may change, the id does not."""

    id: int
    names: tuple[str, ...] = ()
    """Earlier names of the person, as in posts to the desk."""

    @property
    def like(self) -> str:
        """A pattern for SQL's LIKE that matches text with this person's name."""
        return f"%({self.id})%"

    def unname(self, text: str | None) -> str | None:
        """Return text or JSON with this person's name replaced. SQL can call this method as `unname`."""
        if text is None or f"({self.id})" not in text:
            return text
        if text.startswith(("{", "[")):
            return re.sub(rf'"[^"]*\({self.id}\)"', f'"{FORGOTTEN}"', text)
        return re.sub(rf"^.*\({self.id}\)", FORGOTTEN, text, flags=re.MULTILINE)

    def unname_words(self, words: str) -> str:
        """Return a post's text with this person's names replaced."""
        for name in self.names:
            words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", FORGOTTEN, words)
        return words


def forget_named(connection: sqlite3.Connection, person: Person) -> None:
    """Replace a person's name in every column that contains names, and delete the person's own rows."""
    for table, columns in NAME_COLUMNS.items():
        unnamed = ", ".join(f"{column} = unname({column})" for column in columns)
        named = " OR ".join(f"{column} LIKE ?1" for column in columns)
        connection.execute(f"UPDATE {table} SET {unnamed} WHERE {named}", (person.like,))
    for table in PERSONAL_TABLES:
        connection.execute(f"DELETE FROM {table} WHERE person = ?", (person.id,))
