"""Plays Georgia's batches of 2020 through the whole intake, one poll for each row, with the posts in a channel."""

import ast
import csv
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.count.reading import Reading
from tests.conftest import Newsroom, Stored, lay_new, small_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOVED = datetime(2020, 11, 20, 1, 41, tzinfo=UTC)
"""When the feed begins to switch to the count of the audit, and back."""
DECEMBER = datetime(2020, 12, 1, tzinfo=UTC)


def rows(feeds: Path) -> list[Reading]:
    with (feeds / "batches" / "georgia-2020.csv").open(encoding="utf-8", newline="") as file:
        return [
            Reading.model_validate(
                {
                    "source": "times",
                    "contest": "ga",
                    "as_of": datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC),
                    "votes": {
                        row[f"{who}_candidate_name"].lower(): int(row[f"{who}_candidate_votes"])
                        for who in ("leading", "trailing")
                    },
                    "total": int(row["total_votes_count"]),
                    "reporting": {"precincts": (int(row["precincts_reporting"]), int(row["precincts_total"]))},
                    "unit_batch": ast.literal_eval(row["counties_partition"]),
                }
            )
            for row in csv.DictReader(file)
        ]


class Played:
    """The posts of the channel, and which of them were new at each row."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.told: list[tuple[datetime, Stored]] = []

    async def play(self, readings: list[Reading]) -> None:
        for one in readings:
            while (due := await self.newsroom.ingest.next_due()) is not None and due < one.as_of:
                self.newsroom.clock.set(max(due, self.newsroom.clock.now()))
                await self.newsroom.ingest.roll_up()
                await self.newsroom.ingest.ask_about_holds()
                await self.newsroom.publish()
            await self.newsroom.post(one)
        await self.keep()

    async def keep(self) -> None:
        rows = await self.newsroom.database.rows("SELECT news_at FROM outbox ORDER BY id")
        posts = await self.newsroom.posts()
        start = datetime(1970, 1, 1, tzinfo=UTC)
        dated = zip(rows, posts, strict=True)
        self.told = [(start + timedelta(microseconds=row[0]), post) for row, post in dated if post.action == "post"]

    def on(self, first: datetime, last: datetime) -> list[Stored]:
        return [post for at, post in self.told if first <= at < last]

    def kinds(self, first: datetime, last: datetime) -> list[str]:
        return [post.kind for post in self.on(first, last)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def played(feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    """Yield the count up to the end of November. The desk posts a held reading on the 21st.

    Tests share this count, and must not change it.
    """
    count, path = rows(feeds), tmp_path_factory.mktemp("judged") / "desk.sqlite3"
    await lay_new(path)
    async with Newsroom(path, small_desk()) as newsroom:
        newsroom.clock.set(count[0].as_of)
        await newsroom.follow()
        played = Played(newsroom)
        await played.play([one for one in count if one.as_of < datetime(2020, 11, 21, tzinfo=UTC)])
        newsroom.clock.set(datetime(2020, 11, 21, 12, tzinfo=UTC))
        assert await newsroom.settle(post=True) == 1
        await played.play([one for one in count if one.as_of >= datetime(2020, 11, 21, tzinfo=UTC)])
        yield played


async def test_the_judge_s_answers_for_georgia_s_batches(played: Played) -> None:
    def day(number: int) -> tuple[datetime, datetime]:
        return datetime(2020, 11, number, tzinfo=UTC), datetime(2020, 11, number + 1, tzinfo=UTC)

    (fifth,) = [post for post in played.on(*day(5)) if post.kind == "revision"]
    assert "total is down 4,608 votes" in fifth.headline
    assert "Trump's lead is 37,322" in fifth.headline
    assert await total_of(played, fifth) == 4_873_055
    (nineteenth,) = [post for post in played.on(*day(19)) if post.kind == "revision"]
    assert "total is down 314 votes" in nineteenth.headline
    assert await total_of(played, nineteenth) == 4_995_780
    # Everything is held from then on, and the channel is asked once.
    assert played.kinds(MOVED, datetime(2020, 11, 21, 12, tzinfo=UTC)) == ["notice"]
    # The desk posts the newest reading, once, as a change of the margin.
    (released,) = played.on(datetime(2020, 11, 21, 12, tzinfo=UTC), DECEMBER)
    assert released.kind == "margin"
    assert "narrowed by 888 votes since 1:55 p.m. Nov. 19, to 12,670,**" in released.headline
    # The machine recount of December.
    assert played.kinds(DECEMBER, datetime(2021, 1, 1, tzinfo=UTC)) == ["notice"]
    known = await played.newsroom.queries.standing("ga", "times", datetime(2021, 1, 1, tzinfo=UTC))
    assert known is not None
    assert known.held == "many_units"


async def total_of(played: Played, post: Stored) -> int:
    (row,) = await played.newsroom.database.rows("SELECT body FROM readings WHERE id = ?", (post.end,))
    return Reading.model_validate_json(row[0]).counted


async def test_every_vote_is_in_exactly_one_post_and_in_order(played: Played) -> None:
    spans = [(post.start, post.end) for _, post in played.told if post.end is not None]
    assert spans[0][0] is None
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    waiting = await played.newsroom.database.rows("SELECT waiting_since FROM last_posts")
    accepted = await played.newsroom.database.rows("SELECT max(id) FROM readings WHERE verdict = 'accepted'")
    assert spans[-1][1] == accepted[0][0] or waiting[0][0] is not None


async def test_every_row_is_kept_and_if_it_was_not_taken_with_its_reason(played: Played, feeds: Path) -> None:
    kept = await played.newsroom.verdicts()
    assert all(reason for verdict, reason in kept if verdict != "accepted")
    bodies = await played.newsroom.database.rows("SELECT body FROM readings")
    stored = [Reading.model_validate_json(body).votes for (body,) in bodies]
    assert all(one.votes in stored for one in rows(feeds))
