"""The lists of tickets an agent can look at."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import delete, select

from routing import line, views
from routing.views import names_for, order_of, view_of
from tests.cast import MONDAY, UnitChange, a_change, a_customer, a_ticket, an_agent
from tickets.errors import NotFound
from tickets.status import Status
from tickets.ticket import Ticket

QUEUES = (3, 4)
SOON = st.none() | st.integers(0, 3).map(lambda n: MONDAY + timedelta(minutes=n))


@pytest.fixture(scope="module")
def floor() -> tuple[UnitChange, list[int], int]:
    change = a_change()
    agents = [an_agent(change, name).id for name in ("Ada", "Bo")]
    sam = a_customer(change).id
    change.rows(select(Ticket))
    return change, agents, sam


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_ticket_is_on_a_list_exactly_when_the_database_says_so(
    floor: tuple[UnitChange, list[int], int], data: st.DataObject
) -> None:
    """One definition, two interpreters: what a console is told live is what a reload shows, in the same order."""
    change, agents, sam = floor
    tickets = _on_the_floor(change, data, agents, sam)
    me = agents[0]

    counted = None
    for name in (*views.NAMES, *(f"queue-{queue}" for queue in QUEUES)):
        view = view_of(name, me)
        expected = sorted((ticket for ticket in tickets if view.matches(ticket)), key=order_of)
        change.rows(select(Ticket.id))
        shown = views.rows(change.session, name, me)
        assert [ticket.id for ticket in expected] == [ticket.id for ticket in shown]
        assert {ticket.id for ticket in expected} == {t.id for t in tickets if name in names_for(t, me)}
        counted = counted or views.counts(change.session, me)
        if name != "resolved":
            assert len(expected) == counted.get(name, 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_part_of_a_list_holds_what_is_of_that_queue_or_agent(
    floor: tuple[UnitChange, list[int], int], data: st.DataObject
) -> None:
    """queue-3-in_line, agent-7: the database and a ticket in hand agree, and nothing else is there."""
    change, agents, sam = floor
    tickets = _on_the_floor(change, data, agents, sam)
    change.rows(select(Ticket.id))
    for kind in ("in_line", "live", "open", "waiting", "unassigned"):
        whole = view_of(kind, 0)
        for of, ids in (("queue", QUEUES), ("agent", agents)):
            for id in ids:
                view = view_of(f"{of}-{id}-{kind}", 0)
                expected = {one.id for one in tickets if whole.matches(one) and getattr(one, f"{of}_id") == id}
                assert expected == {one.id for one in tickets if view.matches(one)}
                assert expected == {one.id for one in views.rows(change.session, view.name, 0)}
                assert len(expected) == views.count(change.session, view)


def test_who_stands_in_line_is_said_once() -> None:
    """The list and routing mean the same tickets."""
    change = a_change()
    for status in Status:
        for live in (False, True):
            for queue in (None, 3):
                ticket = a_ticket(change, live=live, queue_id=queue)
                ticket.status = status.value
                assert line.waits(ticket) == view_of("in_line", 0).matches(ticket)


def test_pages_follow_each_other_without_a_gap() -> None:
    change = a_change()
    me = an_agent(change).id
    tickets = [a_ticket(change) for _ in range(7)]
    for n, ticket in enumerate(tickets):
        ticket.updated_at = change.now + timedelta(seconds=n % 3)
        ticket.waiting_since = None if n % 2 else change.now - timedelta(seconds=n % 4)
        ticket.sla_due_at = None if n % 3 else change.now + timedelta(seconds=n % 2)
    change.rows(select(Ticket.id))

    seen: list[Ticket] = []
    while page := views.rows(change.session, "open", me, after=order_of(seen[-1]) if seen else None, limit=2):
        seen.extend(page)

    assert sorted(tickets, key=order_of) == seen


def test_what_is_due_first_stands_first_and_the_late_above_it() -> None:
    """However long somebody waits to whom nothing was promised."""
    change = a_change()
    late, soon, later, waits = (a_ticket(change) for _ in range(4))
    for ticket, minutes in ((late, -5), (soon, 5), (later, 60)):
        ticket.sla_due_at = change.now + timedelta(minutes=minutes)
    waits.waiting_since = change.now - timedelta(days=1)

    assert [late, soon, later, waits] == sorted([waits, later, soon, late], key=order_of)


def test_who_waits_longest_stands_first() -> None:
    change = a_change()
    first, second, answered = (a_ticket(change) for _ in range(3))
    first.waiting_since = change.now - timedelta(hours=1)
    second.waiting_since = change.now
    answered.updated_at = change.now + timedelta(hours=1)

    assert [first, second, answered] == sorted([answered, second, first], key=order_of)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "theirs",
        "queue-",
        "queue-x",
        "queue--1",
        "queue-²",
        "mine-3",
        "queue-3-",
        "agent-7-theirs",
        "queue-" + "9" * 30,
    ],
)
def test_an_unknown_list_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        view_of(name, 1)


@pytest.mark.parametrize("place", ["", "1-2", "1-2-3", "a-b-c-d", "1-2-3-4-5", "1-2-3-" + "9" * 40])
def test_an_impossible_place_in_a_list_is_not_found(place: str) -> None:
    with pytest.raises(NotFound):
        views.rows(a_change().session, "open", 1, after=place)


def _on_the_floor(change: UnitChange, data: st.DataObject, agents: list[int], customer_id: int) -> list[Ticket]:
    """A few tickets of all sorts, and no others."""
    change.claim(delete(Ticket))
    tickets = [data.draw(_tickets(agents, customer_id, n)) for n in range(1, data.draw(st.integers(1, 8)) + 1)]
    for ticket in tickets:
        change.append(ticket)
    return tickets


@st.composite
def _tickets(draw: st.DrawFn, agents: list[int], customer_id: int, number: int) -> Ticket:
    return Ticket(
        id=number,
        number=number,
        channel="chat",
        customer_id=customer_id,
        status=draw(st.sampled_from(Status)).value,
        queue_id=draw(st.sampled_from([None, *QUEUES])),
        agent_id=draw(st.sampled_from([None, *agents])),
        live=draw(st.booleans()),
        opened_at=MONDAY,
        queued_at=MONDAY,
        updated_at=draw(SOON) or MONDAY,
        waiting_since=draw(SOON),
        snoozed_until=draw(SOON),
        sla_due_at=draw(SOON),
        sla_warned=(late := draw(st.integers(0, 2))) > 0,
        sla_breached=late == 2,
    )
