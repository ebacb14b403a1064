"""Times as people type them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.answers.asking import past_time
from bot.errors import BadInputError

ATLANTA = ZoneInfo("America/New_York")
PHOENIX = ZoneInfo("America/Phoenix")
BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = "2020-11-11T09:00"


def read(typed: str, now: str = WEDNESDAY, zone: ZoneInfo = ATLANTA) -> str:
    """Return the moment as the desk's clock shows it; `now` is by that clock too."""
    moment = past_time(typed, datetime.fromisoformat(now).replace(tzinfo=zone), zone)
    assert moment.tzinfo is UTC
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3:05", "2020-11-11 03:05:00 EST"),
        ("03:05", "2020-11-11 03:05:00 EST"),
        ("3:05 a.m.", "2020-11-11 03:05:00 EST"),
        ("3:05am", "2020-11-11 03:05:00 EST"),
        ("3:05 AM", "2020-11-11 03:05:00 EST"),
        ("at 3:05", "2020-11-11 03:05:00 EST"),
        ("3:05:42", "2020-11-11 03:05:42 EST"),
        ("09:00", "2020-11-11 09:00:00 EST"),
        ("9:01", "2020-11-10 09:01:00 EST"),
        ("15:05", "2020-11-10 15:05:00 EST"),
        ("7:30 p.m.", "2020-11-10 19:30:00 EST"),
        ("7 p. m.", "2020-11-10 19:00:00 EST"),
        ("7pm", "2020-11-10 19:00:00 EST"),
        ("12am", "2020-11-11 00:00:00 EST"),
        ("12:30 a.m.", "2020-11-11 00:30:00 EST"),
        ("12 p.m.", "2020-11-10 12:00:00 EST"),
        ("noon", "2020-11-10 12:00:00 EST"),
        ("midnight", "2020-11-11 00:00:00 EST"),
        ("today 7:35 a.m.", "2020-11-11 07:35:00 EST"),
        ("7:35 today", "2020-11-11 07:35:00 EST"),
        ("yesterday 7pm", "2020-11-10 19:00:00 EST"),
        ("yesterday, 7 p.m.", "2020-11-10 19:00:00 EST"),
        ("7 p.m. yesterday", "2020-11-10 19:00:00 EST"),
        ("yesterday at noon", "2020-11-10 12:00:00 EST"),
        ("Tuesday 7:24 p.m.", "2020-11-10 19:24:00 EST"),
        ("7:24 p.m. on Tues.", "2020-11-10 19:24:00 EST"),
        ("Wed 8am", "2020-11-11 08:00:00 EST"),
        ("thu 8am", "2020-11-05 08:00:00 EST"),
        ("8am sat", "2020-11-07 08:00:00 EST"),
        ("8:00 Sat", "2020-11-07 08:00:00 EST"),
        ("Nov. 6 4:30 a.m.", "2020-11-06 04:30:00 EST"),
        ("Nov 6, 4:30 am", "2020-11-06 04:30:00 EST"),
        ("November 6th, 2020, 4:30 a.m.", "2020-11-06 04:30:00 EST"),
        ("4:30 a.m. Nov. 6", "2020-11-06 04:30:00 EST"),
        ("Sept. 6 16:30", "2020-09-06 16:30:00 EDT"),
        ("may 1 9 am", "2020-05-01 09:00:00 EDT"),
        ("Nov. 20 2019 5 p.m.", "2019-11-20 17:00:00 EST"),
        ("2020-11-06 04:30", "2020-11-06 04:30:00 EST"),
        ("2020-11-06T09:30Z", "2020-11-06 04:30:00 EST"),
        ("2020-11-06T09:30:15+00:00", "2020-11-06 04:30:15 EST"),
        ("3:05 am ET", "2020-11-11 03:05:00 EST"),
        ("3:05 EST", "2020-11-11 03:05:00 EST"),
        ("8:05 UTC", "2020-11-11 03:05:00 EST"),
        ("08:05z", "2020-11-11 03:05:00 EST"),
        ("now", "2020-11-11 09:00:00 EST"),
        ("2 hours ago", "2020-11-11 07:00:00 EST"),
        ("an hour ago", "2020-11-11 08:00:00 EST"),
        ("30 min ago", "2020-11-11 08:30:00 EST"),
        ("90m ago", "2020-11-11 07:30:00 EST"),
    ],
)
def test_a_clear_time_is_the_latest_such_moment(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "3", "5", "12", "305", "0305", "3.05", "14,101", "14.101", "2020", "1/2", "11/6", "11/6 4:30",
        "6.11. 4:30", "Floyd", "Biden", "a", "m", "am", "pm", "may", "mar", "March", "sat", "Monday", "today",
        "yesterday", "Nov. 6", "2020-11-06", "25:00", "24:00", "3:60", "3:5", "13:05 pm", "13pm", "0pm", "0:30 am",
        "Feb. 30 3:00", "Nov. 0 3:00", "last monday 7pm", "last night", "tonight", "3 days ago", "7", "-3:05", "3:05 -",
        "3:05 3:06", "yesterday today 3:05", "Floyd 3:05", "3:05 Floyd", "3:05 or so", "about 3:05", "\u0663:\u0660\u0665",
        "3:05\x00", "Nov. 6 99999 3:05", "x" * 61, "3:05" + " " * 60,
    ],
)  # fmt: skip
def test_what_is_not_clearly_a_time_is_refused(typed: str) -> None:
    with pytest.raises(BadInputError, match="not clearly a time"):
        read(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "9:01 a.m. today",
        "today 11pm",
        "Wed 10am",
        "tomorrow 5pm",
        "Nov. 20 5 p.m.",
        "2020-11-11 09:01",
        "2031-01-01 1:00",
    ],
)
def test_what_is_ahead_is_refused_and_not_taken_for_an_earlier_one(typed: str) -> None:
    with pytest.raises(BadInputError, match="is still ahead"):
        read(typed)


