"""Whoever is named in a line of addresses is found, however it is written, and nobody who only stands in a name."""

from __future__ import annotations

import pytest

from tests.effort import within
from tickets.email.addresses import people_in

ADA = ("Ada", "ada@shop.example")


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("ada@[192.0.2.1]", [("", "ada@[192.0.2.1]")]),
        ("Ada <ada@[IPv6:2001:db8::1]>", [("Ada", "ada@[IPv6:2001:db8::1]")]),
        ("ada @shop.example", [("", "ada@shop.example")]),
        ("Ada <ada @ shop.example>", [ADA]),
        ("ada(at work)@shop.example", [("", "ada@shop.example")]),
        ("Ada (the boss) <ada@shop.example>", [ADA]),
        ('Ada <"ada l."@shop.example>', [("Ada", '"ada l."@shop.example')]),
        ("Ada <ada@shop.example", [ADA]),
        ("Ada ada@shop.example>", [ADA]),
        ("Ada ada@shop.example", [ADA]),
        ('"Ada <ada@shop.example>', [ADA]),
        ("Ada <<ada@shop.example>>", [ADA]),
        ("Ada <'ada@shop.example'>", [ADA]),
        ("'Ada' <ada@shop.example>", [ADA]),
        ("Okafor, Sam <sam@customer.example>", [("Okafor, Sam", "sam@customer.example")]),
        ("Ada [mailto:ada@shop.example]", [ADA]),
        ("'ada@shop.example'", [("", "ada@shop.example")]),
        ("Friends: Ada <ada@shop.example>, bo@shop.example;", [ADA, ("", "bo@shop.example")]),
        ("Friends: Ada <ada@shop.example>, bo@shop.example", [ADA, ("", "bo@shop.example")]),
        ("bo@shop.example; Ada <ada@shop.example>", [("", "bo@shop.example"), ADA]),
        ("Ada ada@shop.example, Bo <bo@shop.example>", [ADA, ("Bo", "bo@shop.example")]),
        ("Ada <ada@shop.example> Bo <bo@shop.example>", [ADA, ("Bo", "bo@shop.example")]),
        ("boss@shop.example <eve@evil.example>", [("boss@shop.example", "eve@evil.example")]),
        ('"boss@shop.example, Inc" <eve@evil.example>', [("boss@shop.example, Inc", "eve@evil.example")]),
        ('"<boss@shop.example>" <eve@evil.example>', [("<boss@shop.example>", "eve@evil.example")]),
        ("Sam @ Shop", []),
        ("undisclosed-recipients:;", []),
    ],
)
def test_people_are_found_however_they_are_written(line: str, people: list[tuple[str, str]]) -> None:
    assert people == people_in(line)


@pytest.mark.parametrize("scrap", ["(", '"', "<", "a@", "@b.example ", "<a@b.example>", '"\\', ":;", "(a)@"])
def test_no_line_takes_long(scrap: str) -> None:
    within(2, lambda: people_in(scrap * (4096 // len(scrap))))
