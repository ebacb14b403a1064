from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.count.change import Change, compare, net
from bot.count.reading import Reading
from bot.desk.desk_file import Contest, Source, load_desk
from bot.tally.changes_words import headline
from bot.wording.context import ContestContext, Movement, Tense

DESK = load_desk(Path(__file__).parents[2] / "data/desks/georgia-2020.toml")
TIMES = next(source for source in DESK.sources if source.id == "times")
SOS = next(source for source in DESK.sources if source.id == "ga-sos")
GEORGIA, SENATE = DESK.contests
NOW = datetime(2020, 11, 11, 12, 36, tzinfo=UTC)


def reading(at: str, biden: int, trump: int, total: int | None = None, **more: object) -> Reading:
    told = {"source": "times", "contest": GEORGIA.id, "as_of": f"2020-11-11T{at}:00-05:00", "total": total}
    return Reading.model_validate(told | {"votes": {"biden": biden, "trump": trump}} | more)


def say(
    before: Reading | None,
    after: Reading,
    contest: Contest = GEORGIA,
    source: Source = TIMES,
    led: str | None = None,
    steps: list[Change] | None = None,
    lead_changes: tuple[Change, ...] = (),
    *,
    roll_up: bool = False,
    tense: Tense = "present",
) -> str:
    change = net(before, after, steps, led) if before and steps else compare(before, after, led)
    assert change is not None
    context = ContestContext(contest, DESK.desk.style, ZoneInfo("America/New_York"), NOW, after.names, after.count)
    movement = Movement(change, before, after, source, len(steps) if steps else 1, lead_changes, tense=tense)
    return headline(context, movement, roll_up=roll_up)


EVENING = reading("07:00", 2471882, 2457733, 4992124)


def test_a_narrower_lead_names_the_unit_and_the_batch() -> None:
    after = reading("07:35", 2471895, 2457794, 4992198, unit_batch={"Floyd": 74})
    assert say(EVENING, after) == (
        "**Biden's lead in Georgia narrows by 48 votes, to 14,101,** "
        "after Floyd County reported 74 more votes (Trump 61, Biden 13)."
    )


def test_a_wider_lead_grows() -> None:
    after = reading("07:35", 2471892, 2457734, 4992135)
    assert say(EVENING, after) == (
        "**Biden's lead in Georgia grows by 9 votes, to 14,158,** after 11 more votes were counted (Biden 10, Trump 1)."
    )


def test_one_vote_is_singular() -> None:
    assert say(EVENING, reading("07:35", 2471883, 2457733, 4992125)) == (
        "**Biden's lead in Georgia grows by 1 vote, to 14,150,** after one more vote was counted, for Biden."
    )


@pytest.mark.parametrize(
    ("tense", "biden", "trump", "moved"),
    [
        ("past", 2_471_882, 2_457_734, "Biden's lead in Georgia narrowed by 1 vote, to 14,148"),
        ("past", 2_471_883, 2_457_733, "Biden's lead in Georgia grew by 1 vote, to 14,150"),
        ("past", 2_471_883, 2_457_734, "two more votes are in; Biden's lead stayed at 14,149."),
        ("past", 2_471_882, 2_471_883, "Trump took the lead in Georgia, by 1 vote,"),
        ("perfect", 2_471_882, 2_471_883, "Trump has taken the lead in Georgia, by 1 vote,"),
        ("past", 2_471_882, 2_471_882, "The count is tied in Georgia,"),
    ],
)
def test_a_change_is_told_afterwards_and_what_is_so_now_in_the_present(
    tense: Tense, biden: int, trump: int, moved: str
) -> None:
    assert moved in say(EVENING, reading("07:35", biden, trump), tense=tense)


def test_the_part_that_no_unit_explains_is_said() -> None:
    after = reading("07:35", 2471982, 2457753, 4992244, unit_batch={"Floyd": 74})
    assert say(EVENING, after) == (
        "**Biden's lead in Georgia grows by 80 votes, to 14,229,** "
        "after 120 more votes, 74 of them from Floyd County (Biden 100, Trump 20)."
    )


def test_several_units_are_named_by_size() -> None:
    after = reading("07:35", 2471982, 2457753, 4992244, unit_batch={"Floyd": 20, "Bibb": 100})
    assert "after Bibb and Floyd counties reported 120 more votes (" in say(EVENING, after)


