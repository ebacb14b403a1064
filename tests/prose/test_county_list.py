"""Pasted lists of counties: counties are found only if they are certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.counties import counties_of, county_name
from bot.prose.county_list import counties_in, typed_count

GEORGIA = [one.short for one in counties_of("GA")]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Cobb, Floyd, DeKalb", ["Cobb", "Floyd", "DeKalb"]),
        ("Cobb, Floyd and DeKalb counties.", ["Cobb", "Floyd", "DeKalb"]),
        ("1. Ben Hill\n2) Jeff Davis County\n- Mcduffie\n• Dekalb", ["Ben Hill", "Jeff Davis", "McDuffie", "DeKalb"]),
        ("Cobb Floyd Ben Hill Berrien", ["Cobb", "Floyd", "Ben Hill", "Berrien"]),
        ("Cobb, cobb county; COBB", ["Cobb"]),
        ("Cobb County, GA", ["Cobb"]),
    ],
)
def test_names_are_found_however_they_are_listed(typed: str, names: list[str]) -> None:
    found = counties_in(typed, "GA")
    assert [county_name("GA", fips) for fips in found.units] == names
    assert found.unmatched == ()


@pytest.mark.parametrize(
    ("typed", "state", "unmatched"),
    [
        ("Cobb, Dekalp, Floyd", "GA", ("Dekalp",)),
        ("Cobb Dekalp Floyd", "GA", ("Cobb Dekalp Floyd",)),  # a part is a whole, or nothing
        ("Baltimore, Montgomery", "MD", ("Baltimore",)),  # the county, or the city
        ("all but Cobb", "GA", ("all but Cobb",)),
        ("not Cobb", "GA", ("not Cobb",)),
        ("@everyone", "GA", ("@everyone",)),
    ],
)
def test_what_is_not_certain_is_not_matched(typed: str, state: str, unmatched: tuple[str, ...]) -> None:
    assert counties_in(typed, state).unmatched == unmatched


def test_a_name_with_and_in_it_is_one_county() -> None:
    found = counties_in("King and Queen and King George", "VA")
    assert [county_name("VA", fips) for fips in found.units] == ["King and Queen", "King George"]


@given(
    st.lists(st.sampled_from(GEORGIA), min_size=1), st.sampled_from([", ", "\n", "; ", " and ", " County, ", "\n• "])
)
def test_any_list_of_counties_is_read_whole_and_in_its_order(names: list[str], between: str) -> None:
    found = counties_in(between.join(names), "GA")
    assert [county_name("GA", fips) for fips in found.units] == list(dict.fromkeys(names))
    assert not found.unmatched


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_every_word_is_accounted_for(text: str) -> None:
    found = counties_in(text, "GA")
    assert all(part and len(part) <= 300 for part in found.unmatched)


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("92 of 159", (92, 159)),
        ("92/159", (92, 159)),
        ("92", (92, 159)),
        ("all 159", (159, 159)),
        ("92 of 159 counties", (92, 159)),
        ("Cobb", None),
        ("92 Cobb", None),
        ("about 92", None),
        ("", None),
    ],
)
def test_a_count_is_read_and_nothing_like_it(typed: str, count: tuple[int, int] | None) -> None:
    assert typed_count(typed, 159) == count


def test_a_count_without_its_whole_is_none_where_the_whole_is_not_known() -> None:
    assert typed_count("92", None) is None
