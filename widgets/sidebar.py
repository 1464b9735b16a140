"""The agent's own corner: whether they are there, how much they hold, who else is, and what rings at them."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from routing import capacity, offers, presence
from routing.callbacks import numbers
from routing.callbacks.callback import Callback
from routing.offers import Offer
from tickets.people import Agent
from tickets.ticket import Ticket
from widgets.drawing import render
from widgets.labels import CHANNELS, INTENTS, LANGUAGES, REASONS
from widgets.lists import called, customers
from widgets.names import Names


def presence_box(session: Session, agent_id: int, language: str) -> str:
    """What the agent intends, and how full their hands are."""
    held = capacity.capacity_of(session, agent_id)
    pool, used = (held.pool, held.used) if held else (100, 0)
    own = presence.presence_of(session, agent_id)
    return render(
        "console/_presence.html",
        language,
        intent=own.intent if own else "away",
        reason=own.reason if own else "",
        intents=INTENTS,
        reasons=REASONS,
        used=used,
        pool=pool,
    )


def colleagues(session: Session, language: str) -> str:
    """Everyone who works here, with what they intend right now."""
    people = [(agent, _state(row)) for agent, row in presence.presences(session)]
    order = {"available": 0, "away": 1, "offline": 2}
    people.sort(key=lambda one: (order[one[1]], one[0].name.casefold()))
    return render("console/_people.html", language, people=people, intents=INTENTS)


def offer_cards(session: Session, agent_id: int, language: str, names: Names, now: datetime) -> list[str]:
    """What rings at the agent, the oldest first."""
    return [card(session, offer, language, names, now) for offer in offers.live_of_agent(session, agent_id)]


def card(session: Session, offer: Offer, language: str, names: Names, now: datetime) -> str:
    ticket = session.get_one(Ticket, offer.ticket_id)
    call = session.get(Callback, ticket.id) if ticket.to_call else None
    name = customers(session, {ticket.customer_id}).get(ticket.customer_id, "")
    return render(
        "console/_offer.html",
        language,
        offer=offer,
        ticket=ticket,
        name=called(language, name, ticket),
        channel=CHANNELS.get(ticket.channel, ticket.channel),
        queue=names.queue(offer.queue_id),
        call=call,
        number=numbers.shown(call.phone) if call else "",
        speaks=LANGUAGES.get(ticket.language, ""),
        now=now,
    )


def live_offers(session: Session, ids: set[int]) -> dict[int, Offer]:
    """Those of these offers that still ring."""
    if not ids:
        return {}
    return {offer.id: offer for offer in session.exec(select(Offer).where(col(Offer.id).in_(ids), offers.is_live()))}


def ringing(session: Session, tickets: set[int]) -> dict[int, int]:
    """The offers of these tickets that ring, and at whom: offer id to agent id."""
    here = select(Offer.id, Offer.agent_id).where(offers.is_live(), col(Offer.ticket_id).in_(tickets))
    return dict(session.exec(here).all())


def me(names: Names, agent_id: int) -> Agent:
    return names.agents[agent_id]


def _state(row: presence.Presence | None) -> str:
    if row is None or not row.connected:
        return "offline"
    return row.intent
