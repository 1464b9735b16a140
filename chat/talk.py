"""What a visitor does in a chat: says something, ends it, rates it, leaves a letter when nobody is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from chat import rating
from chat.events import ChatEnded
from chat.rating import Rating
from chat.site import Ask, Site
from chat.visitor import Visitor
from routing.callbacks import turning
from tickets.change import Change
from tickets.email.correspondence import correspond
from tickets.errors import NotFound, Refused
from tickets.failpoint import reached
from tickets.files.attachment import Attachment, attach
from tickets.message import Message, check_client_id
from tickets.opening import open_ticket
from tickets.people import Customer, IdentifierKind
from tickets.status import Channel, Status
from tickets.ticket import Ticket
from tickets.turns import within_ticket

GOES_ON = timedelta(hours=24)  # how long after its resolution a chat is reopened by the visitor's next words


@dataclass(frozen=True)
class Said:
    """What the sender is told: the message as it was first kept, its files, and where they are now."""

    message: Message
    files: Sequence[Attachment]
    ticket_id: int  # the present one; a resend's message may stand on an earlier one
    customer_id: int
    name: str  # as the visitor is called from now on
    email: str  # empty where it did not change


@within_ticket
def say(
    change: Change,
    *,
    visitor_id: int,
    client_id: str,
    text: str,
    ticket_id: int | None = None,
    files: Sequence[int] = (),
    called: str = "",
    topic: str = "",
    name: str = "",
    email: str = "",
    new: bool = False,
) -> Said:
    """The visitor said something. The same `client_id` again returns the first answer, whatever happened since.

    `ticket_id` and `called` are what the socket's session knows; on a chat that is going on nothing else is looked up.
    `name` and `email` are newly told. `new`: not on with a chat that has ended.
    """
    if ticket_id is not None and not (name or email or new):
        ticket = change.find(Ticket, ticket_id)
        if ticket is not None and ticket.live and change.by == f"customer:{ticket.customer_id}":
            message = ticket.receive(change, text, client_id=client_id, name=called, files=len(files))
            reached("chat.said")
            given = _give(change, message, files, visitor_id)
            return Said(message, given, ticket.id, ticket.customer_id, called, "")
    check_client_id(client_id)
    visitor = change.take(Visitor, visitor_id)
    customer = visitor.customer(change)
    with change.acting_as(customer.actor):
        earlier = change.said(customer.actor, client_id)
        if earlier is not None:
            ticket = change.take(Ticket, earlier.ticket_id)
        else:
            visitor.introduce(change, name=name, email=email)
            ticket = _ticket_for(change, visitor, customer, text, topic=topic, new=new)
        message = ticket.receive(change, text, client_id=client_id, name=visitor.name, files=len(files))
        given = _give(change, message, files, visitor_id)
        return Said(message, given, visitor.ticket_id or ticket.id, customer.id, visitor.name, visitor.email)


def written_before(session: Session, visitor_id: int, client_id: str) -> bool:
    """Whether this visitor's letter is a resend."""
    check_client_id(client_id)
    visitor = session.get(Visitor, visitor_id)
    by = f"customer:{visitor.customer_id}" if visitor is not None else ""
    mine = select(Message.id).where(Message.by == by, Message.client_id == client_id)
    return session.exec(mine).first() is not None


def letter(
    change: Change, *, visitor_id: int, client_id: str, name: str, email: str, text: str, topic: str = ""
) -> Ticket:
    """Nobody is in: a ticket that nobody waits for live, and that is answered by mail. It is shown in the chat, too,
    unless one is going on there.
    """
    if not email.strip():
        raise Refused("An email address is needed, so that we can answer.", field="email")
    visitor = change.take(Visitor, visitor_id)
    customer = visitor.customer(change)
    with change.acting_as(customer.actor):
        earlier = change.said(customer.actor, client_id)
        if earlier is not None:
            ticket = change.take(Ticket, earlier.ticket_id)
        else:
            visitor.introduce(change, name=name, email=email)
            ticket = _new_ticket(change, visitor, customer, text, topic=topic, live=False)
            if not _is_live(change, visitor):
                _hold(change, visitor, ticket)
            correspond(change, ticket, address=visitor.email, name=visitor.name, subject=ticket.subject)
        ticket.receive(change, text, client_id=client_id, name=visitor.name)
        return ticket


