"""A mail that has been read comes to the right ticket, from the right person, exactly once."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path

import pytest
from sqlmodel import select

from tests.cast import a_customer
from tests.engine import about_sqlite
from tests.plans import plans_of
from tests.tickets.email.letters import RULES, SAM, an_answer, outbox
from tests.tickets.email.mailroom import SUPPORT, Mailroom, a_mailroom, written
from tickets.email import raw
from tickets.email.correspondence import Correspondence
from tickets.email.mailbox import add_mailbox
from tickets.email.names import reply_address
from tickets.email.raw import Envelope, fingerprint
from tickets.email.senders import addresses_of
from tickets.email.threading import Because, Private
from tickets.events import AsideReceived, MessageReceived, TicketOpened
from tickets.files.attachment import Attachment, for_visitor, unused
from tickets.message import MessageKind
from tickets.people import Customer, Identifier, IdentifierKind
from tickets.status import Channel, Status
from tickets.ticket import Ticket

MALLORY = "Mallory <mallory@evil.example>"


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    return a_mailroom(tmp_path)


def test_a_first_mail_opens_a_ticket(room: Mailroom) -> None:
    message = room.arrives(
        written("Where is it?\n\nOn Mon, 16 Nov 2026 at 10:00, Bo <bo@shop.example> wrote:\n> Hello\n")
    )
    ticket, mail = room.ticket(message), room.mail(message)

    assert ("My parcel", Channel.EMAIL, Status.NEW) == (ticket.subject, ticket.channel, ticket.status)
    assert ("Where is it?", MessageKind.IN, "Sam Okafor", "email") == (
        message.text,
        message.kind,
        message.name,
        message.channel,
    )
    assert "> Hello" in mail.whole
    opened, received = (event for event in room.change.recorded if isinstance(event, TicketOpened | MessageReceived))
    assert (TicketOpened, MessageReceived) == (type(opened), type(received))
    told = room.change.take(Correspondence, ticket.id)
    assert (SAM, "Sam Okafor", room.mailbox.id, "<one@customer.example>") == (
        told.address,
        told.name,
        told.mailbox_id,
        told.last_message_id,
    )


def test_it_counts_from_when_it_was_accepted(room: Mailroom) -> None:
    """Not from when somebody got round to reading it: clocks run from there (semantics.md part 5)."""
    content = written()
    raw.accept(room.change, Envelope(SAM, {room.mailbox.id: [SUPPORT]}), room.store.keep(content), fingerprint(content))
    room.change.moves(minutes=20)
    message = room.reads()
    assert message is not None
    ticket = room.ticket(message)
    assert {room.change.began} == {message.at, ticket.opened_at, ticket.waiting_since}


@pytest.mark.parametrize(
    ("received", "hours"),
    [
        ("Mon, 23 Nov 2026 06:00:00 +0000", 3),
        ("Mon, 23 Nov 2026 18:00:00 +0000", 0),  # cannot be
        ("Mon, 2 Nov 2026 06:00:00 +0000", 0),  # nobody holds a mail so long
        ("once", 0),
    ],
)
def test_it_counts_from_when_the_server_in_front_of_us_had_it(room: Mailroom, received: str, hours: int) -> None:
    """A mailbox may have held it through an outage of ours."""
    line = f"from mx.customer.example by mx.shop.example; {received}"
    message = room.arrives(written(received=line))
    at = room.change.began - timedelta(hours=hours)
    assert (at, at) == (message.at, room.ticket(message).waiting_since)


def test_an_answer_to_our_answer_comes_back_to_its_ticket(room: Mailroom) -> None:
    """By the address alone, by In-Reply-To alone, by References alone, or by its number. Why is written down."""
    first = room.arrives(written())
    ticket = room.ticket(first)
    an_answer(room.change, ticket)
    (ours,) = outbox(room.change)
    ways = [
        {"to": reply_address(RULES.seals, SUPPORT, ticket.id).upper()},
        {"in_reply_to": ours.mail_id},
        {"references": f"<other@x.example> {ours.mail_id} <unknown@y.example>"},
        {"in_reply_to": "<one@customer.example>"},
    ]
    ways.append({"subject": f"Re: [#{ticket.number}] My parcel"})
    why = ["address", "in-reply-to", "references", "in-reply-to", "tag"]
    for at, way in enumerate(ways):
        answer = room.arrives(written(f"Answer {at}", id=f"<{at}@customer.example>", **way))
        assert ticket.id == answer.ticket_id, way
        assert (MessageKind.IN, first.by, why[at]) == (answer.kind, answer.by, room.mail(answer).because)
    assert room.change.take(Correspondence, ticket.id).last_message_id == "<4@customer.example>"


def test_the_same_mail_again_is_no_second_message(room: Mailroom) -> None:
    room.arrives(written())
    assert room.comes(b"Received: from elsewhere\r\n" + written()) is None
    assert [1] == [row.duplicates for row in room.raw()]


def test_one_mail_to_two_mailboxes_is_one_matter_for_each(room: Mailroom) -> None:
    billing = add_mailbox(room.change, "billing@shop.example")
    one = room.arrives(written())
    two = room.arrives(written(), to=["billing@shop.example"], mailbox=billing)
    assert one.ticket_id != two.ticket_id


def test_a_mail_that_two_readers_have_is_one_message(room: Mailroom) -> None:
    """Whoever comes second finds that the lease is not theirs any more."""
    content = written()
    raw.accept(room.change, Envelope(SAM, {room.mailbox.id: [SUPPORT]}), room.store.keep(content), fingerprint(content))
    (slow,) = raw.lease(room.change, 10)
    assert [] == raw.lease(room.change, 10)
    room.change.moves(minutes=2)
    assert room.reads() is not None
    assert raw.held(room.change, slow) is None


# Who wrote it


@about_sqlite
def test_mail_is_read_in_its_line_however_much_of_it_waits(room: Mailroom) -> None:
    """An index leads to the oldest, in its order: those behind them are neither looked at nor sorted."""
    for n in range(20):
        mail = written(id=f"<{n}@customer.example>")
        raw.accept(room.change, Envelope(SAM, {room.mailbox.id: [SUPPORT]}), room.store.keep(mail), fingerprint(mail))
    room.change.write()
    plans = plans_of(room.change.session)

    leased = raw.lease(room.change, 10)

    assert 10 == len(leased)
    oldest, *_ = (step for step in plans if "raw_mail" in step)
    assert "SEARCH raw_mail USING INDEX ix_raw_mail_line (state=?)" == oldest
    assert [] == [step for step in plans if step.startswith(("SCAN raw_mail", "USE TEMP"))]


def test_one_persons_mails_stand_together(room: Mailroom) -> None:
    one, two = room.arrives(written("One")), room.arrives(written("Two", id="<two@customer.example>"))
    assert one.ticket_id != two.ticket_id
    assert one.by == two.by


def test_a_from_header_joins_nobody_who_is_known_by_other_ways(room: Mailroom) -> None:
    """Decision 9: it is a claim, whoever has proved that address or came by chat."""
    proved, claimed = a_customer(room.change), a_customer(room.change)
    proved.add_identifier(room.change, IdentifierKind.EMAIL, SAM, verified=True)
    claimed.add_identifier(room.change, IdentifierKind.EMAIL, SAM)
    message = room.arrives(written())
    assert message.by not in {proved.actor, claimed.actor}
    own = room.change.take(Customer, int(message.by.removeprefix("customer:")))
    own.add_identifier(room.change, IdentifierKind.PHONE, "+43123")
    assert message.by != room.arrives(written("Two", id="<two@customer.example>")).by


def test_a_known_id_in_the_hands_of_an_outsider_is_heard_by_staff_only(room: Mailroom) -> None:
    """CVE-2026-47123: In-Reply-To may thread and never authenticates. Whoever was in copy is no second ticket."""
    first = room.arrives(written())
    theirs = room.arrives(
        written("Send it to me", sender=MALLORY, id="<m@evil.example>", in_reply_to="<one@customer.example>"),
        sender="mallory@evil.example",
    )
    assert (first.ticket_id, MessageKind.ASIDE) == (theirs.ticket_id, theirs.kind)
    mail = room.mail(theirs)
    assert (Because.IN_REPLY_TO, Private.STRANGER) == (mail.because, mail.private)
    assert SAM == room.change.take(Correspondence, first.ticket_id).address


def test_a_stranger_with_the_address_of_a_ticket_is_heard_by_staff_only(room: Mailroom) -> None:
    """CVE-2024-49193: nothing of the ticket goes to them, and the customer sees nothing of it."""
    first = room.arrives(written())
    ticket = room.ticket(first)
    an_answer(room.change, ticket)
    mail = EmailMessage(policy=WIRE)
    mail["From"], mail["Cc"] = MALLORY, "eve@evil.example"
    mail["To"] = reply_address(RULES.seals, SUPPORT, ticket.id)
    mail.set_content("And copy me on everything")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="bill.pdf")
    aside = room.arrives(mail.as_bytes())

    assert (ticket.id, MessageKind.ASIDE) == (aside.ticket_id, aside.kind)
    assert (Because.ADDRESS, Private.STRANGER) == (room.mail(aside).because, room.mail(aside).private)
    assert isinstance(room.change.recorded[-1], AsideReceived)
    told = room.change.take(Correspondence, ticket.id)
    assert (SAM, [], []) == (told.address, told.cc, told.cc_seen)
    (file,) = room.change.rows(select(Attachment))
    assert for_visitor(room.change.session, file.id, uploader="visitor:1", ticket_id=ticket.id) is None
    assert "mallory@evil.example" not in addresses_of(room.change, ticket.customer_id)


def test_a_chats_customer_can_go_on_by_mail(room: Mailroom) -> None:
    """Their words stand in the chat, as theirs."""
    sam = a_customer(room.change)
    sam.add_identifier(room.change, IdentifierKind.EMAIL, SAM)
    chat = room.change.add(_chat(room, sam))
    answer = room.arrives(written("Here I am", to=reply_address(RULES.seals, SUPPORT, chat.id)))
    assert (chat.id, sam.actor, MessageKind.IN, "email") == (
        answer.ticket_id,
        answer.by,
        answer.kind,
        answer.channel,
    )


def _chat(room: Mailroom, customer: Customer) -> Ticket:
    return Ticket(
        id=room.change.new_id(),
        number=77,
        channel=Channel.CHAT.value,
        customer_id=customer.id,
        opened_at=room.change.now,
        updated_at=room.change.now,
        queued_at=room.change.now,
    )


# Files


def test_the_files_of_a_mail_are_files_of_its_message(room: Mailroom) -> None:
    mail = EmailMessage(policy=WIRE)
    mail["From"] = SAM
    mail.set_content("See the files")
    for n in range(12):
        mail.add_attachment(b"%%PDF-1.%d" % n, maintype="application", subtype="pdf", filename=f"../bill {n}.pdf")
    message = room.arrives(mail.as_bytes())
    files = room.change.rows(select(Attachment).order_by(Attachment.id))  # type: ignore[arg-type]
    assert 12 == message.files == len(files)
    assert ("bill 0.pdf", "../bill 0.pdf", "application/pdf") == (files[0].name, files[0].original_name, files[0].type)
    assert b"%PDF-1.0" == room.store.path(files[0].sha256).read_bytes()


def test_a_file_without_a_byte_is_left_out_and_the_mail_comes(room: Mailroom) -> None:
    part = b"--b\r\nContent-Disposition: attachment; filename=empty.csv\r\n\r\n\r\n--b--\r\n"
    head = f"From: {SAM}\r\nTo: {SUPPORT}\r\nMessage-ID: <e@customer.example>\r\n".encode()
    text = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee it.\r\n"
    message = room.arrives(head + text + part)
    assert ("See it.", 1) == (message.text, room.mail(message).left_out)


def test_the_sweep_leaves_mail_alone(room: Mailroom) -> None:
    room.arrives(written())
    (row,) = room.raw()
    room.change.write()
    assert {"0" * 64} == unused(room.change.session, [row.sha256, "0" * 64])


def test_old_and_settled_is_followed_by_a_new_ticket(room: Mailroom) -> None:
    first = room.arrives(written())
    ticket = room.ticket(first)
    ticket.resolve(room.change)
    room.change.moves(days=20)
    again = room.arrives(written("Still?", id="<2@customer.example>", in_reply_to="<one@customer.example>"))
    assert (ticket.id, Status.OPEN) == (again.ticket_id, ticket.status)

    ticket.resolve(room.change)
    room.change.moves(days=31)
    way = {"subject": "Re: A refund", "in_reply_to": "<one@customer.example>"}
    later = room.arrives(written("New!", id="<3@customer.example>", **way))
    mail = room.mail(later)
    assert ticket.id != later.ticket_id
    assert ("follows", ticket.number, Status.RESOLVED) == (mail.relation, mail.related, ticket.status)


def test_identifiers_of_a_sender_are_claims(room: Mailroom) -> None:
    room.arrives(written())
    (known,) = room.change.rows(select(Identifier))
    assert (IdentifierKind.EMAIL, SAM, False) == (known.kind, known.value, known.verified)