@pytest.mark.parametrize("units", [{"Floyd": -3, "Bibb": 123}, {"Floyd": 500}, {}])
def test_units_that_do_not_add_up_are_not_said_to_have_reported(units: dict[str, int]) -> None:
    after = reading("07:35", 2471982, 2457753, 4992244, unit_batch=units)
    assert say(EVENING, after).endswith(" after 120 more votes were counted (Biden 100, Trump 20).")


def test_at_most_three_candidates_are_named_and_the_rest_add_up() -> None:
    before = Reading.model_validate(
        EVENING.said() | {"votes": {"biden": 50, "trump": 20, "c": 1, "d": 1, "e": 1}, "total": None}
    )
    after = before.model_copy(update={"votes": {"biden": 60, "trump": 25, "c": 5, "d": 4, "e": 3}, "as_of": NOW})
    assert say(before, after).endswith("after 24 more votes were counted (Biden 10, Trump 5, c 4, others 5).")


def test_votes_that_are_in_no_split_are_said_to_have_no_candidate() -> None:
    after = reading("07:35", 2471895, 2457790, 4992198)
    assert say(EVENING, after).endswith(
        "after 74 more votes were counted (Trump 57, Biden 13; no candidate given for 4)."
    )


def test_a_shift_within_an_unchanged_total_is_no_report() -> None:
    after = reading("07:35", 2471887, 2457733, 4992124)
    assert say(EVENING, after) == (
        "**Biden's lead in Georgia grows by 5 votes, to 14,154,** after a change within an unchanged total (Biden 5)."
    )


def test_the_net_of_several_says_since_when() -> None:
    middle = reading("07:20", 2471890, 2457753, 4992152)
    after = reading("07:35", 2471895, 2457794, 4992198)
    steps = [change for change in (compare(EVENING, middle), compare(middle, after)) if change]
    assert say(EVENING, after, steps=steps) == (
        "**Biden's lead in Georgia has narrowed by 48 votes since 7 a.m., to 14,101,** "
        "after 74 more votes were counted over two updates (Trump 61, Biden 13)."
    )
    assert say(EVENING, after, steps=steps, roll_up=True) == (
        "**Biden's lead in Georgia is 14,101, down 48 since 7 a.m.,** "
        "after 74 more votes were counted over two updates (Trump 61, Biden 13)."
    )


def test_a_single_change_over_more_than_a_night_says_since_when() -> None:
    before = EVENING.model_copy(update={"as_of": datetime(2020, 11, 7, 22, tzinfo=UTC)})
    noon = EVENING.model_copy(update={"as_of": datetime(2020, 11, 10, 17, tzinfo=UTC)})
    assert say(noon, reading("07:35", 2471895, 2457794, 4992198)).startswith(
        "**Biden's lead in Georgia has narrowed by 48 votes since noon Tuesday, to 14,101,** after"
    )
    assert say(before, reading("07:35", 2471895, 2457794, 4992198)) == (
        "**Biden's lead in Georgia has narrowed by 48 votes since 5 p.m. Saturday, to 14,101,** "
        "after 74 more votes were counted (Trump 61, Biden 13)."
    )
    assert say(before, reading("07:35", 2471895, 2472895, 5007299)) == (
        "**Trump has taken the lead in Georgia, by 1,000 votes,** after 15,175 votes broke 15,162 to 13 for Trump. "
        "Biden had led by 14,149 at 5 p.m. Saturday."
    )
    assert "Biden had led by 14,149 at 5 p.m. Saturday before " in say(before, reading("07:35", 2471882, 2471882))


def test_a_roll_up_without_a_move_says_so() -> None:
    after = reading("07:35", 2471892, 2457743, 4992144)
    assert say(EVENING, after, roll_up=True).startswith(
        "**Biden's lead in Georgia is 14,149, the same as at 7 a.m.,** after 20"
    )


BEHIND = reading("04:38", 2448000, 2448463, 4896463)


def test_a_lead_change_says_who_led_before() -> None:
    after = reading("04:50", 2449580, 2448663, 4898306, unit_batch={"Clayton": 1843})
    assert say(BEHIND, after) == (
        "**Biden takes the lead in Georgia, by 917 votes,** "
        "after 1,843 votes from Clayton County broke 1,580 to 200 for Biden. Trump had led by 463."
    )
    two = reading("04:50", 2449580, 2448663, 4898306, unit_batch={"Clayton": 1800, "Bibb": 43})
    assert say(BEHIND, two) == (
        "**Biden takes the lead in Georgia, by 917 votes.** "
        "Clayton and Bibb counties reported 1,843 more votes, which broke 1,580 to 200 for Biden. Trump had led by 463."
    )


