import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.counties import County, counties_of, county, states
from tests.recorded import recorded_feeds

ALL = [found for state in sorted(states()) for found in counties_of(state)]
SHARED_NAMES = {
    ("MD", "Baltimore"),
    ("MO", "St. Louis"),
    ("VA", "Fairfax"),
    ("VA", "Franklin"),
    ("VA", "Richmond"),
    ("VA", "Roanoke"),
}
"""Names that both a county and an independent city have."""


def name_of(state: str, name: str) -> str | None:
    found = county(state, name)
    return found.name if found else None


def test_every_county_of_the_fifty_states_is_there_once() -> None:
    fifty = [found for found in ALL if found.fips < "57" and found.state != "DC"]
    # 3,143 counties and equivalents of the states in 2023, and Connecticut's eight of before.
    assert len(fifty) == 3143 + 8
    assert len({found.state for found in fifty}) == 50
    assert len(counties_of("GA")) == 159
    assert len(counties_of("TX")) == 254
    assert len(counties_of("PR")) == 78
    assert len({found.fips for found in ALL}) == len(ALL)


def test_codes_are_five_digits_and_begin_with_the_states() -> None:
    for state in states():
        codes = [found.fips for found in counties_of(state)]
        assert all(re.fullmatch(r"\d{5}", code) for code in codes)
        assert len({code[:2] for code in codes}) == 1


def test_every_county_is_found_by_its_whole_name_however_it_is_written() -> None:
    for found in ALL:
        for written in (found.name, found.name.upper(), found.name.replace(" ", "_"), found.name.replace(" ", "-")):
            assert county(found.state, written) == found, written
        for other in found.others:
            assert county(found.state, other) == found


def test_every_county_is_found_by_its_short_name_unless_two_share_it() -> None:
    for found in ALL:
        expected = None if (found.state, found.short) in SHARED_NAMES else found
        for written in (found.short, found.short.lower(), found.short.replace(" ", "").replace("St.", "Saint ")):
            assert county(found.state.lower(), written) == expected, written


@pytest.mark.parametrize(
    ("state", "name", "full"),
    [
        ("GA", "DeKalb", "DeKalb County"),
        ("GA", "De Kalb", "DeKalb County"),
        ("GA", "DEKALB COUNTY", "DeKalb County"),
        ("GA", "Appling County", "Appling County"),
        ("GA", "Appling Co.", "Appling County"),
        ("GA", "County of Appling", "Appling County"),
        ("GA", "Ben_Hill", "Ben Hill County"),
        ("GA", "Mc Intosh", "McIntosh County"),
        ("AL", "Saint Clair", "St. Clair County"),
        ("AL", "St Clair County", "St. Clair County"),
        ("MO", "Sainte Genevieve", "Ste. Genevieve County"),
        ("MO", "Ste Genevieve", "Ste. Genevieve County"),
        ("LA", "La Salle", "LaSalle Parish"),
        ("IL", "La Salle", "LaSalle County"),
        ("LA", "Orleans", "Orleans Parish"),
        ("LA", "Saint John the Baptist Parish", "St. John the Baptist Parish"),
        ("MD", "Prince Georges", "Prince George's County"),
        ("MD", "Prince George\u2019s", "Prince George's County"),
        ("MD", "Saint Mary's", "St. Mary's County"),
        ("MD", "Baltimore City", "Baltimore city"),
        ("MD", "City of Baltimore", "Baltimore city"),
        ("MD", "Baltimore (city)", "Baltimore city"),
        ("MD", "Baltimore County", "Baltimore County"),
        ("MD", "Baltimore Co", "Baltimore County"),
        ("MO", "St. Louis City", "St. Louis city"),
        ("VA", "Charles City", "Charles City County"),
        ("VA", "James City County", "James City County"),
        ("VA", "Norfolk", "Norfolk city"),
        ("VA", "King & Queen", "King and Queen County"),
        ("NV", "Carson City", "Carson City"),
        ("NM", "Dona Ana", "Doña Ana County"),
        ("NM", "DOÑA ANA COUNTY", "Doña Ana County"),
        ("NM", "Don\u0303a Ana", "Doña Ana County"),
        ("IA", "OBrien", "O'Brien County"),
        ("AK", "Juneau", "Juneau City and Borough"),
        ("AK", "Anchorage Borough", "Anchorage Municipality"),
        ("FL", "Miami Dade", "Miami-Dade County"),
        ("NY", "Brooklyn", "Kings County"),
        ("NY", "New York", "New York County"),
        ("DC", "District of Columbia", "District of Columbia"),
        ("VI", "St. Croix", "St. Croix Island District"),
    ],
)
def test_spellings_in_use_are_understood(state: str, name: str, full: str) -> None:
    assert name_of(state, name) == full


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("MD", "Baltimore"),
        ("VA", "Richmond"),
        ("VA", "Norfolk County"),  # long gone; the city is another place
        ("VA", "Bedford City"),  # since 2013 a town of the county
        ("GA", "Atlanta"),
        ("GA", "Applin"),
        ("GA", "Appling, Bacon"),
        ("GA", "Orleans"),
        ("GA", "County"),
        ("GA", "County of"),
        ("GA", ""),
        ("GA", "…"),
        ("GA", "Appling " * 1000),
        ("XX", "Appling"),
        ("", "Appling"),
    ],
)
def test_what_is_not_certain_is_nothing(state: str, name: str) -> None:
    assert county(state, name) is None


@given(st.sampled_from(sorted(states())), st.text())
def test_any_text_is_a_county_or_none(state: str, name: str) -> None:
    assert county(state, name) is None or isinstance(county(state, name), County)


def test_no_state_no_counties() -> None:
    assert counties_of("XX") == ()


def test_names_of_the_recorded_feeds_are_all_found() -> None:
    if (folder := recorded_feeds()) is None:
        pytest.skip("the recorded feeds are not on this machine: no folder feeds beside the project")
    detail = (folder / "clarity-ga-2020-11-20" / "detail.xml").read_text(encoding="utf-8")
    settings = json.loads((folder / "clarity-ga-2020-11-20" / "electionsettings.json").read_bytes())
    export = json.loads((folder / "georgia-export" / "export-2020NovGenRec.json").read_bytes())
    listed = settings["settings"]["electiondetails"]["participatingcounties"]
    for names in (
        set(re.findall(r'<County name="([^"]+)"', detail)),
        {line.split("|")[0] for line in listed},
        {place["name"] for place in export["localResults"]},
    ):
        assert {found.fips for name in names if (found := county("GA", name))} == {
            found.fips for found in counties_of("GA")
        }
