"""Where the house may connect to on somebody's word: the open internet, and what its operator has named."""

from __future__ import annotations

import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from server.doors.addresses import Network, is_network, is_one_of, networks

_NOT_PUBLIC = [  # besides what Python knows: shared space, and addresses that hold others (RFC 6598, 6052, 3056)
    ip_network(net) for net in ("100.64.0.0/10", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "::ffff:0:0/96")
]


class Forbidden(Exception):
    """Nobody goes there."""


@dataclass(frozen=True)
class Guard:
    """An admin's word is not enough to reach what only this machine can (SSRF): `private` is what the operator named.

    Its entries are names of hosts, addresses or networks; to them any port is open.
    """

    private: tuple[str, ...] = ()

    def connect(self, host: str, port: int, *, ports: Collection[int], patience: float) -> socket.socket:
        """A connection to one of the addresses that were judged, none that a second look-up might tell. Blocks.

        Raises Forbidden; OSError where nobody answers. `patience` is in seconds, for all of it but the look-up.
        """
        error: OSError | None = None
        for address in self.judged(host, port, ports):
            try:
                return socket.create_connection((address, port), patience)
            except OSError as failed:
                error = failed
        raise error or OSError("no address")

    def judged(self, host: str, port: int, ports: Collection[int]) -> Sequence[str]:
        """The addresses behind a name, if we may go to every one of them. Raises Forbidden, or OSError. Blocks."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        if self.is_named(host) or all(is_one_of(address, self._networks) for address in addresses):
            return addresses
        if port not in ports or not all(is_public(address) for address in addresses):
            raise Forbidden
        return addresses

    def is_named(self, host: str) -> bool:
        """Whether the operator has named it, by this very name."""
        return host.lower().rstrip(".") in {one.lower() for one in self.private}

    @property
    def _networks(self) -> Sequence[Network]:
        return networks([one for one in self.private if is_network(one)])


def is_public(address: str) -> bool:
    """Whether it is on the open internet, whoever looks."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    return found.is_global and not found.is_multicast and not any(found in net for net in _NOT_PUBLIC)
