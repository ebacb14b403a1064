"""Calls in a text, with the caller, the verb and the candidate; and counties certified by name, all of a list or
none.
"""

import time

import pytest

from bot.desk.counties import county_name
from bot.desk.desk_file import Desk
from bot.prose.reader import understood
from tests.prose.conftest import claims


def read(text: str, desk: Desk) -> list[tuple[str, str, str | None, str, str | None]]:
    found = understood(text, desk).words
    assert all(one.claim == "call" and one.words in text for one in found)
    return [(one.caller, one.says, one.candidate, one.verb, one.time) for one in found if one.claim == "call"]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("The AP has called Georgia for Biden.", ("ap", "called", "biden", "called", None)),
        (
            "BREAKING: The Associated Press has called Georgia for Joe Biden at 7:38 p.m.",
            ("ap", "called", "biden", "called", "19:38"),
        ),
        ("AP calls the presidential race in Georgia for Joe Biden", ("ap", "called", "biden", "called", None)),
        ("Georgia has been called for Biden by the AP.", ("ap", "called", "biden", "called", None)),
        ("NBC News projects Biden will win Georgia.", ("nbc", "called", "biden", "projected", None)),
        ("NBC declares Trump the winner in Georgia", ("nbc", "called", "trump", "declared", None)),
        (
            "NBC News says Joe Biden is the apparent winner in Georgia.",
            ("nbc", "called", "biden", "apparent_winner", None),
        ),
        ("The AP has retracted its call of Georgia for Biden.", ("ap", "none", None, "called", None)),
        ("AP un-calls Georgia for Biden", ("ap", "none", None, "called", None)),
        ("AP: Georgia's presidential race is too close to call", ("ap", "too_close", None, "called", None)),
        (
            "The AP says the presidential race in Georgia is too early to call.",
            ("ap", "too_early", None, "called", None),
        ),
    ],
)
def test_a_call_is_its_caller_s_in_its_own_word(
    georgia: Desk, text: str, call: tuple[str, str, str | None, str, str | None]
) -> None:
    assert read(text, georgia) == [call]
    assert understood(text, georgia).leftovers == ()
    assert claims(text, georgia) == ()  # what the command prints has no such kind


@pytest.mark.parametrize(
    "text",
    [
        "If the AP has called Georgia for Biden, it is over.",
        "The AP has not called Georgia for Biden.",
        "The AP hasn't called Georgia for Biden.",
        "The AP may call Georgia for Biden.",
        "The AP could have called Georgia for Biden by now.",
        "The AP has yet to call Georgia for Biden.",
        "When the AP calls Georgia for Biden, we post.",
        "The AP called Georgia for Trump in 2016.",
        "Four years ago the AP called Georgia for Trump.",
        "The AP called Georgia for Trump four years ago.",
        "The AP called Georgia for Biden on Saturday.",
        "The AP has called Pennsylvania for Biden.",
        "The AP has called Georgia and Nevada for Biden.",
        "Has the AP called Georgia for Biden?",
        "The AP has called Georgia for Biden? No.",
        "The AP has called Georgia for Biden. This is false.",
        "It is false that the AP has called Georgia for Biden.",
        "Trump: The AP has called Georgia for Trump.",
        "The AP called Georgia for Biden, Trump says.",
        '"The AP has called Georgia for Biden," a viral post says.',
        "The AP has called Georgia for Biden supporters.",
        "The AP has called Georgia for Jill Biden.",
        "The AP has called the Georgia Senate race for Ossoff.",
        "The AP has called Georgia for Biden at 8 a.m. Eastern, Eastern says.",
        "The AP called Georgia.",
        "Biden has called Georgia officials.",
        "The AP says Georgia is too close to call.",  # of which of its contests?
        "Biden wins Georgia.",
    ],
)
def test_what_is_no_call_for_certain_is_none(georgia: Desk, text: str) -> None:
    assert read(text, georgia) == []
    assert understood(text, georgia).strangers == ()


