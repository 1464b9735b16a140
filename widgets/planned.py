"""Answers that wait before they go, below the timeline: until when, and with a way to have them back."""

from __future__ import annotations

from sqlmodel import Session, col, func, select

from tickets.email.correspondence import Correspondence
from tickets.email.planned import planned_on
from tickets.files.attachment import Attachment
from tickets.message import Message, MessageKind
from tickets.people import initials
from tickets.ticket import Ticket
from widgets.drawing import render
from widgets.names import Names

_THEIRS = (MessageKind.IN.value, MessageKind.ASIDE.value)


def among(session: Session, ticket: Ticket, mail: Correspondence | None, names: Names, language: str) -> str:
    """For a page: where none waits, nothing is looked for."""
    if mail is None or not mail.planned:
        return render("console/_planned.html", language, ticket_id=ticket.id, plans=[])
    return waiting(session, ticket.id, names, language)


def waiting(session: Session, ticket_id: int, names: Names, language: str) -> str:
    plans = planned_on(session, ticket_id)
    theirs = select(func.max(Message.seq)).where(Message.ticket_id == ticket_id, col(Message.kind).in_(_THEIRS))
    newest = (session.exec(theirs).one() or 0) if plans else 0
    wanted = [file for plan in plans for file in plan.files]
    files = session.exec(select(Attachment).where(col(Attachment.id).in_(wanted))).all() if wanted else ()
    called = {file.id: file.name for file in files}
    shown = [
        {
            "plan": plan,
            "name": (name := names.agent(plan.agent_id)),
            "initials": initials(name),
            "files": [called[file] for file in plan.files if file in called],
            "overtaken": newest > plan.after_seq,
        }
        for plan in plans
    ]
    return render("console/_planned.html", language, ticket_id=ticket_id, plans=shown)
