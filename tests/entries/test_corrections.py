"""Corrections of our own errors and retractions of the desk's entries, from the command to the channel."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.entries.corrections_store import ReplacementEffects
from bot.errors import BadInputError
from bot.follows.levels import can_see_all
from bot.outbox.approval import ApprovalPress
from bot.outbox.rows import Post
from bot.outbox.rows_store import read_post
from bot.outbox.states import Transition
from tests.conftest import AWAY, COUNT, LIVE, OTHER_SERVER, SERVER, START, WHO, Newsroom, buttons, reading
from tests.entries.conftest import DESK, let_public_read, say


@pytest.fixture
async def both(newsroom: Newsroom) -> Newsroom:
    await newsroom.follow()
    await newsroom.follow(LIVE)
    return newsroom


@pytest.fixture
async def entered(both: Newsroom) -> Newsroom:
    """Return a newsroom with post #1 queued in two channels: 96 of 159 counties certified, up from 92."""
    await say(both, certified=(92, 159))
    await say(both, 1, certified=(96, 159))
    return both


@pytest.fixture
async def certified(entered: Newsroom) -> Newsroom:
    """Return a newsroom that has sent post #1: 96 of 159 counties certified."""
    await entered.publish()
    return entered


def starts(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [content.split(" ")[0] for content in newsroom.contents(channel)]


async def correct(newsroom: Newsroom, text: str = "the count is 95", number: int = 1) -> ReplacementEffects:
    """Correct a post, and send the posts that result."""
    done = await newsroom.corrections.correct(SERVER, number, text, WHO)
    await newsroom.publish()
    return done


async def retract(newsroom: Newsroom, number: int = 1) -> ReplacementEffects:
    """Retract the entry behind a post, and send the posts that result."""
    done = await newsroom.corrections.retract(SERVER, number, "misread", WHO)
    await newsroom.publish()
    return done


# Corrections.


async def test_a_correction_is_posted_wherever_the_post_went_and_edits_it(certified: Newsroom) -> None:
    done = await correct(certified, "the count is 95, not 96")
    assert done.channels == 2
    for channel in (COUNT, LIVE):
        old, new = certified.contents(channel)
        assert new == "**Correction** to #1: The count is 95, not 96.\n-# #2 · the desk, 7 a.m."
        link = f"https://discord.com/channels/{SERVER}/{channel}/{certified.shown(channel)[1].id}"
        assert old.startswith(f"**Corrected; see [#2]({link}).** The count is 95")
        assert "\n> ~~**Ninety-six of Georgia's 159" in old
        assert old.endswith("\n-# #1 · Sec. of State, 7:01 a.m.")
    posts = [row for row in await certified.posts() if row.kind == "correction"]
    assert [(row.action, row.number, row.quiet) for row in posts] == [("post", 2, 0)] * 2 + [("edit", 1, None)] * 2
    assert certified.post_kinds["correction"].urgent  # goes before what is not


async def kept(newsroom: Newsroom) -> tuple[object, ...]:
    """Return the last row of the audit: who, what, why, before, after."""
    ((who, what, why, before, after),) = await newsroom.database.rows(
        "SELECT who, what, why, before, after FROM audit WHERE server = ? ORDER BY id DESC LIMIT 1", (SERVER,)
    )
    return (who, what, why, json.loads(before), json.loads(after))


async def test_who_corrected_what_and_how_is_kept(certified: Newsroom) -> None:
    old = certified.contents(COUNT)[0]
    await certified.corrections.correct(SERVER, 1, "the count is 95", WHO)
    new = "**Correction** to #1: The count is 95."
    assert await kept(certified) == (
        WHO,
        "correct",
        "the count is 95",
        [
            {"number": 1, "channel": channel, "state": "sent", "content": old, "said": old.split("\n")[0]}
            for channel in (COUNT, LIVE)
        ],
        [{"number": 2, "channel": channel, "content": new, "said": new} for channel in (COUNT, LIVE)],
    )


async def test_who_took_what_back_and_what_of_it_was_never_sent_is_kept(entered: Newsroom) -> None:
    content, _ = [row.content for row in await entered.posts()]
    await entered.corrections.retract(SERVER, 1, "misread", WHO)
    dropped = {"number": 1, "state": "pending", "content": content, "said": content.split("\n")[0]}
    before = [{**dropped, "channel": channel} for channel in (COUNT, LIVE)]
    assert await kept(entered) == (WHO, "retract", "misread", before, [])


async def test_what_an_editor_types_acts_on_nothing(certified: Newsroom) -> None:
    await correct(certified, "@everyone **no** [x](https://evil.example)\n# big")
    assert certified.contents(COUNT)[1].split("\n")[0] == (
        "**Correction** to #1: @\u200beveryone \\*\\*no\\*\\* \\[x\\](https\\://evil.example) # big."
    )


@pytest.mark.parametrize(
    ("number", "why"), [(2, "#2 can't be corrected: it is not sent yet"), (99, "there is no #99 in this newsroom")]
)
async def test_what_was_not_posted_can_not_be_corrected(certified: Newsroom, number: int, why: str) -> None:
    await certified.take(reading(1000, 500))  # is #2, and waits
    with pytest.raises(BadInputError, match=why):
        await certified.corrections.correct(SERVER, number, "no", WHO)
    assert await certified.count("audit") == 4


async def test_a_correction_can_be_corrected(certified: Newsroom) -> None:
    await correct(certified)
    await correct(certified, "the count is 96 after all", number=2)
    assert starts(certified) == ["**Corrected;", "**Corrected;", "**Correction**"]


async def close(newsroom: Newsroom, channel: int) -> None:
    """Fail to send a channel's next row, because the bot may not write in the channel."""
    claimed = await newsroom.outbox.claim(channel)
    assert claimed.post is not None
    later = newsroom.outbox.now() + 3_600_000_000
    await newsroom.outbox.defer(claimed.post, later, "Missing Access", Transition.DECLINED, closed=True)


async def arrive(newsroom: Newsroom, channel: int) -> None:
    """Send a channel's next row, and nothing else."""
    post = (await newsroom.outbox.claim(channel)).post
    assert post is not None
    message = newsroom.say(channel, post.content or "")
    await newsroom.outbox.settle(post, Transition.ACCEPTED, message=message)


async def test_where_a_post_still_waits_its_correction_is_posted_instead(entered: Newsroom) -> None:
    await close(entered, LIVE)
    await arrive(entered, COUNT)
    done = await entered.corrections.correct(SERVER, 1, "the count is 95", WHO)
    assert (done.channels, done.dropped, done.late) == (1, 1, 0)
    await entered.outbox.retry_closed(SERVER, [COUNT, LIVE])
    await entered.publish()
    assert entered.contents(LIVE) == ["**Correction** to #1: The count is 95.\n-# #2 · the desk, 7 a.m."]
    assert entered.shown(LIVE)[0].embeds == []
    assert starts(entered) == ["**Corrected;", "**Correction**"]


async def test_what_a_corrected_post_that_still_waited_was_to_tell_is_told_by_the_next(both: Newsroom) -> None:
    await both.take(reading(1000, 500))
    await close(both, LIVE)
    await arrive(both, COUNT)
    await both.corrections.correct(SERVER, 1, "the count is 999", WHO)
    await both.take(reading(1100, 500, 1))
    rows = [row for row in await both.posts(LIVE) if row.state == "pending"]
    assert [(row.kind, row.start) for row in rows] == [("correction", None), ("first", None)]


async def test_where_a_post_waits_for_publish_its_correction_does_instead(both: Newsroom) -> None:
    await let_public_read(both, LIVE)
    await both.take(reading(1000, 500))
    await both.publish()
    await correct(both, "the lead is 501")
    before, anew = both.shown(DESK)
    assert before.content.startswith(f"**#1 corrected before it was posted:** not posted in <#{LIVE}>. By Olga, 7 a.m.")
    assert buttons(before) == {}
    assert "**Correction** to #1: The lead is 501." in anew.content
    assert both.contents(LIVE) == []


async def test_the_same_correction_is_not_posted_twice_unless_it_could_not_be(certified: Newsroom) -> None:
    await certified.corrections.correct(SERVER, 1, "the count is 95", WHO)
    for _ in range(2):  # while it is on its way, and when it is posted
        with pytest.raises(BadInputError, match="#1 has been corrected in these words already, in #2"):
            await certified.corrections.correct(SERVER, 1, "The count is 95.", WHO)
        await certified.publish()
    for channel in (COUNT, LIVE):
        certified.will(channel, "refuse")
    assert (await certified.corrections.correct(SERVER, 1, "the count is 94", WHO)).channels == 2
    await certified.publish()
    assert (await certified.corrections.correct(SERVER, 1, "the count is 94", WHO)).channels == 2


# Retractions.


async def test_an_entry_is_taken_back_wherever_it_was_posted(certified: Newsroom) -> None:
    done = await retract(certified)
    with pytest.raises(BadInputError, match="#1 has already been retracted"):
        await retract(certified)
    assert (done.channels, done.dropped) == (2, 0)
    for channel in (COUNT, LIVE):
        old, new = certified.contents(channel)
        assert new == (
            "**We retract #1** (the Secretary of State: 96 of 159 counties certified). Misread. "
            "On record from the Secretary of State: 92 of 159 counties certified, as of 7 a.m.\n-# #2 · the desk, 7 a.m."
        )
        assert old.startswith("**Retracted; see [#2](")
        assert ").** Misread. On record from the Secretary of State" in old


BY_REPORTER: tuple[tuple[int, dict[str, Any]], ...] = tuple(
    (minute, {"source": "reporter", "leader": leader, "margin": margin})
    for minute, leader, margin in ((2, "biden", 200), (5, "trump", 400))
)


@pytest.mark.parametrize(
    ("feed", "said", "public", "told"),
    [
        pytest.param(
            "times",
            (
                (1, {"leader": "biden", "margin": 600, "total": 2000}),
                (2, {"certified": (92, 159)}),
                (3, {"total": 2100}),
                (4, BY_REPORTER[0][1]),
                (5, {"leader": "biden", "margin": 400, "total": 2200}),
            ),
            False,
            "(the Secretary of State: Biden +400, 2,200 votes). Misread. On record from the Secretary of State: "
            "2,100 votes, as of 7:03 a.m.; Biden +600, as of 7:01 a.m.",
            id="of each of its figures and of no others",
        ),
        pytest.param(
            "times",
            BY_REPORTER,
            False,
            "(our reporter: Trump +400). Misread. On record from our reporter: Biden +200, as of 7:02 a.m.",
            id="with whose it is",
        ),
        pytest.param(
            "times", BY_REPORTER, True, "(Trump +400). Misread.", id="not where the public may not know whose"
        ),
        pytest.param(
            "ga-sos",
            ((2, {"leader": "biden", "margin": 600}), (5, {"leader": "biden", "margin": 400})),
            False,
            "(the Secretary of State: Biden +400). Misread.",
            id="not of a source with a feed",
        ),
    ],
)
async def test_a_retraction_says_what_stands(
    newsroom: Newsroom, feed: str, said: tuple[tuple[int, dict[str, Any]], ...], public: bool, told: str
) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1100, 500, 1), reading(1100, 500, 1, source=feed))
    for minute, one in said:
        await say(newsroom, minute, **one)
    await newsroom.publish()
    if public:
        await let_public_read(newsroom)
    number = max(row.number for row in await newsroom.posts() if "400" in (row.content or ""))
    await retract(newsroom, number)
    retractions = [row.headline for row in await newsroom.posts() if (row.kind, row.action) == ("retraction", "post")]
    assert retractions == [f"**We retract #{number}** {told}"]


