"""What a policy does while its promises run out: rows in its form, as many as it has steps and one to add another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, select

from routing.sla.policy import SlaPolicy
from routing.sla.steps import HOLDER, MOST_STEPS, SUPERVISORS, Deed, Step, When
from server.admin.queues import queue_choices
from server.forms import Field, as_number
from tickets.people import Agent
from widgets.names import Names
from widgets.sla import METRICS
from widgets.words import translate

LEAST_ROWS = 4
UNSAID = -1  # no time of a step
_PARTS = ("", "-when", "-metric", "-does")
_WHEN = [
    ("", "…"),
    (When.USED.value, "percent of the time are used"),
    (When.LEFT.value, "minutes are left"),
    (When.LATE.value, "minutes after it is broken"),
]
GROUPS = {Deed.TELL.value: "Mail", Deed.MOVE.value: "Move it to", Deed.ASSIGN.value: "Give it to"}
"""Under which word a menu lists the names of those that a step can be for."""
_DEEDS: list[tuple[str, str]] = [
    ("", "…"),
    (f"{Deed.TELL} {HOLDER}", "Mail whoever has it"),
    (f"{Deed.TELL} {SUPERVISORS}", "Mail the supervisors"),
    (Deed.RAISE.value, "Raise the priority"),
]


def step_fields(session: Session, language: str, metrics: Sequence[str], policy: SlaPolicy | None) -> list[Field]:
    """Of every row that there can be, shown or not. Whoever a kept step names can be kept, also where they are no
    longer offered.
    """
    deeds = _deeds(session, language, policy)
    every = [("", "Every promise"), *((one, METRICS[one]) for one in metrics)]
    return [
        field
        for n in range(MOST_STEPS)
        for field in (
            Field(f"step{n}", "When", "number", as_number, needed=False, longest=9),
            Field(f"step{n}-when", "of what", "choice", choices=[*_WHEN], needed=False),
            Field(f"step{n}-metric", "Of which promise", "choice", choices=every, needed=False),
            Field(f"step{n}-does", "What happens", "choice", choices=deeds, needed=False),
        )
    ]


def step_rows(texts: Mapping[str, Any]) -> list[str]:
    """Those that are shown: down to the last in which anything stands, and an empty one while there is room."""
    used = [n for n in range(MOST_STEPS) if any(texts[f"step{n}{one}"] for one in _PARTS)]
    return [f"step{n}" for n in range(min(max([LEAST_ROWS, *(n + 2 for n in used)]), MOST_STEPS))]


def step_texts(policy: SlaPolicy) -> dict[str, str]:
    texts: dict[str, str] = {}
    for n, kept in enumerate(policy.steps):
        step = Step(**kept)
        texts |= {f"step{n}": str(step.amount), f"step{n}-when": step.when, f"step{n}-metric": step.metric}
        texts[f"step{n}-does"] = f"{step.does} {step.to}".strip()
    return texts


def steps_in(values: Mapping[str, Any]) -> list[tuple[str, Step]]:
    """The rows in which anything was said, each with the name of its first field. What is left out is wrong there."""
    found = []
    for n in range(MOST_STEPS):
        amount, when, metric, deed = (values[f"step{n}{one}"] for one in _PARTS)
        if amount is not None or when or metric or deed:
            does, _, to = deed.partition(" ")
            found.append((f"step{n}", Step(when, UNSAID if amount is None else amount, does, to, metric)))
    return found


def told_steps(language: str, steps: Sequence[Mapping[str, Any]], names: Names) -> list[str]:
    """A sentence for each, in the words of the form."""
    when, found = dict(_WHEN), []
    for step in (Step(**kept) for kept in steps):
        of = [translate(language, METRICS[step.metric])] if step.metric else []
        at = " · ".join([*of, f"{step.amount} {translate(language, when[step.when])}"])
        found.append(f"{at}: {_deed(language, step, names)}")
    return found


def _deed(language: str, step: Step, names: Names) -> str:
    ours = dict(_DEEDS).get(f"{step.does} {step.to}".strip())
    if ours:
        return translate(language, ours)
    whom = names.queue(int(step.to)) if step.does == Deed.MOVE else names.agent(int(step.to))
    return f"{translate(language, GROUPS[step.does])} {whom}".strip()


def _deeds(session: Session, language: str, policy: SlaPolicy | None) -> list[tuple[str, str]]:
    steps = policy.steps if policy else ()
    moves = {int(one["to"]) for one in steps if one["does"] == Deed.MOVE}
    return [
        *_DEEDS,
        *((f"{Deed.TELL} {id}", name) for id, name in _agents(session, language, steps, Deed.TELL)),
        *((f"{Deed.MOVE} {id}", name) for id, name in queue_choices(session, language, moves)),
        *((f"{Deed.ASSIGN} {id}", name) for id, name in _agents(session, language, steps, Deed.ASSIGN)),
    ]


def _agents(
    session: Session, language: str, steps: Sequence[Mapping[str, Any]], deed: Deed
) -> Iterator[tuple[int, str]]:
    """Those who work here, and those for whom there is such a step already, as what they are."""
    named = {one["to"] for one in steps if one["does"] == deed}
    for agent in session.exec(select(Agent).order_by(Agent.name)):
        if agent.active:
            yield agent.id, agent.name
        elif str(agent.id) in named:
            yield agent.id, f"{agent.name} · {translate(language, 'Inactive')}"
