"""Tests that `make faults` gives more examples to every test with random examples."""

from pathlib import Path

from tests.faults.examples import DRAWS, ROOT


def test_what_goes_by_the_number_of_examples_is_in_the_run() -> None:
    others = (path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))
    asks = [path for path in others if " examples()" in path.read_text("utf-8")]
    assert len(asks) > 3
    assert [path.name for path in asks if not DRAWS.search(path.read_text("utf-8"))] == []