def test_a_lead_change_over_several_updates_says_when_the_other_led() -> None:
    middle, after = reading("04:45", 2448100, 2448463, 4896600), reading("04:50", 2449580, 2448663, 4898306)
    steps = [change for change in (compare(BEHIND, middle), compare(middle, after)) if change]
    assert say(BEHIND, after, steps=steps).endswith(
        " Over two updates, 1,843 more votes broke 1,580 to 200 for Biden. Trump had led by 463 at 4:38 a.m."
    )


def test_a_lead_out_of_a_tie_says_that_it_was_tied() -> None:
    tie, after = reading("04:38", 100, 100), reading("04:50", 105, 101)
    assert say(tie, after, led="trump") == (
        "**Biden takes the lead in Georgia, by 4 votes,** after six more votes were counted (Biden 5, Trump 1). "
        "The count had been tied."
    )
    assert say(tie, after, led="biden").startswith("**Biden leads in Georgia, by 4 votes,** after six more votes")


def test_a_tie_favours_nobody() -> None:
    assert say(reading("04:38", 100, 90), reading("04:50", 101, 101)) == (
        "**The count is tied in Georgia,** with 101 votes each for Biden and Trump, "
        "after 12 more votes were counted (Trump 11, Biden 1)."
    )
    led, middle, tied = reading("04:38", 100, 90), reading("04:45", 101, 95), reading("04:50", 102, 102)
    steps = [change for change in (compare(led, middle), compare(middle, tied)) if change]
    assert say(led, tied, steps=steps) == (
        "**The count is tied in Georgia,** with 102 votes each for Biden and Trump. "
        "Biden had led by 10 at 4:38 a.m. before 14 more votes were counted over two updates (Trump 12, Biden 2)."
    )
    assert say(reading("04:38", 90, 90), reading("04:50", 100, 100)) == (
        "Georgia: 20 more votes are in; the count stays tied, at 100 for Biden and Trump."
    )


def test_a_first_reading_tells_the_standing() -> None:
    assert say(None, EVENING) == "**Biden leads in Georgia by 14,149 votes,** with 4,992,124 counted."
    assert say(None, reading("07:00", 5, 5)) == (
        "**The count is tied in Georgia,** with 5 votes each for Biden and Trump, and 10 counted."
    )


def test_no_votes_are_not_a_tie_and_the_first_votes_are_no_lead_change() -> None:
    nothing = reading("07:00", 0, 0)
    assert say(None, nothing) == "**The Times has no votes yet in Georgia.**"
    assert say(nothing, reading("07:35", 10, 30)) == "**Trump leads in Georgia by 20 votes,** with 40 counted."


def test_one_candidate_has_no_margin() -> None:
    alone, later = reading("07:00", 0, 0, votes={"biden": 10}), reading("07:35", 0, 0, votes={"biden": 30})
    assert say(None, alone) == "**Georgia: 10 votes are counted.** Biden is the only candidate listed."
    assert say(alone, later) == "Georgia: 20 more votes are in. Biden is the only candidate listed."


def test_votes_that_move_no_margin_say_where_it_stays() -> None:
    after = reading("07:35", 2471892, 2457743, 4992144)
    assert say(EVENING, after) == "Georgia: 20 more votes are in; Biden's lead stays at 14,149."


def test_a_revision_says_both_leads() -> None:
    before, after = reading("07:00", 2388954, 2427950), reading("07:35", 2387477, 2424799)
    assert say(before, after) == (
        "**Count revised:** the Times' Georgia total is down 4,628 votes. Trump's lead is 37,322, down from 38,996."
    )


def test_a_revision_with_a_higher_total_names_who_lost_votes() -> None:
    after = reading("07:35", 2471862, 2457733, 4992129)
    assert say(EVENING, after) == (
        "**Count revised:** the Times has 20 fewer votes for Biden in Georgia; the total is up 5. "
        "Biden's lead is 14,129, down from 14,149."
    )


def units(**votes: tuple[int, int]) -> dict[str, Any]:
    """Return the `units` field of a reading, from each unit's votes for (Biden, Trump)."""
    return {"units": {name: {"votes": {"biden": biden, "trump": trump}} for name, (biden, trump) in votes.items()}}


