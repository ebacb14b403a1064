"""Pointing discord.py at the stand-in, which is all that it takes: the client itself stays as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Address(Protocol):
    """Where a stand-in is: in this process or another."""

    @property
    def base(self) -> str:
        """The address of the API."""

    @property
    def gateway_url(self) -> str:
        """The address of the gateway."""


@contextmanager
def pointing_at(standin: Address) -> Iterator[None]:
    """Send all clients of this process to the stand-in for the time of the block.

    A client reads the addresses whenever it sends something, so it has to be closed within the block.
    """
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = standin.base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(standin.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
