"""Calls from staff and feeds: each change of a call is one post, with the caller's own verb."""

from typing import Any

import pytest

from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.feeds.pushes_store import PushRow
from bot.wording.card import Card
from tests.conftest import AWAY, COUNT, LIVE, OTHER_SERVER, SERVER, START, WHO, Newsroom, question_in, reading
from tests.entries.conftest import DESK, OLGA, let_public_read, read_by_all

CALLED: dict[str, Any] = {"call": "Called", "winners": ["biden"]}


@pytest.fixture
async def following(following: Newsroom) -> Newsroom:
    """Return a newsroom that follows Georgia in two channels. Another server follows Georgia, too."""
    await following.follow(LIVE)
    return following


async def repeat(newsroom: Newsroom, server: int = SERVER, caller: str = "ap", *, on: bool = True) -> str:
    return await newsroom.calling.repeat(server, caller, WHO, on=on)


def by_ap(minute: float, biden: int = 1000, **says: Any) -> Reading:
    """Return a reading of AP's that reports an outcome."""
    return reading(biden, 500, minute, source="ap", says=says)


async def draft(newsroom: Newsroom, caller: str, says: str, minute: float = 0, **more: Any) -> Card:
    newsroom.at(minute)
    contest = newsroom.following.contest("ga")
    return await newsroom.calling.add(OLGA, contest, caller, says, **more)  # type: ignore[arg-type]  # what a form may send


async def enter(newsroom: Newsroom, caller: str, says: str, minute: float = 0, **more: Any) -> int:
    """Enter a call, and return the entry's id."""
    card = await draft(newsroom, caller, says, minute, **more)
    await newsroom.enter(OLGA, card)
    return int(card.buttons[0].key.split(":")[1])


async def calls(newsroom: Newsroom, channel: int = COUNT) -> list[str]:
    return [row.headline for row in await newsroom.posts(channel) if row.kind == "call"]


async def listed(newsroom: Newsroom) -> str:
    return read_by_all(await newsroom.calling.listed(await question_in(newsroom.questions)))


# Entered by staff.


@pytest.mark.parametrize(
    ("caller", "says", "sentence"),
    [
        ("ap", {}, "**The AP has called Georgia for Biden** (as of 7:40 a.m.)."),
        ("ap", {"as_of": START}, "**The AP called Georgia for Biden** at 7 a.m."),  # somebody said when
        ("nbc", {}, "**NBC News has projected Biden as the winner in Georgia** (as of 7:40 a.m.)."),
        ("ap", {"verb": "declared"}, "**The AP has declared Biden the winner in Georgia** (as of 7:40 a.m.)."),
        (
            "nbc",
            {"verb": "apparent_winner"},
            "**NBC News has named Biden the apparent winner in Georgia** (as of 7:40 a.m.).",
        ),
    ],
)
async def test_each_caller_has_its_own_word_and_time_shown_before_it_goes_out(
    following: Newsroom, caller: str, says: dict[str, Any], sentence: str
) -> None:
    card = await draft(following, caller, "called", 40, candidate="biden", **says)
    assert card.headline.startswith("**New entry: President**, Georgia\n**This will go out in <#")  # when, and all else
    assert card.headline.endswith(f"\n> {sentence}")
    assert await following.posts() == []
    await following.enter(OLGA, card)
    assert await calls(following) == [sentence]
    row, other = (await following.posts())[:2]
    assert not row.quiet
    assert row.number == other.number  # the same in both channels
    assert await calls(following, AWAY) == []


@pytest.mark.parametrize(
    ("says", "posted", "answer"),
    [
        ("too_close", ["**The AP says Georgia is too close to call** as of 7 a.m."], ""),
        ("too_early", [], "The AP says Georgia is too early to call as of 7 a.m."),
    ],
)
async def test_too_close_and_too_early_are_only_somebody_s_word(
    following: Newsroom, says: str, posted: list[str], answer: str
) -> None:
    await enter(following, "ap", says)
    assert await calls(following) == posted
    assert answer in await listed(following)


