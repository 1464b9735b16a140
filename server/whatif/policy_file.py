"""Policies as a TOML file, to be tried: read with a sentence for each mistake, and written from those there are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from routing.entitlements import Entitlement
from routing.hours import Calendar
from routing.queues import Queue
from routing.sla.choosing import Targets, seconds_of
from routing.sla.metrics import USUAL_PAUSES
from routing.sla.policy import SlaPolicy
from routing.sla.targets import checked_days, checked_pauses, checked_targets
from routing.tiers import Tier
from tickets.errors import Refused
from tickets.status import Channel, Priority
from tickets.text import one_line

MOST_POLICIES, LONGEST_NAME = 100, 80
ALWAYS, ALL = "24/7", "all"
_UNITS = {"d": 24 * 3600, "h": 3600, "min": 60, "s": 1}
_LENGTH = re.compile(r"(\d{1,9})\s*(d|h|min|s)(\s+24/7)?")


@dataclass(frozen=True)
class Known:
    """The names that a file may use, and what they stand for."""

    queues: Mapping[str, int]
    tiers: Mapping[str, int]
    hours: Mapping[str, int]
    entitlements: Mapping[str, str]  # their keys

    @classmethod
    def of(cls, session: Session) -> Known:
        def by_name(model: Any) -> dict[str, int]:
            return {row.name: row.id for row in session.exec(select(model))}

        rights = {row.name: row.key for row in session.exec(select(Entitlement))}
        return cls(by_name(Queue), by_name(Tier), by_name(Calendar), rights)


class InPolicy(Refused):
    """What is wrong in one of the policies, and in which."""

    def __init__(self, policy: str, wrong: Refused) -> None:
        super().__init__(str(wrong), field="policies")
        self.says, self.facts, self.policy = wrong.says, wrong.facts, policy


# Reading


def read_policies(text: str, known: Known) -> list[SlaPolicy]:
    """In their order: the first that fits a ticket holds. Raises Refused, InPolicy where it is about one of them."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused("This is not TOML: {why}.", field="policies", why=str(error)) from None
    listed = told.pop("policy", [])
    if told or not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Refused("The file holds nothing but policies, each under [[policy]].", field="policies")
    if not 0 < len(listed) <= MOST_POLICIES:
        raise Refused("Between 1 and {n} policies.", field="policies", n=MOST_POLICIES)
    return [_policy(dict(one), n, known) for n, one in enumerate(listed, start=1)]


def _policy(told: dict[str, Any], n: int, known: Known) -> SlaPolicy:
    name = one_line(str(told.pop("name", "")), LONGEST_NAME) or f"#{n}"
    try:
        terms = _terms(told, known)
        if told:
            raise Refused("There is no “{what}” to say of a policy.", what=min(told))
    except Refused as refused:
        raise InPolicy(name, refused) from None
    return SlaPolicy(id=n, name=name, position=n, **terms)


def _terms(told: dict[str, Any], known: Known) -> dict[str, Any]:
    """The columns; what is left in `told` nobody asked for."""
    internal, hours = told.pop("between_queues", False) is True, told.pop("hours", None)
    return {
        "channels": _named(told, "channels", {one.value: one.value for one in Channel}),
        "queues": _named(told, "queues", known.queues),
        "tiers": _named(told, "tiers", known.tiers),
        "categories": _texts(told, "categories"),
        "rights": sorted(_named(told, "entitlements", known.entitlements)),
        "calendar_id": None if hours is None else _one(hours, "hours", known.hours),
        "internal": internal,
        "targets": checked_targets(_targets(told.pop("targets", {})), internal=internal),
        "pauses": checked_pauses(_pauses(told.pop("pauses", USUAL_PAUSES)), internal=internal),
        "fresh_after_days": checked_days(_whole(told, "fresh_after_days")),
    }


def _targets(told: object) -> Targets:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    if not isinstance(told, dict):
        raise Refused("Targets are written as targets.first_reply = “4 h”.")
    for metric, one in told.items():
        by_priority = one if isinstance(one, dict) else {ALL: one}
        usual = {priority.value: by_priority[ALL] for priority in Priority} if ALL in by_priority else {}
        each = {**usual, **{name: length for name, length in by_priority.items() if name != ALL}}
        found[metric] = {name: _length(length) for name, length in each.items() if length != ""}
    return found


