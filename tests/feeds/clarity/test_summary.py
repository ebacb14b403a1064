import json
from typing import Any

import pytest

from bot.count.reading import Reading, Reporting
from bot.feeds.clarity import summary as clarity_summary
from bot.feeds.reader import Refusal
from tests.feeds.conftest import RECEIVED, failure, items_of, refusal_in, sole

GOOD: dict[str, Any] = {
    "CATKEY": "C_0",
    "CAT": "Results",
    "C": "Keeper of the Lamp",
    "K": "7000",
    "VF": 1,
    "TP": 9,
    "PR": 4,
    "TV": 1000,
    "CH": ["Ada B. Quill (I) (Rep)", "Bo Reed (Dem)", "Cy Moss"],
    "P": ["NP", "NP", "GRN"],
    "PCT": [50.0, 40.0, 10.0],
    "V": [50, 40, 10],
    "T": 100,
    "W": [0, 0, 0],
    "IsContestNoChoice": 0,
}


def read_all(*blocks: object, source: str | None = None) -> list[Reading | Refusal]:
    return items_of(clarity_summary.read, json.dumps(blocks).encode(), source=source)


def read_one(**changed: object) -> Reading:
    return sole(read_all(GOOD | changed))


def refusal(**changed: object) -> str:
    return refusal_in(read_all(GOOD | changed))


def test_contest_becomes_a_reading() -> None:
    assert read_one() == Reading(
        source="clarity-summary",
        contest="7000",
        contest_name="Keeper of the Lamp",
        as_of=RECEIVED,
        as_of_is="received",
        votes={"ada-b-quill": 50, "bo-reed": 40, "cy-moss": 10},
        names={"ada-b-quill": "Ada B. Quill", "bo-reed": "Bo Reed", "cy-moss": "Cy Moss"},
        parties={"ada-b-quill": "R", "bo-reed": "D", "cy-moss": "G"},
        total=100,
        reporting=Reporting(units=(4, 9)),
    )


def test_source_can_be_named() -> None:
    (item,) = read_all(GOOD, source="ga-sos")
    assert isinstance(item, Reading)
    assert item.source == "ga-sos"


def test_zeros_that_mean_unsaid_are_unsaid() -> None:
    reading = read_one(T=0, TP=0, PR=0)
    assert reading.total is None
    assert reading.reporting is None


def test_zero_votes_are_votes() -> None:
    assert read_one(V=[0, 0, 0]).votes == {"ada-b-quill": 0, "bo-reed": 0, "cy-moss": 0}


def test_total_that_is_given_is_the_total() -> None:
    assert read_one(T=103).total == 103


@pytest.mark.parametrize("registered", [0, 99, 1000, "1,000", None])
def test_registered_voters_are_no_total(registered: object) -> None:
    (reading,) = read_all({field: GOOD[field] for field in GOOD if field != "T"} | {"TV": registered})
    assert isinstance(reading, Reading)
    assert (reading.total, reading.counted) == (None, 100)


def test_fields_that_a_site_leaves_out_are_unsaid() -> None:
    (reading,) = read_all({"K": "20", "C": "Lamp", "TP": 2, "PR": 1, "CH": ["Ada"], "P": ["DEM"], "V": [5]})
    assert isinstance(reading, Reading)
    assert (reading.total, reading.votes, reading.count) == (None, {"ada": 5}, "election")


def test_states_file_has_its_contests_in_an_object() -> None:
    whole = json.dumps({"Contests": [GOOD, GOOD | {"K": "2"}], "Version": 5}).encode()
    assert items_of(clarity_summary.read, whole) == read_all(GOOD, GOOD | {"K": "2"})


