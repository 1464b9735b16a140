"""What is known about a customer, beside their ticket: who they are, what they brought before, why it came to you."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session, col, func, select

from chat.rating import Rating
from chat.visitor import Visitor
from routing.offers import Offer, State
from routing.sla.clock import SlaClock
from tickets.people import Customer, Identifier, initials
from tickets.ticket import Ticket
from widgets import sla, sla_card
from widgets.callback_card import CallbackCard, callback_card
from widgets.complaint_card import ComplaintCard, complaint_card
from widgets.drawing import render
from widgets.labels import CHANNEL_ICONS, CHOSEN_BY, IDENTIFIERS, LANGUAGES, PASSED_OVER
from widgets.lists import called
from widgets.names import Names

MOST_EARLIER = 8
MOST_ALIKE = 5


@dataclass(frozen=True)
class Panel:
    ticket: Ticket
    customer: Customer
    identifiers: Sequence[Identifier]
    visitor: Visitor | None
    earlier: Sequence[Ticket]
    earlier_count: int
    alike: Sequence[Customer]
    rating: Rating | None
    offer: Offer | None
    clocks: Sequence[SlaClock]
    complaint: ComplaintCard | None
    call: CallbackCard | None

    def html(self, language: str, names: Names, now: datetime) -> str:
        name = called(language, self.customer.name, self.ticket)
        return render(
            "console/_panel.html",
            language,
            panel=self,
            ticket=self.ticket,
            name=name,
            initials=initials(name),
            now=now,
            names=names,
            identifiers=IDENTIFIERS,
            icons=CHANNEL_ICONS,
            languages=LANGUAGES,
            chosen_by=CHOSEN_BY,
            passed_over=PASSED_OVER,
            page=_path(self.visitor.page_url) if self.visitor else "",
            complaint=Markup(self.complaint.html(language) if self.complaint else ""),
            call=Markup(self.call.html(language, now) if self.call else ""),
            promises=Markup(sla_card.card(self.ticket, self.clocks, language, names, now)),
        )


def panel(session: Session, ticket: Ticket) -> Panel:
    customer = session.get_one(Customer, ticket.customer_id)
    others = select(Ticket).where(Ticket.customer_id == customer.id, Ticket.id != ticket.id)
    known = session.exec(
        select(Identifier).where(Identifier.customer_id == customer.id).order_by(col(Identifier.id))
    ).all()
    taken = select(Offer).where(Offer.ticket_id == ticket.id, Offer.state == State.ACCEPTED.value)
    return Panel(
        ticket=ticket,
        customer=customer,
        identifiers=known,
        visitor=session.exec(
            select(Visitor).where(Visitor.ticket_id == ticket.id).order_by(col(Visitor.id).desc())
        ).first(),
        earlier=session.exec(others.order_by(col(Ticket.id).desc()).limit(MOST_EARLIER)).all(),
        earlier_count=session.exec(select(func.count()).select_from(others.subquery())).one(),
        alike=_alike(session, customer, known),
        rating=session.get(Rating, ticket.id),
        offer=session.exec(taken.order_by(col(Offer.id).desc())).first() if ticket.agent_id is not None else None,
        clocks=sla.clocks_of(session, ticket),
        complaint=complaint_card(session, ticket),
        call=callback_card(session, ticket),
    )


def promises(
    session: Session, ticket: Ticket, language: str, names: Names, now: datetime, known: sla.Clocks | None = None
) -> str:
    """The part of it that counts down."""
    return sla_card.card(ticket, sla.clocks_of(session, ticket, known), language, names, now)


def sharing(session: Session, customer_ids: set[int]) -> set[int]:
    """These customers, and everyone who claims an identifier that one of them has too."""
    mine = select(Identifier.kind, Identifier.value).where(col(Identifier.customer_id).in_(customer_ids)).subquery()
    same = select(Identifier.customer_id).join(
        mine, (col(Identifier.kind) == mine.c.kind) & (col(Identifier.value) == mine.c.value)
    )
    return customer_ids | set(session.exec(same).all())


def _alike(session: Session, customer: Customer, known: Sequence[Identifier]) -> Sequence[Customer]:
    """Others with an equal identifier that at least one side has not proved: possibly the same person."""
    if not known:
        return ()
    values = [one.value for one in known]
    query = (
        select(Customer)
        .join(Identifier, col(Identifier.customer_id) == Customer.id)
        .where(col(Identifier.value).in_(values), Customer.id != customer.id)
        .distinct()
        .order_by(col(Customer.id).desc())
    )
    return session.exec(query.limit(MOST_ALIKE)).all()


def _path(url: str) -> str:
    """An address without what every page of the shop has in common."""
    _, found, rest = url.partition("://")
    return "/" + rest.partition("/")[2] if found else url
