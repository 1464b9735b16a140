"""Who is asked how it was: whoever a person of ours has dealt with, once, and not while anything stands against it."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select

from chat.rating import Rating
from chat.surveys.survey import Survey, path
from chat.surveys.terms import terms_of
from routing.callbacks.callback import Callback
from tickets.change import Change
from tickets.chores import NOW, SELDOM, Chore, Due
from tickets.email.correspondence import Correspondence
from tickets.email.mail import Mail
from tickets.email.mailbox import of_queue
from tickets.email.outbox import is_busy, post_notice
from tickets.events import Event, StatusChanged, TicketResolved
from tickets.merge import Merge
from tickets.message import Message, MessageKind
from tickets.people import Identifier, IdentifierKind
from tickets.reactions import Reaction
from tickets.status import Status
from tickets.ticket import Ticket

NOTICE = "survey"
MOST = 100  # at one look
AGAIN = timedelta(minutes=1)  # until it is tried again, where the desk sends too much
_SETTLED = {Status.RESOLVED.value, Status.CLOSED.value}


def settled(change: Change, event: TicketResolved | StatusChanged) -> None:
    """The matter is done: where its queue's customers are asked, the letter is due some time from now."""
    if isinstance(event, StatusChanged) and (event.status != Status.CLOSED or event.before in _SETTLED):
        return
    assert event.ticket is not None
    terms = terms_of(change)
    ticket = change.find(Ticket, event.ticket) if terms.queues else None
    if ticket is not None and ticket.queue_id in terms.queues:
        survey = change.find(Survey, ticket.id) or change.add(Survey(ticket_id=ticket.id))
        survey.due_at = change.now + terms.delay if survey.asked_at is None else None


def ask(change: Change, ticket_id: int) -> bool:
    """Write the letter. False where they are not to be asked, or somebody else has done it."""
    survey = change.find(Survey, ticket_id)
    if survey is None or survey.due_at is None or survey.due_at > change.now:
        return False
    ticket = change.take(Ticket, ticket_id)
    to = _address(change, ticket) if _may_be_asked(change, ticket) else None
    if to is None or _asked_lately(change, to):
        survey.due_at = None
        return False
    if is_busy(change):
        survey.due_at = change.now + AGAIN
        return False
    facts = {"number": ticket.number, "link": path(change.rules.seals, ticket.id, change.now)}
    survey.due_at = None
    if post_notice(change, ticket, to=to, notice=NOTICE, facts=facts) is None:
        return False
    survey.went(to, change.now)
    return True


def _may_be_asked(change: Change, ticket: Ticket) -> bool:
    """It is settled still, we had an answer for them, they have not said how it was, and a person had written."""
    ours = ticket.queue_id in terms_of(change).queues and ticket.status in _SETTLED
    if not ours or ticket.first_reply_at is None or change.find(Rating, ticket.id) is not None:
        return False
    return change.find(Merge, ticket.id) is None and _is_of_a_person(change, ticket)


def _is_of_a_person(change: Change, ticket: Ticket) -> bool:
    """Who was written to by us and never answered has brought nothing; a forged sender has not either."""
    forged = select(Mail.message_id).where(Mail.ticket_id == ticket.id, col(Mail.sender_failed))
    if change.one(forged) is not None:
        return False
    wrote = select(Message.id).where(Message.ticket_id == ticket.id, Message.kind == MessageKind.IN.value)
    return change.find(Callback, ticket.id) is not None or change.one(wrote) is not None


def _address(change: Change, ticket: Ticket) -> str | None:
    """Where our answers went; else where they want to hear of their call, else what they once told of themselves.

    None where there is none, or nothing of ours to send from.
    """
    told, call = change.find(Correspondence, ticket.id), change.find(Callback, ticket.id)
    if (told is None or told.mailbox_id is None) and of_queue(change, ticket.queue_id) is None:
        return None
    if told is not None:
        return told.address.lower()
    if call is not None and call.email:
        return call.email.lower()
    known = select(Identifier.value).where(
        Identifier.customer_id == ticket.customer_id, Identifier.kind == IdentifierKind.EMAIL.value
    )
    return change.one(known.order_by(col(Identifier.verified).desc(), col(Identifier.id).desc()))


def _asked_lately(change: Change, address: str) -> bool:
    since = change.now - terms_of(change).every
    lately = select(Survey.ticket_id).where(Survey.address == address, col(Survey.asked_at) > since)
    return change.one(lately) is not None


_DUE = Due(select(Survey.ticket_id).where(col(Survey.due_at) <= NOW).order_by(col(Survey.due_at)).limit(MOST))
CHORES = (Chore("surveys", _DUE, ask, every=SELDOM),)
REACTIONS: tuple[tuple[type[Event], Reaction], ...] = ((TicketResolved, settled), (StatusChanged, settled))