@pytest.mark.parametrize(
    ("ballot", "listed", "name", "party"),
    [
        ("Ada Quill (Rep)", "NP", "Ada Quill", "R"),
        ("Ada Quill (DEM)", "NP", "Ada Quill", "D"),
        ("Ada Quill (Lib) (I)", "NP", "Ada Quill", "L"),
        ("Ada Quill (Ind)", "NP", "Ada Quill", "I"),
        ("Ada Quill (Green)", "NP", "Ada Quill", "G"),
        ("Ada Quill (Working Families)", "NP", "Ada Quill", "Working Families"),
        ("Ada Quill (I)", "NP", "Ada Quill", None),
        ("Ada Quill (NP)", "", "Ada Quill", None),
        ("Ada Quill", "DEM", "Ada Quill", "D"),
        ("Ada Quill (Rep)", "DEM", "Ada Quill", "R"),
        ("Ada Quill", None, "Ada Quill", None),
        ("Ada  (Addy)  Quill (Rep)", "NP", "Ada (Addy) Quill", "R"),
        ("Ada Quill (Addy) (Rep)", "NP", "Ada Quill (Addy)", "R"),
        ("Ada Quill (Write-in)", "NP", "Ada Quill (Write-in)", None),
        ("YES", "NP", "YES", None),
        ("Yes (Sí)", "NP", "Yes (Sí)", None),
        ("(Rep)", "NP", "(Rep)", None),
    ],
)
def test_marks_behind_the_name_are_taken_off_and_read(
    ballot: str, listed: str | None, name: str, party: str | None
) -> None:
    reading = read_one(CH=[ballot], P=[listed], V=[1])
    assert list((reading.names or {}).values()) == [name]
    assert list((reading.parties or {}).values()) == ([party] if party else [])


def test_name_without_ascii_letters_is_called_by_its_place() -> None:
    reading = read_one(CH=["Ada", "Bo", "王小明 (Rep)"])
    assert reading.votes == {"ada": 50, "bo": 40, "choice-3": 10}
    assert reading.names == {"ada": "Ada", "bo": "Bo", "choice-3": "王小明"}


def test_equal_names_are_told_apart() -> None:
    reading = read_one(CH=["Ada Quill (Rep)", "Ada Quill (Dem)", "Bo"])
    assert reading.votes == {"ada-quill-r": 50, "ada-quill-d": 40, "bo": 10}


@pytest.mark.parametrize("where", ["C", "CAT"])
def test_recount_is_a_count_of_its_own(where: str) -> None:
    assert read_one(**{where: "Keeper of the Lamp - RECOUNT"}).count == "recount"


def test_one_bad_contest_does_not_cost_the_others() -> None:
    items = read_all(GOOD, GOOD | {"K": "2", "V": [1, 2, -3]}, GOOD | {"K": "3"})
    assert [type(item) for item in items] == [Reading, Refusal, Reading]
    assert str(items[1]).startswith("feed: 2 (Keeper of the Lamp): V[2] is -3; votes are 0 or more")


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"V": [1, 2]}, "V has 2 values for 3 choices"),
        ({"P": ["NP"]}, "P has 1 values for 3 choices"),
        ({"V": None}, "V should be a list, not null"),
        ({"V": 5}, "V should be a list, not 5"),
        ({"V": ["50", 40, 10]}, "V[0] should be a whole number, not '50'"),
        ({"V": [50, 40.0, 10]}, "V[1] should be a whole number, not 40.0"),
        ({"V": [50, True, 10]}, "V[1] should be a whole number, not true"),
        ({"V": [50, None, 10]}, "V[1] should be a whole number, not null"),
        ({"V": [10**30, 1, 1]}, "V[0] is 1000"),
        ({"P": ["NP", 5, "NP"]}, "P[1] should be text, not 5"),
        ({"CH": []}, "V has 3 values for 0 choices"),
        ({"CH": [], "V": []}, "V has 0 values for 0 choices"),
        ({"CH": "Ada"}, "CH should be a list, not 'Ada'"),
        ({"CH": ["Ada", " ", "Bo"]}, "the name of a choice should be plain text"),
        ({"CH": ["Ada", 3, "Bo"]}, "CH[1] should be text, not 3"),
        ({"CH": ["Ada\u200b", "Cy", "Bo"]}, "not 'Ada\\u200b'"),
        ({"T": 99}, "total 99 is below the sum of the votes, 100"),
        ({"T": "103"}, "T should be a whole number, not '103'"),
        ({"T": False}, "T should be a whole number, not false"),
        ({"PR": 10}, "10 of 9 is more than all"),
        ({"TP": "9"}, "TP should be a whole number, not '9'"),
        ({"C": 5}, "C should be text, not 5"),
    ],
)
def test_contest_of_the_wrong_shape_is_refused_by_key_and_value(changed: dict[str, object], what: str) -> None:
    sentence = refusal(**changed)
    assert sentence.startswith("feed: 7000")
    assert what in sentence


