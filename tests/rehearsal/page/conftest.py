"""Fixtures for the rehearsal's web page: a newsroom with and without the bot, and requests as a browser sends them."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.rehearsal.page.newsroom import STREAMS, Newsroom, newsroom


@pytest.fixture
async def room() -> AsyncIterator[Newsroom]:
    async with newsroom(connected=False) as room:
        yield room


@pytest.fixture
async def staffed() -> AsyncIterator[Newsroom]:
    async with newsroom() as room:
        yield room


@pytest.fixture
async def web() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
        while STREAMS:
            STREAMS.pop().close()
