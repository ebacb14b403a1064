import pytest

from tests.conftest import Newsroom, reading


@pytest.fixture
async def following(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom that follows Georgia and has stored a first reading, a lead of 500, whose post is not sent
    yet.
    """
    await newsroom.follow()
    await newsroom.take(reading(1000, 500))
    return newsroom
