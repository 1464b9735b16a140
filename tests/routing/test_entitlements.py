"""What a customer is entitled to gives new tickets a priority and a fast lane; the record says because of what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from routing.belonging import Entitled, belong, belongings, entitle, entitled, withdraw
from routing.entitlements import Entitlement, entitlements, move_entitlement, save_entitlement
from routing.sla.policy import Terms, add_policy
from routing.sla.retiring import remove_entitlement
from routing.tiers import save_tier
from tests.cast import UnitChange, a_change, a_customer, a_ticket
from tests.routing.floor import ALL, a_queue, settle
from tests.routing.sla.promises import targets
from tests.routing.test_tiers import policy_of, two_policies, writes
from tickets.errors import Conflict, NotFound, Refused
from tickets.events import PriorityChanged, TicketMoved
from tickets.people import Customer
from tickets.status import Priority


def comes(change: UnitChange, customer: Customer) -> list[tuple[str, str]]:
    """What becomes of a new ticket: its priority or queue since then, and because of what."""
    ticket = a_ticket(change, customer)
    change.settle(ALL)
    mine = [event for event in change.recorded if event.ticket == ticket.id]
    settle(change)
    urgent = [(event.priority, event.because) for event in mine if isinstance(event, PriorityChanged)]
    return urgent + [(str(event.queue), event.because) for event in mine if isinstance(event, TicketMoved)]


def has(change: UnitChange, *what: Entitlement) -> Customer:
    customer = a_customer(change)
    for one in what:
        entitle(change, customer.id, one.id)
    return customer


def test_of_several_the_highest_priority_counts_and_the_record_names_it() -> None:
    change = a_change()
    support = a_queue(change, "Support")
    weekend = save_entitlement(change, None, name="Weekend", priority="high")
    safety = save_entitlement(change, None, name="Safety plan", priority="urgent")
    sam = has(change, weekend, safety)
    belong(change, sam.id, save_tier(change, None, name="Gold", priority="high").id)

    assert [("urgent", f"entitlement:{safety.id}"), (str(support.id), "")] == comes(change, sam)


def test_nobody_is_made_less_urgent() -> None:
    change = a_change()
    sam = has(change, save_entitlement(change, None, name="No hurry", priority="low"))

    assert ([], "normal") == (comes(change, sam), writes(change, sam).priority)


def test_the_lane_is_that_of_the_first_entitlement_in_the_list_before_that_of_the_tier() -> None:
    """One that names none, or a queue that is no longer in use, is passed over."""
    change = a_change()
    support, lane, fast, faster = (a_queue(change, name) for name in ("Support", "Gold", "Fast", "Faster"))
    gold = save_tier(change, None, name="Gold", lane_id=lane.id)
    plain = save_entitlement(change, None, name="Weekend")
    first = save_entitlement(change, None, name="Priority line", lane_id=fast.id)
    second = save_entitlement(change, None, name="Safety plan", lane_id=faster.id)
    sam, li = has(change, plain, second, first), has(change, plain)
    for one in (sam, li):
        belong(change, one.id, gold.id)

    assert [(str(lane.id), f"tier:{gold.id}")] == comes(change, li)
    assert [(str(fast.id), f"entitlement:{first.id}")] == comes(change, sam)
    move_entitlement(change, second.id, -1)
    change.write()
    assert [plain.id, second.id, first.id] == [one.id for one in entitlements(change.session)]
    assert [(str(faster.id), f"entitlement:{second.id}")] == comes(change, sam)
    for queue in (fast, faster, lane):
        queue.archived = True
    assert [(str(support.id), "")] == comes(change, sam)


def test_what_ends_on_a_day_ends_and_what_is_taken_away_is_gone() -> None:
    """Whatever their tier brings they still have."""
    change = a_change()
    weekend = save_entitlement(change, None, name="Weekend", priority="high")
    two_policies(change, rights=[weekend.key])
    sam, li = a_customer(change), a_customer(change, "李静")
    entitle(change, sam.id, weekend.id, until=change.now + timedelta(days=1))
    entitle(change, li.id, weekend.id)
    belong(change, li.id, save_tier(change, None, name="Gold", rights=[weekend.key]).id)
    change.write()
    assert {sam.id: change.now + timedelta(days=1), li.id: None} == entitled(change, weekend.key)

    assert ("Above", "high") == (policy_of(change, ticket := writes(change, sam)), ticket.priority)
    change.moves(days=1)
    assert ("Everybody", "normal") == (policy_of(change, ticket := writes(change, sam)), ticket.priority)
    withdraw(change, li.id, weekend.id)
    change.write()
    assert change.find(Entitled, li.id) is None
    assert ("Above", "high") == (policy_of(change, ticket := writes(change, li)), ticket.priority)
    assert {weekend.key} == belongings(change.session, change.now)[li.id].rights


def test_a_new_name_changes_nothing_for_those_who_have_it() -> None:
    """Nor does another one take its place by being called what it was called before."""
    change = a_change()
    weekend = save_entitlement(change, None, name="Weekend")
    two_policies(change, rights=[weekend.key])
    sam = has(change, weekend)
    save_entitlement(change, weekend.id, name="Saturday and Sunday")
    li = has(change, save_entitlement(change, None, name="Weekend"))

    assert ["Above", "Everybody"] == [policy_of(change, writes(change, one)) for one in (sam, li)]


def test_what_an_entitlement_cannot_be_is_refused() -> None:
    change = a_change()
    weekend = save_entitlement(change, None, name="Weekend")
    for wrong, field in (
        ({"name": "weekend"}, "name"), ({"name": " "}, "name"),
        ({"name": "Other", "priority": "soon"}, "priority"), ({"name": "Other", "lane_id": 99}, "lane_id"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            save_entitlement(change, None, **wrong)
        assert field == refused.value.field
    with pytest.raises(NotFound):
        add_policy(change, Terms("Strangers", targets({"first_reply": 30}), rights=["nobody knows"]))
    assert weekend.name == save_entitlement(change, weekend.id, name="Weekend", priority=Priority.HIGH).name


def test_it_is_removed_only_when_nothing_goes_by_it() -> None:
    """A policy for whoever has it would come to be for everybody."""
    change = a_change()
    weekend = save_entitlement(change, None, name="Weekend")
    sam = has(change, weekend)
    gold = save_tier(change, None, name="Gold", rights=[weekend.key])
    policy = add_policy(change, Terms("Above", targets({"first_reply": 30}), rights=[weekend.key]))

    with pytest.raises(Conflict, match="Customers who have this: 1"):
        remove_entitlement(change, weekend.id)
    withdraw(change, sam.id, weekend.id)
    with pytest.raises(Conflict, match="The tier Gold brings it"):
        remove_entitlement(change, weekend.id)
    save_tier(change, gold.id, name="Gold")
    with pytest.raises(Conflict, match="The policy Above is for it"):
        remove_entitlement(change, weekend.id)
    policy.edit(change, Terms("Above", targets({"first_reply": 30})))
    remove_entitlement(change, weekend.id)
    change.write()

    assert [] == entitlements(change.session)
