"""The pages on which a customer complains and follows what becomes of it; they work without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from tickets.change import Change
from tickets.complaints.categories import categories
from tickets.complaints.complaint import Complaint, decide, ticket_of_link
from tickets.complaints.fields import complaint_fields, more_fields
from tickets.complaints.filing import Filed, Told, add_words, file, uploader
from tickets.complaints.following import Progress, category_of, filed_with, progress, public_file, uploads
from tickets.edge import Surface, Who, done, door, form_of
from tickets.errors import Conflict, NotFound, Refused
from tickets.files.attachment import MOST_FILES, Attachment
from tickets.files.several import Sent
from tickets.files.web import AT_DOOR, file_response, form_with_files, keep_file
from tickets.forms.fields import Form
from tickets.forms.key import is_ours, new_key
from tickets.forms.web import Visit, from_our_page, go, show, visit

FORM, MORE = "complaint", "complaint-more"  # what the keys of the two forms are for


async def complain(request: Request) -> Response:
    """The empty form."""
    here = await visit(request, strict=True)
    offered = await request.state.desk.read(categories)
    return _form_page(request, here, Form(complaint_fields(offered, here.language)), _new_key(request, FORM))


async def take_complaint(request: Request) -> Response:
    """The form as it was sent; it leads to the customer's own page, or back into the form.

    It has an address of its own: what is sent to the form's address makes browsers forget the form that they keep
    (RFC 9111, 4.4), and the way back would find one with another key, whose sending would be another complaint.
    """
    here = await visit(request, strict=True)
    if request.method != "POST":  # somebody reloaded by the address bar
        return go(here.link("/complaint"))
    offered = await request.state.desk.read(categories)
    form = Form(complaint_fields(offered, here.language))
    sent = await _sent(request, form)
    key = _key(request, FORM, sent, form)
    earlier = await request.state.desk.read(filed_with, key)
    kept = await _kept(request, sent, key) if earlier is None else []
    told = _told(form, here, kept, sent.trouble)
    if told is not None or earlier is not None:
        with form.noting():
            filed = await _file(request, key, told or Told("", form.texts["text"]))
            if filed.same:
                return go(here.link(_path(request, filed.complaint), filed="yes"))
            more = Form(more_fields(), {"text": form.texts["text"]})  # what was typed since is not lost
            return await _own_page(request, here, filed.ticket.id, more, _new_key(request, MORE), before=True)
    return _form_page(request, here, form, key, kept)


async def follow(request: Request) -> Response:
    """How the complaint stands, and a box to add something to it."""
    desk, ticket_id = request.state.desk, _ticket_id(request)
    found: Progress = await desk.read(progress, ticket_id, request.state.promises)
    here = await visit(request, site=found.complaint.site, language=found.ticket.language)
    form, key = Form(more_fields()), _new_key(request, MORE)
    kept: Sequence[Attachment] = ()
    if request.method == "POST":
        sent = await _sent(request, form)
        key = _key(request, MORE, sent, form)
        kept = await _kept(request, sent, key)
        form.fields = more_fields(needed=not kept)
        _note_trouble(form, sent.trouble)
        values = form.read()
        if values is not None:
            with form.noting("text"):
                files = [one.id for one in kept]
                await desk.change(add_words, ticket_id, key, **values, files=files, by="system")
                return go(here.link(_path(request, found.complaint), added="yes") + "#said")
    return await _own_page(request, here, ticket_id, form, key, kept)


async def attachment(request: Request) -> Response:
    """A file that was sent along, by either side."""
    file_id = int(request.path_params["id"])
    return file_response(request, await request.state.desk.read(public_file, file_id, _ticket_id(request)))


# What an agent's browser asks for


async def acknowledgement(request: Request) -> Response:
    """The customer is told that somebody looks into it."""
    ticket_id = int(request.path_params["id"])
    await request.state.desk.change(_acknowledge, ticket_id, by=request.state.agent.actor, about=ticket_id)
    return done()


async def decision(request: Request) -> Response:
    """The outcome with its reason, which is sent to the customer; the ticket is resolved by it."""
    ticket_id, form = int(request.path_params["id"]), await form_of(request)
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    await request.state.desk.change(
        decide,
        ticket_id,
        outcome=texts.get("outcome", ""),
        reason=texts.get("reason", ""),
        client_id=texts.get("client_id", ""),
        shown_outcome=texts.get("shown"),
        by=request.state.agent.actor,
        about=ticket_id,
    )
    return done()


def _acknowledge(change: Change, ticket_id: int) -> None:
    change.take(Complaint, ticket_id).acknowledge(change)


# How


def _new_key(request: Request, form: str) -> str:
    return new_key(request.state.desk.rules.seals, form)


async def _sent(request: Request, form: Form) -> Sent:
    from_our_page(request)
    request.state.limits.may_try(request.state.address)
    sent = await form_with_files(request)
    form.fill(sent)
    return sent


def _key(request: Request, purpose: str, sent: Sent, form: Form) -> str:
    """The form's own key. Whoever has none of ours, or walked into the trap, is shown the form once more."""
    key = sent.text("key")
    if is_ours(request.state.desk.rules.seals, purpose, key) and not sent.text("website"):
        return key
    form.note(Conflict("Please send this once more. What you wrote is still here."))
    return _new_key(request, purpose)


