import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from bot.feeds.clarity import settings as clarity_settings
from bot.feeds.clarity.settings import CountyUpload, settings_of
from bot.feeds.reader import Refusal
from tests.feeds.clarity_files import settings
from tests.feeds.conftest import failure, items_of

BEN_HILL = "Ben_Hill|105379|270230|11/9/2020 8:24:49 AM EST|16"


def read_all(data: bytes) -> list[Any]:
    return items_of(clarity_settings.read, data)


def test_county_has_its_upload() -> None:
    (upload,) = read_all(settings(BEN_HILL))
    assert upload == CountyUpload("Ben Hill", "270230", datetime(2020, 11, 9, 13, 24, 49, tzinfo=UTC), "105379")
    assert upload.folder == "Ben_Hill/105379"
    assert json.loads(upload.to_json()) == {
        "unit": "Ben Hill",
        "version": "270230",
        "uploaded_at": "2020-11-09T13:24:49Z",
    }


def test_county_without_counties_of_its_own_lists_none() -> None:
    assert read_all(b'{"settings": {"electiondetails": {}}}') == []
    assert read_all(settings()) == []


def test_one_bad_county_does_not_cost_the_others() -> None:
    items = read_all(settings(BEN_HILL, "Bibb|1|2", "Bacon|105373|269330|11/5/2020 11:48:46 AM EST"))
    assert [type(item) for item in items] == [CountyUpload, CountyUpload, Refusal]
    assert str(items[2]) == (
        "feed: county 2 of the list: should be name, election, version and time between bars, not 'Bibb|1|2'"
    )


def test_county_repeated_is_dropped_and_one_that_differs_refused() -> None:
    items = read_all(settings(BEN_HILL, BEN_HILL, BEN_HILL.replace("270230", "270231")))
    assert [type(item) for item in items] == [CountyUpload, Refusal]
    assert "county 3 of the list: Ben Hill is there twice" in str(items[1])


@pytest.mark.parametrize(
    ("switches", "is_test"),
    [
        ({"istestmode": False, "showtestdatawatermark": "0"}, False),
        ({"istestmode": "false", "showtestdatawatermark": None}, False),
        ({"istestmode": True, "showtestdatawatermark": "0"}, True),
        ({"istestmode": "true"}, True),
        ({"istestmode": 1}, True),
        ({"istestmode": False, "showtestdatawatermark": "1"}, True),
    ],
)
def test_site_that_says_it_shows_test_data_is_a_test(switches: dict[str, object], is_test: bool) -> None:
    told = settings_of(io.BytesIO(settings(BEN_HILL, **switches)), "feed")
    assert (told.is_test, len(told.uploads)) == (is_test, 1)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (5, "should be text, not 5"),
        (None, "should be text, not null"),
        ("", "should be name, election, version and time between bars, not ''"),
        ("|1|2|11/9/2020 8:24:49 AM EST|16", "the name should be a county's, not ''"),
        ("A\u200b|1|2|11/9/2020 8:24:49 AM EST|16", "the name should be a county's"),
        ("A" * 400 + "|1|2|11/9/2020 8:24:49 AM EST|16", "the name should be a county's"),
        ("Bibb|../x|2|11/9/2020 8:24:49 AM EST|16", "Bibb: the election should be a number, not '../x'"),
        ("Bibb|1|2.5|11/9/2020 8:24:49 AM EST|16", "Bibb: the version should be a number, not '2.5'"),
        ("Bibb|1||11/9/2020 8:24:49 AM EST|16", "Bibb: the version should be a number, not ''"),
        ("Bibb|1|٣|11/9/2020 8:24:49 AM EST|16", "Bibb: the version should be a number"),
        ("Bibb|1|2|11/9/2020 8:24:49 AM XYZ|16", "Bibb: '11/9/2020 8:24:49 AM XYZ' is in the zone XYZ"),
        ("Bibb|1|2||16", "Bibb: should be a time such as"),
    ],
)
def test_county_that_cannot_be_used_is_refused_by_its_place(line: object, what: str) -> None:
    (refusal,) = read_all(settings(line))
    assert str(refusal).startswith(f"feed: county 1 of the list: {what}")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"[]", "should have settings.electiondetails"),
        (b'{"settings": []}', "should have settings.electiondetails"),
        (b'{"settings": {"electiondetails": 5}}', "should have settings.electiondetails"),
        (
            b'{"settings": {"electiondetails": {"participatingcounties": "x"}}}',
            "participatingcounties should be a list",
        ),
        (b"", "is empty, not JSON"),
        (settings(BEN_HILL)[:-5], "is cut short"),
        (b"<html>", "is not JSON"),
    ],
)
def test_file_that_cannot_be_parsed_gives_nothing(data: bytes, what: str) -> None:
    assert failure(clarity_settings.read, data).startswith(f"feed: {what}")


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text() | st.none() | st.from_regex(r"[\w ]+\|\d+\|\d+\|\d+/\d+/\d+ \d+:\d+:\d+ [AP]M EST")))
def test_any_list_is_read_or_refused(lines: list[object]) -> None:
    for item in read_all(settings(*lines)):
        assert isinstance(item, Refusal) or set(json.loads(item.to_json())) == {"unit", "version", "uploaded_at"}