@pytest.mark.parametrize("typed", ["in 2 hours", "2 hours from now"])
def test_a_span_ahead_is_refused(typed: str) -> None:
    with pytest.raises(BadInputError, match="not a time that is past"):
        read(typed)


def test_a_date_without_a_year_in_january_is_last_years() -> None:
    assert read("Dec. 30 5 p.m.", "2021-01-05T12:00") == "2020-12-30 17:00:00 EST"


def test_the_29th_of_february_needs_its_year() -> None:
    assert read("Feb. 29, 2020, 5 p.m.") == "2020-02-29 17:00:00 EST"
    with pytest.raises(BadInputError, match="say the year"):
        read("Feb. 29 5 p.m.")


@pytest.mark.parametrize("typed", ["yesterday midnight", "midnight Nov. 6"])
def test_midnight_of_a_day_could_be_either_end(typed: str) -> None:
    with pytest.raises(BadInputError, match="either end of the day"):
        read(typed)


def test_an_hour_that_came_twice_asks_for_the_zone() -> None:
    morning = "2020-11-01T09:00"
    with pytest.raises(BadInputError, match="came twice that night; add EDT or EST"):
        read("1:30 a.m.", morning)
    with pytest.raises(BadInputError, match="came twice"):
        read("1:30 ET", morning)
    assert read("1:30 a.m. EDT", morning) == "2020-11-01 01:30:00 EDT"
    assert read("1:30 a.m. EST", morning) == "2020-11-01 01:30:00 EST"
    assert read("2:00 a.m.", morning) == "2020-11-01 02:00:00 EST"


def test_between_the_two_only_the_first_is_past() -> None:
    now = datetime(2020, 11, 1, 6, 10, tzinfo=UTC)  # 1:10 a.m. for the second time
    assert past_time("1:30", now, ATLANTA) == datetime(2020, 11, 1, 5, 30, tzinfo=UTC)
    with pytest.raises(BadInputError, match="came twice"):
        past_time("1:05", now, ATLANTA)


