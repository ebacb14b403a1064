from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording.times import clock, date_line, day, day_is_enough, length, length_between, when

EASTERN = ZoneInfo("America/New_York")


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN).astimezone(UTC)


NOW = eastern("2020-11-11T08:00")

HOURS = [
    "midnight",
    *(f"{hour} a.m." for hour in range(1, 12)),
    "noon",
    *(f"{hour} p.m." for hour in range(1, 12)),
]


@pytest.mark.parametrize("hour", range(24))
def test_every_full_hour_is_said_without_minutes(hour: int) -> None:
    assert clock(eastern(f"2020-11-11T{hour:02}:00"), EASTERN) == HOURS[hour]


@pytest.mark.parametrize("hour", range(24))
def test_every_hour_has_its_minutes_and_half_of_the_day(hour: int) -> None:
    half = "a.m." if hour < 12 else "p.m."
    assert clock(eastern(f"2020-11-11T{hour:02}:05"), EASTERN) == f"{(hour - 1) % 12 + 1}:05 {half}"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2020-11-11T00:00", "midnight"),  # the one just past: "midnight Tuesday" would sound like a day ago
        ("2020-11-12T00:00", "midnight"),  # the one ahead, which ends today
        ("2020-11-10T00:00", "midnight Monday"),
        ("2020-11-13T00:00", "midnight Thursday"),
        ("2020-11-11T00:01", "12:01 a.m."),
    ],
)
def test_midnight_ends_its_day_but_the_one_just_past_needs_none(moment: str, said: str) -> None:
    assert when(eastern(moment), NOW, EASTERN) == said


def test_seconds_are_left_out_not_rounded_up() -> None:
    assert clock(eastern("2020-11-11T07:35:59"), EASTERN) == "7:35 a.m."


@pytest.mark.parametrize(
    ("moment", "generic", "exact"),
    [("2020-11-11T08:00", "8 a.m. ET", "8 a.m. EST"), ("2020-07-11T12:00", "noon ET", "noon EDT")],
)
def test_the_zone_is_said_where_it_is_asked_for(moment: str, generic: str, exact: str) -> None:
    assert clock(eastern(moment), EASTERN, "generic") == generic
    assert clock(eastern(moment), EASTERN, "exact") == exact


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2020-11-01T04:59", "12:59 a.m."),
        ("2020-11-01T05:30", "1:30 a.m. EDT"),
        ("2020-11-01T06:20", "1:20 a.m. EST"),
        ("2020-11-01T07:00", "2 a.m."),
        ("2021-03-14T07:00", "3 a.m."),
    ],
)
def test_the_hour_that_comes_twice_is_said_with_its_zone(moment: str, said: str) -> None:
    then = datetime.fromisoformat(f"{moment}+00:00")
    assert clock(then, EASTERN) == when(then, then, EASTERN) == said
    assert clock(then, EASTERN, "generic").startswith(said)


def test_a_zone_without_a_name_is_said_by_its_offset() -> None:
    assert clock(datetime(2020, 11, 11, 12, tzinfo=UTC), ZoneInfo("Asia/Kathmandu"), "exact") == "5:45 p.m. UTC+5:45"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2020-11-11T07:35", "7:35 a.m."),
        ("2020-11-10T19:24", "7:24 p.m. Tuesday"),
        ("2020-11-13T17:00", "5 p.m. Friday"),
        ("2020-11-20T17:00", "5 p.m. Nov. 20"),
        ("2019-11-20T17:00", "5 p.m. Nov. 20, 2019"),
        ("2020-11-04T09:00", "9 a.m. Nov. 4"),
        ("2020-11-05T09:00", "9 a.m. Thursday"),
        ("2021-01-05T09:00", "9 a.m. Jan. 5, 2021"),
        ("2020-11-12T00:00", "midnight"),
    ],
)
def test_a_time_carries_its_day_unless_that_is_today(moment: str, said: str) -> None:
    assert when(eastern(moment), NOW, EASTERN) == said


def test_today_is_today_by_the_desks_clock() -> None:
    late = datetime(2020, 11, 12, 3, tzinfo=UTC)
    assert when(late, NOW, EASTERN) == "10 p.m."
    assert day(late, NOW, EASTERN) == "today"


def test_months_are_shortened_as_ap_has_them() -> None:
    said = [day(datetime(2019, month, 3, 12, tzinfo=UTC), NOW, EASTERN).split()[0] for month in range(1, 13)]
    assert " ".join(said) == "Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec."


def test_the_head_of_a_list_has_weekday_and_date() -> None:
    assert date_line(NOW, EASTERN) == "Wednesday, Nov. 11"


def test_midnight_and_the_minute_before_it_stand_for_the_day() -> None:
    assert day_is_enough(eastern("2020-11-13T23:59"), EASTERN)
    assert day_is_enough(eastern("2020-11-14T00:00"), EASTERN)
    assert day(eastern("2020-11-14T00:00"), NOW, EASTERN) == "Friday"
    assert not day_is_enough(eastern("2020-11-13T17:00"), EASTERN)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=1), "one minute"),
        (timedelta(minutes=7), "seven minutes"),
        (timedelta(hours=14), "14 hours"),
        (timedelta(hours=13, minutes=50), "14 hours"),
        (timedelta(days=2), "two days"),
        (timedelta(hours=-1), "less than a minute"),
    ],
)
def test_lengths_are_told_in_the_unit_that_fits(span: timedelta, said: str) -> None:
    assert length(span) == said


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_every_time_of_the_calendar_can_be_told(moment: datetime, now: datetime) -> None:
    assert when(moment, now, EASTERN)


def test_the_calendars_ends_can_be_told() -> None:
    assert when(datetime.min.replace(tzinfo=UTC), NOW, EASTERN)
    assert when(datetime.max.replace(tzinfo=UTC), NOW, ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (30, "30 minutes"),
        (60, "one hour"),
        (87, "1 hour, 27 minutes"),
        (90, "1 hour, 30 minutes"),
        (120, "two hours"),
        (150, "2 hours, 30 minutes"),
        (211, "3 hours, 31 minutes"),
        (719, "11 hours, 59 minutes"),
        (720, "12 hours"),
    ],
)
def test_what_people_wait_for_is_told_to_the_minute(minutes: int, said: str) -> None:
    assert length(timedelta(minutes=minutes)) == said


def test_how_long_between_two_times_goes_by_the_minutes_that_are_shown_of_them() -> None:
    since, until = NOW.replace(minute=35, second=2), NOW.replace(minute=5, second=48) + timedelta(hours=1)
    assert length_between(since, until) == "30 minutes"
    assert length_between(since.replace(second=59), until.replace(second=0)) == "30 minutes"
