"""What customers can complain about, what each is called, and how urgent it is."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from server.admin.pages import HOME, Entry, Subject, change, editing, listing, read
from server.forms import Field, Form, as_ticked, go, posted
from server.languages import LANGUAGES as NAMES
from tickets.complaints.categories import (
    LANGUAGES,
    LONGEST_NAME,
    ComplaintCategory,
    add_category,
    categories,
    edit_category,
)
from tickets.edge import Who, door
from tickets.errors import NotFound
from tickets.status import Priority
from widgets.labels import PRIORITIES

CATEGORIES = Subject(
    "Complaints",
    "What customers can choose on the complaint form. The category says how urgent a complaint is.",
    "Add a category",
    f"{HOME}/complaints",
    "No categories yet: nobody can complain.",
)


async def all_categories(request: Request) -> Response:
    language = request.state.language
    entries = [
        Entry(f"{CATEGORIES.path}/{one.key}", one.name(language), one.key, _chips(one), gone=not one.active)
        for one in await read(request, _all)
    ]
    return listing(request, CATEGORIES, entries)


async def add(request: Request) -> Response:
    key = Field(
        "key",
        "Key",
        longest=40,
        hint="Small letters, digits and hyphens. It cannot change: rules and policies go by it.",
    )
    form = Form([key, *_fields()], {"priority": Priority.NORMAL.value, "active": "yes"})
    if await posted(request, form):
        with form.noting():
            await change(request, add_category, **_values(form.values()))
            return go(f"{CATEGORIES.path}?done=added")
    return editing(request, CATEGORIES, form, name="")


async def edit(request: Request) -> Response:
    one: ComplaintCategory = await read(request, _one, request.path_params["key"])
    texts = {f"name_{language}": one.names.get(language, "") for language in LANGUAGES}
    form = Form(_fields(), {**texts, "priority": one.priority, "active": "yes" if one.active else ""})
    if await posted(request, form):
        with form.noting():
            await change(request, edit_category, one.key, **_values(form.values()))
            return go(f"{CATEGORIES.path}?done=saved")
    return editing(request, CATEGORIES, form, name=one.name(request.state.language))


def _fields() -> list[Field]:
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
        Field("active", "Customers can choose it", "tick", as_ticked, needed=False),
    ]


def _values(values: dict[str, Any]) -> dict[str, Any]:
    names = {language: values.pop(f"name_{language}") for language in LANGUAGES}
    return {**values, "names": names}


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
    door(f"{CATEGORIES.path}/{{key}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
]
