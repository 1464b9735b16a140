"""Gathers what the desk knows of the tickets that a mail names, and has it decided where the mail belongs."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import col, select

from tickets.change import Change
from tickets.email import mail_ids, names
from tickets.email.correspondence import Correspondence
from tickets.email.outgoing import Outgoing
from tickets.email.raw import RawMail
from tickets.email.reading import Reading
from tickets.email.returned import came_back
from tickets.email.senders import addresses_of
from tickets.email.threading import Arrived, Because, Known, Named, Place, Thread, tag_of
from tickets.merged import target_of
from tickets.people import Agent
from tickets.ticket import Ticket

MOST_NAMED = 20  # ids of one mail that are looked up


def addresses(reading: Reading, row: RawMail) -> list[str]:
    """Everywhere that it was sent to, as far as it is known: the envelope, what servers wrote down, what it says."""
    head = reading.head
    return [*row.recipients, *head.delivered_to, *(address for _, address in [*head.to, *head.cc])]


def thread_of(change: Change, reading: Reading, row: RawMail, *, author: str, believed: bool, robot: bool) -> Place:
    """`author` in its one spelling; empty: unknown. What was merged goes on as another: its mail comes there."""
    back = came_back(change, addresses(reading, row))
    signs = (_reported(change, reading, back), _signed(change, reading, row, back), _tagged(change, reading))
    reported, signed, tagged = ([target_of(change, id) for id in ids] for ids in signs)
    named = [replace(one, tickets=[target_of(change, id) for id in one.tickets]) for one in _named(change, reading)]
    told = [*reported, *signed, *(ticket for one in named for ticket in one.tickets), *tagged]
    tickets = {id: known for id in dict.fromkeys(told) if (known := _known(change, id)) is not None}
    mail = Arrived(
        author=author,
        at=row.received_at,
        subject=reading.head.subject,
        reported=reported,
        signed=signed,
        named=named,
        tagged=tagged,
        believed=believed,
        robot=robot,
        colleague=bool(tickets) and _is_colleague(change, author),
    )
    return Thread(tickets, lambda number: _is_number(change, number)).place(mail)


def _reported(change: Change, reading: Reading, back: Outgoing | None) -> list[int]:
    """The ticket whose mail came back."""
    if reading.bounce is None:
        return []
    found = names.ticket_of_message_id(change.rules.seals, reading.bounce.mail_id)
    return [id for id in (back.ticket_id if back else None, found) if id is not None]


def _signed(change: Change, reading: Reading, row: RawMail, back: Outgoing | None) -> list[int]:
    """Tickets to whose own address it was sent, or to that of one of their mails."""
    found = [names.ticket_of_address(change.rules.seals, address) for address in addresses(reading, row)]
    found.append(back.ticket_id if back else None)
    return list(dict.fromkeys(ticket for ticket in found if ticket is not None))


def _named(change: Change, reading: Reading) -> list[Named]:
    """The tickets behind In-Reply-To, then behind References from the last to the first (RFC 5322, 3.6.4)."""
    head, seals = reading.head, change.rules.seals
    headers = dict.fromkeys(head.in_reply_to, Because.IN_REPLY_TO)
    for id in reversed(head.references):
        headers.setdefault(id, Because.REFERENCES)
    ids = list(headers)[:MOST_NAMED]
    known = mail_ids.tickets_of(change, ids) if ids else {}
    proved = {id: names.ticket_of_message_id(seals, id) for id in ids}
    return [
        Named([ticket], True, headers[id])
        if (ticket := proved[id]) is not None
        else Named(known.get(id, []), False, headers[id])
        for id in ids
    ]


def _tagged(change: Change, reading: Reading) -> list[int]:
    """The ticket whose number stands in brackets in its subject."""
    number = tag_of(reading.head.subject)
    found = None if number is None else change.one(select(Ticket.id).where(Ticket.number == number))
    return [] if found is None else [found]


def _is_colleague(change: Change, author: str) -> bool:
    return bool(author) and change.one(select(Agent.id).where(Agent.email == author, col(Agent.active))) is not None


def _known(change: Change, ticket_id: int) -> Known | None:
    ticket = change.find(Ticket, ticket_id)
    if ticket is None:
        return None
    told = change.find(Correspondence, ticket_id)
    people = addresses_of(change, ticket.customer_id)
    people |= {told.address.lower(), *told.cc} if told else set()
    done_since = (ticket.resolved_at or ticket.updated_at) if ticket.done else None
    return Known(ticket.number, people, done_since, {ticket.subject, *([told.subject] if told else [])})


def _is_number(change: Change, number: int) -> bool:
    return change.one(select(Ticket.id).where(Ticket.number == number)) is not None
