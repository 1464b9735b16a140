"""What is promised to whom: policies in the order in which they are asked, with their targets, and what they change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from routing.entitlements import entitlement_names
from routing.sla.applying import Preview, apply_to_open, held_by, preview
from routing.sla.metrics import pausable, promisable
from routing.sla.policy import SlaPolicy, Terms, add_policy, policies, remove_policy, reorder
from routing.sla.versions import PolicyVersion, versions_of
from routing.tiers import tier_names
from server.admin.pages import HOME, SAID, Act, Subject, change, read, row
from server.admin.policy_form import UNITS, PolicyForm, cell, fields_of, texts_of
from server.admin.policy_steps import GROUPS, step_rows
from server.forms import go, page, posted
from tickets.change import Change
from tickets.edge import Who, door, form_of
from tickets.errors import NotFound
from widgets import labels, policy_words
from widgets.names import Names
from widgets.sla import METRICS

POLICIES = Subject(
    "SLA policies",
    "By when customers get an answer. The first policy that fits a ticket holds for it, so the order matters.",
    "Add a policy",
    f"{HOME}/policies",
    "No policies yet: nothing is promised, and no clock runs.",
)


@dataclass(frozen=True)
class Line:
    """One policy in the list."""

    policy: SlaPolicy
    path: str
    whom: str
    what: str
    first: bool
    last: bool


async def all_policies(request: Request) -> Response:
    lines = await read(request, _lines, request.state.language)
    kinds = [[one for one in lines if one.policy.internal is internal] for internal in (False, True)]
    return page(request, "admin/policies.html", subject=POLICIES, kinds=kinds, said=_said(request))


async def add(request: Request) -> Response:
    language = request.state.language
    internal = request.url.path == f"{POLICIES.path}/internal/new"
    fields = await read(request, lambda session: fields_of(session, language, internal=internal))
    form = PolicyForm(fields, texts_of(None, internal=internal))
    form.internal = internal
    if await posted(request, form):
        with form.noting():
            await change(request, _save, None, form.terms(), active=bool(form.texts["active"]))
            return go(f"{POLICIES.path}?done=added")
    return _page(request, form, name="")


async def edit(request: Request) -> Response:
    policy: SlaPolicy = await read(request, row, SlaPolicy, request.path_params["id"])
    language, internal = request.state.language, policy.internal
    fields = await read(request, lambda session: fields_of(session, language, policy, internal=internal))
    form = PolicyForm(fields, texts_of(policy, internal=internal))
    form.internal = internal
    if await posted(request, form):
        with form.noting():
            await change(request, _save, policy.id, form.terms(), active=bool(form.texts["active"]))
            return go(f"{POLICIES.path}/{policy.id}?done=saved")
    held, ahead = await read(request, _effect, policy.id, request.state.desk.clock.now())
    sentences = await read(request, _sentences, request.state.language, policy)
    acts = [Act(f"{POLICIES.path}/{policy.id}/remove", "Remove", bad=True)]
    facts = {"policy": policy, "held": held, "ahead": ahead, "sentences": sentences, "acts": acts}
    return _page(request, form, name=policy.name, past=await read(request, _past, policy.id), **facts)


async def move(request: Request) -> Response:
    """By one place: `way` is up or down."""
    up = (await form_of(request)).get("way") == "up"
    await change(request, _move, request.path_params["id"], -1 if up else 1)
    return go(POLICIES.path)


async def apply(request: Request) -> Response:
    """Explicit, and seen before: nothing that runs changes because a policy was edited."""
    await change(request, apply_to_open, request.path_params["id"])
    return go(f"{POLICIES.path}/{request.path_params['id']}?done=applied")


async def remove(request: Request) -> Response:
    await change(request, remove_policy, request.path_params["id"], says="Removed.")
    return go(f"{POLICIES.path}?done=removed")


def _page(request: Request, form: PolicyForm, *, name: str, **facts: Any) -> Response:
    known = {"past": (), "policy": None, "held": 0, "ahead": None, "sentences": (), "acts": (), **facts}
    metrics = {metric.value: METRICS[metric] for metric in promisable(internal=form.internal)}
    known |= {"pausable": pausable(internal=form.internal), "internal": form.internal}
    known |= {"step_rows": step_rows(form.texts), "step_groups": GROUPS}
    known |= {"metrics": metrics, "priorities": labels.PRIORITIES, "units": UNITS, "cell": cell, "said": _said(request)}
    return page(request, "admin/policy.html", form, subject=POLICIES, name=name, **known)


def _save(change: Change, policy_id: int | None, terms: Terms, *, active: bool) -> None:
    policy = add_policy(change, terms) if policy_id is None else change.take(SlaPolicy, policy_id)
    policy.edit(change, terms)
    policy.set_active(change, active)


def _move(change: Change, policy_id: int, by: int) -> None:
    """Among those of its kind: the others are asked for something else."""
    known = change.rows(select(SlaPolicy).order_by(col(SlaPolicy.position), col(SlaPolicy.id)))
    kind = next((one.internal for one in known if one.id == policy_id), None)
    if kind is None:
        raise NotFound("This does not exist any more.")
    order = [one.id for one in known if one.internal is kind]
    at = order.index(policy_id)
    order.insert(max(at + by, 0), order.pop(at))
    reorder(change, [*order, *(one.id for one in known if one.internal is not kind)])


def _lines(session: Session, language: str) -> list[Line]:
    found, names = policies(session), Names(session)
    queues = {queue.id: queue.name for queue in names.queues.values()}
    kinds = {internal: [one for one in found if one.internal is internal] for internal in (False, True)}
    return [
        Line(
            policy,
            f"{POLICIES.path}/{policy.id}",
            policy_words.whom(language, policy, queues, tier_names(session), entitlement_names(session)),
            " ".join(policy_words.what(language, policy, names.calendars)),
            first=policy is kinds[policy.internal][0],
            last=policy is kinds[policy.internal][-1],
        )
        for policy in found
    ]


def _sentences(session: Session, language: str, policy: SlaPolicy) -> list[str]:
    names = Names(session)
    queues = {queue.id: queue.name for queue in names.queues.values()}
    whom = policy_words.whom(language, policy, queues, tier_names(session), entitlement_names(session))
    return [f"{whom}.", *policy_words.what(language, policy, names.calendars)]


def _effect(session: Session, policy_id: int, now: datetime) -> tuple[int, Preview]:
    """How many open tickets go by it now, and what applying it would change."""
    return len(held_by(session, row(session, SlaPolicy, policy_id))), preview(session, policy_id, now)


def _past(session: Session, policy_id: int) -> list[tuple[PolicyVersion, str]]:
    """Its versions, the newest first, and who wrote each."""
    names = Names(session)
    return [(version, names.of(version.by)) for version in versions_of(session, policy_id)]


def _said(request: Request) -> str:
    return SAID.get(request.query_params.get("done", ""), "")


_ONE = f"{POLICIES.path}/{{id:number}}"
DOORS = [
    door(POLICIES.path, all_policies, who=Who.ADMIN),
    door(f"{POLICIES.path}/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{POLICIES.path}/internal/new", add, who=Who.ADMIN, methods=["GET", "POST"]),
    door(_ONE, edit, who=Who.ADMIN, methods=["GET", "POST"]),
    door(f"{_ONE}/place", move, who=Who.ADMIN, methods=["POST"]),
    door(f"{_ONE}/apply", apply, who=Who.ADMIN, methods=["POST"]),
    door(f"{_ONE}/remove", remove, who=Who.ADMIN, methods=["POST"]),
]
