import pytest

from bot.count.margin import margin_of
from bot.count.reading import Reading
from tests.feeds.conftest import Printed


@pytest.fixture
def readings(printed: Printed) -> dict[str, Reading]:
    return printed("clarity-summary", "clarity-ga-2020-11-12/summary.json", "--as-of", "2020-11-12T10:57:00-05:00")


def test_president_has_the_known_answer(readings: dict[str, Reading]) -> None:
    president = readings["5000"]
    assert president.votes == {"joseph-r-biden": 2471955, "donald-j-trump": 2457910, "jo-jorgensen": 62058}
    assert president.parties == {"joseph-r-biden": "D", "donald-j-trump": "R", "jo-jorgensen": "L"}
    assert president.counted == 4991923
    assert margin_of(president.votes).votes == 14045
    assert president.reporting is not None
    assert president.reporting.units == (158, 159)
    assert president.reporting.precincts is None
    assert (president.total, president.status, president.count) == (None, None, "election")


def test_every_contest_is_read(readings: dict[str, Reading]) -> None:
    assert len(readings) == 298
    assert sum(len(reading.votes) == 1 for reading in readings.values()) == 152
    names = [name for reading in readings.values() for name in (reading.names or {}).values()]
    assert not [name for name in names if "(" in name]


def test_party_primary_takes_its_party_from_the_list(readings: dict[str, Reading]) -> None:
    assert set((readings["43920"].parties or {}).values()) == {"D"}


def test_sum_of_the_votes_is_the_total_where_the_file_has_none(readings: dict[str, Reading]) -> None:
    assert {reading.total for reading in readings.values()} == {None}
