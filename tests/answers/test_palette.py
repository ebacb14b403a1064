"""The colors of a chart are distinguishable on both backgrounds."""

import pytest

from bot.answers.palette import PALETTES, contrast, is_seen


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#777777", 4.48),
        ("#0000ff", "#ffffff", 8.59),
        ("#123456", "#123456", 1.0),
    ],
)
def test_a_contrast_is_the_web_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


def test_words_can_be_read_on_both_backgrounds() -> None:
    for palette in PALETTES.values():
        assert min(contrast(letters, palette.paper) for letters in (palette.ink, palette.grey)) > 7
        assert contrast(palette.first, palette.second) > 2


def test_blue_and_red_of_a_middle_tone_are_seen_on_both() -> None:
    assert all(is_seen(color, look) for color in ("#4a86d8", "#d9483b") for look in PALETTES)
