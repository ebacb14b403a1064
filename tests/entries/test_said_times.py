"""Times in a text that are none of its entry's: which they are, as people type them, and which numbers are none."""

from zoneinfo import ZoneInfo

import pytest

from bot.count.entry import Entry, Piece
from bot.entries.said_times import said_times, untaken, without_times
from tests.entries.hostile_entries import NOW


def untaken_words(entry: Entry) -> list[str]:
    return [one.words for one in untaken(entry, ZoneInfo("America/New_York"))]


def test_a_time_before_a_colon_or_in_brackets_is_quoted_whole() -> None:
    text = "8:40 a.m.: Cobb has 304 ballots left (SoS, 7:15 a.m.), 4:991"
    entry = Entry(contest="ga", as_of=NOW, pieces=(Piece(total=304),), text=text)
    assert untaken_words(entry) == ["8:40 a.m.", "7:15 a.m."]


def test_times_are_known_as_people_type_them_and_a_figure_is_none() -> None:
    text = "per SoS 7:15a, at 835, as of 1130, 20 min ago; the lead is at 825, at 1,130 votes"
    entry = Entry(contest="ga", as_of=NOW, pieces=(Piece(leader="biden", margin=825),), text=text)
    assert untaken_words(entry) == ["7:15a", "8:35", "11:30", "20 min ago"]


def test_the_number_of_a_batch_is_no_time() -> None:
    text = "The lead is up 11 last night. Cobb just dropped 312: Biden 201, Trump 111. SoS 840: Cobb is done. Floyd found 312 Tuesday, Hall 304 on Monday."
    entry = Entry(contest="ga", as_of=NOW, pieces=(Piece(total=5),), text=text)
    assert untaken_words(entry) == ["last night", "8:40", "on Monday"]


@pytest.mark.parametrize(
    "text", ["District 7A: Biden is up", "Floyd votes at 4", "12/31 counties", "four years ago", "by Tuesday", "@at840"]
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert said_times(text) == []


def test_a_day_of_the_next_line_is_of_no_time_before_it() -> None:
    assert [one.words for one in said_times("SoS at 8:40\nTuesday the board meets")] == ["8:40"]


def test_a_figure_that_may_be_a_time_is_no_time_where_figures_are_looked_for() -> None:
    assert without_times("It stood at 825, at 8:40 a.m. Tuesday") == "It stood at 825, at "
