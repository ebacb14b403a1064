from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.count.change import compare, net
from bot.count.reading import Reading, Reporting
from bot.desk.desk_file import Contest, Source, load_desk
from bot.desk.recount_line_table import load_recount_lines
from bot.tally.changes_words import ChangeFacts, change_post
from bot.wording.card import AMBER, CHALK, SLATE, Card
from bot.wording.context import Setting
from bot.wording.message import render

DATA = Path(__file__).parents[2] / "data"
DESK = load_desk(DATA / "desks/georgia-2020.toml")
SETTING = Setting(DESK, load_recount_lines(DATA / "recount_lines.toml"))
GEORGIA, SENATE = DESK.contests
TIMES, SOS, REPORTER, *_ = DESK.sources
NOW = datetime(2020, 11, 11, 12, 36, tzinfo=UTC)


def reading(as_of: str, biden: int, trump: int, **more: object) -> Reading:
    votes = {"biden": biden, "trump": trump, "jorgensen": 62509}
    told = {"source": "times", "contest": GEORGIA.id, "as_of": as_of, "votes": votes}
    return Reading.model_validate(told | more)


BEFORE = reading("2020-11-10T19:24:00-05:00", 2471882, 2457733, total=4992124)
AFTER = reading("2020-11-11T07:35:03-05:00", 2471895, 2457794, total=4992198, unit_batch={"Floyd": 74})


def post(
    before: Reading | None,
    after: Reading,
    setting: Setting = SETTING,
    kind: str | None = None,
    held_for: timedelta | None = None,
    by: tuple[Contest, Source] = (GEORGIA, TIMES),
) -> Card:
    change = compare(before, after)
    assert change is not None
    return change_post(
        ChangeFacts(*by, kind or change.kind, change, before, after, NOW, NOW, held_for=held_for), setting
    )


@pytest.mark.parametrize(
    ("votes", "total", "corrected", "posted"),
    [
        (
            {"jorgensen": 62549},
            4992238,
            "Georgia's count has 4,992,198 votes; Biden's lead is 14,101",
            "4,992,238 votes",
        ),
        (
            {"jorgensen": 62549},
            4992198,
            "Jorgensen has 62,509 votes in Georgia; Biden's lead is 14,101",
            "62,549 for Jorgensen",
        ),
        ({"trump": 2457700}, 4992104, "Biden leads in Georgia by 14,101 votes", "Biden ahead by 14,195"),
    ],
)
def test_a_correction_says_what_was_wrong_also_where_the_margin_was_right(
    votes: dict[str, int], total: int, corrected: str, posted: str
) -> None:
    before = AFTER.model_copy(update={"votes": AFTER.votes | votes, "total": total})
    change = net(before, AFTER, (), "biden")
    facts = ChangeFacts(GEORGIA, TIMES, "revision", change, before, AFTER, NOW, NOW, puts_right=True)
    since_left = "from figures that had been held and that the Times has left since."
    assert change_post(facts, SETTING).headline == f"**Correction: {corrected}.** We posted {posted}, {since_left}"


def test_the_floyd_batch_reads_as_the_desk_would_write_it() -> None:
    draft = post(BEFORE, AFTER)
    assert render(draft, 214).content.endswith("(Trump 61, Biden 13).\n-# #214 · the Times, 7:35 a.m.")
    assert render(draft).embeds == (
        {
            "description": "**Biden** (D) 2,471,895 · 49.52% · +13\n"
            "**Trump** (R) 2,457,794 · 49.23% · +61\n"
            "**Jorgensen** (L) 62,509 · 1.25%\n\n"
            "4,992,198 votes counted, 74 of them new.\n"
            "Within recount range: 0.28 percentage points (limit 0.5).",
            "color": SLATE,
            "footer": {
                "text": "Unofficial. Votes last changed at 7:35 a.m., last checked at 7:36 a.m. Source: The New York Times."
            },
        },
    )
    assert (draft.kind, draft.quiet) == ("margin", True)


def test_a_first_reading_has_no_batch_and_claims_no_time_of_change() -> None:
    card = render(post(None, BEFORE.model_copy(update={"total": None}))).embeds[0]
    assert card["description"].startswith("**Biden** (D) 2,471,882 · 49.52%\n**Trump** (R) 2,457,733 · 49.23%\n")
    assert card["footer"]["text"] == "Unofficial. Last checked at 7:36 a.m. Source: The New York Times."


def test_a_time_that_is_only_that_of_receipt_and_a_rehearsal_are_said() -> None:
    received = AFTER.model_copy(update={"as_of_is": "received"})
    draft = post(BEFORE, received, replace(SETTING, rehearsal=True))
    assert draft.credit == "the Times, 7:35 a.m., as received · rehearsal"


