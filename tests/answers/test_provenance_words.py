"""The answers to /why about the origin of a post, and about what was not posted."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.answers.provenance_words import (
    NotPostedFacts,
    PostedReading,
    PostFate,
    PostProvenance,
    WaitingChange,
    not_posted_answer,
    threshold,
    why_answer,
)
from bot.app import post_kinds
from bot.count.change import compare
from bot.errors import BadInputError
from bot.feeds.receivers import Delivery
from bot.follows.preferences import FollowPreferences
from bot.wording.context import Setting
from bot.wording.message import render
from bot.wording.question import Question
from bot.wording.viewer import Viewer
from tests.answers.asked import ask, correct, entered, take
from tests.conftest import COUNT, EDITOR, LIVE, SERVER, Newsroom, delivery, reading, small_desk

AT = datetime(2020, 11, 11, 12, 35, tzinfo=UTC)
DESK = small_desk()


async def why(newsroom: Newsroom, number: int, viewer: Viewer = EDITOR) -> str:
    return render(await newsroom.questions.provenance.why(viewer, number)).content


@pytest.mark.parametrize(
    ("kind", "first_line"),
    [
        ("lead_change", "**#7 reports a lead change** at 7:35 a.m."),
        ("margin", "**#7 reports a margin change** at 7:35 a.m."),
        ("rundown", "**#7 is the morning list** of 7:35 a.m."),
        ("thread", "**#7 opens a contest's thread** at 7:35 a.m."),
    ],
)
def test_a_post_is_called_by_what_it_does(kind: str, first_line: str) -> None:
    setting = Setting(DESK)
    post = PostProvenance(1, 7, post_kinds(setting)[kind].does, None, None, AT, PostFate("sent"))
    assert render(why_answer([post], EDITOR, setting, AT)).content.split("\n")[0] == first_line


@pytest.mark.parametrize(
    ("move", "says"),
    [
        (
            PostedReading(AT, AT, None, 1, ignores_minimum=True),
            ["First figures, lead changes and revisions always post."],
        ),
        (
            PostedReading(AT, AT, None, 1, 48, 43, of_lead=True),
            ["The margin had moved by 48 votes since the post before; the minimum was 43 (0.3% of the lead)."],
        ),
        (
            PostedReading(AT, AT, None, 1, 600, 500),
            ["The margin had moved by 600 votes since the post before; the minimum was 500."],
        ),
        (
            PostedReading(AT, AT, None, 1, 1, 25),
            ["The margin had moved by 1 vote since the post before, below the minimum of 25 for a post at once."],
        ),
        (PostedReading(AT, AT, None, 1), []),
    ],
)
def test_the_move_of_the_margin_is_held_against_the_minimum(move: PostedReading, says: list[str]) -> None:
    assert threshold(move) == says


async def test_a_post_leads_back_to_its_reading(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 900, 1), reading(1000, 1100, 2))
    said = await why(newsroom, 2)
    assert said.startswith("**#2 reports a lead change.**\nFrom the Times' figures as of 7:02 a.m.\nFirst figures, ")
    assert f"Posted in <#{COUNT}> ([#2](" in said


@pytest.mark.parametrize(("number", "sees"), [(9, True), (1, False)])
async def test_a_post_that_is_none_or_in_a_channel_that_who_asks_does_not_see_is_refused(
    newsroom: Newsroom, number: int, sees: bool
) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 900, 1))
    with pytest.raises(BadInputError, match=f"there is no #{number} in this newsroom, or none that you can see"):
        await why(newsroom, number, replace(EDITOR, sees=lambda _: sees))


async def test_the_minimum_is_the_one_that_was_set_when_it_was_posted(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(15000, 900, 1), reading(15048, 900, 2))
    said = await why(newsroom, 2)
    assert "the minimum was 43 (" in said
    await newsroom.follow(least=500)
    assert await why(newsroom, 2) == said
    await newsroom.post(reading(15648, 900, 3))
    await newsroom.following.unfollow("ga", SERVER, COUNT, "Olga")
    assert "the minimum was 500." in await why(newsroom, 3)


async def test_a_batch_that_waits_is_named_with_the_numbers_and_told_of_once_it_is_posted(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 900, 1, units={"Wheeler": {"total": 100}}))
    await newsroom.take(reading(1010, 900, 2, units={"Wheeler": {"total": 110}}))
    assert (
        f"**Not posted yet in <#{COUNT}>:** the margin moved by 10 votes; the minimum is 25. It will be in a post by 8:02 a.m.\n"
        "> **7:02 a.m.** +10 (Biden 10), Wheeler County; Biden +110 (+10)\n"
    ) in await ask(newsroom, "why")
    for number, says in (
        (2, "**#2, at 8:02 a.m., reports a change that had waited since 7:02 a.m.**\nFrom the Times' figures as of"),
        (3, "**#3, at 9:03 a.m., reports changes that had waited since 8:03 a.m.**\nFrom the Times' figures as of"),
    ):
        newsroom.at(62 if number == 2 else 123)
        await newsroom.ingest.roll_up()
        await newsroom.publish()
        assert (await why(newsroom, number)).startswith(says)
        await newsroom.take(reading(1020, 900, 63), reading(1030, 900, 70))


@pytest.mark.parametrize(
    ("preferences", "minute", "says"),
    [
        (
            {"without": ("margin",)},
            31,
            "the margin moved by 40 votes, past the minimum of 25; changes are being posted together.",
        ),
        ({"quiet": (7 * 60, 8 * 60 + 30)}, 31, "quiet hours until 8:30 a.m.\n> **7:31 a.m.** +40"),
    ],
)
async def test_a_batch_that_waits_for_the_channels_preferences_says_for_what(
    newsroom: Newsroom, preferences: dict[str, object], minute: float, says: str
) -> None:
    await newsroom.follow(preferences=FollowPreferences.model_validate(preferences))
    await newsroom.post(reading(1000, 900, 1))
    await newsroom.take(reading(1040, 900, minute))
    assert f"**Not posted yet in <#{COUNT}>:** {says}" in await ask(newsroom, "why")


@pytest.mark.parametrize(("left_out", "reads"), [((), True), (("ga-sos",), False)])
def test_who_may_not_read_of_a_source_reads_of_none_of_its_changes_that_wait(
    left_out: tuple[str, ...], reads: bool
) -> None:
    change = compare(reading(1000, 900, source="ga-sos"), reading(1003, 900, 1, source="ga-sos"))
    assert change is not None
    waits = WaitingChange(9, AT, AT, (change,), 3, 25)
    facts = NotPostedFacts((), (waits,), (), None, {}, followed=True)
    asked = Question(DESK.contests[0], replace(EDITOR, left_out=frozenset(left_out)), Setting(DESK), AT)
    said = render(not_posted_answer(facts, asked)).content
    assert ("moved by 3 votes" in said, "(Biden 3)" in said) == (reads, reads)


async def test_what_was_held_ignored_or_refused_is_told_with_times_by_the_desks_clock(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 900, 1), reading(990, 900, 2))
    await newsroom.ingest.accept(delivery([reading(1, 1, -5), reading(2000, 900, 90)]))
    await newsroom.ingest.accept(Delivery("times", refusals=["contests.3: votes: should be a whole number"]))
    said = await ask(newsroom, "why")
    for line in (
        "**Held:** the Times, 7:02 a.m.: the count went down",
        "**Ignored:** the Times, 8:30 a.m.: as of 8:30 a.m., which is still ahead.",
        "**Ignored:** the Times, 6:55 a.m.: older than the reading as of 7:02 a.m.",
        "**Refused:** the Times",
    ):
        assert f"\n{line}" in said


async def test_a_post_that_went_out_in_one_channel_says_beside_it_where_it_did_not_and_why(newsroom: Newsroom) -> None:
    await newsroom.follow(COUNT)
    await newsroom.follow(LIVE)
    await newsroom.post(reading(1000, 900, 1))
    await newsroom.database.write(
        lambda one: one.execute(
            "UPDATE outbox SET state = 'dropped', why = 'nobody published it before 8 a.m.' WHERE channel = ?", (COUNT,)
        )
    )
    posted = (await why(newsroom, 1)).partition(f"Posted in <#{LIVE}> ([#1]")[2]
    assert posted.split("\n")[1] == f"Not in <#{COUNT}>: nobody published it before 8 a.m."


async def test_what_staff_typed_is_quoted_to_the_desk_alone_and_not_where_the_public_reads(newsroom: Newsroom) -> None:
    await newsroom.follow()
    typed = "Jo in the back office says Biden leads by 14,000 votes, she wants no credit"
    await newsroom.post(reading(14_101, 0))
    await take(newsroom, entered(leader="biden", margin=14_000, words=typed))
    await newsroom.publish()
    assert f'As typed: "{typed}"' in await why(newsroom, 2)
    for others in (replace(EDITOR, desk=False, newsroom=False), replace(EDITOR, public=True)):
        said = await why(newsroom, 2, others)
        assert "entered by someone in the newsroom" in said
        assert not [word for word in ("Jo", "Olga") if word in said]


async def test_a_correction_is_the_desks_own_word(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 900, 1))
    await correct(newsroom, 1, "The lead is 100.")
    said = await why(newsroom, 2)
    assert said.startswith(
        "**#2 corrects a post of ours** at 7:01 a.m. It is the newsroom's own post: Olga entered it.\n"
    )
    assert "the Times" not in said
    assert "\nIt replaces #1.\n" in said
