"""Refuses requests to the operator's own network, unless the desk file allows them for a source (`own_network`).

The check is made on the IP address, just before connecting. So the check covers typed addresses, redirects, and host
names that change their address (DNS rebinding). Sources with and without the permission have separate connection
pools, since open connections are reused.
"""

import errno
import ipaddress
import socket
from types import TracebackType
from typing import Any, Self, TypeAlias

import aiohttp

from bot.desk.desk_file import Source

AddressInfo: TypeAlias = tuple[Any, Any, int, str, tuple[Any, ...]]
"""An item of `socket.getaddrinfo`: family, type, protocol, name, address."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
"""All IPv6 addresses assigned for the internet (IANA, IPv6 Global Unicast Address Assignments)."""


def is_own_network(address: str) -> bool:
    """Return True for an IP address that is not on the public internet.

    Such addresses are loopback, private, link-local (such as a cloud's metadata service, 169.254.169.254),
    carrier-grade NAT (100.64.0.0/10), reserved and multicast addresses. IPv6 addresses that embed one of these IPv4
    addresses are included (RFC 4291, 6052, 3056, 4380).
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
    """The HTTP sessions for sources.

    The first session reaches only the internet. The second may also reach the operator's own network. This is an async
    context manager, which closes the sessions.
    """

    def __init__(self, user_agent: str) -> None:
        """Create the sessions. They send `user_agent` for every source that does not require another User-Agent."""
        self._user_agent = user_agent

    def of(self, source: Source) -> aiohttp.ClientSession:
        """Return the session for a source, depending on its `own_network`."""
        return self._anywhere if source.own_network else self._outside

    async def __aenter__(self) -> Self:
        """Open the sessions. No connection is made yet."""
        self._outside = self._session(aiohttp.TCPConnector(socket_factory=outside_socket))
        self._anywhere = self._session(aiohttp.TCPConnector())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the sessions."""
        await self._outside.close()
        await self._anywhere.close()

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        # Cookies are not stored: a site could set more with every answer, and polls don't depend on each other.
        return aiohttp.ClientSession(
            connector=connector, headers={"User-Agent": self._user_agent}, cookie_jar=aiohttp.DummyCookieJar()
        )
