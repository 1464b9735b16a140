"""A supervisor's look at one agent: which state they are in, how long they were in which, and another one for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from routing import presence, spans
from routing.presence import LONGEST_REASON
from server.admin.pages import SAID, change, read, row
from server.forms import Field, Form, as_ticked, go, page, posted
from tickets.edge import Who, door
from tickets.people import Agent
from widgets.labels import REASONS
from widgets.moments import length
from widgets.states import Look, looks
from widgets.words import translate

PATH = "/app/presence"
BACK = timedelta(hours=24)


@dataclass(frozen=True)
class Spent:
    """A line of the table: how long in one state, for one reason, reachable or not."""

    look: Look
    reason: str
    connected: bool
    lasted: str


async def state(request: Request) -> Response:
    agent: Agent = await read(request, row, Agent, request.path_params["id"])
    known, now_in = await read(request, _known, agent.id)
    form = Form(_fields(known.values(), request.state.language), {"intent": now_in})
    if await posted(request, form):
        with form.noting():
            said = form.values()
            await change(request, presence.choose, agent.id, said["intent"], said["reason"], later=said["later"])
            return go(f"{PATH}/{agent.id}?done=saved")
    now = request.state.desk.clock.now()
    facts: dict[str, Any] = {
        "agent": agent,
        "spent": await read(request, _spent, agent.id, now, request.state.language),
        "reasons": REASONS,
        "said": SAID["saved"] if request.query_params.get("done") == "saved" else "",
    }
    return page(request, "admin/state.html", form, **facts)


def _known(session: Session, agent_id: int) -> tuple[dict[str, Look], str]:
    here = presence.presence_of(session, agent_id)
    known = dict(looks(session))
    if here is not None and here.key not in known:
        known |= {here.key: looks(session, archived=True)[here.key]}
    return known, here.key if here is not None else presence.Intent.OFFLINE.value


def _fields(known: Iterable[Look], language: str) -> list[Field]:
    choices = [(look.key, look.name if look.own else translate(language, look.name)) for look in known]
    return [
        Field("intent", "State", "one", choices=choices, names=True),
        Field("reason", "Reason", needed=False, longest=LONGEST_REASON, hint="Where the state asks for one."),
        Field("later", "When the talk that they are in is over", "tick", as_ticked, needed=False),
    ]


def _spent(session: Session, agent_id: int, now: datetime, language: str) -> Sequence[Spent]:
    known = looks(session, archived=True)
    return [
        Spent(known[one.key], one.reason, one.connected, length(language, int(one.seconds), days=False))
        for one in spans.spent(session, now - BACK, now)
        if one.agent_id == agent_id and one.seconds >= 1
    ]


DOORS = [door(f"{PATH}/{{id:number}}", state, who=Who.SUPERVISOR, methods=["GET", "POST"])]
