"""What follows for a complaint: mail to the customer, acknowledged by the first answer, no end without an outcome."""

from __future__ import annotations

from sqlmodel import col, select

from tickets.change import Change
from tickets.complaints.complaint import Complaint, number_of, of_ticket
from tickets.complaints.events import ComplaintAcknowledged, ComplaintFiled
from tickets.email.correspondence import correspond
from tickets.email.outbox import post_notice
from tickets.errors import Refused
from tickets.events import Event, MessageSent, StatusChanged, TicketResolved
from tickets.people import BOT, Customer, Identifier, IdentifierKind
from tickets.reactions import Reaction, actor_of
from tickets.status import Status
from tickets.ticket import Ticket

RECEIVED, LOOKED_INTO = "complaint", "complaint_acknowledged"  # notices


def answer_filing(change: Change, event: ComplaintFiled) -> None:
    """Whoever gave an address is answered there, and gets the number and the link at once."""
    assert event.ticket is not None
    ticket, complaint = change.take(Ticket, event.ticket), change.take(Complaint, event.ticket)
    email = _email_of(change, ticket)
    if email:
        name = change.take(Customer, ticket.customer_id).name
        correspond(change, ticket, address=email, name=name, subject=f"{ticket.subject} · {number_of(ticket)}")
        _post(change, ticket, complaint, email, RECEIVED)


def tell_of_acknowledgement(change: Change, event: ComplaintAcknowledged) -> None:
    """An acknowledgement by a click reaches them too; one in words is its own mail."""
    assert event.ticket is not None
    ticket, complaint = change.take(Ticket, event.ticket), change.take(Complaint, event.ticket)
    email = _email_of(change, ticket) if not event.answered else ""
    if email:
        _post(change, ticket, complaint, email, LOOKED_INTO)


def acknowledge_by_answer(change: Change, event: MessageSent) -> None:
    """A bot's word tells of no person who looks into it."""
    assert event.ticket is not None
    complaint = of_ticket(change, event.ticket)
    if complaint is not None and not actor_of(change, event).startswith(BOT):
        complaint.acknowledge(change, answered=True)


def insist_on_outcome(change: Change, event: Event) -> None:
    """A complaint is not closed before it is decided; spam is none."""
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    if ticket.status in {Status.RESOLVED, Status.CLOSED}:
        complaint = of_ticket(change, event.ticket)
        if complaint is not None and not complaint.decided:
            raise Refused("A complaint needs an outcome and a reason before it is closed.", field="outcome")


REACTIONS: tuple[tuple[type[Event], Reaction], ...] = (
    (ComplaintFiled, answer_filing),
    (ComplaintAcknowledged, tell_of_acknowledgement),
    (MessageSent, acknowledge_by_answer),
    (TicketResolved, insist_on_outcome),
    (StatusChanged, insist_on_outcome),
)


def _post(change: Change, ticket: Ticket, complaint: Complaint, email: str, notice: str) -> None:
    facts = {"number": number_of(ticket), "link": complaint.link(change.rules.seals)}
    post_notice(change, ticket, to=email, notice=notice, facts=facts)


def _email_of(change: Change, ticket: Ticket) -> str:
    """What they told us; it is only a claim, and grants nothing but to be written to."""
    mine = select(Identifier.value).where(Identifier.customer_id == ticket.customer_id)
    return change.one(mine.where(Identifier.kind == IdentifierKind.EMAIL.value).order_by(col(Identifier.id))) or ""
