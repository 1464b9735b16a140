"""Who holds what, since when."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from routing.assignment import Assignment
from routing.offers import Offer
from tests.cast import a_change, a_ticket, an_agent
from tests.routing.floor import a_chat, a_floor, accept, capacity_of, offer_of, open_assignments, settle
from tickets.status import Status
from tickets.ticket import Ticket


def test_a_ticket_has_one_open_assignment_by_constraint() -> None:
    change = a_change()
    ticket = a_ticket(change)
    ticket.assign(change, an_agent(change))
    settle(change)
    (assignment,) = open_assignments(change, ticket)
    change.rows(select(Ticket))

    with pytest.raises(IntegrityError, match=r"assignment\.ticket_id|uq_assignment_open"):
        change.session.execute(
            text(
                "insert into assignment "
                "(id, ticket_id, agent_id, weight, live, medium, wrap_weight, by_hand, over, since, asks, wraps) "
                "select -1, ticket_id, agent_id, weight, live, medium, wrap_weight, by_hand, over, since, asks, wraps "
                "from assignment where id = :id"
            ),
            {"id": assignment.id},
        )


def test_a_ticket_rings_once_by_constraint() -> None:
    change = a_change()
    queue, _ = a_floor(change)
    offer = offer_of(change, a_chat(change, queue))
    change.rows(select(Ticket))

    with pytest.raises(IntegrityError, match=r"offer\.ticket_id|uq_offer_live"), change.session.begin_nested():
        change.session.execute(
            text(
                "insert into offer "
                "(id, ticket_id, agent_id, queue_id, weight, state, made_at, expires_at, reason, why) "
                "select -1, ticket_id, agent_id, queue_id, weight, state, made_at, expires_at, reason, why "
                "from offer where id = :id"
            ),
            {"id": offer.id},
        )
    assert 1 == len(change.rows(select(Offer)))


def test_passing_a_ticket_on_moves_its_weight() -> None:
    change = a_change()
    ada, bo = an_agent(change, "Ada"), an_agent(change, "Bo")
    ticket = a_ticket(change)
    ticket.assign(change, ada)
    settle(change)

    change.moves(minutes=3)
    ticket.assign(change, bo)
    settle(change)

    assert (0, 5) == (capacity_of(change, ada).used, capacity_of(change, bo).used)
    first, second = change.rows(select(Assignment).order_by(Assignment.id))  # type: ignore[arg-type]
    assert (change.now, None) == (first.ended_at, second.ended_at)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED, Status.SPAM])
def test_done_is_done_whatever_it_is_called(status: Status) -> None:
    change = a_change()
    ada, ticket = an_agent(change), a_ticket(change)
    ticket.assign(change, ada)
    settle(change)

    ticket.set_status(change, status)
    settle(change)

    assert [] == open_assignments(change, ticket)
    assert 0 == capacity_of(change, ada).used


def test_a_reopened_ticket_is_back_in_the_hands_that_held_it() -> None:
    change = a_change()
    ada, ticket = an_agent(change), a_ticket(change)
    ticket.assign(change, ada)
    ticket.resolve(change)
    settle(change)

    ticket.receive(change, "It broke again", client_id="1")
    settle(change)

    assert [ada.id] == [one.agent_id for one in open_assignments(change, ticket)]
    assert 5 == capacity_of(change, ada).used


def test_the_talk_is_measured_until_nobody_waits_live() -> None:
    change = a_change()
    queue, (ada, _) = a_floor(change)
    chat = a_chat(change, queue)
    accept(change, ada, offer_of(change, chat))

    change.moves(minutes=6)
    chat.end_live(change)
    settle(change)
    change.moves(hours=1)
    chat.resolve(change)
    settle(change)

    (assignment,) = change.rows(select(Assignment))
    assert assignment.talk_ended_at is not None
    assert 360 == (assignment.talk_ended_at - assignment.since).total_seconds()
