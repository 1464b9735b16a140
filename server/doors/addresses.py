"""Where a request comes from, as far as we can know it."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope  # the settings come from here too, also where nothing is served

Network = IPv4Network | IPv6Network
NOWHERE = "0.0.0.0"  # a peer without an address, such as a Unix socket


def is_network(text: str) -> bool:
    """An address, or many of them as in 10.0.0.0/8."""
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def networks(settings: Sequence[str]) -> tuple[Network, ...]:
    """server.trusted_proxies as networks."""
    return tuple(ip_network(text) for text in settings)


def client_address(scope: Scope, trusted_proxies: Sequence[Network]) -> str:
    """The address of whoever is calling.

    X-Forwarded-For is believed only when a trusted proxy hands it over, and then only its right-most address that is
    no trusted proxy: everything to the left of it was written by the caller.
    """
    peer = _address(scope["client"][0]) if scope.get("client") else None
    if peer is None or not _trusted(peer, trusted_proxies):
        return str(peer or NOWHERE)
    for hop in reversed(_forwarded(scope)):
        address = _address(hop)
        if address is None:
            break
        peer = address
        if not _trusted(address, trusted_proxies):
            break
    return str(peer)


def is_one_of(address: str, among: Sequence[Network]) -> bool:
    known = _address(address)
    return known is not None and _trusted(known, among)


def network_of(address: str) -> str:
    """What a limit is counted for: the IPv4 address, or the /64 that one IPv6 customer has to themselves."""
    known = _address(address)
    if isinstance(known, IPv6Address):
        return str(IPv6Network((int(known) >> 64 << 64, 64)))
    return str(known or NOWHERE)


def _forwarded(scope: Scope) -> list[str]:
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [part for part in ",".join(lines).split(",") if part.strip()]


def _trusted(address: IPv4Address | IPv6Address, proxies: Sequence[Network]) -> bool:
    return any(address in network for network in proxies)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Without port, brackets or zone; an IPv4 address in IPv6 clothes is the IPv4 address."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
