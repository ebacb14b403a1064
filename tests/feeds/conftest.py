from pathlib import Path

import pytest

FEEDS = Path(__file__).parents[2].parent / "shared" / "feeds"


@pytest.fixture
def feeds() -> Path:
    """The folder of recorded public feeds, beside the project."""
    if not FEEDS.is_dir():
        pytest.skip("the recorded feeds are not on this machine: no folder feeds beside the project")
    return FEEDS
