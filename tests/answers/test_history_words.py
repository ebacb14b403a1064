"""The answers to /since and /history about changes in a count."""

import pytest

from bot.errors import BadInputError
from bot.feeds.receivers import Delivery
from tests.answers.asked import MORNING, News, Says, ask, correct, entered, missing, take
from tests.conftest import Newsroom, reading

NARROWER = "**Biden's lead in Georgia is 14,101, down 48 since"
FROM_FLOYD = "after Floyd County reported 74 more votes (Trump 61, Biden 13)."
NOTHING_NEW = "**No new votes known in Georgia"

SINCE: dict[str, tuple[News, Says]] = {
    "no reading": ((), {"since 6:30": "**No count is in yet for Georgia**"}),
    "one update": (
        MORNING,
        {
            "since 7:30": (f"{NARROWER} 7:30 a.m.,** {FROM_FLOYD}\n-# the Times, 7:35 a.m.", "\nOne update."),
            "since 7:40": f"{NOTHING_NEW} since 7:40 a.m.:** Biden leads by 14,101 as of 7:35 a.m., when the Times was last checked.",
            "since 7:10 at 7:20": f"{NOTHING_NEW} between 7:10 a.m. and 7:20 a.m.:** Biden led by 14,149 votes, by the Times' count as of 7 a.m.\n-#",
            "since 6:30": (
                f"{NARROWER} 7 a.m.,** {FROM_FLOYD} No figures on record before 7 a.m.\n-#",
                "\nOne update.",
            ),
            "since 6:30 at 7:10": "As of 7:10 a.m.: **Biden leads in Georgia by 14,149 votes,** with 4,992,124 counted. No figures on record before 7 a.m.",
        },
    ),
    "updates within a minute, which counts from after them as posts do": (
        (reading(1000, 900), reading(1010, 900, 35.5), reading(1020, 900, 50.2)),
        {
            "since 7:35": "**Biden's lead in Georgia is 120, up 10 since 7:35 a.m.,**",
            "since 7:50": f"{NOTHING_NEW} since 7:50 a.m.:**",
            "margin at 7:35": "Biden led in Georgia by 110 votes",
        },
    ),
    "zeros": (
        (reading(0, 0), reading(1000, 500, 30)),
        {"since 7:05": "**Biden leads in Georgia by 500 votes,** with 1,500 counted."},
    ),
    "a lead change, then one vote that is taken back": (
        (
            reading(1000, 900),
            reading(1000, 1100, 10),
            reading(1200, 1150, 20),
            reading(1199, 1150, 30),
            reading(1199, 1150, 32),  # the source repeats it
            reading(1200, 1250, 40),
        ),
        {
            "since 7:05": (
                (
                    "**Trump has taken the lead in Georgia, by 50 votes.** Over four updates, 550 more votes broke 350 to 200 for "
                    "Trump. Biden had led by 100 at 7:05 a.m."
                ),
                "That includes a revision by the source: \u22121 vote at 7:32 a.m.",
            ),
            "since 7:05 at 7:15": "As of 7:15 a.m.: **Trump has taken the lead in Georgia, by 100 votes,**",
            "since 7:25 at 7:35": "total is down 1 vote.",
        },
    ),
    "a total that lags behind its candidates": (
        (reading(1000, 900, total=2100), reading(1000, 960, 1, total=2101), reading(1000, 1020, 2, total=2102)),
        {"since 7 a.m.": " after two updates (Trump 120). Biden had led by 100 at 7 a.m."},
    ),
}


@pytest.mark.parametrize(("news", "says"), SINCE.values(), ids=SINCE)
async def test_since(newsroom: Newsroom, news: News, says: Says) -> None:
    await take(newsroom, *news)
    newsroom.at(60)
    assert await missing(newsroom, says) == {}


@pytest.mark.parametrize(
    ("state", "question", "again"),
    [
        ("one update", "since 6:30 at 7:10", "votes counted"),
        ("zeros", "since 7:05", "votes counted"),
        ("a lead change, then one vote that is taken back", "since 7:25 at 7:35", "fewer"),
    ],
)
async def test_since_repeats_no_number_of_its_sentence(
    newsroom: Newsroom, state: str, question: str, again: str
) -> None:
    await take(newsroom, *SINCE[state][0])
    newsroom.at(60)
    assert again not in await ask(newsroom, question)


async def test_nothing_new_is_said_until_the_source_was_last_checked(newsroom: Newsroom) -> None:
    await newsroom.take(*MORNING)
    newsroom.at(60)
    await newsroom.ingest.accept(Delivery("times", unchanged={("ga", "election")}))
    newsroom.at(95)
    says = {
        "since 7:40": "**No new votes in Georgia between 7:40 a.m. and 8 a.m.,** when the Times was last checked: Biden",
        "since 8:20": f"{NOTHING_NEW} since 8:20 a.m.:** Biden leads by 14,101 as of 8 a.m., when the Times was last checked",
    }
    assert await missing(newsroom, says) == {}


async def test_since_ends_with_what_else_came_and_only_where_something_did(newsroom: Newsroom) -> None:
    await take(newsroom, *MORNING, entered(certified=(92, 159), total=4991000))
    newsroom.at(60)
    assert "Also" not in await ask(newsroom, "since 7:05")
    await take(
        newsroom,
        entered(45, certified=(96, 159)),
        entered(45, leader="biden", margin=14101, total=4991741),
        entered(45, source="reporter", leader="biden", margin=14100),
    )
    also = "Also, the Secretary of State (7:45 a.m.): 96 of 159 counties certified; Biden +14,101, 4,991,741 votes, entered by staff."
    assert f"\n{also}\nUnofficial." in await ask(newsroom, "since 7:05")
    for question in ("since 7:05 at 7:40", "since 7:50"):
        assert "Also" not in await ask(newsroom, question)


