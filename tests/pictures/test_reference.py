"""Tests that the generated reference pages agree with the code."""

from types import ModuleType

import pytest

from tests.pictures import alerts, command_line, desk_file_keys, posts, settings, texts

MADE = [alerts, command_line, desk_file_keys, posts, settings, texts]


@pytest.mark.parametrize("made", MADE, ids=lambda made: made.PAGE.name)
def test_the_page_says_what_is_declared(made: ModuleType) -> None:
    assert made.PAGE.read_text(encoding="utf-8") == made.page(), "make pictures ARGS=--text writes it anew"
