"""The doors to a mail as it came: its looks in a frame that can do nothing, its bytes to keep, and another try."""

from __future__ import annotations

import structlog
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tickets.edge import Surface, Who, done, door
from tickets.email import raw
from tickets.email.children import TooHard
from tickets.email.mail import Mail
from tickets.email.raw import RawMail
from tickets.errors import NotFound, Refused
from tickets.files.web import saved_response

_log = structlog.get_logger("frontdesk.mail")
GONE = "This mail does not exist any more."
# Pictures are data: those of the mail itself. 'self' names nothing here: the frame has no origin.
FRAME = (
    "default-src 'none'; img-src data:{pictures}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


async def view(request: Request) -> Response:
    """The formatted text of a message that came by mail, for a frame."""
    state, message_id = request.state, int(request.path_params["id"])
    pictures = request.query_params.get("pictures") == "yes"
    sha256 = await state.desk.read(_content_of, message_id)
    try:
        html = await state.mail_reader.show(sha256, pictures=pictures)
    except TooHard as error:
        _log.warning("a mail could not be shown", message=message_id, why=str(error))
        raise Refused("This mail cannot be shown. You can download it.") from None
    page = state.pages.mail_frame(html, state.language)
    policy = FRAME.format(pictures=" https:" if pictures else "")
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})


async def source(request: Request) -> Response:
    """The mail, byte by byte as it came: always saved, never shown."""
    row = await request.state.desk.read(lambda session: session.get(RawMail, int(request.path_params["id"])))
    if row is None:
        raise NotFound(GONE)
    return saved_response(request, row.sha256, f"mail-{row.id}.eml")


async def read_again(request: Request) -> Response:
    """Another try at a mail that was put aside."""
    await request.state.desk.change(raw.read_again, int(request.path_params["id"]), by=request.state.agent.actor)
    request.state.mail_reader.ring()
    return done()


def _content_of(session: Session, message_id: int) -> str:
    mail = session.get(Mail, message_id)
    row = session.get(RawMail, mail.raw_id) if mail is not None else None
    if row is None:
        raise NotFound(GONE)
    return row.sha256


DOORS = [
    door("/mailview/{id:number}", view, who=Who.AGENT, surface=Surface.MAIL),
    door("/mail/{id:number}/source", source, who=Who.AGENT, surface=Surface.FILES),
    door("/app/mail/{id:number}/readings", read_again, who=Who.AGENT, methods=["POST"]),
]
