"""Customers with a tier are promised more, wait in a fast lane, and are more urgent; nobody else is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from routing import placing
from routing.belonging import belong, belongings, entitle
from routing.entitlements import save_entitlement
from routing.sla.policy import SlaPolicy, Terms, add_policy
from routing.sla.retiring import remove_tier
from routing.tiers import save_tier
from tests.cast import UnitChange, a_change, a_customer, a_ticket
from tests.routing.floor import a_queue, settle
from tests.routing.sla.promises import targets
from tickets.change import Change
from tickets.errors import Conflict, NotFound, Refused
from tickets.opening import open_ticket
from tickets.people import Customer
from tickets.status import Channel
from tickets.ticket import Ticket


def writes(change: UnitChange, customer: Customer) -> Ticket:
    ticket = a_ticket(change, customer)
    ticket.receive(change, "Where is my parcel?", client_id=str(change.new_id()))
    settle(change)
    return ticket


def policy_of(change: Change, ticket: Ticket) -> str:
    return change.take(SlaPolicy, ticket.sla_policy_id or 0).name


def two_policies(change: Change, **above: object) -> None:
    add_policy(change, Terms("Above", targets({"first_reply": 30}), **above))  # type: ignore[arg-type]
    add_policy(change, Terms("Everybody", targets({"first_reply": 60})))


def test_a_policy_can_be_for_a_tier_until_its_last_day() -> None:
    change = a_change()
    sam, li = a_customer(change), a_customer(change, "李静")
    gold = save_tier(change, None, name="Gold")
    two_policies(change, tiers=[gold.id])
    belong(change, li.id, gold.id, until=change.now + timedelta(days=1))

    assert ("Above", "Everybody") == (policy_of(change, writes(change, li)), policy_of(change, writes(change, sam)))
    change.moves(days=1)
    assert "Everybody" == policy_of(change, writes(change, li))


def test_a_policy_can_be_for_an_entitlement_of_a_tier_or_of_one_customer() -> None:
    change = a_change()
    sam, li, mallory = a_customer(change), a_customer(change, "李静"), a_customer(change, "Mallory")
    weekend = save_entitlement(change, None, name="Weekend")
    basic, gold = save_tier(change, None, name="Basic"), save_tier(change, None, name="Gold", rights=[weekend.key])
    two_policies(change, rights=[weekend.key])
    belong(change, li.id, gold.id)
    belong(change, sam.id, basic.id)
    entitle(change, sam.id, weekend.id)
    belong(change, mallory.id, basic.id)

    found = [policy_of(change, writes(change, one)) for one in (li, sam, mallory)]
    assert ["Above", "Above", "Everybody"] == found


def test_a_tier_has_a_fast_lane_and_a_least_priority() -> None:
    change = a_change()
    support, lane = a_queue(change, "Support"), a_queue(change, "Fast lane")
    sam, li = a_customer(change), a_customer(change, "李静")
    belong(change, li.id, save_tier(change, None, name="Diamond", priority="high", lane_id=lane.id).id)

    theirs, other = writes(change, li), writes(change, sam)
    assert ((lane.id, "high"), (support.id, "normal")) == (
        (theirs.queue_id, theirs.priority), (other.queue_id, other.priority),
    )  # fmt: skip


def test_a_fast_lane_comes_before_a_default_queue_and_after_a_topic_or_a_hand() -> None:
    change = a_change()
    support, lane, parcels = (a_queue(change, name) for name in ("Support", "Fast lane", "Parcels"))
    li = a_customer(change, "李静")
    belong(change, li.id, save_tier(change, None, name="Gold", lane_id=lane.id).id)
    placing.place(change, Channel.CHAT, "", support.id)
    placing.place(change, "", "parcel", parcels.id)

    def stands_in(**where: Any) -> int | None:
        ticket = open_ticket(change, li, channel=Channel.CHAT, **where)
        settle(change)
        return ticket.queue_id

    assert lane.id == stands_in(default_queue_id=support.id), "of a site or a mailbox"
    assert lane.id == stands_in(), "of a channel"
    assert lane.id == stands_in(category="praise"), "a topic for which no queue is meant"
    assert parcels.id == stands_in(category="parcel")
    assert support.id == stands_in(queue_id=support.id), "by hand"


def test_whoever_loses_a_tier_is_promised_what_everybody_is() -> None:
    change = a_change()
    sam = a_customer(change)
    gold = save_tier(change, None, name="Gold")
    two_policies(change, tiers=[gold.id])
    belong(change, sam.id, gold.id)
    belong(change, sam.id, None)

    assert "Everybody" == policy_of(change, writes(change, sam))
    assert {} == dict(belongings(change.session, change.now))


def test_without_a_policy_that_asks_nobody_looks_a_tier_up() -> None:
    """Only a new ticket does: it may have a fast lane."""
    change = a_change()
    add_policy(change, Terms("Everybody", targets({"first_reply": 60})))
    ticket = writes(change, a_customer(change))
    change.session.expunge_all()
    asked: list[str] = []
    event.listen(change.session.connection(), "before_cursor_execute", lambda *told: asked.append(told[2]))
    ticket.receive(change, "And now?", client_id="2")
    settle(change)

    assert [] != asked
    assert [] == [statement for statement in asked if "tier" in statement.replace("sla_policy.tiers", "")]


def test_what_a_tier_cannot_be_is_refused() -> None:
    change = a_change()
    gold = save_tier(change, None, name="Gold")
    belong(change, a_customer(change).id, gold.id)

    with pytest.raises(Conflict):
        save_tier(change, None, name="gold")
    with pytest.raises(Refused):
        save_tier(change, None, name=" ")
    with pytest.raises(NotFound):
        save_tier(change, None, name="Lane", lane_id=99)
    with pytest.raises(Conflict, match="Customers of this tier"):
        remove_tier(change, gold.id)
    with pytest.raises(NotFound):
        save_tier(change, None, name="Silver", rights=["nobody knows"])
    silver = save_tier(change, None, name="Silver")
    two_policies(change, tiers=[silver.id])
    with pytest.raises(Conflict, match="The policy Above is for it"):
        remove_tier(change, silver.id)
