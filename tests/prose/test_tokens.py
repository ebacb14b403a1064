import tracemalloc

import pytest

from bot.prose.numbers import with_numbers_read
from bot.prose.tokens import Token, tokens_of


def read(text: str) -> list[Token]:
    return with_numbers_read(tokens_of(text, 0, len(text)))


def numbers(text: str) -> list[tuple[int | None, bool]]:
    return [(token.value, token.approximate) for token in read(text) if token.kind == "number"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14,101", 14101),
        ("14101", 14101),
        ("4,991,741", 4991741),
        ("14,101votes", 14101),
        ("14,1 01", 14101),
        ("7", 7),
        ("fourteen thousand one hundred and one", 14101),
        ("ninety-six", 96),
        ("One hundred and four", 104),
        ("four million nine hundred ninety-one thousand seven hundred forty-one", 4991741),
        ("a hundred and forty-three", 143),
        ("sixty-one thousand, three hundred and sixty-seven", 61367),
        ("a thousand and two", 1002),
        ("twelve hundred and sixty-seven", 1267),
        ("exactly one vote", 1),
    ],
)
def test_exact_number(text: str, value: int) -> None:
    assert numbers(text) == [(value, False)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14K", 14000),
        ("14.1k", 14100),
        ("4.99 million", 4990000),
        ("14 thousand", 14000),
        ("14-thousand", 14000),
        ("fourteen thousand", 14000),
        ("about 14,101", 14101),
        ("just over 14,000", 14000),
        ("~5,500", 5500),
        ("roughly 50", 50),
        ("some 4,300", 4300),
        ("nearly 5 million", 5000000),
        ("more than 14,000", 14000),
        ("14,000 or so", 14000),
        ("14,000-plus", 14000),
        ("14,000+", 14000),
        ("an estimated 5,500", 5500),
        ("just shy of 14,000", 14000),
        ("only about 700", 700),
        ("9,000 votes or so", 9000),
        ("a hair past 4,990,000 votes", 4990000),
        ("800ish", 800),
        ("four dozen", 48),
        ("14,000 and a bit", 14000),
        ("4.97 mil", 4970000),
        ("approx. 350", 350),
        ("four point nine seven million", 4970000),
        ("a couple hundred or so; 14,000 and change", 14000),
    ],
)
def test_number_that_is_not_exact_says_so(text: str, value: int) -> None:
    assert numbers(text) == [(value, True)]


@pytest.mark.parametrize(
    "text",
    [
        "14.101",
        "14,1011",
        "l4,101",
        "14, 101",
        "14 ,101",
        "4,99 1,741",
        "14 101",
        "10-12",
        "10,000 to 12,000",
        "10,000 or 12,000",
        "between 10,000 and 12,000",
        "up to",
        "as many as 500",
        "$500",
        "#14",
        "No14",
        "20th",
        "'16",
        "99,999,999,999",
        "007",
        "12 dollars",
        "3 percent",
        "0.5%",
        "404-656-2871",
        "5 each",
        "four twenty",
        "one by one",
        "١٤",
        "four point nine",
        "point nine million",
        "one point of order",
    ],
)
def test_what_is_no_single_number_is_none(text: str) -> None:
    assert numbers(text) == []


def test_number_that_was_and_that_is_are_no_range() -> None:
    assert numbers("from 14,149 to 14,101") == [(14149, False), (14101, False)]


def test_a_sentence_that_lost_its_full_stop_keeps_both_numbers() -> None:
    assert numbers("by 14,101 96 of 159") == [(14101, False), (96, False), (159, False)]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("3:05 a.m.", 185),
        ("3:05am", 185),
        ("305 am", 185),
        ("1030pm", 1350),
        ("7.30 a.m.", 450),
        ("12 p.m.", 720),
        ("12:30 AM", 30),
        ("15:30", 930),
        ("3:05", None),
        ("11 pm", 1380),
        ("7:30:15 a.m.", 450),
        ("15:30:15", 930),
        ("7h30", None),
        ("19h30", 1170),
        ("7h30 a.m.", 450),
        ("7 o'clock", None),
        ("Seven o’clock", None),
        ("7 o'clock p.m.", 1140),
        ("seven a.m.", 420),
        ("Twelve pm", 720),
    ],
)
def test_time(text: str, minutes: int | None) -> None:
    (token,) = read(text)
    assert (token.kind, token.value) == ("time", minutes)


@pytest.mark.parametrize("text", ["13 p.m.", "3:75 a.m.", "25:00"])
def test_hour_that_no_clock_has_is_no_time(text: str) -> None:
    assert [token.kind for token in read(text)] == ["odd"]


def test_places_in_the_text_are_kept() -> None:
    text = "Biden’s lead: just over 14,000 https://example.org/a?b @pat"
    assert [text[token.start : token.end] for token in read(text)] == [
        "Biden",
        "’s",
        "lead",
        ":",
        "just over 14,000",
        "https://example.org/a?b",
        "@pat",
    ]


@pytest.mark.parametrize("part", ["1,", "a."])
def test_a_number_or_an_abbreviation_of_any_length_takes_no_memory_while_it_is_looked_for(part: str) -> None:
    text = part * 50_000
    tracemalloc.start()
    try:
        tokens_of(text, 0, len(text))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 10 * len(text)