async def test_since_has_the_calls_made_and_withdrawn_since(newsroom: Newsroom) -> None:
    called = {"says": "called", "candidates": ["biden"]}
    await take(
        newsroom,
        *MORNING,
        entered(40, source="ap", call=called),
        entered(41, source="nbc", call=called | {"verb": "projected"}),
        entered(50, source="ap", call={"says": "none"}),
    )
    newsroom.at(60)
    made = "\nThe AP called Georgia for Biden at 7:40 a.m.\n"
    projected = "\nNBC News projected Biden as the winner in Georgia at 7:41 a.m.\n"
    withdrawn = "\nThe AP has withdrawn its call of Georgia for Biden, as of 7:50 a.m.\n"
    says = {"since 7:38": (projected, withdrawn), "since 7:38 at 7:45": (made, projected), "since 7:45": withdrawn}
    assert await missing(newsroom, says) == {}
    assert "NBC" not in await ask(newsroom, "since 7:45")
    assert "AP" not in await ask(newsroom, "since 7:55")


async def test_since_says_only_what_has_changed_of_how_far_the_count_is(newsroom: Newsroom) -> None:
    for minute, biden in ((0, 2471895), (10, 2471905)):
        await newsroom.take(reading(biden, 2457794, minute, reporting={"precincts": (5, 9)}))
    assert "\n\n4,929,699 votes counted.\nOne update.\nUnofficial." in await ask(newsroom, "since 7:05")
    await newsroom.take(reading(2501905, 2457794, 20, reporting={"precincts": (6, 9)}))
    notes = "\nOutside recount range: 0.89 percentage points (limit 0.5).\n6 of 9 precincts have reported.\nUnofficial."
    assert notes in await ask(newsroom, "since 7:05")


@pytest.mark.parametrize(("since", "why"), [("7:40", "is not before"), ("then", "is not clearly a time")])
async def test_since_what_is_no_earlier_time_is_refused(newsroom: Newsroom, since: str, why: str) -> None:
    newsroom.at(60)
    with pytest.raises(BadInputError, match=why):
        await ask(newsroom, f"since {since} at 7:20")


HISTORY: dict[str, tuple[News, str]] = {
    "the first figures": (MORNING, "**7 a.m.** first on record: 4,992,124 votes; Biden +14,149"),
    "a batch": (MORNING, "**7:35 a.m.** +74 (Trump 61, Biden 13), Floyd County; Biden +14,101 (\u221248)"),
    "a total that stands": (
        (reading(1000, 900, total=2000), reading(1010, 900, 1, total=2000)),
        "**7:01 a.m.** same total (Biden 10); Biden +110 (+10)",
    ),
    "the first votes, with which nobody moves ahead": (
        (reading(0, 0, 1), reading(100, 200, 2)),
        "**7:02 a.m.** +300 (Trump 200, Biden 100); Trump +100\n",
    ),
    "a lead change": (
        (reading(100, 200, 2), reading(300, 200, 3)),
        "**7:03 a.m.** +200 (Biden 200); Biden moves ahead, +100 (+200)",
    ),
}


@pytest.mark.parametrize(("news", "line"), HISTORY.values(), ids=HISTORY)
async def test_history_has_a_line_of(newsroom: Newsroom, news: News, line: str) -> None:
    await take(newsroom, *news)
    assert line in await ask(newsroom, "history")


async def test_an_update_whose_post_was_corrected_is_marked_wherever_it_is_told(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.post(
        reading(1000, 900, units={"Floyd": {"total": 100}, "DeKalb": {"total": 5}}),
        reading(1060, 900, 5, units={"Floyd": {"total": 160}, "DeKalb": {"total": 5}}),
        reading(1130, 900, 9, units={"Floyd": {"total": 160}, "DeKalb": {"total": 75}}),
    )
    await correct(newsroom, 2, "The votes came from Fulton County.")
    right = "The votes came from Fulton County."
    marked = f"**7:05 a.m.** +60 (Biden 60), Floyd County; Biden +160 (+60). **Corrected (#4):** {right}\n"
    says = {
        "history": marked,
        "known": marked,
        "county Floyd": f"**Corrected (#4):** {right}",
        "since 7:02": (
            "**Biden's lead in Georgia is 230, up 130 since 7:02 a.m.,**",
            f", all for Biden.\n**7:05 a.m. update corrected (#4):** {right}\n-#",
            "\nBy county, before correction #4: DeKalb +70 and Floyd +60.",
        ),
    }
    assert await missing(newsroom, says) == {}
    assert (await ask(newsroom, "history")).count("Corrected") == 1
    for question in ("since 7:06", "county DeKalb"):
        assert right not in await ask(newsroom, question)


async def test_a_post_of_several_updates_that_was_corrected_marks_each_and_says_once_what_is_right(
    newsroom: Newsroom,
) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 900))
    await newsroom.take(reading(1010, 900, 2), reading(1020, 900, 5))
    newsroom.at(62)
    await newsroom.ingest.roll_up()
    await newsroom.publish()
    await correct(newsroom, 2, "Those were absentee ballots.")
    listed = await ask(newsroom, "history")
    assert (listed.count("Corrected (#3)"), listed.count("Those were absentee ballots.")) == (2, 1)