def test_a_call_by_nobody_of_the_desk_file_is_offered_to_nobody_and_handed_on(georgia: Desk) -> None:
    text = "ABC projects Biden will win Georgia. The AP has called Georgia for Biden."
    assert read(text, georgia) == [("ap", "called", "biden", "called", None)]
    assert understood(text, georgia).strangers == ("ABC projects Biden will win Georgia",)


@pytest.mark.parametrize(
    "name", ["The Atlanta Journal-Constitution", "Savannah's Evening News of Chatham", "Ga. Sec. of State"]
)
def test_a_caller_is_known_by_its_name_however_that_is_written(georgia: Desk, name: str) -> None:
    paper = georgia.sources[0].model_copy(update={"id": "paper", "name": name, "short": None, "calls": "called"})
    desk = georgia.model_copy(update={"sources": [*georgia.sources, paper]})
    assert read(f"{name} has called Georgia for Biden.", desk) == [("paper", "called", "biden", "called", None)]


@pytest.mark.parametrize("name", ["Georgia lieutenant governor and vice president", "City Council President"])
def test_a_presidential_contest_is_none_of_another_president(georgia: Desk, name: str) -> None:
    contest = georgia.contests[0].model_copy(update={"name": name, "presidential": False})
    desk = georgia.model_copy(update={"contests": [contest]})
    assert read("AP calls the presidential race in Georgia for Joe Biden", desk) == []
    assert read("AP calls Georgia for Joe Biden", desk) != []


def named(text: str, desk: Desk) -> list[list[str]]:
    found = understood(text, desk).words
    assert all(one.words in text for one in found)
    return [[county_name("GA", fips) for fips in one.units] for one in found if one.claim == "units_certified"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Appling, Bacon and Cobb counties have certified.", ["Appling", "Bacon", "Cobb"]),
        (
            "Appling, Bacon, and Cobb counties have now certified their results, the Secretary of State's office said.",
            ["Appling", "Bacon", "Cobb"],
        ),
        ("Cobb County certified its results.", ["Cobb"]),
        ("UPDATE: Cobb County and Floyd County have certified the election", ["Cobb", "Floyd"]),
        ("Long, Early and Crisp counties have certified.", ["Long", "Early", "Crisp"]),
        ("Certified so far: Appling, Bacon, Cobb.", ["Appling", "Bacon", "Cobb"]),
        ("Counties that have certified so far: Appling, Bacon, Cobb", ["Appling", "Bacon", "Cobb"]),
    ],
)
def test_counties_are_read_by_name(georgia: Desk, text: str, names: list[str]) -> None:
    assert [[name.removesuffix(" County") for name in one] for one in named(text, georgia)] == [names]
    assert claims(text, georgia) == ()


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
        "Cobb and Floyd counties have certified, but that is wrong.",
    ],
)
def test_what_is_no_certification_for_certain_is_none(georgia: Desk, text: str) -> None:
    assert named(text, georgia) == []


@pytest.mark.parametrize(
    ("opening", "end"),
    [
        ("alert ", "the AP called it"),
        ("news alert ", "the AP called it"),
        ("update: ", "Floyd certified it"),
        ("breaking news ", "certified it"),
        ("", "Floyd have all certified it"),
    ],
)
def test_a_clause_with_many_openings_takes_time_in_proportion(georgia: Desk, opening: str, end: str) -> None:
    """Each further opening may add only a little time. In the past, each doubled the time, and a text of 208
    letters took 27 seconds.
    """

    def seconds(times: int) -> float:
        text = opening * times + end.replace("all ", "all " * times if not opening else "all ")
        began = time.process_time()
        understood(text, georgia)
        return time.process_time() - began

    seconds(1)  # what is looked up once is known now
    assert any(seconds(18) < 3 * seconds(14) for _ in range(5))
    assert any(seconds(800) < 8 * seconds(200) for _ in range(5))
