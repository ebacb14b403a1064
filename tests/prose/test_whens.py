"""Times in a sentence, and their time zones."""

from zoneinfo import ZoneInfo

import pytest

from bot.prose.tokens import tokens_of
from bot.prose.whens import Times, when_at

DESKS = {"New York": "America/New_York", "Phoenix": "America/Phoenix", "Anchorage": "America/Anchorage"}


@pytest.mark.parametrize(
    ("said", "desks"),
    [
        ("", {"New York", "Phoenix", "Anchorage"}),
        (" ET", {"New York"}),
        (" EDT", {"New York"}),
        (" Eastern time", {"New York"}),
        (" MT", {"Phoenix"}),
        (" Mountain", {"Phoenix"}),
        (" MDT", set()),
        (" AKST", {"Anchorage"}),
        (" UTC", set()),
    ],
)
def test_a_time_is_taken_by_the_clock_of_its_own_desk_alone(said: str, desks: set[str]) -> None:
    text = f"as of 3:05 p.m.{said} Tuesday"
    tokens = tokens_of(text, 0, len(text))
    when = when_at(tokens, 0)
    assert when is not None
    assert (when.length, when.names_a_day) == (len(tokens), True)
    assert {desk for desk, zone in DESKS.items() if Times(ZoneInfo(zone)).clock(when) == "15:05"} == desks