async def test_calls_of_an_earlier_time_are_those_that_there_were(following: Newsroom) -> None:
    await enter(following, "ap", "called", 60, candidate="biden")
    questions = following.questions
    before = await following.calling.listed(await question_in(questions, at="7:30 a.m."))
    after = await following.calling.listed(await question_in(questions))
    assert before.headline == "As of 7:30 a.m.: **No call of Georgia is on record.**"
    assert after.headline.startswith("**Calls in Georgia.** Only calls that staff enter are posted")
    assert before.share == after.share is not None


async def test_a_call_that_nobody_has_on_record_is_not_taken_back(following: Newsroom) -> None:
    refused = "no call of Georgia by NBC News is on record, so there is nothing to withdraw; `/calls` lists the calls"
    await enter(following, "ap", "called", candidate="biden")
    with pytest.raises(BadInputError, match=refused):
        await draft(following, "nbc", "none")
    await enter(following, "nbc", "too_close")  # no call either
    with pytest.raises(BadInputError, match=refused):
        await draft(following, "nbc", "none", 1)
    await enter(following, "nbc", "called", 2, candidate="biden")
    await enter(following, "nbc", "none", 3)
    with pytest.raises(BadInputError, match=refused):
        await draft(following, "nbc", "none", 4)


async def test_the_same_call_twice_is_one_post_and_callers_do_not_speak_for_one_another(following: Newsroom) -> None:
    await enter(following, "nbc", "called", candidate="biden")
    await enter(following, "ap", "called", 1, candidate="biden")
    await enter(following, "ap", "called", 2, candidate="biden", verb="declared")
    assert len(await calls(following)) == 2
    said = await listed(following)
    assert ("The AP has declared Biden" in said, "NBC News has projected Biden" in said) == (True, True)


async def test_a_call_that_its_caller_takes_back_reaches_back_to_the_post(following: Newsroom) -> None:
    await enter(following, "ap", "called", candidate="biden")
    await following.publish()
    await enter(following, "ap", "none", 30)
    await following.publish()
    first, second = following.contents(COUNT)
    assert (
        second
        == "**The AP has withdrawn its call of Georgia for Biden** (as of 7:30 a.m.).\n-# #2 · the AP, 7:30 a.m. · see #1"
    )
    assert first.startswith("**Withdrawn; see [#2]")
    assert first.split("\n")[0].endswith(f").** {second.splitlines()[0]}")
    assert "~~**The AP has called Georgia for Biden** (as of 7 a.m.).~~" in first
    assert "The AP has withdrawn its call of Georgia for Biden, as of 7:30 a.m." in await listed(following)


async def test_a_call_of_another_candidate_takes_the_first_back_in_the_same_post(following: Newsroom) -> None:
    await enter(following, "ap", "called", candidate="biden")
    await enter(following, "ap", "called", 30, candidate="trump")
    assert (await calls(following))[-1].endswith("it was made at 7 a.m. or earlier. It now says: Georgia for Trump.")


async def test_a_mistake_of_the_desk_is_undone_and_the_call_is_gone_from_every_answer(following: Newsroom) -> None:
    key = await enter(following, "ap", "called", candidate="biden")
    await following.decisions.undo(OLGA, key)
    await following.publish()
    assert "No call of Georgia is on record." in await listed(following)
    assert following.contents(COUNT) == []


async def test_a_call_that_waits_for_publish_is_not_published_once_it_is_withdrawn(following: Newsroom) -> None:
    await let_public_read(following)
    await enter(following, "ap", "called", 30, candidate="biden")
    await following.publish()
    await enter(following, "ap", "none", 31)
    await following.publish()
    first, second = [row for row in await following.posts(COUNT) if row.state == "awaiting"]
    said = await following.queue.press("publish", first.id, SERVER, WHO)
    link = f"[#{second.number}](https://discord.com/channels/{SERVER}/{DESK}/"
    assert said.startswith(f"#{first.number} is out of date: {link}")
    assert f"which also waits, says what has changed. Discard #{first.number}, and read {link}" in said
    assert (await following.queue.press("drop", first.id, SERVER, WHO)).startswith("**Discarded.**")
    assert (await following.queue.press("publish", second.id, SERVER, WHO)).startswith("**Published:**")


