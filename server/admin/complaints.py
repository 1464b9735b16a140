"""What customers can complain about, what each is called, and how urgent it is."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from routing import placing
from server.admin.pages import HOME, Entry, Subject, change, editing, listing, read
from server.admin.queues import queue_choices
from server.doors.languages import LANGUAGES as NAMES
from server.forms import Field, Form, as_id, as_number_within, as_ticked, go, posted
from tickets.change import Change
from tickets.complaints.categories import (
    LANGUAGES,
    LONGEST_NAME,
    MOST_DAYS,
    ComplaintCategory,
    add_category,
    categories,
    edit_category,
)
from tickets.edge import Who, door
from tickets.errors import NotFound
from tickets.status import Channel, Priority
from widgets.labels import PRIORITIES
from widgets.words import translate

CATEGORIES = Subject(
    "Complaints",
    "What customers can choose on the complaint form. The category says how urgent a complaint is.",
    "Add a category",
    f"{HOME}/complaints",
    "No categories yet: nobody can complain.",
)


EVERY = ""  # the category of the rule for all complaints


async def all_categories(request: Request) -> Response:
    language = request.state.language
    queues = await read(request, _queues, language)
    entries = [
        Entry(f"{CATEGORIES.path}/{one.key}", one.name(language), _about(one, queues), _chips(one), gone=not one.active)
        for one in await read(request, _all)
    ]
    translated = translate(language, "Where complaints go")
    where = Entry(f"{CATEGORIES.path}/queue", translated, queues.get(EVERY, ""))
    return listing(request, CATEGORIES, [*entries, where])


async def add(request: Request) -> Response:
    key = Field(
        "key",
        "Key",
        longest=40,
        hint="Small letters, digits and hyphens. It cannot change later.",
    )
    fields = await read(request, _fields, request.state.language)
    form = Form([key, *fields], {"priority": Priority.NORMAL.value, "active": "yes"})
    if await posted(request, form):
        with form.noting():
            await change(request, _add, **_values(form.values()))
            return go(f"{CATEGORIES.path}?done=added")
    return editing(request, CATEGORIES, form, name="")


async def edit(request: Request) -> Response:
    one: ComplaintCategory = await read(request, _one, request.path_params["key"])
    texts = {f"name_{language}": one.names.get(language, "") for language in LANGUAGES}
    texts |= {"priority": one.priority, "active": "yes" if one.active else ""}
    texts |= {"acknowledge_days": str(one.acknowledge_days or ""), "answer_days": str(one.answer_days or "")}
    queue_id = await read(request, _queue_of, one.key)
    fields = await read(request, _fields, request.state.language, queue_id)
    form = Form(fields, {**texts, "queue_id": str(queue_id or "")})
    if await posted(request, form):
        with form.noting():
            await change(request, _edit, one.key, **_values(form.values()))
            return go(f"{CATEGORIES.path}?done=saved")
    return editing(request, CATEGORIES, form, name=one.name(request.state.language))


async def queue(request: Request) -> Response:
    """Where a complaint waits whose category has no queue of its own."""
    language, queue_id = request.state.language, await read(request, _queue_of, EVERY)
    field = await read(request, _queue_field, language, queue_id)
    form = Form([field], {"queue_id": str(queue_id or "")})
    if await posted(request, form):
        with form.noting():
            await change(request, _place, EVERY, form.values()["queue_id"])
            return go(f"{CATEGORIES.path}?done=saved")
    return editing(request, CATEGORIES, form, name=translate(language, "Where complaints go"))


def _fields(session: Session, language: str, queue_id: int | None = None) -> list[Field]:
    return [
        *(
            Field(f"name_{language}", f"Shown as, in {NAMES[language]}", needed=False, longest=LONGEST_NAME)
            for language in LANGUAGES
        ),
        Field(
            "priority",
            "Priority",
            "choice",
            Priority,
            choices=[*PRIORITIES.items()],
            hint="Of complaints that are filed from now on.",
        ),
        _queue_field(session, language, queue_id),
        _days("acknowledge_days", "Working days until it is acknowledged", group="What we promise"),
        _days("answer_days", "Working days until the final answer"),
        Field("active", "Customers can choose it", "tick", as_ticked, needed=False),
    ]


def _days(name: str, label: str, *, group: str = "") -> Field:
    hint = "By when its queue closes on that day. Empty: no promise but what the SLA policies say." if group else ""
    return Field(name, label, "number", as_number_within(1, MOST_DAYS), hint, needed=False, longest=4, group=group)


def _queue_field(session: Session, language: str, queue_id: int | None = None) -> Field:
    choices = [("", "As usual"), *queue_choices(session, language, {queue_id})]
    return Field("queue_id", "Goes to", "choice", as_id, needed=False, choices=choices, names=True)


def _values(values: dict[str, Any]) -> dict[str, Any]:
    names = {language: values.pop(f"name_{language}") for language in LANGUAGES}
    return {**values, "names": names}


def _add(change: Change, *, key: str, queue_id: int | None, **said: Any) -> None:
    add_category(change, key=key, **said)
    _place(change, key, queue_id)


def _edit(change: Change, key: str, *, queue_id: int | None, **said: Any) -> None:
    edit_category(change, key, **said)
    _place(change, key, queue_id)


def _place(change: Change, category: str, queue_id: int | None) -> None:
    if queue_id is None:
        placing.unplace(change, Channel.COMPLAINT.value, category)
    else:
        placing.place(change, Channel.COMPLAINT.value, category, queue_id)


def _placed(session: Session) -> dict[str, int]:
    """Queues by category, as the rules for complaints say."""
    return {one.category: one.queue_id for one in placing.placements(session) if one.channel == Channel.COMPLAINT}


def _queue_of(session: Session, category: str) -> int | None:
    return _placed(session).get(category)


def _queues(session: Session, language: str) -> dict[str, str]:
    """Their names, by category."""
    placed = _placed(session)
    names = dict(queue_choices(session, language, placed.values()))
    return {category: names[str(queue_id)] for category, queue_id in placed.items()}


def _about(one: ComplaintCategory, queues: dict[str, str]) -> str:
    return " · ".join(part for part in (one.key, queues.get(one.key, "")) if part)


def _chips(one: ComplaintCategory) -> list[tuple[str, str]]:
    meaning = "bad" if Priority(one.priority).rank < Priority.NORMAL.rank else ""
    return [(meaning, PRIORITIES[one.priority]), *([] if one.active else [("", "Not offered")])]


def _all(session: Session) -> list[ComplaintCategory]:
    return list(categories(session, all=True))


def _one(session: Session, key: str) -> ComplaintCategory:
    row = session.get(ComplaintCategory, key)
    if row is None:
        raise NotFound("There is nothing at this address.")
    return row


DOORS = [
    door(CATEGORIES.path, all_categories, who=Who.ADMIN),
    door(f"{CATEGORIES.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{CATEGORIES.path}/queue", queue, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{CATEGORIES.path}/{{key}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
]
