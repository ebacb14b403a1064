import pytest

from bot.desk.desk_file import Contest
from bot.wording.names import full_name, last_name, listed, unit_kind, unit_list, unit_name

CANDIDATES = [
    {"id": "biden", "name": "Joseph R. Biden", "last": "Biden"},
    {"id": "jane", "name": "Jane Smith", "last": "Smith"},
    {"id": "john", "name": "John Smith", "last": "Smith"},
]


def contest(**fields: object) -> Contest:
    told = {"id": "x", "name": "President", "leads": "times", "candidates": CANDIDATES}
    return Contest.model_validate(told | fields)


def test_a_candidate_goes_by_the_desks_name_then_the_readings_then_the_id() -> None:
    assert last_name(contest(), "biden", {"biden": "BIDEN (I)"}) == "Biden"
    assert full_name(contest(), "biden", None) == "Joseph R. Biden"
    assert last_name(contest(), "west", {"west": "Kanye West"}) == "Kanye West"
    assert last_name(contest(), "write-in", None) == "write-in"


def test_two_who_share_a_last_name_are_told_apart() -> None:
    assert [last_name(contest(), key, None) for key in ("jane", "john")] == ["Jane Smith", "John Smith"]


def test_a_name_that_shows_nothing_is_said_to_be_none() -> None:
    assert last_name(contest(), "\u3164", None) == "a candidate without a name"


@pytest.mark.parametrize(
    ("kind", "unit", "said"),
    [
        ("county", "Floyd", "Floyd County"),
        ("county", "Floyd County", "Floyd County"),
        ("county", "Richmond City", "Richmond City"),
        ("parish", "Orleans", "Orleans Parish"),
        ("borough", "Juneau", "Juneau Borough"),
        ("town", "Hartford", "Hartford"),
        ("precinct", "12", "Precinct 12"),
        ("precinct", "Oak Hill", "Oak Hill"),
        ("county", "*x*", r"\*x\* County"),
    ],
)
def test_a_unit_is_called_what_it_is(kind: str, unit: str, said: str) -> None:
    assert unit_name(contest(unit=kind), unit) == said


def test_lists_have_no_comma_before_and() -> None:
    assert [listed([]), listed(["A"]), listed(["A", "B"]), listed(["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]
    assert listed(["A", "B"], "7 other counties") == "A, B and 7 other counties"


def test_lists_of_units_share_their_kind_and_are_bounded() -> None:
    assert unit_list(contest(), ["Floyd"]) == "Floyd County"
    assert unit_list(contest(), ["Floyd", "Bibb"]) == "Floyd and Bibb counties"
    assert unit_list(contest(), ["Floyd", "Bibb", "Cobb", "Hall"]) == "Floyd, Bibb, Cobb and Hall counties"
    many = ["Floyd", "Bibb", "Cobb", *map(str, range(12))]
    assert unit_list(contest(), many) == "Floyd, Bibb, Cobb and 12 other counties"
    assert unit_list(contest(), ["Floyd", "Richmond City"]) == "Floyd County and Richmond City"
    assert unit_list(contest(unit="precinct"), ["1", "2"]) == "Precinct 1 and Precinct 2"


@pytest.mark.parametrize("state", [None, "OH"])
def test_precincts_are_not_called_counties_where_the_desk_file_says_county(state: str | None) -> None:
    told, precincts = contest(state=state), ["Maumee 3", "Maumee 4", "Toledo 9A", "Toledo 1B", "Oregon 7"]
    assert unit_name(told, "Maumee 3") == "Maumee 3"
    assert unit_list(told, precincts[:2]) == "Maumee 3 and Maumee 4"
    assert unit_list(told, precincts) == "Maumee 3, Maumee 4, Toledo 9A and two other places"
    assert unit_kind(told, precincts) == ("place", "places")
    assert unit_kind(told, ["Lucas", *precincts]) == unit_kind(told, []) == ("county", "counties")


def test_a_place_that_is_no_county_of_the_state_is_not_called_one() -> None:
    georgia = contest(state="GA")
    assert unit_list(georgia, ["Floyd", "Overseas"]) == "Floyd County and Overseas"
