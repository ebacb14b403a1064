"""The answers to /county and /outstanding about one reporting unit and about the ballots left."""

from dataclasses import replace
from fractions import Fraction

import pytest

from bot.answers.units_words import (
    BallotsLeft,
    BallotsLeftTotal,
    CountyFacts,
    OutstandingFacts,
    UnitUpdate,
    county_answer,
    left_beside,
    outstanding_answer,
    unit_added,
)
from bot.count.statement import Statement
from bot.desk.counties import counties_of
from bot.errors import BadInputError
from bot.wording.context import Setting, contest_context
from bot.wording.corrected import Corrected
from bot.wording.message import render
from bot.wording.question import Question
from bot.wording.viewer import seen_by
from tests.answers.asked import MORNING, News, Says, ask, correct, entered, missing, take
from tests.conftest import EDITOR, START, Newsroom, reading, small_desk

DESK = small_desk()
GEORGIA = DESK.contests[0]
TIMES, SECRETARY, *_ = DESK.sources
COUNT = reading(1100, 1000, 5)


def left(ballots: int, minute: float = 0, *units: str, **fields: object) -> Statement:
    """Return a statement about ballots left, in the whole contest or in counties.

    The field `type` is the kind of ballots.
    """
    kind = {"type": fields.pop("type")} if "type" in fields else {}
    return entered(minute, outstanding={"ballots": ballots, "units": units, **kind}, **fields)


