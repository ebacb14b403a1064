"""The answer to /sources about each source: its figures, when they changed, and whether it can be read."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.feeds.polling import SourceHealth
from bot.feeds.receivers import Delivery
from tests.answers.asked import MORNING, News, Says, ask, correct, entered, missing, take
from tests.conftest import START, Newsroom, OpenNewsroom, reading, small_desk

TUESDAY_EVENING = START - timedelta(hours=13)
LOOKED_AT = (
    reading(120, 100, 1),
    reading(120, 100, 41),
    entered(30, total=4989046, leader="biden", margin=20, last_updated=TUESDAY_EVENING),
    entered(50, certified=(92, 159)),
)
"""Figures from a feed and from staff that were later seen unchanged."""
AT_ONE_TIME: News = (*MORNING, *(entered(leader="biden", margin=margin) for margin in (14_000, 14_500)))

SOURCES: dict[str, tuple[News, float, Says]] = {
    "figures of feeds and of a reporter": (
        (
            reading(120, 100, 5),
            reading(130, 100, 6, source="ga-sos", total=231),
            entered(source="reporter", leader="biden", margin=19),
        ),
        6,
        {
            "sources": (
                "**Georgia: posts follow the Times.**",
                "**The Times:** Biden +20, 220 votes. Changed and checked 7:05 a.m.",
                "**Our reporter:** Biden +19, as of 7 a.m. When it last changed is unknown. Newsroom only.",
                "It does not say from which counties votes come.",
            )
        },
    ),
    "figures and changes that staff entered, exact or about": (
        (
            reading(120, 100, 1),
            entered(3, source="times", leader="biden", margin=22),
            entered(total=2501, approximate=["total"]),
            entered(source="reporter", leader="biden", margin=19, margin_change=-2, approximate=["margin_change"]),
            entered(source="ap", leader="biden", margin=20, approximate=["margin"]),
            entered(source="nbc", last_updated=TUESDAY_EVENING, approximate=["last_updated"]),
        ),
        65,
        {
            "sources": (
                "**The Times:** Biden +22, as of 7:03 a.m., entered by staff. ",
                "**The Secretary of State:** about 2,501 votes, as of",
                "**Our reporter:** Biden +19, as of",
                "**The AP:** Biden about +20, as of",
                "**NBC News:** no figures yet. Changed about 6 p.m. Tuesday, as entered by staff; no change by 7 a.m. No feed.",
            )
        },
    ),
    "figures of a feed that was checked long ago": (
        (reading(120, 100, 1),),
        65,
        {"sources": "Biden +20, 220 votes. Changed 7:01 a.m. Last checked 7:01 a.m., 1 hour, 4 minutes ago."},
    ),
    "figures that were seen unchanged later, not long ago": (
        LOOKED_AT,
        85,
        {"sources": "Changed 7:01 a.m. Checked 7:41 a.m."},
    ),
    "figures that were seen unchanged later, long ago": (
        LOOKED_AT,
        300,
        {
            "sources": (
                "Changed 7:01 a.m. Last checked 7:41 a.m., 4 hours, 19 minutes ago.",
                "Biden +20, 4,989,046 votes, as of 7:30 a.m., entered by staff. Changed 6 p.m. Tuesday; no change by 7:30 a.m. Staff last looked 7:30 a.m.; no feed; no newer vote figures for 4 hours, 30 minutes.",
            ),
            "sources at 7:30": "Changed 7:01 a.m.; no change by 7:30 a.m.",
        },
    ),
    "staff saw the same figures once more": (
        (*LOOKED_AT, entered(60, total=4989046)),
        300,
        {
            "sources": "votes, as of 8 a.m., entered by staff. Changed 6 p.m. Tuesday; no change by 8 a.m. Staff last looked 8 a.m.; no feed; no newer vote figures for four hours."
        },
    ),
    "of an earlier time a source is unchanged only until its figures of then, after which nobody may have looked": (
        (
            reading(120, 100, 1),
            reading(120, 100, 11, reporting={"precincts": (2, 3)}),
            reading(130, 100, 41),
        ),
        41,
        {
            "sources at 7:30": "Biden +20, 220 votes, as of 7:11 a.m. Changed 7:01 a.m.; no change by 7:11 a.m.",
            "margin at 7:30": ("by the Times' count as of 7:11 a.m.", "\nUnofficial."),
        },
    ),
    "figures of after a source was seen unchanged may have changed since": (
        (*MORNING, entered(35, last_updated=TUESDAY_EVENING), entered(65, leader="biden", margin=14_101)),
        70,
        {"sources": "as of 8:05 a.m., entered by staff. When it last changed is unknown."},
    ),
    "other figures than staff entered before": (
        (
            reading(120, 100, 1),
            entered(30, total=4989046, last_updated=TUESDAY_EVENING, approximate=["last_updated"]),
            entered(65, total=4991741),
            entered(90, total=4991741),
        ),
        390,
        {
            "sources": "4,991,741 votes, as of 8:30 a.m., entered by staff. Changed between 7:30 a.m. and 8:05 a.m. Staff last looked 8:30 a.m.; no feed; no newer vote figures for five hours."
        },
    ),
    "figures that staff entered again of one time are no change": (
        AT_ONE_TIME,
        70,
        {"sources": "Biden +14,500, as of 7 a.m., entered by staff. When it last changed is unknown."},
    ),
    "other figures within a minute": (
        (*AT_ONE_TIME, entered(0.5, leader="biden", margin=14_600)),
        70,
        {"sources": "Changed by 7 a.m. Staff last looked 7 a.m.;"},
    ),
}


@pytest.mark.parametrize(("news", "minute", "says"), SOURCES.values(), ids=SOURCES)
async def test_sources(newsroom: Newsroom, news: News, minute: float, says: Says) -> None:
    await take(newsroom, *news)
    newsroom.at(minute)
    assert await missing(newsroom, says) == {}


async def test_sources_tell_of_a_feed_that_is_down(newsroom: Newsroom) -> None:
    await newsroom.take(reading(120, 100, 1))
    newsroom.health["times"] = SourceHealth(failing_since=START + timedelta(minutes=2), problem="no answer")
    assert "**Can't be read since 7:02 a.m.**: no answer." in await ask(newsroom, "sources")


@pytest.fixture
async def counting(open_newsroom: OpenNewsroom) -> Newsroom:
    """Return a newsroom with a count in several counties, of which one is complete and some have been silent for an
    hour.
    """
    desk = small_desk()
    sources = [one.model_copy(update={"stale_after": timedelta(minutes=45)}) for one in desk.sources]
    newsroom = await open_newsroom(desk.model_copy(update={"sources": sources}))
    minutes = {"Floyd": -20, "DeKalb": -20, "Echols": -22, "Bibb": 35, "Cobb": -20}
    uploads = {name: START + timedelta(minutes=minute) for name, minute in minutes.items()}
    feed = SimpleNamespace(source=SimpleNamespace(id="times"), uploads=uploads)
    newsroom.rooms.feeds.polling.feeds = [feed]  # type: ignore[list-item]  # no feed of a real source
    reported = {"Floyd": 4, "De Kalb": 3, "Echols": 1, "Bibb": 2}
    units = {name: {"total": 10, "reported": (done, 4)} for name, done in reported.items()}
    await newsroom.take(reading(20, 10, 0, units=units))
    newsroom.at(40)
    await newsroom.ingest.accept(Delivery("times", unchanged={("ga", "election")}))
    newsroom.at(300)
    return newsroom


async def test_sources_name_the_counties_that_have_sent_nothing_for_long(counting: Newsroom) -> None:
    assert (
        "Two counties still counting, with nothing sent for 45 minutes or more: Echols County (last 6:38 a.m.) and "
        "DeKalb County (last 6:40 a.m.)." in await ask(counting, "sources")
    )
    assert "still counting" not in await ask(counting, "sources at 7:41")


@pytest.mark.parametrize(
    "certified",
    [entered(certified=(159, 159)), reading(20, 10, 41, source="ga-sos", status="certified")],
    ids=["by count", "by another source"],
)
async def test_no_county_is_silent_once_the_contest_is_certified(
    counting: Newsroom, certified: Reading | Statement
) -> None:
    await take(counting, certified)
    assert "still counting" not in await ask(counting, "sources")


async def test_figures_whose_post_was_corrected_say_so(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await take(newsroom, reading(1000, 900, total=1900), entered(leader="biden", margin=101))
    await newsroom.publish()
    await correct(newsroom, 1, "The lead is 99.")
    await correct(newsroom, 2, "It is 98.")
    says = (
        "1,900 votes; corrected in #3: The lead is 99. Changed",
        "as of 7 a.m., entered by staff; corrected in #4: It is 98. When",
    )
    assert await missing(newsroom, {"sources": says}) == {}
