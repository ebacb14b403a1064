import pytest

from bot.prose.county_list import how_many_counties
from bot.prose.places import places_in
from bot.prose.tokens import tokens_of


def places(text: str, state: str | None = "GA") -> list[tuple[bool, str | None]]:
    return [(place.is_own, place.county) for place in places_in(tokens_of(text, 0, len(text)), state)]


@pytest.mark.parametrize("text", ["Georgia", "in Ga. today", "GA", "#Georgia", "the Peach State", "ATLANTA —"])
def test_own_state(text: str) -> None:
    assert places(text) == [(True, None)]


@pytest.mark.parametrize(
    "text",
    [
        "Pennsylvania",
        "in Pa. today",
        "PA",
        "North Carolina",
        "N.C. too",
        "the Keystone State",
        "Philadelphia",
        "Las Vegas",
    ],
)
def test_other_states(text: str) -> None:
    assert places(text) == [(False, None)]


@pytest.mark.parametrize("text", ["Maricopa County", "from Allegheny County", "Cuyahoga County"])
def test_county_of_another_state(text: str) -> None:
    assert [own for own, _ in places(text)] == [False]


@pytest.mark.parametrize(
    ("text", "county"),
    [
        ("Floyd County", "Floyd"),
        ("in Floyd", "Floyd"),
        ("Floyd's", "Floyd"),
        ("floyd county", "Floyd"),
        ("floyd came in", "Floyd"),
        ("De Kalb", "DeKalb"),
        ("Dekalb", "DeKalb"),
        ("DEKALB", "DeKalb"),
        ("Jeff Davis County", "Jeff Davis"),
        ("Early County", "Early"),
        ("Floyd Co.", "Floyd"),
    ],
)
def test_own_county_by_the_table_s_name(text: str, county: str) -> None:
    assert places(text) == [(True, county)]


@pytest.mark.parametrize(
    "text",
    [
        "George Floyd",
        "Early votes",
        "Union members",
        "the New York Times",
        "Washington Post",
        "george floyd",
        "worth",
        "Clayton Smith",
        "Kamala Harris",
        "IN GENERAL OR ME",
    ],
)
def test_what_only_looks_like_a_place(text: str) -> None:
    assert places(text) == []


def test_each_county_of_a_list_is_one_and_a_headline_s_verb_is_no_name() -> None:
    assert [county for _, county in places("Taylor, Lee and Laurens counties")] == ["Taylor", "Lee", "Laurens"]
    assert [county for _, county in places("DeKalb Adds 48")] == ["DeKalb"]


@pytest.mark.parametrize(
    ("text", "county"),
    [("Peach 402", "Peach"), ("Long has 129", "Long"), ("Early: +37", "Early"), ("Union's upload", "Union")],
)
def test_a_county_called_like_a_word_is_one_before_its_number(text: str, county: str) -> None:
    assert [name for _, name in places(text)] == [county]


def test_counties_of_an_unknown_state_are_not_known() -> None:
    assert (how_many_counties("GA"), how_many_counties(None), how_many_counties("ZZ")) == (159, None, None)
    assert places("Floyd County", None) == []


def test_a_county_is_known_by_what_the_desk_file_also_calls_it() -> None:
    tokens = tokens_of("Philly reported, and in Pittsburgh they count", 0, 45)
    also = {"Philadelphia": ["Philly", "Philly County"]}
    assert [(one.is_own, one.county) for one in places_in(tokens, "PA", also)] == [(True, "Philadelphia")]
