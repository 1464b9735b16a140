"""A chat whose customer has said nothing for long takes no room of its agent, until they write again."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, func, select

from routing import loads
from routing.assignment import Assignment
from routing.events import ChatFellSilent, ChatHeardAgain
from routing.medium import Medium
from tickets.change import Change
from tickets.chores import NOW, Due
from tickets.events import MessageReceived
from tickets.message import Message, MessageKind
from tickets.ticket import Ticket


def listen(change: Change, assignment: Assignment) -> None:
    """From now on, for as long as the chat is in these hands."""
    minutes = loads.load(change, Medium.CHAT).silent_minutes
    assignment.silent_due = change.now + timedelta(minutes=minutes) if minutes is not None else None


def look(change: Change, assignment_id: int) -> None:
    """Has it been their turn for so long? If not, look again when it would be. Does nothing if somebody else did."""
    asked = col(Assignment.id) == assignment_id, col(Assignment.silent_due) <= change.now
    if change.claim(update(Assignment).where(*asked).values(silent_due=None)) == 1:
        assignment = change.take(Assignment, assignment_id)
        ticket = change.take(Ticket, assignment.ticket_id)
        minutes = loads.load(change, Medium.CHAT).silent_minutes
        if minutes is not None and assignment.ended_at is None and ticket.live and not ticket.silent:
            since = _their_turn_since(change, ticket)
            until = max(since or change.now, assignment.since) + timedelta(minutes=minutes)
            if until <= change.now:
                ticket.silent = True
                change.record(ChatFellSilent(ticket=ticket.id))
            else:
                assignment.silent_due = until


def hear(change: Change, event: MessageReceived) -> None:
    """They wrote: the chat takes its room again, also where there is none left."""
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    if ticket.silent:
        ticket.silent = False
        change.record(ChatHeardAgain(ticket=ticket.id))


due = Due(
    select(Assignment.id).where(col(Assignment.silent_due) <= NOW).order_by(col(Assignment.silent_due)).limit(100)
)


def _their_turn_since(change: Change, ticket: Ticket) -> datetime | None:
    """When we had answered all that they wrote; None while they wait for us: whoever waits is not silent."""
    if ticket.waiting_since is not None:
        return None
    mine = select(Message).where(Message.ticket_id == ticket.id)
    theirs = select(func.max(Message.seq)).where(Message.ticket_id == ticket.id, Message.kind == MessageKind.IN.value)
    last = change.one(theirs) or 0
    ours = mine.where(Message.seq > last, Message.kind == MessageKind.OUT.value).order_by(col(Message.seq))
    answer = change.one(ours)
    return answer.at if answer is not None else None
