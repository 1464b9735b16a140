"""Every promise of a ticket that still counts, beside its conversation: what is left of each, and of how much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from routing.sla.clock import SlaClock
from tickets.ticket import Ticket
from widgets import sla
from widgets.drawing import render
from widgets.names import Names


def card(ticket: Ticket, clocks: Sequence[SlaClock], language: str, names: Names, now: datetime) -> Markup:
    """Empty where nothing was promised, or all of it has been kept."""
    if not clocks:
        return Markup("")
    chips = sla.chips(ticket, clocks, names)
    return Markup(render("console/_sla_card.html", language, ticket=ticket, chips=chips, metrics=sla.METRICS, now=now))
