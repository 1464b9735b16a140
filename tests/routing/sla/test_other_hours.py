"""When hours are edited, running clocks go by them from then on, however late the desk comes to reckon them anew."""

from __future__ import annotations

import pytest

from routing.calendars import BusinessCalendar
from routing.sla.clock import SlaClock
from routing.sla.policy import Terms, add_policy
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories
from routing.sla.replay.world import as_it_was
from tests.routing.floor import settle
from tests.routing.sla.promises import (
    ALoggedChange,
    a_promised_ticket,
    ada_answers,
    after,
    clock_of,
    office_hours,
    targets,
    the_scheduler_looks,
)
from tickets.ticket import Ticket

CLOSED_TODAY = BusinessCalendar("UTC", ((), *(((9 * 60, 17 * 60),),) * 4, (), ()))


@pytest.mark.parametrize("looks", [50, 70], ids=["when it was to be warned of", "when it was due"])
def test_nothing_is_said_of_an_instant_that_only_the_earlier_hours_had(looks: int) -> None:
    """The desk closes at half past nine for this day. The warning and the breach of the morning do not come; those of
    the next day do."""
    change, clock = a_promise_of_an_hour(closes=30)
    change.moves(minutes=looks - 30)
    assert ["SlaChanged"] == the_scheduler_looks(change)
    assert (after(hours=24, minutes=30), None, None) == (clock.due_at, clock.warned_at, clock.breached_at)
    assert [_facts(clock)] == _again(change, clock)

    change.now = change.clock.at = after(hours=24, minutes=16)
    assert ["SlaWarned"] == the_scheduler_looks(change)
    assert after(hours=24, minutes=15) == clock.warned_at


def test_an_answer_in_time_by_the_hours_of_now_is_in_time() -> None:
    """Also where it comes before the desk has reckoned anew."""
    change, clock = a_promise_of_an_hour(closes=30)
    change.moves(minutes=60)
    ada_answers(change, change.take(Ticket, clock.ticket_id))
    assert ("met", None) == (clock.state, clock.breached_at)
    assert [_facts(clock)] == _again(change, clock)


def test_what_was_said_before_the_edit_holds() -> None:
    """Fourteen minutes of work are left, and a quarter of an hour was: it is warned of, once."""
    change, clock = a_promise_of_an_hour(closes=46, looks=46)
    change.moves(minutes=30)
    the_scheduler_looks(change)
    assert (after(hours=24, minutes=14), after(minutes=45)) == (clock.due_at, clock.warned_at)
    assert ["SlaWarned"] == [one.kind for one in change.heard]


def a_promise_of_an_hour(*, closes: int, looks: int | None = None) -> tuple[ALoggedChange, SlaClock]:
    """In opening hours, since nine; so many minutes later the desk closes until the next morning."""
    change = ALoggedChange()
    hours = office_hours(change)
    add_policy(change, Terms("All", targets({"first_reply": 60}, business=True), calendar_id=hours.id))
    settle(change)
    ticket = a_promised_ticket(change)
    change.moves(minutes=closes)
    if looks is not None:
        the_scheduler_looks(change)
        settle(change)
    hours.set_hours(change, CLOSED_TODAY)
    settle(change)
    change.write()
    return change, clock_of(change, ticket, "first_reply")


def _again(change: ALoggedChange, clock: SlaClock) -> list[tuple[object, ...]]:
    change.write()
    (story,) = stories(change.session, [clock.ticket_id])
    return [_facts(one) for one in retell(story, as_it_was(change.session), change.now)]


def _facts(clock: SlaClock) -> tuple[object, ...]:
    return clock.metric, clock.state, clock.due_at, clock.warned_at, clock.breached_at, clock.ended_at
