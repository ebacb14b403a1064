"""Tests that docs/first-post.md shows what the commands print."""

from tests.pictures import first_post


def test_the_page_is_what_the_commands_print() -> None:
    before = first_post.PAGE.read_text(encoding="utf-8")
    assert first_post.page(before) == before, "make pictures ARGS=--text writes it anew"
