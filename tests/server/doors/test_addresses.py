"""Who is calling is said by the connection; only our own proxies may say it for somebody else."""

import pytest

from server.doors.addresses import client_address, network_of, networks

PROXIES = networks(["10.0.0.0/8", "2001:db8:ffff::/48"])


def scope(peer: str | None, *forwarded: str) -> dict[str, object]:
    return {
        "client": (peer, 4711) if peer else None,
        "headers": [(b"x-forwarded-for", line.encode()) for line in forwarded],
    }


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.1"], "198.51.100.7"),  # not one of our proxies: its word is nothing
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.1"], "203.0.113.1"),
        ("10.0.0.1", ["1.2.3.4, 203.0.113.1"], "203.0.113.1"),  # the left was written by the caller
        ("10.0.0.1", ["1.2.3.4, 203.0.113.1, 10.0.0.2"], "203.0.113.1"),
        ("10.0.0.1", ["1.2.3.4", "203.0.113.1"], "203.0.113.1"),  # two header lines are one list
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["203.0.113.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.1:5555"], "203.0.113.1"),
        ("10.0.0.1", ["[2001:db8::1]:5555"], "2001:db8::1"),
        ("2001:db8:ffff::1", ["2001:db8::1"], "2001:db8::1"),
        ("::ffff:198.51.100.7", [], "198.51.100.7"),
        ("::ffff:10.0.0.1", ["203.0.113.1"], "203.0.113.1"),
        (None, ["203.0.113.1"], "0.0.0.0"),
        ("testclient", ["203.0.113.1"], "0.0.0.0"),
    ],
)
def test_the_right_most_address_that_no_proxy_of_ours_has_is_the_caller_s(
    peer: str | None, forwarded: list[str], address: str
) -> None:
    assert address == client_address(scope(peer, *forwarded), PROXIES)


def test_without_proxies_nobody_is_believed() -> None:
    assert "10.0.0.1" == client_address(scope("10.0.0.1", "203.0.113.1"), ())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "0.0.0.0"),
    ],
)
def test_one_customer_s_64_counts_as_one(address: str, network: str) -> None:
    assert network == network_of(address)
