"""Compares storing 51 readings in one transaction with 1,000 and with 1,000,000 readings already in the database.

Each reading has three candidates, changes the margin, and causes one post in one channel. For comparison, the same run
writes the same rows on a plain, synchronous SQLite connection, without any of the bot's other work.
"""

import random
import sqlite3
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import App, open_app
from bot.clock import ManualClock
from bot.count.change import Change, compare
from bot.count.reading import Reading
from bot.database.database import to_micros
from bot.desk.desk_file import Desk
from bot.feeds.receivers import Delivery
from tests.benchmarks.figures import Figure, sized

CONTESTS = 51
ROUNDS = 400
PARTS = 8
WARM_UP = 30
"""The number of rounds that are not counted. The round before has just kept the disk busy."""
START = datetime(2026, 11, 4, 1, tzinfo=UTC)
SERVER = 1


async def run(size: float = 1.0) -> list[Figure]:
    """Measure the two databases in turn."""
    parts = sized(PARTS, size)
    rounds, warm_up = sized(ROUNDS, size, parts) // parts, sized(WARM_UP, size)
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few.sqlite3", Path(folder) / "many.sqlite3"
        await prepare(few, sized(1_000, size, CONTESTS))
        await prepare(many, sized(1_000_000, size, CONTESTS))
        times: dict[Path, list[float]] = {few: [], many: []}
        ratios = []
        # The two take turns, so that a slow minute of the machine affects both. The ratio is computed for each pair.
        for part in range(parts):
            pair = {path: await _measure(path, rounds, warm_up, part) for path in (few, many)}
            ratios.append(statistics.median(pair[many]) / statistics.median(pair[few]))
            for path in (few, many):
                times[path] += pair[path]
        bare = _bare(few, Path(folder) / "bare.sqlite3", sized(100, size))
    small, large = statistics.median(times[few]), statistics.median(times[many])
    return [
        Figure("intake-51-bare-sqlite", bare * 1000, "ms"),
        Figure("intake-51-stored-1000", small * 1000, "ms"),
        Figure("intake-51-stored-1000000", large * 1000, "ms"),
        Figure("intake-51-million-over-thousand", statistics.median(ratios), "ratio"),
        Figure("intake-51-over-bare-sqlite", small / bare, "ratio"),
    ]


def desk() -> Desk:
    """Return a desk file of 51 contests and one source."""
    names = [("a", "Abel"), ("b", "Baker"), ("c", "Clark")]
    return Desk.model_validate(
        {
            "desk": {"zone": "America/New_York"},
            "sources": [{"id": "wire", "name": "the wire"}],
            "contests": [
                {
                    "id": f"contest-{number}",
                    "name": f"Contest {number}",
                    "where": f"State {number}",
                    "leads": "wire",
                    "candidates": [{"id": key, "name": f"Ann {last}", "last": last} for key, last in names],
                }
                for number in range(CONTESTS)
            ],
        }
    )


def reading(contest: int, step: int) -> Reading:
    """Return the reading of a contest at one step of the night. Every step changes the margin by enough for a post."""
    lead = 10_000 + 60 * (step % 2)  # moves by more than 0.3%, to and fro
    votes = {"a": 990_000 + 500 * step + lead, "b": 990_000 + 500 * step, "c": 20_000 + (3 + contest) * step}
    return Reading(
        source="wire",
        contest=f"contest-{contest}",
        as_of=START + timedelta(seconds=step),
        votes=votes,
        total=sum(votes.values()) + step,
    )


def lead_change(contest: int) -> Reading:
    """Return a second reading of a contest, in which another candidate leads."""
    votes = {"a": 1_000_500, "b": 1_010_500, "c": 21_000}
    return reading(contest, 1).model_copy(update={"votes": votes, "total": sum(votes.values())})


async def prepare(path: Path, stored: int, server: int = SERVER) -> None:
    """Create a database in which every contest is followed and `stored` readings are stored."""
    clock = ManualClock(START)
    async with open_app(desk(), path, clock) as app:
        for number in range(CONTESTS):
            await app.rooms.follows.follow(
                app.rooms.follows.contest(f"contest-{number}"), server, 100 + number, None, "bench"
            )
        await app.rooms.tally.intake.accept(Delivery("wire", [reading(number, 0) for number in range(CONTESTS)]))
    fill(path, stored, server)


