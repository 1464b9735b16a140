"""What an agent sends out that answers nobody: a message passed on to somebody else, and the first word to somebody."""

from __future__ import annotations

from collections.abc import Sequence

from tickets import by_hand
from tickets.change import Change
from tickets.email import planned
from tickets.email.correspondence import correspond
from tickets.email.mailbox import Mailbox, by_address
from tickets.email.outbox import post_forward
from tickets.email.senders import customer_of
from tickets.email.suppressed import BARRED, suppressed_among
from tickets.errors import Conflict, NotFound, Refused
from tickets.files.attachment import attach
from tickets.message import Message
from tickets.opening import open_ticket
from tickets.people import IdentifierKind
from tickets.status import Channel
from tickets.text import clean_text, is_blank, one_line
from tickets.ticket import LONGEST_SUBJECT, Ticket

LONGEST_QUOTE = 200  # characters of what was passed on that stand in the note, where nothing was written with it


def forward(
    change: Change,
    ticket_id: int,
    message_id: int,
    *,
    to: str,
    text: str,
    client_id: str,
    files: Sequence[int] = (),
    without: Sequence[int] = (),
) -> Message:
    """Pass a message on with its files, and note who got it. What they answer comes to the ticket for staff only.

    `files` are uploads that go along besides, `without` those of the message that stay here. The same `client_id`
    again is the same one.
    """
    earlier = change.said(change.by, client_id)
    if earlier is not None:
        return earlier
    ticket, agent, address = change.take(Ticket, ticket_id), by_hand.acting(change), _outsider(change, to)
    passed = change.find(Message, message_id)
    if passed is None or passed.ticket_id != ticket.id:
        raise NotFound("There is nothing at this address.")
    comment = "" if is_blank(text) else clean_text(text)
    shown = comment or f"“{one_line(passed.text, LONGEST_QUOTE)}”"
    note = ticket.note(change, shown, client_id=client_id, name=agent.name, files=len(files), way=Channel.EMAIL.value)
    attach(change, note, files)
    post_forward(change, ticket, note, to=address, passed=passed.id, comment=comment, without=without)
    return note


def write_first(
    change: Change,
    *,
    mailbox_id: int,
    to: str,
    name: str = "",
    subject: str,
    text: str,
    client_id: str,
    files: Sequence[int] = (),
) -> Ticket:
    """Begin a conversation: a ticket of whoever is written to, held by whoever writes. No promise to answer begins.

    The mail can be taken back for a moment, as any answer. The same `client_id` again is the same one.
    """
    earlier = change.said(change.by, client_id) or planned.waiting_under(change, client_id)
    if earlier is not None:
        return change.take(Ticket, earlier.ticket_id)
    mailbox, address = change.take(Mailbox, mailbox_id), _outsider(change, to)
    if not mailbox.active:
        raise Refused("Choose one of the values offered.", field="mailbox_id")
    if not one_line(subject, LONGEST_SUBJECT):
        raise Refused("A subject is needed.", field="subject")
    ticket = open_ticket(
        change,
        customer_of(change, name, address, believed=True),
        channel=Channel.EMAIL,
        subject=subject,
        language=mailbox.language,
        queue_id=mailbox.queue_id,
    )
    correspond(change, ticket, address=address, name=name, mailbox=mailbox, subject=subject)
    ticket.assign(change, by_hand.acting(change))
    planned.answer(change, ticket.id, text=text, client_id=client_id, files=files)
    return ticket


def _outsider(change: Change, to: str) -> str:
    """Somebody else's address, to which mail goes."""
    try:
        address = IdentifierKind.EMAIL.normal(to)
    except Refused as error:
        raise Refused(error.says, field="to") from None
    if by_address(change, address) is not None:
        raise Refused("This is an address of our own.", field="to")
    if suppressed_among(change, [address]):
        raise Conflict(BARRED, field="to")
    return address
