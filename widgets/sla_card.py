"""Every promise of a ticket that still counts, beside its conversation: what is left of each, and of how much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from routing.sla.clock import SlaClock
from tickets.ticket import Ticket
from widgets import sla
from widgets.drawing import render
from widgets.names import Names


def card(ticket: Ticket, clocks: Sequence[SlaClock], language: str, names: Names, now: datetime) -> str:
    """Hidden where nothing was promised, or all of it has been kept."""
    chips = sla.chips(ticket, clocks, names)
    return render("console/_sla_card.html", language, ticket=ticket, chips=chips, metrics=sla.METRICS, now=now)
