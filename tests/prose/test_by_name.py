"""Counties certified by name: all of a list, or none of it."""

import pytest

from bot.desk.counties import called
from bot.desk.desk_file import Desk
from bot.prose.reader import claims, understood


def read(text: str, desk: Desk) -> list[list[str]]:
    found = understood(text, desk).words
    assert all(one.words in text for one in found)
    return [[called("GA", fips) for fips in one.units] for one in found if one.claim == "units_certified"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Appling, Bacon and Cobb counties have certified.", ["Appling", "Bacon", "Cobb"]),
        ("Appling, Bacon, and Cobb counties have now certified their results, the Secretary of State's office said.", ["Appling", "Bacon", "Cobb"]),
        ("Cobb County certified its results.", ["Cobb"]),
        ("UPDATE: Cobb County and Floyd County have certified the election", ["Cobb", "Floyd"]),
        ("Long, Early and Crisp counties have certified.", ["Long", "Early", "Crisp"]),
        ("Certified so far: Appling, Bacon, Cobb.", ["Appling", "Bacon", "Cobb"]),
        ("Counties that have certified so far: Appling, Bacon, Cobb", ["Appling", "Bacon", "Cobb"]),
        ("Cobb and Floyd counties have certified, but Fulton has not.", ["Cobb", "Floyd"]),
    ],
)  # fmt: skip
def test_counties_are_read_by_name(georgia: Desk, text: str, names: list[str]) -> None:
    assert [[name.removesuffix(" County") for name in one] for one in read(text, georgia)] == [names]
    assert claims(text, georgia) == []


@pytest.mark.parametrize(
    "text",
    [
        "Appling, Bacon and Cobb counties have not certified.",
        "All but Cobb and Floyd counties have certified.",
        "Neither Cobb nor Floyd counties have certified.",
        "If Appling and Bacon counties have certified, it is over.",
        "Cobb County will have certified by Friday.",
        "Cobb County is to be certified.",
        "Cobb County certified Biden the winner.",
        "Cobb and Alachua counties have certified.",
        "Jackson, Clinton and Harris have certified.",
        "Cobb and Floyd counties certified their results in 2016.",
        "Cobb and Floyd counties have certified their runoff results.",
        "Has Cobb County certified?",
        "Cobb and Floyd counties have certified?",
        "Cobb and Floyd counties have certified. This is false.",
        "Cobb and Floyd counties have certified, Trump's campaign claims.",
        "Pennsylvania: Jackson and Lee counties have certified.",
        "In Florida, Jackson and Lee counties have certified.",
        "96 of 159 counties have certified.",
    ],
)
def test_what_is_no_certification_for_certain_is_none(georgia: Desk, text: str) -> None:
    assert read(text, georgia) == []
