"""docs/posts.md says what the kinds of post and the preferences say."""

from tests.pictures import posts


def test_the_page_is_what_is_declared() -> None:
    assert posts.PAGE.read_text(encoding="utf-8") == posts.page(), "make pictures ARGS=--text writes it anew"
