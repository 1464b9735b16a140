"""The demo's mail program: what the desk sent, and a form to write to it as a customer would."""

from __future__ import annotations

import asyncio
from typing import Any

import aiosmtplib
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from server.demo.letters import Written
from server.demo.mailing import Mailing
from server.demo.postbox import Opened, Postbox, opened
from tickets.edge import Surface, Who, door
from tickets.email.mailbox import mailboxes
from tickets.errors import Conflict, NotFound, Refused
from tickets.forms.fields import Field, Form
from tickets.forms.key import is_ours, new_key
from tickets.forms.web import Visit, from_our_page, go, show, visit
from tickets.people import LONGEST_NAME, LONGEST_VALUE, IdentifierKind

FORM = "demo-mail"  # what the key of the forms is for
PATH = "/demo/mail"
USUAL = {"name": "Sam Okafor", "address": "sam.okafor@customer.example"}


async def mails(request: Request) -> Response:
    """`?sent=` a word: say that a mail was handed in."""
    here = await visit(request)
    return await _shown(request, here, await _new_mail(request), said=request.query_params.get("sent", ""))


async def write(request: Request) -> Response:
    """A new mail to one of the desk's addresses."""
    from_our_page(request)
    here, form = await visit(request), await _new_mail(request)
    sent = await request.form()
    form.fill(sent)
    mail_id = _mail_id(request, str(sent.get("key", "")))
    told = form.read()
    if told is not None:
        with form.noting():
            await _hand_in(request, Written(mail_id=mail_id, at=request.state.desk.clock.now(), **told))
            return go(here.link(PATH, sent="new"))
    return await _shown(request, here, form)


async def answer(request: Request) -> Response:
    """An answer to a mail that is shown, in its thread."""
    from_our_page(request)
    here, box = await visit(request), _box(request)
    found = box.find(int(request.path_params["id"]))
    if found is None:
        raise NotFound("There is nothing at this address.")
    mail = await asyncio.to_thread(opened, found)
    form = Form([Field("text", "Answer", "long", longest=10_000)])
    sent = await request.form()
    form.fill(sent)
    mail_id = _mail_id(request, str(sent.get("key", "")))
    told = form.read()
    if told is not None:
        with form.noting():
            await _hand_in(request, _answer_to(request, mail, mail_id, told["text"]))
            return go(here.link(PATH, sent="answer"))
    return await _shown(request, here, await _new_mail(request), answering=found.id, answer=form)


def _answer_to(request: Request, mail: Opened, mail_id: str, text: str) -> Written:
    subject = mail.header("Subject")
    return Written(
        name=mail.header("To").partition("<")[0].strip(' "'),
        address=mail.mail.recipients[0],
        to=mail.answered_to,
        subject=subject if subject.lower().startswith("re:") else f"Re: {subject}",
        text=text,
        mail_id=mail_id,
        at=request.state.desk.clock.now(),
        answers=mail.thread,
    )


async def _hand_in(request: Request, written: Written) -> None:
    """At the desk's own listener, as any mail server does. Raises Refused with what it said."""
    mailing: Mailing = request.state.theatre.mailing
    try:
        await mailing.hand_in(written)
    except aiosmtplib.SMTPException as error:
        raise Refused("The mail was not taken: {why}.", why=error.message) from None


async def _shown(request: Request, here: Visit, form: Form, **facts: Any) -> Response:
    kept = _box(request).newest_first()
    mails = await asyncio.to_thread(lambda: [opened(mail) for mail in kept])
    usual: dict[str, Any] = {"said": "", "answering": 0, "answer": None}
    key = new_key(request.state.desk.rules.seals, FORM)
    return show(request, here, "demo/mail.html", form, **{**usual, **facts}, mails=mails, key=key)


async def _new_mail(request: Request) -> Form:
    boxes = await request.state.desk.read(_addresses)
    fields = [
        Field("name", "Name", longest=LONGEST_NAME),
        Field("address", "Email", "email", IdentifierKind.EMAIL.normal, longest=LONGEST_VALUE),
        Field("to", "To", "choice", choices=[(box, box) for box in boxes], names=True),
        Field("subject", "Subject", needed=False),
        Field("text", "Message", "long", longest=10_000, rows=6),
    ]
    return Form(fields, {**USUAL, "to": boxes[0] if boxes else ""})


def _addresses(session: Session) -> list[str]:
    """The oldest first: that is the one everybody writes to."""
    return [box.address for box in sorted(mailboxes(session), key=lambda box: box.id) if box.active]


def _box(request: Request) -> Postbox:
    box: Postbox = request.state.postbox
    return box


def _mail_id(request: Request, key: str) -> str:
    """The same form sent twice is the same mail."""
    if not is_ours(request.state.desk.rules.seals, FORM, key):
        raise Conflict("Please send this once more. What you wrote is still here.")
    return f"<{key}@customer.example>"


DOORS = [
    door(PATH, mails, who=Who.ANYONE, surface=Surface.PAGE),
    door(PATH, write, who=Who.ANYONE, methods=("POST",), surface=Surface.PAGE),
    door(f"{PATH}/{{id:number}}/answer", answer, who=Who.ANYONE, methods=("POST",), surface=Surface.PAGE),
]
