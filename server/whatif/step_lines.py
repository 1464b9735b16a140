"""The steps of a policy in a file: { at = "50 % used", of = "resolution", does = "move", to = "Billing" }."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from routing.sla.metrics import Metric
from routing.sla.steps import HOLDER, SUPERVISORS, Deed, Step, When, checked_steps
from server.whatif.known import Known
from server.whatif.toml import as_text, at, brief, meant, quoted, shown
from tickets.errors import Refused

EXAMPLE = "steps = [{ at = “50 % used”, does = “raise” }]"
_AT = re.compile(r"([0-9]{1,9})\s*(%\s*used|min\s+left|min\s+late)")


def read_steps(told: object, known: Known) -> list[dict[str, Any]]:
    """As a policy keeps them."""
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise Refused("Steps are written as {example}.", example=EXAMPLE)
    found = []
    for n, one in enumerate(told, start=1):
        with at(f"steps #{n}"):
            found.append(_step(dict(one), known))
            checked_steps(found[-1:])
    return checked_steps(found)


def written_steps(steps: Sequence[Mapping[str, Any]], known: Known) -> str:
    lines = [f"  {_written(Step(**one), known)},\n" for one in steps]
    return f"steps = [\n{''.join(lines)}]"


def _step(told: dict[str, Any], known: Known) -> Step:
    words = {name: as_text(name)(told.pop(name)) for name in ("at", "of", "does", "to") if name in told}
    if told:
        raise Refused("There is no “{what}” to say of a step.", what=brief(min(told)))
    metric, does, to = (words.get(name, "") for name in ("of", "does", "to"))
    if metric and metric not in set(Metric):
        raise Refused("There is no such thing to promise.")
    if does not in set(Deed):
        raise Refused("Say what is to happen then.")
    when, amount = _time(words.get("at", ""))
    whom = str(meant(to, "to", _whom(does, known))) if to and does != Deed.RAISE else to
    return Step(when, amount, does, whom, metric)


def _time(told: str) -> tuple[str, int]:
    found = _AT.fullmatch(told.strip())
    if found is None:
        raise Refused(
            "Write the time of a step like “50 % used”, “15 min left” or “0 min late”, not {what}.", what=shown(told)
        )
    return When(found[2].lstrip("%").removeprefix("min").strip()), int(found[1])


def _whom(does: str, known: Known) -> Mapping[str, str | int]:
    """For whom or where it can be, by name."""
    if does == Deed.MOVE:
        return known.queues
    return {**({HOLDER: HOLDER, SUPERVISORS: SUPERVISORS} if does == Deed.TELL else {}), **known.agents}


def _written(step: Step, known: Known) -> str:
    unit = "%" if step.when == When.USED else "min"
    names = {str(id): name for name, id in _whom(step.does, known).items()}
    said = {
        "at": f"{step.amount} {unit} {step.when}",
        "of": step.metric,
        "does": step.does,
        "to": names.get(step.to, step.to),
    }
    return "{ " + ", ".join(f"{name} = {quoted(text)}" for name, text in said.items() if text) + " }"