def test_a_revision_says_which_county_fell_and_what_that_did_apart_from_what_came_in() -> None:
    before = reading("07:00", 1500, 900, **units(Floyd=(1000, 500), Bibb=(300, 200), Cobb=(200, 200)))
    after = reading("07:35", 1470, 890, **units(Floyd=(950, 480), Bibb=(310, 205), Cobb=(210, 205)))
    assert say(before, after) == (
        "**Count revised:** the Times took back 70 votes in Floyd County; that cut Biden's lead by 30. "
        "With votes from other counties, the lead is 580, down from 600."
    )


def test_a_revision_that_only_took_back_names_the_county() -> None:
    before = reading("07:00", 1300, 700, **units(Floyd=(1000, 500), Bibb=(300, 200)))
    after = reading("07:35", 1250, 680, **units(Floyd=(950, 480), Bibb=(300, 200)))
    assert say(before, after) == (
        "**Count revised:** the Times took back 70 votes in Floyd County. Biden's lead is 570, down from 600."
    )
    switched = reading("07:35", 1280, 720, **units(Floyd=(980, 520), Bibb=(300, 200)))
    assert say(before, switched) == (
        "**Count revised:** the Times has 20 fewer votes for Biden in Floyd County; the total is unchanged. "
        "Biden's lead is 560, down from 600."
    )


def test_a_fall_whose_split_the_source_does_not_give_claims_nothing_of_the_lead() -> None:
    before = reading("07:00", 1500, 900, units={"Floyd": {"total": 1500}, "Bibb": {"total": 900}})
    after = reading("07:35", 1700, 1080, units={"Floyd": {"total": 1430}, "Bibb": {"total": 1350}})
    assert say(before, after.model_copy(update={"votes": {"biden": 1750, "trump": 890}})) == (
        "**Count revised:** the Times took back 70 votes in Floyd County. "
        "With other votes, Biden's lead is 860, up from 600."
    )


def test_a_fall_that_ended_a_lead_says_so() -> None:
    before = reading("07:00", 1020, 1000, **units(Floyd=(1000, 500), Bibb=(20, 500)))
    after = reading("07:35", 1010, 1000, **units(Floyd=(950, 500), Bibb=(60, 500)))
    assert say(before, after) == (
        "**Count revised:** the Times took back 50 votes in Floyd County; that ended Biden's lead of 20. "
        "With other votes, Biden's lead is 10, down from 20."
    )
    ahead = reading("07:35", 990, 1100, **units(Floyd=(950, 500), Bibb=(40, 600)))
    assert say(before, ahead) == (
        "**Count revised: Trump now leads in Georgia, by 110 votes.** The Times took back 50 votes in Floyd County; "
        "that ended Biden's lead of 20."
    )


def test_a_revision_that_changes_the_lead_says_so_first() -> None:
    assert say(reading("07:00", 500, 400), reading("07:35", 300, 390)) == (
        "**Count revised: Trump now leads in Georgia, by 90 votes.** "
        "The Times' Georgia total is down 210 votes; Biden had led by 100."
    )


def test_a_revision_to_a_tie_and_from_one() -> None:
    assert say(reading("07:00", 500, 400), reading("07:35", 400, 400)).endswith(
        "is down 100 votes. The count is tied now; Biden had led by 100."
    )
    assert say(reading("07:00", 400, 400), reading("07:35", 400, 390)).endswith(
        "is down 10 votes. Biden's lead is 10; the count had been tied."
    )
    assert say(reading("07:00", 400, 300), reading("07:35", 390, 290)).endswith("Biden's lead is unchanged at 100.")


def test_progress_says_what_moved() -> None:
    before = reading("07:00", 20, 10, reporting={"precincts": [2654, 2655], "units": [158, 159]})
    all_in = reading("07:35", 20, 10, reporting={"precincts": [2655, 2655]})
    assert (
        say(before, all_in)
        == "Georgia: all 2,655 precincts have reported, though more votes may follow; Biden's lead stays at 10."
    )
    more = reading("07:35", 20, 10, reporting={"precincts": [2655, 2655], "units": [158, 159]})
    assert say(before, more).startswith("Georgia: all 2,655 precincts and 158 of 159 counties have reported;")
    expects = before.model_copy(update={"expected_total": 40})
    assert say(before, expects) == "Georgia: the Times now expects 40 votes in all; Biden's lead stays at 10."
    units = before.model_copy(update={"by_type": {"early": {"biden": 3}}})
    assert say(before, units) == "Georgia: the Times has new details, no new votes; Biden's lead stays at 10."


