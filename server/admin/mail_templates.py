"""An address's own words for each mail that the desk writes by itself, shown before they go as a customer sees them."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from server.admin.mail import MAIL
from server.admin.pages import change, editing, read, row
from server.admin.signature import EXAMPLE
from server.doors.languages import LANGUAGES
from server.forms import Field, Form, go, page, posted
from tickets.edge import Who, door
from tickets.email import templates
from tickets.email.mailbox import Mailbox
from tickets.email.templates import BLANKS, MailTemplate, template_of, templates_of
from tickets.errors import NotFound
from tickets.ticket import LONGEST_SUBJECT
from widgets.notices import in_own_words, with_blanks
from widgets.words import translate

LONGEST = 10_000  # characters
KINDS = {
    "received": ("A first mail has come", "Only where mail.acknowledge is on."),
    "answers": ("Answers to a chat that somebody left", ""),
    "callback": ("A call is arranged", ""),
    "callback_moved": ("A call is at another time", ""),
    "callback_cancelled": ("A call is cancelled", ""),
    "callback_expired": ("A call was not made in time", ""),
    "callback_gave_up": ("Nobody answered a call", ""),
    "callback_wrong_number": ("A call to a wrong number", ""),
    "survey": ("How it was, after a ticket is resolved", "Only for the queues named under Satisfaction survey."),
    "complaint": ("A complaint has come", ""),
    "complaint_acknowledged": ("A complaint is being looked into", ""),
}


async def kinds(request: Request) -> Response:
    box: Mailbox = await read(request, row, Mailbox, request.path_params["id"])
    own = {(one.notice, one.language) for one in await read(request, templates_of, box.id)}
    facts: dict[str, Any] = {"box": box, "own": own, "kinds": KINDS, "spoken": LANGUAGES}
    return page(request, "admin/mail_templates.html", subject=MAIL, path=_path(box), **facts)


async def edit(request: Request) -> Response:
    """What is typed is shown as it will be sent; `look` only shows it."""
    box: Mailbox = await read(request, row, Mailbox, request.path_params["id"])
    notice, language = request.path_params["notice"], request.path_params["language"]
    if notice not in KINDS or language not in LANGUAGES:
        raise NotFound("There is nothing at this address.")
    own: MailTemplate | None = await read(request, template_of, box.id, notice, language)
    usual = with_blanks(notice, language)
    subject, text = (own.subject, own.text) if own else ("", "")
    form = Form(_fields(notice), {"subject": subject or usual[0], "text": text or usual[1].strip()})
    if await posted(request, form):
        typed = form.read()
        if typed and not (await request.form()).get("look"):
            with form.noting():
                await change(request, _write, box.id, notice, language, usual, **typed)
                return go(f"{_path(box)}/{notice}/{language}?done=saved")
    facts: dict[str, Any] = {
        "shown": _shown(request, box, notice, language, form) if form.good else None,
        "own": own is not None,
        "box": box,
        "path": _path(box),
        "blanks": BLANKS[notice],
        "usual": usual,
    }
    name = f"{translate(request.state.language, KINDS[notice][0])} · {LANGUAGES[language]}"
    return editing(request, MAIL, form, name=name, template="admin/mail_template.html", **facts)


def _write(change: Any, mailbox_id: int, notice: str, language: str, usual: tuple[str, str], **typed: str) -> None:
    """What is left as it usually is stays the house's: it changes with the house."""
    subject = "" if typed["subject"].strip() == usual[0] else typed["subject"]
    text = "" if _lines(typed["text"]) == _lines(usual[1]) else typed["text"]
    templates.write(change, mailbox_id, notice, language, subject=subject, text=text)


def _fields(notice: str) -> list[Field]:
    def read(field: str) -> Any:
        def checked(words: str) -> str:
            templates.check(words, BLANKS[notice], field=field)
            return words

        return checked

    return [
        Field("subject", "Subject", read=read("subject"), needed=False, longest=LONGEST_SUBJECT),
        Field("text", "Text", "long", read("text"), needed=False, longest=LONGEST, rows=14),
    ]


def _shown(request: Request, box: Mailbox, notice: str, language: str, form: Form) -> tuple[str, str]:
    """As somebody would get it, with an example in each blank."""
    now = request.state.desk.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    facts = {
        "number": f"C-{EXAMPLE}" if notice.startswith("complaint") else EXAMPLE,
        "link": f"/{notice.partition('_')[0]}/…",
        "again": "/callback",
        "start": now.isoformat(),
        "end": (now + timedelta(hours=2)).isoformat(),
        "zone": "UTC",
        "names": False,
        "answers": [SimpleNamespace(text=translate(language, "Here stands what was answered."))],
    }
    typed = MailTemplate(id=0, mailbox_id=box.id, notice=notice, language=language, **form.texts)
    public_url = request.state.config.public_url
    return in_own_words(typed, notice, language, facts, public_url=public_url, mailbox=box, number=EXAMPLE)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _path(box: Mailbox) -> str:
    return f"{MAIL.path}/{box.id}/templates"


DOORS = [
    door(f"{MAIL.path}/{{id:number}}/templates", kinds, who=Who.ADMIN),
    door(f"{MAIL.path}/{{id:number}}/templates/{{notice}}/{{language}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
]
