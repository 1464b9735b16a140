"""What a timeline says of how work goes: nobody took it for long, its customer is silent, it is another's matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from routing.events import ChatFellSilent, OftenRefused
from tickets.events import Event, MergeReceived, MergeUndone, TicketMerged
from widgets.call_sentences import Said

if TYPE_CHECKING:
    from widgets.sentences import Told


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


def _often_refused(_told: Told, event: OftenRefused) -> Said:
    return _("Nobody took it: {times} offers were refused in a row"), "bolt", {"times": event.times}


def _silent(told: Told, _event: ChatFellSilent) -> Said:
    says = _("{name} has been silent for long: the chat takes no room until they write")
    return says, "moon", {"name": told.customer}


def _merged(told: Told, event: TicketMerged) -> Said:
    return _("{by} merged it into {ticket}"), "merge", {"by": told.by, "ticket": _link(event.number)}


def _received(told: Told, event: MergeReceived) -> Said:
    return _("{by} merged {ticket} into this one"), "merge", {"by": told.by, "ticket": _link(event.number)}


def _parted(told: Told, event: MergeUndone) -> Said:
    return _("{by} undid the merge with {ticket}"), "merge", {"by": told.by, "ticket": _link(event.number)}


def _link(number: int) -> Markup:
    return Markup('<a href="/app/tickets/{0}">#{0}</a>').format(number)


WORK: dict[type[Event], Callable[[Told, Any], Said | None]] = {
    OftenRefused: _often_refused,
    ChatFellSilent: _silent,
    TicketMerged: _merged,
    MergeReceived: _received,
    MergeUndone: _parted,
}