def fill(path: Path, stored: int, server: int = SERVER) -> None:
    """Store `stored` readings as after a long night, each with its change and its sent post."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous=OFF")
    database.execute("BEGIN")
    series = [key for (key,) in database.execute("SELECT id FROM series ORDER BY CAST(substr(contest, 9) AS INTEGER)")]
    newest = database.execute("SELECT max(id) FROM readings").fetchone()[0]
    newest_post = database.execute("SELECT max(id) FROM outbox").fetchone()[0] or 0
    steps = stored // CONTESTS
    # Of all but the last step nothing but the size matters: one body a contest serves for them.
    bodies = [reading(number, 1).to_json() for number in range(CONTESTS)]
    changes = [_change(number, 1).to_json() for number in range(CONTESTS)]
    for step in range(1, steps + 1):
        stamp = to_micros(START + timedelta(seconds=step))
        ids = range(newest + 1 + (step - 1) * CONTESTS, newest + 1 + step * CONTESTS)
        before = [key - CONTESTS for key in ids] if step > 1 else [None] * CONTESTS
        database.executemany(
            "INSERT INTO readings (id, series, as_of, received_at, verdict, body) VALUES (?,?,?,?,'accepted',?)",
            [(key, of, stamp, stamp, body) for key, of, body in zip(ids, series, bodies, strict=True)],
        )
        database.executemany(
            "INSERT INTO changes VALUES (?,?,'margin','a',10000,1,?,?)",
            [(key, earlier, change, step + 1) for key, earlier, change in zip(ids, before, changes, strict=True)],
        )
        database.executemany(
            """INSERT INTO outbox (id, server, channel, number, kind, contest, chain, content,
               embeds, quiet, news_at, state, wall_created, message)
               VALUES (?,?,?,?,'margin',?,?,'the text of a post that was sent','[]',1,?,'sent',0,1)""",
            [
                (newest_post + key - newest, server, 100 + number, step, f"contest-{number}", of, stamp)
                for number, (key, of) in enumerate(zip(ids, series, strict=True))
            ],
        )
        database.executemany(
            "INSERT INTO spans (post, from_reading, to_reading, least, of_lead) VALUES (?,?,?,43,1)",
            [(newest_post + key - newest, earlier, key) for key, earlier in zip(ids, before, strict=True)],
        )
    for number, key in enumerate(ids):
        now, made = reading(number, steps), _change(number, steps)
        database.execute("UPDATE readings SET body = ? WHERE id = ?", (now.to_json(), key))
        database.execute(
            "UPDATE changes SET body = ?, margin = ? WHERE reading = ?", (made.to_json(), made.margin, key)
        )
        database.execute("UPDATE series SET accepted = ? WHERE id = ?", (key, series[number]))
        database.execute(
            "UPDATE last_posts SET reading = ?, margin = ? WHERE series = ?", (key, made.margin, series[number])
        )
    database.execute("UPDATE outbox SET state = 'sent'")
    database.execute("UPDATE servers SET next_number = 1000000")
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def _change(contest: int, step: int) -> Change:
    change = compare(reading(contest, step - 1), reading(contest, step))
    assert change is not None
    return change


async def _measure(path: Path, rounds: int, warm_up: int, part: int) -> list[float]:
    """Store `rounds` rounds of 51 readings. Returns the seconds that each round takes."""
    clock = ManualClock(START + timedelta(days=30))
    async with open_app(desk(), path, clock) as app:
        first = 30_000 + part * (rounds + warm_up)
        batches = [[reading(contest, first + step) for contest in range(CONTESTS)] for step in range(rounds + warm_up)]
        for batch in batches[:warm_up]:
            await app.rooms.tally.intake.accept(Delivery("wire", batch))
        return [await _time(app, batch) for batch in batches[warm_up:]]


async def _time(app: App, batch: list[Reading]) -> float:
    random.shuffle(batch)
    start = time.perf_counter()
    counted = await app.rooms.tally.intake.accept(Delivery("wire", batch))
    taken = time.perf_counter() - start
    assert counted.accepted == len(batch)
    await app.database.write(_sent)
    return taken


def _sent(connection: sqlite3.Connection) -> None:
    """Mark all waiting posts as sent, as the dispatcher would before the next round."""
    connection.execute(
        """UPDATE outbox SET state = 'sent'
           WHERE channel > 0 AND state IN ('pending', 'sending')"""
    )


def _bare(source: Path, target: Path, rounds: int) -> float:
    """Return the median seconds for writing the last round's rows with plain sqlite3, in one transaction for each
    round.
    """
    old = sqlite3.connect(source)
    new = sqlite3.connect(target, isolation_level=None)
    old.backup(new)
    new.execute("PRAGMA journal_mode=WAL")
    new.execute("PRAGMA synchronous=FULL")
    tables = {}
    for table, key in {"readings": "id", "changes": "reading", "outbox": "id", "spans": "post"}.items():
        tables[table] = old.execute(f"SELECT * FROM {table} ORDER BY {key} DESC LIMIT {CONTESTS}").fetchall()
    times = []
    for round_ in range(1, rounds + 1):
        start = time.perf_counter()
        new.execute("BEGIN IMMEDIATE")
        for table, rows in tables.items():
            fresh = [(row[0] + round_ * CONTESTS, *row[1:]) for row in rows]
            new.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", fresh)
        new.execute("COMMIT")
        times.append(time.perf_counter() - start)
    old.close()
    new.close()
    return statistics.median(times)
