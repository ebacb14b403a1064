"""Changes to the records of posted figures and of decisions, without posts.

Each function runs within a transaction.
"""

import sqlite3


def skip_to_newest(connection: sqlite3.Connection, server: int) -> None:
    """Record the newest figures of every series as already posted in a server's channels."""
    connection.execute(
        """UPDATE last_posts SET number = NULL, waiting_since = NULL, due_at = NULL, (reading, leader, margin) = (
             SELECT c.reading, c.leader, c.margin FROM series s JOIN changes c ON c.reading = s.accepted
             WHERE s.id = last_posts.series)
           WHERE follow IN (SELECT id FROM follows WHERE server = ?)
             AND EXISTS (SELECT 1 FROM series s JOIN changes c ON c.reading = s.accepted WHERE s.id = last_posts.series)""",
        (server,),
    )


def forget_server_decisions(connection: sqlite3.Connection, server: int) -> None:
    """Delete the names of a server's editors from holds.

    The holds themselves are kept, since all servers share them.
    """
    connection.execute("UPDATE holds SET settled_by = NULL WHERE settled_in = ?", (server,))
