"""Why a new ticket was treated better: what of its customer's gave it a priority or a fast lane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from routing.favour import ENTITLEMENT, TIER
from tickets.events import PriorityChanged, TicketMoved
from widgets.labels import PRIORITIES

if TYPE_CHECKING:
    from widgets.sentences import Told


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


Said = tuple[str, str, Mapping[str, Any], Mapping[str, str]]
"""An English sentence with {blanks}, its icon, and what fills them: names, and words of ours."""

_MOVED = {
    TIER: _("In {queue}, because of the tier {cause}"),
    ENTITLEMENT: _("In {queue}, because of the entitlement {cause}"),
}
_RAISED = {
    TIER: _("Priority: {priority}, because of the tier {cause}"),
    ENTITLEMENT: _("Priority: {priority}, because of the entitlement {cause}"),
}


def moved(told: Told, event: TicketMoved) -> Said:
    kind, cause = _cause(told, event.because)
    return _MOVED[kind], "inbox", {"queue": told.names.queue(event.queue), "cause": cause}, {}


def raised(told: Told, event: PriorityChanged) -> Said:
    kind, cause = _cause(told, event.because)
    return _RAISED[kind], "flag", {"cause": cause}, {"priority": PRIORITIES.get(event.priority, event.priority)}


def _cause(told: Told, because: str) -> tuple[str, str]:
    """What is no more is told by its number."""
    kind, _, number = because.partition(":")
    name = {TIER: told.names.tier, ENTITLEMENT: told.names.entitlement}[kind]
    return kind, name(int(number)) or f"#{number}"
