from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.count.certification import CertificationCount
from bot.count.change import Change, compare
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.desk.desk_file import load_desk
from bot.desk.recount_line_table import load_recount_lines
from bot.events.event import Event
from bot.schedule.rundown_words import (
    OvernightFacts,
    RundownContest,
    RundownFacts,
    deadline_line,
    event_line,
    official_tally,
    overnight,
    rundown_post,
    since_evening,
)
from bot.tally.standing_words import HELD_WORDS, MarginFacts
from bot.wording.context import ContestContext, Setting
from bot.wording.message import render

DATA = Path(__file__).parents[2] / "data"
DESK = load_desk(DATA / "desks/georgia-2020.toml")
SETTING = Setting(DESK, load_recount_lines(DATA / "recount_lines.toml"))
GEORGIA, SENATE = DESK.contests
TIMES, SOS, *_ = DESK.sources
ASKS = (
    "The margin is 0.28 percentage points, inside the recount range of 0.5 points: "
    "a losing candidate may ask for a recount within two business days of certification."
)
NOW = datetime(2020, 11, 11, 13, tzinfo=UTC)
SIX = NOW - timedelta(hours=14)


def event(title: str, wall: str, **more: object) -> Event:
    return Event.model_validate({"kind": "other", "title": title, "wall": wall, "zone": "America/New_York"} | more)


def reading(minutes: int, biden: int, trump: int, total: int) -> Reading:
    return Reading(
        source="times",
        contest=GEORGIA.id,
        as_of=NOW - timedelta(minutes=minutes),
        total=total,
        votes={"biden": biden, "trump": trump, "jorgensen": 62509},
    )


BEFORE, AFTER = reading(756, 2471882, 2457733, 4992124), reading(25, 2471895, 2457794, 4992198)
EVENING = compare(None, BEFORE)
STANDING = MarginFacts(GEORGIA, TIMES, NOW, AFTER, compare(BEFORE, AFTER), changed_at=AFTER.as_of, checked_at=NOW)
PRESIDENT = RundownContest(
    STANDING,
    OvernightFacts(SIX, 1, EVENING, BEFORE.as_of, AFTER.as_of, EVENING),
    CertificationCount(92, 159),
    SOS,
    NOW - timedelta(minutes=30),
    Statement(source="ga-sos", contest=GEORGIA.id, as_of=NOW - timedelta(minutes=30), total=4989046),
    SOS,
    NOW - timedelta(hours=14, minutes=25),
)
UNKNOWN = RundownContest(MarginFacts(SENATE, SOS, NOW, None), OvernightFacts(SIX, 0, None, None, None, None))
TODAY = [
    event("Rally: Sens. Rubio, Loeffler and Perdue", "2020-11-11T10:00", place="Cobb County"),
    event("Press conference", "2020-11-11T10:30", place="Secretary of State's Office", status="expected"),
]
AHEAD = [event("Counties certify", "2020-11-13T17:00"), event("The state certifies", "2020-11-20T17:00")]


def test_the_morning_list_tells_the_night_and_the_day() -> None:
    draft = rundown_post(RundownFacts(NOW, [PRESIDENT], TODAY, AHEAD), SETTING)
    assert render(draft, 215).content == (
        "**Wednesday, Nov. 11:** Biden leads in Georgia by 14,101; 92 of 159 counties had certified as of 7:30 a.m.\n-# #215 · 8 a.m."
    )
    card = render(draft).embeds[0]
    assert card["description"].splitlines() == [
        "**Where it stands**",
        "Biden leads by 14,101, in the Times' count of 4,992,198 votes.",
        "Votes last changed at 7:35 a.m., last checked at 8 a.m.",
        "**Overnight:** Biden led by 14,149 as of 7:24 p.m. Tuesday; the next update came at 7:35 a.m.",
        ASKS,
    ]
    assert {field["name"]: field["value"] for field in card["fields"]} == {
        "Certified": "92 of 159 counties as of 7:30 a.m., the secretary of state says.",
        "Official tally": "The secretary of state: 4,989,046 votes when checked at 7:30 a.m.; "
        "last updated about 5:35 p.m. Tuesday.",
        "Today": "**10 a.m.** Rally: Sens. Rubio, Loeffler and Perdue in Cobb County\n"
        "**10:30 a.m.** Press conference, Secretary of State's Office (expected, not confirmed)",
        "Deadlines": "**5 p.m. Friday** Counties certify\n**5 p.m. Nov. 20** The state certifies",
    }
    assert card["footer"]["text"] == "Unofficial. Source: The New York Times."
    assert (draft.kind, draft.quiet) == ("rundown", True)


