"""Properties of any text: the reader does not crash or hang, and invents nothing."""

import random
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.desk.desk_file import Desk, load_desk
from bot.desk.toml_file import shipped
from bot.prose.claim import LeftClaim, TotalClaim
from bot.prose.numbers import with_numbers_read
from bot.prose.reader import understood
from bot.prose.sentences import sentences_of
from bot.prose.tokens import tokens_of
from tests.conftest import examples, share
from tests.prose.conftest import claims, corpus, sentences

DESK = load_desk(shipped("desks", "georgia-2020.toml"))
PARTS = [*sentences(), *(one.text for one in corpus())]
WORDS = sorted({word for part in PARTS for word in re.findall(r"\S+", part)})
LONG = 400 * examples()
"""A number of characters."""

any_text = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join),
    st.lists(st.sampled_from(PARTS), max_size=6).map("\n".join),
    st.lists(st.sampled_from([*"()[]\"“”'’.,:;-–—|?!\n 0123456789", "Biden", "lead", "by", "14,101"]), max_size=80).map(
        "".join
    ),
)


@given(any_text)
@example("Biden leads by 14,101\x00votes")
@example("(((((Biden leads by 14,101")
@example("Biden leads by 99,999,999,999")
@example("\ufeffBiden leads by ١٤١٠١")
def test_words_of_a_claim_are_a_part_of_the_text_and_hold_its_numbers(text: str) -> None:
    for claim in claims(text, DESK):
        assert claim.words in text
        if isinstance(claim, LeftClaim | TotalClaim):
            assert (claim.ballots if isinstance(claim, LeftClaim) else claim.votes) in numbers_of(claim.words)


@given(any_text)
def test_same_text_gives_the_same_claims(text: str) -> None:
    assert understood(text, DESK) == understood(text, DESK)


@given(any_text)
def test_leftovers_are_parts_of_the_text_in_order(text: str) -> None:
    place = 0
    for leftover in understood(text, DESK).leftovers:
        place = text.index(leftover, place) + len(leftover)


@share(0.1)
@given(st.lists(st.sampled_from([text for text in PARTS if "\n" not in text]), max_size=8))
def test_paragraphs_claim_the_same_together_and_alone(texts: list[str]) -> None:
    together = claims("\n\n".join(texts), DESK)
    assert list(together) == [claim for text in texts for claim in claims(text, DESK)]


@pytest.mark.seeds
@pytest.mark.parametrize("seed", range(3))
def test_a_text_four_times_as_long_takes_about_four_times_as_long(seed: int) -> None:
    chance = random.Random(seed)
    text = ""
    while len(text) < LONG:
        text += chance.choice(PARTS) + chance.choice([" ", "\n", "\n\n"])
    assert grows_with_its_length(text[:LONG])


@pytest.mark.seeds
@pytest.mark.parametrize(
    "part",
    [
        "a",
        "1",
        "1,",
        "a_",
        "a.",
        "(",
        "()",
        '"',
        ". ",
        "Biden ",
        "Biden's lead ",
        "Floyd and ",
        "14,101 ",
        "3:05 a.m. ",
        "one hundred and ",
        ", which was ",
        "8:05 a.m. | x\n",
        "Biden leads by 14,101\n",
        "Trump picked up 176 net votes. ",
        "ballots left: Cobb 700, ",
        "- Cobb: 700\n",
        "as of ",
        "says ",
        "\n",
        "X County ",
    ],
)
def test_no_repetition_takes_more_than_its_length(part: str) -> None:
    assert grows_with_its_length((part * LONG)[:LONG])


def grows_with_its_length(text: str) -> bool:
    """Return True if reading a text takes less than eight times as long as reading its first quarter.

    Linear time would be four times as long, and quadratic time sixteen times as long. The machine may be busy, so one
    success in five tries is enough. `make faults` measures the time itself.
    """
    quarter = text[: len(text) // 4]
    claims(quarter, DESK)  # what is looked up once is known now
    return any(spent(text) < 8 * spent(quarter) for _ in range(5))


def spent(text: str) -> float:
    """Return the CPU time for reading a text, in seconds."""
    began = time.process_time()
    claims(text, DESK)
    return time.process_time() - began


def numbers_of(words: str) -> set[int]:
    tokens = with_numbers_read(tokens_of(words, 0, len(words)))
    return {token.value for token in tokens if token.kind == "number" and token.value is not None}


def test_nothing_of_a_text_is_lost_between_sentences() -> None:
    text = "\n\n".join(PARTS)
    kept = "".join(text[one.start : one.end] for one in sentences_of(text))
    assert len(re.findall(r"\w", kept)) > 0.9 * len(re.findall(r"\w", text))  # stamps are left out


def test_a_desk_without_counties_or_state_reads_margins(georgia: Desk) -> None:
    contest = georgia.contests[0].model_copy(update={"state": None})
    desk = georgia.model_copy(update={"contests": [contest, *georgia.contests[1:]]})
    assert [claim.claim for claim in claims("Biden leads by 14,101 votes.", desk)] == ["margin"]