async def test_what_had_corrected_a_retracted_post_is_marked_too(certified: Newsroom) -> None:
    await correct(certified)
    await correct(certified, "the count is 94", number=2)
    await retract(certified)
    for channel in (COUNT, LIVE):
        assert starts(certified, channel) == ["**Retracted;"] * 3 + ["**We"]


async def test_a_correction_that_waits_for_publish_goes_with_the_entry_that_is_retracted(certified: Newsroom) -> None:
    await let_public_read(certified)
    await correct(certified)
    ((key,),) = await certified.database.rows("SELECT id FROM outbox WHERE state = 'awaiting'")
    done = await certified.corrections.retract(SERVER, 1, "the site was misread", WHO)
    assert (done.channels, done.dropped) == (2, 1)
    assert await certified.queue.press("publish", key, SERVER, WHO) == "#2 was already discarded by Olga."
    await certified.publish()
    assert starts(certified, LIVE) == ["**Retracted;"] * 2 + ["**We"]


async def test_a_correction_that_waits_instead_of_an_unsent_post_goes_with_its_entry_too(entered: Newsroom) -> None:
    await let_public_read(entered)
    await entered.publish()
    await correct(entered)
    await retract(entered)
    assert entered.contents(COUNT) == []
    assert {row.state for row in await entered.posts() if row.channel == COUNT} == {"dropped"}


