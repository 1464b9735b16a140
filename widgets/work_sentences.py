"""What a timeline says of how work reaches agents: that nobody took it for long, that its customer is silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from routing.events import ChatFellSilent, OftenRefused
from tickets.events import Event
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


WORK: dict[type[Event], Callable[[Told, Any], Said | None]] = {
    OftenRefused: _often_refused,
    ChatFellSilent: _silent,
}
