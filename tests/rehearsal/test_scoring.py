"""Tests how a rehearsal scores what a desk missed, from posts, read marks and holds."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.count.judgement import DROPPED, POSTED, UNDONE
from bot.errors import BadInputError
from bot.outbox.outbox_store import SentPost
from bot.rehearsal.page.viewer import Read
from bot.rehearsal.player import play_day
from bot.rehearsal.posts import ArrivedPost
from bot.rehearsal.rehearsable_days import open_day
from bot.rehearsal.scorecard_words import Scorecard
from bot.rehearsal.scoring import ScoreFile, posts_to_read, score, scorecard_json
from bot.tally.holds_store import HoldRecord
from bot.wording.card import Card

AT = datetime(2020, 11, 11, 12, 0, tzinfo=UTC)
END = AT + timedelta(hours=6)
COUNT, LIVE = 11, 12
NAMES = {COUNT: "count", LIVE: "live"}

FASTEST = 100_000.0
"""The highest speed at which nothing of a day is skipped."""


async def one_look() -> list[Read]:
    """Return the read mark of somebody who opened a channel once, at the very beginning."""
    return [Read("Olga", 1, 1, AT)]


def minutes(number: float) -> datetime:
    return AT + timedelta(minutes=number)


def post(number: int, minute: float = 0, channel: int = COUNT, kind: str = "margin") -> SentPost:
    return SentPost(
        number,
        minutes(minute),
        channel,
        1000 + number,
        kind,
        number,
        f"**Post {number}**\n-# #{number}",
        Card.of(f"**Post {number}**"),
    )


def read(up_to: int, minute: float, channel: int = COUNT, person: str = "Olga") -> Read:
    """Return the read mark of somebody who has read up to post number `up_to`."""
    return Read(person, channel, 1000 + up_to, minutes(minute))


def hold(outcome: str | None, settled: float | None, reason: str = "many_units", *, wrong: bool = False) -> HoldRecord:
    at = None if settled is None else minutes(settled)
    return HoldRecord("ga", "times", reason, AT, minutes(15), at, outcome, wrong)


def unread(posts: list[SentPost], *reads: Read) -> list[int]:
    card = score(posts, reads, [], END, NAMES)
    assert card.unread is not None
    return [missed.number for missed in card.unread]


def test_a_post_read_within_ten_minutes_is_not_missed_and_one_read_later_is() -> None:
    posts = [post(1), post(2, 1)]
    assert unread(posts, read(2, 10)) == []
    assert unread(posts, read(1, 10), read(2, 11.01)) == [2]
    assert unread(posts, read(2, 10.5)) == [1]
    assert unread(posts, read(1, 5)) == [2]


def test_a_later_mark_covers_what_came_before_and_the_first_one_counts_whoever_made_it() -> None:
    posts = [post(1), post(2, 3), post(3, 6)]
    assert unread(posts, read(3, 9)) == []
    assert unread(posts, read(3, 30), read(1, 2, person="Ed"), read(2, 4, person="Ed")) == [3]


def test_a_mark_counts_in_its_own_channel_alone() -> None:
    posts = [post(1), post(2, 0, LIVE)]
    assert unread(posts, read(2, 1)) == [2]
    assert unread(posts, read(2, 1), read(2, 1, LIVE)) == []


def test_what_came_in_the_last_ten_minutes_may_still_be_read() -> None:
    assert unread([post(1), post(2, 355)], read(1, 1)) == []


def test_a_post_that_was_held_back_counts_from_when_it_came() -> None:
    held, at_once, board = post(1), post(2), post(3, kind="board")
    posts = posts_to_read([held, at_once, board], {held.message: minutes(40)})
    assert [(one.number, one.news_at) for one in posts] == [(1, minutes(40)), (2, AT)]
    assert unread(posts, read(2, 9), read(1, 45)) == []


def test_what_came_before_anybody_could_watch_is_nobodys_to_miss() -> None:
    posts = [post(1), post(2, kind="reminder"), post(3, 100)]
    card = score(posts, [read(1, 99)], [hold(None, None)], END, NAMES, opened=minutes(60))
    assert card.unread is not None
    assert ([one.number for one in card.unread], card.posts) == ([3], 1)
    assert (card.reminders, card.holds) == ((), ())


def test_a_post_in_two_channels_is_one_and_read_in_either() -> None:
    posts = [post(1), post(1, channel=LIVE), post(2, 1), post(2, 1, LIVE)]
    card = score(posts, [read(1, 5, LIVE)], [], END, NAMES)
    assert card.unread is not None
    assert ([(one.number, one.channel) for one in card.unread], card.posts) == ([(2, "count")], 2)


def test_a_channel_without_a_name_is_a_direct_message() -> None:
    card = score([post(1, channel=99)], [read(1, 5)], [], END, NAMES)
    assert card.unread is not None
    assert [one.channel for one in card.unread] == [None]


def test_time_that_was_skipped_is_not_the_desks() -> None:
    def viewing_time(start: datetime, end: datetime) -> timedelta:
        return (end - start) / 60

    card = score([post(1), post(2, 5, LIVE)], [read(1, 300)], [], END, NAMES, viewing_time=viewing_time)
    assert card.unread == ()


def test_a_missed_post_says_when_it_was_read_in_the_end() -> None:
    card = score([post(1)], [read(1, 25)], [], END, NAMES)
    assert card.unread is not None
    (missed,) = card.unread
    assert (missed.channel, missed.headline, missed.posted_at, missed.read_at) == (
        "count",
        "**Post 1**",
        AT,
        minutes(25),
    )


@pytest.mark.parametrize("reads", [None, []])
def test_where_nobody_can_be_seen_reading_nothing_is_said_of_it(reads: list[Read] | None) -> None:
    assert score([post(1)], reads, [], END, NAMES).unread is None


@pytest.mark.parametrize(
    ("record", "answered"),
    [
        (hold(None, None), None),
        (hold(DROPPED, 15.5), minutes(15.5)),
        (hold(POSTED, 90), minutes(90)),
        (hold("the source went back to its earlier figures", 50), None),
        (hold(None, None, "fall"), None),
        (hold(POSTED, 31, "fall"), minutes(31)),
    ],
)
def test_a_hold_that_the_desk_left_too_long_is_missed(record: HoldRecord, answered: datetime | None) -> None:
    (missed,) = score([], None, [record], END, NAMES).holds
    assert (missed.contest, missed.source, missed.since, missed.answered_at) == ("ga", "times", AT, answered)
    assert missed.answer_by == minutes(30 if record.reason == "fall" else 15)


def test_what_the_desk_decided_is_listed_with_whether_it_was_right() -> None:
    records = [hold(POSTED, 3, wrong=True), hold(DROPPED, 5), hold(UNDONE, 6), hold("the source repeated it", 7)]
    decided = score([], None, records, END, NAMES).decisions
    assert [(one.did, one.decided_at, one.wrong) for one in decided] == [
        ("posted", minutes(3), True),
        ("dropped", minutes(5), False),
        ("taken back", minutes(6), False),
    ]


@pytest.mark.parametrize(
    "record",
    [
        hold(DROPPED, 14),
        hold(POSTED, 15),
        hold("the source went back to its earlier figures", 10),
        hold("the source repeated it", 1, "fall"),
        hold(DROPPED, 29, "fall"),
    ],
)
def test_a_hold_that_was_settled_in_time_is_not_missed(record: HoldRecord) -> None:
    assert score([], None, [record], END, NAMES).holds == ()


@pytest.mark.parametrize(
    ("waits", "answer_by", "waited"),
    [
        (((5, 20),), 35, 5),
        (((5, 20), (30, 45)), 60, 30),
        (((16, 31),), 15, 16),  # too late
    ],
)
def test_wait_is_an_answer_until_the_desk_has_been_asked_again(
    waits: tuple[tuple[float, float], ...], answer_by: float, waited: float
) -> None:
    record = replace(hold(None, None), waits=tuple((minutes(at), minutes(again)) for at, again in waits))
    assert score([], None, [record], minutes(answer_by), NAMES).holds == ()
    (missed,) = score([], None, [record], minutes(answer_by + 60), NAMES).holds
    assert (missed.answer_by, missed.waited_at) == (minutes(answer_by), minutes(waited))


def test_a_hold_that_could_still_be_answered_when_the_day_ended_is_not_missed() -> None:
    assert score([], None, [hold(None, None)], minutes(14), NAMES).holds == ()


def test_reminders_are_missed_unless_somebody_acknowledged_them() -> None:
    posts = [post(1, kind="reminder"), post(2, kind="reminder"), post(3)]
    card = score(posts, [read(3, 1)], [], END, NAMES, acknowledged={2})
    assert [missed.number for missed in card.reminders] == [1]


def test_a_reminder_that_went_to_several_channels_is_missed_once() -> None:
    posts = [post(1, kind="reminder"), post(1, channel=LIVE, kind="reminder"), post(2, 5, LIVE, "reminder")]
    card = score(posts, [read(3, 1)], [], END, NAMES)
    assert [(missed.number, missed.channel) for missed in card.reminders] == [(1, "count"), (2, "live")]


def test_the_file_has_what_was_missed_and_what_the_day_had_in_store(tmp_path: Path) -> None:
    day, _ = open_day("2020-11-05-georgia")
    card = score([post(1)], [read(1, 25)], [hold(None, None)], END, NAMES)
    path = tmp_path / "score.json"
    ScoreFile(path, day).write(card)
    found = json.loads(path.read_text())
    assert path.read_text() == scorecard_json(card, day) + "\n"
    assert list(found) == [
        "day",
        "unread_after_seconds",
        "posts",
        "unread",
        "holds",
        "reminders",
        "decisions",
        "happenings",
    ]
    assert (found["day"], found["unread_after_seconds"], found["posts"]) == (day.title, 600, 1)
    assert found["unread"] == [
        {
            "number": 1,
            "channel": "count",
            "kind": "margin",
            "headline": "**Post 1**",
            "posted_at": "2020-11-11T12:00:00Z",
            "read_at": "2020-11-11T12:25:00Z",
        }
    ]
    assert found["holds"][0]["answer_by"] == "2020-11-11T12:15:00Z"
    assert [one["what"] for one in found["happenings"]] == ["batch", "desk_ahead", "lead_change"]


@pytest.mark.parametrize("name", ["nowhere/score.json", "."])
def test_a_file_that_can_not_be_written_is_told_before_the_day_begins(tmp_path: Path, name: str) -> None:
    day, _ = open_day("2020-11-05-georgia")
    with pytest.raises(BadInputError, match="the scorecard can't be written"):
        ScoreFile(tmp_path / name, day)


def test_what_was_in_the_file_stays_until_there_is_a_scorecard_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    day, _ = open_day("2020-11-05-georgia")
    path = tmp_path / "score.json"
    path.write_text("yesterday's")
    broken_off = ScoreFile(path, day)
    broken_off.close()
    assert (path.read_text(), broken_off.written) == ("yesterday's", False)
    whole = ScoreFile(path, day)
    whole.write(score([], None, [], END, NAMES))
    whole.close()
    assert whole.written
    assert json.loads(path.read_text())["posts"] == 0
    assert list(tmp_path.iterdir()) == [path]


async def played(
    folder: Path, speed: float | None, reads: Callable[[], Awaitable[list[Read]]] | None = None
) -> tuple[Scorecard, list[ArrivedPost]]:
    """Play a day. Returns the scorecard and the posts."""
    day, desk = open_day("2020-11-19-georgia")
    cards: list[Scorecard] = []
    landed: list[ArrivedPost] = []
    await play_day(day, desk, folder / "day.sqlite3", speed, landed.append, scored=cards.append, reads=reads)
    (card,) = cards
    return card, landed


async def test_a_rehearsal_that_somebody_watched_ends_with_the_scorecard_in_the_channel(tmp_path: Path) -> None:
    card, landed = await played(tmp_path, FASTEST, one_look)
    assert card.unread is not None
    assert [missed.number for missed in card.unread] == [post.number for post in landed[:-1] if post.edit_of is None]
    assert [missed.posted_at for missed in card.unread] == [post.at for post in landed[:-1] if post.edit_of is None]
    assert [(missed.since.isoformat(), missed.answered_at) for missed in card.holds] == [
        ("2020-11-20T01:41:08.198000+00:00", None)
    ]
    last = landed[-1]
    assert (last.kind, last.at, last.channel) == ("notice", open_day("2020-11-19-georgia")[0].ends, "desk")
    assert "15 posts of 15" in last.content
    assert last.content.endswith("#16 · 6 p.m. · rehearsal")
    assert "never read" in str(last.embeds)


async def test_a_rehearsal_faster_than_anybody_reads_has_no_scorecard_in_the_channel(tmp_path: Path) -> None:
    card, landed = await played(tmp_path, None, one_look)
    assert [post.kind for post in landed if "scorecard" in post.content] == []
    assert card.unread is None


async def test_a_rehearsal_that_nobody_watched_says_only_in_the_file_what_waited_too_long(tmp_path: Path) -> None:
    card, landed = await played(tmp_path, None)
    assert [post.kind for post in landed if "scorecard" in post.content] == []
    assert card.unread is None
    assert len(card.holds) == 1
