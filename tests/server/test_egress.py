"""Nobody makes the house knock at doors that only it can reach."""

from __future__ import annotations

import socket

import pytest

from server.egress import Forbidden, Guard, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "2002:7f00:1::", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "2001:db8::1", "192.0.2.1",
    ],
)  # fmt: skip
def test_these_are_not_on_the_open_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "93.184.216.34"])
def test_these_are(address: str) -> None:
    assert is_public(address)


def tells(*addresses: str) -> object:
    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    return getaddrinfo


def test_one_wrong_address_is_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name may lead to several; whoever asks again may be told another."""
    monkeypatch.setattr(socket, "getaddrinfo", tells("8.8.8.8", "127.0.0.1"))
    with pytest.raises(Forbidden):
        Guard().judged("mail.example.com", 993, (993,))
    monkeypatch.setattr(socket, "getaddrinfo", tells("8.8.8.8", "1.1.1.1"))
    assert ["8.8.8.8", "1.1.1.1"] == Guard().judged("mail.example.com", 993, (993,))


def test_only_the_ports_of_what_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test of a mail server is no search for open doors."""
    monkeypatch.setattr(socket, "getaddrinfo", tells("8.8.8.8"))
    with pytest.raises(Forbidden):
        Guard().judged("mail.example.com", 22, (143, 993))


@pytest.mark.parametrize("private", ["mail.internal", "MAIL.internal", "10.0.0.0/24", "10.0.0.7"])
def test_what_the_operator_has_named_is_open(monkeypatch: pytest.MonkeyPatch, private: str) -> None:
    """By name, by address or by network, at any port."""
    monkeypatch.setattr(socket, "getaddrinfo", tells("10.0.0.7"))
    assert ["10.0.0.7"] == Guard((private,)).judged("mail.internal", 1143, (993,))
    with pytest.raises(Forbidden):
        Guard((private.replace("mail", "other").replace("MAIL", "other").replace("10.0.0", "10.0.1"),)).judged(
            "mail.internal", 993, (993,)
        )


def test_the_address_that_was_judged_is_the_one_that_is_gone_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up once: a second answer (DNS rebinding) would be judged by nobody."""
    lookups: list[str] = []
    plain = socket.getaddrinfo

    def getaddrinfo(host: str, *told: object, **more: object) -> object:
        lookups.append(host)
        return plain("127.0.0.1" if host == "mail.internal" else host, *told, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = Guard(("mail.internal",)).connect("mail.internal", server.getsockname()[1], ports=(), patience=5)
        assert "127.0.0.1" == line.getpeername()[0]
        line.close()
    assert 1 == lookups.count("mail.internal")
