"""docs/texts.md says what the reader reads."""

from tests.pictures import texts


def test_the_page_is_what_is_read() -> None:
    assert texts.PAGE.read_text(encoding="utf-8") == texts.page(), "make pictures ARGS=--text writes it anew"
