"""What a visitor's browser asks for besides its socket: the frame, a token, files, a transcript, a letter's way in."""

from __future__ import annotations

import re
import secrets
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct
from sqlmodel import Session, select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chat import talk
from chat.line.web import UnknownVisitor
from chat.protocol import BadFrame, document, stamp
from chat.site import Ask, Site
from chat.transcript import transcript
from chat.visitor import Visitor, arrive, by_token, hash_of, present_ticket
from routing.calendars import is_open
from routing.hours import Calendar
from tickets.edge import Surface, Who, door, packed
from tickets.errors import NotAllowed, NotFound, Refused
from tickets.files.attachment import Attachment, as_frame, for_visitor
from tickets.files.names import disposition
from tickets.files.upload import Unsupported
from tickets.files.web import AT_DOOR, file_response, keep_upload, preview_response
from tickets.network import network_of
from tickets.polling.web import Unreadable
from tickets.text import LONGEST

API = "/chat/v1"
_BODY = 256 * 1024  # bytes: the longest message, each character escaped
_FIELD = re.compile(r"`\$\.?([A-Za-z_.]*)|field `([A-Za-z_]{1,40})`")

Text = Annotated[str, Meta(max_length=LONGEST)]
Body = TypeVar("Body", bound=Struct)


class PageIn(Struct, forbid_unknown_fields=True, frozen=True):
    url: Text = ""
    title: Text = ""
    referrer: Text = ""


class VisitorIn(Struct, forbid_unknown_fields=True):
    site: Text
    lang: Text | None = None
    page: PageIn = PageIn()


class LetterIn(Struct, forbid_unknown_fields=True):
    client_id: Annotated[str, Meta(min_length=1, max_length=64)]
    email: Text | None
    text: str | None
    name: Text | None = None
    topic: Text | None = None


async def frame(request: Request) -> Response:
    """The document inside the chat's frame, for pages of the site's origins."""
    state = request.state
    site, open_now = await state.desk.read(_site, request.path_params["site"], state.desk.clock.now())
    if site is None:
        raise NotFound("The chat is not available on this page.")
    language = site.best_language(request.query_params.get("lang") or state.language)
    state.frame_ancestors = site.origins
    now = stamp(state.desk.clock.now())
    data = frame_data(site, language, open_now=open_now, largest=state.desk.rules.largest_file)
    html = state.pages.frame({**data, "now": now})
    return packed(request, html.encode(), "text/html; charset=utf-8")


def frame_data(site: Site, language: str, *, open_now: bool, largest: int) -> dict[str, Any]:
    """The data block of docs/protocol.md, but for its words."""
    asks = bool(site.topics) or {site.ask_name, site.ask_email} != {Ask.OFF.value}
    names = [{"key": each["key"], "name": _in_language(each["name"], language, site)} for each in site.topics]
    return {
        "site": site.key,
        "name": site.name,
        "colour": site.colour,
        "lang": language,
        "languages": site.languages,
        "open": open_now,
        "greeting": site.text("greeting", language),
        "hours_text": site.text("hours", language),
        "offline_text": site.text("offline", language),
        "forms": site.forms,
        "prechat": {"ask": asks, "name": site.ask_name, "email": site.ask_email, "topics": names},
        "largest_bytes": largest,
        "longest": LONGEST,
        "api": API,
    }


async def loader(request: Request) -> Response:
    """The one script that other people's pages include."""
    return packed(request, request.state.pages.loader(), "text/javascript")


async def new_visitor(request: Request) -> Response:
    """A token of 256 random bits; we keep its hash."""
    _from_our_page(request)
    request.state.limits.arrive(_network(request))
    body = await _body(request, VisitorIn)
    token = secrets.token_urlsafe(32)
    visitor = await request.state.desk.change(
        arrive,
        by="system",
        site_key=body.site,
        token_hash=hash_of(token),
        language=body.lang or request.state.language,
        page_url=body.page.url,
        page_title=body.page.title,
        user_agent=request.headers.get("user-agent", ""),
    )
    return JSONResponse({"token": token, "visitor": visitor.id}, status_code=201)


async def upload(request: Request) -> Response:
    visitor = await _visitor(request)
    limits = request.state.limits
    limits.upload(visitor.id, _network(request))
    row = await keep_upload(request, by=f"visitor:{visitor.id}")
    limits.uploaded(visitor.id, row.size)
    return JSONResponse({"file": as_frame(row)}, status_code=201)


async def download(request: Request) -> Response:
    return file_response(request, await _file(request))


