"""Tests future times as people type them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given

from bot.errors import BadInputError
from bot.events.time_meaning import TimeAhead, TimeQuestion, time_ahead
from bot.events.typed_time import relative_parts, typed_span
from tests.property.strategies import moments, typed_times, zones

ATLANTA = ZoneInfo("America/New_York")
WEDNESDAY = "2020-11-11T09:00"


def read(typed: str, now: str = WEDNESDAY, on: date | None = None) -> TimeAhead | TimeQuestion:
    return time_ahead(typed, datetime.fromisoformat(now).replace(tzinfo=ATLANTA), ATLANTA, on)


def shown(ahead: TimeAhead) -> str:
    return ahead.moment.astimezone(ATLANTA).strftime("%a %m-%d %H:%M %Z")


def asked(typed: str, now: str = WEDNESDAY) -> tuple[tuple[str, ...], list[str]]:
    question = read(typed, now)
    assert isinstance(question, TimeQuestion)
    return question.why, [shown(choice) for choice in question.choices]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("10:30 a.m.", "Wed 11-11 10:30 EST"),
        ("1pm", "Wed 11-11 13:00 EST"),
        ("17:00", "Wed 11-11 17:00 EST"),
        ("at 5:15 p.m. ET", "Wed 11-11 17:15 EST"),
        ("17:00 UTC", "Wed 11-11 12:00 EST"),
        ("noon", "Wed 11-11 12:00 EST"),
        ("midnight", "Thu 11-12 00:00 EST"),
        ("midnight tonight", "Thu 11-12 00:00 EST"),
        ("tonight 8", "Wed 11-11 20:00 EST"),
        ("this evening at 7", "Wed 11-11 19:00 EST"),
        ("tomorrow 1pm", "Thu 11-12 13:00 EST"),
        ("tomorrow morning at 9", "Thu 11-12 09:00 EST"),
        ("noon tomorrow", "Thu 11-12 12:00 EST"),
        ("Friday 5 p.m.", "Fri 11-13 17:00 EST"),
        ("5pm on Fri.", "Fri 11-13 17:00 EST"),
        ("next Tuesday 9am", "Tue 11-17 09:00 EST"),  # by every reading the one in next week
        ("next Wednesday 9am", "Wed 11-18 09:00 EST"),
        ("Nov. 20 5pm", "Fri 11-20 17:00 EST"),
        ("5 p.m. Nov. 20", "Fri 11-20 17:00 EST"),
        ("20 November 2020 17:00", "Fri 11-20 17:00 EST"),
        ("Nov. 20 1700", "Fri 11-20 17:00 EST"),
        ("20 Nov., 0830", "Fri 11-20 08:30 EST"),
        ("Friday, Nov. 20, 2020, at 5:30 p.m.", "Fri 11-20 17:30 EST"),
        ("11/20 5pm", "Fri 11-20 17:00 EST"),
        ("20/11 5pm", "Fri 11-20 17:00 EST"),
        ("11/20/20 5pm", "Fri 11-20 17:00 EST"),
        ("11/20 2020 5pm", "Fri 11-20 17:00 EST"),
        ("11/11 5pm", "Wed 11-11 17:00 EST"),
        ("2020-11-20 17:00", "Fri 11-20 17:00 EST"),
        ("2020-11-20T17:00", "Fri 11-20 17:00 EST"),
        ("2020-11-20T17:00Z", "Fri 11-20 12:00 EST"),
        ("Jan. 5 5pm", "Tue 01-05 17:00 EST"),
        ("in 20 min", "Wed 11-11 09:20 EST"),
        ("20 minutes from now", "Wed 11-11 09:20 EST"),
        ("+20m", "Wed 11-11 09:20 EST"),
        ("in an hour", "Wed 11-11 10:00 EST"),
        ("in half an hour", "Wed 11-11 09:30 EST"),
        ("in a half hour", "Wed 11-11 09:30 EST"),
        ("in 1.5 hours", "Wed 11-11 10:30 EST"),
        ("1h30", "Wed 11-11 10:30 EST"),
        ("09h30", "Wed 11-11 09:30 EST"),
        ("18h00", "Wed 11-11 18:00 EST"),
        ("10h 30m", "Wed 11-11 19:30 EST"),
        ("9h30 a.m.", "Wed 11-11 09:30 EST"),
        ("seven this evening", "Wed 11-11 19:00 EST"),
        ("seven o'clock p.m.", "Wed 11-11 19:00 EST"),
        ("five p.m. tomorrow", "Thu 11-12 17:00 EST"),
        ("in one hour", "Wed 11-11 10:00 EST"),
        ("in two hours and 5 minutes", "Wed 11-11 11:05 EST"),
        ("1030am", "Wed 11-11 10:30 EST"),
        ("tmrw 5p", "Thu 11-12 17:00 EST"),
        ("1 hr 27 min", "Wed 11-11 10:27 EST"),
        ("in twohours", "Wed 11-11 11:00 EST"),
        ("in 25 hours", "Thu 11-12 10:00 EST"),
        ("in 1 day 3 hours", "Thu 11-12 12:00 EST"),
        ("in 3 days at 5pm", "Sat 11-14 17:00 EST"),
        ("3 days from now at 5pm", "Sat 11-14 17:00 EST"),
        ("in a week noon", "Wed 11-18 12:00 EST"),
    ],
)
def test_a_clear_time_is_the_next_such_one(typed: str, meant: str) -> None:
    ahead = read(typed)
    assert isinstance(ahead, TimeAhead)
    assert ahead.zone == "America/New_York"
    assert shown(ahead) == meant
    assert ahead.wall.strftime("%H:%M") in meant


@pytest.mark.parametrize(
    ("typed", "why", "choices"),
    [
        ("10 o\u2019clock", ("half",), ["Wed 11-11 10:00 EST", "Wed 11-11 22:00 EST"]),
        ("10:30", ("half",), ["Wed 11-11 10:30 EST", "Wed 11-11 22:30 EST"]),
        ("1030", ("half",), ["Wed 11-11 10:30 EST", "Wed 11-11 22:30 EST"]),
        ("tonight 1am", ("night",), ["Thu 11-12 01:00 EST"]),
        ("Friday night 1:30", ("night",), ["Fri 11-13 01:30 EST", "Sat 11-14 01:30 EST"]),
        ("8:30", ("half",), ["Wed 11-11 20:30 EST", "Thu 11-12 08:30 EST"]),
        ("tomorrow 10:30", ("half",), ["Thu 11-12 10:30 EST", "Thu 11-12 22:30 EST"]),
        ("today 8:30", ("half",), ["Wed 11-11 20:30 EST"]),
        ("12:30", ("half",), ["Wed 11-11 12:30 EST", "Thu 11-12 00:30 EST"]),
        ("next Tuesday 9", ("half",), ["Tue 11-17 09:00 EST", "Tue 11-17 21:00 EST"]),
        ("8am", ("passed",), ["Thu 11-12 08:00 EST"]),
        ("Nov. 6 5pm", ("passed",), ["Sat 11-06 17:00 EDT"]),
        ("Wednesday 5pm", ("today",), ["Wed 11-11 17:00 EST", "Wed 11-18 17:00 EST"]),
        ("Wed 8am", ("today",), ["Wed 11-18 08:00 EST"]),
        ("next Friday 5pm", ("next",), ["Fri 11-13 17:00 EST", "Fri 11-20 17:00 EST"]),
        ("11/12 5pm", ("order",), ["Thu 11-12 17:00 EST", "Fri 12-11 17:00 EST"]),
        ("Friday midnight", ("midnight",), ["Fri 11-13 00:00 EST", "Sat 11-14 00:00 EST"]),
        (
            "next Friday 5",
            ("half", "next"),
            ["Fri 11-13 05:00 EST", "Fri 11-13 17:00 EST", "Fri 11-20 05:00 EST", "Fri 11-20 17:00 EST"],
        ),
    ],
)
def test_what_could_be_several_is_asked(typed: str, why: tuple[str, ...], choices: list[str]) -> None:
    assert asked(typed) == (why, choices)


def test_a_date_whose_weekday_fits_one_order_is_clear() -> None:
    ahead = read("Thursday 11/12 5pm")
    assert isinstance(ahead, TimeAhead)
    assert shown(ahead) == "Thu 11-12 17:00 EST"


def test_next_monday_said_on_a_sunday_is_asked() -> None:
    assert asked("next Monday 9am", "2020-11-15T09:00") == (("next",), ["Mon 11-16 09:00 EST", "Mon 11-23 09:00 EST"])


def test_an_hour_that_comes_twice_is_asked_and_the_second_kept_by_utc() -> None:
    evening = "2020-10-31T20:00"
    assert asked("Nov. 1 1:30am", evening) == (("twice",), ["Sun 11-01 01:30 EDT", "Sun 11-01 01:30 EST"])
    question = read("Nov. 1 1:30am", evening)
    assert isinstance(question, TimeQuestion)
    assert [choice.zone for choice in question.choices] == ["America/New_York", "UTC"]
    assert isinstance(read("Nov. 1 1:30am EST", evening), TimeAhead)


def test_an_hour_that_the_clocks_skip_is_asked_with_what_comes_before_and_after() -> None:
    assert asked("March 14 2:30am", "2021-03-13T20:00") == (
        ("skipped",),
        ["Sun 03-14 01:30 EST", "Sun 03-14 03:30 EDT"],
    )


def test_a_span_over_a_change_of_clocks_is_that_long() -> None:
    ahead = read("in 3 hours", "2021-03-14T00:30")
    assert isinstance(ahead, TimeAhead)
    assert shown(ahead) == "Sun 03-14 04:30 EDT"


def test_an_hour_alone_is_of_the_events_day() -> None:
    friday = date(2020, 11, 13)
    ahead = read("11:00 a.m.", on=friday)
    assert isinstance(ahead, TimeAhead)
    assert shown(ahead) == "Fri 11-13 11:00 EST"
    other = read("tomorrow 11 a.m.", on=friday)
    assert isinstance(other, TimeAhead)
    assert shown(other) == "Thu 11-12 11:00 EST"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "not clearly a time"),
        ("Floyd", "not clearly a time"),
        ("3.05", "not clearly a time"),
        ("25:00", "not clearly a time"),
        ("in 20", "not clearly a time"),
        ("in 0 min", "not clearly a time"),
        ("13pm", "not clearly a time"),
        ("tomorrow 17", "not clearly a time"),
        ("Feb. 30 5pm", "not clearly a time"),
        ("Nov. 45 5pm", "not clearly a time"),
        ("11/45 5pm", "not clearly a time"),
        ("5 Nov. 20", "not clearly a time"),
        ("11/20/20 2020 5pm", "not clearly a time"),
        ("today Friday 5pm", "not clearly a time"),
        ("tomorrow morning 9pm", "not clearly a time"),
        ("in 3 days tomorrow 5pm", "not clearly a time"),
        ("and at 5pm", "not clearly a time"),
        ("10:30 tomorrow maybe", "not clearly a time"),
        ("x" * 5000, "not clearly a time"),
        ("last Friday 5pm", "is past"),
        ("3 days ago", "is past"),
        ("20 min ago", "is past"),
        ("last night", "is past"),
        ("Friday", "says no time of day"),
        ("in two weeks", "says no time of day"),
        ("in 2 days", "says no time of day"),  # days of the calendar, as "2 days ago"
        ("2 days from now", "says no time of day"),
        ("2 days", "says no time of day"),
        ("+2d", "says no time of day"),
        ("today 8am", "is past"),
        ("yesterday 5pm", "is past"),
        ("Nov. 11 8am", "is past"),
        ("2020-11-10T17:00Z", "is past"),
        ("Nov. 6 2019 5pm", "is past"),
        ("5pm CT", "newsroom time is EST then; type it in that, without a zone"),
        ("Thursday, Nov. 20, 5pm", "another weekday"),
        ("Feb. 29 5pm", "say the year"),
        ("Nov. 6 9999 5pm", "too far ahead"),
    ],
)
def test_what_is_no_time_ahead_is_refused_in_a_sentence(typed: str, why: str) -> None:
    with pytest.raises(BadInputError, match=why) as caught:
        read(typed)
    assert len(str(caught.value)) < 200


@given(typed_times, moments, zones)
@example("Nov. 6 9999 5pm", datetime(2020, 11, 11, tzinfo=UTC), ATLANTA)
@example("0001-01-01T00:00+14:00", datetime(2020, 11, 11, tzinfo=UTC), ATLANTA)
@example("Dec. 31 9999 midnight", datetime(2020, 11, 11, tzinfo=UTC), ATLANTA)
def test_whatever_is_typed_it_is_ahead_or_asked_or_one_sentence(typed: str, now: datetime, zone: ZoneInfo) -> None:
    try:
        found = time_ahead(typed, now, zone)
    except BadInputError as error:
        assert len(str(error)) < 250  # noqa: PT017 - any is right
        return
    choices = found.choices if isinstance(found, TimeQuestion) else (found,)
    assert 1 <= len(choices) <= 8
    assert [choice.moment for choice in choices] == sorted({choice.moment for choice in choices})
    assert choices[0].moment > now - timedelta(minutes=1)
    if isinstance(found, TimeQuestion):
        assert found.why


def test_and_is_no_count_of_days() -> None:
    assert relative_parts("and ago") is None
    assert typed_span("ah") is None
    assert typed_span("1h30") == timedelta(minutes=90)
