"""What came to one address: whether mail still comes, what was decided for each and why, and who gets none back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select
from starlette.requests import Request
from starlette.responses import Response

from server.admin import held_mail
from server.admin.held_mail import Shelf
from server.admin.mail import MAIL
from server.admin.pages import change, listing, read, row
from server.forms import go
from tickets.edge import Who, door
from tickets.email.incoming import Incoming
from tickets.email.mail import Mail
from tickets.email.mailbox import Mailbox
from tickets.email.raw import RawMail, RawState
from tickets.email.suppressed import Suppressed, lift, suppressed
from tickets.ticket import Ticket
from widgets.decided import decisions

MOST = 100  # mails on the page


@dataclass(frozen=True)
class Came:
    """One mail, and what became of it."""

    raw: RawMail
    mail: Mail | None
    number: int | None  # of its ticket

    @property
    def sender(self) -> str:
        return (self.mail.sender if self.mail else "") or self.raw.author or self.raw.sender

    @property
    def subject(self) -> str:
        return self.mail.subject if self.mail else ""

    @property
    def decided(self) -> list[str]:
        """Sentences to be translated."""
        if self.raw.state == RawState.RECEIVED:
            return ["Waits to be read."]
        if self.raw.state == RawState.QUARANTINED:
            return [held_mail.why(self.raw), "Put aside."]
        return decisions(self.mail) if self.mail else []


@dataclass(frozen=True)
class Intake:
    """How an address fares. Times are of acceptance."""

    newest: datetime | None  # that came
    read: datetime | None  # the newest that was read
    waiting_since: datetime | None  # the oldest that nobody has read yet
    shelf: Shelf
    came: Sequence[Came]
    barred: Sequence[Suppressed]
    fetched: Incoming | None  # where it is fetched from elsewhere


async def intake(request: Request) -> Response:
    box: Mailbox = await read(request, row, Mailbox, request.path_params["id"])
    found = await read(request, of_mailbox, box.id)
    alarm = found.fetched.alarm(request.state.desk.clock.now()) if found.fetched else ""
    facts = {"box": box, "intake": found, "shelf": found.shelf, "alarm": alarm}
    return listing(request, MAIL, [], template="admin/intake.html", **facts)


async def lifted(request: Request) -> Response:
    """Mail goes to this address again."""
    barred: Suppressed = await read(request, row, Suppressed, request.path_params["id"])
    await change(request, lift, barred.id)
    return go(f"{MAIL.path}/{barred.mailbox_id}/intake?done=lifted" if barred.mailbox_id else MAIL.path)


def of_mailbox(session: Session, mailbox_id: int) -> Intake:
    def one(value: Any, *which: Any) -> datetime | None:
        found: datetime | None = session.exec(select(value).where(*which)).one()
        return found

    here, newest = RawMail.mailbox_id == mailbox_id, func.max(RawMail.received_at)
    unread = (held_mail.at(mailbox_id), RawMail.state == RawState.RECEIVED.value)
    return Intake(
        newest=one(newest, here),
        read=one(newest, here, RawMail.state == RawState.DONE.value),
        waiting_since=one(func.min(RawMail.received_at), *unread),
        shelf=held_mail.shelf(session, mailbox_id),
        came=_came(session, mailbox_id),
        barred=suppressed(session, mailbox_id=mailbox_id),
        fetched=session.get(Incoming, mailbox_id),
    )


def _came(session: Session, mailbox_id: int) -> list[Came]:
    """The newest, with what was written down when they were read."""
    mine = select(RawMail, Mail, Ticket.number).where(RawMail.mailbox_id == mailbox_id)
    mine = mine.join(Mail, col(Mail.message_id) == RawMail.message_id, isouter=True)
    mine = mine.join(Ticket, col(Ticket.id) == RawMail.ticket_id, isouter=True)
    newest = mine.order_by(col(RawMail.received_at).desc(), col(RawMail.id).desc())
    return [Came(*found) for found in session.exec(newest.limit(MOST))]


DOORS = [
    door(f"{MAIL.path}/{{id:number}}/intake", intake, who=Who.ADMIN),
    door(f"{MAIL.path}/suppressed/{{id:number}}/lift", lifted, who=Who.ADMIN, methods=["POST"]),
]
