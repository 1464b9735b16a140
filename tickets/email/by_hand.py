"""What an agent does with a ticket's mail from the console: who gets the answers, and who a copy of them."""

from __future__ import annotations

import re

from sqlmodel import col, select

from tickets.change import Change
from tickets.email.correspondence import Correspondence, correspond
from tickets.email.mail import Mail
from tickets.email.mail_ids import MailId
from tickets.email.mailbox import Mailbox
from tickets.email.raw import RawMail
from tickets.errors import Conflict
from tickets.people import Customer, IdentifierKind
from tickets.ticket import Ticket


def answer_to(change: Change, ticket_id: int, address: str) -> Correspondence:
    """Say where the answers go: to another address than until now, or on a ticket that came from nobody knows whom.

    Only in the second case is it taken for the customer's own.
    """
    ticket, known = change.take(Ticket, ticket_id), change.find(Correspondence, ticket_id)
    if known is not None:
        known.go_to(change, address)
        return known
    mail = change.one(select(Mail).where(Mail.ticket_id == ticket_id).order_by(col(Mail.message_id).desc()))
    row = change.find(RawMail, mail.raw_id) if mail else None
    newest = select(MailId).where(MailId.ticket_id == ticket_id, MailId.direction == "in")
    last = change.one(newest.order_by(col(MailId.id).desc()))
    told = correspond(
        change,
        ticket,
        address=address,
        mailbox=change.find(Mailbox, row.mailbox_id) if row else None,
        subject=ticket.subject,
        message_id=last.message_id if last else "",
    )
    change.take(Customer, ticket.customer_id).add_identifier(
        change, IdentifierKind.EMAIL, told.address, ticket=ticket_id
    )
    return told


def add_copy(change: Change, ticket_id: int, addresses: str) -> None:
    """One address, or several as people paste them: with commas, semicolons or blanks between."""
    told = _told(change, ticket_id)
    for address in re.split(r"[,;\s]+", addresses.strip(" \t\r\n,;")):
        told.add_copy(change, address)


def answer_everybody(change: Change, ticket_id: int) -> None:
    """Whoever stood in copy of their mails stands in copy of ours, too."""
    _told(change, ticket_id).add_everybody(change)


def remove_copy(change: Change, ticket_id: int, address: str) -> None:
    _told(change, ticket_id).remove_copy(change, address)


def _told(change: Change, ticket_id: int) -> Correspondence:
    told = change.find(Correspondence, ticket_id)
    if told is None:
        raise Conflict("This ticket is not answered by email.")
    return told
