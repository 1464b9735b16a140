"""Whatever the ticket of a call waits for: who was told that we ring is rung, or else is answered in writing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from routing import handing, line
from routing.callbacks import turning
from routing.queues import Delivery
from tests.cast import UnitChange, a_change
from tests.routing.callbacks.calls import a_call_floor, asks, at, callback_of, moves, moves_to
from tests.routing.callbacks.test_lost_agents import a_call_in_hand, is_lost
from tests.routing.floor import a_queue, acts, at_the_desk, rings_at, settle
from tickets.people import Agent
from tickets.status import Status
from tickets.ticket import Ticket

LetsGo = Callable[[UnitChange, Ticket, Agent], None]


def gives_back(change: UnitChange, ticket: Ticket, other: Agent) -> None:
    handing.give_back(change, ticket.id)


def hands_on(change: UnitChange, ticket: Ticket, other: Agent) -> None:
    """Into a queue of the other one's."""
    queue = a_queue(change, "Second", other, delivery=Delivery.OFFER)
    at_the_desk(change, other)
    ticket.move(change, queue.id)


@pytest.mark.parametrize("lets_go", [gives_back, hands_on])
@pytest.mark.parametrize("status", [Status.PENDING, Status.ON_HOLD])
def test_a_call_that_was_put_aside_and_let_go_rings_at_its_own_age(status: Status, lets_go: LetsGo) -> None:
    change = a_change()
    ticket, holder, other = a_call_in_hand(change)
    age = ticket.queued_at
    moves(change, minutes=3)
    ticket.set_status(change, status)
    settle(change)
    assert (status, holder.id) == (ticket.status, ticket.agent_id), "it is theirs to ring when that has come"

    acts(change, holder)
    lets_go(change, ticket, other)
    settle(change)

    assert (Status.OPEN, age, other.id) == (ticket.status, ticket.queued_at, rings_at(change, ticket))


def test_what_is_to_be_rung_and_nobody_has_cannot_be_put_aside() -> None:
    """Ada has looked at it in the line, and asks somebody else about it; that is no reason not to ring."""
    change = a_change()
    _, (ada,) = a_call_floor(change)
    ticket = asks(change).ticket
    acts(change, ada)
    ticket.set_status(change, Status.ON_HOLD)
    settle(change)

    assert (Status.OPEN, True) == (ticket.status, line.waits(ticket))


def test_what_was_put_to_sleep_and_let_go_rings_when_it_wakes() -> None:
    change = a_change()
    ticket, holder, other = a_call_in_hand(change)
    ticket.set_status(change, Status.PENDING)
    ticket.snooze(change, at("2026-11-23T11:00"))
    handing.give_back(change, ticket.id)
    settle(change)
    assert rings_at(change, ticket) is None

    moves_to(change, "2026-11-23T11:00")

    assert Status.OPEN == ticket.status
    assert rings_at(change, ticket) in {holder.id, other.id}


def test_a_request_that_runs_out_while_it_is_put_aside_is_in_line_to_be_answered() -> None:
    change = a_change()
    ticket, holder, other = a_call_in_hand(change)
    is_lost(change, other, holder)
    handing.assign(change, ticket.id, other.id)
    ticket.set_status(change, Status.PENDING)
    settle(change)

    moves_to(change, "2026-11-25T12:00")

    assert ("expired", Status.OPEN, False) == (callback_of(change, ticket).outcome, ticket.status, ticket.to_call)
    assert line.waits(ticket)


def test_a_request_for_tomorrow_that_becomes_a_letter_is_in_line_whatever_was_asked_meanwhile() -> None:
    change = a_change()
    _, (ada,) = a_call_floor(change)
    ticket = asks(change, "2026-11-24T13:00").ticket
    acts(change, ada)
    ticket.set_status(change, Status.PENDING)
    settle(change)

    turning.to_email(change, ticket.id, "sam@mail.example")
    settle(change)

    assert (Status.OPEN, None) == (ticket.status, ticket.snoozed_until)
