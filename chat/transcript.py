"""A chat as plain text, for the visitor to keep."""

from sqlmodel import Session, col, select

from chat.site import Site
from chat.visitor import Visitor
from tickets.files.attachment import files_of
from tickets.message import Message, MessageKind
from tickets.ticket import Ticket

MOST = 5000  # messages


def transcript(session: Session, visitor: Visitor) -> str | None:
    """Everything said on the visitor's present ticket, oldest first, in UTC; None where nothing was."""
    ticket = session.get(Ticket, visitor.ticket_id) if visitor.ticket_id is not None else None
    site = session.get(Site, visitor.site_id)
    if ticket is None or site is None:
        return None
    shown = [MessageKind.IN.value, MessageKind.OUT.value]
    query = select(Message).where(Message.ticket_id == ticket.id, col(Message.kind).in_(shown))
    messages = session.exec(query.order_by(col(Message.seq)).limit(MOST)).all()
    files = files_of(session, messages)
    head = f"{site.name}  {ticket.number}\n{ticket.opened_at:%Y-%m-%d} UTC\n"
    said = [_said(message, [file.name for file in files.get(message.id, ())]) for message in messages]
    return "\n".join([head, *said])


def _said(message: Message, files: list[str]) -> str:
    lines = [f"{message.at:%Y-%m-%d %H:%M}  {message.name or '–'}"]
    lines += [f"    {line}" for line in message.text.split("\n") if message.text]
    lines += [f"    [{name}]" for name in files]
    return "\n".join(lines) + "\n"