def test_a_status_says_whose_it_is() -> None:
    before, after = reading("07:00", 20, 10), reading("07:35", 20, 10, status="certified")
    assert say(before, after, source=SOS) == (
        "**The results in Georgia are certified,** the secretary of state reports, with Biden ahead by 10."
    )
    assert say(before, reading("07:35", 21, 10, status="certified"), source=SOS).endswith(
        ", for Biden. The results are certified, the secretary of state reports."
    )


def test_a_result_where_a_majority_is_needed_says_the_share() -> None:
    assert say(ahead("07:00", 1000, 910), ahead("07:35", 1000, 910, status="certified"), RUNOFF, source=SOS) == (
        "**The results in Georgia's Senate race (Perdue) are certified,** the secretary of state reports, "
        "with Perdue ahead by 90, at 49.75% of the vote, short of a majority."
    )


def test_a_recount_is_never_told_as_the_count() -> None:
    before, after = (reading(at, 2471882, trump, count="recount") for at, trump in (("07:00", 10), ("07:35", 20)))
    assert say(before, after).startswith(
        "**Biden's lead in Georgia's recount narrows by 10 votes, to 2,471,862,** after"
    )
    fallen = reading("07:50", 2471882, 15, count="recount")
    assert say(after, fallen).startswith("**Count revised:** the Times' Georgia recount total is down 5 votes.")


def test_a_place_that_is_no_bare_name_keeps_its_words_together() -> None:
    before = reading("07:00", 0, 0, contest=SENATE.id, votes={"perdue": 10, "ossoff": 20})
    after = reading("07:35", 0, 0, contest=SENATE.id, votes={"perdue": 40, "ossoff": 30})
    assert say(before, after, SENATE, SOS).startswith(
        "**Perdue takes the lead in Georgia's Senate race (Perdue), by 10 votes,** after 40 votes broke 30 to 10 for Perdue."
    )


def test_a_measures_choice_has_no_possessive() -> None:
    measure = GEORGIA.model_copy(update={"rule": "measure", "where": "Georgia's vote on Amendment 1"})
    before, after = (reading(at, 0, 0, votes={"Yes": yes, "No": 5}) for at, yes in (("07:00", 10), ("07:35", 12)))
    assert say(before, after, measure).startswith(
        "**The Yes lead in Georgia's vote on Amendment 1 grows by 2 votes, to 7,**"
    )


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


def voted(at: str, yes: int, no: int, **more: object) -> Reading:
    return reading(at, 0, 0, None, votes={"yes": yes, "no": no}, contest=MEASURE.id, **more)


SHORT = voted("07:00", 520, 480)


def test_a_measure_short_of_the_share_it_needs_is_not_told_as_ahead() -> None:
    short = "**Measure 4 is short of the required 60% so far,** with "
    stays = "**Measure 4 is still short of the required 60% in the count so far,** with "
    assert say(None, SHORT, MEASURE) == f"{short}52.00% for Yes and 1,000 votes counted."
    assert say(SHORT, voted("07:35", 540, 485), MEASURE) == (
        f"{stays}52.68% for Yes. That is up from 52.00% at 7 a.m., after 25 more votes were counted (Yes 20, No 5)."
    )
    assert say(SHORT, voted("07:35", 546, 504), MEASURE) == (
        f"{stays}52.00% for Yes, as before, after 50 more votes were counted (Yes 26, No 24)."
    )
    assert say(voted("06:00", 480, 475), SHORT, MEASURE, roll_up=True) == (
        f"{stays}52.00% for Yes. That is up from 50.26% at 6 a.m., after 45 more votes were counted (Yes 40, No 5)."
    )
    assert say(SHORT, voted("07:35", 500, 480), MEASURE) == (
        "**Count revised:** the Times' total in Georgia's vote on Measure 4 is down 20 votes. "
        "Measure 4 is short of the required 60% so far, with 51.02% for Yes."
    )
    more = {"reporting": {"precincts": [4, 99]}}
    assert say(SHORT, voted("07:35", 520, 480, **more), MEASURE) == (
        "Georgia's vote on Measure 4: 4 of 99 precincts have reported; "
        "Measure 4 is short of the required 60% so far, with 52.00% for Yes."
    )