@pytest.mark.parametrize(
    ("block", "what"),
    [
        (5, "contest 1 of the file: should be an object, not 5"),
        ({"C": "Keeper"}, "contest 1 of the file: its key should be text, not null"),
        ({"K": 7000}, "contest 1 of the file: its key should be text, not 7000"),
        ({"K": " "}, "contest 1 of the file: its key should be text, not ' '"),
    ],
)
def test_contest_without_a_key_is_refused_by_its_place(block: object, what: str) -> None:
    assert [str(item) for item in read_all(block)] == [f"feed: {what}"]


@pytest.mark.parametrize("flag", [1, "1", True, "true"])
def test_contest_that_says_it_has_no_choice_is_passed_over(flag: object) -> None:
    assert read_all(GOOD | {"CH": [], "P": [], "V": [], "IsContestNoChoice": flag}) == []


@pytest.mark.parametrize("flag", [0, "0", False, "false", None])
def test_contest_that_should_have_choices_and_has_none_is_refused(flag: object) -> None:
    assert "V has 0 values for 0 choices" in refusal(CH=[], P=[], V=[], IsContestNoChoice=flag)


def test_block_repeated_word_for_word_is_dropped() -> None:
    assert len(read_all(GOOD, dict(GOOD))) == 1


def test_contest_with_a_field_twice_is_refused_and_the_others_are_read() -> None:
    twice = json.dumps([GOOD, GOOD | {"K": "2"}, GOOD | {"K": "3"}]).replace('"K": "2"', '"K": "2", "V": [1, 2, 3]')
    first, second, third = items_of(clarity_summary.read, twice.encode())
    assert (isinstance(first, Reading), isinstance(third, Reading)) == (True, True)
    assert str(second) == "feed: contest 2 of the file: should be an object, not one that has the key 'V' twice"


def test_second_block_that_differs_is_refused() -> None:
    first, second = read_all(GOOD, GOOD | {"V": [51, 40, 10]})
    assert isinstance(first, Reading)
    assert "7000 (Keeper of the Lamp): is there twice" in str(second)


def test_units_that_are_half_said_are_unsaid() -> None:
    assert read_one(PR=None).reporting is None


@pytest.mark.parametrize("flag", [True, 1, "1", "true"])
def test_a_ranked_contest_is_refused(flag: object) -> None:
    said = refusal(IsRCV=flag)
    assert said.endswith(": IsRCV is set, and no file that was seen shows which round's votes these are")


@pytest.mark.parametrize("flag", [False, 0, "0", None])
def test_a_contest_that_is_not_ranked_is_read(flag: object) -> None:
    assert read_one(IsRCV=flag) == read_one()


def test_parties_may_be_missing() -> None:
    assert read_one(P=None).parties == {"ada-b-quill": "R", "bo-reed": "D"}


def test_long_contest_name_is_cut_and_its_numbers_are_kept() -> None:
    reading = read_one(C="Shall the " * 100)
    assert reading.contest_name is not None
    assert len(reading.contest_name) == 300
    assert reading.contest_name.endswith("…")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'{"Races": []}', "feed: the contests, or Contests, should be a list, not null"),
        (b'{"Contests": 5}', "feed: the contests, or Contests, should be a list, not 5"),
        (b'[{"K": "1"', "feed: is cut short: the JSON ends too early"),
        (b"", "feed: is empty, not JSON"),
        (b"[" * 100_000, "feed: is nested too deep for a feed"),
    ],
)
def test_file_that_cannot_be_parsed_gives_nothing(data: bytes, what: str) -> None:
    assert failure(clarity_summary.read, data) == what
