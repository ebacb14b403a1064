"""Tests the ids and short names that `tallydesk new` makes from full names."""

import pytest

from bot.cli.new_draft import Guess, draft_of, guessed_last_name, match_candidates
from bot.count.reading import Reading
from bot.desk.desk_file import Candidate
from bot.desk.known_feeds import known_counties, known_feeds
from bot.desk.results_formats import FORMATS
from bot.feeds.results_sites import site_at
from bot.wording.states import STATES


@pytest.mark.parametrize(
    ("name", "last", "is_guess"),
    [
        ("Joseph R. Biden", "Biden", False),
        ("Robert F. Kennedy Jr.", "Kennedy", False),
        ("Chris Van Hollen", "Van Hollen", False),
        ("BIDEN, JOSEPH", "BIDEN", False),
        ("Joseph R. Biden / Kamala D. Harris", "Biden", True),
        ("Cory Booker and Ann Lee", "Booker", True),
        ("Debbie Wasserman Schultz Lopez", "Lopez", True),
        ("Yes", "Yes", False),
        ("No/Against", "No/Against", False),
        ("Write-in", "Write-in", False),
        ("No Preference", "No Preference", False),
        ("Other Write-Ins", "Other Write-Ins", False),
        ("De la Cruz / Garcia", "De la Cruz", True),
        ("Van Jones", "Jones", False),
    ],
)
def test_the_last_name_of_somebody(name: str, last: str, is_guess: bool) -> None:
    found, why = guessed_last_name(name)
    assert (found, why is not None) == (last, is_guess)


@pytest.mark.parametrize(
    ("said", "parties", "name"),
    [
        ("US Senate - Rep", {"x": "R", "y": "R"}, "U.S. Senate (Republican primary)"),
        ("REP U.S. Senator", {"x": "R"}, "U.S. Senator (Republican primary)"),
        ("Governor (Democratic)", {"x": "D", "y": "D"}, "Governor (Democratic primary)"),
        ("U.S. House, District 4, GOP Primary", {"x": "R"}, "U.S. House, District 4 (Republican primary)"),
        ("President, Dem Primary", {"x": "D"}, "President (Democratic primary)"),
        ("Bacon: Sheriff - Rep", {"x": "R"}, "Bacon: Sheriff (Republican primary)"),
        (
            "State Senate - District 7/ Senador Estatal del Distrito 7 - Rep",
            {"x": "R"},
            "State Senate - District 7 (Republican primary)",
        ),
        ("State Senate - District 7/ Senador Estatal del Distrito 7", None, "State Senate - District 7"),
        ("Representative in Congress Democratic-NPL", {"x": "D"}, "Representative in Congress (Democratic primary)"),
        ("Representative in Congress Republican", {"x": "R"}, "Representative in Congress (Republican primary)"),
        ("Governor/Lieutenant Governor", None, "Governor/Lieutenant Governor"),
        ("Governor - Rep", {"x": "R", "y": "D"}, "Governor - Rep"),
        ("PRESIDENT/VICE PRESIDENT (VOTE FOR ONE)", None, "President/Vice President (Vote for One)"),
        ("REPRESENTATIVE IN CONGRESS", None, "Representative in Congress"),
        ("Rep District 5", None, "Rep District 5"),
        ("Governor statewide (R)", {"x": "R", "y": "R"}, "Governor (Republican primary)"),
        ("Governor Statewide", None, "Governor"),
        ("Republican for U.S. Senate", {"x": "R"}, "U.S. Senate (Republican primary)"),
        ("Republican for SHERIFF", {"x": "R"}, "Sheriff (Republican primary)"),
        ("Democratic for State Senate 2", {"x": "D"}, "State Senate, District 2 (Democratic primary)"),
        (
            "Tennessee House of Representatives 19 (D)",
            {"x": "D"},
            "Tennessee House of Representatives, District 19 (Democratic primary)",
        ),
        (
            "State Senate 26 (Multi County) (R)",
            {"x": "R"},
            "State Senate, District 26 (Multi County) (Republican primary)",
        ),
        (
            "1st Congressional District DEM Primary",
            {"x": "DEM Primary", "y": "DEM Primary"},
            "1st Congressional District (Democratic primary)",
        ),
        (
            "1st Congressional District",
            {"x": "DEM Primary", "y": "DEM Primary"},
            "1st Congressional District (Democratic primary)",
        ),
        ("1st Congressional District", {"x": "D", "y": "D"}, "1st Congressional District"),
        ("11th Congressional District CON Primary", {"x": "CON Primary"}, "11th Congressional District (CON primary)"),
        ("Mayor of Green", {"x": "G"}, "Mayor of Green"),
        ("State Rep", {"x": "R"}, "State Rep"),
        ("Proposition I", {"x": "I"}, "Proposition I"),
    ],
)
def test_a_primary_is_called_so_that_a_headline_can_say_it(
    said: str, parties: dict[str, str] | None, name: str
) -> None:
    reading = Reading.model_validate(
        {
            "source": "s",
            "contest": "1",
            "contest_name": said,
            "as_of": "2026-06-16T23:00:00Z",
            "votes": {"x": 2, "y": 1},
        }
        | ({"parties": parties} if parties else {})
    )
    draft = draft_of(reading, "GA")
    assert (draft.name.value if isinstance(draft.name, Guess) else draft.name) == name
    assert "u-s-" not in draft.id


