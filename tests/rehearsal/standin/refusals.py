"""Helper for tests of requests that the simulated Discord refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

import discord
import pytest


@contextmanager
def refused(status: int, code: int, match: str | None = None) -> Iterator[None]:
    """Expect a refusal with this HTTP status, Discord error code and text."""
    with pytest.raises(discord.HTTPException, match=match) as caught:
        yield
    assert (caught.value.status, caught.value.code) == (status, code)
