import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.count.change import Change
from bot.count.reading import MOST_VOTES, Reading
from bot.database.database import Row, fetch, to_micros
from bot.desk.desk_file import Desk, FeedKey
from bot.feeds import receivers
from bot.feeds.receivers import READINGS_IN_PART, Delivery
from bot.outbox.proposals_store import Asker
from bot.outbox.tx import Tx
from bot.tally import intake
from bot.tally.holds_store import held_in
from bot.tally.intake_store import MOST_REFUSALS
from bot.tally.writes_store import Writes, write
from tests.conftest import (
    AWAY,
    COUNT,
    LIVE,
    OTHER_SERVER,
    SERVER,
    START,
    WHO,
    Newsroom,
    OpenNewsroom,
    delivery,
    reading,
    small_desk,
)

TOTALS = {"precincts": (100, 100)}


async def checked_at(newsroom: Newsroom) -> float:
    """Return when the Times was last fetched, in minutes after the start."""
    checked = await newsroom.queries.checked("ga", "times")
    assert checked is not None
    return (checked - START) / timedelta(minutes=1)


def large(minute: float, units: int = 4500) -> Reading:
    """Return a reading with many counties that have long names."""
    named = {f"{'x' * 250} {number}": {"votes": {"biden": 1, "trump": 0}} for number in range(units)}
    return reading(1100 + units, 600, minute, units=named)


# Taking in.


