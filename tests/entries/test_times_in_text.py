"""Times in an entry's text that the entry does not use: found in all the ways that people write them, and in no
other numbers.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.count.entry import Entry, Piece
from bot.entries.times_in_text import times_in_text, unused_times, without_times
from tests.conftest import small_desk
from tests.entries.conftest import read_of
from tests.entries.hostile_entries import NOW

ATLANTA = ZoneInfo("America/New_York")


def untaken_words(entry: Entry) -> list[str]:
    return [one.words for one in unused_times(entry, ATLANTA)]


def test_a_time_before_a_colon_or_in_brackets_is_quoted_whole() -> None:
    text = "8:40 a.m.: Cobb has 304 ballots left (SoS, 7:15 a.m.), 4:991"
    entry = Entry(contest="ga", as_of=NOW, pieces=(Piece(total=304),), text=text)
    assert untaken_words(entry) == ["8:40 a.m.", "7:15 a.m."]


def test_times_are_known_as_people_type_them_and_a_figure_is_none() -> None:
    text = "per SoS 7:15a, at 835, as of 1130, 20 min ago; the lead is at 825, at 1,130 votes"
    entry = Entry(contest="ga", as_of=NOW, pieces=(Piece(leader="biden", margin=825),), text=text)
    assert untaken_words(entry) == ["7:15a", "8:35", "11:30", "20 min ago"]


def test_a_time_in_hours_with_seconds_or_in_words_is_known() -> None:
    text = "as of 7h30, at 7:15:30 a.m., per SoS 7 o\u2019clock, at six this morning, seven this morning, ten last night, one hour ago, an hour and a half ago, at half past 6 a.m., Seven-thirty"
    entry = Entry(contest="ga", as_of=NOW, pieces=(Piece(leader="biden", margin=825),), text=text)
    assert untaken_words(entry) == [
        "7h30",
        "7:15:30 a.m.",
        "7 o\u2019clock",
        "six this morning",
        "seven this morning",
        "ten last night",
        "one hour ago",
        "an hour and a half ago",
        "half past 6 a.m.",
        "Seven-thirty",
    ]


_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_WRITTEN = (
    "{h}:{m:02}",
    "{h:02}:{m:02}",
    "{h}:{m:02} {half}.m.",
    "{h}:{m:02}{half}m",
    "{h}:{m:02}{half}",
    "{h}{m:02} {half}.m.",
    "{h:02}h{m:02}",
    "{h}h{m:02}",
    "{h}:{m:02}:{s:02} {half}.m.",
    "{h}:{m:02}:{s:02}",
    "{hour} {half}.m.",
    "{h}{half}m",
    "{h} o'clock",
    "{hour} o\u2019clock",
    "{h} o'clock {half}.m.",
    "{hour} this {part}",
    "{h} this {part}",
)
"""The ways to write a time. Those without minutes are for full hours."""


@given(
    st.sampled_from(_WRITTEN),
    st.integers(1, 12),
    st.integers(0, 59),
    st.integers(0, 59),
    st.sampled_from("ap"),
    st.sampled_from(
        [
            "{}: Biden leads by 14,101",
            "Biden leads by 14,101 as of {}",
            "Biden leads by 14,101 ({})",
            "At {} Biden leads by 14,101",
        ]
    ),
)
def test_a_time_in_a_text_however_it_is_written_is_taken_or_asked_about_and_never_now(
    form: str, hour: int, minute: int, second: int, half: str, text: str
) -> None:
    part = "morning" if half == "a" else "evening"
    assume("{part}" not in form or hour in (range(1, 12) if half == "a" else range(5, 12)))
    assume("{h:02}" not in form or half == "a" or hour == 12)  # by the day's 24 hours
    minute = minute if "{m" in form else 0
    moment = datetime(2020, 11, 10, hour % 12 + 12 * (half == "p"), minute, tzinfo=ATLANTA)
    written = (moment + timedelta(hours=3)).astimezone(UTC)
    said = form.format(h=hour, m=minute, s=second, half=half, hour=_HOURS[hour - 1], part=part)
    desk = small_desk()
    entry = read_of(desk, text.format(said), written)
    piece = entry.pieces[0]
    asked = {one for time in unused_times(entry, desk.zone) for one in time.moments(written, desk.zone)}
    assert {one.replace(second=0) for one in {piece.as_of, *asked} if one} == {moment.astimezone(UTC)}, (said, entry)


def test_the_number_of_a_batch_is_no_time() -> None:
    text = "The lead is up 11 last night. Cobb just dropped 312: Biden 201, Trump 111. SoS 840: Cobb is done. Floyd found 312 Tuesday, Hall 304 on Monday."
    entry = Entry(contest="ga", as_of=NOW, pieces=(Piece(total=5),), text=text)
    assert untaken_words(entry) == ["last night", "8:40", "on Monday"]


@pytest.mark.parametrize(
    "text",
    [
        "District 7A: Biden is up",
        "Floyd votes at 4",
        "12/31 counties",
        "four years ago",
        "by Tuesday",
        "@at840",
        "Cobb added seven this morning",
        "It took 1h30m",
    ],
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert times_in_text(text) == []


def test_a_day_of_the_next_line_is_of_no_time_before_it() -> None:
    assert [one.words for one in times_in_text("SoS at 8:40\nTuesday the board meets")] == ["8:40"]


def test_a_figure_that_may_be_a_time_is_no_time_where_figures_are_looked_for() -> None:
    assert without_times("It stood at 825, at 8:40 a.m. Tuesday") == "It stood at 825, at "
