"""The leading source that each server chose for a contest, and switching to another one.

A switch is one transaction with the choice, its audit row and the posts that follow. What the channels were told about
the contest (`told`) is deleted, because those rows are about the old leading source. Pending posts of the old source go
out before the new ones. Posts held back by a mute of the old source are dropped, since they would come out later.
"""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from bot.count.change import Change
from bot.database.database import fetch
from bot.follows.follows_store import LeadingSourceChoice, all_choices, choice_in, store_choice
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import COLUMNS, OutboxRow, post_of
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row
from bot.tally.changes_store import ReadingSpan
from bot.tally.intake_store import SeriesKey, load
from bot.tally.leading_source_switch import LeadingSourceChange, LeadingSourceSwitch, decide_switch
from bot.tally.writes_store import write

_ANOTHER_SOURCE_LEADS = "another source leads now"


@dataclass(frozen=True, slots=True)
class Switched:
    """What happened when an editor chose a leading source, for the answer."""

    before: str
    after: str
    """The source that leads now or, if the choice was refused, the one that was wanted."""
    was: LeadingSourceChoice | None = None
    """The choice before; None if the desk file's source led."""
    refused: Literal["muted", "silent"] | None = None
    changed: bool = True
    """False if the source was already chosen, or the choice was refused."""
    heard: bool = True
    """False if the source has no figures yet."""
    held: str | None = None
    """Why a reading of the source is held now (a `HoldReason` value), or None."""
    dropped: int = 0
    """How many posts of the old source, held back by a mute, were dropped."""
    posts: tuple[OutboxRow, ...] = ()


class LeadingSourceStore(PostingStore):
    """Stores which source leads. Each method is one transaction or query."""

    async def switch(self, switch: LeadingSourceChange) -> Switched:
        """Make a source lead a contest in a server, and add the posts about it.

        The result shows if the choice was refused.
        """
        return await self._outbox.write(lambda tx: switch_in(tx, switch))

    async def all(self) -> list[tuple[int, str, LeadingSourceChoice]]:
        """Return every choice, as (server, contest, choice)."""
        return await all_choices(self._database)

    async def heard(self, contest: str) -> set[str]:
        """Return the ids of the sources that have figures for a contest."""
        rows = await self._database.rows(
            "SELECT DISTINCT source FROM series WHERE contest = ? AND accepted IS NOT NULL", (contest,)
        )
        return {row[0] for row in rows}


def switch_in(tx: Tx, switch: LeadingSourceChange) -> Switched:
    """Make a source lead a contest in a server, within a transaction."""
    chosen = choice_in(tx.connection, switch.server, switch.contest)
    before = chosen.source if chosen else tx.setting.desk.leading(switch.contest, None)
    after = tx.setting.desk.leading(switch.contest, switch.source)
    if before is None or after is None:
        raise ValueError(f"{switch.contest}: no such contest")  # who calls has looked it up
    heard = _has_figures(tx.connection, switch.contest, after)
    if (chosen.source if chosen else None) == switch.source:
        return Switched(before, after, chosen, changed=False, heard=heard)
    if before != after and not switch.forced:
        muted = tx.rows("SELECT 1 FROM mutes WHERE server = ? AND source = ?", (switch.server, after))
        if muted or (not heard and _has_figures(tx.connection, switch.contest, before)):
            return Switched(before, after, chosen, "muted" if muted else "silent", changed=False, heard=heard)
    _keep(tx, switch, chosen, before)
    if before == after:
        return Switched(before, after, chosen, heard=heard)
    return _switch_to(tx, switch, before, after, chosen)


def _has_figures(connection: sqlite3.Connection, contest: str, source: str) -> bool:
    return bool(
        fetch(
            connection,
            "SELECT 1 FROM series WHERE (contest, source) = (?, ?) AND accepted IS NOT NULL LIMIT 1",
            (contest, source),
        )
    )


