"""Past times and quiet hours as people type them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.errors import BadInputError, ChooseError
from bot.wording.typed_times import hours_label, past_time, quiet_hours
from tests.property.strategies import moments, typed_times, zones

ATLANTA = ZoneInfo("America/New_York")
PHOENIX = ZoneInfo("America/Phoenix")
BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = "2020-11-11T09:00"


def read(typed: str, now: str = WEDNESDAY, zone: ZoneInfo = ATLANTA) -> str:
    """Return a typed past time in the zone `zone`, as text. `now` is the current time there."""
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
        ("thu 8am", "2020-11-05 08:00:00 EST"),
        ("8am sat", "2020-11-07 08:00:00 EST"),
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
        ("1 hr 27 min ago", "2020-11-11 07:33:00 EST"),
        ("an hour and a half ago", "2020-11-11 07:30:00 EST"),
        ("25 hours ago", "2020-11-10 08:00:00 EST"),
        ("1 day 3 hours ago", "2020-11-10 06:00:00 EST"),
        ("3 days ago at 5pm", "2020-11-08 17:00:00 EST"),
        ("as of 3:05", "2020-11-11 03:05:00 EST"),
        ("since 1030pm", "2020-11-10 22:30:00 EST"),
        ("10.30 pm", "2020-11-10 22:30:00 EST"),
        ("5p yest", "2020-11-10 17:00:00 EST"),
        ("0305", "2020-11-11 03:05:00 EST"),
        ("last night at 11", "2020-11-10 23:00:00 EST"),
        ("last night, midnight", "2020-11-11 00:00:00 EST"),
        ("3 p.m. Eastern time", "2020-11-10 15:00:00 EST"),
    ],
)
def test_a_clear_time_is_the_latest_such_moment(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("typed", "choices"),
    [
        ("yesterday 5", ["Tue 10 05:00", "Tue 10 17:00"]),
        ("5", ["Tue 10 17:00", "Wed 11 05:00"]),
        ("9:01", ["Tue 10 09:01", "Tue 10 21:01"]),
        ("8:00 Sat", ["Sat 07 08:00", "Sat 07 20:00"]),
        ("1030", ["Tue 10 10:30", "Tue 10 22:30"]),
        ("Wed 8am", ["Wed 04 08:00", "Wed 11 08:00"]),
        ("last Monday 7pm", ["Mon 02 19:00", "Mon 09 19:00"]),
        ("Monday night 1am", ["Mon 09 01:00", "Tue 10 01:00"]),
        ("11/6 4:30 a.m.", ["Thu 11 04:30", "Fri 06 04:30"]),
        ("yesterday midnight", ["Tue 10 00:00", "Wed 11 00:00"]),
        ("last night", ["Tue 10 18:00", "Tue 10 21:00", "Wed 11 00:00"]),
        ("this morning", ["Wed 11 00:00", "Wed 11 06:00", "Wed 11 09:00"]),
        ("Monday", ["Mon 09 00:00", "Mon 09 12:00", "Tue 10 00:00"]),
        ("Nov. 9", ["Mon 09 00:00", "Mon 09 12:00", "Tue 10 00:00"]),
        ("yesterday", ["Tue 10 00:00", "Tue 10 12:00", "Wed 11 00:00"]),
    ],
)
def test_what_could_be_several_is_asked_and_each_choice_is_read_back_as_it_is(typed: str, choices: list[str]) -> None:
    now = datetime.fromisoformat(WEDNESDAY).replace(tzinfo=ATLANTA)
    with pytest.raises(ChooseError) as caught:
        past_time(typed, now, ATLANTA)
    moments = [past_time(value, now, ATLANTA) for _, value in caught.value.choices]
    assert [one.astimezone(ATLANTA).strftime("%a %d %H:%M") for one in moments] == choices
    assert caught.value.typed == typed
    for label, _ in caught.value.choices:
        assert label in str(caught.value)


@pytest.mark.parametrize("now", ["2020-11-11T00:00", "2020-11-11T01:30", "2020-11-11T05:59"])
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nine this evening", "2020-11-10 21:00:00 EST"),
        ("tonight at 11:30", "2020-11-10 23:30:00 EST"),
        ("8 p.m. tonight", "2020-11-10 20:00:00 EST"),
        ("midnight tonight", "2020-11-11 00:00:00 EST"),
    ],
)
def test_this_evening_is_the_evening_before_until_the_morning(typed: str, meant: str, now: str) -> None:
    assert read(typed, now) == meant


@pytest.mark.parametrize("typed", ["nine this evening", "tonight at 11:30"])
def test_this_evening_is_today_s_from_the_morning_on(typed: str) -> None:
    with pytest.raises(BadInputError, match="has not come yet"):
        read(typed, "2020-11-11T06:00")


def test_an_hour_after_midnight_is_of_the_night_that_is_still_on() -> None:
    with pytest.raises(BadInputError, match="has not come yet"):
        read("tonight 1am", "2020-11-11T00:30")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("since Monday", "Mon 09 00:00"),
        ("Nov. 9", "Mon 09 00:00"),
        ("2 days ago", "Mon 09 00:00"),
        ("2d ago", "Mon 09 00:00"),
    ],
)
def test_what_begins_on_a_day_begins_with_it(typed: str, meant: str) -> None:
    now = datetime.fromisoformat(WEDNESDAY).replace(tzinfo=ATLANTA)
    assert past_time(typed, now, ATLANTA, start=True).astimezone(ATLANTA).strftime("%a %d %H:%M") == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "305",
        "3.05",
        "14,101",
        "14.101",
        "2020",
        "6.11. 4:30",
        "Floyd",
        "Biden",
        "a",
        "m",
        "am",
        "pm",
        "may",
        "mar",
        "March",
        "25:00",
        "24:00",
        "3:60",
        "3:5",
        "13:05 pm",
        "13pm",
        "0pm",
        "0:30 am",
        "Feb. 30 3:00",
        "Nov. 0 3:00",
        "last week",
        "since",
        "-3:05",
        "3:05 -",
        "3:05 3:06",
        "yesterday today 3:05",
        "Floyd 3:05",
        "3:05 Floyd",
        "3:05 or so",
        "about 3:05",
        "in Cobb",
        "in 20",
        "\u0663:\u0660\u0665",
        "3:05\x00",
        "Nov. 6 99999 3:05",
        "x" * 61,
        "3:05" + " " * 60,
        "last today 3pm",
    ],
)
def test_what_is_not_clearly_a_time_is_refused(typed: str) -> None:
    with pytest.raises(BadInputError, match="not clearly a time"):
        read(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "9:01 a.m. today",
        "today 11pm",
        "tonight",
        "tomorrow 5pm",
        "Nov. 20 5 p.m.",
        "2020-11-11 09:01",
        "2031-01-01 1:00",
    ],
)
def test_what_is_ahead_is_refused_and_not_taken_for_an_earlier_one(typed: str) -> None:
    with pytest.raises(BadInputError, match="has not come yet"):
        read(typed)


@pytest.mark.parametrize("typed", ["in 2 hours", "2 hours from now", "in 3 days", "next Monday 9am", "tmrw"])
def test_a_span_ahead_is_refused(typed: str) -> None:
    with pytest.raises(BadInputError, match="has not come yet"):
        read(typed)


def test_a_date_without_a_year_in_january_is_last_years() -> None:
    assert read("Dec. 30 5 p.m.", "2021-01-05T12:00") == "2020-12-30 17:00:00 EST"


def test_the_29th_of_february_needs_its_year() -> None:
    assert read("Feb. 29, 2020, 5 p.m.") == "2020-02-29 17:00:00 EST"
    with pytest.raises(BadInputError, match="say the year"):
        read("Feb. 29 5 p.m.")


def test_an_hour_that_came_twice_asks_for_the_zone() -> None:
    morning = "2020-11-01T09:00"
    for typed in ("1:30 a.m.", "1:30 ET"):
        with pytest.raises(
            ChooseError, match=r"comes twice. 1:30 a.m. EDT Sunday, Nov. 1 or 1:30 a.m. EST Sunday, Nov. 1"
        ):
            read(typed, morning)
    assert read("1:30 a.m. EDT", morning) == "2020-11-01 01:30:00 EDT"
    assert read("1:30 a.m. EST", morning) == "2020-11-01 01:30:00 EST"
    assert read("2:00 a.m.", morning) == "2020-11-01 02:00:00 EST"


def test_between_the_two_only_the_first_is_past() -> None:
    now = datetime(2020, 11, 1, 6, 10, tzinfo=UTC)  # 1:10 a.m. for the second time
    assert past_time("1:30", now, ATLANTA) == datetime(2020, 11, 1, 5, 30, tzinfo=UTC)
    with pytest.raises(ChooseError, match="comes twice"):
        past_time("1:05", now, ATLANTA)


def test_an_hour_that_the_clocks_skipped_is_asked() -> None:
    for typed in ("2:30", "2:30 a.m. today", "March 14 2:30 a.m."):
        with pytest.raises(ChooseError, match=r"skip that hour. 1:30 a.m. EST Sunday, March 14 or 3:30 a.m. EDT"):
            read(typed, "2021-03-14T09:00")
    assert read("3:00", "2021-03-14T09:00") == "2021-03-14 03:00:00 EDT"


def test_the_day_before_a_change_of_clocks_is_a_calendar_day() -> None:
    assert read("yesterday 9am", "2021-03-14T10:00") == "2021-03-13 09:00:00 EST"
    assert read("3 hours ago", "2021-03-14T04:00") == "2021-03-14 00:00:00 EST"


def test_another_zones_name_is_refused() -> None:
    for typed in ("3:05 CT", "3:05 PST", "3:05 EDT"):
        with pytest.raises(BadInputError, match="newsroom time is EST"):
            read(typed)


def test_the_desks_own_zone_counts() -> None:
    assert read("3:05", zone=PHOENIX) == "2020-11-11 03:05:00 MST"
    assert read("3:05 MT", zone=PHOENIX) == "2020-11-11 03:05:00 MST"
    assert read("19:00", zone=BERLIN) == "2020-11-10 19:00:00 CET"
    assert read("19:00 CET", zone=BERLIN) == "2020-11-10 19:00:00 CET"


@given(typed_times, moments, zones)
@example("Nov. 6 0001 3:05", datetime(2020, 11, 11, tzinfo=UTC), ATLANTA)
@example("Nov. 6 9999 3:05", datetime(2020, 11, 11, tzinfo=UTC), ATLANTA)
@example("0001-01-01T00:00+14:00", datetime(2020, 11, 11, tzinfo=UTC), ATLANTA)
def test_whatever_is_typed_it_is_a_time_that_is_past_or_one_sentence(typed: str, now: datetime, zone: ZoneInfo) -> None:
    try:
        moment = past_time(typed, now, zone)
    except BadInputError as error:
        assert len(str(error)) < 500  # noqa: PT017 - either is right
        if isinstance(error, ChooseError):
            assert 1 <= len(error.choices) <= 16  # noqa: PT017 - as above
            for _, value in error.choices:
                assert past_time(value, now, zone) <= now
        return
    assert moment <= now
    assert moment.tzinfo is UTC


FORMS = (
    "%b %d %Y %I:%M %p",
    "%A %I:%M%p",
    "%I:%M %p on %a",
    "%b. %d, %H:%M",
    "%Y-%m-%d %H:%M",
    "%b %d %I%M%p",
    "%m/%d %I:%M %p",
    "%A, %B %d, at %I:%M",
    "%I.%M %p",
    "%H%M",
)


@given(st.timedeltas(timedelta(0), timedelta(days=6)), moments, zones, st.sampled_from(FORMS))
@example(timedelta(days=4), datetime(2020, 3, 5, tzinfo=UTC), ATLANTA, "%b. %d, %H:%M")
def test_however_a_time_is_typed_it_is_the_one_meant_or_that_is_among_those_asked(
    ago: timedelta, now: datetime, zone: ZoneInfo, form: str
) -> None:
    meant = (now - ago).replace(second=0, microsecond=0)
    there = meant.astimezone(zone)
    assume("%d" not in form or "%Y" in form or (there.month, there.day) != (2, 29))  # which needs its year
    typed = there.strftime(form).replace(" 0", " ")
    latest = timedelta(
        hours={"%H%M": 11, "%I.%M %p": 22}.get(form, 24 * 7)
    )  # an hour without its day is the latest such
    if ago >= latest or (form == "%H%M" and typed.startswith(("19", "20"))):  # 2015 may be a year
        return
    try:
        assert past_time(typed, now, zone) == meant
    except ChooseError as error:
        assert meant in [past_time(value, now, zone) for _, value in error.choices]  # noqa: PT017 - either is right


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("11pm-6:30am", "11 p.m.\u20136:30 a.m."),
        ("23:00-6:30", "11 p.m.\u20136:30 a.m."),
        ("midnight to 5", "midnight\u20135 a.m."),
        ("from 11 p.m. until 6", "11 p.m.\u20136 a.m."),
        ("between midnight and 5", "midnight\u20135 a.m."),
        ("22-8", "10 p.m.\u20138 a.m."),
        ("6pm \u2013 8am", "6 p.m.\u20138 a.m."),
        ("noon-midnight", "noon\u2013midnight"),
        ("none", ""),
        ("", ""),
    ],
)
def test_quiet_hours_are_read_as_people_say_them(typed: str, said: str) -> None:
    hours = quiet_hours(typed)
    assert hours_label(hours) == said
    assert quiet_hours(said) == hours


def test_quiet_hours_that_could_be_by_day_or_by_night_are_asked() -> None:
    with pytest.raises(ChooseError, match=r"a\.m\. or p\.m\.") as caught:
        quiet_hours("11 to 6")
    assert [quiet_hours(value) for _, value in caught.value.choices] == [(11 * 60, 18 * 60), (23 * 60, 6 * 60)]


@pytest.mark.parametrize(
    "typed", ["late", "5", "midnight to midnight", "5pm to 5pm", "tomorrow 5-6", "25:00-3", "1-2-3", "5 ET-6 ET"]
)
def test_what_is_no_range_is_refused_with_what_to_type(typed: str) -> None:
    with pytest.raises(BadInputError, match="is not a range; enter a range"):
        quiet_hours(typed)


MINUTES = st.integers(0, 1439)


@given(MINUTES, MINUTES)
def test_quiet_hours_are_read_back_as_they_are_said(start: int, end: int) -> None:
    if start != end:
        assert quiet_hours(hours_label((start, end))) == (start, end)
