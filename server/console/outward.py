"""The pages on which an agent passes a message on, or writes to somebody who has not written; files go along."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from server.admin.pages import Subject, change, editing, read
from server.forms import Field, Form, go, posted
from tickets.edge import Who, door
from tickets.email.mail import Mail
from tickets.email.mailbox import mailboxes
from tickets.email.outward import forward, write_first
from tickets.errors import NotFound
from tickets.files.attachment import Attachment, files_of, waiting
from tickets.message import Message, MessageKind
from tickets.people import LONGEST_NAME, LONGEST_VALUE
from tickets.text import LONGEST
from tickets.ticket import LONGEST_SUBJECT, Ticket
from widgets import script_words
from widgets.written import marked, size

_LETTER = 256 * 1024  # bytes: the longest message, each character escaped
_OPENED, _OPENED_BYTES = re.compile(r"[\w-]{16,40}", re.ASCII), 16
_MOST_SHOWN = 20  # files again that stood in a form
_FILES = Field("files", "Files", "files", needed=False, hint="Choose them, paste them, or drop them on this page.")


async def pass_on(request: Request) -> Response:
    """Forward a message, with its files or without some. What comes back is for staff only."""
    ticket, message = await read(request, _message, request.path_params["id"])
    enclosed = await read(request, _enclosed, message)
    fields = [
        Field("to", "To", "email", longest=LONGEST_VALUE, hint="What they answer is seen by colleagues only."),
        Field("text", "Written with it", "long", str, needed=False, longest=LONGEST, rows=6),
        *([_along(enclosed, request.state.language)] if enclosed else []),
        _FILES,
    ]
    form = Form(fields, {"along": [str(file.id) for file in enclosed]} if enclosed else None)
    if await posted(request, form):
        with form.noting():
            said = form.values()
            along = said.pop("along", [])
            said["without"] = [file.id for file in enclosed if str(file.id) not in along]
            key = _key("forward", await _opened(request), message.id, *said.values())
            await change(request, forward, ticket.id, message.id, **said, client_id=key, about=ticket.id)
            return go(f"/app/tickets/{ticket.number}")
    subject = Subject(f"#{ticket.number}", add="Forward", path=f"/app/tickets/{ticket.number}", save="Send")
    facts = {"message": message, "words": await read(request, _words, message)}
    facts |= await _attaching(request, form, f"/app/tickets/{ticket.id}/files")
    return editing(request, subject, form, name="", template="console/forward.html", **facts)


async def newest(request: Request) -> Response:
    """To the page on which the newest message of a ticket is passed on."""
    message_id = await read(request, _newest, request.path_params["number"])
    return go(f"/app/messages/{message_id}/forwards")


async def write(request: Request) -> Response:
    """The first word to somebody, from one of our addresses."""
    choices = [(str(box.id), f"{box.name} <{box.address}>") for box in await read(request, mailboxes) if box.active]
    fields = [
        Field("mailbox_id", "From", "choice", int, choices=choices, names=True),
        Field("to", "To", "email", longest=LONGEST_VALUE),
        Field("name", "Their name", needed=False, longest=LONGEST_NAME),
        Field("subject", "Subject", longest=LONGEST_SUBJECT),
        Field("text", "Text", "long", str, longest=LONGEST, rows=10),
        _FILES,
    ]
    form = Form(fields)
    if await posted(request, form):
        with form.noting():
            said = form.values()
            key = _key("write", await _opened(request), *said.values())
            ticket = await change(request, write_first, **said, client_id=key)
            return go(f"/app/tickets/{ticket.number}")
    subject = Subject("Tickets", add="Write to somebody", path="/app", save="Send")
    facts = await _attaching(request, form, "/app/files")
    return editing(request, subject, form, name="", template="console/outward.html", **facts)


def _message(session: Session, message_id: int) -> tuple[Ticket, Message]:
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound("There is nothing at this address.")
    return session.get_one(Ticket, message.ticket_id), message


def _words(session: Session, message: Message) -> str:
    """All of them, as they are sent."""
    came = session.get(Mail, message.id)
    return (came.whole if came else "") or message.text


def _enclosed(session: Session, message: Message) -> Sequence[Attachment]:
    return files_of(session, [message]).get(message.id, ())


def _along(enclosed: Sequence[Attachment], language: str) -> Field:
    """The files of what is passed on: each can be left out."""
    choices = [(str(file.id), f"{marked(file.original_name)} · {size(language, file.size)}") for file in enclosed]
    return Field("along", "Its files", "several", needed=False, choices=choices, names=True)


async def _attaching(request: Request, form: Form, url: str) -> dict[str, Any]:
    """What the page's script goes by, and the files that were stored before the form was refused."""
    state = request.state
    told = [int(id) for id in form.texts["files"][:_MOST_SHOWN] if id.isascii() and id.isdigit() and len(id) <= 18]
    uploads = await read(request, partial(waiting, by=state.agent.actor), told)
    script = {
        "now": state.desk.clock.now().isoformat(),
        "largest": state.desk.rules.largest_file,
        "words": script_words.words(state.language),
    }
    return {"script": script, "uploads": uploads, "uploads_url": url, "key": await _opened(request)}


def _newest(session: Session, number: int) -> int:
    """What the customer or one of us said; no note."""
    said = select(Message.id).join(Ticket, col(Ticket.id) == Message.ticket_id)
    said = said.where(Ticket.number == number, col(Message.kind).in_([MessageKind.IN, MessageKind.OUT]))
    found = session.exec(said.order_by(col(Message.seq).desc()).limit(1)).first()
    if found is None:
        raise NotFound("There is nothing at this address.")
    return found


async def _opened(request: Request) -> str:
    """What tells one opening of a form from another: a page opened anew sends the same words anew."""
    told = (await request.form()).get("key") if request.method == "POST" else None
    return told if isinstance(told, str) and _OPENED.fullmatch(told) else secrets.token_urlsafe(_OPENED_BYTES)


def _key(what: str, *said: object) -> str:
    """The same for the same form sent twice, once opened."""
    return f"{what}-{hashlib.sha256(repr(said).encode()).hexdigest()[:40]}"


DOORS = [
    door("/app/tickets/{number:number}/forward", newest, who=Who.AGENT),
    door(
        "/app/messages/{id:number}/forwards",
        pass_on,
        who=Who.AGENT,
        methods=["GET", "POST"],
        largest=_LETTER,
    ),
    door("/app/write", write, who=Who.AGENT, methods=["GET", "POST"], largest=_LETTER),
]