def test_nothing_to_say_is_said_in_one_line() -> None:
    draft = rundown_post(RundownFacts(NOW, [], [], []), SETTING)
    assert draft.headline == "**Wednesday, Nov. 11:** nothing is on the schedule today."
    assert render(draft).embeds == ()
    assert rundown_post(RundownFacts(NOW, [], TODAY, []), SETTING).headline.endswith(
        "two events on the schedule today."
    )


STILL = replace(
    PRESIDENT,
    standing=replace(STANDING, changed_at=NOW - timedelta(hours=20)),
    overnight=OvernightFacts(SIX, 0, STANDING.change, NOW - timedelta(hours=20), None, STANDING.change),
)
"""A contest in which nothing has changed since the evening."""


def test_where_nothing_changed_and_nothing_is_ahead_one_line_says_so_and_no_heading_is_empty() -> None:
    (card,) = render(rundown_post(RundownFacts(NOW, [STILL], [], []), SETTING)).embeds
    assert card["description"].splitlines() == [
        "**Where it stands**",
        "Biden leads by 14,101, in the Times' count of 4,992,198 votes.",
        "Votes last changed at noon Tuesday, last checked at 8 a.m.",
        ASKS,
        "No change since 6 p.m. Tuesday; nothing is on the schedule today, and no deadline falls within two weeks.",
    ]
    assert [field["name"] for field in card["fields"]] == ["Certified", "Official tally"]


def test_of_several_contests_without_a_change_one_line_says_so_for_all() -> None:
    draft = rundown_post(RundownFacts(NOW, [STILL, STILL], [], AHEAD), SETTING)
    assert "Overnight" not in str(render(draft).embeds)
    assert (
        render(draft).embeds[-1]["description"] == "No change since 6 p.m. Tuesday; nothing is on the schedule today."
    )
    assert [field["name"] for field in render(draft).embeds[-1]["fields"]] == ["Deadlines"]


def test_that_nothing_changed_is_said_of_no_contest_whose_source_nobody_has_asked_since_the_evening() -> None:
    unasked = replace(STILL, standing=replace(STILL.standing, checked_at=SIX - timedelta(minutes=1)))
    draft = rundown_post(RundownFacts(NOW, [STILL, unasked], [], []), SETTING)
    assert render(draft).embeds[-1]["description"] == (
        "Nothing is on the schedule today, and no deadline falls within two weeks."
    )
    assert "**Overnight:** no change" in render(draft).embeds[0]["description"]


def test_a_lead_that_changed_hands_overnight_leads_the_list() -> None:
    took = Change.model_validate(
        stand(1096, 0).model_dump()
        | {"as_of": SIX + timedelta(hours=11), "lead_changed": True, "new_votes": 9, "units": {"Clayton": 9}}
    )
    behind = stand(6, 469)
    turned = replace(
        PRESIDENT, overnight=OvernightFacts(SIX, 1, behind, SIX, AFTER.as_of, behind, lead_changes=(took,))
    )
    draft = rundown_post(RundownFacts(NOW, [turned], TODAY, AHEAD), SETTING)
    assert draft.headline.startswith(
        "**Wednesday, Nov. 11:** Biden moved ahead in Georgia overnight and leads by 14,101; "
    )
    (card,) = render(draft).embeds
    assert (
        "**Overnight:** Biden took the lead at 5 a.m. in the Times' count, after votes from Clayton County."
        in card["description"]
    )
    revised = took.model_copy(update={"kind": "revision"})
    by_it = replace(turned, overnight=replace(turned.overnight, lead_changes=(revised,)))
    (card,) = render(rundown_post(RundownFacts(NOW, [by_it], TODAY, AHEAD), SETTING)).embeds
    assert "**Overnight:** Biden took the lead at 5 a.m. in the Times' count.\n" in card["description"]
    twice = replace(turned, overnight=replace(turned.overnight, at_evening=stand(20, 6), lead_changes=(took, took)))
    draft = rundown_post(RundownFacts(NOW, [twice], TODAY, AHEAD), SETTING)
    assert draft.headline.startswith("**Wednesday, Nov. 11:** Biden leads in Georgia by 14,101; ")
    assert (
        "**Overnight:** the lead changed hands twice in the Times' count, the last time at 5 a.m., when Biden moved ahead after votes from Clayton County.\n"
    ) in render(draft).embeds[0]["description"]


