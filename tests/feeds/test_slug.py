import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.feeds.ballot import candidate_ids, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Donald J. Trump", "donald-j-trump"),
        ("José Núñez", "jose-nunez"),
        ("5000", "5000"),
        ("Tamara Johnson-Shealey", "tamara-johnson-shealey"),
        ("  E. Culver  “Rusty” Kidd ", "e-culver-rusty-kidd"),
        ("Sean O\u2019Brien", "sean-o-brien"),
        ("Sean O'Brien", "sean-o-brien"),
        ("王小明", ""),
        ("-", ""),
        ("x" * 200, "x" * 100),
    ],
)
def test_slug_is_plain_ascii(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.text())
def test_slug_of_a_slug_is_itself(text: str) -> None:
    assert slug(slug(text)) == slug(text)
    assert len(slug(text)) <= 100
    assert slug(text).isascii()


def test_names_that_differ_need_nothing_more() -> None:
    assert candidate_ids(["Ann Lee", "Bo Lee"], ["D", "R"], ["1", "2"]) == ["ann-lee", "bo-lee"]


def test_equal_names_are_told_apart_by_party() -> None:
    assert candidate_ids(["Ann Lee", "Ann Lee", "Bo"], ["D", "R", "R"], ["1", "2", "3"]) == [
        "ann-lee-d",
        "ann-lee-r",
        "bo",
    ]


def test_equal_names_and_parties_are_told_apart_by_the_feeds_own_key() -> None:
    assert candidate_ids(["Lee", "Lee", "Lee"], ["D", "D", None], ["11", "12", "13"]) == ["lee-d-11", "lee-d-12", "lee"]
    assert candidate_ids(["Lee", "Lee"], [None, None], ["1", "2"]) == ["lee-1", "lee-2"]


def test_name_without_ascii_letters_is_called_by_its_key() -> None:
    assert candidate_ids(["Ann", "王小明"], [None, None], ["1", "2"]) == ["ann", "choice-2"]


def test_long_equal_names_still_fit_with_their_ending() -> None:
    ids = candidate_ids(["x" * 150, "x" * 150], ["D", "R"], ["1", "2"])
    assert ids == ["x" * 98 + "-d", "x" * 98 + "-r"]


def test_candidates_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(BadInputError, match="two candidates come out as lee-1"):
        candidate_ids(["Lee", "Lee", "Lee 1"], [None, None, None], ["1", "2", "3"])
