"""Mail that was put aside: it could not be read, or its sender opened too many tickets at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select
from starlette.requests import Request
from starlette.responses import Response

from server.admin.pages import HOME, change
from server.forms import go
from tickets.edge import Who, door
from tickets.email.intake import FLOOD
from tickets.email.raw import RawMail, RawState, read_again
from tickets.ticket import Ticket

PATH = f"{HOME}/mail"
MOST = 50  # mails on the page


@dataclass(frozen=True)
class Held:
    mail: RawMail
    number: int | None  # of the ticket that says so, where there is one

    @property
    def sender(self) -> str:
        return self.mail.author or self.mail.sender

    @property
    def why(self) -> str:
        return why(self.mail)


@dataclass(frozen=True)
class Shelf:
    count: int
    newest: Sequence[Held]
    unread: int  # mails that nobody has looked at yet


def why(mail: RawMail) -> str:
    """A sentence to be translated."""
    return "Its sender opened too many tickets at once." if mail.why == FLOOD else "It could not be read."


def shelf(session: Session, mailbox_id: int | None = None) -> Shelf:
    """Of one address, or of all."""
    here = [] if mailbox_id is None else [at(mailbox_id)]

    def count(state: RawState) -> int:
        return session.exec(select(func.count()).where(RawMail.state == state.value, *here)).one()

    query = select(RawMail, Ticket.number).join(Ticket, col(Ticket.id) == RawMail.ticket_id, isouter=True)
    query = query.where(RawMail.state == RawState.QUARANTINED.value, *here)
    query = query.order_by(col(RawMail.received_at).desc(), col(RawMail.id).desc()).limit(MOST)
    newest = [Held(mail, number) for mail, number in session.exec(query)]
    return Shelf(count(RawState.QUARANTINED), newest, count(RawState.RECEIVED))


def at(mailbox_id: int) -> ColumnElement[bool]:
    """Mail of this address, where few are in the state that is asked for: those are looked through, not all of it."""
    return col(RawMail.mailbox_id) + 0 == mailbox_id


async def again(request: Request) -> Response:
    """Have a mail read that was put aside."""
    await change(request, read_again, request.path_params["id"])
    request.state.mail_reader.ring()
    return go(f"{PATH}?done=reading")


DOORS = [door(f"{PATH}/held/{{id:number}}/again", again, who=Who.ADMIN, methods=["POST"])]
