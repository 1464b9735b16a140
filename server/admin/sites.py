"""The websites that show our chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, func, select
from starlette.requests import Request
from starlette.responses import Response

from chat.site import (
    LANGUAGES,
    LONGEST_TEXT,
    TEXTS,
    Site,
    SiteForm,
    add_site,
    colour_of,
    edit_site,
    key_of,
    languages_of,
    origins_of,
)
from routing.placing import placements
from server.admin.pages import HOME, Entry, Subject, change, editing, listing, read, row
from server.admin.queues import calendar_choices, queue_choices
from server.admin.topics import Topic, place_topics, rows_for, topic_fields, topic_texts, topics_in
from server.doors.languages import LANGUAGES as NAMES
from server.forms import Field, Form, as_id, as_lines, as_ticked, go, posted
from tickets.change import Change
from tickets.edge import Who, door
from tickets.status import Channel

SITES = Subject(
    "Sites",
    "Websites that show the chat. Put a site's line into its pages, and the chat appears.",
    "Add a site",
    f"{HOME}/sites",
    "No sites yet.",
)
ASKS = [("off", "Do not ask"), ("optional", "May be left empty"), ("required", "Needed")]
SAYS = {"greeting": "Greeting", "hours": "Opening hours, in words", "offline": "When nobody is there"}
KEY = Field(
    "key",
    "Key",
    read=lambda text: key_of(text.strip()),
    longest=40,
    hint="Stands in the page's source. Small letters, digits and hyphens.",
)


async def sites(request: Request) -> Response:
    entries = [
        Entry(
            f"{SITES.path}/{site.id}",
            site.name,
            ", ".join(site.origins) or site.key,
            [] if site.active else [("", "Off")],
            gone=not site.active,
        )
        for site in await read(request, _sites)
    ]
    return listing(request, SITES, entries)


async def add(request: Request) -> Response:
    rows = await _rows(request, ())
    usual = {"colour": SiteForm("", "").colour, "languages": list(LANGUAGES), "active": "yes"}
    fields = await read(request, _fields, request.state.language, rows)
    form = Form([KEY, *fields], {**usual, "ask_name": "optional", "ask_email": "optional"})
    if await posted(request, form):
        with form.noting():
            values = _values(form)
            site = await change(request, _add, _said(values, values["key"], rows), topics_in(values, rows))
            return go(f"{SITES.path}/{site.id}?done=added")
    return editing(request, SITES, form, name="")


async def edit(request: Request) -> Response:
    site: Site = await read(request, row, Site, request.path_params["id"])
    rows = await _rows(request, site.topics)
    form = Form(await read(request, _fields, request.state.language, rows, site), await read(request, _texts, site))
    if await posted(request, form):
        with form.noting():
            values = _values(form)
            await change(request, _edit, site.id, _said(values, site.key, rows), topics_in(values, rows))
            return go(f"{SITES.path}/{site.id}?done=saved")
    address = request.state.config.public_url
    snippet = f'<script src="{address}/widget.js" data-site="{site.key}" data-colour="{site.colour}" async></script>'
    return editing(request, SITES, form, name=site.name, snippet=snippet)


def _values(form: Form) -> dict[str, Any]:
    """What was typed; all that is wrong with it is said at once. Ticks are read as a whole, so not by their field."""
    with form.noting():
        languages_of(form.texts["languages"])
    return form.values()


async def _rows(request: Request, topics: Sequence[object]) -> int:
    """As many rows as were on the page that was sent, else as many as the site needs."""
    sent = (await request.form()).keys() if request.method == "POST" else ()
    return max(rows_for(topics), sum(name.startswith("topic") and name[5:].isdigit() for name in sent))


def _fields(session: Session, language: str, rows: int, site: Site | None = None) -> list[Field]:
    queues = queue_choices(session, language, _named(session, site) if site else ())
    calendars = calendar_choices(session)
    return [
        Field("name", "Name", longest=100, hint="Customers see it at the head of the chat."),
        Field("active", "The chat is shown", "tick", as_ticked, needed=False),
        Field(
            "origins",
            "Where it may stand",
            "long",
            lambda text: origins_of(as_lines(text)),
            needed=False,
            rows=3,
            longest=5000,
            hint="One address a line, like https://shop.example.com. Empty: on any page.",
        ),
        Field("colour", "Colour", "colour", colour_of),
        Field("languages", "Languages", "several", choices=[(one, NAMES[one]) for one in LANGUAGES], names=True),
        Field("ask_name", "Name, before the chat", "choice", choices=ASKS),
        Field("ask_email", "Email address, before the chat", "choice", choices=ASKS),
        Field(
            "forms",
            "Also offered in the chat",
            "several",
            needed=False,
            choices=[("callback", "Ask for a call"), ("complaint", "Make a complaint")],
        ),
        Field(
            "default_queue_id",
            "Its chats go to",
            "choice",
            as_id,
            needed=False,
            choices=[("", "As usual"), *queues],
            names=True,
        ),
        Field("calendar_id", "Open when", "choice", as_id, needed=False, choices=calendars, names=True),
        *(
            Field(
                f"{which}_{language}",
                SAYS[which],
                "long",
                needed=False,
                rows=2,
                longest=LONGEST_TEXT,
                group=f"What it says, in {NAMES[language]}" if which == "greeting" else "",
            )
            for language in LANGUAGES
            for which in TEXTS
        ),
        *topic_fields(rows, queues),
    ]


def _named(session: Session, site: Site) -> set[int | None]:
    """The queues that its chats go to."""
    placed = _placed(session)
    return {site.default_queue_id, *(placed.get(topic["key"]) for topic in site.topics)}


def _placed(session: Session) -> dict[str, int]:
    """Queues by topic."""
    return {rule.category: rule.queue_id for rule in placements(session) if rule.channel == Channel.CHAT}


def _texts(session: Session, site: Site) -> dict[str, Any]:
    texts = {f"{which}_{code}": site.texts.get(code, {}).get(which, "") for code in LANGUAGES for which in TEXTS}
    return {
        "name": site.name,
        "active": "yes" if site.active else "",
        "origins": "\n".join(site.origins),
        "colour": site.colour,
        "languages": site.languages,
        "ask_name": site.ask_name,
        "ask_email": site.ask_email,
        "forms": site.forms,
        "default_queue_id": str(site.default_queue_id or ""),
        "calendar_id": str(site.calendar_id or ""),
        **texts,
        **topic_texts(site.topics, _placed(session)),
    }


def _said(values: dict[str, Any], key: str, rows: int) -> SiteForm:
    same = (
        "name",
        "origins",
        "colour",
        "languages",
        "ask_name",
        "ask_email",
        "default_queue_id",
        "calendar_id",
        "forms",
    )
    return SiteForm(
        key=key,
        texts={code: {which: values[f"{which}_{code}"] for which in TEXTS} for code in LANGUAGES},
        topics=[{"key": topic.key, "name": topic.name} for topic in topics_in(values, rows)],
        active=values["active"],
        **{name: values[name] for name in same},
    )


def _add(change: Change, said: SiteForm, topics: Sequence[Topic]) -> Site:
    site = add_site(change, said)
    place_topics(change, topics)
    return site


def _edit(change: Change, site_id: int, said: SiteForm, topics: Sequence[Topic]) -> None:
    before = [topic["key"] for topic in change.take(Site, site_id).topics]
    edit_site(change, site_id, said)
    place_topics(change, topics, before=before)


def _sites(session: Session) -> Sequence[Site]:
    return session.exec(select(Site).order_by(func.lower(Site.name))).all()


DOORS = [
    door(SITES.path, sites, who=Who.ADMIN),
    door(f"{SITES.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{SITES.path}/{{id:number}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
]
