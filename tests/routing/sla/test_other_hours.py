"""When hours are edited, running clocks go by them from then on, however late the desk comes to reckon them anew."""

from __future__ import annotations

import pytest
from sqlmodel import select

from routing.calendars import BusinessCalendar
from routing.hours import add_calendar
from routing.sla.clock import SlaClock
from routing.sla.policy import SlaPolicy, Terms, add_policy
from routing.sla.replay.retelling import retell
from routing.sla.replay.story import stories
from routing.sla.replay.world import as_it_was
from tests.routing.floor import settle
from tests.routing.sla.promises import (
    OFFICE,
    ALoggedChange,
    a_promised_ticket,
    ada_answers,
    after,
    clock_of,
    targets,
    the_scheduler_looks,
)
from tickets.status import Status
from tickets.ticket import Ticket

FROM_ELEVEN = BusinessCalendar("UTC", (((11 * 60, 17 * 60),),) * 5 + ((), ()))
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


@pytest.mark.parametrize("promise", ["first_reply", "resolution"])
def test_what_is_late_by_the_hours_of_now_is_late(promise: str) -> None:
    """At ten past nine it is decided to open at once, and not at eleven: the hour is over at ten past ten. Also where
    the clock ends or pauses before the desk has reckoned anew."""
    change, clock = a_promise_of_an_hour(promise, closes=10, hours=FROM_ELEVEN, then=OFFICE)
    ticket = change.take(Ticket, clock.ticket_id)
    change.moves(minutes=80)
    ada_answers(change, ticket)
    ticket.set_status(change, Status.PENDING)
    settle(change)
    assert after(minutes=70) == clock.breached_at
    assert [_facts(clock)] == _again(change, clock)


def test_clocks_that_are_reckoned_anew_go_on_by_the_promise_that_they_had() -> None:
    """The policy was edited as well, and nobody has touched the ticket since: a replay asks for none either."""
    change, clock = a_promise_of_an_hour(closes=30)
    (policy,) = change.rows(select(SlaPolicy))
    shorter = targets({"first_reply": 40}, business=True)
    policy.edit(change, Terms("All", shorter, calendar_id=policy.calendar_id))
    settle(change)
    change.moves(minutes=5)
    the_scheduler_looks(change)
    settle(change)
    assert after(hours=24, minutes=30) == clock.due_at
    assert [_facts(clock)] == _again(change, clock)


def test_what_was_said_before_the_edit_holds() -> None:
    """Fourteen minutes of work are left, and a quarter of an hour was: it is warned of, once."""
    change, clock = a_promise_of_an_hour(closes=46, looks=46)
    change.moves(minutes=30)
    the_scheduler_looks(change)
    assert (after(hours=24, minutes=14), after(minutes=45)) == (clock.due_at, clock.warned_at)
    assert ["SlaWarned"] == [one.kind for one in change.heard]


def a_promise_of_an_hour(
    promise: str = "first_reply",
    *,
    closes: int,
    looks: int | None = None,
    hours: BusinessCalendar = OFFICE,
    then: BusinessCalendar = CLOSED_TODAY,
) -> tuple[ALoggedChange, SlaClock]:
    """In opening hours, since nine; so many minutes later the desk closes until the next morning."""
    change = ALoggedChange()
    calendar = add_calendar(change, "Office", hours)
    add_policy(change, Terms("All", targets({promise: 60}, business=True), calendar_id=calendar.id))
    settle(change)
    ticket = a_promised_ticket(change)
    change.moves(minutes=closes)
    if looks is not None:
        the_scheduler_looks(change)
        settle(change)
    calendar.set_hours(change, then)
    settle(change)
    change.write()
    return change, clock_of(change, ticket, promise)


def _again(change: ALoggedChange, clock: SlaClock) -> list[tuple[object, ...]]:
    change.write()
    (story,) = stories(change.session, [clock.ticket_id])
    return [_facts(one) for one in retell(story, as_it_was(change.session), change.now)]


def _facts(clock: SlaClock) -> tuple[object, ...]:
    return clock.metric, clock.state, clock.due_at, clock.warned_at, clock.breached_at, clock.ended_at