BETWEEN = (reading(1000, 990, 0), reading(1010, 1100, 10), left(300))
COBB, COBB_IN = (
    {"Cobb": {"total": 500 + more, "reported": [1 + more // 100, 2]}, "Floyd": {"total": 9}} for more in (0, 100)
)
OWN = [{"ballots": 70, "type": "early"}, {"ballots": 60, "units": ["Floyd"], "type": "early"}]

OUTSTANDING: dict[str, tuple[News, Says]] = {
    "nobody has said": (
        (),
        {
            "outstanding": "**Unknown: no source has said how many ballots are left in Georgia.**\n",
            "outstanding at 7:05": "**Unknown: no source had said how many ballots are left in Georgia by 7:05 a.m.**\n",
        },
    ),
    "everything is certified": (
        (COUNT, left(300), entered(6, certified=(159, 159))),
        {"outstanding": "**Unknown: no source has said how many ballots are left"},
    ),
    "an estimate of the source": (
        (reading(1100, 1000, 5, expected_total=2400),),
        {
            "outstanding": "are left in Georgia.**\nThe Times expects 2,400 votes in all, an estimate: 300 more than are counted, as of 7:05 a.m.\n"
        },
    ),
    "votes have come in since": (
        (COUNT, left(300, 6), reading(1300, 1020, 10)),
        {
            "outstanding": (
                "**As of 7:06 a.m., 300 ballots were left in Georgia,** by the Secretary of State; 220 votes have come in since. Biden leads by 280 votes.\n-#",
                "**Georgia:** 300 ballots left (the Secretary of State, 7:06 a.m., entered by staff); 220 votes have come in since",
            ),
            "outstanding at 7:06": "As of 7:06 a.m.: **Biden leads by 100 votes in Georgia, with 300 ballots left,** by the Secretary of State",
        },
    ),
    "votes have come in since, at an earlier time": (
        BETWEEN,
        {
            "outstanding": "**As of 7 a.m., 300 ballots were left in Georgia,**",
            "outstanding at 7:05": "As of 7:05 a.m.: **Biden leads by 10 votes in Georgia, with 300 ",
            "outstanding at 7:15": "As of 7:15 a.m.: **300 ballots were left in Georgia at 7 a.m.,** by the Secretary of State; 120 votes have come in since.",
        },
    ),
    "a county that has reported since": (
        (
            reading(1100, 1000, 5, units=COBB),
            left(100, 6, "Cobb"),
            left(30, 7, "Floyd"),
            reading(1150, 1050, 10, units=COBB_IN),
        ),
        {
            "outstanding": (
                "**As of 7:06 a.m., 130 ballots were reported left in two counties;** 100 votes have come in from there since, and there may be ballots elsewhere. Biden leads by 100 votes in Georgia.\n-#",
                "\n**Floyd County:** 30 ballots left (the Secretary of State, 7:07 a.m., entered by staff)\n",
                "\n**Cobb County:** 100 ballots left (the Secretary of State, 7:06 a.m., entered by staff); 100 votes have come in from there since, and all its precincts have reported",
            )
        },
    ),
    "one kind of ballot": (
        (COUNT, left(300, type="provisional")),
        {"outstanding": "**One figure for ballots left is known,** for one kind of ballot."},
    ),
    "a source's own figures": (
        (reading(1100, 1000, 5, outstanding=OWN),),
        {
            "outstanding": (
                "**Floyd County:** 60 advance ballots left (the Times, 7:05 a.m.)",
                "**Georgia:** 70 advance ballots left (the Times, 7:05 a.m.)",
            )
        },
    ),
    "places, with no ballot twice": (
        (
            COUNT,
            left(100, 0, "Cobb"),
            left(50, -60, "Cobb", source="reporter"),
            left(30, 0, "Floyd", type="absentee-mail"),
        ),
        {
            "outstanding": (
                "**As of 7 a.m., 130 ballots were reported left in two counties.** How many votes have come in since is unknown, and there may be ballots elsewhere. Biden leads by 100 votes in Georgia.\n",
                "**Floyd County:** 30 absentee ballots left (the Secretary of State, 7 a.m., entered by staff)",
            )
        },
    ),
    "more places than it lists": (
        (COUNT, *(left(10, 0, county.short) for county in counties_of("GA"))),
        {
            "outstanding": (
                "**As of 7 a.m., 1,590 ballots were reported left in 159 counties.**",
                "and 134 older figures for ballots left.",
            )
        },
    ),
    "the whole, and one of its places": (
        (COUNT, left(300, 6), left(60, 6, "Floyd")),
        {
            "outstanding": (
                "**Biden leads by 100 votes in Georgia, with 300 ballots left,** by ",
                "**Floyd County:** 60 ballots left",
            )
        },
    ),
    "no votes yet": (
        (reading(0, 0, 5), left(300)),
        {"outstanding": "**No votes are in yet in Georgia, with 300 ballots left,** by "},
    ),
}

UNNAMED = "Certification unknown: no source names this county."
IN_ALL = (*MORNING, entered(certified=(96, 159)))
PARTS = reading(100, 90, 1, units={"Bibb": {"reported": [0, 3]}, "Ware": {"votes": {"biden": 7}}})

COUNTY: dict[str, tuple[News, Says]] = {
    "its count": (
        MORNING,
        {
            "county floyd county": (
                "**Floyd County: Trump leads by 16,989 votes,** with 41,234 counted",
                "\nLatest update: 74 votes (Trump 61, Biden 13), as of 7:35 a.m.\n",
                "\n25 of 25 precincts have reported.",
                "\nUnofficial. Checked ",
            ),
            "county Floyd at 7:05": "As of 7:05 a.m.: **Floyd ",
            "county Cobb": "**Cobb County: no figures.** No county totals",
        },
    ),
    "next to nothing": (
        (PARTS,),
        {
            "county Bibb": "**Bibb County: no figures.**\n-# the Times, 7:01 a.m.",
            "county Ware": "**Ware County: 7 votes counted.**\n",
        },
    ),
    "only what came last": (
        (reading(1000, 900), reading(1010, 900, 5, unit_batch={"DeKalb": 10})),
        {
            "county Dekalb": "**DeKalb County added 10 votes at 7:05 a.m.** (Biden 10). Its total is unknown: no county totals from the Times.\n-# the Times, 7:05 a.m."
        },
    ),
    "ballots left": (
        (*MORNING, left(444, 0, "Floyd County", source="reporter")),
        {
            "county Floyd": "\n444 ballots left (our reporter, 7 a.m.); 74 votes have come in from there since, and all its precincts have reported"
        },
    ),
    "a count of the counties that have certified, and a reporter's": (
        (*IN_ALL, entered(10, source="reporter", certified=(97, 159))),
        {"county Floyd": f"{UNNAMED} In all, 96 of 159 counties certified"},
    ),
    "all have certified": (
        (*IN_ALL, left(444, 0, "Floyd County"), entered(50, certified=(159, 159))),
        {"county Floyd": "Certified: all 159 counties have, the Secretary of State says, as of 7:50 a.m."},
    ),
}


@pytest.mark.parametrize(("news", "says"), [*OUTSTANDING.values(), *COUNTY.values()], ids=[*OUTSTANDING, *COUNTY])
async def test_what_is_left_and_what_is_known_of_a_county(newsroom: Newsroom, news: News, says: Says) -> None:
    await take(newsroom, *news)
    newsroom.at(60)
    assert await missing(newsroom, says) == {}


@pytest.mark.parametrize(
    ("state", "question", "left_out"),
    [
        ("all have certified", "county Floyd", "In all"),
        ("all have certified", "county Floyd", "ballots left"),
        ("only what came last", "county DeKalb", "Latest update"),
        ("the whole, and one of its places", "outstanding", "reported left"),
    ],
)
async def test_nothing_is_told_twice_and_nothing_that_is_over(
    newsroom: Newsroom, state: str, question: str, left_out: str
) -> None:
    await take(newsroom, *(OUTSTANDING | COUNTY)[state][0])
    newsroom.at(60)
    assert left_out not in await ask(newsroom, question)


@pytest.mark.parametrize(
    ("ballots", "beside"), [(300, "300 ballots"), (100, "100 ballots"), (1, "1 ballot"), (0, "0 ballots")]
)
async def test_outstanding_puts_the_lead_beside_the_ballots_left_and_says_no_more(
    newsroom: Newsroom, ballots: int, beside: str
) -> None:
    await take(newsroom, COUNT, left(ballots, 6))
    assert await ask(newsroom, "outstanding") == (
        f"**Biden leads by 100 votes in Georgia, with {beside} left,** by the Secretary of State at 7:06 a.m.\n"
        "-# count: the Times, 7:05 a.m.; ballots: Sec. of State, 7:06 a.m.\n"
        f"**Georgia:** {beside} left (the Secretary of State, 7:06 a.m., entered by staff)"
    )


def test_of_a_measure_that_takes_more_than_half_the_votes_stand_beside_the_ballots_left() -> None:
    measure = GEORGIA.model_copy(update={"rule": "measure", "threshold": Fraction(3, 5)})
    facts = OutstandingFacts(TIMES, reading(1500, 1000, 5), None, (BallotsLeft(left(300, 5), SECRETARY),))
    said = render(outstanding_answer(facts, Question(measure, EDITOR, Setting(DESK), START))).content
    assert said.startswith("**2,500 votes are counted in Georgia, with 300 ballots left,** by ")


async def test_a_county_that_is_none_is_refused_with_what_is_like_it(newsroom: Newsroom) -> None:
    with pytest.raises(BadInputError, match="Did you mean Floyd"):
        await ask(newsroom, "county Floid")


async def test_a_county_that_a_correction_names_is_answered_with_it(newsroom: Newsroom) -> None:
    await newsroom.follow()
    for minute, floyd in ((0, 100), (5, 160)):
        await newsroom.post(
            reading(900 + floyd, 900, minute, units={"Floyd": {"total": floyd}, "DeKalb": {"total": 5}})
        )
    newsroom.at(10)
    await take(newsroom, entered(certified=(92, 159)), entered(certified=(96, 159)))
    await newsroom.publish()
    await correct(newsroom, 2, "The votes came from Fulton County, not Floyd.")
    await correct(newsroom, 3, "Fulton has certified, too")
    fulton = await ask(newsroom, "county Fulton")
    assert "\n**7:05 a.m. update corrected (#4):** The votes came from Fulton County, not Floyd.\n" in fulton
    assert fulton.count("**Corrected (#5):** Fulton has certified, too.") == 1
    assert (await ask(newsroom, "county Floyd")).count("(#4)") == 1
    for question in ("county Fulton at 7:03", "county DeKalb"):
        assert "#4" not in await ask(newsroom, question)


def test_who_may_not_read_of_a_source_reads_no_correction_of_its_post_that_names_the_county() -> None:
    named = (("ga-sos", START, Corrected(3, "Floyd has certified")),)
    facts = CountyFacts("Floyd", TIMES, None, None, None, None, None, (), None, named=named)
    card = county_answer(facts, Question(GEORGIA, EDITOR, Setting(DESK), START))
    for left_out in ((), ("ga-sos",)):
        lines = seen_by(card, replace(EDITOR, left_out=frozenset(left_out))).card.all_lines
        assert any("Floyd has certified" in line.text for line in lines) == (not left_out)


def test_what_a_unit_added_is_a_sentence_without_for_whom_too() -> None:
    told = contest_context(GEORGIA, Setting(DESK), START)
    assert unit_added(told, "Floyd", UnitUpdate(TIMES, 10, START)) == (
        "**Floyd County added 10 votes at 7 a.m.** Its total is unknown: no county totals from the Times."
    )


@pytest.mark.parametrize(
    ("ballots", "known", "they_are", "places"),
    [(300, "300 ballots", "They are", "in two counties"), (1, "1 ballot", "It is", "in one county")],
)
def test_where_the_ballots_left_are_stands_in_a_sentence_of_its_own(
    ballots: int, known: str, they_are: str, places: str
) -> None:
    told = contest_context(GEORGIA, Setting(DESK), START)
    words = f"{places}, according to reports since 7 a.m.; there may be more elsewhere"
    basis = BallotsLeftTotal(ballots, words, START, ("ga-sos",), in_part=True)
    assert left_beside(told, "Biden leads by 100 votes", " in Georgia", basis, past=False) == (
        f"**Biden leads by 100 votes in Georgia, with {known} reported left.** {they_are} {words}."
    )
