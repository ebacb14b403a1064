from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.count.reading import Reading, Reporting
from bot.desk.desk_file import Contest, load_desk
from bot.tally.boards_words import board_post
from bot.tally.changes_words import ChangeFacts, FormerMargin, margin_now_post
from bot.tally.standing_words import MarginFacts, OtherSource, change_to, margin_answer, standing_phrase
from bot.wording.context import Setting, contest_context
from bot.wording.corrected import Corrected
from bot.wording.message import render

DESK = load_desk(Path(__file__).parents[2] / "data/desks/georgia-2020.toml")
SETTING = Setting(DESK)
GEORGIA = DESK.contests[0]
TIMES, SOS, REPORTER, *_ = DESK.sources
NOW = datetime(2020, 11, 11, 13, tzinfo=UTC)
READING = Reading(
    source="times",
    contest=GEORGIA.id,
    as_of=NOW - timedelta(minutes=25),
    votes={"biden": 2471895, "trump": 2457794},
    total=4992198,
)
FACTS = MarginFacts(GEORGIA, TIMES, NOW, READING, changed_at=READING.as_of, checked_at=NOW)


def test_the_answer_says_the_lead_its_source_and_both_times() -> None:
    answer = margin_answer(FACTS, SETTING)
    assert render(answer).content == (
        "**Biden leads in Georgia by 14,101 votes,** with 4,992,198 counted.\n-# the Times, 7:35 a.m."
    )
    assert render(answer).embeds[0]["description"].endswith("49.23%\n\nThe margin is 0.28 percentage points.")
    assert render(answer).embeds[0]["footer"]["text"] == "Unofficial. Changed 7:35 a.m., checked 8 a.m."
    assert "fields" not in render(answer).embeds[0]
    once = margin_answer(replace(FACTS, checked_at=READING.as_of), SETTING)
    assert render(once).embeds[0]["footer"]["text"] == "Unofficial. Changed and checked 7:35 a.m."
    now = margin_answer(replace(FACTS, now=READING.as_of, checked_at=READING.as_of), SETTING)
    assert render(now).embeds[0]["footer"]["text"] == "Unofficial."
    public = margin_answer(FACTS, replace(SETTING, public=True))
    assert render(public).embeds[0]["footer"]["text"].endswith("checked 8 a.m. Source: The New York Times.")


def test_how_far_the_count_is_stands_there_on_election_night_alone() -> None:
    for done, shown in ((4, True), (9, False)):
        reading = READING.model_copy(update={"reporting": Reporting(precincts=(done, 10))})
        answer = margin_answer(replace(FACTS, reading=reading), SETTING)
        assert (f"\n{done} of 10 precincts have reported." in render(answer).embeds[0]["description"]) == shown


def test_everything_known_and_boards_have_it_in_full() -> None:
    reading = READING.model_copy(update={"reporting": Reporting(precincts=(2, 3)), "expected_total": 5_000_000})
    others = (OtherSource(SOS, NOW, "biden", 14149, 4989046),)
    answer = margin_answer(replace(FACTS, reading=reading, others=others), SETTING, full=True)
    assert (
        render(answer)
        .embeds[0]["description"]
        .endswith(
            "\n\n4,992,198 votes counted.\nThe margin is 0.28 percentage points.\n"
            "2 of 3 precincts have reported.\nThe source expects 5,000,000 votes in all."
        )
    )
    assert render(answer).embeds[0]["footer"]["text"] == (
        "Unofficial. Votes last changed at 7:35 a.m., last checked at 8 a.m. Source: The New York Times."
    )
    assert render(answer).embeds[0]["fields"][0]["value"] == (
        "The secretary of state: Biden ahead by 14,149, 4,989,046 votes counted (8 a.m.)"
    )


def test_an_earlier_time_is_told_in_the_past() -> None:
    asked = replace(FACTS, at=NOW - timedelta(minutes=10))
    assert render(margin_answer(asked, SETTING)).content.startswith(
        "**At 7:50 a.m., Biden led in Georgia by 14,101 votes,** by the Times' count as of 7:35 a.m.\n"
    )
    assert "\n\n4,992,198 votes counted.\n" in render(margin_answer(asked, SETTING)).embeds[0]["description"]


