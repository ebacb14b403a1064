"""What a request is refused with."""

from collections.abc import Iterator
from contextlib import contextmanager

import discord
import pytest


@contextmanager
def refused(status: int, code: int, match: str | None = None) -> Iterator[None]:
    """Expect an answer of this HTTP status and of this code of Discord's."""
    with pytest.raises(discord.HTTPException, match=match) as caught:
        yield
    assert (caught.value.status, caught.value.code) == (status, code)
