"""Tests posts that wait for approval, from the reading to the channel: question, Publish, Discard, replacement,
order.
"""

import json
import re
from dataclasses import replace
from typing import get_args

import pytest

from bot.answers.sharing_store import SharingStore
from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.outbox.approval import ApprovalPress
from bot.outbox.approval_words import PressOutcome
from bot.outbox.discord import number_of
from bot.outbox.rows import OutboxRow
from bot.rehearsal.standin.message import Message
from bot.wording.card import Block, Card, Link, lines
from bot.wording.context import Audience
from bot.wording.message import render
from tests.conftest import AWAY, COUNT, EDITOR, LIVE, OTHER_SERVER, SERVER, START, Newsroom, buttons, plain, reading
from tests.outbox.rows import insert

DESK = 19
OLGA = "olga (81)"


@pytest.fixture
async def public(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a desk channel and a public channel, in which a first reading has been posted."""
    await newsroom.follow(COUNT)
    await newsroom.post(reading(1000, 500))
    await newsroom.control.set_desk_channel(DESK, SERVER, OLGA)
    await newsroom.control.set_public(COUNT, SERVER, OLGA, public=True)
    return newsroom


@pytest.fixture
async def asked(public: Newsroom) -> Newsroom:
    """Return the newsroom after its desk was asked whether to publish #2."""
    await public.post(reading(1100, 500, 1))
    return public


def said(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [content.split("\n")[0] for content in newsroom.contents(channel)]


def numbers(newsroom: Newsroom, channel: int = COUNT) -> list[int | None]:
    return [number_of(content) for content in newsroom.contents(channel)]


def questions(newsroom: Newsroom) -> list[Message]:
    """Return the messages in the desk's channel that still have buttons."""
    return [shown for shown in newsroom.shown(DESK) if buttons(shown)]


def row_of(question: Message) -> int:
    keys = list(buttons(question).values())
    return int(keys[0].rsplit(":", 1)[1])


async def press(
    newsroom: Newsroom, press: ApprovalPress, question: Message | int, server: int = SERVER
) -> PressOutcome:
    """Press a button as the newsroom's editor, and send the posts that follow."""
    row = question if isinstance(question, int) else row_of(question)
    outcome = await newsroom.queue.decide(press, row, server, OLGA)
    await newsroom.publish()
    return outcome


async def state(newsroom: Newsroom, margin: int, minute: float, leader: str = "biden") -> None:
    """Enter a margin as the secretary of state's."""
    said = {"source": "ga-sos", "contest": "ga", "as_of": START, "leader": leader, "margin": margin}
    newsroom.at(minute)
    await newsroom.statements.take_in(Statement.model_validate(said), SERVER, OLGA)


async def states(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [row.state for row in await newsroom.posts(channel)]


async def spans(newsroom: Newsroom) -> list[tuple[int | None, int | None]]:
    """Return (first reading, last reading) of each post that was sent."""
    return [(row.start, row.end) for row in await newsroom.posts(COUNT) if row.state == "sent"]


# Asked.


async def test_a_post_to_a_channel_that_the_public_reads_is_shown_to_the_desk_as_it_would_be_posted(
    asked: Newsroom,
) -> None:
    assert len(said(asked)) == 1
    (question,) = questions(asked)
    row = (await asked.posts(COUNT))[-1]
    assert row.state == "awaiting"
    words, _, last = (row.content or "").rpartition("\n")
    credit = last.removeprefix(f"-# #{row.number} · ")
    assert question.content == f"**Publish #{row.number} in <#{COUNT}>?**\n{words}\n-# {credit} · question 3"
    ((embeds,),) = await asked.database.rows("SELECT embeds FROM outbox WHERE id = ?", (row.id,))
    assert plain(question) == json.loads(embeds)
    assert list(buttons(question).items()) == [
        ("Publish", f"publish:{row.id}"),
        ("Discard", f"drop:{row.id}"),
    ]


async def test_published_it_goes_out_as_it_was_shown_and_the_question_says_who_and_when(asked: Newsroom) -> None:
    (question,) = questions(asked)
    asked.at(95)
    assert await press(asked, "publish", question) == PressOutcome("published", 2, COUNT)
    (_, posted) = asked.shown(COUNT)
    words, _, last = posted.content.rpartition("\n")
    credit = last.removeprefix("-# #2 · ")
    assert words in question.content
    assert posted.embeds == question.embeds
    assert questions(asked) == []
    assert said(asked, DESK) == [f"**#2 published in <#{COUNT}>** by olga, 8:35 a.m."]
    assert asked.contents(DESK)[0].endswith(f"{words}\n-# {credit} · question 3")
    assert asked.shown(DESK)[0].embeds == question.embeds
    ((who, after),) = await asked.database.rows("SELECT who, after FROM audit WHERE what = 'post published'")
    assert (who, json.loads(after)) == (OLGA, {"number": 2, "channel": COUNT, "content": posted.content, "said": words})
    assert await asked.database.rows("SELECT approved_by FROM outbox WHERE number = 2") == [(OLGA,)]


async def test_dropped_it_is_not_posted_and_the_question_says_who_and_when(asked: Newsroom) -> None:
    assert await press(asked, "drop", questions(asked)[0]) == PressOutcome("dropped", 2, COUNT, covered_by_next=True)
    assert len(said(asked)) == 1
    (answered,) = said(asked, DESK)
    assert answered.startswith("**#2 discarded")
    assert questions(asked) == []
    assert (await states(asked))[-1] == "dropped"
    assert await asked.database.rows("SELECT who FROM audit WHERE what = 'post dropped'") == [(OLGA,)]


@pytest.mark.parametrize("kind", ["certified", "call"])
async def test_of_what_no_later_post_covers_discard_promises_none(public: Newsroom, kind: str) -> None:
    row = OutboxRow.worded(SERVER, COUNT, 50, Card(lines("Certified."), "the desk, 7:35 a.m.", kind=kind), START)
    await insert(public, row)
    await public.publish()
    assert await press(public, "drop", questions(public)[0]) == PressOutcome("dropped", 50, COUNT)


async def test_of_what_was_entered_the_desk_is_told_at_discard_who_is_answered_with_it_still(public: Newsroom) -> None:
    await state(public, 497, 1)
    await public.publish()
    (question,) = questions(public)
    number = (await public.posts(COUNT))[-1].number
    assert await press(public, "drop", question) == PressOutcome("dropped", number, COUNT, entered=True)
    now, readers = public.clock.now(), get_args(Audience)
    found = {one: len(await public.queries.figures("ga", SERVER, now, reader=one)) for one in readers}
    assert found == {"newsroom": 1, "guest": 0, "public": 0}
    await public.corrections.retract(SERVER, number, "misread", OLGA)
    assert await public.queries.figures("ga", SERVER, now, reader="newsroom") == []


async def test_other_channels_do_not_wait(public: Newsroom) -> None:
    await public.follow(LIVE)
    await public.follow(AWAY, server=OTHER_SERVER)
    await public.post(reading(1100, 500, 1))
    assert (len(said(public)), len(said(public, LIVE)), len(said(public, AWAY))) == (1, 1, 1)


async def test_what_waits_in_a_thread_goes_out_once_the_public_does_not_read_its_channel(public: Newsroom) -> None:
    thread, other = 77, 78
    await public.desk_store.record_thread(SERVER, thread, COUNT)
    await public.desk_store.record_thread(SERVER, other, LIVE)
    await public.control.set_public(LIVE, SERVER, OLGA, public=True)
    for message, place in enumerate((thread, other)):
        draft = Card(lines("where it stands"), "the Times", kind="shared")
        await SharingStore(public.rooms.outbox.outbox).share(message, SERVER, place, draft, None, None, OLGA)
    await public.publish()
    assert (said(public, thread), said(public, other)) == ([], [])
    await public.control.set_public(COUNT, SERVER, OLGA, public=False)
    await public.publish()
    assert (said(public, thread), said(public, other)) == (["where it stands"], [])
    assert len(questions(public)) == 1


async def test_what_was_attempted_before_the_channel_was_public_goes_on(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.take(reading(1000, 500))
    newsroom.will(COUNT, "lost")
    assert (await newsroom.outbox.claim(COUNT)).post is not None
    await newsroom.control.set_desk_channel(DESK, SERVER, OLGA)
    await newsroom.control.set_public(COUNT, SERVER, OLGA, public=True)
    await newsroom.publish()
    assert await states(newsroom) == ["sent"]


async def test_a_rate_limit_does_not_ask_the_desk_twice(asked: Newsroom) -> None:
    asked.will(COUNT, "later", "closed", "lost")
    await press(asked, "publish", questions(asked)[0])
    assert numbers(asked) == [1, 2]
    assert questions(asked) == []


async def test_a_post_that_leaves_no_room_for_the_question_is_shown_by_itself_above_it(public: Newsroom) -> None:
    draft = Card(lines("x" * 1900), "the desk, 7:35 a.m.", (Block(lines("card"), colour=None),), "shared")
    row = OutboxRow.worded(SERVER, COUNT, 50, draft, START)
    await insert(public, row)
    await public.publish()
    shown, question = public.shown(DESK)
    assert (shown.content, plain(shown), buttons(shown)) == (
        render(draft, 50).content,
        [dict(one) for one in render(draft).embeds],
        {},
    )
    assert question.content == f"**Publish #50, just above, in <#{COUNT}>?**\n-# Tallydesk · question 2"
    await press(public, "publish", question)
    assert public.contents(COUNT)[-1] == shown.content
    assert said(public, DESK)[1].startswith("**#50 published in")
    why = await public.app.rooms.answers.provenance.why(replace(EDITOR, channel=DESK), 50)
    assert f"in <#{COUNT}>" in render(why).content
    assert f"<#{DESK}>" not in render(why).content


# Twice, late, by others.


async def test_a_button_pressed_again_answers_what_has_become_of_it_and_changes_nothing(asked: Newsroom) -> None:
    row = row_of(questions(asked)[0])
    await asked.control.pause(SERVER, OLGA, None)
    assert await press(asked, "publish", row) == PressOutcome("published", 2, COUNT, paused=True)
    for again in ("publish", "drop"):
        assert await press(asked, again, row) == PressOutcome("already", 2, COUNT, state="pending", by=OLGA)
    await asked.control.resume(SERVER, OLGA, None)
    await asked.publish()
    assert await press(asked, "drop", row) == PressOutcome("already", 2, COUNT, state="sent", by=OLGA)
    assert numbers(asked) == [1, 2]
    assert await asked.count("audit WHERE what LIKE 'post %'") == 1


async def test_what_was_dropped_can_not_be_published(asked: Newsroom) -> None:
    row = row_of(questions(asked)[0])
    await press(asked, "drop", row)
    assert await press(asked, "publish", row) == PressOutcome("already", 2, COUNT, state="dropped", by=OLGA)
    assert numbers(asked) == [1]


async def test_another_server_decides_nothing(asked: Newsroom) -> None:
    row = row_of(questions(asked)[0])
    for one in ("publish", "drop", "doubtful:drop"):
        assert await press(asked, one, row, OTHER_SERVER) == PressOutcome("unknown")
    assert await press(asked, "publish", 999) == PressOutcome("unknown")
    assert (await states(asked))[-1] == "awaiting"


# Merged, in order.


async def test_a_newer_margin_replaces_one_that_nobody_published_yet(public: Newsroom) -> None:
    for minute, votes in enumerate((1100, 1200, 1300), 1):
        await public.post(reading(votes, 500, minute))
    assert await states(public) == ["sent", "superseded", "superseded", "awaiting"]
    assert [line.split(":")[0] for line in said(public, DESK)] == [
        "**#2 replaced by #4",
        "**#4 replaced by #6",
        f"**Publish #6 in <#{COUNT}>?**",
    ]
    (question,) = questions(public)
    assert "has grown by 300 votes since 7 a.m., to 800" in question.content
    old = await press(public, "publish", (await public.posts(COUNT))[1].id)
    assert old == PressOutcome("already", 2, COUNT, state="superseded", other="#6")
    await press(public, "publish", question)
    assert numbers(public) == [1, 6]


async def test_a_newer_margin_tells_of_the_lead_change_that_nobody_published_yet(public: Newsroom) -> None:
    await public.post(reading(1000, 1200, 1), reading(1000, 1300, 2))
    (question,) = questions(public)
    assert "Trump leads in Georgia by 300 votes" in question.content
    await press(public, "publish", question)
    assert numbers(public) == [1, 4]
    rows = [row for row in await public.posts(COUNT) if row.state == "sent"]
    assert [(row.start, row.end, row.kind) for row in rows] == [(None, 1, "first"), (1, 3, "lead_change")]


async def test_what_was_shown_is_shown_anew_when_the_count_has_moved_before_publish(asked: Newsroom) -> None:
    (shown,) = questions(asked)
    await asked.take(reading(1200, 500, 2))
    assert await press(asked, "publish", shown) == PressOutcome("changed", 2, COUNT)
    await asked.publish()
    (anew,) = questions(asked)
    assert numbers(asked) == [1]
    assert "to 700" in anew.content
    ((who, why, before),) = await asked.database.rows("SELECT who, why, before FROM audit WHERE what = 'post changed'")
    assert (who, why) == ("Tallydesk", "the count has moved")
    assert json.loads(before)["number"] == 2
    assert "to 600" in json.loads(before)["content"]
    await press(asked, "publish", anew)
    assert await spans(asked) == [(None, 1), (1, 3)]


async def test_another_contest_waits_for_nobody(public: Newsroom) -> None:
    await public.follow(COUNT, contest="senate")
    await public.take(reading(1100, 500, 1), reading(10, 5, 2, contest="senate"))
    await public.publish()
    first, second = questions(public)
    await press(public, "publish", second)
    await press(public, "publish", first)
    assert numbers(public) == [1, 3, 2]


# The change in a dropped post.


async def test_the_next_post_tells_from_where_readers_were_left(asked: Newsroom) -> None:
    await press(asked, "drop", questions(asked)[0])
    await asked.post(reading(1110, 500, 2))
    (question,) = questions(asked)
    assert "has grown by 110 votes since 7 a.m., to 610" in question.content
    await press(asked, "publish", question)
    assert await spans(asked) == [(None, 1), (1, 3)]


async def test_a_dropped_first_post_leaves_the_next_to_be_the_first(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.control.set_desk_channel(DESK, SERVER, OLGA)
    await newsroom.control.set_public(COUNT, SERVER, OLGA, public=True)
    await newsroom.post(reading(1000, 500))
    await press(newsroom, "drop", questions(newsroom)[0])
    await newsroom.post(reading(1001, 500, 1))
    await press(newsroom, "publish", questions(newsroom)[0])
    last = (await newsroom.posts(COUNT))[-1]
    assert (last.kind, last.state, last.start) == ("first", "sent", None)


async def test_what_waits_behind_a_dropped_post_is_shown_anew(public: Newsroom) -> None:
    await public.post(reading(1000, 1200, 1))
    public.will(COUNT, "lost")
    await public.forbid_history(COUNT)
    await press(public, "publish", questions(public)[0])
    await public.post(reading(1000, 1300, 2))
    lead, margin = questions(public)
    assert "to 300" in margin.content
    number = (await public.posts(COUNT))[-1].number
    outcome = await press(public, "doubtful:drop", lead)
    (anew,) = questions(public)
    last = (await public.posts(COUNT))[-1]
    assert (outcome.what, outcome.shown_again) == ("given up", (last.number,))
    assert "Trump leads in Georgia by 300 votes" in anew.content
    assert any(line.startswith(f"**#{number} replaced by #{last.number}") for line in said(public, DESK))
    assert (await press(public, "publish", margin)).other == f"#{last.number}"
    await press(public, "publish", anew)
    rows = [row for row in await public.posts(COUNT) if row.state == "sent"]
    assert [(row.start, row.end, row.kind) for row in rows] == [(None, 1, "first"), (1, 3, "lead_change")]


async def test_a_dropped_revision_is_told_by_the_next_post_which_replaces_what_was_posted(public: Newsroom) -> None:
    await public.take(reading(900, 500, 1))
    await public.repeat(3)
    await public.publish()
    await press(public, "drop", questions(public)[0])
    await public.post(reading(920, 500, 4))
    (question,) = questions(public)
    assert "Count revised" in question.content
    await press(public, "publish", question)
    first, _ = said(public)
    assert first.startswith("**Revised; see [#4]")


async def test_what_waits_unshown_behind_a_dropped_post_tells_it_too(public: Newsroom) -> None:
    await public.post(reading(1000, 1200, 1))
    (lead,) = questions(public)
    await public.take(reading(1000, 1300, 2))
    await public.control.pause(SERVER, OLGA, None)
    await press(public, "drop", lead)
    await public.control.resume(SERVER, OLGA, None)
    await public.publish()
    (question,) = questions(public)
    assert "Trump leads in Georgia by 300 votes" in question.content


async def test_a_post_that_names_a_dropped_one_is_pointed_out(public: Newsroom) -> None:
    await public.take(reading(1100, 500, 1))
    await state(public, 600, 2)
    await public.publish()
    margin, confirmed = questions(public)
    assert "(#2)" in confirmed.content
    assert (await press(public, "drop", margin)).mentions == (3,)


async def test_a_later_post_of_the_contest_is_decided_after_the_earlier_one(public: Newsroom) -> None:
    await public.take(reading(1100, 500, 1))
    await state(public, 600, 2)
    await public.publish()
    margin, confirmed = questions(public)
    ((message,),) = await public.database.rows("SELECT message FROM outbox WHERE channel = ? AND number = 4", (DESK,))
    other = Link(2, f"https://discord.com/channels/{SERVER}/{DESK}/{message}")
    assert await press(public, "publish", confirmed) == PressOutcome("after", 3, COUNT, other=other)
    assert numbers(public) == [1]
    await press(public, "publish", margin)
    await press(public, "publish", confirmed)
    assert numbers(public) == [1, 2, 3]


async def test_a_post_shown_again_keeps_the_number_by_which_others_name_it(public: Newsroom) -> None:
    await public.take(reading(1100, 500, 1))
    await state(public, 600, 2)
    await public.publish()
    margin, confirmed = questions(public)
    assert "(#2)" in confirmed.content
    await public.take(reading(1101, 501, 3))
    assert (await press(public, "publish", margin)).what == "changed"
    await public.publish()
    said, anew = questions(public)
    assert "Publish #2 in" in anew.content
    await press(public, "publish", anew)
    await press(public, "publish", said)
    assert numbers(public) == [1, 2, 3]


async def test_a_statement_behind_a_post_that_is_shown_anew_is_dropped_if_it_is_older_than_the_count(
    public: Newsroom,
) -> None:
    await public.take(reading(1100, 500, 1))
    await state(public, 600, 2)
    await public.publish()
    margin, statement = questions(public)
    await public.take(reading(1101, 500, 3))
    await press(public, "publish", margin)
    await public.publish()
    await press(public, "publish", questions(public)[-1])
    assert "to 601" in said(public)[-1]
    await press(public, "publish", statement)
    why = await public.database.rows("SELECT why FROM outbox WHERE state = 'dropped'")
    assert why == [("it is older than the leading source's count",)]


async def test_posts_shown_anew_name_each_other_by_their_new_numbers(public: Newsroom) -> None:
    await public.post(reading(1000, 1200, 1))
    public.will(COUNT, "lost")
    await public.forbid_history(COUNT)
    await press(public, "publish", questions(public)[0])
    await public.take(reading(1000, 1300, 2))
    await state(public, 300, 3, "trump")
    await public.publish()
    doubtful, margin, _ = questions(public)
    assert "to 300" in margin.content
    await press(public, "doubtful:drop", doubtful)
    anew, said_anew = questions(public)
    found = re.search(r"Publish #(\d+)", anew.content)
    assert found is not None
    assert f"(#{found[1]})" in said_anew.content


async def test_a_revision_takes_in_what_nobody_published_yet_and_replaces_what_was_posted(asked: Newsroom) -> None:
    await asked.take(reading(990, 500, 2))
    await asked.repeat(4)
    await asked.publish()
    (question,) = questions(asked)
    assert "Count revised" in question.content
    await press(asked, "publish", question)
    assert [line.startswith("**Revised; see") for line in said(asked)] == [True, False]


async def test_what_a_dropped_post_told_is_not_told_by_one_that_is_out_already(public: Newsroom) -> None:
    await public.take(reading(1100, 500, 1))
    public.will(COUNT, "lost answer")
    await public.forbid_history(COUNT)
    await public.publish()
    await press(public, "publish", questions(public)[0])
    await public.post(reading(1200, 500, 2))
    doubtful, margin = questions(public)
    await press(public, "publish", margin)
    assert (await press(public, "doubtful:drop", doubtful)).what == "given up"
    assert await spans(public) == [(None, 1), (2, 3)]
    told = await public.database.rows("SELECT reading FROM last_posts")
    assert told == [(3,)]


# Doubtful posts.


@pytest.fixture
async def doubtful(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a post that may or may not have arrived. The desk has been asked about it."""
    await newsroom.follow(COUNT)
    await newsroom.control.set_desk_channel(DESK, SERVER, OLGA)
    await newsroom.take(reading(1000, 500))
    newsroom.will(COUNT, "lost answer")
    await newsroom.forbid_history(COUNT)
    await newsroom.publish()
    return newsroom


async def test_a_doubtful_post_that_an_editor_sees_there_is_sent(doubtful: Newsroom) -> None:
    assert await press(doubtful, "doubtful:there", questions(doubtful)[0]) == PressOutcome("there", 1, COUNT)
    assert said(doubtful, DESK)[0].startswith("**#1 is in")
    assert questions(doubtful) == []
    (row,) = await doubtful.posts(COUNT)
    assert (row.state, row.message, row.why) == ("sent", None, f"seen there by {OLGA}")
    assert len(said(doubtful)) == 1


async def test_a_doubtful_post_that_is_not_there_is_posted_again(doubtful: Newsroom) -> None:
    doubtful.take_away(COUNT)
    assert await press(doubtful, "doubtful:absent", questions(doubtful)[0]) == PressOutcome("absent", 1, COUNT)
    assert said(doubtful, DESK)[0].startswith("**#1 is posted again")
    assert numbers(doubtful) == [1]
    assert await states(doubtful) == ["sent"]
    assert len({nonce for channel, nonce in doubtful.sends if channel == COUNT}) == 1


async def test_a_doubtful_post_is_not_posted_after_what_came_later(doubtful: Newsroom) -> None:
    doubtful.take_away(COUNT)
    await doubtful.post(reading(1100, 500, 1))
    assert numbers(doubtful) == [3]
    later = Link(3, f"https://discord.com/channels/{SERVER}/{COUNT}/{doubtful.shown(COUNT)[0].id}")
    outcome = await press(doubtful, "doubtful:absent", questions(doubtful)[0])
    assert outcome == PressOutcome("passed", 1, COUNT, other=later)
    assert numbers(doubtful) == [3]
    assert await press(doubtful, "doubtful:drop", questions(doubtful)[0])
    assert questions(doubtful) == []


async def test_a_doubtful_post_is_posted_after_what_another_source_said(doubtful: Newsroom) -> None:
    doubtful.take_away(COUNT)
    await state(doubtful, 300, 1)
    await doubtful.publish()
    assert (await press(doubtful, "doubtful:absent", questions(doubtful)[0])).what == "absent"


async def test_a_doubtful_post_that_is_dropped_is_told_by_the_next(doubtful: Newsroom) -> None:
    doubtful.take_away(COUNT)
    await press(doubtful, "doubtful:drop", questions(doubtful)[0])
    assert said(doubtful, DESK)[0].startswith("**#1 was discarded")
    await doubtful.post(reading(1001, 500, 1))
    last = (await doubtful.posts(COUNT))[-1]
    assert (last.kind, last.state, last.start) == ("first", "sent", None)


async def test_a_doubtful_post_is_decided_once(doubtful: Newsroom) -> None:
    (question,) = questions(doubtful)
    await press(doubtful, "doubtful:there", question)
    for again in ("doubtful:there", "doubtful:absent", "doubtful:drop"):
        outcome = await press(doubtful, again, question)
        assert (outcome.what, outcome.number, outcome.state) == ("already", 1, "sent")
    assert await doubtful.count("audit WHERE what LIKE 'post %'") == 1


async def test_a_post_that_is_posted_again_on_an_editors_word_needs_no_second_one(asked: Newsroom) -> None:
    asked.will(COUNT, "lost")
    await asked.forbid_history(COUNT)
    await press(asked, "publish", questions(asked)[0])
    await press(asked, "doubtful:absent", questions(asked)[0])
    assert numbers(asked) == [1, 2]


# The desk's channel.


async def test_a_question_that_could_not_be_posted_yet_is_answered_by_whoever_asks_elsewhere(
    public: Newsroom,
) -> None:
    public.will(DESK, "closed")
    await public.control.pause(SERVER, OLGA, None)
    await public.take(reading(1100, 500, 1))
    await public.control.resume(SERVER, OLGA, None)
    assert (await public.outbox.claim(COUNT)).post is None
    (row,) = [row for row in await public.posts(COUNT) if row.state == "awaiting"]
    assert (await press(public, "publish", row.id)).what == "published"
    assert public.contents(DESK) == []
    assert numbers(public) == [1, 3]  # the notice of the pause had a number


async def test_a_question_that_was_on_its_way_when_it_was_answered_is_edited_when_it_arrives(public: Newsroom) -> None:
    await public.take(reading(1100, 500, 1))
    assert (await public.outbox.claim(COUNT)).post is None
    assert (await public.outbox.claim(DESK)).post is not None  # and the process dies
    (row,) = [row for row in await public.posts(COUNT) if row.state == "awaiting"]
    await press(public, "publish", row.id)
    assert said(public, DESK)[0].startswith("**#2 published")
    assert questions(public) == []


async def test_the_answer_waits_for_a_question_that_is_tried_again_later(public: Newsroom) -> None:
    await public.take(reading(1100, 500, 1))
    assert (await public.outbox.claim(COUNT)).post is None
    question = (await public.outbox.claim(DESK)).post
    assert question is not None
    await public.outbox.defer(question, public.outbox.now() + 30_000_000, "no answer")
    (row,) = [row for row in await public.posts(COUNT) if row.state == "awaiting"]
    await press(public, "drop", row.id)
    public.wall.move(30)
    await public.publish()
    assert said(public, DESK)[0].startswith("**#2 discarded")
    assert questions(public) == []


async def test_a_new_desk_channel_is_asked_what_is_open(asked: Newsroom) -> None:
    assert await asked.control.set_desk_channel(LIVE, SERVER, OLGA) == (
        f"Notices and questions for the desk now go to <#{LIVE}>. 1 open question goes there now."
    )
    await asked.publish()
    (elsewhere,) = asked.shown(LIVE)
    await press(asked, "publish", elsewhere)
    assert questions(asked) == []
    assert said(asked, DESK)[0] == said(asked, LIVE)[0]
    assert said(asked, LIVE)[0].startswith("**#2 published")
    assert await asked.control.set_desk_channel(LIVE, SERVER, OLGA) == (
        f"Notices and questions for the desk now go to <#{LIVE}>."
    )


async def test_doubtful_posts_are_asked_about_once_the_desk_has_a_channel(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.take(reading(1000, 500))
    newsroom.will(COUNT, "lost answer")
    await newsroom.forbid_history(COUNT)
    await newsroom.publish()
    await newsroom.control.set_desk_channel(DESK, SERVER, OLGA)
    await newsroom.publish()
    (question,) = questions(newsroom)
    assert question.content.startswith(f"**Is #1 in <#{COUNT}>?**")
    assert "the bot may not read the channel's history" in question.content


async def test_the_desks_channel_and_the_publics_are_two(public: Newsroom) -> None:
    with pytest.raises(BadInputError, match="needs a channel to publish posts"):
        await public.control.set_desk_channel(None, SERVER, OLGA)
    with pytest.raises(BadInputError, match="that channel is public"):
        await public.control.set_desk_channel(COUNT, SERVER, OLGA)
    with pytest.raises(BadInputError, match="that is the desk channel"):
        await public.control.set_public(DESK, SERVER, OLGA, public=True)
    with pytest.raises(BadInputError, match="public posts need a desk channel"):
        await public.control.set_public(AWAY, OTHER_SERVER, OLGA, public=True)
    await public.control.set_public(COUNT, SERVER, OLGA, public=False)
    assert (await public.control.set_desk_channel(None, SERVER, OLGA)).startswith("No desk channel is set now")


async def test_a_channel_that_the_public_no_longer_reads_gets_what_waited_merged(public: Newsroom) -> None:
    await public.follow(COUNT, contest="senate")
    await public.take(reading(1100, 500, 1), reading(10, 5, 1, contest="senate"))
    await public.publish()
    answer = await public.control.set_public(COUNT, SERVER, OLGA, public=False)
    assert answer.startswith(f"Posts to <#{COUNT}> no longer wait for Publish. Two waiting posts go out now.")
    await public.publish()
    assert numbers(public) == [1, 2, 3]
    assert questions(public) == []
    assert said(public, DESK)[0].startswith("**#2 released")
    assert await public.control.set_public(COUNT, SERVER, OLGA, public=False) == (
        f"Posts to <#{COUNT}> do not wait for Publish."
    )


async def test_what_no_longer_waits_for_publish_is_kept_with_who_let_it_go(asked: Newsroom) -> None:
    content = (await asked.posts(COUNT))[-1].content
    await asked.control.set_public(COUNT, SERVER, OLGA, public=False)
    ((who, before),) = await asked.database.rows("SELECT who, before FROM audit WHERE what = 'post freed'")
    assert (who, json.loads(before)) == (
        OLGA,
        {
            "number": 2,
            "channel": COUNT,
            "content": content,
            "said": content.split("\n")[0],
        },
    )


async def test_a_revision_that_no_longer_waits_replaces_what_went_out_just_before_it(asked: Newsroom) -> None:
    await press(asked, "publish", questions(asked)[0])
    await asked.take(reading(1090, 500, 2))
    await asked.repeat(4)
    await asked.publish()
    assert len(questions(asked)) == 1
    await asked.control.set_public(COUNT, SERVER, OLGA, public=False)
    await asked.publish()
    assert [line.startswith("**Revised; see") for line in said(asked)] == [False, True, False]


async def test_what_is_set_is_kept_with_who_did_it(public: Newsroom) -> None:
    await public.control.set_public(COUNT, SERVER, OLGA, public=True)
    rows = await public.database.rows("SELECT who, what, before, after FROM audit WHERE what LIKE 'desk %'")
    assert [(who, what, json.loads(before or "null"), json.loads(after)) for who, what, before, after in rows] == [
        (OLGA, "desk channel", None, DESK),
        (OLGA, "desk public", {"channel": COUNT, "public": False}, {"channel": COUNT, "public": True}),
    ]


# With mutes, and with sources for the newsroom only.


async def test_what_waits_for_publish_of_a_muted_source_stays_until_it_is_unmuted(asked: Newsroom) -> None:
    (question,) = questions(asked)
    await asked.control.mute("times", SERVER, OLGA)
    assert await press(asked, "publish", question) == PressOutcome("muted", 2, COUNT)
    await asked.control.unmute("times", SERVER, OLGA, None)
    await press(asked, "publish", question)
    assert numbers(asked) == [1, 2]


async def test_what_was_published_before_its_source_was_muted_goes_out_afterwards_as_it_was(asked: Newsroom) -> None:
    (question,) = questions(asked)
    await asked.control.pause(SERVER, OLGA, None)
    await press(asked, "publish", question)
    await asked.control.mute("times", SERVER, OLGA)
    await asked.control.resume(SERVER, OLGA, None)
    await asked.control.unmute("times", SERVER, OLGA, None)
    await asked.publish()
    posted = asked.shown(COUNT)[-1]
    assert posted.content == (await asked.posts(COUNT))[1].content.replace("#2", "#5")
    assert posted.embeds == question.embeds


async def test_a_source_for_the_newsroom_only_is_not_posted_where_the_public_reads(public: Newsroom) -> None:
    await public.follow(LIVE)
    said_by = {"source": "reporter", "contest": "ga", "as_of": START, "leader": "trump", "margin": 5}
    public.at(2)
    await public.statements.take_in(Statement.model_validate(said_by), SERVER, OLGA)
    await public.publish()
    assert questions(public) == []
    (failed,) = (await public.posts(COUNT))[1:]
    assert (failed.state, failed.why) == ("failed", "the channel is public, and its source is for the newsroom only")
    assert any("eporter" in content for content in public.contents(LIVE))
