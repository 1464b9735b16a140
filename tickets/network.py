"""Whose line a request comes over, as far as an address tells."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address


def network_of(address: str) -> str:
    """What a limit per address counts: an IPv4 address, or the /64 that one IPv6 customer has to themselves."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or IPv6Network((int(known) >> 64 << 64, 64)))
    return str(known)
