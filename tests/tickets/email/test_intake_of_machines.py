"""What machines write stands on its ticket and sets nothing in motion; what they do too often waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tickets.email.letters import RULES, SAM, an_answer, outbox
from tests.tickets.email.mailroom import SUPPORT, Mailroom, a_mailroom, written
from tests.tickets.email.test_bounces import REPORT
from tests.tickets.email.test_servers_and_people import PEOPLE, SERVERS, a_mail
from tickets.email import raw, robots
from tickets.email.correspondence import Correspondence
from tickets.email.intake import FLOOD
from tickets.email.names import message_id, reply_address
from tickets.email.outgoing import MailState
from tickets.email.raw import RawState
from tickets.message import MessageKind
from tickets.rules import Rules
from tickets.status import Status


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    return a_mailroom(tmp_path)


def test_a_machines_answer_wakes_nobody(room: Mailroom) -> None:
    """Row 31: it stands in the timeline; it reopens nothing, starts no clock and is answered by nobody."""
    first = room.arrives(written())
    ticket = room.ticket(first)
    an_answer(room.change, ticket)
    ticket.resolve(room.change)
    away = room.arrives(
        written(
            "I am away", id="<a@customer.example>", in_reply_to="<one@customer.example>", auto_submitted="auto-replied"
        )
    )
    assert (MessageKind.AUTO, ticket.id) == (away.kind, away.ticket_id)
    assert (Status.RESOLVED, None) == (ticket.status, ticket.waiting_since)
    assert "reply" == room.mail(away).robot
    assert "<one@customer.example>" == room.change.take(Correspondence, ticket.id).last_message_id


def test_our_own_mail_that_comes_back_is_a_machines(room: Mailroom) -> None:
    first = room.arrives(written())
    own = message_id(RULES.seals, first.ticket_id, first.id, "desk.example")
    back = room.arrives(written("It comes today", sender=SUPPORT, id=own, in_reply_to="<one@customer.example>"))
    assert (MessageKind.AUTO, "own") == (back.kind, room.mail(back).robot)


def test_a_first_mail_of_a_machine_opens_a_quiet_ticket(room: Mailroom) -> None:
    message = room.arrives(written("Your newsletter", list_id="<news.shop.example>"))
    ticket = room.ticket(message)
    assert (MessageKind.AUTO, None, "Your newsletter") == (message.kind, ticket.waiting_since, ticket.preview)


def test_a_report_marks_our_mail_and_says_so_on_its_ticket(room: Mailroom) -> None:
    ticket = room.ticket(room.arrives(written()))
    an_answer(room.change, ticket)
    (ours,) = outbox(room.change)
    ours.state = MailState.SENT.value
    report = REPORT % (b"failed", b"message/rfc822")
    report = report.replace(b"<t.7.9.mark@shop.example>", ours.mail_id.encode()).replace(
        b"Sam@Customer.example", SAM.encode()
    )
    message = room.arrives(report, sender="")

    assert (ticket.id, MessageKind.AUTO, "bounce") == (message.ticket_id, message.kind, room.mail(message).robot)
    assert (MailState.FAILED, "5.2.2 552 5.2.2 Mailbox full") == (ours.state, ours.said)


def test_a_report_without_the_mails_id_is_known_by_the_address_it_comes_to(room: Mailroom) -> None:
    """Nobody else can have made that address up; the newest mail to whom it names is the one."""
    ticket = room.ticket(room.arrives(written()))
    an_answer(room.change, ticket)
    (ours,) = outbox(room.change)
    ours.state, ours.sent_at = MailState.SENT.value, room.change.now
    daemon = "Mail Delivery System <mailer-daemon@customer.example>"
    told = {"text": f"<{SAM}>: host mx.customer.example said: 550 5.1.1 User unknown", "subject": "Undelivered Mail"}
    room.arrives(written(**told, sender=daemon, id="<r1@customer.example>"), sender="")
    assert MailState.SENT == ours.state

    there = reply_address(RULES.seals, SUPPORT, ticket.id)
    message = room.arrives(written(**told, sender=daemon, id="<r2@customer.example>", to=there), sender="")
    assert (ticket.id, MailState.FAILED) == (message.ticket_id, ours.state)


def test_a_forged_report_marks_nothing(room: Mailroom) -> None:
    ticket = room.ticket(room.arrives(written()))
    an_answer(room.change, ticket)
    (ours,) = outbox(room.change)
    ours.state = MailState.SENT.value
    forged = ours.mail_id.replace("<t.", "<t.1")
    room.arrives(
        (REPORT % (b"failed", b"message/rfc822")).replace(b"<t.7.9.mark@shop.example>", forged.encode()), sender=""
    )
    assert MailState.SENT == ours.state


def test_the_eleventh_ticket_of_one_sender_in_ten_minutes_waits(room: Mailroom) -> None:
    """And is read when somebody asks for it, once the flood is over."""
    for n in range(robots.MOST_TICKETS):
        room.arrives(written(f"Alarm {n}", id=f"<{n}@customer.example>"))
    assert room.comes(written("One more", id="<more@customer.example>")) is None
    held = room.raw()[-1]
    assert (RawState.QUARANTINED, FLOOD) == (held.state, held.why)

    room.change.moves(minutes=11)
    raw.read_again(room.change, held.id)
    again = room.reads()
    assert again is not None
    assert "One more" == again.text


def test_somebody_who_answers_is_no_flood(room: Mailroom) -> None:
    first = room.arrives(written())
    for n in range(robots.MOST_TICKETS + 3):
        room.arrives(written(f"And {n}", id=f"<{n}@customer.example>", in_reply_to="<one@customer.example>"))
    assert robots.MOST_TICKETS + 4 == room.ticket(first).last_seq


def test_two_machines_that_answer_each_other_are_heard_no_more(room: Mailroom) -> None:
    """More than five turns in two minutes: what comes then reopens nothing and is answered by nobody."""
    message = room.arrives(written())
    ticket = room.ticket(message)
    for n in range(6):
        room.change.moves(seconds=4)
        an_answer(room.change, ticket, f"Turn {n}")
        room.change.moves(seconds=4)
        message = room.arrives(written(f"Turn {n}", id=f"<{n}@customer.example>", in_reply_to="<one@customer.example>"))
    assert (MessageKind.AUTO, "loop") == (message.kind, room.mail(message).robot)


def test_who_writes_first_hears_that_it_came_only_where_the_desk_is_told_to_say_so(tmp_path: Path) -> None:
    """I9: never a machine, once an hour, and with nothing in it that anybody wrote."""
    rules = Rules(seals=RULES.seals, mail_host=RULES.mail_host, acknowledge_mail=True)
    room = a_mailroom(tmp_path, rules=rules)
    for n in range(3):
        room.arrives(written(f"Hello {n}", id=f"<{n}@customer.example>", subject="Buy now"))
    room.arrives(
        written("I am away", sender="away@customer.example", id="<x@y.example>", auto_submitted="auto-replied")
    )
    (sent,) = outbox(room.change)
    assert ("received", SAM) == (sent.notice, sent.recipients[0]["address"])
    assert "Buy" not in repr(sent.facts) + sent.subject


def test_no_report_is_ever_answered_and_everybody_else_is(tmp_path: Path) -> None:
    """Each of these has lost its return path, and opens a ticket; whoever writes as themselves hears that it came."""
    rules = Rules(seals=RULES.seals, mail_host=RULES.mail_host, acknowledge_mail=True)
    room = a_mailroom(tmp_path, rules=rules)
    kinds = set()
    for n, (_, text) in enumerate(SERVERS[::4]):
        room.change.moves(minutes=2)
        content = a_mail(text).replace(b"<x@y.example>", b"<%d@y.example>" % n)
        kinds.add(room.arrives(content, sender=f"{n}@home.example").kind)
    assert ({MessageKind.AUTO}, []) == (kinds, outbox(room.change))

    people = ["rapid.example", "admin@firm.example", "castles.example", "ndr@rossi.example", "postmaster@firm.example"]
    for n, (_, text) in enumerate(PEOPLE[:10]):
        room.arrives(a_mail(text).replace(b"<x@y.example>", b"<p%d@y.example>" % n), sender=f"{n}@firm.example")
    answered = " ".join(mail.recipients[0]["address"] for mail in outbox(room.change))
    assert people == [one for one in people if one in answered]


def test_nobody_is_told_that_their_mail_came_unless_the_desk_is_told_to(room: Mailroom) -> None:
    room.arrives(written())
    assert [] == outbox(room.change)
