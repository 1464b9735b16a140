"""A customer asks to be rung: a ticket in the right queue, hidden until its time has come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from routing.calendars import BusinessCalendar
from routing.callbacks import numbers, slots
from routing.callbacks.callback import Callback
from routing.callbacks.events import CallbackRequested
from routing.callbacks.numbers import Phone
from routing.callbacks.places import open_in, places_in
from routing.callbacks.slots import Window
from routing.callbacks.terms import Terms, said_of, terms_of
from routing.placing import queue_for
from routing.queues import Queue
from tickets.change import Change
from tickets.email.correspondence import Correspondence, correspond
from tickets.errors import Refused
from tickets.opening import open_ticket
from tickets.people import Customer, IdentifierKind, new_customer
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
    """`joined`: there was a request for this number already, and it stays; `kept_` is what was added to it."""

    callback: Callback
    ticket: Ticket
    joined: bool = False
    kept_words: bool = False
    kept_email: bool = False


@dataclass(frozen=True)
class Offered:
    """What a form can offer: windows day by day, the soonest there is, and the time zone they are told in."""

    days: list[list[Window]]
    soonest: Window | None
    zone: str
    open_now: bool
    crowded: bool = False  # the soonest would be sooner, were its window not full


def ask(change: Change, wish: Wish) -> Asked:
    """The same form again is the same request; the same number again joins the request that is open in this queue.

    Raises NotOffered with the nearest windows for a time that is over or closed, Refused for a bad email address.
    """
    again = change.one(select(Callback).where(Callback.form_key == wish.form_key))
    if again is not None:
        return Asked(again, change.take(Ticket, again.ticket_id))
    queue_id = queue_for(change, Channel.CALLBACK, wish.topic)
    open_one = open_for(change, queue_id, wish.phone)
    if open_one is not None:
        return join(change, open_one, wish)
    terms = terms_of(change, queue_id, change.rules)
    window = window_or_refusal(change, queue_id, wish.start, terms)
    ticket = _ticket(change, wish, queue_id)
    callback = new_callback(change, wish, ticket, window, terms)
    change.record(CallbackRequested(ticket=ticket.id, start=window.start, end=window.end))
    callback.begin(change)
    return Asked(callback, ticket)


def open_for(change: Change, queue_id: int | None, phone: Phone) -> Callback | None:
    """The request for this number that is open in this queue."""
    return change.one(select(Callback).where(open_in(queue_id), col(Callback.phone) == phone.e164))


def join(change: Change, callback: Callback, wish: Wish) -> Asked:
    """Somebody asks again for this number, and may be somebody else: nothing is changed, and what they say is added.

    An address is kept where there was none. It is told of this call, but never how to move or cancel it.
    """
    ticket = change.take(Ticket, callback.ticket_id)
    customer = change.take(Customer, ticket.customer_id)
    words = not is_blank(wish.text)
    email = bool(wish.email and not callback.email and change.find(Correspondence, ticket.id) is None)
    with change.acting_as(customer.actor):
        if email:
            claimed = customer.add_identifier(change, IdentifierKind.EMAIL, wish.email, ticket=ticket.id)
            callback.email, callback.email_later = claimed.value, True
        if words:
            ticket.receive(change, wish.text, client_id=wish.form_key[:64], name=wish.name or customer.name)
    return Asked(callback, ticket, joined=True, kept_words=words, kept_email=email)


def offered(session: Session, topic: str, now: datetime) -> Offered:
    """For a new request about this topic."""
    return offered_in(session, queue_for(session, Channel.CALLBACK, topic), now)


def offered_in(session: Session, queue_id: int | None, now: datetime, *, besides: int | None = None) -> Offered:
    """In this queue: what is full is left out. `besides`: the ticket that looks for another time."""
    places = places_in(session, queue_id, besides=besides)
    return offered_by(places.hours, now, places.full(now))


def offered_by(hours: BusinessCalendar, now: datetime, taken: Collection[datetime] = ()) -> Offered:
    soonest = slots.soonest(hours, now, full=taken)
    days = slots.windows(hours, now, full=taken)
    crowded = bool(taken) and soonest != slots.soonest(hours, now)
    return Offered(days, soonest, hours.zone, soonest is not None and soonest.start == now, crowded)


def window_for(
    change: Change, queue_id: int | None, start: datetime | None, *, besides: int | None = None
) -> Window | None:
    """The window that begins then, or the soonest. None where nobody is ever rung; NotOffered for what is not offered.

    Where windows fill up the queue is held: two who want the last place of one come one after the other. `besides`: the
    ticket that is moved.
    """
    if said_of(change, queue_id).per_window is not None:
        change.take(Queue, queue_id or 0)
    places = places_in(change, queue_id, besides=besides)
    full = places.full(change.now)
    if start is None:
        return slots.soonest(places.hours, change.now, full=full)
    return slots.chosen(places.hours, change.now, start, full=full)


def window_or_refusal(change: Change, queue_id: int | None, start: datetime | None, terms: Terms) -> Window:
    """As `window_for`; refused where nobody is rung, or no more requests are taken."""
    window = window_for(change, queue_id, start) if takes_more(change, queue_id, terms) else None
    if window is None:
        raise Refused("We cannot call anybody at present. Please write to us instead.", field="window")
    return window


def takes_more(asked: Session | Change, queue_id: int | None, terms: Terms) -> bool:
    """Whether another request has room in this queue; those that wait are counted only where there is a limit."""
    if terms.most_waiting is None:
        return True
    waiting = select(func.count()).where(open_in(queue_id))
    return (asked.exec(waiting).one() if isinstance(asked, Session) else asked.one(waiting) or 0) < terms.most_waiting


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


def new_callback(
    change: Change, wish: Wish, ticket: Ticket, window: Window, terms: Terms, before: Callback | None = None
) -> Callback:
    """The request beside its ticket. `before`: one that this ticket had, which becomes this one."""
    made = Callback(
        ticket_id=ticket.id,
        queue_id=ticket.queue_id or 0,
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
        expires_at=window.end + terms.expire,
    )
    if before is None:
        return change.add(made)
    for name in Callback.model_fields:
        setattr(before, name, getattr(made, name))
    return before
