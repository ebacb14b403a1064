"""What the tests of this room share."""

import pytest

from tests.conftest import Newsroom, reading


@pytest.fixture
async def following(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that follows Georgia, and whose first reading, a lead of 500, is taken in and not yet sent."""
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    return newsroom
