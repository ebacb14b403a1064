"""A lead that changed hands overnight is the first item of the morning list, with the time."""

import pytest

from tests.conftest import Newsroom, OpenNewsroom, reading, small_desk
from tests.schedule.test_rundown import at_eight

NIGHTS = {
    "one change": (
        [(1000, 1463, -900), (2380, 1463, -180)],
        "Biden moved ahead in Georgia overnight and leads by 917.",
        ["**Overnight:** Biden took the lead at 4 a.m. in the Times' count."],
    ),
    "more after it": (
        [(1000, 1463, -900), (2380, 1463, -190), (2480, 1463, -130)],
        "Biden moved ahead in Georgia overnight and leads by 1,017.",
        [
            "**Overnight:** Biden took the lead at 3:50 a.m. in the Times' count.",
            "Two updates since 6 p.m. Tuesday, when Trump led by 463.",
        ],
    ),
    "back and forth": (
        [(1000, 1463, -900), (2380, 1463, -190), (2380, 2463, -150), (2480, 2463, -130)],
        "Biden moved ahead in Georgia overnight and leads by 17.",
        [
            "**Overnight:** the lead changed hands three times in the Times' count, the last time at 4:50 a.m., when Biden moved ahead."
        ],
    ),
    "there and back": (
        [(1000, 1463, -900), (2380, 1463, -190), (2380, 2463, -150)],
        "Trump leads in Georgia by 83.",
        [
            "**Overnight:** the lead changed hands twice in the Times' count, the last time at 4:30 a.m., when Trump moved ahead."
        ],
    ),
    "in a count that began in the night": (
        [(0, 0, -600), (0, 463, -590), (980, 463, -180), (1380, 463, -150)],
        "Biden moved ahead in Georgia overnight and leads by 917.",
        ["**Overnight:** Biden took the lead at 4 a.m. in the Times' count."],
    ),
    "before midnight in a count that began in the night": (
        [(0, 0, -600), (0, 463, -590), (980, 463, -480)],
        "Biden leads in Georgia by 517.",
        ["**Since 6 p.m. Tuesday:** Biden took the lead at 11 p.m. Tuesday in the Times' count."],
    ),
    "before midnight": (
        [(1000, 1463, -900), (2380, 1463, -530)],
        "Biden leads in Georgia by 917.",
        ["**Since 6 p.m. Tuesday:** Biden took the lead at 10:10 p.m. Tuesday in the Times' count."],
    ),
    "first ahead": ([(0, 0, -600), (0, 463, -590), (10, 473, -580)], "Trump leads in Georgia by 463.", []),
}


@pytest.mark.parametrize(("readings", "headline", "night"), NIGHTS.values(), ids=NIGHTS)
async def test_who_moved_ahead_in_the_night_is_named_first(
    newsroom: Newsroom, readings: list[tuple[int, int, int]], headline: str, night: list[str]
) -> None:
    await newsroom.follow()
    for biden, trump, minute in readings:
        newsroom.at(minute)
        await newsroom.take(reading(biden, trump, minute))
    said = await at_eight(newsroom)
    assert said.startswith(f"**Wednesday, Nov. 11:** {headline}\n")
    for line in night:
        assert line in said
    assert ("the lead" in said) == bool(night)


RULES = {
    "short of a majority": (
        {"rule": "majority-runoff"},
        [(510, 460, 1000), (1100, 980, 2220)],
        "Biden leads in Georgia by 120, with 49.55% of the vote so far, short of a majority.",
        "**Overnight:** Biden's share dropped below 50% at 4 a.m. in the Times' count, to 49.55%.",
    ),
    "above a majority": (
        {"rule": "majority-runoff"},
        [(495, 460, 1000), (1140, 980, 2220)],
        "Biden leads in Georgia by 160, with 51.35% of the vote so far, a majority.",
        "**Overnight:** Biden's share rose above 50% at 4 a.m. in the Times' count, to 51.35%.",
    ),
    "above and short again": (
        {"rule": "majority-runoff"},
        [(510, 460, 1000), (1100, 980, 2220), (1700, 1300, 3200), (1750, 1750, 3600)],
        "the count is tied in Georgia.",
        "**Overnight:** Biden's share dropped below 50% at 5 a.m. in the Times' count, to 48.61%.",
    ),
    "with a change of the lead": (
        {"rule": "majority-runoff"},
        [(510, 460, 1000), (1000, 1090, 2220)],
        "Trump moved ahead in Georgia overnight and leads by 90, with 49.10% of the vote so far, short of a majority.",
        "**Overnight:** Trump took the lead at 4 a.m. in the Times' count.",
    ),
    "over the share of a measure": (
        {"name": "Measure 4", "rule": "measure", "threshold": "3/5"},
        [(590, 400, 1000), (1340, 860, 2220)],
        "Measure 4 is over the required 60% so far, with 60.36% for Biden.",
        "**Overnight:** the share for Biden rose above the required 60% at 4 a.m. in the Times' count, to 60.36%.",
    ),
}


@pytest.mark.parametrize(("rule", "counts", "headline", "night"), RULES.values(), ids=RULES)
async def test_a_required_share_that_was_reached_or_lost_in_the_night_is_told_with_its_time(
    open_newsroom: OpenNewsroom, rule: dict[str, object], counts: list[tuple[int, int, int]], headline: str, night: str
) -> None:
    desk = small_desk()
    contest = desk.contests[0].model_validate(desk.contests[0].model_dump() | rule)
    newsroom = await open_newsroom(desk.model_copy(update={"contests": (contest, *desk.contests[1:])}))
    await newsroom.follow()
    for (biden, trump, total), minute in zip(counts, (-900, -180, -150, -120), strict=False):
        newsroom.at(minute)
        await newsroom.take(reading(biden, trump, minute, total=total))
    said = await at_eight(newsroom)
    assert said.startswith(f"**Wednesday, Nov. 11:** {headline}\n")
    assert night in said
