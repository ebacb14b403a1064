"""Feeds are asked on the internet: addresses in the operator's own network are refused unless a source may go there.

What is looked at is the address to which a connection is about to be made. So it does not matter whether it was typed,
came from a redirect, or is what a name means this time (DNS rebinding). Each permission has connections of its own,
since a connection that is open is used again.
"""

import errno
import ipaddress
import socket
from types import TracebackType
from typing import Any, Self, TypeAlias

import aiohttp

from bot.desk.desk_file import Source

AddressInfo: TypeAlias = tuple[Any, Any, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` returns it: family, type, protocol, name, address."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
"""All that is given out for the internet (IANA, IPv6 Global Unicast Address Assignments)."""


def is_own_network(address: str) -> bool:
    """Return True for an address that is not somewhere on the internet.

    Loopback, private, link-local (the metadata of a cloud, 169.254.169.254), shared by a provider (100.64.0.0/10),
    reserved, multicast; and an IPv6 address that stands for such an IPv4 one (RFC 4291, 6052, 3056, 4380).
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if (meant := _ipv4_in(found)) is None:
            return found not in _GLOBAL_IPV6 or not found.is_global
        found = meant
    return found.is_multicast or not found.is_global


def _ipv4_in(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def outside_socket(info: AddressInfo) -> socket.socket:
    """Return a socket for a connection to an address on the internet.

    Raises:
        OSError: the address is in the operator's own network.

    """
    family, kind, protocol, _, (address, *_) = info
    if is_own_network(address):
        way_out = "own_network = true in the desk file lets the source use it"
        raise OSError(errno.EACCES, f"{address} is in your own network; {way_out}")
    return socket.socket(family, kind, protocol)


class Sessions:
    """HTTP sessions for sources, by where they may go; enter it as a context."""

    def __init__(self, user_agent: str) -> None:
        """Ask as `user_agent`, where a source has none of its own."""
        self._user_agent = user_agent

    def of(self, source: Source) -> aiohttp.ClientSession:
        """Return the session that asks a source."""
        return self._anywhere if source.own_network else self._outside

    async def __aenter__(self) -> Self:
        """Open them; no connection is made yet."""
        self._outside = self._session(aiohttp.TCPConnector(socket_factory=outside_socket))
        self._anywhere = self._session(aiohttp.TCPConnector())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        await self._outside.close()
        await self._anywhere.close()

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        # No cookies: a site could set more at every answer, and a poll says nothing about the one before.
        return aiohttp.ClientSession(
            connector=connector, headers={"User-Agent": self._user_agent}, cookie_jar=aiohttp.DummyCookieJar()
        )
