"""What a server was told and chose is forgotten with it; what sources said is shared, and stays."""

import sqlite3


def forget_server_tally(connection: sqlite3.Connection, server: int) -> None:
    """Delete what belongs to a server and not to its follows, with which the rest goes."""
    for sql in (
        "DELETE FROM agreements WHERE server = ?",
        "DELETE FROM silences WHERE server = ?",
        "DELETE FROM source_silences WHERE server = ?",
        "DELETE FROM hold_waits WHERE server = ?",
        "DELETE FROM boards WHERE server = ?",
    ):
        connection.execute(sql, (server,))
