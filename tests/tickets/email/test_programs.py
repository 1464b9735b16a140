"""What a mail program writes by itself is known in many languages: by its headers, else by its subject or its words."""

from __future__ import annotations

import pytest

from tests.tickets.email.mailroom import written
from tests.tickets.email.test_servers_and_people import a_mail, kind, told
from tickets.email.free_reports import is_report
from tickets.email.parse import parse

PROGRAMS = told("programs_say.txt")


@pytest.mark.parametrize(("line", "text"), PROGRAMS, ids=[line.partition(" |")[0] for line, _ in PROGRAMS])
def test_what_wrote_it_is_known(line: str, text: str) -> None:
    letter = parse(a_mail(text))
    assert line.rpartition("|")[2].strip() == kind(letter)
    assert letter.bounce is None


def test_who_is_away_bars_no_address_because_of_what_they_answer() -> None:
    """The subject of the mail that is answered speaks of a failure; nothing failed here."""
    answer = written("Back on Monday.", subject="Automatic reply: Delivery problem", return_path="<>")
    letter = parse(answer)
    assert ("away", False) == (kind(letter, sender=""), is_report(letter.head, "Back on Monday."))