def test_what_did_change_keeps_its_sentence_where_nothing_is_ahead() -> None:
    (card,) = render(rundown_post(RundownFacts(NOW, [PRESIDENT], [], []), SETTING)).embeds
    assert "**Overnight:** Biden led by 14,149" in card["description"]
    assert card["description"].endswith("\nNothing is on the schedule today, and no deadline falls within two weeks.")


def test_a_contest_without_a_reading_is_unknown_not_zero() -> None:
    draft = rundown_post(RundownFacts(NOW, [UNKNOWN], [], []), SETTING)
    assert draft.headline == "**Wednesday, Nov. 11:** no count is in yet for Georgia's Senate race (Perdue)."
    assert render(draft).embeds[0]["description"] == (
        "**Where it stands**\nNo count is in yet for Georgia's Senate race (Perdue) from the secretary of state.\n"
        "Nothing is on the schedule today, and no deadline falls within two weeks."
    )


def test_several_contests_have_a_card_each_and_the_day_ahead_one_of_its_own() -> None:
    draft = rundown_post(RundownFacts(NOW, [PRESIDENT, UNKNOWN], TODAY, AHEAD), SETTING)
    assert draft.headline == (
        "**Wednesday, Nov. 11:** Biden leads in Georgia by 14,101; "
        "no count is in yet for Georgia's Senate race (Perdue)."
    )
    assert [embed.get("description", "").split("\n")[0] for embed in render(draft).embeds] == [
        "**Georgia**",
        "**Georgia's Senate race (Perdue)**",
        "",
    ]
    assert [field["name"] for field in render(draft).embeds[-1]["fields"]] == ["Today", "Deadlines"]


def test_contests_that_do_not_fit_are_counted() -> None:
    draft = rundown_post(RundownFacts(NOW, [PRESIDENT] * 30, TODAY * 40, AHEAD), SETTING)
    assert "; 28 more races below." in draft.headline
    fields = {field["name"]: field["value"] for field in render(draft).embeds[-1]["fields"]}
    left = 30 - (len(render(draft).embeds) - 1)
    assert fields["Also followed"] == f"{left} more races; /margin has them."
    assert fields["Today"].splitlines()[-1].startswith("and ")


def test_a_held_reading_is_said() -> None:
    held = replace(PRESIDENT, standing=replace(STANDING, held="many_units"))
    draft = rundown_post(RundownFacts(NOW, [held], [], []), SETTING)
    assert draft.headline.startswith("**Wednesday, Nov. 11:** Biden led in Georgia by 14,101 votes as of 7:35 a.m.; ")
    led, later, checked, margin, *_ = render(draft).embeds[0]["description"].splitlines()[1:]
    assert led == "Biden led by 14,101 votes, in the Times' count of 4,992,198 votes as of 7:35 a.m."
    assert later == f"Later figures are on hold: {HELD_WORDS['many_units']}."
    assert checked == "Last checked at 8 a.m."
    assert margin.startswith("The margin was 0.28 percentage points, inside the recount range")


DUSK, BATCH_AT = NOW - timedelta(hours=12, minutes=36), NOW - timedelta(minutes=25)
TOLD = ContestContext(GEORGIA, DESK.desk.style, ZoneInfo("America/New_York"), NOW)


def stand(biden: int, trump: int) -> Change:
    change = compare(None, reading(0, biden, trump, 0).model_copy(update={"votes": {"biden": biden, "trump": trump}}))
    assert change is not None
    return change


def night(
    before: Change | None, since: datetime | None, until: datetime | None = BATCH_AT, now: Change | None = None
) -> str:
    """Return the sentence about a night at whose end Biden leads by 12, or the count is as in `now`."""
    return overnight(TOLD, now or stand(20, 8), before, (since, until))


def listed(title: str, wall: str, **more: object) -> str:
    return event_line(event(title, wall, **more), TOLD.zone)


