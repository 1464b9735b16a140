"""A name proves nothing: servers are known by how they write, and people with a server's name or words are answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tickets.email.digest import digest
from tickets.email.parse import Letter, parse
from tickets.email.robots import robot

HERE = Path(__file__).parent


def told(name: str) -> list[tuple[str, str]]:
    """Each mail of that file, with the line above it."""
    mails = (HERE / name).read_text(encoding="utf-8").removeprefix("=== ").split("\n=== ")
    return [(line, mail) for line, _, mail in (one.partition("\n") for one in mails)]


def a_mail(text: str, more: str = "") -> bytes:
    head, _, body = text.partition("\n\n")
    usual = "To: support@shop.example\nMessage-ID: <x@y.example>\nContent-Type: text/plain; charset=utf-8\n"
    return f"{more}{usual}{head}\n\n{body}\n".replace("\n", "\r\n").encode()


def kind(letter: Letter, sender: str = "somebody@home.example") -> str:
    return robot(letter.head, letter, sender=sender, own=False)


SERVERS = told("servers_say.txt")
PEOPLE = told("people_say.txt")


@pytest.mark.parametrize(("line", "text"), SERVERS, ids=[line.partition(" |")[0] for line, _ in SERVERS])
def test_a_servers_report_is_known_with_and_without_its_return_path(line: str, text: str) -> None:
    """Also where a mailbox has lost that line, which a report is best known by."""
    _, status, recipient = line.split(" | ")
    for more in ("", "Return-Path: <>\n", "Return-Path: <sam@home.example>\n"):
        letter = parse(a_mail(text, more))
        assert "bounce" == kind(letter)
        assert letter.bounce is not None
        assert (status, [recipient]) == (letter.bounce.status, letter.bounce.about)
        assert status.startswith("5") == letter.bounce.hard


@pytest.mark.parametrize(("line", "text"), PEOPLE, ids=[line for line, _ in PEOPLE])
def test_a_person_is_answered_whatever_their_name_and_their_trouble(line: str, text: str) -> None:
    letter = parse(a_mail(text))
    assert letter.bounce is None
    assert not letter.complaint
    assert "" == kind(letter)
    assert digest(a_mail(text)).auto is None


def test_there_are_enough_of_both() -> None:
    assert len(SERVERS) >= 40
    assert len(PEOPLE) >= 40
