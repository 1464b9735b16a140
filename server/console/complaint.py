"""What an agent writes down about a complaint besides its answer: more time, a regulator, its cause and redress."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from routing.calendars import zone_of
from routing.callbacks.terms import hours_of
from server.admin.pages import Subject, change, editing, read
from server.forms import Field, Form, go, posted
from tickets.complaints.complaint import Complaint, number_of
from tickets.complaints.filing import LONGEST_WANTED
from tickets.complaints.handling import LONGEST_CAUSE, LONGEST_NAME, examine, extend, refer
from tickets.edge import Who, door
from tickets.errors import NotFound, Refused
from tickets.ticket import Ticket


async def extension(request: Request) -> Response:
    """The final answer takes longer: until when, and the letter that says why."""
    _, ticket, zone = await read(request, _complaint, request.path_params["id"])
    fields = [
        Field("until", "By when they have our answer", "date", partial(_last_of, zone), longest=10),
        Field("reason", "Why it takes longer", "long", hint="The customer is sent this.", longest=LONGEST_WANTED),
    ]
    form = Form(fields, {"reason": ""})
    if await posted(request, form):
        with form.noting():
            said = form.values()
            key = f"extension-{said['until']:%Y%m%d}"
            await change(request, extend, ticket.id, **said, client_id=key, about=ticket.id)
            return go(_path(ticket))
    return _page(request, ticket, "More time", form)


async def regulator(request: Request) -> Response:
    complaint, ticket, _ = await read(request, _complaint, request.path_params["id"])
    fields = [
        Field("regulator", "Regulator or ombudsman", longest=LONGEST_NAME),
        Field("reference", "Their reference", needed=False, longest=LONGEST_NAME),
    ]
    form = Form(fields, {"regulator": complaint.regulator, "reference": complaint.regulator_reference})
    if await posted(request, form):
        with form.noting():
            await change(request, refer, ticket.id, **form.values(), about=ticket.id)
            return go(_path(ticket))
    return _page(request, ticket, "Taken to a regulator", form)


async def findings(request: Request) -> Response:
    complaint, ticket, _ = await read(request, _complaint, request.path_params["id"])
    cents = complaint.redress_cents
    fields = [
        Field("root_cause", "Root cause", needed=False, longest=LONGEST_CAUSE),
        Field("redress", "What the customer got", needed=False, longest=20, hint="Like 12.50. Empty: nothing."),
        Field("currency", "Currency", needed=False, longest=3, hint="Three letters, like EUR."),
    ]
    texts = {"root_cause": complaint.root_cause, "currency": complaint.redress_currency}
    form = Form(fields, {**texts, "redress": "" if cents is None else f"{cents // 100}.{cents % 100:02}"})
    if await posted(request, form):
        with form.noting():
            await change(request, examine, ticket.id, **form.values(), about=ticket.id)
            return go(_path(ticket))
    return _page(request, ticket, "Cause and redress", form)


def _complaint(session: Session, ticket_id: int) -> tuple[Complaint, Ticket, Any]:
    """With the time zone in which its days end."""
    complaint, ticket = session.get(Complaint, ticket_id), session.get(Ticket, ticket_id)
    if complaint is None or ticket is None:
        raise NotFound("There is nothing at this address.")
    return complaint, ticket, zone_of(hours_of(session, ticket.queue_id))


def _last_of(zone: Any, text: str) -> datetime:
    """The last minute of the day that was chosen."""
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(23, 59), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):  # no day, or one that ends after the last that there is
        raise Refused("Choose a day.", field="until") from None


def _page(request: Request, ticket: Ticket, title: str, form: Form) -> Response:
    return editing(request, Subject(number_of(ticket), add=title, path=_path(ticket)), form, name="")


def _path(ticket: Ticket) -> str:
    return f"/app/tickets/{ticket.number}"


_TICKET = "/app/tickets/{id:number}"
DOORS = [
    door(f"{_TICKET}/extension", extension, who=Who.AGENT, methods=["GET", "POST"]),
    door(f"{_TICKET}/regulator", regulator, who=Who.AGENT, methods=["GET", "POST"]),
    door(f"{_TICKET}/findings", findings, who=Who.AGENT, methods=["GET", "POST"]),
]
