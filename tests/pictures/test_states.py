"""Tests that docs/feeds-by-state.md agrees with `data/feeds.toml`."""

from tests.pictures import states


def test_the_page_is_what_the_table_says() -> None:
    assert states.PAGE.read_text(encoding="utf-8") == states.page(), "make pictures ARGS=--text writes it anew"