def end(change: Change, *, visitor_id: int, ticket_id: int | None = None) -> Ticket | None:
    """The visitor is done. What they write next is another matter; whoever holds the ticket still sees to it.

    `ticket_id`: the chat that they mean, else their present one. One that they have left behind has ended already.
    """
    visitor = change.take(Visitor, visitor_id)
    ticket = _meant(change, visitor, ticket_id)
    if ticket is not None and not _has_ended(visitor, ticket):
        if ticket.id == visitor.ticket_id:
            visitor.over = True
        ticket.end_live(change)
        change.record(ChatEnded(ticket=ticket.id))
    return ticket


def rate(change: Change, *, visitor_id: int, ticket_id: int | None = None, score: int, comment: str = "") -> Rating:
    """How they liked the chat that they mean, else their present one."""
    visitor = change.take(Visitor, visitor_id)
    ticket = _meant(change, visitor, ticket_id)
    if ticket is None:
        raise NotFound("There is no chat to rate.")
    if not _has_ended(visitor, ticket):
        raise Refused("A chat can be rated when it has ended.")
    return rating.rate(change, ticket.id, score=score, comment=comment)


@within_ticket
def see(change: Change, *, ticket_id: int, seq: int) -> int:
    """The visitor has read up to `seq`. Returns up to where that is kept: no further than there are messages."""
    ticket = change.take(Ticket, ticket_id)
    if change.by == f"customer:{ticket.customer_id}":
        ticket.see(change, "customer", seq)
    return ticket.customer_seen


def goes_on(ticket: Ticket, *, over: bool, now: datetime) -> bool:
    """Whether the visitor's next words belong to this ticket."""
    if over:
        return False
    if ticket.status == Status.RESOLVED:
        return ticket.resolved_at is not None and now - ticket.resolved_at < GOES_ON
    return not ticket.done


def _meant(change: Change, visitor: Visitor, named: int | None) -> Ticket | None:
    """The chat that is named, else the present one. Raises NotFound where they have none of that name."""
    if named is None or named == visitor.ticket_id:
        return change.find(Ticket, visitor.ticket_id) if visitor.ticket_id is not None else None
    ticket = change.find(Ticket, named)
    if ticket is None or ticket.customer_id != visitor.customer_id:
        raise NotFound("This is not a chat of yours.")
    return ticket


def _has_ended(visitor: Visitor, ticket: Ticket) -> bool:
    left_behind = visitor.over if ticket.id == visitor.ticket_id else not ticket.live
    return left_behind or ticket.done


def _ticket_for(change: Change, visitor: Visitor, customer: Customer, text: str, *, topic: str, new: bool) -> Ticket:
    ticket = change.find(Ticket, visitor.ticket_id) if visitor.ticket_id is not None else None
    left_behind = ticket is None or (new and ticket.done) or not goes_on(ticket, over=visitor.over, now=change.now)
    if ticket is None or left_behind:
        ticket = _new_ticket(change, visitor, customer, text, topic=topic, live=True)
        _hold(change, visitor, ticket)
    else:
        turning.go_on(change, ticket)
    return ticket


def _hold(change: Change, visitor: Visitor, ticket: Ticket) -> None:
    """From now on this is the visitor's present ticket."""
    change.write()
    visitor.ticket_id, visitor.over = ticket.id, False


def _new_ticket(change: Change, visitor: Visitor, customer: Customer, text: str, *, topic: str, live: bool) -> Ticket:
    site = change.take(Site, visitor.site_id)
    if live:
        _told_what_is_asked(site, visitor)
    topic = site.topic(topic)
    return open_ticket(
        change,
        customer,
        channel=Channel.CHAT,
        subject=next((line for line in text.splitlines() if line.strip()), ""),
        category=topic,
        language=visitor.language,
        default_queue_id=None if topic else site.default_queue_id,
        live=live,
    )


def _told_what_is_asked(site: Site, visitor: Visitor) -> None:
    """A site may insist on a name or an address before a chat begins."""
    if site.ask_name == Ask.REQUIRED and not visitor.name:
        raise Refused("Please tell us your name first.", field="name")
    if site.ask_email == Ask.REQUIRED and not visitor.email:
        raise Refused("Please tell us your email address first.", field=IdentifierKind.EMAIL.value)


def _is_live(change: Change, visitor: Visitor) -> bool:
    ticket = change.find(Ticket, visitor.ticket_id) if visitor.ticket_id is not None else None
    return ticket is not None and ticket.live


def _give(change: Change, message: Message, files: Sequence[int], visitor_id: int) -> Sequence[Attachment]:
    return attach(change, message, files, by=f"visitor:{visitor_id}")
