from pathlib import Path

import pytest

from tests.recorded import recorded_feeds


@pytest.fixture
def feeds() -> Path:
    """The folder of recorded public feeds, beside the project."""
    if (found := recorded_feeds()) is None:
        pytest.skip("the recorded feeds are not on this machine: no folder feeds beside the project")
    return found
