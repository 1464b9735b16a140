"""What we write becomes mail: an agent's answer to somebody who is not there live, and the notices the desk sends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlmodel import func, select
from sqlmodel.sql.expression import SelectOfScalar

from tickets.change import Change
from tickets.email import mail_ids, names
from tickets.email.correspondence import Correspondence, reference_chain
from tickets.email.events import MailQueued
from tickets.email.mailbox import by_address, of_queue
from tickets.email.outgoing import MailState, Outgoing, Recipient, recipient
from tickets.email.subjects import without_answers
from tickets.email.suppressed import suppressed_among
from tickets.errors import Refused
from tickets.events import Event, MessageSent
from tickets.message import Message
from tickets.people import Agent, IdentifierKind
from tickets.reactions import Reaction
from tickets.text import one_line
from tickets.ticket import LONGEST_SUBJECT, Ticket

PER_HOUR, PER_DAY = 1, 3  # notices of a kind to one address (reliability.md 6.9)
_ID = re.compile(r"<[!-;=?-~]{1,300}>")  # what may stand in In-Reply-To and References


def answer_by_mail(change: Change, event: MessageSent) -> None:
    """An agent answered somebody who is not there to read it: it goes to them by mail, if they have an address."""
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    told = None if ticket.live else change.find(Correspondence, ticket.id)
    message = change.one(select(Message).where(Message.id == event.message)) if told else None
    if told and message:
        mailbox_id = told.mailbox_id or getattr(of_queue(change, ticket.queue_id), "id", None)
        mail_id = _name(change, ticket, message.id, message.id)
        change.add(
            Outgoing(
                id=change.new_id(),
                ticket_id=ticket.id,
                message_id=message.id,
                mailbox_id=mailbox_id,
                language=ticket.language,
                from_name=message.name,
                to_address=told.address,
                to_name=told.name,
                recipients=[recipient(told.address), *_copies(change, told, message)],
                subject=_subject(ticket, told),
                mail_id=mail_id,
                **_thread(told),
                state=MailState.QUEUED.value,
                due_at=change.now,
                created_at=change.now,
            )
        )
        told.references = reference_chain(told.references, mail_id)


def post_notice(change: Change, ticket: Ticket, *, to: str, notice: str, facts: Mapping[str, Any]) -> Outgoing | None:
    """Have the desk itself tell somebody something: the template widgets/templates/mail/{notice}.txt, with `facts`.

    `facts` are plain values (text, numbers, times as ISO text, paths like /callback/<token>) and never a word that the
    customer wrote, not even their name beside the address: it may be somebody else's. None, and nothing is sent: to an
    address that cannot be, is our own or came back, more than once an hour or three times a day to one address, and
    beyond what the desk sends in a minute.
    """
    try:
        address = IdentifierKind.EMAIL.normal(to)
    except Refused:
        return None
    ours = by_address(change, address) is not None
    if ours or suppressed_among(change, [address]) or _too_many(change, address, notice):
        return None
    told = change.find(Correspondence, ticket.id)
    id = change.new_id()
    sent = change.add(
        Outgoing(
            id=id,
            ticket_id=ticket.id,
            mailbox_id=told.mailbox_id if told else None,
            notice=notice,
            facts=dict(facts),
            language=ticket.language,
            to_address=address,
            recipients=[recipient(address)],
            mail_id=_name(change, ticket, id, None),
            **(_thread(told) if told else {}),
            state=MailState.QUEUED.value,
            due_at=change.now,
            created_at=change.now,
        )
    )
    if told:
        told.references = reference_chain(told.references, sent.mail_id)
    change.record(MailQueued(ticket=ticket.id, outgoing=id))
    return sent


def post_answers(
    change: Change,
    ticket: Ticket,
    answers: Sequence[Message],
    *,
    to: str,
    language: str,
    thread: Sequence[str],
) -> str:
    """What was said in a chat goes after somebody who has left it, in one mail. `thread`: the Message-IDs of those that
    went before. Returns its own.
    """
    id = change.new_id()
    mail_id = _name(change, ticket, id, None)
    change.add(
        Outgoing(
            id=id,
            ticket_id=ticket.id,
            mailbox_id=getattr(of_queue(change, ticket.queue_id), "id", None),
            carries=[answer.id for answer in answers],
            language=language,
            from_name=answers[-1].name,
            to_address=to,
            recipients=[recipient(to)],
            mail_id=mail_id,
            in_reply_to=thread[-1] if thread else "",
            references=list(thread),
            state=MailState.QUEUED.value,
            due_at=change.now,
            created_at=change.now,
        )
    )
    return mail_id


def post_forward(
    change: Change,
    ticket: Ticket,
    note: Message,
    *,
    to: str,
    passed: int,
    comment: str,
    without: Sequence[int] = (),
) -> Outgoing:
    """Pass the message `passed` on to an outsider, in no thread of theirs; `note` tells of it on the ticket.

    Its files go along but for those `without` which it goes, and so do those of the note.
    """
    told = change.find(Correspondence, ticket.id)
    mailbox_id = (told.mailbox_id if told else None) or getattr(of_queue(change, ticket.queue_id), "id", None)
    return change.add(
        Outgoing(
            id=change.new_id(),
            ticket_id=ticket.id,
            message_id=note.id,
            mailbox_id=mailbox_id,
            facts={"passed": passed, "comment": comment, "without": [*without]},
            language=ticket.language,
            from_name=note.name,
            to_address=to,
            recipients=[recipient(to)],
            subject=f"Fwd: {one_line(ticket.subject or f'#{ticket.number}', LONGEST_SUBJECT)}",
            mail_id=_name(change, ticket, note.id, note.id),
            state=MailState.QUEUED.value,
            due_at=change.now,
            created_at=change.now,
        )
    )


def post_to_staff(
    change: Change, ticket: Ticket, agent: Agent, *, notice: str, facts: Mapping[str, Any]
) -> Outgoing | None:
    """Tell a colleague something about a ticket, as `post_notice` tells others: it is part of no thread of theirs.

    None, and nothing is sent: where a mailbox of ours has that address, and beyond what the desk sends in a minute.
    """
    if by_address(change, agent.email) is not None or is_busy(change):
        return None
    id = change.new_id()
    sent = change.add(
        Outgoing(
            id=id,
            ticket_id=ticket.id,
            notice=notice,
            facts=dict(facts),
            language=agent.language,
            to_address=agent.email,
            to_name=agent.name,
            recipients=[recipient(agent.email)],
            mail_id=names.message_id(change.rules.seals, ticket.id, id, change.rules.mail_host),
            state=MailState.QUEUED.value,
            due_at=change.now,
            created_at=change.now,
        )
    )
    change.record(MailQueued(ticket=ticket.id, outgoing=id))
    return sent


def is_busy(change: Change) -> bool:
    """The desk has told so many people something in this minute that one more would look like a flood."""
    return (change.one(_notices(change, minutes=1)) or 0) >= change.rules.notices_per_minute


def reply_subject(subject: str) -> str:
    """Re: and the subject, whatever stood there before it, in whichever language; never two of them."""
    return f"Re: {without_answers(subject)}"


REACTIONS: tuple[tuple[type[Event], Reaction], ...] = ((MessageSent, answer_by_mail),)


def _copies(change: Change, told: Correspondence, answer: Message) -> list[Recipient]:
    """Never an address that has become one of ours since somebody put it there: we would answer ourselves."""
    if told.uncopied == answer.id:
        return []
    return [recipient(address, "cc") for address in told.cc if by_address(change, address) is None]


def _subject(ticket: Ticket, told: Correspondence) -> str:
    subject = one_line(told.subject or ticket.subject or f"#{ticket.number}", LONGEST_SUBJECT)
    return reply_subject(subject) if told.last_message_id else subject


def _thread(told: Correspondence) -> dict[str, Any]:
    """The headers by which their mail program finds the thread: In-Reply-To their last mail, or else ours."""
    parent = told.last_message_id or (told.references[-1] if told.references else "")
    chain = [id for id in reference_chain(told.references, parent) if _ID.fullmatch(id)]
    return {"in_reply_to": parent if _ID.fullmatch(parent) else "", "references": chain}


def _name(change: Change, ticket: Ticket, id: int, message: int | None) -> str:
    """Its Message-ID, fixed here once and remembered, so that an answer finds the ticket."""
    mail_id = names.message_id(change.rules.seals, ticket.id, id, change.rules.mail_host)
    mail_ids.remember(change, mail_id, ticket_id=ticket.id, message=message, direction="out")
    return mail_id


def _too_many(change: Change, address: str, notice: str) -> bool:
    def since(**ago: float) -> int:
        mine = _notices(change, **ago).where(Outgoing.notice == notice, Outgoing.to_address == address)
        return change.one(mine) or 0

    return is_busy(change) or since(hours=1) >= PER_HOUR or since(days=1) >= PER_DAY


def _notices(change: Change, **ago: float) -> SelectOfScalar[int]:
    """How many were written since."""
    return select(func.count()).where(Outgoing.notice != "", Outgoing.created_at > change.now - timedelta(**ago))
