"""The pages of reference say what the declarations say."""

from pathlib import Path

import pytest

from tests.pictures.reference import pages

PAGES = pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_says_what_is_declared(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == PAGES[page], "make pictures ARGS=--text writes it anew"
