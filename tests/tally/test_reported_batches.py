"""Batches that staff enter: posted as reported, marked once the leading source's count includes them, and not
posted again.
"""

from datetime import timedelta
from typing import Any

import pytest

from bot.answers.answers import Answers
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.desk.desk_file import Desk
from bot.outbox.proposals_store import Asker
from bot.wording.message import render
from tests.conftest import (
    AWAY,
    COUNT,
    LIVE,
    OTHER_SERVER,
    SERVER,
    START,
    WHO,
    Newsroom,
    question_in,
    reading,
    small_desk,
)

DESK = 19
NET = {"candidate": "biden", "votes": 2100}
SAID = "**Gwinnett County reported 3,600 more votes,** a net 2,100 for Biden, our reporter says."
WITHOUT = (
    f"{SAID} The Times had Biden ahead by 500 without them, as of 7 a.m.; with them, the lead would have been 2,600."
)
UNKNOWN = f"{SAID} Whether the Times' count has them is not known."
MARK = "**Since counted:** this batch was in the Times' count by 8:10 a.m."


def count(minute: float, gwinnett: int, biden: int = 100_000, **more: Any) -> Reading:
    """Return a reading of the Times with a total of `gwinnett` votes in Gwinnett County."""
    units = {"Gwinnett": {"total": gwinnett}, "Cobb": {"total": 5000}}
    return reading(biden, 99_500, minute, units=units, **more)


async def report(newsroom: Newsroom, minute: float = 65, *, server: int = SERVER, **said: Any) -> None:
    """Enter a batch in Gwinnett County that a reporter has."""
    at = START + timedelta(minutes=minute)
    newsroom.clock.set(max(at, newsroom.clock.now()))
    document = {
        "source": "reporter",
        "contest": "ga",
        "as_of": at,
        "batch": {"votes": 3600, "units": ["Gwinnett"], "net": NET},
    }
    await newsroom.statements.take_in(Statement.model_validate(document | said), server, WHO)