@pytest.mark.parametrize(
    ("office", "units", "name"),
    [
        ("Sheriff", ["Bacon", "Bibb"], "Bacon County Sheriff"),
        ("County Commissioner A", ["Bacon", "Bibb"], "Bacon County Commissioner A"),
        ("County Sheriff Bacon", ["Bacon", "Bibb"], "Bacon County Sheriff"),
        ("School Board District #3", ["Bacon", "Bibb"], "Bacon County School Board District #3"),
        ("Alma School Board 3", ["Bacon", "Bibb"], "Alma School Board 3"),
        ("Clerk of Bacon", ["Bacon", "Bibb"], "Clerk of Bacon"),
        ("Sheriff", ["Bacon"], "Sheriff"),
        ("State House 24", ["Bacon", "Bibb"], "State House, District 24"),
        ("Attorney General", ["Bacon", "Bibb"], "Attorney General"),
    ],
)
def test_a_county_s_office_says_whose_it_is_where_the_feed_has_several_counties(
    office: str, units: list[str], name: str
) -> None:
    said = {"source": "s", "contest": "1", "contest_name": office, "as_of": "2026-06-16T23:00:00Z"}
    votes = {"votes": {"x": 2, "y": 1}, "units": {"Bacon": {"votes": {"x": 2, "y": 1}}}}
    draft = draft_of(Reading.model_validate(said | votes), "GA", units=units)
    assert draft.name == (Guess(name, f"the feed says {office}") if name != office else name)


@pytest.mark.parametrize(
    ("state", "name", "parties", "rule", "seats"),
    [
        ("TN", "Council (vote for two)", "", "top-n", 2),
        ("TN", "Council (Vote For No More Than 3)", "", "top-n", 3),
        ("TN", "Council", "RRDD", "top-n", 2),
        ("TN", "Council", "RD", "plurality", None),
        ("TN", "Council", "RR", "plurality", None),  # a primary
        ("CA", "Council", "DDR", "plurality", None),  # so may this be
        ("TN", "Council (vote for one)", "", "plurality", None),
    ],
)
def test_a_race_for_several_seats_is_drafted_so(
    state: str, name: str, parties: str, rule: str, seats: int | None
) -> None:
    said = {"source": "s", "contest": "1", "contest_name": name, "as_of": "2026-06-16T23:00:00Z"}
    people = {f"c{number}": number for number in range(4)}
    of = {"parties": dict(zip(people, parties, strict=False))} if parties else {}
    draft = draft_of(Reading.model_validate(said | {"votes": people} | of), state)
    assert isinstance(draft.rule, Guess)
    assert draft.rule.value == rule
    assert (draft.seats.value if isinstance(draft.seats, Guess) else draft.seats) == seats


