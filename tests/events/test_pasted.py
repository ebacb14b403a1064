"""Tests pasted lines as from a live blog. All lines are invented."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.events.pasted import MOST_CHARACTERS, MOST_LINES, PastedEvent, PasteResult, read_pasted
from bot.events.time_meaning import TimeAhead, TimeQuestion

ATLANTA = ZoneInfo("America/New_York")
WEDNESDAY = datetime(2020, 11, 11, 8, tzinfo=ATLANTA)


def read(text: str) -> PasteResult:
    return read_pasted(text, WEDNESDAY, ATLANTA)


def one(line: str) -> PastedEvent:
    pasted = read(line)
    assert not pasted.missed
    (proposal,) = pasted.proposals
    return proposal


def at(proposal: PastedEvent) -> str:
    assert isinstance(proposal.at, TimeAhead)
    return proposal.at.wall.isoformat(timespec="minutes")


def test_a_rally_with_its_speakers_and_its_place() -> None:
    line = (
        "10:00 a.m.: Gov. Jane Poe is holding a rally in Hall County with Reps. Ann Roe and Max Moe before the runoff"
    )
    rally = one(line)
    assert (rally.kind, rally.status, at(rally)) == ("rally", "confirmed", "2020-11-11T10:00")
    assert rally.title == "Rally: Gov. Jane Poe with Reps. Ann Roe and Max Moe"
    assert rally.who == "Gov. Jane Poe with Reps. Ann Roe and Max Moe"
    assert rally.place == "Hall County"
    assert rally.words == line


@pytest.mark.parametrize(
    "words", ["Sen. Jane Poe rallies with Reps. Ann Roe and Max Moe", "Gov. Jane Poe's briefing with Mayor Max Moe"]
)
def test_who_only_joins_somebody_is_not_taken_for_the_speaker(words: str) -> None:
    found = one(f"10 a.m.: {words}.")
    assert (found.title, found.who) == (words, None)


def test_an_hour_at_the_end_of_a_line_keeps_its_full_stop() -> None:
    assert one("7 p.m.: Polls close, in Macon at 8 p.m.").title == "Polls close, in Macon at 8 p.m."


def test_a_press_conference_that_is_expected() -> None:
    conference = one(
        "- 10:45 a.m. \u2013 A news conference by the Elections Board is expected at City Hall in Savannah."
    )
    assert (conference.kind, conference.status) == ("press_conference", "expected")
    assert conference.title == "News conference: the Elections Board"
    assert conference.place == "City Hall in Savannah"


@pytest.mark.parametrize("said", ["in November", "in Nov.", "at Thursday, the last day", "in Thurs. papers"])
def test_a_month_and_a_weekday_are_no_places(said: str) -> None:
    found = one(f"10 a.m.: A news conference by the Elections Board is expected {said}.")
    assert (found.who, found.place) == ("the Elections Board", None)


def test_a_line_without_a_known_word_keeps_its_words_and_is_of_no_kind() -> None:
    other = one("2 p.m.: Volunteers meet at the library (bring a coat). https://example.org/x")
    assert (other.kind, other.who, other.place) == ("other", None, None)
    assert other.title == "Volunteers meet at the library (bring a coat)"


@pytest.mark.parametrize(
    ("line", "title", "place"),
    [
        ("2pm - Hearing in the Chatham County lawsuit", "Hearing in the Chatham County lawsuit", None),
        ("Noon: A judge hears arguments in Fulton County", "A judge hears arguments in Fulton County", None),
        ("3pm: Briefing by the Board in the Chatham County lawsuit", "Briefing: the Board", None),
        ("3pm: Briefing by the Board at City Hall (ID needed)", "Briefing: the Board", "City Hall"),
    ],
)
def test_a_place_is_none_of_the_titles_words_and_no_part_of_another_name(
    line: str, title: str, place: str | None
) -> None:
    assert (one(line).title, one(line).place) == (title, place)


@pytest.mark.parametrize(
    ("line", "kind", "when"),
    [
        ("Noon: A judge hears oral arguments in Fulton County", "hearing", "2020-11-11T12:00"),
        ("Friday, 5 p.m.: Deadline for counties to certify", "deadline", "2020-11-13T17:00"),
        ("At 7 p.m., polls close in Dade County", "polls_close", "2020-11-11T19:00"),
        ("* 1 p.m.: The board will be announcing which contest is audited", "audit", "2020-11-11T13:00"),
        ("tomorrow 9 a.m. - Counties begin the recount", "recount", "2020-11-12T09:00"),
        ("8 p.m. \u2014 The candidates debate in Macon", "debate", "2020-11-11T20:00"),
        ("Nov. 20, 5 p.m.: The state certifies", "certification", "2020-11-20T17:00"),
        ("6 p.m.: New totals from Clarke County", "results", "2020-11-11T18:00"),
        ("3 p.m.: A press conference about the recount", "press_conference", "2020-11-11T15:00"),
        ("10 a.m. Rally: Gov. Poe in Macon", "rally", "2020-11-11T10:00"),
        ("3pm Press conference with the Board", "press_conference", "2020-11-11T15:00"),
        ("\u2022 3pm - Rally in Macon", "rally", "2020-11-11T15:00"),
        ("-3pm Rally in Macon", "rally", "2020-11-11T15:00"),
        ("3pm\u2014Rally in Macon", "rally", "2020-11-11T15:00"),
        ("3pm-Rally in Macon", "rally", "2020-11-11T15:00"),
        ("\u25aa 1030am Hearing", "hearing", "2020-11-11T10:30"),
        ("Noon Vigil at the Capitol", "other", "2020-11-11T12:00"),
        ("tmrw 9am Counties begin the recount", "recount", "2020-11-12T09:00"),
        ("5 p.m. Friday Deadline to certify", "deadline", "2020-11-13T17:00"),
        ("5 p.m., Friday: Deadline to certify", "deadline", "2020-11-13T17:00"),
        ("5 p.m. ET Deadline to certify", "deadline", "2020-11-11T17:00"),
    ],
)
def test_the_kind_and_the_time_are_the_lines_own(line: str, kind: str, when: str) -> None:
    proposal = one(line)
    assert (proposal.kind, at(proposal)) == (kind, when)


def test_a_line_that_names_a_day_is_of_the_hours_after_it() -> None:
    pasted = read("Thursday, Nov. 12:\n\n9 a.m.: A hearing\nFriday 5 p.m.: A deadline\n11 a.m.: A briefing\n")
    assert [at(each) for each in pasted.proposals] == ["2020-11-12T09:00", "2020-11-13T17:00", "2020-11-12T11:00"]


def test_todays_weekday_over_a_list_is_asked_about_line_by_line() -> None:
    (proposal,) = read("WEDNESDAY:\n10 a.m.: A briefing").proposals
    assert isinstance(proposal.at, TimeQuestion)
    assert proposal.at.why == ("today",)


def test_an_open_hour_stays_a_question() -> None:
    proposal = one("11:30: Officials may brief reporters")
    assert isinstance(proposal.at, TimeQuestion)
    assert proposal.at.why == ("half",)
    assert proposal.status == "expected"


def test_what_is_canceled_is_proposed_as_that() -> None:
    assert one("9:00 a.m.: Canceled: press conference with Mayor Lee").status == "canceled"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("We have more on this all day.", "the line does not begin with a time"),
        ("3: a numbered line", "the line does not begin with a time"),
        ("WEDNESDAY UPDATES:", "the line does not begin with a time"),
        ("8:25 a.m. | Two more counties have certified", "taken for a post's own"),
        ("7:15 a.m.: Two more counties have certified", None),
        ("today 7:15 a.m.: Two more counties have certified", "is past"),
        ("10 a.m. - 11 a.m.: A hearing", "two times at its start"),
        ("10 a.m.-11 a.m. A hearing", "two times at its start"),
        ("10 a.m. to 11 a.m. A hearing", "two times at its start"),
        ("10 a.m.: Friday: the deadline", "a day after the time may be its own"),
        ("10 Rally", "the line does not begin with a time"),
        ("10 a.m. | 11 a.m.: A hearing", "taken for a post's own"),
        ("4 p.m.:", "nothing after the time"),
        ("4 p.m.: https://example.org/x", "nothing after the time"),
        ("5 p.m.: The hearing has been moved", "change that event instead"),
        ("5 p.m.: " + "x" * 5000, "longer than 1,000 characters"),
    ],
)
def test_a_line_that_is_not_understood_comes_back_with_why(line: str, why: str | None) -> None:
    pasted = read(line)
    if why is None:  # its hour is past: asked, and so never saved unseen
        assert isinstance(pasted.proposals[0].at, TimeQuestion)
        return
    (missed,) = pasted.missed
    assert why in missed.why
    assert line.startswith(missed.words.rstrip())


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("7 p.m. Evening vigil", "Evening vigil"),
        ("10 a.m. the judge rules", "The judge rules"),
        ("10am May rally", "May rally"),
        ("3pm Today's briefing", "Today's briefing"),
    ],
)
def test_with_nothing_after_the_time_the_titles_own_words_stay(line: str, title: str) -> None:
    assert one(line).title == title


def test_a_long_title_is_cut_between_words() -> None:
    title = one("5 p.m.: " + "word " * 100).title
    assert len(title) <= 200
    assert title.endswith("word\u2026")


@pytest.mark.parametrize("text", ["x" * (MOST_CHARACTERS + 1), "5 p.m.: x\n" * (MOST_LINES + 1)])
def test_too_much_is_refused_at_once(text: str) -> None:
    with pytest.raises(BadInputError, match="paste"):
        read(text)


@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                "5 p.m.: ",
                "Friday",
                ":",
                " - ",
                "in Hall County",
                "@everyone",
                "rally",
                "with Gov. Poe",
                "\n",
                "noon",
                "| ",
                ", ",
            ]
        ),
        max_size=20,
    ).map("".join)
)
def test_whatever_is_pasted_each_line_is_an_event_a_heading_or_missed_with_one_line(text: str) -> None:
    pasted = read(text)
    for proposal in pasted.proposals:
        choices = proposal.at.choices if isinstance(proposal.at, TimeQuestion) else (proposal.at,)
        for choice in choices:
            assert proposal.event(choice).title == proposal.title
    for missed in pasted.missed:
        assert missed.why.isprintable()
        assert len(missed.why) < 300
