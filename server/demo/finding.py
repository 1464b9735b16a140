"""Whom a scene is about: who waits, who can answer a mail of ours, whose call comes next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from chat.visitor import Visitor
from routing import line
from routing.callbacks.callback import Callback, State
from tickets.change import Change
from tickets.email.correspondence import Correspondence
from tickets.email.mailbox import Mailbox
from tickets.email.outgoing import MailState, Outgoing
from tickets.people import Customer
from tickets.status import Channel
from tickets.ticket import Ticket

_CHINESE = re.compile("[\u4e00-\u9fff]")
_WRITING = (Channel.CHAT.value, Channel.PORTAL.value, Channel.EMAIL.value)


@dataclass(frozen=True)
class Thread:
    """A correspondence, as its customer sees it. `answers` are the ids of the mails in it, oldest first."""

    ticket_id: int
    name: str
    address: str
    language: str
    mailbox: str
    subject: str
    answers: tuple[str, ...]
    ours: bool  # the newest of them is a mail of ours


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for an answer; `visitor_id` and `thread` say by which way they can write again."""

    ticket_id: int
    actor: str
    name: str
    language: str
    visitor_id: int | None = None
    thread: Thread | None = None

    def words(self, said: Mapping[str, str]) -> str:
        return said.get(self.language, said["en"])


def newest_of_ours(session: Session) -> Thread | None:
    """The thread of the last mail that an agent wrote and that has been delivered."""
    sent = select(Outgoing).where(Outgoing.notice == "", Outgoing.state == MailState.SENT.value)
    newest = session.exec(sent.order_by(col(Outgoing.id).desc())).first()
    return None if newest is None else _thread(session, newest.ticket_id, newest.mail_id)


def longest_silent(session: Session) -> Waiting | None:
    waiting = select(Ticket).where(line.undone(), col(Ticket.waiting_since).is_not(None))
    found = waiting.where(col(Ticket.channel).in_(_WRITING)).order_by(col(Ticket.updated_at), col(Ticket.id))
    ticket = session.exec(found).first()
    if ticket is None:
        return None
    customer = session.get_one(Customer, ticket.customer_id)
    visitor = session.exec(select(Visitor.id).where(Visitor.ticket_id == ticket.id, ~col(Visitor.over))).first()
    return Waiting(
        ticket_id=ticket.id,
        actor=customer.actor,
        name=customer.name,
        language=_language(ticket),
        visitor_id=visitor,
        thread=_thread(session, ticket.id) if ticket.channel == Channel.EMAIL else None,
    )


def next_call(session: Session) -> int | None:
    """The ticket of the call whose time comes next."""
    waits = col(Callback.state).in_([State.SCHEDULED.value, State.RETRY_WAIT.value])
    return session.exec(select(Callback.ticket_id).where(waits).order_by(col(Callback.not_before))).first()


def visitor_of(change: Change, token_hash: str) -> int | None:
    return change.one(select(Visitor.id).where(Visitor.token_hash == token_hash))


def _thread(session: Session, ticket_id: int, newest: str = "") -> Thread | None:
    """None where mail does not go back and forth on this ticket."""
    told = session.get(Correspondence, ticket_id)
    mailbox = session.get(Mailbox, told.mailbox_id) if told is not None and told.mailbox_id else None
    if told is None or mailbox is None:
        return None
    ids = [id for id in told.references if id != newest] + ([newest] if newest else [])
    ticket = session.get_one(Ticket, ticket_id)
    return Thread(
        ticket_id=ticket_id,
        name=told.name,
        address=told.address,
        language=_language(ticket),
        mailbox=mailbox.address,
        subject=told.subject or ticket.subject,
        answers=tuple(ids),
        ours=bool(newest),
    )


def _language(ticket: Ticket) -> str:
    """Mails do not say in which language they are; these people write either English or Chinese."""
    return ticket.language or ("zh" if _CHINESE.search(ticket.subject) else "en")
