"""What a change selects is what stands there, whatever kind of thing it asks for."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlmodel import col, select

from routing.queues import QueueMember
from tests.cast import UnitChange, a_change, a_ticket
from tickets.opening import Counter
from tickets.people import Agent
from tickets.ticket import Ticket

_NUMBERED = select(Ticket).where(Ticket.number == bindparam("number"))
_NUMBERS = select(Ticket.number).order_by(col(Ticket.number))
_AGENTS = select(Agent).where(Agent.email == bindparam("email"))
TIMES = 3  # the first in the usual way, the others directly


def tickets(number: int) -> UnitChange:
    change = a_change()
    for _ in range(number):
        a_ticket(change)
    change.write()
    return change


def test_a_row_of_a_busy_table_is_the_one_at_hand() -> None:
    """Whoever found it by its key and whoever found it by a query change the same."""
    change = tickets(2)
    for _ in range(TIMES):
        (found,) = change.peek(Ticket, _NUMBERED, number=1002)
        assert change.take(Ticket, found.id) is found
        found.subject += "!"
    change.write()

    (again,) = change.peek(Ticket, _NUMBERED, number=1002)
    assert again.subject.endswith("!" * TIMES)
    assert not change.peek(Ticket, _NUMBERED, number=999)


def test_single_values_are_values() -> None:
    change = tickets(2)

    assert [[1001, 1002]] * TIMES == [list(change.peek(Ticket, _NUMBERS)) for _ in range(TIMES)]


def test_a_row_that_a_session_follows_is_changed_by_changing_it() -> None:
    change = tickets(0)
    change.add(Agent(id=change.new_id(), name="Bo", email="bo@frontdesk.test", created_at=change.now))
    change.write()
    for _ in range(TIMES):
        (bo,) = change.peek(Agent, _AGENTS, email="bo@frontdesk.test")
        assert change.take(Agent, bo.id) is bo
        bo.name += " Lindgren"
    change.write()

    assert ["Bo" + " Lindgren" * TIMES] == list(change.rows(select(Agent.name)))


def test_what_is_asked_once_is_asked_again_when_somebody_wrote_there() -> None:
    change, counters = tickets(1), select(Counter)
    (counter,) = change.peek_once(Counter, counters)
    assert 1002 == counter.next

    a_ticket(change)
    assert [1003] == [one.next for one in change.peek_once(Counter, counters)]
    assert not change.peek_once(QueueMember, select(QueueMember))