def test_a_held_revision_is_amber_notifies_and_says_how_long_it_was_held() -> None:
    draft = post(
        AFTER, reading("2020-11-11T07:36:00-05:00", 2471800, 2457794, total=4992103), held_for=timedelta(minutes=7)
    )
    assert draft.headline.startswith("**Count revised:** the Times' Georgia total is down 95 votes.")
    assert (
        "4,992,103 votes counted, 95 votes fewer than before.\nThe source changed its own figures.\n"
        in render(draft).embeds[0]["description"]
    )
    assert "· \u221295\n" in render(draft).embeds[0]["description"]
    assert (
        " Posted seven minutes later, once the source had repeated the figures. Source:"
        in render(draft).embeds[0]["footer"]["text"]
    )
    assert (render(draft).embeds[0]["color"], draft.quiet) == (AMBER, False)


def test_votes_that_came_in_with_a_revision_are_a_net_and_are_not_called_new() -> None:
    after = reading("2020-11-11T07:36:00-05:00", 2471800, 2457900, total=4992300)
    assert "4,992,300 votes counted, 102 more than before.\n" in render(post(AFTER, after)).embeds[0]["description"]


def test_a_lead_change_notifies_but_not_on_election_night() -> None:
    ahead = reading("2020-11-11T07:35:00-05:00", 2457733, 2457900)
    night = {"reporting": {"precincts": [1000, 2655]}}
    draft = post(BEFORE, BEFORE.model_copy(update={"votes": BEFORE.votes | {"trump": 2480000}, "total": None}))
    assert (draft.kind, draft.quiet, render(draft).embeds[0]["color"]) == ("lead_change", False, CHALK)
    behind = reading("2020-11-10T19:24:00-05:00", 2457700, 2457600)
    assert post(behind, ahead).quiet is False
    assert post(behind, ahead, kind="roll_up").quiet is False
    assert post(behind, reading("2020-11-11T07:35:00-05:00", 2457733, 2457900, **night)).quiet is True
    revised = reading("2020-11-11T07:35:00-05:00", 2457600, 2457900, **night)
    assert post(behind, revised).quiet is False


def with_batch(**units: int) -> Reading:
    """Return the later reading, with its new votes by unit."""
    return AFTER.model_copy(update={"unit_batch": units})


def with_units(done: int, **reporting: tuple[int, int]) -> Reading:
    """Return the later reading with `done` of 159 counties complete, and with totals of three counties."""
    three = {name: {"total": 10} for name in ("Floyd", "Bibb", "Cobb")}
    at, reported = "2020-11-11T07:35:00-05:00", {"units": (done, 159), **reporting}
    return reading(at, 2471895, 2457794, reporting=reported, units=three)


TWELVE = AFTER.model_copy(update={"votes": {f"c{number:02}": 100 - number for number in range(12)}, "total": None})
MORE_OF_TWELVE = TWELVE.model_copy(
    update={
        "votes": TWELVE.votes | {"c00": 120},
        "as_of": NOW,
        "unit_batch": {f"U{number:02}": 1 for number in range(20)},
    }
)
NO_VOTES = BEFORE.model_copy(
    update={"votes": {"biden": 0, "trump": 0}, "total": None, "reporting": Reporting(units=(0, 159))}
)
WITH_WEST = AFTER.model_copy(update={"votes": AFTER.votes | {"west": 5}, "names": {"west": "Kanye *West*"}})

