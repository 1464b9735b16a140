"""The addresses at which customers write to us, how mail leaves the desk, and what has not gone out yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, func, select
from starlette.requests import Request
from starlette.responses import Response

from routing.queues import Queue
from server.admin import held_mail
from server.admin.pages import HOME, Act, Entry, Subject, change, editing, listing, read, row
from server.admin.queues import queue_choices
from server.config.config import Config
from server.config.mail_settings import Mail
from server.doors.languages import LANGUAGES as NAMES
from server.forms import Field, Form, as_id, as_ticked, go, posted
from tickets.change import Change
from tickets.edge import Who, door
from tickets.email.incoming import incoming_of
from tickets.email.mailbox import LONGEST_NAME, Mailbox, add_mailbox, mailboxes
from tickets.email.outgoing import MailState, Outgoing
from tickets.email.sending import send_again
from tickets.people import LONGEST_VALUE
from tickets.ticket import Ticket
from widgets.posted import Fate

MAIL = Subject(
    "Mail",
    "The addresses at which customers write to you. Answers go out under the same address.",
    "Add an address",
    f"{HOME}/mail",
    "No address yet: mail is neither taken nor sent.",
)
MOST = 50  # mails on the page
_NOTICES = {
    "callback": "Confirmation of a call",
    "complaint": "Confirmation of a complaint",
    "survey": "How it was",
    "promise": "A promise",
    "unsent": "An answer that did not go out",
}
_WAITING = (MailState.QUEUED, MailState.SENDING, MailState.RETRY)
_TROUBLED = (MailState.FAILED, MailState.INDETERMINATE)


@dataclass(frozen=True)
class Line:
    """A mail that is not known to have arrived."""

    fate: Fate
    number: int  # of its ticket

    @property
    def about(self) -> str:
        """Its subject; a notice of ours goes by a word of ours."""
        return self.fate.mail.subject or _NOTICES.get(self.fate.mail.notice, "Notice")


@dataclass(frozen=True)
class Outbox:
    counts: dict[str, int] = field(default_factory=dict)  # by state
    waiting: Sequence[Line] = ()
    troubled: Sequence[Line] = ()

    @property
    def waits(self) -> int:
        return self.count(*_WAITING)

    def count(self, *states: str) -> int:
        return sum(self.counts.get(state, 0) for state in states)


async def mail(request: Request) -> Response:
    boxes = await read(request, mailboxes)
    names = dict(await read(request, queue_choices, request.state.language, {box.queue_id for box in boxes}))
    now = request.state.desk.clock.now()
    alarms = {row.mailbox_id for _, row in await read(request, incoming_of) if row.alarm(now)}
    entries = [
        Entry(f"{MAIL.path}/{box.id}", box.address, _about(box, names), _chips(box, alarms), gone=not box.active)
        for box in boxes
    ]
    facts = {
        "mail": _settings(request),
        "outbox": await read(request, _outbox),
        "shelf": await read(request, held_mail.shelf),
    }
    return listing(request, MAIL, entries, template="admin/mail.html", **facts)


async def add(request: Request) -> Response:
    form = Form(await read(request, _fields, request.state.language), {"active": "yes"})
    if await posted(request, form):
        with form.noting():
            await change(request, _add, **form.values())
            return go(f"{MAIL.path}?done=added")
    return editing(request, MAIL, form, name="")


async def edit(request: Request) -> Response:
    box: Mailbox = await read(request, row, Mailbox, request.path_params["id"])
    texts = {
        "address": box.address,
        "name": box.name,
        "queue_id": str(box.queue_id or ""),
        "language": box.language,
        "active": "yes" if box.active else "",
    }
    form = Form(await read(request, _fields, request.state.language, box.queue_id), texts)
    if await posted(request, form):
        with form.noting():
            await change(request, _edit, box.id, **form.values())
            return go(f"{MAIL.path}?done=saved")
    incoming = Act(f"{MAIL.path}/{box.id}/incoming", "Where its mail is fetched")
    signature = Act(f"{MAIL.path}/{box.id}/signature", "Signature")
    intake = Act(f"{MAIL.path}/{box.id}/intake", "What came in")
    templates = Act(f"{MAIL.path}/{box.id}/templates", "Automatic mails")
    return editing(request, MAIL, form, name=box.address, more=[intake, incoming, signature, templates])


async def again(request: Request) -> Response:
    """Send a mail again; what became of it is on the page that follows."""
    await change(request, send_again, request.path_params["id"])
    return go(f"{MAIL.path}?done=queued")


def _add(change: Change, **values: Any) -> None:
    _known_queue(change, values["queue_id"])
    add_mailbox(change, **values)


def _edit(change: Change, id: int, **values: Any) -> None:
    _known_queue(change, values["queue_id"])
    change.take(Mailbox, id).edit(change, **values)


def _known_queue(change: Change, queue_id: int | None) -> None:
    if queue_id is not None:
        change.take(Queue, queue_id)


def _fields(session: Session, language: str, queue_id: int | None = None) -> list[Field]:
    waiting = queue_choices(session, language, {queue_id})
    return [
        Field("address", "Address", "email", longest=LONGEST_VALUE, hint="Mail to it must be led to this desk."),
        Field("name", "Name", longest=LONGEST_NAME, needed=False, hint="Customers see it as the sender."),
        Field(
            "queue_id",
            "Its tickets wait in",
            "choice",
            as_id,
            needed=False,
            choices=[("", "Wherever email is placed"), *waiting],
            names=True,
        ),
        Field(
            "language",
            "Language of what the desk writes itself",
            "choice",
            needed=False,
            choices=[("", "The language of the ticket"), *NAMES.items()],
            names=True,
        ),
        Field(
            "active",
            "Mail to it is taken",
            "tick",
            as_ticked,
            needed=False,
            hint="If not, it is turned away. Tickets that came here before are still answered from it.",
        ),
    ]


def _about(box: Mailbox, names: dict[str, str]) -> str:
    return " · ".join(part for part in (box.name, names.get(str(box.queue_id), "")) if part)


def _chips(box: Mailbox, alarms: set[int]) -> list[tuple[str, str]]:
    if not box.active:
        return [("", "Not in use")]
    return [("bad", "Not fetched")] if box.id in alarms else []


def _settings(request: Request) -> Mail:
    config: Config = request.state.config
    return config.mail


def _outbox(session: Session) -> Outbox:
    states = [*_WAITING, *_TROUBLED]
    counted = select(Outgoing.state, func.count()).where(col(Outgoing.state).in_(states)).group_by(Outgoing.state)
    return Outbox(
        counts=dict(session.exec(counted).all()),
        waiting=_lines(session, _WAITING),
        troubled=_lines(session, _TROUBLED),
    )


def _lines(session: Session, states: Sequence[MailState]) -> list[Line]:
    """The newest of them."""
    query = select(Outgoing, Ticket.number).join(Ticket, col(Ticket.id) == Outgoing.ticket_id)
    query = query.where(col(Outgoing.state).in_(states)).order_by(col(Outgoing.id).desc()).limit(MOST)
    return [Line(Fate(mail), number) for mail, number in session.exec(query)]


DOORS = [
    door(MAIL.path, mail, who=Who.ADMIN),
    door(f"{MAIL.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{MAIL.path}/{{id:number}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{MAIL.path}/sent/{{id:number}}/again", again, who=Who.ADMIN, methods=["POST"]),
    *held_mail.DOORS,
]
