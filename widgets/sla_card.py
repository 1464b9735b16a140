"""Every promise of a ticket that still counts, beside its conversation: what is left of each, and of how much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from routing.sla.clock import SlaClock
from tickets.ticket import Ticket
from widgets import sla
from widgets.drawing import redraw
from widgets.names import Names


def card(ticket: Ticket, clocks: Sequence[SlaClock], language: str, names: Names, now: datetime) -> str:
    """Hidden where nothing was promised, or all of it has been kept."""
    chips = sla.chips(ticket, clocks, names)
    told = tuple((chip, sla.METRICS.get(chip.metric, chip.metric), chip.html(language, now)) for chip in chips)
    policy = names.policy(ticket.sla_policy_id, ticket.sla_policy_version)
    facts = {"policy": policy, "version": ticket.sla_policy_version, "applied": ticket.sla_applied_at}
    return redraw("console/_sla_card.html", language, id=ticket.id, told=told, **facts)
