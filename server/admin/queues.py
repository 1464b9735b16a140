"""Where tickets wait, who answers them, and how they are handed out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select as core_select
from sqlmodel import Session, col, func, select
from starlette.requests import Request
from starlette.responses import Response

from routing import stays
from routing.choosing import Rule
from routing.hours import calendars
from routing.line import Turn
from routing.names import LONGEST_NAME
from routing.queues import Delivery, Queue, QueueMember, add_queue, members_of, queues
from server.admin.aims import AIM, aim_texts, save_aim
from server.admin.limits import limit_fields, limit_texts, save_limits
from server.admin.pages import HOME, Entry, Subject, archiving, change, editing, listing, read, row
from server.admin.patience import PATIENCE
from server.admin.skills import skill_choices
from server.admin.steps import as_seconds, step_fields, step_texts, steps_in
from server.forms import Field, Form, as_id, go, posted
from tickets.change import Change
from tickets.edge import Who, door
from tickets.people import Agent
from widgets.words import translate

QUEUES = Subject(
    "Queues",
    "Where tickets wait. A ticket is in one queue at a time; the queue's members answer it.",
    "Add a queue",
    f"{HOME}/queues",
    "No queues yet: new tickets would wait where nobody looks.",
)
DELIVERIES = {
    "pull": "Agents take the next one",
    "offer": "Offered to one agent after another",
    "assign": "Given to one agent at once",
}
RULES = {
    "longest_idle": "Who has been without new work for longest",
    "most_spare": "Who has the most room",
    "round_robin": "One after another, in turn",
}


async def all_queues(request: Request) -> Response:
    entries = [
        Entry(f"{QUEUES.path}/{queue.id}", queue.name, about, _chips(queue), gone=queue.archived)
        for queue, about in await read(request, _with_members)
    ]
    return listing(request, QUEUES, entries)


async def add(request: Request) -> Response:
    fields = await read(request, _fields, request.state.language)
    form = Form(fields, {"delivery": Delivery.PULL.value, "rule": Rule.LONGEST_IDLE.value})
    if await posted(request, form):
        with form.noting():
            await change(request, _save, None, **form.values())
            return go(f"{QUEUES.path}?done=added")
    return editing(request, QUEUES, form, name="")


async def edit(request: Request) -> Response:
    queue: Queue = await read(request, row, Queue, request.path_params["id"])
    form = Form(await read(request, _fields, request.state.language, queue.id), await read(request, _texts, queue))
    if await posted(request, form):
        with form.noting():
            await change(request, _save, queue.id, **form.values())
            return go(f"{QUEUES.path}?done=saved")
    act = archiving(f"{QUEUES.path}/{queue.id}", archived=queue.archived)
    return editing(request, QUEUES, form, name=queue.name, acts=[act])


async def archive(request: Request) -> Response:
    await change(
        request, lambda change, id: change.take(Queue, id).archive(change), request.path_params["id"], says="Archived."
    )
    return go(f"{QUEUES.path}?done=archived")


async def restore(request: Request) -> Response:
    await change(
        request,
        lambda change, id: change.take(Queue, id).restore(change),
        request.path_params["id"],
        says="In use again.",
    )
    return go(f"{QUEUES.path}?done=restored")


def queue_choices(session: Session, language: str, named: Collection[int | None] = ()) -> list[tuple[str, str]]:
    """Those in use, and those that are named already, as what they are: a form that left an archived one out would
    forget it when it is saved for something else.
    """
    return [
        (str(queue.id), said_of(queue, language))
        for queue in queues(session, archived=bool(named))
        if not queue.archived or queue.id in named
    ]


def said_of(queue: Queue, language: str) -> str:
    """Its name, and whether it is still in use."""
    return f"{queue.name} · {translate(language, 'Archived')}" if queue.archived else queue.name


def calendar_choices(session: Session) -> list[tuple[str, str]]:
    return [("", "Always open"), *((str(calendar.id), calendar.name) for calendar in calendars(session))]


def _fields(session: Session, language: str, queue_id: int | None = None) -> list[Field]:
    agents = session.exec(select(Agent).where(col(Agent.active)).order_by(func.lower(Agent.name)))
    members = [(str(agent.id), agent.name) for agent in agents]
    others = queue_choices(session, language, _named(session, queue_id))
    return [
        Field("name", "Name", longest=LONGEST_NAME, hint="Customers who wait see it."),
        Field(
            "delivery",
            "How its tickets reach agents",
            "choice",
            Delivery,
            choices=[*DELIVERIES.items()],
            hint="Where a customer waits live, a ticket is always offered.",
        ),
        Field("rule", "Who is asked first", "choice", Rule, choices=[*RULES.items()]),
        Field(
            "ring_seconds",
            "How long an offer rings, in seconds",
            "number",
            as_seconds,
            needed=False,
            longest=10,
            hint="5 to 300. Empty: as set for the whole desk.",
        ),
        *PATIENCE,
        Field("calendar_id", "Open when", "choice", as_id, needed=False, choices=calendar_choices(session), names=True),
        Field("members", "Members", "several", choices=members, names=True),
        *limit_fields(others, [] if queue_id is None else _members(session, queue_id)),
        *AIM,
        *step_fields(skill_choices(session), others),
    ]


def _named(session: Session, queue_id: int | None) -> set[int | None]:
    """The queues that help it or that it sends customers to."""
    queue = session.get(Queue, queue_id) if queue_id is not None else None
    if queue is None:
        return set()
    return {queue.overflow_to, queue.full_to, *(step.widen_to for step in stays.steps(session, queue.id))}


def _texts(session: Session, queue: Queue) -> dict[str, Any]:
    members = session.exec(select(QueueMember).where(QueueMember.queue_id == queue.id)).all()
    here = [str(agent_id) for agent_id, _ in _members(session, queue.id)]
    return {
        "name": queue.name,
        "delivery": queue.delivery,
        "rule": queue.rule,
        "ring_seconds": "" if queue.ring_seconds is None else f"{queue.ring_seconds:g}",
        "wrap_seconds": "" if queue.wrap_seconds is None else f"{queue.wrap_seconds:g}",
        "raise_after": str(queue.raise_after),
        "last_agent_seconds": f"{queue.last_agent_seconds:g}" if queue.last_agent_seconds else "",
        "calendar_id": str(queue.calendar_id or ""),
        "members": here,
        **aim_texts(queue),
        **limit_texts(queue, {member.agent_id: member.delay_seconds for member in members}),
        **step_texts(stays.steps(session, queue.id)),
    }


def _save(
    change: Change,
    queue_id: int | None,
    *,
    name: str,
    delivery: Delivery,
    rule: Rule,
    ring_seconds: float | None,
    wrap_seconds: float | None,
    raise_after: int,
    last_agent_seconds: float | None,
    calendar_id: int | None,
    members: list[str],
    turn: Turn,
    **said: Any,
) -> None:
    queue = add_queue(change, name) if queue_id is None else change.take(Queue, queue_id)
    queue.rename(change, name)
    queue.set_rules(change, delivery=delivery, rule=rule, turn=turn, ring_seconds=ring_seconds, calendar_id=calendar_id)
    queue.set_patience(change, wrap_seconds=wrap_seconds, raise_after=raise_after)
    queue.prefer_last_agent(change, seconds=last_agent_seconds or 0)
    gone = dict(change.tuples(_GONE, queue=queue.id))
    queue.set_members(change, [*gone, *(int(member) for member in members)])
    change.write()
    save_aim(change, queue, said)
    save_limits(change, queue, {**said, **{f"delay-{agent_id}": delay for agent_id, delay in gone.items()}})
    stays.set_steps(change, queue.id, steps_in(said))


_GONE: Any = (
    core_select(col(QueueMember.agent_id), col(QueueMember.delay_seconds))
    .join(Agent, col(Agent.id) == col(QueueMember.agent_id))
    .where(col(QueueMember.queue_id) == bindparam("queue"), col(Agent.active).is_(False))
)
"""Members who do not work here just now, and how much later they see its work: theirs again when they are back."""


def _members(session: Session, queue_id: int) -> list[tuple[int, str]]:
    return [(agent.id, agent.name) for agent in members_of(session, queue_id)]


def _with_members(session: Session) -> list[tuple[Queue, str]]:
    query = select(QueueMember.queue_id, Agent.name).join(Agent, col(Agent.id) == QueueMember.agent_id)
    names: dict[int, list[str]] = {}
    for queue_id, name in session.exec(query.where(col(Agent.active)).order_by(func.lower(Agent.name))):
        names.setdefault(queue_id, []).append(name)
    return [(queue, ", ".join(names.get(queue.id, []))) for queue in queues(session, archived=True)]


def _chips(queue: Queue) -> list[tuple[str, str]]:
    return [("", "Archived")] if queue.archived else []


DOORS = [
    door(QUEUES.path, all_queues, who=Who.ADMIN),
    door(f"{QUEUES.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{QUEUES.path}/{{id:number}}", edit, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{QUEUES.path}/{{id:number}}/archive", archive, who=Who.ADMIN, methods=["POST"]),
    door(f"{QUEUES.path}/{{id:number}}/restore", restore, who=Who.ADMIN, methods=["POST"]),
]
