from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.count.change import Change, compare
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.desk.desk_file import load_desk
from bot.events.event import Event
from bot.schedule.rundown_words import deadline_line, event_line, official_tally, overnight, since_evening
from bot.wording.context import ContestContext

DESK = load_desk(Path(__file__).parents[2] / "data/desks/georgia-2020.toml")
NOW = datetime(2020, 11, 11, 13, tzinfo=UTC)
EVENING, BATCH = NOW - timedelta(hours=12, minutes=36), NOW - timedelta(minutes=25)
GEORGIA = ContestContext(DESK.contests[0], DESK.desk.style, ZoneInfo("America/New_York"), NOW)
EASTERN = ZoneInfo("America/New_York")


def stand(biden: int, trump: int) -> Change:
    told = {"source": "times", "contest": "ga-2020-president", "as_of": NOW, "votes": {"biden": biden, "trump": trump}}
    change = compare(None, Reading.model_validate(told))
    assert change is not None
    return change


def event(title: str, wall: str, **more: object) -> Event:
    told = {"kind": "other", "title": title, "wall": wall, "zone": "America/New_York"}
    return Event.model_validate(told | more)


def test_a_night_without_a_change_says_since_when() -> None:
    now = stand(20, 6)
    assert overnight(GEORGIA, now, now, (EVENING, None)) == (
        "**Overnight:** no change; Biden's lead has stood at 14 since 7:24 p.m. Tuesday."
    )


def test_a_night_before_a_change_says_how_long_the_margin_stood() -> None:
    assert overnight(GEORGIA, stand(20, 8), stand(20, 6), (EVENING, BATCH)) == (
        "**Overnight:** unchanged at 14 from 7:24 p.m. Tuesday; next change on record 7:35 a.m."
    )
    assert overnight(GEORGIA, stand(20, 8), stand(6, 20), (EVENING, BATCH)) == (
        "**Overnight:** Trump led by 14 from 7:24 p.m. Tuesday; next change on record 7:35 a.m."
    )
    assert (
        overnight(GEORGIA, stand(20, 8), stand(6, 6), (None, BATCH))
        == "**Overnight:** the count was tied; next change on record 7:35 a.m."
    )
    assert overnight(GEORGIA, stand(20, 8), None, (None, None)) == ""


def test_a_busy_night_s_last_short_stretch_is_not_told_but_a_lead_that_changed_is() -> None:
    at_ten_to = BATCH - timedelta(minutes=17)
    assert overnight(GEORGIA, stand(20, 8), stand(20, 6), (at_ten_to, BATCH)) == ""
    assert overnight(GEORGIA, stand(20, 8), stand(20, 6), (BATCH - timedelta(hours=3), BATCH)) == (
        "**Overnight:** unchanged at 14 from 4:35 a.m.; next change on record 7:35 a.m."
    )
    assert overnight(GEORGIA, stand(20, 8), stand(6, 20), (at_ten_to, BATCH)) == (
        "**Overnight:** Trump led by 14 from 7:18 a.m.; next change on record 7:35 a.m."
    )


def test_several_updates_are_counted_from_the_evening_on() -> None:
    assert (
        since_evening(GEORGIA, 3, stand(20, 6), EVENING)
        == "Three updates since 7:24 p.m. Tuesday, when Biden led by 14."
    )
    assert since_evening(GEORGIA, 3, None, BATCH) == "Three updates since 7:35 a.m."
    assert since_evening(GEORGIA, 1, stand(20, 6), EVENING) == ""


def test_the_official_tally_says_only_what_was_said() -> None:
    said = Statement(source="ga-sos", contest="x", as_of=NOW, total=4989046)
    assert official_tally(GEORGIA, said, NOW - timedelta(hours=14, minutes=25)) == (
        "4,989,046 votes, as of 8 a.m.; last updated about 5:35 p.m. Tuesday."
    )
    margin = Statement(source="x", contest="x", as_of=NOW, leader="biden", margin=14149, approximate=("margin",))
    assert official_tally(GEORGIA, margin, None) == "Biden ahead by about 14,149, as of 8 a.m."
    assert official_tally(GEORGIA, None, None) == ""


def test_an_event_says_its_time_place_and_how_sure_it_is() -> None:
    conference = event("Press conference", "2020-11-11T10:30", place="Atlanta", status="expected")
    assert event_line(conference, EASTERN) == "**10:30 a.m.** Press conference, Atlanta (expected, not confirmed)"
    assert event_line(event("Rally", "2020-11-11T12:00", status="canceled"), EASTERN) == "**Canceled:** noon, Rally"
    west = event("Hearing", "2020-11-11T09:00", zone="America/Los_Angeles")
    assert event_line(west, EASTERN) == "**Noon** (9 a.m. there) Hearing"
    assert event_line(event("**x** @here", "2020-11-11T10:00"), EASTERN) == "**10 a.m.** \\*\\*x\\*\\* @\u200bhere"


def test_a_deadline_has_its_hour_where_one_is_set() -> None:
    assert (
        deadline_line(event("Counties certify", "2020-11-13T17:00"), NOW, EASTERN)
        == "**5 p.m. Friday** Counties certify"
    )
    assert deadline_line(event("Counties certify", "2020-11-20T23:59"), NOW, EASTERN) == "**Nov. 20** Counties certify"
