"""What is edited a day after a ticket was answered makes no difference to its replay, whatever promises go by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from sqlmodel import select

from routing.belonging import belong, entitle, withdraw
from routing.entitlements import Entitlement, save_entitlement
from routing.hours import Calendar
from routing.queues import Delivery, Queue, add_queue
from routing.sla.applying import apply_to_open
from routing.sla.clock import SlaClock
from routing.sla.policy import SlaPolicy, Terms, add_policy, remove_policy, reorder
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories
from routing.sla.replay.world import World, as_it_was, what_if
from routing.sla.retiring import remove_tier
from routing.tiers import Tier, save_tier
from tests.cast import a_customer
from tests.routing.floor import settle
from tests.routing.sla.promises import (
    ALoggedChange,
    ada_answers,
    clocks_of,
    office_hours,
    sam_writes,
    targets,
    the_scheduler_looks,
)
from tickets.email.senders import name_the_unknown
from tickets.former import Former
from tickets.opening import open_ticket
from tickets.people import Customer
from tickets.status import Channel
from tickets.ticket import Ticket


class Desk(NamedTuple):
    """Sam has silver. `policies`: ten minutes for gold, twenty for weekends, forty for silver, an hour for all."""

    change: ALoggedChange
    sam: Customer
    queue: Queue
    silver: Tier
    gold: Tier
    weekend: Entitlement
    policies: list[SlaPolicy]


Edit = Callable[[Desk], object]


def the_queue_has_hours(desk: Desk) -> None:
    (hours,) = desk.change.rows(select(Calendar))
    desk.queue.set_rules(desk.change, delivery=Delivery.PULL, calendar_id=hours.id)


def the_ticket_is_of_gold(desk: Desk) -> None:
    """The mail could not be read at first."""
    mo = a_customer(desk.change, "Mo")
    desk.change.write()
    belong(desk.change, mo.id, desk.gold.id)
    (ticket,) = desk.change.rows(select(Ticket))
    name_the_unknown(desk.change, ticket, mo, "")


EDITS: dict[str, Edit] = {
    "gold": lambda desk: belong(desk.change, desk.sam.id, desk.gold.id),
    "nothing": lambda desk: belong(desk.change, desk.sam.id, None),
    "weekends": lambda desk: entitle(desk.change, desk.sam.id, desk.weekend.id),
    "what silver brings": lambda desk: save_tier(desk.change, desk.silver.id, name="Silver", rights=[desk.weekend.key]),
    "the order": lambda desk: reorder(desk.change, [desk.policies[n].id for n in (3, 0, 1, 2)]),
    "the hours": the_queue_has_hours,
    "whose it is": the_ticket_is_of_gold,
    "a policy that is gone": lambda desk: remove_policy(desk.change, desk.policies[2].id),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_what_is_edited_a_day_after_changes_nothing(edit: Edit) -> None:
    desk = a_desk()
    ticket = answered_after_half_an_hour(desk)
    really = shown(clocks_of(desk.change, ticket))
    desk.change.moves(days=1)
    edit(desk)
    settle(desk.change)

    assert really == shown(again(desk, ticket, as_it_was(desk.change.session)))
    assert really != shown(again(desk, ticket, what_if(desk.change.session, None, None)))


def test_a_tier_that_is_gone_is_known_of_those_who_had_it() -> None:
    desk = a_desk()
    change = desk.change
    belong(change, desk.sam.id, desk.gold.id, until=change.now + timedelta(days=1))
    settle(change)
    ticket = answered_after_half_an_hour(desk)
    change.moves(days=1)
    belong(change, desk.sam.id, None)
    remove_policy(change, desk.policies[0].id)
    change.write()
    remove_tier(change, desk.gold.id)
    settle(change)

    really = shown(clocks_of(change, ticket))
    assert [(600.0, True)] == [(target, late) for target, late, _ in really]
    assert really == shown(again(desk, ticket, as_it_was(change.session)))


def test_a_version_that_promises_queues_the_same_is_applied_in_the_replay_too() -> None:
    desk = a_desk()
    change, said = desk.change, targets({"ownership": 120})
    inside = add_policy(change, Terms("Between queues", said, internal=True))
    settle(change)
    ticket = answered_after_half_an_hour(desk)
    change.moves(minutes=1)
    inside.edit(change, Terms("Between teams", said, internal=True))
    change.moves(minutes=1)
    apply_to_open(change, inside.id)
    settle(change)
    the_scheduler_looks(change)
    settle(change)

    (clock,) = (one for one in clocks_of(change, ticket) if one.metric == "ownership")
    assert 2 == clock.policy_version
    assert [2] == [one.policy_version for one in again(desk, ticket, as_it_was(change.session)) if one.ended_at is None]


def test_what_is_tried_is_tried_for_today() -> None:
    """Gold by now, Sam would have been promised ten minutes."""
    desk = a_desk()
    ticket = answered_after_half_an_hour(desk)
    desk.change.moves(days=1)
    belong(desk.change, desk.sam.id, desk.gold.id)
    settle(desk.change)

    assert [2400.0] == [one.target_seconds for one in again(desk, ticket, as_it_was(desk.change.session))]
    assert [600.0] == [one.target_seconds for one in again(desk, ticket, what_if(desk.change.session, None, None))]


def test_only_what_is_edited_is_kept() -> None:
    """Saving the same again, and everyday work, leave nothing."""
    desk = a_desk()
    before = len(desk.change.rows(select(Former)))
    answered_after_half_an_hour(desk)
    save_tier(desk.change, desk.gold.id, name="Gold")
    belong(desk.change, desk.sam.id, desk.silver.id)
    withdraw(desk.change, desk.sam.id, desk.weekend.id)
    reorder(desk.change, [one.id for one in desk.policies])
    settle(desk.change)

    assert before == len(desk.change.rows(select(Former)))


def a_desk() -> Desk:
    change = ALoggedChange()
    sam, queue = a_customer(change), add_queue(change, "Support")
    office_hours(change)
    weekend = save_entitlement(change, None, name="Weekend")
    settle(change)
    silver, gold = (save_tier(change, None, name=name) for name in ("Silver", "Gold"))
    settle(change)
    belong(change, sam.id, silver.id)
    tiers, rights = {"Gold": [gold.id], "Silver": [silver.id]}, {"Weekend": [weekend.key]}
    promised = {
        name: targets({"first_reply": minutes}, business=True)
        for name, minutes in {"Gold": 10, "Weekend": 20, "Silver": 40, "All": 60}.items()
    }
    policies = [
        add_policy(change, Terms(name, said, tiers=tiers.get(name, []), rights=rights.get(name, [])))
        for name, said in promised.items()
    ]
    settle(change)
    return Desk(change, sam, queue, silver, gold, weekend, policies)


def answered_after_half_an_hour(desk: Desk) -> Ticket:
    change = desk.change
    change.moves(hours=7, minutes=50)
    ticket = open_ticket(change, desk.sam, channel=Channel.EMAIL, queue_id=desk.queue.id)
    sam_writes(change, ticket)
    change.moves(minutes=30)
    ada_answers(change, ticket)
    return ticket


def again(desk: Desk, ticket: Ticket, world: World) -> list[SlaClock]:
    desk.change.write()
    (story,) = stories(desk.change.session, [ticket.id])
    return list(retell(story, world, desk.change.now))


def shown(clocks: Sequence[SlaClock]) -> list[tuple[float, bool, datetime | None]]:
    return [(one.target_seconds, one.breached_at is not None, one.due_at) for one in clocks]