def _length(told: object) -> dict[str, Any]:
    found = _LENGTH.fullmatch(told.strip()) if isinstance(told, str) else None
    if found is None:
        raise Refused("Write a length like “30 min”, “4 h” or “2 d 24/7”, not {what}.", what=repr(told))
    number, unit, always = found.groups()
    if unit == "d" and not always:
        raise Refused("Days only with 24/7. Otherwise write the hours of a day that is worked.")
    return {"seconds": int(number) * _UNITS[unit], "business": not always}


def _pauses(told: object) -> dict[str, list[str]]:
    alike = isinstance(told, Mapping) and all(isinstance(one, list | tuple) for one in told.values())
    if not alike:
        raise Refused("Pauses are written as pauses.resolution = [“pending”].")
    assert isinstance(told, Mapping)
    return {str(metric): [str(one) for one in statuses] for metric, statuses in told.items()}


def _texts(told: dict[str, Any], name: str) -> list[str]:
    found = told.pop(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise Refused("{name} is a list of names.", name=name)
    return found


def _named(told: dict[str, Any], name: str, known: Mapping[str, Any]) -> list[Any]:
    return [_one(one, name, known) for one in _texts(told, name)]


def _one(told: object, name: str, known: Mapping[str, Any]) -> Any:
    if told not in known:
        raise Refused(
            "“{what}” is not among {name}: {known}.", what=str(told), name=name, known=", ".join(known) or "–"
        )
    return known[str(told)]


def _whole(told: dict[str, Any], name: str) -> int | None:
    found = told.pop(name, None)
    if found is not None and type(found) is not int:
        raise Refused("{name} is a whole number.", name=name)
    return found


# Writing


def written(policies: Sequence[SlaPolicy], known: Known) -> str:
    """Those that are in force, as a file that reads the same."""
    return "\n\n".join(_written(one, known) for one in policies if one.active) + "\n"


def _written(policy: SlaPolicy, known: Known) -> str:
    lines = ["[[policy]]", f"name = {_quoted(policy.name)}"]
    whom = {
        "channels": policy.channels,
        "queues": _names(known.queues, policy.queues),
        "categories": policy.categories,
        "tiers": _names(known.tiers, policy.tiers),
        "entitlements": _names(known.entitlements, policy.rights),
    }
    lines += [f"{name} = {_list(values)}" for name, values in whom.items() if values]
    lines += [f"hours = {_quoted(name)}" for name in _names(known.hours, [policy.calendar_id or 0])]
    lines += ["between_queues = true"] if policy.internal else []
    lines += [] if policy.fresh_after_days is None else [f"fresh_after_days = {policy.fresh_after_days}"]
    lines += [f"targets.{metric} = {_target(one)}" for metric, one in policy.targets.items()]
    pauses = {metric: statuses for metric, statuses in policy.pauses.items() if metric in policy.targets}
    return "\n".join([*lines, *(f"pauses.{metric} = {_list(statuses)}" for metric, statuses in pauses.items())])


def _target(by_priority: Mapping[str, Mapping[str, Any]]) -> str:
    """The same for all is said once."""
    lengths = {name: _shortest(by_priority[name]) for name in reversed(Priority) if name in by_priority}
    if len(lengths) == len(Priority) and len(set(lengths.values())) == 1:
        return _quoted(next(iter(lengths.values())))
    return "{ " + ", ".join(f"{name} = {_quoted(one)}" for name, one in lengths.items()) + " }"


def _shortest(target: Mapping[str, Any]) -> str:
    seconds, always = seconds_of(target), not target["business"]
    unit = next(one for one, size in _UNITS.items() if seconds % size == 0 and (one != "d" or always))
    return f"{seconds // _UNITS[unit]} {unit}{' ' + ALWAYS if always else ''}"


def _names(known: Mapping[str, Any], ids: Sequence[Any]) -> list[str]:
    return [name for name, id in known.items() if id in ids]


def _list(values: Sequence[str]) -> str:
    return "[" + ", ".join(_quoted(one) for one in values) + "]"


def _quoted(text: str) -> str:
    """A TOML basic string; names hold no control characters."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
