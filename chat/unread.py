"""Whoever left the chat and told an address gets by mail what we answered since, a few answers in one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from chat import visitor as visitors
from chat.continuity import EVERY, MOST_ANSWERS, Continuity
from chat.events import AnswersDue
from chat.visitor import Visitor
from tickets.change import Change
from tickets.chores import NOW, Chore, Due
from tickets.email.mailbox import by_address, of_queue
from tickets.email.outbox import post_answers
from tickets.events import Event, MessageSent
from tickets.message import Message, MessageKind
from tickets.reactions import Reaction
from tickets.status import Channel, Status
from tickets.ticket import Ticket

MOST = 100  # at one look


def answered(change: Change, event: MessageSent) -> None:
    """An agent answered in a chat: if the visitor is not there, it is mailed when they have been gone a while."""
    ticket = change.find(Ticket, event.ticket) if event.ticket is not None else None
    if ticket is not None and ticket.channel == Channel.CHAT and change.rules.mail_unread_seconds:
        away = next(iter(change.peek(Visitor, _AWAY, ticket=ticket.id)), None)
        if away is not None:
            _expect(change, ticket, away)


def left(change: Change, visitor_id: int) -> bool:
    """See chat.visitor.left. What they have not read by then is mailed to them."""
    gone = visitors.left(change, visitor_id)
    visitor = change.take(Visitor, visitor_id) if gone else None
    if visitor is not None and visitor.ticket_id is not None and visitor.email and change.rules.mail_unread_seconds:
        _expect(change, change.take(Ticket, visitor.ticket_id), visitor)
    return gone


def mail(change: Change, ticket_id: int) -> bool:
    """Mail what they have not read. False where they are back, or somebody else has done it."""
    mine = col(Continuity.ticket_id) == ticket_id
    due = update(Continuity).where(mine, col(Continuity.due_at) <= change.now).values(due_at=None)
    if change.claim(due) != 1:
        return False
    known, ticket = change.take(Continuity, ticket_id), change.take(Ticket, ticket_id)
    visitor = change.take(Visitor, known.visitor_id)
    goes = not visitor.connected and _may_go(change, ticket, known.address)
    unread = _unread(change, ticket, known) if goes else []
    if unread:
        _post(change, ticket, known, visitor, unread[:MOST_ANSWERS])
    known.due_at = change.now + EVERY if len(unread) > MOST_ANSWERS else None
    change.record(AnswersDue(ticket=ticket_id, due=known.due_at))
    return bool(unread)


def _expect(change: Change, ticket: Ticket, visitor: Visitor) -> None:
    """Find out when it is to be mailed, where anything is."""
    known = change.find(Continuity, ticket.id)
    waits = known is not None and known.due_at is not None
    speaks = _may_go(change, ticket, visitor.email) and of_queue(change, ticket.queue_id) is not None
    if waits or not speaks or not _unread(change, ticket, known):
        return
    if known is None:
        known = change.add(Continuity(ticket_id=ticket.id, visitor_id=visitor.id, address=visitor.email))
    known.visitor_id, known.address = visitor.id, visitor.email
    after = timedelta(seconds=change.rules.mail_unread_seconds)
    soonest = known.mailed_at + EVERY if known.mailed_at else change.now
    known.expect(change, max(change.now, soonest, (visitor.left_at or change.now) + after))


def _may_go(change: Change, ticket: Ticket, address: str) -> bool:
    """Not where it is spam, and never to an address of ours: we would answer ourselves."""
    return ticket.status != Status.SPAM and by_address(change, address) is None


def _unread(change: Change, ticket: Ticket, known: Continuity | None) -> Sequence[Message]:
    """Answers that neither their screen nor a mail has brought them, oldest first."""
    after = max(ticket.customer_seen, known.mailed_seq if known is not None else 0)
    return change.peek(Message, _UNREAD, ticket=ticket.id, after=after)


def _post(change: Change, ticket: Ticket, known: Continuity, visitor: Visitor, answers: Sequence[Message]) -> None:
    mail_id = post_answers(change, ticket, answers, to=known.address, language=visitor.language, thread=known.mail_ids)
    known.mail_ids = [*known.mail_ids, mail_id][-MOST_ANSWERS:]
    known.mailed_at, known.mailed_seq = change.now, answers[-1].seq


_AWAY = select(Visitor).where(
    col(Visitor.ticket_id) == bindparam("ticket"), col(Visitor.connected).is_(False), col(Visitor.email) != ""
)
_UNREAD = (
    select(Message)
    .where(
        col(Message.ticket_id) == bindparam("ticket"),
        col(Message.kind) == MessageKind.OUT.value,
        col(Message.channel) != Channel.EMAIL.value,  # it went by mail already
        col(Message.seq) > bindparam("after"),
    )
    .order_by(col(Message.seq))
    .limit(MOST_ANSWERS + 1)
)

_DUE = Due(
    select(Continuity.ticket_id).where(col(Continuity.due_at) <= NOW).order_by(col(Continuity.due_at)).limit(MOST)
)
CHORES = (Chore("answers that were not read", _DUE, mail, grace=attrgetter("visitor_grace_seconds")),)
REACTIONS: tuple[tuple[type[Event], Reaction], ...] = ((MessageSent, answered),)
