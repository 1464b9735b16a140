"""What a timeline says of promises: little time left, too late, paused, going on, and what was done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from routing.naming import Unable
from routing.sla.events import (
    SlaBreached,
    SlaPaused,
    SlaResumed,
    SlaStepReached,
    SlaUngiven,
    SlaUntold,
    SlaWarned,
)
from routing.sla.steps import HOLDER, SUPERVISORS, Deed
from tickets.events import Event
from widgets import moments
from widgets.sla import METRICS

if TYPE_CHECKING:
    from widgets.sentences import Told


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


_OfAMetric = SlaWarned | SlaBreached | SlaPaused | SlaResumed | SlaStepReached | SlaUntold | SlaUngiven
Said = tuple[str, str, Mapping[str, Any], Mapping[str, str], Mapping[str, int]]
"""An English sentence with {blanks}, its icon, and what fills them: names, words of ours, seconds."""


def _warned(told: Told, event: SlaWarned) -> Said:
    left = max(0, int((event.due - told.row.at).total_seconds()))
    return _("{metric}: due in {time}"), "warn", {}, _metric(event), {"time": left}


def _breached(told: Told, event: SlaBreached) -> Said:
    return _("{metric}: was due {time}"), "x", {"time": _moment(event.due)}, _metric(event), {}


def _paused(told: Told, event: SlaPaused) -> Said:
    return _("{metric}: paused with {time} left"), "pause", {}, _metric(event), {"time": event.left}


def _resumed(told: Told, event: SlaResumed) -> Said:
    if event.due is None:
        return _("{metric}: goes on"), "clock", {}, _metric(event), {}
    return _("{metric}: goes on, due {time}"), "clock", {"time": _moment(event.due)}, _metric(event), {}


def _reached(told: Told, event: SlaStepReached) -> Said:
    """What is done speaks for itself where it changes the ticket; here it stands why."""
    to_one = _("{metric}: it is time to tell {name}")
    says = _DONE[Deed(event.does)] if event.does != Deed.TELL else _TOLD.get(event.to, to_one)
    who = event.to if event.does in {Deed.TELL, Deed.ASSIGN} and event.to.isdigit() else ""
    names = {"name": told.names.agent(int(who))} if who else {}
    if event.does == Deed.MOVE:
        names["queue"] = told.names.queue(int(event.to))
    return says, "bolt", names, _metric(event), {}


def _untold(told: Told, event: SlaUntold) -> Said:
    """Nobody may believe that somebody knows."""
    if event.agent is None:
        return _("{metric}: there was nobody who could be told"), "warn", {}, _metric(event), {}
    return _("{metric}: no mail went to {name}"), "warn", {"name": told.names.agent(event.agent)}, _metric(event), {}


def _ungiven(told: Told, event: SlaUngiven) -> Said:
    return _UNGIVEN[Unable(event.why)], "warn", {"name": told.names.agent(event.agent)}, _metric(event), {}


_UNGIVEN = {
    Unable.LEFT: _("{metric}: it stays here, for {name} no longer works here"),
    Unable.AWAY: _("{metric}: it stays here, for {name} takes no new work now"),
    Unable.FULL: _("{metric}: it stays here, for {name} has no room for more"),
}
_TOLD = {
    HOLDER: _("{metric}: it is time to tell whoever has it"),
    SUPERVISORS: _("{metric}: it is time to tell the supervisors"),
}
_DONE = {
    Deed.RAISE: _("{metric}: it becomes more urgent"),
    Deed.MOVE: _("{metric}: it goes to {queue}"),
    Deed.ASSIGN: _("{metric}: it is time to give it to {name}"),
}


def _metric(event: _OfAMetric) -> dict[str, str]:
    return {"metric": METRICS.get(event.metric, event.metric)}


def _moment(at: datetime) -> Markup:
    said = at.strftime("%Y-%m-%d %H:%M")
    return Markup('<time datetime="{}" data-as="when">{}</time>').format(moments.iso(at), said)


PROMISES: dict[type[Event], Callable[[Told, Any], Said]] = {
    SlaWarned: _warned,
    SlaBreached: _breached,
    SlaPaused: _paused,
    SlaResumed: _resumed,
    SlaStepReached: _reached,
    SlaUntold: _untold,
    SlaUngiven: _ungiven,
}
