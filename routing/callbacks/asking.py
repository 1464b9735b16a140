"""A customer asks to be rung: a ticket in the right queue, hidden until its time has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from routing.calendars import BusinessCalendar
from routing.callbacks import numbers, slots
from routing.callbacks.callback import AGAIN, Callback, State, hours_of
from routing.callbacks.events import CallbackRequested
from routing.callbacks.numbers import Phone
from routing.callbacks.slots import Window
from routing.placing import queue_for
from tickets.change import Change
from tickets.email.correspondence import correspond
from tickets.errors import Refused
from tickets.opening import open_ticket
from tickets.people import IdentifierKind, new_customer
from tickets.status import Channel
from tickets.text import is_blank
from tickets.ticket import Ticket


@dataclass(frozen=True)
class Wish:
    """What was filled in. `start` is the beginning of the window that was chosen; None: as soon as possible."""

    form_key: str
    phone: Phone
    start: datetime | None = None
    name: str = ""
    email: str = ""
    text: str = ""
    topic: str = ""  # a key
    language: str = ""
    zone: str = ""
    site: str = ""
    page: str = ""


@dataclass(frozen=True)
class Asked:
    """`joined`: there was a request for this number already, and it stays as it is."""

    callback: Callback
    ticket: Ticket
    joined: bool = False


@dataclass(frozen=True)
class Offered:
    """What a form can offer: windows day by day, the soonest there is, and the time zone they are told in."""

    days: list[list[Window]]
    soonest: Window | None
    zone: str
    open_now: bool


def ask(change: Change, wish: Wish) -> Asked:
    """The same form again is the same request; the same number again joins the request that is open in this queue.

    Raises NotOffered with the nearest windows for a time that is over or closed, Refused for a bad email address.
    """
    again = change.one(select(Callback).where(Callback.form_key == wish.form_key))
    queue_id = queue_for(change, Channel.CALLBACK, wish.topic)
    same = select(Callback).where(Callback.queue_id == (queue_id or 0), Callback.phone == wish.phone.e164)
    open_one = again or change.one(same.where(col(Callback.state) != State.DONE))
    if open_one is not None:
        return Asked(open_one, change.take(Ticket, open_one.ticket_id), joined=again is None)
    window = _window(hours_of(change, queue_id), change.now, wish.start)
    ticket = _ticket(change, wish, queue_id)
    callback = _callback(change, wish, ticket, window, queue_id)
    change.record(CallbackRequested(ticket=ticket.id, start=window.start, end=window.end))
    if window.start <= change.now:
        callback.join_line(change)
    else:
        ticket.snooze(change, window.start, why=AGAIN)
    return Asked(callback, ticket)


def offered(session: Session, topic: str, now: datetime) -> Offered:
    """For a new request about this topic."""
    return offered_by(hours_of(session, queue_for(session, Channel.CALLBACK, topic)), now)


def offered_by(hours: BusinessCalendar, now: datetime) -> Offered:
    soonest = slots.soonest(hours, now)
    return Offered(slots.windows(hours, now), soonest, hours.zone, soonest is not None and soonest.start == now)


def _window(hours: BusinessCalendar, now: datetime, start: datetime | None) -> Window:
    window = slots.soonest(hours, now) if start is None else slots.chosen(hours, now, start)
    if window is None:
        raise Refused("We cannot call anybody at present. Please write to us instead.", field="window")
    return window


def _ticket(change: Change, wish: Wish, queue_id: int | None) -> Ticket:
    """What they typed is a claim: it joins nobody's history."""
    customer = new_customer(change, wish.name, language=wish.language)
    with change.acting_as(customer.actor):
        customer.add_identifier(change, IdentifierKind.PHONE, wish.phone.e164)
        ticket = open_ticket(
            change,
            customer,
            channel=Channel.CALLBACK,
            subject=next((line for line in wish.text.splitlines() if line.strip()), numbers.shown(wish.phone.e164)),
            category=wish.topic,
            language=wish.language,
            queue_id=queue_id,
        )
        if wish.email:
            customer.add_identifier(change, IdentifierKind.EMAIL, wish.email)
            correspond(change, ticket, address=wish.email, name=customer.name)
        if not is_blank(wish.text):
            ticket.receive(change, wish.text, client_id=wish.form_key[:64], name=customer.name)
    return ticket


def _callback(change: Change, wish: Wish, ticket: Ticket, window: Window, queue_id: int | None) -> Callback:
    return change.add(
        Callback(
            ticket_id=ticket.id,
            queue_id=queue_id or 0,
            phone=wish.phone.e164,
            region=wish.phone.region,
            zone=wish.zone,
            site=wish.site,
            page=wish.page,
            email=wish.email,
            start=window.start,
            end=window.end,
            not_before=window.start,
            form_key=wish.form_key,
            asked_at=change.now,
        )
    )
