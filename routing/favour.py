"""How a new ticket is treated better: by its customer's tier, by what they are entitled to, and because of which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from routing.belonging import belonging, tier_of
from routing.entitlements import of_keys
from routing.placing import has_a_topics_place
from routing.queues import Queue
from tickets.change import Change
from tickets.events import TicketOpened
from tickets.status import Priority
from tickets.ticket import Ticket

TIER, ENTITLEMENT = "tier", "entitlement"


class Claim(NamedTuple):
    """What one tier or entitlement asks for. `cause` names it in the log, as "tier:7"."""

    cause: str
    priority: str = ""
    lane_id: int | None = None


def most_urgent(claims: Sequence[Claim], now: Priority) -> Claim | None:
    """The one with the highest priority, the first among equals; None where the ticket is as urgent already."""
    above = [one for one in claims if one.priority and Priority(one.priority).rank < now.rank]
    return min(above, key=lambda one: Priority(one.priority).rank, default=None)


def first_lane(claims: Sequence[Claim], in_use: Collection[int]) -> Claim | None:
    """The first that names a lane which there is."""
    return next((one for one in claims if one.lane_id in in_use), None)


def welcome(change: Change, event: TicketOpened) -> None:
    """A new ticket of somebody who is promised more is at least as urgent as that says, and waits in its fast lane.

    The lane comes before the queue of a site, a mailbox or a channel, and after that of a topic or a hand.
    """
    assert event.ticket is not None
    ticket = change.take(Ticket, event.ticket)
    claims = _claims(change, ticket)
    urgent = most_urgent(claims, Priority(ticket.priority))
    if urgent is not None:
        ticket.set_priority(change, Priority(urgent.priority), because=urgent.cause)
    lane = first_lane(claims, _in_use(change, claims))
    free = ticket.queue_id is None or event.by_default
    if lane is not None and lane.lane_id is not None and free and not has_a_topics_place(change, ticket):
        ticket.move(change, lane.lane_id, because=lane.cause)


def _claims(change: Change, ticket: Ticket) -> Sequence[Claim]:
    """Entitlements in their order, then the tier: what is more particular comes first."""
    tier, keys = tier_of(change, ticket.customer_id), belonging(change, ticket).rights
    found = [Claim(f"{ENTITLEMENT}:{one.id}", one.priority, one.lane_id) for one in of_keys(change, keys)]
    return found if tier is None else [*found, Claim(f"{TIER}:{tier.id}", tier.priority, tier.lane_id)]


def _in_use(change: Change, claims: Sequence[Claim]) -> Collection[int]:
    lanes = [one.lane_id for one in claims if one.lane_id is not None]
    return {queue.id for queue in change.find_all(Queue, lanes) if not queue.archived} if lanes else ()
