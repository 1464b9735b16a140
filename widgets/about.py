"""What there is once about a ticket: who brought it, from which page, how it came to its agent. Read in one query."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, bindparam
from sqlmodel import Session, col, func, select

from chat.rating import Rating
from chat.visitor import Visitor
from routing.offers import TAKEN, Offer
from tickets.email.correspondence import Correspondence
from tickets.people import Customer
from tickets.plain import Beside, plain, spelled
from tickets.ticket import Ticket


class About(NamedTuple):
    ticket: Ticket
    customer: Customer
    visitor: Visitor | None  # who came last with it to the chat
    rating: Rating | None
    offer: Offer | None  # by which it came to the agent who holds it
    mail: Correspondence | None  # with whom it goes by mail


def about_number(session: Session, number: int) -> About | None:
    return _about(_BY_NUMBER, session, number)


def about_id(session: Session, ticket_id: int) -> About | None:
    return _about(_BY_ID, session, ticket_id)


def _about(asked: Beside, session: Session, which: int) -> About | None:
    found = asked.first(session, which=which)
    return About._make(found) if found is not None else None


def _newest(table: type[Visitor] | type[Offer], *which: ColumnElement[bool]) -> ScalarSelect[int]:
    """The id of the last one that belongs to the ticket."""
    theirs = select(func.max(table.id)).where(col(table.ticket_id) == Ticket.id, *which)
    return theirs.correlate(Ticket).scalar_subquery()


_ACCEPTED = col(Offer.state).in_(spelled(sorted(TAKEN)))


def _asked(which: ColumnElement[bool]) -> Beside:
    tables = (Ticket, Customer, Visitor, Rating, Offer, Correspondence)
    query = (
        plain(*tables)
        .select_from(Ticket)
        .join(Customer, col(Customer.id) == Ticket.customer_id)
        .outerjoin(Visitor, col(Visitor.id) == _newest(Visitor))
        .outerjoin(Rating, col(Rating.ticket_id) == Ticket.id)
        .outerjoin(Offer, (col(Offer.id) == _newest(Offer, _ACCEPTED)) & col(Ticket.agent_id).is_not(None))
        .outerjoin(Correspondence, col(Correspondence.ticket_id) == Ticket.id)
    )
    return Beside(query.where(which), *tables)


_BY_NUMBER = _asked(col(Ticket.number) == bindparam("which"))
_BY_ID = _asked(col(Ticket.id) == bindparam("which"))
