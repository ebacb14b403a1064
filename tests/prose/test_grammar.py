from collections.abc import Sequence

import pytest

from bot.prose import patterns
from bot.prose.grammar import captured, compiled, encoded
from bot.prose.lexicon import CLASSES, TABLES, Phrases


def test_pattern_matches_classes_and_captures_places() -> None:
    pattern = "<leader:NAME> BE? (DOWN <votes:NUM>|UP (BY)? <votes:NUM>) (?=VOTES|$)"
    match = compiled(pattern).match(encoded(["NAME", "BE", "UP", "BY", "NUM"]))
    assert match is not None
    assert (captured(match, "leader"), captured(match, "votes"), captured(match, "of")) == ((0, 1), (4, 5), None)


def test_class_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        compiled("NAME NOWHERE")


@pytest.mark.parametrize(
    "table",
    [
        patterns.MARGIN,
        patterns.CHANGE,
        patterns.LEADER,
        patterns.TOTAL,
        patterns.CERTIFIED,
        patterns.OUTSTANDING,
        patterns.NO_CHANGE,
        patterns.REPORTING,
        patterns.JOINTS,
    ],
)
def test_every_pattern_compiles_and_matches_something_only(table: Sequence[str]) -> None:
    for pattern in table:
        assert compiled(pattern).match("") is None


def test_every_phrase_is_in_one_class_and_in_small_letters() -> None:
    Phrases(CLASSES)
    Phrases(TABLES["refused"])
    assert all(text == text.casefold() for text in CLASSES.values())
    with pytest.raises(ValueError, match="up is in two classes"):
        Phrases({"A": "up", "B": "down | up"})


def test_longest_phrase_wins() -> None:
    table = Phrases({"A": "left", "B": "left to count"})
    assert table.at(["left", "to", "count"], 0) == ("B", 3)
    assert table.at(["left", "to"], 0) == ("A", 1)
    assert list(table.all_in(["x", "left", "left"])) == [(1, 1, "A"), (2, 1, "A")]


def test_a_verb_stands_for_its_forms() -> None:
    table = Phrases({"LESS": "trim~ | slice~ | push~ back"})
    said = ["trim", "trims", "trimmed", "trimming", "sliced", "slicing"]
    assert all(table.at([word], 0) == ("LESS", 1) for word in said)
    assert table.at(["pushes", "back"], 0) == ("LESS", 2)
    assert table.at(["trimmer"], 0) is None
