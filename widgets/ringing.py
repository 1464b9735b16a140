"""What rings at an agent: whose matter it is and how long they have waited, with a way to take it or not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, select

from routing import offers
from routing.callbacks import numbers
from routing.callbacks.callback import Callback
from routing.offers import Offer
from tickets.people import Customer
from tickets.plain import Beside, listed, plain
from tickets.statement import Statement
from tickets.ticket import Ticket
from widgets.drawing import render
from widgets.labels import CHANNELS, LANGUAGES
from widgets.lists import called
from widgets.names import Names


class Ringing(NamedTuple):
    """An offer that nobody has taken or declined yet, with all that its card shows."""

    offer: Offer
    ticket: Ticket
    customer: Customer
    call: Callback | None  # where they wait for one

    def html(self, language: str, names: Names, now: datetime) -> str:
        offer, ticket, customer, call = self
        return render(
            "console/_offer.html",
            language,
            offer=offer,
            ticket=ticket,
            name=called(language, customer.name, ticket),
            channel=CHANNELS.get(ticket.channel, ticket.channel),
            queue=names.queue(offer.queue_id),
            call=call,
            number=numbers.shown(call.phone) if call else "",
            speaks=LANGUAGES.get(ticket.language, ""),
            now=now,
        )


def at_agent(session: Session, agent_id: int) -> list[Ringing]:
    """The oldest first."""
    return [Ringing._make(found) for found in _AT_AGENT.all(session, agent=agent_id)]


def among(session: Session, offer_ids: Collection[int], ticket_ids: Collection[int]) -> dict[int, Ringing]:
    """Those of these offers, and of the offers of these tickets, that still ring; by offer."""
    if not offer_ids and not ticket_ids:
        return {}
    live = _LIVE.rows(session.connection(), offers=offer_ids, tickets=ticket_ids)
    found = _AMONG.all(session, offers=[id for (id,) in live]) if live else ()
    return {offer.id: Ringing(offer, *others) for offer, *others in found}


def _ringing(which: ColumnElement[bool]) -> Beside:
    tables = (Offer, Ticket, Customer, Callback)
    query = (
        plain(*tables)
        .select_from(Offer)
        .join(Ticket, col(Ticket.id) == Offer.ticket_id)
        .join(Customer, col(Customer.id) == Ticket.customer_id)
        .outerjoin(Callback, (col(Callback.ticket_id) == Ticket.id) & col(Ticket.to_call))
        .where(offers.is_live(), which)
    )
    return Beside(query.order_by(col(Offer.id)), *tables)


_AT_AGENT = _ringing(col(Offer.agent_id) == bindparam("agent"))
_AMONG = _ringing(listed(col(Offer.id), "offers"))
# Asked of every word that is said, and most of the time the answer is: none. All columns of four tables cost five times
# as much, even where there is no row.
_LIVE = Statement(
    select(Offer.id)
    .where(offers.is_live(), listed(col(Offer.id), "offers"))
    .union(select(Offer.id).where(offers.is_live(), listed(col(Offer.ticket_id), "tickets")))
)
