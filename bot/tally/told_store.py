"""What a server was told and chose is forgotten with it; what sources said is shared, and stays.

What a channel was told of a series, set in the transaction under way by whoever tells it otherwise than a change does.
"""

import sqlite3


def forget_server_tally(connection: sqlite3.Connection, server: int) -> None:
    """Delete what belongs to a server and not to its follows, with which the rest goes."""
    for sql in (
        "DELETE FROM agreements WHERE server = ?",
        "DELETE FROM silences WHERE server = ?",
        "DELETE FROM source_silences WHERE server = ?",
        "DELETE FROM hold_waits WHERE server = ?",
        "DELETE FROM hold_asks WHERE server = ?",
        "DELETE FROM boards WHERE server = ?",
    ):
        connection.execute(sql, (server,))


def forget_told(connection: sqlite3.Connection, follow: int) -> None:
    """Let a follow be as if it had been told nothing."""
    connection.execute("DELETE FROM told WHERE follow = ?", (follow,))


def tell_standing(connection: sqlite3.Connection, follow: int, contest: str, source: str | None, number: int) -> None:
    """Keep that a follow was told where its contest stands by a source, by the post with this number."""
    connection.execute(
        """INSERT INTO told (follow, series, reading, leader, margin, number)
           SELECT ?, s.id, s.accepted, c.leader, c.margin, ? FROM series s JOIN changes c ON c.reading = s.accepted
           WHERE s.contest = ? AND s.source = ?""",
        (follow, number, contest, source),
    )


def forget_lines(connection: sqlite3.Connection) -> None:
    """Let no channel know on which side of a line the count is: the next reading shows it."""
    connection.execute("DELETE FROM lines_told")
