"""Where a ticket stands in a line."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.cast import MONDAY, a_change, a_ticket
from tickets.standing import HEAD_START, place
from tickets.status import Priority

AGES = st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds))


def test_urgent_passes_what_came_up_to_a_day_before_it_and_nothing_older() -> None:
    """semantics.md part 3: score = weight of the priority + age x k, so that nobody starves."""
    older, younger = (place(MONDAY - age, Priority.NORMAL, 0) for age in (timedelta(hours=25), timedelta(hours=23)))

    assert older < place(MONDAY, Priority.URGENT, 0) < younger


def test_a_fast_lane_is_so_many_seconds_further_in_front() -> None:
    change = a_change()
    first, second = a_ticket(change), a_ticket(change)
    change.moves(minutes=5)
    gold = a_ticket(change)

    gold.set_lane(600)

    assert gold.line_at < first.line_at == second.line_at
    gold.set_lane(0)
    assert gold.queued_at == gold.line_at


def test_what_is_asked_again_stands_at_its_new_age_and_its_old_urgency() -> None:
    change = a_change()
    ticket = a_ticket(change)
    ticket.set_priority(change, Priority.HIGH)
    ticket.resolve(change)
    change.moves(hours=2)

    ticket.reopen(change)

    assert change.now - HEAD_START[Priority.HIGH] == ticket.line_at


@given(AGES, AGES, st.sampled_from(Priority), st.sampled_from(Priority), AGES)
def test_who_stands_before_whom_never_changes_while_they_wait(
    age: timedelta, other_age: timedelta, priority: Priority, other_priority: Priority, later: timedelta
) -> None:
    """The score of both grows by the same, so an index may hold the order."""

    def score(age: timedelta, priority: Priority) -> timedelta:
        return HEAD_START[priority] + age

    places = place(MONDAY - age, priority, 0), place(MONDAY - other_age, other_priority, 0)

    stands_before = score(age + later, priority) > score(other_age + later, other_priority)
    assert stands_before == (places[0] < places[1])
