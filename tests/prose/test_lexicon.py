"""How phrases are written in `data/prose.toml`."""

import pytest

from bot.prose.lexicon import phrases


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("left | to do", {("left",), ("to", "do")}),
        ("trim~", {("trim",), ("trims",), ("trimmed",), ("trimming",)}),
        ("move~/up ahead", {(word, "ahead") for word in ("move", "moves", "moved", "moving", "up")}),
        ("/yet/still to count", {("to", "count"), ("yet", "to", "count"), ("still", "to", "count")}),
        ("over / under", {("over", "/", "under")}),
    ],
)
def test_a_phrase_may_offer_a_choice_of_words(written: str, said: set[tuple[str, ...]]) -> None:
    assert set(phrases(written)) == said


def test_a_phrase_without_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="/x"):
        list(phrases("/x"))