def test_an_hour_that_the_clocks_skipped_is_refused() -> None:
    for typed in ("2:30", "2:30 a.m. today", "March 14 2:30 a.m."):
        with pytest.raises(BadInputError, match="the clocks skipped that hour"):
            read(typed, "2021-03-14T09:00")
    assert read("3:00", "2021-03-14T09:00") == "2021-03-14 03:00:00 EDT"


def test_the_day_before_a_change_of_clocks_is_a_calendar_day() -> None:
    assert read("yesterday 9am", "2021-03-14T10:00") == "2021-03-13 09:00:00 EST"
    assert read("3 hours ago", "2021-03-14T04:00") == "2021-03-14 00:00:00 EST"


def test_another_zones_name_is_refused() -> None:
    for typed in ("3:05 CT", "3:05 PST", "3:05 EDT"):
        with pytest.raises(BadInputError, match="the desk's clock is EST"):
            read(typed)


def test_the_desks_own_zone_counts() -> None:
    assert read("3:05", zone=PHOENIX) == "2020-11-11 03:05:00 MST"
    assert read("3:05 MT", zone=PHOENIX) == "2020-11-11 03:05:00 MST"
    assert read("19:00", zone=BERLIN) == "2020-11-10 19:00:00 CET"
    assert read("19:00 CET", zone=BERLIN) == "2020-11-10 19:00:00 CET"


WORDS = st.sampled_from(
    [
        "at",
        "on",
        "today",
        "yesterday",
        "tomorrow",
        "noon",
        "midnight",
        "now",
        "ago",
        "Nov.",
        "November",
        "may",
        "6",
        "31",
        "3:05",
        "7",
        "7:30",
        "p.m.",
        "am",
        "pm",
        "mon",
        "Sat.",
        "2020",
        "2020-11-06",
        "in",
        "an",
        "hour",
        "2",
        "90m",
        "ET",
        "EDT",
        "UTC",
        "z",
        "1:30",
        "2:30",
        ",",
        "Feb.",
        "29",
        "0",
        "24:00",
        "2021-03-14T02:30Z",
    ]
)
MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
ZONES = st.sampled_from([ATLANTA, PHOENIX, BERLIN, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")])


@given(st.lists(WORDS, max_size=6).map(" ".join) | st.text(max_size=80), MOMENTS, ZONES)
@example("Nov. 6 0001 3:05", datetime(2020, 11, 11, tzinfo=UTC), ATLANTA)
@example("Nov. 6 9999 3:05", datetime(2020, 11, 11, tzinfo=UTC), ATLANTA)
@example("0001-01-01T00:00+14:00", datetime(2020, 11, 11, tzinfo=UTC), ATLANTA)
def test_whatever_is_typed_it_is_a_time_that_is_past_or_one_sentence(typed: str, now: datetime, zone: ZoneInfo) -> None:
    try:
        moment = past_time(typed, now, zone)
    except BadInputError as error:
        assert len(str(error)) < 200  # noqa: PT017 - either is right
        return
    assert moment <= now
    assert moment.tzinfo is UTC


@given(st.datetimes(datetime(2015, 1, 1), datetime(2019, 1, 1), timezones=st.just(UTC)), ZONES)  # noqa: DTZ001 - as above
def test_a_time_with_its_day_and_zone_is_read_back_exactly(moment: datetime, zone: ZoneInfo) -> None:
    moment = moment.replace(second=0, microsecond=0)
    shown = moment.astimezone(zone)
    typed = shown.strftime("%b %d %Y %I:%M %p")
    try:
        read_back = past_time(typed, datetime(2020, 11, 11, tzinfo=UTC), zone)
    except BadInputError as error:
        assert "came twice" in str(error)  # noqa: PT017 - either is right
        return
    assert read_back == moment