def test_two_of_one_last_name_are_told_apart_and_a_stranger_is_nobody() -> None:
    ours = [Candidate(id="ann", name="Ann Lee", last="Lee"), Candidate(id="bob", name="Bob Lee", last="Lee")]
    assert match_candidates(ours, {"x": "LEE, BOB", "y": "Ann B. Lee", "z": "Cy Poe"}) == {"x": "bob", "y": "ann"}


def test_every_state_has_a_row_and_names_a_format_that_there_is() -> None:
    known = known_feeds()
    assert known.keys() == STATES.keys() - {"AS", "GU", "MP", "PR", "VI"}
    coming = {"enhanced-voting", "knowink", "california", "arizona", "texas"}
    assert {feed.format for feed in known.values() if feed.format} <= FORMATS.keys() | coming
    counties = [one for state in known for one in known_counties(state)]
    assert {one.format for one in counties if one.format} <= FORMATS.keys()
    for feed in known.values():
        site = site_at(feed.give) if feed.give else None
        assert feed.give is None or feed.format == "california" or (site and site.format == feed.format), feed.give
    assert all(feed.format or feed.instead or feed.kind for feed in known.values())


def test_a_measure_is_one_by_the_feed_s_own_word() -> None:
    said = {
        "source": "ap",
        "contest": "ga-1",
        "contest_name": "Bonds",
        "as_of": "2026-11-03T23:00:00Z",
        "votes": {"retain": 2, "repeal": 1},
    }
    reading = Reading.model_validate(said | {"says": {"measure": True, "threshold_percent": "66.67"}})
    draft = draft_of(reading, "GA")
    assert draft.rule == Guess("measure", "the feed says that it is a ballot measure")
    assert draft.threshold == Guess("66.67%", "the feed says so, perhaps rounded: two thirds are 2/3")
    assert draft_of(reading.model_copy(update={"says": None}), "GA").threshold is None
    answers = {"says": None, "votes": {"yes-for": 2, "no-against": 1}}
    assert draft_of(reading.model_copy(update=answers), "GA").rule == Guess(
        "measure", "it is a question with two answers"
    )


def test_places_that_are_no_counties_are_drafted_as_precincts() -> None:
    said = {"source": "s", "contest": "1", "as_of": "2026-06-16T23:00:00Z", "votes": {"x": 2, "y": 1}}
    precincts = {f"Maumee {number}": {"total": 1} for number in range(5)}
    reading = Reading.model_validate(said | {"reporting": {"precincts": [1, 5]}, "units": precincts})
    why = "Maumee 0 and the others are no counties of Ohio"
    assert draft_of(reading, "OH").unit == Guess("precinct", why)
    counties = Reading.model_validate(said | {"units": {"Lucas": {"total": 2}, "Fulton": {"total": 1}}})
    assert draft_of(counties, "OH").unit is None


@pytest.mark.parametrize(
    ("state", "units", "unit"),
    [
        ("GA", [40, 159], None),
        ("GA", None, None),
        (None, [40, 145], None),
        ("LA", [40, 64], "parish"),
        ("NJ", [143, 145], Guess("precinct", "145 units report, and New Jersey has 21 counties")),
        ("RI", [40, 40], Guess("town", "40 units report, and Rhode Island has 5 counties")),
    ],
)
def test_more_units_than_a_state_has_counties_are_none(
    state: str | None, units: list[int] | None, unit: str | Guess | None
) -> None:
    said = {"source": "s", "contest": "1", "as_of": "2026-06-16T23:00:00Z", "votes": {"x": 2, "y": 1}}
    reading = Reading.model_validate(said | ({"reporting": {"units": units}} if units else {}))
    assert draft_of(reading, state).unit == unit
