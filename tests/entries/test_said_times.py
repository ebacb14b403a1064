"""Times in a text that are none of its entry's: which they are, as people type them, and which numbers are none."""

from zoneinfo import ZoneInfo

from bot.count.entry import Entry, Piece
from bot.entries.said_times import untaken_times, without_times
from tests.entries.hostile_entries import NOW


def test_a_time_before_a_colon_or_in_brackets_is_quoted_whole() -> None:
    text = "8:40 a.m.: Cobb has 304 ballots left (SoS, 7:15 a.m.), 4:991"
    entry = Entry(contest="ga", as_of=NOW, pieces=(Piece(total=304),), text=text)
    assert untaken_times(entry, ZoneInfo("America/New_York")) == ["8:40 a.m.", "7:15 a.m."]


def test_times_are_known_as_people_type_them_and_a_figure_is_none() -> None:
    text = "per SoS 7:15a, at 835, as of 1130, 20 min ago; the lead is at 825, at 1,130 votes"
    entry = Entry(contest="ga", as_of=NOW, pieces=(Piece(leader="biden", margin=825),), text=text)
    assert untaken_times(entry, ZoneInfo("America/New_York")) == ["7:15a", "8:35", "11:30", "20 min ago"]


def test_the_number_of_a_batch_is_no_time() -> None:
    text = "The lead is up 11 last night. Cobb just dropped 312: Biden 201, Trump 111. SoS 840: Cobb is done. Floyd found 312 Tuesday, Hall 304 on Monday."
    entry = Entry(contest="ga", as_of=NOW, pieces=(Piece(total=5),), text=text)
    assert untaken_times(entry, ZoneInfo("America/New_York")) == ["last night", "8:40", "on Monday"]


def test_a_figure_that_may_be_a_time_is_no_time_where_figures_are_looked_for() -> None:
    assert without_times("It stood at 825, at 8:40 a.m. Tuesday") == "It stood at 825, at "
