"""What one chat, call, email or ticket takes of an agent, and how many one may have: as an admin says, or as usual."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import Field, Session, select

from routing.events import LoadsChanged
from routing.medium import Medium
from tickets.change import Change
from tickets.errors import Refused
from tickets.rules import Rules
from tickets.table import Swift

MOST_AT_ONCE = range(1, 1001)
LONGEST_WRAP = 1800  # seconds
SILENT_MINUTES = range(1, 241)


class WorkLoad(Swift, table=True):
    """Of one medium. What is None is as the configuration says (`weight`), or without a limit."""

    __tablename__ = "work_load"

    medium: str = Field(primary_key=True)
    weight: int | None = None  # capacity units
    most: int | None = None  # at once in one agent's hands
    interruptible: bool = False  # a chat or a call may come on top of it
    wrap_seconds: int = 0  # that an agent has to write down what was said; 0: none
    silent_minutes: int | None = None  # after so long without a word from the customer it takes no room


@dataclass(frozen=True)
class LoadForm:
    """What an admin says of one medium."""

    weight: int | None = None
    most: int | None = None
    interruptible: bool = False
    wrap_seconds: int = 0
    silent_minutes: int | None = None


USUAL: Mapping[Medium, LoadForm] = {
    Medium.CHAT: LoadForm(silent_minutes=10),
    Medium.CALLBACK: LoadForm(),
    Medium.EMAIL: LoadForm(interruptible=True),
    Medium.TICKET: LoadForm(interruptible=True),
}
"""Until an admin says otherwise (semantics.md part 3)."""


# Verbs


def set_loads(change: Change, forms: Mapping[Medium, LoadForm]) -> None:
    """Holds for what is offered or taken from now on. Raises Refused beside the field, as in "chat_weight"."""
    for medium, form in forms.items():
        _check(change.rules, medium, form)
        found = change.find(WorkLoad, medium.value) or change.add(_usual(medium))
        before = found.model_dump()
        found.weight, found.most, found.interruptible = form.weight, form.most, form.interruptible
        found.wrap_seconds, found.silent_minutes = form.wrap_seconds, form.silent_minutes
        if found.model_dump() != before:
            change.record(LoadsChanged(medium=medium.value))


# What others ask


def load(change: Change, medium: Medium) -> WorkLoad:
    change.find_all(WorkLoad, _MEDIA)  # whoever asks for one will ask for others
    return change.find(WorkLoad, medium.value) or _usual(medium)


def loads(session: Session) -> Mapping[Medium, WorkLoad]:
    found = {Medium(one.medium): one for one in session.exec(select(WorkLoad))}
    return {medium: found.get(medium) or _usual(medium) for medium in Medium}


def weight(rules: Rules, one: WorkLoad) -> int:
    """Nothing weighs more than an agent can hold: else nobody could ever take it."""
    usual = {
        Medium.CHAT: rules.chat_weight,
        Medium.CALLBACK: rules.callback_weight,
        Medium.EMAIL: rules.email_weight,
        Medium.TICKET: rules.ticket_weight,
    }
    return min(rules.pool, usual[Medium(one.medium)] if one.weight is None else one.weight)


def at_once(rules: Rules, one: WorkLoad) -> int:
    """How many of it one agent can hold who holds nothing else."""
    fit = rules.pool // max(1, weight(rules, one))
    return fit if one.most is None else min(fit, one.most)


def interruptible(change: Change) -> Collection[Medium]:
    """What a chat or a call may come on top of."""
    return laid_aside({medium: load(change, medium) for medium in Medium})


def laid_aside(taken: Mapping[Medium, WorkLoad]) -> Collection[Medium]:
    """The same, where all are known."""
    return [medium for medium in (Medium.EMAIL, Medium.TICKET) if taken[medium].interruptible]


# How

_MEDIA = tuple(medium.value for medium in Medium)


def _usual(medium: Medium) -> WorkLoad:
    form = USUAL[medium]
    return WorkLoad(medium=medium.value, interruptible=form.interruptible, silent_minutes=form.silent_minutes)


def _check(rules: Rules, medium: Medium, form: LoadForm) -> None:
    if form.weight is not None and not 1 <= form.weight <= rules.pool:
        raise Refused(
            "Between 1 and {pool}, which is all that an agent can hold.", field=f"{medium}_weight", pool=rules.pool
        )
    if form.most is not None and form.most not in MOST_AT_ONCE:
        raise Refused("Between 1 and 1000, or nothing for no limit.", field=f"{medium}_most")
    if not 0 <= form.wrap_seconds <= LONGEST_WRAP:
        raise Refused("At most half an hour: 1800 seconds.", field=f"{medium}_wrap")
    if form.silent_minutes is not None and form.silent_minutes not in SILENT_MINUTES:
        raise Refused("Between 1 and 240 minutes, or nothing for never.", field=f"{medium}_silent")
