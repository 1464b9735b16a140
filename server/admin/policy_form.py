"""The form of a policy: which tickets, a grid of targets by metric and priority, and the hours that they count in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, select

from chat.site import Site
from routing.entitlements import entitlements
from routing.hours import calendars
from routing.names import LONGEST_NAME
from routing.sla.choosing import seconds_of
from routing.sla.metrics import PAUSING, USUAL_PAUSES, pausable, promisable
from routing.sla.policy import SlaPolicy, Terms
from routing.sla.steps import checked_steps
from routing.sla.targets import LONGEST_AFRESH, LONGEST_TARGET, SHORTEST_TARGET
from routing.tiers import tiers
from server.admin.policy_steps import step_fields, step_texts, steps_in
from server.admin.queues import queue_choices
from server.forms import Field, Form, as_id, as_number, as_ticked
from tickets.complaints.categories import categories
from tickets.errors import Refused
from widgets.labels import CHANNELS, PRIORITIES, STATUSES
from widgets.sla import METRICS

_PARTS = frozenset({"unit", "always", "when", "metric", "does"})
AFRESH = "Reopened as a new matter after this many days"
PUBLISHED = "Customers may read it, on the page of service standards"
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 24 * 3600}


class PolicyForm(Form):
    """`cell` names the three fields of a target: its number, its unit, and whether every hour counts."""

    internal = False  # what queues promise one another

    def part_of(self, name: str) -> str:
        """A target is one thing, and so is a step: what is wrong with a part of it is said once, below it."""
        whole, _, part = name.rpartition("-")
        return whole if part in _PARTS and whole in self.texts else name

    def terms(self) -> Terms:
        """What was typed. Every mistake is noted beside its field; raises where there is one."""
        said = self.values()
        targets: dict[str, dict[str, dict[str, Any]]] = {}
        for metric, priority in cells(internal=self.internal):
            name = cell(metric, priority)
            with self.noting(name):
                if said[name] is not None:
                    found = _target(said[name], said[f"{name}-unit"], always=said[f"{name}-always"])
                    targets.setdefault(metric, {})[priority] = found
        steps = steps_in(said)
        for row, step in steps:
            with self.noting(row):
                checked_steps([step])
        if self.mistakes:
            self.values()  # raises
        return Terms(
            name=said["name"],
            targets=targets,
            channels=said["channels"],
            queues=[int(one) for one in said["queues"]],
            categories=said["categories"],
            calendar_id=said["calendar_id"],
            internal=self.internal,
            pauses={metric: said[f"pause-{metric}"] for metric in pausable(internal=self.internal)},
            tiers=[int(one) for one in said["tiers"]],
            rights=said["rights"],
            published=not self.internal and said["published"],
            steps=[step for _, step in steps],
            fresh_after_days=None if self.internal else said["fresh_after_days"],
        )


def cell(metric: str, priority: str) -> str:
    return f"{metric}-{priority}"


def cells(*, internal: bool) -> list[tuple[str, str]]:
    """The metrics of such a policy, each with each priority."""
    return [(metric.value, priority) for metric in promisable(internal=internal) for priority in PRIORITIES]


def fields_of(
    session: Session, language: str, policy: SlaPolicy | None = None, *, internal: bool = False
) -> list[Field]:
    """What a policy names already can be kept, also where it is no longer offered."""
    named = policy.queues if policy else ()
    return [
        Field("name", "Name", longest=LONGEST_NAME),
        Field("channels", "Channels", "several", choices=[*CHANNELS.items()], hint="None ticked: all of them."),
        Field("queues", "Queues", "several", choices=queue_choices(session, language, named), names=True),
        Field("categories", "Topics and categories", "several", choices=_categories(session, policy), names=True),
        *_whose(session, policy, internal=internal),
        *(field for one in cells(internal=internal) for field in _target_fields(cell(*one))),
        Field("calendar_id", "Opening hours", "choice", as_id, needed=False, choices=_hours(session), names=True),
        *(
            Field(f"pause-{one}", METRICS[one], "several", choices=_pauses())
            for one in pausable(internal=internal)
        ),
        Field(
            "fresh_after_days", AFRESH, "number", _days,
            needed=False, longest=9,
            hint="Empty: however long it was resolved, its resolution goes on adding up.",
        ),
        *step_fields(session, language, sorted({metric for metric, _ in cells(internal=internal)}), policy),
        Field("active", "In use", "tick", as_ticked, needed=False),
    ]  # fmt: skip


def texts_of(policy: SlaPolicy | None, *, internal: bool = False) -> dict[str, Any]:
    """What stands in the fields; a policy that is yet to be made begins empty and in use."""
    pauses = USUAL_PAUSES if policy is None else policy.pauses
    texts: dict[str, Any] = {
        f"pause-{one}": [str(status) for status in pauses.get(one, ())] for one in pausable(internal=internal)
    }
    if policy is None:
        return texts | {"active": "yes", **{f"{cell(*one)}-unit": "hours" for one in cells(internal=internal)}}
    texts |= {
        "name": policy.name,
        "channels": policy.channels,
        "queues": [str(one) for one in policy.queues],
        "categories": policy.categories,
        "calendar_id": str(policy.calendar_id or ""),
        "fresh_after_days": str(policy.fresh_after_days or ""),
        "active": "yes" if policy.active else "",
        "tiers": [str(one) for one in policy.tiers],
        "rights": policy.rights,
        "published": "yes" if policy.published else "",
        **step_texts(policy),
    }
    for metric, priority in cells(internal=internal):
        texts |= _texts_of_target(cell(metric, priority), policy.targets.get(metric, {}).get(priority))
    return texts


def _target_fields(name: str) -> list[Field]:
    return [
        Field(name, "Target", "number", as_number, needed=False, longest=20),
        Field(f"{name}-unit", "Unit", read=_unit, needed=False),
        Field(f"{name}-always", "24/7", "tick", as_ticked, needed=False),
    ]


def _texts_of_target(name: str, target: Mapping[str, Any] | None) -> dict[str, str]:
    if target is None:
        return {name: "", f"{name}-unit": "hours", f"{name}-always": ""}
    seconds, always = seconds_of(target), not target["business"]
    fits = [unit for unit, size in UNITS.items() if seconds % size == 0 and (always or unit != "days")]
    return {name: str(seconds // UNITS[fits[-1]]), f"{name}-unit": fits[-1], f"{name}-always": "yes" if always else ""}


def _days(text: str) -> int | None:
    days = as_number(text)
    if days is not None and not 1 <= days <= LONGEST_AFRESH:
        raise Refused("Between 1 and 365 days.")
    return days


def _unit(text: str) -> str:
    if text and text not in UNITS:
        raise Refused("Choose from what is offered.")
    return text or "minutes"


def _target(number: int, unit: str, *, always: bool) -> dict[str, Any]:
    """A day of opening hours is as long as the desk is open, which differs; hours say what is meant."""
    if unit == "days" and not always:
        raise Refused("Days only with 24/7. Otherwise write the hours of a day that is worked.")
    if not SHORTEST_TARGET <= number * UNITS[unit] <= LONGEST_TARGET * 60:
        raise Refused("A target is between 15 seconds and one year.")
    return {"seconds": number * UNITS[unit], "business": not always}


def _categories(session: Session, policy: SlaPolicy | None) -> list[tuple[str, str]]:
    """What a chat's topic or a complaint's category can be; English names, else the keys."""
    topics = [topic for site in session.exec(select(Site)) for topic in site.topics]
    known = {topic["key"]: topic["name"].get("en") or topic["key"] for topic in topics}
    known = {one.key: one.name("en") for one in categories(session)} | known
    kept = {key: key for key in (policy.categories if policy else ()) if key not in known}
    return sorted((known | kept).items(), key=lambda one: one[1].casefold())


def _whose(session: Session, policy: SlaPolicy | None, *, internal: bool) -> list[Field]:
    """For which customers, and whether these may read it."""
    hint = "Whoever has any of them. None ticked: everybody."
    tiers_ = [(str(one.id), one.name) for one in tiers(session)]
    rights = [(one.key, one.name) for one in entitlements(session)]
    found = [
        Field("tiers", "Customer tiers", "several", choices=tiers_, names=True),
        Field("rights", "Entitlements", "several", choices=rights, names=True, hint=hint),
    ]
    published = Field("published", PUBLISHED, "tick", as_ticked, needed=False)
    return found if internal else [*found, published]


def _pauses() -> list[tuple[str, str]]:
    return [(status.value, STATUSES[status]) for status in PAUSING]


def _hours(session: Session) -> list[tuple[str, str]]:
    return [("", "Those of the ticket's queue"), *((str(one.id), one.name) for one in calendars(session))]
