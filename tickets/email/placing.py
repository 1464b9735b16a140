"""Gathers what the desk knows of the tickets that a mail names, and has it decided where the mail belongs."""

from __future__ import annotations

from sqlmodel import select

from tickets.change import Change
from tickets.email import mail_ids, names
from tickets.email.correspondence import Correspondence
from tickets.email.raw import RawMail
from tickets.email.reading import Reading
from tickets.email.senders import addresses_of
from tickets.email.threading import Arrived, Known, Place, Thread
from tickets.ticket import Ticket

MOST_NAMED = 20  # ids of one mail that are looked up


def thread_of(change: Change, reading: Reading, row: RawMail, *, author: str, believed: bool, robot: bool) -> Place:
    """`author` in its one spelling; empty: unknown."""
    signed = _signed(change, reading, row)
    named = _named(change, reading)
    ids = dict.fromkeys([*signed, *(ticket for tickets, _ in named for ticket in tickets)])
    tickets = {id: known for id in ids if (known := _known(change, id)) is not None}
    mail = Arrived(
        author=author,
        at=row.received_at,
        subject=reading.head.subject,
        signed=signed,
        named=named,
        believed=believed,
        robot=robot,
    )
    return Thread(tickets, lambda number: _is_number(change, number)).place(mail)


def _signed(change: Change, reading: Reading, row: RawMail) -> list[int]:
    """Tickets whose own reply address it was sent to; and of a report, the one whose mail came back."""
    head, seals = reading.head, change.rules.seals
    told = [address for _, address in [*head.to, *head.cc]]
    found = [names.ticket_of_address(seals, address) for address in [*row.recipients, *told, *head.delivered_to]]
    if reading.bounce is not None:
        found.insert(0, names.ticket_of_message_id(seals, reading.bounce.mail_id))
    return list(dict.fromkeys(ticket for ticket in found if ticket is not None))


def _named(change: Change, reading: Reading) -> list[tuple[list[int], bool]]:
    """The tickets behind In-Reply-To, then behind References from the last to the first (RFC 5322, 3.6.4)."""
    head, seals = reading.head, change.rules.seals
    ids = list(dict.fromkeys([*head.in_reply_to, *reversed(head.references)]))[:MOST_NAMED]
    known = mail_ids.tickets_of(change, ids) if ids else {}
    proved = {id: names.ticket_of_message_id(seals, id) for id in ids}
    return [([ticket], True) if (ticket := proved[id]) is not None else (known.get(id, []), False) for id in ids]


def _known(change: Change, ticket_id: int) -> Known | None:
    ticket = change.find(Ticket, ticket_id)
    if ticket is None:
        return None
    told = change.find(Correspondence, ticket_id)
    people = addresses_of(change, ticket.customer_id)
    people |= {told.address.lower(), *told.cc} if told else set()
    return Known(ticket.number, people, (ticket.resolved_at or ticket.updated_at) if ticket.done else None)


def _is_number(change: Change, number: int) -> bool:
    return change.one(select(Ticket.id).where(Ticket.number == number)) is not None
