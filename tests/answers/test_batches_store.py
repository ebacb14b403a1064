"""Batches are found by their position, and counted without being read."""

import sqlite3
from datetime import timedelta

from bot.answers.batches_store import BatchPosition, BatchStore
from bot.desk.desk_file import Candidate, Desk
from tests.answers.asked import ask
from tests.conftest import SERVER, START, Newsroom, OpenNewsroom, reading, small_desk


def units(floyd: int, cobb: int) -> dict[str, dict[str, int]]:
    return {"Floyd": {"total": floyd}, "Cobb": {"total": cobb}}


async def night(newsroom: Newsroom) -> BatchStore:
    """Return a store with a first reading, a progress update, two batches, a repeated fall, and another batch."""
    await newsroom.take(
        reading(100, 90, 0, units=units(50, 60)),
        reading(100, 90, 1, units=units(50, 60), reporting={"units": [1, 2]}),
        reading(110, 90, 2, units=units(60, 60)),
        reading(115, 95, 3, units=units(60, 70)),
        reading(105, 95, 4, units=units(50, 70)),
        reading(105, 95, 6, units=units(50, 70)),
        reading(120, 95, 7, units=units(65, 70)),
    )
    return BatchStore(newsroom.database)


async def test_each_change_with_votes_has_its_number(newsroom: Newsroom) -> None:
    moves = await night(newsroom)
    found = await moves.last("ga", "times", START + timedelta(hours=1), 9)
    assert [batch.number for batch in found] == list(range(len(found), 0, -1))
    assert [batch.change.kind for batch in found][-1] == "first"
    assert "revision" in [batch.change.kind for batch in found]
    assert await moves.batches("ga", "times", START + timedelta(minutes=2)) == 2
    assert await moves.batches("ga", "times", START - timedelta(minutes=1)) == 0


async def test_pages_meet_and_leave_nothing_out(newsroom: Newsroom) -> None:
    moves = await night(newsroom)
    every = await moves.last("ga", "times", START + timedelta(hours=1), 9)
    paged = await moves.last("ga", "times", START + timedelta(hours=1), 2)
    while older := await moves.older("ga", "times", paged[-1].place, 2):
        paged += older
    assert paged == every
    assert await moves.newer("ga", "times", every[2].place, 9) == every[:2]
    assert await moves.newer("ga", "times", every[-1].place, 1) == every[-2:-1]
    assert await moves.older("ga", "times", BatchPosition(0, 0), 9) == []


async def test_the_last_change_of_the_lead_is_found_and_first_votes_are_none(newsroom: Newsroom) -> None:
    await newsroom.take(reading(0, 0), reading(9, 10, 1), reading(11, 10, 2), reading(12, 10, 3))
    moves, later = BatchStore(newsroom.database), START + timedelta(hours=1)
    found = await moves.lead_change("ga", "times", later, START)
    assert found is not None
    assert (found.change.as_of, found.change.leader) == (START + timedelta(minutes=2), "biden")
    assert await moves.lead_change("ga", "times", START + timedelta(minutes=1), START - timedelta(hours=1)) is None
    assert await moves.lead_change("ga", "times", later, START + timedelta(minutes=2)) is None


async def test_what_a_unit_added_last_is_known(newsroom: Newsroom) -> None:
    moves = await night(newsroom)
    assert await moves.units("ga", "times") == ["Cobb", "Floyd"]
    later = START + timedelta(hours=1)
    floyd, cobb = [await moves.unit_batch("ga", "times", unit, later) for unit in ("Floyd", "Cobb")]
    assert floyd is not None
    assert cobb is not None
    assert (floyd.votes, cobb.votes) == (15, 10)
    early = await moves.unit_batch("ga", "times", "Floyd", START + timedelta(minutes=2))
    assert early is not None
    assert early.votes == 10
    assert await moves.unit_batch("ga", "times", "Bibb", later) is None


async def test_a_chart_marks_the_lead_change_that_a_revision_made(newsroom: Newsroom) -> None:
    await newsroom.take(reading(100, 90), reading(100, 110, 1), reading(95, 80, 2))
    await newsroom.take(reading(95, 80, 4))  # repeated: the fall is taken
    points = await BatchStore(newsroom.database).points("ga", "times", START + timedelta(hours=1), None)
    assert [(point.leader, point.margin, point.lead_changed) for point in points] == [
        ("biden", 10, False),
        ("trump", 10, True),
        ("biden", 15, True),
    ]


async def test_a_leader_who_vanished_is_in_every_answer_once_the_desk_lets_it_through(
    open_newsroom: OpenNewsroom,
) -> None:
    desk = small_desk()
    contest = desk.contests[0]
    three = [*contest.candidates, Candidate(id="jorgensen", name="Jo Jorgensen", last="Jorgensen")]
    newsroom = await open_newsroom(
        Desk(desk=desk.desk, contests=[contest.model_copy(update={"candidates": three})], sources=desk.sources)
    )
    await newsroom.follow()
    all_of_them = {"biden": 1000, "trump": 900, "jorgensen": 50}
    for minute, left in enumerate((all_of_them, {"trump": 900, "jorgensen": 50})):
        await newsroom.take(reading(0, 0, minute).model_copy(update={"votes": left}))
    await newsroom.settle(post=True)
    newsroom.at(2)
    assert "**7:01 a.m.** revised" in await ask(newsroom, "history")
    assert "**Count revised: Trump now leads in Georgia, by 850 votes.**" in await ask(newsroom, "since 7 a.m.")
    points = await BatchStore(newsroom.database).points("ga", "times", newsroom.clock.now(), None)
    assert [(point.leader, point.lead_changed) for point in points] == [("biden", False), ("trump", True)]


async def test_nothing_that_belongs_to_a_server_outlives_it(newsroom: Newsroom) -> None:
    def share(connection: sqlite3.Connection) -> None:
        for sql in (
            f"INSERT INTO shared_answers VALUES (1, {SERVER}, 1)",
            f"INSERT INTO pictures VALUES (1, {SERVER}, x'00', 'a chart')",
        ):
            connection.execute(sql)

    await newsroom.desk_store.join(SERVER)
    await newsroom.database.write(share)
    await newsroom.desk_store.leave(SERVER, START)
    newsroom.clock.set(START + timedelta(days=31))
    await newsroom.rooms.newsroom.forgetting.delete_expired()
    assert await newsroom.database.rows("SELECT id FROM servers") == []
    assert await newsroom.count("pictures") == await newsroom.count("shared_answers") == 0
