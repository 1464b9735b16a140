"""What stands under the answers from an address."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.admin.mail import MAIL
from server.admin.pages import change, editing, read, row
from server.forms import Field, Form, go, posted
from tickets.change import Change
from tickets.edge import Surface, Who, door
from tickets.email.compose import paragraphs
from tickets.email.mailbox import Mailbox
from tickets.email.signature import harmless_signature, not_filled, signature_of

LONGEST = 5_000  # characters
EXAMPLE = 1042  # the number of the ticket in what is shown here
FRAME = "default-src 'none'; img-src https:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
_FIELDS = [
    Field(
        "signature",
        "Signature",
        "long",
        str,
        "{{agent.name}}, {{mailbox.name}}, {{mailbox.address}} and {{ticket.number}} are filled in.",
        needed=False,
        longest=LONGEST,
        rows=5,
    ),
    Field(
        "signature_html",
        "The same in HTML",
        "long",
        harmless_signature,
        "For those who read formatted mail. Empty: they see the plain one.",
        needed=False,
        longest=LONGEST,
        rows=8,
    ),
]


async def signature(request: Request) -> Response:
    box: Mailbox = await read(request, row, Mailbox, request.path_params["id"])
    form = Form(_FIELDS, {name: getattr(box, name) for name in ("signature", "signature_html")})
    path = f"{MAIL.path}/{box.id}/signature"
    if await posted(request, form):
        with form.noting():
            await change(request, _sign, box.id, **form.values())
            return go(f"{path}?done=saved")
    shown = signature_of(box, agent=request.state.agent.name, number=EXAMPLE)
    facts: dict[str, Any] = {
        "shown": shown,
        "frame": f"{path}/shown" if shown.html or shown.text else "",
        "unknown": not_filled(box),
    }
    return editing(request, MAIL, form, name=box.address, template="admin/signature.html", **facts)


async def shown(request: Request) -> Response:
    """The formatted one as a customer sees it, for a frame that can do nothing."""
    box: Mailbox = await read(request, row, Mailbox, request.path_params["id"])
    found = signature_of(box, agent=request.state.agent.name, number=EXAMPLE)
    html = request.state.pages.mail_frame(found.html or paragraphs(found.text), request.state.language)
    return HTMLResponse(html, headers={"Content-Security-Policy": FRAME})


def _sign(change: Change, id: int, **words: str) -> None:
    change.take(Mailbox, id).sign(change, **words)


DOORS = [
    door(f"{MAIL.path}/{{id:number}}/signature", signature, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{MAIL.path}/{{id:number}}/signature/shown", shown, who=Who.ADMIN, surface=Surface.MAIL),
]