def _keep(tx: Tx, switch: LeadingSourceChange, chosen: LeadingSourceChoice | None, before: str) -> None:
    """Store the chosen leading source, with its audit row.

    `chosen` is the server's earlier choice, or None, and `before` the source that led until now.
    """
    store_choice(tx.connection, switch.server, switch.contest, switch.source, switch.who, tx.now)
    was: dict[str, object] = {"contest": switch.contest, "source": before}
    if chosen:
        was |= {"at": chosen.since.at.isoformat(), "by": chosen.since.who}
    is_now = {"contest": switch.contest, "source": switch.source or "as in the desk file"}
    tx.audit(switch.server, switch.who, "source lead", switch.why, was, is_now)


def _switch_to(
    tx: Tx, switch: LeadingSourceChange, before: str, after: str, chosen: LeadingSourceChoice | None
) -> Switched:
    """Switch a server's channels from the leading source `before` to `after`, and add the posts with the new figures.

    `chosen` is the server's earlier choice, or None.
    """
    dropped = _drop_muted(tx.connection, switch.server, switch.contest, before)
    keys: list[SeriesKey] = [
        (source, switch.contest, count)
        for source, count in tx.rows(
            "SELECT source, count FROM series WHERE contest = ? AND source IN (?, ?) ORDER BY id",
            (switch.contest, before, after),
        )
    ]
    ledger = load(tx, keys)
    changes = {
        series.id: change for series in ledger.series.values() if (change := _last(tx.connection, series.accepted_id))
    }
    tx.execute(
        "DELETE FROM last_posts WHERE follow IN (SELECT id FROM follows WHERE server = ? AND contest = ?)",
        (switch.server, switch.contest),
    )
    writes = decide_switch(ledger, LeadingSourceSwitch(switch, before, after, changes), tx.setting)
    write(tx, writes)
    counted = ledger.series.get((after, switch.contest, "election"))
    hold = counted.known.hold if counted else None
    return Switched(
        before,
        after,
        chosen,
        heard=counted is not None and counted.accepted_id is not None,
        held=hold.reason.value if hold else None,
        dropped=dropped,
        posts=tuple(writes.outbox),
    )


def _drop_muted(connection: sqlite3.Connection, server: int, contest: str, source: str) -> int:
    """Drop posts of the old leading source that a mute holds back, so that they are not sent later.

    Returns how many. The record of what was posted in their channels is reset. Posts about revisions stay, since revisions are
    posted for any source.
    """
    # The states are those of the index, without which SQLite would not take it; only what waits is dropped.
    rows = fetch(
        connection,
        f"""SELECT {COLUMNS} FROM outbox INDEXED BY outbox_open
            WHERE state IN ('pending', 'sending') AND state = 'pending' AND server = ?1 AND contest = ?2 AND source = ?3
              AND action = 'post' AND chain IS NOT NULL AND kind <> 'revision'
              AND EXISTS (SELECT 1 FROM mutes WHERE server = ?1 AND source = ?3)
            ORDER BY id""",
        (server, contest, source),
    )
    told_back = set()
    for post in map(post_of, rows):
        drop_row(connection, post.id, post.state, _ANOTHER_SOURCE_LEADS)
        span = ReadingSpan.of(connection, post.id)
        if span is not None and (post.channel, post.chain) not in told_back:
            told_back.add((post.channel, post.chain))
            _tell_back(connection, post.channel, contest, post.chain, span.was or span.from_reading)
    return len(rows)


def _tell_back(
    connection: sqlite3.Connection, channel: int, contest: str, series: int | None, reading: int | None
) -> None:
    """Reset a channel's record of what was posted from a series to the figures up to `reading`.

    With `reading` None, the record is as if no figures had been posted.
    """
    sentence = "follow IN (SELECT id FROM follows WHERE channel = ? AND contest = ?) AND series = ?"
    if reading is None:
        connection.execute(f"DELETE FROM last_posts WHERE {sentence}", (channel, contest, series))
        return
    connection.execute(
        f"""UPDATE last_posts SET reading = ?, (leader, margin) = (SELECT leader, margin FROM changes WHERE reading = ?)
            WHERE {sentence}""",
        (reading, reading, channel, contest, series),
    )


def _last(connection: sqlite3.Connection, reading: int | None) -> Change | None:
    rows = fetch(connection, "SELECT body FROM changes WHERE reading = ?", (reading,))
    return Change.model_validate_json(rows[0][0]) if rows else None