async def _kept(request: Request, sent: Sent, key: str) -> Sequence[Attachment]:
    """The files that go with the form: those that came just now, and those of an earlier try that are still wanted."""
    by = uploader(key)
    ids = [int(id) for id in sent.getlist("kept")[:MOST_FILES] if id.isascii() and id.isdigit() and len(id) < 18]
    ids += [(await keep_file(request, upload, by=by)).id for upload in sent.files]
    found: Sequence[Attachment] = await request.state.desk.read(uploads, by, ids)
    return found


def _told(form: Form, here: Visit, kept: Sequence[Attachment], trouble: Refused | None) -> Told | None:
    """What stands in the form; None where something is wrong with it, which is noted there."""
    _note_trouble(form, trouble)
    if not (form.texts["email"].strip() or form.texts["phone"].strip()):
        form.note(Refused("We need an email address or a phone number to answer you."), "email")
    values = form.read()
    if values is None:
        return None
    return Told(**values, files=[one.id for one in kept], language=here.language, site=here.face.key)


def _note_trouble(form: Form, trouble: Refused | None) -> None:
    if trouble is not None:
        form.note(trouble, "files")


async def _file(request: Request, key: str, told: Told) -> Filed:
    """Counted once it is kept; a form that was sent before is answered whatever the count says."""
    state, contact = request.state, (told.email or told.phone).lower()
    if await state.desk.read(filed_with, key) is None:
        state.limits.may_post(FORM, state.address, contact)
    filed: Filed = await state.desk.change(file, key, told, by="system")
    if not filed.before:
        state.limits.was_posted(FORM, state.address, contact)
    return filed


async def _own_page(
    request: Request,
    here: Visit,
    ticket_id: int,
    form: Form,
    key: str,
    kept: Sequence[Attachment] = (),
    *,
    before: bool = False,
) -> Response:
    """The customer's page. `before`: they sent the first form again, with other words."""
    desk = request.state.desk
    found: Progress = await desk.read(progress, ticket_id, request.state.promises)
    facts = {
        "progress": found,
        "category": await desk.read(category_of, found.complaint, here.language),
        "address": request.state.pages.public_url + found.complaint.link(desk.rules.seals),
        "path": _path(request, found.complaint),
        "now": desk.clock.now(),
        "asked": request.query_params,
        "before": before,
        "languages": request.method != "POST",
    }
    return show(request, here, "portal/complaint_progress.html", form, **facts, **_files(request, key, kept))


def _path(request: Request, complaint: Complaint) -> str:
    return complaint.link(request.state.desk.rules.seals).partition("?")[0]


def _ticket_id(request: Request) -> int:
    desk = request.state.desk
    found = ticket_of_link(desk.rules.seals, request.path_params["token"], desk.clock.now())
    if found is None:
        raise NotFound("There is nothing at this address.")
    return found


def _form_page(request: Request, here: Visit, form: Form, key: str, kept: Sequence[Attachment] = ()) -> Response:
    languages = request.method != "POST"  # another language would lose what was typed
    return show(request, here, "portal/complaint.html", form, languages=languages, **_files(request, key, kept))


def _files(request: Request, key: str, kept: Sequence[Attachment]) -> dict[str, object]:
    return {"key": key, "kept": kept, "largest": request.state.desk.rules.largest_file, "most_files": MOST_FILES}


_TICKET = "/app/tickets/{id:number}"
_LETTER = 256 * 1024  # bytes: the longest message, each character escaped
_takes_files = partial(door, who=Who.ANYONE, methods=["GET", "POST"], surface=Surface.PORTAL, largest=AT_DOOR)
DOORS = [
    door("/complaint", complain, who=Who.ANYONE, surface=Surface.FORM),
    _takes_files("/complaint/sent", take_complaint),
    _takes_files("/complaint/{token}", follow),
    door("/complaint/{token}/files/{id:number}", attachment, who=Who.ANYONE, surface=Surface.FILES),
    door(f"{_TICKET}/acknowledgement", acknowledgement, who=Who.AGENT, methods=["POST"]),
    door(f"{_TICKET}/decision", decision, who=Who.AGENT, methods=["POST"], largest=_LETTER),
]
