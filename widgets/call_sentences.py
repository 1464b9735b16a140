"""What a timeline says of a request for a call: when it was asked for, each try, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from routing.callbacks.events import CallbackClosed, CallbackDue, CallbackMoved, CallbackRequested, CallbackTried
from tickets.events import Event
from widgets import moments

if TYPE_CHECKING:
    from widgets.sentences import Told


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


Said = tuple[str, str, Mapping[str, Any]]
"""An English sentence with {blanks}, its icon, and what fills them."""


def _requested(told: Told, event: CallbackRequested) -> Said:
    return _("{name} asked for a call: {time}"), "phone", {"name": told.customer, "time": _window(event)}


def _moved(told: Told, event: CallbackMoved) -> Said:
    if told.by:
        return _("{by} moved the call: {time}"), "clock", {"by": told.by, "time": _window(event)}
    return _("{name} chose another time: {time}"), "clock", {"name": told.customer, "time": _window(event)}


def _due(told: Told, event: CallbackDue) -> Said:
    return _("It is time to call"), "phone", {}


def _tried(told: Told, event: CallbackTried) -> Said:
    says = _TRIES.get((event.outcome, event.again_at is not None), _("{by} called, try {n}"))
    facts: dict[str, Any] = {"by": told.by, "n": event.attempt}
    return says, "phone", facts | ({"time": _moment(event.again_at, "when")} if event.again_at else {})


def _closed(told: Told, event: CallbackClosed) -> Said | None:
    if event.outcome == "gave_up":
        return _("Nobody answered, so we call no more"), "x", {}
    if event.outcome == "expired":
        return _("Nobody could call in time, so they are answered in writing"), "warn", {}
    if event.outcome != "cancelled":
        return None  # the try before it has said so
    if told.by:
        return _("{by} cancelled the call"), "x", {"by": told.by}
    if told.row.by.startswith("customer:"):
        return _("{name} cancelled the call"), "x", {"name": told.customer}
    return _("The call is cancelled"), "x", {}


_TRIES = {
    ("reached", False): _("{by} called, try {n}: reached"),
    ("wrong_number", False): _("{by} called, try {n}: wrong number"),
    ("no_answer", False): _("{by} called, try {n}: no answer"),
    ("no_answer", True): _("{by} called, try {n}: no answer. Again {time}"),
    ("busy", False): _("{by} called, try {n}: busy"),
    ("busy", True): _("{by} called, try {n}: busy. Again {time}"),
    ("failed", False): _("{by} called, try {n}: it did not work"),
    ("failed", True): _("{by} called, try {n}: it did not work. Again {time}"),
}

CALLS: dict[type[Event], Callable[[Told, Any], Said | None]] = {
    CallbackRequested: _requested,
    CallbackMoved: _moved,
    CallbackDue: _due,
    CallbackTried: _tried,
    CallbackClosed: _closed,
}


def _window(event: CallbackRequested | CallbackMoved) -> Markup:
    return Markup("{}\u2013{}").format(_moment(event.start, "when"), _moment(event.end, "clock"))


def _moment(at: datetime, way: str) -> Markup:
    said = at.strftime("%Y-%m-%d %H:%M" if way == "when" else "%H:%M")
    return Markup('<time datetime="{}" data-as="{}">{}</time>').format(moments.iso(at), way, said)
