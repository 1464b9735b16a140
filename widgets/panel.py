"""What is known about a customer, beside their ticket: who they are, what they brought before, why it came to you."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import bindparam
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from routing.sla.clock import SlaClock
from tickets.people import Customer, Identifier, initials
from tickets.plain import Plain, plain
from tickets.statement import Statement
from tickets.ticket import Ticket
from widgets import sla, sla_card
from widgets.about import About
from widgets.callback_card import CallbackCard, callback_card
from widgets.complaint_card import ComplaintCard, complaint_card
from widgets.drawing import render
from widgets.labels import CHANNEL_ICONS, CHOSEN_BY, IDENTIFIERS, LANGUAGES, PASSED_OVER
from widgets.lists import called
from widgets.names import Names
from widgets.waiting_card import WaitingCard, waiting_card

MOST_EARLIER = 8
MOST_ALIKE = 5
_Theirs = aliased(Identifier)


class Earlier(NamedTuple):
    """Another ticket of the same customer."""

    number: int
    channel: str
    subject: str
    preview: str
    opened_at: datetime
    of: int  # how many there are


_EARLIER = Statement(
    core_select(*(col(getattr(Ticket, name)) for name in Earlier._fields[:-1]), func.count().over())
    .where(col(Ticket.customer_id) == bindparam("customer"), col(Ticket.id) != bindparam("ticket"))
    .order_by(col(Ticket.id).desc())
    .limit(MOST_EARLIER)
)
_KNOWN = Plain(
    Identifier,
    plain(Identifier).where(col(Identifier.customer_id) == bindparam("customer")).order_by(col(Identifier.id)),
)
_ALIKE = Plain(
    Customer,  # others with an equal identifier that at least one side has not proved: possibly the same person
    plain(Customer)
    .join(Identifier, col(Identifier.customer_id) == Customer.id)
    .join(_Theirs, col(Identifier.value) == _Theirs.value)
    .where(col(_Theirs.customer_id) == bindparam("customer"), col(Customer.id) != bindparam("customer"))
    .distinct()
    .order_by(col(Customer.id).desc())
    .limit(MOST_ALIKE),
)


@dataclass(frozen=True)
class Panel:
    about: About
    identifiers: Sequence[Identifier]
    earlier: Sequence[Earlier]
    alike: Sequence[Customer]
    clocks: Sequence[SlaClock]
    complaint: ComplaintCard | None
    call: CallbackCard | None
    waiting: WaitingCard

    def html(self, language: str, names: Names, now: datetime) -> str:
        ticket, customer, visitor, rating, offer, _ = self.about
        name = called(language, customer.name, ticket)
        return render(
            "console/_panel.html",
            language,
            ticket=ticket,
            customer=customer,
            visitor=visitor,
            rating=rating,
            offer=offer,
            panel=self,
            earlier_count=self.earlier[0].of if self.earlier else 0,
            name=name,
            initials=initials(name),
            names=names,
            identifiers=IDENTIFIERS,
            icons=CHANNEL_ICONS,
            languages=LANGUAGES,
            chosen_by=CHOSEN_BY,
            passed_over=PASSED_OVER,
            page=_path(visitor.page_url) if visitor else "",
            complaint=Markup(self.complaint.html(language) if self.complaint else ""),
            call=Markup(self.call.html(language, now) if self.call else ""),
            waiting=Markup(self.waiting.html(language, names)),
            promises=Markup(sla_card.card(ticket, self.clocks, language, names, now)),
        )


def panel(session: Session, about: About, clocks: sla.Clocks | None = None) -> Panel:
    """`clocks`: all of the ticket's that have not ended, where they were read already."""
    ticket, customer = about.ticket, about.customer
    known = _KNOWN.all(session, customer=customer.id)
    earlier = _EARLIER.rows(session.connection(), customer=customer.id, ticket=ticket.id)
    return Panel(
        about=about,
        identifiers=known,
        earlier=[Earlier._make(row) for row in earlier],
        alike=_ALIKE.all(session, customer=customer.id) if known else (),
        clocks=sla.clocks_of(session, ticket, clocks),
        complaint=complaint_card(session, ticket),
        call=callback_card(session, ticket),
        waiting=waiting_card(session, ticket),
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


def _path(url: str) -> str:
    """An address without what every page of the shop has in common."""
    _, found, rest = url.partition("://")
    return "/" + rest.partition("/")[2] if found else url
