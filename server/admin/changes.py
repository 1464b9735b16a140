"""What was changed in the settings: when, by whom, and, where it is kept, what it was before and what it is since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select
from starlette.requests import Request
from starlette.responses import Response

from chat.site import Site
from routing.entitlements import Entitlement, entitlement_names
from routing.hours import Calendar
from routing.queues import Queue
from routing.sla.policy import SlaPolicy
from routing.sla.versions import PolicyVersion
from routing.states import AgentState
from routing.tiers import Tier, tier_names
from server.admin.hours_text import written
from server.admin.pages import HOME, Subject, read
from server.admin.policy_form import AFRESH, PUBLISHED
from server.admin.policy_steps import told_steps
from server.forms import page
from tickets.canned import Canned
from tickets.complaints.categories import ComplaintCategory
from tickets.edge import Who, door
from tickets.email.mailbox import Mailbox
from tickets.log import LogRow
from tickets.moment import to_micros
from tickets.people import Agent
from tickets.setting_change import SettingChange
from tickets.status_names import StatusName
from widgets import edit_words, policy_words
from widgets.names import Names
from widgets.words import translate

CHANGES = Subject(
    "Changes",
    "Everything that was changed in these settings, the newest first.",
    path=f"{HOME}/changes",
    empty="Nothing was changed yet.",
)
AT_ONCE = 50
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Area:
    """`field` of the event is the id of a `model`, whose name is its `called`.

    `besides` is the label of what its kept versions say nothing of.
    """

    title: str
    path: str = ""  # of the page; empty: there are several
    field: str = ""
    model: type[SQLModel] | None = None
    called: str = "name"
    besides: str = ""


AREAS = {
    "AgentChanged": Area("Agents", "agents", "agent", Agent),
    "QueueChanged": Area("Queues", "queues", "queue", Queue),
    "SkillsChanged": Area("Skills", "skills", "agent", Agent),
    "AgentStateChanged": Area("Agents' states", "states", "state", AgentState),
    "LoadsChanged": Area("Capacity", "capacity"),
    "CalendarChanged": Area("Opening hours", "hours", "calendar", Calendar, besides="Name"),
    "PolicyChanged": Area("SLA policies", "policies", "policy", SlaPolicy),
    "TiersChanged": Area("Customer tiers", "tiers", "tier", Tier),
    "EntitlementsChanged": Area("Entitlements", "entitlements", "entitlement", Entitlement),
    "SiteChanged": Area("Sites", "sites", "site", Site),
    "MailboxChanged": Area("Mail", "mail", "mailbox", Mailbox, "address"),
    "CallbackTermsChanged": Area("Waits and callbacks", "callbacks", "queue", Queue),
    "SurveyTermsChanged": Area("Satisfaction survey", "survey"),
    "ComplaintCategoriesChanged": Area("Complaints", "complaints", "category", ComplaintCategory, "key"),
    "PlacementsChanged": Area("Where new tickets go"),
    "CannedChanged": Area("Canned replies", "canned", "canned", Canned, "shortcut"),
    "StatusNamesChanged": Area("Statuses", "statuses", "name", StatusName),
}
"""By the kind of event that tells of it: the log is the record, and nothing else is kept."""


@dataclass(frozen=True)
class Line:
    """`name` is what it is called today, empty where it is gone; `before` and `then` are sentences that differ."""

    at: datetime
    by: str
    area: Area
    name: str
    before: Sequence[str] = ()
    then: Sequence[str] = ()
    told: Sequence[str] = ()  # what was changed from what to what, in sentences


async def changes(request: Request) -> Response:
    asked = request.query_params
    before, person = (_number(asked.get(name, "")) for name in ("before", "person"))
    kind = asked.get("area", "") if asked.get("area", "") in AREAS else ""
    lines, older = await read(request, _lines, request.state.language, kind, person, before)
    people = await read(request, lambda session: Names(session).agents)
    facts = {"lines": lines, "older": older, "areas": AREAS, "people": people, "kind": kind, "person": person}
    return page(request, "admin/changes.html", subject=CHANGES, **facts)


def _lines(session: Session, language: str, kind: str, person: int, before: int) -> tuple[list[Line], int]:
    """At most so many, the newest first; and where the next page begins, 0 for nowhere."""
    kinds = [kind] if kind else [*AREAS]
    query = select(LogRow).where(col(LogRow.ticket_id).is_(None), col(LogRow.kind).in_(kinds))
    query = query.where(LogRow.by == f"agent:{person}") if person else query
    query = query.where(LogRow.pos < before) if before else query
    rows = session.exec(query.order_by(col(LogRow.pos).desc()).limit(AT_ONCE + 1)).all()
    names, told = Names(session), _told(session, rows[:AT_ONCE])
    once = {(row.at, row.by, row.kind, row.data): row.pos for row in rows[:AT_ONCE]}.values()  # of one change
    lines = [_line(session, language, names, told, row) for row in rows[:AT_ONCE] if row.pos in once]
    return lines, rows[AT_ONCE - 1].pos if len(rows) > AT_ONCE else 0


Told = Mapping[tuple[datetime, str, str], SettingChange]
"""By the time of the change, who did it, and on which page; under "" on whichever it was."""


def _told(session: Session, rows: Sequence[LogRow]) -> Told:
    """What forms say of these changes: a change has one time, down to the microsecond."""
    kept = session.exec(select(SettingChange).where(col(SettingChange.at).in_({row.at for row in rows})))
    return {(one.at, one.by, area): one for one in kept for area in (one.area, "")}


def _line(session: Session, language: str, names: Names, told: Told, row: LogRow) -> Line:
    area, event = AREAS[row.kind], row.event
    id = getattr(event, area.field) if area.field else None
    there: Any = None if area.model is None or id is None else session.get(area.model, id)
    before, then = _difference(session, language, names, row, there)
    form = told.get((row.at, row.by, area.path))
    said = [] if form is None else _sentences(language, form, only=area.besides if before or then else None)
    return Line(row.at, names.of(row.by), area, getattr(there, area.called, ""), before, then, said)


def _sentences(language: str, form: SettingChange, *, only: str | None) -> Sequence[str]:
    """What was changed by it; where a version tells that, what is said in the field of this label `only`."""
    says = [translate(language, form.says)] if form.says and only is None else []
    edits = [edit for edit in form.edits if only in (None, edit["label"])]
    return [*says, *edit_words.sentences(language, edits)]


def _difference(
    session: Session, language: str, names: Names, row: LogRow, there: Any
) -> tuple[Sequence[str], Sequence[str]]:
    """Kept are the versions of policies and of hours; of a first one there is no before."""
    both: tuple[Sequence[str], Sequence[str]] = ((), ())
    if row.kind == "PolicyChanged":
        both = _terms(session, language, names, row)
    elif row.kind == "CalendarChanged" and there is not None:
        both = _hours(language, there, row.at)
    before, then = both
    return [one for one in before if one not in then], [one for one in then if one not in before]


def _terms(session: Session, language: str, names: Names, row: LogRow) -> tuple[Sequence[str], Sequence[str]]:
    mine = select(PolicyVersion).where(PolicyVersion.policy_id == row.event.policy)  # type: ignore[attr-defined]
    versions = session.exec(mine.where(PolicyVersion.at <= row.at).order_by(col(PolicyVersion.version).desc())).all()
    if not versions or versions[0].at != row.at:
        return (), ()
    queues = {queue.id: queue.name for queue in names.queues.values()}
    told = []
    for version in versions[:2]:
        policy: Any = SlaPolicy(id=0, position=0, **version.terms)
        off = [] if policy.active else [translate(language, "Not in use")]
        whom = policy_words.whom(language, policy, queues, tier_names(session), entitlement_names(session))
        what = [*policy_words.what(language, policy, names.calendars), *_besides(language, policy, names)]
        told.append([policy.name, f"{whom}.", *what, *off])
    return (told[1] if len(told) > 1 else []), told[0]


def _besides(language: str, policy: SlaPolicy, names: Names) -> list[str]:
    """What a policy does while its promises run out, when a matter begins anew, and whether customers may read it."""
    found = told_steps(language, policy.steps, names)
    if policy.fresh_after_days is not None:
        found.append(f"{translate(language, AFRESH)}: {policy.fresh_after_days}")
    return [*found, translate(language, PUBLISHED)] if policy.published else found


def _hours(language: str, calendar: Calendar, at: datetime) -> tuple[Sequence[str], Sequence[str]]:
    images = [*calendar.past, {"zone": calendar.zone, "week": calendar.week, "days": calendar.days}]
    place = next((n for n, one in enumerate(calendar.past) if one["until"] == to_micros(at)), None)
    return ((), ()) if place is None else (_said(language, images[place]), _said(language, images[place + 1]))


def _said(language: str, hours: dict[str, Any]) -> list[str]:
    closed = translate(language, "Not open")
    week = zip(DAYS, hours["week"], strict=True)
    found = [hours["zone"], *(f"{translate(language, day)} {_written(spans) or closed}" for day, spans in week)]
    return [*found, *(f"{day} {_written(spans) or closed}" for day, spans in hours["days"].items())]


def _written(spans: Sequence[Sequence[int]]) -> str:
    return written([(start, end) for start, end in spans])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


DOORS = [door(CHANGES.path, changes, who=Who.ADMIN)]