async def test_what_is_taken_back_counts_no_more(certified: Newsroom) -> None:
    await certified.corrections.retract(SERVER, 1, "misread", WHO)
    known = await certified.queries.certified("ga", SERVER, START + timedelta(hours=1), (), reader="newsroom")
    assert known is not None
    assert known.count.done == 92
    assert [
        one.certified
        for one in await certified.queries.statements("ga", SERVER, START + timedelta(hours=1), reader="newsroom")
    ] == [(92, 159)]
    await say(certified, 2, certified=(96, 159))
    await certified.publish()
    assert (
        "**Ninety-six of Georgia's 159 counties have certified their results,** up from 92, the Secretary of State says"
        in certified.contents(COUNT)[-1]
    )


async def test_what_of_it_had_not_been_sent_is_never_sent(entered: Newsroom) -> None:
    done = await retract(entered)
    assert (done.channels, done.dropped) == (0, 2)
    assert entered.contents(COUNT) == []
    assert [(row.state, row.dropped_by) for row in await entered.posts()] == [("dropped", WHO)] * 2


async def test_a_feed_s_post_is_not_the_desk_s_to_take_back(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    await newsroom.publish()
    with pytest.raises(BadInputError, match="#1 is not from an entry; use `/correct`"):
        await newsroom.corrections.retract(SERVER, 1, "no", WHO)


async def test_another_newsroom_s_post_is_not_found(certified: Newsroom) -> None:
    await certified.follow(AWAY, server=OTHER_SERVER)
    for replaced in (certified.corrections.correct, certified.corrections.retract):
        with pytest.raises(BadInputError, match="there is no #1 in this newsroom"):
            await replaced(OTHER_SERVER, 1, "no", WHO)
    assert await certified.corrections.matching(OTHER_SERVER, "", can_see_all, entries=False) == []


async def test_a_contradiction_that_was_taken_back_is_told_again_when_it_is_entered_again(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    await say(newsroom, 1, leader="biden", margin=400)
    await newsroom.publish()
    assert len(newsroom.contents(COUNT)) == 2
    await newsroom.corrections.retract(SERVER, 2, "misread", WHO)
    await say(newsroom, 2, leader="biden", margin=400)
    await newsroom.publish()
    assert [row.kind for row in await newsroom.posts() if row.action == "post"] == [
        "first",
        "statement",
        "retraction",
        "statement",
    ]


async def test_a_silence_that_was_taken_back_is_told_again_when_it_is_entered_again(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    for minute, number in ((1, 2), (2, 4)):
        await say(newsroom, minute, last_updated=START - timedelta(hours=14))
        await newsroom.publish()
        await retract(newsroom, number)
    assert [row.kind for row in await newsroom.posts() if row.action == "post"] == [
        "first",
        *["stale", "retraction"] * 2,
    ]
    assert newsroom.contents(COUNT)[2].startswith("**We retract #2** (the Secretary of State: last updated")


# With mutes.


async def test_what_the_desk_says_of_its_own_posts_goes_out_while_their_source_is_muted(certified: Newsroom) -> None:
    await certified.control.mute("ga-sos", SERVER, WHO)
    await correct(certified)
    assert starts(certified) == ["**Corrected;", "**Correction**"]
    await retract(certified)
    assert starts(certified) == ["**Retracted;", "**Retracted;", "**We"]


async def test_a_correction_of_a_muted_source_s_post_is_published_and_keeps_its_number(certified: Newsroom) -> None:
    await let_public_read(certified)
    await certified.control.mute("ga-sos", SERVER, WHO)
    await correct(certified)
    ((key,),) = await certified.database.rows("SELECT id FROM outbox WHERE state = 'awaiting'")
    answer = await certified.queue.press("publish", key, SERVER, WHO)
    assert answer == f"**Published:** #2 in <#{COUNT}>."
    assert (await certified.control.unmute("ga-sos", SERVER, WHO, None)).endswith("No posts were held back.")
    await certified.publish()
    assert certified.contents(COUNT)[1].endswith("-# #2 · the desk, 7 a.m.")


# While it is not known whether a post arrived.


@pytest.fixture
async def half_sent(entered: Newsroom) -> Newsroom:
    """Return a newsroom in which post #1 is sent in one channel, and sending it in the other has had no answer."""
    claimed = await entered.outbox.claim(LIVE)
    assert claimed.post is not None
    await entered.outbox.defer(claimed.post, entered.outbox.now(), "no answer")
    await arrive(entered, COUNT)
    return entered


async def under_way(newsroom: Newsroom) -> Post:
    """Return the only post that is being sent."""
    ((key,),) = await newsroom.database.rows("SELECT id FROM outbox WHERE state = 'sending'")
    post = await newsroom.database.write(lambda connection: read_post(connection, key))
    assert post is not None
    return post


@pytest.mark.parametrize(
    ("kind", "fate", "shown", "states"),
    [
        ("retract", "arrived", ["**Retracted;", "**We"], None),
        ("retract", "closed", [], ["dropped", "dropped"]),
        ("retract", "refused", [], ["failed", "dropped"]),
        ("correct", "arrived", ["**Corrected;", "**Correction**"], None),
        ("correct", "declined", ["**Correction**"], None),  # it goes out alone
    ],
)
async def test_what_was_on_its_way_is_taken_back_or_corrected_once_it_has_arrived(
    half_sent: Newsroom, kind: str, fate: str, shown: list[str], states: list[str] | None
) -> None:
    corrections, outbox = half_sent.corrections, half_sent.outbox
    done = await (corrections.correct if kind == "correct" else corrections.retract)(SERVER, 1, "misread", WHO)
    assert (done.channels, done.dropped, done.late) == (1, 0, 1)
    match fate:
        case "arrived":
            half_sent.say(LIVE, half_sent.contents(COUNT)[0])
        case "closed":
            await outbox.defer(await under_way(half_sent), 0, "Missing Access", Transition.DECLINED, closed=True)
            await outbox.retry_closed(SERVER, [COUNT, LIVE])
        case "refused":
            await outbox.settle(await under_way(half_sent), Transition.REFUSED, why="Invalid Form Body")
        case "declined":
            await outbox.defer(await under_way(half_sent), 0, "slow down", Transition.DECLINED)
    await half_sent.publish()
    assert starts(half_sent, LIVE) == shown
    assert states in (None, [row.state for row in await half_sent.posts(LIVE)])


@pytest.fixture
async def in_doubt(half_sent: Newsroom) -> Newsroom:
    """Return a newsroom that retracted an entry while one channel's post about it is doubtful."""
    await half_sent.control.set_desk_channel(DESK, SERVER, WHO)
    await half_sent.forbid_history(LIVE)
    await half_sent.publish()
    assert [row.state for row in await half_sent.posts(LIVE)] == ["doubtful"]
    await retract(half_sent)
    assert half_sent.contents(LIVE) == []
    return half_sent


async def decide(newsroom: Newsroom, press: ApprovalPress) -> str:
    ((key,),) = await newsroom.database.rows("SELECT id FROM outbox WHERE state = 'doubtful'")
    answer = await newsroom.queue.press(press, key, SERVER, WHO)
    await newsroom.publish()
    return answer


async def test_what_was_in_doubt_when_it_was_taken_back_is_taken_back_once_it_is_seen(in_doubt: Newsroom) -> None:
    await decide(in_doubt, "doubtful:there")
    assert starts(in_doubt, LIVE) == ["**We"]


async def test_what_was_in_doubt_when_it_was_taken_back_is_not_posted_again(in_doubt: Newsroom) -> None:
    assert (await decide(in_doubt, "doubtful:absent")).startswith("#1 was corrected or retracted since")
    await decide(in_doubt, "doubtful:drop")
    assert in_doubt.contents(LIVE) == []
    assert [row.state for row in await in_doubt.posts(LIVE)] == ["dropped", "dropped"]


async def test_an_entry_that_waits_for_publish_when_it_is_taken_back_is_asked_about_no_more(
    entered: Newsroom,
) -> None:
    await let_public_read(entered)
    await entered.publish()
    await retract(entered)
    (question,) = entered.shown(DESK)
    assert question.content.startswith(f"**#1 retracted:** not posted in <#{COUNT}>. By Olga, 7")
    assert buttons(question) == {}
    assert [(row.state, row.dropped_by) for row in await entered.posts(COUNT)] == [("dropped", WHO)]


async def test_what_is_there_by_an_editor_s_word_alone_is_corrected_without_a_link(half_sent: Newsroom) -> None:
    await half_sent.forbid_history(LIVE)
    await half_sent.publish()
    assert (await decide(half_sent, "doubtful:there")).startswith(
        f"**Noted:** #1 is in <#{LIVE}>. The bot does not know"
    )
    done = await half_sent.corrections.correct(SERVER, 1, "the count is 95", WHO)
    assert (done.channels, done.unfound) == (2, 1)
    await half_sent.publish()
    (correction,) = half_sent.shown(LIVE)
    assert correction.embeds == []
    assert half_sent.shown(COUNT)[1].embeds != []


async def test_an_editor_who_sees_a_correction_there_is_told_what_is_not_edited(certified: Newsroom) -> None:
    await certified.corrections.correct(SERVER, 1, "the count is 95", WHO)
    await certified.forbid_history(LIVE)
    certified.will(LIVE, "lost answer")
    await certified.publish()
    assert (await decide(certified, "doubtful:there")).endswith("when corrected, and what it replaces is not edited.")


# Finding a post.


async def test_posts_are_found_by_number_and_by_words_newest_first(certified: Newsroom) -> None:
    await certified.take(reading(1000, 500))
    await certified.publish()

    async def found(typed: str, *, entries: bool = False) -> list[int]:
        return [
            post.number for post in await certified.corrections.matching(SERVER, typed, can_see_all, entries=entries)
        ]

    assert await found("") == [2, 1]
    assert await found("#1") == [1]
    assert await found("certified") == [1]
    assert await found("", entries=True) == [1]
    assert await found("nothing of the kind") == []
