"""What the demo's people do who are played: they take what waits, answer it, ring whoever asked for it, or give up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from chat import talk
from chat.visitor import Visitor
from routing import line, offers, presence
from routing.assignment import Assignment
from routing.callbacks.callback import Callback, Outcome
from routing.offers import Offer
from routing.presence import Intent
from routing.queues import QueueMember
from tickets.change import Change
from tickets.people import Agent, Role
from tickets.status import Channel, Status
from tickets.ticket import Ticket

PLAYED = (Intent.AVAILABLE, Intent.AWAY, Intent.OFFLINE)  # who is at lunch or in a meeting stays there
TAKEN = (Channel.EMAIL.value, Channel.CALLBACK.value)  # what they help themselves to; complaints are left to people
MOST_WAITING = 12  # with so many in line nobody else comes: a demo that was left alone does not fill its disk


class Held(NamedTuple):
    """In somebody's hands: whose, since when, and since when they ring where it is a call."""

    ticket_id: int
    agent_id: int
    channel: str
    since: datetime
    to_call: bool
    dialling_at: datetime | None
    attempts: int | None


def colleagues(session: Session) -> Sequence[Agent]:
    return session.exec(select(Agent).where(Agent.role == Role.AGENT.value, Agent.active)).all()


def ringing(session: Session, since: datetime) -> Sequence[tuple[int, int]]:
    return session.exec(select(Offer.id, Offer.agent_id).where(offers.is_live(), col(Offer.made_at) <= since)).all()


def held(session: Session, began: datetime) -> Sequence[Held]:
    """Chats, and what came since the demo began: what its story left in people's hands stays there."""
    query = (
        select(
            Assignment.ticket_id, Assignment.agent_id, Ticket.channel, Assignment.since,
            Ticket.to_call, Callback.dialling_at, Callback.attempts,
        )  # type: ignore[call-overload]  # seven columns are more than it has names for
        .join(Ticket, col(Ticket.id) == Assignment.ticket_id)
        .join(Callback, col(Callback.ticket_id) == Ticket.id, isouter=True)
        .where(col(Assignment.ended_at).is_(None), col(Ticket.live) | (col(Ticket.opened_at) >= began))
        .where(line.undone(), col(Ticket.channel) != Channel.COMPLAINT.value)
    )  # fmt: skip
    return [Held(*one) for one in session.exec(query)]


def in_line(session: Session, channel: Channel) -> int:
    """How many wait for somebody; counted to the most that there may be."""
    waiting = select(Ticket.id).where(Ticket.channel == channel.value, line.waiting())
    return len(session.exec(waiting.limit(MOST_WAITING)).all())


def untaken(session: Session, began: datetime, agent_ids: Collection[int]) -> Sequence[tuple[int, int]]:
    """Mails and calls that came since then and wait in a queue of one of these agents, with each who could take it."""
    query = (
        select(Ticket.id, QueueMember.agent_id)
        .join(QueueMember, col(QueueMember.queue_id) == Ticket.queue_id)
        .where(line.waiting(), col(Ticket.channel).in_(TAKEN), col(Ticket.live).is_(False))
        .where(col(Ticket.opened_at) >= began, col(QueueMember.agent_id).in_(agent_ids))
        .order_by(col(Ticket.line_at), col(QueueMember.agent_id))
    )
    return session.exec(query).all()


def waits_in_chat(session: Session, began: datetime) -> Sequence[tuple[int, datetime]]:
    """Visitors whom nobody has answered, and since when they wait."""
    waiting = select(Visitor.id, Ticket.opened_at).join(Ticket, col(Ticket.id) == Visitor.ticket_id)
    return session.exec(waiting.where(line.waiting(), col(Ticket.live), col(Ticket.opened_at) >= began)).all()


# What they do


def are_there(change: Change, agent_ids: Sequence[int]) -> None:
    presence.seen(change, agent_ids)
    for agent_id in agent_ids:
        here = presence.of(change, agent_id)
        if not here.connected:
            presence.came(change, agent_id)
        if not here.available and here.intent in PLAYED and here.state_id is None:
            with change.acting_as(f"agent:{agent_id}"):
                presence.set_intent(change, agent_id, Intent.AVAILABLE)


def answer(change: Change, offer_id: int, name: str) -> None:
    ticket = offers.accept(change, offer_id)
    if ticket.live:
        ticket.reply(change, "Good morning, I am looking into it.", client_id=f"crowd-{offer_id}", name=name)


def take(change: Change, ticket_id: int, agent_id: int) -> None:
    ticket = change.take(Ticket, ticket_id)
    if ticket.agent_id is None:
        ticket.assign(change, change.take(Agent, agent_id))
        if ticket.status == Status.NEW:
            ticket.set_status(change, Status.OPEN)


def dial(change: Change, ticket_id: int) -> None:
    change.take(Callback, ticket_id).dial(change)


def hang_up(change: Change, ticket_id: int, outcome: Outcome) -> None:
    callback = change.take(Callback, ticket_id)
    callback.tried(change, outcome, callback.attempts + 1)
    if outcome is Outcome.REACHED:
        change.take(Ticket, ticket_id).resolve(change)


def settle(change: Change, ticket_id: int, name: str) -> None:
    ticket = change.take(Ticket, ticket_id)
    if not ticket.live:
        text = "Thank you for writing. That is settled now; write again if anything is left."
        ticket.reply(change, text, client_id=f"crowd-{ticket_id}-done", name=name)
    ticket.resolve(change)


def give_up(change: Change, visitor_id: int) -> None:
    talk.end(change, visitor_id=visitor_id)
