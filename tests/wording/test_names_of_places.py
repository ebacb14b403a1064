import pytest

from bot.desk.desk_file import Contest, Style
from bot.wording.escape import capitalised, possessive, stopped
from bot.wording.names import count_in, count_name, place_of_count, state_name, where
from bot.wording.states import STATES

RACE = Style()


def contest(**fields: object) -> Contest:
    told = {"id": "x", "name": "U.S. Senate (Perdue)", "state": "GA", "leads": "times"}
    return Contest.model_validate(told | {"candidates": [{"id": "a", "name": "A", "last": "A"}]} | fields)


def test_the_desk_files_own_words_come_first() -> None:
    assert where(contest(where="Georgia"), RACE) == "Georgia"


def test_else_state_and_name_make_the_place() -> None:
    assert where(contest(), RACE) == "the Georgia race for U.S. Senate (Perdue)"
    assert where(contest(), Style(contest="contest")) == "the Georgia contest for U.S. Senate (Perdue)"
    assert where(contest(name="Governor"), RACE) == "the Georgia race for governor"
    assert where(contest(name="Mayor", state=None), RACE) == "the race for mayor"
    assert where(contest(state="DC", name="Mayor"), RACE) == "the District of Columbia race for mayor"
    assert where(contest(name="Amendment 1", rule="measure"), RACE) == "Georgia's vote on Amendment 1"


def test_outside_words_in_a_place_are_escaped() -> None:
    assert where(contest(where="*Georgia*"), RACE) == r"\*Georgia\*"


def test_a_count_other_than_the_elections_is_always_named() -> None:
    georgia = contest(where="Georgia")
    assert place_of_count(georgia, RACE, "election") == "Georgia"
    assert place_of_count(georgia, RACE, "recount") == "Georgia's recount"
    assert count_in(georgia, RACE, "election") == "Georgia's count"
    assert count_in(georgia, RACE, "audit") == "Georgia's audit"
    assert count_in(contest(), RACE, "recount-2") == "the second recount in the Georgia race for U.S. Senate (Perdue)"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ("election", "count"),
        ("audit-3", "third audit"),
        ("recount-9", "ninth recount"),
        ("recount-10", "recount No. 10"),
    ],
)
def test_counts_are_numbered_in_words(count: str, said: str) -> None:
    assert count_name(count) == said


def test_states_go_by_their_postal_code() -> None:
    assert len(STATES) == 56
    assert state_name(contest(state="WV")) == "West Virginia"
    assert state_name(contest(state="ZZ")) == "ZZ"
    assert state_name(contest(state=None)) is None


def test_sentences_begin_large_own_things_and_stop_once() -> None:
    assert capitalised("the Times") == "The Times"
    assert [possessive("the Times"), possessive("Perdue")] == ["the Times'", "Perdue's"]
    assert [stopped("8 a.m."), stopped("noon")] == ["8 a.m.", "noon."]
