"""What is true of the database file as a whole, kept in the transaction under way."""

import sqlite3


def keep_commands_digest(connection: sqlite3.Connection, digest: str) -> None:
    """Keep the digest of the slash commands that Discord has now."""
    connection.execute("UPDATE installation SET commands = ?", (digest,))


def keep_derived_by(connection: sqlite3.Connection, by: str) -> None:
    """Keep by which lead times and zone rules pending reminders are derived."""
    connection.execute("UPDATE installation SET derived_by = ?", (by,))


def use_copy(connection: sqlite3.Connection) -> None:
    """Let the file be a copy no more: it is used from now on."""
    connection.execute("UPDATE installation SET copied_at = NULL")
