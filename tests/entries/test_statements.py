import json
import re
from datetime import timedelta
from typing import Any

import pytest

from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.events.event import Event
from bot.feeds.pushes_store import PushRow
from bot.outbox.approval import ApprovalPress
from tests.conftest import AWAY, COUNT, LIVE, OTHER_SERVER, SERVER, START, WHO, Newsroom, reading
from tests.entries.conftest import count_of, deadline, let_public_read, say


@pytest.fixture
async def public(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that follows Georgia in two channels, of which the first is public."""
    await newsroom.follow()
    await newsroom.follow(LIVE)
    await let_public_read(newsroom)
    return newsroom


async def counts(newsroom: Newsroom, *certified: int, start: int = 0, source: str = "ga-sos") -> None:
    """Enter counts of certified counties, a minute apart."""
    for minute, count in enumerate(certified, start):
        await say(newsroom, minute, certified=(count, 159), source=source)


async def told(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    """Return the figures in each post's headline: "Ninety-six, 159, 92"."""
    return [", ".join(re.findall(r"\d+|\w+-\w+", headline)) for headline in await newsroom.headlines(channel)]


# Certified units.


@pytest.mark.parametrize(
    ("said", "posts"),
    [
        pytest.param([(0, 92)], [], id="a first count"),
        pytest.param([(0, 92), (1, 92)], [], id="the same again"),
        pytest.param([(0, 92), (1, 92), (2, 96)], ["Ninety-six, 159, 92"], id="more"),
        pytest.param([(0, 96), (1, 92)], ["Ninety-two, 159, 96"], id="fewer"),
        pytest.param([(50, 96), (0, 92)], [], id="an older one, entered late"),
        pytest.param(
            [(50, 96), (0, 92), (51, 97)], ["Ninety-seven, 159, 96"], id="more after an older one, entered late"
        ),
    ],
)
async def test_a_count_is_posted_when_it_is_another_and_stored_anyway(
    following: Newsroom, said: list[tuple[int, int]], posts: list[str]
) -> None:
    for minute, count in said:
        await say(following, minute, certified=(count, 159))
    assert await told(following) == posts
    assert await following.kinds() == ["certified"] * len(posts)
    assert await count_of(following) == max(said)[1]


async def _decide(newsroom: Newsroom, press: ApprovalPress) -> None:
    """Publish or discard the first post that waits for Publish."""
    await newsroom.publish()
    (key,), *_ = await newsroom.database.rows("SELECT id FROM outbox WHERE state = 'awaiting' ORDER BY id")
    await newsroom.queue.press(press, key, SERVER, WHO)
    await newsroom.publish()


async def test_a_count_is_up_from_what_its_channel_was_told_and_not_from_what_was_discarded(public: Newsroom) -> None:
    await counts(public, 92, 97)
    await _decide(public, "publish")
    await counts(public, 98, start=2)
    await _decide(public, "drop")
    await counts(public, 98, 101, start=3)  # said again, and no post of its own
    await _decide(public, "publish")
    assert [content.split("\n")[0].partition(", the")[0].partition("up")[2] for content in public.contents(COUNT)] == [
        " from 92",
        " from 97",
    ]
    assert "up from 98, " in public.contents(LIVE)[-1]


async def test_a_count_that_falls_back_to_what_its_channel_was_told_is_no_post_there(public: Newsroom) -> None:
    await counts(public, 97, 98)
    await _decide(public, "drop")
    await counts(public, 97, start=2)
    assert [row.state for row in await public.posts(COUNT)] == ["dropped"]
    await counts(public, 98, start=3)
    assert (await told(public))[-1] == "Ninety-eight, 159, 97"


async def test_a_count_says_no_earlier_one_while_that_waits_or_was_corrected(public: Newsroom) -> None:
    await counts(public, 97, 98)
    await public.publish()
    await counts(public, 101, start=2)
    assert (await told(public))[-1] == "101, 159"
    await _decide(public, "publish")
    await _decide(public, "publish")
    number = (await public.posts(COUNT))[-1].number
    await public.corrections.correct(SERVER, number, "the count is 100, not 101", WHO)
    await counts(public, 159, start=3)
    assert (await told(public))[-1] == "159"


async def test_where_the_public_reads_a_source_of_the_newsrooms_own_is_not_named_as_who_had_a_count(
    public: Newsroom,
) -> None:
    await counts(public, 92, 96, source="reporter")
    await counts(public, 96, start=2)
    here, there = (await public.headlines(COUNT))[-1], (await public.headlines(LIVE))[-1]
    assert "as the desk had at 7:01 a.m." in here
    assert "as our reporter had at 7:01 a.m." in there


async def test_counts_are_compared_by_source_and_server(following: Newsroom) -> None:
    await counts(following, 92)
    await counts(following, 90, start=1, source="reporter")
    await say(following, 2, certified=(80, 159), server=OTHER_SERVER)
    assert await following.posts() == []


@pytest.mark.parametrize(
    ("events", "until"),
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
    following: Newsroom, events: list[Event], until: bool
) -> None:
    await following.schedule.add(SERVER, events, WHO)
    await counts(following, 92, 96)
    assert ("The deadline is 5 p.m. Friday." in (await following.headlines())[-1]) is until


# An official count that confirms what a reporter had.


async def test_an_official_count_that_a_reporter_had_first_is_told_once_as_a_confirmation(following: Newsroom) -> None:
    await counts(following, 92)
    await counts(following, 92, 96, source="reporter")
    await counts(following, 96, 96, start=30)
    first, second = await following.headlines()
    assert "up from 92" in first
    assert second == (
        "**The Secretary of State also says that 96 of 159 Georgia counties have certified,** as our reporter had at 7:01 a.m."
    )


async def test_a_first_official_count_confirms_what_was_told(following: Newsroom) -> None:
    await counts(following, 92, 96, source="reporter")
    await counts(following, 96, start=2)
    assert "also says" in (await following.headlines())[-1]


async def test_a_count_that_nobody_was_told_of_is_not_confirmed(following: Newsroom) -> None:
    await counts(following, 96, source="reporter")
    await counts(following, 96, start=1)
    assert await following.posts() == []


@pytest.mark.parametrize(
    ("pushed", "credit"),
    [(True, "Sec. of State, 7:01 a.m."), (False, "Sec. of State, 7:01 a.m., entered by staff")],
)
async def test_the_credit_of_a_margin_says_if_staff_entered_it(following: Newsroom, pushed: bool, credit: str) -> None:
    await following.take(reading(1000, 500, total=1500))
    said: dict[str, Any] = {"leader": "biden", "margin": 500, "total": 1500}
    if pushed:
        as_of = START + timedelta(minutes=1)
        statement = Statement.model_validate({"source": "ga-sos", "contest": "ga", "as_of": as_of} | said)
        row = PushRow("ga-sos", "one", b"", 200, "", 0)
        await following.statements.take_in_pushed(statement, lambda _: row)
    else:
        await say(following, 1, **said)
    post = (await following.posts())[-1]
    assert post.content == (
        "**The Secretary of State also has Biden ahead in Georgia by 500,** with 1,500 votes counted, the same as the Times "
        f"(#1).\n-# #{post.number} · {credit}"
    )


# Silences.

SILENT = START - timedelta(hours=14)


async def test_a_silence_is_told_once(following: Newsroom) -> None:
    await following.take(reading(1000, 500))
    for minute, since in ((0, SILENT), (5, SILENT), (6, SILENT - timedelta(minutes=5))):
        await say(following, minute, last_updated=since)
    (row,) = [row for row in await following.posts() if row.kind == "stale"]
    assert row.channel == COUNT
    assert ("site had not been updated since" in row.headline, "Biden ahead by 500" in row.headline) == (True, True)


async def test_a_silence_that_began_later_is_another_one(following: Newsroom) -> None:
    await say(following, last_updated=SILENT)
    await say(following, 60, last_updated=START - timedelta(hours=2))
    assert await following.kinds() == ["stale", "stale"]


async def test_another_server_is_told_of_the_same_silence_when_its_own_staff_see_it(following: Newsroom) -> None:
    await say(following, last_updated=SILENT)
    await say(following, 1, last_updated=SILENT, server=OTHER_SERVER)
    assert (await following.kinds(COUNT), await following.kinds(AWAY)) == (["stale"], ["stale"])


async def test_what_may_be_out_of_date_is_not_said_beside_a_silence(following: Newsroom) -> None:
    await following.take(reading(110, 100), reading(90, 100, 1))
    await say(following, 2, last_updated=SILENT)
    (row,) = [row for row in await following.posts() if row.kind == "stale"]
    assert "Biden" not in row.headline


# Whose it is.


async def test_what_one_server_entered_is_neither_seen_nor_posted_in_another(following: Newsroom) -> None:
    await following.take(reading(1000, 500))
    await say(following, certified=(92, 159), total=4_000, leader="biden", margin=400)
    await say(following, 1, certified=(96, 159))
    assert await following.kinds(AWAY) == ["first"]
    later = START + timedelta(hours=1)
    assert await following.queries.statements("ga", OTHER_SERVER, later, reader="newsroom") == []
    assert await count_of(following, OTHER_SERVER) is None
    assert len(await following.queries.statements("ga", SERVER, later, reader="newsroom")) == 3


async def test_each_channel_of_the_server_that_follows_is_told(following: Newsroom) -> None:
    await following.follow(LIVE)
    await counts(following, 92, 96)
    assert [(row.channel, row.number) for row in await following.posts()] == [(COUNT, 1), (LIVE, 1)]
    assert following.woken == [COUNT, LIVE]


async def test_each_statement_leaves_an_audit_row(following: Newsroom) -> None:
    before = await following.count("audit")
    await say(following, certified=(92, 159), words="92 of 159")
    *rows, last = await following.database.rows("SELECT server, who, what, after FROM audit ORDER BY id")
    assert len(rows) == before
    assert last[:3] == (SERVER, WHO, "statement")
    assert json.loads(last[3])["certified"] == [92, 159]


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
    await counts(following, 92)
    await say(following, 1, certified=(96, 159), leader="biden", margin=400, last_updated=SILENT)
    assert await following.kinds() == ["first", "certified", "statement", "stale"]


async def test_a_server_that_follows_nothing_yet_may_enter_what_it_knows(newsroom: Newsroom) -> None:
    await say(newsroom, server=OTHER_SERVER, certified=(92, 159))
    assert await newsroom.count("statements") == 1


# A margin that is entered anew for the same minute.


async def margin(newsroom: Newsroom, minute: float, leader: str, votes: int, source: str = "ga-sos") -> None:
    """Enter a margin, and send the posts that result."""
    await say(newsroom, minute, leader=leader, margin=votes, source=source)
    await newsroom.publish()


@pytest.fixture
async def leading(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that has posted a lead of Biden by 100."""
    await newsroom.follow()
    await newsroom.post(reading(1100, 1000))
    return newsroom


async def test_a_margin_entered_anew_for_its_minute_is_put_right_in_its_post(leading: Newsroom) -> None:
    await margin(leading, 5, "biden", 201)
    await margin(leading, 5.4, "biden", 151)
    wrong, right = leading.contents(COUNT)[-2:]
    assert right == (
        "**Correction: the Secretary of State has Biden ahead in Georgia by 151,** not by 201 (#2), as of 7:05 a.m.; "
        "the Times has Biden ahead by 100, as of 7 a.m. (#1).\n-# #3 · Sec. of State, 7:05 a.m., entered by staff"
    )
    assert wrong.startswith("**Corrected; see [#3](")
    assert right.partition("; the Times")[0] in wrong
    assert "\n> ~~**The Secretary of State has Biden ahead in Georgia by 201,**" in wrong
    await say(leading, 5, leader="biden", margin=151)
    await margin(leading, 6, "biden", 251)
    assert leading.contents(COUNT)[-1] == right  # said again, and something newer


async def test_a_margin_entered_anew_that_agrees_is_put_right_as_well(leading: Newsroom) -> None:
    await margin(leading, 5, "trump", 201)
    await margin(leading, 5, "biden", 100)
    assert "by 100,** not Trump ahead by 201 (#2)" in leading.contents(COUNT)[-1]
