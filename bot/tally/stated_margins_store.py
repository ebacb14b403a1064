"""Checks if the margins in a post are still current."""

import sqlite3
from collections.abc import Iterable

from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.database.database import fetch
from bot.wording.card import StatedMargin


def stands(connection: sqlite3.Connection, stated: Iterable[StatedMargin]) -> bool:
    """Return True if each of these margins is still the newest accepted margin of its source.

    Margins of sources without readings are not checked.
    """
    return all(_stands(connection, one) for one in stated)


def _stands(connection: sqlite3.Connection, stated: StatedMargin) -> bool:
    rows = fetch(
        connection,
        """SELECT r.body, s.leader FROM series s JOIN readings r ON r.id = s.accepted
           WHERE (s.contest, s.source, s.count) = (?, ?, ?)""",
        (stated.contest, stated.source, stated.count),
    )
    if not rows:
        return True
    reading = Reading.model_validate_json(rows[0][0])
    if not any(reading.votes.values()):
        return stated.leader is None
    margin = margin_of(reading.votes, rows[0][1])
    same = (stated.leader, stated.margin) == (margin.leader, margin.votes) or stated.margin == margin.votes == 0
    return same and stated.total in (None, reading.counted)