async def test_a_reading_that_is_too_large_is_not_stored_and_the_desk_is_told_once(
    following: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LARGEST", 1 << 20)
    await following.control.set_desk_channel(LIVE, SERVER, WHO)
    for minute in (1, 2):
        counted = await following.ingest.accept(delivery([large(minute), reading(1, 0, minute, contest="senate")]))
        assert (counted.accepted + counted.unchanged, counted.notes) == (
            1,
            ["ga: is larger than 1 MiB, the most that is stored"],
        )
    assert await following.count("readings") == 2
    await following.restart()
    await following.ingest.accept(delivery([large(3)]))
    await following.publish()
    (told,) = [post.content for post in await following.posts(LIVE)]
    assert told == (
        "**The Times' figures for President are too large to be stored.** They take more than 1 MiB, so none of them are "
        "used. The operator can ask the source for less, such as one state.\n-# #2 · Tallydesk"
    )
    assert (await following.ingest.accept(delivery([large(4, units=150)]))).accepted == 1


async def test_the_first_reading_is_accepted_and_posted_as_first(newsroom: Newsroom) -> None:
    await newsroom.follow()
    counted = await newsroom.ingest.accept(delivery([reading(1000, 500)]))
    assert counted.accepted == 1
    assert await newsroom.verdicts() == [("accepted", None)]
    assert await newsroom.kinds() == ["first"]
    assert newsroom.woken == [COUNT]


async def test_figures_of_before_the_election_s_day_are_no_count_and_nothing_is_told_of_them(
    open_newsroom: OpenNewsroom,
) -> None:
    desk = small_desk()
    contests = [one.model_copy(update={"election_day": START.date() + timedelta(days=1)}) for one in desk.contests]
    newsroom = await open_newsroom(desk.model_copy(update={"contests": contests}))
    await newsroom.follow()
    await newsroom.ingest.accept(delivery([reading(1000, 500), reading(7, 5, status="pre-election", contest="senate")]))
    assert (await newsroom.verdicts(), await newsroom.kinds()) == ([], [])
    newsroom.at(36 * 60)
    await newsroom.take(reading(1000, 500, 36 * 60))
    assert await newsroom.kinds() == ["first"]


async def test_the_same_again_moves_only_when_the_source_was_checked(following: Newsroom) -> None:
    following.at(5)
    counted = await following.ingest.accept(delivery([reading(1000, 500, 4)]))
    assert counted.unchanged == 1
    assert len(await following.verdicts()) == 1
    assert await checked_at(following) == 5
    await following.repeat(6)
    assert await checked_at(following) == 6
    assert await following.kinds() == ["first"]


@pytest.mark.parametrize("says", [{"call": "Called", "winners": ["biden"]}, {"call": "Uncalled"}])
async def test_a_call_of_a_source_is_stored_with_its_reading_and_is_no_post(
    following: Newsroom, says: dict[str, Any]
) -> None:
    await following.take(reading(1000, 500, 5, says=says))
    assert len(await following.verdicts()) == 2
    assert await following.kinds() == ["first"]
    (stored,) = await following.database.rows("SELECT body FROM readings ORDER BY id DESC LIMIT 1")
    held = Reading.model_validate_json(stored[0]).says
    assert held is not None
    assert held.call == says["call"]
    following.at(120)
    await following.ingest.roll_up()
    assert await following.kinds() == ["first"]


async def test_an_older_reading_is_stored_with_its_reason_and_changes_nothing(following: Newsroom) -> None:
    following.at(2)
    counted = await following.ingest.accept(delivery([reading(900, 500, -1)]))
    assert counted.ignored == 1
    assert (await following.verdicts())[-1] == ("ignored", f"older than the reading as of {START.isoformat()}")
    assert await following.kinds() == ["first"]
    assert await following.count("changes") == 1


async def test_a_contest_that_the_desk_file_lacks_is_counted_and_not_stored(newsroom: Newsroom) -> None:
    counted = await newsroom.ingest.accept(delivery([reading(1, 2, contest="elsewhere"), reading(1000, 500)]))
    assert (counted.not_covered, counted.accepted) == (1, 1)
    assert await newsroom.count("readings") == 1
    counted = await newsroom.ingest.accept(delivery([reading(1, 2, contest="elsewhere")]))
    assert (counted.not_covered, counted.accepted) == (1, 0)


async def test_a_crash_in_the_middle_leaves_nothing(following: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = ("readings", "changes", "outbox", "series", "last_posts")
    before = [await following.database.rows(f"SELECT * FROM {table}") for table in tables]

    def crash(_: Change) -> str:
        raise RuntimeError("out of paper")

    with monkeypatch.context() as patch:
        patch.setattr(Change, "to_json", crash)
        following.at(1)
        with pytest.raises(RuntimeError, match="out of paper"):
            await following.ingest.accept(delivery([reading(7, 3, contest="senate"), reading(1100, 500, 1)]))
    assert [await following.database.rows(f"SELECT * FROM {table}") for table in tables] == before
    await following.take(reading(1100, 500, 1))
    assert await following.kinds() == ["first", "margin"]


def stored_and_lost(tx: Tx, writes: Writes) -> None:
    write(tx, writes)
    raise OSError("disk full")


async def test_a_write_that_fails_leaves_nothing(following: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(intake, "write", stored_and_lost)
        with pytest.raises(OSError, match="disk full"):
            await following.take(reading(1100, 500, 1))
    assert await following.count("readings") == 1
    assert await following.kinds() == ["first"]


async def test_a_batch_is_taken_in_the_order_given(newsroom: Newsroom) -> None:
    await newsroom.follow()
    newsroom.at(3)
    batch = [reading(1000, 500), reading(1100, 500, 1), reading(1100, 600, 2)]
    counted = await newsroom.ingest.accept(delivery(batch))
    assert counted.accepted == 3
    assert [(row.start, row.end) for row in await newsroom.posts()] == [(None, 1), (1, 2), (2, 3)]


async def test_counts_are_never_compared_with_each_other(following: Newsroom) -> None:
    await following.take(reading(900, 450, 1, count="audit"))
    assert await following.kinds() == ["first", "first"]
    assert [verdict for verdict, _ in await following.verdicts()] == ["accepted", "accepted"]


# Falls.


async def test_a_fall_is_held_and_told_once_when_the_source_still_shows_it_after_a_minute(following: Newsroom) -> None:
    await following.publish()
    await following.take(reading(990, 500, 1))
    assert (await following.verdicts())[-1] == ("held", "fall")
    await following.repeat(1.5)
    assert await following.kinds() == ["first"]
    await following.repeat(2)
    assert await following.kinds() == ["first", "revision"]
    assert (await following.verdicts())[-1] == ("accepted", "fall")
    posts = await following.posts()
    assert not posts[-1].quiet
    await following.publish()
    embeds = await following.database.row("SELECT embeds FROM outbox WHERE kind = 'revision'")
    assert embeds is not None
    assert "Posted one minute later, once the source had repeated the figures." in embeds[0]
    await following.repeat(4)
    assert [row.kind for row in await following.posts() if row.action == "post"] == ["first", "revision"]
    assert await following.database.rows("SELECT outcome FROM holds") == [("the source repeated it",)]


async def test_a_fall_that_is_fetched_again_after_a_minute_is_confirmed_too(following: Newsroom) -> None:
    await following.take(reading(990, 500, 1), reading(990, 500, 1.5), reading(990, 500, 2.1))
    assert await following.kinds() == ["first", "revision"]


FALLS = {
    "taken back": (
        [reading(990, 500, 1), reading(1000, 500, 1.5)],
        [],
        [("dropped", "the source went back to its earlier figures")],
    ),
    "followed by one still below": (
        [reading(990, 500, 1), reading(980, 500, 1.2)],
        [("revision", 1, 3)],
        [("dropped", "a newer reading, still below, took its place"), ("accepted", None)],
    ),
    "followed by a rise": (
        [reading(990, 500, 1), reading(1050, 500, 1.2)],
        [("revision", 1, 2), ("margin", 2, 3)],
        [("accepted", "fall"), ("accepted", None)],
    ),
}


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize(("readings", "posts", "verdicts"), FALLS.values(), ids=FALLS)
async def test_a_fall_is_settled_by_what_its_source_shows_next(
    following: Newsroom,
    readings: list[Reading],
    posts: list[tuple[str, int, int]],
    verdicts: list[tuple[str, str | None]],
    at_once: bool,
) -> None:
    if at_once:
        following.at(5)
        await following.ingest.accept(delivery(readings))
    else:
        await following.take(*readings)
    await following.repeat(9)
    assert (await following.spans())[1:] == posts
    assert (await following.verdicts())[1:] == verdicts
    assert await following.count("holds WHERE settled_at IS NULL") == 0


async def test_a_small_rise_during_a_hold_waits_after_the_revision(following: Newsroom) -> None:
    await following.take(reading(990, 500, 1), reading(1001, 500, 1.2))
    assert await following.kinds() == ["first", "revision"]
    following.at(62)
    await following.ingest.roll_up()
    assert (await following.spans())[2:] == [("roll_up", 2, 3)]


async def test_a_second_hold_can_be_opened_in_the_batch_that_settles_the_first(following: Newsroom) -> None:
    following.at(5)
    batch = [reading(990, 500, 1), reading(1050, 500, 2), reading(1040, 500, 3)]
    await following.ingest.accept(delivery(batch))
    assert [row[0] for row in await following.database.rows("SELECT outcome FROM holds ORDER BY id")] == [
        "a rise followed it",
        None,
    ]
    await following.repeat(6)
    assert await following.kinds() == ["first", "revision", "margin", "revision"]


async def test_nothing_new_does_not_confirm_a_fall_after_the_source_said_something_else(following: Newsroom) -> None:
    await following.take(reading(990, 500, 1), reading(1000, 500, -5))
    await following.repeat(9)
    assert await following.kinds() == ["first"]


# What only the desk lets through.


def alone(votes: int, minute: float) -> Reading:
    """Return a reading with only one of the two candidates."""
    return Reading.model_validate(reading(1, 1, minute).said() | {"votes": {"biden": votes}})


async def test_a_vanished_candidate_is_held(following: Newsroom) -> None:
    await following.take(alone(1200, 1))
    assert (await following.verdicts())[-1] == ("held", "vanished")
    await following.repeat(5)
    assert "revision" not in await following.kinds()
    assert await following.count("changes") == 1


async def test_a_batch_all_over_the_state_at_the_end_is_held_with_all_that_follows(newsroom: Newsroom) -> None:
    def counted(votes: int, minute: float) -> Reading:
        units = {f"County {number}": {"total": votes} for number in range(10)}
        return reading(8 * votes, 2 * votes, minute, units=units, reporting=TOTALS)

    await newsroom.follow()
    await newsroom.take(counted(100, 0), counted(101, 1), counted(102, 2))
    await newsroom.repeat(5)
    assert [verdict for verdict, _ in await newsroom.verdicts()] == ["accepted", "dropped", "held"]
    assert await newsroom.count("changes") == 1


# Who is told, and from where.


async def test_a_follow_added_later_starts_from_the_standing_now(newsroom: Newsroom) -> None:
    await newsroom.take(reading(1000, 500), reading(1100, 500, 1))
    await newsroom.follow()
    assert await newsroom.posts() == []
    await newsroom.take(reading(1105, 500, 2))
    assert await newsroom.posts() == []
    await newsroom.take(reading(1130, 500, 3))
    assert await newsroom.spans() == [("margin", 2, 4)]


async def test_an_unfollowed_channel_is_told_no_more(following: Newsroom) -> None:
    contest = following.following.contest("ga")
    assert await following.following.unfollow(contest.id, 1, COUNT, "Olga")
    await following.take(reading(1100, 500, 1))
    assert await following.kinds() == ["first"]


async def test_a_server_that_the_bot_left_is_told_no_more(following: Newsroom) -> None:
    await following.follow(AWAY, server=OTHER_SERVER)
    await following.desk_store.leave(OTHER_SERVER, START)
    await following.take(reading(1100, 500, 1))
    assert [row.channel for row in await following.posts()] == [COUNT, COUNT]


async def test_a_source_that_does_not_lead_posts_its_revisions_and_what_it_confirms(following: Newsroom) -> None:
    await following.take(
        reading(900, 400, 1, source="ga-sos"),
        reading(960, 400, 2, source="ga-sos"),
        reading(950, 400, 3, source="ga-sos"),
    )
    await following.repeat(5, "ga-sos")
    kinds = await following.kinds()
    assert kinds[:2] == ["first", "statement"]  # it confirms 500, then has 560, which nobody posted, then 550
    assert kinds.count("revision") == 1
    assert "margin" not in kinds
    revision = next(row for row in await following.posts() if row.kind == "revision")
    assert (revision.start, revision.end) == (3, 4)


async def test_what_one_channel_was_told_does_not_touch_another(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT, least=100)
    await newsroom.follow(LIVE, least=1)
    await newsroom.take(reading(1000, 500), reading(1010, 500, 1), reading(1020, 500, 2), reading(1110, 500, 3))
    assert await newsroom.spans(COUNT) == [("first", None, 1), ("margin", 1, 4)]
    assert await newsroom.spans(LIVE) == [("first", None, 1), ("margin", 1, 2), ("margin", 2, 3), ("margin", 3, 4)]


# What the desk is told of, and decides.


async def test_a_hold_that_nothing_settles_is_put_before_the_desk_once(following: Newsroom) -> None:
    await following.take(reading(990, 500, 1), reading(1000, 500, -5))  # the source said something older since
    assert await following.ingest.next_due() == START + timedelta(minutes=16)
    for minute in (15, 16, 30):
        following.at(minute)
        await following.ingest.ask_about_holds()
    assert await following.kinds() == ["first", "notice"]
    assert await following.ingest.next_due() is None


async def test_what_only_the_desk_lets_through_is_put_before_it_at_once_and_once(following: Newsroom) -> None:
    await following.take(alone(1200, 1), alone(1300, 2))
    following.at(60)
    await following.ingest.ask_about_holds()
    assert [(row.kind, row.action) for row in await following.posts()] == [
        ("first", "post"),
        ("notice", "post"),
        ("notice", "edit"),
    ]


async def test_an_editor_lets_a_held_reading_through(following: Newsroom) -> None:
    await following.take(reading(990, 500, 1))
    assert await following.settle(post=True) == 1
    assert (await following.spans())[1:] == [("revision", 1, 2)]
    assert (await following.database.rows("SELECT who, what, why FROM audit ORDER BY id"))[-1] == (
        WHO,
        "hold post",
        "ga",
    )
    assert not await following.settle(post=True)


async def test_an_editor_s_word_about_other_figures_than_are_held_decides_nothing(following: Newsroom) -> None:
    await following.take(alone(1200, 1))
    (shown,) = await held_in(following.database, SERVER)
    await following.take(alone(1300, 2))
    assert await following.rooms.tally.holds.decide(shown, "post", Asker(SERVER, 0, WHO)) is None
    assert await following.verdicts() == [
        ("accepted", None),
        ("dropped", "a newer reading took its place"),
        ("held", "vanished"),
    ]
    assert "hold post" not in [what for (what,) in await following.database.rows("SELECT what FROM audit")]


async def test_an_old_reading_that_comes_at_every_fetch_is_kept_once(following: Newsroom) -> None:
    for minute in (1, 2, 3):
        following.at(minute)
        await following.ingest.accept(delivery([reading(900, 500, -1)]))
    assert [verdict for verdict, _ in await following.verdicts()] == ["accepted", "ignored"]


async def test_nothing_new_says_nothing_of_a_contest_that_was_not_in_the_last_answer(following: Newsroom) -> None:
    await following.take(reading(990, 500, 1))
    following.at(3)
    await following.ingest.accept(Delivery("times", unchanged={("senate", "election")}))
    assert await following.kinds() == ["first"]
    assert await checked_at(following) == 1


async def test_what_an_editor_dropped_is_not_held_again_when_the_feed_repeats_it(following: Newsroom) -> None:
    await following.take(reading(990, 500, 1))
    assert await following.settle(post=False) == 1
    assert (await following.verdicts())[-1] == ("dropped", "dropped by the desk")
    await following.repeat(1.5)
    await following.take(reading(990, 500, 2), reading(990, 500, 4))
    assert await following.kinds() == ["first"]
    await following.take(reading(1100, 500, 5), reading(990, 500, 6))
    assert await following.kinds() == ["first", "margin"]
    assert (await following.verdicts())[-1] == ("held", "fall")


async def test_a_fall_that_an_editor_let_through_is_not_said_to_have_been_repeated(following: Newsroom) -> None:
    await following.take(reading(990, 500, 1))
    await following.settle(post=True)
    assert await following.kinds() == ["first", "revision"]
    rows = await following.database.rows("SELECT embeds FROM outbox ORDER BY id DESC LIMIT 1")
    assert "Held" not in rows[0][0]


async def test_a_source_that_first_names_its_status_as_certified_is_told_at_once(following: Newsroom) -> None:
    await following.take(reading(1000, 500, 1, status="certified"))
    assert "certified" in (await following.headlines())[-1]
    assert len(await following.posts()) == 2


async def test_a_reading_whose_candidates_add_up_to_more_than_can_be_costs_no_other(
    open_newsroom: OpenNewsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = small_desk()
    mapped = FeedKey(key="7", candidates={"one": "biden", "two": "biden"})
    contests = [desk.contests[0].model_copy(update={"feeds": {"times": mapped}}), *desk.contests[1:]]
    newsroom = await open_newsroom(Desk(desk=desk.desk, contests=contests, sources=desk.sources))
    most = {"one": MOST_VOTES, "two": 1}
    bad = Reading(source="times", contest="7", as_of=START, votes=most)
    counted = await newsroom.ingest.accept(delivery([bad, reading(10, 5, contest="senate")]))
    assert (counted.accepted, counted.not_covered) == (1, 1)
    assert "ga: votes.biden" in capsys.readouterr().out
    ((why, _, _),) = await newsroom.queries.refusals("times")
    assert why.startswith("times, ga: votes.biden")


async def test_what_waits_for_a_server_that_was_left_is_not_sent(following: Newsroom) -> None:
    await following.desk_store.leave(SERVER, following.clock.now())
    await following.publish()
    assert following.sends == []
    assert [row.state for row in await following.posts()] == ["failed"]


@pytest.mark.parametrize("votes", [{"joseph-r-biden": 500, "trump": 400}, {"biden": 500, "joseph-r-biden": 450}])
async def test_a_name_that_the_desk_file_does_not_know_never_reaches_a_headline(
    newsroom: Newsroom, votes: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    await newsroom.follow()
    counted = await newsroom.ingest.accept(delivery([Reading(source="times", contest="ga", as_of=START, votes=votes)]))
    assert counted.ignored == 1
    assert await newsroom.posts() == []
    assert await newsroom.verdicts() == [("ignored", "joseph-r-biden is not a candidate of the desk file")]
    assert "joseph-r-biden" in capsys.readouterr().out


async def test_a_write_in_that_is_far_behind_does_not_stop_the_news(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(
        Reading(source="times", contest="ga", as_of=START, votes={"biden": 500, "trump": 400, "write-in": 3})
    )
    assert await newsroom.kinds() == ["first"]


async def test_a_source_whose_clock_is_hours_ahead_is_told_to_the_operator(
    following: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    await following.ingest.accept(delivery([reading(1100, 500, 120)]))
    assert "which is still ahead" in capsys.readouterr().out


async def test_a_fall_can_be_confirmed_a_minute_after_it_came(following: Newsroom) -> None:
    assert await following.ingest.next_confirmation() is None
    await following.take(reading(990, 500, 1))
    assert await following.ingest.next_confirmation() == START + timedelta(minutes=2)
    following.at(2)
    assert await following.ingest.next_confirmation() is None


# A source that goes to and fro.


async def test_a_source_that_goes_to_and_fro_posts_no_more_and_is_put_before_the_desk_once(following: Newsroom) -> None:
    async def kinds() -> list[str]:
        return [row.kind for row in await following.posts() if row.action == "post"]

    await following.publish()
    for minute, votes in enumerate([1100, 1000, 1000, 1000, 1100, 1100, 1000, 1100, 1000, 1100, 1000], start=1):
        await following.post(reading(votes, 500, minute))
    assert await kinds() == ["first", "margin", "revision"]
    for minute in (16, 20, 21, 60):
        following.at(minute)
        await following.take(reading(1100, 500, minute, reporting={"precincts": (900 + minute, 1000)}))
        await following.ingest.ask_about_holds()
    assert await kinds() == ["first", "margin", "revision", "notice"]
    assert "have kept switching since 7:05 a.m." in (await following.headlines())[-1]
    assert await following.settle(post=True) == 1
    assert (await following.kinds())[-1] == "margin"


async def test_what_a_source_has_left_is_known_after_a_restart(following: Newsroom) -> None:
    await following.take(reading(990, 500, 1), reading(1000, 500, 2))
    await following.restart()
    await following.take(reading(990, 500, 3))
    assert (await following.verdicts())[-1] == ("held", "flapping")


async def test_what_falls_and_rises_within_one_part_cost_grows_with_their_number_alone(
    following: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receivers, "READINGS_IN_PART", 1000)
    written = []
    for start, many in ((0, 100), (100, 200)):
        following.at(60 + start)
        numbers = range(start, start + many)
        falling = [reading(1000 + 10 * number - number % 2 * 15, 500, number / 60) for number in numbers]
        before = await following.database.write(_total_changes)
        await following.ingest.accept(delivery(falling))
        written.append(await following.database.write(_total_changes) - before)
    assert written[1] <= 2.5 * written[0]  # the square would be four times as much


def _total_changes(connection: sqlite3.Connection) -> int:
    return connection.total_changes


# Parts.


async def test_what_others_write_goes_between_the_parts_of_an_answer(following: Newsroom) -> None:
    following.at(60)
    rising = [reading(1000 + number, 500, number / 60) for number in range(3 * READINGS_IN_PART)]
    stored: list[int] = []

    async def count_meanwhile() -> None:
        while len(stored) < 2 or stored[-1] < len(rising):
            stored.append(await following.database.write(_readings))

    async with asyncio.timeout(60):
        await asyncio.gather(following.ingest.accept(delivery(rising)), count_meanwhile())
    assert len({number for number in stored if number < len(rising)}) > 1


def _readings(connection: sqlite3.Connection) -> int:
    ((number,),) = fetch(connection, "SELECT count(*) FROM readings")
    return int(number)


async def test_contests_that_the_desk_file_lacks_take_no_transactions(
    following: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox, written = following.rooms.outbox.outbox, list[object]()
    write = outbox.write

    async def noted(work: Callable[[Tx], object]) -> object:
        written.append(work)
        return await write(work)

    monkeypatch.setattr(outbox, "write", noted)
    many = [reading(1, 2, contest=f"county {number}") for number in range(3 * READINGS_IN_PART)]
    counted = await following.ingest.accept(delivery([*many, reading(1100, 500, 1)]))
    assert (counted.not_covered, counted.accepted, len(written)) == (len(many), 1, 1)


async def break_off(newsroom: Newsroom, whole: Delivery) -> None:
    """Store the first part of a delivery, and fail at the second part."""
    parts = Delivery.parts

    def one_alone(delivery: Delivery) -> Iterator[Delivery]:
        yield next(parts(delivery))
        raise OSError("disk full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Delivery, "parts", one_alone)
        with pytest.raises(OSError, match="disk full"):
            await newsroom.ingest.accept(whole)


async def test_an_answer_that_breaks_off_is_not_proven_and_its_next_reading_posts_only_the_rest(
    following: Newsroom,
) -> None:
    following.at(60)
    rising = [reading(1000 + 100 * number, 500, number / 60) for number in range(2 * READINGS_IN_PART)]
    whole = Delivery("times", rising, ["feed:2: is no reading"], contests={"ga"})
    await break_off(following, whole)
    assert await following.count("readings") == READINGS_IN_PART
    assert await _read(following) == []
    assert len(await following.queries.refusals("times")) == 1
    posted = await following.count("outbox")
    counted = await following.ingest.accept(whole)
    assert (counted.accepted, counted.unchanged) == (READINGS_IN_PART, 1)
    assert await following.count("outbox") == posted + READINGS_IN_PART
    assert await _read(following) == [("times",)]


async def _read(newsroom: Newsroom) -> list[Row]:
    return await newsroom.database.rows("SELECT source FROM feed_proofs WHERE read_at IS NOT NULL")


async def test_votes_that_moved_in_an_answer_that_breaks_off_are_known_to_have_moved(
    following: Newsroom,
) -> None:
    await following.ingest.accept(Delivery("times", [reading(900, 500)], contests={"ga"}))
    following.at(24 * 60)
    rising = [reading(1000 + 100 * number, 500, 24 * 60 - 30 + number) for number in range(READINGS_IN_PART)]
    await break_off(following, Delivery("times", [*rising, *rising], contests={"ga"}))
    await following.ingest.accept(Delivery("times", rising[-1:], contests={"ga"}))
    assert await following.database.rows("SELECT moved_at FROM feed_proofs") == [(to_micros(following.clock.now()),)]


async def test_readings_of_an_answer_that_breaks_off_are_counted_as_far_as_they_are_stored(
    following: Newsroom,
) -> None:
    following.at(60)
    rising = [reading(1100 + 100 * number, 500, 1 + number / 60) for number in range(2 * READINGS_IN_PART)]
    before = following.ingest.taken_in["times", "accepted"]
    await break_off(following, Delivery("times", rising, contests={"ga"}))
    assert following.ingest.taken_in["times", "accepted"] == before + READINGS_IN_PART
    await following.ingest.accept(Delivery("times", rising[READINGS_IN_PART:], contests={"ga"}))
    assert following.ingest.taken_in["times", "accepted"] == before + 2 * READINGS_IN_PART


# What is refused.


async def test_what_was_refused_is_kept_once_with_its_reason_and_when_it_was_last_seen(newsroom: Newsroom) -> None:
    await newsroom.ingest.accept(Delivery("times", refusals=["feed:2: is no reading"]))
    newsroom.at(5)
    await newsroom.ingest.accept(Delivery("times", refusals=["feed:2: is no reading", "feed:3: is no reading"]))
    await newsroom.ingest.accept(Delivery("ga-sos", refusals=["a page of HTML"]))
    later = START + timedelta(minutes=5)
    assert await newsroom.queries.refusals("times") == [
        ("feed:3: is no reading", later, later),
        ("feed:2: is no reading", START, later),
    ]


async def test_a_feed_that_is_wrong_in_a_new_way_each_time_fills_no_disk(newsroom: Newsroom) -> None:
    for minute in range(3):
        newsroom.at(minute)
        await newsroom.ingest.accept(
            Delivery("times", refusals=[f"{minute}:{line}" for line in range(MOST_REFUSALS + 50)])
        )
    kept = await newsroom.queries.refusals("times")
    assert len(kept) == MOST_REFUSALS
    assert kept[0][1] == START + timedelta(minutes=2)
