"""Whose customers are asked how it was, after their tickets were resolved."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from chat.surveys.terms import BOUNDS, set_terms, terms_of
from server.admin.pages import HOME, Subject, change, editing, read
from server.admin.queues import queue_choices
from server.forms import Field, Form, as_number_within, go, posted
from tickets.edge import Who, door

SURVEY = Subject(
    "Satisfaction survey",
    "Some time after a ticket is resolved its customer is asked once by email how it was. "
    "What the mail says stands under Mail, Automatic mails.",
    "Satisfaction survey",
    f"{HOME}/survey",
)


async def survey(request: Request) -> Response:
    terms = await read(request, terms_of)
    texts: dict[str, Any] = {name: str(getattr(terms, name)) for name in BOUNDS}
    texts["queues"] = [str(queue) for queue in terms.queues]
    form = Form(_fields(await read(request, queue_choices, request.state.language, terms.queues)), texts)
    if await posted(request, form):
        with form.noting():
            said = form.values()
            await change(request, set_terms, **{**said, "queues": [int(queue) for queue in said["queues"]]})
            return go(f"{SURVEY.path}?done=saved")
    return editing(request, SURVEY, form, name="")


def _fields(choices: list[tuple[str, str]]) -> list[Field]:
    return [
        Field(
            "queues",
            "After tickets of these queues",
            "several",
            choices=choices,
            names=True,
            needed=False,
            hint="None: nobody is asked. Chats are rated in the chat, too; who did so is not asked again.",
        ),
        Field(
            "delay_hours",
            "Hours from the resolution to the mail",
            "number",
            as_number_within(*BOUNDS["delay_hours"]),
            "It is not sent if the ticket is open again by then.",
            longest=10,
        ),
        Field(
            "every_days",
            "Days in which an address is asked at most once",
            "number",
            as_number_within(*BOUNDS["every_days"]),
            longest=10,
        ),
    ]


DOORS = [door(SURVEY.path, survey, who=Who.ADMIN, methods=["GET", "POST"])]
