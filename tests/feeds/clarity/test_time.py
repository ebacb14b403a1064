from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.feeds.clarity.time import time_of


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("11/20/2020 3:37:06 PM EST", datetime(2020, 11, 20, 20, 37, 6, tzinfo=UTC)),
        ("5/20/2014 8:19:21 PM EDT", datetime(2014, 5, 21, 0, 19, 21, tzinfo=UTC)),
        ("11/3/2020 12:00:00 AM CST", datetime(2020, 11, 3, 6, 0, tzinfo=UTC)),
        ("11/3/2020 12:30:00 PM CDT", datetime(2020, 11, 3, 17, 30, tzinfo=UTC)),
        ("12/6/2024 1:20:51 PM MST", datetime(2024, 12, 6, 20, 20, 51, tzinfo=UTC)),
        ("6/6/2024 1:20:51 PM MDT", datetime(2024, 6, 6, 19, 20, 51, tzinfo=UTC)),
        ("11/3/2020 9:00:00 PM PST", datetime(2020, 11, 4, 5, 0, tzinfo=UTC)),
        ("6/3/2020 9:00:00 PM PDT", datetime(2020, 6, 4, 4, 0, tzinfo=UTC)),
        ("11/3/2020 11:00:00 PM AKST", datetime(2020, 11, 4, 8, 0, tzinfo=UTC)),
        ("8/3/2020 11:00:00 PM AKDT", datetime(2020, 8, 4, 7, 0, tzinfo=UTC)),
        ("11/3/2020 11:00:00 PM HST", datetime(2020, 11, 4, 9, 0, tzinfo=UTC)),
        ("11/3/2020 11:00:00 PM ChST", datetime(2020, 11, 3, 13, 0, tzinfo=UTC)),
        ("11/3/2020 11:00:00 PM UTC", datetime(2020, 11, 3, 23, 0, tzinfo=UTC)),
        (" 11/3/2020  11:00  pm est ", datetime(2020, 11, 4, 4, 0, tzinfo=UTC)),
    ],
)
def test_zone_is_that_of_the_abbreviation(text: str, moment: datetime) -> None:
    assert time_of(text) == moment
    assert time_of(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("11/3/2020 11:00:00 PM", "'11/3/2020 11:00:00 PM' has no zone"),
        ("11/3/2020 11:00:00 PM BST", "is in the zone BST, which is not known here"),
        ("11/3/2020 13:00:00 PM EST", "is no time of day"),
        ("11/3/2020 0:00:00 AM EST", "is no time of day"),
        ("13/3/2020 1:00:00 AM EST", "is not in the calendar"),
        ("2/30/2020 1:00:00 AM EST", "is not in the calendar"),
        ("1/1/0000 1:00:00 AM EST", "is not in the calendar"),
        ("12/31/9999 11:00:00 PM EST", "is not in the calendar"),
        ("11/3/2020 1:60:00 AM EST", "is not in the calendar"),
        ("11/3/20 1:00:00 AM EST", "should be a time such as"),
        ("11/3/2020 1:00:00 EST", "should be a time such as"),
        ("٣/3/2020 1:00:00 AM EST", "should be a time such as"),
        ("", "should be a time such as 11/20/2020 3:37:06 PM EST, not ''"),
        ("9" * 5000, "should be a time such as"),
    ],
)
def test_what_is_no_time_is_refused_and_shown(text: str, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        time_of(text)
    assert what in str(caught.value)
    assert len(str(caught.value)) < 200


@given(st.text() | st.from_regex(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M [A-Z]{2,4}", fullmatch=True))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        assert time_of(text).tzinfo is UTC
    except BadInputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right
