"""Who waits in a chat can be called or written to instead, and wait in the chat again, at the same place in line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from routing.calendars import closes_at, is_open
from routing.callbacks.asking import Asked, Wish, join, new_callback, open_for, takes_more, window_or_refusal
from routing.callbacks.callback import Callback, State
from routing.callbacks.events import CallbackRequested
from routing.callbacks.slots import soonest
from routing.callbacks.terms import hours_of, terms_of
from routing.wait import Band
from tickets.change import Change
from tickets.email.correspondence import correspond
from tickets.errors import Conflict
from tickets.events import ChannelChanged
from tickets.people import Customer, IdentifierKind
from tickets.rules import Rules
from tickets.seals import Seals
from tickets.status import Channel
from tickets.text import is_blank
from tickets.ticket import Ticket

_CHAT = "turn"  # what the seal is for
_TAKEN = "Somebody is with you already. Please go back to the chat."


@dataclass(frozen=True)
class Offering:
    """Whether those in one line are offered to be called: by how long they may wait, or all of them as it closes."""

    to_all: bool
    above: float | None  # seconds; None: nobody

    def to(self, band: Band | None) -> bool:
        return self.to_all or (self.above is not None and band is not None and band.high > self.above)


def offering(session: Session, queue_id: int, now: datetime, rules: Rules) -> Offering:
    """Closed, about to close, or a wait that is too long (semantics.md part 4); never where no more calls are taken."""
    terms, hours = terms_of(session, queue_id, rules), hours_of(session, queue_id)
    if soonest(hours, now) is None or not takes_more(session, queue_id, terms):
        return Offering(to_all=False, above=None)
    closing = closes_at(hours, now) if is_open(hours, now) else now
    closes = closing is not None and closing - now <= terms.closing
    return Offering(to_all=closes, above=terms.offer_above.total_seconds())


def seal(seals: Seals, ticket_id: int, now: datetime) -> str:
    """Who shows it turns this ticket. The same one all day long, so that what did not change is not told again."""
    return seals.token(_CHAT, ticket_id, now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=3))


def ticket_of_seal(seals: Seals, token: str, now: datetime) -> int | None:
    return seals.opened(_CHAT, token, now)


# Verbs


def to_call(change: Change, ticket_id: int, wish: Wish) -> Asked:
    """From chat, or from mail, to a call. Another request for this number in the queue is joined, and nothing turns."""
    ticket, before = change.take(Ticket, ticket_id), change.find(Callback, ticket_id)
    if before is not None and before.open:
        return Asked(before, ticket)
    _still_waits(ticket)
    known = open_for(change, ticket.queue_id, wish.phone)
    if known is not None:
        return join(change, known, wish)
    terms = terms_of(change, ticket.queue_id, change.rules)
    window = window_or_refusal(change, ticket.queue_id, wish.start, terms)
    customer = change.take(Customer, ticket.customer_id)
    with change.acting_as(customer.actor):
        customer.add_identifier(change, IdentifierKind.PHONE, wish.phone.e164, ticket=ticket.id)
        if not is_blank(wish.text):
            ticket.receive(change, wish.text, client_id=wish.form_key[:64], name=customer.name)
        callback = new_callback(change, wish, ticket, window, terms, before)
        callback.turned = True
        _turn(change, ticket, Channel.CALLBACK)
        ticket.end_live(change)
        change.record(CallbackRequested(ticket=ticket.id, start=window.start, end=window.end))
    callback.begin(change)
    return Asked(callback, ticket)


def to_email(change: Change, ticket_id: int, address: str) -> Ticket:
    """Nobody waits live for it any more, nobody rings, and it is answered by mail."""
    ticket, callback = change.take(Ticket, ticket_id), change.find(Callback, ticket_id)
    _still_waits(ticket)
    customer = change.take(Customer, ticket.customer_id)
    with change.acting_as(customer.actor):
        claimed = customer.add_identifier(change, IdentifierKind.EMAIL, address, ticket=ticket.id)
        correspond(change, ticket, address=claimed.value, name=customer.name, subject=ticket.subject)
        if callback is not None and callback.open:
            callback.withdraw(change)
        _turn(change, ticket, Channel.EMAIL)
        ticket.end_live(change)
    return ticket


def to_chat(change: Change, ticket_id: int) -> Ticket:
    """They wait in the chat again; nobody calls."""
    ticket, callback = change.take(Ticket, ticket_id), change.find(Callback, ticket_id)
    if callback is not None and callback.open:
        if ticket.agent_id is not None:
            raise Conflict("Somebody is about to call you.")
        callback.withdraw(change)
    ticket.wake(change)
    _turn(change, ticket, Channel.CHAT)
    ticket.begin_live(change)
    return ticket


def go_on(change: Change, ticket: Ticket) -> None:
    """They write in their chat: they are there again, unless they wait for a call, which goes on."""
    callback = change.find(Callback, ticket.id) if ticket.channel == Channel.CALLBACK else None
    if callback is None or not callback.open:
        _turn(change, ticket, Channel.CHAT)
        ticket.begin_live(change)


def waits_for_call(session: Session, ticket_ids: list[int]) -> set[int]:
    """Those of these tickets whose customer is to be rung."""
    mine = select(Callback.ticket_id).where(col(Callback.ticket_id).in_(ticket_ids), col(Callback.state) != State.DONE)
    return set(session.exec(mine)) if ticket_ids else set()


def _still_waits(ticket: Ticket) -> None:
    if ticket.agent_id is not None or ticket.done:
        raise Conflict(_TAKEN)


def _turn(change: Change, ticket: Ticket, channel: Channel) -> None:
    if ticket.channel != channel:
        before, ticket.channel = ticket.channel, channel.value
        ticket.updated_at = change.now
        change.record(ChannelChanged(ticket=ticket.id, channel=channel.value, before=before))