def test_nothing_in_is_not_zero_votes() -> None:
    nothing = MarginFacts(GEORGIA, TIMES, NOW, None, checked_at=NOW)
    answer = margin_answer(nothing, SETTING)
    assert (
        render(answer).content == "**No count is in yet for Georgia** from the Times. Last checked at 8 a.m.\n-# 8 a.m."
    )
    assert render(answer).embeds == ()
    unasked = "It has no feed: staff enter its figures with `/tally`."
    for source, why in (
        (TIMES.model_copy(update={"format": None, "url": None}), unasked),
        (TIMES.model_copy(update={"format": "readings", "url": "https://a.org/x"}), "It has not been checked yet."),
        (TIMES.model_copy(update={"format": "push", "url": None}), "It has not sent any."),
    ):
        said = render(margin_answer(replace(nothing, source=source, checked_at=None), SETTING)).content
        assert said.startswith(f"**No count is in yet for Georgia** from the Times. {why}\n")
    never = replace(nothing, checked_at=None, at=NOW - timedelta(hours=20))
    assert render(margin_answer(never, SETTING)).content.startswith(
        "**No figures on record for Georgia by noon Tuesday** from the Times."
    )


def test_a_held_revision_is_said() -> None:
    assert (
        render(margin_answer(replace(FACTS, held="fall"), SETTING))
        .content.splitlines()[0]
        .endswith("Later figures are on hold: the count went down, and the source has not repeated it yet.")
    )


def test_other_sources_stand_beside_with_their_times_and_internal_ones_only_inside() -> None:
    others = (
        OtherSource(
            SOS,
            NOW - timedelta(minutes=30),
            "biden",
            14149,
            4989046,
            entered=True,
            updated=NOW - timedelta(hours=14, minutes=25),
        ),
        OtherSource(REPORTER, NOW, "biden", 14000, None, approximate=True),
    )
    facts = replace(FACTS, others=others)
    assert render(margin_answer(facts, SETTING)).embeds[0]["fields"] == [
        {
            "name": "Other sources",
            "value": "The secretary of state: Biden +14,149, 4,989,046 votes (last updated about 5:35 p.m. Tuesday; "
            "checked 7:30 a.m., entered by staff)\n"
            "Our reporter: Biden about +14,000 (8 a.m.)",
        }
    ]
    assert "reporter" not in str(render(margin_answer(facts, replace(SETTING, public=True))).embeds)
    alone = margin_answer(replace(facts, reading=None), SETTING)
    assert render(alone).embeds[0]["fields"][0]["name"] == "Other sources"


MEASURE = Contest.model_validate(
    {
        "id": "ga-2020-measure-4",
        "name": "Measure 4",
        "state": "GA",
        "leads": "times",
        "rule": "measure",
        "threshold": "60%",
        "where": "Georgia's vote on Measure 4",
        "candidates": [{"id": key.lower(), "name": key, "last": key} for key in ("Yes", "No")],
    }
)


def test_a_measure_short_of_the_share_it_needs_is_not_told_as_ahead() -> None:
    reading = READING.model_copy(update={"votes": {"yes": 523, "no": 477}, "total": 1000})
    facts = replace(FACTS, contest=MEASURE, reading=reading)
    assert render(margin_answer(facts, SETTING)).content.startswith(
        "**Measure 4 is short of the required 60% so far,** with 52.30% for Yes and 1,000 votes counted.\n"
    )
    assert render(margin_answer(replace(facts, at=NOW), SETTING)).content.startswith(
        "**At 8 a.m., Measure 4 was short of the required 60% so far, with 52.30% for Yes,** by the Times' count as of 7:35 a.m."
    )
    context = contest_context(MEASURE, SETTING, NOW, reading.names)
    change = change_to(reading, None)
    said = standing_phrase(context, change, reading, placed=False)
    assert said == "Measure 4 is short of the required 60% so far, with 52.30% for Yes"
    moved = ChangeFacts(MEASURE, TIMES, "first", change, None, reading, NOW, NOW)
    post = margin_now_post(moved, FormerMargin(SOS, "yes", 50), SETTING)
    assert post.headline == f"**Margin now from the Times:** {said}."


def test_a_board_of_many_long_corrections_stays_within_a_field_s_limit() -> None:
    corrected = Corrected(15, "x" * 150)
    others = tuple(OtherSource(SOS, NOW, "biden", 14149, 4989046, entered=True, corrected=corrected) for _ in range(8))
    (embed,) = render(board_post(replace(FACTS, others=others), SETTING), 1).embeds
    assert all(len(field["value"]) <= 1024 for field in embed["fields"])
