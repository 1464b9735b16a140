"""What a ticket can be merged into: other matters of the same person, or any one by its number."""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import Session, col, select

from routing import line
from tickets.find import number_of, search
from tickets.people import Customer
from tickets.ticket import Ticket
from widgets.drawing import render
from widgets.labels import CHANNEL_ICONS, STATUSES
from widgets.lists import called
from widgets.panel import sharing
from widgets.words import translate

MOST = 8


class Target(NamedTuple):
    number: int
    channel: str
    subject: str
    preview: str
    status: str
    name: str


def targets(session: Session, ticket: Ticket, query: str, language: str) -> list[Target]:
    """Tickets that are not done, newest first. By words only those of people who may be the same as its customer."""
    wanted = select(Ticket, Customer).where(Ticket.customer_id == Customer.id, Ticket.id != ticket.id, line.undone())
    if (number := number_of(query)) is not None:
        wanted = wanted.where(Ticket.number == number)
    else:
        wanted = wanted.where(col(Ticket.customer_id).in_(sharing(session, {ticket.customer_id})))
        if query.strip():
            wanted = wanted.where(col(Ticket.id).in_(search(session, query)))
    found = session.exec(wanted.order_by(col(Ticket.id).desc()).limit(MOST))
    return [
        Target(one.number, one.channel, one.subject, one.preview, one.status, called(language, customer.name, one))
        for one, customer in found
    ]


def drawn(session: Session, ticket_id: int, query: str, language: str) -> str:
    """As entries of a list; empty of a ticket that is not there."""
    ticket = session.get(Ticket, ticket_id)
    found = targets(session, ticket, query, language) if ticket is not None else []
    if query.strip():
        nothing = translate(language, "There is no open ticket like this.")
    else:
        nothing = translate(language, "This customer has no other open ticket.")
    return render(
        "console/merge_targets.html",
        language,
        found=found,
        icons=CHANNEL_ICONS,
        statuses=STATUSES,
        nothing=nothing,
    )
