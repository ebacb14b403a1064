"""The copy in an answer to /draft, and the notes beside it."""

import re

import pytest

from bot.answers.copy_words import copy_of_count
from bot.answers.history_words import CertifiedCount
from bot.count.certification import CertificationCount
from bot.errors import BadInputError
from bot.tally.standing_words import MarginFacts
from bot.wording.context import Setting
from bot.wording.message import render
from bot.wording.question import Question
from tests.answers.asked import MORNING, News, Says, ask, correct, entered, missing, take
from tests.conftest import EDITOR, START, Newsroom, OpenNewsroom, reading, small_desk

COPY: dict[str, tuple[News, float, Says]] = {
    "a change of the last minutes": (
        MORNING,
        65,
        {
            "draft": (
                "Biden's lead in Georgia narrows to 14,101 votes",
                "Source: the Times.",
                "Votes changed 7:35 a.m., checked 7:35 a.m.\nthe Times, 7:35 a.m.",
            ),
            "draft at 7:10": ("Biden led Trump by 14,149 votes in Georgia", "Copy as of 7:10 a.m.\n"),
        },
    ),
    "an hour later it is no news": (MORNING, 95, {"draft": "Biden leads Trump by 14,101 votes in Georgia"}),
    "a later reading is held": (
        (reading(1000, 500, 0), reading(900, 500, 5)),
        5,
        {"draft": "\nLater figures are on hold: the count went down"},
    ),
}


@pytest.mark.parametrize(("news", "minute", "says"), COPY.values(), ids=COPY)
async def test_copy(newsroom: Newsroom, news: News, minute: float, says: Says) -> None:
    await take(newsroom, *news)
    newsroom.at(minute)
    assert await missing(newsroom, says) == {}
    copied = re.split("\nVotes |\nCopy as of", await ask(newsroom, "draft"))[0]
    assert "**" not in copied
    assert "hold" not in copied


async def test_copy_gives_each_source_its_time_and_the_credit_that_it_demands(open_newsroom: OpenNewsroom) -> None:
    demanded = {"times": "The New York Times", "ga-sos": "Georgia Secretary of State"}
    desk = small_desk()
    sources = [one.model_copy(update={"credit": demanded.get(one.id)}) for one in desk.sources]
    newsroom = await open_newsroom(desk.model_copy(update={"sources": sources}))
    await take(newsroom, MORNING[-1], entered(5, certified=(96, 159)))
    newsroom.at(95)
    copied = await ask(newsroom, "draft")
    assert "had certified their results as of 7:05 a.m. " in copied
    assert "\n\nSources: The New York Times; Georgia Secretary of State.\n" in copied


def test_copy_however_long_says_rehearsal_unofficial_and_its_source() -> None:
    desk, place = small_desk(), "the Honourable Consolidated Unified District of " + "Longname " * 3
    contest, (times, secretary, *_) = desk.contests[0].model_copy(update={"where": place}), desk.sources
    asked = Question(contest, EDITOR, Setting(desk, rehearsal=True), START)
    certified = CertifiedCount(secretary, CertificationCount(96, 159), START, None)
    facts = MarginFacts(contest, times, START, MORNING[0])
    said = render(copy_of_count(facts, None, certified, (), asked)).content
    assert said.startswith("REHEARSAL. ")
    assert "nofficial" in said
    assert said.endswith("Source: the Times.")


async def test_copy_of_a_contest_led_by_an_inside_source_is_refused(open_newsroom: OpenNewsroom) -> None:
    desk = small_desk()
    sources = [one.model_copy(update={"public": one.id != "times"}) for one in desk.sources]
    newsroom = await open_newsroom(desk.model_copy(update={"sources": sources}))
    with pytest.raises(BadInputError, match="for the newsroom only"):
        await ask(newsroom, "draft")


async def test_copy_leaves_out_a_count_whose_post_was_corrected(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await take(newsroom, reading(1000, 900), entered(-5, certified=(92, 159)), entered(certified=(96, 159)))
    await newsroom.publish()
    newsroom.at(2)
    assert "96 of Georgia's 159 counties certify results" in await ask(newsroom, "draft")
    await correct(newsroom, 2, "it is 95 counties, not 96")
    copied, *notes = (await ask(newsroom, "draft")).split("\n")
    assert "certif" not in copied
    assert "Left out: 96 of 159 counties certified, corrected in #3: It is 95 counties, not 96." in notes
    await take(newsroom, entered(3, certified=(95, 159)))
    newsroom.at(5)
    await newsroom.publish()
    assert "95 of Georgia's 159" in await ask(newsroom, "draft")


async def test_copy_is_refused_of_a_margin_whose_post_was_corrected_until_it_moves(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 900, total=1900))
    await correct(newsroom, 1, "The lead is 99.")
    assert await ask(newsroom, "draft") == (
        "**Nothing to copy:** our post that Biden leads in Georgia by 100 was corrected in #2: The lead is 99. "
        "/margin has the source's figures.\n-# the Times, 7 a.m."
    )
    await newsroom.take(reading(1010, 900, 5, total=1910))
    assert "Votes changed" in await ask(newsroom, "draft")


async def test_copy_says_when_the_lead_was_taken_that_night_unless_that_post_was_corrected(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(reading(900, 1000))
    await newsroom.post(reading(1100, 1000, 2))
    await take(newsroom, reading(1101, 1000, 4))
    assert "after taking the lead at 7:02 a.m., according" in await ask(newsroom, "draft")
    await correct(newsroom, 2, "Those were absentee ballots.")
    assert "the lead" not in await ask(newsroom, "draft")
