"""An agent who had a call in hand is lost, or no longer works here: the call goes back to its line, and is made."""

from __future__ import annotations

from sqlmodel import select

from routing import handing, presence
from routing.callbacks import by_hand
from routing.callbacks.callback import State
from routing.callbacks.standing import stage
from routing.offers import Offer
from routing.presence import Intent
from tests.cast import UnitChange, a_change
from tests.routing.callbacks.calls import a_call_floor, asks, at, callback_of, moves, moves_to, rings
from tests.routing.floor import accept, acts, decline, offer_of, open_assignments, rings_at, settle
from tickets.events import AgentChanged
from tickets.people import Agent
from tickets.status import Status
from tickets.ticket import Ticket


def is_lost(change: UnitChange, agent: Agent, *others: Agent) -> None:
    """For three minutes nothing is heard of them; the others are there."""
    for _ in range(3):
        change.moves(minutes=1)
        presence.seen(change, [one.id for one in others])
    change.by = "system"
    presence.lost(change, agent.id)
    settle(change)


def a_call_in_hand(change: UnitChange, start: str | None = None) -> tuple[Ticket, Agent, Agent]:
    """Whoever it rings at takes it; the other one is there, too."""
    _, (ada, bo) = a_call_floor(change, "Ada", "Bo")
    ticket = asks(change, start).ticket
    if start:
        moves_to(change, start)
    holder, other = (ada, bo) if rings_at(change, ticket) == ada.id else (bo, ada)
    accept(change, holder, offer_of(change, ticket))
    return ticket, holder, other


def test_a_call_of_a_lost_agent_rings_at_another_one_at_its_old_age() -> None:
    change = a_change()
    ticket, holder, other = a_call_in_hand(change)
    acts(change, holder)
    by_hand.dial(change, ticket.id)
    settle(change)
    age = ticket.queued_at

    is_lost(change, holder, other)

    assert (None, age, other.id) == (ticket.agent_id, ticket.queued_at, rings_at(change, ticket))
    assert ("offered", None) == (
        stage(callback_of(change, ticket), ticket, ringing=True),
        callback_of(change, ticket).dialling_at,
    )
    assert [] == open_assignments(change, ticket)
    assert [holder.id] == change.rows(select(Offer.agent_id).where(Offer.state == "orphaned"))


def test_a_call_of_who_no_longer_works_here_rings_at_another_one() -> None:
    change = a_change()
    ticket, holder, other = a_call_in_hand(change)

    change.by, holder.active = "system", False
    change.record(AgentChanged(agent=holder.id))
    settle(change)

    assert other.id == rings_at(change, ticket)


def test_after_closing_time_it_waits_for_the_morning_and_whoever_had_it_may_be_asked_again() -> None:
    change = a_change()
    ticket, holder, _ = a_call_in_hand(change)
    moves_to(change, "2026-11-23T17:00")
    assert holder.id == ticket.agent_id

    is_lost(change, holder)

    assert (State.SCHEDULED, at("2026-11-24T09:00")) == (callback_of(change, ticket).state, ticket.snoozed_until)


def test_whoever_rang_last_is_asked_first_when_another_one_is_lost() -> None:
    """Bo rang in vain and is the owner for an hour; Ada, who took it meanwhile, is lost after ten minutes."""
    change = a_change()
    ticket, bo, ada = a_call_in_hand(change)
    rings(change, bo, ticket, "no_answer")
    moves(change, minutes=15)
    decline(change, bo, offer_of(change, ticket))
    accept(change, ada, offer_of(change, ticket))

    is_lost(change, ada, bo)

    assert bo.id == rings_at(change, ticket)
    assert {"rule": "preferred"}.items() <= offer_of(change, ticket).reason.items()


def test_who_was_reached_stays_with_the_agent_like_any_letter() -> None:
    change = a_change()
    ticket, holder, other = a_call_in_hand(change)
    rings(change, holder, ticket, "reached")

    is_lost(change, holder, other)

    assert (holder.id, None) == (ticket.agent_id, rings_at(change, ticket))


def test_what_they_had_asked_the_customer_meanwhile_keeps_nobody_from_ringing() -> None:
    change = a_change()
    ticket, holder, other = a_call_in_hand(change)
    ticket.set_status(change, Status.PENDING)
    settle(change)

    is_lost(change, holder, other)

    assert (Status.OPEN, other.id) == (ticket.status, rings_at(change, ticket))


def test_a_window_that_opens_finds_another_agent_where_its_own_is_not_there() -> None:
    """Sam wrote before it; Ada took that, and is at lunch when it is time to ring."""
    change = a_change()
    _, (ada, bo) = a_call_floor(change, "Ada", "Bo")
    asked = asks(change, "2026-11-23T13:00")
    asked.ticket.receive(change, "Rather in the afternoon?", client_id="2")
    settle(change)
    holder, other = (ada, bo) if rings_at(change, asked.ticket) == ada.id else (bo, ada)
    accept(change, holder, offer_of(change, asked.ticket))
    presence.set_intent(change, holder.id, Intent.LUNCH)
    settle(change)

    moves_to(change, "2026-11-23T13:00")

    assert (State.QUEUED, other.id) == (asked.callback.state, rings_at(change, asked.ticket))


def test_in_the_hands_of_who_cannot_be_reached_it_runs_out() -> None:
    """Given by hand to Ada, whose console is gone: nobody rings, so two days after the window it is a letter."""
    change = a_change()
    ticket, holder, other = a_call_in_hand(change)
    handing.give_back(change, ticket.id)
    is_lost(change, other, holder)
    handing.assign(change, ticket.id, other.id)
    settle(change)

    moves_to(change, "2026-11-25T12:00")

    assert ("expired", None) == (callback_of(change, ticket).outcome, ticket.agent_id)
    assert (False, None) == (ticket.to_call, ticket.snoozed_until)