async def test_an_older_word_entered_late_is_kept_and_not_posted(following: Newsroom) -> None:
    await enter(following, "ap", "called", 30, candidate="biden")
    await enter(following, "ap", "too_close", 31, as_of=START)
    assert len(await calls(following)) == 1
    assert "The AP has called Georgia for Biden" in await listed(following)


@pytest.mark.parametrize(
    ("caller", "says", "candidate", "why"),
    [
        ("times", "called", "biden", 'no source is called "times"; there is the AP or NBC News'),
        ("fox", "called", "biden", "no source is called"),
        ("ap", "called", None, "who did the AP call it for. Biden or Trump"),
        (
            "ap",
            "called",
            "washington",
            'no candidate of President is called "washington"; there is Joseph R. Biden or Donald J. Trump',
        ),
        ("ap", "too_close", "biden", "names no candidate"),
        ("ap", "called", "biden, trump", "has 1 to be called, not 2"),
    ],
)
async def test_what_can_not_be_a_call_is_refused(
    following: Newsroom, caller: str, says: str, candidate: str | None, why: str
) -> None:
    with pytest.raises(BadInputError, match=why):
        await draft(following, caller, says, candidate=candidate)
    assert await following.posts() == []


# By a feed.


async def test_a_call_of_a_feed_is_stored_and_answered_and_by_default_not_posted(following: Newsroom) -> None:
    await following.take(by_ap(0, call="Uncalled"), by_ap(40, **CALLED))
    assert await calls(following) == []
    assert "The AP called Georgia for Biden at 7:40 a.m." in await listed(following)
    assert "Only calls that staff enter are posted" in await listed(following)


@pytest.fixture
async def repeating(following: Newsroom) -> Newsroom:
    """Return a newsroom that posts AP's calls automatically. AP's first reading had no call."""
    assert "posted automatically" in await repeat(following)
    await following.take(by_ap(0, call="Uncalled"))
    return following


async def test_it_is_one_post_when_it_changes_and_none_while_it_stays(repeating: Newsroom) -> None:
    await repeating.take(by_ap(40, **CALLED), by_ap(41, 1001, **CALLED), by_ap(42, 1002, **CALLED))
    assert await calls(repeating) == ["**The AP called Georgia for Biden** at 7:40 a.m."]
    assert await calls(repeating, LIVE) == await calls(repeating)
    assert await calls(repeating, AWAY) == []  # that server does not repeat the AP


async def test_a_call_that_was_there_when_the_feed_was_first_read_is_answered_and_not_posted(
    following: Newsroom,
) -> None:
    await repeat(following)
    await following.take(by_ap(40, **CALLED))
    assert await calls(following) == []
    assert "The AP has called Georgia for Biden (as of 7:40 a.m.)." in await listed(following)


async def test_an_un_call_is_posted_in_the_open_and_reaches_back(repeating: Newsroom) -> None:
    await repeating.post(by_ap(40, **CALLED))
    await repeat(repeating, on=False)  # readers who were told are told, whatever holds now
    await repeating.post(by_ap(50, call="Uncalled"))
    first, second = repeating.contents(COUNT)
    said, small = second.split("\n")
    assert said.endswith("withdrew its call of Georgia for Biden** at 7:50 a.m.; it was made at 7:40 a.m.")
    assert small == "-# #2 · the AP, 7:50 a.m. · see #1"
    assert first.startswith("**Withdrawn; see [#2]")
    assert first.split("\n")[0].endswith(f").** {said}")


async def test_an_un_call_of_what_was_never_posted_is_not_posted(following: Newsroom) -> None:
    await following.take(by_ap(0, call="Uncalled"), by_ap(40, **CALLED), by_ap(50, call="Uncalled"))
    assert await calls(following) == []