async def show(request: Request) -> Response:
    return preview_response(request, await _file(request))


async def keep_transcript(request: Request) -> Response:
    visitor = await _visitor(request)
    text = await request.state.desk.read(transcript, visitor)
    if text is None:
        raise NotFound("There is no chat yet.")
    headers = {"Content-Disposition": disposition("transcript.txt")}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


async def letter(request: Request) -> Response:
    """Nobody is in: what was written becomes a ticket that is answered later."""
    visitor = await _visitor(request)
    body = await _body(request, LetterIn)
    limits, about = request.state.limits, (_network(request), (body.email or "").strip().lower())
    again = await request.state.desk.read(talk.written_before, visitor.id, body.client_id)
    if not again:
        limits.may_write(*about)
    ticket = await request.state.desk.change(
        talk.letter,
        by=f"visitor:{visitor.id}",
        visitor_id=visitor.id,
        client_id=body.client_id,
        name=body.name or "",
        email=body.email or "",
        text=body.text or "",
        topic=body.topic or "",
    )
    if not again:
        limits.wrote(*about)
    await request.state.lobby.renew(visitor.id, await request.state.desk.read(present_ticket, visitor.id))
    return JSONResponse({"number": str(ticket.number)}, status_code=201)


def _site(session: Session, key: str, now: Any) -> tuple[Site | None, bool]:
    site = session.exec(select(Site).where(Site.key == key, Site.active)).first() if key else None
    calendar = session.get(Calendar, site.calendar_id) if site is not None and site.calendar_id is not None else None
    return site, calendar is None or is_open(calendar.hours, now)


def _in_language(names: dict[str, str], language: str, site: Site) -> str:
    return names.get(language) or names.get(site.languages[0]) or next(iter(names.values()))


async def _visitor(request: Request) -> Visitor:
    """Whoever holds the token; from here on they are spoken to in their language."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    found = None
    if kind.lower() == "bearer":
        found = await request.state.desk.read(by_token, token.strip(), request.state.desk.clock.now())
    if found is None or not found[1].active:
        raise UnknownVisitor("This chat is no longer known here.")
    visitor: Visitor = found[0]
    request.state.language = visitor.language or request.state.language
    return visitor


async def _file(request: Request) -> Attachment:
    visitor = await _visitor(request)
    row = await request.state.desk.read(
        for_visitor,
        int(request.path_params["id"]),
        uploader=f"visitor:{visitor.id}",
        ticket_id=visitor.ticket_id,
    )
    if row is None:
        raise NotFound("This file does not exist any more.")
    return row  # type: ignore[no-any-return]


def _from_our_page(request: Request) -> None:
    """Only our own frame makes visitors. A caller without a browser says nothing, and is counted like everyone."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
    if (origin is not None and origin not in request.state.public_origins) or site != "same-origin":
        raise NotAllowed("The chat is not available on this page.")


def _network(request: Request) -> str:
    address = getattr(request.state, "address", None) or (request.client.host if request.client else "")
    return network_of(address)


async def _body(request: Request, kind: type[Body]) -> Body:
    """The JSON body. What it must not hold, or lacks, is named."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Unsupported("This cannot be sent here.")
    try:
        return msgspec.convert(document(await request.body()), kind)
    except BadFrame:
        raise Unreadable("This request cannot be read.") from None
    except msgspec.ValidationError as error:
        found = [one or other for one, other in _FIELD.findall(str(error)) if one or other]
        raise Refused("This request cannot be read.", field=found[0] if found else None) from None


DOORS = [
    door("/widget.js", loader, who=Who.ANYONE, surface=Surface.LOADER),
    door(f"{API}/frame/{{site}}", frame, who=Who.ANYONE, surface=Surface.FRAME),
    door(f"{API}/visitors", new_visitor, who=Who.ANYONE, methods=["POST"], surface=Surface.CHAT, largest=_BODY),
    door(f"{API}/files", upload, who=Who.VISITOR, methods=["POST"], surface=Surface.CHAT, largest=AT_DOOR),
    door(f"{API}/files/{{id:number}}", download, who=Who.VISITOR, surface=Surface.FILES),
    door(f"{API}/files/{{id:number}}/preview", show, who=Who.VISITOR, surface=Surface.FILES),
    door(f"{API}/transcript", keep_transcript, who=Who.VISITOR, surface=Surface.CHAT),
    door(f"{API}/letters", letter, who=Who.VISITOR, methods=["POST"], surface=Surface.CHAT, largest=_BODY),
]
