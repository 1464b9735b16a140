"""A floor on which customers ask to be rung: a queue for calls with opening hours, and agents at their desks."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import select

from routing.calendars import BusinessCalendar
from routing.callbacks import by_hand, chores
from routing.callbacks.asking import Asked, Wish, ask
from routing.callbacks.callback import Callback, Outcome
from routing.callbacks.numbers import Phone
from routing.hours import add_calendar
from routing.offers import Offer
from routing.queues import Delivery, Queue
from tests.cast import UnitChange
from tests.routing.floor import ALL, a_floor, accept, acts, offer_of, rings_at, settle
from tickets.chores import CHORES as TICKET_CHORES
from tickets.people import Agent
from tickets.ticket import Ticket

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessCalendar("Europe/Berlin", ((((9 * 60, 17 * 60),),) * 5 + ((),) * 2))
SAM, PRIYA = Phone("+49301234567", "DE"), Phone("+442079460123", "GB")
_keys = itertools.count()


def at(text: str) -> datetime:
    """In Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def a_call_floor(
    change: UnitChange, *names: str, now: str = "2026-11-23T10:00", hours: BusinessCalendar | None = OFFICE
) -> tuple[Queue, list[Agent]]:
    """Ada (and whoever is named) answers Calls, Monday to Friday from nine to five."""
    change.now = change.clock.at = at(now)
    queue, agents = a_floor(change, *(names or ("Ada",)), delivery=Delivery.OFFER)
    change.now = change.clock.at = at(now)
    if hours is not None:
        calendar = add_calendar(change, "Office", hours)
        queue.set_rules(change, delivery=Delivery.OFFER, calendar_id=calendar.id)
    settle(change)
    change.by = "system"
    return queue, agents


def asks(change: UnitChange, start: str | None = None, *, phone: Phone = SAM, **more: Any) -> Asked:
    """Sam asks to be rung in the window that begins then, in Berlin, or as soon as possible."""
    change.by = "system"
    wish = Wish(f"key-{next(_keys)}", phone, at(start) if start else None, **{"name": "Sam Okafor", **more})
    found = ask(change, wish)
    settle(change)
    return found


def moves_to(change: UnitChange, text: str) -> None:
    """The clock goes on to then, in Berlin, and what is due is done."""
    change.now = change.clock.at = at(text)
    tick(change)


def moves(change: UnitChange, **by: float) -> None:
    change.moves(**by)
    tick(change)


def tick(change: UnitChange) -> list[str]:
    """The scheduler looks once, at every chore; which kinds of events that brought."""
    change.by, kinds = "system", []
    for chore in (*TICKET_CHORES, *chores.CHORES):
        for key in chore.due(change.session, change.now):
            chore.act(change, key)
            change.settle(ALL)
            kinds += change.kinds
            change.events.clear()
    return kinds


def rings(change: UnitChange, agent: Agent, ticket: Ticket, outcome: str, *, attempt: int | None = None) -> None:
    """The agent takes what is offered to them, dials, and says what became of it."""
    if rings_at(change, ticket) == agent.id:
        accept(change, agent, offer_of(change, ticket))
    acts(change, agent)
    tries = callback_of(change, ticket).attempts + 1 if attempt is None else attempt
    by_hand.tried(change, ticket.id, Outcome(outcome), attempt=tries)
    settle(change)


def reached_at_the_second_try(change: UnitChange) -> Asked:
    """Sam asks at eleven to be rung at one. Ada rings at two, nobody answers, and again twenty minutes later."""
    _, (ada,) = a_call_floor(change, now="2026-11-23T11:00")
    sam = asks(change, "2026-11-23T13:00")
    moves_to(change, "2026-11-23T13:00")
    moves_to(change, "2026-11-23T14:00")
    rings(change, ada, sam.ticket, "no_answer")
    moves(change, minutes=15)
    moves(change, minutes=5)
    rings(change, ada, sam.ticket, "reached")
    return sam


def callback_of(change: UnitChange, ticket: Ticket) -> Callback:
    return change.take(Callback, ticket.id)


def offers_of(change: UnitChange, ticket: Ticket) -> int:
    """How often it was offered so far."""
    return len(change.rows(select(Offer).where(Offer.ticket_id == ticket.id)))
