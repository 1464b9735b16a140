"""Each mail of ours has an address that its reports come to: whatever they look like, it is known which mail failed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tickets.email.letters import RULES, SAM, an_answer, outbox
from tests.tickets.email.mailroom import SUPPORT, Mailroom, a_mailroom, written
from tickets.email import by_hand, names
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.suppressed import suppressed_among
from tickets.message import MessageKind
from tickets.ticket import Ticket

DAEMON = "MAILER-DAEMON@mx.customer.example"
BO = "bo@customer.example"
GREEK = {"subject": "Η αποστολή απέτυχε", "text": "Το μήνυμα δεν παραδόθηκε."}  # no word of it is in our lists


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    return a_mailroom(tmp_path)


@pytest.fixture
def ticket(room: Mailroom) -> Ticket:
    return room.ticket(room.arrives(written()))


def gone(room: Mailroom, ticket: Ticket, text: str = "It comes today.") -> Outgoing:
    """An answer that the relay took."""
    an_answer(room.change, ticket, text)
    mail = outbox(room.change)[-1]
    mail.state, mail.sent_at = MailState.SENT.value, room.change.now
    return mail


def back(mail: Outgoing) -> str:
    return names.return_address(RULES.seals, SUPPORT, mail.id)


def report(room: Mailroom, to: str, *, n: int = 1, sender: str = DAEMON, **told: Any) -> Any:
    """A report with neither our Message-ID nor a status, as the envelope led it here."""
    content = written(
        **{**GREEK, **told}, sender=sender, id=f"<r{n}@customer.example>", to="undisclosed@customer.example"
    )
    return room.arrives(content, sender="", to=[to])


def test_a_report_in_any_words_is_about_the_mail_to_whose_address_it_comes(room: Mailroom, ticket: Ticket) -> None:
    """And about no later one. What nobody understands bars nobody from getting mail."""
    older, newer = gone(room, ticket), gone(room, ticket, "Or tomorrow.")
    message = report(room, back(older))
    assert (ticket.id, MessageKind.AUTO) == (message.ticket_id, message.kind)
    assert (MailState.FAILED, "Το μήνυμα δεν παραδόθηκε.", MailState.SENT) == (older.state, older.said, newer.state)
    assert not suppressed_among(room.change, [SAM])


@pytest.mark.parametrize("header", ["to", "delivered_to", "x_original_to"])
def test_it_is_known_where_only_a_header_tells_the_address(room: Mailroom, ticket: Ticket, header: str) -> None:
    """Mail that is fetched, or comes by a pipe, has no envelope left."""
    mail = gone(room, ticket)
    told: dict[str, Any] = {**GREEK, "sender": DAEMON, "id": "<r1@customer.example>", header: back(mail)}
    assert (ticket.id, MailState.FAILED) == (room.arrives(written(**told), sender=DAEMON).ticket_id, mail.state)


def test_a_report_that_is_understood_bars_the_address(room: Mailroom, ticket: Ticket) -> None:
    mail = gone(room, ticket)
    report(room, back(mail), subject="Undelivered", text=f"<{SAM}>: 550 5.1.1 User unknown")
    assert (MailState.FAILED, "5.1.1") == (mail.state, mail.said)
    assert {SAM} == set(suppressed_among(room.change, [SAM]))


@pytest.mark.parametrize(
    ("named", "failed"), [(f"Σφάλμα: <{BO}>", {BO}), ("Σφάλμα", set()), ("<other@customer.example>", set())]
)
def test_a_report_about_one_is_not_everybodys(room: Mailroom, ticket: Ticket, named: str, failed: set[str]) -> None:
    """Where it names none of several, nobody knows whom it is about; it stands on the ticket, for somebody to read."""
    an_answer(room.change, ticket)
    by_hand.add_copy(room.change, ticket.id, BO)
    mail = gone(room, ticket, "And a copy to Bo.")
    message = report(room, back(mail), text=named)
    assert ticket.id == message.ticket_id
    assert failed == {one["address"] for one in mail.is_for(MailState.FAILED)}
    assert bool(failed) == (mail.state == MailState.FAILED)


@pytest.mark.parametrize(
    "told",
    [
        {"text": "Not yet delivered; we will keep trying for 4 days"},
        {
            "sender": f"Sam <{SAM}>",
            "subject": "Out of office",
            "text": "Back on Monday",
            "auto_submitted": "auto-replied",
        },
        {"sender": f"Sam <{SAM}>", "text": "I answer to whatever stands there."},
    ],
)
def test_what_is_no_failure_comes_to_the_ticket_and_marks_nothing(
    room: Mailroom, ticket: Ticket, told: dict[str, Any]
) -> None:
    mail = gone(room, ticket)
    assert (ticket.id, MailState.SENT) == (report(room, back(mail), **told).ticket_id, mail.state)


def test_nobody_else_can_make_such_an_address_up(room: Mailroom, ticket: Ticket) -> None:
    mail, other = gone(room, ticket), gone(room, ticket, "Or tomorrow.")
    forged = back(mail).replace(f"+b{mail.id}.", f"+b{other.id}.")
    assert ticket.id != report(room, forged).ticket_id
    assert [MailState.SENT, MailState.SENT] == [mail.state, other.state]


def test_it_is_known_in_any_case_and_is_no_tickets_address() -> None:
    address = names.return_address(RULES.seals, SUPPORT, 1042)
    assert 1042 == names.mail_of_address(RULES.seals, address.upper())
    assert (None, SUPPORT) == (names.ticket_of_address(RULES.seals, address), names.bare_address(address))
    assert names.mail_of_address(RULES.seals, names.reply_address(RULES.seals, SUPPORT, 1042)) is None
    assert len(names.return_address(RULES.seals, f"{'x' * 30}@y.example", 99_999_999_999).partition("@")[0]) <= 64