@pytest.fixture
async def counting(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom whose leading source has had a total for Gwinnett County for over an hour."""
    await newsroom.follow()
    await newsroom.post(count(0, 90_000))
    return newsroom


async def batches(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [row.headline for row in await newsroom.posts(channel) if (row.kind, row.action) == ("batch", "post")]


async def test_it_is_posted_with_the_margin_of_a_count_that_does_not_have_it(counting: Newsroom) -> None:
    await report(counting)
    assert await batches(counting) == [WITHOUT]
    await counting.publish()
    assert counting.contents()[-1] == f"{WITHOUT}\n-# #2 · our reporter, 8:05 a.m."


@pytest.mark.parametrize(
    "later",
    [
        count(64, 91_000, 101_000),  # votes came in from there within the hour
        reading(101_000, 99_500, 64),  # no totals of counties
        reading(101_000, 99_500, 64, units={"Cobb": {"total": 5000}}),
    ],
)
async def test_where_it_may_be_in_the_count_that_is_said_and_no_margin(counting: Newsroom, later: Reading) -> None:
    await counting.post(later)
    await report(counting)
    assert await batches(counting) == [UNKNOWN]


async def test_a_county_that_did_not_move_since_is_known_not_to_have_it_by_a_newer_reading_too(
    counting: Newsroom,
) -> None:
    await counting.post(count(66, 90_000, 100_100))
    await report(counting)
    assert await batches(counting) == [
        f"{SAID} The Times had Biden ahead by 600 without them, as of 8:06 a.m.; with them, the lead would have been 2,700."
    ]


async def test_while_a_reading_is_held_nobody_knows(counting: Newsroom) -> None:
    await counting.take(count(66, 90_000, 90_000))
    await report(counting)
    assert await batches(counting) == [UNKNOWN]


async def test_what_the_count_has_already_is_stored_and_not_posted(counting: Newsroom) -> None:
    await counting.post(count(60, 93_600, 102_100))
    await report(counting)
    assert await batches(counting) == []
    assert await counting.count("statements") == 1


async def test_said_again_for_the_same_minute_it_is_not_posted_again(counting: Newsroom) -> None:
    await report(counting)
    await report(counting)
    assert (await batches(counting), await counting.count("statements")) == ([WITHOUT], 1)
    await report(counting, batch={"votes": 3700, "units": ["Gwinnett"]})
    assert len(await batches(counting)) == 2


async def test_once_the_count_has_it_its_post_is_marked_and_once(counting: Newsroom) -> None:
    await report(counting)
    await counting.publish()
    await counting.post(count(67, 92_000, 101_000), count(70, 93_600, 102_100), count(75, 99_000, 103_000))
    assert counting.contents()[1] == f"{WITHOUT}\n{MARK}\n-# #2 · our reporter, 8:05 a.m."
    assert len(counting.edits) == 1
    assert await counting.count("counted_batches") == 1


async def test_votes_that_its_source_says_are_from_there_end_it_without_totals(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(100_000, 99_500, 0))
    await report(newsroom)
    await newsroom.publish()
    await newsroom.post(reading(102_850, 100_250, 70, unit_batch={"Gwinnett County": 3600}))
    assert MARK in newsroom.contents()[1]


async def test_one_that_waits_is_not_posted_once_the_count_has_it(counting: Newsroom) -> None:
    await counting.control_store.pause(SERVER, WHO, None)
    await report(counting)
    await counting.take(count(70, 93_600, 102_100))
    await counting.control_store.resume(SERVER, WHO, None)
    await counting.publish()
    (row,) = [one for one in await counting.posts() if one.kind == "batch"]
    assert (row.state, row.why) == ("dropped", "the leading source's count has it by now")


async def test_one_that_waits_is_told_beside_the_count_of_when_it_goes_out(counting: Newsroom) -> None:
    await counting.control_store.pause(SERVER, WHO, None)
    await report(counting)
    await counting.take(count(70, 90_000, 100_400))
    await counting.control_store.resume(SERVER, WHO, None)
    await counting.publish()
    told = "The Times had Biden ahead by 900 without them, as of 8:10 a.m.; with them, the lead would have been 3,000."
    assert told in counting.contents()[1]


async def test_one_that_arrived_unseen_is_marked_when_that_is_known(counting: Newsroom) -> None:
    await report(counting)
    await counting.connect()
    claimed = await counting.outbox.claim(COUNT)
    assert claimed.post is not None
    await counting.take(count(70, 93_600, 102_100))  # while it is on its way
    counting.say(COUNT, f"{WITHOUT}\n-# #2 · our reporter, 8:05 a.m.")
    await counting.publish()
    assert MARK in counting.contents()[1]


async def test_where_the_reading_that_had_it_is_withdrawn_the_mark_goes(counting: Newsroom) -> None:
    await report(counting)
    await counting.publish()
    everywhere = {f"County {number}": {"total": 10} for number in range(12)}
    more = {f"County {number}": {"total": 20} for number in range(12)}
    done = {"precincts": (100, 100)}
    whole = {"Gwinnett": {"total": 90_000}}
    await counting.post(reading(100_000, 99_500, 66, units=whole | everywhere, reporting=done))
    moved = {"Gwinnett": {"total": 93_600}}
    await counting.take(reading(102_850, 100_250, 70, units=moved | more, reporting=done))
    await counting.settle(post=True)
    await counting.publish()
    assert MARK in counting.contents()[1]
    holds = counting.rooms.tally.holds
    (posted,) = await holds.posted_holds(SERVER)
    await holds.decide(posted.held, "withdraw", Asker(SERVER, 0, WHO))
    await counting.publish()
    assert MARK not in counting.contents()[1]
    assert await counting.count("counted_batches") == 0


async def test_each_server_has_its_own(counting: Newsroom) -> None:
    await counting.follow(AWAY, server=OTHER_SERVER)
    await counting.follow(LIVE)
    await report(counting)
    assert [len(await batches(counting, channel)) for channel in (COUNT, LIVE, AWAY)] == [1, 1, 0]


async def test_it_yields_no_change_and_is_compared_with_nothing(counting: Newsroom) -> None:
    await report(counting)
    assert await counting.count("changes") == 1
    assert await counting.count("relations") == 0
    await counting.post(reading(102_850, 100_250, 66, source="ga-sos"))
    kinds = [
        (row.kind, "State has Biden ahead" in row.headline) for row in await counting.posts() if row.kind == "statement"
    ]
    assert kinds == [("statement", True)]  # against the Times' own margin, and not the one with the batch


async def test_a_retracted_one_is_marked_and_posts_no_more(counting: Newsroom) -> None:
    await report(counting)
    await counting.publish()
    await counting.corrections.retract(SERVER, 2, "it was Walton County", WHO)
    await counting.publish()
    assert "3,600 more votes from Gwinnett County, Biden +2,100" in counting.contents()[-1]
    await counting.post(count(70, 93_600, 102_100))
    assert MARK not in counting.contents()[1]
    assert await counting.count("counted_batches") == 0


async def test_where_the_public_reads_it_waits_for_publish_and_is_not_edited(counting: Newsroom) -> None:
    await counting.follow(LIVE)
    await counting.control.set_desk_channel(DESK, SERVER, WHO)
    await counting.control.set_public(LIVE, SERVER, WHO, public=True)
    await report(counting, source="ap")
    await report(counting, 66)  # by a source for the newsroom only
    await counting.publish()
    (key,), *others = await counting.database.rows("SELECT id FROM outbox WHERE state = 'awaiting'")
    assert not others
    await counting.queue.press("publish", key, SERVER, WHO)
    await counting.publish()
    await counting.take(count(70, 93_600, 102_100))
    await counting.publish()
    (public,) = [one for one in counting.contents(LIVE) if "reported 3,600" in one and "says" in one]
    assert "the AP says. The Times had Biden ahead by 500 without them" in public
    assert "the AP, 8:05 a.m., entered by staff" in public
    assert MARK not in public
    assert sum(MARK in one for one in counting.contents(COUNT)) == 2


async def test_what_a_source_pushes_has_the_desks_own_candidates() -> None:
    document = small_desk().model_dump()
    document["contests"][0]["feeds"] = {"ap": {"key": "77", "candidates": {"b1": "biden"}}}
    said = {
        "source": "ap",
        "contest": "77",
        "as_of": START,
        "batch": {"votes": 9, "net": {"candidate": "b1", "votes": 9}},
    }
    ours = Desk.model_validate(document).translate_statement(Statement.model_validate(said))
    assert ours is not None
    assert ours.batch is not None
    assert ours.batch.candidates == ("biden",)


# Answers.


async def asked(newsroom: Newsroom, at: str | None = None) -> tuple[str, str, str]:
    """Return the answers to /county, /since and /draft, with their cards."""
    questions: Answers = newsroom.questions
    question = await question_in(questions, at=at)
    cards = [
        await questions.units.county(question, "gwinnett"),
        await questions.history.since(question, "7:30 a.m."),
        await questions.standing.draft(question),
    ]
    county, since, draft = (f"{render(card)}" for card in cards)
    return county, since, draft


async def test_answers_know_it_until_the_count_has_it(counting: Newsroom) -> None:
    await report(counting)
    await counting.publish()
    line = "3,600 more votes, Biden +2,100 (our reporter, 8:05 a.m.); not in the Times' count yet."
    assert [line in answer for answer in await asked(counting)] == [True] * 3
    await counting.post(count(70, 93_600, 102_100))
    assert ["3,600 more votes, Biden +2,100" in answer for answer in await asked(counting)] == [False] * 3
    assert line in (await asked(counting, "8:06 a.m."))[0]  # as of then


async def test_answers_have_it_for_twelve_hours_and_only_of_its_county(counting: Newsroom) -> None:
    await report(counting)
    cobb = await counting.questions.units.county(await question_in(counting.questions), "Cobb")
    assert "more votes" not in str(render(cobb))
    counting.at(65 + 12 * 60)
    assert "(our reporter" not in "".join(await asked(counting))


async def test_a_correction_stands_beside_it(counting: Newsroom) -> None:
    await report(counting)
    await counting.publish()
    await counting.corrections.correct(SERVER, 2, "it is 360 votes", WHO)
    assert "not in the Times' count yet; corrected in #3: It is 360 votes." in (await asked(counting))[0]


async def test_what_waits_is_for_the_newsroom_alone(counting: Newsroom) -> None:
    await counting.control_store.pause(SERVER, WHO, None)
    await report(counting)
    assert "not in the Times' count yet; not posted yet." in (await asked(counting))[0]


async def test_the_post_of_the_count_that_has_it_says_who_had_it(counting: Newsroom) -> None:
    await report(counting)
    await counting.publish()
    await counting.take(count(70, 93_700, 103_700))
    await counting.publish()
    (moved,) = [row.headline for row in await counting.posts() if row.kind == "margin" and row.action == "post"]
    assert moved.endswith(" Our reporter had 3,600 of these votes at 8:05 a.m. (#2).")