TOTAL = Statement(source="ga-sos", contest="x", as_of=NOW, total=4989046)
MARGIN = Statement(source="x", contest="x", as_of=NOW, leader="biden", margin=14149, approximate=("margin",))
RULE = "the day as a station in the capital reported it, with the hour assumed by whoever asked"
NEXT = "the next update came at 7:35 a.m."
SENTENCES = {
    "a night without a change": (
        night(stand(20, 6), DUSK, None, stand(20, 6)),
        "**Overnight:** no change posted.",
    ),
    "the margin stood before a change": (
        night(stand(20, 6), DUSK),
        f"**Overnight:** Biden led by 14 as of 7:24 p.m. Tuesday; {NEXT}",
    ),
    "another led before a change": (
        night(stand(6, 20), DUSK),
        f"**Overnight:** Trump led by 14 as of 7:24 p.m. Tuesday; {NEXT}",
    ),
    "a tie before a change": (night(stand(6, 6), None), f"**Overnight:** the count was tied; {NEXT}"),
    "nothing is known of the night": (night(None, None, None), ""),
    "the last short stretch of a busy night": (night(stand(20, 6), BATCH_AT - timedelta(minutes=17)), ""),
    "a longer stretch": (
        night(stand(20, 6), BATCH_AT - timedelta(hours=3)),
        f"**Overnight:** Biden led by 14 as of 4:35 a.m.; {NEXT}",
    ),
    "a short stretch before another leads": (
        night(stand(6, 20), BATCH_AT - timedelta(minutes=17)),
        f"**Overnight:** Trump led by 14 as of 7:18 a.m.; {NEXT}",
    ),
    "several updates": (
        since_evening(TOLD, 3, stand(20, 6), DUSK),
        "Three updates since 7:24 p.m. Tuesday, when Biden led by 14.",
    ),
    "several updates, from nothing": (
        since_evening(TOLD, 3, None, BATCH_AT),
        "Three updates since 7:35 a.m.",
    ),
    "one update": (since_evening(TOLD, 1, stand(20, 6), DUSK), ""),
    "an official total": (
        official_tally(TOLD, TOTAL, NOW - timedelta(hours=14, minutes=25)),
        "4,989,046 votes when checked at 8 a.m.; last updated about 5:35 p.m. Tuesday.",
    ),
    "an official margin": (official_tally(TOLD, MARGIN, None), "Biden ahead by about 14,149, as of 8 a.m."),
    "no official tally": (official_tally(TOLD, None, None), ""),
    "an event that is expected": (
        listed("Press conference", "2020-11-11T10:30", place="Atlanta", status="expected"),
        "**10:30 a.m.** Press conference, Atlanta (expected, not confirmed)",
    ),
    "an event that is canceled": (
        listed("Rally", "2020-11-11T12:00", status="canceled"),
        "**Canceled:** noon, Rally",
    ),
    "an event in another zone": (
        listed("Hearing", "2020-11-11T09:00", zone="America/Los_Angeles"),
        "**Noon** (9 a.m. there) Hearing",
    ),
    "an event with a mention": (
        listed("**x** @here", "2020-11-11T10:00"),
        "**10 a.m.** \\*\\*x\\*\\* @\u200bhere",
    ),
    "a deadline with its hour": (
        deadline_line(event("Protests", "2020-11-13T17:00"), NOW, TOLD.zone),
        "**5 p.m. Friday** Protests",
    ),
    "a deadline by a long rule": (
        deadline_line(
            event("Recounts", "2020-11-13T17:00", source=f"{'two days ' * 7}after it; {RULE}"), NOW, TOLD.zone
        ),
        f"**5 p.m. Friday** Recounts ({'two days ' * 7}after it)",
    ),
    "a deadline by a long rule of one clause": (
        deadline_line(event("Recounts", "2020-11-13T17:00", source=RULE), NOW, TOLD.zone),
        "**5 p.m. Friday** Recounts (the day as a station in the capital reported it, with the hour assumed by…)",
    ),
    "a deadline without one": (
        deadline_line(event("Protests", "2020-11-20T23:59"), NOW, TOLD.zone),
        "**Nov. 20** Protests",
    ),
}


@pytest.mark.parametrize(("said", "words"), SENTENCES.values(), ids=SENTENCES)
def test_a_sentence_of_the_list(said: str, words: str) -> None:
    assert said == words
