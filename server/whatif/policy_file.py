"""Policies as a TOML file, to be tried: read with a sentence for each mistake, and written from those there are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from routing.sla.choosing import seconds_of
from routing.sla.metrics import USUAL_PAUSES, pausable
from routing.sla.policy import SlaPolicy
from routing.sla.targets import checked_days, checked_pauses, checked_targets
from server.whatif.known import Known
from server.whatif.step_lines import read_steps, written_steps
from server.whatif.toml import (
    InLine,
    as_text,
    as_texts,
    as_whole,
    as_yes,
    at,
    brief,
    listed,
    meant,
    parsed,
    quoted,
    shown,
    taken,
)
from tickets.errors import Refused
from tickets.status import Channel, Priority
from tickets.text import one_line

MOST_POLICIES, LONGEST_NAME = 1000, 80
ALWAYS, ALL = "24/7", "all"
_UNITS = {"d": 24 * 3600, "h": 3600, "min": 60, "s": 1}
_LENGTH = re.compile(r"([0-9]{1,9})\s*(d|h|min|s)(\s+24/7)?")
_CHANNELS = {one.value: one.value for one in Channel}


class InPolicy(Refused):
    """What is wrong in one of the policies, in which, and in which line of it; "" where the sentence names that."""

    def __init__(self, policy: str, wrong: Refused) -> None:
        super().__init__(str(wrong), field="policies")
        self.says, self.facts, self.policy = wrong.says, wrong.facts, policy
        self.line = wrong.line if isinstance(wrong, InLine) else ""


# Reading


def read_policies(text: str, known: Known) -> list[SlaPolicy]:
    """In their order: the first that fits a ticket holds. Raises Refused, InPolicy where it is about one of them."""
    told = parsed(text)
    found = told.pop("policy", None)
    if told or not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Refused("The file holds nothing but policies, each under [[policy]].", field="policies")
    if len(found) > MOST_POLICIES:
        raise Refused("At most {n} policies.", field="policies", n=MOST_POLICIES)
    return [_policy(dict(one), n, known) for n, one in enumerate(found, start=1)]


def _policy(told: dict[str, Any], n: int, known: Known) -> SlaPolicy:
    place = f"#{n}"
    try:
        name = one_line(taken(told, "name", as_text("name"), ""), LONGEST_NAME)
        if not name:
            raise Refused("A policy needs a name.")
        place = name
        terms = _terms(told, known)
        if told:
            raise Refused("There is no “{what}” to say of a policy.", what=brief(min(told)))
    except Refused as refused:
        raise InPolicy(place, refused) from None
    return SlaPolicy(id=n, name=name, position=n, **terms)


def _terms(told: dict[str, Any], known: Known) -> dict[str, Any]:
    """The columns; what is left in `told` nobody asked for."""
    internal = taken(told, "between_queues", as_yes("between_queues"), False)
    pauses = partial(_pauses, internal=internal)
    return {
        "channels": _named(told, "channels", _CHANNELS),
        "queues": _named(told, "queues", known.queues),
        "tiers": _named(told, "tiers", known.tiers),
        "categories": _named(told, "categories", known.categories),
        "rights": _named(told, "entitlements", known.entitlements),
        "calendar_id": taken(told, "hours", lambda one: meant(as_text("hours")(one), "hours", known.hours), None),
        "internal": internal,
        "targets": taken(told, "targets", partial(_targets, internal=internal), {}),
        "pauses": taken(told, "pauses", pauses, pauses({})),
        "fresh_after_days": taken(told, "fresh_after_days", _days, None),
        "steps": taken(told, "steps", lambda one: read_steps(one, known), []),
        "published": taken(told, "published", as_yes("published"), False) and not internal,
    }


def _named(told: dict[str, Any], line: str, known: Mapping[str, Any]) -> list[Any]:
    """In the order in which a policy keeps them, each once."""
    return sorted({meant(one, line, known) for one in taken(told, line, as_texts(line), [])})


def _days(told: object) -> int | None:
    return checked_days(as_whole("fresh_after_days")(told))


def _targets(told: object, *, internal: bool) -> dict[str, dict[str, dict[str, Any]]]:
    if not isinstance(told, dict):
        raise Refused("Targets are written as targets.first_reply = “4 h”.")
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for metric, one in told.items():
        with at(f"targets.{metric}"):
            checked_targets({metric: {}}, internal=internal)
            found[metric] = _by_priority(metric, one if isinstance(one, dict) else {ALL: one}, internal=internal)
    return checked_targets(found, internal=internal)


def _by_priority(metric: str, told: Mapping[str, object], *, internal: bool) -> dict[str, dict[str, Any]]:
    """What is said of a priority counts before what is said of all; empty: not promised."""
    if not set(told) <= {ALL, *Priority}:
        raise Refused("There is no such priority.")
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(told, key=lambda one: one != ALL):
        with at(f"targets.{metric}" if name == ALL else f"targets.{metric}.{name}"):
            length = None if told[name] == "" else _length(told[name])
            each = {one.value: length for one in Priority if length is not None and name in {ALL, one.value}}
            checked_targets({metric: each}, internal=internal)
        found = {**found, **each} if length is not None else {k: one for k, one in found.items() if k != name}
    return found


def _length(told: object) -> dict[str, Any]:
    found = _LENGTH.fullmatch(told.strip()) if isinstance(told, str) else None
    if found is None:
        raise Refused("Write a length like “30 min”, “4 h” or “2 d 24/7”, not {what}.", what=shown(told))
    number, unit, always = found.groups()
    if unit == "d" and not always:
        raise Refused("Days only with 24/7. Otherwise write the hours of a day that is worked.")
    return {"seconds": int(number) * _UNITS[unit], "business": not always}


def _pauses(told: object, *, internal: bool) -> dict[str, list[str]]:
    """A metric of which nothing is said stands still as usual; one of which nothing is listed never does."""
    if not isinstance(told, dict):
        raise Refused("Pauses are written as pauses.resolution = [“pending”].")
    can = {metric.value: USUAL_PAUSES[metric] for metric in pausable(internal=internal)}
    for metric, statuses in told.items():
        with at(f"pauses.{metric}"):
            meant(metric, "pauses", can)
            if not isinstance(statuses, list) or not all(isinstance(one, str) for one in statuses):
                raise Refused("Pauses are written as pauses.resolution = [“pending”].")
            checked_pauses({metric: statuses}, internal=internal)
    return checked_pauses({**can, **told}, internal=internal)


# Writing


def written(policies: Sequence[SlaPolicy], known: Known) -> str:
    """Those that are in force, as a file that reads the same."""
    return ("\n\n".join(_written(one, known) for one in policies if one.active) or "policy = []") + "\n"


def _written(policy: SlaPolicy, known: Known) -> str:
    lines = ["[[policy]]", f"name = {quoted(policy.name)}"]
    whom = {
        "channels": policy.channels,
        "queues": _names(known.queues, policy.queues),
        "categories": policy.categories,
        "tiers": _names(known.tiers, policy.tiers),
        "entitlements": _names(known.entitlements, policy.rights),
    }
    lines += [f"{name} = {listed(values)}" for name, values in whom.items() if values]
    lines += [f"hours = {quoted(name)}" for name in _names(known.hours, [policy.calendar_id or 0])]
    lines += ["between_queues = true"] if policy.internal else []
    lines += ["published = true"] if policy.published else []
    lines += [] if policy.fresh_after_days is None else [f"fresh_after_days = {policy.fresh_after_days}"]
    lines += [f"targets.{metric} = {_target(one)}" for metric, one in policy.targets.items()]
    lines += [f"pauses.{metric} = {listed(statuses)}" for metric, statuses in _said_pauses(policy).items()]
    return "\n".join([*lines, *([written_steps(policy.steps, known)] if policy.steps else [])])


def _said_pauses(policy: SlaPolicy) -> dict[str, list[str]]:
    """Those of what it promises, and whatever is not as usual: a line left out would mean that."""
    usual = checked_pauses(USUAL_PAUSES, internal=policy.internal)
    kept = {metric.value: policy.pauses.get(metric, []) for metric in pausable(internal=policy.internal)}
    return {name: one for name, one in kept.items() if name in policy.targets or one != usual.get(name, [])}


def _target(by_priority: Mapping[str, Mapping[str, Any]]) -> str:
    """The same for all is said once."""
    lengths = {name: _shortest(by_priority[name]) for name in reversed(Priority) if name in by_priority}
    if len(lengths) == len(Priority) and len(set(lengths.values())) == 1:
        return quoted(next(iter(lengths.values())))
    return "{ " + ", ".join(f"{name} = {quoted(one)}" for name, one in lengths.items()) + " }"


def _shortest(target: Mapping[str, Any]) -> str:
    seconds, always = seconds_of(target), not target["business"]
    unit = next(one for one, size in _UNITS.items() if seconds % size == 0 and (one != "d" or always))
    return f"{seconds // _UNITS[unit]} {unit}{' ' + ALWAYS if always else ''}"


def _names(known: Mapping[str, Any], ids: Sequence[Any]) -> list[str]:
    return [name for name, id in known.items() if id in ids]
