"""The answers to /margin, **Everything known**, /certified and /recount about a contest's standing."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from bot.answers.history_words import CertifiedCount
from bot.answers.standing_answers_words import CertifiedStanding, recount_answer, standing_answer
from bot.answers.units_words import OutstandingFacts
from bot.count.certification import CertificationCount
from bot.count.reading import Reading
from bot.count.recount_line import RecountLine
from bot.desk.counties import counties_of
from bot.desk.desk_file import Contest
from bot.events.event import Event
from bot.feeds.polling import SourceHealth
from bot.feeds.receivers import Delivery
from bot.outcomes.certification_words import ResultsFacts
from bot.tally.standing_words import MarginFacts
from bot.wording.context import Setting
from bot.wording.message import render
from bot.wording.question import Question
from bot.wording.viewer import seen_by
from tests.answers.asked import MORNING, News, Says, ask, correct, entered, missing, take, words
from tests.conftest import EDITOR, START, Newsroom, reading, small_desk

DESK = small_desk()
TIMES, SECRETARY, _, _, NBC = DESK.sources
GEORGIA = DESK.contests[0]
MEASURE = GEORGIA.model_copy(update={"rule": "measure", "threshold": Fraction(3, 5)})
LINE = RecountLine(
    "GA",
    inclusive=True,
    share=Fraction(1, 200),
    denominator="all_votes",
    kind="on_request",
    who="a losing candidate",
    deadline="within two business days of certification",
    source="O.C.G.A. 21-2-495",
    as_of="2026-11-25",
    verified=True,
)
CITED = replace(LINE, cited_by="the Secretary of State (a paper, Aug. 2020) and a nonprofit (its page)")
UNVERIFIED = replace(LINE, verified=False, source="from memory")
CLOSE, AT_THE_LIMIT = reading(1000, 999, total=2000), reading(1700, 1717, 40)

RECOUNT = {
    "within": (
        {},
        "**Within Georgia's recount range:** Biden leads by 1 vote, 0.05 percentage points (limit 0.5). The limit comes to 10 votes, 9 more than the margin.\n",
    ),
    "within, at an earlier time": (
        {"taken": reading(1000, 999), "at": START + timedelta(minutes=5)},
        "As of 7:05 a.m.: **Within Georgia's recount range:** Biden leads by 1 vote, 0.05 percentage points (limit 0.5). The limit comes to 9 votes, 8 more than the margin.\n",
    ),
    "outside": (
        {"taken": reading(1010, 1100, 10)},
        "**Outside Georgia's recount range:** Trump leads by 90 votes, 4.27 percentage points (limit 0.5). The limit comes to 10 votes, 80 fewer than the margin.\n",
    ),
    "at the limit": (
        {"taken": AT_THE_LIMIT},
        "**Within Georgia's recount range:** Trump leads by 17 votes, 0.498 percentage points (limit 0.5). The limit comes to 17 votes, just the margin.\n",
    ),
    "no candidate's votes": ({"taken": reading(0, 0, total=100)}, "**No margin is known in Georgia,**"),
    "a measure": (
        {"contest": MEASURE},
        "**Recount range unknown in Georgia:** the rule asks for 60%, not a lead.",
    ),
    "a law that nobody has checked": (
        {"line": UNVERIFIED},
        "**Unverified: no one here has checked Georgia's recount law.**",
    ),
}


def recount(
    taken: Reading = CLOSE, line: RecountLine = LINE, contest: Contest = GEORGIA, at: datetime | None = None
) -> str:
    asked = Question(contest, EDITOR, Setting(DESK, (line,)), START, at)
    return words(render(recount_answer(MarginFacts(contest, TIMES, START, taken, at=at), asked)))


@pytest.mark.parametrize(("facts", "says"), RECOUNT.values(), ids=RECOUNT)
def test_recount_says_on_which_side_of_the_line_the_margin_is(facts: dict[str, Any], says: str) -> None:
    assert recount(**facts).startswith(says)


@pytest.mark.parametrize("line", [LINE, CITED], ids=["the law itself", "one that others cite"])
def test_recount_says_who_may_ask_and_where_the_law_is_from_in_short(line: RecountLine) -> None:
    assert recount(line=line).split("\n")[2:4] == [
        "Within the range, a losing candidate may ask for a recount within two business days of certification.",
        "Rule: O.C.G.A. 21-2-495; last read Nov. 25, 2026.",
    ]


COUNTIES = counties_of("GA")
NAMED = entered(units_certified={"units": [county.fips for county in COUNTIES[:96]], "of": 159})
ITS_OWN = reading(120, 100, 5, status="certified")
BELOW = (entered(certified=(96, 159)), entered(10, source="times", units_certified={"units": ["13067"]}))

CERTIFIED: dict[str, tuple[News, Says]] = {
    "nobody has said": (
        (),
        {
            "certified": "**Unknown: no source has said how many counties have certified in Georgia.**\n",
            "certified at 7:05": "**Unknown: no source had said how many counties have certified in Georgia by 7:05 a.m.**\n",
        },
    ),
    "a count": (
        (entered(certified=(92, 159)), entered(5, certified=(96, 159))),
        {
            "certified": "**Georgia: 96 of 159 counties certified,** the Secretary of State says; up from 92.\n-# Sec. of State, 7:05 a.m.",
            "certified at 7:02": "**Georgia: 92 of 159 counties certified,**",
        },
    ),
    "a reporter's higher count": (
        (entered(1, certified=(96, 159)), entered(2, certified=(97, 159), source="reporter")),
        {"certified": "**Georgia: 96 of 159 counties certified,** the Secretary of State says.\n"},
    ),
    "its own results": (
        (ITS_OWN,),
        {"certified": "**The Times calls its results certified, as of 7:05 a.m.**"},
    ),
    "names": (
        (NAMED,),
        {"certified": "**Georgia: 96 of 159 counties named as certified,** the Secretary of State says.\n-#"},
    ),
    "names by another source": (
        BELOW,
        {
            "certified": (
                "**Georgia: 96 of 159 counties certified,** the Secretary of State says",
                "\nNamed so far by the Times, as of 7:10 a.m.: Cobb County.\n",
            )
        },
    ),
}

EVERYTHING: dict[str, tuple[News, Says]] = {
    "a count": (
        (*MORNING, entered(certified=(96, 159))),
        {
            "known": (
                "\n**Biden** (D) 2,471,895 · 49.52%\n**Trump** (R) 2,457,794 · 49.23%\nLatest updates: ",
                "\nRecount: **Within Georgia's recount range:** Biden leads by 14,101 votes, 0.28 percentage points",
                "\nCertified: **Georgia: 96 of 159 ",
                "\nBallots left: **Unknown: no source has said ",
            ),
            "known at 7:30": "**At 7:30 a.m., Biden led in Georgia by 14,149 votes,**",
        },
    )
}


@pytest.mark.parametrize(("news", "says"), [*CERTIFIED.values(), *EVERYTHING.values()], ids=[*CERTIFIED, *EVERYTHING])
async def test_certified_and_everything_known(newsroom: Newsroom, news: News, says: Says) -> None:
    await take(newsroom, *news)
    newsroom.at(40)
    assert await missing(newsroom, says) == {}


async def test_certified_names_every_county(newsroom: Newsroom) -> None:
    await take(newsroom, NAMED)
    listed, left = (await ask(newsroom, "certified")).split("**Still due, with no date in the schedule:**")
    assert [county.short for county in COUNTIES[:96] if county.short not in listed] == []
    assert [county.short for county in COUNTIES[96:] if county.short not in left] == []


@pytest.mark.parametrize(
    ("news", "question", "words", "times"),
    [
        ((ITS_OWN,), "certified", "calls its results certified", 1),
        (BELOW, "certified", "the Times", 1),  # the number of those names is said by them
        (MORNING, "known at 7:30", "14,101", 0),
    ],
)
async def test_what_is_said_once_or_is_of_later_than_asked(
    newsroom: Newsroom, news: News, question: str, words: str, times: int
) -> None:
    await take(newsroom, *news)
    newsroom.at(40)
    assert (await ask(newsroom, question)).count(words) == times


async def test_certified_marks_a_count_whose_post_was_corrected_and_works_nothing_out_from_it(
    newsroom: Newsroom,
) -> None:
    await newsroom.follow()
    await take(newsroom, entered(-5, certified=(92, 159)), entered(certified=(96, 159)))
    await newsroom.publish()
    newsroom.at(2)
    await correct(newsroom, 1, "it is 95 counties, not 96")
    marked = "**Corrected (#2):** It is 95 counties, not 96."
    assert await ask(newsroom, "certified") == (
        f"**Georgia: 96 of 159 counties certified,** the Secretary of State says; up from 92. {marked}\n"
        "-# Sec. of State, 7 a.m."
    )
    assert await missing(newsroom, {"certified at 7:01": marked, "county Floyd": f"says, as of 7 a.m. {marked}"}) == {}
    assert marked not in await ask(newsroom, "margin")
    await take(newsroom, entered(3, certified=(95, 159)))
    newsroom.at(5)
    await newsroom.publish()
    said = await ask(newsroom, "certified")
    assert "95 of 159 counties certified,** the Secretary of State says.\n-# Sec. of State, 7:03 a.m." in said
    assert "96" not in said


@pytest.mark.parametrize(("left_out", "last"), [((), "Results certified, NBC News"), (("nbc",), "Georgia has until")])
def test_a_line_that_somebody_may_not_read_takes_no_room_in_everything_known(
    left_out: tuple[str, ...], last: str
) -> None:
    counts = (CertifiedCount(one, CertificationCount(92, 159), START, None) for one in (SECRETARY, TIMES))
    wall = (START + timedelta(days=9)).replace(tzinfo=None)
    deadline = Event(kind="deadline", title="Certification", wall=wall, zone="UTC", certifies="state")
    results = ResultsFacts(NBC, taken_back=False, as_of=START)
    certified = CertifiedStanding(tuple(counts), (deadline,), results=results)
    viewer = replace(EDITOR, left_out=frozenset(left_out))
    asked = Question(GEORGIA, viewer, Setting(DESK, left_out=viewer.left_out), START)
    facts = MarginFacts(contest=GEORGIA, source=TIMES, now=START, reading=None)
    answer = standing_answer(facts, (), certified, OutstandingFacts(TIMES, None, None, ()), asked)
    sections = {section.title: section.lines for section in seen_by(answer, viewer).card.blocks[0].sections}
    assert len(sections["Certified"]) == 3
    assert sections["Certified"][-1].text.startswith(last)


def test_everything_known_gives_a_law_that_nobody_has_checked_with_its_source() -> None:
    asked = Question(GEORGIA, EDITOR, Setting(DESK, (UNVERIFIED,)), START)
    outstanding = OutstandingFacts(TIMES, CLOSE, None, ())
    answer = standing_answer(
        MarginFacts(GEORGIA, TIMES, START, CLOSE), (), CertifiedStanding((), ()), outstanding, asked
    )
    (law,) = [section.lines for section in answer.blocks[0].sections if section.title == "Recount"]
    assert law[0].text.startswith("**Unverified")
    assert law[-1].text == "Rule: from memory; last read Nov. 25, 2026."


@pytest.mark.parametrize("question", ["margin", "known"])
async def test_figures_of_a_source_that_was_last_checked_long_ago_are_said_to_be_old(
    newsroom: Newsroom, question: str
) -> None:
    await newsroom.take(reading(1000, 900, 1))
    newsroom.at(30)
    assert "ago" not in await ask(newsroom, question)
    newsroom.at(150)
    assert "\nThe Times was last checked 2 hours, 29 minutes ago.\n-# " in await ask(newsroom, question)
    assert "ago" not in await ask(newsroom, f"{question} at 7:30")


@pytest.mark.parametrize("question", ["margin", "since 7:02", "recount"])
async def test_what_is_asked_of_an_earlier_time_says_nothing_of_a_later_check(
    newsroom: Newsroom, question: str
) -> None:
    await newsroom.take(reading(1000, 900, 1))
    newsroom.at(30)
    await newsroom.ingest.accept(Delivery("times", unchanged={("ga", "election")}))
    assert "checked 7:30 a.m." in (await ask(newsroom, question)).lower()
    assert "checked" not in await ask(newsroom, f"{question} at 7:05")


async def test_an_answer_that_rests_on_a_source_that_is_not_reached_says_so(newsroom: Newsroom) -> None:
    newsroom.health["times"] = SourceHealth(failures=3, failing_since=START)
    newsroom.at(9)
    assert "\nThe Times has not been reached since 7 a.m.\n" in await ask(newsroom, "margin")


async def test_a_margin_whose_post_was_corrected_says_so_until_it_moves(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await take(newsroom, reading(1000, 900, total=1900), entered(leader="biden", margin=101))
    await newsroom.publish()
    await correct(newsroom, 1, "The lead is 99.")
    await correct(newsroom, 2, "It is 98.")
    says = {
        "margin": (
            "**Biden leads in Georgia by 100 votes,** with 1,900 counted.\n**Corrected (#3):** The lead is 99.\n-#",
            "\nOther sources: The Secretary of State: Biden +101 (7 a.m., entered by staff); corrected in #4: It is 98\n",
        ),
        "since 6:50": "\n**7 a.m. update corrected (#3):** The lead is 99.\n-#",
    }
    assert await missing(newsroom, says) == {}
    await newsroom.take(reading(1010, 900, 5, total=1910))
    assert "**Corrected" not in await ask(newsroom, "margin")
