"""What a timeline says of a complaint: who acknowledged and decided it, more time, a regulator, its cause."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tickets.complaints.events import (
    ComplaintAcknowledged,
    ComplaintDecided,
    ComplaintExamined,
    ComplaintExtended,
    ComplaintReferred,
)
from tickets.events import Event
from widgets import moments
from widgets.labels import OUTCOMES

if TYPE_CHECKING:
    from widgets.sentences import Told


def _(text: str) -> str:
    """Marks a text for the translators; it is looked up where it is shown."""
    return text


Said = tuple[str, str, Mapping[str, Any], Mapping[str, str]]
"""An English sentence with {blanks}, its icon, what fills them, and which of that is translated too."""


def _acknowledged(told: Told, event: ComplaintAcknowledged) -> Said:
    if event.answered or not told.by:
        return _("Acknowledged by an answer"), "complaint", {}, {}
    return _("{by} told the customer that we look into it"), "complaint", {"by": told.by}, {}


def _decided(told: Told, event: ComplaintDecided) -> Said:
    outcome = {"outcome": OUTCOMES.get(event.outcome, event.outcome)}
    return _("{by} decided it: {outcome}"), "complaint", {"by": told.by}, outcome


def _extended(told: Told, event: ComplaintExtended) -> Said:
    until = Markup('<time datetime="{}" data-as="when">{}</time>').format(
        moments.iso(event.until), event.until.strftime("%Y-%m-%d %H:%M")
    )
    return _("{by} took more time: answer by {time}"), "clock", {"by": told.by, "time": until}, {}


def _referred(told: Told, event: ComplaintReferred) -> Said:
    return _("{by} noted a regulator: {name}"), "complaint", {"by": told.by, "name": event.regulator}, {}


def _examined(told: Told, event: ComplaintExamined) -> Said:
    return _("{by} noted cause and redress"), "complaint", {"by": told.by}, {}


COMPLAINTS: dict[type[Event], Callable[[Told, Any], Said]] = {
    ComplaintAcknowledged: _acknowledged,
    ComplaintDecided: _decided,
    ComplaintExtended: _extended,
    ComplaintReferred: _referred,
    ComplaintExamined: _examined,
}
