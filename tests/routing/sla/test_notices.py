"""Whoever is to be told of a promise is told on their console, once, until they have seen it or it is kept."""

from __future__ import annotations

import pytest
from sqlmodel import select

import server.tables  # noqa: F401  (all tables, before any is made)
from routing.sla import chores, notices
from routing.sla.notices import SlaNotice
from routing.sla.steps import Step
from tests.cast import UnitChange, a_change, an_agent
from tests.routing.floor import settle
from tests.routing.sla.promises import a_promised_ticket, ada_answers
from tests.routing.sla.test_steps import a_stepped_policy, looks
from tickets.errors import NotAllowed
from tickets.people import Agent, Role
from tickets.status import Status

HALF, BROKEN = Step("used", 50, "tell", "supervisors"), Step("late", 0, "tell", "supervisors")


def a_told_floor(*steps: Step) -> tuple[UnitChange, Agent, Agent]:
    """A first reply within an hour; Grace and Hugo supervise, and hear of it by half past."""
    change = a_change()
    grace, hugo = (an_agent(change, name, Role.SUPERVISOR) for name in ("Grace", "Hugo"))
    a_stepped_policy(change, *(steps or (HALF, BROKEN)))
    return change, grace, hugo


def stands(change: UnitChange, agent: Agent) -> list[tuple[int, str, bool]]:
    """What stands on their console: the ticket's number, the metric, and whether it is late."""
    change.write()
    found, total = notices.unseen(change.session, agent.id)
    assert len(found) == total
    return [(one.number, one.metric, one.late) for one in found]


def test_everybody_who_is_to_be_told_reads_the_ticket_the_promise_and_its_time() -> None:
    change, grace, hugo = a_told_floor()
    ticket = a_promised_ticket(change)
    looks(change, minutes=30)

    assert [(ticket.number, "first_reply", False)] == stands(change, grace) == stands(change, hugo)
    ((one,), _) = notices.unseen(change.session, grace.id)
    assert (ticket.subject, ticket.sla_due_at) == (one.subject, one.due_at)


def test_the_last_word_of_a_promise_takes_the_place_of_the_one_before() -> None:
    change, grace, _ = a_told_floor()
    ticket = a_promised_ticket(change)
    looks(change, minutes=30)
    looks(change, minutes=30)

    assert [(ticket.number, "first_reply", True)] == stands(change, grace)


def test_it_is_told_once_whoever_notices() -> None:
    """Two sweeps have seen that it is due; seen is seen, though another sweep looks again."""
    change, grace, hugo = a_told_floor(HALF)
    a_promised_ticket(change)
    change.moves(minutes=31)
    change.write()
    (clock,) = chores.at_a_step(change.session, change.now)
    chores.step(change, clock)
    settle(change)
    ((one,), _) = notices.unseen(change.session, grace.id)
    change.by = grace.actor
    notices.see(change, one.id)
    notices.see(change, one.id)
    chores.step(change, clock)
    settle(change)

    assert [] == stands(change, grace)
    assert 1 == len(stands(change, hugo)), "each has their own"


def test_nobody_puts_away_what_others_are_told() -> None:
    change, grace, hugo = a_told_floor()
    a_promised_ticket(change)
    looks(change, minutes=30)
    ((one,), _) = notices.unseen(change.session, grace.id)
    change.by = hugo.actor

    with pytest.raises(NotAllowed):
        notices.see(change, one.id)


def test_what_came_after_they_looked_is_not_seen_with_the_rest() -> None:
    change, grace, _ = a_told_floor()
    first, second = (a_promised_ticket(change) for _ in range(2))
    looks(change, minutes=30)
    (newest, *_), _ = notices.unseen(change.session, grace.id)
    third = a_promised_ticket(change)
    looks(change, minutes=25)
    looks(change, minutes=5)
    assert {first.number, second.number, third.number} == {number for number, *_ in stands(change, grace)}

    notices.see_all(change, grace.id, newest.id)

    assert {first.number, second.number, third.number} == {number for number, *_ in stands(change, grace)}, "told anew"
    notices.see_all(change, grace.id, 10**9)
    assert [] == stands(change, grace)


@pytest.mark.parametrize("ends", ["answered", "spam"])
def test_a_promise_that_is_kept_or_none_any_more_needs_no_look(ends: str) -> None:
    change, grace, _ = a_told_floor()
    ticket = a_promised_ticket(change)
    looks(change, minutes=30)

    if ends == "answered":
        ada_answers(change, ticket)
    else:
        ticket.set_status(change, Status.SPAM)
    settle(change)

    assert [] == stands(change, grace)
    assert [] == change.rows(select(SlaNotice))