def test_a_measure_that_has_its_share_is_told_by_it_and_one_that_loses_by_the_lead() -> None:
    over = "**Measure 4 is over the required 60% so far,** with "
    assert say(None, voted("07:00", 600, 300), MEASURE) == f"{over}66.67% for Yes and 900 votes counted."
    assert say(None, voted("07:00", 400, 600), MEASURE).startswith("**No leads in ")
    assert say(voted("07:00", 590, 410), voted("07:35", 700, 410), MEASURE) == (
        "**Measure 4 is now over the required 60% in the count so far,** with 63.06% for Yes. That is up from 59.00% at 7 a.m., after 110 more votes were counted, all for Yes."
    )


RUNOFF = SENATE.model_copy(update={"rule": "majority-runoff"})


def ahead(at: str, perdue: int, ossoff: int, **more: object) -> Reading:
    votes = {"perdue": perdue, "ossoff": ossoff, "hazel": 100}
    return reading(at, 0, 0, None, contest=RUNOFF.id, votes=votes, **more)


def test_where_a_majority_is_needed_the_share_follows_the_lead_while_it_is_near() -> None:
    senate = "Georgia's Senate race (Perdue)"
    before = ahead("07:00", 1000, 910)
    assert say(None, before, RUNOFF) == (
        f"**Perdue has 49.75% of the vote so far in {senate}, short of a majority,** and leads by 90 votes, with 2,010 counted."
    )
    assert say(before, ahead("07:35", 1030, 910), RUNOFF) == (
        f"**Perdue's lead in {senate} grows by 30 votes, to 120,** after 30 more votes were counted, all for Perdue. "
        "Perdue now has 50.49% of the vote so far, a majority."
    )
    assert say(before, ahead("07:35", 1030, 920), RUNOFF, roll_up=True) == (
        f"**Perdue's lead in {senate} is 110, up 20 since 7 a.m.,** after 40 more votes were counted (Perdue 30, Ossoff 10). "
        "Perdue now has 50.24% of the vote so far, a majority."
    )
    assert say(ahead("07:00", 1200, 910), ahead("07:35", 1230, 910), RUNOFF) == (
        f"**Perdue's lead in {senate} grows by 30 votes, to 320,** after 30 more votes were counted, all for Perdue."
    )
    assert say(ahead("07:00", 1200, 910), ahead("07:35", 1200, 1150), RUNOFF).endswith(
        "Perdue now has 48.98% of the vote so far, short of a majority."
    )
    assert say(ahead("07:00", 1200, 910), ahead("07:35", 1500, 1450), RUNOFF).endswith(
        "Perdue now has 49.18% of the vote so far, short of a majority."
    )


def test_a_lead_change_says_the_share_only_near_a_majority() -> None:
    assert say(ahead("07:00", 1000, 1010), ahead("07:35", 1030, 1020), RUNOFF) == (
        "**Perdue takes the lead in Georgia's Senate race (Perdue), by 10 votes,** after 40 votes broke 30 to 10 for Perdue. "
        "Ossoff had led by 10."
    )


def test_a_lead_that_changed_hands_meanwhile_says_whose_it_was() -> None:
    counts = [(1000, 990), (1010, 1020), (1040, 1030), (1050, 1060), (1250, 1070)]
    seen = [ahead(f"07:{10 * place:02}", *count) for place, count in enumerate(counts)]
    steps = [change for before, after in pairwise(seen) if (change := compare(before, after))]
    senate = "Georgia's Senate race (Perdue)"
    assert say(seen[0], seen[2], RUNOFF, steps=steps[:2], lead_changes=tuple(steps[:2])) == (
        f"**Perdue leads in {senate} by 10 votes.** "
        "Perdue had led by 10 at 7 a.m. before 80 more votes were counted over two updates. "
        "The lead went to Ossoff at 7:10 a.m. and to Perdue at 7:20 a.m."
    )
    assert say(seen[0], seen[4], RUNOFF, steps=steps, lead_changes=tuple(steps)) == (
        f"**Perdue leads in {senate} by 180 votes.** "
        "Perdue had led by 10 at 7 a.m. before 330 more votes were counted over four updates. "
        "The lead changed hands four times, most recently at 7:40 a.m. Perdue now has 51.65% of the vote so far, a majority."
    )
