"""Of a formatted mail enough is read to tell who wrote it, however much stands above its words."""

from __future__ import annotations

import pytest

from tests.tickets.email.test_servers_and_people import kind
from tickets.email.opening import opening
from tickets.email.parse import parse

LOOKS = "<style>p{color:red}</style>" * 400 + "<!--" + "x" * 30_000 + "-->"
WORDS = "<p>Your message to sam@home.example couldn't be delivered.</p><p>550 5.1.1 unknown to <b>address</b></p>"


def test_a_report_is_understood_below_its_looks() -> None:
    head = "From: postmaster@home.example\r\nSubject: Undeliverable: Your order\r\nContent-Type: text/html\r\n\r\n"
    letter = parse(f"{head}<html><head>{LOOKS}</head><body>{WORDS}</body></html>".encode())
    assert letter.bounce is not None
    assert ("bounce", ["sam@home.example"], "5.1.1") == (kind(letter), letter.bounce.about, letter.bounce.status)


@pytest.mark.parametrize(
    "page", ["<p>Hi <!-- a --> you</p>", "<STYLE>a</STYLE>Hi you", "Hi <script>b</script>you<style>"]
)
def test_looks_are_no_words(page: str) -> None:
    assert "Hi you" == opening(page, 100)


@pytest.mark.parametrize("page", ["<style>" * 40_000, "<!--" * 60_000, "<style>a</sty" * 20_000])
def test_looks_without_an_end_have_one(page: str) -> None:
    assert "" == opening(page, 100)
