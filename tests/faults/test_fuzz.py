"""Runs a small share of the mutated inputs of `make faults`, and tests that failures would be noticed."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import Phase

from bot.desk.results_formats import FORMATS
from bot.errors import BadInputError
from bot.feeds.formats import OTHERS
from bot.feeds.reader import Refusal
from tests.conftest import reading
from tests.faults import fuzz
from tests.faults.fuzz import FUZZED, Item, Read, run, seeds_of, try_inputs
from tests.faults.mutations import bomb

SHARE = 60


def test_every_format_that_can_be_read_is_fuzzed() -> None:
    assert set(FUZZED) == {*FORMATS, *OTHERS, "prose"}


@pytest.mark.parametrize("name", FUZZED)
def test_no_mutated_input_harms_a_reader(name: str) -> None:
    found = try_inputs(name, seed=1, inputs=SHARE)
    assert found.wrong == []
    assert found.refused > SHARE / 20 or name == "prose"
    assert found.read > SHARE / 20


@pytest.mark.parametrize("name", FUZZED)
def test_what_it_starts_from_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FUZZED, name, replace(FUZZED[name], edits=[lambda _, data, __: data]))
    found = try_inputs(name, 1, 30)
    assert (found.wrong, found.read > 0) == ([], True)


def test_seeds_are_small() -> None:
    for name in FUZZED:
        assert max(map(len, seeds_of(name))) < 40_000


def test_a_bomb_is_refused_before_it_goes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        FUZZED,
        "clarity-detail",
        replace(FUZZED["clarity-detail"], seeds=lambda: [bomb()], edits=[lambda _, data, __: data], pieces=None),
    )
    seeds_of.cache_clear()
    try:
        found = try_inputs("clarity-detail", 1, 1)
    finally:
        seeds_of.cache_clear()
    assert (found.wrong, found.refused) == ([], 1)


def crashes(_: bytes) -> Iterator[Item]:
    raise ZeroDivisionError


def hangs(_: bytes) -> Iterator[Item]:
    while time.perf_counter():
        pass
    yield reading(2, 1)


def goes_on_for_ever(_: bytes) -> Iterator[Item]:
    while time.perf_counter():
        yield reading(2, 1)


def says_little(_: bytes) -> Iterator[Item]:
    raise BadInputError("no")


def says_much(_: bytes) -> Iterator[Item]:
    yield Refusal("the-feed", "x" * 2000)


def says_it_in_two_lines(_: bytes) -> Iterator[Item]:
    yield from ()
    raise BadInputError("the-feed: a\nb")


def can_t_be(_: bytes) -> Iterator[Item]:
    yield reading(2, 1).model_copy(update={"votes": {"biden": -1}})


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        (crashes, "crashes with ZeroDivisionError"),
        (hangs, "takes over 0.05 s"),
        (goes_on_for_ever, "takes over 0.05 s"),
        (says_little, "does not name the file"),
        (says_much, "a refusal of 2010 characters"),
        (says_it_in_two_lines, "not one line"),
        (can_t_be, "the model refuses"),
    ],
)
def test_a_reader_that_does_what_it_must_not_is_found_out(
    reader: Read, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "HANGS_AFTER", 0.05)
    monkeypatch.setattr(fuzz, "PHASES", (Phase.generate,))
    monkeypatch.setitem(FUZZED, "readings", replace(FUZZED["readings"], read=reader))
    found = try_inputs("readings", 1, 1)
    assert words in found.wrong[0]


def test_a_run_ends_with_its_line() -> None:
    outcome = run("clarity-settings", seed=3, inputs=20, processes=1)
    assert outcome.clean
    assert str(outcome).startswith(
        "faults fuzz-clarity-settings lost=0 doubled=0 disordered=0 wrong=0 untrue=0 seed=3 "
    )
