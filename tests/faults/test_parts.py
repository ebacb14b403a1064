"""Tests a bot that is killed while it stores an answer in several parts. After the restart it reads the same answer
again.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.count.reading import Reading
from bot.feeds.receivers import READINGS_IN_PART, Delivery
from bot.outbox.tx import Tx
from bot.tally import intake
from bot.tally.writes_store import Writes, write
from tests.conftest import Newsroom, reading, small_desk

DIED = 9
PARTS = 4
TABLES = {
    "changes": "SELECT r.as_of, c.kind, c.margin, c.batches FROM changes c JOIN readings r ON r.id = c.reading ORDER BY 1",
    "holds": "SELECT r.as_of, h.outcome FROM holds h JOIN readings r ON r.id = h.reading ORDER BY 1",
    "posts": "SELECT server, channel, kind, content, state FROM outbox WHERE action = 'post' ORDER BY channel, id",
    "proofs": "SELECT source, moved_at IS NULL FROM feed_proofs WHERE read_at IS NOT NULL",
}

Stored = dict[str, list[tuple[object, ...]]]


def night() -> Delivery:
    """Return a delivery with a whole night of one contest. The lead changes, and a total falls exactly between two
    parts.
    """
    readings: list[Reading] = []
    for number in range(PARTS * READINGS_IN_PART):
        fell = 400 if number % READINGS_IN_PART == READINGS_IN_PART - 1 else 0
        swing = 900 if number // 7 % 2 else 0
        readings.append(reading(1000 + 1000 * number - fell, 500 + 1000 * number + swing, number / 10))
    return Delivery("times", readings, contests={"ga"})


async def live(path: Path, answers: Sequence[Delivery]) -> Stored:
    """Store deliveries, send the posts that follow, and return the final content of the database."""
    async with Newsroom(path, small_desk()) as newsroom:
        newsroom.at(60)
        await newsroom.follow()
        for answer in answers:
            await newsroom.ingest.accept(answer)
            await newsroom.publish()
        return {name: await newsroom.database.rows(sql) for name, sql in TABLES.items()}


def die(path: Path, in_part: int, *, after: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Store the night's delivery in a process that dies in one of the transactions, or right after."""
    pid = os.fork()
    if pid:
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == DIED
        return
    written = 0

    def write_until(tx: Tx, writes: Writes) -> None:
        nonlocal written
        written += 1
        if after and written > in_part:  # the next part has not been written yet
            os._exit(DIED)
        write(tx, writes)
        if written == in_part and not after:
            os._exit(DIED)

    monkeypatch.setattr(intake, "write", write_until)
    asyncio.run(live(path, [night()]))
    os._exit(0)


@pytest.mark.parametrize(("in_part", "after"), [(1, False), (1, True), (2, True), (PARTS, False)])
def test_a_death_between_the_parts_of_an_answer_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_part: int, *, after: bool
) -> None:
    undisturbed = asyncio.run(live(tmp_path / "undisturbed.db", [night()]))
    assert len({kind for _, _, kind, *_ in undisturbed["posts"]}) > 1
    path = tmp_path / "disturbed.db"
    die(path, in_part, after=after, monkeypatch=monkeypatch)
    between = asyncio.run(live(path, []))
    assert between["proofs"] == []  # it was not read to its end
    assert len(between["changes"]) > 0 or not after
    assert asyncio.run(live(path, [night()])) == undisturbed
