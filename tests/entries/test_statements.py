import json
from datetime import timedelta
from typing import Any

import pytest

from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.events.event import Event
from bot.feeds.pushes_store import RememberedPush
from bot.outbox.approval import ApprovalPress
from tests.conftest import AWAY, COUNT, LIVE, OTHER_SERVER, SERVER, START, WHO, Newsroom, reading

DESK = 19


@pytest.fixture
async def following(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that follows Georgia, as another server does."""
    await newsroom.follow()
    await newsroom.follow(AWAY, server=OTHER_SERVER)
    return newsroom


async def say(newsroom: Newsroom, minute: float = 0, *, server: int = SERVER, **said: object) -> None:
    """Enter what the Secretary of State said at a minute after the start."""
    document = {"source": "ga-sos", "contest": "ga", "as_of": START + timedelta(minutes=minute), **said}
    await newsroom.statements.take_in(Statement.model_validate(document), server, WHO)


def deadline(**more: object) -> Event:
    said = {"kind": "deadline", "title": "Counties certify", "wall": "2020-11-13T17:00", "zone": "America/New_York"}
    return Event.model_validate(said | {"certifies": "units"} | more)


# Certified units.


async def test_the_first_count_of_certified_units_is_stored_and_not_posted(following: Newsroom) -> None:
    await say(following, certified=(92, 159))
    assert await following.posts() == []
    known = await following.queries.certified("ga", SERVER, START, (), reader="newsroom")
    assert known is not None
    assert (known.count.done, known.count.of) == (92, 159)


async def test_more_certified_units_are_posted_and_the_same_are_not(following: Newsroom) -> None:
    await say(following, certified=(92, 159))
    await say(following, 1, certified=(92, 159))
    assert await following.posts() == []
    await say(following, 2, certified=(96, 159))
    (row,) = await following.posts()
    assert (row.channel, row.kind) == (COUNT, "certified")
    assert "96 of 159 Georgia counties,** up from 92" in row.headline


async def test_fewer_certified_units_are_posted_as_revised(following: Newsroom) -> None:
    await say(following, certified=(96, 159))
    await say(following, 1, certified=(92, 159))
    assert "revised to 92 of 159 Georgia counties,** from 96" in (await following.headlines())[-1]


async def test_an_older_count_entered_late_is_no_revision(following: Newsroom) -> None:
    await say(following, 50, certified=(96, 159))
    await say(following, 0, certified=(92, 159))
    assert await following.posts() == []
    await say(following, 51, certified=(97, 159))
    assert "up from 96" in (await following.headlines())[-1]


async def _decide(newsroom: Newsroom, press: ApprovalPress) -> None:
    """Publish or discard the first post that waits."""
    await newsroom.publish()
    (key,), *_ = await newsroom.database.rows("SELECT id FROM outbox WHERE state = 'awaiting' ORDER BY id")
    await newsroom.queue.press(press, key, SERVER, WHO)
    await newsroom.publish()


async def test_a_count_is_up_from_what_its_channel_was_told_and_not_from_what_was_discarded(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.follow(LIVE)
    await newsroom.control.set_desk_channel(DESK, SERVER, WHO)
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    await say(newsroom, certified=(92, 159))
    await say(newsroom, 1, certified=(97, 159))
    await _decide(newsroom, "publish")
    await say(newsroom, 2, certified=(98, 159))
    await _decide(newsroom, "drop")
    await say(newsroom, 3, certified=(98, 159))  # said again, and no post of its own
    await say(newsroom, 4, certified=(101, 159))
    await _decide(newsroom, "publish")
    told = [content.split("\n")[0] for content in newsroom.contents(COUNT)]
    assert told == [
        "**Certified so far: 97 of 159 Georgia counties,** up from 92.",
        "**Certified so far: 101 of 159 Georgia counties,** up from 97.",
    ]
    assert "101 of 159 Georgia counties,** up from 98." in newsroom.contents(LIVE)[-1]


async def test_a_count_that_falls_back_to_what_its_channel_was_told_is_no_post_there(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.control.set_desk_channel(DESK, SERVER, WHO)
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    await say(newsroom, certified=(97, 159))
    await say(newsroom, 1, certified=(98, 159))
    await _decide(newsroom, "drop")
    await say(newsroom, 2, certified=(97, 159))
    assert [row.state for row in await newsroom.posts(COUNT)] == ["dropped"]
    await say(newsroom, 3, certified=(98, 159))
    assert "98 of 159 Georgia counties,** up from 97." in (await newsroom.headlines())[-1]


async def test_a_count_says_no_earlier_one_while_that_waits_or_was_corrected(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.control.set_desk_channel(DESK, SERVER, WHO)
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    await say(newsroom, certified=(97, 159))
    await say(newsroom, 1, certified=(98, 159))
    await newsroom.publish()
    await say(newsroom, 2, certified=(101, 159))
    assert (await newsroom.headlines())[-1] == "**Certified so far: 101 of 159 Georgia counties.**"
    await _decide(newsroom, "publish")
    await _decide(newsroom, "publish")
    number = (await newsroom.posts(COUNT))[-1].number
    await newsroom.corrections.correct(SERVER, number, "the count is 100, not 101", WHO)
    await say(newsroom, 3, certified=(159, 159))
    assert (await newsroom.headlines())[-1] == "**All 159 Georgia counties have certified.**"


async def test_where_the_public_reads_a_source_of_the_newsrooms_own_is_not_named_as_who_had_a_count(
    newsroom: Newsroom,
) -> None:
    await newsroom.follow(COUNT)
    await newsroom.follow(LIVE)
    await newsroom.control.set_desk_channel(DESK, SERVER, WHO)
    await newsroom.control.set_public(COUNT, SERVER, WHO, public=True)
    for minute, count in enumerate((92, 96)):
        await say(newsroom, minute, certified=(count, 159), source="reporter")
    await say(newsroom, 2, certified=(96, 159))
    here, there = (await newsroom.headlines(COUNT))[-1], (await newsroom.headlines(LIVE))[-1]
    assert "as the desk had at 7:01 a.m." in here
    assert "as our reporter had at 7:01 a.m." in there


async def test_counts_are_compared_by_source_and_server(following: Newsroom) -> None:
    await say(following, certified=(92, 159))
    await say(following, 1, certified=(90, 159), source="reporter")
    await say(following, 2, certified=(80, 159), server=OTHER_SERVER)
    assert await following.posts() == []


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([deadline()], True),
        ([], False),
        ([deadline(contest="senate")], False),
        ([deadline(contest="senate", wall="2020-11-12T17:00"), deadline(contest="ga")], True),
        ([deadline(status="canceled", wall="2020-11-12T17:00"), deadline()], True),
        ([deadline(certifies="state")], False),
        ([deadline(wall="2020-11-10T17:00")], False),
    ],
)
async def test_the_deadline_of_the_rest_is_told_where_one_is_ahead(
    following: Newsroom, events: list[Event], told: bool
) -> None:
    await following.schedule.add(SERVER, events, WHO)
    await say(following, certified=(92, 159))
    await say(following, 1, certified=(96, 159))
    assert ("The rest have until Friday" in (await following.headlines())[-1]) is told


# Silences.


async def test_a_silence_is_told_once(following: Newsroom) -> None:
    await following.take(reading(1000, 500))
    silent_since = START - timedelta(hours=14)
    await say(following, last_updated=silent_since)
    await say(following, 5, last_updated=silent_since)
    await say(following, 6, last_updated=silent_since - timedelta(minutes=5))
    rows = [row for row in await following.posts() if row.kind == "stale"]
    assert [row.channel for row in rows] == [COUNT]
    assert "14 hours ago" in rows[0].headline
    assert "has Biden ahead by 500" in rows[0].headline


async def test_a_silence_that_began_later_is_another_one(following: Newsroom) -> None:
    await say(following, last_updated=START - timedelta(hours=14))
    await say(following, 60, last_updated=START - timedelta(hours=2))
    assert await following.kinds() == ["stale", "stale"]


async def test_another_server_is_told_of_the_same_silence_when_its_own_staff_see_it(following: Newsroom) -> None:
    silent_since = START - timedelta(hours=14)
    await say(following, last_updated=silent_since)
    await say(following, 1, last_updated=silent_since, server=OTHER_SERVER)
    assert (await following.kinds(COUNT), await following.kinds(AWAY)) == (["stale"], ["stale"])


# Whose it is.


async def test_what_one_server_entered_is_neither_seen_nor_posted_in_another(following: Newsroom) -> None:
    await following.take(reading(1000, 500))
    await say(following, certified=(92, 159), total=4_000, leader="biden", margin=400)
    await say(following, 1, certified=(96, 159))
    assert [row.kind for row in await following.posts(AWAY)] == ["first"]
    later = START + timedelta(hours=1)
    assert await following.queries.statements("ga", OTHER_SERVER, later, reader="newsroom") == []
    assert await following.queries.certified("ga", OTHER_SERVER, later, (), reader="newsroom") is None
    assert len(await following.queries.statements("ga", SERVER, later, reader="newsroom")) == 3


async def test_each_channel_of_the_server_that_follows_is_told(following: Newsroom) -> None:
    await following.follow(LIVE)
    await say(following, certified=(92, 159))
    await say(following, 1, certified=(96, 159))
    assert [(row.channel, row.number) for row in await following.posts()] == [(COUNT, 1), (LIVE, 1)]
    assert following.woken == [COUNT, LIVE]


async def test_each_statement_leaves_an_audit_row(following: Newsroom) -> None:
    before = await following.count("audit")
    await say(following, certified=(92, 159), words="92 of 159")
    rows = await following.database.rows("SELECT server, who, what, after FROM audit ORDER BY id")
    assert len(rows) == before + 1
    server, who, what, after = rows[-1]
    assert (server, who, what) == (SERVER, WHO, "statement")
    assert json.loads(after)["certified"] == [92, 159]


# What is not known.


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"contest": "elsewhere", "total": 5}, "elsewhere: the desk file has no such contest"),
        ({"source": "nobody", "total": 5}, "ga: the desk file has no source nobody"),
        ({"leader": "perdue", "margin": 5}, "ga: the desk file has no candidate perdue"),
    ],
)
async def test_what_the_desk_file_does_not_have_is_refused_and_nothing_is_stored(
    following: Newsroom, said: dict[str, Any], named: str
) -> None:
    before = await following.count("audit")
    with pytest.raises(BadInputError, match=named):
        await say(following, **said)
    assert await following.count("statements") == 0
    assert await following.count("audit") == before


async def test_a_certification_is_posted_before_the_margin_and_the_silence(following: Newsroom) -> None:
    await following.take(reading(1000, 500))
    await say(following, certified=(92, 159))
    await say(following, 1, certified=(96, 159), leader="biden", margin=400, last_updated=START - timedelta(hours=14))
    assert await following.kinds() == ["first", "certified", "statement", "stale"]


async def test_a_server_that_follows_nothing_yet_may_enter_what_it_knows(newsroom: Newsroom) -> None:
    await say(newsroom, server=OTHER_SERVER, certified=(92, 159))
    assert await newsroom.count("statements") == 1


async def test_what_may_be_out_of_date_is_not_said_beside_a_silence(following: Newsroom) -> None:
    await following.take(reading(110, 100), reading(90, 100, 1))
    await say(following, 2, last_updated=START - timedelta(hours=14))
    (row,) = [row for row in await following.posts() if row.kind == "stale"]
    assert "Biden" not in row.headline


# An official count that confirms what a reporter had.


async def test_an_official_count_that_a_reporter_had_first_is_told_as_a_confirmation(following: Newsroom) -> None:
    await say(following, certified=(92, 159))
    await say(following, 0, certified=(92, 159), source="reporter")
    await say(following, 1, certified=(96, 159), source="reporter")
    await say(following, 30, certified=(96, 159))
    await say(following, 31, certified=(96, 159))
    assert await following.headlines() == [
        "**Certified so far: 96 of 159 Georgia counties,** up from 92.",
        (
            "**The Secretary of State also says that 96 of 159 Georgia counties have certified,** as our reporter had "
            "at 7:01 a.m. Staff entered it."
        ),
    ]


async def test_a_first_official_count_confirms_what_was_told(following: Newsroom) -> None:
    await say(following, 0, certified=(92, 159), source="reporter")
    await say(following, 1, certified=(96, 159), source="reporter")
    await say(following, 2, certified=(96, 159))
    assert "also says that 96 of 159 Georgia counties" in (await following.headlines())[-1]


@pytest.mark.parametrize("pushed", [True, False])
async def test_only_the_source_itself_confirms_a_margin_and_not_what_staff_entered(
    following: Newsroom, pushed: bool
) -> None:
    await following.take(reading(1000, 500, total=1500))
    said = {
        "source": "ga-sos",
        "contest": "ga",
        "as_of": START + timedelta(minutes=1),
        "leader": "biden",
        "margin": 500,
        "total": 1500,
    }
    statement, row = Statement.model_validate(said), RememberedPush("ga-sos", "one", b"", 200, "", 0)
    if pushed:
        await following.statements.take_in_pushed(statement, lambda _: row)
    else:
        await following.statements.take_in(statement, SERVER, WHO)
    words = (
        "now confirms Biden ahead in Georgia by 500**"
        if pushed
        else "also has Biden ahead in Georgia by 500, as entered by staff**"
    )
    assert (await following.headlines())[-1].startswith(f"**The Secretary of State {words}")


async def test_a_count_that_nobody_was_told_of_is_not_confirmed(following: Newsroom) -> None:
    await say(following, 0, certified=(96, 159), source="reporter")
    await say(following, 1, certified=(96, 159))
    assert await following.posts() == []


# A margin that is entered anew for the same minute.


async def test_a_margin_entered_anew_for_its_minute_is_put_right_in_its_post(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1100, 1000))
    await say(newsroom, 5, leader="biden", margin=201)
    await newsroom.publish()
    await say(newsroom, 5.4, leader="biden", margin=151)
    await newsroom.publish()
    wrong, right = newsroom.contents(COUNT)[-2:]
    assert right == (
        "**Correction: the Secretary of State has Biden ahead in Georgia by 151,** not by 201 (#2), as of 7:05 a.m. "
        "(entered by staff); the Times has Biden ahead by 100, as of 7 a.m. (#1).\n-# #3 · Sec. of State, 7:05 a.m."
    )
    assert wrong.startswith("**Corrected; see [#3](")
    assert "**Correction: the Secretary of State has Biden ahead in Georgia by 151,** not by 201 (#2), as of" in wrong
    assert "\n> ~~**Two margins in Georgia:** the Secretary of State has Biden ahead by 201" in wrong
    await say(newsroom, 5, leader="biden", margin=151)
    await say(newsroom, 6, leader="biden", margin=251)
    await newsroom.publish()
    assert newsroom.contents(COUNT)[-1] == right  # said again, and something newer


async def test_a_margin_entered_anew_that_agrees_is_put_right_as_well(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1100, 1000))
    await say(newsroom, 5, leader="trump", margin=201)
    await newsroom.publish()
    await say(newsroom, 5, leader="biden", margin=100)
    await newsroom.publish()
    assert newsroom.contents(COUNT)[-1].startswith(
        "**Correction: the Secretary of State has Biden ahead in Georgia by 100,** not Trump ahead by 201 (#2), as of"
    )


async def test_a_source_is_not_named_at_a_post_any_more_once_another_margin_is_entered(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1100, 1000))
    await newsroom.publish()
    await say(newsroom, 5, source="reporter", leader="biden", margin=100)
    await newsroom.publish()
    assert "Also: our reporter" in str(newsroom.shown(COUNT)[0].embeds)
    await say(newsroom, 5, source="reporter", leader="biden", margin=99)
    await newsroom.publish()
    assert "Also: our reporter" not in str(newsroom.shown(COUNT)[0].embeds)


async def test_what_was_put_right_counts_again_once_that_is_retracted(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1100, 1000))
    await say(newsroom, 5, leader="biden", margin=201)
    await newsroom.publish()
    await say(newsroom, 5, leader="biden", margin=151)
    await newsroom.publish()
    await newsroom.corrections.retract(SERVER, 3, "misread", WHO)
    await newsroom.publish()
    first = newsroom.contents(COUNT)[1]
    assert first.startswith("**Two margins in Georgia:** the Secretary of State has Biden ahead by 201")
