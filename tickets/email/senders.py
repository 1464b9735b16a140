"""Who stands for an address that mail came from: one person's mails stand together, and nobody gets in by a name."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlmodel import Field, col, select

from tickets import former
from tickets.change import Change
from tickets.events import CustomerChanged
from tickets.people import Customer, Identifier, IdentifierKind, new_customer
from tickets.table import Swift
from tickets.ticket import Ticket


class Sender(Swift, table=True):
    """The customer that was made for this address when mail first came from it."""

    __tablename__ = "mail_sender"

    address: str = Field(primary_key=True)  # lower case
    customer_id: int = Field(foreign_key="customer.id")


def customer_of(change: Change, name: str, address: str, *, believed: bool) -> Customer:
    """The customer for mail from `address` (already in its one spelling; empty: nobody knows from whom).

    The same one as last time, if mail is all they are known by: a From header is a claim, and whoever proved the
    address or came another way is somebody else until an agent says otherwise (reliability.md, decision 9).
    """
    if not address:
        return new_customer(change, name)
    earlier = change.find(Sender, address) if believed else None
    known = change.find(Customer, earlier.customer_id) if earlier else None
    if known is not None and _is_only_known_by(change, known, address):
        return known
    made = new_customer(change, name or address)
    change.add(Identifier(id=change.new_id(), customer_id=made.id, kind=IdentifierKind.EMAIL.value, value=address))
    change.record(CustomerChanged(customer=made.id))
    if earlier is not None:
        earlier.customer_id = made.id
    elif believed:
        change.add(Sender(address=address, customer_id=made.id))
    return made


def name_the_unknown(change: Change, ticket: Ticket, customer: Customer, subject: str) -> None:
    """A mail that could not be read at first stood for nobody; now it is known whose it is."""
    former.keep(change, Ticket, ticket.id, customer_id=ticket.customer_id)
    ticket.customer_id = customer.id
    if subject:
        ticket.set_subject(change, subject)


def addresses_of(change: Change, customer_id: int) -> set[str]:
    """Every email address that this customer is known by, claims included."""
    known = change.peek(Identifier, _KNOWN_BY, customer_id=customer_id)
    return {one.value for one in known if one.kind == IdentifierKind.EMAIL}


def _is_only_known_by(change: Change, customer: Customer, address: str) -> bool:
    known = change.peek(Identifier, _KNOWN_BY, customer_id=customer.id)
    claim = (IdentifierKind.EMAIL.value, address, False)
    return [(one.kind, one.value, one.verified) for one in known] == [claim]


_KNOWN_BY = select(Identifier).where(col(Identifier.customer_id) == bindparam("customer_id"))
