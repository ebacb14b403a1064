"""Tests how the address of a results site is understood."""

import json
from datetime import date

import pytest

from bot.errors import BadInputError
from bot.feeds.results_sites import doubles, elections_listed, site_at

EV = "https://results.sos.ga.gov/results/public"
KNOWINK = "https://enr.example.org"


@pytest.mark.parametrize(
    ("address", "format_name", "election", "state", "first"),
    [
        (f"{EV}/Georgia", "enhanced-voting", None, "GA", None),
        (
            f"{EV}/Georgia/elections/2024NovGen",
            "enhanced-voting",
            "2024NovGen",
            "GA",
            f"{EV}/api/elections/Georgia/2024NovGen/data",
        ),
        (
            f"{EV}/api/elections/id/nov2026/data",
            "enhanced-voting",
            "nov2026",
            "ID",
            f"{EV}/api/elections/id/nov2026/data",
        ),
        (
            f"{EV}/king-county-wa/elections/x?y#z",
            "enhanced-voting",
            "x",
            "WA",
            f"{EV}/api/elections/king-county-wa/x/data",
        ),
        (
            "http://127.0.0.1:80/a/GA/105369/web.264614/#/summary",
            "clarity-summary",
            "105369",
            "GA",
            "http://127.0.0.1:80/a/GA/105369",
        ),
        ("https://a.org/NJ/Atlantic/elections.json", "clarity-summary", None, "NJ", None),
        ("https://a.org/SC/elections.json?v=1748", "clarity-summary", None, "SC", None),
        ("https://a.org/NJ/Atlantic/12", "clarity-summary", "12", "NJ", "https://a.org/NJ/Atlantic/12"),
        (
            "https://a.org/v2/elections/2026-11-03?statePostal=GA&level=ru&format=json",
            "ap",
            "2026-11-03",
            "GA",
            "https://a.org/v2/elections/2026-11-03?statePostal=GA&level=ru&format=json",
        ),
        ("https://api.ap.org/v3/elections", "ap", None, None, None),
        (f"{KNOWINK}/Election/GetElectionList?cid=north-dakota", "knowink", None, "ND", None),
        (
            f"{KNOWINK}/Contest/GetContestResults?cId=arkansas&electionID=9&contestType=FED",
            "knowink",
            "9",
            "AR",
            f"{KNOWINK}/Contest/GetContestResults?cId=arkansas&electionID=9&contestType=FED",
        ),
        ("https://a.org/api/s3/enr/election/53815", "texas", "53815", "TX", "https://a.org/api/s3/enr/election/53815"),
    ],
)
def test_a_site_is_known_by_its_path_wherever_it_is(
    address: str, format_name: str, election: str | None, state: str | None, first: str | None
) -> None:
    site = site_at(address)
    assert site is not None
    assert (site.format, site.election, site.state) == (format_name, election, state)
    if first is None:
        assert site.catalogue is not None
    else:
        assert site.addresses[0] == first


@pytest.mark.parametrize(
    "address",
    [
        "https://a.org/feed.json",
        "https://a.org/XX/12",
        "https://a.org/GA/feed.json",
        "https://[",
        "https://a.org/elections/elections.json",
    ],
)
def test_any_other_address_is_known_by_what_it_answers(address: str) -> None:
    assert site_at(address) is None


LISTS = {
    f"{EV}/Georgia": {
        "elections": [
            {"publicElectionId": "a", "electionDate": "2026-11-03", "name": [{"text": "General ", "languageId": "en"}]},
            {"publicElectionId": "b_Demo", "electionDate": "2026-12-01", "name": []},
        ]
    },
    "https://a.org/GA": [
        {"EID": 12, "ElectionName": "General", "Date": "11/3/2026 12:00:00 AM"},
        {"EID": "13", "ElectionName": "Mock", "Date": "12/1/2026"},
    ],
    f"{KNOWINK}/Election/GetElectionList?cId=arkansas": [
        {"electionID": "1846", "electionName": "General", "electionDate": "2026-11-03T00:00:00"},
        {"electionID": 7, "electionName": "Preview", "electionDate": "2026-12-01T00:00:00"},
    ],
}


@pytest.mark.parametrize("address", LISTS)
def test_a_sites_list_is_read_newest_first_and_tests_are_known(address: str) -> None:
    site = site_at(address)
    assert site is not None
    newest, older = elections_listed(site.format, json.dumps(LISTS[address]).encode())
    assert (newest.is_test, older.is_test) == (True, False)
    assert (older.name, older.day) == ("General", date(2026, 11, 3))
    assert doubles([newest, older]) == []
    assert doubles([newest, older, older]) == [[older, older]]


def test_aps_days_are_asked_for_one_state() -> None:
    site = site_at("https://api.ap.org/v3/elections?statepostal=GA")
    assert site is not None
    assert site.catalogue == "https://api.ap.org/v3/elections?format=json"
    listed = {
        "elections": [
            {"electionDate": "2026-11-03", "testResults": True},
            {"electionDate": "2026-06-16", "liveResults": True},
        ]
    }
    november, june = elections_listed(site.format, json.dumps(listed).encode())
    assert (str(november), str(june)) == ("2026-11-03, no live results yet", "2026-06-16")
    assert not november.is_test
    asked = "https://api.ap.org/v3/elections/2026-11-03?statepostal=GA&format=json&level=FIPScode"
    assert site.of(november).addresses == (asked,)
    with pytest.raises(BadInputError, match="elections is missing"):
        elections_listed(site.format, b"{}")


def test_a_state_on_clarity_lists_its_counties_too_and_each_is_asked_for_where_it_is() -> None:
    site = site_at("https://a.org/SC/elections.json")
    assert site is not None
    listed = [
        {"ElectionName": "General", "Date": "11/03/2026 07:00:00", "State": "SC", "County": county, "EID": key}
        for key, county in ((21, "Charleston"), (22, "Van Buren"), (30, None))
    ]
    state, *counties = elections_listed(site.format, json.dumps(listed).encode())
    assert (state.id, state.county) == ("30", None)
    assert doubles([state, *counties]) == []
    assert site.of(state).addresses == ("https://a.org/SC/30",)
    assert [site.of(one).addresses for one in counties] == [
        ("https://a.org/SC/Van_Buren/22",),
        ("https://a.org/SC/Charleston/21",),
    ]
    assert str(counties[0]) == "22, 2026-11-03, General, Van Buren"


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("answer", [b"<html>", b"{}", b'[{"x": 1}]', b""])
def test_what_is_no_list_is_refused_in_words(address: str, answer: bytes) -> None:
    site = site_at(address)
    assert site is not None
    with pytest.raises(BadInputError):
        elections_listed(site.format, answer)


@pytest.mark.parametrize(
    ("address", "own"),
    [
        (f"{EV}/Georgia", True),
        (f"{EV}/id/elections/nov2026", True),
        (f"{EV}/king-county-wa/elections/x", False),
        ("https://a.org/GA/105369", True),
        ("https://a.org/GA/Fulton/105369", False),
        ("https://api.ap.org/v3/elections/2026-11-03?statePostal=GA", False),
        (f"{KNOWINK}/Election/GetElectionList?cid=north-dakota", True),
        ("https://a.org/api/s3/enr/election/53815", True),
    ],
)
def test_the_states_own_site_is_told_from_a_countys_and_the_aps(address: str, own: bool) -> None:
    site = site_at(address)
    assert site is not None
    assert site.is_states_own is own