CARDS = {
    "counties that explain less": (
        BEFORE,
        with_batch(Floyd=40, Bibb=20, Hall=-6),
        "By county: Hall \u22126, Floyd +40 and Bibb +20.\nOf the new votes, 20 are not broken down by county.\n",
    ),
    "counties that explain more": (
        BEFORE,
        with_batch(Floyd=100),
        "By county: Floyd +100.\nThe source's total rose by 74, but its counties' figures rose by 100.\n",
    ),
    "precincts are no counties": (
        BEFORE,
        with_batch(**{f"Maumee {number}": 10 for number in range(1, 9)}),
        (
            "By place: Maumee 1 +10, Maumee 2 +10, Maumee 3 +10, Maumee 4 +10, Maumee 5 +10, Maumee 6 +10 and two other "
            "places.\nThe source's total rose by 74, but its places' figures rose by 80.\n"
        ),
    ),
    "rather the seventh than one other": (
        BEFORE,
        with_batch(**{f"Maumee {number}": 10 for number in range(1, 8)}),
        "By place: Maumee 1 +10, Maumee 2 +10, Maumee 3 +10, Maumee 4 +10, Maumee 5 +10, Maumee 6 +10 and Maumee 7 +10.",
    ),
    "no county complete": (BEFORE, with_units(0), "No county has reported in full, as the source counts them."),
    "one county complete": (
        BEFORE,
        with_units(1),
        "1 of 159 counties has reported in full, as the source counts them.",
    ),
    "two counties complete": (
        BEFORE,
        with_units(2),
        "2 of 159 counties have reported in full, as the source counts them.",
    ),
    "as many complete as have votes": (BEFORE, with_units(3), "3 of 159 counties have reported."),
    "precincts, and no county complete": (
        BEFORE,
        with_units(0, precincts=(4, 99)),
        "\n4 of 99 precincts have reported.",
    ),
    "no precinct, and votes": (BEFORE, with_units(0, precincts=(0, 99)), "No county has reported all its precincts."),
    "precincts, and one county with all of them": (
        BEFORE,
        with_units(1, precincts=(4, 99)),
        "4 of 99 precincts have reported, including every precinct in 1 of 159 counties.",
    ),
    "every precinct of every county": (
        BEFORE,
        with_units(159, precincts=(99, 99)),
        "All 99 precincts in all 159 counties have reported, though more votes may follow.",
    ),
    "no votes": (None, NO_VOTES, "0 of 159 counties have reported."),
    "many candidates": (TWELVE, MORE_OF_TWELVE, "\nand four others, 362 votes together\n"),
    "many places": (
        TWELVE,
        MORE_OF_TWELVE,
        "By place: U00 +1, U01 +1, U02 +1, U03 +1, U04 +1, U05 +1 and 14 other places.",
    ),
    "a candidate who was not listed before": (
        BEFORE,
        WITH_WEST,
        "**Kanye \\*West\\*** 5 · less than 0.01% · not listed before\n",
    ),
}


@pytest.mark.parametrize(("before", "after", "said"), CARDS.values(), ids=CARDS)
def test_the_card_says_where_votes_came_from_and_how_far_the_count_is(
    before: Reading | None, after: Reading, said: str
) -> None:
    assert said in render(post(before, after)).embeds[0]["description"]


def test_shares_that_round_to_the_same_have_more_decimals() -> None:
    table = render(post(None, AFTER.model_copy(update={"votes": {"biden": 68302, "trump": 68290}, "total": None})))
    assert "68,302 · 50.004%" in table.embeds[0]["description"]
    assert "68,290 · 49.996%" in table.embeds[0]["description"]


def test_a_total_that_lags_behind_its_candidates_is_not_said_to_be_what_is_new() -> None:
    before = BEFORE.model_copy(update={"total": 4992126})
    draft = post(before, reading("2020-11-11T07:35:00-05:00", 2471884, 2457734, total=4992127))
    assert (
        draft.headline == "**Biden's lead in Georgia grows by 1 vote, to 14,150,** after an update (Biden 2, Trump 1)."
    )
    assert render(draft).embeds[0]["description"].split("\n")[4] == "4,992,127 votes counted."


def test_reporting_expected_votes_and_the_rule_are_on_the_card() -> None:
    votes = {"perdue": 2458665, "ossoff": 2372086, "hazel": 114804}
    told = {"contest": SENATE.id, "votes": votes, "total": 4945555, "expected_total": 4950000, "status": "certified"}
    senate = reading("2020-11-11T07:35:00-05:00", 0, 0, reporting={"precincts": [1, 2655]}, **told)
    draft = post(None, senate, by=(SENATE, SOS))
    assert (
        render(draft)
        .embeds[0]["description"]
        .endswith(
            "The margin is 1.75 percentage points.\n"
            "Perdue has 49.71% of the vote, 14,113 votes short of a majority of those counted.\n"
            "1 of 2,655 precincts has reported.\n"
            "The source expects 4,950,000 votes in all."
        )
    )
    assert (
        render(draft)
        .embeds[0]["footer"]["text"]
        .startswith("Certified, says the secretary of state. Last checked at 7:36 a.m.")
    )


def test_votes_of_a_candidate_who_was_not_listed_before_are_not_passed_off_as_the_others() -> None:
    more = {"biden": AFTER.votes["biden"] + 40, "west": 5_700}
    total = (AFTER.total or 0) + 5_740
    after = AFTER.model_copy(update={"votes": AFTER.votes | more, "total": total, "names": {"west": "Kanye West"}})
    assert "; Kanye West was not listed before)" in post(AFTER, after).headline
    after = AFTER.model_copy(update={"votes": AFTER.votes | more | {"west": 0}, "total": total - 5_700})
    assert "listed" not in post(AFTER, after).headline