async def test_a_feed_that_comes_to_what_the_desk_had_entered_posts_nothing_again(repeating: Newsroom) -> None:
    await repeat(repeating, OTHER_SERVER)
    await enter(repeating, "ap", "called", 30, candidate="biden")
    await repeating.take(by_ap(40, **CALLED))
    assert (len(await calls(repeating)), len(await calls(repeating, AWAY))) == (1, 1)


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(by_ap(20, 999, call="Uncalled"), id="an older reading"),
        pytest.param(by_ap(41, 1001, call="Called"), id="one that contradicts itself"),
    ],
)
async def test_a_call_is_taken_back_by_no_reading_that_does_not_say_so(repeating: Newsroom, later: Reading) -> None:
    await repeating.take(by_ap(40, **CALLED), later)
    assert len(await calls(repeating)) == 1
    assert "called Georgia for Biden" in await listed(repeating)


async def test_votes_that_are_held_hold_no_call(following: Newsroom) -> None:
    await repeat(following)
    await following.take(by_ap(0, 2000, call="Uncalled"), by_ap(40, 1000, **CALLED))
    assert (await following.verdicts())[-1][0] == "held"
    assert len(await calls(following)) == 1


async def test_a_backlog_never_merges_a_call_away(repeating: Newsroom) -> None:
    await repeating.take(reading(1000, 500), by_ap(40, **CALLED), reading(2000, 500, 41))
    repeating.wall.move(600)
    await repeating.take(reading(3000, 500, 42), by_ap(50, call="Uncalled"))
    await repeating.publish()
    shown = repeating.contents(COUNT)
    assert sum("called Georgia" in text or "withdrew its call" in text for text in shown) == 2


async def test_repeating_is_asked_of_callers_and_audited_once(following: Newsroom) -> None:
    await repeat(following)
    assert "No change" in await repeat(following)
    with pytest.raises(BadInputError, match="no source is called"):
        await repeat(following, caller="times")
    rows = await following.database.rows("SELECT server, what, why, after FROM audit WHERE what = 'calls posted'")
    assert rows == [(SERVER, "calls posted", "ap", "true")]


# In answers.


async def test_answers_have_calls_and_boards_only_those_that_the_newsroom_repeats(newsroom: Newsroom) -> None:
    await newsroom.follow(board=True)
    await newsroom.take(reading(1000, 500), by_ap(0, call="Uncalled"), by_ap(1, **CALLED))
    facts = await newsroom.boards._standings.margin(newsroom.following.contest("ga"), SERVER, reader="newsroom")
    assert [(one.source.id, one.posted) for one in facts.calls] == [("ap", False)]
    await newsroom.boards.look()
    boards = [embeds for (embeds,) in await newsroom.database.rows("SELECT embeds FROM outbox WHERE kind = 'board'")]
    assert boards
    assert not any("called Georgia" in embeds for embeds in boards)


async def push(newsroom: Newsroom, minute: float, call: dict[str, Any]) -> None:
    newsroom.at(minute)
    said = {"source": "ap", "contest": "ga", "as_of": newsroom.clock.now(), "call": call}
    key = f"push-{minute}"
    row = PushRow("ap", key, b"", 200, "{}", 0)
    await newsroom.statements.take_in_pushed(Statement.model_validate(said), lambda _: row)


async def test_a_call_that_is_pushed_is_like_one_of_a_feed(following: Newsroom) -> None:
    await push(following, 1, {"says": "called", "candidates": ["biden"]})
    assert await calls(following) == []
    assert "The AP called Georgia for Biden at 7:01 a.m." in await listed(following)
    facts = await following.boards._standings.margin(following.following.contest("ga"), SERVER, reader="newsroom")
    assert [one.posted for one in facts.calls] == [False]
    await repeat(following)
    await push(following, 2, {"says": "called", "candidates": ["trump"]})
    assert (await calls(following))[-1].endswith("It now says: Georgia for Trump.")
